"""Clients whose address a balancer keeps: what may not stand between its node and a target [LB-4].

AWS does not support kept clients where packets to the target pass a transit gateway or a Gateway
Load Balancer endpoint. Nor does it say of NAT gateways, firewalls and appliances whether a target's
answers, which follow no route [LAB-4], would find back by them.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from netreach.fabric.element import Passage
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.packets.batch import NO_ROW, PacketBatch

_DIVERTING: Final = (
    Stage.NAT_GATEWAY,
    Stage.MIDDLEBOX,
    Stage.TRANSIT_GATEWAY,
    Stage.INSPECTION,
)


def stop_diverted(batch: PacketBatch, passage: Passage) -> PacketBatch:
    """End what a route is about to lead astray on its way to a target; return the others."""
    if passage.returning or (batch.session == NO_ROW).all():
        return batch
    sessions = passage.sessions
    kept = sessions.is_a(SessionKind.BALANCER_KEPT, batch.session)
    diverted = kept & np.isin(batch.stage, _DIVERTING)
    nodes = sessions.place(sessions.effective(batch.session))
    return passage.stop_where(diverted, Fate.NOT_MODELLED, Kind.LOAD_BALANCER, nodes, batch)[0]
