"""The phrases of firewall rules, stateless and stateful [NF-2]."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from netreach.packets.prefixes import Prefix
from netreach.packets.services import NUMBERS
from netreach.sources.yaml_estate.phrases import (
    PhraseError,
    number_in,
    parse_cidr,
    parse_ports,
    reading,
    shown,
    text_of,
)

Ports = tuple[tuple[int, int], ...]

_STATELESS: Final = {"pass": "aws:pass", "drop": "aws:drop", "forward": "aws:forward_to_sfe"}
_STATEFUL: Final = ("pass", "drop", "reject", "alert")
#: What stateful rules may look for; of those beyond the first four, only the transport shows.
_PROTOCOLS: Final = (
    *("all", "tcp", "udp", "icmp"),
    *("http", "http2", "tls", "dns", "ssh", "ftp", "smb", "smtp", "imap", "msn", "dcerpc"),
    *("krb5", "ikev2", "tftp", "ntp", "dhcp", "quic"),
)
_STATELESS_FORMS: Final = (
    "write `10 drop tcp 23 from anywhere to 10.0.0.0/8` or "
    "`20 forward all from 10.0.0.0/8 to anywhere`"
)
_STATEFUL_FORMS: Final = (
    "write `pass tcp 443 from 10.0.0.0/8 to anywhere` or "
    "`drop all between 10.1.0.0/16 and 10.2.0.0/16`"
)
_VARIABLE: Final = re.compile(r"!?\$[A-Za-z][A-Za-z0-9_]{0,30}")
_ANY: Final = "ANY"


class StatelessPhrase(NamedTuple):
    """One stateless rule; nothing matches everything."""

    priority: int
    action: str
    protocols: tuple[int, ...]
    sources: tuple[Prefix, ...]
    source_ports: Ports
    destinations: tuple[Prefix, ...]
    destination_ports: Ports


class StatefulPhrase(NamedTuple):
    """One stateful rule, in Suricata's words."""

    action: str
    protocol: str
    source: str
    source_port: str
    destination: str
    destination_port: str
    is_any_direction: bool


class _Shape(NamedTuple):
    """The words of a rule, in their places."""

    service: list[str]
    source: str
    source_port: str
    destination: str
    is_any_direction: bool


def _shape(words: list[str]) -> _Shape:
    """Take apart ``tcp 443 from X port 1024-65535 to Y``."""
    for first, second in (("from", "to"), ("between", "and")):
        if first in words and words[-2:-1] == [second]:
            place = words.index(first)
            source, *more = words[place + 1 : -2] or [""]
            if more and (more[0] != "port" or len(more) != 2):
                raise PhraseError(f"{shown(' '.join(more))} is no port of the source")
            port = more[1] if more else ""
            return _Shape(words[:place], source, port, words[-1], first == "between")
    raise PhraseError("it does not say from where to where")


def parse_stateless(phrase: object) -> StatelessPhrase:
    """Read ``10 drop tcp 23 from anywhere to 10.0.0.0/8``."""
    with reading(phrase, _STATELESS_FORMS):
        number, action, *rest = [*text_of(phrase).split(), "", ""]
        if action not in _STATELESS:
            raise PhraseError(f"{shown(action)} is none of {', '.join(_STATELESS)}")
        shape = _shape([word for word in rest if word])
        if shape.is_any_direction:
            raise PhraseError("a stateless rule has one direction")
        protocol, *ports = shape.service or [""]
        return StatelessPhrase(
            number_in(number, 65535, "priority", first=1),
            _STATELESS[action],
            _numbers(protocol, has_ports=bool(ports or shape.source_port)),
            _prefixes(shape.source),
            _ranges([shape.source_port] if shape.source_port else []),
            _prefixes(shape.destination),
            _ranges(ports),
        )


def _numbers(word: str, *, has_ports: bool) -> tuple[int, ...]:
    if word not in (*NUMBERS, "all"):
        raise PhraseError(f"{shown(word)} is none of all, {', '.join(NUMBERS)}")
    if has_ports and word not in ("tcp", "udp"):
        raise PhraseError(f"{word} has no ports")
    return () if word == "all" else (NUMBERS[word],)


def _prefixes(word: str) -> tuple[Prefix, ...]:
    return () if word == "anywhere" else tuple(parse_cidr(part) for part in word.split(","))


def _ranges(words: list[str]) -> Ports:
    if len(words) > 1:
        raise PhraseError(f"{shown(' '.join(words))} are no ports", "write `80,443,8000-8100`")
    return tuple(parse_ports(part) for word in words for part in word.split(","))


def parse_stateful(phrase: object) -> StatefulPhrase:
    """Read ``pass tcp 443 from 10.0.0.0/8 to anywhere``."""
    with reading(phrase, _STATEFUL_FORMS):
        action, *rest = text_of(phrase).split() or [""]
        if action not in _STATEFUL:
            raise PhraseError(f"{shown(action)} is none of {', '.join(_STATEFUL)}")
        shape = _shape(rest)
        protocol, *ports = shape.service or [""]
        if protocol not in _PROTOCOLS:
            raise PhraseError(f"{shown(protocol)} is none of {', '.join(_PROTOCOLS)}")
        if protocol in ("all", "icmp") and (ports or shape.source_port):
            raise PhraseError(f"{protocol} has no ports")
        return StatefulPhrase(
            action.upper(),
            "IP" if protocol == "all" else protocol.upper(),
            _ends(shape.source),
            _port_words([shape.source_port] if shape.source_port else []),
            _ends(shape.destination),
            _port_words(ports),
            shape.is_any_direction,
        )


def _ends(word: str) -> str:
    """Return CIDRs and variables as Suricata writes them."""
    if word == "anywhere":
        return _ANY
    return _listed([_one_end(part) for part in word.split(",")])


def _one_end(word: str) -> str:
    if _VARIABLE.fullmatch(word):
        return word
    mark = "!" if word.startswith("!") else ""
    return f"{mark}{parse_cidr(word.removeprefix('!'))}"


def _port_words(words: list[str]) -> str:
    spelt = [f"{low}" if low == high else f"{low}:{high}" for low, high in _ranges(words)]
    return _listed(spelt) if spelt else _ANY


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"[{','.join(parts)}]"
