"""The internet: between gateways, and the hosts out there, which have no filters of their own."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import (
    SCOPE_IDLE,
    SCOPE_INTERNET,
    SCOPE_RFC1918,
    SCOPE_RFC6598,
    SCOPE_UNRECORDED,
    AddressBook,
)
from netreach.fabric.egress_only_gateway import EgressOnlyGateways
from netreach.fabric.element import Passage
from netreach.fabric.internet_gateway import InternetGateways
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.packets.batch import NO_ROW, PacketBatch, filled


class Internet(Struct, frozen=True):
    """Everything outside the estate that has a public address."""

    book: AddressBook
    gateways: InternetGateways
    egress_only: EgressOnlyGateways
    #: Whether the snapshot holds private ways in (VPN, transit ...) that are not modelled yet.
    has_private_ways: bool

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Bring packets to the gateway of whoever holds the destination, else to its host."""
        begins = batch.hops == 0
        if passage.traced and begins.any():
            sent = batch.where(begins)
            passage.note(Kind.INTERNET, filled(len(sent), NO_ROW), sent)
        batch = self._stop_private(batch, passage)
        holders = self.book.public_holder(batch.destination)
        homes = self.book.home(batch.destination, holders)
        own = homes != NO_ROW
        self._come_home(batch.where(own).replace(place=holders[own], vpc=homes[own]), passage)
        outside = batch.where(~own)
        passage.stop(Fate.DELIVERED, Kind.INTERNET, filled(len(outside), NO_ROW), outside)

    def _stop_private(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Drop what the internet neither sends nor routes; `place` is NO_ROW where it starts."""
        starts = (batch.hops == 0) & (not passage.returning)
        source, target = self.book.scopes(batch.source), self.book.scopes(batch.destination)
        for mask, fate in (
            (starts & (source != SCOPE_INTERNET) & self.has_private_ways, Fate.NOT_MODELLED),
            (starts & (source == SCOPE_RFC1918), Fate.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS),
            (starts & (source == SCOPE_RFC6598), Fate.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS),
            (starts & (source != SCOPE_INTERNET), Fate.NOT_AN_INTERNET_ADDRESS),
            (target == SCOPE_UNRECORDED, Fate.UNKNOWN_RESOURCE),
            (target == SCOPE_IDLE, Fate.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS),
            (starts & (target != SCOPE_INTERNET), Fate.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS),
            (target != SCOPE_INTERNET, Fate.NOT_AN_INTERNET_ADDRESS),
        ):
            if mask.any():
                nowhere = filled(len(batch), NO_ROW)
                stopped = batch.where(mask)
                passage.stop(fate, Kind.INTERNET, nowhere[mask], stopped)
                batch = batch.where(~mask)
                return self._stop_private(batch, passage) if len(batch) else batch
        return batch

    def _come_home(self, batch: PacketBatch, passage: Passage) -> None:
        """Hand packets to the estate's own gateways; answers go back by the way they left."""
        if not len(batch):
            return
        stage = np.full(len(batch), Stage.INGRESS)
        if passage.returning:
            by_egress_only = passage.sessions.is_a(SessionKind.EGRESS_ONLY, batch.session)
            stage = np.where(by_egress_only, Stage.EGRESS_ONLY_RETURN, stage)
        vpcs = batch.vpc
        closed = (
            (stage == Stage.INGRESS)
            & self.book.axis.is_ipv6(batch.destination)
            & (self.gateways.of_vpc[vpcs] == NO_ROW)
            & (self.egress_only.of_vpc[vpcs] != NO_ROW)
        )
        batch = batch.replace(stage=stage)
        batch, _ = passage.stop_where(
            closed, Fate.EIGW_OUTBOUND_ONLY, Kind.EGRESS_ONLY, self.egress_only.of_vpc[vpcs], batch
        )
        passage.move(batch)
