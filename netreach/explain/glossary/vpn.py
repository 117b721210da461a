"""Codes of VPN gateways and connections."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group

ENTRIES: Final = (
    Entry(
        code=Code.BAD_STATE_VPN,
        group=Group.VPN,
        element="VPN gateway",
        title="The VPN connection is down",
        meaning=(
            "The way leads over a VPN connection of a virtual private gateway that is not in "
            "service."
        ),
        why=(
            "The connection may be pending or deleted, or both of its tunnels may be down. Static "
            "routes towards it stay in the table."
        ),
        fix="Bring a tunnel up, or route another way.",
        commands=("aws ec2 describe-vpn-connections --vpn-connection-ids vpn-ID",),
        example="vpn-0a9 of vgw-0c2 is deleted, yet rtb-0e4 still sends 192.168.0.0/16 to vgw-0c2.",
        related=(
            Code.TGW_BAD_STATE_VPN,
            Code.BAD_STATE_ROUTE,
        ),
        situations=("the way uses a VPN connection that is not available",),
        facts=("HY-1",),
    ),
    Entry(
        code=Code.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS,
        group=Group.VPN,
        element="VPN gateway",
        title="The sender's address is not one that the VPN gateway takes",
        meaning=(
            "A packet was routed to a virtual private gateway, and its source is not the private "
            "address of an attached interface in the VPC."
        ),
        why=(
            "The gateway carries only what the VPC's own interfaces send. Packets of peered VPCs "
            "can't pass through to the office."
        ),
        fix="Connect the other network directly, for example over a transit gateway.",
        commands=(
            (
                "aws ec2 create-transit-gateway-vpc-attachment --transit-gateway-id tgw-ID "
                "--vpc-id vpc-ID --subnet-ids subnet-ID"
            ),
        ),
        example="vgw-0c2 of vpc-0a1 drops 10.1.0.5: no interface of vpc-0a1 holds that address.",
        related=(
            Code.VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
            Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC,
        ),
        situations=(
            (
                "a packet leaves by a virtual private gateway, and no attached interface of the "
                "VPC holds its source"
            ),
        ),
        facts=(
            "HY-1",
            "PC-2",
        ),
    ),
    Entry(
        code=Code.VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
        group=Group.VPN,
        element="VPN gateway",
        title="The VPN gateway knows no interface with that address",
        meaning=(
            "A packet came in by a virtual private gateway, and its destination is not the private "
            "address of an attached interface in the VPC."
        ),
        why=(
            "From the office only private addresses of this VPC can be reached by the gateway: not "
            "its internet or NAT gateway, not its peers, not its gateway endpoints."
        ),
        fix="Ask for a private address of this VPC, or connect the destination's network directly.",
        commands=(
            (
                "aws ec2 describe-network-interfaces --filters "
                "Name=private-ip-address,Values=10.0.1.10"
            ),
        ),
        example="from 192.168.5.7 by vgw-0c2: no interface of vpc-0a1 holds 10.1.0.5.",
        related=(
            Code.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS,
            Code.ADDRESS_NOT_HELD,
        ),
        situations=(
            (
                "a packet enters by a virtual private gateway, and no attached interface of the "
                "VPC holds its destination"
            ),
        ),
        facts=(
            "HY-1",
            "EP-3",
        ),
    ),
)
