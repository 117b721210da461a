"""Checks of the address space of our YAML: what AWS would refuse is an error here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final

from netreach.packets.prefixes import Address, Prefix, is_reserved
from netreach.sources.yaml_estate.phrases import PhraseError

#: Lengths that AWS accepts, by family.
VPC_LENGTHS: Final = {4: range(16, 29), 6: range(44, 61, 4)}
SUBNET_LENGTHS: Final = {4: range(16, 29), 6: range(44, 65, 4)}
DELEGATED_LENGTHS: Final = {4: range(28, 29), 6: range(80, 81)}
#: Addresses that no public address can be.
_NEVER_PUBLIC: Final = tuple(
    Prefix.parse(cidr)
    for cidr in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)


def check_length(prefix: Prefix, lengths: Mapping[int, range], place: str) -> None:
    """Check that AWS accepts a block of this size.

    Raises:
        PhraseError: it is too small, too large or between two sizes.
    """
    allowed = lengths[prefix.family]
    if prefix.length not in allowed:
        sizes = f"/{allowed[0]}" + (f" to /{allowed[-1]}" if len(allowed) > 1 else "")
        steps = f" in steps of {allowed.step}" if allowed.step > 1 else ""
        raise PhraseError(f"AWS has no {prefix} here", f"use {sizes}{steps}", place)


def check_apart(blocks: Iterable[tuple[Prefix, str]]) -> None:
    """Check that no two blocks overlap; each comes with its place.

    Raises:
        PhraseError: two do; the place is that of the later one.
    """
    for (one, its_place), (other, place) in combinations(blocks, 2):
        if one.overlaps(other):
            raise PhraseError(f"{other} overlaps {one} of {its_place}", "move one of them", place)


def check_inside(prefix: Prefix, blocks: Iterable[Prefix], place: str, *, whose: str) -> None:
    """Check that a block lies inside one of its owner's blocks.

    Raises:
        PhraseError: it does not.
    """
    blocks = tuple(blocks)
    if not any(block.contains(prefix) for block in blocks):
        there = ", ".join(map(str, blocks))
        raise PhraseError(f"{prefix} is outside of {whose}", f"choose from {there}", place)


class AddressBook:
    """Which addresses of an estate are taken, and by whom."""

    def __init__(self) -> None:
        """Start with every address free."""
        self._places: dict[tuple[str, Address], str] = {}
        self._delegated: list[tuple[str, Prefix, str]] = []

    def take_private(
        self, address: Address, *, vpc: str, subnet: Iterable[Prefix], place: str
    ) -> Address:
        """Take an address of a subnet.

        Raises:
            PhraseError: it is outside of the subnet, reserved by AWS or taken.
        """
        blocks = tuple(subnet)
        home = next((block for block in blocks if block.contains(address)), None)
        if home is None:
            there = ", ".join(map(str, blocks))
            raise PhraseError(f"{address} is outside of its subnet", f"choose from {there}", place)
        if is_reserved(home, address):
            raise PhraseError(
                f"{address} is reserved: AWS keeps the first four and the last one of {home}",
                "choose another",
                place,
            )
        for other, prefix, owner in self._delegated:
            if other == vpc and prefix.contains(address):
                raise PhraseError(f"{address} is in {prefix} of {owner}", "choose another", place)
        return self._take(vpc, address, place)

    def take_public(self, address: Address, *, place: str) -> Address:
        """Take a public IPv4 address.

        Raises:
            PhraseError: it is not a public IPv4 address, or taken.
        """
        if address.family == 6 or any(block.contains(address) for block in _NEVER_PUBLIC):
            raise PhraseError(f"{address} is no public IPv4 address", "choose another", place)
        return self._take("", address, place)

    def take_delegated(
        self, prefix: Prefix, *, vpc: str, subnet: Iterable[Prefix], place: str
    ) -> Prefix:
        """Take a whole prefix of a subnet.

        Raises:
            PhraseError: it is of another size than AWS has, outside of the subnet or taken.
        """
        check_length(prefix, DELEGATED_LENGTHS, place)
        blocks = tuple(subnet)
        check_inside(prefix, blocks, place, whose="its subnet")
        ends = (Address(prefix.family, prefix.first), Address(prefix.family, prefix.last))
        if any(is_reserved(block, end) for block in blocks for end in ends):
            what = f"{prefix} holds addresses that AWS reserves"
            raise PhraseError(what, "choose another", place)
        taken = [(p, owner) for v, p, owner in self._delegated if v == vpc]
        taken += [
            (Prefix.parse(str(address)), owner)
            for (v, address), owner in self._places.items()
            if v == vpc
        ]
        for other, owner in taken:
            check_apart([(other, owner), (prefix, place)])
        self._delegated.append((vpc, prefix, place))
        return prefix

    def _take(self, scope: str, address: Address, place: str) -> Address:
        owner = self._places.setdefault((scope, address), place)
        if owner != place:
            raise PhraseError(f"{address} is also that of {owner}", "choose another", place)
        return address
