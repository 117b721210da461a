"""Load balancers and target groups as ends: by ARN, by name, by DNS name."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.model.services import BalancerKind, Target
from netreach.network import Network
from netreach.query.selectors import Selectors
from tests.unit.fabric.balancers_by_hand import (
    APP,
    DB,
    GROUP_ID,
    NODE_A,
    NUMBER,
    balancer,
    group,
    node,
    target,
    with_balancers,
)
from tests.unit.fabric.estates_by_hand import APP_1, DB_1, ask, codes, named, sees, snapshot
from tests.unit.query.made import estate_relations, made

_PLACE: Final = "arn:aws:elasticloadbalancing:eu-central-1:111122223333"
FRONT_ARN: Final = f"{_PLACE}:loadbalancer/net/front/{NUMBER}"
APPS_ARN: Final = f"{_PLACE}:targetgroup/apps/{NUMBER}"


def shop(
    *targets: Target, dns: str = "front.example", name: str = GROUP_ID, **more: object
) -> Network:
    """Compile the base estate with the balancer `front` before a target group `apps`."""
    front = balancer(BalancerKind.NETWORK, dns_name=dns)
    nodes = [node(BalancerKind.NETWORK)]
    known = group(*targets, name=name, group_name="apps", **more)
    return Network(with_balancers([front], nodes, [known], snapshot()))


@pytest.mark.parametrize("name", [FRONT_ARN, "front", "name:front", "front.example", "weird"])
def test_a_balancer_is_named_by_its_arn_its_name_or_its_dns_name(name: str) -> None:
    network = shop(APP, dns="weird" if name == "weird" else "front.example")
    answer = ask(network, f"web-1 {name} tcp 80")
    assert answer.verdict == "reachable"
    assert {part.destination_address for part in answer.parts} == {NODE_A}


def test_a_balancer_s_answer_calls_it_by_its_name() -> None:
    answer = ask(shop(APP), f"web-1 {FRONT_ARN} tcp 80")
    assert answer.explain().startswith("reachable: web-1 reaches front on tcp 80")


def test_a_name_tag_comes_before_a_balancer_s_own_name() -> None:
    front = balancer(BalancerKind.NETWORK, "web-1")
    nodes = [node(BalancerKind.NETWORK, name="web-1")]
    network = Network(with_balancers([front], nodes, [group(APP)], snapshot()))
    answer = ask(network, "db-1 web-1 tcp 80", family=4)
    assert {part.destination_address for part in answer.parts} == {"10.0.1.10"}


def test_several_balancers_of_one_name_are_an_error_that_lists_them() -> None:
    one = balancer(BalancerKind.NETWORK)
    two = balancer(BalancerKind.APPLICATION)
    records = made(load_balancers=[one, two])
    with pytest.raises(SelectorError, match=r"2 resources bear the name 'front'.*net/front.*app/"):
        Selectors(records).resolve("front")


def test_a_name_nearly_a_balancer_s_is_an_error_that_names_it() -> None:
    front = balancer(BalancerKind.NETWORK)
    with pytest.raises(SelectorError, match="nearest: 'front'"):
        Selectors(made(load_balancers=[front])).resolve("frond")


def test_a_name_without_dots_that_nothing_bears_is_no_dns_name() -> None:
    with pytest.raises(SelectorError, match="nothing in the snapshot matches 'webalb'"):
        Selectors(estate_relations()).resolve("webalb")


# -- target groups


@pytest.mark.parametrize("name", [APPS_ARN, "apps"])
def test_a_target_group_is_asked_at_its_targets(name: str) -> None:
    answer = ask(shop(APP, DB, name=APPS_ARN), f"web-1 {name} tcp 8080", family=4)
    assert answer.verdict == "reachable"
    assert {part.destination_address for part in answer.parts} == {APP_1, DB_1}
    assert sees(answer) == {"10.0.1.10"}


def test_a_balancer_comes_before_the_target_group_of_its_name() -> None:
    front = balancer(BalancerKind.NETWORK, "apps")
    nodes = [node(BalancerKind.NETWORK, name="apps")]
    known = group(APP, group_name="apps")
    network = Network(with_balancers([front], nodes, [known], snapshot()))
    answer = ask(network, "web-1 apps tcp 80")
    assert {part.destination_address for part in answer.parts} == {NODE_A}


def test_targets_by_address_are_asked_there() -> None:
    network = shop(target(APP_1), target("10.9.0.5", zone="all"), target_kind="ip")
    answer = ask(network, "web-1 apps tcp 8080")
    found = {part.destination_address: str(part.verdict) for part in answer.parts}
    assert found == {f"{APP_1}/32": "reachable", "10.9.0.5/32": "unreachable"}
    assert answer.verdict == "partial"


def test_a_balancer_that_is_a_target_is_asked_at_its_nodes() -> None:
    network = shop(target(FRONT_ARN), target_kind="alb")
    answer = ask(network, "web-1 apps tcp 80")
    assert {part.destination_address for part in answer.parts} == {NODE_A}


def test_a_target_that_the_snapshot_lacks_is_told() -> None:
    answer = ask(shop(APP, target("i-gone")), "web-1 apps tcp 8080", family=4)
    assert answer.verdict == "reachable"
    assert [one for one in answer.warnings if "i-gone" in one] != []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"targets": None}, "does not say what the targets"),
        ({"targets": ()}, "has no targets"),
        ({"target_kind": "lambda"}, "functions"),
        ({"targets": (target("i-gone"),)}, "no network interface of i-gone"),
        ({"target_kind": "ip", "targets": (target("10.0.2.99"),)}, "10.0.2.99"),
        ({"target_kind": "ip", "targets": (target("nonsense"),)}, "nonsense"),
    ],
    ids=["unsaid", "none", "functions", "gone", "nobody's-address", "no-address"],
)
def test_a_target_group_without_a_place_leaves_the_answer_open(
    change: dict[str, object], why: str
) -> None:
    base = replace(group(APP, group_name="apps"), **change)
    network = Network(with_balancers([], [], [base], snapshot()))
    answer = ask(network, "web-1 apps tcp 8080")
    assert (answer.verdict, named(answer)) == ("unknown", {GROUP_ID})
    assert why in answer.missing[0].why


# -- what is said of them


def test_the_target_is_told_to_see_the_packet_not_its_balancer() -> None:
    text = ask(shop(APP), "web-1 front tcp 80").explain()
    assert "eni-app-1 sees it come from 10.0.1.10" in text
    assert "front sees" not in text


def test_a_route_table_that_the_snapshot_lacks_is_named_by_its_subnet() -> None:
    base = snapshot()
    tables = {
        number: replace(one, subnets=(), is_main=False) for number, one in base.route_tables.items()
    }
    answer = ask(Network(replace(base, route_tables=tables)), "web-1 db-1 tcp 80", family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {"UNKNOWN_RESOURCE"})
    text = " ".join(answer.explain().split())
    assert "it depends on the route table of subnet-web-a" in text
    assert "()" not in text
