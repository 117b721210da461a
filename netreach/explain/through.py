"""What a question through a load balancer came to: the answer about one of its targets."""

from __future__ import annotations

from msgspec.structs import replace

from netreach.explain import sentences
from netreach.explain.codes import Code
from netreach.explain.components import component, of_end
from netreach.explain.records import Component, Explanation, Report
from netreach.explain.report import PathReport, Reporter
from netreach.query.through import Lead, Through


class ThroughReport(PathReport):
    """The ways over a balancer to one target, and what is in their way."""

    def __init__(self, reporter: Reporter, through: Through) -> None:
        """Work nothing out yet."""
        super().__init__(reporter, through.result, towards=through.towards)
        self._through = through

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """The blockers on the ways to the target; where there is none, that there is none."""
        through = self._through
        if through.lead is not Lead.ELSEWHERE or not through.towards.is_heard:
            return super().explanations
        balancer, target = self._balancer, of_end(through.target)
        services = str(through.result.question.services)
        message = sentences.leads_elsewhere(balancer, target, services)
        return (Explanation(Code.TARGET_ADDRESS_RESTRICTION, "forward", balancer, message),)

    def complete(self, query: dict[str, str]) -> Report:
        """Return everything that the answer says: its destination is the target."""
        report, target = super().complete(query), of_end(self._through.target)
        return replace(report, destination=target, through=self._balancer)

    @property
    def _balancer(self) -> Component:
        kind, identifier = self._through.front
        found = self._fabric.snapshot.find(identifier)
        return component(kind, identifier, found[1] if found else None)
