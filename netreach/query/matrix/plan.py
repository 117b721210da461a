"""Every ordered pair of interfaces between two selections, factorised: kinds, lanes, blocks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, column
from netreach.packets.prefixes import Family
from netreach.query.flows import Asker
from netreach.query.matrix.blocks import Block
from netreach.query.matrix.kinds import Holdings, compile_kinds, host_of
from netreach.query.matrix.lane_ways import LaneWays, WayNumbers, lane_ways
from netreach.query.matrix.pair_values import ASK, Fared, PairValues
from netreach.query.matrix.singly import Singly
from netreach.query.matrix.tile_rows import TileRows
from netreach.query.verdict import Question


class Singles(NamedTuple):
    """Pairs of kinds that were asked one by one, and what each came to."""

    source: Column
    destination: Column
    number: Column


class TileRow(NamedTuple):
    """What the sources of one VPC come to; cells of blocks that say ASK are among the singles."""

    vpc: int
    blocks: tuple[Block, ...]
    singles: Singles


class PairMatrix:
    """Answers about every pair; what a pair comes to is worked out by its source's VPC."""

    def __init__(
        self,
        fabric: Fabric,
        question: Question,
        families: tuple[Family, ...],
        *,
        strict: bool,
        sources: Column,
        destinations: Column,
    ) -> None:
        """Walk what lanes there are between the interfaces at both ends, given by their rows."""
        self.fabric, self.question, self.families = fabric, question, families
        self.strict = strict
        self.sources, self.destinations = np.unique(sources), np.unique(destinations)
        self.holdings = Holdings.of(fabric)
        self.hosts = host_of(fabric)
        self.kinds = compile_kinds(fabric, self.holdings, self.sources, self.destinations)
        asker, book = Asker(fabric, question, strict=strict), WayNumbers()
        self._asker = asker
        ipv4, ipv6 = (
            lane_ways(asker, lanes, book, self._wanted(), asked=family in families)
            for family, lanes in zip((4, 6), self.kinds.lanes, strict=True)
        )
        self._ways: tuple[LaneWays, LaneWays] = (ipv4, ipv6)
        self.values = PairValues(fabric.pool, question, book.ways)
        self._tiles = TileRows(fabric, self.kinds, self._ways, self.values)

    def _wanted(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Tell from which VPCs to which anything is asked, ``(vpcs, vpcs)``."""
        vpcs, kinds = len(self.fabric.rows.vpcs), self.kinds
        ends = []
        for counts in (kinds.sources, kinds.destinations):
            some = np.zeros(vpcs + 1, bool)
            some[kinds.vpc[counts > 0]] = True
            ends.append(some[:-1])
        return ends[0][:, None] & ends[1][None, :]

    @cached_property
    def source_vpcs(self) -> Column:
        """The VPCs that sources are in; NO_ROW stands for those that the snapshot lacks."""
        return np.unique(self.kinds.vpc[self.kinds.sources > 0])

    def rows(self) -> Iterator[TileRow]:
        """Yield the tile row of each source VPC."""
        for vpc in self.source_vpcs.tolist():
            yield self.row(vpc)

    def row(self, vpc: int, only: Column | None = None) -> TileRow:
        """Return the tile row of a source VPC, or what `only` some of its kinds come to."""
        blocks = tuple(self._tiles.of_vpc(vpc, only))
        return TileRow(vpc, blocks, self._asked(blocks))

    def _asked(self, blocks: tuple[Block, ...]) -> Singles:
        """Ask the pairs of kinds whose cells say so."""
        sources, destinations = [column([])], [column([])]
        for block in blocks:
            cells = np.argwhere(block.numbers == ASK)
            for mine, theirs in cells.tolist():
                left = block.sources[block.source_group == mine]
                right = block.destinations[block.destination_group == theirs]
                sources.append(left.repeat(len(right)))
                destinations.append(np.tile(right, len(left)))
        source, destination = np.concatenate(sources), np.concatenate(destinations)
        left, right = self._examples(source, destination)
        known = right != NO_ROW  # a kind of one interface has no pair with itself
        fared = self.singly(self.question).ask(left[known], right[known])
        number = column([self.values.number_of(one) for one in fared])
        return Singles(source[known], destination[known], number)

    def _examples(self, sources: Column, destinations: Column) -> tuple[Column, Column]:
        """Return an interface of each kind, two different ones of the same kind, else NO_ROW."""
        start, rows = self.kinds.members
        same = sources == destinations
        size = start[destinations + 1] - start[destinations]
        second = np.where(same, 1, 0)
        right = rows[np.minimum(start[destinations] + second, len(rows) - 1)]
        return rows[start[sources]], np.where(second < size, right, NO_ROW)

    def singly(self, question: Question) -> Singly:
        """Return who asks pairs one by one."""
        asker = (
            self._asker
            if question == self.question
            else Asker(self.fabric, question, strict=self.strict)
        )
        return Singly(asker, self.holdings, self.hosts, self.families)

    def number(self, source: int, destination: int) -> int:
        """Return the number of what a pair of interface rows comes to."""
        mine, theirs = self.kinds.of_interface[[source, destination]]
        vpc = int(self.kinds.vpc[mine])
        number = ASK
        alone = self.kinds.is_single[mine] or self.kinds.is_single[theirs]
        if not alone and self.hosts[source] != self.hosts[destination]:
            number = self._tiles.number(vpc, int(mine), int(theirs))
        if number != ASK:
            return number
        (fared,) = self.singly(self.question).ask(column([source]), column([destination]))
        return self.values.number_of(fared)

    def fared(self, number: int) -> Fared:
        """Return what stands behind a number."""
        return self.values.fared(number, self.question, self.families, strict=self.strict)
