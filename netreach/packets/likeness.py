"""Rows of columns that are alike: numbered groups, compared value by value, never by a hash."""

from __future__ import annotations

from typing import NamedTuple

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

    Sorts once: ``N log N`` steps and a few columns of memory.

    >>> alike(column([7, 5, 7]), column([1, 1, 1])).group.tolist()
    [1, 0, 1]
    """
    size = len(columns[0])
    if not size:
        return Likeness(column([]), column([]))
    order = np.lexsort(columns[::-1]) if len(columns) > 1 else np.argsort(columns[0], kind="stable")
    opens = np.zeros(size, bool)
    opens[0] = True
    for values in columns:
        ordered = values[order]
        opens[1:] |= ordered[1:] != ordered[:-1]
    group = np.empty(size, np.int64)
    group[order] = opens.cumsum() - 1
    return Likeness(group, order[opens])


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
