"""One pair after the other in plain Python: what a matrix replaces, and a check of it.

Everything that decides a pair of the estates of ``shared/tools/estate.py``, on integers: security
groups, network ACLs both ways, the VPC's own routes, peerings, transit gateways, and whether the
replies come back; TCP and UDP over IPv4, to primary addresses. It shares no code with the engine
but the reading of records.
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

SAMPLE: Final = 20_000
#: Services are TCP's ports, then UDP's.
ALL: Final = ((0, 131071),)
#: The replies to the client ports that are asked about by default.
CLIENTS: Final = ((1024, 65535), (65536 + 1024, 131071))
Ranges = tuple[tuple[int, int], ...]


class End(NamedTuple):
    """An interface."""

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
            one.id: end
            for one in snapshot.interfaces.values()
            if one.interface_type == "interface" and (end := _end(one))
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
        return [(one.first, one.last) for one in found if one.family == 4]

    # -- what is timed

    def services(self, source: End, target: End) -> Ranges:
        """Return the services that get there and of which a reply comes back."""
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
        back = _meet(CLIENTS, self._passed(target.subnet, source.address, "egress", CLIENTS))
        back = _meet(back, self._passed(source.subnet, target.address, "ingress", back))
        return _meet(
            allowed, tuple((a // 65536 * 65536, a // 65536 * 65536 + 65535) for a, _ in back)
        )

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


def _end(one: NetworkInterface) -> End | None:
    held = sorted(one.addresses, key=lambda it: not it.is_primary)
    address = next((it.private.number for it in held if it.private.family == 4), None)
    return None if address is None else End(address, one.vpc, one.subnet, one.groups)


def _judging(rule: NetworkAclRule) -> list[Line]:
    services = _services(rule.protocol, rule.low, rule.high)
    prefix = rule.prefix
    if prefix.family != 4 or not services:
        return []
    return [Line(prefix.first, prefix.last, (services, rule.allows))]


def _services(protocol: int, low: int | None, high: int | None) -> Ranges:
    if protocol == -1:
        return ALL
    if protocol not in (6, 17):
        return ()
    start = 65536 * (protocol == 17)
    return ((start + (low or 0), start + (65535 if high is None else high)),)


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
    ends = [(estate.ends[left], estate.ends[right]) for left, right in pairs]
    start = perf_counter()
    found = [estate.services(left, right) for left, right in ends]
    return found, perf_counter() - start
