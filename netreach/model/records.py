"""The records of a snapshot: AWS's nouns, no algorithms.

Frozen `msgspec.Struct`s: cheap enough to exist in hundreds of thousands (see
docs/decisions/0002-records.md). CIDRs and addresses are already numbers; names and tags are kept
as they came and are hostile text wherever they are printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from netreach.packets.prefixes import Address, Family, Prefix

#: Protocol of a rule that covers every protocol ("-1").
ANY_PROTOCOL = -1


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """What every record has: its id, names and place."""

    id: str
    tags: Mapping[str, str] = {}
    owner: str = ""
    region: str = ""
    #: Why this record can't be trusted ("" if it can): an answer that depends on it is unknown.
    doubt: str = ""

    @property
    def name(self) -> str:
        """The `Name` tag, or nothing."""
        return self.tags.get("Name", "")


class Vpc(Resource, frozen=True, kw_only=True):
    """A virtual private cloud; its first IPv4 block is the primary one."""

    prefixes: tuple[Prefix, ...] = ()
    #: Those of them, IPv6 all, that AWS does not announce to the internet [IG-2].
    private_ipv6: tuple[Prefix, ...] = ()
    is_default: bool = False
    dns_support: bool | None = None
    dns_hostnames: bool | None = None
    #: Servers of names, not Amazon's, that its DHCP options give to its hosts [HY-8].
    dns_servers: tuple[str, ...] = ()


class Subnet(Resource, frozen=True, kw_only=True):
    """A range of a VPC's addresses in one zone."""

    vpc: str
    prefixes: tuple[Prefix, ...] = ()
    zone: str = ""
    zone_id: str = ""
    maps_public_addresses: bool = False
    #: What AWS counted as free when the snapshot was taken.
    available_addresses: int | None = None


class TargetKind(StrEnum):
    """What a route can lead to, in the words of resource types."""

    LOCAL = "local"
    INTERNET_GATEWAY = "internet-gateway"
    EGRESS_ONLY_INTERNET_GATEWAY = "egress-only-internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    NETWORK_INTERFACE = "network-interface"
    INSTANCE = "instance"
    VPC_PEERING = "vpc-peering-connection"
    TRANSIT_GATEWAY = "transit-gateway"
    VPC_ENDPOINT = "vpc-endpoint"
    VPN_GATEWAY = "vpn-gateway"
    CARRIER_GATEWAY = "carrier-gateway"
    LOCAL_GATEWAY = "local-gateway"
    CORE_NETWORK = "core-network"
    UNKNOWN = "unknown"


class RouteState(StrEnum):
    """Whether a route carries traffic [RT-9]."""

    ACTIVE = "active"
    BLACKHOLE = "blackhole"
    FILTERED = "filtered"


class RouteOrigin(StrEnum):
    """How a route came into its table [RT-9]."""

    CREATE_ROUTE_TABLE = "CreateRouteTable"
    CREATE_ROUTE = "CreateRoute"
    PROPAGATED = "EnableVgwRoutePropagation"
    ADVERTISEMENT = "Advertisement"


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a route table; either a prefix or a prefix list is its destination."""

    destination: Prefix | None = None
    prefix_list: str = ""
    target_kind: TargetKind
    target: str = ""
    state: RouteState = RouteState.ACTIVE
    origin: RouteOrigin = RouteOrigin.CREATE_ROUTE


class RouteTable(Resource, frozen=True, kw_only=True):
    """Where packets that leave its subnets go."""

    vpc: str
    routes: tuple[Route, ...] = ()
    is_main: bool = False
    subnets: tuple[str, ...] = ()
    #: Gateways whose arriving traffic this table routes (edge associations).
    gateways: tuple[str, ...] = ()
    #: Pools of an account's own public addresses whose arriving traffic it routes.
    public_pools: tuple[str, ...] = ()


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway's tie to a VPC."""

    vpc: str
    state: str = "available"


class InternetGateway(Resource, frozen=True, kw_only=True):
    """The door between a VPC and the internet."""

    attachments: tuple[Attachment, ...] = ()


class EgressOnlyInternetGateway(Resource, frozen=True, kw_only=True):
    """The IPv6 door that opens outwards only."""

    attachments: tuple[Attachment, ...] = ()


class NatAddress(msgspec.Struct, frozen=True, kw_only=True):
    """One private address of a NAT gateway and the Elastic IP that belongs to it."""

    private: Address | None = None
    public: Address | None = None
    interface: str = ""
    status: str = "succeeded"
    #: Of a regional gateway: the zone whose packets leave from it.
    zone: str = ""
    zone_id: str = ""


class NatGateway(Resource, frozen=True, kw_only=True):
    """Translates the sources of connections that start inside."""

    vpc: str
    subnet: str = ""
    state: str = "available"
    is_public: bool = True
    is_regional: bool = False
    #: Of a regional gateway: its own route table, and whether AWS spreads it over zones.
    route_table: str = ""
    is_automatic: bool = True
    addresses: tuple[NatAddress, ...] = ()


class InterfaceAddress(msgspec.Struct, frozen=True, kw_only=True):
    """One private address of an interface and its 1:1 public one, if it has one."""

    private: Address
    public: Address | None = None
    is_primary: bool = False


class NetworkInterface(Resource, frozen=True, kw_only=True):
    """An elastic network interface: what really sends and receives."""

    vpc: str
    subnet: str
    zone: str = ""
    status: str = "in-use"
    attachment_status: str = ""
    #: AWS's InterfaceType: interface, nat_gateway, network_load_balancer, vpc_endpoint, ...
    interface_type: str = "interface"
    description: str = ""
    instance: str = ""
    groups: tuple[str, ...] = ()
    addresses: tuple[InterfaceAddress, ...] = ()
    delegated: tuple[Prefix, ...] = ()
    source_dest_check: bool = True
    denies_internet_gateway: bool = False
    #: Made by a service for itself (a load balancer, a database, an endpoint).
    is_service_owned: bool = False


class Instance(Resource, frozen=True, kw_only=True):
    """An EC2 instance."""

    vpc: str = ""
    subnet: str = ""
    state: str = "running"
    interfaces: tuple[str, ...] = ()
    #: MetadataOptions.HttpEndpoint; None when the snapshot does not say.
    metadata_enabled: bool | None = None
    #: MetadataOptions.HttpProtocolIpv6: whether it answers at its IPv6 address as well.
    metadata_ipv6: bool | None = None
    #: Addresses of its interfaces in secondary networks, which are no VPC's.
    secondary_addresses: tuple[Address, ...] = ()


class NetworkAclRule(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered rule. The lowest number that matches decides [NA-2].

    `low` and `high` are ports, or ICMP's type and code; None stands for all of them.
    """

    number: int
    allows: bool
    prefix: Prefix
    protocol: int = ANY_PROTOCOL
    low: int | None = None
    high: int | None = None


class NetworkAcl(Resource, frozen=True, kw_only=True):
    """The stateless packet filter of a subnet; rules ascend by number."""

    vpc: str
    is_default: bool = False
    subnets: tuple[str, ...] = ()
    ingress: tuple[NetworkAclRule, ...] = ()
    egress: tuple[NetworkAclRule, ...] = ()


class SecurityGroupRule(msgspec.Struct, frozen=True, kw_only=True):
    """One allowance; its peer is a prefix, a prefix list or another group.

    `low` and `high` are ports, or ICMP's type and code; None stands for all of them.
    """

    protocol: int = ANY_PROTOCOL
    low: int | None = None
    high: int | None = None
    prefix: Prefix | None = None
    prefix_list: str = ""
    group: str = ""
    description: str = ""


class SecurityGroup(Resource, frozen=True, kw_only=True):
    """The stateful filter of the interfaces that carry it."""

    vpc: str = ""
    group_name: str = ""
    #: Other VPCs that it may be used in [SG-11].
    vpcs: tuple[str, ...] = ()
    ingress: tuple[SecurityGroupRule, ...] = ()
    egress: tuple[SecurityGroupRule, ...] = ()


class PrefixList(Resource, frozen=True, kw_only=True):
    """A named list of CIDRs; `entries` is None where the snapshot does not hold them."""

    list_name: str = ""
    #: 4 or 6; None where the snapshot does not say.
    family: Family | None = None
    entries: tuple[Prefix, ...] | None = None


class ElasticIp(Resource, frozen=True, kw_only=True):
    """A public address that the account keeps, and what it is tied to."""

    public: Address | None = None
    private: Address | None = None
    interface: str = ""
    instance: str = ""


class Unmodelled(Resource, frozen=True, kw_only=True):
    """A resource that the snapshot holds and the model does not cover yet."""

    kind: str
    vpc: str = ""
