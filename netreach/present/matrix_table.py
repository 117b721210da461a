"""The pairs of a matrix as one table in memory: Arrow or pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netreach.packets.batch import Column, Mask
from netreach.present._matrix_arrow import arrow, need, pair_batch, pair_schema, place_batch
from netreach.present._matrix_words import Words
from netreach.query.matrix.expansion import Expansion
from netreach.query.matrix.places import Places
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.tasks import Progress

if TYPE_CHECKING:
    import pandas
    import pyarrow


def arrow_table(
    plan: PairMatrix, places: Places, *, every: bool = False, progress: Progress | None = None
) -> pyarrow.Table:
    """Return a row for each pair that is not unreachable, or for `every` one.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    arrow()
    words, expansion = Words(plan), Expansion(plan)
    ids = arrow().array(list(plan.fabric.snapshot.interfaces), arrow().string())
    keep = _all if every else words.is_worth_telling
    batches = [place_batch(places, words, keep)]
    batches += [
        pair_batch(pairs, ids, words)
        for row in plan.rows(progress)
        for pairs in expansion.pairs(row, keep)
    ]
    return arrow().Table.from_batches(batches, schema=pair_schema()).unify_dictionaries()


def pandas_frame(
    plan: PairMatrix, places: Places, *, every: bool = False, progress: Progress | None = None
) -> pandas.DataFrame:
    """Return the same as a data frame, its columns categories.

    Raises:
        MissingExtraError: pandas or pyarrow is not installed.
    """
    need("pandas", "pandas")
    return arrow_table(plan, places, every=every, progress=progress).to_pandas()


def _all(number: Column) -> Mask:
    return np.ones(len(number), bool)
