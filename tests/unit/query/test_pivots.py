"""Connections one after another: what they come to, and what is asked of each."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from netreach import Verdict
from netreach.errors import UsageError
from netreach.network import Answer
from netreach.query.pivots import consecutive
from tests.unit.fabric.estates_by_hand import ACL, NO_MATCH, acl, codes, estate

#: From web-1 by app-1 to db-1; the groups let only that chain through.
CHAIN: dict[str, Any] = {
    "app": {"ingress": ["tcp 22 from 10.0.1.0/24"]},
    "db": {"ingress": ["tcp 5432 from 10.0.2.0/24"]},
}


def chained(**shop: Any) -> Answer:  # noqa: ANN401 - YAML forms
    network = estate(**{"groups": CHAIN, **shop})
    return network.path("web-1", "db-1", port=5432, family=4, via="app-1")


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ("reachable reachable", "reachable"),
        ("reachable partial", "partial"),
        ("reachable unknown", "unknown"),
        ("partial unknown", "unknown"),
        ("unknown unreachable", "unreachable"),
        ("partial unreachable reachable", "unreachable"),
    ],
)
def test_a_chain_is_as_good_as_its_worst_leg(verdicts: str, whole: str) -> None:
    for order in permutations(verdicts.split()):
        assert consecutive(map(Verdict, order)) is Verdict(whole)


def test_each_leg_is_a_connection_of_its_own_port() -> None:
    answer = chained()
    assert answer
    assert [str(leg.services) for leg in answer.legs] == ["tcp 22", "tcp 5432"]
    assert [leg.report.source.name for leg in answer.legs] == ["web-1", "app-1"]
    assert [leg.report.destination.name for leg in answer.legs] == ["app-1", "db-1"]
    assert (answer.report.source.name, answer.report.destination.name) == ("web-1", "db-1")
    assert str(answer.services) == "tcp 5432"


def test_an_answer_about_one_connection_has_no_legs() -> None:
    network = estate(groups=CHAIN)
    assert network.path("web-1", "app-1", port=22, family=4).legs == ()


def test_the_way_without_the_pivot_is_not_asked() -> None:
    network = estate(groups=CHAIN)
    assert network.path("web-1", "db-1", port=5432, family=4).verdict == "unreachable"


@pytest.mark.parametrize(("port", "verdict"), [(22, "reachable"), ("2222", "unreachable")])
def test_all_legs_but_the_last_are_asked_on_the_pivots_port(
    *, port: int | str, verdict: str
) -> None:
    network = estate(groups=CHAIN)
    asked: dict[str, Any] = {"family": 4, "via": ("app-1",), "via_port": port}
    assert network.path("web-1", "db-1", port=5432, **asked).verdict == verdict


def test_pivots_are_gone_by_in_order() -> None:
    network = estate()
    answer = network.path("web-1", "lab-1", protocol="icmp", via=("app-1", "db-1"))
    ends = [(leg.report.query["source"], leg.report.query["destination"]) for leg in answer.legs]
    assert ends == [("web-1", "app-1"), ("app-1", "db-1"), ("db-1", "lab-1")]
    protocols = [leg.report.query["protocol"] for leg in answer.legs]
    assert protocols == ["tcp", "tcp", "icmp"]


def test_the_blockers_of_all_legs_are_named() -> None:
    answer = chained(
        groups={"app": {"ingress": ["tcp 23 from anywhere"]}},
        acls={"db": acl(ingress=("90 deny all from 10.0.2.0/24", "100 allow all from 0.0.0.0/0"))},
    )
    assert answer.verdict == "unreachable"
    assert [str(leg.verdict) for leg in answer.legs] == ["unreachable", "unreachable"]
    assert codes(answer) == {NO_MATCH, ACL}
    assert not answer.services
    assert not answer.forward_services


def test_what_gets_to_the_destination_counts_only_if_the_legs_before_work() -> None:
    no_reply = acl(egress=("90 deny all to 10.0.2.0/24", "100 allow all to 0.0.0.0/0"))
    answer = chained(acls={"db": no_reply})
    assert str(answer.forward_services) == "tcp 5432"
    closed = {"app": {"ingress": ["tcp 23 from anywhere"]}}
    answer = chained(acls={"db": no_reply}, groups=closed)
    assert not answer.forward_services


def test_a_leg_that_works_for_some_client_ports_makes_the_chain_partial() -> None:
    some = acl(egress=("100 allow tcp 32768-60999 to 0.0.0.0/0",))
    answer = chained(acls={"app": some})
    assert [str(leg.verdict) for leg in answer.legs] == ["partial", "unreachable"]
    answer = chained(acls={"web": acl(ingress=("100 allow tcp 32768-60999 from 0.0.0.0/0",))})
    assert [str(leg.verdict) for leg in answer.legs] == ["partial", "reachable"]
    assert answer.verdict == "partial"
    assert codes(answer) == {ACL}


def test_what_a_leg_lacks_makes_the_chain_unknown_and_is_named() -> None:
    rule = {"app": {"ingress": ["tcp 22 from prefix-list:office"]}, "db": CHAIN["db"]}
    answer = chained(groups=rule, rest={"prefix_lists": {"office": {"entries": "unknown"}}})
    assert answer.verdict == "unknown"
    assert codes(answer) == {"PREFIX_LIST_ENTRIES_UNKNOWN"}


@pytest.mark.parametrize("pivot", ["internet", "sg:sg-app", "10.0.2.0/24"])
def test_a_pivot_is_one_host(pivot: str) -> None:
    """Of several, those that the client reaches need not be those that reach the destination."""
    with pytest.raises(UsageError, match="several hosts"):
        estate().path("web-1", "db-1", via=pivot)


def test_a_warning_of_any_leg_is_the_chain_s() -> None:
    base = estate()
    answer = base.path("web-1", "db-1", port=5432, family=4, via="10.0.2.77")
    assert answer.warnings == tuple(
        dict.fromkeys(warning for leg in answer.legs for warning in leg.warnings)
    )
    assert any("10.0.2.77" in warning for warning in answer.warnings)
