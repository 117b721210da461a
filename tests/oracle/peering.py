"""VPC peering: to the other VPC's own addresses, and no further [PC-1..3]."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.oracle import verdict as codes
from tests.oracle.journey import Arrival
from tests.oracle.verdict import Leg, NotModelledError, StopError
from tests.oracle.world import Packet

if TYPE_CHECKING:
    from tests.oracle.walk import Walk


def cross(walk: Walk, name: str, vpc: str, packet: Packet) -> Arrival:
    """Carry the packet to the other side."""
    peering = walk.world.peerings.get(name)
    if peering is None:
        raise NotModelledError(name)
    other = peering.beyond(vpc) or peering.sides[0]
    blocks = walk.world.prefixes_of(other)
    is_told = bool(blocks)  # or else the VPC itself is missing, and that is what matters
    walk.insist(
        (peering.state != "active", codes.BAD_STATE),
        (peering.beyond(vpc) is None, codes.BAD_STATE_ATTACHMENT),
        (is_told and not any(packet.destination in b for b in blocks), codes.PCX_ADDRESS),
        whose=name,
    )
    if other.vpc not in walk.world.vpcs:
        raise NotModelledError(name)
    own = walk.world.vpcs[vpc]
    # a way through this VPC between two others is not supported; whether it works, nobody says
    if not own.covers(packet.source) and walk.refuses_third(name):
        raise StopError(codes.PCX_ADDRESS)
    if not peering.is_regional:
        walk.sender = None
    if walk.leg is Leg.FORWARD and walk.sessions and walk.sessions[-1].is_nat:
        walk.sessions[-1] = replace(walk.sessions[-1], peering=name)
    return walk.deliver(other.vpc, packet, None)
