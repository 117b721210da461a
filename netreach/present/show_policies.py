"""Pages about what more transit gateways have: policy tables, Connect peers, multicast domains."""

from __future__ import annotations

from collections.abc import Iterator

from netreach.model.connections import (
    ConnectPeer,
    MulticastDomain,
    PolicyEntry,
    TransitAttachment,
    TransitPolicyTable,
)
from netreach.model.relations import Relations
from netreach.present.page import Fact, Page, Table, Value
from netreach.present.show_parts import (
    common_facts,
    id_rows,
    name_of,
    notes_of,
    protocol_word,
    reference,
    unsaid,
)


def policy_table_page(record: TransitPolicyTable, relations: Relations) -> Page:
    """Return the page about a policy table."""
    facts = (
        Fact("state", record.state),
        reference("transit_gateway", record.gateway, relations),
        *common_facts(record),
    )
    served = Table(
        "associations",
        ("id", "name"),
        id_rows(record.attachments or (), relations),
        "for whose packets it chooses a route table",
    )
    notes = (*_policy_gaps(record), *notes_of(record, relations))
    tables = (_entries(record, relations), served)
    return Page("transit-gateway-policy-table", record.id, record.name, facts, tables, notes)


def _entries(record: TransitPolicyTable, relations: Relations) -> Table:
    columns = (
        "number",
        "source",
        "destination",
        "protocol",
        "destination_ports",
        "route_table",
        "name",
        "undecided",
    )
    rows = tuple(_entry(one, relations) for one in record.asked_entries)
    return Table("entries", columns, rows, "the first that matches decides")


def _entry(entry: PolicyEntry, relations: Relations) -> tuple[Value, ...]:
    return (
        "AWS's own" if entry.number is None else str(entry.number),
        str(entry.source or "any"),
        str(entry.destination or "any"),
        "any" if entry.protocol is None else protocol_word(entry.protocol),
        "any" if entry.ports is None else _range(*entry.ports),
        entry.table,
        name_of(relations, entry.table),
        " and ".join(_undecided(entry)),
    )


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _undecided(entry: PolicyEntry) -> Iterator[str]:
    """Say at what an entry looks that is not modelled."""
    if entry.has_source_ports:
        yield "source ports"
    if entry.is_obscure:
        yield "more than the packet"


def _policy_gaps(record: TransitPolicyTable) -> Iterator[str]:
    """Say what of a policy table is missing, and what it drops."""
    if record.entries is None:
        yield unsaid("which entries it has")
    else:
        yield "what no entry matches is dropped"
    if record.attachments is None:
        yield unsaid("which attachments are associated with it")
    if any(tuple(_undecided(one)) for one in record.entries or ()):
        yield "paths that an entry marked undecided may decide are unknown"


def connect_peer_page(record: ConnectPeer, relations: Relations) -> Page:
    """Return the page about a Connect peer."""
    tie = relations.snapshot.transit_attachments.get(record.attachment)
    facts = (
        Fact("state", record.state),
        reference("attachment", record.attachment, relations),
        reference("transit_gateway", tie.gateway if tie else "", relations),
        reference("transport", tie.transport if tie else "", relations),
        Fact("address", str(record.address) if record.address else None),
        Fact("bgp_up", record.is_up),
        *common_facts(record),
    )
    notes = (*_peer_gaps(record), *notes_of(record, relations))
    return Page("transit-gateway-connect-peer", record.id, record.name, facts, (), notes)


def _peer_gaps(record: ConnectPeer) -> Iterator[str]:
    if record.is_up is None:
        yield "the snapshot does not say whether a BGP session is up: one is taken to be"
    yield "what lies behind it, and what it lets through, is assumed from AWS's routes"


def multicast_page(record: MulticastDomain, relations: Relations) -> Page:
    """Return the page about a multicast domain."""
    facts = (
        Fact("state", record.state),
        reference("transit_gateway", record.gateway, relations),
        *common_facts(record),
    )
    ties = relations.snapshot.transit_attachments.values()
    vpcs = [one.resource for one in ties if _reaches(one, record)]
    rows = id_rows(dict.fromkeys(vpcs), relations)
    subnets = id_rows(record.subnets or (), relations)
    tables = (
        Table("vpcs", ("id", "name"), rows, "on its transit gateway"),
        Table("subnets", ("id", "name"), subnets, "associated with it"),
    )
    unknown = "what these VPCs send to a multicast address is unknown: who joined is not modelled"
    untold = "the snapshot does not say which subnets are associated with it"
    gaps = (*((unknown,) if rows else ()), *((untold,) if record.subnets is None else ()))
    notes = (*gaps, *notes_of(record, relations))
    return Page("transit-gateway-multicast-domain", record.id, record.name, facts, tables, notes)


def _reaches(tie: TransitAttachment, domain: MulticastDomain) -> bool:
    return tie.kind == "vpc" and tie.gateway == domain.gateway
