"""Longest-prefix match beside pytricia, py-radix and netaddr, all in one run: prints tables.

    python -m tests.benchmarks.bench_longest_prefix [--addresses N] [--prefixes N ...]

A million addresses, half of them inside a prefix and half anywhere, are asked of tables with 10,
1,000, 100,000 and a million prefixes. Up to 10,000 IPv4 prefixes are such as an AWS estate has
(many hosts, most of it in 10/8), more are such as an internet table has (most /24); IPv6 prefixes
are such as Amazon's blocks are cut into.

- numpy, numba: ``PrefixTable.lookup`` of an array, without numba and with it on one thread: an
  array of values out, a new one each time or (``out=``) an ``int32`` one used again.
- pytricia: ``[trie[key] for key in keys]``, with the keys as bytes prepared beforehand; its
  fastest form, since the default route is in the trie and no key is missing.
- py-radix: ``search_best`` of packed addresses, of the first 100,000.
- netaddr: ``smallest_matching_cidr`` of a sample, with networks and addresses prepared beforehand.

Builds are timed apart. All answers are compared. The machine may be shared, so all take turns: a
ratio is that of the best turns, and beside it the median over the rounds. What is compiled or read
from numba's cache is so before the first turn.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))  # the tree that this file is in

from netreach.packets.jit import Jit, Wanted
from netreach.packets.longest_prefix import PrefixTable, PrefixTables

ROUNDS = 5
TURNS = 5
FEW = 100_000
WIDTH = {4: 32, 6: 128}

# Prefix lengths and how many in a hundred or so have them.
ESTATE = {
    32: 30,
    24: 15,
    16: 14,
    20: 9,
    22: 6,
    23: 5,
    26: 5,
    28: 4,
    18: 3,
    12: 2,
    19: 1.5,
    25: 1.5,
    27: 1,
    21: 1,
    30: 1,
    8: 1,
}
INTERNET = {
    24: 60,
    22: 11,
    23: 9,
    20: 5,
    21: 4,
    19: 3,
    32: 2,
    16: 1.5,
    18: 1.5,
    17: 1,
    28: 0.8,
    26: 0.5,
    15: 0.3,
    14: 0.2,
    13: 0.1,
    12: 0.1,
}
ESTATE6 = {64: 50, 56: 26, 48: 5, 44: 3, 40: 3, 32: 3, 80: 5, 128: 5}


@dataclass(frozen=True)
class Workload:
    """A table's prefixes and the addresses that are asked."""

    family: Literal[4, 6]
    cidrs: list[str]
    octets: NDArray[np.uint8]
    """A row for each address."""

    @property
    def columns(self) -> NDArray[Any]:
        """The addresses as numbers, where they can be."""
        return (
            self.octets.view(">u4").ravel().astype(np.uint32) if self.family == 4 else self.octets
        )

    def keys(self, count: int) -> list[bytes]:
        """The first addresses packed, one after the other in memory."""
        size = self.octets.shape[1]
        packed = self.octets[:count].tobytes()
        return [packed[place : place + size] for place in range(0, len(packed), size)]


def draw_prefixes(family: int, count: int, dice: np.random.Generator) -> list[tuple[int, int]]:
    """Draw distinct (first address, length) pairs; the default route is one of them."""
    mix = ESTATE6 if family == 6 else ESTATE if count <= 10_000 else INTERNET
    weights = np.array(list(mix.values()))
    found = {(0, 0): None}
    while len(found) < count:
        lengths = dice.choice(list(mix), count, p=weights / weights.sum())
        for length in lengths.tolist():
            number = int.from_bytes(dice.bytes(WIDTH[family] // 8), "big")
            if mix is ESTATE and dice.random() < 0.7:
                number = 10 << 24 | number & 0xFFFFFF
            if mix is ESTATE6:  # Amazon's blocks, and some others
                number = (0x26001F00 + number % 64) << 96 | number >> 32
            spare = WIDTH[family] - length
            found[number >> spare << spare, length] = None
    return list(found)[:count]


def draw_workload(family: Literal[4, 6], prefixes: int, addresses: int) -> Workload:
    """Draw a table and the addresses to ask: half of them inside one of its prefixes."""
    dice = np.random.default_rng(prefixes)
    drawn = draw_prefixes(family, prefixes, dice)
    size = WIDTH[family] // 8
    first = b"".join(number.to_bytes(size, "big") for number, _ in drawn)
    spare = b"".join(((1 << WIDTH[family] - n) - 1).to_bytes(size, "big") for _, n in drawn)
    octets = dice.integers(0, 256, (addresses, size), np.uint8)
    rows = dice.integers(1, prefixes, addresses // 2)  # row 0 is the default route
    octets[::2] &= np.frombuffer(spare, np.uint8).reshape(-1, size)[rows]
    octets[::2] |= np.frombuffer(first, np.uint8).reshape(-1, size)[rows]
    cidrs = [str(ip_network((number.to_bytes(size, "big"), n))) for number, n in drawn]
    return Workload(family, cidrs, octets[dice.permutation(addresses)])


class Way(NamedTuple):
    """One way to answer, and what it took in each round."""

    name: str
    ask: Callable[[], object]
    addresses: int
    build: float
    taken: list[float]

    @property
    def best(self) -> float:
        """Seconds for one address in the best turn."""
        return min(self.taken) / self.addresses

    def times(self, other: Way) -> str:
        """By how much it is faster than the other: at best, and in the median round."""
        rounds = [b / a for a, b in zip(self.taken, other.taken, strict=True)]
        median_round = median(rounds) * self.addresses / other.addresses
        return f"{other.best / self.best:>8,.0f} ({median_round:,.0f})"


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    start = perf_counter()
    result = action()
    return perf_counter() - start, result


def prepared(workload: Workload, jit: Jit) -> PrefixTable:
    return PrefixTable(workload.cidrs, jit=jit).prepare()


def netreach_ways(workload: Workload, expected: NDArray[np.int64]) -> list[Way]:
    """Numpy alone and numba on one thread, each with a new array of answers and an old one."""
    ways = []
    columns, out = workload.columns, np.empty(expected.size, np.int32)
    for name, jit in (("numpy", Jit.never()), ("numba", Jit(Wanted.ALWAYS, threads=1))):
        build, table = timed(partial(prepared, workload, jit))
        for suffix, ask in (
            ("", partial(table.lookup, columns)),
            (" out=", partial(table.lookup, columns, out=out)),
        ):
            if (np.asarray(ask()) != expected).any():
                sys.exit(f"{name} and pytricia disagree")
            ways.append(Way(name + suffix, ask, expected.size, build, []))
    return ways


def pytricia_way(workload: Workload) -> Way:
    trie = import_module("pytricia").PyTricia(WIDTH[workload.family])

    def build() -> None:
        for row, cidr in enumerate(workload.cidrs):
            trie[cidr] = row

    spent, _ = timed(build)
    keys = workload.keys(len(workload.octets))
    return Way("pytricia", lambda: [trie[key] for key in keys], len(keys), spent, [])


def radix_way(workload: Workload, expected: NDArray[np.int64]) -> Way:
    tree = import_module("radix").Radix()

    def build() -> None:
        for row, cidr in enumerate(workload.cidrs):
            tree.add(cidr).data["row"] = row

    spent, _ = timed(build)
    keys, search = workload.keys(FEW), tree.search_best
    if [search(packed=key).data["row"] for key in keys] != expected[:FEW].tolist():
        sys.exit("py-radix and pytricia disagree")
    return Way("py-radix", lambda: [search(packed=key) for key in keys], len(keys), spent, [])


def netaddr_way(workload: Workload, expected: NDArray[np.int64]) -> Way:
    """Netaddr on as many addresses as a second or so allows."""
    netaddr = import_module("netaddr")
    build, networks = timed(lambda: [netaddr.IPNetwork(cidr) for cidr in workload.cidrs])
    keys = workload.keys(max(1, min(2000, 20_000 // len(networks))))
    addresses = [netaddr.IPAddress(int.from_bytes(key, "big"), workload.family) for key in keys]

    def ask() -> list[object]:
        return [netaddr.smallest_matching_cidr(address, networks) for address in addresses]

    way = Way("netaddr", ask, len(keys), build, [])
    spent, found = timed(ask)
    way.taken.extend([spent] * ROUNDS)  # once is enough
    if [str(one) for one in found] != [workload.cidrs[row] for row in expected[: len(keys)]]:
        sys.exit("netaddr and pytricia disagree")
    return way


def take_turns(ways: Sequence[Way]) -> None:
    """Time the ways round by round; who is quick has several turns in a round."""
    for _ in range(ROUNDS):
        for way in ways:
            first, _ = timed(way.ask)
            more = [timed(way.ask)[0] for _ in range(TURNS - 1)] if first < 0.2 else []
            way.taken.append(min([first, *more]))


def print_table(workload: Workload) -> None:
    """Print how the ways compare on one table."""
    trie = pytricia_way(workload)
    expected = np.array(trie.ask())
    peers = [trie, radix_way(workload, expected)]
    ours = netreach_ways(workload, expected)
    take_turns([*peers, *ours])
    peers.append(netaddr_way(workload, expected))
    print(
        f"\nIPv{workload.family}, {len(workload.cidrs):,} prefixes: times faster, at best (median)"
    )
    heads = [f"{peer.name:>17}" for peer in peers]
    print(f"{'':12}{'M/s':>10}{'build, s':>10}", *heads)
    for way in (*peers, *ours):
        ratios = [f"{way.times(peer):>17}" for peer in peers] if way in ours else []
        print(f"{way.name:12}{1e-6 / way.best:>10.4g}{way.build:>10.3f}", *ratios, flush=True)


def print_few(workload: Workload) -> None:
    """Print what few addresses cost, and what many cost with the build."""
    table = PrefixTable(workload.cidrs, jit=Jit.never())
    numbers = workload.columns
    print(f"\none table of {len(workload.cidrs):,} IPv4 prefixes, numpy")
    for count in (1, 100, 10_000):
        best = min(timed(partial(table.lookup, numbers[:count]))[0] for _ in range(20))
        print(f"  {count:>9,} addresses, searched    {best * 1e6:>10,.1f} us")
    first, _ = timed(lambda: PrefixTable(workload.cidrs, jit=Jit.never()).lookup(numbers))
    print(f"  {numbers.size:>9,} addresses, build included {first * 1e6:>7,.0f} us")


def print_many_tables(addresses: int) -> None:
    """Print what a batch over two thousand route tables costs."""
    dice = np.random.default_rng(1)
    tables = {}
    for row in range(2000):
        third = [f"10.{row % 256}.{block}.0/24" for block in range(0, 160, 2)]
        tables[f"rtb-{row}"] = PrefixTable(["0.0.0.0/0", f"10.{row % 256}.0.0/16", *third])
    chosen = dice.integers(0, len(tables), addresses)
    asked = dice.integers(10 << 24, 11 << 24, addresses).astype(np.uint32)
    print(f"\n{len(tables):,} route tables of 82 prefixes, {addresses:,} addresses at once")
    for name, jit in (("numpy", Jit.never()), ("numba", Jit(Wanted.ALWAYS, threads=1))):
        stack = PrefixTables(tables, jit=jit)
        best = min(timed(partial(stack.lookup, chosen, asked))[0] for _ in range(7))
        print(f"  {name}, each in its own table {best * 1e3:>8.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--addresses", type=int, default=1_000_000)
    sizes = [10, 1_000, 100_000, 1_000_000]
    parser.add_argument("--prefixes", type=int, nargs="+", default=sizes)
    parser.add_argument("--family", type=int, nargs="+", choices=(4, 6), default=(4, 6))
    options = parser.parse_args()
    try:
        for needed in ("pytricia", "radix", "numba"):
            import_module(needed)
    except ImportError as error:
        sys.exit(f"{error.name} is not installed: pip install 'netreach[bench]'")
    for family in options.family:
        for size in options.prefixes:
            print_table(draw_workload(family, size, options.addresses))
    print_few(draw_workload(4, 1000, options.addresses))
    print_many_tables(options.addresses)


if __name__ == "__main__":
    main()
