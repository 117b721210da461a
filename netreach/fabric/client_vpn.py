"""Client VPN endpoints: users come in, translated, at an interface in an associated subnet.

Whom a rule lets in by a group is assumed to be in it, as everything about a site is assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.interface import InterfaceColumns
from netreach.fabric.links import LinkKind, links_of
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.model.connections import ClientVpnEndpoint, ClientVpnRoute
from netreach.model.records import NetworkInterface
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pieces import Lists, PieceTable, pieces

#: What AWS writes on the interfaces of these endpoints.
_DESCRIPTION: Final = "clientvpn endpoint"
_ACTIVE: Final = "active"
#: Value of the table of doors: the route leads somewhere that the snapshot does not show.
_UNSEEN: Final = -2


class ClientVpns(Struct, frozen=True):
    """All client VPN endpoints."""

    #: Endpoint row -> its link and its site.
    link: Column
    site: Column
    #: Whether the snapshot says which subnets, rules and routes it has.
    is_told: Mask
    #: (endpoint, atom) -> 1 where an authorization rule covers the address.
    allows: PieceTable
    #: (endpoint, atom) -> number of a list of address rows to send from, NO_ROW or _UNSEEN.
    doors: PieceTable
    lists: Lists
    book: AddressBook
    #: Interface row -> endpoint row, or NO_ROW.
    of_interface: Column
    interfaces: InterfaceColumns
    ids: tuple[str, ...]

    def enter(self, batch: PacketBatch, passage: Passage) -> None:
        """Let clients' packets into the VPC, from the endpoint's own addresses."""
        endpoints = batch.place
        doors = self.doors.lookup(endpoints, batch.destination)
        passes = passage.gate(batch, self._checks(batch, doors))
        batch, doors = batch.where(passes), doors[passes]
        if not len(batch):
            return
        positions, rows = self.lists.take(doors)
        batch = batch.at(positions)
        sources, interfaces = self.book.first_atom[rows], self.book.interface[rows]
        sessions = passage.sessions.push(
            SessionKind.CLIENT_VPN, place=interfaces, batch=batch, translated=sources
        )
        batch = batch.replace(source=sources, session=sessions)
        passage.note(Kind.SITE_LINK, self.link[batch.place], batch)
        passage.move(
            batch.replace(
                stage=Stage.ORIGIN,
                place=interfaces,
                carrier=interfaces,
                vpc=self.interfaces.vpc[interfaces],
                subnet=self.interfaces.subnet[interfaces],
            )
        )

    def _checks(self, batch: PacketBatch, doors: Column) -> tuple[Check, ...]:
        links, kind = self.link[batch.place], Kind.SITE_LINK
        told = self.is_told[batch.place]
        allowed = self.allows.lookup(batch.place, batch.destination) == 1
        return (
            Check(~told, Fate.UNKNOWN_RESOURCE, kind, links),
            Check(~allowed & told, Fate.CLIENT_VPN_NOT_AUTHORIZED, kind, links),
            Check((doors == NO_ROW) & told, Fate.NO_ROUTE_TO_DESTINATION, kind, links),
            Check((doors == _UNSEEN) & told, Fate.UNKNOWN_RESOURCE, kind, links),
        )

    def give_back(self, batch: PacketBatch, passage: Passage) -> None:
        """Give replies their client's address back; `place` is the endpoint's interface."""
        session = passage.sessions.effective(batch.session)
        batch = batch.replace(
            destination=passage.sessions.source(session),
            session=passage.sessions.parent(session),
            vpc=NO_ROW,
            subnet=NO_ROW,
        )
        endpoints = self.of_interface[batch.place]
        passage.note(Kind.SITE_LINK, self.link[endpoints], batch)
        passage.stop(Fate.DELIVERED, Kind.SITE, self.site[endpoints], batch)


# -- compilation


def compile_client_vpns(
    snapshot: Snapshot,
    book: AddressBook,
    interfaces: InterfaceColumns,
    sites: Sequence[str],
    rows: Mapping[str, int],
) -> ClientVpns:
    """Find out where each endpoint's routes come in; `rows` are those of the interfaces."""
    records = list(snapshot.client_vpn_endpoints.values())
    links = {
        link.id: n for n, link in enumerate(links_of(snapshot)) if link.kind is LinkKind.CLIENT_VPN
    }
    compiler = _Doors(snapshot, book, rows)
    doors = [compiler.of(record) for record in records]
    owners = {
        interface.id: row for row, one in enumerate(records) for interface in compiler.owned(one)
    }
    return ClientVpns(
        link=by_row([links[record.id] for record in records]),
        site=by_row([sites.index(record.id) for record in records]),
        is_told=mask_by_row([None not in (r.authorizations, r.routes) for r in records]),
        allows=PieceTable.of([_allowed(record, book.axis) for record in records] or [[(0, 0)]]),
        doors=PieceTable.of(doors or [[(0, NO_ROW)]]),
        lists=Lists.of(list(compiler.numbers)),
        of_interface=by_row([owners.get(interface, NO_ROW) for interface in rows]),
        book=book,
        interfaces=interfaces,
        ids=tuple(record.id for record in records),
    )


def _allowed(record: ClientVpnEndpoint, axis: AtomAxis) -> list[tuple[int, int]]:
    rules = [rule for rule in record.authorizations or () if rule.state == _ACTIVE]
    spans = [(axis.span(rule.prefix), 1) for rule in rules]
    return pieces(spans, len(axis), lambda items: int(bool(items)))


class _Doors:
    """Finds the addresses from which each endpoint sends, and numbers lists of them."""

    def __init__(self, snapshot: Snapshot, book: AddressBook, rows: Mapping[str, int]) -> None:
        self._book, self._rows = book, rows
        self._marked = [
            one for one in snapshot.interfaces.values() if _DESCRIPTION in one.description.lower()
        ]
        self._shared = Counter(
            subnet
            for one in snapshot.client_vpn_endpoints.values()
            for subnet in dict.fromkeys(one.subnets or ())
        )
        self.numbers: dict[tuple[int, ...], int] = {}

    def owned(self, record: ClientVpnEndpoint) -> list[NetworkInterface]:
        """Return the interfaces of an endpoint: those in its subnets that no other can have."""
        return [
            one
            for one in self._marked
            if record.id in one.description
            or (one.subnet in (record.subnets or ()) and self._shared[one.subnet] == 1)
        ]

    def of(self, record: ClientVpnEndpoint) -> list[tuple[int, int]]:
        """Return the pieces of where an endpoint's routes come in."""
        doors: dict[str, list[int]] = {}
        for interface in self.owned(record):
            doors.setdefault(interface.subnet, []).extend(self._addresses(interface.id))

        def number(routes: list[ClientVpnRoute]) -> int:
            if not routes:
                return NO_ROW
            longest = max(route.prefix.length for route in routes)
            subnets = {route.subnet for route in routes if route.prefix.length == longest}
            rows = sorted(row for subnet in subnets for row in doors.get(subnet, ()))
            if not all(doors.get(subnet) for subnet in subnets):
                return _UNSEEN
            return self.numbers.setdefault(tuple(rows), len(self.numbers))

        axis = self._book.axis
        active = [route for route in record.routes or () if route.state == _ACTIVE]
        return pieces([(axis.span(r.prefix), r) for r in active], len(axis), number)

    def _addresses(self, interface: str) -> Iterator[int]:
        """Yield the row of the primary address of an interface."""
        held = self._book.interface == self._rows[interface]
        rows = np.flatnonzero(held & self._book.is_primary)
        yield from rows[:1].tolist() or np.flatnonzero(held)[:1].tolist()
