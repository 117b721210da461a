"""Virtual private gateways: the VPC's end of VPN and Direct Connect [HY-1, HY-2, RT-3].

A VPN gateway carries what the VPC's own interfaces send to prefixes that it knows, and what its
sites send to the VPC's own interfaces. It takes nobody further: not to peers, not to the internet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.forks import branch_over
from netreach.fabric.interface import InterfaceColumns
from netreach.fabric.internet_gateway import GOOD_ATTACHMENT, own_table
from netreach.fabric.links import Link, LinkKind, links_of, shown_routes
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.model.connections import VpnGateway
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pieces import Lists, PieceTable, pieces
from netreach.packets.pool import UNSURE
from netreach.packets.prefixes import Prefix

#: Values of the tables of links: nobody knows whether the gateway knows the address.
UNTOLD: Final = -2


class VpnGateways(Struct, frozen=True):
    """All VPN gateways."""

    #: VPC row that it is attached to in a good state, or NO_ROW.
    vpc: Column
    #: Whether it is attached to a VPC that the snapshot lacks.
    is_abroad: Mask
    is_available: Mask
    is_doubted: Mask
    #: The route table that routes what comes in by it, or NO_ROW [RT-11].
    own_table: Column
    #: (gateway, atom) -> number of a list of links, NO_ROW or UNTOLD.
    known: PieceTable
    #: (gateway, atom) -> 1 in the blocks of its VPC.
    blocks: PieceTable
    #: (link, atom) -> the same as `known`, for what a site sends to another one [HY-2].
    hubs: PieceTable
    lists: Lists
    #: Link row -> gateway row, or NO_ROW.
    of_link: Column
    book: AddressBook
    interfaces: InterfaceColumns
    ids: tuple[str, ...]

    def leave(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets from the VPC to the link that knows their destination."""
        passes = passage.gate(batch, self._exit_checks(batch))
        batch = self._cross(batch.where(passes), passage)
        if len(batch):
            known = self.known.lookup(batch.place, batch.destination)
            self._hand_on(batch, known, passage)

    def _exit_checks(self, batch: PacketBatch) -> tuple[Check, ...]:
        """Say what a gateway drops on the way out: all but its VPC's own interfaces [HY-1]."""
        kind, place = Kind.VPN_GATEWAY, batch.place
        holders = self.book.holder(batch.vpc, batch.source)
        known = self.known.lookup(place, batch.destination)
        return (
            Check(~self.is_available[place], Fate.BAD_STATE, kind, place),
            Check(self.vpc[place] != batch.vpc, Fate.BAD_STATE_ATTACHMENT, kind, place),
            Check(self._is_idle(holders), Fate.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS, kind, place),
            Check(known == NO_ROW, Fate.NO_ROUTE_TO_DESTINATION, kind, place),
            Check(known == UNTOLD, Fate.UNKNOWN_DESTINATION, kind, place),
        )

    def _is_idle(self, holders: Column) -> Mask:
        """Tell which addresses no attached interface holds."""
        unattached = self.interfaces.is_unattached[self.book.interface[holders]]
        mask: Mask = (holders == NO_ROW) | unattached
        return mask

    def _cross(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        doubted = self.is_doubted[batch.place]
        batch = batch.replace(carrier=NO_ROW)
        batch = passage.doubt_where(doubted, Kind.VPN_GATEWAY, batch.place, batch, UNSURE)
        passage.note(Kind.VPN_GATEWAY, batch.place, batch)
        return batch

    def _hand_on(self, batch: PacketBatch, known: Column, passage: Passage) -> None:
        chosen = branch_over(batch, self.lists, known, Kind.VPN_GATEWAY, passage)
        passage.move(chosen.replace(stage=Stage.SITE_ARRIVAL, vpc=NO_ROW, subnet=NO_ROW))

    def enter(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets from a site into the VPC, or to another site; `place` is the link."""
        links, gateways = batch.place, self.of_link[batch.place]
        inside = self.blocks.lookup(np.maximum(gateways, 0), batch.destination) == 1
        others = self.hubs.lookup(links, batch.destination)
        others[inside] = NO_ROW
        batch = batch.replace(place=gateways, vpc=self.vpc[gateways])
        passes = passage.gate(batch, self._entry_checks(batch, inside, others))
        batch, others = batch.where(passes), others[passes]
        if not len(batch):
            return
        batch = self._cross(batch, passage)
        to_site = others >= 0
        if to_site.any():
            self._hand_on(batch.where(to_site), others[to_site], passage)
            batch = batch.where(~to_site)
        self._deliver(batch, passage)

    def _entry_checks(self, batch: PacketBatch, inside: Mask, others: Column) -> tuple[Check, ...]:
        """Say what a gateway drops on the way in: all but its VPC's own interfaces."""
        kind, place = Kind.VPN_GATEWAY, batch.place
        holders = self.book.holder(batch.vpc, batch.destination)
        to_site = others != NO_ROW
        foreign = ~to_site & (~inside | self._is_idle(holders))
        lacking = (place == NO_ROW) | self.is_abroad[place]
        detached = (batch.vpc == NO_ROW) & ~lacking & ~to_site
        return (
            Check(lacking, Fate.UNKNOWN_RESOURCE, kind, place),
            Check(~self.is_available[place], Fate.BAD_STATE, kind, place),
            Check(detached, Fate.BAD_STATE_ATTACHMENT, kind, place),
            Check(others == UNTOLD, Fate.UNKNOWN_DESTINATION, kind, place),
            Check(foreign, Fate.VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS, kind, place),
        )

    def _deliver(self, batch: PacketBatch, passage: Passage) -> None:
        """Hand packets to whoever holds their destination, or to the gateway's own table."""
        tables = self.own_table[batch.place]
        routed = tables != NO_ROW
        batch = batch.replace(stage=Stage.DELIVER, subnet=NO_ROW)
        passage.move(batch.where(~routed))
        passage.move(batch.where(routed).replace(stage=Stage.GATEWAY_TABLE, place=tables[routed]))


# -- what gateways know


class Known(NamedTuple):
    """A prefix that a gateway knows by a link, as it competes; the base has none of them."""

    #: Prefix length, then how it was learned; higher wins [RT-3].
    rank: tuple[int, int]
    #: Link rows; of the base, which every address has, what holds where no prefix does.
    links: tuple[int, ...] = ()
    otherwise: int = NO_ROW


_BASE_RANK: Final = (-1, 0)
#: How routes of one prefix compete: what the VPN's own BGP says comes last.
_LAST, _FIRST = 0, 1


class _Knowledge:
    """Finds what each gateway knows, and numbers the lists of links."""

    def __init__(self, snapshot: Snapshot, axis: AtomAxis) -> None:
        self.links, self.axis = links_of(snapshot), axis
        self.shown = shown_routes(snapshot)
        self.numbers: dict[tuple[int, ...], int] = {}

    def _number(self, rows: tuple[int, ...]) -> int:
        key = tuple(sorted(set(rows)))
        return self.numbers.setdefault(key, len(self.numbers)) if key else NO_ROW

    def _best(self, items: list[Known]) -> int:
        best = max(item.rank for item in items)
        if best == _BASE_RANK:
            base = next(item for item in items if item.rank == best)
            return self._number(base.links) if base.links else base.otherwise
        return self._heard(items, best)

    def _heard(self, items: list[Known], best: tuple[int, int]) -> int:
        """Return the links of the best prefix; it may have come by one that the snapshot lacks."""
        rows = tuple(row for item in items if item.rank == best for row in item.links)
        return self._number(rows) if rows else UNTOLD

    def of_gateway(self, gateway: str) -> list[tuple[int, int]]:
        """Return the pieces of what a gateway knows."""
        here = {n: link for n, link in enumerate(self.links) if link.vpn_gateway == gateway}
        known = list(self._learned(gateway, here))
        if known or not any(link.is_dynamic and link.is_up for link in here.values()):
            # else what BGP announces, and no table shows, may be more specific than any of it
            known += self._static(here)
        six = {row: link for row, link in here.items() if _carries_ipv6(link)}
        none = Known(_BASE_RANK)  # VPN alone takes no IPv6 [HY-1]
        spans: list[tuple[Span, Known]] = [
            (self.axis.whole(4), _base(here)),
            (self.axis.whole(6), none if here and not six else _base(six)),
        ]
        spans += [(self.axis.span(prefix), item) for prefix, item in known]
        return pieces(spans, len(self.axis), self._best)

    @staticmethod
    def _static(here: Mapping[int, Link]) -> Iterator[tuple[Prefix, Known]]:
        for row, link in here.items():
            for prefix in link.routes:
                if prefix.family == 4:
                    yield prefix, Known((prefix.length, _FIRST), (row,))

    def _learned(self, gateway: str, here: Mapping[int, Link]) -> Iterator[tuple[Prefix, Known]]:
        """Yield what route tables show; they do not say by which link it was learned."""
        static = {prefix for link in here.values() for prefix in link.routes}
        for prefix in self.shown.get(gateway, ()):
            for row, link in _speakers(here, prefix).items():
                last = link.kind is LinkKind.VPN and prefix in static
                yield prefix, Known((prefix.length, _LAST if last else _FIRST), (row,))
            if not _speakers(here, prefix) and prefix not in static:
                # somebody announces it by a link that the snapshot lacks
                yield prefix, Known((prefix.length, _FIRST))

    def of_hub(self, row: int) -> list[tuple[int, int]]:
        """Return the pieces of what a gateway knows of other sites, for one site's link [HY-2]."""
        link = self.links[row]
        if not (link.vpn_gateway and link.is_dynamic):
            return [(0, NO_ROW)]
        others = {
            n: other
            for n, other in enumerate(self.links)
            if other.vpn_gateway == link.vpn_gateway and other.site != link.site
        }
        spans: list[tuple[Span, Known]] = [(self.axis.whole(None), Known(_BASE_RANK))]
        for prefix in self.shown.get(link.vpn_gateway, ()):
            speakers = _speakers(others, prefix)
            heard = tuple(n for n, other in speakers.items() if not _same_asn(link, other))
            if speakers:
                item = Known((prefix.length, _FIRST), heard)
                spans.append((self.axis.span(prefix), item))
        return pieces(spans, len(self.axis), self._best_heard)

    def _best_heard(self, items: list[Known]) -> int:
        """Return the links to other sites; one with the same ASN drops what it hears."""
        best = max(item.rank for item in items)
        if best == _BASE_RANK:
            return NO_ROW
        return self._heard(items, best)


def _same_asn(link: Link, other: Link) -> bool:
    return link.asn is not None and link.asn == other.asn


def _carries_ipv6(link: Link) -> bool:
    return link.kind is LinkKind.DIRECT_CONNECT


def _speakers(here: Mapping[int, Link], prefix: Prefix) -> dict[int, Link]:
    """Return the links that may have announced a prefix: by BGP, and not down while others are up.

    What was announced by a link that has gone down is forgotten.
    """
    found = {
        row: link
        for row, link in here.items()
        if link.is_dynamic and (prefix.family == 4 or _carries_ipv6(link))
    }
    return {row: link for row, link in found.items() if link.is_up} or found


def _base(here: Mapping[int, Link]) -> Known:
    """Return what becomes of an address that no known prefix covers.

    Links that are all down say so. One that speaks BGP may know the address; static ones do not.
    """
    up = [link for link in here.values() if link.is_up]
    if here and not up:
        return Known(_BASE_RANK, tuple(here))
    untold = not here or any(link.is_dynamic for link in up)
    return Known(_BASE_RANK, otherwise=UNTOLD if untold else NO_ROW)


def compile_vpn_gateways(
    snapshot: Snapshot, book: AddressBook, interfaces: InterfaceColumns, vpcs: Mapping[str, int]
) -> VpnGateways:
    """Find out which gateway serves which VPC, and what it knows."""
    records = list(snapshot.vpn_gateways.values())
    rows = {record.id: row for row, record in enumerate(records)}
    knowledge = _Knowledge(snapshot, book.axis)
    links, nothing = knowledge.links, [[(0, NO_ROW)]]
    known = [knowledge.of_gateway(record.id) for record in records]
    hubs = [knowledge.of_hub(row) for row in range(len(links))]
    served = [_served(record) for record in records]
    return VpnGateways(
        vpc=by_row([vpcs.get(vpc, NO_ROW) for vpc in served]),
        is_abroad=mask_by_row([bool(vpc) and vpc not in vpcs for vpc in served]),
        is_available=mask_by_row([record.state == "available" for record in records]),
        is_doubted=mask_by_row([bool(record.doubt) for record in records]),
        own_table=by_row([own_table(snapshot, record.id) for record in records]),
        known=PieceTable.of(known or nothing),
        blocks=PieceTable.of([_blocks(snapshot, vpc, book.axis) for vpc in served] or [[(0, 0)]]),
        hubs=PieceTable.of(hubs or nothing),
        lists=Lists.of(list(knowledge.numbers)),
        of_link=by_row([rows.get(link.vpn_gateway, NO_ROW) for link in links]),
        book=book,
        interfaces=interfaces,
        ids=tuple(rows),
    )


def _served(record: VpnGateway) -> str:
    """Return the VPC that a gateway is attached to in a good state, "" for none."""
    return next((tie.vpc for tie in record.attachments if tie.state in GOOD_ATTACHMENT), "")


def _blocks(snapshot: Snapshot, vpc: str, axis: AtomAxis) -> list[tuple[int, int]]:
    record = snapshot.vpcs.get(vpc)
    spans = [(axis.span(prefix), 1) for prefix in (record.prefixes if record else ())]
    return pieces(spans, len(axis), lambda items: int(bool(items)))
