"""Which route of a table takes a packet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.oracle.filters import YES, Suppose, is_list_unknown
from tests.oracle.spelling import prefix
from tests.oracle.verdict import (
    BAD_STATE_ROUTE,
    NO_ROUTE,
    ROUTE_FILTERED,
    UNROUTABLE,
    Fork,
    StopError,
)
from tests.oracle.world import Address, Route, RouteTable, World

#: Never forwarded, whatever the table says [RT-8].
NEVER_FORWARDED: Final = (prefix("169.254.168.0/22"), prefix("fd00:ec2::/32"))

STATIC, LISTED, PROPAGATED = 3, 2, 1  # of two equally long prefixes, the higher rank [RT-3]

#: A route that covers the destination: prefix length, rank, route.
Covering = tuple[int, int, Route]


def route_for(world: World, table: RouteTable, destination: Address, suppose: Suppose) -> Route:
    """Return the active route that the table uses, or stop the packet."""
    if any(destination in block for block in NEVER_FORWARDED):
        raise StopError(UNROUTABLE)
    route = _choose(world, table, destination, suppose)
    if route is None:
        unused = any(_covering(world, table, destination, filtered=True))
        raise StopError(ROUTE_FILTERED if unused else NO_ROUTE)
    if route.state != "active":
        raise StopError(BAD_STATE_ROUTE)
    return route


def redirection(table: RouteTable, address: Address) -> Route | None:
    """Return the route by which a gateway's own table redirects what is for an address [RT-11]."""
    covering = [
        (route.prefix.prefixlen, route)
        for route in table.routes
        if route.prefix is not None and address in route.prefix
    ]
    best = max(covering, key=lambda found: found[0], default=None)
    return best[1] if best and best[1].kind != "local" else None


def _choose(
    world: World, table: RouteTable, destination: Address, suppose: Suppose
) -> Route | None:
    covering = list(_covering(world, table, destination))
    is_local = any(route.kind == "local" for _, _, route in covering)
    if is_local:  # propagated routes lose to the local one even if more specific [RT-4]
        covering = [found for found in covering if not found[2].propagated]
    best = max((found[:2] for found in covering), default=(-1, 0))
    if not is_local:
        hidden = _hidden(world, table, destination, best, suppose)
        if hidden is not None:
            return hidden
    tied = [route for length, rank, route in covering if (length, rank) == best]
    if len({(route.kind, route.target, route.state) for route in tied}) > 1:
        # overlapping prefix lists: AWS picks one and tells nobody which [RT-6]
        key = ("tie", table.id, destination)
        return tied[suppose(key, Fork.WAYS, len(tied), table.id)]
    return tied[0] if tied else None


def _covering(
    world: World, table: RouteTable, destination: Address, *, filtered: bool = False
) -> Iterator[Covering]:
    """Yield the routes that cover the destination, of those in use or of the filtered ones."""
    for route in table.routes:
        if (route.state == "filtered") != filtered:
            continue
        if route.prefix is not None and destination in route.prefix:
            rank = PROPAGATED if route.propagated else STATIC
            yield route.prefix.prefixlen, rank, route
        known = world.prefix_lists.get(route.prefix_list or "")
        for entry in (known.entries or ()) if known else ():
            if destination in entry.network:
                yield entry.network.prefixlen, LISTED, route


def _hidden(
    world: World,
    table: RouteTable,
    destination: Address,
    best: tuple[int, int],
    suppose: Suppose,
) -> Route | None:
    """Return the route of an unknown prefix list, if it is supposed to take the packet.

    Such a list can hold any prefix up to a host's, so it can win unless the best known route is
    for exactly this host and static. It is never supposed to reach inside the VPC: AWS lets
    nothing but middlebox routes be more specific than the local route.
    """
    if best >= (destination.max_prefixlen, STATIC):
        return None
    for route in table.routes:
        name = route.prefix_list
        if name and route.state != "filtered" and is_list_unknown(world, name, destination):
            key = ("hidden", name, table.id, destination)
            if suppose(key, Fork.WAYS, 2, name) != YES:
                return route
    return None
