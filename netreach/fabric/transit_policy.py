"""Policy tables of transit gateways: which route table a packet is routed by [TG-10].

A policy table stands in the place of an attachment's route table. Of its entries the first one that
matches a packet names the table; what none of them matches is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.fabric.element import Passage
from netreach.fabric.rules import services_of
from netreach.fabric.vocabulary import Assumed, Fate, Kind
from netreach.model.connections import PolicyEntry
from netreach.model.records import ANY_PROTOCOL
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import (
    NO_ROW,
    Column,
    Mask,
    PacketBatch,
    by_row,
    distinct,
    filled,
    mask_by_row,
)
from netreach.packets.pool import EVERYTHING, NOTHING, ServicePool
from netreach.packets.prefixes import Prefix
from netreach.packets.services import TCP, UDP, ServiceSet

_MAPPED: Final = int(Assumed.MAPPED)
_KIND: Final = Kind.TRANSIT_POLICY


class Entry(NamedTuple):
    """One entry, compiled."""

    #: Atoms that it matches, the first and the last; None for all.
    source: Span | None
    destination: Span | None
    #: Ids of the services that it matches, and of all others.
    covers: int
    others: int
    #: Row of the route table that it names; NO_ROW where the snapshot lacks it.
    table: int
    #: False where it looks at what the snapshot or the walk does not hold.
    is_sure: bool

    def matches(self, batch: PacketBatch) -> Mask:
        """Tell which packets lie in its CIDRs."""
        found = np.ones(len(batch), bool)
        for span, atoms in ((self.source, batch.source), (self.destination, batch.destination)):
            if span is not None:
                found &= (span[0] <= atoms) & (atoms <= span[1])
        return found


class Routed(NamedTuple):
    """Packets, and the rows of the tables that route them."""

    batch: PacketBatch
    tables: Column


class PolicyTables(Struct, frozen=True):
    """All policy tables."""

    #: Attachment row -> policy row, or NO_ROW.
    of_attachment: Column
    #: By policy: whether the snapshot lacks its entries.
    is_open: Mask
    entries: tuple[tuple[Entry, ...], ...]
    ids: tuple[str, ...]

    def pick(self, batch: PacketBatch, tables: Column, passage: Passage) -> Iterator[Routed]:
        """Yield packets with the tables that route them; `tables` holds the attachments' own."""
        policies = self.of_attachment[batch.place]
        plain = policies == NO_ROW
        yield Routed(batch.where(plain), tables[plain])
        for policy in distinct(policies[~plain]).tolist():
            yield from self._by_policy(policy, batch.where(policies == policy), passage)

    def _by_policy(self, policy: int, batch: PacketBatch, passage: Passage) -> Iterator[Routed]:
        if self.is_open[policy]:
            self._stop(Fate.TGW_RTB_ROUTES_ARE_UNKNOWN, policy, batch, passage)
            return
        passage.note(_KIND, filled(len(batch), policy), batch)
        for number, entry in enumerate(self.entries[policy]):
            hits = entry.matches(batch)
            if not hits.any():
                continue
            taken, left = self._split(policy, number, batch.where(hits), passage)
            batch = PacketBatch.joined([batch.where(~hits), left])
            if not entry.is_sure:
                self._stop(Fate.NOT_MODELLED, policy, taken, passage)
            elif entry.table == NO_ROW:
                self._stop(Fate.TGW_RTB_ROUTES_ARE_UNKNOWN, policy, taken, passage)
            else:
                yield Routed(taken, filled(len(taken), entry.table))
        self._stop(Fate.TGW_POLICY_TABLE_NO_MATCH, policy, batch, passage)

    def _split(
        self, policy: int, number: int, batch: PacketBatch, passage: Passage
    ) -> tuple[PacketBatch, PacketBatch]:
        """Part what an entry takes of each packet's services from what it leaves."""
        entry = self.entries[policy][number]
        if entry.covers == EVERYTHING:
            return batch, batch.where(np.zeros(len(batch), bool))
        inside = passage.pool.meet(batch.services, filled(len(batch), entry.covers))
        outside = passage.pool.meet(batch.services, filled(len(batch), entry.others))
        if passage.returning:
            # of one reply's ports some would go one way and some another: nobody adds them up
            both = (inside != NOTHING) & (outside != NOTHING)
            self._stop(Fate.NOT_MODELLED, policy, batch.where(both), passage)
            goes = (inside != NOTHING) & ~both
            return batch.where(goes), batch.where((inside == NOTHING) & ~both)
        taken = self._part(policy, batch, inside, entry.covers, passage)
        left = self._part(policy, batch, outside, entry.others, passage)
        if len(taken) and len(left):
            taken = passage.sessions.fork(taken, filled(len(taken), number))
            left = passage.sessions.fork(left, filled(len(left), NO_ROW))
        return taken, left

    @staticmethod
    def _part(
        policy: int, batch: PacketBatch, services: Column, covers: int, passage: Passage
    ) -> PacketBatch:
        """Return the packets as far as these services go; what was filtered before ends here."""
        is_whole = (batch.asked == EVERYTHING) | ((batch.assumed & _MAPPED) != 0)
        asked = passage.pool.meet(batch.asked, filled(len(batch), covers))
        asked = np.where(is_whole, batch.asked, asked)
        exists = np.where(is_whole, services, asked) != NOTHING
        part = batch.replace(services=services, asked=asked).where(exists)
        dead = part.services == NOTHING
        if dead.any():
            lost = part.where(dead)
            passage.drop_dead(_KIND, lost.replace(place=filled(len(lost), policy)))
        return part.where(~dead)

    @staticmethod
    def _stop(fate: Fate, policy: int, batch: PacketBatch, passage: Passage) -> None:
        passage.stop(fate, _KIND, filled(len(batch), policy), batch)


# -- compilation


def policy_prefixes(snapshot: Snapshot) -> Iterator[Prefix]:
    """Yield the CIDRs of entries, for cutting."""
    for record in snapshot.transit_policy_tables.values():
        for entry in record.entries or ():
            yield from (one for one in (entry.source, entry.destination) if one is not None)


def policy_of_attachment(snapshot: Snapshot) -> dict[str, str]:
    """Return the policy table of each attachment that has one."""
    return {
        attachment: record.id
        for record in snapshot.transit_policy_tables.values()
        for attachment in record.attachments or ()
    }


def untold_gateways(snapshot: Snapshot) -> frozenset[str]:
    """Return the gateways with a policy table of which nobody says which attachments have it."""
    records = snapshot.transit_policy_tables.values()
    return frozenset(record.gateway for record in records if record.attachments is None)


def compile_policy_tables(
    snapshot: Snapshot, axis: AtomAxis, pool: ServicePool, attachments: Mapping[str, int]
) -> PolicyTables:
    """Order and intern the entries of every policy table."""
    records = list(snapshot.transit_policy_tables.values())
    rows = {record.id: row for row, record in enumerate(records)}
    tables = {number: row for row, number in enumerate(snapshot.transit_route_tables)}
    chosen = policy_of_attachment(snapshot)
    return PolicyTables(
        of_attachment=by_row([rows.get(chosen.get(one, ""), NO_ROW) for one in attachments]),
        is_open=mask_by_row([record.entries is None or bool(record.doubt) for record in records]),
        entries=tuple(
            tuple(_compiled(entry, axis, pool, tables) for entry in record.asked_entries)
            for record in records
        ),
        ids=tuple(rows),
    )


def _compiled(
    entry: PolicyEntry, axis: AtomAxis, pool: ServicePool, tables: Mapping[str, int]
) -> Entry:
    services = _services(entry)
    return Entry(
        source=axis.span(entry.source) if entry.source else None,
        destination=axis.span(entry.destination) if entry.destination else None,
        covers=pool.intern(services),
        others=pool.intern(ServiceSet.everything() - services),
        table=tables.get(entry.table, NO_ROW),
        is_sure=not (entry.has_source_ports or entry.is_obscure),
    )


def _services(entry: PolicyEntry) -> ServiceSet:
    """Return what an entry may match; ports count for TCP and UDP only."""
    if entry.protocol in (TCP, UDP) and entry.ports is not None:
        return services_of(entry.protocol, *entry.ports)
    return services_of(ANY_PROTOCOL if entry.protocol is None else entry.protocol, None, None)
