"""Blockers: what stood in the way at each step of a second walk, with its nearest rule and fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from netreach.explain import sentences
from netreach.explain.balancer_reading import BalancerReading
from netreach.explain.circles import circle
from netreach.explain.codes import Code
from netreach.explain.components import of_row
from netreach.explain.evidence import (
    FIRST_CLOSING_RULE,
    acl_evidence,
    deciding_rule,
    nearest_acl_rule,
    route_evidence,
)
from netreach.explain.firewall_reading import Dropping, FirewallReading
from netreach.explain.gaps import Gaps, doubted
from netreach.explain.hops import HopMaker
from netreach.explain.idle import idle_because
from netreach.explain.lacks import lacking
from netreach.explain.records import Component, ComponentType, Evidence, Explanation, Fix, Missing
from netreach.explain.remedies import Remedies
from netreach.explain.traces import AddressNames, PacketStep
from netreach.fabric.addresses import SCOPE_INTERNET
from netreach.fabric.origins import Origins
from netreach.fabric.router import UNROUTABLE_ROW
from netreach.fabric.rules import acl_rule_services
from netreach.fabric.vocabulary import FIRST_UNKNOWN, Fate, Kind
from netreach.model.records import NetworkAcl, NetworkAclRule, Route, RouteState, SecurityGroupRule
from netreach.packets.batch import NO_ROW, column
from netreach.packets.prefixes import Address, Prefix
from netreach.packets.services import ServiceSet
from netreach.query.verdict import client_ports
from netreach.query.words import safe

_NOTHING: Final = ServiceSet.empty()
_DENIALS: Final = {
    Kind.NETWORK_ACL: Code.SUBNET_ACL_RESTRICTION,
    Kind.NAT_GATEWAY: Code.PROTOCOL_RESTRICTION,
    Kind.AWS_SERVICE: Code.AWS_SERVICE_PORT_RESTRICTION,
}


#: How ways end at a balancer that has no listener for them.
_UNHEARD: Final = (Fate.ELBV2_LISTENERS_MISMATCH, Fate.ELB_LISTENERS_MISMATCH)
#: Endings of which the snapshot shows what exactly it lacks.
_LACKING: Final = frozenset({Fate.UNKNOWN_RESOURCE, Fate.TGW_RTB_ROUTES_ARE_UNKNOWN})
#: Codes for losing the sender's groups, where it is more than a gateway's nature [SG-10].
_LOST_AT: Final[dict[Kind | None, Code]] = {Kind.TRANSIT_ATTACHMENT: Code.SG_REFERENCING_SUPPORT}


@dataclass(slots=True)
class Blockers:
    """Collects the blockers and gaps of one flow."""

    origins: Origins
    maker: HopMaker
    names: AddressNames
    remedies: Remedies
    found: list[Explanation] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    #: What has hidden the sender's groups on the leg that is being read [SG-6, SG-9].
    _hider: Kind | None = None
    #: The interface whose groups are meant, NO_ROW for none.
    _sender: int = NO_ROW
    #: The step before the one that is being read.
    _before: PacketStep | None = None
    #: The steps of the leg that is being read.
    _steps: Sequence[PacketStep] = ()

    def collect(self, steps: Sequence[PacketStep], leg: str, *, is_open: bool) -> None:
        """Read the steps of one leg."""
        chosen = _telling(steps) if is_open and leg == "forward" else None
        self._hider, self._steps = None, steps
        self._sender = steps[0].carrier if steps else NO_ROW
        for number, step in enumerate(steps):
            self._before = steps[number - 1] if number else None
            if self._hider is None and step.carrier == NO_ROW != steps[0].carrier:
                self._hider = step.kind
            if step.fate is not None:
                self._end(step, leg)
            elif step.passes is not None:
                left = step.denied
                if left and (chosen is None or number in chosen):
                    self._filter(step, left, leg)
                if step.doubted:
                    self._gap(step)

    # -- filters

    def _filter(self, step: PacketStep, left: ServiceSet, leg: str) -> None:
        if step.kind is Kind.GROUP_SET:
            self._groups(step, left, leg)
        elif step.kind is Kind.NETWORK_ACL:
            self._acl(step, left, leg)
        elif step.kind in (Kind.FIREWALL, Kind.INSPECTION):
            self._firewall(step, left, leg)
        else:
            component = of_row(self.origins, step.kind, step.row)
            message = f"{sentences.label(component)} does not carry {left}"
            self._add(self._denial(step), leg, step, component, message)

    def _firewall(self, step: PacketStep, left: ServiceSet, leg: str) -> None:
        component = of_row(self.origins, step.kind, step.row)
        if step.kind is Kind.INSPECTION:
            message = sentences.unfollowed(component, str(left))
            self._add(Code.FIREWALL_ASYMMETRIC_ROUTING, leg, step, component, message)
            return
        ends = f"{self.names.source(step)} to {self.names.destination(step)}"
        rules = FirewallReading(self.origins).all_dropping(step, left)
        for rule, services, ports in rules or [Dropping(Evidence("by its policy"), left, _NOTHING)]:
            clients = client_ports(ports, services)
            message = sentences.firewall_drops(component, str(services), ends, rule.text, clients)
            fix = self.remedies.firewall(step, services, rule) if rules else None
            self._add(Code.FIREWALL_RULES_RESTRICTION, leg, step, component, message, rule, fix)

    def _denial(self, step: PacketStep) -> Code:
        """Return the code of what filters neither as a group nor as an ACL."""
        if step.kind is not Kind.ENDPOINT:
            return _DENIALS[step.kind]
        is_gateway = bool(self.origins.fabric.endpoints.is_gateway[step.row])
        gateway, service = (
            Code.VPCE_GATEWAY_PROTOCOL_RESTRICTION,
            Code.VPCE_SERVICE_PORT_RESTRICTION,
        )
        return gateway if is_gateway else service

    def _groups(self, step: PacketStep, left: ServiceSet, leg: str) -> None:
        component = of_row(self.origins, Kind.INTERFACE, step.row)
        rules = self.maker.rules_of(step)
        peer_words = self.names.peer(step)
        if not rules:
            listed = ", ".join(group.id for group in self.origins.groups(step.row))
            message = sentences.no_group_rules(component, listed, ingress=step.ingress)
            code, nearest = Code.SG_HAS_NO_RULES, None
        else:
            code, message, nearest = self._mismatch(step, left, component, peer_words)
        fix = self.remedies.group(step, left, self.remedies.peer(step))
        self._add(code, leg, step, component, message, nearest, fix)

    def _mismatch(
        self, step: PacketStep, left: ServiceSet, component: Component, peer: str
    ) -> tuple[Code, str, Evidence | None]:
        reading, rules = self.maker.reading, self.maker.rules_of(step)
        address = self.names.address(self.maker.peer_atom(step))
        near = reading.nearest_group_rule(rules, address, self.maker.peer_groups(step), left)
        nearest = reading.group_evidence(*near, ingress=step.ingress) if near else None
        said = nearest.text if nearest else ""
        hidden = step.ingress and self._hider is not None
        by_reference = [r for _, r in rules if r.group and self.maker.covers_service(r, left)]
        if hidden and near and near[1].group and self._is_member(by_reference):
            message = sentences.references_lost(component, str(left), peer, said)
            code = _LOST_AT.get(self._hider, Code.SG_REFERENCES_NOT_PRESERVED)
            return code, message, nearest
        message = sentences.group_mismatch(
            component, str(left), peer, ingress=step.ingress, nearest=said
        )
        return Code.ENI_SG_RULES_MISMATCH, message, nearest

    def _is_member(self, rules: Sequence[SecurityGroupRule]) -> bool:
        """Tell whether any of the rules names a group that the sender carries."""
        carried = self.origins.interface(self._sender).groups if self._sender != NO_ROW else ()
        return any(rule.group in carried for rule in rules)

    def _acl(self, step: PacketStep, left: ServiceSet, leg: str) -> None:
        component = of_row(self.origins, step.kind, step.row)
        acl = self.origins.acl(step.row)
        rules = _rules(acl, ingress=step.ingress)
        address = self.names.address(self.maker.peer_atom(step))
        rule = deciding_rule(rules, address, left)
        near = nearest_acl_rule(rules, address, left)
        message = sentences.acl_denies(
            component,
            str(left),
            self.names.peer(step),
            ingress=step.ingress,
            evidence=acl_evidence(rule, ingress=step.ingress).text,
        )
        nearest = acl_evidence(near, ingress=step.ingress) if near else None
        fix = None
        if acl is not None:
            side = (acl.id, step.ingress)
            number = _number_ahead(rules, address, left, self.remedies.numbers_given(*side))
            fix = self.remedies.acl(*side, number, left, self.remedies.peer(step))
        own = self._is_of_classic_balancer(step)
        code = Code.ELB_ACL_RESTRICTION if own else Code.SUBNET_ACL_RESTRICTION
        self._add(code, leg, step, component, message, nearest, fix)

    def _is_of_classic_balancer(self, step: PacketStep) -> bool:
        """Tell whether an ACL is asked only since a classic balancer sends inside its subnet."""
        book, nodes = self.origins.fabric.book, self.origins.fabric.balancers.nodes
        ends = column([step.source, step.destination])
        vpcs = column([step.vpc, step.vpc])
        sender = book.interface[book.holder(vpcs, ends)][0]
        inside = int(book.subnet_at(vpcs, ends)[1]) == step.row
        return not (step.ingress or step.returning) and inside and bool(nodes.is_classic[sender])

    # -- endings

    def _end(self, step: PacketStep, leg: str) -> None:
        fate = step.fate
        if fate is None or fate is Fate.DELIVERED:
            return
        component = of_row(self.origins, step.kind, step.row)
        message = self.sentence(step, component)
        if fate >= FIRST_UNKNOWN:
            self._note(self._unknown(step, component, Missing(component, message, Code(fate.name))))
            return
        fix = self.remedies.ending(step, fate, leg)
        filtered = self._filtered_route(step) if fate is Fate.NO_ROUTE_TO_DESTINATION else None
        if filtered is None:
            nearest = None
            if fate in _UNHEARD:
                nearest = BalancerReading(self.origins).nearest(step.row, step.services.maybe)
            self._add(Code(fate.name), leg, step, component, message, nearest, fix)
        else:
            said = sentences.route_filtered(component, self.names.destination(step), filtered.text)
            self._add(Code.ROUTE_STATE_FILTERED, leg, step, component, said, filtered, fix)

    def _unknown(self, step: PacketStep, place: Component, missing: Missing) -> Missing:
        """Say why nobody knows what a NAT gateway does, where it is its record that is in doubt."""
        record = self.origins.origin(step.kind, step.row).record
        is_doubted = step.kind is Kind.NAT_GATEWAY and record is not None and record.doubt
        return doubted(place, record.doubt) if is_doubted and record is not None else missing

    def _filtered_route(self, step: PacketStep) -> Evidence | None:
        """Return the route that would cover the destination, if AWS used it [RT-9]."""
        table = self.origins.table(step.row) if step.kind is Kind.ROUTE_TABLE else None
        address = self.names.address(step.destination)
        filtered = [
            (prefix.length, route)
            for route in (table.routes if table else ())
            if route.state is RouteState.FILTERED
            for prefix in self._destinations(route)
            if prefix.contains(address)
        ]
        if not filtered:
            return None
        return route_evidence(max(filtered, key=lambda found: found[0])[1])

    def _destinations(self, route: Route) -> tuple[Prefix, ...]:
        if route.destination is not None:
            return (route.destination,)
        record = self.origins.fabric.snapshot.prefix_lists.get(route.prefix_list)
        return (record.entries or ()) if record else ()

    def sentence(self, step: PacketStep, component: Component) -> str:
        """Say how the way ended at a step."""
        fate = step.fate
        if fate is None:
            return ""
        lost = self._lacking(step, component) if fate in _LACKING else ""
        if fate is Fate.NOT_MODELLED and component.type is ComponentType.INTERNET:
            lost = sentences.from_nowhere(self.names.source(step))
        if component.type is ComponentType.DIRECT_CONNECT_GATEWAY:
            record = self.origins.fabric.snapshot.direct_connect_gateways.get(component.id)
            if record is not None and fate is Fate.NO_ROUTE_TO_DESTINATION:
                lost = sentences.unannounced(component, record, self.names.destination(step))
        if lost:
            return lost
        by_route = step.kind not in (Kind.LOAD_BALANCER, Kind.TARGET_GROUP)
        is_route = by_route and step.route > UNROUTABLE_ROW
        route = self.origins.route(step.route) if is_route else None
        return sentences.stop(
            fate,
            component=sentences.label(component),
            source=self.names.source(step),
            destination=self.names.destination(step),
            address=self._unroutable(step),
            vpc=self.origins.vpc_id(step.vpc) or "the VPC",
            evidence=route_evidence(route[1]).text if route else "its target is gone",
            state=self._state(step),
            services=str(step.services.maybe),
            circle=circle(self.origins, self._steps, step) if fate is Fate.ROUTING_LOOP else "",
        )

    def _lacking(self, step: PacketStep, component: Component) -> str:
        return lacking(self.origins.fabric.snapshot, component, self.origins.vpc_id(step.vpc))

    def _unroutable(self, step: PacketStep) -> str:
        """Return the end that the internet does not route."""
        scopes = self.origins.fabric.book.scopes(column([step.source]))
        foreign = int(scopes[0]) != SCOPE_INTERNET
        return self.names.source(step) if foreign else self.names.destination(step)

    def _state(self, step: PacketStep) -> str:
        if step.kind is not Kind.INTERFACE:
            record = self.origins.origin(step.kind, step.row).record
            return idle_because(self.origins.fabric.snapshot, record)
        record = self.origins.interface(step.row)
        instance = self.origins.fabric.snapshot.instances.get(record.instance)
        if instance is not None and instance.state != "running":
            return f"{instance.id} is {safe(instance.state)}"
        return f"its status is {safe(record.attachment_status or record.status)}"

    # -- gaps

    def _gap(self, step: PacketStep) -> None:
        component = of_row(self.origins, step.kind, step.row)
        for missing in Gaps(self.origins, self.names).of(step, component):
            self._note(missing)

    def _note(self, missing: Missing) -> None:
        if missing not in self.missing:
            self.missing.append(missing)

    def _add(
        self,
        code: Code,
        leg: str,
        step: PacketStep,
        component: Component,
        message: str,
        nearest: Evidence | None = None,
        fix: Fix | None = None,
    ) -> None:
        direction = ""
        if step.kind in (Kind.GROUP_SET, Kind.NETWORK_ACL):
            direction = "ingress" if step.ingress else "egress"
        explanation = Explanation(
            code,
            leg,
            component,
            message,
            direction,
            nearest,
            fix,
            self.names.source(step),
            self.names.destination(step),
            self._decided(step),
            self.origins.subnet_id(step.subnet),
            self.origins.vpc_id(step.vpc),
        )
        if explanation not in self.found and not self._is_told(explanation):
            self.found.append(explanation)

    def _decided(self, step: PacketStep) -> Evidence | None:
        """Return the rule or route that stopped the packet; groups have none: they only allow."""
        if step.fate is not None:
            before = self._before  # a table says its route in one step, what becomes of it in two
            same = before is not None and (before.kind, before.row) == (step.kind, step.row)
            return self.maker.because(before if before is not None and same else step)
        if step.kind is not Kind.NETWORK_ACL:
            return None
        rules = _rules(self.origins.acl(step.row), ingress=step.ingress)
        address = self.names.address(self.maker.peer_atom(step))
        return acl_evidence(deciding_rule(rules, address, step.stopped), ingress=step.ingress)

    def _is_told(self, explanation: Explanation) -> bool:
        """Tell whether the way there was already stopped by the same state of the same thing."""
        return explanation.code is Code.BAD_STATE and any(
            (told.code, told.component) == (explanation.code, explanation.component)
            for told in self.found
        )


def _telling(steps: Sequence[PacketStep]) -> set[int]:
    """Return the filters worth naming when every service was asked for.

    Those that let nothing pass; where none does so alone, all that let not everything pass.
    """
    filters = [n for n, step in enumerate(steps) if step.fate is None and step.denied]
    closed = {n for n in filters if not (steps[n].services.maybe - steps[n].stopped)}
    return closed or set(filters)


def _rules(acl: NetworkAcl | None, *, ingress: bool) -> tuple[NetworkAclRule, ...]:
    if acl is None:
        return ()
    return acl.ingress if ingress else acl.egress


def _number_ahead(
    rules: Sequence[NetworkAclRule], address: Address, left: ServiceSet, taken: set[int]
) -> int:
    """Return a free rule number ahead of every rule that denies this; 0 where there is none."""
    numbers = {rule.number for rule in rules} | taken
    denying = [
        rule.number
        for rule in rules
        if not rule.allows
        and rule.number < FIRST_CLOSING_RULE
        and rule.prefix.contains(address)
        and acl_rule_services(rule) & left
    ]
    if denying:
        candidates = [*range(min(denying) - 1, 0, -1)]
    else:
        own = [number for number in numbers if number < FIRST_CLOSING_RULE]
        after = (max(own, default=90) // 10 + 1) * 10
        candidates = [*range(after, FIRST_CLOSING_RULE), *range(1, FIRST_CLOSING_RULE)]
    return next((number for number in candidates if number not in numbers), 0)
