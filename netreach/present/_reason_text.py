"""Blockers as text: a numbered list of codes, messages, nearest rules and fixes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from netreach.explain.records import Explanation, Report
from netreach.present._headline import count_of, name_and_id
from netreach.present._ink import Ink, Mark, Tone
from netreach.query.words import safe

_MARGIN: Final = "     "
#: In a crowd of pairs, more blockers than this are counted, not told.
_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Reason:
    """A blocker, told once for all the address pairs that it stops alike."""

    number: int
    blockers: tuple[Explanation, ...]


def reasons_of(report: Report, *, is_crowd: bool) -> tuple[Reason, ...]:
    """Group the blockers that say the same of several pairs.

    In a crowd of pairs the addresses in a message differ from pair to pair, so there the
    component, its direction and the code alone tell whether two blockers are the same.
    """
    groups: dict[tuple[object, ...], list[Explanation]] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    for blocker in report.explanations:
        key = _key(blocker) if is_crowd else (*_key(blocker), blocker.message, _fix(blocker))
        pair = (blocker.source, blocker.destination)
        # two blockers of one pair are never the same, however alike they look
        groups.setdefault((key, seen[key, pair]), []).append(blocker)
        seen[key, pair] += 1
    return tuple(Reason(n, tuple(group)) for n, group in enumerate(groups.values(), start=1))


def _key(blocker: Explanation) -> tuple[object, ...]:
    return blocker.code, blocker.leg, blocker.component.id, blocker.direction


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
    where = ", ".join(filter(None, (blocker.leg, blocker.direction)))
    code = ink.tinted(blocker.code, Tone.BAD)
    yield f"  {reason.number}. {code}  {name_and_id(blocker.component)}  {where}"
    if names_pair and blocker.source:
        yield _MARGIN + _pairs(reason, ink)
    yield from ink.filled(blocker.message, _MARGIN)
    if blocker.nearest is not None:
        yield from ink.filled(blocker.nearest.text, f"{_MARGIN}nearest  ")
    if blocker.fix is not None:
        yield from ink.filled(blocker.fix.text, f"{_MARGIN}fix      ")
        if blocker.fix.command:
            yield from ink.command(blocker.fix.command, f"{_MARGIN}         ")
    yield ""


def _pairs(reason: Reason, ink: Ink) -> str:
    blocker = reason.blockers[0]
    pair = f"{safe(blocker.source)} {ink.arrow} {safe(blocker.destination)}"
    others = len(reason.blockers) - 1
    if not others:
        return pair
    words = f"{pair}; {count_of(others, 'more pair')} {'fails' if others == 1 else 'fail'} alike"
    is_one_fix = len({_fix(it) for it in reason.blockers}) == 1
    return words if is_one_fix else f"{words}, each with a fix of its own (--format json)"


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
