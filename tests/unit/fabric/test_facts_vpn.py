"""What AWS documents about VPN, Direct Connect and client VPN: HY-1 to HY-3, and their kin."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.model.connections import (
    AttachmentKind,
    ClientVpnAuthorization,
    ClientVpnRoute,
    TransitRoute,
    VirtualInterface,
    VpnConnection,
)
from netreach.model.records import Attachment, Route, RouteOrigin, RouteTable, TargetKind
from netreach.model.services import BalancerKind
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Family, Prefix
from tests.unit.fabric.balancers_by_hand import (
    NODE_A,
    balancer,
    group,
    node,
    target,
    with_balancers,
)
from tests.unit.fabric.connections_by_hand import (
    LAB,
    LAB_1,
    PEERING,
    attached,
    peering,
    static,
    table,
)
from tests.unit.fabric.estates_by_hand import (
    ACL,
    DB_1,
    HOST,
    NAT,
    NO_ROUTE,
    WEB_1,
    WEB_1_PUBLIC,
    WEB_1_SIX,
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
from tests.unit.fabric.sites_by_hand import (
    LEARNED,
    OFFICE,
    PLANT,
    VGW,
    bgp_vpn,
    clients,
    direct,
    gateway,
    joined,
    prefixes,
    routed,
    static_vpn,
    transit_tie,
    with_door,
)

OUT, IN = f"web-1 {OFFICE} tcp 443", f"{OFFICE} web-1 tcp 443"
DOWN, TRANSIT_DOWN = "BAD_STATE_VPN", "TGW_BAD_STATE_VPN"
NOT_FROM_VPC = "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"
NOT_IN_VPC = "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
SELECTORS = "VPN_TRAFFIC_SELECTORS"
UNTOLD, ELSEWHERE = "UNKNOWN_DESTINATION", "DELIVERED_ELSEWHERE"


# -- the VPN gateway


@pytest.mark.parametrize("question", [OUT, IN, f"cgw-1 {DB_1} tcp 443", f"{DB_1} cgw-1 tcp 443"])
def test_hy_1_a_vpn_carries_both_ways_what_its_static_routes_cover(question: str) -> None:
    answer = ask(joined(static_vpn()), question)
    assert (answer.verdict, codes(answer)) == ("reachable", set())
    assert any("cgw-1" in warning for warning in answer.report.warnings)


def test_hy_1_every_gateway_and_connection_on_the_way_is_a_hop() -> None:
    part = ask(joined(static_vpn()), OUT).parts[0]
    ids = [hop.component.id for hop in part.forward[-3:]]
    assert ids == ["vgw-1", "vpn-1", "cgw-1"] == [hop.component.id for hop in part.returning[2::-1]]
    assert part.via == ("vgw-1", "vpn-1")


def test_hy_1_a_static_vpn_carries_nothing_that_its_routes_do_not_cover() -> None:
    answer = ask(joined(static_vpn("192.168.4.0/24")), OUT)
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {NO_ROUTE}, {"forward"})


def test_hy_1_what_bgp_announces_shows_where_a_table_has_learned_it() -> None:
    assert verdict(joined(bgp_vpn(), base=routed(LEARNED)), OUT) == "reachable"
    answer = ask(joined(bgp_vpn()), OUT)  # only a static route leads there
    assert (answer.verdict, codes(answer), named(answer)) == ("unknown", {UNTOLD}, {"vgw-1"})


def test_hy_1_one_table_that_learned_a_prefix_speaks_for_the_gateway() -> None:
    tables: Form = {
        "web": {"routes": {"192.168.0.0/16": VGW}},
        "main": {"routes": {"192.168.5.0/24": LEARNED["192.168.0.0/16"]}},
    }
    network = joined(bgp_vpn(), base=snapshot(route_tables=tables))
    assert verdict(network, OUT) == "reachable"
    assert verdict(network, "web-1 192.168.6.1 tcp 443") == "unknown"


@pytest.mark.parametrize(
    "down",
    [
        pytest.param({"tunnels_up": 0}, id="no-tunnel"),
        pytest.param({"state": "pending"}, id="pending"),
        pytest.param({"state": "deleted"}, id="deleted"),
    ],
)
@pytest.mark.parametrize("question", [OUT, IN])
@pytest.mark.parametrize("is_static", [True, False])
def test_hy_1_a_vpn_that_is_down_carries_nothing(
    down: dict[str, Any], question: str, is_static: bool
) -> None:
    connection = static_vpn(**down) if is_static else bgp_vpn(**down)
    answer = ask(joined(connection, base=routed(LEARNED)), question)
    assert (answer.verdict, codes(answer)) == ("unreachable", {DOWN})


def test_hy_1_one_tunnel_is_enough() -> None:
    assert verdict(joined(static_vpn(tunnels_up=1)), OUT) == "reachable"


def test_hy_1_a_gateway_whose_only_vpn_is_down_knows_nothing_at_all() -> None:
    network = joined(bgp_vpn(tunnels_up=0), base=routed({"0.0.0.0/0": VGW}))
    assert codes(ask(network, f"web-1 {HOST} tcp 443")) == {DOWN}


def test_hy_1_a_gateway_of_which_no_link_is_known_may_know_anything() -> None:
    answer = ask(joined(), OUT)
    assert (answer.verdict, codes(answer), named(answer)) == ("unknown", {UNTOLD}, {"vgw-1"})
    answer = ask(joined(base=routed(LEARNED)), OUT)
    assert (answer.verdict, named(answer)) == ("unknown", {"vgw-1"})


@pytest.mark.parametrize(
    ("gateways", "code"),
    [
        pytest.param({"attachments": ()}, "BAD_STATE_ATTACHMENT", id="attached-to-nothing"),
        pytest.param(
            {"attachments": (Attachment(vpc="vpc-shop", state="detaching"),)},
            "BAD_STATE_ATTACHMENT",
            id="detaching",
        ),
        pytest.param({"state": "deleted"}, "BAD_STATE", id="deleted"),
    ],
)
def test_hy_1_a_gateway_must_be_attached_and_in_service(
    gateways: dict[str, Any], code: str
) -> None:
    network = joined(static_vpn(), gateways=(gateway(**gateways),))
    assert codes(ask(network, OUT)) == {code}
    answer = ask(network, IN)
    assert answer.verdict == "unreachable"
    assert code in codes(answer, "forward")


def test_hy_1_a_gateway_serves_the_vpc_that_it_is_attached_to_only() -> None:
    network = joined(static_vpn(), gateways=(gateway(vpc=LAB),))
    assert codes(ask(network, OUT), "forward") == {"BAD_STATE_ATTACHMENT"}
    assert codes(ask(network, IN), "forward") == {NOT_IN_VPC}


def test_hy_1_a_gateway_that_the_snapshot_lacks_is_named() -> None:
    network = joined(static_vpn(), gateways=(gateway("vgw-2"),))
    answer = ask(network, OUT)
    assert (answer.verdict, named(answer)) == ("unknown", {"vgw-1"})


def test_hy_1_an_attachment_to_a_vpc_outside_the_snapshot_is_unknown() -> None:
    network = joined(static_vpn(), gateways=(gateway(vpc="vpc-elsewhere"),))
    answer = ask(network, IN)
    assert (answer.verdict, named(answer)) == ("unknown", {"vgw-1"})


def test_hy_1_only_the_vpcs_own_interfaces_send_by_the_gateway() -> None:
    answer = ask(joined(static_vpn()), f"vpc-shop/10.0.1.99 {OFFICE} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NOT_FROM_VPC})


def test_hy_1_an_unattached_interface_neither_sends_nor_receives() -> None:
    spare = {"subnet": "web-a", "address": "10.0.1.60", "groups": ["web"], "status": "available"}
    network = joined(static_vpn(), base=routed(interfaces={"spare": spare}))
    assert NOT_FROM_VPC in codes(ask(network, f"10.0.1.60 {OFFICE} tcp 443"), "forward")
    assert NOT_IN_VPC in codes(ask(network, f"{OFFICE} 10.0.1.60 tcp 443"), "forward")


@pytest.mark.parametrize("target", ["10.0.1.77", LAB_1])
def test_hy_1_sites_reach_only_the_vpcs_own_interfaces(target: str) -> None:
    answer = ask(joined(static_vpn()), f"{OFFICE} {target} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NOT_IN_VPC})


def test_pc_2_a_peer_reaches_no_site_through_the_vpc_and_no_site_reaches_it() -> None:
    lab: Form = {"public": {"routes": {"192.168.0.0/16": PEERING, "10.0.0.0/16": PEERING}}}
    base = routed(
        {"192.168.0.0/16": VGW, "10.1.0.0/16": PEERING},
        rest={"vpcs": {"lab": {"route_tables": lab}}},
    )
    network = joined(static_vpn(), base=replace(base, peerings={"pcx-1": peering()}))
    assert verdict(network, f"web-1 {LAB_1} tcp 443") == "reachable"
    assert codes(ask(network, f"lab-1 {OFFICE} tcp 443")) == {"PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"}
    assert codes(ask(network, f"{OFFICE} {LAB_1} tcp 443"), "forward") == {NOT_IN_VPC}


def test_hy_1_filters_of_the_vpc_see_the_sites_own_address() -> None:
    rules = acl(ingress=(f"100 allow all from {OFFICE}/32",))
    groups = {"web": {"ingress": [f"tcp 443 from {OFFICE}/32"]}}
    network = joined(static_vpn(), base=routed(acls={"web": rules}, groups=groups))
    assert verdict(network, IN) == "reachable"
    assert codes(ask(network, "192.168.5.8 web-1 tcp 443")) == {ACL, "ENI_SG_RULES_MISMATCH"}


def test_hy_1_replies_follow_the_vpcs_own_routes() -> None:
    answer = ask(joined(static_vpn(), base=routed({})), IN)
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


def test_hy_1_a_vpn_takes_no_ipv6() -> None:
    site = "2001:db8:5::7"
    network = joined(static_vpn(), base=routed({"2001:db8:5::/48": VGW}))
    assert codes(ask(network, f"web-1 {site} tcp 443")) == {NO_ROUTE}
    # what the office sends goes out by its own internet, if at all
    answer = ask(network, f"cgw-1/{site} {WEB_1_SIX} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"cgw-1"})


@pytest.mark.parametrize(
    ("aws_side", "site_side", "expected"),
    [
        ("10.0.0.0/16", "192.168.0.0/16", "reachable"),
        (None, "192.168.5.0/24", "reachable"),
        ("10.0.1.0/24", None, "reachable"),
        ("10.0.2.0/24", None, "unreachable"),
        (None, "192.168.6.0/24", "unreachable"),
    ],
)
@pytest.mark.parametrize("question", [OUT, IN])
def test_hy_1_tunnels_carry_packets_between_their_two_cidrs_only(
    question: str, aws_side: str | None, site_side: str | None, expected: str
) -> None:
    sides = {"aws_side": aws_side, "site_side": site_side}
    narrow = {side: Prefix.parse(text) if text else None for side, text in sides.items()}
    answer = ask(joined(static_vpn(**narrow)), question)
    wanted = set() if expected == "reachable" else {SELECTORS}
    assert (answer.verdict, codes(answer)) == (expected, wanted)


def test_hy_1_direct_connect_takes_ipv6() -> None:
    learned = {"2001:db8:5::/48": {"target": VGW, "origin": "propagated"}}
    network = joined(direct("vgw-1"), base=routed(learned))
    assert verdict(network, "web-1 2001:db8:5::7 tcp 443") == "reachable"
    assert verdict(network, f"2001:db8:5::7 {WEB_1_SIX} tcp 443") == "reachable"


def test_hy_1_a_gateway_uses_the_longest_prefix_that_it_knows() -> None:
    network = joined(
        static_vpn(), static_vpn("192.168.5.0/24", id="vpn-2", customer_gateway="cgw-2")
    )
    assert ask(network, OUT).parts[0].via == ("vgw-1", "vpn-2")
    assert ask(network, "web-1 192.168.6.1 tcp 443").parts[0].via == ("vgw-1", "vpn-1")


def test_hy_1_equal_links_without_ecmp_are_unknown_only_where_they_differ() -> None:
    up, other = static_vpn(), static_vpn(id="vpn-2", customer_gateway="cgw-2")
    answer = ask(joined(up, other), OUT)
    assert (answer.verdict, len(answer.parts)) == ("reachable", 2)
    answer = ask(joined(up, replace(other, tunnels_up=0)), OUT)
    assert (answer.verdict, "vgw-1" in named(answer)) == ("unknown", True)


def test_hy_1_one_target_of_two_is_partial_whichever_of_equal_links_replies_take() -> None:
    open_to_all: Form = {"ingress": ["all from anywhere"]}
    base = routed(groups={"app": open_to_all, "web": {"ingress": []}})
    targets = (target("i-app-1"), target("i-web-2"))
    front = balancer(BalancerKind.NETWORK)
    base = with_balancers([front], [node(BalancerKind.NETWORK)], [group(*targets)], base)
    links = (static_vpn(), static_vpn(id="vpn-2", customer_gateway="cgw-2"))
    for taken in (links[:1], links):
        answer = ask(joined(*taken, base=base), f"cgw-1/{OFFICE} {NODE_A} tcp 80")
        assert answer.verdict == "partial"
        assert "SG_HAS_NO_RULES" in codes(answer, "forward")


def test_hy_1_a_prefix_learned_by_bgp_goes_by_the_link_that_is_up() -> None:
    network = joined(
        bgp_vpn(tunnels_up=0), bgp_vpn("vpn-2", "cgw-2", tunnels_up=2), base=routed(LEARNED)
    )
    answer = ask(network, OUT)
    assert (answer.verdict, answer.parts[0].via) == ("reachable", ("vgw-1", "vpn-2"))


def test_rt_3_a_static_vpn_route_comes_before_the_same_prefix_by_bgp() -> None:
    answer = ask(joined(bgp_vpn("vpn-2", "cgw-2"), static_vpn(), base=routed(LEARNED)), OUT)
    assert (answer.verdict, [part.via for part in answer.parts]) == (
        "reachable",
        [("vgw-1", "vpn-1")],
    )


def test_rt_3_a_static_route_of_the_table_comes_before_a_learned_one() -> None:
    base = routed({"192.168.0.0/16": "internet-gateway"})
    learned = Route(
        destination=Prefix.parse("192.168.0.0/16"),
        target_kind=TargetKind.VPN_GATEWAY,
        target="vgw-1",
        origin=RouteOrigin.PROPAGATED,
    )
    web = base.route_tables["rtb-web"]
    tables = {**base.route_tables, web.id: replace(web, routes=(learned, *web.routes))}
    answer = ask(joined(static_vpn(), base=replace(base, route_tables=tables)), OUT)
    assert codes(answer) == {"IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"}


def test_rt_4_a_learned_route_inside_the_vpc_loses_to_the_local_one() -> None:
    learned = {"10.0.3.0/24": {"target": VGW, "origin": "propagated"}}
    network = joined(static_vpn("10.0.3.0/24"), base=routed(learned))
    assert verdict(network, "web-1 db-1 tcp 443") == "reachable"


def test_rt_11_a_gateway_with_a_table_of_its_own_sends_arrivals_to_its_targets() -> None:
    firewall = {"subnet": "app-a", "address": "10.0.2.20", "groups": ["app"]}
    redirected = _with_edge(routed(instances={"fw": firewall}), "10.0.1.0/24", "eni-fw")
    answer = ask(joined(static_vpn(), base=redirected), IN)
    assert codes(answer, "forward") == {"ENI_SOURCE_DEST_CHECK_RESTRICTION"}
    assert verdict(joined(static_vpn(), base=redirected), f"{OFFICE} {DB_1} tcp 443") == "reachable"


def _with_edge(base: Snapshot, destination: str, interface: str) -> Snapshot:
    """Give the VPN gateway a route table of its own."""
    routes = (
        Route(destination=Prefix.parse("10.0.0.0/16"), target_kind=TargetKind.LOCAL),
        Route(
            destination=Prefix.parse(destination),
            target_kind=TargetKind.NETWORK_INTERFACE,
            target=interface,
        ),
    )
    edge = RouteTable(id="rtb-edge", vpc="vpc-shop", gateways=("vgw-1",), routes=routes)
    return replace(base, route_tables={**base.route_tables, edge.id: edge})


# -- sites among themselves


BOTH: Form = LEARNED | {"172.20.0.0/16": {"target": VGW, "origin": "propagated"}}
HUB = f"cgw-1/{OFFICE} cgw-2/{PLANT} tcp 443"


def test_hy_2_sites_that_speak_bgp_reach_each_other_by_one_gateway() -> None:
    network = joined(bgp_vpn(), bgp_vpn("vpn-2", "cgw-2"), base=routed(BOTH))
    answer = ask(network, HUB)
    assert (answer.verdict, answer.parts[0].via) == ("reachable", ("vpn-1", "vgw-1", "vpn-2"))


def test_hy_2_direct_connect_takes_part() -> None:
    network = joined(bgp_vpn(), direct("vgw-1"), base=routed(BOTH))
    assert verdict(network, f"cgw-1/{OFFICE} dxgw-1/{PLANT} tcp 443") == "reachable"


def test_hy_2_static_vpns_do_not_reach_each_other() -> None:
    network = joined(
        static_vpn(), static_vpn("172.20.0.0/16", id="vpn-2", customer_gateway="cgw-2")
    )
    answer = ask(network, HUB)
    assert (answer.verdict, codes(answer)) == ("unreachable", {NOT_IN_VPC})


def test_hy_2_sites_need_asns_of_their_own() -> None:
    links = bgp_vpn(), bgp_vpn("vpn-2", "cgw-2")
    apart, alike = {"cgw-1": 65001, "cgw-2": 65002}, {"cgw-1": 65001, "cgw-2": 65001}
    assert verdict(joined(*links, base=routed(BOTH), asns=apart), HUB) == "reachable"
    answer = ask(joined(*links, base=routed(BOTH), asns=alike), HUB)
    assert (answer.verdict, named(answer)) == ("unknown", {"vgw-1"})


def test_hy_2_a_site_whose_link_is_down_is_not_reached_by_aws() -> None:
    network = joined(bgp_vpn(), bgp_vpn("vpn-2", "cgw-2", tunnels_up=0), base=routed(BOTH))
    answer = ask(network, HUB)  # and what the office itself holds, only its announcements tell
    assert (answer.verdict, named(answer)) == ("unknown", {"cgw-1"})


def test_hy_2_what_is_of_the_vpc_itself_goes_there_whatever_sites_announce() -> None:
    wide = BOTH | {"10.0.0.0/8": {"target": VGW, "origin": "propagated"}}
    network = joined(bgp_vpn(), bgp_vpn("vpn-2", "cgw-2"), base=routed(wide))
    assert verdict(network, f"cgw-1/{OFFICE} web-1 tcp 443") == "reachable"


def test_hy_2_what_only_a_route_by_hand_says_of_a_site_is_not_sure() -> None:
    plant = static_vpn("172.20.0.0/16", id="vpn-2", customer_gateway="cgw-2")
    answer = ask(joined(bgp_vpn(), plant), f"cgw-2/{PLANT} cgw-1/{OFFICE} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"cgw-2"})


def test_hy_1_a_static_route_says_whose_a_network_is() -> None:
    network = joined(static_vpn(), bgp_vpn("vpn-2", "cgw-2"), base=routed(LEARNED))
    assert verdict(network, IN) == "reachable"


def test_rt_3_direct_connect_may_come_before_the_same_prefix_of_a_static_vpn() -> None:
    answer = ask(joined(direct("vgw-1"), static_vpn(), base=routed(LEARNED)), OUT)
    assert sorted(part.via for part in answer.parts) == [("vgw-1", "dxgw-1"), ("vgw-1", "vpn-1")]


# -- Direct Connect


def test_hy_3_a_direct_connect_gateway_carries_what_its_site_announces() -> None:
    network = joined(direct("vgw-1"), base=routed(LEARNED))
    assert (verdict(network, OUT), verdict(network, IN)) == ("reachable", "reachable")


def test_hy_3_what_is_not_allowed_is_not_announced_to_the_site() -> None:
    wide = joined(direct("vgw-1", allowed=("10.0.0.0/8",)), base=routed(LEARNED))
    assert verdict(wide, IN) == "reachable"
    narrow = joined(direct("vgw-1", allowed=("10.0.1.0/24",)), base=routed(LEARNED))
    answer = ask(narrow, IN)
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_ROUTE})


@pytest.mark.parametrize(
    "circuit",
    [pytest.param({"state": "down"}, id="down"), pytest.param({"is_up": False}, id="no-bgp")],
)
def test_hy_3_without_a_working_virtual_interface_nothing_is_carried(
    circuit: dict[str, Any],
) -> None:
    network = joined(direct("vgw-1"), base=routed(LEARNED))
    one = VirtualInterface(id="dxvif-1", direct_connect_gateway="dxgw-1")
    fine = Network(replace(network.snapshot, virtual_interfaces={"dxvif-1": one}))
    assert verdict(fine, OUT) == "reachable"
    broken = {"dxvif-1": replace(one, **circuit)}
    down = Network(replace(network.snapshot, virtual_interfaces=broken))
    assert (codes(ask(down, OUT)), codes(ask(down, IN))) == ({"BAD_STATE"}, {"BAD_STATE"})
    reason = "dxgw-1 is not in service: none of its virtual interfaces is up"
    assert [one.message for one in ask(down, OUT).explanations] == [reason]


@pytest.mark.parametrize(
    ("families", "expected"),
    [((), "reachable"), ((4,), "reachable"), ((4, 6), "reachable"), ((6,), "unreachable")],
)
def test_hy_3_an_ip_version_needs_a_bgp_peer_of_it(
    families: tuple[Family, ...], expected: str
) -> None:
    circuit = VirtualInterface(id="dxvif-1", direct_connect_gateway="dxgw-1", families=families)
    base = replace(routed(LEARNED), virtual_interfaces={"dxvif-1": circuit})
    network = joined(direct("vgw-1"), base=base)
    assert verdict(network, OUT) == expected
    lone = replace(circuit, direct_connect_gateway="", vpn_gateway="vgw-1")
    alone = joined(base=replace(base, virtual_interfaces={"dxvif-1": lone}))
    assert verdict(alone, OUT) == expected
    other = replace(circuit, id="dxvif-2", families=(4,))
    both = replace(base, virtual_interfaces={"dxvif-1": circuit, "dxvif-2": other})
    assert verdict(joined(direct("vgw-1"), base=both), OUT) == "reachable"


@pytest.mark.parametrize("question", ["dxvif-1 dxvif-2", "dxgw-1/192.168.5.7 dxgw-1/192.168.6.7"])
def test_hy_3_what_site_link_carries_between_virtual_interfaces_is_unknown(question: str) -> None:
    circuits = {
        number: VirtualInterface(id=number, direct_connect_gateway="dxgw-1")
        for number in ("dxvif-1", "dxvif-2")
    }
    network = joined(direct("vgw-1"), base=replace(routed(LEARNED), virtual_interfaces=circuits))
    answer = ask(network, f"{question} tcp 22")
    assert answer.verdict == "unknown"
    assert "what dxgw-1 does with packets" in answer.missing[0].why


def test_hy_3_a_gateway_that_is_being_disassociated_carries_nothing() -> None:
    record = direct("vgw-1")
    leaving = replace(record.associations[0], state="disassociating")
    network = joined(replace(record, associations=(leaving,)), base=routed(LEARNED))
    (why,) = ask(network, OUT).explanations
    assert why.message == "dxgw-1 is not in service: it is not associated with the gateway"


def test_hy_3_a_virtual_interface_may_end_at_the_vpn_gateway_itself() -> None:
    circuit = VirtualInterface(id="dxvif-1", vpn_gateway="vgw-1")
    base = replace(routed(LEARNED), virtual_interfaces={"dxvif-1": circuit})
    assert ask(joined(base=base), OUT).parts[0].via == ("vgw-1", "dxvif-1")
    down = replace(base, virtual_interfaces={"dxvif-1": replace(circuit, is_up=False)})
    (why,) = ask(joined(base=down), OUT).explanations
    assert why.message == "dxvif-1 is not in service: none of its BGP sessions is up"


def test_hy_3_associations_are_joined_by_a_supernet_or_not_and_nobody_knows() -> None:
    base = routed(LEARNED | {"10.0.0.0/8": {"target": VGW, "origin": "propagated"}})
    network = joined(
        direct("vgw-1", "vgw-2"), base=base, gateways=(gateway(), gateway("vgw-2", LAB))
    )
    answer = ask(network, f"web-1 {LAB_1} tcp 443")
    assert (answer.verdict, codes(answer), named(answer)) == ("unknown", {UNTOLD}, {"dxgw-1"})


# -- transit gateways


def transit(
    *connections: VpnConnection, routes: tuple[TransitRoute, ...] = (), kind: str = "vpn"
) -> Network:
    """Compile an estate whose VPCs and VPNs meet at a transit gateway."""
    way = "transit-gateway:tgw-1"
    tables: Form = {"public": {"routes": {"192.168.0.0/16": way}}}
    nat: Form = {"nat": {"routes": {"192.168.0.0/16": way}}}
    shop = {name: {"routes": {"192.168.0.0/16": way}} for name in ("web", "main")} | nat
    base = snapshot(route_tables=shop, rest={"vpcs": {"lab": {"route_tables": tables}}})
    ties = tuple(
        transit_tie(f"tgw-attach-{one.id}", one.id, AttachmentKind(kind)) for one in connections
    )
    default = (
        static("192.168.0.0/16", *(tie.id for tie in ties)),
        static("10.0.0.0/16", "tgw-attach-shop"),
        static("10.1.0.0/16", "tgw-attach-lab"),
    )
    hub = attached(base, tables=(table(*(routes or default), propagations=()),), more=ties)
    return joined(*connections, base=hub.snapshot)


def transit_vpn(name: str = "vpn-1", site: str = "cgw-1", **changes: Any) -> VpnConnection:  # noqa: ANN401 - the record's own
    """Return a VPN connection to the transit gateway."""
    fields: dict[str, Any] = {"vpn_gateway": "", "transit_gateway": "tgw-1"}
    return static_vpn(id=name, customer_gateway=site, **(fields | changes))


@pytest.mark.parametrize("question", [OUT, IN, f"{OFFICE} {LAB_1} tcp 443"])
def test_tg_1_a_vpn_attachment_is_routed_by_the_table_of_its_own(question: str) -> None:
    assert verdict(transit(transit_vpn()), question) == "reachable"


@pytest.mark.parametrize("question", [OUT, IN])
def test_hy_1_tunnels_for_ipv6_carry_no_ipv4(question: str) -> None:
    answer = ask(transit(transit_vpn(family=6)), question)
    assert answer.verdict == "unreachable"
    assert codes(answer) <= {SELECTORS, NO_ROUTE}


def test_hy_1_the_attachment_that_carries_private_tunnels_must_be_in_service() -> None:
    known = transit(transit_vpn(transport="tgw-attach-dx")).snapshot
    carrier = transit_tie("tgw-attach-dx", "dxgw-9", AttachmentKind.DIRECT_CONNECT)

    def carried(**changes: Any) -> Network:  # noqa: ANN401 - the record's own
        ties = {**known.transit_attachments, carrier.id: replace(carrier, **changes)}
        return Network(replace(known, transit_attachments=ties))

    assert verdict(carried(), OUT) == "reachable"
    (why,) = ask(carried(state="deleting"), OUT).explanations
    assert why.message.endswith("tgw-attach-dx, which carries it, is not in service")
    lost = ask(Network(known), OUT)
    assert (lost.verdict, named(lost)) == ("unknown", {"vpn-1"})
    up = transit(transit_vpn(transport="tgw-attach-dx", tunnels_up=1))
    assert verdict(up, OUT) == "reachable"


def test_hy_1_one_vpn_carries_ipv4_and_another_ipv6() -> None:
    site, ours, there = "2001:db8:5::7", WEB_1_SIX, "2001:db8:5::/48"
    vpns = transit_vpn(), transit_vpn("vpn-2", family=6, routes=())
    known = transit(*vpns).snapshot
    (hub,) = known.transit_route_tables.values()
    six = static(there, "tgw-attach-vpn-2"), static("2600:1f14::/32", "tgw-attach-shop")
    tables = {hub.id: replace(hub, static_routes=(*(hub.static_routes or ()), *six))}
    route = Route(
        destination=Prefix.parse(there), target_kind=TargetKind.TRANSIT_GATEWAY, target="tgw-1"
    )
    ways = {n: replace(row, routes=(*row.routes, route)) for n, row in known.route_tables.items()}
    network = Network(replace(known, transit_route_tables=tables, route_tables=ways))
    assert verdict(network, f"{ours} {site} tcp 443") == "reachable"
    assert verdict(network, f"cgw-1/{site} {ours} tcp 443") == "reachable"
    swapped = {"vpn-1": transit_vpn(family=6), "vpn-2": transit_vpn("vpn-2")}
    crossed = Network(replace(network.snapshot, vpn_connections=swapped))
    answer = ask(crossed, f"{ours} {site} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {SELECTORS})


def test_tg_1_a_vpn_attachment_propagates_its_static_routes() -> None:
    network = transit(transit_vpn())
    only = table(static("10.0.0.0/16", "tgw-attach-shop"), propagations=("tgw-attach-vpn-1",))
    told = Network(replace(network.snapshot, transit_route_tables={only.id: only}))
    assert verdict(told, OUT) == "reachable"
    bgp = Network(
        replace(
            told.snapshot,
            vpn_connections={"vpn-1": bgp_vpn(vpn_gateway="", transit_gateway="tgw-1")},
        )
    )
    answer = ask(bgp, OUT)
    assert (answer.verdict, codes(answer)) == ("unknown", {"TGW_RTB_ROUTES_ARE_UNKNOWN"})


@pytest.mark.parametrize("question", [OUT, IN])
def test_tg_8_a_vpn_behind_a_transit_gateway_that_is_down_has_a_code_of_its_own(
    question: str,
) -> None:
    answer = ask(transit(transit_vpn(tunnels_up=0)), question)
    assert (answer.verdict, codes(answer)) == ("unreachable", {TRANSIT_DOWN})


def test_tg_8_equal_vpns_share_packets_and_all_must_work() -> None:
    both = transit(transit_vpn(), transit_vpn("vpn-2", "cgw-2"))
    answer = ask(both, OUT)
    assert (answer.verdict, len(answer.parts)) == ("reachable", 2)
    half = transit(transit_vpn(), transit_vpn("vpn-2", "cgw-2", tunnels_up=0))
    answer = ask(half, OUT)
    assert (answer.verdict, codes(answer)) == ("partial", {TRANSIT_DOWN})


def test_tg_8_without_equal_cost_paths_nobody_knows_which_vpn_is_taken() -> None:
    both = transit(transit_vpn(), transit_vpn("vpn-2", "cgw-2")).snapshot
    hub = replace(both.transit_gateways["tgw-1"], vpn_ecmp=False)
    answer = ask(Network(replace(both, transit_gateways={"tgw-1": hub})), OUT)
    assert (answer.verdict, codes(answer)) == ("unknown", {"AMBIGUOUS_ROUTE"})


def test_tg_8_replies_may_come_by_another_gateway_of_the_same_network() -> None:
    both = transit(transit_vpn(), transit_vpn("vpn-2", "cgw-2"))
    assert verdict(both, f"cgw-1/{OFFICE} web-1 tcp 443") == "reachable"


def test_tg_3_what_no_transit_route_covers_is_stopped_there() -> None:
    routes = (
        static("192.168.0.0/16", "tgw-attach-vpn-1"),
        static("10.0.0.0/16", "tgw-attach-shop"),
    )
    answer = ask(transit(transit_vpn(), routes=routes), f"{OFFICE} {LAB_1} tcp 443")
    assert codes(answer, "forward") == {"TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"}


def test_tg_1_sites_reach_each_other_where_the_table_routes_both() -> None:
    routes = (
        static("192.168.0.0/16", "tgw-attach-vpn-1"),
        static("172.20.0.0/16", "tgw-attach-vpn-2"),
    )
    network = transit(
        transit_vpn(),
        transit_vpn("vpn-2", "cgw-2", routes=prefixes("172.20.0.0/16")),
        routes=routes,
    )
    assert verdict(network, f"{OFFICE} {PLANT} tcp 443") == "reachable"


def test_tg_1_a_site_is_not_told_of_what_it_announces_itself() -> None:
    routes = (static("0.0.0.0/0", "tgw-attach-vpn-1"), static("10.0.0.0/16", "tgw-attach-shop"))
    network = transit(transit_vpn(routes=prefixes("192.168.0.0/16")), routes=routes)
    answer = ask(network, f"cgw-1/{OFFICE} {HOST} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"cgw-1"})
    assert [hop.component.id for hop in answer.parts[0].forward] == ["cgw-1"]


def test_tg_1_a_table_that_is_not_told_may_announce_anything() -> None:
    network = transit(static_vpn(), transit_vpn("vpn-2"))
    ties = network.snapshot.transit_attachments
    untold = replace(ties["tgw-attach-vpn-2"], table=None)
    blind = replace(network.snapshot, transit_attachments={**ties, untold.id: untold})
    answer = ask(Network(blind), f"cgw-1/{OFFICE} web-1 tcp 443")
    assert answer.verdict == "unknown"
    assert "TGW_RTB_ROUTES_ARE_UNKNOWN" in codes(answer)


def test_tg_1_a_vpn_that_the_snapshot_lacks_is_named() -> None:
    network = transit(transit_vpn())
    blind = Network(replace(network.snapshot, vpn_connections={}, customer_gateways={}))
    answer = ask(blind, OUT)
    assert (answer.verdict, named(answer)) == ("unknown", {"vpn-1"})


@pytest.mark.parametrize("question", [OUT, IN])
def test_tg_1_a_deleted_vpn_behind_an_attachment_carries_nothing(question: str) -> None:
    network = transit(transit_vpn())
    gone = replace(network.snapshot, vpn_connections={}, deleted=frozenset({"vpn-1"}))
    asked = question.replace(OFFICE, f"vpn-1/{OFFICE}") if question == IN else question
    answer = ask(Network(gone), asked)
    assert (answer.verdict, codes(answer)) == ("unreachable", {TRANSIT_DOWN})


def test_tg_3_a_route_to_a_deleted_attachment_is_a_blackhole() -> None:
    network = transit(transit_vpn())
    ties = dict(network.snapshot.transit_attachments)
    del ties["tgw-attach-vpn-1"]
    gone = replace(
        network.snapshot, transit_attachments=ties, deleted=frozenset({"tgw-attach-vpn-1"})
    )
    answer = ask(Network(gone), OUT)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"TGW_RTB_BAD_STATE_ROUTE"})


def test_rt_9_a_vpn_of_a_deleted_gateway_carries_nothing() -> None:
    base = joined(static_vpn()).snapshot
    gone = Network(replace(base, vpn_gateways={}, deleted=frozenset({"vgw-1"})))
    answer = ask(gone, OUT)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"BAD_STATE_ROUTE"})
    why = ask(gone, IN).explanations[0]
    assert (why.code, why.message.endswith("is down: vgw-1 is deleted")) == (DOWN, True)


def test_tg_1_an_attachment_out_of_service_carries_nothing_either_way() -> None:
    network = transit(transit_vpn())
    ties = network.snapshot.transit_attachments
    gone = replace(ties["tgw-attach-vpn-1"], state="deleting")
    broken = Network(replace(network.snapshot, transit_attachments={**ties, gone.id: gone}))
    code = {"BAD_STATE_ATTACHMENT"}
    assert codes(ask(broken, OUT), "forward") == codes(ask(broken, IN), "forward") == code


def test_hy_3_a_transit_gateway_takes_what_direct_connect_allows() -> None:
    tie = transit_tie("tgw-attach-dx", "dxgw-1", AttachmentKind.DIRECT_CONNECT)
    routes = (
        static("192.168.0.0/16", tie.id),
        static("10.0.0.0/16", "tgw-attach-shop"),
    )
    way = {"192.168.0.0/16": "transit-gateway:tgw-1"}
    hub = attached(routed(way), tables=(table(*routes, propagations=()),), more=(tie,))
    for allowed, word in (("10.0.0.0/8", "reachable"), ("10.1.0.0/16", "unreachable")):
        network = joined(direct("tgw-1", allowed=(allowed,)), base=hub.snapshot)
        assert verdict(network, IN) == word
        assert verdict(network, OUT) == word or word == "unreachable"


# -- NAT gateways


def test_nt_1_out_by_a_vpn_gateway_a_nat_gateway_uses_its_private_address() -> None:
    base = snapshot(route_tables={"nat": {"routes": {"192.168.0.0/16": VGW}}})
    answer = ask(joined(static_vpn(), base=base), f"app-1 {OFFICE} tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT})


def test_nt_2_a_site_behind_a_vpn_gateway_cannot_use_a_nat_gateway() -> None:
    network = joined(static_vpn(), base=routed({"0.0.0.0/0": VGW}))
    assert codes(ask(network, f"{OFFICE} {NAT} tcp 443")) == {"NGW_NO_SESSION"}
    assert verdict(network, f"{OFFICE} {HOST} tcp 443") != "reachable"


def test_nt_2_a_site_behind_a_transit_gateway_can_use_a_nat_gateway() -> None:
    way = "transit-gateway:tgw-1"
    tables: Form = {
        "app": {"routes": {"0.0.0.0/0": "nat-gateway:nat", "192.168.0.0/16": way}},
        "nat": {"routes": {"0.0.0.0/0": "internet-gateway", "192.168.0.0/16": way}},
    }
    tie = transit_tie("tgw-attach-vpn-1", "vpn-1", AttachmentKind.VPN)
    routes = (static("0.0.0.0/0", "tgw-attach-shop"), static("192.168.0.0/16", tie.id))
    hub = attached(
        snapshot(route_tables=tables),
        shop={"subnets": ("subnet-app-a",)},
        tables=(table(*routes, propagations=()),),
        more=(tie,),
    )
    answer = ask(joined(transit_vpn(), base=hub.snapshot), f"{OFFICE} {HOST} tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {"198.51.100.5"})


# -- VPN clients


CLIENT = "172.31.0.9"


def door(**endpoint: Any) -> Network:  # noqa: ANN401 - the record's own
    """Compile an estate with a client VPN endpoint and the interface by which it comes in."""
    spare = {"subnet": "web-a", "address": "10.0.1.40", "groups": ["web"]}
    return joined(clients(**endpoint), base=with_door(routed({}, interfaces={"door": spare})))


@pytest.mark.parametrize("source", [CLIENT, "cvpn-endpoint-1"])
def test_bp_3_vpn_clients_come_in_with_the_endpoints_own_address(source: str) -> None:
    answer = ask(door(), f"{source} db-1 tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {"10.0.1.40"})
    assert any("cvpn-endpoint-1" in warning for warning in answer.report.warnings)


def test_bp_3_the_endpoints_groups_guard_what_its_clients_send() -> None:
    spare = {"subnet": "web-a", "address": "10.0.1.40", "groups": ["app"]}
    groups = {"app": {"egress": ["tcp 5432 to 10.0.3.0/24"]}}
    base = with_door(routed({}, interfaces={"door": spare}, groups=groups))
    network = joined(clients(), base=base)
    assert verdict(network, f"{CLIENT} db-1 tcp 5432") == "reachable"
    assert codes(ask(network, f"{CLIENT} db-1 tcp 443")) == {"ENI_SG_RULES_MISMATCH"}


def test_bp_3_clients_go_only_where_a_rule_lets_them() -> None:
    rules = (ClientVpnAuthorization(prefix=Prefix.parse("10.0.3.0/24")),)
    assert verdict(door(authorizations=rules), f"{CLIENT} db-1 tcp 443") == "reachable"
    answer = ask(door(authorizations=rules), f"{CLIENT} app-1 tcp 443")
    assert codes(answer) == {"CLIENT_VPN_NOT_AUTHORIZED"}
    pending = tuple(replace(rule, state="authorizing") for rule in rules)
    answer = ask(door(authorizations=pending), f"{CLIENT} db-1 tcp 443")
    assert codes(answer) == {"CLIENT_VPN_NOT_AUTHORIZED"}


def test_bp_3_clients_go_only_where_the_endpoint_has_a_route() -> None:
    routes = (ClientVpnRoute(prefix=Prefix.parse("10.0.3.0/24"), subnet="subnet-web-a"),)
    assert verdict(door(routes=routes), f"{CLIENT} db-1 tcp 443") == "reachable"
    assert codes(ask(door(routes=routes), f"{CLIENT} app-1 tcp 443")) == {NO_ROUTE}
    creating = tuple(replace(route, state="creating") for route in routes)
    assert codes(ask(door(routes=creating), f"{CLIENT} db-1 tcp 443")) == {NO_ROUTE}


def two_doors(**endpoint: Any) -> Network:  # noqa: ANN401 - the record's own
    """Compile an estate with an endpoint in two subnets; it has an interface in the first."""
    both = {"subnets": ("subnet-web-a", "subnet-db-b")} | endpoint
    spare = {"subnet": "web-a", "address": "10.0.1.40", "groups": ["web"]}
    return joined(clients(**both), base=with_door(routed({}, interfaces={"door": spare})))


def test_bp_3_the_longest_route_of_the_endpoint_decides() -> None:
    whole, inner = Prefix.parse("10.0.0.0/16"), Prefix.parse("10.0.3.0/24")
    routes = (
        ClientVpnRoute(prefix=inner, subnet="subnet-web-a"),
        ClientVpnRoute(prefix=whole, subnet="subnet-db-b"),
    )
    network = two_doors(routes=routes)
    assert verdict(network, f"{CLIENT} db-1 tcp 443") == "reachable"
    assert verdict(network, f"{CLIENT} app-1 tcp 443") == "unknown"


def test_bp_3_a_route_by_several_subnets_needs_to_know_the_interfaces_of_all() -> None:
    whole = Prefix.parse("10.0.0.0/16")
    homes = ("subnet-web-a", "subnet-db-b")
    routes = tuple(ClientVpnRoute(prefix=whole, subnet=home) for home in homes)
    answer = ask(two_doors(routes=routes), f"{CLIENT} db-1 tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"cvpn-endpoint-1"})


def test_bp_3_an_interface_in_a_subnet_of_two_endpoints_is_nobody_knows_whose() -> None:
    network = door()
    other = replace(network.snapshot.client_vpn_endpoints["cvpn-endpoint-1"], id="cvpn-endpoint-2")
    other = replace(other, clients=Prefix.parse("172.30.0.0/22"))
    both = {**network.snapshot.client_vpn_endpoints, other.id: other}
    answer = ask(
        Network(replace(network.snapshot, client_vpn_endpoints=both)), f"{CLIENT} db-1 tcp 443"
    )
    assert (answer.verdict, named(answer)) == ("unknown", {"cvpn-endpoint-1"})


@pytest.mark.parametrize("field", ["authorizations", "routes"])
def test_bp_3_an_endpoint_of_which_too_little_is_told_is_unknown(field: str) -> None:
    answer = ask(door(**{field: None}), f"{CLIENT} db-1 tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"cvpn-endpoint-1"})


def test_bp_3_an_endpoint_whose_interfaces_are_not_known_is_unknown() -> None:
    answer = ask(joined(clients(), base=routed({})), f"{CLIENT} db-1 tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"cvpn-endpoint-1"})


def test_bp_3_nothing_in_the_vpc_begins_a_connection_to_a_client() -> None:
    assert codes(ask(door(), f"db-1 {CLIENT} tcp 443")) == {NO_ROUTE}


def test_bp_3_an_endpoint_out_of_service_lets_nobody_in() -> None:
    answer = ask(door(state="pending-associate"), f"{CLIENT} db-1 tcp 443")
    assert codes(answer) == {"BAD_STATE"}


# -- which site an address is at


def two_offices() -> Network:
    """Compile two sites that hold overlapping networks, each by a gateway of its own."""
    other = static_vpn(id="vpn-2", customer_gateway="cgw-2", vpn_gateway="vgw-2")
    return joined(static_vpn(), other, gateways=(gateway(), gateway("vgw-2", LAB)))


@pytest.mark.parametrize("source", [OFFICE, "192.168.5.0/24"])
def test_hy_1_an_address_of_several_sites_is_ambiguous_as_a_source(source: str) -> None:
    with pytest.raises(SelectorError, match=f"cgw-1/{source}, cgw-2/{source}"):
        ask(two_offices(), f"{source} web-1 tcp 443")


def test_hy_1_a_named_site_settles_where_an_address_is() -> None:
    network = two_offices()
    assert verdict(network, f"cgw-1/{OFFICE} web-1 tcp 443") == "reachable"
    assert codes(ask(network, f"cgw-2/{OFFICE} web-1 tcp 443")) == {NOT_IN_VPC}
    assert verdict(network, f"web-1 cgw-1/{OFFICE} tcp 443") == "reachable"
    assert codes(ask(network, f"web-1 cgw-2/{OFFICE} tcp 443"), "forward") == {ELSEWHERE}
    assert verdict(network, f"cgw-1/192.168.5.0/24 {WEB_1} tcp 443") == "reachable"


@pytest.mark.parametrize("name", ["vpn-1", "vgw-1", "cgw-1"])
def test_hy_1_a_gateway_or_connection_stands_for_the_site_behind_it(name: str) -> None:
    network = joined(static_vpn())
    assert verdict(network, f"{name} web-1 tcp 443") == "reachable"
    assert verdict(network, f"{name}/{OFFICE} web-1 tcp 443") == "reachable"


def test_hy_1_a_site_of_which_no_route_tells_must_be_asked_by_address() -> None:
    with pytest.raises(SelectorError, match=r"name one: cgw-1/192\.168\.5\.7"):
        ask(joined(bgp_vpn(), base=routed({})), "cgw-1 web-1 tcp 443")


def test_hy_1_a_site_that_the_snapshot_lacks_is_an_error() -> None:
    with pytest.raises(SelectorError, match="nearest"):
        ask(joined(static_vpn()), f"cgw-9/{OFFICE} web-1 tcp 443")


def test_hy_1_replies_that_reach_another_site_do_not_count() -> None:
    other = static_vpn("0.0.0.0/0", id="vpn-2", customer_gateway="cgw-2")
    network = joined(static_vpn("192.168.4.0/24"), other)
    answer = ask(network, f"cgw-1/{OFFICE} web-1 tcp 443")
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {ELSEWHERE})
    assert verdict(network, "cgw-1/192.168.4.7 web-1 tcp 443") == "reachable"


def test_hy_1_what_bgp_does_not_show_may_be_more_specific_than_a_static_route() -> None:
    links = static_vpn(), bgp_vpn("vpn-2", "cgw-2")
    assert verdict(joined(*links), OUT) == "unknown"
    assert verdict(joined(*links, base=routed(LEARNED)), OUT) == "reachable"


@pytest.mark.parametrize("target", [HOST, "172.16.0.1", "192.168.9.9", WEB_1_PUBLIC])
def test_hy_1_what_a_site_asks_beyond_aws_is_its_own_affair(target: str) -> None:
    answer = ask(joined(static_vpn()), f"{OFFICE} {target} tcp 443")
    assert (answer.verdict, codes(answer), named(answer)) == ("unknown", {UNTOLD}, {"cgw-1"})
