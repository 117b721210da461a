"""Tile rows: what the interfaces of one VPC come to with all others, in blocks of few cells.

A *block* holds groups of source kinds, groups of destination kinds and one pair value for each two
of them. Every pair of kinds is in one block of its source's tile row. Which block that is:

- each by themselves, where nothing stands for them: asked one by one;
- the source's own VPC, and those where groups name each other's groups or the senders' rules tell
  addresses of one VPC apart: all combinations of what matters there, kind by kind;
- the rest: sources merge that have one egress row and one outlook on all other VPCs; destinations
  merge whose lanes are of one class and whose groups say the same of the sources.

What can be is worked out for several VPCs at once, the one asked for and those that follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import Column, Mask, column, filled
from netreach.packets.jit import Jit
from netreach.query.matrix.blocks import Block
from netreach.query.matrix.cast import Cast
from netreach.query.matrix.dense_tiles import MAX_CELLS, DenseTiles
from netreach.query.matrix.far_tiles import FarTiles, Found, Senders
from netreach.query.matrix.lane_ways import LaneWays
from netreach.query.matrix.neighbourhood import Neighbourhood
from netreach.query.matrix.own_tiles import OwnTiles
from netreach.query.matrix.pair_values import ASK, PairValues
from netreach.query.matrix.sparse_tiles import Sparse, SparseTiles
from netreach.query.matrix.windows import Windows

#: The rows of so many VPCs are worked out together, if they meet no more posts than that in all.
CHUNK: Final = 32
CHUNK_POSTS: Final = 1 << 20


class _Asking(NamedTuple):
    """Kinds of one VPC that send, with whom they are asked about."""

    vpc: int
    kinds: Column
    #: By kind: whether it is told of elsewhere as a receiver.
    told: Mask


class _Row(NamedTuple):
    """What is worked out of a VPC together with those of others."""

    #: Blocks of pairs that are to be asked one by one.
    asked: list[Block]
    askings: list[_Asking]
    #: By asking: VPCs that are unclear, those that are near, and what was found of all others.
    unclear: list[Column]
    near: list[Column]
    far: list[Found]


class TileRows:
    """Works out the blocks of one source VPC after the other."""

    def __init__(
        self,
        fabric: Fabric,
        cast: Cast,
        ways: tuple[LaneWays, LaneWays],
        values: PairValues,
        jit: Jit,
        *,
        most_cells: int = MAX_CELLS,
    ) -> None:
        """Find out what does not depend on the source VPC."""
        self.kinds = kinds = cast.kinds
        windows = Windows(fabric.groups.by_address, cast.windows, jit)
        self._dense = DenseTiles(fabric, cast, ways, values, jit, most_cells=most_cells)
        self._own = OwnTiles(kinds, self._dense, most_cells)
        self._most_posts = min(CHUNK_POSTS, most_cells)
        self._sparse = SparseTiles(fabric, kinds, ways, values)
        self._neighbourhood = Neighbourhood(fabric, cast, ways, windows)
        self._far = FarTiles(fabric, cast, ways, values, windows)
        order = np.lexsort((np.arange(len(kinds)), kinds.vpc))
        self._by_vpc = order, kinds.vpc[order]
        self._source_vpcs = np.unique(kinds.vpc[kinds.sources > 0])
        self._targets = np.flatnonzero(kinds.destinations > 0)
        self._single_targets = self._targets[kinds.is_single[self._targets]]
        self._apart, self._posts = cast.apart, cast.posts
        self._chunk: dict[int, _Row] = {}

    def of_vpc(self, vpc: int, only: Column | None = None) -> Iterator[Block | Sparse]:
        """Yield the blocks of all sources of a VPC, or of `only` some of its kinds.

        NO_ROW stands for the interfaces whose VPC the snapshot lacks.
        """
        if only is not None:
            (row,) = self._rows([(vpc, only)])
        else:
            if vpc not in self._chunk:
                vpcs = self._together(vpc)
                rows = self._rows([(one, self._kinds_of(one)) for one in vpcs])
                self._chunk = dict(zip(vpcs, rows, strict=True))
            row = self._chunk[vpc]
        yield from row.asked
        for number, asking in enumerate(row.askings):
            yield from self._of_asking(asking, row, number)

    def _together(self, vpc: int) -> list[int]:
        """Return a VPC and those that follow: as many as are worked out at once."""
        most = max(1, min(CHUNK, self._most_posts // max(1, len(self._posts))))
        first = int(self._source_vpcs.searchsorted(vpc))
        vpcs: list[int] = self._source_vpcs[first : first + most].tolist()
        return vpcs

    def _rows(self, wanted: list[tuple[int, Column]]) -> list[_Row]:
        """Work out what can be worked out of several VPCs together."""
        rows = [_Row([], [], [], [], []) for _ in wanted]
        for row, (vpc, kinds) in zip(rows, wanted, strict=True):
            self._ask(row, vpc, kinds[self.kinds.sources[kinds] > 0])
        askings = [one for row in rows for one in row.askings]
        owners = [row for row in rows for _ in row.askings]
        vpcs = column([one.vpc for one in askings])
        near = self._neighbourhood.of(vpcs, [one.kinds for one in askings])
        skipped = near.near | near.unclear
        found = self._far.between(
            [Senders(*one[:2], skipped[n], one.told) for n, one in enumerate(askings)]
        )
        for n, row in enumerate(owners):
            row.unclear.append(np.flatnonzero(near.unclear[n]))
            row.near.append(np.flatnonzero(near.near[n] & ~near.unclear[n]))
            row.far.append(found[n])
        return rows

    def _ask(self, row: _Row, vpc: int, sources: Column) -> None:
        """Sort the sources of a VPC by whether some receivers tell their addresses apart."""
        single = self.kinds.is_single[sources]
        row.asked.extend(_asked(sources[single], self._targets))
        sources = sources[~single]
        if not len(sources) or not len(self._targets):
            return
        row.asked.extend(_asked(sources, self._single_targets))
        told_apart = self._apart.targets(sources)
        row.asked.extend(_asked(sources, np.flatnonzero(told_apart)))
        several = self._apart.has_others[sources]
        alike = sources[~several].tolist()
        for source in sources[several].tolist():
            mine = self._apart.of_source(source)
            if mine is None:
                alike.append(source)
                continue
            row.asked.extend(_asked(filled(1, source), np.flatnonzero(mine & ~told_apart)))
            row.askings.append(_Asking(vpc, filled(1, source), mine | told_apart))
        if alike:
            row.askings.append(_Asking(vpc, column(sorted(alike)), told_apart))

    def _of_asking(self, asking: _Asking, row: _Row, number: int) -> Iterator[Block | Sparse]:
        """Yield the blocks of sources and all targets that are not told of elsewhere."""
        vpc, sources, told = asking
        for other in row.unclear[number].tolist():
            yield from _asked(sources, self._targets_of(other, told))
        for other in row.near[number].tolist():
            targets = self._targets_of(other, told)
            own = self._own.between(vpc, sources, targets) if other == vpc else None
            yield from self._near(vpc, sources, targets) if own is None else (own,)
        far = row.far[number]
        yield from self._near(vpc, sources, far.left)
        yield from far.blocks

    def _near(self, vpc: int, sources: Column, targets: Column) -> Iterator[Block | Sparse]:
        sparse = self._sparse.between(vpc, sources, targets)
        if sparse is None:
            yield from self._dense.between(vpc, sources, targets)
        else:
            yield sparse

    def number(self, vpc: int, source: int, destination: int) -> int:
        """Return what two kinds come to, of which neither is asked singly."""
        mine, theirs = filled(1, source), filled(1, destination)
        other = int(self.kinds.vpc[destination])
        apart = self._apart.of_source(source)
        if self._apart.targets(mine)[destination] or (apart is not None and apart[destination]):
            return ASK
        if self._neighbourhood.of(filled(1, vpc), [mine]).unclear[0, other]:
            return ASK
        (block,) = self._dense.between(vpc, mine, theirs)
        return int(block.numbers[0, 0])

    def _kinds_of(self, vpc: int) -> Column:
        order, vpcs = self._by_vpc
        first, last = vpcs.searchsorted([vpc, vpc + 1])
        return order[first:last]

    def _targets_of(self, vpc: int, told: Mask) -> Column:
        kinds = self._kinds_of(vpc)
        single = self.kinds.is_single[kinds]
        return kinds[(self.kinds.destinations[kinds] > 0) & ~single & ~told[kinds]]


def _asked(sources: Column, targets: Column) -> Iterator[Block]:
    """Yield the block of pairs that are to be asked one by one."""
    if len(sources) and len(targets):
        yield Block(
            sources,
            filled(len(sources), 0),
            targets,
            filled(len(targets), 0),
            filled(1, ASK).reshape(1, 1),
        )
