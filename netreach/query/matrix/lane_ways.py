"""Lane ways: what travels between two lanes, there and back, before security groups are asked.

Each pair of classes of lanes is walked once, by two of their addresses, through the same elements
as any other question, with the groups of both ends left for later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from netreach.fabric.fabric import Fabric
from netreach.fabric.lanes import CELLS, SAFE_IF_DEAD, Lanes, safe_stages
from netreach.fabric.vocabulary import FIRST_UNKNOWN, MODE_BITS, STRICT_BITS, Assumed, Fate, Stage
from netreach.fabric.worlds import World, WorldLog, renumbered, world_numbers
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, column, filled
from netreach.packets.likeness import alike
from netreach.packets.pool import NOTHING
from netreach.query.flow_batch import FlowBatch
from netreach.query.flows import PIECE, Asker
from netreach.query.trips import Ways

#: Numbers of lane ways that every matrix has: to be asked one by one; no such pair.
SINGLY: Final = 0
NOWHERE: Final = 1
_DEAD_STAGES: Final = sum(1 << stage for stage in SAFE_IF_DEAD)
#: What of `assumed` an answer depends on, besides the world.
KEPT_BITS: Final = int(STRICT_BITS)


class Branch(NamedTuple):
    """One branch of the way between two lanes; ids are the pool's."""

    forward: int
    replies: int
    random: int
    assumed: int
    #: Whether it got to the receiver, whose groups are then asked.
    arrives: bool
    #: Whether the receiver's groups know by which interface it was sent.
    carries: bool
    #: What is supposed on it, beside others of the same way.
    world: World = ()


LaneWay = tuple[Branch, ...]
#: Lanes, or numbers of ways, in any shape.
Cells = NDArray[np.int64]


class LaneWays(Struct, frozen=True):
    """What travels between each two classes of lanes of one family."""

    lanes: Lanes
    #: ``(vpcs * vpcs,)``: where the pairs of an ordered pair of VPCs begin in `numbers`.
    first: Column
    #: One number for each pair of classes, the source's varying slowest.
    numbers: Column
    #: ``(vpcs * vpcs,)``: whether nothing travels from the one VPC to the other at all.
    is_dead: Mask

    def between(self, sources: Cells, destinations: Cells) -> Cells:
        """Return the numbers of the ways between lanes, of any shapes that go together.

        Where an end is NO_ROW there is no way.
        """
        lanes = self.lanes
        if not len(lanes):
            return np.full(np.broadcast_shapes(sources.shape, destinations.shape), NOWHERE)
        left, right = np.maximum(sources, 0), np.maximum(destinations, 0)
        here, there = lanes.vpc[left], lanes.vpc[right]
        at = self.first[here * len(lanes.sizes) + there]
        at = at + lanes.classes[left, there] * lanes.sizes[there, here].astype(np.int64)
        at = at + lanes.classes[right, here]
        known = (here != NO_ROW) & (there != NO_ROW)
        at = np.where(known, np.minimum(at, len(self.numbers) - 1), 0)
        absent = (sources == NO_ROW) | (destinations == NO_ROW)
        return np.where(absent, NOWHERE, np.where(known, self.numbers[at], SINGLY))


class LaneEnds(NamedTuple):
    """Which lanes hold sources of a matrix, and which hold destinations."""

    sources: Mask
    destinations: Mask


class _Pairs(NamedTuple):
    """Each two classes of lanes of one family, by a lane of each."""

    #: ``(vpcs * vpcs + 1,)``: where the pairs of an ordered pair of VPCs begin.
    first: Column
    #: By pair: lanes at both ends; NO_ROW for a class that nobody asks about.
    sources: Column
    destinations: Column


class _Spots(NamedTuple):
    """The lanes of both families behind each other, and at the end one for NO_ROW."""

    row: Column
    other_row: Column
    vpc: Column
    is_single: Mask

    @classmethod
    def of(cls, lanes: tuple[Lanes, Lanes]) -> _Spots:
        """Join the columns of both families."""
        ipv4, ipv6 = lanes
        none = filled(1, NO_ROW)
        return cls(
            np.concatenate([ipv4.row, ipv6.row, none]),
            np.concatenate([ipv4.other_row, ipv6.other_row, none]),
            np.concatenate([ipv4.vpc, ipv6.vpc, none]),
            np.concatenate([ipv4.is_single, ipv6.is_single, [False]]),
        )


def lane_ways(
    asker: Asker,
    lanes: tuple[Lanes, Lanes],
    book: WayNumbers,
    ends: tuple[LaneEnds, LaneEnds],
    *,
    asked: tuple[bool, bool],
    piece: int = PIECE,
) -> tuple[LaneWays, LaneWays]:
    """Walk between each two classes of lanes of both families; batches hold up to `piece` pairs.

    From classes without sources, and to those without destinations, nothing is walked; of a family
    that is not `asked` at all, nothing whatever.
    """
    pairs = [
        _pairs(own, of_own) if is_asked else None
        for own, of_own, is_asked in zip(lanes, ends, asked, strict=True)
    ]
    numbers = iter(_walked(asker, lanes, pairs, book, piece))
    ipv4, ipv6 = (
        _nowhere(own) if one is None else _ways_of(own, one.first, next(numbers), book)
        for own, one in zip(lanes, pairs, strict=True)
    )
    return ipv4, ipv6


def _nowhere(lanes: Lanes) -> LaneWays:
    """Return the ways of a family that nobody asked about."""
    vpcs = len(lanes.sizes)
    return LaneWays(
        lanes, filled(vpcs * vpcs + 1, 0), filled(1, NOWHERE), np.ones(vpcs * vpcs, bool)
    )


def _ways_of(lanes: Lanes, first: Column, numbers: Column, book: WayNumbers) -> LaneWays:
    """Return the ways of a family, which have at least one number."""
    some = numbers if len(numbers) else filled(1, SINGLY)
    return LaneWays(lanes, first, some, _dead_pairs(first, some, book))


def _dead_pairs(first: Column, numbers: Column, book: WayNumbers) -> Mask:
    """Tell between which VPCs nothing travels."""
    dead = np.array([is_dead(way) for way in book.ways], bool)
    dead[SINGLY] = False
    alive = np.concatenate([[0], (~dead[numbers]).cumsum()])
    result: Mask = alive[first[1:]] == alive[first[:-1]]
    return result


def is_dead(way: LaneWay) -> bool:
    """Tell whether a way lets nothing through on any branch, not even perhaps."""
    return all(branch.forward == NOTHING for branch in way)


def _pairs(lanes: Lanes, ends: LaneEnds) -> _Pairs:
    """Return each two classes of lanes."""
    vpcs = len(lanes.sizes)
    sizes = lanes.sizes.astype(np.int64)
    wanted = _vpcs_of(lanes, ends.sources)[:, None] & _vpcs_of(lanes, ends.destinations)[None, :]
    counts = np.where(wanted, sizes * sizes.T, 0).ravel()
    first = np.concatenate([[0], counts.cumsum()])
    starts, senders = _samples(lanes, ends.sources)
    _, receivers = _samples(lanes, ends.destinations)
    pair = np.arange(vpcs * vpcs).repeat(counts)
    offset = np.arange(len(pair)) - first[pair]
    here, there = pair // max(1, vpcs), pair % max(1, vpcs)
    mine, theirs = np.divmod(offset, sizes[there, here])
    sources = senders[starts[here * vpcs + there] + mine]
    return _Pairs(first, sources, receivers[starts[there * vpcs + here] + theirs])


def _vpcs_of(lanes: Lanes, chosen: Mask) -> Mask:
    """Tell which VPCs hold some of the chosen lanes."""
    counts = np.concatenate([[0], chosen.cumsum()])
    some: Mask = counts[lanes.first[1:]] > counts[lanes.first[:-1]]
    return some


def _samples(lanes: Lanes, chosen: Mask) -> tuple[Column, Column]:
    """Return a chosen lane of each class: where those of each pair of VPCs begin, and the lanes."""
    vpcs = len(lanes.sizes)
    starts = np.concatenate([[0], lanes.sizes.ravel().cumsum(dtype=np.int64)])
    samples = filled(int(starts[-1]), NO_ROW)
    known = np.flatnonzero(chosen & (lanes.vpc != NO_ROW))[::-1]  # the lowest is written last
    begins = starts[:-1].reshape(vpcs, vpcs)
    step = max(1, CELLS // max(1, vpcs))
    for first in range(0, len(known), step):
        some = known[first : first + step]
        samples[begins[lanes.vpc[some]] + lanes.classes[some]] = some[:, None]
    return starts, samples


class WayNumbers:
    """Numbers distinct ways; the first two numbers are not ways."""

    def __init__(self) -> None:
        """Know no way yet."""
        self.ways: list[LaneWay] = [(), ()]
        self._known: dict[LaneWay, int] = {}

    def number(self, way: LaneWay) -> int:
        """Return the number of a way."""
        found = self._known.get(way)
        if found is None:
            found = self._known[way] = len(self.ways)
            self.ways.append(way)
        return found


class _Watch:
    """Which stages packets passed, and whether they came to a VPC that neither end is in."""

    def __init__(self, flows: FlowBatch, far: Column) -> None:
        self._near, self._far = flows.vpc, far
        self.stages = filled(len(flows), 0)
        self.is_astray = np.zeros(len(flows), bool)

    def __call__(self, moving: PacketBatch, flow: Column) -> None:
        self.stages[flow] |= 1 << moving.stage
        vpc = moving.vpc
        third = (vpc != NO_ROW) & (vpc != self._near[flow]) & (vpc != self._far[flow])
        self.is_astray[flow[third]] = True


def _walked(
    asker: Asker,
    lanes: tuple[Lanes, Lanes],
    families: Sequence[_Pairs | None],
    book: WayNumbers,
    piece: int,
) -> list[Column]:
    """Return the numbers of the ways between pairs of lanes, of each family; all walk together."""
    spots, begins = _Spots.of(lanes), (0, len(lanes[0]))
    known = [(one, first) for one, first in zip(families, begins, strict=True) if one is not None]
    sources, destinations = (
        np.concatenate(
            [filled(0, 0), *(_moved(one[end], first, len(spots.row) - 1) for one, first in known)]
        )
        for end in (1, 2)
    )
    numbers = filled(len(sources), SINGLY)
    for start in range(0, len(numbers), piece):
        part = slice(start, start + piece)
        numbers[part] = _walked_piece(asker, spots, sources[part], destinations[part], book)
    return np.split(numbers, np.cumsum([len(one.sources) for one, _ in known])[:-1])


def _moved(lanes: Column, by: int, none: int) -> Column:
    """Return lanes with other numbers."""
    return np.where(lanes == NO_ROW, none, lanes + by)


def _walked_piece(
    asker: Asker, spots: _Spots, sources: Column, destinations: Column, book: WayNumbers
) -> Column:
    """Return the numbers of the ways between some lanes, ``(N,)``."""
    fabric, rows = asker.fabric, spots.row[sources]
    far = _far_rows(fabric, spots, sources, destinations)
    numbers = np.where(far == NO_ROW, NOWHERE, SINGLY)
    single = spots.is_single[sources] | spots.is_single[destinations]
    asked = np.flatnonzero((far != NO_ROW) & ~single)
    if not len(asked):
        return numbers
    flows = flows_between(fabric, rows[asked], far[asked])
    watch = _Watch(flows, spots.vpc[destinations[asked]])
    ways = asker.ways(flows, defers_groups=True, watch=watch)
    numbers[asked] = _numbered(ways, flows, book)
    numbers[asked[~_is_safe(fabric, ways, flows, watch)]] = SINGLY
    return numbers


def _far_rows(fabric: Fabric, spots: _Spots, sources: Column, destinations: Column) -> Column:
    """Return an address row of each destination that is another interface's than the source's.

    NO_ROW where there is none, or nobody asks.
    """
    interface = fabric.book.interface
    here, row = spots.row[sources], spots.row[destinations]
    same = (row != NO_ROW) & (interface[row] == interface[here])
    return np.where(here == NO_ROW, NO_ROW, np.where(same, spots.other_row[destinations], row))


def flows_between(fabric: Fabric, sources: Column, destinations: Column) -> FlowBatch:
    """Return the flows from address rows to others, each to be received by their own holder."""
    book, columns = fabric.book, fabric.interfaces.columns
    sender = book.interface[sources]
    none = filled(len(sources), NO_ROW)
    return FlowBatch(
        source_interface=sender,
        vpc=columns.vpc[sender],
        subnet=columns.subnet[sender],
        source=book.first_atom[sources],
        destination=book.first_atom[destinations],
        site=none,
        expected=book.interface[destinations],
        chooser=none,
        choice=none,
    )


def _is_safe(fabric: Fabric, ways: Ways, flows: FlowBatch, watch: _Watch) -> Mask:
    """Tell which flows stand for all others between their lanes."""
    size = len(flows)
    is_ipv6 = fabric.book.axis.is_ipv6(flows.source)
    allowed = np.where(
        is_ipv6, safe_stages(fabric, is_ipv6=True), safe_stages(fabric, is_ipv6=False)
    )
    alive = np.zeros(size, bool)
    alive[ways.ends.row[ways.forward != NOTHING]] = True
    unsafe = (watch.stages & ~allowed & ~np.where(alive, 0, _DEAD_STAGES)) != 0
    flow = ways.ends.row
    arrives = ways.forward_fate == Fate.DELIVERED
    changed = arrives & (ways.ends.source != flows.source[flow])
    # what stops at the receiver for want of knowledge has passed its groups, or not: ask
    changed |= (ways.forward_fate >= FIRST_UNKNOWN) & (ways.ends.stage == Stage.DELIVER)
    changed |= (ways.assumed & MODE_BITS) != 0
    changed |= (ways.assumed & Assumed.MAPPED) != 0
    unsafe[flow[changed]] = True
    safe: Mask = ~unsafe & ~watch.is_astray
    return safe


def _numbered(ways: Ways, flows: FlowBatch, book: WayNumbers) -> Column:
    """Return the number of each flow's branches together, ``(flows,)``."""
    flow, size = ways.ends.row, len(flows)
    arrives = ways.forward_fate == Fate.DELIVERED
    carries = ways.ends.carrier == flows.source_interface[flow]
    columns = (
        ways.forward,
        np.where(ways.forward == NOTHING, NOTHING, ways.replies),
        np.where(ways.forward == NOTHING, NOTHING, ways.random),
        ways.assumed & KEPT_BITS,
        arrives.astype(np.int64),
        (carries & arrives).astype(np.int64),
    )
    found = alike(*columns)
    table = np.stack([values[found.first] for values in columns], axis=1).tolist()
    branches = [
        Branch(forward, replies, random, assumed, bool(here), bool(known))
        for forward, replies, random, assumed, here, known in table
    ]
    counts = np.bincount(flow, minlength=size)
    result = filled(size, NOWHERE)
    alone = counts[flow] == 1
    ids = column([book.number((branch,)) for branch in branches])
    result[flow[alone]] = ids[found.group[alone]]
    several: dict[int, list[tuple[Branch, int]]] = {}
    rest = np.flatnonzero(~alone)
    worlds = world_numbers(ways.assumed[rest]).tolist()
    for one, group, world in zip(
        flow[rest].tolist(), found.group[rest].tolist(), worlds, strict=True
    ):
        several.setdefault(one, []).append((branches[group], world))
    for one, own in several.items():
        result[one] = book.number(tuple(sorted(set(_in_worlds(own, ways.onward.worlds)))))
    return result


def _in_worlds(branches: list[tuple[Branch, int]], log: WorldLog) -> Iterator[Branch]:
    """Yield branches with what is supposed on them, which has a number in the log."""
    worlds = renumbered([log[number] for _, number in branches])
    for (branch, _), world in zip(branches, worlds, strict=True):
        yield branch._replace(world=world) if world else branch
