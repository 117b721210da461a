from __future__ import annotations

import json
from ipaddress import IPv4Network, collapse_addresses
from typing import Any

import pytest
from msgspec.structs import replace

from netreach.model.services import BalancerKind
from netreach.present.insights import render_insights
from tests.unit.fabric.balancers_by_hand import APP, balanced, listener
from tests.unit.fabric.connections_by_hand import attached, peered
from tests.unit.fabric.estates_by_hand import DB_1, HOST, HOST_SIX, estate
from tests.unit.present.analyses import (
    analysis,
    by_id,
    complaints,
    ids,
    network,
    of,
    ports,
)

# -- components


def test_the_way_out_is_instance_interface_group_acl_table() -> None:
    found = of(estate(), "web-1 db-1 tcp 5432")
    there, back = found["ForwardPathComponents"], found["ReturnPathComponents"]
    assert ids(there) == [
        *("i-web-1", "eni-web-1", "sg-web", "acl-web", "rtb-web"),
        *("acl-db", "sg-db", "eni-db-1", "i-db-1"),
    ]
    assert ids(back)[:5] == ["i-db-1", "eni-db-1", "sg-db", "acl-db", "rtb-main"]
    for components in (there, back):
        numbers = [one["SequenceNumber"] for one in components]
        assert numbers == list(range(1, len(components) + 1))


def test_the_way_back_has_a_group_without_a_rule_and_an_acl_with_one() -> None:
    found = of(estate(), "web-1 db-1 tcp 5432")
    back = found["ReturnPathComponents"]
    assert "SecurityGroupRule" not in by_id(back, "sg-db")
    assert by_id(back, "acl-db")["AclRule"] == {
        "Cidr": "0.0.0.0/0",
        "Egress": True,
        "Protocol": "all",
        "RuleAction": "allow",
        "RuleNumber": 100,
    }


def test_an_interface_says_whose_it_is_and_where() -> None:
    there = of(estate(), "web-1 db-1 tcp 5432")["ForwardPathComponents"]
    interface = by_id(there, "eni-web-1")
    assert interface["AttachedTo"]["Id"] == "i-web-1"
    assert (interface["Subnet"]["Id"], interface["Vpc"]["Id"]) == ("subnet-web-a", "vpc-shop")


def test_the_internet_is_no_component() -> None:
    found = of(estate(), "internet web-1 tcp 443")
    assert ids(found["ForwardPathComponents"])[0].startswith("igw-")
    assert ids(found["ReturnPathComponents"])[-1].startswith("igw-")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param(
            "tcp 5432 from 10.0.1.0/24",
            {"Cidr": "10.0.1.0/24", "PortRange": {"From": 5432, "To": 5432}, "Protocol": "tcp"},
            id="cidr",
        ),
        pytest.param(
            "tcp 5000-6000 from group:web",
            {
                "SecurityGroupId": "sg-web",
                "PortRange": {"From": 5000, "To": 6000},
                "Protocol": "tcp",
            },
            id="group",
        ),
        pytest.param(
            "all from prefix-list:office",
            {"PrefixListId": "pl-office", "Protocol": "all"},
            id="list",
        ),
    ],
)
def test_a_group_rule_names_its_peer_and_its_ports(rule: str, said: dict[str, Any]) -> None:
    lists = {"prefix_lists": {"office": {"entries": ["10.0.1.0/24"]}}}
    found = of(estate(rest=lists, groups={"db": {"ingress": [rule]}}), "web-1 db-1 tcp 5432")
    component = by_id(found["ForwardPathComponents"], "sg-db")
    assert component["SecurityGroupRule"] == {"Direction": "ingress", **said}


@pytest.mark.parametrize(
    ("question", "table", "target"),
    [
        ("web-1 db-1", "rtb-web", {"GatewayId": "local", "Origin": "createroutetable"}),
        ("app-1 8.8.8.8", "rtb-app", {"NatGatewayId": "nat-nat", "Origin": "createroute"}),
        ("app-1 8.8.8.8", "rtb-nat", {"GatewayId": "igw-shop", "Origin": "createroute"}),
    ],
)
def test_a_route_names_its_target_by_kind(
    question: str, table: str, target: dict[str, str]
) -> None:
    there = of(estate(), question)["ForwardPathComponents"]
    route = by_id(there, table)["RouteTableRoute"]
    assert route.pop("DestinationCidr")
    assert route == {"State": "active", **target}


def test_a_peering_says_from_which_vpc_to_which() -> None:
    found = of(peered(), "web-1 lab-1 tcp 443")
    ends = {}
    for leg in ("Forward", "Return"):
        peering = by_id(found[f"{leg}PathComponents"], "pcx-1")
        ends[leg] = (peering["SourceVpc"]["Id"], peering["DestinationVpc"]["Id"])
    assert ends == {"Forward": ("vpc-shop", "vpc-lab"), "Return": ("vpc-lab", "vpc-shop")}


def test_a_transit_gateway_has_attachments_and_a_table_s_route() -> None:
    there = of(attached(), "web-1 lab-1 tcp 443")["ForwardPathComponents"]
    attachment, table = by_id(there, "tgw-attach-shop"), by_id(there, "tgw-rtb-1")
    assert attachment["AttachedTo"]["Id"] == "vpc-shop"
    assert attachment["TransitGateway"]["Id"] == table["TransitGateway"]["Id"] == "tgw-1"
    assert table["TransitGatewayRouteTableRoute"] == {
        "DestinationCidr": "10.1.0.0/16",
        "State": "active",
        "RouteOrigin": "propagated",
        "AttachmentId": "tgw-attach-lab",
        "ResourceId": "vpc-lab",
        "ResourceType": "vpc",
    }


def test_a_balancer_names_its_listener_and_changes_the_packet_both_ways() -> None:
    heard = replace(listener(), id="arn:aws:elasticloadbalancing:::listener/front/1")
    found = of(
        balanced(APP, kind=BalancerKind.APPLICATION, listeners=(heard,)), "db-1 10.0.1.50 tcp 80"
    )
    there, back = (
        next(one for one in found[f"{leg}PathComponents"] if "app/front" in str(one["Component"]))
        for leg in ("Forward", "Return")
    )
    assert there["ElasticLoadBalancerListener"]["Id"] == heard.id
    assert ports(there["InboundHeader"]) == ([(1024, 65535)], [(80, 80)])
    assert ports(there["OutboundHeader"]) == ([(1024, 65535)], [(8080, 8080)])
    assert ports(back["InboundHeader"]) == ([(8080, 8080)], [(1024, 65535)])
    assert ports(back["OutboundHeader"]) == ([(80, 80)], [(1024, 65535)])


def test_a_balancer_that_keeps_the_client_keeps_its_ports() -> None:
    found = of(balanced(APP), "db-1 10.0.1.50 tcp 80", client_ports="linux")
    last = found["ForwardPathComponents"][-1]["InboundHeader"]
    assert ports(last) == ([(32768, 60999)], [(8080, 8080)])


def test_what_is_asked_through_a_balancer_must_traverse_it() -> None:
    network = balanced(APP, kind=BalancerKind.APPLICATION)
    (front,) = network.snapshot.load_balancers
    answer = network.path("db-1", "app-1", port=80, through=front)
    found = analysis(answer, network)
    assert found["FilterInArns"] == [front]
    assert ids(found["ForwardPathComponents"])[-1] == "i-app-1"
    assert complaints(render_insights(answer.report, network.snapshot)) == ""


def test_each_of_several_connections_is_an_analysis() -> None:
    asked_of = network("bastion")
    answer = asked_of.path("internet", "billing-1", port=22, via="bastion")
    text = render_insights(answer.report, asked_of.snapshot)
    assert complaints(text) == ""
    first, last = json.loads(text)["NetworkInsightsAnalyses"]
    assert ids(first["ForwardPathComponents"])[-1] == "i-bastion"
    assert ids(last["ForwardPathComponents"])[0] == "i-bastion"
    assert first["NetworkInsightsAnalysisId"] != last["NetworkInsightsAnalysisId"]


# -- packets


def test_packets_are_told_at_both_ends_and_where_they_change() -> None:
    there = of(estate(), "app-1 8.8.8.8 tcp 443", client_ports="linux")["ForwardPathComponents"]
    told = [one["Component"]["Id"] for one in there if {"InboundHeader", "OutboundHeader"} & {*one}]
    assert told == ["i-app-1", "nat-nat", "igw-shop"]
    first, nat, gateway = (by_id(there, identifier) for identifier in told)
    assert "InboundHeader" not in first
    assert first["OutboundHeader"]["SourceAddresses"] == ["10.0.2.10/32"]
    assert ports(first["OutboundHeader"]) == ([(32768, 60999)], [(443, 443)])
    assert nat["OutboundHeader"]["SourceAddresses"] == ["10.0.0.5/32"]
    assert ports(nat["OutboundHeader"]) == ([(1024, 65535)], [(443, 443)])
    assert gateway["OutboundHeader"]["SourceAddresses"] == ["198.51.100.5/32"]
    assert gateway["OutboundHeader"]["DestinationAddresses"] == [f"{HOST}/32"]


def test_replies_come_from_the_port_that_was_asked() -> None:
    back = of(estate(), "web-1 db-1 tcp 5432")["ReturnPathComponents"]
    header = back[0]["OutboundHeader"]
    assert header["SourceAddresses"] == [f"{DB_1}/32"]
    assert ports(header) == ([(5432, 5432)], [(1024, 65535)])


@pytest.mark.parametrize(
    ("service", "protocol"), [("tcp 443", "6"), ("udp 53", "17"), ("icmp", "1"), ("50", "50")]
)
def test_the_protocol_of_packets_is_a_number(service: str, protocol: str) -> None:
    there = of(estate(), f"web-1 db-1 {service}")["ForwardPathComponents"]
    assert there[0]["OutboundHeader"]["Protocol"] == protocol


def test_several_protocols_at_once_have_no_protocol_and_no_ports() -> None:
    header = of(estate(), "web-1 db-1")["ForwardPathComponents"][0]["OutboundHeader"]
    assert set(header) == {"SourceAddresses", "DestinationAddresses"}


def test_the_internet_is_every_address_that_hosts_there_have() -> None:
    there = of(estate(), "internet web-1 tcp 443")["ForwardPathComponents"]
    listed = there[0]["InboundHeader"]["SourceAddresses"]
    assert listed == sorted(listed)
    networks = [IPv4Network(cidr) for cidr in listed]
    assert len(list(collapse_addresses(networks))) == len(networks)
    never = [
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"),
    ]
    everything = [*networks, *map(IPv4Network, never)]
    assert list(collapse_addresses(everything)) == [IPv4Network("0.0.0.0/0")]
    assert sum(one.num_addresses for one in everything) == 1 << 32


def test_of_the_internet_only_the_part_that_gets_through_is_told() -> None:
    only = estate(groups={"web": {"ingress": ["tcp 443 from 198.18.0.0/15"]}})
    there = of(only, "internet web-1 tcp 443")["ForwardPathComponents"]
    assert there[0]["InboundHeader"]["SourceAddresses"] == ["198.18.0.0/15"]


def test_ipv6_addresses_are_cidrs_too() -> None:
    there = of(estate(), f"app-1 {HOST_SIX} tcp 443", family=6)["ForwardPathComponents"]
    header = there[0]["OutboundHeader"]
    assert header["DestinationAddresses"] == [f"{HOST_SIX}/128"]
    assert header["SourceAddresses"] == ["2600:1f14:1:102::10/128"]
