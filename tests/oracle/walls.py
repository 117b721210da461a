"""Inspection as plain records: endpoints, firewalls, policies, rules; nothing computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

Prefix = IPv4Network | IPv6Network
Interval = tuple[int, int]

PASS, DROP, FORWARD = "pass", "drop", "forward"  # FORWARD: to the stateful engine


@dataclass(frozen=True)
class StatelessRule:
    """One rule of the engine that looks at each packet by itself; an empty field matches all."""

    action: str
    sources: tuple[Prefix, ...]
    destinations: tuple[Prefix, ...]
    source_ports: tuple[Interval, ...]
    destination_ports: tuple[Interval, ...]
    protocols: tuple[int, ...]
    is_open: bool  # it says more than this: what it names, it may match or not


@dataclass(frozen=True)
class Variables:
    """What ``$NAME`` stands for, by name without the dollar sign."""

    addresses: tuple[tuple[str, tuple[str, ...]], ...]
    ports: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class StatefulRule:
    """One rule of the engine that follows connections, as Suricata writes it."""

    action: str
    protocol: str
    source: str
    source_port: str
    destination: str
    destination_port: str
    is_both_ways: bool
    is_open: bool
    variables: Variables


@dataclass(frozen=True)
class OpenGroup:
    """A rule group of which nobody knows what it does; a domain list looks at HOME_NET's TCP."""

    name: str
    home: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Policy:
    stateless: tuple[StatelessRule | OpenGroup, ...]
    stateless_default: str
    stateful: tuple[StatefulRule | OpenGroup, ...]  # in the order in which they are written
    is_strict: bool
    drops_by_default: bool
    drops_midstream: bool


@dataclass(frozen=True)
class Wall:
    """An endpoint in front of a firewall, or of appliances behind a Gateway Load Balancer."""

    id: str
    subnet: str
    is_ready: bool
    firewall: str | None  # None: appliances
    takes_six: bool | None = True  # None: nobody knows
    service: str = ""  # that it leads to, by name
    is_recorded: bool = True  # False: of a firewall that the snapshot lacks


@dataclass(frozen=True)
class Inspection:
    walls: Mapping[str, Wall] = field(default_factory=dict)
    policies: Mapping[str, Policy | None] = field(default_factory=dict)  # by firewall
    #: Where some rule's ports begin, or the next ones behind them.
    cuts: frozenset[int] = frozenset()
