"""Random Route 53 Profiles: zones, rules and endpoints lent to VPCs, beside what those have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tests.property.dice import Dice
from tests.property.plan import Estate, Record

ACCOUNT: Final = "111122223333"
#: A VPC that no snapshot holds: a zone that serves only it is lent to all others.
HUB: Final = "vpc-0hub"
#: What profiles bring that answers no name.
SILENT: Final = (
    "arn:aws:route53resolver:eu-central-1:111122223333:firewall-rule-group/rslvr-frg-01",
    "arn:aws:route53resolver:eu-central-1:111122223333:resolver-query-log-config/rqlc-01",
)
LOST: Final = (
    "arn:aws:route53:::hostedzone/Z0ELSEWHERE",
    "arn:aws:route53resolver:eu-central-1:111122223333:resolver-rule/rslvr-rr-0lost",
)
OVER: Final = ("DELETING", "DELETED", "FAILED")

#: Draws records of a zone: of an id and a domain.
DrawZone = Callable[[str, str], None]


def draw_profiles(dice: Dice, estate: Estate, domains: tuple[str, ...], zone: DrawZone) -> None:
    """Draw no profile, or one; seldom two.

    `domains` are those that zones may have, and `zone` draws one that serves nobody yet.
    """
    estate["ProfileSummaries"], estate["ProfileContents"] = [], []
    if not dice.chance(45):
        return
    for domain in dice.some(tuple(dict.fromkeys(domains)), 0, 2):
        number = f"Z1{domains.index(domain)}LENTZONE00000"
        zone(number, domain)
        estate["ZoneVpcs"].append({"Zone": number, "VPCs": [{"VPCRegion": "x", "VPCId": HUB}]})
    profiles = [f"rp-0{number}example" for number in range(2 if dice.chance(20) else 1)]
    for profile in profiles:
        estate["ProfileSummaries"].append({"Id": profile, "Name": "shared"})
        if not dice.chance(5):
            brought = list(_brought(dice, estate, profile))
            contents = {"Profile": profile, "ProfileResourceAssociations": brought}
            estate["ProfileContents"].append(contents)
    if not dice.chance(6):
        ties = [tie for profile in profiles for tie in _ties(dice, estate, profile)]
        estate["ProfileAssociations"] = ties


def _brought(dice: Dice, estate: Estate, profile: str) -> Iterator[Record]:
    """Yield what a profile brings: zones and rules of others and of the VPCs themselves."""
    arns = [
        f"arn:aws:route53:::{zone['Id'].lstrip('/')}"
        for zone in estate["HostedZones"]
        if zone["Config"]["PrivateZone"] and dice.chance(80 if "LENT" in zone["Id"] else 25)
    ]
    arns += [
        f"arn:aws:route53resolver:eu-central-1:{ACCOUNT}:resolver-rule/{rule['Id']}"
        for rule in estate["ResolverRules"]
        if dice.chance(50)
    ]
    arns += [
        f"arn:aws:ec2:eu-central-1:{ACCOUNT}:vpc-endpoint/{one['VpcEndpointId']}"
        for one in estate["VpcEndpoints"]
        if one["VpcEndpointType"] == "Interface" and dice.chance(15)
    ]
    arns += dice.some(SILENT, 0, 1) + (dice.some(LOST, 1, 1) if dice.chance(4) else [])
    for number, arn in enumerate(arns):
        status = dice.pick(OVER) if dice.chance(8) else "COMPLETE"
        name = f"rpr-0{number}"
        yield {"Id": name, "ProfileId": profile, "ResourceArn": arn, "Status": status}


def _ties(dice: Dice, estate: Estate, profile: str) -> Iterator[Record]:
    for vpc in (*(one["VpcId"] for one in estate["Vpcs"]), HUB):
        if dice.chance(65):
            status = dice.pick(OVER) if dice.chance(8) else "COMPLETE"
            number = f"rpassoc-{profile}-{vpc}"
            yield {"Id": number, "ProfileId": profile, "ResourceId": vpc, "Status": status}
