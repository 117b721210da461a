"""Sheets: a matrix as it is printed, groups by groups; and how finely it may be grouped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from netreach.errors import UsageError
from netreach.model.snapshot import Snapshot
from netreach.packets.services import ServiceSet
from netreach.query.verdict import Verdict
from netreach.query.words import quoted

#: How a matrix is grouped if nobody says: the first of these that can be read at a glance.
FINEST_FIRST: Final = ("interface", "subnet", "vpc")
#: A table of more rows or columns is no longer read at a glance.
READABLE: Final = 12


class Between(Protocol):
    """What the pairs between two groups come to."""

    @property
    def source(self) -> str: ...  # noqa: D102 - see the class
    @property
    def destination(self) -> str: ...  # noqa: D102
    @property
    def pairs(self) -> Mapping[Verdict, int]: ...  # noqa: D102
    @property
    def services(self) -> ServiceSet: ...  # noqa: D102
    @property
    def everywhere(self) -> ServiceSet: ...  # noqa: D102
    @property
    def verdict(self) -> Verdict: ...  # noqa: D102


class Counted(Protocol):
    """What a matrix was worked out from."""

    @property
    def pairs(self) -> int: ...  # noqa: D102 - see the class
    @property
    def singly(self) -> int: ...  # noqa: D102
    @property
    def share_singly(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Sheet:
    """A matrix by groups, as every form prints it."""

    snapshot: Snapshot
    #: The question as it was asked, options by name.
    query: Mapping[str, str]
    #: The services asked about, in words; empty: all.
    service: str
    by: str
    #: Whether nobody said how to group, so that it was chosen.
    is_chosen: bool
    groups: Sequence[Between]
    statistics: Counted


def readable(sizes: Mapping[str, tuple[int, int]]) -> str:
    """Return the finest way to group of which a table can be read at a glance, else the coarsest.

    `sizes` says how many groups of sources and of destinations there are.

    >>> readable({"interface": (90, 90), "subnet": (9, 9), "vpc": (2, 2)})
    'subnet'
    """
    fitting = (by for by, size in sizes.items() if max(size) <= READABLE)
    return next(fitting, tuple(sizes)[-1])


def check_lines(lines: int, limit: int, by: str, *, is_narrowed: bool) -> None:
    """Refuse to print more than was asked for.

    Raises:
        UsageError: there would be more lines than `limit`.
    """
    if lines <= limit:
        return
    coarser = [one for one in ("vpc", "subnet") if one != by]
    narrower = "narrower --from and --to" if is_narrowed else "--from and --to"
    raise UsageError(
        place="matrix",
        what=f"by {quoted(by)} there would be up to {lines:,} lines, more than {limit:,}",
        mend=f"narrow it by {narrower}, group it by --by {' or '.join(coarser)}, or raise --limit",
    )
