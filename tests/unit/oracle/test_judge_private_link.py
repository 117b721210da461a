"""The judge by hand: an endpoint that leads to a provider's network balancer [EP-5, LB-3]."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Ruling, Verdict
from tests.unit.oracle.small_estate import (
    APP,
    WEB,
    WEB_6,
    Estate,
    ask,
    entry,
    find,
    interface,
    route,
    rule,
    small_estate,
)

REACHABLE, UNREACHABLE, UNKNOWN = Verdict.REACHABLE, Verdict.UNREACHABLE, Verdict.UNKNOWN
OFFER: Final = "com.amazonaws.vpce.x.vpce-svc-0own"
ARN, GROUP, LATER = (
    "arn:aws:x:loadbalancer/net/front/0a",
    "tg",
    "arn:aws:x:loadbalancer/net/late/0b",
)
#: The client's network and the provider's have the same block, and the target the client's address.
DOOR, DOOR_B, NODE, NODE_2 = "10.0.1.40", "10.0.2.40", "10.0.1.50", "10.0.1.51"
LINKS: Final = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


def linked() -> Estate:
    """Return the small estate with an endpoint in one VPC and what it leads to in the other."""
    estate = small_estate()
    for record in estate["Subnets"]:
        zone = "b" if record["SubnetId"] == "subnet-private" else "a"
        record |= {"AvailabilityZone": f"x{zone}", "AvailabilityZoneId": f"id-{zone}"}
    for name, subnet, address in (
        ("eni-door", "subnet-public", DOOR),
        ("eni-door-b", "subnet-private", DOOR_B),
    ):
        own = interface(name, subnet, "sg-app", {address: None})
        own |= {"InterfaceType": "vpc_endpoint", "Attachment": {"Status": "attached"}}
        estate["NetworkInterfaces"].append(own)
    endpoint = {"VpcEndpointId": "vpce-0a", "VpcEndpointType": "Interface", "VpcId": "vpc-a"}
    endpoint |= {"ServiceName": OFFER, "State": "available"}
    estate["VpcEndpoints"] = [endpoint | {"NetworkInterfaceIds": ["eni-door", "eni-door-b"]}]
    offer = {"ServiceId": "vpce-svc-0own", "ServiceName": OFFER, "ServiceState": "Available"}
    estate["ServiceConfigurations"] = [offer | {"NetworkLoadBalancerArns": [ARN]}]
    for kind in ("LoadBalancers", "LoadBalancerListeners", "TargetGroups"):
        estate[kind] = []
    with_balancer(estate, ARN, NODE)
    form = {"TargetGroupArn": GROUP, "TargetType": "instance", "Protocol": "TCP", "Port": 8080}
    estate["TargetGroups"] = [form]
    target = {"Target": {"Id": "i-other"}, "TargetHealth": {"State": "healthy"}}
    answer = {"TargetGroupArn": GROUP, "TargetHealthDescriptions": [target]}
    estate["TargetGroupTargetHealth"] = [answer]
    return estate


def with_balancer(estate: Estate, arn: str, node: str, port: int = 443) -> None:
    """Add a balancer with one node in the provider's VPC."""
    path = arn.partition(":loadbalancer/")[2]
    name = f"eni-{path.split('/')[1]}"
    own = interface(name, "subnet-b", "sg-node", {node: None}) | {"Description": f"ELB {path}"}
    own |= {"InterfaceType": "network_load_balancer", "Attachment": {}}
    estate["NetworkInterfaces"].append(own)
    both = [rule(cidr="0.0.0.0/0"), rule(cidr="::/0")]
    group = {"GroupId": "sg-node", "IpPermissions": both, "IpPermissionsEgress": both}
    estate["SecurityGroups"].append(group)
    record: dict[str, Any] = {"LoadBalancerArn": arn, "Type": "network"}
    record |= {"State": {"Code": "active"}, "AvailabilityZones": [{"ZoneName": "xa"}]}
    estate["LoadBalancers"].append(record | {"SecurityGroups": ["sg-node"]})
    action = {"Type": "forward", "TargetGroupArn": GROUP}
    listener = {"Protocol": "TCP", "Port": port, "DefaultActions": [action]}
    estate["LoadBalancerListeners"].append({"LoadBalancerArn": arn, "Listeners": [listener]})


def letting_in(estate: Estate, *rules: Any) -> Estate:  # noqa: ANN401 - describe records
    """Let the groups of the balancer's nodes take nothing else."""
    find(estate, "sg-node")["IpPermissions"] = list(rules)
    return estate


def verdict_of(estate: Estate, source: str = WEB) -> tuple[Verdict, str | None]:
    ruling = ask(estate, source, DOOR)
    return ruling.verdict, ruling.code


def why(ruling: Ruling) -> tuple[Verdict, str | None, Leg | None]:
    return ruling.verdict, ruling.code, ruling.leg


def test_ep_5_a_target_with_the_client_s_own_address_sees_the_balancer_s() -> None:
    ruling = ask(linked(), WEB, DOOR)
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (NODE,))
    assert "PrivateLink" in ruling.crossed


def test_lb_4_no_attribute_keeps_the_client_s_address() -> None:
    estate = linked()
    keeps = {"Key": "preserve_client_ip.enabled", "Value": "true"}
    estate["TargetGroupAttributes"] = [{"TargetGroupArn": GROUP, "Attributes": [keeps]}]
    assert ask(estate, WEB, DOOR).sees == (NODE,)


@pytest.mark.parametrize(
    ("cidr", "expected"),
    [(f"{WEB}/32", REACHABLE), (f"{DOOR}/32", UNREACHABLE), (f"{NODE}/32", UNREACHABLE)],
)
def test_lb_3_the_balancer_s_groups_see_the_client_s_address(cidr: str, expected: Verdict) -> None:
    estate = letting_in(linked(), rule("tcp", (443, 443), cidr=cidr))
    assert ask(estate, WEB, DOOR).verdict == expected


def test_lb_3_no_group_of_the_client_s_is_known_there() -> None:
    estate = letting_in(linked(), rule(group="sg-web"))
    assert verdict_of(estate) == (UNREACHABLE, codes.ENI_SG_RULES_MISMATCH)


@pytest.mark.parametrize(("word", "expected"), [("off", REACHABLE), ("on", UNREACHABLE)])
def test_lb_3_the_balancer_s_groups_may_be_told_not_to_judge(word: str, expected: Verdict) -> None:
    estate = letting_in(linked(), rule("tcp", (443, 443), cidr=f"{DOOR}/32"))
    estate["LoadBalancers"][0][LINKS] = word
    assert ask(estate, WEB, DOOR).verdict == expected


def test_lb_3_what_the_balancer_sends_is_judged_all_the_same() -> None:
    estate = linked()
    estate["LoadBalancers"][0][LINKS] = "off"
    find(estate, "sg-node")["IpPermissionsEgress"] = [rule("tcp", (443, 443), cidr="0.0.0.0/0")]
    assert verdict_of(estate) == (UNREACHABLE, codes.ENI_SG_RULES_MISMATCH)


def test_ep_5_the_endpoint_s_own_groups_come_first() -> None:
    estate = linked()
    find(estate, "sg-app")["IpPermissions"] = [rule(cidr=f"{APP}/32")]
    assert verdict_of(estate) == (UNREACHABLE, codes.ENI_SG_RULES_MISMATCH)
    assert ask(estate, APP, DOOR).verdict == REACHABLE


def test_ep_5_no_acl_and_no_route_is_between_endpoint_and_balancer() -> None:
    estate = linked()
    find(estate, "rtb-b")["Routes"] = [route("10.0.0.0/16", GatewayId="local")]
    shut = [entry(9, "deny", "10.0.0.0/16", egress=egress) for egress in (False, True)]
    find(estate, "acl-b")["Entries"] = shut
    assert ask(estate, WEB, DOOR).verdict == REACHABLE  # node and target share a subnet


def test_ep_5_the_answer_leaves_the_endpoint_s_subnet() -> None:
    estate = linked()
    find(estate, "acl-public")["Entries"].append(entry(9, "deny", f"{APP}/32", egress=True))
    assert why(ask(estate, APP, DOOR)) == (
        UNREACHABLE,
        codes.SUBNET_ACL_RESTRICTION,
        Leg.RETURN,
    )


@pytest.mark.parametrize("service", ["tcp 80", "udp 443", "icmp 8/0"])
def test_ep_5_what_nobody_listens_to_is_not_answered(service: str) -> None:
    assert why(ask(linked(), WEB, DOOR, service)) == (UNREACHABLE, codes.NO_LISTENER, Leg.FORWARD)


def test_ep_5_without_a_target_nobody_answers() -> None:
    estate = linked()
    estate["TargetGroupTargetHealth"][0]["TargetHealthDescriptions"] = []
    assert verdict_of(estate) == (UNREACHABLE, codes.NO_TARGETS)


def test_ep_5_a_zone_in_which_the_balancer_is_not_gets_nothing() -> None:
    ruling = ask(linked(), WEB, DOOR_B)
    assert why(ruling) == (UNREACHABLE, codes.VPCE_ZONE, Leg.FORWARD)


def test_ep_5_zones_are_told_by_their_ids() -> None:
    estate = linked()
    names = {"subnet-public": "xb", "subnet-private": "xa"}
    for name, zone in names.items():  # as another account calls them
        find(estate, name)["AvailabilityZone"] = zone
    find(estate, "subnet-b")["AvailabilityZone"] = "xc"
    estate["LoadBalancers"][0]["AvailabilityZones"] = [{"ZoneName": "xc"}]
    assert ask(estate, WEB, DOOR).verdict == REACHABLE
    assert ask(estate, WEB, DOOR_B).code == codes.VPCE_ZONE


@pytest.mark.parametrize("state", ["Pending", "Deleting", "Deleted", "Failed"])
def test_ep_5_a_service_that_is_not_available_takes_nothing(state: str) -> None:
    estate = linked()
    estate["ServiceConfigurations"][0]["ServiceState"] = state
    assert verdict_of(estate) == (UNREACHABLE, codes.BAD_STATE)


@pytest.mark.parametrize("state", ["pendingAcceptance", "rejected", "failed"])
def test_ep_5_an_endpoint_that_is_not_accepted_leads_nowhere(state: str) -> None:
    estate = linked()
    estate["VpcEndpoints"][0]["State"] = state
    assert verdict_of(estate) == (UNREACHABLE, codes.BAD_STATE)


@pytest.mark.parametrize("lost", ["LoadBalancers", "LoadBalancerListeners"])
def test_ep_5_a_balancer_that_is_not_told_of_leaves_it_open(lost: str) -> None:
    assert ask(linked() | {lost: []}, WEB, DOOR).verdict == UNKNOWN


def test_ep_5_of_two_balancers_in_a_zone_nobody_knows_which_is_used() -> None:
    estate = linked()
    with_balancer(estate, LATER, NODE_2)
    estate["ServiceConfigurations"][0]["NetworkLoadBalancerArns"].append(LATER)
    ruling = ask(estate, WEB, DOOR)
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (NODE, NODE_2))
    estate["LoadBalancerListeners"][1]["Listeners"][0]["Port"] = 444
    assert ask(estate, WEB, DOOR).verdict == UNKNOWN
    assert ask(estate, WEB, DOOR, "tcp 445").verdict == UNREACHABLE


@pytest.mark.parametrize("to", [WEB, APP])
def test_ep_5_the_service_begins_nothing(to: str) -> None:
    ruling = ask(linked(), DOOR, to, source_id="eni-door")
    assert why(ruling) == (UNREACHABLE, codes.CANNOT_INITIATE, Leg.FORWARD)


def test_ep_5_an_ipv6_client_is_judged_by_his_ipv6_address() -> None:
    estate, six = linked(), "2600:1f14:1:101::40"
    find(estate, "eni-door")["Ipv6Addresses"] = [{"Ipv6Address": six}]
    assert ask(estate, WEB_6, six).sees == (NODE,)
    letting_in(estate, rule(cidr="0.0.0.0/0"))
    assert ask(estate, WEB_6, six).verdict == UNREACHABLE
