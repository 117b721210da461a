"""`netreach show` from its arguments to what it prints."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from netreach.cli.show import show
from netreach.errors import InputError, SelectorError

APP = typer.Typer()
APP.command()(show)
ESTATE = Path(__file__).parents[2] / "golden/show/estate.yaml"


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(APP, list(arguments), input=text)


def said(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.exception
    return result.stdout


def json_said(*arguments: str) -> Any:  # noqa: ANN401  JSON is what it is
    return json.loads(said(*arguments, "--format", "json"))


def test_without_a_selector_the_whole_snapshot_is_shown() -> None:
    text = said(str(ESTATE))
    assert text.startswith("netreach YAML, taken 2026-03-01T12:00:00Z (")
    assert "\nVPCs (1)\n" in text


def test_with_a_selector_one_resource_is_shown() -> None:
    assert said(str(ESTATE), "web-1").startswith("instance  i-web-1  web-1\n")


def test_the_json_names_its_schema() -> None:
    whole, one = json_said(str(ESTATE)), json_said(str(ESTATE), "web-1")
    assert whole["schema"] == one["schema"] == "netreach/show/1"
    assert whole["counts"]["subnet"] == 5
    assert one["resource"]["id"] == "i-web-1"


def test_the_age_is_counted_up_to_now() -> None:
    seconds = json_said(str(ESTATE))["snapshot"]["age_seconds"]
    taken = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert abs((datetime.now(UTC) - taken).total_seconds() - seconds) < 3600


def test_a_snapshot_comes_from_standard_input() -> None:
    result = run("-", "web-1", text=ESTATE.read_text(encoding="utf-8"))
    assert result.exit_code == 0
    assert result.stdout.startswith("instance  i-web-1  web-1\n")


def test_what_matches_nothing_is_an_error() -> None:
    result = run(str(ESTATE), "web-9")
    assert isinstance(result.exception, SelectorError)
    assert not result.stdout


def test_an_unreadable_snapshot_is_an_error(tmp_path: Path) -> None:
    result = run(str(tmp_path / "nowhere"))
    assert isinstance(result.exception, InputError)
    assert not result.stdout


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Write a describe dump with two calls, one of them with a reference to nothing."""
    calls = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "1"}]},
        "nets": {
            "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-2", "CidrBlock": "10.0.1.0/24"}]
        },
    }
    for name, content in calls.items():
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        os.utime(file, (0, 1_767_225_600))
    return tmp_path


def test_a_dump_with_gaps_is_shown_with_what_dangles_and_what_is_missing(dump: Path) -> None:
    text = said(str(dump))
    assert text.startswith("AWS describe output, taken 2026-01-01T00:00:00Z (")
    assert "\nreference to nothing (1)\n  VPC vpc-2 is not in the snapshot" in text
    assert "\n    aws ec2 describe-network-acls\n" in text
    assert "describe-subnets" not in text


def test_the_free_addresses_of_a_dump_without_interfaces_are_unknown(dump: Path) -> None:
    (subnet,) = json_said(str(dump))["subnets"]
    assert (subnet["usable"], subnet["used"], subnet["free"]) == (251, None, None)
    assert subnet["free_counted_by"] is None
