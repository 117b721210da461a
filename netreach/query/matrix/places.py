"""What places outside come to with the interfaces of a matrix, counted as its other pairs are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from netreach.query.matrix.pair_values import Fared
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.tally import Labels
from netreach.query.verdict import Question, Verdict

#: Asks a place (its text, and whether it sends) with all kinds at the other end.
Ask = Callable[[str, bool, Question], dict[int, Fared]]


class Place(NamedTuple):
    """A place at one end of a matrix."""

    text: str
    is_source: bool


class Places:
    """The places at both ends of a matrix; each is asked when it is first needed."""

    def __init__(
        self, plan: PairMatrix, sources: tuple[str, ...], destinations: tuple[str, ...], ask: Ask
    ) -> None:
        """Take the selectors of the places, which matrix they belong to, and who asks."""
        #: The pairs of interfaces of the same matrix.
        self.plan = plan
        self._ask = ask
        self.sources, self.destinations = sources, destinations
        self._known: dict[Place, dict[int, int]] = {}

    def __len__(self) -> int:
        """Count the ordered pairs of a place and an interface."""
        kinds = self.plan.kinds
        return len(self.sources) * int(kinds.destinations.sum()) + len(self.destinations) * int(
            kinds.sources.sum()
        )

    def __iter__(self) -> Iterator[Place]:
        """Yield the places, those that send first."""
        yield from (Place(text, True) for text in self.sources)
        yield from (Place(text, False) for text in self.destinations)

    def numbers(self, place: Place) -> dict[int, int]:
        """Return by kind the number of what a place comes to with it."""
        if place not in self._known:
            found = self._ask(*place, self.plan.question)
            number_of = self.plan.values.number_of
            self._known[place] = {kind: number_of(fared) for kind, fared in found.items()}
        return self._known[place]

    def number(self, place: Place, interface: int) -> int:
        """Return the number of what a place comes to with an interface, given by its row."""
        return self.numbers(place)[int(self.plan.kinds.of_interface[interface])]

    def totals(self) -> Counter[int]:
        """Return how many pairs come to each number."""
        found = Counter[int]()
        for place in self:
            for kind, number in self.numbers(place).items():
                found[number] += self._weight(place, kind)
        return found

    def counts(self, question: Question) -> Counter[Verdict]:
        """Return how many pairs have each verdict, asked about some of the services."""
        found = Counter[Verdict]()
        for place in self:
            for kind, fared in self._ask(*place, question).items():
                found[fared.verdict] += self._weight(place, kind)
        return found

    def _weight(self, place: Place, kind: int) -> int:
        kinds = self.plan.kinds
        return int((kinds.destinations if place.is_source else kinds.sources)[kind])

    def by_label(self, place: Place, labels: Labels) -> dict[int, Counter[int]]:
        """Return how many pairs with each group of interfaces come to each number."""
        numbers, found = self.numbers(place), dict[int, Counter[int]]()
        kinds = self.plan.kinds.of_interface[labels.interface].tolist()
        for kind, label in zip(kinds, labels.label.tolist(), strict=True):
            found.setdefault(label, Counter())[numbers[kind]] += 1
        return found
