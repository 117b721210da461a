"""Which blocks AWS takes for VPCs and subnets, alone and together, and what it keeps of them.

The rules are those of the pages "VPC CIDR blocks", "Subnet CIDR blocks" and "Amazon VPC quotas" of
the Amazon VPC user guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from netreach.packets.prefixes import RESERVED_AT_END, RESERVED_AT_START, Address, Prefix
from netreach.packets.scopes import place

#: The prefix lengths that AWS takes, widest block first.
VPC_LENGTHS: Final = {4: range(16, 29), 6: range(44, 61, 4)}
SUBNET_LENGTHS: Final = {4: range(16, 29), 6: range(44, 65, 4)}

#: The length of every IPv6 block that comes from Amazon's own pool.
AMAZON_IPV6_LENGTH: Final = 56

#: How many blocks of each family a VPC has by default, and at most once the quota is raised.
BLOCKS_OF_VPC: Final = 5
BLOCKS_OF_VPC_RAISED: Final = 50

#: Kinds of addresses that AWS's pages offer for VPCs.
_OFFERED: Final = frozenset({"private", "shared", "public", "mixed", "unique-local"})
#: Kinds that its pages neither offer nor refuse.
_UNNAMED: Final = frozenset({"benchmarking", "documentation", "protocol-assignments"})

_TEN: Final = Prefix.parse("10.0.0.0/8")
_TEN_ZERO: Final = Prefix.parse("10.0.0.0/16")
_TEN_ZERO_AND_ONE: Final = Prefix.parse("10.0.0.0/15")
_TWENTY_BITS: Final = Prefix.parse("172.16.0.0/12")
_PRIVATE: Final = (_TEN, _TWENTY_BITS, Prefix.parse("192.168.0.0/16"))
_DEFAULT_VPC: Final = Prefix.parse("172.31.0.0/16")
_AWS_INTERNAL: Final = Prefix.parse("198.19.0.0/16")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether AWS takes a prefix for one use, and the rule that says so."""

    accepted: bool
    why: str


def _allowed(lengths: range) -> str:
    """Say which prefix lengths AWS takes."""
    steps = f" in steps of {lengths.step}" if lengths.step > 1 else ""
    return f"/{lengths[0]} to /{lengths[-1]}{steps}"


def _judge(prefix: Prefix, lengths: range, use: str) -> Acceptance:
    """Tell whether a prefix has a size and a kind that AWS takes for this use."""
    kind = place(prefix).kind
    if prefix.length not in lengths:
        return Acceptance(False, f"an IPv{prefix.family} {use} is {_allowed(lengths)}")
    if kind in _UNNAMED and not _AWS_INTERNAL.contains(prefix):
        why = f"AWS takes {_allowed(lengths)}, though its pages name no {kind} ranges"
        return Acceptance(True, why)
    if kind not in _OFFERED | _UNNAMED:
        return Acceptance(False, f"AWS offers no {kind} addresses")
    return Acceptance(True, f"AWS takes {_allowed(lengths)}")


def as_vpc_block(prefix: Prefix) -> Acceptance:
    """Tell whether AWS takes a prefix as a block of a VPC, the VPC's other blocks apart.

    >>> as_vpc_block(Prefix.parse("10.0.0.0/8")).why
    'an IPv4 block of a VPC is /16 to /28'
    """
    return _judge(prefix, VPC_LENGTHS[prefix.family], "block of a VPC")


def as_subnet(prefix: Prefix) -> Acceptance:
    """Tell whether AWS takes a prefix as a subnet of a VPC that covers it."""
    return _judge(prefix, SUBNET_LENGTHS[prefix.family], "subnet")


_NOTES: Final = tuple(
    (Prefix.parse(cidr), note)
    for cidr, note in (
        ("169.254.169.254/32", "169.254.169.254 is the instance metadata service"),
        ("169.254.169.253/32", "169.254.169.253 is Amazon's DNS resolver"),
        ("169.254.169.123/32", "169.254.169.123 is Amazon's time service"),
        ("fd00:ec2::/32", "fd00:ec2::/32 is AWS's own (metadata, DNS, time) and never routed"),
        ("172.17.0.0/16", "some AWS services (Cloud9, SageMaker) use 172.17.0.0/16 themselves"),
        ("172.31.0.0/16", "every default VPC is 172.31.0.0/16, and VPCs that overlap can't peer"),
    )
)


def remarks(prefix: Prefix) -> Iterator[str]:
    """Yield what else somebody who plans with this block on AWS should know."""
    yield from (note for around, note in _NOTES if around.contains(prefix))
    if not as_vpc_block(prefix).accepted:
        return
    if (prefix.family, place(prefix).kind) == (4, "public"):
        yield "public addresses: a VPC that uses them can't reach their owner on the internet"
    if prefix.family == 6 and prefix.length != AMAZON_IPV6_LENGTH:
        yield "Amazon's own IPv6 blocks are /56; others come from an IPAM pool or your own range"


_PURPOSES: Final = {
    4: (
        "network address",
        "VPC router",
        "DNS; the resolver itself is at +2 of the VPC's primary block",
        "kept for future use",
        "broadcast, which no VPC carries",
    ),
    6: ("kept by AWS", "VPC router", "kept by AWS", "kept by AWS", "kept by AWS"),
}


@dataclass(frozen=True, slots=True)
class ReservedAddress:
    """One of the five addresses of a subnet that AWS keeps, and what for."""

    address: Address
    purpose: str


def reserved_addresses(subnet: Prefix) -> tuple[ReservedAddress, ...]:
    """Return the five addresses that AWS keeps in a subnet, in order [RT-14].

    >>> [str(reserved.address) for reserved in reserved_addresses(Prefix.parse("10.0.0.0/28"))]
    ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.15']
    """
    numbers = (*range(subnet.first, subnet.first + RESERVED_AT_START), subnet.last)
    return tuple(
        ReservedAddress(Address(subnet.family, number), purpose)
        for number, purpose in zip(numbers, _PURPOSES[subnet.family], strict=True)
    )


def usable_range(subnet: Prefix) -> tuple[Address, Address]:
    """Return the first and the last address of a subnet that a host can have [RT-14]."""
    return (
        Address(subnet.family, subnet.first + RESERVED_AT_START),
        Address(subnet.family, subnet.last - RESERVED_AT_END),
    )


@dataclass(frozen=True, slots=True)
class Association:
    """What AWS says when a block is added to a VPC after others."""

    prefix: Prefix
    role: str  # "primary", "secondary" or "ipv6"
    verdict: Acceptance


@dataclass(frozen=True, slots=True)
class VpcFit:
    """Whether prefixes can be the blocks of one VPC, added in the order given."""

    associations: tuple[Association, ...]
    problems: tuple[str, ...]  # of the VPC as a whole
    order: tuple[Prefix, ...] = ()  # of the IPv4 blocks: one that works, if the given one does not

    @property
    def fits(self) -> bool:
        """Whether AWS takes all of them."""
        return not self.problems and _works(self.associations)


def _closed_ranges(earlier: Sequence[Prefix]) -> Iterator[tuple[Prefix, str]]:
    """Yield the ranges of which a VPC with these IPv4 blocks takes no more, and which VPCs so."""
    primary = earlier[0]
    which = f"whose primary block is {primary}"
    yield from ((private, which) for private in _PRIVATE if not private.contains(primary))
    if not _AWS_INTERNAL.contains(primary):
        yield _AWS_INTERNAL, which
    if _TWENTY_BITS.contains(primary):
        yield _DEFAULT_VPC, which
    if _TEN.contains(primary) and any(map(_TEN_ZERO_AND_ONE.contains, earlier)):
        yield _TEN_ZERO, f"with a block in {_TEN_ZERO_AND_ONE}"


def _add(prefix: Prefix, earlier: Sequence[Prefix]) -> Acceptance:
    """Tell whether a VPC that has the earlier blocks of the same family takes one more."""
    alone = as_vpc_block(prefix)
    if not alone.accepted or not earlier:
        return alone
    for other in earlier:
        if other.overlaps(prefix):
            return Acceptance(False, f"it overlaps {other}")
    for closed, which in _closed_ranges(earlier) if prefix.family == 4 else ():
        if closed.contains(prefix):
            return Acceptance(False, f"AWS adds no block of {closed} to a VPC {which}")
    return alone


def _associate(blocks: Sequence[Prefix]) -> tuple[Association, ...]:
    """Add the blocks of one family to a VPC, one after the other; a refused one leaves no trace."""
    taken: list[Prefix] = []
    associations: list[Association] = []
    for block in blocks:
        verdict = _add(block, taken)
        role = "ipv6" if block.family == 6 else "secondary" if taken else "primary"
        associations.append(Association(block, role, verdict))
        taken += [block] if verdict.accepted else []
    return tuple(associations)


def _works(associations: Sequence[Association]) -> bool:
    """Tell whether AWS took every block."""
    return all(one.verdict.accepted for one in associations)


def _better_order(blocks: Sequence[Prefix]) -> tuple[Prefix, ...]:
    """Return the first order in which AWS takes every IPv4 block, or nothing."""
    if len(blocks) > BLOCKS_OF_VPC or _works(_associate(blocks)):
        return ()
    return next((order for order in permutations(blocks) if _works(_associate(order))), ())


def _problems(counts: dict[int, int]) -> Iterator[str]:
    """Say what is wrong with the number of blocks of each family."""
    if not counts[4]:
        yield "a VPC needs an IPv4 block"
    for family, count in counts.items():
        if count > BLOCKS_OF_VPC:
            yield (
                f"{count} IPv{family} blocks: the quota is {BLOCKS_OF_VPC}, "
                f"to be raised up to {BLOCKS_OF_VPC_RAISED} on request"
            )


def fit_in_vpc(prefixes: Sequence[Prefix]) -> VpcFit:
    """Tell whether prefixes can be the blocks of one VPC; the first IPv4 one is its primary.

    >>> fit_in_vpc([Prefix.parse("10.1.0.0/16"), Prefix.parse("100.64.0.0/16")]).fits
    True
    """
    ipv4, ipv6 = ([one for one in prefixes if one.family == family] for family in (4, 6))
    associations = _associate(ipv4) + _associate(ipv6)
    problems = tuple(_problems({4: len(ipv4), 6: len(ipv6)}))
    return VpcFit(associations, problems, _better_order(ipv4))
