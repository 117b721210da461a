"""Who holds which address: the axis of atoms, and per VPC the holders and subnets.

An *address row* is one private address (or delegated prefix) that an interface or a NAT gateway
holds, with its 1:1 public address where it has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.fabric.ranges import GLOBAL_IPV6, NAT64, NEVER_ON_INTERNET, SPECIAL
from netreach.model.records import NatAddress, NatGateway, NetworkInterface
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import NO_ROW, Column, Mask, by_row, filled, mask_by_row
from netreach.packets.pieces import PieceTable, last_item, pieces
from netreach.packets.prefixes import Address, Family, Prefix

Rows = Mapping[str, int]


class HeldAddress(NamedTuple):
    """One address row, before it becomes columns."""

    vpc: str
    subnet: str
    prefix: Prefix
    public: Address | None
    interface: str
    nat: str
    is_primary: bool


class AddressBook(Struct, frozen=True):
    """Addresses as atoms, and their holders."""

    axis: AtomAxis
    #: Columns by address row.
    first_atom: Column
    last_atom: Column
    interface: Column
    nat: Column
    vpc: Column
    subnet: Column
    public: Column  # atom, or NO_ROW
    is_primary: Mask
    #: Whether a regional NAT gateway holds it: in no subnet [NT-6].
    is_regional: Mask
    #: (vpc, atom) -> address row.
    holders: PieceTable
    #: (vpc, atom) -> subnet row.
    subnets: PieceTable
    #: (0, atom) -> address row that the internet finds there: a public IPv4, or an own IPv6.
    public_holders: PieceTable
    #: (0, atom) -> VPC row that the internet routes an IPv6 address to, whoever holds it.
    ipv6_homes: PieceTable
    #: (0, atom) -> 1 where the internet routes, 2 in RFC 1918, 3 in RFC 6598, else 0.
    scope: PieceTable
    #: NAT64: (0, IPv6 atom) -> IPv4 atom behind the well-known prefix, else NO_ROW.
    behind_nat64: PieceTable

    def holder(self, vpcs: Column, atoms: Column) -> Column:
        """Return the address rows at (vpc, atom), NO_ROW where nobody holds it or vpc is none."""
        rows = self.holders.lookup(np.maximum(vpcs, 0), atoms)
        return np.where(vpcs >= 0, rows, NO_ROW)

    def subnet_at(self, vpcs: Column, atoms: Column) -> Column:
        """Return the subnet rows whose CIDR covers (vpc, atom)."""
        return self.subnets.lookup(vpcs, atoms)

    def is_spoofed(self, vpcs: Column, sources: Column, holders: Column) -> Mask:
        """Tell which sources no subnet of the VPC covers: gateways drop them [IG-3]."""
        foreign = self.subnet_at(np.maximum(vpcs, 0), sources) == NO_ROW
        mask: Mask = foreign & (holders == NO_ROW) & (vpcs != NO_ROW)
        return mask

    def public_holder(self, atoms: Column) -> Column:
        """Return the address rows that the internet finds at these atoms."""
        return self.public_holders.lookup(filled(len(atoms), 0), atoms)

    def home(self, atoms: Column, holders: Column) -> Column:
        """Return the VPCs to which the internet brings packets, NO_ROW where to none of them."""
        homes = self.ipv6_homes.lookup(filled(len(atoms), 0), atoms)
        return np.where(holders == NO_ROW, homes, self.vpc[holders])

    def scopes(self, atoms: Column) -> Column:
        """Return what kind of range each atom lies in (see `scope`)."""
        return self.scope.lookup(filled(len(atoms), 0), atoms)


SCOPE_INTERNET, SCOPE_RFC1918, SCOPE_RFC6598 = 1, 2, 3
#: The account's own Elastic IP, tied to nothing, or to something that the snapshot lacks.
SCOPE_IDLE, SCOPE_UNRECORDED = 4, 5


#: States in which a NAT gateway has given its addresses back.
_GONE: Final = frozenset({"failed", "deleted"})


def held_addresses(snapshot: Snapshot) -> list[HeldAddress]:
    """List every address that an interface or a NAT gateway holds."""
    found = [held for record in snapshot.interfaces.values() for held in _of_interface(record)]
    known = {(held.vpc, held.prefix) for held in found}
    nat_of: dict[tuple[str, Prefix], str] = {}
    extra: list[HeldAddress] = []
    for nat in snapshot.nat_gateways.values():
        if nat.state in _GONE:
            continue
        for address in nat.addresses:
            prefix = own_address(nat, address)
            if prefix is None:
                continue
            nat_of[nat.vpc, prefix] = nat.id
            if (nat.vpc, prefix) not in known:
                extra.append(
                    HeldAddress(nat.vpc, nat.subnet, prefix, address.public, "", nat.id, True)
                )
    named = [held._replace(nat=nat_of.get((held.vpc, held.prefix), "")) for held in found]
    return [*named, *extra]


def own_address(nat: NatGateway, address: NatAddress) -> Prefix | None:
    """Return where an address of a NAT gateway is held inside its VPC, if anywhere.

    A regional one stands in no subnet and has no private address [NT-6].
    """
    own = address.private
    if own is None and nat.is_regional:
        own = address.public
    return None if own is None else _host(own)


def _of_interface(record: NetworkInterface) -> Iterator[HeldAddress]:
    for address in record.addresses:
        yield HeldAddress(
            record.vpc,
            record.subnet,
            _host(address.private),
            address.public,
            record.id,
            "",
            address.is_primary,
        )
    for prefix in record.delegated:
        yield HeldAddress(record.vpc, record.subnet, prefix, None, record.id, "", False)


def _host(address: Address) -> Prefix:
    return Prefix(address.family, address.number, 32 if address.family == 4 else 128)


def cut_axis(snapshot: Snapshot, held: list[HeldAddress], extra: Iterable[Prefix]) -> AtomAxis:
    """Cut the address space wherever anything in the snapshot begins or ends."""
    ranges = [
        (part.family, part.first, part.last)
        for prefix in _all_prefixes(snapshot, held)
        for part in ((prefix,) if prefix.is_certain else (prefix, prefix.certain))
    ]
    ranges += [(p.family, p.first, p.last) for p in (*SPECIAL, *extra)]
    if snapshot.nat_gateways and any(
        p.family == 6 for v in snapshot.vpcs.values() for p in v.prefixes
    ):
        behind = NAT64.first
        mirrored: list[tuple[Family, int, int]] = [
            (6, behind + first, behind + last) for family, first, last in ranges if family == 4
        ]
        ranges += mirrored
    return AtomAxis.cut(ranges)


def _all_prefixes(snapshot: Snapshot, held: list[HeldAddress]) -> Iterator[Prefix]:
    for vpc in snapshot.vpcs.values():
        yield from vpc.prefixes
    for subnet in snapshot.subnets.values():
        yield from subnet.prefixes
    publics = [address.public for address in held]
    publics += [elastic.public for elastic in snapshot.elastic_ips.values()]
    yield from (address.prefix for address in held)
    yield from (_host(public) for public in publics if public is not None)
    yield from _prefixes_of_rules(snapshot)


def _prefixes_of_rules(snapshot: Snapshot) -> Iterator[Prefix]:
    for table in snapshot.route_tables.values():
        yield from (route.destination for route in table.routes if route.destination)
    for acl in snapshot.network_acls.values():
        yield from (rule.prefix for rule in (*acl.ingress, *acl.egress))
    for group in snapshot.security_groups.values():
        yield from (rule.prefix for rule in (*group.ingress, *group.egress) if rule.prefix)
    for prefix_list in snapshot.prefix_lists.values():
        yield from prefix_list.entries or ()


def compile_addresses(
    snapshot: Snapshot,
    held: list[HeldAddress],
    axis: AtomAxis,
    *,
    vpcs: Rows,
    subnets: Rows,
    interfaces: Rows,
    nats: Rows,
) -> AddressBook:
    """Turn held addresses into columns and tables."""
    size = len(axis)
    spans = [axis.span(address.prefix) for address in held]
    per_vpc: list[list[tuple[Span, int]]] = [[] for _ in vpcs]
    for row, (address, span) in enumerate(zip(held, spans, strict=True)):
        if address.vpc in vpcs:
            per_vpc[vpcs[address.vpc]].append((span, row))
    # a delegated prefix gives way to a single address inside it: shorter prefixes first
    for spans_of_vpc in per_vpc:
        spans_of_vpc.sort(key=lambda item: held[item[1]].prefix.length)
    return AddressBook(
        axis=axis,
        first_atom=by_row([span[0] for span in spans]),
        last_atom=by_row([span[1] for span in spans]),
        interface=by_row([interfaces.get(address.interface, NO_ROW) for address in held]),
        nat=by_row([nats.get(address.nat, NO_ROW) for address in held]),
        vpc=by_row([vpcs.get(address.vpc, NO_ROW) for address in held]),
        subnet=by_row([subnets.get(address.subnet, NO_ROW) for address in held]),
        public=by_row([_public_atom(axis, address) for address in held]),
        is_primary=mask_by_row([address.is_primary for address in held]),
        is_regional=mask_by_row([_is_regional(snapshot, address) for address in held]),
        holders=PieceTable.of([pieces(row, size, last_item) for row in per_vpc] or [[(0, NO_ROW)]]),
        subnets=_subnet_table(snapshot, axis, vpcs, subnets),
        public_holders=PieceTable.of(
            [pieces(_public_spans(snapshot, axis, held), size, last_item)]
        ),
        ipv6_homes=PieceTable.of([pieces(_home_spans(snapshot, axis, vpcs), size, last_item)]),
        scope=_scope_table(snapshot, held, axis),
        behind_nat64=_nat64_table(axis),
    )


def _is_regional(snapshot: Snapshot, address: HeldAddress) -> bool:
    nat = snapshot.nat_gateways.get(address.nat)
    return nat is not None and nat.is_regional


def _public_atom(axis: AtomAxis, address: HeldAddress) -> int:
    return NO_ROW if address.public is None else axis.locate(address.public)


def _public_spans(
    snapshot: Snapshot, axis: AtomAxis, held: list[HeldAddress]
) -> list[tuple[Span, int]]:
    found: list[tuple[Span, int]] = []
    for row, address in enumerate(held):
        if address.public is not None:
            atom = axis.locate(address.public)
            found.append(((atom, atom), row))
        elif is_announced(snapshot, address.vpc, address.prefix):
            found.append((axis.span(address.prefix), row))
    found.sort(key=lambda item: held[item[1]].prefix.length)
    return found


def _home_spans(snapshot: Snapshot, axis: AtomAxis, vpcs: Rows) -> list[tuple[Span, int]]:
    return [
        (axis.span(block), vpcs[vpc.id])
        for vpc in snapshot.vpcs.values()
        for block in vpc.prefixes
        if is_announced(snapshot, vpc.id, block)
    ]


def is_announced(snapshot: Snapshot, vpc: str, prefix: Prefix | Address) -> bool:
    """Tell whether the internet routes IPv6 addresses of a VPC to it [IG-2]."""
    home = snapshot.vpcs.get(vpc)
    hidden = any(block.contains(prefix) for block in (home.private_ipv6 if home else ()))
    return GLOBAL_IPV6.contains(prefix) and not hidden


def _subnet_table(snapshot: Snapshot, axis: AtomAxis, vpcs: Rows, subnets: Rows) -> PieceTable:
    per_vpc: list[list[tuple[Span, int]]] = [[] for _ in vpcs]
    for subnet in snapshot.subnets.values():
        if subnet.vpc in vpcs:
            per_vpc[vpcs[subnet.vpc]] += [
                (axis.span(prefix), subnets[subnet.id]) for prefix in subnet.prefixes
            ]
    rows = [pieces(row, len(axis), last_item) for row in per_vpc]
    return PieceTable.of(rows or [[(0, NO_ROW)]])


def _scope_table(snapshot: Snapshot, held: list[HeldAddress], axis: AtomAxis) -> PieceTable:
    last4 = len(axis.starts4) - 1
    spans = [((0, last4), SCOPE_INTERNET), (axis.span(GLOBAL_IPV6), SCOPE_INTERNET)]
    spans += [(axis.span(prefix), 0) for prefix in NEVER_ON_INTERNET]
    spans += [(axis.span(p), 0) for vpc in snapshot.vpcs.values() for p in vpc.private_ipv6]
    spans += [(axis.span(prefix), SCOPE_RFC1918) for prefix in NEVER_ON_INTERNET[:3]]
    spans += [(axis.span(NEVER_ON_INTERNET[3]), SCOPE_RFC6598)]
    taken = {address.public for address in held}
    for elastic in snapshot.elastic_ips.values():
        if elastic.public is not None and elastic.public not in taken:
            tied = elastic.interface or elastic.instance or elastic.private
            scope = SCOPE_UNRECORDED if tied else SCOPE_IDLE
            spans.append((axis.span(_host(elastic.public)), scope))
    return PieceTable.of([pieces(spans, len(axis), lambda items: items[-1] if items else 0)])


def _nat64_table(axis: AtomAxis) -> PieceTable:
    low, high = axis.span(NAT64)
    row = [(0, NO_ROW)]
    for atom in range(low, high + 1):
        number = axis.range_of(atom)[1] - NAT64.first
        row.append((atom, axis.locate(Address(4, number))))
    if high + 1 < len(axis):
        row.append((high + 1, NO_ROW))
    return PieceTable.of([row])
