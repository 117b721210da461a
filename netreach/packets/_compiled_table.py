"""IPv4 tables in the form that kernels look up: columns of 32-bit numbers, whatever the values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from netreach.packets._address_columns import Word
from netreach.packets._direct_table import LEADS_ON, NarrowTable, WideTable
from netreach.packets.jit import Effort, Kernel, as_input

KERNELS: Final = "netreach.packets._lookup_kernels"

PAYS_FROM: Final = 1 << 26
"""Addresses that take numpy half a second more than a kernel: what it takes to have the kernel."""

FEW_RANGES: Final = 24
"""Up to so many ranges it is faster to compare with all of them than to look anything up."""

_INT32: Final = np.iinfo(np.int32)

_SUM_STEPS: Final = Kernel(KERNELS, "sum_steps", PAYS_FROM)
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
        cls,
        starts: Word,
        range_values: NDArray[np.integer[Any]],
        direct: NarrowTable | WideTable | None,
    ) -> Self | None:
        """Choose the kernel for IPv4 ranges, or return None where values need over 32 bits."""
        if range_values.min() < _INT32.min or range_values.max() > _INT32.max:
            return None
        if starts.size <= FEW_RANGES:
            return cls(_SUM_STEPS, _steps(starts, range_values))
        if isinstance(direct, NarrowTable):
            levels = tuple(level.astype(np.int32, copy=False) for level in direct.levels)
            return cls(_NARROW[len(levels) - 1], levels)
        if isinstance(direct, WideTable) and direct.values is None:
            return cls(_WIDE, (direct.root, direct.block, np.int32(LEADS_ON)))
        return None

    def lookup(self, address: Word, values: NDArray[Any], effort: Effort) -> bool:
        """Write the value of each address, or return False where it is for numpy to do."""
        return effort.run(self.kernel, as_input(address), *self.tables, values)


def _steps(
    starts: Word, range_values: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return bounds and by how much the value grows at each; filled up to fours with no growth."""
    step = np.diff(range_values.astype(np.int64), prepend=0)
    spare = -starts.size % 4
    # The sum of steps is a value of 32 bits again, whatever wraps around on the way.
    narrow = np.append(step, np.zeros(spare, np.int64)).astype(np.uint32).view(np.int32)
    return np.append(starts, np.zeros(spare, np.uint32)), narrow
