"""Destinations of which nobody knows more than that they are some of the internet's addresses.

So it is with an AWS service whose prefix list the snapshot lacks. All of the internet is asked, and
only what is true of every address counts. Where the sender's own table has a route by the list, to
a gateway endpoint of the service, it is that route that the packets take: it covers them for sure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from netreach.fabric.fabric import Fabric
from netreach.fabric.list_routes import route_by_list
from netreach.packets.batch import Column, column
from netreach.query.ends import Pairs
from netreach.query.trips import Trips
from netreach.query.verdict import Outcome


def by_list_routes(fabric: Fabric, pairs: Pairs, service: str) -> Pairs:
    """Let packets to a service take the route by its list, where their table surely does."""
    flows = pairs.flows
    chooser, choice = route_by_list(fabric, service, flows.subnet, flows.destination)
    return replace(pairs, flows=replace(flows, chooser=chooser, choice=choice))


def are_alike(rounds: Sequence[tuple[Pairs, Column, Trips | None]]) -> bool:
    """Tell whether every sender fares alike with all addresses that were asked.

    It does if each outcome that any of its flows has is one that all of them have.
    """
    numbers: dict[Outcome, int] = {}
    told: list[Column] = []
    flows = 0  # of the rounds before, so that each round's flows are told from another's
    for pairs, walked, trips in rounds:
        if trips is not None:
            told.append(_told(pairs, walked[trips.flow], trips, numbers))
            told[-1][1] += flows
        flows += len(pairs)
    if not told:
        return True
    senders, branches, outcomes = np.concatenate(told, axis=1)
    return _is_shared(senders, branches, outcomes, len(numbers))


def _told(pairs: Pairs, flow: Column, trips: Trips, numbers: dict[Outcome, int]) -> Column:
    """Return sender, flow and outcome of every branch, ``(3, branches)``."""
    known = column([numbers.setdefault(one, len(numbers)) for one in trips.outcomes])
    return np.stack([pairs.sources.atom[pairs.source[flow]], flow, known[trips.number]])


def _is_shared(senders: Column, flows: Column, outcomes: Column, size: int) -> bool:
    """Tell whether all flows of a sender have all outcomes that any of them has."""
    _, first = np.unique(flows, return_index=True)
    known, flows_of = np.unique(senders[first], return_counts=True)
    _, once = np.unique(flows * size + outcomes, return_index=True)
    fared, times = np.unique((senders * size + outcomes)[once], return_counts=True)
    return bool((times == flows_of[known.searchsorted(fared // size)]).all())
