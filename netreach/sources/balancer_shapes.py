"""Shapes of load balancers: what they take, and the targets that they send to."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from netreach.sources.service_shapes import Named, Port
from netreach.sources.shapes import Resource, Shape


class BalancerState(Shape):
    """The state of a balancer."""

    code: str | None = None


class BalancerZone(Shape):
    """One zone of a balancer."""

    zone_name: str | None = None
    zone_id: str | None = None
    subnet_id: str | None = None


class ForwardGroup(Shape):
    """One target group of a forward action."""

    target_group_arn: str | None = None
    weight: int | None = None


class ForwardConfig(Shape):
    """The target groups of a forward action."""

    target_groups: list[ForwardGroup] | None = None


class Action(Shape):
    """What a listener or a rule does with what it takes."""

    type: str | None = None
    target_group_arn: str | None = None
    forward_config: ForwardConfig | None = None


class Listener(Resource, kw_only=True):
    """An item of Listeners."""

    key: ClassVar[str] = "listener_arn"

    listener_arn: str
    load_balancer_arn: str | None = None
    protocol: str | None = None
    port: Port | None = None
    default_actions: list[Action] | None = None
    #: Actions of its rules, put here by the gathering.
    rule_actions: list[Action] | None = None


class Rule(Shape):
    """An item of Rules; its ARN begins as its listener's does."""

    rule_arn: str
    actions: list[Action] | None = None


class Attribute(Shape):
    """One attribute of a balancer or a target group."""

    key: str
    value: str | None = None


class LoadBalancer(Named, kw_only=True):
    """An item of LoadBalancers."""

    key: ClassVar[str] = "load_balancer_arn"
    other_key: ClassVar[str] = "load_balancer_name"

    load_balancer_arn: str | None = None
    load_balancer_name: str | None = None
    type: str | None = None
    scheme: str | None = None
    vpc_id: str | None = None
    state: BalancerState | None = None
    dns_name: str | None = msgspec.field(default=None, name="DNSName")
    availability_zones: list[BalancerZone] | None = None
    security_groups: list[str] | None = None
    ip_address_type: str | None = None
    enforce_security_group_inbound_rules_on_private_link_traffic: str | None = None
    #: Answers of other calls, put here by the gathering; None: no call told.
    listeners: list[Listener] | None = None
    attributes: list[Attribute] | None = None


class ClassicListener(Shape):
    """What a classic balancer takes."""

    protocol: str | None = None
    load_balancer_port: Port | None = None
    instance_port: Port | None = None


class ListenerDescription(Shape):
    """An item of ListenerDescriptions."""

    listener: ClassicListener | None = None


class InstanceId(Shape):
    """An instance behind a classic balancer."""

    instance_id: str | None = None


class InstanceState(Shape):
    """An item of InstanceStates: how an instance behind a classic balancer does."""

    instance_id: str
    #: InService, OutOfService or Unknown.
    state: str | None = None


class CrossZone(Shape):
    """Whether a classic balancer sends across zones."""

    enabled: bool | None = None


class ClassicAttributes(Shape):
    """Attributes of a classic balancer."""

    cross_zone_load_balancing: CrossZone | None = None


class ClassicLoadBalancer(Resource, kw_only=True):
    """An item of LoadBalancerDescriptions."""

    key: ClassVar[str] = "load_balancer_name"

    load_balancer_name: str
    vpc_id: str | None = msgspec.field(default=None, name="VPCId")
    dns_name: str | None = msgspec.field(default=None, name="DNSName")
    scheme: str | None = None
    subnets: list[str] | None = None
    availability_zones: list[str] | None = None
    security_groups: list[str] | None = None
    listener_descriptions: list[ListenerDescription] | None = None
    instances: list[InstanceId] | None = None
    #: Answers of other calls, put here by the gathering; None: no call told.
    attributes: ClassicAttributes | None = None
    instance_states: list[InstanceState] | None = None


class TargetDescription(Shape):
    """Who is registered."""

    id: str
    port: Port | None = None
    availability_zone: str | None = None


class Health(Shape):
    """How a target does."""

    state: str | None = None
    reason: str | None = None


class TargetHealth(Shape):
    """An item of TargetHealthDescriptions."""

    target: TargetDescription
    target_health: Health | None = None
    #: What a zonal shift makes of it.
    administrative_override: Health | None = None


class TargetGroup(Named, kw_only=True):
    """An item of TargetGroups."""

    key: ClassVar[str] = "target_group_arn"
    other_key: ClassVar[str] = "target_group_name"

    target_group_arn: str | None = None
    target_group_name: str | None = None
    target_type: str | None = None
    protocol: str | None = None
    port: Port | None = None
    #: ipv4 or ipv6.
    ip_address_type: str | None = None
    vpc_id: str | None = None
    load_balancer_arns: list[str] | None = None
    health_check_protocol: str | None = None
    #: A number as text, or traffic-port.
    health_check_port: str | None = None
    #: Answers of other calls, put here by the gathering; None: no call told.
    attributes: list[Attribute] | None = None
    targets: list[TargetHealth] | None = None


class BalancerListeners(Shape):
    """Listeners of one balancer: an answer, or an item of a list of wrapped answers."""

    key: ClassVar[str] = "load_balancer_arn"

    load_balancer_arn: str | None = None
    listeners: list[Listener] | None = None


class RulesAnswer(Shape):
    """Rules of one listener."""

    rules: list[Rule] | None = None


class AttributesAnswer(Shape):
    """Attributes of one balancer or target group, alone or in a list of wrapped answers."""

    key: ClassVar[str] = "load_balancer_arn"
    other_key: ClassVar[str] = "target_group_arn"

    load_balancer_arn: str | None = None
    target_group_arn: str | None = None
    attributes: list[Attribute] | None = None


class ClassicAttributesAnswer(Shape):
    """Attributes of one classic balancer."""

    load_balancer_attributes: ClassicAttributes
    load_balancer_name: str | None = None


class ClassicHealthAnswer(Shape):
    """Health of one classic balancer's instances."""

    instance_states: list[InstanceState]
    load_balancer_name: str | None = None


class TargetHealthAnswer(Shape):
    """Health of one target group's targets, alone or in a list of wrapped answers."""

    key: ClassVar[str] = "target_group_arn"

    target_group_arn: str | None = None
    target_health_descriptions: list[TargetHealth] | None = None
