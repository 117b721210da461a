"""NAT gateways: public and private, zonal, their subnet's ACL and table, NAT64 [NT-1..8]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook, HeldAddress, own_address
from netreach.fabric.element import Passage
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.ports_read import uncoupled
from netreach.fabric.sessions import SessionKind
from netreach.fabric.translation import Translation
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.fabric.zones import Zones
from netreach.model.records import NatGateway
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import (
    NO_ROW,
    Column,
    Mask,
    PacketBatch,
    by_row,
    filled,
    mask_by_row,
)
from netreach.packets.pieces import Lists, PairTable
from netreach.packets.pool import FREE, ServicePool
from netreach.packets.prefixes import Prefix
from netreach.packets.services import ICMP, ICMPV6, TCP, UDP, ServiceSet

#: What a NAT gateway carries [NT-4]; over IPv6 that is NAT64's share of it, of ICMPv6 echo only.
CARRIED: Final = ServiceSet.protocol(TCP) | ServiceSet.protocol(UDP) | ServiceSet.protocol(ICMP)
CARRIED_NAT64: Final = (
    ServiceSet.protocol(TCP) | ServiceSet.protocol(UDP) | ServiceSet.icmp(ICMPV6, 128, None)
)


class NatGateways(Struct, frozen=True):
    """All NAT gateways."""

    vpc: Column
    subnet: Column
    is_available: Mask
    #: Whether the snapshot holds what it stands in: its subnet, or a regional one's route table.
    is_modelled: Mask
    #: Of regional gateways: their own route tables; NO_ROW for the others [NT-6].
    table: Column
    #: Of regional gateways with manual zones: (gateway, zone) -> 1 where it serves the zone.
    serves_zone: PairTable
    is_manual: Mask
    zone: Column
    #: Whether it has an address to send from.
    is_usable: Mask
    #: NAT row -> its address rows; behind them the lists of single zones.
    addresses: Lists
    #: (gateway, zone) -> the list of the addresses that a regional one has there.
    list_of_zone: PairTable
    carried: int
    carried_nat64: int
    ids: tuple[str, ...]
    book: AddressBook
    acls: NetworkAcls
    translation: Translation

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Translate what starts inside, and give answers their own destination back."""
        lost = batch.place == NO_ROW
        batch, _ = passage.stop_where(
            lost, Fate.NGW_NO_SESSION, Kind.NAT_GATEWAY, batch.place, batch
        )
        if passage.returning:
            self._undo(batch, passage)
        else:
            self._start(batch, passage)

    def _start(self, batch: PacketBatch, passage: Passage) -> None:
        """Begin connections: only what a route brought here, from inside the VPC [NT-2, NT-8]."""
        holders = self.book.holder(batch.vpc, batch.destination)
        asked_itself = self.book.nat[holders] == batch.place
        batch, _ = passage.stop_where(
            asked_itself, Fate.NGW_NO_SESSION, Kind.NAT_GATEWAY, batch.place, batch
        )
        batch, _ = passage.stop_where(
            ~self.is_modelled[batch.place],
            Fate.NOT_MODELLED,
            Kind.NAT_GATEWAY,
            batch.place,
            batch,
        )
        batch, _ = passage.stop_where(
            self._has_been_here(batch, passage),
            Fate.ROUTING_LOOP,
            Kind.NAT_GATEWAY,
            batch.place,
            batch,
        )
        served = self.serves_zone.lookup(batch.place, self.zone[batch.subnet]) == 1
        batch, _ = passage.stop_where(
            self.is_manual[batch.place] & ~served,
            Fate.REGIONAL_NGW_ROUTE_AZ_RESTRICTION,
            Kind.NAT_GATEWAY,
            batch.place,
            batch,
        )
        subnets = self.subnet[batch.place]
        in_subnet = subnets != NO_ROW
        # of what a regional gateway takes the sender's zone still matters
        batch = batch.replace(subnet=np.where(in_subnet, subnets, batch.subnet))
        # what the router brings has left its subnet, even if it comes back to the same one
        batch = self.acls.screen_where(in_subnet, batch, subnets, passage, ingress=True)
        batch = passage.fail_where(
            ~self.is_available[batch.place], Fate.BAD_STATE, Kind.NAT_GATEWAY, batch.place, batch
        )
        batch = batch.where(self.is_usable[batch.place])
        batch, _ = passage.stop_where(
            self._is_foreign(batch.destination),
            Fate.NGW_REQUIRES_NAT64_ADDRESS,
            Kind.NAT_GATEWAY,
            batch.place,
            batch,
        )
        is_ipv6 = self.book.axis.is_ipv6(batch.destination)
        carried = np.where(is_ipv6, self.carried_nat64, self.carried)
        batch = passage.screen(Kind.NAT_GATEWAY, batch.place, batch, carried, ingress=True)
        if len(batch):
            self._translate(batch, passage)

    def _translate(self, batch: PacketBatch, passage: Passage) -> None:
        """Send each packet on from every address that the gateway may choose [NT-1].

        A regional one has addresses of its own in each zone, and uses those of the sender's [NT-6].
        """
        zonal = self.list_of_zone.lookup(batch.place, self.zone[batch.subnet])
        packets, rows = self.addresses.take(np.where(zonal == NO_ROW, batch.place, zonal))
        sources = self.book.first_atom[rows]
        batch = batch.at(packets)
        batch = batch.replace(subnet=self.subnet[batch.place])
        sessions = passage.sessions.push(
            SessionKind.NAT, place=batch.place, batch=batch, translated=sources
        )
        is_ipv6 = self.book.axis.is_ipv6(batch.destination)
        batch = self._to_ipv4(batch, is_ipv6)
        # from here on its ports are the gateway's
        batch = batch.replace(source=sources, session=sessions, carrier=NO_ROW).recoupled(FREE)
        passage.note(Kind.NAT_GATEWAY, batch.place, batch)
        self._send_on(batch, passage)

    @staticmethod
    def _has_been_here(batch: PacketBatch, passage: Passage) -> Mask:
        """Tell which packets this gateway has translated before: their routes go in a circle.

        Stopping them here keeps a gateway with several addresses from multiplying them each turn.
        """
        sessions = passage.sessions
        session = sessions.effective(batch.session)
        been = np.zeros(len(batch), bool)
        while (session != NO_ROW).any():  # one turn a translation, not one a packet
            here = sessions.place(session) == batch.place
            been |= here & (sessions.kind(session) == SessionKind.NAT)
            session = sessions.parent(session)
        return been

    def _is_foreign(self, destinations: Column) -> Mask:
        """Tell which destinations are IPv6 outside NAT64's prefix [NT-5]."""
        behind = self.book.behind_nat64.lookup(filled(len(destinations), 0), destinations)
        foreign: Mask = self.book.axis.is_ipv6(destinations) & (behind == NO_ROW)
        return foreign

    def _sent_to(self, asked: Column) -> Column:
        """Return whom connections have been sent to: behind NAT64's prefix, or as asked."""
        behind = self.book.behind_nat64.lookup(filled(len(asked), 0), asked)
        return np.where(self.book.axis.is_ipv6(asked), behind, asked)

    def _to_ipv4(self, batch: PacketBatch, is_ipv6: Mask) -> PacketBatch:
        if not is_ipv6.any():
            return batch
        behind = self.book.behind_nat64.lookup(filled(len(batch), 0), batch.destination)
        return batch.replace(
            destination=np.where(is_ipv6, behind, batch.destination),
            services=np.where(is_ipv6, self.translation.to_ipv4(batch.services), batch.services),
        )

    def _send_on(self, batch: PacketBatch, passage: Passage) -> None:
        regional = self.table[batch.place] != NO_ROW
        if regional.any():
            routed = batch.where(regional)
            tables = self.table[routed.place]
            passage.move(routed.replace(stage=Stage.GATEWAY_TABLE, place=tables))
            batch = batch.where(~regional)
        stays = self.book.subnet_at(batch.vpc, batch.destination) == batch.subnet
        passage.move(batch.replace(stage=np.where(stays, Stage.DELIVER, Stage.ROUTER)))

    def _is_nat64_before(self, session: Column, passage: Passage) -> Mask:
        """Tell where IPv6 became IPv4 in a session or in one before it."""
        found = np.zeros(len(session), bool)
        while (session != NO_ROW).any():  # one turn a translation, not one a packet
            original = passage.sessions.source(session)
            found |= (session != NO_ROW) & self.book.axis.is_ipv6(original)
            session = passage.sessions.parent(session)
        return found

    def _undo(self, batch: PacketBatch, passage: Passage) -> None:
        """Give answers back to whoever began the connection; drop all others [NT-8, LAB-3]."""
        sessions = passage.sessions
        session = sessions.effective(batch.session)
        known = (
            (sessions.kind(session) == SessionKind.NAT)
            & (sessions.place(session) == batch.place)
            & (sessions.translated(session) == batch.destination)
            & (self._sent_to(sessions.destination(session)) == batch.source)
        )
        batch, _ = passage.stop_where(
            ~known, Fate.NGW_NO_SESSION, Kind.NAT_GATEWAY, batch.place, batch
        )
        subnets = self.subnet[batch.place]
        # what a route has brought comes from another subnet; what was delivered was asked there
        enters = (subnets != NO_ROW) & (batch.subnet != subnets)
        batch = self.acls.screen_where(enters, batch, subnets, passage, ingress=True)
        if not len(batch):
            return
        session = sessions.effective(batch.session)
        parent = sessions.parent(session)
        awaited = passage.replies[batch.row]
        hidden = sessions.is_translated(parent)
        inner = np.where(hidden, self.translation.outside(awaited), awaited)
        before = self._is_nat64_before(parent, passage)
        if before.any():
            inner = np.where(before, self.translation.to_ipv4(inner), inner)
        original = sessions.source(session)
        is_ipv6 = self.book.axis.is_ipv6(original)
        services, random = self.translation.undo(batch.services, inner, is_ipv6)
        outer = sessions.coupling(session)
        if batch.coupling.any():
            failing, left = self.translation.undo_coupled(
                batch.services, batch.coupling, batch.asked
            )
            random = passage.pool.join(random, failing)
            outer = passage.pool.couple(outer, left)
        batch = batch.replace(
            source=np.where(is_ipv6, sessions.destination(session), batch.source),
            destination=original,
            services=services,
            random=passage.pool.join(batch.random, random),
            session=sessions.chain(session),
            subnet=self.subnet[batch.place],
        )
        batch = uncoupled(batch.recoupled(outer), passage.pool)
        passage.note(Kind.NAT_GATEWAY, batch.place, batch)
        self._send_on(passage.drop_dead(Kind.NAT_GATEWAY, batch), passage)


def _by_zone(
    records: list[NatGateway], zones: Zones, rows: Mapping[tuple[str, Prefix], int]
) -> dict[tuple[int, int], list[int]]:
    """Return the address rows that regional gateways have in single zones."""
    found: dict[tuple[int, int], list[int]] = {}
    for number, record in enumerate(records):
        for address in record.addresses if record.is_regional else ():
            zone, own = zones.number(address.zone, address.zone_id), own_address(record, address)
            row = rows.get((record.id, own), NO_ROW) if own else NO_ROW
            if NO_ROW not in (zone, row):
                found.setdefault((number, zone), []).append(row)
    return found


def _zones_served(records: list[NatGateway], zones: Zones) -> dict[tuple[int, int], int]:
    """Return the zones from which each gateway takes packets."""
    return {
        (row, zone): 1
        for row, record in enumerate(records)
        for address in record.addresses
        if (zone := zones.number(address.zone, address.zone_id)) != NO_ROW
    }


def compile_nat_gateways(
    snapshot: Snapshot,
    book: AddressBook,
    held: list[HeldAddress],
    acls: NetworkAcls,
    pool: ServicePool,
    *,
    vpcs: Mapping[str, int],
    subnets: Mapping[str, int],
) -> NatGateways:
    """Find each gateway's subnet and addresses."""
    records = list(snapshot.nat_gateways.values())
    tables = {table: row for row, table in enumerate(snapshot.route_tables)}
    zones = Zones.of(snapshot)
    rows = {(one.nat, one.prefix): row for row, one in enumerate(held) if one.nat}
    rows_of: dict[str, list[int]] = {}
    for (nat, _), row in rows.items():
        rows_of.setdefault(nat, []).append(row)
    lists = [rows_of.get(record.id, []) for record in records]
    by_zone = _by_zone(records, zones, rows)
    order = {key: len(lists) + number for number, key in enumerate(by_zone)}
    return NatGateways(
        vpc=by_row([vpcs.get(r.vpc, NO_ROW) for r in records]),
        subnet=by_row([subnets.get(r.subnet, NO_ROW) for r in records]),
        is_available=mask_by_row(
            [r.state == "available" and bool(rows) for r, rows in zip(records, lists, strict=True)]
        ),
        is_modelled=mask_by_row(
            [
                not r.doubt and (r.route_table in tables if r.is_regional else r.subnet in subnets)
                for r in records
            ]
        ),
        table=by_row(
            [tables.get(r.route_table, NO_ROW) if r.is_regional else NO_ROW for r in records]
        ),
        serves_zone=PairTable.of(_zones_served(records, zones), 0),
        is_manual=mask_by_row([r.is_regional and not r.is_automatic for r in records]),
        zone=by_row(list(zones.of_subnet.values())),
        is_usable=mask_by_row([bool(rows) for rows in lists]),
        addresses=Lists.of([*lists, *by_zone.values()]),
        list_of_zone=PairTable.of(order, NO_ROW),
        carried=pool.intern(CARRIED),
        carried_nat64=pool.intern(CARRIED_NAT64),
        ids=tuple(r.id for r in records),
        book=book,
        acls=acls,
        translation=Translation(pool),
    )
