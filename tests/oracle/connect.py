"""Connect attachments: networks behind appliances that speak BGP over tunnels [TG-1, TG-8].

Their tunnels run over another attachment; one Connect peer of an attachment is enough.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.hybrid_world import CONNECT, Link
from tests.oracle.spelling import Estate, Record
from tests.oracle.world import Tie

IN_SERVICE = ("available", "modifying")


def connect_links(estate: Estate, ties: tuple[Tie, ...], gone: frozenset[str]) -> Iterator[Link]:
    """Read the networks behind Connect attachments; each is called as its attachment is."""
    carriers = {
        record["TransitGatewayAttachmentId"]: record["TransportTransitGatewayAttachmentId"]
        for record in estate.get("TransitGatewayConnects", ())
    }
    states = {tie.id: tie.state for tie in ties}
    for tie in ties:
        if tie.kind == CONNECT:
            carrier = carriers.get(tie.id, "")
            works = states.get(carrier, "available") in IN_SERVICE and carrier not in gone
            yield Link(
                CONNECT,
                tie.id,
                tie.id,
                works and _has_peer(estate, tie.id),
                is_transit=True,
                tie=tie.id,
                is_doubted=bool(carrier) and carrier not in states,
            )


def _has_peer(estate: Estate, tie: str) -> bool:
    mine = [
        peer
        for peer in estate.get("TransitGatewayConnectPeers", ())
        if peer["TransitGatewayAttachmentId"] == tie
    ]
    return not mine or any(map(_works, mine))


def _works(peer: Record) -> bool:
    sessions = {one["BgpStatus"] for one in peer["ConnectPeerConfiguration"]["BgpConfigurations"]}
    return peer["State"] == "available" and sessions != {"down"}
