"""Names of balancers: which of its nodes DNS lists [LB-6, LB-8].

A zone in which any of the balancer's groups has too few healthy targets is left out, unless all
are. Of functions AWS counts no health, and of classic balancers no threshold is known. However AWS
counts, it does so in all zones alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from netreach.fabric.load_balancer_compile import crosses_zones
from netreach.fabric.load_balancer_targets import TargetPlaces, in_reach
from netreach.fabric.target_health import DEFAULT_FLOOR, FIT, READINGS, shortfalls
from netreach.model.records import NetworkInterface
from netreach.model.services import BalancerKind, LoadBalancer, TargetGroup

_FEW_KINDS = (BalancerKind.APPLICATION, BalancerKind.NETWORK)


class Listing(NamedTuple):
    """The nodes that a balancer's name leads to, or may lead to."""

    nodes: tuple[NetworkInterface, ...]
    #: Those that it leads past, and the groups with too few healthy targets there.
    left_out: tuple[NetworkInterface, ...] = ()
    few: tuple[str, ...] = ()
    #: Whether nobody knows which of the nodes it leads to.
    is_open: bool = False
    #: Groups of which AWS's own threshold was assumed, where another one might decide.
    assumed: tuple[str, ...] = ()


class _Standing(NamedTuple):
    """How a node's zone does in one group."""

    group: TargetGroup
    #: Whether there are too few healthy targets, by each reading.
    few: tuple[bool, ...]
    #: Whether some target there is not healthy: another threshold than AWS's own may be breached.
    is_mixed: bool


def listed_nodes(
    places: TargetPlaces, balancer: LoadBalancer, nodes: Sequence[NetworkInterface]
) -> Listing:
    """Return which of a balancer's nodes its name leads to."""
    found = {one.id: list(_standings(places, balancer, one)) for one in nodes}
    each = [one for standings in found.values() for one in standings]
    listings = [
        _listing(nodes, {one: any(s.few[reading] for s in found[one]) for one in found})
        for reading in range(len(READINGS))
    ]
    listed = tuple(one for one in nodes if any(one in listing for listing in listings))
    is_open = any(listing != listed for listing in listings)
    out = tuple(one for one in nodes if one not in listed)
    few = _ids(one.group for one in each if any(one.few)) if out or is_open else ()
    assumed = _ids(one.group for one in each if one.group.dns_floor is None and one.is_mixed)
    return Listing(listed, out, few, is_open, assumed)


def _listing(
    nodes: Sequence[NetworkInterface], is_out: dict[str, bool]
) -> tuple[NetworkInterface, ...]:
    """Return the nodes that are in DNS: those that are not out, unless all are."""
    return tuple(one for one in nodes if not is_out[one.id]) or tuple(nodes)


def _ids(groups: Iterator[TargetGroup]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.id for one in groups))


def _standings(
    places: TargetPlaces, balancer: LoadBalancer, node: NetworkInterface
) -> Iterator[_Standing]:
    """Yield how each group does where a node may send."""
    if balancer.kind not in _FEW_KINDS:
        return
    zone, enabled = places.zone_of(node), places.enabled(balancer)
    named = (group for one in balancer.listeners or () for group in one.target_groups)
    for number in dict.fromkeys(named):
        group = places.snapshot.target_groups.get(number)
        if group is None or group.targets is None or group.target_kind == "lambda":
            continue
        crosses = crosses_zones(balancer, group)
        known = places.of_group(group, node.vpc)
        targets = [one.target for one in in_reach(known, zone, enabled, crosses=crosses)]
        few = shortfalls(targets, group.dns_floor or DEFAULT_FLOOR)
        yield _Standing(group, few, any(one.health not in FIT for one in targets))
