"""VPC peering: from one VPC straight into another, and no further [PC-1..4, SG-7, SG-8]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct

from netreach.fabric.element import Check, Passage
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.model.connections import PeeredVpc, VpcPeering
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pieces import Lists, PieceTable, pieces
from netreach.packets.pool import UNSURE
from netreach.packets.prefixes import Prefix


class Peerings(Struct, frozen=True):
    """All peering connections."""

    #: VPC rows of the two sides; NO_ROW where the snapshot lacks one.
    requester: Column
    accepter: Column
    is_active: Mask
    is_doubted: Mask
    #: Whether both sides lie in one Region: groups are known across it [SG-8].
    is_regional: Mask
    #: (2 * peering + side, atom) -> 1 where that side's blocks cover it; side 1 is the accepter.
    blocks: PieceTable
    #: (vpc, atom) -> number of a list of `neighbours`, or NO_ROW.
    neighbour_lists: PieceTable
    #: Lists of VPC rows: peers, known by group, whose blocks cover an address.
    neighbours: Lists
    ids: tuple[str, ...]

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets to the other side, if they are for it [PC-2, PC-3]."""
        peering = batch.place
        from_requester = self.requester[peering] == batch.vpc
        side = from_requester.astype(int)
        target = self.accepter[peering] * side + self.requester[peering] * (1 - side)
        passes = passage.gate(batch, self._checks(batch, target, side))
        if not passes.all():
            batch, target = batch.where(passes), target[passes]
            side = side[passes]
        # AWS promises no way through a VPC between two others, and does not say that it drops it
        own = self.blocks.lookup(2 * batch.place + 1 - side, batch.source)
        doubted = self.is_doubted[batch.place] | (own == 0)
        batch = passage.doubt_where(doubted, Kind.PEERING, batch.place, batch, UNSURE)
        regional = self.is_regional[batch.place]
        batch = batch.replace(carrier=np.where(regional, batch.carrier, NO_ROW))
        passage.note(Kind.PEERING, batch.place, batch)
        batch, target = self._remember(batch, target, passage)
        passage.move(batch.replace(stage=Stage.DELIVER, vpc=target, subnet=NO_ROW))

    def _remember(
        self, batch: PacketBatch, target: Column, passage: Passage
    ) -> tuple[PacketBatch, Column]:
        """Remember the way of what a NAT gateway has sent: its replies need no route [NT-3]."""
        sent = passage.sessions.is_a(SessionKind.NAT, batch.session) & (not passage.returning)
        if not sent.any():
            return batch, target
        places = batch.place[sent]
        marked = passage.sessions.fork(batch.where(sent), places, SessionKind.NAT_PEERING)
        joined = PacketBatch.joined([batch.where(~sent), marked])
        return joined, np.concatenate([target[~sent], target[sent]])

    def _checks(self, batch: PacketBatch, target: Column, side: Column) -> tuple[Check, ...]:
        peering = batch.place
        is_side = (self.requester[peering] == batch.vpc) | (self.accepter[peering] == batch.vpc)
        covered = self.blocks.lookup(2 * peering + side, batch.destination) == 1
        return (
            Check(~self.is_active[peering], Fate.BAD_STATE, Kind.PEERING, peering),
            Check(~is_side, Fate.BAD_STATE_ATTACHMENT, Kind.PEERING, peering),
            Check(~covered, Fate.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR, Kind.PEERING, peering),
            Check(target == NO_ROW, Fate.UNKNOWN_RESOURCE, Kind.PEERING, peering),
        )

    def known_neighbours(self, vpcs: Column, atoms: Column) -> tuple[Column, Column]:
        """Return positions and the peers whose blocks cover what is there.

        Groups may name the groups of those peers [SG-7]; a position occurs once for each.
        """
        lists = self.neighbour_lists.lookup(np.maximum(vpcs, 0), atoms)
        known = ((lists != NO_ROW) & (vpcs != NO_ROW)).nonzero()[0]
        if not len(known):
            return known, known
        positions, peers = self.neighbours.take(lists[known])
        return known[positions], peers


def peering_prefixes(snapshot: Snapshot) -> Iterator[Prefix]:
    """Yield the blocks that peerings name, for cutting."""
    for peering in snapshot.peerings.values():
        yield from peering.requester.prefixes
        yield from peering.accepter.prefixes


def compile_peerings(snapshot: Snapshot, axis: AtomAxis, vpcs: Mapping[str, int]) -> Peerings:
    """Find out who peers with whom."""
    records = list(snapshot.peerings.values())
    sides = [(record.requester, record.accepter) for record in records]
    lists, tables = _neighbours(snapshot, records, axis, vpcs)
    blocks = [_covered(snapshot, side, axis) for pair in sides for side in pair]
    return Peerings(
        requester=by_row([vpcs.get(one.vpc, NO_ROW) for one, _ in sides]),
        accepter=by_row([vpcs.get(other.vpc, NO_ROW) for _, other in sides]),
        is_active=mask_by_row([record.state == "active" for record in records]),
        is_doubted=mask_by_row([bool(record.doubt) for record in records]),
        is_regional=mask_by_row([_is_regional(snapshot, record) for record in records]),
        blocks=PieceTable.of(blocks or [[(0, 0)]] * 2),
        neighbour_lists=PieceTable.of(tables or [[(0, NO_ROW)]]),
        neighbours=Lists.of(lists),
        ids=tuple(record.id for record in records),
    )


def _blocks(snapshot: Snapshot, side: PeeredVpc) -> tuple[Prefix, ...]:
    vpc = snapshot.vpcs.get(side.vpc)
    return vpc.prefixes if vpc else side.prefixes


def _covered(snapshot: Snapshot, side: PeeredVpc, axis: AtomAxis) -> list[tuple[int, int]]:
    blocks = _blocks(snapshot, side)
    if not blocks:  # nobody says: the VPC itself is missing, and that is what the answer names
        return [(0, 1)]
    spans: list[tuple[Span, int]] = [(axis.span(block), 1) for block in blocks]
    return pieces(spans, len(axis), lambda items: int(bool(items)))


def _is_regional(snapshot: Snapshot, record: VpcPeering) -> bool:
    """Tell whether both sides surely lie in one Region."""
    regions = {_region(snapshot, side) for side in (record.requester, record.accepter)}
    return len(regions) == 1


def _region(snapshot: Snapshot, side: PeeredVpc) -> str:
    vpc = snapshot.vpcs.get(side.vpc)
    return side.region or (vpc.region if vpc else "")


def _neighbours(
    snapshot: Snapshot, records: list[VpcPeering], axis: AtomAxis, vpcs: Mapping[str, int]
) -> tuple[list[list[int]], list[list[tuple[int, int]]]]:
    """Return lists of peers, and per VPC the pieces that say which list holds where."""
    spans: list[list[tuple[Span, int]]] = [[] for _ in vpcs]
    for record in records:
        if record.state != "active" or not _is_regional(snapshot, record):
            continue
        sides = (record.requester, record.accepter)
        for one, other in (sides, sides[::-1]):
            if one.vpc in vpcs and other.vpc in vpcs:
                blocks = _blocks(snapshot, other)
                spans[vpcs[one.vpc]] += [(axis.span(b), vpcs[other.vpc]) for b in blocks]
    numbers: dict[tuple[int, ...], int] = {}

    def number(peers: list[int]) -> int:
        key = tuple(sorted(set(peers)))
        return numbers.setdefault(key, len(numbers)) if key else NO_ROW

    tables = [pieces(row, len(axis), number) for row in spans]
    return [list(key) for key in numbers], tables
