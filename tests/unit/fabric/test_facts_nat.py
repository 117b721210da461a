"""What AWS documents about NAT gateways: the facts NT-1 to NT-8, one test or more each."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from netreach.explain.report import PathReport
from netreach.model.records import NatAddress, Route, TargetKind
from netreach.network import Network
from netreach.packets.prefixes import Address, Prefix
from tests.unit.fabric.connections_by_hand import TRANSIT, attached, both_routes
from tests.unit.fabric.estates_by_hand import (
    ACL,
    APP_1_SIX,
    HOST,
    HOST_SIX,
    LAB_1_PUBLIC,
    NAT,
    NAT_PUBLIC,
    NO_PUBLIC_OUT,
    NO_ROUTE,
    WEB_1,
    Form,
    acl,
    ask,
    codes,
    estate,
    legs,
    named,
    sees,
    snapshot,
    verdict,
)

OUT = f"app-1 {HOST} tcp 443"
PRIVATE: Form = {"connectivity": "private", "public": None}


def with_nat(form: Form) -> Network:
    """Return the estate with another NAT gateway than the base's."""
    return estate(nat_gateways={"nat": form})


def test_nt_1_a_public_gateway_sends_from_its_elastic_ip() -> None:
    answer = ask(estate(), OUT)
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT_PUBLIC})
    inside = ask(
        estate(route_tables={"app": {"routes": {"10.0.3.0/24": "nat-gateway:nat"}}}),
        "app-1 db-1 tcp 5432",
        family=4,
    )
    assert sees(inside) == {NAT}  # the Elastic IP is used at the internet gateway only


def test_nt_1_the_gateway_s_own_subnet_must_lead_to_the_internet() -> None:
    answer = ask(estate(route_tables={"nat": {"routes": {"0.0.0.0/0": None}}}), OUT)
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_ROUTE})


def test_nt_1_a_private_gateway_is_dropped_by_the_internet_gateway() -> None:
    answer = ask(with_nat(PRIVATE), OUT)
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_PUBLIC_OUT})


def test_nt_1_a_private_gateway_works_inside() -> None:
    tables = {"app": {"routes": {"10.0.3.0/24": "nat-gateway:nat"}}}
    network = estate(nat_gateways={"nat": PRIVATE}, route_tables=tables)
    answer = ask(network, "app-1 db-1 tcp 5432", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT})


def test_nt_1_each_of_several_addresses_may_be_used() -> None:
    more = {"secondary": [{"address": "10.0.0.6", "public": "198.51.100.6"}]}
    network = with_nat(more)
    assert sees(ask(network, OUT)) == {NAT_PUBLIC, "198.51.100.6"}
    lab = {"groups": {"lab": {"ingress": [f"tcp 443 from {NAT_PUBLIC}/32"]}}}
    both = estate(nat_gateways={"nat": more}, rest={"vpcs": {"lab": lab}})
    assert verdict(both, f"app-1 {LAB_1_PUBLIC} tcp 443") == "partial"
    one = estate(rest={"vpcs": {"lab": lab}})
    assert verdict(one, f"app-1 {LAB_1_PUBLIC} tcp 443") == "reachable"


@pytest.mark.parametrize("state", ["pending", "failed", "deleting", "deleted"])
def test_nt_1_a_gateway_that_is_not_available_carries_nothing(state: str) -> None:
    answer = ask(with_nat({"state": state}), OUT)
    assert answer.verdict == "unreachable"
    assert codes(answer) & {"BAD_STATE", "BAD_STATE_ROUTE"}


def test_nt_4_no_group_filters_what_a_nat_gateway_carries() -> None:
    # nothing but the host's own group is asked
    assert verdict(estate(groups={"app": {"ingress": []}}), OUT) == "reachable"
    sealed = estate(groups={"app": {"egress": ["tcp 443 to 8.8.8.8/32"]}})
    assert verdict(sealed, OUT) == "reachable"
    assert verdict(sealed, f"app-1 {HOST} tcp 444") == "unreachable"


@pytest.mark.parametrize(
    ("direction", "rule", "leg"),
    [
        pytest.param("ingress", "10.0.2.10/32", "forward", id="from-the-host"),
        pytest.param("egress", "8.8.8.8/32", "forward", id="to-the-internet"),
        pytest.param("ingress", "8.8.8.8/32", "return", id="from-the-internet"),
        pytest.param("egress", "10.0.2.10/32", "return", id="to-the-host"),
    ],
)
def test_nt_4_the_acl_of_its_subnet_applies_on_both_sides(
    direction: str, rule: str, leg: str
) -> None:
    word = "from" if direction == "ingress" else "to"
    denied = (f"90 deny all {word} {rule}", f"100 allow all {word} 0.0.0.0/0")
    answer = ask(estate(acls={"nat": acl(**{direction: denied})}), OUT)
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {ACL}, {leg})
    beside = (f"90 deny all {word} 9.9.9.9/32", f"100 allow all {word} 0.0.0.0/0")
    assert verdict(estate(acls={"nat": acl(**{direction: beside})}), OUT) == "reachable"


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("1024-65535", "reachable"),
        ("1025-65535", "partial"),
        ("1024-65534", "partial"),
        ("0-1023", "unreachable"),
    ],
)
def test_nt_4_the_gateway_picks_any_port_from_1024(ports: str, expected: str) -> None:
    rules = ("100 allow tcp 443 from 10.0.2.0/24", f"110 allow tcp {ports} from 8.0.0.0/8")
    assert verdict(estate(acls={"nat": acl(ingress=rules)}), OUT) == expected


def test_nt_4_the_host_s_own_side_keeps_its_client_ports() -> None:
    replies = ("100 allow tcp 32768-60999 from 0.0.0.0/0",)
    network = estate(acls={"app": acl(ingress=replies)})
    assert verdict(network, OUT, client_ports="linux") == "reachable"
    assert verdict(network, OUT) == "partial"


@pytest.mark.parametrize("service", ["tcp 443", "udp 53", "icmp"])
def test_nt_4_it_carries_tcp_udp_and_icmp(service: str) -> None:
    assert verdict(estate(), f"app-1 {HOST} {service}") == "reachable"


@pytest.mark.parametrize("protocol", ["0", "2", "47", "50", "51", "132", "255"])
def test_nt_4_it_carries_nothing_else(protocol: str) -> None:
    answer = ask(estate(), f"app-1 {HOST} {protocol}")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"PROTOCOL_RESTRICTION"})


SIX_TO_FOUR = {"app": {"routes": {"64:ff9b::/96": "nat-gateway:nat", "::/0": None}}}


def test_nt_5_ipv6_reaches_ipv4_through_nat64() -> None:
    network = estate(route_tables=SIX_TO_FOUR)
    answer = ask(network, "app-1 64:ff9b::808:808 tcp 443")
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT_PUBLIC})
    assert verdict(network, "app-1 64:ff9b::808:808 udp 53") == "reachable"
    assert verdict(network, "app-1 64:ff9b::808:808 icmpv6") == "reachable"
    assert verdict(network, "app-1 64:ff9b::808:808 50") == "unreachable"


def test_nt_5_nat64_needs_its_own_prefix() -> None:
    wide = {"app": {"routes": {"::/0": "nat-gateway:nat"}}}
    assert verdict(estate(route_tables=wide), f"{APP_1_SIX} {HOST_SIX} tcp 443") == "unreachable"
    beside = "64:ff9b:0:0:0:1::"  # one past the last address of 64:ff9b::/96
    assert verdict(estate(route_tables=wide), f"app-1 {beside} tcp 443") == "unreachable"
    assert verdict(estate(), "app-1 64:ff9b::808:808 tcp 443") == "unreachable"  # no such route


def test_nt_5_behind_nat64_the_gateway_s_ipv4_filters_apply() -> None:
    def asked(rule: str) -> str:
        network = estate(route_tables=SIX_TO_FOUR, acls={"nat": acl(egress=(rule, OPEN_SIX))})
        return verdict(network, "app-1 64:ff9b::808:808 tcp 443")

    assert asked("100 allow all to 8.8.8.8/32") == "reachable"
    assert asked("100 allow all to 8.8.8.9/32") == "unreachable"


OPEN_SIX = "110 allow all to ::/0"


def test_nt_4_the_subnet_s_acl_sees_answers_that_a_route_brings() -> None:
    """The answering subnet's table leads to the gateway itself; its ACL is asked all the same."""
    tables: Form = {
        "app": {"routes": {"10.0.3.0/24": "nat-gateway:nat"}},
        "db": {"routes": {"10.0.0.0/24": "nat-gateway:nat"}},
    }
    subnets = {"db-b": {"route_table": "db"}}
    open_ = estate(route_tables=tables, subnets=subnets)
    assert verdict(open_, "app-1 db-1 tcp 5432", family=4) == "reachable"
    closed = acl(ingress=("100 deny all from 10.0.3.0/24", "110 allow all from 0.0.0.0/0"))
    answer = ask(
        estate(route_tables=tables, subnets=subnets, acls={"nat": closed}),
        "app-1 db-1 tcp 5432",
        family=4,
    )
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {ACL})


def regional(*, zones: tuple[str, ...] = (), **changes: Any) -> Network:  # noqa: ANN401 - the record's
    """Return the estate with a regional NAT gateway, whose table leads to the internet gateway."""
    base = snapshot(
        nat_gateways={"nat": {"subnet": None, "address": None, "regional": True}},
        route_tables={"edge": {"routes": {"0.0.0.0/0": "internet-gateway"}}},
        acls={"nat": CLOSED},
    )
    gateway = base.nat_gateways["nat-nat"]
    (address,) = gateway.addresses
    changes = {"route_table": "rtb-edge", "is_automatic": not zones} | changes
    told = tuple(replace(address, zone=zone) for zone in zones) or gateway.addresses
    changed = replace(gateway, addresses=told, **changes)
    return Network(replace(base, nat_gateways={"nat-nat": changed}))


CLOSED: Form = {"ingress": ["100 deny all from 0.0.0.0/0"], "egress": ["100 deny all to 0.0.0.0/0"]}


def test_nt_6_a_regional_gateway_stands_in_no_subnet() -> None:
    answer = ask(regional(), OUT)
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT_PUBLIC})
    assert verdict(regional(), f"internet {NAT_PUBLIC} tcp 443") == "unreachable"


def test_nt_6_a_regional_gateway_is_routed_by_its_own_table() -> None:
    nowhere = ask(regional(route_table="rtb-main"), OUT)
    assert (nowhere.verdict, codes(nowhere)) == ("unreachable", {NO_ROUTE})
    lost = ask(regional(route_table="rtb-elsewhere"), OUT)
    assert (lost.verdict, named(lost)) == ("unknown", {"nat-nat"})


@pytest.mark.parametrize(
    ("zones", "expected"), [(("a", "b"), "reachable"), (("b",), "unreachable")]
)
def test_nt_6_with_manual_zones_the_sender_s_must_be_among_them(
    zones: tuple[str, ...], expected: str
) -> None:
    network = regional(zones=tuple(f"eu-central-1{zone}" for zone in zones))
    answer = ask(network, OUT)
    assert answer.verdict == expected
    if expected == "unreachable":
        assert codes(answer) == {"REGIONAL_NGW_ROUTE_AZ_RESTRICTION"}


def in_zones(*zones: str, **changes: Any) -> Network:  # noqa: ANN401 - the record's own fields
    """Return the estate with a regional NAT gateway that has an address in each of the zones."""
    gateway = regional(**changes).snapshot
    record = gateway.nat_gateways["nat-nat"]
    addresses = tuple(
        NatAddress(public=Address.parse(f"203.0.113.{90 + row}"), zone=f"eu-central-1{zone}")
        for row, zone in enumerate(zones)
    )
    changed = replace(record, addresses=addresses)
    return Network(replace(gateway, nat_gateways={"nat-nat": changed}))


@pytest.mark.parametrize(
    ("zones", "seen"),
    [
        pytest.param("ba", {"203.0.113.91"}, id="its-own"),
        pytest.param("aba", {"203.0.113.90", "203.0.113.92"}, id="several-of-its-own"),
        pytest.param("bc", {"203.0.113.90", "203.0.113.91"}, id="none-yet"),
    ],
)
def test_nt_6_a_regional_gateway_sends_from_the_senders_zone(zones: str, seen: set[str]) -> None:
    answer = ask(in_zones(*zones), OUT)
    assert (answer.verdict, sees(answer)) == ("reachable", seen)


def test_nt_6_a_gateways_own_table_is_for_subnets_not_for_a_regional_gateway() -> None:
    network = regional()
    table = replace(
        network.snapshot.route_tables["rtb-main"],
        id="rtb-in",
        is_main=False,
        subnets=(),
        gateways=("igw-shop",),
    )
    tables = {**network.snapshot.route_tables, table.id: table}
    assert verdict(Network(replace(network.snapshot, route_tables=tables)), OUT) == "reachable"


def test_nt_8_an_answer_from_another_address_than_was_asked_belongs_to_no_session() -> None:
    """The target's table leads answers to the internet gateway, which gives them another source."""
    tables = {"app": {"routes": {"10.0.1.0/24": "nat-gateway:nat"}}}
    base = regional().snapshot
    routed = snapshot(route_tables=tables).route_tables["rtb-app"]
    network = Network(
        replace(base, route_tables={**base.route_tables, "rtb-app": routed}),
    )
    answer = ask(network, f"app-1 {WEB_1} tcp 443")
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {"NGW_NO_SESSION"})


def test_nt_6_as_whom_a_regional_gateway_sends_to_a_transit_gateway_nobody_says() -> None:
    base = both_routes(TRANSIT)
    out = Route(
        destination=Prefix.parse("0.0.0.0/0"),
        target_kind=TargetKind.TRANSIT_GATEWAY,
        target="tgw-1",
    )
    edge = replace(base.route_tables["rtb-main"], id="rtb-edge", is_main=False, routes=(out,))
    gateway = replace(
        base.nat_gateways["nat-nat"],
        is_regional=True,
        subnet="",
        route_table="rtb-edge",
        addresses=(NatAddress(public=Address.parse("203.0.113.90")),),
    )
    network = attached(
        replace(
            base,
            nat_gateways={"nat-nat": gateway},
            route_tables={**base.route_tables, edge.id: edge},
        )
    )
    answer = ask(network, OUT)
    assert (answer.verdict, named(answer)) == ("unknown", {"tgw-1"})


def test_nt_7_a_nat_instance_translates() -> None:
    router = {"subnet": "nat-a", "address": "10.0.0.10", "elastic": "203.0.113.50"}
    form = router | {"groups": ["web"], "source_dest_check": False}
    network = estate(
        instances={"router": form},
        route_tables={"app": {"routes": {"0.0.0.0/0": "instance:router"}}},
    )
    answer = ask(network, OUT)
    assert (answer.verdict, sees(answer)) == ("reachable", {"203.0.113.50"})
    assert any("i-router" in warning for warning in answer.warnings)
    assert verdict(network, OUT, strict=True) == "unknown"


def test_nt_7_a_nat_instance_needs_a_public_address() -> None:
    router = {"subnet": "nat-a", "address": "10.0.0.10", "groups": ["web"]}
    network = estate(
        instances={"router": router | {"source_dest_check": False}},
        route_tables={"app": {"routes": {"0.0.0.0/0": "instance:router"}}},
    )
    answer = ask(network, OUT)
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_PUBLIC_OUT})


def test_nt_7_a_nat_instance_that_checks_addresses_drops() -> None:
    router = {"subnet": "nat-a", "address": "10.0.0.10", "elastic": "203.0.113.50"}
    network = estate(
        instances={"router": router | {"groups": ["web"]}},
        route_tables={"app": {"routes": {"0.0.0.0/0": "instance:router"}}},
    )
    answer = ask(network, OUT)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ENI_SOURCE_DEST_CHECK_RESTRICTION"})


def test_nt_7_a_nat_instance_has_groups() -> None:
    router = {"subnet": "nat-a", "address": "10.0.0.10", "source_dest_check": False}
    network = estate(
        groups={"sealed": {"ingress": []}},
        instances={"router": router | {"groups": ["sealed"]}},
        route_tables={"app": {"routes": {"0.0.0.0/0": "instance:router"}}},
    )
    assert verdict(network, OUT) == "unreachable"


@pytest.mark.parametrize("service", ["tcp 443", "udp 53", "icmp"])
@pytest.mark.parametrize("source", ["app-1", "web-1", "lab-1"])
def test_nt_8_a_nat_gateway_drops_what_belongs_to_no_session(source: str, service: str) -> None:
    addresses = {NAT_PUBLIC} if source == "lab-1" else {NAT, NAT_PUBLIC}
    for address in addresses:
        answer = ask(estate(), f"{source} {address} {service}")
        assert (answer.verdict, codes(answer)) == ("unreachable", {"NGW_NO_SESSION"})


def test_nt_8_the_internet_cannot_come_in_through_a_nat_gateway() -> None:
    answer = ask(estate(), f"internet {NAT_PUBLIC} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"NGW_NO_SESSION"})
    assert verdict(estate(), "internet app-1 tcp 443", family=4) == "unreachable"


@pytest.mark.parametrize("addresses", [1, 2])
def test_a_nat_gateway_that_leads_to_itself_is_a_loop_and_no_flood(addresses: int) -> None:
    second = [{"address": "10.0.0.6", "public": "198.51.100.6"}][: addresses - 1]
    network = estate(
        nat_gateways={"nat": {"secondary": second}},
        route_tables={"nat": {"routes": {"0.0.0.0/0": "nat-gateway:nat"}}},
    )
    answer = ask(network, OUT)
    assert isinstance(answer._report, PathReport)
    trips = answer._report._result.rounds[0].trips
    assert trips is not None
    assert len(trips.flow) <= 100  # a branch for each choice at each turn would be 2 ** 16
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ROUTING_LOOP"})


# -- what regional and zonal gateways have, and lack


def test_nt_6_no_acl_is_asked_at_a_regional_gateway() -> None:
    answer = ask(regional(), OUT)
    assert (answer.verdict, answer.warnings) == ("reachable", ())
    acls = [hop.component.id for hop in answer.parts[0].forward + answer.parts[0].returning]
    assert acls.count("acl-app") == 2
    assert not any(one.startswith("acl-nat") or not one for one in acls)


def test_nt_6_manual_zones_may_be_told_by_their_ids() -> None:
    base = regional(zones=("somewhere",)).snapshot
    record = base.nat_gateways["nat-nat"]
    subnets = {
        name: replace(one, zone_id=f"euc1-az{'abc'.index(one.zone[-1]) + 1}")
        for name, one in base.subnets.items()
    }
    for zone_id, expected in (("euc1-az1", "reachable"), ("euc1-az2", "unreachable")):
        held = tuple(replace(one, zone="", zone_id=zone_id) for one in record.addresses)
        changed = {"nat-nat": replace(record, addresses=held)}
        assert (
            verdict(Network(replace(base, subnets=subnets, nat_gateways=changed)), OUT) == expected
        )


def test_nt_6_an_address_that_a_zone_still_waits_for_is_not_sent_from() -> None:
    base = in_zones("a", "a").snapshot
    record = base.nat_gateways["nat-nat"]
    waiting = NatAddress(zone="eu-central-1a", status="associating")
    changed = replace(record, addresses=(*record.addresses, waiting))
    answer = ask(Network(replace(base, nat_gateways={"nat-nat": changed})), OUT)
    assert (answer.verdict, sees(answer)) == ("reachable", {"203.0.113.90", "203.0.113.91"})


def test_nt_1_a_zonal_gateway_sends_from_each_address_whatever_zones_they_say() -> None:
    base = estate().snapshot
    record = base.nat_gateways["nat-nat"]
    (first,) = record.addresses
    second = replace(
        first,
        private=Address.parse("10.0.0.21"),
        public=Address.parse("203.0.113.91"),
        zone="eu-central-1a",
    )
    changed = replace(record, addresses=(first, second))
    answer = ask(Network(replace(base, nat_gateways={"nat-nat": changed})), OUT)
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT_PUBLIC, "203.0.113.91"})


def test_nt_6_only_regional_gateways_are_kept_to_zones() -> None:
    """A zonal gateway takes packets from every zone, whatever its record says of zones."""
    base = estate().snapshot
    record = replace(base.nat_gateways["nat-nat"], is_automatic=False)
    assert verdict(Network(replace(base, nat_gateways={"nat-nat": record})), OUT) == "reachable"


def test_a_nat_gateway_in_doubt_leaves_the_answer_open() -> None:
    for base in (estate().snapshot, regional().snapshot):
        record = replace(base.nat_gateways["nat-nat"], doubt="its descriptions differ")
        answer = ask(Network(replace(base, nat_gateways={"nat-nat": record})), OUT)
        assert (answer.verdict, named(answer)) == ("unknown", {"nat-nat"})


def test_a_nat_gateway_without_an_address_is_not_in_service() -> None:
    for base in (estate().snapshot, regional().snapshot):
        record = replace(base.nat_gateways["nat-nat"], addresses=())
        answer = ask(Network(replace(base, nat_gateways={"nat-nat": record})), OUT)
        assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})
