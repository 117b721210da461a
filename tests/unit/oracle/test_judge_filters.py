"""The judge by hand: groups, ACLs and the ports of the replies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Verdict
from tests.unit.oracle.small_estate import (
    APP,
    APP_6,
    DB,
    HOST,
    WEB,
    WEB_2,
    WEB_6,
    ask,
    entry,
    find,
    rule,
    small_estate,
)

REACHABLE, PARTIAL = Verdict.REACHABLE, Verdict.PARTIAL
UNREACHABLE = Verdict.UNREACHABLE
YES, NO = True, False


@pytest.mark.parametrize(
    ("permission", "service", "passes"),
    [
        pytest.param(rule(cidr="0.0.0.0/0"), "50", YES, id="SG-4-all-protocols"),
        pytest.param(rule("tcp", (80, 90), cidr="0.0.0.0/0"), "tcp 79", NO, id="before-first-port"),
        pytest.param(rule("tcp", (80, 90), cidr="0.0.0.0/0"), "tcp 80", YES, id="first-port"),
        pytest.param(rule("tcp", (80, 90), cidr="0.0.0.0/0"), "tcp 90", YES, id="last-port"),
        pytest.param(rule("tcp", (80, 90), cidr="0.0.0.0/0"), "tcp 91", NO, id="behind-last-port"),
        pytest.param(rule("tcp", (80, 90), cidr="0.0.0.0/0"), "udp 80", NO, id="other-protocol"),
        pytest.param(rule("6", (80, 90), cidr="0.0.0.0/0"), "tcp 80", YES, id="tcp-by-number"),
        pytest.param(rule("udp", (53, 53), cidr="0.0.0.0/0"), "udp 53", YES, id="udp"),
        pytest.param(rule("icmpv6", (-1, -1), cidr="0.0.0.0/0"), "icmp 8/0", NO, id="icmpv6"),
        pytest.param(rule("tcp", cidr="0.0.0.0/0"), "tcp 65535", YES, id="tcp-without-ports"),
        pytest.param(rule("50", cidr="0.0.0.0/0"), "50", YES, id="SG-4-by-number"),
        pytest.param(rule("50", (1, 2), cidr="0.0.0.0/0"), "50", YES, id="SG-4-ports-ignored"),
        pytest.param(rule("50", cidr="0.0.0.0/0"), "51", NO, id="other-number"),
        pytest.param(rule("icmp", (-1, -1), cidr="0.0.0.0/0"), "icmp 8/0", YES, id="all-icmp"),
        pytest.param(rule("icmp", (8, -1), cidr="0.0.0.0/0"), "icmp 8/3", YES, id="any-code"),
        pytest.param(rule("icmp", (3, 4), cidr="0.0.0.0/0"), "icmp 3/4", YES, id="type-and-code"),
        pytest.param(rule("icmp", (3, 4), cidr="0.0.0.0/0"), "icmp 3/3", NO, id="other-code"),
        pytest.param(rule("icmp", (3, 4), cidr="0.0.0.0/0"), "icmp 4/4", NO, id="other-type"),
        pytest.param(rule("icmp", (0, -1), cidr="0.0.0.0/0"), "icmp 8/0", NO, id="reply-type"),
        pytest.param(rule(cidr="10.0.1.10/32"), "tcp 1", YES, id="this-host"),
        pytest.param(rule(cidr="10.0.1.11/32"), "tcp 1", NO, id="its-other-address"),
        pytest.param(rule(cidr="10.0.1.8/30"), "tcp 1", YES, id="block-of-the-host"),
        pytest.param(rule(cidr="10.0.1.12/30"), "tcp 1", NO, id="next-block"),
        pytest.param(rule(cidr="::/0"), "tcp 1", NO, id="SG-5-ipv6-never-covers-ipv4"),
        pytest.param(rule(group="sg-web"), "tcp 1", YES, id="SG-6-the-senders-group"),
        pytest.param(rule(group="sg-app"), "tcp 1", NO, id="a-group-that-it-lacks"),
        pytest.param(rule(prefix_list="pl-known"), "tcp 1", NO, id="list-without-the-sender"),
    ],
)
def test_group_ingress(permission: dict[str, Any], service: str, passes: bool) -> None:
    estate = small_estate()
    find(estate, "sg-app")["IpPermissions"] = [permission]
    ruling = ask(estate, WEB, APP, service)
    assert ruling.verdict == (REACHABLE if passes else UNREACHABLE)
    assert ruling.code == (None if passes else codes.ENI_SG_RULES_MISMATCH)


@pytest.mark.parametrize(
    ("permission", "destination", "passes"),
    [
        pytest.param(rule(group="sg-web"), WEB, YES, id="a-carriers-address"),
        pytest.param(rule(group="sg-web"), WEB_2, YES, id="a-carriers-secondary-address"),
        pytest.param(rule(group="sg-app"), DB, YES, id="self-reference"),
        pytest.param(rule(group="sg-app"), WEB, NO, id="no-carrier"),
        pytest.param(rule(group="sg-web"), HOST, NO, id="not-on-the-internet"),
        pytest.param(rule(prefix_list="pl-known"), DB, YES, id="list"),
        pytest.param(rule(prefix_list="pl-known"), HOST, YES, id="list-other-entry"),
        pytest.param(rule(prefix_list="pl-known"), WEB, NO, id="not-in-the-list"),
        pytest.param(rule(cidr="8.8.8.8/32"), HOST, YES, id="remote-address"),
    ],
)
def test_group_egress(permission: dict[str, Any], destination: str, passes: bool) -> None:
    estate = small_estate()
    find(estate, "sg-app")["IpPermissionsEgress"] = [permission]
    assert ask(estate, APP, destination).verdict == (REACHABLE if passes else UNREACHABLE)


def test_sg6_a_reference_matches_ipv6_addresses_of_carriers() -> None:
    estate = small_estate()
    find(estate, "sg-web")["IpPermissions"] = [rule(group="sg-app")]
    assert ask(estate, APP_6, WEB_6).verdict == REACHABLE


def test_sg6_a_reference_means_carriers_in_the_same_vpc() -> None:
    estate = small_estate()
    find(estate, "sg-app")["IpPermissions"] = [rule(group="sg-other")]
    assert ask(estate, WEB, APP).verdict == UNREACHABLE  # eni-other has web's address, elsewhere


def test_sg2_rules_of_several_groups_are_united() -> None:
    estate = small_estate()
    find(estate, "sg-app")["IpPermissions"] = []
    assert ask(estate, WEB, APP).code == codes.SG_HAS_NO_RULES
    find(estate, "eni-app")["Groups"].append({"GroupId": "sg-web"})
    assert ask(estate, WEB, APP).verdict == REACHABLE


def test_sg3_replies_need_no_rule() -> None:
    estate = small_estate()
    find(estate, "sg-web")["IpPermissions"] = []
    find(estate, "sg-app")["IpPermissionsEgress"] = []
    assert ask(estate, WEB, APP).verdict == REACHABLE
    assert ask(estate, APP, WEB).code == codes.SG_HAS_NO_RULES


ALLOW_ALL = entry(100, "allow", "0.0.0.0/0")


@pytest.mark.parametrize(
    ("entries", "service", "passes"),
    [
        pytest.param([], "tcp 1", NO, id="NA-2-implicit-deny"),
        pytest.param([ALLOW_ALL], "50", YES, id="allow-all"),
        pytest.param([ALLOW_ALL, entry(99, "deny", f"{WEB}/32")], "tcp 1", NO, id="lowest-first"),
        pytest.param([ALLOW_ALL, entry(101, "deny", f"{WEB}/32")], "tcp 1", YES, id="too-late"),
        pytest.param(
            [ALLOW_ALL, entry(99, "deny", f"{APP}/32")],
            "tcp 1",
            YES,
            id="NA-5-source-on-the-way-in",
        ),
        pytest.param([entry(1, "allow", "::/0")], "tcp 1", NO, id="NA-7-families-apart"),
        pytest.param(
            [entry(1, "allow", "0.0.0.0/0", "6", ports=(80, 90))], "tcp 90", YES, id="last-port"
        ),
        pytest.param(
            [entry(1, "allow", "0.0.0.0/0", "6", ports=(80, 90))], "tcp 91", NO, id="behind-last"
        ),
        pytest.param(
            [entry(1, "allow", "0.0.0.0/0", "6", ports=(80, 90))], "tcp 79", NO, id="before-first"
        ),
        pytest.param([entry(1, "allow", "0.0.0.0/0", "6")], "tcp 1", YES, id="no-port-range"),
        pytest.param([entry(1, "allow", "0.0.0.0/0", "17")], "tcp 1", NO, id="other-protocol"),
        pytest.param(
            [entry(1, "allow", "0.0.0.0/0", "50", ports=(1, 2))], "50", YES, id="NA-6-no-ports"
        ),
        pytest.param(
            [entry(1, "allow", "0.0.0.0/0", "1", icmp=(8, -1))], "icmp 8/1", YES, id="any-code"
        ),
        pytest.param(
            [entry(1, "allow", "0.0.0.0/0", "1", icmp=(8, 0))], "icmp 8/1", NO, id="other-code"
        ),
        pytest.param(
            [entry(1, "allow", "0.0.0.0/0", "1", icmp=(0, 0))], "icmp 8/0", NO, id="other-type"
        ),
    ],
)
def test_acl_on_the_way_in(entries: list[dict[str, Any]], service: str, passes: bool) -> None:
    estate = small_estate()
    acl = find(estate, "acl-private")
    acl["Entries"] = [e for e in acl["Entries"] if e["Egress"]] + entries
    ruling = ask(estate, WEB, APP, service)
    assert ruling.verdict == (REACHABLE if passes else UNREACHABLE)
    assert ruling.code == (None if passes else codes.SUBNET_ACL_RESTRICTION)
    assert ask(estate, APP, DB, service).verdict == REACHABLE  # NA-8: not inside the subnet


def test_na5_the_cidr_is_the_destination_on_the_way_out() -> None:
    estate = small_estate()
    find(estate, "acl-public")["Entries"].append(entry(1, "deny", f"{APP}/32", egress=True))
    assert ask(estate, WEB, APP).code == codes.SUBNET_ACL_RESTRICTION
    assert ask(estate, WEB, DB).verdict == REACHABLE


def test_na6_icmp_entries_for_ipv6_compare_the_type() -> None:
    estate = small_estate()
    acl = find(estate, "acl-private")
    acl["Entries"] = [e for e in acl["Entries"] if e["Egress"]]
    acl["Entries"].append(entry(1, "allow", "::/0", "58", icmp=(128, -1)))
    assert ask(estate, WEB_6, APP_6, "icmpv6 128/0").verdict == REACHABLE
    assert ask(estate, WEB_6, APP_6, "icmpv6 1/0").verdict == UNREACHABLE


@pytest.mark.parametrize("icmp", [(1, 0), (128, 0)])
def test_na6_an_icmpv6_entry_for_ipv4_covers_every_icmp_type(
    icmp: tuple[int, int],
) -> None:
    estate = small_estate()
    acl = find(estate, "acl-private")
    acl["Entries"] = [e for e in acl["Entries"] if e["Egress"]]
    acl["Entries"].append(entry(1, "allow", "0.0.0.0/0", "58", icmp=icmp))
    assert ask(estate, WEB, APP, "icmpv6 1/0").verdict == REACHABLE
    assert ask(estate, WEB, APP, "icmp 1/0").verdict == REACHABLE


def test_sg6_references_end_at_a_gateway_even_where_the_address_survives() -> None:
    estate = small_estate()
    find(estate, "sg-app")["IpPermissions"] = [rule(group="sg-web")]
    assert ask(estate, WEB_6, APP_6, "icmpv6 1/0").verdict == REACHABLE
    del find(estate, "rtb-public")["Routes"][1]  # IPv6 now goes out and in again
    assert ask(estate, WEB_6, APP_6, "icmpv6 1/0").code == codes.ENI_SG_RULES_MISMATCH


@pytest.mark.parametrize(
    ("asked", "answer", "verdict"),
    [
        (8, 0, REACHABLE),
        (8, 8, UNREACHABLE),
        (13, 14, REACHABLE),
        (13, 13, UNREACHABLE),
        (15, 16, REACHABLE),
        (15, 15, UNREACHABLE),
        (17, 18, REACHABLE),
        (17, 17, UNREACHABLE),
        (3, 99, REACHABLE),
        (0, 99, REACHABLE),
    ],
)
def test_only_icmp_queries_are_answered(asked: int, answer: int, verdict: Verdict) -> None:
    estate = small_estate()
    acl = find(estate, "acl-private")
    acl["Entries"] = [e for e in acl["Entries"] if not e["Egress"]]
    acl["Entries"].append(entry(1, "allow", "0.0.0.0/0", "1", egress=True, icmp=(answer, -1)))
    assert ask(estate, WEB, APP, f"icmp {asked}/0").verdict == verdict


@pytest.mark.parametrize(("answer", "verdict"), [(129, REACHABLE), (128, UNREACHABLE)])
def test_icmpv6_pings_are_answered(answer: int, verdict: Verdict) -> None:
    estate = small_estate()
    acl = find(estate, "acl-private")
    acl["Entries"] = [e for e in acl["Entries"] if not e["Egress"]]
    acl["Entries"].append(entry(1, "allow", "::/0", "58", egress=True, icmp=(answer, 0)))
    find(estate, "sg-app")["IpPermissions"] = [rule("icmpv6", (128, 0), cidr="::/0")]
    assert ask(estate, WEB_6, APP_6, "icmpv6 128/0").verdict == verdict


# -- the ports of the replies


@pytest.mark.parametrize(
    ("open_ports", "client_ports", "verdict", "good"),
    [
        ((0, 65535), (1024, 65535), REACHABLE, ((1024, 65535),)),
        ((1024, 65535), (1024, 65535), REACHABLE, ((1024, 65535),)),
        ((1025, 65535), (1024, 65535), PARTIAL, ((1025, 65535),)),
        ((1024, 65534), (1024, 65535), PARTIAL, ((1024, 65534),)),
        ((32768, 60999), (1024, 65535), PARTIAL, ((32768, 60999),)),
        ((32768, 60999), (32768, 60999), REACHABLE, ((32768, 60999),)),
        ((0, 1024), (1024, 65535), PARTIAL, ((1024, 1024),)),
        ((0, 1023), (1024, 65535), UNREACHABLE, None),
    ],
)
@pytest.mark.parametrize("side", ["acl-private", "acl-public"])
def test_na3_replies_pass_acls_by_the_clients_port(
    side: str,
    open_ports: tuple[int, int],
    client_ports: tuple[int, int],
    verdict: Verdict,
    good: tuple[tuple[int, int], ...] | None,
) -> None:
    estate = small_estate()
    acl, egress = find(estate, side), side == "acl-private"
    acl["Entries"] = [e for e in acl["Entries"] if e["Egress"] != egress]
    acl["Entries"].append(entry(1, "allow", "0.0.0.0/0", "6", egress=egress, ports=open_ports))
    ruling = ask(estate, WEB, APP, "tcp 22", client_ports)
    assert (ruling.verdict, ruling.good_client_ports) == (verdict, good)
    assert ruling.leg == (None if verdict == REACHABLE else Leg.RETURN)


def test_a_hole_in_the_reply_ports_leaves_two_ranges() -> None:
    estate = small_estate()
    find(estate, "acl-private")["Entries"].append(
        entry(1, "deny", "0.0.0.0/0", "6", egress=True, ports=(5000, 6000))
    )
    assert ask(estate, WEB, APP).good_client_ports == ((1024, 4999), (6001, 65535))


def test_protocols_without_ports_have_one_reply() -> None:
    estate = small_estate()
    denial = entry(1, "deny", "0.0.0.0/0", "50", egress=True)
    assert ask(estate, WEB, APP, "50").good_client_ports is None
    find(estate, "acl-private")["Entries"].append(denial)
    assert ask(estate, WEB, APP, "50").leg == Leg.RETURN
