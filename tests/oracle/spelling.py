"""How describe output is typed, and how it writes CIDRs."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from tests.oracle.world import Prefix

Record = Mapping[str, Any]
Estate = Mapping[str, Any]


def prefix(text: str) -> Prefix:
    """Read a CIDR; AWS masks host bits, so do we."""
    return ip_network(text, strict=False)
