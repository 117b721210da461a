"""Finding a code by what somebody typed."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from netreach.errors import SelectorError
from netreach.explain.codes import Code

#: How many codes an error offers, and how much of a wrong code it repeats.
_OFFERED: Final = 3
_REPEATED: Final = 60

#: Names that AWS has given up, and their successors.
_FORMER_NAMES: Final = {
    "IGW_REJECTS_SPOOFED_TRAFFIC": Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC,
}


def parse_code(text: str) -> Code:
    """Return the code that is written so; lower case, hyphens and spaces are welcome.

    Raises:
        SelectorError: No code has that name; the message names the nearest ones.
    """
    name = _spelling(text)
    if name in _FORMER_NAMES:
        return _FORMER_NAMES[name]
    if name in Code.__members__:
        return Code[name]
    raise SelectorError(f"no code is called {_quoted(text)}: {_advice(nearest_codes(text))}")


def nearest_codes(text: str) -> tuple[Code, ...]:
    """Return the few codes whose names are most like the text, the nearest first."""
    name = _spelling(text)
    alike = get_close_matches(name, Code.__members__, n=_OFFERED)
    holding = [code for code in Code if name and name in code]
    return tuple(dict.fromkeys(Code[match] for match in [*alike, *holding]))[:_OFFERED]


def _spelling(text: str) -> str:
    return "_".join(text.upper().replace("-", " ").replace("_", " ").split())


def _quoted(text: str) -> str:
    return ascii(text if len(text) <= _REPEATED else text[:_REPEATED] + "...")


def _advice(codes: tuple[Code, ...]) -> str:
    if not codes:
        return "`netreach explain` lists all codes"
    *others, last = codes
    return f"did you mean {', '.join(others)} or {last}?" if others else f"did you mean {last}?"
