"""Interfaces and instances: two descriptions of one interface, public addresses, services' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from netreach.errors import InputError
from netreach.model.records import InterfaceAddress, NetworkInterface
from netreach.packets.prefixes import Address
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import (
    Json,
    estate,
    instance,
    interface,
    loaded,
    problem_kinds,
    subnet,
    vpc,
    written,
)


def embedded(number: str = "eni-1", index: int = 0, /, **more: object) -> Json:
    """Return an interface as old dumps describe it inside an instance."""
    full = interface(number, **more)
    return {**full, "Attachment": {"DeviceIndex": index, "Status": "attached"}}


def texts(found: NetworkInterface) -> list[tuple[str, str, bool]]:
    return [
        (str(part.private), str(part.public or ""), part.is_primary) for part in found.addresses
    ]


def test_an_interface_has_all_that_its_own_call_says(tmp_path: Path) -> None:
    shown = interface(
        AvailabilityZone="us-east-1a",
        InterfaceType="interface",
        Description="primary",
        OwnerId="111111111111",
        SourceDestCheck=False,
        DenyAllIgwTraffic=True,
        Attachment={"InstanceId": "i-1", "Status": "attached", "DeviceIndex": 0},
        TagSet=[{"Key": "Name", "Value": "web"}],
        Groups=[{"GroupId": "sg-1"}, {"GroupId": "sg-2"}],
        Ipv4Prefixes=[{"Ipv4Prefix": "10.0.1.16/28"}],
        Ipv6Prefixes=[{"Ipv6Prefix": "2001:db8::/80"}],
    )
    found = loaded(tmp_path, NetworkInterfaces=[shown]).interfaces["eni-1"]
    assert (found.vpc, found.subnet, found.zone) == ("vpc-1", "subnet-1", "us-east-1a")
    assert (found.region, found.owner, found.name) == ("us-east-1", "111111111111", "web")
    assert (found.status, found.attachment_status, found.instance) == ("in-use", "attached", "i-1")
    assert (found.source_dest_check, found.denies_internet_gateway) == (False, True)
    assert found.groups == ("sg-1", "sg-2")
    assert list(map(str, found.delegated)) == ["10.0.1.16/28", "2001:db8::/80"]


def test_the_check_of_source_and_destination_is_on_unless_said_otherwise(tmp_path: Path) -> None:
    found = loaded(tmp_path, NetworkInterfaces=[interface()]).interfaces["eni-1"]
    assert found.source_dest_check
    assert not found.denies_internet_gateway


def test_the_primary_address_comes_first(tmp_path: Path) -> None:
    parts = [
        {"PrivateIpAddress": "10.0.1.11", "Primary": False},
        {
            "PrivateIpAddress": "10.0.1.10",
            "Primary": True,
            "Association": {"PublicIp": "198.51.100.1"},
        },
    ]
    shown = interface(PrivateIpAddresses=parts)
    found = loaded(tmp_path, NetworkInterfaces=[shown]).interfaces["eni-1"]
    assert texts(found) == [("10.0.1.10", "198.51.100.1", True), ("10.0.1.11", "", False)]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"PrivateIpAddresses": None}, id="no-list"),
        pytest.param({"PrivateIpAddresses": []}, id="empty-list"),
        pytest.param({"PrivateIpAddress": None}, id="list-only"),
    ],
)
def test_the_primary_address_shows_in_one_of_two_fields(more: Json, tmp_path: Path) -> None:
    found = loaded(tmp_path, NetworkInterfaces=[interface(**more)]).interfaces["eni-1"]
    assert texts(found) == [("10.0.1.10", "", True)]


def test_an_interface_may_have_ipv6_addresses_only(tmp_path: Path) -> None:
    shown = interface(
        PrivateIpAddress=None,
        PrivateIpAddresses=[],
        Ipv6Addresses=[{"Ipv6Address": "2001:db8::1"}, {"Ipv6Address": "2001:db8::2"}],
    )
    found = loaded(tmp_path, NetworkInterfaces=[shown]).interfaces["eni-1"]
    assert texts(found) == [("2001:db8::1", "", True), ("2001:db8::2", "", False)]


def test_a_primary_ipv6_address_comes_first(tmp_path: Path) -> None:
    sixes = [
        {"Ipv6Address": "2001:db8::1", "IsPrimaryIpv6": False},
        {"Ipv6Address": "2001:db8::2", "IsPrimaryIpv6": True},
    ]
    shown = interface(Ipv6Addresses=sixes)
    found = loaded(tmp_path, NetworkInterfaces=[shown]).interfaces["eni-1"]
    assert texts(found)[1:] == [("2001:db8::2", "", True), ("2001:db8::1", "", False)]


def test_the_association_of_the_interface_is_its_primary_addresses(tmp_path: Path) -> None:
    parts = [{"PrivateIpAddress": "10.0.1.10"}, {"PrivateIpAddress": "10.0.1.11"}]
    shown = interface(PrivateIpAddresses=parts, Association={"PublicIp": "198.51.100.1"})
    found = loaded(tmp_path, NetworkInterfaces=[shown]).interfaces["eni-1"]
    assert texts(found) == [("10.0.1.10", "198.51.100.1", True), ("10.0.1.11", "", False)]


def test_a_carrier_address_is_not_the_internets(tmp_path: Path) -> None:
    shown = interface(Association={"CarrierIp": "198.51.100.1", "PublicIp": None})
    found = loaded(tmp_path, NetworkInterfaces=[shown]).interfaces["eni-1"]
    assert texts(found) == [("10.0.1.10", "", True)]


@pytest.mark.parametrize(
    ("elastic", "publics"),
    [
        pytest.param(
            {"NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.1.11"},
            ["", "198.51.100.1"],
            id="secondary",
        ),
        pytest.param({"NetworkInterfaceId": "eni-1"}, ["198.51.100.1", ""], id="primary"),
        pytest.param(
            {"NetworkInterfaceId": "eni-2", "PrivateIpAddress": "10.0.1.11"},
            ["", ""],
            id="another-interface",
        ),
        pytest.param({}, ["", ""], id="free"),
    ],
)
def test_elastic_ips_fill_in_public_addresses(
    elastic: Json, publics: list[str], tmp_path: Path
) -> None:
    parts = [{"PrivateIpAddress": "10.0.1.10"}, {"PrivateIpAddress": "10.0.1.11"}]
    snapshot = loaded(
        tmp_path,
        NetworkInterfaces=[interface(PrivateIpAddresses=parts)],
        Addresses=[{"AllocationId": "eipalloc-1", "PublicIp": "198.51.100.1", **elastic}],
    )
    found = snapshot.interfaces["eni-1"]
    assert [public for _, public, _ in texts(found)] == publics


@pytest.mark.parametrize(("state", "public"), [("available", "198.51.100.9"), ("deleted", "")])
def test_nat_gateways_fill_in_public_addresses(state: str, public: str, tmp_path: Path) -> None:
    part = {"NetworkInterfaceId": "eni-1", "PrivateIp": "10.0.1.10", "PublicIp": "198.51.100.9"}
    gateway = {"NatGatewayId": "nat-1", "State": state, "NatGatewayAddresses": [part]}
    snapshot = loaded(tmp_path, NetworkInterfaces=[interface()], NatGateways=[gateway])
    found = snapshot.interfaces["eni-1"]
    assert texts(found) == [("10.0.1.10", public, True)]
    assert found.is_service_owned is (state == "available")


@pytest.mark.parametrize(
    ("more", "is_service_owned"),
    [
        pytest.param({}, False, id="plain"),
        pytest.param({"InterfaceType": "interface", "RequesterManaged": False}, False, id="own"),
        pytest.param({"RequesterManaged": True}, True, id="requester-managed"),
        pytest.param({"InterfaceType": "nat_gateway"}, True, id="nat-gateway"),
        pytest.param({"InterfaceType": "transit_gateway"}, True, id="transit-gateway"),
        pytest.param({"InterfaceType": "vpc_endpoint"}, True, id="endpoint"),
        pytest.param({"InterfaceType": "lambda"}, True, id="lambda"),
        pytest.param({"InterfaceType": "efa"}, False, id="fabric-adapter"),
        pytest.param({"InterfaceType": "trunk"}, False, id="trunk"),
        pytest.param({"Attachment": {"InstanceOwnerId": "amazon-rds"}}, True, id="attached-by-aws"),
        pytest.param({"Attachment": {"InstanceOwnerId": "111111111111"}}, False, id="attached"),
        pytest.param({"Attachment": {"InstanceOwnerId": "acme"}}, False, id="attached-anonymised"),
        pytest.param({"RequesterId": "amazon-elb"}, True, id="requested-by-aws"),
        # people's own interfaces carry the id of the user or role that made them
        pytest.param({"RequesterId": "AIDAJ123456789"}, False, id="requested-by-a-user"),
        pytest.param({"RequesterId": "111111111111"}, False, id="requested-by-an-account"),
    ],
)
def test_services_interfaces_are_told_from_peoples(
    more: Json, is_service_owned: bool, tmp_path: Path
) -> None:
    found = loaded(tmp_path, NetworkInterfaces=[interface(**more)]).interfaces["eni-1"]
    assert found.is_service_owned is is_service_owned


def test_interfaces_inside_instances_count_alone(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, Reservations=[instance("i-1", embedded())])
    found = snapshot.interfaces["eni-1"]
    assert (found.instance, found.attachment_status) == ("i-1", "attached")
    assert found.interface_type == "interface"
    assert snapshot.instances["i-1"].interfaces == ("eni-1",)


def test_two_descriptions_of_one_interface_complete_each_other(tmp_path: Path) -> None:
    alone = interface(
        InterfaceType="efa",
        Attachment={"InstanceOwnerId": "111111111111"},
        PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.10", "Primary": True}],
        Ipv6Addresses=[{"Ipv6Address": "2001:db8::1", "IsPrimaryIpv6": False}],
    )
    inside = embedded(
        SourceDestCheck=False,
        PrivateIpAddresses=[
            {
                "PrivateIpAddress": "10.0.1.10",
                "Primary": True,
                "Association": {"PublicIp": "198.51.100.1"},
            }
        ],
        Ipv6Addresses=[{"Ipv6Address": "2001:db8::1"}],
    )
    calls = estate(NetworkInterfaces=[alone], Reservations=[instance("i-1", inside)])
    calls["Subnets"] = [
        subnet(Ipv6CidrBlockAssociationSet=[{"Ipv6CidrBlock": "2001:db8::/64"}]),
    ]
    snapshot = loaded(tmp_path, **calls)
    found = snapshot.interfaces["eni-1"]
    assert snapshot.problems == ()
    assert (found.interface_type, found.instance, found.source_dest_check) == ("efa", "i-1", False)
    assert texts(found) == [("10.0.1.10", "198.51.100.1", True), ("2001:db8::1", "", True)]


def test_the_owners_and_the_participants_dump_are_merged(tmp_path: Path) -> None:
    """LAB-11: the owner of a shared VPC sees participants' interfaces without their instances."""
    owners = interface(
        OwnerId="222222222222",
        Attachment={"Status": "attached", "InstanceOwnerId": "222222222222"},
        TagSet=[],
    )
    participants = interface(
        OwnerId="222222222222",
        Attachment={
            "Status": "attached",
            "InstanceOwnerId": "222222222222",
            "InstanceId": "i-1",
            "DeviceIndex": 0,
        },
        TagSet=[{"Key": "Name", "Value": "web"}],
        AvailabilityZone="us-east-1c",
    )
    owner, participant = tmp_path / "111111111111", tmp_path / "222222222222"
    written(owner / "x.json", estate(NetworkInterfaces=[owners]))
    calls = estate(NetworkInterfaces=[participants], Reservations=[instance("i-1")])
    written(participant / "x.json", calls)
    snapshot = open_snapshot(tmp_path)
    found = snapshot.interfaces["eni-1"]
    assert (found.instance, found.name, found.doubt) == ("i-1", "web", "")
    assert snapshot.problems == ()


def test_the_owners_own_description_comes_first(tmp_path: Path) -> None:
    for account, zone in (("111111111111", "us-east-1a"), ("222222222222", "us-east-1b")):
        part = subnet(OwnerId="222222222222", AvailabilityZone=zone, AvailabilityZoneId="use1-az1")
        written(tmp_path / account / "x.json", {"Vpcs": [vpc()], "Subnets": [part]})
    snapshot = open_snapshot(tmp_path)
    assert snapshot.subnets["subnet-1"].zone == "us-east-1b"
    assert snapshot.problems == ()


def test_identical_duplicates_are_quiet(tmp_path: Path) -> None:
    shown = interface(Groups=[{"GroupId": "sg-1"}, {"GroupId": "sg-2"}])
    turned = interface(Groups=[{"GroupId": "sg-2"}, {"GroupId": "sg-1"}])
    snapshot = loaded(tmp_path, NetworkInterfaces=[shown, shown, turned])
    assert "duplicate-id" not in problem_kinds(snapshot)
    assert snapshot.interfaces["eni-1"].groups == ("sg-1", "sg-2")


def test_stale_names_of_groups_contradict_nothing(tmp_path: Path) -> None:
    other = interface(Groups=[{"GroupId": "sg-1", "GroupName": "renamed"}])
    snapshot = loaded(tmp_path, **estate(NetworkInterfaces=[interface(), other]))
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"SubnetId": "subnet-2"}, "SubnetId"),
        ({"Groups": []}, "Groups"),
        ({"SourceDestCheck": False}, "SourceDestCheck"),
        ({"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.11"}]}, "PrivateIpAddresses"),
        ({"Attachment": {"InstanceId": "i-2"}}, "Attachment.InstanceId"),
        ({"Status": "available"}, "Status"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_contradicting_descriptions_put_an_interface_in_doubt(
    more: Json, field: str, tmp_path: Path
) -> None:
    first = interface(SourceDestCheck=True, Attachment={"InstanceId": "i-1"})
    written(tmp_path / "a.json", {"NetworkInterfaces": [first]})
    written(tmp_path / "b.json", {"NetworkInterfaces": [{**first, **more}]})
    snapshot = open_snapshot(tmp_path)
    reason = f"its descriptions differ in {field} (a.json and b.json)"
    assert snapshot.interfaces["eni-1"].doubt == reason
    (problem,) = (each for each in snapshot.problems if each.kind == "duplicate-id")
    assert (problem.resources, problem.message) == (("eni-1",), f"eni-1: {reason}")


def test_three_descriptions_that_differ_are_one_warning(tmp_path: Path) -> None:
    """CloudMapper's demo has one interface id for three instances."""
    instances = [instance(f"i-{n}", embedded(PrivateIpAddress=f"10.0.1.{n}")) for n in (11, 12, 13)]
    snapshot = loaded(tmp_path, **estate(NetworkInterfaces=[], Reservations=instances))
    assert problem_kinds(snapshot) == ["duplicate-id"]
    assert {each.interfaces for each in snapshot.instances.values()} == {("eni-1",)}


def test_groups_of_the_instance_are_those_of_its_primary_interface(tmp_path: Path) -> None:
    silent = [embedded("eni-2", 1, Groups=None), embedded("eni-1", 0, Groups=None)]
    shown = instance("i-1", *silent, SecurityGroups=[{"GroupId": "sg-7"}])
    snapshot = loaded(tmp_path, Reservations=[shown])
    assert snapshot.interfaces["eni-1"].groups == ("sg-7",)
    assert snapshot.interfaces["eni-2"].groups == ()
    assert snapshot.instances["i-1"].interfaces == ("eni-1", "eni-2")


@pytest.mark.parametrize("groups", [[], [{"GroupId": "sg-1"}]], ids=["none", "one"])
def test_groups_of_the_instance_never_replace_the_interfaces_own(
    groups: list[Json], tmp_path: Path
) -> None:
    shown = instance("i-1", embedded(Groups=groups), SecurityGroups=[{"GroupId": "sg-7"}])
    found = loaded(tmp_path, Reservations=[shown]).interfaces["eni-1"]
    assert found.groups == tuple(each["GroupId"] for each in groups)


def test_the_instance_says_what_its_primary_interface_does_not(tmp_path: Path) -> None:
    shown = instance("i-1", embedded(), SourceDestCheck=False, PublicIpAddress="198.51.100.1")
    found = loaded(tmp_path, Reservations=[shown]).interfaces["eni-1"]
    assert not found.source_dest_check
    assert texts(found) == [("10.0.1.10", "198.51.100.1", True)]


def test_the_interfaces_own_public_address_beats_the_instances(tmp_path: Path) -> None:
    inside = embedded(Association={"PublicIp": "198.51.100.1"})
    shown = instance("i-1", inside, PublicIpAddress="198.51.100.2")
    found = loaded(tmp_path, Reservations=[shown]).interfaces["eni-1"]
    assert texts(found) == [("10.0.1.10", "198.51.100.1", True)]


def test_an_only_interface_is_the_primary_one(tmp_path: Path) -> None:
    shown = instance("i-1", interface(Groups=None), SecurityGroups=[{"GroupId": "sg-7"}])
    found = loaded(tmp_path, Reservations=[shown]).interfaces["eni-1"]
    assert (found.groups, found.instance) == (("sg-7",), "i-1")


@pytest.mark.parametrize("numbers", [("", "i-1"), ("i-1", "")], ids=["first-empty", "then-empty"])
def test_an_empty_id_is_an_absent_one(numbers: tuple[str, str], tmp_path: Path) -> None:
    both = [interface(Attachment={"InstanceId": number}) for number in numbers]
    snapshot = loaded(tmp_path, **estate(NetworkInterfaces=both, Reservations=[instance("i-1")]))
    assert snapshot.interfaces["eni-1"].instance == "i-1"
    assert snapshot.problems == ()


@pytest.mark.parametrize("statuses", [("", "in-use"), ("in-use", "")], ids=str)
def test_an_empty_word_is_an_absent_one(statuses: tuple[str, str], tmp_path: Path) -> None:
    both = [interface(Status=status) for status in statuses]
    snapshot = loaded(tmp_path, **estate(NetworkInterfaces=both))
    assert snapshot.interfaces["eni-1"].status == "in-use"
    assert snapshot.problems == ()


def test_each_account_adds_its_own_tags(tmp_path: Path) -> None:
    tags = ([{"Key": "Name", "Value": "a"}], [{"Key": "Name", "Value": "b"}, {"Key": "Team"}])
    both = [interface(TagSet=each) for each in tags]
    snapshot = loaded(tmp_path, **estate(NetworkInterfaces=both))
    assert snapshot.interfaces["eni-1"].tags == {"Name": "a", "Team": ""}
    assert snapshot.problems == ()


def test_attachments_tie_interfaces_to_instances_without_embedded_ones(tmp_path: Path) -> None:
    ties = [
        interface(f"eni-{n}", f"10.0.1.{n}", Attachment={"InstanceId": "i-1", "DeviceIndex": 9 - n})
        for n in range(1, 10)
    ]
    snapshot = loaded(tmp_path, NetworkInterfaces=ties, Reservations=[instance("i-1")])
    assert snapshot.instances["i-1"].interfaces == tuple(f"eni-{n}" for n in range(9, 0, -1))


def test_of_two_contradicting_descriptions_the_interfaces_own_stays(tmp_path: Path) -> None:
    written(tmp_path / "a.json", {"Reservations": [instance("i-1", embedded(Status="detaching"))]})
    written(tmp_path / "b.json", {"NetworkInterfaces": [interface()]})
    found = open_snapshot(tmp_path).interfaces["eni-1"]
    assert found.status == "in-use"
    assert found.doubt == "its descriptions differ in Status (b.json and a.json)"


@pytest.mark.parametrize(
    ("more", "state", "metadata"),
    [
        ({}, "running", None),
        ({"State": {"Name": "stopped"}}, "stopped", None),
        ({"MetadataOptions": {"HttpEndpoint": "enabled"}}, "running", True),
        ({"MetadataOptions": {"HttpEndpoint": "disabled"}}, "running", False),
        ({"MetadataOptions": {}}, "running", None),
        ({"MetadataOptions": {"HttpProtocolIpv6": "disabled"}}, "running", None),
    ],
    ids=str,
)
def test_an_instance_has_a_state_and_perhaps_metadata(
    more: Json, state: str, metadata: bool | None, tmp_path: Path
) -> None:
    found = loaded(tmp_path, Reservations=[instance("i-1", **more)]).instances["i-1"]
    assert (found.state, found.metadata_enabled) == (state, metadata)
    assert found.metadata_ipv6 is (False if "HttpProtocolIpv6" in str(more) else None)


def test_a_terminated_instance_is_kept_without_a_place(tmp_path: Path) -> None:
    gone = {"InstanceId": "i-9", "State": {"Name": "terminated"}, "VpcId": None, "SubnetId": None}
    calls = estate(Reservations=[{"Instances": [gone], "OwnerId": None}])
    snapshot = loaded(tmp_path, **calls)
    found = snapshot.instances["i-9"]
    assert (found.state, found.vpc, found.subnet) == ("terminated", "", "")
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    ("more", "place"),
    [
        (
            {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1"}]},
            "PrivateIpAddresses[0].PrivateIpAddress",
        ),
        ({"Ipv6Addresses": [{"Ipv6Address": "10.0.0.1.1"}]}, "Ipv6Addresses[0].Ipv6Address"),
        ({"Ipv6Prefixes": [{"Ipv6Prefix": "2001:db8::/129"}]}, "Ipv6Prefixes[0].Ipv6Prefix"),
    ],
    ids=["ipv4", "ipv6", "prefix"],
)
def test_impossible_addresses_are_refused_with_their_place(
    more: Json, place: str, tmp_path: Path
) -> None:
    shown = instance("i-2", embedded("eni-1"), embedded("eni-2", 1, **more))
    with pytest.raises(InputError, match="is not a") as caught:
        loaded(tmp_path, Reservations=[instance("i-1"), shown])
    assert caught.value.place == f"$.Reservations[1].Instances[0].NetworkInterfaces[1].{place}"


def test_an_address_is_a_number_with_its_family(tmp_path: Path) -> None:
    found = loaded(tmp_path, NetworkInterfaces=[interface()]).interfaces["eni-1"]
    assert found.addresses == (InterfaceAddress(private=Address(4, 0x0A00010A), is_primary=True),)
