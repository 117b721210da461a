"""What `netreach show` says, as JSON, schema `netreach/show/1`: whole, never cut."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from netreach.model.calls import Call
from netreach.model.inventory import (
    Inventory,
    ProblemGroup,
    SubnetSummary,
    UnmodelledGroup,
    VpcSummary,
    age,
)
from netreach.present.page import Json, Page, plain, texts

SCHEMA: Final = "netreach/show/1"


def render_page_json(page: Page) -> str:
    """Return the page about one thing as JSON."""
    return json.dumps({"schema": SCHEMA, "resource": plain(page)}, indent=2)


def render_json(inventory: Inventory, now: datetime) -> str:
    """Return what a snapshot holds as JSON."""
    passed = age(inventory.taken, now)
    answer: Json = {
        "schema": SCHEMA,
        "snapshot": {
            "format": inventory.format,
            "taken": inventory.taken or None,
            "age_seconds": None if passed is None else int(passed.total_seconds()),
            "digest": inventory.digest or None,
        },
        "counts": dict(inventory.counts),
        "vpcs": [_vpc(one) for one in inventory.vpcs],
        "subnets": [_subnet(one) for one in inventory.subnets],
        "problems": [one for group in inventory.problems for one in _problems(group)],
        "unmodelled": [one for group in inventory.unmodelled for one in _unmodelled(group)],
        "missing_calls": [_call(one) for one in inventory.missing_calls],
    }
    return json.dumps(answer, indent=2)


def _vpc(summary: VpcSummary) -> Json:
    record = summary.record
    return {
        "id": record.id,
        "name": record.name,
        "region": record.region or None,
        "account": record.owner or None,
        "cidrs": texts(record.prefixes),
        "default": record.is_default,
        "subnets": summary.subnets,
        "interfaces": summary.interfaces,
    }


def _subnet(summary: SubnetSummary) -> Json:
    record = summary.record
    return {
        "id": record.id,
        "name": record.name,
        "vpc": record.vpc,
        "zone": record.zone or None,
        "zone_id": record.zone_id or None,
        "cidrs": texts(record.prefixes),
        "size": summary.size,
        "usable": summary.usable,
        "used": summary.used,
        "free": summary.free,
        "free_counted_by": _counter(summary),
    }


def _counter(summary: SubnetSummary) -> str | None:
    if summary.free is None:
        return None
    return "aws" if summary.is_counted_by_aws else "netreach"


def _problems(group: ProblemGroup) -> list[Json]:
    return [
        {
            "kind": group.kind,
            "resources": list(problem.resources),
            "message": problem.message,
            "file": problem.file or None,
        }
        for problem in group.problems
    ]


def _unmodelled(group: UnmodelledGroup) -> list[Json]:
    return [
        {"kind": group.kind, "id": one.id, "name": one.name, "vpc": one.vpc or None}
        for one in group.records
    ]


def _call(call: Call) -> Json:
    return {"what": call.what, "effect": call.effect, "commands": list(call.commands)}
