"""One pair after the other in plain Python: what a matrix replaces, and a check of it.

Everything that decides a pair of the estates of ``shared/tools/estate.py``, on integers: security
groups, network ACLs both ways, the VPC's own routes, peerings, transit gateways, and whether the
replies come back; all protocols over IPv4 and IPv6, between primary addresses. It shares no code
with the engine but the reading of records.
"""

from __future__ import annotations

import random
from time import perf_counter
from typing import Any, Final, NamedTuple

from netreach.model.connections import TransitRoute
from netreach.model.records import (
    NetworkAclRule,
    NetworkInterface,
    Route,
    RouteState,
    SecurityGroupRule,
    TargetKind,
)
from netreach.model.relations import Relations
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Prefix

SAMPLE: Final = 20_000
#: Services are TCP's ports, UDP's, ICMP's types and codes, ICMPv6's, then the other protocols.
BLOCK: Final = 65536
STARTS: Final = {6: 0, 17: BLOCK, 1: 2 * BLOCK, 58: 3 * BLOCK}
OTHERS: Final = 4 * BLOCK
LAST: Final = OTHERS + 251
ALL: Final = ((0, LAST),)
#: ICMP requests, by their block of codes, and the answers that they call for.
ANSWERS: Final = {
    STARTS[protocol] + asked * 256: STARTS[protocol] + answer * 256
    for protocol, asked, answer in (
        (1, 8, 0),
        (1, 13, 14),
        (1, 15, 16),
        (1, 17, 18),
        (58, 128, 129),
    )
}
#: The replies to the client ports that are asked about by default, and to all that has no ports.
REPLIES: Final = (
    (1024, 65535),
    (BLOCK + 1024, 2 * BLOCK - 1),
    *((answer, answer + 255) for answer in sorted(ANSWERS.values())),
    (OTHERS, LAST),
)
Ranges = tuple[tuple[int, int], ...]


class End(NamedTuple):
    """An interface in one address family; addresses of IPv6 are told apart by a bit."""

    address: int
    vpc: str
    subnet: str
    groups: tuple[str, ...]


class Line(NamedTuple):
    """A line of a table: the addresses, and what holds of them."""

    first: int
    last: int
    told: Any


class Estate:
    """An estate in plain dictionaries and lists."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Prepare what the loop reads."""
        self.snapshot, related = snapshot, Relations(snapshot)
        self.ends = {
            one.id: _ends(one)
            for one in snapshot.interfaces.values()
            if one.interface_type == "interface"
        }
        self.groups = {
            (group.id, way): [line for rule in getattr(group, way) for line in self._let(rule)]
            for group in snapshot.security_groups.values()
            for way in ("ingress", "egress")
        }
        self.routes: dict[str, list[Line]] = {}
        self.acls: dict[tuple[str, str], list[Line]] = {}
        for subnet in snapshot.subnets.values():
            table, acl = related.table_of(subnet).record, related.acl_of(subnet).record
            routes = table.routes if table else ()
            lines = [line for route in routes for line in self._leading(route)]
            self.routes[subnet.id] = sorted(lines, key=lambda one: one.last - one.first)
            for way in ("ingress", "egress"):
                rules = sorted(getattr(acl, way) if acl else (), key=lambda one: one.number)
                self.acls[subnet.id, way] = [line for rule in rules for line in _judging(rule)]
        self.tables = {
            table.id: sorted(
                (
                    line
                    for route in (*(table.static_routes or ()), *(table.propagated_routes or ()))
                    for line in self._carrying(route)
                ),
                key=lambda one: one.last - one.first,
            )
            for table in snapshot.transit_route_tables.values()
        }
        self.table_of = {
            (one.gateway, one.resource): one.table
            for one in snapshot.transit_attachments.values()
            if one.state == "available"
        }

    def _let(self, rule: SecurityGroupRule) -> list[Line]:
        services = _services(rule.protocol, rule.low, rule.high)
        if rule.group:
            return [Line(-1, -1, (services, rule.group))]
        return [Line(a, b, (services, "")) for a, b in self._spans(rule.prefix, rule.prefix_list)]

    def _leading(self, route: Route) -> list[Line]:
        way: tuple[str, str] = route.target_kind.value, route.target
        if route.state is RouteState.BLACKHOLE:
            way = "blackhole", ""
        return [Line(a, b, way) for a, b in self._spans(route.destination, route.prefix_list)]

    def _carrying(self, route: TransitRoute) -> list[Line]:
        found = [self.snapshot.transit_attachments[one].resource for one in route.attachments]
        vpc = found[0] if found and route.state == "active" else ""
        return [Line(a, b, vpc) for a, b in self._spans(route.destination, route.prefix_list)]

    def _spans(self, prefix: Any, prefix_list: str) -> list[tuple[int, int]]:  # noqa: ANN401
        found: tuple[Any, ...] = (prefix,) if prefix is not None else ()
        if prefix_list in self.snapshot.prefix_lists:
            found = self.snapshot.prefix_lists[prefix_list].entries or ()
        return [_span(one) for one in found]

    # -- what is timed

    def services(self, left: str, right: str) -> Ranges:
        """Return the services that get there and of which a reply comes back, in any family."""
        found: Ranges = ()
        for source, target in zip(self.ends[left], self.ends[right], strict=True):
            if source and target:
                found = _union([*found, *self._services(source, target)])
        return found

    def _services(self, source: End, target: End) -> Ranges:
        if source.subnet != target.subnet and self.arrives_at(source, target) != target.vpc:
            return ()
        allowed = _meet(
            self._grouped(source, target, "egress"), self._grouped(target, source, "ingress")
        )
        if not allowed or source.subnet == target.subnet:
            return allowed
        allowed = _meet(allowed, self._passed(source.subnet, target.address, "egress", allowed))
        allowed = _meet(allowed, self._passed(target.subnet, source.address, "ingress", allowed))
        if not allowed or self.arrives_at(target, source) != source.vpc:
            return ()
        back = self._passed(target.subnet, source.address, "egress", REPLIES)
        return _completed(allowed, self._passed(source.subnet, target.address, "ingress", back))

    def arrives_at(self, source: End, target: End) -> str:
        """Return the VPC that packets come to."""
        for line in self.routes[source.subnet]:
            if line.first <= target.address <= line.last:
                kind, name = line.told
                break
        else:
            return ""
        if kind == TargetKind.LOCAL:
            return source.vpc
        if kind == TargetKind.VPC_PEERING:
            peering = self.snapshot.peerings[name]
            ends = peering.requester.vpc, peering.accepter.vpc
            return ends[source.vpc == ends[0]] if peering.state == "active" else ""
        if kind == TargetKind.TRANSIT_GATEWAY:
            for line in self.tables.get(self.table_of.get((name, source.vpc)) or "", ()):
                if line.first <= target.address <= line.last:
                    vpc: str = line.told
                    return vpc
        return ""

    def _grouped(self, one: End, peer: End, way: str) -> Ranges:
        found = []
        for group in one.groups:
            for first, last, (services, named) in self.groups[group, way]:
                if named in peer.groups if named else first <= peer.address <= last:
                    found += services
        return _union(found)

    def _passed(self, subnet: str, address: int, way: str, asked: Ranges) -> Ranges:
        """Return what an ACL lets pass: of each service, what the first rule says [NA-2]."""
        allowed: list[tuple[int, int]] = []
        for first, last, (services, allows) in self.acls[subnet, way]:
            if first <= address <= last:
                if allows:
                    allowed += _meet(asked, services)
                asked = _without(asked, services)
                if not asked:
                    break
        return _union(allowed)


def _completed(allowed: Ranges, back: Ranges) -> Ranges:
    """Return the services of which a reply comes back, or that need none."""
    found: list[tuple[int, int]] = []
    for start in (0, BLOCK):
        block = ((start, start + BLOCK - 1),)
        if _meet(back, block):
            found += _meet(allowed, block)
    asks = tuple((asked, asked + 255) for asked in ANSWERS)
    found += _without(_meet(allowed, ((2 * BLOCK, OTHERS - 1),)), asks)
    for asked, answer in ANSWERS.items():
        answers = _meet(back, ((answer, answer + 255),))
        found += _meet(allowed, tuple((a - answer + asked, b - answer + asked) for a, b in answers))
    found += _meet(_meet(allowed, back), ((OTHERS, LAST),))
    return _union(found)


def _ends(one: NetworkInterface) -> tuple[End | None, End | None]:
    """Return an interface in both families, by its primary or else its first address."""
    held = sorted(one.addresses, key=lambda it: not it.is_primary)
    first: dict[int, int] = {}
    for it in held:
        first.setdefault(it.private.family, _placed(it.private.number, it.private.family))
    four, six = (
        End(first[family], one.vpc, one.subnet, one.groups) if family in first else None
        for family in (4, 6)
    )
    return four, six


def _placed(number: int, family: int) -> int:
    return number + (1 << 128) * (family == 6)


def _span(prefix: Prefix) -> tuple[int, int]:
    return _placed(prefix.first, prefix.family), _placed(prefix.last, prefix.family)


def _judging(rule: NetworkAclRule) -> list[Line]:
    services = _services(rule.protocol, rule.low, rule.high)
    return [Line(*_span(rule.prefix), (services, rule.allows))]


def _services(protocol: int, low: int | None, high: int | None) -> Ranges:
    if protocol == -1:
        return ALL
    if protocol not in STARTS:
        point = OTHERS + protocol - sum(known < protocol for known in STARTS)
        return ((point, point),)
    start = STARTS[protocol]
    if protocol in (6, 17):
        return ((start + (low or 0), start + (BLOCK - 1 if high is None else high)),)
    if low is None:
        return ((start, start + BLOCK - 1),)
    codes = (0, 255) if high is None else (high, high)
    return ((start + low * 256 + codes[0], start + low * 256 + codes[1]),)


def _union(ranges: list[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def _meet(left: Ranges, right: Ranges) -> Ranges:
    return tuple(
        (max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) <= min(b, d)
    )


def _without(ranges: Ranges, cut: Ranges) -> Ranges:
    for low, high in cut:
        ranges = tuple(
            part
            for a, b in ranges
            for part in ((a, min(b, low - 1)), (max(a, high + 1), b))
            if part[0] <= part[1]
        )
    return ranges


def sampled(estate: Estate) -> list[tuple[str, str]]:
    """Draw pairs of two interfaces, by their ids."""
    rng, names = random.Random(1), sorted(estate.ends)  # noqa: S311 - nothing is kept secret by it
    pairs = ((rng.choice(names), rng.choice(names)) for _ in range(SAMPLE))
    return [(left, right) for left, right in pairs if left != right]


def ask(estate: Estate, pairs: list[tuple[str, str]]) -> tuple[list[Ranges], float]:
    """Ask about pairs one by one; return what they come to, and the seconds."""
    start = perf_counter()
    found = [estate.services(left, right) for left, right in pairs]
    return found, perf_counter() - start
