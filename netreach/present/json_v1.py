"""A path's answer as JSON, version 1: a public contract, described by its own JSON Schema.

The records here are the contract's, apart from those that the explainer fills: a field renamed
over there must not rename a key over here. Keys are only ever added. What there is none of is
null; a `name` alone is always a string, "" where the component has none.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct, field

from netreach.explain import records
from netreach.explain.codes import Code
from netreach.explain.records import Action, ComponentType
from netreach.query.verdict import Verdict

SCHEMA_NAME: Final = "netreach/path/1"

_Scalar = str | int | bool


class Leg(StrEnum):
    """Which way: from the source to the destination, or the replies' way back."""

    FORWARD = "forward"
    RETURN = "return"


class Direction(StrEnum):
    """Which of a filter's two lists of rules, as the filter's owner sees it."""

    INGRESS = "ingress"
    EGRESS = "egress"


_TEXT: Final = {"text": {"type": "string", "description": "The same for people."}}

Evidence = Annotated[
    dict[str, _Scalar],
    Meta(
        description="The rule or route that decided: `text`, and its fields by name.",
        extra_json_schema={"required": ["text"], "properties": _TEXT},
    ),
]
Fix = Annotated[
    dict[str, _Scalar | None],
    Meta(
        description=(
            "The smallest change that removes the blocker: `text`, its `kind`, `command` "
            "(AWS CLI; null where there is none), and what to change, by name."
        ),
        extra_json_schema={
            "required": ["text", "kind", "command"],
            "properties": {
                **_TEXT,
                "kind": {"type": "string", "description": "Such as add-acl-rule."},
                "command": {"type": ["string", "null"]},
            },
        },
    ),
]
Services = Annotated[
    list[str],
    Meta(description='Services: "tcp 443", "tcp 8000-8100", "icmp 8/0", "protocol 50", "all".'),
]
ClientPorts = Annotated[
    list[str],
    Meta(
        description=(
            'Client ports whose replies get back: "1024-65535"; "tcp 1024-2000" where '
            "protocols differ; empty for protocols without ports."
        )
    ),
]


class Component(Struct, frozen=True, omit_defaults=True):
    """One thing of the estate, or the internet."""

    id: str
    type: ComponentType
    name: Annotated[str, Meta(description='Its Name tag or group name; "" where it has none.')]
    kind: Annotated[str | None, Meta(description="What it is, of type `other`.")] = None


class Packet(Struct, frozen=True):
    """The packet as it leaves a component, translation done."""

    source: str
    destination: str
    service: str


class Hop(Struct, frozen=True):
    """One component that the packet crosses, and what it did."""

    component: Component
    subnet: str | None
    vpc: str | None
    action: Action
    direction: Direction | None
    because: Evidence | None
    packet: Packet


class Part(Struct, frozen=True):
    """What became of one address pair, or of one branch of its path."""

    source_address: str
    destination_address: str
    seen_source: Annotated[
        str | None, Meta(description="The source address that the destination sees.")
    ]
    via: Annotated[list[str], Meta(description="Ids of the gateways that it goes through.")]
    verdict: Verdict
    services: Services
    forward_services: Services
    client_ports: ClientPorts
    forward: list[Hop]
    returning: list[Hop] = field(name="return")


class Explanation(Struct, frozen=True):
    """One blocker."""

    code: Code
    leg: Leg
    direction: Direction | None
    component: Component
    source_address: str | None
    destination_address: str | None
    message: str
    nearest: Evidence | None
    fix: Fix | None


class Missing(Struct, frozen=True):
    """What an unknown answer would need."""

    component: Component
    why: str
    code: Code


class Snapshot(Struct, frozen=True):
    """What was asked: when it was taken, and the digest of its content."""

    taken: str | None
    digest: str | None


class PathAnswer(Struct, frozen=True, omit_defaults=True):
    """Can the source reach the destination, by which path, and if not, what stops it?"""

    schema: Literal["netreach/path/1"]
    verdict: Verdict
    query: Annotated[dict[str, str], Meta(description="The question as it was asked.")]
    source: Component
    destination: Component
    services: Annotated[Services, Meta(title="Made the full round trip, on any part.")]
    forward_services: Annotated[Services, Meta(title="Got there, on any part.")]
    client_ports: ClientPorts
    parts: list[Part]
    explanations: list[Explanation]
    missing: list[Missing]
    warnings: list[str]
    snapshot: Snapshot
    legs: Annotated[
        list[PathAnswer],
        Meta(
            description=(
                "With --via: the answer about each connection, in order. Their parts are told "
                "there, `parts` is empty; the services are those of the last one. Absent otherwise."
            )
        ),
    ] = []


def render_json(report: records.Report) -> str:
    """Write an answer as indented JSON."""
    return json.dumps(_document(report), indent=2) + "\n"


def render_json_line(report: records.Report) -> str:
    """Write an answer as JSON in one line, without its line break."""
    return json.dumps(_document(report), separators=(",", ":"))


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what `render_json` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA_NAME,
        **msgspec.json.schema(PathAnswer),
    }


def _document(report: records.Report) -> dict[str, Any]:
    """Return plain data: json writes it as ASCII, so that no name can move a terminal's cursor."""
    document: dict[str, Any] = msgspec.to_builtins(_answer(report))
    return document


def _answer(report: records.Report) -> PathAnswer:
    return PathAnswer(
        schema=SCHEMA_NAME,
        verdict=report.verdict,
        query=report.query,
        source=_component(report.source),
        destination=_component(report.destination),
        services=report.services.words(),
        forward_services=report.forward_services.words(),
        client_ports=list(report.client_ports),
        parts=[_part(part) for part in report.parts],
        explanations=[_explanation(blocker) for blocker in report.explanations],
        missing=[Missing(_component(it.component), it.why, it.code) for it in report.missing],
        warnings=list(report.warnings),
        snapshot=Snapshot(report.taken or None, report.digest or None),
        legs=[_answer(leg) for leg in report.legs],
    )


def _part(part: records.Part) -> Part:
    return Part(
        source_address=part.source_address,
        destination_address=part.destination_address,
        seen_source=part.seen_source or None,
        via=list(part.via),
        verdict=part.verdict,
        services=part.services.words(),
        forward_services=part.forward_services.words(),
        client_ports=list(part.client_ports),
        forward=[_hop(hop) for hop in part.forward],
        returning=[_hop(hop) for hop in part.returning],
    )


def _hop(hop: records.Hop) -> Hop:
    return Hop(
        component=_component(hop.component),
        subnet=hop.subnet or None,
        vpc=hop.vpc or None,
        action=hop.action,
        direction=_direction(hop.direction),
        because=_evidence(hop.because),
        packet=Packet(hop.source, hop.destination, hop.service),
    )


def _explanation(blocker: records.Explanation) -> Explanation:
    return Explanation(
        code=blocker.code,
        leg=Leg(blocker.leg),
        direction=_direction(blocker.direction),
        component=_component(blocker.component),
        source_address=blocker.source or None,
        destination_address=blocker.destination or None,
        message=blocker.message,
        nearest=_evidence(blocker.nearest),
        fix=_fix(blocker.fix),
    )


def _component(component: records.Component) -> Component:
    return Component(component.id, component.type, component.name, component.kind or None)


def _direction(word: str) -> Direction | None:
    return Direction(word) if word else None


def _evidence(evidence: records.Evidence | None) -> dict[str, _Scalar] | None:
    if evidence is None:
        return None
    known: dict[str, _Scalar] = {"text": evidence.text}
    return known | evidence.fields | known  # the contract's keys lead, and no field overrides them


def _fix(fix: records.Fix | None) -> dict[str, _Scalar | None] | None:
    if fix is None:
        return None
    known = {"text": fix.text, "kind": fix.kind, "command": fix.command or None}
    return {**known, **fix.fields, **known}
