"""Addresses that no interface of a VPC holds, and that AWS brings somewhere all the same.

What comes from the internet for an address of an account's own pool is routed by the table that is
associated with the pool [RT-11]. Instances have addresses in secondary networks too, which are no
VPC's. Neither is modelled.
"""

from __future__ import annotations

from functools import cached_property

from netreach.model.records import Route, RouteTable, TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address
from netreach.query.words import safe


class Elsewhere:
    """Finds addresses of that kind in one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Index nothing yet."""
        self._snapshot = snapshot

    def why(self, address: Address) -> str:
        """Say why nobody here knows where an address is; "" where nothing of that kind has it."""
        for table in self._pooled:
            if any(_takes(route, address) for route in table.routes):
                return (
                    f"{safe(table.id)} routes what comes from the internet to {address}, an "
                    f"address of {safe(table.public_pools[0])}, which is not modelled"
                )
        instance = self._secondary.get(address)
        where = f"{address} is an address of {safe(instance or '')} in a secondary network"
        return f"{where}, which is not modelled" if instance else ""

    @cached_property
    def _pooled(self) -> list[RouteTable]:
        return [table for table in self._snapshot.route_tables.values() if table.public_pools]

    @cached_property
    def _secondary(self) -> dict[Address, str]:
        return {
            address: instance.id
            for instance in self._snapshot.instances.values()
            for address in instance.secondary_addresses
        }


def _takes(route: Route, address: Address) -> bool:
    """Tell whether a route is for an address in particular, and not a VPC's own."""
    found = route.destination
    if found is None or not found.length or route.target_kind is TargetKind.LOCAL:
        return False
    return found.contains(address)
