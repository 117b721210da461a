"""NAT gateways."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

from tests.oracle import verdict as codes
from tests.oracle.filters import ICMP, ICMPV6, TCP, UDP
from tests.oracle.journey import Arrival, Session
from tests.oracle.spelling import prefix
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError
from tests.oracle.world import Address, NatGateway, Packet

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

NAT64: Final = prefix("64:ff9b::/96")
#: NAT64 carries pings besides TCP and UDP, and their answers.
PING: Final = (ICMPV6, 128)
ECHO_TO_IPV4: Final = {128: 8, 129: 0}


def enter(walk: Walk, name: str, packet: Packet) -> Arrival:
    """Let a NAT gateway send the packet on from one of its addresses [NT-4, NT-5]."""
    nat = walk.world.nat_gateways.get(name)
    if nat is None or nat.subnet not in walk.world.subnets:
        raise NotModelledError(name)
    own = any(packet.destination == private for private, _ in nat.addresses)
    if own and walk.leg is Leg.RETURN:  # a route to the very gateway that it is for
        walk.acl(nat.subnet, packet, egress=False)
        return Arrival(packet, nat.as_interface())
    # these two first: no ACL and no state that one could mend would make it of use
    if own or walk.leg is Leg.RETURN:  # or an answer to what it never saw [NT-8, LAB-3]
        raise StopError(codes.NGW_NO_SESSION)
    if any(session.holder.id == nat.id for session in walk.sessions):  # it has just sent it itself
        raise StopError(codes.ROUTING_LOOP)
    walk.acl(nat.subnet, packet, egress=False)
    if nat.state != "available" or not nat.addresses:
        walk.refuse(codes.BAD_STATE)
    if not nat.addresses or nat.state in ("failed", "deleted"):  # it has given them back
        walk.at = None
        raise StopError(codes.BAD_STATE)
    return _send_on(walk, nat, packet)


def _send_on(walk: Walk, nat: NatGateway, packet: Packet) -> Arrival:
    what = f"address of {nat.id}"
    choice = walk.suppose(("nat", nat.id), Fork.EVERY, len(nat.addresses), what)
    address, gateway = nat.addresses[choice][0], nat.as_interface()
    walk.sessions.append(Session(gateway, gateway, packet, address, is_nat=True))
    walk.sender = None
    return walk.leave(gateway, _translate(walk, packet, address))


def _translate(walk: Walk, packet: Packet, address: Address) -> Packet:
    """Put the gateway's address on the packet; make IPv4 of NAT64 packets."""
    destination, protocol, port = packet.destination, packet.protocol, packet.port
    if isinstance(destination, IPv6Address):
        if destination not in NAT64:
            raise StopError(codes.NGW_NOT_NAT64)
        destination = IPv4Address(int(destination) & 0xFFFFFFFF)
        if protocol not in (TCP, UDP) and (protocol, port) != PING:
            walk.refuse(codes.PROTOCOL_RESTRICTION)
        if protocol == ICMPV6 and port in ECHO_TO_IPV4:
            protocol, port = ICMP, ECHO_TO_IPV4[port]
        elif protocol not in (TCP, UDP):
            walk.is_empty = True
    elif protocol not in (TCP, UDP, ICMP):
        walk.refuse(codes.PROTOCOL_RESTRICTION)
    return Packet(address, destination, protocol, port, packet.code)
