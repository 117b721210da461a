"""What connections between networks refer to by id: VPCs, gateways, tables, attachments.

What lies in another account, or in a Region that the snapshot does not cover, is not missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netreach.model.connections import AttachmentKind, TransitAttachment
from netreach.model.snapshot import Snapshot

#: States in which a connection carries nothing and its ends may be gone.
_OVER = frozenset({"deleted", "deleting", "failed", "rejected", "expired"})


class Reference(NamedTuple):
    """One resource that names another by id."""

    referrer: str
    #: Field of Snapshot that should hold the other one.
    field: str
    target: str
    #: Field of Snapshot that holds the referrer, if it can't be judged without the other one.
    doubted: str = ""


def references_of_connections(snapshot: Snapshot) -> Iterator[Reference]:
    """Yield what peerings, transit gateways, VPNs and client VPN endpoints name."""
    yield from _of_peerings(snapshot)
    yield from _of_attachments(snapshot)
    yield from _of_transit_tables(snapshot)
    yield from _of_vpn(snapshot)
    yield from _of_client_vpn(snapshot)


def _of_peerings(snapshot: Snapshot) -> Iterator[Reference]:
    for peering in snapshot.peerings.values():
        if peering.state not in _OVER:
            for side in (peering.requester, peering.accepter):
                if _is_missed(snapshot, side.owner, side.region):
                    yield Reference(peering.id, "vpcs", side.vpc)


def _of_attachments(snapshot: Snapshot) -> Iterator[Reference]:
    for tie in snapshot.transit_attachments.values():
        if tie.state in _OVER:
            continue
        yield Reference(tie.id, "transit_route_tables", tie.table or "")
        if tie.kind is AttachmentKind.VPC:
            yield from _of_vpc_attachment(snapshot, tie)
        elif tie.kind is AttachmentKind.VPN and _is_missed(
            snapshot, tie.resource_owner, tie.region
        ):
            yield Reference(tie.id, "vpn_connections", tie.resource)


def _of_vpc_attachment(snapshot: Snapshot, tie: TransitAttachment) -> Iterator[Reference]:
    if _is_missed(snapshot, tie.resource_owner, tie.region):
        yield Reference(tie.id, "vpcs", tie.resource)
    if tie.resource in snapshot.vpcs:
        for subnet in tie.subnets or ():
            yield Reference(tie.id, "subnets", subnet)


def _of_transit_tables(snapshot: Snapshot) -> Iterator[Reference]:
    for table in snapshot.transit_route_tables.values():
        for number in table.propagations or ():
            yield Reference(table.id, "transit_attachments", number)
        for route in (*(table.static_routes or ()), *(table.propagated_routes or ())):
            if route.prefix_list and route.destination is None:
                yield Reference(table.id, "prefix_lists", route.prefix_list)
            if route.state == "active":
                for number in route.attachments:
                    yield Reference(table.id, "transit_attachments", number)


def _of_vpn(snapshot: Snapshot) -> Iterator[Reference]:
    for gateway in snapshot.vpn_gateways.values():
        for tie in gateway.attachments:
            if tie.state == "available":
                yield Reference(gateway.id, "vpcs", tie.vpc)
    for connection in snapshot.vpn_connections.values():
        if connection.state not in _OVER:
            yield Reference(connection.id, "customer_gateways", connection.customer_gateway)
            yield Reference(connection.id, "vpn_gateways", connection.vpn_gateway)
            yield Reference(connection.id, "transit_gateways", connection.transit_gateway)


def _of_client_vpn(snapshot: Snapshot) -> Iterator[Reference]:
    for endpoint in snapshot.client_vpn_endpoints.values():
        yield Reference(endpoint.id, "vpcs", endpoint.vpc)
        for subnet in endpoint.subnets or ():
            yield Reference(endpoint.id, "subnets", subnet)
        for group in endpoint.groups:
            yield Reference(endpoint.id, "security_groups", group)


def _is_missed(snapshot: Snapshot, owner: str, region: str) -> bool:
    """Tell whether the snapshot should hold what an account has in a Region."""
    vpcs = snapshot.vpcs.values()
    owners = {vpc.owner for vpc in vpcs if vpc.owner}
    regions = {vpc.region for vpc in vpcs if vpc.region}
    is_foreign = bool(owner and owners and owner not in owners)
    is_far = bool(region and regions and region not in regions)
    return not (is_foreign or is_far)
