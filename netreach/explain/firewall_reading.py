"""Firewall rules in words: a second reading of which of them decided, and which nobody can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from netreach.explain import sentences
from netreach.explain.codes import Code
from netreach.explain.components import component
from netreach.explain.records import Component, Evidence, Missing
from netreach.explain.traces import PacketStep
from netreach.fabric.firewall_decisions import Rules, source_ports, stretches
from netreach.fabric.firewall_policy import CLIENT_PORTS
from netreach.fabric.firewall_rules import Action, Engine, Rule, RuleBook
from netreach.fabric.origins import Origins
from netreach.fabric.public_access import Access
from netreach.fabric.vocabulary import Kind
from netreach.packets.batch import NO_ROW, column
from netreach.packets.couplings import PORTED, WITH_PORTS
from netreach.packets.services import ServiceSet
from netreach.query.words import brief, safe

_ALL_PORTS: Final = (0, 65535)
_NOTHING: Final = ServiceSet.empty()


class Finding(NamedTuple):
    """A rule, or the lack of one, that had a say about some of a packet's services."""

    engine: Engine
    #: None for the default action.
    rule: Rule | None
    actions: tuple[Action, ...]
    services: ServiceSet

    @property
    def text(self) -> str:
        """The rule in words."""
        if self.rule is None:
            return self.engine.default_text
        if self.rule.is_group:
            return f"a rule of {brief(self.rule.owner)}"
        return f"{self.rule.text} of {brief(self.rule.owner)}"

    def evidence(self, action: str) -> Evidence:
        """Say the rule, and where it stands: its group and its number there, -1 for a default."""
        return Evidence(
            self.text,
            {
                "action": action,
                "engine": "stateful" if self.engine.is_stateful else "stateless",
                "group": self.rule.owner if self.rule else "",
                "number": self.rule.number if self.rule else -1,
            },
        )


class _Sender(NamedTuple):
    """Ports that packets are from and rules treat alike: one of them, and all."""

    port: int
    #: What packets from them may be: services on the way there, replies on the way back.
    asked: ServiceSet
    ports: ServiceSet


class Dropping(NamedTuple):
    """A rule or default action that drops, and of what."""

    evidence: Evidence
    services: ServiceSet
    #: The client ports from which it does, on the way there, if not from all.
    clients: ServiceSet


class FirewallReading:
    """Reads firewalls' rules against the packets of one answer."""

    def __init__(self, origins: Origins) -> None:
        """Read the firewalls of this network."""
        self._origins = origins
        self._firewalls = origins.fabric.inspections.firewalls

    def _engines(self, step: PacketStep) -> tuple[RuleBook | None, Rules]:
        ends = (column([step.source]), column([step.destination]))
        pair = self._firewalls.pair(column([step.row]), *ends)
        return self._firewalls.engines(int(pair[0]))

    def findings(self, step: PacketStep) -> Iterator[Finding]:
        """Yield what had a say at a step, in the order in which the firewall asks."""
        for sender in self._senders(step):
            yield from self._findings_from(step, sender)

    def _senders(self, step: PacketStep) -> Iterator[_Sender]:
        """Yield the ports that packets are from as far as rules tell them apart."""
        _, (stateless, stateful) = self._engines(step)
        ranges = list(source_ports((*stateless, *stateful)))
        others = step.ports.others if step.ports else _NOTHING
        any_port = (_ALL_PORTS if step.returning else CLIENT_PORTS,)
        for protocol in PORTED:
            asked = step.services.maybe.of_protocol(protocol)
            for low, high in stretches(ranges, others.port_ranges(protocol) or any_port):
                if asked:
                    yield _Sender(low, asked, ServiceSet.ports(protocol, low, high))
        if step.services.maybe - WITH_PORTS:
            yield _Sender(CLIENT_PORTS[0], step.services.maybe - WITH_PORTS, _NOTHING)

    def _findings_from(self, step: PacketStep, sender: _Sender) -> Iterator[Finding]:
        port, asked, _ = sender
        book, (stateless, stateful) = self._engines(step)
        if book is None:
            return
        forwarded = _NOTHING
        for found in _of_engine(book.stateless, stateless, port, asked):
            yield found
            if Action.FORWARD in found.actions:
                forwarded |= found.services
        if not step.returning or stateful:
            yield from _of_engine(book.stateful, stateful, port, forwarded)

    def dropping(self, step: PacketStep, left: ServiceSet) -> Evidence | None:
        """Return the rule that drops these services, or the default action that does."""
        return next((one.evidence for one in self.all_dropping(step, left)), None)

    def all_dropping(self, step: PacketStep, left: ServiceSet) -> list[Dropping]:
        """Return the rules or default actions that drop these services.

        That is one, and one for each other client port that rules tell apart. If it is a stateless
        one: also what would drop the services had it forwarded them instead.
        """
        dropping: dict[str, Dropping] = {}
        for sender in self._senders(step):
            for found in self._findings_from(step, sender):
                if Action.DROP in found.actions and found.services & left:
                    behind = [] if found.engine.is_stateful else self._behind(step, sender, left)
                    for one in (found.evidence("drop"), *behind):
                        dropping[one.text] = _besides(
                            dropping.get(one.text), Dropping(one, *_share(step, sender, left))
                        )
                    break
            if dropping and step.returning:
                break
        return list(dropping.values())

    def _behind(self, step: PacketStep, sender: _Sender, left: ServiceSet) -> list[Evidence]:
        """Return what the stateful engine would drop of services; it asks about no reply."""
        book, (_, rules) = self._engines(step)
        if book is None or step.returning:
            return []
        found = _of_engine(book.stateful, rules, sender.port, left)
        drops = (one.evidence("drop") for one in found if one.actions == (Action.DROP,))
        return list(drops)[:1]

    def passing(self, step: PacketStep) -> Evidence | None:
        """Return the rule that passes a packet, or the default action that does."""
        for found in self.findings(step):
            if Action.PASS in found.actions and found.services & step.services.maybe:
                return found.evidence("pass")
        return None

    def gaps(self, step: PacketStep, place: Component) -> Iterator[Missing]:
        """Yield what leaves open whether packets pass."""
        firewall = self._origins.fabric.snapshot.firewalls[place.id]
        if self._engines(step)[0] is None:
            yield self._unread(firewall.policy, firewall.doubt, place)
            return
        findings = [found for found in self.findings(step) if found.services & step.doubted]
        doubtful = {found.rule: None for found in findings if found.rule and found.rule.doubt}
        for rule in doubtful:
            yield self._undecided(rule)
        if not doubtful:
            yield from self._undescribed(findings, place, returning=step.returning)

    def _unread(self, policy: str, doubt: str, place: Component) -> Missing:
        """Say that the firewall or its policy can't be read."""
        record = self._origins.fabric.snapshot.firewall_policies.get(policy)
        if doubt or record is None or not record.doubt:
            why = doubt or f"the snapshot lacks its policy {policy or '(not named)'}"
            return Missing(place, sentences.not_trusted(place, why))
        named = component("firewall-policy", policy, record)
        return Missing(named, sentences.not_trusted(named, record.doubt))

    def _undecided(self, rule: Rule) -> Missing:
        record = self._origins.fabric.snapshot.firewall_rule_groups.get(rule.owner)
        place = component("firewall-rule-group", rule.owner, record)
        if record is None or record.doubt:
            return Missing(place, sentences.not_trusted(place, rule.doubt))
        code = Code.FIREWALL_UNSUPPORTED_RULE_OPTIONS
        if rule.is_group:
            code = Code.FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE
        why = sentences.firewall_undecided(place, rule.text, safe(rule.doubt))
        return Missing(place, why, code)

    def _undescribed(
        self, findings: Iterable[Finding], place: Component, *, returning: bool
    ) -> Iterator[Missing]:
        """Say which rules decide by what the question leaves open: a copy's ports, how it began."""
        rules = dict.fromkeys(f.text for f in findings if f.rule is not None)
        say = sentences.firewall_answers if returning else sentences.firewall_by_port
        why = say(place, ", ".join(rules) or "its policy")
        yield Missing(place, why, Code.FIREWALL_UNSUPPORTED_RULE_OPTIONS)


def _share(step: PacketStep, sender: _Sender, left: ServiceSet) -> tuple[ServiceSet, ServiceSet]:
    """Return what is dropped from some ports of what is dropped from any, and which ports."""
    stopped = step.denied_from(sender.ports)
    if stopped is None:
        return left, _NOTHING
    return left & stopped, sender.ports


def _besides(before: Dropping | None, more: Dropping) -> Dropping:
    if before is None:
        return more
    return Dropping(before.evidence, before.services | more.services, before.clients | more.clients)


def _of_engine(
    engine: Engine, rules: Sequence[Rule], port: int, services: ServiceSet
) -> Iterator[Finding]:
    left = services
    for rule in rules:
        matched = rule.at(port) & left
        if matched:
            yield Finding(engine, rule, rule.actions, matched)
            left = left if rule.doubt else left - matched
    if left:
        yield Finding(engine, None, engine.defaults, left)


#: What `guard_gaps` knows about.
GUARDS: Final = (Kind.FIREWALL, Kind.INSPECTION, Kind.PUBLIC_ACCESS)


def guard_gaps(origins: Origins, step: PacketStep, place: Component) -> Iterator[Missing]:
    """Yield what leaves open whether a firewall or Block Public Access lets packets pass."""
    if step.kind is Kind.FIREWALL:
        yield from FirewallReading(origins).gaps(step, place)
    elif step.kind is Kind.INSPECTION:
        yield _one_sided(origins, step, place)
    else:
        why = _of_public_access(origins, step, place)
        yield Missing(place, why, Code.VPC_BLOCK_PUBLIC_ACCESS_ENABLED)


def _of_public_access(origins: Origins, step: PacketStep, place: Component) -> str:
    """Say what nobody knows of a subnet that Block Public Access restricts."""
    guard = origins.fabric.internet_gateways.guard
    if step.row != NO_ROW and guard.maybe.subnets[step.row] == Access.EGRESS:
        return sentences.blocks_replies(place)
    return sentences.blocks_unclear(place)


def _one_sided(origins: Origins, step: PacketStep, place: Component) -> Missing:
    record = origins.origin(Kind.INSPECTION, step.row).record
    if record is not None and record.doubt:
        return Missing(place, sentences.not_trusted(place, record.doubt))
    fabric = origins.fabric
    is_ipv6 = fabric.book.axis.is_ipv6(column([step.destination]))[0]
    if is_ipv6 and fabric.inspections.may_refuse_ipv6[step.row]:
        return Missing(place, sentences.ipv6_unsaid(place))
    return Missing(place, sentences.one_sided(place), Code.FIREWALL_ASYMMETRIC_ROUTING)
