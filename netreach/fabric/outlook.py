"""Outlook: what tells one sender or receiver from another, as the safe elements see them.

Two addresses are alike towards a VPC if every lookup that those elements make on the way between
them and any of its addresses gives the same for both. What is looked up:

- by interface: its state, of what kind it is, whether it has a public address;
- by subnet: its ACL and its route table at the other end's address, Block Public Access;
- by address: everything that cells stand for;
- by zone: at which subnets transit gateways take up and put down its VPC's packets, and which ACL
  and which table those subnets have;
- in networks that overlap: who else holds the address there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from netreach.fabric.addresses import SCOPE_INTERNET
from netreach.fabric.cells import Cells
from netreach.fabric.fabric import Fabric
from netreach.fabric.vocabulary import Fate, Stage
from netreach.packets.batch import NO_ROW, Column, Mask, column, filled
from netreach.packets.likeness import Likeness, Members, alike
from netreach.packets.pieces import PieceTable
from netreach.packets.pool import EVERYTHING

#: Far from every value that a table holds: what is not the same all over.
_VARIES: Final = -(1 << 40)


@dataclass(frozen=True, slots=True)
class Places:
    """Address rows of one family, and where they stand; columns ``(N,)``."""

    rows: Column
    interface: Column
    atom: Column
    vpc: Column
    subnet: Column
    #: Columns of what the state of its interface tells apart.
    state: tuple[Column, ...]

    @classmethod
    def of(cls, fabric: Fabric, rows: Column) -> Places:
        """Look up where address rows stand."""
        book, columns = fabric.book, fabric.interfaces.columns
        interface, atom = book.interface[rows], book.first_atom[rows]
        vpc, subnet = columns.vpc[interface], columns.subnet[interface]
        flags = (
            columns.is_down,
            columns.is_unattached,
            columns.is_doubted,
            columns.is_unmodelled,
            columns.is_nat,
            columns.is_function,
            columns.is_balancer,
            columns.denies_internet_gateway,
            fabric.endpoints.is_nameless,
            fabric.endpoints.is_linked,
        )
        # a public address matters where an internet gateway is asked for one: not on the way to
        # private addresses, which it drops first [IG-3]
        is_asked = (book.scopes(atom) == SCOPE_INTERNET).any()
        bits = ((book.public[rows] != NO_ROW) & is_asked).astype(np.int64)
        bits |= (book.nat[rows] != NO_ROW).astype(np.int64) << 1
        for place, flag in enumerate(flags, start=2):
            bits |= flag[interface].astype(np.int64) << place
        odd = np.where(_is_odd(fabric, rows, vpc, subnet, atom), rows, NO_ROW)
        state = (bits, fabric.endpoints.of_interface[interface], odd)
        return cls(rows, interface, atom, vpc, subnet, state)


def _is_odd(fabric: Fabric, rows: Column, vpc: Column, subnet: Column, atom: Column) -> Mask:
    """Tell which addresses are not found where they say they are: each is like no other.

    Somebody else holds it as well, it lies outside its subnet, or the platform answers there.
    """
    book, inside = fabric.book, np.maximum(vpc, 0)
    odd: Mask = (book.holder(vpc, atom) != rows) | book.is_regional[rows]
    if len(fabric.rows.vpcs):
        odd |= book.subnet_at(inside, atom) != subnet
        odd |= fabric.services.at.lookup(inside, atom) != NO_ROW
    found = book.public_holder(atom)
    odd |= (found != NO_ROW) & (found != rows)
    return odd


class Outlook:
    """Tells the addresses of one family apart, as each VPC sees them."""

    def __init__(self, fabric: Fabric, places: Places, cells: Cells) -> None:
        """Find out which networks overlap, and what subnets and zones are like."""
        self.fabric, self.places = fabric, places
        self._cell = cells.at(places.atom)
        self._vpcs = len(fabric.rows.vpcs)
        known = np.flatnonzero(places.vpc != NO_ROW)
        self._members = Members.of(places.vpc[known], self._vpcs)
        self._members = Members(self._members.start, known[self._members.rows])
        self.low, self.high = self._windows()
        self._routes = _route_likeness(fabric)
        self._overlaps = self._overlapping()
        self._zones = self._zone_likeness()
        self._own_ways = self._own_ways_of_subnets()

    def lanes(self) -> Likeness:
        """Sort the addresses into lanes; those of one VPC have neighbouring numbers."""
        p = self.places
        return alike(p.vpc, p.subnet, self._cell, *p.state, self._elsewhere())

    def _windows(self) -> tuple[Column, Column]:
        """Return the first and the last atom that anybody asked about holds, by VPC.

        Both are 0 for a VPC without any.
        """
        low, high = filled(self._vpcs, 0), filled(self._vpcs, 0)
        starts = self._members.start
        some = np.flatnonzero(starts[1:] > starts[:-1])
        if len(some):
            atoms = self.places.atom[self._members.rows]
            low[some] = np.minimum.reduceat(atoms, starts[some])
            high[some] = np.maximum.reduceat(atoms, starts[some])
        return low, high

    # -- networks that overlap

    def _overlapping(self) -> dict[int, Column]:
        """Return for each VPC the others whose subnets cover some of its addresses."""
        found: dict[int, Column] = {}
        if not self._vpcs:
            return found
        others = np.arange(self._vpcs)
        for number in range(self._vpcs):
            low, high = filled(self._vpcs, self.low[number]), filled(self._vpcs, self.high[number])
            value, is_whole = self.fabric.book.subnets.over(others, low, high)
            meets = ((value != NO_ROW) | ~is_whole) & (others != number)
            if meets.any():
                found[number] = np.flatnonzero(meets)
        return found

    def _elsewhere(self) -> Column:
        """Number the addresses of each VPC by who holds them in the networks that overlap it."""
        found = filled(len(self.places.rows), 0)
        for number, others in self._overlaps.items():
            rows = self._members[number]
            for other in others.tolist():
                codes = self._held_in(other, rows)
                found[rows] = alike(found[rows], *codes).group
        return found

    def _held_in(self, vpc: int, rows: Column) -> tuple[Column, Column]:
        """Return the subnet that covers addresses in a VPC, and what holds them there.

        Nobody is 0 and 1 any ordinary interface, which is not the one that was asked for.
        """
        book, vpcs = self.fabric.book, filled(len(rows), vpc)
        atoms = self.places.atom[rows]
        holders = book.holder(vpcs, atoms)
        interfaces, columns = book.interface[holders], self.fabric.interfaces.columns
        special = (book.nat[holders] != NO_ROW) | book.is_regional[holders]
        special |= (book.subnet[holders] == NO_ROW) | (interfaces == NO_ROW)
        endpoints = self.fabric.endpoints
        special |= endpoints.of_interface[interfaces] != NO_ROW
        for flag in (
            columns.is_unmodelled,
            columns.is_nat,
            columns.is_balancer,
            endpoints.is_nameless,
        ):
            special |= flag[interfaces]
        held = holders != NO_ROW
        return book.subnet_at(vpcs, atoms), np.where(special & held, holders + 2, held.astype(int))

    # -- classes of lanes towards each VPC

    def classes(self, lanes: Column) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Class the lanes of some VPCs as each VPC sees them; `lanes` holds a position of each.

        Those of one VPC stand side by side. Returns ``(lanes, vpcs)`` classes, numbered from 0 in
        each VPC, and ``(VPCs of these lanes, vpcs)`` how many there are. Within its own VPC every
        lane is a class of its own.
        """
        vpc = self.places.vpc[lanes]
        profiles, code = self._seen(lanes, vpc)
        first = np.flatnonzero(np.append(True, vpc[1:] != vpc[:-1]))
        which = (np.append(0, vpc[1:] != vpc[:-1])).cumsum()
        segment = which[profiles.first]  # ascends, as the codes do: a VPC is what tells most
        order = np.argsort(code, axis=1, kind="stable")
        ordered = np.take_along_axis(code, order, 1)
        rank = np.zeros(code.shape, np.int32)
        (ordered[:, 1:] != ordered[:, :-1]).cumsum(axis=1, out=rank[:, 1:])
        opens = np.flatnonzero(np.append(True, segment[1:] != segment[:-1]))
        rank -= rank[:, opens][:, segment]
        seen = np.empty(code.shape, np.int32)
        np.put_along_axis(seen, order, rank, 1)
        classes = np.ascontiguousarray(seen.T[profiles.group])
        sizes = rank[:, np.append(opens[1:], len(segment)) - 1].T + 1
        own = np.arange(len(lanes)) - first[which]
        classes[np.arange(len(lanes)), vpc] = own
        sizes[which, vpc] = own + 1  # the last one counts
        return classes, sizes

    def _seen(self, lanes: Column, vpc: Column) -> tuple[Likeness, NDArray[np.int64]]:
        """Number what each VPC sees of lanes, those apart that are not alike towards all VPCs.

        Returns lanes that are alike towards all, and ``(vpcs, groups of these)`` numbers.
        """
        fabric, subnets = self.fabric, self.places.subnet[lanes]
        router, guard = fabric.router, fabric.internet_gateways.guard
        tables, acls = router.table_of_subnet[subnets], fabric.acls.of_subnet[subnets]
        zones = fabric.transit.zone[subnets]
        everywhere = alike(
            vpc,
            self._cell[lanes],
            *(column_[lanes] for column_ in self.places.state),
            fabric.acls.is_assumed[subnets].astype(np.int64),
            guard.surely.subnets[subnets],
            guard.maybe.subnets[subnets],
            router.is_doubted[tables].astype(np.int64),
            router.open_way4[tables],
            router.open_way6[tables],
            self._own_ways[subnets],
            self._zones[vpc, zones],
        ).group
        overlaps = np.isin(vpc, list(self._overlaps))
        each = np.where(overlaps, np.arange(len(lanes)), NO_ROW)
        found = alike(everywhere, acls, tables, zones, each)
        first = found.first
        code = Code(everywhere[first][None, :])
        for ingress in (0, 1):
            code.tell(self._across(fabric.acls.decisions, 2 * acls[first] + ingress))
        code.tell(self._across(router.matches, tables[first], self._routes))
        if (router.open_way4 != NO_ROW).any() or (router.open_way6 != NO_ROW).any():
            code.tell(self._across(router.local_blocks, tables[first]))
        code.tell(self._zones[:, zones[first]])
        if overlaps.any():
            code.tell(self._held_elsewhere(lanes, vpc)[:, first])
        return found, code.cells

    def _across(
        self, table: PieceTable, rows: Column, names: Column | None = None
    ) -> NDArray[np.int64]:
        """Return what rows of a table say of all addresses of each VPC, ``(vpcs, rows)``.

        Where a row says different things of a VPC's addresses, no other row counts as alike.
        """
        found = alike(rows)
        which = np.tile(rows[found.first], self._vpcs)
        low, high = self.low.repeat(found.size), self.high.repeat(found.size)
        value, is_whole = table.over(np.maximum(which, 0), low, high)
        if names is not None:
            value = np.where(value >= 0, names[value], value)
        known = is_whole & (which >= 0)
        top = int(value.max(initial=0)) + 1
        value = np.where(known, value, top + np.tile(np.arange(found.size), self._vpcs))
        return value.reshape(self._vpcs, found.size)[:, found.group]

    def _held_elsewhere(self, lanes: Column, vpc: Column) -> NDArray[np.int64]:
        """Number what holds the lanes' addresses in the networks that overlap theirs."""
        seen = np.zeros((self._vpcs, len(lanes)), np.int64)
        for number, others in self._overlaps.items():
            here = np.flatnonzero(vpc == number)
            for other in others.tolist() if len(here) else ():
                seen[other, here] = 1 + alike(*self._held_in(other, lanes[here])).group
        return seen

    # -- where transit gateways take packets up and put them down

    def _own_ways_of_subnets(self) -> Column:
        """Number the subnets of attachments that packets must not be taken to come in by.

        What comes in at the receiver's own subnet meets no ACL there and asks no table; that makes
        no difference where the ACL lets everything pass and the table knows the VPC as local.
        """
        fabric = self.fabric
        size = len(fabric.rows.subnets)
        found = filled(size + 1, NO_ROW)
        doors = np.unique(fabric.transit.subnets.values)
        if len(doors) and self._vpcs:
            found[doors] = np.where(self._is_plain(doors), NO_ROW, doors)
        return found

    def _is_plain(self, subnets: Column) -> Mask:
        fabric = self.fabric
        acls, tables = fabric.acls.of_subnet[subnets], fabric.router.table_of_subnet[subnets]
        plain: Mask = ~fabric.acls.is_assumed[subnets] & (tables != NO_ROW)
        plain &= ~fabric.router.is_doubted[tables]
        axis = fabric.book.axis
        for family in (4, 6):
            if not self._is_family(family):
                continue
            low, high = axis.whole(family)
            size = len(subnets)
            for ingress in (0, 1):
                value, is_whole = fabric.acls.decisions.over(
                    2 * acls + ingress, filled(size, low), filled(size, high)
                )
                plain &= is_whole & (value == EVERYTHING)
        vpcs = self._vpc_of_subnets()[subnets]
        route, is_whole = fabric.router.matches.over(
            np.maximum(tables, 0), self.low[vpcs], self.high[vpcs]
        )
        routes = fabric.router.routes
        local = (routes.stage[route] == Stage.DELIVER) & (routes.fate[route] == Fate.DELIVERED)
        plain &= is_whole & local & (route >= 0) & (vpcs != NO_ROW)
        return plain

    def _is_family(self, family: int) -> bool:
        is_ipv6 = self.fabric.book.axis.is_ipv6(self.places.atom[:1])
        return bool(len(is_ipv6)) and bool(is_ipv6[0]) == (family == 6)

    def _vpc_of_subnets(self) -> Column:
        rows = self.fabric.rows.vpcs
        return column([rows.get(one.vpc, 0) for one in self.fabric.snapshot.subnets.values()] + [0])

    def _zone_likeness(self) -> NDArray[np.int64]:
        """Number the zones of every VPC by how its attachments serve them, ``(vpcs, zones + 1)``.

        The last zone stands for none.
        """
        transit = self.fabric.transit
        zones = int(transit.zone.max(initial=NO_ROW)) + 2
        found = np.zeros((self._vpcs, zones), np.int64)
        attachments = np.flatnonzero(transit.vpc[:-1] != NO_ROW)
        if not len(attachments) or not self._vpcs:
            return found
        which = np.repeat(attachments, zones)
        zone = np.tile(np.append(np.arange(zones - 1), NO_ROW), len(attachments))
        doors = transit.subnet_in_zone.lookup(which, zone)
        likeness = self._door_likeness(doors, transit.vpc[which]).reshape(len(attachments), zones)
        for vpc, ways in zip(transit.vpc[attachments].tolist(), likeness, strict=True):
            found[vpc] = alike(found[vpc], ways).group
        return found

    def _door_likeness(self, doors: Column, vpcs: Column) -> Column:
        """Number subnets of attachments by what their ACL and table say of their own VPC."""
        fabric = self.fabric
        acls, tables = fabric.acls.of_subnet[doors], fabric.router.table_of_subnet[doors]
        low, high = self.low[vpcs], self.high[vpcs]
        seen = []
        for table, rows in (
            (fabric.acls.decisions, 2 * acls),
            (fabric.acls.decisions, 2 * acls + 1),
            (fabric.router.matches, tables),
        ):
            value, is_whole = table.over(np.maximum(rows, 0), low, high)
            if table is fabric.router.matches:
                value = np.where(value >= 0, self._routes[value], value)
            seen.append(np.where(is_whole & (rows >= 0), value, _VARIES - rows))
        return alike(
            (doors == NO_ROW).astype(np.int64),
            *(np.where(doors == NO_ROW, 0, values) for values in seen),
            np.where(doors == NO_ROW, 0, fabric.acls.is_assumed[doors]),
            np.where(doors == NO_ROW, 0, fabric.router.is_doubted[tables]),
            np.where(doors == NO_ROW, 0, fabric.router.open_way4[tables]),
            np.where(doors == NO_ROW, 0, fabric.router.open_way6[tables]),
        ).group


def _route_likeness(fabric: Fabric) -> Column:
    """Number the rows of routes by where they lead."""
    routes = fabric.router.routes
    return alike(routes.stage, routes.target, routes.fate, routes.assumed).group


class Code:
    """Cells that differ where any of some values do; what is told first tells most in their order.

    Numbers are renumbered before they grow too large.
    """

    def __init__(self, cells: NDArray[np.int64]) -> None:
        """Begin with numbers that are not negative."""
        self.cells, self._size = cells, int(cells.max(initial=0)) + 1

    def tell(self, values: NDArray[np.int64]) -> None:
        """Tell cells apart by these values, too, which are broadcast."""
        low = int(values.min(initial=0))
        size = int(values.max(initial=0)) - low + 1
        if self._size * size >= 1 << 62:
            names, cells = np.unique(self.cells, return_inverse=True)
            self.cells, self._size = cells.reshape(self.cells.shape), len(names)
        self.cells = self.cells * size + (values - low)
        self._size *= size
