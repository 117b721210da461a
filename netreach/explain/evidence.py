"""Rules and routes in words: the second reading that must agree with the engine."""

from __future__ import annotations

from collections.abc import Sequence

from netreach.explain.records import Evidence
from netreach.fabric.rules import acl_rule_services, group_rule_services
from netreach.model.connections import TransitRoute
from netreach.model.records import (
    NetworkAclRule,
    Route,
    SecurityGroup,
    SecurityGroupRule,
    TargetKind,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address
from netreach.packets.services import ServiceSet

#: AWS closes every ACL with a deny under this number and the next one.
FIRST_CLOSING_RULE = 32767


class Reading:
    """Reads the rules of one snapshot against packets."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Read this snapshot's prefix lists and groups."""
        self._snapshot = snapshot

    # -- security groups

    def covers_peer(self, rule: SecurityGroupRule, address: Address, groups: Sequence[str]) -> bool:
        """Tell whether a rule's peer is this address, or one of these groups [SG-5, SG-6]."""
        if rule.prefix is not None and rule.prefix.contains(address):
            return True
        if rule.group and rule.group in groups:
            return True
        if not rule.prefix_list:
            return False
        record = self._snapshot.prefix_lists.get(rule.prefix_list)
        entries = record.entries if record else None
        return any(prefix.contains(address) for prefix in entries or ())

    def allowing_rule(
        self,
        rules: Sequence[tuple[SecurityGroup, SecurityGroupRule]],
        address: Address,
        groups: Sequence[str],
        services: ServiceSet,
    ) -> tuple[SecurityGroup, SecurityGroupRule] | None:
        """Return the rule that allows most of these services to or from a peer, and surely."""
        matching = [
            (-len(group_rule_services(rule) & services), _may_mean_another(rule, address), number)
            for number, (_, rule) in enumerate(rules)
            if self.covers_peer(rule, address, groups) and group_rule_services(rule) & services
        ]
        return rules[min(matching)[2]] if matching else None

    def nearest_group_rule(
        self,
        rules: Sequence[tuple[SecurityGroup, SecurityGroupRule]],
        address: Address,
        groups: Sequence[str],
        services: ServiceSet,
    ) -> tuple[SecurityGroup, SecurityGroupRule] | None:
        """Return the rule that fails by least: the right service first, then the right peer."""

        def distance(pair: tuple[SecurityGroup, SecurityGroupRule]) -> tuple[int, int, int]:
            rule = pair[1]
            allowed = group_rule_services(rule)
            return (
                not allowed & services,
                not self.covers_peer(rule, address, groups),
                _gap(allowed, services),
            )

        return min(rules, key=distance) if rules else None

    def peer_words(self, rule: SecurityGroupRule) -> str:
        """Say a rule's peer: a CIDR, a group with its name, a prefix list with its name."""
        if rule.group:
            group = self._snapshot.security_groups.get(rule.group)
            return _with_name(rule.group, group.group_name if group else "")
        if rule.prefix_list:
            record = self._snapshot.prefix_lists.get(rule.prefix_list)
            return _with_name(rule.prefix_list, record.list_name if record else "")
        return str(rule.prefix)

    def group_evidence(
        self, group: SecurityGroup, rule: SecurityGroupRule, *, ingress: bool
    ) -> Evidence:
        """Say one rule of a group: "sg-0a1 allows tcp 443 from 10.0.1.0/24"."""
        peer, services = self.peer_words(rule), str(group_rule_services(rule))
        word = "from" if ingress else "to"
        return Evidence(
            f"{group.id} allows {services} {word} {peer}",
            {
                "group": group.id,
                "direction": "ingress" if ingress else "egress",
                "action": "allow",
                "services": services,
                "peer": rule.group or rule.prefix_list or str(rule.prefix),
            },
        )


def _may_mean_another(rule: SecurityGroupRule, address: Address) -> bool:
    """Tell whether a rule's CIDR covers an address in one of two readings only."""
    return rule.prefix is not None and not rule.prefix.certain.contains(address)


# -- network ACLs


def deciding_rule(
    rules: Sequence[NetworkAclRule], address: Address, services: ServiceSet
) -> NetworkAclRule | None:
    """Return the first rule that covers a peer and any of these services [NA-2]."""
    for rule in sorted(rules, key=lambda r: r.number):
        if rule.prefix.contains(address) and acl_rule_services(rule) & services:
            return rule
    return None


def nearest_acl_rule(
    rules: Sequence[NetworkAclRule], address: Address, services: ServiceSet
) -> NetworkAclRule | None:
    """Return the allowing rule that fails by least: the right peer first, then the service."""

    def distance(rule: NetworkAclRule) -> tuple[int, int, int, int]:
        allowed = acl_rule_services(rule)
        return (
            rule.prefix.family != address.family,
            (not rule.prefix.contains(address)) + (not allowed & services),
            _gap(allowed, services),
            rule.number,
        )

    allowing = [rule for rule in rules if rule.allows]
    return min(allowing, key=distance) if allowing else None


def acl_evidence(rule: NetworkAclRule | None, *, ingress: bool) -> Evidence:
    """Say one rule of an ACL, or the closing deny: "rule 100 allows tcp 443 from 0.0.0.0/0"."""
    direction = "ingress" if ingress else "egress"
    if rule is None or rule.number >= FIRST_CLOSING_RULE:
        return Evidence(
            f"no {direction} rule matches, so the closing rule * denies it",
            {"rule": "*", "direction": direction, "action": "deny"},
        )
    services, verb = str(acl_rule_services(rule)), "allows" if rule.allows else "denies"
    return Evidence(
        f"rule {rule.number} {verb} {services} {'from' if ingress else 'to'} {rule.prefix}",
        {
            "rule": rule.number,
            "direction": direction,
            "action": "allow" if rule.allows else "deny",
            "services": services,
            "peer": str(rule.prefix),
        },
    )


# -- routes


def route_evidence(route: Route) -> Evidence:
    """Say one route: "0.0.0.0/0 -> igw-0a1"."""
    target = "local" if route.target_kind is TargetKind.LOCAL else route.target
    words = target or str(route.target_kind)
    destination = str(route.destination) if route.destination else route.prefix_list
    state = "" if route.state == "active" else f" ({route.state})"
    return Evidence(
        f"{destination} -> {words}{state}",
        {
            "destination": destination,
            "target": words,
            "target_type": str(route.target_kind),
            "state": str(route.state),
            "origin": str(route.origin),
        },
    )


def transit_route_evidence(route: TransitRoute) -> Evidence:
    """Say one transit route: "10.0.0.0/8 -> tgw-attach-0a1 (static)"."""
    target = ", ".join(route.attachments) or "nothing"
    destination = str(route.destination) if route.destination else route.prefix_list
    origin = "static" if route.is_static else "propagated"
    state = "" if route.state == "active" else f", {route.state}"
    return Evidence(
        f"{destination} -> {target} ({origin}{state})",
        {
            "destination": destination,
            "target": target,
            "target_type": "transit-gateway-attachment",
            "state": route.state,
            "origin": origin,
        },
    )


def _gap(allowed: ServiceSet, services: ServiceSet) -> int:
    """Return how far apart two sets of services are: 0 where they meet."""
    if not allowed or not services or allowed & services:
        return 0
    same = [p for p in services.protocols() if allowed.of_protocol(p)]
    if not same:
        return 1 << 20
    return min(
        max(a - d, c - b, 0)
        for protocol in same
        for a, b in services.of_protocol(protocol)
        for c, d in allowed.of_protocol(protocol)
    )


def _with_name(identifier: str, name: str) -> str:
    return f"{identifier} ({name})" if name and name != identifier else identifier


__all__ = [
    "Reading",
    "acl_evidence",
    "deciding_rule",
    "nearest_acl_rule",
    "route_evidence",
    "transit_route_evidence",
]
