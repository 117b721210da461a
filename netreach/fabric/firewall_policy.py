"""What firewalls let pass: each distinct combination of rules and services decided once [NF-1..5].

Rules read a packet's addresses, protocol and both ports. On the way there the destination's port is
the service, the source's is one of the client's; on the way back it is the other way round. A walk
carries one of them, as a set; which members of it go with which of the other one is a coupling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from netreach.fabric.firewall_decisions import Rules, fare, fares, reply, source_ports, stretches
from netreach.fabric.firewall_rules import Engine, Rule, RuleBook
from netreach.fabric.ports_read import PortsRead
from netreach.packets.batch import Column, Mask, filled
from netreach.packets.couplings import (
    PORTED,
    WITH_PORTS,
    Coupled,
    Coupling,
    cells,
    coupling_of,
    union,
)
from netreach.packets.pieces import PieceTable, overlay
from netreach.packets.pool import EVERYTHING, UNSURE, Bounds, PairMemo, ServicePool
from netreach.packets.services import BLOCK, START, ServiceSet

#: Ports that clients send from [NA-11].
CLIENT_PORTS: Final = (1024, 65535)
_EVERYTHING: Final = ServiceSet.everything()
_NOTHING: Final = ServiceSet.empty()
_Key = TypeVar("_Key")


class Side(NamedTuple):
    """Which rules of a firewall match an address as one end of a packet."""

    firewall: int
    stateless: tuple[int, ...]
    stateful: tuple[int, ...]


class Said(NamedTuple):
    """What rules say of packets by both their ports."""

    #: What passes with some of the other ports.
    bounds: Bounds
    coupling: Coupling


class Begun(NamedTuple):
    """What becomes of packets on the way there."""

    said: Said
    #: What the stateful engine may see.
    seen: ServiceSet
    #: What it surely does not see, by client ports; nothing where these differ in nothing.
    unseen: Coupling


class Answered(NamedTuple):
    """What becomes of replies: by the rules, and by what the stateful engine can follow of them."""

    allowed: Said
    followed: Said


class Firewalls:
    """All firewalls' rules, with memos of what they decide; columns are ``(N,)``."""

    def __init__(self, books: Sequence[RuleBook | None], pool: ServicePool, size: int) -> None:
        """Find out which rules match which atoms; `size` is the number of atoms."""
        self.books, self._pool = tuple(books), pool
        self._sides: list[Side] = []
        numbers: dict[Side, int] = {}
        self._by_source = _table(books, size, "sources", numbers)
        self._by_destination = _table(books, size, "destinations", numbers)
        self._sides = list(numbers)
        self._pairs: list[tuple[int, int]] = []
        self._answers: list[tuple[int, int]] = []
        self._begun: list[Begun] = []
        self._answered: list[Answered] = []
        self._pair = PairMemo(lambda a, b: _number(self._pairs, (a, b)))
        self._both = PairMemo(lambda a, b: _number(self._answers, (a, b)))
        self._begin = PairMemo(lambda a, b: _number(self._begun, self._decide(a, pool[b].maybe)))
        self._reply = PairMemo(lambda a, b: _number(self._answered, self._answer(a, b)))
        self._seen = PairMemo(self._is_seen)
        self._unseen = PairMemo(lambda n, _: pool.intern_coupling(self._begun[n].unseen))
        self._forward = _Reader(pool, lambda n: self._begun[n].said)
        self._allowed = _Reader(pool, lambda n: self._answered[n].allowed)
        self._followed = _Reader(pool, lambda n: self._answered[n].followed)

    # -- columns

    def pair(self, firewalls: Column, sources: Column, destinations: Column) -> Column:
        """Return a number for the rules that see packets between two atoms."""
        return self._pair(
            self._by_source.lookup(firewalls, sources),
            self._by_destination.lookup(firewalls, destinations),
        )

    def begin(self, pairs: Column, clients: Column) -> Column:
        """Return a number for what becomes of packets that clients send from these ports."""
        return self._begin(pairs, clients)

    def forward(self, begun: Column, clients: Column) -> PortsRead:
        """Return what passes on the way there, by the numbers of `begin`."""
        return self._forward.read(begun, clients)

    def is_seen(self, begun: Column, services: Column) -> Column:
        """Return 1 where the stateful engine may see what passes, else 0."""
        return self._seen(begun, services)

    def unseen(self, begun: Column) -> Column:
        """Return the ids of what the stateful engine surely does not see, FREE for nothing."""
        return self._unseen(begun, filled(len(begun), 0))

    def back(
        self, there: Column, back: Column, services: Column, known: Mask
    ) -> tuple[PortsRead, PortsRead]:
        """Return what the rules allow of replies, and what the stateful engine can follow of it.

        `there` and `back` are the numbers of the pair of ends in either direction; `services` the
        ids of what the replies answer; `known` tells where the way there crossed the same endpoint.
        """
        answered = self._reply(self._both(there, back), services * 2 + known)
        return self._allowed.read(answered, services), self._followed.read(answered, services)

    # -- the way there

    def engines(self, pair: int) -> tuple[RuleBook | None, Rules]:
        """Return the book of a pair's firewall and its rules that match both ends, by engine."""
        source, destination = (self._sides[number] for number in self._pairs[pair])
        book = self.books[source.firewall]
        if book is None:
            return None, ((), ())
        return book, (
            _chosen(book.stateless, source.stateless, destination.stateless),
            _chosen(book.stateful, source.stateful, destination.stateful),
        )

    def _decide(self, pair: int, clients: ServiceSet) -> Begun:
        """Return what becomes of packets from client ports; of protocols without any: from any."""
        book, rules = self.engines(pair)
        if book is None:
            return Begun(Said(self._pool[UNSURE], ()), _EVERYTHING, ())
        portless = fare(book, rules, CLIENT_PORTS[0])
        sure, maybe, seen = (s - WITH_PORTS for s in (*portless.passes, portless.seen))
        passing, unseen, differ = list[Coupled](), list[Coupled](), False
        for protocol in PORTED:
            block, ports = ServiceSet.protocol(protocol), clients.port_ranges(protocol)
            told = fares(book, rules, protocol, ports or (CLIENT_PORTS,))
            seen |= union(one.seen for _, one in told)
            maybe |= union(one.passes.maybe for _, one in told)
            if ports:
                sure |= union(one.passes.sure for _, one in told)
                passing += _apart([Coupled(some, one.passes) for some, one in told])
                unseen.extend(Coupled(some, Bounds(one.unseen, block)) for some, one in told)
                differ |= len({one.unseen for _, one in told}) > 1
            else:  # nobody says from which
                sure |= block - union(block - one.passes.sure for _, one in told)
        return Begun(
            Said(Bounds(sure, maybe), coupling_of(passing)),
            seen,
            coupling_of(unseen if differ else ()),
        )

    def _is_seen(self, begun: int, services: int) -> int:
        return int(bool(self._begun[begun].seen & self._pool[services].maybe))

    # -- the way back

    def _answer(self, both: int, told: int) -> Answered:
        """Return what becomes of replies to services; `told` says those, and whether it is known.

        Of protocols with ports that are not among them nothing comes back: it passes.
        """
        pairs = self._answers[both]
        book, back = self.engines(pairs[1])
        if book is None:
            return Answered(Said(self._pool[UNSURE], ()), Said(self._pool[EVERYTHING], ()))
        _, there = self.engines(pairs[0])
        known = bool(told & 1)
        services = self._pool[told >> 1].maybe | (_EVERYTHING - WITH_PORTS)
        allowed, followed = _Sum(), _Sum()
        for protocol in services.protocols():
            block = ServiceSet.protocol(protocol)
            rules = ((*there[0], *there[1]), *back)
            for answered in _service_stretches(protocol, services, *rules):
                port = answered.intervals[0][0] - block.intervals[0][0]
                fares = reply(book, there, back, protocol, port, known=known)
                allowed.add(block, answered, fares.allowed)
                followed.add(block, answered, fares.followed)
        return Answered(allowed.said(), followed.said())


class _Reader:
    """Reads what rules say of packets as columns, by the numbers of what becomes of them."""

    def __init__(self, pool: ServicePool, said: Callable[[int], Said]) -> None:
        self._bounds = PairMemo(lambda number, _: _interned(pool, said(number).bounds))
        self._coupling = PairMemo(lambda number, _: pool.intern_coupling(said(number).coupling))

    def read(self, numbers: Column, others: Column) -> PortsRead:
        same = filled(len(numbers), 0)
        return PortsRead(self._bounds(numbers, same), self._coupling(numbers, same), others)


def _interned(pool: ServicePool, bounds: Bounds) -> int:
    return pool.intern(bounds.sure & bounds.maybe, bounds.maybe)


def _apart(found: list[Coupled]) -> list[Coupled]:
    """Return client ports of a protocol with their services, unless these are the same for all."""
    return found if len({one.services for one in found}) > 1 else []


class _Sum:
    """What passes of replies to several services, by protocol."""

    def __init__(self) -> None:
        self._kept: dict[ServiceSet, dict[Bounds, ServiceSet]] = {}

    def add(self, block: ServiceSet, services: ServiceSet, bounds: Bounds) -> None:
        """Add what passes of the replies to some services of a protocol."""
        kept = self._kept.setdefault(block, {})
        kept[bounds] = kept.get(bounds, _NOTHING) | services

    def said(self) -> Said:
        """Return all of it; what nobody asked for passes, for it never comes."""
        rest = _EVERYTHING - union(self._kept)
        found = [bounds for kept in self._kept.values() for bounds in kept]
        return Said(
            Bounds(
                rest | union(bounds.sure for bounds in found),
                rest | union(bounds.maybe for bounds in found),
            ),
            coupling_of(
                one
                for block, kept in self._kept.items()
                if len(kept) > 1
                for one in _by_client(block, kept)
            ),
        )


def _by_client(block: ServiceSet, kept: Mapping[Bounds, ServiceSet]) -> Iterator[Coupled]:
    """Yield what is told by services by client ports instead."""
    sets = [bounds.sure for bounds in kept] + [bounds.maybe for bounds in kept]
    for clients, passes in cells(block, sets):
        stopped = [
            union(services for services, ok in zip(kept.values(), half, strict=True) if not ok)
            for half in (passes[: len(kept)], passes[len(kept) :])
        ]
        yield Coupled(clients, Bounds(block - stopped[0], block - stopped[1]))


# -- ports that make a difference


def _service_stretches(
    protocol: int, services: ServiceSet, there: Sequence[Rule], *back: Sequence[Rule]
) -> Iterator[ServiceSet]:
    """Yield the stretches of a protocol's services that rules treat alike."""
    if protocol not in PORTED:
        yield ServiceSet.protocol(protocol)
        return
    start = START[protocol]
    block = ServiceSet.of([(start, start + BLOCK - 1)])
    named = [(a - start, b - start) for rule in there for a, b in rule.services & block]
    ranges = [*named, *(r for rules in back for r in source_ports(rules))]
    for low, high in stretches(ranges, services.port_ranges(protocol)):
        yield ServiceSet.ports(protocol, low, high)


# -- sides


def _chosen(engine: Engine, left: tuple[int, ...], right: tuple[int, ...]) -> list[Rule]:
    """Return the rules that match both ends, in order."""
    others = set(right)
    return [engine.rules[number] for number in left if number in others]


def _table(
    books: Sequence[RuleBook | None], size: int, field: str, numbers: dict[Side, int]
) -> PieceTable:
    """Build (firewall, atom) -> number of the side that the atom is on."""
    rows = []
    for firewall, book in enumerate(books):
        row: list[tuple[int, int]] = []
        for start, found in overlay(_spans(book, field), size):
            side = Side(
                firewall,
                tuple(number for engine, number in found if engine == 0),
                tuple(number for engine, number in found if engine == 1),
            )
            number = numbers.setdefault(side, len(numbers))
            if not row or row[-1][1] != number:
                row.append((start, number))
        rows.append(row)
    return PieceTable.of(rows or [[(0, 0)]])


def _spans(book: RuleBook | None, field: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield which rule of which engine covers which atoms, in the order of the rules."""
    for engine, rules in enumerate((book.stateless, book.stateful) if book else ()):
        for number, rule in enumerate(rules.rules):
            for span in getattr(rule, field):
                yield span, (engine, number)


def _number(known: list[_Key], key: _Key) -> int:
    known.append(key)
    return len(known) - 1
