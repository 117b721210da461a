from __future__ import annotations

import io
import sys
import time

import pytest

from netreach.cli.watch import Watch


class Terminal(io.StringIO):
    """Standard error that somebody looks at."""

    def isatty(self) -> bool:
        return True


def shown(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *, until: str = "", patience: float = 0
) -> str:
    """Watch some work until a text appears, and return all that was written."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with Watch("reading a\x1b[2Jb", patience) as watch:
        watch.step("working \x1b[31m[bold]hard")
        watch(3, 7)
        while until not in stream.getvalue():
            time.sleep(0.01)
    return stream.getvalue()


def test_a_terminal_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    written = shown(monkeypatch, Terminal(), until="3/7")
    assert "\\x1b[31m[bold]hard" in written
    assert "working" in written


def test_what_is_done_soon_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal(), patience=3600) == ""


def test_a_pipe_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO()) == ""


def test_errors_pass_and_clear_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ValueError, match="no"), Watch("reading", 3600):
        raise ValueError("no")
