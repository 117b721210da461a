"""Branches of paths: taken out of a result, grouped where they are told together, made parts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from msgspec.structs import replace

from netreach.explain.evidence import Reading
from netreach.explain.hops import HopMaker
from netreach.explain.records import Part
from netreach.explain.traces import AddressNames, Literal, PacketStep, TraceIndex
from netreach.fabric.fabric import Fabric
from netreach.fabric.origins import Origins
from netreach.fabric.ranges import NAT64
from netreach.fabric.vocabulary import Fate, Kind
from netreach.packets.atoms import prefixes_of_range
from netreach.packets.batch import NO_ROW
from netreach.packets.prefixes import Address, Prefix
from netreach.query.ends import Spots
from netreach.query.path import PathResult, Round
from netreach.query.selectors import End, Nature
from netreach.query.verdict import Verdict, client_ports
from netreach.query.words import safe

#: What a way is said to lead over.
_GATEWAYS: Final = (
    Kind.INTERNET_GATEWAY,
    Kind.NAT_GATEWAY,
    Kind.EGRESS_ONLY,
    Kind.PEERING,
    Kind.TRANSIT_ATTACHMENT,
    Kind.VPN_GATEWAY,
    Kind.SITE_LINK,
    Kind.ENDPOINT,
    Kind.INSPECTION,
    Kind.LOAD_BALANCER,
    Kind.TARGET_GROUP,
    Kind.UNMODELLED,
)


class Branch(NamedTuple):
    """One branch of one pair's path: where it stands in a round."""

    asked: Round
    #: Position of the pair in the round's pairs.
    pair: int
    #: Position of the branch in the round's trips; NO_ROW for what never leaves its host.
    trip: int


class Branches:
    """The branches of one result, and the parts that they make."""

    def __init__(
        self, fabric: Fabric, origins: Origins, reading: Reading, result: PathResult
    ) -> None:
        """Work nothing out yet."""
        self._fabric, self._origins, self._reading = fabric, origins, reading
        self._result = result
        self._indexes: dict[int, TraceIndex] = {}

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What became of each address pair, or group of equal ones."""
        return tuple(part for group in self.groups for part in self._parts(group))

    @cached_property
    def groups(self) -> list[list[Branch]]:
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
        seen = (self._seen_as(branch), self._balanced(branch), self._via(branch))
        return (id(branch.asked), left, right, number, *fates, *seen)

    def _seen_as(self, branch: Branch) -> int:
        """Return the atom of the source as it was last seen, or NO_ROW where it is the sender's.

        Balancers that keep it stand between it and the last translation, so that is not asked.
        """
        pairs = branch.asked.pairs
        forward, _ = self.steps(branch)
        own = int(pairs.sources.atom[pairs.source[branch.pair]])
        last = forward[-1].source if forward else own
        return NO_ROW if last == own else last

    def _balanced(self, branch: Branch) -> int:
        """Return the atom of the target that the last load balancer chose, or NO_ROW."""
        forward, _ = self.steps(branch)
        chosen = [step.destination for step in forward if step.kind is Kind.LOAD_BALANCER]
        return chosen[-1] if chosen else NO_ROW

    def _parts(self, group: list[Branch]) -> Iterator[Part]:
        """Yield the part of a group, once for each of its client ports that rules tell apart."""
        part, trips, trip = self._part(group), group[0].asked.trips, group[0].trip
        if trips is None or trip == NO_ROW or not trips.outcomes[int(trips.number[trip])].products:
            yield part
            return
        for one in trips.outcomes[int(trips.number[trip])].products:
            clients = client_ports(one.clients, one.services)
            yield replace(part, services=one.services, client_ports=clients)

    def _part(self, group: list[Branch]) -> Part:
        branch = group[0]
        names = self.names(branch)
        trips = branch.asked.trips
        source = self._said(group, self._result.source, is_source=True)
        destination = self._said(group, self._result.destination, is_source=False)
        if trips is None or branch.trip == NO_ROW:
            services = self._result.question.services
            clients = client_ports(self._result.question.replies(), services)
            return Part(source, destination, Verdict.REACHABLE, services, services, clients)
        outcome = trips.outcomes[int(trips.number[branch.trip])]
        forward, returning = self.steps(branch)
        maker = HopMaker(self._origins, self._reading, names)
        arrived = [step for step in forward if step.fate is Fate.DELIVERED]
        return Part(
            source,
            destination,
            outcome.verdict,
            outcome.services.sure,
            self._fabric.pool[int(trips.forward[branch.trip])].sure,
            client_ports(outcome.replies, outcome.services.sure),
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
            names = self.names(group[0])
            return names.words(atoms[0], names.client if is_source else names.server)
        family = bool(spots.is_ipv6[positions[group[0].pair]])
        everything = spots.atom[spots.is_ipv6 == family]
        if len(atoms) == len(set(everything.tolist())):
            if end.nature is Nature.INTERNET:
                return "internet"
            if end.hidden:
                return safe(end.id)
        return ", ".join(str(p) for p in self._prefixes(atoms, end))

    def _prefixes(self, atoms: list[int], end: End) -> Iterator[object]:
        axis = self._fabric.book.axis
        run: list[int] = []
        for atom in [*atoms, NO_ROW]:
            if run and (atom != run[-1] + 1 or axis.family(atom) != axis.family(run[0])):
                family, first, _ = axis.range_of(run[0])
                last = axis.range_of(run[-1])[2]
                for low, high in _asked(end, family, first, last) or [(first, last)]:
                    yield from prefixes_of_range(family, low, high)
                run = []
            run.append(atom)

    def names(self, branch: Branch) -> AddressNames:
        """Return how this pair's atoms are written: as asked, where one was asked literally."""
        pairs = branch.asked.pairs
        return AddressNames(
            self._fabric,
            self._named(self._result.source, pairs.sources, int(pairs.source[branch.pair])),
            self._named(
                self._result.destination, pairs.destinations, int(pairs.destination[branch.pair])
            ),
            self._behind(self._result.destination),
            self._ranges(self._result.destination),
        )

    @staticmethod
    def _ranges(end: End) -> tuple[Prefix, ...]:
        """Return the known ranges of an AWS service."""
        return end.outside if end.service and not end.hidden else ()

    def _behind(self, end: End) -> Literal | None:
        """Return the IPv4 address behind an end that was asked for at its NAT64 address."""
        address = end.members[0].address if end.members else None
        if end.nature is not Nature.ADDRESS or address is None or not NAT64.contains(address):
            return None
        hidden = Address(4, address.number - NAT64.first)
        return Literal(self._fabric.book.axis.locate(hidden), str(hidden))

    def _named(self, end: End, spots: Spots, position: int) -> Literal | None:
        """Return how the atom of an end is written, None where it is a host's own."""
        atom = int(spots.atom[position])
        is_beyond = int(spots.interface[position]) == NO_ROW
        return self._literal(end, atom) or (self._in_range(end, atom) if is_beyond else None)

    def _in_range(self, end: End, atom: int) -> Literal | None:
        """Return the first address of an atom that was asked for: it may begin before the range."""
        family, first, last = self._fabric.book.axis.range_of(atom)
        for prefix in end.outside:
            if prefix.family == family and prefix.first <= last and first <= prefix.last:
                text = str(Address(family, max(first, prefix.first)))
                return Literal(atom, text, prefix)
        return None

    def _literal(self, end: End, atom: int) -> Literal | None:
        if end.nature is Nature.INTERNET or end.hidden:
            return Literal(atom, "internet")
        for seen in (one for view in end.views for one in view.ends):
            found = self._literal(seen, atom) if seen.nature is Nature.ADDRESS else None
            if found is not None:
                return found
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

    def steps(self, branch: Branch) -> tuple[list[PacketStep], list[PacketStep]]:
        """Return the steps of a branch, there and back."""
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
        forward, _ = self.steps(branch)
        origins = self._origins
        found = [origins.origin(s.kind, s.row).id for s in forward if s.kind in _GATEWAYS]
        return tuple(dict.fromkeys(identifier for identifier in found if identifier))


def _asked(end: End, family: int, first: int, last: int) -> list[tuple[int, int]]:
    """Return what of a range was asked for: its atoms may hold other addresses too."""
    prefixes = () if end.nature is Nature.INTERNET else end.outside
    return [
        (max(first, prefix.first), min(last, prefix.last))
        for prefix in prefixes
        if prefix.family == family and prefix.first <= last and first <= prefix.last
    ]


def _is_wide(end: End) -> bool:
    """Tell whether an end stands for ranges of addresses outside the estate."""
    return bool(end.outside)
