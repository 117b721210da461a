"""Asker: walks many flows there and back in one batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from netreach.fabric.addresses import SCOPE_INTERNET
from netreach.fabric.element import Ending, Passage
from netreach.fabric.fabric import Fabric
from netreach.fabric.ports_read import uncoupled
from netreach.fabric.vocabulary import FIRST_UNKNOWN, MODE_BITS, Assumed, Fate, Kind, Stage
from netreach.fabric.worlds import WORLD_SHIFT, with_return
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, column, distinct, filled
from netreach.packets.pool import FREE, NOTHING
from netreach.packets.services import ServiceSet
from netreach.query.flow_batch import FlowBatch, departures
from netreach.query.judge import Judge
from netreach.query.receivers import reaches_stranger, split_misdelivered
from netreach.query.trips import CODES, Returned, Trips, Ways, of_best_mode
from netreach.query.verdict import Question
from netreach.query.walk import walk

#: Where replies begin that no interface sends.
_RETURN_STAGES: Final = {
    Kind.INTERNET: Stage.INTERNET,
    Kind.SITE: Stage.SITE,
    Kind.LOAD_BALANCER: Stage.BALANCER,
    Kind.ENDPOINT: Stage.ENDPOINT,
}
#: What replies go on with of what was assumed on the way there: of appliances, and in what world.
_GOING_ON: Final = MODE_BITS | (-1 << WORLD_SHIFT)
#: How many flows are walked at once where their ways are not kept.
PIECE: Final = 16384
#: Sees the packets that are on their way, and the rows of the flows that they belong to.
WayWatch = Callable[[PacketBatch, Column], None]


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
        """Walk the flows there and back, and judge what became of them."""
        ways = self.ways(flows)
        number = self.judge(ways)
        verdict = column([CODES[outcome.verdict] for outcome in self.judge.outcomes])[number]
        trips = Trips(
            flow=ways.ends.row,
            verdict=verdict,
            number=number,
            outcomes=self.judge.outcomes,
            forward=ways.forward,
            forward_fate=ways.forward_fate,
            return_fate=ways.return_fate,
            assumed=ways.assumed,
            onward=ways.onward,
            back=ways.back,
            returning_row=ways.returning_row,
            session=ways.ends.session,
            worlds=ways.onward.worlds,
        )
        if not (ways.assumed & MODE_BITS).any():
            return trips
        outside = self.fabric.book.scopes(flows.destination) == SCOPE_INTERNET
        return trips.where(of_best_mode(trips, outside))

    def ways(
        self, flows: FlowBatch, *, defers_groups: bool = False, watch: WayWatch | None = None
    ) -> Ways:
        """Walk the flows there and back; `watch` sees the packets, and the flows they belong to."""
        pool = self.fabric.pool
        asked = pool.intern(self.question.services)
        awaited = pool.intern(self.question.replies())
        onward = Passage(
            pool,
            is_copy=self.question.is_copy,
            narrowing=self.narrowing,
            traced=self.traced,
            defers_groups=defers_groups,
            clients=awaited,
        )
        look = None if watch is None else partial(_look, watch, None)
        walk(self.fabric, departures(flows, asked), onward, look)
        endings = [split_misdelivered(ending, flows, onward) for ending in onward.endings]
        ends = PacketBatch.joined([e.batch for pair in endings for e in pair])
        fates = np.concatenate([filled(len(e.batch), e.fate) for pair in endings for e in pair])
        forward = self._forward(ends, fates, onward)
        arrivals = [e for pair in endings for e in pair if e.fate is Fate.DELIVERED]
        back, returned = self._return(arrivals, onward, flows, watch)
        arrived = np.flatnonzero(fates == Fate.DELIVERED)
        returning_row = filled(len(ends), NO_ROW)
        returning_row[arrived] = np.arange(len(arrived))
        branch, fate, replies, random, bits, coupling = _joined_ways(
            len(ends), arrived, returned, awaited
        )
        return Ways(
            ends=ends.at(branch),
            forward=forward[branch],
            replies=replies,
            random=random,
            coupling=coupling,
            forward_fate=fates[branch],
            return_fate=fate,
            assumed=with_return(ends.assumed[branch], bits),
            onward=onward,
            back=back,
            returning_row=returning_row[branch],
        )

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
        self,
        arrivals: Sequence[Ending],
        onward: Passage,
        flows: FlowBatch,
        watch: WayWatch | None,
    ) -> tuple[Passage, Returned | None]:
        back = self.walk_back(() if self.question.is_copy else arrivals, onward, watch)
        if not back.endings:
            return back, None
        flow = np.concatenate([ending.batch.row for ending in arrivals])
        return back, self._arrived(back, flows.at(flow))

    def walk_back(
        self, arrivals: Sequence[Ending], onward: Passage, watch: WayWatch | None = None
    ) -> Passage:
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
            asked=np.concatenate([column([]), *(ending.batch.asked for ending in arrivals)]),
            sessions=onward.sessions,
            worlds=onward.worlds,
        )
        batches, first = [], 0
        for ending in arrivals:
            rows = np.arange(first, first + len(ending.batch))
            first += len(ending.batch)
            if ending.kind is not Kind.AWS_SERVICE:
                batches.append(self._departing_replies(ending, rows, onward, back))
        if batches:
            look = None
            if watch is not None:
                flow = np.concatenate([ending.batch.row for ending in arrivals])
                look = partial(_look, watch, flow)
            walk(self.fabric, PacketBatch.joined(batches), back, look)
        return back

    def _arrived(self, back: Passage, asked: FlowBatch) -> Returned:
        """Return how the replies ended; `asked` holds the flow that each reply answers.

        A reply counts only if it comes from the address that was asked, to the one that asked, and
        ends where that one is: several networks may hold its address.
        """
        ends = PacketBatch.joined([ending.batch for ending in back.endings])
        fates = np.concatenate([filled(len(e.batch), e.fate) for e in back.endings])
        flows = asked.at(ends.row)
        lost = np.concatenate([filled(len(e.batch), e.kind is Kind.SUBNET) for e in back.endings])
        foreign = (ends.source != flows.destination) | (ends.destination != flows.source)
        strange = np.concatenate(
            [reaches_stranger(e, asked, self.fabric.sites) for e in back.endings]
        )
        for wrong, fate in (
            (strange & foreign & (lost != 0), Fate.ADDRESS_NOT_HELD),
            (foreign, Fate.REPLY_FROM_OTHER_ADDRESS),
            (strange, Fate.DELIVERED_ELSEWHERE),
        ):
            fates[wrong & (fates == Fate.DELIVERED)] = fate
        replies = np.where(fates == Fate.DELIVERED, ends.services, NOTHING)
        unknown = fates >= FIRST_UNKNOWN
        coupling = np.where(unknown, FREE, ends.coupling)  # it may be of a gateway's own ports
        if unknown.any():
            known = self._before_translation(ends.where(unknown), back)
            replies[unknown] = self._merely_maybe(known)
        return Returned(ends.row, replies, ends.random, fates, ends.assumed, coupling)

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
        replies = batch.replace(
            row=rows,
            stage=stage,
            place=NO_ROW if stage is Stage.INTERNET else ending.component,
            source=batch.destination,
            destination=batch.source,
            asked=batch.services,
            services=self.fabric.translation.awaited(back.replies[rows], is_nat, is_nat64),
            carrier=NO_ROW,
            assumed=batch.assumed & _GOING_ON,
            hops=0,
        )
        return uncoupled(replies, self.fabric.pool)


def _look(watch: WayWatch, flow: Column | None, moving: PacketBatch) -> None:
    watch(moving, moving.row if flow is None else flow[moving.row])


def _joined_ways(
    size: int, arrived: Column, returned: Returned | None, awaited: int
) -> tuple[Column, Column, Column, Column, Column, Column]:
    """Join ways there with ways back; a way there whose replies part has a row for each of them.

    Returns the positions of the ways there, and per row the fate, replies, what fails at random,
    assumptions and coupling of the way back. Where none was walked, all replies count as arrived.
    """
    if returned is None:
        rows = np.arange(size)
        return (
            rows,
            filled(size, Fate.DELIVERED),
            filled(size, awaited),
            filled(size, NOTHING),
            filled(size, 0),
            filled(size, FREE),
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
        np.concatenate([filled(rest, FREE), returned.coupling]),
    )
