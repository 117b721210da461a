"""AWS Network Firewall: firewalls, policies and rule groups -> records [NF-1..5]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from netreach.model.services import (
    FirewallEndpoint,
    FirewallPolicy,
    FirewallRuleGroup,
    NetworkFirewall,
    PolicyGroup,
    StatefulRule,
    StatelessRule,
)
from netreach.packets.prefixes import Prefix
from netreach.sources import firewall_shapes as shapes
from netreach.sources.describe_endpoints import of_arn, texts
from netreach.sources.describe_records import Common
from netreach.sources.suricata import Option, SuricataRule, rules_in, undecided
from netreach.sources.values import ImpossibleValueError, Prefixes, echo

_STATELESS_ACTIONS: Final = ("aws:pass", "aws:drop", "aws:forward_to_sfe")
_STATEFUL_ACTIONS: Final = ("PASS", "DROP", "REJECT", "ALERT")
_STRICT: Final = "STRICT_ORDER"
_HOME: Final = "HOME_NET"


def firewall(shape: shapes.Firewall, common: Common) -> NetworkFirewall:
    """Read a firewall; the list of firewalls knows nothing but its name."""
    if shape.vpc_id is None and shape.firewall_policy_arn is None:
        reason = "only its name is known: describe-firewall is missing"
        common = common._replace(doubt=common.doubt or reason)
    if shape.proxy_settings is not None:
        common = common._replace(doubt=common.doubt or "proxy mode is not modelled")
    return NetworkFirewall(
        **of_arn(common, shape.firewall_arn)._asdict(),
        firewall_name=shape.firewall_name or "",
        vpc=shape.vpc_id or "",
        policy=shape.firewall_policy_arn or "",
        endpoints=tuple(
            FirewallEndpoint(
                endpoint=tie.endpoint_id,
                subnet=tie.subnet_id or "",
                zone=zone,
                state=tie.status or "READY",
            )
            for zone, state in (shape.sync_states or {}).items()
            if (tie := state.attachment) and tie.endpoint_id
        ),
    )


def firewall_policy(shape: shapes.FirewallPolicy, common: Common) -> FirewallPolicy:
    """Read a policy."""
    policy = shape.policy or shapes.Policy()
    words = policy.stateless_default_actions or ()
    defaults = [word for word in words if word in _STATELESS_ACTIONS]
    doubt = common.doubt or _policy_doubt(shape.policy, defaults)
    engine = policy.stateful_engine_options or shapes.EngineOptions()
    variables = policy.policy_variables
    sets = _definitions(variables.rule_variables if variables else None)
    return FirewallPolicy(
        **of_arn(common, shape.firewall_policy_arn)._replace(doubt=doubt)._asdict(),
        policy_name=shape.firewall_policy_name or "",
        stateless_default=defaults[0] if defaults else "aws:forward_to_sfe",
        stateless_groups=_in_order(policy.stateless_rule_group_references),
        stateful_groups=_in_order(policy.stateful_rule_group_references),
        is_strict=engine.rule_order == _STRICT,
        stateful_defaults=texts(policy.stateful_default_actions),
        stream_exception=engine.stream_exception_policy or "DROP",
        home_net=sets.get(f"${_HOME}", ()),
    )


def _policy_doubt(policy: shapes.Policy | None, defaults: list[str]) -> str:
    if policy is None:
        return "the answer of describe-firewall-policy holds no policy"
    if not defaults:
        return "its stateless default action is not known"
    for reference in policy.stateful_rule_group_references or ():
        if reference.override:
            return "it overrides the actions of a rule group"
    validation = policy.resolved_ip_validation
    if validation is not None and validation.action != "ALERT":
        return "it asks which addresses Route 53 Resolver has answered"
    return ""


def _in_order(references: list[shapes.GroupReference] | None) -> tuple[PolicyGroup, ...]:
    """Return the groups by priority; those without keep their order."""
    groups = (
        PolicyGroup(group=each.resource_arn, priority=each.priority) for each in references or ()
    )
    return tuple(sorted(groups, key=lambda each: each.priority or 0))


def rule_group(shape: shapes.RuleGroup, common: Common, prefixes: Prefixes) -> FirewallRuleGroup:
    """Read a rule group, in whichever form its rules are written.

    Raises:
        ImpossibleValueError: a CIDR, port range or action of a rule can't be.
    """
    group = shape.group or shapes.Group()
    source = group.rules_source or shapes.RulesSource()
    variables = group.rule_variables or shapes.RuleVariables()
    order = group.stateful_rule_options
    stateful, reasons = _stateful(source)
    if shape.group is None or source == shapes.RulesSource():  # AWS keeps its own groups' rules
        reasons = ["the answer of describe-rule-group holds no rules"]
    return FirewallRuleGroup(
        **of_arn(common, shape.rule_group_arn)._asdict(),
        group_name=shape.rule_group_name or "",
        is_stateful=_is_stateful(shape, source),
        is_strict=order is not None and order.rule_order == _STRICT,
        stateless=_stateless(source.stateless_rules_and_custom_actions, prefixes),
        stateful=stateful,
        address_sets=_definitions(variables.ip_sets),
        port_sets=_definitions(variables.port_sets),
        undecided=", ".join(reasons),
    )


def _is_stateful(shape: shapes.RuleGroup, source: shapes.RulesSource) -> bool:
    if shape.type:
        return shape.type == "STATEFUL"
    return source.stateless_rules_and_custom_actions is None


def _definitions(variables: Mapping[str, shapes.Definition] | None) -> dict[str, tuple[str, ...]]:
    """Return variables as rules write them, with a dollar sign."""
    return {f"${name}": texts(each.definition) for name, each in (variables or {}).items()}


# -- stateless rules


def _stateless(
    rules: shapes.StatelessRules | None, prefixes: Prefixes
) -> tuple[StatelessRule, ...]:
    """Read stateless rules, the lowest priority first."""
    read = []
    for row, rule in enumerate((rules and rules.stateless_rules) or ()):
        try:
            read.append(_stateless_rule(rule, prefixes))
        except ImpossibleValueError as error:
            place = "RuleGroup.RulesSource.StatelessRulesAndCustomActions.StatelessRules"
            raise error.below(f"{place}[{row}].RuleDefinition.") from None
    return tuple(sorted(read, key=lambda rule: rule.priority))


def _stateless_rule(rule: shapes.StatelessRule, prefixes: Prefixes) -> StatelessRule:
    definition = rule.rule_definition
    match = definition.match_attributes or shapes.MatchAttributes()
    actions = [word for word in definition.actions or () if word in _STATELESS_ACTIONS]
    if len(actions) != 1:
        what = f"{echo(', '.join(definition.actions or ()))} names no action of AWS"
        raise ImpossibleValueError("Actions", what, f"write one of {', '.join(_STATELESS_ACTIONS)}")
    return StatelessRule(
        priority=rule.priority,
        action=actions[0],
        sources=_cidrs(match.sources, "Sources", prefixes),
        destinations=_cidrs(match.destinations, "Destinations", prefixes),
        source_ports=_ranges(match.source_ports, "SourcePorts"),
        destination_ports=_ranges(match.destination_ports, "DestinationPorts"),
        protocols=tuple(match.protocols or ()),
        undecided="TCP flags" if match.tcp_flags else "",
    )


def _cidrs(
    parts: list[shapes.AddressDefinition] | None, field: str, prefixes: Prefixes
) -> tuple[Prefix, ...]:
    return tuple(
        prefixes.read(part.address_definition, f"MatchAttributes.{field}[{row}].AddressDefinition")
        for row, part in enumerate(parts or ())
    )


def _ranges(parts: list[shapes.PortRange] | None, field: str) -> tuple[tuple[int, int], ...]:
    for row, part in enumerate(parts or ()):
        if part.from_port > part.to_port:
            what = f"the port range {part.from_port}-{part.to_port} is reversed"
            place = f"MatchAttributes.{field}[{row}].FromPort"
            raise ImpossibleValueError(place, what, "write the lower port first")
    return tuple((part.from_port, part.to_port) for part in parts or ())


# -- stateful rules


def _stateful(source: shapes.RulesSource) -> tuple[tuple[StatefulRule, ...], list[str]]:
    """Return the rules, and what of the group nobody can decide by 5-tuples."""
    reasons: list[str] = []
    rules = [
        _structured(rule, f"RuleGroup.RulesSource.StatefulRules[{row}].")
        for row, rule in enumerate(source.stateful_rules or ())
    ]
    for rule in rules_in(source.rules_string or ""):
        if isinstance(rule, SuricataRule) and rule.action in _STATEFUL_ACTIONS:
            rules.append(_of_text(rule))
        else:
            reasons.append("a line that is no rule of a known form")
    if source.rules_source_list:
        reasons.append("rules of several forms" if rules or reasons else "a domain list")
    return tuple(rules), list(dict.fromkeys(reasons))


def _structured(rule: shapes.StatefulRule, place: str) -> StatefulRule:
    """Read a rule as AWS structures it."""
    action, header = rule.action.upper(), rule.header
    if action not in _STATEFUL_ACTIONS:
        what = f"{echo(rule.action)} is not an action"
        raise ImpossibleValueError(f"{place}Action", what, f"write {', '.join(_STATEFUL_ACTIONS)}")
    # sid:5 is one keyword in AWS's own examples
    options = tuple(
        Option(name.strip().lower(), setting or ",".join(part.settings or ()))
        for part in rule.rule_options or ()
        for name, _, setting in (part.keyword.partition(":"),)
    )
    return StatefulRule(
        action=action,
        protocol=(header.protocol or "IP").upper(),
        source=header.source or "ANY",
        source_port=header.source_port or "ANY",
        destination=header.destination or "ANY",
        destination_port=header.destination_port or "ANY",
        is_any_direction=header.direction == "ANY",
        undecided=_undecided(
            action, header.protocol or "IP", options, (header.source, header.destination)
        ),
        sid=_sid(options),
    )


def _of_text(rule: SuricataRule) -> StatefulRule:
    return StatefulRule(
        action=rule.action,
        protocol=rule.protocol,
        source=rule.source,
        source_port=rule.source_port,
        destination=rule.destination,
        destination_port=rule.destination_port,
        is_any_direction=rule.is_any_direction,
        undecided=_undecided(
            rule.action, rule.protocol, rule.options, (rule.source, rule.destination)
        ),
        sid=_sid(rule.options),
    )


def _undecided(
    action: str, protocol: str, options: tuple[Option, ...], ends: Iterable[str | None]
) -> str:
    """Add to what the options leave open the sets that live outside of the group."""
    references = [f"set {end}" for end in ends if end and "@" in end]
    return ", ".join(filter(None, (undecided(action, protocol, options), *references)))


def _sid(options: tuple[Option, ...]) -> str:
    return next((option.setting for option in options if option.keyword == "sid"), "")
