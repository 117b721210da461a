from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach.model.records import (
    Route,
    RouteState,
    SecurityGroupRule,
    TargetKind,
)
from netreach.model.services import (
    EndpointKind,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.connections_by_hand import (
    PEERING,
    TRANSIT,
    attached,
    both_routes,
    peered,
    static,
    table,
)
from tests.unit.fabric.endpoints_by_hand import (
    GATEWAY,
    IN_S3,
    LIST,
    RANGES,
    REGION,
    S3,
    compiled,
    gateway,
    routed,
    s3_list,
    without_way_out,
)
from tests.unit.fabric.estates_by_hand import (
    APP_1,
    acl,
    ask,
    codes,
    legs,
    named,
    snapshot,
    verdict,
)

PROTOCOL = "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
FOREIGN = "VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC"


def with_route(
    base: Snapshot,
    name: str,
    kind: TargetKind,
    target: str,
    *,
    state: RouteState = RouteState.ACTIVE,
) -> Snapshot:
    """Return an estate with one more route for some of S3's addresses."""
    prefix = Prefix.parse("52.216.0.0/16" if kind is TargetKind.NAT_GATEWAY else "52.216.0.0/15")
    route = Route(destination=prefix, target_kind=kind, target=target, state=state)
    record = base.route_tables[name]
    changed = replace(record, routes=(*record.routes, route))
    return replace(base, route_tables={**base.route_tables, name: changed})


def alone() -> Snapshot:
    """Return an estate whose subnet `app` has no way out but the gateway endpoint."""
    return without_way_out(routed())


# -- gateway endpoints


def test_ep_3_a_gateway_endpoint_takes_tcp_to_the_service_of_its_list() -> None:
    answer = ask(compiled(alone()), f"app-1 {IN_S3} tcp 443")
    assert answer.verdict == "reachable"
    assert [part.via for part in answer.parts] == [(GATEWAY,)]
    assert [part.seen_source for part in answer.parts] == [APP_1]


def test_ep_3_only_its_lists_addresses_are_led_to_it() -> None:
    answer = ask(compiled(alone()), "app-1 8.8.8.8 tcp 443")
    assert codes(answer) == {"NO_ROUTE_TO_DESTINATION"}


def test_ep_3_a_table_without_the_route_does_not_use_it() -> None:
    network = compiled(without_way_out(routed(None, "web")))
    assert verdict(network, f"app-1 {IN_S3} tcp 443") == "unreachable"


def test_ep_3_the_list_goes_before_the_default_route() -> None:
    answer = ask(compiled(routed()), f"app-1 {IN_S3} tcp 443")
    assert [part.via for part in answer.parts] == [(GATEWAY,)]


def test_ep_3_a_longer_prefix_goes_before_the_list() -> None:
    base = routed(snapshot(route_tables={"app": {"routes": {"52.216.1.0/24": "nat-gateway:nat"}}}))
    network = compiled(base)
    assert ask(network, f"app-1 {IN_S3} tcp 443").parts[0].via[0] == "nat-nat"
    assert ask(network, "app-1 52.216.2.1 tcp 443").parts[0].via == (GATEWAY,)


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("tcp 443", "reachable"),
        ("tcp 22", "reachable"),
        ("icmp", "reachable"),
        ("udp 443", "unreachable"),
        ("icmp 13", "unreachable"),
        ("50", "unreachable"),
    ],
)
def test_ep_3_it_takes_tcp_and_echo_requests_alone(service: str, expected: str) -> None:
    answer = ask(compiled(alone()), f"app-1 {IN_S3} {service}")
    assert answer.verdict == expected
    assert codes(answer) == (set() if expected == "reachable" else {PROTOCOL})


def test_lab_13_the_gateway_endpoint_answers_ping() -> None:
    answer = ask(compiled(alone()), f"app-1 {IN_S3} icmp")
    assert (answer.verdict, str(answer.services)) == ("reachable", "icmp 8/0")


def test_lab_13_it_answers_ping_by_ipv6_too() -> None:
    there = "2600:1fa0::/32"
    base = without_way_out(routed(listed=s3_list(*RANGES, there)))
    network = compiled(base)
    assert verdict(network, "app-1 2600:1fa0::1 icmpv6", family=6) == "reachable"
    assert verdict(network, "app-1 2600:1fa0::1 udp 443", family=6) == "unreachable"


def test_ep_3_an_endpoint_without_a_type_takes_tcp_to_every_port() -> None:
    one = gateway(kind=EndpointKind.UNKNOWN)
    network = compiled(without_way_out(routed(endpoint=one)))
    assert verdict(network, f"app-1 {IN_S3} tcp 8443") == "reachable"
    assert verdict(network, f"app-1 {IN_S3} udp 8443") == "unreachable"


def test_ep_3_the_senders_groups_must_let_the_service_out() -> None:
    base = snapshot(groups={"app": {"egress": ["tcp 443 to 10.0.0.0/8"]}})
    answer = ask(compiled(routed(base)), f"app-1 {IN_S3} tcp 443")
    assert codes(answer) == {"ENI_SG_RULES_MISMATCH"}


def test_ep_3_a_group_may_name_the_list() -> None:
    base = routed()
    rule = SecurityGroupRule(protocol=6, low=443, high=443, prefix_list=LIST)
    group = replace(base.security_groups["sg-app"], egress=(rule,))
    network = compiled(
        replace(base, security_groups={**base.security_groups, "sg-app": group}),
    )
    assert verdict(network, f"app-1 {IN_S3} tcp 443") == "reachable"
    assert verdict(network, f"app-1 {IN_S3} tcp 80") == "unreachable"
    assert verdict(network, "app-1 8.8.8.8 tcp 443") == "unreachable"


@pytest.mark.parametrize(
    ("rules", "leg"),
    [
        ({"egress": ("100 allow all to 10.0.0.0/8",)}, "forward"),
        ({"ingress": ("100 allow all from 10.0.0.0/8",)}, "return"),
        ({"ingress": ("100 allow tcp 0-1023 from 0.0.0.0/0",)}, "return"),
    ],
    ids=["out", "back", "back-to-the-clients-ports"],
)
def test_ep_3_the_subnets_acl_sees_both_directions(
    rules: dict[str, tuple[str, ...]], leg: str
) -> None:
    answer = ask(compiled(routed(snapshot(acls={"app": acl(**rules)}))), f"app-1 {IN_S3} tcp 443")
    assert (codes(answer), legs(answer)) == ({"SUBNET_ACL_RESTRICTION"}, {leg})


def test_ep_3_some_client_ports_let_through_are_part_of_them() -> None:
    rules = acl(ingress=("100 allow tcp 32768-60999 from 0.0.0.0/0",))
    network = compiled(routed(snapshot(acls={"app": rules})))
    answer = ask(network, f"app-1 {IN_S3} tcp 443")
    assert (answer.verdict, answer.client_ports) == ("partial", ("32768-60999",))
    assert verdict(network, f"app-1 {IN_S3} tcp 443", client_ports="linux") == "reachable"


def test_ep_3_answers_need_no_route() -> None:
    answer = ask(compiled(alone()), f"app-1 {IN_S3} tcp 443")
    kinds = [str(hop.component.type) for hop in answer.parts[0].returning]
    assert kinds[0] == "vpc-endpoint"
    assert "route-table" not in kinds


@pytest.mark.parametrize("state", ["pending", "deleting", "failed", "rejected"])
def test_ep_3_an_endpoint_that_is_not_available_drops(state: str) -> None:
    network = compiled(routed(endpoint=gateway(state=state)))
    answer = ask(network, f"app-1 {IN_S3} tcp 443")
    assert codes(answer) == {"BAD_STATE"}
    assert state in answer.explanations[0].message


def test_ep_3_an_endpoint_of_another_vpc_serves_nobody_here() -> None:
    network = compiled(routed(endpoint=gateway(vpc="vpc-lab")))
    answer = ask(network, f"app-1 {IN_S3} tcp 443")
    assert codes(answer) == {"BAD_STATE_ATTACHMENT"}


def test_an_endpoint_that_the_snapshot_lacks_leaves_the_answer_open() -> None:
    network = compiled(replace(routed(), endpoints={}))
    answer = ask(network, f"app-1 {IN_S3} tcp 443")
    assert (answer.verdict, codes(answer), named(answer)) == (
        "unknown",
        {"UNKNOWN_RESOURCE"},
        {GATEWAY},
    )


def test_an_endpoint_that_is_in_doubt_leaves_the_answer_open() -> None:
    network = compiled(routed(endpoint=gateway(doubt="its descriptions differ in vpc")))
    answer = ask(network, f"app-1 {IN_S3} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {GATEWAY})


def test_ep_3_a_nat_gateway_of_its_vpc_may_use_it() -> None:
    answer = ask(compiled(routed(None, "nat")), f"app-1 {IN_S3} tcp 443")
    assert answer.verdict == "reachable"
    assert answer.parts[0].via == ("nat-nat", GATEWAY)
    assert answer.parts[0].seen_source == "10.0.0.5"


def test_pc_2_a_peer_can_not_use_it() -> None:
    base = routed(both_routes(PEERING), "web", "app")
    network = peered(with_route(base, "rtb-public", TargetKind.VPC_PEERING, "pcx-1"))
    answer = ask(network, f"lab-1 {IN_S3} tcp 443")
    assert codes(answer) == {"PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"}


def test_ep_3_what_comes_by_a_transit_gateway_can_not_use_it() -> None:
    base = routed(both_routes(TRANSIT), "web", "main")
    network = attached(
        with_route(base, "rtb-public", TargetKind.TRANSIT_GATEWAY, "tgw-1"),
        tables=(table(static("52.216.0.0/15", "tgw-attach-shop")),),
    )
    answer = ask(network, f"lab-1 {IN_S3} tcp 443")
    assert codes(answer) == {FOREIGN}


def test_a_reply_that_a_route_leads_to_an_endpoint_reaches_nobody() -> None:
    base = routed(None, "web")
    answer = ask(compiled(base), f"{IN_S3} web-1 tcp 443")
    assert answer.verdict == "unreachable"
    assert codes(answer, "return") == {"DELIVERED_ELSEWHERE"}


def test_an_interface_endpoint_is_no_target_of_routes() -> None:
    wrong = gateway(kind=EndpointKind.INTERFACE)
    answer = ask(compiled(routed(endpoint=wrong)), f"app-1 {IN_S3} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unknown", {"NOT_MODELLED"})


# -- services by name


@pytest.mark.parametrize("name", ["s3", S3, "service:s3", f"s3.{REGION}.amazonaws.com"])
def test_ep_3_the_service_is_asked_at_the_addresses_of_its_list(name: str) -> None:
    answer = ask(compiled(alone()), f"app-1 {name} tcp 443")
    assert answer.verdict == "reachable"
    assert {part.via for part in answer.parts} == {(GATEWAY,)}


def test_every_range_of_the_list_counts() -> None:
    base = with_route(
        routed(), "rtb-app", TargetKind.NAT_GATEWAY, "nat-gone", state=RouteState.BLACKHOLE
    )
    answer = ask(compiled(base), "app-1 s3 tcp 443")
    assert (answer.verdict, codes(answer)) == ("partial", {"BAD_STATE_ROUTE"})
    working = [part for part in answer.parts if part.verdict == "reachable"]
    assert {part.via for part in working} == {(GATEWAY,)}


def test_a_service_without_a_way_is_unreachable() -> None:
    base = without_way_out(replace(snapshot(), prefix_lists={LIST: s3_list()}))
    answer = ask(compiled(base), "app-1 s3 tcp 443")
    assert codes(answer) == {"NO_ROUTE_TO_DESTINATION"}


def test_a_service_without_an_endpoint_is_reached_by_the_internet() -> None:
    base = replace(snapshot(), prefix_lists={LIST: s3_list()})
    answer = ask(compiled(base), "app-1 s3 tcp 443")
    assert answer.verdict == "reachable"
    assert answer.parts[0].via[0] == "nat-nat"


def test_a_service_never_begins_a_connection() -> None:
    answer = ask(compiled(alone()), "s3 app-1 tcp 443")
    assert codes(answer) == {"SOURCE_CANNOT_INITIATE"}
    answer = ask(compiled(alone()), f"{GATEWAY} app-1 tcp 443")
    assert codes(answer) == {"SOURCE_CANNOT_INITIATE"}


UNLISTED = s3_list(entries_known=False)


def test_a_list_without_entries_is_followed_to_the_services_own_endpoint() -> None:
    answer = ask(compiled(without_way_out(routed(listed=UNLISTED))), "app-1 s3 tcp 443")
    assert answer.verdict == "reachable"
    assert {part.via for part in answer.parts} == {(GATEWAY,)}
    assert {part.destination_address for part in answer.parts} == {"s3"}


def test_a_list_without_entries_goes_before_the_default_route() -> None:
    answer = ask(compiled(routed(listed=UNLISTED)), "app-1 s3 tcp 443")
    assert answer.verdict == "reachable"
    assert {part.via for part in answer.parts} == {(GATEWAY,)}


def test_a_longer_prefix_may_go_before_a_list_without_entries() -> None:
    base = snapshot(route_tables={"app": {"routes": {"52.216.0.0/15": "vpn-gateway:vgw-9"}}})
    answer = ask(compiled(routed(base, listed=UNLISTED)), "app-1 s3 tcp 443")
    assert answer.verdict == "unknown"
    assert "PREFIX_LIST_ENTRIES_UNKNOWN" in codes(answer)


def test_what_holds_for_some_of_the_internet_only_is_unknown_of_an_unlisted_service() -> None:
    rules = acl(egress=("100 deny all to 52.0.0.0/8", "200 allow all to 0.0.0.0/0"))
    answer = ask(compiled(snapshot(acls={"app": rules})), "app-1 s3 tcp 443")
    assert answer.verdict == "unknown"
    assert "PREFIX_LIST_ENTRIES_UNKNOWN" in codes(answer)
    assert [one.why for one in answer.missing] == [
        f"the snapshot lacks the entries of the prefix list {S3}"
    ]


def test_one_sender_of_several_who_fares_unlike_leaves_an_unlisted_service_open() -> None:
    rules = acl(egress=("100 deny all to 52.0.0.0/8", "200 allow all to 0.0.0.0/0"))
    base = snapshot(acls={"app": rules})
    team = {
        number: replace(one, tags={"team": "shop"} if number in ("i-app-1", "i-web-1") else {})
        for number, one in base.instances.items()
    }
    network = compiled(replace(base, instances=team))
    assert verdict(network, "tag:team=shop s3 tcp 443") == "unknown"


def test_what_holds_for_all_of_the_internet_holds_for_an_unlisted_service() -> None:
    assert verdict(compiled(snapshot()), "app-1 s3 tcp 443") == "reachable"
    assert verdict(compiled(without_way_out(snapshot())), "app-1 s3 tcp 443") == "unreachable"


def test_a_gateway_endpoint_is_asked_for_its_service() -> None:
    assert verdict(compiled(alone()), f"app-1 {GATEWAY} tcp 443") == "reachable"
