"""Standard streams and arguments that are not what they should be: one line, status 2."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from netreach.cli.app import run

ROOT = Path(__file__).parents[3]
THREE_TIER = str(ROOT / "fixtures" / "three-tier")
#: What Python makes of a stream that is closed when it begins.
CLOSED = """
import os, sys
os.close({number})
setattr(sys, {name!r}, None)
from netreach.cli.app import main
main()
"""


@pytest.mark.parametrize(
    ("number", "name", "arguments", "errors"),
    [
        (0, "stdin", "show -", "netreach: standard input: Bad file descriptor"),
        (1, "stdout", "cidr 10.0.0.0/24", "netreach: standard output: Bad file descriptor"),
        (2, "stderr", "cidr nothing", ""),
    ],
)
def test_a_stream_that_is_closed_is_an_error_and_no_crash(
    number: int, name: str, arguments: str, errors: str
) -> None:
    program = CLOSED.format(number=number, name=name)
    command = [sys.executable, "-c", program, *arguments.split()]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(errors)
    assert ran.stderr.count("\n") == bool(errors)


class Full(io.StringIO):
    """A stream on a full disk."""

    def flush(self) -> None:
        """Find the disk full."""
        raise OSError(28, "No space left on device")


def test_errors_that_cannot_be_told_still_have_their_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", Full())
    assert run(["cidr", "nothing"]) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("show", ""), "the snapshot has no name", id="unset-variable"),
        pytest.param(("show", "a\0b"), "a\\x00b: it can't be read", id="no-name-at-all"),
        pytest.param(("show", "a" * 300), "File name too long", id="long-name"),
        pytest.param(
            ("path", THREE_TIER, "--queries", os.devnull), "no question is in it", id="no-question"
        ),
    ],
)
def test_what_names_nothing_is_told_in_one_line(
    arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(list(arguments))
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_the_program_alone_tells_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Usage: netreach ")
    assert "who-can-reach" in out
    assert err == ""


@pytest.mark.parametrize(
    ("rows", "status", "says"),
    [
        pytest.param(b"\xef\xbb\xbfsource,destination\nweb-1,app-1,tcp,8080\n", 0, "", id="mark"),
        pytest.param(b"caf\xe9,app-1\n", 2, "standard input: is not UTF-8", id="latin-1"),
    ],
)
def test_questions_from_standard_input_are_read_as_a_file_is(
    rows: bytes,
    status: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(rows), encoding="latin-1")  # as a console may have it
    monkeypatch.setattr(sys, "stdin", stream)
    assert run(["path", THREE_TIER, "--queries", "-"]) == status
    assert says in capsys.readouterr().err
