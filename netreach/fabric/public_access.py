"""VPC Block Public Access: a guard above gateways, by account and Region [BP-1..4].

What decides is the subnet of whoever holds the address that a gateway carries: the workload's, not
that of an appliance or endpoint on the way [BP-4]; a NAT gateway's own for what it translates.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Check, Fate, Kind, Passage
from netreach.model.records import Subnet
from netreach.model.services import PublicAccessExclusion
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row
from netreach.packets.pool import UNSURE


class Access(IntEnum):
    """What the guard lets a subnet do, from the least to the most."""

    #: Nothing crosses a gateway.
    CLOSED = 0
    #: Only what a NAT gateway or an egress-only gateway begins [BP-2].
    BY_GATEWAYS = 1
    #: Nobody knows: an exclusion is on its way, or the mode is a new one.
    UNCLEAR = 2
    #: Whatever begins inside.
    EGRESS = 3
    OPEN = 4


_MODES: Final = {
    "off": Access.OPEN,
    "": Access.OPEN,
    "block-ingress": Access.BY_GATEWAYS,
    "block-bidirectional": Access.CLOSED,
}
#: States of exclusions that hold, and of those that do not.
_IN_FORCE: Final = frozenset({"create-complete", "update-complete", ""})
#: The describe call without which nobody knows what is left alone.
_EXCLUSIONS: Final = "VpcBlockPublicAccessExclusions"
_GONE: Final = frozenset({"delete-complete", "create-failed", "disable-complete"})


class PublicAccess(Struct, frozen=True):
    """The guard; NO_ROW is open."""

    #: By subnet row.
    access: Column
    #: By VPC row, for what stands in no subnet: regional NAT gateways.
    access_of_vpc: Column
    #: Whether anything is not open at all.
    is_on: bool
    book: AddressBook

    def checks_out(self, kind: Kind, batch: PacketBatch, *, by_gateway: Mask) -> tuple[Check, ...]:
        """Say what may not leave; `by_gateway` tells what a gateway that only begins sends."""
        if not self.is_on:
            return ()
        return self._checks(kind, batch, self._of(batch.vpc, batch.source), by_gateway)

    def checks_in(
        self, batch: PacketBatch, holders: Column, *, by_gateway: Mask, returning: bool
    ) -> tuple[Check, ...]:
        """Say what may not come in to whoever holds an address row."""
        if not self.is_on:
            return ()
        access = self._of_holders(batch.vpc, holders)
        if not returning:  # what begins outside finds no door that opens outwards only
            access = np.where(access == Access.EGRESS, int(Access.BY_GATEWAYS), access)
        return self._checks(Kind.INTERNET_GATEWAY, batch, access, by_gateway)

    def _checks(
        self, kind: Kind, batch: PacketBatch, access: Column, by_gateway: Mask
    ) -> tuple[Check, ...]:
        stopped = (access == Access.CLOSED) | ((access == Access.BY_GATEWAYS) & ~by_gateway)
        return (Check(stopped, Fate.VPC_BLOCK_PUBLIC_ACCESS_ENABLED, kind, batch.place),)

    def doubt_out(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Doubt what leaves a subnet of which nobody knows."""
        if not self.is_on:
            return batch
        subnets = self._subnets(batch.vpc, batch.source)
        unclear = self._of(batch.vpc, batch.source) == Access.UNCLEAR
        return passage.doubt_where(unclear, Kind.PUBLIC_ACCESS, subnets, batch, UNSURE)

    def doubt_in(
        self, batch: PacketBatch, passage: Passage, *, holders: Column, by_gateway: Mask
    ) -> PacketBatch:
        """Doubt answers to a public address that may only begin connections [BP-1]."""
        if not self.is_on:
            return batch
        subnets = self.book.subnet[holders]
        access = self._of_holders(batch.vpc, holders)
        unclear = access == Access.UNCLEAR
        if passage.returning:
            unclear = unclear | ((access == Access.EGRESS) & ~by_gateway)
        return passage.doubt_where(unclear, Kind.PUBLIC_ACCESS, subnets, batch, UNSURE)

    def _of_holders(self, vpcs: Column, holders: Column) -> Column:
        return self._at(vpcs, self.book.subnet[holders])

    def _of(self, vpcs: Column, sources: Column) -> Column:
        return self._at(vpcs, self._subnets(vpcs, sources))

    def _at(self, vpcs: Column, subnets: Column) -> Column:
        return np.where(subnets == NO_ROW, self.access_of_vpc[vpcs], self.access[subnets])

    def _subnets(self, vpcs: Column, sources: Column) -> Column:
        """Return the subnets of sources, of those too that nobody holds."""
        holders = self.book.holder(vpcs, sources)
        covering = self.book.subnet_at(vpcs.clip(min=0), sources)
        return np.where(holders == NO_ROW, covering, self.book.subnet[holders])


def compile_public_access(snapshot: Snapshot, book: AddressBook) -> PublicAccess:
    """Find out what the guard says of each subnet."""
    subnets = [_of_subnet(snapshot, subnet) for subnet in snapshot.subnets.values()]
    vpcs = [_access(snapshot, v.owner, v.region, (v.id,)) for v in snapshot.vpcs.values()]
    return PublicAccess(
        access=by_row([int(access) for access in subnets], int(Access.OPEN)),
        access_of_vpc=by_row([int(access) for access in vpcs], int(Access.OPEN)),
        is_on=any(access is not Access.OPEN for access in (*subnets, *vpcs)),
        book=book,
    )


def _of_subnet(snapshot: Snapshot, subnet: Subnet) -> Access:
    vpc = snapshot.vpcs.get(subnet.vpc)
    region = subnet.region or (vpc.region if vpc else "")
    owner = subnet.owner or (vpc.owner if vpc else "")
    return _access(snapshot, owner, region, (subnet.id, subnet.vpc))


def _access(snapshot: Snapshot, owner: str, region: str, places: tuple[str, ...]) -> Access:
    """Return the mode of an owner and a Region, or what an exclusion makes of it [BP-4]."""
    modes = [
        Access.UNCLEAR if block.doubt else _MODES.get(block.mode, Access.UNCLEAR)
        for block in snapshot.public_access_blocks.values()
        if _agree(block.region, region) and _agree(block.owner, owner)
    ]
    mode = min(modes, default=Access.OPEN)
    if mode is Access.OPEN:
        return mode
    if snapshot.format == "describe" and _EXCLUSIONS not in snapshot.calls:
        return Access.UNCLEAR
    return max([mode, *_exclusions(snapshot, places, mode)])


def _agree(one: str, other: str) -> bool:
    """Tell whether two names of an account or a Region may be the same one."""
    return not one or not other or one == other


def _exclusions(snapshot: Snapshot, places: tuple[str, ...], mode: Access) -> Iterator[Access]:
    """Yield what exclusions of a subnet, or of its VPC, allow it."""
    for exclusion in snapshot.public_access_exclusions.values():
        if exclusion.resource in places and exclusion.state not in _GONE:
            yield _allowed(exclusion, mode)


def _allowed(exclusion: PublicAccessExclusion, mode: Access) -> Access:
    """Return what one exclusion allows; egress only means something in bidirectional mode."""
    if exclusion.doubt or exclusion.state not in _IN_FORCE:
        return Access.UNCLEAR
    if exclusion.mode == "allow-bidirectional":
        return Access.OPEN
    if exclusion.mode != "allow-egress":
        return Access.UNCLEAR
    return Access.EGRESS if mode is Access.CLOSED else mode
