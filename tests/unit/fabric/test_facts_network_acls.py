"""What AWS documents about network ACLs: the facts NA-1 to NA-11, one test or more each.

NA-10 changes no verdict: it tells what becomes of connections that are open when a rule changes.
"""

from __future__ import annotations

import msgspec
import pytest

from netreach.model.records import NetworkAclRule
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.estates_by_hand import (
    ACL,
    HOST,
    Form,
    acl,
    ask,
    codes,
    estate,
    legs,
    snapshot,
    verdict,
)

ASKED = "web-1 db-1 tcp 5432"


def guarded(ingress: tuple[str, ...] = (), egress: tuple[str, ...] = ()) -> Network:
    """Return the estate in which the ACL of db-1's subnet has these rules."""
    return estate(acls={"db": acl(ingress=ingress, egress=egress)})


def test_na_1_a_subnet_without_a_choice_has_the_default_acl() -> None:
    default: Form = {"default": True, "ingress": ["100 allow tcp 443 from 0.0.0.0/0"]}
    default["egress"] = ["100 allow all to 0.0.0.0/0"]
    closed: Form = {"acls": {"mine": default}, "subnets": {"db-b": {"acl": None}}}
    assert verdict(estate(**closed), "web-1 db-1 tcp 443", family=4) == "reachable"
    answer = ask(estate(**closed), "web-1 db-1 tcp 444", family=4)
    assert {explanation.component.id for explanation in answer.explanations} == {"acl-mine"}
    # a subnet that chose another one has nothing to do with it
    assert verdict(estate(acls={"mine": default}), "web-1 db-1 tcp 444", family=4) == "reachable"


def test_na_1_the_default_acl_of_a_new_vpc_allows_everything() -> None:
    network = estate(subnets={"db-b": {"acl": None}})
    assert str(ask(network, "web-1 db-1").services) == "all"


def test_na_1_one_acl_may_serve_several_subnets() -> None:
    shared = {"app-a": {"acl": "db"}, "db-b": {"acl": "db"}}
    network = estate(
        subnets=shared, acls={"db": acl(ingress=("100 allow tcp 5432 from 10.0.1.0/24",))}
    )
    for destination in ("app-1", "db-1"):
        assert verdict(network, f"web-1 {destination} tcp 5432", family=4) == "reachable"
        assert verdict(network, f"web-1 {destination} tcp 5433", family=4) == "unreachable"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param(("100 allow tcp 5432 from 10.0.1.0/24",), "reachable", id="allow"),
        pytest.param(
            ("99 deny tcp 5432 from 10.0.1.10/32", "100 allow tcp 5432 from 10.0.1.0/24"),
            "unreachable",
            id="deny-before-allow",
        ),
        pytest.param(
            ("101 deny tcp 5432 from 10.0.1.10/32", "100 allow tcp 5432 from 10.0.1.0/24"),
            "reachable",
            id="deny-after-allow",
        ),
        pytest.param(
            ("99 deny tcp 5432 from 10.0.1.11/32", "100 allow tcp 5432 from 10.0.1.0/24"),
            "reachable",
            id="deny-of-the-next-address",
        ),
        pytest.param(
            ("99 deny tcp 5433 from 10.0.1.10/32", "100 allow tcp 5432 from 10.0.1.0/24"),
            "reachable",
            id="deny-of-the-next-port",
        ),
        pytest.param(
            ("1 deny all from 0.0.0.0/0", "100 allow all from 0.0.0.0/0"),
            "unreachable",
            id="first-number",
        ),
        pytest.param(
            ("32766 allow tcp 5432 from 10.0.1.10/32",), "reachable", id="last-number-of-a-user"
        ),
        pytest.param(("100 allow tcp 5433 from 10.0.1.0/24",), "unreachable", id="closing-deny"),
        pytest.param(
            ("9 allow all from 10.0.1.0/24", "10 deny all from 10.0.0.0/16"),
            "reachable",
            id="numbers-are-no-words",
        ),
    ],
)
@pytest.mark.parametrize("reverse", [False, True], ids=["as-written", "written-backwards"])
def test_na_2_the_lowest_number_that_matches_decides(
    *, rules: tuple[str, ...], expected: str, reverse: bool
) -> None:
    written = tuple(reversed(rules)) if reverse else rules
    assert verdict(guarded(ingress=written), ASKED, family=4) == expected


def test_na_2_a_deny_cuts_a_hole_into_a_range() -> None:
    rules = ("90 deny tcp 5000-5999 from 0.0.0.0/0", "100 allow tcp 4000-7000 from 0.0.0.0/0")
    services = ask(guarded(ingress=rules), "web-1 db-1", family=4).services
    assert str(services) == "tcp 4000-4999, tcp 6000-7000"


@pytest.mark.parametrize(
    ("subnet", "direction", "leg"),
    [
        ("web", "egress", "forward"),
        ("db", "ingress", "forward"),
        ("db", "egress", "return"),
        ("web", "ingress", "return"),
    ],
)
def test_na_3_each_of_the_four_crossings_can_stop_a_connection(
    subnet: str, direction: str, leg: str
) -> None:
    word = "from" if direction == "ingress" else "to"
    closed = acl(**{direction: (f"100 allow udp {word} 0.0.0.0/0",)})
    network = estate(acls={subnet: closed})
    answer = ask(network, ASKED, family=4)
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {ACL}, {leg})
    blocker = answer.explanations[0]
    assert (blocker.component.id, blocker.direction) == (f"acl-{subnet}", direction)
    assert verdict(network, "web-1 db-1 udp 5432", family=4) == "reachable"


def test_na_4_the_port_is_the_destination_port_of_the_packet_in_both_tables() -> None:
    right = guarded(
        ("100 allow tcp 5432 from 0.0.0.0/0",), ("100 allow tcp 1024-65535 to 0.0.0.0/0",)
    )
    assert verdict(right, ASKED, family=4) == "reachable"
    # the same rules with the ports of the other end: source ports are never matched
    by_source = guarded(
        ("100 allow tcp 1024-5431 from 0.0.0.0/0",), ("100 allow tcp 5432 to 0.0.0.0/0",)
    )
    assert verdict(by_source, ASKED, family=4) == "unreachable"
    answer = ask(guarded(egress=("100 allow tcp 5432 to 0.0.0.0/0",)), ASKED, family=4)
    # ... except for the one client whose port happens to be 5432
    assert (answer.verdict, answer.client_ports) == ("partial", ("5432",))


def test_na_5_the_cidr_is_the_source_of_what_comes_in() -> None:
    network = guarded(ingress=("100 allow all from 10.0.1.8/30",))
    for inside in ("10.0.1.8", "10.0.1.10", "10.0.1.11"):
        assert verdict(network, f"vpc-shop/{inside} 10.0.3.10 tcp 1") == "reachable"
    for outside in ("10.0.1.7", "10.0.1.12"):
        assert verdict(network, f"vpc-shop/{outside} 10.0.3.10 tcp 1") == "unreachable"


def test_na_5_the_cidr_is_the_destination_of_what_goes_out() -> None:
    rules = ("100 allow all to 10.0.3.10/32",)
    network = estate(acls={"web": acl(egress=rules)})
    assert verdict(network, ASKED, family=4) == "reachable"
    assert verdict(network, "web-1 app-1 tcp 5432", family=4) == "unreachable"
    by_source = estate(acls={"web": acl(egress=("100 allow all to 10.0.1.0/24",))})
    assert verdict(by_source, ASKED, family=4) == "unreachable"


def test_na_5_replies_are_matched_by_the_client_s_address() -> None:
    network = guarded(egress=("100 allow all to 10.0.1.10/32",))
    assert verdict(network, ASKED, family=4) == "reachable"
    answer = ask(network, "web-2 db-1 tcp 5432", family=4)
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


@pytest.mark.parametrize(
    ("rule", "passes", "stops"),
    [
        pytest.param("all", ["tcp 1", "udp 1", "icmp 8", "50"], [], id="all"),
        pytest.param("protocol 50", ["50"], ["51", "tcp 50"], id="other-protocol"),
        pytest.param("tcp 443", ["tcp 443"], ["tcp 442", "tcp 444", "udp 443"], id="tcp"),
        pytest.param("udp 100-200", ["udp 100", "udp 200"], ["udp 99", "udp 201"], id="udp"),
        pytest.param("icmp 3/4", ["icmp 3/4"], ["icmp 3/3", "icmp 3/5", "icmp 4/4"], id="icmp"),
        pytest.param("icmp 8", ["icmp 8/0"], ["icmp 13", "tcp 8"], id="icmp-type"),
    ],
)
def test_na_6_what_a_rule_says_of_ports_and_types(
    rule: str, passes: list[str], stops: list[str]
) -> None:
    network = guarded(ingress=(f"100 allow {rule} from 0.0.0.0/0",))
    assert {verdict(network, f"web-1 db-1 {one}", family=4) for one in passes} == {"reachable"}
    assert {verdict(network, f"web-1 db-1 {one}", family=4) for one in stops} <= {"unreachable"}


@pytest.mark.parametrize("protocol", [-1, 50], ids=["all", "protocol-50"])
def test_na_6_the_ports_in_a_rule_for_such_a_protocol_are_ignored(protocol: int) -> None:
    before = snapshot()
    rule = NetworkAclRule(
        number=100,
        allows=True,
        prefix=Prefix.parse("10.0.0.0/16"),
        protocol=protocol,
        low=443,
        high=443,
    )
    closed = msgspec.structs.replace(before.network_acls["acl-db"], ingress=(rule,))
    acls = {**before.network_acls, "acl-db": closed}
    network = Network(msgspec.structs.replace(before, network_acls=acls))
    assert verdict(network, "web-1 db-1 50", family=4) == "reachable"
    other = "reachable" if protocol == -1 else "unreachable"
    assert verdict(network, "web-1 db-1 51", family=4) == other


@pytest.mark.parametrize("rule", ["icmpv6", "icmpv6 128/0"])
def test_na_6_protocol_58_with_an_ipv4_cidr_means_all_icmp(rule: str) -> None:
    network = guarded(ingress=(f"100 allow {rule} from 0.0.0.0/0",))
    for asked in ("icmp", "icmp 13", "icmp 3/4"):
        assert verdict(network, f"web-1 db-1 {asked}") == "reachable"
    assert verdict(network, "web-1 db-1 tcp 8", family=4) == "unreachable"
    assert verdict(network, "web-1 db-1 icmpv6") == "unreachable"  # no IPv6 CIDR


def test_na_7_the_families_have_rules_of_their_own() -> None:
    four = guarded(ingress=("100 allow all from 0.0.0.0/0",))
    six = guarded(ingress=("100 allow all from ::/0",))
    assert verdict(four, ASKED, family=4) == verdict(six, ASKED, family=6) == "reachable"
    assert verdict(four, ASKED, family=6) == verdict(six, ASKED, family=4) == "unreachable"
    denied = guarded(ingress=("99 deny all from ::/0", "100 allow all from 0.0.0.0/0"))
    assert verdict(denied, ASKED, family=4) == "reachable"


def test_na_8_traffic_inside_a_subnet_skips_the_acl() -> None:
    closed: Form = {"ingress": [], "egress": []}
    network = estate(acls={"web": closed})
    assert str(ask(network, "web-1 web-2").services) == "all"
    assert codes(ask(network, "web-1 app-1 tcp 22")) == {ACL}
    assert codes(ask(network, "app-1 web-1 tcp 22")) == {ACL}


def test_na_8_each_packet_of_a_batch_is_told_apart() -> None:
    network = estate(acls={"web": {"ingress": [], "egress": []}})
    answer = ask(network, "vpc:vpc-shop web-2 tcp 22", family=4)
    assert answer.verdict == "partial"
    works = {part.source_address for part in answer.parts if part.verdict == "reachable"}
    assert works == {"10.0.1.10"}


def test_na_8_two_subnets_of_one_acl_are_two_subnets() -> None:
    network = estate(subnets={"app-a": {"acl": "web"}}, acls={"web": {"ingress": [], "egress": []}})
    assert verdict(network, "web-1 app-1 tcp 22") == "unreachable"


@pytest.mark.parametrize(
    "service",
    [
        "169.254.169.253 udp 53",
        "10.0.0.2 udp 53",
        "169.254.169.254 tcp 80",
        "169.254.169.123 udp 123",
        "169.254.170.2 tcp 80",
        "169.254.169.250 tcp 1688",
        "fd00:ec2::253 udp 53",
        "fd00:ec2::254 tcp 80",
    ],
)
def test_na_9_acls_do_not_filter_the_platform(service: str) -> None:
    network = estate(acls={"web": {"ingress": [], "egress": []}})
    assert verdict(network, f"web-1 {service}") == "reachable"
    assert codes(ask(network, f"web-1 {HOST} udp 53")) >= {ACL}


@pytest.mark.parametrize(
    ("let_out", "client", "expected", "ports"),
    [
        ("32768-60999", "linux", "reachable", "32768-60999"),
        ("32769-60999", "linux", "partial", "32769-60999"),
        ("32768-60998", "linux", "partial", "32768-60998"),
        ("49152-65535", "windows", "reachable", "49152-65535"),
        ("49153-65535", "windows", "partial", "49153-65535"),
        ("49152-65534", "windows", "partial", "49152-65534"),
        ("32768-60999", "windows", "partial", "49152-60999"),
        ("1024-65535", "any", "reachable", "1024-65535"),
        ("1025-65535", "any", "partial", "1025-65535"),
        ("1024-65534", "any", "partial", "1024-65534"),
        ("0-1023", "any", "unreachable", ""),
        ("1024-32767", "linux", "unreachable", ""),
        ("61000-65535", "linux", "unreachable", ""),
        ("1024-49151", "windows", "unreachable", ""),
    ],
)
def test_na_11_each_kind_of_client_has_its_own_ephemeral_ports(
    let_out: str, client: str, expected: str, ports: str
) -> None:
    network = guarded(egress=(f"100 allow tcp {let_out} to 0.0.0.0/0",))
    answer = ask(network, ASKED, family=4, client_ports=client)
    assert answer.verdict == expected
    assert ", ".join(answer.client_ports) == ports


def test_na_11_a_nat_gateway_uses_all_ports_from_1024() -> None:
    whole = estate(acls={"nat": acl(ingress=_replies_to("1024-65535"))})
    assert verdict(whole, f"app-1 {HOST} tcp 443", client_ports="linux") == "reachable"
    # the client's own range is not enough: the gateway picks the port
    part = estate(acls={"nat": acl(ingress=_replies_to("32768-60999"))})
    answer = ask(part, f"app-1 {HOST} tcp 443", client_ports="linux")
    assert (answer.verdict, codes(answer), legs(answer)) == ("partial", {ACL}, {"return"})


def _replies_to(ports: str) -> tuple[str, ...]:
    return ("100 allow tcp 443 from 10.0.2.0/24", f"110 allow tcp {ports} from 0.0.0.0/0")
