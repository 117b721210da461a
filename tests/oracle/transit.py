"""Transit gateways: in by the sender's attachment, by a table, out by another [TG-1..9]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.oracle import policy, sites
from tests.oracle import verdict as codes
from tests.oracle.journey import Arrival
from tests.oracle.verdict import Fork, NotModelledError, StopError
from tests.oracle.world import (
    Address,
    Packet,
    Prefix,
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
    if not subnet.id:  # from which zone, and as whom, regional NAT gateways send nobody says
        raise NotModelledError(gateway)
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


def enter_from_outside(walk: Walk, tie: Tie, packet: Packet) -> Arrival:
    """Take a packet from a network outside: it comes from no zone."""
    return _route(walk, tie, "", packet)


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
    name = tie.table
    if tie.policy:
        name = policy.choose(walk, walk.world.transit.policies[tie.policy], packet)
    if name is None:
        raise NotModelledError(tie.id)
    if not name:
        raise StopError(codes.TGW_NO_ASSOCIATION)
    table = walk.world.transit.tables.get(name)
    if table is None:
        raise NotModelledError(tie.id)
    target = _target(walk, table, packet.destination)
    if target.kind == "vpc":
        return _arrive(walk, target, zone, packet)
    link = walk.world.hybrid.link_of_tie(target.id)
    if link is not None:
        return sites.arrive(walk, link, packet)
    if target.kind == "peering":
        return _across(walk, target, zone, packet)
    raise NotModelledError(target.id)


def _target(walk: Walk, table: TransitTable, destination: Address) -> Tie:
    """Return the attachment that the table sends the packet to [TG-2, TG-3, TG-4, TG-8]."""
    world = walk.world
    if is_open(world, table):
        raise NotModelledError(table.id)
    covering = [
        ((route.prefix.prefixlen, *_rank(world, table, route, name)), route, name)
        for route in known_routes(world, table)
        if destination in route.prefix
        for name in route.ties or ("",)
    ]
    if not covering:
        raise StopError(codes.TGW_NO_ROUTE)
    best = max(rank for rank, _, _ in covering)
    tied = [(route, name) for rank, route, name in covering if rank == best]
    if any(route.state != "active" or name in world.gone for route, name in tied):
        raise StopError(codes.TGW_BAD_STATE_ROUTE)
    names = list(dict.fromkeys(name for _, name in tied))
    ties = [world.transit.tie(name, table.gateway) for name in names]
    choice = 0
    if len(ties) > 1:
        if not all(tie is not None and _shares(world, tie) for tie in ties):
            raise NotModelledError(table.id)  # of equal VPCs one is heard, nobody knows which
        key = ("paths", table.id, destination, *walk.progress)
        choice = walk.suppose(key, Fork.EVERY, len(ties), table.id)
        walk.cross("equal-cost paths")
    tie = ties[choice]
    if tie is None:
        raise NotModelledError(table.id)
    return tie


#: Which of two equal prefixes is used: a static one, else what came by the kind named first [TG-2].
ORDER: Final = ("vpc", "direct-connect-gateway", "connect", "vpn", "peering")


def _rank(world: World, table: TransitTable, route: TransitRoute, name: str) -> tuple[bool, int]:
    tie = world.transit.tie(name, table.gateway)
    kind = tie.kind if tie else ""
    place = len(ORDER) - ORDER.index(kind) if kind in ORDER else 0
    return route.is_static, 0 if route.is_static else place


def _shares(world: World, tie: Tie) -> bool:
    """Say whether the attachment shares packets with its like [TG-8]."""
    if tie.kind == "vpn":
        return world.transit.shares.get(tie.gateway, True)
    return tie.kind in ("connect", "direct-connect-gateway")


def known_routes(world: World, table: TransitTable) -> list[TransitRoute]:
    """Return the routes of the table: the static ones, and what attachments propagate [TG-1]."""
    routes = list(table.static or ())
    if table.learned is not None:
        return routes + list(table.learned)
    for name in table.propagating or ():
        blocks = _propagated(world, table, name) or ()
        routes += [TransitRoute(block, "active", (name,), is_static=False) for block in blocks]
    return routes


def is_open(world: World, table: TransitTable) -> bool:
    """Say whether the table may hold routes that the snapshot does not show."""
    if table.static is None:
        return True
    if table.learned is not None:
        return False
    told = table.propagating
    return told is None or any(_propagated(world, table, name) is None for name in told)


def _propagated(world: World, table: TransitTable, name: str) -> list[Prefix] | None:
    """Return what an attachment propagates; None where the snapshot does not show it."""
    tie = world.transit.tie(name, table.gateway)
    if tie is None or (tie.kind == "vpc" and tie.resource not in world.vpcs):
        return None
    if tie.kind == "peering":  # which knows static routes only
        return []
    if tie.kind == "vpc":
        blocks = world.vpcs[tie.resource].prefixes
        return [block for block in blocks if block.version == 4 or tie.has_ipv6]
    link = world.hybrid.link_of_tie(name)
    is_told = tie.kind == "vpn" and link is not None and not (link.is_bgp or link.is_doubted)
    return list(link.routes) if link is not None and is_told else None


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
