"""The judge by hand: what the snapshot does not say."""

from __future__ import annotations

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Verdict
from tests.unit.oracle.small_estate import (
    APP,
    APP_6,
    DB,
    HOST,
    HOST_6,
    WEB,
    WEB_6,
    WEB_PUBLIC,
    ask,
    entry,
    find,
    route,
    rule,
    small_estate,
)

REACHABLE = Verdict.REACHABLE
UNREACHABLE, UNKNOWN = Verdict.UNREACHABLE, Verdict.UNKNOWN


@pytest.mark.parametrize(
    "target",
    [
        {"TransitGatewayId": "tgw-1"},
        {"VpcPeeringConnectionId": "pcx-1"},
        {"GatewayId": "vgw-1"},
        {"GatewayId": "vpce-1"},
        {"NetworkInterfaceId": "eni-1", "InstanceId": "i-1"},
        {"NatGatewayId": "nat-of-nobody"},
    ],
    ids=lambda target: next(iter(target.values())),
)
@pytest.mark.parametrize("leg", list(Leg))
def test_what_is_not_modelled_is_unknown(target: dict[str, str], leg: Leg) -> None:
    estate = small_estate()
    find(estate, "rtb-public")["Routes"].append(route("8.8.8.8/32", **target))
    ends = (WEB, HOST) if leg is Leg.FORWARD else (HOST, WEB_PUBLIC)
    ruling = ask(estate, *ends)
    assert ruling.verdict == UNKNOWN
    assert ruling.missing == (next(iter(target.values())),)
    find(estate, "sg-web")["IpPermissions" if leg is Leg.RETURN else "IpPermissionsEgress"] = []
    assert ask(estate, *ends).verdict == UNREACHABLE


def test_a_missing_route_table_is_never_assumed() -> None:
    estate = small_estate()
    estate["RouteTables"] = [find(estate, "rtb-public")]
    assert ask(estate, WEB, APP).verdict == UNKNOWN
    assert ask(estate, APP, DB).verdict == REACHABLE
    find(estate, "acl-private")["Entries"].append(entry(1, "deny", "0.0.0.0/0"))
    assert ask(estate, WEB, APP).verdict == UNREACHABLE


def test_missing_acls_and_internet_gateways_are_assumed() -> None:
    estate = small_estate()
    estate["NetworkAcls"] = estate["InternetGateways"] = estate["EgressOnlyInternetGateways"] = []
    for source, destination in ((WEB, HOST), (HOST, WEB_PUBLIC), (APP, HOST), (APP_6, HOST_6)):
        assert ask(estate, source, destination).verdict == REACHABLE
    find(estate, "rtb-public")["Routes"][2]["State"] = "blackhole"
    find(estate, "rtb-public")["Routes"][3]["State"] = "blackhole"
    assert ask(estate, HOST, WEB_PUBLIC).code == codes.NO_POSSIBLE_DESTINATION


@pytest.mark.parametrize(
    ("deny", "verdict"), [(None, UNKNOWN), (False, UNREACHABLE), (True, UNREACHABLE)]
)
def test_a_missing_group_is_unknown_unless_something_else_stops(
    deny: bool | None, verdict: Verdict
) -> None:
    estate = small_estate()
    find(estate, "eni-web")["Groups"] = [{"GroupId": "sg-of-nobody"}]
    if deny is not None:  # the forward way, or the answers
        find(estate, "acl-private")["Entries"].append(
            entry(1, "deny", "0.0.0.0/0", egress=not deny)
        )
    assert ask(estate, APP, WEB).verdict == verdict


def test_a_missing_group_beside_one_that_allows_does_not_matter() -> None:
    estate = small_estate()
    find(estate, "eni-web")["Groups"].append({"GroupId": "sg-of-nobody"})
    assert ask(estate, APP, WEB).verdict == REACHABLE


@pytest.mark.parametrize("name", ["pl-of-nobody", "pl-untold"])
def test_an_unknown_prefix_list_in_a_rule(name: str) -> None:
    estate = small_estate()
    find(estate, "sg-web")["IpPermissions"] = [rule("tcp", (443, 443), prefix_list=name)]
    ruling = ask(estate, APP, WEB)
    assert (ruling.verdict, ruling.missing) == (UNKNOWN, (name,))
    assert ask(estate, APP, WEB, "tcp 442").verdict == UNREACHABLE
    assert ask(estate, APP_6, WEB_6).verdict == (UNREACHABLE if name == "pl-untold" else UNKNOWN)


def test_an_unknown_prefix_list_in_a_route_matters_only_if_the_outcomes_differ() -> None:
    estate = small_estate()
    routes = find(estate, "rtb-public")["Routes"]
    routes.append(route("pl-of-nobody", TransitGatewayId="tgw-1"))
    assert ask(estate, WEB, HOST).verdict == UNKNOWN
    assert ask(estate, WEB, APP).verdict == REACHABLE  # no list reaches inside the VPC
    routes[-1] = route("pl-of-nobody", GatewayId="igw-a")
    assert ask(estate, WEB, HOST).verdict == REACHABLE
    routes[-1] = route("pl-of-nobody", NatGatewayId="nat-a", state="blackhole")
    assert ask(estate, WEB, HOST).verdict == UNKNOWN
    routes.append(route(f"{HOST}/32", GatewayId="igw-a"))  # as specific as can be, and static
    assert ask(estate, WEB, HOST).verdict == REACHABLE


@pytest.mark.parametrize("kind", ["vpc_endpoint", "network_load_balancer"])
def test_what_stands_behind_a_service_interface_is_unknown(kind: str) -> None:
    estate = small_estate()
    find(estate, "eni-app")["InterfaceType"] = kind
    assert ask(estate, WEB, APP).verdict == UNKNOWN
    find(estate, "sg-app")["IpPermissions"] = []
    assert ask(estate, WEB, APP).code == codes.SG_HAS_NO_RULES


def test_a_list_without_entries_in_a_route_leaves_the_other_family_alone() -> None:
    estate = small_estate()
    target = {"TransitGatewayId": "tgw-1"}
    find(estate, "rtb-public")["Routes"].append(route("pl-untold", **target))
    assert ask(estate, WEB, HOST).verdict == UNKNOWN
    assert ask(estate, WEB_6, HOST_6).verdict == REACHABLE
    find(estate, "rtb-public")["Routes"][-1] = route("pl-untold", "filtered", **target)
    assert ask(estate, WEB, HOST).verdict == REACHABLE


def test_an_unknown_list_can_win_over_a_propagated_host_route_only() -> None:
    estate = small_estate()
    routes = find(estate, "rtb-public")["Routes"]
    routes.append(route("pl-of-nobody", GatewayId="igw-a"))
    routes.append(route(f"{HOST}/32", "blackhole", GatewayId="vgw-1"))
    assert ask(estate, WEB, HOST).verdict == UNKNOWN
    routes[-1] = route(f"{HOST}/32", "blackhole", TransitGatewayId="tgw-1")
    assert ask(estate, WEB, HOST).code == codes.BAD_STATE_ROUTE


def test_a_list_of_the_other_family_cannot_matter() -> None:
    estate = small_estate()
    estate["ManagedPrefixLists"].append({"PrefixListId": "pl-six", "AddressFamily": "IPv6"})
    find(estate, "sg-web")["IpPermissions"] = [rule(prefix_list="pl-six")]
    assert ask(estate, APP, WEB).verdict == UNREACHABLE
    assert ask(estate, APP_6, WEB_6).missing == ("pl-six",)


def test_what_is_missing_is_named() -> None:
    estate = small_estate()
    find(estate, "rtb-public")["Routes"].append(route("pl-known", TransitGatewayId="tgw-1"))
    assert ask(estate, WEB, HOST).missing == ("tgw-1",)


def test_a_balancer_without_groups_is_not_filtered_by_any() -> None:
    estate = small_estate()
    app = find(estate, "eni-app")
    app["InterfaceType"], app["Groups"] = "network_load_balancer", []
    assert ask(estate, WEB, APP).missing == ("eni-app",)


def test_a_regional_nat_gateway_is_not_modelled() -> None:
    estate = small_estate()
    del find(estate, "nat-a")["SubnetId"]
    assert ask(estate, APP, HOST).missing == ("nat-a",)


def test_nt8_holds_for_the_interface_of_a_nat_gateway_without_a_record() -> None:
    estate = small_estate()
    estate["NatGateways"] = []
    find(estate, "eni-app")["InterfaceType"] = "nat_gateway"
    assert ask(estate, WEB, APP).code == codes.NGW_NO_SESSION
