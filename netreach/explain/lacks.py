"""What exactly a snapshot lacks where a path ends in the unknown, and which call would tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from netreach.explain.records import Component, ComponentType
from netreach.model.connections import (
    AttachmentKind,
    ClientVpnEndpoint,
    TransitAttachment,
    TransitGateway,
    TransitRouteTable,
    VpcPeering,
)
from netreach.model.services import LoadBalancer, TargetGroup, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.query.words import brief, safe


def lacking(snapshot: Snapshot, place: Component, vpc: str) -> str:
    """Say what a snapshot lacks of a component; "" where the usual sentence has to do.

    `vpc` is where the packet is.
    """
    found = snapshot.find(place.id) if place.id else None
    if not place.id and place.type is ComponentType.ROUTE_TABLE:
        return f"the snapshot lacks {safe(place.name)}; add the answer of describe-route-tables"
    if found is None:
        lost = f"the snapshot lacks {safe(brief(place.id))}, which the path needs"
        return lost if place.id else ""
    tell = _TELLERS.get(type(found[1]))
    return tell(snapshot, found[1], vpc) if tell else ""


def _of_attachment(snapshot: Snapshot, record: TransitAttachment, _vpc: str) -> str:
    name = safe(record.id)
    if record.kind is AttachmentKind.VPC:
        if record.resource not in snapshot.vpcs:
            return f"the snapshot lacks {safe(record.resource)}, to which {name} leads"
        if record.subnets is None:
            return (
                f"the snapshot does not say in which subnets {name} is; add the answer of "
                "describe-transit-gateway-vpc-attachments"
            )
        lost = [one for one in record.subnets if one not in snapshot.subnets]
        if lost:
            return (
                f"the snapshot lacks {safe(lost[0])}, where {name} enters {safe(record.resource)}"
            )
    if record.table is None:
        return (
            f"the snapshot does not say with which route table {name} is associated; add the "
            "answer of describe-transit-gateway-attachments"
        )
    if record.table and record.table not in snapshot.transit_route_tables:
        return f"the snapshot lacks {safe(record.table)}, which routes what comes from {name}"
    other = record.peer or record.resource
    if other and snapshot.find(other) is None:
        return f"the snapshot lacks {safe(other)}, to which {name} leads"
    return ""


def _of_transit_gateway(_snapshot: Snapshot, record: TransitGateway, vpc: str) -> str:
    where = safe(vpc) or "where the packet comes from"
    return (
        f"the snapshot holds no attachment of {where} to {safe(record.id)}; add the answer of "
        "describe-transit-gateway-vpc-attachments"
    )


def _of_transit_table(_snapshot: Snapshot, record: TransitRouteTable, _vpc: str) -> str:
    if record.static_routes is None or record.propagated_routes is None:
        return (
            f"the snapshot does not hold all routes of {safe(record.id)}; add the answer of "
            "search-transit-gateway-routes"
        )
    return ""


def _of_peering(snapshot: Snapshot, record: VpcPeering, _vpc: str) -> str:
    sides = (record.requester.vpc, record.accepter.vpc)
    lost = next((one for one in sides if one not in snapshot.vpcs), "")
    return f"the snapshot lacks {safe(lost)}, to which {safe(record.id)} leads" if lost else ""


def _of_client_vpn(_snapshot: Snapshot, record: ClientVpnEndpoint, _vpc: str) -> str:
    for known, what, call in (
        (record.authorizations, "whom {} lets go where", "authorization-rules"),
        (record.routes, "which routes {} has", "routes"),
    ):
        if known is None:
            told = what.format(safe(record.id))
            return f"the snapshot does not say {told}; add the answer of describe-client-vpn-{call}"
    return f"the snapshot holds no network interface of {safe(record.id)} where its route leads"


def _of_balancer(_snapshot: Snapshot, record: LoadBalancer, _vpc: str) -> str:
    if record.listeners is None:
        return (
            f"the snapshot does not say which listeners {safe(brief(record.id))} has; add the "
            "answer of describe-listeners"
        )
    return ""


def _of_target_group(snapshot: Snapshot, record: TargetGroup, _vpc: str) -> str:
    if record.targets is None:
        return (
            f"the snapshot does not say which targets {safe(brief(record.id))} has; add the "
            "answer of describe-target-health"
        )
    lost = [one.id for one in record.targets if not _is_placed(snapshot, record, one.id)]
    if lost:
        return (
            f"the snapshot holds no network interface of {safe(brief(lost[0]))}, a target of "
            f"{safe(brief(record.id))}"
        )
    return ""


def _is_placed(snapshot: Snapshot, group: TargetGroup, target: str) -> bool:
    """Tell whether a target that is an instance or a balancer has an interface."""
    if group.target_kind == "instance":
        return any(one.instance == target for one in snapshot.interfaces.values())
    return group.target_kind != "alb" or target in snapshot.load_balancers


def _of_endpoint(snapshot: Snapshot, record: VpcEndpoint, _vpc: str) -> str:
    if any(one in snapshot.interfaces for one in record.interfaces):
        return ""
    return f"the snapshot holds no network interface of {safe(record.id)}"


_TELLERS: Final[Mapping[type, Callable[[Snapshot, Any, str], str]]] = {
    TransitAttachment: _of_attachment,
    TransitGateway: _of_transit_gateway,
    TransitRouteTable: _of_transit_table,
    VpcPeering: _of_peering,
    ClientVpnEndpoint: _of_client_vpn,
    LoadBalancer: _of_balancer,
    TargetGroup: _of_target_group,
    VpcEndpoint: _of_endpoint,
}
