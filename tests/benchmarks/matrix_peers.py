"""What a matrix is measured beside: a plain loop over pairs, and a BDD of security groups."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from time import perf_counter
from typing import Any, Final

from netreach.model.records import NetworkInterface, SecurityGroupRule
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from netreach.sources.load import open_snapshot
from tests.benchmarks import pair_loop

#: So many pairs of the loop are looked up in a matrix, too.
CHECKED: Final = 1_000
Range = tuple[int, int]
#: Addresses, services (protocol * 65536 + port), and groups that a rule is about.
Rule = tuple[Range | None, Range, str]


def loop(folder: str) -> dict[str, Any]:
    """Ask a sample of pairs one after the other, and see whether a matrix says the same."""
    snapshot = open_snapshot(folder)
    estate = pair_loop.Estate(snapshot)
    pairs = pair_loop.sampled(estate)
    found, seconds = pair_loop.ask(estate, pairs)
    matrix = Network(snapshot).matrix(jobs=1)
    asked = range(0, len(pairs), len(pairs) // CHECKED)
    differ = [pairs[n] for n in asked if matrix.services(*pairs[n]).intervals != found[n]]
    return {
        "seconds": seconds,
        "pairs": len(pairs),
        "rate": len(pairs) / seconds,
        "reachable": sum(map(bool, found)),
        "differ": differ,
        "checked": len(asked),
    }


def _address(one: NetworkInterface) -> int | None:
    return next((a.private.number for a in one.addresses if a.private.family == 4), None)


def _rules(snapshot: Snapshot, found: tuple[SecurityGroupRule, ...]) -> list[Rule]:
    return [rule for one in found for rule in _ranges(snapshot, one)]


def _ranges(snapshot: Snapshot, rule: SecurityGroupRule) -> Iterator[Rule]:
    services = _services(rule)
    if services is None:
        return
    if rule.group:
        yield None, services, rule.group
    prefixes: tuple[Prefix, ...] = (rule.prefix,) if rule.prefix else ()
    if rule.prefix_list and rule.prefix_list in snapshot.prefix_lists:
        prefixes = snapshot.prefix_lists[rule.prefix_list].entries or ()
    for prefix in prefixes:
        if prefix.family == 4:
            yield (prefix.first, prefix.last), services, ""


def _services(rule: SecurityGroupRule) -> Range | None:
    """Return the TCP and UDP ports of a rule as one range: TCP first."""
    if rule.protocol not in (-1, 6, 17):
        return None
    if rule.protocol == -1:
        return 0, 131071
    low, high = rule.low or 0, 65535 if rule.high is None else rule.high
    first = 0 if rule.protocol == 6 else 65536
    return first + low, first + high


def cudd(folder: str) -> dict[str, Any]:
    """Build the relation (sender, receiver, service) of security groups as a BDD, and count."""
    bdds = import_module("dd.cudd")
    snapshot = open_snapshot(folder)
    ends = sorted(
        (one for one in snapshot.interfaces.values() if _address(one) is not None),
        key=lambda one: _address(one) or 0,
    )
    start = perf_counter()
    relation = _Relation(bdds.BDD(), snapshot, ends)
    reachable = relation.count()
    seconds = perf_counter() - start
    pairs = len(ends) * (len(ends) - 1)
    return {
        "seconds": seconds,
        "pairs": pairs,
        "rate": pairs / seconds,
        "reachable": reachable,
    }


class _Relation:
    """Who may send what to whom, by groups, over ranks of addresses."""

    def __init__(self, bdd: Any, snapshot: Snapshot, ends: list[NetworkInterface]) -> None:  # noqa: ANN401
        self.bdd, self.snapshot, self.ends = bdd, snapshot, ends
        self.addresses = [_address(one) or 0 for one in ends]
        self.bits = max(1, (len(ends) - 1).bit_length())
        self.names = {
            "s": [f"s{n}" for n in range(self.bits)],
            "d": [f"d{n}" for n in range(self.bits)],
            "p": [f"p{n}" for n in range(17)],
        }
        bdd.declare(*self.names["s"], *self.names["d"], *self.names["p"])
        self.carriers: dict[str, list[int]] = {}
        for rank, one in enumerate(ends):
            for group in one.groups:
                self.carriers.setdefault(group, []).append(rank)

    def between(self, letter: str, low: int, high: int) -> Any:  # noqa: ANN401
        """Return the numbers from `low` to `high` over the bits of a letter, as few cubes."""
        names, found = self.names[letter], self.bdd.false
        while low <= high:
            size = (low & -low).bit_length() - 1 if low else len(names)
            size = min(size, (high - low + 1).bit_length() - 1)
            cube = {
                name: bool(low >> (len(names) - 1 - place) & 1)
                for place, name in enumerate(names[: len(names) - size])
            }
            found |= self.bdd.cube(cube)
            low += 1 << size
        return found

    def those(self, letter: str, ranks: list[int]) -> Any:  # noqa: ANN401
        """Return the interfaces of some ranks."""
        found = self.bdd.false
        for rank in ranks:
            found |= self.between(letter, rank, rank)
        return found

    def side(self, way: str, own: str, peer: str) -> Any:  # noqa: ANN401
        """Return what the groups of one end allow with the other end."""
        from bisect import bisect_left, bisect_right  # noqa: PLC0415 - only here

        found = self.bdd.false
        for group, members in self.carriers.items():
            record = self.snapshot.security_groups.get(group)
            allowed = self.bdd.false
            for addresses, services, named in _rules(
                self.snapshot, getattr(record, way) if record else ()
            ):
                if addresses is None:
                    peers = self.those(peer, self.carriers.get(named, []))
                else:
                    low = bisect_left(self.addresses, addresses[0])
                    high = bisect_right(self.addresses, addresses[1]) - 1
                    peers = self.between(peer, low, high) if low <= high else self.bdd.false
                allowed |= peers & self.between("p", *services)
            found |= self.those(own, members) & allowed
        return found

    def count(self) -> int:
        """Return how many pairs of two interfaces have any service."""
        both = self.side("egress", "s", "d") & self.side("ingress", "d", "s")
        pairs = self.bdd.exist(self.names["p"], both)
        own = self.bdd.true
        for left, right in zip(self.names["s"], self.names["d"], strict=True):
            own &= self.bdd.apply("<->", self.bdd.var(left), self.bdd.var(right))
        return int((pairs & ~own).count(2 * self.bits))
