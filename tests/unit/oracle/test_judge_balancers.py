"""The judge by hand: load balancers, their listeners and targets, and how answers come back."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Verdict
from tests.unit.oracle.small_estate import (
    APP,
    DB,
    HOST,
    WEB,
    Estate,
    ask,
    entry,
    find,
    interface,
    route,
    rule,
    small_estate,
)

REACHABLE, PARTIAL, UNKNOWN = Verdict.REACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN
NODE, NODE_PUBLIC, ARN, GROUP = "10.0.1.40", "3.0.0.40", "arn:aws:x:loadbalancer/net/front/0a", "tg"
ZONES: Final = {"subnet-public": "a", "subnet-private": "b", "subnet-b": "a"}


def balanced(kind: str = "network", **group: Any) -> Estate:  # noqa: ANN401 - describe records
    """Return the small estate with a balancer from TCP 80 to port 8080 of one instance."""
    estate = small_estate()
    for subnet in estate["Subnets"]:
        zone = ZONES[subnet["SubnetId"]]
        subnet |= {"AvailabilityZone": f"x{zone}", "AvailabilityZoneId": f"id-{zone}"}
    word = "net" if kind == "network" else "app"
    own = interface("eni-node", "subnet-public", "sg-web", {NODE: NODE_PUBLIC})
    own |= {"Description": f"ELB {word}/front/0a", "RequesterManaged": True, "Attachment": {}}
    if kind == "network":
        own |= {"InterfaceType": "network_load_balancer", "Groups": []}
    estate["NetworkInterfaces"].append(own)
    estate["LoadBalancers"] = [
        {
            "LoadBalancerArn": ARN.replace("net", word),
            "LoadBalancerName": "front",
            "Type": kind,
            "State": {"Code": "active"},
            "AvailabilityZones": [{"ZoneName": "xa"}, {"ZoneName": "xb"}],
            "SecurityGroups": [],
        }
    ]
    action = {"Type": "forward", "TargetGroupArn": GROUP}
    listener = {"Protocol": "TCP", "Port": 80, "DefaultActions": [action]}
    answer = {"LoadBalancerArn": ARN.replace("net", word), "Listeners": [listener]}
    estate["LoadBalancerListeners"] = [answer]
    form = {"TargetGroupArn": GROUP, "TargetType": "instance", "Protocol": "TCP", "Port": 8080}
    estate["TargetGroups"] = [form | group]
    cross = {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}
    estate["TargetGroupAttributes"] = [{"TargetGroupArn": GROUP, "Attributes": [cross]}]
    return aiming(estate, "i-app")


def aiming(estate: Estate, *targets: str, **health: str) -> Estate:
    """Register targets; those of which nothing is said are healthy."""
    found = [
        {"Target": {"Id": one}, "TargetHealth": {"State": health.get(one[2:], "healthy")}}
        for one in targets
    ]
    estate["TargetGroupTargetHealth"] = [
        {"TargetGroupArn": GROUP} | {"TargetHealthDescriptions": found}
    ]
    return estate


def setting(estate: Estate, key: str, value: str) -> Estate:
    """Set an attribute of the target group."""
    estate["TargetGroupAttributes"][0]["Attributes"].append({"Key": key, "Value": value})
    return estate


def classic(*instances: str, crosses: bool | None = True) -> Estate:
    """Return the small estate with a classic balancer instead."""
    estate = balanced()
    for key in ("LoadBalancers", "TargetGroups"):
        estate[key] = []
    node = find(estate, "eni-node")
    node |= {"Description": "ELB old", "InterfaceType": "interface"}
    node["Groups"] = [{"GroupId": "sg-web"}]
    listener = {"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 8080}
    estate["LoadBalancerDescriptions"] = [
        {
            "LoadBalancerName": "old",
            "VPCId": "vpc-a",
            "Subnets": ["subnet-public"],
            "SecurityGroups": ["sg-web"],
            "ListenerDescriptions": [{"Listener": listener}],
            "Instances": [{"InstanceId": one} for one in instances],
        }
    ]
    if crosses is not None:
        told = {"CrossZoneLoadBalancing": {"Enabled": crosses}}
        answer = {"LoadBalancerName": "old", "LoadBalancerAttributes": told}
        estate["ClassicLoadBalancerAttributes"] = [answer]
    return estate


def test_lb_1_an_application_balancer_asks_as_itself() -> None:
    ruling = ask(balanced("application"), WEB, NODE, "tcp 80")
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (NODE,))


def test_lb_4_a_network_balancer_keeps_clients_of_instances_and_not_of_addresses() -> None:
    assert ask(balanced(), WEB, NODE, "tcp 80").sees == (WEB,)
    by_address = aiming(balanced(TargetType="ip"), APP)
    assert ask(by_address, WEB, NODE, "tcp 80").sees == (NODE,)
    assert ask(
        setting(by_address, "preserve_client_ip.enabled", "true"), WEB, NODE, "tcp 80"
    ).sees == (WEB,)


def test_lb_4_a_host_gets_no_answer_from_itself() -> None:
    assert ask(balanced(), APP, NODE, "tcp 80").code == codes.CLIENT_KEPT


@pytest.mark.parametrize("kind", ["network", "application"])
def test_lb_9_only_listeners_take_anything(kind: str) -> None:
    assert ask(balanced(kind), WEB, NODE, "tcp 8080").code == codes.NO_LISTENER
    ping = ask(balanced(kind), WEB, NODE, "icmp 8/0")
    assert (ping.verdict is REACHABLE) == (kind == "application")


def test_the_target_gets_its_own_port() -> None:
    estate = balanced()
    find(estate, "sg-app")["IpPermissions"] = [rule("tcp", (8080, 8080), cidr="0.0.0.0/0")]
    assert ask(estate, WEB, NODE, "tcp 80").verdict is REACHABLE
    find(estate, "sg-app")["IpPermissions"] = [rule("tcp", (80, 80), cidr="0.0.0.0/0")]
    assert ask(estate, WEB, NODE, "tcp 80").code == codes.ENI_SG_RULES_MISMATCH


def test_lb_5_groups_name_the_balancer_and_not_its_client() -> None:
    estate = balanced()
    find(estate, "eni-node")["Groups"] = [{"GroupId": "sg-other"}]
    for group, expected in (("sg-other", REACHABLE), ("sg-web", Verdict.UNREACHABLE)):
        find(estate, "sg-app")["IpPermissions"] = [rule(group=group)]
        assert ask(estate, WEB, NODE, "tcp 80").verdict is expected


def test_lb_6_each_target_is_a_connection_of_its_own() -> None:
    estate = aiming(balanced("application"), "i-app", "i-db")
    assert ask(estate, WEB, NODE, "tcp 80").verdict is REACHABLE
    find(estate, "eni-db")["Groups"] = [{"GroupId": "sg-shut"}]
    shut = {"GroupId": "sg-shut", "IpPermissions": [], "IpPermissionsEgress": []}
    estate["SecurityGroups"].append(shut)
    assert ask(estate, WEB, NODE, "tcp 80").verdict is PARTIAL


def test_lb_6_without_a_healthy_target_all_are_used_but_those_that_leave() -> None:
    ways = [
        ({"app": "unhealthy"}, REACHABLE, None),
        ({"app": "draining"}, Verdict.UNREACHABLE, codes.NO_TARGETS),
        ({"app": "unused"}, Verdict.UNREACHABLE, codes.NO_TARGETS),
    ]
    for health, verdict, code in ways:
        ruling = ask(aiming(balanced(), "i-app", **health), WEB, NODE, "tcp 80")
        assert (ruling.verdict, ruling.code) == (verdict, code)


def test_lb_6_zones() -> None:
    estate = setting(balanced(), "load_balancing.cross_zone.enabled", "false")
    assert ask(estate, WEB, NODE, "tcp 80").code == codes.NO_TARGETS_IN_ZONE
    estate = balanced()
    estate["LoadBalancers"][0]["AvailabilityZones"] = [{"ZoneName": "xa"}]
    assert ask(estate, WEB, NODE, "tcp 80").code == codes.ZONE_NOT_ENABLED


def test_lb_6_a_classic_balancer_of_which_nobody_says_whether_it_crosses_zones() -> None:
    assert ask(classic("i-app"), WEB, NODE, "tcp 80").code == codes.ZONE_NOT_ENABLED
    estate = classic("i-app", crosses=False)
    estate["LoadBalancerDescriptions"][0]["Subnets"].append("subnet-private")
    assert ask(estate, WEB, NODE, "tcp 80").code == codes.NOT_CROSSING
    estate = classic("i-app", crosses=None)
    estate["LoadBalancerDescriptions"][0]["Subnets"].append("subnet-private")
    assert ask(estate, WEB, NODE, "tcp 80").verdict is UNKNOWN
    assert ask(classic("i-web", crosses=None), WEB, NODE, "tcp 81").code == codes.ELB_NO_LISTENER


def test_na_8_a_classic_balancer_s_acl_is_asked_inside_its_subnet() -> None:
    estate = classic("i-web")
    closed = entry(90, "deny", "10.0.1.0/24", egress=True)
    find(estate, "acl-public")["Entries"].insert(0, closed)
    assert ask(estate, APP, NODE, "tcp 80").code == codes.ELB_ACL


def test_lab_4_answers_of_kept_clients_follow_no_route_of_the_target() -> None:
    estate = balanced()  # the target's own default route leads to a NAT gateway
    ruling = ask(estate, HOST, NODE_PUBLIC, "tcp 80")
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (HOST,))
    node = find(estate, "rtb-public")["Routes"]
    find(estate, "rtb-public")["Routes"] = [r for r in node if "0.0.0.0/0" not in r.values()]
    lost = ask(estate, HOST, NODE_PUBLIC, "tcp 80")
    assert (lost.code, lost.leg) == (codes.NO_ROUTE, Leg.RETURN)


def test_lab_4_acls_of_both_subnets_see_the_answers_of_kept_clients() -> None:
    for acl, cidr, egress in (("acl-private", WEB, True), ("acl-public", APP, False)):
        estate = balanced()
        find(estate, acl)["Entries"].insert(0, entry(90, "deny", f"{cidr}/32", egress=egress))
        ruling = ask(estate, WEB, NODE, "tcp 80")
        assert (ruling.code, ruling.leg) == (codes.SUBNET_ACL_RESTRICTION, Leg.RETURN)


def test_na_11_a_node_that_asks_as_itself_picks_its_own_port() -> None:
    estate = balanced("application")
    some = entry(90, "deny", "0.0.0.0/0", "6", egress=True, ports=(1024, 2000))
    find(estate, "acl-private")["Entries"].insert(0, some)
    ruling = ask(estate, WEB, NODE, "tcp 80")
    assert (ruling.verdict, ruling.good_client_ports) == (PARTIAL, ((1024, 65535),))


def test_lb_4_what_stands_between_node_and_target_leaves_it_open() -> None:
    estate = balanced()
    detour = route("10.0.2.0/24", NatGatewayId="nat-a")
    find(estate, "rtb-public")["Routes"].append(detour)
    assert ask(estate, WEB, NODE, "tcp 80").verdict is UNKNOWN


@pytest.mark.parametrize("lost", ["LoadBalancers", "LoadBalancerListeners", "TargetGroups"])
def test_what_nobody_tells_of_a_balancer_leaves_it_open(lost: str) -> None:
    estate = balanced()
    estate[lost] = []
    assert ask(estate, WEB, NODE, "tcp 80").verdict is UNKNOWN


def test_an_application_balancer_behind_a_network_one_sees_the_client() -> None:
    estate = balanced(TargetType="alb", Port=80)
    inner = balanced("application")
    arn = inner["LoadBalancers"][0]["LoadBalancerArn"]
    own = interface("eni-inner", "subnet-private", "sg-app", {"10.0.2.40": None})
    own |= {"Description": "ELB app/front/0a", "RequesterManaged": True, "Attachment": {}}
    estate["NetworkInterfaces"].append(own)
    estate["LoadBalancers"] += inner["LoadBalancers"]
    answer = inner["LoadBalancerListeners"][0]
    answer["Listeners"][0]["DefaultActions"][0]["TargetGroupArn"] = "tg-inner"
    estate["LoadBalancerListeners"].append(answer)
    estate["TargetGroups"].append(inner["TargetGroups"][0] | {"TargetGroupArn": "tg-inner"})
    aiming(estate, arn)
    found = [{"Target": {"Id": "i-db"}, "TargetHealth": {"State": "healthy"}}]
    told = {"TargetGroupArn": "tg-inner", "TargetHealthDescriptions": found}
    estate["TargetGroupTargetHealth"].append(told)
    assert ask(estate, WEB, NODE, "tcp 80").sees == ("10.0.2.40",)
    find(estate, "sg-app")["IpPermissions"] = [
        rule("tcp", (80, 80), cidr=f"{WEB}/32"),
        rule("tcp", (8080, 8080), cidr="10.0.2.40/32"),
    ]
    assert ask(estate, WEB, NODE, "tcp 80").verdict is REACHABLE
    assert DB not in ask(estate, WEB, NODE, "tcp 80").sees
