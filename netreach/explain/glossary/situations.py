"""The situations that people meet most, and the code of each."""

from __future__ import annotations

from typing import Final, NamedTuple

from netreach.explain.codes import Code


class Situation(NamedTuple):
    """What is wrong, and the code or codes that say so."""

    what: str
    codes: tuple[Code, ...]


COMMON_SITUATIONS: Final = (
    Situation(
        "the interface's groups have no rule at all in that direction",
        (Code.SG_HAS_NO_RULES,),
    ),
    Situation(
        "the interface's groups have rules in that direction, none matching",
        (Code.ENI_SG_RULES_MISMATCH,),
    ),
    Situation(
        "an ACL denies, by rule or by default, forward or reply",
        (Code.SUBNET_ACL_RESTRICTION,),
    ),
    Situation("no route covers the destination", (Code.NO_ROUTE_TO_DESTINATION,)),
    Situation(
        "the covering route is a blackhole, or its target is gone",
        (Code.BAD_STATE_ROUTE,),
    ),
    Situation(
        "out by an internet gateway without a public address",
        (Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,),
    ),
    Situation(
        "in by an internet gateway to an address that is nobody's public address",
        (Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,),
    ),
    Situation("the source/dest check drops", (Code.ENI_SOURCE_DEST_CHECK_RESTRICTION,)),
    Situation(
        "an instance, interface, peering or attachment is not in service",
        (Code.BAD_STATE, Code.BAD_STATE_ATTACHMENT),
    ),
    Situation(
        "the transit gateway's table has no route",
        (Code.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,),
    ),
    Situation("the transit gateway's route is a blackhole", (Code.TGW_RTB_BAD_STATE_ROUTE,)),
    Situation(
        "the transit gateway attachment is associated with no table",
        (Code.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION,),
    ),
    Situation(
        "the sender's zone has no attachment subnet",
        (Code.TGW_ROUTE_AZ_RESTRICTION,),
    ),
    Situation(
        "peering is used for an address outside the peer VPC",
        (Code.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR,),
    ),
    Situation("the load balancer has no such listener", (Code.ELBV2_LISTENERS_MISMATCH,)),
    Situation(
        "no target is registered or healthy",
        (Code.ELBV2_LISTENER_HAS_NO_TG,),
    ),
    Situation(
        "zone rules leave the load balancer without a target",
        (Code.ELBV2_NO_TARGETS_IN_AZ,),
    ),
    Situation("the two VPCs have no connection at all", (Code.DISCONNECTED_VPCS,)),
)
