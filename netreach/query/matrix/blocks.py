"""Blocks: groups of kinds at both ends of a matrix, and what each two of them come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from netreach.packets.batch import Column
from netreach.packets.jit import Jit, Kernel, as_input

#: Integers of any shape.
Cells = NDArray[np.int64]


class Block(NamedTuple):
    """Groups of kinds at both ends, and what each two come to."""

    #: The kinds at each end, ascending, and the group that each belongs to.
    sources: Column
    source_group: Column
    destinations: Column
    destination_group: Column
    #: ``(source groups, destination groups)`` of numbers of pair values.
    numbers: Cells


class Numbered(NamedTuple):
    """Values as small numbers: which value each cell has, and the values that occur."""

    code: Cells
    values: Column

    @classmethod
    def of(cls, cells: Cells) -> Numbered:
        """Number the values of cells of any shape; in few steps where they lie close together."""
        low, high = (int(cells.min()), int(cells.max())) if cells.size else (0, 0)
        if high - low > max(1 << 14, 2 * cells.size):
            values, code = np.unique(cells, return_inverse=True)
            return cls(code.reshape(cells.shape), values)
        shifted = cells - low
        seen = np.zeros(high - low + 1, bool)
        seen[shifted.ravel()] = True
        place = seen.cumsum() - 1
        return cls(place[shifted], np.flatnonzero(seen) + low)

    def take(self, *index: Cells) -> Numbered:
        """Return other cells by their places in these."""
        return Numbered(self.code[index], self.values)


def tabulated(parts: Sequence[Numbered]) -> tuple[Cells, list[Column]]:
    """Find the combinations that occur in cells of one shape (broadcast).

    Returns the combination of each cell, and the value of each part in every combination.
    """
    code: Cells = np.zeros((1,) * parts[0].code.ndim, np.int64)
    total = 1
    for part in parts:
        code = code * len(part.values) + part.code
        total *= len(part.values)
    if total <= max(1 << 16, 2 * code.size):
        seen = np.zeros(total, bool)
        seen[code.ravel()] = True
        found = np.flatnonzero(seen)
        code = (seen.cumsum() - 1)[code]
    else:
        found, rows = np.unique(code, return_inverse=True)
        code = rows.reshape(code.shape)
    columns: list[Column] = []
    for part in reversed(parts):
        found, place = np.divmod(found, len(part.values))
        columns.append(part.values[place])
    return code, columns[::-1]


class Gathered(NamedTuple):
    """Cells that are taken from a small table of small numbers, by its rows and columns."""

    table: Cells
    rows: Column
    columns: Column
    #: What the small numbers stand for.
    values: Column

    @classmethod
    def of(cls, cells: Cells, rows: Column, columns: Column) -> Gathered:
        """Number the values of a small table whose cells are taken more than once."""
        found = Numbered.of(cells)
        return cls(found.code, rows, columns, found.values)

    def taken(self) -> Cells:
        """Return the number in every cell."""
        cells: Cells = self.table[self.rows].take(self.columns, axis=1)
        return cells


Table = tuple[Cells, Column, Column, int]
#: What works out the cells of three tables, see `_kernels.combine_cells`.
Combine = Callable[[Table, Table, Table, NDArray[np.bool_], Column, Cells], None]

_COMBINE: Final = Kernel("netreach.query.matrix._kernels", "combine_cells", 1 << 24, 1 << 10)


class Combiner:
    """Finds the combinations that occur in three tables' cells; compiled where that is wanted."""

    def __init__(self, jit: Jit) -> None:
        """Look for the kernel when it is first needed: there are many small tiles."""
        self._jit = jit
        self._form: Combine | None = None

    def __call__(self, parts: tuple[Gathered, Gathered, Gathered]) -> tuple[Cells, list[Column]]:
        """Return the combination of each cell, and each part's value in every combination."""
        total = prod(len(part.values) for part in parts)
        cells = len(parts[0].rows) * len(parts[0].columns)
        if total > max(1 << 16, 2 * cells):
            return tabulated([Numbered(part.taken(), part.values) for part in parts])
        code: Cells = np.empty((len(parts[0].rows), len(parts[0].columns)), np.int64)
        seen, names = np.zeros(total, bool), np.empty(total, np.int64)
        tables = [(part.table, part.rows, part.columns, len(part.values)) for part in parts]
        self._run(cells, tables, seen, names, code)
        found = np.flatnonzero(seen)
        columns: list[Column] = []
        for part in reversed(parts):
            found, place = np.divmod(found, len(part.values))
            columns.append(part.values[place])
        return code, columns[::-1]

    def _run(
        self, work: int, tables: list[Table], seen: NDArray[np.bool_], names: Column, code: Cells
    ) -> None:
        """Run the compiled form where it is wanted, else the one of numpy."""
        if self._form is combine_cells:
            combine_cells(tables[0], tables[1], tables[2], seen, names, code)
            return
        ways, egress, ingress = (_as_inputs(table) for table in tables)
        if self._form is None:
            compiled = self._jit.compile(
                _COMBINE, ways, egress, ingress, seen, names, code, work=work
            )
            self._form = combine_cells if compiled is None else compiled
        self._form(ways, egress, ingress, seen, names, code)


def _as_inputs(table: Table) -> Table:
    cells, rows, columns = (as_input(one) for one in table[:3])
    return cells, rows, columns, table[3]


def combine_cells(
    ways: Table,
    egress: Table,
    ingress: Table,
    seen: NDArray[np.bool_],
    names: Column,
    code: Cells,
) -> None:
    """Do with numpy what the kernel of the same name does."""
    code[:] = 0
    for cells, rows, columns, size in (ways, egress, ingress):
        code *= size
        code += cells[rows].take(columns, axis=1)
    seen[code.ravel()] = True
    names[:] = seen.cumsum() - 1
    np.take(names, code, out=code)
