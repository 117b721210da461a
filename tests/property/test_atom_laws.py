"""Atoms at their edges: columns of addresses against one bisection for each."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from netreach.packets.atoms import AtomAxis
from netreach.packets.prefixes import WIDTH, Address, Family

Range = tuple[Family, int, int]
FAMILIES: st.SearchStrategy[Family] = st.sampled_from([4, 6])


def numbers_of(family: Family) -> st.SearchStrategy[int]:
    """Numbers anywhere, and around where words and the address space begin and end."""
    most = (1 << WIDTH[family]) - 1
    turns = {0, 1, most - 1, most} | {(1 << bits) + step for bits in (63, 64) for step in (-1, 0)}
    return st.integers(0, most) | st.sampled_from(sorted(n for n in turns if n <= most))


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    family = draw(FAMILIES)
    first, last = sorted(draw(st.tuples(numbers_of(family), numbers_of(family))))
    if draw(st.booleans()):
        last = min(first + draw(st.integers(0, 3)), (1 << WIDTH[family]) - 1)
    return family, first, last


def edges_of(cut: list[Range]) -> list[Address]:
    """Addresses just outside and just inside of ranges, and those a word further on."""
    found = {Address(4, 0), Address(6, 0)}
    for family, first, last in cut:
        for number in (first - 1, first, last, last + 1, first + (1 << 64), last - (1 << 64)):
            if 0 <= number < 1 << WIDTH[family]:
                found.add(Address(family, number))
    return sorted(found)


@given(st.lists(ranges(), max_size=12), st.randoms(use_true_random=False))
def test_many_addresses_are_in_the_atoms_of_each(cut: list[Range], random: Random) -> None:
    axis = AtomAxis.cut(cut)
    addresses = edges_of(cut) * 40
    random.shuffle(addresses)
    found = axis.locate_many(addresses).tolist()
    assert found == [axis.locate(address) for address in addresses]
    for atom, address in zip(found, addresses, strict=True):
        family, first, last = axis.range_of(atom)
        assert (address.family, first <= address.number <= last) == (family, True)
