"""Codes of netreach's own that leave an answer open."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Effect, Entry, Group

ENTRIES: Final = (
    Entry(
        code=Code.NOT_MODELLED,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="every element",
        title="The way leads through something that netreach does not model yet",
        meaning=(
            "A route or an address leads into a kind of component that netreach knows by name "
            "only, so what happens there is not known."
        ),
        why=(
            "netreach never guesses. A definite blocker before or behind that component still "
            "gives unreachable; otherwise the answer is unknown and names the component."
        ),
        fix=(
            "Ask for the legs on both sides of it. The coverage table in the documentation lists "
            "what is modelled."
        ),
        commands=("netreach show SNAPSHOT",),
        example="rtb-0e4 sends 10.1.0.0/16 to tgw-0c1; transit gateways are not modelled yet.",
        related=(
            Code.UNKNOWN_RESOURCE,
            Code.UNSUPPORTED_COMPONENT,
            Code.NO_POSSIBLE_DESTINATION,
        ),
        situations=("the packet would enter a component of a kind that is not modelled",),
    ),
    Entry(
        code=Code.ASSUMED_DEFAULT_ACL,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="network ACL",
        title="The subnet's ACL is missing; AWS's default is assumed",
        meaning=(
            "The snapshot does not hold the network ACL of a subnet on the way, and --strict "
            "forbids assuming the default one, which allows everything."
        ),
        why=(
            "Every subnet has exactly one ACL, and most keep the default. Without --strict "
            "netreach therefore assumes the default and prints a warning; with --strict the answer "
            "is unknown."
        ),
        fix="Add the ACLs to the snapshot.",
        commands=("aws ec2 describe-network-acls > network-acls.json",),
        example=(
            "no ACL of subnet-0c3 is in the snapshot; AWS's default ACL (allow all) was assumed."
        ),
        related=(
            Code.SUBNET_ACL_RESTRICTION,
            Code.ASSUMED_GATEWAY,
            Code.UNKNOWN_RESOURCE,
        ),
        situations=(
            (
                "a packet crosses the edge of a subnet whose ACL is not in the snapshot: a "
                "warning, and under --strict the reason for unknown"
            ),
        ),
        facts=("NA-1",),
    ),
    Entry(
        code=Code.ASSUMED_GATEWAY,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="internet gateway, egress-only internet gateway",
        title="The gateway's record is missing; it is assumed to work",
        meaning=(
            "An active route names an internet gateway or egress-only internet gateway that the "
            "snapshot does not hold, and --strict forbids assuming that it exists and works."
        ),
        why=(
            "AWS turns a route into a blackhole when its target goes, so an active route is good "
            "evidence. Without --strict netreach assumes the gateway and prints a warning; with "
            "--strict the answer is unknown. A missing NAT gateway is never assumed: its subnet "
            "and addresses matter."
        ),
        fix="Add the gateways to the snapshot.",
        commands=(
            "aws ec2 describe-internet-gateways > internet-gateways.json",
            "aws ec2 describe-egress-only-internet-gateways > egress-only.json",
        ),
        example=(
            "rtb-0e4 sends 0.0.0.0/0 to igw-0f5, which is not in the snapshot; it was assumed to "
            "be attached."
        ),
        related=(
            Code.UNKNOWN_RESOURCE,
            Code.BAD_STATE_ROUTE,
            Code.ASSUMED_DEFAULT_ACL,
        ),
        situations=(
            (
                "an active route leads to an internet gateway or egress-only internet gateway that "
                "is not in the snapshot: a warning, and under --strict the reason for unknown"
            ),
        ),
        facts=("RT-9",),
    ),
    Entry(
        code=Code.CONFLICTING_RECORDS,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="every element",
        title="The snapshot contradicts itself",
        meaning=(
            "Two records bear the same id and differ, or claim the same address, subnet or role, "
            "and the answer depends on which is true."
        ),
        why=(
            "It happens when dumps of different days or edited files are put together. Equal "
            "duplicates are merged quietly; different ones can't be."
        ),
        fix="Take the dump again in one go, or remove the stale file.",
        example=(
            "sg-0b2 is in security-groups.json and in old/security-groups.json, with different "
            "rules."
        ),
        related=(
            Code.UNKNOWN_RESOURCE,
            Code.ADDRESS_OUTSIDE_SUBNET,
        ),
        situations=(
            "a record that decides the answer occurs twice with different content",
            "two interfaces of one VPC claim the asked address",
            "an interface and its Elastic IP tell different public addresses",
            "several route tables or network ACLs claim a subnet, or several tables are main",
        ),
    ),
    Entry(
        code=Code.ADDRESS_OUTSIDE_SUBNET,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="interface, NAT gateway",
        title="An interface's address does not belong to its subnet",
        meaning=(
            "The snapshot gives an interface or a NAT gateway an address outside the CIDR blocks "
            "of its subnet, and the answer depends on it."
        ),
        why=(
            "AWS does not allow this, so one of the two records is wrong and netreach can't tell "
            "which."
        ),
        fix="Take the dump again, or correct the edited record.",
        commands=("aws ec2 describe-network-interfaces --network-interface-ids eni-ID",),
        example=(
            "eni-0d1 can't be trusted: 10.0.9.4 is outside its subnet subnet-0c3 (10.0.1.0/24)."
        ),
        related=(
            Code.CONFLICTING_RECORDS,
            Code.CIDR_HAS_HOST_BITS,
        ),
        situations=(
            "the answer depends on an interface whose address is outside its subnet",
            "the path enters a NAT gateway whose private address is outside its subnet",
        ),
    ),
    Entry(
        code=Code.CIDR_HAS_HOST_BITS,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="security group, network ACL",
        title="A CIDR has bits set behind its prefix length",
        meaning=(
            "A rule, or a prefix list that a rule names, holds a CIDR such as 10.0.1.5/24, which "
            "is not the start of a block, and the answer depends on which way it is read."
        ),
        why=(
            "AWS stores CIDRs with these bits cleared, so the record was edited or comes from "
            "another source, and its writer may have meant the block (10.0.1.0/24) or the one "
            "address (10.0.1.5/32). For that address, and for all outside the block, the answer is "
            "definite; for the rest of the block it is unknown if the rule decides it. Routes, and "
            "the blocks of VPCs and subnets, are read as the block, as AWS does when it takes them."
        ),
        fix="Write the block (10.0.1.0/24) or the one address (10.0.1.5/32), whichever was meant.",
        example=(
            "sg-0b2 allows tcp 22 from 10.0.1.5/24, which has host bits: 10.0.1.0/24 or "
            "10.0.1.5/32 may be meant."
        ),
        related=(
            Code.CONFLICTING_RECORDS,
            Code.ADDRESS_OUTSIDE_SUBNET,
        ),
        situations=(
            "the answer depends on a rule's CIDR with host bits, read as the block or the address",
        ),
        facts=("NA-7",),
    ),
    Entry(
        code=Code.PREFIX_LIST_ENTRIES_UNKNOWN,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="security group, route table",
        title="The entries of a prefix list are not in the snapshot",
        meaning=(
            "A rule or route names a prefix list, the snapshot does not hold its entries, and the "
            "answer depends on whether the address is among them."
        ),
        why=(
            "describe-managed-prefix-lists gives names only; the entries need a call for each list "
            "(describe-prefix-lists gives those of S3 and DynamoDB at once). Lists of AWS services "
            "differ by Region and change over time."
        ),
        fix="Add the entries to the snapshot.",
        commands=(
            "aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-ID > pl-ID.json",
            "aws ec2 describe-prefix-lists > prefix-lists.json",
        ),
        example="sg-0b2 allows tcp 443 to pl-0e1, whose entries are not in the snapshot.",
        related=(
            Code.UNKNOWN_RESOURCE,
            Code.AMBIGUOUS_ROUTE,
        ),
        situations=(
            (
                "a rule or route that names a prefix list without known entries would decide the "
                "answer"
            ),
        ),
        facts=(
            "SG-5",
            "RT-7",
        ),
    ),
    Entry(
        code=Code.AMBIGUOUS_ROUTE,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="route table",
        title="Two prefix lists route the address to different targets",
        meaning=(
            "Two prefix-list routes of one table cover the destination with equally long prefixes "
            "and different targets."
        ),
        why=(
            "AWS picks one of them at random and keeps to it, and no describe call tells which. If "
            "the answer is the same both ways, netreach gives it; otherwise it is unknown."
        ),
        fix=(
            "Remove the overlap from the prefix lists, or add a static route for the same block, "
            "which beats both."
        ),
        commands=(
            (
                "aws ec2 create-route --route-table-id rtb-ID --destination-cidr-block 10.1.0.0/16 "
                "--transit-gateway-id tgw-ID"
            ),
        ),
        example="in rtb-0e4 both pl-0e1 to nat-0a7 and pl-0e2 to eni-0d1 contain 10.1.0.0/16.",
        related=(
            Code.HIGHER_PRIORITY_ROUTE,
            Code.MORE_SPECIFIC_ROUTE,
            Code.PREFIX_LIST_ENTRIES_UNKNOWN,
        ),
        situations=(
            (
                "two prefix-list routes match with the same prefix length and different targets, "
                "and the outcome differs"
            ),
        ),
        facts=("RT-6",),
    ),
    Entry(
        code=Code.AMBIGUOUS_RESOURCE,
        group=Group.OWN_UNKNOWN,
        effect=Effect.UNDECIDED,
        element="end of a path",
        title="One of several things is meant, and they fare differently",
        meaning=(
            "The asked end is one of several network interfaces or addresses, and nothing in the "
            "snapshot says which. They were asked one by one, and they do not all fare alike."
        ),
        why=(
            "AWS writes the same words on every interface that RDS or Redshift makes; what tells "
            "databases apart is their subnets, security groups and zone. And a name that Route 53 "
            "answers by policy (weighted, latency, failover ...) has another answer from time to "
            "time. If the answer is the same for each of them, netreach gives it; otherwise it is "
            "unknown."
        ),
        fix=(
            "Ask for one of the interfaces or addresses that are named. For a database, look up "
            "its address from inside the VPC and ask for that."
        ),
        commands=(
            (
                "aws ec2 describe-network-interfaces "
                "--filters Name=description,Values=RDSNetworkInterface"
            ),
        ),
        example=(
            "db:orders has one of eni-0a1, eni-0b2, which have its groups, subnets and zone: "
            "AWS's calls do not tell which."
        ),
        related=(
            Code.UNKNOWN_RESOURCE,
            Code.AMBIGUOUS_ROUTE,
        ),
        situations=(
            (
                "the asked end is one of several interfaces or addresses, nobody can say which, "
                "and the outcome differs"
            ),
        ),
        facts=("HY-8",),
    ),
)
