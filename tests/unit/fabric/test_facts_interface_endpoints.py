from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from netreach.fabric.endpoint import is_gateway
from netreach.model.records import (
    InterfaceAddress,
    NetworkInterface,
)
from netreach.model.services import (
    BalancerKind,
    EndpointKind,
    EndpointService,
    Listener,
    LoadBalancer,
    ManagedService,
    VpcEndpoint,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address
from tests.unit.fabric.connections_by_hand import (
    PEERING,
    both_routes,
    peered,
)
from tests.unit.fabric.endpoints_by_hand import (
    DOOR,
    DOOR_A,
    DOOR_B,
    LIST,
    REGION,
    S3,
    compiled,
    door,
    s3_list,
)
from tests.unit.fabric.estates_by_hand import (
    APP_1,
    acl,
    ask,
    codes,
    named,
    snapshot,
    verdict,
)

PORTS = "VPCE_SERVICE_PORT_RESTRICTION"


@pytest.mark.parametrize("address", [DOOR_A, DOOR_B], ids=["own-zone", "other-zone"])
def test_ep_1_an_interface_endpoint_is_asked_from_every_zone(address: str) -> None:
    answer = ask(compiled(door()), f"app-1 {address} tcp 443")
    assert answer.verdict == "reachable"
    assert answer.parts[0].via == (DOOR,)


def test_ep_1_its_groups_decide() -> None:
    base = door(groups=("sg-db",))
    closed = replace(
        base,
        security_groups={
            **base.security_groups,
            "sg-db": replace(base.security_groups["sg-db"], ingress=()),
        },
    )
    answer = ask(compiled(closed), f"app-1 {DOOR_A} tcp 443")
    assert codes(answer) == {"SG_HAS_NO_RULES"}


def test_ep_1_its_subnets_acl_decides() -> None:
    base = snapshot(acls={"db": acl(ingress=("100 allow tcp 5432 from 0.0.0.0/0",))})
    answer = ask(compiled(door(base)), f"app-1 {DOOR_B} tcp 443")
    assert codes(answer) == {"SUBNET_ACL_RESTRICTION"}


def test_ep_1_it_answers_no_ping() -> None:
    answer = ask(compiled(door()), f"app-1 {DOOR_A} icmp")
    assert codes(answer) == {PORTS}


def test_ep_1_it_begins_no_connection() -> None:
    for source in (DOOR, DOOR_A, "eni-door-a"):
        assert codes(ask(compiled(door()), f"{source} app-1 tcp 443")) == {"SOURCE_CANNOT_INITIATE"}


@pytest.mark.parametrize(
    ("service", "served", "silent"),
    [
        (f"com.amazonaws.{REGION}.ec2", {443}, {22, 80, 442, 444}),
        (S3, {80, 443}, {22, 79, 81, 442, 444}),
        (f"com.amazonaws.{REGION}.email-smtp", {25, 465, 587, 2465, 2587}, {443}),
        (f"com.amazonaws.{REGION}.cassandra", {443, 9142}, {80}),
        (f"com.amazonaws.{REGION}.cassandra-fips", {443, 9142}, {80}),
        (f"com.amazonaws.{REGION}.iot.data", {443, 8443, 8883}, {80, 1883}),
        ("cn.com.amazonaws.cn-north-1.ec2", {443}, {80}),
    ],
)
def test_lab_5_it_drops_ports_that_its_service_does_not_serve(
    service: str, served: set[int], silent: set[int]
) -> None:
    network = compiled(door(service=service))
    for port in served:
        assert verdict(network, f"app-1 {DOOR_A} tcp {port}") == "reachable", port
    for port in silent:
        assert codes(ask(network, f"app-1 {DOOR_A} tcp {port}")) == {PORTS}, port
    assert verdict(network, f"app-1 {DOOR_A} udp 443") == "unreachable"


def test_lab_5_what_an_endpoint_takes_does_not_matter_where_another_was_asked_for() -> None:
    """Both networks use its address; the question names the other one."""
    other = {"cidr": "10.0.0.0/16", "subnets": {"there": {"cidr": "10.0.2.0/24", "zone": "a"}}}
    away = {"subnet": "there", "address": DOOR_A, "groups": ["there"]}
    form = other | {
        "route_tables": {"own": {"main": True}},
        "groups": {"there": {"ingress": ["all from anywhere"]}},
        "instances": {"away": away},
    }
    network = compiled(door(snapshot(rest={"vpcs": {"other": form}})))
    answer = ask(network, f"app-1 vpc-other/{DOOR_A} tcp 22")
    assert codes(answer) == {"DELIVERED_ELSEWHERE"}


@pytest.mark.parametrize("state", ["pendingAcceptance", "rejected", "failed", "deleting"])
def test_ep_5_an_endpoint_that_is_not_accepted_drops(state: str) -> None:
    answer = ask(compiled(door(state=state)), f"app-1 {DOOR_A} tcp 443")
    assert codes(answer) == {"BAD_STATE"}


@pytest.mark.parametrize(
    "service",
    [
        f"com.amazonaws.vpce.{REGION}.vpce-svc-0123",
        f"aws.sagemaker.{REGION}.notebook",
        f"com.amazonaws.{REGION}.transfer.server",
        f"com.amazonaws.{REGION}.datasync",
        f"com.amazonaws.{REGION}.storagegateway",
        f"com.amazonaws.{REGION}.appstream.streaming",
        "",
    ],
    ids=["partner", "other-name", "transfer", "datasync", "storage", "streaming", "not-said"],
)
def test_ports_that_nobody_says_leave_the_answer_open(service: str) -> None:
    network = compiled(door(service=service))
    answer = ask(network, f"app-1 {DOOR_A} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {DOOR})
    assert service in answer.missing[0].why
    assert verdict(network, f"app-1 {DOOR_A} icmp") == "unreachable"


def test_ep_6_other_kinds_of_endpoints_leave_the_answer_open() -> None:
    for kind in (EndpointKind.RESOURCE, EndpointKind.SERVICE_NETWORK):
        answer = ask(compiled(door(kind=kind)), f"app-1 {DOOR_A} tcp 443")
        assert (answer.verdict, named(answer)) == ("unknown", {DOOR})


def test_an_endpoint_that_only_its_interface_names_leaves_the_answer_open() -> None:
    network = compiled(replace(door(), endpoints={}))
    answer = ask(network, f"app-1 {DOOR_A} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {DOOR})
    assert codes(ask(network, f"app-1 {DOOR_A} icmp")) == {PORTS}


def test_an_endpoint_that_nobody_names_leaves_the_answer_open() -> None:
    base = door()
    nameless = {
        number: replace(one, description="") if number.startswith("eni-door") else one
        for number, one in base.interfaces.items()
    }
    network = compiled(replace(base, endpoints={}, interfaces=nameless))
    answer = ask(network, f"app-1 {DOOR_A} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"eni-door-a"})


OFFER = f"com.amazonaws.vpce.{REGION}.vpce-svc-0123"


def offered(*balancers: LoadBalancer) -> Snapshot:
    """Return an estate with an endpoint to a service behind balancers of the snapshot."""
    base = door(service=OFFER, has_private_dns=False)
    service = EndpointService(
        id="vpce-svc-0123", service=OFFER, balancers=tuple(one.id for one in balancers)
    )
    return replace(
        base,
        endpoint_services={service.id: service},
        load_balancers={one.id: one for one in balancers},
    )


def balancer(name: str, *listeners: Listener, known: bool = True) -> LoadBalancer:
    return LoadBalancer(
        id=f"arn:aws:elasticloadbalancing:{REGION}:1:loadbalancer/net/{name}/1",
        kind=BalancerKind.NETWORK,
        listeners=listeners if known else None,
    )


def test_ep_5_a_service_serves_what_its_balancers_listeners_take() -> None:
    listeners = (Listener(protocol="TLS", port=8443), Listener(protocol="TCP_UDP", port=53))
    network = compiled(offered(balancer("one", *listeners)))
    for service in ("tcp 8443", "tcp 53", "udp 53"):
        assert verdict(network, f"app-1 {DOOR_A} {service}") == "reachable", service
    for service in ("tcp 443", "udp 8443", "icmp"):
        assert codes(ask(network, f"app-1 {DOOR_A} {service}")) == {PORTS}, service


def test_ep_5_what_only_one_of_several_balancers_takes_is_unknown() -> None:
    both, one = Listener(protocol="TCP", port=80), Listener(protocol="TCP", port=81)
    network = compiled(offered(balancer("one", both, one), balancer("two", both)))
    assert verdict(network, f"app-1 {DOOR_A} tcp 80") == "reachable"
    assert verdict(network, f"app-1 {DOOR_A} tcp 81") == "unknown"
    assert verdict(network, f"app-1 {DOOR_A} tcp 82") == "unreachable"


def test_ep_5_listeners_that_nobody_says_leave_the_answer_open() -> None:
    network = compiled(offered(balancer("one", known=False)))
    assert verdict(network, f"app-1 {DOOR_A} tcp 80") == "unknown"


def test_pc_2_a_peer_reaches_an_interface_endpoint() -> None:
    assert verdict(peered(door(both_routes(PEERING))), f"lab-1 {DOOR_B} tcp 443") == ("reachable")


def test_an_ordinary_interface_of_a_service_serves_every_port() -> None:
    base = snapshot()
    made = NetworkInterface(
        id="eni-rds",
        vpc="vpc-shop",
        subnet="subnet-db-b",
        interface_type="api_gateway_managed",
        groups=("sg-db",),
        addresses=(InterfaceAddress(private=Address.parse("10.0.3.99"), is_primary=True),),
    )
    network = compiled(replace(base, interfaces={**base.interfaces, made.id: made}))
    assert verdict(network, "app-1 10.0.3.99 tcp 5432") == "reachable"


# -- private DNS


def dns(base: Snapshot, *, support: bool | None = True, hostnames: bool | None = True) -> Snapshot:
    vpc = replace(base.vpcs["vpc-shop"], dns_support=support, dns_hostnames=hostnames)
    return replace(base, vpcs={**base.vpcs, "vpc-shop": vpc})


def test_ep_2_the_services_name_means_the_endpoint_in_its_vpc() -> None:
    answer = ask(compiled(door()), "app-1 ec2 tcp 443")
    assert answer.verdict == "reachable"
    assert {part.destination_address for part in answer.parts} == {DOOR_A, DOOR_B}
    assert not answer.warnings


@pytest.mark.parametrize(
    ("support", "hostnames"), [(False, True), (True, False)], ids=["support", "hostnames"]
)
def test_ep_2_private_dns_needs_both_attributes(*, support: bool, hostnames: bool) -> None:
    network = compiled(dns(door(), support=support, hostnames=hostnames))
    answer = ask(network, "app-1 ec2 tcp 443")
    assert {part.destination_address for part in answer.parts} == {"ec2"}


def test_ep_2_attributes_that_nobody_says_are_taken_to_be_on_with_a_warning() -> None:
    answer = ask(compiled(dns(door(), hostnames=None)), "app-1 ec2 tcp 443")
    assert {part.destination_address for part in answer.parts} == {DOOR_A, DOOR_B}
    assert len([one for one in answer.warnings if "DNS hostnames of vpc-shop" in one]) == 1


@pytest.mark.parametrize(
    "change",
    [{"has_private_dns": False}, {"state": "pending"}, {"vpc": "vpc-lab"}],
    ids=["off", "not-available", "another-vpc"],
)
def test_ep_2_without_private_dns_the_name_is_public(change: dict[str, Any]) -> None:
    answer = ask(compiled(door(**change)), "app-1 ec2 tcp 443")
    assert {part.destination_address for part in answer.parts} == {"ec2"}


def test_ep_2_each_vpc_sees_its_own_endpoint() -> None:
    base = door(replace(snapshot(), prefix_lists={LIST: s3_list()}), service=S3)
    team = {
        number: replace(one, tags={"team": "shop"} if number in ("i-app-1", "i-lab-1") else {})
        for number, one in base.instances.items()
    }
    answer = ask(compiled(replace(base, instances=team)), "tag:team=shop s3 tcp 443")
    assert answer.verdict == "reachable"
    ways = {(part.source_address, part.via) for part in answer.parts}
    assert ways == {(APP_1, (DOOR,)), ("10.1.1.10", ("igw-lab",))}


def test_ep_1_an_endpoint_is_a_destination_by_its_id() -> None:
    answer = ask(compiled(door()), f"app-1 {DOOR} tcp 443")
    assert answer.verdict == "reachable"
    assert {part.destination_address for part in answer.parts} == {DOOR_A, DOOR_B}


def test_ep_1_the_endpoint_of_a_serverless_cache_takes_the_cache_s_port() -> None:
    def ask_at(asked: int, **more: object) -> str:
        cache = ManagedService(
            id="arn:cache",
            kind="serverless-cache",
            service_name="sessions",
            interfaces=("eni-door-a", "eni-door-b"),
            port=6379,
        )
        cache = replace(cache, **more)
        base = door(service="com.amazonaws.vpce.eu-central-1.vpce-svc-0c")
        network = compiled(replace(base, managed_services={cache.id: cache}))
        return str(ask(network, f"app-1 name:sessions tcp {asked}").verdict)

    assert ask_at(6379) == "reachable"
    assert ask_at(6380) == "unknown"
    assert ask_at(6379, port=None) == "unknown"
    assert ask_at(6379, kind="db-proxy") == "unknown"


def test_ep_1_another_endpoint_does_not_take_the_cache_s_port() -> None:
    cache = ManagedService(
        id="arn:cache", kind="serverless-cache", interfaces=("eni-web-1",), port=6379
    )
    base = door(service="com.amazonaws.vpce.eu-central-1.vpce-svc-0c")
    network = compiled(replace(base, managed_services={cache.id: cache}))
    assert verdict(network, f"app-1 {DOOR_A} tcp 6379") == "unknown"


def test_an_interface_endpoint_that_is_in_doubt_leaves_the_answer_open() -> None:
    answer = ask(compiled(door(doubt="its descriptions differ")), f"app-1 {DOOR_A} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {DOOR})


@pytest.mark.parametrize("state", ["available", "Available", ""])
def test_ep_5_aws_writes_that_an_endpoint_is_in_service_in_several_ways(state: str) -> None:
    assert verdict(compiled(door(state=state)), f"app-1 {DOOR_A} tcp 443") == "reachable"


@pytest.mark.parametrize(
    ("service", "interfaces", "expected"),
    [
        pytest.param("s3", (), True, id="s3"),
        pytest.param("dynamodb", (), True, id="dynamodb"),
        pytest.param("s3express", (), True, id="s3-express"),
        pytest.param("ec2", (), False, id="another-service"),
        pytest.param("s3", ("eni-door-a",), False, id="with-interfaces"),
    ],
)
def test_ep_3_an_endpoint_without_a_type_is_known_by_its_service(
    service: str, interfaces: tuple[str, ...], *, expected: bool
) -> None:
    record = VpcEndpoint(
        id=DOOR, service=f"com.amazonaws.{REGION}.{service}", interfaces=interfaces
    )
    assert is_gateway(record) is expected


def test_ep_1_an_endpoint_without_a_type_serves_what_its_service_serves() -> None:
    network = compiled(door(kind=EndpointKind.UNKNOWN))
    assert verdict(network, f"app-1 {DOOR_A} tcp 443") == "reachable"
    assert verdict(network, f"app-1 {DOOR_A} tcp 80") == "unreachable"


def test_what_an_endpoint_lists_goes_before_what_its_interface_says() -> None:
    base = door(service=f"com.amazonaws.{REGION}.ec2")
    said = replace(base.interfaces["eni-door-a"], description="VPC Endpoint Interface vpce-0f")
    network = compiled(replace(base, interfaces={**base.interfaces, said.id: said}))
    assert verdict(network, f"app-1 {DOOR_A} tcp 443") == "reachable"


@pytest.mark.parametrize(
    ("protocol", "taken"),
    [
        ("QUIC", {"udp 443"}),
        ("TCP_QUIC", {"tcp 443", "udp 443"}),
        ("UDP", {"udp 443"}),
        ("TLS", {"tcp 443"}),
    ],
)
def test_ep_5_what_listeners_take_is_tcp_udp_or_both(protocol: str, taken: set[str]) -> None:
    network = compiled(offered(balancer("one", Listener(protocol=protocol, port=443))))
    for service in ("tcp 443", "udp 443"):
        expected = "reachable" if service in taken else "unreachable"
        assert verdict(network, f"app-1 {DOOR_A} {service}") == expected, service
