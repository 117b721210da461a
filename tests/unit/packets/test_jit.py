"""The switch between numpy and compiled kernels."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray

from netreach.errors import UsageError
from netreach.packets import jit as machinery
from netreach.packets.jit import Jit, JitWarning, Kernel, Wanted, compiled, is_compiled

HOME = "tests.unit.packets.square_kernels"
SQUARE = Kernel(HOME, "square", pays_from=1000, worth_from=10)
THREADS = Kernel(HOME, "threads_allowed", pays_from=0)
BROKEN = Kernel(HOME, "square_badly", pays_from=0)

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")


@pytest.fixture
def afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the kernels be imported as for the first time."""
    monkeypatch.delitem(sys.modules, HOME, raising=False)


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, HOME, raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)


def square(numbers: NDArray[np.int64], found: NDArray[np.int64]) -> str:
    found[:] = numbers * numbers
    return "numpy"


def form_used(jit: Jit, work: int, kernel: Kernel = SQUARE) -> str:
    """Square some numbers, see that the answer is right, and tell who did it."""
    numbers, found = np.arange(5), np.empty(5, np.int64)
    form = jit.call(kernel, square, numbers, found, work=work)
    assert found.tolist() == [0, 1, 4, 9, 16]
    return form


def test_never_is_never() -> None:
    assert form_used(Jit(Wanted.NEVER), work=1 << 60) == "numpy"


@needs_numba
def test_always_is_whatever_the_size() -> None:
    assert form_used(Jit(Wanted.ALWAYS), work=0) == "kernel"


@needs_numba
@pytest.mark.usefixtures("afresh")
def test_the_work_decides_from_where_it_pays_to_compile() -> None:
    assert form_used(Jit(), work=999) == "numpy"
    assert not is_compiled(SQUARE)
    assert form_used(Jit(), work=1000) == "kernel"
    assert is_compiled(SQUARE)


@needs_numba
@pytest.mark.usefixtures("afresh")
def test_what_is_compiled_already_is_used_for_less_work() -> None:
    form_used(Jit(Wanted.ALWAYS), work=0)
    assert form_used(Jit(), work=10) == "kernel"
    assert form_used(Jit(), work=9) == "numpy"


def test_small_work_never_imports_numba() -> None:
    program = (
        "import sys\n"
        "import numpy as np\n"
        "from netreach.packets import PrefixTable\n"
        "table = PrefixTable(['10.0.0.0/8']).prepare()\n"
        "assert table.lookup(np.arange(1 << 20, dtype=np.uint32)).sum() == -(1 << 20)\n"
        "print('numba' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NETREACH_JIT": ""},
    )
    assert ran.stdout == "False\n"


@pytest.mark.usefixtures("without_numba")
def test_absent_numba_is_told_once_where_it_is_asked_for() -> None:
    told: list[str] = []
    jit = Jit(Wanted.ALWAYS, tell=told.append)
    assert [form_used(jit, work=work) for work in (0, 1, 1 << 40)] == ["numpy"] * 3
    assert told == [
        "numba is not installed (pip install 'netreach[fast]'): numpy does the work, more slowly"
    ]


@pytest.mark.usefixtures("without_numba")
def test_absent_numba_is_nothing_to_tell_where_the_work_decides() -> None:
    told: list[str] = []
    assert form_used(Jit(tell=told.append), work=1 << 40) == "numpy"
    assert not told


@needs_numba
def test_a_kernel_that_fails_to_compile_is_told_once_and_numpy_does_all_from_then_on() -> None:
    told: list[str] = []
    jit = Jit(tell=told.append)
    forms = [form_used(jit, 1 << 40, kernel) for kernel in (BROKEN, BROKEN, SQUARE)]
    assert forms == ["numpy"] * 3
    assert len(told) == 1
    assert told[0].startswith("numba can't compile square_badly (TypingError: ")
    assert told[0].endswith(": numpy does the work, more slowly")
    assert "\n" not in told[0]


@needs_numba
def test_switches_that_fail_alike_warn_once() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        for _ in range(3):
            form_used(Jit(Wanted.ALWAYS), 0, BROKEN)
    assert [warning.category for warning in caught] == [JitWarning]


@needs_numba
@pytest.mark.usefixtures("afresh")
def test_a_cache_that_cannot_be_written_or_read_is_done_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.unit.packets import square_kernels  # noqa: PLC0415 - it imports numba

    def full_disk(_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(square_kernels.square), "compile", once(full_disk, patch))
        assert form_used(Jit(Wanted.ALWAYS), work=0) == "kernel"


def once(fail: Callable[[object], None], patch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A method that fails the first time and is put back by that."""

    def method(_: object, signature: object) -> None:
        patch.undo()
        fail(signature)

    return method


@needs_numba
def test_a_function_with_no_place_for_a_cache_is_compiled_all_the_same() -> None:
    names: dict[str, Callable[[int], int]] = {}
    exec("def double(number):\n    return 2 * number", names)  # noqa: S102 - no file, no cache
    assert compiled()(names["double"])(4) == 8


@needs_numba
def test_threads_are_bounded_for_the_call_alone() -> None:
    from numba import get_num_threads  # noqa: PLC0415

    before = get_num_threads()
    numbers, found = np.arange(5), np.empty(5, np.int64)
    kernel = Jit(Wanted.ALWAYS, threads=1).compile(SQUARE, numbers, found, work=0)
    assert kernel is not None
    with machinery._threads(1):
        assert get_num_threads() == 1
        assert kernel(numbers, found) == "kernel"
    assert get_num_threads() == before


@needs_numba
def test_more_threads_than_there_are_is_all_there_are() -> None:
    assert form_used(Jit(Wanted.ALWAYS, threads=1 << 20), work=0) == "kernel"


@needs_numba
def test_threads_may_run_parallel_kernels_at_once() -> None:
    jit = Jit(Wanted.ALWAYS)
    with ThreadPoolExecutor(4) as pool:
        forms = list(pool.map(lambda _: form_used(jit, work=0), range(40)))
    assert forms == ["kernel"] * 40


@needs_numba
def test_a_switch_travels_to_other_processes() -> None:
    jit = pickle.loads(pickle.dumps(Jit(Wanted.ALWAYS, threads=1)))  # noqa: S301 - our own
    assert (jit.wanted, jit.threads) == (Wanted.ALWAYS, 1)
    assert form_used(jit, work=0) == "kernel"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, Wanted.WHERE_IT_PAYS),
        ({"NETREACH_JIT": ""}, Wanted.WHERE_IT_PAYS),
        ({"NETREACH_JIT": "0"}, Wanted.NEVER),
        ({"NETREACH_JIT": "1"}, Wanted.ALWAYS),
    ],
)
def test_the_environment_decides(environment: dict[str, str], wanted: Wanted) -> None:
    assert Jit.from_environment(environment).wanted is wanted


def test_another_word_in_the_environment_is_refused() -> None:
    with pytest.raises(UsageError, match="NETREACH_JIT: 'yes' is neither 0 nor 1"):
        Jit.from_environment({"NETREACH_JIT": "yes"})
