"""The judge by hand: firewalls, and endpoints of Gateway Load Balancers."""

from __future__ import annotations

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Verdict
from tests.unit.oracle.small_estate import (
    APP,
    APP_6,
    HOST,
    HOST_6,
    WEB,
    Estate,
    Record,
    ask,
    entry,
    find,
    route,
    small_estate,
)

REACHABLE, UNREACHABLE, UNKNOWN = Verdict.REACHABLE, Verdict.UNREACHABLE, Verdict.UNKNOWN
WALL, OTHER_WALL = {"GatewayId": "vpce-a"}, {"GatewayId": "vpce-b"}
HOME, PRIVATE = "10.0.1.0/24", "10.0.2.0/24"
ARN = "arn:firewall"


def behind_appliances() -> Estate:
    """Return the small estate, in which web and app meet by an endpoint in its own subnet."""
    estate = small_estate()
    subnet = find(estate, "subnet-private")
    estate["Subnets"].append(
        subnet
        | {"SubnetId": "subnet-wall", "CidrBlock": "10.0.8.0/24"}
        | {"Ipv6CidrBlockAssociationSet": []}
    )
    estate["RouteTables"].append(
        {
            "RouteTableId": "rtb-wall",
            "VpcId": "vpc-a",
            "Associations": [{"SubnetId": "subnet-wall"}],
            "Routes": [
                route("10.0.0.0/16", GatewayId="local"),
                route("0.0.0.0/0", GatewayId="igw-a"),
            ],
        }
    )
    find(estate, "rtb-public")["Routes"].append(route(PRIVATE, **WALL))
    find(estate, "rtb-private")["Routes"].append(route(HOME, **WALL))
    estate["VpcEndpoints"] = [
        {
            "VpcEndpointId": name,
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": "vpc-a",
            "SubnetIds": ["subnet-wall"],
            "IpAddressType": "dualstack",
        }
        for name in ("vpce-a", "vpce-b")
    ]
    return estate


def walled(*rules: str, less: tuple[Record, ...] = (), **policy: object) -> Estate:
    """Return the same with a firewall at both endpoints; rules are written as Suricata does."""
    estate = behind_appliances()
    zones = {
        name: {"Attachment": {"EndpointId": name, "SubnetId": "subnet-wall"}}
        for name in ("vpce-a", "vpce-b")
    }
    firewall = {"FirewallArn": ARN, "FirewallPolicyArn": "policy", "VpcId": "vpc-a"}
    estate["NetworkFirewalls"] = [{"Firewall": firewall, "FirewallStatus": {"SyncStates": zones}}]
    says: Record = {
        "StatelessDefaultActions": ["aws:forward_to_sfe"],
        "StatelessRuleGroupReferences": [{"ResourceArn": "less", "Priority": 1}],
        "StatefulRuleGroupReferences": [{"ResourceArn": "full"}],
    }
    estate["FirewallPolicies"] = [
        {
            "FirewallPolicyResponse": {"FirewallPolicyArn": "policy"},
            "FirewallPolicy": says | policy,
        }
    ]
    lines = [f"{rule} (sid:{n + 1};)" if "(" not in rule else rule for n, rule in enumerate(rules)]
    numbered = [{"Priority": n, "RuleDefinition": rule} for n, rule in enumerate(less)]
    estate["FirewallRuleGroups"] = [
        _group("less", {"StatelessRulesAndCustomActions": {"StatelessRules": numbered}}),
        _group("full", {"RulesString": "\n".join(lines)}),
    ]
    return estate


def _group(arn: str, source: Record) -> Record:
    return {"RuleGroupResponse": {"RuleGroupArn": arn}, "RuleGroup": {"RulesSource": source}}


def less(action: str, **match: object) -> Record:
    return {"MatchAttributes": match, "Actions": [f"aws:{action}"]}


def told(estate: Estate, service: str = "tcp 443", source: str = WEB, to: str = APP) -> Verdict:
    return ask(estate, source, to, service).verdict


STRICT: Record = {"RuleOrder": "STRICT_ORDER"}


def test_ep4_what_comes_out_of_an_endpoint_goes_on() -> None:
    ruling = ask(behind_appliances(), WEB, APP)
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (WEB,))
    assert "appliances' endpoint" in ruling.crossed


def test_ig5_what_appliances_have_seen_does_not_leave_by_an_egress_only_gateway() -> None:
    estate = behind_appliances()
    table = find(estate, "rtb-private")
    table["Routes"] = [r for r in table["Routes"] if "EgressOnlyInternetGatewayId" not in r]
    assert ask(estate, APP_6, HOST_6).code == codes.NO_ROUTE
    table["Routes"].append(route("::/0", **WALL))
    wall = find(estate, "rtb-wall")
    wall["Routes"].append(route("::/0", EgressOnlyInternetGatewayId="eigw-a"))
    assert ask(estate, APP_6, HOST_6).code == codes.EIGW_INSPECTED


def test_ep4_an_endpoint_of_the_ipv4_type_takes_no_ipv6() -> None:
    estate = behind_appliances()
    table = find(estate, "rtb-private")
    table["Routes"] = [r for r in table["Routes"] if "EgressOnlyInternetGatewayId" not in r]
    table["Routes"].append(route("::/0", **WALL))
    find(estate, "rtb-wall")["Routes"].append(route("::/0", GatewayId="igw-a"))
    for record in estate["VpcEndpoints"]:
        record["IpAddressType"] = "ipv4"
    ruling = ask(estate, APP_6, HOST_6)
    assert (ruling.verdict, ruling.code) == (UNREACHABLE, codes.GWLB_TAKES_NO_IPV6)
    assert told(estate) is REACHABLE


def test_na8_the_endpoints_subnet_is_entered_and_left() -> None:
    for egress in (False, True):
        estate = behind_appliances()
        estate["NetworkAcls"].append(
            {
                "NetworkAclId": "acl-wall",
                "Associations": [{"SubnetId": "subnet-wall"}],
                "Entries": [entry(1, "allow", "0.0.0.0/0", egress=not egress)],
            }
        )
        assert ask(estate, WEB, APP).code == codes.SUBNET_ACL_RESTRICTION


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("pass", "drop", REACHABLE), ("drop", "pass", UNREACHABLE)],
)
def test_nf1_the_first_stateless_rule_decides(first: str, second: str, expected: Verdict) -> None:
    assert told(walled(less=(less(first), less(second)))) == expected


def test_nf1_stateless_rules_look_at_each_packet() -> None:
    ports = [{"FromPort": 443, "ToPort": 443}]
    there = less("pass", Protocols=[6], DestinationPorts=ports)
    back = less("pass", Protocols=[6], SourcePorts=ports)
    drop = {"StatelessDefaultActions": ["aws:drop"]}
    assert told(walled(less=(there, back), **drop)) == REACHABLE
    assert told(walled(less=(there, back), **drop), "tcp 22") == UNREACHABLE
    ruling = ask(walled(less=(there,), **drop), WEB, APP)
    assert (ruling.code, ruling.leg) == (codes.FIREWALL_RULES, Leg.RETURN)


def test_nf1_rules_for_some_of_the_clients_ports_work_for_the_others() -> None:
    some = [{"FromPort": 1024, "ToPort": 2000}]
    ruling = ask(walled(less=(less("drop", SourcePorts=some, Protocols=[6]),)), WEB, APP)
    assert ruling.verdict == Verdict.PARTIAL
    assert ruling.good_client_ports == ((2001, 65535),)


def test_nf2_passing_rules_come_first_unless_the_order_is_strict() -> None:
    rules = ("drop tcp any any -> any 443", "pass tcp any any -> any any")
    assert told(walled(*rules)) == REACHABLE
    assert told(walled(*rules, StatefulEngineOptions=STRICT)) == UNREACHABLE


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10.0.1.0/24 any -> any [22,443]", UNREACHABLE),
        ("!10.0.1.0/24 any -> any 443", REACHABLE),
        ("$HOME_NET any -> $HOME_NET 400:", UNREACHABLE),
        ("$EXTERNAL_NET any -> any any", REACHABLE),
        ("[10.0.0.0/8,!10.0.1.0/24] any -> any 443", REACHABLE),
        ("any :1023 -> any 443", REACHABLE),
        ("10.0.1.0/24 any -> any !443", REACHABLE),
        ("$NOBODY any -> any any", UNKNOWN),
    ],
)
def test_nf2_words_of_rules(words: str, expected: Verdict) -> None:
    assert told(walled(f"drop tcp {words}")) == expected


def test_nf3_dropping_by_default_spares_what_a_rule_passes() -> None:
    estate = walled(
        "pass tcp any any -> any 443",
        StatefulEngineOptions=STRICT,
        StatefulDefaultActions=["aws:drop_established"],
    )
    assert told(estate) == REACHABLE
    assert told(estate, "tcp 22") == UNREACHABLE
    assert told(estate, "udp 53") == UNREACHABLE


def test_nf4_what_looks_inside_packets_nobody_knows() -> None:
    looking = 'drop tcp any any -> any 443 (content:"x"; sid:1;)'
    assert told(walled(looking)) == UNKNOWN
    assert told(walled(looking), "tcp 22") == REACHABLE
    estate = walled()
    del estate["FirewallRuleGroups"][1]
    assert "full" in ask(estate, WEB, APP).missing


@pytest.mark.parametrize(
    ("service", "expected"), [("tcp 443", UNREACHABLE), ("udp 53", UNKNOWN)], ids=str
)
def test_nf5_answers_must_come_by_an_endpoint_that_saw_the_question(
    service: str, expected: Verdict
) -> None:
    estate = walled()
    find(estate, "rtb-private")["Routes"][-1] = route(HOME, **OTHER_WALL)
    assert told(estate, service) == expected
    passing = walled(less=(less("pass"),))
    find(passing, "rtb-private")["Routes"][-1] = route(HOME, **OTHER_WALL)
    assert told(passing, service) == REACHABLE


def test_nf5_answers_that_go_around_are_unknown() -> None:
    estate = walled()
    find(estate, "rtb-private")["Routes"].pop()
    assert told(estate) == UNKNOWN
    assert told(estate, source=APP, to=WEB) == UNREACHABLE


def test_nf5_of_answers_to_what_no_rule_passed_nobody_knows() -> None:
    dropping = "drop ip 10.0.2.0/24 any -> any any"
    assert told(walled(dropping)) == UNKNOWN
    assert told(walled(dropping, "pass tcp any any -> any 443")) == REACHABLE


def test_rt11_what_comes_in_by_a_gateway_is_inspected() -> None:
    estate = walled("drop tcp any any -> any 22")
    table = find(estate, "rtb-public")
    table["Routes"] = [r for r in table["Routes"] if r.get("GatewayId") != "igw-a"]
    table["Routes"].append(route("0.0.0.0/0", **WALL))
    estate["RouteTables"].append(
        {
            "RouteTableId": "rtb-edge",
            "VpcId": "vpc-a",
            "Associations": [{"GatewayId": "igw-a"}],
            "Routes": [route("10.0.0.0/16", GatewayId="local"), route(HOME, **WALL)],
        }
    )
    assert told(estate, to=HOST) == REACHABLE
    assert told(estate, "tcp 22", to=HOST) == UNREACHABLE
    assert told(estate, source=HOST, to="3.0.0.10") == REACHABLE
    assert told(estate, "tcp 22", source=HOST, to="3.0.0.10") == UNREACHABLE
