"""Traces of one packet, taken out of the steps of a whole batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from netreach.fabric.element import Passage, Step
from netreach.fabric.fabric import Fabric
from netreach.fabric.vocabulary import Fate, Kind
from netreach.packets.batch import NO_ROW, Column, column
from netreach.packets.couplings import Coupled, Coupling, union
from netreach.packets.pool import Bounds
from netreach.packets.prefixes import Address, Prefix
from netreach.packets.services import ServiceSet


class PortsSaid(NamedTuple):
    """What a component says that reads both ports of a packet."""

    coupling: Coupling
    #: The other ports: the client's on the way there, the services answered on the way back.
    others: ServiceSet


class PacketStep(NamedTuple):
    """One step of one packet."""

    kind: Kind
    row: int
    #: Atoms and set as they are at the component, after its own translation.
    source: int
    destination: int
    services: Bounds
    vpc: int
    subnet: int
    #: The interface that groups see as the sender, or NO_ROW.
    carrier: int
    #: What the component lets pass; None where it does not filter.
    passes: Bounds | None
    ingress: bool
    route: int
    fate: Fate | None
    returning: bool
    ports: PortsSaid | None = None

    @property
    def stopped(self) -> ServiceSet:
        """What of its set the component surely stops."""
        return self.services.maybe - self.passes.maybe if self.passes else ServiceSet.empty()

    @property
    def denied(self) -> ServiceSet:
        """What of its set the component surely stops, be it for some of the other ports only."""
        coupled = (self._of(one, one.block - one.services.maybe) for one in self._coupled)
        return self.stopped | union(coupled)

    @property
    def doubted(self) -> ServiceSet:
        """What of its set may pass the component or not, be it for some of the other ports only."""
        if self.passes is None:
            return ServiceSet.empty()
        open_ones = (self.services.maybe & self.passes.maybe) - self.passes.sure
        doubted = (self._of(one, one.services.maybe - one.services.sure) for one in self._coupled)
        return open_ones | union(doubted)

    def denied_from(self, clients: ServiceSet) -> ServiceSet | None:
        """Return what is surely stopped from client ports, there; None where none are told apart.

        Ports that are told apart nowhere inside.
        """
        coupled = [] if self.returning else list(self._coupled)
        if not clients or not any(one.block & clients for one in coupled):
            return None
        stopped = (one.block - one.services.maybe for one in coupled if one.clients & clients)
        return self.services.maybe & (union(stopped) | self.stopped)

    @property
    def _coupled(self) -> Coupling:
        return self.ports.coupling if self.ports else ()

    def _of(self, one: Coupled, services: ServiceSet) -> ServiceSet:
        """Return what of its set some services are about that go with some client ports."""
        if self.returning:
            return self.services.maybe & one.clients if services else services
        return self.services.maybe & services


@dataclass(slots=True)
class TraceIndex:
    """Finds the steps of single packets in the steps of a walk."""

    fabric: Fabric
    passage: Passage
    _order: list[tuple[Column, Column]]

    @classmethod
    def of(cls, fabric: Fabric, passage: Passage) -> TraceIndex:
        """Sort each step's packets by row, once."""
        order = []
        for step in passage.steps:
            by_row = np.argsort(step.batch.row, kind="stable")
            order.append((by_row, step.batch.row[by_row]))
        return cls(fabric, passage, order)

    def trace(self, row: int, sessions: frozenset[int] | None) -> list[PacketStep]:
        """Return the steps of one row in order; of a row that branched, one branch's.

        `sessions` are those of the branch (see `lineage`); None takes all.
        """
        return [
            self._step(step, position)
            for step, (by_row, rows) in zip(self.passage.steps, self._order, strict=True)
            for position in self._positions(by_row, rows, row)
            if sessions is None or int(step.batch.session[position]) in sessions
        ]

    @staticmethod
    def _positions(by_row: Column, rows: Column, row: int) -> Iterator[int]:
        low, high = rows.searchsorted(row), rows.searchsorted(row, side="right")
        for place in range(int(low), int(high)):
            yield int(by_row[place])

    def _step(self, step: Step, at: int) -> PacketStep:
        batch, pool = step.batch, self.fabric.pool
        return PacketStep(
            step.kind,
            int(step.component[at]),
            int(batch.source[at]),
            int(batch.destination[at]),
            pool[int(batch.services[at])],
            int(batch.vpc[at]),
            int(batch.subnet[at]),
            int(batch.carrier[at]),
            None if step.bounds is None else pool[int(step.bounds[at])],
            step.ingress,
            NO_ROW if step.detail is None else int(step.detail[at]),
            step.fate,
            self.passage.returning,
            self._ports(step, at),
        )

    def _ports(self, step: Step, at: int) -> PortsSaid | None:
        if step.ports is None:
            return None
        pool = self.fabric.pool
        coupling = pool.coupling(int(step.ports.coupling[at]))
        return PortsSaid(coupling, pool[int(step.ports.others[at])].maybe)

    def lineage(self, session: int) -> frozenset[int]:
        """Return a session, those before it, and none at all: what one branch's packets bear."""
        found = {NO_ROW}
        while session != NO_ROW:
            found.add(session)
            session = int(self.passage.sessions.chain(column([session]))[0])
        return frozenset(found)


class Literal(NamedTuple):
    """An end that was asked for literally: its atom may hold other addresses too."""

    atom: int
    text: str
    #: The range that it was asked in, if it was: what lets it through should let through all of it.
    prefix: Prefix | None = None


@dataclass(frozen=True, slots=True)
class AddressNames:
    """How atoms are written in one answer: literal where it was asked so, else the host's."""

    fabric: Fabric
    client: Literal | None = None
    server: Literal | None = None
    #: The server's IPv4 address, where it was asked at the one that NAT64 hides it behind.
    behind: Literal | None = None
    #: The ranges of the AWS service that was asked: what lets one address of them through should
    #: let through all.
    ranges: tuple[Prefix, ...] = ()

    def words(self, atom: int, *literals: Literal | None) -> str:
        """Return the text of an atom, which may be that of a literal end."""
        for literal in literals:
            if literal is not None and literal.atom == atom:
                return literal.text
        return str(self.fabric.book.axis.first_address(atom))

    def source(self, step: PacketStep) -> str:
        """Return the source address of a packet at a step."""
        return self.words(step.source, *(self._servers if step.returning else (self.client,)))

    def destination(self, step: PacketStep) -> str:
        """Return the destination address of a packet at a step."""
        return self.words(step.destination, *((self.client,) if step.returning else self._servers))

    @property
    def _servers(self) -> tuple[Literal | None, ...]:
        return self.server, self.behind

    def peer(self, step: PacketStep) -> str:
        """Return the address that a filter at a step compares its rules with."""
        return self.source(step) if step.ingress else self.destination(step)

    def range_of(self, atom: int) -> Prefix | None:
        """Return the range in which an atom was asked for, if it was."""
        ends = (self.client, self.server)
        return next((one.prefix for one in ends if one is not None and one.atom == atom), None)

    def address(self, atom: int) -> Address:
        """Return an address of the atom; all of them are alike."""
        return self.fabric.book.axis.first_address(atom)
