"""Managed services as ends: which interfaces they are, as far as the snapshot tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from netreach.model.services import ManagedService
from netreach.model.snapshot import Snapshot
from netreach.query.answers import Answers, merged
from netreach.query.words import brief, safe

#: More ids than this help nobody.
_LISTED: Final = 8
#: Kinds of wholes -> the kind of their parts.
_PARTS: Final = {"db-cluster": "db-instance", "replication-group": "cache-cluster"}
#: What tells the interfaces of a kind apart, beside describe-network-interfaces.
_TOLD_BY: Final = {
    "msk-cluster": "the answer of `aws kafka list-nodes`",
    "serverless-cache": "the answer of describe-vpc-endpoints",
    "msk-serverless-cluster": "the answer of describe-vpc-endpoints",
    "ecs-task": "the answer of `aws ecs describe-container-instances`",
    "replication-group": "the answer of `aws elasticache describe-cache-clusters`",
    "db-cluster": "the answer of `aws rds describe-db-instances`",
}
#: Kinds that name their subnet group only.
_IN_GROUPS: Final = {
    "db-cluster": "`aws rds describe-db-subnet-groups`",
    "cache-cluster": "`aws elasticache describe-cache-subnet-groups`",
    "replication-group": "`aws elasticache describe-cache-subnet-groups`",
    "redshift-cluster": "`aws redshift describe-cluster-subnet-groups`",
}


def of_managed(snapshot: Snapshot, record: ManagedService, name: str = "") -> Answers:
    """Return where a managed service is reached: all of it, or what a DNS name of it means."""
    meant = record.meanings.get(name, ())
    if meant:
        return merged(_of_part(snapshot, record, part) for part in meant)
    known = _held(snapshot, record.interfaces)
    if record.rivals:
        return Answers(unknown=_contested(record))
    if record.candidates:
        found = (*known, *_held(snapshot, record.candidates))
        return Answers(interfaces=found, choice=_undecided(record))
    if known:
        return Answers(interfaces=known)
    if record.addresses:
        return Answers(addresses=record.addresses)
    return Answers(unknown=_lacking(record))


def _of_part(snapshot: Snapshot, whole: ManagedService, part: str) -> Answers:
    """Return where one part of a service is reached: an interface, or a service by name."""
    if part in snapshot.interfaces:
        return Answers(interfaces=(part,))
    kind = _PARTS.get(whole.kind, "")
    found = [
        each
        for each in snapshot.managed_services.values()
        if each.kind == kind and each.service_name == part and each.owner == whole.owner
    ]
    if len(found) == 1:
        return of_managed(snapshot, found[0])
    if kind == "cache-cluster":
        return _of_cache(snapshot, whole, part)
    return Answers(unknown=f"the snapshot lacks {safe(part)}, which {_called(whole)} consists of")


def _of_cache(snapshot: Snapshot, whole: ManagedService, part: str) -> Answers:
    """Return the interface of a cache that no call describes: its name stands on it."""
    known = (snapshot.interfaces.get(number) for number in whole.interfaces)
    written = (f"ElastiCache {part}", f"ElastiCache+{part}")
    own = tuple(one.id for one in known if one and one.description in written)
    return Answers(interfaces=own) if own else Answers(unknown=_lacking(whole))


def _held(snapshot: Snapshot, interfaces: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in interfaces if one in snapshot.interfaces)


def _called(record: ManagedService) -> str:
    return safe(brief(record.id))


def _undecided(record: ManagedService) -> str:
    some = "some" if record.members else "one"
    return (
        f"{_called(record)} has {some} of {_listed(record.candidates)}, which have its groups, "
        "subnets and zone: AWS's calls do not tell which"
    )


def _contested(record: ManagedService) -> str:
    rivals = _listed(brief(one) for one in record.rivals)
    return (
        f"{_called(record)} and {rivals} are more services than the interfaces that may be theirs, "
        f"{_listed(record.candidates)}: the snapshot lacks some; add the whole answer of "
        "describe-network-interfaces"
    )


def _lacking(record: ManagedService) -> str:
    """Say that nothing is tied to a service, and what would tie it."""
    return f"the snapshot ties no network interface to {_called(record)}; {_needed(record)}"


def _needed(record: ManagedService) -> str:
    wanted = list(_wanted(record))
    return f"add {' and '.join(wanted)}"


def _wanted(record: ManagedService) -> Iterator[str]:
    yield f"describe-network-interfaces of its account ({safe(record.owner) or 'not named'})"
    if not record.vpc and record.kind in _IN_GROUPS:
        yield f"the answer of {_IN_GROUPS[record.kind]}"
    if record.kind in _TOLD_BY:
        yield _TOLD_BY[record.kind]


def _listed(words: Iterable[str]) -> str:
    found = [safe(word) for word in words]
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return ", ".join(found[:_LISTED]) + more
