"""Describe JSON -> peerings and transit gateways. Reads AWS's spellings and decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.policy import policies
from tests.oracle.spelling import Estate, Record, prefix
from tests.oracle.world import (
    PeeredVpc,
    Peering,
    Tie,
    Transit,
    TransitRoute,
    TransitTable,
)


def peerings(estate: Estate) -> dict[str, Peering]:
    """Read the VPC peering connections."""
    return {
        record["VpcPeeringConnectionId"]: Peering(
            record["VpcPeeringConnectionId"],
            record["Status"]["Code"],
            (_side(record["RequesterVpcInfo"]), _side(record["AccepterVpcInfo"])),
        )
        for record in estate.get("VpcPeeringConnections", ())
    }


def _side(record: Record) -> PeeredVpc:
    blocks = [block["CidrBlock"] for block in record.get("CidrBlockSet", ())]
    blocks += [block["Ipv6CidrBlock"] for block in record.get("Ipv6CidrBlockSet", ())]
    return PeeredVpc(record["VpcId"], record["Region"], tuple(map(prefix, blocks)))


def transit(estate: Estate) -> Transit:
    """Read the transit gateways, their attachments and their tables."""
    return Transit(
        {
            record["TransitGatewayId"]: _says_yes(record, "SecurityGroupReferencingSupport")
            for record in estate.get("TransitGateways", ())
        },
        {
            record["TransitGatewayId"]: _says_yes(record, "VpnEcmpSupport", default="enable")
            for record in estate.get("TransitGateways", ())
        },
        tuple(_ties(estate)),
        {
            record["TransitGatewayRouteTableId"]: _table(estate, record)
            for record in estate.get("TransitGatewayRouteTables", ())
        },
        policies(estate),
    )


def _says_yes(record: Record, option: str, default: str = "disable") -> bool:
    return bool(record.get("Options", {}).get(option, default) == "enable")


def _ties(estate: Estate) -> Iterator[Tie]:
    """Read the attachments: a list of all, and one of the VPCs' with more about them."""
    details = {
        record["TransitGatewayAttachmentId"]: record
        for record in estate.get("TransitGatewayVpcAttachments", ())
    }
    records = estate.get("TransitGatewayAttachments", ())
    # who sees associations at all sees where there is none
    telling = {record["TransitGatewayId"] for record in records if "Association" in record}
    chosen = {tie: one.id for one in policies(estate).values() for tie in one.ties}
    # and where nobody says whose a policy table is, it may be theirs that have no other
    telling -= {one.gateway for one in policies(estate).values() if not one.ties}
    for record in records:
        more = details.get(record["TransitGatewayAttachmentId"], {})
        none = "" if record["TransitGatewayId"] in telling else None
        yield Tie(
            id=record["TransitGatewayAttachmentId"],
            gateway=record["TransitGatewayId"],
            kind=record["ResourceType"],
            resource=record["ResourceId"],
            state=record["State"],
            table=record.get("Association", {}).get("TransitGatewayRouteTableId", none),
            subnets=tuple(more["SubnetIds"]) if more else None,
            is_appliance=_says_yes(more, "ApplianceModeSupport"),
            has_ipv6=_says_yes(more, "Ipv6Support"),
            knows_groups=_says_yes(more, "SecurityGroupReferencingSupport", default="enable"),
            policy=chosen.get(record["TransitGatewayAttachmentId"], ""),
        )


def _table(estate: Estate, record: Record) -> TransitTable:
    name = record["TransitGatewayRouteTableId"]
    static = _of_table(estate, "TransitGatewayStaticRoutes", name, "Routes")
    told = _of_table(
        estate, "TransitGatewayPropagations", name, "TransitGatewayRouteTablePropagations"
    )
    routes = [_route(route) for route in static or ()]
    learned = tuple(route for route in routes if not route.is_static)
    return TransitTable(
        name,
        record["TransitGatewayId"],
        None if static is None else tuple(route for route in routes if route.is_static),
        None if told is None else tuple(tie["TransitGatewayAttachmentId"] for tie in told),
        learned or None,  # a search that shows one shows all
    )


def _of_table(estate: Estate, key: str, table: str, field: str) -> list[Record] | None:
    """Return what one table has of something; None where nobody asked about that table."""
    for record in estate.get(key, ()):
        if record["TransitGatewayRouteTableId"] == table:
            return list(record[field])
    return None


def _route(record: Record) -> TransitRoute:
    ties = record.get("TransitGatewayAttachments", ())
    return TransitRoute(
        prefix(record["DestinationCidrBlock"]),
        record["State"],
        tuple(tie["TransitGatewayAttachmentId"] for tie in ties),
        is_static=record["Type"] == "static",
    )
