"""Between: from selectors to a plan of all pairs, and to the places that are asked besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netreach.packets.prefixes import Family
from netreach.query.matrix.cast import Casting
from netreach.query.matrix.limits import Limits
from netreach.query.matrix.outside import Outside
from netreach.query.matrix.pair_values import Fared
from netreach.query.matrix.places import Places
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.selection import Selection, selected
from netreach.query.path import PathFinder
from netreach.query.verdict import Question


class Planned(NamedTuple):
    """All pairs of interfaces, and the places outside."""

    plan: PairMatrix
    places: Places


class Between:
    """Plans matrices over one compiled network, for one question."""

    def __init__(
        self,
        finder: PathFinder,
        question: Question,
        families: tuple[Family, ...],
        *,
        strict: bool,
        limits: Limits | None = None,
        casting: Casting | None = None,
    ) -> None:
        """Take who resolves selectors and asks about places, and who sorts interfaces."""
        self._limits, self._casting = limits, casting or Casting(finder.fabric)
        self._finder, self._question, self._families = finder, question, families
        self._strict = strict

    def planned(
        self, sources: Sequence[str], destinations: Sequence[str], outside: Sequence[str]
    ) -> Planned:
        """Return the pairs between what selectors name; without any, between all interfaces.

        The places of `outside` are asked at each end that is left open, at both if none is.

        Raises:
            SelectorError: one of them matches nothing that a matrix could ask about.
        """
        is_open = not (sources and destinations)
        ends = [
            self._end(texts, () if is_open and texts else outside, is_source=is_source)
            for texts, is_source in ((sources, True), (destinations, False))
        ]
        plan = PairMatrix(
            self._finder.fabric,
            self._question,
            self._families,
            strict=self._strict,
            sources=ends[0].interfaces,
            destinations=ends[1].interfaces,
            limits=self._limits,
            cast=self._casting(ends[0].interfaces, ends[1].interfaces),
        )
        texts = [tuple(dict.fromkeys(end.text for end in one.outside)) for one in ends]
        return Planned(plan, Places(plan, texts[0], texts[1], self._asking(plan)))

    def _end(self, texts: Sequence[str], outside: Sequence[str], *, is_source: bool) -> Selection:
        fabric, selectors = self._finder.fabric, self._finder.selectors
        found = selected(fabric, selectors, texts, is_source=is_source)
        if not outside:
            return found
        more = selected(fabric, selectors, outside, is_source=is_source)
        return Selection(found.interfaces, (*found.outside, *more.outside))

    def _asking(self, plan: PairMatrix) -> _Asking:
        return _Asking(self._finder, plan)


class _Asking:
    """Asks places with the kinds of a plan."""

    def __init__(self, finder: PathFinder, plan: PairMatrix) -> None:
        self._finder, self._plan = finder, plan

    def __call__(self, text: str, is_source: bool, question: Question) -> dict[int, Fared]:
        asker = Outside(self._finder, self._plan, question)
        return asker.fared(text, is_source=is_source)
