"""Remedies: which change would help at a step."""

from __future__ import annotations

from dataclasses import dataclass, field

from netreach.explain import fixes
from netreach.explain.firewall_fixes import Wanted, pass_firewall
from netreach.explain.records import Evidence, Fix
from netreach.explain.traces import AddressNames, PacketStep
from netreach.fabric.addresses import SCOPE_INTERNET
from netreach.fabric.origins import Origins
from netreach.fabric.vocabulary import Fate, Kind
from netreach.model.records import TargetKind
from netreach.packets.batch import NO_ROW, column
from netreach.packets.prefixes import WIDTH
from netreach.packets.services import ServiceSet


@dataclass(slots=True)
class Remedies:
    """Makes fixes for one answer; ACL numbers are given out once."""

    origins: Origins
    names: AddressNames
    _numbers: dict[tuple[str, bool], set[int]] = field(default_factory=dict)

    def peer(self, step: PacketStep) -> str:
        """Return the smallest CIDR that stands for a filter's peer."""
        atom = step.source if step.ingress else step.destination
        return self._cidr(atom, self.names.peer(step))

    def _cidr(self, atom: int, text: str) -> str:
        family = self.origins.fabric.book.axis.family(atom)
        if text == "internet":
            return "0.0.0.0/0" if family == 4 else "::/0"
        asked = self.names.range_of(atom)
        if asked is not None:
            return str(asked)
        address = self.names.address(atom)
        for prefix in self.names.ranges:
            if prefix.contains(address):
                return str(prefix)
        return f"{text}/{WIDTH[family]}"

    def numbers_given(self, acl: str, ingress: bool) -> set[int]:
        """Return the rule numbers that earlier fixes of this answer use."""
        return self._numbers.setdefault((acl, ingress), set())

    def group(self, step: PacketStep, services: ServiceSet, peer: str) -> Fix | None:
        """Return the rule to add to the first group of an interface."""
        groups = self.origins.groups(step.row)
        if not groups:
            return None
        return fixes.allow_in_group(groups[0].id, services, peer, ingress=step.ingress)

    def acl(
        self, acl: str, ingress: bool, number: int, services: ServiceSet, peer: str
    ) -> Fix | None:
        """Return the entry to add to an ACL, and take its number."""
        fix = fixes.allow_in_acl(acl, number, services, peer, ingress=ingress)
        if fix is not None:
            self.numbers_given(acl, ingress).add(number)
        return fix

    def firewall(self, step: PacketStep, services: ServiceSet, dropped: Evidence) -> Fix | None:
        """Return what to change in the policy of a firewall that drops a packet."""
        snapshot = self.origins.fabric.snapshot
        record = snapshot.firewalls[self.origins.id_of(Kind.FIREWALL, step.row)]
        policy, said = snapshot.firewall_policies.get(record.policy), fixes.rule_fields(services)
        if policy is None or said is None:
            return None
        source = self._cidr(step.source, self.names.source(step))
        destination = self._cidr(step.destination, self.names.destination(step))
        return pass_firewall(snapshot, policy, dropped, Wanted(source, destination, said))

    def ending(self, step: PacketStep, fate: Fate, leg: str) -> Fix | None:
        """Return what would let packets past the point where their way ended."""
        if fate in (Fate.NO_ROUTE_TO_DESTINATION, Fate.BAD_STATE_ROUTE):
            return self._route(step, step.subnet, self._way_out(step.vpc, step.source))
        if fate in (Fate.NGW_NO_SESSION, Fate.EIGW_OUTBOUND_ONLY) and leg == "return":
            return self._route_of_holder(step)
        if fate is Fate.BAD_STATE and step.kind is Kind.INTERFACE:
            instance = self.origins.interface(step.row).instance
            record = self.origins.fabric.snapshot.instances.get(instance)
            stopped = record is not None and record.state in ("stopped", "stopping", "pending")
            return fixes.start_instance(instance) if stopped else None
        if fate is Fate.BAD_STATE and step.kind is Kind.PEERING:
            return self._acceptance(step)
        if fate is Fate.BAD_STATE_ATTACHMENT and step.kind is Kind.INTERNET_GATEWAY:
            return self._attach(step)
        if fate is Fate.NO_POSSIBLE_DESTINATION and step.kind is Kind.VPC:
            return self._attach_named(self.origins.vpc_id(step.row))
        if fate is Fate.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS:
            return self._public_address(step.vpc, step.source)
        return None

    def _acceptance(self, step: PacketStep) -> Fix | None:
        """Return the acceptance of a peering that waits for it; others must be made anew."""
        record = self.origins.fabric.snapshot.peerings.get(
            self.origins.id_of(Kind.PEERING, step.row)
        )
        waits = record is not None and record.state == "pending-acceptance"
        return fixes.accept_peering(record.id) if waits and record is not None else None

    def _attach(self, step: PacketStep) -> Fix | None:
        gateway = self.origins.id_of(Kind.INTERNET_GATEWAY, step.row)
        known = gateway in self.origins.fabric.snapshot.internet_gateways
        vpc = self.origins.vpc_id(step.vpc)
        return fixes.attach_gateway(gateway, vpc) if known and vpc else None

    def _attach_named(self, vpc: str) -> Fix | None:
        """Return the attachment of the gateway that the VPC's own routes name."""
        snapshot = self.origins.fabric.snapshot
        named = [
            route.target
            for table in snapshot.route_tables.values()
            if table.vpc == vpc
            for route in table.routes
            if route.target in snapshot.internet_gateways
        ]
        return fixes.attach_gateway(named[0], vpc) if named else None

    def _public_address(self, vpc: int, atom: int) -> Fix | None:
        """Return the association of an Elastic IP with the interface that holds an address."""
        row = self._held_row(vpc, atom)
        interface = int(self.origins.fabric.book.interface[row]) if row != NO_ROW else NO_ROW
        if interface == NO_ROW or self.origins.fabric.book.nat[row] != NO_ROW:
            return None
        address = self.origins.fabric.book.axis.first_address(atom)
        record = self.origins.interface(interface)
        if all(held.private != address for held in record.addresses):
            return None  # a delegated prefix can't have one
        return fixes.associate_address(record.id, str(address))

    def _held_row(self, vpc: int, atom: int) -> int:
        book = self.origins.fabric.book
        return int(book.holder(column([vpc]), column([atom]))[0])

    def _route_of_holder(self, step: PacketStep) -> Fix | None:
        """Return the route for replies that leave by the wrong gateway: by which they came in.

        To an address that is not public nothing came in, and no route alone helps.
        """
        row = self._held_row(step.vpc, step.source)
        if row == NO_ROW:
            return None
        came_by = self._internet_gateway(step.vpc, step.source)
        return self._route(step, int(self.origins.fabric.book.subnet[row]), came_by)

    def _route(
        self, step: PacketStep, subnet: int, target: tuple[TargetKind, str] | None
    ) -> Fix | None:
        """Return the route to an internet destination, by a gateway."""
        book = self.origins.fabric.book
        table = self.origins.table(subnet) if subnet != NO_ROW else None
        outside = int(book.scopes(column([step.destination]))[0]) == SCOPE_INTERNET
        if table is None or target is None or not outside:
            return None
        peer = self._cidr(step.destination, self.names.destination(step))
        replaces = any(str(route.destination) == peer for route in table.routes)
        return fixes.route(table.id, peer, *target, replaces=replaces)

    def _way_out(self, vpc: int, source: int) -> tuple[TargetKind, str] | None:
        """Return the gateway that a source can use: its own public address, else a NAT gateway."""
        found = self._internet_gateway(vpc, source)
        if found is not None:
            return found
        fabric = self.origins.fabric
        is_ipv6 = bool(fabric.book.axis.is_ipv6(column([source]))[0])
        if is_ipv6 and int(fabric.egress_only.of_vpc[vpc]) != NO_ROW:
            egress_only = fabric.egress_only.ids[int(fabric.egress_only.of_vpc[vpc])]
            return TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, egress_only
        return None if is_ipv6 else self._nat(vpc)

    def _internet_gateway(self, vpc: int, source: int) -> tuple[TargetKind, str] | None:
        """Return the VPC's internet gateway, if a source has a public address to pass it."""
        fabric = self.origins.fabric
        is_ipv6 = bool(fabric.book.axis.is_ipv6(column([source]))[0])
        row = self._held_row(vpc, source)
        is_public = is_ipv6 or (row != NO_ROW and int(fabric.book.public[row]) != NO_ROW)
        gateway = int(fabric.internet_gateways.of_vpc[vpc])
        if not is_public or gateway == NO_ROW:
            return None
        return TargetKind.INTERNET_GATEWAY, fabric.internet_gateways.ids[gateway]

    def _nat(self, vpc: int) -> tuple[TargetKind, str] | None:
        owner = self.origins.vpc_id(vpc)
        for nat in self.origins.fabric.snapshot.nat_gateways.values():
            if nat.vpc == owner and nat.state == "available" and nat.is_public:
                return TargetKind.NAT_GATEWAY, nat.id
        return None
