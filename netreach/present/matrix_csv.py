"""A matrix as CSV: a header, then a row for every two groups."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from netreach.query.matrix.group_names import name_of_group
from netreach.query.matrix.sheet import Between, Sheet
from netreach.query.verdict import Verdict
from netreach.query.words import safe

#: Columns are only ever added, at the end.
HEADER: Final = (
    "source",
    "source_name",
    "destination",
    "destination_name",
    "verdict",
    "services",
    "services_of_all_pairs",
    "pairs",
    *Verdict,
)
#: What spreadsheets take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_LONGEST: Final = 10_000


def render_csv(sheet: Sheet) -> Iterator[str]:
    """Yield the lines of a matrix as CSV, each with its line break."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for group in sheet.groups:
        writer.writerow(map(cell, _row(sheet, group)))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _row(sheet: Sheet, group: Between) -> tuple[str, ...]:
    snapshot, by = sheet.snapshot, sheet.by
    return (
        group.source,
        name_of_group(snapshot, by, group.source),
        group.destination,
        name_of_group(snapshot, by, group.destination),
        group.verdict,
        str(group.services),
        str(group.everywhere),
        str(sum(group.pairs.values())),
        *(str(group.pairs.get(verdict, 0)) for verdict in Verdict),
    )


def cell(text: str) -> str:
    """Return a text that neither a terminal obeys nor a spreadsheet computes.

    >>> cell("=1+1")
    "'=1+1"
    """
    shown = safe(text, _LONGEST)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
