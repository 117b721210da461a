"""Egress-only internet gateways: IPv6, outwards only, stateful [IG-5]."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Passage
from netreach.fabric.internet_gateway import attached_vpc
from netreach.fabric.public_access import PublicAccess
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pool import UNSURE


class EgressOnlyGateways(Struct, frozen=True):
    """All egress-only internet gateways."""

    #: Gateway row -> VPC it is attached to in a good state, or NO_ROW.
    vpc: Column
    #: VPC row -> gateway row, or NO_ROW.
    of_vpc: Column
    is_doubted: Mask
    ids: tuple[str, ...]
    book: AddressBook
    guard: PublicAccess

    def leave(self, batch: PacketBatch, passage: Passage) -> None:
        """Take IPv6 packets from a VPC to the internet, and remember their connections."""
        assumed = batch.place == NO_ROW
        attached = assumed | (self.vpc[batch.place] == batch.vpc)
        batch, _ = passage.stop_where(
            ~attached, Fate.BAD_STATE_ATTACHMENT, Kind.EGRESS_ONLY, batch.place, batch
        )
        if passage.returning:  # an answer to a connection that the gateway did not see begin
            passage.stop(Fate.EIGW_OUTBOUND_ONLY, Kind.EGRESS_ONLY, batch.place, batch)
            return
        holders = self.book.holder(batch.vpc, batch.source)
        batch, _ = passage.stop_where(
            self.book.is_spoofed(batch.vpc, batch.source, holders),
            Fate.GATEWAY_REJECTS_SPOOFED_TRAFFIC,
            Kind.EGRESS_ONLY,
            batch.place,
            batch,
        )
        batch, _ = passage.stop_where(
            passage.sessions.includes(SessionKind.APPLIANCES, batch.session),
            Fate.EIGW_DROPS_INSPECTED_TRAFFIC,
            Kind.EGRESS_ONLY,
            batch.place,
            batch,
        )
        if not len(batch):
            return
        everything = np.ones(len(batch), bool)
        checks = self.guard.checks_out(Kind.EGRESS_ONLY, batch, by_gateway=everything)
        passes = passage.gate(batch, checks)
        batch, everything = batch.where(passes), everything[passes]
        batch = passage.doubt_where(
            self.is_doubted[batch.place], Kind.EGRESS_ONLY, batch.place, batch, UNSURE
        )
        batch = self.guard.doubt_out(batch, passage, by_gateway=everything)
        sessions = passage.sessions.push(
            SessionKind.EGRESS_ONLY, place=batch.place, batch=batch, translated=batch.source
        )
        passage.note(Kind.EGRESS_ONLY, batch.place, batch)
        passage.move(
            batch.replace(
                stage=Stage.INTERNET, session=sessions, vpc=NO_ROW, subnet=NO_ROW, carrier=NO_ROW
            )
        )

    def enter(self, batch: PacketBatch, passage: Passage) -> None:
        """Bring answers back into the VPC that they are for."""
        sessions = passage.sessions.effective(batch.session)
        gateways = passage.sessions.place(sessions)
        inside = batch.replace(
            place=gateways,
            subnet=NO_ROW,
            stage=Stage.DELIVER,
            session=passage.sessions.chain(sessions),
        )
        passage.note(Kind.EGRESS_ONLY, gateways, inside)
        passage.move(inside)


def compile_egress_only(
    snapshot: Snapshot, book: AddressBook, vpcs: Mapping[str, int], guard: PublicAccess
) -> EgressOnlyGateways:
    """Find out which gateway serves which VPC."""
    records = list(snapshot.egress_only_gateways.values())
    vpc_of = [attached_vpc(record.attachments, vpcs) for record in records]
    of_vpc = [NO_ROW] * len(vpcs)
    for row, vpc in enumerate(vpc_of):
        if vpc != NO_ROW:
            of_vpc[vpc] = row
    return EgressOnlyGateways(
        vpc=by_row(vpc_of),
        of_vpc=by_row(of_vpc),
        is_doubted=mask_by_row([bool(r.doubt) for r in records]),
        ids=tuple(r.id for r in records),
        book=book,
        guard=guard,
    )
