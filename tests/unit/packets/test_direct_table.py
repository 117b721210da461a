"""The direct tables of longest-prefix match: where each is used, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import chain
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from netreach.packets import _compiled_table, _direct_table, longest_prefix
from netreach.packets._compiled_table import CompiledTable
from netreach.packets._direct_table import NarrowTable, WideTable, compile_direct_table
from netreach.packets._range_tree import RangeTree
from netreach.packets._sorted_keys import _almost_ascending
from netreach.packets.jit import Effort, Jit, Wanted
from netreach.packets.longest_prefix import PrefixTable, PrefixTables

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")

LENGTHS = {
    4: [8, 12, 16, 20, 22, 24, 24, 26, 28, 32, 32],
    6: [32, 48, 56, 64, 80, 128],
}


class Drawn(NamedTuple):
    """A prefix in plain numbers: `ipaddress` takes its time with 40,000 of them."""

    first: int
    length: int
    bits: int

    @property
    def last(self) -> int:
        """Return the number of its last address."""
        return self.first | (1 << self.bits - self.length) - 1

    def __str__(self) -> str:
        """Write it as CIDR."""
        kind = IPv4Address if self.bits == 32 else IPv6Address
        return f"{kind(self.first)}/{self.length}"


@cache
def random_prefixes(family: int, count: int, seed: int) -> tuple[Drawn, ...]:
    """Distinct prefixes, most of them crowded into an eighth of the addresses."""
    dice, bits = np.random.default_rng(seed), 32 if family == 4 else 128
    lengths = dice.choice(LENGTHS[family], 2 * count).tolist()
    crowded = dice.choice([3, 3, 3, 0], 2 * count).tolist()
    found: dict[Drawn, None] = {}
    for length, shift in zip(lengths, crowded, strict=True):
        number = int.from_bytes(dice.bytes(bits // 8), "big") >> shift
        found[Drawn(number >> bits - length << bits - length, length, bits)] = None
    assert len(found) >= count
    return tuple(found)[:count]


@cache
def random_cidrs(family: int, count: int, seed: int) -> tuple[str, ...]:
    """The same as texts."""
    return tuple(map(str, random_prefixes(family, count, seed)))


def edges_of(drawn: Sequence[Drawn], count: int, seed: int) -> list[int]:
    """The numbers just outside and just inside of prefixes drawn at random."""
    dice = np.random.default_rng(seed)
    rows, corners = dice.integers(0, len(drawn), count), dice.integers(0, 4, count)
    edges = []
    for row, corner in zip(rows.tolist(), corners.tolist(), strict=True):
        first, last = drawn[row].first, drawn[row].last
        edge = (first - 1, first, last, last + 1)[corner]
        edges.append(edge % (1 << drawn[row].bits))
    return edges


def octets_of(numbers: Sequence[int], family: int) -> NDArray[np.uint8]:
    size = 4 if family == 4 else 16
    packed = b"".join(number.to_bytes(size, "big") for number in numbers)
    return np.frombuffer(packed, np.uint8).reshape(-1, size)


def rows_by_prefix(drawn: Sequence[Drawn]) -> dict[tuple[int, int], int]:
    """The row of each prefix by its leading bits and how many they are."""
    return {(one.first >> one.bits - one.length, one.length): row for row, one in enumerate(drawn)}


def probed(rows: dict[tuple[int, int], int], number: int, bits: int) -> int:
    """The row of the longest prefix of an address: try every length, the longest first."""
    for length in range(bits, -1, -1):
        if (number >> bits - length, length) in rows:
            return rows[number >> bits - length, length]
    return -1


@pytest.mark.parametrize(
    ("family", "prefixes", "direct"),
    [
        pytest.param(4, 600, NarrowTable, id="ipv4-narrow"),
        pytest.param(4, 12_000, NarrowTable, id="ipv4-narrow-large"),
        pytest.param(4, 40_000, WideTable, id="ipv4-wide"),
        pytest.param(6, 300, NarrowTable, id="ipv6-narrow"),
        pytest.param(6, 12_000, type(None), id="ipv6-too-large"),
    ],
)
def test_large_tables_agree_with_probing_every_length(
    family: int, prefixes: int, direct: type
) -> None:
    cidrs = random_cidrs(family, prefixes, seed=prefixes)
    drawn = random_prefixes(family, prefixes, seed=prefixes)
    numbers = edges_of(drawn, 3000, seed=family)
    addresses = octets_of(numbers, family)
    rows, bits = rows_by_prefix(drawn), 8 * addresses.shape[1]
    table, expected = PrefixTable(cidrs), [probed(rows, number, bits) for number in numbers]
    assert table.lookup(addresses).tolist() == expected
    assert type(table.prepare()._direct) is direct
    assert table.lookup(addresses).tolist() == expected


COMPILED = [
    pytest.param(4, 600, "narrow_fourth_byte", id="ipv4-narrow"),
    pytest.param(4, 40_000, "wide", id="ipv4-wide"),
    pytest.param(6, 300, "search_pairs", id="ipv6"),
    pytest.param(6, 12_000, "search_pairs", id="ipv6-large"),
]


@needs_numba
@pytest.mark.parametrize(("family", "prefixes", "kernel"), COMPILED)
def test_kernels_agree_with_numpy_on_large_tables(family: int, prefixes: int, kernel: str) -> None:
    cidrs = random_cidrs(family, prefixes, seed=prefixes)
    drawn = random_prefixes(family, prefixes, seed=prefixes)
    addresses = octets_of(edges_of(drawn, 30_000, seed=family), family)
    expected = PrefixTable(cidrs, jit=Jit.never()).lookup(addresses)
    table = PrefixTable(cidrs, jit=Jit(Wanted.ALWAYS)).prepare()
    assert (table.lookup(addresses) == expected).all()
    assert table._compiled is not None
    assert table._compiled.kernel.name == kernel


@needs_numba
@pytest.mark.parametrize(
    ("cidr", "kernel"),
    [
        ("10.128.0.0/16", "narrow_root"),
        ("10.128.1.0/24", "narrow_third_byte"),
        ("10.128.1.1/32", "narrow_fourth_byte"),
    ],
)
@pytest.mark.parametrize("span", [3, 1000, 1 << 31], ids=["int8", "int16", "int32"])
def test_a_kernel_for_every_depth_of_a_narrow_table(
    monkeypatch: pytest.MonkeyPatch, cidr: str, kernel: str, span: int
) -> None:
    monkeypatch.setattr(_compiled_table, "FEW_STROKES", -1)
    values = [-span, span - 1]
    table = PrefixTable(["10.0.0.0/8", cidr], values, jit=Jit(Wanted.ALWAYS)).prepare()
    inside = ip_network(cidr)
    addresses = [inside[0] - 1, inside[0], inside[-1], inside[-1] + 1, ip_address("1.1.1.1")]
    assert table.lookup(addresses).tolist() == [values[0], values[1], values[1], values[0], -1]
    assert table._compiled is not None
    assert table._compiled.kernel.name == kernel


@needs_numba
@pytest.mark.parametrize("prefixes", [*range(8), 11, 12])
def test_few_ranges_are_compared_up_to_the_extremes_of_32_bits(prefixes: int) -> None:
    extremes = [(1 << 31) - 1, -(1 << 31), 0]
    values = [extremes[row % 3] for row in range(prefixes)]
    cidrs = [f"10.{16 * row}.0.0/12" for row in range(prefixes)]
    table = PrefixTable(cidrs, values, jit=Jit(Wanted.ALWAYS)).prepare()
    addresses = np.array([(10 << 24) + (row << 20) for row in range(-1, 17)], np.uint32)
    plain = PrefixTable(cidrs, values, jit=Jit.never())
    assert table.lookup(addresses).tolist() == plain.lookup(addresses).tolist()
    if prefixes:
        assert table._compiled is not None
        assert table._compiled.kernel.name == "paint"


@needs_numba
@pytest.mark.parametrize("apart", [0, 1, 19, 20, 21, 40])
@pytest.mark.parametrize("within", [0, 1])
def test_only_a_few_strokes_are_painted_and_none_is_forgotten(apart: int, within: int) -> None:
    cidrs = [f"10.{2 * row}.0.0/16" for row in range(apart)] + ["10.0.8.0/21"] * within
    table = PrefixTable(cidrs, jit=Jit(Wanted.ALWAYS)).prepare()
    addresses = np.array([(10 << 24) + (row << 15) for row in range(-1, 260)], np.uint32)
    plain = PrefixTable(cidrs, jit=Jit.never())
    assert table.lookup(addresses).tolist() == plain.lookup(addresses).tolist()
    if cidrs:
        assert table._compiled is not None
        is_few = len(cidrs) <= _compiled_table.FEW_STROKES
        assert (table._compiled.kernel.name == "paint") == is_few


@needs_numba
@pytest.mark.parametrize("value", [1 << 31, -(1 << 31) - 1])
def test_values_of_more_than_32_bits_are_for_numpy(value: int) -> None:
    table = PrefixTable(["10.0.0.0/8"], [value], jit=Jit(Wanted.ALWAYS)).prepare()
    assert table._compiled is None
    assert table.lookup(["10.1.2.3", "11.0.0.0"]).tolist() == [value, -1]


def test_the_switch_is_told_of_all_that_was_asked_and_of_nothing_where_little_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[int] = []

    def refuse(_: CompiledTable, _address: object, _values: object, effort: Effort) -> bool:
        told.append(effort.work)
        return False

    monkeypatch.setattr(longest_prefix, "_COMPILED_FROM", 4)
    monkeypatch.setattr(CompiledTable, "lookup", refuse)
    table = PrefixTable(["10.0.0.0/8"]).prepare()
    for count in (5, 3, 4):
        assert table.lookup(["10.0.0.1"] * count).tolist() == [0] * count
    assert told == [5, 0, 12]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([3, 4, 5], id="small"),
        pytest.param([-(1 << 30), (1 << 31) - 1, 5], id="the-lowest-and-highest-labels"),
        pytest.param([-(1 << 30) - 1, 4, 5], id="just-below-the-labels"),
        pytest.param([3, 1 << 31, 5], id="just-above-the-labels"),
    ],
)
def test_a_wide_table_keeps_its_values_apart_from_its_blocks(values: list[int]) -> None:
    table = PrefixTable(["10.0.0.0/8", "10.1.2.0/25", "10.1.3.3/32"], values=values)
    wide = WideTable.of(RangeTree(table.ranges.words), table.ranges.values)
    assert wide is not None
    addresses = [
        "10.0.0.0",
        "10.1.2.127",
        "10.1.2.128",
        "10.1.3.2",
        "10.1.3.3",
        "10.1.3.4",
        "9.9.9.9",
    ]
    numbers = np.array([int(ip_address(address)) for address in addresses], np.uint32)
    found = np.empty(7, np.int64)
    wide.lookup((numbers,), found)
    low, host, last = values
    assert found.tolist() == [low, host, low, low, last, low, -1]


@needs_numba
def test_the_kernel_of_a_wide_table_tells_its_lowest_value_from_a_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_compiled_table, "FEW_STROKES", -1)
    lowest = -(1 << 30)
    table = PrefixTable(["10.0.0.0/8", "10.1.2.0/25", "10.1.3.3/32"], values=[lowest, 4, lowest])
    words, values = table.ranges.words, table.ranges.values
    compiled = CompiledTable.of(words, values, WideTable.of(RangeTree(words), values))
    assert compiled is not None
    assert compiled.kernel.name == "wide"
    numbers = np.array([0x0A000000, 0x0A01027F, 0x0A010280, 0x0A010303, 0x09090909], np.uint32)
    found = np.empty(5, np.int64)
    assert compiled.lookup((numbers,), found, Effort(Jit(Wanted.ALWAYS), 0))
    assert found.tolist() == [lowest, 4, lowest, lowest, -1]


def test_a_wide_table_may_need_no_blocks() -> None:
    table = PrefixTable(["10.0.0.0/8", "10.1.2.0/24"])
    wide = WideTable.of(RangeTree(table.ranges.words), table.ranges.values)
    assert wide is not None
    found = np.empty(2, np.int64)
    wide.lookup((np.array([0x0A010203, 0x0A000001], np.uint32),), found)
    assert found.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("narrow_blocks", "wide_blocks", "direct"),
    [
        # The root counts as 256 blocks. Below it is one block for 10.1 and one for 10.1.2, and on
        # each of both levels one for the default and one for the value of 10.0.0.0/8.
        pytest.param(256 + 2 + 4, 1, NarrowTable, id="just-narrow"),
        pytest.param(256 + 2 + 3, 1, WideTable, id="just-not-narrow"),
        pytest.param(1, 1, WideTable, id="just-wide"),
        pytest.param(1, 0, type(None), id="just-not-wide"),
    ],
)
def test_the_limits_of_the_direct_tables(
    monkeypatch: pytest.MonkeyPatch, narrow_blocks: int, wide_blocks: int, direct: type
) -> None:
    monkeypatch.setattr(_direct_table, "NARROW_BLOCKS", narrow_blocks)
    monkeypatch.setattr(_direct_table, "WIDE_BLOCKS", wide_blocks)
    table = PrefixTable(["10.0.0.0/8", "10.1.2.0/24", "10.1.2.3/32"])
    assert type(compile_direct_table(table.ranges.words, table.ranges.values)) is direct


def test_a_wide_table_is_for_ipv4_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_direct_table, "NARROW_BLOCKS", 1)
    table = PrefixTable(["2001:db8::/32"])
    assert compile_direct_table(table.ranges.words, table.ranges.values) is None


@pytest.mark.parametrize(("passes", "bits"), [(1, 16), (2, 20), (2, 32), (3, 48)])
def test_enough_passes_bring_questions_into_full_order(passes: int, bits: int) -> None:
    numbers = np.random.default_rng(bits).integers(0, 1 << bits, 2000).astype(np.uint64)
    order = _almost_ascending(numbers, passes, bits)
    assert (numbers[order] == np.sort(numbers)).all()


@pytest.mark.parametrize("family", [4, 6])
def test_many_large_tables_answer_as_each_does_alone(family: int) -> None:
    cidrs = [random_cidrs(family, 900, seed) for seed in range(12)]
    tables = [PrefixTable(some) for some in cidrs]
    drawn = [random_prefixes(family, 900, seed) for seed in range(12)]
    addresses = octets_of(edges_of([*chain(*drawn)], 6000, seed=9), family)
    chosen = np.random.default_rng(5).integers(0, 12, len(addresses))
    stack = PrefixTables({f"table-{row}": table for row, table in enumerate(tables)})
    alone = np.array([table.lookup(addresses) for table in tables])
    found = stack.lookup(chosen, addresses)
    assert (found == alone[chosen, np.arange(len(addresses))]).all()
    assert len(np.unique(found)) > 100
