"""Kernels of longest-prefix match. This file imports numba: see `netreach.packets.jit`.

Under ``parallel=True`` numba leaves loops without conditions to the vector units, also where there
is one thread; that alone is worth a factor of six. So every address takes every step, steps are
taken by chunks that stay in the first-level cache, and within a loop all numbers are of one width:
numba computes in 64 bits, so sums of 32 are cast back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from netreach.packets.jit import compiled

_CHUNK = 1024
_SHORT_CHUNK = 2048
_BYTE = np.uint32(255)


@compiled(parallel=True)
def sum_steps(
    address: NDArray[np.uint32],
    bound: NDArray[np.uint32],
    step: NDArray[np.int32],
    found: NDArray[Any],
) -> None:
    """Add the steps of value at all bounds at or before an address; bounds come in fours."""
    for chunk in prange((address.size + _CHUNK - 1) // _CHUNK):
        first = chunk * _CHUNK
        size = min(address.size - first, _CHUNK)
        some = address[first : first + size]
        total = np.zeros(size, np.int32)
        for four in range(0, bound.size, 4):
            bound0, bound1 = bound[four], bound[four + 1]
            bound2, bound3 = bound[four + 2], bound[four + 3]
            step0, step1 = step[four], step[four + 1]
            step2, step3 = step[four + 2], step[four + 3]
            for row in range(size):
                one = some[row]
                value = total[row]
                value = np.int32(value + (step0 if one >= bound0 else np.int32(0)))
                value = np.int32(value + (step1 if one >= bound1 else np.int32(0)))
                value = np.int32(value + (step2 if one >= bound2 else np.int32(0)))
                value = np.int32(value + (step3 if one >= bound3 else np.int32(0)))
                total[row] = value
        part = found[first : first + size]
        for row in range(size):
            part[row] = total[row]


@compiled(parallel=True)
def narrow_root(address: NDArray[np.uint32], root: NDArray[np.int32], found: NDArray[Any]) -> None:
    """Look up a narrow table that is a root alone."""
    for row in prange(address.size):
        found[row] = root[address[row] >> np.uint32(16)]


@compiled(parallel=True)
def narrow_third_byte(
    address: NDArray[np.uint32],
    root: NDArray[np.int32],
    third: NDArray[np.int32],
    found: NDArray[Any],
) -> None:
    """Look up a narrow table with blocks for the third byte."""
    for row in prange(address.size):
        one = address[row]
        block = root[one >> np.uint32(16)]
        found[row] = third[block | np.int32((one >> np.uint32(8)) & _BYTE)]


@compiled(parallel=True)
def narrow_fourth_byte(
    address: NDArray[np.uint32],
    root: NDArray[np.int32],
    third: NDArray[np.int32],
    fourth: NDArray[np.int32],
    found: NDArray[Any],
) -> None:
    """Look up a narrow table with blocks for the third and the fourth byte."""
    for row in prange(address.size):
        one = address[row]
        block = root[one >> np.uint32(16)]
        block = third[block | np.int32((one >> np.uint32(8)) & _BYTE)]
        found[row] = fourth[block | np.int32(one & _BYTE)]


@compiled(parallel=True)
def wide(
    address: NDArray[np.uint32],
    root: NDArray[np.int32],
    block: NDArray[np.int32],
    leads_on: np.int32,
    found: NDArray[Any],
) -> None:
    """Look up a wide table; roots below ``leads_on`` are blocks counted from the lowest number."""
    for row in prange(address.size):
        one = address[row]
        label = root[one >> np.uint32(8)]
        if label < leads_on:
            place = np.int32((label & np.int32(0x00FFFFFF)) << np.int32(8))
            label = block[place | np.int32(one & _BYTE)]
        found[row] = label


@compiled()
def _search_chunk(
    keys: NDArray[Any],
    some: NDArray[Any],
    first: NDArray[np.int32],
    base: Any,  # of the dtype of the keys
    shift: Any,
    steps: int,
    place: NDArray[np.int64],
) -> None:
    """Search for the numbers of one chunk, all by one halving after the other."""
    last = np.uint64(first.size - 2)
    after = np.empty(some.size, np.int64)  # how many keys after the place may still be it
    for row in range(some.size):
        one = some[row]
        past = np.uint64(one - base if one >= base else base - base)
        part = np.int64(min(past >> shift, last))
        at = np.int64(first[part])
        place[row] = at
        after[row] = first[part + 1] - at
    for _ in range(steps):
        for row in range(some.size):
            at, left = place[row], after[row]
            half = (left + 1) >> 1
            is_past = keys[at + half] <= some[row]
            place[row] = at + half if is_past else at
            after[row] = left - half if is_past else half - 1
    for row in range(some.size):
        at = place[row]
        place[row] = at if some[row] >= base else 0


@compiled(parallel=True)
def guided_search(
    keys: NDArray[Any],
    wanted: NDArray[Any],
    first: NDArray[np.int32],
    base: Any,
    shift: Any,
    steps: int,
    found: NDArray[np.int64],
) -> None:
    """Find the last of ascending keys at or before each wanted number, at least the first key.

    ``first`` is the guide: for equal parts from ``base`` on, the last key at or before their
    beginnings, and the last key of all. Each part is then searched by halves; ``steps`` are enough
    for the most crowded one.
    """
    for chunk in prange((wanted.size + _SHORT_CHUNK - 1) // _SHORT_CHUNK):
        begin = chunk * _SHORT_CHUNK
        end = min(begin + _SHORT_CHUNK, wanted.size)
        _search_chunk(keys, wanted[begin:end], first, base, shift, steps, found[begin:end])


@compiled(parallel=True)
def search_pairs(
    upper: NDArray[np.uint64],
    lower: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    first: NDArray[np.int32],
    base: np.uint64,
    shift: np.uint64,
    steps: int,
    last: NDArray[np.int64],
    low: NDArray[np.uint64],
    values: NDArray[np.int32],
    found: NDArray[Any],
) -> None:
    """Look up ranges that begin at pairs of words; ``last`` is the last range of each upper word.

    Hardly an address has the very upper word of a range, so a loop for these will do.
    """
    for chunk in prange((upper.size + _SHORT_CHUNK - 1) // _SHORT_CHUNK):
        begin = chunk * _SHORT_CHUNK
        some = upper[begin : begin + _SHORT_CHUNK]
        place = np.empty(some.size, np.int64)
        _search_chunk(keys, some, first, base, shift, steps, place)
        for row in range(some.size):
            at = place[row]
            place[row] = last[at]
            if keys[at] == some[row]:
                none, within = last[max(at, 1) - 1] if at else np.int64(-1), last[at]
                while none < within:  # ranges up to none are not after it, those past within are
                    middle = (none + within + 1) >> 1
                    if low[middle] <= lower[begin + row]:
                        none = middle
                    else:
                        within = middle - 1
                place[row] = within
        for row in range(some.size):
            found[begin + row] = values[place[row]]
