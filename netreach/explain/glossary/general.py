"""Codes that any component, or the question itself, can lead to."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Effect, Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.PROTOCOL_RESTRICTION,
        group=Group.GENERAL,
        element="NAT gateway",
        title="This component does not carry that protocol",
        meaning=(
            "The packet reached a component that passes only certain protocols, and its own is not "
            "among them."
        ),
        why=(
            "A NAT gateway translates TCP, UDP and ICMP. It drops everything else, such as IPsec "
            "ESP (protocol 50), GRE (47) and SCTP (132). VPNs pass if they wrap ESP into UDP (NAT "
            "traversal)."
        ),
        fix=(
            "Use a protocol that the component carries, or a way without it: an Elastic IP on the "
            "interface instead of the NAT gateway."
        ),
        commands=(
            "aws ec2 associate-address --allocation-id eipalloc-ID --network-interface-id eni-ID",
        ),
        example="nat-0a7 carries tcp, udp and icmp; protocol 50 was asked.",
        related=(
            Code.VPCE_GATEWAY_PROTOCOL_RESTRICTION,
            Code.NGW_REQUIRES_NAT64_ADDRESS,
        ),
        situations=("a packet that is not TCP, UDP or ICMP reaches a NAT gateway",),
        facts=("NT-4",),
    ),
    Entry(
        code=Code.NO_POSSIBLE_DESTINATION,
        group=Group.GENERAL,
        element="VPC",
        title="There is no way into the VPC that holds the destination",
        meaning=(
            "A packet from the internet is for an address of a VPC that has no internet gateway, "
            "so nothing can deliver it."
        ),
        why=(
            "A public address alone opens no door: the VPC needs an attached internet gateway. "
            "AWS's analyser also uses this code for a packet that goes to another account or "
            "Region; there netreach says what is missing from the snapshot instead, and answers "
            "unknown."
        ),
        fix=(
            "Attach an internet gateway and add the route to it, if the VPC is meant to face the "
            "internet."
        ),
        commands=("aws ec2 attach-internet-gateway --internet-gateway-id igw-ID --vpc-id vpc-ID",),
        example="203.0.113.9 belongs to eni-0d1, but vpc-0a1 has no internet gateway.",
        related=(
            Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
            Code.EIGW_OUTBOUND_ONLY,
            Code.BAD_STATE_ATTACHMENT,
            Code.UNKNOWN_RESOURCE,
        ),
        situations=(
            (
                "a packet from the internet is for an address of a VPC without any gateway to the "
                "internet"
            ),
        ),
        facts=(
            "IG-1",
            "IG-2",
        ),
    ),
    Entry(
        code=Code.UNKNOWN_DESTINATION,
        group=Group.GENERAL,
        effect=Effect.UNDECIDED,
        element="on-premises networks",
        title="Too little is known about the destination to go on",
        meaning=(
            "The packet left what the snapshot describes, or may have: to a network behind a VPN "
            "or Direct Connect of which the snapshot does not show what it holds or where it sends "
            "this address."
        ),
        why=(
            "Behind a VPN or Direct Connect are routers and firewalls that no AWS call lists. "
            "What they announce by BGP shows only in route tables that learn it."
        ),
        fix=(
            "Enable route propagation in a route table, so that the next snapshot shows what the "
            "sites announce, and check the rest on premises."
        ),
        commands=("aws ec2 describe-customer-gateways",),
        example="what vgw-0c2 does with packets for 192.168.5.7 is not in the snapshot.",
        related=(
            Code.NO_POSSIBLE_DESTINATION,
            Code.UNKNOWN_RESOURCE,
        ),
        situations=(
            (
                "the rest of the way lies in a network that the snapshot describes by its address "
                "range only"
            ),
        ),
    ),
    Entry(
        code=Code.UNKNOWN_RESOURCE,
        group=Group.GENERAL,
        effect=Effect.UNDECIDED,
        element="every element",
        title="The answer needs a record that the snapshot does not hold",
        meaning=(
            "Something on the way is named by another record, but its own record is missing: a "
            "security group, a route table, a subnet, an interface."
        ),
        why=(
            "The dump may be incomplete, taken in several moments, or made by an account that "
            "can't see everything (participants of a shared VPC don't see its NAT gateways). Route "
            "tables and security groups are never assumed, so the answer is unknown rather than a "
            "guess."
        ),
        fix="Run the missing describe command and add its output to the snapshot.",
        commands=(
            "aws ec2 describe-security-groups > security-groups.json",
            "aws ec2 describe-route-tables > route-tables.json",
        ),
        example="eni-0d1 carries sg-0b2, and the snapshot does not hold sg-0b2.",
        related=(
            Code.NOT_MODELLED,
            Code.ASSUMED_DEFAULT_ACL,
            Code.ASSUMED_GATEWAY,
            Code.CONFLICTING_RECORDS,
        ),
        situations=(
            (
                "a record that decides the answer is named but not in the snapshot: subnet, route "
                "table, security group, interface, VPC"
            ),
            (
                "an active route leads to a NAT gateway or network interface that is not in the "
                "snapshot"
            ),
        ),
        facts=("HY-7",),
    ),
    Entry(
        code=Code.NO_PATH,
        group=Group.GENERAL,
        modelled=Modelled.NEVER,
        title="AWS's analyser found nothing, without a closer reason",
        meaning="AWS's analyser could not find a path and gives no particular cause.",
        why=(
            "netreach always follows the way that AWS would use to the point where it ends, so "
            "there is always a closer reason."
        ),
        fix="Ask netreach for the same pair and read the blockers that it names.",
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --port 443",),
        example="no path from i-0b1 to i-0b2 was found.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.SOURCE_CANNOT_INITIATE,
            Code.NOT_MODELLED,
        ),
    ),
    Entry(
        code=Code.NO_SOURCE_OR_DESTINATION,
        group=Group.GENERAL,
        element="VPC",
        title="Nothing can be where the question starts",
        meaning=(
            "The asked source is an address of a VPC that lies in no subnet, so no host can have "
            "it and nothing can send from it."
        ),
        why=(
            "An address that nobody holds but that lies in a subnet is judged as if a host were "
            "there, without security groups, and with a warning. Outside every subnet there is no "
            "route table and no ACL to judge it by. An id or name that names nothing is a mistake "
            "in the command instead: netreach offers the nearest ones and exits with status 2."
        ),
        fix="Ask from an address of a subnet, or from the resource itself.",
        commands=("netreach show SNAPSHOT vpc-ID",),
        example="10.0.200.9 is in vpc-0a1 (10.0.0.0/16), but in none of its subnets.",
        related=(
            Code.ADDRESS_NOT_HELD,
            Code.UNASSOCIATED_COMPONENT,
        ),
        situations=(
            (
                "the asked source is an address in a CIDR block of a VPC, in no subnet of it and "
                "on no interface"
            ),
        ),
    ),
    Entry(
        code=Code.UNASSOCIATED_COMPONENT,
        group=Group.GENERAL,
        element="interface, internet gateway, egress-only internet gateway",
        title="The resource has no place in any VPC",
        meaning=(
            "The asked resource has no network interface with an address, or is a gateway that no "
            "VPC is attached to, so there is nothing to send from or to."
        ),
        why=(
            "An interface that carries EFA traffic only has no IP address at all, and a gateway "
            "carries nothing before it is attached. An instance whose interfaces are gone is "
            "BAD_STATE if it does not run; if it runs, the snapshot lacks them: UNKNOWN_RESOURCE."
        ),
        fix=(
            "Attach the gateway, or ask for an interface with an address. If the snapshot is old, "
            "take a fresh one."
        ),
        commands=(
            "aws ec2 describe-network-interfaces --network-interface-ids eni-ID",
            "aws ec2 attach-internet-gateway --internet-gateway-id igw-ID --vpc-id vpc-ID",
        ),
        example="igw-0f5 is attached to no VPC.",
        related=(
            Code.BAD_STATE,
            Code.UNKNOWN_RESOURCE,
            Code.NO_COMMON_ADDRESS_FAMILY,
        ),
        situations=(
            "no interface of the asked resource has an address, of either family",
            "the asked resource is an internet gateway that is attached to no VPC",
        ),
    ),
    Entry(
        code=Code.UNSUPPORTED_COMPONENT,
        group=Group.GENERAL,
        modelled=Modelled.NEVER,
        title="AWS's analyser does not support this kind of resource",
        meaning=(
            "The asked resource, or one on the way, is of a kind that AWS's analyser can't handle."
        ),
        why="netreach says NOT_MODELLED for kinds that it does not model, with verdict unknown.",
        fix="See the coverage table in the documentation for what netreach models.",
        commands=("netreach show SNAPSHOT",),
        example="carrier gateways are not supported by AWS's analyser.",
        related=(Code.NOT_MODELLED,),
    ),
)
