"""What AWS documents about load balancers, and what was measured: LB-1 to LB-9, LAB-3 to LAB-6.

PrivateLink's way to a balancer [LB-3, EP-5] has its own tests.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from netreach.model.connections import PeeredVpc, VpcPeering
from netreach.model.services import BalancerKind, Listener
from netreach.network import Network
from tests.unit.fabric.balancers_by_hand import (
    APP,
    DB,
    GROUP_ID,
    NODE_A,
    NODE_A_PUBLIC,
    NODE_B,
    balanced,
    balancer,
    group,
    listener,
    node,
    target,
    with_balancers,
)
from tests.unit.fabric.estates_by_hand import (
    ACL,
    APP_1,
    DB_1,
    HOST,
    NO_MATCH,
    NO_ROUTE,
    WEB_1,
    Form,
    acl,
    ask,
    codes,
    legs,
    named,
    sees,
    snapshot,
    verdict,
)

NETWORK, APPLICATION, CLASSIC = (
    BalancerKind.NETWORK,
    BalancerKind.APPLICATION,
    BalancerKind.CLASSIC,
)
V2 = (NETWORK, APPLICATION)
MISMATCH = "ELBV2_LISTENERS_MISMATCH"
NO_TARGETS = "ELBV2_LISTENER_HAS_NO_TG"
NOT_IN_ZONE = "ELBV2_NO_TARGETS_IN_AZ"
NOT_ENABLED = "ELB_INSTALLED_AZ_RESTRICTION"
NOT_CROSSING = "ELB_NOT_CROSSZONE"
KEPT = "ELBV2_SOURCE_ADDRESS_PRESERVATION"
OWN_ACL = "ELB_ACL_RESTRICTION"
#: From the zone b, from a subnet that holds neither the node nor the target.
ASK = f"db-1 {NODE_A} tcp 80"
#: The group of the balancer, where it is nobody else's.
FRONT: Form = {"front": {"ingress": ["all from anywhere"]}}


def classic(*, instances: tuple[str, ...] = ("i-app-1",), **more: Any) -> Form:  # noqa: ANN401 - a record's fields
    """Return what a classic balancer from TCP 80 to its instances on 8080 says."""
    listeners = (Listener(protocol="TCP", port=80, instance_port=8080),)
    return {"listeners": listeners, "instances": instances, "is_cross_zone": True} | more


def of_kind(kind: BalancerKind, **shop: Any) -> Network:  # noqa: ANN401 - YAML forms
    """Return a network with a balancer of a kind whose only target is app-1."""
    if kind is CLASSIC:
        return balanced(kind=kind, of_balancer=classic(), **shop)
    return balanced(APP, kind=kind, **shop)


def denying(name: str, direction: str, peer: str) -> Form:
    """Return the ACL of a subnet that denies one peer in one direction."""
    word = "from" if direction == "ingress" else "to"
    rules = (f"90 deny all {word} {peer}/32", f"100 allow all {word} 0.0.0.0/0")
    return {name: acl(**{direction: rules})}


# -- listeners and targets


@pytest.mark.parametrize("kind", [NETWORK, APPLICATION, CLASSIC])
def test_a_listener_s_port_leads_to_the_target_s_port(kind: BalancerKind) -> None:
    only = {"app": {"ingress": ["tcp 8080 from anywhere"]}}
    answer = ask(of_kind(kind, groups=only), ASK)
    assert (answer.verdict, str(answer.services)) == ("reachable", "tcp 80")
    other = {"app": {"ingress": ["tcp 80 from anywhere"]}}
    closed = ask(of_kind(kind, groups=other), ASK)
    assert (closed.verdict, codes(closed)) == ("unreachable", {NO_MATCH})


def test_a_target_s_own_port_comes_before_its_group_s() -> None:
    only = {"app": {"ingress": ["tcp 9000 from anywhere"]}}
    assert verdict(balanced(target("i-app-1", 9000), groups=only), ASK) == "reachable"
    assert verdict(balanced(APP, groups=only), ASK) == "unreachable"


@pytest.mark.parametrize("protocol", ["TLS", "HTTP", "HTTPS", "SSL"])
def test_listeners_of_higher_protocols_take_tcp(protocol: str) -> None:
    network = balanced(APP, listeners=(listener(443, protocol),))
    assert verdict(network, f"db-1 {NODE_A} tcp 443") == "reachable"
    assert verdict(network, f"db-1 {NODE_A} udp 443") == "unreachable"


def test_a_listener_for_both_protocols_takes_each_of_them() -> None:
    network = balanced(APP, listeners=(listener(53, "TCP_UDP"),), of_group={"protocol": "TCP_UDP"})
    assert verdict(network, f"db-1 {NODE_A} tcp 53") == "reachable"
    assert verdict(network, f"db-1 {NODE_A} udp 53") == "reachable"
    only_udp = {"app": {"ingress": ["udp 8080 from anywhere"]}}
    network = balanced(
        APP,
        listeners=(listener(53, "TCP_UDP"),),
        of_group={"protocol": "TCP_UDP"},
        groups=only_udp,
    )
    assert verdict(network, f"db-1 {NODE_A} tcp 53") == "unreachable"
    assert verdict(network, f"db-1 {NODE_A} udp 53") == "reachable"


def test_one_port_may_have_listeners_of_two_protocols() -> None:
    both = (listener(80, "TCP"), listener(80, "UDP"))
    network = balanced(APP, listeners=both)
    assert verdict(network, f"db-1 {NODE_A} udp 80") == "reachable"
    assert verdict(network, ASK) == "reachable"


def test_what_some_listener_takes_is_a_part_of_what_was_asked() -> None:
    network = balanced(APP)
    answer = ask(network, f"db-1 {NODE_A} tcp 80-81")
    assert (answer.verdict, str(answer.services), codes(answer)) == (
        "partial",
        "tcp 80",
        {MISMATCH},
    )
    assert verdict(network, f"db-1 {NODE_A} tcp") == "partial"


def test_asked_for_anything_the_listeners_are_an_answer() -> None:
    answer = ask(balanced(APP), f"db-1 {NODE_A}")
    assert (answer.verdict, str(answer.services)) == ("reachable", "tcp 80")
    nothing = ask(balanced(APP, listeners=()), f"db-1 {NODE_A}")
    assert (nothing.verdict, codes(nothing)) == ("unreachable", {MISMATCH})


def test_asked_for_anything_a_listener_that_the_groups_hide_is_none() -> None:
    network = balanced(
        APP,
        kind=APPLICATION,
        listeners=(listener(80), listener(81)),
        security=("sg-front",),
        groups={"front": {"ingress": ["tcp 81 from anywhere"]}},
    )
    answer = ask(network, f"db-1 {NODE_A}")
    assert (answer.verdict, str(answer.services)) == ("reachable", "tcp 81")
    assert verdict(network, f"db-1 {NODE_A} tcp 80") == "unreachable"
    both = ask(network, f"db-1 {NODE_A} tcp 80-81")
    assert (both.verdict, str(both.services)) == ("partial", "tcp 81")


def test_the_answer_says_which_targets_work() -> None:
    network = balanced(APP, DB, kind=APPLICATION, groups={"db": {"ingress": []}})
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    ends = {part.forward[-1].destination: str(part.verdict) for part in answer.parts}
    assert (answer.verdict, ends) == ("partial", {APP_1: "reachable", DB_1: "unreachable"})


def test_all_nodes_of_a_balancer_are_asked() -> None:
    network = balanced(APP, DB, groups={"db": {"ingress": []}})
    assert verdict(network, "web-1 eni-front-a tcp 80") == "reachable"
    assert verdict(network, "web-1 eni-front-b tcp 80") == "unreachable"


def test_each_target_group_of_a_listener_is_used() -> None:
    base = snapshot(groups={"db": {"ingress": []}})
    front = balancer(
        APPLICATION, listeners=(listener(groups=("tg-app", "tg-db")),), groups=("sg-web",)
    )
    groups = [group(APP, name="tg-app"), group(DB, name="tg-db")]
    nodes = [node(APPLICATION, zone, groups=("sg-web",)) for zone in "ab"]
    network = Network(with_balancers([front], nodes, groups, base))
    assert verdict(network, f"web-1 {NODE_A} tcp 80") == "partial"


# -- health


@pytest.mark.parametrize(
    ("app", "db", "seen"),
    [
        pytest.param("healthy", "unhealthy", {APP_1}, id="only-the-healthy"),
        pytest.param("unhealthy", "unhealthy", {APP_1, DB_1}, id="none-healthy-fails-open"),
        pytest.param("initial", "initial", {APP_1, DB_1}, id="none-healthy-yet"),
        pytest.param("initial", "healthy", {DB_1}, id="one-not-yet"),
        pytest.param("healthy", "draining", {APP_1}, id="draining"),
        pytest.param("unhealthy", "draining", {APP_1}, id="draining-does-not-fail-open"),
        pytest.param("unhealthy", "unused", {APP_1}, id="unused-does-not-fail-open"),
        pytest.param("healthy", "", {APP_1, DB_1}, id="unsaid-counts-as-usable"),
        pytest.param("unhealthy", "", {DB_1}, id="unsaid-before-unhealthy"),
    ],
)
def test_targets_are_used_by_their_health(app: str, db: str, seen: set[str]) -> None:
    network = balanced(target("i-app-1", health=app), target("i-db-1", health=db), kind=APPLICATION)
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert answer.verdict == "reachable"
    assert {part.forward[-1].destination for part in answer.parts} == seen
    assert any("healthy" in warning for warning in answer.warnings) == ("" in (app, db))


@pytest.mark.parametrize(
    ("crosses", "of_a", "of_b"),
    [
        pytest.param(False, {APP_1}, {DB_1}, id="each-zone-by-itself"),
        pytest.param(True, {DB_1}, {DB_1}, id="all-zones-together"),
    ],
)
def test_lb_6_failing_open_is_judged_where_a_node_may_send(
    crosses: bool, of_a: set[str], of_b: set[str]
) -> None:
    network = balanced(
        target("i-app-1", health="unhealthy"), DB, of_balancer={"is_cross_zone": crosses}
    )
    for address, seen in ((NODE_A, of_a), (NODE_B, of_b)):
        answer = ask(network, f"web-1 {address} tcp 80")
        assert answer.verdict == "reachable"
        assert {part.forward[-1].destination for part in answer.parts} == seen


@pytest.mark.parametrize("health", ["draining", "unused"])
@pytest.mark.parametrize("kind", V2)
def test_a_listener_without_a_usable_target_drops(kind: BalancerKind, health: str) -> None:
    for targets in ((), (target("i-app-1", health=health),)):
        answer = ask(balanced(*targets, kind=kind), ASK)
        assert (answer.verdict, codes(answer)) == ("unreachable", {NO_TARGETS})


# -- LB-1


@pytest.mark.parametrize("kind", [APPLICATION, CLASSIC])
def test_lb_1_the_target_sees_the_node(kind: BalancerKind) -> None:
    answer = ask(of_kind(kind), ASK)
    assert (answer.verdict, sees(answer)) == ("reachable", {NODE_A})
    crossed = [hop.component.id for hop in answer.parts[0].forward]
    assert [crossed.count(name) for name in ("acl-db", "acl-web", "acl-app")] == [1, 2, 1]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"ingress": ["tcp 80 from anywhere"]}, "reachable"),
        ({"ingress": ["tcp 8080 from anywhere"]}, "unreachable"),
        ({"ingress": [f"tcp 80 from {DB_1}/32"]}, "reachable"),
        ({"ingress": [f"tcp 80 from {WEB_1}/32"]}, "unreachable"),
        ({"ingress": ["tcp 80 from anywhere"], "egress": ["tcp 8080 to group:app"]}, "reachable"),
        ({"ingress": ["tcp 80 from anywhere"], "egress": ["tcp 80 to anywhere"]}, "unreachable"),
        ({"ingress": ["tcp 80 from anywhere"], "egress": ["tcp 8080 to group:db"]}, "unreachable"),
    ],
)
@pytest.mark.parametrize("kind", [APPLICATION, CLASSIC])
def test_lb_1_groups_are_asked_on_both_sides(
    kind: BalancerKind, rules: Form, expected: str
) -> None:
    network = of_kind(kind, security=("sg-front",), groups={"front": rules})
    assert verdict(network, ASK) == expected


@pytest.mark.parametrize("kind", [APPLICATION, CLASSIC])
@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("group:front", "reachable"),
        (f"{NODE_A}/32", "reachable"),
        ("group:db", "unreachable"),
        (f"{DB_1}/32", "unreachable"),
    ],
)
def test_lb_1_a_target_allows_the_balancer_not_the_client(
    kind: BalancerKind, peer: str, expected: str
) -> None:
    groups = FRONT | {"app": {"ingress": [f"tcp 8080 from {peer}"]}}
    network = of_kind(kind, security=("sg-front",), groups=groups)
    assert verdict(network, ASK) == expected


@pytest.mark.parametrize("kind", [APPLICATION, CLASSIC])
@pytest.mark.parametrize(
    ("name", "direction", "peer", "leg"),
    [
        pytest.param("web", "ingress", DB_1, "forward", id="from-the-client"),
        pytest.param("web", "egress", APP_1, "forward", id="to-the-target"),
        pytest.param("app", "ingress", NODE_A, "forward", id="from-the-node"),
        pytest.param("app", "egress", NODE_A, "return", id="back-to-the-node"),
        pytest.param("web", "ingress", APP_1, "return", id="back-from-the-target"),
        pytest.param("web", "egress", DB_1, "return", id="back-to-the-client"),
        pytest.param("db", "ingress", NODE_A, "return", id="back-from-the-node"),
    ],
)
def test_lb_1_both_legs_pass_the_acls(
    kind: BalancerKind, name: str, direction: str, peer: str, leg: str
) -> None:
    answer = ask(of_kind(kind, acls=denying(name, direction, peer)), ASK)
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {ACL}, {leg})


@pytest.mark.parametrize("kind", [APPLICATION, CLASSIC])
def test_lb_1_the_node_picks_ports_of_its_own(kind: BalancerKind) -> None:
    some = acl(egress=("90 allow tcp 32768-65535 to 0.0.0.0/0", "100 deny all to 0.0.0.0/0"))
    answer = ask(of_kind(kind, acls={"app": some}), ASK, client_ports="linux")
    assert answer.verdict == "partial"
    whole = acl(egress=("90 allow tcp 1024-65535 to 0.0.0.0/0", "100 deny all to 0.0.0.0/0"))
    assert verdict(of_kind(kind, acls={"app": whole}), ASK, client_ports="linux") == "reachable"
    # the client's own ports matter between the client and the node
    client = acl(ingress=("90 allow tcp 32768-60999 from 0.0.0.0/0", "100 deny all from 0.0.0.0/0"))
    network = of_kind(kind, acls={"db": client})
    assert verdict(network, ASK, client_ports="linux") == "reachable"
    assert verdict(network, ASK) == "partial"


def test_lb_1_replies_to_the_node_follow_the_target_s_routes() -> None:
    # a middlebox that is none: the target's table sends the node's subnet astray
    tables = {"app": {"routes": {"10.0.1.0/24": "nat-gateway:nat"}}}
    answer = ask(of_kind(APPLICATION, route_tables=tables), ASK)
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


# -- LB-2, LB-5


def test_lb_2_without_groups_everything_passes() -> None:
    assert verdict(balanced(APP), ASK) == "reachable"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"ingress": [f"tcp 80 from {DB_1}/32"]}, "reachable"),
        ({"ingress": ["tcp 80 from group:db"]}, "reachable"),
        ({"ingress": ["tcp 8080 from anywhere"]}, "unreachable"),
        ({"ingress": ["all from anywhere"], "egress": [f"tcp 8080 to {APP_1}/32"]}, "reachable"),
        ({"ingress": ["all from anywhere"], "egress": ["tcp 80 to anywhere"]}, "unreachable"),
    ],
)
def test_lb_2_groups_filter_what_reaches_and_leaves_the_balancer(
    rules: Form, expected: str
) -> None:
    network = balanced(APP, security=("sg-front",), groups={"front": rules})
    assert verdict(network, ASK) == expected


def test_lb_2_groups_that_the_interface_does_not_show_leave_it_open() -> None:
    answer = ask(balanced(APP, of_balancer={"groups": ("sg-web",)}), ASK)
    assert answer.verdict == "unknown"
    assert any(name.endswith("front/0123456789abcdef") for name in named(answer))


@pytest.mark.parametrize(
    ("peer", "security", "expected"),
    [
        pytest.param(f"{DB_1}/32", (), "reachable", id="the-client"),
        pytest.param(f"{NODE_A}/32", (), "unreachable", id="the-node"),
        pytest.param("group:db", (), "unreachable", id="the-client-s-group"),
        pytest.param("group:db", ("sg-front",), "unreachable", id="the-client-s-group-behind-one"),
        pytest.param("group:front", ("sg-front",), "reachable", id="the-balancer-s-group"),
        pytest.param("group:front", (), "unreachable", id="a-group-that-it-does-not-bear"),
    ],
)
def test_lb_5_kept_clients_are_allowed_by_address_or_by_the_balancer_s_group(
    peer: str, security: tuple[str, ...], expected: str
) -> None:
    groups = FRONT | {"app": {"ingress": [f"tcp 8080 from {peer}"]}}
    network = balanced(APP, security=security, groups=groups)
    answer = ask(network, ASK)
    assert answer.verdict == expected
    if peer == "group:db":  # it would match, were the client asking by itself
        lost = "SG_REFERENCES_NOT_PRESERVED" if not security else NO_MATCH
        assert codes(answer) == {lost}


def test_lb_5_replies_go_to_the_client_s_own_ports() -> None:
    some = acl(egress=("90 allow tcp 32768-60999 to 0.0.0.0/0", "100 deny all to 0.0.0.0/0"))
    network = balanced(APP, acls={"app": some})
    assert verdict(network, ASK, client_ports="linux") == "reachable"
    assert verdict(network, ASK) == "partial"


# -- LB-4, LAB-12


@pytest.mark.parametrize(
    ("kind", "protocol", "attribute", "seen"),
    [
        pytest.param("instance", "TCP", None, DB_1, id="instance"),
        pytest.param("instance", "TLS", None, DB_1, id="instance-tls"),
        pytest.param("ip", "TCP", None, NODE_A, id="address"),
        pytest.param("ip", "TLS", None, NODE_A, id="address-tls"),
        pytest.param("ip", "UDP", None, DB_1, id="address-udp"),
        pytest.param("ip", "TCP_UDP", None, DB_1, id="address-both"),
        pytest.param("ip", "QUIC", None, DB_1, id="address-quic"),
        pytest.param("instance", "TCP", False, NODE_A, id="switched-off"),
        pytest.param("ip", "TCP", True, DB_1, id="switched-on"),
        pytest.param("ip", "UDP", False, DB_1, id="udp-cannot-be-switched-off"),
        pytest.param("instance", "TCP_UDP", False, DB_1, id="nor-can-both"),
    ],
)
def test_lb_4_lab_12_who_sees_the_client(
    kind: str, protocol: str, attribute: bool | None, seen: str
) -> None:
    who = target("i-app-1" if kind == "instance" else APP_1)
    form = {"target_kind": kind, "protocol": protocol, "preserves_client": attribute}
    network = balanced(who, listeners=(listener(80, protocol),), of_group=form)
    word = "udp" if protocol in ("UDP", "QUIC") else "tcp"
    answer = ask(network, f"db-1 {NODE_A} {word} 80")
    assert (answer.verdict, sees(answer)) == ("reachable", {seen})


def test_lb_4_a_node_that_does_not_keep_the_client_picks_ports_and_is_named_by_group() -> None:
    form = {"preserves_client": False}
    groups = FRONT | {"app": {"ingress": ["tcp 8080 from group:front"]}}
    network = balanced(APP, of_group=form, security=("sg-front",), groups=groups)
    assert verdict(network, ASK) == "reachable"
    some = acl(egress=("90 allow tcp 32768-60999 to 0.0.0.0/0", "100 deny all to 0.0.0.0/0"))
    network = balanced(APP, of_group=form, acls={"app": some})
    assert verdict(network, ASK, client_ports="linux") == "partial"


def test_lb_4_nothing_is_kept_across_address_families() -> None:
    network = balanced(APP, is_dual=True)
    answer = ask(network, "db-1 eni-front-a tcp 80", family=6)
    assert (answer.verdict, sees(answer)) == ("reachable", {NODE_A})


def test_lb_4_a_host_does_not_reach_itself_while_the_client_is_kept() -> None:
    answer = ask(balanced(DB), f"db-1 {NODE_B} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {KEPT})
    off = balanced(DB, of_group={"preserves_client": False})
    assert verdict(off, f"db-1 {NODE_B} tcp 80") == "reachable"


def test_lb_4_a_client_from_outside_is_no_host_of_the_estate() -> None:
    form: Form = {"target_kind": "ip", "preserves_client": True}
    nobody = target("10.0.2.99")
    network = balanced(nobody, zones="a", public=NODE_A_PUBLIC, of_group=form)
    answer = ask(network, f"{HOST} {NODE_A_PUBLIC} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ADDRESS_NOT_HELD"})


def test_lb_4_udp_is_kept_whatever_the_group_s_record_says() -> None:
    form: Form = {"target_kind": "ip", "protocol": ""}
    network = balanced(target(APP_1), listeners=(listener(80, "UDP"),), of_group=form)
    assert sees(ask(network, f"db-1 {NODE_A} udp 80")) == {DB_1}


def test_lb_4_nor_by_another_of_its_own_addresses() -> None:
    # from its first interface, by the balancer, to its second one: its answer never leaves it
    faces = {
        "interfaces": {
            "first": {"subnet": "app-a", "address": "10.0.2.60", "groups": ["app"]},
            "second": {"subnet": "web-a", "address": "10.0.1.60", "groups": ["web"]},
        }
    }
    form: Form = {"target_kind": "ip", "preserves_client": True}
    network = balanced(target("10.0.1.60"), of_group=form, instances={"both": faces})
    answer = ask(network, f"10.0.2.60 {NODE_A} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {KEPT})
    assert verdict(network, ASK) == "reachable"


@pytest.mark.parametrize(
    ("states", "attribute", "expected"),
    [
        pytest.param("active", True, "reachable", id="peered"),
        pytest.param("deleted", True, "unknown", id="not-peered"),
        pytest.param("active", None, "reachable", id="not-kept"),
    ],
)
def test_lb_4_kept_clients_need_a_target_in_the_vpc_or_in_a_peer(
    states: str, attribute: bool | None, expected: str
) -> None:
    routes = {"10.1.0.0/16": "vpc-peering-connection:pcx-1"}
    lab = {"route_tables": {"public": {"routes": {"10.0.0.0/16": "vpc-peering-connection:pcx-1"}}}}
    base = snapshot(route_tables={"web": {"routes": routes}}, rest={"vpcs": {"lab": lab}})
    sides = [PeeredVpc(vpc=one, region="eu-central-1") for one in ("vpc-shop", "vpc-lab")]
    peering = VpcPeering(id="pcx-1", requester=sides[0], accepter=sides[1], state=states)
    base = replace(base, peerings={"pcx-1": peering})
    front = balancer(NETWORK)
    form: Form = {"target_kind": "ip", "preserves_client": attribute}
    groups = [group(target("10.1.1.10", zone="all"), **form)]
    network = Network(with_balancers([front], [node(NETWORK)], groups, base))
    answer = ask(network, f"db-1 {NODE_A} tcp 80")
    assert answer.verdict == expected
    if expected == "unknown":
        assert named(answer) == {GROUP_ID}
    else:
        assert sees(answer) == {DB_1 if attribute else NODE_A}


@pytest.mark.parametrize(
    ("far", "expected"),
    [
        pytest.param("eu-central-1", "reachable", id="same-region"),
        pytest.param("us-east-1", "unknown", id="another-region"),
    ],
)
def test_lb_4_kept_clients_need_a_peer_in_the_same_region(far: str, expected: str) -> None:
    routes = {"10.1.0.0/16": "vpc-peering-connection:pcx-1"}
    lab = {"route_tables": {"public": {"routes": {"10.0.0.0/16": "vpc-peering-connection:pcx-1"}}}}
    base = snapshot(route_tables={"web": {"routes": routes}}, rest={"vpcs": {"lab": lab}})
    shop, other = PeeredVpc(vpc="vpc-shop"), PeeredVpc(vpc="vpc-lab", region=far)
    peering = VpcPeering(id="pcx-1", requester=shop, accepter=other)
    base = replace(base, peerings={"pcx-1": peering})
    form: Form = {"target_kind": "ip", "preserves_client": True}
    groups = [group(target("10.1.1.10", zone="all"), **form)]
    network = Network(with_balancers([balancer(NETWORK)], [node(NETWORK)], groups, base))
    assert verdict(network, f"db-1 {NODE_A} tcp 80") == expected


@pytest.mark.parametrize(("attribute", "expected"), [(True, "unreachable"), (False, "reachable")])
def test_lb_4_another_balancer_behind_drops_kept_clients(attribute: bool, expected: str) -> None:
    outer = balancer(NETWORK)
    inner = balancer(NETWORK, "inner", listeners=(listener(8080, groups=("tg-inner",)),))
    nodes = [node(NETWORK), node(NETWORK, name="inner", address="10.0.1.51")]
    form: Form = {"target_kind": "ip", "preserves_client": attribute}
    groups = [group(target("10.0.1.51"), **form), group(APP, name="tg-inner")]
    network = Network(with_balancers([outer, inner], nodes, groups, snapshot()))
    answer = ask(network, ASK)
    assert answer.verdict == expected
    assert (KEPT in codes(answer)) == attribute


def test_lb_4_where_the_client_is_not_kept_any_target_serves() -> None:
    # a client with IPv6 is translated to IPv4, whatever the attribute says
    outer = balancer(NETWORK)
    inner = balancer(NETWORK, "inner", listeners=(listener(8080, groups=("tg-inner",)),))
    nodes = [node(NETWORK, is_dual=True), node(NETWORK, name="inner", address="10.0.1.51")]
    form: Form = {"target_kind": "ip", "preserves_client": True}
    groups = [group(target("10.0.1.51"), **form), group(APP, name="tg-inner")]
    network = Network(with_balancers([outer, inner], nodes, groups, snapshot()))
    assert verdict(network, "db-1 eni-front-a tcp 80", family=4) == "unreachable"
    assert verdict(network, "db-1 eni-front-a tcp 80", family=6) == "reachable"


@pytest.mark.parametrize(("attribute", "expected"), [(True, "unknown"), (False, "reachable")])
@pytest.mark.parametrize("way", ["nat-gateway:nat", "instance:tool"])
def test_lb_4_what_diverts_packets_of_kept_clients_leaves_the_answer_open(
    way: str, attribute: bool, expected: str
) -> None:
    tables = {"web": {"routes": {"10.0.2.0/24": way}}}
    tool = {"subnet": "db-b", "address": "10.0.3.30", "groups": ["db"], "source_dest_check": False}
    ways = {"tool": tool} if way.endswith("tool") else {}
    form: Form = {"preserves_client": attribute}
    network = balanced(APP, of_group=form, route_tables=tables, instances=ways)
    answer = ask(network, ASK)
    assert answer.verdict == expected
    if attribute:
        assert any("front" in name for name in named(answer))


# -- LB-6, LAB-6


@pytest.mark.parametrize(
    ("kind", "of_balancer", "of_group", "expected"),
    [
        pytest.param(NETWORK, None, None, {APP_1}, id="network-off-by-default"),
        pytest.param(NETWORK, True, None, {APP_1, DB_1}, id="network-on"),
        pytest.param(NETWORK, None, True, {APP_1, DB_1}, id="its-group-on"),
        pytest.param(NETWORK, True, False, {APP_1}, id="its-group-off"),
        pytest.param(APPLICATION, None, None, {APP_1, DB_1}, id="application-on-by-default"),
        pytest.param(APPLICATION, None, False, {APP_1}, id="application-group-off"),
    ],
)
def test_lb_6_cross_zone(
    kind: BalancerKind, of_balancer: bool | None, of_group: bool | None, expected: set[str]
) -> None:
    network = balanced(
        APP,
        DB,
        kind=kind,
        of_balancer={"is_cross_zone": of_balancer},
        of_group={"is_cross_zone": of_group},
    )
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert answer.verdict == "reachable"
    assert {part.forward[-1].destination for part in answer.parts} == expected


def test_lb_6_a_node_without_targets_in_its_zone_drops() -> None:
    answer = ask(balanced(DB), f"web-1 {NODE_A} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NOT_IN_ZONE})


def test_lb_6_the_zone_of_a_target_counts_even_if_it_lacks_the_address_to_be_sent_to() -> None:
    answer = ask(balanced(DB, of_group={"family": 6}), f"web-1 {NODE_A} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NOT_IN_ZONE})
    own = ask(balanced(APP, of_group={"family": 6}), f"web-1 {NODE_A} tcp 80")
    assert own.verdict == "unknown"


def test_lb_6_a_classic_balancer_crosses_zones_or_does_not() -> None:
    def ask_with(said: bool | None, *instances: str) -> str:
        form = classic(instances=instances, is_cross_zone=said)
        network = balanced(kind=CLASSIC, of_balancer=form)
        answer = ask(network, f"web-1 {NODE_A} tcp 80")
        return f"{answer.verdict} {' '.join(sorted(codes(answer)))}".strip()

    assert ask_with(True, "i-db-1") == "reachable"
    assert ask_with(False, "i-db-1") == f"unreachable {NOT_CROSSING}"
    # nobody says: a balancer made in the console crosses, one made by the API does not
    assert ask_with(None, "i-db-1").startswith("unknown")
    assert ask_with(None, "i-app-1") == "reachable"
    assert ask_with(None, "i-app-1", "i-db-1") == "reachable"


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        ({"i-app-1": "healthy", "i-db-1": "unused"}, ("reachable", set())),
        ({"i-app-1": "unused", "i-db-1": "unused"}, ("unreachable", {NO_TARGETS})),
        ({"i-app-1": "unused"}, ("unreachable", {"ENI_SG_RULES_MISMATCH"})),
    ],
)
def test_lb_6_a_classic_balancer_sends_to_nobody_out_of_service(
    health: dict[str, str], expected: tuple[str, set[str]]
) -> None:
    form = classic(instances=("i-app-1", "i-db-1"), is_cross_zone=True, instance_health=health)
    network = balanced(
        kind=CLASSIC, of_balancer=form, groups={"db": {"ingress": ["udp 1 from 10.0.0.0/8"]}}
    )
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert (answer.verdict, codes(answer)) == expected


def test_lb_6_a_classic_balancer_in_doubt_is_settled_where_it_makes_no_difference() -> None:
    form = classic(instances=("i-app-1", "i-db-1"), is_cross_zone=None)
    network = balanced(kind=CLASSIC, of_balancer=form, groups={"db": {"ingress": []}})
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert answer.verdict == "unknown"
    (missing,) = answer.missing
    assert (missing.component.name, "describe-load-balancer-attributes" in missing.why) == (
        "front",
        True,
    )
    # one of the two in the node's own zone does not work: partial, whatever is beyond
    form = classic(instances=("i-app-1", "i-web-2", "i-db-1"), is_cross_zone=None)
    half: Form = {"app": {"ingress": []}, "web": {"ingress": ["all from anywhere"]}}
    network = balanced(kind=CLASSIC, of_balancer=form, groups=half)
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert (answer.verdict, answer.missing) == ("partial", ())
    closed: Form = {"db": {"ingress": []}, "app": {"ingress": []}}
    form = classic(instances=("i-app-1", "i-db-1"), is_cross_zone=None)
    network = balanced(kind=CLASSIC, of_balancer=form, groups=closed)
    assert verdict(network, f"web-1 {NODE_A} tcp 80") == "unreachable"


@pytest.mark.parametrize("kind", V2)
@pytest.mark.parametrize("health", ["healthy", "unhealthy", "unused"])
def test_lab_6_a_target_in_a_zone_that_is_not_enabled_is_never_used(
    kind: BalancerKind, health: str
) -> None:
    network = balanced(
        target("i-db-1", health=health),
        kind=kind,
        zones="a",
        of_balancer={"is_cross_zone": True},
    )
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NOT_ENABLED})


def test_lab_6_failing_open_does_not_bring_it_back() -> None:
    network = balanced(
        target("i-app-1", health="unhealthy"),
        target("i-db-1", health="unhealthy"),
        zones="a",
        of_balancer={"is_cross_zone": True},
    )
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert {part.forward[-1].destination for part in answer.parts} == {APP_1}


def test_lb_6_a_target_outside_the_vpc_serves_every_zone() -> None:
    network = balanced(target("10.9.0.5", zone="all"), of_group={"target_kind": "ip"})
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert answer.verdict == "unreachable"  # nothing leads there
    assert codes(answer) & {NO_ROUTE, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"}


# -- LB-7


def test_lb_7_instances_are_found_in_the_balancer_s_vpc() -> None:
    stranger = ask(balanced(target("i-lab-1")), ASK)
    assert (stranger.verdict, named(stranger)) == ("unknown", {GROUP_ID})
    faces = {
        "interfaces": {
            "first": {"subnet": "app-a", "address": "10.0.2.60", "groups": ["app"]},
            "second": {"subnet": "web-a", "address": "10.0.1.60", "groups": ["web"]},
        }
    }
    network = balanced(target("i-both"), instances={"both": faces})
    answer = ask(network, ASK)
    assert {part.forward[-1].destination for part in answer.parts} == {"10.0.2.60"}


@pytest.mark.parametrize(
    ("family", "asked", "seen"),
    [
        pytest.param(None, 4, DB_1, id="unsaid"),
        pytest.param(4, 4, DB_1, id="ipv4"),
        pytest.param(6, 4, "2600:1f14:1:101::50", id="ipv6-translated"),
        pytest.param(6, 6, "2600:1f14:1:103::10", id="ipv6"),
    ],
)
def test_lb_7_targets_are_sent_to_in_their_group_s_address_family(
    family: int | None, asked: int, seen: str
) -> None:
    network = balanced(APP, is_dual=True, of_group={"family": family})
    answer = ask(network, "db-1 eni-front-a tcp 80", family=asked)
    assert (answer.verdict, sees(answer)) == ("reachable", {seen})
    ends = {part.forward[-1].destination for part in answer.parts}
    assert ends == {"2600:1f14:1:102::10" if family == 6 else APP_1}


def test_lb_7_an_address_that_nobody_holds_gets_nothing() -> None:
    network = balanced(target("10.0.2.99"), of_group={"target_kind": "ip"})
    answer = ask(network, ASK)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ADDRESS_NOT_HELD"})


def chained(**groups: Form) -> Network:
    """Return a network with a network balancer before an application one before app-1."""
    outer = balancer(NETWORK, is_cross_zone=True)
    inner = balancer(
        APPLICATION,
        "inner",
        listeners=(listener(8080, "HTTP", ("tg-inner",)),),
        groups=("sg-inner",),
    )
    nodes = [node(NETWORK, zone) for zone in "ab"]
    for zone, address in (("a", "10.0.1.60"), ("b", "10.0.3.60")):
        own = node(APPLICATION, zone, name="inner", groups=("sg-inner",), address=address)
        nodes.append(own)
    targets = [
        group(target(inner.id), target_kind="alb"),
        group(APP, name="tg-inner", port=9090),
    ]
    base = snapshot(groups={"inner": {"ingress": ["all from anywhere"]}} | groups)
    return Network(with_balancers([outer, inner], nodes, targets, base))


@pytest.mark.parametrize(
    ("inner", "app", "expected"),
    [
        pytest.param(f"tcp 8080 from {WEB_1}/32", "all from anywhere", "reachable", id="client"),
        pytest.param(f"tcp 8080 from {NODE_A}/32", "all from anywhere", "unreachable", id="node"),
        pytest.param("all from anywhere", "tcp 9090 from group:inner", "reachable", id="inner"),
        pytest.param("all from anywhere", f"all from {WEB_1}/32", "unreachable", id="not-kept"),
    ],
)
def test_lb_7_an_application_balancer_behind_sees_the_client(
    inner: str, app: str, expected: str
) -> None:
    network = chained(inner={"ingress": [inner]}, app={"ingress": [app]})
    answer = ask(network, f"web-1 {NODE_A} tcp 80")
    assert answer.verdict == expected
    if expected == "reachable":
        assert str(answer.services) == "tcp 80"
        assert sees(answer) == {"10.0.1.60", "10.0.3.60"}


def test_lb_7_replies_of_an_application_balancer_go_back_by_the_network_one() -> None:
    answer = ask(chained(), f"web-1 {NODE_A} tcp 80")
    back = [hop.source for hop in answer.parts[0].returning]
    assert back[0] == APP_1
    assert back[-1] == NODE_A


def test_lb_7_what_the_one_behind_answers_itself_goes_back_by_the_network_one() -> None:
    # the inner one redirects, from another subnet; the outer one has asked as itself
    outer = balancer(NETWORK)
    alone = (listener(8080, "HTTP", ()),)
    inner = balancer(APPLICATION, "inner", listeners=alone, groups=("sg-web",))
    own = node(APPLICATION, "b", name="inner", groups=("sg-web",), address="10.0.3.60")
    form: Form = {"target_kind": "alb", "preserves_client": False, "is_cross_zone": True}
    for denied, expected in ((DB_1, "reachable"), (NODE_A, "unreachable")):
        base = snapshot(acls=denying("db", "egress", denied))
        nodes = [node(NETWORK), node(NETWORK, "b"), own]
        groups = [group(target(inner.id), **form)]
        answer = ask(
            Network(with_balancers([outer, inner], nodes, groups, base)), f"web-1 {NODE_A} tcp 80"
        )
        assert answer.verdict == expected
        assert legs(answer) == ({"return"} if expected == "unreachable" else set())


# -- LB-8, LAB-3


def facing(**more: Any) -> Network:  # noqa: ANN401 - YAML forms
    """Return an internet-facing network balancer with one node, in zone a."""
    return balanced(APP, zones="a", public=NODE_A_PUBLIC, **more)


def test_lb_8_an_internet_facing_balancer_is_asked_at_its_public_address() -> None:
    answer = ask(facing(), f"internet {NODE_A_PUBLIC} tcp 80")
    assert answer.verdict == "reachable"
    only = {"app": {"ingress": [f"tcp 8080 from {HOST}/32"]}}
    network = facing(groups=only)
    assert verdict(network, f"{HOST} {NODE_A_PUBLIC} tcp 80") == "reachable"
    assert verdict(network, f"9.9.9.9 {NODE_A_PUBLIC} tcp 80") == "unreachable"


def test_lb_8_an_internal_balancer_is_not_reached_from_outside() -> None:
    answer = ask(balanced(APP), "internet eni-front-a tcp 80")
    assert answer.verdict == "unreachable"


def test_lb_8_the_node_s_subnet_needs_routes_and_acls() -> None:
    astray = {"web": {"routes": {"0.0.0.0/0": None}}}
    answer = ask(facing(route_tables=astray), f"{HOST} {NODE_A_PUBLIC} tcp 80")
    assert (answer.verdict, codes(answer), legs(answer)) == (
        "unreachable",
        {NO_ROUTE},
        {"return"},
    )
    shut = denying("web", "egress", HOST)
    answer = ask(facing(acls=shut), f"{HOST} {NODE_A_PUBLIC} tcp 80")
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


def test_lb_8_behind_a_nat_gateway_and_a_balancer_both_pick_ports() -> None:
    network = balanced(APP, kind=APPLICATION, zones="a", public=NODE_A_PUBLIC)
    question = f"app-1 {NODE_A_PUBLIC} tcp 80"
    answer = ask(network, question, client_ports="linux")
    assert (answer.verdict, answer.client_ports) == ("reachable", ("32768-60999",))
    some = acl(
        ingress=(
            "90 allow tcp 32768-60999 from 0.0.0.0/0",
            "91 allow tcp 80 from 10.0.2.0/24",
            "100 deny all from 0.0.0.0/0",
        )
    )
    network = balanced(APP, kind=APPLICATION, zones="a", public=NODE_A_PUBLIC, acls={"nat": some})
    assert verdict(network, question, client_ports="linux") == "partial"


def test_lb_8_all_of_the_internet_is_told_together() -> None:
    answer = ask(facing(), f"internet {NODE_A_PUBLIC} tcp 80")
    assert [part.source_address for part in answer.parts] == ["internet"]


def test_lb_8_a_client_behind_a_nat_gateway_is_that_to_the_target() -> None:
    only = {"app": {"ingress": ["tcp 8080 from 198.51.100.5/32"]}}
    answer = ask(facing(groups=only), f"app-1 {NODE_A_PUBLIC} tcp 80")
    assert (answer.verdict, sees(answer)) == ("reachable", {"198.51.100.5"})
    second = {"nat": {"secondary": [{"address": "10.0.0.6", "public": "198.51.100.6"}]}}
    answer = ask(facing(nat_gateways=second), f"app-1 {NODE_A_PUBLIC} tcp 80")
    assert (answer.verdict, sees(answer)) == ("reachable", {"198.51.100.5", "198.51.100.6"})


def test_lab_3_a_node_whose_subnet_leads_to_a_nat_gateway_is_not_reached() -> None:
    routed = {"web": {"routes": {"0.0.0.0/0": "nat-gateway:nat"}}}
    answer = ask(facing(route_tables=routed), f"{HOST} {NODE_A_PUBLIC} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"NGW_NO_SESSION"})


# -- LB-9, LAB-5


def test_lb_9_lab_5_a_network_balancer_answers_no_ping() -> None:
    for network in (balanced(APP), balanced(APP, security=("sg-web",))):
        answer = ask(network, f"db-1 {NODE_A} icmp")
        assert (answer.verdict, codes(answer)) == ("unreachable", {MISMATCH})


@pytest.mark.parametrize("kind", [APPLICATION, CLASSIC])
def test_lb_9_others_answer_ping_themselves_where_their_groups_let_it_in(
    kind: BalancerKind,
) -> None:
    network = of_kind(kind, groups={"app": {"ingress": []}})
    answer = ask(network, f"db-1 {NODE_A} icmp")
    assert (answer.verdict, str(answer.services)) == ("reachable", "icmp 8/0")
    assert sees(answer) == {DB_1}
    anything = ask(of_kind(kind), f"db-1 {NODE_A}")
    assert (anything.verdict, str(anything.services)) == ("reachable", "tcp 80")
    closed = of_kind(
        kind, security=("sg-front",), groups={"front": {"ingress": ["tcp 80 from anywhere"]}}
    )
    assert verdict(closed, f"db-1 {NODE_A} icmp") == "unreachable"
    assert verdict(closed, f"db-1 {NODE_A}") == "reachable"


@pytest.mark.parametrize(
    ("kind", "code"),
    [(NETWORK, MISMATCH), (APPLICATION, MISMATCH), (CLASSIC, "ELB_LISTENERS_MISMATCH")],
)
def test_lb_9_only_listeners_answer(kind: BalancerKind, code: str) -> None:
    for service in ("tcp 81", "tcp 8080", "udp 80", "50", "icmp 13"):
        answer = ask(of_kind(kind), f"db-1 {NODE_A} {service}")
        assert (answer.verdict, codes(answer)) == ("unreachable", {code})
        assert [one.nearest for one in answer.explanations if one.nearest]


# -- LAB-4


@pytest.mark.parametrize(
    ("name", "direction", "peer", "leg"),
    [
        pytest.param("web", "ingress", DB_1, "forward", id="node-subnet-from-the-client"),
        pytest.param("web", "egress", APP_1, "forward", id="node-subnet-to-the-target"),
        pytest.param("app", "ingress", DB_1, "forward", id="target-subnet-from-the-client"),
        pytest.param("app", "egress", DB_1, "return", id="target-subnet-to-the-client"),
        pytest.param("web", "ingress", APP_1, "return", id="node-subnet-from-the-target"),
        pytest.param("web", "egress", DB_1, "return", id="node-subnet-to-the-client"),
        pytest.param("db", "ingress", NODE_A, "return", id="client-subnet-from-the-node"),
    ],
)
def test_lab_4_acls_on_the_way_of_a_kept_client(
    name: str, direction: str, peer: str, leg: str
) -> None:
    answer = ask(balanced(APP, acls=denying(name, direction, peer)), ASK)
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {ACL}, {leg})


@pytest.mark.parametrize(
    ("name", "direction", "peer"),
    [
        pytest.param("app", "ingress", NODE_A, id="target-subnet-from-the-node"),
        pytest.param("app", "egress", NODE_A, id="target-subnet-to-the-node"),
        pytest.param("db", "ingress", APP_1, id="client-subnet-from-the-target"),
        pytest.param("db", "egress", APP_1, id="client-subnet-to-the-target"),
    ],
)
def test_lab_4_acls_that_never_see_a_kept_client(name: str, direction: str, peer: str) -> None:
    assert verdict(balanced(APP, acls=denying(name, direction, peer)), ASK) == "reachable"


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param({"0.0.0.0/0": "nat-gateway:nat"}, id="elsewhere"),
        pytest.param({"0.0.0.0/0": None}, id="nowhere"),
        pytest.param({"0.0.0.0/0": "internet-gateway"}, id="straight-out"),
    ],
)
def test_lab_4_replies_do_not_follow_the_target_s_route_table(routes: Form) -> None:
    network = facing(route_tables={"app": {"routes": routes}})
    answer = ask(network, f"{HOST} {NODE_A_PUBLIC} tcp 80")
    assert (answer.verdict, sees(answer)) == ("reachable", {HOST})


def test_lab_4_from_the_node_replies_follow_its_subnet_s_table() -> None:
    tables = {"web": {"routes": {"10.0.3.0/24": "nat-gateway:nat"}}}
    answer = ask(balanced(APP, route_tables=tables), ASK)
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


# -- NA-8


@pytest.mark.parametrize("kind", [NETWORK, APPLICATION, CLASSIC])
def test_na_8_a_target_in_the_node_s_subnet_meets_no_acl_but_a_classic_balancer_s(
    kind: BalancerKind,
) -> None:
    shut = {"web": acl(egress=("90 deny tcp 8080 to 10.0.1.0/24", "100 allow all to 0.0.0.0/0"))}
    web = target("i-web-2")
    form = classic(instances=("i-web-2",)) if kind is CLASSIC else None
    targets = () if kind is CLASSIC else (web,)
    network = balanced(*targets, kind=kind, of_balancer=form, acls=shut)
    expected = ("unreachable", {OWN_ACL}) if kind is CLASSIC else ("reachable", set())
    answer = ask(network, ASK)
    assert (answer.verdict, codes(answer)) == expected
    closed = {
        "web": acl(ingress=("90 deny tcp 8080 from 0.0.0.0/0", "100 allow all from 0.0.0.0/0"))
    }
    network = balanced(*targets, kind=kind, of_balancer=form, acls=closed)
    assert verdict(network, ASK) == "reachable"


def test_na_8_nor_does_the_answer_of_a_target_there_to_a_client_there() -> None:
    shut = denying("web", "egress", WEB_1)
    network = balanced(target("i-web-2"), acls=shut)
    assert verdict(network, f"web-1 {NODE_A} tcp 80") == "reachable"


def test_na_8_a_client_in_the_node_s_subnet_meets_no_acl_there() -> None:
    shut = denying("web", "ingress", WEB_1)
    assert verdict(balanced(APP, acls=shut), f"web-1 {NODE_A} tcp 80") == "reachable"


# -- what answers without a target, and what nobody knows


def test_a_function_as_target_answers() -> None:
    function = target("arn:aws:lambda:eu-central-1:111122223333:function:hello")
    form: Form = {"target_kind": "lambda", "port": None, "protocol": ""}
    answer = ask(balanced(function, kind=APPLICATION, of_group=form), ASK)
    assert (answer.verdict, str(answer.services)) == ("reachable", "tcp 80")
    empty = ask(balanced(kind=APPLICATION, of_group=form), ASK)
    assert (empty.verdict, codes(empty)) == ("unreachable", {NO_TARGETS})
    shut = balanced(function, kind=APPLICATION, of_group=form, acls=denying("web", "egress", DB_1))
    answer = ask(shut, ASK)
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


def test_a_listener_that_redirects_answers_itself() -> None:
    alone = (listener(80, "HTTP", ()),)
    assert verdict(balanced(kind=APPLICATION, listeners=alone), ASK) == "reachable"
    answer = ask(balanced(listeners=alone), ASK)  # a network balancer can't
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_TARGETS})


@pytest.mark.parametrize(
    ("of_balancer", "of_group", "lacking"),
    [
        pytest.param({"listeners": None}, {}, "front", id="listeners"),
        pytest.param({}, {"targets": None}, GROUP_ID, id="targets"),
        pytest.param({}, {"port": None}, GROUP_ID, id="port"),
        pytest.param(
            {"listeners": (listener(groups=("tg-gone",)),)}, {}, "tg-gone", id="target-group"
        ),
        pytest.param({"doubt": "its descriptions differ in State"}, {}, "front", id="doubt"),
        pytest.param({}, {"doubt": "its descriptions differ in Port"}, GROUP_ID, id="group-doubt"),
        pytest.param({"listeners": (listener(80, "SCTP"),)}, {}, "front", id="protocol"),
    ],
)
@pytest.mark.parametrize("kind", V2)
def test_what_the_snapshot_lacks_leaves_the_answer_open(
    kind: BalancerKind, of_balancer: Form, of_group: Form, lacking: str
) -> None:
    base = snapshot()
    form: Form = {"groups": ("sg-web",)} if kind is APPLICATION else {}
    front = balancer(kind, **(form | of_balancer))
    nodes = [node(kind, groups=form.get("groups", ()))]
    groups = [replace(group(APP), **of_group)]
    answer = ask(Network(with_balancers([front], nodes, groups, base)), ASK)
    assert answer.verdict == "unknown"
    assert any(lacking in name for name in named(answer))


@pytest.mark.parametrize("kind", [NETWORK, APPLICATION, CLASSIC])
def test_a_node_without_its_balancer_leaves_the_answer_open(kind: BalancerKind) -> None:
    base = snapshot()
    alone = node(kind, groups=("sg-web",))
    answer = ask(Network(with_balancers([], [alone], [], base)), ASK)
    assert answer.verdict == "unknown"
    assert any("front" in name for name in named(answer))


def test_an_instance_that_the_snapshot_lacks_leaves_the_answer_open() -> None:
    answer = ask(balanced(target("i-gone")), ASK)
    assert (answer.verdict, named(answer)) == ("unknown", {GROUP_ID})
    beside = ask(balanced(target("i-gone"), APP), ASK)
    assert (beside.verdict, named(beside), sees(beside)) == ("partial", {GROUP_ID}, {DB_1})


def test_a_host_s_own_description_makes_no_balancer_of_it() -> None:
    base = snapshot()
    host = replace(base.interfaces["eni-app-1"], description="ELB front")
    network = Network(replace(base, interfaces={**base.interfaces, "eni-app-1": host}))
    assert verdict(network, "web-1 app-1 tcp 80", family=4) == "reachable"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("active", "reachable"),
        ("active_impaired", "reachable"),
        ("provisioning", "unreachable"),
        ("failed", "unreachable"),
    ],
)
def test_a_balancer_that_is_not_in_service_carries_nothing(state: str, expected: str) -> None:
    answer = ask(balanced(APP, of_balancer={"state": state}), ASK)
    assert answer.verdict == expected
    assert ("BAD_STATE" in codes(answer)) == (expected == "unreachable")


def test_balancers_that_send_to_each_other_are_a_loop() -> None:
    base = snapshot()
    form: Form = {"target_kind": "ip", "port": 80}
    outer = balancer(NETWORK, "outer", listeners=(listener(80, groups=("tg-outer",)),))
    inner = balancer(NETWORK, "inner", listeners=(listener(80, groups=("tg-inner",)),))
    # both nodes in one subnet: no router counts the hops
    nodes = [node(NETWORK, name="outer"), node(NETWORK, name="inner", address="10.0.1.51")]
    groups = [
        group(target("10.0.1.51"), name="tg-outer", **form),
        group(target(NODE_A), name="tg-inner", **form),
    ]
    answer = ask(Network(with_balancers([outer, inner], nodes, groups, base)), ASK)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ROUTING_LOOP"})


def test_a_stopped_target_gets_nothing() -> None:
    answer = ask(balanced(APP, instances={"app-1": {"state": "stopped"}}), ASK)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})


def test_ep_4_a_gateway_balancer_that_is_not_on_record_answers_nothing_but_geneve() -> None:
    base = snapshot()
    own = replace(
        node(NETWORK),
        interface_type="gateway_load_balancer",
        description="ELB gwy/front/0123456789abcdef",
    )
    network = Network(with_balancers([], [own], [], base))
    answer = ask(network, f"db-1 {NODE_A} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"GWLB_PROTOCOL_RESTRICTION"})
    assert verdict(network, f"db-1 {NODE_A} udp 6081") == "unknown"


def test_a_balancer_itself_can_be_the_source() -> None:
    network = balanced(APP, kind=APPLICATION)
    assert verdict(network, "eni-front-a app-1 tcp 8080", family=4) == "reachable"
