"""Which interfaces are whose: services tied to those that the snapshot shows to be theirs.

A tie is made where it is certain: by id, by an address in the service's VPC, or by what AWS writes
into the interface's description. Where that is the same for all of a service's interfaces,
`service_candidates` says which may be whose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

import msgspec

from netreach.model.records import NetworkInterface
from netreach.model.services import (
    FirewallEndpoint,
    ManagedService,
    NetworkFirewall,
    VpcEndpoint,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address
from netreach.sources.service_candidates import with_candidates

_ENDPOINT: Final = "VPC Endpoint Interface "
_FUNCTION: Final = re.compile(
    r"AWS Lambda VPC ENI-(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_BROKER: Final = "DO NOT DELETE - Amazon MSK network interface for cluster "
#: Tag that Network Firewall puts on its endpoints.
_FIREWALL_TAG: Final = "Firewall"


class _Index:
    """Interfaces of services, by what may tell whose they are; each index built when needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._interfaces = snapshot.interfaces.values()

    @cached_property
    def by_address(self) -> dict[tuple[str, Address], list[NetworkInterface]]:
        """All interfaces, by VPC and each address."""
        index: dict[tuple[str, Address], list[NetworkInterface]] = {}
        for interface in self._interfaces:
            for part in interface.addresses:
                index.setdefault((interface.vpc, part.private), []).append(interface)
        return index

    @cached_property
    def by_description(self) -> dict[str, list[NetworkInterface]]:
        """The interfaces that have a description, by it."""
        index: dict[str, list[NetworkInterface]] = {}
        for interface in self._interfaces:
            if interface.description:
                index.setdefault(interface.description, []).append(interface)
        return index

    @cached_property
    def of_functions(self) -> dict[tuple[str, frozenset[str]], list[NetworkInterface]]:
        """Those of functions, by subnet and groups: functions that agree in both share them."""
        index: dict[tuple[str, frozenset[str]], list[NetworkInterface]] = {}
        for interface in self._interfaces:
            if interface.interface_type == "lambda" or _FUNCTION.fullmatch(interface.description):
                key = (interface.subnet, frozenset(interface.groups))
                index.setdefault(key, []).append(interface)
        return index

    @cached_property
    def by_function(self) -> dict[tuple[str, str], list[NetworkInterface]]:
        """Those of functions, by subnet and the name of the function that they were made for.

        AWS calls an interface of functions after the one that needed it first.
        """
        index: dict[tuple[str, str], list[NetworkInterface]] = {}
        for interface in self._interfaces:
            if made_for := _FUNCTION.fullmatch(interface.description):
                index.setdefault((interface.subnet, made_for[1]), []).append(interface)
        return index


def with_ties(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with the interfaces of services filled in."""
    if not (snapshot.managed_services or snapshot.endpoints or snapshot.firewalls):
        return snapshot
    index = _Index(snapshot)
    managed = {
        number: _service(_placed(each, snapshot), index, snapshot)
        for number, each in snapshot.managed_services.items()
    }
    return msgspec.structs.replace(
        snapshot,
        endpoints={number: _endpoint(each, index) for number, each in snapshot.endpoints.items()},
        firewalls={
            number: _firewall(each, snapshot) for number, each in snapshot.firewalls.items()
        },
        managed_services=with_candidates(managed, snapshot),
    )


def _endpoint(record: VpcEndpoint, index: _Index) -> VpcEndpoint:
    """Find the interfaces of an endpoint that lists none."""
    if record.interfaces:
        return record
    found = index.by_description.get(f"{_ENDPOINT}{record.id}", ())
    return msgspec.structs.replace(record, interfaces=tuple(each.id for each in found))


def _firewall(record: NetworkFirewall, snapshot: Snapshot) -> NetworkFirewall:
    """Find the endpoints of a firewall whose state was not told."""
    if record.endpoints:
        return record
    found = tuple(
        FirewallEndpoint(endpoint=each.id, subnet=subnet, zone=_zone(snapshot, subnet))
        for each in snapshot.endpoints.values()
        if each.tags.get(_FIREWALL_TAG) == record.id and each.state == "available"
        for subnet in each.subnets
    )
    return msgspec.structs.replace(record, endpoints=found)


def _zone(snapshot: Snapshot, subnet: str) -> str:
    record = snapshot.subnets.get(subnet)
    return record.zone if record else ""


def _placed(record: ManagedService, snapshot: Snapshot) -> ManagedService:
    """Say in which VPC a service is that names its subnets or interfaces only."""
    if record.vpc:
        return record
    homes = {
        place.vpc
        for place in (
            *(snapshot.subnets.get(number) for number in record.subnets),
            *(snapshot.interfaces.get(number) for number in record.interfaces),
            snapshot.instances.get(record.instance),
        )
        if place is not None
    }
    return msgspec.structs.replace(record, vpc=homes.pop()) if len(homes) == 1 else record


def _service(record: ManagedService, index: _Index, snapshot: Snapshot) -> ManagedService:
    ties = (*_on_host(record, snapshot), *(each.id for each in _ties(record, index)))
    found = dict.fromkeys((*record.interfaces, *ties))
    return msgspec.structs.replace(record, interfaces=tuple(found))


def _on_host(record: ManagedService, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the interface of the instance that a service runs on: its first one."""
    host = snapshot.instances.get(record.instance) if record.instance else None
    return host.interfaces[:1] if host else ()


def _ties(record: ManagedService, index: _Index) -> Iterator[NetworkInterface]:
    """Yield the interfaces that are certainly a service's, those of other VPCs left out."""
    for found in (*_by_address(record, index), *_by_description(record, index)):
        if not record.vpc or found.vpc == record.vpc:
            yield found


def _by_address(record: ManagedService, index: _Index) -> Iterator[NetworkInterface]:
    if record.vpc:
        for address in record.addresses:
            yield from index.by_address.get((record.vpc, address), ())


def _by_description(record: ManagedService, index: _Index) -> Iterator[NetworkInterface]:
    if record.kind == "lambda-function":
        yield from _of_function(record, index)
    for text in _descriptions(record):
        yield from index.by_description.get(text, ())
    for text in _names_alone(record):
        for found in index.by_description.get(text, ()):
            if found.is_service_owned and _may_own(record, found):
                yield found


def _descriptions(record: ManagedService) -> Iterator[str]:
    """Yield what AWS writes on the interfaces of a service."""
    if record.kind == "mount-target" and record.service_name:
        yield f"EFS mount target for {record.service_name} ({record.id})"
    elif record.kind == "opensearch-domain":
        yield f"ES {record.service_name}"
    elif record.kind == "eks-cluster":
        yield f"Amazon EKS {record.service_name}"


def _may_own(record: ManagedService, interface: NetworkInterface) -> bool:
    return record.owner == interface.owner or not (record.owner and interface.owner)


def _names_alone(record: ManagedService) -> Iterator[str]:
    """Yield what AWS writes that others could write, or that is unique in an account only."""
    if record.kind == "db-proxy":
        yield f"Network interface for DBProxy {record.service_name}"
    elif record.kind == "msk-cluster" and record.arn:
        yield f"{_BROKER}{record.arn}"
        yield f"{_BROKER}{record.arn}."
    elif record.kind in ("cache-cluster", "replication-group"):
        for name in record.members or (record.service_name,):
            yield f"ElastiCache {name}"
            yield f"ElastiCache+{name}"


def _of_function(record: ManagedService, index: _Index) -> Iterator[NetworkInterface]:
    """Yield a function's interfaces: called after it, or shared by all of its subnet and groups."""
    for subnet in record.subnets:
        yield from index.by_function.get((subnet, record.service_name), ())
        yield from index.of_functions.get((subnet, frozenset(record.groups)), ())
