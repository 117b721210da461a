"""The address space cut at every boundary that occurs: addresses in, atom ids out.

Between two neighbouring boundaries all addresses are alike to every rule, route and holder, so an
atom id stands for all of them. IPv4 atoms come first, then IPv6 atoms, both ascending, so that any
CIDR that was cut is one contiguous span of atoms.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from netreach.packets.batch import Column, Mask, column
from netreach.packets.prefixes import WIDTH, Address, Family, Prefix

#: An inclusive span of atoms.
Span = tuple[int, int]

_END: Final = {family: 1 << width for family, width in WIDTH.items()}


@dataclass(frozen=True, slots=True)
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

    def locate_many(self, addresses: Iterable[Address]) -> Column:
        """Return the atoms of many addresses, ``(N,)``."""
        return column([self.locate(address) for address in addresses])

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
