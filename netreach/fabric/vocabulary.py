"""The words that elements share: where a packet is, what a component is, how a way ends, on trust.

A new element adds its own stages, kinds and fates here.
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import Final


class Stage(IntEnum):
    """Which element takes a packet next."""

    ORIGIN = 0  # place: the interface that sends it (NO_ROW: an address that nobody holds)
    ROUTER = auto()  # leaves its subnet; place: unused, the subnet decides
    DELIVER = auto()  # inside its VPC, to whoever holds the destination
    NAT_GATEWAY = auto()  # place: the NAT gateway
    INTERNET_GATEWAY = auto()  # on its way out; place: the gateway
    EGRESS_ONLY = auto()  # on its way out; place: the gateway
    INTERNET = auto()  # between gateways and the hosts out there
    INGRESS = auto()  # an internet gateway, on the way in; place: the gateway
    EGRESS_ONLY_RETURN = auto()  # an egress-only gateway, on the way in
    MIDDLEBOX = auto()  # routed to an interface; place: the interface
    MIDDLEBOX_RETURN = auto()  # a reply to what an appliance sent as its own
    GATEWAY_TABLE = auto()  # in by a gateway with a route table of its own; place: the table
    PEERING = auto()  # place: the peering connection
    TRANSIT_GATEWAY = auto()  # from a VPC; place: the gateway
    TRANSIT_TABLE = auto()  # inside a transit gateway; place: the attachment it came in by
    TRANSIT_ARRIVAL = auto()  # into a VPC; place: the attachment
    SITE = auto()  # outside AWS and the internet; place: the site
    SITE_ARRIVAL = auto()  # out of AWS to a site; place: the link
    TRANSIT_SITE = auto()  # out of a transit gateway to a site; place: the attachment
    VPN_GATEWAY = auto()  # from its VPC; place: the gateway
    VPN_GATEWAY_INGRESS = auto()  # from a site; place: the link
    CLIENT_VPN = auto()  # from a client; place: the endpoint
    CLIENT_VPN_RETURN = auto()  # a reply to a client; place: the endpoint's interface
    ENDPOINT = auto()  # place: the endpoint
    INSPECTION = auto()  # place: the endpoint in front of a firewall or of appliances
    BALANCER = auto()  # place: the node's interface
    BALANCER_RETURN = auto()  # a reply to a client whose address a balancer kept
    PRIVATE_LINK = auto()  # to a provider's balancer, and back; place: the endpoint's interface


class Kind(IntEnum):
    """What a component of a trace is; origins.py turns kind and row into a record."""

    INTERFACE = 0
    GROUP_SET = auto()  # row: the interface that carries the groups
    NETWORK_ACL = auto()  # row: the subnet that the ACL guards
    ROUTE_TABLE = auto()  # row: the subnet; detail: the route
    INTERNET_GATEWAY = auto()
    EGRESS_ONLY = auto()
    NAT_GATEWAY = auto()
    INTERNET = auto()
    AWS_SERVICE = auto()
    VPC = auto()
    UNMODELLED = auto()  # row: the route that leads there
    SUBNET = auto()
    GATEWAY_TABLE = auto()  # row: the table of a gateway; detail: the route
    PEERING = auto()
    TRANSIT_GATEWAY = auto()
    TRANSIT_ATTACHMENT = auto()
    TRANSIT_TABLE = auto()  # row: the transit route table; detail: its route
    TRANSIT_POLICY = auto()  # row: the policy table
    MULTICAST_DOMAIN = auto()
    SITE = auto()  # networks behind a customer gateway, a Direct Connect link, VPN clients
    SITE_LINK = auto()  # a VPN connection, Direct Connect or a client VPN endpoint
    VPN_GATEWAY = auto()
    ENDPOINT = auto()
    LOAD_BALANCER = auto()  # row: the interface of its node; detail: the way by a listener
    TARGET_GROUP = auto()
    INSPECTION = auto()  # row: the endpoint of a firewall, or in front of appliances
    FIREWALL = auto()
    PUBLIC_ACCESS = auto()  # row: the subnet whose internet access is restricted
    ENDPOINT_SERVICE = auto()
    GATEWAY_BALANCER = auto()  # behind an inspection endpoint; row: the interface of its node
    APPLIANCES = auto()  # its target group


class Fate(IntEnum):
    """How a packet's way ended; apart from the first two, the names are explanation codes."""

    DELIVERED = 0
    FILTERED = auto()
    NO_ROUTE_TO_DESTINATION = auto()
    BAD_STATE_ROUTE = auto()
    UNROUTABLE_DESTINATION_RANGE = auto()
    ROUTING_LOOP = auto()
    BAD_STATE = auto()
    BAD_STATE_ATTACHMENT = auto()
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS = auto()
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = auto()
    VPC_BLOCK_PUBLIC_ACCESS_ENABLED = auto()
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS = auto()
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS = auto()
    IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS = auto()
    IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS = auto()
    GATEWAY_REJECTS_SPOOFED_TRAFFIC = auto()
    ENI_SOURCE_DEST_CHECK_RESTRICTION = auto()
    ENI_DENIES_IGW_TRAFFIC = auto()
    EIGW_OUTBOUND_ONLY = auto()
    EIGW_DROPS_INSPECTED_TRAFFIC = auto()
    NGW_NO_SESSION = auto()
    NOT_AN_INTERNET_ADDRESS = auto()
    NO_POSSIBLE_DESTINATION = auto()
    NO_SOURCE_OR_DESTINATION = auto()
    ADDRESS_NOT_HELD = auto()
    NGW_REQUIRES_NAT64_ADDRESS = auto()
    INSTANCE_METADATA_DISABLED = auto()
    DELIVERED_ELSEWHERE = auto()
    REPLY_FROM_OTHER_ADDRESS = auto()
    VPC_DNS_SUPPORT_DISABLED = auto()
    REGIONAL_NGW_ROUTE_AZ_RESTRICTION = auto()
    INGRESS_RTB_NO_PUBLIC_IP = auto()
    INGRESS_RTB_TRAFFIC_REDIRECTION = auto()
    PCX_REQUIRES_ADDRESS_IN_VPC_CIDR = auto()
    VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC = auto()
    VPCE_SERVICE_NOT_INSTALLED_IN_AZ = auto()
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION = auto()
    TGW_POLICY_TABLE_NO_MATCH = auto()
    TGW_ROUTE_AZ_RESTRICTION = auto()
    TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT = auto()
    TGW_RTB_BAD_STATE_ROUTE = auto()
    ELBV2_LISTENERS_MISMATCH = auto()
    ELBV2_LISTENER_HAS_NO_TG = auto()
    ELBV2_NO_TARGETS_IN_AZ = auto()
    ELBV2_SOURCE_ADDRESS_PRESERVATION = auto()
    ELBV2_LISTENER_REQUIRES_TG_ACCEPT = auto()
    GWLB_DESTINATION_PORT_RESTRICTION = auto()
    GWLB_PROTOCOL_RESTRICTION = auto()
    GWLB_TAKES_NO_IPV6 = auto()
    ELB_LISTENERS_MISMATCH = auto()
    ELB_INSTALLED_AZ_RESTRICTION = auto()
    ELB_NOT_CROSSZONE = auto()
    BAD_STATE_VPN = auto()
    TGW_BAD_STATE_VPN = auto()
    VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS = auto()
    VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = auto()
    VPN_TRAFFIC_SELECTORS = auto()
    FUNCTION_TAKES_NO_CONNECTIONS = auto()
    CLIENT_VPN_NOT_AUTHORIZED = auto()
    # from here on: nobody can say
    NOT_MODELLED = auto()
    UNKNOWN_RESOURCE = auto()
    AMBIGUOUS_ROUTE = auto()
    PREFIX_LIST_ENTRIES_UNKNOWN = auto()
    TGW_RTB_ROUTES_ARE_UNKNOWN = auto()
    UNKNOWN_DESTINATION = auto()


#: The first of the fates that mean "unknown".
FIRST_UNKNOWN: Final = Fate.NOT_MODELLED


class Assumed(IntEnum):
    """Bits: defaults of AWS that the snapshot did not state."""

    ACL = 1
    GATEWAY = 2
    DNS_SUPPORT = 4
    NO_GROUPS = 8
    #: Not a default: one of several ways of which nobody knows which one AWS takes.
    EITHER = 16
    #: Not a default: what arrives is not the service that was asked for (a listener maps ports).
    MAPPED = 32
    #: What lies behind a customer gateway, a Direct Connect link or a VPN client.
    SITE = 64
    #: That an appliance passes on what it is sent.
    APPLIANCE = 128
    #: How it does so on this branch: as it is, or with its own address as the source; out of the
    #: interface by which it came, or out of the host's other one.
    FORWARDS = 256
    TRANSLATES = 512
    FORWARDS_ACROSS = 1024
    TRANSLATES_ACROSS = 2048
    #: That targets whose health the snapshot does not say are used.
    HEALTH = 4096
    #: Not a default, with EITHER: a way that is taken besides those that surely are, or not at all.
    PERHAPS = 8192
    #: That unhealthy targets get nothing beside a healthy one: the group's thresholds are not said.
    THRESHOLD = 16384


#: Assumptions that `--strict` turns into unknown.
STRICT_BITS: Final = Assumed.ACL | Assumed.GATEWAY | Assumed.APPLIANCE
#: What an appliance may do; which of them it does is its own setting, not AWS's.
MODES: Final = (
    Assumed.FORWARDS,
    Assumed.TRANSLATES,
    Assumed.FORWARDS_ACROSS,
    Assumed.TRANSLATES_ACROSS,
)
MODE_BITS: Final = int(sum(MODES))
