"""The forms of what ties networks together: peerings, transit gateways, VPN."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, Tag, model_validator

from netreach.sources.yaml_estate.base_forms import Form, Named
from netreach.sources.yaml_estate.phrases import PhraseError
from netreach.sources.yaml_estate.values import BY_SHAPE, Account, Cidr, Ip, Key, Ref, Refs, Region

Unknown = Annotated[Literal["unknown"], Tag("short")]


class PeeredVpcForm(Form):
    """One side of a peering; of a VPC that is written, all but the names is known."""

    vpc: Ref
    cidrs: list[Cidr] | None = Field(None, description="Else those of the VPC.")
    account: Account | None = Field(None, description="Else the VPC's.")
    region: Region | None = Field(None, description="Else the VPC's.")
    resolves_remote_names: bool | None = None


PeeredVpc = Annotated[
    Annotated[Ref, Tag("short")] | Annotated[PeeredVpcForm, Tag("full")], BY_SHAPE
]


class PeeringForm(Named):
    """A peering connection."""

    requester: PeeredVpc
    accepter: PeeredVpc
    state: Literal[
        "initiating-request",
        "pending-acceptance",
        "active",
        "rejected",
        "failed",
        "expired",
        "provisioning",
        "deleting",
    ] = "active"


AttachmentState = Literal[
    "initiating",
    "initiatingRequest",
    "pendingAcceptance",
    "rollingBack",
    "pending",
    "available",
    "modifying",
    "deleting",
    "failed",
    "rejected",
    "rejecting",
    "failing",
]
#: What an attachment ties to its transit gateway, of which it names one.
ATTACHED = ("vpc", "vpn", "direct_connect", "connect", "peer")


class AttachmentForm(Named):
    """An attachment of a VPC, a VPN connection, Direct Connect, an appliance or another hub."""

    vpc: Ref | None = None
    subnets: Annotated[Unknown | Annotated[Refs, Tag("list")], BY_SHAPE] = Field(
        [], description="Of a VPC attachment: at most one a zone."
    )
    vpn: Ref | None = None
    direct_connect: Ref | None = None
    connect: Ref | None = Field(None, description="The attachment that carries its tunnels.")
    peer: Ref | None = Field(None, description="The transit gateway at the other end.")
    table: Ref | None = Field(None, description="Else the default one; or `none`, `unknown`.")
    peer_table: Ref | None = Field(None, description="The other end's table.")
    state: AttachmentState = "available"
    appliance: bool = False
    ipv6: bool = False
    references_groups: bool = True

    @model_validator(mode="after")
    def _attaches_one_thing(self) -> Self:
        told = [field for field in ATTACHED if getattr(self, field) is not None]
        if len(told) != 1:
            what = "it attaches nothing" if not told else f"it attaches {' and '.join(told)}"
            raise PhraseError(what, f"write one of {', '.join(ATTACHED)}")
        if self.subnets and self.vpc is None:
            raise PhraseError("only a VPC is attached at subnets", "remove `subnets`")
        if self.peer_table is not None and self.peer is None:
            raise PhraseError("only a peer has a table at the other end", "remove `peer_table`")
        return self


class TransitRouteForm(Form):
    """A transit route that is not simply active."""

    attachments: Refs = Field([])
    state: Literal["pending", "active", "blackhole", "deleting", "deleted"] = "active"


TransitRoute = Annotated[
    Annotated[Ref, Tag("short")]
    | Annotated[Refs, Tag("list")]
    | Annotated[TransitRouteForm, Tag("full")],
    BY_SHAPE,
]
TransitRoutes = dict[str, TransitRoute]


class TransitTableForm(Named):
    """A route table of a transit gateway."""

    routes: Annotated[Unknown | Annotated[TransitRoutes, Tag("full")], BY_SHAPE] = Field(
        {},
        description="CIDR or prefix-list:NAME -> an attachment, a list of some, or `blackhole`.",
    )
    propagated: TransitRoutes | None = Field(
        None, description="What propagates, route by route; else it follows from who propagates."
    )
    propagations: Annotated[Unknown | Annotated[Refs, Tag("list")], BY_SHAPE] = Field([])
    default_association: bool = False
    default_propagation: bool = False


class TransitGatewayForm(Named):
    """A transit gateway with its attachments and tables."""

    region: Region | None = None
    vpn_ecmp: bool = True
    references_groups: bool = False
    multicast: bool = False
    state: Literal["pending", "available", "modifying", "deleting"] = "available"
    attachments: dict[Key, AttachmentForm] = Field({})
    tables: dict[Key, TransitTableForm] = Field(
        {}, description="Without any, the default one that AWS makes."
    )


class VpnGatewayForm(Named):
    """A VPN gateway."""

    vpc: Ref | None = None
    attachment: Literal["attaching", "attached", "detaching", "detached"] = "attached"
    region: Region | None = None
    state: Literal["pending", "available", "deleting"] = "available"
    asn: int | None = Field(None, ge=0)


class DirectConnectTieForm(Form):
    """A Direct Connect gateway's association with a VPN gateway or transit gateway."""

    vpn_gateway: Ref | None = None
    transit_gateway: Ref | None = None
    allowed: list[Cidr] = Field([], description="What is announced to the site at most.")
    state: Literal["associating", "associated", "disassociating", "disassociated", "updating"] = (
        "associated"
    )

    @model_validator(mode="after")
    def _ties_one_gateway(self) -> Self:
        if (self.vpn_gateway is None) == (self.transit_gateway is None):
            what = "it needs `vpn_gateway: ...` or `transit_gateway: ...`"
            raise PhraseError(what, "write one of the two")
        return self


class DirectConnectGatewayForm(Named):
    """A Direct Connect gateway."""

    asn: int | None = Field(None, ge=0)
    associations: Annotated[
        Unknown | Annotated[list[DirectConnectTieForm], Tag("list")], BY_SHAPE
    ] = Field([])
    state: Literal["pending", "available", "deleting", "deleted"] = "available"


class VirtualInterfaceForm(Named):
    """A virtual interface of Direct Connect."""

    kind: Literal["private", "transit", "public"] = "private"
    direct_connect_gateway: Ref | None = None
    vpn_gateway: Ref | None = None
    up: bool | None = Field(None, description="Whether a BGP session is up.")
    families: list[Literal[4, 6]] = Field([], description="IP versions that have a BGP peer.")
    region: Region | None = None
    state: Literal[
        "confirming", "verifying", "pending", "available", "down", "testing", "rejected"
    ] = "available"


class CustomerGatewayForm(Named):
    """The on-premises end of a VPN."""

    address: Ip | None = None
    region: Region | None = None
    state: Literal["pending", "available", "deleting"] = "available"
    asn: int | None = Field(None, ge=0)


class VpnConnectionForm(Named):
    """A VPN connection."""

    customer_gateway: Ref
    vpn_gateway: Ref | None = None
    transit_gateway: Ref | None = None
    region: Region | None = None
    state: Literal["pending", "available", "deleting"] = "available"
    static: bool = False
    routes: list[Cidr] = Field([], description="Its static routes.")
    tunnels_up: int | None = Field(None, ge=0)
    ipv6: bool = Field(False, description="Whether its tunnels carry IPv6 instead of IPv4.")
    aws_side: Cidr | None = Field(None, description="Whose packets they carry on AWS's side.")
    site_side: Cidr | None = Field(None, description="Whose packets they carry on the site's side.")

    @model_validator(mode="after")
    def _ends_at_one_gateway(self) -> Self:
        if (self.vpn_gateway is None) == (self.transit_gateway is None):
            what = "it needs `vpn_gateway: ...` or `transit_gateway: ...`"
            raise PhraseError(what, "write one of the two")
        if self.routes and not self.static:
            raise PhraseError("its routes are static, and it is not", "add `static: true`")
        if self.ipv6 and self.vpn_gateway is not None:
            raise PhraseError("VPN gateways take no IPv6", "let it end at a transit gateway")
        family = 6 if self.ipv6 else 4
        if any(side and side.family != family for side in (self.aws_side, self.site_side)):
            raise PhraseError(f"its tunnels carry IPv{family}", f"write an IPv{family} CIDR")
        return self
