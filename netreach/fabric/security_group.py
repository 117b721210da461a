"""Security groups: stateful allow-lists, unioned per interface [SG-1..6].

Rules with CIDRs and prefix lists become rows of pieces over the peer's atom, one row per distinct
set of groups and direction; rules that name a group become cells (group set, peer's group set).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from netreach.fabric.element import Passage
from netreach.fabric.rules import group_rule_services
from netreach.fabric.vocabulary import Kind
from netreach.model.records import SecurityGroupRule
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import Column, PacketBatch, by_row
from netreach.packets.pieces import PairTable, PieceTable, pieces
from netreach.packets.pool import EVERYTHING, NOTHING, UNSURE, ServicePool
from netreach.packets.prefixes import Prefix
from netreach.packets.services import ServiceSet

GroupSet = tuple[str, ...]
_DIRECTIONS = ("egress", "ingress")


class SecurityGroups(Struct, frozen=True):
    """The groups of all interfaces."""

    #: (2 * group set + direction, peer's atom) -> bounds; direction 1 is ingress.
    by_address: PieceTable
    #: (2 * group set + direction, peer's group set) -> bounds.
    by_reference: PairTable
    #: Interface row -> group set row.
    of_interface: Column
    group_sets: tuple[GroupSet, ...]

    def screen(
        self,
        batch: PacketBatch,
        interfaces: Column,
        peers: Column,
        peer_interfaces: Sequence[Column],
        passage: Passage,
        *,
        ingress: bool,
    ) -> PacketBatch:
        """Ask the groups of interfaces about peers, given as atoms and as interfaces or NO_ROW.

        A reference matches only a peer that is known as an interface [SG-6]; where several may be
        meant, any of them will do.
        """
        rows = 2 * self.of_interface[interfaces] + int(ingress)
        bounds = self.by_address.lookup(rows, peers)
        for peer in peer_interfaces:
            allowed = self.by_reference.lookup(rows, self.of_interface[peer])
            bounds = passage.pool.join(bounds, allowed)
        return passage.screen(Kind.GROUP_SET, interfaces, batch, bounds, ingress=ingress)


def compile_security_groups(
    snapshot: Snapshot, axis: AtomAxis, pool: ServicePool
) -> SecurityGroups:
    """Compile one pair of rows for each distinct set of groups that an interface carries."""
    sets: dict[tuple[GroupSet, bool], int] = {}
    of_interface = [
        sets.setdefault(
            (tuple(sorted(set(record.groups))), _passes_all(record.groups, record)), len(sets)
        )
        for record in snapshot.interfaces.values()
    ]
    group_sets = tuple(groups for groups, _ in sets)
    rows: list[list[tuple[int, int]]] = []
    cells: dict[tuple[int, int], int] = {}
    carriers = _carriers(group_sets)
    for number, (groups, passes_all) in enumerate(sets):
        for direction, word in enumerate(_DIRECTIONS):
            if passes_all:
                rows.append([(0, EVERYTHING)])
                continue
            rules = [(group, rule) for group in groups for rule in _rules(snapshot, group, word)]
            rows.append(_row(snapshot, groups, [rule for _, rule in rules], axis, pool))
            for peer, services in _references(rules, carriers).items():
                cells[2 * number + direction, peer] = pool.intern(services)
    return SecurityGroups(
        by_address=PieceTable.of(rows or [[(0, NOTHING)]] * 2),
        by_reference=PairTable.of(cells, NOTHING),
        of_interface=by_row(of_interface),
        group_sets=group_sets,
    )


def _passes_all(groups: GroupSet, record: object) -> bool:
    """Tell whether the interface is of a kind that has no groups at all [NT-4, LB-2]."""
    kind = getattr(record, "interface_type", "interface")
    return not groups and kind in GROUPLESS_TYPES


#: Interface types that may bear no security group; others without one are incomplete records.
GROUPLESS_TYPES = frozenset(
    {
        "nat_gateway",
        "network_load_balancer",
        "gateway_load_balancer",
        "transit_gateway",
        "gateway_load_balancer_endpoint",
        "global_accelerator_managed",
    }
)


def _rules(snapshot: Snapshot, group: str, direction: str) -> tuple[SecurityGroupRule, ...]:
    record = snapshot.security_groups.get(group)
    return () if record is None else getattr(record, direction)


def _carriers(group_sets: tuple[GroupSet, ...]) -> Mapping[str, list[int]]:
    """Return the rows of the group sets that contain each group."""
    found: dict[str, list[int]] = {}
    for number, groups in enumerate(group_sets):
        for group in groups:
            found.setdefault(group, []).append(number)
    return found


def _references(
    rules: Iterable[tuple[str, SecurityGroupRule]], carriers: Mapping[str, list[int]]
) -> dict[int, ServiceSet]:
    """Return what the rules allow to each group set that carries a group they name."""
    allowed: dict[int, ServiceSet] = {}
    for _, rule in rules:
        services = group_rule_services(rule)
        for peer in carriers.get(rule.group, ()) if rule.group else ():
            allowed[peer] = allowed.get(peer, ServiceSet.empty()) | services
    return allowed


def _row(
    snapshot: Snapshot,
    groups: GroupSet,
    rules: list[SecurityGroupRule],
    axis: AtomAxis,
    pool: ServicePool,
) -> list[tuple[int, int]]:
    spans = [span for rule in rules for span in _spans(snapshot, rule, axis, pool)]
    if not groups or any(_is_unknown(snapshot, group) for group in groups):
        spans.append(((0, len(axis) - 1), UNSURE))
    return pieces(spans, len(axis), _union(pool))


def _is_unknown(snapshot: Snapshot, group: str) -> bool:
    record = snapshot.security_groups.get(group)
    return record is None or bool(record.doubt)


def _spans(
    snapshot: Snapshot, rule: SecurityGroupRule, axis: AtomAxis, pool: ServicePool
) -> Iterator[tuple[Span, int]]:
    services = group_rule_services(rule)
    if rule.prefix is not None:
        yield from _spans_of_prefix(rule.prefix, services, axis, pool)
    if rule.prefix_list:
        record = snapshot.prefix_lists.get(rule.prefix_list)
        if record is None or record.doubt or record.entries is None:
            span = axis.whole(record.family if record else None)
            yield span, pool.intern(ServiceSet.empty(), services)
        else:
            for prefix in record.entries:
                yield from _spans_of_prefix(prefix, services, axis, pool)


def _spans_of_prefix(
    prefix: Prefix, services: ServiceSet, axis: AtomAxis, pool: ServicePool
) -> Iterator[tuple[Span, int]]:
    """Yield what is surely meant, and around it what may be meant where there were host bits."""
    yield axis.span(prefix.certain), pool.intern(services)
    if not prefix.is_certain:
        yield axis.span(prefix), pool.intern(ServiceSet.empty(), services)


def _union(pool: ServicePool) -> Callable[[list[int]], int]:
    memo: dict[tuple[int, ...], int] = {}

    def union(items: list[int]) -> int:
        key = tuple(sorted(set(items)))
        if key not in memo:
            memo[key] = pool.union(key)
        return memo[key]

    return union
