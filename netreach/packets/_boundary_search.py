"""Search for the last boundary at or before an address, in one table or many at once.

Searching needs one machine word per address. An IPv4 address is one already, and with the number
of its table in the upper half it still is. Of an IPv6 address the upper word is searched for
first, which decides it unless a boundary lies within that very /64; the few such addresses are
then searched for by their place in the first search and their lower word.

Where a pair of numbers does not fit into a word, the second is replaced by its place among the
numbers that occur in boundaries: that keeps the order and leaves a small number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from netreach.packets._address_columns import Words
from netreach.packets._disjoint_ranges import is_new
from netreach.packets._sorted_keys import GUIDED_SEARCH, AnyColumn, SortedKeys
from netreach.packets.jit import Effort, Jit

CHUNK: Final = 1 << 16
"""Addresses treated together, so that their temporaries stay in the second-level cache."""

_COMPILED_CHUNK: Final = 1 << 17
"""The same for kernels, which have chunks of their own and a price for each call."""

BY_NUMPY: Final = Effort(Jit.never(), 0)
"""How keys are made when a search is built, and whoever has no switch searches."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One coordinate of keys that are made of two."""

    span: np.uint64
    """Every coordinate is below this."""
    words: SortedKeys | None = None
    """The words that occur, distinct, ascending from 0; None where a word is its own place."""

    @classmethod
    def of(cls, word: AnyColumn) -> Axis:
        """Choose the axis for a column of words of boundaries."""
        if word.dtype == np.uint32:
            return cls(np.uint64(1 << 32))
        words = np.unique(word).astype(np.uint64)
        return cls(np.uint64(2 * words.size + 1), SortedKeys(words))

    def key(
        self, upper: NDArray[np.integer[Any]], word: AnyColumn, effort: Effort
    ) -> NDArray[np.uint64]:
        """Join an upper number and the place of a word into one number, in the order of both."""
        return upper.astype(np.uint64) * self.span + self._place(word, effort)

    def _place(self, word: AnyColumn, effort: Effort) -> NDArray[np.uint64]:
        """Return places in the order of the words: odd on a word that occurs, even between two."""
        if self.words is None:
            return word.astype(np.uint64)
        row = self.words.last_at_or_before(word, effort)
        is_between = self.words.numbers[row] != word
        place: NDArray[np.uint64] = (2 * row + 1 + is_between).astype(np.uint64)
        return place


@dataclass(frozen=True, slots=True)
class LowerWords:
    """The second search, for IPv6 boundaries within one /64."""

    axis: Axis
    keys: SortedKeys
    """Of every boundary: the place of its upper word, then its lower word."""
    last: NDArray[np.intp]
    """By the place of an upper word: the last boundary that has it."""
    is_crowded: NDArray[np.bool_]
    """By the place of an upper word: whether a boundary has it with a lower word other than 0."""

    @classmethod
    def of(cls, opens: NDArray[np.bool_], word: AnyColumn) -> LowerWords:
        """Index all boundaries; ``opens`` marks the first with each upper word."""
        axis, place = Axis.of(word), np.cumsum(opens) - 1
        last = np.append(np.flatnonzero(opens)[1:], opens.size) - 1
        is_crowded = np.zeros(last.size, bool)
        is_crowded[place[word != 0]] = True
        keys = SortedKeys(axis.key(place, word, BY_NUMPY))
        return cls(axis, keys, last, is_crowded)


@dataclass(frozen=True, slots=True)
class BoundarySearch:
    """The boundaries of one table, or of several tables one after the other."""

    axis: Axis | None
    """Of the upper word, below the table; None where there is one table."""
    keys: SortedKeys
    """The distinct upper words (below their tables)."""
    lower: LowerWords | None
    """None where no boundary has a lower word other than 0: then rows are places of keys."""

    @classmethod
    def of(cls, words: Words, table: NDArray[np.int64] | None = None) -> BoundarySearch:
        """Index distinct boundaries that ascend, by table first; each table has one at 0."""
        axis = None if table is None else Axis.of(words[0])
        upper = _upper_keys(axis, words, table, BY_NUMPY)
        if not any(word.any() for word in words[1:]):
            return cls(axis, SortedKeys(upper), None)
        opens = is_new((upper,))
        return cls(axis, SortedKeys(upper[opens]), LowerWords.of(opens, words[1]))

    def locate(
        self, words: Words, effort: Effort, table: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Return the row of the last boundary at or before each address of its table."""
        rows = np.empty(words[0].size, np.int64)
        size = _COMPILED_CHUNK if effort.wants(GUIDED_SEARCH) else CHUNK
        for first in range(0, rows.size, size):
            part = slice(first, first + size)
            some = tuple(word[part] for word in words)
            some_table = None if table is None else table[part]
            rows[part] = self._locate_chunk(some, some_table, effort)
        return rows

    def _locate_chunk(
        self, words: Words, table: NDArray[np.int64] | None, effort: Effort
    ) -> NDArray[np.int64]:
        upper = _upper_keys(self.axis, words, table, effort)
        place = self.keys.last_at_or_before(upper, effort)
        if self.lower is None:
            return place
        rows = self.lower.last[place]
        within = np.flatnonzero(self.lower.is_crowded[place] & (self.keys.numbers[place] == upper))
        wanted = self.lower.axis.key(place[within], words[1][within], effort)
        rows[within] = self.lower.keys.last_at_or_before(wanted, effort)
        return rows


def _upper_keys(
    axis: Axis | None, words: Words, table: NDArray[np.int64] | None, effort: Effort
) -> AnyColumn:
    if axis is None or table is None:
        return words[0]
    return axis.key(table, words[0], effort)
