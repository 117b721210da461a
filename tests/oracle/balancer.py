"""Load balancers: what a node takes, to whom it hands it on, and how answers get back.

Written from the Elastic Load Balancing guides [LB-1..9] and from what was measured [LAB-4..6,
LAB-12]. What a node does with one packet: it finds a listener, then one of the targets that it may
use. Which one is chance, so each of them happens to some connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from tests.oracle import verdict as codes
from tests.oracle.filters import ICMP, ICMPV6, TCP, UDP
from tests.oracle.journey import Arrival, Session
from tests.oracle.target_health import FIT, GONE, PLAIN, READINGS, Reading, is_short, reading_of
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError
from tests.oracle.world import Address, Interface, Packet, World
from tests.oracle.world_balancers import (
    APPLICATION,
    CLASSIC,
    EVERYWHERE,
    NETWORK,
    Balancer,
    Floor,
    Listener,
    Target,
    TargetGroup,
)

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

#: What listeners take, by what they speak.
CARRIERS: Final = {
    **dict.fromkeys(("TCP", "TLS", "SSL", "HTTP", "HTTPS"), (TCP,)),
    **dict.fromkeys(("UDP", "QUIC"), (UDP,)),
    **dict.fromkeys(("TCP_UDP", "TCP_QUIC"), (TCP, UDP)),
}
PINGS: Final = ((ICMP, 8, 0), (ICMPV6, 128, 0))
IN_SERVICE: Final = ("active", "active_impaired")
#: What always sees the client [LB-4].
ALWAYS_KEPT: Final = ("UDP", "QUIC", "TCP_UDP", "TCP_QUIC")
#: Interfaces of these drop what comes with another's address.
SERVICES: Final = ("network_load_balancer", "vpc_endpoint")


@dataclass(frozen=True)
class Way:
    """Where one connection may go from a node."""

    address: Address | None = None  # None: the balancer answers itself, or a function does
    port: int = 0
    keeps_client: bool = False
    stop: str = ""  # why it goes nowhere
    unknown: str = ""  # what nobody knows of it


@dataclass(frozen=True)
class Spot:
    """Where a target is."""

    target: Target
    address: Address | None  # None: the snapshot does not say
    zone: str = EVERYWHERE


def take(walk: Walk, node: Interface, packet: Packet) -> Arrival:
    """Let a node take a packet that its groups let in, and hand it on."""
    balancer = _balancer(walk, node)
    ways = list(dict.fromkeys(_ways(walk, node, balancer, packet)))
    if not ways:
        is_classic = balancer.kind == CLASSIC
        raise StopError(codes.ELB_NO_LISTENER if is_classic else codes.NO_LISTENER)
    what = f"target of {node.id}"
    way = ways[walk.suppose(("target", node.id), Fork.EVERY, len(ways), what)]
    walk.cross(balancer.kind)
    if any(session.is_balancer for session in walk.sessions):
        walk.cross("balancer behind a balancer")
    if way.unknown:
        raise NotModelledError(way.unknown)
    if way.stop:
        raise StopError(way.stop)
    if way.address is None:
        walk.cross("answer of a balancer")
        return Arrival(packet, node)
    return _hand_on(walk, node, balancer, way, packet)


def _balancer(walk: Walk, node: Interface) -> Balancer:
    """Return whose node it is, if that is in service and has not had the packet before."""
    balancer = walk.world.balancers.nodes[node.id]
    if balancer is None or balancer.listeners is None:
        raise NotModelledError(node.id)
    if balancer.groups and not node.groups:  # its interface's record is not whole
        raise NotModelledError(node.id)
    if balancer.state not in IN_SERVICE:
        raise StopError(codes.BAD_STATE)
    if any(session.is_balancer and session.holder.id == node.id for session in walk.sessions):
        raise StopError(codes.ROUTING_LOOP)
    return balancer


# -- listeners and targets


def _ways(walk: Walk, node: Interface, balancer: Balancer, packet: Packet) -> Iterator[Way]:
    """Yield where the packet may go: by each listener that takes it, to each of its targets."""
    is_ping = (packet.protocol, packet.port, packet.code) in PINGS
    if is_ping and balancer.kind != NETWORK:  # a network balancer answers no ping [LB-9]
        yield Way()
    for listener in balancer.listeners or ():
        is_odd = listener.protocol not in CARRIERS
        carriers = CARRIERS.get(listener.protocol, (TCP, UDP))
        if packet.protocol not in carriers or packet.port != listener.port:
            continue
        if is_odd:
            yield Way(unknown=balancer.id)
        elif balancer.kind == CLASSIC:
            yield from _to_instances(walk, node, balancer, listener)
        elif listener.groups:
            for group in listener.groups:
                yield from _to_group(walk, node, balancer, group, packet)
        else:  # an application balancer redirects or answers; a network one can do neither
            is_application = balancer.kind == APPLICATION
            yield Way() if is_application else Way(stop=codes.NO_TARGETS)


def _to_instances(
    walk: Walk, node: Interface, balancer: Balancer, listener: Listener
) -> Iterator[Way]:
    """Yield the ways to a classic balancer's instances: those out of service get nothing."""
    crosses = balancer.crosses
    if crosses is None:  # one made in the console crosses zones, one made by the API does not
        key = ("crosses", balancer.id)
        crosses = walk.suppose(key, Fork.WAYS, 2, f"cross-zone setting of {balancer.id}") == 1
    spots = [
        _of_instance(
            walk.world,
            node.vpc,
            Target(instance, None, "", "unused" if instance in balancer.idle else ""),
        )
        for instance in balancer.instances
    ]
    found = usable(walk, node, balancer, spots, crosses=crosses)
    if isinstance(found, str):
        yield Way(stop=found)
        return
    for spot in found:
        yield _to_spot(node, spot, listener.instance_port, balancer.id)


def _to_group(
    walk: Walk, node: Interface, balancer: Balancer, name: str, packet: Packet
) -> Iterator[Way]:
    group = walk.world.balancers.groups.get(name)
    if group is None or group.targets is None:
        yield Way(unknown=name)
        return
    if group.kind == "lambda":
        yield Way() if group.targets else Way(stop=codes.NO_TARGETS)
        return
    spots = [spot for target in group.targets for spot in spots_of(walk.world, node, group, target)]
    crosses = crosses_zones(balancer, group)
    found = usable(walk, node, balancer, spots, group.routing, crosses=crosses)
    if isinstance(found, str):
        yield Way(stop=found)
        return
    for spot in found:
        port = spot.target.port or group.port
        way = _to_spot(node, spot, port, group.id)
        is_linked = bool(walk.sessions) and walk.sessions[-1].is_link  # no address is kept [LB-4]
        if way.address and not is_linked and _keeps(balancer, group, packet, way.address):
            way = _keeping(walk.world, node, way, group.id)
        yield way


def crosses_zones(balancer: Balancer, group: TargetGroup) -> bool:
    """Say whether nodes send to other zones than their own [LB-6]."""
    if group.crosses is not None:
        return group.crosses
    return balancer.kind == APPLICATION or bool(balancer.crosses)


def _keeps(balancer: Balancer, group: TargetGroup, packet: Packet, to: Address) -> bool:
    """Say whether targets see the client's own address [LB-1, LB-4]."""
    if balancer.kind != NETWORK or to.version != packet.destination.version:
        return False
    if packet.protocol == UDP or group.protocol in ALWAYS_KEPT:
        return True
    return group.kind != "ip" if group.keeps_client is None else group.keeps_client


def usable(
    walk: Walk,
    node: Interface,
    balancer: Balancer,
    spots: list[Spot],
    floor: Floor = PLAIN,
    *,
    crosses: bool,
) -> list[Spot] | str:
    """Return the targets that the node uses, or the code that says why there is none [LB-6, LAB-6].

    Where too few of those that it might use are healthy, it uses all of them.
    """
    if not spots:
        return codes.NO_TARGETS
    spots = _enabled(balancer, spots)
    if not spots:
        return codes.ZONE_NOT_ENABLED
    if not crosses:
        spots = _of_zone(spots, walk.world.subnets[node.subnet].zone)
    if not spots:
        return codes.NOT_CROSSING if balancer.kind == CLASSIC else codes.NO_TARGETS_IN_ZONE
    left = [spot for spot in spots if spot.target.health not in GONE]
    if not left:
        return codes.NO_TARGETS
    fit = [spot for spot in left if spot.target.health in FIT]
    known = [spot.target for spot in spots]
    is_few = is_short(known, floor, reading_of(walk))
    if fit and is_few and len(fit) < len(left):
        walk.cross("balancer that uses unhealthy targets beside healthy ones")
    return left if is_few or not fit else fit


def _enabled(balancer: Balancer, spots: list[Spot]) -> list[Spot]:
    return [spot for spot in spots if spot.zone == EVERYWHERE or spot.zone in balancer.zones]


def _of_zone(spots: list[Spot], zone: str) -> list[Spot]:
    return [spot for spot in spots if spot.zone in (EVERYWHERE, zone)]


def in_dns(world: World, balancer: str) -> tuple[list[str], bool]:
    """Return the nodes to which a balancer's name leads, and whether nobody knows to which [LB-6].

    It leads past zones in which some group has too few healthy targets, unless it would past all.
    """
    nodes = world.balancers.nodes_of(balancer)
    listings = []
    for reading in READINGS:
        short = [one for one in nodes if _is_short_of(world, world.interfaces[one], reading)]
        listings.append([one for one in nodes if one not in short] or nodes)
    listed = [one for one in nodes if any(one in listing for listing in listings)]
    return listed, any(listing != listed for listing in listings)


def _is_short_of(world: World, node: Interface, reading: Reading) -> bool:
    """Say whether some group of a node's balancer has too few healthy targets in its zone."""
    balancer = world.balancers.nodes[node.id]
    if balancer is None or balancer.kind == CLASSIC:
        return False
    for name in {name for one in balancer.listeners or () for name in one.groups}:
        group = world.balancers.groups.get(name)
        if group is None or group.targets is None or group.kind == "lambda":
            continue
        spots = [spot for one in group.targets for spot in spots_of(world, node, group, one)]
        spots = _enabled(balancer, spots)
        if not crosses_zones(balancer, group):
            spots = _of_zone(spots, world.subnets[node.subnet].zone)
        if is_short((spot.target for spot in spots), group.naming, reading):
            return True
    return False


# -- where targets are


def spots_of(world: World, node: Interface, group: TargetGroup, target: Target) -> list[Spot]:
    if group.kind == "instance":
        return [_of_instance(world, node.vpc, target, group.version)]
    if group.kind == "ip":
        return [_of_address(world, node.vpc, target)]
    nodes = [world.interfaces[name] for name in world.balancers.nodes_of(target.id)]
    return [_at(world, target, one, group.version) for one in nodes] or [Spot(target, None)]


def _of_instance(world: World, vpc: str, target: Target, version: int | None = None) -> Spot:
    """Return where an instance gets it: at its primary interface [LB-7]."""
    own = [one for one in world.interfaces.values() if one.instance == target.id and one.vpc == vpc]
    first = min(own, key=lambda one: (one.device, one.id), default=None)
    return _at(world, target, first, version) if first else Spot(target, None)


def _at(world: World, target: Target, interface: Interface, version: int | None) -> Spot:
    """Return where an interface is sent to: a group's targets all have one address family."""
    versions = (version,) if version else (4, 6)
    held = (first_address(interface, one) for one in versions)
    address = next((one for one in held if one is not None), None)
    return Spot(target, address, world.subnets[interface.subnet].zone)


def first_address(interface: Interface, version: int) -> Address | None:
    """Return an interface's primary address."""
    return next((a for a in interface.addresses if a.version == version), None)


def _of_address(world: World, vpc: str, target: Target) -> Spot:
    """Return where an address is: in the VPC its subnet tells, elsewhere who registered it."""
    address = ip_address(target.id)
    subnet = world.subnet_of(vpc, address)
    is_ours = world.vpcs[vpc].covers(address)
    return Spot(target, address, subnet.zone if is_ours and subnet else target.zone)


def _to_spot(node: Interface, spot: Spot, port: int | None, whose: str) -> Way:
    if spot.address is None or port is None:
        return Way(unknown=whose)
    if first_address(node, spot.address.version) is None:
        return Way(unknown=whose)
    return Way(spot.address, port)


def _keeping(world: World, node: Interface, way: Way, group: str) -> Way:
    """Return a way on which the client's address is kept, if it can be [LB-4]."""
    address = way.address
    if address is None:
        return way
    if not _is_near(world, node.vpc, address):
        return replace(way, unknown=group)
    holder = world.holder(node.vpc, address)
    if holder is not None and holder.kind in SERVICES:
        return replace(way, stop=codes.CLIENT_KEPT)
    return replace(way, keeps_client=True)


def _is_near(world: World, vpc: str, address: Address) -> bool:
    """Say whether an address is in the balancer's VPC, or in a peer in its Region."""
    if world.vpcs[vpc].covers(address):
        return True
    sides = [
        peering.beyond(vpc)
        for peering in world.peerings.values()
        if peering.state == "active" and peering.is_regional
    ]
    return any(address in block for side in sides if side for block in world.prefixes_of(side))


# -- to the target and back


def _hand_on(walk: Walk, node: Interface, balancer: Balancer, way: Way, packet: Packet) -> Arrival:
    """Send the packet from the node to a target."""
    to = way.address
    own = first_address(node, to.version) if to else None
    if to is None or own is None:
        raise NotModelledError(node.id)
    source = packet.source if way.keeps_client else own
    if way.keeps_client:
        walk.cross("kept client")
    walk.sessions.append(
        Session(
            node,
            node,
            packet,
            source,
            is_nat=False,
            is_balancer=True,
            keeps_client=way.keeps_client,
        )
    )
    sent = replace(packet, source=source, destination=to, port=way.port)
    if way.keeps_client and _is_own(walk.world, node.vpc, sent):
        raise StopError(codes.CLIENT_KEPT)
    walk.sender = node if node.groups else None  # kept or not, groups can name the balancer [LB-5]
    walk.groups(node, sent, egress=True)
    subnet = walk.world.subnets[node.subnet]
    if balancer.kind == CLASSIC and subnet.covers(to):  # asked even inside the subnet [NA-8]
        walk.acl(subnet.id, sent, egress=True, code=codes.ELB_ACL)
    arrival = walk.leave(node, sent)
    return walk.receive(arrival) if arrival.holder else arrival


def _is_own(world: World, vpc: str, packet: Packet) -> bool:
    """Say whether a host would get what it sent itself, from its own address [LB-4, LAB-8]."""
    client, target = (world.holder(vpc, end) for end in (packet.source, packet.destination))
    if client is None or target is None:
        return False
    return client.id == target.id or client in world.siblings(target)


def give_back(walk: Walk, session: Session, sender: Interface, packet: Packet) -> None:
    """Carry an answer to a kept client from the target to the node, past all routes [LAB-4]."""
    walk.leg, walk.awaiting = Leg.RETURN, session
    walk.at = packet, sender.vpc
    node = session.holder
    if sender.subnet != node.subnet:
        walk.acl(sender.subnet, packet, egress=True)
        walk.acl(node.subnet, packet, egress=False)
    walk.check_state(node)
