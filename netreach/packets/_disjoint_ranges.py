"""Nested prefixes cut into disjoint ranges, each owned by the longest prefix that covers it."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netreach.packets._address_columns import HOST_MASKS, Word, Words

Columns: TypeAlias = tuple[NDArray[np.integer[Any]], ...]

NO_ROW: Final = -1


def cut_into_ranges(words: Words, length: NDArray[np.int64]) -> tuple[Words, NDArray[np.int64]]:
    """Return the first address of every range, ascending, and the row of the prefix it belongs to.

    The ranges cover the whole address space, so the first begins at 0; ``NO_ROW`` owns what no
    prefix covers. Prefixes are distinct and free of host bits; there are at most 2 N + 1 ranges.
    """
    ends = _first_past(words, length)
    bounds = (
        np.concatenate([np.zeros(1, word.dtype), word, end])
        for word, end in zip(words, ends, strict=True)
    )
    starts, place = _distinct(tuple(bounds))
    begins, ceases = place[1 : length.size + 1], place[length.size + 1 :]
    # Past the last address a prefix's end wraps to 0, which nothing else ends at.
    ceases = np.where(ceases == 0, starts[0].size, ceases)
    owner = np.full(starts[0].size, NO_ROW, np.int64)
    for bits in np.unique(length):  # longer prefixes paint over shorter ones
        rows = np.flatnonzero(length == bits)
        sizes = (ceases - begins)[rows]
        owner[spread(begins[rows], sizes)] = np.repeat(rows, sizes)
    return starts, owner


def first_repeated(columns: Columns) -> tuple[int, int] | None:
    """Return two equal rows, an earlier one and the first that repeats it, or None."""
    order = np.lexsort(columns[::-1])
    again = np.flatnonzero(~is_new(tuple(column[order] for column in columns)))
    if not again.size:
        return None
    place = again[order[again].argmin()]
    return int(order[place - 1]), int(order[place])  # the sort is stable


def spread(first: NDArray[np.intp], sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return ``first[0], first[0] + 1, ...`` for ``sizes[0]`` numbers, then the same for each."""
    past = np.cumsum(sizes)
    offset: NDArray[np.intp] = np.repeat(first - (past - sizes), sizes)
    return np.arange(offset.size) + offset


def is_new(columns: Columns) -> NDArray[np.bool_]:
    """Mark the rows that differ from the row before; the first does."""
    new = np.zeros(columns[0].size, bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def _first_past(words: Words, length: NDArray[np.int64]) -> Words:
    """Return the address just past each prefix; past the whole address space it wraps to 0."""
    past = []
    carry = np.ones(length.size, bool)
    for word, mask in zip(words[::-1], HOST_MASKS[len(words)][::-1], strict=True):
        grown: Word = (word | mask[length]) + carry.astype(word.dtype)
        carry &= grown == 0
        past.append(grown)
    return tuple(reversed(past))


def _distinct(words: Words) -> tuple[Words, NDArray[np.intp]]:
    """Return the distinct addresses in order, and the place of each given one among them."""
    order = np.lexsort(words[::-1])
    ordered = tuple(word[order] for word in words)
    new = is_new(ordered)
    place = np.empty(order.size, np.intp)
    place[order] = np.cumsum(new) - 1
    return tuple(word[new] for word in ordered), place
