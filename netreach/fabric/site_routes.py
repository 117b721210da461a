"""What AWS announces to each site, and what each site holds, painted over the atoms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from netreach.fabric.addresses import AddressBook
from netreach.fabric.internet_gateway import GOOD_ATTACHMENT
from netreach.fabric.links import (
    EVERYWHERE,
    IN_SERVICE,
    Holding,
    Link,
    LinkKind,
    entries_of,
    holdings_of,
    links_of,
    shown_routes,
    site_ids,
)
from netreach.fabric.sites import ANNOUNCED, MAYBE, OWN, SURELY, LinkColumns, Sites
from netreach.fabric.transit_routes import TransitRoutes, routes_of
from netreach.fabric.vocabulary import Stage
from netreach.model.connections import VpnGateway
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, by_row, mask_by_row
from netreach.packets.pieces import Lists, PieceTable, pieces
from netreach.packets.prefixes import Prefix

#: The length of what a link may announce without the snapshot showing it.
_UNSHOWN: Final = -1


class Notice(NamedTuple):
    """One prefix that a link announces to its site, or that the site holds (link NO_ROW)."""

    length: int
    link: int
    #: Whether it is another site's: two sites of one VPN gateway [HY-2].
    is_sites: bool = False


class _Announcer:
    """Finds what each link announces."""

    def __init__(
        self,
        snapshot: Snapshot,
        links: tuple[Link, ...],
        transit: TransitRoutes,
        attachments: Mapping[str, int],
    ) -> None:
        self.snapshot, self.links = snapshot, links
        self.transit, self.attachments = transit, attachments
        self.shown = shown_routes(snapshot)

    def notices(self, row: int) -> Iterator[tuple[Prefix, Notice]]:
        """Yield what a link announces to its site: of the family that its tunnels carry."""
        families = {side.family for side in self.links[row].aws_side}
        told = self._notices(row)
        yield from ((prefix, notice) for prefix, notice in told if prefix.family in families)

    def _notices(self, row: int) -> Iterator[tuple[Prefix, Notice]]:
        link = self.links[row]
        if link.kind is LinkKind.CLIENT_VPN:
            yield from ((prefix, Notice(0, row)) for prefix in EVERYWHERE)
        elif link.is_up and link.is_transit:
            yield from self._of_transit(link, row)
        elif link.is_up:
            blocks = self.blocks(link)
            yield from ((prefix, Notice(prefix.length, row)) for prefix in blocks)
            others = self.others(link)
            shown = self.shown.get(link.vpn_gateway, ()) if others else ()
            yield from ((prefix, Notice(prefix.length, row, True)) for prefix in shown)

    def blocks(self, link: Link) -> tuple[Prefix, ...]:
        """Return the VPC's blocks that a link to a VPN gateway carries packets for [HY-1]."""
        gateway = self.snapshot.vpn_gateways.get(link.vpn_gateway)
        vpc = self.snapshot.vpcs.get(vpc_of(gateway)) if gateway else None
        if vpc is None:
            return ()
        families = (4,) if link.kind is LinkKind.VPN else (4, 6)
        return tuple(p for p in vpc.prefixes if p.family in families and _lets(link, p))

    def others(self, link: Link) -> list[Link]:
        """Return the links of other sites that share a VPN gateway, all by BGP [HY-2]."""
        return [
            other
            for other in self.links
            if other.vpn_gateway == link.vpn_gateway != ""
            and other.site != link.site
            and other.is_dynamic
            and link.is_dynamic
            and other.is_up
        ]

    def _of_transit(self, link: Link, row: int) -> Iterator[tuple[Prefix, Notice]]:
        tie = self.snapshot.transit_attachments.get(link.attachment)
        if tie is None or tie.state not in IN_SERVICE:
            return
        if link.allowed is not None:
            yield from ((p, Notice(p.length, row)) for p in link.allowed)
            return
        place = self.attachments[tie.id]
        table = int(self.transit.table_of[place])
        unshown = self.transit.is_unstated[place] or self.transit.is_open[table]
        if link.kind is LinkKind.DIRECT_CONNECT or unshown:
            yield from ((prefix, Notice(_UNSHOWN, row)) for prefix in EVERYWHERE)
        if table == NO_ROW:
            return
        record = self.snapshot.transit_route_tables[self.transit.table_ids[table]]
        for route in routes_of(self.snapshot, record):
            if route.state == "active" and tie.id not in route.attachments:
                prefixes = entries_of(self.snapshot, route)
                yield from ((prefix, Notice(prefix.length, row)) for prefix in prefixes)

    def carried(self, link: Link) -> tuple[Prefix, ...]:
        """Return the prefixes that a link takes packets for, whether or not it says so."""
        if link.kind is LinkKind.VPN and not link.is_transit:
            return EVERYWHERE[:1]  # no IPv6 [HY-1]
        if link.allowed is None:
            return EVERYWHERE
        if link.is_transit:
            return link.allowed
        return (*self.blocks(link), *self.shown.get(link.vpn_gateway, ()))


def _lets(link: Link, block: Prefix) -> bool:
    """Tell whether the allowed prefixes of a Direct Connect gateway let a VPC's block through."""
    return link.allowed is None or any(prefix.contains(block) for prefix in link.allowed)


def vpc_of(gateway: VpnGateway) -> str:
    """Return the VPC that a VPN gateway serves, "" for none."""
    good = (tie.vpc for tie in gateway.attachments if tie.state in GOOD_ATTACHMENT)
    return next(good, "") if gateway.state == "available" else ""


class _Lists:
    """Numbers distinct lists of links."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[int, ...], int] = {}

    def number(self, rows: Iterable[int]) -> int:
        key = tuple(sorted(set(rows)))
        return self.numbers.setdefault(key, len(self.numbers)) if key else NO_ROW

    def best(self, notices: list[Notice]) -> int:
        """Return the links of the longest announced prefix, and those that may announce any."""
        said = [n for n in notices if n.link != NO_ROW]
        longest = max((n.length for n in said), default=0)
        return self.number(n.link for n in said if n.length in (longest, _UNSHOWN))


def _stays(notices: list[Notice]) -> int:
    """Tell who has an address: the site, or whoever AWS announces it for."""
    own = max((n.length for n in notices if n.link == NO_ROW), default=0)
    said = (n.length for n in notices if n.link != NO_ROW and not n.is_sites)
    announced = max(said, default=0)
    if own and own >= announced:
        return OWN
    return ANNOUNCED if announced > own else 0


def compile_sites(
    snapshot: Snapshot,
    book: AddressBook,
    transit: TransitRoutes,
    *,
    attachments: Mapping[str, int],
    endpoints: Mapping[str, int],
) -> Sites:
    """Find out what joins which site, and what is known of both ends."""
    links, axis = links_of(snapshot), book.axis
    ids = site_ids(links, snapshot)
    rows = {site: row for row, site in enumerate(ids)}
    announcer, lists = _Announcer(snapshot, links, transit, attachments), _Lists()
    holdings = list(holdings_of(snapshot, links))
    notices = _notices(announcer, holdings, rows, axis)
    empty = [[(0, NO_ROW)]]
    every = [lists.number(n for n, link in enumerate(links) if link.site == site) for site in ids]
    ways = [pieces(spans, len(axis), lists.best) for spans in notices]
    return Sites(
        links=_columns(announcer, rows, endpoints, axis),
        ways=PieceTable.of(ways or empty),
        lists=Lists.of(list(lists.numbers)),
        every_link=by_row(every),
        stays=PieceTable.of([pieces(spans, len(axis), _stays) for spans in notices] or empty),
        holds=PieceTable.of(_holds(holdings, rows, axis) or empty),
        inside=PieceTable.of([_inside(snapshot, holdings, axis)]),
        link_of_attachment=by_row(_link_of_attachment(links, attachments)),
        book=book,
        ids=ids,
    )


def _notices(
    announcer: _Announcer, holdings: list[Holding], rows: Mapping[str, int], axis: AtomAxis
) -> list[list[tuple[Span, Notice]]]:
    """Return per site what is announced to it and what it surely holds."""
    found: list[list[tuple[Span, Notice]]] = [[] for _ in rows]
    for row, link in enumerate(announcer.links):
        spans = ((axis.span(prefix), notice) for prefix, notice in announcer.notices(row))
        found[rows[link.site]] += spans
    for holding in holdings:
        if holding.is_sure:
            notice = Notice(holding.prefix.length, NO_ROW)
            found[rows[holding.site]].append((axis.span(holding.prefix), notice))
    return found


def _holds(
    holdings: list[Holding], rows: Mapping[str, int], axis: AtomAxis
) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[Span, int]]] = [[] for _ in rows]
    for holding in holdings:
        if holding.prefix.length:
            how = SURELY if holding.is_sure else MAYBE
            found[rows[holding.site]].append((axis.span(holding.prefix), how))
    return [pieces(spans, len(axis), lambda items: max(items, default=0)) for spans in found]


def _inside(snapshot: Snapshot, holdings: list[Holding], axis: AtomAxis) -> list[tuple[int, int]]:
    held = (holding.prefix for holding in holdings if holding.is_sure and holding.prefix.length)
    blocks = (prefix for vpc in snapshot.vpcs.values() for prefix in vpc.prefixes)
    spans = [(axis.span(prefix), 1) for prefix in (*blocks, *held)]
    return pieces(spans, len(axis), lambda items: int(bool(items)))


def _columns(
    announcer: _Announcer, sites: Mapping[str, int], endpoints: Mapping[str, int], axis: AtomAxis
) -> LinkColumns:
    snapshot, links, attachments = announcer.snapshot, announcer.links, announcer.attachments
    tied = [snapshot.transit_attachments.get(link.attachment) for link in links]
    vpns = [link.kind is LinkKind.VPN for link in links]
    return LinkColumns(
        site=by_row([sites[link.site] for link in links]),
        is_up=mask_by_row([link.is_up for link in links]),
        is_doubted=mask_by_row([bool(link.doubt) for link in links]),
        is_vpn=mask_by_row(vpns),
        is_transit_vpn=mask_by_row(
            [vpn and link.is_transit for vpn, link in zip(vpns, links, strict=True)]
        ),
        stage=by_row([_stage(link) for link in links]),
        place=by_row(
            [
                attachments.get(link.attachment, NO_ROW)
                if link.is_transit
                else endpoints.get(link.id, row)
                for row, link in enumerate(links)
            ]
        ),
        attachment=by_row([attachments.get(link.attachment, NO_ROW) for link in links]),
        is_attached=mask_by_row([tie is not None and tie.state in IN_SERVICE for tie in tied]),
        carries=_covered((announcer.carried(link) for link in links), axis),
        aws_side=_covered((link.aws_side for link in links), axis),
        site_side=_covered((link.site_side for link in links), axis),
        ids=tuple(link.id for link in links),
    )


def _covered(prefixes: Iterable[tuple[Prefix, ...]], axis: AtomAxis) -> PieceTable:
    """Return for each link where its prefixes are."""
    spans = [[(axis.span(prefix), 1) for prefix in those] for those in prefixes]
    rows = [pieces(row, len(axis), lambda items: int(bool(items))) for row in spans]
    return PieceTable.of(rows or [[(0, 0)]])


def _stage(link: Link) -> Stage:
    if link.kind is LinkKind.CLIENT_VPN:
        return Stage.CLIENT_VPN
    return Stage.TRANSIT_TABLE if link.is_transit else Stage.VPN_GATEWAY_INGRESS


def _link_of_attachment(links: tuple[Link, ...], attachments: Mapping[str, int]) -> list[int]:
    rows = {link.attachment: row for row, link in enumerate(links) if link.attachment}
    return [rows.get(attachment, NO_ROW) for attachment in attachments]
