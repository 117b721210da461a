"""Pages about what moves packets on: route tables, gateways, Elastic IPs, what is not modelled."""

from __future__ import annotations

from netreach.model.records import (
    EgressOnlyInternetGateway,
    ElasticIp,
    InternetGateway,
    NatGateway,
    Route,
    RouteOrigin,
    RouteTable,
    TargetKind,
    Unmodelled,
)
from netreach.model.relations import RankedRoute, Relations
from netreach.present.page import Fact, Page, Table, Value
from netreach.present.show_parts import (
    common_facts,
    leading_to,
    notes_of,
    reference,
    target_label,
)


def route_table_page(record: RouteTable, relations: Relations) -> Page:
    """Return the page about a route table."""
    facts = (
        reference("vpc", record.vpc, relations),
        Fact("main", record.is_main),
        Fact("gateways", record.gateways),
        *common_facts(record),
    )
    tables = (_routes(record, relations), _served(record, relations))
    return Page("route-table", record.id, record.name, facts, tables, notes_of(record, relations))


def _served(record: RouteTable, relations: Relations) -> Table:
    rows = tuple(
        (subnet.id, subnet.name, subnet.id in record.subnets)
        for subnet in relations.subnets_served_by(record)
    )
    return Table("subnets", ("id", "name", "explicit"), rows, "that it serves")


def _routes(record: RouteTable, relations: Relations) -> Table:
    columns = ("destination", "target", "target_kind", "name", "state", "origin", "remark")
    rows = tuple(_route(ranked, relations) for ranked in relations.ranked_routes(record))
    return Table("routes", columns, rows, "in the order in which they match")


def _route(ranked: RankedRoute, relations: Relations) -> tuple[Value, ...]:
    route = ranked.route
    found = relations.snapshot.find(route.target) if route.target else None
    return (
        route_destination(route),
        target_label(route.target_kind, route.target),
        str(route.target_kind),
        found[1].name if found else "",
        str(route.state),
        _ORIGINS[route.origin],
        _remark(ranked, relations, is_known=found is not None),
    )


_ORIGINS = {
    RouteOrigin.CREATE_ROUTE_TABLE: "table",
    RouteOrigin.CREATE_ROUTE: "static",
    RouteOrigin.PROPAGATED: "propagated",
    RouteOrigin.ADVERTISEMENT: "advertised",
}


def route_destination(route: Route) -> str:
    """Return the prefix of a route, or the id of its prefix list."""
    return str(route.destination) if route.destination is not None else route.prefix_list


def _remark(ranked: RankedRoute, relations: Relations, *, is_known: bool) -> str:
    """Say what is special about a route, in a few words."""
    route = ranked.route
    if not ranked.is_used:
        return "never used"
    if route.prefix_list:
        entries = relations.destinations(route)
        return "entries unknown" if entries is None else f"{len(entries)} entries"
    if route.target_kind is TargetKind.LOCAL or is_known:
        return ""
    return "target not in the snapshot" if route.target else ""


def internet_gateway_page(record: InternetGateway, relations: Relations) -> Page:
    """Return the page about an internet gateway."""
    return _gateway_page(record, "internet-gateway", relations)


def egress_only_gateway_page(record: EgressOnlyInternetGateway, relations: Relations) -> Page:
    """Return the page about an egress-only internet gateway."""
    return _gateway_page(record, "egress-only-internet-gateway", relations)


def _gateway_page(
    record: InternetGateway | EgressOnlyInternetGateway, kind: str, relations: Relations
) -> Page:
    rows = tuple((tie.vpc, tie.state) for tie in record.attachments)
    tables = (Table("attachments", ("vpc", "state"), rows), leading_to(record, relations))
    notes = notes_of(record, relations)
    if not record.attachments:
        notes = ("it is attached to no VPC", *notes)
    return Page(kind, record.id, record.name, tuple(common_facts(record)), tables, notes)


def nat_gateway_page(record: NatGateway, relations: Relations) -> Page:
    """Return the page about a NAT gateway."""
    facts = (
        Fact("state", record.state),
        Fact("connectivity", "public" if record.is_public else "private"),
        Fact("regional", record.is_regional),
        reference("subnet", record.subnet, relations),
        reference("vpc", record.vpc, relations),
        *common_facts(record),
    )
    columns = ("private_address", "public_address", "interface", "status")
    rows = tuple(
        (
            str(part.private) if part.private else None,
            str(part.public) if part.public else None,
            part.interface,
            part.status,
        )
        for part in record.addresses
    )
    tables = (Table("addresses", columns, rows), leading_to(record, relations))
    return Page("nat-gateway", record.id, record.name, facts, tables, notes_of(record, relations))


def elastic_ip_page(record: ElasticIp, relations: Relations) -> Page:
    """Return the page about an Elastic IP."""
    facts = (
        Fact("public_address", str(record.public) if record.public else None),
        Fact("private_address", str(record.private) if record.private else None),
        reference("interface", record.interface, relations),
        reference("instance", record.instance, relations),
        *common_facts(record),
    )
    is_tied = record.interface or record.instance
    odd = () if is_tied else ("it is tied to nothing",)
    notes = (*odd, *notes_of(record, relations))
    return Page("elastic-ip", record.id, record.name, facts, (), notes)


def outline_page(record: Unmodelled, relations: Relations, *, is_modelled: bool) -> Page:
    """Return the page about a resource of which nothing but the outline is shown."""
    facts = (reference("vpc", record.vpc, relations), *common_facts(record))
    missing = () if is_modelled else ("not modelled yet: a path that would enter it is unknown",)
    notes, tables = (*missing, *notes_of(record, relations)), (leading_to(record, relations),)
    return Page(record.kind, record.id, record.name, facts, tables, notes)
