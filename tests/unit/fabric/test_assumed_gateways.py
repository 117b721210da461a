"""An internet gateway that the snapshot lacks is assumed where an active route names it."""

from __future__ import annotations

import pytest

from netreach.network import Answer
from tests.property.test_engine_agrees import network_of
from tests.unit.oracle.small_estate import HOST, WEB_PUBLIC, find, small_estate

#: A message without an answer: only the way there counts.
ONE_WAY = {"protocol": "icmp", "port": "11/0"}
PING = {"protocol": "icmp", "port": "8/0"}


def ask_from_outside(
    service: dict[str, str], *, state: str = "active", strict: bool = False
) -> Answer:
    """Ask an estate without any record of an internet gateway."""
    estate = small_estate()
    estate["InternetGateways"] = []
    for route in find(estate, "rtb-public")["Routes"][2:]:
        route["State"] = state
    return network_of(estate).path(HOST, WEB_PUBLIC, strict=strict, **service)


@pytest.mark.parametrize("service", [ONE_WAY, PING], ids=["one-way", "answered"])
def test_who_comes_in_by_an_assumed_gateway_is_warned_of_it(service: dict[str, str]) -> None:
    answer = ask_from_outside(service)
    assert answer.verdict == "reachable"
    assert any("igw-a" in warning for warning in answer.warnings)


@pytest.mark.parametrize("service", [ONE_WAY, PING], ids=["one-way", "answered"])
def test_strictly_nobody_comes_in_by_an_assumed_gateway(service: dict[str, str]) -> None:
    answer = ask_from_outside(service, strict=True)
    assert answer.verdict == "unknown"
    assert "ASSUMED_GATEWAY" in {str(one.code) for one in answer.missing}


@pytest.mark.parametrize("state", ["blackhole", "filtered"])
def test_a_route_that_is_not_active_vouches_for_no_gateway(state: str) -> None:
    answer = ask_from_outside(ONE_WAY, state=state)
    assert answer.verdict == "unreachable"
    assert [str(one.code) for one in answer.explanations] == ["NO_POSSIBLE_DESTINATION"]
