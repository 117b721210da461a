"""Tiles worked out by the pairs that groups let in say what tiles of all cells say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.query.matrix import sparse_tiles
from netreach.query.matrix.labels import labels_of
from netreach.query.matrix.pair_values import Fared
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.tally import Labels, Tally, totals
from netreach.sources.describe import snapshot_of
from netreach.sources.files import Document
from tests.benchmarks.microsegmented import estate
from tests.property.estates import random_case
from tests.property.matrix_pairs import block_differences, matrix_of
from tests.property.test_engine_agrees import network_of

Census = Counter[Fared]


@pytest.fixture
def always_sparse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparse_tiles, "FROM_CELLS", 0)
    monkeypatch.setattr(sparse_tiles, "FILL", 1)


def census(matrix: PairMatrix) -> Census:
    found = Census()
    for number, pairs in totals(matrix, matrix.rows()).items():
        found[matrix.fared(number)] += pairs
    return found


def grouped(matrix: PairMatrix) -> Counter[tuple[str, str, Fared]]:
    """Return how many pairs of subnets come to what."""
    snapshot = matrix.fabric.snapshot
    ends = [labels_of(snapshot, end, "subnet") for end in (matrix.sources, matrix.destinations)]
    found: Counter[tuple[str, str, Fared]] = Counter()
    for left, right, number, pairs in _weighed(matrix, *ends):
        key = (ends[0].names[left], ends[1].names[right], matrix.fared(number))
        found[key] += pairs
    return +found


def _weighed(
    matrix: PairMatrix, sources: Labels, destinations: Labels
) -> Iterator[tuple[int, int, int, int]]:
    tally = Tally(matrix, sources, destinations)
    for row in matrix.rows():
        for one in tally.of_row(row):
            yield from zip(*(values.tolist() for values in one), strict=True)


@pytest.mark.parametrize("first", range(0, 24, 8))
@pytest.mark.usefixtures("always_sparse")
def test_sparse_tiles_say_what_pairs_asked_alone_say(first: int) -> None:
    for seed in range(first, first + 8):
        matrix = matrix_of(network_of(random_case(seed, count=1)[0]))
        assert list(block_differences(matrix)) == [], seed


def test_sparse_and_dense_tiles_count_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [
        Document(f"{key}.json", json.dumps({key: rows}).encode())
        for key, rows in estate(300).items()
    ]
    snapshot = snapshot_of(documents)
    assert isinstance(snapshot, Snapshot)
    network = Network(snapshot)
    matrix = matrix_of(network)
    (plain,) = matrix.rows()
    assert len(plain.patches.number) == 0
    dense = census(matrix), grouped(matrix)
    monkeypatch.setattr(sparse_tiles, "FROM_CELLS", 0)
    matrix = matrix_of(network)
    (row,) = matrix.rows()
    assert len(row.patches.number) > 0  # the tile was in fact worked out sparsely
    assert (census(matrix), grouped(matrix)) == dense
