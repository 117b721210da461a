"""Codes of netreach's own for gateways, where AWS has none."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group

ENTRIES: Final = (
    Entry(
        code=Code.EIGW_DROPS_INSPECTED_TRAFFIC,
        group=Group.OWN_BLOCKER,
        element="egress-only internet gateway",
        title="An egress-only internet gateway drops what appliances have inspected",
        meaning=(
            "An IPv6 packet passes a Gateway Load Balancer endpoint and is then sent to an "
            "egress-only internet gateway, which drops it."
        ),
        why=(
            "AWS documents that the two do not work together. Answers would come back past the "
            "appliances: no route table can be tied to an egress-only internet gateway."
        ),
        fix=(
            "Route ::/0 of the endpoint's subnet to the internet gateway, and what comes back to "
            "the endpoint, by the gateway's own route table; or do not inspect IPv6."
        ),
        commands=(
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-ipv6-cidr-block ::/0 "
                "--gateway-id igw-ID"
            ),
        ),
        example="packets of 2001:db8::10 pass vpce-0d5 and are then dropped by eigw-0a6.",
        related=(
            Code.EIGW_OUTBOUND_ONLY,
            Code.PATH_THROUGH_GWLB_NOT_CHECKED,
        ),
        situations=(
            "IPv6 passes a Gateway Load Balancer endpoint and leaves by an egress-only gateway",
        ),
        facts=("IG-5",),
    ),
    Entry(
        code=Code.EIGW_OUTBOUND_ONLY,
        group=Group.OWN_BLOCKER,
        element="egress-only internet gateway",
        title="An egress-only internet gateway lets no connection in",
        meaning=(
            "A connection from the internet would have to enter the VPC by an egress-only internet "
            "gateway, which passes only answers to connections from inside; or a host answers "
            "through it to a connection that it never saw."
        ),
        why=(
            "The gateway is for IPv6 what a NAT gateway is for IPv4, without translation: it keeps "
            "state and opens outwards only. AWS's analyser does not cover IPv6, so the code is "
            "netreach's own."
        ),
        fix=(
            "If the host must be reachable from the internet, attach an internet gateway, route "
            "::/0 of the subnet to it and guard it with security groups. If not, this is the "
            "answer that you want."
        ),
        commands=(
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-ipv6-cidr-block ::/0 "
                "--gateway-id igw-ID"
            ),
        ),
        example=(
            "vpc-0a1 has eigw-0a6 and no internet gateway; nothing outside can open a connection "
            "to 2001:db8::10."
        ),
        related=(
            Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
            Code.ENI_DENIES_IGW_TRAFFIC,
            Code.NGW_NO_SESSION,
        ),
        situations=(
            (
                "a connection from the internet is for an IPv6 address of a VPC that has an "
                "egress-only internet gateway and no internet gateway"
            ),
            "a reply leaves by an egress-only internet gateway, and the request came another way",
        ),
        facts=(
            "IG-5",
            "HY-9",
        ),
    ),
    Entry(
        code=Code.TGW_POLICY_TABLE_NO_MATCH,
        group=Group.OWN_BLOCKER,
        element="transit gateway",
        title="No entry of the transit gateway's policy table matches",
        meaning=(
            "The attachment by which a packet enters the transit gateway has a policy table in the "
            "place of a route table, and none of its entries matches the packet."
        ),
        why=(
            "A policy table chooses a route table by addresses, protocol and ports. What no entry "
            "matches is dropped; AWS counts it as PacketDropCountNoPolicy. AWS's analyser has no "
            "code for it, so this one is netreach's own."
        ),
        fix="Add an entry for the packet, or one at the end that matches everything.",
        commands=(
            (
                "aws ec2 create-transit-gateway-policy-table-entry "
                "--transit-gateway-policy-table-id tgw-ptb-ID --policy-rule-number 50000 "
                "--target-route-table-id tgw-rtb-ID"
            ),
        ),
        example=(
            "no entry of tgw-ptb-0b3 matches this packet from 10.0.1.10 to 10.1.0.10, so the "
            "transit gateway drops it."
        ),
        related=(
            Code.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION,
            Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
        ),
        situations=("no entry of the policy table of an attachment matches",),
        facts=("TG-10",),
    ),
    Entry(
        code=Code.ENI_DENIES_IGW_TRAFFIC,
        group=Group.OWN_BLOCKER,
        element="interface",
        title="The interface refuses everything from an internet gateway",
        meaning=(
            "The network interface has DenyAllIgwTraffic set, so IPv6 packets to and from an "
            "internet gateway are dropped, whatever its security groups allow."
        ),
        why=(
            "AWS sets this on the interfaces of VPC endpoints and the like, whose IPv6 addresses "
            "would otherwise be public. Peered VPCs and transit gateways still reach them."
        ),
        fix=(
            "Reach it from inside the VPC or over a private connection; the flag belongs to the "
            "service that owns the interface."
        ),
        commands=(
            (
                "aws ec2 describe-network-interfaces --network-interface-ids eni-ID --query "
                '"NetworkInterfaces[].DenyAllIgwTraffic"'
            ),
        ),
        example=(
            "eni-0d1 (vpc_endpoint) denies internet gateway traffic; 2001:db8::20 can't be reached "
            "from outside."
        ),
        related=(
            Code.EIGW_OUTBOUND_ONLY,
            Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
        ),
        situations=(
            (
                "an IPv6 packet crosses an internet gateway to or from an interface with "
                "DenyAllIgwTraffic"
            ),
        ),
        facts=("IG-6",),
    ),
    Entry(
        code=Code.NOT_AN_INTERNET_ADDRESS,
        group=Group.OWN_BLOCKER,
        element="internet gateway, egress-only internet gateway",
        title="No host on the internet has this address",
        meaning=(
            "A packet goes out to the internet for, or is said to come from there with, an address "
            "that is not globally routable: loopback, multicast, link-local, class E, "
            "documentation or unique local IPv6."
        ),
        why=(
            "Routers of the internet carry no such addresses, so nothing can be there. AWS has "
            "codes only for private IPv4 (RFC 1918) and shared addresses (RFC 6598); this one "
            "covers the rest."
        ),
        fix=(
            "Ask with the address that the host really has on the internet, or use the keyword "
            "internet."
        ),
        commands=("netreach path SNAPSHOT internet DESTINATION --port 443",),
        example=(
            "240.0.0.9 is a class E address; rtb-0e4 sends it to igw-0f5, and nobody on the "
            "internet holds it."
        ),
        related=(
            Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS,
            Code.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS,
            Code.UNROUTABLE_DESTINATION_RANGE,
        ),
        situations=(
            (
                "a packet leaves by an internet gateway or egress-only internet gateway for an "
                "address that is not globally routable, other than RFC 1918 and RFC 6598"
            ),
            (
                "an IPv6 packet with a private source address (fd00::/8) leaves by an internet "
                "gateway or egress-only internet gateway"
            ),
            (
                "the asked source is outside the estate and not globally routable, other than RFC "
                "1918 and RFC 6598"
            ),
        ),
        facts=(
            "IG-3",
            "IG-2",
        ),
    ),
    Entry(
        code=Code.NGW_NO_SESSION,
        group=Group.OWN_BLOCKER,
        element="NAT gateway",
        title="The NAT gateway drops what belongs to none of its connections",
        meaning=(
            "A packet that belongs to none of its connections reached a NAT gateway: somebody asks "
            "one of its addresses, or a host answers through it to a connection that came another "
            "way."
        ),
        why=(
            "A NAT gateway serves nobody: it answers no ping and has no open port, at its private "
            "and its public address alike. It also can't translate answers to connections that it "
            "never saw. A host with a public address whose default route is a NAT gateway is "
            "therefore unreachable from the internet: its answers leave the wrong way."
        ),
        fix=(
            "Send the answers back the way the request came: route the host's subnet to the "
            "internet gateway, or publish the service by a load balancer in a public subnet."
        ),
        commands=(
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-cidr-block 0.0.0.0/0 "
                "--gateway-id igw-ID"
            ),
        ),
        example=(
            "i-0b1 was asked by igw-0f5, but answers through nat-0a7, which knows nothing of that "
            "connection."
        ),
        related=(
            Code.EIGW_OUTBOUND_ONLY,
            Code.REPLY_FROM_OTHER_ADDRESS,
            Code.SOURCE_CANNOT_INITIATE,
        ),
        situations=(
            "the destination is an address of a NAT gateway, private or public",
            "a reply leaves by a NAT gateway, and the request did not come through it",
        ),
        facts=(
            "NT-8",
            "LAB-3",
            "LAB-5",
        ),
    ),
    Entry(
        code=Code.NGW_REQUIRES_NAT64_ADDRESS,
        group=Group.OWN_BLOCKER,
        element="NAT gateway",
        title="A NAT gateway takes IPv6 only for 64:ff9b::/96",
        meaning=(
            "An IPv6 packet was routed to a NAT gateway, but its destination is not a NAT64 "
            "address."
        ),
        why=(
            "A NAT gateway turns IPv6 into IPv4 for destinations in 64:ff9b::/96, whose last 32 "
            "bits are the IPv4 address. It has no way to pass IPv6 on as IPv6."
        ),
        fix=(
            "Route ::/0 to an egress-only internet gateway, and only 64:ff9b::/96 to the NAT "
            "gateway."
        ),
        commands=(
            (
                "aws ec2 create-route --route-table-id rtb-ID --destination-ipv6-cidr-block "
                "64:ff9b::/96 --nat-gateway-id nat-ID"
            ),
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-ipv6-cidr-block ::/0 "
                "--egress-only-internet-gateway-id eigw-ID"
            ),
        ),
        example="rtb-0e4 sends ::/0 to nat-0a7; 2001:db8:9::5 is not in 64:ff9b::/96.",
        related=(
            Code.PROTOCOL_RESTRICTION,
            Code.NO_COMMON_ADDRESS_FAMILY,
        ),
        situations=(
            "an IPv6 packet whose destination is outside 64:ff9b::/96 reaches a NAT gateway",
        ),
        facts=("NT-5",),
    ),
    Entry(
        code=Code.ROUTING_LOOP,
        group=Group.OWN_BLOCKER,
        element="route table",
        title="The packet goes round in a circle",
        meaning=(
            "Following the routes, the packet comes back to a place where it has already been, "
            "unchanged."
        ),
        why=(
            "This happens with appliances: the table of the appliance's own subnet sends the "
            "packet back to the appliance, or two appliances send it to each other. The packet "
            "dies when its hop limit is used up."
        ),
        fix="Give the appliance's subnet a route table of its own that leads onwards.",
        commands=(
            "aws ec2 create-route-table --vpc-id vpc-ID",
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-cidr-block 0.0.0.0/0 "
                "--gateway-id igw-ID"
            ),
        ),
        example="eni-0d1 forwards to rtb-0e4, which sends 0.0.0.0/0 to eni-0d1 again.",
        related=(
            Code.ENI_SOURCE_DEST_CHECK_RESTRICTION,
            Code.INGRESS_RTB_TRAFFIC_REDIRECTION,
        ),
        situations=("a packet comes to the same component a second time with the same header",),
        facts=(
            "RT-12",
            "NT-7",
        ),
    ),
    Entry(
        code=Code.REPLY_FROM_OTHER_ADDRESS,
        group=Group.OWN_BLOCKER,
        element="router",
        title="The answer comes from an address that the client did not ask",
        meaning=(
            "The answer finds its way back, but with another source address than the one that the "
            "client sent to, so the client drops it."
        ),
        why=(
            "A client matches answers to its connections by both addresses. When the request comes "
            "in by one translation and the answer leaves by another, or by none, they no longer "
            "match."
        ),
        fix=(
            "Let the answer leave the way the request came in, so that the same gateway translates "
            "it back."
        ),
        commands=(
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-cidr-block "
                "198.51.100.0/24 --gateway-id igw-ID"
            ),
        ),
        example="the client asked 203.0.113.9 and is answered from 10.0.1.10.",
        related=(
            Code.NGW_NO_SESSION,
            Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
            Code.ROUTING_LOOP,
        ),
        situations=(
            (
                "the reply reaches the client with a source other than the address that the client "
                "asked"
            ),
        ),
        facts=(
            "PC-4",
            "LAB-1",
            "LAB-3",
        ),
    ),
)
