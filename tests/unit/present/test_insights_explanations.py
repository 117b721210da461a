from __future__ import annotations

import pytest
from msgspec.structs import replace

import netreach
from tests.unit.fabric.connections_by_hand import attached
from tests.unit.fabric.estates_by_hand import HOST, acl, estate
from tests.unit.present.analyses import (
    analysis,
    asked,
    of,
    rendered,
)
from tests.unit.present.samples import SAMPLES


def test_groups_that_do_not_match_name_the_nearest_rule_and_what_it_misses() -> None:
    closed = estate(groups={"db": {"ingress": ["tcp 443 from 10.0.1.0/24"]}})
    (one,) = of(closed, "web-1 db-1 tcp 5432")["Explanations"]
    assert one["ExplanationCode"] == "ENI_SG_RULES_MISMATCH"
    assert one["Direction"] == "ingress"
    assert one["NetworkInterface"]["Id"] == "eni-db-1"
    assert [group["Id"] for group in one["SecurityGroups"]] == ["sg-db"]
    assert one["SecurityGroupRule"]["PortRange"] == {"From": 443, "To": 443}
    assert (one["PacketField"], one["Port"]) == ("destination-port", 5432)
    assert one["Protocols"] == ["tcp"]
    assert (one["Subnet"]["Id"], one["Vpc"]["Id"]) == ("subnet-db-b", "vpc-shop")


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ("tcp 5432 from 10.0.2.0/24", "source-address"),
        ("udp 5432 from 10.0.1.0/24", "protocol"),
        ("tcp 5431 from 10.0.1.0/24", "destination-port"),
    ],
)
def test_the_packet_s_field_is_the_one_that_the_nearest_rule_misses(rule: str, field: str) -> None:
    closed = estate(groups={"db": {"ingress": [rule]}})
    (one,) = of(closed, "web-1 db-1 tcp 5432")["Explanations"]
    assert one["PacketField"] == field


@pytest.mark.parametrize(
    ("rules", "number"),
    [
        pytest.param(("90 deny tcp 5432 from 0.0.0.0/0", "100 allow all from 0.0.0.0/0"), 90),
        pytest.param(("100 allow tcp 443 from 0.0.0.0/0",), 32767, id="closing"),
    ],
)
def test_an_acl_names_the_rule_that_denies(rules: tuple[str, ...], number: int) -> None:
    closed = estate(acls={"db": acl(ingress=rules)})
    (one,) = of(closed, "web-1 db-1 tcp 5432")["Explanations"]
    assert one["Acl"]["Id"] == "acl-db"
    assert (one["AclRule"]["RuleNumber"], one["AclRule"]["RuleAction"]) == (number, "deny")
    assert (one["Subnet"]["Id"], one["Direction"]) == ("subnet-db-b", "ingress")


def test_a_later_acl_names_its_own_rule_too() -> None:
    closed = estate(
        acls={
            "web": acl(egress=("90 deny all to 10.0.3.0/24", "100 allow all to 0.0.0.0/0")),
            "db": acl(ingress=("80 deny all from 10.0.1.0/24", "100 allow all from 0.0.0.0/0")),
        }
    )
    found = of(closed, "web-1 db-1 tcp 5432")["Explanations"]
    numbers = {one["Acl"]["Id"]: one["AclRule"]["RuleNumber"] for one in found}
    assert numbers == {"acl-web": 90, "acl-db": 80}


def test_the_closing_rule_of_ipv6_has_its_own_number() -> None:
    closed = estate(acls={"db": acl(ingress=("100 allow all from 0.0.0.0/0",))})
    found = of(closed, "web-1 db-1 tcp 5432", family=6)["Explanations"]
    assert {(one["AclRule"]["RuleNumber"], one["AclRule"]["Cidr"]) for one in found} == {
        (32768, "::/0")
    }


def test_a_table_without_a_route_names_the_destination() -> None:
    found = of(estate(route_tables={"app": {"routes": None}}), "app-1 8.8.8.8 tcp 443")
    (one,) = found["Explanations"]
    assert one["ExplanationCode"] == "NO_ROUTE_TO_DESTINATION"
    assert (one["RouteTable"]["Id"], one["Destination"]["Id"]) == ("rtb-app", HOST)


def test_a_blackhole_names_its_route() -> None:
    found = analysis(*asked("broken-default-route worker-1 internet tcp 443"))
    (one,) = found["Explanations"]
    assert one["ExplanationCode"] == "BAD_STATE_ROUTE"
    assert one["RouteTableRoute"]["State"] == "blackhole"
    assert one["RouteTableRoute"]["DestinationCidr"] == "0.0.0.0/0"


def test_a_stopped_instance_says_its_state() -> None:
    found = analysis(*asked("bastion bastion archive-1 tcp 22"))
    one = next(one for one in found["Explanations"] if one["ExplanationCode"] == "BAD_STATE")
    assert one["State"] == "stopped"
    assert one["NetworkInterface"] == one["Component"]


def test_a_gateway_names_the_address_that_it_does_not_know() -> None:
    found = of(estate(), "internet app-1 tcp 443")
    one = found["Explanations"][0]
    assert one["ExplanationCode"] == "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    assert (one["PacketField"], one["Address"]) == ("destination-address", "10.0.2.10")


def test_an_attachment_without_a_table_names_its_gateway() -> None:
    (one,) = of(attached(shop={"table": ""}), "web-1 lab-1 tcp 443")["Explanations"]
    assert one["TransitGatewayAttachment"]["Id"] == "tgw-attach-shop"
    assert one["TransitGateway"]["Id"] == "tgw-1"
    assert "Subnet" not in one


def test_vpcs_without_a_connection_are_both_named() -> None:
    (one,) = (
        one
        for one in of(estate(), "app-1 lab-1 tcp 443")["Explanations"]
        if one["ExplanationCode"] == "DISCONNECTED_VPCS"
    )
    assert (one["SourceVpc"]["Id"], one["DestinationVpc"]["Id"]) == ("vpc-shop", "vpc-lab")


def test_of_several_paths_the_working_one_is_told_and_the_others_are_hinted_at() -> None:
    report = SAMPLES["two-families"]()
    parts = (
        replace(report.parts[0], verdict=netreach.Verdict.UNREACHABLE, via=("igw-dead",)),
        replace(report.parts[1], verdict=netreach.Verdict.REACHABLE, via=("igw-used",)),
        replace(report.parts[1], verdict=netreach.Verdict.REACHABLE, via=("igw-used", "nat-other")),
    )
    found = rendered(replace(report, parts=parts))
    assert found["AlternatePathHints"] == [{"ComponentId": "nat-other"}]
    shown = found["ForwardPathComponents"][0]["OutboundHeader"]["SourceAddresses"]
    assert shown == [f"{parts[1].source_address}/128"]
