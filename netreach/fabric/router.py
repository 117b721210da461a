"""The VPC router: route tables, longest prefix match, precedence, what is never forwarded [RT-*]."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from netreach.fabric.element import Assumed, Fate, Kind, Passage, Stage
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.ranges import UNROUTABLE
from netreach.model.records import Route, RouteOrigin, RouteState, RouteTable, TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, column
from netreach.packets.pieces import PieceTable, pieces
from netreach.packets.pool import EVERYTHING, UNSURE
from netreach.packets.prefixes import Prefix

#: More routers than this on one way is a loop.
MAX_HOPS: Final = 16

#: What the router does with a packet, by route.
LOCAL, MOVE, STOP = 0, 1, 2

#: Where each kind of target takes a packet that the route hands it.
_STAGES: Final = {
    TargetKind.LOCAL: Stage.DELIVER,
    TargetKind.INTERNET_GATEWAY: Stage.INTERNET_GATEWAY,
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: Stage.EGRESS_ONLY,
    TargetKind.NAT_GATEWAY: Stage.NAT_GATEWAY,
    TargetKind.NETWORK_INTERFACE: Stage.MIDDLEBOX,
    TargetKind.INSTANCE: Stage.MIDDLEBOX,
}


class Rank(NamedTuple):
    """How a route competes: longest prefix, then origin [RT-3]."""

    length: int
    #: Propagated 0, prefix list 1, static 2.
    origin: int


class Candidate(NamedTuple):
    """One route for one prefix, as it competes in a table."""

    rank: Rank
    row: int
    target: tuple[TargetKind, str]


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


#: Route rows that every network has.
UNROUTABLE_ROW: Final = 0
AMBIGUOUS_ROW: Final = 1


@dataclass(frozen=True, slots=True)
class Router:
    """The routers of all VPCs."""

    #: (table, atom) -> route row or NO_ROW.
    matches: PieceTable
    #: Subnet row -> table row; NO_ROW where the snapshot does not say.
    table_of_subnet: Column
    routes: RouteRows
    #: Table row -> whether a route's prefix list has unknown entries.
    is_open: Mask
    is_doubted: Mask
    table_ids: tuple[str, ...]
    acls: NetworkAcls

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets out of their subnets and hand each to the target of its best route."""
        batch = self.acls.screen(batch, batch.subnet, passage, ingress=False)
        batch = batch.replace(hops=batch.hops + 1)
        batch, _ = passage.stop_where(
            batch.hops > MAX_HOPS, Fate.ROUTING_LOOP, Kind.ROUTE_TABLE, batch.subnet, batch
        )
        tables = self.table_of_subnet[batch.subnet]
        batch, kept = passage.stop_where(
            tables == NO_ROW, Fate.UNKNOWN_RESOURCE, Kind.ROUTE_TABLE, batch.subnet, batch
        )
        if len(batch):
            self._route(batch, tables if kept is None else tables[kept], passage)

    def _route(self, batch: PacketBatch, tables: Column, passage: Passage) -> None:
        rows = self.matches.lookup(tables, batch.destination)
        passage.note(Kind.ROUTE_TABLE, batch.subnet, batch, rows)
        missing = rows == NO_ROW
        if missing.any():
            self._stop_unrouted(batch.where(missing), tables[missing], passage)
            batch, rows, tables = batch.where(~missing), rows[~missing], tables[~missing]
        unsure = self.is_doubted[tables] | (
            self.is_open[tables] & (self.routes.stage[rows] != Stage.DELIVER)
        )
        if unsure.any():
            bounds = np.where(unsure, UNSURE, EVERYTHING)
            doubted = passage.screen(Kind.ROUTE_TABLE, batch.subnet, batch, bounds, ingress=False)
            batch = doubted
        for fate in np.unique(self.routes.fate[rows]).tolist():
            chosen = self.routes.fate[rows] == fate
            if fate == Fate.DELIVERED:
                self._hand_on(batch.where(chosen), rows[chosen], passage)
            else:
                self._stop(Fate(fate), batch.where(chosen), rows[chosen], passage)

    def _stop_unrouted(self, batch: PacketBatch, tables: Column, passage: Passage) -> None:
        is_open = self.is_open[tables] | self.is_doubted[tables]
        for fate, chosen in (
            (Fate.NO_ROUTE_TO_DESTINATION, ~is_open),
            (Fate.PREFIX_LIST_ENTRIES_UNKNOWN, is_open),
        ):
            passage.stop(fate, Kind.ROUTE_TABLE, batch.subnet[chosen], batch.where(chosen))

    def _stop(self, fate: Fate, batch: PacketBatch, rows: Column, passage: Passage) -> None:
        if fate in (Fate.NOT_MODELLED, Fate.UNKNOWN_RESOURCE):
            passage.stop(fate, Kind.UNMODELLED, rows, batch)
        else:
            passage.stop(fate, Kind.ROUTE_TABLE, batch.subnet, batch)

    def _hand_on(self, batch: PacketBatch, rows: Column, passage: Passage) -> None:
        if not len(batch):
            return
        passage.move(
            batch.replace(
                stage=self.routes.stage[rows],
                place=self.routes.target[rows],
                assumed=batch.assumed | self.routes.assumed[rows],
            )
        )


class TargetRows(NamedTuple):
    """Where the other elements keep the things that routes lead to."""

    internet_gateways: Mapping[str, int]
    egress_only: Mapping[str, int]
    nats: Mapping[str, int]
    interfaces: Mapping[str, int]
    instances: Mapping[str, int]  # instance id -> interface row

    def find(self, route: Route) -> int:
        """Return the row of a route's target, or NO_ROW."""
        table: Mapping[TargetKind, Mapping[str, int]] = {
            TargetKind.INTERNET_GATEWAY: self.internet_gateways,
            TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: self.egress_only,
            TargetKind.NAT_GATEWAY: self.nats,
            TargetKind.NETWORK_INTERFACE: self.interfaces,
            TargetKind.INSTANCE: self.instances,
        }
        return table.get(route.target_kind, {}).get(route.target, NO_ROW)


def compile_router(
    snapshot: Snapshot,
    axis: AtomAxis,
    acls: NetworkAcls,
    targets: TargetRows,
) -> Router:
    """Rank every table's routes and paint them over the atoms."""
    records = list(snapshot.route_tables.values())
    table_rows = {record.id: row for row, record in enumerate(records)}
    origin: list[tuple[str, int]] = [("", 0), ("", 0)]
    stage, target, assumed = [0, 0], [NO_ROW, NO_ROW], [0, 0]
    fate = [int(Fate.UNROUTABLE_DESTINATION_RANGE), int(Fate.AMBIGUOUS_ROUTE)]
    rows = []
    for record in records:
        first = len(origin)
        for position, route in enumerate(record.routes):
            found = targets.find(route)
            origin.append((record.id, position))
            stage.append(_STAGES.get(route.target_kind, Stage.ROUTER))
            target.append(found)
            fate.append(_fate(route, found))
            assumed.append(_assumed(snapshot, route))
        rows.append(_row(snapshot, record, first, axis))
    return Router(
        matches=PieceTable.of(rows or [[(0, NO_ROW)]]),
        table_of_subnet=column(list(_tables_of_subnets(snapshot, table_rows))),
        routes=RouteRows(tuple(origin), *(column(c) for c in (stage, target, fate, assumed))),
        is_open=np.array([_has_unknown_list(snapshot, record) for record in records], bool),
        is_doubted=np.array([bool(record.doubt) for record in records], bool),
        table_ids=tuple(table_rows),
        acls=acls,
    )


def _tables_of_subnets(snapshot: Snapshot, table_rows: Mapping[str, int]) -> Iterator[int]:
    """Yield each subnet's table: the explicit one, else its VPC's main one [RT-1]."""
    explicit = {s: record.id for record in snapshot.route_tables.values() for s in record.subnets}
    main = {record.vpc: record.id for record in snapshot.route_tables.values() if record.is_main}
    for subnet in snapshot.subnets.values():
        chosen = explicit.get(subnet.id, main.get(subnet.vpc, ""))
        yield table_rows.get(chosen, NO_ROW)


def _fate(route: Route, target: int) -> int:
    if route.state is RouteState.BLACKHOLE:
        return Fate.BAD_STATE_ROUTE
    if route.target_kind not in _STAGES:
        return Fate.NOT_MODELLED
    needs_record = _STAGES[route.target_kind] in (Stage.NAT_GATEWAY, Stage.MIDDLEBOX)
    return Fate.UNKNOWN_RESOURCE if needs_record and target == NO_ROW else Fate.DELIVERED


def _assumed(snapshot: Snapshot, route: Route) -> int:
    """Return the bit for a gateway that an active route names and the snapshot lacks."""
    known = {
        TargetKind.INTERNET_GATEWAY: snapshot.internet_gateways,
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: snapshot.egress_only_gateways,
    }.get(route.target_kind)
    return 0 if known is None or route.target in known else int(Assumed.GATEWAY)


def _has_unknown_list(snapshot: Snapshot, record: RouteTable) -> bool:
    return any(
        route.prefix_list
        and route.state is not RouteState.FILTERED
        and _entries(snapshot, route) is None
        for route in record.routes
    )


def _entries(snapshot: Snapshot, route: Route) -> tuple[Prefix, ...] | None:
    record = snapshot.prefix_lists.get(route.prefix_list)
    return None if record is None else record.entries


def _row(
    snapshot: Snapshot, record: RouteTable, first: int, axis: AtomAxis
) -> list[tuple[int, int]]:
    vpc = snapshot.vpcs.get(record.vpc)
    blocks = vpc.prefixes if vpc else ()
    candidates: list[tuple[Prefix, Candidate]] = []
    for position, route in enumerate(record.routes):
        if route.state is RouteState.FILTERED or _loses_to_local(route, blocks):
            continue
        for prefix in _prefixes(snapshot, route):
            rank = Rank(prefix.length, _origin_rank(route))
            target = (route.target_kind, route.target)
            candidates.append((prefix, Candidate(rank, first + position, target)))
    candidates.sort(key=lambda item: item[1].rank)
    spans: list[tuple[Span, Candidate]] = [(axis.span(p), c) for p, c in candidates]
    never = Candidate(Rank(129, 3), UNROUTABLE_ROW, (TargetKind.UNKNOWN, ""))
    spans += [(axis.span(prefix), never) for prefix in UNROUTABLE]
    return pieces(spans, len(axis), _best)


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


def _best(candidates: list[Candidate]) -> int:
    """Return the row of the best route; two equal prefix-list routes are ambiguous [RT-6]."""
    if not candidates:
        return NO_ROW
    best = candidates[-1]
    rivals = [c for c in candidates[:-1] if c.rank == best.rank and c.target != best.target]
    return AMBIGUOUS_ROW if rivals else best.row


_Best = Callable[[list[Candidate]], int]
