"""A matrix on a local cluster of separate processes, one of which is killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest

import netreach
from netreach.errors import MissingExtraError, UsageError
from netreach.executors.cluster import Cluster
from netreach.matrix import Matrix
from tests.unit.executors.counting import Doubling, Making
from tests.unit.present.matrix_told import told_by, told_by_interfaces

FIXTURES = Path(__file__).parents[2] / "fixtures"

pytestmark = [
    pytest.mark.slow,
    # dask closes the sockets of whoever was killed when it gets to it
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def workers() -> list[int]:
    """Return the processes that work for this one."""
    return [
        child.pid
        for child in psutil.Process().children(recursive=True)
        if "spawn_main" in " ".join(child.cmdline())
    ]


class KillsOne:
    """Hears of progress, and kills a worker at the first of it."""

    def __init__(self) -> None:
        self.killed = 0
        self.heard: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.heard.append((done, total))
        if not self.killed:
            self.killed = workers()[0]
            os.kill(self.killed, signal.SIGKILL)


def on_cluster(progress: Any = None) -> Matrix:  # noqa: ANN401 - any callable
    """Return a matrix that has a cluster of two processes do all its work, VPC by VPC."""
    matrix = netreach.load(FIXTURES / "hub-and-spoke").matrix(jobs=1)
    return Matrix(
        matrix.plan, matrix.places, matrix._selectors, progress, Cluster(jobs=2, least_seconds=0)
    )


def test_a_killed_worker_costs_no_pair(tmp_path: Path) -> None:
    killer = KillsOne()
    matrix = on_cluster(killer)
    rows = matrix.write_parquet(tmp_path / "out")
    told = told_by(matrix)
    assert killer.killed
    assert killer.heard[-1] == (len(matrix.plan.source_vpcs),) * 2
    assert rows == len(told)
    assert told_by_interfaces(tmp_path / "out") == told
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert not list(tmp_path.rglob(".*"))


def test_a_cluster_counts_as_one_process_does() -> None:
    matrix = netreach.load(FIXTURES / "hub-and-spoke").matrix(jobs=1)
    there = on_cluster(KillsOne())
    assert there.counts() == matrix.counts()
    assert on_cluster().by("vpc") == matrix.by("vpc")


def test_a_scheduler_that_is_there_is_asked() -> None:
    from distributed import LocalCluster  # noqa: PLC0415 - heavy

    options: dict[str, Any] = {"n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    with LocalCluster(**options) as started:
        cluster = Cluster(started.scheduler_address, least_seconds=0)
        cluster.check()
        tasks = [(number,) for number in range(8)]
        found = sorted(cluster.results(Doubling(), Making(Doubling()), tasks))
    assert found == [[2 * number] for number in range(8)]


def test_an_address_that_does_not_answer_is_one_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(
            UsageError, match=f"--scheduler: no dask scheduler answers at '{address}'"
        ):
            Cluster(address, patience=1).check()


def test_an_address_where_another_program_answers_is_one_message() -> None:
    def answer(server: socket.socket) -> None:
        asker, _ = server.accept()
        with asker:
            asker.recv(4096)
            asker.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as web:
        address = f"tcp://127.0.0.1:{web.getsockname()[1]}"
        Thread(target=answer, args=(web,), daemon=True).start()
        with pytest.raises(UsageError, match="no dask scheduler answers"):
            Cluster(address, patience=5).check()


def test_an_address_that_is_none_is_one_message() -> None:
    with pytest.raises(UsageError, match="no dask scheduler answers at 'nonsense://x'"):
        Cluster("nonsense://x", patience=1).check()


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netreach.executors.cluster.find_spec", lambda _: None)
    matrix = on_cluster()
    with pytest.raises(MissingExtraError, match=r"pip install 'netreach\[dask\]'"):
        matrix.counts()
