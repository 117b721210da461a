"""Paths as text: every component that was crossed, a line each, with the rule that decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from netreach.explain.codes import Code
from netreach.explain.records import Action, ComponentType, Explanation, Hop, Part, Report
from netreach.present._headline import (
    asked_question,
    count_of,
    has_all_client_ports,
    name_of,
    pair_of,
)
from netreach.present._hops import citations, host_names, mark_of, stops
from netreach.present._ink import Ink, Mark, Tone, clipped, padded, shortened, shown_width
from netreach.present._rounds import rounds
from netreach.query.verdict import Verdict
from netreach.query.words import brief, safe

_MARGIN: Final = "    "
_WIDEST_NAME: Final = 24
_WIDEST_ID: Final = 40
#: Services named at one hop.
_MOST_SERVICES: Final = 4
#: What a hop did, where no rule or route says it better.
_ACTIONS: Final = {
    Action.SEND: "sends it",
    Action.ALLOW: "lets it through",
    Action.DENY: "denies it",
    Action.ROUTE: "routes it",
    Action.TRANSLATE: "translates it",
    Action.FORWARD: "passes it on",
    Action.DELIVER: "receives it",
    Action.DROP: "drops it",
    Action.UNKNOWN: "nobody can tell from the snapshot",
}
#: What an instance did by its interface.
_ENDS: Final = {Action.SEND: "sends from", Action.DELIVER: "receives on"}


class Row(NamedTuple):
    """One line of a path."""

    mark: Mark
    name: str
    id: str
    direction: str
    words: str


class _Columns(NamedTuple):
    """How wide the columns of a part are, both legs alike."""

    name: int
    id: int
    direction: int


class PathText(Struct, frozen=True):
    """Writes the paths of one answer."""

    report: Report
    ink: Ink
    #: Show the way back even where nothing happens on it.
    verbose: bool
    #: Each blocker under the number that the list of reasons gives it.
    numbers: Sequence[tuple[int, Explanation]]

    def part(self, part: Part) -> Iterator[str]:
        """Yield the lines of one part: there, what the destination sees, and back."""
        if not part.forward and not part.returning:
            ends = pair_of(part.source_address, part.destination_address, self.ink)
            yield f"  {ends}  {_without_hops(part)}"
            return
        there = self._rows(part, part.forward, "forward")
        back = self._rows(part, part.returning, "return")
        columns = _columns([*there, *back])
        if there:
            yield self._heading("forward", part.forward[0])
            yield from self._table(there, columns)
        if part.seen_source:
            yield f"{_MARGIN}{' ' * self.ink.mark_width} {self._seen(part)}"
        yield from self._return(part, back, columns)

    def _return(self, part: Part, rows: list[Row], columns: _Columns) -> Iterator[str]:
        if not rows:
            return
        summary = "" if self.verbose else self._uneventful(part, rows)
        if summary:
            yield f"  return   {summary} ({count_of(len(part.returning), 'hop')})"
            return
        yield self._heading("return", part.returning[0])
        yield from self._table(rows, columns)

    def _uneventful(self, part: Part, rows: list[Row]) -> str:
        """Say in a few words that nothing happens to the replies, or "" where something does."""
        if any(row.mark is not Mark.PASSED for row in rows):
            return ""
        if part.verdict in (Verdict.UNREACHABLE, Verdict.UNKNOWN):
            return "nothing on the way back would stop a reply"
        if not part.client_ports:
            return "every reply gets back"
        if not has_all_client_ports(part.client_ports, asked_question(self.report)):
            return ""
        return f"every reply to client ports {part.client_ports[0]} gets back"

    def _seen(self, part: Part) -> str:
        destination = self.report.destination
        is_set = destination.type is ComponentType.SET
        name = safe(part.destination_address) if is_set else name_of(destination)
        if any(hop.component.type is ComponentType.LOAD_BALANCER for hop in part.forward[:-1]):
            target = part.forward[-1].component  # it answers for its balancer
            named = host_names(part, self.report).get(target.id, "")
            name = safe(named) or name_of(target)
        seen = shortened(safe(part.seen_source, 2000).split(", "), 3)
        return f"{name} sees it come from {'the internet' if seen == 'internet' else seen}"

    def _heading(self, leg: str, hop: Hop) -> str:
        ends = pair_of(hop.source, hop.destination, self.ink)
        services = shortened(safe(hop.service, 2000).split(", "), _MOST_SERVICES)
        return f"  {self.ink.tinted(f'{leg:<7}', Tone.STRONG)}  {ends}  {services}"

    def _rows(self, part: Part, hops: Sequence[Hop], leg: str) -> list[Row]:
        cited = citations(part, hops, leg, self.numbers)
        names = host_names(part, self.report)
        rows: list[Row] = []
        previous: Hop | None = None
        for position, hop, interface in stops(hops):
            numbers = cited.get(position, ())
            words = self._words(hop, interface, previous)
            component = hop.component
            name = component.name or names.get(component.id, "")
            rows.append(
                Row(
                    mark_of(hop, part, is_cited=bool(numbers)),
                    clipped("" if name == component.id else name, _WIDEST_NAME),
                    clipped(brief(component.id), _WIDEST_ID),
                    hop.direction,
                    "".join(f"[{number}] " for number in numbers) + words,
                )
            )
            previous = hop
        return rows

    def _words(self, hop: Hop, interface: Hop | None, previous: Hop | None) -> str:
        """Say what a component did and why, and what is new about the packet."""
        if interface is not None:
            return f"{_ENDS[hop.action]} {interface.component.id}"
        evidence = hop.because.text.removeprefix(f"{hop.component.id} ") if hop.because else ""
        news = _news(previous, hop, evidence) if previous else []
        return "; ".join(filter(None, (evidence, *news))) or self._without_evidence(hop)

    def _without_evidence(self, hop: Hop) -> str:
        for missing in self.report.missing:
            if missing.component.id == hop.component.id and hop.action is Action.UNKNOWN:
                return missing.why
        return _ACTIONS[hop.action]

    def _table(self, rows: Sequence[Row], columns: _Columns) -> Iterator[str]:
        """Yield a line or more for each row; a circle is written once, and that it goes on."""
        once, more = rounds([row.id for row in rows])
        if more and any(told.code is Code.ROUTING_LOOP for _, told in self.numbers):
            yield from self._lines(rows[:once], columns)
            yield f"{_MARGIN}  ... and round again, {count_of(more, 'time')}"
            rows = rows[-1:]
        yield from self._lines(rows, columns)

    def _lines(self, rows: Sequence[Row], columns: _Columns) -> Iterator[str]:
        for row in rows:
            cells = [
                padded(text, width)
                for text, width in zip((row.name, row.id, row.direction), columns, strict=True)
                if width
            ]
            sign = self.ink.mark(row.mark)
            head = f"{_MARGIN}{sign} {'  '.join(cells)}  "
            margin = " " * (shown_width(head) - shown_width(sign) + self.ink.mark_width)
            yield from self.ink.filled(row.words, head, margin)


def _news(before: Hop, after: Hop, evidence: str) -> list[str]:
    """Say what a component changed, unless the evidence has said it already."""
    ends = (
        ("source", before.source, after.source),
        ("destination", before.destination, after.destination),
    )
    news = [f"{end} becomes {new}" for end, old, new in ends if old != new and new not in evidence]
    if after.service != before.service and after.service not in evidence:
        services = shortened(after.service.split(", "), _MOST_SERVICES)
        news.append(f"service becomes {services}" if news else f"in all: {services}")
    return news


def _columns(rows: Sequence[Row]) -> _Columns:
    cells = [(row.name, row.id, row.direction) for row in rows]
    return _Columns(*(max(map(shown_width, column)) for column in zip(*cells, strict=True)))


def _without_hops(part: Part) -> str:
    if part.verdict is Verdict.REACHABLE:
        return "crosses nothing: no component lies between the two"
    return f"{part.verdict} before the first hop"
