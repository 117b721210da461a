"""Packets and services in AWS's form: CIDRs, port ranges, protocols by name or by number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from netreach.fabric.ranges import GLOBAL_IPV6, NEVER_ON_INTERNET
from netreach.packets.atoms import prefixes_of_range
from netreach.packets.prefixes import WIDTH, Address, AddressError, Prefix
from netreach.packets.services import NUMBERS
from netreach.present._insights_shapes import PacketHeader, PortRange

_PORTED: Final = ("tcp", "udp")
_PHRASE: Final = re.compile(r"(tcp|udp|icmp|icmpv6|protocol)(?: (\d+)(?:-(\d+))?(?:/(\d+))?)?")


class Phrase(NamedTuple):
    """One phrase of a set of services, taken apart again."""

    #: "tcp", "udp", "icmp", "icmpv6", another protocol's number, or "all".
    protocol: str
    #: Inclusive ports, or an ICMP type and its code (-1 for every code); None for all of them.
    ports: PortRange | None = None

    @property
    def number(self) -> str:
        """The protocol's number; "-1" for all."""
        if self.protocol == "all":
            return "-1"
        return str(NUMBERS.get(self.protocol, self.protocol))


def phrases(services: str) -> list[Phrase]:
    """Take the words of a set of services apart.

    >>> [phrase.protocol for phrase in phrases("tcp 443, udp 53")]
    ['tcp', 'udp']
    """
    return [_phrase(words) for words in services.split(", ") if words not in ("none", "")]


def _phrase(words: str) -> Phrase:
    found = _PHRASE.fullmatch(words)
    if found is None:
        return Phrase("all" if words == "all" else words.partition(" ")[0])
    protocol, first, last, code = found.groups()
    if protocol == "protocol":
        return Phrase(first if last is None else "all")
    if first is None:
        return Phrase(protocol)
    if protocol in _PORTED:
        return Phrase(protocol, PortRange(int(first), int(last or first)))
    if last is not None:  # several types are one range in no shape of AWS's
        return Phrase(protocol)
    return Phrase(protocol, PortRange(int(first), -1 if code is None else int(code)))


def port_ranges(found: Sequence[Phrase]) -> list[PortRange] | None:
    """Return the ports of phrases that are of one protocol with ports; None for others."""
    if len({phrase.protocol for phrase in found}) != 1 or found[0].protocol not in _PORTED:
        return None
    return [phrase.ports for phrase in found if phrase.ports is not None]


def clients_of(ranges: Sequence[str], protocol: str) -> list[PortRange] | None:
    """Return client ports, as an answer words them, of one protocol with ports."""
    if protocol not in _PORTED:
        return None
    own = (text.removeprefix(f"{protocol} ") for text in ranges)
    ends = (text.split("-") for text in own if " " not in text)
    return [PortRange(int(low[0]), int(low[-1])) for low in ends]


class Packet(NamedTuple):
    """A packet at one place of its way."""

    source: str
    destination: str
    service: str
    #: The ports that it comes from.
    source_ports: tuple[str, ...] = ()

    def header(self) -> PacketHeader:
        """Return it in AWS's form; several protocols at once have no protocol and no ports."""
        found = phrases(self.service)
        names = {phrase.protocol for phrase in found}
        alone = names.pop() if len(names) == 1 else ""
        is_ipv6 = ":" in self.source + self.destination
        return PacketHeader(
            destination_addresses=cidrs(self.destination, is_ipv6=is_ipv6),
            destination_port_ranges=port_ranges(found),
            protocol=found[0].number if alone not in ("", "all") else None,
            source_addresses=cidrs(self.source, is_ipv6=is_ipv6),
            source_port_ranges=clients_of(self.source_ports, alone),
        )


def cidrs(text: str, *, is_ipv6: bool) -> list[str]:
    """Return the CIDRs of an address, a list of CIDRs or the internet, sorted as AWS sorts them."""
    if text == "internet":
        return sorted(internet(6 if is_ipv6 else 4))
    return sorted(filter(None, map(_cidr, text.split(", "))))


def _cidr(text: str) -> str:
    try:
        return str(Prefix.parse(text))
    except AddressError:
        return ""


@cache
def internet(family: int) -> tuple[str, ...]:
    """Return the CIDRs of everything that hosts on the internet can be at."""
    if family == 6:
        return (str(GLOBAL_IPV6),)
    return tuple(map(str, _without(NEVER_ON_INTERNET)))


def _without(holes: Sequence[Prefix]) -> Iterator[Prefix]:
    """Yield the IPv4 prefixes between the holes."""
    start = 0
    for hole in sorted(holes, key=lambda prefix: prefix.first):
        if hole.first > start:
            yield from prefixes_of_range(4, start, hole.first - 1)
        start = hole.last + 1
    if start < 1 << WIDTH[4]:
        yield from prefixes_of_range(4, start, (1 << WIDTH[4]) - 1)


def is_within(cidr: str, address: str) -> bool:
    """Tell whether an address lies in a CIDR; text that is neither lies in none."""
    try:
        return Prefix.parse(cidr).contains(Address.parse(address))
    except AddressError:
        return False
