"""Longest-prefix match against a loop with ``ipaddress``, at the edges of the prefixes drawn."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from random import Random
from typing import TypeAlias
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from netreach.packets import (
    _boundary_search,
    _compiled_table,
    _direct_table,
    _sorted_keys,
    longest_prefix,
)
from netreach.packets._address_columns import ManyAddresses
from netreach.packets._address_text import family_of
from netreach.packets._sorted_keys import SortedKeys
from netreach.packets.jit import VARIABLE, Effort, Jit, Wanted
from netreach.packets.longest_prefix import PrefixTable, PrefixTables

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address

Way: TypeAlias = Callable[[], AbstractContextManager[None]]

DEFAULT = -7
BYTES = st.integers(0, 255)
BITS = {4: 32, 6: 128}
needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
FAMILIES = st.sampled_from([4, 6])


def slow_lookup(networks: list[Network], values: list[int], address: Address) -> int:
    """The value of the longest network that holds the address: look at every one."""
    best, found = -1, DEFAULT
    for network, value in zip(networks, values, strict=True):
        if address in network and network.prefixlen > best:
            best, found = network.prefixlen, value
    return found


def network_of(family: int, number: int, length: int) -> Network:
    spare = BITS[family] - length
    packed = (number >> spare << spare).to_bytes(BITS[family] // 8, "big")
    return ip_network((packed, length))


@st.composite
def networks_of(draw: st.DrawFn, family: int, at_most: int = 12) -> list[Network]:
    """Distinct networks, many of them nested: most begin at one of a few addresses."""
    bits = BITS[family]
    numbers = st.integers(0, (1 << bits) - 1)
    # Around a byte and a word the lengths matter most.
    lengths = st.integers(0, bits) | st.sampled_from([0, 8, 15, 16, 17, 24, 25, 31, 32])
    if family == 6:
        lengths |= st.sampled_from([56, 63, 64, 65, 80, 127, 128])
    seeds = draw(st.lists(numbers, min_size=1, max_size=3))
    pairs = st.tuples(st.sampled_from(seeds) | numbers, lengths)
    drawn = draw(st.lists(pairs, max_size=at_most))
    return list(dict.fromkeys(network_of(family, number, length) for number, length in drawn))


@st.composite
def addresses_of(draw: st.DrawFn, family: int, networks: list[Network]) -> list[Address]:
    """Addresses just outside and just inside of networks, and anywhere."""
    last = (1 << BITS[family]) - 1
    kind = IPv4Address if family == 4 else IPv6Address
    edges = {0, last}
    for network in networks:
        first, final = int(network.network_address), int(network.broadcast_address)
        edges |= {first - 1, first, final, final + 1, final + (1 << 64)}
    numbers = st.sampled_from(sorted(edge for edge in edges if 0 <= edge <= last))
    drawn = draw(st.lists(numbers | st.integers(0, last), min_size=1, max_size=30))
    return [kind(number) for number in drawn]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Network], list[int], list[Address]]:
    """A table's networks and values, few of them different, and addresses to ask it."""
    family = draw(FAMILIES)
    networks = draw(networks_of(family))
    values = draw(st.lists(st.integers(-3, 3), min_size=len(networks), max_size=len(networks)))
    return networks, values, draw(addresses_of(family, networks))


@st.composite
def stacks(draw: st.DrawFn) -> tuple[list[PrefixTable], list[int], list[Address]]:
    """Tables of one family, and for each address the table to ask."""
    family = draw(FAMILIES)
    drawn = draw(st.lists(networks_of(family, at_most=6), min_size=1, max_size=4))
    addresses = draw(addresses_of(family, [network for table in drawn for network in table]))
    rows = st.integers(0, len(drawn) - 1)
    chosen = draw(st.lists(rows, min_size=len(addresses), max_size=len(addresses)))
    tables = [
        PrefixTable(networks, values=np.arange(len(networks)) + 100 * row, default=-row)
        for row, networks in enumerate(drawn)
    ]
    return tables, chosen, addresses


@contextmanager
def searching() -> Iterator[None]:
    """Let every lookup search, as one of few addresses does."""
    with patch.object(longest_prefix, "_BUILD_COST", 1 << 60):
        yield


@contextmanager
def searching_in_order() -> Iterator[None]:
    """Let every lookup search in order, as one of many addresses in a large table does."""
    always = {4: (1, 1), 8: (3, 1)}
    with (
        searching(),
        patch.object(_sorted_keys, "_ORDERING", always),
        patch.object(_sorted_keys, "_ORDERING_FROM", 1),
        patch.object(_boundary_search, "CHUNK", 4),
    ):
        yield


@contextmanager
def looking_up_directly() -> Iterator[None]:
    """Let every lookup use a direct table, as one of many addresses does."""
    with (
        patch.object(longest_prefix, "_BUILD_COST", -(1 << 60)),
        patch.object(longest_prefix, "_DIRECT_FROM", 0),
        patch.object(_direct_table, "CHUNK", 4),
    ):
        yield


@contextmanager
def compiled() -> Iterator[None]:
    """Let kernels do all that there is a kernel for."""
    with patch.dict(os.environ, {VARIABLE: "1"}):
        yield


@contextmanager
def compiled_searching() -> Iterator[None]:
    """Let a kernel search."""
    with compiled(), searching():
        yield


@contextmanager
def compiled_comparing() -> Iterator[None]:
    """Let a kernel compare with every range of an IPv4 table."""
    with compiled(), looking_up_directly():
        yield


@contextmanager
def compiled_directly() -> Iterator[None]:
    """Let a kernel look up the narrow table of IPv4."""
    with compiled(), looking_up_directly(), patch.object(_compiled_table, "FEW_STROKES", -1):
        yield


WAYS: list[Way] = [searching, searching_in_order, looking_up_directly]
COMPILED: list[Way] = [compiled_searching, compiled_comparing, compiled_directly]


@pytest.mark.parametrize(
    "way",
    [*WAYS, *(pytest.param(way, marks=needs_numba) for way in COMPILED)],
    ids=lambda way: way.__name__,
)
def test_every_way_of_lookup_agrees_with_the_slow_matcher(way: Way) -> None:
    @settings(max_examples=150)
    @given(cases())
    def agrees(case: tuple[list[Network], list[int], list[Address]]) -> None:
        networks, values, addresses = case
        with way():
            table = PrefixTable(networks, values=values, default=DEFAULT)
            found = table.lookup(addresses)
        assert found.tolist() == [slow_lookup(networks, values, one) for one in addresses]

    agrees()


@given(stacks())
def test_stacked_tables_answer_as_each_does_alone(
    case: tuple[list[PrefixTable], list[int], list[Address]],
) -> None:
    tables, chosen, addresses = case
    alone = [tables[row].lookup(one) for row, one in zip(chosen, addresses, strict=True)]
    stack = PrefixTables({f"table-{row}": table for row, table in enumerate(tables)})
    assert stack.lookup(np.array(chosen), addresses).tolist() == alone
    with searching_in_order():
        assert stack.lookup([f"table-{row}" for row in chosen], addresses).tolist() == alone


@needs_numba
@given(stacks())
def test_a_kernel_answers_for_stacked_tables_as_each_does_alone(
    case: tuple[list[PrefixTable], list[int], list[Address]],
) -> None:
    tables, chosen, addresses = case
    alone = [tables[row].lookup(one) for row, one in zip(chosen, addresses, strict=True)]
    by_name = {f"table-{row}": table for row, table in enumerate(tables)}
    stack = PrefixTables(by_name, jit=Jit(Wanted.ALWAYS))
    assert stack.lookup(np.array(chosen), addresses).tolist() == alone


@st.composite
def searches(draw: st.DrawFn) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Distinct ascending keys, crowded or not, and numbers around them, none below the first."""
    bits = draw(st.sampled_from([32, 64]))
    most = (1 << bits) - 1
    near = draw(st.lists(st.integers(0, most), min_size=1, max_size=3))
    crowded = st.builds(lambda one, more: min(one + more, most), st.sampled_from(near), BYTES)
    keys = sorted({0, *draw(st.lists(crowded | st.integers(0, most), max_size=40))})
    edges = {min(max(key + step, 0), most) for key in keys for step in (-1, 0, 1)} | {most}
    wanted = draw(st.lists(st.sampled_from(sorted(edges)) | st.integers(0, most), max_size=40))
    kind = np.dtype(f"u{bits // 8}")
    return np.array(keys, kind), np.array(wanted, kind)


@needs_numba
@given(searches())
def test_a_guided_search_finds_what_a_plain_one_does(
    case: tuple[NDArray[np.uint64], NDArray[np.uint64]],
) -> None:
    keys, wanted = case
    found = SortedKeys(keys).last_at_or_before(wanted, Effort(Jit(Wanted.ALWAYS), 0))
    assert found.tolist() == (np.searchsorted(keys, wanted, side="right") - 1).tolist()


@given(cases())
def test_one_address_is_answered_as_it_is_among_many(
    case: tuple[list[Network], list[int], list[Address]],
) -> None:
    networks, values, addresses = case
    table = PrefixTable(networks, values=values, default=DEFAULT)
    assert [table.lookup(one) for one in addresses] == table.lookup(addresses).tolist()


@given(cases())
def test_every_spelling_of_an_address_is_the_same_address(
    case: tuple[list[Network], list[int], list[Address]],
) -> None:
    networks, values, addresses = case
    table = PrefixTable([str(network) for network in networks], values=values, default=DEFAULT)
    packed = [one.packed for one in addresses]
    spellings: list[ManyAddresses] = [
        [str(one) for one in addresses],
        [one.exploded.upper() for one in addresses],
        packed,
        [int(one) for one in addresses],
        np.array([list(one) for one in packed], np.uint8),
    ]
    expected = table.lookup(addresses).tolist()
    assert [table.lookup(spelling).tolist() for spelling in spellings] == [expected] * 5


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_prefixes_changes_nothing(
    case: tuple[list[Network], list[int], list[Address]], random: Random
) -> None:
    networks, values, addresses = case
    rows = list(range(len(networks)))
    random.shuffle(rows)
    shuffled = PrefixTable(
        [networks[row] for row in rows], values=[values[row] for row in rows], default=DEFAULT
    )
    table = PrefixTable(networks, values=values, default=DEFAULT)
    assert shuffled.lookup(addresses).tolist() == table.lookup(addresses).tolist()


@given(cases())
def test_without_values_the_row_of_the_prefix_is_the_answer(
    case: tuple[list[Network], list[int], list[Address]],
) -> None:
    networks, _, addresses = case
    rows = PrefixTable(networks).lookup(addresses)
    for row, address in zip(rows.tolist(), addresses, strict=True):
        covering = [network for network in networks if address in network]
        longest = max(covering, key=lambda network: network.prefixlen, default=None)
        assert (networks[row] if row >= 0 else None) == longest


@st.composite
def almost_addresses(draw: st.DrawFn) -> str:
    """The text of an address with a character or two changed, added or left out."""
    family = draw(FAMILIES)
    number = draw(st.integers(0, (1 << BITS[family]) - 1))
    kind = IPv4Address if family == 4 else IPv6Address
    text = draw(st.sampled_from([str(kind(number)), kind(number).exploded]))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        left_out = draw(st.integers(0, 1))
        text = text[:place] + draw(st.sampled_from(["", *"0123af:.x% "])) + text[place + left_out :]
    return text


@settings(max_examples=500)
@given(almost_addresses() | st.text("01a:.", max_size=12))
def test_text_is_an_address_where_the_standard_library_says_so(text: str) -> None:
    try:
        address = ip_address(text)
    except ValueError:
        address = None
    if address is None or "%" in text:  # a zone names an interface of this machine
        assert family_of(text) is None
    else:
        assert family_of(text) == address.version
        table = PrefixTable([f"{address}/{BITS[address.version]}"])
        assert table.lookup(text) == 0
