"""The VPC router: route tables, longest prefix match, precedence, what it never forwards [RT-*]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from netreach.fabric.aws_service import stop_lattice
from netreach.fabric.element import Assumed, Fate, Kind, Passage, Stage
from netreach.fabric.kept_clients import stop_diverted
from netreach.fabric.multicast import MulticastDomains
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.ranges import LATTICE, UNROUTABLE
from netreach.fabric.sessions import SessionKind
from netreach.model.records import Route, RouteOrigin, RouteState, RouteTable, TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, distinct, mask_by_row
from netreach.packets.pieces import Lists, PieceTable, pieces
from netreach.packets.pool import UNSURE
from netreach.packets.prefixes import Family, Prefix

#: More routers than this on one way is a loop.
MAX_HOPS: Final = 16

#: Where each kind of target takes a packet that the route hands it.
_STAGES: Final = {
    TargetKind.LOCAL: Stage.DELIVER,
    TargetKind.INTERNET_GATEWAY: Stage.INTERNET_GATEWAY,
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: Stage.EGRESS_ONLY,
    TargetKind.NAT_GATEWAY: Stage.NAT_GATEWAY,
    TargetKind.NETWORK_INTERFACE: Stage.MIDDLEBOX,
    TargetKind.INSTANCE: Stage.MIDDLEBOX,
    TargetKind.VPC_PEERING: Stage.PEERING,
    TargetKind.TRANSIT_GATEWAY: Stage.TRANSIT_GATEWAY,
    TargetKind.VPN_GATEWAY: Stage.VPN_GATEWAY,
    TargetKind.VPC_ENDPOINT: Stage.ENDPOINT,
}
#: Gateways that an active route proves to exist, whether or not the snapshot holds them.
_PROVEN: Final = (TargetKind.INTERNET_GATEWAY, TargetKind.EGRESS_ONLY_INTERNET_GATEWAY)


class Rank(NamedTuple):
    """How a route competes: longest prefix, then origin [RT-3]."""

    length: int
    #: Propagated 0, prefix list 1, static 2.
    origin: int


class Candidate(NamedTuple):
    """One route for one prefix, as it competes in a table."""

    rank: Rank
    row: int
    #: Routes that agree in this are no rivals.
    target: tuple[TargetKind, str, RouteState]


@dataclass(frozen=True, slots=True)
class RouteRows:
    """The routes of all tables as columns, and the three rows that every network has."""

    #: -> (table id, position) ; ("", 0) for the rows that every network has.
    origin: tuple[tuple[str, int], ...]
    stage: Column
    #: Row of the gateway, NAT gateway or interface; NO_ROW where the snapshot lacks it.
    target: Column
    fate: Column
    #: Bits of Assumed.
    assumed: Column


#: The route row that every network has.
UNROUTABLE_ROW: Final = 0
#: Values of the piece table from here down name a list of rival routes, not a route.
FIRST_RIVALS: Final = -2


@dataclass(frozen=True, slots=True)
class Router:
    """The routers of all VPCs."""

    #: (table, atom) -> route row or NO_ROW.
    matches: PieceTable
    #: Subnet row -> table row; NO_ROW where the snapshot does not say.
    table_of_subnet: Column
    routes: RouteRows
    #: Table row -> which of `ways` holds its routes by prefix lists with unknown entries.
    open_way4: Column
    open_way6: Column
    #: Lists of route rows of which any may be the one.
    ways: Lists
    is_doubted: Mask
    #: (table, atom) -> 1 where a local route covers it, however specific others are.
    local_blocks: PieceTable
    table_ids: tuple[str, ...]
    #: The atoms of VPC Lattice, the first and the last.
    lattice: Span
    acls: NetworkAcls
    domains: MulticastDomains
    axis: AtomAxis

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets out of their subnets and hand each to the target of its best route."""
        batch = self.acls.screen(batch, batch.subnet, passage, ingress=False)
        batch = batch.replace(hops=batch.hops + 1)
        batch, _ = passage.stop_where(
            batch.hops > MAX_HOPS, Fate.ROUTING_LOOP, Kind.ROUTE_TABLE, batch.subnet, batch
        )
        if passage.returning:
            batch = _return_to_sender(batch, passage)
        batch = self.domains.divert(stop_lattice(batch, self.lattice, passage), passage)
        tables = self.table_of_subnet[batch.subnet]
        batch, kept = passage.stop_where(
            tables == NO_ROW, Fate.UNKNOWN_RESOURCE, Kind.ROUTE_TABLE, batch.subnet, batch
        )
        if len(batch):
            tables = tables if kept is None else tables[kept]
            self._route(Kind.ROUTE_TABLE, batch, tables, passage)

    def cross_from_gateway(self, batch: PacketBatch, passage: Passage) -> None:
        """Route what came in by a gateway with a table of its own; `place` is the table [RT-11]."""
        self._route(Kind.GATEWAY_TABLE, batch, batch.place, passage)

    def _route(self, kind: Kind, batch: PacketBatch, tables: Column, passage: Passage) -> None:
        """Hand packets to the targets of their routes.

        A subnet's table is known by the subnet, a gateway's by its own row, which is the place.
        """
        doubted = self.is_doubted[tables]
        batch = passage.doubt_where(doubted, kind, _component(kind, batch), batch, UNSURE)
        rows = self.matches.lookup(tables, batch.destination)
        batch, rows = self._spread(batch, tables, rows, passage)
        passage.note(kind, _component(kind, batch), batch, rows)
        fates = np.where(rows == NO_ROW, int(Fate.NO_ROUTE_TO_DESTINATION), self.routes.fate[rows])
        for fate in distinct(fates).tolist():
            chosen = fates == fate
            if fate == Fate.DELIVERED:
                self._hand_on(batch.where(chosen), rows[chosen], passage)
            else:
                _stop(Fate(fate), kind, batch.where(chosen), rows[chosen], passage)

    def _spread(
        self, batch: PacketBatch, tables: Column, rows: Column, passage: Passage
    ) -> tuple[PacketBatch, Column]:
        """Send packets by every route that may be theirs, where nobody knows which one is.

        That is so where prefix lists overlap [RT-6], and where a list's entries are unknown: such
        a list may cover any destination outside the VPC. A packet that comes to the same table
        again takes the way that it took before.
        """
        ways = np.where(rows <= FIRST_RIVALS, FIRST_RIVALS - rows, NO_ROW)
        outside = (ways == NO_ROW) & (rows != UNROUTABLE_ROW)
        outside &= self.local_blocks.lookup(tables, batch.destination) == 0
        is_ipv6 = self.axis.is_ipv6(batch.destination)
        open_ways = np.where(is_ipv6, self.open_way6[tables], self.open_way4[tables])
        ways = np.where(outside, open_ways, ways)
        spread = ways != NO_ROW
        if not spread.any():
            return batch, rows
        choosers = tables * len(self.axis) + batch.destination
        again = spread & (batch.chooser == choosers)
        rows = np.where(again, batch.choice, rows)
        packets, others = self._others(np.flatnonzero(spread & ~again), ways, rows)
        spread = np.bincount(packets, minlength=len(batch)) > 0
        passage.wonder(Kind.ROUTE_TABLE, batch.subnet[spread], batch.where(spread), UNSURE)
        kept = rows > FIRST_RIVALS
        known = batch.replace(
            assumed=np.where(spread, batch.assumed | int(Assumed.EITHER), batch.assumed),
            chooser=np.where(spread, choosers, batch.chooser),
            choice=np.where(spread, rows, batch.choice),
        )
        # each way is a branch of its own, the one without any of those routes too
        either = spread & kept
        more = passage.sessions.fork(known.at(packets), others)
        parts = [
            known.where(kept & ~spread),
            passage.sessions.fork(known.where(either), rows[either]),
            more.replace(choice=others),
        ]
        taken = [rows[kept & ~spread], rows[either], others]
        return PacketBatch.joined(parts), np.concatenate(taken)

    def _others(self, spread: Column, ways: Column, rows: Column) -> tuple[Column, Column]:
        """Return the routes that may be taken in place of packets' own, with those packets.

        One that leads where a packet's own route leads makes no difference to it.
        """
        found, others = self.ways.take(ways[spread])
        packets = spread[found]
        own, routes = rows[packets], self.routes
        alike = (own >= 0) & (routes.target[own] != NO_ROW)
        for each in (routes.stage, routes.target, routes.fate):
            alike &= each[own] == each[others]
        return packets[~alike], others[~alike]

    def _hand_on(self, batch: PacketBatch, rows: Column, passage: Passage) -> None:
        if not len(batch):
            return
        batch = batch.replace(
            stage=self.routes.stage[rows],
            place=self.routes.target[rows],
            assumed=batch.assumed | self.routes.assumed[rows],
        )
        passage.move(stop_diverted(batch, passage))


def _return_to_sender(batch: PacketBatch, passage: Passage) -> PacketBatch:
    """Send replies to a NAT gateway back over the peering they came by; return the others [NT-3].

    No route is asked; only NAT gateways are answered so.
    """
    sessions = passage.sessions
    nat = sessions.effective(batch.session)
    mine = sessions.kind(batch.session) == SessionKind.NAT_PEERING
    mine &= sessions.translated(nat) == batch.destination
    if not mine.any():
        return batch
    answers = batch.where(mine)
    passage.move(answers.replace(stage=Stage.PEERING, place=sessions.place(answers.session)))
    return batch.where(~mine)


def _component(kind: Kind, batch: PacketBatch) -> Column:
    return batch.place if kind is Kind.GATEWAY_TABLE else batch.subnet


def _stop(fate: Fate, kind: Kind, batch: PacketBatch, rows: Column, passage: Passage) -> None:
    if fate in (Fate.NOT_MODELLED, Fate.UNKNOWN_RESOURCE):
        passage.stop(fate, Kind.UNMODELLED, rows, batch)
    else:
        passage.stop(fate, kind, _component(kind, batch), batch)


#: Kind of target -> id -> row, as the element behind it numbers them.
TargetRows = Mapping[TargetKind, Mapping[str, int]]


def compile_router(
    snapshot: Snapshot,
    axis: AtomAxis,
    acls: NetworkAcls,
    domains: MulticastDomains,
    targets: TargetRows,
) -> Router:
    """Rank every table's routes and paint them over the atoms."""
    records = list(snapshot.route_tables.values())
    table_rows = {record.id: row for row, record in enumerate(records)}
    origin: list[tuple[str, int]] = [("", 0)]
    stage, target, assumed = [0], [NO_ROW], [0]
    fate = [int(Fate.UNROUTABLE_DESTINATION_RANGE)]
    rows: list[list[tuple[int, int]]] = []
    open_ways: dict[Family, list[int]] = {4: [], 6: []}
    ways = WayLists()
    for record in records:
        first = len(origin)
        for position, route in enumerate(record.routes):
            found = targets.get(route.target_kind, {}).get(route.target, NO_ROW)
            origin.append((record.id, position))
            stage.append(_STAGES.get(route.target_kind, Stage.ROUTER))
            target.append(found)
            fate.append(_fate(route, found, is_gone=route.target in snapshot.deleted))
            assumed.append(_assumed(snapshot, route))
        rows.append(_row(snapshot, record, first, axis, ways))
        for family, numbers in open_ways.items():
            numbers.append(ways.number(tuple(_unknown_lists(snapshot, record, first, family))))
    return Router(
        matches=PieceTable.of(rows or [[(0, NO_ROW)]]),
        table_of_subnet=by_row(list(_tables_of_subnets(snapshot, table_rows))),
        routes=RouteRows(tuple(origin), *(by_row(c) for c in (stage, target, fate, assumed))),
        open_way4=by_row(open_ways[4]),
        open_way6=by_row(open_ways[6]),
        ways=ways.compiled(),
        is_doubted=mask_by_row([bool(record.doubt) for record in records]),
        local_blocks=PieceTable.of([_local_row(record, axis) for record in records] or [[(0, 0)]]),
        table_ids=tuple(table_rows),
        lattice=axis.span(LATTICE),
        acls=acls,
        domains=domains,
        axis=axis,
    )


def _tables_of_subnets(snapshot: Snapshot, table_rows: Mapping[str, int]) -> Iterator[int]:
    """Yield each subnet's table: the explicit one, else its VPC's main one [RT-1]."""
    explicit = {s: record.id for record in snapshot.route_tables.values() for s in record.subnets}
    main = {record.vpc: record.id for record in snapshot.route_tables.values() if record.is_main}
    for subnet in snapshot.subnets.values():
        chosen = explicit.get(subnet.id, main.get(subnet.vpc, ""))
        yield table_rows.get(chosen, NO_ROW)


def _fate(route: Route, target: int, *, is_gone: bool) -> int:
    if route.state is RouteState.BLACKHOLE or is_gone:
        return Fate.BAD_STATE_ROUTE
    if route.target_kind not in _STAGES:
        return Fate.NOT_MODELLED
    needs_record = route.target_kind not in (TargetKind.LOCAL, *_PROVEN)
    return Fate.UNKNOWN_RESOURCE if needs_record and target == NO_ROW else Fate.DELIVERED


def _assumed(snapshot: Snapshot, route: Route) -> int:
    """Return the bit for a gateway that an active route names and the snapshot lacks."""
    known = {
        TargetKind.INTERNET_GATEWAY: snapshot.internet_gateways,
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: snapshot.egress_only_gateways,
    }.get(route.target_kind)
    return 0 if known is None or route.target in known else int(Assumed.GATEWAY)


def _unknown_lists(
    snapshot: Snapshot, record: RouteTable, first: int, family: Family
) -> Iterator[int]:
    """Yield the rows of routes by prefix lists whose entries the snapshot lacks."""
    for position, route in enumerate(record.routes):
        if route.state is RouteState.FILTERED or not route.prefix_list:
            continue
        known = snapshot.prefix_lists.get(route.prefix_list)
        may_be = known is None or known.family in (None, family)
        if may_be and _entries(snapshot, route) is None:
            yield first + position


def _entries(snapshot: Snapshot, route: Route) -> tuple[Prefix, ...] | None:
    record = snapshot.prefix_lists.get(route.prefix_list)
    return None if record is None or record.doubt else record.entries


def _row(
    snapshot: Snapshot, record: RouteTable, first: int, axis: AtomAxis, ways: WayLists
) -> list[tuple[int, int]]:
    vpc = snapshot.vpcs.get(record.vpc)
    blocks = vpc.prefixes if vpc else ()
    candidates: list[tuple[Prefix, Candidate]] = []
    for position, route in enumerate(record.routes):
        if route.state is RouteState.FILTERED or _loses_to_local(route, blocks):
            continue
        for prefix in _prefixes(snapshot, route):
            rank = Rank(prefix.length, _origin_rank(route))
            target = (route.target_kind, route.target, route.state)
            candidates.append((prefix, Candidate(rank, first + position, target)))
    candidates.sort(key=lambda item: item[1].rank)
    spans: list[tuple[Span, Candidate]] = [(axis.span(p), c) for p, c in candidates]
    never = Candidate(Rank(129, 3), UNROUTABLE_ROW, (TargetKind.UNKNOWN, "", RouteState.ACTIVE))
    spans += [(axis.span(prefix), never) for prefix in UNROUTABLE]
    return pieces(spans, len(axis), lambda candidates: _best(candidates, ways))


def _local_row(record: RouteTable, axis: AtomAxis) -> list[tuple[int, int]]:
    spans = [
        (axis.span(route.destination), 1)
        for route in record.routes
        if route.target_kind is TargetKind.LOCAL and route.destination is not None
    ]
    return pieces(spans, len(axis), lambda items: int(bool(items)))


def _prefixes(snapshot: Snapshot, route: Route) -> tuple[Prefix, ...]:
    if route.destination is not None:
        return (route.destination,)
    return _entries(snapshot, route) or ()


def _loses_to_local(route: Route, blocks: tuple[Prefix, ...]) -> bool:
    """Tell whether a propagated route overlaps the VPC's own blocks from inside [RT-4]."""
    return (
        route.origin is RouteOrigin.PROPAGATED
        and route.destination is not None
        and any(block.contains(route.destination) for block in blocks)
    )


def _origin_rank(route: Route) -> int:
    if route.origin in (RouteOrigin.PROPAGATED, RouteOrigin.ADVERTISEMENT):
        return 0
    return 1 if route.prefix_list else 2


def _best(candidates: list[Candidate], ways: WayLists) -> int:
    """Return the row of the best route; equal ones to different targets are rivals [RT-6]."""
    if not candidates:
        return NO_ROW
    best = candidates[-1]
    rivals = {c.target: c.row for c in candidates if c.rank == best.rank}
    if len(rivals) == 1:
        return best.row
    return FIRST_RIVALS - ways.number(tuple(rivals.values()))


class WayLists:
    """Numbers distinct lists of route rows."""

    def __init__(self) -> None:
        """Hold no list yet."""
        self._numbers: dict[tuple[int, ...], int] = {}

    def number(self, rows: tuple[int, ...]) -> int:
        """Return the number of a list, NO_ROW for the empty one."""
        return self._numbers.setdefault(rows, len(self._numbers)) if rows else NO_ROW

    def compiled(self) -> Lists:
        """Return all lists by number."""
        return Lists.of(list(self._numbers))
