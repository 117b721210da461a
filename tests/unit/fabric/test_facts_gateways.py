"""What AWS documents about internet gateways and public addresses: the facts IG-1 to IG-7."""

from __future__ import annotations

import pytest

from tests.unit.fabric.estates_by_hand import (
    ACL,
    HOST,
    HOST_SIX,
    LAB_1_PUBLIC,
    NO_MATCH,
    NO_PUBLIC_IN,
    NO_PUBLIC_OUT,
    NO_ROUTE,
    WEB_1,
    WEB_1_PUBLIC,
    WEB_1_SIX,
    Form,
    acl,
    ask,
    codes,
    estate,
    legs,
    sees,
    verdict,
)

IGW = "internet-gateway"
PRIVATE_HOST: Form = {"subnet": "web-a", "address": "10.0.1.30", "groups": ["web"]}


def test_ig_1_the_gateway_translates_one_public_address_to_one_private() -> None:
    answer = ask(estate(), f"web-1 {HOST} tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {WEB_1_PUBLIC})
    arriving = ask(estate(), f"internet {WEB_1_PUBLIC} tcp 443").parts[0].forward
    assert {arriving[0].destination, arriving[-1].destination} == {WEB_1_PUBLIC, WEB_1}


def test_ig_1_without_a_public_address_nothing_goes_out_or_in() -> None:
    network = estate(instances={"tool": PRIVATE_HOST})
    assert codes(ask(network, f"tool {HOST} tcp 443")) == {NO_PUBLIC_OUT}
    assert codes(ask(network, "internet tool tcp 443"), "forward") == {NO_PUBLIC_IN}
    public = estate(instances={"tool": PRIVATE_HOST | {"public": "203.0.113.30"}})
    assert verdict(public, f"tool {HOST} tcp 443") == "reachable"
    assert verdict(public, "internet tool tcp 443") == "reachable"


def test_ig_1_each_private_address_has_its_own_public_one() -> None:
    second = {"address": "10.0.1.11", "elastic": "203.0.113.11"}
    network = estate(instances={"web-1": {"secondary": [second, "10.0.1.12"]}})
    assert sees(ask(network, f"{WEB_1} {HOST} tcp 443")) == {WEB_1_PUBLIC}
    assert sees(ask(network, f"10.0.1.11 {HOST} tcp 443")) == {"203.0.113.11"}
    assert codes(ask(network, f"10.0.1.12 {HOST} tcp 443")) == {NO_PUBLIC_OUT}


def test_ig_1_a_public_address_without_a_route_is_unreachable() -> None:
    network = estate(route_tables={"web": {"routes": {"0.0.0.0/0": None}}})
    assert codes(ask(network, f"web-1 {HOST} tcp 443")) == {NO_ROUTE}
    answer = ask(network, f"internet {WEB_1_PUBLIC} tcp 443")
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


def test_ig_1_filters_see_the_private_address_of_the_local_side() -> None:
    # lab-1 answers web-1's public address, and web-a's own filters match lab-1's public one
    groups = {"web": {"egress": [f"tcp 443 to {LAB_1_PUBLIC}/32"]}}
    network = estate(
        groups=groups, acls={"web": acl(ingress=(f"100 allow all from {LAB_1_PUBLIC}/32",))}
    )
    assert verdict(network, f"web-1 {LAB_1_PUBLIC} tcp 443") == "reachable"
    before = ask(network, f"web-1 {LAB_1_PUBLIC} tcp 443").parts[0].forward
    filters = [hop for hop in before if hop.component.type in ("network-acl", "security-group")]
    assert {hop.source for hop in filters if hop.direction == "egress"} == {WEB_1}
    assert {hop.destination for hop in filters if hop.direction == "ingress"} == {"10.1.1.10"}


def test_ig_2_ipv6_is_not_translated() -> None:
    answer = ask(estate(), f"web-1 {HOST_SIX} tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {WEB_1_SIX})
    assert verdict(estate(), f"internet {WEB_1_SIX} tcp 443") == "reachable"


def test_ig_2_ipv6_needs_a_route_of_its_own() -> None:
    network = estate(route_tables={"web": {"routes": {"::/0": None}}})
    assert codes(ask(network, f"web-1 {HOST_SIX} tcp 443")) == {NO_ROUTE}
    answer = ask(network, f"internet {WEB_1_SIX} tcp 443")
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


def test_ig_2_ipv6_needs_an_address_of_its_own() -> None:
    network = estate(instances={"web-1": {"ipv6": None}})
    answer = ask(network, f"web-1 {HOST_SIX} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"NO_COMMON_ADDRESS_FAMILY"})


@pytest.mark.parametrize("source", ["web-1", "app-1"])
def test_ig_2_a_block_that_aws_does_not_announce_is_not_on_the_internet(source: str) -> None:
    network = estate(private_ipv6=["2600:1f14:1:100::/56"])
    answer = ask(network, f"{source} {HOST_SIX} tcp 443")
    assert (answer.verdict, codes(answer), legs(answer)) == (
        "unreachable",
        {"NOT_AN_INTERNET_ADDRESS"},
        {"return"},
    )
    nobodys = codes(ask(network, f"internet {WEB_1_SIX} tcp 443"))
    assert nobodys == {"IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"}
    assert verdict(network, f"web-2 {WEB_1_SIX} tcp 443") == "reachable"
    assert verdict(network, f"web-1 {HOST} tcp 443") == "reachable"


EGRESS_1918 = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
EGRESS_6598 = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"
INGRESS_1918 = "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"
INGRESS_6598 = "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"


@pytest.mark.parametrize(
    ("address", "egress", "ingress"),
    [
        ("9.255.255.255", "", ""),
        ("10.255.255.255", EGRESS_1918, INGRESS_1918),
        ("11.0.0.0", "", ""),
        ("172.15.255.255", "", ""),
        ("172.16.0.0", EGRESS_1918, INGRESS_1918),
        ("172.31.255.255", EGRESS_1918, INGRESS_1918),
        ("172.32.0.0", "", ""),
        ("192.167.255.255", "", ""),
        ("192.168.0.0", EGRESS_1918, INGRESS_1918),
        ("192.168.255.255", EGRESS_1918, INGRESS_1918),
        ("192.169.0.0", "", ""),
        ("100.63.255.255", "", ""),
        ("100.64.0.0", EGRESS_6598, INGRESS_6598),
        ("100.127.255.255", EGRESS_6598, INGRESS_6598),
        ("100.128.0.0", "", ""),
    ],
)
def test_ig_3_private_addresses_do_not_cross_the_gateway(
    address: str, egress: str, ingress: str
) -> None:
    network = estate()
    out, inward = (f"web-1 {address} tcp 443", f"{address} {WEB_1_PUBLIC} tcp 443")
    for asked, code in ((out, egress), (inward, ingress)):
        answer = ask(network, asked)
        assert codes(answer, "forward") == ({code} if code else set())
        assert answer.verdict == ("unreachable" if code else "reachable")


def test_ig_3_an_unattached_interface_is_unreachable_in_spite_of_its_elastic_ip() -> None:
    spare = PRIVATE_HOST | {"elastic": "203.0.113.60", "status": "available"}
    network = estate(interfaces={"spare": spare})
    inward = ask(network, "internet 203.0.113.60 tcp 443")
    assert inward.verdict == "unreachable"
    assert NO_PUBLIC_IN in codes(inward, "forward")
    assert verdict(network, f"10.0.1.30 {HOST} tcp 443") == "unreachable"
    used = estate(interfaces={"spare": spare | {"status": "in-use"}})
    assert verdict(used, "internet 203.0.113.60 tcp 443") == "reachable"
    assert verdict(used, f"10.0.1.30 {HOST} tcp 443") == "reachable"


def test_ig_3_a_source_that_no_interface_holds_does_not_get_out() -> None:
    answer = ask(estate(), f"vpc-shop/10.0.1.99 {HOST} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_PUBLIC_OUT})


@pytest.mark.parametrize("state", ["attaching", "detaching", "detached"])
def test_ig_3_a_gateway_that_is_not_attached_carries_nothing(state: str) -> None:
    network = estate(internet_gateway={"state": state})
    assert verdict(network, f"web-1 {HOST} tcp 443") == "unreachable"
    assert verdict(network, f"internet {WEB_1_PUBLIC} tcp 443") == "unreachable"


def test_ig_3_an_elastic_ip_without_an_interface_is_nobody_s() -> None:
    network = estate(rest={"elastic_ips": {"spare": {"public": "198.51.100.99"}}})
    assert codes(ask(network, "internet 198.51.100.99 tcp 443")) == {NO_PUBLIC_IN}
    assert verdict(network, "web-1 198.51.100.99 tcp 443") == "unreachable"


def test_ig_4_two_vpcs_talk_over_public_addresses_through_both_gateways() -> None:
    answer = ask(estate(), f"web-1 {LAB_1_PUBLIC} tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {WEB_1_PUBLIC})
    crossed = [hop.component.id for hop in answer.parts[0].forward]
    assert [one for one in crossed if one.startswith("igw-")] == ["igw-shop", "igw-lab"]


def test_ig_4_the_private_addresses_of_the_two_are_not_connected() -> None:
    assert codes(ask(estate(), "web-1 lab-1 tcp 443")) <= {"DISCONNECTED_VPCS", EGRESS_1918}
    assert verdict(estate(), "web-1 lab-1 tcp 443") == "unreachable"


def test_ig_4_the_answer_needs_the_other_vpc_s_route() -> None:
    lab = {"route_tables": {"public": {"routes": {"0.0.0.0/0": None}}}}
    answer = ask(estate(rest={"vpcs": {"lab": lab}}), f"web-1 {LAB_1_PUBLIC} tcp 443")
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {NO_ROUTE}, {"return"})


def test_ig_4_filters_see_the_public_address_of_the_other_vpc() -> None:
    def from_only(cidr: str) -> str:
        lab = {"groups": {"lab": {"ingress": [f"tcp 443 from {cidr}"]}}}
        return verdict(estate(rest={"vpcs": {"lab": lab}}), f"web-1 {LAB_1_PUBLIC} tcp 443")

    assert from_only(f"{WEB_1_PUBLIC}/32") == "reachable"
    assert from_only("203.0.113.11/32") == from_only("10.0.0.0/16") == "unreachable"


def test_ig_5_an_egress_only_gateway_lets_connections_out() -> None:
    answer = ask(estate(), f"app-1 {HOST_SIX} tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {"2600:1f14:1:102::10"})


def test_ig_5_an_egress_only_gateway_lets_nobody_in() -> None:
    tables = {"web": {"routes": None}, "nat": {"routes": None}}
    alone = estate(internet_gateway=None, route_tables=tables)
    answer = ask(alone, "internet app-1 tcp 443", family=6)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"EIGW_OUTBOUND_ONLY"})
    beside = ask(estate(), "internet app-1 tcp 443", family=6)
    assert (beside.verdict, codes(beside)) == ("unreachable", {"EIGW_OUTBOUND_ONLY"})


def test_ig_5_an_egress_only_gateway_carries_ipv6_alone() -> None:
    network = estate(
        route_tables={"app": {"routes": {"0.0.0.0/0": "egress-only-internet-gateway"}}}
    )
    assert verdict(network, f"app-1 {HOST} tcp 443") == "unreachable"
    assert verdict(network, f"app-1 {HOST_SIX} tcp 443") == "reachable"


def test_ig_5_the_acl_of_the_subnet_still_applies() -> None:
    replies = ("100 allow tcp 1024-65535 from ::/0",)
    assert (
        verdict(estate(acls={"app": acl(ingress=replies)}), f"app-1 {HOST_SIX} tcp 443")
        == "reachable"
    )
    answer = ask(
        estate(acls={"app": acl(ingress=("100 allow tcp 443 from ::/0",))}),
        f"app-1 {HOST_SIX} tcp 443",
    )
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {ACL}, {"return"})


def test_ig_6_an_interface_may_refuse_the_gateway_over_ipv6() -> None:
    network = estate(instances={"web-1": {"denies_internet_gateway": True}})
    assert codes(ask(network, f"internet {WEB_1_SIX} tcp 443")) == {"ENI_DENIES_IGW_TRAFFIC"}
    assert codes(ask(network, f"web-1 {HOST_SIX} tcp 443")) == {"ENI_DENIES_IGW_TRAFFIC"}
    # over IPv4 nothing is refused
    assert verdict(network, "internet web-1 tcp 443", family=4) == "reachable"
    assert verdict(network, f"web-1 {HOST} tcp 443") == "reachable"
    # from inside the VPC it is reachable all the same, and so is its neighbour from outside
    assert verdict(network, f"app-1 {WEB_1_SIX} tcp 443") == "reachable"
    assert verdict(network, "internet web-2 tcp 443", family=6) == "reachable"


def test_ig_7_a_lambda_function_in_a_public_subnet_has_no_internet() -> None:
    function = PRIVATE_HOST | {"interface_type": "lambda", "service_owned": True}
    network = estate(interfaces={"function": function})
    assert codes(ask(network, f"10.0.1.30 {HOST} tcp 443")) == {NO_PUBLIC_OUT}
    assert verdict(network, "10.0.1.30 db-1 tcp 5432", family=4) == "reachable"
    behind_nat = estate(
        interfaces={"function": function | {"subnet": "app-a", "address": "10.0.2.30"}}
    )
    assert verdict(behind_nat, f"10.0.2.30 {HOST} tcp 443") == "reachable"


def test_ig_7_nothing_comes_to_the_interface_of_functions_but_answers() -> None:
    function = {"subnet": "app-a", "address": "10.0.2.30", "groups": ["app"]}
    network = estate(
        interfaces={"function": function | {"interface_type": "lambda", "service_owned": True}}
    )
    answer = ask(network, "web-1 10.0.2.30 tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"FUNCTION_TAKES_NO_CONNECTIONS"})
    assert verdict(network, "10.0.2.30 web-1 tcp 443") == "reachable"
    matrix = network.matrix()
    assert not matrix.services("web-1", "eni-function")
    assert matrix.services("eni-function", "web-1")


def test_ig_7_what_functions_get_in_another_s_place_is_delivered_elsewhere() -> None:
    function = {"subnet": "app-a", "address": "10.0.2.30", "groups": ["app"]}
    twin: Form = {
        "cidr": "10.0.0.0/16",
        "subnets": {"twin-a": {"cidr": "10.0.2.0/24", "zone": "a"}},
        "route_tables": {"twin": {"main": True}},
        "groups": {"twin": {"ingress": ["all from anywhere"]}},
        "instances": {"twin-1": {"subnet": "twin-a", "address": "10.0.2.30", "groups": ["twin"]}},
    }
    network = estate(
        rest={"vpcs": {"twin": twin}},
        interfaces={"function": function | {"interface_type": "lambda", "service_owned": True}},
    )
    assert codes(ask(network, "web-1 twin-1 tcp 443"), "forward") == {"DELIVERED_ELSEWHERE"}


def test_the_internet_never_matches_a_private_cidr_of_a_group() -> None:
    network = estate(groups={"web": {"ingress": ["tcp 443 from 10.0.0.0/8"]}})
    assert codes(ask(network, "internet web-1 tcp 443", family=4)) == {NO_MATCH}
