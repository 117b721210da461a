from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from netreach.model.calls import missing_calls
from netreach.model.inventory import (
    SubnetSummary,
    age,
    subnet_summary,
    take_inventory,
)
from netreach.model.records import (
    InterfaceAddress,
    NatAddress,
    NatGateway,
    NetworkInterface,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    TargetKind,
    Unmodelled,
    Vpc,
)
from netreach.model.relations import Relations
from netreach.model.snapshot import Problem, Snapshot
from netreach.packets.prefixes import Address, Prefix

EVERY_CALL = frozenset(
    {
        "Vpcs",
        "Subnets",
        "RouteTables",
        "NetworkAcls",
        "SecurityGroups",
        "NetworkInterfaces",
        "Reservations",
        "InternetGateways",
        "NatGateways",
        "EgressOnlyInternetGateways",
        "ManagedPrefixLists",
    }
)


def interface(number: str, *addresses: str, delegated: tuple[str, ...] = ()) -> NetworkInterface:
    return NetworkInterface(
        id=number,
        vpc="vpc-1",
        subnet="subnet-1",
        addresses=tuple(InterfaceAddress(private=Address.parse(one)) for one in addresses),
        delegated=tuple(map(Prefix.parse, delegated)),
    )


def summary(
    *interfaces: NetworkInterface,
    cidr: str = "10.0.0.0/27",
    available: int | None = None,
    **others: Any,  # noqa: ANN401  fields of Snapshot
) -> SubnetSummary:
    subnet = Subnet(
        id="subnet-1", vpc="vpc-1", prefixes=(Prefix.parse(cidr),), available_addresses=available
    )
    fields = {"calls": EVERY_CALL, "subnets": {"subnet-1": subnet}} | others
    held = {one.id: one for one in interfaces}
    return subnet_summary(subnet, Relations(Snapshot(interfaces=held, **fields)))


def test_an_empty_subnet_has_all_but_five_addresses_free() -> None:
    assert (summary().size, summary().usable, summary().used, summary().free) == (32, 27, 0, 27)


@pytest.mark.parametrize(
    ("interfaces", "used"),
    [
        pytest.param([interface("eni-1", "10.0.0.4", "10.0.0.5")], 2, id="secondary"),
        pytest.param(
            [interface("eni-1", "10.0.0.4"), interface("eni-2", "10.0.0.4")], 1, id="held-twice"
        ),
        pytest.param([interface("eni-1", "10.9.0.4")], 0, id="outside-the-subnet"),
        pytest.param([interface("eni-1", "10.0.0.3")], 0, id="kept-by-aws-at-the-start"),
        pytest.param([interface("eni-1", "10.0.0.31")], 0, id="kept-by-aws-at-the-end"),
        pytest.param([interface("eni-1", "10.0.0.30")], 1, id="last-of-a-host"),
        pytest.param([interface("eni-1", "2001:db8::4")], 0, id="ipv6"),
        pytest.param(
            [interface("eni-1", "10.0.0.4", delegated=("10.0.0.8/29",))], 9, id="delegated"
        ),
        pytest.param(
            [interface("eni-1", "10.0.0.9", delegated=("10.0.0.8/29",))], 8, id="in-delegated"
        ),
        pytest.param(
            [interface("eni-1", delegated=("10.9.0.8/29",))], 0, id="delegated-from-elsewhere"
        ),
    ],
)
def test_used_addresses_are_counted_once(interfaces: list[NetworkInterface], used: int) -> None:
    found = summary(*interfaces)
    assert (found.used, found.free) == (used, 27 - used)


def test_a_nat_gateway_uses_an_address_without_an_interface_in_the_snapshot() -> None:
    part = NatAddress(private=Address.parse("10.0.0.9"))
    nat = NatGateway(id="nat-1", vpc="vpc-1", subnet="subnet-1", addresses=(part,))
    assert summary(nat_gateways={"nat-1": nat}).used == 1
    assert summary(interface("eni-1", "10.0.0.9"), nat_gateways={"nat-1": nat}).used == 1


def test_what_aws_counted_as_free_goes_before_our_count() -> None:
    found = summary(interface("eni-1", "10.0.0.4"), available=11)
    assert (found.used, found.free, found.is_counted_by_aws) == (1, 11, True)


def test_without_interfaces_nobody_knows_what_is_free() -> None:
    found = summary(calls=EVERY_CALL - {"NetworkInterfaces"})
    assert (found.usable, found.used, found.free) == (27, None, None)


def test_more_holders_than_addresses_leave_none_free() -> None:
    full = interface("eni-1", delegated=("10.0.0.0/27",))
    assert summary(full).free == 0


def test_an_ipv6_subnet_has_no_count() -> None:
    found = summary(cidr="2001:db8::/64")
    assert (found.size, found.usable, found.used, found.free) == (None, None, None, None)


def test_the_inventory_counts_every_kind() -> None:
    vpc = Vpc(id="vpc-1", prefixes=(Prefix.parse("10.0.0.0/16"),))
    subnets = {n: Subnet(id=n, vpc="vpc-1") for n in ("subnet-1", "subnet-2")}
    held = {"eni-1": interface("eni-1", "10.0.0.4")}
    found = take_inventory(Snapshot(vpcs={"vpc-1": vpc}, subnets=subnets, interfaces=held))
    assert {kind: count for kind, count in found.counts.items() if count} == {
        "vpc": 1,
        "subnet": 2,
        "network-interface": 1,
    }
    assert (found.vpcs[0].subnets, found.vpcs[0].interfaces) == (2, 1)


def test_problems_are_grouped_and_missing_calls_are_told_once() -> None:
    problems = tuple(
        Problem(kind=kind, resources=(), message=message)
        for kind, message in (
            ("duplicate-id", "a"),
            ("host-bits", "b"),
            ("missing-call", "no NAT gateways in this snapshot"),
            ("duplicate-id", "c"),
        )
    )
    groups = take_inventory(Snapshot(problems=problems)).problems
    assert [(group.kind, [one.message for one in group.problems]) for group in groups] == [
        ("duplicate-id", ["a", "c"]),
        ("host-bits", ["b"]),
    ]


def test_what_is_not_modelled_is_grouped_by_kind() -> None:
    records = {n: Unmodelled(id=n, kind=n[:3]) for n in ("vgw-1", "tgw-1", "vgw-2")}
    groups = take_inventory(Snapshot(unmodelled=records)).unmodelled
    assert [(group.kind, [one.id for one in group.records]) for group in groups] == [
        ("tgw", ["tgw-1"]),
        ("vgw", ["vgw-1", "vgw-2"]),
    ]


@pytest.mark.parametrize(
    ("absent", "what"),
    [
        ("Vpcs", "VPCs"),
        ("Subnets", "subnets"),
        ("RouteTables", "route tables"),
        ("NetworkAcls", "network ACLs"),
        ("SecurityGroups", "security groups"),
        ("NetworkInterfaces", "network interfaces"),
        ("Reservations", "instances"),
        ("InternetGateways", "internet gateways"),
        ("NatGateways", "NAT gateways"),
    ],
)
def test_each_missing_call_is_named(absent: str, what: str) -> None:
    (call,) = missing_calls(Snapshot(calls=EVERY_CALL - {absent}))
    assert call.what == what
    assert all(command.startswith("aws ec2 describe-") for command in call.commands)


@pytest.mark.parametrize(
    ("absent", "instead"),
    [("SecurityGroups", "SecurityGroupRules"), ("Reservations", "Instances")],
)
def test_another_call_may_say_the_same(absent: str, instead: str) -> None:
    assert not list(missing_calls(Snapshot(calls=EVERY_CALL - {absent} | {instead})))


def test_egress_only_gateways_are_missed_only_if_a_route_names_one() -> None:
    calls = EVERY_CALL - {"EgressOnlyInternetGateways"}
    kind = TargetKind.EGRESS_ONLY_INTERNET_GATEWAY
    table = RouteTable(id="rtb-1", vpc="vpc-1", routes=(Route(target_kind=kind, target="eigw-1"),))
    assert not list(missing_calls(Snapshot(calls=calls)))
    (call,) = missing_calls(Snapshot(calls=calls, route_tables={"rtb-1": table}))
    assert call.what == "egress-only internet gateways"


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_prefix_lists_are_missed_only_if_a_rule_or_route_names_one(direction: str) -> None:
    calls = EVERY_CALL - {"ManagedPrefixLists"}
    rules = {direction: (SecurityGroupRule(prefix_list="pl-1"),)}
    group = SecurityGroup(id="sg-1", **rules)  # type: ignore[arg-type]  # names are a parameter
    route = Route(prefix_list="pl-1", target_kind=TargetKind.VPC_ENDPOINT)
    table = RouteTable(id="rtb-1", vpc="vpc-1", routes=(route,))
    assert not list(missing_calls(Snapshot(calls=calls)))
    for naming in (
        Snapshot(calls=calls, security_groups={"sg-1": group}),
        Snapshot(calls=calls, route_tables={"rtb-1": table}),
    ):
        assert [call.what for call in missing_calls(naming)] == ["prefix lists"]


@pytest.mark.parametrize(
    ("taken", "passed"),
    [
        ("2026-03-01T12:00:00Z", timedelta(days=2)),
        ("2026-03-01T12:00:00+02:00", timedelta(days=2, hours=2)),
        ("2026-03-03", timedelta(hours=12)),
        ("2026-03-03T13:00:00Z", timedelta(hours=-1)),
        ("", None),
        ("yesterday", None),
    ],
)
def test_the_age_is_counted_from_utc(taken: str, passed: timedelta | None) -> None:
    assert age(taken, datetime(2026, 3, 3, 12, tzinfo=UTC)) == passed
