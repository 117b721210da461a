"""Dense tiles: every two kinds of a pair of VPCs, with all that their groups say of each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, filled
from netreach.packets.jit import Jit
from netreach.packets.likeness import alike
from netreach.query.matrix.blocks import Block, Cells, Combiner, Gathered, Numbered, tabulated
from netreach.query.matrix.kinds import Kinds
from netreach.query.matrix.lane_ways import NOWHERE, LaneWays
from netreach.query.matrix.pair_values import PairValues

#: At most so many cells are worked out at once.
MAX_CELLS: Final = 1 << 21


class DenseTiles:
    """Works out tiles kind by kind; what groups and lanes say is looked up once for each two."""

    def __init__(
        self,
        fabric: Fabric,
        kinds: Kinds,
        ways: tuple[LaneWays, LaneWays],
        values: PairValues,
        row_of: Column,
        jit: Jit,
        *,
        most_cells: int = MAX_CELLS,
    ) -> None:
        """Take what all tiles share; at most so many cells are worked out at once."""
        self._combine = Combiner(jit)
        self._most_cells = most_cells
        self._fabric, self._kinds, self._ways, self._values = fabric, kinds, ways, values
        #: Rows of groups by the first that says the same of all addresses.
        self._row_of = row_of
        self._names_receivers = egress_names_groups(fabric)

    def between(self, vpc: int, sources: Column, targets: Column) -> Iterator[Block]:
        """Yield blocks of source kinds of one VPC and target kinds, in pieces of bounded size."""
        if not len(targets):
            return
        step = max(1, self._most_cells // len(targets))
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
        return paired(self._values, flows)

    def _flows(self, vpc: int, family: int, sources: Column, targets: Column) -> Numbered:
        """Return the numbers of the flows of one family, ``(sources, targets)``, or ``(1, 1)``."""
        lane = self._kinds.lane[family]
        if (lane[sources] == NO_ROW).all() or (lane[targets] == NO_ROW).all():
            return Numbered(filled(1, 0).reshape(1, 1), filled(1, NOWHERE))
        parts = (
            self._between_lanes(family, lane[sources], lane[targets]),
            self._egress(vpc, family, sources, targets),
            self._ingress(family, sources, targets),
        )
        cells, (ways, egress, ingress) = self._combine(parts)
        return Numbered(cells, self._values.flow(ways, self._values.groups(egress, ingress)))

    def _between_lanes(self, family: int, sources: Column, targets: Column) -> Gathered:
        mine, theirs = alike(sources), alike(targets)
        left, right = sources[mine.first], targets[theirs.first]
        ways = (
            self._ways[family]
            .between(left.clip(min=0).repeat(len(right)), np.tile(right.clip(min=0), len(left)))
            .reshape(len(left), len(right))
        )
        absent = (left == NO_ROW)[:, None] | (right == NO_ROW)[None, :]
        return Gathered.of(np.where(absent, NOWHERE, ways), mine.group, theirs.group)

    def _egress(self, vpc: int, family: int, sources: Column, targets: Column) -> Gathered:
        """Return what the groups of the sources let out, to addresses and to those they name."""
        kinds, groups = self._kinds, self._fabric.groups
        mine = alike(kinds.group_set[sources])
        theirs = alike(kinds.group_set[targets], kinds.cell[family][targets])
        senders = kinds.group_set[sources[mine.first]]
        receivers = targets[theirs.first]
        bounds = self._said(self._row_of[2 * senders], family, receivers)
        if self._names_receivers:
            shape, row = bounds.shape, (2 * senders).repeat(len(receivers))
            atoms = kinds.atom[family][receivers].clip(min=0)
            flat = bounds.ravel()
            for peer in self._fabric.interfaces.peers(filled(len(atoms), vpc), atoms):
                peers = np.tile(groups.of_interface[peer], len(senders))
                flat = self._values.join(flat, groups.by_reference.lookup(row, peers))
            bounds = flat.reshape(shape)
        return Gathered.of(bounds, mine.group, theirs.group)

    def _ingress(self, family: int, sources: Column, targets: Column) -> Gathered:
        """Return what the groups of the targets let in, by address and by group."""
        kinds, groups = self._kinds, self._fabric.groups
        mine = alike(kinds.group_set[sources], kinds.cell[family][sources])
        theirs = alike(kinds.group_set[targets])
        senders = sources[mine.first]
        receivers = kinds.group_set[targets[theirs.first]]
        address = self._said(self._row_of[2 * receivers + 1], family, senders).T
        peers = alike(kinds.group_set[senders])
        named = kinds.group_set[senders[peers.first]]
        reference = groups.by_reference.lookup(
            np.tile(2 * receivers + 1, len(named)), named.repeat(len(receivers))
        ).reshape(len(named), len(receivers))[peers.group]
        bounds = self._values.ingress(address.ravel(), reference.ravel())
        return Gathered.of(bounds.reshape(address.shape), mine.group, theirs.group)

    def _said(self, rows: Column, family: int, peers: Column) -> Cells:
        """Return what rows of groups say of the addresses of kinds, ``(rows, kinds)``."""
        kinds = self._kinds
        rules, places = alike(rows), alike(kinds.cell[family][peers])
        atoms = kinds.atom[family][peers[places.first]].clip(min=0)
        chosen = rows[rules.first]
        said = self._fabric.groups.by_address.lookup(
            chosen.repeat(len(atoms)), np.tile(atoms, len(chosen))
        ).reshape(len(chosen), len(atoms))
        cells: Cells = said[rules.group[:, None], places.group[None, :]]
        return cells


def egress_names_groups(fabric: Fabric) -> bool:
    """Tell whether any group lets out to groups that it names."""
    return bool(((fabric.groups.by_reference.keys >> 32) & 1 == 0).any())


def paired(values: PairValues, flows: list[Numbered]) -> Cells:
    """Return the numbers of pairs by those of their flows of both families, ``(S, T)``.

    A family of which no two ends hold addresses has one cell, for all.
    """
    ipv4, ipv6 = flows
    if ipv6.code.size == 1:
        numbers: Cells = values.pair(ipv4.values, ipv6.values.repeat(len(ipv4.values)))[ipv4.code]
    elif ipv4.code.size == 1:
        numbers = values.pair(ipv4.values.repeat(len(ipv6.values)), ipv6.values)[ipv6.code]
    else:
        cells, (left, right) = tabulated(flows)
        numbers = values.pair(left, right)[cells]
    return numbers
