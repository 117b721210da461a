"""Dense tiles: every two kinds of a pair of VPCs, with all that their groups say of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Final, NamedTuple

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, filled
from netreach.packets.jit import Jit
from netreach.query.matrix.blocks import (
    Block,
    Cells,
    Combiner,
    Numbered,
    Table,
    renumbered,
    tabulated,
    taken_apart,
)
from netreach.query.matrix.cast import Cast
from netreach.query.matrix.lane_ways import NOWHERE, LaneWays
from netreach.query.matrix.pair_values import PairValues
from netreach.query.matrix.references import egress_names_groups
from netreach.query.matrix.stacks import Crossed, Listed, Shape, Stack, shapes
from netreach.query.matrix.views import View, Views

#: At most so many cells are worked out at once.
MAX_CELLS: Final = 1 << 21
#: Tiles by whether both ends have addresses of IPv4, and of IPv6.
_SORTS: Final = ((True, False), (True, True), (False, True), (False, False))


class DenseTiles:
    """Works out tiles kind by kind; what groups and lanes say is looked up once for each two."""

    def __init__(
        self,
        fabric: Fabric,
        cast: Cast,
        ways: tuple[LaneWays, LaneWays],
        values: PairValues,
        jit: Jit,
        *,
        most_cells: int = MAX_CELLS,
    ) -> None:
        """Take what all tiles share; at most so many cells are worked out at once."""
        self._combine = Combiner(jit)
        self._most_cells = most_cells
        self._fabric, self._ways, self._values = fabric, ways, values
        self._kinds, self._views = cast.kinds, cast.views
        self._names_receivers = egress_names_groups(fabric)

    def between(self, vpc: int, sources: Column, targets: Column) -> Iterator[Block]:
        """Yield blocks of source kinds of one VPC and target kinds, in pieces of bounded size."""
        if not len(targets):
            return
        step = max(1, self._most_cells // len(targets))
        vpcs = self._kinds.vpc[targets]
        other = int(vpcs[0]) if (vpcs == vpcs[0]).all() else NO_ROW
        for first in range(0, len(sources), step):
            part = sources[first : first + step]
            (numbers,) = self.numbers([Ends(vpc, part, other, targets)])
            yield Block(part, np.arange(len(part)), targets, np.arange(len(targets)), numbers)

    def numbers(self, tiles: Sequence[Ends]) -> list[Cells]:
        """Return what every two kinds of each tile come to, ``(sources, targets)`` each.

        What groups and lanes say is looked up for all tiles together.
        """
        shared = [(self._share(0, tile), self._share(1, tile)) for tile in tiles]
        sorts = [[n for n, own in enumerate(shared) if own == sort] for sort in _SORTS]
        only4, both, only6, _ = [[tiles[n] for n in places] for places in sorts]
        ipv4, ipv6 = self._flows(0, [*only4, *both]), self._flows(1, [*both, *only6])
        first, second = (sum(prod(ends.shape) for ends in some) for some in (only4, both))
        pairs = (
            (ipv4.cut(0, first), None),
            (ipv4.cut(first, first + second), ipv6.cut(0, second)),
            (None, ipv6.cut(second, len(ipv6.code))),
        )
        nowhere = self._values.pair(filled(1, NOWHERE), filled(1, NOWHERE))
        found = {n: np.broadcast_to(nowhere, tiles[n].shape) for n in sorts[-1]}
        for places, pair in zip(sorts[:-1], pairs, strict=True):
            if places:
                stack = Stack(paired(self._values, *pair), [tiles[n].shape for n in places])
                found.update(zip(places, stack.tables(), strict=True))
        return [found[n] for n in range(len(tiles))]

    def _share(self, family: int, ends: Ends) -> bool:
        """Tell whether both ends have addresses of a family."""
        lane = self._kinds.lane[family]
        return bool((lane[ends.sources] != NO_ROW).any() and (lane[ends.targets] != NO_ROW).any())

    def _flows(self, family: int, tiles: Sequence[Ends]) -> Numbered:
        """Return the numbers of the flows of one family, of all cells behind each other."""
        if not tiles:
            return Numbered(filled(0, 0), filled(0, 0))
        parts = [
            self._between_lanes(family, tiles),
            self._egress(family, tiles),
            self._ingress(family, tiles),
        ]
        sizes = [len(part.values) for part in parts]
        scaled = [part.scaled(prod(sizes[n + 1 :])) for n, part in enumerate(parts)]
        cells = Stack.empty([ends.shape for ends in tiles])
        for code, ways, egress, ingress in zip(cells.tables(), *scaled, strict=True):
            self._combine(ways, egress, ingress, code)
        code, found = renumbered(cells.cells, prod(sizes))
        ways, egress, ingress = taken_apart(found, [part.values for part in parts])
        return Numbered(code, self._values.flow(ways, self._values.groups(egress, ingress)))

    def _between_lanes(self, family: int, tiles: Sequence[Ends]) -> Taken:
        mine, theirs = (
            _sources(self._views.by_lane[family], tiles),
            _targets(self._views.by_lane[family], tiles),
        )
        crossed, lane = Crossed.of(mine, theirs), self._kinds.lane[family]
        ways = self._ways[family].between(lane[crossed.left], lane[crossed.right])
        return Taken.of(crossed.stack(ways), tiles, mine, theirs)

    def _egress(self, family: int, tiles: Sequence[Ends]) -> Taken:
        """Return what the groups of the sources let out, to addresses and to those they name."""
        rows, cells = (
            _sources(self._views.by_rows[0], tiles),
            _targets(self._views.by_cell[family], tiles),
        )
        said = self._said(0, family, Crossed.of(rows, cells))
        if not self._names_receivers:
            return Taken.of(said, tiles, rows, cells)
        mine, theirs = (
            _sources(self._views.by_set, tiles),
            _targets(self._views.by_place[family], tiles),
        )
        places = zip(said.tables(), rows, cells, mine, theirs, strict=True)
        to_places = [
            table[row.code[sets.examples][:, None], cell.code[there.examples]].ravel()
            for table, row, cell, sets, there in places
        ]
        crossed = Crossed.of(mine, theirs)
        return Taken.of(
            crossed.stack(self._or_named(family, crossed, np.concatenate(to_places))),
            tiles,
            mine,
            theirs,
        )

    def _or_named(self, family: int, crossed: Crossed, said: Column) -> Column:
        """Return what senders let out to addresses or to the groups that hold them."""
        kinds, groups = self._kinds, self._fabric.groups
        senders = 2 * kinds.group_set[crossed.left]
        atoms = kinds.atom[family][crossed.right].clip(min=0)
        for peer in self._fabric.interfaces.peers(kinds.vpc[crossed.left], atoms):
            named = groups.by_reference.lookup(senders, groups.of_interface[peer])
            said = self._values.join(said, named)
        return said

    def _ingress(self, family: int, tiles: Sequence[Ends]) -> Taken:
        """Return what the groups of the targets let in, by address and by group."""
        rows, cells = (
            _targets(self._views.by_rows[1], tiles),
            _sources(self._views.by_cell[family], tiles),
        )
        address, bounds = self._said(1, family, Crossed.of(rows, cells)).numbered()
        mine, theirs = _sources(self._views.by_set, tiles), _targets(self._views.by_set, tiles)
        reference, named = self._named(mine, theirs).numbered()
        places = _sources(self._views.by_place[family], tiles)
        found = Stack.empty(shapes(places, theirs))
        for code, by_address, by_name, row, cell, sender, place, receiver in zip(
            found.tables(),
            address.scaled(len(named)),
            reference.tables(),
            rows,
            cells,
            mine,
            places,
            theirs,
            strict=True,
        ):
            of_cells = by_address.T.take(row.code[receiver.examples], axis=1)
            code[:] = of_cells.take(cell.code[place.examples], axis=0) + by_name.take(
                sender.code[place.examples], axis=0
            )
        code, both = renumbered(found.cells, len(bounds) * len(named))
        left, right = taken_apart(both, [bounds, named])
        numbers = self._values.ingress(left, right)
        return Taken(found._replace(cells=code), numbers, _places(tiles, places, theirs))

    def _named(self, mine: Sequence[View], theirs: Sequence[View]) -> Stack:
        """Return what group sets of targets let in from those of sources, by reference."""
        table, sets = self._fabric.groups.by_reference, self._kinds.group_set
        senders, receivers = Listed.of(mine), Listed.of(theirs)
        row, peer, named = table.among(
            2 * sets[receivers.kind] + 1, receivers.tile, sets[senders.kind], senders.tile
        )
        found = Stack.of(shapes(mine, theirs), table.default)
        found.put(senders.tile[peer], senders.place[peer], receivers.place[row], named)
        return found

    def _said(self, way: int, family: int, crossed: Crossed) -> Stack:
        """Return what groups (of egress, 0, or ingress, 1) say of the addresses of kinds."""
        atoms = self._kinds.atom[family][crossed.right].clip(min=0)
        said = self._fabric.groups.by_address.lookup(self._views.rows[way][crossed.left], atoms)
        return crossed.stack(said)


class Ends(NamedTuple):
    """Kinds at both ends of a tile: sources of one VPC, and targets of one or (NO_ROW) several."""

    vpc: int
    sources: Column
    other: int
    targets: Column

    @property
    def shape(self) -> Shape:
        """How many kinds there are at both ends."""
        return len(self.sources), len(self.targets)


class Taken(NamedTuple):
    """Tables of small numbers, what these stand for, and where every two kinds look."""

    stack: Stack
    values: Column
    #: By tile: the row of each source and the column of each target.
    places: Sequence[tuple[Column, Column]]

    @classmethod
    def of(
        cls, stack: Stack, tiles: Sequence[Ends], rows: Sequence[View], columns: Sequence[View]
    ) -> Taken:
        """Number what is in the tables of groups of sources (rows) and of targets (columns)."""
        numbered, values = stack.numbered()
        return cls(numbered, values, _places(tiles, rows, columns))

    def scaled(self, factor: int) -> list[Table]:
        """Return the tables, all numbers multiplied."""
        tables = self.stack.scaled(factor)
        return [(cells, *places) for cells, places in zip(tables, self.places, strict=True)]


def _places(
    tiles: Sequence[Ends], rows: Sequence[View], columns: Sequence[View]
) -> list[tuple[Column, Column]]:
    return [
        (row.code[ends.sources], column.code[ends.targets])
        for ends, row, column in zip(tiles, rows, columns, strict=True)
    ]


def _sources(views: Views, tiles: Sequence[Ends]) -> list[View]:
    """Return the sources of each tile in groups."""
    return [views.of(ends.vpc, ends.sources) for ends in tiles]


def _targets(views: Views, tiles: Sequence[Ends]) -> list[View]:
    """Return the targets of each tile in groups."""
    return [views.of(ends.other, ends.targets) for ends in tiles]


def paired(values: PairValues, ipv4: Numbered | None, ipv6: Numbered | None) -> Cells:
    """Return the numbers of pairs by those of their flows of one family, or of both."""
    if ipv4 is not None and ipv6 is not None:
        cells, (left, right) = tabulated([ipv4, ipv6])
        return values.pair(left, right)[cells]
    (alone,) = (flows for flows in (ipv4, ipv6) if flows is not None)
    nowhere = filled(len(alone.values), NOWHERE)
    ends = (nowhere, alone.values) if ipv4 is None else (alone.values, nowhere)
    return values.pair(*ends)[alone.code]
