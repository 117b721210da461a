"""Shelves of what ties networks together -> the fields of Snapshot that hold it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netreach.sources import describe_connections as records
from netreach.sources import describe_policies as policies
from netreach.sources.describe_records import Common
from netreach.sources.describe_transit import Transit, transit_attachment, transit_gateway
from netreach.sources.gather import Found, Gathered
from netreach.sources.values import Prefixes

#: From descriptions by id, and how one becomes a record, to records by id.
Build = Callable[[Mapping[str, Found[Any]], Callable[[Any, Common], Any]], dict[str, Any]]


def connections(gathered: Gathered, build: Build, read: Prefixes) -> dict[str, Any]:
    """Return the records of each field; of what is deleted, the ids alone.

    Raises:
        InputError: a value can't be.
    """
    transit = Transit(gathered, read)
    fields = {
        "peerings": build(gathered.peerings, partial(records.vpc_peering, prefixes=read)),
        "transit_gateways": build(gathered.transit_gateways, transit_gateway),
        "transit_attachments": build(transit.attachments, transit_attachment),
        "transit_route_tables": build(transit.tables, transit.table),
        "transit_policy_tables": build(
            gathered.transit_policy_tables,
            partial(policies.policy_table, gathered=gathered, prefixes=read),
        ),
        "connect_peers": build(gathered.connect_peers, policies.connect_peer),
        "multicast_domains": build(
            gathered.multicast_domains, partial(policies.multicast_domain, gathered=gathered)
        ),
        "vpn_gateways": build(gathered.vpn_gateways, records.vpn_gateway),
        "customer_gateways": build(gathered.customer_gateways, records.customer_gateway),
        "vpn_connections": build(
            gathered.vpn_connections, partial(records.vpn_connection, prefixes=read)
        ),
        "direct_connect_gateways": build(
            gathered.direct_connect_gateways,
            partial(records.direct_connect_gateway, gathered=gathered, prefixes=read),
        ),
        "virtual_interfaces": build(gathered.virtual_interfaces, records.virtual_interface),
        "client_vpn_endpoints": build(
            gathered.client_vpn_endpoints,
            partial(records.client_vpn_endpoint, gathered=gathered, prefixes=read),
        ),
    }
    gone = {
        number for built in fields.values() for number, each in built.items() if _is_deleted(each)
    }
    return {"deleted": frozenset(gone)} | {field: alive(built) for field, built in fields.items()}


def alive(records: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what AWS lists for a while after its end."""
    return {number: each for number, each in records.items() if not _is_deleted(each)}


def _is_deleted(record: Any) -> bool:  # noqa: ANN401 - records of all kinds that have a state
    return bool(record.state == "deleted")
