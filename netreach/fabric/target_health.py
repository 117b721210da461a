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


def breach(targets: Sequence[Target], floor: HealthFloor) -> Breach:
    """Tell whether a group's targets, where they count together, are fewer than they must be.

    AWS does not say whether targets that are leaving, or not in use, count as registered.
    """
    registered = {one for one in targets if one.health not in OUT or one.health in _REGISTERED}
    totals = (len(registered), len(set(targets)))
    healthy = len({one for one in targets if one.health in FIT})
    is_few = floor.count is not None and healthy < floor.count
    surely, maybe = (
        is_few or (floor.percent is not None and healthy * 100 < floor.percent * total)
        for total in totals
    )
    return Breach(surely, maybe)
