"""Blockers and gaps in AWS's form: each code with the fields that Reachability Analyzer gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from netreach.explain.codes import Code
from netreach.explain.records import Component, ComponentType, Evidence, Missing, Report
from netreach.explain.records import Explanation as Blocker
from netreach.model.connections import TransitAttachment
from netreach.model.records import NetworkInterface
from netreach.packets.services import NAMES
from netreach.present import _insights_rules as rules
from netreach.present._insights_balancing import balancing
from netreach.present._insights_components import Resources
from netreach.present._insights_firewalls import firewall_rule
from netreach.present._insights_headers import (
    Phrase,
    clients_of,
    is_within,
    phrases,
    port_ranges,
)
from netreach.present._insights_shapes import Explanation, Fields, PortRange

#: The field that names a component of each type; the others stand under `Component`.
_FIELDS: Final = {
    ComponentType.INTERFACE: "network_interface",
    ComponentType.SECURITY_GROUP: "security_group",
    ComponentType.NETWORK_ACL: "acl",
    ComponentType.ROUTE_TABLE: "route_table",
    ComponentType.SUBNET: "subnet",
    ComponentType.VPC: "vpc",
    ComponentType.INTERNET_GATEWAY: "internet_gateway",
    ComponentType.NAT_GATEWAY: "nat_gateway",
    ComponentType.PEERING: "vpc_peering_connection",
    ComponentType.TRANSIT_GATEWAY: "transit_gateway",
    ComponentType.TRANSIT_ATTACHMENT: "transit_gateway_attachment",
    ComponentType.TRANSIT_TABLE: "transit_gateway_route_table",
    ComponentType.VPN_GATEWAY: "vpn_gateway",
    ComponentType.VPN_CONNECTION: "vpn_connection",
    ComponentType.CUSTOMER_GATEWAY: "customer_gateway",
    ComponentType.ENDPOINT: "vpc_endpoint",
    ComponentType.TARGET_GROUP: "load_balancer_target_group",
    ComponentType.PREFIX_LIST: "prefix_list",
}
#: Codes about a component in general, which AWS names as `Component` whatever its type.
_GENERAL: Final = frozenset(
    {
        Code.BAD_STATE,
        Code.BAD_STATE_ATTACHMENT,
        Code.NO_POSSIBLE_DESTINATION,
        Code.PROTOCOL_RESTRICTION,
        Code.UNASSOCIATED_COMPONENT,
        Code.UNKNOWN_DESTINATION,
        Code.UNKNOWN_RESOURCE,
        Code.UNSUPPORTED_COMPONENT,
        Code.NOT_MODELLED,
    }
)
#: Codes about what was asked for: its protocol and its ports.
_ABOUT_SERVICES: Final = frozenset(
    {
        Code.ENI_SG_RULES_MISMATCH,
        Code.SUBNET_ACL_RESTRICTION,
        Code.ELB_ACL_RESTRICTION,
        Code.PROTOCOL_RESTRICTION,
        Code.AWS_SERVICE_PORT_RESTRICTION,
        Code.ELBV2_LISTENERS_MISMATCH,
        Code.ELB_LISTENERS_MISMATCH,
        Code.VPCE_GATEWAY_PROTOCOL_RESTRICTION,
    }
)
_SOURCE, _DESTINATION = "source-address", "destination-address"
#: Codes about one address of the packet.
_ABOUT_ADDRESS: Final = {
    Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS: _SOURCE,
    Code.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS: _SOURCE,
    Code.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS: _SOURCE,
    Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC: _SOURCE,
    Code.ELBV2_SOURCE_ADDRESS_PRESERVATION: _SOURCE,
    Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS: _DESTINATION,
    Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS: _DESTINATION,
    Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS: _DESTINATION,
    Code.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR: _DESTINATION,
    Code.ENI_SOURCE_DEST_CHECK_RESTRICTION: _DESTINATION,
    Code.ADDRESS_NOT_HELD: _DESTINATION,
}
_IN_SUBNETS: Final = (
    ComponentType.INTERFACE,
    ComponentType.NETWORK_ACL,
    ComponentType.ROUTE_TABLE,
)
_ROUTELESS: Final = (Code.NO_ROUTE_TO_DESTINATION, Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT)
_STATES: Final = (Code.BAD_STATE, Code.BAD_STATE_ATTACHMENT)


class Explanations:
    """Says what one answer gives as its reasons."""

    def __init__(self, report: Report, resources: Resources) -> None:
        """Take the answer and where its resources are found."""
        self._report, self._resources = report, resources

    def all(self) -> list[Explanation]:
        """Return the blockers, then what an unknown answer would need."""
        report = self._report
        return [*map(self.blocker, report.explanations), *map(self.missing, report.missing)]

    def missing(self, gap: Missing) -> Explanation:
        """Return what the snapshot lacks; AWS has `MissingComponent` for it."""
        fields = self._component(gap.component, gap.code)
        return _explanation(gap.code, fields | {"missing_component": gap.component.id or gap.why})

    def blocker(self, blocker: Blocker) -> Explanation:
        """Return one blocker."""
        code = blocker.code
        fields = self._place(blocker) | self._component(blocker.component, code)
        fields |= self._rule(blocker)
        if code in _ABOUT_SERVICES:
            fields |= self._services(blocker)
        if code in _ABOUT_ADDRESS:
            fields |= _address(blocker)
        if code in _ROUTELESS:
            end = self._far_end(blocker)
            fields["destination"] = self._resources.said(end) if end.id else None
        if code in _STATES:
            fields["state"] = self._state(blocker.component)
        if code is Code.DISCONNECTED_VPCS:
            fields |= self._both_vpcs()
        return _explanation(code, fields)

    def _place(self, blocker: Blocker) -> Fields:
        fields: Fields = {"direction": blocker.direction or None}
        fields["vpc"] = self._resources.of(blocker.vpc)
        if blocker.component.type in _IN_SUBNETS:
            fields["subnet"] = self._resources.of(blocker.subnet)
        return fields

    def _component(self, component: Component, code: Code) -> Fields:
        """Return the fields that name a component, and what it belongs to."""
        if not component.id and not component.name:
            return {}
        said = self._resources.said(component)
        fields: Fields = {}
        field = _FIELDS.get(component.type)
        if field is not None:
            fields[field] = said
        if component.type is ComponentType.LOAD_BALANCER and component.id.startswith("arn:"):
            fields["load_balancer_arn"] = component.id
        elif field is None or code in _GENERAL:
            fields["component"] = said
        gateway = getattr(self._resources.record(component.id), "gateway", "")
        if gateway and component.type in (
            ComponentType.TRANSIT_ATTACHMENT,
            ComponentType.TRANSIT_TABLE,
        ):
            fields["transit_gateway"] = self._resources.of(gateway)
        return fields

    def _rule(self, blocker: Blocker) -> Fields:
        """Return the rule or route that decided; of groups, the one that fails by least."""
        snapshot, kind = self._resources.snapshot, blocker.component.type
        if kind is ComponentType.INTERFACE and blocker.direction:
            return self._groups(blocker)
        if kind is ComponentType.NETWORK_ACL:
            is_ipv6 = ":" in blocker.source + blocker.destination
            return {"acl_rule": rules.acl_rule(blocker.because, is_ipv6=is_ipv6)}
        if kind is ComponentType.ROUTE_TABLE:
            return {"route_table_route": rules.route(blocker.because or blocker.nearest)}
        if kind in (ComponentType.LOAD_BALANCER, ComponentType.TARGET_GROUP):
            return balancing(blocker.because or blocker.nearest, self._resources)
        if kind is ComponentType.FIREWALL:
            return firewall_rule(blocker.nearest, snapshot)
        if kind is ComponentType.TRANSIT_TABLE:
            found = rules.transit_route(blocker.because, snapshot, ())
            return {"transit_gateway_route_table_route": found}
        return {}

    def _groups(self, blocker: Blocker) -> Fields:
        record = self._resources.record(blocker.component.id)
        groups = record.groups if isinstance(record, NetworkInterface) else ()
        said = [component for group in groups if (component := self._resources.of(group))]
        found = rules.group_rule(blocker.nearest, self._resources.snapshot)
        return {"security_groups": said or None, "security_group_rule": found}

    # -- what was asked for

    def _services(self, blocker: Blocker) -> Fields:
        asked = self._asked(blocker)
        ports = port_ranges(asked)
        fields: Fields = {
            "protocols": list(dict.fromkeys(phrase.protocol for phrase in asked)) or None,
            "packet_field": _failing(blocker, asked),
        }
        return fields | (_ports(ports) if ports else {})

    def _asked(self, blocker: Blocker) -> list[Phrase]:
        """Return what did not pass: as its fix says it, else as the question does."""
        fields = blocker.fix.fields if blocker.fix else {}
        low, high = fields.get("low"), fields.get("high")
        protocol = NAMES.get(int(fields.get("protocol", -1)), "")
        if protocol and isinstance(low, int) and isinstance(high, int):
            return [Phrase(protocol, PortRange(low, high))]
        query = self._report.query
        word = query.get("protocol", "") or "all"
        if word not in NAMES.values():
            return [Phrase(word)]
        ends = [query.get("client_ports" if blocker.leg == "return" else "port", "")]
        ranges = clients_of([end for end in ends if end], word)
        return [Phrase(word, one) for one in ranges or ()] or [Phrase(word)]

    def _far_end(self, blocker: Blocker) -> Component:
        return self._report.source if blocker.leg == "return" else self._report.destination

    def _state(self, component: Component) -> str | None:
        """Return the state of a resource; an interface that serves has its instance's."""
        record = self._resources.record(component.id)
        if isinstance(record, NetworkInterface):
            instance = self._resources.snapshot.instances.get(record.instance)
            return instance.state if instance else record.attachment_status or record.status
        return getattr(record, "state", None) or None

    def _both_vpcs(self) -> Fields:
        ends = (self._report.source, self._report.destination)
        source, destination = (self._vpc(end) for end in ends)
        resources = self._resources
        return {"source_vpc": resources.of(source), "destination_vpc": resources.of(destination)}

    def _vpc(self, end: Component) -> str:
        record = self._resources.record(end.id)
        if isinstance(record, TransitAttachment):
            return record.resource
        held = getattr(record, "interfaces", ()) or ()
        first = self._resources.snapshot.interfaces.get("".join(held[:1]))
        return getattr(record, "vpc", "") or (first.vpc if first else "")


def _address(blocker: Blocker) -> Fields:
    field = _ABOUT_ADDRESS[blocker.code]
    address = blocker.source if field == _SOURCE else blocker.destination
    said = address if address and address != "internet" else None
    return {"packet_field": field, "address": said}


def _ports(ranges: Sequence[PortRange]) -> Fields:
    if len(ranges) == 1 and ranges[0].low == ranges[0].high:
        return {"port": ranges[0].low}
    return {"port_ranges": list(ranges)}


def _failing(blocker: Blocker, asked: Sequence[Phrase]) -> str | None:
    """Return the field of the packet that the nearest rule does not cover."""
    nearest = blocker.nearest
    if nearest is None or "peer" not in nearest.fields:
        return None
    allowed = phrases(str(nearest.fields["services"]))
    if not any(_same_protocol(one, wanted) for one in allowed for wanted in asked):
        return "protocol"
    if not any(_covers(one, wanted) for one in allowed for wanted in asked):
        return "destination-port"
    return _peer_field(blocker, nearest)


def _peer_field(blocker: Blocker, nearest: Evidence) -> str | None:
    is_ingress = blocker.direction == "ingress"
    peer = blocker.source if is_ingress else blocker.destination
    if is_within(str(nearest.fields["peer"]), peer):
        return None
    return _SOURCE if is_ingress else _DESTINATION


def _same_protocol(one: Phrase, other: Phrase) -> bool:
    return one.protocol == other.protocol or "all" in (one.protocol, other.protocol)


def _covers(rule: Phrase, wanted: Phrase) -> bool:
    if not _same_protocol(rule, wanted):
        return False
    if rule.ports is None or wanted.ports is None:
        return True
    return rule.ports.low <= wanted.ports.low and wanted.ports.high <= rule.ports.high


def _explanation(code: Code, fields: Fields) -> Explanation:
    # each code fills the fields of its own types
    return Explanation(explanation_code=str(code), **fields)  # type: ignore[arg-type]
