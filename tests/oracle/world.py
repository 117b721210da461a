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

Address = IPv4Address | IPv6Address
Prefix = IPv4Network | IPv6Network
Written = IPv4Interface | IPv6Interface  # a rule's CIDR as it was written, host bits included

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

    def covers(self, address: Address) -> bool:
        return any(address in prefix for prefix in self.prefixes)


@dataclass(frozen=True)
class Subnet:
    id: str
    vpc: str
    prefixes: tuple[Prefix, ...]

    def covers(self, address: Address) -> bool:
        return any(address in prefix for prefix in self.prefixes)


@dataclass(frozen=True)
class Route:
    prefix: Prefix | None
    prefix_list: str | None
    kind: str  # local, igw, eigw, nat, other
    target: str
    propagated: bool
    state: str


@dataclass(frozen=True)
class RouteTable:
    id: str
    vpc: str
    routes: tuple[Route, ...]


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
    check: bool = True
    deny_igw: bool = False
    status: str = "in-use"
    attachment: str | None = None  # the attachment's status
    instance: str | None = None

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
        )


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

    def carriers(self, vpc: str, group: str) -> list[Interface]:
        """Return the interfaces of the VPC that carry the group."""
        return [i for i in self.interfaces.values() if i.vpc == vpc and group in i.groups]

    def vpc_of(self, address: Address) -> Vpc | None:
        """Return a VPC whose CIDRs cover the address."""
        return next((vpc for vpc in self.vpcs.values() if vpc.covers(address)), None)

    def subnet_of(self, vpc: str, address: Address) -> Subnet | None:
        """Return the subnet of the VPC that covers the address."""
        for subnet in self.subnets.values():
            if subnet.vpc == vpc and subnet.covers(address):
                return subnet
        return None
