"""Pages about firewalls, their policies and rules, and about VPC Block Public Access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netreach.model.relations import Relations
from netreach.model.services import (
    FirewallPolicy,
    FirewallRuleGroup,
    NetworkFirewall,
    PublicAccessBlock,
    PublicAccessExclusion,
    StatefulRule,
    StatelessRule,
)
from netreach.present.page import Fact, Page, Table, Value, texts
from netreach.present.show_parts import (
    common_facts,
    name_of,
    notes_of,
    protocol_word,
    records_table,
    reference,
    unsaid,
)


def firewall_page(record: NetworkFirewall, relations: Relations) -> Page:
    """Return the page about a network firewall."""
    facts = (
        reference("vpc", record.vpc, relations),
        reference("policy", record.policy, relations),
        *common_facts(record),
    )
    columns = ("endpoint", "subnet", "name", "zone", "state")
    rows = tuple(
        (one.endpoint, one.subnet, name_of(relations, one.subnet), one.zone, one.state)
        for one in record.endpoints
    )
    gaps = () if record.endpoints else (unsaid("which endpoints it has"),)
    notes = (*gaps, *notes_of(record, relations))
    tables = (Table("endpoints", columns, rows),)
    name = record.name or record.firewall_name
    return Page("network-firewall", record.id, name, facts, tables, notes)


def policy_page(record: FirewallPolicy, relations: Relations) -> Page:
    """Return the page about a firewall policy."""
    facts = (
        Fact("order", "strict" if record.is_strict else "default: pass, drop, reject, alert"),
        Fact("stateless_default", record.stateless_default),
        Fact("stateful_defaults", record.stateful_defaults),
        Fact("stream_exception", record.stream_exception),
        Fact("home_net", record.home_net),
        *common_facts(record),
    )
    used = [*record.stateless_groups, *record.stateful_groups]
    groups = tuple(
        (
            "stateless" if row < len(record.stateless_groups) else "stateful",
            one.priority,
            one.group,
            _group_name(one.group, relations),
        )
        for row, one in enumerate(used)
    )
    users = [one for one in relations.snapshot.firewalls.values() if one.policy == record.id]
    tables = (
        Table("rule_groups", ("kind", "priority", "id", "name"), groups),
        records_table("firewalls", users, "that use it"),
    )
    notes = notes_of(record, relations)
    return Page(
        "firewall-policy", record.id, record.name or record.policy_name, facts, tables, notes
    )


def _group_name(number: str, relations: Relations) -> str:
    record = relations.snapshot.firewall_rule_groups.get(number)
    if record is None:
        return "not in the snapshot"
    return record.name or record.group_name


def rule_group_page(record: FirewallRuleGroup, relations: Relations) -> Page:
    """Return the page about a group of firewall rules."""
    facts = (
        Fact("stateful", record.is_stateful),
        Fact("order", "strict" if record.is_strict else None),
        *common_facts(record),
    )
    variables = (*record.address_sets.items(), *record.port_sets.items())
    tables = (
        _stateless(record.stateless),
        _stateful(record.stateful),
        Table("variables", ("variable", "values"), tuple(variables)),
    )
    open_part = (f"paths that it may decide are unknown: {record.undecided}",)
    notes = (*(open_part if record.undecided else ()), *notes_of(record, relations))
    return Page(
        "firewall-rule-group", record.id, record.name or record.group_name, facts, tables, notes
    )


def _stateless(rules: Sequence[StatelessRule]) -> Table:
    columns = (
        "priority",
        "action",
        "protocols",
        "sources",
        "source_ports",
        "destinations",
        "destination_ports",
        "undecided",
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            one.priority,
            one.action,
            _any(protocol_word(number) for number in one.protocols),
            _any(texts(one.sources)),
            _any(_ports(one.source_ports)),
            _any(texts(one.destinations)),
            _any(_ports(one.destination_ports)),
            one.undecided,
        )
        for one in sorted(rules, key=lambda rule: rule.priority)
    )
    return Table("stateless_rules", columns, rows, "the lowest priority that matches decides")


def _any(values: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(values) or ("any",)


def _ports(ranges: Sequence[tuple[int, int]]) -> Iterator[str]:
    for first, last in ranges:
        yield str(first) if first == last else f"{first}-{last}"


def _stateful(rules: Sequence[StatefulRule]) -> Table:
    columns = (
        "sid",
        "action",
        "protocol",
        "source",
        "source_port",
        "direction",
        "destination",
        "destination_port",
        "undecided",
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            one.sid,
            one.action,
            one.protocol,
            one.source,
            one.source_port,
            "both" if one.is_any_direction else "forward",
            one.destination,
            one.destination_port,
            one.undecided,
        )
        for one in rules
    )
    return Table("stateful_rules", columns, rows)


def block_page(record: PublicAccessBlock, relations: Relations) -> Page:
    """Return the page about VPC Block Public Access of an account in a Region."""
    facts = (Fact("mode", record.mode), *common_facts(record))
    exclusions = relations.snapshot.public_access_exclusions.values()
    mine = [one for one in exclusions if one.region in ("", record.region) or not record.region]
    columns = ("id", "resource", "name", "mode", "state")
    rows = tuple(
        (one.id, one.resource, name_of(relations, one.resource), one.mode, one.state)
        for one in mine
    )
    tables = (Table("exclusions", columns, rows),)
    notes = notes_of(record, relations)
    return Page("vpc-block-public-access", record.id, record.name, facts, tables, notes)


def exclusion_page(record: PublicAccessExclusion, relations: Relations) -> Page:
    """Return the page about what VPC Block Public Access leaves alone."""
    facts = (
        reference("resource", record.resource, relations),
        Fact("mode", record.mode),
        Fact("state", record.state),
        *common_facts(record),
    )
    kind, notes = "vpc-block-public-access-exclusion", notes_of(record, relations)
    return Page(kind, record.id, record.name, facts, (), notes)
