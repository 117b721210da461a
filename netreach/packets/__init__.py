"""What travels: addresses, services and sets of them. Has never heard of AWS.

The names below are public; each is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netreach.packets.intervals import IntervalSet
    from netreach.packets.longest_prefix import PrefixTable, PrefixTables
    from netreach.packets.prefixes import Address, Prefix
    from netreach.packets.services import Service, ServiceSet

__all__ = [
    "Address",
    "IntervalSet",
    "Prefix",
    "PrefixTable",
    "PrefixTables",
    "Service",
    "ServiceSet",
]

_HOMES = {
    "Address": "prefixes",
    "IntervalSet": "intervals",
    "Prefix": "prefixes",
    "PrefixTable": "longest_prefix",
    "PrefixTables": "longest_prefix",
    "Service": "services",
    "ServiceSet": "services",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'netreach.packets' has no attribute {name!r}")
    return getattr(import_module(f"netreach.packets.{_HOMES[name]}"), name)
