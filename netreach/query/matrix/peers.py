"""Peers: how each interface at one end of a matrix fares with all those at the other end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from netreach.model.snapshot import Snapshot
from netreach.packets.services import ServiceSet
from netreach.query.matrix.labels import labels_of
from netreach.query.matrix.pair_values import NO_COMMON_FAMILY
from netreach.query.matrix.places import Places
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.tally import Labels, Tally, Weighed
from netreach.query.verdict import Verdict, client_ports, combined

_WORKING: Final = (Verdict.REACHABLE, Verdict.PARTIAL)
#: The order in which lists tell of verdicts.
_ORDER: Final = (Verdict.REACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.UNREACHABLE)


class Faring(NamedTuple):
    """What all pairs of one interface with the other end come to."""

    verdict: Verdict
    #: Services that some pair has, and those that all have.
    services: ServiceSet
    everywhere: ServiceSet
    #: The client ports whose replies come back, in some pair.
    client_ports: tuple[str, ...]
    #: How many interfaces at the other end it reaches, if only in part, and how many were asked.
    reached: int
    asked: int


class Peers(NamedTuple):
    """Those at one end that fare alike: ids of interfaces, or names of places outside."""

    faring: Faring
    ids: tuple[str, ...]
    #: Whether they are places outside, such as the internet: lists begin with them.
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class PeerList:
    """Who reaches something, or what something reaches, as every form prints it."""

    snapshot: Snapshot
    #: The question as it was asked, options by name.
    query: Mapping[str, str]
    #: The services asked about, in words; empty: all.
    service: str
    #: What the list is about, as it was written; how many interfaces that is, and places outside.
    subject: str
    size: int
    places: int
    #: Whether the peers are those that send.
    is_source: bool
    peers: Sequence[Peers]


def peers_of(
    plan: PairMatrix,
    places: Places,
    *,
    is_source: bool,
    progress: Callable[[int, int], None] | None = None,
) -> list[Peers]:
    """Return those that send, else those that are asked, together where they fare alike.

    What they are listed for are the interfaces at the other end, and the places outside there. The
    widest come first: by verdict, then by how many services, then by how many they are.
    """
    snapshot = plan.fabric.snapshot
    senders, receivers = Labels.whole(plan.sources), Labels.whole(plan.destinations)
    if is_source:
        senders = labels_of(snapshot, plan.sources, "interface")
    else:
        receivers = labels_of(snapshot, plan.destinations, "interface")
    listed = senders if is_source else receivers
    found: dict[int, Counter[int]] = {}
    for left, right, numbers in _weighed(plan, senders, receivers, progress).by_groups():
        found.setdefault(left if is_source else right, Counter()).update(numbers)
    for place in places:
        if place.is_source is not is_source:
            for label, numbers in places.by_label(place, listed).items():
                found.setdefault(label, Counter()).update(numbers)
    together: dict[Faring, list[str]] = {}
    known: dict[tuple[tuple[int, int], ...], Faring] = {}
    for label, numbers in found.items():
        key = tuple(sorted(numbers.items()))
        if key not in known:
            known[key] = faring_of(plan, numbers)
        together.setdefault(known[key], []).append(listed.names[label])
    return widest_first([Peers(faring, tuple(ids)) for faring, ids in together.items()])


def places_of(plan: PairMatrix, places: Places, *, is_source: bool) -> list[Peers]:
    """Return how each place outside at the listed end fares with the interfaces at the other."""
    found: list[Peers] = []
    for place in places:
        if place.is_source is not is_source:
            continue
        labels = Labels.whole(plan.destinations if place.is_source else plan.sources)
        found += [
            Peers(faring_of(plan, numbers), (place.text,), is_outside=True)
            for numbers in places.by_label(place, labels).values()
        ]
    return found


def widest_first(found: Sequence[Peers]) -> list[Peers]:
    """Sort peers: places outside, then by verdict, by services, by how many they are."""
    return sorted(
        found,
        key=lambda peers: (
            not peers.is_outside,
            _ORDER.index(peers.faring.verdict),
            -len(peers.faring.services),
            -len(peers.ids),
            str(peers.faring.services),
            peers.ids,
        ),
    )


def faring_of(plan: PairMatrix, numbers: Mapping[int, int]) -> Faring:
    """Return what pairs add up to, given how many come to which number.

    As in a path's answer, ends that share no family count only where no pair shares any.
    """
    every = [(plan.fared(number), pairs) for number, pairs in numbers.items()]
    fared = [(one, pairs) for one, pairs in every if one is not NO_COMMON_FAMILY] or every
    services, replies = ServiceSet.empty(), ServiceSet.empty()
    everywhere = ServiceSet.everything()
    for one, _ in fared:
        services, replies = services | one.services, replies | one.replies
        everywhere &= one.services
    return Faring(
        verdict=combined(one.verdict for one, _ in fared),
        services=services,
        everywhere=everywhere,
        client_ports=client_ports(replies, services),
        reached=sum(pairs for one, pairs in fared if one.verdict in _WORKING),
        asked=sum(pairs for _, pairs in fared),
    )


def _weighed(
    plan: PairMatrix,
    sources: Labels,
    destinations: Labels,
    progress: Callable[[int, int], None] | None,
) -> Weighed:
    """Return how many pairs of each two groups come to which number."""
    tally = Tally(plan, sources, destinations)
    return Weighed.together(
        [Weighed.together(list(tally.of_row(row))) for row in plan.rows(progress)]
    )
