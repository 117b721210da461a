"""Load balancers: nodes, listeners, targets, who sees whose address [LB-1..9, LAB-4..6, LAB-12].

A packet that a listener takes goes on from the node to each target that the node may use, as a
branch of its own. Application and classic balancers, and network ones that do not keep the client's
address, send it as their own. Where the address is kept, the target's reply goes back to the node
all the same, whatever the target's route table says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.gateway_balancer import (
    GatewayNodes,
    compile_gateway_nodes,
    gateway_nodes,
)
from netreach.fabric.interface import Interfaces
from netreach.fabric.load_balancer_compile import (
    NodeColumns,
    WayMaker,
    Ways,
    compile_node_columns,
    compile_ways,
    group_rows,
)
from netreach.fabric.load_balancer_targets import TargetPlaces, balancer_nodes
from netreach.fabric.ports_read import uncoupled
from netreach.fabric.sessions import SessionKind
from netreach.fabric.translation import Translation
from netreach.fabric.vocabulary import Assumed, Fate, Kind
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, distinct
from netreach.packets.pool import EVERYTHING, FREE, NOTHING, UNSURE, PairMemo, ServicePool

_MAPPED: Final = int(Assumed.MAPPED)
#: What ways say where nobody knows whether they are taken.
_OPEN: Final = int(Assumed.EITHER | Assumed.PERHAPS)


class LoadBalancers(Struct, frozen=True):
    """All nodes of application, network and classic load balancers; rows are their interfaces'."""

    nodes: NodeColumns
    ways: Ways
    gateways: GatewayNodes
    interfaces: Interfaces
    book: AddressBook
    translation: Translation
    #: (set, set) -> what the first has and the second has not.
    without: PairMemo
    #: Interface row -> id of its balancer, "" for none.
    ids: tuple[str, ...]
    #: Interface row -> number of the host that it is attached to, its own where it has none.
    hosts: Column
    group_ids: tuple[str, ...]
    #: Row of each target group -> UNSURE where its record can't be trusted, else EVERYTHING.
    group_bounds: Column

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets at a node: from clients, and on the way back from targets."""
        if passage.returning:
            sessions = passage.sessions
            sent = sessions.is_a(SessionKind.BALANCER, batch.session)
            sent &= sessions.place(sessions.effective(batch.session)) == batch.place
            own = batch.where(~sent)
            passage.note(Kind.LOAD_BALANCER, own.place, own)
            self.interfaces.leave(own, passage)
            if sent.any():
                self._undo(batch.where(sent), passage)
            return
        gateways = self.gateways.is_node[batch.place]
        if gateways.any():
            self.gateways.receive(batch.where(gateways), passage)
            batch = batch.where(~gateways)
        passes = passage.gate(batch, self._checks(batch, passage))
        batch = batch if passes.all() else batch.where(passes)
        doubted = self.nodes.is_doubted[batch.place]
        batch = passage.doubt_where(doubted, Kind.LOAD_BALANCER, batch.place, batch, UNSURE)
        if len(batch):
            self._listen(batch, passage)

    def _checks(self, batch: PacketBatch, passage: Passage) -> tuple[Check, ...]:
        kind, nodes = Kind.LOAD_BALANCER, batch.place
        fates = self.nodes.fate[nodes]
        been = passage.sessions.has_balancer(batch.session, nodes)
        return (
            Check(fates == Fate.UNKNOWN_RESOURCE, Fate.UNKNOWN_RESOURCE, kind, nodes),
            Check(fates == Fate.BAD_STATE, Fate.BAD_STATE, kind, nodes),
            Check(been, Fate.ROUTING_LOOP, kind, nodes),
        )

    # -- listeners

    def _listen(self, batch: PacketBatch, passage: Passage) -> None:
        """Branch over listeners and targets; what no listener takes is dropped.

        Where everything was asked, what matters is that something gets on: listeners that the
        node's own filters hide, and what balancers answer themselves, count only if nothing else
        does. Behind another balancer its listener's target port is what arrives.
        """
        is_open = batch.asked == EVERYTHING
        is_mapped = (batch.assumed & _MAPPED) != 0
        heard = np.where(is_open | is_mapped, batch.services, batch.asked)
        packets, ways = self.ways.of_node.take(batch.place)
        hits = passage.pool.meet(heard[packets], self.ways.takes[ways]) != NOTHING
        is_ping = self.ways.is_ping[ways]
        goes_on = np.zeros(len(batch), bool)
        goes_on[packets[hits & ~is_ping]] = True
        hits &= ~(is_ping & (is_open & goes_on)[packets])
        taken = np.zeros(len(batch), bool)
        taken[packets[hits]] = True
        rest = self.without(heard, self.nodes.taken[batch.place])
        untaken = np.where(is_open, ~taken, rest != NOTHING)
        asked = np.where(is_open | is_mapped, batch.asked, rest)
        self._refuse(batch.replace(asked=asked).where(untaken), passage)
        packets, ways = packets[hits], ways[hits]
        is_open = (self.ways.assumed[ways] & Assumed.EITHER) != 0
        doubts = self.ways.assumed[ways] & _OPEN
        branches = passage.worlds.suppose(batch.at(packets), packets, ways, is_open, bits=doubts)
        self._branch(branches, ways, passage)

    def _refuse(self, batch: PacketBatch, passage: Passage) -> None:
        """Drop what no listener takes, silently [LB-9, LAB-5]."""
        left = self.without(batch.services, self.nodes.taken[batch.place])
        batch = batch.replace(services=left)
        is_classic = self.nodes.is_classic[batch.place]
        for chosen, fate in (
            (is_classic, Fate.ELB_LISTENERS_MISMATCH),
            (~is_classic, Fate.ELBV2_LISTENERS_MISMATCH),
        ):
            some = batch.where(chosen)
            passage.stop(fate, Kind.LOAD_BALANCER, some.place, some)

    def _branch(self, batch: PacketBatch, ways: Column, passage: Passage) -> None:
        """Send each packet by its way, as what the target gets."""
        takes = self.ways.takes[ways]
        alive = passage.pool.meet(batch.services, takes)
        is_mapped = (batch.assumed & _MAPPED) != 0
        batch = batch.replace(
            asked=np.where(is_mapped, batch.asked, passage.pool.meet(batch.asked, takes)),
            services=self.translation.as_asked(self.ways.gives[ways], alive),
            assumed=batch.assumed | self.ways.assumed[ways] | _MAPPED,
        )
        lives = batch.services != NOTHING
        if not lives.all():  # the node's groups, or a filter before it, let nothing through
            passage.drop_dead(Kind.GROUP_SET, batch.where(~lives))
            batch, ways = batch.where(lives), ways[lives]
        keeps = self._keeps(batch, ways, passage)
        fates = self.ways.fate[ways]
        fates = np.where(keeps & (fates == Fate.DELIVERED), self.ways.kept_fate[ways], fates)
        stops = fates != Fate.DELIVERED
        if stops.any():
            self._stop(batch.where(stops), ways[stops], fates[stops], passage)
            batch, ways, keeps = batch.where(~stops), ways[~stops], keeps[~stops]
        ends = self.ways.ends[ways]
        if ends.any():
            self._serve(batch.where(ends), ways[ends], passage)
            batch, ways, keeps = batch.where(~ends), ways[~ends], keeps[~ends]
        for chosen, kind in (
            (keeps, SessionKind.BALANCER_KEPT),
            (~keeps, SessionKind.BALANCER),
        ):
            if chosen.any():
                self._hand_on(batch.where(chosen), ways[chosen], kind, passage)

    def _stop(self, batch: PacketBatch, ways: Column, fates: Column, passage: Passage) -> None:
        """End the ways of listeners that have no target for this node."""
        batch = passage.sessions.fork(batch, ways)
        groups = self.ways.group[ways]
        for fate in distinct(fates).tolist():
            here = fates == fate
            for kind, chosen, rows in (
                (Kind.TARGET_GROUP, here & (groups >= 0), groups),
                (Kind.LOAD_BALANCER, here & (groups < 0), batch.place),
            ):
                passage.stop(Fate(fate), kind, rows[chosen], batch.where(chosen), ways[chosen])

    def _serve(self, batch: PacketBatch, ways: Column, passage: Passage) -> None:
        """End what a balancer answers itself, or a function for it: no packet goes on."""
        batch = passage.sessions.fork(batch, ways)
        passage.note(Kind.LOAD_BALANCER, batch.place, batch, ways)
        batch, _ = self._in_group(batch, ways, passage)
        passage.stop(Fate.DELIVERED, Kind.LOAD_BALANCER, batch.place, batch)

    def _keeps(self, batch: PacketBatch, ways: Column, passage: Passage) -> Mask:
        """Tell which targets see the client: not across families, nor by PrivateLink [LB-4]."""
        axis = self.book.axis
        alike = axis.is_ipv6(batch.destination) == axis.is_ipv6(self.ways.target[ways])
        linked = passage.sessions.is_a(SessionKind.PRIVATE_LINK, batch.session)
        keeps: Mask = self.ways.keeps[ways] & alike & ~linked
        return keeps

    # -- from the node to the target

    def _hand_on(
        self, batch: PacketBatch, ways: Column, kind: SessionKind, passage: Passage
    ) -> None:
        nodes, keeps = batch.place, kind is SessionKind.BALANCER_KEPT
        sources = batch.source if keeps else self.ways.source[ways]
        own = np.full(len(batch), NO_ROW) if keeps else sources
        sessions = passage.sessions.push(kind, place=nodes, batch=batch, translated=own)
        sent = batch.replace(
            source=sources,
            destination=self.ways.target[ways],
            session=sessions,
            vpc=self.interfaces.columns.vpc[nodes],
            subnet=self.interfaces.columns.subnet[nodes],
            carrier=np.where(self.nodes.has_groups[nodes], nodes, NO_ROW),
        ).recoupled(FREE)  # from here on ports are the node's or the target's
        passage.note(Kind.LOAD_BALANCER, nodes, sent, ways)
        sent, ways = self._in_group(sent, ways, passage)
        if keeps and len(sent):
            own, fate = self._is_own_client(sent, ways), Fate.ELBV2_SOURCE_ADDRESS_PRESERVATION
            lost = sent.where(own)
            passage.stop(fate, Kind.LOAD_BALANCER, lost.place, lost, ways[own])
            sent = sent.where(~own)
        if len(sent):
            self._send(sent, passage)

    def _in_group(
        self, batch: PacketBatch, ways: Column, passage: Passage
    ) -> tuple[PacketBatch, Column]:
        """Record the target groups on the way, and doubt what their records leave open."""
        groups = self.ways.group[ways]
        named = groups != NO_ROW
        if not named.any():
            return batch, ways
        known, others = batch.where(named), batch.where(~named)
        passage.note(Kind.TARGET_GROUP, groups[named], known)
        bounds = self.group_bounds[groups[named]]
        if (bounds != EVERYTHING).any():
            known = passage.screen(Kind.TARGET_GROUP, groups[named], known, bounds, ingress=False)
        order = np.concatenate([np.flatnonzero(named), np.flatnonzero(~named)])
        return PacketBatch.joined([known, others]), ways[order]

    def _is_own_client(self, batch: PacketBatch, ways: Column) -> Mask:
        """Tell which hosts would get what they sent themselves: as from an address of their own.

        Nothing between two addresses of one host comes back by a balancer [LAB-8].
        """
        holders = self.book.interface[self.book.holder(batch.vpc, batch.source)]
        hosts = self.hosts[holders]
        own: Mask = (hosts == self.hosts[self.ways.target_interface[ways]]) & (hosts != NO_ROW)
        return own

    def _send(self, batch: PacketBatch, passage: Passage) -> None:
        """Let packets leave the node: its groups, then its subnet [NA-8]."""
        peers = self.interfaces.peers(batch.vpc, batch.destination)
        batch = self.interfaces.groups.screen(
            batch, batch.place, batch.destination, peers, passage, ingress=False
        )
        if not len(batch):
            return
        # the ACL sees what a classic balancer sends even to its own subnet
        stays = self.book.subnet_at(batch.vpc, batch.destination) == batch.subnet
        asked = stays & self.nodes.is_classic[batch.place]
        batch = self.interfaces.acls.screen_where(
            asked, batch, batch.subnet, passage, ingress=False
        )
        self.interfaces.leave(batch, passage)

    # -- back

    def _undo(self, batch: PacketBatch, passage: Passage) -> None:
        """Turn replies to what a node sent as its own into its replies to the client.

        A node picks its own ports, as a NAT gateway does [LB-1, NA-11].
        """
        sessions = passage.sessions
        session = sessions.effective(batch.session)
        awaited = passage.replies[batch.row]
        hidden = sessions.is_translated(sessions.parent(session))
        inner = np.where(hidden, self.translation.outside(awaited), awaited)
        untouched = np.zeros(len(batch), bool)
        services, random = self.translation.undo(batch.services, inner, untouched)
        batch = batch.replace(services=services, random=passage.pool.join(batch.random, random))
        batch = self._answer(batch, sessions.source(session), passage)
        self.interfaces.leave(passage.drop_dead(Kind.LOAD_BALANCER, batch), passage)

    def give_back(self, batch: PacketBatch, passage: Passage) -> None:
        """Take replies to kept clients from their targets to the node [LAB-4].

        The target's route table is not asked; the ACLs of both subnets are, if there are two.
        """
        nodes = self._nodes_of(batch, passage)
        away = self.interfaces.columns.subnet[nodes] != batch.subnet
        acls = self.interfaces.acls
        batch = acls.screen_where(away, batch, batch.subnet, passage, ingress=False)
        subnets = self.interfaces.columns.subnet[self._nodes_of(batch, passage)]
        away = subnets != batch.subnet
        batch = acls.screen_where(away, batch, subnets, passage, ingress=True)
        if len(batch):
            batch = batch.replace(place=self._nodes_of(batch, passage))
            batch = self.interfaces.check(batch, passage)
            self.interfaces.leave(self._answer(batch, batch.destination, passage), passage)

    @staticmethod
    def _nodes_of(batch: PacketBatch, passage: Passage) -> Column:
        return passage.sessions.place(passage.sessions.effective(batch.session))

    def _answer(self, batch: PacketBatch, clients: Column, passage: Passage) -> PacketBatch:
        """Return replies as they leave the node: from the address that was asked."""
        sessions = passage.sessions
        session = sessions.effective(batch.session)
        answer = batch.replace(
            source=sessions.destination(session),
            destination=clients,
            asked=passage.asked[batch.row],
            session=sessions.chain(session),
            vpc=self.interfaces.columns.vpc[batch.place],
            subnet=self.interfaces.columns.subnet[batch.place],
        )
        answer = uncoupled(answer.recoupled(sessions.coupling(session)), passage.pool)
        passage.note(Kind.LOAD_BALANCER, answer.place, answer)
        return answer


def compile_load_balancers(
    snapshot: Snapshot, interfaces: Interfaces, pool: ServicePool, rows: Mapping[str, int]
) -> LoadBalancers:
    """Find the nodes, and what each of them hands to whom; `rows` numbers the interfaces."""
    nodes = balancer_nodes(snapshot)
    book = interfaces.book
    groups = group_rows(snapshot)
    places = TargetPlaces(snapshot, book.axis, nodes, rows)
    ways = compile_ways(snapshot, WayMaker(snapshot, places, pool, book.axis, groups), nodes)
    names = {one: whole.id if whole else one for one, whole in gateway_nodes(snapshot).items()}
    names |= {one: node.name for one, node in nodes.items()}
    records = [snapshot.target_groups.get(group) for group in groups]
    doubts = [UNSURE if record and record.doubt else EVERYTHING for record in records]
    return LoadBalancers(
        nodes=compile_node_columns(snapshot, pool, ways, nodes),
        ways=ways,
        gateways=compile_gateway_nodes(snapshot, places, pool),
        interfaces=interfaces,
        book=book,
        translation=Translation(pool),
        without=PairMemo(lambda left, right: _without(pool, left, right)),
        ids=tuple(names.get(one, "") for one in snapshot.interfaces),
        hosts=by_row(_hosts(snapshot)),
        group_ids=tuple(groups),
        group_bounds=by_row(doubts, EVERYTHING),
    )


def _hosts(snapshot: Snapshot) -> list[int]:
    """Number the hosts: interfaces of one instance share a number."""
    numbers: dict[str, int] = {}
    records = snapshot.interfaces.values()
    return [numbers.setdefault(one.instance or one.id, len(numbers)) for one in records]


def _without(pool: ServicePool, left: int, right: int) -> int:
    """Return what one set has and another, known exactly, has not."""
    bounds, taken = pool[left], pool[right].sure
    return pool.intern(bounds.sure - taken, bounds.maybe - taken)
