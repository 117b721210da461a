"""Words of firewall rules: addresses, ports and protocols as Suricata writes them [NF-2].

A word is ``ANY``, a literal, a variable (``$HOME_NET``), a list (``[80,443,!8080]``) or one of
these negated (``!22``). What can't be read is None: a rule with such a word may match anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from netreach.packets.intervals import IntervalSet
from netreach.packets.prefixes import AddressError, Prefix
from netreach.packets.services import ICMP, ICMPV6, TCP, UDP, ServiceSet

#: Every port of a protocol that has ports.
EVERY_PORT: Final = IntervalSet.of([(0, 65535)])
#: Variables that name one another in a circle end here.
_MAX_DEPTH: Final = 16
_ADDRESS: Final = re.compile(r"[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?")

Leaf = Callable[[str], IntervalSet | None]
Sets = Mapping[str, tuple[str, ...]]


class Words(NamedTuple):
    """How words of one kind are read."""

    leaf: Leaf
    everything: IntervalSet
    #: "$NAME" -> texts.
    variables: Sets

    def read(self, text: str, depth: int = 0) -> IntervalSet | None:
        """Return what a word stands for; None where nobody can tell."""
        text = text.strip()
        if not text or depth > _MAX_DEPTH:
            return None
        if text.upper() == "ANY":
            return self.everything
        if text.startswith("!"):
            inner = self.read(text[1:], depth + 1)
            return None if inner is None else self.everything - inner
        if text.startswith("["):
            return self._either(items_of(text), depth) if text.endswith("]") else None
        if text.startswith("$"):
            return self._either(self.variables.get(text, ()), depth)
        return self.leaf(text)

    def _either(self, texts: Iterable[str], depth: int) -> IntervalSet | None:
        """Return what is in any item of a list and in none of its negated ones."""
        wanted, unwanted = IntervalSet.empty(), IntervalSet.empty()
        listed = [text.strip() for text in texts]
        for text in listed:
            found = self.read(text.removeprefix("!"), depth + 1)
            if found is None:
                return None
            if text.startswith("!"):
                unwanted |= found
            else:
                wanted |= found
        if not listed:
            return None
        only_negated = all(text.startswith("!") for text in listed)
        return (self.everything if only_negated else wanted) - unwanted


def items_of(text: str) -> Iterator[str]:
    """Yield the items of a list in brackets; lists inside it stay whole."""
    depth, item = 0, ""
    for letter in text[1:-1]:
        depth += (letter == "[") - (letter == "]")
        if letter == "," and not depth:
            yield item
            item = ""
        else:
            item += letter
    yield item


def ports_leaf(text: str) -> IntervalSet | None:
    """Read ``80``, ``80:90``, ``1024:`` or ``:1023``."""
    low, colon, high = text.partition(":")
    numbers = (low or "0", (high or "65535") if colon else low)
    if not all(number.isascii() and number.isdigit() and len(number) < 6 for number in numbers):
        return None
    first, last = (int(number) for number in numbers)
    return IntervalSet.of([(first, last)]) if first <= last <= 65535 else None


def prefix_of(text: str) -> Prefix | None:
    """Read a CIDR or an address; None for anything else."""
    try:
        return Prefix.parse(text)
    except AddressError:
        return None


def prefixes_in(text: str) -> Iterator[Prefix]:
    """Yield the CIDRs that a word names, for cutting."""
    for found in _ADDRESS.findall(text):
        prefix = prefix_of(found)
        if prefix is not None:
            yield prefix


class Transport(NamedTuple):
    """What the protocol of a stateful rule says about packets."""

    services: ServiceSet
    #: False where the rest shows inside the packets only.
    is_whole: bool


def _protocols(*numbers: int) -> ServiceSet:
    return ServiceSet.of(interval for n in numbers for interval in ServiceSet.protocol(n))


_WHOLE: Final = {
    "IP": ServiceSet.everything(),
    "TCP": _protocols(TCP),
    "UDP": _protocols(UDP),
    "ICMP": _protocols(ICMP, ICMPV6),
}
_OVER_TCP: Final = frozenset(
    {"HTTP", "HTTP1", "HTTP2", "TLS", "SSL", "SSH", "SMTP", "IMAP", "MSN", "FTP", "SMB", "TCP-PKT"}
    | {"TCP-STREAM"}
)
_OVER_UDP: Final = frozenset({"IKEV2", "IKE", "TFTP", "NTP", "DHCP", "QUIC"})
_OVER_BOTH: Final = frozenset({"DNS", "DCERPC", "KRB5"})


def transport(protocol: str) -> Transport:
    """Return what a protocol word says; of applications' protocols only their transport shows."""
    word = protocol.strip().upper()
    if word in _WHOLE:
        return Transport(_WHOLE[word], is_whole=True)
    if word in _OVER_TCP:
        return Transport(_protocols(TCP), is_whole=False)
    if word in _OVER_UDP:
        return Transport(_protocols(UDP), is_whole=False)
    if word in _OVER_BOTH:
        return Transport(_protocols(TCP, UDP), is_whole=False)
    return Transport(ServiceSet.everything(), is_whole=False)
