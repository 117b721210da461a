"""Every ordered pair of interfaces between two selections, factorised: kinds, lanes, blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from netreach.errors import UsageError
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, column, filled
from netreach.packets.jit import Jit, Kernel, Wanted
from netreach.packets.prefixes import Family
from netreach.query.flows import Asker
from netreach.query.matrix.blocks import Block, Cells
from netreach.query.matrix.cast import Cast
from netreach.query.matrix.lane_ways import LaneEnds, WayNumbers, lane_ways
from netreach.query.matrix.limits import Limits
from netreach.query.matrix.pair_values import ASK, Fared, PairValues
from netreach.query.matrix.singly import Singly
from netreach.query.matrix.sparse_tiles import Sparse
from netreach.query.matrix.tile_rows import TileRows
from netreach.query.verdict import Question, Verdict

#: Stands for all kernels of a matrix: they pay from so many interfaces at both ends.
_LARGE: Final = Kernel("netreach.query.matrix._kernels", "combine_cells", 40_000, 40_000)


class Singles(NamedTuple):
    """Pairs of kinds that were asked one by one, and what each came to."""

    source: Column
    destination: Column
    number: Column


class TileRow(NamedTuple):
    """What the sources of one VPC come to; cells of blocks that say ASK are among the singles.

    The patches hold, not the blocks' cells, which say `was` of them: pairs within one host, and
    the few that a receiver's groups let in where blocks hold what refusals come to.
    """

    vpc: int
    blocks: tuple[Block, ...]
    singles: Singles
    patches: Singles
    was: Column


class PairMatrix:
    """Answers about every pair; what a pair comes to is worked out by its source's VPC."""

    def __init__(  # noqa: PLR0913 - what is asked, of whom, and how much it may take
        self,
        fabric: Fabric,
        question: Question,
        families: tuple[Family, ...],
        *,
        strict: bool,
        sources: Column,
        destinations: Column,
        limits: Limits | None = None,
        jit: Jit | None = None,
        cast: Cast | None = None,
    ) -> None:
        """Walk what lanes there are between the interfaces at both ends, given by their rows."""
        jit = Jit.from_environment() if jit is None else jit
        self.fabric, self.question, self.families = fabric, question, families
        self.strict, self.limits = strict, limits or Limits()
        cast = Cast(fabric, sources, destinations) if cast is None else cast
        self.sources, self.destinations = cast.sources, cast.destinations
        self.holdings, self.kinds = cast.holdings, cast.kinds
        self.hosts = fabric.interfaces.columns.host[:-1]
        asker, book = Asker(fabric, question, strict=strict), WayNumbers()
        self._asker = asker
        self._ways = lane_ways(
            asker,
            self.kinds.lanes,
            book,
            (self._lane_ends(0), self._lane_ends(1)),
            asked=(4 in families, 6 in families),
            piece=self.limits.flows,
        )
        self.values = PairValues(fabric.pool, question, book.ways)
        self._fared: dict[int, Fared] = {}
        self._tiles = TileRows(
            fabric,
            cast,
            self._ways,
            self.values,
            self._switch(jit),
            most_cells=self.limits.cells,
        )

    def _switch(self, jit: Jit) -> Jit:
        """Return kernels for a large matrix, whose tiles are small but many, else none."""
        if jit.wants(_LARGE, len(self.sources) + len(self.destinations)):
            return Jit(Wanted.ALWAYS, jit.threads, jit.tell)
        return Jit.never()

    def _lane_ends(self, family: int) -> LaneEnds:
        """Tell which lanes hold primary addresses of sources, and which of destinations."""
        kinds, lane = self.kinds, self.kinds.lane[family]
        ends = []
        for counts in (kinds.sources, kinds.destinations):
            chosen = np.zeros(len(kinds.lanes[family]) + 1, bool)
            chosen[lane[counts > 0]] = True
            ends.append(chosen[:-1])
        return LaneEnds(*ends)

    @cached_property
    def source_vpcs(self) -> Column:
        """The VPCs that sources are in; NO_ROW stands for those that the snapshot lacks."""
        return np.unique(self.kinds.vpc[self.kinds.sources > 0])

    @property
    def walked(self) -> int:
        """How many pairs of lanes were walked."""
        return sum(len(ways.numbers) for ways in self._ways)

    def rows(self, progress: Callable[[int, int], None] | None = None) -> Iterator[TileRow]:
        """Yield the tile row of each source VPC; `progress` hears how many are done.

        Where a row would be too large to hold, it comes in several parts.
        """
        vpcs = self.source_vpcs.tolist()
        for done, vpc in enumerate(vpcs, start=1):
            yield from self.rows_of(vpc)
            if progress is not None:
                progress(done, len(vpcs))

    def rows_of(self, vpc: int) -> Iterator[TileRow]:
        """Yield the tile row of a source VPC, in parts where the whole would be too large."""
        kinds = np.flatnonzero((self.kinds.sources > 0) & (self.kinds.vpc == vpc))
        step = max(1, self.limits.held // max(1, len(self.kinds)))
        if step >= len(kinds):
            yield self.row(vpc)
            return
        for first in range(0, len(kinds), step):
            yield self.row(vpc, kinds[first : first + step])

    def row(self, vpc: int, only: Column | None = None) -> TileRow:
        """Return the tile row of a source VPC, or what `only` some of its kinds come to."""
        tiles = list(self._tiles.of_vpc(vpc, only))
        blocks = tuple(one.block if isinstance(one, Sparse) else one for one in tiles)
        singles = self._asked(blocks)
        own, own_was = self._patches(vpc, only)
        sparse = [one for one in tiles if isinstance(one, Sparse)]
        patches, was = _laid_over(
            _together([Singles(one.sources, one.destinations, one.numbers) for one in sparse]),
            np.concatenate([column([]), *(one.was for one in sparse)]),
            own,
            own_was,
            singles,
        )
        return TileRow(vpc, blocks, singles, patches, was)

    @cached_property
    def _neighbours(self) -> dict[int, list[tuple[int, int]]]:
        """By source VPC: the pairs of different interfaces of one host."""
        hosts = self.hosts
        several = np.bincount(hosts)[hosts] > 1 if len(hosts) else np.zeros(0, bool)
        targets: dict[int, list[int]] = {}
        for row in self.destinations[several[self.destinations]].tolist():
            targets.setdefault(int(hosts[row]), []).append(row)
        found: dict[int, list[tuple[int, int]]] = {}
        for row in self.sources[several[self.sources]].tolist():
            vpc = int(self.kinds.vpc[self.kinds.of_interface[row]])
            pairs = [(row, other) for other in targets.get(int(hosts[row]), ()) if other != row]
            found.setdefault(vpc, []).extend(pairs)
        return found

    def _patches(self, vpc: int, only: Column | None) -> tuple[Singles, Column]:
        """Return what pairs within one host come to, and what the blocks say of them."""
        kinds, chosen = self.kinds.of_interface, None if only is None else set(only.tolist())
        pairs, was = [], []
        for source, destination in self._neighbours.get(vpc, ()):
            mine, theirs = int(kinds[source]), int(kinds[destination])
            single = self.kinds.is_single[mine] or self.kinds.is_single[theirs]
            if single or (chosen is not None and mine not in chosen):
                continue
            number = self._tiles.number(vpc, mine, theirs)
            if number != ASK:
                pairs.append((source, destination))
                was.append(number)
        left, right = column([a for a, _ in pairs]), column([b for _, b in pairs])
        numbers = [self.values.number_of(one) for one in self._ask(left, right)]
        return Singles(kinds[left], kinds[right], column(numbers)), column(was)

    def _ask(self, sources: Column, destinations: Column) -> list[Fared]:
        return self.singly(self.question).ask(sources, destinations)

    def _asked(self, blocks: tuple[Block, ...]) -> Singles:
        """Ask the pairs of kinds whose cells say so."""
        sources, destinations = [column([])], [column([])]
        for block in blocks:
            if block.numbers.all():  # ASK is 0
                continue
            cells = np.argwhere(block.numbers == ASK)
            for mine, theirs in cells.tolist():
                left = block.sources[block.source_group == mine]
                right = block.destinations[block.destination_group == theirs]
                sources.append(left.repeat(len(right)))
                destinations.append(np.tile(right, len(left)))
        source, destination = np.concatenate(sources), np.concatenate(destinations)
        left, right = self.examples(source, destination)
        known = right != NO_ROW  # a kind of one interface has no pair with itself
        fared = self._ask(left[known], right[known])
        number = column([self.values.number_of(one) for one in fared])
        return Singles(source[known], destination[known], number)

    def examples(self, sources: Column, destinations: Column) -> tuple[Column, Column]:
        """Return an interface of each kind, two different ones of the same kind, else NO_ROW."""
        start, rows = self.kinds.members
        same = sources == destinations
        size = start[destinations + 1] - start[destinations]
        second = np.where(same, 1, 0)
        right = rows[np.minimum(start[destinations] + second, len(rows) - 1)]
        return rows[start[sources]], np.where(second < size, right, NO_ROW)

    def singly(self, question: Question) -> Singly:
        """Return who asks pairs one by one."""
        asker = (
            self._asker
            if question == self.question
            else Asker(self.fabric, question, strict=self.strict)
        )
        return Singly(asker, self.holdings, self.hosts, self.families, piece=self.limits.flows)

    def number(self, source: int, destination: int) -> int:
        """Return the number of what a pair of interface rows comes to."""
        mine, theirs = self.kinds.of_interface[[source, destination]]
        vpc = int(self.kinds.vpc[mine])
        number = ASK
        alone = self.kinds.is_single[mine] or self.kinds.is_single[theirs]
        if not alone and self.hosts[source] != self.hosts[destination]:
            number = self._tiles.number(vpc, int(mine), int(theirs))
        if number != ASK:
            return number
        (fared,) = self._ask(column([source]), column([destination]))
        return self.values.number_of(fared)

    def fared(self, number: int) -> Fared:
        """Return what stands behind a number; each is judged once."""
        if number not in self._fared:
            self._fared[number] = self.values.fared(
                number, self.question, self.families, strict=self.strict
            )
        return self._fared[number]

    def numbers_from(self, kind: int) -> Column:
        """Return what the interfaces of a kind come to with each kind, NO_ROW where not asked."""
        row = self.row(int(self.kinds.vpc[kind]), column([kind]))
        found = filled(len(self.kinds), NO_ROW)
        for block in row.blocks:
            group = int(block.source_group[block.sources == kind][0])
            found[block.destinations] = block.numbers[group, block.destination_group]
        for part in (row.singles, row.patches):
            mine = part.source == kind
            found[part.destination[mine]] = part.number[mine]
        return found

    def numbers_between(self, destinations: Column) -> Cells:
        """Return what each kind comes to with each of some destination kinds, ``(kinds, D)``.

        Works out all tile rows: for few destinations. NO_ROW where not asked, or to be asked alone.
        """
        place = filled(len(self.kinds), NO_ROW)
        place[destinations] = np.arange(len(destinations))
        found: Cells = np.full((len(self.kinds), len(destinations)), NO_ROW, np.int64)
        for row in self.rows():
            for block in row.blocks:
                here = np.flatnonzero(place[block.destinations] != NO_ROW)
                at = block.source_group[:, None], block.destination_group[here][None, :]
                columns = place[block.destinations[here]][None, :]
                found[block.sources[:, None], columns] = block.numbers[at]
            for part in (row.singles, row.patches):
                here = np.flatnonzero(place[part.destination] != NO_ROW)
                found[part.source[here], place[part.destination[here]]] = part.number[here]
        return np.where(found == ASK, NO_ROW, found)

    def towards(self, destinations: Column) -> PairMatrix:
        """Return the matrix of the same sources and some of the destinations."""
        return PairMatrix(
            self.fabric,
            self.question,
            self.families,
            strict=self.strict,
            sources=self.sources,
            destinations=destinations,
            limits=self.limits,
        )

    # -- other questions about the same pairs

    def narrowed(self, question: Question, families: tuple[Family, ...]) -> Narrowed:
        """Return the same pairs, asked about some of the services that this matrix asked about.

        Raises:
            UsageError: it did not ask about all of them.
        """
        known = question.services <= self.question.services
        if not known or question.client_ports != self.question.client_ports:
            raise UsageError(
                place="count",
                what=f"the matrix was not asked about {question.services}",
                mend="make one without --port and --protocol, or for this service",
            )
        return Narrowed(self, question, tuple(f for f in families if f in self.families))

    def singly_pairs(self, totals: Mapping[int, int]) -> int:
        """Return how many pairs were asked one by one, of the pairs by number."""
        pairs = self.values.pairs
        return sum(count for number, count in totals.items() if isinstance(pairs[number], Fared))


def _together(parts: Sequence[Singles]) -> Singles:
    """Return the pairs of several parts behind each other."""
    none = Singles(column([]), column([]), column([]))
    return Singles(*(np.concatenate(several) for several in zip(none, *parts, strict=True)))


def _laid_over(
    sparse: Singles, was: Column, own: Singles, own_was: Column, singles: Singles
) -> tuple[Singles, Column]:
    """Return all patches, each pair once, and what blocks say of them.

    Pairs within one host come before what groups let in, and not where they are asked one by one:
    blocks say nothing of these.
    """
    if not len(own.source):
        return sparse, was
    keys, own_keys, asked = (one.source << 32 | one.destination for one in (sparse, own, singles))
    kept = ~np.isin(own_keys, asked)
    own, own_keys, own_was = Singles(*(c[kept] for c in own)), own_keys[kept], own_was[kept]
    over, mine, theirs = np.intersect1d(own_keys, keys, return_indices=True)
    own_was[mine] = was[theirs]
    left = ~np.isin(keys, over)
    return _together([own, Singles(*(c[left] for c in sparse))]), np.append(own_was, was[left])


class Narrowed:
    """The pairs of a matrix, asked about some of its services."""

    def __init__(self, plan: PairMatrix, question: Question, families: tuple[Family, ...]) -> None:
        """Take what is asked now; what was asked one by one is asked once more."""
        self._plan, self._question, self._families = plan, question, families

    def counts(
        self, totals: Mapping[int, int], progress: Callable[[int, int], None] | None = None
    ) -> Counter[Verdict]:
        """Return how many pairs have each verdict, of the pairs by what they came to before."""
        plan, found = self._plan, Counter[Verdict]()
        asks_again = False
        for number, pairs in totals.items():
            if isinstance(plan.values.pairs[number], Fared):
                asks_again = True
                continue
            fared = plan.values.fared(number, self._question, self._families, strict=plan.strict)
            found[fared.verdict] += pairs
        if asks_again:
            found += self._asked_again(progress)
        return found

    def _asked_again(self, progress: Callable[[int, int], None] | None) -> Counter[Verdict]:
        plan, found = self._plan, Counter[Verdict]()
        singly = Singly(
            Asker(plan.fabric, self._question, strict=plan.strict),
            plan.holdings,
            plan.hosts,
            self._families,
            piece=plan.limits.flows,
        )
        kinds = plan.kinds
        for row in plan.rows(progress):
            for part in (row.singles, row.patches):
                left, right = plan.examples(part.source, part.destination)
                same = np.where(part.source == part.destination, kinds.both[part.source], 0)
                pairs = kinds.sources[part.source] * kinds.destinations[part.destination] - same
                for fared, count in zip(singly.ask(left, right), pairs.tolist(), strict=True):
                    found[fared.verdict] += count
        return found
