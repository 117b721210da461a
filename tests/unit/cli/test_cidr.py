"""`netreach cidr` from its arguments to what it prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from netreach.cli.cidr import cidr
from netreach.errors import NetreachError, UsageError

APP = typer.Typer()
APP.command()(cidr)

PAGES = {
    "one-subnet": ["10.0.1.0/24"],
    "host-bits": ["100.68.0.18/18"],
    "one-address": ["8.8.8.8"],
    "one-ipv6-address": ["2600:1f16::5"],
    "metadata-address": ["169.254.169.254"],
    "ipv6-subnet": ["2600:1f16:12::/64"],
    "ipv6-vpc": ["2600:1f16:12::/52"],
    "too-large": ["10.0.0.0/8"],
    "everything": ["0.0.0.0/0"],
    "docker-bridge": ["172.17.0.0/16"],
    "public-block": ["52.10.0.0/20"],
    "several-apart": ["10.0.0.0/24", "10.0.1.0/24", "2600::/64"],
    "several-overlapping": ["10.0.0.0/16", "10.0.1.0/24", "10.0.0.0/16", "10.0.1.128/25"],
    "vpc-yes": ["--vpc", "10.2.0.0/16", "100.64.0.0/16", "2600:1f16::/56"],
    "vpc-no": ["--vpc", "10.2.0.0/16", "172.16.0.0/16", "10.2.3.0/24", "169.254.0.0/16"],
    "vpc-other-order": ["--vpc", "100.64.0.0/16", "10.2.0.0/16"],
    "vpc-six-blocks": ["--vpc", *(f"10.{n}.0.0/16" for n in range(2, 8))],
    "vpc-ipv6-alone": ["--vpc", "2600:1f16::/56"],
    "hosts": ["--hosts", "29"],
    "hosts-one": ["--hosts", "1"],
    "hosts-largest": ["--hosts", "65531"],
    "hosts-within": ["--hosts", "29", "10.0.0.0/24", "10.0.1.0/27", "2600::/56"],
    "split": ["10.0.0.0/24", "--split", "/26"],
    "split-into-three": ["10.0.0.0/24", "--split-into", "3"],
    "split-into-four": ["10.0.0.0/24", "--split-into", "4"],
    "split-too-small-for-aws": ["10.0.0.0/29", "--split", "31"],
    "split-ipv6": ["2600::/62", "--split", "/64"],
    "contains": ["10.0.0.0/24", "10.0.1.0/24", "--contains", "10.0.1.2"],
    "contains-block": ["10.0.0.0/16", "--contains", "10.0.77.0/24"],
}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(APP, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def run_json(*arguments: str) -> Any:  # noqa: ANN401  JSON is what it is
    return json.loads(run(*arguments, "--format", "json"))


def refusal(*arguments: str) -> NetreachError:
    result = CliRunner().invoke(APP, list(arguments))
    assert isinstance(result.exception, UsageError)
    assert not result.stdout
    return result.exception


@pytest.mark.parametrize("page", PAGES)
def test_the_text_reads_well(page: str, golden: Callable[[str, str], None]) -> None:
    golden(f"cidr/{page}.txt", run(*PAGES[page]))


@pytest.mark.parametrize(
    "page", ["host-bits", "too-large", "ipv6-subnet", "everything", "several-overlapping"]
)
def test_the_json_says_the_same(page: str, golden: Callable[[str, str], None]) -> None:
    golden(f"cidr/{page}.json", run(*PAGES[page], "--format", "json"))


def test_the_json_has_every_answer(golden: Callable[[str, str], None]) -> None:
    questions = "--hosts 29 --split 26 --contains 10.2.0.2 --vpc --format json"
    golden("cidr/all-questions.json", run("10.2.0.0/24", "10.2.0.128/26", *questions.split()))


def test_the_json_names_its_schema() -> None:
    assert run_json("10.0.0.0/24")["schema"] == "netreach/cidr/1"


def test_29_hosts_need_a_26() -> None:
    (plan,) = run_json("--hosts", "29")["hosts"]
    assert plan["best"] == {"length": 26, "addresses": 64, "usable": 59}
    assert plan["within"] is plan["room_for"] is None


def test_the_smallest_size_has_no_smaller_one() -> None:
    (plan,) = run_json("--hosts", "11")["hosts"]
    assert plan["smaller"] is None
    assert plan["larger"]["length"] == 27


def test_a_block_that_is_too_small_has_room_for_none() -> None:
    (plan,) = run_json("--hosts", "29", "10.0.0.0/27")["hosts"]
    assert plan["room_for"] == 0


@pytest.mark.parametrize("spelling", ["/26", "26"])
def test_a_length_is_given_with_or_without_a_slash(spelling: str) -> None:
    (split,) = run_json("10.0.0.0/24", "--split", spelling)["splits"]
    assert split["subnets"] == ["10.0.0.0/26", "10.0.0.64/26", "10.0.0.128/26", "10.0.0.192/26"]


@pytest.mark.parametrize(
    ("length", "lines", "last"),
    [
        pytest.param("/24", 256, "  10.0.255.0/24", id="exactly-256"),
        pytest.param("/25", 257, "  ... and 256 more", id="512"),
        pytest.param("/32", 257, "  ... and 65,280 more", id="too-small-for-aws"),
    ],
)
def test_a_long_split_is_cut_short_and_says_so(length: str, lines: int, last: str) -> None:
    text = run("10.0.0.0/16", "--split", length).splitlines()
    listed = [line for line in text[1:] if line.startswith(("  10.", "  ..."))]
    assert len(listed) == lines
    assert listed[-1].startswith(last)


def test_many_overlaps_are_cut_short_and_say_so() -> None:
    text = run(*["10.0.0.0/24"] * 24)  # 276 pairs
    assert "overlaps: 276\n" in text
    assert text.count("10.0.0.0/24 equals 10.0.0.0/24") == 256
    assert "... and 20 more" in text


def test_the_json_of_a_split_is_whole_up_to_its_limit() -> None:
    (split,) = run_json("10.0.0.0/16", "--split", "/28")["splits"]
    assert len(split["subnets"]) == split["count"] == 4096
    assert split["subnets"][-1] == "10.0.255.240/28"
    assert split["usable_each"] == 11


def test_the_json_of_a_longer_split_is_refused_with_a_way_out() -> None:
    error = refusal("10.0.0.0/16", "--split", "/29", "--format", "json")
    assert str(error) == (
        "--format json: 10.0.0.0/16 has 8,192 blocks of /29: "
        "ask for at most 4,096: split a smaller block, or into larger ones"
    )


def test_counts_of_ipv6_are_exact_in_json() -> None:
    (block,) = run_json("2600::/64")["prefixes"]
    assert block["addresses"] == 2**64
    assert block["subnet"]["usable"] == 2**64 - 5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(
            ["10.0.0.256"],
            "'10.0.0.256': no IP address or CIDR: "
            "write it like 10.0.0.0/24, 10.0.0.5 or 2001:db8::/64",
            id="address",
        ),
        pytest.param(
            ["10.0.0.0/33"],
            "'10.0.0.0/33': the length after the slash must be 0 to 32: "
            "write it like 10.0.0.0/24, 10.0.0.5 or 2001:db8::/64",
            id="length",
        ),
        pytest.param(
            [],
            "PREFIX: missing: ask like netreach cidr 10.0.0.0/24, or --hosts 29",
            id="nothing",
        ),
        pytest.param(
            ["--hosts", "many"],
            "--hosts: 'many' is no whole number: give it like --hosts 4",
            id="hosts-word",
        ),
        pytest.param(
            ["--hosts", "0"], "--hosts: must be at least 1: ask like --hosts 29", id="no-hosts"
        ),
        pytest.param(
            ["--hosts", "70000"],
            "--hosts: no AWS subnet has 70,000 usable addresses; the largest, a /16, has 65,531: "
            "spread the hosts over several subnets",
            id="too-many-hosts",
        ),
        pytest.param(
            ["10.0.0.0/24", "--split", "x"],
            "--split: 'x' is no whole number: give it like --split /26",
            id="split-word",
        ),
        pytest.param(
            ["10.0.0.0/24", "--split-into", "/4"],
            "--split-into: '/4' is no whole number: give it like --split-into 4",
            id="parts-with-slash",
        ),
        pytest.param(
            ["10.0.0.0/24", "--split-into", "9" * 5000],
            f"--split-into: '{'9' * 57}...' is no whole number: give it like --split-into 4",
            id="endless-number",
        ),
        pytest.param(
            ["10.0.0.0/24", "--split", "/20"],
            "--split: 10.0.0.0/24 can't be cut into /20: ask for /24 to /32",
            id="wider-split",
        ),
        pytest.param(
            ["10.0.0.0/24", "--split", "/26", "--split-into", "4"],
            "--split-into: contradicts --split: give one of the two",
            id="two-splits",
        ),
        pytest.param(
            ["10.0.0.0/24", "--contains", "10.0.0"],
            "'10.0.0': no IP address or CIDR: write it like 10.0.0.0/24, 10.0.0.5 or 2001:db8::/64",
            id="contains",
        ),
    ],
)
def test_bad_input_is_one_sentence(arguments: list[str], sentence: str) -> None:
    assert str(refusal(*arguments)) == sentence


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["10.0.0.0/\x1b[31m24\n"], id="prefix"),
        pytest.param(["\x00\u202e\udcff"], id="undecodable"),
        pytest.param(["10.0.0.0/24", "--contains", "\x07"], id="contains"),
        pytest.param(["--hosts", "1\r\n2"], id="hosts"),
        pytest.param(["10.0.0.0/24", "--split", "\x9b"], id="split"),
        pytest.param(["10.0.0.0/24", "--split-into", "\u0664"], id="foreign-digit"),
        pytest.param(["x\x1b" * 10_000], id="long"),
    ],
)
def test_control_characters_of_arguments_are_escaped(arguments: list[str]) -> None:
    sentence = str(refusal(*arguments))
    assert len(sentence) < 400
    assert sentence.isprintable()


def test_an_unknown_format_is_a_usage_error() -> None:
    assert CliRunner().invoke(APP, ["10.0.0.0/24", "--format", "xml"]).exit_code == 2
