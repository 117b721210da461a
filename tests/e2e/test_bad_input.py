"""What is wrong or missing in real dumps has a verdict that says so, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netreach.cli.app import run
from netreach.explain.fixes import apply
from netreach.explain.records import Fix
from netreach.network import Network
from netreach.sources.load import open_snapshot
from tests.e2e import bad_estates as bad

UNREACHABLE, UNKNOWN, REACHABLE = 3, 5, 0


def asked(
    folder: Path, dump: bad.Json, capsys: pytest.CaptureFixture[str], *question: str
) -> tuple[int, dict[str, Any], str]:
    """Ask in both forms; return the exit status, the JSON and the text."""
    file = folder / "dump.json"
    file.write_text(json.dumps(dump), encoding="utf-8")
    told = run(["path", str(file), *question, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert run(["path", str(file), *question]) == told
    return told, document, " ".join(capsys.readouterr().out.split())


def codes(document: dict[str, Any]) -> set[str]:
    return {one["code"] for one in (*document["explanations"], *document["missing"])}


@pytest.mark.parametrize(
    ("dump", "status", "code", "words"),
    [
        pytest.param(bad.transit(), REACHABLE, "", "a reaches b", id="nothing-wrong"),
        pytest.param(
            {**bad.transit(), "tgw-rtb-1": {}},
            UNKNOWN,
            "TGW_RTB_ROUTES_ARE_UNKNOWN",
            "does not hold all routes of tgw-rtb-1; add the answer of "
            "search-transit-gateway-routes",
            id="routes-not-searched",
        ),
        pytest.param(
            {**bad.transit(), "TransitGatewayRouteTables": [], "tgw-rtb-1": {}},
            UNKNOWN,
            "TGW_RTB_ROUTES_ARE_UNKNOWN",
            "the snapshot lacks tgw-rtb-1, which routes what comes from tgw-attach-a",
            id="tables-of-a-foreign-account",
        ),
        pytest.param(
            {**bad.transit(), "TransitGateways": [], "TransitGatewayAttachments": []}
            | {"TransitGatewayVpcAttachments": [], "TransitGatewayRouteTables": []},
            UNKNOWN,
            "UNKNOWN_RESOURCE",
            "the snapshot lacks tgw-1, which the path needs",
            id="gateway-of-a-foreign-account",
        ),
        pytest.param(
            bad.peered("pending-acceptance"),
            UNREACHABLE,
            "BAD_STATE",
            "pcx-1 is not in service: its state is pending-acceptance",
            id="pending-peering",
        ),
        pytest.param(
            bad.peered("rejected"),
            UNREACHABLE,
            "BAD_STATE",
            "pcx-1 is not in service: its state is rejected",
            id="rejected-peering",
        ),
        pytest.param(
            bad.peered("deleted"),
            UNREACHABLE,
            "BAD_STATE_ROUTE",
            "the route of rtb-a that covers 10.1.1.10 is a blackhole",
            id="deleted-peering",
        ),
    ],
)
def test_between_two_vpcs(
    dump: bad.Json,
    status: int,
    code: str,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told, document, text = asked(tmp_path, dump, capsys, "a", "b", "--port", "443")
    assert (told, codes(document) >= ({code} - {""})) == (status, True)
    assert words in text


def test_a_peering_that_waits_can_be_accepted_and_one_that_was_rejected_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = ("a", "b", "--port", "443")
    _, document, text = asked(tmp_path, bad.peered("pending-acceptance"), capsys, *question)
    (fix,) = (one["fix"] for one in document["explanations"])
    assert (fix["kind"], fix["peering"]) == ("accept-peering", "pcx-1")
    assert "aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id pcx-1" in text
    snapshot = open_snapshot(tmp_path)
    mended = apply(snapshot, Fix("", fix["kind"], {"peering": fix["peering"]}))
    assert Network(mended).path("a", "b", port=443).verdict == "reachable"
    _, document, _ = asked(tmp_path, bad.peered("rejected"), capsys, *question)
    assert [one["fix"] for one in document["explanations"]] == [None]


def test_a_table_that_is_not_there_is_named_and_no_circle_is_seen_in_what_has_no_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump = {**bad.estate(), "RouteTables": [], "NetworkAcls": []}
    told, document, text = asked(tmp_path, dump, capsys, "a", "8.8.8.8", "--port", "443")
    assert (told, codes(document)) == (UNKNOWN, {"UNKNOWN_RESOURCE"})
    assert "the snapshot lacks the route table of subnet-a; add the answer of" in text
    assert "round again" not in text


def test_an_attachment_to_a_vpc_that_is_not_there_is_unknown_and_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump = bad.without_vpc_b(bad.transit())
    told, document, text = asked(tmp_path, dump, capsys, "a", "10.1.1.10", "--port", "443")
    assert (told, codes(document)) == (UNKNOWN, {"UNKNOWN_RESOURCE"})
    assert "the snapshot lacks vpc-b, to which tgw-attach-b leads" in text


@pytest.mark.parametrize("state", ["active", "blackhole"])
@pytest.mark.parametrize(
    "target",
    [
        {"NatGatewayId": "nat-gone"},
        {"TransitGatewayId": "tgw-gone"},
        {"GatewayId": "vgw-gone"},
        {"NetworkInterfaceId": "eni-gone"},
        {"GatewayId": "vpce-gone"},
        {"VpcPeeringConnectionId": "pcx-gone"},
    ],
    ids=lambda target: next(iter(target.values())),
)
def test_a_route_to_what_is_gone_is_a_blackhole_or_unknown_by_name(
    target: dict[str, str], state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump = bad.estate()
    bad.leads(dump, "a", "198.18.0.0/15", **target, State=state)
    told, document, text = asked(tmp_path, dump, capsys, "a", "198.18.5.7", "--port", "443")
    if state == "blackhole":
        assert (told, codes(document)) == (UNREACHABLE, {"BAD_STATE_ROUTE"})
    else:
        gone = next(iter(target.values()))
        assert told == UNKNOWN
        assert f"the snapshot lacks {gone}, which the path needs" in text


def target(number: str) -> bad.Json:
    return {"Target": {"Id": number, "Port": 80}, "TargetHealth": {"State": "healthy"}}


@pytest.mark.parametrize(
    ("dump", "status", "code", "words"),
    [
        pytest.param(
            bad.balanced([]),
            UNREACHABLE,
            "ELBV2_LISTENER_HAS_NO_TG",
            "no target is registered and in use at targetgroup/web/0123",
            id="without-targets",
        ),
        pytest.param(
            bad.balanced(None),
            UNKNOWN,
            "UNKNOWN_RESOURCE",
            "does not say which targets targetgroup/web/0123 has; add the answer of "
            "describe-target-health",
            id="targets-not-asked-for",
        ),
        pytest.param(
            bad.balanced([target("i-gone")]),
            UNKNOWN,
            "UNKNOWN_RESOURCE",
            "holds no network interface of i-gone, a target of targetgroup/web/0123",
            id="target-that-is-not-there",
        ),
        pytest.param(
            bad.balanced([], listeners=False),
            UNKNOWN,
            "UNKNOWN_RESOURCE",
            "does not say which listeners loadbalancer/net/front/0123 has; add the answer of "
            "describe-listeners",
            id="listeners-not-asked-for",
        ),
    ],
)
def test_balancers_of_which_something_is_missing(
    dump: bad.Json,
    status: int,
    code: str,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told, document, text = asked(tmp_path, dump, capsys, "a", "front", "--port", "80")
    assert (told, codes(document)) == (status, {code})
    assert words in text


def test_a_target_that_was_asked_has_its_name_wherever_it_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = ("10.0.1.99", "a", "--through", "front", "--port", "80")
    told, _, text = asked(tmp_path, bad.balanced([target("i-a")]), capsys, *question)
    assert told == REACHABLE
    assert "receives it a sees it come from 10.0.1." in text


@pytest.mark.parametrize(
    ("options", "port", "status", "expected"),
    [
        ((), "443", UNREACHABLE, {"FIREWALL_RULES_RESTRICTION"}),
        (
            ({"Keyword": "content", "Settings": ['"x"']},),
            "443",
            UNKNOWN,
            {"FIREWALL_UNSUPPORTED_RULE_OPTIONS"},
        ),
        (({"Keyword": "never-heard-of"},), "443", UNKNOWN, {"FIREWALL_UNSUPPORTED_RULE_OPTIONS"}),
        (({"Keyword": "never-heard-of"},), "80", REACHABLE, set()),
    ],
    ids=["no-options", "content", "unheard-of", "another-port"],
)
def test_unknown_options_of_a_firewall_rule_leave_its_part_open(
    options: tuple[bad.Json, ...],
    port: str,
    status: int,
    expected: set[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dump = bad.walled(*options)
    told, document, text = asked(tmp_path, dump, capsys, "a", "8.8.8.8", "--port", port)
    assert (told, codes(document)) == (status, expected)
    if status == UNKNOWN:
        assert "stateful-rulegroup/odd" in text


def test_rules_of_a_firewall_that_are_not_there_are_unknown_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump = {**bad.walled(), "rules": {}}
    told, _, text = asked(tmp_path, dump, capsys, "a", "8.8.8.8", "--port", "443")
    assert told == UNKNOWN
    assert bad.RULES in text


def test_a_circle_of_routes_is_found_and_named_and_shown_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, document, text = asked(tmp_path, bad.circle(), capsys, "a", "10.9.1.1", "--port", "443")
    assert (told, codes(document)) == (UNREACHABLE, {"ROUTING_LOOP"})
    circle = "tgw-attach-p@tgw-2 -> tgw-rtb-2 -> tgw-attach-p -> tgw-rtb-1 -> tgw-attach-p@tgw-2"
    assert f"in a circle and never leaves it: {circle}" in text
    assert "... and round again, 6 times" in text
    shown = text.partition("Why")[0]
    assert shown.count("tgw-rtb-2 10.9.0.0/16") == 1
