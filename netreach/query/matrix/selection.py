"""Selections: which interfaces, and which places outside, are at the ends of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from netreach.errors import SelectorError
from netreach.fabric.fabric import Fabric
from netreach.packets.batch import Column, column
from netreach.query.end import End, Nature
from netreach.query.selectors import Selectors
from netreach.query.words import quoted


class Selection(NamedTuple):
    """One end of a matrix."""

    #: Interface rows, ascending.
    interfaces: Column
    #: Places that are no interfaces: the internet, ranges of sites, services.
    outside: tuple[End, ...]


def everybody(fabric: Fabric, *, is_source: bool) -> Column:
    """Return the interfaces that hold an address; of sources those that can begin anything."""
    columns = fabric.interfaces.columns
    holds = np.zeros(len(columns.vpc), bool)
    holds[fabric.book.interface] = True
    holds[-1] = False
    return np.flatnonzero(holds & columns.can_begin if is_source else holds)


def selected(
    fabric: Fabric, selectors: Selectors, texts: Sequence[str], *, is_source: bool
) -> Selection:
    """Return what selectors mean as one end of a matrix; without any, every interface.

    Transit gateways' own interfaces are ends only where they are named: nobody asks about them,
    and as destinations they are unknown, beside every other answer of their subnet and VPC.

    Raises:
        SelectorError: one of them matches nothing, or nothing that a matrix could ask about.
    """
    everyone = everybody(fabric, is_source=is_source)
    if not texts:
        return Selection(everyone[~fabric.interfaces.columns.is_transit[everyone]], ())
    found: list[Column] = []
    outside: list[End] = []
    for text in texts:
        end = selectors.resolve(text)
        rows = _rows_of(fabric, end, everyone)
        is_place = _is_place(end)
        if is_place:
            outside.append(end)
        elif not len(rows):
            raise _empty(text, end, is_source=is_source)
        found.append(rows)
    return Selection(np.unique(np.concatenate([column([]), *found])), tuple(outside))


def _is_place(end: End) -> bool:
    """Tell whether an end holds more than interfaces: addresses outside them, or a name."""
    addresses = any(not member.interface for member in end.members)
    return bool(end.outside) or addresses or end.nature is Nature.NAME


def _rows_of(fabric: Fabric, end: End, everyone: Column) -> Column:
    rows = [fabric.rows.interfaces[m.interface] for m in end.members if m.interface]
    return np.intersect1d(column(rows), everyone)


def _empty(text: str, end: End, *, is_source: bool) -> SelectorError:
    if end.members and is_source and any(member.interface for member in end.members):
        return SelectorError(
            f"{quoted(text)} begins no connections: it can only be a destination of a matrix"
        )
    return SelectorError(
        f"{quoted(text)} holds no network interface with an address to ask about"
        + (f": {end.why}" if end.why else "")
    )
