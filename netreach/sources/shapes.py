"""The describe output's own shapes: only the fields that the model needs, spelt as AWS spells them.

Every field but the id may be absent or null, so that two partial descriptions of one resource can
be merged. Fields that are not named here are skipped while decoding, at no cost.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Shape(msgspec.Struct, rename="pascal", gc=False, kw_only=True):
    """A JSON object of the describe output, or a part of one."""

    #: Field that tells the items of one list apart, where two descriptions may complete an item.
    item_key: ClassVar[str] = ""


class Tag(Shape):
    """One tag."""

    key: str
    value: str | None = None


class Resource(Shape):
    """A described resource: which field is its id, and which fields may differ harmlessly."""

    #: Field that holds the id.
    key: ClassVar[str]
    #: Fields that two accounts, or two moments, see differently without changing an answer.
    loose: ClassVar[frozenset[str]] = frozenset({"tags"})

    owner_id: str | None = None
    tags: list[Tag] | None = None

    @property
    def id(self) -> str:
        """What AWS calls the resource."""
        number: str = getattr(self, self.key)
        return number


class State(Shape):
    """The state of a thing inside a thing; instances call theirs `Name`."""

    state: str | None = None
    name: str | None = None


class CidrAssociation(Shape):
    """One CIDR of a VPC or subnet, and whether it is in force."""

    cidr_block: str | None = None
    cidr_block_state: State | None = None
    ipv6_cidr_block: str | None = None
    ipv6_cidr_block_state: State | None = None
    #: public or private: whether AWS announces it to the internet.
    ipv6_address_attribute: str | None = None


class Attribute(Shape):
    """The answer of describe-vpc-attribute about one attribute."""

    value: bool | None = None


class DhcpValue(Shape):
    """One value of a DHCP option."""

    value: str | None = None


class DhcpConfiguration(Shape):
    """One DHCP option."""

    key: str | None = None
    values: list[DhcpValue] | None = None


class DhcpOptions(Resource, kw_only=True):
    """An item of DhcpOptions."""

    key: ClassVar[str] = "dhcp_options_id"

    dhcp_options_id: str
    dhcp_configurations: list[DhcpConfiguration] | None = None


class InternetFirewall(Shape):
    """An Automated Internet Firewall: it inspects what passes a VPC's internet gateways."""

    firewall_arn: str | None = None
    firewall_mode: str | None = None


class Vpc(Resource, kw_only=True):
    """An item of Vpcs, or an answer of describe-vpc-attribute."""

    key: ClassVar[str] = "vpc_id"

    vpc_id: str
    cidr_block: str | None = None
    cidr_block_association_set: list[CidrAssociation] | None = None
    ipv6_cidr_block_association_set: list[CidrAssociation] | None = None
    is_default: bool | None = None
    dhcp_options_id: str | None = None
    region: str | None = None
    enable_dns_support: Attribute | None = None
    enable_dns_hostnames: Attribute | None = None
    network_firewall_associations: list[InternetFirewall] | None = None


class BlockPublicAccess(Shape):
    """Whether VPC Block Public Access is on for a subnet."""

    internet_gateway_block_mode: str | None = None


class Subnet(Resource, kw_only=True):
    """An item of Subnets."""

    key: ClassVar[str] = "subnet_id"
    # each account has its own zone names, and counts free addresses at its own moment
    loose: ClassVar[frozenset[str]] = frozenset(
        {"tags", "availability_zone", "available_ip_address_count", "map_public_ip_on_launch"}
    )

    subnet_id: str
    vpc_id: str
    cidr_block: str | None = None
    ipv6_cidr_block_association_set: list[CidrAssociation] | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    map_public_ip_on_launch: bool | None = None
    available_ip_address_count: int | None = None
    block_public_access_states: BlockPublicAccess | None = None
    subnet_arn: str | None = None


class Association(Shape):
    """A public address; carrier and customer-owned addresses are none of the internet's."""

    public_ip: str | None = None


class PrivateAddress(Shape):
    """One private IPv4 address of an interface."""

    item_key: ClassVar[str] = "private_ip_address"

    private_ip_address: str | None = None
    primary: bool | None = None
    association: Association | None = None


class Ipv6Address(Shape):
    """One IPv6 address of an interface."""

    item_key: ClassVar[str] = "ipv6_address"

    ipv6_address: str | None = None
    is_primary_ipv6: bool | None = None


class DelegatedPrefix(Shape):
    """One prefix delegated to an interface."""

    ipv4_prefix: str | None = None
    ipv6_prefix: str | None = None


class GroupId(Shape):
    """A security group that something carries; names go stale, ids don't."""

    group_id: str | None = None


class InterfaceAttachment(Shape):
    """What an interface is attached to."""

    instance_id: str | None = None
    instance_owner_id: str | None = None
    status: str | None = None
    device_index: int | None = None


class Interface(Resource, kw_only=True):
    """An item of NetworkInterfaces, alone or inside an instance."""

    key: ClassVar[str] = "network_interface_id"
    loose: ClassVar[frozenset[str]] = frozenset(
        {"tags", "availability_zone", "description", "requester_id", "owner_id"}
    )

    network_interface_id: str
    vpc_id: str | None = None
    subnet_id: str | None = None
    availability_zone: str | None = None
    status: str | None = None
    interface_type: str | None = None
    description: str | None = None
    groups: list[GroupId] | None = None
    private_ip_address: str | None = None
    private_ip_addresses: list[PrivateAddress] | None = None
    association: Association | None = None
    ipv6_address: str | None = None
    ipv6_addresses: list[Ipv6Address] | None = None
    ipv4_prefixes: list[DelegatedPrefix] | None = None
    ipv6_prefixes: list[DelegatedPrefix] | None = None
    attachment: InterfaceAttachment | None = None
    source_dest_check: bool | None = None
    deny_all_igw_traffic: bool | None = None
    #: Subnets beside its own.
    associated_subnets: list[str] | None = None
    requester_id: str | None = None
    requester_managed: bool | None = None
    tags: list[Tag] | None = msgspec.field(default=None, name="TagSet")


class MetadataOptions(Shape):
    """How an instance's metadata service answers."""

    http_endpoint: str | None = None
    http_protocol_ipv6: str | None = None


class SecondaryAddress(Shape):
    """An address in a secondary network."""

    private_ip_address: str | None = None


class SecondaryInterface(Shape):
    """An instance's interface in a secondary network."""

    private_ip_addresses: list[SecondaryAddress] | None = None


class Instance(Resource, kw_only=True):
    """An item of Reservations[].Instances."""

    key: ClassVar[str] = "instance_id"
    loose: ClassVar[frozenset[str]] = frozenset({"tags", "owner_id"})

    instance_id: str
    vpc_id: str | None = None
    subnet_id: str | None = None
    state: State | None = None
    network_interfaces: list[Interface] | None = None
    metadata_options: MetadataOptions | None = None
    security_groups: list[GroupId] | None = None
    source_dest_check: bool | None = None
    public_ip_address: str | None = None
    secondary_interfaces: list[SecondaryInterface] | None = None


class Reservation(Shape):
    """An item of Reservations."""

    owner_id: str | None = None
    instances: list[Instance] | None = None


class TableAssociation(Shape):
    """What a route table or an ACL belongs to."""

    main: bool | None = None
    subnet_id: str | None = None
    gateway_id: str | None = None
    public_ipv4_pool: str | None = None
    association_state: State | None = None


class Route(Shape):
    """One route; which target field it has says what it leads to."""

    igw_firewall: InternetFirewall | None = None
    odb_network_arn: str | None = None

    destination_cidr_block: str | None = None
    destination_ipv6_cidr_block: str | None = None
    destination_prefix_list_id: str | None = None
    gateway_id: str | None = None
    nat_gateway_id: str | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None
    transit_gateway_id: str | None = None
    vpc_peering_connection_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    carrier_gateway_id: str | None = None
    local_gateway_id: str | None = None
    core_network_arn: str | None = None
    vpc_endpoint_id: str | None = None
    state: str | None = None
    origin: str | None = None


class RouteTable(Resource, kw_only=True):
    """An item of RouteTables."""

    key: ClassVar[str] = "route_table_id"

    route_table_id: str
    vpc_id: str | None = None
    associations: list[TableAssociation] | None = None
    routes: list[Route] | None = None


class GatewayAttachment(Shape):
    """A gateway's tie to a VPC."""

    vpc_id: str | None = None
    state: str | None = None


class InternetGateway(Resource, kw_only=True):
    """An item of InternetGateways."""

    key: ClassVar[str] = "internet_gateway_id"

    internet_gateway_id: str
    attachments: list[GatewayAttachment] | None = None


class EgressOnlyInternetGateway(Resource, kw_only=True):
    """An item of EgressOnlyInternetGateways."""

    key: ClassVar[str] = "egress_only_internet_gateway_id"

    egress_only_internet_gateway_id: str
    attachments: list[GatewayAttachment] | None = None


class NatGatewayAddress(Shape):
    """One address of a NAT gateway."""

    item_key: ClassVar[str] = "private_ip"

    network_interface_id: str | None = None
    private_ip: str | None = None
    public_ip: str | None = None
    status: str | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None


class AttachedAppliance(Shape):
    """A proxy that filters what a NAT gateway sends."""

    appliance_arn: str | None = None
    attachment_state: str | None = None


class NatGateway(Resource, kw_only=True):
    """An item of NatGateways."""

    key: ClassVar[str] = "nat_gateway_id"

    nat_gateway_id: str
    vpc_id: str | None = None
    subnet_id: str | None = None
    state: str | None = None
    connectivity_type: str | None = None
    availability_mode: str | None = None
    auto_provision_zones: str | None = None
    route_table_id: str | None = None
    nat_gateway_addresses: list[NatGatewayAddress] | None = None
    attached_appliances: list[AttachedAppliance] | None = None


class PrefixListEntry(Shape):
    """One CIDR of a managed prefix list."""

    cidr: str


class PrefixList(Resource, kw_only=True):
    """An item of PrefixLists, of either call, or the entries of one list."""

    key: ClassVar[str] = "prefix_list_id"

    prefix_list_id: str
    prefix_list_name: str | None = None
    prefix_list_arn: str | None = None
    address_family: str | None = None
    cidrs: list[str] | None = None
    entries: list[PrefixListEntry] | None = None


class ElasticIp(Resource, kw_only=True):
    """An item of Addresses."""

    key: ClassVar[str] = "allocation_id"

    allocation_id: str | None = None
    public_ip: str | None = None
    private_ip_address: str | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None

    @property
    def id(self) -> str:
        """The allocation, or the address itself where there is none."""
        return self.allocation_id or self.public_ip or ""
