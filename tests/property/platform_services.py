"""Random switches of what a VPC serves itself, and where that is [SG-12, NA-9, HY-4, HY-8]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.property.dice import Dice
from tests.property.plan import Draft, Estate

#: Addresses with what is asked for there; the first one is served.
DNS: Final = ((17, 53, 0), (6, 53, 0), (6, 80, 0))
METADATA: Final = ((6, 80, 0), (6, 80, 0), (17, 123, 0))
TIME: Final = ((17, 123, 0), (6, 123, 0))
ACTIVATION: Final = ((6, 1688, 0), (6, 443, 0))
AT: Final = {
    "169.254.169.253": DNS,
    "169.254.169.254": METADATA,
    "169.254.169.123": TIME,
    "169.254.170.2": METADATA,
    "169.254.169.250": ACTIVATION,
    "169.254.169.251": ACTIVATION,
    "169.254.171.9": ((6, 443, 0), (6, 80, 0)),  # VPC Lattice
    "fd00:ec2::253": DNS,
    "fd00:ec2::254": METADATA,
    "fd00:ec2::123": TIME,
}
#: The metadata service is the one that can be switched off host by host.
FOUR: Final = (*(address for address in AT if ":" not in address), *("169.254.169.254",) * 3)
SIX: Final = tuple(address for address in AT if ":" in address)


def draw_switches(draft: Draft) -> None:
    """Say of a few VPCs whether they have DNS, of a few hosts whether they show metadata."""
    for vpc in draft.estate["Vpcs"]:
        if draft.dice.chance(15):
            vpc["EnableDnsSupport"] = {"Value": not draft.dice.chance(60)}
    for reservation in draft.estate["Reservations"]:
        for instance in reservation["Instances"]:
            if draft.dice.chance(40):
                word = "disabled" if draft.dice.chance(65) else "enabled"
                instance["MetadataOptions"] = {"HttpEndpoint": word}


def service(dice: Dice, address: str) -> tuple[int, int, int]:
    """Draw what is asked for at one of the addresses."""
    return dice.pick(AT[address])


def elements(estate: Estate) -> Iterator[str]:
    """Name what of them the estate holds."""
    for vpc in estate["Vpcs"]:
        if "EnableDnsSupport" in vpc:
            yield f"VPC with DNS {vpc['EnableDnsSupport']['Value']}"
    for reservation in estate["Reservations"]:
        for instance in reservation["Instances"]:
            if "MetadataOptions" in instance:
                yield f"instance metadata {instance['MetadataOptions']['HttpEndpoint']}"
