"""A way that goes round in a circle, shown once."""

from __future__ import annotations

from collections.abc import Sequence


def rounds(ids: Sequence[str]) -> tuple[int, int]:
    """Return how many items a way has until it has gone round once, and how often it goes on.

    A way that does not end in a circle of two rounds or more has all its items, and no more.

    >>> rounds(["a", "b", "c", "b", "c", "b", "c"]), rounds(["a", "b"])
    ((3, 2), (2, 0))
    """
    size = len(ids)
    for period in range(1, size // 2 + 1):
        alike = 0
        while alike + period < size and ids[-1 - alike] == ids[-1 - alike - period]:
            alike += 1
        if alike >= period:
            start = size - alike - period
            return start + period, alike // period
    return size, 0
