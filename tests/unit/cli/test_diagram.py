"""`netreach diagram` from its arguments to the file that it writes."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from netreach.cli.diagram import diagram
from netreach.errors import InputError, SelectorError, UsageError

APP = typer.Typer()
APP.command()(diagram)
ESTATE = str(Path(__file__).parents[2] / "golden/show/estate.yaml")


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(APP, list(arguments), input=text)


def drawn(tmp_path: Path, *arguments: str) -> str:
    file = tmp_path / "a.dot"
    result = run(*arguments, "-o", str(file))
    assert result.exit_code == 0, result.exception
    assert not result.output
    return file.read_text(encoding="utf-8")


def test_a_snapshot_is_drawn_into_the_file(tmp_path: Path) -> None:
    source = drawn(tmp_path, ESTATE)
    assert source.startswith("digraph network {")
    assert '"id/eni-web-1"' in source


def test_a_snapshot_comes_from_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "a.dot"
    result = run("-", "-o", str(file), text=Path(ESTATE).read_text(encoding="utf-8"))
    assert result.exit_code == 0
    assert '"id/eni-web-1"' in file.read_text(encoding="utf-8")


def test_a_path_is_highlighted_with_its_blocker(tmp_path: Path) -> None:
    source = drawn(tmp_path, ESTATE, "--path", "web-1", "web-2", "--port", "444")
    assert "unreachable: web-1 cannot reach web-2 on tcp 444" in source
    assert "✗ security group ingress\\nweb\\nsg-web\\nENI_SG_RULES_MISMATCH" in source


def test_a_path_that_works_has_no_blocker(tmp_path: Path) -> None:
    source = drawn(tmp_path, ESTATE, "--path", "web-1", "web-2", "--port", "443")
    assert "reachable: web-1 reaches web-2 on tcp 443" in source
    assert '"id/eni-web-1" -> "id/eni-web-2"' in source
    assert "✗ security group" not in source


def test_the_protocol_is_asked(tmp_path: Path) -> None:
    arguments = ("--path", "web-1", "web-2", "--port", "443", "--protocol", "udp")
    assert "web-1 cannot reach web-2 on udp 443" in drawn(tmp_path, ESTATE, *arguments)


@pytest.mark.parametrize("option", ["--port", "--protocol"])
def test_a_service_without_a_path_is_bad_usage(option: str, tmp_path: Path) -> None:
    result = run(ESTATE, option, "443", "-o", str(tmp_path / "a.dot"))
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == (
        f"{option}: says nothing without a path: add --path SOURCE DESTINATION"
    )
    assert not list(tmp_path.iterdir())


def test_a_bad_suffix_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    result = run(str(tmp_path / "nowhere"), "-o", str(tmp_path / "a.gif"))
    assert isinstance(result.exception, UsageError)
    assert "unknown suffix '.gif': give it one of .svg" in str(result.exception)


def test_an_unreadable_snapshot_is_an_error(tmp_path: Path) -> None:
    result = run(str(tmp_path / "nowhere"), "-o", str(tmp_path / "a.dot"))
    assert isinstance(result.exception, InputError)
    assert not list(tmp_path.iterdir())


def test_an_end_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    result = run(ESTATE, "--path", "web-1", "web-9", "-o", str(tmp_path / "a.dot"))
    assert isinstance(result.exception, SelectorError)
    assert not list(tmp_path.iterdir())


def test_a_file_is_asked_for() -> None:
    assert run(ESTATE).exit_code == 2
