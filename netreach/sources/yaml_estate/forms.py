"""The forms that people fill in when they write an estate in YAML, and their JSON Schema.

Each form mirrors one AWS noun; every key is documented in docs/yaml.md. What can be told from one
value alone is checked here; references, ids and addresses are checked where records are made.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, Tag, model_validator

from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate.base_forms import Form, Named
from netreach.sources.yaml_estate.calls import Call
from netreach.sources.yaml_estate.connection_forms import (
    CustomerGatewayForm,
    DirectConnectGatewayForm,
    PeeringForm,
    TransitGatewayForm,
    VirtualInterfaceForm,
    VpnConnectionForm,
    VpnGatewayForm,
)
from netreach.sources.yaml_estate.managed_forms import ClientVpnForm, ManagedForm
from netreach.sources.yaml_estate.name_forms import (
    DnsProfileForm,
    HostedZoneForm,
    MirrorSessionForm,
    ResolverRuleForm,
)
from netreach.sources.yaml_estate.phrases import PhraseError
from netreach.sources.yaml_estate.service_forms import (
    EndpointForm,
    EndpointServiceForm,
    FirewallForm,
    FirewallPolicyForm,
    LoadBalancerForm,
    PublicAccessBlockForm,
    PublicAccessExclusionForm,
    TargetGroupForm,
)
from netreach.sources.yaml_estate.values import (
    BY_SHAPE,
    Account,
    AclEgress,
    AclIngress,
    Cidr,
    EgressPhrase,
    IngressPhrase,
    Ip,
    Key,
    Moment,
    Ref,
    Refs,
    Region,
    RouteTarget,
    Zone,
)


class Blocks(Named):
    """A form with one CIDR or several."""

    cidr: Cidr | None = None
    cidrs: list[Cidr] = Field([])

    @model_validator(mode="after")
    def _has_one_way_of_saying(self) -> Self:
        if (self.cidr is None) == (not self.cidrs):
            raise PhraseError("it needs `cidr: ...` or `cidrs: [...]`", "write one of the two")
        return self

    @property
    def prefixes(self) -> tuple[Prefix, ...]:
        """The blocks: IPv4 before IPv6, the primary one first."""
        blocks = self.cidrs if self.cidr is None else [self.cidr]
        return tuple(sorted(blocks, key=lambda block: block.family))


class SubnetForm(Blocks):
    """A subnet."""

    zone: Zone | None = Field(None, description="`a`, or the zone's whole name.")
    zone_id: str = ""
    route_table: Ref | None = Field(None, description="Else the VPC's main table.")
    acl: Ref | None = Field(None, description="Else the VPC's default ACL; or `missing`.")
    public_addresses: bool = Field(False, description="Whether it hands out public addresses.")
    available_addresses: int | None = Field(None, ge=0)


class RouteForm(Form):
    """A route that is not simply active and static."""

    target: RouteTarget
    state: Literal["active", "blackhole", "filtered"] = "active"
    origin: Literal["static", "propagated", "advertised", "table"] = "static"


RouteItem = Annotated[
    Annotated[RouteTarget, Tag("short")] | Annotated[RouteForm, Tag("full")], BY_SHAPE
]
RouteItems = Annotated[
    Annotated[RouteTarget, Tag("short")]
    | Annotated[RouteForm, Tag("full")]
    | Annotated[list[RouteItem], Tag("list")],
    BY_SHAPE,
]


class RouteTableForm(Named):
    """A route table; the local routes need not be written."""

    main: bool = False
    routes: dict[str, RouteItems] = Field(
        {}, description="CIDR or prefix-list:NAME -> where it leads; a list if several do."
    )
    gateways: list[RouteTarget] = Field([], description="Edge associations.")


class GatewayForm(Named):
    """An internet gateway, or an egress-only one."""

    state: Literal["attached", "attaching", "detaching", "detached"] = "attached"


Gateway = Annotated[Annotated[bool, Tag("short")] | Annotated[GatewayForm, Tag("full")], BY_SHAPE]


class NatAddressForm(Form):
    """One more address of a NAT gateway."""

    address: Ip | None = None
    public: Ip | None = None
    status: Literal[
        "assigning", "unassigning", "associating", "disassociating", "succeeded", "failed"
    ] = "succeeded"


class NatGatewayForm(Named):
    """A NAT gateway."""

    subnet: Ref | None = None
    address: Ip | None = None
    public: Ip | None = Field(None, description="Its Elastic IP.")
    secondary: list[NatAddressForm] = Field([])
    connectivity: Literal["public", "private"] = "public"
    regional: bool = False
    state: Literal["pending", "failed", "available", "deleting", "deleted"] = "available"

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needed: set[str] = set() if self.regional else {"subnet"}
        if self.state in {"available", "deleting"}:
            needed |= {"public"} if self.connectivity == "public" else set()
            needed |= set() if self.regional else {"address"}
        for field in sorted(needed):
            if getattr(self, field) is None:
                raise PhraseError(f"`{field}` is missing", "add it")
        if self.regional and (self.subnet is not None or self.connectivity == "private"):
            raise PhraseError("a regional gateway is public and has no subnet", "remove them")
        if self.connectivity == "private" and self.public is not None:
            raise PhraseError("a private gateway has no public address", "remove `public`")
        return self


class AclForm(Named):
    """A network ACL; what no rule allows is denied."""

    default: bool = Field(False, description="Whether it serves the subnets without an `acl`.")
    ingress: list[AclIngress] = Field([])
    egress: list[AclEgress] = Field([])


class IngressRule(Form):
    """A rule with a description."""

    rule: IngressPhrase
    description: str = ""


class EgressRule(Form):
    """A rule with a description."""

    rule: EgressPhrase
    description: str = ""


class GroupForm(Named):
    """A security group."""

    group_name: str | None = Field(None, description="Else its key.")
    ingress: list[
        Annotated[
            Annotated[IngressPhrase, Tag("short")] | Annotated[IngressRule, Tag("full")], BY_SHAPE
        ]
    ] = Field([])
    egress: (
        list[
            Annotated[
                Annotated[EgressPhrase, Tag("short")] | Annotated[EgressRule, Tag("full")],
                BY_SHAPE,
            ]
        ]
        | None
    ) = Field(None, description="Else what AWS gives a new group: all to anywhere.")


class AddressForm(Form):
    """One more private address, with a public one."""

    address: Ip
    public: Ip | None = None
    elastic: Ip | None = None


class Wire(Form):
    """What an interface is made of, wherever it stands."""

    subnet: Ref | None = None
    address: Ip | None = Field(None, description="The primary private IPv4 address.")
    ipv6: Ip | None = Field(None, description="The first IPv6 address.")
    public: Ip | None = Field(None, description="The public address of `address`.")
    elastic: Ip | None = Field(None, description="The Elastic IP of `address`.")
    secondary: list[
        Annotated[Annotated[Ip, Tag("short")] | Annotated[AddressForm, Tag("full")], BY_SHAPE]
    ] = Field([])
    groups: Refs | None = None
    delegated: list[Cidr] = Field([], description="Prefixes of /28 or /80 that it may use whole.")
    source_dest_check: bool = True
    denies_internet_gateway: bool = False
    status: Literal["available", "associated", "attaching", "in-use", "detaching"] = "in-use"
    attachment: Literal["attaching", "attached", "detaching", "detached"] | None = Field(
        None, description="Else `attached` if it is in use."
    )
    interface_type: str = "interface"
    description: str = ""
    service_owned: bool = False

    def demand(self) -> None:
        """Check that it can send and receive.

        Raises:
            PhraseError: it has no subnet, no groups or no address.
        """
        for field in ("subnet", "groups"):
            if getattr(self, field) is None:
                raise PhraseError(f"`{field}` is missing", "add it")
        if self.address is None and self.ipv6 is None:
            raise PhraseError("it has no address", "add `address:` or `ipv6:`")


class InterfaceForm(Wire, Named):
    """A network interface under a key of its own."""

    instance: Ref | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        self.demand()
        return self


_WIRE_FIELDS: Final = frozenset(Wire.model_fields)


class InstanceForm(Wire, Named):
    """An instance: with one interface written into it, or with several under `interfaces`."""

    state: Literal["pending", "running", "shutting-down", "terminated", "stopping", "stopped"] = (
        "running"
    )
    metadata: bool | None = Field(None, description="Whether it answers metadata requests.")
    metadata_ipv6: bool | None = Field(None, description="Whether it answers those by IPv6 too.")
    interfaces: dict[Key, InterfaceForm] = Field({})

    @property
    def has_own_wire(self) -> bool:
        """Whether one interface is written into the instance itself."""
        return bool(self.model_fields_set & _WIRE_FIELDS)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.has_own_wire and self.interfaces:
            raise PhraseError("it has `interfaces` and keys of one", "move those keys into them")
        if self.has_own_wire or (not self.interfaces and self.state != "terminated"):
            self.demand()
        return self


class VpcForm(Blocks):
    """A VPC and everything in it."""

    region: Region | None = None
    default: bool = False
    private_ipv6: list[Cidr] = Field([], description="Blocks that AWS does not announce.")
    dns_support: bool | None = None
    dns_hostnames: bool | None = None
    dns_servers: list[Ip] = Field([], description="What its hosts ask instead of Amazon's.")
    internet_gateway: Gateway = False
    egress_only_gateway: Gateway = False
    subnets: dict[Key, SubnetForm] = Field({})
    route_tables: dict[Key, RouteTableForm] = Field({})
    nat_gateways: dict[Key, NatGatewayForm] = Field({})
    acls: dict[Key, AclForm] = Field({})
    groups: dict[Key, GroupForm] = Field({})
    instances: dict[Key, InstanceForm] = Field({})
    interfaces: dict[Key, InterfaceForm] = Field({})
    endpoints: dict[Key, EndpointForm] = Field({})
    load_balancers: dict[Key, LoadBalancerForm] = Field({})
    target_groups: dict[Key, TargetGroupForm] = Field({})
    firewalls: dict[Key, FirewallForm] = Field({})
    services: dict[Key, ManagedForm] = Field({})
    client_vpn_endpoints: dict[Key, ClientVpnForm] = Field({})


class PrefixListForm(Named):
    """A prefix list of the account or of AWS."""

    entries: Annotated[
        Annotated[Literal["unknown"], Tag("short")] | Annotated[list[Cidr], Tag("list")], BY_SHAPE
    ]
    list_name: str | None = Field(None, description="Else its key.")


class ElasticIpForm(Named):
    """An Elastic IP; tied to the interface that names its address under `elastic`, if any."""

    public: Ip


class UnmodelledForm(Named):
    """A resource that the model does not cover yet."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]{0,99}$")
    vpc: Ref | None = None


class Estate(Form):
    """An estate: VPCs and what stands outside of them."""

    model_config = ConfigDict(title="netreach estate")

    netreach: Literal[1] = Field(description="The version of this format.")
    description: str = ""
    account: Account | None = None
    region: Region | None = None
    taken: Moment | None = Field(None, description="When it looked like this, ISO 8601.")
    missing: list[Call] = Field([], description="Describe calls whose records to leave out.")
    vpcs: dict[Key, VpcForm] = Field({})
    prefix_lists: dict[Key, PrefixListForm] = Field({})
    elastic_ips: dict[Key, ElasticIpForm] = Field({})
    peerings: dict[Key, PeeringForm] = Field({})
    transit_gateways: dict[Key, TransitGatewayForm] = Field({})
    vpn_gateways: dict[Key, VpnGatewayForm] = Field({})
    customer_gateways: dict[Key, CustomerGatewayForm] = Field({})
    vpn_connections: dict[Key, VpnConnectionForm] = Field({})
    direct_connect_gateways: dict[Key, DirectConnectGatewayForm] = Field({})
    virtual_interfaces: dict[Key, VirtualInterfaceForm] = Field({})
    endpoint_services: dict[Key, EndpointServiceForm] = Field({})
    firewall_policies: dict[Key, FirewallPolicyForm] = Field({})
    block_public_access: list[PublicAccessBlockForm] = Field([])
    public_access_exclusions: dict[Key, PublicAccessExclusionForm] = Field({})
    hosted_zones: dict[Key, HostedZoneForm] = Field({})
    resolver_rules: dict[Key, ResolverRuleForm] = Field({})
    dns_profiles: dict[Key, DnsProfileForm] = Field({})
    mirror_sessions: dict[Key, MirrorSessionForm] = Field({})
    unmodelled: dict[Key, UnmodelledForm] = Field({})


def schema_text() -> str:
    """Return the JSON Schema of the format, as it is shipped in ``estate.schema.json``."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= Estate.model_json_schema()
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
