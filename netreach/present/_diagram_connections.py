"""What ties networks together, as a drawing: peerings, transit gateways, VPN, Direct Connect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from netreach.model.connections import (
    AttachmentKind,
    DirectConnectGateway,
    TransitAttachment,
    VpnConnection,
)
from netreach.model.records import Resource
from netreach.present._diagram_places import GATEWAY, Places, names
from netreach.present._drawing import Box, Style, key_of
from netreach.present._headline import count_of
from netreach.present.page import listed

_SPELT: Final = 3
#: States in which a connection carries packets.
_GOOD: Final = frozenset({"active", "available", "attached", "associated", "modifying", "up"})
#: Kinds of attachments whose other end is a resource of its own.
_SITES: Final = (AttachmentKind.VPN, AttachmentKind.DIRECT_CONNECT)

_SITE: Final = {**GATEWAY, "shape": "ellipse", "style": "filled", "fillcolor": "#f5f5f5"}
_TIE: Final = {"color": "#333333", "fontcolor": "#555555", "dir": "none"}
_ATTACHMENT: Final = {"style": "filled,rounded", "color": "#333333", "fillcolor": "#e4e4ee"}


def draw_connections(places: Places) -> None:
    """Draw peerings, transit gateways and the ways to sites, with what they are tied to."""
    for peering in places.snapshot.peerings.values():
        _put(peering, "peering", places.drawing.root, places, peering.state)
    _draw_vpn(places)
    _draw_direct_connect(places)
    _draw_client_vpn(places)
    for hub in places.snapshot.transit_gateways.values():
        _put(hub, "transit gateway", places.drawing.root, places, hub.state)
    for table in places.snapshot.transit_route_tables.values():
        if table.gateway in places.node_by_id:
            places.node_by_id[table.id] = places.node_by_id[table.gateway]
    for tie in places.snapshot.transit_attachments.values():
        _draw_attachment(tie, places)


def draw_peered_frames(places: Places, reached: Iterable[tuple[str, str]]) -> None:
    """Tie each side of a peering to it that no route leads there; `reached` are VPC and node."""
    known = frozenset(reached)
    for peering in places.snapshot.peerings.values():
        node = places.node_by_id[peering.id]
        for side in (peering.requester, peering.accepter):
            if (side.vpc, node) not in known and side.vpc:
                box = places.vpc_box(side.vpc)
                lines = () if side.vpc not in places.snapshot.vpcs else ("no route",)
                style = {**_TIE, "style": "dotted"}
                places.drawing.edge(places.anchor(box), node, *lines, style=style, leaves=box.key)


def _put(
    record: Resource,
    title: str,
    box: Box,
    places: Places,
    state: str = "available",
    *remarks: str,
    style: Style = GATEWAY,
) -> str:
    """Draw a resource; one that is not in service is dashed and says its state."""
    is_good = state in _GOOD
    lines = (title, *names(record), *remarks, "" if is_good else f"({state})")
    drawn = style if is_good else {**style, "style": "dashed", "fontcolor": "#666666"}
    node = places.drawing.node(key_of("id", record.id), box, lines, drawn)
    places.node_by_id[record.id] = node
    return node


def _tie(tail: str, head: str, places: Places, *lines: str) -> None:
    places.drawing.edge(tail, head, *lines, style=_TIE)


# -- VPN and Direct Connect


def _draw_vpn(places: Places) -> None:
    snapshot, root = places.snapshot, places.drawing.root
    for gateway in snapshot.vpn_gateways.values():
        tie = gateway.attachments[0] if gateway.attachments else None
        state = tie.state if tie and gateway.state in _GOOD else gateway.state
        remark = "" if tie else "(attached to no VPC)"
        _put(gateway, "VPN gateway", places.vpc_box(tie.vpc if tie else ""), places, state, remark)
    for site in snapshot.customer_gateways.values():
        address = "" if site.address is None else str(site.address)
        _put(site, "customer gateway", root, places, site.state, address, style=_SITE)
    for vpn in snapshot.vpn_connections.values():
        _draw_vpn_connection(vpn, places)


def _draw_vpn_connection(vpn: VpnConnection, places: Places) -> None:
    tunnels = "" if vpn.tunnels_up is None else f"{count_of(vpn.tunnels_up, 'tunnel')} up"
    state = "down" if vpn.tunnels_up == 0 else vpn.state
    node = _put(vpn, "VPN connection", places.drawing.root, places, state, tunnels)
    if vpn.customer_gateway in places.node_by_id:
        _tie(node, places.node_by_id[vpn.customer_gateway], places)
    if vpn.vpn_gateway in places.node_by_id:
        _tie(places.node_by_id[vpn.vpn_gateway], node, places)


def _draw_direct_connect(places: Places) -> None:
    snapshot, root = places.snapshot, places.drawing.root
    for gateway in snapshot.direct_connect_gateways.values():
        node = _put(gateway, "Direct Connect gateway", root, places, gateway.state, style=_SITE)
        for tie in gateway.associations or ():
            if tie.gateway in snapshot.vpn_gateways:
                tail = places.node_by_id[tie.gateway]
                _tie(tail, node, places, listed([str(p) for p in tie.allowed], _SPELT))
    for circuit in snapshot.virtual_interfaces.values():
        state = "down" if circuit.is_up is False else circuit.state
        title = f"{circuit.kind} virtual interface"
        node = _put(circuit, title, root, places, state)
        for end in (circuit.direct_connect_gateway, circuit.vpn_gateway):
            if end in places.node_by_id:
                _tie(places.node_by_id[end], node, places)


def _draw_client_vpn(places: Places) -> None:
    for endpoint in places.snapshot.client_vpn_endpoints.values():
        clients = "" if endpoint.clients is None else f"clients {endpoint.clients}"
        box = places.vpc_box(endpoint.vpc)
        _put(endpoint, "client VPN endpoint", box, places, endpoint.state, clients, style=_SITE)


# -- transit gateways


def _draw_attachment(tie: TransitAttachment, places: Places) -> None:
    """Draw what is attached: a VPC at its edge, a site or another transit gateway by a line."""
    hub = places.node_by_id.get(tie.gateway)
    if tie.kind is AttachmentKind.VPC:
        box = places.vpc_box(tie.resource)
        remarks = tuple(_remarks(tie, places))
        node = _put(tie, "attachment", box, places, tie.state, *remarks, style=_ATTACHMENT)
        places.doors[tie.resource, tie.gateway] = node
        if hub:
            _tie(node, hub, places)
        return
    end = places.node_by_id.get(tie.peer or tie.resource)
    if hub is None and end is None:
        return
    places.node_by_id[tie.id] = (end if tie.kind in _SITES else hub) or hub or end or ""
    if hub and end and "@" not in tie.id:
        _tie(hub, end, places, *_said(tie, places))


def _said(tie: TransitAttachment, places: Places) -> Iterator[str]:
    """Yield the name of an attachment that is a line, what it may announce, and its state."""
    yield next(names(tie))
    gateway = places.snapshot.direct_connect_gateways.get(tie.resource)
    yield from _allowed(gateway, tie.gateway)
    if tie.state not in _GOOD:
        yield f"({tie.state})"


def _allowed(gateway: DirectConnectGateway | None, hub: str) -> Iterator[str]:
    for one in (gateway.associations if gateway else None) or ():
        if one.gateway == hub:
            yield listed([str(prefix) for prefix in one.allowed], _SPELT)


def _remarks(tie: TransitAttachment, places: Places) -> Iterator[str]:
    """Yield what changes the way of packets: table, mode, subnets."""
    if tie.table is not None:
        table = places.snapshot.transit_route_tables.get(tie.table)
        yield f"table {table.name if table and table.name else tie.table or 'none'}"
    if tie.is_appliance:
        yield "appliance mode"
    subnets = [places.snapshot.subnets.get(number) for number in tie.subnets or ()]
    known = [one.name or one.id for one in subnets if one]
    if known:
        yield f"in {listed(known, _SPELT)}"
