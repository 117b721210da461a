"""What ties networks outside AWS to it, as plain records."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.world import Address, Interface, Prefix

VPN, DIRECT, CLIENTS, CONNECT = "vpn", "direct-connect-gateway", "client-vpn", "connect"
#: Who answers for what a VPC itself serves.
PLATFORM = "the VPC itself"


@dataclass(frozen=True)
class VpnGateway:
    """A virtual private gateway."""

    id: str
    state: str
    attachments: dict[str, str]  # VPC -> state

    @property
    def vpc(self) -> str:
        """The VPC that it is attached to, "" for none."""
        good = (
            vpc for vpc, state in self.attachments.items() if state in ("attached", "available")
        )
        return next(good, "")


@dataclass(frozen=True)
class Link:
    """One way between a network outside and one gateway."""

    kind: str
    id: str
    site: str
    is_up: bool
    vpn_gateway: str = ""
    is_transit: bool = False
    tie: str = ""  # the transit gateway's attachment; "" where nobody lists it
    is_bgp: bool = True
    routes: tuple[Prefix, ...] = ()  # all that is behind it, where it does not speak BGP
    allowed: tuple[Prefix, ...] | None = None  # all that AWS announces; None: what there is
    asn: int | None = None
    is_doubted: bool = False  # the snapshot lacks what it is made of
    version: int | None = None  # the only IP version that goes through its tunnels
    aws_side: Prefix | None = None  # whose packets those are for; None: everybody's
    site_side: Prefix | None = None

    def carries(self, version: int) -> bool:
        """Say whether packets of that version go over it to a VPN gateway [HY-1]."""
        return version == 4 or self.kind != VPN

    def is_for(self, inside: Address, outside: Address) -> bool:
        """Say whether its tunnels are for packets between two addresses [HY-1]."""
        fits = all(
            side is None or address in side
            for side, address in ((self.aws_side, inside), (self.site_side, outside))
        )
        return fits and self.version in (None, inside.version)


@dataclass(frozen=True)
class ClientRoute:
    prefix: Prefix
    subnet: str


@dataclass(frozen=True)
class ClientEndpoint:
    """A client VPN endpoint; None: the snapshot does not say."""

    id: str
    subnets: tuple[str, ...]
    allows: tuple[Prefix, ...] | None
    routes: tuple[ClientRoute, ...] | None
    doors: tuple[Interface, ...]  # by which its clients come in


@dataclass(frozen=True)
class Hybrid:
    """All networks outside AWS, and the gateways that know them."""

    gateways: dict[str, VpnGateway] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    sites: tuple[str, ...] = ()
    endpoints: dict[str, ClientEndpoint] = field(default_factory=dict)

    def links_of(self, site: str) -> list[Link]:
        """Return the links of a site."""
        return [link for link in self.links if link.site == site]

    def links_at(self, gateway: str) -> list[Link]:
        """Return the links that end at a VPN gateway."""
        return [link for link in self.links if gateway and link.vpn_gateway == gateway]

    def link_of_tie(self, tie: str) -> Link | None:
        """Return the link behind a transit gateway's attachment."""
        return next((link for link in self.links if tie and link.tie == tie), None)


def as_interface(site: str) -> Interface:
    """Return what stands for a site where packets begin and end."""
    return Interface(site, site, "", (), has_groups=False, check=False, is_site=True)


def longest(prefixes: list[Prefix], address: Address) -> int | None:
    """Return the length of the longest prefix that covers an address."""
    return max((one.prefixlen for one in prefixes if address in one), default=None)
