"""Who has received what was sent: the one that was asked, the client, or another."""

from __future__ import annotations

from typing import Final

import numpy as np

from netreach.fabric.element import Ending, Passage
from netreach.fabric.sites import Sites
from netreach.fabric.vocabulary import FIRST_UNKNOWN, Fate, Kind, Stage
from netreach.packets.batch import NO_ROW, Column, Mask
from netreach.query.doors import BY_DOOR, doors_taken
from netreach.query.flow_batch import ANY_SITE, ON_SITE, FlowBatch

#: How ways end at an interface that holds the destination, its filters passed.
AT_RECEIVER: Final = (Fate.DELIVERED, Fate.FUNCTION_TAKES_NO_CONNECTIONS)
#: What packets reach at a node of a load balancer; `place` is its interface there.
_BALANCER_KINDS: Final = (Kind.LOAD_BALANCER, Kind.TARGET_GROUP)


def reaches_stranger(ending: Ending, asked: FlowBatch, sites: Sites) -> Mask:
    """Tell which replies end with another than the client; rows of `asked` are theirs.

    Sites that hold the same addresses are one network with two gateways.
    """
    flows = asked.at(ending.batch.row)
    if ending.kind is Kind.INTERFACE:
        strange: Mask = ending.component != flows.source_interface
    elif ending.kind is Kind.SITE:
        held = sites.holds.lookup(ending.component, ending.batch.destination) != 0
        strange = (flows.site == NO_ROW) | ((ending.component != flows.site) & ~held)
    elif ending.kind is Kind.INTERNET:
        strange = (flows.vpc != NO_ROW) | (flows.site != NO_ROW)
    else:  # an address that nobody holds, in some subnet
        strange = (flows.source_interface != NO_ROW) | (ending.batch.vpc != flows.vpc)
    return strange


def split_misdelivered(ending: Ending, flows: FlowBatch, onward: Passage) -> tuple[Ending, ...]:
    """Split what reached another than the one asked for from what reached it.

    What a balancer or an endpoint before one has received has arrived there, even if it ended
    further on.
    """
    not_modelled = ending.fate >= FIRST_UNKNOWN and ending.kind is Kind.INTERFACE
    is_there = ending.fate in AT_RECEIVER or ending.kind in _BALANCER_KINDS
    arrived = is_there or not_modelled
    is_linked = _is_linked(ending)
    if not arrived and not is_linked.any() and (ending.batch.session == NO_ROW).all():
        return (ending,)
    # behind a balancer it is the node that was asked, behind PrivateLink the endpoint
    front = onward.sessions.first_front(ending.batch.session)
    received = np.where(front == NO_ROW, _receiver(ending), front)
    expected = flows.expected[ending.batch.row]
    wrong: Mask = (expected != NO_ROW) & (expected != received)
    if ending.kind is Kind.SITE:
        wrong &= (expected != ANY_SITE) & (expected != ON_SITE - ending.component)
    by_door = expected <= BY_DOOR
    if by_door.any():
        wrong = np.where(by_door, expected != doors_taken(ending, onward), wrong)
    if not_modelled:  # what a route sends to an appliance has not arrived anywhere yet
        wrong &= ending.batch.stage == Stage.DELIVER
    if not arrived:
        wrong &= ((front != NO_ROW) | is_linked) & ~by_door
    return _split(ending, wrong) if wrong.any() else (ending,)


def _receiver(ending: Ending) -> Column:
    """Return the interfaces that received what ended so, NO_ROW for none."""
    if ending.kind is Kind.INTERFACE:
        return ending.component
    if ending.kind in _BALANCER_KINDS:
        return ending.batch.place
    return np.where(_is_linked(ending), ending.batch.place, NO_ROW)


def _is_linked(ending: Ending) -> Mask:
    """Tell what ended at an endpoint's interface, before its way to the provider's balancer."""
    kinds = (Kind.ENDPOINT, Kind.ENDPOINT_SERVICE)
    at_door: Mask = (ending.batch.stage == Stage.PRIVATE_LINK) & (ending.kind in kinds)
    return at_door


def _split(ending: Ending, wrong: Mask) -> tuple[Ending, ...]:
    right = ~wrong
    parts = (
        Ending(ending.fate, ending.kind, ending.component[right], ending.batch.where(right)),
        Ending(
            Fate.DELIVERED_ELSEWHERE,
            ending.kind,
            ending.component[wrong],
            ending.batch.where(wrong),
        ),
    )
    return tuple(part for part in parts if len(part.batch))
