"""One packet and its reply, hop by hop.

A walk raises ``StopError`` where the packet is dropped, ``NotModelledError`` where it enters
something that is not modelled, and ``UndecidedError`` where it must be repeated once for every
option. Otherwise it arrives.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final

from tests.oracle import (
    appliance,
    balancer,
    endpoints,
    gateway_balancer,
    inspection,
    internet,
    nat,
    peering,
    sites,
    transit,
    vpn_gateway,
)
from tests.oracle import verdict as codes
from tests.oracle.appliance import Mode
from tests.oracle.filters import check_acl, check_groups
from tests.oracle.inspection import Sighting
from tests.oracle.journey import NAT_PORTS, Arrival, Session, cut
from tests.oracle.routing import route_for
from tests.oracle.spelling import prefix
from tests.oracle.target_health import reading_of
from tests.oracle.verdict import (
    Fork,
    Interval,
    Leg,
    NotModelledError,
    StopError,
    UndecidedError,
)
from tests.oracle.world import (
    GATEWAY_ENDPOINT,
    INTERFACE_ENDPOINT,
    Address,
    Interface,
    Packet,
    Route,
    Subnet,
    World,
)

#: Where VPC Lattice answers.
LATTICE: Final = prefix("169.254.171.0/24")
#: More routers and transit tables than this on one way: it goes in a circle.
MANY: Final = 24
#: What AWS does not support, or says nothing of, between a balancer that keeps the client's address
#: and its target [LB-4].
DIVERTING: Final = ("nat", "tgw", "eni")


class Walk:
    """One packet's way, in the world where ``assumed`` holds."""

    def __init__(self, world: World, assumed: Mapping[Hashable, int]) -> None:
        self.world = world
        self.assumed = assumed
        self.leg = Leg.FORWARD
        self.sessions: list[Session] = []
        self.egress_only: list[tuple[str, Address]] = []  # VPC and address that went out by one
        #: Who has sent the packet, as long as groups can still tell [SG-6].
        self.sender: Interface | None = None
        #: What appliances on this way do; None before the first one.
        self.mode: Mode | None = None
        #: Whose reply is on its way; None for the client's own.
        self.awaiting: Session | None = None
        #: Which part of the way this is, and how many routers it has met on it.
        self.progress: tuple[str, int] = ("there", 0)
        #: What firewalls remember of the way there, and what of it answers have met again.
        self.sightings: list[Sighting] = []
        self.answered: set[Sighting] = set()
        self.by_appliances = False  # behind a Gateway Load Balancer's endpoint
        #: Flows that such an endpoint has had, by the endpoint and both addresses.
        self.handed_over: set[tuple[str, frozenset[Address]]] = set()
        self.is_geneve = False  # it is from such a balancer to an appliance, or from there
        #: The port that the packet is from, the client's or what an answer answers, and those that
        #: NAT gateways have picked, by the number of their sessions.
        self.own_port = 0
        self.picked_ports: dict[int, Interval] = {}
        self.crossed: set[str] = set()  # kinds of elements on the way there, to be counted
        self.is_empty = False  # nothing is left of it that a filter could stop
        #: The packet as it is, and the VPC that it is in; None where nobody knows any more.
        self.at: tuple[Packet, str | None] | None = None

    def afresh(self, assumed: Mapping[Hashable, int]) -> Walk:
        """Return a walk of its own through the same estate."""
        return Walk(self.world, assumed)

    def refuse(self, code: str) -> None:
        """Say what a filter or a state has against the packet."""
        raise StopError(code)

    def refuse_state(self, name: str) -> None:
        """Say that something is not in service."""
        del name
        self.refuse(codes.BAD_STATE)

    def insist(self, *problems: tuple[bool, str], whose: str = "") -> None:
        """Stop the packet at the first problem that a gateway has with it; `whose` is its name."""
        del whose
        for is_wrong, code in problems:
            if is_wrong:
                raise StopError(code)

    def suppose(self, key: Hashable, kind: Fork, count: int, what: str) -> int:
        """Return the option that this walk takes."""
        if key not in self.assumed:
            raise UndecidedError(key, kind, count, what)
        return self.assumed[key]

    def doubt(self, what: str) -> None:
        """Suppose that something which nobody has described works, and that it does not."""
        if self.suppose(("doubt", what), Fork.EITHER, 2, what):
            raise StopError(codes.BAD_STATE)

    def refuses_third(self, peering: str) -> bool:
        """Say whether a peering is supposed to drop what neither of its VPCs sends [PC-1]."""
        return bool(self.suppose(("third", peering), Fork.EITHER, 2, peering))

    # -- the ends

    def forward(self, source: Interface | None, packet: Packet, vpc: str | None) -> Arrival:
        """Carry the packet from an interface, or from the internet, to where it belongs.

        ``vpc``: where its destination must be, if the question says so; overlapping VPCs each
        have their own holder of an address.
        """
        reading_of(self)  # it holds everywhere, so it comes before other forks
        arrival = self.start(source, packet) if source else internet.arrive(self, packet)
        holder = arrival.holder
        if holder is not None and holder.is_nat:  # it answers nobody who was not asked [NT-8]
            raise StopError(codes.NGW_NO_SESSION)
        if not self._is_wanted(vpc, holder, arrival.packet.destination):
            raise StopError(codes.DELIVERED_ELSEWHERE)
        return self.receive(arrival)

    def receive(self, arrival: Arrival) -> Arrival:
        """Let who is there take the packet; a node of a balancer hands it on."""
        holder = arrival.holder
        if holder is None:
            return arrival
        if holder.is_nat:  # as a balancer's target
            raise StopError(codes.NGW_NO_SESSION)
        self.groups(holder, arrival.packet, egress=False)
        self.check_state(holder)
        if holder.id in self.world.balancers.nodes:
            return balancer.take(self, holder, arrival.packet)
        if holder.id in self.world.balancers.gateway_nodes:
            return gateway_balancer.receive(self, holder, arrival.packet)
        if holder.kind == INTERFACE_ENDPOINT:
            return endpoints.receive(self, holder, arrival.packet)
        if holder.kind == "lambda":  # its functions are called otherwise
            raise StopError(codes.FUNCTION_CLOSED)
        if not holder.is_modelled:
            raise NotModelledError(holder.id)
        return arrival

    def _is_wanted(self, where: str | None, holder: Interface | None, to: Address) -> bool:
        """Say whether it arrived where it should; of sites that may hold it, any will do."""
        if where is None or (holder is not None and where == holder.vpc):
            return True
        is_site = holder is not None and holder.is_site and where in self.world.hybrid.sites
        return is_site and sites.is_perhaps(self.world, where, to)

    def start(self, source: Interface, packet: Packet) -> Arrival:
        """Let an interface send: its state, its groups, its subnet; or a network outside."""
        self.sender = source
        self.check_state(source)
        if source.check and not source.holds(packet.source):  # [RT-13]
            raise StopError(codes.SOURCE_DEST_CHECK)
        self.groups(source, packet, egress=True)
        return self.leave(source, packet)

    def groups(self, interface: Interface, packet: Packet, *, egress: bool) -> None:
        """Ask the groups of an interface."""
        known = [self.sender] if self.sender else []
        if egress:
            known = self.world.known_at(interface.vpc, packet.destination)
        try:
            check_groups(
                self.world,
                interface,
                packet,
                egress=egress,
                known=known,
                suppose=self.suppose,
            )
        except StopError as stop:
            self.refuse(stop.code)

    def acl(self, subnet: str, packet: Packet, *, egress: bool, code: str = "") -> None:
        """Ask the ACL of a subnet."""
        try:
            check_acl(self.world, subnet, packet, egress=egress, suppose=self.suppose)
        except StopError as stop:
            self.refuse(code or stop.code)

    def check_state(self, interface: Interface) -> None:
        """Stop unless the instance runs; without an instance, unless the interface is in use."""
        state = self.world.instances.get(interface.instance or "")
        stopped = state is not None and state != "running"
        unused = state is None and interface.status != "in-use"
        if stopped or unused or interface.attachment not in (None, "attached"):
            self.refuse(codes.BAD_STATE)

    def source_port(self) -> int:
        """Return the port that the packet is from; NAT gateways pick any."""
        owners = [n for n, session in enumerate(self.sessions) if session.picks_ports]
        if self.leg is Leg.RETURN or not owners:
            return self.own_port
        options = cut(NAT_PORTS, self.world.inspection.cuts)
        number = 0
        if len(options) > 1:
            what = f"port of {self.sessions[owners[-1]].holder.id}"
            number = self.suppose(("port", len(owners)), Fork.PORTS, len(options), what)
        self.picked_ports[owners[-1]] = options[number]
        return options[number][0]

    # -- inside a VPC

    def leave(self, sender: Interface, packet: Packet) -> Arrival:
        """Carry a packet away from an interface: across its subnet, or to the VPC's router."""
        if sender.is_site:
            return sites.depart(self, sender.id, packet)
        self.at = packet, sender.vpc
        if sender.kind == GATEWAY_ENDPOINT:  # answers come straight to the sender's subnet [EP-3]
            return self.deliver(sender.vpc, packet, None)
        if sender.table:
            return self._depart_by_table(sender, packet)
        subnet = self.world.subnets.get(sender.subnet)
        if subnet is None:
            raise NotModelledError(sender.subnet)
        return self.depart(subnet, packet)

    def depart(self, subnet: Subnet, packet: Packet) -> Arrival:
        """Carry a packet on from a subnet in which it is."""
        self.at = packet, subnet.vpc
        if subnet.covers(packet.destination):  # layer 2: no ACL, no table [NA-8, RT-10]
            return self.deliver(subnet.vpc, packet, subnet.id)
        self.acl(subnet.id, packet, egress=True)
        self.hop()
        session = self.awaiting
        if session and session.peering and packet.destination == session.address:
            return peering.cross(self, session.peering, subnet.vpc, packet)  # as it came [NT-3]
        if packet.destination in LATTICE:  # a plane of its own [HY-4]
            raise NotModelledError("VPC Lattice")
        return self._follow(self._route(subnet, packet), subnet, packet)

    def _depart_by_table(self, sender: Interface, packet: Packet) -> Arrival:
        """Carry on what stands in no subnet sends: a regional NAT gateway [NT-6]."""
        table = next(table for table in self.world.tables if table.id == sender.table)
        self.cross("regional NAT gateway")
        route = route_for(self.world, table, packet.destination, self.suppose)
        return self._follow(route, Subnet("", sender.vpc, (), ""), packet)

    def cross(self, kind: str) -> None:
        """Remember what the packet goes through on its way there."""
        if self.leg is Leg.FORWARD:
            self.crossed.add(kind)

    def hop(self) -> None:
        """Count a router or a transit table."""
        part, number = self.progress
        self.progress = part, number + 1
        if number > MANY:
            raise StopError(codes.ROUTING_LOOP)

    def _route(self, subnet: Subnet, packet: Packet) -> Route:
        table = self.world.table_of_subnet.get(subnet.id)
        if table is None:  # tables are never assumed
            raise NotModelledError(f"route table of {subnet.id}")
        route = route_for(self.world, table, packet.destination, self.suppose)
        if route.target in self.world.gone:
            raise StopError(codes.BAD_STATE_ROUTE)
        return route

    def _follow(self, route: Route, subnet: Subnet, packet: Packet) -> Arrival:
        vpc, target = subnet.vpc, route.target
        ways = {
            "local": lambda: self.deliver(vpc, packet, subnet.id),
            "igw": lambda: internet.out_by_internet_gateway(self, target, subnet, packet),
            "eigw": lambda: internet.out_by_egress_only_gateway(self, target, subnet, packet),
            "nat": lambda: nat.enter(self, target, subnet, packet),
            "pcx": lambda: peering.cross(self, target, vpc, packet),
            "tgw": lambda: transit.enter(self, target, subnet, packet),
            "vgw": lambda: vpn_gateway.leave(self, target, vpc, packet),
            "eni": lambda: appliance.reach(self, target, vpc, subnet.id, packet),
            "vpce": lambda: endpoints.reach(self, target, vpc, packet),
        }
        if route.kind not in ways:
            raise NotModelledError(target)
        self.cross(route.kind)
        kept = self.sessions and self.sessions[-1].keeps_client
        if self.leg is Leg.FORWARD and kept and route.kind in DIVERTING:
            raise NotModelledError(self.sessions[-1].holder.id)
        return ways[route.kind]()

    def deliver(self, vpc: str, packet: Packet, sender_subnet: str | None) -> Arrival:
        """Hand the packet to whoever holds its destination in the VPC."""
        self.at = packet, vpc
        holder = self.world.holder(vpc, packet.destination)
        covering = self.world.subnet_of(vpc, packet.destination)
        subnet = holder.subnet if holder else covering.id if covering else sender_subnet
        if subnet is not None and subnet != sender_subnet:
            self.acl(subnet, packet, egress=False)
        if holder is None:
            raise StopError(codes.ADDRESS_NOT_HELD)
        return Arrival(packet, holder)

    # -- the way back

    def back_to(self, session: Session, sender: Interface | None, packet: Packet) -> None:
        """Carry a reply to whoever sent the packet on as his own."""
        self.awaiting = session
        arrival = self._start_reply(sender, packet, f"to {session.holder.id}")
        holder = arrival.holder
        if holder is None or holder.is_nat != session.is_nat:
            is_nat = holder is not None and holder.is_nat
            raise StopError(codes.NGW_NO_SESSION if is_nat else codes.REPLY_FROM_OTHER)
        if session.is_nat and arrival.packet.source != nat.asked_by(session):
            raise StopError(codes.NGW_NO_SESSION)  # nobody it has asked [NT-8]
        if (holder.id, arrival.packet.destination) != (session.holder.id, session.address):
            raise StopError(codes.NGW_NO_SESSION if holder.is_nat else codes.REPLY_FROM_OTHER)

    def back_to_client(
        self, sender: Interface | None, packet: Packet, client: Interface | None, asked: Packet
    ) -> None:
        """Carry a reply to the client, who must find in it the two addresses of his packet."""
        self.awaiting = None
        try:
            arrival = self._start_reply(sender, packet, "to the client")
        except StopError as stop:
            if stop.code == codes.ADDRESS_NOT_HELD and self._is_in_a_subnet():
                raise StopError(codes.DELIVERED_ELSEWHERE) from None  # of another VPC than his
            raise
        ends = (arrival.packet.source, arrival.packet.destination)
        if arrival.holder is not None and arrival.holder.is_nat:
            raise StopError(codes.NGW_NO_SESSION)
        if ends != (asked.destination, asked.source):
            raise StopError(codes.REPLY_FROM_OTHER)
        if arrival.holder != client and not self._is_his_too(arrival.holder, client, asked):
            raise StopError(codes.DELIVERED_ELSEWHERE)
        inspection.check_both_ways(self)

    def _is_his_too(
        self, holder: Interface | None, client: Interface | None, asked: Packet
    ) -> bool:
        """Say whether another site has the client's address too: one network with two gateways."""
        if holder is None or client is None or not (holder.is_site and client.is_site):
            return False
        held = [b for b in sites.held_perhaps(self.world, holder.id) if b.prefixlen]
        return any(asked.source in block for block in held)

    def _is_in_a_subnet(self) -> bool:
        """Say whether the packet has got to some subnet, whoever is there."""
        if self.at is None:
            return False
        packet, vpc = self.at
        return self.world.subnet_of(vpc or "", packet.destination) is not None

    def _start_reply(self, sender: Interface | None, packet: Packet, part: str) -> Arrival:
        self.leg, self.progress = Leg.RETURN, (part, 0)
        return self.leave(sender, packet) if sender else internet.arrive(self, packet)
