"""Routes by prefix lists without known entries: where one surely takes a service's packets.

The list of a service covers the service's addresses, whatever they are. A route by it is taken
unless a longer prefix goes before it [RT-3]; only the default route is surely shorter.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from netreach.fabric.endpoint import is_gateway
from netreach.fabric.fabric import Fabric
from netreach.fabric.vocabulary import Fate, Stage
from netreach.packets.batch import NO_ROW, Column, Mask, by_row


def route_by_list(
    fabric: Fabric, service: str, subnets: Column, destinations: Column
) -> tuple[Column, Column]:
    """Return where the route by a service's list is taken, and that route's row; both ``(N,)``.

    The first is what `PacketBatch.chooser` holds; NO_ROW in both where no such route is sure.
    """
    nowhere = np.full(len(subnets), NO_ROW, np.int64)
    known = dict(_list_routes(fabric, service))
    if not known or not len(subnets):
        return nowhere, nowhere
    router = fabric.router
    choices = by_row([known.get(table, NO_ROW) for table in router.table_ids])
    tables = np.where(subnets == NO_ROW, NO_ROW, router.table_of_subnet[subnets])
    matches = router.matches.lookup(np.maximum(tables, 0), destinations)
    free = _gives_way(fabric)[np.maximum(matches, NO_ROW)] & (matches >= NO_ROW)
    routes = np.where(free, choices[tables], NO_ROW)
    choosers = tables * len(fabric.book.axis) + destinations
    return np.where(routes == NO_ROW, NO_ROW, choosers), routes


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


def _gives_way(fabric: Fabric) -> Mask:
    """Tell by route row whether the route is a default one; of no route: yes."""
    snapshot = fabric.snapshot
    flags = [False] * len(fabric.router.routes.origin)
    for row, (table, position) in enumerate(fabric.router.routes.origin):
        if table:
            destination = snapshot.route_tables[table].routes[position].destination
            flags[row] = destination is not None and not destination.length
    return np.array([*flags, True], bool)
