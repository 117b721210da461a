"""Pages about what filters packets: network ACLs, security groups, prefix lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from netreach.fabric.rules import acl_rule_services, group_rule_services
from netreach.model.records import (
    NetworkAcl,
    NetworkAclRule,
    PrefixList,
    SecurityGroup,
    SecurityGroupRule,
)
from netreach.model.relations import Relations
from netreach.present.page import Fact, Page, Table, Value, texts
from netreach.present.show_parts import (
    common_facts,
    interfaces_table,
    notes_of,
    records_table,
    reference,
)

#: Number of the rule that denies the rest, as AWS describes it; the console writes `*`.
_CLOSING: Final = 32767


def acl_page(record: NetworkAcl, relations: Relations) -> Page:
    """Return the page about a network ACL."""
    served = relations.subnets_served_by(record)
    facts = (
        reference("vpc", record.vpc, relations),
        Fact("default", record.is_default),
        *common_facts(record),
    )
    tables = (
        _acl_rules("ingress", "source", record.ingress),
        _acl_rules("egress", "destination", record.egress),
        records_table("subnets", served, "that it serves"),
    )
    return Page("network-acl", record.id, record.name, facts, tables, notes_of(record, relations))


def _acl_rules(direction: str, peer: str, rules: Sequence[NetworkAclRule]) -> Table:
    """Return the rules of one direction in the order in which they are asked [NA-2]."""
    rows: list[tuple[Value, ...]] = [
        (
            rule.number,
            "allow" if rule.allows else "deny",
            tuple(acl_rule_services(rule).words()),
            str(rule.prefix),
        )
        for rule in sorted(rules, key=lambda rule: (rule.number, rule.prefix))
    ]
    columns = ("rule", "action", "services", peer)
    if not rules or rules[-1].number < _CLOSING:
        rows.append(("*", "deny", ("all",), "0.0.0.0/0, ::/0"))
    return Table(direction, columns, tuple(rows), "the lowest number that matches decides")


def group_page(record: SecurityGroup, relations: Relations) -> Page:
    """Return the page about a security group."""
    facts = (
        Fact("group_name", record.group_name or None),
        reference("vpc", record.vpc, relations),
        *common_facts(record),
    )
    tables = (
        _group_rules("ingress", "source", record.ingress, relations),
        _group_rules("egress", "destination", record.egress, relations),
        interfaces_table(
            relations.interfaces_of_group.get(record.id, ()), relations, key="carried_by"
        ),
        records_table("named_by_rules_of", relations.groups_naming.get(record.id, ())),
    )
    notes = tuple(
        f"it has no {direction} rules: nothing is allowed {way}"
        for direction, way, rules in (
            ("ingress", "in", record.ingress),
            ("egress", "out", record.egress),
        )
        if not rules
    )
    notes += notes_of(record, relations)
    return Page("security-group", record.id, record.name, facts, tables, notes)


def _group_rules(
    direction: str, peer: str, rules: Sequence[SecurityGroupRule], relations: Relations
) -> Table:
    rows = tuple(
        (
            tuple(group_rule_services(rule).words()),
            _peer(rule),
            _peer_name(rule, relations),
            rule.description,
        )
        for rule in rules
    )
    return Table(
        direction, ("services", peer, "name", "description"), rows, "each allows on its own"
    )


def _peer(rule: SecurityGroupRule) -> str:
    return str(rule.prefix) if rule.prefix is not None else rule.group or rule.prefix_list


def _peer_name(rule: SecurityGroupRule, relations: Relations) -> str:
    """Return the name of the group or prefix list that a rule names."""
    if rule.prefix is not None:
        return ""
    snapshot = relations.snapshot
    group = snapshot.security_groups.get(rule.group)
    if group is not None:
        return group.name or group.group_name
    prefix_list = snapshot.prefix_lists.get(rule.prefix_list)
    if prefix_list is not None:
        return prefix_list.name or prefix_list.list_name
    return "not in the snapshot"


def prefix_list_page(record: PrefixList, relations: Relations) -> Page:
    """Return the page about a prefix list."""
    entries = texts(record.entries or ())
    facts = (
        Fact("list_name", record.list_name or None),
        Fact("entries_known", record.entries is not None),
        *common_facts(record),
    )
    tables = (
        Table("entries", ("cidr",), tuple((entry,) for entry in entries)),
        records_table("route_tables", relations.tables_leading_to.get(record.id, ())),
        records_table("security_groups", relations.groups_naming.get(record.id, ())),
    )
    notes = notes_of(record, relations)
    if record.entries is None:
        missing = "the snapshot does not hold its entries: answers that depend on them are unknown"
        notes = (missing, *notes)
    return Page("prefix-list", record.id, record.name, facts, tables, notes)
