"""Longest-prefix match by table: the leading bytes of an address are a row number.

The first 16 bits choose an entry of a root table. Where the root cannot decide, its entry is the
number of a block of 256 entries for the next byte, and so on::

    10.1.2.3      root[10.1] ---> block[2] ---> block[3]: the value

There are two forms. The *narrow* one gives every address the same number of steps: where the root
has decided already, it leads to a block of 256 equal entries. No step needs a condition, so each
is three or four passes over a chunk of addresses that never leaves the cache. The price is one
block per distinct value and step, so it is for up to some ten thousand prefixes.

The *wide* one (IPv4 alone) has a root of 24 bits, 64 MiB, and blocks for the last byte only. It is
for full internet tables. Past its limits there is no direct table, and binary search has to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from netreach.packets._address_columns import Word, Words
from netreach.packets._boundary_search import CHUNK
from netreach.packets._range_tree import RangeTree

NARROW_BLOCKS: Final = 1 << 15
"""At most so many blocks in a narrow table: 32 MiB, or 64 MiB with values of 64 bits."""

WIDE_BLOCKS: Final = 1 << 16
"""At most so many blocks below the root of a wide table: 64 MiB, beside 64 MiB of root."""

_NARROW_ROOT: Final = 2
_WIDE_ROOT: Final = 3
_BLOCK: Final = 256

LEADS_ON: Final = -(1 << 30)
"""Entries of a wide root below this are blocks, all others are labels."""
_FIRST_BLOCK: Final = -(1 << 31)


@dataclass(frozen=True, slots=True)
class _Scratch:
    """Room for one chunk, used again for the next, so that no step has to ask for memory."""

    index: NDArray[np.intp]
    octet: Word
    entry: NDArray[np.uint8]

    @classmethod
    def of(cls, size: int, word: Word) -> _Scratch:
        """Make room for so many addresses of words like this one."""
        return cls(
            np.empty(size, np.intp), np.empty(size, word.dtype), np.empty(8 * size, np.uint8)
        )

    def take(self, table: NDArray[Any], index: NDArray[np.intp]) -> NDArray[Any]:
        """Return the entries at an index, in the one place there is for entries."""
        entry = self.entry[: index.size * table.itemsize].view(table.dtype)
        # No index is out of range; "wrap" spares the copy that "raise" makes to be safe.
        return np.take(table, index, out=entry, mode="wrap")


@dataclass(frozen=True, slots=True)
class NarrowTable:
    """A root of 16 bits and levels of blocks; every address takes every step."""

    levels: tuple[NDArray[Any], ...]
    """Entries are where the block of the next level begins; those of the last level are values."""

    @classmethod
    def of(cls, tree: RangeTree, range_values: NDArray[Any]) -> NarrowTable | None:
        """Build the table, or return None if it would have more than ``NARROW_BLOCKS``."""
        if not tree.fits(_NARROW_ROOT, NARROW_BLOCKS):
            return None
        values, label = np.unique(range_values, return_inverse=True)
        constant = np.empty(0, np.intp)  # labels that have a block of equal entries on this level
        levels: list[NDArray[Any]] = []
        blocks = 0
        for level in tree.levels(_NARROW_ROOT):
            labels = np.append(label[level.cover], np.repeat(constant, _BLOCK))
            blocks += labels.size // _BLOCK
            if blocks > NARROW_BLOCKS:
                return None
            entry = values[labels]
            if level.child.size:
                entry, constant = _lead_on(labels, level.child, values.size)
            levels.append(entry)
        return cls(tuple(levels))

    def lookup(self, words: Words, values: NDArray[Any]) -> None:
        """Write the value of each address."""
        size = min(CHUNK, values.size)
        scratch = _Scratch.of(size, words[0])
        for first in range(0, values.size, CHUNK):
            part = values[first : first + CHUNK]
            chunk = tuple(word[first : first + CHUNK] for word in words)
            part[:] = self._last_entries(chunk, scratch)

    def _last_entries(self, words: Words, scratch: _Scratch) -> NDArray[Any]:
        """Take all steps for one chunk of addresses."""
        bits, count = words[0].itemsize * 8, words[0].size
        index, octet = scratch.index[:count], scratch.octet[:count]
        np.right_shift(words[0], bits - 8 * _NARROW_ROOT, out=index)
        entry = scratch.take(self.levels[0], index)
        for depth, level in enumerate(self.levels[1:], start=_NARROW_ROOT):
            word, place = divmod(8 * depth, bits)
            np.right_shift(words[word], bits - 8 - place, out=octet)
            np.bitwise_and(octet, _BLOCK - 1, out=octet)
            np.bitwise_or(entry, octet.view(f"i{octet.itemsize}"), out=index)
            entry = scratch.take(level, index)
        return entry


@dataclass(frozen=True, slots=True)
class WideTable:
    """A root of 24 bits for IPv4; addresses that it can't decide take a second step."""

    root: NDArray[np.int32]
    """Labels, or below ``LEADS_ON`` the number of a block counted from ``_FIRST_BLOCK``."""
    block: NDArray[np.int32]
    values: NDArray[np.int64] | None
    """The value of each label; None where a label is the value itself."""

    @classmethod
    def of(cls, tree: RangeTree, range_values: NDArray[Any]) -> WideTable | None:
        """Build the table, or return None if it is not for IPv4 or has over ``WIDE_BLOCKS``."""
        if tree.depths != 4 or not tree.fits(_WIDE_ROOT, WIDE_BLOCKS):
            return None
        is_label = range_values.min() >= LEADS_ON and range_values.max() < 1 << 31
        label = (range_values if is_label else np.arange(range_values.size)).astype(np.int32)
        top, *below = tree.levels(_WIDE_ROOT)
        root = label[top.cover]
        root[top.child] = np.arange(top.child.size) + _FIRST_BLOCK
        block = label[below[0].cover] if below else root[:0]
        return cls(root, block, None if is_label else range_values.astype(np.int64))

    def lookup(self, words: Words, values: NDArray[Any]) -> None:
        """Write the value of each address."""
        address = words[0]
        for first in range(0, values.size, CHUNK):
            part = slice(first, first + CHUNK)
            label = self._labels(address[part])
            values[part] = label if self.values is None else self.values[label]

    def _labels(self, address: Word) -> NDArray[np.int32]:
        label = np.take(self.root, address >> 8)
        rows = np.flatnonzero(label < LEADS_ON)
        block = label[rows].astype(np.intp) - _FIRST_BLOCK
        label[rows] = self.block[block * _BLOCK + (address[rows] & (_BLOCK - 1))]
        return label


def compile_direct_table(
    words: Words, range_values: NDArray[Any]
) -> NarrowTable | WideTable | None:
    """Build the direct table of ranges and their values, or return None if it would be too big."""
    tree = RangeTree(words)
    return NarrowTable.of(tree, range_values) or WideTable.of(tree, range_values)


def _lead_on(
    labels: NDArray[np.intp], child: NDArray[np.intp], label_count: int
) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Return entries that lead to blocks, and the labels that these blocks are to be equal to.

    The blocks of the next level come in this order: those of ``child``, then the constant ones.
    """
    decided = np.ones(labels.size, bool)
    decided[child] = False
    occurs = np.zeros(label_count, bool)
    occurs[labels[decided]] = True
    number = np.cumsum(occurs, dtype=np.int32) - 1 + child.size
    entry = (number * _BLOCK)[labels]
    entry[child] = np.arange(child.size) * _BLOCK
    return entry, np.flatnonzero(occurs)
