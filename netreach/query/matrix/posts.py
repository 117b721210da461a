"""Posts: the receivers of a matrix that share their lanes (a *track*) and what they let in."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from netreach.packets.batch import NO_ROW, Column, Mask, filled, spread
from netreach.packets.likeness import Members, alike
from netreach.query.matrix.kinds import Kinds

#: Where one post in so many is asked about, its kinds are listed, else all kinds are looked over.
FEW: Final = 8


class Tracks(NamedTuple):
    """Receivers that share their VPC and their lanes."""

    vpc: Column
    lanes: tuple[Column, Column]

    def __len__(self) -> int:
        """Count the tracks."""
        return len(self.vpc)


class Posts:
    """The receivers that are not asked one by one, sorted."""

    def __init__(self, kinds: Kinds, row_of: Column) -> None:
        """Sort them; `row_of` gives for each row of groups the first that says the same."""
        targets = np.flatnonzero((kinds.destinations > 0) & ~kinds.is_single)
        lanes = alike(kinds.vpc[targets], kinds.lane[0][targets], kinds.lane[1][targets])
        one = targets[lanes.first]
        self.tracks = Tracks(kinds.vpc[one], (kinds.lane[0][one], kinds.lane[1][one]))
        rows = row_of[2 * kinds.group_set[targets] + 1]
        #: The rows of ingress rules that occur; and by post: its track, and its place in these.
        self.rows = np.unique(rows)
        rules = self.rows.searchsorted(rows)
        posts = alike(lanes.group, rules)
        self.track, self.rule = lanes.group[posts.first], rules[posts.first]
        self._targets, self._of_target = targets, posts.group
        self._at = Members.of(posts.group, posts.size)

    def __len__(self) -> int:
        """Count the posts."""
        return len(self.track)

    def holders(self, posts: Column, told: Mask) -> tuple[Column, Column]:
        """Return the kinds at posts that are not told of elsewhere, and the place of their post."""
        if FEW * len(posts) < len(self):
            start = self._at.start[posts]
            place, at = spread(start, self._at.start[posts + 1] - start)
            order = np.argsort(self._at.rows[at])
            here, place = self._at.rows[at][order], place[order]
        else:
            of_post = filled(len(self), NO_ROW)
            of_post[posts] = np.arange(len(posts))
            place = of_post[self._of_target]
            here = np.flatnonzero(place != NO_ROW)
            place = place[here]
        targets = self._targets[here]
        if told.any():
            left = ~told[targets]
            targets, place = targets[left], place[left]
        return targets, place
