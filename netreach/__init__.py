"""netreach: can A reach B on port P, by which path, and if not, what stops it?"""

from netreach.errors import (
    InputError,
    MissingExtraError,
    NetreachError,
    SelectorError,
    UsageError,
)
from netreach.network import Answer, Network, load
from netreach.packets.services import ServiceSet
from netreach.query.verdict import Verdict

__all__ = [
    "Answer",
    "InputError",
    "MissingExtraError",
    "Network",
    "NetreachError",
    "SelectorError",
    "ServiceSet",
    "UsageError",
    "Verdict",
    "load",
]
