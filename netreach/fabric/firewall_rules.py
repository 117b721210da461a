"""Firewall rules as sets: whom they match, and what they then do [NF-1..4]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from netreach.fabric.firewall_words import (
    EVERY_PORT,
    Words,
    ports_leaf,
    prefix_of,
    prefixes_in,
    transport,
)
from netreach.model.services import (
    FirewallPolicy,
    FirewallRuleGroup,
    NetworkFirewall,
    PolicyGroup,
    PortRange,
    StatefulRule,
    StatelessRule,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis
from netreach.packets.couplings import WITH_PORTS
from netreach.packets.intervals import IntervalSet
from netreach.packets.prefixes import Prefix
from netreach.packets.services import START, TCP, UDP, ServiceSet

_EVERYTHING: Final = ServiceSet.everything()
#: How the undecided part of a domain list's group begins: it looks into HTTP and TLS only [NF-4].
DOMAIN_LIST: Final = "domain list"


class Action(StrEnum):
    """What a rule does with packets."""

    PASS = "pass"  # noqa: S105 - what firewalls call it
    DROP = "drop"
    #: From the stateless engine to the stateful one.
    FORWARD = "forward"


_STATELESS: Final = {
    "aws:pass": Action.PASS,
    "aws:drop": Action.DROP,
    "aws:forward_to_sfe": Action.FORWARD,
}
_STATEFUL: Final = {"PASS": Action.PASS, "DROP": Action.DROP, "REJECT": Action.DROP}
_ANY_STATELESS: Final = (Action.PASS, Action.DROP, Action.FORWARD)
_ANY_STATEFUL: Final = (Action.PASS, Action.DROP)


class Rule(Struct, frozen=True):
    """One rule as one engine of one firewall reads it."""

    #: What it does; several where nobody knows which of them.
    actions: tuple[Action, ...]
    #: What it matches by protocol and destination port.
    services: ServiceSet
    #: Source ports of TCP and UDP that it matches.
    source_ports: IntervalSet
    #: Atoms.
    sources: IntervalSet
    destinations: IntervalSet
    #: What of it nobody can decide: it may match what its fields match, or not ("" if decided).
    doubt: str
    #: The record that it is of: a rule group, or a policy that names one the snapshot lacks.
    owner: str
    text: str
    #: Whether the doubt is about the whole group.
    is_group: bool = False
    #: Its priority among stateless rules, its place among its group's stateful ones; -1 for none.
    number: int = -1

    def at(self, source_port: int) -> ServiceSet:
        """Return what it matches of packets from a source port."""
        if source_port in self.source_ports:
            return self.services
        return self.services - WITH_PORTS


class Engine(Struct, frozen=True):
    """Rules in order, and what happens to packets that match none."""

    rules: tuple[Rule, ...]
    defaults: tuple[Action, ...]
    #: What happens then, in words.
    default_text: str
    is_stateful: bool = False


class RuleBook(Struct, frozen=True):
    """What one firewall does with packets."""

    stateless: Engine
    stateful: Engine
    #: Whether TCP packets of connections that it did not see begin are surely dropped.
    drops_midstream: bool


def compile_rule_book(
    snapshot: Snapshot, firewall: NetworkFirewall, axis: AtomAxis
) -> RuleBook | None:
    """Read the policy of a firewall; None where the snapshot lacks it or can't be trusted."""
    policy = snapshot.firewall_policies.get(firewall.policy)
    if policy is None or policy.doubt or firewall.doubt:
        return None
    reader = _Reader(snapshot, policy, _home(snapshot, firewall, policy), axis)
    return RuleBook(
        stateless=Engine(
            tuple(reader.stateless()),
            _stateless_actions(policy.stateless_default),
            f"no stateless rule matches, so the default applies: {policy.stateless_default}",
        ),
        stateful=Engine(
            tuple(reader.stateful()),
            _stateful_default(policy),
            "no stateful rule matches, so the default applies: "
            + (", ".join(policy.stateful_defaults) or "pass"),
            is_stateful=True,
        ),
        drops_midstream=policy.stream_exception.upper() != "CONTINUE",
    )


def _stateless_actions(text: str) -> tuple[Action, ...]:
    return (_STATELESS[text],) if text in _STATELESS else _ANY_STATELESS


def _stateful_default(policy: FirewallPolicy) -> tuple[Action, ...]:
    """Return what happens without a match: only strict order can drop then [NF-2, NF-3]."""
    drops = any(text.startswith("aws:drop") for text in policy.stateful_defaults)
    return (Action.DROP,) if policy.is_strict and drops else (Action.PASS,)


def _home(
    snapshot: Snapshot, firewall: NetworkFirewall, policy: FirewallPolicy
) -> tuple[str, ...] | None:
    """Return what HOME_NET stands for; None where nobody says [NF-4]."""
    vpc = snapshot.vpcs.get(firewall.vpc)
    if policy.home_net:
        return policy.home_net
    return None if vpc is None else tuple(str(prefix) for prefix in vpc.prefixes)


class _Reader:
    """Reads the rule groups of one policy for one firewall."""

    def __init__(
        self,
        snapshot: Snapshot,
        policy: FirewallPolicy,
        home: tuple[str, ...] | None,
        axis: AtomAxis,
    ) -> None:
        self._groups, self._policy, self._axis = snapshot.firewall_rule_groups, policy, axis
        self._atoms = IntervalSet.of([(0, len(axis) - 1)])
        self._base: dict[str, tuple[str, ...]] = {}
        if home is not None:
            outside = tuple(f"!{text}" for text in home)
            self._base = {"$HOME_NET": home, "$EXTERNAL_NET": outside}

    # -- the stateless engine

    def stateless(self) -> Iterator[Rule]:
        """Yield the stateless rules: by the groups' priorities, then by their own [NF-1]."""
        for used, group in self._used(self._policy.stateless_groups):
            if group is None or group.doubt or group.undecided or group.is_stateful:
                yield self._unknown(used, group, _ANY_STATELESS)
                continue
            for rule in sorted(group.stateless, key=lambda one: one.priority):
                yield self._stateless_rule(group, rule)

    def _stateless_rule(self, group: FirewallRuleGroup, rule: StatelessRule) -> Rule:
        matched = [
            _with_ports(ServiceSet.protocol(number), _port_set(rule.destination_ports))
            for number in rule.protocols
        ]
        everything = _with_ports(_EVERYTHING, _port_set(rule.destination_ports))
        unread = "" if rule.action in _STATELESS else f"the action {rule.action}"
        return Rule(
            actions=_stateless_actions(rule.action),
            services=_union(matched) if matched else everything,
            source_ports=_port_set(rule.source_ports),
            sources=self._spans(rule.sources),
            destinations=self._spans(rule.destinations),
            doubt=rule.undecided or unread or _host_bits(rule),
            owner=group.id,
            text=f"stateless rule {rule.priority}",
            number=rule.priority,
        )

    def _spans(self, prefixes: tuple[Prefix, ...]) -> IntervalSet:
        if not prefixes:
            return self._atoms
        return IntervalSet.of(self._axis.span(prefix) for prefix in prefixes)

    # -- the stateful engine

    def stateful(self) -> Iterator[Rule]:
        """Yield the stateful rules in the order in which they are taken [NF-2]."""
        rules = list(self._stateful_rules())
        if self._policy.is_strict:
            yield from rules
            return
        for action in _ANY_STATEFUL:  # passing rules are all taken before dropping ones
            for rule in rules:
                if action in rule.actions:
                    yield replace(rule, actions=(action,))

    def _stateful_rules(self) -> Iterator[Rule]:
        for used, group in self._used(self._policy.stateful_groups):
            if group is None or group.doubt or group.undecided or not group.is_stateful:
                yield self._unknown(used, group, _ANY_STATEFUL)
            if group is not None:
                for number, rule in enumerate(group.stateful):
                    yield from self._stateful_rule(group, rule, number)

    def _stateful_rule(
        self, group: FirewallRuleGroup, rule: StatefulRule, number: int
    ) -> Iterator[Rule]:
        """Yield a rule once for each of its directions; rules that only alert decide nothing."""
        action = rule.action.strip().upper()
        if action == "ALERT":
            return
        actions = (_STATEFUL[action],) if action in _STATEFUL else _ANY_STATEFUL
        strange = "" if action in _STATEFUL else f"the action {rule.action}"
        sources = (rule.source, rule.source_port)
        targets = (rule.destination, rule.destination_port)
        addresses, ports = self._words(group)
        carried = transport(rule.protocol)
        for source, destination in ((sources, targets), (targets, sources)):
            atoms = [addresses.read(side[0]) for side in (source, destination)]
            numbers = [ports.read(side[1]) for side in (source, destination)]
            unread = "" if None not in (*atoms, *numbers) else "a variable or list nobody can read"
            from_ports, to_ports = (EVERY_PORT if n is None else n for n in numbers)
            inside = "" if carried.is_whole else f"the protocol {rule.protocol}"
            has_ports = None in numbers or any(n != EVERY_PORT for n in numbers)
            is_ip = carried.services == _EVERYTHING
            carrying = carried.services & WITH_PORTS if is_ip and has_ports else carried.services
            yield Rule(
                actions=actions,
                services=_with_ports(carrying, to_ports),
                source_ports=from_ports,
                sources=self._atoms if atoms[0] is None else atoms[0],
                destinations=self._atoms if atoms[1] is None else atoms[1],
                doubt=rule.undecided or strange or unread or inside,
                owner=group.id,
                text=_said(rule),
                number=number,
            )
            if not rule.is_any_direction:
                return

    def _words(self, group: FirewallRuleGroup) -> tuple[Words, Words]:
        """Return how the group's words are read: its own variables stand before the policy's."""
        addresses = self._base | _named(group.address_sets)
        return (
            Words(self._address, self._atoms, addresses),
            Words(ports_leaf, EVERY_PORT, _named(group.port_sets)),
        )

    def _address(self, text: str) -> IntervalSet | None:
        prefix = prefix_of(text)
        return None if prefix is None else IntervalSet.of([self._axis.span(prefix)])

    # -- groups

    def _used(
        self, uses: Sequence[PolicyGroup]
    ) -> Iterator[tuple[PolicyGroup, FirewallRuleGroup | None]]:
        for used in sorted(uses, key=lambda one: one.priority or 0):
            yield used, self._groups.get(used.group)

    def _unknown(
        self, used: PolicyGroup, group: FirewallRuleGroup | None, actions: tuple[Action, ...]
    ) -> Rule:
        """Return a rule that may match anything of a group that nobody can read [NF-4].

        A domain list looks into HTTP and TLS of what comes from HOME_NET only.
        """
        why = f"the snapshot lacks {used.group}" if group is None else group.doubt
        why = why or (group.undecided if group else "") or "it is a group of the other engine"
        is_list = group is not None and not group.doubt and DOMAIN_LIST in group.undecided.lower()
        home = self._words(group)[0].read("$HOME_NET") if group is not None and is_list else None
        return Rule(
            actions=actions,
            services=ServiceSet.protocol(TCP) if is_list else _EVERYTHING,
            source_ports=EVERY_PORT,
            sources=self._atoms if home is None else home,
            destinations=self._atoms,
            doubt=why,
            owner=used.group,
            text="",
            is_group=True,
        )


def _named(sets: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {f"${name.removeprefix('$')}": texts for name, texts in sets.items()}


def _port_set(ranges: tuple[PortRange, ...]) -> IntervalSet:
    return IntervalSet.of(ranges) if ranges else EVERY_PORT


def _with_ports(services: ServiceSet, ports: IntervalSet) -> ServiceSet:
    """Return the services to these destination ports; other protocols have none."""
    if ports == EVERY_PORT:
        return services
    wanted = ServiceSet.of(
        (START[protocol] + low, START[protocol] + high)
        for protocol in (TCP, UDP)
        for low, high in ports
    )
    return (services - WITH_PORTS) | (services & wanted)


def _union(sets: Iterable[ServiceSet]) -> ServiceSet:
    return ServiceSet.of(interval for services in sets for interval in services)


def _host_bits(rule: StatelessRule) -> str:
    """Say which CIDR can be read in two ways, if one can."""
    unsure = [str(p) for p in (*rule.sources, *rule.destinations) if not p.is_certain]
    return f"host bits in {', '.join(unsure)}" if unsure else ""


def _said(rule: StatefulRule) -> str:
    """Say a rule as Suricata writes it."""
    arrow = "<>" if rule.is_any_direction else "->"
    action, protocol = rule.action.strip().lower(), rule.protocol.strip().lower()
    ends = f"{rule.source} {rule.source_port} {arrow} {rule.destination} {rule.destination_port}"
    return f"{action} {protocol} {ends}" + (f" (sid {rule.sid})" if rule.sid else "")


def firewall_prefixes(snapshot: Snapshot) -> Iterator[Prefix]:
    """Yield the prefixes that firewalls' rules name, for cutting."""
    for group in snapshot.firewall_rule_groups.values():
        for rule in group.stateless:
            yield from (*rule.sources, *rule.destinations)
        for one in group.stateful:
            yield from (*prefixes_in(one.source), *prefixes_in(one.destination))
        for texts in group.address_sets.values():
            yield from (prefix for text in texts for prefix in prefixes_in(text))
    for policy in snapshot.firewall_policies.values():
        yield from (prefix for text in policy.home_net for prefix in prefixes_in(text))
