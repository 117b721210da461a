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
from netreach.packets.batch import NO_ROW, Column, Mask, column, filled, spread
from netreach.packets.likeness import Members, alike
from netreach.query.matrix.blocks import Block, Cells
from netreach.query.matrix.far_fares import Fared, Fares, Meetings, Parts, Tracks
from netreach.query.matrix.kinds import Kinds
from netreach.query.matrix.lane_ways import LaneWays
from netreach.query.matrix.pair_values import PairValues
from netreach.query.matrix.windows import Masks, Windows

#: Senders that a rule tells apart are sorted by cells where that leaves so many in each of them.
PER_CELL: Final = 4
#: Where one post in so many is asked about, its kinds are listed, else all kinds are looked over.
FEW: Final = 8


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
        kinds: Kinds,
        ways: tuple[LaneWays, LaneWays],
        values: PairValues,
        row_of: Column,
        windows: Windows,
    ) -> None:
        """Sort receivers into posts."""
        self._table, self._kinds = fabric.groups.by_address, kinds
        self._ways, self._windows, self._vpcs = ways, windows, len(fabric.rows.vpcs)
        targets = np.flatnonzero((kinds.destinations > 0) & ~kinds.is_single)
        lanes = alike(kinds.vpc[targets], kinds.lane[0][targets], kinds.lane[1][targets])
        one = targets[lanes.first]
        self._tracks = Tracks(kinds.vpc[one], (kinds.lane[0][one], kinds.lane[1][one]))
        rows = row_of[2 * kinds.group_set[targets] + 1]
        self._ingress_rows = np.unique(rows)
        rules = self._ingress_rows.searchsorted(rows)
        posts = alike(lanes.group, rules)
        self._targets, self._post_of_target = targets, posts.group
        self._at_post = Members.of(posts.group, posts.size)
        self._post_track, self._post_rules = lanes.group[posts.first], rules[posts.first]
        egress = row_of[2 * kinds.group_set]
        self._fares = Fares(kinds, ways, values, egress, windows, self._tracks)

    @property
    def posts(self) -> int:
        """Count the posts."""
        return len(self._post_track)

    def between(self, senders: Sequence[Senders]) -> list[Found]:
        """Return what each senders come to with all far receivers."""
        if not senders:
            return []
        vpcs, skipped = column([one.vpc for one in senders]), np.stack([s.skipped for s in senders])
        far = ~skipped[:, self._tracks.vpc]
        values, varies = self._let_in(vpcs, far)
        in_reach = far[:, self._post_track]
        groups: list[list[_Part]] = []
        found = [Found([], filled(0, 0)) for _ in senders]
        for n, one in enumerate(senders):
            posts = np.flatnonzero(in_reach[n] & ~varies[n])
            rules = self._post_rules[posts]
            groups.append([_Part(n, one.kinds, posts, (values[0][rules, n], values[1][rules, n]))])
            posts = np.flatnonzero(in_reach[n] & varies[n])
            groups.append(self._by_cell(n, one.kinds, posts) if len(posts) else [])
            if len(posts) and not groups[-1]:
                found[n] = Found([], self._holders(posts, one.told)[0])
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
        values, varies = [], np.zeros((len(vpcs), self.posts), bool)
        known = alike(vpcs)
        for family, ways in enumerate(self._ways):
            value, whole = self._windows.said(family, self._ingress_rows, vpcs[known.first])
            is_whole = whole[:, known.group]
            values.append(value[:, known.group])
            some = self._windows.of_family[family].has_any[vpcs]
            dead = ways.is_dead[vpcs[:, None] * self._vpcs + self._tracks.vpc]
            live = far & ~dead & (self._tracks.lanes[family] != NO_ROW) & some[:, None]
            varies |= live[:, self._post_track] & ~is_whole[self._post_rules].T
        return values, varies

    def _by_cell(self, sender: int, kinds: Column, posts: Column) -> list[_Part]:
        """Return senders by the cells of their addresses; none where too many cells hold few."""
        cells = alike(self._kinds.cell[0][kinds], self._kinds.cell[1][kinds])
        if PER_CELL * cells.size > len(kinds):
            return []
        rows = self._ingress_rows[self._post_rules[posts]]
        parts = []
        for cell, one in enumerate(kinds[cells.first].tolist()):
            atoms = (max(0, int(atom[one])) for atom in self._kinds.atom)
            ipv4, ipv6 = (self._table.lookup(rows, filled(len(rows), atom)) for atom in atoms)
            parts.append(_Part(sender, kinds[cells.group == cell], posts, (ipv4, ipv6)))
        return parts

    def _holders(self, posts: Column, told: Mask) -> tuple[Column, Column]:
        """Return the kinds at posts that are not told of elsewhere, and the place of their post."""
        if FEW * len(posts) < self.posts:
            start = self._at_post.start[posts]
            place, at = spread(start, self._at_post.start[posts + 1] - start)
            order = np.argsort(self._at_post.rows[at])
            here, place = self._at_post.rows[at][order], place[order]
        else:
            of_post = filled(self.posts, NO_ROW)
            of_post[posts] = np.arange(len(posts))
            place = of_post[self._post_of_target]
            here = np.flatnonzero(place != NO_ROW)
            place = place[here]
        targets = self._targets[here]
        if told.any():
            left = ~told[targets]
            targets, place = targets[left], place[left]
        return targets, place

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
            Meetings(by_post, self._post_track[posts], (ipv4, ipv6)),
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
        targets, place = self._holders(parts[0].posts, told)
        return Block(kinds, mine, targets, theirs[place], numbers)
