"""Codes of Network Firewall and Gateway Load Balancers."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group

ENTRIES: Final = (
    Entry(
        code=Code.FIREWALL_RULES_RESTRICTION,
        group=Group.FIREWALL,
        element="Network Firewall",
        title="A Network Firewall rule drops the packet",
        meaning=(
            "The packet passes an AWS Network Firewall endpoint, and a stateless or stateful rule, "
            "or a default action, drops it."
        ),
        why=(
            "Stateless rules come first, by priority; what they forward goes to the stateful "
            "rules. Without a match the stateful engine lets packets pass in action order, and "
            "drops them in strict order if a default drop is set."
        ),
        fix="Add a pass rule before the one that drops, or change the default action.",
        commands=("aws network-firewall describe-rule-group --rule-group-arn RULE-GROUP-ARN",),
        example="stateful rule group egress drops tcp 22 from 10.0.1.10 to 198.51.100.7.",
        related=(
            Code.SUBNET_ACL_RESTRICTION,
            Code.FIREWALL_UNSUPPORTED_RULE_OPTIONS,
        ),
        situations=("a rule or default action of a Network Firewall on the way drops the packet",),
        facts=(
            "NF-1",
            "NF-2",
            "NF-3",
            "NF-5",
        ),
    ),
    Entry(
        code=Code.GWLB_DESTINATION_PORT_RESTRICTION,
        group=Group.FIREWALL,
        element="Gateway Load Balancer",
        title="A Gateway Load Balancer talks to its targets on port 6081",
        meaning=(
            "A node of a Gateway Load Balancer was asked itself, by UDP to another port than 6081: "
            "it exchanges GENEVE with its targets and answers nothing else."
        ),
        why=(
            "That leg carries packets wrapped in GENEVE, over UDP to port 6081 both ways. netreach "
            "asks about the wrapping where a path leads by an endpoint, and follows what is in it."
        ),
        fix=(
            "Ask with --protocol udp --port 6081 for the leg itself; otherwise ask for the real "
            "ends."
        ),
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --protocol udp --port 6081",),
        example="the Gateway Load Balancer reaches appliance i-0b1 on udp 6081 only.",
        related=(Code.GWLB_PROTOCOL_RESTRICTION,),
        situations=("a Gateway Load Balancer's node is asked by udp on another port than 6081",),
        facts=("EP-4",),
    ),
    Entry(
        code=Code.GWLB_PROTOCOL_RESTRICTION,
        group=Group.FIREWALL,
        element="Gateway Load Balancer",
        title="A Gateway Load Balancer talks to its targets in GENEVE over UDP",
        meaning=(
            "A node of a Gateway Load Balancer was asked itself, by another protocol than UDP. It "
            "exchanges GENEVE with its targets and answers nothing else, ping included."
        ),
        why=(
            "That leg carries packets wrapped in GENEVE, over UDP to port 6081 both ways. netreach "
            "asks about the wrapping where a path leads by an endpoint, and follows what is in it."
        ),
        fix=(
            "Ask with --protocol udp --port 6081 for the leg itself; otherwise ask for the real "
            "ends."
        ),
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --protocol udp --port 6081",),
        example="the Gateway Load Balancer reaches appliance i-0b1 by udp 6081, not by tcp.",
        related=(Code.GWLB_DESTINATION_PORT_RESTRICTION,),
        situations=("a Gateway Load Balancer's node is asked by another protocol than udp",),
        facts=("EP-4",),
    ),
)
