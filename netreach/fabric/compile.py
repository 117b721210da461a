"""Snapshot -> Fabric: the passes, in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from netreach.fabric.addresses import (
    AddressBook,
    HeldAddress,
    compile_addresses,
    cut_axis,
    held_addresses,
)
from netreach.fabric.appliance import compile_appliances
from netreach.fabric.aws_service import compile_aws_services, service_prefixes
from netreach.fabric.client_vpn import compile_client_vpns
from netreach.fabric.egress_only_gateway import compile_egress_only
from netreach.fabric.endpoint import compile_endpoints, endpoint_rows
from netreach.fabric.fabric import Fabric, RowNumbers
from netreach.fabric.firewall_rules import firewall_prefixes
from netreach.fabric.geneve import with_appliances
from netreach.fabric.inspection import compile_inspections, firewall_endpoints
from netreach.fabric.interface import Interfaces, compile_interface_columns
from netreach.fabric.internet import Internet
from netreach.fabric.internet_gateway import compile_internet_gateways, gateway_rows
from netreach.fabric.links import link_prefixes
from netreach.fabric.load_balancer import compile_load_balancers
from netreach.fabric.load_balancer_targets import balancer_prefixes
from netreach.fabric.multicast import compile_multicast, multicast_prefixes
from netreach.fabric.nat_gateway import compile_nat_gateways
from netreach.fabric.network_acl import compile_network_acls
from netreach.fabric.peering import compile_peerings, peering_prefixes
from netreach.fabric.private_link import compile_private_links
from netreach.fabric.public_access import compile_public_access
from netreach.fabric.router_compile import TargetRows, compile_router
from netreach.fabric.security_group import compile_security_groups
from netreach.fabric.site_routes import compile_sites
from netreach.fabric.transit_gateway import compile_transit_gateways, transit_gateway_rows
from netreach.fabric.transit_policy import compile_policy_tables, policy_prefixes
from netreach.fabric.transit_routes import compile_transit_routes, transit_prefixes
from netreach.fabric.translation import Translation
from netreach.fabric.vocabulary import Stage
from netreach.fabric.vpn_gateway import compile_vpn_gateways
from netreach.model.garbage import no_garbage_collection
from netreach.model.records import TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.pool import ServicePool


def compile_fabric(snapshot: Snapshot) -> Fabric:
    """Compile a snapshot; the result is immutable but for its memo of set combinations."""
    with no_garbage_collection():
        return _compile(snapshot)


def _compile(snapshot: Snapshot) -> Fabric:
    pool = ServicePool()
    rows = _number(snapshot)
    book, held = _addresses(snapshot, rows)
    axis = book.axis
    acls = compile_network_acls(snapshot, axis, pool)
    groups = compile_security_groups(snapshot, axis, pool)
    columns = compile_interface_columns(snapshot, rows.vpcs, rows.subnets)
    services = compile_aws_services(snapshot, axis, pool, rows.vpcs)
    domains = compile_multicast(snapshot, axis, rows.vpcs)
    router = compile_router(snapshot, axis, acls, domains, _targets(snapshot, rows))
    guard = compile_public_access(snapshot, book)
    gateways = compile_internet_gateways(
        snapshot, book, columns, rows.vpcs, rows.internet_gateways, guard
    )
    egress_only = compile_egress_only(snapshot, book, rows.vpcs, guard)
    nats = compile_nat_gateways(
        snapshot, book, held, acls, pool, vpcs=rows.vpcs, subnets=rows.subnets
    )
    peerings = compile_peerings(snapshot, axis, rows.vpcs)
    policies = compile_policy_tables(snapshot, axis, pool, rows.transit_attachments)
    transit_routes = compile_transit_routes(snapshot, axis, rows.transit_attachments, policies)
    transit = compile_transit_gateways(
        snapshot, book, acls, transit_routes, vpcs=rows.vpcs, subnets=rows.subnets
    )
    endpoints = compile_endpoints(snapshot, book, pool, vpcs=rows.vpcs, rows=rows.endpoints)
    sites = compile_sites(
        snapshot,
        book,
        transit_routes,
        attachments=rows.transit_attachments,
        endpoints=rows.client_vpns,
    )
    vpn_gateways = compile_vpn_gateways(snapshot, book, columns, rows.vpcs)
    client_vpns = compile_client_vpns(snapshot, book, columns, sites.ids, rows.interfaces)
    inspections = compile_inspections(
        snapshot, book, acls, pool, vpcs=rows.vpcs, subnets=rows.subnets, rows=rows.endpoints
    )
    interfaces = Interfaces(columns, groups, acls, book, services, peerings, endpoints)
    appliances = compile_appliances(snapshot, interfaces)
    balancers = compile_load_balancers(snapshot, interfaces, pool, rows.interfaces)
    private_links = compile_private_links(snapshot, interfaces, rows.interfaces)
    internet = Internet(book, gateways, egress_only, _has_private_ways(snapshot))
    fabric = Fabric(
        snapshot=snapshot,
        pool=pool,
        rows=rows,
        book=book,
        acls=acls,
        groups=groups,
        router=router,
        interfaces=interfaces,
        internet_gateways=gateways,
        egress_only=egress_only,
        nats=nats,
        internet=internet,
        services=services,
        peerings=peerings,
        transit=transit,
        sites=sites,
        vpn_gateways=vpn_gateways,
        client_vpns=client_vpns,
        endpoints=endpoints,
        inspections=inspections,
        balancers=balancers,
        private_links=private_links,
        translation=Translation(pool),
        crossings={
            Stage.ORIGIN: interfaces.send,
            Stage.ROUTER: router.cross,
            Stage.DELIVER: interfaces.deliver,
            Stage.MIDDLEBOX: appliances.cross,
            Stage.MIDDLEBOX_RETURN: appliances.give_back,
            Stage.GATEWAY_TABLE: router.cross_from_gateway,
            Stage.NAT_GATEWAY: nats.cross,
            Stage.INTERNET_GATEWAY: gateways.leave,
            Stage.INGRESS: gateways.enter,
            Stage.EGRESS_ONLY: egress_only.leave,
            Stage.EGRESS_ONLY_RETURN: egress_only.enter,
            Stage.INTERNET: internet.cross,
            Stage.PEERING: peerings.cross,
            Stage.TRANSIT_GATEWAY: transit.enter,
            Stage.TRANSIT_TABLE: transit.route,
            Stage.TRANSIT_ARRIVAL: transit.arrive,
            Stage.SITE: sites.depart,
            Stage.SITE_ARRIVAL: sites.arrive,
            Stage.TRANSIT_SITE: sites.arrive_by_transit,
            Stage.VPN_GATEWAY: vpn_gateways.leave,
            Stage.VPN_GATEWAY_INGRESS: vpn_gateways.enter,
            Stage.CLIENT_VPN: client_vpns.enter,
            Stage.CLIENT_VPN_RETURN: client_vpns.give_back,
            Stage.ENDPOINT: endpoints.cross,
            Stage.INSPECTION: inspections.cross,
            Stage.BALANCER: balancers.cross,
            Stage.BALANCER_RETURN: balancers.give_back,
            Stage.PRIVATE_LINK: private_links.cross,
        },
    )
    return with_appliances(fabric)


#: Kinds of resources by which private addresses from elsewhere may come in.
_PRIVATE_WAYS: Final = frozenset(
    {
        "transit-gateway",
        "transit-gateway-attachment",
        "vpn-gateway",
        "vpn-connection",
        "vpc-peering-connection",
        "customer-gateway",
        "direct-connect-gateway",
        "client-vpn-endpoint",
        "core-network",
    }
)


#: Fields of Snapshot with the same meaning, and states in which nothing comes in by them.
_PRIVATE_FIELDS: Final = (
    "peerings",
    "transit_gateways",
    "transit_attachments",
    "vpn_gateways",
    "vpn_connections",
    "customer_gateways",
    "direct_connect_gateways",
    "client_vpn_endpoints",
)
_OVER: Final = frozenset({"deleted", "failed", "rejected", "expired"})


def _has_private_ways(snapshot: Snapshot) -> bool:
    return any(record.kind in _PRIVATE_WAYS for record in snapshot.unmodelled.values()) or any(
        record.state not in _OVER
        for field in _PRIVATE_FIELDS
        for record in getattr(snapshot, field).values()
    )


def _number(snapshot: Snapshot) -> RowNumbers:
    return RowNumbers(
        vpcs=_rows(snapshot.vpcs),
        subnets=_rows(snapshot.subnets),
        interfaces=_rows(snapshot.interfaces),
        nats=_rows(snapshot.nat_gateways),
        internet_gateways=gateway_rows(snapshot),
        egress_only=_rows(snapshot.egress_only_gateways),
        peerings=_rows(snapshot.peerings),
        transit_gateways=transit_gateway_rows(snapshot),
        transit_attachments=_rows(snapshot.transit_attachments),
        transit_tables=_rows(snapshot.transit_route_tables),
        vpn_gateways=_rows(snapshot.vpn_gateways),
        client_vpns=_rows(snapshot.client_vpn_endpoints),
        endpoints=endpoint_rows(snapshot),
    )


def _rows(ids: Iterable[str]) -> dict[str, int]:
    return {identifier: row for row, identifier in enumerate(ids)}


def _addresses(snapshot: Snapshot, rows: RowNumbers) -> tuple[AddressBook, list[HeldAddress]]:
    held = held_addresses(snapshot)
    extra = (
        service_prefixes,
        peering_prefixes,
        balancer_prefixes,
        transit_prefixes,
        policy_prefixes,
        multicast_prefixes,
        link_prefixes,
        firewall_prefixes,
    )
    axis = cut_axis(snapshot, held, (prefix for each in extra for prefix in each(snapshot)))
    book = compile_addresses(
        snapshot,
        held,
        axis,
        vpcs=rows.vpcs,
        subnets=rows.subnets,
        interfaces=rows.interfaces,
        nats=rows.nats,
    )
    return book, held


def _targets(snapshot: Snapshot, rows: RowNumbers) -> TargetRows:
    instances = {
        record.instance: rows.interfaces[record.id]
        for record in reversed(list(snapshot.interfaces.values()))
        if record.instance
    }
    return {
        TargetKind.INTERNET_GATEWAY: rows.internet_gateways,
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: rows.egress_only,
        TargetKind.NAT_GATEWAY: rows.nats,
        TargetKind.NETWORK_INTERFACE: rows.interfaces,
        TargetKind.INSTANCE: instances,
        TargetKind.LOCAL: {},
        TargetKind.VPC_PEERING: rows.peerings,
        TargetKind.TRANSIT_GATEWAY: rows.transit_gateways,
        TargetKind.VPN_GATEWAY: rows.vpn_gateways,
        TargetKind.VPC_ENDPOINT: {
            one: rows.endpoints[one] for one in (*snapshot.endpoints, *firewall_endpoints(snapshot))
        },
    }
