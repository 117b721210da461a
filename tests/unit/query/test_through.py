"""Client, load balancer, target as one question."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

import netreach
from netreach.errors import UsageError
from netreach.model.records import Instance, InterfaceAddress
from netreach.model.services import BalancerKind, Listener
from netreach.network import Answer, Network
from netreach.packets.prefixes import Address
from tests.unit.fabric.balancers_by_hand import (
    APP,
    DB,
    NODE_A_PUBLIC,
    balanced,
    balancer,
    group,
    listener,
    node,
    target,
    with_balancers,
)
from tests.unit.fabric.endpoints_by_hand import DOOR, compiled, door
from tests.unit.fabric.estates_by_hand import HOST, NO_MATCH, acl, codes, sees, snapshot
from tests.unit.fabric.test_facts_private_link import linked

FIXTURES: Final = Path(__file__).parents[3] / "fixtures"
NETWORK, APPLICATION, CLASSIC = (
    BalancerKind.NETWORK,
    BalancerKind.APPLICATION,
    BalancerKind.CLASSIC,
)
NOT_A_TARGET = "TARGET_ADDRESS_RESTRICTION"
#: The group of the balancer lets everybody in; that of db-1 nobody.
DB_CLOSED: dict[str, Any] = {"db": {"ingress": []}}


def through(
    network: Network,
    destination: str,
    port: int | None = 80,
    *,
    source: str = "web-2",
    **options: Any,  # noqa: ANN401 - path's own
) -> Answer:
    front = next(iter(network.snapshot.load_balancers))
    return network.path(source, destination, port=port, through=front, **options)


def last_interfaces(answer: Answer) -> set[str]:
    return {part.forward[-1].component.id for part in answer.parts}


@pytest.mark.parametrize("kind", [NETWORK, APPLICATION])
def test_only_the_ways_to_the_target_count(kind: BalancerKind) -> None:
    network = balanced(APP, DB, kind=kind, groups=DB_CLOSED, of_balancer={"is_cross_zone": True})
    works, fails = through(network, "app-1"), through(network, "db-1")
    assert (works.verdict, fails.verdict) == ("reachable", "unreachable")
    assert last_interfaces(works) == {"eni-app-1"}
    assert not codes(works)
    assert {one.component.id for one in fails.explanations} == {"eni-db-1"}


@pytest.mark.parametrize("kind", [NETWORK, APPLICATION])
def test_what_blocks_other_targets_is_no_reason(kind: BalancerKind) -> None:
    closed = {"app": {"ingress": []}, "db": {"ingress": ["tcp 1 from anywhere"]}}
    replies = acl(egress=("90 deny all to 10.0.0.0/16", "100 allow all to 0.0.0.0/0"))
    crossing = {"is_cross_zone": True}
    network = balanced(
        APP, DB, kind=kind, groups=closed, acls={"app": replies}, of_balancer=crossing
    )
    app, db = through(network, "app-1"), through(network, "db-1")
    assert codes(app) == {"SG_HAS_NO_RULES", "SUBNET_ACL_RESTRICTION"}
    assert codes(db) == {NO_MATCH}


def test_the_answer_is_about_the_target_and_names_the_balancer() -> None:
    report = through(balanced(APP, kind=APPLICATION), "app-1").report
    assert (report.destination.id, report.destination.name) == ("i-app-1", "app-1")
    assert report.through is not None
    assert (report.through.name, report.query["through"]) == ("front", report.through.id)


def test_a_classic_balancer_leads_to_its_instances() -> None:
    listeners = (Listener(protocol="TCP", port=80, instance_port=8080),)
    form = {"listeners": listeners, "instances": ("i-app-1",), "is_cross_zone": True}
    network = balanced(kind=CLASSIC, of_balancer=form)
    assert through(network, "app-1").verdict == "reachable"
    assert codes(through(network, "db-1")) == {NOT_A_TARGET}


@pytest.mark.parametrize("port", [80, None])
def test_a_host_that_is_no_target_is_told_so(port: int | None) -> None:
    answer = through(balanced(APP, kind=APPLICATION), "db-1", port)
    assert (answer.verdict, answer.parts) == ("unreachable", ())
    (blocker,) = answer.explanations
    assert (str(blocker.code), blocker.component.name) == (NOT_A_TARGET, "front")


def test_a_port_that_no_listener_takes_is_the_listeners_mismatch() -> None:
    answer = through(balanced(APP), "app-1", 81)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ELBV2_LISTENERS_MISMATCH"})


def test_a_listener_that_leads_elsewhere_is_no_way_to_the_target() -> None:
    other = group(DB, name="tg-other")
    listeners = (listener(80), listener(81, groups=("tg-other",)))
    front = balancer(APPLICATION, listeners=listeners, groups=("sg-web",))
    nodes = [node(APPLICATION, zone, groups=("sg-web",)) for zone in "ab"]
    network = Network(with_balancers([front], nodes, [group(APP), other], snapshot()))
    assert through(network, "app-1", 80).verdict == "reachable"
    assert codes(through(network, "app-1", 81)) == {NOT_A_TARGET}
    assert through(network, "app-1", None).verdict == "reachable"


def test_a_client_that_the_balancer_refuses_does_not_get_through() -> None:
    front = {"front": {"ingress": ["tcp 80 from 10.9.0.0/16"]}}
    network = balanced(APP, kind=APPLICATION, security=("sg-front",), groups=front)
    answer = through(network, "app-1")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_MATCH})
    assert {one.component.id for one in answer.explanations} == {"eni-front-a", "eni-front-b"}


def test_a_node_of_a_zone_without_the_target_is_no_way_to_it() -> None:
    """Network balancers use targets of the node's own zone only, unless told otherwise [LB-6]."""
    network = balanced(APP, DB)
    assert {part.destination_address for part in through(network, "app-1").parts} == {"10.0.1.50"}
    assert {part.destination_address for part in through(network, "db-1").parts} == {"10.0.3.50"}


def test_a_node_that_leads_there_and_refuses_the_client_makes_it_partial() -> None:
    closed = acl(ingress=("90 deny all from 10.0.1.20/32", "100 allow all from 0.0.0.0/0"))
    network = balanced(APP, kind=APPLICATION, acls={"db": closed})
    answer = through(network, "app-1")
    assert (answer.verdict, codes(answer)) == ("partial", {"SUBNET_ACL_RESTRICTION"})


def test_a_target_that_gets_nothing_is_not_called_a_stranger() -> None:
    network = balanced(target("i-app-1", health="draining"), kind=APPLICATION)
    answer = through(network, "app-1")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ELBV2_LISTENER_HAS_NO_TG"})
    assert codes(through(network, "db-1")) == {NOT_A_TARGET}


def test_a_group_whose_targets_are_unknown_may_lead_to_anybody() -> None:
    network = balanced(kind=APPLICATION)
    unknown = {one: replace(g, targets=None) for one, g in network.snapshot.target_groups.items()}
    answer = through(Network(replace(network.snapshot, target_groups=unknown)), "app-1")
    assert (answer.verdict, codes(answer)) == ("unknown", {"UNKNOWN_RESOURCE"})


def test_a_group_without_targets_beside_the_target_s_is_nobody_s_concern() -> None:
    listeners = (listener(80, groups=("tg-front", "tg-empty")),)
    front = balancer(APPLICATION, listeners=listeners, groups=("sg-web",))
    nodes = [node(APPLICATION, "a", groups=("sg-web",))]
    groups = [group(APP), group(name="tg-empty")]
    answer = through(Network(with_balancers([front], nodes, groups, snapshot())), "app-1")
    assert (answer.verdict, len(answer.parts)) == ("reachable", 1)


def test_secondary_addresses_are_not_asked_for_the_sake_of_other_targets() -> None:
    network = balanced(APP, DB, kind=APPLICATION, groups=DB_CLOSED)
    client = network.snapshot.interfaces["eni-web-2"]
    more = InterfaceAddress(private=Address.parse("10.0.1.21"))
    held = {client.id: replace(client, addresses=(*client.addresses, more))}
    known = {**network.snapshot.interfaces, **held}
    answer = through(Network(replace(network.snapshot, interfaces=known)), "app-1", family=4)
    assert {part.source_address for part in answer.parts} == {"10.0.1.20"}


def test_a_balancer_that_leads_back_to_itself_leads_nowhere() -> None:
    network = balanced(target("10.0.1.50"), zones="a", of_group={"target_kind": "ip", "port": 80})
    assert codes(through(network, "app-1")) == {NOT_A_TARGET}


def test_a_balancer_of_unknown_listeners_may_lead_to_anybody() -> None:
    inner = balancer(APPLICATION, "inner", groups=("sg-web",), listeners=None)
    outer = balancer(NETWORK, "outer", listeners=(listener(443, groups=("tg-inner",)),))
    groups = [group(target(inner.id, 80), name="tg-inner", target_kind="alb", port=80)]
    nodes = [
        node(APPLICATION, "a", name="inner", groups=("sg-web",)),
        node(NETWORK, "a", name="outer", address="10.0.1.60"),
    ]
    network = Network(with_balancers([outer, inner], nodes, groups, snapshot()))
    assert through(network, "app-1", 443).verdict == "unknown"


@pytest.mark.parametrize(
    ("registered", "verdict"), [("i-gone", "unknown"), ("i-app-1", "unreachable")]
)
def test_a_target_without_an_interface_is_unknown_where_it_is_registered(
    *, registered: str, verdict: str
) -> None:
    base = balanced(target(registered), kind=APPLICATION).snapshot
    gone = {**base.instances, "i-gone": Instance(id="i-gone", vpc="vpc-shop")}
    assert through(Network(replace(base, instances=gone)), "i-gone").verdict == verdict


def test_an_address_is_a_target_where_it_is_registered() -> None:
    by_address = {"target_kind": "ip"}
    network = balanced(target("10.0.2.10"), kind=APPLICATION, of_group=by_address)
    assert through(network, "10.0.2.10").verdict == "reachable"
    assert through(network, "app-1").verdict == "reachable"
    assert codes(through(network, "10.0.2.11")) == {NOT_A_TARGET}


def test_a_balancer_behind_a_balancer_leads_on() -> None:
    inner = balancer(APPLICATION, "inner", groups=("sg-web",))
    outer = balancer(NETWORK, "outer", listeners=(listener(443, groups=("tg-inner",)),))
    groups = [
        group(APP),
        group(target(inner.id, 80), name="tg-inner", target_kind="alb", port=80),
    ]
    nodes = [
        node(APPLICATION, "a", name="inner", groups=("sg-web",)),
        node(NETWORK, "a", name="outer", address="10.0.1.60"),
    ]
    network = Network(with_balancers([outer, inner], nodes, groups, snapshot(groups=DB_CLOSED)))
    answer = through(network, "app-1", 443)
    assert (answer.verdict, last_interfaces(answer)) == ("reachable", {"eni-app-1"})
    assert codes(through(network, "db-1", 443)) == {NOT_A_TARGET}


def test_through_goes_with_via_on_the_last_leg() -> None:
    network = balanced(APP, kind=APPLICATION)
    answer = through(network, "app-1", source="internet", family=4, via="web-1")
    assert answer.verdict == "reachable"
    first, last = answer.legs
    assert "through" not in first.report.query
    assert last.report.through is not None


NAME = "front-1.elb.eu-central-1.amazonaws.com"


def named(**more: Any) -> Network:  # noqa: ANN401 - YAML forms
    form = {"dns_name": NAME, "is_internet_facing": bool(more.get("public"))}
    return balanced(APP, DB, kind=APPLICATION, groups=DB_CLOSED, of_balancer=form, **more)


@pytest.mark.parametrize(
    ("public", "source"),
    [("", "web-2"), (NODE_A_PUBLIC, "web-2"), (NODE_A_PUBLIC, "lab-1"), (NODE_A_PUBLIC, HOST)],
)
def test_a_balancer_goes_by_its_dns_name_too(public: str, source: str) -> None:
    network = named(public=public)
    asked: dict[str, Any] = {"port": 80, "through": NAME, "family": 4}
    works, fails = (network.path(source, one, **asked) for one in ("app-1", "db-1"))
    assert (works.verdict, fails.verdict) == ("reachable", "unreachable")
    assert last_interfaces(works) == {"eni-app-1"}
    assert {one.component.id for one in fails.explanations} == {"eni-db-1"}
    through_it = works.report.through
    assert through_it is not None
    assert through_it.id == next(iter(network.snapshot.load_balancers))
    assert codes(network.path(source, "web-1", **asked)) == {NOT_A_TARGET}


def test_a_private_link_endpoint_goes_by_its_id() -> None:
    network = linked()
    asked: dict[str, Any] = {"port": 443, "through": DOOR}
    works = network.path("app-1", "vpc-offer/10.0.2.10", **asked)
    assert (works.verdict, sees(works)) == ("reachable", {"10.0.1.20"})
    assert works.report.through is not None
    assert (works.report.through.id, works.report.through.type) == (DOOR, "vpc-endpoint")
    stranger = network.path("app-1", "back-2", **asked)
    assert (stranger.verdict, codes(stranger)) == ("unreachable", {NOT_A_TARGET})
    unheard = network.path("app-1", "back-1", port=444, through=DOOR)
    assert "ELBV2_LISTENERS_MISMATCH" in codes(unheard)


def test_an_endpoint_whose_provider_is_elsewhere_is_bad_usage() -> None:
    network = compiled(door(snapshot()))
    with pytest.raises(UsageError, match="leads to no load balancer"):
        network.path("app-1", "web-1", port=443, through=DOOR)


@pytest.mark.parametrize(
    ("fixture", "source", "target"),
    [("privatelink", "shop-1", "api-1"), ("dual-stack", "app-1", "edge-1")],
)
def test_an_address_that_nobody_holds_is_no_balancer(
    fixture: str, source: str, target: str
) -> None:
    network = netreach.load(FIXTURES / fixture)
    with pytest.raises(UsageError, match=r"'8\.8\.8\.8' is no load balancer"):
        network.path(source, target, port=443, through="8.8.8.8")


@pytest.mark.parametrize("front", ["web-1", "10.0.1.10", "10.0.1.50", "internet"])
def test_what_is_no_balancer_is_bad_usage(front: str) -> None:
    with pytest.raises(UsageError, match="no load balancer"):
        balanced(APP).path("web-2", "app-1", port=80, through=front)


@pytest.mark.parametrize("destination", ["internet", "sg:sg-app"])
def test_several_targets_are_bad_usage(destination: str) -> None:
    with pytest.raises(UsageError, match="not one host"):
        through(balanced(APP), destination)
