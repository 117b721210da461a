"""Internet gateways: 1:1 translation for IPv4, none for IPv6, and what they drop [IG-1..6]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from netreach.fabric.addresses import SCOPE_RFC1918, SCOPE_RFC6598, AddressBook
from netreach.fabric.element import Fate, Kind, Passage, Stage
from netreach.fabric.interface import InterfaceColumns
from netreach.model.records import Attachment, InternetGateway, TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, column

#: States in which a gateway's attachment carries packets.
GOOD_ATTACHMENT: Final = frozenset({"available", "attached"})


@dataclass(frozen=True, slots=True)
class InternetGateways:
    """All internet gateways."""

    #: Gateway row -> VPC it is attached to in a good state, or NO_ROW.
    vpc: Column
    #: VPC row -> gateway row, or NO_ROW.
    of_vpc: Column
    #: Gateway rows whose arriving traffic a route table of their own routes [RT-11].
    has_own_table: Mask
    ids: tuple[str, ...]
    book: AddressBook
    interfaces: InterfaceColumns

    def leave(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets from a VPC to the internet."""
        # a gateway that only a route names is assumed to be attached where the route is
        attached = (batch.place == NO_ROW) | (self.vpc[batch.place] == batch.vpc)
        batch, _ = passage.stop_where(
            ~attached, Fate.BAD_STATE_ATTACHMENT, Kind.INTERNET_GATEWAY, batch.place, batch
        )
        batch = self._stop_private(batch, passage)
        if len(batch):
            self._translate_sources(batch, passage)

    def _stop_private(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        for scope, fate in (
            (SCOPE_RFC1918, Fate.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS),
            (SCOPE_RFC6598, Fate.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS),
        ):
            private = self.book.scopes(batch.destination) == scope
            batch, _ = passage.stop_where(private, fate, Kind.INTERNET_GATEWAY, batch.place, batch)
        return batch

    def _translate_sources(self, batch: PacketBatch, passage: Passage) -> None:
        holders = self.book.holder(batch.vpc, batch.source)
        is_ipv6 = self.book.axis.is_ipv6(batch.source)
        public = np.where(
            is_ipv6, batch.source, np.where(holders >= 0, self.book.public[holders], NO_ROW)
        )
        nameless = (public == NO_ROW) | (holders == NO_ROW)
        batch, kept = passage.stop_where(
            nameless,
            Fate.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
            Kind.INTERNET_GATEWAY,
            batch.place,
            batch,
        )
        if kept is not None:
            public, holders, is_ipv6 = public[kept], holders[kept], is_ipv6[kept]
        batch, kept = passage.stop_where(
            is_ipv6 & self._is_denied(holders),
            Fate.ENI_DENIES_IGW_TRAFFIC,
            Kind.INTERFACE,
            self.book.interface[holders],
            batch,
        )
        public = public if kept is None else public[kept]
        outside = batch.replace(source=public, carrier=NO_ROW)
        passage.note(Kind.INTERNET_GATEWAY, batch.place, outside)
        passage.move(outside.replace(stage=Stage.INTERNET, vpc=NO_ROW, subnet=NO_ROW))

    def _is_denied(self, holders: Column) -> Mask:
        """Tell which address rows belong to interfaces that refuse the gateway [IG-6]."""
        if not len(self.interfaces.denies_internet_gateway):
            return np.zeros(len(holders), bool)
        interfaces = np.where(holders >= 0, self.book.interface[holders], NO_ROW)
        return (interfaces >= 0) & self.interfaces.denies_internet_gateway[interfaces]

    def enter(self, batch: PacketBatch, passage: Passage) -> None:
        """Bring packets from the internet to the private address behind a public one.

        `place` is the address row that the internet found at the destination.
        """
        holders, vpcs = batch.place, self.book.vpc[batch.place]
        gateways = np.where(vpcs >= 0, self.of_vpc[vpcs], NO_ROW)
        batch = batch.replace(place=gateways, vpc=vpcs)
        batch, kept = passage.stop_where(
            gateways == NO_ROW, Fate.NO_POSSIBLE_DESTINATION, Kind.VPC, vpcs, batch
        )
        holders = holders if kept is None else holders[kept]
        batch, kept = passage.stop_where(
            self.vpc[batch.place] != batch.vpc,
            Fate.BAD_STATE_ATTACHMENT,
            Kind.INTERNET_GATEWAY,
            batch.place,
            batch,
        )
        holders = holders if kept is None else holders[kept]
        is_ipv6 = self.book.axis.is_ipv6(batch.destination)
        batch, kept = passage.stop_where(
            is_ipv6 & self._is_denied(holders),
            Fate.ENI_DENIES_IGW_TRAFFIC,
            Kind.INTERFACE,
            self.book.interface[holders],
            batch,
        )
        holders = holders if kept is None else holders[kept]
        self._enter_vpc(batch, holders, passage)

    def _enter_vpc(self, batch: PacketBatch, holders: Column, passage: Passage) -> None:
        is_ipv6 = self.book.axis.is_ipv6(batch.destination)
        private = np.where(is_ipv6, batch.destination, self.book.first_atom[holders])
        inside = batch.replace(destination=private, stage=Stage.DELIVER, subnet=NO_ROW)
        passage.note(Kind.INTERNET_GATEWAY, batch.place, inside)
        inside, _ = passage.stop_where(
            self.has_own_table[inside.place],
            Fate.NOT_MODELLED,
            Kind.INTERNET_GATEWAY,
            inside.place,
            inside,
        )
        passage.move(inside)


def attached_vpc(attachments: Iterable[Attachment], vpcs: Mapping[str, int]) -> int:
    """Return the VPC row to which a gateway is attached in a good state, or NO_ROW."""
    for attachment in attachments:
        if attachment.state in GOOD_ATTACHMENT and attachment.vpc in vpcs:
            return vpcs[attachment.vpc]
    return NO_ROW


def compile_internet_gateways(
    snapshot: Snapshot,
    book: AddressBook,
    interfaces: InterfaceColumns,
    vpcs: Mapping[str, int],
    rows: Mapping[str, int],
) -> InternetGateways:
    """Find out which gateway serves which VPC; those that only routes name come last."""
    named = {record.id: record for record in snapshot.internet_gateways.values()}
    vpc_of = [
        attached_vpc(named[gateway].attachments, vpcs)
        if gateway in named
        else vpcs.get(_vpc_of_route(snapshot, gateway), NO_ROW)
        for gateway in rows
    ]
    of_vpc = [NO_ROW] * len(vpcs)
    for gateway, row in rows.items():
        for vpc in _tied_vpcs(named.get(gateway), vpcs) or [vpc_of[row]]:
            if vpc != NO_ROW and (of_vpc[vpc] == NO_ROW or vpc_of[row] == vpc):
                of_vpc[vpc] = row
    return InternetGateways(
        vpc=column(vpc_of),
        of_vpc=column(of_vpc),
        has_own_table=np.array([_has_own_table(snapshot, g) for g in rows], bool),
        ids=tuple(rows),
        book=book,
        interfaces=interfaces,
    )


def _tied_vpcs(record: InternetGateway | None, vpcs: Mapping[str, int]) -> list[int]:
    """Return the VPCs that a gateway is tied to, in whatever state."""
    if record is None:
        return []
    return [vpcs[a.vpc] for a in record.attachments if a.vpc in vpcs]


def _vpc_of_route(snapshot: Snapshot, gateway: str) -> str:
    for table in snapshot.route_tables.values():
        if any(route.target == gateway for route in table.routes):
            return table.vpc
    return ""


def _has_own_table(snapshot: Snapshot, gateway: str) -> bool:
    return any(
        gateway in table.gateways
        and any(route.target_kind is not TargetKind.LOCAL for route in table.routes)
        for table in snapshot.route_tables.values()
    )


def gateway_rows(snapshot: Snapshot) -> dict[str, int]:
    """Number the internet gateways: those on record, then those that only routes name."""
    ids = dict.fromkeys(snapshot.internet_gateways)
    for table in snapshot.route_tables.values():
        for route in table.routes:
            if route.target_kind is TargetKind.INTERNET_GATEWAY and route.target:
                ids.setdefault(route.target)
    return {gateway: row for row, gateway in enumerate(ids)}
