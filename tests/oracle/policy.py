"""Policy tables of transit gateways: which table routes what comes by an attachment [TG-10]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle import verdict as codes
from tests.oracle.filters import TCP, UDP
from tests.oracle.spelling import Estate, Record, prefix
from tests.oracle.verdict import NotModelledError, StopError
from tests.oracle.world import Packet, Prefix

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

ANY = "*"


@dataclass(frozen=True)
class Entry:
    """One entry; AWS's own have the number 0."""

    number: int
    source: Prefix | None
    destination: Prefix | None
    protocol: int | None
    ports: tuple[int, int] | None
    asks_more: bool  # for the source's port, or for the segment of a Cloud WAN
    table: str

    def matches(self, packet: Packet) -> bool:
        """Say whether it may match, as far as the snapshot can tell."""
        for block, address in (
            (self.source, packet.source),
            (self.destination, packet.destination),
        ):
            if block is not None and address not in block:
                return False
        if self.protocol not in (None, packet.protocol):
            return False
        ported = self.protocol in (TCP, UDP) and self.ports is not None
        return not ported or self.ports is None or self.ports[0] <= packet.port <= self.ports[1]


@dataclass(frozen=True)
class Policy:
    id: str
    gateway: str
    entries: tuple[Entry, ...]  # in order; none at all: nobody has listed them
    ties: tuple[str, ...]  # the same


def choose(walk: Walk, policy: Policy, packet: Packet) -> str:
    """Return the table of the first entry that matches."""
    walk.cross("policy table")
    if not policy.entries:
        raise NotModelledError(policy.id)
    for entry in policy.entries:
        if entry.matches(packet):
            if entry.asks_more or entry.table not in walk.world.transit.tables:
                raise NotModelledError(policy.id)
            return entry.table
    raise StopError(codes.TGW_NO_POLICY)


def policies(estate: Estate) -> Mapping[str, Policy]:
    """Read the policy tables."""
    found = {}
    for record in estate.get("TransitGatewayPolicyTables", ()):
        name = record["TransitGatewayPolicyTableId"]
        entries = map(_entry, _of(estate, "TransitGatewayPolicyTableEntries", name))
        ties = _of(estate, "Associations", name)
        found[name] = Policy(
            name,
            record["TransitGatewayId"],
            tuple(sorted(entries, key=lambda entry: entry.number)),
            tuple(tie["TransitGatewayAttachmentId"] for tie in ties),
        )
    return found


def _of(estate: Estate, key: str, name: str) -> list[Record]:
    return [r for r in estate.get(key, ()) if r.get("TransitGatewayPolicyTableId") == name]


def _entry(record: Record) -> Entry:
    rule, number = record["PolicyRule"], record["PolicyRuleNumber"]
    source, to = rule.get("SourceCidrBlock", ANY), rule.get("DestinationCidrBlock", ANY)
    protocol, ports = rule.get("Protocol", ANY), rule.get("DestinationPortRange", ANY)
    first, _, last = ports.partition("-")
    return Entry(
        0 if number == ANY else int(number),
        None if source == ANY else prefix(source),
        None if to == ANY else prefix(to),
        None if protocol == ANY else int(protocol),
        None if ports == ANY else (int(first), int(last or first)),
        rule.get("SourcePortRange", ANY) != ANY or "MetaData" in rule,
        record["TargetRouteTableId"],
    )
