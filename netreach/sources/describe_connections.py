"""Peerings, VPN, Direct Connect and client VPN of the describe output -> records."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from netreach.model.connections import (
    ClientVpnAuthorization,
    ClientVpnEndpoint,
    ClientVpnRoute,
    CustomerGateway,
    DirectConnectAssociation,
    DirectConnectGateway,
    PeeredVpc,
    VirtualInterface,
    VpcPeering,
    VpnConnection,
    VpnGateway,
)
from netreach.packets.prefixes import Family, Prefix
from netreach.sources import connection_shapes as shapes
from netreach.sources import parts
from netreach.sources.describe_records import Common, gateway_ties
from netreach.sources.gather import Gathered
from netreach.sources.values import Prefixes, address

#: States in which a VPN's static route, or a client VPN's subnet, does what it is there for.
_IN_FORCE: Final = frozenset({None, "", "available", "associated"})

_FAMILIES: Final[dict[str, Family]] = {"ipv4": 4, "ipv6": 6}


def vpc_peering(shape: shapes.VpcPeering, common: Common, prefixes: Prefixes) -> VpcPeering:
    """Read a peering connection; it lives where it was requested."""
    requester = _side(shape.requester_vpc_info, "RequesterVpcInfo", prefixes)
    common = common._replace(
        owner=common.owner or requester.owner, region=common.region or requester.region
    )
    return VpcPeering(
        **common._asdict(),
        requester=requester,
        accepter=_side(shape.accepter_vpc_info, "AccepterVpcInfo", prefixes),
        state=_code(shape.status) or "active",
    )


def _side(side: shapes.PeeredVpc | None, field: str, prefixes: Prefixes) -> PeeredVpc:
    side = side or shapes.PeeredVpc()
    options = side.peering_options
    return PeeredVpc(
        vpc=side.vpc_id or "",
        owner=side.owner_id or "",
        region=side.region or "",
        prefixes=tuple(
            dict.fromkeys(prefixes.read(text, f"{field}.{name}") for text, name in _blocks(side))
        ),
        resolves_remote_names=None
        if options is None
        else options.allow_dns_resolution_from_remote_vpc,
    )


def _blocks(side: shapes.PeeredVpc) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a side, the primary one first, and where they stand."""
    if side.cidr_block:
        yield side.cidr_block, "CidrBlock"
    for row, block in enumerate(side.cidr_block_set or ()):
        if block.cidr_block:
            yield block.cidr_block, f"CidrBlockSet[{row}].CidrBlock"
    for row, six in enumerate(side.ipv6_cidr_block_set or ()):
        if six.ipv6_cidr_block:
            yield six.ipv6_cidr_block, f"Ipv6CidrBlockSet[{row}].Ipv6CidrBlock"


def vpn_gateway(shape: shapes.VpnGateway, common: Common) -> VpnGateway:
    """Read a VPN gateway."""
    return VpnGateway(
        **common._asdict(),
        attachments=gateway_ties(shape.vpc_attachments),
        state=shape.state or "available",
        asn=_asn(shape.amazon_side_asn),
    )


def customer_gateway(shape: shapes.CustomerGateway, common: Common) -> CustomerGateway:
    """Read a customer gateway; one that shows a certificate need not have an address."""
    return CustomerGateway(
        **common._asdict(),
        address=address(shape.ip_address, "IpAddress") if shape.ip_address else None,
        state=shape.state or "available",
        asn=_asn(shape.bgp_asn or shape.bgp_asn_extended),
    )


def vpn_connection(
    shape: shapes.VpnConnection, common: Common, prefixes: Prefixes
) -> VpnConnection:
    """Read a VPN connection."""
    tunnels, options = shape.vgw_telemetry, shape.options or shapes.VpnOptions()
    takes_ipv6 = options.tunnel_inside_ip_version == "ipv6"
    version = 6 if takes_ipv6 else 4
    return VpnConnection(
        **common._asdict(),
        customer_gateway=shape.customer_gateway_id or "",
        vpn_gateway=shape.vpn_gateway_id or "",
        transit_gateway=shape.transit_gateway_id or "",
        state=shape.state or "available",
        is_static=bool(options.static_routes_only),
        routes=tuple(
            prefixes.read(route.destination_cidr_block, f"Routes[{row}].DestinationCidrBlock")
            for row, route in enumerate(shape.routes or ())
            if route.destination_cidr_block and route.state in _IN_FORCE
        ),
        tunnels_up=None if tunnels is None else sum(tunnel.status == "UP" for tunnel in tunnels),
        family=6 if takes_ipv6 else 4,
        aws_side=_side_of_vpn(options, f"remote_ipv{version}_network_cidr", prefixes),
        site_side=_side_of_vpn(options, f"local_ipv{version}_network_cidr", prefixes),
        transport=options.transport_transit_gateway_attachment_id or "",
    )


def _side_of_vpn(options: shapes.VpnOptions, field: str, prefixes: Prefixes) -> Prefix | None:
    """Return whose packets the tunnels carry on one side, None for everybody's."""
    text: str | None = getattr(options, field)
    name = "".join(word.capitalize() for word in field.split("_"))
    found = prefixes.read(text, f"Options.{name}") if text else None
    return found if found and found.length else None


def direct_connect_gateway(
    shape: shapes.DirectConnectGateway, common: Common, gathered: Gathered, prefixes: Prefixes
) -> DirectConnectGateway:
    """Read a Direct Connect gateway and what it is associated with."""
    make = partial(_direct_connect_tie, prefixes=prefixes)
    return DirectConnectGateway(
        **_named(common, shape.direct_connect_gateway_name)._asdict(),
        state=shape.direct_connect_gateway_state or "available",
        asn=_asn(shape.amazon_side_asn),
        associations=gathered.read_parts(parts.DIRECT_CONNECT_TIES, common.id, make),
    )


def _direct_connect_tie(
    item: shapes.DirectConnectAssociation, prefixes: Prefixes
) -> DirectConnectAssociation:
    gateway = item.associated_gateway and item.associated_gateway.id
    field = "allowedPrefixesToDirectConnectGateway"
    return DirectConnectAssociation(
        gateway=gateway or item.virtual_gateway_id or "",
        state=item.association_state or "associated",
        allowed=tuple(
            prefixes.read(each.cidr, f"{field}[{row}].cidr")
            for row, each in enumerate(item.allowed_prefixes_to_direct_connect_gateway or ())
            if each.cidr
        ),
    )


def virtual_interface(shape: shapes.VirtualInterface, common: Common) -> VirtualInterface:
    """Read a virtual interface."""
    sessions = {peer.bgp_status for peer in shape.bgp_peers or ()}
    is_known = "up" in sessions or sessions == {"down"}
    return VirtualInterface(
        **_named(common, shape.virtual_interface_name)._asdict(),
        kind=shape.virtual_interface_type or "private",
        state=shape.virtual_interface_state or "available",
        direct_connect_gateway=shape.direct_connect_gateway_id or "",
        vpn_gateway=shape.virtual_gateway_id or "",
        is_up="up" in sessions if is_known else None,
        families=_families(shape.bgp_peers or []),
    )


def _families(peers: list[shapes.BgpPeer]) -> tuple[Family, ...]:
    """Return the IP versions of the sessions that may work; one that does not say is of both."""
    alive = [peer for peer in peers if peer.bgp_peer_state not in ("deleting", "deleted")]
    alive = [peer for peer in alive if peer.bgp_status != "down"]
    found = {_FAMILIES.get(peer.address_family or "") for peer in alive}
    return () if None in found else tuple(sorted(filter(None, found)))


def client_vpn_endpoint(
    shape: shapes.ClientVpnEndpoint, common: Common, gathered: Gathered, prefixes: Prefixes
) -> ClientVpnEndpoint:
    """Read a client VPN endpoint with its subnets, rules and routes."""
    clients, told = shape.client_cidr_block, gathered.read_parts
    rule, route = (
        partial(_client_rule, prefixes=prefixes),
        partial(_client_route, prefixes=prefixes),
    )
    return ClientVpnEndpoint(
        **common._asdict(),
        vpc=shape.vpc_id or "",
        clients=prefixes.read(clients, "ClientCidrBlock") if clients else None,
        state=_code(shape.status) or "available",
        groups=tuple(shape.security_group_ids or ()),
        subnets=told(parts.CLIENT_VPN_NETWORKS, common.id, _client_subnet),
        authorizations=told(parts.CLIENT_VPN_RULES, common.id, rule),
        routes=told(parts.CLIENT_VPN_ROUTES, common.id, route),
    )


def _client_subnet(item: shapes.ClientVpnNetwork) -> str | None:
    return item.target_network_id if _code(item.status) in _IN_FORCE else None


def _client_rule(item: shapes.ClientVpnRule, prefixes: Prefixes) -> ClientVpnAuthorization:
    return ClientVpnAuthorization(
        prefix=prefixes.read(item.destination_cidr or "", "DestinationCidr"),
        group="" if item.access_all else item.group_id or "",
        state=_code(item.status) or "active",
    )


def _client_route(item: shapes.ClientVpnRoute, prefixes: Prefixes) -> ClientVpnRoute:
    return ClientVpnRoute(
        prefix=prefixes.read(item.destination_cidr or "", "DestinationCidr"),
        subnet=item.target_subnet or "",
        state=_code(item.status) or "active",
    )


def _code(status: shapes.Status | None) -> str:
    return (status and status.code) or ""


def _asn(number: str | int | None) -> int | None:
    """Return the number of an autonomous system, where it is one."""
    return int(number) if number is not None and str(number).isdecimal() else None


def _named(common: Common, name: str | None) -> Common:
    """Take the name that Direct Connect gives a resource for its `Name` tag, if it has none."""
    return common._replace(tags={"Name": name, **common.tags}) if name else common
