"""Own tiles: what the kinds of one VPC come to with each other, worked out for many VPCs at once.

Every VPC has such a tile, of ten thousand cells or so, and what groups and lanes say in each of
them is a dozen small tables: filling these for many VPCs in one call is several times as quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Final, NamedTuple

import numpy as np

from netreach.packets.batch import Column
from netreach.query.matrix.blocks import Block, Cells
from netreach.query.matrix.dense_tiles import DenseTiles, Ends
from netreach.query.matrix.kinds import Kinds
from netreach.query.matrix.sparse_tiles import is_large

#: Tiles of more cells are as quick alone.
MOST_CELLS: Final = 1 << 18
#: So many VPCs at once, of so many cells in all.
CHUNK: Final = 32
CHUNK_CELLS: Final = 1 << 20


class _Own(NamedTuple):
    """The tile of one VPC."""

    sources: Column
    targets: Column
    numbers: Cells


class OwnTiles:
    """Keeps the tiles of some VPCs, the one asked for and those that follow."""

    def __init__(self, kinds: Kinds, dense: DenseTiles, most_cells: int) -> None:
        """Take what works out tiles; at most so many cells are worked out at once."""
        self._kinds, self._dense = kinds, dense
        self._most_cells = min(most_cells, CHUNK_CELLS)
        vpcs = int(kinds.vpc.max(initial=-1)) + 1
        sides = [
            np.flatnonzero((counts > 0) & ~kinds.is_single)
            for counts in (kinds.sources, kinds.destinations)
        ]
        self._sides = [side[np.argsort(kinds.vpc[side], kind="stable")] for side in sides]
        self._bounds = [kinds.vpc[side].searchsorted(np.arange(vpcs + 1)) for side in self._sides]
        self._found: dict[int, _Own] = {}

    def between(self, vpc: int, sources: Column, targets: Column) -> Block | None:
        """Return the block of some kinds of a VPC, or None where that is quicker alone."""
        many = 2 * len(sources) >= len(self._side(0, vpc))
        if vpc not in self._found and many and self._ends(vpc) is not None:
            self._prepare(vpc)
        own = self._found.get(vpc)
        if own is None:
            return None
        numbers = own.numbers
        if len(sources) < len(own.sources):
            numbers = numbers[own.sources.searchsorted(sources)]
        if len(targets) < len(own.targets):
            numbers = numbers[:, own.targets.searchsorted(targets)]
        return Block(sources, np.arange(len(sources)), targets, np.arange(len(targets)), numbers)

    def _prepare(self, vpc: int) -> None:
        """Work out the tile of a VPC and those of the next."""
        ends = list(self._chunk(vpc))
        numbers = self._dense.numbers(ends)
        self._found = {
            one.vpc: _Own(one.sources, one.targets, cells)
            for one, cells in zip(ends, numbers, strict=True)
        }

    def _side(self, side: int, vpc: int) -> Column:
        bounds = self._bounds[side]
        return self._sides[side][bounds[vpc] : bounds[vpc + 1]]

    def _ends(self, vpc: int) -> Ends | None:
        """Return the kinds at both ends of a VPC's tile; None where it is as quick alone."""
        ends = Ends(vpc, self._side(0, vpc), vpc, self._side(1, vpc))
        cells = prod(ends.shape)
        return ends if 0 < cells <= MOST_CELLS and not is_large(cells) else None

    def _chunk(self, vpc: int) -> Iterator[Ends]:
        """Yield the tiles of a VPC and of those that follow."""
        left = self._most_cells
        for other in range(vpc, min(vpc + CHUNK, len(self._bounds[0]) - 1)):
            ends = self._ends(other)
            if ends is None:
                continue
            left -= prod(ends.shape)
            if left < 0:
                return
            yield ends
