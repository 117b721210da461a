"""Cells: stretches of atoms between which no table of the fabric tells addresses apart.

All addresses of a cell have the same routes, pass the same ACLs, lie in the same blocks. What tells
them apart nevertheless: who holds them, in which subnet, and what security groups say of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

import numpy as np
from msgspec import Struct

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import Column, column, distinct
from netreach.packets.pieces import PieceTable


@dataclass(frozen=True, slots=True)
class Cells:
    """The atoms cut where any of some tables changes."""

    #: The first atom of every cell but the first, ascending.
    cuts: Column

    @classmethod
    def of(cls, tables: list[PieceTable]) -> Cells:
        """Cut wherever a row of one of the tables changes."""
        bounds = [table.boundaries() for table in tables]
        return cls(distinct(np.concatenate([column([]), *bounds])))

    def at(self, atoms: Column) -> Column:
        """Return the cells that atoms lie in, ``(N,)``."""
        return self.cuts.searchsorted(atoms, side="right")


def travel_cells(fabric: Fabric) -> Cells:
    """Return the cells of all tables that decide where packets go and what ACLs let pass.

    Left out are holders and subnets, which lanes know for each address, and security groups.
    """
    book = fabric.book
    apart = (
        book.holders,
        book.subnets,
        book.public_holders,
        book.ipv6_homes,
        book.behind_nat64,
        fabric.groups.by_address,
    )
    left_out = {id(table) for table in apart}
    tables = {id(table): table for table in _tables(fabric, set())}
    return Cells.of([table for number, table in tables.items() if number not in left_out])


def group_cells(fabric: Fabric) -> Cells:
    """Return the cells between which no security group tells addresses apart."""
    return Cells.of([fabric.groups.by_address])


def _tables(thing: object, seen: set[int]) -> Iterator[PieceTable]:
    """Yield every piece table that a part of the fabric holds, however deep.

    So an element that is added later is cut by, too: nobody has to remember it here.
    """
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, PieceTable):
        yield thing
        return
    for part in _parts(thing):
        yield from _tables(part, seen)


def _parts(thing: object) -> Iterator[object]:
    """Yield what a part of the fabric holds; records and numbers have no tables in them."""
    if isinstance(thing, (tuple, list)):
        if thing and isinstance(thing[0], (PieceTable, Struct)):
            yield from thing
    elif not type(thing).__module__.startswith("netreach.fabric"):
        return
    elif isinstance(thing, Struct):
        yield from (getattr(thing, name) for name in thing.__struct_fields__)
    elif is_dataclass(thing):
        yield from (getattr(thing, field.name) for field in fields(thing))
