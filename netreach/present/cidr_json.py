"""The answers of `netreach cidr` as JSON, schema `netreach/cidr/1`."""

from __future__ import annotations

import json
from typing import Final

from netreach.errors import UsageError
from netreach.packets.calculator import (
    RESERVED,
    Block,
    HostPlan,
    Membership,
    Report,
    Split,
    SubnetSize,
)
from netreach.packets.prefixes import Prefix
from netreach.packets.scopes import Placement
from netreach.packets.vpc_blocks import Acceptance, VpcFit, as_subnet, usable_range
from netreach.present.cidr import number

#: How many subnets one split lists.
JSON_LIMIT: Final = 4096

Json = dict[str, object]


def _acceptance_json(acceptance: Acceptance) -> Json:
    """Return a yes or no with its reason."""
    return {"accepted": acceptance.accepted, "why": acceptance.why}


def _scope_json(placement: Placement) -> Json:
    """Return private or public, and by which standard."""
    scope = placement.scope
    return {
        "kind": placement.kind,
        "range": str(scope.prefix) if scope else None,
        "source": scope.source if scope else None,
        "parts": [{"range": str(part.prefix), "kind": part.kind} for part in placement.parts],
    }


def _subnet_json(block: Block) -> Json:
    """Return a block as a subnet; without addresses if AWS does not take it as one."""
    accepted = block.subnet.accepted
    first, last = map(str, usable_range(block.prefix)) if accepted else (None, None)
    size = SubnetSize(block.prefix.family, block.prefix.length)
    return {
        **_acceptance_json(block.subnet),
        "usable": size.usable if accepted else 0,
        "first_usable": first,
        "last_usable": last,
        "reserved": [
            {"address": str(one.address), "purpose": one.purpose} for one in block.reserved
        ],
    }


def _block_json(block: Block) -> Json:
    """Return everything about one block."""
    return {
        "asked": block.asked,
        "cidr": str(block.prefix),
        "family": block.prefix.family,
        "first": str(block.first),
        "last": str(block.last),
        "addresses": block.prefix.size,
        "netmask": str(block.netmask),
        "wildcard": str(block.wildcard),
        "scope": _scope_json(block.placement),
        "vpc": _acceptance_json(block.vpc),
        "subnet": _subnet_json(block),
        "notes": list(block.notes),
    }


def _fit_json(fit: VpcFit) -> Json:
    """Return what AWS says to the blocks of one VPC."""
    return {
        "fits": fit.fits,
        "blocks": [
            {"cidr": str(one.prefix), "role": one.role, **_acceptance_json(one.verdict)}
            for one in fit.associations
        ],
        "problems": list(fit.problems),
        "order": [str(prefix) for prefix in fit.order],
    }


def _size_json(size: SubnetSize | None) -> Json | None:
    """Return a size of subnets."""
    if size is None:
        return None
    return {"length": size.length, "addresses": size.size, "usable": size.usable}


def _plan_json(plan: HostPlan) -> Json:
    """Return which subnet size so many hosts need."""
    return {
        "hosts": plan.hosts,
        "needed": plan.hosts + RESERVED,
        "best": _size_json(plan.best),
        "smaller": _size_json(plan.smaller),
        "larger": _size_json(plan.larger),
        "within": str(plan.within) if plan.within else None,
        "room_for": plan.subnets.count if plan.subnets else 0 if plan.within else None,
    }


def _split_json(split: Split) -> Json:
    """Return all the subnets of a prefix.

    Raises:
        UsageError: there are more than a list should have.
    """
    if split.count > JSON_LIMIT:
        raise UsageError(
            place="--format json",
            what=f"{split.prefix} has {number(split.count)} blocks of /{split.length}",
            mend=f"ask for at most {JSON_LIMIT:,}: split a smaller block, or into larger ones",
        )
    accepted = as_subnet(Prefix(split.prefix.family, split.prefix.first, split.length)).accepted
    usable = SubnetSize(split.prefix.family, split.length).usable if accepted else 0
    return {
        "cidr": str(split.prefix),
        "length": split.length,
        "count": split.count,
        "usable_each": usable,
        "subnets": [str(subnet) for subnet in split.subnets(JSON_LIMIT)],
    }


def _membership_json(member: Membership) -> Json:
    """Return whether an address is inside."""
    return {
        "asked": str(member.asked),
        "cidr": str(member.prefix),
        "inside": member.inside,
        "offset": member.offset if member.inside else None,
        "reserved": member.reserved.purpose if member.reserved else None,
    }


def render_json(report: Report) -> str:
    """Return the answers as JSON; what was not asked for is an empty list or null.

    Raises:
        UsageError: a list would be too long.
    """
    answers: Json = {
        "schema": "netreach/cidr/1",
        "prefixes": list(map(_block_json, report.blocks)),
        "overlaps": [{"outer": str(one.outer), "inner": str(one.inner)} for one in report.overlaps],
        "aggregate": [str(prefix) for prefix in report.aggregate],
        "vpc": _fit_json(report.vpc) if report.vpc else None,
        "hosts": list(map(_plan_json, report.plans)),
        "splits": list(map(_split_json, report.splits)),
        "contains": list(map(_membership_json, report.memberships)),
    }
    return json.dumps(answers, indent=2)
