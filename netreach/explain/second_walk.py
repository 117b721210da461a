"""The second walk: the asked set kept whole, denials recorded, so that later blockers show too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from netreach.explain.traces import PacketStep, TraceIndex
from netreach.fabric.addresses import SCOPE_INTERNET
from netreach.fabric.element import Ending, Passage
from netreach.fabric.fabric import Fabric
from netreach.fabric.vocabulary import FIRST_UNKNOWN, MODE_BITS, MODES, Fate, Kind
from netreach.packets.batch import NO_ROW, PacketBatch, column
from netreach.packets.pool import NOTHING
from netreach.query.flow_batch import FlowBatch, departures
from netreach.query.flows import Asker
from netreach.query.receivers import AT_RECEIVER, reaches_stranger, split_misdelivered
from netreach.query.verdict import Question
from netreach.query.walk import walk

if TYPE_CHECKING:
    from netreach.query.through import Towards

#: Ends of ways that nobody would have answered, though somebody holds the address.
_UNANSWERED: Final = (
    Fate.DELIVERED_ELSEWHERE,
    Fate.NGW_NO_SESSION,
    Fate.ROUTING_LOOP,
    Fate.ELBV2_LISTENERS_MISMATCH,
    Fate.ELBV2_LISTENER_HAS_NO_TG,
    Fate.ELBV2_NO_TARGETS_IN_AZ,
    Fate.ELBV2_SOURCE_ADDRESS_PRESERVATION,
    Fate.ELB_LISTENERS_MISMATCH,
    Fate.ELB_INSTALLED_AZ_RESTRICTION,
    Fate.ELB_NOT_CROSSZONE,
    Fate.VPCE_SERVICE_NOT_INSTALLED_IN_AZ,
)


#: Kinds of components whose rows are interfaces: a balancer's are its nodes.
_HOLDERS: Final = (Kind.INTERFACE, Kind.LOAD_BALANCER)
#: What may stand before the one that answers: a balancer's node, an endpoint.
_FRONTS: Final = (Kind.LOAD_BALANCER, Kind.ENDPOINT)
_BALANCER_KINDS: Final = (Kind.LOAD_BALANCER, Kind.TARGET_GROUP)


class SecondWalk(NamedTuple):
    """Every step that one flow would take, there and back."""

    forward: list[PacketStep]
    returning: list[PacketStep]


def walk_again(
    fabric: Fabric,
    question: Question,
    flow: FlowBatch,
    towards: Towards | None = None,
    *,
    mode: int = 0,
) -> SecondWalk:
    """Walk one flow without narrowing.

    Where routing stops it, the way back is walked as if it had been delivered, if the snapshot
    holds the destination. Of ways over balancers those `towards` one target are told, if given; of
    ways over appliances those on which they do what `mode` says, the bit of `Assumed`.
    """
    asker = Asker(fabric, question, narrowing=False, traced=True)
    onward = Passage(
        fabric.pool,
        is_copy=question.is_copy,
        narrowing=False,
        traced=True,
        clients=fabric.pool.intern(question.replies()),
    )
    walk(fabric, departures(flow, fabric.pool.intern(question.services)), onward)
    arrivals: list[Ending] = []
    repliers: list[int] = []
    answers_truly: list[bool] = []  # for each reply: it answers what did arrive
    modes = _modes_of(onward.endings)
    if not mode and len(modes) > 1:  # the deciding walk ended before the first appliance
        ways = [walk_again(fabric, question, flow, towards, mode=each) for each in modes]
        return min(ways, key=_trouble)
    endings = _in_mode(onward.endings, mode)
    sessions = _sessions_of(endings, fabric, onward) if mode else None
    if towards:
        endings, sessions = towards.endings(onward.endings, onward), towards.sessions(onward)
    parts = [p for ending in endings for p in split_misdelivered(ending, flow, onward)]
    for part in _carried(parts) if question.replies() else ():
        arrival = _as_if_delivered(fabric, flow, part, onward)
        if arrival is not None:
            arrivals.append(arrival)
            repliers += arrival.component.tolist()
            answers_truly += [arrival is part] * len(part.batch)
    there = _up_to_strangers(fabric, onward, sessions, parts)
    index = TraceIndex.of(fabric, asker.walk_back(arrivals, onward))
    strangers = _receivers(parts, wrongly=True) - _receivers(parts, wrongly=False)
    forward = [_told_elsewhere(step, strangers) for step in there]
    client = int(flow.source_interface[0])
    returning = [
        _told_from_other(fabric, flow, step) if is_true else step
        for row, (replier, is_true) in enumerate(zip(repliers, answers_truly, strict=True))
        for step in index.trace(row, None)
        if not _is_strange(fabric, step, {client, replier}, is_true=is_true)
    ]
    return SecondWalk(_without_strangers(fabric, flow, forward), returning)


def _carried(parts: list[Ending]) -> Iterator[Ending]:
    """Yield what got there, or would have; of what NAT64 has no IPv4 for there is nothing left."""
    for part in parts:
        lives = part.batch.services != NOTHING
        if lives.all():
            yield part
        elif lives.any():
            yield Ending(part.fate, part.kind, part.component[lives], part.batch.where(lives))


def _up_to_strangers(
    fabric: Fabric, onward: Passage, sessions: frozenset[int] | None, parts: list[Ending]
) -> list[PacketStep]:
    """Return the steps there; what a balancer does that was not the one asked for is left out."""
    every = np.arange(NO_ROW, onward.sessions.size)
    fronts = onward.sessions.first_front(every)
    strange = {
        front
        for part in parts
        if part.fate is Fate.DELIVERED_ELSEWHERE
        for front in onward.sessions.first_front(part.batch.session).tolist()
    }
    beyond = np.isin(fronts, list(strange - {NO_ROW}))
    index = TraceIndex.of(fabric, onward)
    if not beyond.any():
        return index.trace(0, sessions)
    near, far = (frozenset(every[mask].tolist()) for mask in (~beyond, beyond))
    if sessions is not None:
        near, far = near & sessions, far & sessions
    entries = [
        step._replace(fate=Fate.DELIVERED_ELSEWHERE)
        for step in index.trace(0, far)
        if step.kind in _FRONTS
    ]
    return [*index.trace(0, near), *entries[:1]]


def _modes_of(endings: list[Ending]) -> list[int]:
    """Return what appliances do on the ways of one flow."""
    bits = {bit for e in endings for bit in (e.batch.assumed & MODE_BITS).tolist()} - {0}
    ways = {frozenset(b for b in bits if b & mode): int(mode) for mode in reversed(MODES)}
    return sorted(mode for way, mode in ways.items() if way)


def _trouble(way: SecondWalk) -> int:
    """Count what stands in the way, a state that is met twice once."""
    steps = (*way.forward, *way.returning)
    states = {(step.kind, step.row) for step in steps if step.fate is Fate.BAD_STATE}
    stops = [step for step in steps if step.fate not in (None, Fate.DELIVERED, Fate.BAD_STATE)]
    return len(states) + len(stops) + sum(bool(step.denied) for step in steps)


def _in_mode(endings: list[Ending], mode: int) -> list[Ending]:
    """Leave out the ways on which appliances do something else [decision 6]."""
    if not mode:
        return endings
    found = []
    for ending in endings:
        bits = ending.batch.assumed & MODE_BITS
        right = (bits == 0) | ((bits & mode) != 0)
        if right.any():
            batch = ending.batch.where(right)
            found.append(Ending(ending.fate, ending.kind, ending.component[right], batch))
    return found


def _sessions_of(endings: list[Ending], fabric: Fabric, onward: Passage) -> frozenset[int]:
    index = TraceIndex.of(fabric, onward)
    newest = {session for ending in endings for session in ending.batch.session.tolist()}
    return frozenset().union(*(index.lineage(session) for session in newest))


def _is_strange(fabric: Fabric, step: PacketStep, ends: set[int], *, is_true: bool) -> bool:
    """Tell whether a step of a reply says only that somebody else than the client would get it.

    A reply that is only supposed to be sent may find nobody, or another, at the client's address.
    """
    if step.fate is Fate.ADDRESS_NOT_HELD:
        return not is_true
    if step.fate is not Fate.BAD_STATE or step.kind is not Kind.INTERFACE:
        return False
    # an appliance on the way holds neither address: its state does stand in the way
    book, vpc = fabric.book, column([step.vpc])
    holder = int(book.interface[book.holder(vpc, column([step.destination]))][0])
    return step.row not in ends and step.row == holder


def _receivers(parts: list[Ending], *, wrongly: bool) -> set[tuple[Kind, int]]:
    """Return where ways end that reach another than the one asked for, or that do not."""
    return {
        (part.kind, row)
        for part in parts
        if (part.fate is Fate.DELIVERED_ELSEWHERE) == wrongly
        for row in part.component.tolist()
    }


def _told_elsewhere(step: PacketStep, strangers: set[tuple[Kind, int]]) -> PacketStep:
    """Return a step with the fate that it has where another than the one asked for is reached."""
    ends = step.fate is not None and (
        step.fate in AT_RECEIVER
        or step.fate >= FIRST_UNKNOWN
        or step.kind in (*_BALANCER_KINDS, Kind.ENDPOINT)
    )
    is_strange = ends and (step.kind, step.row) in strangers
    return step._replace(fate=Fate.DELIVERED_ELSEWHERE) if is_strange else step


def _told_from_other(fabric: Fabric, flow: FlowBatch, step: PacketStep) -> PacketStep:
    """Return a step with the fate that it has where a reply is not what the client awaits."""
    if step.fate is not Fate.DELIVERED:
        return step
    is_strange = _is_stranger(fabric, flow, step)
    if (step.source, step.destination) != (int(flow.destination[0]), int(flow.source[0])):
        is_lost = is_strange and step.kind is Kind.SUBNET  # meant for a gateway that is not there
        fate = Fate.ADDRESS_NOT_HELD if is_lost else Fate.REPLY_FROM_OTHER_ADDRESS
        return step._replace(fate=fate)
    return step._replace(fate=Fate.DELIVERED_ELSEWHERE) if is_strange else step


def _is_stranger(fabric: Fabric, flow: FlowBatch, step: PacketStep) -> bool:
    """Tell whether a reply ends with another than the client."""
    reached = PacketBatch.of(1, row=0, vpc=step.vpc, destination=step.destination)
    ending = Ending(Fate.DELIVERED, step.kind, column([step.row]), reached)
    return bool(reaches_stranger(ending, flow, fabric.sites)[0])


def _without_strangers(
    fabric: Fabric, flow: FlowBatch, steps: list[PacketStep]
) -> list[PacketStep]:
    """Leave out the filters and the state of whoever wrongly receives: nobody wants those mended.

    What the sender's own host takes for itself meets no filter at all [LAB-8].
    """
    strangers = {
        step.row
        for step in steps
        if step.fate is Fate.DELIVERED_ELSEWHERE and step.kind in _HOLDERS
    }
    strangers |= _doors_of(fabric, steps)
    if any(_are_one_host(fabric, int(flow.source_interface[0]), row) for row in strangers):
        return [step for step in steps if step.passes is None]
    doors = set(fabric.endpoints.of_interface[sorted(strangers)].tolist()) - {NO_ROW}
    # the sender's own state stands in the first two steps, should it be the same interface
    return [
        step
        for number, step in enumerate(steps)
        if (number < 2 and step.kind is Kind.INTERFACE) or not _is_at(strangers, doors, step)
    ]


def _doors_of(fabric: Fabric, steps: list[PacketStep]) -> set[int]:
    """Return the interfaces of the endpoints that wrongly receive, before a provider's balancer."""
    astray = [
        step.row
        for step in steps
        if step.fate is Fate.DELIVERED_ELSEWHERE and step.kind is Kind.ENDPOINT
    ]
    return set(np.flatnonzero(np.isin(fabric.endpoints.of_interface, astray)).tolist())


def _are_one_host(fabric: Fabric, one: int, other: int) -> bool:
    """Tell whether two interfaces are one host's."""
    if one == NO_ROW:
        return False
    records = list(fabric.snapshot.interfaces.values())
    instance = records[one].instance
    return one == other or (bool(instance) and records[other].instance == instance)


def _is_at(interfaces: set[int], endpoints: set[int], step: PacketStep) -> bool:
    """Tell whether a step is what these interfaces and endpoints say of what they receive."""
    if step.kind is Kind.ENDPOINT:
        return step.row in endpoints and step.fate is not Fate.DELIVERED_ELSEWHERE
    groups = step.kind is Kind.GROUP_SET and step.ingress
    state = step.kind is Kind.INTERFACE and step.fate is Fate.BAD_STATE
    return (groups or state) and step.row in interfaces


def _is_unseen_client(fabric: Fabric, flow: FlowBatch, ending: Ending) -> bool:
    """Tell whether nobody knows as whom a VPN client's packet would have come in."""
    clients = set(fabric.client_vpns.site.tolist()) - {NO_ROW}
    return int(flow.site[0]) in clients and ending.kind in (Kind.SITE, Kind.SITE_LINK)


def _as_if_delivered(
    fabric: Fabric, flow: FlowBatch, ending: Ending, onward: Passage
) -> Ending | None:
    """Return where replies would start from; None where nobody knows, or nobody would reply."""
    if ending.fate is Fate.DELIVERED:
        return None if ending.kind is Kind.AWS_SERVICE else ending
    if ending.fate in _UNANSWERED or _is_unseen_client(fabric, flow, ending):
        return None
    book, first = fabric.book, ending.batch.at(column([0]))
    is_behind = int(onward.sessions.first_front(first.session)[0]) != NO_ROW
    row = _holding_row(fabric, NO_ROW if is_behind else int(flow.expected[0]), first)
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
    if expected >= 0:
        vpcs = fabric.interfaces.columns.vpc[[expected]]
    row = int(book.holder(vpcs, packet.destination)[0])
    return row if row != NO_ROW else int(book.public_holder(packet.destination)[0])
