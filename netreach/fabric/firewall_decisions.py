"""What the rules of one firewall do with packets from one port, by engine [NF-1..5].

On the way there that is one of the client's ports, and what becomes of all services is told; on the
way back it is the service's, and what becomes of the replies to all client ports is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from netreach.fabric.firewall_rules import Action, Rule, RuleBook
from netreach.packets.couplings import PORTED
from netreach.packets.intervals import Interval
from netreach.packets.pool import Bounds
from netreach.packets.services import START, TCP, ServiceSet

_EVERYTHING: Final = ServiceSet.everything()
_NOTHING: Final = ServiceSet.empty()
_TCP: Final = ServiceSet.protocol(TCP)
#: What becomes of packets: sets of services by action, of which several may be possible.
Possible = dict[Action, ServiceSet]
#: The rules of both engines that match the two ends of packets.
Rules = tuple[Sequence[Rule], Sequence[Rule]]


class Fare(NamedTuple):
    """How packets from one source port fare."""

    passes: Bounds
    #: What goes to the stateful engine, maybe, and what the stateless one surely passes alone.
    seen: ServiceSet
    unseen: ServiceSet


def fare(book: RuleBook, rules: Rules, port: int) -> Fare:
    """Return what becomes of packets from one port on the way there."""
    first = possible(rules[0], book.stateless.defaults, port)
    second = possible(rules[1], book.stateful.defaults, port)
    forwarded = first[Action.FORWARD]
    dropped = first[Action.DROP] | (forwarded & second[Action.DROP])
    passed = first[Action.PASS] | (forwarded & second[Action.PASS])
    unseen = first[Action.PASS] - forwarded - first[Action.DROP]
    return Fare(Bounds(_EVERYTHING - dropped, passed), forwarded, unseen)


def fares(
    book: RuleBook, rules: Rules, protocol: int, ports: Iterable[Interval]
) -> list[tuple[ServiceSet, Fare]]:
    """Return what becomes of a protocol's packets from each of the ports that rules tell apart."""
    block, found = ServiceSet.protocol(protocol), []
    for low, high in stretches(source_ports((*rules[0], *rules[1])), ports):
        passes, seen, unseen = fare(book, rules, low)
        passing = Bounds(passes.sure & block, passes.maybe & block)
        clients = ServiceSet.ports(protocol, low, high)
        found.append((clients, Fare(passing, seen & block, unseen & block)))
    return found


def possible(
    rules: Iterable[Rule],
    defaults: Iterable[Action],
    source_port: int,
    services: ServiceSet = _EVERYTHING,
) -> Possible:
    """Return what may happen to packets from a source port: the first rule that matches decides.

    What a doubtful rule may match, or may not, goes on to the next one as well.
    """
    return _first_matches(((rule, rule.at(source_port)) for rule in rules), defaults, services)


def _first_matches(
    matches: Iterable[tuple[Rule, ServiceSet]], defaults: Iterable[Action], left: ServiceSet
) -> Possible:
    """Give each member of a set to the first rule that matches it, and the rest to the defaults."""
    found = _nowhere()
    for rule, members in matches:
        matched = members & left
        for action in rule.actions if matched else ():
            found[action] |= matched
        if not rule.doubt:
            left -= matched
    for action in defaults:
        found[action] |= left
    return found


class Reply(NamedTuple):
    """How replies fare that answer one service, by the client's ports."""

    allowed: Bounds
    #: What the stateful engine can follow of them.
    followed: Bounds


def reply(
    book: RuleBook, there: Rules, back: Rules, protocol: int, port: int, *, known: bool
) -> Reply:
    """Return what becomes of replies; `known` if the endpoint has seen the way there."""
    block = ServiceSet.protocol(protocol)
    found = possible(back[0], book.stateless.defaults, port, block)
    began, doubted = _nowhere(), _NOTHING
    if known:
        began = _began(book, *there, protocol, port)
        doubted = _maybe_dropped(there[1], back[1], protocol, port)
        doubted &= found[Action.FORWARD] & began[Action.FORWARD]
    passes = found[Action.PASS] | found[Action.FORWARD]
    allowed = Bounds(block - found[Action.DROP] - doubted, passes)
    return Reply(allowed, _followed(found, began, block, known, book))


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
    matches = ((rule, _clients(rule, protocol)) for rule in rules if point in rule.services)
    return _first_matches(matches, defaults, block)


def _clients(rule: Rule, protocol: int) -> ServiceSet:
    """Return the source ports that a rule matches, as points of the axis."""
    if protocol not in PORTED:
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
    of everything else that it sees in one direction only, nobody says what it does. Replies that
    rules surely drop do not come to it; those that they may drop get no further for that.
    """
    orphaned = reply[Action.FORWARD] & (began[Action.PASS] if known else block)
    half = reply[Action.PASS] & began[Action.FORWARD]
    whole = (reply[Action.FORWARD] & began[Action.FORWARD]) | (
        reply[Action.PASS] & (began[Action.PASS] if known else block)
    )
    saved = orphaned - _TCP if book.drops_midstream else orphaned
    dropped = reply[Action.DROP] - reply[Action.PASS] - reply[Action.FORWARD]
    return Bounds(block - orphaned - half, whole | half | saved | dropped)


# -- ports that make a difference


def source_ports(rules: Iterable[Rule]) -> Iterator[Interval]:
    """Yield the source ports that rules name."""
    for rule in rules:
        yield from rule.source_ports


def stretches(ranges: Iterable[Interval], among: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the stretches of ports in which no range begins or ends."""
    cuts = {cut for low, high in ranges for cut in (low, high + 1)}
    for first, last in among:
        begins = sorted({first, *(cut for cut in cuts if first < cut <= last)})
        yield from zip(begins, [*(begin - 1 for begin in begins[1:]), last], strict=True)
