"""Tables in the form that kernels look up, with values of 32 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netreach.packets._address_columns import Word, Words
from netreach.packets._direct_table import LEADS_ON, NarrowTable, WideTable
from netreach.packets._disjoint_ranges import is_new
from netreach.packets._sorted_keys import Guide
from netreach.packets.jit import Effort, Kernel, as_input

KERNELS: Final = "netreach.packets._lookup_kernels"

PAYS_FROM: Final = 1 << 26
"""Addresses that take numpy half a second more than a kernel: what it takes to have the kernel."""

Values: TypeAlias = NDArray[np.integer[Any]]

FEW_STROKES: Final = 20
"""Up to so many strokes it is faster to compare with all of them than to look anything up."""

_BLOCK: Final = 256
_OCTETS: Final = np.arange(_BLOCK, dtype=np.uint8)
_TRAILING_ZEROS: Final = np.array([8] + [(n & -n).bit_length() - 1 for n in range(1, _BLOCK)])
_SHIFT_BITS: Final = 4
_LAST_ADDRESS: Final = (1 << 32) - 1

_INT32: Final = np.iinfo(np.int32)

_PAINT: Final = Kernel(KERNELS, "paint", PAYS_FROM)
_SEARCH_PAIRS: Final = Kernel(KERNELS, "search_pairs", pays_from=1 << 23)
_WIDE: Final = Kernel(KERNELS, "wide", PAYS_FROM)
_NARROW: Final = tuple(
    Kernel(KERNELS, name, PAYS_FROM)
    for name in ("narrow_root", "narrow_third_byte", "narrow_fourth_byte")
)


class Stroke(NamedTuple):
    """Addresses from the first to the last, and their value where nothing lies over them."""

    first: int
    last: int
    value: int


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """A kernel and what it looks up."""

    kernel: Kernel
    tables: tuple[Any, ...]

    @classmethod
    def of(
        cls, starts: Words, range_values: Values, direct: NarrowTable | WideTable | None
    ) -> Self | None:
        """Choose the kernel for ranges, or return None where values need more than 32 bits."""
        if range_values.min() < _INT32.min or range_values.max() > _INT32.max:
            return None
        if len(starts) > 1:
            return cls(_SEARCH_PAIRS, _pairs(starts, range_values))
        strokes = _strokes(starts[0], range_values)
        if len(strokes) <= FEW_STROKES:
            return cls(_PAINT, _painting(strokes, range_values[0]))
        if isinstance(direct, NarrowTable):
            return cls(_NARROW[len(direct.levels) - 1], _compact(direct.levels))
        if isinstance(direct, WideTable) and direct.values is None:
            return cls(_WIDE, (direct.root, direct.block, np.int32(LEADS_ON)))
        return None

    def lookup(self, words: Words, values: NDArray[Any], effort: Effort) -> bool:
        """Write the value of each address, or return False where it is for numpy to do."""
        return effort.run(self.kernel, *map(as_input, words), *self.tables, values)


def _strokes(starts: Word, range_values: Values) -> list[Stroke]:
    """Return strokes that come to the ranges, each laid over those before it.

    The ground below them all has the value of the first range. Prefixes lie in one another, so
    where a value comes back it was only covered, and one stroke does for all its ranges. As every
    stroke begins at most one range and ends at most one, of many ranges only so many strokes are
    returned as show that there are more than ``FEW_STROKES``.
    """
    covered = [(0, int(range_values[0]))]  # beginnings and values, each over the one before it
    inner_first: list[Stroke] = []
    some = slice(1, 2 * FEW_STROKES + 2)
    for start, value in zip(starts[some].tolist(), range_values[some].tolist(), strict=True):
        if not any(value == other for _, other in covered):
            covered.append((start, value))
        while covered[-1][1] != value:
            begin, top = covered.pop()
            inner_first.append(Stroke(begin, start - 1, top))
    inner_first += [Stroke(begin, _LAST_ADDRESS, top) for begin, top in reversed(covered[1:])]
    return inner_first[::-1]


def _painting(strokes: list[Stroke], ground: int) -> tuple[Any, ...]:
    """Return beginnings, how far each stroke reaches from there, values, and the ground."""
    low = np.array([stroke.first for stroke in strokes], np.uint32)
    reach = np.array([stroke.last - stroke.first for stroke in strokes], np.uint32)
    return low, reach, np.array([stroke.value for stroke in strokes], np.int32), np.int32(ground)


def _compact(levels: tuple[NDArray[Any], ...]) -> tuple[NDArray[Any], ...]:
    """Leave out of each block of a narrow table what repeats: more of them are in a cache then.

    Where its entries are equal by twos, by fours ... all 256, one of each is left, and the byte is
    shifted before it is looked up. An entry that leads to a block has the shift in its low bits::

        place = (entry >> 4) + (byte >> (entry & 15))
    """
    compact: list[NDArray[Any]] = []
    below = levels[-1].astype(np.int32, copy=False)
    for level in reversed(levels[:-1]):
        blocks = below.reshape(-1, _BLOCK)
        changes = np.where(blocks[:, 1:] != blocks[:, :-1], _OCTETS[1:], _OCTETS[0])
        shift = _TRAILING_ZEROS[np.bitwise_or.reduce(changes, axis=1)]
        compact.append(blocks[(_OCTETS & ((1 << shift) - 1)[:, np.newaxis]) == 0])
        size = _BLOCK >> shift
        lead = (np.cumsum(size) - size) << _SHIFT_BITS | shift
        below = lead.astype(np.uint32)[level // _BLOCK]
    return below, *reversed(compact)


def _pairs(starts: Words, range_values: Values) -> tuple[Any, ...]:
    """Return the upper words with their guide, the last range of each, lower words and values."""
    upper, lower = starts
    opens = np.flatnonzero(is_new((upper,)))
    keys = upper[opens]
    last = np.append(opens[1:], upper.size) - 1
    return (keys, *Guide.of(keys), last, lower, range_values.astype(np.int32, copy=False))
