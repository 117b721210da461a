"""Records of what ties networks together: peerings, transit gateways, VPN, Direct Connect."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from netreach.model.records import Attachment, Resource
from netreach.packets.prefixes import Address, Family, Prefix


class PeeredVpc(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a peering connection."""

    vpc: str
    owner: str = ""
    region: str = ""
    #: What the connection itself says of the VPC's blocks; the VPC may be in no snapshot.
    prefixes: tuple[Prefix, ...] = ()
    #: Whether it resolves the other side's public names to private addresses [PC-5].
    resolves_remote_names: bool | None = None


class VpcPeering(Resource, frozen=True, kw_only=True):
    """A peering connection between two VPCs [PC-1]."""

    requester: PeeredVpc
    accepter: PeeredVpc
    state: str = "active"


class TransitGateway(Resource, frozen=True, kw_only=True):
    """A regional hub to which VPCs, VPNs, Direct Connect and other hubs attach."""

    state: str = "available"
    #: Equal-cost paths over VPN attachments [TG-8].
    vpn_ecmp: bool = True
    #: Off unless it says so [SG-10].
    references_groups: bool = False
    is_multicast: bool = False


class AttachmentKind(StrEnum):
    """What a transit gateway attachment attaches, in AWS's words."""

    VPC = "vpc"
    VPN = "vpn"
    DIRECT_CONNECT = "direct-connect-gateway"
    PEERING = "peering"
    CONNECT = "connect"
    UNKNOWN = "unknown"


class TransitAttachment(Resource, frozen=True, kw_only=True):
    """A network's tie to a transit gateway."""

    gateway: str
    kind: AttachmentKind = AttachmentKind.UNKNOWN
    #: The VPC, VPN connection, Direct Connect gateway or peer gateway.
    resource: str = ""
    resource_owner: str = ""
    state: str = "available"
    #: The transit route table that routes what comes from here; "" for none; None: not said.
    table: str | None = None
    #: Of a VPC attachment: its subnets, at most one a zone; None: the snapshot does not say.
    subnets: tuple[str, ...] | None = None
    is_appliance: bool = False
    supports_ipv6: bool = False
    references_groups: bool = True
    #: Of a peering: the transit gateway at the other end.
    peer: str = ""
    peer_region: str = ""
    #: Of a Connect attachment: the attachment that carries it.
    transport: str = ""


class TransitRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a transit route table; several attachments share it at equal cost [TG-8]."""

    destination: Prefix | None = None
    prefix_list: str = ""
    #: active, blackhole, pending, deleting or deleted [TG-3].
    state: str = "active"
    is_static: bool = True
    attachments: tuple[str, ...] = ()


class TransitRouteTable(Resource, frozen=True, kw_only=True):
    """Where a transit gateway sends what comes from the attachments associated with it."""

    gateway: str
    state: str = "available"
    #: Static routes, by prefix and by prefix list; None: the snapshot does not say.
    static_routes: tuple[TransitRoute, ...] | None = None
    #: Propagated routes as AWS listed them; None: they follow from `propagations`.
    propagated_routes: tuple[TransitRoute, ...] | None = None
    #: Attachments that propagate into the table; None: the snapshot does not say.
    propagations: tuple[str, ...] | None = None
    is_default_association: bool = False
    is_default_propagation: bool = False


class ConnectPeer(Resource, frozen=True, kw_only=True):
    """A GRE tunnel with BGP between a transit gateway and an appliance, over an attachment."""

    #: The Connect attachment that it is a part of.
    attachment: str
    state: str = "available"
    #: The appliance's end of the tunnel.
    address: Address | None = None
    #: Whether any BGP session is up; None: the snapshot does not say.
    is_up: bool | None = None


class PolicyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a policy table; what it does not name, it matches all of [TG-10]."""

    #: None for AWS's own entries, which come before all others.
    number: int | None = None
    source: Prefix | None = None
    destination: Prefix | None = None
    #: None for all.
    protocol: int | None = None
    #: Destination ports, of TCP and UDP.
    ports: tuple[int, int] | None = None
    has_source_ports: bool = False
    #: Whether it looks at more than the packet: at a Cloud WAN segment, or at words not known.
    is_obscure: bool = False
    #: The transit route table that routes what it matches.
    table: str = ""


class TransitPolicyTable(Resource, frozen=True, kw_only=True):
    """Chooses a transit route table for what comes from the attachments associated with it."""

    gateway: str
    state: str = "available"
    #: None: the snapshot does not say.
    entries: tuple[PolicyEntry, ...] | None = None
    attachments: tuple[str, ...] | None = None

    @property
    def asked_entries(self) -> list[PolicyEntry]:
        """The entries as they are asked: AWS's own first, then by number [TG-10]."""
        return sorted(self.entries or (), key=lambda entry: entry.number or 0)


class MulticastDomain(Resource, frozen=True, kw_only=True):
    """Where a transit gateway copies packets to groups of hosts; listed, not modelled."""

    gateway: str
    state: str = "available"
    #: Subnets whose interfaces may join its groups; None: the snapshot does not say.
    subnets: tuple[str, ...] | None = None


class VpnGateway(Resource, frozen=True, kw_only=True):
    """A virtual private gateway: the VPC's end of VPN and Direct Connect."""

    attachments: tuple[Attachment, ...] = ()
    state: str = "available"
    asn: int | None = None


class CustomerGateway(Resource, frozen=True, kw_only=True):
    """The on-premises end of a VPN."""

    address: Address | None = None
    state: str = "available"
    asn: int | None = None


class VpnConnection(Resource, frozen=True, kw_only=True):
    """A site-to-site VPN between a customer gateway and a VPN gateway or transit gateway."""

    customer_gateway: str = ""
    vpn_gateway: str = ""
    transit_gateway: str = ""
    state: str = "available"
    #: Static routes only; otherwise BGP.
    is_static: bool = False
    #: Its static routes in a good state.
    routes: tuple[Prefix, ...] = ()
    #: How many tunnels are up; None: the snapshot does not say.
    tunnels_up: int | None = None
    #: What its tunnels carry; IPv6 behind transit gateways only [HY-1].
    family: Family = 4
    #: Whose packets they carry, on AWS's side and on the site's; None: everybody's.
    aws_side: Prefix | None = None
    site_side: Prefix | None = None
    #: The transit gateway attachment that carries its tunnels; "" for the internet.
    transport: str = ""


class DirectConnectAssociation(msgspec.Struct, frozen=True, kw_only=True):
    """A Direct Connect gateway's tie to a VPN gateway or transit gateway."""

    gateway: str
    state: str = "associated"
    #: What is announced to the site; empty: the VPC's blocks.
    allowed: tuple[Prefix, ...] = ()


class DirectConnectGateway(Resource, frozen=True, kw_only=True):
    """Joins virtual interfaces to gateways in any Region."""

    state: str = "available"
    asn: int | None = None
    #: None: the snapshot does not say.
    associations: tuple[DirectConnectAssociation, ...] | None = None


class VirtualInterface(Resource, frozen=True, kw_only=True):
    """A Direct Connect circuit's logical link to a site."""

    #: private, transit or public.
    kind: str = "private"
    state: str = "available"
    direct_connect_gateway: str = ""
    vpn_gateway: str = ""
    #: Whether any BGP session is up; None: the snapshot does not say.
    is_up: bool | None = None
    #: IP versions of the BGP peers whose sessions are not down; none: the snapshot does not say.
    families: tuple[Family, ...] = ()


class ClientVpnAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a client VPN endpoint lets go where."""

    prefix: Prefix
    #: "" for everybody.
    group: str = ""
    state: str = "active"


class ClientVpnRoute(msgspec.Struct, frozen=True, kw_only=True):
    """Where a client VPN endpoint sends packets: to an associated subnet."""

    prefix: Prefix
    subnet: str = ""
    state: str = "active"


class ClientVpnEndpoint(Resource, frozen=True, kw_only=True):
    """Where users' VPN clients come in."""

    vpc: str = ""
    #: The addresses of the clients.
    clients: Prefix | None = None
    state: str = "available"
    groups: tuple[str, ...] = ()
    #: Associated subnets, rules and routes; None: the snapshot does not say.
    subnets: tuple[str, ...] | None = None
    authorizations: tuple[ClientVpnAuthorization, ...] | None = None
    routes: tuple[ClientVpnRoute, ...] | None = None
