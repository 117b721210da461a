"""VPC Block Public Access as subnets show it, where its own describe calls are missing [BP-1].

A subnet tells which mode is on, and not what exclusions make of it: its gateways are in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from netreach.model.records import Vpc
from netreach.model.snapshot import Problem, Snapshot
from netreach.sources import shapes
from netreach.sources.checks import Doubt, with_doubts
from netreach.sources.values import listed

BLOCKED: Final = "block-public-access"

_FIELDS: Final = ("internet_gateways", "egress_only_gateways")


def doubt_blocked_gateways(snapshot: Snapshot, subnets: Iterable[shapes.Subnet]) -> Snapshot:
    """Return the snapshot with doubts on gateways that Block Public Access may close.

    Where the snapshot holds the mode of the account and Region, nothing is in doubt.
    """
    vpcs = {subnet.vpc_id for subnet in subnets if _is_on(subnet.block_public_access_states)}
    untold = {
        vpc.id for vpc in snapshot.vpcs.values() if vpc.id in vpcs and not _is_told(snapshot, vpc)
    }
    doubts = list(_doubts(snapshot, untold))
    if not doubts:
        return snapshot
    gateways = [doubt.id for doubt in doubts]
    problem = Problem(
        kind=BLOCKED,
        resources=tuple(gateways),
        message=(
            "subnets show that VPC Block Public Access is on, and the snapshot lacks "
            f"describe-vpc-block-public-access-options: {listed(gateways)}"
        ),
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


def _doubts(snapshot: Snapshot, vpcs: set[str]) -> Iterator[Doubt]:
    for field in _FIELDS:
        for gateway in getattr(snapshot, field).values():
            if any(tie.vpc in vpcs for tie in gateway.attachments):
                why = "VPC Block Public Access is on, and the snapshot lacks its options"
                yield Doubt(field, gateway.id, why)


def _is_on(access: shapes.BlockPublicAccess | None) -> bool:
    return access is not None and access.internet_gateway_block_mode not in (None, "", "off")
