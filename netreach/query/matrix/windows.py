"""Windows: the addresses of a VPC's kinds, from lowest to highest, and what rules say of all.

Where a rule says the same of a whole window, it says so of every kind of that VPC.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from netreach.packets.batch import NO_ROW, Column, Mask, column, filled
from netreach.packets.jit import Jit, Kernel, as_input
from netreach.packets.pieces import PieceTable
from netreach.query.matrix.blocks import Cells
from netreach.query.matrix.kinds import Kinds

Masks = NDArray[np.bool_]

_SAY: Final = Kernel("netreach.query.matrix._kernels", "say_of_windows", 1 << 23, 1 << 12)


class Window(NamedTuple):
    """The lowest and highest primary atoms of each VPC's kinds in one family, and who has any."""

    low: Column
    high: Column
    has_any: Mask

    @classmethod
    def of(cls, kinds: Kinds, family: int, vpcs: int) -> Window:
        """Return the windows of all VPCs."""
        low, high = filled(vpcs, 1 << 40), filled(vpcs, NO_ROW)
        mine = np.flatnonzero((kinds.atom[family] != NO_ROW) & (kinds.vpc != NO_ROW))
        np.minimum.at(low, kinds.vpc[mine], kinds.atom[family][mine])
        np.maximum.at(high, kinds.vpc[mine], kinds.atom[family][mine])
        some = high != NO_ROW
        return cls(np.where(some, low, 0), np.where(some, high, 0), some)


class Windows:
    """What rows of a table say of the windows of VPCs."""

    def __init__(self, table: PieceTable, of_family: tuple[Window, Window], jit: Jit) -> None:
        """Take the windows of both families."""
        self._table, self._jit, self.of_family = table, jit, of_family

    def said(self, family: int, rows: Column, vpcs: Column) -> tuple[Cells, Masks]:
        """Return what rows say of VPCs, and whether of all of each, ``(rows, vpcs)``.

        Queries in order of row and address keep the search in the processor's cache.
        """
        window, shape = self.of_family[family], (len(rows), len(vpcs))
        low, high = window.low[vpcs], window.high[vpcs]
        order = np.argsort(low, kind="stable")
        value, is_whole = np.empty(shape, np.int64), np.empty(shape, bool)
        table = as_input(self._table.keys), as_input(self._table.values)
        asked = as_input(rows), as_input(low[order]), as_input(high[order])
        work = len(rows) * len(low)
        self._jit.call(_SAY, _say_of_windows, *table, *asked, value, is_whole, work=work)
        back = np.argsort(order)
        return value[:, back], is_whole[:, back]


def _say_of_windows(
    keys: Column,
    values: Column,
    rows: Column,
    low: Column,
    high: Column,
    value: Cells,
    is_whole: Masks,
) -> None:
    said, holds = PieceTable(keys, values).over(
        rows.repeat(len(low)), np.tile(low, len(rows)), np.tile(high, len(rows))
    )
    value[:], is_whole[:] = said.reshape(value.shape), holds.reshape(value.shape)


def alike_rows(table: PieceTable, rows: int) -> Column:
    """Return for each row the first that says the same of all addresses, ``(rows,)``."""
    first = table.keys.searchsorted(np.arange(rows + 1) << 32)
    pieces = np.stack([table.keys & 0xFFFFFFFF, table.values], axis=1)
    width, text = pieces.itemsize * 2, pieces.tobytes()
    bounds = (first * width).tolist()
    known: dict[bytes, int] = {}
    return column(
        [known.setdefault(text[bounds[row] : bounds[row + 1]], row) for row in range(rows)]
    )
