"""Codes of NAT gateways."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.NGW_REQUIRES_SOURCE_IN_VPC,
        group=Group.NAT_GATEWAY,
        modelled=Modelled.LATER,
        element="VPC peering, VPN",
        title="A NAT gateway serves only connections that start in its VPC",
        meaning=(
            "A packet reached a NAT gateway from another VPC over peering, or from a VPN or Direct "
            "Connect over a virtual private gateway."
        ),
        why=(
            "Such connections can't use the gateway. Those that arrive over a transit gateway can, "
            "which is how central egress VPCs work."
        ),
        fix="Give the other VPC a NAT gateway of its own, or connect it by a transit gateway.",
        commands=("aws ec2 create-nat-gateway --subnet-id subnet-ID --allocation-id eipalloc-ID",),
        example="nat-0a7 of vpc-0a1 drops 10.1.0.5, which came over pcx-0b8.",
        related=(
            Code.NGW_NO_SESSION,
            Code.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR,
        ),
        situations=(
            (
                "a packet that started outside the VPC reaches a NAT gateway, other than over a "
                "transit gateway"
            ),
        ),
        facts=(
            "NT-2",
            "PC-2",
        ),
    ),
    Entry(
        code=Code.REGIONAL_NGW_ROUTE_AZ_RESTRICTION,
        group=Group.NAT_GATEWAY,
        modelled=Modelled.TODAY,
        element="zones of regional NAT gateways",
        title="The regional NAT gateway is not present in the sender's zone",
        meaning=(
            "The route leads to a regional NAT gateway that has no address in the Availability "
            "Zone where the packet starts."
        ),
        why=(
            "A regional NAT gateway spreads over zones by itself or as you configure it. With "
            "manual zones, a zone that you left out has no way out. An automatic one needs up to "
            "an hour to grow into a new zone and serves it from another zone meanwhile."
        ),
        fix="Add an address in that zone, or let the gateway manage its zones.",
        commands=(
            (
                "aws ec2 associate-nat-gateway-address --nat-gateway-id nat-ID --allocation-ids "
                "eipalloc-ID --availability-zone eu-central-1c"
            ),
        ),
        example="nat-0a7 is regional without eu-central-1c, the zone of subnet-0c3.",
        related=(
            Code.BAD_STATE,
            Code.TGW_ROUTE_AZ_RESTRICTION,
        ),
        situations=(
            (
                "the route leads to a regional NAT gateway with manual zones, and the sender's "
                "zone is not among them"
            ),
        ),
        facts=("NT-6",),
    ),
    Entry(
        code=Code.NGW_SOURCE_ADDRESS_REASSIGN,
        group=Group.NAT_GATEWAY,
        modelled=Modelled.NEVER,
        title="The NAT gateway replaces the source address",
        meaning=(
            "Behind a NAT gateway the packet carries the gateway's private address, not the "
            "sender's. AWS's analyser says so when the wanted source can't be kept."
        ),
        why=(
            "netreach shows the packet at each hop as it is there. A filter behind the gateway "
            "that allows only the original sender is reported with its own code, and the address "
            "that it saw."
        ),
        fix=(
            "Allow the NAT gateway's address at the destination (its Elastic IP, if the packet "
            "leaves by an internet gateway)."
        ),
        commands=("aws ec2 describe-nat-gateways --nat-gateway-ids nat-ID",),
        example="nat-0a7 turns 10.0.1.10 into 10.0.0.50, and igw-0f5 into 203.0.113.50.",
        related=(
            Code.ENI_SG_RULES_MISMATCH,
            Code.SUBNET_ACL_RESTRICTION,
            Code.REMAP_EPHEMERAL_PORT,
        ),
        facts=(
            "NT-1",
            "SG-6",
        ),
    ),
    Entry(
        code=Code.NGW_DEST_ADDRESS_PRESERVATION,
        group=Group.NAT_GATEWAY,
        modelled=Modelled.NEVER,
        title="A NAT gateway does not change the destination address",
        meaning=(
            "AWS's analyser looked for a way on which a NAT gateway would rewrite the destination. "
            "There is none."
        ),
        why=(
            "NAT gateways translate the source only, so they can't publish a private host as a "
            "port forward would. netreach follows the destination as it is. The one exception is "
            "NAT64: an IPv6 destination in 64:ff9b::/96 becomes the IPv4 address that it contains."
        ),
        fix=(
            "Send to the address that you mean; to publish a private host use a load balancer or "
            "an Elastic IP."
        ),
        example="nat-0a7 keeps 198.51.100.7 as the destination.",
        related=(
            Code.NGW_NO_SESSION,
            Code.NGW_REQUIRES_NAT64_ADDRESS,
        ),
        facts=(
            "NT-1",
            "NT-5",
        ),
    ),
    Entry(
        code=Code.REMAP_EPHEMERAL_PORT,
        group=Group.NAT_GATEWAY,
        modelled=Modelled.NEVER,
        title="The NAT gateway or load balancer picks its own source port",
        meaning=(
            "What leaves a NAT gateway or load balancer has a source port in 1024-65535 that the "
            "device chose. The client's own port is not visible behind it."
        ),
        why=(
            "An ACL behind the device must therefore let answers to all of 1024-65535 in, or "
            "connections fail at random. AWS's analyser uses this code for a wanted port that "
            "can't be kept; netreach names the ACL that is too narrow, with SUBNET_ACL_RESTRICTION "
            "and verdict partial."
        ),
        fix="Allow 1024-65535 inbound in the ACL of the NAT gateway's or load balancer's subnet.",
        commands=(
            (
                "aws ec2 create-network-acl-entry --network-acl-id acl-ID --ingress --rule-number "
                "90 --protocol tcp --port-range From=1024,To=65535 --cidr-block 0.0.0.0/0 "
                "--rule-action allow"
            ),
        ),
        example=(
            "acl-0a1 of nat-0a7's subnet lets in tcp 32768-65535; nat-0a7 also uses 1024-32767."
        ),
        related=(
            Code.SUBNET_ACL_RESTRICTION,
            Code.NGW_SOURCE_ADDRESS_REASSIGN,
        ),
        facts=(
            "NT-4",
            "NA-11",
        ),
    ),
)
