"""Kinds: interfaces that fare alike with everybody, each kind a row of a matrix's columns.

Interfaces are of one kind if their primary addresses share a lane, they carry the same groups and
no group tells their addresses apart. What other elements may know one by one (a balancer's target,
an appliance, a host with several interfaces) is a kind of its own.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from netreach.fabric.cells import Cells, group_cells, travel_cells
from netreach.fabric.fabric import Fabric
from netreach.fabric.lanes import Lanes, compile_lanes
from netreach.fabric.vocabulary import Stage
from netreach.packets.batch import NO_ROW, Column, Mask, distinct, filled
from netreach.packets.likeness import Members, alike


class Kinds(Struct, frozen=True):
    """Kinds of interfaces; columns are by kind, families come as a pair: IPv4, IPv6."""

    #: Interface row -> kind, NO_ROW for one that nobody asked about.
    of_interface: Column
    members: Members
    #: By kind: its VPC row and its group set.
    vpc: Column
    group_set: Column
    #: Lane, atom and group cell of the primary address, NO_ROW for none in that family.
    lane: tuple[Column, Column]
    atom: tuple[Column, Column]
    cell: tuple[Column, Column]
    #: Whether its pairs are asked one by one, whatever their lanes say.
    is_single: Mask
    #: Addresses that groups may tell from the primary one, by family: kinds and atoms of each.
    other: tuple[tuple[Column, Column], tuple[Column, Column]]
    #: How many of its interfaces are asked as sources, as destinations, and as both.
    sources: Column
    destinations: Column
    both: Column
    lanes: tuple[Lanes, Lanes]

    def __len__(self) -> int:
        """Count the kinds."""
        return len(self.vpc)


class Holdings(Struct, frozen=True):
    """The address rows of every interface, and which of them are primary in their family."""

    #: Interface row -> its first address row; one more at the end.
    first: Column
    is_ipv6: Mask
    is_primary: Mask

    @classmethod
    def of(cls, fabric: Fabric) -> Holdings:
        """Find out which address of an interface stands for it in each family.

        It is the one called primary; of IPv6, or where none is called so, the first.
        """
        book, size = fabric.book, len(fabric.rows.interfaces)
        interface = book.interface[:-1]
        held = int((interface != NO_ROW).sum())  # those of NAT gateways alone come last
        first = interface[:held].searchsorted(np.arange(size + 1))
        is_ipv6 = book.axis.is_ipv6(book.first_atom[:-1])
        rows = np.arange(len(interface))
        opens = np.zeros(len(interface), bool)
        for family in (False, True):
            mine = rows[:held][is_ipv6[:held] == family]
            owner = interface[mine]  # ascending
            opens[mine[np.append(True, owner[1:] != owner[:-1])[: len(mine)]]] = True
        called = book.is_primary[:-1]
        named = np.zeros(size + 1, bool)
        named[interface[called]] = True
        named[-1] = False
        return cls(first, is_ipv6, np.where(named[interface] & ~is_ipv6, called, opens))


def compile_kinds(fabric: Fabric, holdings: Holdings, sources: Column, targets: Column) -> Kinds:
    """Sort the interfaces at both ends of a matrix into kinds."""
    interfaces = distinct(np.concatenate([sources, targets]))
    travel, groups = travel_cells(fabric), group_cells(fabric)
    rows = tuple(_primary_rows(holdings, interfaces, ipv6) for ipv6 in (False, True))
    everyone = _rows_of(holdings, interfaces)
    lanes = tuple(
        compile_lanes(fabric, everyone[holdings.is_ipv6[everyone] == ipv6], travel)
        for ipv6 in (False, True)
    )
    lane = tuple(_at(one.of_row, row) for one, row in zip(lanes, rows, strict=True))
    atom = tuple(_at(fabric.book.first_atom, row) for row in rows)
    cell = tuple(
        np.where(row == NO_ROW, NO_ROW, groups.at(a)) for row, a in zip(rows, atom, strict=True)
    )
    others = _other_addresses(fabric, holdings, interfaces, rows, lanes, groups)
    odd = np.zeros(len(interfaces), bool)
    odd[others.owner[others.strays]] = True
    alone = odd | _is_known_singly(fabric, interfaces)
    alone[others.owner] = True
    vpc = fabric.interfaces.columns.vpc[interfaces]
    public = _public_cells(fabric, rows[0], travel, groups)
    found = alike(
        vpc,
        fabric.groups.of_interface[interfaces],
        *lane,
        *cell,
        *public,
        np.where(alone, interfaces, NO_ROW),
    )
    of_interface = filled(len(fabric.rows.interfaces) + 1, NO_ROW)
    of_interface[interfaces] = found.group
    members = Members.of(found.group, found.size)
    first = found.first
    return Kinds(
        of_interface=of_interface,
        members=Members(members.start, interfaces[members.rows]),
        vpc=vpc[first],
        group_set=fabric.groups.of_interface[interfaces][first],
        lane=(lane[0][first], lane[1][first]),
        atom=(atom[0][first], atom[1][first]),
        cell=(cell[0][first], cell[1][first]),
        other=others.by_kind(found.group),
        is_single=odd[first] | (vpc[first] == NO_ROW) | _in_single(lanes, lane, first),
        sources=np.bincount(of_interface[sources], minlength=found.size),
        destinations=np.bincount(of_interface[targets], minlength=found.size),
        both=np.bincount(of_interface[_in_both(sources, targets)], minlength=found.size),
        lanes=(lanes[0], lanes[1]),
    )


def _in_both(sources: Column, targets: Column) -> Column:
    """Return the interfaces at both ends; each end names one once, ascending."""
    ordered = np.sort(np.concatenate([sources, targets]))
    both: Column = ordered[1:][ordered[1:] == ordered[:-1]]
    return both


def _at(values: Column, rows: Column) -> Column:
    return np.where(rows == NO_ROW, NO_ROW, values[rows])


def _in_single(lanes: tuple[Lanes, ...], lane: tuple[Column, ...], first: Column) -> Mask:
    found = np.zeros(len(first), bool)
    for one, column in zip(lanes, lane, strict=True):
        mine = column[first]
        if len(one):
            found |= (mine != NO_ROW) & one.is_single[mine]
    return found


def _rows_of(holdings: Holdings, interfaces: Column) -> Column:
    """Return all address rows of interfaces, in order."""
    counts = holdings.first[interfaces + 1] - holdings.first[interfaces]
    offset = np.arange(counts.sum()) - (counts.cumsum() - counts).repeat(counts)
    rows: Column = holdings.first[interfaces].repeat(counts) + offset
    return rows


def _primary_rows(holdings: Holdings, interfaces: Column, ipv6: bool) -> Column:
    """Return the row of each interface's primary address in a family, NO_ROW for none."""
    rows = np.flatnonzero(holdings.is_primary & (holdings.is_ipv6 == ipv6))
    owner = holdings.first.searchsorted(rows, side="right") - 1
    found = filled(len(holdings.first), NO_ROW)
    found[owner[::-1]] = rows[::-1]
    return found[interfaces]


class _Others(Struct, frozen=True):
    """Addresses that fare otherwise than the primary one of their interface, or may do so."""

    #: By address: its interface's position, its family and its atom.
    owner: Column
    is_ipv6: Mask
    atom: Column
    #: Whether more than groups tells it apart: it travels on another lane.
    strays: Mask

    def by_kind(self, kind: Column) -> tuple[tuple[Column, Column], tuple[Column, Column]]:
        """Return the kinds and atoms, by family, of those that only groups tell apart."""
        four, six = (self.is_ipv6 == ipv6 for ipv6 in (False, True))
        return (
            (kind[self.owner[four & ~self.strays]], self.atom[four & ~self.strays]),
            (kind[self.owner[six & ~self.strays]], self.atom[six & ~self.strays]),
        )


def _other_addresses(
    fabric: Fabric,
    holdings: Holdings,
    interfaces: Column,
    primary: tuple[Column, ...],
    lanes: tuple[Lanes, ...],
    groups: Cells,
) -> _Others:
    """Find the addresses that are not quite like the primary one of their interface."""
    book = fabric.book
    rows = _rows_of(holdings, interfaces)
    owner = np.arange(len(interfaces)).repeat(
        holdings.first[interfaces + 1] - holdings.first[interfaces]
    )
    ipv6 = holdings.is_ipv6[rows]
    main = np.where(ipv6, primary[1][owner], primary[0][owner])
    lane = np.where(ipv6, lanes[1].of_row[rows], lanes[0].of_row[rows])
    own = np.where(ipv6, lanes[1].of_row[main], lanes[0].of_row[main])
    atom = book.first_atom[rows]
    strays = (main == NO_ROW) | (own != lane) | (holdings.is_primary[rows] & (rows != main))
    differs = strays | (groups.at(atom) != groups.at(book.first_atom[main]))
    return _Others(owner[differs], ipv6[differs], atom[differs], strays[differs])


def _public_cells(
    fabric: Fabric, rows: Column, travel: Cells, groups: Cells
) -> tuple[Column, Column]:
    """Return where the public addresses behind primary ones lie."""
    public = _at(fabric.book.public, rows)
    none = public == NO_ROW
    return np.where(none, NO_ROW, travel.at(public)), np.where(none, NO_ROW, groups.at(public))


def _is_known_singly(fabric: Fabric, interfaces: Column) -> Mask:
    """Tell which interfaces elements know one by one."""
    columns, endpoints = fabric.interfaces.columns, fabric.endpoints
    found = ~columns.checks_source_and_destination[interfaces]
    for flag in (
        columns.is_balancer,
        columns.is_unmodelled,
        endpoints.is_nameless,
        endpoints.is_linked,
    ):
        found = found | flag[interfaces]
    found |= endpoints.of_interface[interfaces] != NO_ROW
    routes = fabric.router.routes
    named = routes.target[routes.stage == Stage.MIDDLEBOX]
    found |= np.isin(interfaces, named[named != NO_ROW])
    found |= np.isin(interfaces, _targets(fabric))
    found |= np.bincount(columns.host[:-1])[columns.host[interfaces]] > 1
    return found


def _targets(fabric: Fabric) -> Column:
    """Return the interfaces that balancers may send to."""
    snapshot = fabric.snapshot
    named = {
        target.id for group in snapshot.target_groups.values() for target in group.targets or ()
    }
    named |= {
        instance for one in snapshot.load_balancers.values() for instance in one.instances or ()
    }
    return np.array(
        [
            row
            for row, one in enumerate(snapshot.interfaces.values())
            if one.instance in named
            or one.id in named
            or any(str(address.private) in named for address in one.addresses)
        ]
        if named
        else [],
        np.int64,
    )
