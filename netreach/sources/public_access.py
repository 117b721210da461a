"""What subnets and VPCs show of their access to the internet, and the model does not cover.

A subnet tells which mode of VPC Block Public Access is on, and not what exclusions make of it
[BP-1]: where its own describe calls are missing, its gateways are in doubt. A VPC tells that an
Automated Internet Firewall stands at its gateways, and not what that drops.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from netreach.model.records import Vpc
from netreach.model.snapshot import Problem, Snapshot
from netreach.sources import shapes
from netreach.sources.checks import Doubt, with_doubts
from netreach.sources.values import listed, plain

BLOCKED: Final = "block-public-access"
INSPECTED: Final = "automated-internet-firewall"

_FIELDS: Final = ("internet_gateways", "egress_only_gateways")


def doubt_blocked_gateways(snapshot: Snapshot, subnets: Iterable[shapes.Subnet]) -> Snapshot:
    """Return the snapshot with doubts on gateways that Block Public Access may close.

    Where the snapshot holds the mode of the account and Region, nothing is in doubt.
    """
    vpcs = {subnet.vpc_id for subnet in subnets if _is_on(subnet.block_public_access_states)}
    untold = {
        vpc.id for vpc in snapshot.vpcs.values() if vpc.id in vpcs and not _is_told(snapshot, vpc)
    }
    why = "VPC Block Public Access is on, and the snapshot lacks its options"
    message = (
        "subnets show that VPC Block Public Access is on, and the snapshot lacks "
        "describe-vpc-block-public-access-options"
    )
    return _doubted(snapshot, dict.fromkeys(untold, why), BLOCKED, message)


def doubt_inspected_gateways(snapshot: Snapshot, vpcs: Iterable[shapes.Vpc]) -> Snapshot:
    """Return the snapshot with doubts on gateways at which an Automated Internet Firewall stands.

    One that only monitors drops nothing.
    """
    inspected = {
        vpc.vpc_id: f"the Automated Internet Firewall {plain(wall.firewall_arn or '')} stands there"
        for vpc in vpcs
        for wall in vpc.network_firewall_associations or ()
        if wall.firewall_mode != "monitor"
    }
    message = "an Automated Internet Firewall, which is not modelled, inspects what passes"
    return _doubted(snapshot, inspected, INSPECTED, message)


def _doubted(snapshot: Snapshot, vpcs: Mapping[str, str], kind: str, message: str) -> Snapshot:
    """Return the snapshot with doubts on the gateways of VPCs, each with its reason."""
    doubts = list(_doubts(snapshot, vpcs))
    if not doubts:
        return snapshot
    gateways = [doubt.id for doubt in doubts]
    problem = Problem(
        kind=kind, resources=tuple(gateways), message=f"{message}: {listed(gateways)}"
    )
    problems = (*snapshot.problems, problem)
    return msgspec.structs.replace(with_doubts(snapshot, doubts), problems=problems)


def _is_told(snapshot: Snapshot, vpc: Vpc) -> bool:
    """Tell whether the mode of a VPC's owner and Region is known."""
    return any(
        (not block.region or not vpc.region or block.region == vpc.region)
        and (not block.owner or not vpc.owner or block.owner == vpc.owner)
        for block in snapshot.public_access_blocks.values()
    )


def _doubts(snapshot: Snapshot, vpcs: Mapping[str, str]) -> Iterator[Doubt]:
    for field in _FIELDS:
        for gateway in getattr(snapshot, field).values():
            why = [vpcs[tie.vpc] for tie in gateway.attachments if tie.vpc in vpcs]
            if why:
                yield Doubt(field, gateway.id, why[0])


def _is_on(access: shapes.BlockPublicAccess | None) -> bool:
    return access is not None and access.internet_gateway_block_mode not in (None, "", "off")
