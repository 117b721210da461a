from __future__ import annotations

import pytest

from netreach.model.records import (
    ElasticIp,
    Instance,
    InterfaceAddress,
    NatAddress,
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    PrefixList,
    Route,
    RouteOrigin,
    RouteState,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    TargetKind,
    Vpc,
)
from netreach.model.relations import Relations
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address, Prefix

SUBNETS = {n: Subnet(id=n, vpc="vpc-1") for n in ("subnet-1", "subnet-2")}
TABLES = {
    "rtb-main": RouteTable(id="rtb-main", vpc="vpc-1", is_main=True),
    "rtb-own": RouteTable(id="rtb-own", vpc="vpc-1", subnets=("subnet-1",)),
    "rtb-far": RouteTable(id="rtb-far", vpc="vpc-2", is_main=True),
}
ACLS = {
    "acl-default": NetworkAcl(id="acl-default", vpc="vpc-1", is_default=True),
    "acl-own": NetworkAcl(id="acl-own", vpc="vpc-1", subnets=("subnet-1",)),
}


def test_a_subnet_has_its_own_table_or_else_the_main_one() -> None:
    relations = Relations(Snapshot(subnets=SUBNETS, route_tables=TABLES))
    own, main = (relations.table_of(subnet) for subnet in SUBNETS.values())
    assert (own.record, own.is_explicit) == (TABLES["rtb-own"], True)
    assert (main.record, main.is_explicit) == (TABLES["rtb-main"], False)
    assert relations.subnets_served_by(TABLES["rtb-main"]) == [SUBNETS["subnet-2"]]
    assert relations.subnets_served_by(TABLES["rtb-far"]) == []


def test_a_subnet_has_its_own_acl_or_else_the_default_one() -> None:
    relations = Relations(Snapshot(subnets=SUBNETS, network_acls=ACLS))
    own, default = (relations.acl_of(subnet) for subnet in SUBNETS.values())
    assert (own.record, own.is_explicit) == (ACLS["acl-own"], True)
    assert (default.record, default.is_explicit) == (ACLS["acl-default"], False)
    assert relations.subnets_served_by(ACLS["acl-own"]) == [SUBNETS["subnet-1"]]


def test_without_tables_and_acls_a_subnet_has_none() -> None:
    relations = Relations(Snapshot(subnets=SUBNETS))
    assert relations.table_of(SUBNETS["subnet-1"]).record is None
    assert relations.acl_of(SUBNETS["subnet-1"]).record is None


def route(destination: str, target: str, **others: object) -> Route:
    prefix = Prefix.parse(destination) if "/" in destination else None
    fields = {"destination": prefix, "prefix_list": "" if prefix else destination}
    kind = TargetKind.LOCAL if target == "local" else TargetKind.TRANSIT_GATEWAY
    return Route(target_kind=kind, target=target, **fields, **others)  # type: ignore[arg-type]


PROPAGATED = {"origin": RouteOrigin.PROPAGATED}
ROUTES = (
    route("0.0.0.0/0", "default"),
    route("::/0", "six"),
    route("10.1.0.0/16", "propagated", **PROPAGATED),
    route("10.1.0.0/16", "static"),
    route("pl-1", "listed"),
    route("10.0.0.0/16", "local"),
    route("10.0.5.0/24", "inside", **PROPAGATED),
    route("10.2.0.0/16", "filtered", state=RouteState.FILTERED),
    route("10.3.0.0/16", "first"),
    route("10.3.0.0/16", "second"),
    route("pl-unknown", "open"),
    route("pl-2", "also-listed"),
    route("10.4.0.0/16", "also-static"),
)


def test_routes_stand_in_the_order_in_which_they_match() -> None:
    table = RouteTable(id="rtb-1", vpc="vpc-1", routes=ROUTES)
    entries = (Prefix.parse("10.9.0.0/24"), Prefix.parse("10.8.0.0/12"))
    snapshot = Snapshot(
        vpcs={"vpc-1": Vpc(id="vpc-1", prefixes=(Prefix.parse("10.0.0.0/16"),))},
        prefix_lists={
            "pl-1": PrefixList(id="pl-1", entries=entries),
            "pl-2": PrefixList(id="pl-2", entries=(Prefix.parse("10.4.0.0/16"),)),
        },
    )
    ranked = Relations(snapshot).ranked_routes(table)
    assert [(one.route.target, one.is_used) for one in ranked] == [
        ("open", True),
        ("listed", True),
        ("local", True),
        ("static", True),
        ("propagated", False),
        ("first", True),
        ("second", True),
        ("also-static", True),
        ("also-listed", True),
        ("default", True),
        ("six", True),
        ("inside", False),
        ("filtered", False),
    ]


PRIVATE, PUBLIC = Address.parse("10.0.0.4"), Address.parse("203.0.113.4")


@pytest.fixture
def holders() -> Relations:
    own = InterfaceAddress(private=PRIVATE, public=PUBLIC)
    known, lost = (
        NatAddress(private=PRIVATE, public=PUBLIC, interface=n) for n in ("eni-1", "eni-9")
    )
    delegated = (Prefix.parse("10.0.0.16/28"),)
    one = NetworkInterface(
        id="eni-1", vpc="vpc-1", subnet="subnet-1", addresses=(own,), delegated=delegated
    )
    nats = {
        "nat-1": NatGateway(id="nat-1", vpc="vpc-1", addresses=(known,)),
        "nat-9": NatGateway(id="nat-9", vpc="vpc-9", addresses=(lost,)),
    }
    elastic = ElasticIp(id="eipalloc-1", public=PUBLIC)
    return Relations(
        Snapshot(interfaces={"eni-1": one}, nat_gateways=nats, elastic_ips={"eipalloc-1": elastic})
    )


@pytest.mark.parametrize(
    ("address", "found"),
    [
        pytest.param("10.0.0.4", ["eni-1", "nat-9"], id="private"),
        pytest.param("203.0.113.4", ["eni-1", "nat-9", "eipalloc-1"], id="public"),
        pytest.param("10.0.0.31", ["eni-1"], id="delegated"),
        pytest.param("10.0.0.32", [], id="nobody"),
    ],
)
def test_holders_of_an_address(holders: Relations, address: str, found: list[str]) -> None:
    assert [one.holder.id for one in holders.holders(Address.parse(address))] == found


def test_a_delegated_address_says_so(holders: Relations) -> None:
    (holding,) = holders.holders(Address.parse("10.0.0.16"))
    assert (holding.is_delegated, holding.vpc, holding.subnet) == (True, "vpc-1", "subnet-1")


def test_interfaces_of_an_instance_are_those_it_lists_and_those_attached() -> None:
    interfaces = {
        "eni-1": NetworkInterface(id="eni-1", vpc="", subnet="", instance="i-1"),
        "eni-2": NetworkInterface(id="eni-2", vpc="", subnet=""),
        "eni-3": NetworkInterface(id="eni-3", vpc="", subnet="", instance="i-9"),
    }
    instances = {"i-1": Instance(id="i-1", interfaces=("eni-2", "eni-1", "eni-gone"))}
    found = Relations(Snapshot(interfaces=interfaces, instances=instances)).interfaces_of_instance
    assert {number: [one.id for one in held] for number, held in found.items()} == {
        "i-1": ["eni-2", "eni-1"],
        "i-9": ["eni-3"],
    }


def test_groups_and_tables_are_found_by_what_they_name() -> None:
    rules = (SecurityGroupRule(group="sg-2"), SecurityGroupRule(prefix_list="pl-1"))
    group = SecurityGroup(id="sg-1", ingress=rules, egress=rules[:1])
    table = RouteTable(id="rtb-1", vpc="vpc-1", routes=(route("pl-1", "tgw-1"),) * 2)
    relations = Relations(Snapshot(security_groups={"sg-1": group}, route_tables={"rtb-1": table}))
    assert relations.groups_naming == {"sg-2": [group], "pl-1": [group]}
    assert relations.tables_leading_to == {"tgw-1": [table], "pl-1": [table]}
