"""A matrix as a table for people: sources down, destinations across, services in the cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from netreach.present._ink import Ink, Mark, Tone, clipped_apart, padded, shown_width
from netreach.query.matrix.group_names import shown_groups
from netreach.query.matrix.sheet import Between, Sheet
from netreach.query.verdict import Verdict

_GAP: Final = "  "
_WIDEST_NAME: Final = 24
_WIDEST_CELL: Final = 26
#: Services that one cell names; of more it says how many.
_MOST_SERVICES: Final = 2
_NONE: Final = "."
_NO_PAIR: Final = "-"
_SOME: Final = "*"
_MORE: Final = "+N"


class _Cell(NamedTuple):
    text: str
    marks: frozenset[str] = frozenset()
    tone: Tone = Tone.PLAIN


_LONE: Final = _Cell(_NO_PAIR, frozenset(), Tone.FAINT)


class _Table(NamedTuple):
    """A grid of cells; rows and columns are groups in the order of their names."""

    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    cells: Mapping[tuple[str, str], _Cell]
    names: Mapping[str, str]


def render_matrix(
    sheet: Sheet, *, width: int = 100, color: bool = False, unicode: bool = True
) -> str:
    """Return a matrix as text."""
    ink = Ink(width, color, unicode)
    return ink.finished(_lines(sheet, ink))


def _lines(sheet: Sheet, ink: Ink) -> Iterator[str]:
    table = _table(sheet, ink)
    yield from ink.filled(_title(sheet, table), "")
    yield ""
    if table.cells:
        yield from _grid(table, ink)
        yield ""
        yield from _legend(table, ink)
    yield from ink.filled(_counts(sheet), "")
    if sheet.is_chosen:
        finer = "interface" if sheet.by != "interface" else "subnet"
        hint = f"grouped by {sheet.by}, the finest of interface, subnet and VPC that can be read"
        yield from ink.filled(f"{hint} at a glance; or --by {finer}, security-group, tag:KEY", "")


def _title(sheet: Sheet, table: _Table) -> str:
    sources, destinations = len(table.sources), len(table.destinations)
    return (
        f"{_number(sources, 'source')} to {_number(destinations, 'destination')} "
        f"by {sheet.by}, {sheet.service or 'every service'}"
    )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _table(sheet: Sheet, ink: Ink) -> _Table:
    ends = [group.source for group in sheet.groups], [one.destination for one in sheet.groups]
    names = shown_groups(sheet.snapshot, sheet.by, dict.fromkeys([*ends[0], *ends[1]]))
    cells = {(one.source, one.destination): _cell(one, ink) for one in sheet.groups}
    rows, columns = (tuple(sorted(set(end), key=lambda one: names[one])) for end in ends)
    return _Table(rows, columns, cells, names)


def _cell(group: Between, ink: Ink) -> _Cell:
    """Return what the pairs of two groups come to, in a few words."""
    marks, words = tuple(_marks(group, ink)), group.services.words()
    if not words:
        tone = Tone.DOUBT if marks else Tone.FAINT
        return _Cell("".join(marks) or _NONE, frozenset(marks or (_NONE,)), tone)
    rest = len(words) - _MOST_SERVICES
    shown = ", ".join(words[:_MOST_SERVICES]) + (f" +{rest:,}" if rest > 0 else "")
    text = f"{shown} {''.join(marks)}".rstrip()
    tone = Tone.DOUBT if marks else Tone.GOOD
    return _Cell(text, frozenset((*marks, *([_MORE] if rest > 0 else ()))), tone)


def _marks(group: Between, ink: Ink) -> Iterator[str]:
    if group.services and group.services != group.everywhere:
        yield _SOME
    if group.pairs.get(Verdict.PARTIAL):
        yield _sign(Mark.PARTLY, ink)
    if group.pairs.get(Verdict.UNKNOWN):
        yield _sign(Mark.UNKNOWN, ink)


def _sign(mark: Mark, ink: Ink) -> str:
    sign, ascii_sign, _ = mark.value
    return sign if ink.unicode else ascii_sign


# -- the grid


def _grid(table: _Table, ink: Ink) -> Iterator[str]:
    """Yield the table in bands of as many columns as fit."""
    names = clipped_apart(table.names, _WIDEST_NAME)
    margin = max(shown_width(names[one]) for one in table.sources)
    widths = {one: _column_width(table, one, names) for one in table.destinations}
    for number, band in enumerate(_bands(table.destinations, widths, ink.width - margin)):
        if number:
            yield ""
        heads = [padded(names[one], widths[one]) for one in band]
        yield _GAP.join([" " * margin, *heads])
        for source in table.sources:
            cells = [
                _inked(table.cells.get((source, one), _LONE), widths[one], ink) for one in band
            ]
            yield _GAP.join([padded(names[source], margin), *cells])


def _column_width(table: _Table, destination: str, names: Mapping[str, str]) -> int:
    cells = (table.cells.get((source, destination)) for source in table.sources)
    widest = max(shown_width(cell.text) for cell in cells if cell)
    return max(min(widest, _WIDEST_CELL * 2), shown_width(names[destination]))


def _bands(
    columns: Sequence[str], widths: Mapping[str, int], room: int
) -> Iterator[tuple[str, ...]]:
    band: list[str] = []
    used = 0
    for one in columns:
        needed = widths[one] + len(_GAP)
        if band and used + needed > room:
            yield tuple(band)
            band, used = [], 0
        band.append(one)
        used += needed
    yield tuple(band)


def _inked(cell: _Cell, width: int, ink: Ink) -> str:
    return ink.tinted(cell.text, cell.tone) + " " * (width - shown_width(cell.text))


# -- what it all means


def _legend(table: _Table, ink: Ink) -> Iterator[str]:
    """Yield what the marks mean, of those that occur."""
    cells = table.cells.values()
    marks = frozenset[str]().union(*(cell.marks for cell in cells))
    if len(table.sources) * len(table.destinations) > len(cells):
        marks |= {_NO_PAIR}
    known = (
        (_NONE, "no service"),
        (_NO_PAIR, "no pair: an interface alone"),
        (_SOME, "not from all to all of them"),
        (_sign(Mark.PARTLY, ink), "partial: not all client ports, addresses or services"),
        (_sign(Mark.UNKNOWN, ink), "unknown: the snapshot or the model lacks something"),
        (_MORE, "so many more services, which --format csv lists"),
    )
    rows = [(mark, meaning) for mark, meaning in known if mark in marks]
    for mark, meaning in rows:
        yield f"{mark.ljust(2)}  {meaning}"
    if rows:
        yield ""


def _counts(sheet: Sheet) -> str:
    statistics = sheet.statistics
    singly = f"{statistics.singly:,} asked one by one ({statistics.share_singly:.1%})"
    return f"{_number(statistics.pairs, 'pair')} of interfaces, {singly}"
