"""Load balancers, their listeners and target groups -> records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from netreach.model.services import (
    BalancerKind,
    BalancerZone,
    HealthFloor,
    Listener,
    LoadBalancer,
    Target,
    TargetGroup,
)
from netreach.packets.prefixes import Family
from netreach.sources import balancer_shapes as shapes
from netreach.sources.describe_endpoints import of_arn, takes_ipv6, texts
from netreach.sources.describe_records import Common
from netreach.sources.values import ImpossibleValueError, echo

CROSS_ZONE: Final = "load_balancing.cross_zone.enabled"
PRESERVES: Final = "preserve_client_ip.enabled"
#: Health is asked for at the port of the traffic.
TRAFFIC_PORT: Final = "traffic-port"

_FACING: Final = "internet-facing"
_LAST_PORT: Final = 65535
#: What a threshold says that does not count.
_OFF: Final = "off"
_KINDS: Final = {kind.value: kind for kind in BalancerKind}
#: Kinds of balancers as their ARNs abbreviate them.
_KIND_BY_PATH: Final = {
    "app": BalancerKind.APPLICATION,
    "net": BalancerKind.NETWORK,
    "gwy": BalancerKind.GATEWAY,
}
_FAMILIES: Final[Mapping[str, Family]] = {"ipv4": 4, "ipv6": 6}
_TRUTHS: Final = {"true": True, "false": False}


def load_balancer(shape: shapes.LoadBalancer, common: Common) -> LoadBalancer:
    """Read an application, network or gateway balancer."""
    common = of_arn(common, shape.load_balancer_arn)
    kind = _kind(shape)
    if kind is None:
        reason = f"its type {echo(shape.type or '')} is not known"
        common = common._replace(doubt=common.doubt or reason)
    enforced = shape.enforce_security_group_inbound_rules_on_private_link_traffic
    return LoadBalancer(
        **common._asdict(),
        kind=kind or BalancerKind.APPLICATION,
        balancer_name=shape.load_balancer_name or "",
        vpc=shape.vpc_id or "",
        state=(shape.state and shape.state.code) or "active",
        is_internet_facing=shape.scheme == _FACING,
        dns_name=shape.dns_name or "",
        zones=tuple(
            BalancerZone(
                zone=zone.zone_name or "", zone_id=zone.zone_id or "", subnet=zone.subnet_id or ""
            )
            for zone in shape.availability_zones or ()
        ),
        groups=texts(shape.security_groups),
        listeners=None if shape.listeners is None else tuple(map(_listener, shape.listeners)),
        is_cross_zone=_truth(shape.attributes, CROSS_ZONE),
        filters_private_link=enforced != "off",
        takes_ipv6=takes_ipv6(shape.ip_address_type),
    )


def _kind(shape: shapes.LoadBalancer) -> BalancerKind | None:
    """Return the type; where it is not said, the ARN tells."""
    if shape.type:
        return _KINDS.get(shape.type)
    path = (shape.load_balancer_arn or "").partition(":loadbalancer/")[2]
    return _KIND_BY_PATH.get(path.partition("/")[0])


def _listener(shape: shapes.Listener) -> Listener:
    actions = (*(shape.default_actions or ()), *(shape.rule_actions or ()))
    return Listener(
        # a gateway balancer's listener names neither protocol nor port
        protocol=shape.protocol or "GENEVE",
        port=shape.port,
        target_groups=texts(_forwarded(actions)),
        id=shape.listener_arn,
    )


def _forwarded(actions: Iterable[shapes.Action]) -> Iterator[str | None]:
    """Yield the target groups of actions; beside others, those of weight 0 get nothing."""
    for action in actions:
        groups = action.forward_config.target_groups if action.forward_config else None
        if groups:
            only = len(groups) == 1
            yield from (group.target_group_arn for group in groups if only or group.weight != 0)
        else:
            yield action.target_group_arn


def classic_balancer(
    shape: shapes.ClassicLoadBalancer, common: Common, zones: Mapping[str, str]
) -> LoadBalancer:
    """Read a classic balancer; `zones` are those of subnets."""
    cross = shape.attributes and shape.attributes.cross_zone_load_balancing
    return LoadBalancer(
        **common._asdict(),
        kind=BalancerKind.CLASSIC,
        balancer_name=shape.load_balancer_name,
        vpc=shape.vpc_id or "",
        is_internet_facing=shape.scheme == _FACING,
        dns_name=shape.dns_name or "",
        zones=_classic_zones(shape, zones),
        groups=texts(shape.security_groups),
        listeners=_classic_listeners(shape.listener_descriptions),
        is_cross_zone=cross.enabled if cross else None,
        instances=texts(instance.instance_id for instance in shape.instances or ()),
        instance_health={
            one.instance_id: _CLASSIC_HEALTH[one.state]
            for one in shape.instance_states or ()
            if one.state in _CLASSIC_HEALTH
        },
    )


#: How a classic balancer's words for an instance's health read as a target's. It has no failing
#: open: without an instance in service nobody answers.
_CLASSIC_HEALTH: Final = {"InService": "healthy", "OutOfService": "unused"}


def _classic_zones(
    shape: shapes.ClassicLoadBalancer, zones: Mapping[str, str]
) -> tuple[BalancerZone, ...]:
    """Return the zones; in a VPC each has a subnet, and the subnet says which zone it is in."""
    if shape.subnets:
        return tuple(
            BalancerZone(zone=zones.get(subnet, ""), subnet=subnet) for subnet in shape.subnets
        )
    return tuple(BalancerZone(zone=zone) for zone in shape.availability_zones or ())


def _classic_listeners(
    descriptions: list[shapes.ListenerDescription] | None,
) -> tuple[Listener, ...] | None:
    if descriptions is None:
        return None
    return tuple(
        Listener(
            protocol=listener.protocol or "TCP",
            port=listener.load_balancer_port,
            instance_port=listener.instance_port,
        )
        for description in descriptions
        if (listener := description.listener)
    )


def target_group(shape: shapes.TargetGroup, common: Common) -> TargetGroup:
    """Read a target group with its targets, if a call told them.

    Raises:
        ImpossibleValueError: the port of its health checks is none.
    """
    return TargetGroup(
        **of_arn(common, shape.target_group_arn)._asdict(),
        group_name=shape.target_group_name or "",
        target_kind=shape.target_type or "instance",
        protocol=shape.protocol or "",
        port=shape.port,
        family=_FAMILIES.get(shape.ip_address_type or ""),
        vpc=shape.vpc_id or "",
        balancers=texts(shape.load_balancer_arns),
        preserves_client=_truth(shape.attributes, PRESERVES),
        is_cross_zone=_truth(shape.attributes, CROSS_ZONE),
        health_protocol=shape.health_check_protocol or "",
        health_port=_health_port(shape.health_check_port),
        routing_floor=_floor(shape.attributes, "unhealthy_state_routing"),
        dns_floor=_floor(shape.attributes, "dns_failover"),
        targets=None if shape.targets is None else tuple(map(_target, shape.targets)),
    )


def _target(shape: shapes.TargetHealth) -> Target:
    """Read a target; in a zone that traffic is shifted away from it counts as unhealthy.

    Then a balancer that fails open uses it all the same
    (docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-shift.resource-types.html).
    """
    health, override = shape.target_health or shapes.Health(), shape.administrative_override
    if override is not None and override.state == "zonal_shift_active":
        health = shapes.Health(state="unhealthy", reason=override.reason or override.state)
    return Target(
        id=shape.target.id,
        port=shape.target.port,
        zone=shape.target.availability_zone or "",
        health=health.state or "",
        reason=health.reason or "",
    )


def _health_port(text: str | None) -> int | None:
    if not text or text == TRAFFIC_PORT:
        return None
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= _LAST_PORT:
        return int(text)
    what = f"{echo(text)} is not a port"
    raise ImpossibleValueError("HealthCheckPort", what, f"write 0 to {_LAST_PORT}, or traffic-port")


def _floor(attributes: list[shapes.Attribute] | None, action: str) -> HealthFloor | None:
    """Return below how many healthy targets AWS acts; None where no call told [LB-6]."""
    if attributes is None:
        return None
    values = {part.key: part.value or "" for part in attributes}
    place = f"target_group_health.{action}.minimum_healthy_targets."
    return HealthFloor(
        count=_threshold(f"{place}count", values.get(f"{place}count", "1")),
        percent=_threshold(f"{place}percentage", values.get(f"{place}percentage", _OFF)),
    )


def _threshold(key: str, text: str) -> int | None:
    if text.lower() == _OFF:
        return None
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    what = f"{key}: {echo(text)} is no number"
    raise ImpossibleValueError("Attributes", what, "write a number, or off")


def _truth(attributes: list[shapes.Attribute] | None, key: str) -> bool | None:
    """Return what an attribute says; None if it says nothing, or "as the balancer does"."""
    values = {part.key: part.value or "" for part in attributes or ()}
    return _TRUTHS.get(values.get(key, "").lower())
