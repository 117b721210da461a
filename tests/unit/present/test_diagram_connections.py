"""What joins networks and what serves in them, as drawings."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

import netreach
from netreach.present.diagram import build, write
from netreach.sources.yaml_estate import read
from tests.scenarios.test_fixtures import FIXTURES, network_of
from tests.unit.present.test_diagram import edge, edges, node

CONNECTED = (
    "hub-and-spoke",
    "central-egress",
    "hybrid",
    "privatelink",
    "dual-stack-mesh",
    "multi-account",
)


@cache
def drawn(fixture: str) -> str:
    return str(build(network_of(fixture).snapshot).source)


def path_on(fixture: str, source: str, destination: str, port: int) -> str:
    """Return a fixture's drawing with a path on it."""
    network = network_of(fixture)
    report = network.path(source, destination, port=port).report
    return str(build(network.snapshot, report).source)


def arrows(source: str, style: str) -> list[str]:
    """Return the ends of the arrows of one colour and style."""
    lines = [line for line in edges(source) if style in line]
    return [" -> ".join(re.findall(r'"([^"]*)"', line)[:2]) for line in lines]


THERE, NEVER = "penwidth=3", "style=dotted"


# -- transit gateways and peerings


def test_an_attachment_stands_in_its_vpc_and_is_tied_to_its_gateway() -> None:
    source = drawn("hub-and-spoke")
    label = node(source, "id/tgw-attach-prod-link")
    assert "prod-link\\ntgw-attach-prod-link\\ntable from-prod\\nin prod-tgw-a" in label
    start = source.index('subgraph "cluster_vpc/vpc-prod"')
    assert '"id/tgw-attach-prod-link"' in source[start : source.index("\n\t}\n", start)]
    assert "dir=none" in edge(source, "id/tgw-attach-prod-link", "id/tgw-hub")


def test_a_route_to_a_transit_gateway_leads_to_the_attachment_of_its_vpc() -> None:
    source = drawn("hub-and-spoke")
    line = edge(source, "id/eni-lab-1", "id/tgw-attach-lab-link")
    assert 'label="10.0.0.0/8"' in line
    assert "table none" in node(source, "id/tgw-attach-lab-link")


def test_without_an_attachment_the_route_leads_to_the_gateway_itself() -> None:
    text = """
netreach: 1
vpcs:
  lone:
    cidr: 10.0.0.0/16
    subnets: {a: {cidr: 10.0.1.0/24}}
    route_tables: {main: {main: true, routes: {10.0.0.0/8: transit-gateway:hub}}}
transit_gateways: {hub: {state: deleting}}
"""
    source = build(read(text)).source
    assert edge(source, "empty/subnet-a", "id/tgw-hub")
    assert "(deleting)" in node(source, "id/tgw-hub")
    assert "dashed" in node(source, "id/tgw-hub")


def test_a_transit_peering_is_one_line_between_two_gateways() -> None:
    text = """
netreach: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
transit_gateways: {west: {attachments: {link: {peer: east}}}, east: {}}
"""
    source = build(read(text)).source
    assert [line.split(" [")[0] for line in edges(source)] == ['"id/tgw-west" -> "id/tgw-east"']


def test_a_peering_stands_between_its_vpcs() -> None:
    source = drawn("dual-stack-mesh")
    assert "peering\\nfront-api\\npcx-front-api" in node(source, "id/pcx-front-api")
    there = edge(source, "id/eni-front-1", "id/pcx-front-api")
    assert 'label="10.52.0.0/16, 2001:db8:52::/56"' in there
    assert 'label="10.51.0.0/16"' in edge(source, "id/eni-api-1", "id/pcx-front-api")


def test_a_peering_that_no_route_leads_to_is_tied_to_the_frames_of_its_vpcs() -> None:
    text = """
netreach: 1
vpcs: {v: {cidr: 10.0.0.0/16, subnets: {a: {cidr: 10.0.1.0/24}}}}
peerings: {far: {requester: v, accepter: missing:vpc-9, state: pending-acceptance}}
"""
    source = build(read(text)).source
    near = edge(source, "empty/subnet-a", "id/pcx-far")
    assert 'ltail="cluster_vpc/vpc-v"' in near
    assert 'label="no route"' in near
    assert "no route" not in edge(source, "unknown/vpc%2Fvpc-9", "id/pcx-far")
    assert "VPC vpc-9 (not in the snapshot)" in source
    assert "(pending-acceptance)" in node(source, "id/pcx-far")


# -- sites


def test_a_vpn_joins_its_gateways() -> None:
    source = drawn("hybrid")
    assert edge(source, "id/vgw-branch-gateway", "id/vpn-branch-vpn")
    assert edge(source, "id/vpn-branch-vpn", "id/cgw-branch")
    assert "203.0.113.99" in node(source, "id/cgw-branch")
    assert "2 tunnels up" in node(source, "id/vpn-branch-vpn")


def test_direct_connect_says_what_it_may_announce() -> None:
    source = drawn("hybrid")
    line = edge(source, "id/tgw-backbone", "id/dxgw-datacentre")
    assert 'label="datacentre-link\\n10.20.0.0/16"' in line
    assert edge(source, "id/dxgw-datacentre", "id/dxvif-datacentre-vif")


# -- services


def test_a_balancer_is_tied_to_its_nodes_and_leads_to_its_targets() -> None:
    source = drawn("privatelink")
    (balancer,) = network_of("privatelink").snapshot.load_balancers
    key = re.search(r'"(id/arn[^"]*loadbalancer[^"]*)" \[', source)
    assert key
    assert balancer.rpartition("/")[2] in key[1]
    assert "tcp 443 → billing-api" in node(source, key[1])
    assert "dir=none" in edge(source, "id/eni-billing-api-a", key[1])
    assert 'label="tcp 8443"' in edge(source, key[1], "id/eni-api-1")
    assert "label=unhealthy" in edge(source, key[1], "id/eni-api-2")
    assert "dashed" in edge(source, key[1], "id/eni-api-2")
    assert "balancer node\\nbilling\\neni-billing-api-a" in node(source, "id/eni-billing-api-a")
    assert "label=PrivateLink" in edge(source, "id/eni-billing-door-doors-a", key[1])


def test_a_firewall_is_tied_to_its_endpoints_and_routes_lead_to_those() -> None:
    source = drawn("central-egress")
    assert "firewall endpoint\\nwall (eu-central-1a)" in node(source, "id/eni-wall-wall-a")
    assert edge(source, "empty/subnet-from-hub-a", "id/eni-wall-wall-a")
    (firewall,) = {end.split(" -> ")[1] for end in arrows(source, "dir=none") if "firewall" in end}
    assert "network firewall\\nwall\\npolicy egress" in node(source, firewall)


def test_a_gateway_endpoint_stands_beside_the_subnets() -> None:
    text = """
netreach: 1
region: eu-central-1
vpcs:
  v:
    cidr: 10.0.0.0/16
    subnets: {a: {cidr: 10.0.1.0/24}}
    endpoints: {s3: {kind: gateway, service: s3, prefix_list: s3, route_tables: [main]}}
prefix_lists: {s3: {entries: [52.219.0.0/16], list_name: aws.s3}}
"""
    source = build(read(text)).source
    assert "gateway endpoint\\ns3\\nvpce-s3\\ncom.amazonaws" in node(source, "id/vpce-s3")
    assert 'label="aws.s3"' in edge(source, "empty/subnet-a", "id/vpce-s3")


# -- paths


def test_a_path_goes_through_attachments_firewall_and_gateways() -> None:
    source = path_on("central-egress", "web-1", "internet", 443)
    there = arrows(source, THERE)
    assert there[:3] == [
        "id/eni-web-1 -> id/tgw-attach-web-link",
        "id/tgw-attach-web-link -> id/tgw-hub",
        "id/tgw-hub -> id/tgw-attach-inspection-link",
    ]
    assert there[-1] == "id/igw-inspection -> world/internet"
    assert "outside/" not in source


def test_a_path_from_a_site_begins_at_its_gateway() -> None:
    source = path_on("hybrid", "192.168.7.5", "prices-1", 443)
    assert arrows(source, THERE) == [
        "id/cgw-branch -> id/vpn-branch-vpn",
        "id/vpn-branch-vpn -> id/vgw-branch-gateway",
        "id/vgw-branch-gateway -> id/eni-prices-1",
    ]
    assert "outside/" not in source


def test_a_transit_table_blocks_at_its_gateway() -> None:
    source = path_on("hub-and-spoke", "orders-1", "sandbox-1", 443)
    assert "✗ transit gateway" in node(source, "id/tgw-hub")
    assert "TGW_RTB_BAD_STATE_ROUTE" in node(source, "id/tgw-hub")
    assert "id/tgw-hub -> id/eni-sandbox-1" in arrows(source, NEVER)


@pytest.mark.parametrize("fixture", CONNECTED)
def test_nothing_of_a_fixture_is_left_out(fixture: str) -> None:
    assert "not drawn" not in drawn(fixture)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("fixture", CONNECTED)
def test_dot_draws_every_fixture(
    fixture: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    snapshot = netreach.load(FIXTURES / fixture).snapshot
    write(build(snapshot), tmp_path / "estate.svg")
    assert "</svg>" in (tmp_path / "estate.svg").read_text(encoding="utf-8")
    assert capfd.readouterr().err == ""
