"""Shapes of the describe output about what ties networks together, as `netreach.sources.shapes`."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from netreach.sources.shapes import GatewayAttachment, Resource, Shape, Tag


class Status(Shape):
    """The state of a thing; peerings and client VPN call theirs `Code`."""

    code: str | None = None


class Cidr(Shape):
    """One block of a peered VPC."""

    cidr_block: str | None = None


class Ipv6Cidr(Shape):
    """One IPv6 block of a peered VPC."""

    ipv6_cidr_block: str | None = None


class PeeringOptions(Shape):
    """What one side of a peering lets the other side do."""

    allow_dns_resolution_from_remote_vpc: bool | None = None


class PeeredVpc(Shape):
    """One side of a peering connection."""

    vpc_id: str | None = None
    owner_id: str | None = None
    region: str | None = None
    cidr_block: str | None = None
    cidr_block_set: list[Cidr] | None = None
    ipv6_cidr_block_set: list[Ipv6Cidr] | None = None
    peering_options: PeeringOptions | None = None


class VpcPeering(Resource, kw_only=True):
    """An item of VpcPeeringConnections."""

    key: ClassVar[str] = "vpc_peering_connection_id"

    vpc_peering_connection_id: str
    requester_vpc_info: PeeredVpc | None = None
    accepter_vpc_info: PeeredVpc | None = None
    status: Status | None = None


class TransitGatewayOptions(Shape):
    """What a transit gateway can do."""

    vpn_ecmp_support: str | None = None
    security_group_referencing_support: str | None = None
    multicast_support: str | None = None
    association_default_route_table_id: str | None = None
    propagation_default_route_table_id: str | None = None


class TransitGateway(Resource, kw_only=True):
    """An item of TransitGateways."""

    key: ClassVar[str] = "transit_gateway_id"

    transit_gateway_id: str
    transit_gateway_arn: str | None = None
    state: str | None = None
    options: TransitGatewayOptions | None = None


class TransitAssociation(Shape):
    """The table of an attachment; one that is empty says that there is none."""

    transit_gateway_route_table_id: str | None = None
    state: str | None = None


class AttachmentOptions(Shape):
    """What a VPC attachment does."""

    appliance_mode_support: str | None = None
    ipv6_support: str | None = None
    security_group_referencing_support: str | None = None


class TransitGatewayEnd(Shape):
    """One side of a peering between transit gateways."""

    transit_gateway_id: str | None = None
    owner_id: str | None = None
    region: str | None = None


class TransitAttachment(Resource, kw_only=True):
    """An item of any call about attachments; each says something else of one of them."""

    key: ClassVar[str] = "transit_gateway_attachment_id"

    transit_gateway_attachment_id: str
    transit_gateway_id: str | None = None
    transit_gateway_owner_id: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    resource_owner_id: str | None = None
    state: str | None = None
    association: TransitAssociation | None = None
    vpc_id: str | None = None
    vpc_owner_id: str | None = None
    subnet_ids: list[str] | None = None
    options: AttachmentOptions | None = None
    requester_tgw_info: TransitGatewayEnd | None = None
    accepter_tgw_info: TransitGatewayEnd | None = None
    transport_transit_gateway_attachment_id: str | None = None

    @property
    def id(self) -> str:
        """The attachment; of a peering, both gateways list it, each as it sees it."""
        if self.resource_type == "peering" and self.transit_gateway_id:
            return f"{self.transit_gateway_attachment_id}@{self.transit_gateway_id}"
        return self.transit_gateway_attachment_id


class TransitRouteTable(Resource, kw_only=True):
    """An item of TransitGatewayRouteTables."""

    key: ClassVar[str] = "transit_gateway_route_table_id"

    transit_gateway_route_table_id: str
    transit_gateway_id: str | None = None
    state: str | None = None
    default_association_route_table: bool | None = None
    default_propagation_route_table: bool | None = None


class AttachmentId(Shape):
    """An attachment that a route leads to."""

    transit_gateway_attachment_id: str | None = None


class TransitRoute(Shape):
    """One route that search-transit-gateway-routes found."""

    destination_cidr_block: str | None = None
    prefix_list_id: str | None = None
    transit_gateway_attachments: list[AttachmentId] | None = None
    type: str | None = None
    state: str | None = None


class TransitTie(Shape):
    """An attachment that propagates into a table, or that is associated with it."""

    transit_gateway_attachment_id: str | None = None
    state: str | None = None


class PrefixListReference(Shape):
    """A static route of a transit route table by a prefix list."""

    transit_gateway_route_table_id: str | None = None
    prefix_list_id: str | None = None
    state: str | None = None
    blackhole: bool | None = None
    transit_gateway_attachment: AttachmentId | None = None


class VpnGateway(Resource, kw_only=True):
    """An item of VpnGateways."""

    key: ClassVar[str] = "vpn_gateway_id"

    vpn_gateway_id: str
    state: str | None = None
    amazon_side_asn: int | str | None = None
    vpc_attachments: list[GatewayAttachment] | None = None


class CustomerGateway(Resource, kw_only=True):
    """An item of CustomerGateways."""

    key: ClassVar[str] = "customer_gateway_id"

    customer_gateway_id: str
    state: str | None = None
    ip_address: str | None = None
    bgp_asn: str | int | None = None
    bgp_asn_extended: str | int | None = None


class VpnOptions(Shape):
    """How a VPN connection learns its routes, and whose packets its tunnels carry."""

    static_routes_only: bool | None = None
    tunnel_inside_ip_version: str | None = None
    #: Local is the customer's side, remote AWS's.
    local_ipv4_network_cidr: str | None = None
    remote_ipv4_network_cidr: str | None = None
    local_ipv6_network_cidr: str | None = None
    remote_ipv6_network_cidr: str | None = None
    transport_transit_gateway_attachment_id: str | None = None


class VpnRoute(Shape):
    """One static route of a VPN connection."""

    destination_cidr_block: str | None = None
    state: str | None = None


class Tunnel(Shape):
    """One tunnel of a VPN connection."""

    status: str | None = None


class VpnConnection(Resource, kw_only=True):
    """An item of VpnConnections; its configuration, which holds secrets, is left alone."""

    key: ClassVar[str] = "vpn_connection_id"
    # tunnels go up and down between two calls
    loose: ClassVar[frozenset[str]] = frozenset({"tags", "vgw_telemetry"})

    vpn_connection_id: str
    state: str | None = None
    customer_gateway_id: str | None = None
    vpn_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    options: VpnOptions | None = None
    routes: list[VpnRoute] | None = None
    vgw_telemetry: list[Tunnel] | None = None


class CamelTag(Tag, rename="camel"):
    """One tag, as Direct Connect spells it."""

    key: str
    value: str | None = None


class CamelResource(Resource, rename="camel"):
    """A resource of Direct Connect."""

    owner_id: str | None = msgspec.field(default=None, name="ownerAccount")
    tags: list[CamelTag] | None = None  # type: ignore[assignment]  # as good as tags, only read


class DirectConnectGateway(CamelResource, rename="camel", kw_only=True):
    """An item of directConnectGateways."""

    key: ClassVar[str] = "direct_connect_gateway_id"

    direct_connect_gateway_id: str
    direct_connect_gateway_name: str | None = None
    direct_connect_gateway_state: str | None = None
    amazon_side_asn: int | str | None = None


class AssociatedGateway(Shape, rename="camel"):
    """The gateway that a Direct Connect gateway is associated with."""

    id: str | None = None


class AllowedPrefix(Shape, rename="camel"):
    """One prefix that a Direct Connect gateway announces."""

    cidr: str | None = None


class DirectConnectAssociation(Shape, rename="camel"):
    """An item of directConnectGatewayAssociations."""

    direct_connect_gateway_id: str | None = None
    association_state: str | None = None
    associated_gateway: AssociatedGateway | None = None
    virtual_gateway_id: str | None = None
    allowed_prefixes_to_direct_connect_gateway: list[AllowedPrefix] | None = None


class BgpPeer(Shape, rename="camel"):
    """One BGP session of a virtual interface."""

    bgp_status: str | None = None
    bgp_peer_state: str | None = None
    #: ipv4 or ipv6.
    address_family: str | None = None


class VirtualInterface(CamelResource, rename="camel", kw_only=True):
    """An item of virtualInterfaces."""

    key: ClassVar[str] = "virtual_interface_id"
    # sessions go up and down between two calls
    loose: ClassVar[frozenset[str]] = frozenset({"tags", "bgp_peers"})

    virtual_interface_id: str
    virtual_interface_name: str | None = None
    virtual_interface_type: str | None = None
    virtual_interface_state: str | None = None
    direct_connect_gateway_id: str | None = None
    virtual_gateway_id: str | None = None
    region: str | None = None
    bgp_peers: list[BgpPeer] | None = None


class ClientVpnEndpoint(Resource, kw_only=True):
    """An item of ClientVpnEndpoints."""

    key: ClassVar[str] = "client_vpn_endpoint_id"

    client_vpn_endpoint_id: str
    vpc_id: str | None = None
    client_cidr_block: str | None = None
    status: Status | None = None
    security_group_ids: list[str] | None = None


class ClientVpnNetwork(Shape):
    """An item of ClientVpnTargetNetworks."""

    client_vpn_endpoint_id: str | None = None
    target_network_id: str | None = None
    status: Status | None = None


class ClientVpnRule(Shape):
    """An item of AuthorizationRules."""

    client_vpn_endpoint_id: str | None = None
    destination_cidr: str | None = None
    group_id: str | None = None
    access_all: bool | None = None
    status: Status | None = None


class ClientVpnRoute(Shape):
    """One route of a client VPN endpoint."""

    client_vpn_endpoint_id: str | None = None
    destination_cidr: str | None = None
    target_subnet: str | None = None
    status: Status | None = None
