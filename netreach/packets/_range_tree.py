"""Ranges of addresses as a tree over the bytes of their first addresses, built level by level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netreach.packets._address_columns import Words
from netreach.packets._disjoint_ranges import spread


@dataclass(frozen=True, slots=True)
class Level:
    """The blocks for one byte of the address (the root: for its first two or three)."""

    cover: NDArray[np.int32]
    """The range that the first address of each slot is in."""
    child: NDArray[np.intp]
    """The slots that are not all in one range, ascending: the next level has a block for each."""


class RangeTree:
    """Ascending ranges, looked at byte by byte."""

    __slots__ = ("_octets", "_shared", "_significant")

    def __init__(self, words: Words) -> None:
        """Keep the first addresses of ranges that begin at address 0 and ascend."""
        columns = np.column_stack(words)
        self._octets = columns.astype(columns.dtype.newbyteorder(">")).view(np.uint8)
        #: How many leading bytes an address has in common with the one before it.
        self._shared = np.full(len(columns), -1)
        self._shared[1:] = (self._octets[1:] != self._octets[:-1]).argmax(axis=1)
        #: How many leading bytes are left when the trailing zero bytes are cut off.
        self._significant = self._octets.shape[1] - (self._octets[:, ::-1] != 0).argmax(axis=1)
        self._significant[0] = 0  # argmax finds no byte in the address 0

    @property
    def depths(self) -> int:
        """The bytes of an address."""
        return int(self._octets.shape[1])

    def split(self, depth: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the first row and the size of every group of ranges that needs a block.

        A group begins with the same ``depth`` bytes, and one of its ranges begins within them.
        """
        heads = np.flatnonzero(self._shared < depth)
        sizes = np.diff(heads, append=len(self._shared))
        deep = np.maximum.reduceat(self._significant, heads) > depth
        return heads[deep], sizes[deep]

    def fits(self, root: int, blocks: int) -> bool:
        """Return whether there are at most so many blocks below a root of some bytes."""
        for depth in range(root, self.depths):
            blocks -= self.split(depth)[0].size
            if blocks < 0:
                return False
        return True

    def levels(self, root: int) -> Iterator[Level]:
        """Build the root, and level by level the blocks, down to where nothing leads on."""
        everything = np.zeros(1, np.intp), np.full(1, len(self._shared))
        level = self._level(0, root, *everything)
        yield level
        for depth in range(root, self.depths):
            if not level.child.size:
                return
            level = self._level(depth, 1, *self.split(depth))
            yield level

    def _level(
        self, depth: int, width: int, heads: NDArray[np.intp], sizes: NDArray[np.intp]
    ) -> Level:
        """Build the blocks of these groups of ranges, for the next ``width`` bytes."""
        ranges = spread(heads, sizes)
        slot = np.repeat(np.arange(heads.size), sizes)
        for octet in range(depth, depth + width):
            slot = slot << 8 | self._octets[ranges, octet]
        # Each slot that a range begins in takes the last such range, a block's first slot what
        # came before the block, and the slots after them the same, by their maximum so far.
        cover = np.zeros(heads.size << 8 * width, np.int32)
        cover[np.arange(heads.size) << 8 * width] = heads - 1
        cover[slot] = ranges
        np.maximum.accumulate(cover, out=cover)
        below, _ = self.split(depth + width)
        return Level(cover, slot[np.searchsorted(ranges, below)])
