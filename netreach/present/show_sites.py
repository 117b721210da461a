"""Pages about the ways to sites and users: VPN, Direct Connect, client VPN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netreach.model.connections import (
    ClientVpnEndpoint,
    CustomerGateway,
    DirectConnectGateway,
    VirtualInterface,
    VpnConnection,
    VpnGateway,
)
from netreach.model.relations import Relations
from netreach.present.page import Fact, Page, Table, texts
from netreach.present.show_parts import (
    common_facts,
    id_rows,
    leading_to,
    name_of,
    notes_of,
    reference,
    unsaid,
)


def vpn_gateway_page(record: VpnGateway, relations: Relations) -> Page:
    """Return the page about a virtual private gateway."""
    facts = (Fact("state", record.state), Fact("asn", record.asn), *common_facts(record))
    known = relations.snapshot
    columns = ("vpc", "name", "state")
    ties = tuple((one.vpc, name_of(relations, one.vpc), one.state) for one in record.attachments)
    connections = [one for one in known.vpn_connections.values() if one.vpn_gateway == record.id]
    virtual = [one for one in known.virtual_interfaces.values() if one.vpn_gateway == record.id]
    tables = (
        Table("attachments", columns, ties),
        _connections(connections, relations),
        _virtual(virtual),
        _associations_of(record.id, relations),
        leading_to(record, relations),
    )
    notes = notes_of(record, relations)
    if not record.attachments:
        notes = ("it is attached to no VPC", *notes)
    return Page("vpn-gateway", record.id, record.name, facts, tables, notes)


def _connections(records: Iterable[VpnConnection], relations: Relations) -> Table:
    columns = ("id", "name", "customer_gateway", "state", "tunnels_up", "routing")
    rows = tuple(
        (
            one.id,
            one.name,
            _labelled(one.customer_gateway, relations),
            one.state,
            one.tunnels_up,
            "static" if one.is_static else "BGP",
        )
        for one in records
    )
    return Table("vpn_connections", columns, rows)


def _labelled(number: str, relations: Relations) -> str:
    name = name_of(relations, number)
    return f"{number} ({name})" if name else number


def _virtual(records: Iterable[VirtualInterface]) -> Table:
    columns = ("id", "name", "type", "state", "bgp_up")
    rows = tuple((one.id, one.name, one.kind, one.state, one.is_up) for one in records)
    return Table("virtual_interfaces", columns, rows)


def _associations_of(gateway: str, relations: Relations) -> Table:
    """Return the Direct Connect gateways that are tied to a gateway."""
    rows = tuple(
        (one.id, one.name, tie.state, texts(tie.allowed))
        for one in relations.snapshot.direct_connect_gateways.values()
        for tie in one.associations or ()
        if tie.gateway == gateway
    )
    return Table("direct_connect_gateways", ("id", "name", "state", "announced"), rows)


def vpn_connection_page(record: VpnConnection, relations: Relations) -> Page:
    """Return the page about a site-to-site VPN."""
    facts = (
        Fact("state", record.state),
        reference("customer_gateway", record.customer_gateway, relations),
        reference("vpn_gateway", record.vpn_gateway, relations),
        reference("transit_gateway", record.transit_gateway, relations),
        Fact("routing", "static" if record.is_static else "BGP"),
        Fact("tunnels_up", record.tunnels_up),
        Fact("carries", f"IPv{record.family}"),
        Fact("aws_side", str(record.aws_side) if record.aws_side else None),
        Fact("site_side", str(record.site_side) if record.site_side else None),
        Fact("static_routes", texts(record.routes)),
        *common_facts(record),
    )
    unknown = "the snapshot does not say whether its tunnels are up: they are taken to be"
    gaps = (unknown,) if record.tunnels_up is None else ()
    notes = (*gaps, *notes_of(record, relations))
    return Page("vpn-connection", record.id, record.name, facts, (), notes)


def customer_gateway_page(record: CustomerGateway, relations: Relations) -> Page:
    """Return the page about the on-premises end of a VPN."""
    facts = (
        Fact("state", record.state),
        Fact("address", str(record.address) if record.address else None),
        Fact("asn", record.asn),
        *common_facts(record),
    )
    known = relations.snapshot.vpn_connections.values()
    mine = [one for one in known if one.customer_gateway == record.id]
    columns = ("id", "name", "gateway", "state", "tunnels_up")
    rows = tuple(
        (
            one.id,
            one.name,
            _labelled(one.vpn_gateway or one.transit_gateway, relations),
            one.state,
            one.tunnels_up,
        )
        for one in mine
    )
    behind = ("what lies behind it, and what it lets through, is assumed from AWS's routes",)
    notes = (*behind, *notes_of(record, relations))
    tables = (Table("vpn_connections", columns, rows),)
    return Page("customer-gateway", record.id, record.name, facts, tables, notes)


def direct_connect_page(record: DirectConnectGateway, relations: Relations) -> Page:
    """Return the page about a Direct Connect gateway."""
    facts = (Fact("state", record.state), Fact("asn", record.asn), *common_facts(record))
    ties = tuple(
        (tie.gateway, name_of(relations, tie.gateway), tie.state, texts(tie.allowed))
        for tie in record.associations or ()
    )
    known = relations.snapshot.virtual_interfaces.values()
    virtual = [one for one in known if one.direct_connect_gateway == record.id]
    tables = (
        Table("associations", ("gateway", "name", "state", "announced"), ties),
        _virtual(virtual),
    )
    missing = record.associations is None
    gaps = (unsaid("with which gateways it is associated"),) if missing else ()
    notes = (*gaps, *notes_of(record, relations))
    return Page("direct-connect-gateway", record.id, record.name, facts, tables, notes)


def virtual_interface_page(record: VirtualInterface, relations: Relations) -> Page:
    """Return the page about a virtual interface of Direct Connect."""
    facts = (
        Fact("type", record.kind),
        Fact("state", record.state),
        Fact("bgp_up", record.is_up),
        Fact("bgp_families", ", ".join(f"IPv{one}" for one in record.families) or None),
        reference("direct_connect_gateway", record.direct_connect_gateway, relations),
        reference("vpn_gateway", record.vpn_gateway, relations),
        *common_facts(record),
    )
    unknown = "the snapshot does not say whether a BGP session is up: one is taken to be"
    gaps = (unknown,) if record.is_up is None else ()
    notes = (*gaps, *notes_of(record, relations))
    return Page("virtual-interface", record.id, record.name, facts, (), notes)


def client_vpn_page(record: ClientVpnEndpoint, relations: Relations) -> Page:
    """Return the page about a client VPN endpoint."""
    facts = (
        Fact("state", record.state),
        reference("vpc", record.vpc, relations),
        Fact("clients", str(record.clients) if record.clients else None),
        *common_facts(record),
    )
    rules = tuple(
        (str(one.prefix), one.group or "everybody", one.state)
        for one in record.authorizations or ()
    )
    routes = tuple(
        (str(one.prefix), one.subnet, name_of(relations, one.subnet), one.state)
        for one in record.routes or ()
    )
    tables = (
        Table("subnets", ("id", "name"), id_rows(record.subnets or (), relations)),
        Table("groups", ("id", "name"), id_rows(record.groups, relations)),
        Table("authorizations", ("destination", "group", "state"), rules),
        Table("routes", ("destination", "subnet", "name", "state"), routes),
    )
    notes = (*_client_gaps(record), *notes_of(record, relations))
    return Page("client-vpn-endpoint", record.id, record.name, facts, tables, notes)


def _client_gaps(record: ClientVpnEndpoint) -> Iterator[str]:
    for known, what in (
        (record.subnets, "with which subnets it is associated"),
        (record.authorizations, "whom it lets go where"),
        (record.routes, "which routes it has"),
    ):
        if known is None:
            yield unsaid(what)
