"""What every rendering of a path needs: which hops are one, how each fared, which parts to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from netreach.explain.records import (
    Action,
    Component,
    ComponentType,
    Explanation,
    Hop,
    Part,
    Report,
)
from netreach.present._ink import Mark
from netreach.query.verdict import Verdict

#: Up to so many pairs are shown with their paths; of more, those that fare alike are counted.
FEW: Final = 3

_STOPS: Final = (Action.DENY, Action.DROP, Action.UNKNOWN)
_HOST: Final = {ComponentType.INSTANCE, ComponentType.INTERFACE}
_AT_ENDS: Final = (Action.SEND, Action.DELIVER)
_WORKING: Final = (Verdict.REACHABLE, Verdict.PARTIAL)


def stops(hops: Sequence[Hop]) -> Iterator[tuple[int, Hop, Hop | None]]:
    """Yield position and hop; an instance comes with its interface: nothing lies between them."""
    position = 0
    while position < len(hops):
        pair = hops[position : position + 2]
        if _is_one_end(pair):
            ends = {hop.component.type: hop for hop in pair}
            yield position, ends[ComponentType.INSTANCE], ends[ComponentType.INTERFACE]
            position += 2
        else:
            yield position, pair[0], None
            position += 1


def _is_one_end(pair: Sequence[Hop]) -> bool:
    return (
        {hop.component.type for hop in pair} == _HOST
        and {hop.action for hop in pair} in ({Action.SEND}, {Action.DELIVER})
        and not any(hop.because for hop in pair)
    )


def mark_of(hop: Hop, part: Part, *, is_cited: bool) -> Mark:
    """Say how the packet fared at a hop; a blocker that leaves some of it alive is no cross."""
    if hop.action is Action.UNKNOWN:
        return Mark.UNKNOWN
    if hop.action in _STOPS:
        return Mark.PARTLY if part.verdict in _WORKING else Mark.BLOCKED
    return Mark.PARTLY if is_cited else Mark.PASSED


def citations(
    part: Part, hops: Sequence[Hop], leg: str, blockers: Sequence[tuple[int, Explanation]]
) -> dict[int, list[int]]:
    """Return, by the position of a hop, the numbers of the blockers that were found there."""
    cited: dict[int, list[int]] = {}
    for number, blocker in blockers:
        if blocker.leg != leg or not _is_about(blocker, part, hops):
            continue
        for place in _places(blocker, hops):
            cited.setdefault(place, []).append(number)
    return cited


def _places(blocker: Explanation, hops: Sequence[Hop]) -> list[int]:
    """Return where a blocker was found: where it denied, else where it is crossed at all."""
    crossed = [(place, hop) for place, hop in enumerate(hops) if _agree(blocker, hop)]
    found = [(place, hop) for place, hop in crossed if hop.component.id == blocker.component.id]
    if blocker.direction and blocker.component.type is ComponentType.INTERFACE:
        # what filters at an interface are its groups, and they are the hop
        groups = [it for it in crossed if it[1].component.type is ComponentType.SECURITY_GROUP]
        found = groups or found
    denials = [place for place, hop in found if hop.action in _STOPS]
    return denials or [place for place, _ in found]


def _agree(blocker: Explanation, hop: Hop) -> bool:
    return len({blocker.direction, hop.direction} - {""}) < 2


def _is_about(blocker: Explanation, part: Part, hops: Sequence[Hop]) -> bool:
    """Tell whether a blocker was found on this pair; one that names no pair is about all.

    Its pair is the part's, or that of the packet somewhere on its way, in either order.
    """
    ends = {blocker.source, blocker.destination}
    if ends == {""}:
        return True
    packets = [{hop.source, hop.destination} for hop in hops]
    return ends in [{part.source_address, part.destination_address}, *packets]


def host_names(part: Part, report: Report) -> dict[str, str]:
    """Return the names of instances by the ids of the interfaces that they use."""
    found = (*stops(part.forward), *stops(part.returning))
    names = {it.component.id: hop.component.name for _, hop, it in found if it is not None}
    at_source = (*part.forward[:1], *part.returning[-1:])
    at_destination = (*part.forward[-1:], *part.returning[:1])
    for end, hops in ((report.source, at_source), (report.destination, at_destination)):
        names |= {hop.component.id: end.name for hop in hops if _is_of(hop, end)}
    return names


def _is_of(hop: Hop, end: Component) -> bool:
    """Tell whether a hop at the end of a way is the interface of an instance that was asked."""
    is_host = {hop.component.type, end.type} == _HOST
    return is_host and end.type is ComponentType.INSTANCE and hop.action in _AT_ENDS


def alike(parts: Sequence[Part]) -> list[list[Part]]:
    """Group the parts that came to the same: what fails first, then the largest."""
    groups: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        key = (part.verdict, part.services, part.forward_services, part.client_ports)
        groups.setdefault(key, []).append(part)
    return sorted(
        groups.values(), key=lambda group: (group[0].verdict is Verdict.REACHABLE, -len(group))
    )


def same_ways(parts: Sequence[Part]) -> list[list[Part]]:
    """Group the parts that came to the same by the same hops for the same reasons."""
    groups: dict[tuple[object, ...], list[Part]] = {}
    twins: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        ways = (tuple(map(_trail, hops)) for hops in (part.forward, part.returning))
        key = (part.verdict, part.services, part.forward_services, part.client_ports, *ways)
        # parts of one path, which differ in what works from which client ports
        path = (*ends_of(part), id(part.forward), id(part.returning)) if part.forward else key
        group = twins.get(path) or groups.setdefault(key, [])
        twins.setdefault(path, group).append(part)
    return list(groups.values())


def ends_of(part: Part) -> tuple[object, ...]:
    """Return between which addresses a part is, and over which gateways."""
    return part.source_address, part.destination_address, part.via


def _trail(hop: Hop) -> tuple[str, ...]:
    because = hop.because.text if hop.because else ""
    return hop.component.id, hop.action, hop.direction, hop.subnet, because


def examples(parts: Sequence[Part]) -> list[Part]:
    """Return the parts to draw: all of a few, else one of each group."""
    if len(parts) <= FEW:
        return list(parts)
    return [group[0] for group in alike(parts)[:FEW]]
