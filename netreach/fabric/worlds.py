"""Worlds: what is supposed of choices that AWS makes and the snapshot does not show.

Where nobody knows which one of several ways is taken, each way is walked as if it were the one. A
*world* says what is supposed on the way of one branch, choice by choice. Branches that part for
another reason, such as equal-cost paths, stay in one world: all of them happen in it. What parts
behind that makes choices of its own, though AWS may make them alike: that supposes too much, so
that what all worlds have in common is surely so. Choices about one subject are one: a route table
does the same with all packets for an address, and an endpoint has one balancer for good.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from netreach.fabric.vocabulary import Assumed
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, filled

#: The bits of `assumed` from here on hold the number of a world; 0: nothing is supposed.
WORLD_SHIFT: Final = 32
_BELOW: Final = (1 << WORLD_SHIFT) - 1


class Supposed(NamedTuple):
    """What is supposed of one choice."""

    choice: int
    option: int
    #: Whether none of its options may be taken.
    may_be_none: bool = False


#: What is supposed on one branch, the first choice first.
World = tuple[Supposed, ...]


class WorldLog:
    """Numbers the worlds of one walk there and back."""

    def __init__(self) -> None:
        """Know only the world in which nothing is supposed."""
        self._worlds: list[World] = [()]
        self._choices = 0
        #: Choices by what they are about, of those made alike wherever they come up.
        self._about: dict[int, int] = {}

    def __getitem__(self, number: int) -> World:
        """Return a world by its number."""
        return self._worlds[number]

    def suppose(
        self,
        branches: PacketBatch,
        packets: Column,
        options: Column,
        is_open: Mask,
        *,
        bits: Column | None = None,
        subjects: Column | None = None,
    ) -> PacketBatch:
        """Put branches into worlds of their own, where it is open which of them is taken.

        `packets` says which packet each was before it branched, `options` which way it takes,
        `bits` what is noted of each, if it is more than EITHER, `subjects` what the choice of each
        is about, if all that are about the same are made alike.
        """
        if not is_open.any():
            return branches
        rows = np.flatnonzero(is_open)
        doubt = filled(len(rows), Assumed.EITHER) if bits is None else bits[rows]
        parents = world_numbers(branches.assumed[rows])
        first = len(self._worlds)
        choices = self._numbers(packets, rows) if subjects is None else self._shared(subjects[rows])
        self._worlds += [
            (*self._worlds[parent], Supposed(choice, option, perhaps != 0))
            for parent, choice, option, perhaps in zip(
                parents.tolist(),
                choices,
                options[rows].tolist(),
                (doubt & Assumed.PERHAPS).tolist(),
                strict=True,
            )
        ]
        assumed = branches.assumed.copy()
        worlds = np.arange(first, len(self._worlds), dtype=np.int64)
        assumed[rows] = (assumed[rows] & _BELOW) | doubt | (worlds << WORLD_SHIFT)
        return branches.replace(assumed=assumed)

    def _numbers(self, packets: Column, rows: Column) -> list[int]:
        """Return new choices, one for each packet."""
        first = self._choices
        self._choices += int(packets.max()) + 1
        numbers: list[int] = (first + packets[rows]).tolist()
        return numbers

    def _shared(self, subjects: Column) -> list[int]:
        """Return the choices about these subjects."""
        fresh = range(self._choices, self._choices + len(subjects))
        self._choices = fresh.stop
        return [
            self._about.setdefault(subject, number)
            for subject, number in zip(subjects.tolist(), fresh, strict=True)
        ]

    def supposed(self, packets: PacketBatch, subjects: Column) -> tuple[Mask, Column]:
        """Tell which packets have made the choice about their subject, and what they took."""
        found, options = np.zeros(len(packets), bool), filled(len(packets), NO_ROW)
        worlds = world_numbers(packets.assumed)
        for row in np.flatnonzero(worlds).tolist():
            subject = int(subjects[row])
            for one in self._worlds[int(worlds[row])]:
                if self._about.get(subject) == one.choice:
                    found[row], options[row] = True, one.option
        return found, options


def at_places(places: Column) -> Column:
    """Number what is chosen at places once for all, apart from what tables choose for addresses."""
    return -2 - places  # tables' numbers are not negative, and NO_ROW is no subject


def world_numbers(assumed: Column) -> Column:
    """Return the numbers of the worlds that branches are in."""
    return assumed >> WORLD_SHIFT


def with_return(there: Column, back: Column) -> Column:
    """Join what was assumed on ways there and back; the way back goes on in the world it is in."""
    worlds = np.maximum(world_numbers(there), world_numbers(back))  # later ones have more in them
    return ((there | back) & _BELOW) | (worlds << WORLD_SHIFT)


def renumbered(worlds: list[World]) -> list[World]:
    """Return worlds alike, of choices and options that are numbered as they occur."""
    choices: dict[int, int] = {}
    options: dict[tuple[int, int], int] = {}
    return [
        tuple(
            Supposed(
                choices.setdefault(one.choice, len(choices)),
                options.setdefault((one.choice, one.option), len(options)),
                one.may_be_none,
            )
            for one in world
        )
        for world in worlds
    ]
