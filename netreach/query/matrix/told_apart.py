"""Interfaces with addresses that some group tells apart, and the pairs that this matters to."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import Column, Mask, distinct, filled
from netreach.packets.likeness import Members
from netreach.query.matrix.kinds import Kinds


class ToldApart:
    """Finds the pairs of which some rule covers one address of an interface and not another."""

    def __init__(self, fabric: Fabric, kinds: Kinds, row_of: Column) -> None:
        """Index the addresses that groups may tell from the primary ones.

        `row_of` gives for each row of groups the first that says the same of all addresses.
        """
        self._table, self._kinds = fabric.groups.by_address, kinds
        self._members = [Members.of(owner, len(kinds)) for owner, _ in kinds.other]
        self._egress, ingress = row_of[2 * kinds.group_set], row_of[2 * kinds.group_set + 1]
        self._rows = distinct(ingress)
        self._row_of_kind = self._rows.searchsorted(ingress)
        #: By kind: whether there are such addresses.
        self.has_others = np.zeros(len(kinds), bool)
        for owner, _ in kinds.other:
            self.has_others[owner] = True

    def of_source(self, source: int) -> Mask | None:
        """Tell of which targets the groups tell a source's addresses apart; None: of none."""
        if not self.has_others[source]:
            return None
        kinds = self._kinds
        differs = np.zeros(len(self._rows), bool)
        for family, (_, atoms) in enumerate(kinds.other):
            own = kinds.atom[family][source]
            for atom in distinct(atoms[self._members[family][source]]).tolist():
                differs[self._telling(int(own), atom)] = True
        if not differs.any():
            return None
        said: Mask = differs[self._row_of_kind] & (kinds.destinations > 0)
        return said & ~kinds.is_single if said.any() else None

    def _telling(self, own: int, other: int) -> Column:
        """Return the places in `_rows` of those that say different things of two atoms.

        Only rows that change on the way from one to the other can; most do not.
        """
        order, atoms = self._changes
        first, last = atoms.searchsorted([min(own, other), max(own, other)], side="right")
        rows = distinct(self._table.keys[order[first:last]] >> 32)
        places = np.minimum(self._rows.searchsorted(rows), len(self._rows) - 1)
        here = self._rows[places] == rows
        rows, places = rows[here], places[here]
        left, right = (self._table.lookup(rows, filled(len(rows), one)) for one in (own, other))
        telling: Column = places[left != right]
        return telling

    @cached_property
    def _changes(self) -> tuple[Column, Column]:
        """The pieces of the table in order of their first atoms, and these atoms."""
        atoms = self._table.keys & 0xFFFFFFFF
        order = np.argsort(atoms, kind="stable")
        return order, atoms[order]

    def targets(self, sources: Column) -> Mask:
        """Tell of which targets the sources' groups tell the addresses apart, by kind."""
        kinds = self._kinds
        found = np.zeros(len(kinds), bool)
        rows = distinct(self._egress[sources])
        for family, (owner, atoms) in enumerate(kinds.other):
            if not len(owner):
                continue
            row = rows.repeat(len(owner))
            here = self._table.lookup(row, np.tile(atoms, len(rows)))
            there = self._table.lookup(row, np.tile(kinds.atom[family][owner], len(rows)))
            found[owner[(here != there).reshape(len(rows), len(owner)).any(axis=0)]] = True
        return found & (kinds.destinations > 0) & ~kinds.is_single
