"""Codes of network interfaces and instances."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.BAD_STATE,
        group=Group.INTERFACE,
        element="interface, instance, NAT gateway",
        title="A component on the way is not in service",
        meaning=(
            "An instance, network interface or gateway that the packet needs exists but is not "
            "working: a stopped instance, an interface that is not in use, a NAT gateway that is "
            "still pending or has failed."
        ),
        why=(
            "A stopped instance keeps its interfaces, private addresses, Elastic IPs and security "
            "groups, so its configuration can be perfect while nothing answers. (A public address "
            "that was assigned automatically is lost.) netreach therefore walks the path as if the "
            "component were in service and reports every other blocker too: mend those first, then "
            "start it."
        ),
        fix=(
            "Start the instance, attach the interface, or replace the component that failed. If it "
            "is meant to be down, there is nothing to mend."
        ),
        commands=(
            "aws ec2 start-instances --instance-ids i-ID",
            (
                "aws ec2 attach-network-interface --network-interface-id eni-ID --instance-id i-ID "
                "--device-index 1"
            ),
            "aws ec2 describe-nat-gateways --nat-gateway-ids nat-ID",
        ),
        example="i-0b1 is stopped; everything else on the way would let tcp 443 through.",
        related=(
            Code.BAD_STATE_ATTACHMENT,
            Code.BAD_STATE_ROUTE,
            Code.UNASSOCIATED_COMPONENT,
        ),
        situations=(
            "the instance at either end is not running",
            (
                "an interface at either end has no instance record, and its own status is not "
                "in-use: it is attached to nothing"
            ),
            "the attachment of an interface at either end has a status other than attached",
            "the route leads to a NAT gateway whose state is not available",
        ),
    ),
    Entry(
        code=Code.BAD_STATE_ATTACHMENT,
        group=Group.INTERFACE,
        element="internet gateway, egress-only internet gateway",
        title="Two components are not attached to each other",
        meaning=(
            "The packet needs a connection between two components, and that connection is missing "
            "or not in service, such as an internet gateway that is not attached to this VPC."
        ),
        why=(
            "A route may name a gateway long after someone detached it, or before someone attaches "
            "it. It looks complete in a listing and passes no packet."
        ),
        fix="Attach the gateway to the VPC, or point the route at the one that is attached.",
        commands=("aws ec2 attach-internet-gateway --internet-gateway-id igw-ID --vpc-id vpc-ID",),
        example="igw-0f5, the target of 0.0.0.0/0 in rtb-0e4, is not attached to vpc-0a1.",
        related=(
            Code.BAD_STATE,
            Code.BAD_STATE_ROUTE,
            Code.ASSUMED_GATEWAY,
        ),
        situations=(
            (
                "the route leads to an internet gateway or egress-only internet gateway that is "
                "attached to no VPC, to another VPC, or is not yet attached"
            ),
        ),
        facts=("IG-3",),
    ),
    Entry(
        code=Code.ENI_ADDRESS_RESTRICTION,
        group=Group.INTERFACE,
        modelled=Modelled.LATER,
        element="interfaces of AWS services",
        title="An interface takes only packets from or to its own addresses",
        meaning=(
            "The packet reached a network interface although neither its source nor its "
            "destination is one of that interface's private addresses."
        ),
        why=(
            "Most interfaces that AWS services run (load balancers, endpoints, databases) accept "
            "and send their own addresses only, and have no source/destination check that you "
            "could turn off."
        ),
        fix=(
            "Correct the route that leads to this interface, or send the packet to an address that "
            "the interface holds."
        ),
        commands=("aws ec2 describe-network-interfaces --network-interface-ids eni-ID",),
        example="eni-0d1 (vpc_endpoint) got a packet for 10.9.0.4; its only address is 10.0.3.20.",
        related=(
            Code.ENI_SOURCE_DEST_CHECK_RESTRICTION,
            Code.ADDRESS_NOT_HELD,
        ),
        situations=(
            (
                "a route leads to an interface of an AWS service, and the packet is for another "
                "address"
            ),
        ),
        facts=("RT-13",),
    ),
    Entry(
        code=Code.ENI_SOURCE_DEST_CHECK_RESTRICTION,
        group=Group.INTERFACE,
        element="interface",
        title="The source/destination check drops a packet of another's address",
        meaning=(
            "The interface has its source/destination check on. It drops what arrives for an "
            "address that is not its own, and what leaves with a source address that is not its "
            "own."
        ),
        why=(
            "The check is on by default and right for ordinary hosts. NAT instances, routers and "
            "firewalls carry other hosts' packets, so they need it off; forgetting it is the usual "
            "reason why such an appliance passes nothing. Delegated prefixes count as the "
            "interface's own addresses."
        ),
        fix=(
            "Turn the check off on the appliance's interface. If the interface is no appliance, "
            "the route that leads to it is wrong."
        ),
        commands=(
            (
                "aws ec2 modify-network-interface-attribute --network-interface-id eni-ID "
                "--no-source-dest-check"
            ),
        ),
        example=(
            "eni-0d1 drops 10.0.1.10 -> 198.51.100.7: not its address, and source/dest check is on."
        ),
        related=(
            Code.ENI_ADDRESS_RESTRICTION,
            Code.INGRESS_RTB_NO_PUBLIC_IP,
            Code.ROUTING_LOOP,
        ),
        situations=(
            (
                "a route leads to an interface with the check on, and the packet is for another "
                "address"
            ),
            (
                "an interface with the check on sends a packet whose source is not one of its "
                "addresses or delegated prefixes"
            ),
        ),
        facts=(
            "RT-13",
            "RT-12",
            "NT-7",
        ),
    ),
)
