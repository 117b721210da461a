"""Progress on standard error, for what takes more than a second and somebody looks at."""

from __future__ import annotations

import sys
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from netreach.query.words import safe

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: What is done sooner needs no bar.
PATIENCE: Final = 1.0


class Watch:
    """A bar that appears after a second, if standard error is a terminal, and goes at the end.

    It is called with how much is done and of how much; `step` says what is being done.
    """

    def __init__(self, text: str, patience: float = PATIENCE) -> None:
        """Wait; nothing is shown yet."""
        self._text, self._patience = text, patience
        self._done, self._total = 0, 0
        self._over = Event()
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        """Begin to wait."""
        if sys.stderr.isatty():
            self._thread = Thread(target=self._show, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear the bar away."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def step(self, text: str) -> None:
        """Say what is done from now on, nobody knows how much of it."""
        self._text, self._done, self._total = text, 0, 0

    def __call__(self, done: int, total: int) -> None:
        """Hear how far it is."""
        self._done, self._total = done, total

    def _show(self) -> None:
        if self._over.wait(self._patience):
            return
        from rich.console import Console  # noqa: PLC0415 - only where there is something to see
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
        )

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(self._text, total=None)
            while not self._over.wait(0.1):
                self._update(bar, task)

    def _update(self, bar: Progress, task: TaskID) -> None:
        total = self._total or None
        bar.update(task, description=safe(self._text), completed=self._done, total=total)
