"""The compiled network as a networkx graph: what joins what, by which route."""

from __future__ import annotations

from collections.abc import Iterator

import networkx

from netreach.fabric.fabric import Fabric
from netreach.fabric.graph_links import add_links
from netreach.model.records import Route, RouteState, RouteTable, TargetKind
from netreach.packets.batch import NO_ROW

Graph = networkx.MultiDiGraph


def network_graph(fabric: Fabric) -> Graph[str]:
    """Return the network as a directed multigraph.

    Nodes are ids with the attributes `type`, `name` and, where they have one, `vpc` and `zone`;
    `internet` stands for everything outside. Edges say how packets move on: `kind` is
    `attached` (an interface and its subnet, both ways), `local` (between subnets of a VPC, by
    their VPC), `route` (a subnet to a gateway; `destination`, `state`, `table`), `door` (a
    gateway and the internet), `peered` (a VPC and a peering), `attached` (also a gateway and what
    it is attached to) or `serves` (a balancer, endpoint or firewall, and what it hands packets
    to).
    """
    graph: Graph[str] = networkx.MultiDiGraph()
    snapshot = fabric.snapshot
    graph.add_node("internet", type="internet", name="internet")
    for vpc in snapshot.vpcs.values():
        graph.add_node(vpc.id, type="vpc", name=vpc.name)
    for subnet in snapshot.subnets.values():
        graph.add_node(subnet.id, type="subnet", name=subnet.name, vpc=subnet.vpc, zone=subnet.zone)
        graph.add_edge(subnet.id, subnet.vpc, kind="local")
        graph.add_edge(subnet.vpc, subnet.id, kind="local")
    for record in snapshot.interfaces.values():
        graph.add_node(record.id, type="network-interface", name=record.name, vpc=record.vpc)
        graph.add_edge(record.id, record.subnet, kind="attached")
        graph.add_edge(record.subnet, record.id, kind="attached")
    _add_gateways(graph, fabric)
    add_links(graph, snapshot)
    _add_routes(graph, fabric)
    return graph


def _add_gateways(graph: Graph[str], fabric: Fabric) -> None:
    for identifier in fabric.rows.internet_gateways:
        record = fabric.snapshot.internet_gateways.get(identifier)
        name = record.name if record else ""
        graph.add_node(identifier, type="internet-gateway", name=name)
        graph.add_edge(identifier, "internet", kind="door")
        graph.add_edge("internet", identifier, kind="door")
    for egress_only in fabric.snapshot.egress_only_gateways.values():
        kind = "egress-only-internet-gateway"
        graph.add_node(egress_only.id, type=kind, name=egress_only.name)
        graph.add_edge(egress_only.id, "internet", kind="door")
    for nat in fabric.snapshot.nat_gateways.values():
        graph.add_node(nat.id, type="nat-gateway", name=nat.name, vpc=nat.vpc)
        if nat.subnet:
            graph.add_edge(nat.id, nat.subnet, kind="attached")


def _add_routes(graph: Graph[str], fabric: Fabric) -> None:
    for subnet, table, route in _routes(fabric):
        target = route.target or str(route.target_kind)
        if target not in graph:
            graph.add_node(target, type=str(route.target_kind), name="")
        graph.add_edge(
            subnet,
            target,
            kind="route",
            table=table.id,
            destination=str(route.destination) if route.destination else route.prefix_list,
            state=str(route.state),
        )


def _routes(fabric: Fabric) -> Iterator[tuple[str, RouteTable, Route]]:
    """Yield each subnet's routes to something other than its own VPC."""
    router = fabric.router
    for subnet, row in fabric.rows.subnets.items():
        table_row = int(router.table_of_subnet[row])
        if table_row == NO_ROW:
            continue
        table = fabric.snapshot.route_tables[router.table_ids[table_row]]
        for route in table.routes:
            if route.target_kind is not TargetKind.LOCAL and route.state is not RouteState.FILTERED:
                yield subnet, table, route
