"""Sparse tables of two numbers: what `among` finds of groups is what `lookup` says of each two."""

from __future__ import annotations

import pytest

from netreach.packets.batch import column
from netreach.packets.pieces import PairTable

#: A row with several cells, one whose neighbours are empty, the last one with the last cell.
TABLE = PairTable.of({(0, 1): 7, (0, 5): 8, (3, 5): 9, (4, 2): 10}, -1)

#: Rows and others of each group.
Groups = list[tuple[list[int], list[int]]]


@pytest.mark.parametrize(
    "groups",
    [
        [([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6])],
        [([4], [2, 5]), ([3, 0, 3], [5])],
        [([0], [1]), ([0], [5]), ([0], [1, 5])],
        [([], [1, 5]), ([0, 4], []), ([9], [2, 6])],
        [([0, 3, 4], [6]), ([0, 3, 4], [])],
        [([], [])],
    ],
)
def test_the_cells_of_groups_are_the_cells_one_by_one(groups: Groups) -> None:
    rows, row_groups = _flat([rows for rows, _ in groups])
    others, other_groups = _flat([others for _, others in groups])
    at, place, values = TABLE.among(
        column(rows), column(row_groups), column(others), column(other_groups)
    )
    found = sorted(zip(at.tolist(), place.tolist(), values.tolist(), strict=True))
    assert found == [
        (left, right, value)
        for left, (row, group) in enumerate(zip(rows, row_groups, strict=True))
        for right, (other, same) in enumerate(zip(others, other_groups, strict=True))
        if group == same
        for value in TABLE.lookup(column([row]), column([other])).tolist()
        if value != TABLE.default
    ]


def _flat(lists: list[list[int]]) -> tuple[list[int], list[int]]:
    """Return all values behind each other, and the list that each is in."""
    return [one for values in lists for one in values], [
        group for group, values in enumerate(lists) for _ in values
    ]


def test_a_table_without_cells_has_none() -> None:
    one = column([1])
    assert [found.tolist() for found in PairTable.of({}, 4).among(one, one, one, one)] == [[]] * 3
