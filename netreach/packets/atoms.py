"""The address space cut at every boundary that occurs: addresses in, atom ids out.

Between two neighbouring boundaries all addresses are alike to every rule, route and holder, so an
atom id stands for all of them. IPv4 atoms come first, then IPv6 atoms, both ascending, so that any
CIDR that was cut is one contiguous span of atoms.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np

from netreach.packets._address_columns import Words, words_of
from netreach.packets._boundary_search import BY_NUMPY, BoundarySearch
from netreach.packets.batch import Column, Mask, column
from netreach.packets.jit import Effort
from netreach.packets.prefixes import WIDTH, Address, Family, Prefix

#: An inclusive span of atoms.
Span = tuple[int, int]

_END: Final = {family: 1 << width for family, width in WIDTH.items()}


_FAMILIES: Final[tuple[Family, ...]] = (4, 6)

#: From so many addresses on, columns are faster than a search for each.
_COLUMNS_FROM: Final = 64


@dataclass(frozen=True)
class AtomAxis:
    """Both address families on one axis of atoms."""

    #: First address of each atom, ascending from 0; one list per family.
    starts4: list[int]
    starts6: list[int]

    @classmethod
    def cut(cls, ranges: Iterable[tuple[Family, int, int]]) -> Self:
        """Cut both address spaces at the ends of inclusive ranges ``(family, first, last)``."""
        bounds: dict[Family, set[int]] = {4: {0}, 6: {0}}
        for family, first, last in ranges:
            bounds[family].add(first)
            bounds[family].add(last + 1)
        for family, cuts in bounds.items():
            cuts.discard(_END[family])
        return cls(sorted(bounds[4]), sorted(bounds[6]))

    def __len__(self) -> int:
        """Count the atoms."""
        return len(self.starts4) + len(self.starts6)

    def locate(self, address: Address) -> int:
        """Return the atom that holds an address."""
        if address.family == 4:
            return bisect_right(self.starts4, address.number) - 1
        return len(self.starts4) + bisect_right(self.starts6, address.number) - 1

    def locate_many(self, addresses: Iterable[Address], effort: Effort = BY_NUMPY) -> Column:
        """Return the atoms of many addresses of both families, ``(N,)``."""
        some = list(addresses)
        if len(some) < _COLUMNS_FROM:
            return column([self.locate(address) for address in some])
        is_ipv6 = np.array([family == 6 for family, _ in some])
        found = np.empty(len(some), np.int64)
        for family in _FAMILIES:
            rows = np.flatnonzero(is_ipv6 == (family == 6))
            asked = some if rows.size == len(some) else [some[row] for row in rows.tolist()]
            numbers = [number for _, number in asked]
            found[rows] = self.locate_words(words_of(numbers, family), effort)
        return found

    def locate_words(self, words: Words, effort: Effort = BY_NUMPY) -> Column:
        """Return the atoms of addresses of one family that are columns already.

        A column of ``uint32`` are IPv4 addresses, two of ``uint64`` IPv6 ones, the upper words
        first.
        """
        if len(words) == 1:
            return self._search4.locate(words, effort)
        return len(self.starts4) + self._search6.locate(words, effort)

    @cached_property
    def _search4(self) -> BoundarySearch:
        return BoundarySearch.of(words_of(self.starts4, 4))

    @cached_property
    def _search6(self) -> BoundarySearch:
        return BoundarySearch.of(words_of(self.starts6, 6))

    def whole(self, family: Family | None) -> Span:
        """Return the span of all atoms of a family; of both for None."""
        first = len(self.starts4) if family == 6 else 0
        last = len(self.starts4) - 1 if family == 4 else len(self) - 1
        return first, last

    def span(self, prefix: Prefix) -> Span:
        """Return the first and last atom of a CIDR that was cut."""
        return self.span_of(prefix.family, prefix.first, prefix.last)

    def span_of(self, family: Family, first: int, last: int) -> Span:
        """Return the first and last atom of an inclusive range that was cut."""
        return self.locate(Address(family, first)), self.locate(Address(family, last))

    def family(self, atom: int) -> Family:
        """Return the address family of an atom."""
        return 4 if atom < len(self.starts4) else 6

    def is_ipv6(self, atoms: Column) -> Mask:
        """Tell of each atom whether it holds IPv6 addresses."""
        mask: Mask = atoms >= len(self.starts4)
        return mask

    def range_of(self, atom: int) -> tuple[Family, int, int]:
        """Return the family and the first and last address of an atom."""
        family = self.family(atom)
        starts = self.starts4 if family == 4 else self.starts6
        row = atom if family == 4 else atom - len(self.starts4)
        last = starts[row + 1] - 1 if row + 1 < len(starts) else _END[family] - 1
        return family, starts[row], last

    def first_address(self, atom: int) -> Address:
        """Return the lowest address of an atom; its only one, where it stands for a host."""
        family, first, _ = self.range_of(atom)
        return Address(family, first)


def prefixes_of_range(family: Family, first: int, last: int) -> list[Prefix]:
    """Return the fewest CIDRs that cover an inclusive range, ascending.

    >>> [str(p) for p in prefixes_of_range(4, 1, 6)]
    ['0.0.0.1/32', '0.0.0.2/31', '0.0.0.4/31', '0.0.0.6/32']
    """
    width, found = WIDTH[family], []
    while first <= last:
        aligned = (first & -first).bit_length() - 1 if first else width
        host_bits = min(aligned, (last - first + 1).bit_length() - 1)
        found.append(Prefix(family, first, width - host_bits))
        first += 1 << host_bits
    return found
