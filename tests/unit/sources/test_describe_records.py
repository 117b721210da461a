"""VPCs, subnets, gateways, prefix lists, Elastic IPs, and what the model does not cover yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from netreach.errors import InputError
from netreach.model.records import Attachment, NatAddress
from netreach.packets.prefixes import Address
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import (
    Json,
    estate,
    loaded,
    problem_kinds,
    subnet,
    table,
    vpc,
    written,
)


def block(cidr: str, state: str | None = "associated") -> Json:
    return {"CidrBlock": cidr, "CidrBlockState": {"State": state}}


def six(cidr: str, state: str | None = "associated") -> Json:
    return {"Ipv6CidrBlock": cidr, "Ipv6CidrBlockState": {"State": state}}


def test_the_primary_block_of_a_vpc_comes_first(tmp_path: Path) -> None:
    blocks = [block("10.1.0.0/16"), block("10.0.0.0/16"), block("100.64.0.0/16")]
    shown = vpc(CidrBlockAssociationSet=blocks, Ipv6CidrBlockAssociationSet=[six("2001:db8::/56")])
    found = loaded(tmp_path, Vpcs=[shown]).vpcs["vpc-1"]
    assert list(map(str, found.prefixes)) == [
        "10.0.0.0/16",
        "10.1.0.0/16",
        "100.64.0.0/16",
        "2001:db8::/56",
    ]


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("associated", True),
        (None, True),
        ("associating", False),
        ("disassociating", False),
        ("disassociated", False),
        ("failed", False),
    ],
)
def test_only_blocks_in_force_count(state: str | None, counts: bool, tmp_path: Path) -> None:
    shown = vpc(
        CidrBlockAssociationSet=[block("10.0.0.0/16"), block("10.1.0.0/16", state)],
        Ipv6CidrBlockAssociationSet=[six("2001:db8::/56", state)],
    )
    part = subnet(Ipv6CidrBlockAssociationSet=[six("2001:db8::/64", state)])
    snapshot = loaded(tmp_path, Vpcs=[shown], Subnets=[part])
    assert len(snapshot.vpcs["vpc-1"].prefixes) == (3 if counts else 1)
    assert len(snapshot.subnets["subnet-1"].prefixes) == (2 if counts else 1)


def test_a_block_without_a_state_counts(tmp_path: Path) -> None:
    shown = {"VpcId": "vpc-1", "CidrBlockAssociationSet": [{"CidrBlock": "10.1.0.0/16"}]}
    found = loaded(tmp_path, Vpcs=[shown]).vpcs["vpc-1"]
    assert list(map(str, found.prefixes)) == ["10.1.0.0/16"]


def test_an_ipv6_only_subnet_has_one_block(tmp_path: Path) -> None:
    part = subnet(CidrBlock=None, Ipv6CidrBlockAssociationSet=[six("2001:db8::/64")])
    found = loaded(tmp_path, Subnets=[part]).subnets["subnet-1"]
    assert list(map(str, found.prefixes)) == ["2001:db8::/64"]


def test_a_subnet_keeps_zone_count_and_flag(tmp_path: Path) -> None:
    part = subnet(
        AvailabilityZone="us-east-1a",
        AvailabilityZoneId="use1-az6",
        AvailableIpAddressCount=250,
        MapPublicIpOnLaunch=True,
        Tags=[{"Key": "Name", "Value": "web <script>\n"}, {"Key": "empty", "Value": None}],
    )
    found = loaded(tmp_path, Subnets=[part]).subnets["subnet-1"]
    assert (found.zone, found.zone_id) == ("us-east-1a", "use1-az6")
    assert (found.available_addresses, found.maps_public_addresses) == (250, True)
    assert found.tags == {"Name": "web <script>\n", "empty": ""}
    assert found.name == "web <script>\n"


def test_fields_of_tomorrow_are_ignored(tmp_path: Path) -> None:
    tomorrow: Json = {"Quantum": {"Entangled": [1, {"x": None}]}, "Vpcs": 5}
    snapshot = loaded(tmp_path, **estate(Vpcs=[vpc(**tomorrow)], Wormholes=[{"Id": 1}]))
    assert snapshot.problems == ()


CLI = {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": False}}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(CLI, id="plain-answer"),
        pytest.param({"vpc-1": {"enableDnsSupport": CLI}}, id="keyed-by-vpc-and-attribute"),
        pytest.param([CLI], id="list-of-answers"),
    ],
)
def test_attributes_of_a_vpc_are_answers_of_their_own(content: object, tmp_path: Path) -> None:
    written(tmp_path / "a.json", content)
    written(tmp_path / "b.json", {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}})
    written(tmp_path / "vpcs.json", {"Vpcs": [vpc()]})
    snapshot = open_snapshot(tmp_path)
    found = snapshot.vpcs["vpc-1"]
    assert (found.dns_support, found.dns_hostnames) == (False, True)
    assert snapshot.problems == ()


def test_an_attribute_alone_is_no_vpc(tmp_path: Path) -> None:
    written(tmp_path / "a.json", CLI)
    assert open_snapshot(tmp_path).vpcs == {}


def test_a_list_of_ids_by_another_call_is_no_vpc(tmp_path: Path) -> None:
    """describe-vpc-classic-link has the same top-level key."""
    written(tmp_path / "a.json", {"Vpcs": [{"VpcId": "vpc-1", "ClassicLinkEnabled": False}]})
    written(tmp_path / "b.json", {"Vpcs": [vpc(IsDefault=True)]})
    written(tmp_path / "c.json", {"Vpcs": [{"VpcId": "vpc-2", "ClassicLinkEnabled": False}]})
    snapshot = open_snapshot(tmp_path)
    assert sorted(snapshot.vpcs) == ["vpc-1"]
    assert snapshot.vpcs["vpc-1"].is_default
    assert snapshot.problems == ()


@pytest.mark.parametrize("state", ["available", "attached", None])
def test_an_attached_gateway_is_available(state: str | None, tmp_path: Path) -> None:
    ties = [{"VpcId": "vpc-1", "State": state}]
    snapshot = loaded(
        tmp_path,
        InternetGateways=[{"InternetGatewayId": "igw-1", "Attachments": ties}],
        EgressOnlyInternetGateways=[{"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": ties}],
    )
    expected = (Attachment(vpc="vpc-1", state="available"),)
    assert snapshot.internet_gateways["igw-1"].attachments == expected
    assert snapshot.egress_only_gateways["eigw-1"].attachments == expected


def test_other_attachment_states_are_kept(tmp_path: Path) -> None:
    ties = [{"VpcId": "vpc-1", "State": "detaching"}]
    snapshot = loaded(
        tmp_path, InternetGateways=[{"InternetGatewayId": "igw-1", "Attachments": ties}]
    )
    assert snapshot.internet_gateways["igw-1"].attachments[0].state == "detaching"


def nat(**more: object) -> Json:
    return {
        "NatGatewayId": "nat-1",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "State": "available",
        "NatGatewayAddresses": [
            {
                "NetworkInterfaceId": "eni-9",
                "PrivateIp": "10.0.1.9",
                "PublicIp": "198.51.100.9",
                "Status": "succeeded",
            }
        ],
        **more,
    }


def test_a_nat_gateway_has_its_addresses(tmp_path: Path) -> None:
    found = loaded(tmp_path, NatGateways=[nat()]).nat_gateways["nat-1"]
    assert (found.vpc, found.subnet, found.state) == ("vpc-1", "subnet-1", "available")
    assert found.addresses == (
        NatAddress(
            private=Address.parse("10.0.1.9"),
            public=Address.parse("198.51.100.9"),
            interface="eni-9",
        ),
    )


@pytest.mark.parametrize(
    ("more", "is_public", "is_regional"),
    [
        ({}, True, False),
        ({"ConnectivityType": "public"}, True, False),
        ({"ConnectivityType": "private"}, False, False),
        ({"AvailabilityMode": "regional", "SubnetId": None}, True, True),
        ({"AvailabilityMode": "zonal"}, True, False),
    ],
    ids=str,
)
def test_nat_gateways_are_public_or_private_zonal_or_regional(
    more: Json, is_public: bool, is_regional: bool, tmp_path: Path
) -> None:
    found = loaded(tmp_path, NatGateways=[nat(**more)]).nat_gateways["nat-1"]
    assert (found.is_public, found.is_regional) == (is_public, is_regional)


def test_an_impossible_address_of_a_nat_gateway_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'10\.0\.1' is not an IP address") as caught:
        loaded(tmp_path, NatGateways=[nat(NatGatewayAddresses=[{"PrivateIp": "10.0.1"}])])
    assert caught.value.place == "$.NatGateways[0].NatGatewayAddresses[0].PrivateIp"


LIST = "pl-0123456789abcdef0"
ENTRIES = {"Entries": [{"Cidr": "192.0.2.0/24", "Description": "x"}, {"Cidr": "10.9.0.0/16"}]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("entries.json", {LIST: ENTRIES}, id="keyed-by-list"),
        pytest.param("entries.json", {"PrefixListId": LIST, **ENTRIES}, id="wrapped"),
        pytest.param(f"entries-{LIST}.json", ENTRIES, id="named-by-file"),
        pytest.param(
            f"get-managed-prefix-list-entries/{LIST}", ENTRIES, id="named-like-cloudmapper"
        ),
        pytest.param(
            "list.json", {"PrefixLists": [{"PrefixListId": LIST, **ENTRIES}]}, id="embedded"
        ),
        pytest.param(
            "list.json",
            {"PrefixLists": [{"PrefixListId": LIST, "Cidrs": ["192.0.2.0/24", "10.9.0.0/16"]}]},
            id="describe-prefix-lists",
        ),
    ],
)
def test_entries_of_a_prefix_list_come_in_many_forms(
    name: str, content: object, tmp_path: Path
) -> None:
    managed = {"PrefixListId": LIST, "PrefixListName": "corp", "OwnerId": "111111111111"}
    written(tmp_path / "managed.json", {"PrefixLists": [managed]})
    written(tmp_path / name, content)
    snapshot = open_snapshot(tmp_path)
    found = snapshot.prefix_lists[LIST]
    assert (found.list_name, found.owner) == ("corp", "111111111111")
    assert list(map(str, found.entries or ())) == ["192.0.2.0/24", "10.9.0.0/16"]
    assert snapshot.problems == ()


def test_a_list_whose_entries_nobody_asked_for_has_none_known(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, ManagedPrefixLists=[{"PrefixListId": LIST, "PrefixListName": "x"}])
    assert snapshot.prefix_lists[LIST].entries is None


def test_a_list_without_entries_is_empty(tmp_path: Path) -> None:
    written(tmp_path / "x.json", {LIST: {"Entries": []}})
    assert open_snapshot(tmp_path).prefix_lists[LIST].entries == ()


def test_entries_of_nobody_are_left_out_with_a_warning(tmp_path: Path) -> None:
    written(tmp_path / "x.json", ENTRIES)
    written(tmp_path / "y.json", {"Vpcs": []})
    snapshot = open_snapshot(tmp_path)
    assert snapshot.prefix_lists == {}
    (problem,) = snapshot.problems
    assert problem.kind == "unnamed-entries"
    assert problem.file == "x.json"


def test_pages_of_entries_add_up(tmp_path: Path) -> None:
    first = {"Entries": [{"Cidr": "192.0.2.0/24"}], "NextToken": "more"}
    written(tmp_path / f"{LIST}-1.json", first)
    written(tmp_path / f"{LIST}-2.json", {"Entries": [{"Cidr": "10.9.0.0/16"}]})
    snapshot = open_snapshot(tmp_path)
    assert len(snapshot.prefix_lists[LIST].entries or ()) == 2
    assert snapshot.problems == ()


def test_entries_that_are_not_all_there_are_not_known(tmp_path: Path) -> None:
    first = {"Entries": [{"Cidr": "192.0.2.0/24"}], "NextToken": "more"}
    written(tmp_path / f"{LIST}.json", first)
    snapshot = open_snapshot(tmp_path)
    assert snapshot.prefix_lists[LIST].entries is None
    assert [(each.kind, each.resources) for each in snapshot.problems] == [("more-pages", (LIST,))]


def test_an_elastic_ip_says_what_it_is_tied_to(tmp_path: Path) -> None:
    tied = {
        "AllocationId": "eipalloc-1",
        "PublicIp": "198.51.100.1",
        "PrivateIpAddress": "10.0.1.10",
        "NetworkInterfaceId": "eni-1",
        "InstanceId": "i-1",
    }
    free = {"AllocationId": "eipalloc-2", "PublicIp": "198.51.100.2", "InstanceId": ""}
    classic = {"PublicIp": "198.51.100.3"}
    found = loaded(tmp_path, Addresses=[classic, tied, free]).elastic_ips
    assert found["eipalloc-1"].public == Address.parse("198.51.100.1")
    assert found["eipalloc-1"].private == Address.parse("10.0.1.10")
    assert (found["eipalloc-1"].interface, found["eipalloc-1"].instance) == ("eni-1", "i-1")
    assert (found["eipalloc-2"].private, found["eipalloc-2"].instance) == (None, "")
    assert found["198.51.100.3"].public == Address.parse("198.51.100.3")


@pytest.mark.parametrize(
    ("key", "item", "kind", "number", "home"),
    [
        (
            "InstanceConnectEndpoints",
            {"InstanceConnectEndpointId": "eice-1", "VpcId": "vpc-1"},
            "instance-connect-endpoint",
            "eice-1",
            "vpc-1",
        ),
        (
            "ResolverEndpoints",
            {"Id": "rslvr-in-1", "HostVPCId": "vpc-1"},
            "resolver-endpoint",
            "rslvr-in-1",
            "vpc-1",
        ),
        ("CarrierGateways", {"CarrierGatewayId": "cagw-1"}, "carrier-gateway", "cagw-1", ""),
    ],
)
def test_what_is_not_modelled_yet_is_listed(
    key: str, item: Json, kind: str, number: str, home: str, tmp_path: Path
) -> None:
    tagged = {**item, "Tags": [{"Key": "Name", "Value": "hub"}]}
    found = loaded(tmp_path, **{key: [tagged]}).unmodelled[number]
    assert (found.kind, found.vpc, found.name) == (kind, home, "hub")


def test_an_arn_tells_owner_and_region(tmp_path: Path) -> None:
    arn = "arn:aws:networkmanager:eu-west-1:111111111111:core-network/core-1"
    found = loaded(tmp_path, CoreNetworks=[{"CoreNetworkArn": arn}]).unmodelled[arn]
    assert (found.owner, found.region) == ("111111111111", "eu-west-1")


def test_what_lingers_after_its_end_is_left_out(tmp_path: Path) -> None:
    item = {"CarrierGatewayId": "cagw-1", "State": "deleted"}
    assert loaded(tmp_path, CarrierGateways=[item]).unmodelled == {}


def test_the_fuller_of_two_descriptions_is_kept(tmp_path: Path) -> None:
    number = {"CarrierGatewayId": "cagw-1"}
    full = {**number, "VpcId": "vpc-1"}
    snapshot = loaded(tmp_path, CarrierGateways=[number, full])
    assert snapshot.unmodelled["cagw-1"].vpc == "vpc-1"


def test_a_mode_that_only_subnets_show_puts_internet_gateways_in_doubt(tmp_path: Path) -> None:
    ties = [{"VpcId": "vpc-1", "State": "available"}]
    gateways = [{"InternetGatewayId": "igw-1", "Attachments": ties}]
    blocked = subnet(BlockPublicAccessStates={"InternetGatewayBlockMode": "block-bidirectional"})
    snapshot = loaded(tmp_path, **estate(InternetGateways=gateways, Subnets=[blocked]))
    assert "Block Public Access" in snapshot.internet_gateways["igw-1"].doubt
    assert problem_kinds(snapshot) == ["block-public-access"]


@pytest.mark.parametrize(("mode", "doubts"), [("enforce", True), (None, True), ("monitor", False)])
def test_ig_1_a_firewall_that_aws_put_before_gateways_leaves_them_in_doubt(
    mode: str | None, doubts: bool, tmp_path: Path
) -> None:
    wall = {"FirewallArn": "arn:aws:network-firewall:us-east-1:1:firewall/wall"}
    home = vpc(NetworkFirewallAssociations=[{**wall, "FirewallMode": mode}])
    ties = [{"VpcId": "vpc-1", "State": "attached"}]
    snapshot = loaded(
        tmp_path,
        **estate(
            Vpcs=[home],
            InternetGateways=[{"InternetGatewayId": "igw-1", "Attachments": ties}],
            EgressOnlyInternetGateways=[
                {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": ties}
            ],
        ),
    )
    gateways = snapshot.internet_gateways["igw-1"], snapshot.egress_only_gateways["eigw-1"]
    assert [wall["FirewallArn"] in gateway.doubt for gateway in gateways] == [doubts, doubts]
    assert problem_kinds(snapshot) == ["automated-internet-firewall"] * doubts


def test_ig_2_a_vpc_says_which_blocks_aws_does_not_announce(tmp_path: Path) -> None:
    blocks = [
        six("2001:db8::/56") | {"Ipv6AddressAttribute": "public"},
        six("2001:db8:1::/56") | {"Ipv6AddressAttribute": "private"},
    ]
    found = loaded(tmp_path, **estate(Vpcs=[vpc(Ipv6CidrBlockAssociationSet=blocks)]))
    assert [str(block) for block in found.vpcs["vpc-1"].private_ipv6] == ["2001:db8:1::/56"]
    assert len(found.vpcs["vpc-1"].prefixes) == 3


@pytest.mark.parametrize(
    ("servers", "found"),
    [
        (["AmazonProvidedDNS"], ()),
        (["10.0.0.2", "169.254.169.253"], ()),
        (["10.0.0.53", "AmazonProvidedDNS"], ("10.0.0.53",)),
    ],
)
def test_hy_8_dhcp_options_say_which_servers_hosts_ask(
    servers: list[str], found: tuple[str, ...], tmp_path: Path
) -> None:
    values = [{"Value": server} for server in servers]
    option = {"Key": "domain-name-servers", "Values": values}
    domain = {"Key": "domain-name", "Values": [{"Value": "corp.example"}]}
    given = {"DhcpOptionsId": "dopt-1", "DhcpConfigurations": [domain, option]}
    calls = estate(Vpcs=[vpc(DhcpOptionsId="dopt-1")], DhcpOptions=[given])
    assert loaded(tmp_path, **calls).vpcs["vpc-1"].dns_servers == found


def test_where_the_mode_is_known_no_gateway_is_in_doubt(tmp_path: Path) -> None:
    ties = [{"VpcId": "vpc-1", "State": "available"}]
    blocked = subnet(BlockPublicAccessStates={"InternetGatewayBlockMode": "block-ingress"})
    snapshot = loaded(
        tmp_path,
        **estate(
            InternetGateways=[{"InternetGatewayId": "igw-1", "Attachments": ties}],
            Subnets=[blocked],
            VpcBlockPublicAccessOptions={"InternetGatewayBlockMode": "block-ingress"},
        ),
    )
    assert snapshot.internet_gateways["igw-1"].doubt == ""
    assert [block.mode for block in snapshot.public_access_blocks.values()] == ["block-ingress"]


@pytest.mark.parametrize("mode", ["off", None])
def test_block_public_access_that_is_off_doubts_nothing(mode: str | None, tmp_path: Path) -> None:
    ties = [{"VpcId": "vpc-1", "State": "available"}]
    snapshot = loaded(
        tmp_path,
        **estate(
            InternetGateways=[{"InternetGatewayId": "igw-1", "Attachments": ties}],
            Subnets=[subnet(BlockPublicAccessStates={"InternetGatewayBlockMode": mode})],
            VpcBlockPublicAccessOptions={"InternetGatewayBlockMode": mode},
        ),
    )
    assert snapshot.internet_gateways["igw-1"].doubt == ""
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    ("folder", "is_doubted"), [("us-east-1", False), ("eu-west-1", True), ("anywhere", False)]
)
def test_block_public_access_belongs_to_a_region(
    folder: str, is_doubted: bool, tmp_path: Path
) -> None:
    options = {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "block-ingress"}}
    gateways = [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1"}]}]
    blocked = subnet(BlockPublicAccessStates={"InternetGatewayBlockMode": "block-ingress"})
    written(tmp_path / folder / "options.json", options)
    calls = estate(InternetGateways=gateways, Subnets=[blocked])
    written(tmp_path / "us-east-1" / "igw.json", calls)
    snapshot = open_snapshot(tmp_path)
    assert snapshot.internet_gateways["igw-1"].region == "us-east-1"
    assert bool(snapshot.internet_gateways["igw-1"].doubt) is is_doubted


def test_a_gateway_of_another_vpc_is_not_in_doubt(tmp_path: Path) -> None:
    blocked = subnet(BlockPublicAccessStates={"InternetGatewayBlockMode": "block-ingress"})
    ties = [{"VpcId": "vpc-2", "State": "available"}]
    snapshot = loaded(
        tmp_path,
        Vpcs=[vpc(), vpc("vpc-2")],
        Subnets=[blocked],
        InternetGateways=[{"InternetGatewayId": "igw-2", "Attachments": ties}],
        RouteTables=[table()],
    )
    assert snapshot.internet_gateways["igw-2"].doubt == ""
