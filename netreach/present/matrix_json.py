"""A matrix as JSON, schema `netreach/matrix/1`."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from netreach.query.matrix.group_names import name_of_group
from netreach.query.matrix.sheet import Between, Sheet

SCHEMA_NAME: Final = "netreach/matrix/1"

Word = Literal["reachable", "partial", "unreachable", "unknown"]
Services = Annotated[list[str], Meta(description="Phrases such as `tcp 443`; none if empty.")]


class Taken(Struct, frozen=True):
    """What was asked: when it was taken, and the digest of its content."""

    taken: str | None
    digest: str | None


class Group(Struct, frozen=True):
    """One group of interfaces."""

    id: Annotated[str, Meta(description="An id or a tag's value; empty for those in no group.")]
    name: str


class PairsBetween(Struct, frozen=True):
    """What the pairs from one group to another come to."""

    source: Group
    destination: Group
    verdict: Word
    services: Annotated[Services, Meta(title="Some pair has them, there and back.")]
    services_of_all_pairs: Services
    pairs: Annotated[dict[str, int], Meta(description="How many pairs have each verdict.")]


class Counts(Struct, frozen=True):
    """How many pairs there are, and how many of them were asked one by one."""

    pairs: int
    singly: int


class MatrixAnswer(Struct, frozen=True):
    """What every ordered pair of interfaces comes to, by groups of both ends."""

    schema: Literal["netreach/matrix/1"]
    query: Annotated[dict[str, str], Meta(description="The question as it was asked.")]
    by: str
    groups: list[PairsBetween]
    statistics: Counts
    snapshot: Taken


def render_json(sheet: Sheet) -> str:
    """Write a matrix as indented JSON: ASCII, so that no name can move a terminal's cursor."""
    answer = MatrixAnswer(
        schema=SCHEMA_NAME,
        query=dict(sheet.query),
        by=sheet.by,
        groups=[_between(sheet, group) for group in sheet.groups],
        statistics=Counts(sheet.statistics.pairs, sheet.statistics.singly),
        snapshot=Taken(sheet.snapshot.taken or None, sheet.snapshot.digest or None),
    )
    return json.dumps(msgspec.to_builtins(answer), indent=2) + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what `render_json` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA_NAME,
        **msgspec.json.schema(MatrixAnswer),
    }


def _between(sheet: Sheet, group: Between) -> PairsBetween:
    ends = [
        Group(one, name_of_group(sheet.snapshot, sheet.by, one))
        for one in (group.source, group.destination)
    ]
    return PairsBetween(
        source=ends[0],
        destination=ends[1],
        verdict=group.verdict.value,
        services=group.services.words(),
        services_of_all_pairs=group.everywhere.words(),
        pairs={verdict.value: count for verdict, count in sorted(group.pairs.items())},
    )
