"""Dense tiles: every two kinds of a pair of VPCs, with all that their groups say of each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, filled
from netreach.packets.likeness import alike
from netreach.query.matrix.blocks import Block, Cells, Numbered, tabulated
from netreach.query.matrix.kinds import Kinds
from netreach.query.matrix.lane_ways import NOWHERE, LaneWays
from netreach.query.matrix.pair_values import PairValues

#: At most so many cells are worked out at once.
MAX_CELLS: Final = 1 << 21


class DenseTiles:
    """Works out tiles kind by kind; what groups and lanes say is looked up once for each two."""

    def __init__(
        self, fabric: Fabric, kinds: Kinds, ways: tuple[LaneWays, LaneWays], values: PairValues
    ) -> None:
        """Take what all tiles share."""
        self._fabric, self._kinds, self._ways, self._values = fabric, kinds, ways, values

    def between(self, vpc: int, sources: Column, targets: Column) -> Iterator[Block]:
        """Yield blocks of source kinds of one VPC and target kinds, in pieces of bounded size."""
        if not len(targets):
            return
        step = max(1, MAX_CELLS // len(targets))
        for first in range(0, len(sources), step):
            part = sources[first : first + step]
            yield Block(
                part,
                np.arange(len(part)),
                targets,
                np.arange(len(targets)),
                self._numbers(vpc, part, targets),
            )

    def _numbers(self, vpc: int, sources: Column, targets: Column) -> Cells:
        flows = [self._flows(vpc, family, sources, targets) for family in (0, 1)]
        cells, (ipv4, ipv6) = tabulated([Numbered.of(one) for one in flows])
        numbers: Cells = self._values.pair(ipv4, ipv6)[cells]
        return numbers

    def _flows(self, vpc: int, family: int, sources: Column, targets: Column) -> Cells:
        """Return the numbers of the flows of one family, ``(sources, targets)``, or ``(1, 1)``."""
        lane = self._kinds.lane[family]
        if (lane[sources] == NO_ROW).all() or (lane[targets] == NO_ROW).all():
            return filled(1, NOWHERE).reshape(1, 1)
        parts = (
            self._between_lanes(family, lane[sources], lane[targets]),
            self._egress(vpc, family, sources, targets),
            self._ingress(family, sources, targets),
        )
        cells, (ways, egress, ingress) = tabulated(parts)
        flows: Cells = self._values.flow(ways, self._values.groups(egress, ingress))[cells]
        return flows

    def _between_lanes(self, family: int, sources: Column, targets: Column) -> Numbered:
        mine, theirs = alike(sources), alike(targets)
        left, right = sources[mine.first], targets[theirs.first]
        ways = (
            self._ways[family]
            .between(left.clip(min=0).repeat(len(right)), np.tile(right.clip(min=0), len(left)))
            .reshape(len(left), len(right))
        )
        absent = (left == NO_ROW)[:, None] | (right == NO_ROW)[None, :]
        found = Numbered.of(np.where(absent, NOWHERE, ways))
        return found.take(mine.group[:, None], theirs.group[None, :])

    def _egress(self, vpc: int, family: int, sources: Column, targets: Column) -> Numbered:
        """Return what the groups of the sources let out, to addresses and to those they name."""
        kinds, groups = self._kinds, self._fabric.groups
        mine = alike(kinds.group_set[sources])
        theirs = alike(kinds.group_set[targets], kinds.cell[family][targets])
        rows = 2 * kinds.group_set[sources[mine.first]]
        atoms = kinds.atom[family][targets[theirs.first]].clip(min=0)
        shape = (len(rows), len(atoms))
        row = rows.repeat(len(atoms))
        bounds = groups.by_address.lookup(row, np.tile(atoms, len(rows)))
        for peer in self._fabric.interfaces.peers(filled(len(atoms), vpc), atoms):
            peers = np.tile(groups.of_interface[peer], len(rows))
            bounds = self._values.join(bounds, groups.by_reference.lookup(row, peers))
        found = Numbered.of(bounds.reshape(shape))
        return found.take(mine.group[:, None], theirs.group[None, :])

    def _ingress(self, family: int, sources: Column, targets: Column) -> Numbered:
        """Return what the groups of the targets let in, by address and by group."""
        kinds, groups = self._kinds, self._fabric.groups
        mine = alike(kinds.group_set[sources], kinds.cell[family][sources])
        theirs = alike(kinds.group_set[targets])
        atoms = kinds.atom[family][sources[mine.first]].clip(min=0)
        peers = kinds.group_set[sources[mine.first]]
        rows = 2 * kinds.group_set[targets[theirs.first]] + 1
        row = np.tile(rows, len(atoms))
        address = groups.by_address.lookup(row, atoms.repeat(len(rows)))
        reference = groups.by_reference.lookup(row, peers.repeat(len(rows)))
        bounds = self._values.ingress(address, reference)
        found = Numbered.of(bounds.reshape(len(atoms), len(rows)))
        return found.take(mine.group[:, None], theirs.group[None, :])
