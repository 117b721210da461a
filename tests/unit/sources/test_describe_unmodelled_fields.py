"""Fields of AWS's answers whose meaning is not modelled: what depends on them is in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import loaded, written


@pytest.mark.parametrize(
    ("subnets", "doubt"),
    [
        (None, None),
        (["subnet-1"], None),
        (["subnet-1", "subnet-2"], "it is in subnet-2 too, which is not modelled"),
    ],
)
def test_an_interface_with_associated_subnets_is_in_doubt(
    subnets: list[str] | None, doubt: str | None, tmp_path: Path
) -> None:
    item = {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1"}
    found = loaded(tmp_path, NetworkInterfaces=[item | {"AssociatedSubnets": subnets}])
    told = found.interfaces["eni-1"].doubt
    assert ("which is not modelled" in told, doubt in (None, told)) == (doubt is not None, True)


@pytest.mark.parametrize(
    ("state", "is_doubted"), [("attached", True), ("attaching", True), ("detached", False)]
)
def test_a_nat_gateway_with_an_attached_proxy_is_in_doubt(
    state: str, is_doubted: bool, tmp_path: Path
) -> None:
    proxy = {"Type": "network-firewall-proxy", "ApplianceArn": "arn:p", "AttachmentState": state}
    item = {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "AttachedAppliances": [proxy]}
    found = loaded(tmp_path, NatGateways=[item]).nat_gateways["nat-1"]
    assert ("a proxy filters what it sends" in found.doubt) == is_doubted


def test_a_firewall_in_proxy_mode_is_in_doubt(tmp_path: Path) -> None:
    plain = {"FirewallArn": "arn:aws:network-firewall:x:1:firewall/f", "FirewallName": "f"}
    plain |= {"VpcId": "vpc-1", "FirewallPolicyArn": "arn:p"}
    proxied = {**plain, "ProxySettings": {"ListenerProperties": []}}
    written(tmp_path / "f.json", {"Firewall": proxied, "FirewallStatus": {}})
    (found,) = open_snapshot(tmp_path).firewalls.values()
    assert found.doubt == "proxy mode is not modelled"


def test_a_private_vpn_names_the_attachment_that_carries_it(tmp_path: Path) -> None:
    options = {"TransportTransitGatewayAttachmentId": "tgw-attach-1"}
    item = {"VpnConnectionId": "vpn-1", "TransitGatewayId": "tgw-1", "Options": options}
    found = loaded(tmp_path, VpnConnections=[item]).vpn_connections["vpn-1"]
    assert found.transport == "tgw-attach-1"


def test_a_route_table_of_a_public_pool_says_which(tmp_path: Path) -> None:
    tie = {"PublicIpv4Pool": "ipv4pool-ec2-1", "AssociationState": {"State": "associated"}}
    item = {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [tie], "Routes": []}
    found = loaded(tmp_path, RouteTables=[item]).route_tables["rtb-1"]
    assert found.public_pools == ("ipv4pool-ec2-1",)


def test_an_instance_has_addresses_in_secondary_networks(tmp_path: Path) -> None:
    secondary = {"PrivateIpAddresses": [{"PrivateIpAddress": "10.200.0.5"}]}
    item = {"InstanceId": "i-1", "VpcId": "vpc-1", "SecondaryInterfaces": [secondary]}
    found = loaded(tmp_path, Reservations=[{"Instances": [item]}]).instances["i-1"]
    assert list(map(str, found.secondary_addresses)) == ["10.200.0.5"]
