"""IntervalSet: a set of integers as sorted, disjoint, closed intervals; ``& | ~ -``.

The sets of a network are small (a rule is one interval, a filter a few dozen) and every distinct
combination is computed once (see `netreach.packets.pool`), so plain tuples and a linear merge beat
arrays here by far; the columns of a batch hold their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Self

Interval = tuple[int, int]


class IntervalSet:
    """An immutable set of integers: closed intervals, ascending, disjoint, never touching.

    Built by `of`, `empty` or the operators only, which make the form canonical; so equality and
    hash are those of the tuple.

    >>> IntervalSet.of([(5, 9), (1, 4)]) | IntervalSet.of([(20, 20)])
    IntervalSet(1-9, 20-20)
    """

    __slots__ = ("intervals",)

    #: ``(first, last)`` pairs, ascending; each ends at least two before the next begins.
    intervals: tuple[Interval, ...]

    def __init__(self) -> None:
        """Refuse: the named constructors make the canonical form."""
        raise TypeError("build an IntervalSet with IntervalSet.of(...) or IntervalSet.empty()")

    @classmethod
    def _canonical(cls, intervals: tuple[Interval, ...]) -> Self:
        made = object.__new__(cls)
        made.intervals = intervals
        return made

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> Self:
        """Build the set that covers every interval, in any order, overlapping or not.

        Raises:
            ValueError: an interval ends before it starts.
        """
        merged: list[Interval] = []
        for first, last in sorted(intervals):
            if first > last:
                raise ValueError(f"the interval {first}-{last} ends before it starts")
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        return cls._canonical(tuple(merged))

    @classmethod
    def empty(cls) -> Self:
        """Return the set without members."""
        return cls._canonical(())

    def __and__(self, other: IntervalSet) -> Self:
        """Return the integers in both sets."""
        mine, theirs = self.intervals, other.intervals
        if not mine or _covers(theirs, mine):
            return self
        both: list[Interval] = []
        i = j = 0
        mine_end, theirs_end = len(mine), len(theirs)
        while i < mine_end and j < theirs_end:
            (first, last), (start, end) = mine[i], theirs[j]
            low, high = max(first, start), min(last, end)
            if low <= high:
                both.append((low, high))
            if last < end:
                i += 1
            else:
                j += 1
        return self._canonical(tuple(both))

    def __or__(self, other: IntervalSet) -> Self:
        """Return the integers in either set."""
        if not other.intervals or self.intervals == other.intervals:
            return self
        return self.of((*self.intervals, *other.intervals))

    def __sub__(self, other: IntervalSet) -> Self:
        """Return the integers of this set that the other lacks."""
        if not other.intervals:
            return self
        left: list[Interval] = []
        theirs = iter(other.intervals)
        cut = next(theirs, None)
        for start, last in self.intervals:
            first = start
            while cut is not None and cut[1] < first:
                cut = next(theirs, None)
            while cut is not None and cut[0] <= last:
                if first < cut[0]:
                    left.append((first, cut[0] - 1))
                first = cut[1] + 1
                if first > last:
                    break
                cut = next(theirs, None)
            if first <= last:
                left.append((first, last))
        return self._canonical(tuple(left))

    def __le__(self, other: IntervalSet) -> bool:
        """Tell whether every member is in the other set."""
        return not self - other

    def __contains__(self, member: int) -> bool:
        """Tell whether the integer is a member."""
        return any(first <= member <= last for first, last in self.intervals)

    def __iter__(self) -> Iterator[Interval]:
        """Yield the intervals, ascending."""
        return iter(self.intervals)

    def __bool__(self) -> bool:
        """Tell whether the set has members."""
        return bool(self.intervals)

    def __len__(self) -> int:
        """Count the members."""
        return sum(last - first + 1 for first, last in self.intervals)

    def __eq__(self, other: object) -> bool:
        """Compare the members."""
        return isinstance(other, IntervalSet) and self.intervals == other.intervals

    def __hash__(self) -> int:
        """Hash the members."""
        return hash(self.intervals)

    def __repr__(self) -> str:
        """Show the intervals."""
        return f"{type(self).__name__}({', '.join(f'{a}-{b}' for a, b in self.intervals)})"


def _covers(outer: tuple[Interval, ...], inner: tuple[Interval, ...]) -> bool:
    """Tell whether a set is one interval that covers another set, which is not empty."""
    return len(outer) == 1 and outer[0][0] <= inner[0][0] and inner[-1][1] <= outer[0][1]
