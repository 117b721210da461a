"""Sparse tables of two numbers: what `cross` says of all is what `lookup` says of each."""

from __future__ import annotations

import numpy as np
import pytest

from netreach.packets.batch import column
from netreach.packets.pieces import PairTable

#: A row with several cells, one whose neighbours are empty, the last one with the last cell.
TABLE = PairTable.of({(0, 1): 7, (0, 5): 8, (3, 5): 9, (4, 2): 10}, -1)


@pytest.mark.parametrize("rows", [[0, 1, 2, 3, 4, 5], [4], [3, 0, 3], [], [9]])
@pytest.mark.parametrize("others", [[0, 1, 2, 3, 4, 5, 6], [5], [2, 5], [6], []])
def test_all_cells_at_once_are_the_cells_one_by_one(rows: list[int], others: list[int]) -> None:
    found = TABLE.cross(column(rows), column(others))
    assert found.shape == (len(rows), len(others))
    left, right = column(rows).repeat(len(others)), np.tile(column(others), len(rows))
    assert found.ravel().tolist() == TABLE.lookup(left, right).tolist()


def test_a_table_without_cells_says_its_default() -> None:
    assert PairTable.of({}, 4).cross(column([1]), column([2, 3])).tolist() == [[4, 4]]
