"""What the pages of several kinds of resources share: references, notes, tables of interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from netreach.model.inventory import SubnetSummary
from netreach.model.records import NetworkInterface, Resource, TargetKind
from netreach.model.relations import Relations
from netreach.packets.services import ICMP, ICMPV6, TCP, UDP
from netreach.present.page import Fact, Table, Value, texts, words
from netreach.query.words import safe

#: How much of a name stands behind an id.
_NAME_LIMIT: Final = 40
_PROTOCOLS: Final = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6"}


def label_of(relations: Relations, number: str) -> str:
    """Return an id with the name of its resource, or that the snapshot lacks it."""
    found = relations.snapshot.find(number)
    if found is None:
        return f"{number} (not in the snapshot)"
    return f"{number} ({safe(found[1].name, _NAME_LIMIT)})" if found[1].name else number


def reference(key: str, number: str, relations: Relations, remark: str = "") -> Fact:
    """Return a fact that names another resource, with its name in text."""
    shown = f"{label_of(relations, number)}{remark}" if number else ""
    return Fact(key, number or None, shown)


def common_facts(record: Resource) -> Iterator[Fact]:
    """Yield what every record may have: where it lives, whose it is, its tags."""
    yield Fact("region", record.region or None)
    yield Fact("account", record.owner or None)
    others = {key: value for key, value in record.tags.items() if key != "Name"}
    yield Fact("tags", dict(record.tags), words(others) if others else None)


def notes_of(record: Resource, relations: Relations) -> tuple[str, ...]:
    """Return what is odd about a record."""
    doubt = (f"answers that depend on it are unknown: {record.doubt}",) if record.doubt else ()
    return (*doubt, *relations.problems_of(record.id))


def interface_name(one: NetworkInterface, relations: Relations) -> str:
    """Return the name of an interface, else that of its instance or NAT gateway."""
    instance = relations.snapshot.instances.get(one.instance)
    owner = instance or relations.nat_gateway_of_interface.get(one.id)
    return one.name or (owner.name if owner else "")


def private_addresses(one: NetworkInterface) -> tuple[str, ...]:
    """Return the private addresses of an interface and the prefixes delegated to it."""
    return (*texts(held.private for held in one.addresses), *texts(one.delegated))


def public_addresses(one: NetworkInterface) -> tuple[str, ...]:
    """Return the public addresses of an interface."""
    return texts(held.public for held in one.addresses if held.public is not None)


def interfaces_table(
    interfaces: Iterable[NetworkInterface],
    relations: Relations,
    *,
    key: str = "interfaces",
    with_subnet: bool = True,
) -> Table:
    """Return a table of interfaces, with or without the subnets that they are in."""
    columns = ("id", "name", "instance", "subnet", "private_addresses", "public_addresses")
    rows = tuple(
        (
            one.id,
            interface_name(one, relations),
            one.instance,
            one.subnet,
            private_addresses(one),
            public_addresses(one),
        )
        for one in interfaces
    )
    table = Table(key, columns, rows)
    return table if with_subnet else without_column(table, "subnet")


def subnets_table(summaries: Iterable[SubnetSummary], note: str = "") -> Table:
    """Return a table of subnets and how full they are."""
    columns = ("id", "name", "vpc", "zone", "cidrs", "size", "usable", "used", "free")
    rows = tuple(
        (
            one.record.id,
            one.record.name,
            one.record.vpc,
            one.record.zone or one.record.zone_id,
            texts(one.record.prefixes),
            one.size,
            one.usable,
            one.used,
            one.free,
        )
        for one in summaries
    )
    return Table("subnets", columns, rows, note)


def without_column(table: Table, column: str) -> Table:
    """Return a table without one of its columns."""
    place = table.columns.index(column)
    kept = tuple(row[:place] + row[place + 1 :] for row in table.rows)
    return Table(
        table.key, tuple(name for name in table.columns if name != column), kept, table.note
    )


def records_table(key: str, records: Iterable[Resource], note: str = "") -> Table:
    """Return a table of records of one kind, by id and name."""
    return Table(key, ("id", "name"), tuple((one.id, one.name) for one in records), note)


def leading_to(record: Resource, relations: Relations) -> Table:
    """Return the route tables that lead to a record."""
    leading = relations.tables_leading_to.get(record.id, ())
    return records_table("route_tables", leading, "that lead to it")


def name_of(relations: Relations, number: str) -> str:
    """Return the name of a resource; one that the snapshot lacks says so."""
    if not number:
        return ""
    found = relations.snapshot.find(number)
    return found[1].name if found else "not in the snapshot"


def id_rows(numbers: Iterable[str], relations: Relations) -> tuple[tuple[Value, ...], ...]:
    """Return ids with the names of their resources, as rows."""
    return tuple((number, name_of(relations, number)) for number in numbers)


def interfaces_of(numbers: Iterable[str], relations: Relations, key: str = "interfaces") -> Table:
    """Return a table of interfaces by their ids; those that the snapshot lacks are left out."""
    known = relations.snapshot.interfaces
    return interfaces_table([known[one] for one in numbers if one in known], relations, key=key)


def unsaid(what: str) -> str:
    """Say that a snapshot does not tell something, and what comes of it."""
    return f"the snapshot does not say {what}: answers that depend on it are unknown"


def target_label(kind: TargetKind, target: str) -> str:
    """Return what a route leads to."""
    return "local" if kind is TargetKind.LOCAL else target or str(kind)


def protocol_word(number: int) -> str:
    """Return the name of a protocol, or its number where people use that."""
    return _PROTOCOLS.get(number, str(number))
