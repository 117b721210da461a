"""Internet gateways: 1:1 translation for IPv4, none for IPv6, and what they drop [IG-1..6]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import SCOPE_RFC1918, SCOPE_RFC6598, AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.interface import InterfaceColumns
from netreach.fabric.public_access import PublicAccess
from netreach.fabric.vocabulary import Assumed, Fate, Kind, Stage
from netreach.model.records import Attachment, InternetGateway, Route, RouteState, TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pieces import PieceTable, last_item, pieces
from netreach.packets.pool import UNSURE

#: States in which a gateway's attachment carries packets.
GOOD_ATTACHMENT: Final = frozenset({"available", "attached"})

#: A target that is no interface of the snapshot.
_ELSEWHERE: Final = -2


class InternetGateways(Struct, frozen=True):
    """All internet gateways."""

    #: Gateway row -> VPC it is attached to in a good state, or NO_ROW.
    vpc: Column
    #: VPC row -> gateway row, or NO_ROW.
    of_vpc: Column
    #: Gateway row -> the route table that routes what arrives by it, NO_ROW for none [RT-11].
    own_table: Column
    #: (gateway, atom) -> the interface that this table sends what arrives for an address to;
    #: _ELSEWHERE for another target, NO_ROW where it is delivered.
    redirects: PieceTable
    #: Gateway rows that can't be trusted: Block Public Access, records that differ.
    is_doubted: Mask
    #: Gateway rows that only active routes name: assumed to be attached where those are.
    is_assumed: Mask
    ids: tuple[str, ...]
    book: AddressBook
    interfaces: InterfaceColumns
    guard: PublicAccess

    def leave(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets from a VPC to the internet."""
        holders = self.book.holder(batch.vpc, batch.source)
        is_ipv6 = self.book.axis.is_ipv6(batch.source)
        public = np.where(is_ipv6, batch.source, self.book.public[holders])
        passes = passage.gate(batch, self._exit_checks(batch, holders, public, is_ipv6))
        if not passes.all():
            batch, public = batch.where(passes), public[passes]
        batch = passage.doubt_where(
            self.is_doubted[batch.place], Kind.INTERNET_GATEWAY, batch.place, batch, UNSURE
        )
        by_nat = self._is_nat(self.book.holder(batch.vpc, batch.source))
        batch = self.guard.doubt_out(batch, passage, by_gateway=by_nat)
        outside = batch.replace(source=public, carrier=NO_ROW)
        passage.note(Kind.INTERNET_GATEWAY, batch.place, outside)
        passage.move(outside.replace(stage=Stage.INTERNET, vpc=NO_ROW, subnet=NO_ROW))

    def _exit_checks(
        self, batch: PacketBatch, holders: Column, public: Column, is_ipv6: Mask
    ) -> tuple[Check, ...]:
        """Say what a gateway drops on the way out [IG-1..3, IG-6].

        A gateway that only a route names is assumed to be attached where the route is.
        """
        gateway, place = Kind.INTERNET_GATEWAY, batch.place
        attached = (place == NO_ROW) | (self.vpc[place] == batch.vpc)
        scopes = self.book.scopes(batch.destination)
        interfaces = self.book.interface[holders]
        spoofed = self.book.is_spoofed(batch.vpc, batch.source, holders)
        nameless = (public == NO_ROW) & ~spoofed
        return (
            Check(~attached, Fate.BAD_STATE_ATTACHMENT, gateway, place),
            Check(
                scopes == SCOPE_RFC1918,
                Fate.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS,
                gateway,
                place,
            ),
            Check(
                scopes == SCOPE_RFC6598,
                Fate.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS,
                gateway,
                place,
            ),
            Check(spoofed, Fate.GATEWAY_REJECTS_SPOOFED_TRAFFIC, gateway, place),
            Check(nameless, Fate.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS, gateway, place),
            self._denial(is_ipv6, interfaces),
            Check(self._goes_round(batch), Fate.INGRESS_RTB_TRAFFIC_REDIRECTION, gateway, place),
            *self.guard.checks_out(gateway, batch, by_gateway=self._is_nat(holders)),
        )

    def _is_nat(self, holders: Column) -> Mask:
        """Tell which addresses are NAT gateways'."""
        interfaces = self.interfaces.is_nat[self.book.interface[holders]]
        mask: Mask = (self.book.nat[holders] != NO_ROW) | interfaces
        return mask

    def _goes_round(self, batch: PacketBatch) -> Mask:
        """Tell which packets leave past the appliance by which their answers come in [RT-11].

        What the appliance itself passes on comes from its own subnet, not from the sender's.
        """
        targets = self.redirects.lookup(np.maximum(batch.place, 0), batch.source)
        redirected: Mask = targets != NO_ROW
        if not redirected.any():
            return redirected
        # what is for the appliance itself comes in by it anyway
        holders = self.book.holder(batch.vpc, batch.source)
        redirected &= targets != self.book.interface[holders]
        direct = self.book.subnet_at(np.maximum(batch.vpc, 0), batch.source) == batch.subnet
        mask: Mask = redirected & direct & (batch.place != NO_ROW)
        return mask

    def _denial(self, is_ipv6: Mask, interfaces: Column) -> Check:
        """Check for interfaces that refuse the gateway's IPv6 [IG-6]."""
        denied = is_ipv6 & self.interfaces.denies_internet_gateway[interfaces]
        return Check(denied, Fate.ENI_DENIES_IGW_TRAFFIC, Kind.INTERFACE, interfaces)

    def enter(self, batch: PacketBatch, passage: Passage) -> None:
        """Bring packets from the internet to the private address behind a public one.

        `place` is the address row that the internet found at the destination, if somebody holds
        it; `vpc` is where it lies.
        """
        holders = batch.place
        is_ipv6 = self.book.axis.is_ipv6(batch.destination)
        gateways = self.of_vpc[batch.vpc]
        assumed = np.where(self.is_assumed[gateways], int(Assumed.GATEWAY), 0)
        arriving = batch.replace(place=gateways, assumed=batch.assumed | assumed)
        by_nat = self._is_nat(holders)
        checks = (
            *self._entry_checks(arriving, holders, is_ipv6),
            *self.guard.checks_in(
                arriving, holders, by_gateway=by_nat, returning=passage.returning
            ),
        )
        passes = passage.gate(arriving, checks)
        private = np.where(is_ipv6, batch.destination, self.book.first_atom[holders])
        inside = arriving.replace(destination=private, stage=Stage.DELIVER, subnet=NO_ROW)
        inside = inside if passes.all() else inside.where(passes)
        inside = passage.doubt_where(
            self.is_doubted[inside.place], Kind.INTERNET_GATEWAY, inside.place, inside, UNSURE
        )
        inside = self.guard.doubt_in(
            inside, passage, holders=holders[passes], by_gateway=by_nat[passes]
        )
        passage.note(Kind.INTERNET_GATEWAY, inside.place, inside)
        tables = self.own_table[inside.place]
        # its routes are for subnets, and a regional NAT gateway stands in none [RT-11, NT-6]
        routed = (tables != NO_ROW) & ~self.book.is_regional[holders[passes]]
        passage.move(inside.where(~routed))
        redirected = inside.where(routed)
        passage.move(redirected.replace(stage=Stage.GATEWAY_TABLE, place=tables[routed]))

    def _entry_checks(
        self, batch: PacketBatch, holders: Column, is_ipv6: Mask
    ) -> tuple[Check, ...]:
        """Say what a gateway drops on the way in [IG-3, IG-6]."""
        gateway, place = Kind.INTERNET_GATEWAY, batch.place
        interfaces = self.book.interface[holders]
        unattached = self.interfaces.is_unattached[interfaces]
        return (
            Check(place == NO_ROW, Fate.NO_POSSIBLE_DESTINATION, Kind.VPC, batch.vpc),
            Check(
                (place != NO_ROW) & (self.vpc[place] != batch.vpc),
                Fate.BAD_STATE_ATTACHMENT,
                gateway,
                place,
            ),
            Check(unattached, Fate.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS, gateway, place),
            self._denial(is_ipv6, interfaces),
        )


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
    guard: PublicAccess,
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
        vpc=by_row(vpc_of),
        of_vpc=by_row(of_vpc),
        own_table=by_row([own_table(snapshot, gateway) for gateway in rows]),
        redirects=PieceTable.of(list(_redirects(snapshot, rows, book.axis)) or [[(0, NO_ROW)]]),
        is_doubted=mask_by_row([g in named and bool(named[g].doubt) for g in rows]),
        is_assumed=mask_by_row([g not in named for g in rows]),
        ids=tuple(rows),
        book=book,
        interfaces=interfaces,
        guard=guard,
    )


def _tied_vpcs(record: InternetGateway | None, vpcs: Mapping[str, int]) -> list[int]:
    """Return the VPCs that a gateway is tied to, in whatever state."""
    if record is None:
        return []
    return [vpcs[a.vpc] for a in record.attachments if a.vpc in vpcs]


def _vpc_of_route(snapshot: Snapshot, gateway: str) -> str:
    for table in snapshot.route_tables.values():
        if any(_names(route) and route.target == gateway for route in table.routes):
            return table.vpc
    return ""


def _names(route: Route) -> bool:
    """Tell whether a route vouches for its gateway: a blackhole's is gone [RT-9]."""
    return route.target_kind is TargetKind.INTERNET_GATEWAY and route.state is RouteState.ACTIVE


def own_table(snapshot: Snapshot, gateway: str) -> int:
    """Return the row of the table that routes what comes in by a gateway, or NO_ROW."""
    tables = enumerate(snapshot.route_tables.values())
    return next((row for row, table in tables if gateway in table.gateways), NO_ROW)


def _redirects(
    snapshot: Snapshot, gateways: Iterable[str], axis: AtomAxis
) -> Iterator[list[tuple[int, int]]]:
    """Yield where each gateway's own tables send what arrives; most have none."""
    owners = {name for table in snapshot.route_tables.values() for name in table.gateways}
    for gateway in gateways:
        yield _redirected(snapshot, gateway, axis) if gateway in owners else [(0, NO_ROW)]


def _redirected(snapshot: Snapshot, gateway: str, axis: AtomAxis) -> list[tuple[int, int]]:
    interfaces = {number: row for row, number in enumerate(snapshot.interfaces)}
    first = {r.instance: interfaces[r.id] for r in reversed([*snapshot.interfaces.values()])}
    known = interfaces | {instance: row for instance, row in first.items() if instance}
    spans = [
        (axis.span(route.destination), known.get(route.target, _ELSEWHERE))
        for table in snapshot.route_tables.values()
        if gateway in table.gateways
        for route in table.routes
        if route.destination is not None and route.target_kind is not TargetKind.LOCAL
    ]
    spans.sort(key=lambda item: item[0][0] - item[0][1])  # the narrowest comes last and decides
    return pieces(spans, len(axis), last_item)


def gateway_rows(snapshot: Snapshot) -> dict[str, int]:
    """Number the internet gateways: those on record, then those that only active routes name."""
    ids = dict.fromkeys(snapshot.internet_gateways)
    for table in snapshot.route_tables.values():
        for route in table.routes:
            if _names(route) and route.target:
                ids.setdefault(route.target)
    return {gateway: row for row, gateway in enumerate(ids)}
