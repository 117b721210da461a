"""Ends of which one thing among several is meant, and nobody can say which.

So it is with databases whose interfaces look alike, and with names that Route 53 answers by policy.
Each of them is asked alone; what they all share is the answer, else nobody knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from netreach.packets.services import ServiceSet
from netreach.query.end import End, View
from netreach.query.verdict import Verdict, combined

Ends = tuple[End, End]


class Fared(NamedTuple):
    """How one pair of ends fared: what must be alike for a choice not to matter."""

    verdict: Verdict
    services: ServiceSet


def is_open(ends: Ends) -> bool:
    """Tell whether either end is a choice."""
    return any(end.choice or any(view.choice for view in end.views) for end in ends)


def shared(ends: Ends, ask: Callable[[Ends], Fared | None]) -> Verdict | None:
    """Return the verdict that holds whatever is meant; None where no pair can be asked.

    `ask` answers for ends that leave no choice; None where they have no pair in common.
    """
    if ends[1].why and ends[1].choice:  # one of the alternatives is known to nobody
        return Verdict.UNKNOWN
    verdicts = [_of_group(group, ask) for group in _groups(ends)]
    told = [verdict for verdict in verdicts if verdict is not None]
    return combined(told) if told else None


def _of_group(group: Sequence[Ends], ask: Callable[[Ends], Fared | None]) -> Verdict | None:
    """Return the verdict of ends of which one pair is meant: what they share, if anything."""
    found = [one for one in map(ask, group) if one is not None]
    if not found:
        return None
    return found[0].verdict if len(set(found)) == 1 else Verdict.UNKNOWN


def _groups(ends: Ends) -> Iterator[list[Ends]]:
    """Yield the alternatives of each asking VPC, which finds its own things behind a name."""
    source, destination = ends
    for towards in _by_view(destination):
        yield [(a, b) for a in _alternatives(source) for b in _alternatives(towards)]


def _by_view(end: End) -> list[End]:
    """Return an end as each asking VPC sees it."""
    if not end.views:
        return [end]
    return [replace(end, views=(view,)) for view in end.views]


def _alternatives(end: End) -> list[End]:
    """Return what an end may be, one by one, without a choice."""
    if end.views:
        return [
            replace(end, views=(view,), choice="")
            for view in end.views
            for view in _alternative_views(view)
        ]
    if not end.choice:
        return [end]
    return [replace(end, members=(member,), choice="") for member in end.members]


def _alternative_views(view: View) -> list[View]:
    if not view.choice:
        return [view]
    return [
        View(view.vpc, (alternative,))
        for end in view.ends
        for alternative in _alternatives(replace(end, choice=view.choice))
    ]
