"""VPC endpoints, endpoint services, Block Public Access, mirrors, groups in other VPCs."""

from __future__ import annotations

from pathlib import Path

import pytest

from netreach.errors import InputError
from netreach.model.services import EndpointKind
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import Json, estate, interface, loaded, written


def endpoint(**more: object) -> Json:
    return {
        "VpcEndpointId": "vpce-1",
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "State": "available",
        **more,
    }


def test_an_endpoint_is_read_whole(tmp_path: Path) -> None:
    shown = endpoint(
        VpcEndpointType="Interface",
        SubnetIds=["subnet-1"],
        NetworkInterfaceIds=["eni-1"],
        Groups=[{"GroupId": "sg-1", "GroupName": "web"}],
        PrivateDnsEnabled=True,
        DnsEntries=[{"DnsName": "s3.example", "HostedZoneId": "Z1"}, {"HostedZoneId": "Z2"}],
        RouteTableIds=[],
        Tags=[{"Key": "Name", "Value": "door"}],
    )
    found = loaded(tmp_path, VpcEndpoints=[shown]).endpoints["vpce-1"]
    assert (found.vpc, found.kind, found.service) == (
        "vpc-1",
        EndpointKind.INTERFACE,
        "com.amazonaws.us-east-1.s3",
    )
    assert (found.subnets, found.interfaces, found.groups) == (("subnet-1",), ("eni-1",), ("sg-1",))
    assert (found.has_private_dns, found.dns_names, found.name) == (True, ("s3.example",), "door")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        pytest.param({"RouteTableIds": ["rtb-1"]}, EndpointKind.GATEWAY, id="route-tables"),
        pytest.param({"SubnetIds": ["subnet-1"]}, EndpointKind.INTERFACE, id="subnets"),
        pytest.param({"RouteTableIds": []}, EndpointKind.UNKNOWN, id="neither"),
        pytest.param(
            {"VpcEndpointType": "GatewayLoadBalancer"},
            EndpointKind.GATEWAY_LOAD_BALANCER,
            id="said",
        ),
        pytest.param(
            {"VpcEndpointType": "Tunnel", "RouteTableIds": ["rtb-1"]},
            EndpointKind.UNKNOWN,
            id="said-and-unheard-of",
        ),
    ],
)
def test_a_type_that_is_not_said_follows_from_what_the_endpoint_has(
    fields: Json, kind: EndpointKind, tmp_path: Path
) -> None:
    assert loaded(tmp_path, VpcEndpoints=[endpoint(**fields)]).endpoints["vpce-1"].kind is kind


@pytest.mark.parametrize(
    ("said", "state"),
    [("Available", "available"), ("PendingAcceptance", "pendingAcceptance"), (None, "available")],
)
def test_states_of_endpoints_are_spelt_one_way(
    said: str | None, state: str, tmp_path: Path
) -> None:
    found = loaded(tmp_path, VpcEndpoints=[endpoint(State=said)]).endpoints["vpce-1"]
    assert found.state == state


@pytest.mark.parametrize(
    ("said", "takes"),
    [("ipv4", False), ("dualstack", True), ("ipv6", True), ("service-defined", None), (None, None)],
)
def test_the_type_of_addresses_says_whether_an_endpoint_takes_ipv6(
    said: str | None, takes: bool | None, tmp_path: Path
) -> None:
    found = loaded(tmp_path, VpcEndpoints=[endpoint(IpAddressType=said)]).endpoints["vpce-1"]
    assert found.takes_ipv6 is takes


@pytest.mark.parametrize(
    ("said", "takes"),
    [(["ipv4"], False), (["ipv4", "ipv6"], True), ([], None), (["new"], None), (None, None)],
)
def test_the_types_that_a_service_supports_say_whether_it_takes_ipv6(
    said: list[str] | None, takes: bool | None, tmp_path: Path
) -> None:
    shown = {"ServiceId": "vpce-svc-1", "SupportedIpAddressTypes": said}
    found = loaded(tmp_path, ServiceConfigurations=[shown]).endpoint_services["vpce-svc-1"]
    assert found.takes_ipv6 is takes


def test_deleted_endpoints_are_left_out_and_rejected_ones_kept(tmp_path: Path) -> None:
    shown = [
        endpoint(VpcEndpointId="vpce-1", State="deleted"),
        endpoint(VpcEndpointId="vpce-2", State="rejected"),
    ]
    assert list(loaded(tmp_path, VpcEndpoints=shown).endpoints) == ["vpce-2"]


def test_interfaces_that_an_endpoint_does_not_list_are_found_by_their_description(
    tmp_path: Path,
) -> None:
    mine = interface("eni-1", Description="VPC Endpoint Interface vpce-1")
    other = interface("eni-2", "10.0.1.11", Description="VPC Endpoint Interface vpce-10")
    snapshot = loaded(
        tmp_path, **estate(NetworkInterfaces=[mine, other], VpcEndpoints=[endpoint()])
    )
    assert snapshot.endpoints["vpce-1"].interfaces == ("eni-1",)


def test_an_endpoint_service_names_the_balancers_behind_it(tmp_path: Path) -> None:
    shown = {
        "ServiceId": "vpce-svc-1",
        "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        "ServiceType": [{"ServiceType": "GatewayLoadBalancer"}],
        "ServiceState": "Deleting",
        "AvailabilityZones": ["eu-west-1a"],
        "NetworkLoadBalancerArns": ["arn:n"],
        "GatewayLoadBalancerArns": ["arn:g"],
        "PrivateDnsName": "svc.example.com",
    }
    found = loaded(tmp_path, ServiceConfigurations=[shown]).endpoint_services["vpce-svc-1"]
    assert found.balancers == ("arn:n", "arn:g")
    assert (found.kind, found.state) == (EndpointKind.GATEWAY_LOAD_BALANCER, "Deleting")
    assert (found.zones, found.region) == (("eu-west-1a",), "eu-west-1")
    assert found.private_dns_name == "svc.example.com"


def test_groups_and_subnets_that_an_endpoint_names_in_vain_are_reported(tmp_path: Path) -> None:
    shown = endpoint(SubnetIds=["subnet-9"], Groups=[{"GroupId": "sg-9"}])
    problems = loaded(tmp_path, **estate(VpcEndpoints=[shown])).problems
    assert sorted(problem.message for problem in problems) == [
        "security group sg-9 is not in the snapshot; vpce-1 refers to it",
        "subnet subnet-9 is not in the snapshot; vpce-1 refers to it",
    ]


def test_block_public_access_and_its_exclusions_are_read(tmp_path: Path) -> None:
    options = {
        "AwsAccountId": "111111111111",
        "AwsRegion": "eu-west-1",
        "State": "update-complete",
        "InternetGatewayBlockMode": "block-ingress",
    }
    exclusions = [
        {
            "ExclusionId": "vpcbpa-exclude-1",
            "InternetGatewayExclusionMode": "allow-egress",
            "ResourceArn": "arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-1",
            "State": "create-in-progress",
        }
    ]
    snapshot = loaded(
        tmp_path, VpcBlockPublicAccessOptions=options, VpcBlockPublicAccessExclusions=exclusions
    )
    (block,) = snapshot.public_access_blocks.values()
    assert (block.mode, block.owner, block.region) == ("block-ingress", "111111111111", "eu-west-1")
    excluded = snapshot.public_access_exclusions["vpcbpa-exclude-1"]
    assert (excluded.resource, excluded.mode, excluded.state) == (
        "subnet-1",
        "allow-egress",
        "create-in-progress",
    )
    assert (excluded.owner, excluded.region) == ("111111111111", "eu-west-1")


def test_the_folder_says_where_block_public_access_holds_if_the_answer_does_not(
    tmp_path: Path,
) -> None:
    for region in ("eu-west-1", "us-east-1"):
        written(
            tmp_path / "222222222222" / region / "bpa.json",
            {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}},
        )
    found = open_snapshot(tmp_path).public_access_blocks.values()
    assert [(each.owner, each.region) for each in found] == [
        ("222222222222", "eu-west-1"),
        ("222222222222", "us-east-1"),
    ]


def test_a_mirror_session_says_what_its_target_stands_for(tmp_path: Path) -> None:
    session = {
        "TrafficMirrorSessionId": "tms-1",
        "TrafficMirrorTargetId": "tmt-1",
        "NetworkInterfaceId": "eni-1",
        "VirtualNetworkId": 7,
    }
    target = {"TrafficMirrorTargetId": "tmt-1", "NetworkLoadBalancerArn": "arn:n"}
    found = loaded(
        tmp_path, TrafficMirrorSessions=[session], TrafficMirrorTargets=[target]
    ).mirror_sessions["tms-1"]
    assert (found.interface, found.target, found.target_resource, found.virtual_network) == (
        "eni-1",
        "tmt-1",
        "arn:n",
        7,
    )


def test_a_group_may_be_used_in_the_vpcs_that_it_is_associated_with(tmp_path: Path) -> None:
    ties = [
        {"GroupId": "sg-1", "VpcId": "vpc-2", "State": "associated"},
        {"GroupId": "sg-1", "VpcId": "vpc-3", "State": "disassociated"},
        {"GroupId": "sg-9", "VpcId": "vpc-2", "State": "associated"},
    ]
    snapshot = loaded(tmp_path, **estate(SecurityGroupVpcAssociations=ties))
    assert {number: each.vpcs for number, each in snapshot.security_groups.items()} == {
        "sg-1": ("vpc-2",)
    }


def test_a_bare_list_of_endpoints_is_known_by_its_fields(tmp_path: Path) -> None:
    path = written(tmp_path / "x.json", [endpoint()])
    assert list(open_snapshot(path).endpoints) == ["vpce-1"]


def test_a_wrong_type_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, VpcEndpoints=[endpoint(SubnetIds="subnet-1")])
    assert caught.value.place == "$.VpcEndpoints[0].SubnetIds"
    assert caught.value.what == "expected `array | null`, got `str`"
