"""Whether a case is about what is modelled so far: one VPC, the internet and NAT.

Reads the configuration alone, never an answer, so that `unknown` can't excuse itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from netreach.model.records import NetworkInterface, Route, Subnet, TargetKind
from netreach.model.relations import Relations
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address

INTERNET: Final = Address.parse("8.8.8.8")
#: The interfaces that may be at an end.
KINDS: Final = ("interface", "nat_gateway")
#: Where a route may lead.
MODELLED: Final = (
    TargetKind.LOCAL,
    TargetKind.INTERNET_GATEWAY,
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
    TargetKind.NAT_GATEWAY,
    TargetKind.NETWORK_INTERFACE,
    TargetKind.INSTANCE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is; without a subnet it is on the internet."""

    address: Address
    vpc: str = ""
    subnet: str = ""
    kind: str = "interface"
    #: Asked for at its public address: what comes back goes to the internet first.
    is_public: bool = False


class Scope:
    """Places the ends of one snapshot's cases and follows the routes between them."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Look nothing up yet."""
        self._snapshot, self._relations = snapshot, Relations(snapshot)

    def place(self, text: str, interface: str = "") -> Place:
        """Find who holds an address; `interface` settles it where several do."""
        address = Address.parse(text)
        for one in self._candidates(interface):
            for held in one.addresses:
                if address in (held.private, held.public):
                    is_public = address == held.public
                    return Place(address, one.vpc, one.subnet, one.interface_type, is_public)
        for subnet in self._snapshot.subnets.values():
            if any(prefix.contains(address) for prefix in subnet.prefixes):
                return Place(address, subnet.vpc, subnet.id)
        return Place(address)

    def _candidates(self, interface: str) -> list[NetworkInterface]:
        held = self._snapshot.interfaces
        return [held[interface]] if interface in held else list(held.values())

    def holds(self, source: Place, destination: Place) -> bool:
        """Tell whether everything between the two is modelled."""
        vpcs = {place.vpc for place in (source, destination) if place.vpc}
        if len(vpcs) > 1 or destination.kind not in KINDS:
            return False
        back = INTERNET if destination.is_public else source.address
        return self._leads_on(source, destination.address) and self._leads_on(destination, back)

    def _leads_on(self, place: Place, address: Address, depth: int = 0) -> bool:
        subnet = self._snapshot.subnets.get(place.subnet)
        route = self._route(subnet, address) if subnet else None
        if route is None or depth > len(self._snapshot.nat_gateways):
            return True
        nat = self._snapshot.nat_gateways.get(route.target)
        if nat is not None:
            return self._leads_on(Place(place.address, nat.vpc, nat.subnet), address, depth + 1)
        return route.target_kind in MODELLED

    def _route(self, subnet: Subnet, address: Address) -> Route | None:
        """Return the route that covers an address: they come with the longest prefix first."""
        table = self._relations.table_of(subnet).record
        for route, is_used in self._relations.ranked_routes(table) if table else ():
            prefixes = self._relations.destinations(route) or ()
            if is_used and any(prefix.contains(address) for prefix in prefixes):
                return route
        return None
