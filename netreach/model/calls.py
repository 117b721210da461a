"""Describe calls that a snapshot's input lacks, and what their absence does to answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netreach.model.records import Route, RouteState, TargetKind
from netreach.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Call:
    """A describe call that answers depend on, and what its absence does to them."""

    #: Top-level keys, any of which means that the call was made.
    keys: frozenset[str]
    what: str
    commands: tuple[str, ...]
    effect: str


_NEVER_ASSUMED: Final = "never assumed; answers that need one are unknown"
_UNKNOWN_THROUGH: Final = "answers about paths through one are unknown"
_ASSUMED_GATEWAY: Final = (
    "one that an active route names is assumed to exist; answers that rely on it carry a warning"
)

#: The calls that nearly every answer depends on.
_NEEDED: Final = (
    Call(
        frozenset({"Vpcs"}),
        "VPCs",
        ("aws ec2 describe-vpcs",),
        "answers about places in one are unknown",
    ),
    Call(
        frozenset({"Subnets"}),
        "subnets",
        ("aws ec2 describe-subnets",),
        "answers about places in one are unknown",
    ),
    Call(
        frozenset({"RouteTables"}),
        "route tables",
        ("aws ec2 describe-route-tables",),
        _NEVER_ASSUMED,
    ),
    Call(
        frozenset({"NetworkAcls"}),
        "network ACLs",
        ("aws ec2 describe-network-acls",),
        "AWS's default is assumed; answers that rely on it carry a warning",
    ),
    Call(
        frozenset({"SecurityGroups", "SecurityGroupRules"}),
        "security groups",
        ("aws ec2 describe-security-groups",),
        _NEVER_ASSUMED,
    ),
    Call(
        frozenset({"NetworkInterfaces"}),
        "network interfaces",
        ("aws ec2 describe-network-interfaces",),
        "only those that instances list are known, and free addresses can't be counted",
    ),
    Call(
        frozenset({"Reservations", "Instances"}),
        "instances",
        ("aws ec2 describe-instances",),
        "an interface's own status says whether it is in service",
    ),
    Call(
        frozenset({"InternetGateways"}),
        "internet gateways",
        ("aws ec2 describe-internet-gateways",),
        _ASSUMED_GATEWAY,
    ),
    Call(
        frozenset({"NatGateways"}),
        "NAT gateways",
        ("aws ec2 describe-nat-gateways",),
        _UNKNOWN_THROUGH,
    ),
)
#: Calls that matter only where something names what they describe.
_EGRESS_ONLY: Final = Call(
    frozenset({"EgressOnlyInternetGateways"}),
    "egress-only internet gateways",
    ("aws ec2 describe-egress-only-internet-gateways",),
    _ASSUMED_GATEWAY,
)
_PREFIX_LISTS: Final = Call(
    frozenset({"PrefixLists", "ManagedPrefixLists", "PrefixListEntries"}),
    "prefix lists",
    (
        "aws ec2 describe-managed-prefix-lists",
        "aws ec2 get-managed-prefix-list-entries --prefix-list-id ...",
    ),
    "answers that depend on the entries of one are unknown",
)
#: Calls by which one knows what a route leads to, if it leads there.
_BY_TARGET: Final = {
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: (_EGRESS_ONLY,),
    TargetKind.VPC_PEERING: (
        Call(
            frozenset({"VpcPeeringConnections"}),
            "VPC peering connections",
            ("aws ec2 describe-vpc-peering-connections",),
            _UNKNOWN_THROUGH,
        ),
    ),
    TargetKind.TRANSIT_GATEWAY: (
        Call(
            frozenset({"TransitGateways"}),
            "transit gateways",
            ("aws ec2 describe-transit-gateways",),
            "group references are taken not to survive one",
        ),
        Call(
            frozenset({"TransitGatewayAttachments"}),
            "transit gateway attachments",
            ("aws ec2 describe-transit-gateway-attachments",),
            _UNKNOWN_THROUGH,
        ),
        Call(
            frozenset({"TransitGatewayVpcAttachments"}),
            "subnets of transit gateway attachments",
            ("aws ec2 describe-transit-gateway-vpc-attachments",),
            _UNKNOWN_THROUGH,
        ),
        Call(
            frozenset({"TransitGatewayRoutes"}),
            "routes of transit gateway route tables",
            ("aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id ...",),
            _UNKNOWN_THROUGH,
        ),
    ),
    TargetKind.VPN_GATEWAY: (
        Call(
            frozenset({"VpnGateways"}),
            "VPN gateways",
            ("aws ec2 describe-vpn-gateways",),
            _UNKNOWN_THROUGH,
        ),
    ),
}


def missing_calls(snapshot: Snapshot) -> Iterator[Call]:
    """Yield the describe calls that the input lacks and answers would need."""
    for call in _NEEDED:
        if not call.keys & snapshot.calls:
            yield call
    for target, calls in _BY_TARGET.items():
        if any(
            route.target_kind is target and route.state is not RouteState.BLACKHOLE
            for route in _routes(snapshot)
        ):
            yield from (call for call in calls if not call.keys & snapshot.calls)
    if not _PREFIX_LISTS.keys & snapshot.calls and _names_prefix_list(snapshot):
        yield _PREFIX_LISTS


def _routes(snapshot: Snapshot) -> Iterator[Route]:
    return (route for table in snapshot.route_tables.values() for route in table.routes)


def _names_prefix_list(snapshot: Snapshot) -> bool:
    rules = (
        rule
        for group in snapshot.security_groups.values()
        for rule in (*group.ingress, *group.egress)
    )
    return any(one.prefix_list for ones in (_routes(snapshot), rules) for one in ones)
