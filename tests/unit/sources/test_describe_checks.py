"""What loads with one warning: references to nothing, strays, contradictions; and its doubts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.sources.describe_dumps import (
    Json,
    acl,
    estate,
    group,
    interface,
    loaded,
    permission,
    problem_kinds,
    route,
    subnet,
    table,
    vpc,
)

MISSING = "reference-to-nothing"


def test_an_estate_in_which_nothing_is_odd_has_no_warning(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, **estate())
    assert snapshot.problems == ()
    assert {snapshot.interfaces["eni-1"].doubt, snapshot.subnets["subnet-1"].doubt} == {""}


@pytest.mark.parametrize(
    ("calls", "message", "resources"),
    [
        pytest.param(
            {"NetworkInterfaces": [interface(SubnetId="subnet-9")]},
            "subnet subnet-9 is not in the snapshot; eni-1 refers to it",
            ("eni-1",),
            id="interface-subnet",
        ),
        pytest.param(
            {"NetworkInterfaces": [interface(VpcId="vpc-9")]},
            "VPC vpc-9 is not in the snapshot; eni-1 refers to it",
            ("eni-1",),
            id="interface-vpc",
        ),
        pytest.param(
            {"NetworkInterfaces": [interface(Groups=[{"GroupId": "sg-9"}, {"GroupId": "sg-1"}])]},
            "security group sg-9 is not in the snapshot; eni-1 refers to it",
            ("eni-1",),
            id="interface-group",
        ),
        pytest.param(
            {"NetworkInterfaces": [interface(Attachment={"InstanceId": "i-9"})]},
            "instance i-9 is not in the snapshot; eni-1 refers to it",
            ("eni-1",),
            id="interface-instance",
        ),
        pytest.param(
            {"Subnets": [subnet(), subnet("subnet-2", VpcId="vpc-9")]},
            "VPC vpc-9 is not in the snapshot; subnet-2 refers to it",
            ("subnet-2",),
            id="subnet-vpc",
        ),
        pytest.param(
            {"NetworkAcls": [acl(Associations=[{"SubnetId": "subnet-9"}])]},
            "subnet subnet-9 is not in the snapshot; acl-1 refers to it",
            ("acl-1",),
            id="acl-subnet",
        ),
        pytest.param(
            {"RouteTables": [table(Associations=[{"SubnetId": "subnet-9"}])]},
            "subnet subnet-9 is not in the snapshot; rtb-1 refers to it",
            ("rtb-1",),
            id="table-subnet",
        ),
        pytest.param(
            {"RouteTables": [table(route(GatewayId="igw-9"))]},
            "internet gateway igw-9 is not in the snapshot; rtb-1 refers to it",
            ("rtb-1",),
            id="route-internet-gateway",
        ),
        pytest.param(
            {"RouteTables": [table(route(NatGatewayId="nat-9"))]},
            "NAT gateway nat-9 is not in the snapshot; rtb-1 refers to it",
            ("rtb-1",),
            id="route-nat-gateway",
        ),
        pytest.param(
            {"RouteTables": [table(route(NetworkInterfaceId="eni-9"))]},
            "network interface eni-9 is not in the snapshot; rtb-1 refers to it",
            ("rtb-1",),
            id="route-interface",
        ),
        pytest.param(
            {"RouteTables": [table(route(InstanceId="i-9"))]},
            "instance i-9 is not in the snapshot; rtb-1 refers to it",
            ("rtb-1",),
            id="route-instance",
        ),
        pytest.param(
            {
                "RouteTables": [
                    table(
                        route(
                            DestinationCidrBlock=None,
                            DestinationPrefixListId="pl-9",
                            GatewayId="local",
                        )
                    )
                ]
            },
            "prefix list pl-9 is not in the snapshot; rtb-1 refers to it",
            ("rtb-1",),
            id="route-prefix-list",
        ),
        pytest.param(
            {
                "SecurityGroups": [
                    group(
                        IpPermissions=[
                            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-9"}]}
                        ]
                    )
                ]
            },
            "security group sg-9 is not in the snapshot; sg-1 refers to it",
            ("sg-1",),
            id="rule-group",
        ),
        pytest.param(
            {
                "SecurityGroups": [
                    group(
                        IpPermissionsEgress=[
                            {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-9"}]}
                        ]
                    )
                ]
            },
            "prefix list pl-9 is not in the snapshot; sg-1 refers to it",
            ("sg-1",),
            id="rule-prefix-list",
        ),
        pytest.param(
            {
                "InternetGateways": [
                    {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-9"}]}
                ]
            },
            "VPC vpc-9 is not in the snapshot; igw-1 refers to it",
            ("igw-1",),
            id="gateway-vpc",
        ),
        pytest.param(
            {
                "NatGateways": [
                    {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-9"},
                    {"NatGatewayId": "nat-2", "SubnetId": "subnet-9", "State": "deleted"},
                ]
            },
            "subnet subnet-9 is not in the snapshot; nat-1 refers to it",
            ("nat-1",),
            id="nat-gateway-subnet",
        ),
        pytest.param(
            {
                "Functions": [
                    {
                        "FunctionName": "f",
                        "VpcConfig": {"VpcId": "vpc-1", "SecurityGroupIds": ["sg-9", "sg-1"]},
                    }
                ]
            },
            "security group sg-9 is not in the snapshot; f refers to it",
            ("f",),
            id="function-group",
        ),
    ],
)
def test_a_reference_to_nothing_is_one_warning(
    calls: Json, message: str, resources: tuple[str, ...], tmp_path: Path
) -> None:
    snapshot = loaded(tmp_path, **estate(**calls))
    assert [(each.kind, each.message, each.resources) for each in snapshot.problems] == [
        (MISSING, message, resources)
    ]


@pytest.mark.parametrize(
    ("calls", "field", "number", "reason"),
    [
        pytest.param(
            {"NetworkInterfaces": [interface(SubnetId="subnet-9")]},
            "interfaces",
            "eni-1",
            "its subnet subnet-9 is not in the snapshot",
            id="interface-subnet",
        ),
        pytest.param(
            {"NetworkInterfaces": [interface(VpcId="vpc-9")]},
            "interfaces",
            "eni-1",
            "its VPC vpc-9 is not in the snapshot",
            id="interface-vpc",
        ),
        pytest.param(
            {"Vpcs": []},
            "subnets",
            "subnet-1",
            "its VPC vpc-1 is not in the snapshot",
            id="subnet-vpc",
        ),
        pytest.param(
            {"NatGateways": [{"NatGatewayId": "nat-1", "SubnetId": "subnet-9"}]},
            "nat_gateways",
            "nat-1",
            "its subnet subnet-9 is not in the snapshot",
            id="nat-gateway-subnet",
        ),
        pytest.param(
            {"NetworkInterfaces": [interface(Groups=[{"GroupId": "sg-9"}])]},
            "interfaces",
            "eni-1",
            "",
            id="a-missing-group-needs-no-doubt",
        ),
        pytest.param(
            {"NetworkInterfaces": [interface(Attachment={"InstanceId": "i-9"})]},
            "interfaces",
            "eni-1",
            "",
            id="a-missing-instance-needs-no-doubt",
        ),
        pytest.param(
            {"RouteTables": [table(route(GatewayId="igw-9"))]},
            "route_tables",
            "rtb-1",
            "",
            id="a-missing-gateway-needs-no-doubt",
        ),
    ],
)
def test_a_reference_to_nothing_is_doubted_where_it_would_have_decided(
    calls: Json, field: str, number: str, reason: str, tmp_path: Path
) -> None:
    snapshot = loaded(tmp_path, **estate(**calls))
    assert getattr(snapshot, field)[number].doubt == reason
    assert snapshot.problems


def test_many_references_to_one_missing_thing_are_one_warning(tmp_path: Path) -> None:
    many = [
        interface(f"eni-{n}", f"10.0.1.{n}", Groups=[{"GroupId": "sg-9"}]) for n in range(10, 15)
    ]
    snapshot = loaded(tmp_path, **estate(NetworkInterfaces=many))
    (problem,) = snapshot.problems
    assert problem.resources == ("eni-10", "eni-11", "eni-12", "eni-13", "eni-14")
    assert problem.message == (
        "security group sg-9 is not in the snapshot; eni-10, eni-11, eni-12 and 2 more refer to it"
    )


@pytest.mark.parametrize(
    ("call", "word"),
    [
        ("Vpcs", "VPCs"),
        ("Subnets", "subnets"),
        ("SecurityGroups", "security groups"),
        ("InternetGateways", "internet gateways"),
        ("NatGateways", "NAT gateways"),
        ("PrefixLists", "prefix lists"),
        ("Reservations", "instances"),
    ],
)
def test_a_call_that_nobody_made_is_one_warning(call: str, word: str, tmp_path: Path) -> None:
    peers = [{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]}]
    full = estate(
        NetworkInterfaces=[
            interface(f"eni-{n}", f"10.0.1.{n}", Attachment={"InstanceId": f"i-{n}"})
            for n in range(10, 15)
        ],
        Reservations=[
            {"Instances": [{"InstanceId": f"i-{n}", "VpcId": "vpc-1"}]} for n in range(10, 15)
        ],
        SecurityGroups=[group(IpPermissions=peers)],
        PrefixLists=[{"PrefixListId": "pl-1", "PrefixListName": "x"}],
        InternetGateways=[{"InternetGatewayId": "igw-1"}],
        NatGateways=[{"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1"}],
        RouteTables=[
            table(
                route(GatewayId="igw-1"),
                route(DestinationCidrBlock="10.9.0.0/16", NatGatewayId="nat-1"),
            )
        ],
    )
    assert loaded(tmp_path / "full", **full).problems == ()
    del full[call]
    snapshot = loaded(tmp_path / "less", **full)
    assert [(each.kind, each.message) for each in snapshot.problems] == [
        ("missing-call", f"no {word} in this snapshot")
    ]


def test_a_call_that_found_nothing_was_made(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, **estate(SecurityGroups=[]))
    assert problem_kinds(snapshot) == [MISSING]


SIX = "2001:db8::/64"


@pytest.mark.parametrize(
    ("more", "strays"),
    [
        pytest.param({"PrivateIpAddress": "10.0.1.0"}, "", id="first-address"),
        pytest.param({"PrivateIpAddress": "10.0.1.255"}, "", id="last-address"),
        pytest.param({"PrivateIpAddress": "10.0.0.255"}, "10.0.0.255", id="just-before"),
        pytest.param({"PrivateIpAddress": "10.0.2.0"}, "10.0.2.0", id="just-past"),
        pytest.param({"Ipv6Addresses": [{"Ipv6Address": "2001:db8::5"}]}, "", id="ipv6-inside"),
        pytest.param(
            {"Ipv6Addresses": [{"Ipv6Address": "2001:db8:0:1::"}]}, "2001:db8:0:1::", id="ipv6"
        ),
        pytest.param({"Ipv4Prefixes": [{"Ipv4Prefix": "10.0.1.16/28"}]}, "", id="prefix-inside"),
        pytest.param(
            {"Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.0/23"}]}, "10.0.0.0/23", id="prefix-too-wide"
        ),
    ],
)
def test_an_address_outside_its_subnet_is_a_warning_and_a_doubt(
    more: Json, strays: str, tmp_path: Path
) -> None:
    home = subnet(Ipv6CidrBlockAssociationSet=[{"Ipv6CidrBlock": SIX}])
    shown = interface(**{"PrivateIpAddresses": None, **more})
    snapshot = loaded(tmp_path, **estate(Subnets=[home], NetworkInterfaces=[shown]))
    where = "outside its subnet subnet-1 (10.0.1.0/24, 2001:db8::/64)"
    expected = [("address-outside-subnet", f"eni-1 has {strays}, {where}")] if strays else []
    assert [(each.kind, each.message) for each in snapshot.problems] == expected
    doubt = f"{strays} is {where}" if strays else ""
    assert snapshot.interfaces["eni-1"].doubt == doubt


@pytest.mark.parametrize(
    ("state", "address", "is_stray"),
    [
        ("available", "10.0.1.9", False),
        ("available", "10.19.1.9", True),
        ("deleted", "10.19.1.9", False),
    ],
)
def test_a_nat_gateway_may_stray_too(
    state: str, address: str, is_stray: bool, tmp_path: Path
) -> None:
    gateway = {
        "NatGatewayId": "nat-1",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "State": state,
        "NatGatewayAddresses": [{"PrivateIp": address}],
    }
    snapshot = loaded(tmp_path, **estate(NatGateways=[gateway]))
    assert bool(snapshot.nat_gateways["nat-1"].doubt) is is_stray
    assert problem_kinds(snapshot) == (["address-outside-subnet"] if is_stray else [])


def test_one_address_of_two_interfaces_is_a_contradiction(tmp_path: Path) -> None:
    both = [interface("eni-1"), interface("eni-2")]
    snapshot = loaded(tmp_path, **estate(NetworkInterfaces=both))
    (problem,) = snapshot.problems
    assert (problem.kind, problem.resources) == ("contradiction", ("eni-1", "eni-2"))
    assert problem.message == "eni-1 and eni-2 hold 10.0.1.10"
    assert all(each.doubt for each in snapshot.interfaces.values())


def test_equal_addresses_in_two_vpcs_are_normal(tmp_path: Path) -> None:
    snapshot = loaded(
        tmp_path,
        **estate(
            Vpcs=[vpc(), vpc("vpc-2")],
            Subnets=[subnet(), subnet("subnet-2", VpcId="vpc-2")],
            NetworkInterfaces=[
                interface(),
                interface("eni-2", VpcId="vpc-2", SubnetId="subnet-2"),
            ],
        ),
    )
    assert snapshot.problems == ()


@pytest.mark.parametrize(("shown", "is_odd"), [("198.51.100.1", False), ("198.51.100.2", True)])
def test_an_elastic_ip_must_be_what_the_interface_shows(
    shown: str, is_odd: bool, tmp_path: Path
) -> None:
    snapshot = loaded(
        tmp_path,
        **estate(
            NetworkInterfaces=[interface(Association={"PublicIp": shown})],
            Addresses=[
                {
                    "AllocationId": "eipalloc-1",
                    "PublicIp": "198.51.100.1",
                    "NetworkInterfaceId": "eni-1",
                    "PrivateIpAddress": "10.0.1.10",
                }
            ],
        ),
    )
    assert problem_kinds(snapshot) == (["contradiction"] if is_odd else [])
    assert bool(snapshot.interfaces["eni-1"].doubt) is is_odd


def test_another_address_of_the_interface_may_have_another_public_one(tmp_path: Path) -> None:
    parts = [
        {"PrivateIpAddress": "10.0.1.10", "Association": {"PublicIp": "198.51.100.1"}},
        {"PrivateIpAddress": "10.0.1.11", "Association": {"PublicIp": "198.51.100.2"}},
    ]
    elastic = {
        "AllocationId": "eipalloc-1",
        "PublicIp": "198.51.100.1",
        "NetworkInterfaceId": "eni-1",
        "PrivateIpAddress": "10.0.1.10",
    }
    shown = interface(PrivateIpAddresses=parts)
    snapshot = loaded(tmp_path, **estate(NetworkInterfaces=[shown], Addresses=[elastic]))
    assert snapshot.problems == ()


TIE = [{"SubnetId": "subnet-1"}]


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        pytest.param(
            {
                "RouteTables": [
                    table(Associations=TIE),
                    table(RouteTableId="rtb-2", Associations=TIE),
                ]
            },
            "subnet-1 has several route tables: rtb-1 and rtb-2",
            id="tables",
        ),
        pytest.param(
            {"NetworkAcls": [acl(Associations=TIE), acl(NetworkAclId="acl-2", Associations=TIE)]},
            "subnet-1 has several network ACLs: acl-1 and acl-2",
            id="acls",
        ),
        pytest.param(
            {
                "RouteTables": [
                    table(Associations=[{"Main": True}]),
                    table(RouteTableId="rtb-2", Associations=[{"Main": True}]),
                ]
            },
            "vpc-1 has several main route tables: rtb-1 and rtb-2",
            id="main-tables",
        ),
    ],
)
def test_a_subnet_of_two_tables_or_acls_is_in_doubt(
    calls: Json, message: str, tmp_path: Path
) -> None:
    snapshot = loaded(tmp_path, **estate(**calls))
    assert [(each.kind, each.message) for each in snapshot.problems] == [("contradiction", message)]
    assert snapshot.subnets["subnet-1"].doubt == message


def test_a_subnet_with_its_own_table_does_not_mind_two_main_ones(tmp_path: Path) -> None:
    tables = [
        table(Associations=[{"Main": True}, *TIE]),
        table(RouteTableId="rtb-2", Associations=[{"Main": True}]),
    ]
    snapshot = loaded(tmp_path, **estate(RouteTables=tables))
    assert problem_kinds(snapshot) == ["contradiction"]
    assert snapshot.subnets["subnet-1"].doubt == ""


HOSTILE = "sg-\x1b[31m\n<script>" + "x" * 10_000


def test_hostile_ids_are_safe_in_messages_and_whole_in_records(tmp_path: Path) -> None:
    shown = interface(Groups=[{"GroupId": HOSTILE}], TagSet=[{"Key": "Name", "Value": HOSTILE}])
    line = permission("tcp", IpRanges=[{"CidrIp": "10.0.0.1/8"}])
    hostile = group(HOSTILE + "2", IpPermissions=[line])
    snapshot = loaded(
        tmp_path, **estate(NetworkInterfaces=[shown], SecurityGroups=[group(), hostile])
    )
    assert snapshot.interfaces["eni-1"].groups == (HOSTILE,)
    assert snapshot.interfaces["eni-1"].name == HOSTILE
    assert sorted(problem_kinds(snapshot)) == ["host-bits", MISSING]
    for problem in snapshot.problems:
        assert problem.message.isprintable()
        assert len(problem.message) < 300
