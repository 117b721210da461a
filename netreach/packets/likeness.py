"""Rows of columns that are alike: numbered groups, compared value by value, never by a hash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from netreach.packets.batch import Column, column


class Likeness(NamedTuple):
    """Groups of equal rows, numbered in ascending order of their values."""

    #: The group of each row, ``(N,)``.
    group: Column
    #: One row of each group, the first that has its values, ``(groups,)``.
    first: Column

    @property
    def size(self) -> int:
        """Count the groups."""
        return len(self.first)


def alike(*columns: Column) -> Likeness:
    """Group rows that agree in every column; groups ascend by the first column, then the next.

    Sorts at most once: ``N log N`` steps and a few columns of memory.

    >>> alike(column([7, 5, 7]), column([1, 1, 1])).group.tolist()
    [1, 0, 1]
    """
    size = len(columns[0])
    if not size:
        return Likeness(column([]), column([]))
    if size < _FEW:
        return _by_columns(columns)
    code, codes = _coded(columns)
    return _by_place(code, codes) if codes <= _DENSE * size else _by_code(code)


#: So few rows are sorted by their columns, which takes the fewest calls.
_FEW: Final = 256
#: Codes of at most so many times as many numbers as there are rows are not sorted, but looked up.
_DENSE: Final = 4
#: Codes stay below this.
_WIDE: Final = 1 << 62


def _by_columns(columns: Sequence[Column]) -> Likeness:
    """Sort by all columns, the last one first."""
    size = len(columns[0])
    order = np.lexsort(columns[::-1]) if len(columns) > 1 else np.argsort(columns[0], kind="stable")
    opens = np.zeros(size, bool)
    opens[0] = True
    for values in columns:
        ordered = values[order]
        opens[1:] |= ordered[1:] != ordered[:-1]
    group = np.empty(size, np.int64)
    group[order] = opens.cumsum() - 1
    return Likeness(group, order[opens])


def _coded(columns: Sequence[Column]) -> tuple[Column, int]:
    """Return one number for each row that orders rows as all columns do, and a bound of these."""
    code, codes = np.zeros(len(columns[0]), np.int64), 1
    for values in columns:
        low, span = _range(values)
        if span == 1:
            continue
        if codes * span >= _WIDE:
            code, codes = _ranked(code)
        if codes * span >= _WIDE:  # the values alone are far apart
            ranks, span = _ranked(values)
            code = code * span + ranks
        else:
            code = code * span + (values - low)
        codes *= span
    return code, codes


def _range(values: Column) -> tuple[int, int]:
    """Return the lowest value, and how many there are from it to the highest."""
    low = int(values.min())
    return low, int(values.max()) - low + 1


def _ranked(values: Column) -> tuple[Column, int]:
    """Return the rank of each value among those that occur, and how many do."""
    found, ranks = np.unique(values, return_inverse=True)
    return ranks, len(found)


def _by_place(code: Column, codes: int) -> Likeness:
    """Group codes that lie close together by a table of all of them."""
    first = np.full(codes, -1, np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    found = np.flatnonzero(first >= 0)
    names = np.empty(codes, np.int64)
    names[found] = np.arange(len(found))
    return Likeness(names[code], first[found])


def _by_code(code: Column) -> Likeness:
    """Group codes by sorting them."""
    order = np.argsort(code)
    ordered = code[order]
    opens = np.ones(len(code), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=opens[1:])
    group = np.empty(len(code), np.int64)
    group[order] = opens.cumsum() - 1
    return Likeness(group, np.minimum.reduceat(order, np.flatnonzero(opens)))


class Members(NamedTuple):
    """Which rows belong to each group: values behind each other, and where each group begins."""

    start: Column
    rows: Column

    @classmethod
    def of(cls, group: Column, size: int) -> Members:
        """List the rows of the groups ``0..size-1``; each row is in one."""
        counts = np.bincount(group, minlength=size)
        start = np.concatenate([[0], counts.cumsum()])
        return cls(start, np.argsort(group, kind="stable"))

    def __getitem__(self, group: int) -> Column:  # type: ignore[override]
        """Return the rows of one group, ascending."""
        return self.rows[self.start[group] : self.start[group + 1]]
