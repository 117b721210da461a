"""The walk: batches through the fabric, stage by stage, until every packet's way has ended."""

from __future__ import annotations

from collections.abc import Callable

from netreach.fabric.element import Passage, Stage
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import PacketBatch, distinct

#: Sees all packets that are on their way, before each crossing.
Watch = Callable[[PacketBatch], None]


def walk(fabric: Fabric, batch: PacketBatch, passage: Passage, watch: Watch | None = None) -> None:
    """Send a batch on its way; the passage afterwards holds each packet's ending.

    Every packet (or branch of one) ends exactly once: routers count hops, so loops end too.
    """
    passage.move(batch)
    while passage.pending:
        moving = PacketBatch.joined(passage.pending)
        passage.pending = []
        if watch is not None:
            watch(moving)
        first = moving.stage[0]
        if (moving.stage == first).all():
            fabric.crossings[Stage(int(first))](moving, passage)
            continue
        for stage in distinct(moving.stage).tolist():
            fabric.crossings[Stage(stage)](moving.where(moving.stage == stage), passage)
