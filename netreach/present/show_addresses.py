"""Pages about addresses and CIDRs: who holds them, and which subnets and VPCs they lie in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from netreach.model.records import NetworkInterface, Resource, Subnet, Vpc
from netreach.model.relations import Holding, Relations
from netreach.packets.prefixes import WIDTH, Address, Prefix
from netreach.packets.scopes import place
from netreach.packets.vpc_blocks import as_subnet, reserved_addresses
from netreach.present.page import Fact, Page, Table, Value, texts
from netreach.present.show_parts import interface_name, interfaces_table, reference
from netreach.query.subjects import Place


def address_page(asked: Place, relations: Relations) -> Page:
    """Return the page about an address: who holds it, and where it lies."""
    address, snapshot = asked.address, relations.snapshot
    own = Prefix(address.family, address.number, WIDTH[address.family])
    subnets = [subnet for subnet in snapshot.subnets.values() if _is_in(subnet, address, asked.vpc)]
    vpcs = [vpc for vpc in snapshot.vpcs.values() if _is_in(vpc, address, asked.vpc)]
    holders = [holding for holding in relations.holders(address) if asked.vpc in ("", holding.vpc)]
    facts = (Fact("scope", place(own).kind), reference("only_in", asked.vpc, relations))
    tables = (
        Table("holders", _HOLDER_COLUMNS, tuple(_holder(one, relations) for one in holders)),
        _covering("subnets", subnets, address),
        _covering("vpcs", vpcs, address),
    )
    held = () if holders else ("nobody in the snapshot holds it",)
    notes = (*held, *_reservations(subnets, address))
    return Page("address", str(address), "", facts, tables, notes)


_HOLDER_COLUMNS: Final = (
    *("id", "name", "kind", "instance", "vpc", "subnet"),
    *("private_address", "public_address", "held_as"),
)


def _holder(holding: Holding, relations: Relations) -> tuple[Value, ...]:
    found = relations.snapshot.find(holding.holder.id)
    return (
        holding.holder.id,
        _name(holding.holder, relations),
        found[0] if found else "",
        getattr(holding.holder, "instance", ""),
        holding.vpc,
        holding.subnet,
        str(holding.private) if holding.private else None,
        str(holding.public) if holding.public else None,
        "delegated prefix" if holding.is_delegated else "address",
    )


def _name(record: Resource, relations: Relations) -> str:
    if isinstance(record, NetworkInterface):
        return interface_name(record, relations)
    return record.name


def _is_in(record: Vpc | Subnet, address: Address, vpc: str) -> bool:
    own = record.vpc if isinstance(record, Subnet) else record.id
    return vpc in ("", own) and any(prefix.contains(address) for prefix in record.prefixes)


def _covering(key: str, records: list[Subnet] | list[Vpc], address: Address) -> Table:
    rows = tuple(
        (one.id, one.name, texts(prefix for prefix in one.prefixes if prefix.contains(address)))
        for one in records
    )
    return Table(key, ("id", "name", "cidrs"), rows, "that cover it")


def _reservations(subnets: list[Subnet], address: Address) -> Iterator[str]:
    for subnet in subnets:
        for prefix in subnet.prefixes:
            if prefix.contains(address) and as_subnet(prefix).accepted:
                kept = {one.address: one.purpose for one in reserved_addresses(prefix)}
                if address in kept:
                    yield f"AWS keeps it in {subnet.id}: {kept[address]}"


# -- a CIDR


def prefix_page(asked: Prefix, relations: Relations) -> Page:
    """Return the page about a CIDR: which subnets and VPCs overlap it, who lives in it."""
    snapshot = relations.snapshot
    inside = [one for one in snapshot.interfaces.values() if _has_address_in(asked, one)]
    tables = (
        _overlapping("vpcs", snapshot.vpcs.values(), asked),
        _overlapping("subnets", snapshot.subnets.values(), asked),
        interfaces_table(inside, relations, key="interfaces_inside"),
    )
    is_alone = not any(table.rows for table in tables)
    notes = ("nothing in the snapshot overlaps it",) if is_alone else ()
    return Page("cidr", str(asked), "", (Fact("scope", place(asked).kind),), tables, notes)


def _has_address_in(prefix: Prefix, one: NetworkInterface) -> bool:
    held = (end for pair in one.addresses for end in (pair.private, pair.public))
    return any(end is not None and prefix.contains(end) for end in held) or any(
        prefix.overlaps(delegated) for delegated in one.delegated
    )


def _overlapping(key: str, records: Iterable[Subnet] | Iterable[Vpc], asked: Prefix) -> Table:
    rows = tuple(
        (one.id, one.name, str(own), _relation(own, asked))
        for one in records
        for own in one.prefixes
        if own.overlaps(asked)
    )
    return Table(key, ("id", "name", "cidr", "relation"), rows, "that overlap it")


def _relation(own: Prefix, asked: Prefix) -> str:
    if own == asked:
        return "equal"
    return "contains it" if own.contains(asked) else "inside it"
