"""VPC Block Public Access: what an account lets cross its gateways in a Region [BP-1..4]."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tests.oracle.filters import YES
from tests.oracle.verdict import BLOCKED, Fork, Leg

if TYPE_CHECKING:
    from tests.oracle.walk import Walk
    from tests.oracle.world import Address, Interface, World

Record = Mapping[str, Any]
Estate = Mapping[str, Any]

OFF, INGRESS = "off", "block-ingress"  # the third one blocks both ways
BOTH_WAYS, EGRESS = "allow-bidirectional", "allow-egress"
#: States of exclusions that are in force, and of those that are not any more, or never were.
DONE: Final = ("create-complete", "update-complete")
UNDONE: Final = ("delete-complete", "create-failed")


class Access(StrEnum):
    """What a place may do by internet gateways."""

    ALL = "all"
    BEGIN = "begin"  # whatever begins inside, and its answers
    BY_NAT = "by NAT"  # what NAT gateways and egress-only gateways begin [BP-2]
    NONE = "none"


@dataclass(frozen=True)
class Exclusion:
    place: str  # a subnet or a VPC
    mode: str
    state: str


@dataclass(frozen=True)
class Guard:
    """The switch of each account in each Region, and what it leaves alone."""

    switches: tuple[tuple[str, str, str], ...]  # account, Region, mode
    exclusions: tuple[Exclusion, ...] | None  # None: nobody asked
    homes: Mapping[str, tuple[str, str]]  # VPC -> its account and Region

    def mode(self, vpc: str) -> str:
        """Return the mode that holds for a VPC."""
        account, region = self.homes[vpc]
        for its_account, its_region, mode in self.switches:
            if _may_be(its_account, account) and _may_be(its_region, region):
                return mode
        return OFF


def _may_be(one: str, other: str) -> bool:
    return not one or not other or one == other


# -- on the way


def out(walk: Walk, vpc: str, source: Address, *, by_nat: bool) -> tuple[bool, str]:
    """Say whether a packet may surely not leave by a gateway, and the code [BP-2].

    ``by_nat``: what sends it only ever begins connections.
    """
    place = _place(walk, vpc, source, walk.world.holder(vpc, source))
    return _is_blocked(_access(walk.world, place, _hope), by_nat=by_nat), BLOCKED


def doubt_out(walk: Walk, vpc: str, source: Address, *, by_nat: bool) -> None:
    """Refuse what may not leave in the world being walked."""
    place = _place(walk, vpc, source, walk.world.holder(vpc, source))
    if _is_blocked(_access(walk.world, place, _supposed(walk)), by_nat=by_nat):
        walk.refuse(BLOCKED)


def into(walk: Walk, vpc: str, holder: Interface | None, destination: Address) -> tuple[bool, str]:
    """Say whether a packet may surely not come in by a gateway, and the code [BP-2]."""
    access = _access(walk.world, _place(walk, vpc, destination, holder), _hope)
    return _is_kept_out(walk, access, holder), BLOCKED


def doubt_in(walk: Walk, vpc: str, holder: Interface | None, destination: Address) -> None:
    """Refuse what may not come in in the world being walked.

    Of answers to a public address that may only begin try both: AWS says that what comes in is
    blocked, and does not say that answers are not.
    """
    access = _access(walk.world, _place(walk, vpc, destination, holder), _supposed(walk))
    if _is_kept_out(walk, access, holder):
        walk.refuse(BLOCKED)
    is_nat = holder is not None and holder.is_nat
    if access is Access.BEGIN and walk.leg is Leg.RETURN and not is_nat:
        key = ("answers to what may only begin", vpc, destination)
        if walk.suppose(key, Fork.EITHER, 2, vpc) != YES:
            walk.refuse(BLOCKED)


def _is_kept_out(walk: Walk, access: Access, holder: Interface | None) -> bool:
    if access is Access.BEGIN and walk.leg is Leg.FORWARD:  # it begins outside
        access = Access.BY_NAT
    return _is_blocked(access, by_nat=holder is not None and holder.is_nat)


def _is_blocked(access: Access, *, by_nat: bool) -> bool:
    return access is Access.NONE or (access is Access.BY_NAT and not by_nat)


def _place(walk: Walk, vpc: str, address: Address, holder: Interface | None) -> tuple[str, str]:
    """Return the VPC and the subnet of an address: the workload's, not an appliance's [BP-4].

    What stands in no subnet is in its VPC alone [NT-6].
    """
    covering = walk.world.subnet_of(vpc, address)
    return vpc, holder.subnet if holder is not None else covering.id if covering else ""


def _access(world: World, place: tuple[str, str], is_so: Callable[[str], bool]) -> Access:
    """Return what a place may do; ``is_so`` answers what nobody knows of exclusions."""
    mode = world.guard.mode(place[0])
    if mode == OFF or BOTH_WAYS in _allowed(world, place, is_so):
        return Access.ALL
    if mode == INGRESS:  # to allow egress means nothing there
        return Access.BY_NAT
    return Access.BEGIN if EGRESS in _allowed(world, place, is_so) else Access.NONE


def _allowed(world: World, place: tuple[str, str], is_so: Callable[[str], bool]) -> Iterator[str]:
    exclusions = world.guard.exclusions
    if exclusions is None and is_so("exclusions of " + " ".join(place)):
        yield BOTH_WAYS
    for exclusion in exclusions or ():
        if exclusion.place not in place or exclusion.state in UNDONE:
            continue
        if exclusion.state in DONE or is_so(exclusion.place):
            yield exclusion.mode


def _hope(what: str) -> bool:
    del what
    return True


def _supposed(walk: Walk) -> Callable[[str], bool]:
    """Return what holds in the world being walked: exclusions on their way, or not asked for."""
    return lambda what: walk.suppose(("excluded", what), Fork.EITHER, 2, what) == YES


# -- reading


def guard(estate: Estate) -> Guard:
    """Read the options and the exclusions; where VPCs lie, their subnets' zones tell."""
    exclusions = estate.get("VpcBlockPublicAccessExclusions")
    return Guard(
        tuple(
            (
                record.get("AwsAccountId", ""),
                record.get("AwsRegion", ""),
                record["InternetGatewayBlockMode"],
            )
            for record in estate.get("VpcBlockPublicAccessOptions", ())
        ),
        None if exclusions is None else tuple(map(_exclusion, exclusions)),
        dict(_homes(estate)),
    )


def _exclusion(record: Record) -> Exclusion:
    place = record["ResourceArn"].split("/")[-1]
    return Exclusion(place, record["InternetGatewayExclusionMode"], record["State"])


def _homes(estate: Estate) -> Iterator[tuple[str, tuple[str, str]]]:
    for vpc in estate.get("Vpcs", ()):
        zones = [
            s.get("AvailabilityZone", "") for s in estate["Subnets"] if s["VpcId"] == vpc["VpcId"]
        ]
        region = zones[0][:-1] if zones else ""
        yield vpc["VpcId"], (vpc.get("OwnerId", ""), region)
