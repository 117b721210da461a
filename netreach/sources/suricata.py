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

_RULE: Final = re.compile(
    r"""(?P<action>[a-z]+)\s+(?P<protocol>[\w-]+)\s+
        (?P<source>\S*\[[^()]*?\]|\S+)\s+(?P<source_port>!?\[[^()]*?\]|\S+)\s+
        (?P<direction>->|<>)\s+
        (?P<destination>\S*\[[^()]*?\]|\S+)\s+(?P<destination_port>!?\[[^()]*?\]|\S+)\s*
        \((?P<options>.*)\)""",
    re.IGNORECASE | re.VERBOSE,
)
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
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            yield _rule(line) or line


def _rule(line: str) -> SuricataRule | None:
    found = _RULE.fullmatch(line)
    if found is None:
        return None
    parts = {name: re.sub(r"\s+", "", text) for name, text in found.groupdict().items()}
    return SuricataRule(
        action=parts["action"].upper(),
        protocol=parts["protocol"].upper(),
        source=_plain(parts["source"]),
        source_port=_plain(parts["source_port"]),
        is_any_direction=parts["direction"] == "<>",
        destination=_plain(parts["destination"]),
        destination_port=_plain(parts["destination_port"]),
        options=tuple(_options(found["options"])),
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
