"""Answers about a balancer tell whose health checks don't arrive: LB-1, LB-2."""

from __future__ import annotations

from typing import Any

import pytest

from netreach.model.services import BalancerKind
from netreach.network import Answer, Network
from tests.unit.fabric.balancers_by_hand import APP, DB, NODE_A, balanced, target
from tests.unit.fabric.estates_by_hand import APP_1, DB_1, WEB_1, Form, acl, ask, estate

NETWORK, APPLICATION = BalancerKind.NETWORK, BalancerKind.APPLICATION
ASK = f"db-1 {NODE_A} tcp 80"


def checks_of(answer: Answer) -> list[str]:
    """Return what an answer says of health checks."""
    return [warning for warning in answer.warnings if "health checks" in warning]


def told(port: int, code: str, *, said: str = "cannot reach") -> list[str]:
    """Return the sentence on the tests of app-1 by the node in zone a."""
    who = f"i-app-1 ({APP_1}) on tcp {port}: {code}"
    return [f"health checks of tg-front from {NODE_A} {said} {who}"]


def open_to(*rules: str, **more: Any) -> Network:  # noqa: ANN401 - YAML forms
    """Return a network balancer before app-1, whose group has these rules."""
    return balanced(APP, groups={"app": {"ingress": list(rules)}}, **more)


def test_lb_2_a_target_that_allows_its_clients_only_fails_its_health_checks() -> None:
    answer = ask(open_to(f"tcp 8080 from {DB_1}/32"), ASK)
    assert answer.verdict == "reachable"
    assert checks_of(answer) == told(8080, "ENI_SG_RULES_MISMATCH")


@pytest.mark.parametrize("kind", [NETWORK, APPLICATION])
def test_lb_1_what_is_tested_as_it_should_be_is_not_told(kind: BalancerKind) -> None:
    answer = ask(balanced(APP, kind=kind), ASK)
    assert (answer.verdict, checks_of(answer)) == ("reachable", [])


def test_lb_1_the_health_port_is_asked_where_it_is_another() -> None:
    network = open_to("tcp 8080 from anywhere", of_group={"health_port": 9000})
    assert checks_of(ask(network, ASK)) == told(9000, "ENI_SG_RULES_MISMATCH")
    network = open_to("tcp 8080 from anywhere", of_group={"health_port": 8080})
    assert checks_of(ask(network, ASK)) == []


def test_lb_1_a_target_s_own_port_is_tested() -> None:
    only = {"app": {"ingress": ["tcp 9000 from anywhere"]}}
    network = balanced(target("i-app-1", 9000), groups=only)
    assert checks_of(ask(network, ASK)) == []


def test_lb_2_health_checks_obey_outbound_rules() -> None:
    front: Form = {"ingress": ["all from anywhere"], "egress": ["tcp 8080 to anywhere"]}
    network = balanced(
        APP, security=("sg-front",), groups={"front": front}, of_group={"health_port": 9000}
    )
    assert checks_of(ask(network, ASK)) == told(9000, "ENI_SG_RULES_MISMATCH")


def test_lb_2_health_checks_do_not_obey_inbound_rules() -> None:
    front: Form = {"ingress": [f"tcp 80 from {DB_1}/32"], "egress": ["all to anywhere"]}
    network = balanced(APP, security=("sg-front",), groups={"front": front})
    assert checks_of(ask(network, ASK)) == []


def test_lb_2_a_reference_to_the_balancer_s_group_lets_them_in() -> None:
    groups: Form = {
        "front": {"ingress": ["all from anywhere"]},
        "app": {"ingress": ["tcp 8080 from group:front"]},
    }
    network = balanced(APP, security=("sg-front",), groups=groups)
    assert checks_of(ask(network, ASK)) == []


@pytest.mark.parametrize(
    ("name", "direction", "peer"),
    [
        ("web", "egress", APP_1),
        ("app", "ingress", NODE_A),
        ("app", "egress", NODE_A),
        ("web", "ingress", APP_1),
    ],
)
def test_lb_1_acls_stop_health_checks_there_and_back(name: str, direction: str, peer: str) -> None:
    word = "from" if direction == "ingress" else "to"
    rules = (f"90 deny all {word} {peer}/32", f"100 allow all {word} 0.0.0.0/0")
    network = balanced(APP, acls={name: acl(**{direction: rules})})
    assert checks_of(ask(network, ASK)) == told(8080, "SUBNET_ACL_RESTRICTION")


def test_lb_1_answers_to_some_of_the_node_s_ports_are_told_as_such() -> None:
    some = acl(egress=("90 allow tcp 32768-65535 to 0.0.0.0/0", "100 deny all to 0.0.0.0/0"))
    found = checks_of(ask(balanced(APP, acls={"app": some}), ASK))
    assert found == told(8080, "SUBNET_ACL_RESTRICTION", said="do not always reach")


def test_lb_1_a_target_that_gets_nothing_for_its_health_is_tested_too() -> None:
    network = balanced(
        target("i-app-1", health="unhealthy"),
        DB,
        kind=APPLICATION,
        groups={"app": {"ingress": [f"all from {WEB_1}/32"]}},
    )
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert {part.forward[-1].destination for part in answer.parts} == {DB_1}
    assert checks_of(answer) == told(8080, "ENI_SG_RULES_MISMATCH")


@pytest.mark.parametrize("health", ["unused", "draining"])
def test_lb_1_what_is_not_in_use_is_not_tested(health: str) -> None:
    closed: Form = {"app": {"ingress": []}}
    network = balanced(target("i-app-1", health=health), DB, kind=APPLICATION, groups=closed)
    assert checks_of(ask(network, f"web-1 {NODE_A} tcp 80")) == []


def test_lb_6_a_node_tests_the_targets_that_it_may_use() -> None:
    closed: Form = {"db": {"ingress": []}}
    network = balanced(APP, DB, groups=closed)
    assert checks_of(ask(network, f"web-1 {NODE_A} tcp 80")) == []
    crossing = balanced(APP, DB, groups=closed, of_balancer={"is_cross_zone": True})
    assert len(checks_of(ask(crossing, f"web-1 {NODE_A} tcp 80"))) == 1


def test_lb_1_of_many_targets_a_handful_is_told() -> None:
    ports = [target("i-app-1", 9000 + number) for number in range(9)]
    network = balanced(*ports, groups={"app": {"ingress": [f"all from {DB_1}/32"]}})
    found = checks_of(ask(network, ASK))
    assert len(found) == 6
    assert found[-1] == "health checks of 4 more targets do not arrive either"


def test_lb_1_a_question_that_meets_no_balancer_tells_nothing() -> None:
    assert checks_of(ask(balanced(APP, groups={"app": {"ingress": []}}), "web-1 db-1 tcp 80")) == []


def test_lb_1_a_target_that_nobody_can_place_is_passed_over() -> None:
    assert checks_of(ask(balanced(APP, target("i-gone")), ASK)) == []


def test_a_gateway_balancers_node_is_asked_for_without_its_balancer() -> None:
    node = {"subnet": "db-b", "address": "10.0.3.40", "groups": []}
    made = node | {"interface_type": "gateway_load_balancer", "service_owned": True}
    network = estate(interfaces={"node": made})
    answer = ask(network, "web-1 10.0.3.40 tcp 443")
    assert (answer.verdict, checks_of(answer)) == ("unreachable", [])
