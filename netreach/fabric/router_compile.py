"""Route tables as columns: which route wins where, and which of them nobody can tell [RT-*]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from netreach.fabric.multicast import MulticastDomains
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.ranges import LATTICE, UNROUTABLE
from netreach.fabric.router import FIRST_RIVALS, UNROUTABLE_ROW, Router, RouteRows
from netreach.fabric.vocabulary import Assumed, Fate, Stage
from netreach.model.records import Route, RouteOrigin, RouteState, RouteTable, TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, by_row, mask_by_row
from netreach.packets.pieces import Lists, PieceTable, pieces
from netreach.packets.prefixes import Family, Prefix

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


#: The best origin of a route [RT-3].
_STATIC: Final = 2


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
    exact, rows = [False], list[list[tuple[int, int]]]()
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
            exact.append(_is_exact(route))
        rows.append(_row(snapshot, record, first, axis, ways))
        for family, numbers in open_ways.items():
            numbers.append(ways.number(tuple(_unknown_lists(snapshot, record, first, family))))
    return Router(
        matches=PieceTable.of(rows or [[(0, NO_ROW)]]),
        table_of_subnet=by_row(list(_tables_of_subnets(snapshot, table_rows))),
        routes=RouteRows(
            origin=tuple(origin),
            stage=by_row(stage),
            target=by_row(target),
            fate=by_row(fate),
            assumed=by_row(assumed),
            is_exact=mask_by_row(exact),
        ),
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
    return 1 if route.prefix_list else _STATIC


def _is_exact(route: Route) -> bool:
    prefix = route.destination
    is_one = prefix is not None and prefix.length == (32 if prefix.family == 4 else 128)
    return is_one and _origin_rank(route) == _STATIC and route.state is not RouteState.FILTERED


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
