"""What firewalls let pass: each distinct combination of rules and services decided once [NF-1..5].

Rules read a packet's addresses, protocol and both ports. On the way there the destination's port is
the service, the source's is one of the client's; on the way back it is the other way round. The
port that a walk does not carry is taken from all that it may be: what differs among them may pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from netreach.fabric.firewall_rules import Action, Engine, Rule, RuleBook
from netreach.packets.batch import Column, Mask, filled
from netreach.packets.pieces import PieceTable, overlay
from netreach.packets.pool import EVERYTHING, UNSURE, Bounds, PairMemo, ServicePool
from netreach.packets.services import BLOCK, START, TCP, UDP, ServiceSet

#: Ports that clients send from [NA-11].
CLIENT_PORTS: Final = (1024, 65535)
_EVERYTHING: Final = ServiceSet.everything()
_NOTHING: Final = ServiceSet.empty()
_TCP: Final = ServiceSet.protocol(TCP)
#: What becomes of packets: sets of services by action, of which several may be possible.
Possible = dict[Action, ServiceSet]


class Side(NamedTuple):
    """Which rules of a firewall match an address as one end of a packet."""

    firewall: int
    stateless: tuple[int, ...]
    stateful: tuple[int, ...]


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
        self._pair = PairMemo(lambda a, b: _number(self._pairs, (a, b)))
        self._both = PairMemo(lambda a, b: _number(self._answers, (a, b)))
        self._forward = PairMemo(lambda a, _: self._intern(self._decide(a)[0]))
        self._seen = PairMemo(self._is_seen)
        self._allowed = PairMemo(lambda a, services: self._intern(self._answer(a, services)[0]))
        self._followed = PairMemo(lambda a, services: self._intern(self._answer(a, services)[1]))

    # -- columns

    def pair(self, firewalls: Column, sources: Column, destinations: Column) -> Column:
        """Return a number for the rules that see packets between two atoms."""
        return self._pair(
            self._by_source.lookup(firewalls, sources),
            self._by_destination.lookup(firewalls, destinations),
        )

    def forward(self, pairs: Column) -> Column:
        """Return the bounds of what passes on the way there."""
        return self._forward(pairs, filled(len(pairs), 0))

    def is_seen(self, pairs: Column, services: Column) -> Column:
        """Return 1 where the stateful engine may see what passes, else 0."""
        return self._seen(pairs, services)

    def back(
        self, there: Column, back: Column, services: Column, known: Mask
    ) -> tuple[Column, Column]:
        """Return what the rules allow of replies, and what the stateful engine can follow of it.

        `there` and `back` are the numbers of the pair of ends in either direction; `services` the
        ids of what the replies may answer; `known` tells where the way there crossed the same
        endpoint.
        """
        both = self._both(there, back)
        begun = services * 2 + known
        return self._allowed(both, begun), self._followed(both, begun)

    # -- the way there

    def engines(self, pair: int) -> tuple[RuleBook | None, Sequence[Rule], Sequence[Rule]]:
        """Return the book of a pair's firewall and its rules that match both ends, by engine."""
        source, destination = (self._sides[number] for number in self._pairs[pair])
        book = self.books[source.firewall]
        if book is None:
            return None, (), ()
        return (
            book,
            _chosen(book.stateless, source.stateless, destination.stateless),
            _chosen(book.stateful, source.stateful, destination.stateful),
        )

    def _decide(self, pair: int) -> tuple[Bounds, ServiceSet]:
        """Return what passes on the way there, and what the stateful engine may see of it."""
        book, stateless, stateful = self.engines(pair)
        if book is None:
            return Bounds(_NOTHING, _EVERYTHING), _EVERYTHING
        sure, maybe, seen = _EVERYTHING, _NOTHING, _NOTHING
        for port in ports_apart(_source_ports((*stateless, *stateful)), (CLIENT_PORTS,)):
            first = possible(stateless, book.stateless.defaults, port)
            second = possible(stateful, book.stateful.defaults, port)
            sure -= first[Action.DROP] | (first[Action.FORWARD] & second[Action.DROP])
            maybe |= first[Action.PASS] | (first[Action.FORWARD] & second[Action.PASS])
            seen |= first[Action.FORWARD]
        return Bounds(sure, maybe), seen

    def _is_seen(self, pair: int, services: int) -> int:
        return int(bool(self._decide(pair)[1] & self._pool[services].maybe))

    # -- the way back

    def _answer(self, both: int, told: int) -> tuple[Bounds, Bounds]:
        """Return what the rules allow of replies, and what the stateful engine can follow of it."""
        there, back = self._answers[both]
        book, stateless, stateful = self.engines(back)
        if book is None:
            return self._pool[UNSURE], self._pool[EVERYTHING]
        _, begun, checked = self.engines(there)
        known = bool(told & 1)
        services = self._pool[told >> 1].maybe
        services |= _EVERYTHING - _blocks_of(services)  # of what was not asked, any port
        allowed, followed = _Sum(), _Sum()
        for protocol in services.protocols():
            block = ServiceSet.protocol(protocol)
            for port in _service_ports(protocol, services, (*begun, *checked), stateless, stateful):
                reply = possible(stateless, book.stateless.defaults, port, block)
                began = _nowhere()
                doubted = _NOTHING
                if known:
                    began = _began(book, begun, checked, protocol, port)
                    doubted = _maybe_dropped(checked, stateful, protocol, port)
                    doubted &= reply[Action.FORWARD] & began[Action.FORWARD]
                passes = reply[Action.PASS] | reply[Action.FORWARD]
                allowed.add(block, Bounds(block - reply[Action.DROP] - doubted, passes))
                followed.add(block, _followed(reply, began, block, known, book))
        return allowed.bounds(), followed.bounds()

    def _intern(self, bounds: Bounds) -> int:
        return self._pool.intern(bounds.sure & bounds.maybe, bounds.maybe)


class _Sum:
    """What passes whatever the other port is, and what may pass with some of them, by protocol."""

    def __init__(self) -> None:
        self._kept: dict[ServiceSet, Bounds] = {}

    def add(self, block: ServiceSet, bounds: Bounds) -> None:
        before = self._kept.get(block)
        if before is not None:
            bounds = Bounds(before.sure & bounds.sure, before.maybe | bounds.maybe)
        self._kept[block] = bounds

    def bounds(self) -> Bounds:
        """Return all of it; what nobody asked for passes, for it never comes."""
        rest = _EVERYTHING - _union(self._kept)
        return Bounds(
            rest | _union(bounds.sure for bounds in self._kept.values()),
            rest | _union(bounds.maybe for bounds in self._kept.values()),
        )


def possible(
    rules: Iterable[Rule],
    defaults: Iterable[Action],
    source_port: int,
    services: ServiceSet = _EVERYTHING,
) -> Possible:
    """Return what may happen to packets from a source port: the first rule that matches decides.

    What a doubtful rule may match, or may not, goes on to the next one as well.
    """
    found, left = _nowhere(), services
    for rule in rules:
        matched = rule.at(source_port) & left
        if matched:
            for action in rule.actions:
                found[action] |= matched
            if not rule.doubt:
                left -= matched
    for action in defaults:
        found[action] |= left
    return found


def _nowhere() -> Possible:
    return dict.fromkeys(Action, _NOTHING)


def _mirrored(
    rules: Iterable[Rule], defaults: Iterable[Action], protocol: int, port: int
) -> Possible:
    """Return what may have happened to a service's packets, by the client's ports.

    It is what `possible` says, read off at one service instead of one client port.
    """
    block = ServiceSet.protocol(protocol)
    point = START[protocol] + port if protocol in START else block.intervals[0][0]
    found, left = _nowhere(), block
    for rule in rules:
        if point in rule.services:
            matched = left & _clients(rule, protocol)
            for action in rule.actions:
                found[action] |= matched
            if not rule.doubt:
                left -= matched
    for action in defaults:
        found[action] |= left
    return found


def _clients(rule: Rule, protocol: int) -> ServiceSet:
    """Return the source ports that a rule matches, as points of the axis."""
    if protocol not in (TCP, UDP):
        return ServiceSet.protocol(protocol)
    start = START[protocol]
    return ServiceSet.of((start + low, start + high) for low, high in rule.source_ports)


def _began(
    book: RuleBook,
    stateless: Iterable[Rule],
    stateful: Iterable[Rule],
    protocol: int,
    port: int,
) -> Possible:
    """Return to which engine the packets went that a reply answers, by the client's ports.

    Of what was surely dropped the explaining walk asks as if the second one had let it through.
    """
    found = _mirrored(stateless, book.stateless.defaults, protocol, port)
    passed = _mirrored(stateful, book.stateful.defaults, protocol, port)[Action.PASS]
    followed = found[Action.FORWARD] & passed
    dropped = ServiceSet.protocol(protocol) - found[Action.PASS] - followed
    return found | {Action.FORWARD: followed | dropped}


def _maybe_dropped(
    there: Sequence[Rule], back: Sequence[Rule], protocol: int, port: int
) -> ServiceSet:
    """Return the replies that a rule of their own direction would drop.

    A rule that passes a connection's beginning passes all of it. Of one that passed for want of a
    rule, AWS does not say whether its replies are spared the rules that match them.
    """
    passed = _mirrored(there, (Action.DROP,), protocol, port)
    dropped = possible(back, (Action.PASS,), port, ServiceSet.protocol(protocol))
    return dropped[Action.DROP] & passed[Action.DROP]


def _followed(
    reply: Possible, began: Possible, block: ServiceSet, known: bool, book: RuleBook
) -> Bounds:
    """Return which replies the stateful engine can follow [NF-5].

    It sees all of a connection or none of it. Of TCP that it did not see begin it drops the rest;
    of everything else that it sees in one direction only, nobody says what it does.
    """
    orphaned = reply[Action.FORWARD] & (began[Action.PASS] if known else block)
    half = reply[Action.PASS] & began[Action.FORWARD]
    whole = (reply[Action.FORWARD] & began[Action.FORWARD]) | (
        reply[Action.PASS] & (began[Action.PASS] if known else block)
    )
    saved = orphaned - _TCP if book.drops_midstream else orphaned
    return Bounds(block - orphaned - half, whole | half | saved | reply[Action.DROP])


# -- ports that make a difference


def _source_ports(rules: Iterable[Rule]) -> Iterator[tuple[int, int]]:
    for rule in rules:
        yield from rule.source_ports


def ports_apart(
    ranges: Iterable[tuple[int, int]], among: Iterable[tuple[int, int]]
) -> Iterator[int]:
    """Yield one port of each stretch in which no range begins or ends."""
    cuts = {cut for low, high in ranges for cut in (low, high + 1)}
    for first, last in among:
        yield from sorted({first, *(cut for cut in cuts if first < cut <= last)})


def _service_ports(
    protocol: int, services: ServiceSet, there: Sequence[Rule], *back: Sequence[Rule]
) -> Iterator[int]:
    """Yield one port of each stretch of a protocol's services that rules treat alike."""
    if protocol not in (TCP, UDP):
        yield 0
        return
    start = START[protocol]
    block = ServiceSet.of([(start, start + BLOCK - 1)])
    named = [(a - start, b - start) for rule in there for a, b in rule.services & block]
    ranges = [*named, *(r for rules in back for r in _source_ports(rules))]
    yield from ports_apart(ranges, services.port_ranges(protocol))


def _blocks_of(services: ServiceSet) -> ServiceSet:
    """Return everything of the protocols that services belong to."""
    return _union(ServiceSet.protocol(number) for number in services.protocols())


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


def _number(known: list[tuple[int, int]], key: tuple[int, int]) -> int:
    known.append(key)
    return len(known) - 1


def _union(sets: Iterable[ServiceSet]) -> ServiceSet:
    return ServiceSet.of(interval for services in sets for interval in services)
