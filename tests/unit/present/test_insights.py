from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.present.insights import render_insights
from tests.scenarios.test_fixtures import QUESTIONS, Question
from tests.unit.fabric.estates_by_hand import estate
from tests.unit.present.analyses import (
    analysis,
    asked,
    by_id,
    complaints,
    network,
    of,
    rendered,
)
from tests.unit.present.hostile import HOSTILE, hostile
from tests.unit.present.samples import SAMPLES

# -- AWS's own shape


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_what_a_fixture_answers_is_of_aws_s_shape(question: Question) -> None:
    asked_of = network(question.fixture)
    answer = asked_of.path(question.source, question.destination, **question.asked)
    assert complaints(render_insights(answer.report, asked_of.snapshot)) == ""


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_of_aws_s_shape(name: str) -> None:
    assert complaints(render_insights(SAMPLES[name](), Snapshot())) == ""


def test_hostile_names_stay_ascii_and_of_aws_s_shape() -> None:
    for name in HOSTILE:
        text = render_insights(hostile(HOSTILE[name]), Snapshot())
        assert text.isascii()
        assert complaints(text) == ""


def test_the_shape_finds_what_is_wrong() -> None:
    answer, asked_of = asked("three-tier app-1 internet tcp 443")
    text = render_insights(answer.report, asked_of.snapshot)
    assert "Sequence" in complaints(text.replace('"SequenceNumber": 1', '"Sequence": 1'))
    assert "RuleNumber" in complaints(text.replace('"RuleNumber": 100', '"RuleNumber": "100"'))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("through-nat", "three-tier app-1 internet tcp 443"),
        ("two-blockers", "three-tier web-1 db-1 tcp 5432"),
        ("unknown", "overlapping-groups monitor-1 partner-1 tcp 8443"),
    ],
)
def test_an_analysis_is_as_its_golden_file(
    name: str, words: str, golden: Callable[[str, str], None]
) -> None:
    answer, asked_of = asked(words)
    report = replace(answer.report, digest="digest", taken="2024-05-01T12:00:00Z")
    golden(f"path/{name}.aws.json", render_insights(report, asked_of.snapshot))


# -- verdicts


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        pytest.param("three-tier app-1 internet tcp 443", True, id="reachable"),
        pytest.param("forgotten-ephemeral app-1 dwh-1 tcp 5439", True, id="partial"),
        pytest.param("three-tier web-1 db-1 tcp 5432", False, id="unreachable"),
        pytest.param("overlapping-groups monitor-1 partner-1 tcp 8443", False, id="unknown"),
    ],
)
def test_a_path_is_found_where_something_gets_through(words: str, *, is_found: bool) -> None:
    answer, asked_of = asked(words)
    found = analysis(answer, asked_of)
    assert found["NetworkPathFound"] is is_found
    assert found["Status"] == "succeeded"
    assert found["StatusMessage"].startswith(f"{answer.verdict}: ")


def test_what_is_missing_is_an_explanation_that_names_it() -> None:
    found = analysis(*asked("overlapping-groups monitor-1 partner-1 tcp 8443"))
    (gap,) = found["Explanations"]
    assert gap["ExplanationCode"] == "PREFIX_LIST_ENTRIES_UNKNOWN"
    assert gap["MissingComponent"] == gap["PrefixList"]["Id"] == "pl-partners"


def test_warnings_are_one_message() -> None:
    report = replace(SAMPLES["reachable"](), warnings=("one is assumed", "two is assumed"))
    assert rendered(report)["WarningMessage"] == "one is assumed; two is assumed"


def test_an_answer_without_warnings_has_no_message() -> None:
    assert "WarningMessage" not in rendered(SAMPLES["reachable"]())


# -- made-up ids


def test_the_same_question_has_the_same_ids_and_another_has_others() -> None:
    first, again, other = (of(estate(), f"web-1 db-1 tcp {port}") for port in (1, 1, 2))
    for key in ("NetworkInsightsAnalysisId", "NetworkInsightsPathId"):
        assert first[key] == again[key] != other[key]


def test_another_snapshot_is_another_analysis_of_the_same_path() -> None:
    first, other = (of(network(name), "internet 8.8.8.8") for name in ("bastion", "three-tier"))
    assert first["NetworkInsightsPathId"] == other["NetworkInsightsPathId"]
    assert first["NetworkInsightsAnalysisId"] != other["NetworkInsightsAnalysisId"]


@pytest.mark.parametrize(("key", "word"), [("Analysis", "nia"), ("Path", "nip")])
def test_ids_look_like_aws_s(key: str, word: str) -> None:
    identifier = of(estate(), "web-1 db-1")[f"NetworkInsights{key}Id"]
    prefix, digits = identifier.split("-")
    assert (prefix, len(digits)) == (word, 17)
    assert set(digits) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("taken", "is_said"),
    [("2024-05-01T12:00:00Z", True), ("2024-05-01T12:00:00.5+02:00", True), ("spring", False)],
)
def test_the_start_is_when_the_snapshot_was_taken(taken: str, *, is_said: bool) -> None:
    found = rendered(replace(SAMPLES["reachable"](), taken=taken))
    assert found.get("StartDate") == (taken if is_said else None)


# -- ARNs


@pytest.mark.parametrize(
    ("identifier", "arn"),
    [
        ("i-app-1", "arn:aws:ec2:eu-central-1:111122223333:instance/i-app-1"),
        ("nat-nat", "arn:aws:ec2:eu-central-1:111122223333:natgateway/nat-nat"),
        ("acl-app", "arn:aws:ec2:eu-central-1:111122223333:network-acl/acl-app"),
    ],
)
def test_an_arn_is_told_where_account_and_region_are_known(identifier: str, arn: str) -> None:
    there = of(estate(), "app-1 8.8.8.8 tcp 443")["ForwardPathComponents"]
    assert by_id(there, identifier)["Component"]["Arn"] == arn


def test_a_record_without_account_and_region_has_those_of_its_vpc() -> None:
    base = estate().snapshot
    nats = {one.id: replace(one, owner="", region="") for one in base.nat_gateways.values()}
    there = of(Network(replace(base, nat_gateways=nats)), "app-1 8.8.8.8 tcp 443")
    arn = by_id(there["ForwardPathComponents"], "nat-nat")["Component"]["Arn"]
    assert arn == "arn:aws:ec2:eu-central-1:111122223333:natgateway/nat-nat"


@pytest.mark.parametrize("missing", ["owner", "region"])
def test_an_arn_is_left_out_where_account_or_region_is_unknown(missing: str) -> None:
    base = estate().snapshot
    vpcs = {one.id: replace(one, **{missing: ""}) for one in base.vpcs.values()}
    groups = {one.id: replace(one, **{missing: ""}) for one in base.security_groups.values()}
    unsaid = Network(replace(base, vpcs=vpcs, security_groups=groups))
    there = of(unsaid, "app-1 8.8.8.8 tcp 443")["ForwardPathComponents"]
    assert "Arn" not in by_id(there, "sg-app")["Component"]
    assert "Arn" in by_id(there, "i-app-1")["Component"]


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
)
def test_an_arn_has_the_partition_of_its_region(region: str, partition: str) -> None:
    base = estate(rest={"region": region})
    there = of(base, "web-1 db-1")["ForwardPathComponents"]
    assert there[0]["Component"]["Arn"].startswith(f"arn:{partition}:ec2:{region}:")
