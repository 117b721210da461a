"""YAML forms -> the records of an estate: each VPC with its blocks, subnets and gateways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.model.records import (
    Attachment,
    EgressOnlyInternetGateway,
    InternetGateway,
    Resource,
    RouteState,
    RouteTable,
    Subnet,
    TargetKind,
    Unmodelled,
    Vpc,
)
from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate.balancers import load_balancers
from netreach.sources.yaml_estate.connections import connections
from netreach.sources.yaml_estate.elastic_ips import ElasticIps
from netreach.sources.yaml_estate.endpoints import endpoint_services, endpoints
from netreach.sources.yaml_estate.filters import network_acls, prefix_lists, security_groups
from netreach.sources.yaml_estate.firewalls import firewall_policies, firewalls
from netreach.sources.yaml_estate.forms import Estate, GatewayForm
from netreach.sources.yaml_estate.interfaces import interfaces
from netreach.sources.yaml_estate.managed import client_vpns, managed_services
from netreach.sources.yaml_estate.names import Names, tags_of
from netreach.sources.yaml_estate.nat_gateways import nat_gateways
from netreach.sources.yaml_estate.phrases import PhraseError, Reference
from netreach.sources.yaml_estate.public_access import public_access
from netreach.sources.yaml_estate.routes import MODELLED_TARGETS, route_tables
from netreach.sources.yaml_estate.scope import Common, Scope
from netreach.sources.yaml_estate.space import (
    SUBNET_LENGTHS,
    VPC_LENGTHS,
    AddressBook,
    check_apart,
    check_inside,
    check_length,
)
from netreach.sources.yaml_estate.transit import transit_gateways
from netreach.sources.yaml_estate.whole import Whole
from netreach.sources.yaml_estate.zones import (
    dns_profiles,
    hosted_zones,
    mirror_sessions,
    resolver_rules,
)

_KNOWN_TARGETS: Final = MODELLED_TARGETS | {TargetKind.LOCAL, TargetKind.UNKNOWN}


def estate_records(estate: Estate, names: Names) -> Iterator[Resource]:
    """Yield every record of an estate.

    Raises:
        PhraseError: something is where AWS would not have it, or refers to nothing.
    """
    book = AddressBook()
    elastic_ips = ElasticIps(estate, names, book)
    for key, form in estate.vpcs.items():
        scope = Scope(estate, key, form, names, book)
        yield from _vpc_records(scope)
        yield from interfaces(scope, elastic_ips)
        yield from nat_gateways(scope, elastic_ips)
        yield from endpoints(scope, elastic_ips)
        yield from load_balancers(scope, elastic_ips)
        yield from firewalls(scope, elastic_ips)
        yield from managed_services(scope, elastic_ips)
        yield from client_vpns(scope, elastic_ips)
    yield from elastic_ips.records()
    yield from prefix_lists(estate, names)
    whole = Whole(estate, names)
    yield from connections(whole)
    yield from transit_gateways(whole)
    yield from endpoint_services(whole)
    yield from firewall_policies(whole)
    yield from public_access(whole)
    yield from hosted_zones(whole)
    yield from resolver_rules(whole)
    yield from dns_profiles(whole)
    yield from mirror_sessions(whole)
    yield from _unmodelled(estate, names)


def _vpc_records(scope: Scope) -> Iterator[Resource]:
    form, place = scope.form, f"{scope.place}.cidr"
    for prefix in form.prefixes:
        check_length(prefix, VPC_LENGTHS, place)
    check_apart((prefix, place) for prefix in form.prefixes)
    yield Vpc(
        **scope.common("vpc", scope.key, form),
        prefixes=form.prefixes,
        private_ipv6=_private_ipv6(scope),
        is_default=form.default,
        dns_support=form.dns_support,
        dns_hostnames=form.dns_hostnames,
        dns_servers=tuple(map(str, form.dns_servers)),
    )
    yield from _subnets(scope)
    yield from _gateways(scope)
    yield from network_acls(scope)
    yield from security_groups(scope)
    for table in route_tables(scope):
        yield table
        yield from _unmodelled_targets(scope, table)


def _private_ipv6(scope: Scope) -> tuple[Prefix, ...]:
    """Return the blocks that AWS does not announce to the internet: some of the VPC's own."""
    for row, prefix in enumerate(scope.form.private_ipv6):
        if prefix.family == 4 or prefix not in scope.form.prefixes:
            what = f"{prefix} is none of the VPC's own IPv6 blocks"
            place = f"{scope.place}.private_ipv6.{row}"
            raise PhraseError(what, "write it under `cidrs` as well", place)
    return tuple(scope.form.private_ipv6)


def _subnets(scope: Scope) -> Iterator[Subnet]:
    blocks: list[tuple[Prefix, str]] = []
    for key, form in scope.form.subnets.items():
        place = f"{scope.place}.subnets.{key}.cidr"
        for prefix in form.prefixes:
            check_length(prefix, SUBNET_LENGTHS, place)
            check_inside(prefix, scope.form.prefixes, place, whose="its VPC")
        blocks += [(prefix, place) for prefix in form.prefixes]
        yield Subnet(
            **scope.common("subnet", key, form),
            vpc=scope.id,
            prefixes=form.prefixes,
            zone=scope.zone(form),
            zone_id=form.zone_id,
            maps_public_addresses=form.public_addresses,
            available_addresses=form.available_addresses,
        )
    check_apart(blocks)


def _gateways(scope: Scope) -> Iterator[InternetGateway | EgressOnlyInternetGateway]:
    form = scope.form
    if form.internet_gateway:
        common = _gateway(scope, TargetKind.INTERNET_GATEWAY, form.internet_gateway)
        yield InternetGateway(**common, attachments=_attachments(scope, form.internet_gateway))
    if form.egress_only_gateway:
        common = _gateway(scope, TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, form.egress_only_gateway)
        attachments = _attachments(scope, form.egress_only_gateway)
        yield EgressOnlyInternetGateway(**common, attachments=attachments)


def _gateway(scope: Scope, kind: TargetKind, gateway: bool | GatewayForm) -> Common:
    """Return the common fields of a gateway, which has a name only if the form gives one."""
    found = scope.id_of(kind.value, scope.key)
    if isinstance(gateway, bool):
        return scope.bare(found)
    return scope.bare(found, gateway.account, tags_of(gateway, ""))


def _attachments(scope: Scope, gateway: bool | GatewayForm) -> tuple[Attachment, ...]:
    state = "attached" if isinstance(gateway, bool) else gateway.state
    if state == "detached":
        return ()
    return (Attachment(vpc=scope.id, state="available" if state == "attached" else state),)


def _unmodelled_targets(scope: Scope, table: RouteTable) -> Iterator[Unmodelled]:
    """Yield what the routes lead to and neither the model nor the file describes."""
    for route in table.routes:
        is_there = route.state is not RouteState.BLACKHOLE and not scope.names.knows(route.target)
        if is_there and route.target_kind not in _KNOWN_TARGETS:
            yield Unmodelled(**scope.bare(route.target), kind=route.target_kind.value)


def _unmodelled(estate: Estate, names: Names) -> Iterator[Unmodelled]:
    for key, form in estate.unmodelled.items():
        found = names.own(form.kind, "", key) or key
        yield Unmodelled(
            id=found,
            tags=tags_of(form, key),
            owner=form.account or estate.account or "",
            region=estate.region or "",
            kind=form.kind,
            vpc="" if form.vpc is None else _vpc(names, form.vpc, key),
        )


def _vpc(names: Names, reference: Reference, key: str) -> str:
    place = f"unmodelled.{key}.vpc"
    return names.resolve("vpc", reference.name, reference, place, anywhere=True)
