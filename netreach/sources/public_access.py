"""VPC Block Public Access: not modelled yet, so where it is on, gateways are in doubt [BP-1]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from netreach.model.snapshot import Problem, Snapshot
from netreach.sources import shapes
from netreach.sources.checks import Doubt, with_doubts
from netreach.sources.gather import decode_as
from netreach.sources.pieces import BLOCK_PUBLIC_ACCESS, Piece
from netreach.sources.values import listed

BLOCKED: Final = "block-public-access"

_FIELDS: Final = ("internet_gateways", "egress_only_gateways")


def doubt_blocked_gateways(
    snapshot: Snapshot, subnets: Iterable[shapes.Subnet], pieces: Iterable[Piece]
) -> Snapshot:
    """Return the snapshot with doubts on internet gateways that Block Public Access may close."""
    vpcs = {subnet.vpc_id for subnet in subnets if _is_on(subnet.block_public_access_states)}
    regions = {piece.document.region for piece in pieces if _is_option_on(piece)}
    doubts = list(_doubts(snapshot, vpcs, regions))
    if not doubts:
        return snapshot
    gateways = [doubt.id for doubt in doubts]
    problem = Problem(
        kind=BLOCKED,
        resources=tuple(gateways),
        message=f"VPC Block Public Access is on and not modelled yet: {listed(gateways)}",
    )
    problems = (*snapshot.problems, problem)
    return msgspec.structs.replace(with_doubts(snapshot, doubts), problems=problems)


def _doubts(snapshot: Snapshot, vpcs: set[str], regions: set[str]) -> Iterator[Doubt]:
    for field in _FIELDS:
        for gateway in getattr(snapshot, field).values():
            is_in_region = bool(regions) and (
                "" in regions or not gateway.region or gateway.region in regions
            )
            if is_in_region or any(tie.vpc in vpcs for tie in gateway.attachments):
                yield Doubt(field, gateway.id, "VPC Block Public Access is on, not modelled yet")


def _is_on(access: shapes.BlockPublicAccess | None) -> bool:
    return access is not None and access.internet_gateway_block_mode not in (None, "", "off")


def _is_option_on(piece: Piece) -> bool:
    if piece.key != BLOCK_PUBLIC_ACCESS:
        return False
    return _is_on(decode_as(piece, shapes.BlockPublicAccess))
