"""What to change in a firewall's rules, or in what it does without one; and the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from msgspec.structs import replace

from netreach.explain.records import Evidence, Fix
from netreach.model.services import (
    FirewallPolicy,
    FirewallRuleGroup,
    PolicyGroup,
    StatefulRule,
    StatelessRule,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Prefix
from netreach.packets.services import NAMES, TCP, UDP
from netreach.query.words import brief

Fields = dict[str, str | int | bool]
_FORWARD: Final = "aws:forward_to_sfe"


class Wanted(NamedTuple):
    """What is to pass: one protocol between two CIDRs, to some ports."""

    source: str
    destination: str
    #: `protocol`, -1 for all, and where it has ports `low` and `high`.
    said: Fields

    def fields(self) -> Fields:
        """Return what a fix's fields say of it."""
        return {"source": self.source, "destination": self.destination, **self.said}


def pass_firewall(
    snapshot: Snapshot, policy: FirewallPolicy, dropped: Evidence, wanted: Wanted
) -> Fix | None:
    """Return the rule to add before the one that drops, or the default action to change."""
    fields = dropped.fields
    engine, number = str(fields["engine"]), int(fields["number"])
    group = snapshot.firewall_rule_groups.get(str(fields["group"]))
    if fields["group"] and (group is None or number < 0):
        return None  # nobody knows what is in it
    if group is None:
        used = policy.stateful_groups if engine == "stateful" else policy.stateless_groups
        group = _last(snapshot, used)
    if group is None:
        return _default(policy, engine)
    if engine == "stateful":
        place = number if number >= 0 else len(group.stateful)
        return _stateful(group, place, wanted)
    priority = _priority(group, number)
    return _stateless(group, priority, wanted) if priority else None


def _last(snapshot: Snapshot, used: tuple[PolicyGroup, ...]) -> FirewallRuleGroup | None:
    """Return the last group of a policy that can be read."""
    order = sorted(used, key=lambda one: one.priority or 0)
    found = [snapshot.firewall_rule_groups.get(one.group) for one in order]
    return next((one for one in reversed(found) if one and not one.undecided), None)


def _priority(group: FirewallRuleGroup, number: int) -> int:
    """Return a free priority: the next one before a rule, or behind all; 0 if there is none."""
    taken = {rule.priority for rule in group.stateless}
    if number < 0:
        return max(taken, default=0) + 1
    return next((free for free in range(number - 1, 0, -1) if free not in taken), 0)


def _stateful(group: FirewallRuleGroup, place: int, wanted: Wanted) -> Fix:
    rule = _stateful_rule(wanted.fields())
    ends = f"{rule.source} any -> {rule.destination} {rule.destination_port}"
    line = f"pass {rule.protocol.lower()} {ends}"
    where = f"before rule {place + 1}" if place < len(group.stateful) else "at the end"
    return Fix(
        f"add `{line}` to {brief(group.id)}, {where}",
        "add-firewall-rule",
        {"engine": "stateful", "group": group.id, "number": place, **wanted.fields()},
        _command(group, "STATEFUL"),
    )


def _stateless(group: FirewallRuleGroup, priority: int, wanted: Wanted) -> Fix:
    number = int(wanted.said["protocol"])
    protocol = "everything" if number < 0 else NAMES.get(number, f"protocol {number}")
    said = wanted.said
    ports = f" {said['low']}-{said['high']}" if number in (TCP, UDP) and "low" in said else ""
    return Fix(
        f"add stateless rule {priority} to {brief(group.id)}: forward {protocol}{ports} from "
        f"{wanted.source} to {wanted.destination} to the stateful rules",
        "add-firewall-rule",
        {"engine": "stateless", "group": group.id, "number": priority, **wanted.fields()},
        _command(group, "STATELESS"),
    )


def _command(group: FirewallRuleGroup, kind: str) -> str:
    return (
        f"aws network-firewall update-rule-group --rule-group-arn {group.id} --type {kind} "
        "--rule-group file://rule-group.json --update-token TOKEN"
    )


def _default(policy: FirewallPolicy, engine: str) -> Fix:
    """Return the change of a policy that has no group to add a rule to."""
    action = "pass" if engine == "stateful" else _FORWARD
    words = "drop nothing" if engine == "stateful" else f"use {action}"
    return Fix(
        f"let the {engine} default of {brief(policy.id)} {words}, or add a group that passes it",
        "set-firewall-default",
        {"policy": policy.id, "engine": engine, "action": action},
        f"aws network-firewall update-firewall-policy --firewall-policy-arn {policy.id} "
        "--firewall-policy file://policy.json --update-token TOKEN",
    )


# -- making the change


def add_rule(snapshot: Snapshot, fields: Fields) -> Snapshot:
    """Return the snapshot with a rule added to a group."""
    group = snapshot.firewall_rule_groups[str(fields["group"])]
    number = int(fields["number"])
    if fields["engine"] == "stateful":
        rules = list(group.stateful)
        rules.insert(number, _stateful_rule(fields))
        changed = replace(group, stateful=tuple(rules))
    else:
        added = (*group.stateless, _stateless_rule(fields, number))
        changed = replace(group, stateless=tuple(sorted(added, key=lambda one: one.priority)))
    groups: Mapping[str, FirewallRuleGroup] = {**snapshot.firewall_rule_groups, group.id: changed}
    return replace(snapshot, firewall_rule_groups=groups)


def set_default(snapshot: Snapshot, fields: Fields) -> Snapshot:
    """Return the snapshot with another default action of a policy."""
    policy = snapshot.firewall_policies[str(fields["policy"])]
    if fields["engine"] == "stateful":
        kept = [text for text in policy.stateful_defaults if not text.startswith("aws:drop")]
        changed = replace(policy, stateful_defaults=tuple(kept))
    else:
        changed = replace(policy, stateless_default=str(fields["action"]))
    policies = {**snapshot.firewall_policies, policy.id: changed}
    return replace(snapshot, firewall_policies=policies)


def _stateful_rule(fields: Fields) -> StatefulRule:
    number = int(fields["protocol"])
    has_ports = number in (TCP, UDP) and "low" in fields
    low, high = fields.get("low"), fields.get("high")
    port = str(low) if low == high else f"{low}:{high}"
    return StatefulRule(
        action="PASS",
        protocol={1: "ICMP", 58: "ICMP", TCP: "TCP", UDP: "UDP"}.get(number, "IP"),
        source=str(fields["source"]),
        destination=str(fields["destination"]),
        destination_port=port if has_ports else "ANY",
    )


def _stateless_rule(fields: Fields, priority: int) -> StatelessRule:
    number = int(fields["protocol"])
    has_ports = number in (TCP, UDP) and "low" in fields
    return StatelessRule(
        priority=priority,
        action=_FORWARD,
        sources=(Prefix.parse(str(fields["source"])),),
        destinations=(Prefix.parse(str(fields["destination"])),),
        destination_ports=((int(fields["low"]), int(fields["high"])),) if has_ports else (),
        protocols=() if number < 0 else (number,),
    )
