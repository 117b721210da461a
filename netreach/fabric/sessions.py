"""Sessions: what gateways, balancers and appliances remember of packets, for their replies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum, auto
from typing import Final

import numpy as np

from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, column, filled
from netreach.packets.pool import FREE


class SessionKind(IntEnum):
    """What a session remembers."""

    #: A NAT gateway's translation.
    NAT = 0
    #: An egress-only gateway's connection: nothing is translated.
    EGRESS_ONLY = auto()
    #: An appliance that sent a packet on as its own.
    APPLIANCE = auto()
    #: A load balancer's connection to a target, as its own.
    BALANCER = auto()
    #: A load balancer's choice of a target that sees the client's address.
    BALANCER_KEPT = auto()
    #: A client VPN endpoint's translation.
    CLIENT_VPN = auto()
    #: An interface endpoint's way to its provider's balancer.
    PRIVATE_LINK = auto()
    #: Not a session: which of several ways this branch took, so that its traces can be told apart.
    FORK = auto()
    #: A fork over zones; `place` is the subnet chosen, `translated` the attachment that chose it.
    ZONE = auto()
    #: Over which peering what a NAT gateway sent has gone: its replies come back that way [NT-3].
    NAT_PEERING = auto()
    #: Which endpoint of a firewall has seen the way there; its bit stands for a translation, and
    #: its coupling says what it has surely not seen.
    INSPECTION = auto()
    #: Which endpoint has handed the way there to appliances.
    APPLIANCES = auto()


#: What puts ports on packets that are not the client's or not the service's.
_OTHER_PORTS: Final = (SessionKind.NAT, SessionKind.BALANCER, SessionKind.BALANCER_KEPT)


class SessionLog:
    """The translations that packets underwent: what gateways remember for the replies.

    A session knows the one before it. Forks stand in the same chain, but only `chain` shows them.
    """

    _FIELDS = (
        "place",
        "kind",
        "source",
        "destination",
        "before",
        "translated",
        "chain",
        "newest",
        "coupling",
    )

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._chunks: list[Column] = []
        self._size = 0
        self._rows: Column | None = None

    @property
    def size(self) -> int:
        """How many sessions and forks there are: their rows count from 0."""
        return self._size

    def push(
        self, kind: SessionKind, *, place: Column, batch: PacketBatch, translated: Column
    ) -> Column:
        """Remember one session per packet and return their rows, ``(N,)``.

        `place` is the gateway's row, or what a fork chose.
        """
        size = len(batch)
        first, self._size = self._size, self._size + size
        rows = np.arange(first, self._size, dtype=np.int64)
        before = self.effective(batch.session)
        newest = before if kind >= SessionKind.FORK else rows
        chunk = np.stack(
            [
                place,
                filled(size, kind),
                batch.source,
                batch.destination,
                before,
                translated,
                batch.session,
                newest,
                batch.coupling,
            ]
        )
        self._chunks.append(chunk)
        self._rows = None
        return rows

    def fork(
        self, batch: PacketBatch, choice: Column, kind: SessionKind = SessionKind.FORK
    ) -> PacketBatch:
        """Mark which of several ways each packet takes; `choice` says which, ``(N,)``."""
        rows = self.push(kind, place=choice, batch=batch, translated=batch.source)
        return batch.replace(session=rows)

    def _field(self, name: str, sessions: Column) -> Column:
        if self._rows is None:
            empty = column([]).reshape(len(self._FIELDS), 0)
            self._rows = np.concatenate([empty, *self._chunks], axis=1)
        if not self._rows.shape[1]:
            return filled(len(sessions), NO_ROW)
        values = self._rows[self._FIELDS.index(name)].take(sessions, mode="clip")
        return np.where(sessions >= 0, values, NO_ROW)

    def effective(self, sessions: Column) -> Column:
        """Return the newest sessions that are no forks, NO_ROW where there is none."""
        return self._field("newest", sessions)

    def _lineage(self, sessions: Column) -> Iterator[Column]:
        """Yield the newest sessions that are no forks, then those before them."""
        session = self.effective(sessions)
        while (session != NO_ROW).any():  # one turn a session, not one a packet
            yield session
            session = self.parent(session)

    def is_translated(self, sessions: Column) -> Mask:
        """Tell which sources are not the client's: replies go to ports that gateways picked."""
        found = np.zeros(len(sessions), bool)
        for session in self._lineage(sessions):
            kinds = self.kind(session)
            found |= (kinds == SessionKind.NAT) | (kinds == SessionKind.BALANCER)
        return found

    def first_nat_source(self, sessions: Column) -> Column:
        """Return the source atoms that the first NAT gateways on the way met, else NO_ROW."""
        found = filled(len(sessions), NO_ROW)
        for session in self._lineage(sessions):
            is_nat = self.kind(session) == SessionKind.NAT
            found = np.where(is_nat, self.source(session), found)
        return found

    def has_balancer(self, sessions: Column, places: Column) -> Mask:
        """Tell which packets have come through these nodes of balancers."""
        found = np.zeros(len(sessions), bool)
        for session in self._lineage(sessions):
            found |= self._is_balancer(session) & (self.place(session) == places)
        return found

    def first_front(self, sessions: Column) -> Column:
        """Return what clients asked instead of who answers, NO_ROW where it is the same.

        That is the interface of the first balancer's node on the way, or of the first endpoint.
        """
        found = filled(len(sessions), NO_ROW)
        for session in self._lineage(sessions):
            is_front = self._is_balancer(session)
            is_front |= self.kind(session) == SessionKind.PRIVATE_LINK
            found = np.where(is_front, self.place(session), found)
        return found

    def _is_balancer(self, sessions: Column) -> Mask:
        kinds = self.kind(sessions)
        mask: Mask = (kinds == SessionKind.BALANCER) | (kinds == SessionKind.BALANCER_KEPT)
        return mask

    def place(self, sessions: Column) -> Column:
        """Return the rows of the gateways that translated, or what forks chose, ``(N,)``."""
        return self._field("place", sessions)

    def kind(self, sessions: Column) -> Column:
        """Return their kinds as numbers of SessionKind, NO_ROW for none."""
        return self._field("kind", sessions)

    def is_a(self, kind: SessionKind, sessions: Column) -> Mask:
        """Tell which sessions, forks aside, are of a kind."""
        mask: Mask = self.kind(self.effective(sessions)) == kind
        return mask

    def source(self, sessions: Column) -> Column:
        """Return the source atoms before translation."""
        return self._field("source", sessions)

    def destination(self, sessions: Column) -> Column:
        """Return the destination atoms before translation."""
        return self._field("destination", sessions)

    def parent(self, sessions: Column) -> Column:
        """Return the sessions before these, forks aside."""
        return self._field("before", sessions)

    def chain(self, sessions: Column) -> Column:
        """Return what stands before these in the chain, forks included."""
        return self._field("chain", sessions)

    def translated(self, sessions: Column) -> Column:
        """Return the source atoms after translation."""
        return self._field("translated", sessions)

    def coupling(self, sessions: Column) -> Column:
        """Return the ids of the couplings that packets bore.

        Of an inspection: what is left in doubt where replies do not come by it, FREE for all.
        """
        return self._field("coupling", sessions).clip(min=FREE)

    def includes(self, kind: SessionKind, sessions: Column) -> Mask:
        """Tell which ways have something of a kind on them, forks and endpoints included."""
        found = np.zeros(len(sessions), bool)
        while (sessions != NO_ROW).any():  # one turn a session, not one a packet
            found |= self.kind(sessions) == kind
            sessions = self.chain(sessions)
        return found

    def nat_peering(self, sessions: Column) -> Column:
        """Return over which peerings went what a NAT gateway sent last, NO_ROW for none [NT-3]."""
        found, ends = filled(len(sessions), NO_ROW), self.effective(sessions)
        while (sessions != ends).any():  # one turn a fork, not one a packet
            is_peering = self.kind(sessions) == SessionKind.NAT_PEERING
            found = np.where(is_peering & (found == NO_ROW), self.place(sessions), found)
            sessions = np.where(sessions == ends, sessions, self.chain(sessions))
        return found

    def half_seen(
        self, sessions: Column, watched: Column, couple: Callable[[Column, Column], Column]
    ) -> tuple[Mask, Column]:
        """Tell what of a way the inspections on it may have seen that `watched` has a bit of.

        That is all of it, or what the couplings leave in doubt. They know the ports that packets
        bore: if something behind them put others on, nobody tells those of the client apart.
        """
        is_whole, unseen = np.zeros(len(sessions), bool), filled(len(sessions), FREE)
        while (sessions != NO_ROW).any():  # one turn a session, not one a packet
            kinds = self.kind(sessions)
            is_whole |= np.isin(kinds, _OTHER_PORTS) & (unseen != FREE)
            bits = np.where(kinds == SessionKind.INSPECTION, watched, 0)
            here = (bits & self.translated(sessions)) != 0
            coupling = np.where(here, self.coupling(sessions), FREE)
            is_whole |= here & (coupling == FREE)
            unseen = couple(unseen, coupling)
            sessions = self.chain(sessions)
        return is_whole, unseen

    def unwatched(self, sessions: Column, watched: Column) -> Column:
        """Return the newest inspections on the ways that `watched` has a bit of, else NO_ROW."""
        found = filled(len(sessions), NO_ROW)
        while (sessions != NO_ROW).any():  # one turn a session, not one a packet
            bits = np.where(self.kind(sessions) == SessionKind.INSPECTION, watched, 0)
            here = ((bits & self.translated(sessions)) != 0) & (found == NO_ROW)
            found = np.where(here, self.place(sessions), found)
            sessions = self.chain(sessions)
        return found
