"""Pieces -> shapes of what answers or passes on, each with what further calls say of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from netreach.errors import InputError
from netreach.model.snapshot import Problem
from netreach.sources import (
    answers,
    balancer_shapes,
    container_shapes,
    firewall_shapes,
    managed_shapes,
)
from netreach.sources import service_shapes as shapes
from netreach.sources.gather import Found, Shelf, decode, decode_as
from netreach.sources.gather_profiles import Profiles
from netreach.sources.kinds import SHAPES
from netreach.sources.pieces import BLOCK_PUBLIC_ACCESS, Piece
from netreach.sources.shapes import Resource
from netreach.sources.values import plain
from netreach.sources.whose import Owners

ItemT = TypeVar("ItemT", bound=msgspec.Struct)

#: An answer of which nobody can say whose it is.
UNNAMED: Final = "unnamed-answer"

_VPC: Final = re.compile(r"vpc-[0-9a-f]+(?![0-9A-Za-z])")
#: Attributes that the model reads.
_READ: Final = ("load_balancing.", "preserve_client_ip.", "target_group_health.")


@dataclass(slots=True)
class Services:
    """What the pieces describe of services, by kind and id."""

    endpoints: Shelf[shapes.VpcEndpoint] = field(default_factory=Shelf)
    endpoint_services: Shelf[shapes.EndpointService] = field(default_factory=Shelf)
    balancers: Shelf[balancer_shapes.LoadBalancer] = field(default_factory=Shelf)
    classics: Shelf[balancer_shapes.ClassicLoadBalancer] = field(default_factory=Shelf)
    target_groups: Shelf[balancer_shapes.TargetGroup] = field(default_factory=Shelf)
    firewalls: Shelf[firewall_shapes.Firewall] = field(default_factory=Shelf)
    firewall_policies: Shelf[firewall_shapes.FirewallPolicy] = field(default_factory=Shelf)
    firewall_rule_groups: Shelf[firewall_shapes.RuleGroup] = field(default_factory=Shelf)
    blocks: Shelf[shapes.BlockOptions] = field(default_factory=Shelf)
    exclusions: Shelf[shapes.BlockExclusion] = field(default_factory=Shelf)
    hosted_zones: Shelf[shapes.HostedZone] = field(default_factory=Shelf)
    resolver_rules: Shelf[shapes.ResolverRule] = field(default_factory=Shelf)
    resolver_ties: Shelf[shapes.ResolverRuleAssociation] = field(default_factory=Shelf)
    profiles: Profiles = field(default_factory=Profiles)
    mirror_sessions: Shelf[shapes.MirrorSession] = field(default_factory=Shelf)
    mirror_targets: Shelf[shapes.MirrorTarget] = field(default_factory=Shelf)
    #: Databases, caches ... by the key of their call.
    managed: dict[str, Shelf[managed_shapes.Managed]] = field(default_factory=dict)
    #: Brokers of streaming clusters, and hosts of container tasks.
    brokers: Shelf[managed_shapes.StreamNode] = field(default_factory=Shelf)
    hosts: Shelf[container_shapes.ContainerInstance] = field(default_factory=Shelf)
    #: Where databases and caches stand, by the name of their subnet group.
    subnet_groups: dict[str, list[managed_shapes.SubnetGroup]] = field(default_factory=dict)
    #: Security groups in other VPCs.
    associations: list[shapes.GroupAssociation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


#: Top-level key -> the shelf that its items belong on.
_SHELVES: Final[Mapping[str, str]] = {
    "VpcEndpoints": "endpoints",
    "ServiceConfigurations": "endpoint_services",
    "LoadBalancers": "balancers",
    "LoadBalancerDescriptions": "classics",
    "TargetGroups": "target_groups",
    "Firewalls": "firewalls",
    "VpcBlockPublicAccessExclusions": "exclusions",
    "HostedZones": "hosted_zones",
    "ResolverRules": "resolver_rules",
    "ResolverRuleAssociations": "resolver_ties",
    "TrafficMirrorSessions": "mirror_sessions",
    "TrafficMirrorTargets": "mirror_targets",
    "NodeInfoList": "brokers",
    "containerInstances": "hosts",
}
#: Keys of managed services.
MANAGED: Final = frozenset(
    {
        "DBInstances",
        "DBClusters",
        "DBProxies",
        "CacheClusters",
        "ReplicationGroups",
        "ServerlessCaches",
        "workgroups",
        "Clusters",
        "DomainStatusList",
        "ClusterInfoList",
        "MountTargets",
        "Functions",
        "tasks",
    }
)
#: Answers about one managed service -> their type, and the key of the list that it belongs to.
_MANAGED_ANSWERS: Final[Mapping[str, tuple[type[msgspec.Struct], str]]] = {
    answers.DOMAIN: (managed_shapes.DomainAnswer, "DomainStatusList"),
    answers.KUBERNETES: (container_shapes.KubernetesAnswer, answers.KUBERNETES),
}


def gather_services(pieces: Iterable[Piece]) -> Services:
    """Decode the pieces about services and bring them together by id.

    Raises:
        InputError: a field has the wrong type, or an id is missing.
    """
    services, pieces = Services(), list(pieces)
    for piece in pieces:
        _put_list(services, piece)
    filing = _Filing(services)
    for piece in pieces:
        if piece.key in _COMPLETE:
            _COMPLETE[piece.key](filing, piece)
    return services


def _put_list(services: Services, piece: Piece) -> None:
    """Put the items of a list on their shelf; the first answers about one resource, too."""
    if piece.key in _SHELVES:
        _put_all(getattr(services, _SHELVES[piece.key]), piece)
    elif piece.key in MANAGED:
        _put_all(services.managed.setdefault(piece.key, Shelf()), piece)
    elif piece.key in _MANAGED_ANSWERS:
        kind, key = _MANAGED_ANSWERS[piece.key]
        (item,) = msgspec.structs.astuple(decode_as(piece, kind))
        if item.is_ours:
            _put(services.managed.setdefault(key, Shelf()), item, piece, ())
    elif piece.key in _PUT:
        _PUT[piece.key](services, piece)


def _put_all(shelf: Shelf[Any], piece: Piece) -> None:
    for row, item in enumerate(decode(piece, SHAPES[piece.key])):
        if getattr(item, "is_ours", True):
            _put(shelf, item, piece, (row,))


def _put(shelf: Shelf[Any], item: Resource, piece: Piece, rows: tuple[int, ...]) -> None:
    if not item.id:
        spellings = item.__struct_encode_fields__
        missing = spellings[item.__struct_fields__.index(item.key)]
        raise InputError(
            file=piece.document.file,
            place=f"{piece.path}{''.join(f'[{row}]' for row in rows)}",
            what=f"object missing required field `{missing}`",
            mend="write the answer of the AWS CLI unchanged",
        )
    shelf.put(item, piece, rows)


def _put_block(services: Services, piece: Piece) -> None:
    item = decode_as(piece, shapes.BlockOptions)
    item.aws_account_id = item.aws_account_id or piece.document.account
    item.aws_region = item.aws_region or piece.document.region
    _put(services.blocks, item, piece, ())


def _put_firewall(services: Services, piece: Piece) -> None:
    answer = decode_as(piece, firewall_shapes.FirewallAnswer)
    if answer.firewall_status:
        answer.firewall.sync_states = answer.firewall_status.sync_states
    _put(services.firewalls, answer.firewall, piece, ())


def _put_policy(services: Services, piece: Piece) -> None:
    answer = decode_as(piece, firewall_shapes.PolicyAnswer)
    answer.firewall_policy_response.policy = answer.firewall_policy
    _put(services.firewall_policies, answer.firewall_policy_response, piece, ())


def _put_rule_group(services: Services, piece: Piece) -> None:
    answer = decode_as(piece, firewall_shapes.RuleGroupAnswer)
    answer.rule_group_response.group = answer.rule_group
    _put(services.firewall_rule_groups, answer.rule_group_response, piece, ())


def _put_zone(services: Services, piece: Piece) -> None:
    answer = decode_as(piece, shapes.ZoneAnswer)
    answer.hosted_zone.vpcs = answer.vpcs
    _put(services.hosted_zones, answer.hosted_zone, piece, ())


def _put_subnet_groups(services: Services, piece: Piece) -> None:
    for group in decode(piece, managed_shapes.SubnetGroup):
        services.subnet_groups.setdefault(group.name, []).append(group)


def _put_associations(services: Services, piece: Piece) -> None:
    services.associations += decode(piece, shapes.GroupAssociation)


#: Pieces that are no plain list of resources.
_PUT: Final[Mapping[str, Callable[[Services, Piece], None]]] = {
    BLOCK_PUBLIC_ACCESS: _put_block,
    answers.FIREWALL: _put_firewall,
    answers.FIREWALL_POLICY: _put_policy,
    answers.RULE_GROUP: _put_rule_group,
    answers.HOSTED_ZONE: _put_zone,
    "DBSubnetGroups": _put_subnet_groups,
    "CacheSubnetGroups": _put_subnet_groups,
    "ClusterSubnetGroups": _put_subnet_groups,
    "SecurityGroupVpcAssociations": _put_associations,
    "ProfileSummaries": lambda services, piece: _put_all(services.profiles.shelf, piece),
    "ProfileAssociations": lambda services, piece: services.profiles.put_ties(piece),
    "ProfileResourceAssociations": lambda services, piece: services.profiles.put_resources(piece),
}


class _Filing:
    """Puts what further calls say onto the resources that they say it of."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.balancers = Owners(
            (number, found.shape.load_balancer_name or "")
            for number, found in services.balancers.items()
        )
        self.classics = Owners((number, number) for number in services.classics)
        self.groups = Owners(
            (number, found.shape.target_group_name or "")
            for number, found in services.target_groups.items()
        )
        zones = services.hosted_zones
        self.zones = Owners((number, _zone_name(found)) for number, found in zones.items())
        #: Actions of the rules of each listener, also of those that are not met yet.
        self.actions: dict[str, list[balancer_shapes.Action]] = {}

    def listeners_answer(self, piece: Piece) -> None:
        """File the listeners of one balancer."""
        answer = decode_as(piece, balancer_shapes.BalancerListeners)
        self._listeners(answer, piece, self.balancers.of(piece))

    def wrapped_listeners(self, piece: Piece) -> None:
        """File the listeners of several balancers."""
        for answer in decode(piece, balancer_shapes.BalancerListeners):
            self._listeners(answer, piece, "")

    def _listeners(
        self, answer: balancer_shapes.BalancerListeners, piece: Piece, whose: str
    ) -> None:
        listeners = answer.listeners or []
        owner = answer.load_balancer_arn or whose
        if owner and not listeners:
            self._add(self.services.balancers, owner, "listeners", [], piece)
        for listener in listeners:
            number = listener.load_balancer_arn or owner
            listener.rule_actions = self.actions.setdefault(listener.listener_arn, [])
            self._add(self.services.balancers, number, "listeners", [listener], piece)

    def rules_answer(self, piece: Piece) -> None:
        """File the actions of rules; the listener's ARN is in the rule's."""
        for rule in decode_as(piece, balancer_shapes.RulesAnswer).rules or ():
            listener = rule.rule_arn.replace(":listener-rule/", ":listener/").rpartition("/")[0]
            self.actions.setdefault(listener, []).extend(rule.actions or ())

    def attributes_answer(self, piece: Piece) -> None:
        """File the attributes of one balancer or target group."""
        answer = decode_as(piece, balancer_shapes.AttributesAnswer)
        owners = (self.groups.of(piece), self.balancers.of(piece))
        whose = {number for number in owners if number}
        self._attributes(answer, piece, whose.pop() if len(whose) == 1 else "")

    def wrapped_attributes(self, piece: Piece) -> None:
        """File the attributes of several balancers or target groups."""
        for answer in decode(piece, balancer_shapes.AttributesAnswer):
            self._attributes(answer, piece, "")

    def _attributes(
        self, answer: balancer_shapes.AttributesAnswer, piece: Piece, whose: str
    ) -> None:
        owner = answer.load_balancer_arn or answer.target_group_arn or whose
        read = [part for part in answer.attributes or () if part.key.startswith(_READ)]
        shelf: Shelf[Any] = self.services.target_groups
        if owner not in shelf:
            shelf = self.services.balancers
        if read or owner:
            self._add(shelf, owner, "attributes", read, piece)

    def classic_attributes(self, piece: Piece) -> None:
        """File the attributes of one classic balancer."""
        answer = decode_as(piece, balancer_shapes.ClassicAttributesAnswer)
        number = answer.load_balancer_name or self.classics.of(piece)
        found = self.services.classics.get(number)
        if found is None:
            self._note_unnamed(piece)
        else:
            found.shape.attributes = answer.load_balancer_attributes

    def classic_health(self, piece: Piece) -> None:
        """File the health of one classic balancer's instances."""
        answer = decode_as(piece, balancer_shapes.ClassicHealthAnswer)
        number = answer.load_balancer_name or self.classics.of(piece)
        self._add(self.services.classics, number, "instance_states", answer.instance_states, piece)

    def health_answer(self, piece: Piece) -> None:
        """File the targets of one group."""
        answer = decode_as(piece, balancer_shapes.TargetHealthAnswer)
        self._health(answer, piece, self.groups.of(piece))

    def wrapped_health(self, piece: Piece) -> None:
        """File the targets of several groups."""
        for answer in decode(piece, balancer_shapes.TargetHealthAnswer):
            self._health(answer, piece, "")

    def _health(self, answer: balancer_shapes.TargetHealthAnswer, piece: Piece, whose: str) -> None:
        number, targets = answer.target_group_arn or whose, answer.target_health_descriptions or []
        if number or targets:
            self._add(self.services.target_groups, number, "targets", targets, piece)

    def zone_records(self, piece: Piece) -> None:
        """File the records of one zone."""
        answer = decode_as(piece, shapes.RecordsAnswer)
        number = self.zones.of(piece)
        self._add(self.services.hosted_zones, number, "records", answer.resource_record_sets, piece)

    def zone_summaries(self, piece: Piece) -> None:
        """Note which VPC zones serve, those of other accounts among them: the file names it."""
        named = _VPC.findall(f"{piece.document.file} {piece.path}")
        for row, item in enumerate(decode(piece, shapes.ZoneSummary)):
            config = shapes.ZoneConfig(private_zone=True)
            zone = shapes.HostedZone(zone_id=item.id, name=item.name, config=config)
            if item.id not in self.services.hosted_zones:
                self.services.hosted_zones.put(zone, piece, (row,))
            found = self.services.hosted_zones[item.id].shape
            found.vpcs = [*(found.vpcs or ()), *(shapes.ZoneVpc(vpc_id=one) for one in named)]

    def _add(
        self, shelf: Shelf[Any], number: str, name: str, items: list[ItemT], piece: Piece
    ) -> None:
        """Add items to a list of a resource; pages add up, contradictions are noted."""
        found = shelf.get(number)
        if found is None:
            self._note_unnamed(piece)
            return
        known = getattr(found.shape, name) or []
        fresh = [item for item in items if item not in known]
        if {_essence(item) for item in known} & {_essence(item) for item in fresh}:
            found.conflicts = (*found.conflicts, name)
            found.other_file = piece.document.file
        setattr(found.shape, name, [*known, *fresh])

    def _note_unnamed(self, piece: Piece) -> None:
        """Warn once for each file."""
        file = piece.document.file
        message = (
            f"{plain(piece.key)} of a resource that the snapshot does not hold, or that the file "
            "does not name; name the file after the resource"
        )
        problem = Problem(kind=UNNAMED, resources=(), message=f"{file}: {message}", file=file)
        if problem not in self.services.problems:
            self.services.problems.append(problem)


def _zone_name(found: Found[shapes.HostedZone]) -> str:
    return (found.shape.name or "").rstrip(".")


def _essence(item: msgspec.Struct) -> object:
    """Return what tells an item of a list from the others: two that share it contradict."""
    if isinstance(item, balancer_shapes.Listener):
        return item.listener_arn
    if isinstance(item, balancer_shapes.Attribute):
        return item.key
    if isinstance(item, balancer_shapes.TargetHealth):
        return item.target.id, item.target.port
    if isinstance(item, balancer_shapes.InstanceState):
        return item.instance_id
    return id(item)


#: Pieces that complete what others describe.
_COMPLETE: Final[Mapping[str, Callable[[_Filing, Piece], None]]] = {
    answers.LISTENERS: _Filing.listeners_answer,
    "LoadBalancerListeners": _Filing.wrapped_listeners,
    answers.RULES: _Filing.rules_answer,
    answers.ATTRIBUTES: _Filing.attributes_answer,
    "LoadBalancerAttributes": _Filing.wrapped_attributes,
    "TargetGroupAttributes": _Filing.wrapped_attributes,
    answers.CLASSIC_ATTRIBUTES: _Filing.classic_attributes,
    answers.CLASSIC_HEALTH: _Filing.classic_health,
    answers.TARGET_HEALTH: _Filing.health_answer,
    "LoadBalancerTargetHealth": _Filing.wrapped_health,
    "TargetGroupTargetHealth": _Filing.wrapped_health,
    answers.RECORDS: _Filing.zone_records,
    "HostedZoneSummaries": _Filing.zone_summaries,
}
