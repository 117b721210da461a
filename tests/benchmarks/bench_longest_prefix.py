"""Longest-prefix match beside pytricia and netaddr, all in one run: prints a table.

    python tests/benchmarks/bench_longest_prefix.py [--addresses N] [--large]

One million addresses, half of them inside a prefix and half anywhere, are asked of tables with 10,
1,000 and 100,000 prefixes (``--large``: a million too). Up to 10,000 prefixes are such as an AWS
estate has (many hosts, most of it in 10/8), more are such as an internet table has (most /24).

- netreach: ``PrefixTable.lookup`` of an array, an array of values out.
- pytricia: ``[trie[key] for key in keys]``, with the keys as bytes prepared beforehand; its
  fastest form, since 0.0.0.0/0 is in the trie and no key is missing.
- netaddr: ``smallest_matching_cidr`` of a sample, with networks and addresses prepared beforehand.

Builds are timed apart. All answers are compared. netreach and pytricia take turns and each has the
best of its rounds, because the machine may be shared.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))  # the tree that this file is in

from netreach.packets.longest_prefix import PrefixTable, PrefixTables

Module: TypeAlias = Any  # one without types

ROUNDS = 7
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


@dataclass(frozen=True)
class Timing:
    """Seconds for one address, and for the build."""

    lookup: float
    build: float


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


def seconds(action: Callable[[], object]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def time_in_turns(workload: Workload, pytricia: Module) -> tuple[Timing, Timing]:
    """Time netreach and pytricia round by round, and see that they agree."""
    start = perf_counter()
    table = PrefixTable(workload.cidrs).prepare()
    our_build = perf_counter() - start
    start = perf_counter()
    trie = pytricia.PyTricia(WIDTH[workload.family])
    for row, cidr in enumerate(workload.cidrs):
        trie[cidr] = row
    their_build = perf_counter() - start

    columns = workload.columns
    keys = workload.keys(len(columns))
    if table.lookup(columns).tolist() != [trie[key] for key in keys]:
        sys.exit("netreach and pytricia disagree")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(seconds(lambda: [trie[key] for key in keys]))
        ours += [seconds(lambda: table.lookup(columns)) for _ in range(5)]  # still a shorter turn
    return (
        Timing(min(ours) / len(keys), our_build),
        Timing(min(theirs) / len(keys), their_build),
    )


def time_netaddr(workload: Workload) -> Timing:
    """Time netaddr on as many addresses as a few seconds allow, and see that it agrees."""
    import netaddr  # noqa: PLC0415  # the others must not wait for it

    start = perf_counter()
    networks = [netaddr.IPNetwork(cidr) for cidr in workload.cidrs]
    build = perf_counter() - start
    asked = workload.keys(max(1, min(2000, 200_000 // len(networks))))
    addresses = [netaddr.IPAddress(int.from_bytes(key, "big"), workload.family) for key in asked]
    start = perf_counter()
    found = [netaddr.smallest_matching_cidr(address, networks) for address in addresses]
    spent = perf_counter() - start
    rows = PrefixTable(workload.cidrs).lookup(asked).tolist()
    if [str(one) for one in found] != [workload.cidrs[row] for row in rows]:
        sys.exit("netreach and netaddr disagree")
    return Timing(spent / len(asked), build)


def print_against_peers(workloads: Sequence[Workload], pytricia: Module) -> None:
    print(f"{'':15}{'million lookups a second':>30}{'times faster than':>22}{'build, s':>18}")
    heads = ("prefixes", "netreach", "pytricia", "netaddr", "pytricia", "netaddr")
    print("    ", *(f"{head:>10}" for head in (*heads, "netreach", "pytricia")))
    for workload in workloads:
        ours, trie = time_in_turns(workload, pytricia)
        slowest = time_netaddr(workload)
        print(
            f"IPv{workload.family} {len(workload.cidrs):>10,} {1e-6 / ours.lookup:>10.1f}"
            f" {1e-6 / trie.lookup:>10.2f} {1e-6 / slowest.lookup:>10.1e}"
            f" {trie.lookup / ours.lookup:>10.1f} {slowest.lookup / ours.lookup:>10,.0f}"
            f" {ours.build:>10.3f} {trie.build:>10.3f}"
        )


def print_ways_of_lookup(workload: Workload) -> None:
    """Print what few addresses cost, and what many cost before and after the build."""
    table = PrefixTable(workload.cidrs)
    numbers = workload.columns
    print(f"\none table of {len(workload.cidrs):,} IPv4 prefixes")
    for count in (1, 100, 10_000):
        some = numbers[:count]
        best = min(seconds(partial(table.lookup, some)) for _ in range(20))
        print(f"  {count:>9,} addresses, searched    {best * 1e6:>10,.1f} us")
    first = seconds(lambda: PrefixTable(workload.cidrs).lookup(numbers))
    print(f"  {numbers.size:>9,} addresses, build included {first * 1e6:>7,.0f} us")


def print_many_tables(addresses: int) -> None:
    """Print what a batch over two thousand route tables costs."""
    dice = np.random.default_rng(1)
    tables = {}
    for row in range(2000):
        third = [f"10.{row % 256}.{block}.0/24" for block in range(0, 160, 2)]
        tables[f"rtb-{row}"] = PrefixTable(["0.0.0.0/0", f"10.{row % 256}.0.0/16", *third])
    stack = PrefixTables(tables)
    chosen = dice.integers(0, len(tables), addresses)
    asked = dice.integers(10 << 24, 11 << 24, addresses).astype(np.uint32)
    best = min(seconds(lambda: stack.lookup(chosen, asked)) for _ in range(ROUNDS))
    print(f"\n{len(tables):,} route tables of 82 prefixes at once")
    print(f"  {addresses:>9,} addresses, each in its own table {best * 1e3:>8.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--addresses", type=int, default=1_000_000)
    parser.add_argument("--large", action="store_true", help="a million prefixes too")
    options = parser.parse_args()
    try:
        import pytricia  # noqa: PLC0415  # it is measured here, and used nowhere else
    except ImportError:
        sys.exit("pytricia is not installed: pip install 'netreach[bench]'")
    sizes = (10, 1_000, 100_000, 1_000_000) if options.large else (10, 1_000, 100_000)
    workloads = [draw_workload(4, size, options.addresses) for size in sizes]
    workloads += [draw_workload(6, size, options.addresses // 5) for size in (10, 1_000, 100_000)]
    print_against_peers(workloads, pytricia)
    print_ways_of_lookup(workloads[1])
    print_many_tables(options.addresses)


if __name__ == "__main__":
    main()
