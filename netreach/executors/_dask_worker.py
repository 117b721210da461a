"""What runs inside the workers of a dask cluster; only there and beside a client is it imported."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

Session = Callable[[Any], Any]


class Keeper(WorkerPlugin):  # type: ignore[misc]
    """Keeps a session in a worker: made with the first task, used by one task at a time."""

    def __init__(self, recipe: Callable[[], Session]) -> None:
        """Take the recipe, which is all of it that travels."""
        self._recipe = recipe
        self._lock: Lock | None = None
        self._session: Session | None = None

    def setup(self, worker: Worker) -> None:
        """Arrive at a worker."""
        del worker
        self._lock = Lock()

    def do(self, task: Any) -> Any:  # noqa: ANN401 - whatever a task is
        """Do a task."""
        assert self._lock is not None  # noqa: S101 - tasks come after the setup
        with self._lock:
            if self._session is None:
                self._session = self._recipe()
            return self._session(task)


def do(name: str, task: Any) -> Any:  # noqa: ANN401 - whatever a task is
    """Do a task with the session that the worker keeps by that name."""
    return get_worker().plugins[name].do(task)
