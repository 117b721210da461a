"""A matrix as one array of verdict codes, for small ones."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from netreach.errors import UsageError
from netreach.packets.batch import filled
from netreach.present._matrix_words import Words
from netreach.query.matrix.expansion import Expansion
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.tasks import Progress

#: The code of an interface with itself, which is no pair.
NO_PAIR: Final = 255
#: More cells than these are nobody's wish.
MOST_CELLS: Final = 1 << 31


def verdict_grid(plan: PairMatrix, progress: Progress | None = None) -> NDArray[np.uint8]:
    """Return the verdict code of each pair, ``(sources, destinations)``; NO_PAIR where none is.

    Raises:
        UsageError: it would be far too large.
    """
    shape = len(plan.sources), len(plan.destinations)
    if shape[0] * shape[1] > MOST_CELLS:
        raise UsageError(
            place="to_numpy",
            what=f"{shape[0]} sources and {shape[1]} destinations are too many for one array",
            mend="narrow the selection, or write_parquet, which leaves out what is unreachable",
        )
    grid = np.full(shape, NO_PAIR, np.uint8)
    words, expansion, kind_of = Words(plan), Expansion(plan), plan.kinds.of_interface
    place = filled(len(kind_of), 0)
    place[plan.sources] = np.arange(shape[0])
    kind_of_destination = kind_of[plan.destinations]
    for row in plan.rows(progress):
        for rows in expansion.kind_rows(row):
            for kind, numbers in zip(rows.kinds.tolist(), rows.numbers, strict=True):
                codes = words.verdicts(numbers, NO_PAIR)[kind_of_destination]
                grid[place[expansion.senders[kind]]] = codes
    _, mine, theirs = np.intersect1d(plan.sources, plan.destinations, return_indices=True)
    grid[mine, theirs] = NO_PAIR
    return grid
