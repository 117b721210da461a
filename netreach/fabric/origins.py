"""Rows back to records: the only bridge from the compiled network to the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from netreach.fabric.aws_service import SERVICES
from netreach.fabric.fabric import Fabric
from netreach.fabric.router import Router
from netreach.fabric.vocabulary import Kind
from netreach.model.connections import TransitRoute, TransitRouteTable
from netreach.model.records import (
    NetworkAcl,
    NetworkInterface,
    Resource,
    Route,
    RouteTable,
    SecurityGroup,
)
from netreach.model.services import Listener, LoadBalancer, Target, TargetGroup
from netreach.packets.batch import NO_ROW
from netreach.packets.services import TCP, UDP, ServiceSet


class Origin(NamedTuple):
    """Where a component of a trace comes from."""

    #: The type word of the record: "network-acl", "internet" ...
    kind: str
    id: str
    record: Resource | None = None


class BalancerWay(NamedTuple):
    """What a load balancer's node does with what one of its listeners takes."""

    balancer: LoadBalancer | None
    #: None: it answers itself, whatever listens.
    listener: Listener | None
    takes: ServiceSet
    gives: ServiceSet
    group: TargetGroup | None
    #: Who gets it; where nobody does, the first that is registered.
    target: Target | None
    #: Where the target gets it, if it does.
    address: str
    port: int | None
    interface: NetworkInterface | None


class Origins(Struct, frozen=True):
    """Finds the records behind the rows of one compiled network."""

    fabric: Fabric
    _ids: Mapping[Kind, tuple[str, ...]]

    @classmethod
    def of(cls, fabric: Fabric) -> Origins:
        """Index the rows once."""
        rows = fabric.rows
        return cls(
            fabric,
            {
                Kind.INTERFACE: tuple(rows.interfaces),
                Kind.SUBNET: tuple(rows.subnets),
                Kind.VPC: tuple(rows.vpcs),
                Kind.NAT_GATEWAY: tuple(rows.nats),
                Kind.INTERNET_GATEWAY: tuple(rows.internet_gateways),
                Kind.EGRESS_ONLY: tuple(rows.egress_only),
                Kind.PEERING: tuple(rows.peerings),
                Kind.TRANSIT_GATEWAY: tuple(rows.transit_gateways),
                Kind.TRANSIT_ATTACHMENT: tuple(rows.transit_attachments),
                Kind.TRANSIT_TABLE: tuple(rows.transit_tables),
                Kind.TRANSIT_POLICY: fabric.transit.routes.policies.ids,
                Kind.MULTICAST_DOMAIN: tuple(fabric.snapshot.multicast_domains),
                Kind.SITE: fabric.sites.ids,
                Kind.SITE_LINK: fabric.sites.links.ids,
                Kind.VPN_GATEWAY: fabric.vpn_gateways.ids,
                Kind.ENDPOINT: tuple(rows.endpoints),
                Kind.INSPECTION: tuple(rows.endpoints),
                Kind.FIREWALL: fabric.inspections.firewall_ids,
                Kind.PUBLIC_ACCESS: tuple(rows.subnets),
                Kind.LOAD_BALANCER: fabric.balancers.ids,
                Kind.TARGET_GROUP: fabric.balancers.group_ids,
                Kind.GATEWAY_BALANCER: fabric.balancers.ids,
                Kind.APPLIANCES: fabric.balancers.group_ids,
                Kind.ENDPOINT_SERVICE: fabric.private_links.service_ids,
            },
        )

    def interface(self, row: int) -> NetworkInterface:
        """Return the interface of a row."""
        return self.fabric.snapshot.interfaces[self._ids[Kind.INTERFACE][row]]

    def subnet_id(self, row: int) -> str:
        """Return the subnet of a row, "" for none."""
        return self._ids[Kind.SUBNET][row] if row != NO_ROW else ""

    def vpc_id(self, row: int) -> str:
        """Return the VPC of a row, "" for none."""
        return self._ids[Kind.VPC][row] if row != NO_ROW else ""

    def id_of(self, kind: Kind, row: int) -> str:
        """Return the id of a row of some kind, "" where the snapshot lacks it."""
        return self._ids[kind][row] if row != NO_ROW and kind in self._ids else ""

    def acl(self, subnet_row: int) -> NetworkAcl | None:
        """Return the ACL that guards a subnet; None where AWS's default is assumed."""
        acls = self.fabric.acls
        identifier = acls.ids[int(acls.of_subnet[subnet_row])]
        return self.fabric.snapshot.network_acls.get(identifier)

    def table(self, subnet_row: int) -> RouteTable | None:
        """Return the route table of a subnet; None where the snapshot does not say."""
        router: Router = self.fabric.router
        row = int(router.table_of_subnet[subnet_row])
        return None if row == NO_ROW else self.fabric.snapshot.route_tables[router.table_ids[row]]

    def route(self, route_row: int) -> tuple[RouteTable, Route] | None:
        """Return a route with its table; None for what no table says."""
        table_id, position = self.fabric.router.routes.origin[route_row]
        table = self.fabric.snapshot.route_tables.get(table_id)
        return None if table is None else (table, table.routes[position])

    def transit_route(self, way: int) -> tuple[TransitRouteTable, TransitRoute]:
        """Return the transit route behind a way, with its table."""
        table, route = self.fabric.transit.routes.origin[way]
        return self.fabric.snapshot.transit_route_tables[table], route

    def balancer(self, node: int) -> LoadBalancer | None:
        """Return the load balancer of a node; None where the snapshot lacks it."""
        return self.fabric.snapshot.load_balancers.get(self.fabric.balancers.ids[node])

    def balancer_way(self, way: int) -> BalancerWay:
        """Return the listener and the target of a way through a load balancer."""
        ways, pool = self.fabric.balancers.ways, self.fabric.pool
        balancer = self.balancer(int(ways.node[way]))
        listener, group = int(ways.listener[way]), int(ways.group[way])
        group_id = self.id_of(Kind.TARGET_GROUP, group)
        record = self.fabric.snapshot.target_groups.get(group_id)
        gives = pool[int(ways.gives[way])].sure
        number, atom, row = (
            int(column[way]) for column in (ways.registered, ways.target, ways.target_interface)
        )
        ports = [low for one in (TCP, UDP) for low, _ in gives.port_ranges(one)]
        return BalancerWay(
            balancer,
            (balancer.listeners or ())[listener] if balancer and listener != NO_ROW else None,
            pool[int(ways.takes[way])].sure,
            gives,
            record,
            _registered(balancer, record, max(number, 0)),
            str(self.fabric.book.axis.first_address(atom)) if number != NO_ROW else "",
            ports[0] if ports and number != NO_ROW else None,
            self.interface(row) if row != NO_ROW else None,
        )

    def groups(self, interface_row: int) -> tuple[SecurityGroup, ...]:
        """Return the groups of an interface that the snapshot holds, in its own order."""
        known = self.fabric.snapshot.security_groups
        groups = dict.fromkeys(self.interface(interface_row).groups)
        return tuple(known[group] for group in groups if group in known)

    def service_name(self, row: int) -> str:
        """Return the name of one of the platform's services."""
        return SERVICES[row].name

    def origin(self, kind: Kind, row: int) -> Origin:
        """Return what a component is."""
        snapshot = self.fabric.snapshot
        if kind is Kind.INTERNET:
            return Origin("internet", "internet")
        if kind is Kind.AWS_SERVICE:
            return Origin("aws-service", self.service_name(row))
        if kind is Kind.NETWORK_ACL:
            acl = self.acl(row)
            return Origin("network-acl", acl.id if acl else "", acl)
        if kind is Kind.ROUTE_TABLE:
            table = self.table(row)
            return Origin("route-table", table.id if table else "", table)
        if kind is Kind.GATEWAY_TABLE:
            table = snapshot.route_tables[self.fabric.router.table_ids[row]]
            return Origin("route-table", table.id, table)
        if kind is Kind.UNMODELLED:
            return self._target(row)
        identifier = self.id_of(Kind.INTERFACE if kind is Kind.GROUP_SET else kind, row)
        found = snapshot.find(identifier)
        return Origin(found[0], identifier, found[1]) if found else Origin(_WORDS[kind], identifier)

    def _target(self, route_row: int) -> Origin:
        found = self.route(route_row)
        if found is None:
            return Origin("route-table", "")
        route = found[1]
        record = self.fabric.snapshot.find(route.target)
        return Origin(str(route.target_kind), route.target, record[1] if record else None)


def _registered(
    balancer: LoadBalancer | None, group: TargetGroup | None, number: int
) -> Target | None:
    """Return one of the registered targets, if there are any."""
    if group is not None:
        targets = group.targets or ()
    else:
        targets = tuple(Target(id=one) for one in balancer.instances) if balancer else ()
    return targets[number] if number < len(targets) else None


_WORDS: Mapping[Kind, str] = {
    Kind.INTERFACE: "network-interface",
    Kind.GROUP_SET: "network-interface",
    Kind.SUBNET: "subnet",
    Kind.VPC: "vpc",
    Kind.NAT_GATEWAY: "nat-gateway",
    Kind.INTERNET_GATEWAY: "internet-gateway",
    Kind.EGRESS_ONLY: "egress-only-internet-gateway",
    Kind.PEERING: "vpc-peering-connection",
    Kind.TRANSIT_GATEWAY: "transit-gateway",
    Kind.TRANSIT_ATTACHMENT: "transit-gateway-attachment",
    Kind.TRANSIT_TABLE: "transit-gateway-route-table",
    Kind.TRANSIT_POLICY: "transit-gateway-policy-table",
    Kind.MULTICAST_DOMAIN: "transit-gateway-multicast-domain",
    Kind.SITE: "customer-gateway",
    Kind.SITE_LINK: "vpn-connection",
    Kind.VPN_GATEWAY: "vpn-gateway",
    Kind.ENDPOINT: "vpc-endpoint",
    Kind.INSPECTION: "vpc-endpoint",
    Kind.FIREWALL: "network-firewall",
    Kind.PUBLIC_ACCESS: "subnet",
    Kind.LOAD_BALANCER: "load-balancer",
    Kind.TARGET_GROUP: "target-group",
    Kind.ENDPOINT_SERVICE: "vpc-endpoint-service",
    Kind.GATEWAY_BALANCER: "load-balancer",
    Kind.APPLIANCES: "target-group",
}
