"""What every element can do: take a batch, narrow it, rewrite it, hand it on.

An element's `cross` gets a batch of packets that are all at its stage and a `Passage`, the record
of one walk. It never loops over packets: it screens, stops, moves or delivers whole batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from msgspec import Struct, field

from netreach.fabric.ports_read import PortsRead, couple, half_seen
from netreach.fabric.sessions import SessionLog
from netreach.fabric.vocabulary import Fate, Kind
from netreach.fabric.worlds import WorldLog
from netreach.packets.batch import Column, Mask, PacketBatch, column, filled
from netreach.packets.pool import EVERYTHING, NOTHING, UNSURE, ServicePool


class Step(Struct, frozen=True):
    """One decision or crossing by one kind of component, for a whole batch."""

    kind: Kind
    component: Column
    batch: PacketBatch
    #: Ids of what passes; None where the component does not filter.
    bounds: Column | None = None
    ingress: bool = False
    #: What it says of both ports, where it reads both.
    ports: PortsRead | None = None
    #: The row of the route that decided, or of the way through a load balancer.
    detail: Column | None = None
    #: How the way ended here; None where it went on.
    fate: Fate | None = None


class Ending(Struct, frozen=True):
    """Packets whose way ended, and how."""

    fate: Fate
    kind: Kind
    component: Column
    batch: PacketBatch


class Check(NamedTuple):
    """One thing that a gateway insists on: which packets fail it, and how it is called."""

    fails: Mask
    fate: Fate
    kind: Kind
    component: Column


class Passage(Struct):
    """One walk of a batch: which way, how strictly, and what has happened so far."""

    pool: ServicePool
    returning: bool = False
    #: Whether what sets out are copies of packets: no group is asked to let them out.
    is_copy: bool = False
    #: False for the explaining walk: denials are recorded, the asked set is kept whole.
    narrowing: bool = True
    #: Whether the groups of who sends and who receives are left for later: they are asked apart,
    #: where many pairs that travel alike differ in nothing else.
    defers_groups: bool = False
    #: Whether steps are kept.
    traced: bool = False
    #: The id of the replies that clients await, which says what ports they send from; for ways
    #: there. NOTHING where nobody says: then filters take any port.
    clients: int = NOTHING
    #: Ids of the replies that each row's client awaits; for returning walks.
    replies: Column = field(default_factory=lambda: column([]))
    #: The newest session of the way there, of what each row answers; for returning walks.
    begun: Column = field(default_factory=lambda: column([]))
    #: Ids of the services that it answers, as the client names them; for returning walks.
    asked: Column = field(default_factory=lambda: column([]))
    sessions: SessionLog = field(default_factory=SessionLog)
    worlds: WorldLog = field(default_factory=WorldLog)
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
        return self._narrowed(kind, component, batch, bounds) if self.narrowing else batch

    def screen_ports(
        self, kind: Kind, component: Column, batch: PacketBatch, said: PortsRead
    ) -> PacketBatch:
        """Let a filter decide that reads both ports, and return what is left of the batch."""
        if self.traced and len(batch):
            self.steps.append(
                Step(kind, component, batch, said.bounds, ingress=True, ports=said),
            )
        if not self.narrowing:
            return batch
        batch, bounds = couple(batch, said, self.pool, returning=self.returning)
        return self._narrowed(kind, component, batch, bounds)

    def _narrowed(
        self, kind: Kind, component: Column, batch: PacketBatch, bounds: Column
    ) -> PacketBatch:
        """End the way of packets of which a filter leaves nothing; return the others."""
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

    def stop(
        self,
        fate: Fate,
        kind: Kind,
        component: Column,
        batch: PacketBatch,
        detail: Column | None = None,
    ) -> None:
        """End the way of packets; `detail` says what of the component did, for explanations."""
        if not len(batch):
            return
        if self.returning and fate is Fate.DELIVERED:
            batch = self._doubt_half_seen(batch)
        if self.traced:
            self.steps.append(Step(kind, component, batch, detail=detail, fate=fate))
        self.endings.append(Ending(fate, kind, component, batch))

    def _doubt_half_seen(self, batch: PacketBatch) -> PacketBatch:
        """Doubt replies that went around a firewall which saw the way there [NF-5]."""
        missed = batch.watched != 0
        if not missed.any():
            return batch
        begun = self.begun[batch.row]
        places = self.sessions.unwatched(begun, batch.watched)
        is_whole, unseen = self.sessions.half_seen(begun, batch.watched, self.pool.couple)
        batch = self.doubt_where(missed & is_whole, Kind.INSPECTION, places, batch, UNSURE)
        if is_whole[missed].all():
            return batch
        said = half_seen(batch, missed & ~is_whole, unseen, self.pool)
        return self.screen_ports(Kind.INSPECTION, places, batch, said)

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
        """Make what the masked packets carry uncertain from here on; that ends no way."""
        if not mask.any():
            return batch
        bounds = np.where(mask, unsure, EVERYTHING)
        if self.traced and len(batch):
            self.steps.append(Step(kind, component, batch, bounds))
        if not self.narrowing:
            return batch
        return batch.replace(services=self.pool.meet(batch.services, bounds))


Cross = Callable[[PacketBatch, Passage], None]
#: Sees all packets that are on their way, before each crossing.
Watch = Callable[[PacketBatch], None]
