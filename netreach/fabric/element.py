"""What every element can do: take a batch, narrow it, rewrite it, hand it on.

An element's `cross` gets a batch of packets that are all at its stage and a `Passage`, the record
of one walk. It never loops over packets: it screens, stops, moves or delivers whole batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum, auto
from typing import Final, NamedTuple

import numpy as np

from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, column, filled
from netreach.packets.pool import EVERYTHING, NOTHING, ServicePool


class Stage(IntEnum):
    """Which element takes a packet next."""

    ORIGIN = 0  # place: the interface that sends it (NO_ROW: an address that nobody holds)
    ROUTER = auto()  # leaves its subnet; place: unused, the subnet decides
    DELIVER = auto()  # inside its VPC, to whoever holds the destination
    NAT_GATEWAY = auto()  # place: the NAT gateway
    INTERNET_GATEWAY = auto()  # on its way out; place: the gateway
    EGRESS_ONLY = auto()  # on its way out; place: the gateway
    INTERNET = auto()  # between gateways and the hosts out there
    INGRESS = auto()  # an internet gateway, on the way in; place: the gateway
    EGRESS_ONLY_RETURN = auto()  # an egress-only gateway, on the way in
    MIDDLEBOX = auto()  # routed to an interface; place: the interface


class Kind(IntEnum):
    """What a component of a trace is; origins.py turns kind and row into a record."""

    INTERFACE = 0
    GROUP_SET = auto()  # row: the interface that carries the groups
    NETWORK_ACL = auto()  # row: the subnet that the ACL guards
    ROUTE_TABLE = auto()  # row: the subnet; detail: the route
    INTERNET_GATEWAY = auto()
    EGRESS_ONLY = auto()
    NAT_GATEWAY = auto()
    INTERNET = auto()
    AWS_SERVICE = auto()
    VPC = auto()
    UNMODELLED = auto()  # row: the route that leads there
    SUBNET = auto()


class Fate(IntEnum):
    """How a packet's way ended; apart from the first two, the names are explanation codes."""

    DELIVERED = 0
    FILTERED = auto()
    NO_ROUTE_TO_DESTINATION = auto()
    BAD_STATE_ROUTE = auto()
    UNROUTABLE_DESTINATION_RANGE = auto()
    ROUTING_LOOP = auto()
    BAD_STATE = auto()
    BAD_STATE_ATTACHMENT = auto()
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS = auto()
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = auto()
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS = auto()
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS = auto()
    IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS = auto()
    IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS = auto()
    GATEWAY_REJECTS_SPOOFED_TRAFFIC = auto()
    ENI_SOURCE_DEST_CHECK_RESTRICTION = auto()
    ENI_DENIES_IGW_TRAFFIC = auto()
    EIGW_OUTBOUND_ONLY = auto()
    NGW_NO_SESSION = auto()
    NOT_AN_INTERNET_ADDRESS = auto()
    NO_POSSIBLE_DESTINATION = auto()
    NO_SOURCE_OR_DESTINATION = auto()
    ADDRESS_NOT_HELD = auto()
    NGW_REQUIRES_NAT64_ADDRESS = auto()
    INSTANCE_METADATA_DISABLED = auto()
    DELIVERED_ELSEWHERE = auto()
    REPLY_FROM_OTHER_ADDRESS = auto()
    VPC_DNS_SUPPORT_DISABLED = auto()
    # from here on: nobody can say
    NOT_MODELLED = auto()
    UNKNOWN_RESOURCE = auto()
    AMBIGUOUS_ROUTE = auto()
    PREFIX_LIST_ENTRIES_UNKNOWN = auto()


#: The first of the fates that mean "unknown".
FIRST_UNKNOWN: Final = Fate.NOT_MODELLED


class Assumed(IntEnum):
    """Bits: defaults of AWS that the snapshot did not state."""

    ACL = 1
    GATEWAY = 2
    DNS_SUPPORT = 4
    NO_GROUPS = 8
    #: Not a default: one of several ways of which nobody knows which one AWS takes.
    EITHER = 16


#: Assumptions that `--strict` turns into unknown.
STRICT_BITS: Final = Assumed.ACL | Assumed.GATEWAY


@dataclass(frozen=True, slots=True)
class Step:
    """One decision or crossing by one kind of component, for a whole batch."""

    kind: Kind
    component: Column
    batch: PacketBatch
    #: Ids of what passes; None where the component does not filter.
    bounds: Column | None = None
    ingress: bool = False
    #: The route row of a routing decision.
    detail: Column | None = None
    #: How the way ended here; None where it went on.
    fate: Fate | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """Packets whose way ended, and how."""

    fate: Fate
    kind: Kind
    component: Column
    batch: PacketBatch


class SessionLog:
    """The translations that packets underwent: what gateways remember for the replies."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._chunks: list[Column] = []
        self._size = 0
        self._rows: Column | None = None

    def push(
        self, *, gateway: Column, egress_only: bool, batch: PacketBatch, translated: Column
    ) -> Column:
        """Remember one translation per packet and return the new session rows, ``(N,)``."""
        size = len(batch)
        chunk = np.stack(
            [
                gateway,
                filled(size, int(egress_only)),
                batch.source,
                batch.destination,
                batch.session,
                translated,
            ]
        )
        self._chunks.append(chunk)
        self._rows = None
        first, self._size = self._size, self._size + size
        return np.arange(first, self._size, dtype=np.int64)

    def _field(self, number: int, sessions: Column) -> Column:
        if self._rows is None:
            self._rows = np.concatenate([column([]).reshape(6, 0), *self._chunks], axis=1)
        if not self._size:
            return filled(len(sessions), NO_ROW)
        values = self._rows[number].take(sessions, mode="clip")
        return np.where(sessions >= 0, values, NO_ROW)

    def gateway(self, sessions: Column) -> Column:
        """Return the gateway rows that translated, ``(N,)``."""
        return self._field(0, sessions)

    def is_egress_only(self, sessions: Column) -> Mask:
        """Tell which sessions belong to egress-only internet gateways."""
        mask: Mask = self._field(1, sessions) == 1
        return mask

    def source(self, sessions: Column) -> Column:
        """Return the source atoms before translation."""
        return self._field(2, sessions)

    def destination(self, sessions: Column) -> Column:
        """Return the destination atoms before translation."""
        return self._field(3, sessions)

    def parent(self, sessions: Column) -> Column:
        """Return the sessions before these."""
        return self._field(4, sessions)

    def translated(self, sessions: Column) -> Column:
        """Return the source atoms after translation."""
        return self._field(5, sessions)


class Check(NamedTuple):
    """One thing that a gateway insists on: which packets fail it, and how it is called."""

    fails: Mask
    fate: Fate
    kind: Kind
    component: Column


@dataclass(slots=True)
class Passage:
    """One walk of a batch: which way, how strictly, and what has happened so far."""

    pool: ServicePool
    returning: bool = False
    #: False for the explaining walk: denials are recorded, the asked set is kept whole.
    narrowing: bool = True
    #: Whether steps are kept.
    traced: bool = False
    #: Ids of the replies that each row's client awaits; for returning walks.
    replies: Column = field(default_factory=lambda: column([]))
    sessions: SessionLog = field(default_factory=SessionLog)
    steps: list[Step] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    pending: list[PacketBatch] = field(default_factory=list)

    def move(self, batch: PacketBatch) -> None:
        """Send packets to the stage that they name."""
        if len(batch):
            self.pending.append(batch)

    def note(
        self, kind: Kind, component: Column, batch: PacketBatch, detail: Column | None = None
    ) -> None:
        """Record that packets cross a component that does not filter."""
        if self.traced and len(batch):
            self.steps.append(Step(kind, component, batch, detail=detail))

    def screen(
        self, kind: Kind, component: Column, batch: PacketBatch, bounds: Column, *, ingress: bool
    ) -> PacketBatch:
        """Let a filter decide, and return what is left of the batch."""
        if self.traced and len(batch):
            self.steps.append(Step(kind, component, batch, bounds, ingress))
        if not self.narrowing:
            return batch
        services = self.pool.meet(batch.services, bounds)
        if services is batch.services:
            return batch
        narrowed = batch.replace(services=services)
        dead = services == NOTHING
        if not dead.any():
            return narrowed
        self.endings.append(
            Ending(Fate.FILTERED, kind, component[dead], narrowed.where(dead)),
        )
        return narrowed.where(~dead)

    def stop(self, fate: Fate, kind: Kind, component: Column, batch: PacketBatch) -> None:
        """End the way of packets."""
        if not len(batch):
            return
        if self.traced:
            self.steps.append(Step(kind, component, batch, fate=fate))
        self.endings.append(Ending(fate, kind, component, batch))

    def gate(self, batch: PacketBatch, checks: Iterable[Check]) -> Mask:
        """End the way of packets that fail any check, the first one first; return who passes.

        The explaining walk records every check that a packet fails.
        """
        passes = np.ones(len(batch), bool)
        for check in checks:
            hits = check.fails & passes
            self.stop(check.fate, check.kind, check.component[hits], batch.where(hits))
            if self.traced and not self.narrowing:
                again = check.fails & ~passes
                if again.any():
                    step = Step(
                        check.kind, check.component[again], batch.where(again), fate=check.fate
                    )
                    self.steps.append(step)
            passes &= ~check.fails
        return passes

    def stop_where(
        self, mask: Mask, fate: Fate, kind: Kind, component: Column, batch: PacketBatch
    ) -> tuple[PacketBatch, Mask | None]:
        """End the way of the masked packets; return the others and the mask that kept them."""
        if not mask.any():
            return batch, None
        self.stop(fate, kind, component[mask], batch.where(mask))
        return batch.where(~mask), ~mask

    def fail_where(
        self, mask: Mask, fate: Fate, kind: Kind, component: Column, batch: PacketBatch
    ) -> PacketBatch:
        """End the way of the masked packets for a state that may change, such as "stopped".

        The explaining walk records it and goes on, to say what else is in the way.
        """
        if not mask.any():
            return batch
        if self.narrowing:
            return self.stop_where(mask, fate, kind, component, batch)[0]
        self.steps.append(Step(kind, component[mask], batch.where(mask), fate=fate))
        return batch

    def wonder(self, kind: Kind, component: Column, batch: PacketBatch, unsure: int) -> None:
        """Record that nobody knows which of several ways these packets take."""
        if self.traced and len(batch):
            bounds = filled(len(batch), unsure)
            self.steps.append(Step(kind, component, batch, bounds))

    def drop_dead(self, kind: Kind, batch: PacketBatch) -> PacketBatch:
        """End the way of packets of which no service is left; `place` is where they are."""
        dead = batch.services == NOTHING
        if not dead.any():
            return batch
        self.endings.append(Ending(Fate.FILTERED, kind, batch.place[dead], batch.where(dead)))
        return batch.where(~dead)

    def doubt_where(
        self, mask: Mask, kind: Kind, component: Column, batch: PacketBatch, unsure: int
    ) -> PacketBatch:
        """Make what the masked packets carry uncertain from here on."""
        if not mask.any():
            return batch
        bounds = np.where(mask, unsure, EVERYTHING)
        return self.screen(kind, component, batch, bounds, ingress=False)


Cross = Callable[[PacketBatch, Passage], None]
