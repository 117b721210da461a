from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner, Result

from netreach.cli.explain import explain
from netreach.errors import SelectorError
from netreach.explain.codes import Code
from netreach.explain.glossary import GLOSSARY, Group
from netreach.explain.glossary.entry import Modelled


@pytest.fixture
def run() -> Callable[..., Result]:
    app = typer.Typer()
    app.command()(explain)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_a_code_is_explained_in_words(run: Callable[..., Result]) -> None:
    result = run("subnet-acl-restriction")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "SUBNET_ACL_RESTRICTION\nA network ACL does not let the packet into or out of its subnet.\n"
    )
    assert result.stdout.endswith("gives it today (network ACL).\n")


def test_json_says_the_same_by_stable_names(run: Callable[..., Result]) -> None:
    document = json.loads(run("SG_HAS_NO_RULES", "--format", "json").stdout)
    entry = GLOSSARY[Code.SG_HAS_NO_RULES]
    assert list(document) == [
        "schema",
        "code",
        "origin",
        "group",
        "title",
        "effect",
        "given",
        "element",
        "meaning",
        "why",
        "fix",
        "commands",
        "example",
        "situations",
        "related",
        "facts",
    ]
    assert document["schema"] == "netreach/code/1"
    assert document["code"] == "SG_HAS_NO_RULES"
    assert document["origin"] == "AWS"
    assert document["given"] == "today"
    assert document["effect"] == "blocks"
    assert document["commands"] == list(entry.commands)
    assert document["situations"] == list(entry.situations)


@pytest.mark.parametrize("arguments", [(), ("list",), ("LIST",)], ids=["none", "list", "LIST"])
def test_without_a_code_all_codes_are_listed_in_their_groups(
    run: Callable[..., Result], arguments: tuple[str, ...]
) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line for line in lines if line in set(Group)] == list(Group)
    listed = [code for line in lines for code in line.split()[:2] if code in set(Code)]
    assert listed == list(GLOSSARY)


@pytest.mark.parametrize(
    ("modelled", "mark"), [(Modelled.TODAY, " "), (Modelled.LATER, "+"), (Modelled.NEVER, "-")]
)
def test_the_list_marks_what_netreach_does_not_give(
    run: Callable[..., Result], modelled: Modelled, mark: str
) -> None:
    listed = run().stdout
    codes = [code for code, entry in GLOSSARY.items() if entry.modelled is modelled]
    assert all(f"\n  {mark} {code} " in listed for code in codes)


def test_the_list_as_json_holds_every_entry(run: Callable[..., Result]) -> None:
    document = json.loads(run("--format", "json").stdout)
    assert document["schema"] == "netreach/codes/1"
    assert [entry["code"] for entry in document["codes"]] == list(GLOSSARY)
    assert document["codes"][0]["title"] == GLOSSARY[document["codes"][0]["code"]].title


def test_a_wrong_code_is_an_error_that_names_the_nearest(run: Callable[..., Result]) -> None:
    result = run("SUBNET_ACL_RESTRCTION")
    assert isinstance(result.exception, SelectorError)
    assert "SUBNET_ACL_RESTRICTION" in str(result.exception)
    assert result.stdout == ""


def test_a_wrong_format_is_bad_usage(run: Callable[..., Result]) -> None:
    assert run("BAD_STATE", "--format", "yaml").exit_code == 2
