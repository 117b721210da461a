"""FlowBatch: many questions as columns, and whom each of them expects to be received by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.vocabulary import Assumed, Stage
from netreach.packets.batch import NO_ROW, Column, PacketBatch
from netreach.packets.pool import NOTHING

#: An expected receiver that no interface is.
NOBODY: Final = -2
#: Expected receivers that are sites: any one, or from here down site 0, 1 ...
ANY_SITE: Final = -3
ON_SITE: Final = -4


class FlowBatch(Struct, frozen=True):
    """Flows: who sends what to whom; all columns ``(N,)``."""

    #: Interface that sends, NO_ROW for an address that nobody holds and for the internet.
    source_interface: Column
    #: VPC and subnet that it sends from; NO_ROW on the internet.
    vpc: Column
    subnet: Column
    #: Atoms.
    source: Column
    destination: Column
    #: Site that it sends from, NO_ROW for none: then `vpc` is NO_ROW too.
    site: Column
    #: Interface that must receive; NO_ROW where whoever holds the address will do, NOBODY where
    #: no interface would be right.
    expected: Column
    #: The route by which a packet is known to leave its subnet, and where it is asked for, as in
    #: PacketBatch; NO_ROW where the routes alone decide.
    chooser: Column
    choice: Column

    def __len__(self) -> int:
        """Count the flows."""
        return len(self.source)

    @classmethod
    def joined(cls, batches: Sequence[FlowBatch]) -> FlowBatch:
        """Return all flows of several batches."""
        names = cls.__struct_fields__
        return cls(*(np.concatenate([getattr(b, name) for b in batches]) for name in names))

    def at(self, rows: Column) -> FlowBatch:
        """Return the flows at these positions."""
        return FlowBatch(*(getattr(self, name)[rows] for name in self.__struct_fields__))


def departures(flows: FlowBatch, asked: int) -> PacketBatch:
    """Return the packets with which flows begin, each carrying the asked set of services."""
    outside = flows.vpc == NO_ROW
    on_site = flows.site != NO_ROW
    unheld = (flows.source_interface == NO_ROW) & ~outside
    return PacketBatch.of(
        len(flows),
        row=np.arange(len(flows)),
        stage=np.where(on_site, Stage.SITE, np.where(outside, Stage.INTERNET, Stage.ORIGIN)),
        place=np.where(on_site, flows.site, flows.source_interface),
        vpc=flows.vpc,
        subnet=flows.subnet,
        source=flows.source,
        destination=flows.destination,
        carrier=flows.source_interface,
        asked=asked,
        services=asked,
        session=NO_ROW,
        assumed=np.where(unheld, int(Assumed.NO_GROUPS), 0),
        random=NOTHING,
        chooser=flows.chooser,
        choice=flows.choice,
    )
