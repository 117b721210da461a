"""Tables in the form that kernels look up, with values of 32 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

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

FEW_RANGES: Final = 24
"""Up to so many ranges it is faster to compare with all of them than to look anything up."""

_INT32: Final = np.iinfo(np.int32)

_SUM_STEPS: Final = Kernel(KERNELS, "sum_steps", PAYS_FROM)
_SEARCH_PAIRS: Final = Kernel(KERNELS, "search_pairs", pays_from=1 << 23)
_WIDE: Final = Kernel(KERNELS, "wide", PAYS_FROM)
_NARROW: Final = tuple(
    Kernel(KERNELS, name, PAYS_FROM)
    for name in ("narrow_root", "narrow_third_byte", "narrow_fourth_byte")
)


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
        if range_values.size <= FEW_RANGES:
            return cls(_SUM_STEPS, _steps(starts[0], range_values))
        if isinstance(direct, NarrowTable):
            levels = tuple(level.astype(np.int32, copy=False) for level in direct.levels)
            return cls(_NARROW[len(levels) - 1], levels)
        if isinstance(direct, WideTable) and direct.values is None:
            return cls(_WIDE, (direct.root, direct.block, np.int32(LEADS_ON)))
        return None

    def lookup(self, words: Words, values: NDArray[Any], effort: Effort) -> bool:
        """Write the value of each address, or return False where it is for numpy to do."""
        return effort.run(self.kernel, *map(as_input, words), *self.tables, values)


def _steps(starts: Word, range_values: Values) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return bounds and by how much the value grows at each; filled up to fours with no growth."""
    step = np.diff(range_values.astype(np.int64), prepend=0)
    spare = -starts.size % 4
    # The sum of steps is a value of 32 bits again, whatever wraps around on the way.
    narrow = np.append(step, np.zeros(spare, np.int64)).astype(np.uint32).view(np.int32)
    return np.append(starts, np.zeros(spare, np.uint32)), narrow


def _pairs(starts: Words, range_values: Values) -> tuple[Any, ...]:
    """Return the upper words with their guide, the last range of each, lower words and values."""
    upper, lower = starts
    opens = np.flatnonzero(is_new((upper,)))
    keys = upper[opens]
    last = np.append(opens[1:], upper.size) - 1
    return (keys, *Guide.of(keys), last, lower, range_values.astype(np.int32, copy=False))
