"""VPC endpoints: gateways that routes lead to, interfaces that answer [EP-1, EP-3, LAB-5]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.oracle import inspection, private_link
from tests.oracle import verdict as codes
from tests.oracle.filters import ICMP, ICMPV6, TCP, UDP, YES
from tests.oracle.journey import Arrival
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError
from tests.oracle.world import GATEWAY_ENDPOINT, Interface, Packet

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

Record = Mapping[str, Any]
Estate = Mapping[str, Any]

#: Services of AWS's own that serve other ports than HTTPS, and those of which nobody says.
PORTS: Final = {
    "s3": (80, 443),
    "cassandra": (443, 9142),
    "email-smtp": (25, 465, 587, 2465, 2587),
}
UNSAID: Final = ("transfer.server", "storagegateway")
HTTPS: Final = (443,)
OWN: Final = re.compile(r"com\.amazonaws\.(?!vpce)[a-z0-9-]+\.(.+)")
#: What gateway endpoints carry besides TCP: pings [EP-3, LAB-13].
PINGS: Final = ((ICMP, 8, 0), (ICMPV6, 128, 0))


@dataclass(frozen=True)
class Endpoint:
    id: str
    kind: str  # Gateway, Interface, Resource ...
    vpc: str
    service: str
    state: str


def reach(walk: Walk, name: str, vpc: str, packet: Packet) -> Arrival:
    """Take what a route leads to an endpoint; those that are no gateways inspect."""
    endpoint = walk.world.endpoints.get(name)
    if endpoint is None or endpoint.kind != "Gateway":
        return inspection.reach(walk, name, vpc, packet)
    return _enter(walk, endpoint, vpc, packet)


def _enter(walk: Walk, endpoint: Endpoint, vpc: str, packet: Packet) -> Arrival:
    """Carry the packet from the endpoint's own VPC to its service [EP-3]."""
    if walk.leg is Leg.RETURN:  # an answer to what did not come by it
        raise StopError(codes.DELIVERED_ELSEWHERE, always=True)
    walk.insist(
        (endpoint.state != "available", codes.BAD_STATE),
        (endpoint.vpc != vpc, codes.BAD_STATE_ATTACHMENT),
        (walk.world.subnet_of(vpc, packet.source) is None, codes.VPCE_SOURCE),
        whose=endpoint.id,
    )
    if packet.protocol != TCP and (packet.protocol, packet.port, packet.code) not in PINGS:
        walk.refuse(codes.VPCE_PROTOCOL)
    service = Interface(endpoint.id, vpc, "", (), has_groups=False, kind=GATEWAY_ENDPOINT)
    return Arrival(packet, service)


def receive(walk: Walk, interface: Interface, packet: Packet) -> Arrival:
    """Let the service behind an endpoint's interface take the packet, or drop it silently."""
    if not interface.endpoint:
        raise NotModelledError(interface.id)
    walk.cross("interface endpoint")
    endpoint = walk.world.endpoints.get(interface.endpoint)
    if endpoint is not None and endpoint.state != "available":
        walk.refuse(codes.BAD_STATE)
    offer = _offer(walk, endpoint)
    if offer and private_link.is_known(walk.world, offer, interface):
        return private_link.enter(walk, interface, offer, packet)
    if offer and not offer.is_open:  # that alone is told of it
        walk.refuse_state(offer.id)
        return Arrival(packet, interface)
    if not _is_served(walk, endpoint, interface.endpoint, packet):
        walk.refuse(codes.VPCE_PORT)
    return Arrival(packet, interface)


def _offer(walk: Walk, endpoint: Endpoint | None) -> private_link.Offer | None:
    """Return what an interface endpoint leads to, if its provider's side is on record [EP-5]."""
    if endpoint is None or endpoint.kind != "Interface":
        return None
    return walk.world.offers.get(endpoint.service)


def _is_served(walk: Walk, endpoint: Endpoint | None, name: str, packet: Packet) -> bool:
    """Say whether the service takes the packet; try both where nobody knows."""
    is_other = endpoint is not None and endpoint.kind != "Interface"  # resources, networks [EP-6]
    if packet.protocol not in (TCP, UDP) and not is_other:
        return False
    ports = None if endpoint is None or is_other else _ports(endpoint.service)
    if ports is None:
        key = ("served", name, packet.protocol, packet.port, packet.code)
        return walk.suppose(key, Fork.EITHER, 2, name) == YES
    return packet.protocol == TCP and packet.port in ports


def _ports(service: str) -> tuple[int, ...] | None:
    """Return the TCP ports of a service of AWS's own; None where nobody says."""
    own = OWN.fullmatch(service)
    return None if own is None or own[1] in UNSAID else PORTS.get(own[1], HTTPS)


# -- reading


def endpoints(estate: Estate) -> dict[str, Endpoint]:
    """Read the endpoints."""
    return {
        record["VpcEndpointId"]: Endpoint(
            record["VpcEndpointId"],
            record["VpcEndpointType"],
            record["VpcId"],
            record.get("ServiceName", ""),
            record.get("State", "available"),
        )
        for record in estate.get("VpcEndpoints", ())
    }


def endpoints_by_interface(estate: Estate) -> dict[str, str]:
    """Return the endpoint that receives at each interface, "" where nobody says."""
    return dict(_told_by_interfaces(estate)) | dict(_told_by_endpoints(estate))


def _told_by_interfaces(estate: Estate) -> Iterator[tuple[str, str]]:
    for record in estate.get("NetworkInterfaces", ()):
        if record.get("InterfaceType") == "vpc_endpoint":
            words = record.get("Description", "").split()
            named = [word for word in words if word.startswith("vpce-")]
            yield record["NetworkInterfaceId"], named[0] if named else ""


def _told_by_endpoints(estate: Estate) -> Iterator[tuple[str, str]]:
    for record in estate.get("VpcEndpoints", ()):
        for interface in record.get("NetworkInterfaceIds", ()):
            yield interface, record["VpcEndpointId"]
