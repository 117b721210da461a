"""Far tiles: from one VPC to all others whose addresses no group tells apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, Mask, column, distinct, filled
from netreach.packets.jit import Jit, Kernel, as_input
from netreach.packets.likeness import Likeness, alike
from netreach.packets.pieces import PieceTable
from netreach.query.matrix.blocks import Block, Cells, Numbered, tabulated
from netreach.query.matrix.dense_tiles import paired
from netreach.query.matrix.kinds import Kinds
from netreach.query.matrix.lane_ways import NOWHERE, LaneWays
from netreach.query.matrix.pair_values import PairValues

#: VPCs whose senders are looked up in all groups' rules at once.
CHUNK: Final = 64


class Windows(Protocol):
    """The lowest and highest primary atoms of each VPC in one family, and who has any."""

    @property
    def low(self) -> Column: ...  # noqa: D102 - see the class
    @property
    def high(self) -> Column: ...  # noqa: D102
    @property
    def has_any(self) -> Mask: ...  # noqa: D102


class FarTiles:
    """Works out what the senders of one VPC come to with all far receivers."""

    def __init__(
        self,
        fabric: Fabric,
        kinds: Kinds,
        ways: tuple[LaneWays, LaneWays],
        values: PairValues,
        row_of: Column,
        jit: Jit,
        windows: tuple[Windows, Windows],
    ) -> None:
        """Sort receivers into posts: those that share their lanes and their groups."""
        self._table, self._kinds = fabric.groups.by_address, kinds
        self._ways, self._values, self._windows = ways, values, windows
        self._vpcs = len(fabric.rows.vpcs)
        self._row_of = row_of
        targets = np.flatnonzero((kinds.destinations > 0) & ~kinds.is_single)
        self._targets = targets
        lanes = alike(kinds.vpc[targets], kinds.lane[0][targets], kinds.lane[1][targets])
        self._track_vpc = kinds.vpc[targets[lanes.first]]
        self._track_lanes = [kinds.lane[f][targets[lanes.first]] for f in (0, 1)]
        rows = self._row_of[2 * kinds.group_set[targets] + 1]
        self._ingress_rows = np.unique(rows)
        rules = self._ingress_rows.searchsorted(rows)
        posts = alike(lanes.group, rules)
        self._post_of_target = posts.group
        self._post_track = lanes.group[posts.first]
        self._post_rules = rules[posts.first]
        self._ingress = _IngressChunks(self._table, self._ingress_rows, windows, jit)

    def varies_in(self, family: int, sources: Column) -> Mask:
        """Tell of which VPCs some rule of the senders' groups covers only a part, ``(vpcs,)``."""
        rows = np.unique(self._row_of[2 * self._kinds.group_set[sources]])
        _, is_whole = self._egress(family, rows)
        varies: Mask = np.logical_not(is_whole.all(axis=0))
        return varies

    def _egress(self, family: int, rows: Column) -> tuple[Cells, NDArray[np.bool_]]:
        """Return what egress rows say of each VPC and whether of all of it, ``(rows, vpcs)``."""
        window = self._windows[family]
        shape = (len(rows), self._vpcs)
        value, is_whole = self._table.over(
            rows.repeat(self._vpcs),
            np.tile(window.low, len(rows)),
            np.tile(window.high, len(rows)),
        )
        return value.reshape(shape), is_whole.reshape(shape)

    def targets(self, vpc: int, far: Mask) -> tuple[Column, Column]:
        """Return the posts in far VPCs, and the kinds of which rules tell the senders apart."""
        in_reach = far[self._track_vpc]
        varies = np.zeros(len(self._post_rules), bool)
        for family, ways in enumerate(self._ways):
            if not self._windows[family].has_any[vpc]:
                continue
            dead = ways.is_dead[vpc * self._vpcs + self._track_vpc]
            live = ~dead & (self._track_lanes[family] != NO_ROW) & in_reach
            _, is_whole = self._ingress.of_vpc(family, vpc)
            varies |= live[self._post_track] & ~is_whole[self._post_rules]
        posts = in_reach[self._post_track]
        return np.flatnonzero(posts & ~varies), self._targets[
            (posts & varies)[self._post_of_target]
        ]

    def between(
        self, vpc: int, sources: Column, posts: Column, near: Mask, told: Mask
    ) -> Iterator[Block]:
        """Yield the block of the sources of a VPC and the far posts, but for kinds told of."""
        if not len(posts):
            return
        senders = self._senders(sources, near)
        chosen = sources[senders.first]
        ends = self._merged_tracks(vpc, chosen)
        end_of_post = ends.group[self._post_track[posts]]
        rules = self._post_rules[posts]
        parts = [Numbered(end_of_post, np.arange(ends.size))]
        for family in (0, 1):
            if not self._windows[family].has_any[vpc]:
                parts.append(Numbered(np.zeros(len(posts), np.int64), filled(1, 0)))
                continue
            value, _ = self._ingress.of_vpc(family, vpc)
            numbered = Numbered.of(value)
            parts.append(Numbered(numbered.code[rules], numbered.values))
        group, (end, ipv4, ipv6) = tabulated(parts)
        numbers = self._numbers(chosen, ends.first[end], (ipv4, ipv6))
        of_post = filled(len(self._post_track), NO_ROW)
        of_post[posts] = group
        found = of_post[self._post_of_target]
        here = (found != NO_ROW) & ~told[self._targets]
        yield Block(sources, senders.group, self._targets[here], found[here], numbers)

    def _merged_tracks(self, vpc: int, sources: Column) -> Likeness:
        """Merge tracks to which the same travels from each sender, that lets out the same there."""
        classes = self._track_classes(vpc)
        tracks, columns = classes.first, [filled(classes.size, 0)]
        where = self._track_vpc[tracks]
        for family, ways in enumerate(self._ways):
            here, there = self._kinds.lane[family][sources], self._track_lanes[family][tracks]
            columns.append((there == NO_ROW).astype(np.int64))
            if (here == NO_ROW).all() or (there == NO_ROW).all():
                continue
            lanes = distinct(here)
            columns += list(ways.between(lanes[:, None], there[None, :]))
            rows = distinct(self._row_of[2 * self._kinds.group_set[sources]])
            egress, _ = self._egress(family, rows)
            dead = ways.is_dead[vpc * self._vpcs + where]
            columns += list(np.where(dead, 0, egress[:, where]))
        found = alike(*columns)
        return Likeness(found.group[classes.group], tracks[found.first])

    def _senders(self, sources: Column, near: Mask) -> Likeness:
        """Merge sources with one egress row that all far VPCs see alike."""
        kinds = self._kinds
        columns = [self._row_of[2 * kinds.group_set[sources]]]
        for family, ways in enumerate(self._ways):
            lanes = kinds.lane[family][sources]
            found = alike(lanes)
            seen: dict[bytes, int] = {}
            names = [
                NO_ROW
                if lane == NO_ROW
                else seen.setdefault(
                    np.where(near, 0, ways.lanes.classes[lane]).tobytes(), len(seen)
                )
                for lane in lanes[found.first].tolist()
            ]
            columns.append(np.array(names, np.int64)[found.group])
        return alike(*columns)

    def _track_classes(self, vpc: int) -> Likeness:
        """Merge tracks of one VPC whose lanes are of one class as the senders' VPC sees them."""
        parts = [Numbered(self._track_vpc, np.arange(self._vpcs))]
        for family, ways in enumerate(self._ways):
            if not len(ways.lanes):
                continue
            lanes = self._track_lanes[family]
            classes = ways.lanes.classes[np.maximum(lanes, 0), vpc].astype(np.int64)
            classes = np.where(lanes == NO_ROW, 0, classes + 1)
            parts.append(Numbered(classes, np.arange(int(classes.max(initial=0)) + 1)))
        group, (vpcs, *_) = tabulated(parts)
        first = np.empty(len(vpcs), np.int64)
        first[group[::-1]] = np.arange(len(group))[::-1]
        return Likeness(group, first)

    def _numbers(self, sources: Column, tracks: Column, ingress: tuple[Column, Column]) -> Cells:
        """Return the pair values of senders and groups of posts, ``(senders, groups)``."""
        flows = []
        for family in (0, 1):
            there = self._track_lanes[family][tracks]
            here = self._kinds.lane[family][sources]
            if (here == NO_ROW).all() or (there == NO_ROW).all():
                flows.append(Numbered(filled(1, 0).reshape(1, 1), filled(1, NOWHERE)))
                continue
            ways = self._ways[family].between(here[:, None], there[None, :])
            rows = self._row_of[2 * self._kinds.group_set[sources]]
            egress, _ = self._egress(family, rows)
            allowed = self._values.ingress(ingress[family], filled(len(there), 0))
            parts = (
                Numbered.of(ways),
                Numbered.of(egress).take(
                    np.arange(len(rows))[:, None], self._track_vpc[tracks][None, :]
                ),
                Numbered.of(allowed[None, :]),
            )
            cells, (way, out, into) = tabulated(parts)
            flow = self._values.flow(way, self._values.groups(out, into))
            flows.append(Numbered(cells, flow))
        numbers = paired(self._values, flows)
        return np.broadcast_to(numbers, (len(sources), len(tracks)))


class _IngressChunks:
    """What ingress rows say of each VPC's senders, worked out for many VPCs at once.

    Queries in order of row and address keep the search in the processor's cache.
    """

    def __init__(
        self, table: PieceTable, rows: Column, windows: tuple[Windows, Windows], jit: Jit
    ) -> None:
        self._jit = jit
        self._table, self._rows, self._windows = table, rows, windows
        self._chunk = NO_ROW
        self._found: list[tuple[Cells, NDArray[np.bool_]]] = []

    def of_vpc(self, family: int, vpc: int) -> tuple[Column, Mask]:
        """Return what each row says of a VPC, and whether of all of it, ``(rows,)`` each."""
        if vpc // CHUNK != self._chunk:
            self._chunk = vpc // CHUNK
            self._found = [self._look(window) for window in self._windows]
        value, is_whole = self._found[family]
        at = vpc - self._chunk * CHUNK
        return value[:, at], is_whole[:, at]

    def _look(self, window: Windows) -> tuple[Cells, NDArray[np.bool_]]:
        part = slice(self._chunk * CHUNK, (self._chunk + 1) * CHUNK)
        low, high = window.low[part], window.high[part]
        shape = (len(self._rows), len(low))
        if not window.has_any[part].any():
            return np.zeros(shape, np.int64), np.ones(shape, bool)
        order = np.argsort(low, kind="stable")
        value, is_whole = np.empty(shape, np.int64), np.empty(shape, bool)
        table = as_input(self._table.keys), as_input(self._table.values)
        asked = as_input(self._rows), as_input(low[order]), as_input(high[order])
        work = len(self._rows) * len(low)
        self._jit.call(_SAY, _say_of_windows, *table, *asked, value, is_whole, work=work)
        back = np.argsort(order)
        return value[:, back], is_whole[:, back]


_SAY: Final = Kernel("netreach.query.matrix._kernels", "say_of_windows", 1 << 23, 1 << 12)


def _say_of_windows(
    keys: Column,
    values: Column,
    rows: Column,
    low: Column,
    high: Column,
    value: Cells,
    is_whole: NDArray[np.bool_],
) -> None:
    said, holds = PieceTable(keys, values).over(
        rows.repeat(len(low)), np.tile(low, len(rows)), np.tile(high, len(rows))
    )
    value[:], is_whole[:] = said.reshape(value.shape), holds.reshape(value.shape)


def alike_rows(table: PieceTable, rows: int) -> Column:
    """Return for each row the first that says the same of all addresses, ``(rows,)``."""
    first = table.keys.searchsorted(np.arange(rows + 1) << 32)
    pieces = np.stack([table.keys & 0xFFFFFFFF, table.values], axis=1)
    width, text = pieces.itemsize * 2, pieces.tobytes()
    bounds = (first * width).tolist()
    known: dict[bytes, int] = {}
    return column(
        [known.setdefault(text[bounds[row] : bounds[row + 1]], row) for row in range(rows)]
    )
