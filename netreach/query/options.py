"""The options of a question: protocol, port, client ports, family; parsed and checked."""

from __future__ import annotations

import re
from typing import Final

from netreach.errors import UsageError
from netreach.packets.prefixes import Family
from netreach.packets.services import (
    ICMP,
    ICMP_REPLIES,
    ICMPV6,
    ICMPV6_REPLIES,
    NUMBERS,
    TCP,
    UDP,
    ServiceSet,
)
from netreach.query.verdict import Question
from netreach.query.words import quoted

#: Client ports by operating system [NA-11].
CLIENT_PORTS: Final = {"any": (1024, 65535), "linux": (32768, 60999), "windows": (49152, 65535)}
_RANGE: Final = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?", re.ASCII)
_ICMP: Final = re.compile(r"(\d{1,3})(?:/(\d{1,3}))?", re.ASCII)
_ECHO: Final = {ICMP: 8, ICMPV6: 128}
_ANSWERED: Final = {ICMP: ICMP_REPLIES, ICMPV6: ICMPV6_REPLIES}
_ALL: Final = "all"


def parse_question(
    protocol: str | int | None, port: str | int | None, client_ports: str = "any"
) -> Question:
    """Return what is asked.

    Neither protocol nor port: every service, and any that works is an answer. A port alone is TCP.

    Raises:
        UsageError: the options contradict each other, or a number is out of its range.
    """
    clients = parse_client_ports(client_ports)
    text = "" if port is None else str(port).strip()
    number = _protocol(protocol, has_port=bool(text))
    if number is None:
        if text:
            raise _usage("--port", "`all` has no ports", "leave --port out, or name tcp or udp")
        return Question(ServiceSet.everything(), clients, is_open=True)
    return Question(_services(number, text), clients)


def _protocol(protocol: str | int | None, *, has_port: bool) -> int | None:
    """Return the protocol's number, None for all of them."""
    if protocol is None:
        return TCP if has_port else None
    word = str(protocol).strip().lower()
    if word == _ALL:
        return None
    if word in NUMBERS:
        return NUMBERS[word]
    if re.fullmatch(r"\d{1,3}", word, re.ASCII) and int(word) <= 255:
        return int(word)
    raise _usage(
        "--protocol",
        f"{quoted(str(protocol))} is no protocol",
        "tcp, udp, icmp, icmpv6, all or a number from 0 to 255",
    )


def _services(protocol: int, port: str) -> ServiceSet:
    if protocol in (ICMP, ICMPV6):
        return _icmp(protocol, port)
    if protocol not in (TCP, UDP):
        if port:
            raise _usage("--port", f"protocol {protocol} has no ports", "leave --port out")
        return ServiceSet.protocol(protocol)
    if not port:
        return ServiceSet.protocol(protocol)
    return ServiceSet.ports(protocol, *_range("--port", port))


def _icmp(protocol: int, port: str) -> ServiceSet:
    """Return an ICMP service: echo, or TYPE[/CODE]; a type that is answered has code 0."""
    if not port:
        return ServiceSet.icmp(protocol, _ECHO[protocol], 0)
    found = _ICMP.fullmatch(port)
    if not found or any(int(part or 0) > 255 for part in found.groups()):
        raise _usage(
            "--port", f"{quoted(port)} is no ICMP type", "TYPE or TYPE/CODE, 0 to 255 each"
        )
    kind = int(found[1])
    code = 0 if kind in _ANSWERED[protocol] else None
    return ServiceSet.icmp(protocol, kind, int(found[2]) if found[2] else code)


def _range(option: str, text: str) -> tuple[int, int]:
    found = _RANGE.fullmatch(text)
    if not found:
        raise _usage(
            option, f"{quoted(text)} is no port", "a number such as 443, or a range 8000-8100"
        )
    low, high = int(found[1]), int(found[2] or found[1])
    if max(low, high) > 65535:
        raise _usage(option, f"port {max(low, high)} does not exist", "ports go from 0 to 65535")
    if low > high:
        raise _usage(option, f"the range {text} is reversed", f"write {high}-{low}")
    return low, high


def parse_client_ports(text: str) -> tuple[int, int]:
    """Return the inclusive range of client ports.

    Raises:
        UsageError: it is neither a known word nor a range.
    """
    word = text.strip().lower()
    return CLIENT_PORTS[word] if word in CLIENT_PORTS else _range("--client-ports", word)


def parse_families(family: int | str | None, question: Question) -> tuple[Family, ...]:
    """Return the address families that a question is about; ICMP and ICMPv6 have one each.

    Raises:
        UsageError: the family is neither 4 nor 6, or not the protocol's.
    """
    wanted: tuple[Family, ...] = (4, 6)
    if family is not None:
        chosen = {"4": 4, "6": 6}.get(str(family))
        if chosen is None:
            raise _usage("--family", f"{quoted(str(family))} is no family", "4 or 6")
        wanted = (4,) if chosen == 4 else (6,)
    protocols = () if question.is_open else question.services.protocols()
    without: dict[tuple[int, ...], Family] = {(ICMP,): 6, (ICMPV6,): 4}
    left = tuple(f for f in wanted if f != without.get(protocols))
    if not left:
        raise _usage("--family", "ICMP is IPv4's and ICMPv6 is IPv6's", "drop one of the options")
    return left


def _usage(option: str, what: str, mend: str) -> UsageError:
    return UsageError(place=option, what=what, mend=mend)
