"""Doors: the gateways and endpoints by which alone a destination counts as reached."""

from __future__ import annotations

from typing import Final

import numpy as np

from netreach.fabric.element import Ending, Passage
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Kind
from netreach.packets.batch import NO_ROW, Column, filled

#: Expected receivers beyond a door, from here down: what leaves by internet gateways, egress-only
#: ones and gateway endpoints, in turns.
BY_DOOR: Final = -(1 << 32)
DOORS: Final = (Kind.INTERNET_GATEWAY, Kind.EGRESS_ONLY, Kind.ENDPOINT)


def expected_door(kind: Kind, rows: Column) -> Column:
    """Return the expected receivers that stand for doors of one kind."""
    return BY_DOOR - (len(DOORS) * rows + DOORS.index(kind))


def doors_taken(ending: Ending, onward: Passage) -> Column:
    """Return the doors by which packets left the estate, as expected receivers tell them."""
    batch = ending.batch
    if ending.kind is Kind.ENDPOINT:
        return expected_door(Kind.ENDPOINT, ending.component)
    if ending.kind is not Kind.INTERNET:
        return filled(len(batch), NO_ROW)
    closed = onward.sessions.is_a(SessionKind.EGRESS_ONLY, batch.session)
    doors = [expected_door(kind, batch.place) for kind in (Kind.EGRESS_ONLY, Kind.INTERNET_GATEWAY)]
    return np.where(closed, *doors)
