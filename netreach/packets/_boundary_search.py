"""Binary search for the last boundary at or before an address, in one table or many at once.

Searching needs one machine word per address. An IPv4 address is one already, and with the number
of its table in the upper half it still is. Of an IPv6 address the upper word is searched for
first, which decides it unless a boundary lies within that very /64; the few such addresses are
then searched for by their place in the first search and their lower word.

Where a pair of numbers does not fit into a word, the second is replaced by its place among the
numbers that occur in boundaries: that keeps the order and leaves a small number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netreach.packets._address_columns import Words
from netreach.packets._disjoint_ranges import is_new

CHUNK: Final = 1 << 16
"""Addresses treated together, so that their temporaries stay in the second-level cache."""

_ORDERING: Final = {4: (1, 512), 8: (3, 8192)}
"""By bytes of a key: the passes that bring questions into order, and from how many keys they pay.

A pass takes about 6 ns for an address, the search for one in random order 50 to 300 ns, for one
in almost ascending order 10 to 70 ns.
"""
_ORDERING_FROM: Final = 1024
"""Fewer questions than this are searched for as they come."""

_Column: TypeAlias = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Axis:
    """One coordinate of keys that are made of two."""

    span: np.uint64
    """Every coordinate is below this."""
    words: NDArray[np.uint64] | None = None
    """The words that occur, distinct, ascending from 0; None where a word is its own place."""

    @classmethod
    def of(cls, word: _Column) -> Axis:
        """Choose the axis for a column of words of boundaries."""
        if word.dtype == np.uint32:
            return cls(np.uint64(1 << 32))
        words = np.unique(word).astype(np.uint64)
        return cls(np.uint64(2 * words.size + 1), words)

    def key(self, upper: _Column, word: _Column) -> NDArray[np.uint64]:
        """Join an upper number and the place of a word into one number, in the order of both."""
        return upper.astype(np.uint64) * self.span + self._place(word)

    def _place(self, word: _Column) -> NDArray[np.uint64]:
        """Return places in the order of the words: odd on a word that occurs, even between two."""
        if self.words is None:
            return word.astype(np.uint64)
        past = np.searchsorted(self.words, word, side="right")
        places: NDArray[np.uint64] = (2 * past - (self.words[past - 1] == word)).astype(np.uint64)
        return places


@dataclass(frozen=True, slots=True)
class LowerWords:
    """The second search, for IPv6 boundaries within one /64."""

    axis: Axis
    keys: NDArray[np.uint64]
    """Of every boundary: the place of its upper word, then its lower word."""
    last: NDArray[np.intp]
    """By the place of an upper word: the last boundary that has it."""
    is_crowded: NDArray[np.bool_]
    """By the place of an upper word: whether a boundary has it with a lower word other than 0."""

    @classmethod
    def of(cls, opens: NDArray[np.bool_], word: _Column) -> LowerWords:
        """Index all boundaries; ``opens`` marks the first with each upper word."""
        axis, place = Axis.of(word), np.cumsum(opens) - 1
        last = np.append(np.flatnonzero(opens)[1:], opens.size) - 1
        is_crowded = np.zeros(last.size, bool)
        is_crowded[place[word != 0]] = True
        return cls(axis, axis.key(place, word), last, is_crowded)


@dataclass(frozen=True, slots=True)
class BoundarySearch:
    """The boundaries of one table, or of several tables one after the other."""

    axis: Axis | None
    """Of the upper word, below the table; None where there is one table."""
    keys: _Column
    """The distinct upper words (below their tables), ascending."""
    lower: LowerWords | None
    """None where no boundary has a lower word other than 0: then rows are places of keys."""

    @classmethod
    def of(cls, words: Words, table: NDArray[np.int64] | None = None) -> BoundarySearch:
        """Index distinct boundaries that ascend, by table first; each table has one at 0."""
        axis = None if table is None else Axis.of(words[0])
        upper = _upper_keys(axis, words, table)
        if not any(word.any() for word in words[1:]):
            return cls(axis, upper, None)
        opens = is_new((upper,))
        return cls(axis, upper[opens], LowerWords.of(opens, words[1]))

    def locate(self, words: Words, table: NDArray[np.int64] | None = None) -> NDArray[np.intp]:
        """Return the row of the last boundary at or before each address of its table."""
        rows = np.empty(words[0].size, np.intp)
        for first in range(0, rows.size, CHUNK):
            part = slice(first, first + CHUNK)
            some = tuple(word[part] for word in words)
            rows[part] = self._locate_chunk(some, None if table is None else table[part])
        return rows

    def _locate_chunk(self, words: Words, table: NDArray[np.int64] | None) -> NDArray[np.intp]:
        upper = _upper_keys(self.axis, words, table)
        place = _last_at_or_before(self.keys, upper)
        if self.lower is None:
            return place
        rows = self.lower.last[place]
        within = np.flatnonzero(self.lower.is_crowded[place] & (self.keys[place] == upper))
        wanted = self.lower.axis.key(place[within], words[1][within])
        rows[within] = _last_at_or_before(self.lower.keys, wanted)
        return rows


def _upper_keys(axis: Axis | None, words: Words, table: NDArray[np.int64] | None) -> _Column:
    return words[0] if axis is None or table is None else axis.key(table, words[0])


def _last_at_or_before(keys: _Column, wanted: _Column) -> NDArray[np.intp]:
    """Return the place of the last key that is not above each wanted number, or -1."""
    passes, enough_keys = _ORDERING[keys.itemsize]
    if keys.size < enough_keys or wanted.size < _ORDERING_FROM:
        return np.searchsorted(keys, wanted, side="right") - 1
    order = _almost_ascending(wanted, passes, int(keys[-1]).bit_length())
    place = np.empty(wanted.size, np.intp)
    place[order] = np.searchsorted(keys, wanted[order], side="right") - 1
    return place


def _almost_ascending(numbers: _Column, passes: int, bits: int) -> NDArray[np.intp]:
    """Return an order by as many digits of 16 bits as there are passes, from the top of ``bits``.

    Each digit is sorted stably, the lowest first, which takes linear time for 16 bits.
    """
    order = np.arange(numbers.size)
    for shift in range(bits - 16 * passes, bits, 16):
        digit = (numbers >> max(shift, 0)).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
    return order
