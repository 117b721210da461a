"""What a snapshot holds at a glance: counts, free addresses, what is odd, missing or unmodelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from netreach.model.calls import Call, missing_calls
from netreach.model.connections import AttachmentKind, TransitAttachment, VpcPeering, VpnGateway
from netreach.model.records import (
    NetworkInterface,
    Resource,
    Subnet,
    Unmodelled,
    Vpc,
)
from netreach.model.relations import Relations
from netreach.model.snapshot import KINDS, Problem, Snapshot
from netreach.packets.prefixes import Address, Prefix, is_reserved, usable_addresses

#: Fields of Snapshot whose records are read and shown, though no path can cross them yet.
READ_ONLY_KINDS: Final[tuple[str, ...]] = ()

#: Problem kind of the sources that `MissingCall` says better.
_MISSING_CALL: Final = "missing-call"


@dataclass(frozen=True, slots=True)
class VpcSummary:
    """A VPC and how much is in it."""

    record: Vpc
    subnets: int
    interfaces: int


@dataclass(frozen=True, slots=True)
class SubnetSummary:
    """A subnet and how full its IPv4 blocks are; None where there are none, or nobody knows."""

    record: Subnet
    size: int | None
    usable: int | None
    #: Addresses that the snapshot's interfaces and NAT gateways hold.
    used: int | None
    free: int | None
    #: Whether AWS counted the free addresses itself.
    is_counted_by_aws: bool


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """What was odd in one way."""

    kind: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class UnmodelledGroup:
    """Resources of one kind that the model does not cover yet."""

    kind: str
    records: tuple[Unmodelled, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """A snapshot at a glance."""

    format: str
    taken: str
    digest: str
    #: Type word -> how many that are modelled, in the order of KINDS; every kind has its count.
    counts: Mapping[str, int]
    vpcs: tuple[VpcSummary, ...]
    subnets: tuple[SubnetSummary, ...]
    problems: tuple[ProblemGroup, ...]
    unmodelled: tuple[UnmodelledGroup, ...]
    missing_calls: tuple[Call, ...]


def take_inventory(snapshot: Snapshot) -> Inventory:
    """Look a snapshot over."""
    relations = Relations(snapshot)
    return Inventory(
        format=snapshot.format,
        taken=snapshot.taken,
        digest=snapshot.digest,
        counts=_counts(snapshot),
        vpcs=tuple(_vpc_summary(vpc, relations) for vpc in snapshot.vpcs.values()),
        subnets=tuple(subnet_summary(one, relations) for one in snapshot.subnets.values()),
        problems=_problems(snapshot),
        unmodelled=_unmodelled(snapshot),
        missing_calls=tuple(missing_calls(snapshot)),
    )


def _counts(snapshot: Snapshot) -> dict[str, int]:
    counts = {
        kind: 0 if field in READ_ONLY_KINDS else len(getattr(snapshot, field))
        for field, kind in KINDS.items()
    }
    if "managed_services" not in READ_ONLY_KINDS:
        for service in snapshot.managed_services.values():
            counts[service.kind] = counts.get(service.kind, 0) + 1
    return counts


def age(taken: str, now: datetime) -> timedelta | None:
    """Return how long ago a snapshot was taken, or None if it does not say.

    >>> age("2026-01-01T00:00:00Z", datetime(2026, 1, 3, tzinfo=UTC))
    datetime.timedelta(days=2)
    """
    try:
        moment = datetime.fromisoformat(taken)
    except ValueError:
        return None
    return now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _vpc_summary(vpc: Vpc, relations: Relations) -> VpcSummary:
    return VpcSummary(
        vpc,
        len(relations.subnets_of_vpc.get(vpc.id, ())),
        len(relations.interfaces_of_vpc.get(vpc.id, ())),
    )


def subnet_summary(subnet: Subnet, relations: Relations) -> SubnetSummary:
    """Count the addresses of a subnet."""
    blocks = [prefix for prefix in subnet.prefixes if prefix.family == 4]
    size = sum(block.size for block in blocks) if blocks else None
    usable = sum(map(usable_addresses, blocks)) if blocks else None
    used = None
    if blocks and "NetworkInterfaces" in relations.snapshot.calls:
        used = len(_used(subnet, blocks, relations)) + _delegated(subnet, blocks, relations)
    free = subnet.available_addresses
    if free is None and usable is not None and used is not None:
        free = max(0, usable - used)
    return SubnetSummary(subnet, size, usable, used, free, subnet.available_addresses is not None)


def _used(subnet: Subnet, blocks: list[Prefix], relations: Relations) -> set[Address]:
    """Return the single addresses that somebody holds: not those of delegated prefixes."""
    interfaces = relations.interfaces_of_subnet.get(subnet.id, ())
    held = {address.private for one in interfaces for address in one.addresses}
    for nat in relations.nat_gateways_of_subnet.get(subnet.id, ()):
        held |= {address.private for address in nat.addresses if address.private}
    delegated = _delegated_prefixes(interfaces)
    return {
        address
        for address in held
        if any(block.contains(address) and not is_reserved(block, address) for block in blocks)
        and not any(prefix.contains(address) for prefix in delegated)
    }


def _delegated(subnet: Subnet, blocks: list[Prefix], relations: Relations) -> int:
    delegated = _delegated_prefixes(relations.interfaces_of_subnet.get(subnet.id, ()))
    return sum(
        prefix.size for prefix in delegated if any(block.contains(prefix) for block in blocks)
    )


def _delegated_prefixes(interfaces: Iterable[NetworkInterface]) -> set[Prefix]:
    return {prefix for one in interfaces for prefix in one.delegated}


def _problems(snapshot: Snapshot) -> tuple[ProblemGroup, ...]:
    found: dict[str, list[Problem]] = {}
    for problem in snapshot.problems:
        if problem.kind != _MISSING_CALL:
            found.setdefault(problem.kind, []).append(problem)
    return tuple(ProblemGroup(kind, tuple(problems)) for kind, problems in found.items())


def _unmodelled(snapshot: Snapshot) -> tuple[UnmodelledGroup, ...]:
    found: dict[str, list[Unmodelled]] = {}
    for record in not_modelled(snapshot):
        found.setdefault(record.kind, []).append(record)
    return tuple(UnmodelledGroup(kind, tuple(found[kind])) for kind in sorted(found))


def not_modelled(snapshot: Snapshot) -> Iterator[Unmodelled]:
    """Yield what the snapshot holds and no path can cross yet."""
    yield from snapshot.unmodelled.values()
    for field in READ_ONLY_KINDS:
        for record in getattr(snapshot, field).values():
            yield outline(KINDS.get(field) or record.kind, record)


def is_crossed(snapshot: Snapshot, number: str) -> bool:
    """Tell whether paths can cross a resource that the snapshot holds."""
    return not any(one.id == number for one in not_modelled(snapshot))


def outline(kind: str, record: Resource) -> Unmodelled:
    """Return what a record of any kind tells whoever knows nothing of its kind."""
    return Unmodelled(
        id=record.id,
        kind=kind,
        vpc=_home(record),
        tags=record.tags,
        owner=record.owner,
        region=record.region,
        doubt=record.doubt,
    )


def _home(record: Resource) -> str:
    """Return the VPC that a record belongs to, or nothing."""
    if isinstance(record, VpcPeering):
        return record.requester.vpc
    if isinstance(record, TransitAttachment):
        return record.resource if record.kind is AttachmentKind.VPC else ""
    if isinstance(record, VpnGateway):
        return record.attachments[0].vpc if record.attachments else ""
    vpc: str = getattr(record, "vpc", "")
    return vpc
