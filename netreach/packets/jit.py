"""Compiled forms of the hottest loops, by numba: an extra that changes nothing but the time.

A loop that is worth it has two forms with the same arguments and the same answers: one of numpy,
which is always there, and a *kernel*, which numba compiles. Kernels stand in files of their own,
since these import numba (a quarter of a second); nothing else imports such a file::

    # netreach/query/_tile_kernels.py
    from numba import prange
    from netreach.packets.jit import compiled

    @compiled(parallel=True)
    def count_cells(sizes: NDArray[np.int64], found: NDArray[np.int64]) -> None:
        for row in prange(sizes.size):
            found[row] = sizes[row] * sizes[row]

Whoever has the numpy form names the kernel, says from how much work it pays, and lets the switch,
which came as an argument, choose::

    COUNT_CELLS: Final = Kernel("netreach.query._tile_kernels", "count_cells", pays_from=1 << 24)

    def count_cells(sizes: Column, jit: Jit) -> Column:
        found = np.empty_like(sizes)
        jit.call(COUNT_CELLS, _count_cells, sizes, found, work=sizes.size)
        return found

`Jit.from_environment()` makes the switch at the edge, once; it travels as an argument, also to
other processes (spawned ones: numba's threads do not survive a fork). ``NETREACH_JIT=0`` means
numpy alone, ``1`` kernels whatever the size (for tests and measurements), unset: numba where it is
installed and the work pays for importing and compiling it. Compiled code is cached on disk, beside
the file or in the user's cache directory (``NUMBA_CACHE_DIR`` names another). Where numba is asked
for and absent, or fails to compile, the switch warns once and is numpy from then on.

What to mind in a kernel: every combination of dtypes and layouts (contiguous, strided, read-only)
is compiled on its own, for seconds, so bring columns into one form first (`as_input`); write
results into arrays that came as arguments; check nothing and raise nothing, the caller has checked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from typing import Any, Final, NamedTuple, ParamSpec, Self, TypeAlias, TypeVar, TypeVarTuple
from warnings import warn

import numpy as np
from numpy.typing import NDArray

from netreach.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=np.generic)
Ts = TypeVarTuple("Ts")

#: numba's object for a function; it has no types.
Dispatcher: TypeAlias = Any

VARIABLE: Final = "NETREACH_JIT"

#: Not all of numba's thread pools bear two parallel kernels at once.
_PARALLEL: Final = Lock()


class Wanted(StrEnum):
    """When kernels are wanted."""

    NEVER = "never"
    WHERE_IT_PAYS = "where it pays"
    ALWAYS = "always"


class JitWarning(UserWarning):
    """Kernels were wanted and there are none; answers are the same, only slower."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """Where a kernel is, and from how much work it is worth having."""

    module: str
    name: str
    pays_from: int
    """The work that pays for importing numba and compiling, or for reading the cache."""
    worth_from: int = 1
    """The work from which it is the faster form, once it is compiled."""


def warn_once(what: str) -> None:
    """Say it to whoever uses the library; always from here, so that Python says it once."""
    warn(what, JitWarning, stacklevel=1)


@dataclass(slots=True, eq=False)
class Jit:
    """The switch: whether kernels are used, and on how many threads.

    >>> Jit(Wanted.NEVER).call(Kernel("no.such.module", "none", 0), max, 3, 4, work=1 << 40)
    4
    """

    wanted: Wanted = Wanted.WHERE_IT_PAYS
    threads: int | None = None
    """How many threads a parallel kernel may use; None for as many as numba does."""
    tell: Callable[[str], None] = warn_once
    """What is done with the one warning."""
    _has_failed: bool = field(default=False, init=False)

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, *, threads: int | None = None
    ) -> Self:
        """Return the switch that ``NETREACH_JIT`` asks for.

        Raises:
            UsageError: it is neither 0 nor 1.
        """
        asked = environment.get(VARIABLE, "")
        by_text = {"": Wanted.WHERE_IT_PAYS, "0": Wanted.NEVER, "1": Wanted.ALWAYS}
        if asked not in by_text:
            what, mend = f"{asked!r} is neither 0 nor 1", "leave it out to let the work decide"
            raise UsageError(place=VARIABLE, what=what, mend=mend)
        return cls(by_text[asked], threads)

    @classmethod
    def never(cls) -> Self:
        """Return the switch that leaves everything to numpy."""
        return cls(Wanted.NEVER)

    def call(self, kernel: Kernel, numpy_form: Callable[[*Ts], R], *arguments: *Ts, work: int) -> R:
        """Run the kernel if it is wanted for so much work, else the numpy form."""
        compiled_form = self.compile(kernel, *arguments, work=work)
        return numpy_form(*arguments) if compiled_form is None else compiled_form(*arguments)

    def compile(self, kernel: Kernel, *arguments: object, work: int) -> Callable[..., Any] | None:
        """Return the kernel, compiled for arguments like these, or None where numpy is to do it."""
        if not self.wants(kernel, work):
            return None
        try:
            dispatcher = _compile(getattr(import_module(kernel.module), kernel.name), arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, there is the other form
            self._fall_back(kernel, error)
            return None
        if dispatcher.targetoptions.get("parallel"):
            return partial(_run_parallel, dispatcher, self.threads)
        return partial(dispatcher)

    def wants(self, kernel: Kernel, work: int) -> bool:
        """Tell whether this much work is for the kernel."""
        if self.wanted is Wanted.NEVER or self._has_failed:
            return False
        return self.wanted is Wanted.ALWAYS or self._pays(kernel, work)

    def _pays(self, kernel: Kernel, work: int) -> bool:
        if work >= kernel.pays_from:
            self._has_failed = find_spec("numba") is None
            return not self._has_failed
        return work >= kernel.worth_from and is_compiled(kernel)

    def _fall_back(self, kernel: Kernel, error: Exception) -> None:
        """Say once that there are no kernels, and why."""
        self._has_failed = True
        why = f"numba can't compile {kernel.name} ({type(error).__name__}: {error})"
        if isinstance(error, ModuleNotFoundError) and error.name == "numba":
            why = "numba is not installed (pip install 'netreach[fast]')"
        first_line = why.partition("\n")[0]
        self.tell(f"{first_line}: numpy does the work, more slowly")


class Effort(NamedTuple):
    """A switch and how much work it is asked about: what a search deep inside needs to know."""

    jit: Jit
    work: int

    def wants(self, kernel: Kernel) -> bool:
        """Tell whether this much work is for the kernel."""
        return self.jit.wants(kernel, self.work)

    def run(self, kernel: Kernel, *arguments: object) -> bool:
        """Run the kernel, or return False where it is for numpy to do."""
        compiled_form = self.jit.compile(kernel, *arguments, work=self.work)
        if compiled_form is None:
            return False
        compiled_form(*arguments)
        return True


def as_input(column: NDArray[S]) -> NDArray[S]:
    """Return a column in the one form that a kernel is compiled for: gapless and read-only."""
    column = np.require(column, requirements=["C", "A"]).view()
    column.flags.writeable = False
    return column


def compiled(*, parallel: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a kernel of a function; other threads run meanwhile, and loops of prange share it."""
    from numba import njit  # noqa: PLC0415 - only files of kernels have a use for it

    options = {"parallel": parallel, "nogil": True, "error_model": "numpy"}

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        try:
            kernel: Callable[P, R] = njit(cache=True, **options)(function)
        except RuntimeError:  # there is nowhere to keep a cache
            kernel = njit(**options)(function)
        return kernel

    return decorate


def is_compiled(kernel: Kernel) -> bool:
    """Tell whether this process has the kernel already, for whatever arguments."""
    dispatcher = getattr(sys.modules.get(kernel.module), kernel.name, None)
    return bool(getattr(dispatcher, "signatures", ()))


def _compile(dispatcher: Dispatcher, arguments: tuple[object, ...]) -> Dispatcher:
    """Compile for such arguments, or read it from the cache; where that is broken, do without."""
    from numba import jit, typeof  # noqa: PLC0415 - there is no kernel without numba

    signature = tuple(typeof(argument) for argument in arguments)
    try:
        dispatcher.compile(signature)
    except (OSError, EOFError):  # a full disk, a truncated file
        dispatcher = jit(**dispatcher.targetoptions)(dispatcher.py_func)
        dispatcher.compile(signature)
    return dispatcher


def _run_parallel(dispatcher: Dispatcher, threads: int | None, *arguments: object) -> Any:  # noqa: ANN401
    with _PARALLEL, _threads(threads):
        return dispatcher(*arguments)


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """Let numba use so many threads, and then as many as before."""
    from numba import config, get_num_threads, set_num_threads  # noqa: PLC0415

    before = get_num_threads()
    set_num_threads(min(count or before, config.NUMBA_NUM_THREADS))
    try:
        yield
    finally:
        set_num_threads(before)
