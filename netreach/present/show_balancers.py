"""Pages about load balancers and their target groups."""

from __future__ import annotations

from collections.abc import Iterator

from netreach.fabric.target_health import DEFAULT_FLOOR
from netreach.model.relations import Relations
from netreach.model.services import HealthFloor, Listener, LoadBalancer, Target, TargetGroup
from netreach.present.page import Fact, Page, Table, Value
from netreach.present.show_parts import (
    common_facts,
    id_rows,
    interfaces_table,
    leading_to,
    name_of,
    notes_of,
    reference,
    unsaid,
)
from netreach.query.words import brief


def balancer_page(record: LoadBalancer, relations: Relations) -> Page:
    """Return the page about a load balancer."""
    facts = (
        Fact("state", record.state),
        Fact("type", str(record.kind)),
        Fact("scheme", "internet-facing" if record.is_internet_facing else "internal"),
        reference("vpc", record.vpc, relations),
        Fact("dns_name", record.dns_name or None),
        Fact("cross_zone", record.is_cross_zone),
        *common_facts(record),
    )
    zones = tuple(
        (one.zone or one.zone_id, one.subnet, name_of(relations, one.subnet))
        for one in record.zones
    )
    nodes = relations.interfaces_of_balancer.get(record.id, ())
    tables = (
        Table("zones", ("zone", "subnet", "name"), zones),
        Table("groups", ("id", "name"), id_rows(record.groups, relations)),
        _listeners(record, relations),
        Table("instances", ("id", "name"), id_rows(record.instances, relations)),
        interfaces_table(nodes, relations, key="nodes"),
        leading_to(record, relations),
    )
    notes = (*_balancer_gaps(record, has_nodes=bool(nodes)), *notes_of(record, relations))
    return Page(
        "load-balancer", record.id, record.name or record.balancer_name, facts, tables, notes
    )


def _listeners(record: LoadBalancer, relations: Relations) -> Table:
    rows = tuple(_listener(one, relations) for one in record.listeners or ())
    columns = ("protocol", "port", "instance_port", "target_groups")
    note = "each of a listener's target groups may get what it takes"
    return Table("listeners", columns, rows, note)


def _listener(one: Listener, relations: Relations) -> tuple[Value, ...]:
    known = relations.snapshot.target_groups
    names = tuple(
        known[number].group_name or brief(number) if number in known else brief(number)
        for number in one.target_groups
    )
    return (one.protocol, one.port, one.instance_port, names)


def _balancer_gaps(record: LoadBalancer, *, has_nodes: bool) -> Iterator[str]:
    if record.listeners is None:
        yield unsaid("which listeners it has")
    elif not record.listeners:
        yield "it has no listener: it takes nothing"
    if not has_nodes:
        yield "the snapshot holds no network interface of it: paths over it are unknown"


def group_page(record: TargetGroup, relations: Relations) -> Page:
    """Return the page about a target group."""
    facts = (
        Fact("type", record.target_kind),
        Fact("protocol", record.protocol or None),
        Fact("port", record.port),
        reference("vpc", record.vpc, relations),
        Fact("preserves_client_address", record.preserves_client),
        Fact("cross_zone", record.is_cross_zone),
        Fact("health_check", _check(record)),
        Fact("fails_open_below", _floor(record.routing_floor)),
        Fact("leaves_dns_below", _floor(record.dns_floor)),
        *common_facts(record),
    )
    balancers = dict.fromkeys((*record.balancers, *_using(record, relations)))
    targets = tuple(_target(one, record, relations) for one in record.targets or ())
    columns = ("target", "name", "port", "zone", "health", "reason")
    tables = (
        Table("load_balancers", ("id", "name"), id_rows(balancers, relations)),
        Table("targets", columns, targets),
    )
    notes = (*_group_gaps(record), *notes_of(record, relations))
    return Page("target-group", record.id, record.name or record.group_name, facts, tables, notes)


def _check(record: TargetGroup) -> str | None:
    if not record.health_protocol:
        return None
    port = "the port of the traffic" if record.health_port is None else str(record.health_port)
    return f"{record.health_protocol} on {port}"


def _floor(floor: HealthFloor | None) -> str | None:
    """Say below how many healthy targets AWS acts, where that is not its default."""
    if floor is None or floor == DEFAULT_FLOOR:
        return None
    count = [] if floor.count is None else [f"{floor.count} healthy"]
    percent = [] if floor.percent is None else [f"{floor.percent}%"]
    return " or ".join((*count, *percent)) or "off"


def _using(record: TargetGroup, relations: Relations) -> Iterator[str]:
    """Yield the balancers whose listeners name a group."""
    for balancer in relations.snapshot.load_balancers.values():
        if any(record.id in one.target_groups for one in balancer.listeners or ()):
            yield balancer.id


def _target(one: Target, group: TargetGroup, relations: Relations) -> tuple[Value, ...]:
    port = group.port if one.port is None else one.port
    return (one.id, name_of(relations, one.id), port, one.zone, one.health, one.reason)


def _group_gaps(record: TargetGroup) -> Iterator[str]:
    if record.targets is None:
        yield unsaid("which targets it has")
    elif not record.targets:
        yield "it has no targets"
