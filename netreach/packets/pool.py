"""Interned sets of services: one small integer per distinct set, and a memo of their combinations.

What passes a filter is known between two bounds: what *surely* passes and what *may* pass. They
differ only where the snapshot lacks something (a group's rules, a prefix list's entries). A column
of such bounds is a column of ids; combining two columns computes each distinct pair of ids once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np

from netreach.packets.batch import Column, column, distinct
from netreach.packets.services import ServiceSet

#: Ids that every pool has.
NOTHING: Final = 0
EVERYTHING: Final = 1
#: Nothing surely, everything maybe.
UNSURE: Final = 2


class Bounds(NamedTuple):
    """What surely passes, and what may pass; the first is inside the second."""

    sure: ServiceSet
    maybe: ServiceSet


class PairMemo:
    """A function of two ids, computed once per distinct pair, applied to whole columns."""

    __slots__ = ("_compute", "_keys", "_values")

    def __init__(self, compute: Callable[[int, int], int]) -> None:
        """Remember nothing yet."""
        self._compute = compute
        self._keys = column([])
        self._values = column([])

    def __call__(self, left: Column, right: Column) -> Column:
        """Return ``compute(left[i], right[i])`` for every row, ``(N,)``."""
        wanted = left << 32 | right
        found = self._keys.searchsorted(wanted)
        if len(self._keys):
            found = np.minimum(found, len(self._keys) - 1)
            hits = self._keys.take(found) == wanted
            if hits.all():
                return self._values.take(found)
            missing = distinct(wanted[~hits])
        else:
            missing = distinct(wanted)
        self._learn(missing)
        return self._values.take(self._keys.searchsorted(wanted))

    def _learn(self, keys: Column) -> None:
        values = column([self._compute(key >> 32, key & 0xFFFFFFFF) for key in keys.tolist()])
        known = np.concatenate([self._keys, keys])
        order = np.argsort(known, kind="stable")  # two runs that ascend: one pass
        self._keys = known[order]
        self._values = np.concatenate([self._values, values])[order]


class ServicePool:
    """Every distinct pair of bounds of one compiled network, by id."""

    def __init__(self) -> None:
        """Hold the three ids that every pool has."""
        self._bounds: list[Bounds] = []
        self._ids: dict[Bounds, int] = {}
        nothing, everything = ServiceSet.empty(), ServiceSet.everything()
        for sure, maybe in ((nothing, nothing), (everything, everything), (nothing, everything)):
            self.intern(sure, maybe)
        self._meet = PairMemo(self.meet_ids)
        self._join = PairMemo(self.join_ids)

    def __getitem__(self, number: int) -> Bounds:
        """Return the bounds behind an id."""
        return self._bounds[number]

    def intern(self, sure: ServiceSet, maybe: ServiceSet | None = None) -> int:
        """Return the id of these bounds; `maybe` defaults to the same set."""
        bounds = Bounds(sure, sure if maybe is None else maybe)
        number = self._ids.get(bounds)
        if number is None:
            number = self._ids[bounds] = len(self._bounds)
            self._bounds.append(bounds)
        return number

    def union(self, ids: Iterable[int]) -> int:
        """Return the id of what passes any of some bounds."""
        found = [self._bounds[number] for number in ids]
        return self.intern(
            ServiceSet.of(interval for bounds in found for interval in bounds.sure),
            ServiceSet.of(interval for bounds in found for interval in bounds.maybe),
        )

    def meet(self, left: Column, right: Column) -> Column:
        """Return the ids of what passes both, row by row."""
        if (right == EVERYTHING).all():
            return left
        return self._meet(left, right)

    def join(self, left: Column, right: Column) -> Column:
        """Return the ids of what passes either, row by row."""
        if not right.any():  # NOTHING is 0
            return left
        return self._join(left, right)

    def meet_ids(self, left: int, right: int) -> int:
        """Return the id of what passes both."""
        a, b = self._bounds[left], self._bounds[right]
        return self.intern(a.sure & b.sure, a.maybe & b.maybe)

    def join_ids(self, left: int, right: int) -> int:
        """Return the id of what passes either."""
        a, b = self._bounds[left], self._bounds[right]
        return self.intern(a.sure | b.sure, a.maybe | b.maybe)
