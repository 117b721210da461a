"""Availability Zones as numbers: by zone id; names differ between accounts."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW


class Zones(Struct, frozen=True):
    """The zones of an estate."""

    #: Subnet id -> number of its zone, NO_ROW where nobody says; in the order of subnets.
    of_subnet: Mapping[str, int]
    numbers: Mapping[str, int]
    #: Zone name -> zone id, as subnets tell.
    ids: Mapping[str, str]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Zones:
        """Number the zones that subnets lie in."""
        ids = {s.zone: s.zone_id for s in snapshot.subnets.values() if s.zone and s.zone_id}
        numbers: dict[str, int] = {}
        found: dict[str, int] = {}
        for subnet in snapshot.subnets.values():
            zone = subnet.zone_id or ids.get(subnet.zone, subnet.zone)
            found[subnet.id] = numbers.setdefault(zone, len(numbers)) if zone else NO_ROW
        return cls(found, numbers, ids)

    def number(self, name: str, zone_id: str = "") -> int:
        """Return the number of a zone, NO_ROW for one that no subnet lies in."""
        return self.numbers.get(zone_id or self.ids.get(name, name), NO_ROW)
