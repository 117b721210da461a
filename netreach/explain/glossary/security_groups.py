"""Codes of security groups."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Effect, Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.SG_HAS_NO_RULES,
        group=Group.SECURITY_GROUP,
        element="security group",
        title="The security groups have no rule at all in this direction",
        meaning=(
            "The interface's security groups, taken together, hold not one rule for this "
            "direction, so nothing passes that way."
        ),
        why=(
            "Security groups only allow. No inbound rules means no inbound connections, no "
            "outbound rules means no outbound ones. Terraform is a common cause: a group that it "
            'creates without an egress block loses the "allow all outbound" rule that AWS gives '
            "every new group. Replies to connections that are already allowed still pass."
        ),
        fix="Add the one rule that this connection needs.",
        commands=(
            (
                "aws ec2 authorize-security-group-egress --group-id sg-ID --protocol tcp --port "
                "443 --cidr 10.0.2.0/24"
            ),
            (
                "aws ec2 authorize-security-group-ingress --group-id sg-ID --protocol tcp --port "
                "443 --cidr 10.0.1.0/24"
            ),
        ),
        example=(
            "sg-0b2, the only group of eni-0d1, has no egress rules; tcp 443 to 10.0.2.20 can't "
            "leave."
        ),
        related=(Code.ENI_SG_RULES_MISMATCH,),
        situations=("no group of the interface has any rule in the direction of the packet",),
        facts=(
            "SG-1",
            "SG-2",
            "SG-3",
        ),
    ),
    Entry(
        code=Code.ENI_SG_RULES_MISMATCH,
        group=Group.SECURITY_GROUP,
        element="security group",
        title="No rule of the interface's security groups matches the packet",
        meaning=(
            "The interface's security groups have rules for this direction, but none covers this "
            "protocol, port and peer address together."
        ),
        why=(
            "All rules of all groups on an interface count as one list, and one match is enough; "
            "there are no deny rules and no order. An inbound rule is compared with the source "
            "address that arrives, so after a NAT gateway that is the gateway's address. IPv4 "
            "rules never match IPv6, and a rule that names a group matches only the private "
            "addresses of that group's interfaces."
        ),
        fix=(
            "Widen the nearest rule or add one for this peer. netreach names the nearest rule and "
            "what keeps it from matching."
        ),
        commands=(
            (
                "aws ec2 authorize-security-group-ingress --group-id sg-ID --protocol tcp --port "
                "443 --cidr 10.0.2.0/24"
            ),
            (
                "aws ec2 authorize-security-group-ingress --group-id sg-ID --protocol tcp --port "
                "443 --source-group sg-CLIENT"
            ),
        ),
        example="sg-0a1 allows tcp 443 from 10.0.1.0/24; the packet comes from 10.0.2.7.",
        related=(
            Code.SG_HAS_NO_RULES,
            Code.SG_REFERENCES_NOT_PRESERVED,
            Code.SUBNET_ACL_RESTRICTION,
        ),
        situations=(
            "the interface's groups have rules in that direction, and none of them matches",
        ),
        facts=(
            "SG-2",
            "SG-3",
            "SG-4",
            "SG-5",
            "SG-6",
            "SG-12",
        ),
    ),
    Entry(
        code=Code.SG_REFERENCES_NOT_PRESERVED,
        group=Group.SECURITY_GROUP,
        element="security group",
        title="A hop on the way makes security group references useless",
        meaning=(
            "A rule would have matched because it names a security group that the sender carries, "
            "but something on the way hid the sender: a NAT gateway, an internet gateway, a "
            "balancer, a firewall or another appliance."
        ),
        why=(
            "A reference to a group stands for the private addresses of that group's interfaces, "
            "not for the hosts behind them. Traffic between two hosts of one VPC that uses public "
            "addresses passes the internet gateway, and then references match nothing, not even "
            "between members of one group."
        ),
        fix=(
            "Use the private address (or a name that resolves to it), or allow the address that "
            "arrives by CIDR."
        ),
        commands=(
            (
                "aws ec2 authorize-security-group-ingress --group-id sg-ID --protocol tcp --port "
                "443 --cidr 203.0.113.7/32"
            ),
        ),
        example=(
            "sg-0a1 allows tcp 443 from sg-0b2; the packet went through igw-0f5 and comes from "
            "203.0.113.7."
        ),
        related=(
            Code.ENI_SG_RULES_MISMATCH,
            Code.SG_REFERENCING_SUPPORT,
            Code.UNKNOWN_PEERED_SGS,
        ),
        situations=(
            (
                "only rules that name a group of the sender would match, and an internet gateway "
                "or NAT gateway on the way replaced the sender's private address"
            ),
        ),
        facts=(
            "SG-6",
            "SG-9",
            "LAB-2",
        ),
    ),
    Entry(
        code=Code.SG_REFERENCING_SUPPORT,
        group=Group.SECURITY_GROUP,
        modelled=Modelled.TODAY,
        element="transit gateway",
        title="The transit gateway attachment does not carry group references",
        meaning=(
            "The rule names a security group of a VPC on the other side of a transit gateway, and "
            "the gateway or the VPC attachment has security group referencing switched off."
        ),
        why=(
            "Referencing must be on at the transit gateway and at the attachment of each VPC. The "
            "gateway's own switch is off by default. It helps inbound rules only, and never works "
            "across transit gateway peering."
        ),
        fix="Switch it on at both, or allow the peer's CIDR instead.",
        commands=(
            (
                "aws ec2 modify-transit-gateway --transit-gateway-id tgw-ID --options "
                "SecurityGroupReferencingSupport=enable"
            ),
            (
                "aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id "
                "tgw-attach-ID --options SecurityGroupReferencingSupport=enable"
            ),
        ),
        example=(
            "sg-0a1 allows tcp 443 from sg-0b2 over tgw-0c1, whose group referencing is disabled."
        ),
        related=(
            Code.SG_REFERENCES_NOT_PRESERVED,
            Code.ENI_SG_RULES_MISMATCH,
        ),
        situations=(
            (
                "only rules that name a group beyond a transit gateway would match, and "
                "referencing is off there"
            ),
        ),
        facts=(
            "SG-7",
            "SG-10",
        ),
    ),
    Entry(
        code=Code.UNKNOWN_PEERED_SGS,
        group=Group.SECURITY_GROUP,
        effect=Effect.UNDECIDED,
        modelled=Modelled.LATER,
        element="VPC peering",
        title="The groups of the peered VPC are not known",
        meaning=(
            "A rule names a security group of the VPC at the other end of a peering connection, "
            "and nothing is known about that VPC, usually because it belongs to another account."
        ),
        why=(
            "AWS's analyser treats such a rule as a deny. netreach does not guess: whether the "
            "rule matches depends on who carries the group, so the answer is unknown."
        ),
        fix="Add a dump of the other account to the snapshot.",
        commands=(
            "aws ec2 describe-security-groups --profile OTHER-ACCOUNT",
            "aws ec2 describe-network-interfaces --profile OTHER-ACCOUNT",
        ),
        example=(
            "sg-0a1 allows tcp 5432 from 111122223333/sg-0f9; that account is not in the snapshot."
        ),
        related=(
            Code.UNKNOWN_RESOURCE,
            Code.SG_REFERENCES_NOT_PRESERVED,
        ),
        situations=("only rules that name a group of an unknown peer VPC could match",),
        facts=("SG-8",),
    ),
)
