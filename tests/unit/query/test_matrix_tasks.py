"""Work on a matrix that was sent away comes back as if it had been done here."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import netreach
from netreach.errors import UsageError
from netreach.matrix import Matrix
from netreach.network import Network
from netreach.query.matrix.limits import LEAST_ROOM, Limits, resident_bytes
from netreach.query.matrix.tasks import Task
from tests.property.estates import random_case
from tests.property.test_engine_agrees import network_of
from tests.unit.present.matrix_told import told_by, told_by_interfaces

FIXTURES = Path(__file__).parents[3] / "fixtures"
Session = Callable[[Task], object]


class Elsewhere:
    """Does each task as another process does: all that it gets and gives has travelled.

    Half of the tasks are done by one such process, half by another, the last first: their numbers
    differ from those here.
    """

    is_at_hand = True
    least_seconds = 0.0

    def results(
        self, session: Session, recipe: Callable[[], Session], tasks: Sequence[Task]
    ) -> Iterator[Any]:
        """Yield what each task comes to."""
        del session
        sessions = [pickle.loads(pickle.dumps(recipe))() for _ in range(2)]  # noqa: S301 - ours
        for number, task in enumerate(reversed(tasks)):
            yield pickle.loads(pickle.dumps(sessions[number % 2](task)))  # noqa: S301


@pytest.fixture(params=["hub-and-spoke", "hybrid", "overlapping-groups", 3, 11, 29, 41])
def network(request: pytest.FixtureRequest) -> Network:
    """Fixtures, and estates that were drawn."""
    if isinstance(request.param, int):
        return network_of(random_case(request.param, count=1)[0])
    return netreach.load(FIXTURES / request.param)


def sent(network: Network, **options: Any) -> Matrix:  # noqa: ANN401 - options of all kinds
    """Return a matrix whose work is done elsewhere."""
    matrix = network.matrix(**options)
    return Matrix(matrix.plan, matrix.places, matrix._selectors, matrix._progress, Elsewhere())


def test_counts_and_groups_are_the_same(network: Network) -> None:
    here, there = network.matrix(jobs=1), sent(network)
    assert there.counts() == here.counts()
    assert there.counts(443) == here.counts(443)
    assert there.statistics().singly == here.statistics().singly
    for grouping in ("vpc", "subnet", "security-group", "tag:Name"):
        assert there.by(grouping) == here.by(grouping)


def test_strict_narrow_questions_are_the_same(network: Network) -> None:
    options: dict[str, Any] = {"port": 443, "strict": True, "client_ports": "linux"}
    assert sent(network, **options).by("vpc") == network.matrix(jobs=1, **options).by("vpc")


def test_folders_are_the_same(network: Network, tmp_path: Path) -> None:
    matrix = sent(network)
    assert matrix.write_parquet(tmp_path / "pairs") == len(told_by(matrix))
    assert told_by_interfaces(tmp_path / "pairs") == told_by(matrix)


def test_progress_hears_of_every_task() -> None:
    heard: list[tuple[int, int]] = []
    network = netreach.load(FIXTURES / "hub-and-spoke")
    matrix = sent(network, progress=lambda done, total: heard.append((done, total)))
    matrix.counts()
    total = len(matrix.plan.source_vpcs)
    assert heard == [(done, total) for done in range(1, total + 1)]


def test_little_work_is_not_sent() -> None:
    class Nobody(Elsewhere):
        least_seconds = 1e9

        def results(self, *_: object) -> Iterator[Any]:
            raise AssertionError("it was sent")

    matrix = netreach.load(FIXTURES / "hub-and-spoke").matrix()
    busy = Matrix(matrix.plan, matrix.places, matrix._selectors, None, Nobody())
    assert busy.counts() == matrix.counts()


def test_who_is_not_at_hand_is_sent_nothing() -> None:
    class Absent(Elsewhere):
        is_at_hand = False

        def results(self, *_: object) -> Iterator[Any]:
            raise AssertionError("it was sent")

    matrix = netreach.load(FIXTURES / "hub-and-spoke").matrix()
    assert (
        Matrix(matrix.plan, matrix.places, matrix._selectors, None, Absent()).counts()
        == matrix.counts()
    )


def test_a_limit_of_memory_makes_pieces_smaller() -> None:
    usual = Limits()
    assert Limits.within(None) == usual
    assert Limits.within(1 << 40) == usual
    tight = Limits.within(500 + LEAST_ROOM, taken=500)
    for name in ("cells", "weighed", "flows", "expanded", "held"):
        assert 0 < getattr(tight, name) < getattr(usual, name)


def test_a_limit_that_cannot_be_met_says_what_it_would_take() -> None:
    told = r"--max-memory: 100 MB is too little: 92 MB .* at least 300 MB"
    with pytest.raises(UsageError, match=told):
        Limits.within(100_000_000, taken=91_100_000)
    with pytest.raises(UsageError, match="--max-memory: 1 MB is too little"):
        netreach.load(FIXTURES / "three-tier").matrix(max_memory=1_000_000)


def test_what_it_says_it_would_take_is_enough() -> None:
    network = netreach.load(FIXTURES / "hub-and-spoke")
    matrix = network.matrix(max_memory=resident_bytes() + 2 * LEAST_ROOM)
    assert matrix.plan.limits.cells < Limits().cells
    assert matrix.counts() == network.matrix().counts()
