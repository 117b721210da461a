"""Sparse tiles: large VPCs whose groups let in little, by the few pairs that they let in.

Where every interface has groups of its own, all combinations are far too many, and nearly all of
them are refused by the receiver's groups. What those let in is enumerated from their rules; each
such pair is worked out, and all others come to what a refusal comes to.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, filled, spread
from netreach.packets.likeness import Members, alike
from netreach.packets.pool import NOTHING
from netreach.query.matrix.blocks import Block
from netreach.query.matrix.kinds import Kinds
from netreach.query.matrix.lane_ways import NOWHERE, LaneWays
from netreach.query.matrix.pair_values import PairValues

#: Tiles of fewer cells are worked out cell by cell.
FROM_CELLS: Final = 1 << 22
#: At least so many cells for each pair that is let in, or it does not pay.
FILL: Final = 16
#: Pairs that are worked out at once.
PIECE: Final = 1 << 18


def is_large(cells: int) -> bool:
    """Tell whether a tile has so many cells that its few pairs may be quicker."""
    return cells >= FROM_CELLS


class Sparse(NamedTuple):
    """A block of what refusals come to, and the pairs that come to something else."""

    block: Block
    sources: Column
    destinations: Column
    numbers: Column
    #: What the block says of them.
    was: Column


class SparseTiles:
    """Works out tiles by the pairs that the receivers' groups let in."""

    def __init__(
        self, fabric: Fabric, kinds: Kinds, ways: tuple[LaneWays, LaneWays], values: PairValues
    ) -> None:
        """Take what all tiles share."""
        self._fabric, self._kinds, self._ways, self._values = fabric, kinds, ways, values

    def between(self, vpc: int, sources: Column, targets: Column) -> Sparse | None:
        """Return the tile of source and target kinds; None where it does not pay, or can't be.

        It can't be for two address families at once, nor where packets end before the receiver's
        groups are asked and nobody knows how.
        """
        family = self._only_family(sources, targets)
        if not is_large(len(sources) * len(targets)) or family is None:
            return None
        most = len(sources) * len(targets) // FILL
        let_in = self._let_in(family, sources, targets, most)
        block = None if let_in is None else self._refused(family, sources, targets)
        if let_in is None or block is None:
            return None
        left, right = let_in
        parts = [
            self._numbers(vpc, family, sources[left[a : a + PIECE]], targets[right[a : a + PIECE]])
            for a in range(0, len(left), PIECE)
        ]
        numbers = np.concatenate([filled(0, 0), *parts])
        was = block.numbers[block.source_group[left], block.destination_group[right]]
        other = numbers != was
        return Sparse(
            block, sources[left[other]], targets[right[other]], numbers[other], was[other]
        )

    def _only_family(self, sources: Column, targets: Column) -> int | None:
        lanes = self._kinds.lane
        both = [
            bool((lane[sources] != NO_ROW).any() and (lane[targets] != NO_ROW).any())
            for lane in lanes
        ]
        return both.index(True) if both.count(True) == 1 else None

    def _let_in(
        self, family: int, sources: Column, targets: Column, most: int
    ) -> tuple[Column, Column] | None:
        """Return positions of pairs that the targets' groups let anything in of, each pair once.

        None if they are more than `most`.
        """
        kinds = self._kinds
        groups = alike(kinds.group_set[targets])
        members = Members.of(groups.group, groups.size)
        sets = kinds.group_set[targets[groups.first]]
        by_address = self._by_address(family, sources, sets, members, most)
        by_reference = self._by_reference(sources, sets, members, most)
        if by_address is None or by_reference is None:
            return None
        size = len(targets)
        both = (by_address, by_reference)
        left, right = np.divmod(np.unique(np.concatenate([a * size + b for a, b in both])), size)
        return left, right

    def _by_address(
        self, family: int, sources: Column, sets: Column, members: Members, most: int
    ) -> tuple[Column, Column] | None:
        table, atoms = self._fabric.groups.by_address, self._kinds.atom[family][sources]
        order = np.argsort(atoms, kind="stable")
        ordered = atoms[order]
        group, low, high = _pieces(table.keys, table.values, 2 * sets + 1)
        first = ordered.searchsorted(low)
        counts = ordered.searchsorted(high, side="right") - first
        sizes = members.start[group + 1] - members.start[group]
        if int((counts * sizes).sum()) > most:
            return None
        at, source = spread(first, counts)
        owner, target = spread(members.start[group[at]], sizes[at])
        return order[source[owner]], members.rows[target]

    def _by_reference(
        self, sources: Column, sets: Column, members: Members, most: int
    ) -> tuple[Column, Column] | None:
        keys = self._fabric.groups.by_reference.keys
        rows, peers = keys >> 32, keys & 0xFFFFFFFF
        place = sets.searchsorted(rows >> 1).clip(max=len(sets) - 1)
        here = (rows & 1 == 1) & (sets[place] == rows >> 1)
        group, peer = place[here], peers[here]
        carriers = alike(self._kinds.group_set[sources])
        held = Members.of(carriers.group, carriers.size)
        known = self._kinds.group_set[sources[carriers.first]]
        at = known.searchsorted(peer).clip(max=len(known) - 1)
        same = known[at] == peer
        group, at = group[same], at[same]
        counts = held.start[at + 1] - held.start[at]
        sizes = members.start[group + 1] - members.start[group]
        if int((counts * sizes).sum()) > most:
            return None
        cell, source = spread(held.start[at], counts)
        owner, target = spread(members.start[group[cell]], sizes[cell])
        return held.rows[source[owner]], members.rows[target]

    def _refused(self, family: int, sources: Column, targets: Column) -> Block | None:
        """Return what pairs come to whose receiver's groups let nothing in."""
        lane = self._kinds.lane[family]
        mine, theirs = alike(lane[sources]), alike(lane[targets])
        left, right = lane[sources[mine.first]], lane[targets[theirs.first]]
        ways = self._ways[family].between(left.repeat(len(right)), np.tile(right, len(left)))
        if not self._values.ends_at_receiver(ways):
            return None
        nothing = filled(len(ways), NOTHING)
        flows = self._flow(ways, nothing, nothing, nothing)
        numbers = self._pair(family, flows).reshape(len(left), len(right))
        return Block(sources, mine.group, targets, theirs.group, numbers)

    def _flow(self, ways: Column, egress: Column, address: Column, named: Column) -> Column:
        values = self._values
        return values.flow(ways, values.groups(egress, values.ingress(address, named)))

    def _pair(self, family: int, flows: Column) -> Column:
        nowhere = filled(len(flows), NOWHERE)
        return self._values.pair(*((flows, nowhere) if family == 0 else (nowhere, flows)))

    def _numbers(self, vpc: int, family: int, sources: Column, targets: Column) -> Column:
        """Return what pairs of kinds come to, one by one."""
        kinds, groups = self._kinds, self._fabric.groups
        mine, theirs = kinds.group_set[sources], kinds.group_set[targets]
        there, here = kinds.atom[family][targets], kinds.atom[family][sources]
        lane = kinds.lane[family]
        ways = self._ways[family].between(lane[sources], lane[targets])
        egress = groups.by_address.lookup(2 * mine, np.maximum(there, 0))
        for peer in self._fabric.interfaces.peers(filled(len(sources), vpc), np.maximum(there, 0)):
            named = groups.by_reference.lookup(2 * mine, groups.of_interface[peer])
            egress = self._values.join(egress, named)
        address = groups.by_address.lookup(2 * theirs + 1, np.maximum(here, 0))
        reference = groups.by_reference.lookup(2 * theirs + 1, mine)
        return self._pair(family, self._flow(ways, egress, address, reference))


def _pieces(keys: Column, values: Column, rows: Column) -> tuple[Column, Column, Column]:
    """Return the pieces of rows that let something in: the row's position, and both atoms."""
    first = keys.searchsorted(rows << 32)
    counts = keys.searchsorted((rows + 1) << 32) - first
    group, piece = spread(first, counts)
    ends = np.append(keys[1:], keys[-1:] + (1 << 32))  # the last piece ends its row
    high = np.where(ends >> 32 == keys >> 32, ends - 1, keys | 0xFFFFFFFF) & 0xFFFFFFFF
    some = values[piece] != NOTHING
    piece, group = piece[some], group[some]
    return group, keys[piece] & 0xFFFFFFFF, high[piece]
