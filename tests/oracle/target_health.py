"""Target groups' health: whether too few targets are healthy for a node, or for DNS [LB-6].

Written from "Target group health" of the guides of Elastic Load Balancing. For either action a
group sets a number, a share, or both, and it is taken where either is breached; one healthy target
is enough unless something else is set. The share is of the targets that are registered. AWS does
not say whether those that are leaving or not in use are, but whatever it does, it does everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product, starmap
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.oracle.verdict import Fork
from tests.oracle.world_balancers import Floor, Target, TargetGroup

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

#: Of these a target gets nothing, even where none is healthy.
GONE: Final = ("draining", "unused", "unhealthy.draining")
#: Of these, nobody says whether it counts as registered.
LEAVING: Final = ("draining", "unused")
#: Healthy, never checked, or nobody says.
FIT: Final = ("healthy", "unavailable", "")
#: A target group of which nothing else is known.
PLAIN: Final = Floor(1, None)


class Reading(NamedTuple):
    """What AWS does of which its guides do not tell."""

    counts_leaving: bool
    misses_share_of_none: bool  # where none is registered: whether its share is too small


READINGS: Final = tuple(starmap(Reading, product((False, True), repeat=2)))


def is_short(targets: Iterable[Target], floor: Floor, reading: Reading) -> bool:
    """Say whether fewer targets are healthy than must be."""
    known = set(targets)
    healthy = [one for one in known if one.health in FIT]
    if floor.count is not None and len(healthy) < floor.count:
        return True
    if floor.percent is None:
        return False
    registered = [one for one in known if reading.counts_leaving or one.health not in LEAVING]
    if not registered:
        return reading.misses_share_of_none
    return 100 * len(healthy) / len(registered) < floor.percent


def reading_of(walk: Walk) -> Reading:
    """Suppose that AWS counts targets which are leaving as registered, or that it does not.

    The share of none is of no matter to a node, which has nowhere to send then.
    """
    if not walk.world.balancers.have_leaving_shares:
        return READINGS[0]
    what = "whether targets that are leaving count as registered"
    return Reading(walk.suppose(what, Fork.EITHER, 2, what) == 1, misses_share_of_none=False)


def has_leaving_share(group: TargetGroup) -> bool:
    """Say whether it matters to a group's nodes whether targets that are leaving count."""
    is_leaving = any(one.health in LEAVING for one in group.targets or ())
    return is_leaving and group.routing.percent is not None
