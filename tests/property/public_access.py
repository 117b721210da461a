"""Random switches of VPC Block Public Access, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.property.plan import Draft, Estate, Record, VpcPlan

OPTIONS, EXCLUSIONS = "VpcBlockPublicAccessOptions", "VpcBlockPublicAccessExclusions"
ACCOUNT, STRANGER = "111122223333", "444455556666"
HOME, AWAY = "eu-central-1", "us-east-1"
MODES: Final = ("block-ingress", "block-bidirectional", "block-bidirectional", "off")
#: The first ones are in force.
STATES: Final = ("create-complete",) * 6 + (
    "update-complete",
    "delete-complete",
    "create-in-progress",
    "create-failed",
)


def draw_public_access(draft: Draft) -> None:
    """Switch it on in a few estates, and leave some of their VPCs and subnets alone."""
    dice = draft.dice
    if not dice.chance(10):
        return
    account = ACCOUNT if dice.chance(30) else ""
    option: Record = {"AwsRegion": AWAY if dice.chance(8) else HOME}
    option |= {"AwsAccountId": account} if account else {}
    draft.estate[OPTIONS].append({**option, "InternetGatewayBlockMode": dice.pick(MODES)})
    if account:  # a VPC of another account is another account's affair
        for record in draft.estate["Vpcs"]:
            record["OwnerId"] = STRANGER if dice.chance(20) else ACCOUNT
    for vpc in draft.vpcs:
        _exclude(draft, vpc)
    if dice.chance(9):
        del draft.estate[EXCLUSIONS]


def _exclude(draft: Draft, vpc: VpcPlan) -> None:
    dice = draft.dice
    places = [f"vpc/{vpc.id}"] * dice.chance(12)
    places += [f"subnet/{subnet.id}" for subnet in vpc.subnets if dice.chance(50)]
    for place in places:
        mode = "allow-egress" if dice.chance(40) else "allow-bidirectional"
        draft.estate[EXCLUSIONS].append(
            {
                "ExclusionId": f"vpcbpa-exclude-{place.partition('/')[2]}",
                "ResourceArn": f"arn:aws:ec2:{HOME}:{ACCOUNT}:{place}",
                "InternetGatewayExclusionMode": mode,
                "State": dice.pick(STATES),
            }
        )


def as_described(estate: Estate) -> dict[str, Any]:
    """Return the estate as AWS writes it: the options are one answer, not a list."""
    described: dict[str, Any] = dict(estate)
    options = described.pop(OPTIONS, [])
    return described | ({OPTIONS: options[0]} if options else {})


def elements(estate: Estate) -> Iterator[str]:
    """Name what of it the estate holds."""
    for option in estate[OPTIONS]:
        yield f"public access {option['InternetGatewayBlockMode']}"
        yield "public access elsewhere" if option["AwsRegion"] == AWAY else "public access here"
        if EXCLUSIONS not in estate:
            yield "exclusions not asked for"
    for exclusion in estate.get(EXCLUSIONS, ()):
        yield f"exclusion {exclusion['InternetGatewayExclusionMode']}"
        yield f"exclusion {exclusion['State']}"
        yield f"exclusion of a {exclusion['ResourceArn'].split(':')[-1].split('/')[0]}"
