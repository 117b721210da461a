"""Client VPN endpoints: their clients come in with the address of one of their interfaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.oracle import verdict as codes
from tests.oracle.hybrid_world import PLATFORM, Link, as_interface
from tests.oracle.journey import Arrival, Session
from tests.oracle.verdict import Fork, NotModelledError, StopError
from tests.oracle.vpc_services import services_at, switched_off
from tests.oracle.world import Packet

if TYPE_CHECKING:
    from tests.oracle.walk import Walk


def enter(walk: Walk, link: Link, packet: Packet) -> Arrival:
    """Let a client's packet into the VPC, if a rule and a route let it."""
    walk.at = None  # nobody knows yet as whom it would come in
    endpoint = walk.world.hybrid.endpoints[link.id]
    if endpoint.allows is None or endpoint.routes is None:
        raise NotModelledError(link.id)
    to = packet.destination
    covering = [route for route in endpoint.routes if to in route.prefix]
    walk.insist(
        (not any(to in allowed for allowed in endpoint.allows), codes.CLIENT_NOT_AUTHORIZED),
        (not covering, codes.NO_ROUTE),
    )
    best = max(route.prefix.prefixlen for route in covering)
    subnets = {route.subnet for route in covering if route.prefix.prefixlen == best}
    doors = [door for door in endpoint.doors if door.subnet in subnets]
    if {door.subnet for door in doors} != subnets:
        raise NotModelledError(link.id)
    choice = 0
    if len(doors) > 1:
        key = ("door", link.id, *walk.progress)
        choice = walk.suppose(key, Fork.EVERY, len(doors), f"interface of {link.id}")
    door = doors[choice]
    session = Session(door, as_interface(link.site), packet, door.addresses[0], is_nat=False)
    walk.sessions.append(session)
    sent = replace(packet, source=door.addresses[0])
    walk.cross("client VPN")
    services = services_at(walk.world, door.vpc, to)
    if services is None:
        return walk.start(door, sent)
    walk.check_state(door)
    off = switched_off(walk.world, door.vpc, door.instance, to)
    if off is not None:
        raise StopError(off)
    if (packet.protocol, packet.port) not in services:
        raise StopError(codes.SERVICE_PORT)
    return Arrival(sent, as_interface(PLATFORM))
