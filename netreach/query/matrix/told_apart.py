"""Interfaces with addresses that some group tells apart, and the pairs that this matters to."""

from __future__ import annotations

import numpy as np

from netreach.fabric.fabric import Fabric
from netreach.packets.batch import Column, Mask, distinct
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
        kinds, found = self._kinds, None
        for family, (_, atoms) in enumerate(kinds.other):
            mine = atoms[self._members[family][source]]
            if not len(mine):
                continue
            rows = self._rows
            own = self._table.lookup(rows, kinds.atom[family][source].repeat(len(rows)))
            differs = np.zeros(len(rows), bool)
            for atom in np.unique(mine):
                differs |= self._table.lookup(rows, atom.repeat(len(rows))) != own
            said = differs[self._row_of_kind]
            said &= kinds.destinations > 0
            if said.any():
                found = said if found is None else found | said
        return None if found is None else found & ~kinds.is_single

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
