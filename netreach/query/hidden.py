"""Destinations of which nobody knows more than that they are some of the internet's addresses.

So it is with an AWS service whose prefix list the snapshot lacks. All of the internet is asked, and
only what is true of every address counts. Where the sender's own table has a route by the list, to
a gateway endpoint of the service, it is that route that the packets take: it covers them for sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from netreach.fabric.element import Fate, Stage
from netreach.fabric.endpoint import is_gateway
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, by_row
from netreach.query.ends import Pairs
from netreach.query.trips import Trips
from netreach.query.verdict import Outcome


def by_list_routes(fabric: Fabric, pairs: Pairs, service: str) -> Pairs:
    """Let packets to a service take the route by its list, where their table has one.

    A longer prefix may still go before the list; only the default route surely does not.
    """
    known = dict(_list_routes(fabric, service))
    flows, router = pairs.flows, fabric.router
    if not known or not len(flows):
        return pairs
    choices = by_row([known.get(table, NO_ROW) for table in router.table_ids])
    tables = np.where(flows.subnet == NO_ROW, NO_ROW, router.table_of_subnet[flows.subnet])
    choice = choices[tables]
    matches = router.matches.lookup(tables.clip(min=0), flows.destination)
    free = _gives_way(fabric)[matches.clip(min=NO_ROW)] & (matches >= NO_ROW)
    choice = np.where(free, choice, NO_ROW)
    choosers = tables * len(fabric.book.axis) + flows.destination
    chooser = np.where(choice == NO_ROW, NO_ROW, choosers)
    return replace(pairs, flows=replace(flows, chooser=chooser, choice=choice))


def _list_routes(fabric: Fabric, service: str) -> Iterator[tuple[str, int]]:
    """Yield tables and their routes by a list without known entries to the service's endpoint."""
    snapshot, routes = fabric.snapshot, fabric.router.routes
    for row, (table, position) in enumerate(routes.origin):
        if not table or routes.stage[row] != Stage.ENDPOINT or routes.fate[row] != Fate.DELIVERED:
            continue
        route = snapshot.route_tables[table].routes[position]
        endpoint = snapshot.endpoints.get(route.target)
        known = snapshot.prefix_lists.get(route.prefix_list)
        is_listed = known is not None and known.entries is not None and not known.doubt
        leads = endpoint is not None and is_gateway(endpoint) and endpoint.service == service
        if leads and route.prefix_list and not is_listed:
            yield table, row


def _gives_way(fabric: Fabric) -> Column:
    """Return by route row whether the route is a default one; of no route: yes."""
    snapshot = fabric.snapshot
    flags = [False] * len(fabric.router.routes.origin)
    for row, (table, position) in enumerate(fabric.router.routes.origin):
        if table:
            destination = snapshot.route_tables[table].routes[position].destination
            flags[row] = destination is not None and not destination.length
    return np.array([*flags, True], bool)


def are_alike(rounds: Sequence[tuple[Pairs, Column, Trips | None]]) -> bool:
    """Tell whether every sender fares alike with all addresses that were asked."""
    fared: dict[int, set[frozenset[Outcome]]] = {}
    for pairs, walked, trips in rounds:
        for source, outcomes in _outcomes(pairs, walked, trips).items():
            fared.setdefault(source, set()).update(outcomes)
    return all(len(ways) == 1 for ways in fared.values())


def _outcomes(
    pairs: Pairs, walked: Column, trips: Trips | None
) -> Mapping[int, set[frozenset[Outcome]]]:
    """Return for each source what came of its flows, each flow's branches together."""
    if trips is None:
        return {}
    flows: dict[int, set[Outcome]] = {}
    for flow, number in zip(trips.flow.tolist(), trips.number.tolist(), strict=True):
        flows.setdefault(flow, set()).add(trips.outcomes[number])
    found: dict[int, set[frozenset[Outcome]]] = {}
    for flow, outcomes in flows.items():
        source = int(pairs.sources.atom[pairs.source[walked[flow]]])
        found.setdefault(source, set()).add(frozenset(outcomes))
    return found
