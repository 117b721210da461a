"""Ends behind a door: a gateway's internet, an endpoint's service, the VPCs of a peering.

As Reachability Analyzer allows, these may be source or destination. A question about a gateway is
one about the hosts out there that counts only where the way crosses that gateway.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.fabric.endpoint import is_gateway
from netreach.fabric.fabric import Fabric
from netreach.model.connections import TransitGateway, VpcPeering
from netreach.model.records import EgressOnlyInternetGateway, InternetGateway
from netreach.model.relations import Relations
from netreach.model.services import VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW
from netreach.packets.prefixes import Prefix
from netreach.query.end import End, Member, Nature
from netreach.query.referents import (
    Found,
)
from netreach.query.service_names import ServiceNames
from netreach.query.words import quoted, safe

#: Everything that has an address.
EVERYWHERE: Final = (Prefix(4, 0, 0), Prefix(6, 0, 0))
_PEERING: Final = "vpc-peering-connection"
_ATTACHMENT: Final = "transit-gateway-attachment"
#: A message lists at most this many alternatives.
_LISTED: Final = 5


class DoorEnds:
    """Turns gateways, peerings and gateway endpoints into ends."""

    def __init__(self, relations: Relations, services: ServiceNames) -> None:
        """Take what knows where services are."""
        self._relations, self._services = relations, services

    def end(self, text: str, found: Found) -> End | None:
        """Return the end of a record that is a door; None where it is none.

        Raises:
            SelectorError: it is a transit gateway, which has many doors.
        """
        match found.record:
            case InternetGateway() as record:
                return _internet_by(text, found, record, EVERYWHERE)
            case EgressOnlyInternetGateway() as record:
                return _internet_by(text, found, record, EVERYWHERE[1:])
            case VpcPeering() as record:
                return self._peering(text, record)
            case TransitGateway() as record:
                raise self._too_many(text, record)
            case VpcEndpoint() as record if is_gateway(record):
                return self._service_by(text, record)
        return None

    def _peering(self, text: str, record: VpcPeering) -> End:
        """Return the interfaces of both VPCs; `facing` keeps those of the far one."""
        sides = (record.requester.vpc, record.accepter.vpc)
        known = self._relations.interfaces_of_vpc
        members = tuple(
            Member(one.id)
            for side in sides
            for one in known.get(side, ())
            if one.interface_type not in ("nat_gateway", "transit_gateway")
        )
        return End(text, Nature.SET, _PEERING, record.id, record.name, members)

    def _too_many(self, text: str, record: TransitGateway) -> SelectorError:
        attachments = self._relations.snapshot.transit_attachments.values()
        ids = [safe(one.id) for one in attachments if one.gateway == record.id]
        more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
        listed = f": {', '.join(ids[:_LISTED])}{more}" if ids else ", tgw-attach-..."
        return SelectorError(
            f"{quoted(text)} is a whole transit gateway; name an attachment{listed}"
        )

    def _service_by(self, text: str, record: VpcEndpoint) -> End:
        """Return the service of a gateway endpoint, asked through it [EP-3]."""
        found = self._services.seen_from(record.service, "")
        plain = End(text, Nature.BARE, "vpc-endpoint", record.id, record.name)
        if found.unknown:
            return replace(plain, why=found.unknown)
        nature = Nature.INTERNET if found.hidden else Nature.SET
        return replace(
            plain,
            nature=nature,
            outside=found.ranges or EVERYWHERE[:1],
            hidden=found.hidden,
            service=found.service,
            door=record.id,
        )


def _internet_by(
    text: str,
    found: Found,
    record: InternetGateway | EgressOnlyInternetGateway,
    outside: tuple[Prefix, ...],
) -> End:
    """Return the internet as one gateway gives onto it; what is attached nowhere is no end."""
    if record.attachments:
        return End(
            text,
            Nature.INTERNET,
            found.kind,
            record.id,
            record.name,
            outside=outside,
            door=record.id,
        )
    return End(text, Nature.UNMODELLED, found.kind, record.id, record.name, why=safe(record.doubt))


# -- what an end means beside the other one


def facing(fabric: Fabric, source: End, destination: End) -> tuple[End, End]:
    """Return both ends as they face each other.

    A peering connection stands for the VPC beyond it, which is not the other end's. An internet
    gateway as a source leads into its own VPC.

    Raises:
        SelectorError: the two do not go together; it names what to ask instead.
    """
    left = _far_side(fabric.snapshot, source, destination)
    right = _far_side(fabric.snapshot, destination, source)
    if source.kind == "internet-gateway" and source.door:
        _check_entry(fabric, source, right)
    for end, other in ((source, destination), (destination, source)):
        _check_beyond(fabric.snapshot, end, other)
    return left, right


def _check_beyond(snapshot: Snapshot, end: End, other: End) -> None:
    """Refuse what lies in the VPC of an attachment: packets would not need it."""
    record = snapshot.transit_attachments.get(end.id) if end.kind == _ATTACHMENT else None
    if record is not None and record.resource in _vpcs_of(snapshot, other):
        raise SelectorError(
            f"{quoted(end.text)} stands for the hosts of {safe(record.resource)}, and "
            f"{quoted(other.text)} is among them; name the attachment or the hosts beyond"
        )


def _far_side(snapshot: Snapshot, end: End, other: End) -> End:
    record = snapshot.peerings.get(end.id) if end.kind == _PEERING else None
    if record is None:
        return end
    sides = {record.requester.vpc, record.accepter.vpc}
    near = _vpcs_of(snapshot, other)
    far = sides - near
    if not near <= sides or other.outside or len(far) != 1:
        names = " or ".join(f"vpc:{safe(one)}" for one in sorted(sides))
        raise SelectorError(
            f"{quoted(end.text)} stands for the VPC at its far side, and {quoted(other.text)} is "
            f"not in the near one alone; name a side: {names}"
        )
    vpc = far.pop()
    if vpc not in snapshot.vpcs:
        why = f"the snapshot lacks {safe(vpc)}"
        return replace(end, nature=Nature.BARE, members=(), why=why)
    known = snapshot.interfaces
    members = tuple(m for m in end.members if known[m.interface].vpc == vpc)
    return replace(end, members=members)


def _vpcs_of(snapshot: Snapshot, end: End) -> set[str]:
    """Return the VPCs of an end's hosts; "" for a host that is in none."""
    ends = [end, *(one for view in end.views for one in view.ends)]
    members = [member for one in ends for member in one.members]
    known = snapshot.interfaces
    return {known[m.interface].vpc if m.interface else m.vpc for m in members}


def _check_entry(fabric: Fabric, gateway: End, destination: End) -> None:
    """Refuse destinations that the internet does not reach by a gateway."""
    row = fabric.rows.internet_gateways[gateway.door]
    record = fabric.snapshot.internet_gateways[gateway.door]
    own = {one.vpc for one in record.attachments}
    asked = _vpcs_of(fabric.snapshot, destination)
    if not asked <= own or destination.outside:
        names = " or ".join(f"vpc:{safe(one)}" for one in sorted(own))
        raise SelectorError(
            f"{quoted(gateway.text)} leads into its own VPC only, and {quoted(destination.text)} "
            f"is not in it; name something in {names}, or ask from `internet`"
        )
    for vpc in sorted(asked & set(fabric.rows.vpcs)):
        taken = int(fabric.internet_gateways.of_vpc[fabric.rows.vpcs[vpc]])
        if taken not in (row, NO_ROW):
            other = safe(fabric.internet_gateways.ids[taken])
            raise SelectorError(
                f"the internet comes into {safe(vpc)} by {other}, not by {quoted(gateway.text)}; "
                f"ask {other}"
            )
