"""Internet gateways, egress-only ones, and the internet between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.oracle import appliance, inspection, public_access
from tests.oracle import verdict as codes
from tests.oracle.journey import RFC1918, RFC6598, Arrival, is_on_the_internet
from tests.oracle.routing import redirection, route_for
from tests.oracle.verdict import Leg, NotModelledError, StopError
from tests.oracle.world import Address, Interface, Packet, Subnet, Vpc, World

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

GOOD_ATTACHMENTS: Final = ("available", "attached")


def out_by_internet_gateway(walk: Walk, gateway: str, subnet: Subnet, packet: Packet) -> Arrival:
    """Take the packet out; IPv4 gets its public address as source [IG-1, IG-3]."""
    states = walk.world.internet_gateways.get(gateway)
    sender = walk.world.holder(subnet.vpc, packet.source)
    public: Address | None = packet.source if packet.source.version == 6 else None
    if sender is not None and public is None:
        public = sender.public.get(packet.source)
    by_nat = sender is not None and sender.is_nat
    to, is_spoofed = packet.destination, _is_spoofed(walk.world, subnet.vpc, packet)
    walk.insist(
        (
            states is not None and states.get(subnet.vpc) not in GOOD_ATTACHMENTS,
            codes.BAD_STATE_ATTACHMENT,
        ),
        (any(to in block for block in RFC1918), codes.IGW_TO_RFC1918),
        (to in RFC6598, codes.IGW_TO_RFC6598),
        (is_spoofed, codes.SPOOFED),
        (public is None and not is_spoofed, codes.IGW_EGRESS),
        (sender is not None and _is_denied(sender, packet.source), codes.ENI_DENIES_IGW),
        (_goes_round(walk.world, gateway, subnet, packet), codes.INGRESS_REDIRECTION),
        public_access.out(walk, subnet.vpc, packet.source, by_nat=by_nat),
    )
    public_access.doubt_out(walk, subnet.vpc, packet.source, by_nat=by_nat)
    return arrive(walk, replace(packet, source=public or packet.source))


def _is_spoofed(world: World, vpc: str, packet: Packet) -> bool:
    """Say whether the source is of no subnet of the VPC [IG-3]."""
    subnet, holder = world.subnet_of(vpc, packet.source), world.holder(vpc, packet.source)
    return subnet is None and holder is None


def _goes_round(world: World, gateway: str, subnet: Subnet, packet: Packet) -> bool:
    """Say whether it leaves past the appliance by which its answers would come in [RT-11]."""
    table = world.table_of_gateway(gateway)
    route = redirection(table, packet.source) if table else None
    if route is None or not subnet.covers(packet.source):
        return False
    holder = world.holder(subnet.vpc, packet.source)
    return holder is None or route.target != holder.id


def out_by_egress_only_gateway(walk: Walk, gateway: str, subnet: Subnet, packet: Packet) -> Arrival:
    """Take an IPv6 packet out, unless it answers what did not go out by it [IG-5]."""
    states = walk.world.egress_only_gateways.get(gateway)
    if states is not None and states.get(subnet.vpc) not in GOOD_ATTACHMENTS:
        raise StopError(codes.BAD_STATE_ATTACHMENT)
    if walk.leg is Leg.RETURN:
        raise StopError(codes.EIGW_OUTBOUND_ONLY)
    if _is_spoofed(walk.world, subnet.vpc, packet):
        raise StopError(codes.SPOOFED)
    if walk.by_appliances:
        raise StopError(codes.EIGW_INSPECTED)
    walk.insist(public_access.out(walk, subnet.vpc, packet.source, by_nat=True))
    public_access.doubt_out(walk, subnet.vpc, packet.source, by_nat=True)
    walk.egress_only.append((subnet.vpc, packet.source))
    return arrive(walk, packet)


def arrive(walk: Walk, packet: Packet) -> Arrival:
    """Carry a packet that is out: to a host there, or in again by our gateway [IG-4, LAB-1]."""
    begins = walk.at is None  # out there
    walk.sender = None
    walk.at = packet, None
    _refuse_private_source(packet.source)
    found = walk.world.public_holder(packet.destination)
    if found is not None:
        holder, private = found
        _check_way_in(walk, holder.vpc, holder, packet.destination)
        return _enter(walk, holder.vpc, replace(packet, destination=private))
    vpc = walk.world.vpc_of(packet.destination)
    if vpc is not None and vpc.hides(packet.destination):
        raise StopError(codes.IGW_INGRESS if begins else codes.NOT_ON_THE_INTERNET)
    if vpc is not None and packet.destination.version == 6:
        return _in_by_ipv6(walk, vpc, packet)
    if vpc is not None or packet.destination in walk.world.unused_public:
        raise StopError(codes.IGW_INGRESS)
    if not is_on_the_internet(packet.destination):
        raise StopError(codes.NOT_ON_THE_INTERNET)
    return Arrival(packet, None)


def _in_by_ipv6(walk: Walk, vpc: Vpc, packet: Packet) -> Arrival:
    if (vpc.id, packet.destination) in walk.egress_only:  # the way that it went out
        return walk.deliver(vpc.id, packet, None)
    holder = walk.world.holder(vpc.id, packet.destination)
    _check_way_in(walk, vpc.id, holder, packet.destination)
    return _enter(walk, vpc.id, packet)


def _enter(walk: Walk, vpc: str, packet: Packet) -> Arrival:
    """Bring a packet in from the internet."""
    return enter_by(walk, _gateway_of(walk.world, vpc), vpc, packet)


def enter_by(walk: Walk, gateway: str, vpc: str, packet: Packet) -> Arrival:
    """Bring a packet in by a gateway, by the gateway's own table if it has one [RT-11]."""
    table = walk.world.table_of_gateway(gateway)
    holder = walk.world.holder(vpc, packet.destination)
    if table is None or (holder is not None and holder.table):  # its routes are for subnets
        return walk.deliver(vpc, packet, None)
    walk.at = packet, vpc
    walk.cross("gateway's own table")
    route = route_for(walk.world, table, packet.destination, walk.suppose)
    if route.kind == "local":
        return walk.deliver(vpc, packet, None)
    if route.kind == "eni":
        return appliance.reach(walk, route.target, vpc, None, packet)
    if route.kind == "vpce":
        return inspection.reach(walk, route.target, vpc, packet)
    raise NotModelledError(route.target)


def _gateway_of(world: World, vpc: str) -> str:
    """Return the gateway by which the internet reaches the VPC; one that only routes name too."""
    for gateway, states in world.internet_gateways.items():
        if states.get(vpc) in GOOD_ATTACHMENTS:
            return gateway
    return next(_named_by_routes(world, vpc), "")


def _named_by_routes(world: World, vpc: str) -> Iterator[str]:
    """Yield the gateways that active routes name and nobody described."""
    for table in world.tables:
        for route in table.routes:
            is_unknown = route.kind == "igw" and route.target not in world.internet_gateways
            if table.vpc == vpc and is_unknown and route.state == "active":
                yield route.target


def _check_way_in(walk: Walk, vpc: str, holder: Interface | None, destination: Address) -> None:
    world = walk.world
    is_open = bool(_gateway_of(world, vpc))
    is_tied = any(vpc in states for states in world.internet_gateways.values())
    outwards = world.egress_only_gateways.values()
    leads_out = any(states.get(vpc) in GOOD_ATTACHMENTS for states in outwards)
    if not is_open and not is_tied and leads_out and destination.version == 6:
        raise StopError(codes.EIGW_OUTBOUND_ONLY)
    walk.insist(
        (not is_open and is_tied, codes.BAD_STATE_ATTACHMENT),
        (not is_open and not is_tied, codes.NO_POSSIBLE_DESTINATION),
        (holder is not None and not holder.is_attached, codes.IGW_INGRESS),
        (holder is not None and _is_denied(holder, destination), codes.ENI_DENIES_IGW),
        public_access.into(walk, vpc, holder, destination),
    )
    public_access.doubt_in(walk, vpc, holder, destination)


def _is_denied(interface: Interface, address: Address) -> bool:
    """Say whether an interface refuses the IPv6 of internet gateways [IG-6]."""
    return interface.deny_igw and address.version == 6


def _refuse_private_source(address: Address) -> None:
    """Drop what internet gateways do not let in [IG-3]; nobody out there has such an address."""
    if any(address in block for block in RFC1918):
        raise StopError(codes.IGW_FROM_RFC1918)
    if address in RFC6598:
        raise StopError(codes.IGW_FROM_RFC6598)
