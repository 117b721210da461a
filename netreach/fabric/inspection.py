"""Inspection endpoints: of Network Firewalls and of Gateway Load Balancers [NF-1..5, EP-4, NA-8].

A route leads to the endpoint; what passes the firewall or the appliances behind it comes out at the
endpoint again and goes on by the table of the endpoint's own subnet. Both directions of a
connection must cross the same endpoint: a firewall remembers what it has seen (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.firewall_policy import Firewalls
from netreach.fabric.firewall_rules import compile_rule_book
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.ports_read import PortsRead
from netreach.fabric.sessions import SessionKind, SessionLog
from netreach.fabric.translation import Translation
from netreach.fabric.vocabulary import Assumed, Fate, Kind, Stage
from netreach.model.services import EndpointKind, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import (
    NO_ROW,
    Column,
    Mask,
    PacketBatch,
    by_row,
    distinct,
    filled,
    mask_by_row,
)
from netreach.packets.pieces import Lists
from netreach.packets.pool import NOTHING, UNSURE, ServicePool

#: States of a firewall's endpoint, and of an endpoint, in which they carry packets.
_READY: Final = frozenset({"ready", "scaling", ""})
_AVAILABLE: Final = frozenset({"available", ""})
#: The tag that Network Firewall puts on its endpoints.
_FIREWALL_TAG: Final = "AWSNetworkFirewallManaged"


class Appliances(Struct, frozen=True):
    """What becomes of packets behind endpoints of Gateway Load Balancers, as far as it is known.

    Several things where flows are spread over targets of which some can't be reached.
    """

    #: Endpoint row -> its ways, none where nobody knows what is behind it.
    of_endpoint: Lists
    is_known: Mask
    #: By way: how it ends there, Fate.DELIVERED where it goes on, and at which component.
    fate: Column
    kind: Column
    row: Column

    @classmethod
    def of(cls, ways: Sequence[Sequence[tuple[Fate, Kind, int]]]) -> Appliances:
        """Return the ways of each endpoint as columns."""
        listed, numbers = [way for each in ways for way in each], count()
        return cls(
            of_endpoint=Lists.of([[next(numbers) for _ in each] for each in ways]),
            is_known=mask_by_row([bool(each) for each in ways]),
            fate=by_row([fate for fate, _, _ in listed]),
            kind=by_row([kind for _, kind, _ in listed]),
            row=by_row([row for _, _, row in listed]),
        )

    def spread(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Send packets by each way that their flow may be spread to; return those that go on."""
        positions, ways = self.of_endpoint.take(batch.place)
        alone = np.ones(len(batch), bool)
        alone[positions] = False
        several = np.bincount(positions, minlength=len(batch))[positions] > 1
        branches = batch.at(positions)
        forked = passage.sessions.fork(branches.where(several), ways[several])
        parts = PacketBatch.joined([branches.where(~several), forked])
        ways = np.concatenate([ways[~several], ways[several]])
        return PacketBatch.joined([batch.where(alone), self._stop(parts, ways, passage)])

    def _stop(self, batch: PacketBatch, ways: Column, passage: Passage) -> PacketBatch:
        """End the ways that end at the balancer."""
        for fate, kind in {
            (int(self.fate[way]), int(self.kind[way])) for way in distinct(ways).tolist()
        }:
            chosen = (self.fate[ways] == fate) & (self.kind[ways] == kind)
            if fate != Fate.DELIVERED:
                rows = self.row[ways][chosen]
                passage.stop(Fate(fate), Kind(kind), rows, batch.where(chosen))
        return batch.where(self.fate[ways] == Fate.DELIVERED)


class Inspections(Struct, frozen=True):
    """All inspection endpoints; columns are by endpoint row, as all endpoints are numbered."""

    #: VPC and subnet rows, NO_ROW where the snapshot does not say.
    vpc: Column
    subnet: Column
    #: The firewall behind it, NO_ROW for appliances behind a Gateway Load Balancer.
    firewall: Column
    is_available: Mask
    is_doubted: Mask
    #: Whether IPv6 passes: no, or nobody knows.
    refuses_ipv6: Mask
    may_refuse_ipv6: Mask
    #: Endpoints of a firewall that the snapshot lacks.
    is_unrecorded: Mask
    firewalls: Firewalls
    firewall_ids: tuple[str, ...]
    appliances: Appliances
    translation: Translation
    acls: NetworkAcls
    book: AddressBook
    ids: tuple[str, ...]

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take what routes lead to endpoints, and hand on what passes behind them."""
        batch = self._admit(batch, passage)
        walled = self.firewall[batch.place] != NO_ROW
        self._send_on(self._inspect(batch.where(walled), passage), passage)
        behind = batch.where(~walled)
        if len(behind):
            self._send_on(self._balance(behind, passage), passage)

    def _balance(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Hand packets to appliances, which are assumed to pass them on.

        What comes back by the endpoint at which it set out comes from the appliance that it went
        to.
        """
        assumed = batch.assumed | int(Assumed.APPLIANCE)
        batch = batch.replace(assumed=assumed)
        if passage.returning:
            kind = SessionKind.APPLIANCES
            known = _seen_here(batch, passage.sessions, kind) != NO_ROW
            fresh = self.appliances.spread(batch.where(~known), passage)
            return PacketBatch.joined([batch.where(known), fresh])
        rows = passage.sessions.push(
            SessionKind.APPLIANCES, place=batch.place, batch=batch, translated=batch.source
        )
        return self.appliances.spread(batch.replace(session=rows), passage)

    def _admit(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Let packets into the endpoint's subnet, even if they come from there [NA-8]."""
        passes = passage.gate(batch, self._entry_checks(batch))
        subnets = self.subnet[batch.place]
        # what has passed a middlebox is no longer known by its sender's groups [SG-9]
        batch = batch.replace(subnet=subnets, carrier=NO_ROW).where(passes)
        batch = self.acls.screen(batch, batch.subnet, passage, ingress=True)
        passage.note(Kind.INSPECTION, batch.place, batch)
        batch = passage.fail_where(
            ~self.is_available[batch.place], Fate.BAD_STATE, Kind.INSPECTION, batch.place, batch
        )
        is_ipv6 = self.book.axis.is_ipv6(batch.destination)
        refused = is_ipv6 & self.refuses_ipv6[batch.place]
        batch = passage.fail_where(
            refused, Fate.GWLB_TAKES_NO_IPV6, Kind.INSPECTION, batch.place, batch
        )
        is_ipv6 = self.book.axis.is_ipv6(batch.destination)
        doubted = self.is_doubted[batch.place] | (is_ipv6 & self.may_refuse_ipv6[batch.place])
        return passage.doubt_where(doubted, Kind.INSPECTION, batch.place, batch, UNSURE)

    def _entry_checks(self, batch: PacketBatch) -> tuple[Check, ...]:
        kind, place = Kind.INSPECTION, batch.place
        unknown = (self.subnet[place] == NO_ROW) | self.is_unrecorded[place]
        foreign = self.vpc[place] != batch.vpc
        return (
            Check(unknown, Fate.UNKNOWN_RESOURCE, kind, place),
            Check(foreign, Fate.BAD_STATE_ATTACHMENT, kind, place),
        )

    def _send_on(self, batch: PacketBatch, passage: Passage) -> None:
        """Send packets on from the endpoint's subnet."""
        stays = self.book.subnet_at(batch.vpc, batch.destination) == batch.subnet
        passage.move(batch.replace(stage=np.where(stays, Stage.DELIVER, Stage.ROUTER)))

    # -- firewalls

    def _inspect(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        if not len(batch):
            return batch
        return self._check(batch, passage) if passage.returning else self._begin(batch, passage)

    def _begin(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Ask the rules about the way there, and remember what the stateful engine sees of it."""
        rows, (_, said) = self.firewall[batch.place], self._begun(batch, passage)
        batch = passage.screen_ports(Kind.FIREWALL, rows, batch, said)
        begun, said = self._begun(batch, passage)
        passed = passage.pool.meet(batch.services, said.bounds)
        dropped = passed == NOTHING  # only the explaining walk goes on
        carried = np.where(dropped, batch.services, passed)
        seen = dropped | (self.firewalls.is_seen(begun, carried) != 0)
        return _remember(batch, self.firewalls.unseen(begun), seen, passage)

    def _begun(self, batch: PacketBatch, passage: Passage) -> tuple[Column, PortsRead]:
        """Ask the rules about packets that come from the client's ports, or from a gateway's."""
        pairs = self.firewalls.pair(self.firewall[batch.place], batch.source, batch.destination)
        clients = filled(len(batch), passage.clients)
        hidden = passage.sessions.is_translated(batch.session)
        if hidden.any():
            clients = np.where(hidden, self.translation.outside(clients), clients)
        begun = self.firewalls.begin(pairs, clients)
        return begun, self.firewalls.forward(begun, clients)

    def _check(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Ask the rules about replies, and whether this very endpoint has seen what they answer."""
        found = _seen_here(batch, passage.sessions)
        bits = np.where(found == NO_ROW, 0, passage.sessions.translated(found))
        batch = batch.rewatched(batch.watched & ~bits)
        rows, (allowed, _) = self.firewall[batch.place], self._answered(batch, passage)
        batch = passage.screen_ports(Kind.FIREWALL, rows, batch, allowed)
        _, followed = self._answered(batch, passage)
        return passage.screen_ports(Kind.INSPECTION, batch.place, batch, followed)

    def _answered(self, batch: PacketBatch, passage: Passage) -> tuple[PortsRead, PortsRead]:
        """Return what the rules allow of replies, and what can be followed of them."""
        rows = self.firewall[batch.place]
        return self.firewalls.back(
            self.firewalls.pair(rows, batch.destination, batch.source),
            self.firewalls.pair(rows, batch.source, batch.destination),
            batch.asked,
            _seen_here(batch, passage.sessions) != NO_ROW,
        )


def _remember(batch: PacketBatch, unseen: Column, seen: Mask, passage: Passage) -> PacketBatch:
    """Note which endpoints packets cross on their way there, and which engines see them.

    The bits in `watched` are set one after the other, so the next one is theirs plus one.
    """
    bits = np.where(seen, batch.watched + 1, 0)
    rows = passage.sessions.push(
        SessionKind.INSPECTION,
        place=batch.place,
        batch=batch.recoupled(unseen),
        translated=bits,
    )
    return batch.replace(session=rows).rewatched(batch.watched | bits)


def _seen_here(
    batch: PacketBatch, sessions: SessionLog, kind: SessionKind = SessionKind.INSPECTION
) -> Column:
    """Return where packets' endpoints have noted the connection that they answer, else NO_ROW.

    What is behind one knows connections by both addresses, as they are where it stands.
    """
    session, found = batch.session, filled(len(batch), NO_ROW)
    while (session != NO_ROW).any():  # one turn a session, not one a packet
        here = (
            (sessions.kind(session) == kind)
            & (sessions.place(session) == batch.place)
            & (sessions.source(session) == batch.destination)
            & (sessions.destination(session) == batch.source)
        )
        found = np.where(here & (found == NO_ROW), session, found)
        session = sessions.chain(session)
    return found


def firewall_endpoints(snapshot: Snapshot) -> dict[str, str]:
    """Return the firewall of each endpoint that firewalls name."""
    return {
        one.endpoint: firewall.id
        for firewall in snapshot.firewalls.values()
        for one in firewall.endpoints
        if one.endpoint
    }


def is_inspecting(snapshot: Snapshot, endpoint: str) -> bool:
    """Tell whether an endpoint leads to a firewall or to appliances."""
    record = snapshot.endpoints.get(endpoint)
    behind = record is not None and record.kind is EndpointKind.GATEWAY_LOAD_BALANCER
    return behind or endpoint in firewall_endpoints(snapshot)


def compile_inspections(
    snapshot: Snapshot,
    book: AddressBook,
    acls: NetworkAcls,
    pool: ServicePool,
    *,
    vpcs: Mapping[str, int],
    subnets: Mapping[str, int],
    rows: Mapping[str, int],
) -> Inspections:
    """Find out where each endpoint stands and what is behind it."""
    firewalls = {firewall: row for row, firewall in enumerate(snapshot.firewalls)}
    behind = firewall_endpoints(snapshot)
    places = {endpoint: _subnet(snapshot, endpoint) for endpoint in rows}
    home = [snapshot.subnets.get(places[endpoint]) for endpoint in rows]
    known = [snapshot.endpoints.get(endpoint) for endpoint in rows]
    ipv6 = [_takes_ipv6(snapshot, one, end in behind) for end, one in zip(rows, known, strict=True)]
    books = [compile_rule_book(snapshot, one, book.axis) for one in snapshot.firewalls.values()]
    return Inspections(
        vpc=by_row([vpcs.get(one.vpc, NO_ROW) if one else NO_ROW for one in home]),
        subnet=by_row([subnets.get(place, NO_ROW) for place in places.values()]),
        firewall=by_row([firewalls.get(behind.get(one, ""), NO_ROW) for one in rows]),
        is_available=mask_by_row([_is_available(snapshot, one) for one in rows]),
        is_doubted=mask_by_row([one is not None and bool(one.doubt) for one in known]),
        refuses_ipv6=mask_by_row([one is False for one in ipv6]),
        may_refuse_ipv6=mask_by_row([one is None for one in ipv6]),
        is_unrecorded=mask_by_row(
            [_is_managed(one) and end not in behind for end, one in zip(rows, known, strict=True)]
        ),
        firewalls=Firewalls(books, pool, len(book.axis)),
        firewall_ids=tuple(firewalls),
        appliances=Appliances.of([[] for _ in rows]),
        translation=Translation(pool),
        acls=acls,
        book=book,
        ids=tuple(rows),
    )


def _is_managed(record: VpcEndpoint | None) -> bool:
    """Tell whether an endpoint is a firewall's, by the tag that AWS gives it."""
    return record is not None and record.tags.get(_FIREWALL_TAG, "").lower() == "true"


def _takes_ipv6(snapshot: Snapshot, record: VpcEndpoint | None, is_walled: bool) -> bool | None:
    """Tell whether IPv6 passes an endpoint, as far as types of addresses tell; None: not known.

    The balancer's type bounds its service's and that one the endpoint's, but each may be changed.
    Nothing is documented of firewalls whose endpoints are of the IPv4 type.
    """
    if record is None or is_walled:
        return None if record is not None and record.takes_ipv6 is False else True
    offers = [one for one in snapshot.endpoint_services.values() if one.service == record.service]
    offer = offers[0] if offers and record.service else None
    found = [snapshot.load_balancers.get(one) for one in offer.balancers] if offer else []
    balancers = {one.takes_ipv6 if one else None for one in found}
    if record.takes_ipv6 is False or (offer and offer.takes_ipv6 is False) or balancers == {False}:
        return False
    return None if False in balancers else record.takes_ipv6 or None


def _subnet(snapshot: Snapshot, endpoint: str) -> str:
    """Return the one subnet of an endpoint, as the firewall or its own record says."""
    record = snapshot.endpoints.get(endpoint)
    if record is not None and record.subnets:
        return record.subnets[0]
    for firewall in snapshot.firewalls.values():
        for one in firewall.endpoints:
            if one.endpoint == endpoint:
                return one.subnet
    return ""


def _is_available(snapshot: Snapshot, endpoint: str) -> bool:
    """Tell whether an endpoint is in service, by all that the snapshot says of it."""
    record = snapshot.endpoints.get(endpoint)
    if record is not None and record.state.lower() not in _AVAILABLE:
        return False
    return all(
        one.state.lower() in _READY
        for firewall in snapshot.firewalls.values()
        for one in firewall.endpoints
        if one.endpoint == endpoint
    )
