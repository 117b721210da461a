"""The second walk: the asked set kept whole, denials recorded, so that later blockers show too."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from netreach.explain.traces import PacketStep, TraceIndex
from netreach.fabric.addresses import SCOPE_INTERNET
from netreach.fabric.element import Ending, Fate, Kind, Passage
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, PacketBatch, column
from netreach.query.flows import (
    Asker,
    FlowBatch,
    departures,
    reaches_stranger,
    split_misdelivered,
)
from netreach.query.verdict import Question
from netreach.query.walk import walk

#: Ends of ways that nobody would have answered, though somebody holds the address.
_UNANSWERED: Final = (Fate.DELIVERED_ELSEWHERE, Fate.NGW_NO_SESSION, Fate.ROUTING_LOOP)


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
    arrivals: list[Ending] = []
    answers_truly: list[bool] = []  # for each reply: it answers what did arrive
    for ending in onward.endings if question.replies() else ():
        for part in split_misdelivered(ending, flow):
            arrival = _as_if_delivered(fabric, flow, part)
            if arrival is not None:
                arrivals.append(arrival)
                answers_truly += [arrival is part] * len(part.batch)
    there = TraceIndex.of(fabric, onward).trace(0, None)
    index = TraceIndex.of(fabric, asker.walk_back(arrivals, onward))
    forward = [_told_elsewhere(fabric, flow, step) for step in there]
    returning = [
        _told_from_other(flow, step) if is_true else step
        for row, is_true in enumerate(answers_truly)
        for step in index.trace(row, None)
        # where it was only supposed to arrive, the client may be found in another VPC
        if is_true or step.fate is not Fate.ADDRESS_NOT_HELD
    ]
    return SecondWalk(_without_strangers(fabric, flow, forward), returning)


def _told_elsewhere(fabric: Fabric, flow: FlowBatch, step: PacketStep) -> PacketStep:
    """Return a step with the fate that it has where another than the one asked for is reached."""
    expected = int(flow.expected[0])
    reached = step.fate is Fate.DELIVERED or _is_unmodelled_end(fabric, step)
    is_right = step.kind is Kind.INTERFACE and step.row == expected
    if expected == NO_ROW or not reached or is_right:
        return step
    return step._replace(fate=Fate.DELIVERED_ELSEWHERE)


def _is_unmodelled_end(fabric: Fabric, step: PacketStep) -> bool:
    """Tell whether a step ends at an interface that holds the destination, but is not modelled."""
    if step.fate is not Fate.NOT_MODELLED or step.kind is not Kind.INTERFACE:
        return False
    row = int(fabric.book.holder(column([step.vpc]), column([step.destination]))[0])
    return row != NO_ROW and int(fabric.book.interface[row]) == step.row


def _told_from_other(flow: FlowBatch, step: PacketStep) -> PacketStep:
    """Return a step with the fate that it has where a reply is not what the client awaits."""
    ends = (int(flow.destination[0]), int(flow.source[0]))
    if step.fate is not Fate.DELIVERED:
        return step
    if (step.source, step.destination) != ends:
        return step._replace(fate=Fate.REPLY_FROM_OTHER_ADDRESS)
    return step._replace(fate=Fate.DELIVERED_ELSEWHERE) if _is_stranger(flow, step) else step


def _is_stranger(flow: FlowBatch, step: PacketStep) -> bool:
    """Tell whether a reply ends with another than the client."""
    reached = PacketBatch.of(1, row=0, vpc=step.vpc)
    ending = Ending(Fate.DELIVERED, step.kind, column([step.row]), reached)
    return bool(reaches_stranger(ending, flow)[0])


def _without_strangers(
    fabric: Fabric, flow: FlowBatch, steps: list[PacketStep]
) -> list[PacketStep]:
    """Leave out the groups and the state of whoever wrongly receives: nobody wants those mended.

    What the sender's own host takes for itself meets no filter at all [LAB-8].
    """
    strangers = {
        step.row
        for step in steps
        if step.fate is Fate.DELIVERED_ELSEWHERE and step.kind is Kind.INTERFACE
    }
    if any(_are_one_host(fabric, int(flow.source_interface[0]), row) for row in strangers):
        return [step for step in steps if step.passes is None]
    sent = steps[:2]  # where the sender's own state stands, should it be the same interface
    return sent + [step for step in steps[2:] if not _is_at(strangers, step)]


def _are_one_host(fabric: Fabric, one: int, other: int) -> bool:
    """Tell whether two interfaces are one host's."""
    if one == NO_ROW:
        return False
    records = list(fabric.snapshot.interfaces.values())
    instance = records[one].instance
    return one == other or (bool(instance) and records[other].instance == instance)


def _is_at(interfaces: set[int], step: PacketStep) -> bool:
    """Tell whether a step is what the groups or the state of these interfaces say on the way in."""
    groups = step.kind is Kind.GROUP_SET and step.ingress
    state = step.kind is Kind.INTERFACE and step.fate is Fate.BAD_STATE
    return (groups or state) and step.row in interfaces


def _as_if_delivered(fabric: Fabric, flow: FlowBatch, ending: Ending) -> Ending | None:
    """Return where replies would start from; None where nobody knows, or nobody would reply."""
    if ending.fate is Fate.DELIVERED:
        return None if ending.kind is Kind.AWS_SERVICE else ending
    if ending.fate in _UNANSWERED:
        return None
    book, first = fabric.book, ending.batch.at(column([0]))
    row = _holding_row(fabric, int(flow.expected[0]), first)
    if row == NO_ROW:
        return None
    interface = int(book.interface[row])
    columns = fabric.interfaces.columns
    if interface == NO_ROW or bool(columns.is_nat[interface]):  # which answers nobody
        return None
    private = first.destination
    if int(book.public[row]) == int(private[0]):
        if int(book.scopes(first.source)[0]) != SCOPE_INTERNET:
            return None  # nobody knows as whom the packet would have come out
        private = book.first_atom[[row]]
    reached = ending.batch.replace(
        destination=int(private[0]),
        vpc=int(columns.vpc[interface]),
        subnet=int(columns.subnet[interface]),
    )
    component = np.full(len(reached), interface, np.int64)
    return Ending(Fate.DELIVERED, Kind.INTERFACE, component, reached)


def _holding_row(fabric: Fabric, expected: int, packet: PacketBatch) -> int:
    """Return the row of the address at which the stopped packet would have been received."""
    book = fabric.book
    vpcs = packet.vpc
    if expected != NO_ROW:
        vpcs = fabric.interfaces.columns.vpc[[expected]]
    row = int(book.holder(vpcs, packet.destination)[0])
    return row if row != NO_ROW else int(book.public_holder(packet.destination)[0])
