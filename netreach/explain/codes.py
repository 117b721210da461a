"""The closed list of explanation codes.

A code says why a packet was stopped, or why an answer stays open. Where AWS Reachability Analyzer
has a name, it is spelt as AWS spells it; where it has none, the name is netreach's own, in the
same form. Codes are public: one is added or retired, never redefined. Their words are in
`netreach.explain.glossary`, which only `netreach explain` loads.
"""

from __future__ import annotations

from enum import StrEnum, auto
from typing import Final


class Code(StrEnum):
    """Why a packet went no further, or why nobody can tell."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        """Make the value of a code its name."""
        del start, count, last_values
        return name

    # AWS: the path is not reachable
    BAD_STATE = auto()
    BAD_STATE_ATTACHMENT = auto()
    BAD_STATE_ROUTE = auto()
    BAD_STATE_VPN = auto()
    CANNOT_ROUTE = auto()
    ELB_ACL_RESTRICTION = auto()
    ELB_INSTALLED_AZ_RESTRICTION = auto()
    ELB_LISTENER_PORT_RESTRICTION = auto()
    ELB_LISTENERS_MISMATCH = auto()
    ELB_NOT_CROSSZONE = auto()
    ELBV2_LISTENER_HAS_NO_TG = auto()
    ELBV2_LISTENER_PORT_RESTRICTION = auto()
    ELBV2_LISTENER_REQUIRES_TG_ACCEPT = auto()
    ELBV2_LISTENERS_MISMATCH = auto()
    ELBV2_NO_TARGETS_IN_AZ = auto()
    ELBV2_SOURCE_ADDRESS_PRESERVATION = auto()
    ENI_ADDRESS_RESTRICTION = auto()
    ENI_SG_RULES_MISMATCH = auto()
    ENI_SOURCE_DEST_CHECK_RESTRICTION = auto()
    FIREWALL_RULES_RESTRICTION = auto()
    GATEWAY_REJECTS_SPOOFED_TRAFFIC = auto()
    GWLB_DESTINATION_PORT_RESTRICTION = auto()
    GWLB_PROTOCOL_RESTRICTION = auto()
    HIGHER_PRIORITY_ROUTE = auto()
    IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS = auto()
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS = auto()
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS = auto()
    IGW_NAT_REFLECTION = auto()
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = auto()
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS = auto()
    IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS = auto()
    IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS = auto()
    INGRESS_RTB_NO_PUBLIC_IP = auto()
    INGRESS_RTB_TRAFFIC_REDIRECTION = auto()
    MORE_SPECIFIC_ROUTE = auto()
    NGW_DEST_ADDRESS_PRESERVATION = auto()
    NGW_REQUIRES_SOURCE_IN_VPC = auto()
    NGW_SOURCE_ADDRESS_REASSIGN = auto()
    NO_POSSIBLE_DESTINATION = auto()
    NO_ROUTE_TO_DESTINATION = auto()
    PCX_REQUIRES_ADDRESS_IN_VPC_CIDR = auto()
    PROTOCOL_RESTRICTION = auto()
    REGIONAL_NGW_ROUTE_AZ_RESTRICTION = auto()
    REMAP_EPHEMERAL_PORT = auto()
    SG_HAS_NO_RULES = auto()
    SG_REFERENCES_NOT_PRESERVED = auto()
    SG_REFERENCING_SUPPORT = auto()
    SUBNET_ACL_RESTRICTION = auto()
    TARGET_ADDRESS_RESTRICTION = auto()
    TARGET_PORT_RESTRICTION = auto()
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION = auto()
    TGW_ATTACH_VPC_AZ_RESTRICTION = auto()
    TGW_BAD_STATE_VPN = auto()
    TGW_ROUTE_AZ_RESTRICTION = auto()
    TGW_RTB_BAD_STATE_ROUTE = auto()
    TGW_RTB_CANNOT_ROUTE = auto()
    TGW_RTB_HIGHER_PRIORITY_ROUTE = auto()
    TGW_RTB_MORE_SPECIFIC_ROUTE = auto()
    TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT = auto()
    TGW_RTB_ROUTES_ARE_UNKNOWN = auto()
    UNKNOWN_DESTINATION = auto()
    UNKNOWN_PEERED_SGS = auto()
    UNKNOWN_RESOURCE = auto()
    VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS = auto()
    VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = auto()
    VPC_BLOCK_PUBLIC_ACCESS_ENABLED = auto()
    VPC_LOCAL_ROUTE_CIDR_RESTRICTION = auto()
    VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION = auto()
    VPCE_GATEWAY_PROTOCOL_RESTRICTION = auto()
    VPCE_INTRA_VPC_TRAFFIC = auto()
    VPCE_SERVICE_NOT_INSTALLED_IN_AZ = auto()

    # AWS: no path is possible as things are configured
    DISCONNECTED_VPCS = auto()
    NO_PATH = auto()
    NO_SOURCE_OR_DESTINATION = auto()
    UNASSOCIATED_COMPONENT = auto()
    UNSUPPORTED_COMPONENT = auto()

    # AWS: no path passes a search filter
    COMPONENT_FILTER_RESTRICTION = auto()
    COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT = auto()
    FILTER_AT_SOURCE_SOURCE_ADDRESS = auto()
    FILTER_AT_SOURCE_SOURCE_PORT_RANGE = auto()
    FILTER_AT_SOURCE_DESTINATION_ADDRESS = auto()
    FILTER_AT_SOURCE_DESTINATION_PORT_RANGE = auto()
    FILTER_AT_SOURCE_PROTOCOL = auto()
    FILTER_AT_DESTINATION_SOURCE_ADDRESS = auto()
    FILTER_AT_DESTINATION_SOURCE_PORT_RANGE = auto()
    FILTER_AT_DESTINATION_DESTINATION_ADDRESS = auto()
    FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE = auto()
    FILTER_AT_DESTINATION_PROTOCOL = auto()
    IGW_EXPECTS_PUBLIC_ADDRESS = auto()

    # AWS: additional details of a path
    ASSUMPTION_PRESERVE_CLIENT_IP_IS_DISABLED = auto()
    ASSUMPTION_PRESERVE_CLIENT_IP_IS_ENABLED = auto()
    AVAILABILITY_ZONE_CROSSED = auto()
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE = auto()
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES = auto()
    FIREWALL_UNSUPPORTED_RULE_OPTIONS = auto()
    MISSING_TARGET_GROUP_ATTRIBUTES = auto()
    PATH_THROUGH_GWLB_NOT_CHECKED = auto()
    RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY = auto()
    TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED = auto()
    UNIDIRECTIONAL_PATH_ANALYSIS_ONLY = auto()

    # netreach's own: what stops a packet
    EIGW_OUTBOUND_ONLY = auto()
    EIGW_DROPS_INSPECTED_TRAFFIC = auto()
    GWLB_TAKES_NO_IPV6 = auto()
    ENI_DENIES_IGW_TRAFFIC = auto()
    UNROUTABLE_DESTINATION_RANGE = auto()
    NOT_AN_INTERNET_ADDRESS = auto()
    NGW_NO_SESSION = auto()
    NGW_REQUIRES_NAT64_ADDRESS = auto()
    ADDRESS_NOT_HELD = auto()
    DELIVERED_ELSEWHERE = auto()
    NO_COMMON_ADDRESS_FAMILY = auto()
    ROUTING_LOOP = auto()
    REPLY_FROM_OTHER_ADDRESS = auto()
    VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC = auto()
    VPCE_SERVICE_PORT_RESTRICTION = auto()
    VPN_TRAFFIC_SELECTORS = auto()
    CLIENT_VPN_NOT_AUTHORIZED = auto()
    TGW_POLICY_TABLE_NO_MATCH = auto()
    FIREWALL_ASYMMETRIC_ROUTING = auto()
    SOURCE_CANNOT_INITIATE = auto()
    FUNCTION_TAKES_NO_CONNECTIONS = auto()
    AWS_SERVICE_PORT_RESTRICTION = auto()
    VPC_DNS_SUPPORT_DISABLED = auto()
    INSTANCE_METADATA_DISABLED = auto()
    ROUTE_STATE_FILTERED = auto()

    # netreach's own: what leaves an answer open
    NOT_MODELLED = auto()
    ASSUMED_DEFAULT_ACL = auto()
    ASSUMED_GATEWAY = auto()
    CONFLICTING_RECORDS = auto()
    ADDRESS_OUTSIDE_SUBNET = auto()
    CIDR_HAS_HOST_BITS = auto()
    PREFIX_LIST_ENTRIES_UNKNOWN = auto()
    AMBIGUOUS_ROUTE = auto()
    AMBIGUOUS_RESOURCE = auto()


#: The codes that AWS does not know.
NETREACH_CODES: Final = frozenset(
    {
        Code.EIGW_OUTBOUND_ONLY,
        Code.EIGW_DROPS_INSPECTED_TRAFFIC,
        Code.GWLB_TAKES_NO_IPV6,
        Code.ENI_DENIES_IGW_TRAFFIC,
        Code.UNROUTABLE_DESTINATION_RANGE,
        Code.NOT_AN_INTERNET_ADDRESS,
        Code.NGW_NO_SESSION,
        Code.NGW_REQUIRES_NAT64_ADDRESS,
        Code.ADDRESS_NOT_HELD,
        Code.DELIVERED_ELSEWHERE,
        Code.NO_COMMON_ADDRESS_FAMILY,
        Code.ROUTING_LOOP,
        Code.REPLY_FROM_OTHER_ADDRESS,
        Code.VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC,
        Code.VPCE_SERVICE_PORT_RESTRICTION,
        Code.VPN_TRAFFIC_SELECTORS,
        Code.CLIENT_VPN_NOT_AUTHORIZED,
        Code.TGW_POLICY_TABLE_NO_MATCH,
        Code.FIREWALL_ASYMMETRIC_ROUTING,
        Code.SOURCE_CANNOT_INITIATE,
        Code.FUNCTION_TAKES_NO_CONNECTIONS,
        Code.AWS_SERVICE_PORT_RESTRICTION,
        Code.VPC_DNS_SUPPORT_DISABLED,
        Code.INSTANCE_METADATA_DISABLED,
        Code.NOT_MODELLED,
        Code.ASSUMED_DEFAULT_ACL,
        Code.ASSUMED_GATEWAY,
        Code.CONFLICTING_RECORDS,
        Code.ADDRESS_OUTSIDE_SUBNET,
        Code.CIDR_HAS_HOST_BITS,
        Code.PREFIX_LIST_ENTRIES_UNKNOWN,
        Code.AMBIGUOUS_ROUTE,
        Code.AMBIGUOUS_RESOURCE,
        Code.ROUTE_STATE_FILTERED,
    }
)
