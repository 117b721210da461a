"""The one axis of services: every protocol's ports and types as points of one line of integers.

::

    0 ............ 65535   TCP ports
    65536 ........ 131071  UDP ports
    131072 ....... 196607  ICMP, type * 256 + code
    196608 ....... 262143  ICMPv6, type * 256 + code
    262144 ....... 262395  the other 252 IP protocols, one point each, in order of their numbers

A rule of a filter is then a few intervals, whatever its protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from netreach.packets.intervals import Interval, IntervalSet

TCP: Final = 6
UDP: Final = 17
ICMP: Final = 1
ICMPV6: Final = 58

BLOCK: Final = 65536
#: Where the 65,536 points of each protocol that has ports or types begin.
START: Final = {TCP: 0, UDP: BLOCK, ICMP: 2 * BLOCK, ICMPV6: 3 * BLOCK}
_OTHERS: Final = 4 * BLOCK
_OTHER_NUMBERS: Final = tuple(n for n in range(256) if n not in START)
LAST_POINT: Final = _OTHERS + len(_OTHER_NUMBERS) - 1

NAMES: Final = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6"}
NUMBERS: Final = {name: number for number, name in NAMES.items()}

#: ICMP types that are answered, and the type of the answer.
ICMP_REPLIES: Final = {8: 0, 13: 14, 15: 16, 17: 18}
ICMPV6_REPLIES: Final = {128: 129}


class Service(NamedTuple):
    """One point of the axis, taken apart: a protocol with a port, a type and code, or neither."""

    protocol: int
    number: int = 0

    @property
    def point(self) -> int:
        """Where it lies on the axis."""
        if self.protocol in START:
            return START[self.protocol] + self.number
        return _OTHERS + _OTHER_NUMBERS.index(self.protocol)

    @classmethod
    def at(cls, point: int) -> Service:
        """Take a point of the axis apart."""
        if point >= _OTHERS:
            return cls(_OTHER_NUMBERS[point - _OTHERS])
        protocol = tuple(START)[point // BLOCK]
        return cls(protocol, point % BLOCK)

    def __str__(self) -> str:
        """Return ``tcp 443``, ``icmp 8/0`` or ``protocol 50``."""
        return _words(self.point, self.point)


class ServiceSet(IntervalSet):
    """A set of services; prints as ``tcp 443, udp 53``, and as ``all`` when it is everything.

    >>> print(ServiceSet.ports(TCP, 443, 443) | ServiceSet.ports(UDP, 53, 53))
    tcp 443, udp 53
    """

    __slots__ = ()

    @classmethod
    def everything(cls) -> ServiceSet:
        """Return the whole axis."""
        return _EVERYTHING

    @classmethod
    def protocol(cls, number: int) -> ServiceSet:
        """Return every port, type and code of one IP protocol."""
        if number in START:
            return _WITH_NUMBERS[number]
        point = Service(number).point
        return cls._canonical(((point, point),))

    @classmethod
    def ports(cls, protocol: int, low: int, high: int) -> ServiceSet:
        """Return the inclusive range of ports (or type * 256 + code) of a protocol."""
        return cls.of([(START[protocol] + low, START[protocol] + high)])

    @classmethod
    def icmp(cls, protocol: int, kind: int | None, code: int | None) -> ServiceSet:
        """Return an ICMP or ICMPv6 type and code; None stands for every type, or every code."""
        if kind is None:
            return cls.protocol(protocol)
        low, high = (0, 255) if code is None else (code, code)
        return cls.ports(protocol, kind * 256 + low, kind * 256 + high)

    def of_protocol(self, number: int) -> ServiceSet:
        """Return the members that belong to one IP protocol."""
        return self & ServiceSet.protocol(number)

    def has_protocol(self, number: int) -> bool:
        """Tell whether there are members of a protocol that has ports or types."""
        start = START[number]
        for first, last in self.intervals:
            if last >= start:
                return first < start + BLOCK
        return False

    def protocols(self) -> tuple[int, ...]:
        """Return the numbers of the protocols that have members, in order of the axis."""
        ported = [number for number in START if self.has_protocol(number)]
        return (*ported, *_other_protocols(self & _OTHER_POINTS))

    def port_ranges(self, protocol: int) -> tuple[Interval, ...]:
        """Return the inclusive port ranges of one protocol that has ports."""
        start = START[protocol]
        return tuple((a - start, b - start) for a, b in self.of_protocol(protocol).intervals)

    def words(self) -> list[str]:
        """Return one phrase for each range, in order: ``["tcp 443", "udp 53"]``."""
        if self == _EVERYTHING:
            return ["all"]
        return [
            _words(max(first, start), min(last, end))
            for first, last in self.intervals
            for start, end in _blocks_between(first, last)
        ]

    def __str__(self) -> str:
        """Return the phrases, joined; ``none`` when there is no member."""
        return ", ".join(self.words()) or "none"


class Bounds(NamedTuple):
    """What surely passes, and what may pass; the first is inside the second."""

    sure: ServiceSet
    maybe: ServiceSet


@lru_cache(maxsize=64)
def _other_protocols(services: ServiceSet) -> tuple[int, ...]:
    """Return the protocols of members that have neither ports nor types: mostly all or none."""
    return tuple(
        Service.at(point).protocol for first, last in services for point in range(first, last + 1)
    )


def _blocks_between(first: int, last: int) -> Iterator[Interval]:
    """Yield the blocks of the axis that the interval touches; the last holds all others."""
    for start in START.values():
        if first < start + BLOCK and last >= start:
            yield start, start + BLOCK - 1
    if last >= _OTHERS:
        yield _OTHERS, LAST_POINT


def _words(first: int, last: int) -> str:
    """Say one interval that lies inside one block."""
    if first >= _OTHERS:
        return "protocol " + _range(*(str(_OTHER_NUMBERS[p - _OTHERS]) for p in (first, last)))
    protocol, low, high = tuple(START)[first // BLOCK], first % BLOCK, last % BLOCK
    name = NAMES[protocol]
    if protocol in (TCP, UDP):
        return f"{name} {_range(str(low), str(high))}"
    if (low, high) == (0, BLOCK - 1):
        return name
    if low % 256 == 0 and high % 256 == 255:
        return f"{name} {_range(str(low // 256), str(high // 256))}"
    return f"{name} {_range(f'{low // 256}/{low % 256}', f'{high // 256}/{high % 256}')}"


def _range(low: str, high: str) -> str:
    return low if low == high else f"{low}-{high}"


_EVERYTHING: Final = ServiceSet.of([(0, LAST_POINT)])
_WITH_NUMBERS: Final = {
    number: ServiceSet.of([(start, start + BLOCK - 1)]) for number, start in START.items()
}
_OTHER_POINTS: Final = ServiceSet.of([(_OTHERS, LAST_POINT)])
