"""The answers of `netreach cidr` as text; `cidr_json` has them as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from itertools import chain
from typing import Final

from netreach.packets.calculator import (
    RESERVED,
    Block,
    HostPlan,
    Membership,
    Overlap,
    Report,
    Split,
    SubnetSize,
)
from netreach.packets.prefixes import Address, Prefix
from netreach.packets.scopes import Placement
from netreach.packets.vpc_blocks import (
    BLOCKS_OF_VPC,
    BLOCKS_OF_VPC_RAISED,
    Acceptance,
    ReservedAddress,
    VpcFit,
    as_subnet,
    usable_range,
)

#: How many lines of one kind are printed; the rest is counted.
TEXT_LIMIT: Final = 256

#: Beyond all of IPv4 a count is said as a power of two, if it is one or one less a few.
_LARGE: Final = 1 << 33
_FEW: Final = 1000


def number(count: int) -> str:
    """Say a count in digits, or as the power of two that it is or nearly is."""
    bits = (count - 1).bit_length()
    short = (1 << bits) - count
    if count < _LARGE or short > _FEW:
        return f"{count:,}"
    return f"2^{bits} - {short}" if short else f"2^{bits}"


def _addresses(count: int) -> str:
    """Say how many addresses there are."""
    return "1 address" if count == 1 else f"{number(count)} addresses"


def _table(rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """Yield rows with their columns aligned, the last one ragged."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield (indent + "  ".join(cells)).rstrip()


def _span(prefix: Prefix) -> str:
    """Say from which address to which a prefix reaches."""
    first, last = (Address(prefix.family, end) for end in (prefix.first, prefix.last))
    return f"{first} - {last}"


def _scope(placement: Placement) -> str:
    """Say private or public, and by which standard."""
    if placement.scope:
        return f"{placement.kind} ({placement.scope.prefix}, {placement.scope.source})"
    parts = [f"{part.prefix} {part.kind}" for part in placement.parts[:3]]
    more = f" and {len(placement.parts) - 3} more" if len(placement.parts) > 3 else ""
    if parts:
        return f"mixed: {', '.join(parts)}{more} inside"
    return "public (the internet routes it)" if placement.kind == "public" else placement.kind


def _verdict(acceptance: Acceptance) -> str:
    """Say yes or no, and why."""
    return f"{'yes' if acceptance.accepted else 'no'}: {acceptance.why}"


def _usable(prefix: Prefix) -> str:
    """Say which addresses of a subnet hosts can have."""
    first, last = usable_range(prefix)
    return f"{first} - {last} ({number(SubnetSize(prefix.family, prefix.length).usable)})"


def _address_rows(address: Address) -> Iterator[tuple[str, str]]:
    """Yield the other spellings of one address, as label and value."""
    packed = ip_address(str(address))
    if address.family == 6:
        yield "in full", packed.exploded
    yield "number", f"{address.number} (0x{address.number:x})"
    yield "reverse DNS", packed.reverse_pointer


def _block_rows(block: Block) -> Iterator[tuple[str, str]]:
    """Yield what is to say about one block, as label and value."""
    if block.prefix.size > 1:
        yield "range", f"{block.first} - {block.last}"
        yield "addresses", number(block.prefix.size)
        if block.prefix.family == 4:
            yield "netmask", f"{block.netmask} (wildcard {block.wildcard})"
    yield "scope", _scope(block.placement)
    yield "VPC block", _verdict(block.vpc)
    yield "subnet", _verdict(block.subnet)
    if block.reserved:
        yield "usable", _usable(block.prefix)
    if block.prefix.size == 1:
        yield from _address_rows(block.first)


def _reserved_lines(reserved: Sequence[ReservedAddress]) -> Iterator[str]:
    """Yield the addresses that AWS keeps, one a line."""
    if reserved:
        yield f"  reserved in a subnet ({len(reserved)})"
        yield from _table([(str(one.address), one.purpose) for one in reserved], indent="    ")


def _notes(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the notes of blocks, each once."""
    for note in dict.fromkeys(chain.from_iterable(block.notes for block in blocks)):
        yield f"note: {note}"


def _block_lines(block: Block) -> Iterator[str]:
    """Yield the page about one block."""
    yield str(block.prefix)
    yield from _table(list(_block_rows(block)))
    yield from _reserved_lines(block.reserved)


def _shortened(lines: Iterable[str], count: int) -> Iterator[str]:
    """Yield at most so many lines as people read, and say how many are left."""
    for row, line in zip(range(TEXT_LIMIT), lines, strict=False):
        yield line
        if row == TEXT_LIMIT - 1 and count > TEXT_LIMIT:
            yield f"  ... and {number(count - TEXT_LIMIT)} more"


def _overlap(overlap: Overlap) -> str:
    """Say how two prefixes overlap."""
    verb = "equals" if overlap.outer == overlap.inner else "contains"
    return f"  {overlap.outer} {verb} {overlap.inner}"


def _fit_summary(fit: VpcFit) -> str:
    """Say in one line whether AWS takes the blocks for one VPC."""
    refused = (
        f"{one.prefix}: {one.verdict.why}" for one in fit.associations if not one.verdict.accepted
    )
    first = next(chain(fit.problems, refused), "")
    return f"as blocks of one VPC: {f'no, {first}' if first else 'yes'}"


def _several_lines(report: Report) -> Iterator[str]:
    """Yield what several blocks are to each other."""
    yield from _table(
        [
            (
                str(block.prefix),
                _span(block.prefix),
                _addresses(block.prefix.size),
                _scope(block.placement),
            )
            for block in report.blocks
        ],
        indent="",
    )
    yield f"overlaps: {number(len(report.overlaps)) if report.overlaps else 'none'}"
    yield from _shortened(map(_overlap, report.overlaps), len(report.overlaps))
    yield f"together: {', '.join(map(str, report.aggregate))}"
    if report.vpc:
        yield _fit_summary(report.vpc)


def _vpc_lines(fit: VpcFit) -> Iterator[str]:
    """Yield what AWS says to each block of a VPC."""
    yield f"blocks of one VPC, added in this order: {'yes' if fit.fits else 'no'}"
    yield from _table(
        [(str(one.prefix), one.role, _verdict(one.verdict)) for one in fit.associations]
    )
    for problem in fit.problems:
        yield f"  {problem}"
    ipv4 = sum(one.prefix.family == 4 for one in fit.associations)
    if ipv4 <= BLOCKS_OF_VPC:
        raised = f"a quota, to be raised up to {BLOCKS_OF_VPC_RAISED} on request"
        yield f"  {ipv4} of {BLOCKS_OF_VPC} IPv4 blocks ({raised})"
    if fit.order:
        yield f"  another order works: {', '.join(map(str, fit.order))}"


def _size_row(size: SubnetSize, hosts: int) -> tuple[str, ...]:
    """Return one line of the table of sizes."""
    spare = size.usable - hosts
    verdict = f"{number(spare)} to spare" if spare >= 0 else f"{number(-spare)} too few"
    return f"/{size.length}", _addresses(size.size), f"{number(size.usable)} usable", verdict


def _plan_lines(plan: HostPlan) -> Iterator[str]:
    """Yield which subnet size so many hosts need."""
    hosts = "1 host needs" if plan.hosts == 1 else f"{plan.hosts:,} hosts need"
    needed = f"{plan.hosts:,} + {RESERVED} that AWS keeps = {plan.hosts + RESERVED:,} addresses"
    yield f"{hosts} a /{plan.best.length}: {needed}"
    sizes = (size for size in (plan.smaller, plan.best, plan.larger) if size)
    yield from _table([_size_row(size, plan.hosts) for size in sizes])
    if plan.within and not plan.subnets:
        yield f"  {plan.within} is too small for a /{plan.best.length}"
    if plan.subnets:
        yield f"  {plan.within} has room for {number(plan.subnets.count)} of /{plan.best.length}"


def _split_lines(split: Split) -> Iterator[str]:
    """Yield the subnets of a prefix."""
    acceptance = as_subnet(Prefix(split.prefix.family, split.prefix.first, split.length))
    subnets = "1 block" if split.count == 1 else f"{number(split.count)} blocks"
    yield f"{split.prefix} into {subnets} of /{split.length}"
    if split.parts and split.parts != split.count:
        yield f"  equal blocks come in powers of two: {split.count:,} for {split.parts:,}"
    if not acceptance.accepted:
        yield f"  not AWS subnets: {acceptance.why}"
    rows = [
        (str(subnet), _span(subnet), f"usable {_usable(subnet)}" if acceptance.accepted else "")
        for subnet in split.subnets(TEXT_LIMIT)
    ]
    yield from _shortened(_table(rows), split.count)


def _membership_line(member: Membership) -> str:
    """Say whether an address is inside, and whether a host can have it."""
    asked = str(member.asked).removesuffix("/32" if member.asked.family == 4 else "/128")
    if not member.inside:
        return f"{asked} is not in {member.prefix}"
    if member.reserved:
        return f"{asked} is in {member.prefix}, reserved in a subnet: {member.reserved.purpose}"
    return f"{asked} is in {member.prefix}, at +{number(member.offset)}"


def _paragraphs(report: Report) -> Iterator[Iterable[str]]:
    """Yield the parts that were asked for; without a question, what the blocks are."""
    if report.questions.vpc and report.vpc:
        yield _vpc_lines(report.vpc)
    yield from map(_plan_lines, report.plans)
    yield from map(_split_lines, report.splits)
    if report.memberships:
        yield map(_membership_line, report.memberships)


def render_text(report: Report) -> str:
    """Return the answers as people read them."""
    paragraphs = ["\n".join(lines) for lines in _paragraphs(report)]
    if not paragraphs:
        alone = len(report.blocks) == 1
        lines = _block_lines(report.blocks[0]) if alone else _several_lines(report)
        paragraphs = ["\n".join(lines)]
    notes = "\n".join(_notes(report.blocks))
    return "\n\n".join(paragraphs) + (f"\n{notes}" if notes else "")
