"""Security groups and network ACLs: protocols, ports, peers, order."""

from __future__ import annotations

from pathlib import Path

import pytest

from netreach.errors import InputError
from netreach.model.records import (
    ANY_PROTOCOL,
    NetworkAclRule,
    SecurityGroup,
    SecurityGroupRule,
)
from netreach.packets.prefixes import Prefix
from tests.unit.sources.describe_dumps import (
    Json,
    acl,
    entry,
    estate,
    group,
    loaded,
    permission,
    problem_kinds,
    vpc,
)

EVERYWHERE = Prefix.parse("0.0.0.0/0")


def read_group(folder: Path, **more: object) -> SecurityGroup:
    return loaded(folder, SecurityGroups=[group(**more)]).security_groups["sg-1"]


def read_rule(folder: Path, line: Json) -> SecurityGroupRule:
    (rule,) = read_group(folder, IpPermissions=[line]).ingress
    return rule


def read_acl_rule(folder: Path, **more: object) -> NetworkAclRule:
    (rule,) = loaded(folder, NetworkAcls=[acl(entry(**more))]).network_acls["acl-1"].ingress
    return rule


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("tcp", 6),
        ("udp", 17),
        ("icmp", 1),
        ("icmpv6", 58),
        ("-1", ANY_PROTOCOL),
        ("all", ANY_PROTOCOL),
        ("TCP", 6),
        ("6", 6),
        ("58", 58),
        ("50", 50),
        ("0", 0),
        ("255", 255),
    ],
)
def test_protocols_are_names_or_numbers(text: str, number: int, tmp_path: Path) -> None:
    assert read_rule(tmp_path / "sg", permission(text)).protocol == number
    assert read_acl_rule(tmp_path / "acl", Protocol=text).protocol == number


@pytest.mark.parametrize("text", ["256", "-2", "tcpx", "", "६", "1000", "6.0"])
def test_other_words_are_no_protocols(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a protocol") as caught:
        read_rule(tmp_path, permission(text))
    assert caught.value.place == "$.SecurityGroups[0].IpPermissions[0].IpProtocol"


PORTS = [
    pytest.param("tcp", 443, 443, (443, 443), id="one-port"),
    pytest.param("tcp", 0, 65535, (0, 65535), id="every-port-in-numbers"),
    pytest.param("udp", 1024, 65535, (1024, 65535), id="range"),
    pytest.param("tcp", 0, 0, (0, 0), id="port-zero"),
    pytest.param("tcp", None, None, (None, None), id="absent"),
    pytest.param("udp", -1, -1, (None, None), id="minus-one"),
    pytest.param("icmp", -1, -1, (None, None), id="all-icmp"),
    pytest.param("icmp", None, None, (None, None), id="icmp-absent"),
    pytest.param("icmp", 8, -1, (8, None), id="type-with-all-codes"),
    pytest.param("icmp", 8, None, (8, None), id="type-without-code"),
    pytest.param("icmp", 3, 4, (3, 4), id="type-and-code"),
    pytest.param("icmp", 252, 86, (252, 86), id="code-below-type-is-not-reversed"),
    pytest.param("icmp", -1, 4, (None, None), id="code-of-all-types"),
    pytest.param("icmpv6", 128, 0, (128, 0), id="icmpv6"),
    pytest.param("-1", 70000, 5, (None, None), id="every-protocol-has-no-ports"),
    pytest.param("50", 1, 2, (None, None), id="esp-has-no-ports"),
]


@pytest.mark.parametrize(("protocol", "low", "high", "expected"), PORTS)
def test_ports_of_a_group(
    protocol: str,
    low: int | None,
    high: int | None,
    expected: tuple[int | None, int | None],
    tmp_path: Path,
) -> None:
    rule = read_rule(tmp_path, permission(protocol, FromPort=low, ToPort=high))
    assert (rule.low, rule.high) == expected


@pytest.mark.parametrize(("protocol", "low", "high", "expected"), PORTS)
def test_ports_of_an_acl(
    protocol: str,
    low: int | None,
    high: int | None,
    expected: tuple[int | None, int | None],
    tmp_path: Path,
) -> None:
    numbers: Json = {"PortRange": {"From": low, "To": high}}
    if protocol.startswith("icmp"):
        numbers = {"IcmpTypeCode": {"Type": low, "Code": high}}
    rule = read_acl_rule(tmp_path, Protocol=protocol, **numbers)
    assert (rule.low, rule.high) == expected


@pytest.mark.parametrize("protocol", ["6", "1", "-1"])
def test_an_acl_entry_without_ports_covers_all(protocol: str, tmp_path: Path) -> None:
    rule = read_acl_rule(tmp_path, Protocol=protocol, PortRange=None, IcmpTypeCode=None)
    assert (rule.low, rule.high) == (None, None)


@pytest.mark.parametrize(
    ("protocol", "low", "high", "field", "what"),
    [
        pytest.param(
            "tcp", 443, 80, "FromPort", "the port range 443-80 is reversed", id="reversed"
        ),
        pytest.param("tcp", 70000, 70000, "FromPort", "70000 is not a tcp port", id="port-70000"),
        pytest.param("udp", 1, 65536, "ToPort", "65536 is not a udp port", id="just-past-last"),
        pytest.param("tcp", -2, 5, "FromPort", "-2 is not a tcp port", id="negative"),
        pytest.param("tcp", 80, None, "ToPort", "the port range has one end only", id="no-end"),
        pytest.param("tcp", -1, 80, "FromPort", "the port range has one end only", id="no-start"),
        pytest.param("icmp", 256, 0, "FromPort", "256 is not an ICMP type or code", id="icmp-type"),
        pytest.param("icmp", 8, 256, "ToPort", "256 is not an ICMP type or code", id="icmp-code"),
    ],
)
def test_impossible_ports_are_refused(
    protocol: str, low: int, high: int | None, field: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        read_rule(tmp_path, permission(protocol, FromPort=low, ToPort=high))
    assert caught.value.file == "dump.json"
    assert caught.value.place == f"$.SecurityGroups[0].IpPermissions[0].{field}"
    assert caught.value.what == what


@pytest.mark.parametrize(
    ("more", "place", "what"),
    [
        pytest.param(
            {"Protocol": "6", "PortRange": {"From": 443, "To": 80}},
            "PortRange.From",
            "the port range 443-80 is reversed",
            id="reversed",
        ),
        pytest.param(
            {"Protocol": "17", "PortRange": {"From": 1, "To": 70000}},
            "PortRange.To",
            "70000 is not a udp port",
            id="port-70000",
        ),
        pytest.param({"RuleNumber": -1}, "RuleNumber", "-1 is not a rule number", id="negative"),
        pytest.param({"RuleNumber": 0}, "RuleNumber", "0 is not a rule number", id="zero"),
        pytest.param(
            {"RuleNumber": 32769}, "RuleNumber", "32769 is not a rule number", id="too-high"
        ),
        pytest.param({"RuleAction": "drop"}, "RuleAction", "'drop' is not an action", id="action"),
        pytest.param({"CidrBlock": None}, "CidrBlock", "the rule has no CIDR", id="no-cidr"),
        pytest.param(
            {"CidrBlock": "10.0.0.0/33"},
            "CidrBlock",
            "'10.0.0.0/33' is not a CIDR",
            id="cidr-length",
        ),
    ],
)
def test_impossible_acl_entries_are_refused(
    more: Json, place: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, NetworkAcls=[acl(entry(), {**entry(), **more})])
    assert caught.value.place == f"$.NetworkAcls[0].Entries[1].{place}"
    assert caught.value.what == what


def test_a_permission_becomes_one_rule_for_each_peer(tmp_path: Path) -> None:
    line = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "office"}, {"CidrIp": "0.0.0.0/0"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
        "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "1", "Description": "peer"}],
    }
    rules = read_group(tmp_path, IpPermissions=[line]).ingress
    assert {(rule.protocol, rule.low, rule.high) for rule in rules} == {(6, 22, 22)}
    assert [
        (str(rule.prefix or ""), rule.prefix_list, rule.group, rule.description) for rule in rules
    ] == [
        ("10.0.0.0/8", "", "", "office"),
        ("0.0.0.0/0", "", "", ""),
        ("::/0", "", "", ""),
        ("", "pl-1", "", ""),
        ("", "", "sg-2", "peer"),
    ]


def test_both_directions_stay_apart(tmp_path: Path) -> None:
    found = read_group(
        tmp_path, IpPermissions=[permission("tcp")], IpPermissionsEgress=[permission("udp")]
    )
    assert [rule.protocol for rule in found.ingress] == [6]
    assert [rule.protocol for rule in found.egress] == [17]


@pytest.mark.parametrize(
    "cidr",
    ["10.0.0.0/33", "10.0.0.256/32", "300.0.0.0/8", "10.0.0/24", "", "10.0.0.0/-1", "x\ny", "/8"],
)
def test_impossible_cidrs_are_refused(cidr: str, tmp_path: Path) -> None:
    line = permission("tcp", IpRanges=[{"CidrIp": "0.0.0.0/0"}, {"CidrIp": cidr}])
    with pytest.raises(InputError, match="is not a CIDR") as caught:
        read_rule(tmp_path, line)
    assert caught.value.place == "$.SecurityGroups[0].IpPermissions[0].IpRanges[1].CidrIp"
    assert "\n" not in str(caught.value)


def test_a_peer_that_is_only_named_is_looked_up_in_its_vpc(tmp_path: Path) -> None:
    line = {"IpProtocol": "tcp", "UserIdGroupPairs": [{"GroupName": "db"}]}
    groups = [
        group("sg-1", IpPermissions=[line]),
        group("sg-2", GroupName="db"),
        group("sg-3", GroupName="db", VpcId="vpc-2"),
    ]
    found = loaded(tmp_path, SecurityGroups=groups).security_groups
    assert found["sg-1"].ingress[0].group == "sg-2"


def test_a_named_peer_may_name_its_vpc(tmp_path: Path) -> None:
    pair = {"GroupName": "db", "VpcId": "vpc-2"}
    groups = [
        group("sg-1", IpPermissions=[{"IpProtocol": "tcp", "UserIdGroupPairs": [pair]}]),
        group("sg-2", GroupName="db"),
        group("sg-3", GroupName="db", VpcId="vpc-2"),
    ]
    found = loaded(tmp_path, SecurityGroups=groups).security_groups
    assert found["sg-1"].ingress[0].group == "sg-3"


def test_a_named_peer_that_nobody_is_refers_to_nothing(tmp_path: Path) -> None:
    line = {"IpProtocol": "tcp", "UserIdGroupPairs": [{"GroupName": "db"}]}
    snapshot = loaded(tmp_path, **estate(SecurityGroups=[group(IpPermissions=[line])]))
    (problem,) = snapshot.problems
    assert problem.kind == "reference-to-nothing"
    assert problem.message == "security group db is not in the snapshot; sg-1 refers to it"


def standalone(number: str, **more: object) -> Json:
    return {
        "SecurityGroupRuleId": number,
        "GroupId": "sg-1",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        **more,
    }


STANDALONE = [
    standalone("sgr-1", CidrIpv4="10.0.0.0/8", Description="office"),
    standalone("sgr-2", CidrIpv6="::/0"),
    standalone("sgr-3", PrefixListId="pl-1"),
    standalone("sgr-4", ReferencedGroupInfo={"GroupId": "sg-2"}),
    standalone("sgr-5", IsEgress=True, IpProtocol="-1", FromPort=-1, ToPort=-1, CidrIpv4="::/0"),
]


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param([{"GroupId": "sg-1", "VpcId": "vpc-1"}], id="group-without-lists"),
        pytest.param([], id="no-group"),
    ],
)
def test_rules_that_stand_alone_count_where_the_group_lists_none(
    groups: list[Json], tmp_path: Path
) -> None:
    snapshot = loaded(tmp_path, SecurityGroups=groups, SecurityGroupRules=STANDALONE)
    found = snapshot.security_groups["sg-1"]
    assert [
        (str(rule.prefix or ""), rule.prefix_list, rule.group, rule.low, rule.description)
        for rule in found.ingress
    ] == [
        ("10.0.0.0/8", "", "", 443, "office"),
        ("::/0", "", "", 443, ""),
        ("", "pl-1", "", 443, ""),
        ("", "", "sg-2", 443, ""),
    ]
    assert [(rule.protocol, rule.low) for rule in found.egress] == [(ANY_PROTOCOL, None)]


def test_rules_that_stand_alone_repeat_what_the_group_lists(tmp_path: Path) -> None:
    lines = [permission("udp")]
    snapshot = loaded(
        tmp_path, SecurityGroups=[group(IpPermissions=lines)], SecurityGroupRules=STANDALONE
    )
    assert [rule.protocol for rule in snapshot.security_groups["sg-1"].ingress] == [17]


def test_an_impossible_rule_that_stands_alone_is_refused(tmp_path: Path) -> None:
    rules = [standalone("sgr-1"), standalone("sgr-2", FromPort=444)]
    with pytest.raises(InputError, match="444-443 is reversed") as caught:
        loaded(tmp_path, SecurityGroupRules=rules)
    assert caught.value.place == "$.SecurityGroupRules[1].FromPort"


def test_contradicting_rules_that_stand_alone_doubt_their_group(tmp_path: Path) -> None:
    rules = [standalone("sgr-1", CidrIpv4="10.0.0.0/8"), standalone("sgr-1", CidrIpv4="0.0.0.0/0")]
    snapshot = loaded(tmp_path, SecurityGroupRules=rules)
    assert "duplicate-id" in problem_kinds(snapshot)
    assert "CidrIpv4" in snapshot.security_groups["sg-1"].doubt


def test_acl_rules_ascend_by_number_in_each_direction(tmp_path: Path) -> None:
    entries = [
        entry(32767, RuleAction="deny"),
        entry(200, Egress=True),
        entry(110, RuleAction="deny", CidrBlock="10.0.0.0/8"),
        entry(90, CidrBlock=None, Ipv6CidrBlock="2001:db8::/32"),
        entry(100, Egress=True, RuleAction="deny"),
    ]
    found = loaded(tmp_path, NetworkAcls=[acl(*entries)]).network_acls["acl-1"]
    assert [(rule.number, rule.allows, str(rule.prefix)) for rule in found.ingress] == [
        (90, True, "2001:db8::/32"),
        (110, False, "10.0.0.0/8"),
        (32767, False, "0.0.0.0/0"),
    ]
    assert [(rule.number, rule.allows) for rule in found.egress] == [(100, False), (200, True)]


def test_an_acl_knows_its_subnets_and_whether_it_is_the_default(tmp_path: Path) -> None:
    ties = [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]
    found = loaded(tmp_path, NetworkAcls=[acl(Associations=ties, IsDefault=True)])
    assert found.network_acls["acl-1"].subnets == ("subnet-1", "subnet-2")
    assert found.network_acls["acl-1"].is_default


def test_host_bits_are_masked_with_one_warning_for_each_text(tmp_path: Path) -> None:
    ranges = [{"CidrIp": "10.0.0.9/24"}, {"CidrIp": "10.0.0.9/24"}, {"CidrIp": "10.0.0.9/32"}]
    first = group("sg-1", IpPermissions=[permission("tcp", IpRanges=ranges)])
    second = group("sg-2", IpPermissions=[permission("tcp", IpRanges=ranges[:1])])
    snapshot = loaded(tmp_path, Vpcs=[vpc()], SecurityGroups=[first, second])
    assert [str(rule.prefix) for rule in snapshot.security_groups["sg-1"].ingress] == [
        "10.0.0.0/24",
        "10.0.0.0/24",
        "10.0.0.9/32",
    ]
    assert [(problem.kind, problem.resources) for problem in snapshot.problems] == [
        ("host-bits", ("sg-1",)),
        ("host-bits", ("sg-2",)),
    ]
    assert snapshot.problems[0].message == (
        "sg-1: 10.0.0.9/24 has host bits; it is read as 10.0.0.0/24, as AWS does"
    )
    assert snapshot.security_groups["sg-1"].doubt == ""


def test_a_prefix_with_host_bits_remembers_the_address_as_written(tmp_path: Path) -> None:
    ranges = [{"CidrIp": "10.0.0.9/24"}, {"CidrIp": "10.0.0.0/24"}, {"CidrIp": "10.0.0.9/32"}]
    found = loaded(
        tmp_path,
        Vpcs=[vpc()],
        SecurityGroups=[group("sg-1", IpPermissions=[permission("tcp", IpRanges=ranges)])],
    )
    prefixes = [rule.prefix for rule in found.security_groups["sg-1"].ingress]
    assert [str(prefix and prefix.certain) for prefix in prefixes] == [
        "10.0.0.9/32",
        "10.0.0.0/24",
        "10.0.0.9/32",
    ]
