"""The snapshot as plain records: what ``aws ec2 describe-*`` says, nothing computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.oracle.endpoints import Endpoint
    from tests.oracle.gateway_balancer import GatewayOffer
    from tests.oracle.hybrid_world import Hybrid
    from tests.oracle.policy import Policy
    from tests.oracle.private_link import Offer
    from tests.oracle.public_access import Guard
    from tests.oracle.regional_nat import Regional

from tests.oracle.walls import Inspection
from tests.oracle.world_balancers import Balancers

Address = IPv4Address | IPv6Address
Prefix = IPv4Network | IPv6Network
Written = IPv4Interface | IPv6Interface  # a rule's CIDR as it was written, host bits included

#: The interface that stands for an address which nobody holds.
UNHELD = "unheld"
#: Kinds of interfaces; a gateway endpoint is none, and stands for the service behind it.
INTERFACE_ENDPOINT, GATEWAY_ENDPOINT = "vpc_endpoint", "gateway endpoint"

ALL = -1  # any protocol, any ICMP type, any ICMP code


@dataclass(frozen=True)
class Packet:
    """One packet. ``port`` is its destination port, or its ICMP type."""

    source: Address
    destination: Address
    protocol: int
    port: int = 0
    code: int = 0


@dataclass(frozen=True)
class Vpc:
    id: str
    prefixes: tuple[Prefix, ...]  # the primary one first
    has_dns: bool = True
    private: tuple[Prefix, ...] = ()  # IPv6 blocks that the internet does not hear of

    def hides(self, address: Address) -> bool:
        return any(address in block for block in self.private)

    def covers(self, address: Address) -> bool:
        return any(address in prefix for prefix in self.prefixes)


@dataclass(frozen=True)
class Subnet:
    id: str
    vpc: str
    prefixes: tuple[Prefix, ...]
    zone: str

    def covers(self, address: Address) -> bool:
        return any(address in prefix for prefix in self.prefixes)


@dataclass(frozen=True)
class Route:
    prefix: Prefix | None
    prefix_list: str | None
    kind: str  # local, igw, eigw, nat, pcx, tgw, vgw, eni, vpce, other
    target: str
    propagated: bool
    state: str


@dataclass(frozen=True)
class RouteTable:
    id: str
    vpc: str
    routes: tuple[Route, ...]
    gateways: tuple[str, ...] = ()  # those whose arrivals it routes [RT-11]


@dataclass(frozen=True)
class AclEntry:
    number: int
    egress: bool
    allow: bool
    prefix: Written
    protocol: int
    ports: tuple[int, int] | None  # None: all of them
    icmp: tuple[int, int]  # type and code


@dataclass(frozen=True)
class GroupRule:
    """One permission: each protocol and port pair with all its peers."""

    protocol: int
    first: int | None  # first port or ICMP type
    last: int | None  # last port or ICMP code
    prefixes: tuple[Written, ...]
    prefix_lists: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    id: str
    ingress: tuple[GroupRule, ...]
    egress: tuple[GroupRule, ...]


@dataclass(frozen=True)
class PrefixList:
    entries: tuple[Written, ...] | None  # None: the snapshot does not hold them
    family: int | None


@dataclass(frozen=True)
class Interface:
    """A network interface, or the place where an address that nobody holds would be."""

    id: str
    vpc: str
    subnet: str
    addresses: tuple[Address, ...]
    delegated: tuple[Prefix, ...] = ()
    public: Mapping[Address, Address] = field(default_factory=dict)  # private -> public
    groups: tuple[str, ...] = ()
    has_groups: bool = True
    is_nat: bool = False
    is_modelled: bool = True  # what endpoints and balancers do behind theirs is not
    is_site: bool = False  # not one at all: a network outside AWS
    check: bool = True
    deny_igw: bool = False
    status: str = "in-use"
    attachment: str | None = None  # the attachment's status
    instance: str | None = None
    device: int = 0  # its number on the instance; the primary one is 0
    kind: str = "interface"  # what AWS calls its type
    endpoint: str = ""  # that receives there
    table: str = ""  # of a regional NAT gateway's own

    def holds(self, address: Address) -> bool:
        return address in self.addresses or any(address in prefix for prefix in self.delegated)

    @property
    def is_attached(self) -> bool:
        return self.status == "in-use" and self.attachment in (None, "attached")


@dataclass(frozen=True)
class NatGateway:
    id: str
    vpc: str
    subnet: str
    state: str
    addresses: tuple[tuple[Address, Address | None], ...]  # private and, perhaps, public
    regional: Regional | None = None

    def as_interface(self) -> Interface:
        """Return what stands in the subnet: private addresses, no groups."""
        return Interface(
            id=self.id,
            vpc=self.vpc,
            subnet=self.subnet,
            addresses=tuple(private for private, _ in self.addresses),
            public={private: public for private, public in self.addresses if public},
            has_groups=False,
            is_nat=True,
            table=self.regional.table if self.regional else "",
        )


@dataclass(frozen=True)
class PeeredVpc:
    """One side of a peering."""

    vpc: str
    region: str
    prefixes: tuple[Prefix, ...]  # what the peering says of it, should the VPC not be on record


@dataclass(frozen=True)
class Peering:
    id: str
    state: str
    sides: tuple[PeeredVpc, PeeredVpc]

    @property
    def is_regional(self) -> bool:
        """Whether both sides lie in one Region, so that groups are known across it [SG-8]."""
        return self.sides[0].region == self.sides[1].region

    def beyond(self, vpc: str) -> PeeredVpc | None:
        """Return the other side, as one of the two VPCs sees it."""
        one, other = self.sides
        return other if one.vpc == vpc else one if other.vpc == vpc else None


@dataclass(frozen=True)
class Tie:
    """A transit gateway's attachment; a peering between two gateways is one for either."""

    id: str
    gateway: str
    kind: str
    resource: str  # the VPC, or the gateway at the other end
    state: str
    table: str | None  # which routes what comes from here; "" is none, None is unknown
    subnets: tuple[str, ...] | None  # None: nobody says
    is_appliance: bool
    has_ipv6: bool
    knows_groups: bool
    policy: str = ""  # the policy table in the place of a route table [TG-10]


@dataclass(frozen=True)
class TransitRoute:
    prefix: Prefix
    state: str
    ties: tuple[str, ...]  # the attachments that it leads to; a blackhole has none
    is_static: bool


@dataclass(frozen=True)
class TransitTable:
    id: str
    gateway: str
    static: tuple[TransitRoute, ...] | None  # None: the snapshot does not hold them
    propagating: tuple[str, ...] | None
    learned: tuple[TransitRoute, ...] | None = None  # None: nobody listed what was propagated


@dataclass(frozen=True)
class Transit:
    """All transit gateways."""

    knows_groups: dict[str, bool]  # by gateway
    shares: dict[str, bool]  # by gateway: equal-cost paths over VPN [TG-8]
    ties: tuple[Tie, ...]
    tables: dict[str, TransitTable]
    policies: Mapping[str, Policy]

    def tie(self, name: str, gateway: str) -> Tie | None:
        """Return an attachment as one gateway has it."""
        found = (tie for tie in self.ties if (tie.id, tie.gateway) == (name, gateway))
        return next(found, None)

    def is_known_across(self, tie: Tie) -> bool:
        """Say whether groups can be named across the attachment [SG-10]."""
        return tie.knows_groups and self.knows_groups.get(tie.gateway, False)


@dataclass(frozen=True)
class World:
    vpcs: dict[str, Vpc]
    subnets: dict[str, Subnet]
    table_of_subnet: dict[str, RouteTable]
    tables: tuple[RouteTable, ...]
    acl_of_subnet: dict[str, tuple[AclEntry, ...]]
    groups: dict[str, Group]
    prefix_lists: dict[str, PrefixList]
    interfaces: dict[str, Interface]
    instances: dict[str, str]  # id -> state
    internet_gateways: dict[str, dict[str, str]]  # id -> VPC -> state
    egress_only_gateways: dict[str, dict[str, str]]
    nat_gateways: dict[str, NatGateway]
    unused_public: frozenset[Address]  # Elastic addresses that are associated with nothing
    peerings: dict[str, Peering]
    transit: Transit
    balancers: Balancers
    hybrid: Hybrid
    guard: Guard
    endpoints: Mapping[str, Endpoint]
    offers: Mapping[str, Offer]  # by the service's name
    gateway_offers: Mapping[str, GatewayOffer]
    without_metadata: frozenset[str]  # instances that hide it
    without_metadata_6: frozenset[str]  # those that hide its IPv6 address
    gone: frozenset[str] = frozenset()  # ids of what is deleted and still listed
    inspection: Inspection = field(default_factory=Inspection)

    def holder(self, vpc: str, address: Address) -> Interface | None:
        """Return the interface in the VPC whose private address it is."""
        for interface in self.interfaces.values():
            if interface.vpc == vpc and interface.holds(address):
                return interface
        return None

    def public_holder(self, address: Address) -> tuple[Interface, Address] | None:
        """Return the interface whose public address it is, and the private one it maps to."""
        for interface in self.interfaces.values():
            for private, public in interface.public.items():
                if public == address:
                    return interface, private
        return None

    def prefixes_of(self, side: PeeredVpc) -> tuple[Prefix, ...]:
        """Return the blocks of a peered VPC: its own record's, else what the peering says."""
        known = self.vpcs.get(side.vpc)
        return known.prefixes if known else side.prefixes

    def known_at(self, vpc: str, address: Address) -> list[Interface]:
        """Return who holds the address in the VPC, or in one whose groups it may name [SG-7]."""
        peers = [
            side.vpc
            for peering in self.peerings.values()
            if peering.state == "active" and peering.is_regional
            for side in [peering.beyond(vpc)]
            if side is not None
        ]
        found = [self.holder(each, address) for each in (vpc, *peers)]
        return [holder for holder in found if holder is not None]

    def siblings(self, interface: Interface) -> list[Interface]:
        """Return the other interfaces of an interface's host."""
        if interface.instance is None:
            return []
        return [
            other
            for other in self.interfaces.values()
            if other.instance == interface.instance and other.id != interface.id
        ]

    def table_of_gateway(self, gateway: str) -> RouteTable | None:
        """Return the table that routes what comes in by a gateway [RT-11]."""
        return next((table for table in self.tables if gateway in table.gateways), None)

    def hides(self, address: Address) -> bool:
        """Say whether the internet does not hear of an address of some VPC."""
        return any(vpc.hides(address) for vpc in self.vpcs.values())

    def vpc_of(self, address: Address) -> Vpc | None:
        """Return a VPC whose CIDRs cover the address."""
        return next((vpc for vpc in self.vpcs.values() if vpc.covers(address)), None)

    def subnet_of(self, vpc: str, address: Address) -> Subnet | None:
        """Return the subnet of the VPC that covers the address."""
        for subnet in self.subnets.values():
            if subnet.vpc == vpc and subnet.covers(address):
                return subnet
        return None
