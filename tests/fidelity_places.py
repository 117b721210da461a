"""Where the addresses of a case lie: which VPC, and whether it is asked from outside."""

from __future__ import annotations

from dataclasses import dataclass

from netreach.model.records import NetworkInterface
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is; without a VPC it is on the internet or on premises."""

    address: Address
    vpc: str = ""
    #: Asked for at its public address.
    is_public: bool = False


class Places:
    """Places the ends of one snapshot's cases."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Look nothing up yet."""
        self._snapshot = snapshot

    def place(self, text: str, interface: str = "") -> Place:
        """Find who holds an address; `interface` settles it where several do."""
        address = Address.parse(text)
        for one in self._candidates(interface):
            for held in one.addresses:
                if address in (held.private, held.public):
                    return Place(address, one.vpc, is_public=address == held.public)
        for subnet in self._snapshot.subnets.values():
            if any(prefix.contains(address) for prefix in subnet.prefixes):
                return Place(address, subnet.vpc)
        return Place(address)

    def _candidates(self, interface: str) -> list[NetworkInterface]:
        held = self._snapshot.interfaces
        return [held[interface]] if interface in held else list(held.values())
