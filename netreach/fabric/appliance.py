"""Appliances: hosts that pass on what is not for them, NAT instances among them [NT-7, RT-10..13].

What an appliance does with a packet is its own setting, which no snapshot shows. It is assumed to
do what it is there for: to pass the packet on as it is, or with its own address as the source.
Each packet branches over both, and what serves a flow best counts (docs/decisions).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import SCOPE_INTERNET, AddressBook
from netreach.fabric.element import Passage
from netreach.fabric.interface import Interfaces
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import MODE_BITS, Assumed, Fate, Kind, Stage
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, filled, mask_by_row

#: A branch does what stands for most modes: one with any of these stays, or keeps its source.
_STAYING_BITS: Final = int(Assumed.FORWARDS | Assumed.TRANSLATES)
_KEEPING_BITS: Final = int(Assumed.FORWARDS | Assumed.FORWARDS_ACROSS)


class Appliances(Struct, frozen=True):
    """All interfaces, as places that routes send packets to which are not for them."""

    interfaces: Interfaces
    acls: NetworkAcls
    book: AddressBook
    #: Interface row -> the only other interface of its host, or NO_ROW.
    other: Column
    #: Whether its host has more interfaces than two: nobody knows by which one packets leave.
    is_crowded: Mask
    #: Interface row -> the atom that it sends from, by family; NO_ROW for none.
    own4: Column
    own6: Column
    #: Interface row -> whether one of its addresses has a public one.
    has_public: Mask

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take what a route sends to an interface, whoever holds its destination."""
        holders = self.book.holder(batch.vpc, batch.destination)
        arrives = self.book.interface[holders] == batch.place
        if arrives.any():
            passage.move(batch.where(arrives).replace(stage=Stage.DELIVER))
            batch = batch.where(~arrives)
        # only a gateway's own table sends packets here that come out of no subnet
        foreign = (batch.subnet == NO_ROW) & (self.book.scopes(batch.source) == SCOPE_INTERNET)
        foreign &= ~self.book.axis.is_ipv6(batch.source)  # IPv6 addresses are public themselves
        batch, _ = passage.stop_where(
            foreign & ~self.has_public[batch.place],
            Fate.INGRESS_RTB_NO_PUBLIC_IP,
            Kind.INTERFACE,
            batch.place,
            batch,
        )
        batch = self._admit(batch, passage)
        columns = self.interfaces.columns
        checks = columns.checks_source_and_destination[batch.place]
        batch, _ = passage.stop_where(
            checks, Fate.ENI_SOURCE_DEST_CHECK_RESTRICTION, Kind.INTERFACE, batch.place, batch
        )
        unclear = self.is_crowded[batch.place] | columns.is_unmodelled[batch.place]
        batch, _ = passage.stop_where(
            unclear, Fate.NOT_MODELLED, Kind.INTERFACE, batch.place, batch
        )
        if len(batch):
            passage.note(Kind.INTERFACE, batch.place, batch)
            batch = batch.replace(assumed=batch.assumed | int(Assumed.APPLIANCE), carrier=NO_ROW)
            for mode in self._modes(batch, passage):
                self._pass_on(mode, passage)

    def _admit(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Ask the filters on the way into the interface, and whether it is in service."""
        subnets = self.interfaces.columns.subnet[batch.place]
        batch = batch.replace(subnet=subnets)
        # what the router brings has left its subnet, even if it comes back to the same one
        batch = self.acls.screen(batch, subnets, passage, ingress=True)
        if not passage.returning and len(batch):
            batch = self.interfaces.groups.screen(
                batch, batch.place, batch.source, [batch.carrier], passage, ingress=True
            )
        return self.interfaces.check(batch, passage)

    def _modes(self, batch: PacketBatch, passage: Passage) -> list[PacketBatch]:
        """Return the packets once for each thing that the appliance may do with them.

        What was assumed of the first appliance is assumed of all on the way. Where two modes come
        to the same, as both sides of a host that has one do, one branch bears the bits of both, so
        that there is one for each mode on every way. An answer that no session calls back is
        passed on as it is: only its connection's beginning is translated.
        """
        if passage.returning:
            return [batch]
        chosen = batch.assumed & MODE_BITS
        settled = batch.where(chosen != 0)
        fresh = batch.where(chosen == 0)
        found = [settled] if len(settled) else []
        if not len(fresh):
            return found
        # only private sources need another address to be answered at
        private: Mask = self.book.scopes(fresh.source) != SCOPE_INTERNET
        across: Mask = self.other[fresh.place] != NO_ROW
        for mode, packets in (
            (Assumed.FORWARDS, np.ones(len(fresh), bool)),
            (Assumed.TRANSLATES, private),
            (Assumed.FORWARDS_ACROSS, across),
            (Assumed.TRANSLATES_ACROSS, across & private),
        ):
            if packets.any():
                bits = _alike(mode, private[packets], across[packets])
                found.append(_in_mode(fresh.where(packets), bits, passage))
        return found

    def _pass_on(self, batch: PacketBatch, passage: Passage) -> None:
        """Send packets on from the interface, or from the host's other one."""
        batch = self._to_leaving(batch, passage)
        # what another appliance has made public needs no other address any more
        private: Mask = self.book.scopes(batch.source) != SCOPE_INTERNET
        modes = batch.assumed & MODE_BITS
        translating = (modes != 0) & ((modes & _KEEPING_BITS) == 0) & private
        if translating.any() and not passage.returning:
            batch = PacketBatch.joined(
                [batch.where(~translating), self._translate(batch.where(translating), passage)]
            )
        held = self.book.interface[self.book.holder(batch.vpc, batch.source)] == batch.place
        checks = self.interfaces.columns.checks_source_and_destination[batch.place] & ~held
        batch, _ = passage.stop_where(
            checks, Fate.ENI_SOURCE_DEST_CHECK_RESTRICTION, Kind.INTERFACE, batch.place, batch
        )
        if not passage.returning and len(batch):
            peers = self.interfaces.peers(batch.vpc, batch.destination)
            batch = self.interfaces.groups.screen(
                batch, batch.place, batch.destination, peers, passage, ingress=False
            )
        self.interfaces.leave(batch, passage)

    def _to_leaving(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Bring packets to the interface by which they leave, which must be in service as well."""
        leaving = self._leaving(batch)
        crosses = leaving != batch.place
        batch = batch.replace(place=leaving, subnet=self.interfaces.columns.subnet[leaving])
        if not crosses.any():
            return batch
        others = self.interfaces.check(batch.where(crosses), passage)
        return PacketBatch.joined([batch.where(~crosses), others])

    def _leaving(self, batch: PacketBatch) -> Column:
        """Return the interface by which each packet leaves the host, ``(N,)``."""
        modes, other = batch.assumed & MODE_BITS, self.other[batch.place]
        crosses = (modes != 0) & ((modes & _STAYING_BITS) == 0) & (other != NO_ROW)
        return np.where(crosses, other, batch.place)

    def _translate(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Put the appliance's own address on packets; there must be one of their family."""
        is_ipv6 = self.book.axis.is_ipv6(batch.source)
        own = np.where(is_ipv6, self.own6[batch.place], self.own4[batch.place])
        batch, own = batch.where(own != NO_ROW), own[own != NO_ROW]
        sessions = passage.sessions.push(
            SessionKind.APPLIANCE, place=batch.place, batch=batch, translated=own
        )
        # groups see the appliance as the sender now: the address is its own [SG-6]
        return batch.replace(source=own, session=sessions, carrier=batch.place)

    def give_back(self, batch: PacketBatch, passage: Passage) -> None:
        """Give replies to what the appliance sent as its own back to whoever sent it."""
        sessions = passage.sessions
        session = sessions.effective(batch.session)
        batch = batch.replace(destination=sessions.source(session), session=sessions.chain(session))
        passage.note(Kind.INTERFACE, batch.place, batch)
        # by the interface at which the request came in
        leaving = self._leaving(batch)
        subnets = self.interfaces.columns.subnet[leaving]
        self.interfaces.leave(batch.replace(place=leaving, subnet=subnets), passage)


#: By mode: the one that is the same for a source which needs no other address; by the other side.
_KEEPING: Final = {
    Assumed.FORWARDS: Assumed.TRANSLATES,
    Assumed.FORWARDS_ACROSS: Assumed.TRANSLATES_ACROSS,
}
_ACROSS: Final = {
    Assumed.FORWARDS: Assumed.FORWARDS_ACROSS,
    Assumed.TRANSLATES: Assumed.TRANSLATES_ACROSS,
}


def _alike(mode: Assumed, private: Mask, across: Mask) -> Column:
    """Return the bits of all modes that come to the same as this one, by packet."""
    bits = filled(len(private), int(mode))
    if mode in _KEEPING:
        bits |= np.where(private, 0, int(_KEEPING[mode]))
    if mode in _ACROSS:
        bits |= np.where(across, 0, int(_ACROSS[mode]))
    if mode is Assumed.FORWARDS:
        bits |= np.where(private | across, 0, int(Assumed.TRANSLATES_ACROSS))
    return bits


def _in_mode(batch: PacketBatch, bits: Column, passage: Passage) -> PacketBatch:
    marked = batch.replace(assumed=batch.assumed | bits)
    return passage.sessions.fork(marked, bits)


def compile_appliances(snapshot: Snapshot, interfaces: Interfaces) -> Appliances:
    """Find each interface's siblings on its host, and the addresses that it sends from."""
    book = interfaces.book
    rows = {record.id: row for row, record in enumerate(snapshot.interfaces.values())}
    hosts: dict[str, list[int]] = {}
    for record in snapshot.interfaces.values():
        if record.instance:
            hosts.setdefault(record.instance, []).append(rows[record.id])
    siblings = [
        [row for row in hosts.get(record.instance, ()) if row != rows[record.id]]
        for record in snapshot.interfaces.values()
    ]
    is_ipv6 = book.axis.is_ipv6(book.first_atom)
    return Appliances(
        interfaces=interfaces,
        acls=interfaces.acls,
        book=book,
        other=by_row([others[0] if len(others) == 1 else NO_ROW for others in siblings]),
        is_crowded=mask_by_row([len(others) > 1 for others in siblings]),
        own4=_first_atoms(book, len(rows), ~is_ipv6),
        own6=_first_atoms(book, len(rows), is_ipv6),
        has_public=_with_public(book, len(rows)),
    )


def _first_atoms(book: AddressBook, size: int, family: Mask) -> Column:
    """Return the primary address of each interface in one family, else its first one."""
    found = filled(size + 1, NO_ROW)
    named = book.is_primary[: len(book.first_atom)]
    for wanted in (family, family & named):  # what is said later replaces
        rows = np.flatnonzero(wanted[: len(book.first_atom) - 1])[::-1]
        holders = book.interface[rows]
        held = holders != NO_ROW
        found[holders[held]] = book.first_atom[rows[held]]
    return found


def _with_public(book: AddressBook, size: int) -> Mask:
    found = np.zeros(size + 1, bool)
    rows = np.flatnonzero(book.public != NO_ROW)
    found[book.interface[rows]] = True
    found[-1] = False
    return found
