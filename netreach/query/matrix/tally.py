"""Tally: how many pairs come to what, all together or by groups of both ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.packets.batch import Column, column, filled, spread
from netreach.packets.likeness import alike
from netreach.query.matrix.blocks import Block, Cells
from netreach.query.matrix.pair_values import ASK
from netreach.query.matrix.plan import PairMatrix, TileRow

#: So many cells are added up on their own; smaller parts, as many as that, together.
MANY: Final = 1 << 12


class Weighed(NamedTuple):
    """How many pairs of one group of sources and one of destinations come to a number."""

    source: Column
    destination: Column
    number: Column
    pairs: Column

    @classmethod
    def of_totals(cls, totals: Mapping[int, int]) -> Weighed:
        """Return what pairs of one group, 0, come to."""
        none = filled(len(totals), 0)
        return cls(none, none, column(list(totals)), column(list(totals.values())))

    @classmethod
    def together(cls, parts: Sequence[Weighed]) -> Weighed:
        """Add up what agrees in groups and number, in order of these; what adds up to 0 is left."""
        if not parts:
            return cls.of_totals({})
        columns = (np.concatenate(several) for several in zip(*parts, strict=True))
        found = _summed(*columns)
        some = found.pairs != 0
        return cls(*(values[some] for values in found))

    def totals(self) -> Counter[int]:
        """Return how many pairs come to each number."""
        found: Counter[int] = Counter()
        for number, pairs in zip(self.number.tolist(), self.pairs.tolist(), strict=True):
            found[number] += pairs
        return found

    def by_groups(self) -> Iterator[tuple[int, int, dict[int, int]]]:
        """Yield two groups and how many of their pairs come to each number; rows are in order."""
        if not len(self.number):
            return
        opens = np.ones(len(self.number), bool)
        opens[1:] = self.source[1:] != self.source[:-1]
        opens[1:] |= self.destination[1:] != self.destination[:-1]
        first = np.flatnonzero(opens)
        left, right = self.source[first].tolist(), self.destination[first].tolist()
        bounds = np.append(first, len(opens)).tolist()
        numbers, pairs = self.number.tolist(), self.pairs.tolist()
        for one, other, a, b in zip(left, right, bounds[:-1], bounds[1:], strict=True):
            yield one, other, dict(zip(numbers[a:b], pairs[a:b], strict=True))


class Labels(Struct, frozen=True):
    """Groups of interfaces: a row for each interface in each of its groups."""

    #: Interface rows and the groups that they are in.
    interface: Column
    label: Column
    #: What the groups are called.
    names: tuple[str, ...]

    @classmethod
    def whole(cls, interfaces: Column) -> Labels:
        """Return one group of all."""
        return cls(interfaces, filled(len(interfaces), 0), ("",))


class Tally:
    """Weighs the tile rows of a matrix by groups of its ends."""

    def __init__(self, plan: PairMatrix, sources: Labels, destinations: Labels) -> None:
        """Count how many interfaces of each kind are in each group."""
        self._plan = plan
        self._sources = _by_kind(plan, sources)
        self._destinations = _by_kind(plan, destinations)
        self._own = self._own_pairs(sources, destinations)

    def _own_pairs(self, sources: Labels, destinations: Labels) -> Weighed:
        """Return how many interfaces of each kind are in a group of both ends: no pairs."""
        both = np.intersect1d(self._plan.sources, self._plan.destinations)
        one, mine = _rows_of(sources, both)
        again, theirs = _rows_of(destinations, both[one])
        kinds = self._plan.kinds.of_interface[both[one[again]]]
        left, right = sources.label[mine[again]], destinations.label[theirs]
        found = alike(kinds, left, right)
        counts = np.bincount(found.group, minlength=found.size)
        first = found.first
        return Weighed(left[first], right[first], kinds[first], counts)

    def of_row(self, row: TileRow) -> Iterator[Weighed]:
        """Yield how many pairs of a tile row come to what; what is negative is to be taken off."""
        for block in row.blocks:
            yield from self._of_block(block)
            yield self._of_own(block)
        yield self._of_pairs(row.singles.source, row.singles.destination, row.singles.number, 1)
        own = row.singles.source == row.singles.destination
        yield self._of_own_kinds(row.singles.source[own], row.singles.number[own])
        patches = row.patches
        yield self._of_pairs(patches.source, patches.destination, patches.number, 1)
        yield self._of_pairs(patches.source, patches.destination, row.was, -1)
        own = patches.source == patches.destination
        yield self._of_own_kinds(patches.source[own], patches.number[own])
        was = self._of_own_kinds(patches.source[own], row.was[own])
        yield was._replace(pairs=-was.pairs)

    def _of_block(self, block: Block) -> Iterator[Weighed]:
        mine = _in_block(self._sources, block.sources, block.source_group)
        theirs = _in_block(self._destinations, block.destinations, block.destination_group)
        if not len(mine.number) or not len(theirs.number):
            return
        step = max(1, self._plan.limits.weighed // len(theirs.number))
        for first in range(0, len(mine.number), step):
            part = slice(first, first + step)
            group, label, count = mine.number[part], mine.source[part], mine.pairs[part]
            numbers = block.numbers[group[:, None], theirs.number[None, :]]
            shape = numbers.shape
            yield _summed(
                np.broadcast_to(label[:, None], shape).ravel(),
                np.broadcast_to(theirs.source[None, :], shape).ravel(),
                numbers.ravel(),
                (count[:, None] * theirs.pairs[None, :]).ravel(),
            )

    def _of_own(self, block: Block) -> Weighed:
        """Return what is to be taken off a block: interfaces with themselves."""
        mine, theirs = own_pairs(block)
        kinds = block.sources[mine]
        numbers = block.numbers[block.source_group[mine], block.destination_group[theirs]]
        return self._of_own_kinds(kinds, numbers)

    def _of_own_kinds(self, kinds: Column, numbers: Column) -> Weighed:
        of_kind = filled(len(self._plan.kinds) + 1, ASK)
        of_kind[kinds] = numbers
        number = of_kind[self._own.number]
        here = number != ASK
        own = self._own
        return Weighed(own.source[here], own.destination[here], number[here], -own.pairs[here])

    def _of_pairs(
        self, sources: Column, destinations: Column, numbers: Column, sign: int
    ) -> Weighed:
        """Return what single pairs of kinds weigh."""
        left, mine = _joined(self._sources, sources)
        right, theirs = _joined(self._destinations, destinations[left])
        mine, pair = mine[right], left[right]
        return Weighed(
            self._sources.source[mine],
            self._destinations.source[theirs],
            numbers[pair],
            sign * self._sources.pairs[mine] * self._destinations.pairs[theirs],
        )


def _by_kind(plan: PairMatrix, labels: Labels) -> Weighed:
    """Return how many interfaces of each kind (`number`) are in each group (`source`)."""
    kinds = plan.kinds.of_interface[labels.interface]
    found = alike(kinds, labels.label)
    counts = np.bincount(found.group, minlength=found.size)
    return Weighed(labels.label[found.first], column([]), kinds[found.first], counts)


def _joined(known: Weighed, kinds: Column) -> tuple[Column, Column]:
    """Return positions in `kinds`, and the rows of `known`, which are in order, of each."""
    first = known.number.searchsorted(kinds)
    counts = known.number.searchsorted(kinds, side="right") - first
    return spread(first, counts)


def _in_block(known: Weighed, kinds: Column, groups: Column) -> Weighed:
    """Return how many interfaces of each group of a block (`number`) are in which group."""
    positions, rows = _joined(known, kinds)
    label, group = known.source[rows], groups[positions]
    found = alike(group, label)
    counts = np.bincount(found.group, weights=known.pairs[rows], minlength=found.size)
    return Weighed(label[found.first], column([]), group[found.first], counts.astype(np.int64))


def _summed(source: Column, destination: Column, number: Column, pairs: Column) -> Weighed:
    """Add up what agrees in groups and number; cells that are to be asked count nothing."""
    keep = number != ASK
    if not keep.all():
        source, destination = source[keep], destination[keep]
        number, pairs = number[keep], pairs[keep]
    if not len(number):
        return Weighed(source, destination, number, pairs)
    width, height = int(destination.max()) + 1, int(number.max()) + 1
    code = (source * width + destination) * height + number
    codes, at = np.unique(code, return_inverse=True)
    total = np.bincount(at, weights=pairs)  # exact up to 2 ** 53 pairs
    rest, number = np.divmod(codes, height)
    source, destination = np.divmod(rest, width)
    return Weighed(source, destination, number, total.astype(np.int64))


def _rows_of(labels: Labels, interfaces: Column) -> tuple[Column, Column]:
    """Return positions in `interfaces`, and the rows of labels of each."""
    order = np.argsort(labels.interface, kind="stable")
    ordered = labels.interface[order]
    first = ordered.searchsorted(interfaces)
    at, rows = spread(first, ordered.searchsorted(interfaces, side="right") - first)
    return at, order[rows]


def own_pairs(block: Block) -> tuple[Column, Column]:
    """Return where kinds stand among a block's sources, and where among its destinations."""
    last = len(block.destinations) - 1
    places = block.destinations.searchsorted(block.sources).clip(max=last)
    here = np.flatnonzero(block.destinations[places] == block.sources)
    return here, places[here]


def totals(plan: PairMatrix, rows: Iterable[TileRow]) -> Counter[int]:
    """Return how many pairs come to each number."""
    found, few = Counter[int](), list[tuple[Cells, Cells]]()
    for row in rows:
        for number, pairs in _sums(plan, row):
            if number.size >= MANY:
                found.update(_added(number.ravel(), pairs.ravel()))
            else:
                few.append((number.ravel(), pairs.ravel()))
        if len(few) >= MANY:
            found.update(_added(*map(np.concatenate, zip(*few, strict=True))))
            few.clear()
    if few:
        found.update(_added(*map(np.concatenate, zip(*few, strict=True))))
    found.pop(ASK, None)
    return Counter({number: pairs for number, pairs in found.items() if pairs})


def _added(numbers: Column, pairs: Column) -> dict[int, int]:
    """Add up how many pairs come to each number."""
    sums = np.bincount(numbers, weights=pairs)  # exact: no sum here reaches 2 ** 53
    some = np.flatnonzero(sums)
    return dict(zip(some.tolist(), sums[some].astype(np.int64).tolist(), strict=True))


def _sums(plan: PairMatrix, row: TileRow) -> Iterator[tuple[Cells, Cells]]:
    """Yield the numbers of a tile row, and how many pairs come to each; some are taken off."""
    kinds = plan.kinds
    for block in row.blocks:
        mine = np.bincount(block.source_group, weights=kinds.sources[block.sources])
        theirs = np.bincount(
            block.destination_group, weights=kinds.destinations[block.destinations]
        )
        yield block.numbers, np.outer(mine, theirs)
        left, right = own_pairs(block)
        numbers = block.numbers[block.source_group[left], block.destination_group[right]]
        yield numbers, -kinds.both[block.sources[left]]
    for part in (row.singles, row.patches):
        if not len(part.number):
            continue
        same = part.source == part.destination
        pairs = kinds.sources[part.source] * kinds.destinations[part.destination]
        pairs = pairs - np.where(same, kinds.both[part.source], 0)
        yield part.number, pairs
        if part is row.patches:
            yield row.was, -pairs
