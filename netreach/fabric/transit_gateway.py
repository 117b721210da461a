"""Transit gateways: attachments, their tables, zones [TG-1..9].

A packet enters by the attachment of its VPC, is routed by the table that the attachment is
associated with, and leaves by the attachment that the route names. Into a VPC it comes at one of
the attachment's subnets, whose own route table takes it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.sessions import SessionKind
from netreach.fabric.transit_routes import TransitRoutes
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.fabric.zones import Zones
from netreach.model.connections import AttachmentKind, TransitAttachment
from netreach.model.records import TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pieces import Lists, PairTable
from netreach.packets.pool import UNSURE

#: More transit tables and routers than this on one way is a loop.
MAX_HOPS: Final = 16
#: States in which an attachment carries packets.
_IN_SERVICE: Final = frozenset({"available", "modifying"})
#: Attachments that lead out of AWS.
_OUTSIDE: Final = (AttachmentKind.VPN, AttachmentKind.DIRECT_CONNECT, AttachmentKind.CONNECT)


class TransitGateways(Struct, frozen=True):
    """All transit gateways and their attachments; columns are by attachment row."""

    #: (gateway, vpc) -> attachment row, or NO_ROW.
    of_vpc: PairTable
    gateway: Column
    #: VPC row of a VPC attachment that the snapshot holds, else NO_ROW.
    vpc: Column
    is_vpc: Mask
    #: The attachment at the far end of a peering between transit gateways, or NO_ROW.
    peer: Column
    is_peering: Mask
    #: Whether it is a VPN connection, a Direct Connect gateway or a Connect attachment.
    is_outside: Mask
    is_available: Mask
    is_doubted: Mask
    #: Whether group references survive it [SG-10].
    references_groups: Mask
    is_appliance: Mask
    #: Whether the snapshot says which subnets it has.
    subnets_known: Mask
    subnets: Lists
    #: (attachment, zone) -> subnet row, or NO_ROW.
    subnet_in_zone: PairTable
    #: Subnet row -> zone number.
    zone: Column
    routes: TransitRoutes
    acls: NetworkAcls
    book: AddressBook
    ids: tuple[str, ...]
    gateway_ids: tuple[str, ...]

    def enter(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets from a VPC, at the attachment's subnet in their own zone [TG-5]."""
        # from which zone, and as whom, a regional NAT gateway sends to it nobody says [NT-6]
        in_no_subnet = batch.subnet == NO_ROW
        batch, _ = passage.stop_where(
            in_no_subnet, Fate.NOT_MODELLED, Kind.TRANSIT_GATEWAY, batch.place, batch
        )
        attachments = self.of_vpc.lookup(batch.place, batch.vpc)
        batch, kept = passage.stop_where(
            attachments == NO_ROW,
            Fate.UNKNOWN_RESOURCE,
            Kind.TRANSIT_GATEWAY,
            batch.place,
            batch,
        )
        if not len(batch):
            return
        attachments = attachments if kept is None else attachments[kept]
        zones = self.zone[batch.subnet]
        doors = self.subnet_in_zone.lookup(attachments, zones)
        passes = passage.gate(batch, self._entry_checks(attachments, doors))
        if not passes.all():
            batch, attachments, doors = batch.where(passes), attachments[passes], doors[passes]
        if not len(batch):
            return
        batch = self._doubt(batch.replace(place=attachments), passage)
        # the filter at the attachment's subnet sees what comes in from hosts, not what goes out
        inside = self.acls.screen(batch.replace(subnet=doors), doors, passage, ingress=True)
        inside = self._past(inside)
        passage.note(Kind.TRANSIT_ATTACHMENT, inside.place, inside)
        passage.move(inside.replace(stage=Stage.TRANSIT_TABLE, vpc=NO_ROW))

    def _entry_checks(self, attachments: Column, doors: Column) -> tuple[Check, ...]:
        kind, missing = Kind.TRANSIT_ATTACHMENT, doors == NO_ROW
        unknown = missing & ~self.subnets_known[attachments]
        return (
            Check(~self.is_available[attachments], Fate.BAD_STATE_ATTACHMENT, kind, attachments),
            Check(unknown, Fate.UNKNOWN_RESOURCE, kind, attachments),
            Check(missing & ~unknown, Fate.TGW_ROUTE_AZ_RESTRICTION, kind, attachments),
        )

    def _past(self, batch: PacketBatch) -> PacketBatch:
        """Forget who sent where the attachment does not let groups be referenced."""
        keeps = self.references_groups[batch.place]
        return batch.replace(carrier=np.where(keeps, batch.carrier, NO_ROW))

    def _doubt(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        doubted = self.is_doubted[batch.place]
        return passage.doubt_where(doubted, Kind.TRANSIT_ATTACHMENT, batch.place, batch, UNSURE)

    def route(self, batch: PacketBatch, passage: Passage) -> None:
        """Route packets by the table of the attachment that they came in by [TG-1..3]."""
        batch = batch.replace(hops=batch.hops + 1)
        batch, _ = passage.stop_where(
            batch.hops > MAX_HOPS,
            Fate.ROUTING_LOOP,
            Kind.TRANSIT_ATTACHMENT,
            batch.place,
            batch,
        )
        batch = self.routes.choose(batch, passage)
        if not len(batch):
            return
        into_vpc = self.is_vpc[batch.place]
        passage.move(batch.where(into_vpc).replace(stage=Stage.TRANSIT_ARRIVAL))
        self._onwards(batch.where(~into_vpc), passage)

    def _onwards(self, batch: PacketBatch, passage: Passage) -> None:
        """Hand packets to a site, or to the transit gateway at the far end of a peering."""
        attachments = batch.place
        peering, outside = self.is_peering[attachments], self.is_outside[attachments]
        passage.move(batch.where(outside).replace(stage=Stage.TRANSIT_SITE))
        elsewhere = batch.where(~peering & ~outside)
        passage.stop(Fate.NOT_MODELLED, Kind.TRANSIT_ATTACHMENT, elsewhere.place, elsewhere)
        batch = batch.where(peering)
        peers = self.peer[batch.place]
        usable = self.is_available[batch.place] & ((peers == NO_ROW) | self.is_available[peers])
        checks = (
            Check(~usable, Fate.BAD_STATE_ATTACHMENT, Kind.TRANSIT_ATTACHMENT, batch.place),
            Check(peers == NO_ROW, Fate.UNKNOWN_RESOURCE, Kind.TRANSIT_ATTACHMENT, batch.place),
        )
        passes = passage.gate(batch, checks)
        # groups are not known across peered transit gateways [SG-10]
        batch = batch.replace(place=peers, carrier=NO_ROW).where(passes)
        passage.note(Kind.TRANSIT_ATTACHMENT, batch.place, batch)
        passage.move(batch.replace(stage=Stage.TRANSIT_TABLE))

    def arrive(self, batch: PacketBatch, passage: Passage) -> None:
        """Bring packets into a VPC, at a subnet of the attachment [TG-5, TG-7]."""
        attachments = batch.place
        kind, vpcs = Kind.TRANSIT_ATTACHMENT, self.vpc[batch.place]
        unknown = (vpcs == NO_ROW) | ~self.subnets_known[attachments]
        checks = (
            Check(~self.is_available[attachments], Fate.BAD_STATE_ATTACHMENT, kind, attachments),
            Check(unknown, Fate.UNKNOWN_RESOURCE, kind, attachments),
        )
        batch = batch.where(passage.gate(batch, checks))
        if not len(batch):
            return
        batch, doors = self._doors(self._doubt(batch, passage), passage)
        inside = self._past(batch).replace(vpc=self.vpc[batch.place], subnet=doors)
        passage.note(kind, inside.place, inside)
        # within the attachment's own subnet no filter is asked [TG-6]
        stays = self.book.subnet_at(inside.vpc, inside.destination) == doors
        passage.move(inside.replace(stage=np.where(stays, Stage.DELIVER, Stage.ROUTER)))

    def _doors(self, batch: PacketBatch, passage: Passage) -> tuple[PacketBatch, Column]:
        """Choose the subnets by which packets come in; a packet that may use several branches.

        The sender's zone is preferred. In appliance mode a flow may use any zone, and its replies
        use the same one.
        """
        attachments = batch.place
        doors = self.subnet_in_zone.lookup(attachments, self.zone[batch.subnet])
        appliance = self.is_appliance[attachments]
        if appliance.any():
            taken = self._taken(batch, passage)
            doors = np.where(appliance, taken, doors)
        spread = doors == NO_ROW
        if not spread.any():
            return batch, doors
        packets, choices = self.subnets.take(attachments[spread])
        branches = batch.where(spread).at(packets)
        sessions = passage.sessions.push(
            SessionKind.ZONE, place=choices, batch=branches, translated=branches.place
        )
        several = branches.replace(session=sessions)
        joined = PacketBatch.joined([batch.where(~spread), several])
        return joined, np.concatenate([doors[~spread], choices])

    def _taken(self, batch: PacketBatch, passage: Passage) -> Column:
        """Return the subnets that the way there took at the same attachments, else NO_ROW."""
        sessions, session = passage.sessions, batch.session
        found = np.full(len(batch), NO_ROW, np.int64)
        while (session != NO_ROW).any():  # one turn a fork or translation, not one a packet
            is_zone = sessions.kind(session) == SessionKind.ZONE
            here = is_zone & (sessions.translated(session) == batch.place) & (found == NO_ROW)
            found = np.where(here, sessions.place(session), found)
            session = sessions.chain(session)
        return found


def compile_transit_gateways(
    snapshot: Snapshot,
    book: AddressBook,
    acls: NetworkAcls,
    routes: TransitRoutes,
    *,
    vpcs: Mapping[str, int],
    subnets: Mapping[str, int],
) -> TransitGateways:
    """Find out which attachment serves which VPC, and where."""
    gateways = {gateway: row for row, gateway in enumerate(transit_gateway_rows(snapshot))}
    records = list(snapshot.transit_attachments.values())
    zones = Zones.of(snapshot).of_subnet
    doors = {
        (row, zones[subnet]): subnets[subnet]
        for row, record in enumerate(records)
        for subnet in record.subnets or ()
        if subnet in subnets and zones[subnet] != NO_ROW
    }
    return TransitGateways(
        of_vpc=PairTable.of(_of_vpc(records, gateways, vpcs), NO_ROW),
        gateway=by_row([gateways.get(r.gateway, NO_ROW) for r in records]),
        vpc=by_row([vpcs.get(r.resource, NO_ROW) if _is_vpc(r) else NO_ROW for r in records]),
        is_vpc=mask_by_row([_is_vpc(r) for r in records]),
        peer=by_row(_peers(records)),
        is_peering=mask_by_row([r.kind is AttachmentKind.PEERING for r in records]),
        is_outside=mask_by_row([r.kind in _OUTSIDE for r in records]),
        is_available=mask_by_row([r.state in _IN_SERVICE for r in records]),
        is_doubted=mask_by_row([bool(r.doubt) for r in records]),
        references_groups=mask_by_row([_references(snapshot, r) for r in records]),
        is_appliance=mask_by_row([r.is_appliance for r in records]),
        subnets_known=mask_by_row([_knows_subnets(r, subnets) for r in records]),
        subnets=Lists.of([[subnets[s] for s in r.subnets or () if s in subnets] for r in records]),
        subnet_in_zone=PairTable.of(doors, NO_ROW),
        zone=by_row(list(zones.values())),
        routes=routes,
        acls=acls,
        book=book,
        ids=tuple(r.id for r in records),
        gateway_ids=tuple(gateways),
    )


def transit_gateway_rows(snapshot: Snapshot) -> dict[str, int]:
    """Number the transit gateways: those on record, and those that only others name."""
    named = (record.gateway for record in snapshot.transit_attachments.values())
    routed = (
        route.target
        for table in snapshot.route_tables.values()
        for route in table.routes
        if route.target_kind is TargetKind.TRANSIT_GATEWAY
    )
    ids = dict.fromkeys((*snapshot.transit_gateways, *named, *routed))
    return {gateway: row for row, gateway in enumerate(ids)}


def _is_vpc(record: TransitAttachment) -> bool:
    return record.kind is AttachmentKind.VPC


def _of_vpc(
    records: list[TransitAttachment], gateways: Mapping[str, int], vpcs: Mapping[str, int]
) -> dict[tuple[int, int], int]:
    """Return the attachment of each gateway and VPC: the one in service, if there are several."""
    found: dict[tuple[int, int], int] = {}
    for row, record in enumerate(records):
        if _is_vpc(record) and record.resource in vpcs:
            key = (gateways[record.gateway], vpcs[record.resource])
            if key not in found or record.state in _IN_SERVICE:
                found[key] = row
    return found


def _peers(records: list[TransitAttachment]) -> list[int]:
    """Return the far end of each peering: the same attachment as the other gateway has it."""
    ends = {(record.id.partition("@")[0], record.gateway): n for n, record in enumerate(records)}
    return [ends.get((record.id.partition("@")[0], record.peer), NO_ROW) for record in records]


def _references(snapshot: Snapshot, record: TransitAttachment) -> bool:
    gateway = snapshot.transit_gateways.get(record.gateway)
    return record.references_groups and gateway is not None and gateway.references_groups


def _knows_subnets(record: TransitAttachment, subnets: Mapping[str, int]) -> bool:
    """Tell whether the snapshot holds all subnets of an attachment; it always has one."""
    return bool(record.subnets) and all(subnet in subnets for subnet in record.subnets or ())
