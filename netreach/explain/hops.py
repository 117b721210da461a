"""Steps of a trace as hops, each with the rule or route that decided."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from netreach.explain.balancer_reading import BalancerReading
from netreach.explain.components import component, of_row
from netreach.explain.evidence import (
    Reading,
    acl_evidence,
    deciding_rule,
    route_evidence,
    transit_route_evidence,
)
from netreach.explain.firewall_reading import FirewallReading
from netreach.explain.records import Action, Component, Evidence, Hop
from netreach.explain.traces import AddressNames, PacketStep
from netreach.fabric.origins import Origins
from netreach.fabric.router import UNROUTABLE_ROW
from netreach.fabric.rules import group_rule_services
from netreach.fabric.vocabulary import FIRST_UNKNOWN, Fate, Kind
from netreach.model.records import SecurityGroup, SecurityGroupRule
from netreach.packets.batch import NO_ROW, column
from netreach.packets.services import ServiceSet

_CROSSING: Final = {
    Kind.INTERFACE: Action.SEND,
    Kind.GROUP_SET: Action.ALLOW,
    Kind.NETWORK_ACL: Action.ALLOW,
    Kind.ROUTE_TABLE: Action.ROUTE,
    Kind.GATEWAY_TABLE: Action.ROUTE,
    Kind.TRANSIT_TABLE: Action.ROUTE,
    Kind.TRANSIT_POLICY: Action.ROUTE,
    Kind.NAT_GATEWAY: Action.TRANSLATE,
    Kind.LOAD_BALANCER: Action.TRANSLATE,
    Kind.EGRESS_ONLY: Action.FORWARD,
    Kind.AWS_SERVICE: Action.ALLOW,
    Kind.ENDPOINT: Action.FORWARD,
    Kind.SUBNET: Action.SEND,
    Kind.INTERNET: Action.SEND,
    Kind.SITE: Action.SEND,
}


class HopMaker:
    """Makes hops for one answer."""

    def __init__(self, origins: Origins, reading: Reading, names: AddressNames) -> None:
        """Take what all hops of the answer share."""
        self._origins, self.reading, self._names = origins, reading, names

    def hops(self, trace: list[PacketStep]) -> tuple[Hop, ...]:
        """Return the hops of a trace; steps of one component in a row become one hop."""
        made: list[Hop] = []
        for number, step in enumerate(trace):
            hop = self._hop(step, trace[number - 1] if number else None)
            if made and _continues(made[-1], hop, step):
                made[-1] = _merged(made[-1], hop)
            else:
                made.append(hop)
        return tuple(made)

    def _hop(self, step: PacketStep, before: PacketStep | None) -> Hop:
        because = self.because(step)
        services = step.services.maybe
        if step.passes is not None:
            services = (services & step.passes.maybe) or services
        return Hop(
            component=self._component(step),
            action=_action(step, before),
            source=self._names.source(step),
            destination=self._names.destination(step),
            service=str(services),
            subnet=self._origins.subnet_id(step.subnet),
            vpc=self._origins.vpc_id(step.vpc),
            because=because,
            direction=_direction(step),
        )

    def _component(self, step: PacketStep) -> Component:
        if step.kind is Kind.GROUP_SET:
            group = self._deciding_group(step)
            if group is not None:
                return component("security-group", group.id, group)
        return of_row(self._origins, step.kind, step.row)

    def _deciding_group(self, step: PacketStep) -> SecurityGroup | None:
        found = self.allowing_group_rule(step)
        if found is not None:
            return found[0]
        groups = self._origins.groups(step.row)
        return groups[0] if groups else None

    def rules_of(self, step: PacketStep) -> list[tuple[SecurityGroup, SecurityGroupRule]]:
        """Return the rules that the groups of an interface have in a direction."""
        direction = "ingress" if step.ingress else "egress"
        groups = self._origins.groups(step.row)
        return [(group, rule) for group in groups for rule in getattr(group, direction)]

    @staticmethod
    def covers_service(rule: SecurityGroupRule, services: ServiceSet) -> bool:
        """Tell whether a rule covers any of these services, whoever the peer is."""
        return bool(group_rule_services(rule) & services)

    def peer_groups(self, step: PacketStep) -> tuple[str, ...]:
        """Return the groups that references see at the other end [SG-6]."""
        peers = [step.carrier]
        if not step.ingress:
            interfaces = self._origins.fabric.interfaces
            found = interfaces.peers(column([step.vpc]), column([step.destination]))
            peers = [int(peer[0]) for peer in found]
        known = (self._origins.interface(peer).groups for peer in peers if peer != NO_ROW)
        return tuple(dict.fromkeys(group for groups in known for group in groups))

    def peer_atom(self, step: PacketStep) -> int:
        """Return the atom that a filter compares its rules with."""
        return step.source if step.ingress else step.destination

    def allowing_group_rule(
        self, step: PacketStep
    ) -> tuple[SecurityGroup, SecurityGroupRule] | None:
        """Return the rule that lets the packet through the groups, if one does."""
        return self.reading.allowing_rule(
            self.rules_of(step),
            self._names.address(self.peer_atom(step)),
            self.peer_groups(step),
            step.services.maybe,
        )

    def because(self, step: PacketStep) -> Evidence | None:
        """Return the rule or route that decided at a step; None where none did."""
        if step.kind is Kind.GROUP_SET and step.passes is not None:
            found = self.allowing_group_rule(step)
            if found is not None:
                return self.reading.group_evidence(*found, ingress=step.ingress)
            return self._no_rule(step) if not step.passes.maybe & step.services.maybe else None
        if step.kind is Kind.NETWORK_ACL:
            return self._acl_evidence(step)
        if step.kind is Kind.FIREWALL and step.passes is not None:
            return self._firewall_evidence(step)
        tables = (Kind.ROUTE_TABLE, Kind.GATEWAY_TABLE)
        if step.kind in tables and step.route not in (NO_ROW, UNROUTABLE_ROW):
            found_route = self._origins.route(step.route)
            return route_evidence(found_route[1]) if found_route else None
        if step.kind in (Kind.LOAD_BALANCER, Kind.TARGET_GROUP) and step.route != NO_ROW:
            return BalancerReading(self._origins).taken(step.route)
        if step.kind is Kind.TRANSIT_TABLE and step.route != NO_ROW:
            return transit_route_evidence(self._origins.transit_route(step.route)[1])
        return None

    def _no_rule(self, step: PacketStep) -> Evidence:
        direction = "ingress" if step.ingress else "egress"
        word = "from" if step.ingress else "to"
        peer, services = self._names.peer(step), str(step.services.maybe)
        return Evidence(
            f"no {direction} rule allows {services} {word} {peer}",
            {"direction": direction, "action": "deny", "services": services, "peer": peer},
        )

    def _firewall_evidence(self, step: PacketStep) -> Evidence | None:
        reading, left = FirewallReading(self._origins), step.stopped
        return reading.dropping(step, left) if left else reading.passing(step)

    def _acl_evidence(self, step: PacketStep) -> Evidence | None:
        acl = self._origins.acl(step.row)
        if acl is None or step.passes is None:
            return Evidence("AWS's default ACL allows everything (assumed)", {"action": "allow"})
        rules = acl.ingress if step.ingress else acl.egress
        asked, passes = step.services.maybe, step.passes
        wanted = (asked & passes.sure) or (asked & passes.maybe) or asked
        rule = deciding_rule(rules, self._names.address(self.peer_atom(step)), wanted)
        return acl_evidence(rule, ingress=step.ingress)


def _action(step: PacketStep, before: PacketStep | None) -> Action:
    if step.fate is Fate.DELIVERED:
        return Action.DELIVER
    if step.fate is not None:
        return Action.UNKNOWN if step.fate >= FIRST_UNKNOWN else Action.DROP
    if step.passes is not None:
        if not step.services.maybe & step.passes.maybe:
            return Action.DENY
        return Action.ALLOW if step.services.maybe & step.passes.sure else Action.UNKNOWN
    if step.kind is Kind.INTERNET_GATEWAY:
        changed = before is not None and (before.source, before.destination) != (
            step.source,
            step.destination,
        )
        return Action.TRANSLATE if changed else Action.FORWARD
    return _CROSSING.get(step.kind, Action.FORWARD)


def _direction(step: PacketStep) -> str:
    if step.passes is None or step.kind not in (Kind.GROUP_SET, Kind.NETWORK_ACL):
        return ""
    return "ingress" if step.ingress else "egress"


def _continues(last: Hop, hop: Hop, step: PacketStep) -> bool:
    """Tell whether a step belongs to the hop before it: one component, decided in two steps."""
    same = last.component == hop.component and last.direction == hop.direction
    return same and step.kind not in (Kind.NETWORK_ACL, Kind.GROUP_SET)


def _merged(last: Hop, hop: Hop) -> Hop:
    because = hop.because or last.because
    if last.action in (Action.DROP, Action.DENY) and hop.action is not Action.DROP:
        return replace(hop, action=last.action, because=because)
    return replace(hop, because=because)
