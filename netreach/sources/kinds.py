"""What the top-level keys of describe output mean: read, listed as not modelled yet, or foreign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from netreach.sources import connection_shapes, filter_shapes, policy_shapes, shapes
from netreach.sources.service_kinds import (
    SERVICE_COMMON_WORDS,
    SERVICE_SHAPES,
    SERVICE_SIGNATURES,
)

#: Top-level key -> the shape of one item of its list.
SHAPES: Final[Mapping[str, type[shapes.Shape]]] = {
    "Vpcs": shapes.Vpc,
    "DhcpOptions": shapes.DhcpOptions,
    "Subnets": shapes.Subnet,
    "RouteTables": shapes.RouteTable,
    "NetworkAcls": filter_shapes.NetworkAcl,
    "SecurityGroups": filter_shapes.SecurityGroup,
    "SecurityGroupRules": filter_shapes.SecurityGroupRule,
    "NetworkInterfaces": shapes.Interface,
    "Reservations": shapes.Reservation,
    "Instances": shapes.Instance,
    "InternetGateways": shapes.InternetGateway,
    "EgressOnlyInternetGateways": shapes.EgressOnlyInternetGateway,
    "NatGateways": shapes.NatGateway,
    "PrefixLists": shapes.PrefixList,
    "ManagedPrefixLists": shapes.PrefixList,
    "Addresses": shapes.ElasticIp,
    "VpcPeeringConnections": connection_shapes.VpcPeering,
    "TransitGateways": connection_shapes.TransitGateway,
    "TransitGatewayAttachments": connection_shapes.TransitAttachment,
    "TransitGatewayVpcAttachments": connection_shapes.TransitAttachment,
    "TransitGatewayPeeringAttachments": connection_shapes.TransitAttachment,
    "TransitGatewayConnects": connection_shapes.TransitAttachment,
    "TransitGatewayRouteTables": connection_shapes.TransitRouteTable,
    "TransitGatewayPolicyTables": policy_shapes.PolicyTable,
    "TransitGatewayConnectPeers": policy_shapes.ConnectPeer,
    "TransitGatewayMulticastDomains": policy_shapes.MulticastDomain,
    "VpnGateways": connection_shapes.VpnGateway,
    "VpnConnections": connection_shapes.VpnConnection,
    "CustomerGateways": connection_shapes.CustomerGateway,
    "ClientVpnEndpoints": connection_shapes.ClientVpnEndpoint,
    "directConnectGateways": connection_shapes.DirectConnectGateway,
    "virtualInterfaces": connection_shapes.VirtualInterface,
    **SERVICE_SHAPES,
}

#: Wrappers whose lists hold pages of answers.
PAGE_LISTS: Final = frozenset(
    {"data", "pages", "Pages", "TransitGatewayStaticRoutes", "TransitGatewayPropagations"}
)

#: The calls that make a first dump, for messages.
EXPECTED_CALLS: Final = (
    "describe-vpcs, describe-subnets, describe-route-tables, describe-network-acls, "
    "describe-security-groups, describe-network-interfaces, describe-instances, "
    "describe-internet-gateways, describe-nat-gateways, ..."
)

#: Fields that tell what the items of a bare list are: `aws ... --query "Subnets[]"` has no key.
SIGNATURES: Final[tuple[tuple[frozenset[str], str], ...]] = tuple(
    (frozenset(fields.split()), key)
    for fields, key in (
        *SERVICE_SIGNATURES,
        ("NetworkInterfaceId SubnetId", "NetworkInterfaces"),
        ("ReservationId Instances", "Reservations"),
        ("InstanceId ImageId", "Instances"),
        ("SubnetId CidrBlock", "Subnets"),
        ("VpcId CidrBlock", "Vpcs"),
        ("DhcpOptionsId DhcpConfigurations", "DhcpOptions"),
        ("RouteTableId Routes", "RouteTables"),
        ("NetworkAclId Entries", "NetworkAcls"),
        ("SecurityGroupRuleId IsEgress", "SecurityGroupRules"),
        ("GroupId IpPermissions", "SecurityGroups"),
        ("InternetGatewayId Attachments", "InternetGateways"),
        ("EgressOnlyInternetGatewayId Attachments", "EgressOnlyInternetGateways"),
        ("NatGatewayId NatGatewayAddresses", "NatGateways"),
        ("PrefixListId PrefixListName", "PrefixLists"),
        ("AllocationId PublicIp", "Addresses"),
        ("VpcPeeringConnectionId RequesterVpcInfo", "VpcPeeringConnections"),
        ("TransitGatewayId TransitGatewayArn", "TransitGateways"),
        ("TransitGatewayAttachmentId TransitGatewayId ResourceType", "TransitGatewayAttachments"),
        ("TransitGatewayAttachmentId SubnetIds", "TransitGatewayVpcAttachments"),
        ("TransitGatewayAttachmentId RequesterTgwInfo", "TransitGatewayPeeringAttachments"),
        ("TransitGatewayRouteTableId TransitGatewayId", "TransitGatewayRouteTables"),
        ("TransitGatewayPolicyTableId TransitGatewayId", "TransitGatewayPolicyTables"),
        ("TransitGatewayConnectPeerId ConnectPeerConfiguration", "TransitGatewayConnectPeers"),
        ("TransitGatewayMulticastDomainId TransitGatewayId", "TransitGatewayMulticastDomains"),
        ("VpnConnectionId CustomerGatewayId", "VpnConnections"),
        ("VpnGatewayId VpcAttachments", "VpnGateways"),
        ("CustomerGatewayId BgpAsn", "CustomerGateways"),
        ("ClientVpnEndpointId ClientCidrBlock", "ClientVpnEndpoints"),
        ("directConnectGatewayId directConnectGatewayState", "directConnectGateways"),
        ("virtualInterfaceId virtualInterfaceType", "virtualInterfaces"),
    )
)


class UnmodelledKind(NamedTuple):
    """How to list the items of a key that the model does not cover yet."""

    kind: str
    #: Fields that may hold the id, the most telling first.
    ids: tuple[str, ...]
    #: Dotted fields that may hold the VPC; an empty tuple: it belongs to none.
    vpcs: tuple[str, ...] = ("VpcId",)
    #: Only items with a VPC count (a function outside of VPCs is nobody's business).
    needs_vpc: bool = False


#: Top-level key -> how to list its items.
UNMODELLED: Final[Mapping[str, UnmodelledKind]] = {
    "CarrierGateways": UnmodelledKind("carrier-gateway", ("CarrierGatewayId",)),
    "LocalGateways": UnmodelledKind("local-gateway", ("LocalGatewayId",), ()),
    "CoreNetworks": UnmodelledKind("core-network", ("CoreNetworkArn", "CoreNetworkId"), ()),
    "InstanceConnectEndpoints": UnmodelledKind(
        "instance-connect-endpoint", ("InstanceConnectEndpointId",)
    ),
    "VerifiedAccessEndpoints": UnmodelledKind(
        "verified-access-endpoint", ("VerifiedAccessEndpointId",), ()
    ),
    "RouteServers": UnmodelledKind("route-server", ("RouteServerId",), ()),
    "ResolverEndpoints": UnmodelledKind("resolver-endpoint", ("Id",), ("HostVPCId",)),
}

#: Keys that other services use too: their lists count only if the first item has an id of ours.
COMMON_WORDS: Final = frozenset({"Instances", "Addresses"}) | SERVICE_COMMON_WORDS

#: Keys that mark the whole document as another format: word -> any of these sets of keys.
FOREIGN: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "a Terraform plan": (
        frozenset({"format_version", "planned_values"}),
        frozenset({"format_version", "resource_changes"}),
    ),
    "a Terraform state": (
        frozenset({"format_version", "values"}),
        frozenset({"terraform_version", "resources"}),
        frozenset({"terraform_version", "modules"}),
        frozenset({"pytest-terraform", "resources"}),
        # an empty state as `terraform show -json` prints it
        frozenset({"format_version", "terraform_version"}),
    ),
    "an AWS Config export": (
        frozenset({"configurationItems"}),
        frozenset({"Results", "QueryInfo"}),
        frozenset({"baseConfigurationItems"}),
        frozenset({"BaseConfigurationItems"}),
    ),
}


def foreign_format(keys: frozenset[str]) -> str:
    """Return which other format a document with these top-level keys is, or nothing."""
    for word, marks in FOREIGN.items():
        if any(mark <= keys for mark in marks):
            return word
    return ""


def bare_list_key(fields: frozenset[str]) -> str:
    """Return the key that a list without one would have, by the fields of an item, or nothing."""
    for signature, key in SIGNATURES:
        if signature <= fields:
            return key
    return ""


def describes(key: str, fields: frozenset[str]) -> bool:
    """Tell whether an item with these fields can be one of the key's: whether it has an id."""
    if key in UNMODELLED:
        return not fields.isdisjoint(UNMODELLED[key].ids)
    shape = SHAPES[key]
    if shape is shapes.ElasticIp:
        return not fields.isdisjoint(("AllocationId", "PublicIp"))
    if shape is shapes.Reservation:
        return "Instances" in fields
    spellings = dict(zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True))
    names = (getattr(shape, "key", ""), getattr(shape, "other_key", ""))
    return any(spellings[name] in fields for name in names if name)
