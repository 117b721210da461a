"""The forms of names: zones of Route 53 and rules of its resolver; and of mirror sessions."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, PlainValidator, Tag, model_validator

from netreach.sources.yaml_estate.base_forms import Form, Named
from netreach.sources.yaml_estate.phrases import PhraseError
from netreach.sources.yaml_estate.service_phrases import (
    AnswerPhrase,
    parse_answer,
    parse_domain,
)
from netreach.sources.yaml_estate.values import BY_SHAPE, Ip, Ref, Refs, text_schema

Unknown = Annotated[Literal["unknown"], Tag("short")]
Domain = Annotated[
    str, PlainValidator(parse_domain), text_schema("A domain, or `.` for all.", "corp.example")
]
Answer = Annotated[
    AnswerPhrase,
    PlainValidator(parse_answer),
    text_schema(
        "An address, a name, `alias NAME` or `delegated`.",
        "10.0.2.20",
        "db.corp.example",
        "alias db.corp.example",
    ),
]


class PolicyForm(Form):
    """Records of one name of which Route 53 gives some."""

    policy: Literal["weighted", "latency", "failover", "multivalue", "location"]
    answers: dict[str, Answer] = Field(description="Set identifier -> its answer.", min_length=1)
    fallback: list[str] = Field([], description="Sets that answer where no other one can.")
    checked: list[str] = Field([], description="Sets that a health check may take away.")

    @model_validator(mode="after")
    def _speaks_of_its_own_sets(self) -> Self:
        for name in (*self.fallback, *self.checked):
            if name not in self.answers:
                raise PhraseError(f"there is no answer {name!r}", "name one of `answers`")
        return self


Record = Annotated[
    Annotated[Answer, Tag("short")]
    | Annotated[list[Ip], Tag("list")]
    | Annotated[PolicyForm, Tag("full")],
    BY_SHAPE,
]


class HostedZoneForm(Named):
    """A zone of Route 53; with `vpcs` it is a private one."""

    domain: Domain
    vpcs: Annotated[Unknown | Annotated[Refs, Tag("list")], BY_SHAPE] | None = Field(
        None, description="The VPCs that a private zone serves; else the zone is public."
    )
    records: Annotated[Unknown | Annotated[dict[str, Record], Tag("full")], BY_SHAPE] = Field(
        {}, description="Name -> an answer, a list of addresses, or answers by policy."
    )


class ResolverRuleForm(Named):
    """A rule of the resolver."""

    domain: Domain
    kind: Literal["forward", "system"] = "forward"
    vpcs: Annotated[Unknown | Annotated[Refs, Tag("list")], BY_SHAPE] = Field([])
    targets: list[Ip] = Field([], description="Who answers what it forwards, on port 53.")

    @model_validator(mode="after")
    def _forwards_to_somebody(self) -> Self:
        if (self.kind == "forward") != bool(self.targets):
            raise PhraseError("a rule that forwards has `targets`, no other has", "write both")
        return self


class DnsProfileForm(Named):
    """A Route 53 Profile."""

    vpcs: Annotated[Unknown | Annotated[Refs, Tag("list")], BY_SHAPE] = Field([])
    zones: Refs = Field([], description="The private zones that it brings.")
    rules: Refs = Field([], description="The rules of the resolver that it brings.")
    endpoints: Refs = Field([], description="The endpoints that it brings.")
    contents: Literal["known", "unknown"] = "known"


class MirrorSessionForm(Named):
    """A traffic mirror session."""

    source: Ref = Field(description="The interface whose packets are copied.")
    target: Ref = Field(description="An interface, a network balancer or an endpoint.")
    virtual_network: int | None = Field(None, ge=0, le=16777215)
