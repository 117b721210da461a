"""Processes of this machine do the tasks, all of them, whatever becomes of the processes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from netreach.errors import NetreachError, UsageError
from netreach.executors.choice import chosen
from netreach.executors.processes import Processes, can_fork
from tests.unit.executors.counting import AlwaysDying, Doubling, DyingOnce, Making, Refusing

TASKS = [(1, 2), (3,), (4,)]
DOUBLED = [[2, 4], [6], [8]]
forks = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")


def done(executor: Processes, session: Any) -> list[list[int]]:  # noqa: ANN401 - any callable
    return sorted(executor.results(session, Making(session), TASKS))


@pytest.mark.parametrize("start", [pytest.param("fork", marks=forks), "spawn"])
def test_all_tasks_are_done(start: str) -> None:
    assert done(Processes(2, start=start), Doubling()) == DOUBLED


@pytest.mark.parametrize("start", [pytest.param("fork", marks=forks)])
def test_what_a_killed_process_did_is_done_again(start: str, tmp_path: Path) -> None:
    mark = tmp_path / "died"
    assert done(Processes(2, start=start), DyingOnce(mark)) == DOUBLED
    assert mark.exists()


@forks
def test_processes_that_die_again_and_again_are_an_error() -> None:
    with pytest.raises(NetreachError, match=r"died 3 times, . tasks are left.*fewer --jobs"):
        done(Processes(2, start="fork"), AlwaysDying())


@forks
def test_errors_come_home_with_all_their_parts() -> None:
    with pytest.raises(UsageError, match=r"^a: b: no \d: mend it$") as raised:
        done(Processes(2, start="fork"), Refusing())
    assert (raised.value.file, raised.value.mend) == ("a", "mend it")


@forks
def test_nobody_waits_for_tasks_whose_results_nobody_wants() -> None:
    results = Processes(1, start="fork").results(Doubling(), Making(Doubling()), TASKS * 50)
    assert next(results) in DOUBLED
    results.close()  # type: ignore[attr-defined]


def test_threads_are_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not can_fork()
    assert not Processes(2, only_forked=True).is_at_hand
    assert Processes(2).is_at_hand


def test_other_systems_are_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not can_fork()


def test_jobs_say_who_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(1, None) is None
    assert chosen(3, None) == Processes(3)
    monkeypatch.setattr("netreach.executors.choice.cores", lambda: 4)
    assert chosen(None, None) == Processes(4, only_forked=True)
    monkeypatch.setattr("netreach.executors.choice.cores", lambda: 1)
    assert chosen(None, None) is None


@pytest.mark.parametrize("jobs", [0, -2])
def test_no_processes_are_refused(jobs: int) -> None:
    with pytest.raises(UsageError, match=rf"--jobs: {jobs} processes do no work"):
        chosen(jobs, None)
