"""Neighbourhood: which VPCs are not far from senders, so that their receivers are looked into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column
from netreach.packets.likeness import alike
from netreach.query.matrix.cast import Cast
from netreach.query.matrix.lane_ways import LaneWays
from netreach.query.matrix.references import egress_names_groups
from netreach.query.matrix.windows import Masks, Windows


class Near(NamedTuple):
    """Of each senders and each VPC, ``(senders, vpcs)``."""

    #: Nothing is clear but pair by pair.
    unclear: Masks
    #: Looked into kind by kind, where it is not unclear.
    near: Masks


class Neighbourhood:
    """Tells VPCs that are near from those that are far.

    Unclear are those that are reached although others hold the same addresses in the sender's own
    VPC or in one of its peers: which groups are meant there is each address's own matter. Near are
    the own VPC, those whose groups are named, and those of whose addresses some rule of the
    senders' groups covers a part.
    """

    def __init__(
        self,
        fabric: Fabric,
        cast: Cast,
        ways: tuple[LaneWays, LaneWays],
        windows: Windows,
    ) -> None:
        """Find out what does not depend on the senders."""
        self._fabric, self._ways, self._windows = fabric, ways, windows
        self._egress, self._vpcs, self._linked = cast.views.rows[0], cast.vpcs, cast.linked
        self._names_groups = egress_names_groups(fabric)

    def of(self, vpcs: Column, kinds: Sequence[Column]) -> Near:
        """Return how each VPC is to some senders: their own VPCs, and their kinds."""
        shape = len(vpcs), self._vpcs
        unclear, near = np.zeros(shape, bool), np.zeros(shape, bool)
        everyone = np.arange(self._vpcs)
        for family, ways in enumerate(self._ways):
            dead = ways.is_dead.reshape(self._vpcs, self._vpcs)[vpcs]
            live = self._windows.of_family[family].has_any & ~dead & (everyone != vpcs[:, None])
            if live.any():
                unclear |= live & self._held_nearby(family, vpcs)
                near |= live & self._varies(family, kinds)
        for row, vpc in enumerate(vpcs.tolist()):
            near[row, list(self._linked.get(vpc, ()))] = True
            near[row, vpc], unclear[row, vpc] = True, False
        return Near(unclear, near)

    def _held_nearby(self, family: int, vpcs: Column) -> Masks:
        """Tell whose addresses others may hold in each sender's VPC, or in peers that it names."""
        window, shape = self._windows.of_family[family], (len(vpcs), self._vpcs)
        own, low, high = (
            vpcs.repeat(self._vpcs),
            *(np.tile(ends, len(vpcs)) for ends in (window.low, window.high)),
        )
        value, is_whole = self._fabric.book.subnets.over(own, low, high)
        held = (value != NO_ROW) | ~is_whole
        if self._names_groups:
            value, is_whole = self._fabric.peerings.neighbour_lists.over(own, low, high)
            several = (value != NO_ROW) | ~is_whole
            held |= several & ~(is_whole & self._is_alone(value, len(vpcs)))
        found: Masks = held.reshape(shape)
        return found

    def _is_alone(self, lists: Column, senders: int) -> Masks:
        """Tell of which VPCs the list of peers that hold its addresses names that VPC alone.

        A route that is more specific may lead past the one peer that holds an address.
        """
        peers = self._fabric.peerings.neighbours
        sizes = np.append(peers.first[1:] - peers.first[:-1], 0)
        one = np.append(np.append(peers.values, NO_ROW)[peers.first[:-1]], NO_ROW)
        named = np.tile(np.arange(self._vpcs), senders)
        alone: Masks = (sizes[lists] == 1) & (one[lists] == named)
        return alone

    def _varies(self, family: int, kinds: Sequence[Column]) -> Masks:
        """Tell of which VPCs some rule of the senders' groups covers only a part."""
        sender = np.arange(len(kinds)).repeat([len(one) for one in kinds])
        rows = alike(sender, self._egress[np.concatenate(kinds)])
        owner, row = sender[rows.first], self._egress[np.concatenate(kinds)][rows.first]
        _, is_whole = self._windows.said(family, row, np.arange(self._vpcs))
        found = np.zeros((len(kinds), self._vpcs), bool)
        np.logical_or.at(found, owner, ~is_whole)
        return found
