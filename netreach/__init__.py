"""netreach: can A reach B on port P, by which path, and if not, what stops it?

The names below are the public ones; each is imported when it is first used, so that commands which
compile no network (`netreach cidr`, `netreach show`) do not pay for numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    "NetreachError",
    "Network",
    "SelectorError",
    "ServiceSet",
    "UsageError",
    "Verdict",
    "load",
]

_HOMES = {
    "Answer": "netreach.network",
    "Network": "netreach.network",
    "load": "netreach.network",
    "ServiceSet": "netreach.packets.services",
    "Verdict": "netreach.query.verdict",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module 'netreach' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "netreach.errors")), name)
