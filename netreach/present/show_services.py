"""Pages about what answers: endpoints, managed services, zones of names, mirror sessions."""

from __future__ import annotations

from collections.abc import Iterator

from netreach.model.relations import Relations
from netreach.model.services import (
    DnsProfile,
    EndpointService,
    HostedZone,
    ManagedService,
    MirrorSession,
    ResolverRule,
    VpcEndpoint,
)
from netreach.present.page import Fact, Page, Table
from netreach.present.show_parts import (
    common_facts,
    id_rows,
    interfaces_of,
    leading_to,
    notes_of,
    records_table,
    reference,
    unsaid,
)
from netreach.query.managed import of_managed


def endpoint_page(record: VpcEndpoint, relations: Relations) -> Page:
    """Return the page about a VPC endpoint."""
    facts = (
        Fact("state", record.state),
        Fact("type", str(record.kind)),
        Fact("service", record.service or None),
        reference("vpc", record.vpc, relations),
        Fact("private_dns", record.has_private_dns),
        Fact("dns_names", record.dns_names),
        *common_facts(record),
    )
    tables = (
        interfaces_of(record.interfaces, relations),
        Table("groups", ("id", "name"), id_rows(record.groups, relations)),
        Table("subnets", ("id", "name"), id_rows(record.subnets, relations)),
        Table("associated_tables", ("id", "name"), id_rows(record.route_tables, relations)),
        leading_to(record, relations),
    )
    notes = notes_of(record, relations)
    return Page("vpc-endpoint", record.id, record.name, facts, tables, notes)


def endpoint_service_page(record: EndpointService, relations: Relations) -> Page:
    """Return the page about what an account offers by PrivateLink."""
    facts = (
        Fact("state", record.state),
        Fact("type", str(record.kind)),
        Fact("service", record.service or None),
        Fact("private_dns_name", record.private_dns_name or None),
        Fact("zones", record.zones),
        *common_facts(record),
    )
    users = [one for one in relations.snapshot.endpoints.values() if one.service == record.service]
    tables = (
        Table("load_balancers", ("id", "name"), id_rows(record.balancers, relations)),
        records_table("endpoints", users if record.service else (), "that lead to it"),
    )
    notes = notes_of(record, relations)
    return Page("vpc-endpoint-service", record.id, record.name, facts, tables, notes)


def managed_page(record: ManagedService, relations: Relations) -> Page:
    """Return the page about a database, cache, function ..."""
    facts = (
        Fact("service_name", record.service_name or None),
        reference("vpc", record.vpc, relations),
        Fact("zone", record.zone or None),
        reference("instance", record.instance, relations),
        Fact("dns_names", record.dns_names),
        Fact("addresses", tuple(map(str, record.addresses))),
        Fact("default_port", record.port),
        Fact("members", record.members),
        *common_facts(record),
    )
    tables = (
        interfaces_of(record.interfaces, relations),
        interfaces_of(record.candidates, relations, "candidates"),
        Table("groups", ("id", "name"), id_rows(record.groups, relations)),
        Table("subnets", ("id", "name"), id_rows(record.subnets, relations)),
    )
    notes = (*_tie_gaps(record, relations), *notes_of(record, relations))
    return Page(record.kind, record.id, record.name, facts, tables, notes)


def _tie_gaps(record: ManagedService, relations: Relations) -> Iterator[str]:
    """Say what is not known of the interfaces of a service."""
    found = of_managed(relations.snapshot, record)
    if found.choice or found.unknown:
        yield found.choice or found.unknown


def zone_page(record: HostedZone, relations: Relations) -> Page:
    """Return the page about a zone of Route 53."""
    facts = (
        Fact("zone_name", record.zone_name),
        Fact("private", record.is_private),
        *common_facts(record),
    )
    columns = ("record", "type", "values", "policy", "set")
    rows = tuple(
        (one.name, one.kind, one.values, one.policy, one.set_id) for one in record.records or ()
    )
    tables = (
        Table("vpcs", ("id", "name"), id_rows(record.vpcs, relations), "that it serves"),
        Table("records", columns, rows, "that lead to addresses or other servers"),
    )
    notes = (*_zone_gaps(record), *notes_of(record, relations))
    return Page("hosted-zone", record.id, record.name, facts, tables, notes)


def _zone_gaps(record: HostedZone) -> Iterator[str]:
    if record.records is None:
        yield unsaid("which records it has")
    if record.is_private and not record.vpcs:
        yield unsaid("which VPCs it serves")


def rule_page(record: ResolverRule, relations: Relations) -> Page:
    """Return the page about a rule of Route 53 Resolver."""
    facts = (
        Fact("domain", record.domain or "."),
        Fact("type", record.kind),
        Fact("targets", record.targets),
        *common_facts(record),
    )
    tables = (Table("vpcs", ("id", "name"), id_rows(record.vpcs or (), relations), "under it"),)
    gaps = (unsaid("in which VPCs it is in force"),) if record.vpcs is None else ()
    notes = (*gaps, *notes_of(record, relations))
    return Page("resolver-rule", record.id, record.name, facts, tables, notes)


def profile_page(record: DnsProfile, relations: Relations) -> Page:
    """Return the page about a Route 53 Profile."""
    snapshot, columns = relations.snapshot, ("id", "name")
    brought = record.resources or ()
    zones = [one for one in brought if one in snapshot.hosted_zones]
    rules = [one for one in brought if one in snapshot.resolver_rules]
    others = [one for one in brought if one not in (*zones, *rules)]
    tables = (
        Table("vpcs", columns, id_rows(record.vpcs or (), relations), "under it"),
        Table("zones", columns, id_rows(zones, relations), "that it brings"),
        Table("resolver_rules", columns, id_rows(rules, relations), "that it brings"),
        Table("others", columns, id_rows(others, relations), "that it brings too"),
    )
    gaps = (
        *((unsaid("which VPCs it is associated with"),) if record.vpcs is None else ()),
        *((unsaid("what it brings"),) if record.resources is None else ()),
    )
    notes = (*gaps, *notes_of(record, relations))
    facts = common_facts(record)
    return Page("dns-profile", record.id, record.name, tuple(facts), tables, notes)


def mirror_page(record: MirrorSession, relations: Relations) -> Page:
    """Return the page about a traffic mirror session."""
    facts = (
        reference("source", record.interface, relations),
        Fact("target", record.target or None),
        reference("target_resource", record.target_resource, relations),
        Fact("virtual_network", record.virtual_network),
        *common_facts(record),
    )
    gaps = () if record.target_resource else (unsaid("what its target is"),)
    notes = (*gaps, *notes_of(record, relations))
    return Page("traffic-mirror-session", record.id, record.name, facts, (), notes)
