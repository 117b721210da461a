"""Hostile text made safe to print in one line."""

from __future__ import annotations

from typing import Final

#: More of a name than this helps nobody.
MAX_LENGTH: Final = 120


def safe(text: str, limit: int = MAX_LENGTH) -> str:
    r"""Return text without control, bidirectional or other invisible characters, cut to a length.

    >>> safe("web\x1b[31m")
    'web\\x1b[31m'
    """
    shown = "".join(c if c.isprintable() else _escaped(c) for c in text[: limit + 1])
    return shown if len(text) <= limit else shown[: limit - 1] + "…"


def brief(identifier: str) -> str:
    """Return what of an id people read: of an ARN, the part behind the account.

    >>> brief("arn:aws:network-firewall:eu-central-1:111122223333:firewall/wall")
    'firewall/wall'
    """
    parts = identifier.split(":", 5)
    return parts[5] if parts[0] == "arn" and len(parts) == 6 and parts[5] else identifier


def quoted(text: str, limit: int = MAX_LENGTH) -> str:
    """Return safe text in single quotes."""
    return f"'{safe(text, limit)}'"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
