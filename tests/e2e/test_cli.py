"""The program from its arguments to its exit status and what it writes where."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from netreach.cli.app import run
from tests.e2e.hostile_estate import DATABASE, NAMES, WEB, hostile_dump

ROOT: Final = Path(__file__).parents[2]
FIXTURES: Final = ROOT / "fixtures"
THREE_TIER: Final = str(FIXTURES / "three-tier")


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


def one_line_of_error(ran: Ran) -> str:
    """Check that it ended as bad input does, and return the line."""
    assert ran.status == 2
    assert ran.out == ""
    line, *more = ran.err.splitlines()
    assert not more
    assert line.startswith("netreach: ")
    assert line.isprintable()
    return line


@pytest.fixture
def dump(tmp_path: Path) -> Callable[..., str]:
    """Write a describe dump with one thing changed, and return where it is."""

    def write(change: Callable[[dict[str, Any]], object] = lambda _: None) -> str:
        calls = hostile_dump("web")
        change(calls)
        file = tmp_path / "dump.json"
        file.write_text(json.dumps(calls), encoding="utf-8")
        return str(file)

    return write


# -- exit statuses


@pytest.mark.parametrize(
    ("question", "status", "verdict"),
    [
        ("three-tier web-1 app-1 8080", 0, "reachable"),
        ("three-tier web-1 db-1 5432", 3, "unreachable"),
        ("three-tier internet web-1 443", 0, "reachable"),
        ("forgotten-ephemeral app-1 db-1 5432", 3, "unreachable"),
    ],
)
def test_the_exit_status_says_the_verdict(
    program: Program, question: str, status: int, verdict: str
) -> None:
    fixture, source, destination, port = question.split()
    ran = program("path", str(FIXTURES / fixture), source, destination, "--port", port)
    assert ran.status == status
    assert ran.out.startswith(f"{verdict}: ")
    assert ran.err == ""


def test_a_partial_answer_is_4(program: Program, dump: Callable[..., str]) -> None:
    ran = program("path", dump(), WEB, DATABASE, "--port", "5432", "--format", "json")
    assert ran.status == 4
    assert json.loads(ran.out)["client_ports"] == ["1024-32767"]


def test_an_unknown_answer_is_5(program: Program, dump: Callable[..., str]) -> None:
    snapshot = dump(lambda calls: calls.pop("RouteTables"))
    ran = program("path", snapshot, WEB, DATABASE, "--port", "5432", "--format", "json")
    assert ran.status == 5
    assert json.loads(ran.out)["missing"]


def test_resources_without_a_common_family_are_unreachable(
    program: Program, dump: Callable[..., str]
) -> None:
    ran = program("path", dump(), WEB, "2001:db8::1", "--port", "443")
    assert ran.status == 3
    assert "NO_COMMON_ADDRESS_FAMILY" in ran.out


# -- bad usage


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("web-1", "app-1", "--port", "70000"), "0 to 65535"),
        (("web-1", "app-1", "--port", "90-80"), "write 80-90"),
        (("web-1", "app-1", "--port", "https"), "'https' is no port"),
        (("web-1", "app-1", "--protocol", "all", "--port", "3"), "`all` has no ports"),
        (("web-1", "app-1", "--protocol", "50", "--port", "3"), "--port"),
        (("web-1", "app-1", "--protocol", "256"), "--protocol"),
        (("web-1", "app-1", "--family", "5"), "4 or 6"),
        (("web-1", "app-1", "--client-ports", "9-1"), "--client-ports"),
        (("web-1", "app-1", "--format", "yaml"), "yaml"),
        (("web-1", "app-1", "--no-such-option"), "--no-such-option"),
        (("web-1",), "SOURCE and DESTINATION are needed"),
        (("10.0.1.10", "2001:db8::1"), "IPv6"),
        (("web-1", "web-11"), "web-1"),
        (("web-1", "i-0nothing"), "i-0nothing"),
        (("web-1", "tag:Name=nothing"), "tag 'Name=nothing'"),
        (("web-1", "sg:sg-nothing"), "sg-nothing"),
        (("web-1", "10.0.0.0/33"), "10.0.0.0/33"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_questions_are_one_line_of_error(
    program: Program, arguments: tuple[str, ...], says: str
) -> None:
    assert says in one_line_of_error(program("path", THREE_TIER, *arguments))


def test_a_name_that_two_bear_lists_them(program: Program, dump: Callable[..., str]) -> None:
    line = one_line_of_error(program("path", dump(), "web", "internet"))
    assert WEB in line
    assert DATABASE in line


@pytest.mark.parametrize("command", ["path", "show", "diagram", "cidr", "explain", "schema"])
def test_every_command_has_help(program: Program, command: str) -> None:
    ran = program(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.lstrip().startswith(f"Usage: netreach {command}")


@pytest.mark.parametrize("arguments", [("nonsense",), ("--nonsense",)])
def test_what_is_no_command_is_one_line_of_error(
    program: Program, arguments: tuple[str, ...]
) -> None:
    assert arguments[0] in one_line_of_error(program(*arguments))


# -- bad snapshots


def permissions(**fields: object) -> Callable[[dict[str, Any]], object]:
    """Change the one rule that lets something in."""
    return lambda calls: calls["SecurityGroups"][0]["IpPermissions"][0].update(fields)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(permissions(FromPort=443, ToPort=80), "443-80 is reversed", id="reversed"),
        pytest.param(permissions(ToPort=70000), "70000 is not a tcp port", id="port-70000"),
        pytest.param(permissions(FromPort="many"), "got `str`", id="wrong-type"),
        pytest.param(permissions(IpRanges=[{"CidrIp": "10.0.0.0/40"}]), "/40", id="no-cidr"),
        pytest.param(permissions(IpRanges=[{"CidrIp": "10.0.0.999/8"}]), "999", id="no-address"),
        pytest.param(permissions(IpProtocol="tpc"), "tpc", id="no-protocol"),
        pytest.param(lambda calls: calls.update(Vpcs={"a": 1}), "not a list", id="no-list"),
        pytest.param(lambda calls: calls["Vpcs"][0].update(VpcId=7), "got `int`", id="no-text"),
        pytest.param(lambda calls: calls["Vpcs"][0].pop("VpcId"), "VpcId", id="without-id"),
    ],
)
@pytest.mark.parametrize("command", [("show",), ("path", WEB, DATABASE)], ids=["show", "path"])
def test_snapshots_that_cannot_be_are_one_line_of_error(
    program: Program,
    dump: Callable[..., str],
    command: tuple[str, ...],
    change: Callable[[dict[str, Any]], object],
    says: str,
) -> None:
    verb, *rest = command
    line = one_line_of_error(program(verb, dump(change), *rest))
    assert line.startswith("netreach: dump.json: $.")
    assert says in line


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b'{"Vpcs": [{"VpcId": "vpc-1"', "truncated"),
        (b"[1, 2", "truncated"),
        (b"\x00\xff\xfe", "not valid UTF-8"),
        (gzip.compress(b'{"Vpcs": []}')[:-9], "gzip data is truncated"),
    ],
    ids=["empty", "truncated", "truncated-list", "binary", "truncated-gzip"],
)
@pytest.mark.parametrize("is_file", [True, False], ids=["file", "standard-input"])
def test_unreadable_snapshots_are_one_line_of_error(
    program: Program, tmp_path: Path, content: bytes, says: str, *, is_file: bool
) -> None:
    file = tmp_path / "dump.json"
    file.write_bytes(content)
    ran = program("show", str(file) if is_file else "-", standard_input=content)
    line = one_line_of_error(ran)
    assert says in line
    assert ("dump.json" if is_file else "standard input") in line


def test_a_snapshot_that_is_not_there_is_one_line_of_error(program: Program) -> None:
    assert "nowhere" in one_line_of_error(program("show", "nowhere"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files")
def test_a_snapshot_that_may_not_be_read_is_one_line_of_error(
    program: Program, dump: Callable[..., str]
) -> None:
    snapshot = dump()
    Path(snapshot).chmod(0)
    assert "dump.json" in one_line_of_error(program("show", snapshot))


def twice(calls: dict[str, Any]) -> None:
    """List the database's subnet again, differently."""
    calls["Subnets"].append(calls["Subnets"][1] | {"CidrBlock": "10.0.3.0/24"})


DIRT: Final = [
    pytest.param(twice, "subnet-0database", 5, id="duplicate-id"),
    pytest.param(
        lambda calls: calls["NetworkInterfaces"][1].update(Groups=[{"GroupId": "sg-0gone"}]),
        "sg-0gone",
        5,
        id="reference-to-nothing",
    ),
    pytest.param(
        permissions(IpRanges=[{"CidrIp": "10.0.1.10/24"}]), "10.0.1.10/24", 4, id="host-bits"
    ),
]


@pytest.mark.parametrize(("change", "named", "status"), DIRT)
def test_dirty_snapshots_load_and_say_so(
    program: Program,
    dump: Callable[..., str],
    change: Callable[[dict[str, Any]], object],
    named: str,
    status: int,
) -> None:
    snapshot = dump(change)
    shown = program("show", snapshot)
    assert (shown.status, shown.err) == (0, "")
    assert named in shown.out
    assert program("path", snapshot, WEB, DATABASE, "--port", "5432").status == status


# -- where snapshots and questions come from


def test_a_snapshot_comes_from_standard_input(program: Program, dump: Callable[..., str]) -> None:
    content = Path(dump()).read_bytes()
    ran = program("path", "-", WEB, DATABASE, "--port", "5432", standard_input=content)
    assert (ran.status, ran.err) == (4, "")


def test_a_snapshot_may_be_gzipped(
    program: Program, dump: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "zipped.json.gz"
    file.write_bytes(gzip.compress(Path(dump()).read_bytes()))
    assert program("path", str(file), WEB, DATABASE, "--port", "5432").status == 4


QUESTIONS: Final = """source,destination,protocol,port
# the tiers
web-1,app-1,tcp,8080

web-1 , db-1 ,, 5432
app-1,internet
"""
ANSWERS: Final = ["reachable", "unreachable", "reachable"]


@pytest.mark.parametrize("is_file", [True, False], ids=["file", "standard-input"])
def test_questions_are_answered_one_a_line(
    program: Program, tmp_path: Path, *, is_file: bool
) -> None:
    file = tmp_path / "questions.csv"
    file.write_text(QUESTIONS, encoding="utf-8")
    where = str(file) if is_file else "-"
    ran = program("path", THREE_TIER, "--queries", where, standard_input=QUESTIONS.encode())
    assert (ran.status, ran.err) == (3, "")
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["verdict"] for answer in answers] == ANSWERS
    assert {answer["schema"] for answer in answers} == {"netreach/path/1"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("web-1,nobody,tcp,443", "line 2: nothing in the snapshot matches 'nobody'"),
        ("web-1,app-1,tcp,70000", "line 2: --port: port 70000"),
        ("web-1", "line 2: 1 columns"),
        ("a,b,c,d,e", "line 2: 5 columns"),
    ],
)
def test_a_bad_row_is_named_by_its_line(program: Program, row: str, says: str) -> None:
    content = f"web-1,app-1,tcp,8080\n{row}\n".encode()
    ran = program("path", THREE_TIER, "--queries", "-", standard_input=content)
    assert ran.status == 2
    assert len(ran.out.splitlines()) == 1
    assert ran.err.count("\n") == 1
    assert says in ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((THREE_TIER, "web-1", "app-1", "--queries", "-"), "the questions stand in the file"),
        (("-", "--queries", "-"), "standard input"),
        ((THREE_TIER, "--queries", "nowhere.csv"), "nowhere.csv"),
    ],
    ids=["ends-as-well", "both-from-standard-input", "no-file"],
)
def test_questions_that_cannot_be_read_are_one_line_of_error(
    program: Program, arguments: tuple[str, ...], says: str
) -> None:
    assert says in one_line_of_error(program("path", *arguments))


# -- hostile names


ASKED: Final = ("--port", "22"), ("--port", "5432"), ()
HOSTILE: Final = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)


@pytest.fixture
def hostile(tmp_path: Path, name: str) -> str:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps(hostile_dump(name)), encoding="utf-8")
    return str(file)


def assert_harmless(text: str) -> None:
    """Check that a text moves no cursor, turns no line round, fakes no line and is no flood."""
    assert text.endswith("\n")
    for line in text.removesuffix("\n").split("\n"):
        assert line.isprintable(), ascii(line)
        assert not line.startswith("reachable: injected")
        assert len(line) < 1000


@HOSTILE
@pytest.mark.parametrize("form", ["text", "mermaid"])
def test_hostile_names_do_no_harm_in_answers(program: Program, hostile: str, form: str) -> None:
    for asked in ASKED:
        ran = program("path", hostile, WEB, DATABASE, *asked, "--format", form)
        assert ran.status in (3, 4)
        assert_harmless(ran.out)
        assert "<script" not in ran.out or form == "text"


@HOSTILE
def test_hostile_names_do_no_harm_in_pages(program: Program, hostile: str) -> None:
    for selector in ((), (WEB,), ("sg-0a",), ("acl-0a",), ("subnet-0web",), ("vpc-0a",)):
        ran = program("show", hostile, *selector)
        assert ran.status == 0
        assert_harmless(ran.out)


@HOSTILE
def test_json_keeps_hostile_names_and_stays_json(program: Program, hostile: str, name: str) -> None:
    answer = json.loads(program("path", hostile, WEB, DATABASE, "--format", "json").out)
    page = json.loads(program("show", hostile, WEB, "--format", "json").out)
    assert answer["source"]["name"] == page["resource"]["name"] == name
    for arguments in (("path", hostile, WEB, DATABASE), ("show", hostile, WEB)):
        raw = program(*arguments, "--format", "json").out
        assert raw.replace("\n", "").isprintable()


@HOSTILE
def test_hostile_names_as_selectors_do_no_harm(program: Program, hostile: str, name: str) -> None:
    for command in (("path", hostile, name, name), ("show", hostile, name)):
        line = one_line_of_error(program(*command))
        assert len(line) < 2000


DOT: Final = shutil.which("dot")


@pytest.mark.skipif(DOT is None, reason="the program dot is not installed")
@HOSTILE
def test_graphviz_draws_hostile_names_as_text(
    program: Program, hostile: str, tmp_path: Path
) -> None:
    answer = program("path", hostile, WEB, DATABASE, "--port", "22", "--format", "dot").out
    drawn = tmp_path / "estate.dot"
    path = ("--path", WEB, DATABASE, "--port", "22")
    assert program("diagram", hostile, *path, "-o", str(drawn)).status == 0
    for source in (answer, drawn.read_text(encoding="utf-8")):
        svg = subprocess.run(
            [str(DOT), "-Tsvg"], input=source.encode(), capture_output=True, check=True
        ).stdout
        elements = list(ET.fromstring(svg).iter())
        assert "script" not in {element.tag.rpartition("}")[2] for element in elements}
        assert "injected" not in {element.text for element in elements}


# -- the program itself


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "netreach", *arguments]


def start(*arguments: str) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command(*arguments), cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe)


def test_the_program_runs_as_a_module() -> None:
    ran = subprocess.run(command("--help"), cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Usage: netreach" in ran.stdout
    assert ran.stderr == ""


def test_the_program_leaves_errors_on_standard_error_and_no_traceback() -> None:
    ran = subprocess.run(
        command("show", "nowhere"), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert one_line_of_error(Ran(ran.returncode, ran.stdout, ran.stderr))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGPIPE and other Ctrl-C")
def test_a_reader_that_leaves_is_no_error() -> None:
    asking = start("path", THREE_TIER, "--queries", "-")
    assert asking.stdin and asking.stdout and asking.stderr  # noqa: PT018 - pipes, all three
    asking.stdin.write(b"web-1,app-1,tcp,8080\n")
    asking.stdin.flush()
    assert asking.stdout.readline().startswith(b'{"schema"')
    asking.stdout.close()
    asking.stdin.write(b"web-1,app-1,tcp,8080\n" * 3)
    asking.stdin.close()
    assert asking.wait() == 141  # neither 0, which is an answer, nor 1, which is a crash
    assert asking.stderr.read() == b""
    asking.stderr.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGPIPE and other Ctrl-C")
def test_ctrl_c_is_quiet() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:  # a job in the background inherits that Ctrl-C is ignored; people's terminals do not
        asking = start("path", THREE_TIER, "--queries", "-")
    finally:
        signal.signal(signal.SIGINT, before)
    assert asking.stdin and asking.stdout and asking.stderr  # noqa: PT018 - pipes, all three
    asking.stdin.write(b"web-1,app-1,tcp,8080\n")
    asking.stdin.flush()
    assert asking.stdout.readline().startswith(b'{"schema"')
    asking.send_signal(signal.SIGINT)
    assert asking.wait(timeout=60) == 130
    assert asking.stderr.read() == b""
    for stream in (asking.stdin, asking.stdout, asking.stderr):
        stream.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line_of_error() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            command("show", THREE_TIER), cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert "standard output" in one_line_of_error(Ran(ran.returncode, "", ran.stderr.decode()))
