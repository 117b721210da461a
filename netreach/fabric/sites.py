"""Sites: networks outside AWS, and the links by which packets leave and reach them [HY-1..3].

What a site really holds behind its gateway is assumed to be what its routes say: whoever relies on
that is warned. What arrives is delivered; a site passes nothing on that AWS announces to it.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import SCOPE_INTERNET, AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.forks import branch_over
from netreach.fabric.vocabulary import Assumed, Fate, Kind
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, filled
from netreach.packets.pieces import Lists, PieceTable
from netreach.packets.pool import UNSURE

#: Values of `Sites.stays`: the site itself holds an address, or AWS announces it to the site.
OWN, ANNOUNCED = 1, 2
#: Values of `Sites.holds`.
MAYBE, SURELY = 1, 2


class LinkColumns(Struct, frozen=True):
    """What the walk needs to know of every link."""

    #: Site row.
    site: Column
    is_up: Mask
    is_doubted: Mask
    #: Whether it is a VPN connection, of a VPN gateway or of a transit gateway.
    is_vpn: Mask
    is_transit_vpn: Mask
    #: The stage behind it on the way into AWS, and the place there; NO_ROW where it is missing.
    stage: Column
    place: Column
    #: Attachment row of links to transit gateways, else NO_ROW; and whether it is in service.
    attachment: Column
    is_attached: Mask
    #: (link, atom) -> 1 where the link carries packets for an address into AWS.
    carries: PieceTable
    #: (link, atom) -> 1 where its tunnels carry packets of and for an address of AWS's side, or
    #: of the site's.
    aws_side: PieceTable
    site_side: PieceTable
    ids: tuple[str, ...]


class Sites(Struct, frozen=True):
    """All sites and their links."""

    links: LinkColumns
    #: (site, atom) -> number of a list of links that may be taken, or NO_ROW.
    ways: PieceTable
    lists: Lists
    #: Site row -> number of the list of all its links, or NO_ROW.
    every_link: Column
    #: (site, atom) -> OWN, ANNOUNCED or 0.
    stays: PieceTable
    #: (site, atom) -> SURELY, MAYBE or 0; default routes aside.
    holds: PieceTable
    #: (0, atom) -> 1 in the blocks of VPCs and where any site surely holds something.
    inside: PieceTable
    #: Attachment row -> link row, or NO_ROW.
    link_of_attachment: Column
    book: AddressBook
    ids: tuple[str, ...]

    def holders(self, atom: int) -> list[tuple[int, int]]:
        """Return the sites that hold an address, or may, with SURELY or MAYBE."""
        if not self.ids:
            return []
        rows = np.arange(len(self.ids))
        held = self.holds.lookup(rows, np.full(len(rows), atom))
        return [(row, how) for row, how in enumerate(held.tolist()) if how]

    def depart(self, batch: PacketBatch, passage: Passage) -> None:
        """Let packets leave a site, by the link whose announcement covers them best."""
        batch = batch.replace(
            vpc=NO_ROW, subnet=NO_ROW, carrier=NO_ROW, assumed=batch.assumed | int(Assumed.SITE)
        )
        passage.note(Kind.SITE, batch.place, batch)
        batch = batch.where(passage.gate(batch, self._exit_checks(batch)))
        if not len(batch):
            return
        numbers = self.ways.lookup(batch.place, batch.destination)
        # what nothing is announced for, AWS stops: the first gateway says why
        numbers = np.where(numbers == NO_ROW, self.every_link[batch.place], numbers)
        self._enter(branch_over(batch, self.lists, numbers, Kind.SITE, passage), passage)

    def _exit_checks(self, batch: PacketBatch) -> tuple[Check, ...]:
        """Say what never comes to AWS: what the site keeps, or sends elsewhere itself."""
        sites, kind = batch.place, Kind.SITE
        stays = self.stays.lookup(sites, batch.destination) == OWN
        lost = self.ways.lookup(sites, batch.destination) == NO_ROW
        known = self.inside.lookup(filled(len(sites), 0), batch.destination) == 1
        outside = ~known | (self.book.scopes(batch.destination) == SCOPE_INTERNET)
        unlinked = self.every_link[sites] == NO_ROW
        return (
            Check(stays | (lost & outside), Fate.UNKNOWN_DESTINATION, kind, sites),
            Check(lost & ~outside & unlinked, Fate.NO_ROUTE_TO_DESTINATION, kind, sites),
        )

    def _enter(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets over their links into AWS."""
        links, rows = self.links, batch.place
        carried = links.carries.lookup(rows, batch.destination) == 1
        checks = (
            *self._state_checks(rows),
            Check(~carried, Fate.NO_ROUTE_TO_DESTINATION, Kind.SITE_LINK, rows),
            self._selector_check(rows, batch.destination, batch.source),
            Check(links.place[rows] == NO_ROW, Fate.UNKNOWN_RESOURCE, Kind.SITE_LINK, rows),
            self._attachment_check(rows),
        )
        batch = self._cross(batch.where(passage.gate(batch, checks)), passage)
        tied = links.attachment[batch.place] != NO_ROW
        passage.note(
            Kind.TRANSIT_ATTACHMENT, links.attachment[batch.place[tied]], batch.where(tied)
        )
        passage.move(batch.replace(stage=links.stage[batch.place], place=links.place[batch.place]))

    def _cross(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        doubted = self.links.is_doubted[batch.place]
        batch = passage.doubt_where(doubted, Kind.SITE_LINK, batch.place, batch, UNSURE)
        passage.note(Kind.SITE_LINK, batch.place, batch)
        return batch

    def _state_checks(self, rows: Column) -> tuple[Check, ...]:
        links, kind = self.links, Kind.SITE_LINK
        down, vpn, transit = ~links.is_up[rows], links.is_vpn[rows], links.is_transit_vpn[rows]
        return (
            Check(down & vpn & ~transit, Fate.BAD_STATE_VPN, kind, rows),
            Check(down & transit, Fate.TGW_BAD_STATE_VPN, kind, rows),
            Check(down & ~vpn, Fate.BAD_STATE, kind, rows),
        )

    def _selector_check(self, rows: Column, inside: Column, outside: Column) -> Check:
        """Check for packets that the tunnels of a VPN are not for [HY-1]."""
        links = self.links
        carried = links.aws_side.lookup(rows, inside) & links.site_side.lookup(rows, outside)
        return Check(carried == 0, Fate.VPN_TRAFFIC_SELECTORS, Kind.SITE_LINK, rows)

    def _attachment_check(self, rows: Column) -> Check:
        attachments = self.links.attachment[rows]
        detached = (attachments != NO_ROW) & ~self.links.is_attached[rows]
        return Check(detached, Fate.BAD_STATE_ATTACHMENT, Kind.TRANSIT_ATTACHMENT, attachments)

    def arrive(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets over a link to its site; `place` is the link."""
        checks = (
            *self._state_checks(batch.place),
            self._attachment_check(batch.place),
            self._selector_check(batch.place, batch.source, batch.destination),
        )
        batch = self._cross(batch.where(passage.gate(batch, checks)), passage)
        if not len(batch):
            return
        sites = self.links.site[batch.place]
        batch = batch.replace(
            vpc=NO_ROW, subnet=NO_ROW, carrier=NO_ROW, assumed=batch.assumed | int(Assumed.SITE)
        )
        # the site may send it back by another link: what its routers do, no snapshot shows [HY-3]
        back = self.stays.lookup(sites, batch.destination) == ANNOUNCED
        passage.stop(Fate.UNKNOWN_DESTINATION, Kind.SITE, sites[back], batch.where(back))
        passage.stop(Fate.DELIVERED, Kind.SITE, sites[~back], batch.where(~back))

    def arrive_by_transit(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets out of a transit gateway to a site; `place` is the attachment."""
        attachments = batch.place
        links = self.link_of_attachment[attachments]
        batch, kept = passage.stop_where(
            links == NO_ROW, Fate.UNKNOWN_RESOURCE, Kind.TRANSIT_ATTACHMENT, attachments, batch
        )
        links = links if kept is None else links[kept]
        passage.note(Kind.TRANSIT_ATTACHMENT, batch.place, batch)
        self.arrive(batch.replace(place=links), passage)
