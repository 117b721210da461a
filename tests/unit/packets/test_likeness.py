from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

import pytest

from netreach.packets.batch import column
from netreach.packets.likeness import Members, alike
from netreach.packets.pieces import PieceTable

#: What columns may hold: few numbers side by side, more of them, and some very far apart.
DRAWN = (
    range(-2, 3),
    range(40),
    range(-(1 << 30), 1 << 30),
    (-(1 << 62), -1, 0, 1 << 40, (1 << 62) - 1, 1 << 62),
    (7,),
)


@pytest.mark.parametrize("size", [1, 40, 255, 256, 400, 3000])
@pytest.mark.parametrize("drawn", list(product(DRAWN, repeat=2)), ids=str)
def test_rows_that_agree_in_every_column_are_one_group(
    drawn: tuple[Sequence[int], ...], size: int
) -> None:
    chance = random.Random(3)  # noqa: S311 - numbers are drawn, not keys
    rows = [tuple(chance.choice(values) for values in (*drawn, *drawn)) for _ in range(size // 2)]
    rows += chance.choices(rows or [(1, 2, 3, 4)], k=size - len(rows))
    found = alike(*(column([row[place] for row in rows]) for place in range(4)))
    distinct = sorted(set(rows))
    number = {row: place for place, row in enumerate(distinct)}
    assert found.size == len(distinct)
    assert found.group.tolist() == [number[row] for row in rows]
    first = {row: place for place, row in reversed(list(enumerate(rows)))}
    assert found.first.tolist() == [first[row] for row in distinct]


def test_one_column_is_grouped_as_several_are() -> None:
    found = alike(column([5, 5, 1, 9, 1]))
    assert found.group.tolist() == [1, 1, 0, 2, 0]
    assert found.first.tolist() == [2, 0, 3]


def test_no_rows_are_no_groups() -> None:
    found = alike(column([]), column([]))
    assert (found.size, found.group.tolist()) == (0, [])


def test_values_far_apart_are_compared_not_hashed() -> None:
    values = [1 << 62, -(1 << 62), (1 << 62) - 1, 1 << 62]
    assert alike(column(values)).group.tolist() == [2, 0, 1, 2]


def test_members_are_listed_in_order_and_groups_may_be_empty() -> None:
    members = Members.of(column([2, 0, 2, 0, 4]), 6)
    assert [members[group].tolist() for group in range(6)] == [[1, 3], [], [0, 2], [], [4], []]


TABLE = PieceTable.of([[(0, 7)], [(0, 1), (10, 2), (20, 1)], [(0, 3), (10, 4)]])


def test_a_span_is_whole_only_where_one_piece_covers_it() -> None:
    spans = [(0, 0, 99), (1, 0, 9), (1, 0, 10), (1, 10, 19), (1, 9, 20), (2, 10, 10), (2, 9, 10)]
    value, is_whole = TABLE.over(*(column([span[place] for span in spans]) for place in range(3)))
    assert value.tolist() == [7, 1, 1, 2, 1, 4, 3]
    assert is_whole.tolist() == [True, True, False, True, False, True, False]


def test_boundaries_are_where_any_row_changes() -> None:
    assert TABLE.boundaries().tolist() == [10, 20]
    assert PieceTable.of([[(0, 7)]]).boundaries().tolist() == []
