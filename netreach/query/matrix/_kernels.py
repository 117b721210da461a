"""Compiled forms of the loops over groups' rules and over cells; see `netreach.packets.jit`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netreach.packets.jit import compiled

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
#: Cells, rows and columns.
Table = tuple[Integers, Integers, Integers]


@compiled()
def say_of_windows(
    keys: Integers,
    values: Integers,
    rows: Integers,
    low: Integers,
    high: Integers,
    value: Integers,
    is_whole: Flags,
) -> None:
    """Say for each row, and for windows of atoms that ascend, what it says of their first atom.

    And whether that holds up to their last one, as `PieceTable.over` does.
    """
    for r in range(rows.size):
        start = np.searchsorted(keys, rows[r] << 32)
        end = np.searchsorted(keys, (rows[r] + 1) << 32)
        at = start
        for w in range(low.size):
            wanted = rows[r] << 32 | low[w]
            while at + 1 < end and keys[at + 1] <= wanted:
                at += 1
            value[r, w] = values[at]
            is_whole[r, w] = at + 1 >= end or keys[at + 1] > (rows[r] << 32 | high[w])


@compiled()
def combine_cells(ways: Table, egress: Table, ingress: Table, code: Integers) -> None:
    """Add up what three small tables say of each cell.

    A table is its cells, and the row and the column to take for each row and column of `code`.
    """
    for i in range(code.shape[0]):
        for j in range(code.shape[1]):
            code[i, j] = (
                ways[0][ways[1][i], ways[2][j]]
                + egress[0][egress[1][i], egress[2][j]]
                + ingress[0][ingress[1][i], ingress[2][j]]
            )
