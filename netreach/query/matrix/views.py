"""Views: the kinds of one VPC, or any few, in groups that share what a table looks up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from netreach.packets.batch import NO_ROW, Column
from netreach.packets.likeness import alike
from netreach.query.matrix.kinds import Kinds


class View(NamedTuple):
    """Groups of kinds."""

    #: By kind: its group; says nothing of kinds that are not among them.
    code: Column
    #: By group: a kind of it.
    examples: Column


class Views:
    """The kinds of every VPC, grouped by some columns once for all tiles."""

    def __init__(self, vpc: Column, vpcs: int, *columns: Column) -> None:
        """Group kinds, given by their VPCs, by columns of theirs."""
        found = alike(vpc, *columns)
        self._columns = columns
        self._first = found.first
        self._start = vpc[found.first].searchsorted(np.arange(vpcs + 1))
        self._code = found.group - self._start[vpc]
        self._sizes = np.bincount(vpc[vpc != NO_ROW], minlength=vpcs)

    def of(self, vpc: int, kinds: Column) -> View:
        """Return a view in which these kinds of one VPC have their groups; NO_ROW: of several.

        There may be groups of other kinds of that VPC; where only few kinds are asked about, there
        are none.
        """
        if vpc != NO_ROW and 2 * len(kinds) >= self._sizes[vpc]:
            return View(self._code, self._first[self._start[vpc] : self._start[vpc + 1]])
        found = alike(*(values[kinds] for values in self._columns))
        code = np.zeros_like(self._code)
        code[kinds] = found.group
        return View(code, kinds[found.first])


class KindViews:
    """All views that tiles take of the kinds of each VPC."""

    def __init__(self, kinds: Kinds, row_of: Column, vpcs: int) -> None:
        """Group the kinds of every VPC."""
        #: By kind: the first egress and ingress rows that say the same of all addresses.
        self.rows = row_of[2 * kinds.group_set], row_of[2 * kinds.group_set + 1]
        self.by_rows = [Views(kinds.vpc, vpcs, rows) for rows in self.rows]
        self.by_set = Views(kinds.vpc, vpcs, kinds.group_set)
        #: By family.
        self.by_lane = [Views(kinds.vpc, vpcs, lane) for lane in kinds.lane]
        self.by_cell = [Views(kinds.vpc, vpcs, cell) for cell in kinds.cell]
        self.by_place = [Views(kinds.vpc, vpcs, kinds.group_set, cell) for cell in kinds.cell]
