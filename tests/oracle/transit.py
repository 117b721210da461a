"""Transit gateways: in by the sender's VPC, by a table, out into another VPC [TG-1..9]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.oracle import verdict as codes
from tests.oracle.journey import Arrival
from tests.oracle.verdict import Fork, NotModelledError, StopError
from tests.oracle.world import (
    Address,
    Packet,
    Subnet,
    Tie,
    TransitRoute,
    TransitTable,
    World,
)

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

IN_SERVICE: Final = ("available", "modifying")


def enter(walk: Walk, gateway: str, subnet: Subnet, packet: Packet) -> Arrival:
    """Take the packet from its VPC, by the attachment's subnet in its own zone [TG-5, TG-6]."""
    ties = [tie for tie in walk.world.transit.ties if _serves(tie, gateway, subnet.vpc)]
    if not ties:
        raise NotModelledError(gateway)
    tie = next((tie for tie in ties if tie.state in IN_SERVICE), ties[0])
    doors = _doors(walk.world, tie)
    door = None if doors is None else _in_zone(doors, subnet.zone)
    walk.insist(
        (tie.state not in IN_SERVICE, codes.BAD_STATE_ATTACHMENT),
        (doors is not None and door is None, codes.TGW_ZONE),
    )
    if door is None:
        raise NotModelledError(tie.id)
    walk.acl(door.id, packet, egress=False)
    _forget_sender(walk, tie)
    return _route(walk, tie, subnet.zone, packet)


def _serves(tie: Tie, gateway: str, vpc: str) -> bool:
    return (tie.kind, tie.gateway, tie.resource) == ("vpc", gateway, vpc)


def _doors(world: World, tie: Tie) -> list[Subnet] | None:
    """Return the attachment's subnets; None where the snapshot does not hold them all."""
    if tie.subnets is None or any(name not in world.subnets for name in tie.subnets):
        return None
    return [world.subnets[name] for name in tie.subnets]


def _in_zone(doors: list[Subnet], zone: str) -> Subnet | None:
    return next((door for door in doors if door.zone == zone), None)


def _forget_sender(walk: Walk, tie: Tie) -> None:
    """Hide who sent where groups cannot be named across the attachment [SG-10]."""
    if not walk.world.transit.is_known_across(tie):
        walk.sender = None


# -- inside


def _route(walk: Walk, tie: Tie, zone: str, packet: Packet) -> Arrival:
    """Route the packet by the table that its attachment is associated with [TG-1]."""
    walk.at = packet, None
    walk.hop()
    if tie.table is None:
        raise NotModelledError(tie.id)
    if not tie.table:
        raise StopError(codes.TGW_NO_ASSOCIATION)
    table = walk.world.transit.tables.get(tie.table)
    if table is None:
        raise NotModelledError(tie.id)
    target = _target(walk.world, table, packet.destination)
    if target.kind == "vpc":
        return _arrive(walk, target, zone, packet)
    if target.kind == "peering":
        return _across(walk, target, zone, packet)
    raise NotModelledError(target.id)


def _target(world: World, table: TransitTable, destination: Address) -> Tie:
    """Return the attachment that the table sends the packet to [TG-2, TG-3, TG-4]."""
    covering = [route for route in _routes(world, table) if destination in route.prefix]
    if not covering:
        raise StopError(codes.TGW_NO_ROUTE)
    best = max((route.prefix.prefixlen, route.is_static) for route in covering)
    tied = [route for route in covering if (route.prefix.prefixlen, route.is_static) == best]
    if any(route.state != "active" for route in tied):
        raise StopError(codes.TGW_BAD_STATE_ROUTE)
    if len({route.tie for route in tied}) > 1:  # of equal VPCs one is heard, nobody knows which
        raise NotModelledError(table.id)
    tie = world.transit.tie(tied[0].tie, table.gateway)
    if tie is None:
        raise NotModelledError(table.id)
    return tie


def _routes(world: World, table: TransitTable) -> list[TransitRoute]:
    """Return all routes of the table: the static ones, and the blocks of VPCs that propagate."""
    if table.static is None or table.propagating is None:
        raise NotModelledError(table.id)
    routes = list(table.static)
    for name in table.propagating:
        tie = world.transit.tie(name, table.gateway)
        if tie is None or (tie.kind == "vpc" and tie.resource not in world.vpcs):
            raise NotModelledError(table.id)
        if tie.kind != "vpc":  # peerings know static routes only
            continue
        routes += [
            TransitRoute(block, "active", name, is_static=False)
            for block in world.vpcs[tie.resource].prefixes
            if block.version == 4 or tie.has_ipv6
        ]
    return routes


def _across(walk: Walk, tie: Tie, zone: str, packet: Packet) -> Arrival:
    """Take the packet over a peering to another transit gateway; groups do not get there."""
    far = walk.world.transit.tie(tie.id, tie.resource)
    ends = [end for end in (tie, far) if end is not None]
    if any(end.state not in IN_SERVICE for end in ends):
        raise StopError(codes.BAD_STATE_ATTACHMENT)
    if far is None:
        raise NotModelledError(tie.id)
    walk.sender = None
    walk.cross("peered transit gateways")
    return _route(walk, far, zone, packet)


# -- out again


def _arrive(walk: Walk, tie: Tie, zone: str, packet: Packet) -> Arrival:
    """Bring the packet into a VPC; the table of the subnet where it comes in takes it on."""
    if tie.state not in IN_SERVICE:
        raise StopError(codes.BAD_STATE_ATTACHMENT)
    doors = _doors(walk.world, tie)
    if tie.resource not in walk.world.vpcs or not doors:
        raise NotModelledError(tie.id)
    door = _choose_door(walk, tie, doors, zone)
    _forget_sender(walk, tie)
    return walk.depart(door, packet)


def _choose_door(walk: Walk, tie: Tie, doors: list[Subnet], zone: str) -> Subnet:
    """Choose where it comes in: in the sender's zone if possible, else anywhere [TG-5].

    In appliance mode a flow is kept to one zone, of which nobody knows which it is, both ways
    [TG-7].
    """
    preferred = _in_zone(doors, zone)
    if preferred is not None and not tie.is_appliance:
        return preferred
    walk.cross("appliance mode" if tie.is_appliance else "another zone")
    key = ("zone", tie.id) if tie.is_appliance else ("zone", tie.id, *walk.progress)
    return doors[walk.suppose(key, Fork.EVERY, len(doors), f"zone of {tie.id}")]
