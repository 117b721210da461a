"""Peerings, VPN, Direct Connect and client VPN of the describe output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netreach.errors import InputError
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import Json, estate, loaded, problem_kinds, route, written

NAME = {"Tags": [{"Key": "Name", "Value": "hub"}]}


def side(number: str, *blocks: str, **more: object) -> Json:
    return {
        "VpcId": number,
        "OwnerId": "111111111111",
        "Region": "eu-west-1",
        "CidrBlock": blocks[0] if blocks else None,
        "CidrBlockSet": [{"CidrBlock": block} for block in blocks],
        **more,
    }


def peering(**more: object) -> Json:
    return {
        "VpcPeeringConnectionId": "pcx-1",
        "RequesterVpcInfo": side("vpc-1", "10.0.0.0/16"),
        "AccepterVpcInfo": side("vpc-2", "10.1.0.0/16"),
        "Status": {"Code": "active", "Message": "Active"},
        **more,
    }


def one(snapshot: Snapshot, field: str) -> Any:  # noqa: ANN401  a record of any kind
    (record,) = getattr(snapshot, field).values()
    return record


# -- peering


def test_a_peering_has_two_sides_with_all_their_blocks(tmp_path: Path) -> None:
    far = side(
        "vpc-2",
        "10.1.0.0/16",
        "10.2.0.0/16",
        OwnerId="222222222222",
        Region="us-east-1",
        Ipv6CidrBlockSet=[{"Ipv6CidrBlock": "2001:db8::/56"}],
        PeeringOptions={"AllowDnsResolutionFromRemoteVpc": True},
    )
    found = one(
        loaded(tmp_path, VpcPeeringConnections=[peering(AccepterVpcInfo=far, **NAME)]), "peerings"
    )
    assert (found.id, found.name, found.state) == ("pcx-1", "hub", "active")
    assert (found.owner, found.region) == ("111111111111", "eu-west-1")
    assert (found.requester.vpc, found.requester.resolves_remote_names) == ("vpc-1", None)
    assert (found.accepter.vpc, found.accepter.owner) == ("vpc-2", "222222222222")
    assert (found.accepter.region, found.accepter.resolves_remote_names) == ("us-east-1", True)
    assert [str(each) for each in found.accepter.prefixes] == [
        "10.1.0.0/16",
        "10.2.0.0/16",
        "2001:db8::/56",
    ]


def test_a_peering_that_waits_tells_little_of_the_other_side(tmp_path: Path) -> None:
    waiting = peering(AccepterVpcInfo={"VpcId": "vpc-2"}, Status={"Code": "pending-acceptance"})
    found = one(loaded(tmp_path, VpcPeeringConnections=[waiting]), "peerings")
    assert (found.state, found.accepter.prefixes) == ("pending-acceptance", ())


def test_both_accounts_describe_one_peering(tmp_path: Path) -> None:
    options = {"AllowDnsResolutionFromRemoteVpc": False}
    mine = peering(RequesterVpcInfo=side("vpc-1", "10.0.0.0/16", PeeringOptions=options))
    theirs = peering(AccepterVpcInfo=side("vpc-2", "10.1.0.0/16", PeeringOptions=options))
    written(tmp_path / "a" / "peering.json", {"VpcPeeringConnections": [mine]})
    written(tmp_path / "b" / "peering.json", {"VpcPeeringConnections": [theirs]})
    found = one(open_snapshot(tmp_path), "peerings")
    assert found.doubt == ""
    sides = (found.requester, found.accepter)
    assert [each.resolves_remote_names for each in sides] == [False, False]


def test_descriptions_that_differ_in_state_put_the_peering_in_doubt(tmp_path: Path) -> None:
    gone = peering(Status={"Code": "failed"})
    snapshot = loaded(tmp_path, VpcPeeringConnections=[peering(), gone])
    assert "Status.Code" in one(snapshot, "peerings").doubt
    assert "duplicate-id" in problem_kinds(snapshot)


def test_a_block_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    wrong = peering(AccepterVpcInfo=side("vpc-2", "10.1.0.0/16", "10.300.0.0/16"))
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, VpcPeeringConnections=[wrong])
    place = "$.VpcPeeringConnections[0].AccepterVpcInfo.CidrBlockSet[1].CidrBlock"
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("calls", "field"),
    [
        ({"VpcPeeringConnections": [peering(Status={"Code": "deleted"})]}, "peerings"),
        (
            {"TransitGateways": [{"TransitGatewayId": "tgw-1", "State": "deleted"}]},
            "transit_gateways",
        ),
        ({"VpnGateways": [{"VpnGatewayId": "vgw-1", "State": "deleted"}]}, "vpn_gateways"),
        (
            {"VpnConnections": [{"VpnConnectionId": "vpn-1", "State": "deleted"}]},
            "vpn_connections",
        ),
        (
            {
                "virtualInterfaces": [
                    {"virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "deleted"}
                ]
            },
            "virtual_interfaces",
        ),
    ],
    ids=["peering", "transit-gateway", "vpn-gateway", "vpn-connection", "virtual-interface"],
)
def test_what_is_deleted_is_none(calls: Json, field: str, tmp_path: Path) -> None:
    assert getattr(loaded(tmp_path, **calls), field) == {}


# -- VPN


@pytest.mark.parametrize(
    ("state", "kept"), [("attached", "available"), ("detaching", "detaching"), (None, "available")]
)
def test_a_vpn_gateway_is_tied_to_a_vpc(state: str | None, kept: str, tmp_path: Path) -> None:
    item = {
        "VpnGatewayId": "vgw-1",
        "State": "available",
        "AmazonSideAsn": 64512,
        "VpcAttachments": [{"VpcId": "vpc-1", "State": state}],
    }
    found = one(loaded(tmp_path, VpnGateways=[item]), "vpn_gateways")
    assert [(tie.vpc, tie.state) for tie in found.attachments] == [("vpc-1", kept)]
    assert (found.state, found.asn) == ("available", 64512)


@pytest.mark.parametrize(
    ("more", "address", "asn"),
    [
        ({"IpAddress": "203.0.113.7", "BgpAsn": "65000"}, Address.parse("203.0.113.7"), 65000),
        ({"BgpAsnExtended": "4200000000", "CertificateArn": "arn:x"}, None, 4200000000),
        ({"BgpAsn": "1.10"}, None, None),
    ],
    ids=["address", "certificate", "dotted-number"],
)
def test_a_customer_gateway_has_an_address_and_a_number(
    more: Json, address: Address | None, asn: int | None, tmp_path: Path
) -> None:
    item = {"CustomerGatewayId": "cgw-1", **more}
    found = one(loaded(tmp_path, CustomerGateways=[item]), "customer_gateways")
    assert (found.address, found.asn) == (address, asn)


def vpn(**more: object) -> Json:
    return {"VpnConnectionId": "vpn-1", "CustomerGatewayId": "cgw-1", "State": "available", **more}


def test_a_vpn_connection_keeps_its_static_routes_in_force(tmp_path: Path) -> None:
    item = vpn(
        VpnGatewayId="vgw-1",
        Options={"StaticRoutesOnly": True},
        Routes=[
            {"DestinationCidrBlock": "192.168.0.0/16", "State": "available", "Source": "Static"},
            {"DestinationCidrBlock": "192.169.0.0/16", "State": "deleted"},
            {"DestinationCidrBlock": "192.170.0.0/16", "State": "pending"},
        ],
    )
    found = one(loaded(tmp_path, VpnConnections=[item]), "vpn_connections")
    assert (found.customer_gateway, found.vpn_gateway) == ("cgw-1", "vgw-1")
    assert (found.transit_gateway, found.is_static) == ("", True)
    assert [str(each) for each in found.routes] == ["192.168.0.0/16"]


@pytest.mark.parametrize(
    ("telemetry", "up"),
    [
        (None, None),
        ([], 0),
        ([{"Status": "UP"}, {"Status": "DOWN"}], 1),
        ([{"Status": "UP"}, {"Status": "UP"}], 2),
    ],
    ids=["not-said", "no-tunnel", "one", "both"],
)
def test_tunnels_that_are_up_are_counted(
    telemetry: list[Json] | None, up: int | None, tmp_path: Path
) -> None:
    item = vpn(TransitGatewayId="tgw-1", VgwTelemetry=telemetry)
    found = one(loaded(tmp_path, VpnConnections=[item]), "vpn_connections")
    assert (found.transit_gateway, found.tunnels_up) == ("tgw-1", up)
    assert not found.is_static


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (4, "None", "None")),
        (
            {"LocalIpv4NetworkCidr": "0.0.0.0/0", "RemoteIpv4NetworkCidr": "10.0.0.0/8"},
            (4, "10.0.0.0/8", "None"),
        ),
        (
            {
                "TunnelInsideIpVersion": "ipv6",
                "LocalIpv6NetworkCidr": "2001:db8::/32",
                "RemoteIpv6NetworkCidr": "::/0",
                "RemoteIpv4NetworkCidr": "10.0.0.0/8",
            },
            (6, "None", "2001:db8::/32"),
        ),
    ],
)
def test_hy_1_a_vpn_says_whose_packets_its_tunnels_carry(
    options: Json, expected: tuple[int, str, str], tmp_path: Path
) -> None:
    item = vpn(TransitGatewayId="tgw-1", Options=options)
    found = one(loaded(tmp_path, VpnConnections=[item]), "vpn_connections")
    assert (found.family, str(found.aws_side), str(found.site_side)) == expected


def test_the_secrets_of_a_vpn_are_read_nowhere(tmp_path: Path) -> None:
    hidden = "<pre_shared_key>hush</pre_shared_key>"
    item = vpn(
        CustomerGatewayConfiguration=hidden, Options={"TunnelOptions": [{"PreSharedKey": hidden}]}
    )
    assert "hush" not in repr(loaded(tmp_path, VpnConnections=[item]))


# -- Direct Connect

GATEWAY = "11460968-4ac1-4fd3-bdb2-00599EXAMPLE"
UUID = "a1b2c3d4-0000-4fd3-bdb2-0123456789ab"


def direct_connect(**more: object) -> Json:
    return {
        "directConnectGatewayId": GATEWAY,
        "directConnectGatewayName": "office",
        "amazonSideAsn": 64512,
        "ownerAccount": "111111111111",
        "directConnectGatewayState": "available",
        **more,
    }


def test_a_direct_connect_gateway_knows_its_associations(tmp_path: Path) -> None:
    tie = {
        "directConnectGatewayId": GATEWAY,
        "associationState": "associated",
        "associatedGateway": {"id": "tgw-1", "type": "transitGateway"},
        "allowedPrefixesToDirectConnectGateway": [{"cidr": "10.0.0.0/16"}],
    }
    old = {"directConnectGatewayId": GATEWAY, "virtualGatewayId": "vgw-1"}
    snapshot = loaded(
        tmp_path,
        directConnectGateways=[direct_connect()],
        directConnectGatewayAssociations=[tie, old],
    )
    found = one(snapshot, "direct_connect_gateways")
    assert (found.name, found.owner, found.asn) == ("office", "111111111111", 64512)
    ties = [(each.gateway, each.state, list(map(str, each.allowed))) for each in found.associations]
    assert ties == [("tgw-1", "associated", ["10.0.0.0/16"]), ("vgw-1", "associated", [])]


def test_a_tag_goes_before_the_name_of_a_direct_connect_gateway(tmp_path: Path) -> None:
    item = direct_connect(tags=[{"key": "Name", "value": "tagged"}])
    found = one(loaded(tmp_path, directConnectGateways=[item]), "direct_connect_gateways")
    assert found.name == "tagged"


def test_without_the_call_nobody_says_what_is_associated(tmp_path: Path) -> None:
    found = one(
        loaded(tmp_path, directConnectGateways=[direct_connect()]), "direct_connect_gateways"
    )
    assert found.associations is None


def test_an_empty_answer_belongs_to_the_gateway_that_its_file_is_named_after(
    tmp_path: Path,
) -> None:
    gateway = direct_connect(directConnectGatewayId=UUID)
    written(tmp_path / "gateways.json", {"directConnectGateways": [gateway]})
    written(tmp_path / f"ties-{UUID}.json", {"directConnectGatewayAssociations": []})
    assert one(open_snapshot(tmp_path), "direct_connect_gateways").associations == ()


@pytest.mark.parametrize(
    ("peers", "is_up"),
    [
        (None, None),
        ([], None),
        ([{"bgpStatus": "up"}, {"bgpStatus": "down"}], True),
        ([{"bgpStatus": "down"}], False),
        ([{"bgpStatus": "down"}, {"bgpStatus": "unknown"}], None),
    ],
    ids=["not-said", "no-session", "one-up", "down", "unknown"],
)
def test_a_virtual_interface_is_up_with_any_session(
    peers: list[Json] | None, is_up: bool | None, tmp_path: Path
) -> None:
    item = {
        "virtualInterfaceId": "dxvif-1",
        "virtualInterfaceName": "link",
        "virtualInterfaceType": "transit",
        "virtualInterfaceState": "available",
        "directConnectGatewayId": GATEWAY,
        "region": "eu-west-1",
        "bgpPeers": peers,
    }
    found = one(loaded(tmp_path, virtualInterfaces=[item]), "virtual_interfaces")
    assert (found.kind, found.direct_connect_gateway) == ("transit", GATEWAY)
    assert (found.name, found.region, found.is_up) == ("link", "eu-west-1", is_up)


@pytest.mark.parametrize(
    ("peers", "families"),
    [
        ([("ipv4", "up", "available")], (4,)),
        ([("ipv6", "up", "available"), ("ipv4", "unknown", "available")], (4, 6)),
        ([("ipv4", "up", "available"), ("ipv6", "down", "available")], (4,)),
        ([("ipv4", "up", "available"), ("ipv6", "unknown", "deleted")], (4,)),
        ([("ipv4", "up", "available"), (None, "up", None)], ()),
        ([], ()),
    ],
)
def test_bgp_peers_say_which_ip_versions_a_virtual_interface_carries(
    peers: list[tuple[str | None, str, str | None]], families: tuple[int, ...], tmp_path: Path
) -> None:
    keys = ("addressFamily", "bgpStatus", "bgpPeerState")
    told = [dict(zip(keys, peer, strict=True)) for peer in peers]
    item = {"virtualInterfaceId": "dxvif-1", "virtualInterfaceType": "transit", "bgpPeers": told}
    found = one(loaded(tmp_path, virtualInterfaces=[item]), "virtual_interfaces")
    assert found.families == families


# -- client VPN

ENDPOINT = "cvpn-endpoint-0abc0abc0abc0abc0"
OWNED = {"ClientVpnEndpointId": ENDPOINT}
CLIENT_VPN = {
    **OWNED,
    "VpcId": "vpc-1",
    "ClientCidrBlock": "172.16.0.0/22",
    "Status": {"Code": "available"},
    "SecurityGroupIds": ["sg-1"],
}


def test_a_client_vpn_endpoint_is_told_by_four_calls(tmp_path: Path) -> None:
    for name, answer in {
        "endpoints": {"ClientVpnEndpoints": [CLIENT_VPN]},
        "networks": {
            "ClientVpnTargetNetworks": [
                {**OWNED, "TargetNetworkId": "subnet-1", "Status": {"Code": "associated"}},
                {**OWNED, "TargetNetworkId": "subnet-2", "Status": {"Code": "disassociating"}},
            ]
        },
        "rules": {
            "AuthorizationRules": [
                {**OWNED, "DestinationCidr": "10.0.0.0/16", "GroupId": "admins"},
                {**OWNED, "DestinationCidr": "10.1.0.0/16", "GroupId": "", "AccessAll": True},
            ]
        },
        "routes": {
            "Routes": [
                {
                    **OWNED,
                    "DestinationCidr": "10.0.0.0/16",
                    "TargetSubnet": "subnet-1",
                    "Type": "Nat",
                    "Status": {"Code": "creating"},
                }
            ]
        },
    }.items():
        written(tmp_path / f"{name}.json", answer)
    found = one(open_snapshot(tmp_path), "client_vpn_endpoints")
    assert (found.vpc, str(found.clients), found.groups) == ("vpc-1", "172.16.0.0/22", ("sg-1",))
    assert found.subnets == ("subnet-1",)
    rules = [(str(each.prefix), each.group, each.state) for each in found.authorizations]
    assert rules == [("10.0.0.0/16", "admins", "active"), ("10.1.0.0/16", "", "active")]
    routes = [(str(each.prefix), each.subnet, each.state) for each in found.routes]
    assert routes == [("10.0.0.0/16", "subnet-1", "creating")]


def test_what_no_call_says_of_a_client_vpn_endpoint_is_not_known(tmp_path: Path) -> None:
    found = one(loaded(tmp_path, ClientVpnEndpoints=[CLIENT_VPN]), "client_vpn_endpoints")
    assert (found.subnets, found.authorizations, found.routes) == (None, None, None)


@pytest.mark.parametrize("key", ["ClientVpnTargetNetworks", "AuthorizationRules", "Routes"])
def test_parts_of_another_endpoint_say_nothing(key: str, tmp_path: Path) -> None:
    other = {
        "ClientVpnEndpointId": "cvpn-endpoint-9",
        "TargetNetworkId": "subnet-1",
        "DestinationCidr": "10.0.0.0/16",
    }
    snapshot = loaded(tmp_path, ClientVpnEndpoints=[CLIENT_VPN], **{key: [other]})
    found = one(snapshot, "client_vpn_endpoints")
    assert (found.subnets, found.authorizations, found.routes) == (None, None, None)


def test_pages_of_one_endpoint_add_up_and_a_missing_one_is_doubted(tmp_path: Path) -> None:
    rules = [{**OWNED, "DestinationCidr": f"10.{n}.0.0/16"} for n in range(2)]
    pages = [
        {"ClientVpnEndpoints": [CLIENT_VPN]},
        {"AuthorizationRules": rules[:1], "NextToken": "x"},
        {"AuthorizationRules": rules[1:], "NextToken": "y"},
    ]
    found = one(open_snapshot(written(tmp_path / "all.json", pages)), "client_vpn_endpoints")
    assert [str(rule.prefix) for rule in found.authorizations] == ["10.0.0.0/16", "10.1.0.0/16"]
    assert f"more pages of {ENDPOINT}" in found.doubt


def test_a_wrong_cidr_of_a_part_is_refused_at_its_own_place(tmp_path: Path) -> None:
    rules = [{**OWNED, "DestinationCidr": text} for text in ("10.0.0.0/16", "everywhere")]
    written(tmp_path / "endpoints.json", {"ClientVpnEndpoints": [CLIENT_VPN]})
    written(tmp_path / "rules.json", {"AuthorizationRules": rules})
    with pytest.raises(InputError) as caught:
        open_snapshot(tmp_path)
    error = caught.value
    assert (error.file, error.place) == ("rules.json", "$.AuthorizationRules[1].DestinationCidr")


# -- references


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        pytest.param(
            {"VpcPeeringConnections": [peering()]},
            "VPC vpc-2 is not in the snapshot; pcx-1 refers to it",
            id="peer",
        ),
        pytest.param(
            {"VpnGateways": [{"VpnGatewayId": "vgw-1", "VpcAttachments": [{"VpcId": "vpc-9"}]}]},
            "VPC vpc-9 is not in the snapshot; vgw-1 refers to it",
            id="vpc-of-a-vpn-gateway",
        ),
        pytest.param(
            {"VpnConnections": [vpn()], "CustomerGateways": []},
            "customer gateway cgw-1 is not in the snapshot; vpn-1 refers to it",
            id="customer-gateway",
        ),
        pytest.param(
            {"VpnConnections": [vpn()]},
            "no customer gateways in this snapshot",
            id="missing-call",
        ),
        pytest.param(
            {
                "VpcPeeringConnections": [],
                "RouteTables": [
                    {
                        "RouteTableId": "rtb-1",
                        "VpcId": "vpc-1",
                        "Associations": [{"Main": True}],
                        "Routes": [route(VpcPeeringConnectionId="pcx-9")],
                    }
                ],
            },
            "VPC peering connection pcx-9 is not in the snapshot; rtb-1 refers to it",
            id="route",
        ),
    ],
)
def test_a_reference_to_nothing_is_one_warning(calls: Json, message: str, tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, **estate(**calls))
    assert [problem.message for problem in snapshot.problems] == [message]


@pytest.mark.parametrize(
    "elsewhere",
    [{"OwnerId": "222222222222"}, {"Region": "us-east-1"}, {"VpcId": "vpc-1"}],
    ids=["account", "region", "here"],
)
def test_what_lies_elsewhere_is_not_missed(elsewhere: Json, tmp_path: Path) -> None:
    home = {
        "VpcId": "vpc-1",
        "CidrBlock": "10.0.0.0/16",
        "OwnerId": "111111111111",
        "Region": "eu-west-1",
    }
    far = side("vpc-2", "10.1.0.0/16", **elsewhere)
    calls = {"Vpcs": [home], "VpcPeeringConnections": [peering(AccepterVpcInfo=far)]}
    assert loaded(tmp_path, **estate(**calls)).problems == ()


def test_what_is_over_misses_nothing(tmp_path: Path) -> None:
    over = peering(Status={"Code": "rejected"})
    assert loaded(tmp_path, **estate(VpcPeeringConnections=[over])).problems == ()


# -- layouts


def test_lists_without_their_key_are_told_apart(tmp_path: Path) -> None:
    for name, items in {
        "a": [peering()],
        "b": [{"VpnGatewayId": "vgw-1", "VpcAttachments": []}],
        "c": [{**vpn(), "TransitGatewayId": "tgw-1", "Options": {}}],
        "d": [{"CustomerGatewayId": "cgw-1", "BgpAsn": "65000"}],
        "e": [direct_connect()],
        "f": [{"virtualInterfaceId": "dxvif-1", "virtualInterfaceType": "private"}],
        "g": [CLIENT_VPN],
    }.items():
        written(tmp_path / f"{name}.json", items)
    snapshot = open_snapshot(tmp_path)
    for field in (
        "peerings",
        "vpn_gateways",
        "vpn_connections",
        "customer_gateways",
        "direct_connect_gateways",
        "virtual_interfaces",
        "client_vpn_endpoints",
    ):
        assert len(getattr(snapshot, field)) == 1, field


@pytest.mark.parametrize(
    ("calls", "number"),
    [
        pytest.param(
            {"VpcPeeringConnections": [peering(Status={"Code": "deleted"})]}, "pcx-1", id="peering"
        ),
        pytest.param(
            {"VpnGateways": [{"VpnGatewayId": "vgw-1", "State": "deleted"}]}, "vgw-1", id="gateway"
        ),
        pytest.param(
            {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "State": "deleted", "VpcId": "vpc-1"}]},
            "vpce-1",
            id="endpoint",
        ),
        pytest.param(
            {"VpnConnections": [{"VpnConnectionId": "vpn-1", "State": "available"}]}, "", id="none"
        ),
    ],
)
def test_of_what_is_deleted_the_id_is_kept(calls: Json, number: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, **calls).deleted == ({number} if number else set())
