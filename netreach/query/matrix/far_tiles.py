"""Far tiles: from one VPC to all others whose addresses no group of the senders tells apart.

Receivers that share their lanes (a *track*) and their groups are a *post*; what groups let in is
looked up for whole VPCs of senders, or where a rule tells some of these from others, for each cell
of their addresses. Blocks come for many VPCs of senders at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, Mask, column, filled
from netreach.packets.likeness import alike
from netreach.packets.pool import NOTHING
from netreach.query.matrix.blocks import Block, Cells
from netreach.query.matrix.cast import Cast
from netreach.query.matrix.far_fares import Fared, Fares, Meetings, Parts
from netreach.query.matrix.lane_ways import LaneWays
from netreach.query.matrix.pair_values import PairValues
from netreach.query.matrix.windows import Masks, Windows

#: Senders that a rule tells apart are sorted by cells where that leaves so many in each of them.
PER_CELL: Final = 4


class Senders(NamedTuple):
    """Kinds of one VPC that send, and whose receivers are told of elsewhere."""

    vpc: int
    kinds: Column
    #: By VPC: whether it is not far.
    skipped: Mask
    #: By kind: whether it is left out as a receiver.
    told: Mask


class Found(NamedTuple):
    """What senders come to with far receivers."""

    blocks: list[Block]
    #: Receivers whose rules tell too many of the senders apart.
    left: Column


class _Part(NamedTuple):
    """Kinds of some senders that no rule of the posts that they meet tells apart."""

    sender: int
    kinds: Column
    posts: Column
    #: By family: ids of what each post lets in.
    ingress: tuple[Column, Column]


class FarTiles:
    """Works out what the senders of some VPCs come to with all far receivers."""

    def __init__(
        self,
        fabric: Fabric,
        cast: Cast,
        ways: tuple[LaneWays, LaneWays],
        values: PairValues,
        windows: Windows,
    ) -> None:
        """Take what all tiles share."""
        self._table, self._kinds, self._posts = fabric.groups.by_address, cast.kinds, cast.posts
        self._ways, self._windows, self._vpcs = ways, windows, cast.vpcs
        self._fares = Fares(cast, ways, values, windows)

    def between(self, senders: Sequence[Senders]) -> list[Found]:
        """Return what each senders come to with all far receivers."""
        if not senders:
            return []
        vpcs, skipped = column([one.vpc for one in senders]), np.stack([s.skipped for s in senders])
        far = ~skipped[:, self._posts.tracks.vpc]
        values, varies = self._let_in(vpcs, far)
        in_reach = far[:, self._posts.track]
        groups: list[list[_Part]] = []
        found = [Found([], filled(0, 0)) for _ in senders]
        for n, one in enumerate(senders):
            posts = np.flatnonzero(in_reach[n] & ~varies[n])
            rules = self._posts.rule[posts]
            groups.append([_Part(n, one.kinds, posts, (values[0][rules, n], values[1][rules, n]))])
            posts = np.flatnonzero(in_reach[n] & varies[n])
            groups.append(self._by_cell(n, one.kinds, posts) if len(posts) else [])
            if len(posts) and not groups[-1]:
                found[n] = Found([], self._posts.holders(posts, one.told)[0])
        groups = [parts for parts in groups if parts and len(parts[0].posts)]
        for parts, fares in self._fared(vpcs, skipped, groups):
            block = self._block(parts, fares, senders[parts[0].sender].told)
            if len(block.destinations):
                found[parts[0].sender].blocks.append(block)
        return found

    def _let_in(self, vpcs: Column, far: Masks) -> tuple[list[Cells], Masks]:
        """Return what rows let in from the senders' VPCs, and which posts tell senders apart.

        By family, ``(rows, senders)``; and ``(senders, posts)``.
        """
        values, varies = [], np.zeros((len(vpcs), len(self._posts)), bool)
        known = alike(vpcs)
        for family, ways in enumerate(self._ways):
            value, whole = self._windows.said(family, self._posts.rows, vpcs[known.first])
            is_whole = whole[:, known.group]
            values.append(value[:, known.group])
            some = self._windows.of_family[family].has_any[vpcs]
            dead = ways.is_dead[vpcs[:, None] * self._vpcs + self._posts.tracks.vpc]
            live = far & ~dead & (self._posts.tracks.lanes[family] != NO_ROW) & some[:, None]
            varies |= live[:, self._posts.track] & ~is_whole[self._posts.rule].T
        return values, varies

    def _by_cell(self, sender: int, kinds: Column, posts: Column) -> list[_Part]:
        """Return senders by the cells of their addresses; none where too many cells hold few."""
        cells = alike(self._kinds.cell[0][kinds], self._kinds.cell[1][kinds])
        if PER_CELL * cells.size > len(kinds):
            return []
        rows = self._posts.rows[self._posts.rule[posts]]
        parts = []
        nothing = filled(len(rows), NOTHING)
        for cell, one in enumerate(kinds[cells.first].tolist()):
            ipv4, ipv6 = (
                nothing
                if atom[one] == NO_ROW
                else self._table.lookup(rows, filled(len(rows), int(atom[one])))
                for atom in self._kinds.atom
            )
            parts.append(_Part(sender, kinds[cells.group == cell], posts, (ipv4, ipv6)))
        return parts

    def _fared(
        self, vpcs: Column, skipped: Masks, groups: Sequence[Sequence[_Part]]
    ) -> Iterator[tuple[Sequence[_Part], list[Fared]]]:
        """Yield groups of parts, and what each of their parts comes to."""
        parts = [part for group in groups for part in group]
        if not parts:
            return
        sender = column([part.sender for part in parts])
        by_kind, by_post = (
            np.arange(len(parts)).repeat([len(one) for one in several])
            for several in ([part.kinds for part in parts], [part.posts for part in parts])
        )
        kinds = np.concatenate([part.kinds for part in parts])
        posts = np.concatenate([part.posts for part in parts])
        ipv4, ipv6 = (np.concatenate([part.ingress[family] for part in parts]) for family in (0, 1))
        fares = self._fares.of(
            Parts(by_kind, kinds, sender, vpcs, skipped),
            Meetings(by_post, self._posts.track[posts], (ipv4, ipv6)),
        )
        for group in groups:
            yield group, [next(fares) for _ in group]

    def _block(self, parts: Sequence[_Part], fares: Sequence[Fared], told: Mask) -> Block:
        """Return what parts that meet the same posts come to."""
        kinds, mine, theirs, numbers = parts[0].kinds, *fares[0]
        if len(parts) > 1:
            posts = alike(*(one.receiver for one in fares))
            theirs = posts.group
            numbers = np.concatenate(
                [one.numbers[:, one.receiver[posts.first]] for one in fares], axis=0
            )
            first = np.cumsum([0, *(len(one.numbers) for one in fares)])
            kinds = np.concatenate([part.kinds for part in parts])
            mine = np.concatenate(
                [one.sender + at for one, at in zip(fares, first[:-1], strict=True)]
            )
            order = np.argsort(kinds)
            kinds, mine = kinds[order], mine[order]
        targets, place = self._posts.holders(parts[0].posts, told)
        return Block(kinds, mine, targets, theirs[place], numbers)
