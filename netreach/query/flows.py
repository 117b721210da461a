"""FlowBatch: many questions as columns; `ask` walks them there and back in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from netreach.fabric.addresses import SCOPE_INTERNET
from netreach.fabric.element import (
    FIRST_UNKNOWN,
    MODE_BITS,
    MODES,
    Assumed,
    Ending,
    Fate,
    Kind,
    Passage,
    Stage,
)
from netreach.fabric.fabric import Fabric
from netreach.fabric.sites import Sites
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, column, distinct, filled
from netreach.packets.pool import NOTHING
from netreach.packets.services import ServiceSet
from netreach.query.doors import BY_DOOR, doors_taken
from netreach.query.judge import Judge
from netreach.query.verdict import Outcome, Question, Verdict
from netreach.query.walk import walk

#: Where replies begin that no interface sends.
_RETURN_STAGES: Final = {
    Kind.INTERNET: Stage.INTERNET,
    Kind.SITE: Stage.SITE,
    Kind.LOAD_BALANCER: Stage.BALANCER,
    Kind.ENDPOINT: Stage.ENDPOINT,
}
#: What packets reach at a node of a load balancer; `place` is its interface there.
_BALANCER_KINDS: Final = (Kind.LOAD_BALANCER, Kind.TARGET_GROUP)
#: The columns of Trips that have one value a branch.
_BRANCH_COLUMNS: Final = (
    "flow",
    "verdict",
    "number",
    "forward",
    "forward_fate",
    "return_fate",
    "assumed",
    "returning_row",
    "session",
)
#: How many flows are walked at once where their ways are not kept.
PIECE: Final = 16384
#: An expected receiver that no interface is.
NOBODY: Final = -2
#: Expected receivers that are sites: any one, or from here down site 0, 1 ...
ANY_SITE: Final = -3
ON_SITE: Final = -4
#: The order of verdicts in columns.
VERDICTS: Final = tuple(Verdict)
_TRANSLATING: Final = int(Assumed.TRANSLATES | Assumed.TRANSLATES_ACROSS)
#: From the worst to the best.
_MERIT: Final = (Verdict.UNREACHABLE, Verdict.UNKNOWN, Verdict.PARTIAL, Verdict.REACHABLE)
_CODES: Final = {verdict: number for number, verdict in enumerate(VERDICTS)}


class FlowBatch(Struct, frozen=True):
    """Flows: who sends what to whom; all columns ``(N,)``."""

    #: Interface that sends, NO_ROW for an address that nobody holds and for the internet.
    source_interface: Column
    #: VPC and subnet that it sends from; NO_ROW on the internet.
    vpc: Column
    subnet: Column
    #: Atoms.
    source: Column
    destination: Column
    #: Site that it sends from, NO_ROW for none: then `vpc` is NO_ROW too.
    site: Column
    #: Interface that must receive; NO_ROW where whoever holds the address will do, NOBODY where
    #: no interface would be right.
    expected: Column
    #: The route by which a packet is known to leave its subnet, and where it is asked for, as in
    #: PacketBatch; NO_ROW where the routes alone decide.
    chooser: Column
    choice: Column

    def __len__(self) -> int:
        """Count the flows."""
        return len(self.source)

    @classmethod
    def joined(cls, batches: Sequence[FlowBatch]) -> FlowBatch:
        """Return all flows of several batches."""
        names = cls.__struct_fields__
        return cls(*(np.concatenate([getattr(b, name) for b in batches]) for name in names))

    def at(self, rows: Column) -> FlowBatch:
        """Return the flows at these positions."""
        return FlowBatch(*(getattr(self, name)[rows] for name in self.__struct_fields__))


class Trips(Struct, frozen=True):
    """How every flow's branches ended, one row each.

    A flow has one branch, or one for each NAT address and for each way that may be taken.
    """

    #: Which flow each branch belongs to.
    flow: Column
    #: Index into VERDICTS.
    verdict: Column
    #: Outcome of each branch: ``outcomes[number[i]]``.
    number: Column
    outcomes: Sequence[Outcome]
    #: Bounds id of what got there.
    forward: Column
    #: How each way ended; of the way back Fate.DELIVERED where it was not walked.
    forward_fate: Column
    return_fate: Column
    assumed: Column
    #: The walks, for their steps and sessions.
    onward: Passage
    back: Passage
    #: Branch -> its row number in the return walk, or NO_ROW.
    returning_row: Column
    #: The newest session of each branch where its way there ended.
    session: Column

    def where(self, keep: Mask) -> Trips:
        """Return the branches whose mask is set."""
        columns = {name: getattr(self, name)[keep] for name in _BRANCH_COLUMNS}
        return replace(self, **columns)

    def verdict_of_flow(self, flows: int) -> Column:
        """Return the index into VERDICTS of every flow, its branches combined, ``(flows,)``."""
        seen = np.zeros((len(VERDICTS), flows), bool)
        seen[self.verdict, self.flow] = True
        reachable, partial, unreachable, unknown = (seen[_CODES[v]] for v in VERDICTS)
        result = np.full(flows, _CODES[Verdict.UNREACHABLE], np.int64)
        result[unknown] = _CODES[Verdict.UNKNOWN]
        result[reachable | partial] = _CODES[Verdict.PARTIAL]
        only = reachable & ~partial & ~unreachable & ~unknown
        result[only] = _CODES[Verdict.REACHABLE]
        if (self.assumed & Assumed.EITHER).any():
            differing = seen.sum(axis=0) > 1
            either = np.zeros(flows, bool)
            either[self.flow[(self.assumed & Assumed.EITHER) != 0]] = True
            result[either & differing] = _CODES[Verdict.UNKNOWN]
        return result


class Returned(Struct, frozen=True):
    """How replies ended, one row a reply."""

    row: Column
    replies: Column
    random: Column
    fate: Column
    assumed: Column


class Asker:
    """Asks one question of many flows, batch after batch, over one compiled network."""

    def __init__(
        self,
        fabric: Fabric,
        question: Question,
        *,
        strict: bool = False,
        narrowing: bool = True,
        traced: bool = False,
    ) -> None:
        """Prepare the memo of outcomes; the explaining walk is traced and does not narrow."""
        self.fabric, self.question, self.strict = fabric, question, strict
        self.narrowing, self.traced = narrowing, traced
        self.judge = Judge(fabric, question, strict=strict)

    def ask(self, flows: FlowBatch) -> Trips:
        """Walk the flows there and back."""
        pool = self.fabric.pool
        asked = pool.intern(self.question.services)
        awaited = pool.intern(self.question.replies())
        onward = Passage(
            pool, is_copy=self.question.is_copy, narrowing=self.narrowing, traced=self.traced
        )
        walk(self.fabric, departures(flows, asked), onward)
        endings = [split_misdelivered(ending, flows, onward) for ending in onward.endings]
        ends = PacketBatch.joined([e.batch for pair in endings for e in pair])
        fates = np.concatenate([filled(len(e.batch), e.fate) for pair in endings for e in pair])
        forward = self._forward(ends, fates, onward)
        arrivals = [e for pair in endings for e in pair if e.fate is Fate.DELIVERED]
        back, returned = self._return(arrivals, onward, flows)
        arrived = np.flatnonzero(fates == Fate.DELIVERED)
        returning_row = filled(len(ends), NO_ROW)
        returning_row[arrived] = np.arange(len(arrived))
        branch, fate, replies, random, bits = _joined_ways(len(ends), arrived, returned, awaited)
        assumed = ends.assumed[branch] | bits
        number = self.judge(ends.asked[branch], forward[branch], replies, random, assumed)
        verdict = column([_CODES[outcome.verdict] for outcome in self.judge.outcomes])[number]
        trips = Trips(
            flow=ends.row[branch],
            verdict=verdict,
            number=number,
            outcomes=self.judge.outcomes,
            forward=forward[branch],
            forward_fate=fates[branch],
            return_fate=fate,
            assumed=assumed,
            onward=onward,
            back=back,
            returning_row=returning_row[branch],
            session=ends.session[branch],
        )
        if not (assumed & MODE_BITS).any():
            return trips
        outside = self.fabric.book.scopes(flows.destination) == SCOPE_INTERNET
        return trips.where(_of_best_mode(trips.flow, verdict, assumed, outside))

    def verdicts(self, flows: FlowBatch) -> Column:
        """Return the index into VERDICTS of every flow, ``(N,)``, without keeping their ways.

        Works through the flows in pieces whose columns stay in the processor's cache, so that the
        cost grows with their number and memory does not.
        """
        found = []
        for first in range(0, len(flows), PIECE):
            piece = flows.at(np.arange(first, min(first + PIECE, len(flows))))
            found.append(self.ask(piece).verdict_of_flow(len(piece)))
        return np.concatenate([column([]), *found])

    def _forward(self, ends: PacketBatch, fates: Column, onward: Passage) -> Column:
        """Return what got there: nothing where the way was stopped, maybe where nobody knows."""
        unknown = fates >= FIRST_UNKNOWN
        result = np.where(fates == Fate.DELIVERED, ends.services, NOTHING)
        if unknown.any():
            result[unknown] = self._merely_maybe(ends.services[unknown])
        is_nat64 = self._is_nat64(ends.session, onward)
        if is_nat64.any():
            result = np.where(is_nat64, self.fabric.translation.to_ipv6(result), result)
        is_mapped = (ends.assumed & Assumed.MAPPED) != 0
        if is_mapped.any():
            asked = self.fabric.translation.as_asked(ends.asked, result)
            result = np.where(is_mapped, asked, result)
        return result

    def _is_translated(self, session: Column, onward: Passage) -> Mask:
        return onward.sessions.is_translated(session)

    def _is_nat64(self, session: Column, onward: Passage) -> Mask:
        """Tell which sessions turned IPv6 into IPv4."""
        return self.fabric.book.axis.is_ipv6(onward.sessions.first_nat_source(session))

    def _merely_maybe(self, services: Column) -> Column:
        pool, occurring = self.fabric.pool, distinct(services)
        ids = [pool.intern(ServiceSet.empty(), pool[n].maybe) for n in occurring.tolist()]
        return column(ids)[occurring.searchsorted(services)]

    def _return(
        self, arrivals: Sequence[Ending], onward: Passage, flows: FlowBatch
    ) -> tuple[Passage, Returned | None]:
        back = self.walk_back(() if self.question.is_copy else arrivals, onward)
        if not back.endings:
            return back, None
        flow = np.concatenate([ending.batch.row for ending in arrivals])
        return back, self._arrived(back, flows.at(flow))

    def walk_back(self, arrivals: Sequence[Ending], onward: Passage) -> Passage:
        """Walk the replies to what arrived; their rows count through the arrivals in order.

        The platform's own services answer by the way the question came: no walk.
        """
        awaited = self.fabric.pool.intern(self.question.replies())
        back = Passage(
            self.fabric.pool,
            returning=True,
            narrowing=self.narrowing,
            traced=self.traced,
            replies=filled(sum(len(ending.batch) for ending in arrivals), awaited),
            begun=np.concatenate([column([]), *(ending.batch.session for ending in arrivals)]),
            sessions=onward.sessions,
        )
        batches, first = [], 0
        for ending in arrivals:
            rows = np.arange(first, first + len(ending.batch))
            first += len(ending.batch)
            if ending.kind is not Kind.AWS_SERVICE:
                batches.append(self._departing_replies(ending, rows, onward, back))
        if batches:
            walk(self.fabric, PacketBatch.joined(batches), back)
        return back

    def _arrived(self, back: Passage, asked: FlowBatch) -> Returned:
        """Return how the replies ended; `asked` holds the flow that each reply answers.

        A reply counts only if it comes from the address that was asked, to the one that asked, and
        ends where that one is: several networks may hold its address.
        """
        ends = PacketBatch.joined([ending.batch for ending in back.endings])
        fates = np.concatenate([filled(len(e.batch), e.fate) for e in back.endings])
        flows = asked.at(ends.row)
        foreign = (ends.source != flows.destination) | (ends.destination != flows.source)
        fates[foreign & (fates == Fate.DELIVERED)] = Fate.REPLY_FROM_OTHER_ADDRESS
        strange = np.concatenate(
            [reaches_stranger(e, asked, self.fabric.sites) for e in back.endings]
        )
        fates[strange & (fates == Fate.DELIVERED)] = Fate.DELIVERED_ELSEWHERE
        replies = np.where(fates == Fate.DELIVERED, ends.services, NOTHING)
        unknown = fates >= FIRST_UNKNOWN
        if unknown.any():
            known = self._before_translation(ends.where(unknown), back)
            replies[unknown] = self._merely_maybe(known)
        return Returned(ends.row, replies, ends.random, fates, ends.assumed)

    def _before_translation(self, replies: PacketBatch, back: Passage) -> Column:
        """Return the replies as the client awaits them, of those that no gateway has undone yet."""
        is_nat = self._is_translated(replies.session, back)
        if not is_nat.any():
            return replies.services
        awaited, is_nat64 = back.replies[replies.row], self._is_nat64(replies.session, back)
        undone, _ = self.fabric.translation.undo(replies.services, awaited, is_nat64)
        return np.where(is_nat, undone, replies.services)

    def _departing_replies(
        self, ending: Ending, rows: Column, onward: Passage, back: Passage
    ) -> PacketBatch:
        batch = ending.batch
        is_nat = self._is_translated(batch.session, onward)
        is_nat64 = self._is_nat64(batch.session, onward)
        stage = _RETURN_STAGES.get(ending.kind, Stage.ORIGIN)
        return batch.replace(
            row=rows,
            stage=stage,
            place=NO_ROW if stage is Stage.INTERNET else ending.component,
            source=batch.destination,
            destination=batch.source,
            services=self.fabric.translation.awaited(back.replies[rows], is_nat, is_nat64),
            carrier=NO_ROW,
            assumed=batch.assumed & MODE_BITS,
            hops=0,
        )


def _joined_ways(
    size: int, arrived: Column, returned: Returned | None, awaited: int
) -> tuple[Column, Column, Column, Column, Column]:
    """Join ways there with ways back; a way there whose replies part has a row for each of them.

    Returns the positions of the ways there, and per row the fate, replies, random protocols and
    assumptions of the way back. Where none was walked, all replies count as arrived.
    """
    if returned is None:
        rows = np.arange(size)
        return (
            rows,
            filled(size, Fate.DELIVERED),
            filled(size, awaited),
            filled(size, NOTHING),
            filled(size, 0),
        )
    answered = np.zeros(size, bool)
    walked = arrived[returned.row]
    answered[walked] = True
    alone = np.flatnonzero(~answered)
    rest = len(alone)
    return (
        np.concatenate([alone, walked]),
        np.concatenate([filled(rest, Fate.DELIVERED), returned.fate]),
        np.concatenate([filled(rest, awaited), returned.replies]),
        np.concatenate([filled(rest, NOTHING), returned.random]),
        np.concatenate([filled(rest, 0), returned.assumed]),
    )


def _of_best_mode(flow: Column, verdict: Column, assumed: Column, outside: Mask) -> Mask:
    """Keep of each flow the branches on which appliances do what serves it best.

    What an appliance does with a packet is its own setting: like all that hosts do, it lies outside
    the model. Branches that met no appliance always stay. Where nothing works, translation is told
    of flows that lead `outside`, to the internet, and passing on of all others.
    """
    flows = len(outside)
    modes = assumed & MODE_BITS
    merit = column([_MERIT.index(VERDICTS[code]) for code in range(len(VERDICTS))])[verdict]
    # of a mode the worst branch counts, of all modes the best one
    scores = np.full((len(MODES), flows), -1, np.int64)
    for number, mode in enumerate(MODES):
        chosen = modes == int(mode)
        worst = np.full(flows, len(_MERIT), np.int64)
        np.minimum.at(worst, flow[chosen], merit[chosen])
        liked = outside == bool(mode & _TRANSLATING)
        scores[number] = np.where(worst == len(_MERIT), -1, 2 * worst + liked)
    best = column([int(mode) for mode in MODES])[scores.argmax(axis=0)]
    keep: Mask = (modes == 0) | (modes == best[flow])
    return keep


def departures(flows: FlowBatch, asked: int) -> PacketBatch:
    """Return the packets with which flows begin, each carrying the asked set of services."""
    outside = flows.vpc == NO_ROW
    on_site = flows.site != NO_ROW
    unheld = (flows.source_interface == NO_ROW) & ~outside
    return PacketBatch.of(
        len(flows),
        row=np.arange(len(flows)),
        stage=np.where(on_site, Stage.SITE, np.where(outside, Stage.INTERNET, Stage.ORIGIN)),
        place=np.where(on_site, flows.site, flows.source_interface),
        vpc=flows.vpc,
        subnet=flows.subnet,
        source=flows.source,
        destination=flows.destination,
        carrier=flows.source_interface,
        asked=asked,
        services=asked,
        session=NO_ROW,
        assumed=np.where(unheld, int(Assumed.NO_GROUPS), 0),
        random=NOTHING,
        chooser=flows.chooser,
        choice=flows.choice,
    )


def reaches_stranger(ending: Ending, asked: FlowBatch, sites: Sites) -> Mask:
    """Tell which replies end with another than the client; rows of `asked` are theirs.

    Sites that hold the same addresses are one network with two gateways.
    """
    flows = asked.at(ending.batch.row)
    if ending.kind is Kind.INTERFACE:
        strange: Mask = ending.component != flows.source_interface
    elif ending.kind is Kind.SITE:
        held = sites.holds.lookup(ending.component, ending.batch.destination) != 0
        strange = (flows.site == NO_ROW) | ((ending.component != flows.site) & ~held)
    elif ending.kind is Kind.INTERNET:
        strange = (flows.vpc != NO_ROW) | (flows.site != NO_ROW)
    else:  # an address that nobody holds, in some subnet
        strange = (flows.source_interface != NO_ROW) | (ending.batch.vpc != flows.vpc)
    return strange


def split_misdelivered(ending: Ending, flows: FlowBatch, onward: Passage) -> tuple[Ending, ...]:
    """Split what reached another than the one asked for from what reached it."""
    not_modelled = ending.fate >= FIRST_UNKNOWN and ending.kind is Kind.INTERFACE
    at_balancer = ending.fate >= FIRST_UNKNOWN and ending.kind in _BALANCER_KINDS
    if ending.fate is not Fate.DELIVERED and not not_modelled and not at_balancer:
        return (ending,)
    received = filled(len(ending.batch), NO_ROW)
    if ending.kind is Kind.INTERFACE:
        received = ending.component
    elif ending.kind in _BALANCER_KINDS:
        received = ending.batch.place
    # behind a balancer it is the node that was asked, behind PrivateLink the endpoint
    front = onward.sessions.first_front(ending.batch.session)
    received = np.where(front == NO_ROW, received, front)
    expected = flows.expected[ending.batch.row]
    wrong: Mask = (expected != NO_ROW) & (expected != received)
    if ending.kind is Kind.SITE:
        wrong &= (expected != ANY_SITE) & (expected != ON_SITE - ending.component)
    by_door = expected <= BY_DOOR
    if by_door.any():
        wrong = np.where(by_door, expected != doors_taken(ending, onward), wrong)
    if not_modelled:  # what a route sends to an appliance has not arrived anywhere yet
        wrong &= ending.batch.stage == Stage.DELIVER
    if not wrong.any():
        return (ending,)
    right = ~wrong
    parts = (
        Ending(ending.fate, ending.kind, ending.component[right], ending.batch.where(right)),
        Ending(
            Fate.DELIVERED_ELSEWHERE,
            ending.kind,
            ending.component[wrong],
            ending.batch.where(wrong),
        ),
    )
    return tuple(part for part in parts if len(part.batch))
