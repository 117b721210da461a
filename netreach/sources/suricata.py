"""Suricata's rule language, as far as a rule is a 5-tuple: text -> parts, nothing decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

#: Options that say nothing about which packets match.
HARMLESS: Final = frozenset(
    {"msg", "sid", "rev", "gid", "priority", "classtype", "metadata", "reference", "target"}
)
#: What `flow` may ask for without changing who may open a connection.
_PLAIN_FLOW: Final = frozenset({"to_server", "from_client"})
_ESTABLISHED: Final = "established"
#: Protocols that a packet's header shows.
_HEADER_PROTOCOLS: Final = frozenset({"ip", "ipv4", "ipv6", "tcp", "udp", "icmp", "icmpv6", "any"})

#: A word of a rule's head; lists in brackets may hold spaces.
_WORD: Final = re.compile(r"[^\s\[]*\[[^\]]*\]\S*|\S+")
_HEAD_WORDS: Final = 7
#: An option ends at a semicolon that is neither escaped nor in quotes.
_OPTION: Final = re.compile(r'\s*((?:\\.|"(?:\\.|[^"\\])*"|[^;\\"])*);?')


class Option(NamedTuple):
    """One option of a rule."""

    keyword: str
    setting: str = ""


class SuricataRule(NamedTuple):
    """One rule, taken apart."""

    action: str
    protocol: str
    source: str
    source_port: str
    is_any_direction: bool
    destination: str
    destination_port: str
    options: tuple[Option, ...]


def rules_in(text: str) -> Iterator[SuricataRule | str]:
    """Yield the rules of a text in order; a line that is no rule comes back as it is."""
    for line in map(str.strip, re.sub(r"\\\r?\n", " ", text).splitlines()):
        if line and not line.startswith("#"):
            yield _rule(line) or line


def _rule(line: str) -> SuricataRule | None:
    head, bracket, rest = line.partition("(")
    words = [re.sub(r"\s+", "", word) for word in _WORD.findall(head)]
    if len(words) != _HEAD_WORDS or not bracket or not rest.endswith(")"):
        return None
    action, protocol, source, source_port, arrow, destination, destination_port = words
    if arrow not in ("->", "<>"):
        return None
    return SuricataRule(
        action=action.upper(),
        protocol=protocol.upper(),
        source=_plain(source),
        source_port=_plain(source_port),
        is_any_direction=arrow == "<>",
        destination=_plain(destination),
        destination_port=_plain(destination_port),
        options=tuple(_options(rest[:-1])),
    )


def _plain(text: str) -> str:
    return "ANY" if text.lower() == "any" else text


def _options(text: str) -> Iterator[Option]:
    for part in _OPTION.findall(text):
        keyword, _, setting = part.strip().partition(":")
        if keyword:
            yield Option(keyword.strip().lower(), setting.strip())


def undecided(action: str, protocol: str, options: tuple[Option, ...]) -> str:
    """Say what of a rule can't be told from addresses, ports and protocol ("" if nothing)."""
    reasons = [] if protocol.lower() in _HEADER_PROTOCOLS else [f"protocol {protocol.lower()}"]
    for option in options:
        if option.keyword == "flow":
            reasons += _flow(action, option.setting)
        elif option.keyword not in HARMLESS:
            reasons.append(option.keyword)
    return ", ".join(dict.fromkeys(reasons))


def _flow(action: str, setting: str) -> list[str]:
    """Return what `flow` asks for that matters.

    Dropping what is established stops every connection; passing it says nothing yet of the
    handshake, which has to pass by another rule.
    """
    asked = [word.strip().lower() for word in setting.split(",") if word.strip()]
    harmless = _PLAIN_FLOW if action == "PASS" else _PLAIN_FLOW | {_ESTABLISHED}
    return [f"flow:{word}" for word in asked if word not in harmless]
