"""Interned sets of services: one small integer per distinct set, and a memo of their combinations.

What passes a filter is known between two bounds: what *surely* passes and what *may* pass. They
differ only where the snapshot lacks something (a group's rules, a prefix list's entries). A column
of such bounds is a column of ids; combining two columns computes each distinct pair of ids once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from netreach.packets.batch import Column
from netreach.packets.couplings import Coupling, both_ways, clients_through, services_through
from netreach.packets.memo import PairMemo
from netreach.packets.services import Bounds, ServiceSet

__all__ = ["EVERYTHING", "FREE", "NOTHING", "UNSURE", "Bounds", "PairMemo", "ServicePool"]

#: Ids that every pool has.
NOTHING: Final = 0
EVERYTHING: Final = 1
#: Nothing surely, everything maybe.
UNSURE: Final = 2
#: The id of the coupling that couples nothing.
FREE: Final = 0


class ServicePool:
    """Every distinct pair of bounds of one compiled network, by id; and every coupling."""

    def __init__(self) -> None:
        """Hold the three ids that every pool has."""
        self._bounds: list[Bounds] = []
        self._ids: dict[Bounds, int] = {}
        nothing, everything = ServiceSet.empty(), ServiceSet.everything()
        for sure, maybe in ((nothing, nothing), (everything, everything), (nothing, everything)):
            self.intern(sure, maybe)
        self._meet = PairMemo(self.meet_ids)
        self._join = PairMemo(self.join_ids)
        self._couplings: dict[Coupling, int] = {(): FREE}
        self._coupling: list[Coupling] = [()]
        self._couple = PairMemo(self._couple_ids)
        self._services_through = PairMemo(self._services_through_ids)
        self._clients_through = PairMemo(self._clients_through_ids)

    def __getitem__(self, number: int) -> Bounds:
        """Return the bounds behind an id."""
        return self._bounds[number]

    def intern(self, sure: ServiceSet, maybe: ServiceSet | None = None) -> int:
        """Return the id of these bounds; `maybe` defaults to the same set."""
        bounds = Bounds(sure, sure if maybe is None else maybe)
        number = self._ids.get(bounds)
        if number is None:
            number = self._ids[bounds] = len(self._bounds)
            self._bounds.append(bounds)
        return number

    def union(self, ids: Iterable[int]) -> int:
        """Return the id of what passes any of some bounds."""
        found = [self._bounds[number] for number in ids]
        return self.intern(
            ServiceSet.of(interval for bounds in found for interval in bounds.sure),
            ServiceSet.of(interval for bounds in found for interval in bounds.maybe),
        )

    def meet(self, left: Column, right: Column) -> Column:
        """Return the ids of what passes both, row by row."""
        if (right == EVERYTHING).all():
            return left
        return self._meet(left, right)

    def join(self, left: Column, right: Column) -> Column:
        """Return the ids of what passes either, row by row."""
        if not right.any():  # NOTHING is 0
            return left
        return self._join(left, right)

    def meet_ids(self, left: int, right: int) -> int:
        """Return the id of what passes both."""
        a, b = self._bounds[left], self._bounds[right]
        sure = a.sure & b.sure
        is_clear = a.sure is a.maybe and b.sure is b.maybe  # mostly: nothing is in doubt
        return self.intern(sure, sure if is_clear else a.maybe & b.maybe)

    def join_ids(self, left: int, right: int) -> int:
        """Return the id of what passes either."""
        a, b = self._bounds[left], self._bounds[right]
        sure = a.sure | b.sure
        is_clear = a.sure is a.maybe and b.sure is b.maybe
        return self.intern(sure, sure if is_clear else a.maybe | b.maybe)

    # -- couplings

    def coupling(self, number: int) -> Coupling:
        """Return the coupling behind an id."""
        return self._coupling[number]

    def intern_coupling(self, coupling: Coupling) -> int:
        """Return the id of a coupling."""
        number = self._couplings.setdefault(coupling, len(self._coupling))
        if number == len(self._coupling):
            self._coupling.append(coupling)
        return number

    def couple(self, left: Column, right: Column) -> Column:
        """Return the ids of what two couplings together leave, row by row."""
        if not right.any():  # FREE is 0
            return left
        return self._couple(left, right)

    def services_through(self, couplings: Column, clients: Column) -> Column:
        """Return the ids of the services that couplings leave some of these client ports."""
        return self._services_through(couplings, clients)

    def clients_through(self, couplings: Column, services: Column) -> Column:
        """Return the ids of the client ports to which couplings leave some of these services."""
        return self._clients_through(couplings, services)

    def _couple_ids(self, left: int, right: int) -> int:
        return self.intern_coupling(both_ways(self._coupling[left], self._coupling[right]))

    def _services_through_ids(self, coupling: int, clients: int) -> int:
        return self.intern(*services_through(self._coupling[coupling], self[clients].maybe))

    def _clients_through_ids(self, coupling: int, services: int) -> int:
        return self.intern(*clients_through(self._coupling[coupling], self[services].maybe))
