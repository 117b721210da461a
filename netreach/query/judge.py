"""Columns of set ids into columns of outcomes, each distinct combination judged once."""

from __future__ import annotations

from netreach.fabric.fabric import Fabric
from netreach.fabric.vocabulary import STRICT_BITS
from netreach.packets.batch import Column, filled
from netreach.packets.pool import Bounds, PairMemo
from netreach.packets.services import ServiceSet
from netreach.query.coupled import judge_coupled
from netreach.query.trips import Ways
from netreach.query.verdict import Outcome, Question, judge


class Judge:
    """Turns columns of set ids into columns of outcomes, each distinct combination once."""

    def __init__(self, fabric: Fabric, question: Question, *, strict: bool) -> None:
        """Judge flows of one question."""
        self._pool = fabric.pool
        self._question = question
        self._strict = strict
        self.outcomes: list[Outcome] = []
        self._keys: list[tuple[int, ...]] = [()]
        self._first = PairMemo(self._register)
        self._second = PairMemo(self._extend)
        self._third = PairMemo(self._extend)
        self._last = PairMemo(self._conclude)

    def __call__(self, ways: Ways) -> Column:
        """Return the numbers of the outcomes of branches, ``(N,)``."""
        assumed, coupling = ways.assumed, ways.coupling
        strict = (assumed & STRICT_BITS) if self._strict else filled(len(assumed), 0)
        key = self._second(self._first(ways.forward, ways.replies), ways.random)
        key = self._third(key, ways.ends.asked)
        return self._last(key, coupling << 1 | (strict != 0))

    def _register(self, *key: int) -> int:
        self._keys.append(key)
        return len(self._keys) - 1

    def _extend(self, key: int, more: int) -> int:
        return self._register(*self._keys[key], more)

    def _conclude(self, key: int, told: int) -> int:
        forward, replies, random, asked = (self._pool[number] for number in self._keys[key])
        if told & 1:
            forward = Bounds(ServiceSet.empty(), forward.maybe)
        question = self._question._replace(services=asked.maybe)
        coupling = self._pool.coupling(told >> 1)
        flow = (question, forward, replies, random)
        is_coupled = coupling or random.maybe
        self.outcomes.append(judge_coupled(*flow, coupling) if is_coupled else judge(*flow))
        return len(self.outcomes) - 1
