"""What filters say that read both ports of packets, and what is left of packets by it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from netreach.packets.batch import Column, Mask, PacketBatch
from netreach.packets.couplings import WITH_PORTS
from netreach.packets.pool import EVERYTHING, FREE, ServicePool
from netreach.packets.services import ServiceSet


class PortsRead(NamedTuple):
    """What a filter that reads both ports of packets says of each: ids, ``(N,)``."""

    #: What passes with some of the other ports.
    bounds: Column
    #: Which services go with which client ports.
    coupling: Column
    #: The other ports: the client's on the way there, the services that replies answer on the way
    #: back.
    others: Column


def couple(
    batch: PacketBatch, said: PortsRead, pool: ServicePool, *, returning: bool
) -> tuple[PacketBatch, Column]:
    """Return packets with what a filter adds to their couplings, and the bounds on their sets."""
    batch = batch.recoupled(pool.couple(batch.coupling, said.coupling))
    if not batch.coupling.any():
        return batch, said.bounds
    through = pool.clients_through if returning else pool.services_through
    return batch, pool.meet(said.bounds, through(batch.coupling, said.others))


def uncoupled(replies: PacketBatch, pool: ServicePool) -> PacketBatch:
    """Leave out the replies to client ports from which nothing got there."""
    if not replies.inspected.any() or not replies.coupling.any():
        return replies
    through = pool.clients_through(replies.coupling, replies.asked)
    return replies.replace(services=pool.meet(replies.services, through))


def half_seen(replies: PacketBatch, missed: Mask, unseen: Column, pool: ServicePool) -> PortsRead:
    """Return the doubt about replies around firewalls that have not seen all of the way there.

    Of protocols without ports all of it is in doubt.
    """
    portless = pool.intern(WITH_PORTS, ServiceSet.everything())
    return PortsRead(
        np.where(missed, portless, EVERYTHING), np.where(missed, unseen, FREE), replies.asked
    )
