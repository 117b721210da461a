"""What joins networks and what serves in them, as nodes and edges of the network's graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import networkx

from netreach.fabric.load_balancer_targets import balancer_nodes
from netreach.model.relations import Relations
from netreach.model.snapshot import KINDS, Snapshot

#: Fields of Snapshot whose records are nodes.
_NODES: Final = (
    "peerings",
    "transit_gateways",
    "transit_attachments",
    "vpn_gateways",
    "customer_gateways",
    "vpn_connections",
    "direct_connect_gateways",
    "virtual_interfaces",
    "client_vpn_endpoints",
    "endpoints",
    "load_balancers",
    "target_groups",
    "firewalls",
)


class _Edge(NamedTuple):
    """A way between two nodes."""

    tail: str
    head: str
    kind: str
    is_both_ways: bool = True


def add_links(graph: networkx.MultiDiGraph[str], snapshot: Snapshot) -> None:
    """Add peerings, transit gateways, VPN, Direct Connect, balancers, endpoints and firewalls.

    What an edge names and the snapshot lacks is no node: the edge is left out.
    """
    for field in _NODES:
        for record in getattr(snapshot, field).values():
            place = {"vpc": record.vpc} if getattr(record, "vpc", "") else {}
            graph.add_node(record.id, type=KINDS[field], name=record.name, **place)
    for edge in _edges(snapshot):
        if edge.tail in graph and edge.head in graph:
            graph.add_edge(edge.tail, edge.head, kind=edge.kind)
            if edge.is_both_ways:
                graph.add_edge(edge.head, edge.tail, kind=edge.kind)


def _edges(snapshot: Snapshot) -> Iterator[_Edge]:
    for peering in snapshot.peerings.values():
        for side in (peering.requester, peering.accepter):
            yield _Edge(peering.id, side.vpc, "peered")
    for tie in snapshot.transit_attachments.values():
        yield _Edge(tie.id, tie.gateway, "attached")
        yield _Edge(tie.id, tie.peer or tie.resource, "attached")
    yield from _site_edges(snapshot)
    yield from _balancer_edges(snapshot)
    yield from _endpoint_edges(snapshot)


def _site_edges(snapshot: Snapshot) -> Iterator[_Edge]:
    for gateway in snapshot.vpn_gateways.values():
        yield from (_Edge(gateway.id, tie.vpc, "attached") for tie in gateway.attachments)
    for vpn in snapshot.vpn_connections.values():
        yield _Edge(vpn.id, vpn.customer_gateway, "attached")
        yield _Edge(vpn.id, vpn.vpn_gateway, "attached")
    for endpoint in snapshot.client_vpn_endpoints.values():
        yield from (_Edge(endpoint.id, one, "attached") for one in endpoint.subnets or ())
    yield from _direct_connect_edges(snapshot)


def _direct_connect_edges(snapshot: Snapshot) -> Iterator[_Edge]:
    """Yield those to VPN gateways and circuits; those to transit gateways are attachments."""
    for gateway in snapshot.direct_connect_gateways.values():
        for tie in gateway.associations or ():
            if tie.gateway in snapshot.vpn_gateways:
                yield _Edge(gateway.id, tie.gateway, "attached")
    for circuit in snapshot.virtual_interfaces.values():
        yield _Edge(circuit.id, circuit.direct_connect_gateway, "attached")
        yield _Edge(circuit.id, circuit.vpn_gateway, "attached")


def _balancer_edges(snapshot: Snapshot) -> Iterator[_Edge]:
    for number, node in balancer_nodes(snapshot).items():
        if node.balancer is not None:
            yield _Edge(number, node.balancer.id, "attached")
    hosts = _Hosts(snapshot)
    for balancer in snapshot.load_balancers.values():
        groups = (group for one in balancer.listeners or () for group in one.target_groups)
        yield from (_serves(balancer.id, group) for group in dict.fromkeys(groups))
        for instance in balancer.instances:
            yield from hosts.edges(balancer.id, instance, balancer.vpc)
    for targets in snapshot.target_groups.values():
        for target in targets.targets or ():
            yield from hosts.edges(targets.id, target.id, targets.vpc)


def _endpoint_edges(snapshot: Snapshot) -> Iterator[_Edge]:
    offers: dict[str, list[str]] = {}
    for offer in snapshot.endpoint_services.values():
        offers.setdefault(offer.service, []).extend(offer.balancers)
    for endpoint in snapshot.endpoints.values():
        yield from (_Edge(one, endpoint.id, "attached") for one in endpoint.interfaces)
        yield from (_serves(endpoint.id, one) for one in offers.get(endpoint.service, ()))
    for firewall in snapshot.firewalls.values():
        yield from (_Edge(one.endpoint, firewall.id, "attached") for one in firewall.endpoints)


def _serves(tail: str, head: str) -> _Edge:
    return _Edge(tail, head, "serves", is_both_ways=False)


class _Hosts:
    """Finds the interfaces that targets are."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Index the interfaces by who they are and by what they hold."""
        self._of_instance = Relations(snapshot).interfaces_of_instance
        self._by_address = {
            (one.vpc, str(held.private)): one.id
            for one in snapshot.interfaces.values()
            for held in one.addresses
        }

    def edges(self, tail: str, target: str, vpc: str) -> Iterator[_Edge]:
        """Yield the edges to a target: a balancer, an instance's interfaces or an address's."""
        yield _serves(tail, target)
        yield from (_serves(tail, one.id) for one in self._of_instance.get(target, ()))
        yield _serves(tail, self._by_address.get((vpc, target), ""))
