"""Ascending numbers, and for many others the last that is not above: two forms of one search.

Numpy searches for large batches against many keys in almost ascending order, chunk by chunk: a
search that moves forward stays in the cache. The kernel has a *guide* instead: the stretch from
the second key to the last is cut into equal parts, some four for each key, and for each part it is
known which keys lie in it. Where keys are spread evenly few steps are left to take; where they
are crowded it is a plain binary search, of all questions of a chunk at once.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netreach.packets.jit import Effort, Kernel, as_input

_ORDERING: Final = {4: (1, 512), 8: (3, 8192)}
"""By bytes of a key: the passes that bring questions into order, and from how many keys they pay.

A pass takes about 6 ns for an address, the search for one in random order 50 to 300 ns, for one
in almost ascending order 10 to 70 ns.
"""
_ORDERING_FROM: Final = 1024
"""Fewer questions than this are searched for as they come."""

GUIDED_SEARCH: Final = Kernel(
    "netreach.packets._lookup_kernels", "guided_search", pays_from=1 << 23
)
_PARTS_PER_KEY: Final = 4
_MOST_PARTS: Final = 1 << 22

AnyColumn: TypeAlias = NDArray[np.unsignedinteger[Any]]


class Guide(NamedTuple):
    """Where to begin searching."""

    first: NDArray[np.int32]
    """The last key at or before the beginning of each part, and the last key of all."""
    base: np.unsignedinteger[Any]
    """Where the first part begins: at the second key, if there is one."""
    shift: np.unsignedinteger[Any]
    """How many low bits of a number do not matter to which part it is in."""
    steps: int
    """How many halvings the most crowded part takes."""

    @classmethod
    def of(cls, numbers: AnyColumn) -> Guide:
        """Cut the numbers into parts."""
        kind = numbers.dtype.type
        base = numbers[min(1, numbers.size - 1)]
        span = int(numbers[-1]) - int(base)
        most = min(_PARTS_PER_KEY * numbers.size, _MOST_PARTS)
        shift = max(0, (span // most).bit_length())
        part = np.arange((span >> shift) + 1, dtype=kind)
        begins = base + (part << kind(shift))
        first = np.append(np.searchsorted(numbers, begins, side="right") - 1, numbers.size - 1)
        steps = int(np.diff(first).max()).bit_length()
        return cls(first.astype(np.int32), base, kind(shift), steps)


class SortedKeys:
    """Distinct ascending numbers of 32 or 64 bits, unsigned."""

    __slots__ = ("_guide", "numbers")

    def __init__(self, numbers: AnyColumn) -> None:
        """Keep the numbers; the guide is built when a kernel first needs it."""
        self.numbers = numbers
        self._guide: Guide | None = None

    def last_at_or_before(self, wanted: AnyColumn, effort: Effort) -> NDArray[np.int64]:
        """Return the place of the last key that is not above each wanted number.

        No wanted number is below the first key.
        """
        if effort.wants(GUIDED_SEARCH):
            guide = self._guide = self._guide or Guide.of(self.numbers)
            place = np.empty(wanted.size, np.int64)
            keys = as_input(self.numbers)
            if effort.run(GUIDED_SEARCH, keys, as_input(wanted), *guide, place):
                return place
        return _search(self.numbers, wanted)


def _search(numbers: AnyColumn, wanted: AnyColumn) -> NDArray[np.int64]:
    """Search by numpy, for many questions in almost ascending order."""
    passes, enough_keys = _ORDERING[numbers.itemsize]
    if numbers.size < enough_keys or wanted.size < _ORDERING_FROM:
        return np.searchsorted(numbers, wanted, side="right") - 1
    order = _almost_ascending(wanted, passes, int(numbers[-1]).bit_length())
    place = np.empty(wanted.size, np.int64)
    place[order] = np.searchsorted(numbers, wanted[order], side="right") - 1
    return place


def _almost_ascending(numbers: AnyColumn, passes: int, bits: int) -> NDArray[np.intp]:
    """Return an order by as many digits of 16 bits as there are passes, from the top of ``bits``.

    Each digit is sorted stably, the lowest first, which takes linear time for 16 bits.
    """
    order = np.arange(numbers.size)
    for shift in range(bits - 16 * passes, bits, 16):
        digit = (numbers >> max(shift, 0)).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
    return order
