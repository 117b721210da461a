"""Random estates whose target groups have many targets, fit and unfit, and thresholds to match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.oracle.question import Question
from tests.property.balancers import held
from tests.property.balancers_asked import CARRIED
from tests.property.dice import Dice, seeded
from tests.property.estates import Case, draw_estate
from tests.property.plan import Estate, Record
from tests.property.target_health import draw_thresholds

STATES: Final = ("healthy", "unhealthy", "draining", "healthy", "unused", "unhealthy.draining")
#: Ports at which targets are registered once more, the last one of which no group lets in.
PORTS: Final = (8080, 443, 9001, 9002)


def crowded_estate(dice: Dice) -> Estate:
    """Draw an estate, and register its targets several times over."""
    estate = draw_estate(dice)
    kinds = {one["TargetGroupArn"]: one["TargetType"] for one in estate["TargetGroups"]}
    for told in estate["TargetGroupTargetHealth"]:
        if kinds.get(told["TargetGroupArn"]) in ("instance", "ip"):
            _crowd(dice, told)
    _open(estate)
    draw_thresholds(dice, estate, 90)
    return estate


def _crowd(dice: Dice, told: Record) -> None:
    records = told["TargetHealthDescriptions"]
    taken = {(one["Target"]["Id"], one["Target"].get("Port")) for one in records}
    for one in list(records):
        for port in dice.some(PORTS, 1, 3):
            target = one["Target"] | {"Port": port}
            if (target["Id"], port) not in taken:
                taken.add((target["Id"], port))
                health = {"State": dice.pick(STATES)}
                records.append({"Target": target, "TargetHealth": health})


def crowded_case(seed: int, count: int = 12) -> Case:
    """Return the case of that number: hosts that ask nodes for what their listeners take."""
    dice = seeded(seed)
    estate = crowded_estate(dice)
    asked = list(_questions(dice, estate))
    return estate, dice.some(asked, count, count)


def _open(estate: Estate) -> None:
    """Let nearly everything in and all out, so that it matters which targets are used."""
    anybody: Record = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": []}
    anybody |= {"PrefixListIds": [], "UserIdGroupPairs": []}
    most = [
        anybody | {"IpProtocol": word, "FromPort": 1, "ToPort": PORTS[-1] - 1}
        for word in ("tcp", "udp")
    ]
    for group in estate["SecurityGroups"]:
        group["IpPermissions"] += most
        group["IpPermissionsEgress"].append(anybody | {"IpProtocol": "-1"})


def _questions(dice: Dice, estate: Estate) -> Iterator[Question]:
    hosts = [one for one in estate["NetworkInterfaces"] if one["InterfaceType"] == "interface"]
    for told in estate["LoadBalancerListeners"]:
        path = told["LoadBalancerArn"].partition(":loadbalancer/")[2]
        for node in estate["NetworkInterfaces"]:
            near = [one for one in hosts if one["VpcId"] == node["VpcId"] and held(one)]
            if node.get("Description") != f"ELB {path}" or not near:
                continue
            for listener in told["Listeners"]:
                host, protocol = dice.pick(near), CARRIED.get(listener["Protocol"], (6,))[0]
                source, to = held(host)[0], held(node)[0]
                name = host["NetworkInterfaceId"]
                yield Question(name, source, to, protocol, listener["Port"])
