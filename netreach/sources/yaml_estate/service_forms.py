"""The forms of what answers or passes on: endpoints, balancers, firewalls, Block Public Access."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, PlainValidator, Tag, model_validator

from netreach.packets.prefixes import Address
from netreach.sources.yaml_estate.base_forms import Form, Named
from netreach.sources.yaml_estate.firewall_phrases import (
    StatefulPhrase,
    StatelessPhrase,
    parse_stateful,
    parse_stateless,
)
from netreach.sources.yaml_estate.phrases import PhraseError
from netreach.sources.yaml_estate.service_phrases import (
    HealthCheck,
    ListenerPhrase,
    ServiceName,
    TargetPhrase,
    parse_health_check,
    parse_listener,
    parse_service,
    parse_target,
)
from netreach.sources.yaml_estate.values import (
    BY_SHAPE,
    Account,
    Arn,
    Cidr,
    Ip,
    Ref,
    Refs,
    Region,
    Zone,
    text_schema,
)

Unknown = Annotated[Literal["unknown"], Tag("short")]


class ArnNamed(Named):
    """A form of what AWS knows by its ARN."""

    id: Arn | None = Field(None, description="Its ARN; else one made of its key.")


# -- what AWS puts into subnets for a service


class NodeForm(Form):
    """An interface of a service that is not simply one address."""

    address: Ip | None = None
    ipv6: Ip | None = None
    public: Ip | None = None
    elastic: Ip | None = None


Node = Annotated[Annotated[Ip, Tag("short")] | Annotated[NodeForm, Tag("full")], BY_SHAPE]
Nodes = dict[str, Node]


class EndpointForm(Named):
    """A VPC endpoint."""

    kind: Literal[
        "gateway", "interface", "gateway-load-balancer", "resource", "service-network"
    ] = "interface"
    service: Annotated[
        ServiceName,
        PlainValidator(parse_service),
        text_schema("An AWS service, or one of the estate's.", "s3", "endpoint-service:billing"),
    ]
    subnets: Nodes = Field({}, description="Subnet -> the address of its interface there.")
    groups: Refs = Field([])
    private_dns: bool = False
    dns_names: list[str] = Field([])
    route_tables: Refs = Field([], description="Of a gateway endpoint: tables that lead to it.")
    prefix_list: Ref | None = Field(None, description="Of a gateway endpoint: what they lead.")
    ip_address_type: Literal["ipv4", "ipv6", "dualstack"] = "ipv4"
    state: Literal[
        "pendingAcceptance", "pending", "available", "deleting", "rejected", "failed", "expired"
    ] = "available"

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        is_gateway = self.kind == "gateway"
        if is_gateway and (self.subnets or self.groups):
            raise PhraseError("a gateway endpoint has no interfaces", "write `route_tables`")
        if not is_gateway and (self.route_tables or self.prefix_list):
            raise PhraseError("only a gateway endpoint has route tables", "write `subnets`")
        if bool(self.route_tables) != (self.prefix_list is not None):
            what = "`route_tables` and `prefix_list` need each other"
            raise PhraseError(what, "write both, or the routes themselves")
        return self


class EndpointServiceForm(Named):
    """What an account offers by PrivateLink."""

    kind: Literal["interface", "gateway-load-balancer"] = "interface"
    load_balancers: Refs = Field([])
    zones: list[Zone] = Field([])
    private_dns_name: str = ""
    region: Region | None = None
    state: Literal["Pending", "Available", "Deleting", "Deleted", "Failed"] = "Available"


# -- load balancers

Listener = Annotated[
    ListenerPhrase,
    PlainValidator(parse_listener),
    text_schema("PROTOCOL PORT -> GROUPS", "tcp 443 -> web", "http 80", "tcp 80 -> port 8080"),
]


class LoadBalancerForm(ArnNamed):
    """A load balancer."""

    kind: Literal["application", "network", "gateway", "classic"] = "network"
    scheme: Literal["internal", "internet-facing"] = "internal"
    subnets: Nodes = Field({}, description="Subnet -> the address of its node there.")
    groups: Refs = Field([])
    listeners: Annotated[Unknown | Annotated[list[Listener], Tag("list")], BY_SHAPE] = Field([])
    instances: Refs = Field([], description="Of a classic balancer.")
    cross_zone: bool | None = Field(None, description="Else as AWS has it for its kind.")
    filters_private_link: bool = True
    dns_name: str = ""
    state: Literal["provisioning", "active", "active_impaired", "failed"] = "active"

    @model_validator(mode="after")
    def _forwards_as_its_kind(self) -> Self:
        is_classic = self.kind == "classic"
        for listener in () if self.listeners == "unknown" else self.listeners:
            if is_classic != (listener.instance_port is not None):
                what = "a classic balancer sends to a port of its instances, others to groups"
                raise PhraseError(what, "write `tcp 80 -> port 8080` for a classic one only")
            if (self.kind == "gateway") != (listener.protocol == "GENEVE"):
                raise PhraseError("a gateway balancer takes geneve, others don't")
        if self.instances and not is_classic:
            raise PhraseError("only a classic balancer has instances", "write a target group")
        return self


Target = Annotated[
    TargetPhrase,
    PlainValidator(parse_target),
    text_schema("WHO [port PORT] [HEALTH]", "web-1", "10.0.1.10 port 8080", "web-2 unhealthy"),
]


class TargetForm(Form):
    """A target of which more is known."""

    target: Target
    zone: str = ""


class FloorForm(Form):
    """How many targets must be healthy; fewer than either is too few."""

    count: int | None = Field(1, ge=1, le=99999)
    percent: int | None = Field(None, ge=1, le=100, description="Of those that are registered.")


class TargetGroupForm(ArnNamed):
    """A target group."""

    kind: Literal["instance", "ip", "lambda", "alb"] | None = Field(
        None, description="Else `ip` if its targets are addresses, and `instance` if not."
    )
    protocol: Literal["tcp", "udp", "tcp_udp", "tls", "http", "https", "quic", "geneve"] = "tcp"
    port: int | None = Field(None, ge=0, le=65535)
    targets: Annotated[
        Unknown
        | Annotated[
            list[
                Annotated[
                    Annotated[Target, Tag("short")] | Annotated[TargetForm, Tag("full")], BY_SHAPE
                ]
            ],
            Tag("list"),
        ],
        BY_SHAPE,
    ] = Field([])
    preserves_client: bool | None = Field(None, description="Else as AWS has it for its kind.")
    cross_zone: bool | None = Field(None, description="Else as its balancer.")
    routing_floor: FloorForm = Field(
        FloorForm(), description="Below it nodes use unhealthy targets too."
    )
    dns_floor: FloorForm = Field(
        FloorForm(), description="Below it the balancer's name leads past the zone."
    )
    health_check: (
        Annotated[
            HealthCheck,
            PlainValidator(parse_health_check),
            text_schema("PROTOCOL [PORT]", "tcp", "http 8080"),
        ]
        | None
    ) = None

    @property
    def registered(self) -> list[TargetForm]:
        """Who is registered, in the long form."""
        return [
            one if isinstance(one, TargetForm) else TargetForm.model_construct(target=one)
            for one in (() if isinstance(self.targets, str) else self.targets)
        ]

    @property
    def target_kind(self) -> str:
        """What its targets are."""
        if self.kind:
            return self.kind
        told = {isinstance(one.target.who, Address) for one in self.registered}
        return "ip" if told == {True} else "instance"

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        kind = self.target_kind
        for one in self.registered:
            if isinstance(one.target.who, Address) != (kind == "ip"):
                raise PhraseError("targets are addresses, or none is one", "make two groups")
        if self.port is None and kind != "lambda":
            raise PhraseError("`port` is missing", "add it")
        return self


# -- Network Firewall


class FirewallForm(ArnNamed):
    """A network firewall; its endpoint in a subnet is called FIREWALL-SUBNET."""

    policy: Ref
    subnets: Nodes = Field({}, description="Subnet -> the address of its endpoint there.")
    state: Literal["CREATING", "READY", "SCALING", "DELETING", "FAILED"] = "READY"


class FirewallPolicyForm(ArnNamed):
    """A firewall's policy with its rules."""

    stateless: list[
        Annotated[
            StatelessPhrase,
            PlainValidator(parse_stateless),
            text_schema(
                "PRIORITY ACTION SERVICE from X to Y", "10 drop all from 10.0.0.0/8 to anywhere"
            ),
        ]
    ] = Field([])
    stateless_default: Literal["pass", "drop", "forward"] = "forward"
    order: Literal["action", "strict"] = "action"
    stateful: list[
        Annotated[
            StatefulPhrase,
            PlainValidator(parse_stateful),
            text_schema("ACTION SERVICE from X to Y", "pass tcp 443 from 10.0.0.0/8 to anywhere"),
        ]
    ] = Field([])
    stateful_default: list[
        Literal["drop_strict", "drop_established", "alert_strict", "alert_established"]
    ] = Field([], description="In strict order only.")
    stream_exception: Literal["drop", "continue", "reject"] = "drop"
    home_net: list[Cidr] = Field([], description="What $HOME_NET means; else the VPC's blocks.")
    region: Region | None = None

    @model_validator(mode="after")
    def _is_one_that_aws_takes(self) -> Self:
        priorities = [rule.priority for rule in self.stateless]
        for number in priorities:
            if priorities.count(number) > 1:
                raise PhraseError(f"priority {number} repeats", "give each rule one of its own")
        if self.stateful_default and self.order == "action":
            raise PhraseError("only strict order has a stateful default", "add `order: strict`")
        return self


# -- VPC Block Public Access


class PublicAccessBlockForm(Form):
    """VPC Block Public Access of one account in one Region."""

    mode: Literal["off", "block-bidirectional", "block-ingress"]
    account: Account | None = None
    region: Region | None = None


class PublicAccessExclusionForm(Named):
    """A VPC or subnet that Block Public Access leaves alone."""

    vpc: Ref
    subnet: Ref | None = Field(None, description="Else the whole VPC.")
    mode: Literal["allow-bidirectional", "allow-egress"] = "allow-bidirectional"
    state: Literal[
        "create-in-progress",
        "create-complete",
        "create-failed",
        "update-in-progress",
        "update-complete",
        "update-failed",
        "delete-in-progress",
        "delete-complete",
        "disable-in-progress",
        "disable-complete",
    ] = "create-complete"
