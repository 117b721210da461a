"""The text of addresses, packed at the speed of the C library and equally strict on every system.

``inet_pton`` of some systems lets through what ``ipaddress`` and AWS do not: leading zeros (octal
or not?), zones, brackets, blanks, groups of five digits. So the texts of a batch are joined and
reduced to their *shape*, in which each of these is a pattern of bytes that is quickly searched for.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping, Sequence
from string import digits, hexdigits
from typing import Final, Literal, TypeAlias

Family: TypeAlias = Literal[4, 6]


def pack(texts: Sequence[str], family: Family) -> bytes | None:
    """Return the packed addresses, or None if one of them is not an address of the family."""
    inet_pton, kind = socket.inet_pton, _SOCKET_FAMILY[family]
    try:
        packed = b"".join([inet_pton(kind, text) for text in texts])
    except (OSError, TypeError, ValueError):
        return None
    return packed if _is_strict("\n".join(["", *texts]).encode(), family) else None


def family_of(text: object) -> Family | None:
    """Return the family of an address, or None for what is no address."""
    if not isinstance(text, str):
        return None
    return next((family for family in _FAMILIES if pack([text], family) is not None), None)


def _is_strict(lines: bytes, family: Family) -> bool:
    """Return whether lines that this system takes for addresses are so everywhere."""
    shape = lines.translate(_SHAPE[family])
    if any(pattern in shape for pattern in _LOOSE[family]):
        return False
    return family == 4 or b"." not in lines or not _LOOSE_TAIL.search(lines)


def _shape_of(kinds: Mapping[str, str]) -> bytes:
    """Return the translation of characters to their kinds; all others become x."""
    shape = bytearray(b"x" * 256)
    for kind, characters in kinds.items():
        for character in characters:
            shape[ord(character)] = ord(kind)
    return bytes(shape)


_FAMILIES: Final[tuple[Family, ...]] = (4, 6)
_SOCKET_FAMILY: Final = {4: socket.AF_INET, 6: socket.AF_INET6}
_SHAPE: Final = {
    4: _shape_of({"1": digits[1:], "0": "0", ".": ".\n"}),
    6: _shape_of({"1": hexdigits, ":": ":.\n"}),
}
_LOOSE: Final = {4: (b"x", b".00", b".01"), 6: (b"x", b"11111")}
_LOOSE_TAIL: Final = re.compile(rb"\.0[0-9]|:0[0-9]+\.")
"""A leading zero in the dotted part of an IPv6 address."""
