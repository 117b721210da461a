"""Peerings, transit gateways and VPN of a snapshot, written out as AWS would describe them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netreach.model.connections import (
    AttachmentKind,
    PeeredVpc,
    TransitAttachment,
    TransitRoute,
    TransitRouteTable,
    VpnConnection,
)
from netreach.model.records import Resource
from netreach.model.snapshot import Snapshot

Json = dict[str, Any]


def connections_as_describe(snapshot: Snapshot) -> Json:
    """Return a key for each call."""
    ties, tables = snapshot.transit_attachments.values(), snapshot.transit_route_tables.values()
    return {
        "VpcPeeringConnections": [
            described(
                p,
                "VpcPeeringConnectionId",
                RequesterVpcInfo=_side(p.requester),
                AccepterVpcInfo=_side(p.accepter),
                Status={"Code": p.state},
            )
            for p in snapshot.peerings.values()
        ],
        "TransitGateways": [
            described(
                g,
                "TransitGatewayId",
                State=g.state,
                Options={
                    "VpnEcmpSupport": _switch(g.vpn_ecmp),
                    "SecurityGroupReferencingSupport": _switch(g.references_groups),
                    "MulticastSupport": _switch(g.is_multicast),
                },
            )
            for g in snapshot.transit_gateways.values()
        ],
        "TransitGatewayAttachments": [_attachment(tie) for tie in ties],
        "TransitGatewayVpcAttachments": [
            _vpc_attachment(tie) for tie in ties if tie.kind is AttachmentKind.VPC
        ],
        "TransitGatewayConnects": [
            described(
                tie,
                "TransitGatewayAttachmentId",
                TransitGatewayId=tie.gateway,
                TransportTransitGatewayAttachmentId=tie.transport,
            )
            for tie in ties
            if tie.kind is AttachmentKind.CONNECT
        ],
        "TransitGatewayPeeringAttachments": [
            _peering(tie)
            for tie in ties
            if tie.kind is AttachmentKind.PEERING and "@" not in tie.id
        ],
        "TransitGatewayRouteTables": [
            described(
                t,
                "TransitGatewayRouteTableId",
                TransitGatewayId=t.gateway,
                State=t.state,
                DefaultAssociationRouteTable=t.is_default_association,
                DefaultPropagationRouteTable=t.is_default_propagation,
            )
            for t in tables
        ],
        "TransitGatewayStaticRoutes": [_search(t, t.static_routes or ()) for t in tables],
        "pages": [
            *(_search(t, t.propagated_routes) for t in tables if t.propagated_routes is not None),
            *(_propagations(t) for t in tables),
            {"TransitGatewayPrefixListReferences": [each for t in tables for each in _lists(t)]},
        ],
        "VpnGateways": [
            described(
                g,
                "VpnGatewayId",
                State=g.state,
                AmazonSideAsn=g.asn,
                VpcAttachments=[
                    {"VpcId": a.vpc, "State": "attached" if a.state == "available" else a.state}
                    for a in g.attachments
                ],
            )
            for g in snapshot.vpn_gateways.values()
        ],
        "CustomerGateways": [
            described(
                g,
                "CustomerGatewayId",
                State=g.state,
                IpAddress=None if g.address is None else str(g.address),
                BgpAsn=None if g.asn is None else str(g.asn),
            )
            for g in snapshot.customer_gateways.values()
        ],
        "VpnConnections": [
            described(
                c,
                "VpnConnectionId",
                State=c.state,
                CustomerGatewayId=c.customer_gateway,
                VpnGatewayId=c.vpn_gateway or None,
                TransitGatewayId=c.transit_gateway or None,
                Options=_vpn_options(c),
                Routes=[{"DestinationCidrBlock": str(r), "State": "available"} for r in c.routes],
                VgwTelemetry=None if c.tunnels_up is None else [{"Status": "UP"}] * c.tunnels_up,
            )
            for c in snapshot.vpn_connections.values()
        ],
    }


def _vpn_options(connection: VpnConnection) -> Json:
    version = connection.family
    sides = {"Local": connection.site_side, "Remote": connection.aws_side}
    whole = "0.0.0.0/0" if version == 4 else "::/0"
    return {
        "StaticRoutesOnly": connection.is_static,
        "TunnelInsideIpVersion": f"ipv{version}",
        **{f"{word}Ipv{version}NetworkCidr": str(side or whole) for word, side in sides.items()},
    }


def described(record: Resource, key: str, **fields: object) -> Json:
    """Return what every description of a resource holds, and more."""
    tags = [{"Key": name, "Value": value} for name, value in record.tags.items()]
    return {key: record.id.partition("@")[0], "OwnerId": record.owner, "Tags": tags, **fields}


def _switch(on: bool) -> str:
    return "enable" if on else "disable"


def _side(side: PeeredVpc) -> Json:
    names = side.resolves_remote_names
    return {
        "VpcId": side.vpc,
        "OwnerId": side.owner,
        "Region": side.region,
        "CidrBlockSet": [{"CidrBlock": str(p)} for p in side.prefixes if p.family == 4],
        "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": str(p)} for p in side.prefixes if p.family == 6],
        "PeeringOptions": None if names is None else {"AllowDnsResolutionFromRemoteVpc": names},
    }


def _attachment(tie: TransitAttachment) -> Json:
    item = described(
        tie,
        "TransitGatewayAttachmentId",
        TransitGatewayId=tie.gateway,
        TransitGatewayOwnerId=tie.owner,
        ResourceType=tie.kind,
        ResourceId=tie.resource,
        ResourceOwnerId=tie.resource_owner,
        State=tie.state,
    )
    if tie.table is None:  # on its way: nobody can say which one it has
        item["Association"] = {"State": "associating"}
    elif tie.table:
        item["Association"] = {"TransitGatewayRouteTableId": tie.table, "State": "associated"}
    return item


def _vpc_attachment(tie: TransitAttachment) -> Json:
    return described(
        tie,
        "TransitGatewayAttachmentId",
        TransitGatewayId=tie.gateway,
        VpcId=tie.resource,
        VpcOwnerId=tie.resource_owner,
        State=tie.state,
        SubnetIds=None if tie.subnets is None else list(tie.subnets),
        Options={
            "ApplianceModeSupport": _switch(tie.is_appliance),
            "Ipv6Support": _switch(tie.supports_ipv6),
            "SecurityGroupReferencingSupport": _switch(tie.references_groups),
        },
    )


def _peering(tie: TransitAttachment) -> Json:
    return described(
        tie,
        "TransitGatewayAttachmentId",
        State=tie.state,
        RequesterTgwInfo={"TransitGatewayId": tie.gateway, "Region": tie.region},
        AccepterTgwInfo={"TransitGatewayId": tie.peer, "Region": tie.peer_region},
    )


def _search(table: TransitRouteTable, routes: tuple[TransitRoute, ...]) -> Json:
    named = {"TransitGatewayRouteTableId": table.id, "AdditionalRoutesAvailable": False}
    return named | {
        "Routes": [
            {
                "DestinationCidrBlock": str(route.destination),
                "TransitGatewayAttachments": [
                    {"TransitGatewayAttachmentId": each.partition("@")[0]}
                    for each in route.attachments
                ],
                "Type": "static" if route.is_static else "propagated",
                "State": route.state,
            }
            for route in routes
            if route.destination is not None
        ]
    }


def _propagations(table: TransitRouteTable) -> Json:
    ties = [
        {"TransitGatewayAttachmentId": each.partition("@")[0], "State": "enabled"}
        for each in table.propagations or ()
    ]
    return {
        "TransitGatewayRouteTableId": table.id,
        "TransitGatewayRouteTablePropagations": ties,
    }


def _lists(table: TransitRouteTable) -> Iterator[Json]:
    for route in table.static_routes or ():
        if route.destination is None:
            tie = next(iter(route.attachments), None)
            yield {
                "TransitGatewayRouteTableId": table.id,
                "PrefixListId": route.prefix_list,
                "State": "available",
                "Blackhole": route.state == "blackhole",
                "TransitGatewayAttachment": tie and {"TransitGatewayAttachmentId": tie},
            }
