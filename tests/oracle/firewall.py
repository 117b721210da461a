"""AWS Network Firewall: what its two engines do with one packet [NF-1..4]."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from tests.oracle.filters import ICMP, ICMPV6, TCP, UDP
from tests.oracle.verdict import Fork
from tests.oracle.walls import (
    DROP,
    FORWARD,
    PASS,
    Interval,
    OpenGroup,
    Policy,
    StatefulRule,
    StatelessRule,
)
from tests.oracle.world import Address, Packet

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

#: What a rule's protocol means in a packet's header; of all others only what they run over shows.
_HEADERS: Final = {"ip": None, "tcp": (TCP,), "udp": (UDP,), "icmp": (ICMP, ICMPV6)}
_OVER: Final = {"http": (TCP,), "tls": (TCP,), "ssh": (TCP,), "dns": (TCP, UDP)}
_PORTED: Final = (TCP, UDP)


@dataclass(frozen=True)
class Decision:
    action: str
    by_rule: bool  # or for want of one


def stateless(walk: Walk, policy: Policy, packet: Packet) -> str:
    """Return what the first engine does: the first rule that matches decides [NF-1]."""
    for rule in policy.stateless:
        if isinstance(rule, OpenGroup):
            choice = _guess(walk, rule, ("", PASS, DROP, FORWARD))
            if choice:
                return choice
        elif _fits(walk, rule, packet) and _is_meant(walk, rule):
            return rule.action
    return policy.stateless_default


def _fits(walk: Walk, rule: StatelessRule, packet: Packet) -> bool:
    """Compare both addresses, the protocol, and both ports where the protocol has them."""
    if rule.protocols and packet.protocol not in rule.protocols:
        return False
    if rule.sources and not any(packet.source in block for block in rule.sources):
        return False
    if rule.destinations and not any(packet.destination in b for b in rule.destinations):
        return False
    if packet.protocol not in _PORTED:
        return True
    return _is_within(rule.source_ports, walk.source_port()) and _is_within(
        rule.destination_ports, packet.port
    )


def _is_within(ranges: tuple[Interval, ...], port: int) -> bool:
    return not ranges or any(low <= port <= high for low, high in ranges)


def stateful(walk: Walk, policy: Policy, packet: Packet) -> Decision:
    """Return what the second engine does with a connection that begins so [NF-2, NF-3]."""
    rules = policy.stateful
    found = None
    if policy.is_strict:
        found = _first(walk, rules, packet, (PASS, DROP))
    else:  # passing rules before dropping ones, wherever they are written
        found = _first(walk, rules, packet, (PASS,)) or _first(walk, rules, packet, (DROP,))
    if found:
        return Decision(found, by_rule=True)
    drops = policy.is_strict and policy.drops_by_default
    return Decision(DROP if drops else PASS, by_rule=False)


def _first(
    walk: Walk,
    rules: Iterable[StatefulRule | OpenGroup],
    packet: Packet,
    actions: tuple[str, ...],
) -> str | None:
    for rule in rules:
        if isinstance(rule, OpenGroup):
            choice = _guess(walk, rule, ("", PASS, DROP)) if _concerns(rule, packet) else ""
            if choice in actions:
                return choice
        elif rule.action in actions and _matches(walk, rule, packet):
            return rule.action
    return None


def _concerns(group: OpenGroup, packet: Packet) -> bool:
    """Say whether a group may have to do with a packet: domain lists look at HOME_NET's TCP."""
    if group.home is None:
        return True
    return packet.protocol == TCP and any(packet.source in ip_network(b) for b in group.home)


def _guess(walk: Walk, group: OpenGroup, options: tuple[str, ...]) -> str:
    key = ("group", group.name, walk.leg)
    return options[walk.suppose(key, Fork.EITHER, len(options), group.name)]


def _is_meant(walk: Walk, rule: StatelessRule | StatefulRule, *, is_unread: bool = False) -> bool:
    """Say whether a rule matches what its fields match, in the world being walked."""
    if not rule.is_open and not is_unread:
        return True
    return walk.suppose(("rule", rule, walk.leg), Fork.EITHER, 2, str(rule)) == 1


def _matches(walk: Walk, rule: StatefulRule, packet: Packet) -> bool:
    there = (rule.source, rule.source_port, rule.destination, rule.destination_port)
    back = (*there[2:], *there[:2])
    fits = [
        _fit(walk, rule, packet, ends)
        for ends in ((there, back) if rule.is_both_ways else (there,))
    ]
    if True in fits:
        return _is_meant(walk, rule)
    return None in fits and _is_meant(walk, rule, is_unread=True)


def _fit(
    walk: Walk, rule: StatefulRule, packet: Packet, ends: tuple[str, str, str, str]
) -> bool | None:
    """Compare a packet with a rule's 5-tuple; None where nobody can tell."""
    source, source_port, destination, destination_port = ends
    addresses, ports = dict(rule.variables.addresses), dict(rule.variables.ports)
    parts = [
        _speaks(rule, packet),
        _word(source, addresses, lambda text: _covers(text, packet.source)),
        _word(destination, addresses, lambda text: _covers(text, packet.destination)),
    ]
    if packet.protocol in _PORTED:
        sport = walk.source_port()
        parts.append(_word(source_port, ports, lambda text: _holds(text, sport)))
        parts.append(_word(destination_port, ports, lambda text: _holds(text, packet.port)))
    elif rule.protocol == "ip":  # whoever names ports means what has them
        parts.append(all(text.lower() == "any" for text in (source_port, destination_port)))
    if False in parts:
        return False
    return None if None in parts else True


def _speaks(rule: StatefulRule, packet: Packet) -> bool | None:
    if rule.protocol in _HEADERS:
        numbers = _HEADERS[rule.protocol]
        return numbers is None or packet.protocol in numbers
    return None if packet.protocol in _OVER[rule.protocol] else False


# -- words


def _word(
    text: str, variables: dict[str, tuple[str, ...]], leaf: Callable[[str], bool]
) -> bool | None:
    """Say whether a word covers something: any, a value, $NAME, [a,b,!c], or !word."""
    if text.lower() == "any":
        return True
    if text.startswith("!"):
        inner = _word(text[1:], variables, leaf)
        return None if inner is None else not inner
    if text.startswith("$"):
        listed = variables.get(text[1:])
        return None if listed is None else _any_of(listed, variables, leaf)
    if text.startswith("["):
        return _any_of(tuple(text[1:-1].split(",")), variables, leaf)
    return leaf(text)


def _any_of(
    texts: tuple[str, ...], variables: dict[str, tuple[str, ...]], leaf: Callable[[str], bool]
) -> bool | None:
    """Say whether any item covers it and no negated one does."""
    found = [(text.startswith("!"), _word(text.lstrip("!"), variables, leaf)) for text in texts]
    if any(covers is None for _, covers in found):
        return None
    if any(negated and covers for negated, covers in found):
        return False
    wanted = [covers for negated, covers in found if not negated]
    return not wanted or any(wanted)


def _covers(text: str, address: Address) -> bool:
    return address in ip_network(text, strict=False)


def _holds(text: str, port: int) -> bool:
    low, colon, high = text.partition(":")
    if not colon:
        return port == int(text)
    return int(low or 0) <= port <= int(high or 65535)
