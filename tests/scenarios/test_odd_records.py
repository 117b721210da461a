"""Records that AWS would not have written so, or that nothing is tied to: the codes they give."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from netreach.model.snapshot import Snapshot
from netreach.network import Answer, Network
from netreach.present.json_v1 import render_json
from netreach.sources.describe import snapshot_of
from netreach.sources.files import Document
from tests.unit.oracle import small_estate as small
from tests.unit.oracle.small_estate import HOST, WEB, find, route

Estate = small.Estate
OUTSIDE, CONFLICT = "ADDRESS_OUTSIDE_SUBNET", "CONFLICTING_RECORDS"
NO_ROUTE, FILTERED = "NO_ROUTE_TO_DESTINATION", "ROUTE_STATE_FILTERED"
LOOSE = "UNASSOCIATED_COMPONENT"


def ask(estate: Estate, source: str, destination: str, **options: Any) -> Answer:  # noqa: ANN401 - path's own
    snapshot = snapshot_of([Document("estate.json", json.dumps(estate).encode())])
    assert isinstance(snapshot, Snapshot)
    return Network(snapshot).path(source, destination, **({"port": 443} | options))


def blockers(answer: Answer) -> list[tuple[str, str]]:
    return [(str(one.code), one.component.id) for one in answer.explanations]


def gaps(answer: Answer) -> list[tuple[str, str]]:
    return [(str(one.code), one.component.id) for one in answer.missing]


def as_json(answer: Answer) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(render_json(answer.report))
    return said


# -- addresses outside their subnet


def move(estate: Estate, address: str) -> None:
    """Give the application's interface another address."""
    record = find(estate, "eni-app")
    record["PrivateIpAddress"] = address
    record["PrivateIpAddresses"][0]["PrivateIpAddress"] = address
    record["Ipv6Addresses"] = []


def test_an_interface_outside_its_subnet_leaves_the_answer_open() -> None:
    estate = small.small_estate()
    move(estate, "10.0.9.4")
    for answer in (ask(estate, "i-web", "i-app"), ask(estate, "i-app", "i-web")):
        assert (answer.verdict, gaps(answer)) == ("unknown", [(OUTSIDE, "eni-app")])
    answer = ask(estate, "i-web", "i-app")
    assert answer.missing[0].why.startswith(
        "eni-app can't be trusted: 10.0.9.4 is outside its subnet subnet-private (10.0.2.0/24"
    )
    assert [one["code"] for one in as_json(answer)["missing"]] == [OUTSIDE]
    assert OUTSIDE in answer.explain()


def test_other_interfaces_of_the_subnet_do_not_suffer() -> None:
    estate = small.small_estate()
    move(estate, "10.0.9.4")
    assert ask(estate, "i-web", "i-db").verdict == "reachable"


def test_a_definite_blocker_beats_an_address_outside_its_subnet() -> None:
    estate = small.small_estate()
    move(estate, "10.0.9.4")
    find(estate, "sg-app")["IpPermissions"] = []
    answer = ask(estate, f"vpc-a/{WEB}", "i-app")
    assert (answer.verdict, blockers(answer)) == ("unreachable", [("SG_HAS_NO_RULES", "eni-app")])


def test_a_nat_gateway_outside_its_subnet_leaves_the_answer_open() -> None:
    estate = small.small_estate()
    find(estate, "nat-a")["NatGatewayAddresses"][0]["PrivateIp"] = "10.0.9.5"
    answer = ask(estate, "i-app", HOST)
    assert (answer.verdict, gaps(answer)) == ("unknown", [(OUTSIDE, "nat-a")])


def test_what_contradicts_itself_has_a_code_of_its_own() -> None:
    estate = small.small_estate()
    tie = {"NetworkInterfaceId": "eni-web", "PrivateIpAddress": WEB, "AssociationId": "eipassoc-1"}
    estate["Addresses"].append({"AllocationId": "eipalloc-1", "PublicIp": "3.0.0.11", **tie})
    answer = ask(estate, "i-db", "i-web")
    assert (answer.verdict, gaps(answer)) == ("unknown", [(CONFLICT, "eni-web")])


def test_a_doubt_on_the_subnet_is_told_of_the_subnet() -> None:
    estate = small.small_estate()
    find(estate, "rtb-public")["Associations"].append({"SubnetId": "subnet-private"})
    find(estate, "rtb-b")["Associations"].append({"SubnetId": "subnet-private"})
    answer = ask(estate, "i-app", "i-web")
    assert (answer.verdict, gaps(answer)) == ("unknown", [(CONFLICT, "subnet-private")])


# -- routes in state filtered


def with_routes(*routes: small.Record) -> Estate:
    estate = small.small_estate()
    table = find(estate, "rtb-public")
    table["Routes"] = [
        *(one for one in table["Routes"] if one.get("GatewayId") == "local"),
        *routes,
    ]
    return estate


TO_GATEWAY = {"GatewayId": "igw-a"}


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        pytest.param([route("8.8.8.8/32", "filtered", **TO_GATEWAY)], FILTERED, id="host"),
        pytest.param([route("0.0.0.0/0", "filtered", **TO_GATEWAY)], FILTERED, id="default"),
        pytest.param([route("pl-known", "filtered", **TO_GATEWAY)], FILTERED, id="prefix-list"),
        pytest.param([route("pl-untold", "filtered", **TO_GATEWAY)], NO_ROUTE, id="unknown-list"),
        pytest.param([route("8.8.8.9/32", "filtered", **TO_GATEWAY)], NO_ROUTE, id="another-host"),
        pytest.param([route("::/0", "filtered", **TO_GATEWAY)], NO_ROUTE, id="other-family"),
        pytest.param([], NO_ROUTE, id="none"),
    ],
)
def test_a_filtered_route_is_named_where_it_would_have_covered(
    routes: list[small.Record], expected: str
) -> None:
    answer = ask(with_routes(*routes), "i-web", HOST)
    assert answer.verdict == "unreachable"
    assert (expected, "rtb-public") in blockers(answer)
    assert ({NO_ROUTE, FILTERED} - {expected}).isdisjoint({code for code, _ in blockers(answer)})


def test_a_filtered_route_does_not_matter_where_another_one_covers() -> None:
    shorter = route("8.0.0.0/8", **TO_GATEWAY)
    estate = with_routes(route("8.8.8.8/32", "filtered", **TO_GATEWAY), shorter)
    assert ask(estate, "i-web", HOST).verdict == "reachable"


def test_the_longest_filtered_route_is_the_nearest() -> None:
    estate = with_routes(
        route("8.8.8.0/24", "filtered", **TO_GATEWAY),
        route("8.8.8.8/32", "filtered", **TO_GATEWAY),
        route("8.0.0.0/8", "filtered", **TO_GATEWAY),
    )
    answer = ask(estate, f"vpc-a/{WEB}", HOST)
    (told,) = (one for one in answer.explanations if one.code == FILTERED)
    listed = "it lists 8.8.8.8/32 -> igw-a (filtered)"
    assert told.message == f"rtb-public has no route in use that covers 8.8.8.8; {listed}"
    assert told.nearest is not None
    assert told.nearest.fields["state"] == "filtered"
    assert told.fix is not None
    assert FILTERED in {one["code"] for one in as_json(answer)["explanations"]}
    assert FILTERED in answer.explain()


def test_a_filtered_route_on_the_way_back_is_named_too() -> None:
    estate = with_routes(route("8.8.8.8/32", "filtered", **TO_GATEWAY))
    answer = ask(estate, HOST, small.WEB_PUBLIC)
    assert [(one.code, one.leg) for one in answer.explanations] == [(FILTERED, "return")]


# -- resources that are tied to nothing


def without_addresses(estate: Estate) -> None:
    record = find(estate, "eni-app")
    del record["PrivateIpAddress"]
    record.update(PrivateIpAddresses=[], Ipv6Addresses=[])


def with_loose_gateway(estate: Estate) -> None:
    estate["InternetGateways"].append({"InternetGatewayId": "igw-loose", "Attachments": []})


def with_loose_egress_only(estate: Estate) -> None:
    loose = {"EgressOnlyInternetGatewayId": "eigw-loose", "Attachments": []}
    estate["EgressOnlyInternetGateways"].append(loose)


@pytest.mark.parametrize(
    ("change", "loose", "why"),
    [
        pytest.param(
            without_addresses, "i-app", "no network interface of i-app has an address", id="host"
        ),
        pytest.param(
            without_addresses,
            "eni-app",
            "no network interface of eni-app has an address",
            id="interface",
        ),
        pytest.param(
            with_loose_gateway, "igw-loose", "igw-loose is attached to no VPC", id="gateway"
        ),
        pytest.param(
            with_loose_egress_only,
            "eigw-loose",
            "eigw-loose is attached to no VPC",
            id="egress-only-gateway",
        ),
    ],
)
def test_what_is_tied_to_nothing_reaches_nothing(
    change: Callable[[Estate], None], loose: str, why: str
) -> None:
    estate = small.small_estate()
    change(estate)
    for answer in (ask(estate, loose, "i-web"), ask(estate, "i-web", loose)):
        assert (answer.verdict, blockers(answer)) == ("unreachable", [(LOOSE, loose)])
        assert answer.explanations[0].message == why
        assert [one["code"] for one in as_json(answer)["explanations"]] == [LOOSE]
        assert LOOSE in answer.explain()


def test_both_ends_that_are_tied_to_nothing_are_named() -> None:
    estate = small.small_estate()
    without_addresses(estate)
    with_loose_gateway(estate)
    assert blockers(ask(estate, "i-app", "igw-loose")) == [(LOOSE, "i-app"), (LOOSE, "igw-loose")]


def test_a_gateway_that_is_attached_is_the_internet_behind_it() -> None:
    estate = small.small_estate()
    assert ask(estate, "igw-a", "i-web").verdict == ask(estate, "internet", "i-web").verdict


def test_a_gateway_in_doubt_is_not_taken_for_loose() -> None:
    estate = small.small_estate()
    with_loose_gateway(estate)
    attached = {"State": "available", "VpcId": "vpc-a"}
    estate["InternetGateways"].append({"InternetGatewayId": "igw-loose", "Attachments": [attached]})
    assert ask(estate, "igw-loose", "i-web").verdict == "unknown"


def test_one_address_is_enough() -> None:
    estate = small.small_estate()
    record = find(estate, "eni-app")
    del record["PrivateIpAddress"]
    record["PrivateIpAddresses"] = []
    assert ask(estate, "i-web", "i-app").verdict == "reachable"  # by IPv6
    answer = ask(estate, "i-web", "i-app", family=4)
    assert blockers(answer) == [("NO_COMMON_ADDRESS_FAMILY", "i-app")]


def test_a_delegated_prefix_is_enough() -> None:
    estate = small.small_estate()
    without_addresses(estate)
    find(estate, "eni-app")["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.2.64/28"}]
    assert LOOSE not in {code for code, _ in blockers(ask(estate, "i-web", "i-app"))}


def test_a_host_that_runs_without_known_interfaces_stays_unknown() -> None:
    estate = small.small_estate()
    estate["NetworkInterfaces"].remove(find(estate, "eni-app"))
    answer = ask(estate, "i-web", "i-app")
    assert (answer.verdict, gaps(answer)) == ("unknown", [("UNKNOWN_RESOURCE", "i-app")])
