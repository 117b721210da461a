"""The walk: batches through the fabric, stage by stage, until every packet's way has ended."""

from __future__ import annotations

from netreach.fabric.element import Passage, Watch
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import PacketBatch

__all__ = ["Watch", "walk"]


def walk(fabric: Fabric, batch: PacketBatch, passage: Passage, watch: Watch | None = None) -> None:
    """Send a batch on its way; the passage afterwards holds each packet's ending.

    Every packet (or branch of one) ends exactly once: routers count hops, so loops end too.
    """
    fabric.carry(batch, passage, watch)
