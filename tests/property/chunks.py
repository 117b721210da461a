"""Random estates by chunks: some of them in every run of the tests, the others in slow ones."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest


def chunks(estates: int, size: int, *, quick: Collection[int]) -> list[Any]:
    """Return the first seed of each chunk; those chunks that do not begin in `quick` are slow."""
    assert not set(quick) - set(range(estates)), "not among the estates"
    return [
        pytest.param(first, marks=() if first in quick else pytest.mark.slow)
        for first in range(0, estates, size)
    ]


def seeds_of(quick: Collection[int], size: int) -> list[int]:
    """Return all seeds of some chunks."""
    return [seed for first in quick for seed in range(first, first + size)]
