"""VPC endpoints: gateway endpoints that routes lead to, ports of interface endpoints [EP-1..6].

A gateway endpoint takes packets from its own VPC to the service and its answers straight back to
whoever asked: the sender's subnet sees them come in, no route table does. An interface endpoint is
an interface that serves what its service serves, silently drops all else, and begins nothing. Where
the snapshot holds the balancers that its service stands on, what it takes goes on to those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.element import Check, Passage
from netreach.fabric.endpoint_ports import served_by
from netreach.fabric.endpoint_services import legs_of
from netreach.fabric.inspection import firewall_endpoints, is_inspecting
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.model.records import NetworkInterface
from netreach.model.services import EndpointKind, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, by_row, mask_by_row
from netreach.packets.pool import EVERYTHING, UNSURE, ServicePool
from netreach.packets.services import ICMP, ICMPV6, TCP, ServiceSet

#: The type of the interfaces that interface endpoints receive at.
INTERFACE_TYPE: Final = "vpc_endpoint"
#: What a gateway endpoint takes [EP-3, LAB-13].
_CARRIED: Final = (
    ServiceSet.protocol(TCP) | ServiceSet.icmp(ICMP, 8, 0) | ServiceSet.icmp(ICMPV6, 128, 0)
)
_GATEWAY_SERVICES: Final = (".s3", ".dynamodb", ".s3express")
_NAMED: Final = re.compile(r"\bvpce-[0-9a-f]+\b")


class Endpoints(Struct, frozen=True):
    """All VPC endpoints; columns are by endpoint row unless they say otherwise."""

    #: VPC row.
    vpc: Column
    is_available: Mask
    is_doubted: Mask
    is_gateway: Mask
    #: Endpoints of firewalls and of Gateway Load Balancers: another element's.
    is_inspecting: Mask
    #: Interface row -> the endpoint that receives there, NO_ROW for none.
    of_interface: Column
    #: Interface row -> whether an endpoint receives there of which nothing is known, not even
    #: its id.
    is_nameless: Mask
    #: Interface row -> whether PrivateLink says what becomes of what is received there.
    is_linked: Mask
    #: Bounds of what each serves.
    serves: Column
    book: AddressBook
    ids: tuple[str, ...]

    def cross(self, batch: PacketBatch, passage: Passage) -> None:
        """Take what routes lead to endpoints; answers begin here too."""
        inspecting = self.is_inspecting[batch.place]
        passage.move(batch.where(inspecting).replace(stage=Stage.INSPECTION))
        batch = batch.where(~inspecting)
        if passage.returning:
            self._answer(batch, passage)
            return
        is_gateway = self.is_gateway[batch.place]
        other = batch.where(~is_gateway)
        passage.stop(Fate.NOT_MODELLED, Kind.ENDPOINT, other.place, other)
        self._serve_gateway(batch.where(is_gateway), passage)

    def _serve_gateway(self, batch: PacketBatch, passage: Passage) -> None:
        if not len(batch):
            return
        passes = passage.gate(batch, self._gateway_checks(batch))
        batch = batch.where(passes)
        batch = self._doubt(batch.place, batch, passage)
        bounds = self.serves[batch.place]
        batch = passage.screen(Kind.ENDPOINT, batch.place, batch, bounds, ingress=True)
        passage.stop(Fate.DELIVERED, Kind.ENDPOINT, batch.place, batch)

    def _gateway_checks(self, batch: PacketBatch) -> tuple[Check, ...]:
        """Say what a gateway endpoint insists on: it serves the subnets of its own VPC [EP-3]."""
        kind, place = Kind.ENDPOINT, batch.place
        foreign = self.book.subnet_at(batch.vpc, batch.source) == NO_ROW
        return (
            Check(~self.is_available[place], Fate.BAD_STATE, kind, place),
            Check(self.vpc[place] != batch.vpc, Fate.BAD_STATE_ATTACHMENT, kind, place),
            Check(foreign, Fate.VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC, kind, place),
        )

    def _answer(self, batch: PacketBatch, passage: Passage) -> None:
        """Bring the service's answers into the VPC, where the sender's subnet sees them come in.

        What a route leads here on the way back has not been asked for here.
        """
        begins = batch.hops == 0
        astray = batch.where(~begins)
        passage.stop(Fate.DELIVERED_ELSEWHERE, Kind.ENDPOINT, astray.place, astray)
        answers = batch.where(begins)
        passage.note(Kind.ENDPOINT, answers.place, answers)
        passage.move(answers.replace(stage=Stage.DELIVER, subnet=NO_ROW))

    def _doubt(self, rows: Column, batch: PacketBatch, passage: Passage) -> PacketBatch:
        return passage.doubt_where(self.is_doubted[rows], Kind.ENDPOINT, rows, batch, UNSURE)

    def serve(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Let pass what the services behind interface endpoints serve [EP-1, LAB-5].

        `place` is the interface; packets for other interfaces pass untouched.
        """
        batch, _ = passage.stop_where(
            self.is_nameless[batch.place],
            Fate.UNKNOWN_RESOURCE,
            Kind.INTERFACE,
            batch.place,
            batch,
        )
        asked = self.of_interface[batch.place] != NO_ROW
        if not asked.any():
            return batch
        asking = self._serve_interface(batch.where(asked), passage)
        return PacketBatch.joined([batch.where(~asked), asking])

    def _serve_interface(self, batch: PacketBatch, passage: Passage) -> PacketBatch:
        """Ask the endpoints of the interfaces at `place`, and return what they take."""
        rows = self.of_interface[batch.place]
        unready = ~self.is_available[rows]
        batch = passage.fail_where(unready, Fate.BAD_STATE, Kind.ENDPOINT, rows, batch)
        rows = self.of_interface[batch.place]
        batch = self._doubt(rows, batch, passage)
        linked = self.is_linked[batch.place]
        passage.move(batch.where(linked).replace(stage=Stage.PRIVATE_LINK))
        batch = batch.where(~linked)
        rows = self.of_interface[batch.place]
        return passage.screen(Kind.ENDPOINT, rows, batch, self.serves[rows], ingress=True)


def endpoint_rows(snapshot: Snapshot) -> dict[str, int]:
    """Number the endpoints: those on record, then those that only interfaces name."""
    named = (_endpoint_of(record) for record in _receivers(snapshot))
    walled = firewall_endpoints(snapshot)
    ids = dict.fromkeys((*snapshot.endpoints, *walled, *filter(None, named)))
    return {endpoint: row for row, endpoint in enumerate(ids)}


def _receivers(snapshot: Snapshot) -> Iterator[NetworkInterface]:
    """Yield the interfaces that interface endpoints receive at."""
    for record in snapshot.interfaces.values():
        if record.interface_type == INTERFACE_TYPE:
            yield record


def _endpoint_of(record: NetworkInterface) -> str:
    """Return the endpoint that AWS writes into the description of its interface."""
    found = _NAMED.search(record.description)
    return found[0] if found else ""


def endpoints_of_interfaces(snapshot: Snapshot) -> dict[str, str]:
    """Return the endpoint of each interface, as far as anybody says."""
    listed = {
        interface: endpoint.id
        for endpoint in snapshot.endpoints.values()
        for interface in endpoint.interfaces
    }
    return {one.id: listed.get(one.id, "") or _endpoint_of(one) for one in _receivers(snapshot)}


def is_gateway(record: VpcEndpoint) -> bool:
    """Tell whether an endpoint is one that routes lead to by a prefix list."""
    if record.kind is EndpointKind.UNKNOWN and not record.interfaces:
        return record.service.endswith(_GATEWAY_SERVICES)
    return record.kind is EndpointKind.GATEWAY


def is_available(record: VpcEndpoint) -> bool:
    """Tell whether an endpoint is in service; AWS writes its states in several ways."""
    return record.state.lower() in ("available", "")


def compile_endpoints(
    snapshot: Snapshot,
    book: AddressBook,
    pool: ServicePool,
    *,
    vpcs: Mapping[str, int],
    rows: Mapping[str, int],
) -> Endpoints:
    """Find out what each endpoint serves, and which interfaces are whose."""
    known = [snapshot.endpoints.get(endpoint) for endpoint in rows]
    carried = pool.intern(_CARRIED)
    of_interface = endpoints_of_interfaces(snapshot)
    receivers = [of_interface.get(interface) for interface in snapshot.interfaces]
    legs = legs_of(snapshot, of_interface)
    return Endpoints(
        vpc=by_row([vpcs.get(one.vpc, NO_ROW) if one else NO_ROW for one in known]),
        is_available=_mask(one is None or is_available(one) for one in known),
        is_doubted=_mask(one is not None and bool(one.doubt) for one in known),
        is_gateway=_mask(one is not None and is_gateway(one) for one in known),
        is_inspecting=_mask(is_inspecting(snapshot, endpoint) for endpoint in rows),
        of_interface=by_row([rows.get(one, NO_ROW) if one else NO_ROW for one in receivers]),
        is_nameless=_mask(one == "" for one in receivers),
        is_linked=_mask(interface in legs for interface in snapshot.interfaces),
        serves=by_row(
            [
                carried if one is not None and is_gateway(one) else pool.intern(*served)
                for one, served in ((one, served_by(snapshot, one)) for one in known)
            ],
            EVERYTHING,
        ),
        book=book,
        ids=tuple(rows),
    )


def _mask(flags: Iterable[bool]) -> Mask:
    return mask_by_row(list(flags))
