"""How the tests read a text."""

from __future__ import annotations

from msgspec.structs import replace

from netreach.explain.records import (
    Explanation,
    Report,
)
from netreach.present.text import render_text


def first_line(report: Report) -> str:
    return render_text(report, width=300).splitlines()[0]


def text_lines(report: Report, *blockers: Explanation) -> list[str]:
    """Return the lines of an answer that has these blockers."""
    return render_text(replace(report, explanations=blockers)).splitlines()


def returning_lines(report: Report) -> list[str]:
    """Return the lines of the way back."""
    lines = render_text(report).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("  return"))
    return lines[start : lines.index("", start)]
