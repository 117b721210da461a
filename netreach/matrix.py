"""Matrix: every ordered pair of interfaces between two selections, exact and factorised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from netreach.errors import SelectorError
from netreach.packets.batch import column, distinct
from netreach.packets.services import ServiceSet
from netreach.query.matrix.labels import labels_of
from netreach.query.matrix.pair_values import NO_COMMON_FAMILY, Fared
from netreach.query.matrix.places import Place, Places
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.results import Group, Pair, Statistics
from netreach.query.matrix.tally import Labels, Weighed
from netreach.query.matrix.tasks import Executor, Progress, Weighing, results
from netreach.query.options import parse_families, parse_question
from netreach.query.selectors import Selectors
from netreach.query.verdict import Question, Verdict, client_ports, combined
from netreach.query.words import quoted

if TYPE_CHECKING:
    import numpy as np
    import pandas
    import pyarrow
    from numpy.typing import NDArray

__all__ = ["Group", "Matrix", "Pair", "Progress", "Statistics"]


class Matrix:
    """Every ordered pair of interfaces between two selections; `Network.matrix` makes it.

    It holds what the pairs have in common, not the pairs: each question works out what it needs,
    VPC by VPC, in memory that does not grow with the number of pairs.

    >>> import netreach
    >>> matrix = netreach.load("fixtures/three-tier").matrix()
    >>> str(matrix.services("app-1", "db-1"))
    'tcp 5432'
    """

    def __init__(
        self,
        plan: PairMatrix,
        places: Places,
        selectors: Selectors,
        progress: Progress | None = None,
        executor: Executor | None = None,
    ) -> None:
        """Hold a plan; `progress` hears of every VPC that is worked out, `executor` helps."""
        self.plan, self.places, self._executor = plan, places, executor
        self._selectors, self._progress = selectors, progress
        self._ports: dict[Fared, tuple[str, ...]] = {}
        self._services: dict[tuple[int, ...], tuple[ServiceSet, ServiceSet]] = {}
        self._rows = plan.fabric.rows.interfaces

    def __repr__(self) -> str:
        """Show how many pairs it answers for."""
        return f"<Matrix of {len(self)} pairs>"

    def __len__(self) -> int:
        """Count the ordered pairs, none of an interface with itself."""
        kinds = self.plan.kinds
        own = int(kinds.sources.sum() * kinds.destinations.sum() - kinds.both.sum())
        return own + len(self.places)

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        """The id of every interface, by its row."""
        return tuple(self.plan.fabric.snapshot.interfaces)

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the interfaces that send."""
        return tuple(self._ids[row] for row in self.plan.sources.tolist())

    @property
    def destinations(self) -> tuple[str, ...]:
        """The ids of the interfaces that are asked."""
        return tuple(self._ids[row] for row in self.plan.destinations.tolist())

    # -- how many

    @cached_property
    def _own_totals(self) -> Counter[int]:
        """How many pairs of interfaces come to each number."""
        return self._weighed(Weighing()).totals()

    @property
    def _totals(self) -> Counter[int]:
        return self._own_totals + self.places.totals()

    def count(self, port: int | str | None = None, protocol: int | str | None = None) -> int:
        """Return how many ordered pairs are `reachable`, on a service if one is given.

        Raises:
            UsageError: the service is none, or not among those that the matrix was asked for.
        """
        return self.counts(port, protocol)[Verdict.REACHABLE]

    def counts(
        self, port: int | str | None = None, protocol: int | str | None = None
    ) -> Counter[Verdict]:
        """Return how many ordered pairs have each verdict, on a service if one is given."""
        if port is None and protocol is None:
            return _by_verdict(self._totals, self.plan.fared)
        question = parse_question(protocol, port, _ports(self.plan.question))
        if question == self.plan.question:
            return _by_verdict(self._totals, self.plan.fared)
        narrowed = self.plan.narrowed(question, parse_families(None, question))
        return narrowed.counts(self._own_totals, self._progress) + self.places.counts(question)

    def statistics(self) -> Statistics:
        """Return what the matrix was worked out from."""
        plan = self.plan
        return Statistics(
            pairs=len(self),
            kinds=len(plan.kinds),
            lanes=sum(len(lanes) for lanes in plan.kinds.lanes),
            walked=plan.walked,
            singly=plan.singly_pairs(self._own_totals),
        )

    # -- which

    def _interfaces(self, text: str, known: frozenset[int], end: str) -> list[int]:
        row = self._rows.get(text)
        rows = [row] if row is not None else self._named(text)
        found = [row for row in rows if row in known]
        if not found:
            raise SelectorError(f"{quoted(text)} is among no {end} of this matrix")
        return found

    def _named(self, text: str) -> list[int]:
        members = self._selectors.resolve(text).members
        return [self._rows[member.interface] for member in members if member.interface]

    @cached_property
    def _known(self) -> tuple[frozenset[int], frozenset[int]]:
        return frozenset(self.plan.sources.tolist()), frozenset(self.plan.destinations.tolist())

    def _between(self, source: str, destination: str) -> Fared:
        """Return what two ends come to: all pairs of their interfaces and places together."""
        places = self.places
        sending = [place for place in places if place.is_source and place.text == source]
        asked = [place for place in places if not place.is_source and place.text == destination]
        senders = self._ends(source, is_source=True, is_place=bool(sending))
        receivers = self._ends(destination, is_source=False, is_place=bool(asked))
        numbers = [self.plan.number(a, b) for a in senders for b in receivers if a != b]
        numbers += [places.number(place, row) for place in sending for row in receivers]
        numbers += [places.number(place, row) for place in asked for row in senders]
        if not numbers:
            raise SelectorError(
                f"there is no pair of {quoted(source)} and {quoted(destination)}: a matrix holds "
                "none of an interface with itself, nor of two places"
            )
        found = [self.plan.fared(number) for number in numbers]
        return _together([one for one in found if one is not NO_COMMON_FAMILY] or found)

    def _ends(self, text: str, *, is_source: bool, is_place: bool) -> list[int]:
        """Return the interface rows of an end; a place need not have any."""
        known = self._known[0 if is_source else 1]
        if is_place:
            return [row for row in self._named(text) if row in known]
        return self._interfaces(text, known, "sources" if is_source else "destinations")

    def verdict(self, source: str, destination: str) -> Verdict:
        """Return the verdict of a pair, as `Network.path` gives it."""
        return self._between(source, destination).verdict

    def services(self, source: str, destination: str) -> ServiceSet:
        """Return the services that make the round trip, as `Network.path` gives them."""
        return self._between(source, destination).services

    def client_ports(self, source: str, destination: str) -> tuple[str, ...]:
        """Return the client ports whose replies come back, as ranges."""
        fared = self._between(source, destination)
        return client_ports(fared.replies, fared.services)

    def row(self, source: str) -> Iterator[Pair]:
        """Yield what a resource comes to with every destination."""
        if source in self.places.sources:
            yield from self._of_place(Place(source, True))
            return
        for row in self._interfaces(source, self._known[0], "sources"):
            yield from self._row(row)

    def rows(self) -> Iterator[Pair]:
        """Yield every pair, a source after the other; there may be a great many."""
        for text in self.places.sources:
            yield from self._of_place(Place(text, True))
        for row in self.plan.sources.tolist():
            yield from self._row(row)

    def _of_place(self, place: Place) -> Iterator[Pair]:
        ends = self.plan.destinations if place.is_source else self.plan.sources
        for row in ends.tolist():
            yield self._with(place, row)

    def _with(self, place: Place, row: int) -> Pair:
        fared = self.plan.fared(self.places.number(place, row))
        ports = client_ports(fared.replies, fared.services)
        ends = (place.text, self._ids[row]) if place.is_source else (self._ids[row], place.text)
        return Pair(*ends, fared.verdict, fared.services, ports)

    def column(self, destination: str) -> Iterator[Pair]:
        """Yield what every source comes to with a resource."""
        if destination in self.places.destinations:
            yield from self._of_place(Place(destination, False))
            return
        wanted = self._interfaces(destination, self._known[1], "destinations")
        for text in self.places.sources:
            yield from (self._with(Place(text, True), row) for row in wanted)
        part = self.plan.towards(column(wanted))
        kinds = part.kinds.of_interface
        targets = distinct(kinds[part.destinations])
        numbers = part.numbers_between(targets)
        for row in part.sources.tolist():
            for other in part.destinations.tolist():
                if other == row:
                    continue
                number = int(numbers[kinds[row], targets.searchsorted(kinds[other])])
                fared = part.fared(number if number > 0 else part.number(row, other))
                yield self._pair(row, other, fared)

    def _row(self, row: int) -> Iterator[Pair]:
        yield from self._cells(self.plan, row)
        for text in self.places.destinations:
            yield self._with(Place(text, False), row)

    def _cells(self, plan: PairMatrix, row: int) -> Iterator[Pair]:
        kind = int(plan.kinds.of_interface[row])
        numbers = plan.numbers_from(kind)[plan.kinds.of_interface[plan.destinations]]
        for other, number in zip(plan.destinations.tolist(), numbers.tolist(), strict=True):
            if other == row:
                continue
            fared = plan.fared(number if number > 0 else plan.number(row, other))
            yield self._pair(row, other, fared)

    def _pair(self, source: int, destination: int, fared: Fared) -> Pair:
        if fared not in self._ports:
            self._ports[fared] = client_ports(fared.replies, fared.services)
        ids, ports = self._ids, self._ports[fared]
        return Pair(ids[source], ids[destination], fared.verdict, fared.services, ports)

    # -- by groups

    def groups(self, grouping: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the groups that sources and destinations are in, unsorted.

        Raises:
            UsageError: nothing is grouped by that.
        """
        snapshot, ends = self.plan.fabric.snapshot, (self.plan.sources, self.plan.destinations)
        sources, destinations = (labels_of(snapshot, end, grouping).names for end in ends)
        return (*self.places.sources, *sources), (*self.places.destinations, *destinations)

    def by(self, grouping: str) -> list[Group]:
        """Return what groups of interfaces come to: by vpc, subnet, security-group or tag:KEY.

        An interface in several groups counts in each, a place is a group of its own. Sorted by
        the groups' names, places first.

        Raises:
            UsageError: nothing is grouped by that.
        """
        work = Weighing(grouping)
        sources, destinations = work.labels(self.plan)
        found = self._weighed(work)
        if grouping != "security-group":  # each pair is in one group of either end
            self._own_totals = found.totals()
        groups = [
            self._group(sources.names[left], destinations.names[right], numbers)
            for left, right, numbers in found.by_groups()
        ]
        groups.sort(key=lambda group: (group.source, group.destination))
        return [*self._groups_of_places(sources, destinations), *groups]

    def _groups_of_places(self, sources: Labels, destinations: Labels) -> list[Group]:
        found = []
        for place in self.places:
            labels = destinations if place.is_source else sources
            for label, numbers in self.places.by_label(place, labels).items():
                name = labels.names[label]
                ends = (place.text, name) if place.is_source else (name, place.text)
                found.append(self._group(*ends, numbers))
        return sorted(found, key=lambda group: (group.source, group.destination))

    def _weighed(self, work: Weighing) -> Weighed:
        return Weighed.together(list(results(self.plan, work, self._executor, self._progress)))

    def _group(self, source: str, destination: str, numbers: Mapping[int, int]) -> Group:
        key = tuple(sorted(numbers))
        if key not in self._services:  # few combinations occur, and many groups may have them
            self._services[key] = _some_and_every(self.plan.fared(one).services for one in key)
        some, every = self._services[key]
        return Group(source, destination, _by_verdict(numbers, self.plan.fared), some, every)

    # -- for other tools

    def to_arrow(self, *, every: bool = False) -> pyarrow.Table:
        """Return a row for each pair that is not `unreachable`, or for `every` pair.

        Columns: source, destination, verdict, services, client_ports; texts by a dictionary.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        from netreach.present.matrix_table import arrow_table  # noqa: PLC0415 - an extra

        return arrow_table(self.plan, self.places, every=every, progress=self._progress)

    def to_pandas(self, *, every: bool = False) -> pandas.DataFrame:
        """Return what `to_arrow` returns as a data frame, its columns categories.

        Raises:
            MissingExtraError: pandas or pyarrow is not installed.
        """
        from netreach.present.matrix_table import pandas_frame  # noqa: PLC0415 - an extra

        return pandas_frame(self.plan, self.places, every=every, progress=self._progress)

    def to_numpy(self) -> NDArray[np.uint8]:
        """Return the verdicts as one array, ``(sources, destinations)``, in the order of both.

        A cell is the place of its verdict in ``list(Verdict)``: 0 reachable, 1 partial,
        2 unreachable, 3 unknown; and 255 for an interface with itself. Places are not in it.

        Raises:
            UsageError: it would have more than 2 ** 31 cells.
        """
        from netreach.present.matrix_grid import verdict_grid  # noqa: PLC0415 - only where asked

        return verdict_grid(self.plan, self._progress)

    def write_parquet(self, folder: str | Path, level: str = "interface") -> int:
        """Write all pairs that are not `unreachable` as Parquet files; return the rows of pairs.

        One partition for each VPC of sources; a row for each pair of interfaces, or with the level
        `class` one for each two classes of interfaces that fare alike, and tables of who is in
        which. The folder must be new; it is there once it is complete.

        Raises:
            UsageError: the folder is there already, or there is no such level.
            MissingExtraError: pyarrow is not installed.
            InputError: it could not be written; nothing is left of it.
        """
        from netreach.present.matrix_parquet import write_folder  # noqa: PLC0415 - an extra

        return write_folder(
            self.plan, self.places, Path(folder), level, self._executor, self._progress
        )


def _by_verdict(numbers: Mapping[int, int], fared: Callable[[int], Fared]) -> Counter[Verdict]:
    found: Counter[Verdict] = Counter()
    for number, pairs in numbers.items():
        found[fared(number).verdict] += pairs
    return found


def _some_and_every(found: Iterable[ServiceSet]) -> tuple[ServiceSet, ServiceSet]:
    """Return the services that are in some of several sets, and those in all."""
    some, *others = set(found)
    every = some
    for services in others:
        some, every = some | services, every & services
    return some, every


def _ports(question: Question) -> str:
    low, high = question.client_ports
    return f"{low}-{high}"


def _together(found: list[Fared]) -> Fared:
    services, replies = ServiceSet.empty(), ServiceSet.empty()
    for one in found:
        services, replies = services | one.services, replies | one.replies
    return Fared(combined(one.verdict for one in found), services, replies)
