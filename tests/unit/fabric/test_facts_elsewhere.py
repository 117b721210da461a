"""What is recognised and not modelled: Lattice, Cloud WAN. Answers are unknown and name it."""

from __future__ import annotations

import pytest

from tests.unit.fabric.estates_by_hand import ask, codes, estate, named


def test_hy_4_lattice_lies_beside_the_routers() -> None:
    answer = ask(estate(), "web-1 169.254.171.33 tcp 443")
    assert (answer.verdict, codes(answer)) == ("unknown", {"NOT_MODELLED"})
    assert {missing.component.id for missing in answer.missing} == {"VPC Lattice"}


def test_hy_4_the_client_s_groups_come_before_lattice() -> None:
    sealed = estate(groups={"web": {"egress": ["tcp 80 to anywhere"]}})
    answer = ask(sealed, "web-1 169.254.171.33 tcp 443")
    assert answer.verdict == "unreachable"


def test_rt_8_the_rest_of_the_range_is_never_forwarded() -> None:
    answer = ask(estate(), "web-1 169.254.170.33 tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"UNROUTABLE_DESTINATION_RANGE"})


ARN = "arn:aws:networkmanager::111122223333:core-network/core-network-0a1"


@pytest.mark.parametrize("destination", ["10.9.0.5", "lab-1"])
def test_hy_5_a_core_network_leaves_the_answer_open(destination: str) -> None:
    routes = {"10.9.0.0/16": f"core-network:{ARN}", "10.1.0.0/16": f"core-network:{ARN}"}
    answer = ask(estate(route_tables={"web": {"routes": routes}}), f"web-1 {destination} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {ARN})
