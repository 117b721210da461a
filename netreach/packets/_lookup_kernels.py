"""Kernels of longest-prefix match. This file imports numba: see `netreach.packets.jit`.

Under ``parallel=True`` numba leaves loops without conditions to the vector units, also where there
is one thread; that alone is worth a factor of six. So every address takes every step, steps are
taken by chunks that stay in the first-level cache, and within a loop all numbers are of one width:
numba computes in 64 bits, so sums of 32 are cast back.

Vector units read sixteen entries of a table in one *gather*, but many processors no quicker than
one by one, and some far slower (a Zen 4; an Intel that guards against Downfall). So numbers are
computed by vectors and entries taken by a loop that is a function of its own, which stays scalar.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from netreach.packets.jit import compiled

_CHUNK = 2048
_LONG_CHUNK = 8192
_BYTE = np.uint32(255)
_BITS = np.uint32(4)  # of a lead that are the shift: see `netreach.packets._compiled_table`
_SHIFT = np.uint32(15)


@compiled(parallel=True)
def paint(
    address: NDArray[np.uint32],
    low: NDArray[np.uint32],
    reach: NDArray[np.uint32],
    value: NDArray[np.int32],
    ground: np.int32,
    found: NDArray[Any],
) -> None:
    """Lay strokes of value over the ground, one over the other; a stroke ends at low + reach."""
    in_fours = low.size // 4 * 4
    for chunk in prange((address.size + _CHUNK - 1) // _CHUNK):
        first = chunk * _CHUNK
        size = min(address.size - first, _CHUNK)
        some = address[first : first + size]
        seen = np.full(size, ground, np.int32)
        for four in range(0, in_fours, 4):
            low0, low1, low2, low3 = low[four], low[four + 1], low[four + 2], low[four + 3]
            reach0, reach1 = reach[four], reach[four + 1]
            reach2, reach3 = reach[four + 2], reach[four + 3]
            value0, value1 = value[four], value[four + 1]
            value2, value3 = value[four + 2], value[four + 3]
            for row in range(size):
                one = some[row]
                top = seen[row]
                top = value0 if np.uint32(one - low0) <= reach0 else top
                top = value1 if np.uint32(one - low1) <= reach1 else top
                top = value2 if np.uint32(one - low2) <= reach2 else top
                seen[row] = value3 if np.uint32(one - low3) <= reach3 else top
        for last in range(in_fours, low.size):
            low0, reach0, value0 = low[last], reach[last], value[last]
            for row in range(size):
                seen[row] = value0 if np.uint32(some[row] - low0) <= reach0 else seen[row]
        part = found[first : first + size]
        for row in range(size):
            part[row] = seen[row]


@compiled()
def _take(table: NDArray[Any], place: NDArray[np.uint32], entry: NDArray[Any]) -> None:
    """Take the entries at some places, one by one: see above on gathers."""
    for row in range(place.size):
        entry[row] = table[place[row]]


@compiled(parallel=True)
def narrow_root(address: NDArray[np.uint32], root: NDArray[np.int32], found: NDArray[Any]) -> None:
    """Look up a compact table that is a root alone."""
    for chunk in prange((address.size + _CHUNK - 1) // _CHUNK):
        first = chunk * _CHUNK
        size = min(address.size - first, _CHUNK)
        some = address[first : first + size]
        place = np.empty(size, np.uint32)
        for row in range(size):
            place[row] = some[row] >> np.uint32(16)
        _take(root, place, found[first : first + size])


@compiled(parallel=True)
def narrow_third_byte(
    address: NDArray[np.uint32],
    root: NDArray[np.uint32],
    third: NDArray[np.int32],
    found: NDArray[Any],
) -> None:
    """Look up a compact table with blocks for the third byte."""
    for chunk in prange((address.size + _CHUNK - 1) // _CHUNK):
        first = chunk * _CHUNK
        size = min(address.size - first, _CHUNK)
        some = address[first : first + size]
        place = np.empty(size, np.uint32)
        for row in range(size):
            place[row] = some[row] >> np.uint32(16)
        _take(root, place, place)
        for row in range(size):
            octet = np.uint32((some[row] >> np.uint32(8)) & _BYTE)
            block = place[row]
            place[row] = np.uint32((block >> _BITS) + np.uint32(octet >> (block & _SHIFT)))
        _take(third, place, found[first : first + size])


@compiled(parallel=True)
def narrow_fourth_byte(
    address: NDArray[np.uint32],
    root: NDArray[np.uint32],
    third: NDArray[np.uint32],
    fourth: NDArray[np.int32],
    found: NDArray[Any],
) -> None:
    """Look up a compact table with blocks for the third and the fourth byte."""
    for chunk in prange((address.size + _CHUNK - 1) // _CHUNK):
        first = chunk * _CHUNK
        size = min(address.size - first, _CHUNK)
        some = address[first : first + size]
        place = np.empty(size, np.uint32)
        for row in range(size):
            place[row] = some[row] >> np.uint32(16)
        _take(root, place, place)
        for row in range(size):
            octet = np.uint32((some[row] >> np.uint32(8)) & _BYTE)
            block = place[row]
            place[row] = np.uint32((block >> _BITS) + np.uint32(octet >> (block & _SHIFT)))
        _take(third, place, place)
        for row in range(size):
            octet = np.uint32(some[row] & _BYTE)
            block = place[row]
            place[row] = np.uint32((block >> _BITS) + np.uint32(octet >> (block & _SHIFT)))
        _take(fourth, place, found[first : first + size])


@compiled()
def _take_wide_root(
    root: NDArray[np.int32], address: NDArray[np.uint32], label: NDArray[np.int32]
) -> None:
    """Take the root's entries, which have nothing to wait for but memory: many come at a time."""
    for row in range(address.size):
        label[row] = root[address[row] >> np.uint32(8)]


@compiled()
def _take_wide_block(
    block: NDArray[np.int32],
    address: NDArray[np.uint32],
    label: NDArray[np.int32],
    leads_on: np.int32,
    found: NDArray[Any],
) -> None:
    """Write labels, or what is in their blocks: few have one, so the condition costs nothing."""
    for row in range(address.size):
        one = label[row]
        if one < leads_on:
            place = np.int32((one & np.int32(0x00FFFFFF)) << np.int32(8))
            one = block[place | np.int32(address[row] & _BYTE)]
        found[row] = one


@compiled(parallel=True)
def wide(
    address: NDArray[np.uint32],
    root: NDArray[np.int32],
    block: NDArray[np.int32],
    leads_on: np.int32,
    found: NDArray[Any],
) -> None:
    """Look up a wide table; roots below ``leads_on`` are blocks counted from the lowest number."""
    for chunk in prange((address.size + _LONG_CHUNK - 1) // _LONG_CHUNK):
        first = chunk * _LONG_CHUNK
        some = address[first : first + _LONG_CHUNK]
        label = np.empty(some.size, np.int32)
        _take_wide_root(root, some, label)
        _take_wide_block(block, some, label, leads_on, found[first : first + some.size])


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
    for chunk in prange((wanted.size + _CHUNK - 1) // _CHUNK):
        begin = chunk * _CHUNK
        end = min(begin + _CHUNK, wanted.size)
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
    for chunk in prange((upper.size + _CHUNK - 1) // _CHUNK):
        begin = chunk * _CHUNK
        some = upper[begin : begin + _CHUNK]
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
