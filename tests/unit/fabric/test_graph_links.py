"""What joins networks and what serves in them, in the network's graph."""

from __future__ import annotations

import networkx
import pytest

from tests.scenarios.test_fixtures import network_of

BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/net/billing"
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/billing-api"
FIREWALL = "arn:aws:network-firewall:eu-central-1:111122223333:firewall/wall"


def kinds(fixture: str, tail: str, head: str) -> list[str]:
    """Return the kinds of the edges between two nodes; ARNs are known by how they begin."""
    graph = network_of(fixture).graph()
    return [
        data["kind"]
        for one, other, data in graph.edges(data=True)
        if one.startswith(tail) and other.startswith(head)
    ]


@pytest.mark.parametrize(
    ("fixture", "tail", "head"),
    [
        ("hub-and-spoke", "vpc-prod", "tgw-attach-prod-link"),
        ("hub-and-spoke", "tgw-attach-prod-link", "tgw-hub"),
        ("hybrid", "vgw-branch-gateway", "vpc-retail"),
        ("hybrid", "vpn-branch-vpn", "vgw-branch-gateway"),
        ("hybrid", "vpn-branch-vpn", "cgw-branch"),
        ("hybrid", "tgw-attach-datacentre-link", "dxgw-datacentre"),
        ("hybrid", "dxvif-datacentre-vif", "dxgw-datacentre"),
        ("privatelink", "eni-billing-api-a", BALANCER),
        ("privatelink", "eni-billing-door-doors-a", "vpce-billing-door"),
        ("central-egress", "vpce-wall-wall-a", FIREWALL),
    ],
)
def test_what_is_attached_is_joined_both_ways(fixture: str, tail: str, head: str) -> None:
    assert kinds(fixture, tail, head) == kinds(fixture, head, tail) == ["attached"]


def test_a_peering_joins_both_of_its_vpcs() -> None:
    for vpc in ("vpc-front", "vpc-api"):
        assert kinds("dual-stack-mesh", vpc, "pcx-front-api") == ["peered"]
        assert kinds("dual-stack-mesh", "pcx-front-api", vpc) == ["peered"]


@pytest.mark.parametrize(
    ("tail", "head"),
    [(BALANCER, GROUP), (GROUP, "eni-api-1"), ("vpce-billing-door", BALANCER)],
)
def test_what_serves_hands_on_and_gets_nothing_back(tail: str, head: str) -> None:
    assert kinds("privatelink", tail, head) == ["serves"]
    assert kinds("privatelink", head, tail) == []


@pytest.mark.parametrize(
    ("fixture", "source", "destination"),
    [
        ("hub-and-spoke", "eni-orders-1", "eni-directory-1"),
        ("central-egress", "eni-web-1", "internet"),
        ("hybrid", "eni-prices-1", "cgw-branch"),
        ("privatelink", "eni-shop-1", "eni-api-1"),
        ("multi-account", "eni-shop-1", "eni-orders-1"),
    ],
)
def test_where_packets_get_the_graph_leads(fixture: str, source: str, destination: str) -> None:
    assert networkx.has_path(network_of(fixture).graph(), source, destination)


def test_what_the_snapshot_lacks_is_no_node() -> None:
    for fixture in ("hub-and-spoke", "hybrid", "privatelink"):
        graph = network_of(fixture).graph()
        assert "" not in graph
        assert all("type" in data for _, data in graph.nodes(data=True))
