"""Answers in AWS's form, taken apart for tests."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

import netreach
from netreach.explain.records import Report
from netreach.model.snapshot import Snapshot
from netreach.network import Answer, Network
from netreach.present.insights import render_insights
from tests.unit.fabric.estates_by_hand import ask

FIXTURES: Final = Path(__file__).parents[3] / "fixtures"


@cache
def network(fixture: str) -> Network:
    return netreach.load(FIXTURES / fixture)


def asked(words: str) -> tuple[Answer, Network]:
    fixture, question = words.split(" ", 1)
    return ask(network(fixture), question), network(fixture)


def analysis(answer: Answer, asked_of: Network) -> dict[str, Any]:
    text = render_insights(answer.report, asked_of.snapshot)
    (found,) = json.loads(text)["NetworkInsightsAnalyses"]
    assert isinstance(found, dict)
    return found


def of(asked_of: Network, question: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - path's
    return analysis(ask(asked_of, question, **{"family": 4, **options}), asked_of)


def ids(components: list[dict[str, Any]]) -> list[str]:
    return [one["Component"]["Id"] for one in components]


def by_id(components: list[dict[str, Any]], identifier: str) -> dict[str, Any]:
    return next(one for one in components if one["Component"].get("Id") == identifier)


def ports(header: dict[str, Any]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    source, destination = (
        [(one["From"], one["To"]) for one in header[f"{end}PortRanges"]]
        for end in ("Source", "Destination")
    )
    return source, destination


def rendered(report: Report) -> dict[str, Any]:
    (found,) = json.loads(render_insights(report, Snapshot()))["NetworkInsightsAnalyses"]
    assert isinstance(found, dict)
    return found


@cache
def shape() -> Any:  # noqa: ANN401 - botocore has no types
    """Return botocore's own model of what the call returns."""
    model = pytest.importorskip("botocore.session").Session().get_service_model("ec2")
    return model.operation_model("DescribeNetworkInsightsAnalyses").output_shape


def complaints(text: str) -> str:
    """Say what is wrong with an output."""
    validator = pytest.importorskip("botocore.validate").ParamValidator()
    return str(validator.validate(json.loads(text), shape()).generate_report())
