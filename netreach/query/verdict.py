"""What a flow's two ways add up to: the verdict, the services, the client ports."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from netreach.fabric.translation import answered_icmp, answers
from netreach.packets.couplings import PORTED, WITH_PORTS
from netreach.packets.pool import Bounds
from netreach.packets.services import START, TCP, UDP, ServiceSet


class Verdict(StrEnum):
    """The answer to a question (docs/guide.md says exactly when each is given)."""

    REACHABLE = "reachable"
    PARTIAL = "partial"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


_OTHERS: Final = ServiceSet.everything() - ServiceSet.of([(0, max(START.values()) + 65535)])


class Question(NamedTuple):
    """The services asked for and the client ports whose replies must come back."""

    services: ServiceSet
    client_ports: tuple[int, int]
    #: Neither port nor protocol was given: any service that works is an answer.
    is_open: bool = False
    #: A traffic mirror session sends it: nobody replies, no group lets it out.
    is_copy: bool = False

    def replies(self) -> ServiceSet:
        """Return the replies that the client awaits, as points of the axis of services."""
        return ServiceSet.empty() if self.is_copy else _awaited(self.services, self.client_ports)


@lru_cache(maxsize=64)
def _awaited(services: ServiceSet, client_ports: tuple[int, int]) -> ServiceSet:
    """Return what calls for a reply; every outcome of a question is weighed against it."""
    awaited = answers(services) | (services & _OTHERS)
    for protocol in PORTED:
        if services.of_protocol(protocol):
            awaited |= ServiceSet.ports(protocol, *client_ports)
    return awaited


class Outcome(NamedTuple):
    """What became of one flow."""

    verdict: Verdict
    #: Services that make the full round trip, surely and maybe.
    services: Bounds
    #: Replies that come back, of the protocols whose services work.
    replies: ServiceSet
    #: Which services surely work from which client ports, where those of one protocol differ.
    products: tuple[Product, ...] = ()


class Product(NamedTuple):
    """Client ports and the services that work from all of them; of one protocol."""

    clients: ServiceSet
    services: ServiceSet


def complete(forward: ServiceSet, replies: ServiceSet) -> ServiceSet:
    """Return the services that got there and of which at least one reply comes back."""
    whole = answered_icmp(forward, replies) | (forward & _OTHERS & replies)
    for protocol in PORTED:
        if replies.has_protocol(protocol):
            whole |= forward.of_protocol(protocol)
    return whole


def judge(question: Question, forward: Bounds, replies: Bounds, random: Bounds) -> Outcome:
    """Weigh one flow: what got there, which replies came back, what fails at random."""
    if question.is_copy:
        sure, maybe = forward.sure, forward.maybe
    else:
        sure = complete(forward.sure, replies.sure)
        is_clear = forward.sure == forward.maybe and replies.sure == replies.maybe
        maybe = sure if is_clear else complete(forward.maybe, replies.maybe)
    services = Bounds(sure, maybe)
    returned = _replies_of(sure, replies.sure)
    if not sure:
        verdict = Verdict.UNKNOWN if maybe else Verdict.UNREACHABLE
        return Outcome(verdict, services, returned)
    whole = _whole(question, sure, replies.sure, random.maybe)
    if _works(question, sure, whole):
        return Outcome(Verdict.REACHABLE, services, returned)
    # one flow: where all that is in doubt is whether every reply comes back, nobody knows
    possible = sure if question.is_open else maybe
    maybe_whole = _whole(question, possible, replies.maybe, random.sure)
    is_unknown = not whole and _works(question, possible, maybe_whole)
    return Outcome(Verdict.UNKNOWN if is_unknown else Verdict.PARTIAL, services, returned)


def _whole(
    question: Question, services: ServiceSet, replies: ServiceSet, random: ServiceSet
) -> tuple[int, ...]:
    """Return the protocols of services that work for every client port."""
    come_back, whole = _come_back(replies, question.replies()), services.protocols()
    if come_back != PORTED:
        whole = tuple(one for one in whole if one not in PORTED or one in come_back)
    return tuple(one for one in whole if not random.of_protocol(one)) if random else whole


def _works(question: Question, services: ServiceSet, whole: tuple[int, ...]) -> bool:
    """Tell whether all that was asked works, for every client port; if open, any protocol."""
    if question.is_open:
        return bool(whole)
    return question.services <= services and len(whole) == len(services.protocols())


@lru_cache(maxsize=256)
def _come_back(returned: ServiceSet, awaited: ServiceSet) -> tuple[int, ...]:
    """Return the protocols with client ports of which every port's replies come back."""
    return tuple(p for p in PORTED if returned.of_protocol(p) == awaited.of_protocol(p))


def _replies_of(services: ServiceSet, replies: ServiceSet) -> ServiceSet:
    return _of_protocols(replies, *(services.has_protocol(protocol) for protocol in PORTED))


@lru_cache(maxsize=256)
def _of_protocols(replies: ServiceSet, has_tcp: bool, has_udp: bool) -> ServiceSet:
    """Return replies without those of TCP and UDP, but for the protocols that are kept."""
    kept = replies - WITH_PORTS
    for protocol, is_kept in zip(PORTED, (has_tcp, has_udp), strict=True):
        if is_kept:
            kept |= replies.of_protocol(protocol)
    return kept


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of several flows together."""
    found = set(verdicts)
    if len(found) == 1:
        return found.pop()
    if found & {Verdict.REACHABLE, Verdict.PARTIAL}:
        return Verdict.PARTIAL
    return Verdict.UNKNOWN if Verdict.UNKNOWN in found else Verdict.UNREACHABLE


def client_ports(replies: ServiceSet, services: ServiceSet) -> tuple[str, ...]:
    """Return the client ports in words; with their protocol where TCP and UDP differ."""
    ranges = {
        protocol: replies.port_ranges(protocol)
        for protocol in (TCP, UDP)
        if services.of_protocol(protocol)
    }
    words = {
        protocol: tuple(f"{a}-{b}" if b > a else str(a) for a, b in found)
        for protocol, found in ranges.items()
    }
    if len(set(words.values())) <= 1:
        return next(iter(words.values()), ())
    names = {TCP: "tcp", UDP: "udp"}
    return tuple(f"{names[protocol]} {port}" for protocol, ports in words.items() for port in ports)
