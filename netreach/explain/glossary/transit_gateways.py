"""Codes of transit gateways."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Effect, Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
        group=Group.TRANSIT_GATEWAY,
        modelled=Modelled.TODAY,
        element="transit gateway",
        title="The transit gateway's route table has no route to the destination",
        meaning=(
            "The packet reached a transit gateway, and the route table of the attachment by which "
            "it came has no route that covers the destination."
        ),
        why=(
            "A transit gateway has route tables of its own, apart from those of the VPCs. The "
            "table that counts is the one associated with the attachment where the packet enters. "
            "A VPC's CIDR blocks appear in a table only if the VPC's attachment propagates to it; "
            "the blocks of a VPC that overlaps an earlier one are not propagated."
        ),
        fix="Propagate the destination's attachment into that table, or add a static route.",
        commands=(
            (
                "aws ec2 enable-transit-gateway-route-table-propagation "
                "--transit-gateway-route-table-id tgw-rtb-ID --transit-gateway-attachment-id "
                "tgw-attach-ID"
            ),
            (
                "aws ec2 create-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-ID "
                "--destination-cidr-block 10.1.0.0/16 --transit-gateway-attachment-id "
                "tgw-attach-ID"
            ),
        ),
        example=(
            "tgw-rtb-0d1, the table of vpc-0a1's attachment to tgw-0c1, has no route for 10.1.0.5."
        ),
        related=(
            Code.TGW_RTB_BAD_STATE_ROUTE,
            Code.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION,
            Code.NO_ROUTE_TO_DESTINATION,
        ),
        situations=(
            (
                "no route of the table of the entry attachment covers the destination, forward or "
                "reply"
            ),
        ),
        facts=(
            "TG-1",
            "TG-2",
            "TG-4",
        ),
    ),
    Entry(
        code=Code.TGW_RTB_BAD_STATE_ROUTE,
        group=Group.TRANSIT_GATEWAY,
        modelled=Modelled.TODAY,
        element="transit gateway",
        title="The transit gateway's route is a blackhole or not active",
        meaning="The route of the transit gateway that covers the destination is not in service.",
        why=(
            "Blackhole routes are often set on purpose, to keep networks apart. They also remain "
            "when an attachment is deleted. A blackhole drops; no shorter prefix takes over."
        ),
        fix="If it is not on purpose, point the route at a living attachment.",
        commands=(
            (
                "aws ec2 replace-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-ID "
                "--destination-cidr-block 10.1.0.0/16 --transit-gateway-attachment-id "
                "tgw-attach-ID"
            ),
        ),
        example="tgw-rtb-0d1 has 10.1.0.0/16 as a static blackhole.",
        related=(
            Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
            Code.BAD_STATE_ROUTE,
        ),
        situations=(
            (
                "the longest matching route of the transit gateway's table is a blackhole or in a "
                "state other than active"
            ),
        ),
        facts=("TG-3",),
    ),
    Entry(
        code=Code.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION,
        group=Group.TRANSIT_GATEWAY,
        modelled=Modelled.TODAY,
        element="transit gateway",
        title="The attachment has no transit gateway route table",
        meaning=(
            "The packet entered a transit gateway by an attachment that is associated with no "
            "route table of the gateway."
        ),
        why=(
            "The association says which table routes what the attachment sends. It is made by "
            "itself only if the gateway has default association switched on."
        ),
        fix="Associate the attachment with a table.",
        commands=(
            (
                "aws ec2 associate-transit-gateway-route-table --transit-gateway-route-table-id "
                "tgw-rtb-ID --transit-gateway-attachment-id tgw-attach-ID"
            ),
        ),
        example="tgw-attach-0e2 of vpc-0a1 is associated with no route table of tgw-0c1.",
        related=(
            Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
            Code.BAD_STATE_ATTACHMENT,
        ),
        situations=(
            "a packet enters a transit gateway by an attachment without an association in service",
        ),
        facts=("TG-1",),
    ),
    Entry(
        code=Code.TGW_ROUTE_AZ_RESTRICTION,
        group=Group.TRANSIT_GATEWAY,
        modelled=Modelled.TODAY,
        element="transit gateway",
        title="The attachment has no subnet in the sender's zone",
        meaning=(
            "The route leads to a transit gateway whose attachment to this VPC has no subnet in "
            "the Availability Zone where the packet starts."
        ),
        why=(
            "A transit gateway takes packets only from zones in which its attachment has a subnet. "
            "This holds for answers as well, so a host in a forgotten zone neither calls nor "
            "answers."
        ),
        fix="Add one subnet of that zone to the attachment.",
        commands=(
            (
                "aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id "
                "tgw-attach-ID --add-subnet-ids subnet-ID"
            ),
        ),
        example="subnet-0c3 is in eu-central-1c; tgw-attach-0e2 has subnets in 1a and 1b only.",
        related=(Code.TGW_ATTACH_VPC_AZ_RESTRICTION,),
        situations=(
            (
                "the route leads to a transit gateway, and its attachment has no subnet in the "
                "sender's zone, forward or reply"
            ),
        ),
        facts=(
            "TG-5",
            "LAB-10",
        ),
    ),
    Entry(
        code=Code.TGW_ATTACH_VPC_AZ_RESTRICTION,
        group=Group.TRANSIT_GATEWAY,
        modelled=Modelled.LATER,
        element="transit gateway",
        title="The transit gateway enters the VPC in another zone",
        meaning=(
            "The transit gateway does not deliver through the attachment's interface in this zone. "
            "By default it stays in the zone that the packet came from; in appliance mode it stays "
            "in the zone that it used forwards."
        ),
        why=(
            "An appliance that keeps state must see both directions. Without appliance mode the "
            "answer may arrive in another zone, at another appliance, which then drops it."
        ),
        fix="Switch appliance mode on for the attachment of the VPC that holds the appliances.",
        commands=(
            (
                "aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id "
                "tgw-attach-ID --options ApplianceModeSupport=enable"
            ),
        ),
        example=(
            "tgw-0c1 enters vpc-0f1 in eu-central-1a; the firewall that saw the request is in 1b."
        ),
        related=(
            Code.TGW_ROUTE_AZ_RESTRICTION,
            Code.TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED,
        ),
        situations=(
            "the zone rules of the attachment keep a packet from the interface that its way needs",
        ),
        facts=(
            "TG-5",
            "TG-7",
        ),
    ),
    Entry(
        code=Code.TGW_BAD_STATE_VPN,
        group=Group.TRANSIT_GATEWAY,
        element="VPN connection",
        title="The VPN connection behind the transit gateway is down",
        meaning="The transit gateway's route leads to a VPN connection that is not in service.",
        why=(
            "The tunnels may be down, or the connection may be pending or deleted. Routes that BGP "
            "learned disappear by themselves; static ones stay."
        ),
        fix="Bring a tunnel up, or route to another attachment.",
        commands=("aws ec2 describe-vpn-connections --vpn-connection-ids vpn-ID",),
        example="vpn-0a9, where tgw-rtb-0d1 sends 192.168.0.0/16, is deleted.",
        related=(
            Code.BAD_STATE_VPN,
            Code.TGW_RTB_BAD_STATE_ROUTE,
        ),
        situations=("the transit gateway's route leads to a VPN connection that is not available",),
        facts=("TG-8",),
    ),
    Entry(
        code=Code.TGW_RTB_CANNOT_ROUTE,
        group=Group.TRANSIT_GATEWAY,
        modelled=Modelled.NEVER,
        title="A transit gateway route does not cover the destination",
        meaning=(
            "AWS's analyser looks at a transit gateway route that leads the wanted way and finds "
            "that it does not contain the destination address."
        ),
        why=(
            "netreach follows the route that the gateway would use. Where none covers the address "
            "it says TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT."
        ),
        fix="Widen the route, or add one for the address.",
        commands=(
            (
                "aws ec2 create-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-ID "
                "--destination-cidr-block 10.2.0.0/16 --transit-gateway-attachment-id "
                "tgw-attach-ID"
            ),
        ),
        example="tgw-rtb-0d1 sends 10.1.0.0/16 to vpc-0b2; that does not cover 10.2.0.5.",
        related=(
            Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
            Code.CANNOT_ROUTE,
        ),
        facts=("TG-2",),
    ),
    Entry(
        code=Code.TGW_RTB_HIGHER_PRIORITY_ROUTE,
        group=Group.TRANSIT_GATEWAY,
        modelled=Modelled.NEVER,
        title="Another transit gateway route with the same CIDR has priority",
        meaning=(
            "AWS's analyser found a transit gateway route that leads the wanted way, but another "
            "with the same destination wins."
        ),
        why=(
            "Of equal prefixes a static route hides a propagated one, and propagated ones rank by "
            "the kind of attachment. netreach follows the winner and reports what happens there."
        ),
        fix="Delete the static route that hides the other.",
        commands=(
            (
                "aws ec2 delete-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-ID "
                "--destination-cidr-block 10.1.0.0/16"
            ),
        ),
        example=(
            "tgw-rtb-0d1 has 10.1.0.0/16 static to vpc-0f1 and propagated to vpc-0b2; the static "
            "one wins."
        ),
        related=(
            Code.TGW_RTB_MORE_SPECIFIC_ROUTE,
            Code.HIGHER_PRIORITY_ROUTE,
        ),
        facts=("TG-2",),
    ),
    Entry(
        code=Code.TGW_RTB_MORE_SPECIFIC_ROUTE,
        group=Group.TRANSIT_GATEWAY,
        modelled=Modelled.NEVER,
        title="A longer prefix of the transit gateway takes the packet elsewhere",
        meaning=(
            "AWS's analyser found a transit gateway route that leads the wanted way, but a more "
            "specific one wins."
        ),
        why=(
            "The longest prefix decides first. netreach follows that route and reports what "
            "happens there."
        ),
        fix=(
            "Delete the more specific route, or add a still more specific one that leads the "
            "wanted way."
        ),
        commands=(
            (
                "aws ec2 delete-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-ID "
                "--destination-cidr-block 10.1.2.0/24"
            ),
        ),
        example=(
            "tgw-rtb-0d1 sends 10.1.2.0/24 to vpc-0f1, so 10.1.0.0/16 to vpc-0b2 is not used for "
            "10.1.2.5."
        ),
        related=(
            Code.TGW_RTB_HIGHER_PRIORITY_ROUTE,
            Code.MORE_SPECIFIC_ROUTE,
        ),
        facts=("TG-2",),
    ),
    Entry(
        code=Code.TGW_RTB_ROUTES_ARE_UNKNOWN,
        group=Group.TRANSIT_GATEWAY,
        effect=Effect.UNDECIDED,
        modelled=Modelled.TODAY,
        element="transit gateway",
        title="The routes of the transit gateway's table are not known",
        meaning=(
            "The packet reached a transit gateway, and the snapshot does not hold the routes of "
            "the table that applies."
        ),
        why=(
            "A shared transit gateway shows its route tables to its owner only, and describe calls "
            "do not list the routes at all: they need a search call for each table."
        ),
        fix="Add the routes to the snapshot, from the account that owns the transit gateway.",
        commands=(
            (
                "aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id tgw-rtb-ID "
                "--filters Name=state,Values=active,blackhole"
            ),
        ),
        example="the snapshot names tgw-rtb-0d1 of tgw-0c1, but holds none of its routes.",
        related=(
            Code.UNKNOWN_RESOURCE,
            Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
        ),
        situations=("the transit gateway's table applies, and its routes are not in the snapshot",),
    ),
)
