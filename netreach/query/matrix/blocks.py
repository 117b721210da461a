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

    def cut(self, first: int, last: int) -> Numbered:
        """Return some of the cells, whose values are among these."""
        return Numbered(self.code[first:last], self.values)

    def take(self, *index: Cells) -> Numbered:
        """Return other cells by their places in these."""
        return Numbered(self.code[index], self.values)


def tabulated(parts: Sequence[Numbered]) -> tuple[Cells, list[Column]]:
    """Find the combinations that occur in cells of one shape (broadcast).

    Returns the combination of each cell, and the value of each part in every combination.
    """
    code: Cells = np.zeros((1,) * parts[0].code.ndim, np.int64)
    for part in parts:
        code = code * len(part.values) + part.code
    code, found = renumbered(code, prod(len(part.values) for part in parts))
    return code, taken_apart(found, [part.values for part in parts])


def renumbered(code: Cells, size: int) -> tuple[Cells, Column]:
    """Number anew what occurs of the numbers below `size`; returns the number of each cell too."""
    if size > max(1 << 16, 8 * code.size):
        found, rows = np.unique(code, return_inverse=True)
        return rows.reshape(code.shape), found
    seen = np.zeros(size, bool)
    seen[code.ravel()] = True
    found = np.flatnonzero(seen)
    names = np.empty(size, np.int64)
    names[found] = np.arange(len(found))
    return names.take(code), found


def taken_apart(codes: Column, values: Sequence[Column]) -> list[Column]:
    """Return the values that combinations are made of, of which the first varies slowest."""
    columns: list[Column] = []
    for part in reversed(values):
        codes, place = np.divmod(codes, len(part))
        columns.append(part[place])
    return columns[::-1]


#: A table of small numbers, and the row and the column to take for each row and column of cells.
Table = tuple[Cells, Column, Column]
#: What adds up the cells of three tables, see `_kernels.combine_cells`.
Combine = Callable[[Table, Table, Table, Cells], None]

_COMBINE: Final = Kernel("netreach.query.matrix._kernels", "combine_cells", 1 << 24, 1 << 10)


class Combiner:
    """Adds up what three tables say of each cell; compiled where that is wanted."""

    def __init__(self, jit: Jit) -> None:
        """Look for the kernel when it is first needed: there are many small tiles."""
        self._jit = jit
        self._form: Combine | None = None

    def __call__(self, ways: Table, egress: Table, ingress: Table, code: Cells) -> None:
        """Write the sums into `code`."""
        if self._form is combine_cells:
            combine_cells(ways, egress, ingress, code)
            return
        ways, egress, ingress = _as_inputs(ways), _as_inputs(egress), _as_inputs(ingress)
        if self._form is None:
            compiled = self._jit.compile(_COMBINE, ways, egress, ingress, code, work=code.size)
            self._form = combine_cells if compiled is None else compiled
        self._form(ways, egress, ingress, code)


def _as_inputs(table: Table) -> Table:
    cells, rows, columns = (as_input(one) for one in table)
    return cells, rows, columns


def combine_cells(ways: Table, egress: Table, ingress: Table, code: Cells) -> None:
    """Do with numpy what the kernel of the same name does."""
    code[:] = _cells_of(ways)
    code += _cells_of(egress)
    code += _cells_of(ingress)


def _cells_of(table: Table) -> Cells:
    cells: Cells = table[0].take(table[2], axis=1).take(table[1], axis=0)
    return cells
