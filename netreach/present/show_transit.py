"""Pages about what joins VPCs: peerings, transit gateways, their attachments and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from netreach.model.connections import (
    ConnectPeer,
    MulticastDomain,
    PeeredVpc,
    TransitAttachment,
    TransitGateway,
    TransitPolicyTable,
    TransitRoute,
    TransitRouteTable,
    VpcPeering,
)
from netreach.model.relations import Relations
from netreach.present.page import Fact, Page, Table, Value, texts
from netreach.present.show_parts import (
    common_facts,
    id_rows,
    leading_to,
    name_of,
    notes_of,
    records_table,
    reference,
    unsaid,
)


def peering_page(record: VpcPeering, relations: Relations) -> Page:
    """Return the page about a peering connection."""
    facts = (Fact("state", record.state), *common_facts(record))
    columns = ("side", "vpc", "name", "account", "region", "cidrs", "resolves_names")
    rows = (
        ("requester", *_side(record.requester, relations)),
        ("accepter", *_side(record.accepter, relations)),
    )
    tables = (Table("sides", columns, rows), leading_to(record, relations))
    notes = notes_of(record, relations)
    return Page("vpc-peering-connection", record.id, record.name, facts, tables, notes)


def _side(side: PeeredVpc, relations: Relations) -> tuple[Value, ...]:
    vpc = relations.snapshot.vpcs.get(side.vpc)
    return (
        side.vpc,
        name_of(relations, side.vpc),
        side.owner or (vpc.owner if vpc else ""),
        side.region or (vpc.region if vpc else ""),
        texts(vpc.prefixes if vpc else side.prefixes),
        side.resolves_remote_names,
    )


def gateway_page(record: TransitGateway, relations: Relations) -> Page:
    """Return the page about a transit gateway."""
    facts = (
        Fact("state", record.state),
        Fact("vpn_ecmp", record.vpn_ecmp),
        Fact("references_groups", record.references_groups),
        Fact("multicast", record.is_multicast),
        *common_facts(record),
    )
    known = relations.snapshot
    attachments = [one for one in known.transit_attachments.values() if one.gateway == record.id]
    tables = [one for one in known.transit_route_tables.values() if one.gateway == record.id]
    shown = (
        _attachments("attachments", attachments, relations),
        records_table("transit_route_tables", tables),
        records_table("policy_tables", _of(record, known.transit_policy_tables)),
        records_table("multicast_domains", _of(record, known.multicast_domains)),
        leading_to(record, relations),
    )
    notes = notes_of(record, relations)
    return Page("transit-gateway", record.id, record.name, facts, shown, notes)


def _of(
    gateway: TransitGateway, records: Mapping[str, TransitPolicyTable | MulticastDomain]
) -> list[TransitPolicyTable | MulticastDomain]:
    return [one for one in records.values() if one.gateway == gateway.id]


def _attachments(
    key: str, records: Iterable[TransitAttachment], relations: Relations, note: str = ""
) -> Table:
    columns = ("id", "name", "type", "resource", "resource_name", "state", "route_table")
    rows = tuple(
        (
            one.id,
            one.name,
            str(one.kind),
            one.peer or one.resource,
            name_of(relations, one.peer or one.resource),
            one.state,
            "not said" if one.table is None else one.table,
        )
        for one in records
    )
    return Table(key, columns, rows, note)


def attachment_page(record: TransitAttachment, relations: Relations) -> Page:
    """Return the page about a transit gateway attachment."""
    facts = (
        Fact("state", record.state),
        reference("transit_gateway", record.gateway, relations),
        Fact("type", str(record.kind)),
        reference("resource", record.resource, relations),
        Fact("resource_account", record.resource_owner or None),
        reference("peer", record.peer, relations),
        Fact("peer_region", record.peer_region or None),
        reference("transport", record.transport, relations),
        reference("route_table", record.table or "", relations),
        reference("policy_table", _policy_of(record, relations), relations),
        Fact("appliance_mode", record.is_appliance),
        Fact("ipv6", record.supports_ipv6),
        Fact("references_groups", record.references_groups),
        *common_facts(record),
    )
    tables = (
        Table("subnets", ("id", "name"), id_rows(record.subnets or (), relations)),
        records_table("propagates_to", _propagating(record, relations)),
        records_table("connect_peers", _peers(record, relations)),
    )
    notes = (*_attachment_gaps(record, relations), *notes_of(record, relations))
    return Page("transit-gateway-attachment", record.id, record.name, facts, tables, notes)


def _propagating(record: TransitAttachment, relations: Relations) -> list[TransitRouteTable]:
    tables = relations.snapshot.transit_route_tables.values()
    return [one for one in tables if record.id in (one.propagations or ())]


def _policy_of(record: TransitAttachment, relations: Relations) -> str:
    """Return the policy table that stands in the place of a route table, if one does [TG-10]."""
    for one in relations.snapshot.transit_policy_tables.values():
        if record.id in (one.attachments or ()):
            return one.id
    return ""


def _peers(record: TransitAttachment, relations: Relations) -> list[ConnectPeer]:
    peers = relations.snapshot.connect_peers.values()
    return [one for one in peers if one.attachment == record.id]


def _attachment_gaps(record: TransitAttachment, relations: Relations) -> Iterator[str]:
    """Say what of an attachment is missing, or is none."""
    if not record.table and not _policy_of(record, relations):
        yield _no_table(record, relations)
    if record.kind == "vpc" and record.subnets is None:
        yield unsaid("in which subnets it is")


def _no_table(record: TransitAttachment, relations: Relations) -> str:
    """Say what comes of it that no table is known that routes what comes from an attachment."""
    if record.table is None:
        return unsaid("with which route table it is associated")
    policies = relations.snapshot.transit_policy_tables.values()
    if any(one.gateway == record.gateway and one.attachments is None for one in policies):
        return unsaid("with which policy table it is associated, if with any")
    return "it is associated with no route table: what comes from it is dropped"


def table_page(record: TransitRouteTable, relations: Relations) -> Page:
    """Return the page about a transit route table."""
    facts = (
        Fact("state", record.state),
        reference("transit_gateway", record.gateway, relations),
        Fact("default_association", record.is_default_association),
        Fact("default_propagation", record.is_default_propagation),
        *common_facts(record),
    )
    known = relations.snapshot.transit_attachments
    served = [one for one in known.values() if one.table == record.id]
    told = [known[one] for one in record.propagations or () if one in known]
    tables = (
        _routes(record, relations),
        _attachments("associations", served, relations, "whose packets it routes"),
        _attachments("propagations", told, relations, "that make routes in it"),
    )
    notes = (*_table_gaps(record, relations), *notes_of(record, relations))
    return Page("transit-gateway-route-table", record.id, record.name, facts, tables, notes)


def _routes(record: TransitRouteTable, relations: Relations) -> Table:
    columns = ("destination", "type", "state", "attachments", "leads_to")
    routes = (*(record.static_routes or ()), *(record.propagated_routes or ()))
    rows = tuple(
        (
            str(route.destination) if route.destination is not None else route.prefix_list,
            "static" if route.is_static else "propagated",
            route.state,
            route.attachments,
            tuple(_beyond(one, relations) for one in route.attachments),
        )
        for route in sorted(routes, key=_rank)
    )
    return Table("routes", columns, rows, "in the order in which they match")


def _rank(route: TransitRoute) -> tuple[int, int, int, bool]:
    """Order routes as they match: the longest prefix, then static before propagated [TG-2]."""
    prefix = route.destination
    if prefix is None:
        return 4, 0, 0, not route.is_static
    return prefix.family, -prefix.length, prefix.first, not route.is_static


def _beyond(attachment: str, relations: Relations) -> str:
    """Return what is attached, by name if it has one."""
    record = relations.snapshot.transit_attachments.get(attachment)
    if record is None:
        return f"{attachment} (not in the snapshot)"
    beyond = record.peer or record.resource
    return name_of(relations, beyond) or beyond


def _table_gaps(record: TransitRouteTable, relations: Relations) -> Iterator[str]:
    """Say which of its routes are missing, or follow from what is attached."""
    if record.static_routes is None:
        yield unsaid("which static routes it has")
    if record.propagations is None and record.propagated_routes is None:
        yield unsaid("which attachments propagate into it")
    elif record.propagated_routes is None:
        yield "propagated routes are not listed: they are those of the attachments that propagate"
    for number in record.propagations or ():
        if number not in relations.snapshot.transit_attachments:
            yield f"{number}, which propagates into it, is not in the snapshot"
