"""One packet and its reply, hop by hop.

A walk raises ``StopError`` where the packet is dropped, ``NotModelledError`` where it enters
something that is not modelled, and ``UndecidedError`` where it must be repeated once for every
option. Otherwise it arrives.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from tests.oracle import verdict as codes
from tests.oracle.filters import ICMP, ICMPV6, TCP, UDP, check_acl, check_groups
from tests.oracle.parse import prefix
from tests.oracle.routing import route_for
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError, UndecidedError
from tests.oracle.world import Address, Interface, NatGateway, Packet, Route, Subnet, Vpc, World

RFC1918: Final = tuple(map(prefix, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
RFC6598: Final = prefix("100.64.0.0/10")
NEVER_ON_THE_INTERNET: Final = (
    *RFC1918,
    RFC6598,
    *map(prefix, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")),
)
IPV6_INTERNET: Final = prefix("2000::/3")
NAT64: Final = prefix("64:ff9b::/96")
GOOD_ATTACHMENTS: Final = ("available", "attached")

#: ICMP queries and what answers them; every other type needs the forward way only.
ICMP_REPLIES: Final = {ICMP: {8: 0, 13: 14, 15: 16, 17: 18}, ICMPV6: {128: 129}}
#: NAT64 carries pings besides TCP and UDP, and their answers.
PING: Final = (ICMPV6, 128)
ECHO_TO_IPV4: Final = {128: 8, 129: 0}


@dataclass(frozen=True)
class Arrival:
    """Where a packet got to: an interface, a NAT gateway, or (``None``) a host on the internet."""

    packet: Packet
    holder: Interface | None


@dataclass(frozen=True)
class Session:
    """What a NAT gateway remembers: the packet as it came, and the address it put on it."""

    nat: NatGateway
    before: Packet
    address: Address


def is_on_the_internet(address: Address) -> bool:
    """Say whether some host out there can have the address."""
    if address.version == 6:
        return address in IPV6_INTERNET
    return not any(address in block for block in NEVER_ON_THE_INTERNET)


def reply_to(packet: Packet, client_port: int) -> Packet | None:
    """Return the packet that answers this one, if one must."""
    port, code = client_port, 0
    if packet.protocol in ICMP_REPLIES:
        answer = ICMP_REPLIES[packet.protocol].get(packet.port)
        if answer is None:
            return None
        port, code = answer, packet.code
    elif packet.protocol not in (TCP, UDP):
        port = 0
    return Packet(packet.destination, packet.source, packet.protocol, port, code)


class Walk:
    """One packet's way, in the world where ``assumed`` holds."""

    def __init__(self, world: World, assumed: Mapping[Hashable, int]) -> None:
        self.world = world
        self.assumed = assumed
        self.leg = Leg.FORWARD
        self.sessions: list[Session] = []
        self.egress_only: list[tuple[str, Address]] = []  # VPC and address that went out by one
        self.by_gateway = False
        self.is_empty = False  # nothing is left of it that a filter could stop
        #: The packet as it is, and the VPC that it is in; None where nobody knows any more.
        self.at: tuple[Packet, str | None] | None = None

    def refuse(self, code: str) -> None:
        """Say what a filter or a state has against the packet."""
        raise StopError(code)

    def insist(self, *problems: tuple[bool, str]) -> None:
        """Stop the packet at the first problem that a gateway has with it."""
        for is_wrong, code in problems:
            if is_wrong:
                raise StopError(code)

    def suppose(self, key: Hashable, kind: Fork, count: int, what: str) -> int:
        """Return the option that this walk takes."""
        if key not in self.assumed:
            raise UndecidedError(key, kind, count, what)
        return self.assumed[key]

    # -- the ends

    def forward(self, source: Interface | None, packet: Packet, vpc: str | None) -> Arrival:
        """Carry the packet from an interface, or from the internet, to where it belongs.

        ``vpc``: where its destination must be, if the question says so; overlapping VPCs each
        have their own holder of an address.
        """
        arrival = self.internet(packet) if source is None else self._start(source, packet)
        holder = arrival.holder
        if holder is not None and holder.is_nat:  # it answers nobody who was not asked [NT-8]
            raise StopError(codes.NGW_NO_SESSION)
        if vpc not in (None, holder.vpc if holder else None):
            raise StopError(codes.DELIVERED_ELSEWHERE)
        if holder is None:
            return arrival
        self._groups(holder, arrival.packet, egress=False)
        self.check_state(holder)
        if not holder.is_modelled:
            raise NotModelledError(holder.id)
        return arrival

    def _start(self, source: Interface, packet: Packet) -> Arrival:
        self.check_state(source)
        if source.check and not source.holds(packet.source):  # [RT-13]
            raise StopError(codes.SOURCE_DEST_CHECK)
        self._groups(source, packet, egress=True)
        return self.leave(source, packet)

    def _groups(self, interface: Interface, packet: Packet, *, egress: bool) -> None:
        try:
            check_groups(
                self.world,
                interface,
                packet,
                egress=egress,
                by_gateway=self.by_gateway,
                suppose=self.suppose,
            )
        except StopError as stop:
            self.refuse(stop.code)

    def _acl(self, subnet: str, packet: Packet, *, egress: bool) -> None:
        try:
            check_acl(self.world, subnet, packet, egress=egress, suppose=self.suppose)
        except StopError as stop:
            self.refuse(stop.code)

    def check_state(self, interface: Interface) -> None:
        """Stop unless the instance runs; without an instance, unless the interface is in use."""
        state = self.world.instances.get(interface.instance or "")
        stopped = state is not None and state != "running"
        unused = state is None and interface.status != "in-use"
        if stopped or unused or interface.attachment not in (None, "attached"):
            self.refuse(codes.BAD_STATE)

    # -- inside a VPC

    def leave(self, sender: Interface, packet: Packet) -> Arrival:
        """Carry a packet away from an interface: across its subnet, or to the VPC's router."""
        self.at = packet, sender.vpc
        subnet = self.world.subnets.get(sender.subnet)
        if subnet is None:
            raise NotModelledError(sender.subnet)
        if subnet.covers(packet.destination):  # layer 2: no ACL, no table [NA-8, RT-10]
            return self.deliver(subnet.vpc, packet, subnet.id)
        self._acl(subnet.id, packet, egress=True)
        return self._follow(self._route(subnet, packet), subnet, packet)

    def _route(self, subnet: Subnet, packet: Packet) -> Route:
        table = self.world.table_of_subnet.get(subnet.id)
        if table is None:  # tables are never assumed
            raise NotModelledError(f"route table of {subnet.id}")
        return route_for(self.world, table, packet.destination, self.suppose)

    def _follow(self, route: Route, subnet: Subnet, packet: Packet) -> Arrival:
        vpc = self.world.vpcs[subnet.vpc]
        if route.kind == "local":
            return self.deliver(vpc.id, packet, subnet.id)
        if route.kind == "igw":
            return self._out_by_internet_gateway(vpc, route.target, packet)
        if route.kind == "eigw":
            return self._out_by_egress_only_gateway(vpc, route.target, packet)
        if route.kind == "nat":
            return self._into_nat(route.target, packet)
        raise NotModelledError(route.target)

    def deliver(self, vpc: str, packet: Packet, sender_subnet: str | None) -> Arrival:
        """Hand the packet to whoever holds its destination in the VPC."""
        self.at = packet, vpc
        holder = self.world.holder(vpc, packet.destination)
        covering = self.world.subnet_of(vpc, packet.destination)
        subnet = holder.subnet if holder else covering.id if covering else sender_subnet
        if subnet is not None and subnet != sender_subnet:
            self._acl(subnet, packet, egress=False)
        if holder is None:
            raise StopError(codes.ADDRESS_NOT_HELD)
        return Arrival(packet, holder)

    # -- internet gateways

    def _out_by_internet_gateway(self, vpc: Vpc, gateway: str, packet: Packet) -> Arrival:
        """Take the packet out; IPv4 gets its public address as source [IG-1, IG-3]."""
        states = self.world.internet_gateways.get(gateway)
        sender = self.world.holder(vpc.id, packet.source)
        public: Address | None = None
        if sender is not None:
            is_ipv6 = packet.source.version == 6
            public = packet.source if is_ipv6 else sender.public.get(packet.source)
        to = packet.destination
        self.insist(
            (
                states is not None and states.get(vpc.id) not in GOOD_ATTACHMENTS,
                codes.BAD_STATE_ATTACHMENT,
            ),
            (any(to in block for block in RFC1918), codes.IGW_TO_RFC1918),
            (to in RFC6598, codes.IGW_TO_RFC6598),
            (public is None, codes.IGW_EGRESS),
            (sender is not None and _is_denied(sender, packet.source), codes.ENI_DENIES_IGW),
        )
        return self.internet(replace(packet, source=public or packet.source))

    def _out_by_egress_only_gateway(self, vpc: Vpc, gateway: str, packet: Packet) -> Arrival:
        """Take an IPv6 packet out, unless it answers what did not go out by it [IG-5]."""
        states = self.world.egress_only_gateways.get(gateway)
        if states is not None and states.get(vpc.id) not in GOOD_ATTACHMENTS:
            raise StopError(codes.BAD_STATE_ATTACHMENT)
        if self.leg is Leg.RETURN:
            raise StopError(codes.EIGW_OUTBOUND_ONLY)
        self.egress_only.append((vpc.id, packet.source))
        return self.internet(packet)

    def internet(self, packet: Packet) -> Arrival:
        """Carry a packet that is out: to a host there, or in again by our gateway [IG-4, LAB-1]."""
        self.by_gateway = True
        self.at = packet, None
        _refuse_private_source(packet.source)
        found = self.world.public_holder(packet.destination)
        if found is not None:
            holder, private = found
            self._check_way_in(holder.vpc, holder, packet.destination)
            return self.deliver(holder.vpc, replace(packet, destination=private), None)
        vpc = self.world.vpc_of(packet.destination)
        if vpc is not None and packet.destination.version == 6:
            return self._in_by_ipv6(vpc, packet)
        if vpc is not None or packet.destination in self.world.unused_public:
            raise StopError(codes.IGW_INGRESS)
        if not is_on_the_internet(packet.destination):
            raise StopError(codes.NOT_ON_THE_INTERNET)
        return Arrival(packet, None)

    def _in_by_ipv6(self, vpc: Vpc, packet: Packet) -> Arrival:
        answers = (vpc.id, packet.destination) in self.egress_only
        holder = self.world.holder(vpc.id, packet.destination)
        if not answers:
            self._check_way_in(vpc.id, holder, packet.destination)
        return self.deliver(vpc.id, packet, None)

    def _check_way_in(self, vpc: str, holder: Interface | None, destination: Address) -> None:
        is_open = self._has_internet_gateway(vpc)
        is_tied = any(vpc in states for states in self.world.internet_gateways.values())
        outwards = self.world.egress_only_gateways.values()
        leads_out = any(states.get(vpc) in GOOD_ATTACHMENTS for states in outwards)
        if not is_open and not is_tied and leads_out and destination.version == 6:
            raise StopError(codes.EIGW_OUTBOUND_ONLY)
        self.insist(
            (not is_open and is_tied, codes.BAD_STATE_ATTACHMENT),
            (not is_open and not is_tied, codes.NO_POSSIBLE_DESTINATION),
            (holder is not None and not holder.is_attached, codes.IGW_INGRESS),
            (holder is not None and _is_denied(holder, destination), codes.ENI_DENIES_IGW),
        )

    def _has_internet_gateway(self, vpc: str) -> bool:
        """Say whether one is attached, or an active route names one that nobody described."""
        gateways = self.world.internet_gateways
        if any(states.get(vpc) in GOOD_ATTACHMENTS for states in gateways.values()):
            return True
        return any(
            route.kind == "igw" and route.state == "active" and route.target not in gateways
            for table in self.world.tables
            if table.vpc == vpc
            for route in table.routes
        )

    # -- NAT gateways

    def _into_nat(self, name: str, packet: Packet) -> Arrival:
        """Let a NAT gateway send the packet on from one of its addresses [NT-4, NT-5]."""
        nat = self.world.nat_gateways.get(name)
        if nat is None or nat.subnet not in self.world.subnets:
            raise NotModelledError(name)
        own = any(packet.destination == private for private, _ in nat.addresses)
        if own and self.leg is Leg.RETURN:  # a route to the very gateway that it is for
            self._acl(nat.subnet, packet, egress=False)
            return Arrival(packet, nat.as_interface())
        # these two first: no ACL and no state that one could mend would make it of use
        if own or self.leg is Leg.RETURN:  # or an answer to what it never saw [NT-8, LAB-3]
            raise StopError(codes.NGW_NO_SESSION)
        if any(session.nat is nat for session in self.sessions):  # it has just sent it itself
            raise StopError(codes.ROUTING_LOOP)
        self._acl(nat.subnet, packet, egress=False)
        if nat.state != "available" or not nat.addresses:
            self.refuse(codes.BAD_STATE)
        if not nat.addresses or nat.state in ("failed", "deleted"):  # it has given them back
            self.at = None
            raise StopError(codes.BAD_STATE)
        what = f"address of {name}"
        choice = self.suppose(("nat", name), Fork.EVERY, len(nat.addresses), what)
        address = nat.addresses[choice][0]
        self.sessions.append(Session(nat, packet, address))
        self.by_gateway = True
        return self.leave(nat.as_interface(), self._translate(packet, address))

    def _translate(self, packet: Packet, address: Address) -> Packet:
        """Put the gateway's address on the packet; make IPv4 of NAT64 packets."""
        destination, protocol, port = packet.destination, packet.protocol, packet.port
        if isinstance(destination, IPv6Address):
            if destination not in NAT64:
                raise StopError(codes.NGW_NOT_NAT64)
            destination = IPv4Address(int(destination) & 0xFFFFFFFF)
            if protocol not in (TCP, UDP) and (protocol, port) != PING:
                self.refuse(codes.PROTOCOL_RESTRICTION)
            if protocol == ICMPV6 and port in ECHO_TO_IPV4:
                protocol, port = ICMP, ECHO_TO_IPV4[port]
            elif protocol not in (TCP, UDP):
                self.is_empty = True
        elif protocol not in (TCP, UDP, ICMP):
            self.refuse(codes.PROTOCOL_RESTRICTION)
        return Packet(address, destination, protocol, port, packet.code)

    # -- the way back

    def back_to_nat(self, sender: Interface | None, packet: Packet, session: Session) -> None:
        """Carry a reply to the NAT gateway that holds the session."""
        arrival = self._start_reply(sender, packet)
        holder = arrival.holder
        if holder is None or not holder.is_nat:
            raise StopError(codes.REPLY_FROM_OTHER)
        if (holder.id, arrival.packet.destination) != (session.nat.id, session.address):
            raise StopError(codes.NGW_NO_SESSION)

    def back_to_client(
        self, sender: Interface | None, packet: Packet, client: Interface | None, asked: Packet
    ) -> None:
        """Carry a reply to the client, who must find in it the two addresses of his packet."""
        arrival = self._start_reply(sender, packet)
        ends = (arrival.packet.source, arrival.packet.destination)
        if arrival.holder is not None and arrival.holder.is_nat:
            raise StopError(codes.NGW_NO_SESSION)
        if arrival.holder != client or ends != (asked.destination, asked.source):
            raise StopError(codes.REPLY_FROM_OTHER)

    def _start_reply(self, sender: Interface | None, packet: Packet) -> Arrival:
        self.leg = Leg.RETURN
        return self.internet(packet) if sender is None else self.leave(sender, packet)


def _is_denied(interface: Interface, address: Address) -> bool:
    """Say whether an interface refuses the IPv6 of internet gateways [IG-6]."""
    return interface.deny_igw and address.version == 6


def _refuse_private_source(address: Address) -> None:
    """Drop what internet gateways do not let in [IG-3]; nobody out there has such an address."""
    if any(address in block for block in RFC1918):
        raise StopError(codes.IGW_FROM_RFC1918)
    if address in RFC6598:
        raise StopError(codes.IGW_FROM_RFC6598)
