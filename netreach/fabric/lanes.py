"""Lanes: addresses between which packets travel alike, whatever their security groups say.

Where a packet goes depends on where it starts (subnet, route table, ACL, zone) and on the address
that it is for, hardly ever on the very interface. A *lane* is a set of addresses, of one subnet and
one cell, whose interfaces are in the same state: any of them stands for all. Towards one other VPC
even lanes of several subnets may be alike: their tables and ACLs say the same of all of it.

That holds for the elements between VPCs that `SAFE` names; what touches others is asked singly.
What tells lanes apart is what those elements look up (`netreach.fabric.outlook`): what a new one
looks up belongs there before its stage is called safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from netreach.fabric.cells import Cells
from netreach.fabric.fabric import Fabric
from netreach.fabric.outlook import Outlook, Places
from netreach.fabric.vocabulary import Stage
from netreach.packets.batch import NO_ROW, Column, Mask, filled
from netreach.packets.likeness import Likeness

#: Stages whose crossings look at nothing by which addresses of one lane differ.
SAFE: Final = (
    Stage.ORIGIN,
    Stage.ROUTER,
    Stage.DELIVER,
    Stage.PEERING,
    Stage.TRANSIT_GATEWAY,
    Stage.TRANSIT_TABLE,
    Stage.TRANSIT_ARRIVAL,
    Stage.TRANSIT_SITE,
    Stage.VPN_GATEWAY,
    Stage.SITE_ARRIVAL,
    Stage.INTERNET_GATEWAY,
    Stage.EGRESS_ONLY,
    Stage.EGRESS_ONLY_RETURN,
    Stage.ENDPOINT,
)
#: Safe for IPv6, which gateways do not translate.
SAFE_IPV6: Final = (Stage.INTERNET, Stage.INGRESS)
#: Safe where nothing at all gets through: what is translated is no longer the sender's.
SAFE_IF_DEAD: Final = (Stage.NAT_GATEWAY,)
#: Lanes are classed for all VPCs in pieces of about so many cells.
CELLS: Final = 1 << 20
#: Not safe where gateways have route tables of their own: those may lead to a single interface.
_UNSAFE_WITH_TABLES: Final = (Stage.INTERNET_GATEWAY, Stage.INTERNET, Stage.INGRESS)


class Lanes(Struct, frozen=True):
    """The lanes of one address family; those of one VPC have neighbouring numbers."""

    #: Address row -> lane, NO_ROW for rows of the other family and those nobody asked for.
    of_row: Column
    #: By lane: its VPC row; NO_ROW where the snapshot lacks it.
    vpc: Column
    subnet: Column
    #: By lane: an address row of it, and one of another interface, or NO_ROW.
    row: Column
    other_row: Column
    #: Lanes of which nothing can be said but one by one: the snapshot lacks their VPC or subnet.
    is_single: Mask
    #: VPC row -> its first lane; one more at the end.
    first: Column
    #: ``(lanes, vpcs)``: which class of its VPC's lanes it belongs to, as that VPC sees them.
    classes: NDArray[np.int32]
    #: ``(vpcs, vpcs)``: how many classes the lanes of one VPC form towards another.
    sizes: NDArray[np.int32]

    def __len__(self) -> int:
        """Count the lanes."""
        return len(self.vpc)


def safe_stages(fabric: Fabric, *, is_ipv6: bool) -> int:
    """Return the stages that lanes may pass, a bit ``1 << stage`` for each."""
    stages = {*SAFE, *(SAFE_IPV6 if is_ipv6 else ())}
    if (fabric.internet_gateways.own_table != NO_ROW).any():
        stages -= set(_UNSAFE_WITH_TABLES)
    if fabric.transit.routes.policies.ids:  # their entries tell addresses of one cell apart
        stages.discard(Stage.TRANSIT_TABLE)
    return sum(1 << stage for stage in stages)


def compile_lanes(fabric: Fabric, rows: Column, cells: Cells) -> Lanes:
    """Sort address rows, all of one family, into lanes, and lanes into classes for each VPC."""
    outlook = Outlook(fabric, Places.of(fabric, rows), cells)
    found = outlook.lanes()
    of_row = filled(len(fabric.book.interface), NO_ROW)
    of_row[rows] = found.group
    vpcs = len(fabric.rows.vpcs)
    vpc, subnet = outlook.places.vpc[found.first], outlook.places.subnet[found.first]
    classes = np.zeros((found.size, vpcs), np.int32)
    sizes = np.zeros((vpcs, vpcs), np.int32)
    first = vpc.searchsorted(np.arange(vpcs + 1))
    for some in _parts(first, max(1, CELLS // max(1, vpcs))):
        lanes = slice(first[some[0]], first[some[-1] + 1])
        classes[lanes], sizes[some] = outlook.classes(found.first[lanes])
    return Lanes(
        of_row=of_row,
        vpc=vpc,
        subnet=subnet,
        row=rows[found.first],
        other_row=_others(fabric, rows, found),
        is_single=(vpc == NO_ROW) | (subnet == NO_ROW),
        first=first,
        classes=classes,
        sizes=sizes,
    )


def _parts(first: Column, size: int) -> Iterator[Column]:
    """Yield the VPCs that have lanes, in order, some side by side that have so many or one."""
    known = np.flatnonzero(first[1:] > first[:-1])
    begin = 0
    while begin < len(known):
        last = int(first[known + 1].searchsorted(first[known[begin]] + size, side="right"))
        end = max(begin + 1, last)
        yield known[begin:end]
        begin = end


def _others(fabric: Fabric, rows: Column, found: Likeness) -> Column:
    """Return for each lane a row of another interface than that of its first one, or NO_ROW."""
    interface = fabric.book.interface[rows]
    others = filled(found.size, NO_ROW)
    differs = np.flatnonzero(interface != interface[found.first][found.group])
    others[found.group[differs]] = rows[differs]
    return others
