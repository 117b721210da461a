"""Sessions and recipes for executors that have nothing to do with networks."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from netreach.errors import UsageError


@dataclass(frozen=True)
class Doubling:
    """Doubles the numbers of a task."""

    def __call__(self, task: tuple[int, ...]) -> list[int]:
        return [2 * number for number in task]


@dataclass(frozen=True)
class DyingOnce:
    """Doubles, but the first process that gets a 3 is killed."""

    mark: Path

    def __call__(self, task: tuple[int, ...]) -> list[int]:
        if 3 in task and not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Doubling()(task)


@dataclass(frozen=True)
class AlwaysDying:
    """Kills whoever gets a 3."""

    def __call__(self, task: tuple[int, ...]) -> list[int]:
        if 3 in task:
            os.kill(os.getpid(), signal.SIGKILL)
        return Doubling()(task)


@dataclass(frozen=True)
class Refusing:
    """Refuses every task."""

    def __call__(self, task: tuple[int, ...]) -> list[int]:
        raise UsageError(file="a", place="b", what=f"no {task[0]}", mend="mend it")


@dataclass(frozen=True)
class Making:
    """The recipe of a session."""

    session: Doubling | DyingOnce | AlwaysDying | Refusing

    def __call__(self) -> Doubling | DyingOnce | AlwaysDying | Refusing:
        return self.session
