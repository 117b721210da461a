"""PairMemo: a function of two ids applied to whole columns, each distinct pair computed once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netreach.packets.batch import Column, column, distinct


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
