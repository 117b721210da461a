"""The VPC router: route tables, longest prefix match, precedence, what it never forwards [RT-*]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from netreach.fabric.aws_service import stop_lattice
from netreach.fabric.element import Passage
from netreach.fabric.kept_clients import stop_diverted
from netreach.fabric.multicast import MulticastDomains
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, distinct
from netreach.packets.pieces import Lists, PieceTable
from netreach.packets.pool import UNSURE

#: More routers than this on one way is a loop.
MAX_HOPS: Final = 16


@dataclass(frozen=True, slots=True)
class RouteRows:
    """The routes of all tables as columns, and the three rows that every network has."""

    #: -> (table id, position) ; ("", 0) for the rows that every network has.
    origin: tuple[tuple[str, int], ...]
    stage: Column
    #: Row of the gateway, NAT gateway or interface; NO_ROW where the snapshot lacks it.
    target: Column
    fate: Column
    #: Bits of Assumed.
    assumed: Column
    #: Static routes to one address: none goes before them [RT-3].
    is_exact: Mask


#: The route row that every network has.
UNROUTABLE_ROW: Final = 0
#: Values of the piece table from here down name a list of rival routes, not a route.
FIRST_RIVALS: Final = -2


@dataclass(frozen=True, slots=True)
class Router:
    """The routers of all VPCs."""

    #: (table, atom) -> route row or NO_ROW.
    matches: PieceTable
    #: Subnet row -> table row; NO_ROW where the snapshot does not say.
    table_of_subnet: Column
    routes: RouteRows
    #: Table row -> which of `ways` holds its routes by prefix lists with unknown entries.
    open_way4: Column
    open_way6: Column
    #: Lists of route rows of which any may be the one.
    ways: Lists
    is_doubted: Mask
    #: (table, atom) -> 1 where a local route covers it, however specific others are.
    local_blocks: PieceTable
    table_ids: tuple[str, ...]
    #: The atoms of VPC Lattice, the first and the last.
    lattice: Span
    acls: NetworkAcls
    domains: MulticastDomains
    axis: AtomAxis

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets out of their subnets and hand each to the target of its best route."""
        batch = self.acls.screen(batch, batch.subnet, passage, ingress=False)
        batch = batch.replace(hops=batch.hops + 1)
        batch, _ = passage.stop_where(
            batch.hops > MAX_HOPS, Fate.ROUTING_LOOP, Kind.ROUTE_TABLE, batch.subnet, batch
        )
        if passage.returning:
            batch = _return_to_sender(batch, passage)
        batch = self.domains.divert(stop_lattice(batch, self.lattice, passage), passage)
        tables = self.table_of_subnet[batch.subnet]
        batch, kept = passage.stop_where(
            tables == NO_ROW, Fate.UNKNOWN_RESOURCE, Kind.ROUTE_TABLE, batch.subnet, batch
        )
        if len(batch):
            tables = tables if kept is None else tables[kept]
            self._route(Kind.ROUTE_TABLE, batch, tables, passage)

    def cross_from_gateway(self, batch: PacketBatch, passage: Passage) -> None:
        """Route what came in by a gateway with a table of its own; `place` is the table [RT-11]."""
        self._route(Kind.GATEWAY_TABLE, batch, batch.place, passage)

    def _route(self, kind: Kind, batch: PacketBatch, tables: Column, passage: Passage) -> None:
        """Hand packets to the targets of their routes.

        A subnet's table is known by the subnet, a gateway's by its own row, which is the place.
        """
        doubted = self.is_doubted[tables]
        batch = passage.doubt_where(doubted, kind, _component(kind, batch), batch, UNSURE)
        rows = self.matches.lookup(tables, batch.destination)
        batch, rows = self._spread(batch, tables, rows, passage)
        passage.note(kind, _component(kind, batch), batch, rows)
        fates = np.where(rows == NO_ROW, int(Fate.NO_ROUTE_TO_DESTINATION), self.routes.fate[rows])
        for fate in distinct(fates).tolist():
            chosen = fates == fate
            if fate == Fate.DELIVERED:
                self._hand_on(batch.where(chosen), rows[chosen], passage)
            else:
                _stop(Fate(fate), kind, batch.where(chosen), rows[chosen], passage)

    def _spread(
        self, batch: PacketBatch, tables: Column, rows: Column, passage: Passage
    ) -> tuple[PacketBatch, Column]:
        """Send packets by every route that may be theirs, where nobody knows which one is.

        That is so where prefix lists overlap [RT-6], and where a list's entries are unknown: such
        a list may cover any destination outside the VPC. A packet that comes to the same table
        again takes the way that it took before.
        """
        rivals = np.where(rows <= FIRST_RIVALS, FIRST_RIVALS - rows, NO_ROW)
        ways = (rivals, self._open_ways(batch, tables, rows))
        spread = (ways[0] != NO_ROW) | (ways[1] != NO_ROW)
        if not spread.any():
            return batch, rows
        choosers = np.where(spread, tables * len(self.axis) + batch.destination, NO_ROW)
        again, rows = _taken_before(batch, choosers, rows, passage)
        packets, others = self._others(np.flatnonzero(spread & ~again), ways, rows)
        spread = np.bincount(packets, minlength=len(batch)) > 0
        passage.wonder(Kind.ROUTE_TABLE, batch.subnet[spread], batch.where(spread), UNSURE)
        kept = rows > FIRST_RIVALS
        # each way is a branch of its own, the one without any of those routes too
        either = spread & kept
        choosing = np.concatenate([np.flatnonzero(either), packets])
        options = np.concatenate([rows[either], others])
        branches = passage.sessions.fork(batch.at(choosing), options)
        is_open = np.ones(len(options), bool)
        branches = passage.worlds.suppose(
            branches, choosing, options, is_open, subjects=choosers[choosing]
        )
        parts = [batch.where(kept & ~spread), branches]
        return PacketBatch.joined(parts), np.concatenate([rows[kept & ~spread], options])

    def _open_ways(self, batch: PacketBatch, tables: Column, rows: Column) -> Column:
        """Return the lists of routes by lists that may go before packets' own routes, or NO_ROW."""
        outside = (rows != UNROUTABLE_ROW) & ~self.routes.is_exact[np.maximum(rows, NO_ROW)]
        outside &= self.local_blocks.lookup(tables, batch.destination) == 0
        is_ipv6 = self.axis.is_ipv6(batch.destination)
        open_ways = np.where(is_ipv6, self.open_way6[tables], self.open_way4[tables])
        return np.where(outside, open_ways, NO_ROW)

    def _others(
        self, spread: Column, ways: tuple[Column, Column], rows: Column
    ) -> tuple[Column, Column]:
        """Return the routes that may be taken in place of packets' own, with those packets.

        One that leads where a packet's own route leads makes no difference to it.
        """
        found = []
        for lists in ways:
            those = spread[lists[spread] != NO_ROW]
            positions, taken = self.ways.take(lists[those])
            found.append((those[positions], taken))
        packets, others = (np.concatenate(columns) for columns in zip(*found, strict=True))
        own, routes = rows[packets], self.routes
        alike = (own >= 0) & (routes.target[own] != NO_ROW)
        for each in (routes.stage, routes.target, routes.fate):
            alike &= each[own] == each[others]
        return packets[~alike], others[~alike]

    def _hand_on(self, batch: PacketBatch, rows: Column, passage: Passage) -> None:
        if not len(batch):
            return
        batch = batch.replace(
            stage=self.routes.stage[rows],
            place=self.routes.target[rows],
            assumed=batch.assumed | self.routes.assumed[rows],
        )
        passage.move(stop_diverted(batch, passage))


def _taken_before(
    batch: PacketBatch, choosers: Column, rows: Column, passage: Passage
) -> tuple[Mask, Column]:
    """Tell which packets have chosen here before, and return their routes, else those given.

    `choosers` says which table chooses for which address, NO_ROW: none does.
    """
    sure = (choosers != NO_ROW) & (batch.chooser == choosers)
    again, taken = passage.worlds.supposed(batch, choosers)
    return sure | again, np.where(again, taken, np.where(sure, batch.choice, rows))


def _return_to_sender(batch: PacketBatch, passage: Passage) -> PacketBatch:
    """Send replies to a NAT gateway back over the peering they came by; return the others [NT-3].

    No route is asked; only NAT gateways are answered so.
    """
    sessions = passage.sessions
    nat = sessions.effective(batch.session)
    peerings = sessions.nat_peering(batch.session)
    mine = (peerings != NO_ROW) & (sessions.translated(nat) == batch.destination)
    if not mine.any():
        return batch
    answers = batch.where(mine)
    passage.move(answers.replace(stage=Stage.PEERING, place=peerings[mine]))
    return batch.where(~mine)


def _component(kind: Kind, batch: PacketBatch) -> Column:
    return batch.place if kind is Kind.GATEWAY_TABLE else batch.subnet


def _stop(fate: Fate, kind: Kind, batch: PacketBatch, rows: Column, passage: Passage) -> None:
    if fate in (Fate.NOT_MODELLED, Fate.UNKNOWN_RESOURCE):
        passage.stop(fate, Kind.UNMODELLED, rows, batch)
    else:
        passage.stop(fate, kind, _component(kind, batch), batch)
