"""The glossary: every explanation code in words. Only `netreach explain` and the docs need it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary import (
    balancer_targets,
    details,
    endpoints,
    filters,
    firewalls,
    general,
    interfaces,
    internet_gateways,
    load_balancers,
    nat_gateways,
    network_acls,
    own_addresses,
    own_endpoints,
    own_gateways,
    own_sites,
    own_unknowns,
    peering,
    routes,
    security_groups,
    transit_gateways,
    vpn,
)
from netreach.explain.glossary.entry import Effect, Entry, Group, Modelled, Origin
from netreach.explain.glossary.situations import COMMON_SITUATIONS, Situation

__all__ = [
    "COMMON_SITUATIONS",
    "GLOSSARY",
    "Effect",
    "Entry",
    "Group",
    "Modelled",
    "Origin",
    "Situation",
]

_CHAPTERS: Final = (
    interfaces,
    security_groups,
    network_acls,
    routes,
    internet_gateways,
    nat_gateways,
    general,
    own_gateways,
    own_sites,
    own_addresses,
    own_endpoints,
    own_unknowns,
    peering,
    transit_gateways,
    vpn,
    endpoints,
    load_balancers,
    balancer_targets,
    firewalls,
    details,
    filters,
)

#: Every code's entry, group by group.
GLOSSARY: Final[Mapping[Code, Entry]] = MappingProxyType(
    {entry.code: entry for chapter in _CHAPTERS for entry in chapter.ENTRIES}
)
