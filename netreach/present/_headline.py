"""The first line of an answer: a whole sentence that says the verdict and what limits it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from netreach.errors import UsageError
from netreach.explain.records import Component, ComponentType, Part, Report
from netreach.packets.services import NAMES, ServiceSet
from netreach.present._ink import Ink, shortened
from netreach.query.options import parse_question
from netreach.query.verdict import Question, Verdict
from netreach.query.words import brief, safe

#: More phrases than this do not fit into a sentence.
_MOST_SERVICES: Final = 6
_NAME_WIDTH: Final = 60


def headline(report: Report) -> str:
    """Say the answer in one sentence."""
    if report.legs:
        return f"{report.verdict}: {_over_legs(report)}"
    say = {
        Verdict.REACHABLE: _reachable,
        Verdict.PARTIAL: _partial,
        Verdict.UNREACHABLE: _unreachable,
        Verdict.UNKNOWN: _unknown,
    }[report.verdict]
    return f"{report.verdict}: {say(report)}"


def _over_legs(report: Report) -> str:
    """Say what connections one after another come to, and which of them limits it."""
    source, destination = _ends(report)
    via = ", ".join(name_of(leg.destination) for leg in report.legs[:-1])
    number = [leg.verdict for leg in report.legs].index(report.verdict) + 1
    which = f"leg {number} of {len(report.legs)}"
    said = f"{source} reaches {destination} on {_asked(report)} via {via}"
    if report.verdict is Verdict.REACHABLE:
        return f"{source} reaches {destination} on {some_services(report.services)} via {via}"
    if report.verdict is Verdict.PARTIAL:
        return f"{said}, but {which} does not always work"
    if report.verdict is Verdict.UNKNOWN:
        return f"the snapshot does not say whether {said}: it depends on {which}"
    return f"{said.replace(' reaches ', ' cannot reach ', 1)}: {which} fails"


def name_of(component: Component) -> str:
    """Return what people call a component."""
    if component.type is ComponentType.INTERNET and component.id in ("internet", ""):
        return "the internet"
    return safe(component.name or brief(component.id), _NAME_WIDTH)


def name_and_id(component: Component) -> str:
    """Return ``web-1 (i-0123)``, or the one of the two that there is."""
    name = name_of(component)
    if not component.id or component.name in ("", component.id):
        return name
    return f"{name} ({safe(brief(component.id), _NAME_WIDTH)})"


def pair_of(source: str, destination: str, ink: Ink) -> str:
    """Return ``10.0.1.10 → 10.0.2.20``; of an end that is many prefixes, the first ones."""
    ends = (shortened(safe(end, 2000).split(", "), 3) for end in (source, destination))
    return f" {ink.arrow} ".join(ends)


def count_of(number: int, noun: str) -> str:
    """Return ``1 pair`` or ``1,200 pairs``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def pair_noun(parts: Sequence[Part]) -> str:
    """Say what the parts are: address pairs, or the branches of one pair's path."""
    return "address pair" if len(_pairs(parts)) > 1 else "path"


def pair_count(parts: Sequence[Part], noun: str) -> int:
    """Count what `pair_noun` called them."""
    return len(parts) if noun == "path" else len(_pairs(parts))


def _pairs(parts: Sequence[Part]) -> set[tuple[str, str]]:
    return {(part.source_address, part.destination_address) for part in parts}


def asked_question(report: Report) -> Question:
    """Return the question; an open one where the words of the query say nothing."""
    query = report.query
    clients = query.get("client_ports") or "any"
    try:
        return parse_question(query.get("protocol") or None, query.get("port") or None, clients)
    except UsageError:
        return parse_question(None, None)


def _ends(report: Report) -> tuple[str, str]:
    source, destination = _two_names(report)
    if report.through is None:
        return source, destination
    return source, f"{destination} through {name_of(report.through)}"


def _two_names(report: Report) -> tuple[str, str]:
    source, destination = name_of(report.source), name_of(report.destination)
    if source != destination:
        return source, destination
    if report.source == report.destination:
        return source, "itself"
    return name_and_id(report.source), name_and_id(report.destination)


def _asked(report: Report) -> str:
    """Say what was asked, as it was asked."""
    question = asked_question(report)
    if question.is_open:
        return "any service"
    numbers = question.services.protocols()
    if len(numbers) == 1 and question.services == ServiceSet.protocol(numbers[0]):
        name = NAMES.get(numbers[0])
        return f"any {name} port" if name in ("tcp", "udp") else str(question.services)
    return some_services(question.services)


def some_services(services: ServiceSet) -> str:
    """Return the phrases of a set, or its first ones and a count."""
    if services == ServiceSet.everything():
        return "every service"
    return shortened(services.words(), _MOST_SERVICES)


def has_more_services(services: ServiceSet) -> bool:
    """Tell whether `some_services` leaves any out."""
    return len(services.words()) > _MOST_SERVICES + 1


def _reachable(report: Report) -> str:
    source, destination = _ends(report)
    sentence = f"{source} reaches {destination} on {some_services(report.services)}"
    return sentence + _of_all("all", report.parts)


def _unreachable(report: Report) -> str:
    source, destination = _ends(report)
    if report.forward_services:
        arrived = some_services(report.forward_services)
        sentence = f"{source} gets to {destination} on {arrived}, but no reply gets back"
    else:
        sentence = f"{source} cannot reach {destination} on {_asked(report)}"
    return sentence + _of_all("none of", report.parts)


def _of_all(quantity: str, parts: Sequence[Part]) -> str:
    if len(parts) < 2:
        return ""
    noun = pair_noun(parts)
    number = pair_count(parts, noun)
    quantity = "both" if (quantity, number) == ("all", 2) else f"{quantity} {number:,}"
    return f" ({quantity} {noun}s)"


def _unknown(report: Report) -> str:
    source, destination = _ends(report)
    question = f"whether {source} reaches {destination} on {_asked(report)}"
    names = list(dict.fromkeys(name_and_id(it.component) for it in report.missing))
    depends = f": it depends on {shortened(names, 2)}" if names else ""
    return f"the snapshot does not say {question}{depends}"


def _partial(report: Report) -> str:
    source, destination = _ends(report)
    limits = [*_limits(report)] or ["not always"]
    but = " and ".join(", ".join(limits).rsplit(", ", 1)) if len(limits) > 1 else limits[0]
    return f"{source} reaches {destination} on {some_services(report.services)}, but {but}"


def _limits(report: Report) -> Iterator[str]:
    """Yield what an answer is limited to: services, client ports, address pairs."""
    question = asked_question(report)
    lost = question.services - report.services
    if lost and not question.is_open:
        yield f"not on {some_services(ServiceSet.of(lost.intervals))}"
    if report.client_ports and not has_all_client_ports(report.client_ports, question):
        yield f"only for client ports {shortened(report.client_ports, _MOST_SERVICES)}"
    elif _differ(report.parts):
        yield "not all of them from every client port"
    working = [it for it in report.parts if it.verdict in (Verdict.REACHABLE, Verdict.PARTIAL)]
    if len(working) < len(report.parts):
        noun = pair_noun(report.parts)
        total = count_of(pair_count(report.parts, noun), noun)
        yield f"only for {pair_count(working, noun):,} of {total}"


def _differ(parts: Sequence[Part]) -> bool:
    """Tell whether services of one path work from other client ports than others do."""
    ports: dict[tuple[object, ...], set[tuple[str, ...]]] = {}
    for part in parts:
        path = (part.source_address, part.destination_address, id(part.forward))
        if part.forward and part.client_ports:
            ports.setdefault(path, set()).add(part.client_ports)
    return any(len(found) > 1 for found in ports.values())


def has_all_client_ports(client_ports: tuple[str, ...], question: Question) -> bool:
    """Tell whether replies to every client port that was asked for get back."""
    low, high = question.client_ports
    return client_ports == (f"{low}-{high}",)
