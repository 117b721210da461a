"""VPC Block Public Access: a guard above gateways, by account and Region [BP-1..4].

What decides is the subnet of whoever holds the address that a gateway carries: the workload's, not
that of an appliance or endpoint on the way [BP-4]; a NAT gateway's own for what it translates.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.vocabulary import Fate, Kind
from netreach.model.records import Subnet
from netreach.model.services import PublicAccessBlock, PublicAccessExclusion
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row
from netreach.packets.pool import UNSURE


class Access(IntEnum):
    """What the guard lets a subnet do, from the least to the most."""

    #: Nothing crosses a gateway.
    CLOSED = 0
    #: Only what a NAT gateway or an egress-only gateway begins [BP-2].
    BY_GATEWAYS = 1
    #: Whatever begins inside.
    EGRESS = 2
    OPEN = 3


class Range(NamedTuple):
    """What surely is allowed, and what may be: an exclusion is on its way, or nobody says."""

    surely: Access
    maybe: Access


_MODES: Final = {
    "off": Access.OPEN,
    "": Access.OPEN,
    "block-ingress": Access.BY_GATEWAYS,
    "block-bidirectional": Access.CLOSED,
}
_OPEN: Final = Range(Access.OPEN, Access.OPEN)
_UNCLEAR: Final = Range(Access.CLOSED, Access.OPEN)
#: States of exclusions that hold, and of those that do not.
_IN_FORCE: Final = frozenset({"create-complete", "update-complete", ""})
#: The describe call without which nobody knows what is left alone.
_EXCLUSIONS: Final = "VpcBlockPublicAccessExclusions"
_GONE: Final = frozenset({"delete-complete", "create-failed", "disable-complete"})


class Places(Struct, frozen=True):
    """What one reading of the snapshot allows; NO_ROW is open."""

    #: By subnet row.
    subnets: Column
    #: By VPC row, for what stands in no subnet: regional NAT gateways.
    vpcs: Column

    def at(self, vpcs: Column, subnets: Column) -> Column:
        """Return what subnets may do."""
        return np.where(subnets == NO_ROW, self.vpcs[vpcs], self.subnets[subnets])


class PublicAccess(Struct, frozen=True):
    """The guard."""

    surely: Places
    maybe: Places
    #: Whether anything is not open at all.
    is_on: bool
    book: AddressBook

    def checks_out(self, kind: Kind, batch: PacketBatch, *, by_gateway: Mask) -> tuple[Check, ...]:
        """Say what may not leave; `by_gateway` tells what a gateway that only begins sends."""
        if not self.is_on:
            return ()
        subnets = self._subnets(batch.vpc, batch.source)
        blocked = _is_blocked(self.maybe.at(batch.vpc, subnets), by_gateway)
        return (Check(blocked, Fate.VPC_BLOCK_PUBLIC_ACCESS_ENABLED, kind, batch.place),)

    def checks_in(
        self, batch: PacketBatch, holders: Column, *, by_gateway: Mask, returning: bool
    ) -> tuple[Check, ...]:
        """Say what may not come in to whoever holds an address row."""
        if not self.is_on:
            return ()
        access = self.maybe.at(batch.vpc, self._subnets_of(batch, holders))
        blocked = _is_blocked(access if returning else _inwards(access), by_gateway)
        kind = Kind.INTERNET_GATEWAY
        return (Check(blocked, Fate.VPC_BLOCK_PUBLIC_ACCESS_ENABLED, kind, batch.place),)

    def doubt_out(self, batch: PacketBatch, passage: Passage, *, by_gateway: Mask) -> PacketBatch:
        """Doubt what leaves a subnet of which nobody knows that it may."""
        if not self.is_on:
            return batch
        subnets = self._subnets(batch.vpc, batch.source)
        unclear = _is_blocked(self.surely.at(batch.vpc, subnets), by_gateway)
        return passage.doubt_where(unclear, Kind.PUBLIC_ACCESS, subnets, batch, UNSURE)

    def doubt_in(
        self, batch: PacketBatch, passage: Passage, *, holders: Column, by_gateway: Mask
    ) -> PacketBatch:
        """Doubt what may come in, and answers to an address that may only begin [BP-1]."""
        if not self.is_on:
            return batch
        subnets = self._subnets_of(batch, holders)
        # nobody says whether what may only begin gets its answers: a NAT gateway's surely come
        access = _inwards(self.surely.at(batch.vpc, subnets))
        unclear = _is_blocked(access, by_gateway)
        return passage.doubt_where(unclear, Kind.PUBLIC_ACCESS, subnets, batch, UNSURE)

    def _subnets_of(self, batch: PacketBatch, holders: Column) -> Column:
        """Return the subnets that packets are for, those too that nobody there awaits."""
        covering = self.book.subnet_at(np.maximum(batch.vpc, 0), batch.destination)
        return np.where(holders == NO_ROW, covering, self.book.subnet[holders])

    def _subnets(self, vpcs: Column, sources: Column) -> Column:
        """Return the subnets of sources, of those too that nobody holds."""
        holders = self.book.holder(vpcs, sources)
        covering = self.book.subnet_at(np.maximum(vpcs, 0), sources)
        return np.where(holders == NO_ROW, covering, self.book.subnet[holders])


def _is_blocked(access: Column, by_gateway: Mask) -> Mask:
    mask: Mask = (access == Access.CLOSED) | ((access == Access.BY_GATEWAYS) & ~by_gateway)
    return mask


def _inwards(access: Column) -> Column:
    """Return what holds for what comes in: it finds no door that opens outwards only."""
    return np.where(access == Access.EGRESS, int(Access.BY_GATEWAYS), access)


def compile_public_access(snapshot: Snapshot, book: AddressBook) -> PublicAccess:
    """Find out what the guard says of each subnet."""
    subnets = [_of_subnet(snapshot, subnet) for subnet in snapshot.subnets.values()]
    vpcs = [_access(snapshot, v.owner, v.region, (v.id,)) for v in snapshot.vpcs.values()]
    return PublicAccess(
        surely=_places([one.surely for one in subnets], [one.surely for one in vpcs]),
        maybe=_places([one.maybe for one in subnets], [one.maybe for one in vpcs]),
        is_on=any(one != _OPEN for one in (*subnets, *vpcs)),
        book=book,
    )


def _places(subnets: list[Access], vpcs: list[Access]) -> Places:
    rows = (
        by_row([int(access) for access in column], int(Access.OPEN)) for column in (subnets, vpcs)
    )
    return Places(*rows)


def _of_subnet(snapshot: Snapshot, subnet: Subnet) -> Range:
    vpc = snapshot.vpcs.get(subnet.vpc)
    region = subnet.region or (vpc.region if vpc else "")
    owner = subnet.owner or (vpc.owner if vpc else "")
    return _access(snapshot, owner, region, (subnet.id, subnet.vpc))


def _access(snapshot: Snapshot, owner: str, region: str, places: tuple[str, ...]) -> Range:
    """Return the mode of an owner and a Region, or what exclusions make of it [BP-4]."""
    modes = [
        _mode(block)
        for block in snapshot.public_access_blocks.values()
        if _agree(block.region, region) and _agree(block.owner, owner)
    ]
    mode = Range(
        min((m.surely for m in modes), default=Access.OPEN),
        max((m.maybe for m in modes), default=Access.OPEN),
    )
    if mode == _OPEN:
        return mode
    if _EXCLUSIONS not in snapshot.calls:
        return mode._replace(maybe=Access.OPEN)
    exclusions = [
        one
        for one in snapshot.public_access_exclusions.values()
        if one.resource in places and one.state not in _GONE
    ]
    sure = [one for one in exclusions if _is_sure(one)]
    return Range(
        max([mode.surely, *(_allowed(one, mode.surely) for one in sure)]),
        max([mode.maybe, *(_allowed(one, mode.maybe) for one in exclusions)]),
    )


def _mode(block: PublicAccessBlock) -> Range:
    known = None if block.doubt else _MODES.get(block.mode)
    return _UNCLEAR if known is None else Range(known, known)


def _agree(one: str, other: str) -> bool:
    """Tell whether two names of an account or a Region may be the same one."""
    return not one or not other or one == other


def _is_sure(exclusion: PublicAccessExclusion) -> bool:
    """Tell whether an exclusion is in force, and what it allows is known."""
    known = exclusion.mode in ("allow-bidirectional", "allow-egress")
    return known and not exclusion.doubt and exclusion.state in _IN_FORCE


def _allowed(exclusion: PublicAccessExclusion, mode: Access) -> Access:
    """Return what one exclusion allows; egress only means something in bidirectional mode."""
    if exclusion.mode == "allow-egress" and not exclusion.doubt:
        return Access.EGRESS if mode is Access.CLOSED else mode
    return Access.OPEN
