"""What a matrix says, as people hold it: one pair, two groups, and what it was worked out from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netreach.packets.services import ServiceSet
from netreach.query.verdict import Verdict, combined


@dataclass(frozen=True, slots=True)
class Pair:
    """What one ordered pair of interfaces comes to."""

    source: str
    destination: str
    verdict: Verdict
    #: The services that make the round trip.
    services: ServiceSet
    #: The client ports whose replies come back.
    client_ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What the pairs between two groups of interfaces come to."""

    source: str
    destination: str
    #: How many pairs there are, by verdict.
    pairs: Mapping[Verdict, int]
    #: The services that some pair has, and those that all pairs have.
    services: ServiceSet
    everywhere: ServiceSet

    @property
    def verdict(self) -> Verdict:
        """The verdict of all pairs together."""
        return combined(self.pairs)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a matrix was worked out from."""

    pairs: int
    kinds: int
    lanes: int
    #: Pairs of lanes that were walked, and pairs that were asked one by one.
    walked: int
    singly: int

    @property
    def share_singly(self) -> float:
        """The share of pairs that were asked one by one."""
        return self.singly / self.pairs if self.pairs else 0.0
