"""PrivateLink: from an interface endpoint to its provider's balancer, and back [EP-5, LB-3].

The provider's network knows nothing of its client but the address by which the groups of the
balancer let it in: both networks may use the same addresses, and what targets see is the balancer's
node. Answers come out of the endpoint's interface, as if it had served its client itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from netreach.fabric.element import Passage
from netreach.fabric.endpoint import endpoints_of_interfaces
from netreach.fabric.endpoint_services import is_offered, legs_of
from netreach.fabric.interface import Interfaces
from netreach.fabric.load_balancer_targets import Node, balancer_nodes, primary_address
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.fabric.worlds import at_places
from netreach.model.records import NetworkInterface
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, filled, mask_by_row
from netreach.packets.pieces import Lists


class PrivateLinks(Struct, frozen=True):
    """All legs behind interface endpoints; columns are by interface row unless they say else."""

    #: Row of the endpoint service behind an endpoint's interface, NO_ROW for none.
    service: Column
    #: How ways end that lead from an endpoint's interface, Fate.DELIVERED where they go on.
    fate: Column
    #: Endpoint's interface -> interfaces of the nodes that it may lead to.
    nodes: Lists
    #: Of nodes: their own addresses as atoms, NO_ROW for none; and whether groups filter [LB-3].
    address4: Column
    address6: Column
    filters: Mask
    #: Service row -> whether it takes anything.
    is_offered: Mask
    service_ids: tuple[str, ...]
    interfaces: Interfaces

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take packets that interfaces of endpoints received, and the answers to them."""
        if passage.returning:
            self._give_back(batch, passage)
            return
        services = self.service[batch.place]
        is_shut = ~self.is_offered[services]
        batch = passage.fail_where(is_shut, Fate.BAD_STATE, Kind.ENDPOINT_SERVICE, services, batch)
        for fate in (Fate.VPCE_SERVICE_NOT_INSTALLED_IN_AZ, Fate.UNKNOWN_RESOURCE):
            endpoints = self.interfaces.endpoints.of_interface[batch.place]
            ends = self.fate[batch.place] == fate
            batch, _ = passage.stop_where(ends, fate, Kind.ENDPOINT, endpoints, batch)
        positions, nodes = self.nodes.take(batch.place)
        alone = np.ones(len(batch), bool)
        alone[positions] = False
        unled = batch.where(alone)
        passage.stop(Fate.DELIVERED, Kind.INTERFACE, unled.place, unled)
        # it has picked a balancer once for all: who comes again finds the one it found before
        choosers = at_places(batch.place)
        again, taken = passage.worlds.supposed(batch, choosers)
        is_left = ~again[positions] | (nodes == taken[positions])
        positions, nodes = positions[is_left], nodes[is_left]
        several = np.bincount(positions, minlength=len(batch))[positions] > 1
        branches = passage.worlds.suppose(
            batch.at(positions), positions, nodes, several, subjects=choosers[positions]
        )
        self._hand_on(branches, nodes, passage)

    def _hand_on(self, batch: PacketBatch, nodes: Column, passage: Passage) -> None:
        """Bring packets to nodes, which their groups may prevent: they see the client [LB-3]."""
        if not len(batch):
            return
        doors, columns = batch.place, self.interfaces.columns
        unseen = filled(len(batch), NO_ROW)
        sessions = passage.sessions.push(
            SessionKind.PRIVATE_LINK, place=doors, batch=batch, translated=unseen
        )
        batch = batch.replace(
            stage=Stage.BALANCER,
            place=nodes,
            vpc=columns.vpc[nodes],
            subnet=columns.subnet[nodes],
            destination=self._addresses(batch, nodes),
            session=sessions,
            carrier=NO_ROW,
        )
        passage.note(Kind.ENDPOINT, self.interfaces.endpoints.of_interface[doors], batch)
        filters = self.filters[nodes]
        asked, others = batch.where(filters), batch.where(~filters)
        if len(asked):
            groups, peers = self.interfaces.groups, [asked.carrier]
            asked = groups.screen(asked, asked.place, asked.source, peers, passage, ingress=True)
        for some in (asked, others):
            passage.move(self.interfaces.check(some, passage))

    def _addresses(self, batch: PacketBatch, nodes: Column) -> Column:
        """Return the nodes' addresses: in the client's family, if they have one there."""
        is_ipv6 = self.interfaces.book.axis.is_ipv6(batch.destination)
        same = np.where(is_ipv6, self.address6[nodes], self.address4[nodes])
        other = np.where(is_ipv6, self.address4[nodes], self.address6[nodes])
        return np.where(same == NO_ROW, other, same)

    def _give_back(self, batch: PacketBatch, passage: Passage) -> None:
        """Let answers leave the endpoint's interface, from the address that was asked."""
        sessions, columns = passage.sessions, self.interfaces.columns
        session = sessions.effective(batch.session)
        doors = sessions.place(session)
        answers = batch.replace(
            stage=Stage.ORIGIN,
            place=doors,
            vpc=columns.vpc[doors],
            subnet=columns.subnet[doors],
            source=sessions.destination(session),
            destination=sessions.source(session),
            session=sessions.chain(session),
        )
        passage.move(answers)


def compile_private_links(
    snapshot: Snapshot, interfaces: Interfaces, rows: Mapping[str, int]
) -> PrivateLinks:
    """Find what stands behind each interface of an endpoint; `rows` numbers the interfaces."""
    legs = legs_of(snapshot, endpoints_of_interfaces(snapshot))
    nodes = balancer_nodes(snapshot) if legs else {}
    services = {number: row for row, number in enumerate(snapshot.endpoint_services)}
    records = list(snapshot.interfaces.values())
    by_interface = [legs.get(identifier) for identifier in snapshot.interfaces]
    axis = interfaces.book.axis
    return PrivateLinks(
        service=by_row([services[leg.service] if leg else NO_ROW for leg in by_interface]),
        fate=by_row([leg.fate if leg else Fate.DELIVERED for leg in by_interface]),
        nodes=Lists.of([[rows[one] for one in leg.nodes] if leg else [] for leg in by_interface]),
        address4=_addresses(records, nodes, 4, axis),
        address6=_addresses(records, nodes, 6, axis),
        filters=mask_by_row([_filters(nodes.get(record.id)) for record in records]),
        is_offered=mask_by_row([is_offered(one) for one in snapshot.endpoint_services.values()]),
        service_ids=tuple(services),
        interfaces=interfaces,
    )


def _addresses(
    records: list[NetworkInterface], nodes: Mapping[str, Node], family: int, axis: AtomAxis
) -> Column:
    held = [primary_address(one, family) if one.id in nodes else None for one in records]
    return by_row([NO_ROW if one is None else axis.locate(one) for one in held])


def _filters(node: Node | None) -> bool:
    """Tell whether the groups of a node filter what comes by PrivateLink."""
    return node is not None and node.balancer is not None and node.balancer.filters_private_link
