"""A path's answer in the shape of EC2's `NetworkInsightsAnalysis`, as the AWS CLI prints it.

Scripts written for Reachability Analyzer read it. What AWS has no field for, the verdict among it,
stands in `StatusMessage`; `NetworkPathFound` is true for reachable and partial.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from netreach.explain.records import Part, Report
from netreach.model.snapshot import Snapshot
from netreach.present._headline import headline
from netreach.present._insights_components import Resources
from netreach.present._insights_explanations import Explanations
from netreach.present._insights_path import ways_of
from netreach.present._insights_shapes import (
    AlternatePathHint,
    Analyses,
    Analysis,
)
from netreach.query.verdict import Verdict

#: Which part is shown, where several are: AWS's answer has one path.
_SHOWN_FIRST: Final = (
    Verdict.REACHABLE,
    Verdict.PARTIAL,
    Verdict.UNKNOWN,
    Verdict.UNREACHABLE,
)
_FOUND: Final = (Verdict.REACHABLE, Verdict.PARTIAL)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?")


def render_insights(report: Report, snapshot: Snapshot) -> str:
    """Write an answer as `describe-network-insights-analyses` would; one analysis a leg."""
    resources = Resources(snapshot)
    legs = [_analysis(leg, resources) for leg in report.legs or (report,)]
    return json.dumps(msgspec.to_builtins(Analyses(legs)), indent=4) + "\n"


def _analysis(report: Report, resources: Resources) -> Analysis:
    shown = _shown(report.parts)
    ways = ways_of(shown, report, resources) if shown is not None else ()
    there, back = (way.components() for way in ways) if ways else ([], [])
    identifier = f"nia-{_digest(report.digest, report.query)}"
    through = report.through
    arn = resources.arn(str(through.type), through.id) if through is not None else ""
    return Analysis(
        network_insights_analysis_id=identifier,
        network_insights_analysis_arn=_arn(identifier, report, resources),
        network_insights_path_id=f"nip-{_digest('', report.query)}",
        filter_in_arns=[arn] if arn else None,
        start_date=report.taken if _INSTANT.fullmatch(report.taken) else None,
        status="succeeded",
        status_message=headline(report),
        warning_message="; ".join(report.warnings) or None,
        network_path_found=report.verdict in _FOUND,
        forward_path_components=there,
        return_path_components=back,
        explanations=Explanations(report, resources).all(),
        alternate_path_hints=_alternatives(report, shown, resources),
    )


def _shown(parts: Sequence[Part]) -> Part | None:
    return min(parts, key=lambda part: _SHOWN_FIRST.index(part.verdict), default=None)


def _digest(*said: object) -> str:
    """Return seventeen hexadecimal digits, as AWS's ids have them, of what makes it the same."""
    text = json.dumps(said, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:17]


def _arn(identifier: str, report: Report, resources: Resources) -> str | None:
    """Return the ARN that the analysis would have in the account and Region of the source."""
    for end in (report.source, report.destination):
        arn = resources.arn(str(end.type), end.id)
        home = arn.split(":")[:5]
        if arn and home[2] == "ec2":
            return ":".join([*home, f"network-insights-analysis/{identifier}"])
    return None


def _alternatives(
    report: Report, shown: Part | None, resources: Resources
) -> list[AlternatePathHint]:
    """Return the gateways of the other parts that work: AWS's answer shows one path alone."""
    others = [part for part in report.parts if part is not shown and part.verdict in _FOUND]
    told = set(shown.via) if shown else set()
    found = dict.fromkeys(one for part in others for one in part.via if one not in told)
    return [AlternatePathHint(one, _known_arn(one, resources)) for one in found]


def _known_arn(identifier: str, resources: Resources) -> str | None:
    said = resources.of(identifier)
    return said.arn if said else None
