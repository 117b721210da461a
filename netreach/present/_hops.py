"""What every rendering of a path needs: which hops are one, how each fared, which parts to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from netreach.explain.records import Action, ComponentType, Explanation, Hop, Part
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
        if blocker.leg != leg or not _is_about(blocker, part):
            continue
        places = [place for place, hop in enumerate(hops) if _is_at(blocker, hop)]
        denials = [place for place in places if hops[place].action in _STOPS]
        for place in denials or places:
            cited.setdefault(place, []).append(number)
    return cited


def _is_about(blocker: Explanation, part: Part) -> bool:
    """Tell whether a blocker was found on this pair; one that names no pair is about all."""
    ends = (blocker.source, blocker.destination)
    return ends in (("", ""), (part.source_address, part.destination_address))


def _is_at(blocker: Explanation, hop: Hop) -> bool:
    directions = {blocker.direction, hop.direction} - {""}
    return blocker.component.id == hop.component.id and len(directions) < 2


def hosts_of(part: Part) -> dict[str, str]:
    """Return the names of the instances by the ids of the interfaces that they use."""
    found = (*stops(part.forward), *stops(part.returning))
    return {it.component.id: hop.component.name for _, hop, it in found if it is not None}


def alike(parts: Sequence[Part]) -> list[list[Part]]:
    """Group the parts that came to the same: what fails first, then the largest."""
    groups: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        key = (part.verdict, part.services, part.forward_services, part.client_ports)
        groups.setdefault(key, []).append(part)
    return sorted(
        groups.values(), key=lambda group: (group[0].verdict is Verdict.REACHABLE, -len(group))
    )


def examples(parts: Sequence[Part]) -> list[Part]:
    """Return the parts to draw: all of a few, else one of each group."""
    if len(parts) <= FEW:
        return list(parts)
    return [group[0] for group in alike(parts)[:FEW]]
