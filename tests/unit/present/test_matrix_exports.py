"""Every export of a matrix says what its rows say."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import netreach
from netreach.errors import MissingExtraError, UsageError
from netreach.matrix import Matrix
from netreach.network import Network
from netreach.present import matrix_grid
from netreach.query.matrix import sparse_tiles
from netreach.query.matrix.limits import Limits
from netreach.query.matrix.plan import PairMatrix
from netreach.query.verdict import Verdict
from tests.property.estates import random_case
from tests.property.test_engine_agrees import network_of
from tests.unit.present.matrix_told import told_by, told_by_classes, told_by_interfaces

FIXTURES = Path(__file__).parents[3] / "fixtures"
THREE_TIER = FIXTURES / "three-tier"
NAMES = sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir())


@pytest.fixture(scope="module", params=[*NAMES, 3, 11, 29])
def network(request: pytest.FixtureRequest) -> Network:
    """All fixtures, and estates that were drawn: with verdicts of every sort."""
    if isinstance(request.param, int):
        return network_of(random_case(request.param, count=1)[0])
    return netreach.load(FIXTURES / request.param)


def test_tables_hold_the_pairs_that_are_not_unreachable(network: Network) -> None:
    matrix = network.matrix()
    rows = matrix.to_arrow().to_pylist()
    found = {
        (row["source"], row["destination"]): (row["verdict"], row["services"], row["client_ports"])
        for row in rows
    }
    assert len(found) == len(rows)
    assert found == told_by(matrix)


def test_tables_hold_every_pair_where_every_one_is_wanted(network: Network) -> None:
    matrix = network.matrix()
    table = matrix.to_arrow(every=True)
    assert table.num_rows == len(matrix)
    frame = matrix.to_pandas(every=True)
    told = told_by(matrix, every=True)
    for row in frame.itertuples():
        said = row.verdict, row.services, row.client_ports
        assert said == told[row.source, row.destination]


def test_the_array_holds_the_verdict_of_every_pair(network: Network) -> None:
    matrix = network.matrix()
    grid = matrix.to_numpy()
    assert grid.dtype == np.uint8
    assert grid.shape == (len(matrix.sources), len(matrix.destinations))
    told = told_by(matrix, every=True)
    for i, source in enumerate(matrix.sources):
        for j, destination in enumerate(matrix.destinations):
            pair = told.get((source, destination))
            assert grid[i, j] == (255 if pair is None else list(Verdict).index(Verdict(pair[0])))


def test_folders_of_either_level_hold_the_same_pairs(network: Network, tmp_path: Path) -> None:
    matrix = network.matrix()
    rows = matrix.write_parquet(tmp_path / "pairs")
    matrix.write_parquet(tmp_path / "classes", "class")
    told = told_by(matrix)
    assert rows == len(told)
    assert told_by_interfaces(tmp_path / "pairs") == told
    assert told_by_classes(tmp_path / "classes") == told


def test_places_are_in_tables_and_folders(network: Network, tmp_path: Path) -> None:
    matrix = network.matrix(outside=("internet", "192.168.77.0/24"))
    told = told_by(matrix)
    every = matrix.to_arrow(every=True).to_pylist()
    assert len(every) == len(matrix)
    assert {(row["source"], row["destination"]) for row in every} == {
        (pair.source, pair.destination) for pair in matrix.rows()
    }
    assert matrix.write_parquet(tmp_path / "pairs") == len(told)
    matrix.write_parquet(tmp_path / "classes", "class")
    assert told_by_interfaces(tmp_path / "pairs") == told
    beside = tmp_path / "classes" / "places"
    found = told_by_interfaces(beside) if beside.exists() else {}
    assert told_by_classes(tmp_path / "classes") | found == told


def test_pieces_of_any_size_hold_the_same_pairs(network: Network, tmp_path: Path) -> None:
    matrix = network.matrix()
    told, counts = told_by(matrix), matrix.counts()
    small = with_limits(network, Limits(cells=1, weighed=1, flows=4, expanded=1, held=1))
    assert small.counts() == counts
    small.write_parquet(tmp_path / "pairs")
    small.write_parquet(tmp_path / "classes", "class")
    assert told_by_interfaces(tmp_path / "pairs") == told
    assert told_by_classes(tmp_path / "classes") == told


def test_what_few_are_let_in_to_is_told(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_by(network.matrix())
    monkeypatch.setattr(sparse_tiles, "FROM_CELLS", 1)
    monkeypatch.setattr(sparse_tiles, "FILL", 1)
    matrix = network.matrix()
    matrix.write_parquet(tmp_path / "pairs")
    matrix.write_parquet(tmp_path / "classes", "class")
    assert told_by_interfaces(tmp_path / "pairs") == told
    assert told_by_classes(tmp_path / "classes") == told


def with_limits(network: Network, limits: Limits) -> Matrix:
    """Return a matrix that works in pieces of these sizes."""
    matrix = network.matrix()
    plan = matrix.plan
    small = PairMatrix(
        plan.fabric,
        plan.question,
        plan.families,
        strict=False,
        sources=plan.sources,
        destinations=plan.destinations,
        limits=limits,
    )
    return Matrix(small, matrix.places, matrix._selectors)


def test_selections_and_services_are_kept(tmp_path: Path) -> None:
    matrix = netreach.load(THREE_TIER).matrix("app-1", ("db-1", "web-1"), port=5432)
    matrix.write_parquet(tmp_path / "pairs")
    told = {("eni-app-1", "eni-db-1"): ("reachable", "tcp 5432", "1024-65535")}
    assert told_by_interfaces(tmp_path / "pairs") == told
    assert dict(zip(matrix.destinations, matrix.to_numpy()[0].tolist(), strict=True)) == {
        "eni-db-1": 0,
        "eni-web-1": 2,
    }


def test_without_a_pair_there_is_an_empty_table(tmp_path: Path) -> None:
    matrix = netreach.load(THREE_TIER).matrix("db-1", "web-1")
    assert matrix.write_parquet(tmp_path / "pairs") == 0
    assert matrix.write_parquet(tmp_path / "classes", "class") == 0
    assert told_by_interfaces(tmp_path / "pairs") == {}
    assert told_by_classes(tmp_path / "classes") == {}
    assert matrix.to_arrow().num_rows == 0
    assert len(matrix.to_pandas()) == 0


def test_progress_is_told_of_exports(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    matrix = netreach.load(FIXTURES / "hub-and-spoke").matrix(
        progress=lambda done, total: heard.append((done, total)), jobs=1
    )
    matrix.write_parquet(tmp_path / "pairs")
    total = len(matrix.plan.source_vpcs)
    assert heard == [(done, total) for done in range(1, total + 1)]


@pytest.mark.parametrize(
    ("absent", "extra", "export"),
    [
        ("pyarrow", "parquet", "to_arrow"),
        ("pandas", "pandas", "to_pandas"),
        ("pyarrow", "parquet", "to_pandas"),
    ],
)
def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, absent: str, extra: str, export: str
) -> None:
    matrix = netreach.load(THREE_TIER).matrix()
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(MissingExtraError, match=rf"{absent}.*'netreach\[{extra}\]'"):
        getattr(matrix, export)()


def test_parquet_without_pyarrow_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    matrix = netreach.load(THREE_TIER).matrix()
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"'netreach\[parquet\]'"):
        matrix.write_parquet(tmp_path / "pairs")
    assert list(tmp_path.iterdir()) == []


def test_an_array_of_a_million_by_accident_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_grid, "MOST_CELLS", 10)
    matrix = netreach.load(THREE_TIER).matrix()
    with pytest.raises(UsageError, match="6 sources and 7 destinations are too many"):
        matrix.to_numpy()
