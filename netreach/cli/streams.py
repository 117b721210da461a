"""The standard streams, where whoever starts the program has closed them."""

from __future__ import annotations

import os
import sys
from typing import Final

#: For each file number the way in which its stand-in is opened: so that reading what is not there,
#: and writing to it, fail as with any other bad file, and complaints go nowhere.
_STAND_INS: Final = ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY))


def open_streams() -> None:
    """Put a stand-in for each standard stream that is closed.

    Python has None for it, and the next file that is opened gets its number: what is meant for the
    screen would go into that file.
    """
    for number, way in _STAND_INS:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, way)  # the lowest number that is free, which is this one
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - a number
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
