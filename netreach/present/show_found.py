"""From what `netreach show` was asked about to its page: a record, a set, an address, a CIDR."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from netreach.model.inventory import is_crossed, outline
from netreach.model.records import Unmodelled
from netreach.model.relations import Relations
from netreach.model.services import ManagedService
from netreach.present import (
    show_balancers,
    show_filters,
    show_firewalls,
    show_places,
    show_policies,
    show_routes,
    show_services,
    show_sites,
    show_transit,
)
from netreach.present.page import Page, Table
from netreach.present.show_addresses import address_page, prefix_page
from netreach.present.show_parts import interfaces_table
from netreach.query.subjects import Found, Matches, Place, Subject

#: Type word -> the function that makes its page.
_PAGES: Final[Mapping[str, Callable[[Any, Relations], Page]]] = {
    "vpc": show_places.vpc_page,
    "subnet": show_places.subnet_page,
    "network-interface": show_places.interface_page,
    "instance": show_places.instance_page,
    "network-acl": show_filters.acl_page,
    "security-group": show_filters.group_page,
    "prefix-list": show_filters.prefix_list_page,
    "route-table": show_routes.route_table_page,
    "internet-gateway": show_routes.internet_gateway_page,
    "egress-only-internet-gateway": show_routes.egress_only_gateway_page,
    "nat-gateway": show_routes.nat_gateway_page,
    "elastic-ip": show_routes.elastic_ip_page,
    "vpc-peering-connection": show_transit.peering_page,
    "transit-gateway": show_transit.gateway_page,
    "transit-gateway-attachment": show_transit.attachment_page,
    "transit-gateway-route-table": show_transit.table_page,
    "transit-gateway-policy-table": show_policies.policy_table_page,
    "transit-gateway-connect-peer": show_policies.connect_peer_page,
    "transit-gateway-multicast-domain": show_policies.multicast_page,
    "vpn-gateway": show_sites.vpn_gateway_page,
    "vpn-connection": show_sites.vpn_connection_page,
    "customer-gateway": show_sites.customer_gateway_page,
    "direct-connect-gateway": show_sites.direct_connect_page,
    "virtual-interface": show_sites.virtual_interface_page,
    "client-vpn-endpoint": show_sites.client_vpn_page,
    "vpc-endpoint": show_services.endpoint_page,
    "vpc-endpoint-service": show_services.endpoint_service_page,
    "hosted-zone": show_services.zone_page,
    "resolver-rule": show_services.rule_page,
    "dns-profile": show_services.profile_page,
    "traffic-mirror-session": show_services.mirror_page,
    "load-balancer": show_balancers.balancer_page,
    "target-group": show_balancers.group_page,
    "network-firewall": show_firewalls.firewall_page,
    "firewall-policy": show_firewalls.policy_page,
    "firewall-rule-group": show_firewalls.rule_group_page,
    "vpc-block-public-access": show_firewalls.block_page,
    "vpc-block-public-access-exclusion": show_firewalls.exclusion_page,
}


def page_about(subject: Subject, relations: Relations) -> Page:
    """Return the page about whatever a selector means."""
    if isinstance(subject, Found):
        return _record_page(subject, relations)
    if isinstance(subject, Matches):
        return _matches_page(subject, relations)
    if isinstance(subject, Place):
        return address_page(subject, relations)
    return prefix_page(subject, relations)


def _record_page(found: Found, relations: Relations) -> Page:
    if isinstance(found.record, ManagedService):
        return show_services.managed_page(found.record, relations)
    page = None if isinstance(found.record, Unmodelled) else _PAGES.get(found.kind)
    if page is None:
        record = outline(found.kind, found.record)
        is_modelled = is_crossed(relations.snapshot, record.id)
        return show_routes.outline_page(record, relations, is_modelled=is_modelled)
    return page(found.record, relations)


def _matches_page(matches: Matches, relations: Relations) -> Page:
    """Return the page about a set: interfaces with their addresses, others by kind."""
    interfaces = [
        relations.snapshot.interfaces[one.record.id]
        for one in matches.found
        if one.kind == "network-interface"
    ]
    others = tuple(
        (one.record.id, one.record.name, one.kind)
        for one in matches.found
        if one.kind != "network-interface"
    )
    tables = (
        Table("resources", ("id", "name", "kind"), others),
        interfaces_table(interfaces, relations),
    )
    notes = () if matches.found else ("nothing does",)
    return Page("set", f"what {matches.what}", tables=tables, notes=notes)
