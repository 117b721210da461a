"""The route tables of transit gateways: which attachment a packet leaves by [TG-1..4, TG-8]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.fabric.element import Check, Passage
from netreach.fabric.transit_policy import PolicyTables, policy_of_attachment, untold_gateways
from netreach.fabric.vocabulary import Fate, Kind
from netreach.model.connections import (
    AttachmentKind,
    TransitAttachment,
    TransitRoute,
    TransitRouteTable,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pieces import Lists, PieceTable, pieces
from netreach.packets.prefixes import Prefix

#: How routes of one prefix compete, the best first [TG-2]; static and by prefix list come before.
_ORDER: Final = (
    AttachmentKind.VPC,
    AttachmentKind.DIRECT_CONNECT,
    AttachmentKind.CONNECT,
    AttachmentKind.VPN,
    AttachmentKind.PEERING,
    AttachmentKind.UNKNOWN,
)
#: Attachments that share the packets of one prefix; others never do [TG-8].
_SHARING: Final = (AttachmentKind.VPN, AttachmentKind.CONNECT, AttachmentKind.DIRECT_CONNECT)


class Way(NamedTuple):
    """One attachment of one route, as it competes in a table."""

    #: Prefix length, then origin: higher wins.
    rank: tuple[int, int]
    row: int
    attachment: str
    may_share: bool


class TransitRoutes(Struct, frozen=True):
    """All transit route tables."""

    #: Attachment row -> table row; NO_ROW for none.
    table_of: Column
    #: Attachment rows of which the snapshot does not say which table is theirs.
    is_unstated: Mask
    #: Table rows whose routes the snapshot does not all hold.
    is_open: Mask
    #: (table, atom) -> number of a list of ways, or NO_ROW.
    matches: PieceTable
    ways: Lists
    #: By way: its attachment row, or NO_ROW where the snapshot lacks it.
    attachment: Column
    is_blackhole: Mask
    #: By way: whether several such ways are rivals of which nobody knows which one is taken.
    is_rival: Mask
    #: By way: its table and route.
    origin: tuple[tuple[str, TransitRoute], ...]
    policies: PolicyTables
    table_ids: tuple[str, ...]

    def choose(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Return packets with the attachment that they leave by as their place."""
        tables = self.table_of[batch.place]
        if not self.policies.ids:
            return self._by_tables(batch, tables, passage)
        routed = self.policies.pick(batch, tables, passage)
        return PacketBatch.joined(
            [self._by_tables(some, chosen, passage) for some, chosen in routed]
        )

    def _by_tables(self, batch: PacketBatch, tables: Column, passage: Passage) -> PacketBatch:
        attachments = batch.place
        unstated = self.is_unstated[attachments]
        unknown, attachment = Fate.TGW_RTB_ROUTES_ARE_UNKNOWN, Kind.TRANSIT_ATTACHMENT
        lacking = Fate.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION
        checks = (
            Check(unstated, unknown, attachment, attachments),
            Check((tables == NO_ROW) & ~unstated, lacking, attachment, attachments),
            Check(self.is_open[tables], unknown, Kind.TRANSIT_TABLE, tables),
        )
        passes = passage.gate(batch, checks)
        batch, tables = batch.where(passes), tables[passes]
        lists = self.matches.lookup(np.maximum(tables, 0), batch.destination)
        batch, kept = passage.stop_where(
            lists == NO_ROW,
            Fate.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
            Kind.TRANSIT_TABLE,
            tables,
            batch,
        )
        if kept is not None:
            tables, lists = tables[kept], lists[kept]
        return self._follow(batch, tables, lists, passage) if len(batch) else batch

    def _follow(
        self, batch: PacketBatch, tables: Column, lists: Column, passage: Passage
    ) -> PacketBatch:
        """Send packets by all attachments that share their route."""
        positions, ways = self.ways.take(lists)
        if len(positions) > len(batch):
            batch = passage.sessions.fork(batch.at(positions), ways)
            tables = tables[positions]
        passage.note(Kind.TRANSIT_TABLE, tables, batch, ways)
        targets = self.attachment[ways]
        missing = targets == NO_ROW
        table, blackhole = Kind.TRANSIT_TABLE, self.is_blackhole[ways]
        checks = (
            Check(blackhole, Fate.TGW_RTB_BAD_STATE_ROUTE, table, tables),
            Check(self.is_rival[ways], Fate.AMBIGUOUS_ROUTE, table, tables),
            Check(missing, Fate.UNKNOWN_RESOURCE, table, tables),
        )
        passes = passage.gate(batch, checks)
        return batch.replace(place=targets).where(passes)


def transit_prefixes(snapshot: Snapshot) -> Iterator[Prefix]:
    """Yield the destinations of transit routes, for cutting."""
    for table in snapshot.transit_route_tables.values():
        for routes in (table.static_routes, table.propagated_routes):
            yield from (route.destination for route in routes or () if route.destination)


def compile_transit_routes(
    snapshot: Snapshot, axis: AtomAxis, attachments: Mapping[str, int], policies: PolicyTables
) -> TransitRoutes:
    """Rank every table's routes and paint them over the atoms."""
    records = list(snapshot.transit_route_tables.values())
    table_rows = {record.id: row for row, record in enumerate(records)}
    compiler = _Compiler(snapshot, axis, attachments)
    rows = [compiler.table(record) for record in records]
    ties = list(snapshot.transit_attachments.values())
    return TransitRoutes(
        table_of=by_row([table_rows.get(tie.table or "", NO_ROW) for tie in ties]),
        is_unstated=mask_by_row([_is_unstated(snapshot, tie) for tie in ties]),
        is_open=mask_by_row([_is_open(snapshot, record) for record in records]),
        matches=PieceTable.of(rows or [[(0, NO_ROW)]]),
        ways=Lists.of(list(compiler.lists)),
        attachment=by_row([attachments.get(way, NO_ROW) for way in compiler.attachments]),
        is_blackhole=mask_by_row(
            [
                route.state != "active" or attachment in snapshot.deleted
                for (_, route), attachment in zip(
                    compiler.origin, compiler.attachments, strict=True
                )
            ]
        ),
        is_rival=mask_by_row(compiler.rivals),
        origin=tuple(compiler.origin),
        policies=policies,
        table_ids=tuple(table_rows),
    )


def _is_unstated(snapshot: Snapshot, tie: TransitAttachment) -> bool:
    """Tell whether the snapshot does not say what routes what comes from an attachment."""
    if tie.id in policy_of_attachment(snapshot):
        return False
    if not tie.table:  # it has none, or a policy table of which nobody says whose it is
        return tie.table is None or tie.gateway in untold_gateways(snapshot)
    return tie.table not in snapshot.transit_route_tables


class _Compiler:
    """Numbers ways and lists of ways over all tables."""

    def __init__(self, snapshot: Snapshot, axis: AtomAxis, attachments: Mapping[str, int]) -> None:
        self._snapshot, self._axis, self._rows = snapshot, axis, attachments
        self.origin: list[tuple[str, TransitRoute]] = []
        self.attachments: list[str] = []
        self.rivals: list[bool] = []
        self.lists: dict[tuple[int, ...], int] = {}

    def table(self, record: TransitRouteTable) -> list[tuple[int, int]]:
        """Return the pieces of one table."""
        found = [
            (prefix, way)
            for route in routes_of(self._snapshot, record)
            for prefix in _prefixes(self._snapshot, route)
            for way in self._ways(record.id, route, prefix)
        ]
        found.sort(key=lambda item: item[1].rank)
        spans: list[tuple[Span, Way]] = [(self._axis.span(p), way) for p, way in found]
        return pieces(spans, len(self._axis), self._best)

    def _ways(self, table: str, route: TransitRoute, prefix: Prefix) -> Iterator[Way]:
        for attachment in route.attachments or ("",):
            record = self._snapshot.transit_attachments.get(attachment)
            kind = record.kind if record else AttachmentKind.UNKNOWN
            rank = (prefix.length, _origin_rank(route, kind))
            row = self._add(table, route, attachment)
            yield Way(rank, row, attachment, self._may_share(record))

    def _may_share(self, record: TransitAttachment | None) -> bool:
        """Tell whether packets of one prefix may be shared out to the attachment [TG-8]."""
        if record is None or record.kind not in _SHARING:
            return False
        gateway = self._snapshot.transit_gateways.get(record.gateway)
        is_off = gateway is not None and not gateway.vpn_ecmp
        return record.kind is not AttachmentKind.VPN or not is_off

    def _add(self, table: str, route: TransitRoute, attachment: str, *, rival: bool = False) -> int:
        self.origin.append((table, route))
        self.attachments.append(attachment)
        self.rivals.append(rival)
        return len(self.origin) - 1

    def _best(self, ways: list[Way]) -> int:
        """Return the list of the best ways, NO_ROW where there is none."""
        if not ways:
            return NO_ROW
        best = ways[-1].rank
        found = {way.attachment: way for way in ways if way.rank == best}
        rows = tuple(sorted(way.row for way in found.values()))
        if len(rows) > 1 and not all(way.may_share for way in found.values()):
            # of equal VPC routes only the older attachment's is kept [TG-4]; nobody says which
            rows = tuple(self._add(*self._named(row), rival=True) for row in rows)
        return self.lists.setdefault(rows, len(self.lists))

    def _named(self, row: int) -> tuple[str, TransitRoute, str]:
        return (*self.origin[row], self.attachments[row])


def _origin_rank(route: TransitRoute, kind: AttachmentKind) -> int:
    if route.is_static:
        return 101 if route.prefix_list else 102
    return 100 - _ORDER.index(kind)


def routes_of(snapshot: Snapshot, record: TransitRouteTable) -> tuple[TransitRoute, ...]:
    """Return a table's routes; the propagated ones follow from who propagates if none are listed.

    A VPC attachment propagates its VPC's blocks, a VPN its static routes, a peering nothing [TG-1].
    """
    propagated = record.propagated_routes
    if propagated is None:
        ties = (snapshot.transit_attachments.get(tie) for tie in record.propagations or ())
        propagated = tuple(
            TransitRoute(destination=prefix, is_static=False, attachments=(tie.id,))
            for tie in ties
            if tie is not None
            for prefix in _announced(snapshot, tie) or ()
        )
    return (*(record.static_routes or ()), *propagated)


def _announced(snapshot: Snapshot, tie: TransitAttachment) -> tuple[Prefix, ...] | None:
    """Return what an attachment propagates; None where the snapshot can't tell."""
    if tie.kind is AttachmentKind.PEERING:
        return ()
    if tie.kind is AttachmentKind.VPC:
        vpc = snapshot.vpcs.get(tie.resource)
        if vpc is None:
            return None
        return tuple(p for p in vpc.prefixes if p.family == 4 or tie.supports_ipv6)
    connection = snapshot.vpn_connections.get(tie.resource)
    if tie.kind is AttachmentKind.VPN and connection is not None and connection.is_static:
        return connection.routes
    return None


def _is_open(snapshot: Snapshot, record: TransitRouteTable) -> bool:
    """Tell whether the table may hold routes that the snapshot does not."""
    if record.static_routes is None or record.doubt:
        return True
    if any(_entries(snapshot, route) is None for route in record.static_routes):
        return True
    if record.propagated_routes is not None:
        return False
    if record.propagations is None:
        return True
    ties = [snapshot.transit_attachments.get(tie) for tie in record.propagations]
    return any(tie is None or _announced(snapshot, tie) is None for tie in ties)


def _prefixes(snapshot: Snapshot, route: TransitRoute) -> tuple[Prefix, ...]:
    return _entries(snapshot, route) or ()


def _entries(snapshot: Snapshot, route: TransitRoute) -> tuple[Prefix, ...] | None:
    if route.destination is not None:
        return (route.destination,)
    record = snapshot.prefix_lists.get(route.prefix_list)
    return None if record is None or record.doubt else record.entries
