"""Codes of ways between VPCs."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR,
        group=Group.PEERING,
        modelled=Modelled.TODAY,
        element="VPC peering",
        title="A peering connection carries only the two VPCs' own addresses",
        meaning=(
            "A packet was routed into a peering connection, but its destination is not an address "
            "of the peer VPC (nor, for an answer, its source)."
        ),
        why=(
            "Peering is not transitive: you can't pass through the peer to its internet gateway, "
            "NAT gateway, VPN, Direct Connect, gateway endpoint or a third VPC. Interface "
            "endpoints of the peer do work, because they have addresses of that VPC."
        ),
        fix=(
            "Connect directly to the network that holds the destination, or join all of them with "
            "a transit gateway."
        ),
        commands=("aws ec2 create-vpc-peering-connection --vpc-id vpc-ID --peer-vpc-id vpc-THIRD",),
        example="pcx-0b8 leads to vpc-0b2 (10.1.0.0/16); 198.51.100.7 is not an address of it.",
        related=(
            Code.DISCONNECTED_VPCS,
            Code.NGW_REQUIRES_SOURCE_IN_VPC,
            Code.NO_ROUTE_TO_DESTINATION,
        ),
        situations=(
            (
                "a route leads to a peering connection, and neither destination nor source is in "
                "the destination VPC's CIDR blocks"
            ),
        ),
        facts=(
            "PC-1",
            "PC-2",
            "PC-3",
        ),
    ),
    Entry(
        code=Code.DISCONNECTED_VPCS,
        group=Group.PEERING,
        element="VPC",
        title="Nothing joins the two VPCs",
        meaning=(
            "Source and destination are in different VPCs, and the snapshot holds no peering "
            "connection, transit gateway or other connection between them."
        ),
        why=(
            "VPCs are islands, also within one account. Without a connection no route could help. "
            "If the connection belongs to another account, its records may be missing from the "
            "snapshot."
        ),
        fix=(
            "Peer the two VPCs or attach both to a transit gateway, then add the routes in both "
            "directions."
        ),
        commands=(
            "aws ec2 create-vpc-peering-connection --vpc-id vpc-ID --peer-vpc-id vpc-PEER",
            (
                "aws ec2 create-transit-gateway-vpc-attachment --transit-gateway-id tgw-ID "
                "--vpc-id vpc-ID --subnet-ids subnet-ID"
            ),
        ),
        example="vpc-0a1 (10.0.0.0/16) and vpc-0b2 (10.1.0.0/16) share no connection.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR,
            Code.NOT_MODELLED,
        ),
        situations=(
            (
                "the private addresses of two VPCs are asked, and nothing in the snapshot could "
                "join the VPCs"
            ),
        ),
        facts=("PC-1",),
    ),
)
