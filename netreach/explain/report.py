"""A path result as a report: parts with their hops, blockers, gaps and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec.structs import replace

from netreach.explain import sentences
from netreach.explain.blockers import Blockers
from netreach.explain.branches import Branch, Branches
from netreach.explain.codes import Code
from netreach.explain.components import component, of_end
from netreach.explain.evidence import Reading
from netreach.explain.fixes import apply
from netreach.explain.health_checks import failing_checks
from netreach.explain.hops import HopMaker
from netreach.explain.open_ways import open_ways
from netreach.explain.records import Component, ComponentType, Explanation, Missing, Part, Report
from netreach.explain.remedies import Remedies
from netreach.explain.second_walk import walk_again
from netreach.explain.traces import PacketStep
from netreach.explain.warnings import warnings_of
from netreach.fabric.compile import compile_fabric
from netreach.fabric.fabric import Fabric
from netreach.fabric.origins import Origins
from netreach.fabric.vocabulary import Assumed
from netreach.model.records import TargetKind
from netreach.packets.batch import NO_ROW, column, distinct
from netreach.packets.services import ServiceSet
from netreach.query.path import PathFinder, PathResult, is_unassociated
from netreach.query.selectors import End, Nature
from netreach.query.verdict import Verdict, client_ports

if TYPE_CHECKING:
    from netreach.query.through import Towards

#: Fixes that let packets go on where their way had ended: other blockers may wait behind.
REOPENING: Final = frozenset(
    {
        "accept-peering",
        "add-route",
        "associate-address",
        "attach-internet-gateway",
        "start-instance",
    }
)
_DEPTH: Final = 5
#: How blockers begin that only show once others are mended.
ONCE: Final = "once that is mended: "
#: Estates with more interfaces than this are not compiled anew to look behind a blocker.
MAX_MENDED: Final = 2000
#: What a route of a VPC that is tied to no other can lead to.
WITHIN_ONE_VPC: Final = frozenset(
    {
        TargetKind.LOCAL,
        TargetKind.INTERNET_GATEWAY,
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
        TargetKind.NAT_GATEWAY,
    }
)
#: Pairs that are explained one by one; the others are like them or too many to read.
MAX_EXPLAINED: Final = 20


@dataclass(slots=True)
class Reporter:
    """Turns the results of one network into reports."""

    fabric: Fabric
    origins: Origins = field(init=False)
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        """Index the network's rows."""
        self.origins = Origins.of(self.fabric)
        self.reading = Reading(self.fabric.snapshot)

    def of(self, result: PathResult) -> PathReport:
        """Return the report of a result; what it says is worked out when it is asked for."""
        return PathReport(self, result)


class PathReport:
    """One result's parts, blockers and gaps, each worked out once, when first asked for."""

    def __init__(
        self,
        reporter: Reporter,
        result: PathResult,
        *,
        depth: int = 0,
        towards: Towards | None = None,
    ) -> None:
        """Work nothing out yet; `depth` counts the mends already made to see what is behind.

        Of ways over load balancers only those `towards` one target count, where it is given.
        """
        self._depth, self._towards = depth, towards
        self._reporter, self._result = reporter, result
        self._fabric = reporter.fabric
        self._branches = Branches(reporter.fabric, reporter.origins, reporter.reading, result)

    @property
    def verdict(self) -> Verdict:
        """What the question came to."""
        return self._result.verdict

    @property
    def parts(self) -> tuple[Part, ...]:
        """What became of each address pair, or group of equal ones."""
        return self._branches.parts

    # -- blockers and gaps

    @cached_property
    def _why(self) -> tuple[tuple[Explanation, ...], tuple[Missing, ...]]:
        found: dict[object, Explanation] = {}
        missing: dict[Missing, None] = {}
        for branch in self._puzzling():
            blockers = self._blockers(branch)
            for explanation in blockers.found:
                found.setdefault(_key(explanation), explanation)
            missing.update(dict.fromkeys(blockers.missing))
        if self._result.cut_short or not self._result.rounds:
            return self._cut_short()
        missing.update(dict.fromkeys((*self._assumed(), *self._unseen(), *self._open_ways())))
        elsewhere = any(e.code is Code.DELIVERED_ELSEWHERE for e in found.values())
        disconnected = None if elsewhere else self._disconnected()
        if disconnected is not None:
            return (disconnected, *found.values()), tuple(missing)
        for explanation in self._behind(tuple(found.values())):
            found.setdefault(_key(explanation), explanation)
        return tuple(found.values()), tuple(missing)

    def _behind(self, found: tuple[Explanation, ...]) -> tuple[Explanation, ...]:
        """Return the blockers that wait behind a point where the way ended altogether.

        They show once that point is mended: so it is, in a copy of the snapshot, and asked again.
        """
        ends = [e.fix for e in found if e.fix is not None and e.fix.kind in REOPENING]
        mendable = all(explanation.fix is not None for explanation in found)
        if not ends or not mendable or self._depth >= _DEPTH or self._towards is not None:
            return ()
        snapshot = self._fabric.snapshot
        if len(snapshot.interfaces) > MAX_MENDED:
            return ()
        for fix in {e.fix.text: e.fix for e in found if e.fix is not None}.values():
            snapshot = apply(snapshot, fix)
        result = self._result
        fabric = compile_fabric(snapshot)
        again = PathFinder(fabric).find(
            result.source.text,
            result.destination.text,
            result.question,
            result.families,
            strict=result.strict,
        )
        if again.verdict is Verdict.REACHABLE:
            return ()
        report = PathReport(Reporter(fabric), again, depth=self._depth + 1)
        return tuple(
            e if e.message.startswith(ONCE) else replace(e, message=ONCE + e.message)
            for e in report.explanations
        )

    def _unseen(self) -> Iterator[Missing]:
        """Yield what nobody knows about where a name leads."""
        end = self._result.destination
        if end.nature is Nature.NAME and end.why:
            yield Missing(of_end(end), end.why)
        if end.hidden:
            listed = Code.PREFIX_LIST_ENTRIES_UNKNOWN if end.service else Code.UNKNOWN_RESOURCE
            yield Missing(of_end(end), end.hidden, listed)
        for one in (self._result.source, end):
            if one.choice:
                yield Missing(of_end(one), one.choice, Code.AMBIGUOUS_RESOURCE)

    def _open_ways(self) -> Iterator[Missing]:
        if self.verdict is Verdict.UNKNOWN:
            yield from open_ways(self._reporter.origins, self._steps)

    def _assumed(self) -> Iterator[Missing]:
        """Yield the defaults that `--strict` does not take for granted."""
        bits = self._bits() if self._result.strict else 0
        for bit, code, kind, word in (
            (Assumed.ACL, Code.ASSUMED_DEFAULT_ACL, ComponentType.NETWORK_ACL, "network ACL"),
            (
                Assumed.GATEWAY,
                Code.ASSUMED_GATEWAY,
                ComponentType.INTERNET_GATEWAY,
                "which a route names",
            ),
        ):
            if bits & bit:
                said = next(w for w in self.warnings if word in w)
                yield Missing(Component("", kind), said, code)

    def _disconnected(self) -> Explanation | None:
        """Say that two VPCs have no connection at all, where that is why."""
        result = self._result
        ends = [self._vpcs_of(end) for end in (result.source, result.destination)]
        if result.verdict is not Verdict.UNREACHABLE or not all(len(vpcs) == 1 for vpcs in ends):
            return None
        (source,), (destination,) = ends
        if source == destination or result.destination.nature is not Nature.RESOURCE:
            return None
        snapshot = self._fabric.snapshot
        joined = any(
            route.target_kind not in WITHIN_ONE_VPC
            for table in snapshot.route_tables.values()
            if table.vpc in (source, destination)
            for route in table.routes
        )
        if joined:
            return None
        place = component("vpc", destination, snapshot.vpcs.get(destination))
        message = sentences.disconnected(source, destination)
        return Explanation(Code.DISCONNECTED_VPCS, "forward", place, message)

    def _vpcs_of(self, end: End) -> set[str]:
        interfaces = self._fabric.snapshot.interfaces
        return {interfaces[m.interface].vpc for m in end.members if m.interface in interfaces}

    def _puzzling(self) -> list[Branch]:
        """Return one branch of each group that is not simply reachable, the first few."""
        chosen = [
            group[0]
            for group in self._branches.groups
            if group[0].trip != NO_ROW and self._verdict(group[0]) is not Verdict.REACHABLE
        ]
        return chosen[:MAX_EXPLAINED]

    @staticmethod
    def _verdict(branch: Branch) -> Verdict:
        trips = branch.asked.trips
        if trips is None:
            return Verdict.REACHABLE
        return trips.outcomes[int(trips.number[branch.trip])].verdict

    def _blockers(self, branch: Branch) -> Blockers:
        result, names = self._result, self._branches.names(branch)
        remedies = Remedies(self._reporter.origins, names)
        maker = HopMaker(self._reporter.origins, self._reporter.reading, names)
        blockers = Blockers(self._reporter.origins, maker, names, remedies)
        flow = branch.asked.pairs.flows.at(column([branch.pair]))
        trips = branch.asked.trips
        mode = 0 if trips is None else trips.mode_of(branch.trip)
        second = walk_again(self._fabric, result.question, flow, self._towards, mode=mode)
        is_open = result.question.is_open
        if not (is_open and self._verdict(branch) is Verdict.PARTIAL):
            blockers.collect(second.forward, "forward", is_open=is_open)
        blockers.collect(second.returning, "return", is_open=is_open)
        if branch.asked.pairs.is_own_host(branch.pair):  # what stays inside meets no filter [LAB-8]
            blockers.found = [
                e for e in blockers.found if e.code is Code.BAD_STATE and e.leg == "forward"
            ]
        return blockers

    def _cut_short(self) -> tuple[tuple[Explanation, ...], tuple[Missing, ...]]:
        result = self._result
        if result.cut_short:
            code = Code(result.cut_short)
            if code is Code.UNASSOCIATED_COMPONENT:
                return tuple(self._unassociated()), ()
            end = result.source if code is Code.SOURCE_CANNOT_INITIATE else result.destination
            if code is Code.BAD_STATE and result.source.why:
                end = result.source
            message = sentences.cut_short(code, of_end(end))
            return (Explanation(code, "forward", of_end(end), message),), ()
        return (), tuple(
            Missing(of_end(end), end.why, _gap_code(end))
            for end in (result.source, result.destination)
            if end.why
        )

    def _unassociated(self) -> Iterator[Explanation]:
        """Name each end that is tied to nothing."""
        code, snapshot = Code.UNASSOCIATED_COMPONENT, self._fabric.snapshot
        for end in dict.fromkeys((self._result.source, self._result.destination)):
            if is_unassociated(snapshot, end):
                place = of_end(end)
                yield Explanation(code, "forward", place, sentences.cut_short(code, place))

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """Every blocker of what does not simply work."""
        return () if self._result.verdict is Verdict.REACHABLE else self._why[0]

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What an unknown answer would need."""
        undecided = self._result.verdict in (Verdict.UNKNOWN, Verdict.PARTIAL)
        return self._why[1] if undecided else ()

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What the answer relies on without the snapshot saying so."""
        origins, reading = self._reporter.origins, self._reporter.reading
        found = warnings_of(origins, self._result, self._bits(), self._steps)
        return (*found, *failing_checks(origins, reading, self._steps))

    @cached_property
    def _steps(self) -> list[PacketStep]:
        sample = (self._branches.steps(branch) for branch in self._sample())
        return [step for parts in sample for part in parts for step in part]

    def _bits(self) -> int:
        """Return the bits of everything that was assumed on any way."""
        bits = 0
        for asked in self._result.rounds:
            if asked.trips is not None and len(asked.trips.assumed):
                bits |= int(np.bitwise_or.reduce(asked.trips.assumed))
        return bits

    def _sample(self) -> Sequence[Branch]:
        return [group[0] for group in self._branches.groups[:MAX_EXPLAINED]]

    # -- all of it

    @cached_property
    def services(self) -> ServiceSet:
        """Return the services that made the full round trip, over all parts."""
        return _union(self._outcome_services())

    def _outcome_services(self) -> Iterator[ServiceSet]:
        for asked in self._result.rounds:
            if len(asked.walked) < len(asked.pairs):
                yield self._result.question.services
            if asked.trips is not None:
                for number in distinct(asked.trips.number).tolist():
                    yield asked.trips.outcomes[number].services.sure

    @cached_property
    def client_ports(self) -> tuple[str, ...]:
        """Return the client ports whose replies came back, over all parts."""
        question, replies = self._result.question, ServiceSet.empty()
        for asked in self._result.rounds:
            if len(asked.walked) < len(asked.pairs):
                replies |= question.replies()
            if asked.trips is not None:
                for number in distinct(asked.trips.number).tolist():
                    replies |= asked.trips.outcomes[number].replies
        return client_ports(replies, self.services)

    @cached_property
    def forward_services(self) -> ServiceSet:
        """Return the services that got there, over all parts."""
        return _union(self._forward_sets())

    def _forward_sets(self) -> Iterator[ServiceSet]:
        for asked in self._result.rounds:
            if len(asked.walked) < len(asked.pairs):
                yield self._result.question.services
            if asked.trips is not None:
                for number in distinct(asked.trips.forward).tolist():
                    yield self._fabric.pool[number].sure

    def complete(self, query: dict[str, str]) -> Report:
        """Return everything that the answer says."""
        result, snapshot = self._result, self._fabric.snapshot
        return Report(
            verdict=result.verdict,
            query=query,
            source=of_end(result.source),
            destination=of_end(result.destination),
            services=self.services,
            forward_services=self.forward_services,
            client_ports=self.client_ports,
            parts=self.parts,
            explanations=self.explanations,
            missing=self.missing,
            warnings=self.warnings,
            taken=snapshot.taken,
            digest=snapshot.digest,
        )


def _key(explanation: Explanation) -> tuple[object, ...]:
    """Return what makes two blockers the same one."""
    fields = explanation.fix.fields if explanation.fix else {}
    fix = tuple(sorted((k, str(v)) for k, v in fields.items() if k != "number"))
    return explanation.code, explanation.leg, explanation.component, explanation.message, fix


def _gap_code(end: End) -> Code:
    return Code.NOT_MODELLED if end.nature is Nature.UNMODELLED else Code.UNKNOWN_RESOURCE


def _union(sets: Iterator[ServiceSet]) -> ServiceSet:
    return ServiceSet.of(interval for services in sets for interval in services)
