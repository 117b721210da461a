"""Network ACLs: ordered, stateless, asked when a packet enters or leaves a subnet [NA-1..9]."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from netreach.fabric.element import Passage
from netreach.fabric.rules import acl_rule_services
from netreach.fabric.vocabulary import Assumed, Kind
from netreach.model.records import NetworkAcl, NetworkAclRule
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis, Span
from netreach.packets.batch import Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pieces import PieceTable, pieces
from netreach.packets.pool import EVERYTHING, UNSURE, ServicePool
from netreach.packets.services import ServiceSet

#: Rows of the piece table that every network has: AWS's default ACL, and one nobody knows.
_DEFAULT_ROW, _DOUBTED_ROW = 0, 1


class NetworkAcls(Struct, frozen=True):
    """The ACLs of all subnets."""

    #: (2 * acl + direction, atom) -> bounds; direction 1 is ingress.
    decisions: PieceTable
    #: Subnet row -> ACL row.
    of_subnet: Column
    #: Subnet rows whose ACL the snapshot does not hold.
    is_assumed: Mask
    #: ACL row -> id, "" for the two rows that every network has.
    ids: tuple[str, ...]

    def screen(
        self, batch: PacketBatch, subnets: Column, passage: Passage, *, ingress: bool
    ) -> PacketBatch:
        """Ask the ACLs of subnets that packets leave, or enter (`ingress`) [NA-3..5].

        The peer is the destination on the way out and the source on the way in; ports are the
        packet's own destination ports in both.
        """
        acls = self.of_subnet[subnets]
        peers = batch.source if ingress else batch.destination
        bounds = self.decisions.lookup(2 * acls + int(ingress), peers)
        assumed = self.is_assumed[subnets]
        if assumed.any():
            batch = batch.replace(assumed=batch.assumed | np.where(assumed, int(Assumed.ACL), 0))
        return passage.screen(Kind.NETWORK_ACL, subnets, batch, bounds, ingress=ingress)

    def screen_where(
        self, mask: Mask, batch: PacketBatch, subnets: Column, passage: Passage, *, ingress: bool
    ) -> PacketBatch:
        """Ask only for the masked packets; the others never crossed a subnet's edge [NA-8]."""
        if mask.all():
            return self.screen(batch, subnets, passage, ingress=ingress)
        if not mask.any():
            return batch
        asked = self.screen(batch.where(mask), subnets[mask], passage, ingress=ingress)
        return PacketBatch.joined([asked, batch.where(~mask)])


def compile_network_acls(snapshot: Snapshot, axis: AtomAxis, pool: ServicePool) -> NetworkAcls:
    """Turn rules into rows of pieces, and find each subnet's ACL [NA-1]."""
    records = list(snapshot.network_acls.values())
    row_of = {record.id: row for row, record in enumerate(records, start=2)}
    default_of = {record.vpc: row_of[record.id] for record in records if record.is_default}
    chosen = {subnet: row_of[record.id] for record in records for subnet in record.subnets}
    of_subnet = [
        chosen.get(subnet.id, default_of.get(subnet.vpc, _DEFAULT_ROW))
        for subnet in snapshot.subnets.values()
    ]
    rows = [[(0, EVERYTHING)]] * 2 + [[(0, UNSURE)]] * 2
    for record in records:
        rows += [_row(record, rules, axis, pool) for rules in (record.egress, record.ingress)]
    return NetworkAcls(
        decisions=PieceTable.of(rows),
        of_subnet=by_row(of_subnet),
        is_assumed=mask_by_row([subnet not in chosen for subnet in snapshot.subnets]),
        ids=("", "", *(record.id for record in records)),
    )


def _row(
    record: NetworkAcl, rules: tuple[NetworkAclRule, ...], axis: AtomAxis, pool: ServicePool
) -> list[tuple[int, int]]:
    if record.doubt:
        return [(0, UNSURE)]
    ordered = sorted(rules, key=lambda rule: rule.number)
    spans = [span for rule in ordered for span in _spans(rule, axis)]
    return pieces(spans, len(axis), _first_matches(pool))


class Covering(NamedTuple):
    """A rule whose CIDR covers a stretch of atoms."""

    rule: NetworkAclRule
    #: False where only one way of reading the CIDR covers them: it has host bits.
    surely: bool


def _spans(rule: NetworkAclRule, axis: AtomAxis) -> Iterator[tuple[Span, Covering]]:
    yield axis.span(rule.prefix.certain), Covering(rule, surely=True)
    if not rule.prefix.is_certain:
        yield axis.span(rule.prefix), Covering(rule, surely=False)


def _first_matches(pool: ServicePool) -> Callable[[list[Covering]], int]:
    def allowed(found: list[Covering]) -> int:
        """Return what rules in order let pass: the lowest number that matches decides [NA-2].

        What a rule may match, or may not, goes on to the next one as well.
        """
        undecided, passed, stopped = ServiceSet.everything(), ServiceSet.empty(), ServiceSet.empty()
        for rule, surely in found:
            matched = acl_rule_services(rule) & undecided
            if rule.allows:
                passed |= matched
            else:
                stopped |= matched
            if surely:
                undecided -= matched
        return pool.intern(passed - stopped - undecided, passed)

    return allowed
