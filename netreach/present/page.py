"""A page about one thing: facts and tables, written as text or as plain JSON values.

What is on a page is decided once and is the same in both forms. The text is made for people: safe
in one line, aligned, long tables cut. JSON keeps every value as it came, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from netreach.query.words import safe

Value = str | int | bool | tuple[str, ...] | dict[str, str] | None
Json = dict[str, object]

#: How many rows of a table are printed; the rest is counted.
TEXT_LIMIT: Final = 60
#: How much of a list is printed in one cell.
_LIST_LIMIT: Final = 4
#: How much is printed in one cell: ids, which may be ARNs, are whole; what people write is cut.
_CELL_LIMIT: Final = 160
_PROSE_LIMIT: Final = 40
_PROSE: Final = frozenset({"name", "description", "group_name", "list_name", "instance_name"})
_INDENT: Final = "  "
_EMPTY: Final[tuple[Value, ...]] = ("", (), {})

#: Words of keys that are not written in lower case.
_SPELLINGS: Final = {
    word.lower(): word
    for word in (
        *("VPC", "VPCs", "VPN", "CIDR", "CIDRs", "ACL", "ID", "IP", "IPv6", "NAT", "DNS", "AWS"),
        *("ASN", "BGP", "ECMP"),
    )
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known about the subject."""

    key: str
    value: Value
    #: What text says instead of the value; None: nothing, something else says it already.
    shown: str | None = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Many things of one kind; `note` says in text what the rows are."""

    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that there is to say about one thing, or about a set of them."""

    kind: str
    #: Its id, or the selector.
    id: str
    name: str = ""
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    #: Whole sentences: doubts, what is assumed, what is not modelled.
    notes: tuple[str, ...] = ()


# -- JSON


def plain(page: Page) -> Json:
    """Return a page as JSON values; keys are a contract."""
    return {
        "kind": page.kind,
        "id": page.id,
        "name": page.name,
        **{fact.key: _plain(fact.value) for fact in page.facts},
        **{table.key: plain_rows(table) for table in page.tables},
        "notes": list(page.notes),
    }


def plain_rows(table: Table) -> list[Json]:
    """Return the rows of a table as JSON objects."""
    return [
        {column: _plain(value) for column, value in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


# -- text


def lines(page: Page) -> Iterator[str]:
    """Yield the lines of a page; facts without a value and empty tables are left out."""
    name = f"  {safe(page.name)}" if page.name else ""
    yield f"{safe(page.kind)}  {safe(page.id)}{name}"
    known = [(label(fact.key), _shown(fact)) for fact in page.facts if _is_shown(fact)]
    yield from aligned(known)
    for table in page.tables:
        if table.rows:
            yield ""
            yield from table_lines(table)
    if page.notes:
        yield ""
        yield from (f"note: {safe(note, 400)}" for note in page.notes)


def table_lines(table: Table) -> Iterator[str]:
    """Yield a table with its heading, cut at `TEXT_LIMIT` rows."""
    note = f", {table.note}" if table.note else ""
    yield f"{label(table.key)} ({len(table.rows):,}{note})"
    kept = table.rows[:TEXT_LIMIT]
    head = tuple(label(column).upper() for column in table.columns)
    is_number = [_is_numeric([row[place] for row in kept]) for place in range(len(head))]
    rows = [tuple(map(_cell, table.columns, row)) for row in kept]
    yield from aligned([head, *rows], numeric=is_number)
    yield from more(len(table.rows) - len(kept))


def _is_numeric(column: Sequence[Value]) -> bool:
    """Tell whether a column holds numbers, and at most gaps between them."""
    known = {type(value) for value in column if value is not None}
    return known == {int}


def more(count: int) -> Iterator[str]:
    """Yield how many rows were left out, if any were."""
    if count > 0:
        yield f"{_INDENT}... and {count:,} more"


def aligned(rows: Sequence[Sequence[str]], numeric: Sequence[bool] = ()) -> Iterator[str]:
    """Yield rows with aligned columns, the numeric ones to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = numeric or [False] * len(widths)
    for row in rows:
        cells = (
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        )
        yield (_INDENT + _INDENT.join(cells)).rstrip()


def label(key: str) -> str:
    """Return a key, or a type word, as people read it.

    >>> label("vpc_cidrs"), label("network-acl")
    ('VPC CIDRs', 'network ACL')
    """
    return " ".join(_SPELLINGS.get(word, word) for word in re.split("[-_]", key))


def words(value: Value) -> str:
    """Return a value as people read it; a dash for none."""
    if value is None or value in _EMPTY:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return listed([f"{key}={text}" for key, text in value.items()])
    return value if isinstance(value, str) else listed(value)


def listed(values: Sequence[str], limit: int = _LIST_LIMIT) -> str:
    """Return the first values of a list and how many more there are."""
    rest = len(values) - limit
    return ", ".join(values[:limit]) + (f" and {rest:,} more" if rest > 0 else "")


def texts(values: Iterable[object]) -> tuple[str, ...]:
    """Return the text forms of addresses, prefixes and their kin."""
    return tuple(map(str, values))


def _cell(column: str, value: Value) -> str:
    return safe(words(value), _PROSE_LIMIT if column in _PROSE else _CELL_LIMIT)


def _is_shown(fact: Fact) -> bool:
    return fact.shown is not None and fact.value is not None and fact.value not in _EMPTY


def _shown(fact: Fact) -> str:
    return safe(fact.shown or words(fact.value))
