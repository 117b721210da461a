"""What was measured on AWS, and outranks the documents: LAB-1 to LAB-3, LAB-7, LAB-8; and HY-8.

The other measurements are about load balancers, endpoints and transit gateways.
"""

from __future__ import annotations

import pytest

from tests.unit.fabric.estates_by_hand import (
    HOST,
    NAT_PUBLIC,
    NO_ROUTE,
    WEB_1,
    WEB_1_PUBLIC,
    WEB_2_PUBLIC,
    Form,
    acl,
    ask,
    codes,
    estate,
    legs,
    sees,
    verdict,
)


@pytest.mark.parametrize("destination", [WEB_2_PUBLIC, WEB_1_PUBLIC], ids=["neighbour", "itself"])
def test_lab_1_a_host_reaches_public_addresses_of_its_own_vpc(destination: str) -> None:
    answer = ask(estate(), f"web-1 {destination} tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {WEB_1_PUBLIC})
    crossed = [hop.component.id for hop in answer.parts[0].forward]
    assert "igw-shop" in crossed


def test_lab_1_a_nat_gateway_reaches_public_addresses_of_its_own_vpc() -> None:
    answer = ask(estate(), f"app-1 {WEB_1_PUBLIC} tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT_PUBLIC})


def test_lab_1_a_hairpin_needs_a_public_address_and_a_route() -> None:
    private = {"tool": {"subnet": "web-a", "address": "10.0.1.30", "groups": ["web"]}}
    assert verdict(estate(instances=private), f"tool {WEB_1_PUBLIC} tcp 443") == "unreachable"
    assert codes(ask(estate(), f"db-1 {WEB_1_PUBLIC} tcp 443")) == {NO_ROUTE}


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("group:web", "unreachable"),
        (f"{WEB_1}/32", "unreachable"),
        ("10.0.0.0/16", "unreachable"),
        (f"{WEB_1_PUBLIC}/32", "reachable"),
        (f"{WEB_2_PUBLIC}/32", "unreachable"),
        ("0.0.0.0/0", "reachable"),
    ],
)
@pytest.mark.parametrize("destination", [WEB_2_PUBLIC, WEB_1_PUBLIC], ids=["neighbour", "itself"])
def test_lab_2_after_the_gateway_only_the_public_source_exists(
    destination: str, peer: str, expected: str
) -> None:
    network = estate(groups={"web": {"ingress": [f"all from {peer}"]}})
    assert verdict(network, f"web-1 {destination} tcp 443") == expected


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("group:web", "unreachable"),
        ("10.0.0.0/16", "unreachable"),
        (f"{WEB_2_PUBLIC}/32", "reachable"),
        (f"{WEB_1_PUBLIC}/32", "unreachable"),
    ],
)
def test_lab_2_before_the_gateway_only_the_public_destination_exists(
    peer: str, expected: str
) -> None:
    network = estate(groups={"web": {"egress": [f"all to {peer}"]}})
    assert verdict(network, f"web-1 {WEB_2_PUBLIC} tcp 443") == expected


def test_lab_2_acls_see_public_addresses_too() -> None:
    rules = (f"90 deny all from {WEB_1_PUBLIC}/32", "100 allow all from 0.0.0.0/0")
    network = estate(acls={"web": acl(ingress=rules)})
    assert verdict(network, f"web-1 {WEB_2_PUBLIC} tcp 443") == "unreachable"
    assert verdict(network, "web-1 web-2 tcp 443") == "reachable"


def test_lab_3_a_nat_gateway_does_not_translate_answers_to_what_it_did_not_see() -> None:
    network = estate(instances={"app-1": {"public": "203.0.113.40"}})
    answer = ask(network, "internet app-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer), legs(answer)) == (
        "unreachable",
        {"NGW_NO_SESSION"},
        {"return"},
    )
    # its own connections leave by the NAT gateway all the same
    assert sees(ask(network, f"app-1 {HOST} tcp 443")) == {NAT_PUBLIC}


#: A host with one interface in the public subnet and one in the private.
TWO_FACES: Form = {
    "interfaces": {
        "outside": {
            "subnet": "web-a",
            "address": "10.0.1.50",
            "elastic": "203.0.113.50",
            "groups": ["web"],
        },
        "inside": {"subnet": "app-a", "address": "10.0.2.50", "groups": ["app"]},
    }
}


def test_lab_7_a_host_answers_from_the_interface_that_was_asked() -> None:
    # the ACL of each subnet lets answers out to the other hosts of the VPC, or not
    shut = acl(egress=("90 deny all to 10.0.3.0/24", "100 allow all to 0.0.0.0/0"))
    network = estate(instances={"both": TWO_FACES}, acls={"app": shut})
    assert verdict(network, "db-1 10.0.1.50 tcp 22") == "reachable"
    answer = ask(network, "db-1 10.0.2.50 tcp 22")
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})
    returning = ask(estate(instances={"both": TWO_FACES}), "db-1 10.0.2.50 tcp 22").parts[0]
    assert returning.returning[0].component.id == "eni-both-inside"


def test_lab_7_each_interface_has_its_own_groups() -> None:
    groups = {"web": {"ingress": ["tcp 443 from anywhere"]}, "app": {"ingress": []}}
    network = estate(instances={"both": TWO_FACES}, groups=groups)
    assert verdict(network, "db-1 10.0.1.50 tcp 443") == "reachable"
    assert verdict(network, "db-1 10.0.2.50 tcp 443") == "unreachable"


def test_lab_8_traffic_between_private_addresses_of_a_host_never_leaves_it() -> None:
    sealed: Form = {group: {"ingress": [], "egress": []} for group in ("web", "app")}
    shut: Form = {name: {"ingress": [], "egress": []} for name in ("web", "app")}
    network = estate(instances={"both": TWO_FACES}, groups=sealed, acls=shut)
    for asked in ("10.0.1.50 10.0.2.50", "10.0.1.50 10.0.1.50", "both both"):
        answer = ask(network, f"{asked} tcp 22")
        assert answer.verdict == "reachable"
        assert not any(part.forward or part.returning for part in answer.parts)
    assert verdict(network, "10.0.1.50 10.0.1.20 tcp 22") == "unreachable"


def test_lab_8_a_host_that_is_stopped_sends_itself_nothing_and_awaits_no_answer() -> None:
    network = estate(instances={"both": {**TWO_FACES, "state": "stopped"}})
    answer = ask(network, "10.0.1.50 10.0.2.50 tcp 22")
    assert (answer.verdict, codes(answer), legs(answer)) == (
        "unreachable",
        {"BAD_STATE"},
        {"forward"},
    )


def test_lab_8_its_own_public_address_is_a_hairpin() -> None:
    network = estate(groups={"web": {"ingress": [], "egress": ["all to 0.0.0.0/0"]}})
    assert verdict(network, f"web-1 {WEB_1} tcp 443") == "reachable"
    assert verdict(network, f"web-1 {WEB_1_PUBLIC} tcp 443") == "unreachable"


RESOLVERS = ("10.0.0.2", "169.254.169.253", "fd00:ec2::253")


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_hy_8_the_resolver_answers_where_aws_puts_it(resolver: str) -> None:
    for service in ("udp 53", "tcp 53"):
        assert verdict(estate(), f"db-1 {resolver} {service}") == "reachable"
    assert verdict(estate(), f"db-1 {resolver} tcp 54") == "unreachable"


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_hy_8_without_dns_support_there_is_no_resolver(resolver: str) -> None:
    answer = ask(estate(dns_support=False), f"db-1 {resolver} udp 53")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"VPC_DNS_SUPPORT_DISABLED"})


def test_hy_8_the_resolver_stands_in_the_primary_block_only() -> None:
    network = estate(cidrs=["10.0.0.0/16", "100.64.0.0/16", "2600:1f14:1:100::/56"])
    assert verdict(network, "db-1 10.0.0.2 udp 53") == "reachable"
    assert verdict(network, "db-1 100.64.0.2 udp 53") == "unreachable"
    assert verdict(network, "db-1 10.0.1.2 udp 53") == "unreachable"
    assert verdict(network, "lab-1 10.1.0.2 udp 53") == "reachable"


@pytest.mark.parametrize(("answers", "expected"), [(True, "reachable"), (False, "unreachable")])
def test_sg_12_the_metadata_service_has_a_switch_of_its_own_for_ipv6(
    answers: bool, expected: str
) -> None:
    network = estate(instances={"web-1": {"metadata": True, "metadata_ipv6": answers}})
    assert verdict(network, "web-1 fd00:ec2::254 tcp 80") == expected
    assert verdict(network, "web-1 169.254.169.254 tcp 80") == "reachable"
    assert verdict(network, "web-1 fd00:ec2::253 udp 53") == "reachable"


def test_hidden_metadata_is_not_there() -> None:
    network = estate(instances={"web-1": {"metadata": False}})
    answer = ask(network, "web-1 169.254.169.254 tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"INSTANCE_METADATA_DISABLED"})
    assert verdict(network, "web-2 169.254.169.254 tcp 80") == "reachable"
    assert verdict(network, "web-1 169.254.169.253 udp 53") == "reachable"
