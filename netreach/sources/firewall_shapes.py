"""Shapes of AWS Network Firewall: firewalls, policies, rule groups."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from netreach.sources.service_shapes import Named, Port
from netreach.sources.shapes import Shape


class Attachment(Shape):
    """A firewall's endpoint in one zone."""

    subnet_id: str | None = None
    endpoint_id: str | None = None
    status: str | None = None


class SyncState(Shape):
    """How a firewall does in one zone."""

    attachment: Attachment | None = None


class FirewallStatus(Shape):
    """How a firewall does, by zone."""

    sync_states: dict[str, SyncState] | None = None


class Firewall(Named, kw_only=True):
    """The firewall of describe-firewall, or an item of list-firewalls."""

    key: ClassVar[str] = "firewall_arn"
    other_key: ClassVar[str] = "firewall_name"

    firewall_arn: str | None = None
    firewall_name: str | None = None
    firewall_policy_arn: str | None = None
    vpc_id: str | None = None
    #: Of a firewall in proxy mode.
    proxy_settings: dict[str, object] | None = None
    #: What stands beside it in the answer, put here by the gathering.
    sync_states: dict[str, SyncState] | None = None


class FirewallAnswer(Shape):
    """The answer of describe-firewall."""

    firewall: Firewall
    firewall_status: FirewallStatus | None = None


class GroupReference(Shape):
    """A rule group as a policy uses it."""

    resource_arn: str
    priority: int | None = None
    override: dict[str, str] | None = None


class EngineOptions(Shape):
    """In which order the stateful engine takes rules."""

    rule_order: str | None = None
    stream_exception_policy: str | None = None


class Definition(Shape):
    """What a variable stands for."""

    definition: list[str] | None = None


class PolicyVariables(Shape):
    """Variables that a policy sets for all of its groups."""

    rule_variables: dict[str, Definition] | None = None


class ResolvedIpValidation(Shape):
    """What becomes of connections to addresses that no resolver of AWS has answered."""

    action: str | None = None


class Policy(Shape):
    """What a policy says."""

    stateless_rule_group_references: list[GroupReference] | None = None
    stateless_default_actions: list[str] | None = None
    stateful_rule_group_references: list[GroupReference] | None = None
    stateful_default_actions: list[str] | None = None
    stateful_engine_options: EngineOptions | None = None
    policy_variables: PolicyVariables | None = None
    resolved_ip_validation: ResolvedIpValidation | None = msgspec.field(
        default=None, name="Route53ResolvedIPValidation"
    )


class FirewallPolicy(Named, kw_only=True):
    """The response part of describe-firewall-policy."""

    key: ClassVar[str] = "firewall_policy_arn"
    other_key: ClassVar[str] = "firewall_policy_name"

    firewall_policy_arn: str | None = None
    firewall_policy_name: str | None = None
    #: What stands beside it in the answer, put here by the gathering.
    policy: Policy | None = None


class PolicyAnswer(Shape):
    """The answer of describe-firewall-policy."""

    firewall_policy_response: FirewallPolicy
    firewall_policy: Policy | None = None


class AddressDefinition(Shape):
    """One CIDR of a stateless rule."""

    address_definition: str


class PortRange(Shape):
    """Ports of a stateless rule."""

    from_port: Port
    to_port: Port


class MatchAttributes(Shape):
    """What a stateless rule matches."""

    sources: list[AddressDefinition] | None = None
    destinations: list[AddressDefinition] | None = None
    source_ports: list[PortRange] | None = None
    destination_ports: list[PortRange] | None = None
    protocols: list[Annotated[int, msgspec.Meta(ge=0, le=255)]] | None = None
    tcp_flags: list[msgspec.Raw] | None = msgspec.field(default=None, name="TCPFlags")


class RuleDefinition(Shape):
    """A stateless rule without its priority."""

    match_attributes: MatchAttributes | None = None
    actions: list[str] | None = None


class StatelessRule(Shape):
    """One stateless rule."""

    rule_definition: RuleDefinition
    priority: int


class StatelessRules(Shape):
    """The stateless rules of a group."""

    stateless_rules: list[StatelessRule] | None = None


class Header(Shape):
    """The 5-tuple of a stateful rule."""

    protocol: str | None = None
    source: str | None = None
    source_port: str | None = None
    direction: str | None = None
    destination: str | None = None
    destination_port: str | None = None


class RuleOption(Shape):
    """One Suricata option of a stateful rule."""

    keyword: str
    settings: list[str] | None = None


class StatefulRule(Shape):
    """One stateful rule as AWS structures it."""

    action: str
    header: Header
    rule_options: list[RuleOption] | None = None


class RulesSource(Shape):
    """The rules of a group, in one of four forms."""

    rules_string: str | None = None
    rules_source_list: dict[str, msgspec.Raw] | None = None
    stateful_rules: list[StatefulRule] | None = None
    stateless_rules_and_custom_actions: StatelessRules | None = None


class RuleVariables(Shape):
    """Variables of a group."""

    ip_sets: dict[str, Definition] | None = msgspec.field(default=None, name="IPSets")
    port_sets: dict[str, Definition] | None = None


class Group(Shape):
    """What a rule group says."""

    rule_variables: RuleVariables | None = None
    rules_source: RulesSource | None = None
    stateful_rule_options: EngineOptions | None = None


class RuleGroup(Named, kw_only=True):
    """The response part of describe-rule-group."""

    key: ClassVar[str] = "rule_group_arn"
    other_key: ClassVar[str] = "rule_group_name"

    rule_group_arn: str | None = None
    rule_group_name: str | None = None
    type: str | None = None
    #: What stands beside it in the answer, put here by the gathering.
    group: Group | None = None


class RuleGroupAnswer(Shape):
    """The answer of describe-rule-group."""

    rule_group_response: RuleGroup
    rule_group: Group | None = None
