"""The judge by hand: peerings and transit gateways."""

from __future__ import annotations

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Verdict
from tests.unit.oracle.joined_estate import (
    FAR,
    FAR_BLOCK,
    NEAR_BLOCK,
    PEERING,
    TRANSIT,
    ask_back,
    attached_estate,
    attachment,
    close,
    far_estate,
    peered_estate,
    static,
)
from tests.unit.oracle.small_estate import APP, HOST, NAT, WEB, ask, entry, find, route, rule

REACHABLE, UNREACHABLE, UNKNOWN = Verdict.REACHABLE, Verdict.UNREACHABLE, Verdict.UNKNOWN


def test_pc3_a_peering_carries_both_ways() -> None:
    estate = peered_estate()
    assert ask(estate, WEB, FAR).sees == (WEB,)
    assert ask_back(estate, WEB).verdict == REACHABLE
    find(estate, "rtb-c")["Routes"].pop()
    ruling = ask(estate, WEB, FAR)
    assert (ruling.code, ruling.leg) == (codes.NO_ROUTE, Leg.RETURN)


@pytest.mark.parametrize("state", ["pending-acceptance", "rejected"])
def test_pc3_a_peering_must_be_active(state: str) -> None:
    assert ask(peered_estate(state), WEB, FAR).code == codes.BAD_STATE


def test_rt9_a_route_to_a_deleted_peering_is_a_blackhole() -> None:
    assert ask(peered_estate("deleted"), WEB, FAR).code == codes.BAD_STATE_ROUTE


def test_pc2_a_peering_carries_only_what_is_for_the_other_vpc() -> None:
    estate = peered_estate()
    find(estate, "rtb-public")["Routes"].append(route("8.8.8.8/32", **PEERING))
    assert ask(estate, WEB, HOST).code == codes.PCX_ADDRESS


def test_a_peer_that_is_not_in_the_snapshot_is_unknown() -> None:
    estate = peered_estate()
    estate["Vpcs"].pop()
    assert ask(estate, WEB, FAR).missing == ("pcx-1",)


def test_nt3_a_nat_gateway_is_answered_without_a_route() -> None:
    estate = peered_estate()
    find(estate, "rtb-c")["Routes"].pop()
    find(estate, "rtb-private")["Routes"][-1] = route(FAR_BLOCK, NatGatewayId="nat-a")
    ruling = ask(estate, APP, FAR)
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (NAT,))
    close(estate, "acl-public", FAR_BLOCK, egress=False)
    assert ask(estate, APP, FAR).leg == Leg.RETURN


@pytest.mark.parametrize(
    ("region", "expected"), [("here", REACHABLE), ("elsewhere", UNREACHABLE)], ids=str
)
@pytest.mark.parametrize("side", ["IpPermissions", "IpPermissionsEgress"])
def test_sg7_groups_are_named_across_a_peering_in_one_region(
    region: str, expected: Verdict, side: str
) -> None:
    estate = peered_estate(region=region)
    one, other = ("sg-far", "sg-web") if side == "IpPermissions" else ("sg-web", "sg-far")
    find(estate, one)[side] = [rule(group=other)]
    assert ask(estate, WEB, FAR).verdict == expected


def test_tg1_attached_vpcs_reach_each_other() -> None:
    estate = attached_estate()
    assert ask(estate, WEB, FAR).sees == (WEB,)
    assert ask_back(estate, APP).verdict == REACHABLE
    del estate["TransitGatewayAttachments"][0]["Association"]
    assert ask(estate, WEB, FAR).code == codes.TGW_NO_ASSOCIATION


def test_tg1_what_does_not_propagate_is_not_reached() -> None:
    estate = attached_estate()
    estate["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"].pop()
    assert ask(estate, WEB, FAR).code == codes.TGW_NO_ROUTE
    back = ask_back(estate, WEB)
    assert (back.code, back.leg) == (codes.TGW_NO_ROUTE, Leg.RETURN)


@pytest.mark.parametrize(
    ("block", "tie", "code"),
    [
        pytest.param("172.31.1.0/24", "", codes.TGW_BAD_STATE_ROUTE, id="a-longer-blackhole"),
        pytest.param(FAR_BLOCK, "", codes.TGW_BAD_STATE_ROUTE, id="static-hides-propagated"),
        pytest.param(FAR_BLOCK, "tie-c", None, id="static-beside-propagated"),
        pytest.param("0.0.0.0/0", "", None, id="a-shorter-blackhole"),
    ],
)
def test_tg2_the_longest_route_wins_then_the_static_one(
    block: str, tie: str, code: str | None
) -> None:
    estate = attached_estate()
    estate["TransitGatewayStaticRoutes"][0]["Routes"].append(static(block, tie))
    assert ask(estate, WEB, FAR).code == code


@pytest.mark.parametrize(
    "key",
    [
        "TransitGatewayStaticRoutes",
        "TransitGatewayPropagations",
        "TransitGatewayRouteTables",
        "TransitGatewayAttachments",
        "TransitGatewayVpcAttachments",
    ],
)
def test_what_the_snapshot_lacks_of_a_transit_gateway_is_unknown(key: str) -> None:
    estate = attached_estate()
    estate[key] = []
    assert ask(estate, WEB, FAR).verdict == UNKNOWN


def test_tg4_of_two_equal_vpcs_nobody_knows_which_is_meant() -> None:
    estate = attached_estate()
    estate["Vpcs"].append({"VpcId": "vpc-d", "CidrBlock": FAR_BLOCK})
    listed, described = attachment("tie-d", "vpc-d", "subnet-d")
    estate["TransitGatewayAttachments"].append(listed)
    estate["TransitGatewayVpcAttachments"].append(described)
    ties = estate["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"]
    ties.append({"TransitGatewayAttachmentId": "tie-d"})
    assert ask(estate, WEB, FAR).missing == ("tgw-rtb-1",)


def test_tg5_the_sender_s_zone_needs_a_subnet() -> None:
    estate = attached_estate()
    find(estate, "subnet-private")["AvailabilityZoneId"] = "az2"
    assert ask(estate, APP, FAR).code == codes.TGW_ZONE
    back = ask_back(estate, APP)
    assert (back.code, back.leg) == (codes.TGW_ZONE, Leg.RETURN)


def test_tg5_the_sender_s_zone_is_preferred_and_else_any_is_used() -> None:
    estate = attached_estate()
    closed = [entry(100, "allow", "0.0.0.0/0"), entry(1, "deny", "0.0.0.0/0", egress=True)]
    estate["NetworkAcls"].append(
        {"NetworkAclId": "acl-d", "Associations": [{"SubnetId": "subnet-d"}], "Entries": closed}
    )
    assert ask(estate, WEB, FAR).verdict == REACHABLE
    for name in ("subnet-public", "subnet-private"):
        find(estate, name)["AvailabilityZoneId"] = "az3"
    ruling = ask(estate, WEB, FAR)
    assert (ruling.verdict, ruling.code) == (Verdict.PARTIAL, codes.SUBNET_ACL_RESTRICTION)


def test_tg7_in_appliance_mode_any_zone_is_used_and_the_answers_keep_to_it() -> None:
    estate = attached_estate()
    closed = [entry(100, "allow", "0.0.0.0/0"), entry(1, "deny", "0.0.0.0/0", egress=True)]
    estate["NetworkAcls"].append(
        {"NetworkAclId": "acl-d", "Associations": [{"SubnetId": "subnet-d"}], "Entries": closed}
    )
    options = estate["TransitGatewayVpcAttachments"][1]["Options"]
    options["ApplianceModeSupport"] = "enable"
    assert ask(estate, WEB, FAR).verdict == Verdict.PARTIAL
    assert ask_back(estate, WEB).verdict == Verdict.PARTIAL


@pytest.mark.parametrize(
    ("egress", "stopped"),
    [
        pytest.param(False, WEB, id="in-from-hosts"),
        pytest.param(True, FAR, id="out-to-hosts"),
    ],
)
def test_tg6_the_attachment_s_subnet_filters_two_directions(egress: bool, stopped: str) -> None:
    """The private host's subnet is not the attachment's; the other two are not asked."""
    estate = attached_estate()
    close(estate, "acl-public", "10.0.2.0/24", egress=egress)
    close(estate, "acl-public", FAR_BLOCK, egress=not egress)
    there, back = ask(estate, APP, FAR), ask_back(estate, APP)
    stops = {WEB: there, FAR: back}
    assert stops.pop(stopped).leg == Leg.FORWARD
    assert [ruling.leg for ruling in stops.values()] == [Leg.RETURN]
    # in the attachment's own subnet nothing is asked of what the gateway brings
    close(estate, "acl-public", "10.0.1.0/24", egress=True)
    assert ask_back(estate, WEB).leg in (None, Leg.RETURN)


def test_tg9_ipv6_propagates_only_if_supported() -> None:
    estate = attached_estate()
    table = estate["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"]
    assert len(table) == 2
    far_six, six = "2600:1f14:3:101::10", "2600:1f14:1:101::10"
    find(estate, "vpc-c")["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600:1f14:3::/48"}]
    find(estate, "subnet-c")["Ipv6CidrBlockAssociationSet"] = [
        {"Ipv6CidrBlock": "2600:1f14:3:101::/64"}
    ]
    find(estate, "eni-far")["Ipv6Addresses"] = [{"Ipv6Address": far_six}]
    find(estate, "sg-far")["IpPermissions"].append(rule(cidr="::/0"))
    find(estate, "rtb-public")["Routes"].append(route("2600:1f14:3::/48", **TRANSIT))
    find(estate, "rtb-c")["Routes"].append(route("2600:1f14:1:100::/56", **TRANSIT))
    assert ask(estate, six, far_six).code == codes.TGW_NO_ROUTE
    for tie in estate["TransitGatewayVpcAttachments"]:
        tie["Options"]["Ipv6Support"] = "enable"
    assert ask(estate, six, far_six).verdict == REACHABLE


@pytest.mark.parametrize(
    ("gateway", "tie", "expected"),
    [("enable", "enable", None), ("disable", "enable", 1), ("enable", "disable", 1)],
)
def test_sg10_groups_are_named_where_gateway_and_attachments_let_them(
    gateway: str, tie: str, expected: int | None
) -> None:
    estate = attached_estate()
    option = "SecurityGroupReferencingSupport"
    estate["TransitGateways"][0]["Options"] = {option: gateway}
    estate["TransitGatewayVpcAttachments"][1]["Options"][option] = tie
    find(estate, "sg-far")["IpPermissions"] = [rule(group="sg-web")]
    wanted = codes.ENI_SG_RULES_MISMATCH if expected else None
    assert ask(estate, WEB, FAR).code == wanted


def test_tg1_peered_gateways_know_static_routes_only() -> None:
    estate = attached_estate()
    for records in ("TransitGatewayAttachments", "TransitGatewayVpcAttachments"):
        estate[records][1]["TransitGatewayId"] = "tgw-2"
    estate["TransitGatewayAttachments"][1]["Association"] = {
        "TransitGatewayRouteTableId": "tgw-rtb-2"
    }
    name, ends = "tie-peer", {"tgw-1": "tgw-2", "tgw-2": "tgw-1"}
    for number, (gateway, far) in enumerate(ends.items(), 1):
        estate["TransitGatewayAttachments"].append(
            {
                "TransitGatewayAttachmentId": name,
                "TransitGatewayId": gateway,
                "ResourceType": "peering",
                "ResourceId": far,
                "State": "available",
                "Association": {"TransitGatewayRouteTableId": f"tgw-rtb-{number}"},
            }
        )
    second = {"TransitGatewayRouteTableId": "tgw-rtb-2"}
    estate["TransitGatewayRouteTables"].append({**second, "TransitGatewayId": "tgw-2"})
    told = [{"TransitGatewayAttachmentId": one} for one in ("tie-c", name)]
    estate["TransitGatewayPropagations"].append(
        {**second, "TransitGatewayRouteTablePropagations": told}
    )
    first = estate["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"]
    first[1]["TransitGatewayAttachmentId"] = name
    estate["TransitGatewayStaticRoutes"].append({**second, "Routes": [static(NEAR_BLOCK, name)]})
    find(estate, "rtb-c")["Routes"][-1] = route(NEAR_BLOCK, TransitGatewayId="tgw-2")
    assert ask(estate, WEB, FAR).code == codes.TGW_NO_ROUTE
    estate["TransitGatewayStaticRoutes"][0]["Routes"].append(static(FAR_BLOCK, name))
    assert ask(estate, WEB, FAR).verdict == REACHABLE
    estate["TransitGatewayAttachments"][-1]["State"] = "pendingAcceptance"
    assert ask(estate, WEB, FAR).code == codes.BAD_STATE_ATTACHMENT


def test_what_comes_from_another_vpc_is_spoofed_to_an_internet_gateway() -> None:
    estate = attached_estate()
    find(estate, "rtb-c")["Routes"].append(route("0.0.0.0/0", **TRANSIT))
    estate["TransitGatewayStaticRoutes"][0]["Routes"].append(static("0.0.0.0/0", "tie-a"))
    assert ask_back(estate, HOST).code == codes.SPOOFED


def test_without_a_connection_there_is_no_route() -> None:
    assert ask(far_estate(), WEB, FAR).code == codes.IGW_TO_RFC1918
