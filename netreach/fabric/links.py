"""Links: what ties networks outside AWS to it, and what the snapshot shows of both [HY-1..3].

A *site* is the network behind one customer gateway, behind one Direct Connect gateway or lone
virtual interface, behind the appliances of one Connect attachment, or the clients of one client
VPN endpoint. A *link* is one way between a site
and one gateway of AWS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from netreach.fabric.transit_policy import policy_of_attachment
from netreach.fabric.transit_routes import routes_of
from netreach.model.connections import (
    AttachmentKind,
    ConnectPeer,
    DirectConnectGateway,
    TransitAttachment,
    TransitRoute,
    VirtualInterface,
    VpnConnection,
)
from netreach.model.records import RouteOrigin, RouteState, TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Prefix

#: States of VPN connections and attachments that carry packets.
IN_SERVICE: Final = frozenset({"available", "modifying"})
#: Type words of the records that stand for sites, or for what is behind them.
SITE_KINDS: Final = frozenset(
    {
        "customer-gateway",
        "vpn-connection",
        "vpn-gateway",
        "direct-connect-gateway",
        "virtual-interface",
        "client-vpn-endpoint",
        "transit-gateway-connect-peer",
    }
)
EVERYWHERE: Final = (Prefix(4, 0, 0), Prefix(6, 0, 0))
_ASSOCIATED: Final = frozenset({"associated", "updating"})


class LinkKind(IntEnum):
    """What a link is made of."""

    VPN = 0
    DIRECT_CONNECT = 1
    CLIENT_VPN = 2
    CONNECT = 3


class Link(NamedTuple):
    """One way between a site and a gateway."""

    kind: LinkKind
    #: The record: a VPN connection, Direct Connect gateway, virtual interface, client endpoint or
    #: Connect attachment.
    id: str
    #: The customer gateway, Direct Connect gateway, virtual interface, client endpoint or Connect
    #: attachment.
    site: str
    is_up: bool
    #: What it leads to: a VPN gateway ...
    vpn_gateway: str = ""
    #: ... or a transit gateway, by an attachment; "" where the snapshot lacks it.
    is_transit: bool = False
    attachment: str = ""
    #: Whether the site says by BGP what it holds; else `routes` says it all.
    is_dynamic: bool = True
    routes: tuple[Prefix, ...] = ()
    #: What AWS announces to the site at most; None: whatever the gateway knows.
    allowed: tuple[Prefix, ...] | None = None
    #: Whose packets its tunnels carry, on AWS's side and on the site's [HY-1].
    aws_side: tuple[Prefix, ...] = EVERYWHERE
    site_side: tuple[Prefix, ...] = EVERYWHERE
    asn: int | None = None
    #: Why it can't be trusted.
    doubt: str = ""


def links_of(snapshot: Snapshot) -> tuple[Link, ...]:
    """Return every link of a snapshot; their order is their numbering."""
    ties: dict[tuple[AttachmentKind, str], list[TransitAttachment]] = {}
    for tie in snapshot.transit_attachments.values():
        ties.setdefault((tie.kind, tie.resource), []).append(tie)
    links = (
        *_vpn_links(snapshot, ties),
        *_direct_links(snapshot, ties),
        *_lone_interfaces(snapshot),
        *_client_links(snapshot),
        *_connect_links(snapshot),
    )
    return tuple(_without_announcements(snapshot, link) for link in links)


_Ties = dict[tuple[AttachmentKind, str], list[TransitAttachment]]


def _vpn_links(snapshot: Snapshot, ties: _Ties) -> Iterator[Link]:
    for record in snapshot.vpn_connections.values():
        if record.vpn_gateway:
            yield _vpn_link(snapshot, record)._replace(vpn_gateway=record.vpn_gateway)
            continue
        found = [tie.id for tie in ties.get((AttachmentKind.VPN, record.id), ())]
        for attachment in found or ([""] if record.transit_gateway else []):
            link = _vpn_link(snapshot, record)
            yield link._replace(is_transit=True, attachment=attachment)
    for (kind, resource), there in ties.items():
        if kind is AttachmentKind.VPN and resource not in snapshot.vpn_connections:
            yield from (_unrecorded(snapshot, LinkKind.VPN, resource, tie) for tie in there)


def _vpn_link(snapshot: Snapshot, record: VpnConnection) -> Link:
    site = snapshot.customer_gateways.get(record.customer_gateway)
    # behind a VPN gateway there is no IPv6 anyway, and the gateway says so
    every = EVERYWHERE if record.vpn_gateway else (Prefix(record.family, 0, 0),)
    return Link(
        LinkKind.VPN,
        record.id,
        record.customer_gateway or record.id,
        is_up=record.state in IN_SERVICE
        and record.tunnels_up != 0
        and is_carried(snapshot, record.transport)
        and record.vpn_gateway not in snapshot.deleted,
        is_dynamic=not record.is_static,
        routes=record.routes if record.is_static else (),
        aws_side=(record.aws_side,) if record.aws_side else every,
        site_side=(record.site_side,) if record.site_side else every,
        asn=site.asn if site else None,
        doubt=record.doubt or (site.doubt if site else "") or _lacks_transport(snapshot, record),
    )


def _lacks_transport(snapshot: Snapshot, record: VpnConnection) -> str:
    """Say that nobody knows whether the attachment works that carries private tunnels."""
    known = snapshot.transit_attachments
    is_open = bool(record.transport) and record.transport not in known and not record.tunnels_up
    return f"the snapshot lacks {record.transport}" if is_open else ""


def _unrecorded(snapshot: Snapshot, kind: LinkKind, resource: str, tie: TransitAttachment) -> Link:
    """Return the link of an attachment whose other end the snapshot lacks, or AWS has deleted."""
    name, is_up = resource or tie.id, resource not in snapshot.deleted
    doubt = f"the snapshot lacks {name}" if is_up else ""
    return Link(kind, name, name, is_up=is_up, is_transit=True, attachment=tie.id, doubt=doubt)


def _direct_links(snapshot: Snapshot, ties: _Ties) -> Iterator[Link]:
    for record in snapshot.direct_connect_gateways.values():
        there = ties.get((AttachmentKind.DIRECT_CONNECT, record.id), [])
        yield from _gateway_links(snapshot, record, {tie.gateway: tie.id for tie in there})
    for (kind, resource), there in ties.items():
        known = resource in snapshot.direct_connect_gateways
        if kind is AttachmentKind.DIRECT_CONNECT and not known:
            yield from (
                _unrecorded(snapshot, LinkKind.DIRECT_CONNECT, resource, tie) for tie in there
            )


def _gateway_links(
    snapshot: Snapshot, record: DirectConnectGateway, attachments: Mapping[str, str]
) -> Iterator[Link]:
    """Yield a link for each gateway that is associated, or attached without being listed."""
    associations = record.associations or ()
    up = record.state == "available" and has_circuit(snapshot, record)
    sides = _carried(_circuits(snapshot, record))
    base = Link(
        LinkKind.DIRECT_CONNECT,
        record.id,
        record.id,
        up,
        aws_side=sides,
        site_side=sides,
        doubt=record.doubt,
    )
    for one in associations:
        link = base._replace(is_up=up and one.state in _ASSOCIATED, allowed=one.allowed or None)
        if one.gateway in snapshot.vpn_gateways:
            yield link._replace(vpn_gateway=one.gateway)
        elif one.gateway in attachments:
            yield link._replace(is_transit=True, attachment=attachments[one.gateway])
    told = {one.gateway for one in associations}
    for gateway, attachment in attachments.items():
        if gateway not in told:
            yield base._replace(is_transit=True, attachment=attachment)


def has_circuit(snapshot: Snapshot, record: DirectConnectGateway) -> bool:
    """Tell whether a virtual interface of the gateway is up; where none is known, one may be."""
    circuits = _circuits(snapshot, record)
    return any(map(_is_working, circuits)) or not circuits


def _circuits(snapshot: Snapshot, record: DirectConnectGateway) -> list[VirtualInterface]:
    every = snapshot.virtual_interfaces.values()
    return [one for one in every if one.direct_connect_gateway == record.id]


def _is_working(circuit: VirtualInterface) -> bool:
    return circuit.state == "available" and circuit.is_up is not False


def _carried(circuits: list[VirtualInterface]) -> tuple[Prefix, ...]:
    """Return what working virtual interfaces carry: an IP version needs a BGP peer of it [HY-3]."""
    working = list(filter(_is_working, circuits))
    families = {family for one in working for family in one.families}
    if not families or any(not one.families for one in working):
        return EVERYWHERE
    return tuple(prefix for prefix in EVERYWHERE if prefix.family in families)


def _lone_interfaces(snapshot: Snapshot) -> Iterator[Link]:
    """Yield the virtual interfaces that end at a VPN gateway itself."""
    for record in snapshot.virtual_interfaces.values():
        if record.vpn_gateway and not record.direct_connect_gateway:
            sides = _carried([record])
            yield Link(
                LinkKind.DIRECT_CONNECT,
                record.id,
                record.id,
                is_up=_is_working(record),
                vpn_gateway=record.vpn_gateway,
                aws_side=sides,
                site_side=sides,
                doubt=record.doubt,
            )


def _client_links(snapshot: Snapshot) -> Iterator[Link]:
    for record in snapshot.client_vpn_endpoints.values():
        up = record.state == "available"
        clients = () if record.clients is None else (record.clients,)
        yield Link(
            LinkKind.CLIENT_VPN,
            record.id,
            record.id,
            is_up=up,
            is_dynamic=False,
            routes=clients,
            doubt=record.doubt,
        )


def _connect_links(snapshot: Snapshot) -> Iterator[Link]:
    """Yield the Connect attachments: what is behind their appliances is one network each."""
    for tie in snapshot.transit_attachments.values():
        if tie.kind is not AttachmentKind.CONNECT:
            continue
        lacks = bool(tie.transport) and tie.transport not in snapshot.transit_attachments
        yield Link(
            LinkKind.CONNECT,
            tie.id,
            tie.id,
            is_up=_has_tunnel(snapshot, tie),
            is_transit=True,
            attachment=tie.id,
            doubt=tie.doubt or (f"the snapshot lacks {tie.transport}" if lacks else ""),
        )


def _has_tunnel(snapshot: Snapshot, tie: TransitAttachment) -> bool:
    """Tell whether some Connect peer works; where none is known, one may.

    The tunnels run over another attachment, which must be in service.
    """
    peers = peers_of(snapshot, tie)
    up = [one.state == "available" and one.is_up is not False for one in peers]
    return is_carried(snapshot, tie.transport) and (any(up) or not peers)


def is_carried(snapshot: Snapshot, transport: str) -> bool:
    """Tell whether the attachment that carries tunnels is in service, if any does."""
    record = snapshot.transit_attachments.get(transport)
    return (record is None or record.state in IN_SERVICE) and transport not in snapshot.deleted


def peers_of(snapshot: Snapshot, tie: TransitAttachment) -> list[ConnectPeer]:
    """Return the Connect peers of an attachment."""
    return [one for one in snapshot.connect_peers.values() if one.attachment == tie.id]


def _without_announcements(snapshot: Snapshot, link: Link) -> Link:
    """Doubt a link that speaks BGP where AWS announces nothing: behind a policy table [TG-10]."""
    is_silent = link.is_dynamic and link.kind in (LinkKind.VPN, LinkKind.CONNECT)
    if is_silent and link.attachment in policy_of_attachment(snapshot):
        return link._replace(doubt=link.doubt or "AWS announces no routes behind a policy table")
    return link


# -- what the snapshot shows


def shown_routes(snapshot: Snapshot, *, learned_only: bool = True) -> dict[str, tuple[Prefix, ...]]:
    """Return by VPN gateway the prefixes that route tables learned from it, or all sent to it."""
    shown: dict[str, dict[Prefix, None]] = {}
    for table in snapshot.route_tables.values():
        for route in table.routes:
            is_learned = route.origin is RouteOrigin.PROPAGATED
            if (
                route.target_kind is TargetKind.VPN_GATEWAY
                and route.state is RouteState.ACTIVE
                and route.destination is not None
                and (is_learned or not learned_only)
            ):
                shown.setdefault(route.target, {})[route.destination] = None
    return {gateway: tuple(prefixes) for gateway, prefixes in shown.items()}


class Holding(NamedTuple):
    """A prefix that a site holds, or may hold."""

    site: str
    prefix: Prefix
    #: False where another site of the same gateway may be the one that announces it.
    is_sure: bool


def holdings_of(snapshot: Snapshot, links: tuple[Link, ...]) -> Iterator[Holding]:
    """Yield what each site holds, as far as the snapshot shows it."""
    for link in links:
        yield from (Holding(link.site, prefix, True) for prefix in link.routes)
    yield from _behind_vpn_gateways(snapshot, links)
    by_attachment = {link.attachment: link.site for link in links if link.attachment}
    for table in snapshot.transit_route_tables.values():
        for route in routes_of(snapshot, table):
            sites = {by_attachment[a] for a in route.attachments if a in by_attachment}
            for prefix in entries_of(snapshot, route) if route.state == "active" else ():
                yield from (Holding(site, prefix, True) for site in sites)


def _behind_vpn_gateways(snapshot: Snapshot, links: tuple[Link, ...]) -> Iterator[Holding]:
    """Yield what may lie behind links that speak BGP: where tables send packets, it should be."""
    learned = shown_routes(snapshot)
    for gateway, sent in shown_routes(snapshot, learned_only=False).items():
        here = [link for link in links if link.vpn_gateway == gateway]
        static = {prefix for link in here for prefix in link.routes}
        sites = {link.site: None for link in here if link.is_dynamic}
        for prefix in sent:
            is_sure = len(sites) == 1 and prefix in learned.get(gateway, ())
            if prefix not in static:
                yield from (Holding(site, prefix, is_sure) for site in sites)


def entries_of(snapshot: Snapshot, route: TransitRoute) -> tuple[Prefix, ...]:
    """Return the prefixes of a transit route, as far as they are known."""
    if route.destination is not None:
        return (route.destination,)
    record = snapshot.prefix_lists.get(route.prefix_list)
    return (record.entries or ()) if record else ()


def site_ids(links: tuple[Link, ...], snapshot: Snapshot) -> tuple[str, ...]:
    """Return the ids of all sites in order: those with links, then idle customer gateways."""
    linked = (link.site for link in links)
    return tuple(dict.fromkeys((*linked, *snapshot.customer_gateways)))


def prefixes_of_site(snapshot: Snapshot, site: str) -> tuple[Prefix, ...]:
    """Return what a site holds or may hold; a default route says nothing about that."""
    found = (h for h in holdings_of(snapshot, links_of(snapshot)) if h.site == site)
    return tuple(dict.fromkeys(h.prefix for h in found if h.prefix.length))


def link_prefixes(snapshot: Snapshot) -> Iterator[Prefix]:
    """Yield the prefixes that links name, for cutting."""
    for connection in snapshot.vpn_connections.values():
        yield from connection.routes
        yield from (side for side in (connection.aws_side, connection.site_side) if side)
    for gateway in snapshot.direct_connect_gateways.values():
        for one in gateway.associations or ():
            yield from one.allowed
    for endpoint in snapshot.client_vpn_endpoints.values():
        yield from () if endpoint.clients is None else (endpoint.clients,)
        yield from (rule.prefix for rule in endpoint.authorizations or ())
        yield from (route.prefix for route in endpoint.routes or ())


def sites_behind(snapshot: Snapshot, resource: str) -> tuple[str, ...]:
    """Return the sites that a resource stands for: itself, or those behind its links."""
    links = links_of(snapshot)
    if resource in snapshot.customer_gateways or any(link.site == resource for link in links):
        return (resource,)
    circuit = snapshot.virtual_interfaces.get(resource)
    peer = snapshot.connect_peers.get(resource)
    names = {resource, circuit.direct_connect_gateway if circuit else resource}
    names |= {peer.attachment} if peer else set()
    return tuple(dict.fromkeys(link.site for link in links if names & {link.id, link.vpn_gateway}))
