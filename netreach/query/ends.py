"""Ends as columns: which addresses a selector stands for, and the pairs that a question asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.errors import SelectorError
from netreach.fabric.addresses import SCOPE_INTERNET
from netreach.fabric.fabric import Fabric
from netreach.fabric.sites import MAYBE, SURELY
from netreach.model.records import TargetKind
from netreach.packets.batch import NO_ROW, Column, Mask, column
from netreach.packets.prefixes import Family, Prefix
from netreach.query.doors import DOORS, expected_door
from netreach.query.end import End, Member, Nature
from netreach.query.flow_batch import ANY_SITE, NOBODY, ON_SITE, FlowBatch
from netreach.query.words import quoted

#: As the `vpc` of a destination: asked only from outside all VPCs.
OUTSIDE: Final = -2


class Spot(NamedTuple):
    """One address of an end."""

    interface: int
    #: Of a source: where it is. Of a destination: the only VPC that asks there, NO_ROW for any.
    vpc: int
    subnet: int
    atom: int
    is_primary: bool
    #: The same number for all interfaces of one host; NO_ROW for none.
    host: int
    #: The site that holds it, NO_ROW for none.
    site: int = NO_ROW


class Spots(Struct, frozen=True):
    """The addresses of an end as columns, ``(N,)``."""

    interface: Column
    vpc: Column
    subnet: Column
    atom: Column
    is_primary: Mask
    host: Column
    site: Column
    is_ipv6: Mask

    @classmethod
    def of(cls, fabric: Fabric, spots: Sequence[Spot]) -> Spots:
        """Turn spots into columns."""
        columns = np.array(spots, np.int64).reshape(len(spots), len(Spot._fields)).T
        interface, vpc, subnet, atom, primary, host, site = columns
        is_ipv6 = fabric.book.axis.is_ipv6(atom)
        return cls(interface, vpc, subnet, atom, primary.astype(bool), host, site, is_ipv6)

    def __len__(self) -> int:
        """Count the addresses."""
        return len(self.atom)


class Pairs(Struct, frozen=True):
    """The address pairs that a question asks, by their positions in two `Spots`."""

    sources: Spots
    destinations: Spots
    source: Column
    destination: Column
    flows: FlowBatch
    #: Pairs within one host: they never leave it [LAB-8].
    is_local: Mask

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.source)

    def at(self, rows: Column) -> Pairs:
        """Return the pairs at these positions."""
        source, destination = self.source[rows], self.destination[rows]
        flows, is_local = self.flows.at(rows), self.is_local[rows]
        return Pairs(self.sources, self.destinations, source, destination, flows, is_local)

    def is_own_host(self, pair: int) -> bool:
        """Tell whether both ends of a pair are one host."""
        host = int(self.sources.host[self.source[pair]])
        return host != NO_ROW and host == int(self.destinations.host[self.destination[pair]])


class Places:
    """Turns ends into addresses, over one compiled network."""

    def __init__(self, fabric: Fabric) -> None:
        """Index which address rows belong to which interface."""
        self._fabric = fabric
        book = fabric.book
        held = book.interface[book.interface != NO_ROW]
        interfaces = np.arange(len(fabric.rows.interfaces) + 1)
        self._first = held.searchsorted(interfaces)
        hosts: dict[str, int] = {}
        self._host = [
            hosts.setdefault(record.instance or record.id, len(hosts))
            for record in fabric.snapshot.interfaces.values()
        ]

    def sources(self, end: End, families: tuple[Family, ...]) -> Spots:
        """Return the addresses that an end sends from.

        Raises:
            SelectorError: several VPCs hold the address.
        """
        self._settle(end)
        spots = [spot for member in end.members for spot in self._sending(end, member)]
        if end.outside:
            spots += self._outside(end, is_source=True)
        return self._of_families(spots, families)

    def destinations(self, end: End, families: tuple[Family, ...], *, asking: Spots) -> Spots:
        """Return the addresses at which an end is asked: from outside, its public ones."""
        if end.views:
            return self._as_seen(end, families, asking)
        return self._of_families(self._asked_at(end, asking), families)

    def _as_seen(self, end: End, families: tuple[Family, ...], asking: Spots) -> Spots:
        """Return the addresses of a name: those of each VPC that asks for it by it alone."""
        rows = self._fabric.rows.vpcs
        spots = [
            spot._replace(vpc=rows.get(view.vpc, OUTSIDE))
            for view in end.views
            for seen in view.ends
            for spot in self._asked_at(seen, asking)
        ]
        return self._of_families(spots, families)

    def _asked_at(self, end: End, asking: Spots) -> list[Spot]:
        outside = (asking.vpc == NO_ROW) & (asking.site == NO_ROW)
        from_outside = bool(len(asking)) and bool(outside.all())
        if end.nature is Nature.ADDRESS:
            literal = end.members[0].address
            if literal is not None:
                atom = self._fabric.book.axis.locate(literal)
                host = self._host_of(end, atom, set(asking.host.tolist()))
                expected = self._expected(end, atom)
                spot = Spot(expected, NO_ROW, NO_ROW, atom, is_primary=True, host=host)
                return [spot]
        spots = [
            spot for member in end.members for spot in self._receiving(member, public=from_outside)
        ]
        if end.outside:
            spots += self._outside(end, is_source=False)
        return spots

    def _expected(self, end: End, atom: int) -> int:
        """Return who must receive at a literal address: who holds it in the VPC or site it names.

        Where the routes do not say which of several sites has it, any of them will do.
        """
        if end.door:
            return self._door(end.door)
        if end.sites:
            holders = self._fabric.sites.holders(atom)
            maybe = {row for row, how in holders if how == MAYBE}
            rows = [self._fabric.sites.ids.index(site) for site in end.sites]
            return ANY_SITE if len(rows) > 1 or maybe & set(rows) else ON_SITE - rows[0]
        if not end.vpc:
            return NO_ROW
        interface = end.members[0].interface
        return self._fabric.rows.interfaces[interface] if interface else NOBODY

    def _door(self, door: str) -> int:
        """Return the expected receiver that stands for whatever lies beyond a door."""
        rows = self._fabric.rows
        known = (rows.internet_gateways, rows.egress_only, rows.endpoints)
        kind, row = next((k, r[door]) for k, r in zip(DOORS, known, strict=True) if door in r)
        return int(expected_door(kind, column([row]))[0])

    def _settle(self, end: End) -> None:
        if len({member.vpc for member in end.members}) > 1 and end.nature is Nature.ADDRESS:
            forms = ", ".join(f"{member.vpc}/{member.address}" for member in end.members[:10])
            count = len(end.members)
            raise SelectorError(
                f"{quoted(end.text)} is ambiguous: {count} VPCs hold it; say which: {forms}"
            )

    def _host_of(self, end: End, atom: int, asking: set[int]) -> int:
        """Return which asking host has a literal private address itself, or NO_ROW.

        A public address is no part of its host: it lies behind the gateway [LAB-1].
        """
        book = self._fabric.book
        for member in end.members:
            if not member.interface:
                continue
            interface = self._fabric.rows.interfaces[member.interface]
            rows = self.rows(interface)
            own = any(book.first_atom[row] <= atom <= book.last_atom[row] for row in rows)
            if own and self._host[interface] in asking:
                return self._host[interface]
        return NO_ROW

    def _of_families(self, spots: Sequence[Spot], families: tuple[Family, ...]) -> Spots:
        axis = self._fabric.book.axis
        return Spots.of(self._fabric, [s for s in spots if axis.family(s.atom) in families])

    def rows(self, interface: int) -> range:
        """Return the address rows of an interface."""
        return range(int(self._first[interface]), int(self._first[interface + 1]))

    def _sending(self, end: End, member: Member) -> Iterator[Spot]:
        book, axis = self._fabric.book, self._fabric.book.axis
        if not member.interface:
            if member.address is not None:
                yield self._unheld(end, member, axis.locate(member.address))
            return
        interface = self._fabric.rows.interfaces[member.interface]
        wanted = NO_ROW if member.address is None else axis.locate(member.address)
        columns = self._fabric.interfaces.columns
        for row, is_primary in self._ranked(interface):
            first, last = int(book.first_atom[row]), int(book.last_atom[row])
            atom = wanted if first <= wanted <= last else first
            if wanted not in (NO_ROW, atom, int(book.public[row])):
                continue
            place = (int(columns.vpc[interface]), int(columns.subnet[interface]))
            known = wanted != NO_ROW
            yield Spot(interface, *place, atom, is_primary or known, self._host[interface])

    def _unheld(self, end: End, member: Member, atom: int) -> Spot:
        vpc = self._fabric.rows.vpcs.get(member.vpc, NO_ROW)
        subnet = NO_ROW
        if vpc != NO_ROW:
            subnet = int(self._fabric.book.subnet_at(column([vpc]), column([atom]))[0])
        site = self._site_at(end, atom) if vpc == NO_ROW else NO_ROW
        return Spot(NO_ROW, vpc, subnet, atom, True, NO_ROW, site)

    def _site_at(self, end: End, atom: int) -> int:
        """Return the site that an address is at: the one it names, else the one that holds it.

        Raises:
            SelectorError: several sites hold it.
        """
        sites = self._fabric.sites
        holders = [sites.ids.index(site) for site in end.sites]
        if not holders:
            found = sites.holders(atom)
            sure = [row for row, how in found if how == SURELY]
            holders = sure if len(sure) == 1 else [row for row, _ in found]
        if len(holders) > 1:
            forms = ", ".join(f"{sites.ids[row]}/{end.id}" for row in holders[:10])
            raise SelectorError(
                f"{quoted(end.text)} is ambiguous: {len(holders)} sites may hold it; "
                f"say which: {forms}"
            )
        return holders[0] if holders else NO_ROW

    def _receiving(self, member: Member, *, public: bool) -> Iterator[Spot]:
        if not member.interface:
            return
        book = self._fabric.book
        interface = self._fabric.rows.interfaces[member.interface]
        wanted = NO_ROW if member.address is None else book.axis.locate(member.address)
        for row, is_primary in self._ranked(interface):
            atom = int(book.first_atom[row])
            if wanted not in (NO_ROW, atom):
                continue
            if public and int(book.public[row]) != NO_ROW:
                atom = int(book.public[row])
            yield Spot(interface, NO_ROW, NO_ROW, atom, is_primary, self._host[interface])

    def _ranked(self, interface: int) -> Iterator[tuple[int, bool]]:
        """Yield an interface's address rows and whether each is primary in its family."""
        book = self._fabric.book
        rows = self.rows(interface)
        named = any(book.is_primary[row] for row in rows)
        seen: set[bool] = set()
        for row in rows:
            is_ipv6 = bool(book.first_atom[row] >= len(book.axis.starts4))
            is_primary = (
                bool(book.is_primary[row]) if named and not is_ipv6 else is_ipv6 not in seen
            )
            if is_primary:
                seen.add(is_ipv6)
            yield row, is_primary

    def _outside(self, end: End, *, is_source: bool) -> list[Spot]:
        """Return the atoms of prefixes outside the estate."""
        book = self._fabric.book
        spans = [book.axis.span(prefix) for prefix in end.outside]
        atoms = np.concatenate([np.arange(low, high + 1) for low, high in spans])
        keep = ~self._own(atoms)
        if end.nature is Nature.INTERNET:
            keep &= (book.scopes(atoms) == SCOPE_INTERNET) & ~self._in_service_lists(atoms)
        if is_source or end.nature is Nature.INTERNET:
            keep &= book.public_holder(atoms) == NO_ROW
        return [
            Spot(expected, NO_ROW, NO_ROW, atom, True, NO_ROW, site)
            for atom in dict.fromkeys(atoms[keep].tolist())
            for expected, site in self._sites_of(end, atom, is_source=is_source)
        ]

    def _sites_of(self, end: End, atom: int, *, is_source: bool) -> list[tuple[int, int]]:
        """Return who must receive at an address outside the estate, and the site it is sent from.

        What is sent from nobody's site comes from the internet.
        """
        if not is_source:
            return [(self._expected(end, atom), NO_ROW)]
        if end.nature is Nature.INTERNET:
            return [(NO_ROW, NO_ROW)]
        if len(end.sites) > 1:
            rows = [self._fabric.sites.ids.index(site) for site in end.sites]
            held = {row for row, _ in self._fabric.sites.holders(atom)}
            return [(NO_ROW, row) for row in rows if row in held]
        return [(NO_ROW, self._site_at(end, atom))]

    def _own(self, atoms: Column) -> Mask:
        """Tell which atoms lie in the snapshot's own VPC blocks."""
        own = np.zeros(len(atoms), bool)
        for vpc in self._fabric.snapshot.vpcs.values():
            for block in vpc.prefixes:
                low, high = self._fabric.book.axis.span(block)
                own |= (low <= atoms) & (atoms <= high)
        return own

    def _in_service_lists(self, atoms: Column) -> Mask:
        inside = np.zeros(len(atoms), bool)
        for prefix in service_ranges(self._fabric):
            low, high = self._fabric.book.axis.span(prefix)
            inside |= (low <= atoms) & (atoms <= high)
        return inside

    def pairs(
        self, sources: Spots, destinations: Spots, *, primary: bool, keeps_local: bool
    ) -> Pairs:
        """Return the pairs of one family each: the primary ones, or all the others."""
        left = np.repeat(np.arange(len(sources)), len(destinations))
        right = np.tile(np.arange(len(destinations)), len(sources))
        keep = sources.is_ipv6[left] == destinations.is_ipv6[right]
        keep &= (sources.is_primary[left] & destinations.is_primary[right]) == primary
        seen, asking = destinations.vpc[right], sources.vpc[left]
        keep &= (seen == NO_ROW) | (seen == asking) | ((seen == OUTSIDE) & (asking == NO_ROW))
        host = sources.host[left]
        local = (host != NO_ROW) & (host == destinations.host[right])
        if not keeps_local:
            keep &= ~local
        left, right, local = left[keep], right[keep], local[keep]
        flows = FlowBatch(
            source_interface=sources.interface[left],
            vpc=sources.vpc[left],
            subnet=sources.subnet[left],
            source=sources.atom[left],
            destination=destinations.atom[right],
            site=sources.site[left],
            expected=destinations.interface[right],
            chooser=np.full(len(left), NO_ROW, np.int64),
            choice=np.full(len(left), NO_ROW, np.int64),
        )
        down = self._fabric.interfaces.columns.is_down
        if local.any():
            local &= ~down[flows.source_interface]
        return Pairs(sources, destinations, left, right, flows, local)


def service_ranges(fabric: Fabric) -> Iterator[Prefix]:
    """Yield the ranges of AWS services that a route table sends to an endpoint."""
    snapshot = fabric.snapshot
    lists = {
        route.prefix_list
        for table in snapshot.route_tables.values()
        for route in table.routes
        if route.prefix_list and route.target_kind is TargetKind.VPC_ENDPOINT
    }
    for identifier in sorted(lists):
        record = snapshot.prefix_lists.get(identifier)
        yield from (record.entries or ()) if record else ()


BOTH_FAMILIES: Final[tuple[Family, ...]] = (4, 6)
