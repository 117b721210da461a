"""Ways through load balancers of which nobody knows whether they are taken, and what would tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netreach.explain.components import component, of_row
from netreach.explain.records import Missing
from netreach.explain.traces import PacketStep
from netreach.fabric.origins import Origins
from netreach.fabric.vocabulary import Assumed, Kind
from netreach.model.services import BalancerKind, LoadBalancer, TargetGroup
from netreach.packets.batch import NO_ROW
from netreach.query.words import brief, safe


def open_ways(origins: Origins, steps: Iterable[PacketStep]) -> Iterator[Missing]:
    """Yield what leaves it open whether balancers use some of their targets [LB-6]."""
    assumed = origins.fabric.balancers.ways.assumed
    for step in steps:
        known = step.kind is Kind.LOAD_BALANCER and step.route != NO_ROW
        if known and int(assumed[step.route]) & Assumed.EITHER:
            way = origins.balancer_way(step.route)
            if way.group is not None:
                yield _of_group(way.group)
            elif way.balancer is not None and way.balancer.kind is BalancerKind.CLASSIC:
                yield Missing(of_row(origins, step.kind, step.row), _of_classic(way.balancer))


def _of_group(record: TargetGroup) -> Missing:
    name = safe(brief(record.id))
    why = (
        f"AWS does not say whether targets of {name} that are leaving or not in use count as "
        "registered: too few of all may be healthy"
    )
    return Missing(component("target-group", record.id, record), why)


def _of_classic(record: LoadBalancer) -> str:
    return (
        f"the snapshot does not say whether {safe(brief(record.id))} sends to other zones; add the "
        "answer of describe-load-balancer-attributes"
    )
