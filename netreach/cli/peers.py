"""`netreach who-can-reach` and `netreach reach-from`: who reaches it, what it reaches."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from netreach.cli.questions import (
    Asked,
    ClientPortsOption,
    FamilyOption,
    PortOption,
    ProtocolOption,
    SnapshotArgument,
    StrictOption,
    service_words,
    speaks_unicode,
    terminal_width,
)
from netreach.cli.watch import Watch

if TYPE_CHECKING:
    from netreach.query.matrix.peers import PeerList


class PeersFormat(StrEnum):
    """How a list is written."""

    TEXT = "text"
    JSON = "json"


#: The place outside that every list tells of.
_INTERNET: Final = "internet"
_FormOption = Annotated[PeersFormat, typer.Option("--format", help="How to write it.")]


def who_can_reach(  # noqa: PLR0913 - each is an option of the command
    snapshot: SnapshotArgument,
    destination: Annotated[str, typer.Argument(metavar="DESTINATION", help="Who is asked.")],
    *,
    port: PortOption = "",
    protocol: ProtocolOption = "",
    client_ports: ClientPortsOption = "any",
    family: FamilyOption = "",
    strict: StrictOption = False,
    form: _FormOption = PeersFormat.TEXT,
) -> None:
    """List all who reach DESTINATION, on which services: those that fare alike together.

    DESTINATION is any selector, see `path`: interfaces, or a place such as internet. The widest
    come first. Exit status: 0, or 2 for bad usage or input.
    """
    asked = Asked((), (destination,), port, protocol, client_ports, family, strict)
    typer.echo(_listed(snapshot, asked, form), nl=False)


def reach_from(  # noqa: PLR0913 - each is an option of the command
    snapshot: SnapshotArgument,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Who asks.")],
    *,
    port: PortOption = "",
    protocol: ProtocolOption = "",
    client_ports: ClientPortsOption = "any",
    family: FamilyOption = "",
    strict: StrictOption = False,
    form: _FormOption = PeersFormat.TEXT,
) -> None:
    """List all that SOURCE reaches, on which services: those that fare alike together.

    SOURCE is any selector, see `path`: interfaces, or a place such as internet. The widest come
    first. Exit status: 0, or 2 for bad usage or input.
    """
    asked = Asked((source,), (), port, protocol, client_ports, family, strict)
    typer.echo(_listed(snapshot, asked, form), nl=False)


def _listed(snapshot: str, asked: Asked, form: PeersFormat) -> str:
    from netreach.network import load  # noqa: PLC0415 - numpy is for questions, not for --help
    from netreach.query.matrix.peers import (  # noqa: PLC0415
        PeerList,
        peers_of,
        places_of,
        widest_first,
    )

    is_source = bool(asked.destinations)
    with Watch(f"reading {snapshot}") as watch:
        network = load(snapshot)
        found = asked.matrix(network, watch, outside=(_INTERNET,))
        watch.step("working out every pair, by VPCs")
        peers = peers_of(found.plan, found.places, is_source=is_source, progress=watch)
        watch.step(f"asking about {_INTERNET}")
        outside = places_of(found.plan, found.places, is_source=is_source)
        peers = widest_first([*outside, *peers])
    named = found.destinations if is_source else found.sources
    places = found.places.destinations if is_source else found.places.sources
    peer_list = PeerList(
        snapshot=network.snapshot,
        query=asked.as_dict(),
        service=service_words(found),
        subject=(asked.destinations or asked.sources)[0],
        size=len(named),
        places=len(places),
        is_source=is_source,
        peers=peers,
    )
    return _json(peer_list) if form is PeersFormat.JSON else _text(peer_list)


def _text(found: PeerList) -> str:
    from netreach.present.peers_text import render_peers  # noqa: PLC0415 - only the form wanted

    color = sys.stdout.isatty()
    return render_peers(found, width=terminal_width(), color=color, unicode=speaks_unicode())


def _json(found: PeerList) -> str:
    from netreach.present.peers_json import render_peers_json  # noqa: PLC0415 - only the form wanted

    return render_peers_json(found)
