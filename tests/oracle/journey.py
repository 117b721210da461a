"""What a walk is made of: where packets arrive, what gateways remember, which addresses exist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tests.oracle.filters import ICMP, ICMPV6, TCP, UDP
from tests.oracle.spelling import prefix
from tests.oracle.verdict import Interval
from tests.oracle.world import Address, Interface, Packet

RFC1918: Final = tuple(map(prefix, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
RFC6598: Final = prefix("100.64.0.0/10")
NEVER_ON_THE_INTERNET: Final = (
    *RFC1918,
    RFC6598,
    *map(prefix, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")),
)
IPV6_INTERNET: Final = prefix("2000::/3")

#: ICMP queries and what answers them; every other type needs the forward way only.
ICMP_REPLIES: Final = {ICMP: {8: 0, 13: 14, 15: 16, 17: 18}, ICMPV6: {128: 129}}

#: What NAT gateways send from [NT-4].
NAT_PORTS: Final = (1024, 65535)


@dataclass(frozen=True)
class Arrival:
    """Where a packet got to: an interface, a NAT gateway, or (``None``) a host on the internet."""

    packet: Packet
    holder: Interface | None


@dataclass(frozen=True)
class Session:
    """What remembers a connection that it sent on: a NAT gateway, an appliance, a balancer."""

    holder: Interface  # which replies are for
    back: Interface  # by which they go on to whoever began
    before: Packet  # as it came
    address: Address  # what it then bore as its source
    is_nat: bool  # a NAT gateway picks a port of its own, an appliance keeps the client's
    peering: str | None = None  # by which its packets left the VPC [NT-3]
    is_balancer: bool = False
    keeps_client: bool = False  # a balancer that puts neither address nor port of its own on it
    is_link: bool = False  # an endpoint's interface, before its provider's balancer [EP-5]

    @property
    def picks_ports(self) -> bool:
        """Whether answers bear a port that it picked [NA-11]."""
        return self.is_nat or (self.is_balancer and not self.keeps_client)


def is_on_the_internet(address: Address) -> bool:
    """Say whether some host out there can have the address."""
    if address.version == 6:
        return address in IPV6_INTERNET
    return not any(address in block for block in NEVER_ON_THE_INTERNET)


def cut(ports: Interval, cuts: Iterable[int]) -> list[Interval]:
    """Cut a range of ports wherever something else may hold from there on."""
    first, last = ports
    begins = sorted({first, *(at for at in cuts if first <= at <= last)})
    return list(zip(begins, [begin - 1 for begin in begins[1:]] + [last], strict=True))


def reply_to(packet: Packet, client_port: int) -> Packet | None:
    """Return the packet that answers this one, if one must."""
    port, code = client_port, 0
    if packet.protocol in ICMP_REPLIES:
        answer = ICMP_REPLIES[packet.protocol].get(packet.port)
        if answer is None:
            return None
        port, code = answer, packet.code
    elif packet.protocol not in (TCP, UDP):
        port = 0
    return Packet(packet.destination, packet.source, packet.protocol, port, code)
