"""The walk: batches through the fabric, stage by stage, until every packet's way has ended."""

from __future__ import annotations

from netreach.fabric.element import Passage, Stage
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import PacketBatch, distinct


def walk(fabric: Fabric, batch: PacketBatch, passage: Passage) -> None:
    """Send a batch on its way; the passage afterwards holds each packet's ending.

    Every packet (or branch of one) ends exactly once: routers count hops, so loops end too.
    """
    passage.move(batch)
    while passage.pending:
        moving = PacketBatch.joined(passage.pending)
        passage.pending = []
        first = moving.stage[0]
        if (moving.stage == first).all():
            fabric.crossings[Stage(int(first))](moving, passage)
            continue
        for stage in distinct(moving.stage).tolist():
            fabric.crossings[Stage(stage)](moving.where(moving.stage == stage), passage)
