"""A path result as a report: parts with their hops, blockers, gaps and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from netreach.explain.blockers import Blockers
from netreach.explain.codes import Code
from netreach.explain.components import of_end
from netreach.explain.evidence import Reading
from netreach.explain.hops import HopMaker
from netreach.explain.records import Explanation, Hop, Missing, Part, Report
from netreach.explain.remedies import Remedies
from netreach.explain.second_walk import walk_again
from netreach.explain.traces import AddressNames, Literal, PacketStep, TraceIndex
from netreach.explain.warnings import warnings_of
from netreach.fabric.element import Fate, Kind
from netreach.fabric.fabric import Fabric
from netreach.fabric.origins import Origins
from netreach.fabric.ranges import NAT64
from netreach.packets.atoms import prefixes_of_range
from netreach.packets.batch import NO_ROW, column, distinct
from netreach.packets.prefixes import Address
from netreach.packets.services import TCP, UDP, ServiceSet
from netreach.query.path import PathResult, Round
from netreach.query.selectors import End, Nature
from netreach.query.verdict import Verdict

#: Pairs that are explained one by one; the others are like them or too many to read.
MAX_EXPLAINED: Final = 20


class Branch(NamedTuple):
    """One branch of one pair's path: where it stands in a round."""

    asked: Round
    #: Position of the pair in the round's pairs.
    pair: int
    #: Position of the branch in the round's trips; NO_ROW for what never leaves its host.
    trip: int


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

    def __init__(self, reporter: Reporter, result: PathResult) -> None:
        """Work nothing out yet."""
        self._reporter, self._result = reporter, result
        self._fabric = reporter.fabric
        self._indexes: dict[int, TraceIndex] = {}

    # -- parts

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What became of each address pair, or group of equal ones."""
        return tuple(self._part(group) for group in self._groups)

    @cached_property
    def _groups(self) -> list[list[Branch]]:
        """Branches that are told together: those that differ only in the internet's addresses."""
        groups: dict[tuple[object, ...], list[Branch]] = {}
        for branch in self._branches():
            groups.setdefault(self._likeness(branch), []).append(branch)
        return list(groups.values())

    def _branches(self) -> Iterator[Branch]:
        for asked in self._result.rounds:
            branches: dict[int, list[int]] = {}
            if asked.trips is not None:
                flows = asked.walked[asked.trips.flow].tolist()
                for trip, pair in enumerate(flows):
                    branches.setdefault(pair, []).append(trip)
            for pair in range(len(asked.pairs)):
                for trip in branches.get(pair, [NO_ROW]):
                    yield Branch(asked, pair, trip)

    def _likeness(self, branch: Branch) -> tuple[object, ...]:
        pairs, trips = branch.asked.pairs, branch.asked.trips
        source, destination = int(pairs.source[branch.pair]), int(pairs.destination[branch.pair])
        is_ipv6 = bool(pairs.sources.is_ipv6[source])
        left: object = (is_ipv6, "internet") if _is_wide(self._result.source) else source
        right: object = (is_ipv6, "internet") if _is_wide(self._result.destination) else destination
        if trips is None or branch.trip == NO_ROW:
            return (id(branch.asked), left, right)
        fates = (int(trips.forward_fate[branch.trip]), int(trips.return_fate[branch.trip]))
        number = int(trips.number[branch.trip])
        seen = self._translated(branch)
        return (id(branch.asked), left, right, number, *fates, seen, self._via(branch))

    @staticmethod
    def _translated(branch: Branch) -> int:
        """Return the atom that a branch's source was last translated to, or NO_ROW."""
        trips = branch.asked.trips
        if trips is None:
            return NO_ROW
        session = trips.session[branch.trip : branch.trip + 1]
        return int(trips.onward.sessions.translated(session)[0])

    def _part(self, group: list[Branch]) -> Part:
        branch = group[0]
        names = self._names(branch)
        trips = branch.asked.trips
        source = self._said(group, self._result.source, is_source=True)
        destination = self._said(group, self._result.destination, is_source=False)
        if trips is None or branch.trip == NO_ROW:
            services = self._result.question.services
            clients = _client_ports(self._result.question.replies(), services)
            return Part(source, destination, Verdict.REACHABLE, services, services, clients)
        outcome = trips.outcomes[int(trips.number[branch.trip])]
        forward, returning = self._steps(branch)
        maker = HopMaker(self._reporter.origins, self._reporter.reading, names)
        arrived = [step for step in forward if step.fate is Fate.DELIVERED]
        return Part(
            source,
            destination,
            outcome.verdict,
            outcome.services.sure,
            self._fabric.pool[int(trips.forward[branch.trip])].sure,
            _client_ports(outcome.replies, outcome.services.sure),
            self._via(branch),
            maker.hops(forward),
            maker.hops(returning),
            names.source(arrived[0]) if arrived else "",
        )

    def _said(self, group: list[Branch], end: End, *, is_source: bool) -> str:
        """Return how the addresses of one end of a group are written."""
        pairs = group[0].asked.pairs
        spots = pairs.sources if is_source else pairs.destinations
        positions = pairs.source if is_source else pairs.destination
        atoms = sorted({int(spots.atom[positions[branch.pair]]) for branch in group})
        if not _is_wide(end):
            names = self._names(group[0])
            return names.words(atoms[0], names.client if is_source else names.server)
        family = bool(spots.is_ipv6[positions[group[0].pair]])
        everything = spots.atom[spots.is_ipv6 == family]
        if end.nature is Nature.INTERNET and len(atoms) == len(set(everything.tolist())):
            return "internet"
        return ", ".join(str(p) for p in self._prefixes(atoms, end))

    def _prefixes(self, atoms: list[int], end: End) -> Iterator[object]:
        axis = self._fabric.book.axis
        run: list[int] = []
        for atom in [*atoms, NO_ROW]:
            if run and (atom != run[-1] + 1 or axis.family(atom) != axis.family(run[0])):
                family, first, _ = axis.range_of(run[0])
                last = axis.range_of(run[-1])[2]
                for prefix in end.outside:
                    if (
                        prefix.family == family
                        and prefix.length
                        and end.nature is not Nature.INTERNET
                    ):
                        first, last = max(first, prefix.first), min(last, prefix.last)
                yield from prefixes_of_range(family, first, last)
                run = []
            run.append(atom)

    def _names(self, branch: Branch) -> AddressNames:
        """Return how this pair's atoms are written: as asked, where one was asked literally."""
        pairs = branch.asked.pairs
        source = int(pairs.sources.atom[pairs.source[branch.pair]])
        destination = int(pairs.destinations.atom[pairs.destination[branch.pair]])
        return AddressNames(
            self._fabric,
            self._literal(self._result.source, source),
            self._literal(self._result.destination, destination),
            self._behind(self._result.destination),
        )

    def _behind(self, end: End) -> Literal | None:
        """Return the IPv4 address behind an end that was asked for at its NAT64 address."""
        address = end.members[0].address if end.members else None
        if end.nature is not Nature.ADDRESS or address is None or not NAT64.contains(address):
            return None
        hidden = Address(4, address.number - NAT64.first)
        return Literal(self._fabric.book.axis.locate(hidden), str(hidden))

    def _literal(self, end: End, atom: int) -> Literal | None:
        if end.nature is Nature.INTERNET:
            return Literal(atom, "internet")
        address = end.members[0].address if end.members else None
        if end.nature is not Nature.ADDRESS or address is None:
            return None
        held = self._fabric.book.axis.locate(address) == atom
        return Literal(atom, str(address)) if held else None

    def _index(self, asked: Round, *, back: bool) -> TraceIndex:
        key = id(asked) * 2 + back
        if key not in self._indexes and asked.trips is not None:
            passage = asked.trips.back if back else asked.trips.onward
            self._indexes[key] = TraceIndex.of(self._fabric, passage)
        return self._indexes[key]

    def _steps(self, branch: Branch) -> tuple[list[PacketStep], list[PacketStep]]:
        trips = branch.asked.trips
        if trips is None or branch.trip == NO_ROW:
            return [], []
        flow = int(trips.flow[branch.trip])
        onward = self._index(branch.asked, back=False)
        forward = onward.trace(flow, onward.lineage(int(trips.session[branch.trip])))
        row = int(trips.returning_row[branch.trip])
        returning: list[PacketStep] = []
        if row != NO_ROW:
            returning = self._index(branch.asked, back=True).trace(row, None)
        return forward, returning

    def _via(self, branch: Branch) -> tuple[str, ...]:
        """Return the ids of the gateways on the way there."""
        forward, _ = self._steps(branch)
        gateways = (Kind.INTERNET_GATEWAY, Kind.NAT_GATEWAY, Kind.EGRESS_ONLY, Kind.UNMODELLED)
        origins = self._reporter.origins
        found = [origins.origin(s.kind, s.row).id for s in forward if s.kind in gateways]
        return tuple(dict.fromkeys(identifier for identifier in found if identifier))

    def hops(self, branch: Branch) -> tuple[tuple[Hop, ...], tuple[Hop, ...]]:
        """Return the hops of one branch, there and back."""
        maker = HopMaker(self._reporter.origins, self._reporter.reading, self._names(branch))
        forward, returning = self._steps(branch)
        return maker.hops(forward), maker.hops(returning)

    # -- blockers and gaps

    @cached_property
    def _why(self) -> tuple[tuple[Explanation, ...], tuple[Missing, ...]]:
        found: dict[object, Explanation] = {}
        missing: dict[Missing, None] = {}
        for branch in self._puzzling():
            blockers = self._blockers(branch)
            for explanation in blockers.found:
                key = (
                    explanation.code,
                    explanation.leg,
                    explanation.component,
                    explanation.message,
                )
                found.setdefault(key, explanation)
            missing.update(dict.fromkeys(blockers.missing))
        if self._result.cut_short or not self._result.rounds:
            return self._cut_short()
        return tuple(found.values()), tuple(missing)

    def _puzzling(self) -> list[Branch]:
        """Return one branch of each group that is not simply reachable, the first few."""
        chosen = [
            group[0]
            for group in self._groups
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
        result, names = self._result, self._names(branch)
        remedies = Remedies(self._reporter.origins, names)
        maker = HopMaker(self._reporter.origins, self._reporter.reading, names)
        blockers = Blockers(self._reporter.origins, maker, names, remedies)
        flow = branch.asked.pairs.flows.at(column([branch.pair]))
        second = walk_again(self._fabric, result.question, flow)
        is_open = result.question.is_open
        if not (is_open and self._verdict(branch) is Verdict.PARTIAL):
            blockers.collect(second.forward, "forward", is_open=is_open)
        blockers.collect(second.returning, "return", is_open=is_open)
        return blockers

    def _cut_short(self) -> tuple[tuple[Explanation, ...], tuple[Missing, ...]]:
        result = self._result
        if result.cut_short:
            explanation = Explanation(
                Code(result.cut_short),
                "forward",
                of_end(result.destination),
                "the two ends have no address family in common",
            )
            return (explanation,), ()
        return (), tuple(
            Missing(of_end(end), end.why, _gap_code(end))
            for end in (result.source, result.destination)
            if end.why
        )

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """Every blocker of what does not simply work."""
        return () if self._result.verdict is Verdict.REACHABLE else self._why[0]

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What an unknown answer would need."""
        return () if self._result.verdict is Verdict.REACHABLE else self._why[1]

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What the answer relies on without the snapshot saying so."""
        steps = [step for branch in self._sample() for part in self._steps(branch) for step in part]
        bits = 0
        for asked in self._result.rounds:
            if asked.trips is not None and len(asked.trips.assumed):
                bits |= int(np.bitwise_or.reduce(asked.trips.assumed))
        return tuple(warnings_of(self._reporter.origins, self._result, bits, steps))

    def _sample(self) -> Sequence[Branch]:
        return [group[0] for group in self._groups[:MAX_EXPLAINED]]

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
        return _client_ports(replies, self.services)

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


def _is_wide(end: End) -> bool:
    """Tell whether an end stands for ranges of addresses outside the estate."""
    return bool(end.outside)


def _gap_code(end: End) -> Code:
    return Code.NOT_MODELLED if end.nature is Nature.UNMODELLED else Code.UNKNOWN_RESOURCE


def _union(sets: Iterator[ServiceSet]) -> ServiceSet:
    return ServiceSet.of(interval for services in sets for interval in services)


def _client_ports(replies: ServiceSet, services: ServiceSet) -> tuple[str, ...]:
    """Return the client ports in words; with their protocol where TCP and UDP differ."""
    ranges = {
        protocol: replies.port_ranges(protocol)
        for protocol in (TCP, UDP)
        if services.of_protocol(protocol)
    }
    words = {
        protocol: tuple(f"{a}-{b}" if b > a else str(a) for a, b in found)
        for protocol, found in ranges.items()
    }
    if len(set(words.values())) <= 1:
        return next(iter(words.values()), ())
    names = {TCP: "tcp", UDP: "udp"}
    return tuple(f"{names[protocol]} {port}" for protocol, ports in words.items() for port in ports)
