"""Random thresholds of target groups: how many targets must be healthy, about as many as there are.

Drawn last, upon estates that are there, and at the edges: just as many as are healthy and one more,
just their share and one percent more, with those that are leaving and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.property.dice import Dice
from tests.property.plan import Estate, Record

ACTIONS: Final = ("dns_failover", "unhealthy_state_routing")
HEALTHY: Final = ("healthy", "unavailable", "")
LEAVING: Final = ("draining", "unused")


def draw_thresholds(dice: Dice, estate: Estate, percent: int = 60) -> None:
    """Draw the thresholds of that many of the groups that may have any."""
    for group in estate["TargetGroups"]:
        arn = group["TargetGroupArn"]
        has_none = group["TargetType"] == "lambda" or group["Protocol"] == "GENEVE"
        if not has_none and dice.chance(percent):
            _let_go(dice, estate, arn)
            attributes = _thresholds(dice, _states(estate, arn))
            told = [a for a in estate["TargetGroupAttributes"] if a["TargetGroupArn"] == arn]
            if told:
                told[0]["Attributes"] += attributes
            else:
                record = {"TargetGroupArn": arn, "Attributes": attributes}
                estate["TargetGroupAttributes"].append(record)


def _targets(estate: Estate, arn: str) -> list[Record]:
    told = [a for a in estate["TargetGroupTargetHealth"] if a["TargetGroupArn"] == arn]
    return [target for answer in told for target in answer["TargetHealthDescriptions"]]


def _states(estate: Estate, arn: str) -> list[str]:
    health = [target.get("TargetHealth", {}) for target in _targets(estate, arn)]
    return [str(one.get("State", "")) for one in health]


def _let_go(dice: Dice, estate: Estate, arn: str) -> None:
    """Let some targets be on their way out for being unhealthy, and some be never checked."""
    for target in _targets(estate, arn):
        health = target.get("TargetHealth")
        if health and health["State"] == "draining" and dice.chance(30):
            health["State"] = "unhealthy.draining"
        elif health and health["State"] == "healthy" and dice.chance(10):
            health["State"] = "unavailable"


def _thresholds(dice: Dice, states: list[str]) -> list[Record]:
    """Draw both thresholds; that of DNS is never the lower one, as AWS wants it."""
    counts = sorted(dice.pick(_counts(states)) for _ in ACTIONS)
    shares = sorted(dice.pick(_shares(states)) for _ in ACTIONS)
    routing, naming = (str(counts[0]), _word(shares[0])), (str(counts[1]), _word(shares[1]))
    if dice.chance(30):  # DNS alone can do without a number
        naming = ("off", naming[1])
    words = zip(ACTIONS, (naming, routing), strict=True)
    return [
        {"Key": f"target_group_health.{action}.minimum_healthy_targets.{kind}", "Value": word}
        for action, told in words
        for kind, word in zip(("count", "percentage"), told, strict=True)
    ]


def _word(share: int) -> str:
    return str(share) if share else "off"


def _counts(states: list[str]) -> list[int]:
    healthy = sum(state in HEALTHY for state in states)
    return [1, 1, max(healthy, 1), healthy + 1]


def _shares(states: list[str]) -> list[int]:
    """Return shares about the one that is healthy; 0 is off."""
    healthy = sum(state in HEALTHY for state in states)
    gone = sum(state in LEAVING for state in states)
    totals = [total for total in (len(states), len(states) - gone) if total]
    edges = [100 * healthy // total + more for total in totals for more in (0, 1)]
    return [0, 0, *(one for one in edges if 1 <= one <= 100), 50]


def elements(estate: Estate) -> Iterator[str]:
    """Name the thresholds that the estate holds."""
    for told in estate["TargetGroupAttributes"]:
        for one in told["Attributes"]:
            place, _, rest = one["Key"].partition(".")
            if place == "target_group_health":
                action, _, kind = rest.partition(".minimum_healthy_targets.")
                yield f"threshold of {action}, {kind} {_size(one['Value'])}"


def _size(value: str) -> str:
    return value if value in ("off", "1", "50", "100") else "of another size"
