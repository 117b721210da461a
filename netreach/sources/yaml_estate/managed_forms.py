"""The forms of what a VPC's services and users come in by: managed services, client VPN."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, PlainValidator, Tag, model_validator

from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate.base_forms import Named
from netreach.sources.yaml_estate.phrases import PhraseError, parse_cidr, shown, text_of
from netreach.sources.yaml_estate.service_forms import ArnNamed, Nodes
from netreach.sources.yaml_estate.values import BY_SHAPE, Cidr, Ref, Refs, Zone, text_schema

Unknown = Annotated[Literal["unknown"], Tag("short")]


class ManagedForm(ArnNamed):
    """A database, cache, function ...: what AWS runs at interfaces in the VPC's subnets."""

    kind: Literal[
        "db-instance",
        "db-cluster",
        "db-proxy",
        "cache-cluster",
        "replication-group",
        "serverless-cache",
        "redshift-cluster",
        "redshift-workgroup",
        "opensearch-domain",
        "msk-cluster",
        "msk-serverless-cluster",
        "mount-target",
        "lambda-function",
        "ecs-task",
        "eks-cluster",
    ]
    subnets: Nodes = Field({}, description="Subnet -> the address of its interface there.")
    groups: Refs = Field([])
    candidates: Refs = Field(
        [], description="Interfaces of which it has one, where nobody knows which."
    )
    dns_names: list[str] = Field([])
    port: int | None = Field(None, ge=0, le=65535, description="Where it listens by default.")
    access: Literal["private", "public", "both"] | None = Field(
        None, description="Of an eks-cluster: whom its name leads inside."
    )
    zone: Zone | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.access is not None and self.kind != "eks-cluster":
            raise PhraseError("only the name of an eks-cluster has an `access`", "remove it")
        if self.subnets and self.candidates:
            what = "its interfaces are known, or candidates are"
            raise PhraseError(what, "write `subnets` or `candidates`")
        return self


class Authorization(NamedTuple):
    """Whom a client VPN endpoint lets go where."""

    prefix: Prefix
    #: "" for everybody.
    group: str = ""


def parse_authorization(text: object) -> Authorization:
    """Read ``CIDR [for GROUP]``.

    >>> parse_authorization("10.0.0.0/16 for admins").group
    'admins'
    """
    word = text_of(text)
    cidr, *rest = word.split()
    if rest and (len(rest) != 2 or rest[0] != "for"):
        raise PhraseError(
            f"{shown(word)} says not whom to let go where",
            "write `10.0.0.0/16`, or `10.0.0.0/16 for GROUP`",
        )
    return Authorization(parse_cidr(cidr), rest[1] if rest else "")


Authorized = Annotated[
    Authorization,
    PlainValidator(parse_authorization),
    text_schema("CIDR [for GROUP]", "10.0.0.0/16", "10.0.0.0/16 for admins"),
]


class ClientVpnForm(Named):
    """A client VPN endpoint: users come in by its interfaces."""

    clients: Cidr
    subnets: Nodes = Field({}, description="Subnet -> the address of its interface there.")
    groups: Refs = Field([])
    authorizations: Annotated[Unknown | Annotated[list[Authorized], Tag("list")], BY_SHAPE] = Field(
        []
    )
    routes: Annotated[Unknown | Annotated[dict[str, Ref], Tag("full")], BY_SHAPE] = Field(
        {}, description="CIDR -> subnet, beside those to the VPC's own blocks."
    )
    state: Literal["pending-associate", "available", "deleting", "deleted"] = "available"
