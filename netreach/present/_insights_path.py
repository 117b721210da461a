"""The components of one way in AWS's form: each hop with its rule, packets where they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from netreach.explain.records import Action, ComponentType, Hop, Part, Report
from netreach.model.connections import TransitAttachment, VpcPeering
from netreach.model.records import NetworkInterface
from netreach.model.services import VpcEndpoint
from netreach.packets.services import ServiceSet
from netreach.present import _insights_rules as rules
from netreach.present._insights_components import Resources
from netreach.present._insights_firewalls import firewall_rule
from netreach.present._insights_headers import Packet, phrases
from netreach.present._insights_shapes import AnalysisComponent, Fields, PacketHeader, PathComponent

#: They open connections of their own, from these ports, where they change the source.
_TRANSLATORS: Final = (ComponentType.NAT_GATEWAY, ComponentType.LOAD_BALANCER)
_THEIR_PORTS: Final = ("1024-65535",)
_IN_SUBNETS: Final = (
    ComponentType.INTERFACE,
    ComponentType.NETWORK_ACL,
    ComponentType.ROUTE_TABLE,
    ComponentType.NAT_GATEWAY,
    ComponentType.LOAD_BALANCER,
)
_IN_VPCS: Final = (
    ComponentType.INTERFACE,
    ComponentType.NAT_GATEWAY,
    ComponentType.INTERNET_GATEWAY,
    ComponentType.EGRESS_ONLY_INTERNET_GATEWAY,
    ComponentType.VPN_GATEWAY,
    ComponentType.ENDPOINT,
    ComponentType.LOAD_BALANCER,
    ComponentType.FIREWALL,
)


class Stop(NamedTuple):
    """One component of a way, with the packet as it comes and as it leaves."""

    #: None: the instance behind the interface of the hop beside it.
    hop: Hop | None
    component: AnalysisComponent
    inbound: Packet | None = None
    outbound: Packet | None = None


class Way(Struct, frozen=True):
    """One way of one part, there or back."""

    resources: Resources
    hops: Sequence[Hop]
    packets: Sequence[Packet]

    def components(self) -> list[PathComponent]:
        """Return the components in order, numbered from 1."""
        stops = self._stops()
        return [
            self._component(number, stop, at_end=number in (1, len(stops)))
            for number, stop in enumerate(stops, start=1)
        ]

    def _stops(self) -> list[Stop]:
        """Return the hops that are AWS's; an instance stands beside the interface at its end."""
        stops: list[Stop] = []
        last = len(self.hops) - 1
        for place, (hop, packet) in enumerate(zip(self.hops, self.packets, strict=True)):
            if hop.component.type is ComponentType.INTERNET:
                continue
            host = self._host(hop) if place in (0, last) else None
            before = self.packets[place - 1] if place else None
            stop = Stop(hop, self.resources.said(hop.component), before, packet)
            if host is None:
                stops.append(stop)
            elif hop.action is Action.SEND and not place:
                stops += [Stop(None, host, None, packet), stop]
            elif hop.action is Action.DELIVER:
                stops += [stop, Stop(None, host, packet, None)]
            else:
                stops.append(stop)
        return stops

    def _host(self, hop: Hop) -> AnalysisComponent | None:
        record = self.resources.record(hop.component.id)
        if not isinstance(record, NetworkInterface):
            return None
        return self.resources.of(record.instance)

    def _component(self, number: int, stop: Stop, *, at_end: bool) -> PathComponent:
        inbound, outbound = _headers(stop, at_end=at_end)
        fields = self._fields(stop.hop) if stop.hop is not None else {}
        return PathComponent(
            sequence_number=number,
            component=stop.component,
            inbound_header=inbound,
            outbound_header=outbound,
            additional_details=(),
            explanations=(),
            **fields,  # type: ignore[arg-type] # each maker fills the fields of its own type
        )

    # -- what each type has besides

    def _fields(self, hop: Hop) -> Fields:
        kind = hop.component.type
        fields: Fields = {}
        if kind in _IN_SUBNETS:
            fields["subnet"] = self.resources.of(hop.subnet)
        if kind in _IN_VPCS:
            fields["vpc"] = self.resources.of(hop.vpc)
        makers: dict[ComponentType, Callable[[Hop], Fields]] = {
            ComponentType.INTERFACE: self._interface,
            ComponentType.SECURITY_GROUP: self._group,
            ComponentType.NETWORK_ACL: self._acl,
            ComponentType.ROUTE_TABLE: self._table,
            ComponentType.PEERING: self._peering,
            ComponentType.TRANSIT_ATTACHMENT: self._attachment,
            ComponentType.TRANSIT_TABLE: self._transit_table,
            ComponentType.LOAD_BALANCER: self._balancer,
            ComponentType.FIREWALL: self._firewall,
            ComponentType.ENDPOINT: self._endpoint,
            ComponentType.AWS_SERVICE: lambda hop: {"service_name": hop.component.id},
        }
        return fields | makers[kind](hop) if kind in makers else fields

    def _interface(self, hop: Hop) -> Fields:
        return {"attached_to": self._host(hop)}

    def _group(self, hop: Hop) -> Fields:
        return {"security_group_rule": rules.group_rule(hop.because, self.resources.snapshot)}

    def _acl(self, hop: Hop) -> Fields:
        is_ipv6 = any(":" in packet.source for packet in self.packets)
        return {"acl_rule": rules.acl_rule(hop.because, is_ipv6=is_ipv6)}

    def _firewall(self, hop: Hop) -> Fields:
        return firewall_rule(hop.because, self.resources.snapshot)

    def _table(self, hop: Hop) -> Fields:
        return {"route_table_route": rules.route(hop.because)}

    def _peering(self, hop: Hop) -> Fields:
        record = self.resources.record(hop.component.id)
        if not isinstance(record, VpcPeering):
            return {}
        ends = [record.requester.vpc, record.accepter.vpc]
        before = [one.vpc for one in self.hops[: self.hops.index(hop)] if one.vpc]
        if before and before[-1] == ends[1]:
            ends.reverse()
        source, destination = map(self.resources.of, ends)
        return {"source_vpc": source, "destination_vpc": destination}

    def _attachment(self, hop: Hop) -> Fields:
        record = self.resources.record(hop.component.id)
        if not isinstance(record, TransitAttachment):
            return {}
        resources = self.resources
        return {
            "attached_to": resources.of(record.resource),
            "transit_gateway": resources.of(record.gateway),
        }

    def _transit_table(self, hop: Hop) -> Fields:
        record = self.resources.record(hop.component.id)
        taken = {one.component.id for one in self.hops[self.hops.index(hop) :]}
        found = rules.transit_route(hop.because, self.resources.snapshot, taken)
        return {
            "transit_gateway": self.resources.of(getattr(record, "gateway", "")),
            "transit_gateway_route_table_route": found,
        }

    def _balancer(self, hop: Hop) -> Fields:
        listener = str(hop.because.fields.get("listener_id", "")) if hop.because else ""
        return {"elastic_load_balancer_listener": self.resources.of(listener)}

    def _endpoint(self, hop: Hop) -> Fields:
        record = self.resources.record(hop.component.id)
        return {"service_name": record.service} if isinstance(record, VpcEndpoint) else {}


def _headers(stop: Stop, *, at_end: bool) -> tuple[PacketHeader | None, PacketHeader | None]:
    """Return the packet as it comes and as it leaves: at the ends, and where it changes."""
    inbound, outbound = stop.inbound, stop.outbound
    changes = stop.hop is not None and inbound is not None and inbound != outbound
    if not (changes or at_end):
        return None, None
    if inbound == outbound:
        outbound = None
    return inbound and inbound.header(), outbound and outbound.header()


def ways_of(part: Part, report: Report, resources: Resources) -> tuple[Way, Way]:
    """Return the way there and the way back of one part."""
    return (
        Way(resources, part.forward, _packets_there(part, report)),
        Way(resources, part.returning, _packets_back(part)),
    )


def _ends(part: Part) -> dict[str, str]:
    """Return what the ends are called at the hops, and all that the part means by it."""
    if not part.forward:
        return {}
    first = part.forward[0]
    return {first.source: part.source_address, first.destination: part.destination_address}


def _packets_there(part: Part, report: Report) -> list[Packet]:
    ends = _ends(part)
    packets: list[Packet] = []
    ports = tuple(filter(None, [report.query.get("client_ports", "")]))
    for hop in part.forward:
        source = ends.get(hop.source, hop.source)
        is_new = bool(packets) and packets[-1].source != source
        if is_new and hop.component.type in _TRANSLATORS:
            ports = _THEIR_PORTS
        destination = ends.get(hop.destination, hop.destination)
        packets.append(Packet(source, destination, hop.service, ports))
    return packets


def _packets_back(part: Part) -> list[Packet]:
    """Return the packets of the way back; they come from the ports that those there went to."""
    ends = _ends(part)
    packets: list[Packet] = []
    served = _served(part)
    for hop in part.returning:
        if hop.component.type is ComponentType.LOAD_BALANCER and len(served) > 1:
            served.pop()
        source = ends.get(hop.source, hop.source)
        destination = ends.get(hop.destination, hop.destination)
        packets.append(Packet(source, destination, hop.service, _ports(served[-1])))
    return packets


def _served(part: Part) -> list[str]:
    """Return the services of the way there, a new one after each load balancer."""
    whole = part.services or part.forward_services or ServiceSet.empty()
    served = [str(whole)]
    served += [
        hop.service for hop in part.forward if hop.component.type is ComponentType.LOAD_BALANCER
    ]
    return served


def _ports(services: str) -> tuple[str, ...]:
    found = [(phrase.protocol, phrase.ports) for phrase in phrases(services)]
    return tuple(f"{protocol} {p.low}-{p.high}" for protocol, p in found if p is not None)
