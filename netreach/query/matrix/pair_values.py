"""What every pair comes to, numbered: the way between two lanes, narrowed by both ends' groups.

Many pairs come to the same, so a matrix holds small integers and judges each of them once, for
whatever services are asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from netreach.fabric.vocabulary import STRICT_BITS
from netreach.fabric.worlds import World
from netreach.packets.batch import Column, column, distinct
from netreach.packets.couplings import WITH_PORTS
from netreach.packets.pool import NOTHING, Bounds, PairMemo, ServicePool
from netreach.packets.prefixes import Family
from netreach.packets.services import ServiceSet
from netreach.query.matrix.lane_ways import NOWHERE, SINGLY, LaneWay
from netreach.query.verdict import Question, Verdict, combined, judge
from netreach.query.worlds import InWorld, verdict_in_all

#: The number of what is to be asked one by one.
ASK: Final = 0


class Arrived(NamedTuple):
    """One branch after all filters; ids are the pool's."""

    forward: int
    replies: int
    random: int
    assumed: int
    #: What is supposed on it, beside others of the same flow.
    world: World = ()


#: All branches of the flow of one family; None where the ends do not share it.
FlowValue = tuple[Arrived, ...] | None


#: One branch by value: what gets there, comes back and fails at random, what was assumed, supposed.
BranchByValue = tuple[Bounds, Bounds, Bounds, int, World]
#: All branches of one flow by value.
FlowByValue = tuple[BranchByValue, ...] | None


class Fared(NamedTuple):
    """What became of a pair."""

    verdict: Verdict
    #: The services that make the round trip, surely.
    services: ServiceSet
    #: The client ports whose replies come back, as replies to them.
    replies: ServiceSet


def fared(verdict: Verdict, services: ServiceSet, replies: ServiceSet) -> Fared:
    """Return what became of a pair; of the replies those count that come to client ports."""
    return Fared(verdict, services, replies & WITH_PORTS)


#: What a pair came to, in words that every process understands: the flows of IPv4 and of IPv6,
#: or what asking singly found; None: that the ends share no family.
PairByValue = Fared | tuple[FlowByValue, FlowByValue] | None

NO_COMMON_FAMILY: Final = Fared(Verdict.UNREACHABLE, ServiceSet.empty(), ServiceSet.empty())


class PairValues:
    """Numbers what pairs come to, and judges each number once per question."""

    def __init__(self, pool: ServicePool, asked: Question, ways: list[LaneWay]) -> None:
        """Take the ways of both families: they must be numbered alike."""
        self._pool, self.asked, self._ways = pool, asked, ways
        self._ingress: list[tuple[int, int]] = [(NOTHING, NOTHING)]
        self._groups: list[tuple[int, int]] = [(NOTHING, 0)]
        self._flows: list[FlowValue] = [None, None]
        self._known: dict[FlowValue, int] = {None: 1}
        #: By number: the flows of IPv4 and of IPv6, or what asking singly found.
        self.pairs: list[tuple[int, int] | Fared] = [NO_COMMON_FAMILY]
        self._fared: dict[tuple[bool, Fared], int] = {}
        self._told: dict[PairByValue, int] = {}
        #: What flows came to, by number, for the question that was asked last.
        self._judged: dict[int, Fared] = {}
        self._judged_for: tuple[Question, bool] | None = None
        self.ingress = PairMemo(self._number_ingress)
        self.groups = PairMemo(self._number_groups)
        self.flow = PairMemo(self._number_flow)
        self.join = pool.join
        self._meet, self._join = cache(pool.meet_ids), cache(pool.join_ids)
        self._pair = PairMemo(self._number_pair)

    # -- numbering

    def _number_ingress(self, address: int, reference: int) -> int:
        self._ingress.append((address, reference))
        return len(self._ingress) - 1

    def _number_groups(self, egress: int, ingress: int) -> int:
        self._groups.append((egress, ingress))
        return len(self._groups) - 1

    def _number_flow(self, way: int, groups: int) -> int:
        if way in (SINGLY, NOWHERE):
            return way
        egress, ingress = self._groups[groups]
        return self._number_value(
            tuple(sorted({*self._arrived(way, egress, self._ingress[ingress])}))
        )

    def _number_value(self, value: FlowValue) -> int:
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = len(self._flows)
            self._flows.append(value)
        return found

    def _arrived(self, way: int, egress: int, ingress: tuple[int, int]) -> Iterable[Arrived]:
        """Yield what is left of each branch once the groups of both ends have been asked."""
        for branch in self._ways[way]:
            forward = self._meet(branch.forward, egress)
            if branch.arrives:
                address, reference = ingress
                allowed = self._join(address, reference if branch.carries else NOTHING)
                forward = self._meet(forward, allowed)
            if forward == NOTHING:
                yield Arrived(NOTHING, NOTHING, NOTHING, 0, branch.world)
            else:
                arrived = forward, branch.replies, branch.random, branch.assumed
                yield Arrived(*arrived, branch.world)

    def pair(self, ipv4: Column, ipv6: Column) -> Column:
        """Return the numbers of pairs by those of their flows, ``(N,)``."""
        return self._pair(ipv4, ipv6)

    def _number_pair(self, ipv4: int, ipv6: int) -> int:
        if SINGLY in (ipv4, ipv6):
            return ASK
        self.pairs.append((ipv4, ipv6))
        return len(self.pairs) - 1

    def ends_at_receiver(self, ways: Column) -> bool:
        """Tell whether all that lives on these ways gets as far as the receiver's groups."""
        return all(
            way != SINGLY and all(one.arrives or one.forward == NOTHING for one in self._ways[way])
            for way in distinct(ways).tolist()
        )

    def number_of(self, fared: Fared) -> int:
        """Return the number of what asking singly found."""
        key = fared is NO_COMMON_FAMILY, fared  # it equals what simply gets nowhere
        number = self._fared.get(key)
        if number is None:
            number = self._fared[key] = len(self.pairs)
            self.pairs.append(fared)
        return number

    # -- between processes, whose numbers differ

    def by_value(self, number: int) -> PairByValue:
        """Return what stands behind a number, for another process."""
        pair = self.pairs[number]
        if isinstance(pair, Fared):
            return None if pair is NO_COMMON_FAMILY else pair
        return self._flow_by_value(pair[0]), self._flow_by_value(pair[1])

    def _flow_by_value(self, flow: int) -> FlowByValue:
        branches, pool = self._flows[flow], self._pool
        if branches is None:
            return None
        return tuple(
            (pool[one.forward], pool[one.replies], pool[one.random], one.assumed, one.world)
            for one in branches
        )

    def number_told(self, value: PairByValue) -> int:
        """Return the number here of what another process found."""
        number = self._told.get(value)
        if number is None:
            if value is None or isinstance(value, Fared):
                number = self.number_of(NO_COMMON_FAMILY if value is None else value)
            else:
                flows = [column([self._number_told_flow(flow)]) for flow in value]
                number = int(self.pair(flows[0], flows[1])[0])
            self._told[value] = number
        return number

    def _number_told_flow(self, flow: FlowByValue) -> int:
        if flow is None:
            return self._number_value(None)
        intern = self._pool.intern
        arrived = {
            Arrived(intern(*forward), intern(*replies), intern(*random), assumed, world)
            for forward, replies, random, assumed, world in flow
        }
        return self._number_value(tuple(sorted(arrived)))

    # -- judging

    def fared(
        self, number: int, question: Question, families: tuple[Family, ...], *, strict: bool
    ) -> Fared:
        """Return what a pair came to for a question about services that were all asked."""
        pair = self.pairs[number]
        if isinstance(pair, Fared):
            return pair
        flows = [
            flow
            for family, flow in zip((4, 6), pair, strict=True)
            if family in families and self._flows[flow] is not None
        ]
        if not flows:
            return NO_COMMON_FAMILY
        if self._judged_for != (question, strict):
            self._judged_for, self._judged = (question, strict), {}
        for flow in flows:
            if flow not in self._judged:  # it may be a part of several pairs
                self._judged[flow] = self._judge(flow, question, strict=strict)
        if len(flows) == 1:
            return self._judged[flows[0]]
        found = [self._judged[flow] for flow in flows]
        services, replies = ServiceSet.empty(), ServiceSet.empty()
        for one in found:
            services, replies = services | one.services, replies | one.replies
        return fared(combined(one.verdict for one in found), services, replies)

    def _judge(self, flow: int, question: Question, *, strict: bool) -> Fared:
        """Weigh the branches of one flow."""
        value = self._flows[flow] or ()
        narrow = question != self.asked
        awaited = question.replies()
        found: list[InWorld] = []
        services, replies = ServiceSet.empty(), ServiceSet.empty()
        for branch in value:
            forward, back = self._pool[branch.forward], self._pool[branch.replies]
            if narrow:
                forward = _within(forward, question.services)
                back = _within(back, awaited)
            if strict and branch.assumed & STRICT_BITS:
                forward = Bounds(ServiceSet.empty(), forward.maybe)
            outcome = judge(question, forward, back, self._pool[branch.random])
            found.append((outcome.verdict, branch.world))
            services |= outcome.services.sure
            replies |= outcome.replies
        return fared(verdict_in_all(found), services, replies)


def _within(bounds: Bounds, services: ServiceSet) -> Bounds:
    return Bounds(bounds.sure & services, bounds.maybe & services)
