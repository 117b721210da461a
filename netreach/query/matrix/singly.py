"""Pairs asked one by one: the batch engine, with all addresses of both interfaces.

It answers what lanes cannot: balancers, firewalls, appliances, hosts that are unlike any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

import numpy as np

from netreach.packets.batch import Column, column
from netreach.packets.prefixes import Family
from netreach.packets.services import ServiceSet
from netreach.query.flows import PIECE, Asker
from netreach.query.matrix.kinds import Holdings
from netreach.query.matrix.lane_ways import flows_between
from netreach.query.matrix.pair_values import NO_COMMON_FAMILY, Fared, fared
from netreach.query.trips import VERDICTS, Trips
from netreach.query.verdict import Verdict, combined

_WORKING: Final = (Verdict.REACHABLE, Verdict.PARTIAL)


class Singly:
    """Asks pairs of interfaces as a path question asks them: by their primary addresses first."""

    def __init__(
        self,
        asker: Asker,
        holdings: Holdings,
        hosts: Column,
        families: tuple[Family, ...],
        *,
        piece: int = PIECE,
    ) -> None:
        """Take who asks, who holds which addresses, and which host each interface is part of."""
        self._asker, self._holdings, self._hosts = asker, holdings, hosts
        self._families, self._piece = families, piece

    def ask(self, sources: Column, destinations: Column) -> list[Fared]:
        """Return what became of each pair of interface rows."""
        found: list[Fared] = []
        step = max(1, self._piece // 4)
        for first in range(0, len(sources), step):
            part = slice(first, first + step)
            found += self._ask(sources[part], destinations[part])
        return found

    def _ask(self, sources: Column, destinations: Column) -> list[Fared]:
        first = self._round(sources, destinations, primary=True)
        again = [
            pair
            for pair in range(len(sources))
            if pair not in first or first[pair].verdict is not Verdict.REACHABLE
        ]
        rest = column(again)
        second = self._round(sources[rest], destinations[rest], primary=False)
        others = {again[pair]: one for pair, one in second.items()}
        return [both_rounds(first.get(pair), others.get(pair)) for pair in range(len(sources))]

    def _round(self, sources: Column, destinations: Column, *, primary: bool) -> dict[int, Fared]:
        """Ask the pairs of primary addresses, or all others; return what came of those that are."""
        pair, left, right = self._address_pairs(sources, destinations, primary=primary)
        if not len(pair):
            return {}
        host = self._hosts[sources[pair]]
        down = self._asker.fabric.interfaces.columns.is_down[sources[pair]]
        local = (host == self._hosts[destinations[pair]]) & ~down
        found: dict[int, list[Fared]] = {}
        question = self._asker.question
        own = fared(Verdict.REACHABLE, question.services, question.replies())
        for number in pair[local].tolist():
            found.setdefault(number, []).append(own)
        walked = np.flatnonzero(~local)
        flows = flows_between(self._asker.fabric, left[walked], right[walked])
        for start in range(0, len(walked), self._piece):
            part = np.arange(start, min(start + self._piece, len(walked)))
            came = fared_of_flows(self._asker.ask(flows.at(part)), len(part))
            for number, one in zip(pair[walked[part]].tolist(), came, strict=True):
                found.setdefault(number, []).append(one)
        return {number: together(several) for number, several in found.items()}

    def _address_pairs(
        self, sources: Column, destinations: Column, *, primary: bool
    ) -> tuple[Column, Column, Column]:
        """Return pair numbers and the address rows at both ends, of the families asked about."""
        held = self._holdings
        mine = held.first[sources + 1] - held.first[sources]
        theirs = held.first[destinations + 1] - held.first[destinations]
        counts = mine * theirs
        pair = np.arange(len(sources)).repeat(counts)
        offset = np.arange(len(pair)) - (counts.cumsum() - counts).repeat(counts)
        i, j = np.divmod(offset, theirs[pair].clip(min=1))
        left, right = held.first[sources[pair]] + i, held.first[destinations[pair]] + j
        keep = held.is_ipv6[left] == held.is_ipv6[right]
        keep &= (held.is_primary[left] & held.is_primary[right]) == primary
        for family in (4, 6):
            if family not in self._families:
                keep &= held.is_ipv6[left] == (family == 4)
        return pair[keep], left[keep], right[keep]


def fared_of_flows(trips: Trips, flows: int) -> list[Fared]:
    """Return what became of each flow."""
    verdicts = trips.verdict_of_flow(flows).tolist()
    order = np.argsort(trips.flow, kind="stable")
    owned = zip(trips.flow[order].tolist(), trips.number[order].tolist(), strict=True)
    sets: list[tuple[ServiceSet, ServiceSet]] = [
        (ServiceSet.empty(), ServiceSet.empty()) for _ in verdicts
    ]
    known: dict[tuple[int, ...], tuple[ServiceSet, ServiceSet]] = {}
    for flow, several in groupby(owned, key=lambda item: item[0]):
        key = tuple(sorted({number for _, number in several}))
        if key not in known:
            outcomes = [trips.outcomes[number] for number in key]
            known[key] = (
                _union(outcome.services.sure for outcome in outcomes),
                _union(outcome.replies for outcome in outcomes),
            )
        sets[flow] = known[key]
    return [fared(VERDICTS[verdict], *both) for verdict, both in zip(verdicts, sets, strict=True)]


def _union(sets: Iterable[ServiceSet]) -> ServiceSet:
    return ServiceSet.of(interval for one in sets for interval in one)


def together(several: list[Fared]) -> Fared:
    """Return what several flows of one pair add up to."""
    if len(several) == 1:
        return several[0]
    return fared(
        combined(one.verdict for one in several),
        _union(one.services for one in several),
        _union(one.replies for one in several),
    )


def both_rounds(first: Fared | None, second: Fared | None) -> Fared:
    """Weigh the primary addresses, then the others where those do not all work."""
    if first is None or second is None:
        return first or second or NO_COMMON_FAMILY
    services, replies = first.services | second.services, first.replies | second.replies
    if first.verdict in _WORKING:
        return Fared(first.verdict, services, replies)
    if second.verdict in _WORKING:
        return Fared(Verdict.PARTIAL, services, replies)
    verdict = Verdict.UNKNOWN if second.verdict is Verdict.UNKNOWN else first.verdict
    return Fared(verdict, services, replies)
