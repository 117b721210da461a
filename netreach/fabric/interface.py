"""Network interfaces: who sends and who receives, in which state, through which groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.aws_service import AwsServices
from netreach.fabric.element import Passage
from netreach.fabric.endpoint import Endpoints
from netreach.fabric.gateway_balancer import gateway_nodes
from netreach.fabric.load_balancer_targets import balancer_nodes
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.peering import Peerings
from netreach.fabric.security_group import SecurityGroups
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.model.records import NetworkInterface
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pool import UNSURE

#: Interface types whose traffic another element decides, which the model does not cover yet.
UNMODELLED_TYPES: Final = frozenset(
    {
        "network_load_balancer",
        "load_balancer",
        "gateway_load_balancer",
        "gateway_load_balancer_endpoint",
        "transit_gateway",
        "global_accelerator_managed",
    }
)
#: Interface types that answer and never begin a connection [NT-8, EP-1].
CANNOT_INITIATE: Final = frozenset({"nat_gateway", "vpc_endpoint"})
#: The interface type by which functions of Lambda send: nothing comes to them that way (the
#: network configuration of docs.aws.amazon.com/whitepapers/latest/serverless-architectures-lambda).
FUNCTION: Final = "lambda"
_GOOD_STATUS: Final = frozenset({"in-use", "associated", "attached", ""})
_GOOD_ATTACHMENT: Final = frozenset({"attached", ""})


class InterfaceColumns(Struct, frozen=True):
    """What the walk needs to know of every interface."""

    vpc: Column
    subnet: Column
    #: The same number for all interfaces of one host.
    host: Column
    #: Whether it may begin connections [NT-8, EP-1].
    can_begin: Mask
    #: Whether it, or its instance, is out of service.
    is_down: Mask
    #: Whether its attachment or its own status is not in service: no gateway serves it [IG-3].
    is_unattached: Mask
    is_doubted: Mask
    is_unmodelled: Mask
    is_nat: Mask
    #: Whether it is a transit gateway's: what others send crosses it, and nobody is there.
    is_transit: Mask
    #: Whether functions send by it, and nobody is answered there [IG-7].
    is_function: Mask
    #: Whether it is a node of a load balancer.
    is_balancer: Mask
    checks_source_and_destination: Mask
    denies_internet_gateway: Mask


class Interfaces(Struct, frozen=True):
    """All interfaces, as the first and the last element of a way."""

    columns: InterfaceColumns
    groups: SecurityGroups
    acls: NetworkAcls
    book: AddressBook
    services: AwsServices
    peerings: Peerings
    endpoints: Endpoints

    def send(self, batch: PacketBatch, passage: Passage) -> None:
        """Let packets leave the interface they start at: state, then groups, then the subnet."""
        held = batch.place >= 0
        unheld = batch.where(~held)
        batch = batch.where(held) if len(unheld) else batch
        if len(unheld):
            nowhere = unheld.subnet == NO_ROW
            unheld, _ = passage.stop_where(
                nowhere, Fate.NO_SOURCE_OR_DESTINATION, Kind.VPC, unheld.vpc, unheld
            )
            passage.note(Kind.SUBNET, unheld.subnet, unheld)
            self.leave(self.services.serve(unheld, passage), passage)
        if not len(batch):
            return
        passage.note(Kind.INTERFACE, batch.place, batch)
        batch = self.check(batch, passage)
        homeless = (batch.subnet == NO_ROW) | (batch.vpc == NO_ROW)
        batch, _ = passage.stop_where(
            homeless, Fate.UNKNOWN_RESOURCE, Kind.INTERFACE, batch.place, batch
        )
        if not len(batch):
            return
        sets_out = passage.is_copy and not batch.hops.any() and (batch.session == NO_ROW).all()
        if passage.returning or sets_out:  # groups are stateful: answers pass [SG-3]
            passage.note(Kind.GROUP_SET, batch.place, batch)
            self.leave(batch, passage)
            return
        batch = self.services.serve(batch, passage)
        if passage.defers_groups:
            self.leave(batch, passage)
            return
        if len(batch):
            peers = self.peers(batch.vpc, batch.destination)
            self.leave(
                self.groups.screen(
                    batch, batch.place, batch.destination, peers, passage, ingress=False
                ),
                passage,
            )

    def peers(self, vpcs: Column, destinations: Column) -> list[Column]:
        """Return who may hold destinations, as egress rules that name groups see it [SG-7].

        The VPC itself comes first, then its peers: several where their blocks overlap.
        """
        found = [self.book.interface[self.book.holder(vpcs, destinations)]]
        positions, peers = self.peerings.known_neighbours(vpcs, destinations)
        while len(positions):  # one turn for each peer that overlaps another, mostly one
            first = np.append([True], positions[1:] != positions[:-1])
            at = positions[first]
            holders = np.full(len(vpcs), NO_ROW, np.int64)
            holders[at] = self.book.interface[self.book.holder(peers[first], destinations[at])]
            found.append(holders)
            positions, peers = positions[~first], peers[~first]
        return found

    def leave(self, batch: PacketBatch, passage: Passage) -> None:
        """Hand packets to their own subnet, or to the router where they leave it [RT-10]."""
        if not len(batch):
            return
        stays = self.book.subnet_at(batch.vpc, batch.destination) == batch.subnet
        stage = np.where(stays, Stage.DELIVER, Stage.ROUTER)
        if passage.returning:  # replies go back by a balancer [LAB-4] or endpoint, not by routes
            kept = passage.sessions.is_a(SessionKind.BALANCER_KEPT, batch.session)
            linked = passage.sessions.is_a(SessionKind.PRIVATE_LINK, batch.session)
            stage = np.where(kept, Stage.BALANCER_RETURN, stage)
            stage = np.where(linked, Stage.PRIVATE_LINK, stage)
        passage.move(batch.replace(stage=stage))

    def check(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Stop what an interface out of service would send or receive, and doubt the doubtful."""
        interfaces = batch.place
        down = self.columns.is_down[interfaces]
        if down.any():
            batch = passage.fail_where(down, Fate.BAD_STATE, Kind.INTERFACE, interfaces, batch)
            interfaces = batch.place
        doubted = self.columns.is_doubted[interfaces]
        return passage.doubt_where(doubted, Kind.INTERFACE, interfaces, batch, UNSURE)

    def deliver(self, batch: PacketBatch, passage: Passage) -> None:
        """Bring packets to whoever holds their destination in the VPC they are in."""
        holders = self.book.holder(batch.vpc, batch.destination)
        regional = self.book.is_regional[holders]
        if regional.any():
            nats = self.book.nat[holders[regional]]
            passage.move(batch.where(regional).replace(stage=Stage.NAT_GATEWAY, place=nats))
            batch, holders = batch.where(~regional), holders[~regional]
        subnets = np.where(
            holders >= 0,
            self.book.subnet[holders],
            self.book.subnet_at(batch.vpc, batch.destination),
        )
        lost = (holders >= 0) & (subnets == NO_ROW)
        batch, kept = passage.stop_where(lost, Fate.UNKNOWN_RESOURCE, Kind.VPC, batch.vpc, batch)
        if kept is not None:
            holders, subnets = holders[kept], subnets[kept]
        batch, kept = passage.stop_where(
            subnets == NO_ROW, Fate.ADDRESS_NOT_HELD, Kind.VPC, batch.vpc, batch
        )
        if kept is not None:
            holders, subnets = holders[kept], subnets[kept]
        if not len(batch):
            return
        enters = subnets != batch.subnet
        tagged = batch.replace(subnet=subnets, place=holders)
        tagged = self.acls.screen_where(enters, tagged, subnets, passage, ingress=True)
        unheld = tagged.place == NO_ROW
        self._reach_nobody(tagged.where(unheld), passage)
        self._reach(tagged.where(~unheld) if unheld.any() else tagged, passage)

    def _reach_nobody(self, batch: PacketBatch, passage: Passage) -> None:
        """End packets to an address without a holder; replies to an assumed sender arrive."""
        if not len(batch):
            return
        if passage.returning:
            passage.stop(Fate.DELIVERED, Kind.SUBNET, batch.subnet, batch)
        else:
            passage.stop(Fate.ADDRESS_NOT_HELD, Kind.SUBNET, batch.subnet, batch)

    def _reach(self, batch: PacketBatch, passage: Passage) -> None:
        if not len(batch):
            return
        nats = self.book.nat[batch.place]
        interfaces = self.book.interface[batch.place]
        is_nat = (nats >= 0) | self.columns.is_nat[interfaces]
        if is_nat.any():
            passage.move(batch.where(is_nat).replace(stage=Stage.NAT_GATEWAY, place=nats[is_nat]))
            batch, interfaces = batch.where(~is_nat), interfaces[~is_nat]
        if len(batch):
            self._receive(batch.replace(place=interfaces), passage)

    def _receive(self, batch: PacketBatch, passage: Passage) -> None:
        if passage.returning:
            passage.note(Kind.GROUP_SET, batch.place, batch)
        elif not passage.defers_groups:
            batch = self.groups.screen(
                batch, batch.place, batch.source, [batch.carrier], passage, ingress=True
            )
        batch = self.check(batch, passage)
        if passage.returning:
            batch = self._call_back(batch, passage)
        else:
            batch = self.endpoints.serve(self._balance(batch, passage), passage)
            for flag, fate in (
                (self.columns.is_function, Fate.FUNCTION_TAKES_NO_CONNECTIONS),
                (self.columns.is_unmodelled, Fate.NOT_MODELLED),
            ):
                place = batch.place
                batch, _ = passage.stop_where(flag[place], fate, Kind.INTERFACE, place, batch)
        passage.stop(Fate.DELIVERED, Kind.INTERFACE, batch.place, batch)

    def _call_back(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Hand replies to what others sent as their own back to them; return the others."""
        sessions = passage.sessions
        session = sessions.effective(batch.session)
        mine = (sessions.place(session) == batch.place) & (
            sessions.translated(session) == batch.destination
        )
        kinds = np.where(mine, sessions.kind(session), NO_ROW)
        for kind, stage in (
            (SessionKind.APPLIANCE, Stage.MIDDLEBOX_RETURN),
            (SessionKind.BALANCER, Stage.BALANCER),
            (SessionKind.CLIENT_VPN, Stage.CLIENT_VPN_RETURN),
        ):
            passage.move(batch.where(kinds == kind).replace(stage=stage))
        theirs = (SessionKind.APPLIANCE, SessionKind.BALANCER, SessionKind.CLIENT_VPN)
        return batch.where(~np.isin(kinds, theirs))

    def _balance(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Hand what reaches nodes of load balancers to them; return the others."""
        is_balancer = self.columns.is_balancer[batch.place]
        if not is_balancer.any():
            return batch
        passage.move(batch.where(is_balancer).replace(stage=Stage.BALANCER))
        return batch.where(~is_balancer)


def is_in_service(snapshot: Snapshot, record: NetworkInterface) -> bool:
    """Tell whether an interface can send and receive.

    Its instance must run; without an instance record the interface's own status decides.
    """
    instance = snapshot.instances.get(record.instance)
    runs = instance is None or instance.state == "running"
    return runs and is_attached(snapshot, record)


def is_attached(snapshot: Snapshot, record: NetworkInterface) -> bool:
    """Tell whether an interface's attachment is available."""
    known = record.instance in snapshot.instances
    good = known or record.status in _GOOD_STATUS
    return good and record.attachment_status in _GOOD_ATTACHMENT


def compile_interface_columns(
    snapshot: Snapshot, vpcs: Mapping[str, int], subnets: Mapping[str, int]
) -> InterfaceColumns:
    """Turn interface records into columns."""
    records = list(snapshot.interfaces.values())
    nodes = {*balancer_nodes(snapshot), *gateway_nodes(snapshot)}
    return InterfaceColumns(
        vpc=by_row([vpcs.get(r.vpc, NO_ROW) for r in records]),
        subnet=by_row([subnets.get(r.subnet, NO_ROW) for r in records]),
        host=by_row(_hosts(records)),
        can_begin=mask_by_row([r.interface_type not in CANNOT_INITIATE for r in records]),
        is_down=mask_by_row([not is_in_service(snapshot, r) for r in records]),
        is_unattached=mask_by_row([not is_attached(snapshot, r) for r in records]),
        is_doubted=mask_by_row([bool(_doubt(snapshot, r)) for r in records]),
        is_unmodelled=mask_by_row([r.interface_type in UNMODELLED_TYPES for r in records]),
        is_nat=mask_by_row([r.interface_type == "nat_gateway" for r in records]),
        is_transit=mask_by_row([r.interface_type == "transit_gateway" for r in records]),
        is_function=mask_by_row([r.interface_type == FUNCTION for r in records]),
        is_balancer=mask_by_row([r.id in nodes for r in records]),
        checks_source_and_destination=mask_by_row([r.source_dest_check for r in records]),
        denies_internet_gateway=mask_by_row([r.denies_internet_gateway for r in records]),
    )


def _hosts(records: list[NetworkInterface]) -> list[int]:
    """Number the hosts: the interfaces of one instance are one host."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(one.instance or one.id, len(numbers)) for one in records]


def _doubt(snapshot: Snapshot, record: NetworkInterface) -> str:
    """Say why nothing that depends on this interface can be trusted, if so."""
    subnet = snapshot.subnets.get(record.subnet)
    vpc = snapshot.vpcs.get(record.vpc)
    if subnet is None or vpc is None:
        return f"the snapshot lacks {record.subnet if subnet is None else record.vpc}"
    instance = snapshot.instances.get(record.instance)
    return record.doubt or subnet.doubt or vpc.doubt or (instance.doubt if instance else "")
