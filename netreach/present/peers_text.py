"""Who reaches something, or what something reaches, as lists for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from netreach.present._ink import Ink, Mark, clipped, shortened
from netreach.query.matrix.group_names import name_of_group, shown_groups, without
from netreach.query.matrix.peers import Faring, PeerList, Peers
from netreach.query.verdict import Verdict
from netreach.query.words import safe

_INDENT: Final = "    "
#: Phrases of services, client ports, interfaces of one subnet and subnets that are printed.
_MOST_SERVICES: Final = 12
_MOST_RANGES: Final = 6
_MOST_NAMES: Final = 8
_MOST_SUBNETS: Final = 40
_WIDEST_NAME: Final = 40
_AND_PLACES: Final = " and places"
_WORDS: Final = {
    Verdict.PARTIAL: "partial",
    Verdict.UNKNOWN: "unknown: the snapshot or the model lacks something",
}


def render_peers(
    found: PeerList, *, width: int = 100, color: bool = False, unicode: bool = True
) -> str:
    """Return a list of peers as text."""
    ink = Ink(width, color, unicode)
    return ink.finished(_lines(found, ink))


def _lines(found: PeerList, ink: Ink) -> Iterator[str]:
    yield from ink.filled(_title(found), "")
    yield from ink.filled(_counts(found), "")
    for peers in found.peers:
        if peers.is_outside and peers.faring.verdict is Verdict.UNREACHABLE:
            yield from ink.filled(f"{', '.join(safe(one) for one in peers.ids)}: no service", "")
    for peers in found.peers:
        if peers.faring.verdict is not Verdict.UNREACHABLE:
            yield ""
            yield from _of_peers(found, peers, ink)


def _title(found: PeerList) -> str:
    subject = f"{found.subject} ({found.size:,} interfaces)" if found.size > 1 else found.subject
    asked = f" on {found.service}" if found.service else ""
    return f"who reaches {subject}{asked}" if found.is_source else f"what {subject} reaches{asked}"


def _counts(found: PeerList) -> str:
    """Say how many of how many, and what became of the rest."""
    counts: Counter[Verdict] = Counter()
    for peers in found.peers:
        if not peers.is_outside:
            counts[peers.faring.verdict] += len(peers.ids)
    total, working = counts.total(), counts[Verdict.REACHABLE] + counts[Verdict.PARTIAL]
    words = ", ".join(f"{counts[one]:,} {one}" for one in Verdict if counts[one])
    return f"{working:,} of {total:,} interfaces" + (f": {words}" if words else "")


def _of_peers(found: PeerList, peers: Peers, ink: Ink) -> Iterator[str]:
    """Yield what some have in common, then who they are."""
    mark = f"{ink.mark(Mark.of(peers.faring.verdict))} "
    services = peers.faring.services.words() or ["no service for sure"]
    head = list(ink.listed(_cut(services, _MOST_SERVICES), " " * (ink.mark_width + 1)))
    yield mark + head[0].lstrip()
    yield from head[1:]
    for remark in _remarks(found, peers.faring):
        yield from ink.filled(remark, _INDENT)
    if peers.is_outside:
        yield from ink.listed(_cut(peers.ids, _MOST_NAMES), _INDENT)
    else:
        yield from _by_subnet(found, peers, ink)


def _remarks(found: PeerList, faring: Faring) -> Iterator[str]:
    """Yield what keeps this from being a plain yes."""
    if faring.verdict in _WORDS:
        yield _WORDS[faring.verdict]
    if faring.verdict is Verdict.PARTIAL and faring.client_ports:
        yield f"client ports {shortened(faring.client_ports, _MOST_RANGES)}"
    if 0 < faring.reached < faring.asked:
        what = (
            f"{faring.reached:,} of {faring.asked:,} interfaces{_AND_PLACES * bool(found.places)}"
        )
        yield f"of {found.subject} only {what}"
    if faring.services != faring.everywhere and faring.everywhere:
        every = shortened(faring.everywhere.words(), _MOST_SERVICES)
        yield f"every interface of {found.subject}: {every}"


def _by_subnet(found: PeerList, peers: Peers, ink: Ink) -> Iterator[str]:
    """Yield interfaces subnet by subnet, those with the most first."""
    snapshot = found.snapshot
    subnets: dict[str, list[str]] = {}
    for interface in peers.ids:
        subnets.setdefault(snapshot.interfaces[interface].subnet, []).append(interface)
    ordered = sorted(subnets.items(), key=lambda item: (-len(item[1]), item[0]))
    for subnet, interfaces in ordered[:_MOST_SUBNETS]:
        name = name_of_group(snapshot, "subnet", subnet)
        place = clipped(subnet or without("subnet"), _WIDEST_NAME)
        label = f"{place} {clipped(name, _WIDEST_NAME)}" if name else place
        count = f" ({len(interfaces):,})" if len(interfaces) > 1 else ""
        shown = sorted(shown_groups(snapshot, "interface", interfaces).values())
        yield from ink.listed(_cut(shown, _MOST_NAMES), f"{_INDENT}{label}{count}: ")
    if len(ordered) > _MOST_SUBNETS:
        rest = sum(len(interfaces) for _, interfaces in ordered[_MOST_SUBNETS:])
        places = len(ordered) - _MOST_SUBNETS
        yield f"{_INDENT}and {rest:,} more in {places:,} subnets: see --format json"


def _cut(words: list[str] | tuple[str, ...], most: int) -> list[str]:
    """Return the first words, and how many more there are."""
    if len(words) <= most + 1:
        return [safe(word) for word in words]
    return [*(safe(word) for word in words[:most]), f"and {len(words) - most:,} more"]
