"""Cast: the interfaces at both ends of a matrix, sorted in all ways that no question changes.

Whoever asks about the same ends again, on another port say, need not have them sorted again.
"""

from __future__ import annotations

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import Column, distinct
from netreach.query.matrix.kinds import Holdings, compile_kinds
from netreach.query.matrix.posts import Posts
from netreach.query.matrix.references import linked_vpcs
from netreach.query.matrix.told_apart import ToldApart
from netreach.query.matrix.views import KindViews
from netreach.query.matrix.windows import Window, alike_rows


class Cast:
    """The kinds of both ends, and what they are grouped by."""

    def __init__(self, fabric: Fabric, sources: Column, destinations: Column) -> None:
        """Sort the interfaces at both ends, given by their rows."""
        self.sources, self.destinations = distinct(sources), distinct(destinations)
        self.vpcs = len(fabric.rows.vpcs)
        self.holdings = Holdings.of(fabric)
        self.kinds = compile_kinds(fabric, self.holdings, self.sources, self.destinations)
        #: By row of groups: the first that says the same of all addresses.
        self.row_of = alike_rows(fabric.groups.by_address, 2 * len(fabric.groups.group_sets))
        self.views = KindViews(self.kinds, self.row_of, self.vpcs)
        self.posts = Posts(self.kinds, self.row_of)
        self.windows = Window.of(self.kinds, 0, self.vpcs), Window.of(self.kinds, 1, self.vpcs)
        self.linked = linked_vpcs(fabric, self.kinds)
        self.apart = ToldApart(fabric, self.kinds, self.row_of)

    def is_of(self, sources: Column, destinations: Column) -> bool:
        """Tell whether these are the interfaces at both ends."""
        return np.array_equal(self.sources, distinct(sources)) and np.array_equal(
            self.destinations, distinct(destinations)
        )


class Casting:
    """Keeps the cast of the last matrix."""

    def __init__(self, fabric: Fabric) -> None:
        """Know none yet."""
        self._fabric = fabric
        self._last: Cast | None = None

    def __call__(self, sources: Column, destinations: Column) -> Cast:
        """Return the cast of interfaces, given by their rows."""
        if self._last is None or not self._last.is_of(sources, destinations):
            self._last = None  # never two of them
            self._last = Cast(self._fabric, sources, destinations)
        return self._last
