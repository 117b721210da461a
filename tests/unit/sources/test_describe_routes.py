"""Route tables: targets by field, anonymised ids, states and origins, associations."""

from __future__ import annotations

from pathlib import Path

import pytest

from netreach.errors import InputError
from netreach.model.records import Route, RouteOrigin, RouteState, TargetKind
from tests.unit.sources.describe_dumps import Json, loaded, problem_kinds, route, table, vpc


def read_routes(folder: Path, *routes: Json, **calls: object) -> tuple[Route, ...]:
    snapshot = loaded(folder, RouteTables=[table(*routes)], **calls)
    return snapshot.route_tables["rtb-1"].routes


@pytest.mark.parametrize(
    ("target", "kind", "number"),
    [
        ({"GatewayId": "local"}, TargetKind.LOCAL, "local"),
        ({"GatewayId": "igw-1"}, TargetKind.INTERNET_GATEWAY, "igw-1"),
        ({"GatewayId": "vgw-1"}, TargetKind.VPN_GATEWAY, "vgw-1"),
        ({"GatewayId": "vpce-1"}, TargetKind.VPC_ENDPOINT, "vpce-1"),
        ({"GatewayId": "other-1"}, TargetKind.UNKNOWN, "other-1"),
        ({"GatewayId": "igw"}, TargetKind.UNKNOWN, "igw"),
        ({"NatGatewayId": "nat-1"}, TargetKind.NAT_GATEWAY, "nat-1"),
        ({"NetworkInterfaceId": "eni-1"}, TargetKind.NETWORK_INTERFACE, "eni-1"),
        ({"InstanceId": "i-1"}, TargetKind.INSTANCE, "i-1"),
        (
            {"InstanceId": "i-1", "NetworkInterfaceId": "eni-1"},
            TargetKind.NETWORK_INTERFACE,
            "eni-1",
        ),
        ({"TransitGatewayId": "tgw-1"}, TargetKind.TRANSIT_GATEWAY, "tgw-1"),
        ({"VpcPeeringConnectionId": "pcx-1"}, TargetKind.VPC_PEERING, "pcx-1"),
        (
            {"EgressOnlyInternetGatewayId": "eigw-1"},
            TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
            "eigw-1",
        ),
        ({"CarrierGatewayId": "cagw-1"}, TargetKind.CARRIER_GATEWAY, "cagw-1"),
        ({"LocalGatewayId": "lgw-1"}, TargetKind.LOCAL_GATEWAY, "lgw-1"),
        ({"CoreNetworkArn": "arn:x"}, TargetKind.CORE_NETWORK, "arn:x"),
        # an Automated Internet Firewall translates who has no public address, and drops
        (
            {"GatewayId": "igw-1", "IgwFirewall": {"FirewallArn": "arn:wall", "Status": "active"}},
            TargetKind.UNKNOWN,
            "arn:wall",
        ),
        ({"VpcEndpointId": "vpce-1"}, TargetKind.VPC_ENDPOINT, "vpce-1"),
        ({"InstanceId": "", "NatGatewayId": "nat-1"}, TargetKind.NAT_GATEWAY, "nat-1"),
        ({"OdbNetworkArn": "arn:tomorrow"}, TargetKind.UNKNOWN, "arn:tomorrow"),
        ({}, TargetKind.UNKNOWN, ""),
    ],
    ids=str,
)
def test_the_field_says_what_a_route_leads_to(
    target: Json, kind: TargetKind, number: str, tmp_path: Path
) -> None:
    (found,) = read_routes(tmp_path, route(**target))
    assert (found.target_kind, found.target) == (kind, number)


@pytest.mark.parametrize(
    ("calls", "kind"),
    [
        (
            {"InternetGateways": [{"InternetGatewayId": "Gateway:3"}]},
            TargetKind.INTERNET_GATEWAY,
        ),
        ({"VpnGateways": [{"VpnGatewayId": "Gateway:3"}]}, TargetKind.VPN_GATEWAY),
        ({"VpcEndpoints": [{"VpcEndpointId": "Gateway:3"}]}, TargetKind.VPC_ENDPOINT),
        ({"TransitGateways": [{"TransitGatewayId": "Gateway:3"}]}, TargetKind.TRANSIT_GATEWAY),
        ({}, TargetKind.UNKNOWN),
    ],
    ids=["internet-gateway", "vpn-gateway", "endpoint", "transit-gateway", "nobody"],
)
def test_anonymised_gateways_are_looked_up(calls: Json, kind: TargetKind, tmp_path: Path) -> None:
    (found,) = read_routes(tmp_path, route(GatewayId="Gateway:3"), **calls)
    assert (found.target_kind, found.target) == (kind, "Gateway:3")


def test_a_destination_is_a_cidr_of_either_family_or_a_prefix_list(tmp_path: Path) -> None:
    found = read_routes(
        tmp_path,
        route(GatewayId="igw-1"),
        route(DestinationCidrBlock=None, DestinationIpv6CidrBlock="::/0", GatewayId="igw-1"),
        route(DestinationCidrBlock=None, DestinationPrefixListId="pl-1", GatewayId="vpce-1"),
    )
    assert [str(each.destination or "") for each in found] == ["0.0.0.0/0", "::/0", ""]
    assert [each.prefix_list for each in found] == ["", "", "pl-1"]


@pytest.mark.parametrize("state", RouteState)
@pytest.mark.parametrize("origin", RouteOrigin)
def test_known_states_and_origins_are_kept(
    state: RouteState, origin: RouteOrigin, tmp_path: Path
) -> None:
    (found,) = read_routes(tmp_path, route(GatewayId="igw-1", State=state, Origin=origin))
    assert (found.state, found.origin) == (state, origin)
    assert found.target_kind is TargetKind.INTERNET_GATEWAY


def test_absent_states_and_origins_are_the_common_ones(tmp_path: Path) -> None:
    (found,) = read_routes(tmp_path, route(GatewayId="igw-1", State=None, Origin=None))
    assert (found.state, found.origin) == (RouteState.ACTIVE, RouteOrigin.CREATE_ROUTE)


def test_a_route_in_an_unknown_state_leads_nowhere_known(tmp_path: Path) -> None:
    line = route(GatewayId="igw-1", State="resting")
    snapshot = loaded(tmp_path, RouteTables=[table(line)], InternetGateways=[], Vpcs=[])
    (found,) = snapshot.route_tables["rtb-1"].routes
    assert (found.target_kind, found.target) == (TargetKind.UNKNOWN, "igw-1")
    messages = [problem.message for problem in snapshot.problems]
    assert "rtb-1: a route says 'resting', which is not known" in messages


@pytest.mark.parametrize(
    ("destination", "kinds"),
    [
        pytest.param(
            "0.0.0.0/0",
            [TargetKind.UNKNOWN, TargetKind.UNKNOWN, TargetKind.LOCAL],
            id="rivals",
        ),
        pytest.param(
            "10.9.0.0/16",
            [TargetKind.INTERNET_GATEWAY, TargetKind.NAT_GATEWAY, TargetKind.LOCAL],
            id="no-rival",
        ),
    ],
)
def test_an_unknown_origin_matters_between_equal_destinations_only(
    destination: str, kinds: list[TargetKind], tmp_path: Path
) -> None:
    routes = (
        route(GatewayId="igw-1", Origin="Whim"),
        route(DestinationCidrBlock=destination, NatGatewayId="nat-1", Origin="Whim"),
        route(DestinationCidrBlock="10.0.0.0/16", GatewayId="local"),
    )
    assert [each.target_kind for each in read_routes(tmp_path, *routes)] == kinds


def test_a_route_without_a_destination_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the route has no destination") as caught:
        read_routes(tmp_path, route(GatewayId="igw-1"), {"GatewayId": "igw-1"})
    assert caught.value.place == "$.RouteTables[0].Routes[1].DestinationCidrBlock"


def test_associations_are_with_subnets_gateways_or_the_vpc_itself(tmp_path: Path) -> None:
    ties = [
        {"Main": True, "AssociationState": {"State": "associated"}},
        {"Main": False, "SubnetId": "subnet-1"},
        {"Main": False, "GatewayId": "igw-1"},
        {"Main": False, "SubnetId": "subnet-2", "AssociationState": {"State": "disassociated"}},
        {"Main": False, "SubnetId": "subnet-3", "AssociationState": {"State": "associating"}},
    ]
    found = loaded(tmp_path, RouteTables=[table(Associations=ties)]).route_tables["rtb-1"]
    assert found.is_main
    assert found.subnets == ("subnet-1",)
    assert found.gateways == ("igw-1",)


def test_a_main_table_that_was_replaced_is_main_no_more(tmp_path: Path) -> None:
    ties = [{"Main": True, "AssociationState": {"State": "disassociated"}}]
    snapshot = loaded(tmp_path, RouteTables=[table(Associations=ties)])
    assert not snapshot.route_tables["rtb-1"].is_main


@pytest.mark.parametrize(
    ("state", "kinds"), [("active", ["missing-call", "reference-to-nothing"]), ("blackhole", [])]
)
def test_a_target_that_is_gone_is_no_surprise_behind_a_blackhole(
    state: str, kinds: list[str], tmp_path: Path
) -> None:
    routes = [
        route(NatGatewayId="nat-1", State=state),
        route(DestinationCidrBlock="10.1.0.0/16", GatewayId="igw-1", State=state),
    ]
    snapshot = loaded(tmp_path, Vpcs=[vpc()], RouteTables=[table(*routes)], NatGateways=[])
    assert sorted(problem_kinds(snapshot)) == kinds
    assert snapshot.route_tables["rtb-1"].doubt == ""
