"""Stacks: the small tables of several tiles behind each other, so that one call fills them all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from netreach.packets.batch import Column, column, filled, spread
from netreach.query.matrix.blocks import Cells, Numbered
from netreach.query.matrix.views import View

#: Rows and columns of a table.
Shape = tuple[int, int]


class Stack(NamedTuple):
    """Tables of several tiles, cell behind cell, row behind row."""

    cells: Column
    shapes: Sequence[Shape]

    @classmethod
    def of(cls, shapes: Sequence[Shape], value: int) -> Stack:
        """Return tables that hold one value."""
        return cls(filled(sum(rows * columns for rows, columns in shapes), value), shapes)

    @classmethod
    def empty(cls, shapes: Sequence[Shape]) -> Stack:
        """Return tables that are still to be filled."""
        return cls(np.empty(sum(rows * columns for rows, columns in shapes), np.int64), shapes)

    def tables(self) -> list[Cells]:
        """Return the table of each tile; they share their cells with the stack."""
        ends = list(accumulate((rows * columns for rows, columns in self.shapes), initial=0))
        return [
            self.cells[first:last].reshape(shape)
            for first, last, shape in zip(ends[:-1], ends[1:], self.shapes, strict=True)
        ]

    def put(self, tile: Column, row: Column, place: Column, values: Column) -> None:
        """Write values at rows and columns of tiles."""
        sizes = column([rows * columns for rows, columns in self.shapes])
        widths = column([columns for _, columns in self.shapes])
        self.cells[(sizes.cumsum() - sizes)[tile] + row * widths[tile] + place] = values

    def numbered(self) -> tuple[Stack, Column]:
        """Return the tables with small numbers for values, and what these stand for."""
        found = Numbered.of(self.cells)
        return self._replace(cells=found.code), found.values

    def scaled(self, factor: int) -> list[Cells]:
        """Return the table of each tile, all numbers multiplied."""
        return self._replace(cells=self.cells * factor).tables()


class Crossed(NamedTuple):
    """Each group of one view with each of another, for several tiles: the cells of tables.

    Of each cell of each tile, behind each other: a kind of its row's group and one of its column's.
    """

    left: Column
    right: Column
    shapes: Sequence[Shape]

    @classmethod
    def of(cls, rows: Sequence[View], columns: Sequence[View]) -> Crossed:
        """Cross two views of each tile."""
        heights, widths = _sizes(rows), _sizes(columns)
        first = (widths.cumsum() - widths).repeat(heights)
        row, at = spread(first, widths.repeat(heights))
        return cls(_examples(rows)[row], _examples(columns)[at], shapes(rows, columns))

    def stack(self, cells: Column) -> Stack:
        """Return what was found of each cell as tables."""
        return Stack(cells, self.shapes)


class Listed(NamedTuple):
    """The groups of the views of several tiles, behind each other."""

    #: By group: its tile, its number in there, and a kind of it.
    tile: Column
    place: Column
    kind: Column

    @classmethod
    def of(cls, views: Sequence[View]) -> Listed:
        """List the groups of one view of each tile."""
        tile, place = spread(filled(len(views), 0), _sizes(views))
        return cls(tile, place, _examples(views))


def shapes(rows: Sequence[View], columns: Sequence[View]) -> list[Shape]:
    """Return how many groups there are in the views of each tile."""
    return [(len(a.examples), len(b.examples)) for a, b in zip(rows, columns, strict=True)]


def _sizes(views: Sequence[View]) -> Column:
    return column([len(view.examples) for view in views])


def _examples(views: Sequence[View]) -> Column:
    return np.concatenate([filled(0, 0), *(view.examples for view in views)])
