"""Blockers as text: a numbered list of codes, messages, nearest rules and fixes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from netreach.explain.records import Explanation, Report
from netreach.present._headline import count_of, name_and_id, pair_of
from netreach.present._ink import Ink, Mark, Tone

_MARGIN: Final = "     "
#: In a crowd of pairs, more blockers than this are counted, not told.
_MOST: Final = 8
#: Fixes that are told of one reason, after the first.
_MOST_FIXES: Final = 3


class Reason(Struct, frozen=True):
    """A blocker, told once for all the address pairs that it stops alike."""

    number: int
    blockers: tuple[Explanation, ...]


def reasons_of(report: Report, *, is_crowd: bool) -> tuple[Reason, ...]:
    """Group the blockers that say the same, of several pairs or of both legs.

    In a crowd of pairs the addresses in a message differ from pair to pair, so there the
    component, its direction and the code alone tell whether two blockers are the same.
    """
    groups: dict[object, list[Explanation]] = {}
    seen: Counter[object] = Counter()
    for blocker in report.explanations:
        key = _place(blocker) if is_crowd else _claim(blocker)
        # two blockers of one pair's leg are never the same, however alike they look
        walked = (key, blocker.leg, blocker.source, blocker.destination)
        groups.setdefault((key, seen[walked]), []).append(blocker)
        seen[walked] += 1
    return tuple(Reason(n, tuple(group)) for n, group in enumerate(groups.values(), start=1))


def _place(blocker: Explanation) -> tuple[str, ...]:
    return blocker.code, blocker.leg, blocker.component.id, blocker.direction


def _claim(blocker: Explanation) -> tuple[str, ...]:
    """Return what a blocker says, with its own pair's addresses left out."""
    nearest = blocker.nearest.text if blocker.nearest else ""
    said = [blocker.message, nearest, _fix(blocker)]
    ends = [re.escape(end) for end in (blocker.source, blocker.destination) if end]
    if ends:
        own = re.compile(rf"(?<![\w.:])(?:{'|'.join(ends)})(?![\w:]|\.\d)")
        said = [own.sub("@", text) for text in said]
    return (blocker.code, blocker.component.id, blocker.direction, *said)


def _fix(blocker: Explanation) -> str:
    return blocker.fix.text if blocker.fix else ""


def reason_lines(
    report: Report, reasons: Sequence[Reason], ink: Ink, *, is_crowd: bool
) -> Iterator[str]:
    """Yield the list of reasons, what is missing and the warnings, each under its heading."""
    if reasons:
        yield from ("", ink.tinted("Why", Tone.STRONG))
        told = reasons[:_MOST] if is_crowd else reasons
        for reason in told:
            yield from _reason(reason, ink, names_pair=len(report.parts) > 1)
        if len(told) < len(reasons):
            more = count_of(len(reasons) - len(told), "more blocker")
            yield f"  and {more}; --format json lists all"
        yield f"  {_see_also(reasons)}"
    yield from _missing(report, ink)
    yield from _warnings(report, ink)


def _reason(reason: Reason, ink: Ink, *, names_pair: bool) -> Iterator[str]:
    blocker = reason.blockers[0]
    legs = " and ".join(dict.fromkeys(it.leg for it in reason.blockers))
    where = ", ".join(filter(None, (legs, blocker.direction)))
    code = ink.tinted(blocker.code, Tone.BAD)
    yield f"  {reason.number}. {code}  {name_and_id(blocker.component)}  {where}"
    if names_pair and blocker.source:
        yield from ink.filled(_pairs(reason, ink), _MARGIN)
    yield from ink.filled(_message(blocker), _MARGIN)
    if blocker.nearest is not None and blocker.nearest.text not in blocker.message:
        yield from ink.filled(blocker.nearest.text, f"{_MARGIN}nearest  ")
    yield from _fixes(reason, ink)
    yield ""


def _fixes(reason: Reason, ink: Ink) -> Iterator[str]:
    """Yield the fix with its command, and what else to do for the pairs that it does not mend."""
    fixes = {it.fix.text: it.fix for it in reason.blockers if it.fix is not None}
    if not fixes:
        return
    first, *others = fixes.values()
    yield from ink.filled(first.text, f"{_MARGIN}fix      ")
    if first.command:
        yield from ink.command(first.command, f"{_MARGIN}         ")
    for fix in others[:_MOST_FIXES]:
        yield from ink.filled(fix.text, f"{_MARGIN}and      ")
    if len(others) > _MOST_FIXES:
        more = f"{len(others) - _MOST_FIXES:,} more; --format json lists all"
        yield f"{_MARGIN}and      {more}"


def _message(blocker: Explanation) -> str:
    """Return the message without the component's name at its head: the line above has it."""
    component = blocker.component
    for label in (f"{component.id} ({component.name}): ", f"{component.id}: "):
        if blocker.message.startswith(label):
            return blocker.message.removeprefix(label)
    return blocker.message


def _pairs(reason: Reason, ink: Ink) -> str:
    blocker = reason.blockers[0]
    pair = pair_of(blocker.source, blocker.destination, ink)
    others = len({frozenset((it.source, it.destination)) for it in reason.blockers}) - 1
    if not others:
        return pair
    return f"{pair}; {count_of(others, 'more pair')} {'fails' if others == 1 else 'fail'} alike"


def _see_also(reasons: Sequence[Reason]) -> str:
    codes = {reason.blockers[0].code for reason in reasons}
    code = codes.pop() if len(codes) == 1 else "CODE"
    return f"`netreach explain {code}` says more."


def _missing(report: Report, ink: Ink) -> Iterator[str]:
    if report.missing:
        yield from ("", ink.tinted("Missing", Tone.STRONG))
    for missing in report.missing:
        label = name_and_id(missing.component)
        yield from _marked(f"{label}: {missing.why} ({missing.code})", Mark.UNKNOWN, ink)


def _warnings(report: Report, ink: Ink) -> Iterator[str]:
    if report.warnings:
        yield from ("", ink.tinted("Warnings", Tone.STRONG))
    for warning in report.warnings:
        yield from _marked(warning, Mark.PARTLY, ink)


def _marked(text: str, mark: Mark, ink: Ink) -> list[str]:
    return ink.filled(text, f"  {ink.mark(mark)} ", " " * (ink.mark_width + 3))
