"""Kernels for the tests of the machinery: one that compiles and one that can't."""

from __future__ import annotations

import numpy as np
from numba import get_num_threads, prange
from numpy.typing import NDArray

from netreach.packets.jit import compiled


@compiled(parallel=True)
def square(numbers: NDArray[np.int64], found: NDArray[np.int64]) -> str:
    for row in prange(numbers.size):
        found[row] = numbers[row] * numbers[row]
    return "kernel"


@compiled()
def threads_allowed() -> int:
    return int(get_num_threads())


@compiled()
def square_badly(numbers: NDArray[np.int64], found: NDArray[np.int64]) -> str:
    found[:] = np.vectorize(abs)(numbers)
    return "kernel"
