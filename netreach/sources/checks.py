"""What is odd about a snapshot that loads: warnings, and doubts on the records they touch.

A doubt makes every answer that depends on its record `unknown`. References get one only where the
missing thing would have decided: a group that is missing just has no members, and a gateway that a
route names is assumed to exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec

from netreach.model.records import (
    NetworkInterface,
    Resource,
    RouteState,
    Subnet,
    TargetKind,
)
from netreach.model.snapshot import Problem, Snapshot
from netreach.packets.prefixes import Address, Prefix
from netreach.sources.references import Reference, references_of_connections
from netreach.sources.values import listed, plain

RecordT = TypeVar("RecordT", bound=Resource)

MISSING: Final = "reference-to-nothing"
MISSING_CALL: Final = "missing-call"
OUTSIDE: Final = "address-outside-subnet"

#: Describe calls that fill a field of Snapshot, and what its resources are called.
_CALLS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "vpcs": (frozenset({"Vpcs"}), "VPC"),
    "subnets": (frozenset({"Subnets"}), "subnet"),
    "security_groups": (frozenset({"SecurityGroups", "SecurityGroupRules"}), "security group"),
    "interfaces": (frozenset({"NetworkInterfaces"}), "network interface"),
    "instances": (frozenset({"Reservations", "Instances"}), "instance"),
    "internet_gateways": (frozenset({"InternetGateways"}), "internet gateway"),
    "egress_only_gateways": (
        frozenset({"EgressOnlyInternetGateways"}),
        "egress-only internet gateway",
    ),
    "nat_gateways": (frozenset({"NatGateways"}), "NAT gateway"),
    "prefix_lists": (
        frozenset({"PrefixLists", "ManagedPrefixLists", "PrefixListEntries"}),
        "prefix list",
    ),
    "peerings": (frozenset({"VpcPeeringConnections"}), "VPC peering connection"),
    "transit_gateways": (frozenset({"TransitGateways"}), "transit gateway"),
    "transit_attachments": (
        frozenset({"TransitGatewayAttachments", "TransitGatewayVpcAttachments"}),
        "transit gateway attachment",
    ),
    "transit_route_tables": (
        frozenset({"TransitGatewayRouteTables"}),
        "transit gateway route table",
    ),
    "vpn_gateways": (frozenset({"VpnGateways"}), "VPN gateway"),
    "vpn_connections": (frozenset({"VpnConnections"}), "VPN connection"),
    "customer_gateways": (frozenset({"CustomerGateways"}), "customer gateway"),
}
_TARGETS: Final[Mapping[TargetKind, str]] = {
    TargetKind.INTERNET_GATEWAY: "internet_gateways",
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: "egress_only_gateways",
    TargetKind.NAT_GATEWAY: "nat_gateways",
    TargetKind.NETWORK_INTERFACE: "interfaces",
    TargetKind.INSTANCE: "instances",
    TargetKind.VPC_PEERING: "peerings",
    TargetKind.TRANSIT_GATEWAY: "transit_gateways",
    TargetKind.VPN_GATEWAY: "vpn_gateways",
}
#: NAT gateways in these states carry nothing, whatever their records say.
_GONE: Final = frozenset({"deleted", "failed"})


class Doubt(NamedTuple):
    """Why a record can't be trusted."""

    field: str
    id: str
    reason: str


class Findings(NamedTuple):
    """What a check found."""

    problems: list[Problem]
    doubts: list[Doubt]


def checked(snapshot: Snapshot, mentions: Mapping[str, Iterable[str]]) -> Snapshot:
    """Return the snapshot with the problems and doubts that its records give rise to.

    `mentions` are the ids of groups and subnets that services and resources beyond the model
    speak of.
    """
    references = (*_references(snapshot), *_references_of_others(snapshot, mentions))
    return with_findings(snapshot, _dangling(snapshot, references), _outside(snapshot))


def with_findings(snapshot: Snapshot, *findings: Findings) -> Snapshot:
    """Return the snapshot with what checks found."""
    problems = (*snapshot.problems, *(problem for found in findings for problem in found.problems))
    doubts = [doubt for found in findings for doubt in found.doubts]
    return msgspec.structs.replace(with_doubts(snapshot, doubts), problems=problems)


def with_doubts(snapshot: Snapshot, doubts: Iterable[Doubt]) -> Snapshot:
    """Return the snapshot with doubts on records that have none yet."""
    changed: dict[str, dict[str, Resource]] = {}
    for field, number, reason in doubts:
        records = changed.setdefault(field, dict(getattr(snapshot, field)))
        record = records.get(number)
        if record is not None and not record.doubt:
            records[number] = msgspec.structs.replace(record, doubt=reason)
    return msgspec.structs.replace(snapshot, **changed) if changed else snapshot


def _dangling(snapshot: Snapshot, references: Iterable[Reference]) -> Findings:
    """Find references to nothing; one problem for each missing thing, or for a missing call."""
    referrers: dict[tuple[str, str], list[str]] = {}
    doubts: list[Doubt] = []
    for reference in references:
        if not reference.target or reference.target in getattr(snapshot, reference.field):
            continue
        referrers.setdefault((reference.field, reference.target), []).append(reference.referrer)
        if reference.doubted:
            word = _CALLS[reference.field][1]
            reason = f"its {word} {plain(reference.target)} is not in the snapshot"
            doubts.append(Doubt(reference.doubted, reference.referrer, reason))
    absent = {field for field, _ in referrers if not _CALLS[field][0] & snapshot.calls}
    problems = [_missing_call(snapshot, field) for field in _CALLS if field in absent]
    problems += [
        _missing(field, target, list(dict.fromkeys(names)))
        for (field, target), names in referrers.items()
        if field not in absent
    ]
    return Findings(problems, doubts)


def _missing(field: str, target: str, referrers: list[str]) -> Problem:
    word = _CALLS[field][1]
    verb = "refers" if len(referrers) == 1 else "refer"
    return Problem(
        kind=MISSING,
        resources=tuple(referrers),
        message=f"{word} {plain(target)} is not in the snapshot; {listed(referrers)} {verb} to it",
    )


def _missing_call(snapshot: Snapshot, field: str) -> Problem:
    """Say once that a whole call is missing; interfaces may be known from instances alone."""
    word = _CALLS[field][1]
    some = "no other" if getattr(snapshot, field) else "no"
    return Problem(kind=MISSING_CALL, resources=(), message=f"{some} {word}s in this snapshot")


def _references(snapshot: Snapshot) -> Iterator[Reference]:
    yield from _references_of_places(snapshot)
    yield from _references_of_interfaces(snapshot)
    yield from _references_of_filters(snapshot)
    yield from _references_of_tables(snapshot)
    yield from references_of_connections(snapshot)


def _references_of_places(snapshot: Snapshot) -> Iterator[Reference]:
    for subnet in snapshot.subnets.values():
        yield Reference(subnet.id, "vpcs", subnet.vpc, "subnets")
    for gateways in (snapshot.internet_gateways, snapshot.egress_only_gateways):
        for gateway in gateways.values():
            for tie in gateway.attachments:
                yield Reference(gateway.id, "vpcs", tie.vpc)
    for nat in snapshot.nat_gateways.values():
        if nat.state not in _GONE:
            yield Reference(nat.id, "vpcs", nat.vpc)
            yield Reference(nat.id, "subnets", nat.subnet, "nat_gateways")


def _references_of_interfaces(snapshot: Snapshot) -> Iterator[Reference]:
    """Yield those that lead to nothing only: there are many interfaces, and few of these."""
    groups = snapshot.security_groups
    for interface in snapshot.interfaces.values():
        if interface.subnet not in snapshot.subnets:
            yield Reference(interface.id, "subnets", interface.subnet, "interfaces")
        if interface.vpc not in snapshot.vpcs:
            yield Reference(interface.id, "vpcs", interface.vpc, "interfaces")
        if interface.instance not in snapshot.instances:
            yield Reference(interface.id, "instances", interface.instance)
        for group in interface.groups:
            if group not in groups:
                yield Reference(interface.id, "security_groups", group)


def _references_of_filters(snapshot: Snapshot) -> Iterator[Reference]:
    for group in snapshot.security_groups.values():
        yield Reference(group.id, "vpcs", group.vpc)
        for rule in (*group.ingress, *group.egress):
            if rule.group:
                yield Reference(group.id, "security_groups", rule.group)
            elif rule.prefix_list:
                yield Reference(group.id, "prefix_lists", rule.prefix_list)
    for acl in snapshot.network_acls.values():
        yield Reference(acl.id, "vpcs", acl.vpc)
        for subnet in acl.subnets:
            yield Reference(acl.id, "subnets", subnet)


def _references_of_tables(snapshot: Snapshot) -> Iterator[Reference]:
    for table in snapshot.route_tables.values():
        yield Reference(table.id, "vpcs", table.vpc)
        for subnet in table.subnets:
            yield Reference(table.id, "subnets", subnet)
        for route in table.routes:
            if route.prefix_list:
                yield Reference(table.id, "prefix_lists", route.prefix_list)
            field = _TARGETS.get(route.target_kind)
            is_listed = route.target in snapshot.unmodelled
            if field and route.state is not RouteState.BLACKHOLE and not is_listed:
                yield Reference(table.id, field, route.target)


def _references_of_others(
    snapshot: Snapshot, mentions: Mapping[str, Iterable[str]]
) -> Iterator[Reference]:
    """Yield what services and resources beyond the model name in their VPC, if that is known."""
    for number, targets in mentions.items():
        found = snapshot.find(number)
        if found and getattr(found[1], "vpc", "") in snapshot.vpcs:
            for target in sorted(targets):
                field = "subnets" if target.startswith("subnet-") else "security_groups"
                yield Reference(number, field, target)


def _outside(snapshot: Snapshot) -> Findings:
    """Find addresses that lie outside of the subnet that they are said to be in."""
    findings = Findings([], [])
    bounds = {
        number: [(block.family, block.first, block.last) for block in subnet.prefixes]
        for number, subnet in snapshot.subnets.items()
    }
    for interface in snapshot.interfaces.values():
        blocks = bounds.get(interface.subnet)
        if blocks is None or (not interface.delegated and _are_inside(interface, blocks)):
            continue
        private = [part.private for part in interface.addresses]
        home = snapshot.subnets[interface.subnet]
        _note_outside(findings, "interfaces", interface.id, home, [*private, *interface.delegated])
    for nat in snapshot.nat_gateways.values():
        subnet = snapshot.subnets.get(nat.subnet)
        if subnet is not None and nat.state not in _GONE:
            private = [part.private for part in nat.addresses if part.private]
            _note_outside(findings, "nat_gateways", nat.id, subnet, private)
    return findings


def _are_inside(interface: NetworkInterface, blocks: Sequence[tuple[int, int, int]]) -> bool:
    """Tell whether all addresses are in blocks; asked of every interface, hence the plain loop."""
    for part in interface.addresses:
        family, number = part.private
        for block_family, first, last in blocks:
            if family == block_family and first <= number <= last:
                break
        else:
            return False
    return True


def _note_outside(
    findings: Findings,
    field: str,
    number: str,
    subnet: Subnet,
    held: Sequence[Address | Prefix],
) -> None:
    strays = [place for place in held if not _is_inside(place, subnet.prefixes)]
    if not strays:
        return
    blocks = ", ".join(map(str, subnet.prefixes)) or "no CIDR"
    where = f"outside its subnet {plain(subnet.id)} ({blocks})"
    texts = ", ".join(str(place) for place in strays)
    findings.problems.append(
        Problem(kind=OUTSIDE, resources=(number,), message=f"{plain(number)} has {texts}, {where}")
    )
    findings.doubts.append(Doubt(field, number, f"{texts} is {where}"))


def _is_inside(place: Address | Prefix, prefixes: tuple[Prefix, ...]) -> bool:
    return any(prefix.contains(place) for prefix in prefixes)
