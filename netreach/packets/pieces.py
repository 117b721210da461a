"""Run-length rows over the atoms: many tables, one batched search.

A row says, for every atom, one small integer (a set's id, a route's row, a holder). It is stored as
the pieces on which that integer does not change; all rows of all tables lie behind each other in
one sorted array of keys ``row << 32 | first atom``, so that a lookup of any mixture of rows and
atoms is one binary search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from netreach.packets.atoms import Span
from netreach.packets.batch import NO_ROW, Column, Mask, column, spread

Item = TypeVar("Item")

_SHIFT = 32


@dataclass(frozen=True, slots=True)
class PieceTable:
    """Rows of pieces; immutable."""

    keys: Column
    values: Column

    @classmethod
    def of(cls, rows: Iterable[Sequence[tuple[int, int]]]) -> PieceTable:
        """Build from rows of ``(first atom, value)`` pieces, ascending, the first at atom 0."""
        keys: list[int] = []
        values: list[int] = []
        for number, pieces in enumerate(rows):
            for start, value in pieces:
                keys.append(number << _SHIFT | start)
                values.append(value)
        return cls(column(keys), column(values))

    def lookup(self, rows: Column, atoms: Column) -> Column:
        """Return the values at ``(rows[i], atoms[i])``, ``(N,)``; every row must exist."""
        return self.values.take(self._piece(rows, atoms))

    def _piece(self, rows: Column, atoms: Column) -> Column:
        found = self.keys.searchsorted(rows << _SHIFT | atoms, side="right")
        found -= 1
        return found

    def over(self, rows: Column, first: Column, last: Column) -> tuple[Column, Mask]:
        """Return the values at ``(rows[i], first[i])``, and whether they hold up to ``last[i]``.

        One piece must reach that far: of pieces of equal value side by side it says no.
        """
        low = self._piece(rows, first)
        return self.values.take(low), low == self._piece(rows, last)

    def boundaries(self) -> Column:
        """Return the atoms at which any row changes, ascending, without atom 0."""
        atoms = self.keys & ((1 << _SHIFT) - 1)
        seen = np.zeros(int(atoms.max(initial=0)) + 1, bool)  # atoms are few and close together
        seen[atoms] = True
        seen[0] = False
        return np.flatnonzero(seen)


@dataclass(frozen=True, slots=True)
class PairTable:
    """A sparse matrix of small integers: a default wherever nothing was set; immutable."""

    keys: Column
    values: Column
    default: int

    @classmethod
    def of(cls, cells: dict[tuple[int, int], int], default: int) -> PairTable:
        """Build from ``{(row, other): value}``."""
        order = sorted(cells)
        return cls(
            column([row << _SHIFT | other for row, other in order]),
            column([cells[key] for key in order]),
            default,
        )

    def lookup(self, rows: Column, others: Column) -> Column:
        """Return the values at ``(rows[i], others[i])``, ``(N,)``; -1 is never a set cell."""
        result = column([self.default]).repeat(len(rows))
        if not len(self.keys):
            return result
        wanted = rows << _SHIFT | others
        found = np.minimum(self.keys.searchsorted(wanted), len(self.keys) - 1)
        hits = (self.keys[found] == wanted) & (rows >= 0) & (others >= 0)
        result[hits] = self.values[found[hits]]
        return result

    def among(
        self, rows: Column, row_groups: Column, others: Column, other_groups: Column
    ) -> tuple[Column, Column, Column]:
        """Return the cells that were set of rows and others of one group.

        Looks at these cells, not at all. Groups ascend, and in each of them the `others`.

        Returns:
            The places in `rows`, those in `others`, and the values.
        """
        first = self.keys.searchsorted(rows << _SHIFT)
        counts = self.keys.searchsorted((rows + 1) << _SHIFT) - first
        row, cell = spread(first, counts)
        known = other_groups << _SHIFT | others
        wanted = row_groups[row] << _SHIFT | (self.keys[cell] & ((1 << _SHIFT) - 1))
        place = known.searchsorted(wanted)
        here = np.append(known, NO_ROW)[place] == wanted
        return row[here], place[here], self.values[cell[here]]


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of small integers by number; immutable."""

    first: Column
    values: Column

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Lists:
        """Build from lists in order of their numbers."""
        sizes = [0, *(len(values) for values in lists)]
        return cls(column(sizes).cumsum(), column([value for values in lists for value in values]))

    def take(self, numbers: Column) -> tuple[Column, Column]:
        """Return the positions in `numbers`, each repeated, and the values of its list."""
        first = self.first[numbers]
        counts = self.first[numbers + 1] - first
        positions, at = spread(first, counts)
        return positions, self.values[at]


def overlay(spans: Iterable[tuple[Span, Item]], size: int) -> Iterator[tuple[int, list[Item]]]:
    """Yield ``(first atom, items)`` for each stretch of ``0..size-1`` covered by the same items.

    Items come in the order in which they were given. The first stretch begins at atom 0.
    """
    opens: dict[int, list[int]] = {}
    closes: dict[int, list[int]] = {}
    items: list[Item] = []
    for number, ((first, last), item) in enumerate(spans):
        items.append(item)
        opens.setdefault(first, []).append(number)
        closes.setdefault(last + 1, []).append(number)
    active: set[int] = set()
    for start in sorted({0, *opens, *closes}):
        if start >= size:
            return
        active.difference_update(closes.get(start, ()))
        active.update(opens.get(start, ()))
        yield start, [items[number] for number in sorted(active)]


def pieces(
    spans: Iterable[tuple[Span, Item]], size: int, value: Callable[[list[Item]], int]
) -> list[tuple[int, int]]:
    """Return the row of pieces that gives each stretch the value of the items that cover it."""
    row: list[tuple[int, int]] = []
    for start, items in overlay(spans, size):
        number = value(items)
        if not row or row[-1][1] != number:
            row.append((start, number))
    return row


def last_item(items: list[int]) -> int:
    """Choose the item given last, or NO_ROW where nothing covers the atom."""
    return items[-1] if items else NO_ROW
