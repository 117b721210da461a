"""The phrases of balancers and endpoints: listeners, targets, health checks, services."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from netreach.packets.prefixes import Address, AddressError
from netreach.sources.yaml_estate.phrases import (
    PhraseError,
    Reference,
    number_in,
    parse_address,
    parse_reference,
    reading,
    shown,
    text_of,
)

_LISTENER_FORMS: Final = "write `tcp 443 -> GROUP`, `geneve -> GROUP` or, for a redirect, `http 80`"
_CHECK_FORMS: Final = "write `http 8080`, or `tcp` for the port of the traffic"
_TARGET_FORMS: Final = "write `NAME`, `10.0.1.10`, `NAME port 8080` or `NAME unhealthy`"
#: What listeners may take.
LISTENED: Final = (
    "tcp",
    "udp",
    "tcp_udp",
    "tls",
    "http",
    "https",
    "ssl",
    "quic",
    "tcp_quic",
    "geneve",
)
#: How a target may do.
HEALTH: Final = (
    "healthy",
    "unhealthy",
    "initial",
    "unused",
    "draining",
    "unavailable",
    "unhealthy.draining",
    "unsaid",
)
_SERVICE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}|arn:[A-Za-z0-9:/._-]{1,300}")


class ListenerPhrase(NamedTuple):
    """What a balancer takes, and to whom it may hand it."""

    protocol: str
    port: int | None = None
    groups: tuple[Reference, ...] = ()
    #: Of a classic balancer.
    instance_port: int | None = None


class TargetPhrase(NamedTuple):
    """Somebody who is registered: by name or by address."""

    who: Reference | Address
    port: int | None = None
    health: str = "healthy"


class HealthCheck(NamedTuple):
    """How a balancer asks its targets; no port is that of the traffic."""

    protocol: str
    port: int | None = None


class ServiceName(NamedTuple):
    """What an endpoint leads to: an AWS service by name, or an endpoint service."""

    text: str = ""
    offered: Reference | None = None


def parse_listener(phrase: object) -> ListenerPhrase:
    """Read ``tcp 443 -> web and api``, ``http 80``, ``tcp 80 -> port 8080``."""
    with reading(phrase, _LISTENER_FORMS):
        taken, arrow, given = text_of(phrase).partition("->")
        if arrow and not given.strip():
            raise PhraseError("nothing follows the arrow")
        return _handed(_taken(taken.split()), given)


def _taken(words: list[str]) -> ListenerPhrase:
    protocol, *ports = words or [""]
    if protocol not in LISTENED:
        raise PhraseError(f"{shown(protocol)} is none of {', '.join(LISTENED)}")
    if len(ports) != (protocol != "geneve"):
        raise PhraseError("it takes one port, and `geneve` none")
    return ListenerPhrase(protocol.upper(), number_in(ports[0], 65535, "port") if ports else None)


def _handed(taken: ListenerPhrase, text: str) -> ListenerPhrase:
    words = text.split()
    if words[:1] == ["port"] and len(words) == 2:
        return taken._replace(instance_port=number_in(words[1], 65535, "port"))
    if words[1::2] != ["and"] * (len(words) // 2) or words[-1:] == ["and"]:
        raise PhraseError(f"{shown(text.strip())} is no list of target groups")
    return taken._replace(groups=tuple(parse_reference(name) for name in words[::2]))


def parse_target(phrase: object) -> TargetPhrase:
    """Read ``web-1``, ``10.0.1.10 port 8080``, ``web-2 unhealthy``."""
    with reading(phrase, _TARGET_FORMS):
        who, *rest = text_of(phrase).split() or [""]
        target = TargetPhrase(_who(who))
        if rest[:1] == ["port"] and len(rest) > 1:
            target = target._replace(port=number_in(rest[1], 65535, "port"))
            rest = rest[2:]
        return target._replace(health=_health(rest)) if rest else target


def _who(word: str) -> Reference | Address:
    if (":" in word and not word.startswith(("missing:", "arn:"))) or word[:1].isdigit():
        try:
            return parse_address(word)
        except PhraseError:
            if ":" in word:
                raise
    return parse_reference(word)


def _health(words: list[str]) -> str:
    if len(words) != 1 or words[0] not in HEALTH:
        raise PhraseError(f"{shown(' '.join(words))} is none of {', '.join(HEALTH)}")
    return "" if words[0] == "unsaid" else words[0]


def parse_health_check(phrase: object) -> HealthCheck:
    """Read ``tcp``, ``http 8080``."""
    with reading(phrase, _CHECK_FORMS):
        protocol, *ports = text_of(phrase).split() or [""]
        if protocol not in ("tcp", "http", "https") or len(ports) > 1:
            raise PhraseError("it is asked by tcp, http or https, at one port")
        port = number_in(ports[0], 65535, "port") if ports else None
        return HealthCheck(protocol.upper(), port)


def parse_service(phrase: object) -> ServiceName:
    """Read ``s3``, ``com.amazonaws.eu-central-1.s3`` or ``endpoint-service:NAME``."""
    text = text_of(phrase)
    head, colon, tail = text.partition(":")
    if colon and head == "endpoint-service":
        return ServiceName(offered=parse_reference(tail))
    if not _SERVICE.fullmatch(text):
        raise PhraseError(
            f"{shown(text)} is no service", "write `s3`, its full name or `endpoint-service:NAME`"
        )
    return ServiceName(text)


_DOMAIN: Final = re.compile(
    r"(?=.{1,253}$)(?:[A-Za-z0-9_*](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*"
    r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?"
)
_ANSWERS: Final = "write an address, a name, `alias NAME`, or `delegated` for other name servers"


def parse_domain(text: object) -> str:
    """Read a domain name; `.` is the root, which is written as nothing.

    >>> parse_domain("Corp.Example."), parse_domain(".")
    ('corp.example', '')
    """
    word = text_of(text)
    if word == ".":
        return ""
    if not _DOMAIN.fullmatch(word):
        raise PhraseError(f"{shown(word)} is not a domain", "write corp.example")
    return word.rstrip(".").lower()


class AnswerPhrase(NamedTuple):
    """What a name has for an answer: an address, or another name of a kind."""

    #: A, AAAA, CNAME, ALIAS or NS.
    kind: str
    value: str = ""


def parse_answer(text: object) -> AnswerPhrase:
    """Read an address, a name, ``alias NAME`` or ``delegated``.

    >>> parse_answer("10.0.2.20").kind, parse_answer("alias db.corp.example")
    ('A', AnswerPhrase(kind='ALIAS', value='db.corp.example'))
    """
    word = text_of(text)
    if word == "delegated":
        return AnswerPhrase("NS")
    if word.startswith("alias "):
        return AnswerPhrase("ALIAS", parse_domain(word.removeprefix("alias ").strip()))
    try:
        address = Address.parse(word)
    except AddressError:
        pass
    else:
        return AnswerPhrase("A" if address.family == 4 else "AAAA", str(address))
    if "." not in word:
        raise PhraseError(f"{shown(word)} is no answer", _ANSWERS)
    return AnswerPhrase("CNAME", parse_domain(word))
