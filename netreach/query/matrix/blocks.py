"""Blocks: groups of kinds at both ends of a matrix, and what each two of them come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netreach.packets.batch import Column

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
