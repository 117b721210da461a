"""What the standards set blocks of addresses aside for: private, shared, link-local, public ..."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from netreach.packets.prefixes import Prefix


@dataclass(frozen=True, slots=True)
class Scope:
    """A block that a standard sets aside, and what for."""

    prefix: Prefix
    kind: str
    source: str


_SPECIAL: Final = tuple(
    Scope(Prefix.parse(cidr), kind, source)
    for cidr, kind, source in (
        ("0.0.0.0/8", "this-network", "RFC 1122"),
        ("10.0.0.0/8", "private", "RFC 1918"),
        ("100.64.0.0/10", "shared", "RFC 6598"),
        ("127.0.0.0/8", "loopback", "RFC 1122"),
        ("169.254.0.0/16", "link-local", "RFC 3927"),
        ("172.16.0.0/12", "private", "RFC 1918"),
        ("192.0.0.0/24", "protocol-assignments", "RFC 6890"),
        ("192.0.2.0/24", "documentation", "RFC 5737"),
        ("192.168.0.0/16", "private", "RFC 1918"),
        ("198.18.0.0/15", "benchmarking", "RFC 2544"),
        ("198.51.100.0/24", "documentation", "RFC 5737"),
        ("203.0.113.0/24", "documentation", "RFC 5737"),
        ("224.0.0.0/4", "multicast", "RFC 5771"),
        ("240.0.0.0/4", "reserved", "RFC 1112"),
        ("::/128", "unspecified", "RFC 4291"),
        ("::1/128", "loopback", "RFC 4291"),
        ("::ffff:0:0/96", "ipv4-mapped", "RFC 4291"),
        ("64:ff9b::/96", "nat64", "RFC 6052"),
        ("64:ff9b:1::/48", "nat64", "RFC 8215"),
        ("100::/64", "discard", "RFC 6666"),
        ("2001:db8::/32", "documentation", "RFC 3849"),
        ("3fff::/20", "documentation", "RFC 9637"),
        ("fc00::/7", "unique-local", "RFC 4193"),
        ("fe80::/10", "link-local", "RFC 4291"),
        ("ff00::/8", "multicast", "RFC 4291"),
    )
)

#: All of IPv6 that the internet routes; the rest of it is special, or reserved.
_GLOBAL_UNICAST: Final = Prefix.parse("2000::/3")


@dataclass(frozen=True, slots=True)
class Placement:
    """The scope that a prefix lies in, or the scopes that lie in it.

    `kind` is a scope's, or `public`, `reserved`, or `mixed` for a prefix with several kinds inside.
    """

    kind: str
    scope: Scope | None = None
    parts: tuple[Scope, ...] = ()


def place(prefix: Prefix) -> Placement:
    """Tell what a prefix's addresses are set aside for.

    >>> place(Prefix.parse("172.20.0.0/16")).kind
    'private'
    >>> place(Prefix.parse("172.32.0.0/16")).kind
    'public'
    """
    for scope in _SPECIAL:
        if scope.prefix.contains(prefix):
            return Placement(scope.kind, scope)
    parts = tuple(scope for scope in _SPECIAL if prefix.contains(scope.prefix))
    if parts:
        return Placement("mixed", None, parts)
    public = prefix.family == 4 or _GLOBAL_UNICAST.contains(prefix)
    return Placement("public" if public else "reserved")
