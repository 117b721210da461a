"""Processes of this machine, by the standard library's pool."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Final

from netreach.errors import NetreachError

Session = Callable[[Any], Any]

#: How often a pool is set up again when one of its processes died.
ATTEMPTS: Final = 3


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Tell whether a copy of this process would work: Linux, no other thread, no numba threads."""
    return sys.platform == "linux" and threading.active_count() == 1 and not _has_numba_threads()


def _has_numba_threads() -> bool:
    numba = sys.modules.get("numba")
    if numba is None:
        return False
    try:
        numba.threading_layer()
    except (AttributeError, ValueError):  # it has run no parallel kernel yet
        return False
    return True


@dataclass(frozen=True, slots=True)
class Processes:
    """A pool of so many processes: forks of this one where that is safe, else started anew."""

    jobs: int
    #: Whether this process does all itself where others would have to be started anew.
    only_forked: bool = False
    least_seconds: float = 0.5
    #: `fork` or `spawn`; what is safe where it is empty.
    start: str = ""

    @property
    def is_at_hand(self) -> bool:
        """Whether it can be used here and now."""
        return not self.only_forked or can_fork()

    def results(
        self, session: Session, recipe: Callable[[], Session], tasks: Sequence[Any]
    ) -> Iterator[Any]:
        """Yield what each task comes to; what a process did that died is done again.

        Raises:
            NetreachError: processes die again and again.
        """
        left = dict(enumerate(tasks))
        for _ in range(ATTEMPTS):
            try:
                yield from self._round(session, recipe, left)
            except BrokenProcessPool:
                continue
            return
        raise NetreachError(
            f"processes that worked on the matrix died {ATTEMPTS} times, {len(left)} tasks are "
            "left: for want of memory? fewer --jobs need less"
        )

    def _round(
        self, session: Session, recipe: Callable[[], Session], left: dict[int, Any]
    ) -> Iterator[Any]:
        """Yield what comes of the tasks that are left, and take them off."""
        start = self.start or ("fork" if can_fork() else "spawn")
        make = _Same(session) if start == "fork" else recipe
        pool = ProcessPoolExecutor(
            min(self.jobs, len(left)) or 1,
            mp_context=multiprocessing.get_context(start),
            initializer=_begin,
            initargs=(make,),  # forks inherit it: only what starts anew needs it as bytes
        )
        try:
            futures = _submitted(pool, left)
            for future in as_completed(futures):
                found = future.result()
                del left[futures[future]]
                yield found
        finally:
            pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, tasks: dict[int, Any]) -> dict[Future[Any], int]:
    with warnings.catch_warnings():
        # Python warns of threads, of which numpy's have handlers for forks
        warnings.simplefilter("ignore", DeprecationWarning)
        return {pool.submit(_do, task): number for number, task in tasks.items()}


@dataclass(frozen=True, slots=True)
class _Same:
    """The recipe of a session that is there already."""

    session: Session

    def __call__(self) -> Session:
        return self.session


class _Worker:
    """What a process of the pool works with: made with its first task, so that errors get home."""

    def __init__(self) -> None:
        self.recipe: Callable[[], Session] | None = None
        self.session: Session | None = None

    def do(self, task: Any) -> Any:  # noqa: ANN401 - whatever a task is
        if self.session is None:
            assert self.recipe is not None  # noqa: S101 - the pool began with it
            self.session = self.recipe()
        return self.session(task)


#: The one of this process, if it is one of a pool.
_worker: Final = _Worker()


def _begin(recipe: Callable[[], Session]) -> None:
    _worker.recipe, _worker.session = recipe, None


def _do(task: Any) -> Any:  # noqa: ANN401 - whatever a task is
    return _worker.do(task)
