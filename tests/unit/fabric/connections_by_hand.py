"""The base estate with its two VPCs joined, by a peering or by a transit gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from netreach.model.connections import (
    AttachmentKind,
    PeeredVpc,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitRouteTable,
    VpcPeering,
)
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.estates_by_hand import Form, snapshot

PEERING: Final = "vpc-peering-connection:pcx-1"
TRANSIT: Final = "transit-gateway:tgw-1"
SHOP, LAB = "vpc-shop", "vpc-lab"
LAB_1 = "10.1.1.10"


def both_routes(target: str, *, back: bool = True, forth: bool = True) -> Snapshot:
    """Read the base estate with a route each way: web and db to the lab, the lab to the shop."""
    shop: Form = {name: {"routes": {"10.1.0.0/16": target}} for name in ("web", "main") if forth}
    lab: Form = {"public": {"routes": {"10.0.0.0/16": target}}} if back else {}
    return snapshot(route_tables=shop, rest={"vpcs": {"lab": {"route_tables": lab}}})


def peering(**changes: Any) -> VpcPeering:  # noqa: ANN401 - the record's own fields
    """Return the peering of the two VPCs."""
    fields: dict[str, Any] = {
        "requester": PeeredVpc(vpc=SHOP, region="eu-central-1"),
        "accepter": PeeredVpc(vpc=LAB, region="eu-central-1"),
    }
    return VpcPeering(id="pcx-1", **(fields | changes))


def peered(base: Snapshot | None = None, *more: VpcPeering, **changes: Any) -> Network:  # noqa: ANN401
    """Compile the base estate with its VPCs peered."""
    base = both_routes(PEERING) if base is None else base
    records = {one.id: one for one in (peering(**changes), *more)}
    return Network(replace(base, peerings=records))


def attachment(name: str, vpc: str, *subnets: str, **changes: Any) -> TransitAttachment:  # noqa: ANN401
    """Return the attachment of a VPC to the transit gateway, associated with its one table."""
    fields: dict[str, Any] = {
        "gateway": "tgw-1",
        "kind": AttachmentKind.VPC,
        "resource": vpc,
        "table": "tgw-rtb-1",
        "subnets": subnets,
    }
    return TransitAttachment(id=name, **(fields | changes))


def table(
    *routes: TransitRoute,
    propagations: tuple[str, ...] | None = ("tgw-attach-shop", "tgw-attach-lab"),
) -> TransitRouteTable:
    """Return the transit gateway's one route table."""
    return TransitRouteTable(
        id="tgw-rtb-1", gateway="tgw-1", static_routes=routes, propagations=propagations
    )


def static(destination: str, *attachments: str, state: str = "active") -> TransitRoute:
    """Return a static transit route."""
    prefix = Prefix.parse(destination)
    return TransitRoute(destination=prefix, attachments=attachments, state=state)


def attached(
    base: Snapshot | None = None,
    *,
    shop: Mapping[str, Any] | None = None,
    lab: Mapping[str, Any] | None = None,
    tables: tuple[TransitRouteTable, ...] | None = None,
    gateway: Mapping[str, Any] | None = None,
    more: tuple[TransitAttachment, ...] = (),
) -> Network:
    """Compile the base estate with both VPCs attached to a transit gateway, in zones a and b."""
    base = both_routes(TRANSIT) if base is None else base
    sides = {"subnets": ("subnet-web-a", "subnet-db-b")} | dict(shop or {})
    ties = (
        attachment("tgw-attach-shop", SHOP, **sides),
        attachment("tgw-attach-lab", LAB, **({"subnets": ("subnet-lab-a",)} | dict(lab or {}))),
        *more,
    )
    hubs = (TransitGateway(id="tgw-1", **(gateway or {})),)
    return Network(
        replace(
            base,
            transit_gateways={hub.id: hub for hub in hubs},
            transit_attachments={tie.id: tie for tie in ties},
            transit_route_tables={one.id: one for one in tables or (table(),)},
        )
    )
