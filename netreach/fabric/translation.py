"""What translation does to sets of services and of reply ports.

A NAT gateway picks its own source port in 1024-65535, so on the way back its subnet's filters see
those ports, not the client's. They must all survive: where only some do, connections fail at
random.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from netreach.packets.batch import Column, Mask, filled
from netreach.packets.couplings import Coupled, Coupling, cells, coupling_of, union
from netreach.packets.pool import Bounds, PairMemo, ServicePool
from netreach.packets.services import (
    BLOCK,
    ICMP,
    ICMP_REPLIES,
    ICMPV6,
    ICMPV6_REPLIES,
    START,
    TCP,
    UDP,
    ServiceSet,
)

#: The ports that a NAT gateway picks from [NA-11, NT-4].
NAT_PORTS: Final = {protocol: ServiceSet.ports(protocol, 1024, 65535) for protocol in (TCP, UDP)}
_PORTED: Final = ServiceSet.protocol(TCP) | ServiceSet.protocol(UDP)

#: Echo and its answer as NAT64 maps them: ICMPv6 type -> ICMP type.
_NAT64_TYPES: Final = {128: 8, 129: 0}


def shifted(services: ServiceSet, moves: dict[int, int]) -> ServiceSet:
    """Return the blocks of 256 points that begin at the keys, moved to begin at the values."""
    found = []
    for origin, target in moves.items():
        last = origin + 255
        found += [
            (max(a, origin) - origin + target, min(b, last) - origin + target)
            for a, b in services
            if a <= last and b >= origin
        ]
    return ServiceSet.of(found)


_TO_IPV4: Final = {
    START[ICMPV6] + six * 256: START[ICMP] + four * 256 for six, four in _NAT64_TYPES.items()
}
_TO_IPV6: Final = {four: six for six, four in _TO_IPV4.items()}


def to_ipv4(services: ServiceSet) -> ServiceSet:
    """Return services or replies over IPv6 as they are behind NAT64."""
    return (services & _PORTED) | shifted(services, _TO_IPV4)


def to_ipv6(services: ServiceSet) -> ServiceSet:
    """Return services or replies behind NAT64 as they are over IPv6."""
    return (services & _PORTED) | shifted(services, _TO_IPV6)


_REPLY_MOVES: Final = {
    START[protocol] + asked * 256: START[protocol] + answer * 256
    for protocol, answers in ((ICMP, ICMP_REPLIES), (ICMPV6, ICMPV6_REPLIES))
    for asked, answer in answers.items()
}
_MOVES_BACK: Final = {answer: asked for asked, answer in _REPLY_MOVES.items()}
_ANSWERED: Final = ServiceSet.of([(point, point + 255) for point in _REPLY_MOVES])
_ICMP_BOTH: Final = ServiceSet.of([(START[ICMP], START[ICMPV6] + BLOCK - 1)])


def answers(services: ServiceSet) -> ServiceSet:
    """Return the ICMP and ICMPv6 answers that these services' packets call for."""
    return shifted(services, _REPLY_MOVES)


def answered_icmp(services: ServiceSet, replies: ServiceSet) -> ServiceSet:
    """Return the ICMP services that are complete: their answers arrive, or they need none."""
    icmp = services & _ICMP_BOTH
    if not icmp:
        return icmp
    return (icmp - _ANSWERED) | (icmp & _answered_by(replies))


@lru_cache(maxsize=256)
def _answered_by(replies: ServiceSet) -> ServiceSet:
    """Return what these replies answer; few sets of replies are weighed with many services."""
    return shifted(replies, _MOVES_BACK)


class Translation:
    """The same for columns of ids, each distinct set computed once."""

    def __init__(self, pool: ServicePool) -> None:
        """Work on the sets of one network."""
        self._pool = pool
        self._to_ipv4 = PairMemo(lambda a, _: self._map(a, to_ipv4))
        self._to_ipv6 = PairMemo(lambda a, _: self._map(a, to_ipv6))
        self._outside = PairMemo(lambda a, _: self._map(a, _as_nat_ports))
        self._undo = PairMemo(self._undo_ids)
        self._random = PairMemo(self._random_ids)
        self._as_asked = PairMemo(self._as_asked_ids)
        self._known_ends: list[tuple[int, int]] = []
        self._ends = PairMemo(self._ends_id)
        self._coupled_random = PairMemo(lambda a, b: pool.intern(*self._coupled(a, b).random))
        self._coupled_left = PairMemo(lambda a, b: pool.intern_coupling(self._coupled(a, b).left))

    def to_ipv4(self, services: Column) -> Column:
        """Apply `to_ipv4` to ids, ``(N,)``."""
        return self._to_ipv4(services, filled(len(services), 0))

    def to_ipv6(self, services: Column) -> Column:
        """Apply `to_ipv6` to ids, ``(N,)``."""
        return self._to_ipv6(services, filled(len(services), 0))

    def outside(self, replies: Column) -> Column:
        """Return the replies that a NAT gateway awaits, given those that its client awaits."""
        return self._outside(replies, filled(len(replies), 0))

    def awaited(self, replies: Column, is_translated: Mask, is_nat64: Mask) -> Column:
        """Return the replies as they set out, given those that the first client awaits."""
        if not is_translated.any():
            return replies
        outside = self.outside(replies)
        if is_nat64.any():
            outside = np.where(is_nat64, self.to_ipv4(outside), outside)
        return np.where(is_translated, outside, replies)

    def undo(self, arrived: Column, inner: Column, is_nat64: Mask) -> tuple[Column, Column]:
        """Return the replies that go on inside, and the protocols that fail at random.

        `arrived` are the NAT gateway's own ports whose replies arrived, `inner` what is awaited
        inside; both ``(N,)`` ids.
        """
        if is_nat64.any():
            arrived = np.where(is_nat64, self.to_ipv6(arrived), arrived)
        return self._undo(arrived, inner), self._random(arrived, inner)

    def undo_coupled(
        self, arrived: Column, coupling: Column, answered: Column
    ) -> tuple[Column, Column]:
        """Return what of a gateway's own ports and the services together is left inside.

        `coupling` says which of the `arrived` ports go with which of the `answered` services. That
        is ids of the services that fail at random, and of a coupling: some are left with no port.
        """
        ends = self._ends(arrived, coupling)
        return self._coupled_random(ends, answered), self._coupled_left(ends, answered)

    def as_asked(self, asked: Column, arrived: Column) -> Column:
        """Return what was asked, of branches on which it arrived under another port, ``(N,)``."""
        return self._as_asked(asked, arrived)

    def _as_asked_ids(self, asked: int, arrived: int) -> int:
        whole, bounds = self._pool[asked], self._pool[arrived]
        nothing = ServiceSet.empty()
        return self._pool.intern(
            whole.sure if bounds.sure else nothing, whole.maybe if bounds.maybe else nothing
        )

    def _ends_id(self, arrived: int, coupling: int) -> int:
        self._known_ends.append((arrived, coupling))
        return len(self._known_ends) - 1

    def _coupled(self, ends: int, answered: int) -> _Undone:
        arrived, coupling = self._known_ends[ends]
        return _undone(
            self._pool[arrived], self._pool.coupling(coupling), self._pool[answered].maybe
        )

    def _map(self, number: int, change: Callable[[ServiceSet], ServiceSet]) -> int:
        bounds = self._pool[number]
        return self._pool.intern(change(bounds.sure), change(bounds.maybe))

    def _undo_ids(self, arrived: int, inner: int) -> int:
        a, b = self._pool[arrived], self._pool[inner]
        return self._pool.intern(_inner(a.sure, b.sure), _inner(a.maybe, b.maybe))

    def _random_ids(self, arrived: int, inner: int) -> int:
        return self._pool.intern(*_random(self._pool[arrived], self._pool[inner]))


def _as_nat_ports(replies: ServiceSet) -> ServiceSet:
    found = replies - _PORTED
    for protocol, ports in NAT_PORTS.items():
        if replies.of_protocol(protocol):
            found |= ports
    return found


def _inner(arrived: ServiceSet, inner: ServiceSet) -> ServiceSet:
    kept = (arrived & inner) - _PORTED
    for protocol in NAT_PORTS:
        if arrived.of_protocol(protocol):
            kept |= inner.of_protocol(protocol)
    return kept


class _Undone(NamedTuple):
    """What is left of services that do not all go with the same ports of a gateway."""

    random: Bounds
    left: Coupling


def _undone(arrived: Bounds, coupling: Coupling, answered: ServiceSet) -> _Undone:
    """Give each service the ports that go with it: without any it is lost, with some it fails."""
    failing, lost = ([ServiceSet.empty(), ServiceSet.empty()] for _ in range(2))
    for protocol, ports in NAT_PORTS.items():
        coupled = [one for one in coupling if one.clients & ports]
        sets = [one.services.sure for one in coupled] + [one.services.maybe for one in coupled]
        for services, passes in cells(answered.of_protocol(protocol), sets):
            for bound, (came, through) in enumerate(
                ((arrived.sure, passes[: len(coupled)]), (arrived.maybe, passes[len(coupled) :]))
            ):
                stopped = [o.clients for o, p in zip(coupled, through, strict=True) if not p]
                left = came.of_protocol(protocol) - union(stopped)
                if not left:
                    lost[bound] |= services
                elif left != ports:
                    failing[bound] |= services
    left_over = coupling_of(
        Coupled(block, Bounds(block - lost[0], block - lost[1]))
        for block in map(ServiceSet.protocol, NAT_PORTS)
    )
    # what surely fails has not even maybe all ports
    return _Undone(Bounds(failing[1] - lost[0], failing[0]), left_over)


def _random(arrived: Bounds, inner: Bounds) -> Bounds:
    """Return the protocols of which some of the gateway's ports work and some do not."""
    surely, maybe = ServiceSet.empty(), ServiceSet.empty()
    for protocol, ports in NAT_PORTS.items():
        if not (arrived.sure.of_protocol(protocol) and inner.sure.of_protocol(protocol)):
            continue
        if arrived.sure.of_protocol(protocol) != ports:
            maybe |= ServiceSet.protocol(protocol)
        if arrived.maybe.of_protocol(protocol) != ports:
            surely |= ServiceSet.protocol(protocol)
    return Bounds(surely, maybe)
