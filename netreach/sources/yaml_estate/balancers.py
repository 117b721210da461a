"""YAML forms -> load balancers, their nodes and target groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.model.records import NetworkInterface
from netreach.model.services import (
    BalancerKind,
    BalancerZone,
    HealthFloor,
    Listener,
    LoadBalancer,
    Target,
    TargetGroup,
)
from netreach.packets.prefixes import Address
from netreach.sources.yaml_estate.arns import listener_arn
from netreach.sources.yaml_estate.elastic_ips import ElasticIps
from netreach.sources.yaml_estate.nodes import Served, service_interfaces
from netreach.sources.yaml_estate.phrases import parse_reference
from netreach.sources.yaml_estate.scope import Scope
from netreach.sources.yaml_estate.service_forms import (
    FloorForm,
    LoadBalancerForm,
    TargetForm,
    TargetGroupForm,
)
from netreach.sources.yaml_estate.service_phrases import ListenerPhrase

#: Types of the nodes' interfaces; those of other kinds are like anybody's.
_TYPES: Final = {"network": "network_load_balancer", "gateway": "gateway_load_balancer"}


def load_balancers(
    scope: Scope, elastic_ips: ElasticIps
) -> Iterator[LoadBalancer | TargetGroup | NetworkInterface]:
    """Yield the balancers of a VPC, each with its nodes, and its target groups.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    users: dict[str, list[str]] = {}
    for key, form in scope.form.load_balancers.items():
        yield from _nodes(scope, key, form, elastic_ips)
        balancer = _balancer(scope, key, form)
        yield balancer
        for listener in balancer.listeners or ():
            for group in listener.target_groups:
                users.setdefault(group, []).append(balancer.id)
    for key, group_form in scope.form.target_groups.items():
        found = scope.id_of("target-group", key)
        yield _target_group(scope, key, group_form, tuple(dict.fromkeys(users.get(found, ()))))


def _nodes(
    scope: Scope, key: str, form: LoadBalancerForm, elastic_ips: ElasticIps
) -> Iterator[NetworkInterface]:
    common = scope.common("load-balancer", key, form)
    path = common["id"].partition(":loadbalancer/")[2] or key
    yield from service_interfaces(
        scope,
        elastic_ips,
        common,
        Served(
            key,
            f"{scope.place}.load_balancers.{key}",
            form.subnets,
            interface_type=_TYPES.get(form.kind, "interface"),
            description=f"ELB {path}",
            source_dest_check=form.kind not in _TYPES,
            groups=form.groups,
        ),
    )


def _balancer(scope: Scope, key: str, form: LoadBalancerForm) -> LoadBalancer:
    common, place = scope.common("load-balancer", key, form), f"{scope.place}.load_balancers.{key}"
    listeners = None
    if form.listeners != "unknown":
        listeners = tuple(
            _listener(scope, common["id"], one, f"{place}.listeners.{row}")
            for row, one in enumerate(form.listeners)
        )
    return LoadBalancer(
        **common,
        kind=BalancerKind(form.kind),
        balancer_name=key,
        vpc=scope.id,
        state=form.state,
        is_internet_facing=form.scheme == "internet-facing",
        dns_name=form.dns_name,
        zones=tuple(_zone(scope, subnet, place) for subnet in form.subnets),
        groups=tuple(
            scope.group(one, f"{place}.groups.{row}") for row, one in enumerate(form.groups)
        ),
        listeners=listeners,
        is_cross_zone=form.cross_zone,
        filters_private_link=form.filters_private_link,
        instances=tuple(
            scope.resolve("instance", one, f"{place}.instances.{row}")
            for row, one in enumerate(form.instances)
        ),
    )


def _zone(scope: Scope, subnet: str, place: str) -> BalancerZone:
    home = scope.home(parse_reference(subnet), f"{place}.subnets.{subnet}")
    return BalancerZone(zone=home.zone, zone_id=home.zone_id, subnet=home.id)


def _listener(scope: Scope, balancer: str, phrase: ListenerPhrase, place: str) -> Listener:
    is_classic = phrase.instance_port is not None
    return Listener(
        protocol=phrase.protocol,
        port=phrase.port,
        target_groups=tuple(scope.resolve("target-group", one, place) for one in phrase.groups),
        instance_port=phrase.instance_port,
        id="" if is_classic else listener_arn(balancer, phrase.protocol, phrase.port),
    )


def _target_group(
    scope: Scope, key: str, form: TargetGroupForm, users: tuple[str, ...]
) -> TargetGroup:
    kind, place = form.target_kind, f"{scope.place}.target_groups.{key}.targets"
    targets = None
    if form.targets != "unknown":
        targets = tuple(
            _target(scope, kind, one, f"{place}.{row}") for row, one in enumerate(form.registered)
        )
    check = form.health_check
    return TargetGroup(
        **scope.common("target-group", key, form),
        group_name=key,
        target_kind=kind,
        protocol=form.protocol.upper(),
        port=form.port,
        vpc=scope.id,
        balancers=users,
        preserves_client=form.preserves_client,
        is_cross_zone=form.cross_zone,
        health_protocol=check.protocol if check else "",
        health_port=check.port if check else None,
        routing_floor=_floor(form.routing_floor),
        dns_floor=_floor(form.dns_floor),
        targets=targets,
    )


def _floor(form: FloorForm) -> HealthFloor:
    return HealthFloor(count=form.count, percent=form.percent)


def _target(scope: Scope, kind: str, form: TargetForm, place: str) -> Target:
    who, port, health = form.target
    if isinstance(who, Address):
        found = str(who)
    elif kind == "lambda":
        found = who.name
    else:
        found = scope.resolve("load-balancer" if kind == "alb" else "instance", who, place)
    return Target(id=found, port=port, zone=form.zone, health=health)
