"""Far fares: what merged senders come to with merged far receivers, for several parts at once.

A *part* is some kinds of one VPC that send. All columns hold what belongs to the first part, then
what belongs to the second, and so on: one call works on all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from netreach.packets.batch import NO_ROW, Column, filled, spread
from netreach.packets.likeness import alike
from netreach.query.matrix.blocks import Cells, Numbered, renumbered, tabulated
from netreach.query.matrix.cast import Cast
from netreach.query.matrix.dense_tiles import paired
from netreach.query.matrix.lane_ways import NOWHERE, LaneWays
from netreach.query.matrix.pair_values import PairValues
from netreach.query.matrix.windows import Masks, Windows


class Parts(NamedTuple):
    """Kinds that send, part by part, and whose parts they are."""

    #: By kind: its part, ascending.
    part: Column
    kind: Column
    #: By part: its senders.
    sender: Column
    #: By senders: their VPC, and which VPCs are not far.
    vpcs: Column
    skipped: Masks

    @property
    def vpc(self) -> Column:
        """The VPC of each part."""
        return self.vpcs[self.sender]


class Meetings(NamedTuple):
    """Which parts, ascending, meet whom on which track, and what is let in there."""

    part: Column
    track: Column
    #: By family: ids of what groups let in by address.
    ingress: tuple[Column, Column]


class Fared(NamedTuple):
    """What one part comes to."""

    #: By kind that sends, and by meeting: its group.
    sender: Column
    receiver: Column
    #: What each group of senders comes to with each group of receivers.
    numbers: Cells


class _Merged(NamedTuple):
    """Groups of several parts, numbered part by part."""

    group: Column
    #: By group: its part, and an example.
    part: Column
    first: Column
    #: By part: its first group; one more at the end.
    start: Column

    @classmethod
    def of(cls, group: Column, part: Column, parts: int) -> _Merged:
        """Take the group and the part of each member; groups ascend with their parts."""
        size = int(group.max(initial=-1)) + 1
        first = filled(size, 0)
        first[group[::-1]] = np.arange(len(group))[::-1]
        own = part[first]
        return cls(group, own, first, own.searchsorted(np.arange(parts + 1)))

    @property
    def sizes(self) -> Column:
        """Count the groups of each part."""
        sizes: Column = self.start[1:] - self.start[:-1]
        return sizes

    def within(self) -> Column:
        """Return each member's group, numbered from 0 in its part."""
        within: Column = self.group - self.start[self.part[self.group]]
        return within

    def each_of(self, part: Column) -> tuple[Column, Column]:
        """Return positions in `part`, and the groups of that part, one by one."""
        return spread(self.start[part], self.sizes[part])


class _Crossings(NamedTuple):
    """What senders come to on classes of tracks, before receivers' groups are asked."""

    #: By class: where its cells begin, one for each sender of its part.
    start: Column
    #: By family: ways and what is let out.
    ways: list[Numbered]
    egress: list[Numbered]


class Fares:
    """Works out what parts come to on tracks."""

    def __init__(
        self,
        cast: Cast,
        ways: tuple[LaneWays, LaneWays],
        values: PairValues,
        windows: Windows,
    ) -> None:
        """Take what all parts share."""
        self._kinds, self._ways, self._values = cast.kinds, ways, values
        self._egress, self._windows, self._tracks = cast.views.rows[0], windows, cast.posts.tracks
        self._vpcs = cast.vpcs

    def of(self, parts: Parts, met: Meetings) -> Iterator[Fared]:
        """Yield what each part comes to."""
        count = len(parts.sender)
        senders = self._senders(parts)
        pairs, classes = self._classes(parts, met)
        crossings = self._crossings(parts, senders, pairs, classes)
        ends = self._ends(senders, classes, crossings)
        place = filled(count * len(self._tracks), 0)
        place[pairs] = ends.group[classes.group]
        let_in, ingress = tabulated([Numbered.of(one) for one in met.ingress])
        group, (end, let) = tabulated(
            [
                Numbered(
                    place[met.part * len(self._tracks) + met.track], np.arange(len(ends.first))
                ),
                Numbered(let_in, np.arange(len(ingress[0]))),
            ]
        )
        receivers = _Merged.of(group, met.part, count)
        numbers = self._numbers(
            senders, receivers, crossings, ends.first[end], [one[let] for one in ingress]
        )
        shapes = zip(senders.sizes.tolist(), receivers.sizes.tolist(), strict=True)
        for mine, theirs, cells, shape in zip(
            _cut(senders.within(), np.bincount(parts.part, minlength=count)),
            _cut(receivers.within(), np.bincount(met.part, minlength=count)),
            _cut(numbers, senders.sizes * receivers.sizes),
            shapes,
            strict=True,
        ):
            yield Fared(mine, theirs, cells.reshape(shape))

    def _senders(self, parts: Parts) -> _Merged:
        """Merge kinds of a part that let out the same and have one outlook on all far VPCs."""
        columns = [parts.part, self._egress[parts.kind]]
        columns += [self._outlooks(family, parts) for family in (0, 1)]
        return _Merged.of(alike(*columns).group, parts.part, len(parts.sender))

    def _outlooks(self, family: int, parts: Parts) -> Column:
        """Name what classes the far VPCs see in each kind's lane, by kind."""
        classes = self._ways[family].lanes.classes
        lane, sender = self._kinds.lane[family][parts.kind], parts.sender[parts.part]
        lanes = alike(sender, lane)
        names: dict[bytes, int] = {}
        found = filled(lanes.size, NO_ROW)
        for n, one in enumerate(lanes.first.tolist()):
            if lane[one] != NO_ROW:
                seen = np.where(parts.skipped[sender[one]], 0, classes[lane[one]]).tobytes()
                found[n] = names.setdefault(seen, len(names))
        return found[lanes.group]

    def _classes(self, parts: Parts, met: Meetings) -> tuple[Column, _Merged]:
        """Merge tracks of one VPC whose lanes are of one class as a part's VPC sees them.

        Returns these pairs (``part * tracks + track``), ascending, and their classes.
        """
        size, vpc = len(self._tracks), parts.vpc
        is_met = np.zeros(len(parts.sender) * size, bool)
        is_met[met.part * size + met.track] = True
        pairs = np.flatnonzero(is_met)
        part, track = np.divmod(pairs, max(1, size))
        columns = [
            Numbered(part, np.arange(len(parts.sender))),
            Numbered(self._tracks.vpc[track], np.arange(self._vpcs)),
        ]
        for ways, lanes in zip(self._ways, self._tracks.lanes, strict=True):
            if len(ways.lanes):
                lane = lanes[track]
                seen = ways.lanes.classes[np.maximum(lane, 0), vpc[part]].astype(np.int64)
                seen = np.where(lane == NO_ROW, 0, seen + 1)
                columns.append(Numbered(seen, np.arange(int(seen.max(initial=0)) + 1)))
        group, _ = tabulated(columns)
        return pairs, _Merged.of(group, part, len(parts.sender))

    def _crossings(
        self, parts: Parts, senders: _Merged, pairs: Column, classes: _Merged
    ) -> _Crossings:
        """Return what travels from each sender of a part on each class, and is let out."""
        counts = senders.sizes[classes.part]
        at, sender = senders.each_of(classes.part)
        kind = parts.kind[senders.first[sender]]
        track = pairs[classes.first[at]] % max(1, len(self._tracks))
        vpc = self._tracks.vpc[track]
        pair = parts.vpc[classes.part[at]] * self._vpcs + vpc
        rows = alike(self._egress[parts.kind[senders.first]])
        egress_rows = self._egress[parts.kind[senders.first[rows.first]]]
        found = _Crossings(counts.cumsum() - counts, [], [])
        for family, ways in enumerate(self._ways):
            lane = self._kinds.lane[family][kind]
            way = ways.between(lane, self._tracks.lanes[family][track])
            said, _ = self._windows.said(family, egress_rows, np.arange(self._vpcs))
            nowhere = ways.is_dead[pair] | (way == NOWHERE)
            found.ways.append(Numbered.of(way))
            found.egress.append(Numbered.of(np.where(nowhere, 0, said[rows.group[sender], vpc])))
        return found

    def _ends(self, senders: _Merged, classes: _Merged, crossings: _Crossings) -> _Merged:
        """Merge classes on which the same travels from each sender, and is let out."""
        code, (found, *_) = tabulated([*crossings.ways, *crossings.egress])
        size, counts = len(found) + 1, senders.sizes[classes.part]
        group, groups = classes.part, len(senders.sizes)
        for place in range(int(counts.max(initial=0))):
            here = counts > place
            fare = filled(len(counts), 0)
            fare[here] = code[crossings.start[here] + place] + 1
            group, which = renumbered(group * size + fare, groups * size)
            groups = len(which)
        return _Merged.of(group, classes.part, len(senders.sizes))

    def _numbers(
        self,
        senders: _Merged,
        receivers: _Merged,
        crossings: _Crossings,
        classes: Column,
        ingress: Sequence[Column],
    ) -> Column:
        """Return the pair values of each two of a part, the receiver varying fastest.

        Receivers are given by one of their classes, and what they let in.
        """
        at, receiver = receivers.each_of(senders.part)
        place = at - senders.start[senders.part[at]]
        cell = crossings.start[classes[receiver]] + place
        flows = []
        for family in (0, 1):
            allowed = self._values.ingress(ingress[family], filled(len(classes), 0))
            parts = (
                crossings.ways[family].take(cell),
                crossings.egress[family].take(cell),
                Numbered.of(allowed).take(receiver),
            )
            code, (way, out, into) = tabulated(parts)
            flows.append(Numbered(code, self._values.flow(way, self._values.groups(out, into))))
        return paired(self._values, *flows)


def _cut(values: Column, sizes: Column) -> list[Column]:
    """Return what belongs to each part."""
    return np.split(values, sizes.cumsum()[:-1])
