"""What AWS documents about VPC routing: the facts RT-1 to RT-14, one test or more each.

RT-7 changes no verdict here. Gateway route tables (RT-11) and what an appliance does with a packet
(RT-12) are not modelled yet: the answer says so.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach.network import Network
from netreach.packets.prefixes import Address
from tests.unit.fabric.estates_by_hand import (
    APP_1,
    HOST,
    HOST_SIX,
    NO_ROUTE,
    WEB_1,
    WEB_1_PUBLIC,
    Form,
    acl,
    ask,
    codes,
    estate,
    legs,
    named,
    sees,
    verdict,
)

IGW = "internet-gateway"
OUT = f"web-1 {HOST} tcp 443"


def routed(routes: Form, **rest: Form) -> Network:
    """Return the estate in which web-a's table has these routes besides the base's."""
    return estate(route_tables={"web": {"routes": routes}}, rest=rest)


def alone(routes: Form, **rest: Form) -> Network:
    """Return the estate in which web-a's table has these routes and the local ones only."""
    closed = {"0.0.0.0/0": None, "::/0": None}
    return routed(closed | routes, **rest)


def test_rt_1_a_subnet_has_the_table_it_chose_else_the_main_one() -> None:
    assert verdict(estate(), OUT) == "reachable"
    main = estate(subnets={"web-a": {"route_table": None}})
    assert codes(ask(main, OUT)) == {NO_ROUTE}
    opened = {"main": {"routes": {"0.0.0.0/0": IGW}}}
    both = estate(subnets={"web-a": {"route_table": None}}, route_tables=opened)
    assert verdict(both, OUT) == "reachable"
    # the main table says nothing to a subnet that chose another one
    closed = {"web": {"routes": {"0.0.0.0/0": None}}}
    assert codes(ask(estate(route_tables=opened | closed), OUT)) == {NO_ROUTE}


def test_rt_2_every_cidr_of_the_vpc_has_a_local_route() -> None:
    subnet = {"cidr": "100.64.1.0/24", "zone": "a"}
    pod = {"subnet": "pods", "address": "100.64.1.10", "groups": ["db"]}
    network = estate(
        cidrs=["10.0.0.0/16", "100.64.0.0/16", "2600:1f14:1:100::/56"],
        subnets={"pods": subnet},
        instances={"pod-1": pod},
        route_tables={"web": {"routes": {"0.0.0.0/0": None, "::/0": None}}},
    )
    assert verdict(network, "web-1 pod-1 tcp 22") == "reachable"
    assert verdict(network, "pod-1 web-1 tcp 22") == "reachable"
    assert verdict(network, "web-1 db-1 tcp 22", family=6) == "reachable"
    assert codes(ask(network, "web-1 100.128.0.1 tcp 22")) == {NO_ROUTE}
    assert codes(ask(network, "web-1 10.1.0.0 tcp 22")) == {NO_ROUTE}


def test_rt_2_the_families_have_routes_of_their_own() -> None:
    four, six = alone({"0.0.0.0/0": IGW}), alone({"::/0": IGW})
    assert verdict(four, OUT) == verdict(six, f"web-1 {HOST_SIX} tcp 443") == "reachable"
    assert codes(ask(four, f"web-1 {HOST_SIX} tcp 443")) == {NO_ROUTE}
    assert codes(ask(six, OUT)) == {NO_ROUTE}


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("8.8.7.255", "reachable"),
        ("8.8.8.0", "unreachable"),
        ("8.8.8.127", "unreachable"),
        ("8.8.8.128", "reachable"),
        ("8.8.8.255", "reachable"),
        ("8.8.9.0", "reachable"),
    ],
)
def test_rt_3_the_longest_prefix_decides(destination: str, expected: str) -> None:
    gone = {"target": "nat-gateway:nat-0d9c2e71b6a4f8035", "state": "blackhole"}
    network = routed({"8.8.8.0/24": gone, "8.8.8.128/25": IGW})
    assert verdict(network, f"web-1 {destination} tcp 443") == expected


LISTS = {"dns": {"entries": ["8.8.8.8/32"]}}
GONE = {"target": "nat-gateway:nat-0d9c2e71b6a4f8035", "state": "blackhole"}
PROPAGATED = {"target": "vpn-gateway:vgw-1", "origin": "propagated"}
GONE_PROPAGATED = PROPAGATED | {"state": "blackhole"}


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        pytest.param(
            {"8.8.8.8/32": IGW, "prefix-list:dns": GONE}, "reachable", id="static-before-list"
        ),
        pytest.param(
            {"8.8.8.8/32": GONE, "prefix-list:dns": IGW},
            "unreachable",
            id="static-though-gone",
        ),
        pytest.param(
            {"8.8.8.8/32": [GONE_PROPAGATED, IGW]}, "reachable", id="static-before-propagated"
        ),
        pytest.param(
            {"8.8.8.8/32": PROPAGATED, "prefix-list:dns": IGW},
            "reachable",
            id="list-before-propagated",
        ),
        pytest.param(
            {"8.8.8.8/32": PROPAGATED, "8.8.8.0/24": IGW},
            "unknown",
            id="longest-prefix-before-origin",
        ),
        pytest.param(
            {"8.8.8.0/24": GONE, "prefix-list:dns": IGW},
            "reachable",
            id="longest-prefix-before-static",
        ),
        pytest.param(
            {"8.8.8.8/32": PROPAGATED, "0.0.0.0/0": IGW},
            "unknown",
            id="propagated-and-modelled-not",
        ),
    ],
)
def test_rt_3_static_routes_then_lists_then_propagated_ones(routes: Form, expected: str) -> None:
    assert verdict(alone(routes, prefix_lists=LISTS), OUT) == expected


@pytest.mark.parametrize("prefix", ["10.0.3.0/24", "10.0.3.10/32", "10.0.0.0/16"])
def test_rt_4_a_propagated_route_inside_the_vpc_loses_against_the_local_one(prefix: str) -> None:
    routes = ["local", PROPAGATED] if prefix == "10.0.0.0/16" else PROPAGATED
    network = routed({prefix: routes})
    assert verdict(network, "web-1 db-1 tcp 5432") == "reachable"


def test_rt_4_a_propagated_route_beside_the_vpc_is_followed() -> None:
    network = routed({"10.2.0.0/16": PROPAGATED})
    answer = ask(network, "web-1 10.2.0.1 tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"vgw-1"})
    assert verdict(network, "web-1 10.3.0.0 tcp 443") == "unreachable"


def test_rt_5_a_static_route_to_a_subnet_beats_the_local_one() -> None:
    network = routed({"10.0.3.0/24": "nat-gateway:nat"})
    answer = ask(network, "web-1 db-1 tcp 5432", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {"10.0.0.5"})
    # the next subnet, and the other family, still have the local route
    assert sees(ask(network, "web-1 app-1 tcp 5432", family=4)) == {WEB_1}
    assert verdict(network, "web-1 db-1 tcp 5432", family=6) == "reachable"


def test_rt_5_the_target_of_the_local_route_may_be_replaced() -> None:
    network = routed({"10.0.0.0/16": "nat-gateway:nat"})
    answer = ask(network, "web-1 db-1 tcp 5432", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {"10.0.0.5"})
    # db-1's own table still has it, so nothing is in the way back: but no session either [LAB-3]
    assert verdict(network, "db-1 web-1 tcp 5432", family=4) == "unreachable"


def test_rt_6_lists_that_overlap_with_different_targets_leave_the_answer_open() -> None:
    lists = {"dns": {"entries": ["8.8.8.8/32"]}, "hosts": {"entries": ["8.8.8.8/32", "9.9.9.9/32"]}}
    differing = alone({"prefix-list:dns": IGW, "prefix-list:hosts": GONE}, prefix_lists=lists)
    answer = ask(differing, OUT)
    assert answer.verdict == "unknown"
    assert {str(missing.code) for missing in answer.missing} == {"AMBIGUOUS_ROUTE"}
    assert verdict(differing, "web-1 9.9.9.9 tcp 443") == "unreachable"
    same = alone({"prefix-list:dns": IGW, "prefix-list:hosts": IGW}, prefix_lists=lists)
    assert verdict(same, OUT) == "reachable"


def test_rt_6_the_longer_prefix_comes_first_among_lists_too() -> None:
    lists = {"dns": {"entries": ["8.8.8.8/32"]}, "nets": {"entries": ["8.8.8.0/24"]}}
    network = alone({"prefix-list:dns": IGW, "prefix-list:nets": GONE}, prefix_lists=lists)
    assert verdict(network, OUT) == "reachable"
    assert verdict(network, "web-1 8.8.8.9 tcp 443") == "unreachable"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        pytest.param(IGW, "partial", id="as-its-rival-does"),
        pytest.param(GONE, "unknown", id="elsewhere"),
    ],
)
def test_rt_6_a_list_without_entries_leaves_open_what_it_may_lead_elsewhere(
    target: Form | str, told: str
) -> None:
    second = [{"address": "10.0.0.6", "public": "198.51.100.6"}]
    network = estate(
        nat_gateways={"nat": {"secondary": second}},
        groups={"web": {"ingress": ["tcp 443 from 198.51.100.5/32"]}},  # of the two only that one
        route_tables={"nat": {"routes": {"prefix-list:missing:pl-0ghost": target}}},
    )
    assert verdict(network, f"app-1 {WEB_1_PUBLIC} tcp 443") == told


def test_rt_6_a_table_does_with_all_packets_for_an_address_the_same() -> None:
    """By either way one of the NAT gateway's addresses gets there; each has its own way never."""
    second = [{"address": "10.0.0.6", "public": "198.51.100.6"}]
    only = ["tcp 443 from 198.51.100.5/32", "tcp 443 from 203.0.113.60/32"]
    host: Form = {"subnet": "fw-a", "address": "10.0.4.10", "groups": ["app"]}
    network = estate(
        subnets={"fw-a": {"cidr": "10.0.4.0/24", "zone": "a", "route_table": "fw", "acl": "fw"}},
        acls={"fw": acl(ingress=("90 deny all from 10.0.0.5/32", "91 allow all from 0.0.0.0/0"))},
        nat_gateways={"nat": {"secondary": second}},
        groups={"web": {"ingress": only}},
        instances={"fw": host | {"source_dest_check": False, "elastic": "203.0.113.60"}},
        route_tables={
            "fw": {"routes": {"0.0.0.0/0": IGW}},
            "nat": {"routes": {"prefix-list:missing:pl-0ghost": "instance:fw"}},
        },
    )
    answer = ask(network, f"app-1 {WEB_1_PUBLIC} tcp 443")
    assert (answer.verdict, sees(answer)) == ("partial", {"198.51.100.5", "203.0.113.60"})


def test_rt_6_a_list_without_entries_may_go_before_lists_that_overlap() -> None:
    both = {name: {"entries": ["8.8.8.0/24"]} for name in ("one", "two")}
    gone = GONE | {"target": "transit-gateway:tgw-1"}
    dead: Form = {"prefix-list:one": GONE, "prefix-list:two": gone}
    assert verdict(alone(dead, prefix_lists=both), OUT) == "unreachable"
    network = alone(dead | {"prefix-list:missing:pl-0ghost": IGW}, prefix_lists=both)
    assert verdict(network, OUT) == "unknown"


def test_rt_3_no_list_goes_before_a_static_route_to_the_address_itself() -> None:
    network = alone({"8.8.8.8/32": IGW, "8.8.8.0/24": IGW, "prefix-list:missing:pl-0ghost": GONE})
    assert verdict(network, OUT) == "reachable"
    assert verdict(network, "web-1 8.8.8.9 tcp 443") == "unknown"


def test_rt_6_a_table_that_a_packet_comes_to_again_does_with_it_what_it_did_before() -> None:
    """In a circle of two tables: app's way out would serve the second host, but not the first."""
    host: Form = {"source_dest_check": False, "groups": ["web"]}
    outer = {"subnet": "app-a", "address": "10.0.2.50", "elastic": "203.0.113.60"}
    network = estate(
        instances={
            "inner": host | {"subnet": "nat-a", "address": "10.0.0.10"},
            "outer": host | outer,
        },
        route_tables={
            "app": {"routes": {"0.0.0.0/0": IGW, "prefix-list:missing:pl-0one": "instance:inner"}},
            "nat": {"routes": {"0.0.0.0/0": GONE, "prefix-list:missing:pl-0two": "instance:outer"}},
        },
    )
    answer = ask(network, OUT.replace("web-1", "app-1"), family=4)
    assert answer.verdict == "unreachable"
    assert "ROUTING_LOOP" in codes(answer)


@pytest.mark.parametrize(
    ("destination", "is_forwarded"),
    [
        ("169.254.167.255", True),
        ("169.254.168.0", False),
        ("169.254.170.255", False),
        ("169.254.172.0", True),
        ("fd00:ec1:ffff::1", True),
        ("fd00:ec2::1", False),
        ("fd00:ec2:ffff:ffff:ffff:ffff:ffff:ffff", False),
        ("fd00:ec3::", True),
    ],
)
def test_rt_8_some_ranges_are_never_forwarded(*, destination: str, is_forwarded: bool) -> None:
    wide = {"169.254.0.0/16": "vpn-gateway:vgw-1", "fd00::/16": "vpn-gateway:vgw-1"}
    answer = ask(routed(wide), f"web-1 {destination} tcp 443")
    if is_forwarded:
        assert (answer.verdict, named(answer)) == ("unknown", {"vgw-1"})
    else:
        assert (answer.verdict, codes(answer)) == ("unreachable", {"UNROUTABLE_DESTINATION_RANGE"})


def test_rt_9_a_blackhole_does_not_fall_through_to_a_shorter_prefix() -> None:
    answer = ask(routed({"8.8.8.0/24": GONE}), OUT)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE_ROUTE"})
    assert verdict(routed({"8.8.9.0/24": GONE}), OUT) == "reachable"


def test_rt_9_a_blackhole_on_the_way_back_drops_replies() -> None:
    network = estate(route_tables={"web": {"routes": {"0.0.0.0/0": GONE}}})
    answer = ask(network, "internet web-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer), legs(answer)) == (
        "unreachable",
        {"BAD_STATE_ROUTE"},
        {"return"},
    )


def test_rt_10_traffic_inside_a_subnet_bypasses_the_tables() -> None:
    network = routed({"10.0.1.0/24": "nat-gateway:nat"})
    assert sees(ask(network, "web-1 web-2 tcp 22", family=4)) == {WEB_1}
    detour = estate(route_tables={"app": {"routes": {"10.0.1.0/24": "nat-gateway:nat"}}})
    assert sees(ask(detour, "app-1 web-1 tcp 22", family=4)) == {"10.0.0.5"}


FIREWALL = {"subnet": "nat-a", "address": "10.0.0.10", "groups": ["web"]}


EDGE = {"gateways": [IGW], "routes": {"10.0.1.0/24": "network-interface:eni-fw"}}
OPEN_FIREWALL = FIREWALL | {"source_dest_check": False, "public": "203.0.113.50"}
THROUGH = {"edge": EDGE, "web": {"routes": {"0.0.0.0/0": "instance:fw"}}}


def test_rt_11_a_gateway_route_table_leads_through_an_appliance() -> None:
    network = estate(route_tables=THROUGH, instances={"fw": OPEN_FIREWALL})
    answer = ask(network, "internet web-1 tcp 443", family=4)
    assert answer.verdict == "reachable"
    for leg in (answer.parts[0].forward, answer.parts[0].returning):
        assert "eni-fw" in {hop.component.id for hop in leg}
    assert any("i-fw" in warning for warning in answer.warnings)


def test_rt_11_a_gateway_route_table_leaves_other_subnets_alone() -> None:
    edge = EDGE | {"routes": {"10.0.2.0/24": "network-interface:eni-fw"}}
    network = estate(route_tables={"edge": edge}, instances={"fw": OPEN_FIREWALL})
    answer = ask(network, "internet web-1 tcp 443", family=4)
    assert (answer.verdict, answer.warnings) == ("reachable", ())


def test_rt_11_answers_must_not_leave_past_the_appliance() -> None:
    network = estate(route_tables={"edge": EDGE}, instances={"fw": OPEN_FIREWALL})
    answer = ask(network, "internet web-1 tcp 443", family=4)
    assert answer.verdict == "unreachable"
    assert codes(answer, "return") == {"INGRESS_RTB_TRAFFIC_REDIRECTION"}


def test_rt_11_the_appliance_needs_a_public_address() -> None:
    bare = {"fw": FIREWALL | {"source_dest_check": False}}
    answer = ask(estate(route_tables=THROUGH, instances=bare), "internet web-1 tcp 443", family=4)
    assert answer.verdict == "unreachable"
    assert "INGRESS_RTB_NO_PUBLIC_IP" in codes(answer, "forward")


def test_rt_11_by_ipv6_the_appliance_needs_no_other_address() -> None:
    edge = EDGE | {"routes": {"2600:1f14:1:101::/64": "network-interface:eni-fw"}}
    bare = {"fw": FIREWALL | {"source_dest_check": False}}
    answer = ask(
        estate(route_tables={"edge": edge}, instances=bare), "internet web-1 tcp 443", family=6
    )
    assert "INGRESS_RTB_NO_PUBLIC_IP" not in codes(answer, "forward")
    assert "eni-fw" in {hop.component.id for hop in answer.parts[0].forward}


def test_rt_12_an_appliance_passes_packets_on() -> None:
    network = estate(
        route_tables={"web": {"routes": {"10.0.3.0/24": "instance:fw"}}},
        instances={"fw": FIREWALL | {"source_dest_check": False}},
    )
    answer = ask(network, "web-1 db-1 tcp 5432", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {WEB_1})
    assert any("i-fw" in warning for warning in answer.warnings)
    # what does not go through it needs no such assumption
    direct = ask(network, "web-1 app-1 tcp 5432", family=4)
    assert (direct.verdict, direct.warnings) == ("reachable", ())


def test_rt_12_the_appliance_has_groups_of_its_own() -> None:
    groups = {"web": {"ingress": ["tcp 443 from anywhere"]}}
    network = estate(
        groups=groups,
        route_tables={"web": {"routes": {"10.0.3.0/24": "instance:fw"}}},
        instances={"fw": FIREWALL | {"source_dest_check": False}},
    )
    assert verdict(network, "web-1 db-1 tcp 443", family=4) == "reachable"
    answer = ask(network, "web-1 db-1 tcp 5432", family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ENI_SG_RULES_MISMATCH"})


def test_rt_12_an_appliance_with_two_interfaces_may_use_either() -> None:
    outer = {"subnet": "web-a", "address": "10.0.1.77", "elastic": "203.0.113.60"}
    inner = {"subnet": "app-a", "address": "10.0.2.50", "groups": ["web"]}
    passing: Form = {"source_dest_check": False, "groups": ["web"]}
    network = estate(
        route_tables={"app": {"routes": {"0.0.0.0/0": "instance:fw"}}},
        instances={"fw": {"interfaces": {"inner": inner | passing, "outer": outer | passing}}},
    )
    answer = ask(network, "app-1 8.8.8.8 tcp 443", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {"203.0.113.60"})


INNER = "network-interface:eni-fw-inner"


def many_legged(*more: str, **outer: bool) -> Network:
    """Compile an estate whose appliance has an inner and an outer interface, and perhaps more."""
    passing: Form = {"source_dest_check": False, "groups": ["web"]}
    legs: Form = {
        "inner": {"subnet": "app-a", "address": "10.0.2.50"} | passing,
        "outer": {"subnet": "web-a", "address": "10.0.1.77", "elastic": "203.0.113.60"}
        | passing
        | outer,
    }
    legs |= {name: {"subnet": "app-a", "address": f"10.0.2.5{name[-1]}"} | passing for name in more}
    return estate(
        route_tables={"app": {"routes": dict.fromkeys(("0.0.0.0/0", "10.0.3.0/24"), INNER)}},
        instances={"fw": {"interfaces": legs}},
    )


def beside_two_legged(single: Form) -> Network:
    """Compile an estate where one of two appliances is taken, and nobody knows which [RT-6]."""
    passing: Form = {"source_dest_check": False, "groups": ["web"]}
    legs: Form = {
        "inner": {"subnet": "app-a", "address": "10.0.2.50"} | passing,
        "outer": {"subnet": "web-a", "address": "10.0.1.77", "elastic": "203.0.113.60"} | passing,
    }
    own = {"subnet": "web-a", "address": "10.0.1.78"} | passing | single
    lists = {"one": {"entries": ["8.8.8.8/32"]}, "two": {"entries": ["8.8.8.8/32"]}}
    routes = {
        "prefix-list:one": "network-interface:eni-fw-inner",
        "prefix-list:two": "instance:single",
    }
    return estate(
        rest={"prefix_lists": lists},
        route_tables={"app": {"routes": routes}},
        instances={"fw": {"interfaces": legs}, "single": own},
    )


@pytest.mark.parametrize(
    ("single", "told"),
    [
        pytest.param({}, "unknown", id="that-does-not-lead-out"),
        pytest.param({"elastic": "203.0.113.61"}, "reachable", id="that-leads-out"),
    ],
)
def test_rt_12_what_works_by_the_other_side_of_one_host_is_asked_of_one_sided_hosts_too(
    single: Form, told: str
) -> None:
    """The first host works only across; the second has no other side, so it stays where it is."""
    network = beside_two_legged(single)
    assert verdict(network, "app-1 8.8.8.8 tcp 443", family=4) == told


def test_rt_12_of_three_interfaces_nobody_knows_by_which_one_it_leaves() -> None:
    assert verdict(many_legged(), "app-1 8.8.8.8 tcp 443", family=4) == "reachable"
    assert verdict(many_legged("more-1"), "app-1 8.8.8.8 tcp 443", family=4) == "unknown"


def test_rt_12_both_interfaces_of_an_appliance_must_be_in_service() -> None:
    found, asked = many_legged().snapshot, "app-1 db-1 tcp 5432"
    assert verdict(Network(found), asked, family=4) == "reachable"
    for leg in ("eni-fw-inner", "eni-fw-outer"):
        down = {leg: replace(found.interfaces[leg], attachment_status="detaching")}
        network = Network(replace(found, interfaces={**found.interfaces, **down}))
        assert verdict(network, asked, family=4) == "unreachable"


def test_rt_13_what_an_appliance_sends_as_its_own_passes_the_check() -> None:
    network = many_legged(source_dest_check=True)
    answer = ask(network, "app-1 8.8.8.8 tcp 443", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {"203.0.113.60"})


def test_sg_9_an_appliance_hides_the_sender_s_groups() -> None:
    network = estate(
        groups={"db": {"ingress": ["tcp 5432 from group:web"]}},
        route_tables={"web": {"routes": {"10.0.3.0/24": "instance:fw"}}},
        instances={"fw": FIREWALL | {"source_dest_check": False, "groups": ["app"]}},
    )
    answer = ask(network, "web-1 db-1 tcp 5432", family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"SG_REFERENCES_NOT_PRESERVED"})


def test_rt_13_an_interface_that_checks_drops_what_is_for_others() -> None:
    network = estate(
        route_tables={"web": {"routes": {"10.0.3.0/24": "instance:fw"}}},
        instances={"fw": FIREWALL},
    )
    answer = ask(network, "web-1 db-1 tcp 5432", family=4)
    assert (answer.verdict, codes(answer)) == (
        "unreachable",
        {"ENI_SOURCE_DEST_CHECK_RESTRICTION"},
    )
    # what is for itself comes in by the same route
    own = estate(
        route_tables={"web": {"routes": {"10.0.0.0/24": "instance:fw"}}},
        instances={"fw": FIREWALL},
    )
    assert verdict(own, "web-1 fw tcp 22", family=4) == "reachable"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.0.1.111", "unreachable"),
        ("10.0.1.112", "reachable"),
        ("10.0.1.127", "reachable"),
        ("10.0.1.128", "unreachable"),
        ("2600:1f14:1:101:1::", "reachable"),
        ("2600:1f14:1:101:1:ffff:ffff:ffff", "reachable"),
        ("2600:1f14:1:101:2::", "unreachable"),
    ],
)
def test_rt_13_a_delegated_prefix_is_the_interface_s_own(address: str, expected: str) -> None:
    delegated = ["10.0.1.112/28", "2600:1f14:1:101:1::/80"]
    network = estate(instances={"web-1": {"delegated": delegated}})
    assert verdict(network, f"db-1 {address} tcp 22") == expected
    assert verdict(network, f"{WEB_1} {APP_1} tcp 22") == "reachable"


@pytest.mark.parametrize("address", ["10.0.1.0", "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.255"])
def test_rt_14_nobody_holds_the_reserved_addresses(address: str) -> None:
    answer = ask(estate(), f"app-1 {address} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ADDRESS_NOT_HELD"})


def test_rt_14_the_first_and_the_last_free_address_can_be_held() -> None:
    edges = {"secondary": ["10.0.1.4", "10.0.1.254"]}
    network = estate(instances={"web-1": edges})
    for address in ("10.0.1.4", "10.0.1.254"):
        assert verdict(network, f"app-1 {address} tcp 443") == "reachable"


def test_a_public_address_of_the_estate_is_routed_as_any_other() -> None:
    gone = routed({f"{WEB_1_PUBLIC}/32": GONE})
    assert codes(ask(gone, f"web-2 {WEB_1_PUBLIC} tcp 443")) == {"BAD_STATE_ROUTE"}
    assert verdict(gone, "web-2 203.0.113.99 tcp 443") == "reachable"


def test_sg_6_what_an_appliance_sends_as_its_own_bears_its_groups() -> None:
    """One that translates is the sender then: a reference to its own group matches."""
    router: Form = {"subnet": "nat-a", "address": "10.0.0.10", "groups": ["nat"]}
    network = estate(
        groups={
            "nat": {"ingress": ["all from anywhere"], "egress": ["all to anywhere"]},
            "db": {"ingress": ["tcp 5432 from group:nat"]},
        },
        route_tables={"web": {"routes": {"10.0.3.0/24": "instance:router"}}},
        instances={"router": router | {"source_dest_check": False}},
    )
    answer = ask(network, "web-1 db-1 tcp 5432", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {"10.0.0.10"})


@pytest.mark.parametrize(
    ("address", "expected"), [("198.51.100.9", "unknown"), ("198.51.101.9", "reachable")]
)
def test_rt_11_what_a_table_takes_in_for_a_public_pool_is_unknown(
    address: str, expected: str
) -> None:
    base = routed({"198.51.100.0/24": "network-interface:app-1"}).snapshot
    (number,) = [n for n, table in base.route_tables.items() if "subnet-web-a" in table.subnets]
    pooled = replace(base.route_tables[number], public_pools=("ipv4pool-ec2-1",), subnets=())
    network = Network(replace(base, route_tables={**base.route_tables, number: pooled}))
    answer = ask(network, f"internet {address} tcp 443")
    assert answer.verdict == expected
    assert any("ipv4pool-ec2-1" in one.why for one in answer.missing) == (expected == "unknown")


def test_an_address_in_a_secondary_network_is_no_vpc_s() -> None:
    base = routed({}).snapshot
    (number, *_) = base.instances
    there = replace(base.instances[number], secondary_addresses=(Address.parse("10.200.0.5"),))
    network = Network(replace(base, instances={**base.instances, number: there}))
    for question in ("web-1 10.200.0.5 tcp 443", "10.200.0.5 web-1 tcp 443"):
        answer = ask(network, question)
        assert answer.verdict == "unknown"
        assert any("in a secondary network" in one.why for one in answer.missing)
