"""Random endpoint services: an endpoint that is there leads to a network balancer that is there.

Drawn after everything else, questions included, so that no other draw falls otherwise for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.oracle.question import ANY_CLIENT_PORT, Question
from tests.property.balancers import held, sixes
from tests.property.balancers_asked import CARRIED, Service
from tests.property.dice import Dice
from tests.property.plan import Estate, Record

NUMBER: Final = "vpce-svc-0own"
NAME: Final = f"com.amazonaws.vpce.eu-central-1.{NUMBER}"
STATES: Final = ("Pending", "Deleting", "Failed")
ENFORCED: Final = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
#: What no listener is drawn for.
BESIDE: Final = ((6, 81, 0), (17, 81, 0), (1, 8, 0))
CLIENT_PORTS: Final = ((32768, 60999), (1024, 5000), (49152, 65535))


@dataclass(frozen=True)
class Link:
    """What was drawn: the two ends of it."""

    endpoint: Record
    balancers: list[Record]


def draw_private_link(dice: Dice, estate: Estate, asked: list[Question]) -> list[Question]:
    """Link an endpoint to a balancer, seldom, and ask about it too."""
    endpoints = [one for one in estate["VpcEndpoints"] if _is_plain(one)]
    balancers = [one for one in estate["LoadBalancers"] if one["Type"] == "network"]
    if not (endpoints and balancers and dice.chance(40)):
        return asked
    link = Link(dice.pick(endpoints), dice.some(balancers, 1, 2 if dice.chance(30) else 1))
    link.endpoint["ServiceName"] = NAME
    if dice.chance(75):  # or else few would ever be asked
        link.endpoint["State"] = "available"
    for balancer in link.balancers:
        if balancer["SecurityGroups"] and dice.chance(35):
            balancer[ENFORCED] = dice.pick(("off", "on"))
    estate["ServiceConfigurations"].append(_service(dice, link))
    _let_in(dice, estate, link)
    few = _questions(dice, estate, link, min(len(asked), 6))
    return [*asked, *few]


def _is_plain(endpoint: Record) -> bool:
    return endpoint["VpcEndpointType"] == "Interface" and "NetworkInterfaceIds" in endpoint


def _service(dice: Dice, link: Link) -> Record:
    arns = [balancer["LoadBalancerArn"] for balancer in link.balancers]
    if dice.chance(3):
        arns.append(arns[0].replace("/lb", "/gone"))
    return {
        "ServiceId": NUMBER,
        "ServiceName": NAME,
        "ServiceType": [{"ServiceType": "Interface"}],
        "ServiceState": dice.pick(STATES) if dice.chance(8) else "Available",
        "NetworkLoadBalancerArns": arns,
    }


def _let_in(dice: Dice, estate: Estate, link: Link) -> None:
    """Let everybody in at the endpoint in most cases."""
    if not dice.chance(70):
        return
    names = [group["GroupId"] for group in link.endpoint["Groups"]]
    everybody: Record = {"IpProtocol": "-1", "PrefixListIds": [], "UserIdGroupPairs": []}
    everybody |= {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    for group in estate["SecurityGroups"]:
        if group["GroupId"] == names[0]:
            group["IpPermissions"].append(everybody)


# -- what to ask


def _questions(dice: Dice, estate: Estate, link: Link, count: int) -> list[Question]:
    """Ask the endpoint from its own network, and seldom from the endpoint itself."""
    doors = _named(estate, link.endpoint["NetworkInterfaceIds"])
    hosts = [
        one
        for one in estate["NetworkInterfaces"]
        if one["InterfaceType"] == "interface" and one["VpcId"] == link.endpoint["VpcId"]
    ]
    pairs = [
        (host["NetworkInterfaceId"], source, destination)
        for host in hosts
        for door in doors
        for source in (*held(host), *sixes(host))
        for destination in (*held(door), *sixes(door))
        if (":" in source) == (":" in destination)
    ]
    return [_question(dice, estate, link, pairs) for _ in range(count if pairs else 0)]


def _question(
    dice: Dice, estate: Estate, link: Link, pairs: list[tuple[str, str, str]]
) -> Question:
    host, source, destination = dice.pick(pairs)
    listened = list(_listened(estate, link))
    protocol, port, code = dice.pick(listened if listened and not dice.chance(12) else BESIDE)
    if protocol == 1 and ":" in destination:
        protocol, port = 58, 128
    ports = dice.pick(CLIENT_PORTS) if dice.chance(20) else ANY_CLIENT_PORT
    return Question(host, source, destination, protocol, port, code, ports)


def _named(estate: Estate, names: list[str]) -> list[Record]:
    return [one for one in estate["NetworkInterfaces"] if one["NetworkInterfaceId"] in names]


def _listened(estate: Estate, link: Link) -> Iterator[Service]:
    arns = [balancer["LoadBalancerArn"] for balancer in link.balancers]
    for told in estate["LoadBalancerListeners"]:
        for one in told["Listeners"] if told["LoadBalancerArn"] in arns else ():
            for number in CARRIED.get(one["Protocol"], (6,)):
                yield number, one["Port"], 0


def elements(estate: Estate) -> Iterator[str]:
    """Name what of it the estate holds."""
    for offer in estate["ServiceConfigurations"]:
        if "NetworkLoadBalancerArns" not in offer:
            continue
        yield f"endpoint service {offer['ServiceState']}"
        yield f"endpoint service behind {len(offer['NetworkLoadBalancerArns'])} balancers"
    for balancer in estate["LoadBalancers"]:
        if ENFORCED in balancer:
            yield f"groups for PrivateLink {balancer[ENFORCED]}"
