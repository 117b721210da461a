"""Places outside a matrix's interfaces: the internet, addresses of sites, services.

What a place comes to with each kind of interface is asked as a path question asks it. Of addresses
that nothing in the snapshot tells apart one stands for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec.structs import replace

from netreach.fabric.cells import group_cells, travel_cells
from netreach.packets.batch import NO_ROW, Column
from netreach.packets.likeness import alike
from netreach.packets.services import ServiceSet
from netreach.query.end import End, Member, Nature
from netreach.query.ends import Pairs, Spots
from netreach.query.flows import PIECE, Asker
from netreach.query.matrix.pair_values import NO_COMMON_FAMILY, Fared, fared
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.singly import both_rounds, fared_of_flows, together
from netreach.query.path import PathFinder, services_of
from netreach.query.verdict import Question, Verdict

#: Interfaces asked at once.
CHUNK: Final = 512
_PLAIN: Final = (Nature.INTERNET, Nature.SET, Nature.ADDRESS)


class Outside:
    """Asks about places and the kinds of one matrix."""

    def __init__(self, finder: PathFinder, plan: PairMatrix, question: Question) -> None:
        """Take what the matrix asks; `question` may be about fewer services."""
        self._finder, self._plan, self._question = finder, plan, question
        self._asker = Asker(plan.fabric, question, strict=plan.strict)
        self._cells = travel_cells(plan.fabric), group_cells(plan.fabric)

    def fared(self, text: str, *, is_source: bool) -> dict[int, Fared]:
        """Return what a place comes to with every kind at the other end, by kind."""
        kinds = self._plan.kinds
        counts = kinds.destinations if is_source else kinds.sources
        asked = np.flatnonzero(counts > 0)
        examples = kinds.members.rows[kinds.members.start[asked]]
        end = self._finder.selectors.resolve(text)
        if _is_plain(end):
            end = replace(end, members=tuple(m for m in end.members if not m.interface))
            found = self._together(end, examples, is_source=is_source)
        else:
            found = {row: self._alone(text, row, is_source=is_source) for row in examples.tolist()}
        return {
            kind: found.get(row, NO_COMMON_FAMILY)
            for kind, row in zip(asked.tolist(), examples.tolist(), strict=True)
        }

    def _alone(self, text: str, interface: int, *, is_source: bool) -> Fared:
        """Ask one question: what a name means depends on who asks for it."""
        own = self._id(interface)
        ends = (text, own) if is_source else (own, text)
        plan, question = self._plan, self._question
        result = self._finder.find(*ends, question, plan.families, strict=plan.strict)
        services, _ = services_of(result.rounds, question)
        replies = ServiceSet.empty()
        for one in result.rounds:
            if len(one.walked) < len(one.pairs):
                replies |= question.replies()
            if one.trips is not None:
                for number in np.unique(one.trips.number).tolist():
                    replies |= one.trips.outcomes[number].replies
        return fared(result.verdict, services, replies)

    def _id(self, interface: int) -> str:
        return self._ids[interface]

    @property
    def _ids(self) -> tuple[str, ...]:
        return tuple(self._plan.fabric.snapshot.interfaces)

    def _together(self, end: End, examples: Column, *, is_source: bool) -> dict[int, Fared]:
        """Ask a place and many interfaces, in pieces."""
        found: dict[int, Fared] = {}
        ids = self._ids
        for first in range(0, len(examples), CHUNK):
            rows = examples[first : first + CHUNK].tolist()
            members = tuple(Member(ids[row]) for row in rows)
            crowd = End("", Nature.SET, "", members=members)
            ends = (end, crowd) if is_source else (crowd, end)
            found |= self._rounds(*ends, is_source=is_source)
        return found

    def _rounds(self, source: End, destination: End, *, is_source: bool) -> dict[int, Fared]:
        places, families = self._finder.places, self._plan.families
        starts = places.sources(source, families)
        if is_source:
            starts = self._distinct(starts)
        targets = places.destinations(destination, families, asking=starts)
        if not is_source:
            targets = self._distinct(targets)
        rounds = []
        for primary in (True, False):
            pairs = places.pairs(starts, targets, primary=primary, keeps_local=True)
            rounds.append(self._asked(pairs, is_source=is_source))
        interfaces = rounds[0].keys() | rounds[1].keys()
        return {one: both_rounds(*_used(rounds, one)) for one in interfaces}

    def _asked(self, pairs: Pairs, *, is_source: bool) -> dict[int, Fared]:
        """Return what the pairs of each interface come to together."""
        found: dict[int, list[Fared]] = {}
        spots, at = (
            (pairs.destinations, pairs.destination) if is_source else (pairs.sources, pairs.source)
        )
        interfaces = spots.interface[at]
        for first in range(0, len(pairs), PIECE):
            part = np.arange(first, min(first + PIECE, len(pairs)))
            flows = fared_of_flows(self._asker.ask(pairs.flows.at(part)), len(part))
            for one, each in zip(interfaces[part].tolist(), flows, strict=True):
                known = found.setdefault(one, [])
                if each not in known:
                    known.append(each)
        return {one: together(several) for one, several in found.items()}

    def _distinct(self, spots: Spots) -> Spots:
        """Keep one of all addresses between which nothing in the snapshot tells."""
        travel, groups = self._cells
        found = alike(
            travel.at(spots.atom),
            groups.at(spots.atom),
            spots.interface,
            spots.vpc,
            spots.subnet,
            spots.host,
            spots.site,
            spots.is_primary.astype(np.int64),
            np.where(spots.interface == NO_ROW, self._holders(spots.atom), NO_ROW),
        )
        keep = np.sort(found.first)
        return Spots(*(getattr(spots, name)[keep] for name in spots.__struct_fields__))

    def _holders(self, atoms: Column) -> Column:
        return self._plan.fabric.book.public_holder(atoms)


def _used(rounds: list[dict[int, Fared]], interface: int) -> Iterator[Fared | None]:
    """Yield what an interface's rounds came to; a second is asked only if the first falls short."""
    first = rounds[0].get(interface)
    yield first
    works = first is not None and first.verdict is Verdict.REACHABLE
    yield None if works else rounds[1].get(interface)


def _is_plain(end: End) -> bool:
    """Tell whether an end means the same whoever asks, and all of its addresses are meant."""
    special = end.views or end.hidden or end.door or end.sites or end.mirror
    return end.nature in _PLAIN and not special
