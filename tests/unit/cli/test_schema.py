from __future__ import annotations

import json

import typer
from typer.testing import CliRunner

from netreach.cli.schema import schema
from netreach.present import json_v1


def test_the_schema_of_a_path_is_printed() -> None:
    result = CliRunner().invoke(app(), ["path"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json_v1.schema()


def test_what_has_no_schema_is_bad_usage() -> None:
    assert CliRunner().invoke(app(), ["house"]).exit_code == 2


def app() -> typer.Typer:
    program = typer.Typer()
    program.command()(schema)
    return program
