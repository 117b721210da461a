"""One question between two ends: resolve, pair, ask, combine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.errors import SelectorError, UsageError
from netreach.fabric.fabric import Fabric
from netreach.fabric.interface import CANNOT_INITIATE
from netreach.model.relations import Relations
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import Column, distinct
from netreach.packets.prefixes import Family
from netreach.packets.services import ServiceSet
from netreach.query import choices
from netreach.query.door_ends import facing
from netreach.query.ends import Pairs, Places, Spots
from netreach.query.flows import Asker
from netreach.query.hidden import are_alike, by_list_routes
from netreach.query.mirror_ends import mirrored, receiving, sending
from netreach.query.named_ends import NamedEnds
from netreach.query.selectors import End, Nature, Selectors
from netreach.query.trips import VERDICTS, Trips
from netreach.query.verdict import Question, Verdict, combined
from netreach.query.words import quoted

#: More address pairs than this are asked for only in pieces.
MAX_PAIRS: Final = 2_000_000


class Round(Struct, frozen=True):
    """Pairs asked together, and how they fared."""

    pairs: Pairs
    #: The rows of `pairs` that were walked; the others never leave their host.
    walked: Column
    trips: Trips | None
    #: Index into VERDICTS per pair.
    verdict: Column


class PathResult(Struct, frozen=True):
    """What a question came to, before anybody explains it."""

    question: Question
    source: End
    destination: End
    verdict: Verdict
    rounds: tuple[Round, ...] = ()
    #: Why nothing was asked: no common family, no interface, an end that is not modelled.
    cut_short: str = ""
    families: tuple[Family, ...] = (4, 6)
    strict: bool = False


class PathFinder:
    """Answers questions over one compiled network."""

    def __init__(self, fabric: Fabric) -> None:
        """Prepare what all questions share."""
        self.fabric = fabric
        self.selectors = Selectors(Relations(fabric.snapshot))
        self.named = NamedEnds(self.selectors)
        self.places = Places(fabric)
        self._askers: dict[tuple[Question, bool], Asker] = {}

    def find(
        self,
        source: str,
        destination: str,
        question: Question,
        families: tuple[Family, ...],
        *,
        strict: bool = False,
    ) -> PathResult:
        """Answer one question.

        Raises:
            SelectorError: an end matches nothing or too much.
            UsageError: the ends contradict each other.
        """
        ends = self._ends(source, destination)
        question = mirrored(question, ends)
        for end in ends:
            if end.is_set and not end.members and not end.outside:
                raise SelectorError(f"{quoted(end.text)} holds no network interface to ask about")
        short = _cut_short(self.fabric, *ends)
        if short is not None:
            verdict, code = short
            return PathResult(
                question, *ends, verdict, cut_short=code, families=families, strict=strict
            )
        starts = self.places.sources(ends[0], families)
        targets = self.places.destinations(ends[1], families, asking=starts)
        _check_families(ends, starts, targets, families)
        rounds = self._rounds(ends, starts, targets, question, strict=strict)
        if not rounds:
            return self._without_pairs(question, ends, families, strict=strict)
        verdict = _as_far_as_known(ends[1], rounds)
        if choices.is_open(ends):
            alone = partial(self._fared, families, question, strict=strict)
            verdict = choices.shared(ends, alone) or verdict
        return PathResult(question, *ends, verdict, rounds, families=families, strict=strict)

    def _fared(
        self,
        families: tuple[Family, ...],
        question: Question,
        ends: tuple[End, End],
        *,
        strict: bool,
    ) -> choices.Fared | None:
        """Return how ends fare that leave no choice; None where they have no pair."""
        starts = self.places.sources(ends[0], families)
        targets = self.places.destinations(ends[1], families, asking=starts)
        rounds = self._rounds(ends, starts, targets, question, strict=strict)
        if not rounds:
            return None
        services, _ = services_of(rounds, question)
        return choices.Fared(_as_far_as_known(ends[1], rounds), services)

    def _ends(self, source: str, destination: str) -> tuple[End, End]:
        """Resolve both ends; what a name means depends on who asks for it."""
        sender = self.named.source(sending(self.selectors, self.selectors.resolve(source)))
        receiver = receiving(self.selectors, self.selectors.resolve(destination))
        receiver = self.named.destination(receiver, sender)
        return facing(self.fabric, sender, receiver)

    def _rounds(
        self,
        ends: tuple[End, End],
        starts: Spots,
        targets: Spots,
        question: Question,
        *,
        strict: bool,
    ) -> tuple[Round, ...]:
        """Ask the primary pairs; the others only where those do not all work."""
        if len(starts) * len(targets) > MAX_PAIRS:
            raise SelectorError(
                f"that is {len(starts)} x {len(targets)} address pairs: ask about smaller sets, or "
                "`netreach matrix` about all of them"
            )
        keeps_local = not (ends[0].is_set or ends[1].is_set)
        rounds: list[Round] = []
        for primary in (True, False):
            pairs = self.places.pairs(starts, targets, primary=primary, keeps_local=keeps_local)
            if ends[1].hidden:
                pairs = by_list_routes(self.fabric, pairs, ends[1].service)
            if len(pairs):
                rounds.append(self._ask(pairs, question, strict=strict))
            if rounds and verdict_of(rounds) is Verdict.REACHABLE:
                break
        return tuple(rounds)

    def _ask(self, pairs: Pairs, question: Question, *, strict: bool) -> Round:
        walked = np.flatnonzero(~pairs.is_local)
        verdict = np.zeros(len(pairs), np.int64)  # 0 is reachable: what never leaves its host
        trips = None
        if len(walked):
            trips = self.asker(question, strict=strict).ask(pairs.flows.at(walked))
            verdict[walked] = trips.verdict_of_flow(len(walked))
        return Round(pairs, walked, trips, verdict)

    def asker(self, question: Question, *, strict: bool) -> Asker:
        """Return the asker of a question; it keeps its memo of set combinations, no answers."""
        key = (question, strict)
        if key not in self._askers:
            if len(self._askers) > 256:
                self._askers.clear()
            self._askers[key] = Asker(self.fabric, question, strict=strict, traced=True)
        return self._askers[key]

    def _without_pairs(
        self,
        question: Question,
        ends: tuple[End, End],
        families: tuple[Family, ...],
        *,
        strict: bool,
    ) -> PathResult:
        if ends[0].is_set or ends[1].is_set:
            left, right = (quoted(end.text) for end in ends)
            raise SelectorError(f"there is no pair to ask about between {left} and {right}")
        return PathResult(
            question,
            *ends,
            Verdict.UNREACHABLE,
            cut_short="NO_COMMON_ADDRESS_FAMILY",
            families=families,
            strict=strict,
        )


#: Kinds of ends of which the same is true, whatever interfaces they have.
_ONLY_ANSWERING: Final = frozenset(
    {"vpc-endpoint", "vpc-endpoint-service", "aws-service", "egress-only-internet-gateway"}
)


def _cut_short(fabric: Fabric, source: End, destination: End) -> tuple[Verdict, str] | None:
    """Return the verdict and code where an end cannot be asked at all; no code: nobody knows."""
    if source.kind in _ONLY_ANSWERING and source.nature is not Nature.UNMODELLED:
        return Verdict.UNREACHABLE, "SOURCE_CANNOT_INITIATE"
    interfaces = fabric.snapshot.interfaces
    kinds = {interfaces[m.interface].interface_type for m in source.members if m.interface}
    if kinds and kinds <= CANNOT_INITIATE:
        return Verdict.UNREACHABLE, "SOURCE_CANNOT_INITIATE"
    for end in (source, destination):
        instance = fabric.snapshot.instances.get(end.id)
        if end.nature is Nature.BARE and instance is not None and instance.state != "running":
            return Verdict.UNREACHABLE, "BAD_STATE"
    if any(is_unassociated(fabric.snapshot, end) for end in (source, destination)):
        return Verdict.UNREACHABLE, "UNASSOCIATED_COMPONENT"
    if {source.nature, destination.nature} & {Nature.UNMODELLED, Nature.BARE}:
        return Verdict.UNKNOWN, ""
    return None


def is_unassociated(snapshot: Snapshot, end: End) -> bool:
    """Tell whether an end is tied to nothing that could send or receive.

    Its interfaces have no address of any family (so it is with those that carry EFA only), or it is
    a gateway that is attached to no VPC.
    """
    gateway = snapshot.internet_gateways.get(end.id) or snapshot.egress_only_gateways.get(end.id)
    if end.nature is Nature.UNMODELLED and gateway is not None:
        return not gateway.attachments and not gateway.doubt
    if end.nature is not Nature.RESOURCE:
        return False
    records = [snapshot.interfaces[member.interface] for member in end.members]
    return not any(record.addresses or record.delegated for record in records)


def _check_families(
    ends: tuple[End, End], starts: Spots, targets: Spots, families: tuple[Family, ...]
) -> None:
    """Refuse two literal addresses of different families."""
    if not all(end.nature is Nature.ADDRESS for end in ends):
        return
    if len(starts) and len(targets) and bool(starts.is_ipv6[0]) == bool(targets.is_ipv6[0]):
        return
    del families
    raise UsageError(
        place=f"{ends[0].text} {ends[1].text}",
        what="the two addresses, the protocol and --family are not of one address family",
        mend="ask IPv4 of IPv4 and IPv6 of IPv6 (icmp is IPv4's, icmpv6 is IPv6's)",
    )


def verdict_of(rounds: Sequence[Round]) -> Verdict:
    """Weigh the primary pairs, and the secondary ones where the primary ones do not all work."""
    first = combined(VERDICTS[number] for number in distinct(rounds[0].verdict).tolist())
    if len(rounds) == 1 or first in (Verdict.REACHABLE, Verdict.PARTIAL):
        return first
    second = combined(VERDICTS[number] for number in distinct(rounds[1].verdict).tolist())
    if second in (Verdict.REACHABLE, Verdict.PARTIAL):
        return Verdict.PARTIAL
    return Verdict.UNKNOWN if second is Verdict.UNKNOWN else first


def _as_far_as_known(destination: End, rounds: Sequence[Round]) -> Verdict:
    """Weigh the rounds; of hidden addresses only what is true of all of them is known."""
    verdict = verdict_of(rounds)
    asked = [(one.pairs, one.walked, one.trips) for one in rounds]
    if destination.hidden and not are_alike(asked):
        return Verdict.UNKNOWN
    unseen = destination.nature is Nature.NAME and destination.why
    return combined([verdict, Verdict.UNKNOWN]) if unseen else verdict


def services_of(rounds: Sequence[Round], question: Question) -> tuple[ServiceSet, ServiceSet]:
    """Return the union of what made the round trip and of what got there, over all pairs."""
    complete, forward = ServiceSet.empty(), ServiceSet.empty()
    for asked in rounds:
        if len(asked.walked) < len(asked.pairs):
            complete, forward = question.services, question.services
        if asked.trips is None:
            continue
        trips = asked.trips
        for number in distinct(trips.number).tolist():
            complete |= trips.outcomes[number].services.sure
    return complete, forward
