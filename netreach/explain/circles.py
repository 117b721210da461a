"""Circles: what a packet that is routed round and round goes by."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from netreach.explain import sentences
from netreach.explain.components import of_row
from netreach.explain.traces import PacketStep
from netreach.fabric.origins import Origins


def circle(origins: Origins, steps: Sequence[PacketStep], last: PacketStep) -> str:
    """Name what a packet goes round by, from where its way ended to there again."""
    until = next(number for number, one in enumerate(steps) if one is last)
    told = (of_row(origins, one.kind, one.row) for one in steps[: until + 1])
    way = [name for name, _ in groupby(map(sentences.label, told))]
    before = [place for place, name in enumerate(way[:-1]) if name == way[-1]]
    return " -> ".join(way[before[-1] :] if before else way[-1:])
