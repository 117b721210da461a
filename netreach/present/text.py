"""A path's answer as text: verdict, path and reason, to be read in ten seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from netreach.explain.records import Part, Report
from netreach.present._headline import (
    asked_question,
    count_of,
    has_all_client_ports,
    has_more_services,
    headline,
    pair_noun,
    pair_of,
    some_services,
)
from netreach.present._hops import FEW, alike, ends_of, examples, same_ways
from netreach.present._ink import Ink, Mark, Tone, padded, shortened
from netreach.present._path_text import PathText
from netreach.present._reason_text import reason_lines, reasons_of
from netreach.query.verdict import Verdict
from netreach.query.words import brief, safe

#: Addresses or pairs named of one group.
_EXAMPLES: Final = 3
#: Groups of pairs that get a line each.
_MOST_GROUPS: Final = 8
#: Phrases of a long set of services that are printed below the headline.
_MOST_SERVICES: Final = 40

_TONES: Final = {
    Verdict.REACHABLE: Tone.GOOD,
    Verdict.PARTIAL: Tone.DOUBT,
    Verdict.UNREACHABLE: Tone.BAD,
    Verdict.UNKNOWN: Tone.DOUBT,
}


def render_text(
    report: Report,
    *,
    width: int = 100,
    color: bool = False,
    unicode: bool = True,
    verbose: bool = False,
) -> str:
    """Write an answer for people: a sentence, the paths, the reasons; colour says nothing alone.

    `verbose` shows every part's path and the ways back on which nothing happens. Without
    `unicode` the text is ASCII.
    """
    ink = Ink(width, color, unicode)
    return ink.finished(_lines(report, ink, verbose=verbose))


def _lines(report: Report, ink: Ink, *, verbose: bool) -> Iterator[str]:
    yield from (
        _legs(report, ink, verbose=verbose) if report.legs else _one(report, ink, verbose=verbose)
    )
    if report.taken:
        yield from ("", ink.tinted(f"snapshot taken {safe(report.taken)}", Tone.FAINT))


def _legs(report: Report, ink: Ink, *, verbose: bool) -> Iterator[str]:
    """Yield connections one after another, each as an answer of its own."""
    yield from _headline(report, ink)
    for number, leg in enumerate(report.legs, start=1):
        yield from ("", ink.tinted(f"Leg {number} of {len(report.legs)}", Tone.STRONG))
        yield from _one(leg, ink, verbose=verbose)


def _one(report: Report, ink: Ink, *, verbose: bool) -> Iterator[str]:
    is_crowd = len(report.parts) > FEW and not verbose
    reasons = reasons_of(report, is_crowd=is_crowd)
    numbers = [(reason.number, it) for reason in reasons for it in reason.blockers]
    paths = PathText(report, ink, verbose, numbers)
    yield from _headline(report, ink)
    yield from _services(report, ink)
    yield from _crowd(report, paths) if is_crowd else _few(report, paths, verbose=verbose)
    yield from reason_lines(report, reasons, ink, is_crowd=is_crowd)


def _headline(report: Report, ink: Ink) -> Iterator[str]:
    first, *rest = ink.filled(headline(report), "", "  ")
    verdict = str(report.verdict)
    yield ink.tinted(verdict, _TONES[report.verdict]) + first.removeprefix(verdict)
    yield from rest


def _services(report: Report, ink: Ink) -> Iterator[str]:
    """Yield the services that the headline had to leave out."""
    if has_more_services(report.services):
        words = report.services.words()
        more = len(words) - _MOST_SERVICES
        rest = [f"and {more:,} more (--format json lists all)"] if more > 0 else []
        yield ""
        yield from ink.listed([*words[:_MOST_SERVICES], *rest], "  services  ")


def _few(report: Report, paths: PathText, *, verbose: bool) -> Iterator[str]:
    groups = [[part] for part in report.parts] if verbose else same_ways(report.parts)
    for group in groups:
        yield ""
        if len(report.parts) > 1:
            first, *others = (_part_heading(report, part, paths.ink) for part in group)
            yield from (first, *(f"{other}, the same way" for other in others))
        yield from paths.part(group[0])


def _part_heading(report: Report, part: Part, ink: Ink) -> str:
    ends = pair_of(part.source_address, part.destination_address, ink)
    via = f" via {', '.join(safe(brief(one)) for one in part.via)}" if part.via else ""
    has_twin = sum(ends_of(one) == ends_of(part) for one in report.parts) > 1
    limits = _limits(report, part) if has_twin else ""
    return f"{ink.mark(Mark.of(part.verdict))} {ends}{via}: {part.verdict}{limits}"


def _crowd(report: Report, paths: PathText) -> Iterator[str]:
    """Yield a line for the pairs that fare alike, and one path as an example."""
    groups = alike(report.parts)
    noun = pair_noun(report.parts).removeprefix("address ")
    widest = len(count_of(max(map(len, groups)), noun))
    yield ""
    for group in groups[:_MOST_GROUPS]:
        yield from _group(report, group, count_of(len(group), noun).rjust(widest), paths.ink)
    if len(groups) > _MOST_GROUPS:
        others = count_of(sum(map(len, groups[_MOST_GROUPS:])), f"more {noun}")
        yield f"    and {others}, with other services; --format json lists all"
    example = examples(report.parts)[0]
    yield from ("", f"For example {_ends([example], paths.ink)}")
    yield from paths.part(example)


def _group(report: Report, group: Sequence[Part], count: str, ink: Ink) -> Iterator[str]:
    part = group[0]
    verdict = padded(part.verdict, len(Verdict.UNREACHABLE))
    head = f"  {ink.mark(Mark.of(part.verdict))} {count}  {verdict}  "
    margin = " " * (len(f"   {count}  {verdict}  ") + ink.mark_width)
    yield from ink.filled(_ends(group, ink) + _limits(report, part), head, margin)


def _limits(report: Report, part: Part) -> str:
    """Say how the parts of a group differ from the whole answer."""
    words = ""
    if part.services and part.services != report.services:
        words += f", on {some_services(part.services)}"
    if part.client_ports and not has_all_client_ports(part.client_ports, asked_question(report)):
        words += f", client ports {shortened(part.client_ports, _EXAMPLES)}"
    return words


def _ends(parts: Sequence[Part], ink: Ink) -> str:
    """Name the pairs: as sources x destinations where they are all of those, else some of them."""
    sources = list(dict.fromkeys(part.source_address for part in parts))
    destinations = list(dict.fromkeys(part.destination_address for part in parts))
    if len(sources) * len(destinations) == len(parts):
        return pair_of(", ".join(sources), ", ".join(destinations), ink)
    pairs = [pair_of(part.source_address, part.destination_address, ink) for part in parts]
    return shortened(pairs, _EXAMPLES - 1)
