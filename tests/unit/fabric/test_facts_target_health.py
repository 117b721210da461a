"""How many healthy targets a group must have: nodes fail open, DNS leaves zones out [LB-6]."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec.structs import replace

from netreach.model.services import BalancerKind, HealthFloor, Listener, Target, TargetGroup
from netreach.network import Answer, Network
from tests.unit.fabric.balancers_by_hand import (
    GROUP_ID,
    NODE_A,
    NODE_B,
    ONE,
    balancer,
    group,
    listener,
    node,
    target,
    with_balancers,
)
from tests.unit.fabric.estates_by_hand import APP_1, DB_1, Form, ask, snapshot

NETWORK, APPLICATION = BalancerKind.NETWORK, BalancerKind.APPLICATION
FITNESS: Final = {"h": "healthy", "u": "unhealthy", "d": "draining", "x": "unhealthy.draining"}
WEB_2: Final = "10.0.1.20"


def shop(
    *targets: Target,
    kind: BalancerKind = NETWORK,
    more: tuple[Target, ...] = (),
    of_group: Form | None = None,
    groups: Form | None = None,
    **of_balancer: object,
) -> Network:
    """Compile the base estate with a balancer in zones a and b; `more` is a second group's."""
    named: tuple[Listener, ...] = (listener(),)
    known = [group(*targets, **(of_group or {}))]
    if more:
        named = (*named, listener(81, groups=("tg-more",)))
        known.append(group(*more, name="tg-more"))
    form: Form = {"listeners": named, "dns_name": "front.example", **of_balancer}
    front = balancer(kind, **form)
    nodes = [node(kind, zone, groups=("sg-web",)) for zone in "ab"]
    return Network(with_balancers([front], nodes, known, snapshot(groups=groups or {})))


def seen(answer: Answer) -> set[str]:
    """Return the targets that get something."""
    return {part.forward[-1].destination for part in answer.parts}


def asked(answer: Answer) -> set[str]:
    """Return the nodes that are asked."""
    return {part.destination_address for part in answer.parts}


@pytest.mark.parametrize(
    ("floor", "uses_unhealthy"),
    [
        pytest.param(HealthFloor(count=1), False, id="enough"),
        pytest.param(HealthFloor(count=2), True, id="fewer-than-the-count"),
        pytest.param(HealthFloor(percent=50), False, id="just-the-percentage"),
        pytest.param(HealthFloor(percent=51), True, id="less-than-the-percentage"),
        pytest.param(HealthFloor(count=1, percent=51), True, id="either-is-enough"),
        pytest.param(HealthFloor(count=2, percent=1), True, id="or-the-other"),
        pytest.param(HealthFloor(), False, id="off"),
    ],
)
@pytest.mark.parametrize("kind", [NETWORK, APPLICATION])
def test_lb_6_a_node_fails_open_below_the_threshold(
    kind: BalancerKind, floor: HealthFloor, *, uses_unhealthy: bool
) -> None:
    targets = (target("i-app-1"), target("i-db-1", health="unhealthy"))
    network = shop(*targets, kind=kind, of_group={"routing_floor": floor}, is_cross_zone=True)
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert (answer.verdict, answer.warnings) == ("reachable", ())
    assert seen(answer) == ({APP_1, DB_1} if uses_unhealthy else {APP_1})


def test_lb_6_without_crossing_each_zone_has_its_own_share() -> None:
    targets = (target("i-app-1"), target("i-web-2", health="unhealthy"), target("i-db-1"))
    network = shop(*targets, of_group={"routing_floor": HealthFloor(count=2)})
    # one of two in zone a, one of one in zone b: both are fewer than two
    assert seen(ask(network, f"web-1 {NODE_A} tcp 80")) == {APP_1, WEB_2}
    half = shop(*targets, of_group={"routing_floor": HealthFloor(percent=60)})
    assert seen(ask(half, f"web-1 {NODE_A} tcp 80")) == {APP_1, WEB_2}
    assert seen(ask(half, f"web-1 {NODE_B} tcp 80")) == {DB_1}
    crossing = shop(
        *targets, of_group={"routing_floor": HealthFloor(percent=60)}, is_cross_zone=True
    )
    assert seen(ask(crossing, f"web-1 {NODE_A} tcp 80")) == {APP_1, DB_1}


def test_lb_6_a_target_in_a_zone_that_is_not_enabled_does_not_count() -> None:
    front = balancer(APPLICATION)
    known = group(
        target("i-app-1"),
        target("i-web-2", health="unhealthy"),
        target("i-db-1", health="unhealthy"),
        routing_floor=HealthFloor(percent=50),
    )
    nodes = [node(APPLICATION, "a", groups=("sg-web",))]
    network = Network(with_balancers([front], nodes, [known], snapshot()))
    assert seen(ask(network, f"web-1 {NODE_A} tcp 80")) == {APP_1}


def test_lb_6_a_target_that_is_still_registered_counts_and_gets_nothing() -> None:
    targets = (
        target("i-db-1"),
        target("i-web-2", health="unhealthy"),
        target("i-app-1", health="unhealthy.draining"),
    )
    form: Form = {"routing_floor": HealthFloor(percent=40)}
    network = shop(*targets, kind=APPLICATION, of_group=form)
    assert seen(ask(network, f"web-1 {NODE_A} tcp 80")) == {DB_1, WEB_2}
    # that it counts is certain: what is sent to the unhealthy one fails for certain
    closed = shop(*targets, kind=APPLICATION, of_group=form, groups={"db": {"ingress": []}})
    assert ask(closed, f"app-1 {NODE_A} tcp 80").verdict == "partial"


def test_lb_6_without_any_threshold_all_are_used_where_none_is_healthy() -> None:
    targets = [target(one, health="unhealthy") for one in ("i-app-1", "i-db-1")]
    network = shop(*targets, kind=APPLICATION, of_group={"routing_floor": HealthFloor()})
    assert seen(ask(network, f"web-1 {NODE_A} tcp 80")) == {APP_1, DB_1}


def test_lb_6_whether_targets_that_leave_count_is_unknown_where_it_matters() -> None:
    targets = (
        target("i-app-1"),
        target("i-web-2", health="unhealthy"),
        target("i-db-1", health="draining"),
    )
    form: Form = {"routing_floor": HealthFloor(percent=40)}
    alike = shop(*targets, kind=APPLICATION, of_group=form)
    answer = ask(alike, f"db-1 {NODE_A} tcp 80")
    assert (answer.verdict, answer.missing, seen(answer)) == ("reachable", (), {APP_1, WEB_2})
    closed = shop(*targets, kind=APPLICATION, of_group=form, groups={"app": {"ingress": []}})
    answer = ask(closed, f"db-1 {NODE_A} tcp 80")
    assert answer.verdict == "unknown"
    (missing,) = answer.missing
    assert missing.component.id == GROUP_ID
    assert "leaving or not in use count as registered" in missing.why


def test_lb_6_what_is_unknown_for_another_reason_names_no_target_group() -> None:
    base = shop(target("i-app-1"), kind=APPLICATION).snapshot
    lost = {name: one for name, one in base.security_groups.items() if name != "sg-app"}
    answer = ask(Network(replace(base, security_groups=lost)), f"web-1 {NODE_A} tcp 80")
    assert answer.verdict == "unknown"
    assert {one.component.id for one in answer.missing} == {"sg-app"}


def test_lb_6_thresholds_that_nobody_says_are_aws_s_own_with_a_warning() -> None:
    targets = (target("i-app-1"), target("i-db-1", health="unhealthy"))
    network = shop(*targets, kind=APPLICATION, of_group={"routing_floor": None})
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert (answer.verdict, seen(answer)) == ("reachable", {APP_1})
    assert any("how many healthy targets" in warning for warning in answer.warnings)
    healthy = shop(target("i-app-1"), kind=APPLICATION, of_group={"routing_floor": None})
    assert ask(healthy, f"web-1 {NODE_A} tcp 80").warnings == ()


# -- DNS


@pytest.mark.parametrize(
    ("of_a", "of_b", "floor", "nodes"),
    [
        pytest.param("h", "h", ONE, {NODE_A, NODE_B}, id="both"),
        pytest.param("u", "h", ONE, {NODE_B}, id="none-healthy-in-one-zone"),
        pytest.param("", "h", ONE, {NODE_B}, id="no-target-in-one-zone"),
        pytest.param("u", "u", ONE, {NODE_A, NODE_B}, id="none-healthy-in-any"),
        pytest.param("hu", "h", HealthFloor(percent=60), {NODE_B}, id="too-small-a-share"),
        pytest.param("hu", "h", HealthFloor(percent=50), {NODE_A, NODE_B}, id="enough-of-a-share"),
        pytest.param("hh", "h", HealthFloor(count=2), {NODE_A}, id="fewer-than-the-count"),
        pytest.param("u", "h", HealthFloor(), {NODE_A, NODE_B}, id="off"),
    ],
)
def test_lb_6_a_name_leads_past_zones_below_the_threshold(
    of_a: str, of_b: str, floor: HealthFloor, nodes: set[str]
) -> None:
    in_a = [
        target(one, health=FITNESS[how])
        for one, how in zip(("i-app-1", "i-web-2"), of_a)  # noqa: B905 - as many as there are
    ]
    in_b = [target("i-db-1", health=FITNESS[how]) for how in of_b]
    network = shop(*in_a, *in_b, of_group={"dns_floor": floor})
    answer = ask(network, "web-1 front.example tcp 80")
    assert asked(answer) == nodes
    assert any("leads past" in one for one in answer.warnings) == (len(nodes) == 1)
    # its nodes are there all the same
    assert asked(ask(network, "web-1 name:front tcp 80")) == {NODE_A, NODE_B}


def test_lb_6_every_group_must_have_enough_for_a_name_to_lead_there() -> None:
    one, other = target("i-app-1"), target("i-db-1")
    lost = target("i-app-1", health="unhealthy")
    assert asked(ask(shop(one, other, more=(lost, other)), "web-1 front.example tcp 80")) == {
        NODE_B
    }
    both = shop(one, target("i-db-1", health="unhealthy"), more=(lost, other))
    assert asked(ask(both, "web-1 front.example tcp 80")) == {NODE_A, NODE_B}


def test_lb_6_where_nodes_cross_zones_no_zone_is_left_out() -> None:
    lost = target("i-app-1", health="unhealthy")
    network = shop(lost, target("i-db-1"), is_cross_zone=True)
    assert asked(ask(network, "web-1 front.example tcp 80")) == {NODE_A, NODE_B}


LOST_IN_A: Final = (target("i-app-1", health="unhealthy"), target("i-db-1"))


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        pytest.param(
            group(target("arn:fn", health="unhealthy"), target_kind="lambda"),
            APPLICATION,
            id="functions",
        ),
        pytest.param(replace(group(), targets=None), NETWORK, id="targets-not-said"),
    ],
)
def test_lb_6_groups_whose_health_counts_or_is_known_decide_alone(
    first: TargetGroup, kind: BalancerKind
) -> None:
    listeners = (listener(), listener(81, groups=("tg-more",)))
    front = balancer(kind, listeners=listeners, dns_name="front.example")
    nodes = [node(kind, zone, groups=("sg-web",)) for zone in "ab"]
    groups = [first, group(*LOST_IN_A, name="tg-more", is_cross_zone=False)]
    network = Network(with_balancers([front], nodes, groups, snapshot()))
    assert asked(ask(network, "web-1 front.example tcp 81")) == {NODE_B}


def test_lb_6_names_of_application_balancers_lead_past_zones_too_where_nodes_do_not_cross() -> None:
    network = shop(*LOST_IN_A, kind=APPLICATION, of_group={"is_cross_zone": False})
    assert asked(ask(network, "web-1 front.example tcp 80")) == {NODE_B}
    crossing = shop(*LOST_IN_A, kind=APPLICATION)
    assert asked(ask(crossing, "web-1 front.example tcp 80")) == {NODE_A, NODE_B}


def test_lb_6_groups_that_the_snapshot_lacks_leave_no_zone_out() -> None:
    network = shop(target("i-app-1"), listeners=(listener(groups=("tg-elsewhere",)),))
    answer = ask(network, "web-1 front.example tcp 80")
    assert (answer.verdict, asked(answer)) == ("unknown", {NODE_A, NODE_B})


def test_lb_6_a_name_whose_zones_depend_on_targets_that_leave_is_unknown_where_it_matters() -> None:
    targets = (
        target("i-app-1"),
        target("i-web-2", health="draining"),
        target("i-db-1"),
    )
    form: Form = {"dns_floor": HealthFloor(percent=60)}
    alike = ask(shop(*targets, of_group=form), "web-1 front.example tcp 80")
    assert (alike.verdict, asked(alike)) == ("reachable", {NODE_A, NODE_B})
    closed = shop(*targets, of_group=form, groups={"app": {"ingress": []}})
    answer = ask(closed, "web-1 front.example tcp 80")
    assert answer.verdict == "unknown"
    assert any("leaving" in one.why for one in answer.missing)


def test_lb_6_of_how_aws_counts_one_thing_is_so_in_all_zones() -> None:
    leaving = [target(one, port=81, health="draining") for one in ("i-app-1", "i-db-1")]
    targets = (target("i-app-1"), target("i-db-1"), *leaving)
    form: Form = {"dns_floor": HealthFloor(percent=60)}
    # too few in both zones, or enough in both: it leads to both nodes whichever it is
    answer = ask(
        shop(*targets, of_group=form, groups={"app": {"ingress": []}}), "web-1 front.example tcp 80"
    )
    assert (answer.verdict, answer.missing, asked(answer)) == ("partial", (), {NODE_A, NODE_B})


def test_lb_6_whether_the_share_of_none_is_too_small_is_unknown_where_it_matters() -> None:
    form: Form = {"dns_floor": HealthFloor(percent=50)}
    answer = ask(shop(target("i-app-1"), of_group=form), "web-1 front.example tcp 80")
    assert answer.verdict == "unknown"
    assert any("the share of none" in one.why for one in answer.missing)
    counted: Form = {"dns_floor": HealthFloor(count=1, percent=50)}
    answer = ask(shop(target("i-app-1"), of_group=counted), "web-1 front.example tcp 80")
    assert (answer.verdict, asked(answer)) == ("reachable", {NODE_A})


def test_lb_6_a_threshold_of_names_that_nobody_says_is_aws_s_own_with_a_warning() -> None:
    lost = target("i-web-2", health="unhealthy")
    unsaid: Form = {"dns_floor": None}
    answer = ask(
        shop(target("i-app-1"), lost, target("i-db-1"), of_group=unsaid),
        "web-1 front.example tcp 80",
    )
    assert asked(answer) == {NODE_A, NODE_B}
    assert any("to be in DNS" in one for one in answer.warnings)
    whole = ask(
        shop(target("i-app-1"), target("i-db-1"), of_group=unsaid), "web-1 front.example tcp 80"
    )
    assert whole.warnings == ()
