"""Codes of internet gateways."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
        group=Group.INTERNET_GATEWAY,
        element="internet gateway",
        title="The sender has no public address to leave by an internet gateway",
        meaning=(
            "The route leads out by an internet gateway, and the packet's private IPv4 source has "
            "no public address. The gateway drops it."
        ),
        why=(
            "An internet gateway translates one private address to its one public address and "
            "back; it shares nothing. A host without a public address needs a NAT gateway. The "
            "same happens to a private NAT gateway that is routed to an internet gateway. IPv6 is "
            "not concerned: its addresses are already public."
        ),
        fix=(
            "Give the interface an Elastic IP, or send its subnet's default route to a public NAT "
            "gateway."
        ),
        commands=(
            "aws ec2 associate-address --allocation-id eipalloc-ID --network-interface-id eni-ID",
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-cidr-block 0.0.0.0/0 "
                "--nat-gateway-id nat-ID"
            ),
        ),
        example=(
            "10.0.1.10 of eni-0d1 has no public address; igw-0f5 drops what it sends to "
            "198.51.100.7."
        ),
        related=(
            Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
            Code.NO_ROUTE_TO_DESTINATION,
            Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC,
        ),
        situations=(
            (
                "an IPv4 packet leaves by an internet gateway, and its source is an address of the "
                "VPC without a public one, or that no interface holds"
            ),
            "a private NAT gateway's subnet routes to an internet gateway",
        ),
        facts=(
            "IG-1",
            "IG-3",
            "IG-7",
            "NT-1",
        ),
    ),
    Entry(
        code=Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
        group=Group.INTERNET_GATEWAY,
        element="internet gateway",
        title="The destination is nobody's public address",
        meaning=(
            "A packet came from the internet for an address that is not the public address of any "
            "interface in the VPC."
        ),
        why=(
            "The gateway knows only the public addresses that are associated with interfaces. An "
            "Elastic IP that is allocated but not associated leads nowhere; private addresses "
            "can't be asked from the internet at all. A host that has only a private address can't "
            "be reached from outside, whatever its security groups say."
        ),
        fix=(
            "Associate an Elastic IP with the interface, or put a load balancer in front of it. If "
            "it must stay private, this is the answer that you want."
        ),
        commands=(
            "aws ec2 associate-address --allocation-id eipalloc-ID --network-interface-id eni-ID",
        ),
        example=(
            "eni-0d1 (10.0.1.10) has no public address, so nothing on the internet can address it."
        ),
        related=(
            Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
            Code.ADDRESS_NOT_HELD,
            Code.NOT_AN_INTERNET_ADDRESS,
        ),
        situations=(
            "from the internet, to a resource that has no public IPv4 address and no IPv6 address",
            "from the internet, to a private address",
            "from the internet, to an Elastic IP that is associated with no interface",
        ),
        facts=(
            "IG-1",
            "IG-3",
        ),
    ),
    Entry(
        code=Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS,
        group=Group.INTERNET_GATEWAY,
        element="internet gateway",
        title="The internet gateway drops packets for private addresses",
        meaning=(
            "The route leads to an internet gateway, but the destination is a private address "
            "(10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)."
        ),
        why=(
            "Private addresses do not exist on the internet. Usually the route to a peering "
            "connection, transit gateway or VPN is missing, and the default route caught the "
            "packet."
        ),
        fix="Add the specific route that was forgotten.",
        commands=(
            (
                "aws ec2 create-route --route-table-id rtb-ID --destination-cidr-block 10.1.0.0/16 "
                "--vpc-peering-connection-id pcx-ID"
            ),
        ),
        example="rtb-0e4 sends 10.9.0.4 by 0.0.0.0/0 to igw-0f5, which drops private destinations.",
        related=(
            Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS,
            Code.NOT_AN_INTERNET_ADDRESS,
            Code.NO_ROUTE_TO_DESTINATION,
        ),
        situations=("a packet for an RFC 1918 address leaves by an internet gateway",),
        facts=("IG-3",),
    ),
    Entry(
        code=Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS,
        group=Group.INTERNET_GATEWAY,
        element="internet gateway",
        title="The internet gateway drops packets for 100.64.0.0/10",
        meaning=(
            "The route leads to an internet gateway, but the destination is in 100.64.0.0/10, the "
            "shared address space of carriers."
        ),
        why=(
            "Like private addresses these do not exist on the internet. They are popular as "
            "secondary blocks for containers, so a missing route to another VPC is the usual "
            "reason."
        ),
        fix="Add the specific route that was forgotten.",
        commands=(
            (
                "aws ec2 create-route --route-table-id rtb-ID --destination-cidr-block "
                "100.64.0.0/16 --transit-gateway-id tgw-ID"
            ),
        ),
        example="rtb-0e4 sends 100.64.3.9 by 0.0.0.0/0 to igw-0f5, which drops shared addresses.",
        related=(
            Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS,
            Code.NOT_AN_INTERNET_ADDRESS,
        ),
        situations=("a packet for an address of 100.64.0.0/10 leaves by an internet gateway",),
        facts=("IG-3",),
    ),
    Entry(
        code=Code.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS,
        group=Group.INTERNET_GATEWAY,
        element="internet gateway",
        title="Nothing private comes in from the internet",
        meaning=(
            "The asked source is a private address (RFC 1918), and the only way in is an internet "
            "gateway, which drops such sources."
        ),
        why=(
            "A private address can't be a host on the internet. If the source is another VPC or an "
            "office, its packets come by peering, a transit gateway or a VPN, and the snapshot "
            "shows no such way."
        ),
        fix=(
            "Ask with the public address that the source has on the internet (the command below, "
            "run there, prints it), or add the private connection."
        ),
        commands=("curl https://checkip.amazonaws.com",),
        example="192.168.5.7 is private; igw-0f5 takes no packets from it.",
        related=(
            Code.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS,
            Code.NOT_AN_INTERNET_ADDRESS,
            Code.DISCONNECTED_VPCS,
        ),
        situations=(
            (
                "the source is an RFC 1918 address outside the estate, and the only way in is an "
                "internet gateway"
            ),
        ),
        facts=("IG-3",),
    ),
    Entry(
        code=Code.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS,
        group=Group.INTERNET_GATEWAY,
        element="internet gateway",
        title="Nothing of 100.64.0.0/10 comes in from the internet",
        meaning=(
            "The asked source is in 100.64.0.0/10, the shared address space of carriers, and the "
            "only way in is an internet gateway, which drops such sources."
        ),
        why=(
            "Carriers translate these addresses before packets reach the internet, so a VPC never "
            "sees them from there."
        ),
        fix=(
            "Ask with the public address that the source has on the internet (the command below, "
            "run there, prints it), or add a private connection."
        ),
        commands=("curl https://checkip.amazonaws.com",),
        example="100.64.3.9 is shared address space; igw-0f5 takes no packets from it.",
        related=(
            Code.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS,
            Code.NOT_AN_INTERNET_ADDRESS,
        ),
        situations=(
            (
                "the source is in 100.64.0.0/10 outside the estate, and the only way in is an "
                "internet gateway"
            ),
        ),
        facts=("IG-3",),
    ),
    Entry(
        code=Code.IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS,
        group=Group.INTERNET_GATEWAY,
        modelled=Modelled.NEVER,
        title="An internet gateway delivers only inside its own VPC",
        meaning=(
            "A packet entered by an internet gateway, but its destination, after translation, is "
            "not in a CIDR block of the VPC behind it."
        ),
        why=(
            "AWS's analyser takes a gateway as a source and needs this rule. netreach enters by "
            "the gateway of the VPC that holds the asked address, so a destination elsewhere shows "
            "up as ADDRESS_NOT_HELD or IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS."
        ),
        fix="Ask for an address of a VPC that has an internet gateway.",
        commands=("aws ec2 describe-vpcs --vpc-ids vpc-ID",),
        example="2001:db8:9::5 is in no CIDR block of vpc-0a1, the VPC of igw-0f5.",
        related=(
            Code.ADDRESS_NOT_HELD,
            Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
        ),
        facts=(
            "IG-2",
            "RT-11",
        ),
    ),
    Entry(
        code=Code.IGW_NAT_REFLECTION,
        group=Group.INTERNET_GATEWAY,
        modelled=Modelled.NEVER,
        title="The way turns round at an internet gateway",
        meaning=(
            "A host asks a public address of its own VPC, so the packet goes out to the internet "
            "gateway and comes back in. AWS's analyser does not follow such a path."
        ),
        why=(
            "That is a limit of the analyser, not of the network: the hairpin works. The packet "
            "leaves with the sender's public address and comes in again by the 1:1 translation of "
            "the destination. netreach walks it. Private CIDRs and group references in security "
            "groups do not match it, because only public addresses exist beyond the gateway."
        ),
        fix=(
            "Nothing needs mending. Using the private address is shorter, cheaper and lets group "
            "references match."
        ),
        example=(
            "i-0b1 asks 203.0.113.9, the public address of i-0b2 in the same VPC, by way of "
            "igw-0f5."
        ),
        related=(
            Code.SG_REFERENCES_NOT_PRESERVED,
            Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
        ),
        facts=(
            "LAB-1",
            "LAB-2",
            "IG-4",
        ),
    ),
    Entry(
        code=Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC,
        group=Group.INTERNET_GATEWAY,
        element="internet gateway",
        title="A gateway drops a source address that the VPC does not own",
        meaning=(
            "The packet leaves the VPC by a gateway with a source address that lies in none of the "
            "VPC's subnets."
        ),
        why=(
            "Gateways drop spoofed sources. It happens when an appliance forwards packets of other "
            "networks with its source/destination check off but does not translate them, or when a "
            "transit gateway brings them to a subnet that routes to the gateway."
        ),
        fix=(
            "Let the appliance translate the source to its own address (NAT), or give them a way "
            "of their own."
        ),
        example=(
            "eni-0d1 forwards a packet of 2001:db8:9::5; eigw-0a6 drops it: not an address of "
            "vpc-0a1."
        ),
        related=(
            Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
            Code.ENI_SOURCE_DEST_CHECK_RESTRICTION,
        ),
        situations=(
            (
                "a packet leaves by an internet gateway or an egress-only one, and its source lies "
                "in no subnet of the VPC"
            ),
        ),
        facts=("IG-3",),
    ),
    Entry(
        code=Code.VPC_BLOCK_PUBLIC_ACCESS_ENABLED,
        group=Group.INTERNET_GATEWAY,
        element="Block Public Access",
        title="VPC Block Public Access forbids this internet traffic",
        meaning=(
            "The account has VPC Block Public Access switched on in this Region, and no exclusion "
            "covers the VPC or subnet."
        ),
        why=(
            "The setting stands above route tables, groups and ACLs. In mode block-ingress "
            "connections from inside by NAT gateways and egress-only internet gateways still work; "
            "in mode block-bidirectional nothing crosses an internet gateway. Transit gateways, "
            "VPNs and peering are not concerned."
        ),
        fix=(
            "Add an exclusion for the one VPC or subnet that needs the internet, rather than "
            "switching the guard off."
        ),
        commands=(
            (
                "aws ec2 create-vpc-block-public-access-exclusion --subnet-id subnet-ID "
                "--internet-gateway-exclusion-mode allow-bidirectional"
            ),
        ),
        example=(
            "Block Public Access is block-ingress in eu-central-1; subnet-0c3 has no exclusion."
        ),
        related=(
            Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
            Code.EIGW_OUTBOUND_ONLY,
        ),
        situations=(
            (
                "the Region's mode blocks the direction, and neither the subnet nor its VPC is "
                "excluded"
            ),
        ),
        facts=(
            "BP-1",
            "BP-2",
            "BP-3",
            "BP-4",
        ),
    ),
)
