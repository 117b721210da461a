"""What AWS documents of names that two may answer: the closest domain does [HY-8, EP-2, PC-5]."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.model.connections import PeeredVpc, VpcPeering
from netreach.model.services import BalancerKind, ResolverRule
from netreach.model.snapshot import Snapshot
from tests.unit.fabric.balancers_by_hand import NODES, balancer, node, with_balancers
from tests.unit.fabric.endpoints_by_hand import REGION, door
from tests.unit.fabric.estates_by_hand import DB_1, WEB_1, WEB_1_PUBLIC, snapshot
from tests.unit.query.test_names import (
    LAB,
    SHOP,
    WEB_1_NAME,
    addresses,
    attributes,
    database,
    seen,
    zone,
    zoned,
)

DB_1_NAME = f"ip-10-0-3-10.{REGION}.compute.internal"
EC2 = f"ec2.{REGION}.amazonaws.com"
OFF = [(False, True), (True, False)]


def covering(domain: str, base: Snapshot | None = None) -> Snapshot:
    """Return an estate whose VPC `shop` has a private zone without a record that matters."""
    empty = zone(("other." + domain, "A", DB_1), zone_name=domain)
    return zoned(empty, base=base)


@pytest.mark.parametrize("domain", ["internal", "amazonaws.com"])
def test_hy_8_hosts_names_are_closer_than_a_zone_above_them(domain: str) -> None:
    assert addresses(covering(domain), DB_1_NAME) == [DB_1]
    assert addresses(covering(domain), WEB_1_NAME) == [WEB_1]


@pytest.mark.parametrize("told", [True, False], ids=["by-its-names", "by-its-service"])
def test_ep_2_an_endpoints_hidden_zone_is_closer_than_a_zone_above_it(*, told: bool) -> None:
    base = door() if told else door(dns_names=())
    for domain in ("amazonaws.com", f"{REGION}.amazonaws.com"):
        assert seen(covering(domain, base), EC2).interfaces == ["eni-door-a", "eni-door-b"]
    beside = covering("amazonaws.com", door(has_private_dns=False))
    with pytest.raises(SelectorError, match="no address record"):
        seen(beside, EC2)


def test_hy_8_a_zone_below_an_endpoints_name_is_closer() -> None:
    base = door(dns_names=(EC2, f"*.{EC2}"))
    own = zone((f"x.{EC2}", "A", DB_1), zone_name=f"x.{EC2}")
    assert addresses(zoned(own, base=base), f"x.{EC2}") == [DB_1]


@pytest.mark.parametrize(("support", "hostnames"), OFF)
def test_hy_8_a_private_name_needs_both_attributes(*, support: bool, hostnames: bool) -> None:
    base = attributes(snapshot(), support=support, hostnames=hostnames)
    assert "DNS attributes are off" in seen(base, DB_1_NAME).unknown
    assert addresses(attributes(base, support=True, hostnames=True), DB_1_NAME) == [DB_1]


def test_hy_8_what_other_servers_than_amazons_answer_is_unknown() -> None:
    base = snapshot()
    shop = replace(base.vpcs[SHOP], dns_servers=("10.0.0.53",))
    told = replace(base, vpcs={**base.vpcs, SHOP: shop})
    assert "10.0.0.53" in seen(told, WEB_1_NAME).unknown
    assert addresses(told, WEB_1_NAME, "") == [WEB_1_PUBLIC]


def test_hy_8_nobody_outside_resolves_a_private_name() -> None:
    found = seen(snapshot(), DB_1_NAME, "")
    assert (found.addresses, "nobody" in found.unknown) == ([], True)


@pytest.mark.parametrize(("support", "hostnames"), OFF)
def test_ep_2_a_hidden_zone_that_is_off_keeps_no_rule_away(
    *, support: bool, hostnames: bool
) -> None:
    rule = ResolverRule(id="rslvr-rr-1", domain="amazonaws.com", vpcs=(SHOP,))
    base = replace(door(), resolver_rules={rule.id: rule})
    assert seen(base, EC2).interfaces == ["eni-door-a", "eni-door-b"]
    closed = attributes(base, support=support, hostnames=hostnames)
    assert rule.id in seen(closed, EC2).unknown


@pytest.mark.parametrize(("support", "hostnames"), [(True, True), *OFF])
def test_pc_5_peers_see_private_addresses_if_both_vpcs_have_the_attributes(
    *, support: bool, hostnames: bool
) -> None:
    base = attributes(snapshot(), support=support, hostnames=hostnames)
    lab = replace(base.vpcs[LAB], dns_support=True, dns_hostnames=True)
    sides = PeeredVpc(vpc=LAB), PeeredVpc(vpc=SHOP, resolves_remote_names=True)
    tie = VpcPeering(id="pcx-1", requester=sides[0], accepter=sides[1], state="active")
    base = replace(base, vpcs={**base.vpcs, LAB: lab}, peerings={tie.id: tie})
    expected = WEB_1 if support and hostnames else WEB_1_PUBLIC
    assert addresses(base, WEB_1_NAME, LAB) == [expected]


@pytest.mark.parametrize(("support", "hostnames"), [(True, True), *OFF])
def test_hy_8_a_public_database_is_private_inside_if_the_attributes_are_on(
    *, support: bool, hostnames: bool
) -> None:
    record = database(interfaces=("eni-web-1",))
    base = attributes(snapshot(), support=support, hostnames=hostnames)
    base = replace(base, managed_services={record.id: record})
    found = seen(base, record.dns_names[0])
    is_on = support and hostnames
    assert found.interfaces == (["eni-web-1"] if is_on else [])
    assert found.addresses == ([] if is_on else [WEB_1_PUBLIC])


def test_lb_8_a_dualstack_balancers_name_means_its_ipv6_addresses_too() -> None:
    one = balancer(BalancerKind.NETWORK, dns_name="front.elb.test", is_internet_facing=True)
    node_a = node(BalancerKind.NETWORK, "a", public="203.0.113.150", is_dual=True)
    base = with_balancers([one], [node_a], [], snapshot())
    assert addresses(base, "front.elb.test") == ["203.0.113.150", NODES["a"][2]]
