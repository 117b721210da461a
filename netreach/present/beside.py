"""Files written beside their place and renamed: nothing half-written is left looking whole."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from netreach.errors import InputError
from netreach.query.words import safe


def write_beside(path: Path, parts: Iterable[str]) -> None:
    """Write text to a file next to `path`, then put it in its place.

    Raises:
        InputError: the file can't be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with beside.open("w", encoding="utf-8", newline="") as file:
                file.writelines(parts)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        raise InputError(file=safe(str(path)), what=what, mend="give another file to -o") from None
