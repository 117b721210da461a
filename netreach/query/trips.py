"""Trips: how the branches of many flows ended, and the verdict that they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from netreach.fabric.element import Passage
from netreach.fabric.vocabulary import MODE_BITS, MODES, Assumed
from netreach.fabric.worlds import WorldLog, world_numbers
from netreach.packets.batch import Column, Mask, PacketBatch, column
from netreach.query.verdict import Outcome, Verdict
from netreach.query.worlds import verdict_in_all

#: The order of verdicts in columns.
VERDICTS: Final = tuple(Verdict)
CODES: Final = {verdict: number for number, verdict in enumerate(VERDICTS)}
_TRANSLATING: Final = int(Assumed.TRANSLATES | Assumed.TRANSLATES_ACROSS)
#: From the worst to the best.
_MERIT: Final = (Verdict.UNREACHABLE, Verdict.UNKNOWN, Verdict.PARTIAL, Verdict.REACHABLE)
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
    #: What is supposed on the ways of branches, by the numbers that `assumed` holds.
    worlds: WorldLog

    def where(self, keep: Mask) -> Trips:
        """Return the branches whose mask is set."""
        columns = {name: getattr(self, name)[keep] for name in _BRANCH_COLUMNS}
        return replace(self, **columns)

    def mode_of(self, branch: int) -> int:
        """Return what appliances do on the ways of a branch's flow, 0 where it met none.

        One that meets none itself may have others beside it that do.
        """
        mine = self.assumed[self.flow == self.flow[branch]] & MODE_BITS
        bits = int(np.bitwise_and.reduce(mine[mine != 0])) if mine.any() else 0
        return bits & -bits  # of several that come to the same, the simplest

    def verdict_of_flow(self, flows: int) -> Column:
        """Return the index into VERDICTS of every flow, its branches combined, ``(flows,)``.

        Where some branches are ways of which nobody knows whether AWS takes them, the flow's
        verdict is the one that holds whichever it takes, beside those that it surely takes.
        """
        seen = _seen(self.verdict, self.flow, flows)
        result = _together(seen)
        is_either = (self.assumed & Assumed.EITHER) != 0
        if is_either.any():
            sure = _seen(self.verdict[~is_either], self.flow[~is_either], flows)
            perhaps = _seen(self.verdict[is_either], self.flow[is_either], flows)
            depends = _depends(sure, perhaps, result)
            may_be_none = np.zeros(flows, bool)
            may_be_none[self.flow[(self.assumed & Assumed.PERHAPS) != 0]] = True
            depends |= may_be_none & sure.any(axis=0) & (_together(sure) != result)
            if depends.any():
                self._settle(result, depends)
        return result

    def _settle(self, result: Column, depends: Mask) -> None:
        """Put in the verdicts of flows for which it matters what happens together."""
        rows = np.flatnonzero(depends[self.flow])
        rows = rows[self.flow[rows].argsort(kind="stable")]
        flows, first = np.unique(self.flow[rows], return_index=True)
        numbers = zip(self.verdict[rows].tolist(), world_numbers(self.assumed[rows]), strict=True)
        branches = [(VERDICTS[verdict], self.worlds[int(world)]) for verdict, world in numbers]
        ends = [*first[1:].tolist(), len(rows)]
        for flow, begin, end in zip(flows.tolist(), first.tolist(), ends, strict=True):
            result[flow] = CODES[verdict_in_all(branches[begin:end])]


def _seen(verdict: Column, flow: Column, flows: int) -> Mask:
    """Tell which verdicts some branch of each flow has, ``(verdicts, flows)``."""
    seen = np.zeros((len(VERDICTS), flows), bool)
    seen[verdict, flow] = True
    return seen


def _together(seen: Mask) -> Column:
    """Combine the verdicts that some branch of each flow has; without any it is unreachable."""
    reachable, partial, unreachable, unknown = (seen[CODES[verdict]] for verdict in VERDICTS)
    result = np.full(seen.shape[1], CODES[Verdict.UNREACHABLE], np.int64)
    result[unknown] = CODES[Verdict.UNKNOWN]
    result[reachable | partial] = CODES[Verdict.PARTIAL]
    only = reachable & ~partial & ~unreachable & ~unknown
    result[only] = CODES[Verdict.REACHABLE]
    return result


def _depends(sure: Mask, perhaps: Mask, together: Column) -> Mask:
    """Tell of which flows the verdict depends on which of its possible ways is taken.

    If each of them alone makes what all of them make `together`, so do any several of them.
    """
    depends = np.zeros(len(together), bool)
    for verdict, is_possible in enumerate(perhaps):
        taken = sure.copy()
        taken[verdict] = True
        depends |= is_possible & (_together(taken) != together)
    return depends


class Ways(Struct, frozen=True):
    """How every flow's branches ended, one row each, before anybody judges them."""

    #: The packets where their way there ended; their `row` is the flow.
    ends: PacketBatch
    #: Bounds ids of what got there and of the replies that came back.
    forward: Column
    replies: Column
    #: Id of the services of which some connections fail at random.
    random: Column
    #: Id of what couples services to client ports.
    coupling: Column
    #: How each way ended; of the way back Fate.DELIVERED where it was not walked.
    forward_fate: Column
    return_fate: Column
    assumed: Column
    onward: Passage
    back: Passage
    #: Branch -> its row number in the return walk, or NO_ROW.
    returning_row: Column


class Returned(Struct, frozen=True):
    """How replies ended, one row a reply."""

    row: Column
    replies: Column
    random: Column
    fate: Column
    assumed: Column
    coupling: Column


def of_best_mode(trips: Trips, outside: Mask) -> Mask:
    """Keep of each flow the branches on which appliances do what serves it best.

    What an appliance does with a packet is its own setting: like all that hosts do, it lies outside
    the model. Branches that met no appliance always stay. Where nothing works, translation is told
    of flows that lead `outside`, to the internet, and passing on of all others.
    """
    flows = len(outside)
    modes = trips.assumed & MODE_BITS
    merit = column([_MERIT.index(verdict) for verdict in VERDICTS])
    scores = np.full((len(MODES), flows), -1, np.int64)
    for number, mode in enumerate(MODES):
        chosen = (modes & int(mode)) != 0
        occurs = np.bincount(trips.flow[chosen], minlength=flows) > 0
        together = merit[trips.where((modes == 0) | chosen).verdict_of_flow(flows)]
        liked = outside == bool(mode & _TRANSLATING)
        scores[number] = np.where(occurs, 2 * together + liked, -1)
    best = column([int(mode) for mode in MODES])[scores.argmax(axis=0)]
    keep: Mask = (modes == 0) | ((modes & best[trips.flow]) != 0)
    return keep
