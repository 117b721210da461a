"""AWS's search filters, which netreach does not have: its questions take their place."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.COMPONENT_FILTER_RESTRICTION,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path passes the component that the filter requires",
        meaning="AWS's analyser was told to use a component, and no path passes it.",
        why=(
            "A path may well exist another way. netreach has no such filter: it answers for the "
            "way that AWS would use, and lists every component on it."
        ),
        fix="Read the hops of the answer, or ask for the legs to and from that component.",
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --port 443",),
        example="no path from i-0b1 to i-0b2 passes eni-0d1.",
        related=(
            Code.COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT,
            Code.NO_PATH,
        ),
    ),
    Entry(
        code=Code.COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="Every path passes a component that the filter excludes",
        meaning="AWS's analyser was told to avoid a component, and without it no path is left.",
        why=(
            "netreach has no such filter. To see what an estate would do without a component, "
            "remove it from a copy of the snapshot and ask again."
        ),
        fix="Drop the filter, or edit a copy of the snapshot.",
        commands=("netreach path COPY SOURCE DESTINATION --port 443",),
        example="without nat-0a7 no path from i-0b1 to the internet is left.",
        related=(
            Code.COMPONENT_FILTER_RESTRICTION,
            Code.NO_PATH,
        ),
    ),
    Entry(
        code=Code.FILTER_AT_SOURCE_SOURCE_ADDRESS,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path starts with the source address of the filter",
        meaning=(
            "AWS's analyser was given a source address at the source, and no path starts with it."
        ),
        why=(
            "The interface must hold the address that it sends from. In netreach the source itself "
            "may be an address."
        ),
        fix="Ask from the address.",
        commands=("netreach path SNAPSHOT 10.0.1.10 DESTINATION --port 443",),
        example="no path leaves i-0b1 with source 10.0.1.99.",
        related=(
            Code.ENI_SOURCE_DEST_CHECK_RESTRICTION,
            Code.FILTER_AT_DESTINATION_SOURCE_ADDRESS,
        ),
    ),
    Entry(
        code=Code.FILTER_AT_SOURCE_SOURCE_PORT_RANGE,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path starts with the source ports of the filter",
        meaning="AWS's analyser was given source ports at the source, and no path works with them.",
        why=(
            "Only ACLs care, and only for the answers, whose destination port is the client's "
            "source port. netreach asks for all of 1024-65535 by default and says which ones work."
        ),
        fix="Name the client ports that matter.",
        commands=(
            "netreach path SNAPSHOT SOURCE DESTINATION --port 443 --client-ports 40000-40100",
        ),
        example="no path from i-0b1 works with source ports 1024-2047.",
        related=(
            Code.SUBNET_ACL_RESTRICTION,
            Code.FILTER_AT_DESTINATION_SOURCE_PORT_RANGE,
        ),
        facts=(
            "NA-4",
            "NA-11",
        ),
    ),
    Entry(
        code=Code.FILTER_AT_SOURCE_DESTINATION_ADDRESS,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path starts towards the destination address of the filter",
        meaning=(
            "AWS's analyser was given the destination address that the packet has when it leaves "
            "the source, and no path has it."
        ),
        why=(
            "This differs from the address at the destination where a gateway or balancer "
            "translates. In netreach the destination itself may be an address, which is sent to as "
            "written."
        ),
        fix="Ask for the address.",
        commands=("netreach path SNAPSHOT SOURCE 203.0.113.9 --port 443",),
        example="no path from i-0b1 starts towards 203.0.113.9.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.FILTER_AT_DESTINATION_DESTINATION_ADDRESS,
        ),
    ),
    Entry(
        code=Code.FILTER_AT_SOURCE_DESTINATION_PORT_RANGE,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path starts towards the destination ports of the filter",
        meaning=(
            "AWS's analyser was given destination ports at the source, and no path works with them."
        ),
        why="netreach answers for the asked port or range and names what blocks the rest.",
        fix="Ask for the port.",
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --port 8000-8100",),
        example="no path from i-0b1 starts towards tcp 8000-8100.",
        related=(
            Code.ENI_SG_RULES_MISMATCH,
            Code.FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE,
        ),
    ),
    Entry(
        code=Code.FILTER_AT_SOURCE_PROTOCOL,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path starts with the protocol of the filter",
        meaning="AWS's analyser was given a protocol, and no path starts with it.",
        why=(
            "netreach answers for the asked protocol and names what blocks it; it knows all of "
            "them, not only tcp and udp."
        ),
        fix="Ask for the protocol, or for all and see which ones work.",
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --protocol all",),
        example="no path from i-0b1 starts with udp.",
        related=(
            Code.PROTOCOL_RESTRICTION,
            Code.FILTER_AT_DESTINATION_PROTOCOL,
        ),
    ),
    Entry(
        code=Code.FILTER_AT_DESTINATION_SOURCE_ADDRESS,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path arrives with the source address of the filter",
        meaning=(
            "AWS's analyser was given the source address that the packet has when it arrives, and "
            "no path has it."
        ),
        why=(
            "Behind a NAT gateway, internet gateway or balancer the destination sees another "
            "source. netreach prints the address that the destination sees."
        ),
        fix="Read the packet at the last hop, and allow the address that it shows.",
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --port 443",),
        example="no packet arrives at i-0b2 from 10.0.1.10; nat-0a7 made it 10.0.0.50.",
        related=(
            Code.NGW_SOURCE_ADDRESS_REASSIGN,
            Code.FILTER_AT_SOURCE_SOURCE_ADDRESS,
        ),
    ),
    Entry(
        code=Code.FILTER_AT_DESTINATION_SOURCE_PORT_RANGE,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path arrives with the source ports of the filter",
        meaning=(
            "AWS's analyser was given the source ports that the packet has when it arrives, and no "
            "path has them."
        ),
        why=(
            "A NAT gateway or load balancer picks a port of its own in 1024-65535. netreach takes "
            "all of these into account."
        ),
        fix="Don't rely on source ports behind a translation.",
        example="no packet arrives at i-0b2 from source port 500; nat-0a7 uses 1024-65535.",
        related=(
            Code.REMAP_EPHEMERAL_PORT,
            Code.FILTER_AT_SOURCE_SOURCE_PORT_RANGE,
        ),
        facts=("NT-4",),
    ),
    Entry(
        code=Code.FILTER_AT_DESTINATION_DESTINATION_ADDRESS,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path arrives at the destination address of the filter",
        meaning=(
            "AWS's analyser was given the destination address that the packet has when it arrives, "
            "and no path has it."
        ),
        why=(
            "Packets from an internet gateway arrive with the private address. netreach shows the "
            "packet at each hop as it is there."
        ),
        fix="Ask for the resource or for its address, and read the packet at the last hop.",
        commands=("netreach path SNAPSHOT SOURCE 10.0.2.20 --port 443",),
        example="no packet arrives for 203.0.113.9; igw-0f5 made it 10.0.2.20.",
        related=(
            Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
            Code.FILTER_AT_SOURCE_DESTINATION_ADDRESS,
        ),
        facts=("IG-1",),
    ),
    Entry(
        code=Code.FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path arrives on the destination ports of the filter",
        meaning=(
            "AWS's analyser was given the destination ports that the packet has when it arrives, "
            "and no path has them."
        ),
        why=(
            "Only a load balancer changes the destination port. Elsewhere the port that leaves is "
            "the port that arrives."
        ),
        fix="Ask for the port.",
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --port 8080",),
        example="no packet arrives at i-0b2 on tcp 443; web forwards to tcp 8080.",
        related=(
            Code.TARGET_PORT_RESTRICTION,
            Code.FILTER_AT_SOURCE_DESTINATION_PORT_RANGE,
        ),
    ),
    Entry(
        code=Code.FILTER_AT_DESTINATION_PROTOCOL,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="No path arrives with the protocol of the filter",
        meaning=(
            "AWS's analyser was given a protocol at the destination, and no path arrives with it."
        ),
        why=(
            "Nothing on a path changes TCP into UDP or back, so this comes with the same filter at "
            "the source."
        ),
        fix="Ask for the protocol, or for all and see which ones work.",
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --protocol all",),
        example="no packet arrives at i-0b2 with udp.",
        related=(
            Code.PROTOCOL_RESTRICTION,
            Code.FILTER_AT_SOURCE_PROTOCOL,
        ),
    ),
    Entry(
        code=Code.IGW_EXPECTS_PUBLIC_ADDRESS,
        group=Group.FILTER,
        modelled=Modelled.NEVER,
        title="An internet gateway as an end needs public addresses",
        meaning=(
            "AWS's analyser was given a private address to go with an internet gateway as source "
            "or destination."
        ),
        why=(
            "In netreach the end is called internet, or is a public address. A private one gives "
            "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS or NOT_AN_INTERNET_ADDRESS."
        ),
        fix="Ask with the public address.",
        commands=("netreach path SNAPSHOT internet DESTINATION --port 443",),
        example="igw-0f5 can't be the end of a path with address 10.0.1.10.",
        related=(
            Code.NOT_AN_INTERNET_ADDRESS,
            Code.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS,
        ),
        facts=("IG-3",),
    ),
)
