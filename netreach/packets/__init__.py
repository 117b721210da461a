"""What travels: addresses, services and sets of them. Has never heard of AWS."""

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
