"""Dense tiles: every two kinds of a pair of VPCs, with all that their groups say of each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, filled
from netreach.packets.jit import Jit
from netreach.query.matrix.blocks import Block, Cells, Combiner, Gathered, Numbered, tabulated
from netreach.query.matrix.kinds import Kinds
from netreach.query.matrix.lane_ways import NOWHERE, LaneWays
from netreach.query.matrix.pair_values import PairValues
from netreach.query.matrix.views import View, Views

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
        self._names_receivers = egress_names_groups(fabric)
        vpcs = len(fabric.rows.vpcs)
        #: By kind: the first egress and ingress rows that say the same of all addresses.
        self._rows = row_of[2 * kinds.group_set], row_of[2 * kinds.group_set + 1]
        self._by_rows = [Views(kinds.vpc, vpcs, rows) for rows in self._rows]
        self._by_set = Views(kinds.vpc, vpcs, kinds.group_set)
        self._by_lane = [Views(kinds.vpc, vpcs, lane) for lane in kinds.lane]
        self._by_cell = [Views(kinds.vpc, vpcs, cell) for cell in kinds.cell]
        self._by_place = [Views(kinds.vpc, vpcs, kinds.group_set, cell) for cell in kinds.cell]

    def between(self, vpc: int, sources: Column, targets: Column) -> Iterator[Block]:
        """Yield blocks of source kinds of one VPC and target kinds, in pieces of bounded size."""
        if not len(targets):
            return
        step = max(1, self._most_cells // len(targets))
        vpcs = self._kinds.vpc[targets]
        other = int(vpcs[0]) if (vpcs == vpcs[0]).all() else NO_ROW
        for first in range(0, len(sources), step):
            part = sources[first : first + step]
            yield Block(
                part,
                np.arange(len(part)),
                targets,
                np.arange(len(targets)),
                self._numbers(Ends(vpc, part, other, targets)),
            )

    def _numbers(self, ends: Ends) -> Cells:
        numbers = paired(self._values, [self._flows(family, ends) for family in (0, 1)])
        return np.broadcast_to(numbers, (len(ends.sources), len(ends.targets)))

    def _flows(self, family: int, ends: Ends) -> Numbered:
        """Return the numbers of the flows of one family, ``(sources, targets)``, or ``(1, 1)``."""
        lane = self._kinds.lane[family]
        if (lane[ends.sources] == NO_ROW).all() or (lane[ends.targets] == NO_ROW).all():
            return Numbered(filled(1, 0).reshape(1, 1), filled(1, NOWHERE))
        parts = (
            self._between_lanes(family, ends),
            self._egress(family, ends),
            self._ingress(family, ends),
        )
        cells, (ways, egress, ingress) = self._combine(parts)
        return Numbered(cells, self._values.flow(ways, self._values.groups(egress, ingress)))

    def _between_lanes(self, family: int, ends: Ends) -> Gathered:
        mine, theirs = (
            ends.of_sources(self._by_lane[family]),
            ends.of_targets(self._by_lane[family]),
        )
        lane = self._kinds.lane[family]
        left, right = lane[mine.examples], lane[theirs.examples]
        ways = self._ways[family].between(left[:, None], right[None, :])
        return ends.gathered(ways, mine, theirs)

    def _egress(self, family: int, ends: Ends) -> Gathered:
        """Return what the groups of the sources let out, to addresses and to those they name."""
        rows, cells = ends.of_sources(self._by_rows[0]), ends.of_targets(self._by_cell[family])
        said = self._said(self._rows[0][rows.examples], family, cells.examples)
        if not self._names_receivers:
            return ends.gathered(said, rows, cells)
        mine, theirs = ends.of_sources(self._by_set), ends.of_targets(self._by_place[family])
        said = said[rows.code[mine.examples][:, None], cells.code[theirs.examples]]
        senders = 2 * self._kinds.group_set[mine.examples]
        atoms = self._kinds.atom[family][theirs.examples].clip(min=0)
        flat, groups = said.ravel(), self._fabric.groups
        for peer in self._fabric.interfaces.peers(filled(len(atoms), ends.vpc), atoms):
            peers = np.tile(groups.of_interface[peer], len(senders))
            named = groups.by_reference.lookup(senders.repeat(len(atoms)), peers)
            flat = self._values.join(flat, named)
        return ends.gathered(flat.reshape(said.shape), mine, theirs)

    def _ingress(self, family: int, ends: Ends) -> Gathered:
        """Return what the groups of the targets let in, by address and by group."""
        rows, cells = ends.of_targets(self._by_rows[1]), ends.of_sources(self._by_cell[family])
        said = self._said(self._rows[1][rows.examples], family, cells.examples)
        places, theirs = ends.of_sources(self._by_place[family]), ends.of_targets(self._by_set)
        address = said[rows.code[theirs.examples], cells.code[places.examples][:, None]]
        mine = ends.of_sources(self._by_set)
        reference = self._named(mine, theirs)[mine.code[places.examples]]
        code, (left, right) = tabulated([Numbered.of(address), Numbered.of(reference)])
        bounds = self._values.ingress(left, right)
        return Gathered(code, places.code[ends.sources], theirs.code[ends.targets], bounds)

    def _named(self, mine: View, theirs: View) -> Cells:
        """Return what group sets of targets let in from those of sources, by reference."""
        sets = self._kinds.group_set
        rows, peers = 2 * sets[theirs.examples] + 1, sets[mine.examples]
        return self._fabric.groups.by_reference.cross(rows, peers).T

    def _said(self, rows: Column, family: int, peers: Column) -> Cells:
        """Return what rows of groups say of the addresses of kinds, ``(rows, kinds)``."""
        atoms = self._kinds.atom[family][peers].clip(min=0)
        return self._fabric.groups.by_address.lookup(
            rows.repeat(len(atoms)), np.tile(atoms, len(rows))
        ).reshape(len(rows), len(atoms))


class Ends(NamedTuple):
    """Kinds at both ends of a tile: sources of one VPC, and targets of one or (NO_ROW) several."""

    vpc: int
    sources: Column
    other: int
    targets: Column

    def of_sources(self, views: Views) -> View:
        """Return the sources in groups."""
        return views.of(self.vpc, self.sources)

    def of_targets(self, views: Views) -> View:
        """Return the targets in groups."""
        return views.of(self.other, self.targets)

    def gathered(self, cells: Cells, mine: View, theirs: View) -> Gathered:
        """Return what every two kinds take from a table of groups of both."""
        return Gathered.of(cells, mine.code[self.sources], theirs.code[self.targets])


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
