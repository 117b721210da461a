"""What neither groups nor ACLs see: DNS, instance metadata, time and their kin [SG-12, NA-9, HY-8].

They answer at link-local addresses and at the VPC's base address plus two, from the host's own
hypervisor: no group, ACL or route is asked, and nothing else is served there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.fabric.element import Passage
from netreach.fabric.vocabulary import Assumed, Fate, Kind
from netreach.model.records import Vpc
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pieces import PieceTable, last_item, pieces
from netreach.packets.pool import ServicePool
from netreach.packets.prefixes import Address, Prefix
from netreach.packets.services import TCP, UDP, ServiceSet


class AwsService(NamedTuple):
    """A service of the platform, what it serves and where."""

    name: str
    serves: ServiceSet
    addresses: tuple[str, ...]


_DNS: Final = ServiceSet.ports(UDP, 53, 53) | ServiceSet.ports(TCP, 53, 53)
_WEB: Final = ServiceSet.ports(TCP, 80, 80)

#: In the order of their rows. The resolver comes first: it is the one that a VPC can switch off.
SERVICES: Final = (
    AwsService("Amazon DNS resolver", _DNS, ("169.254.169.253", "fd00:ec2::253")),
    AwsService("instance metadata service", _WEB, ("169.254.169.254", "fd00:ec2::254")),
    AwsService(
        "Amazon Time Sync Service",
        ServiceSet.ports(UDP, 123, 123),
        ("169.254.169.123", "fd00:ec2::123"),
    ),
    AwsService("ECS task metadata", _WEB, ("169.254.170.2",)),
    AwsService(
        "Windows activation",
        ServiceSet.ports(TCP, 1688, 1688),
        ("169.254.169.250", "169.254.169.251"),
    ),
    AwsService("VPC Lattice", ServiceSet.empty(), ()),
)
#: Not a service that `AwsServices` answers for: where its packets go is not modelled [HY-4].
LATTICE_ROW: Final = len(SERVICES) - 1
_RESOLVER: Final = 0
_METADATA: Final = 1


class AwsServices(Struct, frozen=True):
    """The platform's services as every VPC sees them."""

    #: (vpc, atom) -> service row or NO_ROW.
    at: PieceTable
    #: Service row -> bounds.
    serves: Column
    #: VPC row -> 1 where the VPC says that it has DNS support, 0 where it says no, else NO_ROW.
    dns_support: Column
    axis: AtomAxis
    #: Interface row -> whether its instance hides the metadata service, or its IPv6 address.
    is_metadata_off: Mask
    is_metadata_off6: Mask

    def serve(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """End packets to the platform's services; return the others."""
        rows = self.at.lookup(batch.vpc, batch.destination)
        served = rows != NO_ROW
        if not served.any():
            return batch
        asking, services = batch.where(served), rows[served]
        off, off6 = self.is_metadata_off[asking.place], self.is_metadata_off6[asking.place]
        off |= off6 & self.axis.is_ipv6(asking.destination)
        hidden = (services == _METADATA) & off
        asking, kept = passage.stop_where(
            hidden, Fate.INSTANCE_METADATA_DISABLED, Kind.INTERFACE, asking.place, asking
        )
        services = services if kept is None else services[kept]
        self._answer(asking.replace(place=services), passage)
        return batch.where(~served)

    def _answer(self, batch: PacketBatch, passage: Passage) -> None:
        support = self.dns_support[batch.vpc]
        is_resolver = batch.place == _RESOLVER
        batch, _ = passage.stop_where(
            is_resolver & (support == 0),
            Fate.VPC_DNS_SUPPORT_DISABLED,
            Kind.VPC,
            batch.vpc,
            batch,
        )
        unstated = (batch.place == _RESOLVER) & (self.dns_support[batch.vpc] == NO_ROW)
        if unstated.any():
            bit = np.where(unstated, int(Assumed.DNS_SUPPORT), 0)
            batch = batch.replace(assumed=batch.assumed | bit)
        bounds = self.serves[batch.place]
        batch = passage.screen(Kind.AWS_SERVICE, batch.place, batch, bounds, ingress=True)
        passage.stop(Fate.DELIVERED, Kind.AWS_SERVICE, batch.place, batch)


def stop_lattice(batch: PacketBatch, lattice: Span, passage: Passage) -> PacketBatch:
    """End what is for VPC Lattice, which nobody here models [HY-4]; return the others."""
    low, high = lattice
    batch, _ = passage.stop_where(
        (batch.destination >= low) & (batch.destination <= high),
        Fate.NOT_MODELLED,
        Kind.AWS_SERVICE,
        np.full(len(batch), LATTICE_ROW, np.int64),
        batch,
    )
    return batch


def service_prefixes(snapshot: Snapshot) -> Iterator[Prefix]:
    """Yield the addresses of the services, for cutting."""
    for service in SERVICES:
        yield from (Prefix.parse(address) for address in service.addresses)
    for vpc in snapshot.vpcs.values():
        yield from _resolver_of(vpc)


def _resolver_of(vpc: Vpc) -> Iterator[Prefix]:
    """Yield the resolver's address in a VPC: the primary block's base plus two [HY-8]."""
    for block in vpc.prefixes[:1]:
        if block.family == 4:
            yield Prefix.parse(str(Address(4, block.first + 2)))


def compile_aws_services(
    snapshot: Snapshot, axis: AtomAxis, pool: ServicePool, vpcs: Mapping[str, int]
) -> AwsServices:
    """Find out where each VPC sees the platform's services."""
    everywhere = [
        (axis.span(Prefix.parse(address)), row)
        for row, service in enumerate(SERVICES)
        for address in service.addresses
    ]
    rows, support = [], []
    for vpc in vpcs:
        record = snapshot.vpcs[vpc]
        own = [(axis.span(prefix), _RESOLVER) for prefix in _resolver_of(record)]
        rows.append(pieces([*everywhere, *own], len(axis), last_item))
        support.append(NO_ROW if record.dns_support is None else int(record.dns_support))
    known = [snapshot.instances.get(r.instance) for r in snapshot.interfaces.values()]
    return AwsServices(
        at=PieceTable.of(rows or [[(0, NO_ROW)]]),
        serves=by_row([pool.intern(service.serves) for service in SERVICES]),
        dns_support=by_row(support),
        axis=axis,
        is_metadata_off=mask_by_row([r is not None and r.metadata_enabled is False for r in known]),
        is_metadata_off6=mask_by_row([r is not None and r.metadata_ipv6 is False for r in known]),
    )
