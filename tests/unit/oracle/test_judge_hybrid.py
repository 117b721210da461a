"""The judge by hand: VPN, Direct Connect, VPN clients, Connect attachments, policy tables."""

from __future__ import annotations

from typing import Final

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Ruling, Verdict
from tests.unit.oracle.joined_estate import FAR, attached_estate, static
from tests.unit.oracle.small_estate import (
    WEB,
    Estate,
    Record,
    ask,
    find,
    interface,
    route,
    small_estate,
)

REACHABLE, UNREACHABLE, UNKNOWN = Verdict.REACHABLE, Verdict.UNREACHABLE, Verdict.UNKNOWN
OFFICE, OFFICE_BLOCK = "192.168.5.7", "192.168.0.0/16"
PLANT, PLANT_BLOCK = "172.20.1.9", "172.20.0.0/16"
BY_HAND: Final = {"Origin": "CreateRoute"}


def vpn(name: str, site: str, *blocks: str, **more: object) -> Record:
    """Return a VPN connection with these static routes, or one by BGP."""
    return {
        "VpnConnectionId": name,
        "CustomerGatewayId": site,
        "VpnGatewayId": "vgw-1",
        "State": "available",
        "Options": {"StaticRoutesOnly": bool(blocks)},
        "Routes": [{"DestinationCidrBlock": block, "State": "available"} for block in blocks],
        **more,
    }


def hybrid(*vpns: Record, learned: tuple[str, ...] = ()) -> Estate:
    """Return the small estate with a VPN gateway; web-1 routes the office's block there."""
    estate = small_estate()
    gateway = {"VpnGatewayId": "vgw-1", "State": "available"}
    gateway["VpcAttachments"] = [{"VpcId": "vpc-a", "State": "attached"}]  # type: ignore[assignment]
    estate["VpnGateways"], estate["VpnConnections"] = [gateway], list(vpns)
    table = find(estate, "rtb-public")["Routes"]
    table.append(route(OFFICE_BLOCK, GatewayId="vgw-1") | BY_HAND)
    table += [route(block, GatewayId="vgw-1") for block in learned]
    return estate


def from_site(estate: Estate, to: str, site: str = "cgw-1", own: str = OFFICE) -> Ruling:
    return ask(estate, own, to, source_id=site)


def test_hy1_a_static_vpn_carries_both_ways() -> None:
    estate = hybrid(vpn("vpn-1", "cgw-1", OFFICE_BLOCK))
    assert (ask(estate, WEB, OFFICE).verdict, from_site(estate, WEB).verdict) == (
        REACHABLE,
        REACHABLE,
    )


@pytest.mark.parametrize("down", [{"State": "pending"}, {"VgwTelemetry": [{"Status": "DOWN"}]}])
def test_hy1_a_vpn_that_is_down_carries_nothing(down: Record) -> None:
    estate = hybrid(vpn("vpn-1", "cgw-1", OFFICE_BLOCK, **down))
    assert ask(estate, WEB, OFFICE).code == codes.BAD_STATE_VPN


def test_hy1_what_bgp_has_not_shown_is_unknown() -> None:
    assert ask(hybrid(vpn("vpn-1", "cgw-1")), WEB, OFFICE).verdict == UNKNOWN
    shown = hybrid(vpn("vpn-1", "cgw-1"), learned=(OFFICE_BLOCK,))
    assert ask(shown, WEB, OFFICE).verdict == REACHABLE


def test_hy1_only_the_vpcs_own_interfaces_are_served() -> None:
    estate = hybrid(vpn("vpn-1", "cgw-1", OFFICE_BLOCK))
    assert from_site(estate, "10.0.1.77").code == codes.VGW_INGRESS
    unheld = ask(estate, "10.0.1.77", OFFICE, source_id="vpc-a")
    assert unheld.code == codes.VGW_EGRESS


def test_hy1_the_longest_prefix_decides_and_replies_must_come_to_the_client() -> None:
    estate = hybrid(vpn("vpn-1", "cgw-1", OFFICE_BLOCK), vpn("vpn-2", "cgw-2", "192.168.5.0/24"))
    ruling = from_site(estate, WEB)
    assert (ruling.verdict, ruling.code, ruling.leg) == (REACHABLE, None, None)  # one network
    alone = hybrid(vpn("vpn-1", "cgw-1", "192.168.4.0/24"), vpn("vpn-2", "cgw-2", "0.0.0.0/0"))
    ruling = from_site(alone, WEB)
    assert (ruling.code, ruling.leg) == (codes.DELIVERED_ELSEWHERE, Leg.RETURN)


def test_hy2_sites_by_bgp_meet_at_one_gateway() -> None:
    links = vpn("vpn-1", "cgw-1"), vpn("vpn-2", "cgw-2")
    estate = hybrid(*links, learned=(OFFICE_BLOCK, PLANT_BLOCK))
    assert from_site(estate, PLANT).verdict == REACHABLE
    estate["CustomerGateways"] = [
        {"CustomerGatewayId": site, "BgpAsn": "65001"} for site in ("cgw-1", "cgw-2")
    ]
    assert from_site(estate, PLANT).verdict == UNKNOWN


def test_hy3_direct_connect_announces_what_is_allowed() -> None:
    for allowed, verdict in (("10.0.0.0/8", REACHABLE), ("10.0.1.0/24", UNREACHABLE)):
        estate = hybrid(learned=(OFFICE_BLOCK,))
        estate["directConnectGateways"] = [
            {"directConnectGatewayId": "dxgw-1", "directConnectGatewayState": "available"}
        ]
        estate["directConnectGatewayAssociations"] = [
            {
                "directConnectGatewayId": "dxgw-1",
                "associationState": "associated",
                "associatedGateway": {"id": "vgw-1"},
                "allowedPrefixesToDirectConnectGateway": [{"cidr": allowed}],
            }
        ]
        assert from_site(estate, WEB, "dxgw-1").verdict == verdict


def test_bp3_vpn_clients_come_in_by_an_interface_of_the_endpoint() -> None:
    estate = small_estate()
    door = interface("eni-door", "subnet-public", "sg-web", {"10.0.1.40": None})
    estate["NetworkInterfaces"].append(
        door | {"VpcId": "vpc-a", "Description": "ClientVPN Endpoint resource"}
    )
    owner, active = {"ClientVpnEndpointId": "cvpn-endpoint-1"}, {"Status": {"Code": "active"}}
    estate["ClientVpnEndpoints"] = [
        {**owner, "ClientCidrBlock": "172.21.0.0/22", "Status": {"Code": "available"}}
    ]
    estate["ClientVpnTargetNetworks"] = [{**owner, "TargetNetworkId": "subnet-public"}]
    whole = {**owner, **active, "DestinationCidr": "10.0.0.0/16"}
    estate["AuthorizationRules"] = [whole]
    estate["Routes"] = [{**whole, "TargetSubnet": "subnet-public"}]
    ruling = from_site(estate, WEB, "cvpn-endpoint-1", "172.21.0.7")
    assert (ruling.verdict, ruling.sees) == (REACHABLE, ("10.0.1.40",))
    estate["AuthorizationRules"] = [{**whole, "DestinationCidr": "10.0.9.0/24"}]
    ruling = from_site(estate, WEB, "cvpn-endpoint-1", "172.21.0.7")
    assert ruling.code == codes.CLIENT_NOT_AUTHORIZED


def connected() -> Estate:
    """Return the attached estate with an office behind an appliance of the third VPC."""
    estate = attached_estate()
    name = {"TransitGatewayAttachmentId": "tie-x"}
    estate["TransitGatewayAttachments"].append(
        {
            **name,
            "TransitGatewayId": "tgw-1",
            "ResourceType": "connect",
            "ResourceId": "tie-c",
            "State": "available",
            "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1"},
        }
    )
    estate["TransitGatewayConnects"] = [{**name, "TransportTransitGatewayAttachmentId": "tie-c"}]
    estate["TransitGatewayStaticRoutes"][0]["Routes"].append(static(OFFICE_BLOCK, "tie-x"))
    find(estate, "rtb-public")["Routes"].append(route(OFFICE_BLOCK, TransitGatewayId="tgw-1"))
    return estate


def test_tg1_a_connect_attachment_leads_to_the_network_behind_its_appliance() -> None:
    estate = connected()
    assert (ask(estate, WEB, OFFICE).verdict, from_site(estate, WEB, "tie-x").verdict) == (
        REACHABLE,
        REACHABLE,
    )
    session = {"BgpConfigurations": [{"BgpStatus": "down"}]}
    estate["TransitGatewayConnectPeers"] = [
        {
            "TransitGatewayAttachmentId": "tie-x",
            "State": "available",
            "ConnectPeerConfiguration": session,
        }
    ]
    assert ask(estate, WEB, OFFICE).code == codes.BAD_STATE


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        pytest.param({}, REACHABLE, id="everything"),
        pytest.param({"Protocol": "6", "DestinationPortRange": "443"}, REACHABLE, id="port"),
        pytest.param({"Protocol": "6", "DestinationPortRange": "80"}, UNREACHABLE, id="other"),
        pytest.param({"SourcePortRange": "53"}, UNKNOWN, id="source-port"),
    ],
)
def test_tg10_a_policy_table_chooses_the_table(rule: Record, verdict: Verdict) -> None:
    estate = attached_estate()
    find(estate, "tie-a").pop("Association")
    owner = {"TransitGatewayPolicyTableId": "tgw-ptb-1"}
    estate["TransitGatewayPolicyTables"] = [{**owner, "TransitGatewayId": "tgw-1"}]
    estate["Associations"] = [{**owner, "TransitGatewayAttachmentId": "tie-a"}]
    estate["TransitGatewayPolicyTableEntries"] = [
        {
            **owner,
            "PolicyRuleNumber": "100",
            "PolicyRule": rule,
            "TargetRouteTableId": "tgw-rtb-1",
        }
    ]
    ruling = ask(estate, WEB, FAR)
    assert ruling.verdict == verdict
    assert ruling.code == (codes.TGW_NO_POLICY if verdict == UNREACHABLE else None)
