"""Records of what answers or passes on: endpoints, load balancers, firewalls, managed services."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from netreach.model.records import Resource
from netreach.packets.prefixes import Address, Family, Prefix


class EndpointKind(StrEnum):
    """Types of VPC endpoints, in AWS's words."""

    GATEWAY = "Gateway"
    INTERFACE = "Interface"
    GATEWAY_LOAD_BALANCER = "GatewayLoadBalancer"
    RESOURCE = "Resource"
    SERVICE_NETWORK = "ServiceNetwork"
    UNKNOWN = "unknown"


class VpcEndpoint(Resource, frozen=True, kw_only=True):
    """A VPC's private door to a service [EP-1..6]."""

    vpc: str = ""
    kind: EndpointKind = EndpointKind.UNKNOWN
    #: For example com.amazonaws.us-east-1.s3.
    service: str = ""
    state: str = "available"
    route_tables: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    has_private_dns: bool = False
    dns_names: tuple[str, ...] = ()
    #: Whether its type of addresses covers IPv6; None: not said.
    takes_ipv6: bool | None = None


class EndpointService(Resource, frozen=True, kw_only=True):
    """What an account offers by PrivateLink, and the balancers behind it."""

    service: str = ""
    kind: EndpointKind = EndpointKind.INTERFACE
    state: str = "Available"
    balancers: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    private_dns_name: str = ""
    #: Whether it may be asked by IPv6; None: not said.
    takes_ipv6: bool | None = None


class BalancerKind(StrEnum):
    """Types of load balancers, in AWS's words."""

    APPLICATION = "application"
    NETWORK = "network"
    GATEWAY = "gateway"
    CLASSIC = "classic"


class BalancerZone(msgspec.Struct, frozen=True, kw_only=True):
    """One zone that a balancer is enabled in."""

    zone: str = ""
    zone_id: str = ""
    subnet: str = ""


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """What a balancer takes, and to whom it may hand it."""

    #: TCP, UDP, TCP_UDP, TLS, HTTP, HTTPS, SSL, GENEVE ...
    protocol: str
    #: None: every port (a gateway balancer's).
    port: int | None = None
    #: Ids of target groups, of the default action and of all rules.
    target_groups: tuple[str, ...] = ()
    #: Of a classic balancer: the port of its instances.
    instance_port: int | None = None
    id: str = ""


class LoadBalancer(Resource, frozen=True, kw_only=True):
    """A load balancer; its nodes are interfaces in its subnets."""

    kind: BalancerKind
    balancer_name: str = ""
    vpc: str = ""
    state: str = "active"
    is_internet_facing: bool = False
    dns_name: str = ""
    zones: tuple[BalancerZone, ...] = ()
    groups: tuple[str, ...] = ()
    #: None: the snapshot does not say.
    listeners: tuple[Listener, ...] | None = None
    #: None: not said; the default of its kind holds [LB-6].
    is_cross_zone: bool | None = None
    #: Whether its type of addresses covers IPv6; None: not said.
    takes_ipv6: bool | None = None
    #: Whether groups filter what comes by PrivateLink [LB-3].
    filters_private_link: bool = True
    #: Of a classic balancer; and how they do, healthy or not in use, where the snapshot says so.
    instances: tuple[str, ...] = ()
    instance_health: Mapping[str, str] = {}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Who may get a balancer's packets."""

    #: Instance id, address, function ARN or balancer ARN.
    id: str
    port: int | None = None
    zone: str = ""
    #: healthy, unhealthy, initial, unused, draining, unavailable ... ; "" if not said.
    health: str = ""
    reason: str = ""


class HealthFloor(msgspec.Struct, frozen=True, kw_only=True):
    """How many targets must be healthy: fewer than either is too few; None: it does not count."""

    count: int | None = None
    #: Of those that are registered, in percent.
    percent: int | None = None


class TargetGroup(Resource, frozen=True, kw_only=True):
    """The targets of listeners, and how they are sent to."""

    group_name: str = ""
    #: instance, ip, lambda or alb.
    target_kind: str = "instance"
    protocol: str = ""
    port: int | None = None
    #: In which address family targets are sent to; None: not said, IPv4 where they have it.
    family: Family | None = None
    vpc: str = ""
    balancers: tuple[str, ...] = ()
    #: None: not said; the default of its kind holds [LB-4].
    preserves_client: bool | None = None
    #: None: as its balancer says [LB-6].
    is_cross_zone: bool | None = None
    health_protocol: str = ""
    #: None: the port of the traffic.
    health_port: int | None = None
    #: Below this nodes use unhealthy targets too; None: not said [LB-6].
    routing_floor: HealthFloor | None = None
    #: Below this its balancer's name leads past the zone; None: not said [LB-6].
    dns_floor: HealthFloor | None = None
    #: None: the snapshot does not say.
    targets: tuple[Target, ...] | None = None


class FirewallEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A firewall's endpoint in one subnet."""

    endpoint: str
    subnet: str = ""
    zone: str = ""
    state: str = "READY"


class NetworkFirewall(Resource, frozen=True, kw_only=True):
    """An AWS Network Firewall [NF-*]."""

    firewall_name: str = ""
    vpc: str = ""
    policy: str = ""
    endpoints: tuple[FirewallEndpoint, ...] = ()


class PolicyGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A rule group as a policy uses it."""

    group: str
    priority: int | None = None


class FirewallPolicy(Resource, frozen=True, kw_only=True):
    """What a firewall does, in which order."""

    policy_name: str = ""
    #: aws:pass, aws:drop, aws:forward_to_sfe.
    stateless_default: str = "aws:forward_to_sfe"
    stateless_groups: tuple[PolicyGroup, ...] = ()
    stateful_groups: tuple[PolicyGroup, ...] = ()
    is_strict: bool = False
    stateful_defaults: tuple[str, ...] = ()
    #: What becomes of connections that break midstream: DROP, CONTINUE or REJECT.
    stream_exception: str = "DROP"
    home_net: tuple[str, ...] = ()


PortRange = tuple[int, int]


class StatelessRule(msgspec.Struct, frozen=True, kw_only=True):
    """One stateless rule; an empty tuple matches everything."""

    priority: int
    #: aws:pass, aws:drop, aws:forward_to_sfe.
    action: str
    sources: tuple[Prefix, ...] = ()
    destinations: tuple[Prefix, ...] = ()
    source_ports: tuple[PortRange, ...] = ()
    destination_ports: tuple[PortRange, ...] = ()
    protocols: tuple[int, ...] = ()
    #: What of it the model can't decide ("" if nothing): TCP flags ...
    undecided: str = ""


class StatefulRule(msgspec.Struct, frozen=True, kw_only=True):
    """One stateful 5-tuple rule, in Suricata's words as AWS gives them."""

    #: PASS, DROP, REJECT or ALERT.
    action: str
    #: IP, TCP, UDP, ICMP, HTTP, TLS ...
    protocol: str = "IP"
    #: Texts such as ANY, 10.0.0.0/8, $HOME_NET, [80,443], !22.
    source: str = "ANY"
    source_port: str = "ANY"
    destination: str = "ANY"
    destination_port: str = "ANY"
    is_any_direction: bool = False
    #: What of it the model can't decide ("" if nothing).
    undecided: str = ""
    sid: str = ""


class FirewallRuleGroup(Resource, frozen=True, kw_only=True):
    """A named list of firewall rules."""

    group_name: str = ""
    is_stateful: bool = False
    is_strict: bool = False
    stateless: tuple[StatelessRule, ...] = ()
    stateful: tuple[StatefulRule, ...] = ()
    #: Variables: "$NAME" -> texts.
    address_sets: Mapping[str, tuple[str, ...]] = {}
    port_sets: Mapping[str, tuple[str, ...]] = {}
    #: What of it the model can't decide ("" if nothing): a "domain list", free Suricata text ...
    undecided: str = ""


class PublicAccessBlock(Resource, frozen=True, kw_only=True):
    """VPC Block Public Access of an account in a Region [BP-1]."""

    #: off, block-bidirectional or block-ingress.
    mode: str = "off"


class PublicAccessExclusion(Resource, frozen=True, kw_only=True):
    """A VPC or subnet that Block Public Access leaves alone."""

    #: Id of the VPC or subnet.
    resource: str
    #: allow-bidirectional or allow-egress.
    mode: str = "allow-bidirectional"
    state: str = "create-complete"


class ManagedService(Resource, frozen=True, kw_only=True):
    """A database, cache, cluster, function ...: asked about by name, reached by interfaces."""

    #: Type word: db-instance, cache-cluster, lambda-function ...
    kind: str
    service_name: str = ""
    vpc: str = ""
    dns_names: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    interfaces: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    #: False: they are being changed, so that its interfaces may bear others.
    has_settled_groups: bool = True
    #: The zone that it is in, if it is in one alone.
    zone: str = ""
    #: The instance that it runs on, if it has no interface of its own.
    instance: str = ""
    #: What it consists of, by name: the instances of a cluster, the caches of a group.
    members: tuple[str, ...] = ()
    #: What a DNS name of it, in lower case, means: names of members, or ids of interfaces. Every
    #: other name means it all.
    meanings: Mapping[str, tuple[str, ...]] = {}
    #: Interfaces of which some are its own; nobody can say which.
    candidates: tuple[str, ...] = ()
    #: Others whose interfaces they may be, more of them than there are interfaces.
    rivals: tuple[str, ...] = ()
    #: Of a control plane: who is led to its interfaces by its name: everybody ("private"), nobody
    #: ("public") or its own VPC ("both"); "" if not said.
    access: str = ""
    #: The port that it listens on by default: a hint, never assumed.
    port: int | None = None
    arn: str = ""


class DnsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One name of a hosted zone and what it resolves to."""

    name: str
    #: A, AAAA, CNAME, ALIAS; or NS: others answer for the name and what lies below it.
    kind: str
    values: tuple[str, ...] = ()
    #: How Route 53 chooses among the records of its name: weighted, latency, failover ...; "": it
    #: answers with all of them.
    policy: str = ""
    #: What tells it from the others of its policy.
    set_id: str = ""
    #: It answers only where no other one can: a secondary record, or one without weight.
    is_fallback: bool = False
    #: A health check may take it away.
    may_fail: bool = False


class HostedZone(Resource, frozen=True, kw_only=True):
    """A Route 53 zone."""

    zone_name: str
    is_private: bool = False
    vpcs: tuple[str, ...] = ()
    #: None: the snapshot does not say.
    records: tuple[DnsRecord, ...] | None = None
    #: Names that it holds besides those of `records`: of records that lead to no address.
    other_names: tuple[str, ...] = ()


class ResolverRule(Resource, frozen=True, kw_only=True):
    """A rule of Route 53 Resolver: who answers for a domain, as some VPCs ask."""

    #: "" is the root: every name.
    domain: str
    #: FORWARD, SYSTEM, RECURSIVE or DELEGATE.
    kind: str = "FORWARD"
    #: None: the snapshot does not say.
    vpcs: tuple[str, ...] | None = None
    #: Addresses of those who answer, with a port.
    targets: tuple[str, ...] = ()


class DnsProfile(Resource, frozen=True, kw_only=True):
    """A Route 53 Profile: zones, rules and endpoints for names, for several VPCs at once."""

    #: None: the snapshot does not say.
    vpcs: tuple[str, ...] | None = None
    #: Ids of the zones, rules, endpoints and whatever else it brings; None: nobody says.
    resources: tuple[str, ...] | None = None


class MirrorSession(Resource, frozen=True, kw_only=True):
    """A traffic mirror session: copies of an interface's packets, as VXLAN to a target."""

    interface: str
    target: str = ""
    #: Interface, balancer or endpoint behind the target.
    target_resource: str = ""
    virtual_network: int | None = None
