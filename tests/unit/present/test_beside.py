"""What a file that is written replaces, and what it does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from netreach.errors import InputError
from netreach.present.beside import write_beside

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes are POSIX's")


def broken() -> Iterator[bytes]:
    yield b"half"
    raise OSError(28, "No space left on device")


def test_what_was_there_stays_whole_until_all_is_written(tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    file.write_bytes(b"old")
    with pytest.raises(InputError, match=r"matrix\.csv: can't be written: No space left"):
        write_beside(file, broken())
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"old", [file])
    write_beside(file, [b"n", b"ew"])
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"new", [file])


@posix
def test_a_link_stays_one_and_a_file_keeps_who_may_read_it(tmp_path: Path) -> None:
    file, link = tmp_path / "2026.csv", tmp_path / "latest.csv"
    file.write_bytes(b"old")
    file.chmod(0o600)
    link.symlink_to(file.name)
    write_beside(link, [b"new"])
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")
    assert file.stat().st_mode & 0o777 == 0o600


@posix
def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    reader = Thread(target=lambda: heard.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_beside(pipe, [b"new"])
    reader.join(timeout=60)
    assert (heard, pipe.is_fifo()) == ([b"new"], True)


@posix
def test_links_in_a_circle_are_an_error(tmp_path: Path) -> None:
    link = tmp_path / "round"
    link.symlink_to(link)
    with pytest.raises(InputError, match="can't be written"):
        write_beside(link, [b"new"])
