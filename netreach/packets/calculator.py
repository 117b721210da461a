"""The address calculator behind `netreach cidr`: pure answers about blocks of addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from netreach.errors import UsageError
from netreach.packets.prefixes import (
    RESERVED_AT_END,
    RESERVED_AT_START,
    WIDTH,
    Address,
    AddressError,
    Family,
    Prefix,
    has_host_bits,
    usable_addresses,
)
from netreach.packets.scopes import Placement, place
from netreach.packets.vpc_blocks import (
    SUBNET_LENGTHS,
    Acceptance,
    ReservedAddress,
    VpcFit,
    as_subnet,
    as_vpc_block,
    fit_in_vpc,
    remarks,
    reserved_addresses,
)

#: How many addresses of each subnet AWS keeps [RT-14].
RESERVED: Final = RESERVED_AT_START + RESERVED_AT_END


def quoted(text: str) -> str:
    """Return an argument for an error message: control characters escaped, cut if long."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def parse_prefix(text: str) -> Prefix:
    """Read a CIDR or an address that somebody typed; host bits are masked.

    Raises:
        UsageError: it is neither.
    """
    try:
        return Prefix.parse(text)
    except AddressError:
        host = text.partition("/")[0]
    mend = "write it like 10.0.0.0/24, 10.0.0.5 or 2001:db8::/64"
    try:
        width = WIDTH[Address.parse(host).family]
    except AddressError:
        raise UsageError(place=quoted(text), what="no IP address or CIDR", mend=mend) from None
    what = f"the length after the slash must be 0 to {width}"
    raise UsageError(place=quoted(text), what=what, mend=mend)


@dataclass(frozen=True, slots=True)
class Block:
    """One prefix as somebody wrote it, and everything that follows from it alone."""

    asked: str
    prefix: Prefix
    placement: Placement
    vpc: Acceptance
    subnet: Acceptance
    notes: tuple[str, ...]

    @property
    def first(self) -> Address:
        """The lowest address."""
        return Address(self.prefix.family, self.prefix.first)

    @property
    def last(self) -> Address:
        """The highest address."""
        return Address(self.prefix.family, self.prefix.last)

    @property
    def wildcard(self) -> Address:
        """The bits that may differ, as an address."""
        return Address(self.prefix.family, self.prefix.size - 1)

    @property
    def netmask(self) -> Address:
        """The bits that may not differ, as an address."""
        return Address(self.prefix.family, (1 << WIDTH[self.prefix.family]) - self.prefix.size)

    @property
    def reserved(self) -> tuple[ReservedAddress, ...]:
        """What AWS keeps of it as a subnet; nothing if it can't be one."""
        return reserved_addresses(self.prefix) if self.subnet.accepted else ()


def describe(text: str) -> Block:
    """Tell everything about one CIDR, or about an address as the block of itself.

    Raises:
        UsageError: the text is neither.

    >>> str(describe("10.0.0.77/24").prefix)
    '10.0.0.0/24'
    """
    prefix = parse_prefix(text)
    masked = f"{text} has host bits; masked to {prefix}, as AWS does"
    notes = (*([masked] if has_host_bits(text) else []), *remarks(prefix))
    return Block(text, prefix, place(prefix), as_vpc_block(prefix), as_subnet(prefix), notes)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two prefixes that share addresses: the outer contains or equals the inner."""

    outer: Prefix
    inner: Prefix


def overlaps(prefixes: Iterable[Prefix]) -> Iterator[Overlap]:
    """Yield every pair that overlaps, in order of addresses."""
    around: list[Prefix] = []  # blocks nest or are apart: those around this one, widest first
    for prefix in sorted(prefixes):
        while around and not around[-1].contains(prefix):
            around.pop()
        yield from (Overlap(outer, prefix) for outer in around)
        around.append(prefix)


def aggregate(prefixes: Iterable[Prefix]) -> tuple[Prefix, ...]:
    """Return the fewest prefixes that cover exactly the same addresses.

    >>> [str(block) for block in aggregate(map(Prefix.parse, ("10.0.1.0/24", "10.0.0.0/24")))]
    ['10.0.0.0/23']
    """
    from netaddr import cidr_merge  # noqa: PLC0415  slow to import, and one prefix needs no merging

    return tuple(Prefix.parse(str(network)) for network in cidr_merge(map(str, prefixes)))


@dataclass(frozen=True, slots=True)
class SubnetSize:
    """A size that an AWS subnet can have."""

    family: Family
    length: int

    @property
    def size(self) -> int:
        """How many addresses it has."""
        return Prefix(self.family, 0, self.length).size

    @property
    def usable(self) -> int:
        """How many of them hosts can have."""
        return usable_addresses(Prefix(self.family, 0, self.length))


@dataclass(frozen=True, slots=True)
class HostPlan:
    """The smallest subnet for so many hosts, its neighbours, and how often it fits in a block."""

    hosts: int
    best: SubnetSize
    smaller: SubnetSize | None
    larger: SubnetSize | None
    within: Prefix | None

    @property
    def subnets(self) -> Split | None:
        """All such subnets of the block; none if it is too small, or none was given."""
        if self.within is None or self.within.length > self.best.length:
            return None
        return Split(self.within, self.best.length)


def plan_hosts(hosts: int, within: Prefix | None = None) -> HostPlan:
    """Find the smallest AWS subnet that has addresses for so many hosts.

    Raises:
        UsageError: there is none.

    >>> plan_hosts(29).best.length
    26
    """
    family: Family = within.family if within else 4
    sizes = [SubnetSize(family, length) for length in reversed(SUBNET_LENGTHS[family])]
    row = next((row for row, size in enumerate(sizes) if size.usable >= hosts), None)
    if hosts < 1:
        raise UsageError(place="--hosts", what="must be at least 1", mend="ask like --hosts 29")
    if row is None:
        what = f"no AWS subnet has {hosts:,} usable addresses; the largest, a /{sizes[-1].length}"
        raise UsageError(
            place="--hosts",
            what=f"{what}, has {sizes[-1].usable:,}",
            mend="spread the hosts over several subnets",
        )
    smaller = sizes[row - 1] if row else None
    larger = sizes[row + 1] if row + 1 < len(sizes) else None
    return HostPlan(hosts, sizes[row], smaller, larger, within)


@dataclass(frozen=True, slots=True)
class Split:
    """A prefix cut into equal ones."""

    prefix: Prefix
    length: int
    parts: int | None = None  # how many were asked for, if a number was

    @property
    def count(self) -> int:
        """How many there are."""
        return 1 << self.length - self.prefix.length

    def subnets(self, limit: int) -> Iterator[Prefix]:
        """Yield them in order, at most `limit`."""
        family, first, last = self.prefix.family, self.prefix.first, self.prefix.last
        step = Prefix(family, 0, self.length).size
        # a range counts integers of any width and builds none that is not asked for
        numbers = islice(range(first, last + 1, step), limit)
        return (Prefix(family, number, self.length) for number in numbers)


def split(prefix: Prefix, length: int) -> Split:
    """Cut a prefix into all its subnets of one length.

    Raises:
        UsageError: the length is shorter than the prefix's own, or than no address can have.
    """
    if not prefix.length <= length <= WIDTH[prefix.family]:
        raise UsageError(
            place="--split",
            what=f"{prefix} can't be cut into /{length}",
            mend=f"ask for /{prefix.length} to /{WIDTH[prefix.family]}",
        )
    return Split(prefix, length)


def split_into(prefix: Prefix, parts: int) -> Split:
    """Cut a prefix into so many equal subnets, or the next power of two.

    Raises:
        UsageError: it has not so many addresses.

    >>> split_into(Prefix.parse("10.0.0.0/24"), 3).count
    4
    """
    if not 1 <= parts <= prefix.size:
        raise UsageError(
            place="--split-into",
            what=f"{prefix} can't be cut into {parts:,}",
            mend=f"ask for 1 to {prefix.size:,} subnets",
        )
    return Split(prefix, prefix.length + (parts - 1).bit_length(), parts)


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a prefix holds an address or a smaller prefix, and what the address is in it."""

    prefix: Prefix
    asked: Prefix
    reserved: ReservedAddress | None  # set where AWS keeps the address, as a subnet's

    @property
    def inside(self) -> bool:
        """Whether the prefix holds all of it."""
        return self.prefix.contains(self.asked)

    @property
    def offset(self) -> int:
        """How far into the prefix it begins; of no meaning outside."""
        return self.asked.first - self.prefix.first


def membership(prefix: Prefix, asked: Prefix) -> Membership:
    """Tell whether a prefix holds an address, and whether AWS keeps it there."""
    kept = reserved_addresses(prefix) if as_subnet(prefix).accepted else ()
    address = Address(asked.family, asked.first)
    single = asked.size == 1
    reserved = next((one for one in kept if single and one.address == address), None)
    return Membership(prefix, asked, reserved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What is asked about the prefixes, apart from what they are."""

    hosts: int | None = None
    split: int | None = None
    split_into: int | None = None
    contains: str | None = None
    vpc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All the answers; the parts that were not asked for are empty."""

    blocks: tuple[Block, ...]
    overlaps: tuple[Overlap, ...]
    aggregate: tuple[Prefix, ...]
    vpc: VpcFit | None
    plans: tuple[HostPlan, ...]
    splits: tuple[Split, ...]
    memberships: tuple[Membership, ...]
    questions: Questions


def _check(prefixes: Sequence[Prefix], questions: Questions) -> None:
    """Refuse questions that contradict each other or lack a prefix."""
    if not prefixes and (questions.hosts is None or questions != Questions(hosts=questions.hosts)):
        raise UsageError(
            place="PREFIX", what="missing", mend="ask like netreach cidr 10.0.0.0/24, or --hosts 29"
        )
    if questions.split is not None and questions.split_into is not None:
        raise UsageError(
            place="--split-into", what="contradicts --split", mend="give one of the two"
        )


def _splits(prefixes: Sequence[Prefix], questions: Questions) -> Iterator[Split]:
    """Cut each prefix as asked."""
    if questions.split is not None:
        length = questions.split
        yield from (split(prefix, length) for prefix in prefixes)
    if questions.split_into is not None:
        parts = questions.split_into
        yield from (split_into(prefix, parts) for prefix in prefixes)


def _plans(prefixes: Sequence[Prefix], hosts: int | None) -> Iterator[HostPlan]:
    """Plan for each prefix, or for none in particular."""
    if hosts is not None:
        yield from (plan_hosts(hosts, within) for within in prefixes or (None,))


def answer(texts: Sequence[str], questions: Questions) -> Report:
    """Answer every question about the prefixes that somebody typed.

    Raises:
        UsageError: a text is no prefix, or a question makes no sense for it.
    """
    blocks = tuple(map(describe, texts))
    prefixes = [block.prefix for block in blocks]
    _check(prefixes, questions)
    several = len(prefixes) > 1
    asked = None if questions.contains is None else parse_prefix(questions.contains)
    return Report(
        blocks=blocks,
        overlaps=tuple(overlaps(prefixes)),
        aggregate=aggregate(prefixes) if several else tuple(prefixes),
        vpc=fit_in_vpc(prefixes) if several or questions.vpc else None,
        plans=tuple(_plans(prefixes, questions.hosts)),
        splits=tuple(_splits(prefixes, questions)),
        memberships=tuple(membership(prefix, asked) for prefix in prefixes) if asked else (),
        questions=questions,
    )
