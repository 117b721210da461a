"""Snapshot: every record of an estate by id, and what was odd about the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from netreach.model.connections import (
    ClientVpnEndpoint,
    ConnectPeer,
    CustomerGateway,
    DirectConnectGateway,
    MulticastDomain,
    TransitAttachment,
    TransitGateway,
    TransitPolicyTable,
    TransitRouteTable,
    VirtualInterface,
    VpcPeering,
    VpnConnection,
    VpnGateway,
)
from netreach.model.records import (
    EgressOnlyInternetGateway,
    ElasticIp,
    Instance,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    PrefixList,
    Resource,
    RouteTable,
    SecurityGroup,
    Subnet,
    Unmodelled,
    Vpc,
)
from netreach.model.services import (
    DnsProfile,
    EndpointService,
    FirewallPolicy,
    FirewallRuleGroup,
    HostedZone,
    LoadBalancer,
    ManagedService,
    MirrorSession,
    NetworkFirewall,
    PublicAccessBlock,
    PublicAccessExclusion,
    ResolverRule,
    TargetGroup,
    VpcEndpoint,
)

#: The kinds of resources, in the order people think of them: field of Snapshot -> type word.
KINDS: Final[Mapping[str, str]] = {
    "vpcs": "vpc",
    "subnets": "subnet",
    "route_tables": "route-table",
    "network_acls": "network-acl",
    "security_groups": "security-group",
    "interfaces": "network-interface",
    "instances": "instance",
    "internet_gateways": "internet-gateway",
    "egress_only_gateways": "egress-only-internet-gateway",
    "nat_gateways": "nat-gateway",
    "prefix_lists": "prefix-list",
    "elastic_ips": "elastic-ip",
    "peerings": "vpc-peering-connection",
    "transit_gateways": "transit-gateway",
    "transit_attachments": "transit-gateway-attachment",
    "transit_route_tables": "transit-gateway-route-table",
    "transit_policy_tables": "transit-gateway-policy-table",
    "connect_peers": "transit-gateway-connect-peer",
    "multicast_domains": "transit-gateway-multicast-domain",
    "vpn_gateways": "vpn-gateway",
    "customer_gateways": "customer-gateway",
    "vpn_connections": "vpn-connection",
    "direct_connect_gateways": "direct-connect-gateway",
    "virtual_interfaces": "virtual-interface",
    "client_vpn_endpoints": "client-vpn-endpoint",
    "endpoints": "vpc-endpoint",
    "endpoint_services": "vpc-endpoint-service",
    "load_balancers": "load-balancer",
    "target_groups": "target-group",
    "firewalls": "network-firewall",
    "firewall_policies": "firewall-policy",
    "firewall_rule_groups": "firewall-rule-group",
    "public_access_blocks": "vpc-block-public-access",
    "public_access_exclusions": "vpc-block-public-access-exclusion",
    "hosted_zones": "hosted-zone",
    "resolver_rules": "resolver-rule",
    "dns_profiles": "dns-profile",
    "mirror_sessions": "traffic-mirror-session",
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd that did not stop the reading: one warning."""

    #: reference-to-nothing, duplicate-id, address-outside-subnet, host-bits
    kind: str
    #: The resources it is about; an answer that depends on one says so.
    resources: tuple[str, ...]
    message: str
    file: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """An estate at one moment."""

    vpcs: Mapping[str, Vpc] = {}
    subnets: Mapping[str, Subnet] = {}
    route_tables: Mapping[str, RouteTable] = {}
    network_acls: Mapping[str, NetworkAcl] = {}
    security_groups: Mapping[str, SecurityGroup] = {}
    interfaces: Mapping[str, NetworkInterface] = {}
    instances: Mapping[str, Instance] = {}
    internet_gateways: Mapping[str, InternetGateway] = {}
    egress_only_gateways: Mapping[str, EgressOnlyInternetGateway] = {}
    nat_gateways: Mapping[str, NatGateway] = {}
    prefix_lists: Mapping[str, PrefixList] = {}
    elastic_ips: Mapping[str, ElasticIp] = {}
    peerings: Mapping[str, VpcPeering] = {}
    transit_gateways: Mapping[str, TransitGateway] = {}
    transit_attachments: Mapping[str, TransitAttachment] = {}
    transit_route_tables: Mapping[str, TransitRouteTable] = {}
    transit_policy_tables: Mapping[str, TransitPolicyTable] = {}
    connect_peers: Mapping[str, ConnectPeer] = {}
    multicast_domains: Mapping[str, MulticastDomain] = {}
    vpn_gateways: Mapping[str, VpnGateway] = {}
    customer_gateways: Mapping[str, CustomerGateway] = {}
    vpn_connections: Mapping[str, VpnConnection] = {}
    direct_connect_gateways: Mapping[str, DirectConnectGateway] = {}
    virtual_interfaces: Mapping[str, VirtualInterface] = {}
    client_vpn_endpoints: Mapping[str, ClientVpnEndpoint] = {}
    endpoints: Mapping[str, VpcEndpoint] = {}
    endpoint_services: Mapping[str, EndpointService] = {}
    load_balancers: Mapping[str, LoadBalancer] = {}
    target_groups: Mapping[str, TargetGroup] = {}
    firewalls: Mapping[str, NetworkFirewall] = {}
    firewall_policies: Mapping[str, FirewallPolicy] = {}
    firewall_rule_groups: Mapping[str, FirewallRuleGroup] = {}
    public_access_blocks: Mapping[str, PublicAccessBlock] = {}
    public_access_exclusions: Mapping[str, PublicAccessExclusion] = {}
    hosted_zones: Mapping[str, HostedZone] = {}
    resolver_rules: Mapping[str, ResolverRule] = {}
    dns_profiles: Mapping[str, DnsProfile] = {}
    mirror_sessions: Mapping[str, MirrorSession] = {}
    #: Databases, caches, functions ...; each says its own kind.
    managed_services: Mapping[str, ManagedService] = {}
    #: What the input holds and the model does not cover yet, by id.
    unmodelled: Mapping[str, Unmodelled] = {}
    #: Ids of what AWS lists for a while after its end; routes to it are blackholes [RT-9].
    deleted: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    #: Describe calls (top-level keys such as "NetworkAcls") that the input held.
    calls: frozenset[str] = frozenset()
    #: When the newest file was written or the dump says it was taken, ISO 8601; "" if unknown.
    taken: str = ""
    #: SHA-256 of the input.
    digest: str = ""
    #: What the input was: "describe" or "yaml".
    format: str = ""

    def find(self, resource_id: str) -> tuple[str, Resource] | None:
        """Return the type word and the record of an id, or None."""
        for field, kind in KINDS.items():
            record = getattr(self, field).get(resource_id)
            if record is not None:
                return kind, record
        others = self.managed_services.get(resource_id) or self.unmodelled.get(resource_id)
        return None if others is None else (others.kind, others)
