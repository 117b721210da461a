"""The documents keep their word: examples run, links lead somewhere, no fact is forgotten."""

from __future__ import annotations

import doctest
import fnmatch
import re
import shlex
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from netreach.cli.app import run
from netreach.cli.path import EXIT_OF
from netreach.explain import fixes
from netreach.explain.codes import Code
from netreach.explain.records import Action
from netreach.model.records import TargetKind
from netreach.model.snapshot import KINDS
from netreach.sources.kinds import UNMODELLED

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = tuple(
    path.relative_to(ROOT).as_posix()
    for path in (
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        ROOT / "fixtures" / "README.md",
    )
)
#: Every numbered fact about AWS that the code may cite.
FACTS: Final = tuple(
    f"{group}-{number}"
    for group, last in (
        ("SG", 16),
        ("NA", 11),
        ("RT", 14),
        ("IG", 7),
        ("BP", 4),
        ("NT", 8),
        ("PC", 5),
        ("TG", 10),
        ("EP", 6),
        ("LB", 9),
        ("NF", 5),
        ("HY", 9),
        ("LAB", 14),
    )
    for number in range(1, last + 1)
)
#: How the name of a test begins that bears the number of a fact.
FACT_TEST: Final = re.compile(r"(test_(?:sg|na|rt|ig|bp|nt|pc|tg|ep|lb|nf|hy|lab)_\d+_)")
STATUSES: Final = {"modelled", "partly", "unknown", "no verdict", "not yet"}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# -- examples


class Example(NamedTuple):
    page: str
    command: str
    output: str


def console_examples() -> list[Example]:
    """Return the commands that pages show together with what they print."""
    block = re.compile(r"^```console\n\$ (netreach [^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [
        Example(name, found[1], found[2]) for name in PAGES for found in block.finditer(page(name))
    ]


EXAMPLES: Final = console_examples()


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=[f"{example.page}: {example.command}" for example in EXAMPLES]
)
def test_a_command_prints_what_the_page_shows(
    example: Example,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    run(shlex.split(example.command)[1:])
    printed = capsys.readouterr()
    assert printed.err == ""
    if request.config.getoption("--update-golden"):
        rewrite(example, printed.out)
    else:
        assert printed.out.rstrip("\n") == example.output.rstrip("\n")


def rewrite(example: Example, output: str) -> None:
    """Put what a command prints today into the page that shows it."""
    begins = f"```console\n$ {example.command}\n"
    shown = page(example.page).replace(
        f"{begins}{example.output}```", f"{begins}{output.rstrip(chr(10))}\n```"
    )
    (ROOT / example.page).write_text(shown, encoding="utf-8")


def test_the_readme_opens_with_a_path_that_works_and_one_that_does_not() -> None:
    first, second, *_ = [example.output for example in EXAMPLES if example.page == "README.md"]
    assert first.startswith("reachable: ")
    assert second.startswith("unreachable: ")
    assert "  2. " in second


@pytest.mark.parametrize("name", [name for name in PAGES if ">>>" in page(name)])
def test_the_python_examples_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(str(ROOT / name), module_relative=False, encoding="utf-8")
    assert result.attempted > 0
    assert result.failed == 0


def test_questions_in_a_file_are_answered_as_the_guide_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = re.search(r"^```csv\n(.*?)^```$", page("docs/guide.md"), re.MULTILINE | re.DOTALL)
    assert found
    questions = tmp_path / "questions.csv"
    questions.write_text(found[1], encoding="utf-8")
    monkeypatch.chdir(ROOT)
    status = run(["path", "fixtures/three-tier", "--queries", str(questions)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(found[1].splitlines()) - 1  # without the header
    assert status == 0


def test_every_fixture_of_the_readme_answers_its_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    rows = re.findall(
        r"^\| `(fixtures/[a-z-]+)` \|[^|]*\| `([^`]+)` \|$", page("README.md"), re.MULTILINE
    )
    statuses = [run(["path", fixture, *shlex.split(ends)]) for fixture, ends in rows]
    assert capsys.readouterr().err == ""
    assert {Path(fixture).name for fixture, _ in rows} == {
        folder.name for folder in (ROOT / "fixtures").iterdir() if folder.is_dir()
    }
    assert {3, 4, 5} <= set(statuses)


# -- links


def slug(heading: str) -> str:
    """Return the anchor that a heading gets."""
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower())
    return kept.replace(" ", "-")


def links() -> list[tuple[str, str]]:
    found = []
    for name in PAGES:
        prose = re.sub(r"^```.*?^```$", "", page(name), flags=re.MULTILINE | re.DOTALL)
        found += [(name, target) for target in re.findall(r"\]\(([^)\s]+)\)", prose)]
    return [(name, target) for name, target in found if "://" not in target]


def is_there(name: str, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (ROOT / name).parent / path if path else ROOT / name
    if not file.exists():
        return False
    headings = (
        re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
    )
    return not anchor or anchor in {slug(heading) for heading in headings}


def test_every_link_leads_somewhere() -> None:
    found = links()
    assert len(found) > 20
    assert [link for link in found if not is_there(*link)] == []


# -- coverage


class FactRow(NamedTuple):
    """A row of the coverage table."""

    fact: str
    status: str
    #: Names of tests, a trailing star standing for any ending.
    tests: tuple[str, ...]
    note: str


def fact_rows() -> list[FactRow]:
    rows = re.findall(r"^\| ([A-Z]{2,3}-\d+) \|(.*)\|$", page("docs/coverage.md"), re.MULTILINE)
    found = []
    for fact, cells in rows:
        _, status, tests, note = (cell.strip() for cell in cells.split("|"))
        found.append(FactRow(fact, status, tuple(re.findall(r"`(\w+\*?)`", tests)), note))
    return found


def test_every_fact_has_one_row_and_no_row_is_of_no_fact() -> None:
    assert sorted(row.fact for row in fact_rows()) == sorted(FACTS)


def test_every_fact_has_a_known_status() -> None:
    assert {row.status for row in fact_rows()} <= STATUSES


def test_what_is_not_modelled_says_why_or_what_is_answered_instead() -> None:
    assert [row for row in fact_rows() if row.status != "modelled" and not row.note] == []


def test_every_modelled_fact_names_a_test() -> None:
    assert [row.fact for row in fact_rows() if row.status == "modelled" and not row.tests] == []


def names_of_tests() -> list[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return [
        name for file in files for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    ]


def test_the_named_tests_are_there() -> None:
    known = names_of_tests()
    wanted = {name for row in fact_rows() for name in row.tests}
    assert sorted(name for name in wanted if not fnmatch.filter(known, name)) == []


def test_a_test_that_bears_a_fact_stands_in_its_row() -> None:
    borne = {found[1] for name in names_of_tests() if (found := FACT_TEST.match(name))}
    named = {name.removesuffix("*") for row in fact_rows() for name in row.tests}
    assert len(borne) > 30
    assert sorted(borne - named) == []


def cited_facts() -> set[str]:
    """Return the facts that the package cites, in brackets: ``[SG-6, SG-9]``, ``[NT-1..8]``."""
    text = "".join(file.read_text("utf-8") for file in (ROOT / "netreach").rglob("*.py"))
    brackets = re.findall(r"\[([A-Z]{2,3}-\d[^\]\n]*)\]", text)
    return {fact for inside in brackets for fact in re.findall(r"[A-Z]{2,3}-\d+", inside)}


def test_every_fact_that_the_code_cites_is_known() -> None:
    cited = cited_facts()
    assert {"SG-6", "NT-8", "LAB-8"} <= cited
    assert sorted(cited - set(FACTS)) == []


def resource_words() -> list[str]:
    table = page("docs/coverage.md").split("## Resources")[1].split("## Facts")[0]
    cells = re.findall(r"^\| ([a-z-]+(?:, [a-z-]+)*) \|", table, re.MULTILINE)
    return [word for cell in cells for word in cell.split(", ") if word != "resource"]


def test_every_kind_of_resource_has_a_row() -> None:
    known = {*KINDS.values(), *(kind.kind for kind in UNMODELLED.values())}
    targets = {str(kind) for kind in TargetKind} - {"local", "unknown"}
    assert sorted((known | targets) - set(resource_words())) == []


def test_no_resource_has_two_rows() -> None:
    words = resource_words()
    assert len(words) == len(set(words))


# -- the guide


def test_the_guide_lists_every_kind_of_fix() -> None:
    listed = set(re.findall(r"^\| `([a-z-]+)` \| `", page("docs/guide.md"), re.MULTILINE))
    assert set(fixes._CHANGES) <= listed


def test_the_guide_lists_every_action() -> None:
    sentence = page("docs/guide.md").split("Actions are ")[1].split(". ")[0]
    assert set(re.findall(r"`([a-z]+)`", sentence)) == {str(action) for action in Action}


@pytest.mark.parametrize("name", ["README.md", "docs/guide.md"])
def test_the_exit_statuses_are_those_of_the_program(name: str) -> None:
    text = page(name)
    for verdict, status in EXIT_OF.items():
        in_order = rf"^\| {status:d} \| {verdict}\b"
        at_the_end = rf"^\| `{verdict}` \|.*\| {status:d} \|$"
        assert re.search(f"{in_order}|{at_the_end}", text, re.MULTILINE), verdict


@pytest.mark.parametrize("name", PAGES)
def test_codes_are_spelt_as_they_are(name: str) -> None:
    words = set(re.findall(r"\b[A-Z]+(?:_[A-Z0-9]+){2,}\b", page(name)))
    assert sorted(words - {code.name for code in Code}) == []
