"""What an answer says, as plain data: hops, explanations, fixes, what is missing.

`explain` fills these records, `present` renders them; neither words nor layouts live here.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from netreach.explain.codes import Code
from netreach.packets.services import ServiceSet
from netreach.query.verdict import Verdict


class Action(StrEnum):
    """What a component did with the packet. Closed: the JSON Schema lists it."""

    SEND = "send"
    ALLOW = "allow"
    DENY = "deny"
    ROUTE = "route"
    TRANSLATE = "translate"
    FORWARD = "forward"
    DELIVER = "deliver"
    DROP = "drop"
    UNKNOWN = "unknown"


class ComponentType(StrEnum):
    """What a component is. Closed: the JSON Schema lists it."""

    INSTANCE = "instance"
    INTERFACE = "network-interface"
    SECURITY_GROUP = "security-group"
    NETWORK_ACL = "network-acl"
    ROUTE_TABLE = "route-table"
    SUBNET = "subnet"
    VPC = "vpc"
    INTERNET_GATEWAY = "internet-gateway"
    EGRESS_ONLY_INTERNET_GATEWAY = "egress-only-internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    PEERING = "vpc-peering-connection"
    TRANSIT_GATEWAY = "transit-gateway"
    TRANSIT_ATTACHMENT = "transit-gateway-attachment"
    TRANSIT_TABLE = "transit-gateway-route-table"
    VPN_GATEWAY = "vpn-gateway"
    VPN_CONNECTION = "vpn-connection"
    CUSTOMER_GATEWAY = "customer-gateway"
    DIRECT_CONNECT_GATEWAY = "direct-connect-gateway"
    VIRTUAL_INTERFACE = "virtual-interface"
    CLIENT_VPN_ENDPOINT = "client-vpn-endpoint"
    ENDPOINT = "vpc-endpoint"
    LOAD_BALANCER = "load-balancer"
    TARGET_GROUP = "target-group"
    FIREWALL = "network-firewall"
    INTERNET = "internet"
    AWS_SERVICE = "aws-service"
    PREFIX_LIST = "prefix-list"
    ADDRESS = "address"
    SET = "set"
    OTHER = "other"


class Component(Struct, frozen=True):
    """One thing of the estate, or the internet."""

    id: str
    type: ComponentType
    #: Its Name tag, or a group's name; hostile text.
    name: str = ""
    #: For ComponentType.OTHER: the kind's own word ("transit-gateway").
    kind: str = ""


class Evidence(Struct, frozen=True):
    """The rule or route that decided, as people read it and as scripts do."""

    #: "rule 100 allows tcp 5432 from 10.0.1.0/24"
    text: str
    #: {"rule": 100, "action": "allow", "services": "tcp 5432", "peer": "10.0.1.0/24"}
    fields: dict[str, str | int | bool] = field(default_factory=dict)


class Hop(Struct, frozen=True):
    """One component that the packet crosses."""

    component: Component
    action: Action
    #: The packet as it is there, after the component's own translation.
    source: str
    destination: str
    service: str
    subnet: str = ""
    vpc: str = ""
    because: Evidence | None = None
    #: "egress" or "ingress" for filters, as their owner sees it; else "".
    direction: str = ""


class Fix(Struct, frozen=True):
    """The smallest change that removes one blocker."""

    #: "allow tcp 5432 from 10.0.1.10/32 in sg-db"
    text: str
    #: add-group-rule, add-acl-rule, add-route, start-instance, ... (docs/guide.md lists them)
    kind: str
    #: What to change and how, for scripts and for `netreach.explain.fixes.apply`.
    fields: dict[str, str | int | bool] = field(default_factory=dict)
    #: The AWS CLI command that does it, where there is one.
    command: str = ""


class Explanation(Struct, frozen=True):
    """One blocker: where, what was asked, what the nearest rule allows instead, and a fix."""

    code: Code
    #: "forward" or "return".
    leg: str
    component: Component
    #: One or two sentences.
    message: str
    direction: str = ""
    nearest: Evidence | None = None
    fix: Fix | None = None
    #: The address pair it was found on.
    source: str = ""
    destination: str = ""
    #: The rule or route that decided.
    because: Evidence | None = None
    #: Where the packet was.
    subnet: str = ""
    vpc: str = ""


class Missing(Struct, frozen=True):
    """What an unknown answer would need."""

    component: Component
    why: str
    code: Code = Code.UNKNOWN_RESOURCE


class Part(Struct, frozen=True):
    """What became of one address pair, or of one branch of its path."""

    source_address: str
    destination_address: str
    verdict: Verdict
    services: ServiceSet
    forward_services: ServiceSet
    #: "1024-65535", "tcp 1024-2000" where protocols differ; empty without ports.
    client_ports: tuple[str, ...]
    #: Ids of the gateways that it goes through.
    via: tuple[str, ...] = ()
    forward: tuple[Hop, ...] = ()
    returning: tuple[Hop, ...] = ()
    #: The source address as the destination sees it; "" where it got nowhere.
    seen_source: str = ""


class Report(Struct, frozen=True):
    """Everything that one answer says."""

    verdict: Verdict
    #: protocol, port, client_ports, source, destination as they were asked.
    query: dict[str, str]
    source: Component
    destination: Component
    services: ServiceSet
    forward_services: ServiceSet
    client_ports: tuple[str, ...]
    parts: tuple[Part, ...]
    explanations: tuple[Explanation, ...] = ()
    missing: tuple[Missing, ...] = ()
    warnings: tuple[str, ...] = ()
    taken: str = ""
    digest: str = ""
    #: Of connections one after another: the answer about each, in order.
    legs: tuple[Report, ...] = ()
    #: The load balancer that the destination was asked over.
    through: Component | None = None
