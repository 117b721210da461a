"""The judge by hand: what is behind the endpoints of Gateway Load Balancers [EP-4, LB-6]."""

from __future__ import annotations

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Verdict
from tests.unit.oracle.small_estate import (
    APP,
    HOST_6,
    WEB,
    WEB_6,
    Estate,
    Record,
    ask,
    entry,
    find,
    interface,
    route,
    rule,
)
from tests.unit.oracle.test_judge_inspection import WALL, behind_appliances

REACHABLE, UNREACHABLE = Verdict.REACHABLE, Verdict.UNREACHABLE
ARN = "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/gwy/gw/0123456789abcdef"
NODE, WALL_1, WALL_2 = "10.0.9.20", "10.0.9.10", "10.0.7.10"
GENEVE = rule("udp", (6081, 6081), cidr="0.0.0.0/0")


def inspected(*targets: str, health: str = "healthy", crosses: bool = False) -> Estate:
    """Return the estate by an endpoint, with a balancer in its zone and appliances in two zones."""
    estate = behind_appliances()
    for name, block, zone in (("gw", "10.0.9.0/24", "a"), ("far", "10.0.7.0/24", "b")):
        subnet = find(estate, "subnet-wall") | {"SubnetId": f"subnet-{name}", "CidrBlock": block}
        estate["Subnets"].append(subnet | {"Zone": zone})
    for subnet in estate["Subnets"]:
        zone = subnet.get("Zone", "a")
        subnet |= {"AvailabilityZone": f"eu-{zone}", "AvailabilityZoneId": f"az-{zone}"}
    node = interface("eni-node", "subnet-gw", "sg-node", {NODE: None})
    node |= {"Description": "ELB gwy/gw/0123456789abcdef", "Groups": []}
    estate["NetworkInterfaces"].append(node | {"InterfaceType": "gateway_load_balancer"})
    for name, home, address in (("wall1", "subnet-gw", WALL_1), ("wall2", "subnet-far", WALL_2)):
        wall = interface(f"eni-{name}", home, "sg-wall", {address: None})
        estate["NetworkInterfaces"].append(wall)
    estate["SecurityGroups"].append(
        {"GroupId": "sg-wall", "IpPermissions": [GENEVE], "IpPermissionsEgress": []}
    )
    for endpoint in estate["VpcEndpoints"]:
        endpoint["ServiceName"] = "svc"
    estate["ServiceConfigurations"] = [
        {"ServiceId": "vpce-svc", "ServiceName": "svc", "GatewayLoadBalancerArns": [ARN]}
    ]
    estate["LoadBalancers"] = [
        {
            "LoadBalancerArn": ARN,
            "Type": "gateway",
            "State": {"Code": "active"},
            "AvailabilityZones": [{"ZoneName": "eu-a"}, {"ZoneName": "eu-b"}],
        }
    ]
    cross = {"Key": "load_balancing.cross_zone.enabled", "Value": str(crosses).lower()}
    estate["LoadBalancerAttributes"] = [{"LoadBalancerArn": ARN, "Attributes": [cross]}]
    action = {"TargetGroupArn": "tg"}
    estate["LoadBalancerListeners"] = [
        {"LoadBalancerArn": ARN, "Listeners": [{"DefaultActions": [action]}]}
    ]
    estate["TargetGroups"] = [{"TargetGroupArn": "tg", "TargetType": "ip", "Port": 6081}]
    told = [{"Target": {"Id": one}, "TargetHealth": {"State": health}} for one in targets]
    estate["TargetGroupTargetHealth"] = [{"TargetGroupArn": "tg", "TargetHealthDescriptions": told}]
    return estate


def test_ep4_an_appliance_that_is_sent_geneve_sends_it_back() -> None:
    ruling = ask(inspected(WALL_1), WEB, APP)
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (WEB,))
    assert "gateway balancer" in ruling.crossed


def test_ep4_an_appliances_group_must_let_geneve_in() -> None:
    for beside in (rule("udp", (6080, 6080), cidr="0.0.0.0/0"), rule("tcp", cidr="0.0.0.0/0")):
        estate = inspected(WALL_1)
        find(estate, "sg-wall")["IpPermissions"] = [beside]
        ruling = ask(estate, WEB, APP)
        assert (ruling.verdict, ruling.code) == (UNREACHABLE, codes.TARGETS_REFUSE)


@pytest.mark.parametrize(("number", "verdict"), [(6081, REACHABLE), (6080, UNREACHABLE)])
def test_ep4_what_comes_back_comes_to_the_same_port(number: int, verdict: Verdict) -> None:
    estate = inspected(WALL_2, crosses=True)
    back = entry(1, "allow", "10.0.7.0/24", protocol="17", ports=(number, number))
    out = entry(1, "allow", "0.0.0.0/0", egress=True)
    estate["NetworkAcls"].append(
        {
            "NetworkAclId": "acl-gw",
            "Associations": [{"SubnetId": "subnet-gw"}],
            "Entries": [back, out],
        }
    )
    assert ask(estate, WEB, APP).verdict is verdict


def test_ep4_a_flow_has_one_of_several_appliances_for_both_directions() -> None:
    estate = inspected(WALL_1, WALL_2, crosses=True)
    assert ask(estate, WEB, APP).verdict is REACHABLE
    find(estate, "eni-wall2")["Groups"] = [{"GroupId": "sg-none"}]
    estate["SecurityGroups"].append(
        {"GroupId": "sg-none", "IpPermissions": [], "IpPermissionsEgress": []}
    )
    assert ask(estate, WEB, APP).verdict is Verdict.PARTIAL


def test_lb6_a_node_sends_to_other_zones_only_if_it_crosses_them() -> None:
    assert ask(inspected(WALL_2), WEB, APP).code == codes.NO_TARGETS_IN_ZONE
    assert ask(inspected(WALL_2, crosses=True), WEB, APP).verdict is REACHABLE


@pytest.mark.parametrize(
    ("health", "verdict"),
    [("unhealthy", REACHABLE), ("draining", UNREACHABLE), ("unused", UNREACHABLE)],
)
def test_lb6_without_a_healthy_target_all_that_are_left_are_used(
    health: str, verdict: Verdict
) -> None:
    assert ask(inspected(WALL_1, health=health), WEB, APP).verdict is verdict


def test_ep4_without_a_target_nothing_passes() -> None:
    assert ask(inspected(), WEB, APP).code == codes.NO_TARGETS


def test_ep4_an_endpoint_leads_to_its_own_zone() -> None:
    estate = inspected(WALL_2)
    estate["LoadBalancers"][0]["AvailabilityZones"] = [{"ZoneName": "eu-b"}]
    find(estate, "eni-node")["SubnetId"] = "subnet-far"
    assert ask(estate, WEB, APP).code == codes.VPCE_ZONE


@pytest.mark.parametrize("kind", ["ServiceConfigurations", "LoadBalancers"])
def test_ep4_what_is_out_of_service_carries_nothing(kind: str) -> None:
    estate = inspected(WALL_1)
    states: dict[str, Record] = {
        "ServiceConfigurations": {"ServiceState": "Deleting"},
        "LoadBalancers": {"State": {"Code": "failed"}},
    }
    estate[kind][0] |= states[kind]
    assert ask(estate, WEB, APP).code == codes.BAD_STATE


@pytest.mark.parametrize("kind", ["ServiceConfigurations", "LoadBalancers", "TargetGroups"])
def test_ep4_of_what_is_not_on_record_it_is_taken_to_pass(kind: str) -> None:
    estate = inspected()
    estate[kind] = []
    assert ask(estate, WEB, APP).verdict is REACHABLE


@pytest.mark.parametrize("kind", ["ServiceConfigurations", "LoadBalancers"])
def test_ep4_ipv6_passes_only_where_service_and_balancer_take_it(kind: str) -> None:
    estate = inspected(WALL_1)
    find(estate, "rtb-public")["Routes"][:] = [
        *(r for r in find(estate, "rtb-public")["Routes"] if "::/0" not in r.values()),
        route("::/0", **WALL),
    ]
    find(estate, "rtb-wall")["Routes"].append(route("::/0", GatewayId="igw-a"))
    assert ask(estate, WEB_6, HOST_6).code != codes.GWLB_TAKES_NO_IPV6
    only: dict[str, Record] = {
        "ServiceConfigurations": {"SupportedIpAddressTypes": ["ipv4"]},
        "LoadBalancers": {"IpAddressType": "ipv4"},
    }
    estate[kind][0] |= only[kind]
    assert ask(estate, WEB_6, HOST_6).code == codes.GWLB_TAKES_NO_IPV6
    assert ask(estate, WEB, APP).verdict is REACHABLE


@pytest.mark.parametrize(
    ("source", "service", "code"),
    [
        ("eni-wall1", "udp 6081", None),
        ("eni-web", "udp 6081", codes.NO_LISTENER),
        ("eni-wall1", "udp 6080", codes.GWLB_PORT),
        ("eni-wall1", "tcp 6081", codes.GWLB_PROTOCOL),
    ],
)
def test_ep4_a_node_takes_geneve_from_its_targets_only(
    source: str, service: str, code: str | None
) -> None:
    estate = inspected(WALL_1)
    find(estate, "sg-wall")["IpPermissionsEgress"] = [rule(cidr="0.0.0.0/0")]
    address = {"eni-wall1": WALL_1, "eni-web": WEB}[source]
    assert ask(estate, address, NODE, service, source_id=source).code == code


@pytest.mark.parametrize("target", [{"GatewayId": "vgw-x"}, WALL])
def test_ep4_nobody_knows_of_geneve_that_goes_astray_itself(target: dict[str, str]) -> None:
    estate = inspected(WALL_2, crosses=True)
    local, astray = route("10.0.0.0/16", GatewayId="local"), route("10.0.7.0/24", **target)
    table: Record = {"RouteTableId": "rtb-gw", "VpcId": "vpc-a"}
    table["Associations"] = [{"SubnetId": "subnet-gw"}]
    table["Routes"] = [local, {**astray, "Origin": "CreateRoute"}]
    estate["RouteTables"].append(table)
    assert ask(estate, WEB, APP).verdict is Verdict.UNKNOWN
