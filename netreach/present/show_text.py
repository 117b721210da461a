"""What `netreach show` says, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from netreach.model.calls import Call
from netreach.model.inventory import (
    Inventory,
    ProblemGroup,
    SubnetSummary,
    UnmodelledGroup,
    VpcSummary,
    age,
)
from netreach.present.page import (
    TEXT_LIMIT,
    Page,
    Table,
    aligned,
    lines,
    listed,
    more,
    table_lines,
    texts,
)
from netreach.present.show_parts import subnets_table
from netreach.query.words import safe

#: How many problems of one kind are printed; the rest is counted.
_PROBLEMS: Final = 10
_DIGEST: Final = 12
#: How much of one message is printed.
_MESSAGE: Final = 300

_FORMATS: Final = {"describe": "AWS describe output", "yaml": "netreach YAML"}
_DAY: Final = timedelta(days=1)
#: Smallest age that is said in a unit -> the unit.
_UNITS: Final = (
    (2 * _DAY, _DAY, "days"),
    (timedelta(hours=2), timedelta(hours=1), "hours"),
    (timedelta(minutes=2), timedelta(minutes=1), "minutes"),
)


def render_page(page: Page) -> str:
    """Return the page about one thing."""
    return "\n".join(lines(page))


def render_text(inventory: Inventory, now: datetime) -> str:
    """Return what a snapshot holds, as people read it."""
    sections = (
        _head(inventory, now),
        _counts(inventory),
        _vpcs(inventory.vpcs),
        _subnets(inventory.subnets),
        _problems(inventory.problems),
        _unmodelled(inventory.unmodelled),
        _missing(inventory.missing_calls),
    )
    written = ("\n".join(section) for section in sections)
    return "\n\n".join(section for section in written if section)


def age_in_words(taken: str, now: datetime) -> str:
    """Say how old a snapshot is, in the largest unit of which it is at least two old.

    >>> from datetime import UTC
    >>> age_in_words("2026-01-01", datetime(2026, 1, 4, tzinfo=UTC))
    '3 days old'
    """
    passed = age(taken, now)
    if passed is None:
        return "age unknown"
    if passed < timedelta(0):
        return "in the future"
    for least, unit, word in _UNITS:
        if passed >= least:
            return f"{passed // unit:,} {word} old"
    return "just now"


def _head(inventory: Inventory, now: datetime) -> Iterator[str]:
    """Yield what the snapshot is and how old it is."""
    parts = [_FORMATS.get(inventory.format, safe(inventory.format)) or "a snapshot"]
    if inventory.taken:
        taken = f"taken {safe(inventory.taken)} ({age_in_words(inventory.taken, now)})"
        parts.append(taken)
    else:
        parts.append("taken at an unknown time")
    if inventory.digest:
        parts.append(f"digest {safe(inventory.digest)[:_DIGEST]}")
    yield ", ".join(parts)


def _counts(inventory: Inventory) -> Iterator[str]:
    """Yield how many there are of each kind."""
    rows = [(f"{count:,}", kind) for kind, count in inventory.counts.items() if count]
    rows += [
        (f"{len(group.records):,}", f"{safe(group.kind)} (not modelled yet)")
        for group in inventory.unmodelled
    ]
    yield from aligned(rows or [("0", "resources")], numeric=(True, False))


def _vpcs(vpcs: Iterable[VpcSummary]) -> Iterator[str]:
    columns = ("id", "name", "region", "account", "cidrs", "subnets", "interfaces")
    rows = tuple(
        (
            one.record.id,
            one.record.name,
            one.record.region,
            one.record.owner,
            texts(one.record.prefixes),
            one.subnets,
            one.interfaces,
        )
        for one in vpcs
    )
    if rows:
        yield from table_lines(Table("vpcs", columns, rows))


def _subnets(subnets: tuple[SubnetSummary, ...]) -> Iterator[str]:
    if subnets:
        yield from table_lines(subnets_table(subnets, _free_note(subnets)))


def _free_note(subnets: Iterable[SubnetSummary]) -> str:
    """Say who counted the free addresses."""
    counted = {one.is_counted_by_aws for one in subnets if one.free is not None}
    if not counted:
        return ""
    if len(counted) == 2:
        return "free as AWS counted it, else usable less used"
    return "free as AWS counted it" if counted.pop() else "free is usable less used"


def _problems(groups: Iterable[ProblemGroup]) -> Iterator[str]:
    """Yield what is odd about the input, a few lines of each kind."""
    for group in groups:
        yield f"{safe(group.kind).replace('-', ' ')} ({len(group.problems):,})"
        yield from (f"  {_message(one.message)}" for one in group.problems[:_PROBLEMS])
        yield from more(len(group.problems) - _PROBLEMS)


def _message(text: str) -> str:
    return safe(text, _MESSAGE)


def _unmodelled(groups: tuple[UnmodelledGroup, ...]) -> Iterator[str]:
    """Yield what the snapshot holds and the model does not cover yet."""
    if groups:
        yield "not modelled yet: a path that would enter one of these is unknown"
        rows = [
            (
                f"{len(group.records):,}",
                safe(group.kind),
                safe(listed([_tail(one.id) for one in group.records], limit=3), _MESSAGE),
            )
            for group in groups[:TEXT_LIMIT]
        ]
        yield from aligned(rows, numeric=(True, False, False))
        yield from more(len(groups) - TEXT_LIMIT)


def _tail(number: str) -> str:
    """Return an ARN without its head, by which it is found as well; other ids as they are."""
    return number.split(":", 5)[-1] if number.startswith("arn:") else number


def _missing(calls: Iterable[Call]) -> Iterator[str]:
    """Yield which describe calls are missing, and how to make them."""
    for row, call in enumerate(calls):
        if row == 0:
            yield "missing"
        yield f"  no {call.what}: {call.effect}"
        yield from (f"    {command}" for command in call.commands)
