"""Health of target groups: when a node fails open, and when DNS leaves a zone out [LB-6].

A group's targets count as enough or too few where a node may send: in its own zone, or in all zones
that the balancer enables where it crosses them. A group has a threshold for each of two things, as
a number of targets or as a share of those that are registered there, and either may be breached.
Below the one nodes use all targets, unhealthy ones too; below the other the name of the balancer
leads past the zone, unless it would lead past all of them
(docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health.html,
docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html; for several
groups repost.aws/knowledge-center/elb-dns-cross-zone-balance-configuration).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product, starmap
from typing import Final, NamedTuple

from netreach.model.services import HealthFloor, Target

#: States of health in which a target gets nothing.
OUT: Final = frozenset({"draining", "unused", "unhealthy.draining"})
#: Of these, states in which a target is still registered for certain.
_REGISTERED: Final = frozenset({"unhealthy.draining"})
#: States in which a target gets its share; "": nobody says.
FIT: Final = frozenset({"healthy", "unavailable", ""})
#: What AWS sets where nobody chose anything: one healthy target is enough.
DEFAULT_FLOOR: Final = HealthFloor(count=1)


class Breach(NamedTuple):
    """Whether there are too few healthy targets: for certain, and perhaps."""

    surely: bool
    maybe: bool


class Reading(NamedTuple):
    """How AWS may count, of which its guides say nothing."""

    #: Whether targets that are leaving, or not in use, are registered.
    counts_leaving: bool
    #: Whether the share of none is too small, where none is registered.
    lacks_of_none: bool


READINGS: Final = tuple(starmap(Reading, product((False, True), repeat=2)))


def shortfalls(targets: Sequence[Target], floor: HealthFloor) -> tuple[bool, ...]:
    """Tell by each reading whether a group's targets, where they count together, are too few."""
    known = set(targets)
    healthy = sum(one.health in FIT for one in known)
    if floor.count is not None and healthy < floor.count:
        return (True,) * len(READINGS)
    if floor.percent is None:
        return (False,) * len(READINGS)
    percent, registered = floor.percent, sum(map(_is_registered, known))
    return tuple(
        100 * healthy < percent * total if total else reading.lacks_of_none
        for reading in READINGS
        for total in [len(known) if reading.counts_leaving else registered]
    )


def _is_registered(target: Target) -> bool:
    return target.health not in OUT or target.health in _REGISTERED


def breach(targets: Sequence[Target], floor: HealthFloor) -> Breach:
    """Tell whether a group's targets, where they count together, are fewer than they must be."""
    found = shortfalls(targets, floor)
    return Breach(all(found), any(found))
