"""References: where groups name groups, which ties the kinds that carry them."""

from __future__ import annotations

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import NO_ROW, Column, distinct, spread
from netreach.packets.likeness import alike
from netreach.query.matrix.kinds import Kinds


def egress_names_groups(fabric: Fabric) -> bool:
    """Tell whether any group lets out to groups that it names."""
    return bool(((fabric.groups.by_reference.keys >> 32) & 1 == 0).any())


def linked_vpcs(fabric: Fabric, kinds: Kinds) -> dict[int, list[int]]:
    """Return for each source VPC the others with which groups name each other's groups."""
    homes = alike(kinds.group_set, kinds.vpc)
    known = homes.first[kinds.vpc[homes.first] != NO_ROW]
    sets, vpcs = kinds.group_set[known], kinds.vpc[known]  # in order of the sets
    keys = fabric.groups.by_reference.keys
    rows, peers = keys >> 32, keys & 0xFFFFFFFF
    is_ingress = rows & 1 == 1
    senders = np.where(is_ingress, peers, rows >> 1)
    receivers = np.where(is_ingress, rows >> 1, peers)
    cell, sender = _each_of(sets, senders)
    again, receiver = _each_of(sets, receivers[cell])
    left, right = vpcs[sender[again]], vpcs[receiver]
    pairs = distinct((left << 32 | right)[left != right])
    linked: dict[int, list[int]] = {}
    for pair in pairs.tolist():
        linked.setdefault(pair >> 32, []).append(pair & 0xFFFFFFFF)
    return linked


def _each_of(ordered: Column, wanted: Column) -> tuple[Column, Column]:
    """Return positions in `wanted`, and where each of these values stands, one by one."""
    first = ordered.searchsorted(wanted)
    return spread(first, ordered.searchsorted(wanted, side="right") - first)
