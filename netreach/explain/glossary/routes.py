"""Codes of VPC routing."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.NO_ROUTE_TO_DESTINATION,
        group=Group.ROUTE,
        element="route table",
        title="The route table has no route that covers the destination",
        meaning=(
            "The packet left its subnet, and no route of the subnet's route table contains the "
            "destination address. The VPC router drops it."
        ),
        why=(
            "A subnet uses its own route table or, without one, the main table of its VPC. IPv4 "
            "and IPv6 routes are apart: 0.0.0.0/0 never covers an IPv6 address. On the return leg "
            "this means that the answer, not the request, has no way."
        ),
        fix="Add the missing route, or associate the subnet with the table that was meant.",
        commands=(
            (
                "aws ec2 create-route --route-table-id rtb-ID --destination-cidr-block 0.0.0.0/0 "
                "--gateway-id igw-ID"
            ),
            "aws ec2 associate-route-table --route-table-id rtb-ID --subnet-id subnet-ID",
        ),
        example="rtb-0e4 of subnet-0c3 has no route for 198.51.100.7; it knows only 10.0.0.0/16.",
        related=(
            Code.BAD_STATE_ROUTE,
            Code.DISCONNECTED_VPCS,
            Code.ROUTE_STATE_FILTERED,
        ),
        situations=("no route of the table that applies covers the destination, forward or reply",),
        facts=(
            "RT-1",
            "RT-2",
            "RT-3",
        ),
    ),
    Entry(
        code=Code.BAD_STATE_ROUTE,
        group=Group.ROUTE,
        element="route table",
        title="The route that covers the destination is a blackhole",
        meaning=(
            "The most specific route for the destination is out of service: AWS marked it as a "
            "blackhole, or lists its target as deleted."
        ),
        why=(
            "A blackhole drops. The router does not fall through to a shorter prefix, so a dead "
            "10.1.0.0/16 hides a healthy 0.0.0.0/0. It usually remains when a NAT gateway, peering "
            "connection or instance is deleted and its routes are forgotten."
        ),
        fix=(
            "Point the route at something that lives, or delete it so that the next shorter prefix "
            "takes over."
        ),
        commands=(
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-cidr-block 0.0.0.0/0 "
                "--nat-gateway-id nat-ID"
            ),
            "aws ec2 delete-route --route-table-id rtb-ID --destination-cidr-block 10.1.0.0/16",
        ),
        example="rtb-0e4 sends 0.0.0.0/0 to nat-0a7, and the route is a blackhole.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.BAD_STATE,
            Code.BAD_STATE_ATTACHMENT,
            Code.ROUTE_STATE_FILTERED,
        ),
        situations=(
            "the longest matching route is in state blackhole",
            "the longest matching route is active, but what it leads to is listed as deleted",
        ),
        facts=("RT-9",),
    ),
    Entry(
        code=Code.CANNOT_ROUTE,
        group=Group.ROUTE,
        modelled=Modelled.NEVER,
        title="A route does not cover the packet's destination",
        meaning=(
            "AWS's analyser looks at a route that leads the wanted way and finds that its CIDR or "
            "prefix list does not contain the destination address."
        ),
        why=(
            "netreach asks the question the other way round: it takes the route that AWS would use "
            "and follows it. Where no route covers the destination it says "
            "NO_ROUTE_TO_DESTINATION; where another one takes the packet elsewhere, "
            "DELIVERED_ELSEWHERE or what stops it there."
        ),
        fix="Widen the route's destination, or add a route for the address.",
        commands=(
            (
                "aws ec2 create-route --route-table-id rtb-ID --destination-cidr-block 10.1.0.0/16 "
                "--vpc-peering-connection-id pcx-ID"
            ),
        ),
        example="rtb-0e4 sends 10.1.0.0/16 to pcx-0b8; that does not cover 10.2.0.5.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.DELIVERED_ELSEWHERE,
            Code.MORE_SPECIFIC_ROUTE,
        ),
        facts=("RT-3",),
    ),
    Entry(
        code=Code.HIGHER_PRIORITY_ROUTE,
        group=Group.ROUTE,
        modelled=Modelled.NEVER,
        title="Another route with the same CIDR has priority",
        meaning=(
            "AWS's analyser found a route that leads the wanted way, but another route with the "
            "same destination wins."
        ),
        why=(
            "Of routes with equal prefixes a static one wins, then one from a prefix list, then "
            "propagated ones. netreach follows the winner and reports what happens there."
        ),
        fix="Remove the route that wins, or make the wanted one more specific.",
        commands=(
            "aws ec2 delete-route --route-table-id rtb-ID --destination-cidr-block 10.1.0.0/16",
        ),
        example=(
            "rtb-0e4 has 10.1.0.0/16 twice: the static one to pcx-0b8 wins over the propagated one "
            "to vgw-0c2."
        ),
        related=(
            Code.MORE_SPECIFIC_ROUTE,
            Code.AMBIGUOUS_ROUTE,
            Code.DELIVERED_ELSEWHERE,
        ),
        facts=(
            "RT-3",
            "RT-4",
        ),
    ),
    Entry(
        code=Code.MORE_SPECIFIC_ROUTE,
        group=Group.ROUTE,
        modelled=Modelled.NEVER,
        title="A longer prefix takes the packet another way",
        meaning=(
            "AWS's analyser found a route that leads the wanted way, but a more specific route "
            "matches the destination too and wins."
        ),
        why=(
            "The longest prefix decides before any other rule of precedence; only propagated "
            "routes never win over the local route. netreach follows that route and reports what "
            "happens there."
        ),
        fix=(
            "Delete the more specific route, or add a still more specific one that leads the "
            "wanted way."
        ),
        commands=(
            "aws ec2 delete-route --route-table-id rtb-ID --destination-cidr-block 10.1.2.0/24",
        ),
        example=(
            "rtb-0e4 sends 10.1.2.0/24 to eni-0d1, so 10.1.0.0/16 to pcx-0b8 is not used for "
            "10.1.2.5."
        ),
        related=(
            Code.HIGHER_PRIORITY_ROUTE,
            Code.CANNOT_ROUTE,
            Code.DELIVERED_ELSEWHERE,
        ),
        facts=(
            "RT-3",
            "RT-4",
            "RT-5",
        ),
    ),
    Entry(
        code=Code.VPC_LOCAL_ROUTE_CIDR_RESTRICTION,
        group=Group.ROUTE,
        modelled=Modelled.NEVER,
        title="The local route covers only the VPC's own addresses",
        meaning=(
            "AWS's analyser would need the local route for a destination that is in none of the "
            "VPC's CIDR blocks."
        ),
        why=(
            "Every route table has a local route for each block of its VPC and for nothing else. "
            "netreach says NO_ROUTE_TO_DESTINATION when nothing else covers the address, and "
            "ADDRESS_NOT_HELD when the local route does but nobody has the address."
        ),
        fix="Add a route to what leads there, or use an address of the VPC.",
        commands=("aws ec2 describe-vpcs --vpc-ids vpc-ID",),
        example="10.9.0.4 is not in 10.0.0.0/16, the only block of vpc-0a1.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.ADDRESS_NOT_HELD,
            Code.DISCONNECTED_VPCS,
        ),
        facts=("RT-2",),
    ),
    Entry(
        code=Code.INGRESS_RTB_NO_PUBLIC_IP,
        group=Group.ROUTE,
        modelled=Modelled.TODAY,
        element="route table of a gateway",
        title="The appliance that inbound traffic is sent to has no public address",
        meaning=(
            "A route table on the internet gateway sends inbound packets to an appliance's "
            "interface, and that interface has no public address."
        ),
        why=(
            "AWS delivers traffic from the internet to an appliance behind a gateway route table "
            "only if its interface has a public address and its instance is running."
        ),
        fix=(
            "Give the appliance's interface an Elastic IP, or route through a Gateway Load "
            "Balancer endpoint instead."
        ),
        commands=(
            "aws ec2 associate-address --allocation-id eipalloc-ID --network-interface-id eni-ID",
        ),
        example="rtb-0e5 of igw-0f5 sends 10.0.1.0/24 to eni-0d1, which has no public address.",
        related=(
            Code.INGRESS_RTB_TRAFFIC_REDIRECTION,
            Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
        ),
        situations=(
            (
                "the internet gateway's own route table leads to an interface without a public "
                "IPv4 address, for IPv4 traffic from the internet"
            ),
        ),
        facts=("RT-11",),
    ),
    Entry(
        code=Code.INGRESS_RTB_TRAFFIC_REDIRECTION,
        group=Group.ROUTE,
        modelled=Modelled.TODAY,
        element="route table of a gateway",
        title="Inbound traffic passes an appliance, so outbound must pass it too",
        meaning=(
            "The internet gateway's route table sends this subnet's inbound traffic through an "
            "appliance, while the subnet's own table goes straight to the internet gateway."
        ),
        why=(
            "Both directions must use the same appliance. With inbound redirection in place AWS "
            "does not support the subnet's direct way out."
        ),
        fix=(
            "Point the subnet's default route at the appliance, or remove the subnet's route from "
            "the gateway's table."
        ),
        commands=(
            (
                "aws ec2 replace-route --route-table-id rtb-ID --destination-cidr-block 0.0.0.0/0 "
                "--network-interface-id eni-APPLIANCE"
            ),
        ),
        example=(
            "rtb-0e5 of igw-0f5 sends 10.0.1.0/24 to eni-0d1, yet subnet-0c3 sends 0.0.0.0/0 to "
            "igw-0f5."
        ),
        related=(
            Code.INGRESS_RTB_NO_PUBLIC_IP,
            Code.ENI_SOURCE_DEST_CHECK_RESTRICTION,
        ),
        situations=(
            (
                "a subnet's inbound traffic is redirected to an appliance, and its own route leads "
                "directly to that internet gateway"
            ),
        ),
        facts=(
            "RT-11",
            "RT-12",
        ),
    ),
)
