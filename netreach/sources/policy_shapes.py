"""Shapes of the describe output about policy tables, Connect peers and multicast domains."""

from __future__ import annotations

from typing import ClassVar

from netreach.sources.shapes import Resource, Shape


class BgpConfiguration(Shape):
    """One of the two BGP sessions of a Connect peer."""

    bgp_status: str | None = None


class PeerConfiguration(Shape):
    """The tunnel of a Connect peer."""

    peer_address: str | None = None
    bgp_configurations: list[BgpConfiguration] | None = None


class ConnectPeer(Resource, kw_only=True):
    """An item of TransitGatewayConnectPeers."""

    key: ClassVar[str] = "transit_gateway_connect_peer_id"
    # sessions go up and down between two calls
    loose: ClassVar[frozenset[str]] = frozenset({"tags", "connect_peer_configuration"})

    transit_gateway_connect_peer_id: str
    transit_gateway_attachment_id: str | None = None
    state: str | None = None
    connect_peer_configuration: PeerConfiguration | None = None


class PolicyTable(Resource, kw_only=True):
    """An item of TransitGatewayPolicyTables."""

    key: ClassVar[str] = "transit_gateway_policy_table_id"

    transit_gateway_policy_table_id: str
    transit_gateway_id: str | None = None
    state: str | None = None


class PolicyMetaData(Shape):
    """What an entry asks of the network that a packet comes from: a Cloud WAN segment."""

    meta_data_key: str | None = None


class PolicyRule(Shape):
    """What an entry of a policy table matches."""

    source_cidr_block: str | None = None
    source_port_range: str | None = None
    destination_cidr_block: str | None = None
    destination_port_range: str | None = None
    protocol: str | None = None
    meta_data: PolicyMetaData | None = None


class PolicyTableEntry(Shape):
    """An item of TransitGatewayPolicyTableEntries; it does not say whose it is."""

    transit_gateway_policy_table_id: str | None = None
    policy_rule_number: str | None = None
    policy_rule: PolicyRule | None = None
    target_route_table_id: str | None = None
    state: str | None = None


class PolicyTie(Shape):
    """An attachment that is associated with a policy table."""

    transit_gateway_policy_table_id: str | None = None
    transit_gateway_attachment_id: str | None = None
    state: str | None = None


class MulticastSubnet(Shape):
    """A subnet of a multicast domain."""

    subnet_id: str | None = None
    state: str | None = None


class MulticastTie(Shape):
    """An item of MulticastDomainAssociations."""

    transit_gateway_attachment_id: str | None = None
    subnet: MulticastSubnet | None = None


class MulticastDomain(Resource, kw_only=True):
    """An item of TransitGatewayMulticastDomains."""

    key: ClassVar[str] = "transit_gateway_multicast_domain_id"

    transit_gateway_multicast_domain_id: str
    transit_gateway_multicast_domain_arn: str | None = None
    transit_gateway_id: str | None = None
    state: str | None = None
