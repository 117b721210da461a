"""Tile rows: what the interfaces of one VPC come to with all others, in blocks of few cells.

A *block* holds groups of source kinds, groups of destination kinds and one pair value for each two
of them. Every pair of kinds is in one block of its source's tile row. Four sorts of blocks:

- the source's own VPC, and others where groups name each other's groups or rules tell addresses of
  one VPC apart: all combinations of what matters there, kind by kind;
- the rest: sources merge that have one egress row and one outlook on all other VPCs; destinations
  merge whose lanes are of one class and whose groups say the same of the whole source VPC.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, Mask, column, distinct, filled, spread
from netreach.packets.jit import Jit
from netreach.packets.likeness import alike
from netreach.query.matrix.blocks import Block
from netreach.query.matrix.dense_tiles import MAX_CELLS, DenseTiles, egress_names_groups
from netreach.query.matrix.far_tiles import FarTiles, alike_rows
from netreach.query.matrix.kinds import Kinds
from netreach.query.matrix.lane_ways import LaneWays
from netreach.query.matrix.pair_values import ASK, PairValues
from netreach.query.matrix.sparse_tiles import Sparse, SparseTiles
from netreach.query.matrix.told_apart import ToldApart


class _Windows(NamedTuple):
    """The lowest and highest primary atoms of each VPC's kinds in one family, and who has any."""

    low: Column
    high: Column
    has_any: Mask


class TileRows:
    """Works out the blocks of one source VPC after the other."""

    def __init__(
        self,
        fabric: Fabric,
        kinds: Kinds,
        ways: tuple[LaneWays, LaneWays],
        values: PairValues,
        jit: Jit,
        *,
        most_cells: int = MAX_CELLS,
    ) -> None:
        """Find out what does not depend on the source VPC."""
        self.fabric, self.kinds = fabric, kinds
        self.vpcs = len(fabric.rows.vpcs)
        self.windows = (self._window(0), self._window(1))
        row_of = alike_rows(fabric.groups.by_address, 2 * len(fabric.groups.group_sets))
        self._dense = DenseTiles(fabric, kinds, ways, values, row_of, jit, most_cells=most_cells)
        self._sparse = SparseTiles(fabric, kinds, ways, values)
        self._linked = linked_vpcs(fabric, kinds)
        self._names_groups = egress_names_groups(fabric)
        self._far = FarTiles(fabric, kinds, ways, values, row_of, jit, self.windows)
        self._ways = ways
        order = np.lexsort((np.arange(len(kinds)), kinds.vpc))
        self._by_vpc = order, kinds.vpc[order]
        self._targets = np.flatnonzero(kinds.destinations > 0)
        self._single_targets = self._targets[kinds.is_single[self._targets]]
        self._apart = ToldApart(fabric, kinds, row_of)

    def of_vpc(self, vpc: int, only: Column | None = None) -> Iterator[Block | Sparse]:
        """Yield the blocks of all sources of a VPC, or of `only` some of its kinds.

        NO_ROW stands for the interfaces whose VPC the snapshot lacks.
        """
        sources = self._kinds_of(vpc) if only is None else only
        sources = sources[self.kinds.sources[sources] > 0]
        single = self.kinds.is_single[sources]
        yield from _asked(sources[single], self._targets)
        sources = sources[~single]
        if not len(sources) or not len(self._targets):
            return
        yield from _asked(sources, self._single_targets)
        told_apart = self._apart.targets(sources)
        yield from _asked(sources, np.flatnonzero(told_apart))
        several = self._apart.has_others[sources]
        alike = sources[~several].tolist()
        for source in sources[several].tolist():
            mine = self._apart.of_source(source)
            if mine is None:
                alike.append(source)
                continue
            yield from _asked(filled(1, source), np.flatnonzero(mine & ~told_apart))
            yield from self._from(vpc, filled(1, source), mine | told_apart)
        yield from self._from(vpc, column(sorted(alike)), told_apart)

    def _from(self, vpc: int, sources: Column, told: Mask) -> Iterator[Block | Sparse]:
        """Yield the blocks of sources and all targets that are not told of elsewhere."""
        if not len(sources):
            return
        unclear, near = self._neighbourhood(vpc, sources)
        for other in np.flatnonzero(unclear).tolist():
            yield from _asked(sources, self._targets_of(other, told))
        for other in np.flatnonzero(near & ~unclear).tolist():
            yield from self._near(vpc, sources, self._targets_of(other, told))
        plain, exceptional = self._far.targets(vpc, ~(near | unclear))
        yield from self._near(vpc, sources, exceptional[~told[exceptional]])
        yield from self._far.between(vpc, sources, plain, near | unclear, told)

    def _near(self, vpc: int, sources: Column, targets: Column) -> Iterator[Block | Sparse]:
        sparse = self._sparse.between(vpc, sources, targets)
        if sparse is None:
            yield from self._dense.between(vpc, sources, targets)
        else:
            yield sparse

    def number(self, vpc: int, source: int, destination: int) -> int:
        """Return what two kinds come to, of which neither is asked singly."""
        mine, theirs = filled(1, source), filled(1, destination)
        other = int(self.kinds.vpc[destination])
        apart = self._apart.of_source(source)
        if self._apart.targets(mine)[destination] or (apart is not None and apart[destination]):
            return ASK
        unclear, _ = self._neighbourhood(vpc, mine)
        if unclear[other]:
            return ASK
        (block,) = self._dense.between(vpc, mine, theirs)
        return int(block.numbers[0, 0])

    def _kinds_of(self, vpc: int) -> Column:
        order, vpcs = self._by_vpc
        first, last = vpcs.searchsorted([vpc, vpc + 1])
        return order[first:last]

    def _targets_of(self, vpc: int, told: Mask) -> Column:
        kinds = self._kinds_of(vpc)
        single = self.kinds.is_single[kinds]
        return kinds[(self.kinds.destinations[kinds] > 0) & ~single & ~told[kinds]]

    def _window(self, family: int) -> _Windows:
        kinds = self.kinds
        low, high = filled(self.vpcs, 1 << 40), filled(self.vpcs, NO_ROW)
        mine = np.flatnonzero((kinds.atom[family] != NO_ROW) & (kinds.vpc != NO_ROW))
        np.minimum.at(low, kinds.vpc[mine], kinds.atom[family][mine])
        np.maximum.at(high, kinds.vpc[mine], kinds.atom[family][mine])
        some = high != NO_ROW
        return _Windows(np.where(some, low, 0), np.where(some, high, 0), some)

    def _neighbourhood(self, vpc: int, sources: Column) -> tuple[Mask, Mask]:
        """Tell of which VPCs nothing is clear but pair by pair, and which are to be looked into.

        Unclear are those that are reached although others hold the same addresses in the sender's
        own VPC or in one of its peers: which groups are meant there is each address's own matter.
        Looked into are the own VPC, those whose groups are named, and those of whose addresses some
        rule of the senders' groups covers a part.
        """
        unclear, near = np.zeros(self.vpcs, bool), np.zeros(self.vpcs, bool)
        own = filled(self.vpcs, vpc)
        others = np.arange(self.vpcs) != vpc
        for family, window in enumerate(self.windows):
            dead = self._ways[family].is_dead[vpc * self.vpcs : (vpc + 1) * self.vpcs]
            live = window.has_any & ~dead & others
            if not live.any():
                continue
            for table in (self.fabric.book.subnets, self.fabric.peerings.neighbour_lists):
                value, is_whole = table.over(own, window.low, window.high)
                held = (value != NO_ROW) | ~is_whole
                if table is self.fabric.peerings.neighbour_lists:
                    held &= self._names_groups & ~(is_whole & self._is_alone(value))
                unclear |= live & held
            near |= live & self._far.varies_in(family, sources)
        near[list(self._linked.get(vpc, ()))] = True
        near[vpc], unclear[vpc] = True, False
        return unclear, near

    def _is_alone(self, lists: Column) -> Mask:
        """Tell of which VPCs the list of peers that hold its addresses names that VPC alone.

        A route that is more specific may lead past the one peer that holds an address.
        """
        peers = self.fabric.peerings.neighbours
        sizes = np.append(peers.first[1:] - peers.first[:-1], 0)
        one = np.append(np.append(peers.values, NO_ROW)[peers.first[:-1]], NO_ROW)
        alone: Mask = (sizes[lists] == 1) & (one[lists] == np.arange(self.vpcs))
        return alone


def _asked(sources: Column, targets: Column) -> Iterator[Block]:
    """Yield the block of pairs that are to be asked one by one."""
    if len(sources) and len(targets):
        yield Block(
            sources,
            filled(len(sources), 0),
            targets,
            filled(len(targets), 0),
            filled(1, ASK).reshape(1, 1),
        )


def linked_vpcs(fabric: Fabric, kinds: Kinds) -> dict[int, list[int]]:
    """Return for each source VPC the others with which groups name each other's groups."""
    homes = alike(kinds.group_set, kinds.vpc)
    known = homes.first[kinds.vpc[homes.first] != NO_ROW]
    sets, vpcs = kinds.group_set[known], kinds.vpc[known]  # in order of the sets
    keys = fabric.groups.by_reference.keys
    rows, peers = keys >> 32, keys & 0xFFFFFFFF
    is_ingress = rows & 1 == 1
    senders = np.where(is_ingress, peers, rows >> 1)
    receivers = np.where(is_ingress, rows >> 1, peers)
    cell, sender = _each_of(sets, senders)
    again, receiver = _each_of(sets, receivers[cell])
    left, right = vpcs[sender[again]], vpcs[receiver]
    pairs = distinct((left << 32 | right)[left != right])
    linked: dict[int, list[int]] = {}
    for pair in pairs.tolist():
        linked.setdefault(pair >> 32, []).append(pair & 0xFFFFFFFF)
    return linked


def _each_of(ordered: Column, wanted: Column) -> tuple[Column, Column]:
    """Return positions in `wanted`, and where each of these values stands, one by one."""
    first = ordered.searchsorted(wanted)
    return spread(first, ordered.searchsorted(wanted, side="right") - first)
