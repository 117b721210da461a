"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"

# No deadlines: how long an example takes says more about the machine than about the code.
settings.register_profile("default", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("NETREACH_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
    parser.addoption("--jit", action="store_true", help="run all kernels compiled, however small")


def pytest_configure(config: pytest.Config) -> None:
    """Let no test depend on the environment: kernels never pay at a test's size."""
    os.environ["NETREACH_JIT"] = "1" if config.getoption("--jit") else ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--jit") and find_spec("numba") is None:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="numba is not installed"))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with `tests/golden/NAME`; a missing file fails, it never writes itself."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{name} is missing: look at the text, then run --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return compare
