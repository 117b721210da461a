"""Answers about many pairs."""

from __future__ import annotations

from msgspec.structs import replace

from netreach.explain.codes import Code
from netreach.explain.records import (
    Component,
    ComponentType,
    Evidence,
    Explanation,
    Fix,
    Part,
    Report,
)
from netreach.query.verdict import Verdict
from tests.unit.present.failures import three_blockers
from tests.unit.present.parts import (
    ANY,
    DIGEST,
    NOTHING,
    SG_APP,
    TAKEN,
    asked,
    forward,
    tcp,
)
from tests.unit.present.reports import reachable


def five_hundred() -> Report:
    """Return an answer about 500 pairs, of which two fail at one group."""
    services = tcp(8080)
    way = reachable().parts[0]
    good = tuple(
        replace(way, source_address=f"10.0.1.{source}", destination_address=f"10.0.2.{target}")
        for source in range(10, 35)
        for target in range(20, 40)
        if not (source in {10, 11} and target == 39)
    )
    bad = tuple(
        Part(
            source,
            "10.0.2.39",
            Verdict.UNREACHABLE,
            NOTHING,
            NOTHING,
            (),
            forward=forward(
                (source, "10.0.2.39", "tcp 8080"), last=f"no rule allows tcp 8080 from {source}"
            ),
        )
        for source in ("10.0.1.10", "10.0.1.11")
    )
    explanations = tuple(
        Explanation(
            Code.ENI_SG_RULES_MISMATCH,
            "forward",
            SG_APP,
            f"No group of eni-0b2b2b2b2b2b2b2b2 allows tcp 8080 from {part.source_address}.",
            "ingress",
            Evidence("sg-0b2b2b2b2b2b2b2b2 allows tcp 8080 from 10.0.1.12/30", {}),
            Fix(
                f"allow tcp 8080 from {part.source_address}/32 in sg-0b2b2b2b2b2b2b2b2 (app)",
                "add-group-rule",
            ),
            part.source_address,
            part.destination_address,
        )
        for part in bad
    )
    return Report(
        Verdict.PARTIAL,
        asked("tag:role=web", "tag:role=app", "tcp", "8080"),
        Component("tag:role=web", ComponentType.SET),
        Component("tag:role=app", ComponentType.SET),
        services,
        services,
        ANY,
        (*good, *bad),
        explanations=explanations,
        taken=TAKEN,
        digest=DIGEST,
    )


def all_of_a_set() -> Report:
    report = five_hundred()
    good = tuple(part for part in report.parts if part.verdict is Verdict.REACHABLE)
    return replace(report, verdict=Verdict.REACHABLE, parts=good, explanations=())


def two_sources(first: str, second: str) -> Report:
    """Return an answer in which two addresses of the source fail at one group."""
    bad = five_hundred().parts[-1]
    (blocker, _) = five_hundred().explanations
    parts, explanations = [], []
    for source in (first, second):
        hops = tuple(replace(hop, source=source) for hop in bad.forward)
        parts.append(replace(bad, source_address=source, forward=hops))
        message = f"No group allows tcp 8080 from {source}."
        explanations.append(replace(blocker, source=source, message=message, fix=None))
    return replace(three_blockers(), parts=tuple(parts), explanations=tuple(explanations))
