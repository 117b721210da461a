"""Rules of firewalls in AWS's form: the evidence says which, the snapshot what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from netreach.explain.records import Evidence
from netreach.fabric.firewall_words import items_of, ports_leaf
from netreach.model.services import FirewallRuleGroup, StatefulRule, StatelessRule
from netreach.model.snapshot import Snapshot
from netreach.present._insights_shapes import (
    Fields,
    FirewallStatefulRule,
    FirewallStatelessRule,
    PortRange,
)

#: What the analysis calls the actions of stateless rules.
_STATELESS: Final = {"aws:forward_to_sfe": "forward-to-stateful"}
#: The priority that stands for the default action.
_DEFAULT: Final = -1
#: Names that name one another in a circle end here.
_MAX_DEPTH: Final = 8


def firewall_rule(because: Evidence | None, snapshot: Snapshot) -> Fields:
    """Return the rule of a firewall that decided, under the field of its engine."""
    said = because.fields if because else {}
    if "engine" not in said:
        return {}
    group = snapshot.firewall_rule_groups.get(str(said["group"]))
    action, number = str(said["action"]), int(said["number"])
    if said["engine"] == "stateless":
        return {"firewall_stateless_rule": _stateless(group, number, action)}
    return {"firewall_stateful_rule": _stateful(group, number, action)}


def _stateless(
    group: FirewallRuleGroup | None, number: int, action: str
) -> FirewallStatelessRule | None:
    if group is None:
        return FirewallStatelessRule(rule_action=action, priority=_DEFAULT)
    rule = next((one for one in group.stateless if one.priority == number), None)
    return None if rule is None else _of_stateless(group, rule)


def _of_stateless(group: FirewallRuleGroup, rule: StatelessRule) -> FirewallStatelessRule:
    return FirewallStatelessRule(
        rule_group_arn=group.id,
        sources=[str(prefix) for prefix in rule.sources] or None,
        destinations=[str(prefix) for prefix in rule.destinations] or None,
        source_ports=[PortRange(*ports) for ports in rule.source_ports] or None,
        destination_ports=[PortRange(*ports) for ports in rule.destination_ports] or None,
        protocols=list(rule.protocols) or None,
        rule_action=_STATELESS.get(rule.action, rule.action.removeprefix("aws:")),
        priority=rule.priority,
    )


def _stateful(
    group: FirewallRuleGroup | None, number: int, action: str
) -> FirewallStatefulRule | None:
    if group is None:
        return FirewallStatefulRule(rule_action=action)
    if not 0 <= number < len(group.stateful):  # of the group as a whole nobody knows the rule
        return FirewallStatefulRule(rule_group_arn=group.id, rule_action=action)
    return _of_stateful(group, group.stateful[number])


def _of_stateful(group: FirewallRuleGroup, rule: StatefulRule) -> FirewallStatefulRule:
    action = rule.action.strip().lower()
    return FirewallStatefulRule(
        rule_group_arn=group.id,
        sources=_addresses(rule.source, group),
        destinations=_addresses(rule.destination, group),
        source_ports=_ports(rule.source_port, group),
        destination_ports=_ports(rule.destination_port, group),
        protocol=rule.protocol.strip().lower(),
        rule_action="drop" if action == "reject" else action,
        direction="ANY" if rule.is_any_direction else "FORWARD",
    )


def _addresses(word: str, group: FirewallRuleGroup) -> list[str] | None:
    """Return a rule's addresses as it writes them; None for any."""
    sets = {f"${name.removeprefix('$')}": texts for name, texts in group.address_sets.items()}
    found = list(_items(word, sets))
    return None if any(text.upper() == "ANY" for text in found) else found


def _ports(word: str, group: FirewallRuleGroup) -> list[PortRange] | None:
    """Return a rule's ports; None for any, and for what is no plain list of ports."""
    sets = {f"${name.removeprefix('$')}": texts for name, texts in group.port_sets.items()}
    read = [ports_leaf(text) for text in _items(word, sets)]
    if None in read:
        return None
    return [PortRange(low, high) for one in read if one is not None for low, high in one] or None


def _items(word: str, sets: dict[str, tuple[str, ...]], depth: int = 0) -> Iterator[str]:
    """Yield the items of a list, those of a variable in its place."""
    word, inner = word.strip(), _inner(word.strip(), sets)
    if inner is None or depth > _MAX_DEPTH:
        yield word
        return
    for item in inner:
        yield from _items(item, sets, depth + 1)


def _inner(word: str, sets: dict[str, tuple[str, ...]]) -> Iterable[str] | None:
    if word.startswith("[") and word.endswith("]"):
        return items_of(word)
    return sets.get(word)
