"""Who reaches something, or what something reaches, as JSON: one schema for each direction."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from netreach.present.matrix_json import Services, Taken, Word
from netreach.query.matrix.group_names import name_of_interface
from netreach.query.matrix.peers import PeerList, Peers

WHO_CAN_REACH: Final = "netreach/who-can-reach/1"
REACH_FROM: Final = "netreach/reach-from/1"


class Interface(Struct, frozen=True):
    """One interface."""

    id: str
    name: str
    subnet: str
    vpc: str


class PeerGroup(Struct, frozen=True):
    """Those that fare alike: the same verdict, services and client ports."""

    verdict: Word
    services: Annotated[Services, Meta(title="There and back, with some of the interfaces named.")]
    services_of_all: Annotated[Services, Meta(title="With every interface named.")]
    client_ports: list[str]
    reached: Annotated[int, Meta(description="With how many of the interfaces named, ...")]
    asked: Annotated[int, Meta(description="... of how many.")]
    interfaces: list[Interface]
    outside: Annotated[list[str], Meta(description="Places that are no interfaces.")]


class _Listed(Struct, frozen=True):
    query: Annotated[dict[str, str], Meta(description="The question as it was asked.")]
    interfaces: Annotated[int, Meta(description="How many interfaces the selector names.")]
    peers: list[PeerGroup]
    snapshot: Taken


class WhoCanReach(_Listed, frozen=True):
    """Who reaches the destination."""

    schema: Literal["netreach/who-can-reach/1"] = WHO_CAN_REACH


class ReachFrom(_Listed, frozen=True):
    """What the source reaches."""

    schema: Literal["netreach/reach-from/1"] = REACH_FROM


def render_peers_json(found: PeerList) -> str:
    """Write a list of peers as indented JSON: ASCII, so that no name can move a cursor."""
    form = WhoCanReach if found.is_source else ReachFrom
    answer = form(
        query=dict(found.query),
        interfaces=found.size,
        peers=[_group(found, peers) for peers in found.peers],
        snapshot=Taken(found.snapshot.taken or None, found.snapshot.digest or None),
    )
    document = msgspec.to_builtins(answer)
    return json.dumps({"schema": document.pop("schema"), **document}, indent=2) + "\n"


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of one of the two forms."""
    form = WhoCanReach if name == WHO_CAN_REACH else ReachFrom
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        **msgspec.json.schema(form),
    }


def _group(found: PeerList, peers: Peers) -> PeerGroup:
    faring = peers.faring
    return PeerGroup(
        verdict=faring.verdict.value,
        services=faring.services.words(),
        services_of_all=faring.everywhere.words(),
        client_ports=list(faring.client_ports),
        reached=faring.reached,
        asked=faring.asked,
        interfaces=[] if peers.is_outside else [_interface(found, one) for one in peers.ids],
        outside=list(peers.ids) if peers.is_outside else [],
    )


def _interface(found: PeerList, identifier: str) -> Interface:
    record = found.snapshot.interfaces[identifier]
    name = name_of_interface(found.snapshot, identifier)
    return Interface(identifier, name, record.subnet, record.vpc)
