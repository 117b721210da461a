"""NAT gateways."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

from tests.oracle import regional_nat
from tests.oracle import verdict as codes
from tests.oracle.filters import ICMP, ICMPV6, TCP, UDP
from tests.oracle.journey import Arrival, Session
from tests.oracle.spelling import prefix
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError
from tests.oracle.world import Address, NatGateway, Packet, Subnet, World

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

NAT64: Final = prefix("64:ff9b::/96")
#: NAT64 carries pings besides TCP and UDP, and their answers.
PING: Final = (ICMPV6, 128)
ECHO_TO_IPV4: Final = {128: 8, 129: 0}


def enter(walk: Walk, name: str, subnet: Subnet, packet: Packet) -> Arrival:
    """Let a NAT gateway send the packet on from one of its addresses [NT-4, NT-5]."""
    nat = walk.world.nat_gateways.get(name)
    if nat is None:
        raise NotModelledError(name)
    own = any(packet.destination == private for private, _ in nat.addresses)
    if own and walk.leg is Leg.RETURN:  # a route to the very gateway that it is for
        walk.acl(nat.subnet, packet, egress=False)
        return Arrival(packet, nat.as_interface())
    _turn_away(walk, nat, is_own=own)
    if nat.regional:
        regional_nat.check_zone(nat.regional, subnet.zone)
    walk.acl(nat.subnet, packet, egress=False)
    if nat.state != "available" or not nat.addresses:
        walk.refuse(codes.BAD_STATE)
    if not nat.addresses or nat.state in ("failed", "deleted"):  # it has given them back
        walk.at = None
        raise StopError(codes.BAD_STATE)
    return _send_on(walk, nat, subnet.zone, packet)


def _turn_away(walk: Walk, nat: NatGateway, *, is_own: bool) -> None:
    """Stop what no ACL and no state that one could mend would get through the gateway."""
    if is_own or walk.leg is Leg.RETURN:  # or an answer to what it never saw [NT-8, LAB-3]
        raise StopError(codes.NGW_NO_SESSION)
    if not _is_recorded(walk.world, nat):
        raise NotModelledError(nat.id)
    if any(session.holder.id == nat.id for session in walk.sessions):  # it has just sent it itself
        raise StopError(codes.ROUTING_LOOP)


def _is_recorded(world: World, nat: NatGateway) -> bool:
    """Say whether what it stands in is known: its subnet, or a regional one's own table."""
    if nat.regional:
        return any(table.id == nat.regional.table for table in world.tables)
    return nat.subnet in world.subnets


def _send_on(walk: Walk, nat: NatGateway, zone: str, packet: Packet) -> Arrival:
    what, addresses = f"address of {nat.id}", [private for private, _ in nat.addresses]
    if nat.regional:
        addresses = regional_nat.addresses_in(nat.regional, zone)
    choice = walk.suppose(("nat", nat.id, tuple(addresses)), Fork.EVERY, len(addresses), what)
    address, gateway = addresses[choice], nat.as_interface()
    walk.sessions.append(Session(gateway, gateway, packet, address, is_nat=True))
    walk.sender = None
    return walk.leave(gateway, _translate(walk, packet, address))


def _translate(walk: Walk, packet: Packet, address: Address) -> Packet:
    """Put the gateway's address on the packet; make IPv4 of NAT64 packets."""
    destination, protocol, port = packet.destination, packet.protocol, packet.port
    if isinstance(destination, IPv6Address):
        if destination not in NAT64:
            raise StopError(codes.NGW_NOT_NAT64)
        destination = _behind_nat64(destination)
        if protocol not in (TCP, UDP) and (protocol, port) != PING:
            walk.refuse(codes.PROTOCOL_RESTRICTION)
        if protocol == ICMPV6 and port in ECHO_TO_IPV4:
            protocol, port = ICMP, ECHO_TO_IPV4[port]
        elif protocol not in (TCP, UDP):
            walk.is_empty = True
    elif protocol not in (TCP, UDP, ICMP):
        walk.refuse(codes.PROTOCOL_RESTRICTION)
    return Packet(address, destination, protocol, port, packet.code)


def asked_by(session: Session) -> Address:
    """Return whom a NAT gateway has sent a connection to."""
    asked = session.before.destination
    return _behind_nat64(asked) if isinstance(asked, IPv6Address) else asked


def _behind_nat64(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFFFFFF)
