"""What AWS documents about security groups: the facts SG-1 to SG-12, one test or more each.

Facts without a test here change no verdict (SG-13 to SG-16), or need what is not modelled yet:
other VPCs that a peering or a transit gateway connects (SG-7, SG-8, SG-10).
"""

from __future__ import annotations

import msgspec
import pytest

from netreach.model.records import SecurityGroupRule
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.estates_by_hand import (
    APP_1,
    DB_1_SIX,
    LAB_1_PUBLIC,
    NO_MATCH,
    NO_RULES,
    WEB_1,
    WEB_1_SIX,
    WEB_2,
    WEB_2_PUBLIC,
    acl,
    ask,
    codes,
    estate,
    legs,
    snapshot,
    verdict,
)


def guarded(*ingress: str) -> Network:
    """Return the estate in which the group of db-1 has these ingress rules."""
    return estate(groups={"db": {"ingress": list(ingress)}})


def test_sg_1_a_group_without_ingress_rules_lets_nothing_in() -> None:
    answer = ask(guarded(), "web-1 db-1 tcp 5432")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_RULES})
    assert answer.explanations[0].direction == "ingress"


def test_sg_1_a_group_allows_only_what_a_rule_names() -> None:
    network = guarded("tcp 5432 from 10.0.0.0/16")
    assert verdict(network, "web-1 db-1 tcp 5432", family=4) == "reachable"
    for beside in ("tcp 5431", "tcp 5433", "udp 5432"):
        answer = ask(network, f"web-1 db-1 {beside}", family=4)
        assert (answer.verdict, codes(answer)) == ("unreachable", {NO_MATCH})
    assert str(ask(network, "web-1 db-1", family=4).services) == "tcp 5432"


def test_sg_1_a_new_group_lets_everything_out() -> None:
    assert str(ask(estate(groups={"web": {}}), "web-1 db-1").services) == "all"


def test_sg_1_a_group_without_egress_rules_lets_nothing_out() -> None:
    answer = ask(estate(groups={"web": {"egress": []}}), "web-1 db-1 tcp 5432")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_RULES})
    assert answer.explanations[0].direction == "egress"


@pytest.mark.parametrize("order", [["low", "high"], ["high", "low"]], ids="-then-".join)
def test_sg_2_the_groups_of_an_interface_add_up_in_any_order(order: list[str]) -> None:
    groups = {
        "low": {"ingress": ["tcp 100-200 from 10.0.0.0/16"], "egress": []},
        "high": {"ingress": ["tcp 200-300 from 10.0.0.0/16"], "egress": []},
    }
    network = estate(groups=groups, instances={"db-1": {"groups": order}})
    assert str(ask(network, "web-1 db-1", family=4).services) == "tcp 100-300"
    assert verdict(network, "web-1 db-1 tcp 100-300") == "partial"  # IPv6 has no rule
    assert verdict(network, "web-1 db-1 tcp 100-300", family=4) == "reachable"
    assert verdict(network, "web-1 db-1 tcp 99", family=4) == "unreachable"
    assert verdict(network, "web-1 db-1 tcp 301", family=4) == "unreachable"


def test_sg_2_a_group_without_rules_takes_nothing_from_the_others() -> None:
    network = estate(
        groups={"sealed": {"egress": []}}, instances={"db-1": {"groups": ["sealed", "db"]}}
    )
    assert str(ask(network, "web-1 db-1").services) == "all"
    assert str(ask(network, "db-1 web-1").services) == "all"


def test_sg_3_replies_pass_whatever_the_rules_of_the_other_direction() -> None:
    network = estate(
        groups={
            "web": {"ingress": [], "egress": ["tcp 5432 to 0.0.0.0/0"]},
            "db": {"ingress": ["tcp 5432 from 0.0.0.0/0"], "egress": []},
        }
    )
    assert verdict(network, "web-1 db-1 tcp 5432", family=4) == "reachable"


def test_sg_3_replies_alone_open_nothing_for_the_other_end() -> None:
    network = estate(groups={"web": {"ingress": []}, "db": {"egress": []}})
    assert verdict(network, "web-1 db-1 tcp 5432") == "reachable"
    answer = ask(network, "db-1 web-1 tcp 5432")
    assert (answer.verdict, legs(answer)) == ("unreachable", {"forward"})


@pytest.mark.parametrize("asked", ["udp 53", "icmp 8", "47", "tcp 0", "tcp 65535", "0", "255"])
def test_sg_4_protocol_all_means_every_protocol_and_port(asked: str) -> None:
    network = guarded("all from 10.0.1.10/32")
    assert verdict(network, f"web-1 db-1 {asked}", family=4) == "reachable"


def test_sg_4_a_protocol_of_another_number_has_no_ports() -> None:
    network = guarded("protocol 50 from 10.0.0.0/16")
    assert verdict(network, "web-1 db-1 50", family=4) == "reachable"
    assert verdict(network, "web-1 db-1 51", family=4) == "unreachable"
    assert verdict(network, "web-1 db-1 tcp 50", family=4) == "unreachable"


def test_sg_4_the_ports_in_a_rule_for_such_a_protocol_are_ignored() -> None:
    before = snapshot(groups={"db": {"ingress": []}})
    peer = Prefix.parse("10.0.0.0/16")
    rule = SecurityGroupRule(prefix=peer, protocol=50, low=443, high=443)
    group = msgspec.structs.replace(before.security_groups["sg-db"], ingress=(rule,))
    groups = {**before.security_groups, "sg-db": group}
    network = Network(msgspec.structs.replace(before, security_groups=groups))
    assert verdict(network, "web-1 db-1 50", family=4) == "reachable"
    assert verdict(network, "web-1 db-1 tcp 443", family=4) == "unreachable"


@pytest.mark.parametrize(
    ("rule", "passes", "stops"),
    [
        pytest.param("icmp 8/0", ["8/0"], ["8/1", "7", "9"], id="type-and-code"),
        pytest.param("icmp 3", ["3/0", "3/4", "3/255"], ["2", "4", "8"], id="all-codes"),
        pytest.param("icmp", ["0/0", "8/0", "255/255"], [], id="all-types"),
    ],
)
def test_sg_4_icmp_rules_name_type_and_code(rule: str, passes: list[str], stops: list[str]) -> None:
    network = guarded(f"{rule} from 10.0.0.0/16")
    assert {verdict(network, f"web-1 db-1 icmp {one}") for one in passes} == {"reachable"}
    assert {verdict(network, f"web-1 db-1 icmp {one}") for one in stops} <= {"unreachable"}
    assert verdict(network, "web-1 db-1 tcp 8", family=4) == "unreachable"
    assert verdict(network, "web-1 db-1 icmpv6") == "unreachable"


@pytest.mark.parametrize(
    ("peer", "inside", "outside"),
    [
        pytest.param("10.0.1.16/28", "10.0.1.16", "10.0.1.15", id="first-address"),
        pytest.param("10.0.1.16/28", "10.0.1.31", "10.0.1.32", id="last-address"),
        pytest.param("10.0.1.10/32", WEB_1, "10.0.1.11", id="one-host"),
        pytest.param(
            "2600:1f14:1:101::10/124",
            "2600:1f14:1:101::1f",
            "2600:1f14:1:101::20",
            id="last-address-ipv6",
        ),
        pytest.param(
            "2600:1f14:1:101::10/124",
            "2600:1f14:1:101::10",
            "2600:1f14:1:101::f",
            id="first-address-ipv6",
        ),
        pytest.param("prefix-list:offices", "10.0.1.10", "10.0.1.12", id="prefix-list"),
        pytest.param("prefix-list:offices", "10.0.2.10", "10.0.3.1", id="second-entry"),
    ],
)
def test_sg_5_a_rule_covers_its_peer_and_nothing_beside_it(
    peer: str, inside: str, outside: str
) -> None:
    lists = {"offices": {"entries": ["10.0.1.10/31", "10.0.2.0/24"]}}
    network = estate(
        rest={"prefix_lists": lists}, groups={"db": {"ingress": [f"tcp 5432 from {peer}"]}}
    )
    destination = DB_1_SIX if ":" in inside else "10.0.3.10"
    assert verdict(network, f"vpc-shop/{inside} {destination} tcp 5432") == "reachable"
    assert verdict(network, f"vpc-shop/{outside} {destination} tcp 5432") == "unreachable"


def test_sg_5_egress_rules_name_the_destination() -> None:
    network = estate(groups={"web": {"egress": ["tcp 5432 to 10.0.3.10/32"]}})
    assert verdict(network, "web-1 db-1 tcp 5432", family=4) == "reachable"
    assert verdict(network, "web-1 app-1 tcp 5432", family=4) == "unreachable"
    assert verdict(network, "web-1 db-1 tcp 5433", family=4) == "unreachable"


def test_sg_5_cidrs_of_one_family_never_match_the_other() -> None:
    four, six = guarded("all from 0.0.0.0/0"), guarded("all from ::/0")
    asked = "web-1 db-1 tcp 5432"
    assert verdict(four, asked, family=4) == verdict(six, asked, family=6) == "reachable"
    assert verdict(four, asked, family=6) == verdict(six, asked, family=4) == "unreachable"


def test_sg_6_a_reference_matches_the_members_of_the_group() -> None:
    network = guarded("tcp 5432 from group:web")
    assert verdict(network, "web-1 db-1 tcp 5432") == "reachable"
    assert verdict(network, "web-2 db-1 tcp 5432") == "reachable"
    assert codes(ask(network, "app-1 db-1 tcp 5432")) == {NO_MATCH}
    # an address of the same subnet that no member holds
    assert verdict(network, "vpc-shop/10.0.1.11 10.0.3.10 tcp 5432") == "unreachable"


def test_sg_6_a_reference_matches_every_private_address_of_a_member() -> None:
    network = estate(
        groups={"db": {"ingress": ["tcp 5432 from group:web"]}},
        instances={"web-1": {"secondary": ["10.0.1.77"], "delegated": ["10.0.1.96/28"]}},
    )
    for source in (WEB_1, "10.0.1.77", "10.0.1.96", "10.0.1.111"):
        assert verdict(network, f"{source} 10.0.3.10 tcp 5432") == "reachable"
    assert verdict(network, f"{WEB_1_SIX} {DB_1_SIX} tcp 5432") == "reachable"
    for source in ("10.0.1.78", "10.0.1.95", "10.0.1.112"):
        assert verdict(network, f"vpc-shop/{source} 10.0.3.10 tcp 5432") == "unreachable"


def test_sg_6_a_reference_works_in_egress_rules_too() -> None:
    network = estate(groups={"web": {"egress": ["tcp 5432 to group:db"]}})
    assert verdict(network, "web-1 db-1 tcp 5432") == "reachable"
    assert codes(ask(network, "web-1 app-1 tcp 5432")) == {NO_MATCH}


def test_sg_6_a_reference_copies_no_rules() -> None:
    network = estate(
        groups={
            "web": {"ingress": ["tcp 22 from 10.0.2.0/24"]},
            "db": {"ingress": ["tcp 5432 from group:web"]},
        }
    )
    # 10.0.2.0/24 may talk to the members of `web`, and that is all
    assert verdict(network, "app-1 db-1 tcp 22", family=4) == "unreachable"
    assert verdict(network, "app-1 db-1 tcp 5432", family=4) == "unreachable"
    assert verdict(network, "web-1 db-1 tcp 22", family=4) == "unreachable"


def test_sg_6_a_group_that_refers_to_itself_admits_its_members_only() -> None:
    network = estate(groups={"web": {"ingress": ["all from group:web"]}})
    assert verdict(network, "web-1 web-2 tcp 22") == "reachable"
    assert verdict(network, "app-1 web-2 tcp 22") == "unreachable"


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_sg_6_a_reference_does_not_match_public_addresses(direction: str) -> None:
    word = "from" if direction == "ingress" else "to"
    by_group = {"web": {"egress": ["all to anywhere"], direction: [f"all {word} group:web"]}}
    assert verdict(estate(groups=by_group), "web-1 web-2 tcp 22") == "reachable"
    assert verdict(estate(groups=by_group), "web-1 203.0.113.20 tcp 22") == "unreachable"


def test_sg_8_a_group_that_is_gone_has_no_members() -> None:
    network = guarded("tcp 5432 from group:missing:sg-0e5f7a9b3c1d2e4f6", "tcp 22 from 10.0.1.0/24")
    assert codes(ask(network, "web-1 db-1 tcp 5432", family=4)) == {NO_MATCH}
    assert verdict(network, "web-1 db-1 tcp 22", family=4) == "reachable"


def test_sg_9_behind_a_nat_gateway_a_reference_stops_working_and_a_cidr_works() -> None:
    # RT-5: the way from web-a to db-b leads through the NAT gateway
    detour = {"web": {"routes": {"10.0.3.0/24": "nat-gateway:nat"}}}

    def through_nat(*ingress: str) -> Network:
        return estate(route_tables=detour, groups={"db": {"ingress": list(ingress)}})

    asked = "web-1 db-1 tcp 5432"
    assert verdict(guarded("all from group:web"), asked, family=4) == "reachable"
    assert verdict(through_nat("all from group:web"), asked, family=4) == "unreachable"
    assert verdict(through_nat("all from 10.0.1.0/24"), asked, family=4) == "unreachable"
    assert verdict(through_nat("all from 10.0.0.5/32"), asked, family=4) == "reachable"


def test_sg_11_a_group_serves_interfaces_of_other_vpcs() -> None:
    borrowed = {"vpcs": {"lab": {"instances": {"lab-1": {"groups": ["sg-web"]}}}}}
    network = estate(rest=borrowed, groups={"web": {"ingress": ["tcp 443 from 0.0.0.0/0"]}})
    assert verdict(network, "internet lab-1 tcp 443") == "reachable"
    assert verdict(network, "internet lab-1 tcp 444") == "unreachable"


def test_sg_11_members_in_other_vpcs_are_members() -> None:
    second = {"subnet": "lab-a", "address": "10.1.1.20", "groups": ["sg-web"]}
    lab = {
        "instances": {"lab-2": second},
        "groups": {"lab": {"ingress": ["all from group:sg-web"]}},
    }
    network = estate(rest={"vpcs": {"lab": lab}})
    assert verdict(network, "lab-2 lab-1 tcp 443") == "reachable"
    assert verdict(network, "10.1.1.21 10.1.1.10 tcp 443") == "unreachable"


PLATFORM = (
    "169.254.169.253 udp 53",
    "169.254.169.253 tcp 53",
    "10.0.0.2 udp 53",
    "169.254.169.254 tcp 80",
    "169.254.169.123 udp 123",
    "169.254.170.2 tcp 80",
    "169.254.169.250 tcp 1688",
    "169.254.169.251 tcp 1688",
    "fd00:ec2::253 udp 53",
    "fd00:ec2::254 tcp 80",
    "fd00:ec2::123 udp 123",
)


@pytest.mark.parametrize("service", PLATFORM)
def test_sg_12_groups_do_not_filter_the_platform(service: str) -> None:
    sealed = estate(groups={"web": {"ingress": [], "egress": []}})
    assert verdict(sealed, f"web-1 {service}") == "reachable"


def test_sg_12_groups_filter_the_addresses_beside_the_platform() -> None:
    sealed = estate(groups={"web": {"ingress": [], "egress": []}})
    for beside in ("10.0.0.5", APP_1, WEB_2, WEB_2_PUBLIC, LAB_1_PUBLIC):
        assert NO_RULES in codes(ask(sealed, f"web-1 {beside} udp 53"))


def test_sg_12_the_platform_serves_nothing_else() -> None:
    for asked in ("169.254.169.254 tcp 443", "169.254.169.253 udp 54", "169.254.169.123 tcp 123"):
        answer = ask(estate(), f"web-1 {asked}")
        assert (answer.verdict, codes(answer)) == (
            "unreachable",
            {"AWS_SERVICE_PORT_RESTRICTION"},
        )


def test_groups_and_acls_must_both_agree() -> None:
    groups = {"db": {"ingress": ["tcp 5432 from 0.0.0.0/0"]}}
    acls = {"db": acl(ingress=("100 allow tcp 5433 from 0.0.0.0/0",))}
    network = estate(groups=groups, acls=acls)
    assert verdict(network, "web-1 db-1 tcp 5432", family=4) == "unreachable"
    assert verdict(network, "web-1 db-1 tcp 5433", family=4) == "unreachable"
