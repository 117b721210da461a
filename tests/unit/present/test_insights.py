from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Network, collapse_addresses
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

import netreach
from netreach.explain.records import Report
from netreach.model.services import BalancerKind
from netreach.model.snapshot import Snapshot
from netreach.network import Answer, Network
from netreach.present.insights import render_insights
from tests.unit.fabric.balancers_by_hand import APP, balanced, listener
from tests.unit.fabric.connections_by_hand import attached, peered
from tests.unit.fabric.estates_by_hand import DB_1, HOST, HOST_SIX, acl, ask, estate
from tests.unit.present.hostile import HOSTILE, hostile
from tests.unit.present.samples import SAMPLES

FIXTURES: Final = Path(__file__).parents[3] / "fixtures"
#: One answer of each verdict, and of each fixture.
ASKED: Final = (
    "three-tier app-1 internet tcp 443",
    "three-tier web-1 db-1 tcp 5432",
    "three-tier internet web-1",
    "three-tier web-1 web-1",
    "three-tier internet web-1 tcp 1-1000",
    "bastion internet billing-1 tcp 22",
    "bastion bastion archive-1 tcp 22",
    "forgotten-ephemeral app-1 dwh-1 tcp 5439",
    "forgotten-ephemeral app-1 db-1 tcp 5432",
    "dual-stack app-1 internet tcp 443",
    "dual-stack internet edge-1 icmpv6",
    "dual-stack node-1 sensor-1",
    "broken-default-route worker-1 internet tcp 443",
    "broken-default-route batch-1 internet udp 53",
    "broken-default-route tool-1 internet tcp 443",
    "broken-default-route report-1 internet 50",
    "overlapping-groups monitor-1 partner-1 tcp 8443",
    "overlapping-groups admin-1 api-1",
    "overlapping-groups node-1 node-2 icmp",
)


@cache
def network(fixture: str) -> Network:
    return netreach.load(FIXTURES / fixture)


def asked(words: str) -> tuple[Answer, Network]:
    fixture, question = words.split(" ", 1)
    return ask(network(fixture), question), network(fixture)


def analysis(answer: Answer, asked_of: Network) -> dict[str, Any]:
    text = render_insights(answer.report, asked_of.snapshot)
    (found,) = json.loads(text)["NetworkInsightsAnalyses"]
    assert isinstance(found, dict)
    return found


def of(asked_of: Network, question: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - path's
    return analysis(ask(asked_of, question, **{"family": 4, **options}), asked_of)


def ids(components: list[dict[str, Any]]) -> list[str]:
    return [one["Component"]["Id"] for one in components]


def by_id(components: list[dict[str, Any]], identifier: str) -> dict[str, Any]:
    return next(one for one in components if one["Component"].get("Id") == identifier)


# -- AWS's own shape


@cache
def shape() -> Any:  # noqa: ANN401 - botocore has no types
    """Return botocore's own model of what the call returns."""
    model = pytest.importorskip("botocore.session").Session().get_service_model("ec2")
    return model.operation_model("DescribeNetworkInsightsAnalyses").output_shape


def complaints(text: str) -> str:
    """Say what is wrong with an output."""
    validator = pytest.importorskip("botocore.validate").ParamValidator()
    return str(validator.validate(json.loads(text), shape()).generate_report())


@pytest.mark.parametrize("words", ASKED)
def test_what_a_fixture_answers_is_of_aws_s_shape(words: str) -> None:
    answer, asked_of = asked(words)
    assert complaints(render_insights(answer.report, asked_of.snapshot)) == ""


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_of_aws_s_shape(name: str) -> None:
    assert complaints(render_insights(SAMPLES[name](), Snapshot())) == ""


def test_hostile_names_stay_ascii_and_of_aws_s_shape() -> None:
    for name in HOSTILE:
        text = render_insights(hostile(HOSTILE[name]), Snapshot())
        assert text.isascii()
        assert complaints(text) == ""


def test_the_shape_finds_what_is_wrong() -> None:
    answer, asked_of = asked(ASKED[0])
    text = render_insights(answer.report, asked_of.snapshot)
    assert "Sequence" in complaints(text.replace('"SequenceNumber": 1', '"Sequence": 1'))
    assert "RuleNumber" in complaints(text.replace('"RuleNumber": 100', '"RuleNumber": "100"'))


@pytest.mark.parametrize(
    ("name", "words"),
    [("through-nat", ASKED[0]), ("two-blockers", ASKED[1]), ("unknown", ASKED[16])],
)
def test_an_analysis_is_as_its_golden_file(
    name: str, words: str, golden: Callable[[str, str], None]
) -> None:
    answer, asked_of = asked(words)
    report = replace(answer.report, digest="digest", taken="2024-05-01T12:00:00Z")
    golden(f"path/{name}.aws.json", render_insights(report, asked_of.snapshot))


# -- verdicts


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        pytest.param("three-tier app-1 internet tcp 443", True, id="reachable"),
        pytest.param("forgotten-ephemeral app-1 dwh-1 tcp 5439", True, id="partial"),
        pytest.param("three-tier web-1 db-1 tcp 5432", False, id="unreachable"),
        pytest.param("overlapping-groups monitor-1 partner-1 tcp 8443", False, id="unknown"),
    ],
)
def test_a_path_is_found_where_something_gets_through(words: str, *, is_found: bool) -> None:
    answer, asked_of = asked(words)
    found = analysis(answer, asked_of)
    assert found["NetworkPathFound"] is is_found
    assert found["Status"] == "succeeded"
    assert found["StatusMessage"].startswith(f"{answer.verdict}: ")


def test_what_is_missing_is_an_explanation_that_names_it() -> None:
    found = analysis(*asked("overlapping-groups monitor-1 partner-1 tcp 8443"))
    (gap,) = found["Explanations"]
    assert gap["ExplanationCode"] == "PREFIX_LIST_ENTRIES_UNKNOWN"
    assert gap["MissingComponent"] == gap["PrefixList"]["Id"] == "pl-partners"


def test_warnings_are_one_message() -> None:
    report = replace(SAMPLES["reachable"](), warnings=("one is assumed", "two is assumed"))
    assert rendered(report)["WarningMessage"] == "one is assumed; two is assumed"


def test_an_answer_without_warnings_has_no_message() -> None:
    assert "WarningMessage" not in rendered(SAMPLES["reachable"]())


def rendered(report: Report) -> dict[str, Any]:
    (found,) = json.loads(render_insights(report, Snapshot()))["NetworkInsightsAnalyses"]
    assert isinstance(found, dict)
    return found


# -- made-up ids


def test_the_same_question_has_the_same_ids_and_another_has_others() -> None:
    first, again, other = (of(estate(), f"web-1 db-1 tcp {port}") for port in (1, 1, 2))
    for key in ("NetworkInsightsAnalysisId", "NetworkInsightsPathId"):
        assert first[key] == again[key] != other[key]


def test_another_snapshot_is_another_analysis_of_the_same_path() -> None:
    first, other = (of(network(name), "internet 8.8.8.8") for name in ("bastion", "three-tier"))
    assert first["NetworkInsightsPathId"] == other["NetworkInsightsPathId"]
    assert first["NetworkInsightsAnalysisId"] != other["NetworkInsightsAnalysisId"]


@pytest.mark.parametrize(("key", "word"), [("Analysis", "nia"), ("Path", "nip")])
def test_ids_look_like_aws_s(key: str, word: str) -> None:
    identifier = of(estate(), "web-1 db-1")[f"NetworkInsights{key}Id"]
    prefix, digits = identifier.split("-")
    assert (prefix, len(digits)) == (word, 17)
    assert set(digits) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("taken", "is_said"),
    [("2024-05-01T12:00:00Z", True), ("2024-05-01T12:00:00.5+02:00", True), ("spring", False)],
)
def test_the_start_is_when_the_snapshot_was_taken(taken: str, *, is_said: bool) -> None:
    found = rendered(replace(SAMPLES["reachable"](), taken=taken))
    assert found.get("StartDate") == (taken if is_said else None)


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


def ports(header: dict[str, Any]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    source, destination = (
        [(one["From"], one["To"]) for one in header[f"{end}PortRanges"]]
        for end in ("Source", "Destination")
    )
    return source, destination


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


# -- ARNs


@pytest.mark.parametrize(
    ("identifier", "arn"),
    [
        ("i-app-1", "arn:aws:ec2:eu-central-1:111122223333:instance/i-app-1"),
        ("nat-nat", "arn:aws:ec2:eu-central-1:111122223333:natgateway/nat-nat"),
        ("acl-app", "arn:aws:ec2:eu-central-1:111122223333:network-acl/acl-app"),
    ],
)
def test_an_arn_is_told_where_account_and_region_are_known(identifier: str, arn: str) -> None:
    there = of(estate(), "app-1 8.8.8.8 tcp 443")["ForwardPathComponents"]
    assert by_id(there, identifier)["Component"]["Arn"] == arn


def test_a_record_without_account_and_region_has_those_of_its_vpc() -> None:
    base = estate().snapshot
    nats = {one.id: replace(one, owner="", region="") for one in base.nat_gateways.values()}
    there = of(Network(replace(base, nat_gateways=nats)), "app-1 8.8.8.8 tcp 443")
    arn = by_id(there["ForwardPathComponents"], "nat-nat")["Component"]["Arn"]
    assert arn == "arn:aws:ec2:eu-central-1:111122223333:natgateway/nat-nat"


@pytest.mark.parametrize("missing", ["owner", "region"])
def test_an_arn_is_left_out_where_account_or_region_is_unknown(missing: str) -> None:
    base = estate().snapshot
    vpcs = {one.id: replace(one, **{missing: ""}) for one in base.vpcs.values()}
    groups = {one.id: replace(one, **{missing: ""}) for one in base.security_groups.values()}
    unsaid = Network(replace(base, vpcs=vpcs, security_groups=groups))
    there = of(unsaid, "app-1 8.8.8.8 tcp 443")["ForwardPathComponents"]
    assert "Arn" not in by_id(there, "sg-app")["Component"]
    assert "Arn" in by_id(there, "i-app-1")["Component"]


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
)
def test_an_arn_has_the_partition_of_its_region(region: str, partition: str) -> None:
    base = estate(rest={"region": region})
    there = of(base, "web-1 db-1")["ForwardPathComponents"]
    assert there[0]["Component"]["Arn"].startswith(f"arn:{partition}:ec2:{region}:")


# -- explanations


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
