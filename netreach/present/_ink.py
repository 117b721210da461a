"""Ink for the terminal: marks, colours, widths of what a terminal shows, wrapping."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from textwrap import wrap
from typing import Final

from msgspec import Struct

from netreach.query.verdict import Verdict
from netreach.query.words import safe

#: Prose longer than this is cut: only a hostile name makes it so.
_LONGEST_PROSE: Final = 600
#: A command is for copying, so nothing of a real one may be lost.
_LONGEST_COMMAND: Final = 4000


class Tone(Enum):
    """What a colour says; the same is always said in words or by a mark."""

    GOOD = "32"
    BAD = "31"
    DOUBT = "33"
    STRONG = "1"
    FAINT = "2"
    PLAIN = ""


class Mark(Enum):
    """What became of the packet at one place: in Unicode, in ASCII, in colour."""

    PASSED = ("✓", "ok", Tone.GOOD)
    BLOCKED = ("✗", "XX", Tone.BAD)
    PARTLY = ("!", "!!", Tone.DOUBT)
    UNKNOWN = ("?", "??", Tone.DOUBT)

    @classmethod
    def of(cls, verdict: Verdict) -> Mark:
        """Return the mark of a verdict."""
        return _VERDICT_MARKS[verdict]


_VERDICT_MARKS: Final = {
    Verdict.REACHABLE: Mark.PASSED,
    Verdict.PARTIAL: Mark.PARTLY,
    Verdict.UNREACHABLE: Mark.BLOCKED,
    Verdict.UNKNOWN: Mark.UNKNOWN,
}


class Ink(Struct, frozen=True):
    """How one terminal wants its text."""

    width: int = 100
    color: bool = False
    unicode: bool = True

    @property
    def arrow(self) -> str:
        """What stands between two ends."""
        return "→" if self.unicode else "->"

    def mark(self, mark: Mark) -> str:
        """Return a mark in its colour."""
        sign, ascii_sign, tone = mark.value
        return self.tinted(sign if self.unicode else ascii_sign, tone)

    @property
    def mark_width(self) -> int:
        """How wide every mark is."""
        return 1 if self.unicode else 2

    def tinted(self, text: str, tone: Tone) -> str:
        """Return text in a colour, or as it is where there are none."""
        return f"\x1b[{tone.value}m{text}\x1b[0m" if self.color and tone.value and text else text

    def filled(self, text: str, first: str, rest: str | None = None) -> list[str]:
        """Wrap prose to the width, behind a margin; no address, id or code is broken in two."""
        margin = " " * len(first) if rest is None else rest
        room = max(self.width - len(margin), 30)
        lines = wrap(
            safe(text, _LONGEST_PROSE), room, break_long_words=False, break_on_hyphens=False
        ) or [""]
        return [first + lines[0], *(margin + line for line in lines[1:])]

    def listed(self, words: Sequence[str], first: str) -> Iterator[str]:
        """Wrap phrases to the width, behind a margin, breaking between phrases alone."""
        line, is_empty = first, True
        for number, word in enumerate(words, start=1):
            phrase = safe(word) if number == len(words) else f"{safe(word)},"
            if not is_empty and len(line) + len(phrase) > self.width:
                yield line
                line, is_empty = " " * len(first), True
            line += phrase if is_empty else f" {phrase}"
            is_empty = False
        yield line

    def command(self, text: str, margin: str) -> Iterator[str]:
        """Lay a command out for copying: a long one goes on before its options."""
        line = f"{margin}$ "
        for position, word in enumerate(_options(safe(text, _LONGEST_COMMAND))):
            if position and len(line) + len(word) > self.width - 3:
                yield f"{line} \\"
                line = f"{margin}    {word}"
            else:
                line += f" {word}" if position else word
        yield line

    def finished(self, lines: Iterable[str]) -> str:
        """Join lines to a text, in ASCII alone where the terminal has nothing else."""
        text = "\n".join(line.rstrip() for line in lines) + "\n"
        if self.unicode:
            return text
        text = text.replace("…", "...").replace("→", "->")
        return text.encode("ascii", "backslashreplace").decode("ascii")


def _options(command: str) -> Iterator[str]:
    """Split a command into its verb and its options, each with its values."""
    verb, *options = command.split(" --")
    yield verb
    yield from (f"--{option}" for option in options)


def shown_width(text: str) -> int:
    """Count the columns that a terminal gives to a text without control characters."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def padded(text: str, width: int) -> str:
    """Fill a text with spaces to a width."""
    return text + " " * (width - shown_width(text))


def clipped(text: str, width: int) -> str:
    """Return safe text that is no wider than this on the terminal."""
    shown = safe(text, width)
    while shown_width(shown) > width:
        shown = f"{shown[:-2]}…"
    return shown


def clipped_apart(names: Mapping[str, str], width: int) -> dict[str, str]:
    """Return names no wider than this; where only their ends tell them apart, the ends stay."""
    shown = {key: clipped(name, width) for key, name in names.items()}
    times = Counter(shown.values())
    return {
        key: _clipped_inside(names[key], width) if times[text] > 1 else text
        for key, text in shown.items()
    }


def _clipped_inside(text: str, width: int) -> str:
    whole = safe(text)
    begin, end = whole[: width // 2 - 1], whole[-(width - width // 2) :]
    while shown_width(f"{begin}…{end}") > width:
        begin, end = begin[: len(end) - 1], end[1:]
    return f"{begin}…{end}"


def shortened(words: Sequence[str], most: int, *, more: str = "and {} more") -> str:
    """Join words with commas; of too many, say how many are left out."""
    if len(words) <= most + 1:  # "and 1 more" is no shorter than the one
        return ", ".join(words)
    return f"{', '.join(words[:most])} {more.format(f'{len(words) - most:,}')}"
