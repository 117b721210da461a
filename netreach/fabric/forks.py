"""Ways of which nobody knows which one is taken: packets branch over all of them."""

from __future__ import annotations

import numpy as np

from netreach.fabric.element import Passage
from netreach.fabric.vocabulary import Kind
from netreach.packets.batch import Column, PacketBatch
from netreach.packets.pieces import Lists
from netreach.packets.pool import UNSURE


def branch_over(
    batch: PacketBatch, lists: Lists, numbers: Column, kind: Kind, passage: Passage
) -> PacketBatch:
    """Send each packet by every way of its list; `place` becomes the way.

    Where there are several, whoever is at `place` chooses one, and the snapshot does not say which.
    """
    positions, ways = lists.take(numbers)
    several = np.bincount(positions, minlength=len(batch)) > 1
    branches = batch.at(positions)
    if several.any():
        wondering = batch.where(several)
        passage.wonder(kind, wondering.place, wondering, UNSURE)
        branches = passage.sessions.fork(branches, ways)
        branches = passage.worlds.suppose(branches, positions, ways, several[positions])
        again = branches.where(several[positions])
        passage.note(kind, again.place, again)
    return branches.replace(place=ways)
