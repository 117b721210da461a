"""Managed services as ends: where AWS's calls do not tell their interfaces apart, too."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach.errors import SelectorError, UsageError
from netreach.model.relations import Relations
from netreach.model.services import BalancerKind, ManagedService
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.query.dns import Names
from netreach.query.managed import of_managed
from tests.unit.fabric.balancers_by_hand import APP, balancer, group, node, with_balancers
from tests.unit.fabric.estates_by_hand import (
    APP_1,
    DB_1,
    WEB_1,
    WEB_1_PUBLIC,
    WEB_2,
    ask,
    codes,
    snapshot,
)

SHOP, LAB = "vpc-shop", "vpc-lab"
ORDERS = "orders.abc.eu-central-1.rds.amazonaws.com"
CLOSED = {"db": {"ingress": ["tcp 5432 from 10.0.1.10/32"]}}


def service(**changes: object) -> ManagedService:
    plain = ManagedService(
        id="arn:aws:rds:eu-central-1:111122223333:db:orders",
        kind="db-instance",
        service_name="orders",
        vpc=SHOP,
        owner="111122223333",
        dns_names=(ORDERS,),
        arn="arn:aws:rds:eu-central-1:111122223333:db:orders",
    )
    return replace(plain, **changes)


def held(*services: ManagedService, base: Snapshot | None = None) -> Snapshot:
    base = snapshot() if base is None else base
    return replace(base, managed_services={one.id: one for one in services})


def either(*interfaces: str, base: Snapshot | None = None) -> Network:
    """Return the network in which the database has one of these interfaces."""
    return Network(held(service(candidates=interfaces), base=base))


# -- one of several interfaces


@pytest.mark.parametrize("selector", ["orders", ORDERS, service().arn])
def test_what_all_candidates_share_is_the_answer(selector: str) -> None:
    answer = ask(either("eni-db-1", "eni-app-1"), f"web-1 {selector} tcp 5432", family=4)
    assert answer.verdict == "reachable"
    assert {part.destination_address for part in answer.parts} == {DB_1, APP_1}
    assert any("eni-db-1, eni-app-1" in one for one in answer.warnings)


def test_what_no_candidate_allows_is_unreachable() -> None:
    base = snapshot(groups={"db": {"ingress": []}, "app": {"ingress": []}})
    answer = ask(either("eni-db-1", "eni-app-1", base=base), "web-1 orders tcp 5432", family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"SG_HAS_NO_RULES"})


@pytest.mark.parametrize("selector", ["orders", ORDERS])
def test_where_candidates_differ_nobody_knows_and_they_are_named(selector: str) -> None:
    base = snapshot(groups={"db": {"ingress": []}})
    answer = ask(either("eni-db-1", "eni-app-1", base=base), f"web-1 {selector} tcp 5432", family=4)
    assert answer.verdict == "unknown"
    assert [str(one.code) for one in answer.missing] == ["AMBIGUOUS_RESOURCE"]
    assert "db:orders has one of eni-db-1, eni-app-1" in answer.missing[0].why


def test_candidates_that_serve_different_services_differ() -> None:
    base = snapshot(groups={"db": {"ingress": ["tcp 5432 from anywhere"]}})
    answer = ask(either("eni-db-1", "eni-app-1", base=base), "web-1 orders", family=4)
    assert answer.verdict == "unknown"


def test_a_choice_may_be_a_source_as_well() -> None:
    network = either("eni-web-1", "eni-app-1", base=snapshot(groups=CLOSED))
    assert ask(network, "orders db-1 tcp 5432", family=4).verdict == "unknown"
    assert ask(network, "orders web-2 tcp 443", family=4).verdict == "reachable"


def test_a_choice_at_both_ends_is_asked_pair_by_pair() -> None:
    lab = service(id="lab", service_name="lab", arn="", dns_names=())
    base = held(
        service(candidates=("eni-web-1", "eni-web-2")),
        replace(lab, candidates=("eni-db-1", "eni-app-1")),
    )
    assert ask(Network(base), "orders lab tcp 5432", family=4).verdict == "reachable"
    closed = replace(snapshot(groups=CLOSED), managed_services=base.managed_services)
    assert ask(Network(closed), "orders lab tcp 5432", family=4).verdict == "unknown"


def test_one_choice_of_two_is_no_target_of_a_balancer() -> None:
    kind = BalancerKind.NETWORK
    base = with_balancers([balancer(kind)], [node(kind)], [group(APP)], snapshot())
    network = either("eni-db-1", "eni-app-1", base=base)
    lb = next(iter(base.load_balancers))
    with pytest.raises(UsageError, match="eni-db-1, eni-app-1"):
        ask(network, "web-1 orders tcp 443", through=lb)


def test_a_name_that_a_service_shares_with_a_target_group_is_an_error_that_lists_both() -> None:
    named = replace(group(APP), group_name="orders")
    base = with_balancers([], [], [named], snapshot())
    with pytest.raises(SelectorError, match=r"2 resources bear the name 'orders': .*db-instance"):
        ask(Network(held(service(interfaces=("eni-db-1",)), base=base)), "web-1 orders tcp 5432")


# -- none


def test_more_services_than_interfaces_are_unknown_by_name() -> None:
    rival = "arn:aws:rds:eu-central-1:111122223333:db:lab"
    base = held(service(candidates=("eni-db-1",), rivals=(rival,)))
    answer = ask(Network(base), "web-1 orders tcp 5432")
    assert answer.verdict == "unknown"
    assert "db:orders and db:lab are more services" in answer.missing[0].why


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("db-instance", "describe-network-interfaces of its account (111122223333)"),
        ("db-cluster", "`aws rds describe-db-subnet-groups`"),
        ("db-cluster", "`aws rds describe-db-instances`"),
        ("cache-cluster", "`aws elasticache describe-cache-subnet-groups`"),
        ("redshift-cluster", "`aws redshift describe-cluster-subnet-groups`"),
        ("msk-cluster", "`aws kafka list-nodes`"),
        ("ecs-task", "`aws ecs describe-container-instances`"),
    ],
)
def test_what_would_tie_a_service_is_named(kind: str, wanted: str) -> None:
    why = of_managed(snapshot(), service(kind=kind, vpc="")).unknown
    assert wanted in why


# -- what a name of a service means


def cluster(**changes: object) -> ManagedService:
    plain = service(
        id="aurora",
        kind="db-cluster",
        service_name="aurora",
        arn="",
        dns_names=("aurora.cluster.example", "aurora.reader.example"),
        members=("orders", "lab"),
        meanings={"aurora.cluster.example": ("orders",), "aurora.reader.example": ("lab",)},
        interfaces=("eni-db-1", "eni-app-1"),
    )
    return replace(plain, **changes)


def meant(base: Snapshot, name: str, vpc: str = SHOP) -> tuple[str, ...]:
    return Names(Relations(base)).seen_from(name, vpc).interfaces


def test_the_names_of_a_cluster_mean_its_writer_and_its_readers() -> None:
    lab = service(id="lab", service_name="lab", interfaces=("eni-app-1",), dns_names=())
    base = held(cluster(), service(interfaces=("eni-db-1",), dns_names=()), lab)
    assert meant(base, "aurora.cluster.example") == ("eni-db-1",)
    assert meant(base, "aurora.reader.example") == ("eni-app-1",)
    assert set(of_managed(base, base.managed_services["aurora"]).interfaces) == {
        "eni-db-1",
        "eni-app-1",
    }


def test_a_name_that_means_an_instance_that_nobody_describes_is_unknown() -> None:
    found = Names(Relations(held(cluster()))).seen_from("aurora.cluster.example", SHOP)
    assert "lacks orders" in found.unknown


def test_a_broker_is_one_interface_by_its_name() -> None:
    stream = service(
        kind="msk-cluster",
        dns_names=("B-1.bus.example",),
        meanings={"b-1.bus.example": ("eni-app-1",)},
        interfaces=("eni-db-1", "eni-app-1"),
    )
    assert meant(held(stream), "b-1.bus.example") == ("eni-app-1",)


@pytest.mark.parametrize(("vpc", "address"), [(SHOP, None), (LAB, WEB_1_PUBLIC)])
def test_the_name_of_a_public_database_is_public_for_other_vpcs(
    vpc: str, address: str | None
) -> None:
    found = Names(Relations(held(service(interfaces=("eni-web-1",))))).seen_from(ORDERS, vpc)
    expected = ((), [address]) if address else (("eni-web-1",), [])
    assert (found.interfaces, [str(one) for one in found.addresses]) == expected


def test_the_name_of_a_private_database_is_private_for_everybody() -> None:
    assert meant(held(service(interfaces=("eni-db-1",))), ORDERS, LAB) == ("eni-db-1",)


@pytest.mark.parametrize(
    ("access", "vpc", "inside"),
    [
        ("both", SHOP, True),
        ("both", LAB, False),
        ("private", LAB, True),
        ("public", SHOP, False),
        ("", SHOP, False),
    ],
)
def test_the_name_of_a_control_plane_leads_inside_where_private_access_is_on(
    access: str, vpc: str, inside: bool
) -> None:
    plane = service(kind="eks-cluster", interfaces=("eni-db-1",), access=access)
    found = Names(Relations(held(plane))).seen_from(ORDERS, vpc)
    assert bool(found.interfaces) is inside
    assert bool(found.hidden) is (not inside and bool(access))
    assert bool(found.unknown) is (not access)


def test_the_public_addresses_of_a_control_plane_are_unknown() -> None:
    plane = service(kind="eks-cluster", interfaces=("eni-db-1",), access="public", port=443)
    answer = ask(Network(held(plane)), f"web-1 {ORDERS} tcp 443")
    assert {part.destination_address for part in answer.parts}.isdisjoint({DB_1, WEB_1, WEB_2})
    assert answer.verdict == "reachable"


@pytest.mark.parametrize(("access", "is_inside"), [("both", False), ("private", True)])
def test_beside_public_access_a_control_plane_s_private_name_needs_the_dns_attributes(
    access: str, is_inside: bool
) -> None:
    plane = service(kind="eks-cluster", interfaces=("eni-db-1",), access=access)
    base = snapshot()
    home = replace(base.vpcs[plane.vpc], dns_hostnames=False)
    estate = replace(base, vpcs={**base.vpcs, plane.vpc: home}, managed_services={plane.id: plane})
    found = Names(Relations(estate)).seen_from(plane.dns_names[0], plane.vpc)
    assert (bool(found.interfaces), bool(found.hidden)) == (is_inside, not is_inside)
