"""Gaps: what a step would need to know that the snapshot does not say for sure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netreach.explain import sentences
from netreach.explain.codes import Code
from netreach.explain.components import component
from netreach.explain.firewall_reading import GUARDS, guard_gaps
from netreach.explain.records import Component, Missing
from netreach.explain.traces import AddressNames, PacketStep
from netreach.fabric.origins import Origins
from netreach.fabric.rules import acl_rule_services, group_rule_services
from netreach.fabric.vocabulary import Kind
from netreach.model.records import (
    NetworkAcl,
    PrefixList,
    Resource,
    SecurityGroup,
    SecurityGroupRule,
)
from netreach.packets.prefixes import MaskedPrefix, Prefix
from netreach.packets.services import ServiceSet
from netreach.query.words import safe

#: How the reasons begin for which the sources doubt a record, or how they go on behind an id.
_DOUBTS: Final = (
    (re.compile(r"its descriptions differ in "), Code.CONFLICTING_RECORDS),
    (re.compile(r"[0-9a-f.:/, ]+ is outside its subnet "), Code.ADDRESS_OUTSIDE_SUBNET),
    (re.compile(r".* hold [0-9a-f.:]+"), Code.CONFLICTING_RECORDS),
    (re.compile(r".* shows the public address "), Code.CONFLICTING_RECORDS),
    (re.compile(r".* has several (main )?(route tables|network ACLs): "), Code.CONFLICTING_RECORDS),
)


def doubt_code(why: str) -> Code:
    """Return the code of a reason to doubt a record.

    >>> str(doubt_code("10.0.9.4 is outside its subnet subnet-0c3 (10.0.1.0/24)"))
    'ADDRESS_OUTSIDE_SUBNET'
    """
    found = (code for pattern, code in _DOUBTS if pattern.match(why))
    return next(found, Code.UNKNOWN_RESOURCE)


def doubted(place: Component, why: str) -> Missing:
    """Say that a record can't be trusted, and why."""
    return Missing(place, sentences.not_trusted(place, why), doubt_code(why))


@dataclass(frozen=True, slots=True)
class Gaps:
    """Finds what the doubts of one answer come from."""

    origins: Origins
    names: AddressNames

    def of(self, step: PacketStep, place: Component) -> Iterator[Missing]:
        """Yield what the doubt at a step comes from."""
        if step.kind is Kind.GROUP_SET:
            yield from self._of_groups(step, place)
        elif step.kind is Kind.ROUTE_TABLE:
            yield from self._of_table(step, place)
        elif step.kind is Kind.NETWORK_ACL:
            yield from self._of_acl(step, place)
        elif step.kind is Kind.INTERFACE:
            yield from self._of_interface(step, place)
        elif step.kind in GUARDS:
            yield from guard_gaps(self.origins, step, place)
        else:
            yield self._of_connection(step, place)

    def _of_connection(self, step: PacketStep, place: Component) -> Missing:
        """Return what is in doubt about a gateway, an endpoint or the like."""
        if step.kind is Kind.ENDPOINT:
            return self._of_endpoint(place)
        if step.kind is Kind.PEERING:
            return self._of_peering(step, place)
        if step.kind in (Kind.VPN_GATEWAY, Kind.SITE):
            return self._of_ways(step, place)
        return doubted(place, _reason(self.origins.origin(step.kind, step.row).record))

    def _of_endpoint(self, place: Component) -> Missing:
        """Return what is in doubt about an endpoint: its record, or what its service serves."""
        record = self.origins.fabric.snapshot.endpoints.get(place.id)
        if record is None:
            return Missing(place, f"the snapshot lacks {safe(place.id)}: nobody knows its service")
        if record.doubt:
            return doubted(place, record.doubt)
        service = safe(record.service) or f"the service of {safe(place.id)}"
        why = f"the snapshot does not say on which ports {service} answers"
        return Missing(place, why)

    def _of_peering(self, step: PacketStep, place: Component) -> Missing:
        """Return what is in doubt about a peering: its record, or what it is to carry [PC-1]."""
        record = self.origins.fabric.snapshot.peerings.get(place.id)
        if record is not None and record.doubt:
            return doubted(place, record.doubt)
        why = sentences.through_a_third(place, self.names.source(step))
        return Missing(place, why, Code.NOT_MODELLED)

    def _of_ways(self, step: PacketStep, place: Component) -> Missing:
        """Say that a gateway can't be trusted, or that nobody knows which link is taken."""
        record = self.origins.origin(step.kind, step.row).record
        if record is not None and record.doubt:
            return doubted(place, record.doubt)
        destination = self.names.destination(step)
        return Missing(place, sentences.several_links(place, destination), Code.UNKNOWN_DESTINATION)

    # -- interfaces

    def _of_interface(self, step: PacketStep, place: Component) -> Iterator[Missing]:
        """Yield the doubts on an interface and on what it is part of."""
        snapshot, record = self.origins.fabric.snapshot, self.origins.interface(step.row)
        wholes = [
            snapshot.find(identifier)
            for identifier in (record.subnet, record.vpc, record.instance)
            if identifier
        ]
        found = [
            doubted(component(kind, whole.id, whole), whole.doubt)
            for kind, whole in filter(None, wholes)
            if whole.doubt
        ]
        if record.doubt or not found:
            yield doubted(place, _reason(record))
        yield from found

    # -- security groups

    def _of_groups(self, step: PacketStep, place: Component) -> Iterator[Missing]:
        snapshot = self.origins.fabric.snapshot
        record = self.origins.interface(step.row)
        if not record.groups:
            yield Missing(place, f"the snapshot lists no security groups for {record.id}")
        for identifier in record.groups:
            group = snapshot.security_groups.get(identifier)
            if group is None:
                yield Missing(
                    component("security-group", identifier),
                    f"the snapshot lacks the rules of {safe(identifier)}",
                )
            else:
                yield from self._of_group(step, group)

    def _of_group(self, step: PacketStep, group: SecurityGroup) -> Iterator[Missing]:
        place = component("security-group", group.id, group)
        if group.doubt:
            yield doubted(place, group.doubt)
        for rule in group.ingress if step.ingress else group.egress:
            if rule.prefix_list:
                yield from self._of_list(step, rule)
            services = group_rule_services(rule)
            if self._is_in_doubt(step, rule.prefix, services):
                yield _host_bits(place, _says(f"allows {services}", step), rule.prefix)

    def _of_list(self, step: PacketStep, rule: SecurityGroupRule) -> Iterator[Missing]:
        yield from self._unknown_list(rule.prefix_list)
        record = self.origins.fabric.snapshot.prefix_lists.get(rule.prefix_list)
        place = component("prefix-list", rule.prefix_list, record)
        for prefix in (record.entries or ()) if record else ():
            if self._is_in_doubt(step, prefix, group_rule_services(rule)):
                yield _host_bits(place, "lists", prefix)

    def _unknown_list(self, identifier: str) -> Iterator[Missing]:
        record = self.origins.fabric.snapshot.prefix_lists.get(identifier)
        if not _is_known(record):
            yield Missing(
                component("prefix-list", identifier, record),
                f"the snapshot lacks the entries of {safe(identifier)}",
                Code.PREFIX_LIST_ENTRIES_UNKNOWN,
            )

    # -- network ACLs

    def _of_acl(self, step: PacketStep, place: Component) -> Iterator[Missing]:
        acl = self.origins.acl(step.row)
        found = list(self._of_entries(step, place, acl)) if acl is not None else []
        if not found:
            yield doubted(place, _reason(acl))
        yield from found

    def _of_entries(self, step: PacketStep, place: Component, acl: NetworkAcl) -> Iterator[Missing]:
        if acl.doubt:
            yield doubted(place, acl.doubt)
            return
        for rule in acl.ingress if step.ingress else acl.egress:
            services = acl_rule_services(rule)
            if self._is_in_doubt(step, rule.prefix, services):
                verb = "allows" if rule.allows else "denies"
                said = _says(f"{verb} {services} by rule {rule.number}", step)
                yield _host_bits(place, said, rule.prefix)

    def _is_in_doubt(self, step: PacketStep, prefix: Prefix | None, services: ServiceSet) -> bool:
        """Tell whether a rule lets the step's peer and services through in one reading only."""
        if prefix is None or prefix.is_certain or step.passes is None:
            return False
        peer = self.names.address(step.source if step.ingress else step.destination)
        undecided = (step.services.maybe & step.passes.maybe) - step.passes.sure
        is_ambiguous = prefix.contains(peer) and not prefix.certain.contains(peer)
        return is_ambiguous and bool(services & undecided)

    # -- route tables

    def _of_table(self, step: PacketStep, place: Component) -> Iterator[Missing]:
        table = self.origins.table(step.row)
        if table is None:
            return
        if table.doubt:
            yield doubted(place, table.doubt)
        unknown = [
            missing
            for route in table.routes
            if route.prefix_list
            for missing in self._unknown_list(route.prefix_list)
        ]
        yield from unknown
        if not unknown and not table.doubt:
            why = f"overlapping prefix lists of {table.id}: AWS picks one route at random"
            yield Missing(place, why, Code.AMBIGUOUS_ROUTE)


def _reason(record: Resource | None) -> str:
    return record.doubt if record is not None and record.doubt else "its record is incomplete"


def _is_known(record: PrefixList | None) -> bool:
    return record is not None and not record.doubt and record.entries is not None


def _says(what: str, step: PacketStep) -> str:
    return f"{what} {'from' if step.ingress else 'to'}"


def _host_bits(place: Component, says: str, prefix: Prefix | None) -> Missing:
    """Say which two readings a CIDR with host bits has."""
    written = prefix.written if isinstance(prefix, MaskedPrefix) else str(prefix)
    certain = prefix.certain if prefix is not None else ""
    why = sentences.host_bits(place, says, written, f"{prefix} or {certain}")
    return Missing(place, why, Code.CIDR_HAS_HOST_BITS)
