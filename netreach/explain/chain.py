"""Connections one after another, told as one answer: each leg's own, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

from netreach.explain.records import Explanation, Missing, Part, Report
from netreach.explain.report import PathReport
from netreach.packets.services import ServiceSet
from netreach.query.pivots import consecutive
from netreach.query.verdict import Verdict

_WORKING: Final = (Verdict.REACHABLE, Verdict.PARTIAL)
T = TypeVar("T")


class Leg(NamedTuple):
    """One connection, and the question as it was put."""

    report: PathReport
    query: dict[str, str]


class ChainReport:
    """What several connections come to, all of which are needed."""

    def __init__(self, legs: Sequence[Leg]) -> None:
        """Take the legs in order; the services are those of the last one."""
        self._legs = tuple(legs)

    @cached_property
    def verdict(self) -> Verdict:
        """The worst of the legs' verdicts."""
        return consecutive(leg.report.verdict for leg in self._legs)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Nothing: a part is a leg's."""
        return ()

    @property
    def services(self) -> ServiceSet:
        """What the last leg carries, if all of them work."""
        return self._last.services if self.verdict in _WORKING else ServiceSet.empty()

    @property
    def forward_services(self) -> ServiceSet:
        """What gets to the destination, if all legs before the last one work."""
        before = (leg.report.verdict for leg in self._legs[:-1])
        works = all(verdict in _WORKING for verdict in before)
        return self._last.forward_services if works else ServiceSet.empty()

    @property
    def client_ports(self) -> tuple[str, ...]:
        """The client ports of the last leg, if all of them work."""
        return self._last.client_ports if self.verdict in _WORKING else ()

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """The blockers of every leg."""
        return _distinct(one for leg in self._legs for one in leg.report.explanations)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the legs depend on, where the answer does."""
        if self.verdict not in (Verdict.UNKNOWN, Verdict.PARTIAL):
            return ()
        return _distinct(one for leg in self._legs for one in leg.report.missing)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What any leg relies on."""
        return _distinct(one for leg in self._legs for one in leg.report.warnings)

    def complete(self, query: dict[str, str]) -> Report:
        """Return everything that the answer says, with each leg's own."""
        reports = tuple(leg.report.complete(leg.query) for leg in self._legs)
        return Report(
            verdict=self.verdict,
            query=query,
            source=reports[0].source,
            destination=reports[-1].destination,
            services=self.services,
            forward_services=self.forward_services,
            client_ports=self.client_ports,
            parts=self.parts,
            explanations=self.explanations,
            missing=self.missing,
            warnings=self.warnings,
            taken=reports[0].taken,
            digest=reports[0].digest,
            legs=reports,
        )

    @property
    def _last(self) -> PathReport:
        return self._legs[-1].report


def _distinct(found: Iterable[T]) -> tuple[T, ...]:
    told: list[T] = []
    for one in found:
        if one not in told:
            told.append(one)
    return tuple(told)
