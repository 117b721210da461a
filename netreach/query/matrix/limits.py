"""Limits: how much of a matrix is worked out at once, so that a limit of memory is kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from msgspec import Struct

from netreach.errors import UsageError

MEGABYTE: Final = 1_000_000
#: What the smallest pieces need, above what the compiled snapshot takes.
LEAST_ROOM: Final = 200 * MEGABYTE
#: By so much what a process takes differs from one run to the next.
_MORE: Final = 5 * MEGABYTE
#: About what one cell, pair or flow of a piece takes while it is worked on, in bytes.
_CELL: Final = 160
_WEIGHED: Final = 120
_FLOW: Final = 4096
_EXPANDED: Final = 640


class Limits(Struct, frozen=True):
    """How large the pieces are that a matrix is worked out in."""

    #: Cells of a dense tile.
    cells: int = 1 << 21
    #: Cells of a block that are weighed by groups.
    weighed: int = 1 << 22
    #: Flows that walk together.
    flows: int = 16384
    #: Pairs that are written out at once.
    expanded: int = 1 << 20
    #: Cells of the blocks that are held at once, of one source VPC.
    held: int = 1 << 27

    @classmethod
    def within(cls, most_bytes: int | None, taken: int | None = None) -> Limits:
        """Return the pieces for a process that may hold so many bytes in all.

        `taken` is what it holds already, by default measured.

        Raises:
            UsageError: that is too little; it says what it would take.
        """
        if most_bytes is None:
            return cls()
        taken = resident_bytes() if taken is None else taken
        room, usual = most_bytes - taken, cls()
        if room < LEAST_ROOM:
            raise UsageError(
                place="--max-memory",
                what=f"{_words(most_bytes)} is too little: {_words(taken)} are taken already",
                mend=f"give at least {_round(taken + LEAST_ROOM)}, or ask about fewer VPCs",
            )
        part = room // 4
        return cls(
            cells=min(usual.cells, part // _CELL),
            weighed=min(usual.weighed, part // _WEIGHED),
            flows=min(usual.flows, part // _FLOW),
            expanded=min(usual.expanded, part // _EXPANDED),
            held=min(usual.held, part // 8),
        )


def resident_bytes() -> int:
    """Return what this process holds in memory: now where Linux tells, else at its peak."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return _peak_bytes()


def _peak_bytes() -> int:
    """Return the most that this process held; 0 where the system has no word for it."""
    try:
        import resource  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _words(size: int) -> str:
    """Return a size for people, rounded up, as options take it."""
    return f"{-(-size // MEGABYTE)} MB"


def _round(size: int) -> str:
    """Return a round size that is enough also where the next run takes a little more."""
    return f"{-(-(size + _MORE) // (10 * MEGABYTE)) * 10} MB"
