"""Multicast: what is sent to a group of hosts at once goes to a transit gateway's domain.

Which hosts have joined a group is not modelled, so where it goes nobody can say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.element import Passage
from netreach.fabric.vocabulary import Fate, Kind
from netreach.model.connections import AttachmentKind
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, PacketBatch, by_row
from netreach.packets.prefixes import Prefix

#: Addresses of groups.
MULTICAST: Final = (Prefix.parse("224.0.0.0/4"), Prefix.parse("ff00::/8"))


class MulticastDomains(Struct, frozen=True):
    """All multicast domains."""

    #: VPC row -> a domain of a transit gateway that it is attached to, or NO_ROW.
    of_vpc: Column
    spans: tuple[Span, ...]

    def divert(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """End what is for a group and meets a domain; return the rest, which routes decide."""
        domains = self.of_vpc[batch.vpc]
        if (domains == NO_ROW).all():
            return batch
        to_group = np.zeros(len(batch), bool)
        for low, high in self.spans:
            to_group |= (low <= batch.destination) & (batch.destination <= high)
        to_group &= domains != NO_ROW
        kind = Kind.MULTICAST_DOMAIN
        return passage.stop_where(to_group, Fate.NOT_MODELLED, kind, domains, batch)[0]


def multicast_prefixes(snapshot: Snapshot) -> Iterator[Prefix]:
    """Yield the addresses of groups, for cutting."""
    yield from MULTICAST if snapshot.multicast_domains else ()


def compile_multicast(
    snapshot: Snapshot, axis: AtomAxis, vpcs: Mapping[str, int]
) -> MulticastDomains:
    """Find out which VPCs may reach a domain."""
    records = list(enumerate(snapshot.multicast_domains.values()))
    by_gateway = {record.gateway: row for row, record in reversed(records)}
    tied = {
        tie.resource: by_gateway[tie.gateway]
        for tie in snapshot.transit_attachments.values()
        if tie.kind is AttachmentKind.VPC and tie.gateway in by_gateway
    }
    spans = tuple(axis.span(prefix) for prefix in multicast_prefixes(snapshot))
    return MulticastDomains(by_row([tied.get(vpc, NO_ROW) for vpc in vpcs]), spans)
