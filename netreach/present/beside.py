"""Files written beside their place and renamed: nothing half-written is left looking whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from netreach.errors import InputError
from netreach.query.words import safe


def write_beside(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file next to `path`, then put it in its place.

    A link stays one: what it leads to is written. What is no regular file (a pipe, a device) is
    written into, never replaced.

    Raises:
        InputError: the file can't be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.writelines(parts)
        else:
            _replace(path.resolve(), parts)
    except BrokenPipeError:  # who reads has had enough, which is for the program to say
        raise
    except (OSError, RuntimeError) as error:  # RuntimeError: Python 3.12's, of links in a circle
        why = getattr(error, "strerror", None) or error
        what = f"can't be written: {why}"
        raise InputError(file=safe(str(path)), what=what, mend="give another file to -o") from None


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.writelines(parts)
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
