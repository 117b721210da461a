"""Where the random estates take their numbers from.

Everything that is drawn is drawn as one integer from a range, by a function that is handed in.
``random.Random`` gives half a million of them a second, which the long runs need, and names an
estate by its seed. Hypothesis gives the same estates slower, but shrinks them: it drives every
integer towards the low end, so the low end is always the plain case (the first of a choice, "no"
of a chance, few of many).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


@dataclass(frozen=True)
class Dice:
    """Draws from one source of integers; both bounds are included."""

    integer: Callable[[int, int], int]

    def chance(self, percent: int) -> bool:
        """Say yes that often."""
        return self.integer(1, 100) > 100 - percent

    def pick(self, options: Sequence[T]) -> T:
        """Choose one; the first is the plainest."""
        return options[self.integer(0, len(options) - 1)] if len(options) > 1 else options[0]

    def some(self, options: Sequence[T], low: int, high: int) -> list[T]:
        """Choose a few different ones, in the order given."""
        left = list(range(len(options)))
        count = min(self.integer(low, high), len(left))
        chosen = [left.pop(self.integer(0, len(left) - 1)) for _ in range(count)]
        return [options[index] for index in sorted(chosen)]


def seeded(seed: int) -> Dice:
    """Return dice that fall alike for the same seed."""
    roll = Random(seed).random  # noqa: S311 - no secrets here, and it must be repeatable

    def integer(low: int, high: int) -> int:
        return low + int(roll() * (high - low + 1))

    return Dice(integer)


def drawn(draw: Callable[[st.SearchStrategy[int]], int]) -> Dice:
    """Return dice that Hypothesis throws."""
    return Dice(lambda low, high: draw(_integers(low, high)))


@cache
def _integers(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)
