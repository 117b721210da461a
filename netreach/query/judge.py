"""Columns of set ids into columns of outcomes, each distinct combination judged once."""

from __future__ import annotations

import numpy as np

from netreach.fabric.element import STRICT_BITS
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import Column, filled
from netreach.packets.pool import Bounds, PairMemo
from netreach.packets.services import ServiceSet
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

    def __call__(
        self, asked: Column, forward: Column, replies: Column, random: Column, assumed: Column
    ) -> Column:
        """Return the numbers of the outcomes, ``(N,)``."""
        strict = (assumed & STRICT_BITS) if self._strict else filled(len(assumed), 0)
        partial = self._second(self._first(forward, replies), random)
        return self._last(self._third(partial, asked), (strict != 0).astype(np.int64))

    def _register(self, *key: int) -> int:
        self._keys.append(key)
        return len(self._keys) - 1

    def _extend(self, key: int, more: int) -> int:
        return self._register(*self._keys[key], more)

    def _conclude(self, key: int, strict: int) -> int:
        forward, replies, random, asked = (self._pool[number] for number in self._keys[key])
        if strict:
            forward = Bounds(ServiceSet.empty(), forward.maybe)
        question = self._question._replace(services=asked.maybe)
        self.outcomes.append(judge(question, forward, replies, random))
        return len(self.outcomes) - 1
