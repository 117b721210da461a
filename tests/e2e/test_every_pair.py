"""The commands about every pair, from their arguments to exit status and what they write where."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import jsonschema
import pytest

from netreach.cli.app import run
from netreach.present._ink import clipped_apart
from tests.e2e.hostile_estate import DATABASE, NAMES, WEB, hostile_dump

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
THREE_TIER: Final = str(FIXTURES / "three-tier")

#: Golden files of text: what is asked of which fixture.
TEXTS: Final = {
    "three-tier": "matrix three-tier",
    "three-tier-by-subnet": "matrix three-tier --by subnet",
    "three-tier-by-security-group": "matrix three-tier --by security-group --port 443",
    "three-tier-by-tag": "matrix three-tier --by tag:Name --from web-1 --from web-2",
    "hub-and-spoke-by-vpc": "matrix hub-and-spoke --by vpc",
    "hub-and-spoke": "matrix hub-and-spoke",
    "forgotten-ephemeral": "matrix forgotten-ephemeral",
    "privatelink": "matrix privatelink --port 443",
    "dual-stack-mesh-ipv6": "matrix dual-stack-mesh --family 6",
    "who-can-reach-db-1": "who-can-reach three-tier db-1",
    "who-can-reach-on-a-port": "who-can-reach three-tier subnet:subnet-web-a --port 443",
    "who-can-reach-in-part": "who-can-reach forgotten-ephemeral dwh-1",
    "three-tier-from-the-internet": "matrix three-tier --from internet",
    "who-can-reach-web-1": "who-can-reach three-tier web-1",
    "reach-from-app-1": "reach-from three-tier app-1",
    "reach-from-the-internet": "reach-from three-tier internet",
    "who-can-reach-the-internet": "who-can-reach three-tier internet",
    "reach-from-a-site-with-hosts": "reach-from hybrid 10.0.0.0/8",
    "reach-from-a-vpc": "reach-from hub-and-spoke vpc:vpc-shared",
}


class Ran(NamedTuple):
    """What one command line did."""

    status: int
    out: str
    err: str


Program = Callable[..., Ran]


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    """Run a command line in this process, with standard input if given."""

    def run_it(*arguments: str, standard_input: bytes = b"") -> Ran:
        stream = io.TextIOWrapper(io.BytesIO(standard_input), encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", stream)
        status = run(list(arguments))
        return Ran(status, *capsys.readouterr())

    return run_it


@pytest.fixture
def dump(tmp_path: Path) -> Callable[..., str]:
    """Write a describe dump with hostile names, and return where it is."""

    def write(name: str = "web", *without: str) -> str:
        calls: dict[str, Any] = hostile_dump(name)
        for call in without:
            calls.pop(call)
        file = tmp_path / "dump.json"
        file.write_text(json.dumps(calls), encoding="utf-8")
        return str(file)

    return write


def one_line_of_error(ran: Ran) -> str:
    """Check that it ended as bad input does, and return the line."""
    assert ran.status == 2
    assert ran.out == ""
    line, *more = ran.err.splitlines()
    assert not more
    assert line.startswith("netreach: ")
    assert line.isprintable()
    return line


@pytest.mark.parametrize("name", TEXTS)
def test_every_pair_reads_as_its_golden_file(
    program: Program, golden: Callable[[str, str], None], name: str
) -> None:
    command, fixture, *options = TEXTS[name].split()
    ran = program(command, str(FIXTURES / fixture), *options)
    assert (ran.status, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= 100
    golden(f"matrix/{name}.txt", ran.out)


# -- forms for machines


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("matrix", THREE_TIER, "--by", "subnet"), "matrix"),
        (("who-can-reach", THREE_TIER, "sg:sg-web"), "who-can-reach"),
        (("reach-from", THREE_TIER, "web-1", "--port", "8080"), "reach-from"),
    ],
)
def test_json_is_as_its_schema_says(
    program: Program, golden: Callable[[str, str], None], command: tuple[str, ...], name: str
) -> None:
    ran = program(*command, "--format", "json")
    assert ran.status == 0
    schema = json.loads(program("schema", name).out)
    jsonschema.validate(json.loads(ran.out), schema)
    assert json.loads(ran.out)["schema"] == schema["title"] == f"netreach/{name}/1"
    golden(f"matrix/{name}.json", ran.out)
    golden(f"matrix/{name}.schema.json", json.dumps(schema, indent=2) + "\n")


def test_csv_has_a_header_and_a_row_for_every_two_groups(
    program: Program, golden: Callable[[str, str], None]
) -> None:
    ran = program("matrix", THREE_TIER, "--format", "csv")
    assert ran.status == 0
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(rows) == 36
    assert {row["source"] for row in rows} >= {"eni-web-1", "eni-db-1"}
    golden("matrix/three-tier.csv", ran.out)


def test_scripts_get_interfaces_however_many_there_are(program: Program) -> None:
    ran = program("matrix", str(FIXTURES / "hub-and-spoke"), "--format", "json")
    assert json.loads(ran.out)["by"] == "interface"


def test_text_and_json_count_the_same_pairs(program: Program) -> None:
    answer = json.loads(program("matrix", THREE_TIER, "--by", "vpc", "--format", "json").out)
    (group,) = answer["groups"]
    assert group["pairs"] == {"reachable": 12, "unreachable": 24}
    assert answer["statistics"] == {"pairs": 36, "singly": 0}
    assert group["verdict"] == "partial"
    assert group["services_of_all_pairs"] == []


# -- verdicts that are not plain


def test_what_is_unknown_bears_its_mark(program: Program, dump: Callable[..., str]) -> None:
    snapshot = dump("web", "RouteTables")
    ran = program("matrix", snapshot)
    assert "?   unknown: " in ran.out
    ran = program("who-can-reach", snapshot, DATABASE)
    assert ran.status == 0
    assert "0 of 1 interfaces: 1 unknown" in ran.out
    assert "? no service for sure" in ran.out


def test_what_is_partial_says_for_which_client_ports(
    program: Program, dump: Callable[..., str]
) -> None:
    snapshot = dump()
    assert "!   partial: " in program("matrix", snapshot).out
    ran = program("who-can-reach", snapshot, DATABASE, "--port", "5432")
    assert "! tcp 5432\n    partial\n    client ports 1024-32767\n" in ran.out
    assert "1 of 1 interfaces: 1 partial" in ran.out


# -- hostile names


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_name_gets_at_the_terminal(
    program: Program, dump: Callable[..., str], name: str
) -> None:
    snapshot = dump(name)
    for command in (
        ("matrix", snapshot),
        ("matrix", snapshot, "--format", "csv"),
        ("matrix", snapshot, "--format", "json"),
        ("who-can-reach", snapshot, DATABASE),
        ("reach-from", snapshot, WEB, "--format", "json"),
    ):
        ran = program(*command)
        assert ran.status == 0
        assert all(line.isprintable() for line in ran.out.split("\n")), command


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1"])
def test_no_name_becomes_a_formula(program: Program, dump: Callable[..., str], name: str) -> None:
    ran = program("matrix", dump(name), "--format", "csv")
    cells = [cell for row in csv.reader(io.StringIO(ran.out)) for cell in row]
    assert any(cell.endswith(name.strip()) for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=+-@\t" and cell]


# -- files


def test_a_matrix_is_written_to_a_file(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    file.write_text("old", encoding="utf-8")
    ran = program("matrix", THREE_TIER, "--format", "csv", "-o", str(file))
    assert ran == Ran(0, "", "")
    assert file.read_text(encoding="utf-8").count("\n") == 37
    assert list(tmp_path.iterdir()) == [file]


def test_a_dash_is_standard_output(program: Program) -> None:
    assert program("matrix", THREE_TIER, "--by", "vpc", "-o", "-").out.startswith("1 source to 1")


def test_a_snapshot_comes_from_standard_input(program: Program, dump: Callable[..., str]) -> None:
    content = Path(dump()).read_bytes()
    ran = program("who-can-reach", "-", DATABASE, standard_input=content)
    assert ran.out.startswith(f"who reaches {DATABASE}")


# -- bad input


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("matrix SNAPSHOT --by colour", "--by: 'colour' is no way to group: vpc, subnet, "),
        ("matrix SNAPSHOT --by tag:", "'tag:' is no way to group"),
        ("matrix SNAPSHOT --from nobody", "'nobody'"),
        ("matrix SNAPSHOT --from web-1 --to tag:Name=nobody", "'Name=nobody'"),
        ("matrix SNAPSHOT --port 70000", "port 70000 does not exist"),
        ("matrix SNAPSHOT --family 5", "'5' is no family"),
        ("matrix SNAPSHOT --format xml", "'xml' is not one of"),
        ("matrix SNAPSHOT --limit -1", "-1"),
        ("matrix nowhere", "nowhere"),
        ("matrix SNAPSHOT -o MISSING/x.csv", "-o: the folder 'MISSING' does not exist: make it"),
        ("matrix SNAPSHOT -o .", "'.' is a folder"),
        ("who-can-reach SNAPSHOT nobody", "'nobody'"),
        ("reach-from SNAPSHOT eni-nat-a", "begins no connections"),
        ("reach-from SNAPSHOT web-1 --port x", "'x' is no port"),
        ("reach-from - web-1", "standard input"),
        ("schema matrices", "'matrices' is not one of"),
    ],
)
def test_bad_input_is_one_line(program: Program, arguments: str, says: str) -> None:
    ran = program(*(THREE_TIER if word == "SNAPSHOT" else word for word in arguments.split()))
    assert says in one_line_of_error(ran)


@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_more_lines_than_the_limit_are_counted_not_written(program: Program, form: str) -> None:
    command = ("matrix", THREE_TIER, "--by", "interface", "--format", form)
    line = one_line_of_error(program(*command, "--limit", "41"))
    assert "by 'interface' there would be up to 42 lines, more than 41" in line
    assert "--from and --to, group it by --by vpc or subnet, or raise --limit" in line
    assert program(*command, "--limit", "42").status == 0
    line = one_line_of_error(program(*command, "--limit", "2", "--from", "web-1"))
    assert "narrower --from and --to" in line


def test_a_full_disk_leaves_nothing_half_written(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    file = tmp_path / "matrix.csv"
    ran = program("matrix", THREE_TIER, "--format", "csv", "-o", str(file))
    assert "can't be written: No space left on device" in one_line_of_error(ran)
    assert list(tmp_path.iterdir()) == []


def test_parquet_holds_every_pair_that_is_not_unreachable(program: Program, tmp_path: Path) -> None:
    tables = pytest.importorskip("pyarrow.parquet")
    folder = tmp_path / "pairs"
    ran = program("matrix", THREE_TIER, "--format", "parquet", "-o", str(folder), "--jobs", "1")
    assert (ran.status, ran.out, ran.err) == (0, f"12 rows in {folder}\n", "")
    rows = tables.read_table(folder).to_pylist()
    pairs = {(row["source"], row["destination"]): str(row["services"]) for row in rows}
    assert len(pairs) == 12
    assert "5432" in pairs["eni-app-1", "eni-db-1"]
    again = program("matrix", THREE_TIER, "--format", "parquet", "-o", str(folder))
    assert again.status == 2
    assert "already" in again.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--format parquet", "-o FOLDER"),
        ("--format parquet -o out --by vpc", "pairs, not groups"),
        ("--max-memory 5x", "is no size"),
        ("--max-memory 1M", "is too little"),
        ("--jobs -1", "--jobs"),
    ],
)
def test_what_a_large_matrix_may_take_is_checked(
    program: Program, arguments: str, says: str
) -> None:
    ran = program("matrix", THREE_TIER, *arguments.split())
    assert ran.status == 2
    assert ran.out == ""
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_two_processes_say_what_one_says(program: Program) -> None:
    alone = program("matrix", THREE_TIER, "--format", "csv", "--jobs", "1")
    together = program("matrix", THREE_TIER, "--format", "csv", "--jobs", "2", "--max-memory", "2G")
    assert alone == together
    assert alone.status == 0


LONG_NAMES: Final = b"""
netreach: 1
vpcs:
  v:
    cidr: 10.0.0.0/16
    subnets: {a: {cidr: 10.0.1.0/24, zone: a}}
    groups: {g: {ingress: [all from anywhere]}}
    instances:
      the-instances-of-billing-public: {subnet: a, address: 10.0.1.10, groups: [g]}
      the-instances-of-billing-private: {subnet: a, address: 10.0.1.20, groups: [g]}
      a-name-of-its-own-that-is-too-long: {subnet: a, address: 10.0.1.50, groups: [g]}
"""


def test_long_names_that_differ_at_their_ends_can_be_told_apart(program: Program) -> None:
    printed = program("matrix", "-", standard_input=LONG_NAMES).out
    begins = [line.partition("  ")[0] for line in printed.splitlines()]
    assert "the-instanc…lling-public" in begins
    assert "the-instanc…ling-private" in begins
    assert "a-name-of-its-own-that-…" in begins


def test_clipped_names_are_no_wider_than_a_terminal_shows_them() -> None:
    wide = "計算機" * 6
    shown = clipped_apart({"1": f"{wide}-1", "2": f"{wide}-2", "3": "short"}, 24)
    assert shown == {"1": "計算機計算機…機計算機-1", "2": "計算機計算機…機計算機-2", "3": "short"}


def test_a_path_between_too_many_pairs_names_the_matrix(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netreach.query.path.MAX_PAIRS", 3)
    ran = program("path", THREE_TIER, "vpc:vpc-shop", "sg:sg-db")
    assert (ran.status, ran.out) == (2, "")
    assert "6 x 2 address pairs: ask about smaller sets, or `netreach matrix`" in ran.err
