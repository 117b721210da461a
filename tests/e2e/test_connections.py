"""`--via`, `--through` and `--format aws`, from the arguments to the exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from netreach.cli.app import run
from netreach.present.json_v1 import schema

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
BASTION: Final = str(FIXTURES / "bastion")
BY_BASTION: Final = ("internet", "billing-1", "--port", "22", "--via", "bastion")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `netreach path` in this process."""

    def run_it(snapshot: str, *arguments: str) -> tuple[int, str, str]:
        status = run(["path", snapshot, *arguments])
        return status, *capsys.readouterr()

    return run_it


def test_a_pivot_is_told_leg_by_leg(path: Run, golden: Callable[[str, str], None]) -> None:
    status, out, _ = path(BASTION, *BY_BASTION)
    assert status == 0
    golden("path/via.txt", out)


@pytest.mark.parametrize(
    ("more", "status", "headline"),
    [
        pytest.param(
            ("--via-port", "2222"),
            3,
            "unreachable: the internet cannot reach billing-1 on tcp 22 via bastion: leg 1 of 2",
            id="the-first-leg-fails",
        ),
        pytest.param(
            ("--via", "archive-1"),
            3,
            "unreachable: the internet cannot reach billing-1 on tcp 22 via bastion, archive-1: "
            "leg 2 of 3",
            id="a-stopped-pivot",
        ),
    ],
)
def test_the_worst_leg_decides_and_is_named(
    path: Run, *, more: tuple[str, ...], status: int, headline: str
) -> None:
    found, out, _ = path(BASTION, *BY_BASTION, *more)
    assert found == status
    assert " ".join(out.split()).startswith(headline)


def test_the_json_of_a_pivot_has_legs_that_are_answers_themselves(path: Run) -> None:
    _, out, _ = path(BASTION, *BY_BASTION, "--format", "json")
    answer = json.loads(out)
    validator = jsonschema.Draft202012Validator(schema())
    validator.validate(answer)
    assert (answer["query"]["via"], answer["query"]["via_port"]) == ("bastion", "22")
    assert answer["parts"] == []
    first, last = answer["legs"]
    for leg in (first, last):
        assert "legs" not in leg
        assert leg["parts"]
        validator.validate(leg)
    assert (first["destination"]["id"], last["source"]["id"]) == ("i-bastion", "i-bastion")
    del last["verdict"]
    assert not validator.is_valid(answer)


def test_an_answer_without_a_pivot_has_no_key_for_legs(path: Run) -> None:
    _, out, _ = path(BASTION, "internet", "bastion", "--port", "22", "--format", "json")
    assert "legs" not in json.loads(out)


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_a_drawing_joins_the_legs_and_numbers_their_steps(path: Run, form: str) -> None:
    status, out, _ = path(BASTION, *BY_BASTION, "--format", form)
    assert status == 0
    for step in ("1.1", "1.r1", "2.1", "2.r1"):
        assert step in out
    assert out.count("eni-bastion") == 1


def test_aws_s_form_of_a_pivot_has_an_analysis_a_leg(path: Run) -> None:
    status, out, _ = path(BASTION, *BY_BASTION, "--format", "aws")
    assert status == 0
    analyses = json.loads(out)["NetworkInsightsAnalyses"]
    assert [one["NetworkPathFound"] for one in analyses] == [True, True]


@pytest.mark.parametrize(
    ("question", "status", "is_found"),
    [
        ("three-tier app-1 internet --port 443", 0, True),
        ("three-tier web-1 db-1 --port 5432", 3, False),
        ("forgotten-ephemeral app-1 dwh-1 --port 5439", 4, True),
        ("overlapping-groups monitor-1 partner-1 --port 8443", 5, False),
    ],
)
def test_aws_s_form_keeps_the_exit_status(
    path: Run, *, question: str, status: int, is_found: bool
) -> None:
    fixture, *words = question.split()
    found, out, _ = path(str(FIXTURES / fixture), *words, "--format", "aws")
    assert found == status
    (analysis,) = json.loads(out)["NetworkInsightsAnalyses"]
    assert analysis["NetworkPathFound"] is is_found


def test_questions_of_a_file_go_by_the_pivot_too(path: Run, tmp_path: Path) -> None:
    questions = tmp_path / "questions.csv"
    questions.write_text("internet,billing-1,tcp,22\ninternet,archive-1,tcp,22\n")
    status, out, _ = path(BASTION, "--queries", str(questions), "--via", "bastion")
    answers: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert [one["verdict"] for one in answers] == ["reachable", "unreachable"]
    assert [len(one["legs"]) for one in answers] == [2, 2]
    assert status == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("--via-port", "22"), "there is no --via", id="port-alone"),
        pytest.param(("--via", "internet"), "several hosts", id="a-set"),
        pytest.param(("--via", "nobody"), "nobody", id="no-such-host"),
        pytest.param(("--via", "bastion", "--via-port", "x"), "--via-port: 'x'", id="no-such-port"),
        pytest.param(("--through", "bastion"), "no load balancer", id="no-balancer"),
    ],
)
def test_bad_usage_is_one_line(path: Run, *, arguments: tuple[str, ...], said: str) -> None:
    status, out, err = path(BASTION, "internet", "billing-1", *arguments)
    assert (status, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("netreach: ")
    assert said in line
