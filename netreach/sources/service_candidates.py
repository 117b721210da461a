"""Interfaces that carry no name of their service: which of them may be whose.

RDS (and with it Neptune and DocumentDB) and Redshift write the same words on every interface that
they make. What their own calls tell is the subnet group, the security groups and the zone: an
interface with exactly those may be the service's, no other one is. A service of which that leaves
one interface has it; of several, any may be it. Where more services fit than there are interfaces,
the snapshot lacks some of them, and nobody can say whose the others are.

A serverless cache or streaming cluster is reached by a VPC endpoint that AWS puts into its subnets,
with its groups. An endpoint of a service of AWS's own is none of that kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from netreach.fabric.endpoint import endpoints_of_interfaces
from netreach.fabric.endpoint_ports import is_of_aws
from netreach.model.records import NetworkInterface
from netreach.model.services import ManagedService
from netreach.model.snapshot import Snapshot

#: Kinds of services -> what they write on their interfaces.
_WRITTEN: Final[Mapping[str, str]] = {
    "db-instance": "RDSNetworkInterface",
    "db-cluster": "RDSNetworkInterface",
    "redshift-cluster": "RedshiftNetworkInterface",
}
#: Kinds of services that are reached by a VPC endpoint.
_BEHIND_ENDPOINTS: Final = frozenset({"serverless-cache", "msk-serverless-cluster"})
#: What a whole of these kinds consists of.
_PARTS: Final[Mapping[str, str]] = {
    "db-cluster": "db-instance",
    "replication-group": "cache-cluster",
}

Services = dict[str, ManagedService]


def with_candidates(services: Services, snapshot: Snapshot) -> Services:
    """Return the services with what may be theirs, wholes with what their parts have."""
    found = {number: _candidates(each, snapshot) for number, each in services.items()}
    doors = endpoints_of_interfaces(snapshot)
    settled = {
        number: _settled(
            each,
            found[number],
            _claims(services, found, number),
            {doors.get(one, one) for one in found[number]},
        )
        for number, each in services.items()
    }
    return {number: _whole(each, settled) for number, each in settled.items()}


def _candidates(record: ManagedService, snapshot: Snapshot) -> frozenset[str]:
    """Return the interfaces that may be a service's, by what is written on them alone."""
    if record.kind in _BEHIND_ENDPOINTS:
        return _of_endpoints(record, snapshot)
    written = _WRITTEN.get(record.kind)
    if not written or record.interfaces or record.addresses or _knows_parts(record):
        return frozenset()
    if not (record.vpc or record.groups):
        return frozenset()
    return frozenset(
        interface.id
        for interface in snapshot.interfaces.values()
        if interface.description == written and _fits(interface, record, snapshot)
    )


def _of_endpoints(record: ManagedService, snapshot: Snapshot) -> frozenset[str]:
    """Return the interfaces of the endpoints that may be a service's.

    None where the record of one is missing: it may be any other service's.
    """
    if not record.subnets:
        return frozenset()
    found = {
        number: snapshot.endpoints.get(endpoint)
        for number, endpoint in endpoints_of_interfaces(snapshot).items()
        if _fits(snapshot.interfaces[number], record, snapshot)
    }
    if None in found.values():
        return frozenset()
    return frozenset(number for number, each in found.items() if each and not is_of_aws(each))


def _fits(interface: NetworkInterface, record: ManagedService, snapshot: Snapshot) -> bool:
    """Tell whether an interface has the groups, the subnet and the zone of a service."""
    subnet = snapshot.subnets.get(interface.subnet)
    zone = interface.zone or (subnet.zone if subnet else "")
    groups = frozenset(record.groups) if record.has_settled_groups else frozenset()
    return (
        interface.is_service_owned
        and (not groups or frozenset(interface.groups) == groups)
        and (not record.vpc or interface.vpc == record.vpc)
        and (not record.subnets or interface.subnet in record.subnets)
        and (not (record.zone and zone) or zone == record.zone)
        and (not (record.owner and interface.owner) or record.owner == interface.owner)
    )


def _knows_parts(record: ManagedService) -> bool:
    return record.kind in _PARTS and bool(record.members)


def _claims(
    services: Services, found: Mapping[str, frozenset[str]], number: str
) -> tuple[str, ...]:
    """Return the services whose interface is one of another's candidates, for sure."""
    kind, mine = services[number].kind, found[number]
    return tuple(
        other
        for other, theirs in found.items()
        if theirs and theirs <= mine and services[other].kind == kind
    )


def _settled(
    record: ManagedService, found: frozenset[str], claims: tuple[str, ...], ends: set[str]
) -> ManagedService:
    """Tie what is certain, else name what may be the service's.

    `ends` are the interfaces, those of one endpoint as one.
    """
    if not found:
        return record
    ordered = tuple(sorted(found))
    if len(claims) > len(ends):
        rivals = tuple(other for other in claims if other != record.id)
        return msgspec.structs.replace(record, candidates=ordered, rivals=rivals)
    if len(ends) == 1:
        return msgspec.structs.replace(record, interfaces=ordered)
    return msgspec.structs.replace(record, candidates=ordered)


def parts_of(record: ManagedService, services: Mapping[str, ManagedService]) -> Services:
    """Return the parts of a whole that are there, by name."""
    kind = _PARTS.get(record.kind, "")
    return {
        each.service_name: each
        for each in services.values()
        if each.kind == kind and each.service_name in record.members and _is_beside(each, record)
    }


def _is_beside(part: ManagedService, whole: ManagedService) -> bool:
    """Tell whether two services can be of one account and Region: names are unique there only."""
    pairs = ((part.owner, whole.owner), (part.region, whole.region))
    return all(mine == theirs or not (mine and theirs) for mine, theirs in pairs)


def _whole(record: ManagedService, services: Services) -> ManagedService:
    """Give a whole what its parts have, if all of them are there."""
    parts = parts_of(record, services) if _knows_parts(record) and not record.interfaces else {}
    if not parts or len(parts) < len(record.members):
        return record
    return msgspec.structs.replace(
        record,
        interfaces=tuple(_each(parts, "interfaces")),
        candidates=tuple(_each(parts, "candidates")),
        rivals=tuple(_each(parts, "rivals")),
    )


def _each(parts: Services, field: str) -> Iterator[str]:
    found = (each for part in parts.values() for each in getattr(part, field))
    yield from dict.fromkeys(found)
