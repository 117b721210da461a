"""The judge by hand: which route takes a packet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Verdict
from tests.unit.oracle.small_estate import (
    APP,
    HOST,
    HOST_6,
    WEB,
    WEB_6,
    ask,
    find,
    route,
    small_estate,
)

REACHABLE = Verdict.REACHABLE
UNREACHABLE = Verdict.UNREACHABLE


TO_GATEWAY, TO_NOWHERE = {"GatewayId": "igw-a"}, {"TransitGatewayId": "tgw-1"}
TO_VGW = {"GatewayId": "vgw-1"}


@pytest.mark.parametrize(
    ("routes", "verdict", "code"),
    [
        pytest.param([], UNREACHABLE, codes.NO_ROUTE, id="no-route"),
        pytest.param([route("0.0.0.0/0", **TO_GATEWAY)], REACHABLE, None, id="default"),
        pytest.param(
            [route("0.0.0.0/0", "blackhole", **TO_GATEWAY)],
            UNREACHABLE,
            codes.BAD_STATE_ROUTE,
            id="blackhole",
        ),
        pytest.param(
            [route("0.0.0.0/0", **TO_GATEWAY), route("8.8.8.8/32", "blackhole", **TO_NOWHERE)],
            UNREACHABLE,
            codes.BAD_STATE_ROUTE,
            id="RT-9-no-fall-through",
        ),
        pytest.param(
            [route("0.0.0.0/0", **TO_GATEWAY), route("8.8.8.9/32", "blackhole", **TO_NOWHERE)],
            REACHABLE,
            None,
            id="the-next-address-has-its-own-route",
        ),
        pytest.param(
            [route("0.0.0.0/0", **TO_GATEWAY), route("8.8.8.8/32", "filtered", **TO_NOWHERE)],
            REACHABLE,
            None,
            id="RT-9-filtered-is-never-used",
        ),
        pytest.param(
            [route("8.8.8.0/24", "blackhole", **TO_NOWHERE), route("8.8.8.0/25", **TO_GATEWAY)],
            REACHABLE,
            None,
            id="RT-3-longest-prefix",
        ),
        pytest.param(
            [route("8.8.8.0/24", "blackhole", **TO_VGW), route("8.8.8.0/24", **TO_GATEWAY)],
            REACHABLE,
            None,
            id="RT-3-static-before-propagated",
        ),
        pytest.param(
            [route("8.8.8.0/25", "blackhole", **TO_VGW), route("8.8.8.0/24", **TO_GATEWAY)],
            UNREACHABLE,
            codes.BAD_STATE_ROUTE,
            id="RT-3-longer-propagated-before-static",
        ),
        pytest.param(
            [route("pl-known", "blackhole", **TO_NOWHERE), route("8.8.8.0/24", **TO_GATEWAY)],
            REACHABLE,
            None,
            id="RT-3-static-before-list",
        ),
        pytest.param(
            [route("8.8.8.0/24", "blackhole", **TO_VGW), route("pl-known", **TO_GATEWAY)],
            REACHABLE,
            None,
            id="RT-6-list-before-propagated",
        ),
        pytest.param(
            [route("::/0", **TO_GATEWAY)], UNREACHABLE, codes.NO_ROUTE, id="RT-2-families-apart"
        ),
    ],
)
def test_which_route_takes_the_packet(
    routes: list[dict[str, Any]], verdict: Verdict, code: str | None
) -> None:
    estate = small_estate()
    table = find(estate, "rtb-public")
    for order in (routes, routes[::-1]):
        table["Routes"] = table["Routes"][:2] + order
        ruling = ask(estate, WEB, HOST)
        assert (ruling.verdict, ruling.code) == (verdict, code)


def test_rt4_a_propagated_route_never_beats_the_local_one() -> None:
    estate = small_estate()
    find(estate, "rtb-public")["Routes"].append(route("10.0.2.0/24", "blackhole", **TO_VGW))
    assert ask(estate, WEB, APP).verdict == REACHABLE


def test_rt1_a_subnet_of_its_own_table_does_not_use_the_main_one() -> None:
    estate = small_estate()
    find(estate, "rtb-private")["Routes"] = []
    assert ask(estate, WEB, HOST).verdict == REACHABLE
    assert ask(estate, APP, HOST).code == codes.NO_ROUTE


def test_rt6_lists_that_tie_are_unknown_where_they_differ() -> None:
    estate = small_estate()
    twin = {"PrefixListId": "pl-twin", "Entries": [{"Cidr": "8.8.8.0/24"}]}
    estate["ManagedPrefixLists"].append(twin)
    routes = find(estate, "rtb-public")["Routes"]
    routes += [route("pl-known", **TO_GATEWAY), route("pl-twin", "blackhole", **TO_NOWHERE)]
    assert ask(estate, WEB, HOST).verdict == Verdict.UNKNOWN


def test_the_return_leg_needs_a_route_of_its_own() -> None:
    estate = small_estate()
    del find(estate, "rtb-public")["Routes"][3]
    ruling = ask(estate, HOST_6, WEB_6)
    assert (ruling.code, ruling.leg) == (codes.NO_ROUTE, Leg.RETURN)


def test_rt2_each_block_needs_its_local_route() -> None:
    estate = small_estate()
    del find(estate, "rtb-public")["Routes"][0]
    ruling = ask(estate, APP, WEB)
    assert (ruling.code, ruling.leg) == (codes.IGW_TO_RFC1918, Leg.RETURN)
