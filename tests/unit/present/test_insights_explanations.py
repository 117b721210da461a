from __future__ import annotations

import pytest
from msgspec.structs import replace

import netreach
from netreach.model.services import BalancerKind, Listener
from netreach.present.insights import render_insights
from tests.unit.fabric.balancers_by_hand import (
    APP,
    GROUP_ID,
    NODE_A,
    NODE_B,
    balanced,
    listener,
    target,
)
from tests.unit.fabric.connections_by_hand import attached
from tests.unit.fabric.estates_by_hand import DB_1, HOST, Form, acl, ask, estate
from tests.unit.present.analyses import (
    analysis,
    asked,
    complaints,
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


# -- load balancers


FRONT_ARN = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/net/front/1"
HEARD = replace(listener(), id=FRONT_ARN)
CLASSIC: Form = {
    "listeners": (Listener(protocol="TCP", port=80, instance_port=8080),),
    "instances": ("i-db-1",),
    "is_cross_zone": False,
}


def test_a_listener_that_is_missing_is_told_by_the_nearest() -> None:
    network = balanced(APP, listeners=(HEARD, replace(listener(443), id="")))
    (one,) = of(network, f"db-1 {NODE_A} tcp 81")["Explanations"]
    assert one["ExplanationCode"] == "ELBV2_LISTENERS_MISMATCH"
    assert one["ElasticLoadBalancerListener"]["Id"] == FRONT_ARN
    assert (one["LoadBalancerListenerPort"], one["Port"]) == (80, 81)
    assert one["LoadBalancerArn"] == next(iter(network.snapshot.load_balancers))


def test_a_listener_without_a_target_names_its_groups() -> None:
    (one,) = of(balanced(listeners=(HEARD,)), f"db-1 {NODE_A} tcp 80")["Explanations"]
    assert one["ExplanationCode"] == "ELBV2_LISTENER_HAS_NO_TG"
    assert one["ElasticLoadBalancerListener"]["Id"] == FRONT_ARN
    assert one["LoadBalancerTargetGroup"]["Id"] == GROUP_ID
    assert [group["Id"] for group in one["LoadBalancerTargetGroups"]] == [GROUP_ID]
    assert "LoadBalancerTarget" not in one


def test_a_target_that_would_see_itself_is_told_whole() -> None:
    (one,) = of(balanced(target("i-db-1", 9000)), f"db-1 {NODE_B} tcp 80")["Explanations"]
    assert one["ExplanationCode"] == "ELBV2_SOURCE_ADDRESS_PRESERVATION"
    told = one["LoadBalancerTarget"]
    assert (told["Address"], told["AvailabilityZone"]) == (DB_1, "eu-central-1b")
    assert (told["Instance"]["Id"], told["Port"]) == ("i-db-1", 9000)
    assert one["LoadBalancerTargetPort"] == 9000


@pytest.mark.parametrize("kind", ["ip", "instance"])
def test_a_target_in_another_zone_is_the_one_that_is_registered(kind: str) -> None:
    who = target("i-db-1") if kind == "instance" else target(DB_1)
    network = balanced(who, of_group={"target_kind": kind})
    (one,) = of(network, f"web-1 {NODE_A} tcp 80")["Explanations"]
    assert one["ExplanationCode"] == "ELBV2_NO_TARGETS_IN_AZ"
    assert one["LoadBalancerTargetPort"] == 8080
    told = one["LoadBalancerTarget"]
    assert told.get("Instance", {}).get("Id") == ("i-db-1" if kind == "instance" else None)
    assert told.get("Address") == (None if kind == "instance" else DB_1)


def test_a_classic_listener_has_both_its_ports() -> None:
    network = balanced(kind=BalancerKind.CLASSIC, of_balancer=CLASSIC)
    ports = {"LoadBalancerPort": 80, "InstancePort": 8080}
    for service, code in (("tcp 80", "ELB_NOT_CROSSZONE"), ("tcp 79", "ELB_LISTENERS_MISMATCH")):
        (one,) = of(network, f"web-1 {NODE_A} {service}")["Explanations"]
        assert (one["ExplanationCode"], one["ClassicLoadBalancerListener"]) == (code, ports)
        assert "LoadBalancerListenerPort" not in one
    (one,) = of(network, f"web-1 {NODE_A} tcp 80")["Explanations"]
    assert one["LoadBalancerTarget"]["Instance"]["Id"] == "i-db-1"


@pytest.mark.parametrize("question", ["tcp 80", "tcp 81"])
@pytest.mark.parametrize("kind", BalancerKind)
def test_what_is_told_of_balancers_is_of_aws_s_shape(kind: BalancerKind, question: str) -> None:
    if kind is BalancerKind.GATEWAY:
        return
    form = CLASSIC if kind is BalancerKind.CLASSIC else None
    for targets in ((), (target("i-db-1"),), (target("i-app-1", health="unused"),)):
        network = balanced(*targets, kind=kind, of_balancer=form)
        answer = ask(network, f"web-1 {NODE_A} {question}", family=4)
        assert not complaints(render_insights(answer.report, network.snapshot))
