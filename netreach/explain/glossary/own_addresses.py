"""Codes of netreach's own for addresses and the services behind them."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group

ENTRIES: Final = (
    Entry(
        code=Code.UNROUTABLE_DESTINATION_RANGE,
        group=Group.OWN_BLOCKER,
        element="route table",
        title="AWS never forwards packets for this range",
        meaning=(
            "The destination is in 169.254.168.0/22 or fd00:ec2::/32, which the VPC router never "
            "forwards, even where a wider route covers it."
        ),
        why=(
            "These ranges are reserved for services that every host reaches by itself, such as the "
            "Amazon DNS server, instance metadata and the time service. Packets for the rest of "
            "the range are dropped."
        ),
        fix=(
            "Use another address for the destination. To reach an Amazon service, ask for its "
            "exact address and port."
        ),
        example=(
            "169.254.169.7 is in 169.254.168.0/22; the route 0.0.0.0/0 of rtb-0e4 does not apply "
            "to it."
        ),
        related=(
            Code.AWS_SERVICE_PORT_RESTRICTION,
            Code.NO_ROUTE_TO_DESTINATION,
            Code.NOT_AN_INTERNET_ADDRESS,
        ),
        situations=(
            (
                "the destination is in 169.254.168.0/22 or fd00:ec2::/32 and is not an Amazon "
                "service that the host reaches directly"
            ),
        ),
        facts=(
            "RT-8",
            "SG-12",
        ),
    ),
    Entry(
        code=Code.ADDRESS_NOT_HELD,
        group=Group.OWN_BLOCKER,
        element="interface",
        title="Nobody holds the destination address",
        meaning=(
            "The destination is inside the estate, in a CIDR block of a VPC, but no network "
            "interface of the snapshot has that address."
        ),
        why=(
            "The local route covers the whole block, whether or not a subnet or an interface has "
            "the address, so the packet is delivered to nobody. The first four addresses and the "
            "last one of each subnet are reserved and held by no host."
        ),
        fix=(
            "Check the address: the instance may have been replaced and got another one. A fresh "
            "snapshot shows who holds it now."
        ),
        commands=(
            (
                "aws ec2 describe-network-interfaces --filters "
                "Name=addresses.private-ip-address,Values=10.0.1.10"
            ),
        ),
        example="10.0.1.99 is in subnet-0c3 of vpc-0a1, but no interface holds it.",
        related=(
            Code.DELIVERED_ELSEWHERE,
            Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
            Code.UNASSOCIATED_COMPONENT,
        ),
        situations=(
            "the destination is in a CIDR block of the estate, and no interface has it",
            (
                "the destination is one of the five reserved addresses of a subnet, and not the "
                "DNS server"
            ),
        ),
        facts=(
            "RT-2",
            "RT-14",
        ),
    ),
    Entry(
        code=Code.DELIVERED_ELSEWHERE,
        group=Group.OWN_BLOCKER,
        element="route table",
        title="Another resource with the same address receives the packet",
        meaning=(
            "Following the sender's routes, the packet arrives at an interface that has the asked "
            "address but is not the asked resource."
        ),
        why=(
            "VPCs may use the same addresses, and then an address alone does not say whose it is: "
            "the sender's routes decide. A local route always prefers the sender's own VPC."
        ),
        fix=(
            "Correct the route that decides, or give one of the two networks other addresses. "
            "netreach names who received the packet."
        ),
        commands=(
            (
                "aws ec2 describe-network-interfaces --filters "
                "Name=addresses.private-ip-address,Values=10.0.1.10"
            ),
        ),
        example="10.0.1.10 was asked as eni-0d9 of vpc-0b2; from vpc-0a1 it is eni-0d1 of vpc-0a1.",
        related=(
            Code.DISCONNECTED_VPCS,
            Code.MORE_SPECIFIC_ROUTE,
            Code.ADDRESS_NOT_HELD,
        ),
        situations=(
            "the asked resource's address is routed to another interface that holds it too",
        ),
        facts=(
            "RT-2",
            "PC-4",
        ),
    ),
    Entry(
        code=Code.NO_COMMON_ADDRESS_FAMILY,
        group=Group.OWN_BLOCKER,
        element="interface",
        title="One end speaks only IPv4, the other only IPv6",
        meaning=(
            "Source and destination have no address family in common, so no packet can name both "
            "of them."
        ),
        why=(
            "IPv4 and IPv6 are separate networks side by side. Only NAT64 connects them, from an "
            "IPv6-only host to an IPv4 address through a NAT gateway."
        ),
        fix=(
            "Give both ends an address of one family, or use NAT64: DNS64 on the subnet and a "
            "route for 64:ff9b::/96."
        ),
        commands=(
            "aws ec2 assign-ipv6-addresses --network-interface-id eni-ID --ipv6-address-count 1",
            "aws ec2 modify-subnet-attribute --subnet-id subnet-ID --enable-dns64",
        ),
        example="i-0b1 has only 10.0.1.10, i-0b2 only 2001:db8::20.",
        related=(
            Code.NGW_REQUIRES_NAT64_ADDRESS,
            Code.UNASSOCIATED_COMPONENT,
        ),
        situations=("the two asked resources have no address of the same family",),
        facts=(
            "RT-2",
            "NT-5",
        ),
    ),
    Entry(
        code=Code.SOURCE_CANNOT_INITIATE,
        group=Group.OWN_BLOCKER,
        element="interface",
        title="The source never opens connections",
        meaning=(
            "The asked source is the interface of a service that only answers or translates: a NAT "
            "gateway, a network load balancer, an interface endpoint."
        ),
        why=(
            "Such interfaces have addresses but no program of yours behind them that could start a "
            "connection."
        ),
        fix="Ask from the host that really starts the connection, or ask the other way round.",
        commands=("netreach path SNAPSHOT i-CLIENT eni-ID --port 443",),
        example="eni-0d1 belongs to nat-0a7, which opens no connections of its own.",
        related=(
            Code.VPCE_INTRA_VPC_TRAFFIC,
            Code.NGW_NO_SESSION,
        ),
        situations=(
            (
                "the asked source is the interface of a NAT gateway, endpoint or other service "
                "that cannot initiate"
            ),
        ),
        facts=(
            "EP-1",
            "NT-8",
        ),
    ),
    Entry(
        code=Code.FUNCTION_TAKES_NO_CONNECTIONS,
        group=Group.OWN_BLOCKER,
        element="interface",
        title="Functions take no connections",
        meaning=(
            "The destination is an interface by which functions of AWS Lambda send into the VPC."
        ),
        why=(
            "Functions are called by Lambda's own API. Their interfaces translate what functions "
            "send and bring the answers back; nobody listens there, whatever groups allow."
        ),
        fix="Call the function by Lambda's API, by an endpoint for it where that must be private.",
        commands=("netreach path SNAPSHOT SOURCE com.amazonaws.REGION.lambda --port 443",),
        example="eni-0d1 is how functions of Lambda send; nothing comes to them that way.",
        related=(Code.SOURCE_CANNOT_INITIATE,),
        situations=("a connection is for an interface of AWS Lambda",),
        facts=("IG-7",),
    ),
    Entry(
        code=Code.AWS_SERVICE_PORT_RESTRICTION,
        group=Group.OWN_BLOCKER,
        element="interface",
        title="The Amazon service at this address does not serve that port",
        meaning=(
            "The destination is an Amazon service that every host reaches directly (DNS, metadata, "
            "time, licensing), and it does not serve the asked protocol and port."
        ),
        why=(
            "DNS takes udp and tcp 53, instance metadata tcp 80, the time service udp 123, Windows "
            "activation tcp 1688. Neither security groups nor ACLs filter them, and nothing else "
            "answers at these addresses."
        ),
        fix="Ask for the port that the service serves.",
        commands=("netreach path SNAPSHOT SOURCE 169.254.169.253 --protocol udp --port 53",),
        example="169.254.169.254 is instance metadata, which serves tcp 80; tcp 443 was asked.",
        related=(
            Code.VPC_DNS_SUPPORT_DISABLED,
            Code.INSTANCE_METADATA_DISABLED,
            Code.UNROUTABLE_DESTINATION_RANGE,
        ),
        situations=(
            "an Amazon service address is asked for a protocol or port that it does not serve",
        ),
        facts=(
            "SG-12",
            "NA-9",
            "HY-8",
        ),
    ),
    Entry(
        code=Code.VPC_DNS_SUPPORT_DISABLED,
        group=Group.OWN_BLOCKER,
        element="VPC",
        title="The VPC's DNS support is off, so its DNS server does not answer",
        meaning=(
            "The Amazon DNS server of the VPC was asked, and the VPC has enableDnsSupport set to "
            "false."
        ),
        why=(
            "The server answers at the base of the VPC's primary block plus two (10.0.0.2 in "
            "10.0.0.0/16), at 169.254.169.253 and at fd00:ec2::253, and at all three only while "
            "DNS support is on. Where the snapshot does not say, it is taken to be on, with a "
            "warning."
        ),
        fix="Switch DNS support on, or use the DNS servers that the VPC's DHCP options name.",
        commands=("aws ec2 modify-vpc-attribute --vpc-id vpc-ID --enable-dns-support",),
        example="vpc-0a1 has DNS support off; 10.0.0.2 answers no udp 53.",
        related=(
            Code.AWS_SERVICE_PORT_RESTRICTION,
            Code.INSTANCE_METADATA_DISABLED,
        ),
        situations=("the Amazon DNS server is asked from a VPC whose enableDnsSupport is false",),
        facts=("HY-8",),
    ),
    Entry(
        code=Code.INSTANCE_METADATA_DISABLED,
        group=Group.OWN_BLOCKER,
        element="instance",
        title="The instance's metadata service is switched off",
        meaning=(
            "The instance asked 169.254.169.254, and its metadata options have the HTTP endpoint "
            "disabled."
        ),
        why=(
            "Metadata is answered for each instance by itself, not over the network, so no group, "
            "ACL or route is involved: only this setting."
        ),
        fix="Enable the endpoint, and require session tokens (IMDSv2) while you are at it.",
        commands=(
            (
                "aws ec2 modify-instance-metadata-options --instance-id i-ID --http-endpoint "
                "enabled --http-tokens required"
            ),
        ),
        example="i-0b1 has HttpEndpoint disabled; 169.254.169.254 does not answer it.",
        related=(
            Code.AWS_SERVICE_PORT_RESTRICTION,
            Code.VPC_DNS_SUPPORT_DISABLED,
        ),
        situations=(
            (
                "an instance whose metadata options have HttpEndpoint disabled asks the metadata "
                "address"
            ),
        ),
        facts=("SG-12",),
    ),
    Entry(
        code=Code.ROUTE_STATE_FILTERED,
        group=Group.OWN_BLOCKER,
        element="route table",
        title='The only route that covers the destination is in state "filtered"',
        meaning=(
            "A route of the table covers the destination, but AWS lists it as filtered, so it is "
            "not used, and no other route covers the address."
        ),
        why=(
            "AWS names the state beside active and blackhole without documenting it. netreach "
            "leaves such routes out, as if they were not in the table; a shorter prefix takes over "
            "where there is one."
        ),
        fix="Look the route up in the console, and add a static route if the traffic should pass.",
        commands=(
            "aws ec2 describe-route-tables --route-table-ids rtb-ID",
            (
                "aws ec2 create-route --route-table-id rtb-ID --destination-cidr-block 10.1.0.0/16 "
                "--transit-gateway-id tgw-ID"
            ),
        ),
        example=(
            "rtb-0e4 has no route in use that covers 10.1.0.5; it lists 10.1.0.0/16 -> eni-0d1 "
            "(filtered)."
        ),
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.BAD_STATE_ROUTE,
        ),
        situations=(
            "no usable route covers the destination, and one in state filtered would have",
        ),
        facts=("RT-9",),
    ),
)
