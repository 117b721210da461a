"""The second walk: the asked set kept whole, denials recorded, so that later blockers show too."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from netreach.explain.traces import PacketStep, TraceIndex
from netreach.fabric.element import Ending, Fate, Kind, Passage
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, PacketBatch, column
from netreach.query.flows import Asker, FlowBatch, departures, split_misdelivered
from netreach.query.verdict import Question
from netreach.query.walk import walk


class SecondWalk(NamedTuple):
    """Every step that one flow would take, there and back."""

    forward: list[PacketStep]
    returning: list[PacketStep]


def walk_again(fabric: Fabric, question: Question, flow: FlowBatch) -> SecondWalk:
    """Walk one flow without narrowing.

    Where routing stops it, the way back is walked as if it had been delivered, if the snapshot
    holds the destination.
    """
    asker = Asker(fabric, question, narrowing=False, traced=True)
    onward = Passage(fabric.pool, narrowing=False, traced=True)
    walk(fabric, departures(flow, fabric.pool.intern(question.services)), onward)
    arrivals = [
        arrival
        for ending in onward.endings
        for part in split_misdelivered(ending, flow)
        if (arrival := _as_if_delivered(fabric, flow, part)) is not None
    ]
    forward = TraceIndex.of(fabric, onward).trace(0, None)
    back = asker.walk_back(arrivals, onward)
    index = TraceIndex.of(fabric, back)
    total = sum(len(arrival.batch) for arrival in arrivals)
    returning = [step for row in range(total) for step in index.trace(row, None)]
    return SecondWalk(forward, returning)


def _as_if_delivered(fabric: Fabric, flow: FlowBatch, ending: Ending) -> Ending | None:
    """Return where replies would start from; None where nobody knows."""
    if ending.fate is Fate.DELIVERED:
        return None if ending.kind is Kind.AWS_SERVICE else ending
    if ending.fate is Fate.DELIVERED_ELSEWHERE:
        return None
    interface = int(flow.expected[0])
    if interface < 0:
        interface = _holder(fabric, ending.batch)
    if interface == NO_ROW:
        return None
    private = _private_atom(fabric, interface, int(flow.destination[0]))
    columns = fabric.interfaces.columns
    reached = ending.batch.replace(
        destination=private,
        vpc=int(columns.vpc[interface]),
        subnet=int(columns.subnet[interface]),
    )
    component = np.full(len(reached), interface, np.int64)
    return Ending(Fate.DELIVERED, Kind.INTERFACE, component, reached)


def _holder(fabric: Fabric, batch: PacketBatch) -> int:
    """Return the interface that holds the destination of a stopped packet, if any does."""
    book = fabric.book
    first = batch.at(column([0]))
    row = int(book.holder(first.vpc, first.destination)[0])
    if row == NO_ROW:
        row = int(book.public_holder(first.destination)[0])
    return int(book.interface[row]) if row != NO_ROW else NO_ROW


def _private_atom(fabric: Fabric, interface: int, asked: int) -> int:
    """Return the private address at which an interface got what was sent to `asked`."""
    book = fabric.book
    rows = np.flatnonzero(book.interface == interface)
    for row in rows.tolist():
        if int(book.public[row]) == asked:
            return int(book.first_atom[row])
    return asked
