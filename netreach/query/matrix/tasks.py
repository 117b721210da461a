"""Tasks: the work on a matrix cut by source VPC, so that other processes and machines can do it.

A task is some source VPCs. What comes of it travels by value: the numbers of pair values are each
process's own, so they are looked up where they came from and numbered again where they arrive.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any, Final, Generic, Protocol, TypeVar

from msgspec import Struct

from netreach.fabric.compile import compile_fabric
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import Column, column, distinct
from netreach.packets.prefixes import Family
from netreach.query.matrix.labels import labels_of
from netreach.query.matrix.limits import Limits
from netreach.query.matrix.pair_values import PairByValue
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.tally import Labels, Tally, Weighed, totals
from netreach.query.verdict import Question

R = TypeVar("R")

#: So many VPCs at a time are counted in one process, which takes a fraction of a second.
TOGETHER: Final = 32
#: Source VPCs, by their rows.
Task = tuple[int, ...]
#: Told how far something is: how much is done, and of how much.
Progress = Callable[[int, int], None]


class Work(ABC, Generic[R]):
    """Something to do with the tile rows of source VPCs; what comes of it may travel."""

    #: How many VPCs are worked on at once where nobody is waiting for the first of them.
    together = 1

    @abstractmethod
    def here(self, plan: PairMatrix, task: Task) -> R:
        """Do a task in this process."""

    def packed(self, plan: PairMatrix, found: R) -> object:  # noqa: ARG002 - for who needs it
        """Return what was found as other processes understand it."""
        return found

    def unpacked(self, plan: PairMatrix, parcel: Any) -> R:  # noqa: ANN401, ARG002 - as it came
        """Return what another process found as this one understands it."""
        found: R = parcel
        return found


class Weighing(Work[Weighed]):
    """Counts what pairs come to, by groups of both ends, or all together as the groups 0."""

    def __init__(self, grouping: str = "") -> None:
        """Group by that; without it, all pairs are one group."""
        self._grouping = grouping
        self.together = 1 if grouping else TOGETHER
        self._tally: Tally | None = None

    def __reduce__(self) -> tuple[type[Weighing], tuple[str]]:
        """Travel without what each process can work out for itself."""
        return Weighing, (self._grouping,)

    def labels(self, plan: PairMatrix) -> tuple[Labels, Labels]:
        """Return the groups of both ends."""
        ends = plan.sources, plan.destinations
        if not self._grouping:
            return Labels.whole(ends[0]), Labels.whole(ends[1])
        snapshot = plan.fabric.snapshot
        return (
            labels_of(snapshot, ends[0], self._grouping),
            labels_of(snapshot, ends[1], self._grouping),
        )

    def here(self, plan: PairMatrix, task: Task) -> Weighed:
        """Weigh the tile rows of source VPCs."""
        rows = (row for vpc in task for row in plan.rows_of(vpc))
        if not self._grouping:
            return Weighed.of_totals(totals(plan, rows))
        if self._tally is None:
            self._tally = Tally(plan, *self.labels(plan))
        return Weighed.together([one for row in rows for one in self._tally.of_row(row)])

    def packed(self, plan: PairMatrix, found: Weighed) -> object:
        """Return it with each value beside its number."""
        numbers = distinct(found.number).tolist()
        return {number: plan.values.by_value(number) for number in numbers}, found

    def unpacked(self, plan: PairMatrix, parcel: tuple[dict[int, PairByValue], Weighed]) -> Weighed:
        """Number the values as this process does."""
        values, found = parcel
        there = column(sorted(values))
        here = column([plan.values.number_told(values[number]) for number in there.tolist()])
        return found._replace(number=here[there.searchsorted(found.number)])


class Session:
    """A matrix and what is to be done with it, in the process that does it."""

    def __init__(self, plan: PairMatrix, work: Work[Any]) -> None:
        """Take both."""
        self._plan, self._work = plan, work

    def __call__(self, task: Task) -> object:
        """Do a task; return how many VPCs that were, and what came of it, by value."""
        return len(task), self._work.packed(self._plan, self._work.here(self._plan, task))


class Recipe(Struct, frozen=True):
    """What another process needs to make the same matrix."""

    snapshot: Snapshot
    question: Question
    families: tuple[Family, ...]
    strict: bool
    sources: Column
    destinations: Column
    limits: Limits
    work: Work[Any]

    @classmethod
    def of(cls, plan: PairMatrix, work: Work[Any]) -> Recipe:
        """Return the recipe of a matrix and of what is to be done with it."""
        return cls(
            plan.fabric.snapshot,
            plan.question,
            plan.families,
            plan.strict,
            plan.sources,
            plan.destinations,
            plan.limits,
            work,
        )

    def __call__(self) -> Session:
        """Compile the snapshot and plan the matrix."""
        plan = PairMatrix(
            compile_fabric(self.snapshot),
            self.question,
            self.families,
            strict=self.strict,
            sources=self.sources,
            destinations=self.destinations,
            limits=self.limits,
        )
        return Session(plan, self.work)


class Executor(Protocol):
    """Who does tasks: processes of this machine, or a cluster's."""

    @property
    def is_at_hand(self) -> bool:
        """Whether it can be used here and now."""

    @property
    def least_seconds(self) -> float:
        """How much work is worth sending."""

    def results(
        self,
        session: Callable[[Task], object],
        recipe: Callable[[], Callable[[Task], object]],
        tasks: Sequence[Task],
    ) -> Iterator[Any]:
        """Yield what each task comes to, in whatever order.

        `session` does tasks in this process and in its forks; `recipe` makes one elsewhere.
        """


def results(
    plan: PairMatrix,
    work: Work[R],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[R]:
    """Yield what work comes to, over all source VPCs; `progress` hears how many are done.

    The first VPCs are worked on here until it is known how many are worth sending; where that is
    all of them, nobody is sent anything.
    """
    tell = progress or _nobody
    if executor is not None and not executor.is_at_hand:
        executor = None
    vpcs, done, begun = plan.source_vpcs.tolist(), 0, perf_counter()
    while done < len(vpcs) and (
        executor is None or perf_counter() - begun < executor.least_seconds
    ):
        task = tuple(vpcs[done : done + (work.together if executor is None else 1)])
        yield work.here(plan, task)
        done += len(task)
        tell(done, len(vpcs))
    if executor is None or done == len(vpcs):
        return
    tasks = [tuple(vpcs[at : at + max(1, done)]) for at in range(done, len(vpcs), max(1, done))]
    for count, parcel in executor.results(Session(plan, work), Recipe.of(plan, work), tasks):
        yield work.unpacked(plan, parcel)
        done += count
        tell(done, len(vpcs))


def _nobody(_done: int, _of: int) -> None:
    """Hear nothing."""
