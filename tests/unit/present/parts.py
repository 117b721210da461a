"""An estate of one VPC written by hand, and the ways through it, for answers to be made of."""

from __future__ import annotations

from typing import Final

from netreach.explain.records import (
    Action,
    Component,
    ComponentType,
    Evidence,
    Hop,
)
from netreach.packets.services import TCP, ServiceSet

NOTHING: Final = ServiceSet.of([])
ANY: Final = ("1024-65535",)
VPC: Final = "vpc-0aa11bb22cc33dd44"
TAKEN: Final = "2026-05-04T03:02:01Z"
DIGEST: Final = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

WEB: Final = Component("i-0123456789abcdef0", ComponentType.INSTANCE, "web-1")
APP: Final = Component("i-0fedcba9876543210", ComponentType.INSTANCE, "app-1")
DB: Final = Component("i-0d0d0d0d0d0d0d0d0", ComponentType.INSTANCE, "db-1")
ENI_WEB: Final = Component("eni-0a1a1a1a1a1a1a1a1", ComponentType.INTERFACE)
ENI_APP: Final = Component("eni-0b2b2b2b2b2b2b2b2", ComponentType.INTERFACE)
ENI_DB: Final = Component("eni-0c3c3c3c3c3c3c3c3", ComponentType.INTERFACE)
SG_WEB: Final = Component("sg-0a1a1a1a1a1a1a1a1", ComponentType.SECURITY_GROUP, "web")
SG_APP: Final = Component("sg-0b2b2b2b2b2b2b2b2", ComponentType.SECURITY_GROUP, "app")
SG_DB: Final = Component("sg-0c3c3c3c3c3c3c3c3", ComponentType.SECURITY_GROUP, "db")
ACL_PUBLIC: Final = Component("acl-0a1a1a1a1a1a1a1a1", ComponentType.NETWORK_ACL, "public")
ACL_APP: Final = Component("acl-0b2b2b2b2b2b2b2b2", ComponentType.NETWORK_ACL, "app")
ACL_DB: Final = Component("acl-0c3c3c3c3c3c3c3c3", ComponentType.NETWORK_ACL, "db")
RTB: Final = Component("rtb-0e5e5e5e5e5e5e5e5", ComponentType.ROUTE_TABLE, "main")
NAT: Final = Component("nat-0f6f6f6f6f6f6f6f6", ComponentType.NAT_GATEWAY, "nat-a")
IGW: Final = Component("igw-0171717171717171f", ComponentType.INTERNET_GATEWAY)
TGW: Final = Component("tgw-0282828282828282f", ComponentType.OTHER, "hub", kind="transit-gateway")
INTERNET: Final = Component("internet", ComponentType.INTERNET)
SUBNET_A: Final = "subnet-0a1a1a1a1a1a1a1a1"
SUBNET_B: Final = "subnet-0b2b2b2b2b2b2b2b2"


def tcp(low: int, high: int | None = None) -> ServiceSet:
    return ServiceSet.ports(TCP, low, low if high is None else high)


def asked(source: str, destination: str, protocol: str = "", port: str = "") -> dict[str, str]:
    return {
        "protocol": protocol,
        "port": port,
        "client_ports": "1024-65535",
        "source": source,
        "destination": destination,
    }


def hop(
    packet: tuple[str, str, str],
    component: Component,
    action: Action,
    because: str = "",
    direction: str = "",
    subnet: str = "",
) -> Hop:
    source, destination, service = packet
    evidence = Evidence(because, {"action": str(action)}) if because else None
    return Hop(component, action, source, destination, service, subnet, VPC, evidence, direction)


def forward(packet: tuple[str, str, str], *, last: str = "allow") -> tuple[Hop, ...]:
    """Return web-1's way to app-1; the last group is `allow`, or what it says instead."""
    service = packet[2]
    ends = (
        hop(packet, WEB, Action.SEND),
        hop(packet, ENI_WEB, Action.SEND, subnet=SUBNET_A),
        hop(packet, SG_WEB, Action.ALLOW, "allows all to 0.0.0.0/0", "egress", SUBNET_A),
        hop(
            packet, ACL_PUBLIC, Action.ALLOW, "rule 100 allows all to 0.0.0.0/0", "egress", SUBNET_A
        ),
        hop(packet, RTB, Action.ROUTE, "10.0.0.0/16 -> local", subnet=SUBNET_A),
        hop(
            packet,
            ACL_APP,
            Action.ALLOW,
            f"rule 100 allows {service} from 10.0.1.0/24",
            "ingress",
            SUBNET_B,
        ),
    )
    if last != "allow":
        return (*ends, hop(packet, SG_APP, Action.DENY, last, "ingress", SUBNET_B))
    return (
        *ends,
        hop(
            packet,
            SG_APP,
            Action.ALLOW,
            f"allows {service} from {SG_WEB.id} (web)",
            "ingress",
            SUBNET_B,
        ),
        hop(packet, ENI_APP, Action.DELIVER, subnet=SUBNET_B),
        hop(packet, APP, Action.DELIVER),
    )


def returning(
    packet: tuple[str, str, str], *, egress: tuple[Action, str] | None = None
) -> tuple[Hop, ...]:
    """Return app-1's replies' way; `egress` is what the app subnet's ACL does with them."""
    action, because = egress or (Action.ALLOW, "rule 100 allows tcp 1024-65535 to 10.0.1.0/24")
    return (
        hop(packet, ENI_APP, Action.SEND, subnet=SUBNET_B),
        hop(packet, ACL_APP, action, because, "egress", SUBNET_B),
        hop(packet, RTB, Action.ROUTE, "10.0.0.0/16 -> local", subnet=SUBNET_B),
        hop(
            packet,
            ACL_PUBLIC,
            Action.ALLOW,
            "rule 100 allows all from 0.0.0.0/0",
            "ingress",
            SUBNET_A,
        ),
        hop(packet, ENI_WEB, Action.DELIVER, subnet=SUBNET_A),
    )


THERE: Final = ("10.0.1.10", "10.0.2.20", "tcp 8080")
BACK: Final = ("10.0.2.20", "10.0.1.10", "tcp 1024-65535")
