"""Shelves of what answers or passes on -> the fields of Snapshot that hold it."""

from __future__ import annotations

from functools import partial
from typing import Any

from netreach.model.services import LoadBalancer, ManagedService, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.sources import (
    describe_balancers,
    describe_endpoints,
    describe_firewalls,
    describe_services,
    describe_zones,
    managed_shapes,
)
from netreach.sources.assemble_connections import Build, alive
from netreach.sources.gather import Gathered, Shelf
from netreach.sources.gather_services import Services
from netreach.sources.service_places import Places
from netreach.sources.values import Prefixes

#: How the ids of groups and subnets begin; others are anonymised.
_MENTIONED = ("sg-", "subnet-")


def service_records(
    services: Services, gathered: Gathered, build: Build, read: Prefixes
) -> dict[str, Any]:
    """Return the records of each field.

    Raises:
        InputError: a value can't be.
    """
    targets = {number: found.shape for number, found in services.mirror_targets.items()}
    rule_group = partial(describe_firewalls.rule_group, prefixes=read)
    return {
        "endpoints": alive(build(services.endpoints, describe_endpoints.vpc_endpoint)),
        "endpoint_services": build(services.endpoint_services, describe_endpoints.endpoint_service),
        "load_balancers": _balancers(services, gathered, build),
        "target_groups": build(services.target_groups, describe_balancers.target_group),
        "firewalls": build(services.firewalls, describe_firewalls.firewall),
        "firewall_policies": build(services.firewall_policies, describe_firewalls.firewall_policy),
        "firewall_rule_groups": build(services.firewall_rule_groups, rule_group),
        "public_access_blocks": build(services.blocks, describe_endpoints.public_access_block),
        "public_access_exclusions": build(
            services.exclusions, describe_endpoints.public_access_exclusion
        ),
        "hosted_zones": build(services.hosted_zones, describe_zones.hosted_zone),
        "resolver_rules": _rules(services, build),
        "dns_profiles": _profiles(services, build),
        "mirror_sessions": build(
            services.mirror_sessions, partial(describe_endpoints.mirror_session, targets=targets)
        ),
        "managed_services": _managed(services, build),
    }


def _balancers(services: Services, gathered: Gathered, build: Build) -> dict[str, Any]:
    zones = {
        number: found.shape.availability_zone or "" for number, found in gathered.subnets.items()
    }
    classic = partial(describe_balancers.classic_balancer, zones=zones)
    return {
        **build(services.balancers, describe_balancers.load_balancer),
        **build(services.classics, classic),
    }


def _rules(services: Services, build: Build) -> dict[str, Any]:
    ties = [found.shape for found in services.resolver_ties.values()]
    return build(services.resolver_rules, partial(describe_zones.resolver_rule, ties=ties))


def _profiles(services: Services, build: Build) -> dict[str, Any]:
    read = partial(
        describe_zones.dns_profile,
        ties=services.profiles.ties,
        resources=services.profiles.resources,
    )
    return build(services.profiles.shelf, read)


def _managed(services: Services, build: Build) -> dict[str, Any]:
    caches = services.managed.get("CacheClusters", Shelf())
    members = (found.shape for found in caches.values())
    places = Places(
        services.subnet_groups,
        [each for each in members if isinstance(each, managed_shapes.CacheCluster)],
        [found.shape for found in services.brokers.values()],
        [found.shape for found in services.hosts.values()],
    )
    readers = describe_services.READERS
    return {
        number: record
        for key, shelf in services.managed.items()
        for number, record in build(shelf, _reader(readers[key], places)).items()
    }


def _reader(read: Any, places: Places) -> Any:  # noqa: ANN401 - a reader of any shape
    return lambda shape, common: read(shape, common, places)


def mentions(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """Return the groups and subnets that each service speaks of."""
    records: tuple[VpcEndpoint | LoadBalancer | ManagedService, ...] = (
        *snapshot.endpoints.values(),
        *snapshot.load_balancers.values(),
        *snapshot.managed_services.values(),
    )
    return {
        record.id: frozenset(
            name for name in (*record.groups, *_subnets(record)) if name.startswith(_MENTIONED)
        )
        for record in records
    }


def _subnets(record: VpcEndpoint | LoadBalancer | ManagedService) -> tuple[str, ...]:
    if isinstance(record, LoadBalancer):
        return tuple(zone.subnet for zone in record.zones)
    return record.subnets
