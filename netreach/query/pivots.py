"""Connections one after another: from the source to a pivot, from there on, to the destination."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from netreach.errors import UsageError
from netreach.query.options import parse_question
from netreach.query.selectors import Selectors
from netreach.query.verdict import Verdict
from netreach.query.words import quoted

#: A chain is as good as its worst connection.
_FROM_WORST: Final = (
    Verdict.UNREACHABLE,
    Verdict.UNKNOWN,
    Verdict.PARTIAL,
    Verdict.REACHABLE,
)


def consecutive(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of connections that are all needed, one after another.

    >>> str(consecutive([Verdict.REACHABLE, Verdict.UNKNOWN, Verdict.PARTIAL]))
    'unknown'
    """
    return min(verdicts, key=_FROM_WORST.index)


def legs(
    selectors: Selectors, source: str, via: Sequence[str], destination: str
) -> Iterator[tuple[str, str]]:
    """Yield the ends of each connection, in order.

    Raises:
        UsageError: a pivot stands for several hosts, which need not be the same one on two legs.
    """
    for text in via:
        if selectors.resolve(text).is_set:
            raise UsageError(
                place="--via",
                what=f"{quoted(text)} stands for several hosts",
                mend="name one host to go by",
            )
    yield from pairwise((source, *via, destination))


def check_port(port: int | str) -> None:
    """Check the port on which pivots are asked.

    Raises:
        UsageError: it is neither a port nor a range.
    """
    try:
        parse_question("tcp", port)
    except UsageError as error:
        raise UsageError(place="--via-port", what=error.what, mend=error.mend) from None
