"""Codes of network ACLs."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.SUBNET_ACL_RESTRICTION,
        group=Group.NETWORK_ACL,
        element="network ACL",
        title="A network ACL does not let the packet into or out of its subnet",
        meaning=(
            "The network ACL of a subnet on the way denies the packet, by a numbered rule or "
            "because no rule matches and the closing rule * denies everything."
        ),
        why=(
            "ACLs are stateless: replies are judged like any other packet, and their destination "
            "port is the client's ephemeral port. Rules are read in ascending order and the first "
            "match decides. The port of a rule is the packet's destination port in both "
            "directions; source ports are never looked at. Packets between hosts of one subnet "
            "skip the ACL. Security groups can't override it."
        ),
        fix=(
            "Add an allow rule with a lower number than the rule that denies. For replies, allow "
            "the client's ephemeral ports, 1024-65535 when you don't know the clients."
        ),
        commands=(
            (
                "aws ec2 create-network-acl-entry --network-acl-id acl-ID --ingress --rule-number "
                "90 --protocol tcp --port-range From=443,To=443 --cidr-block 10.0.1.0/24 "
                "--rule-action allow"
            ),
            (
                "aws ec2 create-network-acl-entry --network-acl-id acl-ID --egress --rule-number "
                "90 --protocol tcp --port-range From=1024,To=65535 --cidr-block 10.0.1.0/24 "
                "--rule-action allow"
            ),
        ),
        example=(
            "acl-0a1 egress rule * denies the reply, tcp 32768-65535 to 10.0.1.10; rule 100 allows "
            "tcp 443."
        ),
        related=(
            Code.ENI_SG_RULES_MISMATCH,
            Code.REMAP_EPHEMERAL_PORT,
            Code.ELB_ACL_RESTRICTION,
            Code.ASSUMED_DEFAULT_ACL,
        ),
        situations=(
            "an ACL on the way denies the packet, by a rule or by default, forward or reply",
            (
                "an ACL admits the replies to some client ports only; the verdict is then partial, "
                "with those ports listed"
            ),
            (
                "the ACL of a NAT gateway's subnet admits only some of the ports 1024-65535 that "
                "the gateway may pick"
            ),
        ),
        facts=(
            "NA-1",
            "NA-2",
            "NA-3",
            "NA-4",
            "NA-5",
            "NA-6",
            "NA-7",
            "NA-8",
            "NA-9",
            "NA-11",
        ),
    ),
    Entry(
        code=Code.ELB_ACL_RESTRICTION,
        group=Group.NETWORK_ACL,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="A classic load balancer's own subnet ACL drops its packets",
        meaning=(
            "The network ACL of a classic load balancer's subnet denies what the balancer sends to "
            "a target in that same subnet."
        ),
        why=(
            "Ordinary interfaces skip the ACL inside their subnet. A classic load balancer does "
            "not: its outbound packets are filtered wherever they go."
        ),
        fix=(
            "Allow the instance port outbound, and 1024-65535 inbound for the answers, in the ACL "
            "of the balancer's subnet."
        ),
        commands=(
            (
                "aws ec2 create-network-acl-entry --network-acl-id acl-ID --egress --rule-number "
                "90 --protocol tcp --port-range From=80,To=80 --cidr-block 10.0.1.0/24 "
                "--rule-action allow"
            ),
        ),
        example=(
            "acl-0a1 egress denies tcp 80 from the classic load balancer web to 10.0.1.10 in its "
            "own subnet."
        ),
        related=(
            Code.SUBNET_ACL_RESTRICTION,
            Code.ELB_LISTENER_PORT_RESTRICTION,
        ),
        situations=(
            (
                "a classic load balancer sends to a target in its own subnet, and that subnet's "
                "ACL denies the outbound packet"
            ),
        ),
        facts=(
            "NA-8",
            "LB-8",
        ),
    ),
)
