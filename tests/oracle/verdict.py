"""What the judge can say, the codes it says it with, and how a walk breaks off."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

Interval = tuple[int, int]


class Verdict(StrEnum):
    REACHABLE = "reachable"
    PARTIAL = "partial"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class Leg(StrEnum):
    FORWARD = "forward"
    RETURN = "return"


SG_HAS_NO_RULES: Final = "SG_HAS_NO_RULES"
ENI_SG_RULES_MISMATCH: Final = "ENI_SG_RULES_MISMATCH"
SUBNET_ACL_RESTRICTION: Final = "SUBNET_ACL_RESTRICTION"
NO_ROUTE: Final = "NO_ROUTE_TO_DESTINATION"
ROUTE_FILTERED: Final = "ROUTE_STATE_FILTERED"
BAD_STATE_ROUTE: Final = "BAD_STATE_ROUTE"
BAD_STATE: Final = "BAD_STATE"
BAD_STATE_ATTACHMENT: Final = "BAD_STATE_ATTACHMENT"
IGW_EGRESS: Final = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
IGW_INGRESS: Final = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
IGW_TO_RFC1918: Final = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
IGW_TO_RFC6598: Final = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"
IGW_FROM_RFC1918: Final = "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"
IGW_FROM_RFC6598: Final = "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"
SOURCE_DEST_CHECK: Final = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
PROTOCOL_RESTRICTION: Final = "PROTOCOL_RESTRICTION"
#: The VPC has no internet gateway at all, or only one that lets nobody in (IG-5).
NO_POSSIBLE_DESTINATION: Final = "NO_POSSIBLE_DESTINATION"
EIGW_OUTBOUND_ONLY: Final = "EIGW_OUTBOUND_ONLY"
EIGW_INSPECTED: Final = "EIGW_DROPS_INSPECTED_TRAFFIC"
GWLB_TAKES_NO_IPV6: Final = "GWLB_TAKES_NO_IPV6"
ENI_DENIES_IGW: Final = "ENI_DENIES_IGW_TRAFFIC"
NOT_ON_THE_INTERNET: Final = "NOT_AN_INTERNET_ADDRESS"
ADDRESS_NOT_HELD: Final = "ADDRESS_NOT_HELD"
#: A NAT gateway answers only what it asked for itself (NT-8, LAB-3).
NGW_NO_SESSION: Final = "NGW_NO_SESSION"
NGW_NOT_NAT64: Final = "NGW_REQUIRES_NAT64_ADDRESS"
UNROUTABLE: Final = "UNROUTABLE_DESTINATION_RANGE"
ROUTING_LOOP: Final = "ROUTING_LOOP"
SERVICE_PORT: Final = "AWS_SERVICE_PORT_RESTRICTION"
DELIVERED_ELSEWHERE: Final = "DELIVERED_ELSEWHERE"
SPOOFED: Final = "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
BLOCKED: Final = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
VPCE_PROTOCOL: Final = "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
VPCE_SOURCE: Final = "VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC"
VPCE_PORT: Final = "VPCE_SERVICE_PORT_RESTRICTION"
VPCE_ZONE: Final = "VPCE_SERVICE_NOT_INSTALLED_IN_AZ"
CANNOT_INITIATE: Final = "SOURCE_CANNOT_INITIATE"
NO_DNS: Final = "VPC_DNS_SUPPORT_DISABLED"
METADATA_OFF: Final = "INSTANCE_METADATA_DISABLED"
NGW_ZONE: Final = "REGIONAL_NGW_ROUTE_AZ_RESTRICTION"
PCX_ADDRESS: Final = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
TGW_NO_ASSOCIATION: Final = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"
TGW_ZONE: Final = "TGW_ROUTE_AZ_RESTRICTION"
TGW_NO_ROUTE: Final = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"
TGW_BAD_STATE_ROUTE: Final = "TGW_RTB_BAD_STATE_ROUTE"
TGW_NO_POLICY: Final = "TGW_POLICY_TABLE_NO_MATCH"
BAD_STATE_VPN: Final = "BAD_STATE_VPN"
TGW_BAD_STATE_VPN: Final = "TGW_BAD_STATE_VPN"
VGW_EGRESS: Final = "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"
VGW_INGRESS: Final = "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
FUNCTION_CLOSED: Final = "FUNCTION_TAKES_NO_CONNECTIONS"
VPN_SELECTORS: Final = "VPN_TRAFFIC_SELECTORS"
CLIENT_NOT_AUTHORIZED: Final = "CLIENT_VPN_NOT_AUTHORIZED"
INGRESS_NO_PUBLIC_IP: Final = "INGRESS_RTB_NO_PUBLIC_IP"
INGRESS_REDIRECTION: Final = "INGRESS_RTB_TRAFFIC_REDIRECTION"
REPLY_FROM_OTHER: Final = "REPLY_FROM_OTHER_ADDRESS"
NO_LISTENER: Final = "ELBV2_LISTENERS_MISMATCH"
NO_TARGETS: Final = "ELBV2_LISTENER_HAS_NO_TG"
NO_TARGETS_IN_ZONE: Final = "ELBV2_NO_TARGETS_IN_AZ"
TARGETS_REFUSE: Final = "ELBV2_LISTENER_REQUIRES_TG_ACCEPT"
GWLB_PROTOCOL: Final = "GWLB_PROTOCOL_RESTRICTION"
GWLB_PORT: Final = "GWLB_DESTINATION_PORT_RESTRICTION"
CLIENT_KEPT: Final = "ELBV2_SOURCE_ADDRESS_PRESERVATION"
ELB_NO_LISTENER: Final = "ELB_LISTENERS_MISMATCH"
ZONE_NOT_ENABLED: Final = "ELB_INSTALLED_AZ_RESTRICTION"
NOT_CROSSING: Final = "ELB_NOT_CROSSZONE"
ELB_ACL: Final = "ELB_ACL_RESTRICTION"
FIREWALL_RULES: Final = "FIREWALL_RULES_RESTRICTION"
#: Of both directions a firewall sees one only (NF-5).
FIREWALL_ASYMMETRIC: Final = "FIREWALL_ASYMMETRIC_ROUTING"

#: Every code that this judge can give as the first blocker of a question that a user can ask, but
#: for those that replies alone meet and for NGW_NOT_NAT64, which needs an odd route.
CODES: Final = (
    SG_HAS_NO_RULES,
    ENI_SG_RULES_MISMATCH,
    SUBNET_ACL_RESTRICTION,
    NO_ROUTE,
    ROUTE_FILTERED,
    BAD_STATE_ROUTE,
    BAD_STATE,
    BAD_STATE_ATTACHMENT,
    IGW_EGRESS,
    IGW_INGRESS,
    IGW_TO_RFC1918,
    IGW_TO_RFC6598,
    PROTOCOL_RESTRICTION,
    NO_POSSIBLE_DESTINATION,
    EIGW_OUTBOUND_ONLY,
    ENI_DENIES_IGW,
    NOT_ON_THE_INTERNET,
    ADDRESS_NOT_HELD,
    NGW_NO_SESSION,
    UNROUTABLE,
    SERVICE_PORT,
    DELIVERED_ELSEWHERE,
    SOURCE_DEST_CHECK,
    ROUTING_LOOP,
    SPOOFED,
    PCX_ADDRESS,
    TGW_NO_ASSOCIATION,
    TGW_ZONE,
    TGW_NO_ROUTE,
    TGW_BAD_STATE_ROUTE,
    INGRESS_NO_PUBLIC_IP,
    NO_LISTENER,
    NO_TARGETS,
    NO_TARGETS_IN_ZONE,
    TARGETS_REFUSE,
    GWLB_PROTOCOL,
    GWLB_PORT,
    CLIENT_KEPT,
    ELB_NO_LISTENER,
    ZONE_NOT_ENABLED,
    NOT_CROSSING,
    ELB_ACL,
    TGW_NO_POLICY,
    BAD_STATE_VPN,
    TGW_BAD_STATE_VPN,
    VGW_EGRESS,
    VGW_INGRESS,
    CLIENT_NOT_AUTHORIZED,
    FIREWALL_RULES,
    BLOCKED,
    VPCE_PROTOCOL,
    VPCE_SOURCE,
    VPCE_PORT,
    VPCE_ZONE,
    CANNOT_INITIATE,
    NGW_ZONE,
    NO_DNS,
    METADATA_OFF,
)


@dataclass(frozen=True)
class Ruling:
    """The judge's answer to one question.

    ``good_client_ports`` is None where the protocol has no ports, where nothing came back and
    where two equally possible worlds disagree about it. ``sees`` holds every address that the
    destination may see as the source; a NAT gateway can have several.
    """

    verdict: Verdict
    good_client_ports: tuple[Interval, ...] | None = None
    code: str | None = None
    leg: Leg | None = None
    sees: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    #: What kinds of elements the packet went through on its way there; only to be counted.
    crossed: frozenset[str] = field(default=frozenset(), compare=False)


class StopError(Exception):
    """The packet is dropped here, for certain; ``always``: however it was asked for."""

    def __init__(self, code: str, *, always: bool = False) -> None:
        super().__init__(code)
        self.code, self.always = code, always


class NotModelledError(Exception):
    """The packet enters something of which nobody knows here what it does."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Fork(StrEnum):
    """Why a walk must be repeated."""

    EVERY = "every"  # each option happens to some connection: a NAT gateway's addresses
    PORTS = "ports"  # so it is, but of one flow still: a NAT gateway's ports
    EITHER = "either"  # one option is true, the snapshot does not say which: something is missing
    WAYS = "ways"  # so it is, of ways that it does show: a site's links, routes of equal length
    BEST = "best"  # the option is a host's own setting: what serves best counts


class UndecidedError(Exception):
    """The walk must be repeated for each option of ``key``."""

    def __init__(self, key: Hashable, kind: Fork, count: int, what: str) -> None:
        super().__init__(what)
        self.key, self.kind, self.count, self.what = key, kind, count, what
