"""What AWS documents about Gateway Load Balancers behind endpoints: EP-4, LB-6 and IG-5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pytest
from msgspec.structs import replace

from netreach.model.records import InterfaceAddress, NetworkInterface
from netreach.model.services import (
    BalancerKind,
    BalancerZone,
    EndpointKind,
    EndpointService,
    Listener,
    LoadBalancer,
    Target,
    TargetGroup,
    VpcEndpoint,
)
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Address
from tests.unit.fabric.connections_by_hand import LAB_1, PEERING, peered
from tests.unit.fabric.estates_by_hand import ACL, HOST_SIX, Form, acl, ask, codes, named, verdict
from tests.unit.fabric.firewalls_by_hand import SUBNETS, crossing

SERVICE: Final = "com.amazonaws.vpce.eu-central-1.vpce-svc-1"
ASKED: Final = "web-1 db-1 tcp 443"
NODE_A, NODE_B = "10.0.6.50", "10.0.7.50"
CLOSED: Final = "ELBV2_LISTENER_REQUIRES_TG_ACCEPT"
NO_TARGET: Final = "ELBV2_LISTENER_HAS_NO_TG"
INSPECTED: Final[Form] = {
    "subnets": SUBNETS
    | {
        "gw-a": {"cidr": "10.0.6.0/24", "zone": "a", "route_table": "fw", "acl": "gw"},
        "gw-b": {"cidr": "10.0.7.0/24", "zone": "b", "route_table": "fw", "acl": "gw"},
    },
    "instances": {
        "wall-1": {"subnet": "fw-a", "address": "10.0.8.10", "groups": ["wall"]},
        "wall-2": {"subnet": "fw-b", "address": "10.0.9.10", "groups": ["wall"]},
    },
    "groups": {"wall": {"ingress": ["udp 6081 from 10.0.6.0/24", "udp 6081 from 10.0.7.0/24"]}},
}
OPEN: Final = {
    side: [f"100 allow all {word} 0.0.0.0/0", f"101 allow all {word} ::/0"]
    for side, word in (("ingress", "from"), ("egress", "to"))
}


def shut(block: str) -> Form:
    """Return an ACL that keeps a block's GENEVE out."""
    return OPEN | {"ingress": [f"90 deny udp 6081 from {block}", *OPEN["ingress"]]}


def target(identifier: str = "i-wall-1", health: str = "healthy") -> Target:
    return Target(id=identifier, health=health)


def inspected(
    *targets: Target | None,
    base: Form | None = None,
    of_balancer: Form | None = None,
    of_group: Form | None = None,
    state: str = "Available",
    without: tuple[str, ...] = (),
    ipv6: Sequence[bool | None] = (True, None),
) -> Network:
    """Compile the crossing by vpce-a, with a Gateway Load Balancer in both zones behind it."""
    forms: dict[str, Any] = {key: dict(form) for key, form in INSPECTED.items()}
    for key, form in (base or {}).items():
        forms[key] = forms.get(key, {}) | form
    forms.setdefault("acls", {}).setdefault("gw", OPEN)
    forms["acls"].setdefault("fw", OPEN)
    found = _behind(crossing(**forms), targets, of_balancer, of_group, state, without)
    return Network(_of_types(found, *ipv6))


def _behind(
    snapshot: Snapshot,
    targets: tuple[Target | None, ...],
    of_balancer: Form | None,
    of_group: Form | None,
    state: str,
    without: tuple[str, ...],
) -> Snapshot:
    path = "gwy/wall/0123456789abcdef"
    whole = f"arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/{path}"
    nodes = [
        NetworkInterface(
            id=f"eni-gw-{zone}",
            vpc="vpc-shop",
            subnet=f"subnet-gw-{zone}",
            interface_type="gateway_load_balancer",
            description=f"ELB {path}",
            addresses=(InterfaceAddress(private=Address.parse(address), is_primary=True),),
            source_dest_check=False,
            is_service_owned=True,
        )
        for zone, address in (("a", NODE_A), ("b", NODE_B))
    ]
    balancer: dict[str, Any] = {
        "balancer_name": "wall",
        "vpc": "vpc-shop",
        "zones": tuple(BalancerZone(subnet=f"subnet-gw-{zone}") for zone in "ab"),
        "listeners": (Listener(protocol="GENEVE", target_groups=("tg-wall",)),),
    }
    group: dict[str, Any] = {
        "protocol": "GENEVE",
        "port": 6081,
        "vpc": "vpc-shop",
        "targets": None if targets == (None,) else targets,
    }
    kind = EndpointKind.GATEWAY_LOAD_BALANCER
    endpoint = VpcEndpoint(
        id="vpce-a", vpc="vpc-shop", kind=kind, service=SERVICE, subnets=("subnet-fw-a",)
    )
    service = EndpointService(
        id="vpce-svc-1", service=SERVICE, kind=kind, state=state, balancers=(whole,)
    )
    gateway = LoadBalancer(id=whole, kind=BalancerKind.GATEWAY, **(balancer | (of_balancer or {})))
    fields: dict[str, Any] = {
        "interfaces": {**snapshot.interfaces, **{one.id: one for one in nodes}},
        "endpoints": {"vpce-a": endpoint},
        "endpoint_services": {"vpce-svc-1": service},
        "load_balancers": {whole: gateway},
        "target_groups": {"tg-wall": TargetGroup(id="tg-wall", **(group | (of_group or {})))},
    }
    for field in without:
        fields[field] = {}
    return replace(snapshot, **fields)


def _of_types(snapshot: Snapshot, endpoint: bool | None, service: bool | None) -> Snapshot:
    """Say whether the endpoint and its service take IPv6."""
    ends = {key: replace(one, takes_ipv6=endpoint) for key, one in snapshot.endpoints.items()}
    offers = {
        key: replace(one, takes_ipv6=service) for key, one in snapshot.endpoint_services.items()
    }
    return replace(snapshot, endpoints=ends, endpoint_services=offers)


def told(network: Network, question: str = ASKED) -> str:
    return verdict(network, question, family=4)


def test_ep_4_appliances_that_can_be_sent_geneve_carry_the_path() -> None:
    answer = ask(inspected(target()), ASKED, family=4)
    assert (answer.verdict, answer.parts[0].via) == ("reachable", ("vpce-a",))
    assert not any("PATH_THROUGH_GWLB_NOT_CHECKED" in text for text in answer.warnings)
    assert any("assumed to pass on" in text for text in answer.warnings)
    assert verdict(inspected(target()), ASKED, family=4, strict=True) == "unknown"


@pytest.mark.parametrize("field", ["endpoint_services", "load_balancers"])
def test_ep_4_what_the_snapshot_lacks_behind_an_endpoint_is_not_checked(field: str) -> None:
    answer = ask(inspected(target(), without=(field,)), ASKED, family=4)
    assert answer.verdict == "reachable"
    assert any("PATH_THROUGH_GWLB_NOT_CHECKED" in text for text in answer.warnings)


@pytest.mark.parametrize(
    "base",
    [
        pytest.param({"groups": {"wall": {"ingress": ["tcp 6081 from 10.0.0.0/16"]}}}, id="group"),
        pytest.param(
            {"acls": {"gw": OPEN | {"egress": ["100 allow tcp 1-65535 to 0.0.0.0/0"]}}},
            id="nodes-acl",
        ),
        pytest.param(
            {
                "acls": {
                    "fw": OPEN
                    | {"ingress": ["90 deny udp 6081 from 10.0.6.0/24", OPEN["ingress"][0]]}
                }
            },
            id="appliances-acl",
        ),
        pytest.param(
            {
                "acls": {
                    "gw": OPEN
                    | {"ingress": ["90 deny udp 6081 from 10.0.8.0/24", OPEN["ingress"][0]]}
                }
            },
            id="answers-to-the-same-port",
        ),
        pytest.param(
            {"instances": {"wall-1": INSPECTED["instances"]["wall-1"] | {"state": "stopped"}}},
            id="stopped",
        ),
    ],
)
def test_ep_4_appliances_that_geneve_does_not_reach_carry_nothing(base: Form) -> None:
    answer = ask(inspected(target(), base=base), ASKED, family=4)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {CLOSED})
    assert "tg-wall" in answer.explanations[0].message


@pytest.mark.parametrize(
    "way",
    [
        pytest.param("vpn-gateway:vgw-9", id="to-what-is-not-on-record"),
        pytest.param("vpc-endpoint:vpce-a", id="to-appliances-itself"),
    ],
)
def test_ep_4_appliances_of_which_nobody_knows_whether_geneve_gets_there_leave_it_open(
    way: str,
) -> None:
    tables: Form = {
        "gw": {"routes": {"10.0.8.0/24": way}},
        "fw": {},
        "web": {"routes": {"10.0.3.0/24": "vpc-endpoint:vpce-a"}},
    }
    subnets = INSPECTED["subnets"] | {
        "gw-a": INSPECTED["subnets"]["gw-a"] | {"route_table": "gw"},
    }
    network = inspected(target(), base={"route_tables": tables, "subnets": subnets})
    answer = ask(network, ASKED, family=4)
    assert (answer.verdict, codes(answer, "forward")) == ("unknown", set())


@pytest.mark.parametrize(
    ("rule", "told_of_it"),
    [
        pytest.param("udp 6081 from 2600:1f14:1:106::/64", "reachable", id="open"),
        pytest.param("udp 6081 from 10.0.0.0/16", "unreachable", id="open-to-ipv4-only"),
    ],
)
def test_ep_4_geneve_is_of_the_family_of_its_targets(rule: str, told_of_it: str) -> None:
    gateway, wall = INSPECTED["subnets"]["gw-a"], INSPECTED["subnets"]["fw-a"]
    base: Form = {
        "subnets": {
            "gw-a": gateway | {"cidr": None, "cidrs": ["10.0.6.0/24", "2600:1f14:1:106::/64"]},
            "fw-a": wall | {"cidr": None, "cidrs": ["10.0.8.0/24", "2600:1f14:1:108::/64"]},
        },
        "instances": {"wall-1": INSPECTED["instances"]["wall-1"] | {"ipv6": "2600:1f14:1:108::10"}},
        "groups": {"wall": {"ingress": [rule]}},
    }
    network = inspected(target(), base=base, of_group={"family": 6})
    node = network.snapshot.interfaces["eni-gw-a"]
    six = InterfaceAddress(private=Address.parse("2600:1f14:1:106::50"), is_primary=True)
    both = {**network.snapshot.interfaces, node.id: replace(node, addresses=(*node.addresses, six))}
    assert told(Network(replace(network.snapshot, interfaces=both))) == told_of_it
    answer = ask(network, ASKED, family=4)  # without an address of that family nothing is told
    assert answer.verdict == "reachable"
    assert any("PATH_THROUGH_GWLB_NOT_CHECKED" in text for text in answer.warnings)


def test_ep_4_flows_to_appliances_that_are_out_of_reach_fail_and_the_others_work() -> None:
    other = INSPECTED["instances"]["wall-2"] | {"subnet": "fw-a", "address": "10.0.8.11"}
    base: Form = {"instances": {"wall-2": other | {"groups": ["shut"]}}}
    base["groups"] = {"shut": {"ingress": ["tcp 22 from 10.0.0.0/16"]}}
    network = inspected(target(), target("i-wall-2"), base=base)
    answer = ask(network, ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("partial", {CLOSED})
    assert codes(answer, "return") == set()  # what got there comes back from where it was
    assert len(answer.parts) == 2


def test_lb_6_a_node_uses_the_targets_of_its_own_zone() -> None:
    answer = ask(inspected(target("i-wall-2")), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ELBV2_NO_TARGETS_IN_AZ"})
    assert told(inspected(target("i-wall-2"), of_balancer={"is_cross_zone": True})) == "reachable"
    assert told(inspected(target("i-wall-2"), of_group={"is_cross_zone": True})) == "reachable"


def test_ep_4_without_a_registered_target_nothing_passes() -> None:
    answer = ask(inspected(), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {NO_TARGET})
    assert codes(ask(inspected(target(health="draining")), ASKED, family=4)) == {NO_TARGET}
    none = inspected(target(), of_balancer={"listeners": (Listener(protocol="GENEVE"),)})
    assert codes(ask(none, ASKED, family=4)) == {NO_TARGET}


def test_lb_6_without_a_healthy_target_all_are_used() -> None:
    closed: Form = {"groups": {"wall": {"ingress": ["tcp 22 from 10.0.0.0/16"]}}}
    assert told(inspected(target(health="unhealthy"))) == "reachable"
    assert told(inspected(target(health="unhealthy"), base=closed)) == "unreachable"


def test_ep_4_targets_of_which_nobody_says_anything_are_not_checked() -> None:
    answer = ask(inspected(None), ASKED, family=4)
    assert answer.verdict == "reachable"
    assert any("PATH_THROUGH_GWLB_NOT_CHECKED" in text for text in answer.warnings)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"state": "Deleting"}, "BAD_STATE", id="service"),
        pytest.param({"of_balancer": {"state": "failed"}}, "BAD_STATE", id="balancer"),
    ],
)
def test_ep_4_what_is_out_of_service_carries_nothing(changes: Form, code: str) -> None:
    answer = ask(inspected(target(), **changes), ASKED, family=4)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {code})


def test_ep_4_the_balancer_must_be_in_the_endpoints_zone() -> None:
    changes: Form = {"zones": (BalancerZone(subnet="subnet-gw-b"),), "balancer_name": "other"}
    network = inspected(target("i-wall-2"), of_balancer=changes)
    snapshot = network.snapshot
    for nodes in (("eni-gw-a",), ("eni-gw-a", "eni-gw-b")):  # another account's are not listed
        kept = {key: one for key, one in snapshot.interfaces.items() if key not in nodes}
        answer = ask(Network(replace(snapshot, interfaces=kept)), ASKED, family=4)
        assert codes(answer) == {"VPCE_SERVICE_NOT_INSTALLED_IN_AZ"}


def test_ep_4_answers_come_from_the_appliance_that_was_asked() -> None:
    """Both directions are one flow: only one of the two branches comes back."""
    other = INSPECTED["instances"]["wall-2"] | {"subnet": "fw-a", "address": "10.0.8.11"}
    network = inspected(target(), target("i-wall-2"), base={"instances": {"wall-2": other}})
    assert told(network) == "reachable"
    assert len(ask(network, ASKED, family=4).parts) == 1


@pytest.mark.parametrize(
    ("way", "said"),
    [
        pytest.param(
            "egress-only-internet-gateway", "EIGW_DROPS_INSPECTED_TRAFFIC", id="egress-only"
        ),
        pytest.param("internet-gateway", "", id="internet-gateway"),
    ],
)
def test_ig_5_an_egress_only_gateway_drops_what_appliances_have_inspected(
    way: str, said: str
) -> None:
    tables: Form = {
        "web": {"routes": {"::/0": "vpc-endpoint:vpce-a"}},
        "fw": {"routes": {"::/0": way}},
    }
    answer = ask(inspected(target(), base={"route_tables": tables}), f"web-1 {HOST_SIX} tcp 443")
    assert codes(answer, "forward") == ({said} if said else set())
    assert (answer.verdict == "unreachable") is bool(said)


SIX: Final[Form] = {
    "route_tables": {
        "web": {"routes": {"::/0": "vpc-endpoint:vpce-a", "10.0.3.0/24": "vpc-endpoint:vpce-a"}},
        "fw": {"routes": {"::/0": "internet-gateway"}},
    }
}
ASKED_SIX: Final = f"web-1 {HOST_SIX} tcp 443"
NO_IPV6: Final = "GWLB_TAKES_NO_IPV6"


@pytest.mark.parametrize(
    ("endpoint", "service", "balancer"),
    [
        pytest.param(False, None, None, id="endpoint"),
        pytest.param(False, True, True, id="endpoint-alone"),
        pytest.param(True, False, True, id="service"),
        pytest.param(None, None, False, id="balancer"),
    ],
)
def test_ep_4_what_is_of_the_ipv4_type_takes_no_ipv6(
    endpoint: bool | None, service: bool | None, balancer: bool | None
) -> None:
    kinds: Form = {"takes_ipv6": balancer}
    network = inspected(target(), base=SIX, of_balancer=kinds, ipv6=(endpoint, service))
    answer = ask(network, ASKED_SIX)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {NO_IPV6})
    assert "vpce-a" in answer.explanations[0].message
    assert NO_IPV6 not in codes(ask(network, ASKED, family=4))


@pytest.mark.parametrize("others", [None, True])
def test_ep_4_a_dualstack_endpoint_takes_ipv6(others: bool | None) -> None:
    kinds: Form = {"takes_ipv6": others}
    network = inspected(target(), base=SIX, of_balancer=kinds, ipv6=(True, others))
    assert verdict(network, ASKED_SIX) == "reachable"


@pytest.mark.parametrize("others", [None, True])
def test_ep_4_an_endpoint_without_a_type_of_addresses_may_take_no_ipv6(
    others: bool | None,
) -> None:
    kinds: Form = {"takes_ipv6": others}
    answer = ask(inspected(target(), base=SIX, of_balancer=kinds, ipv6=(None, others)), ASKED_SIX)
    assert answer.verdict == "unknown"
    assert "IpAddressType" in answer.missing[0].why


@pytest.mark.parametrize(
    ("question", "code"),
    [
        pytest.param("web-1 10.0.6.50 tcp 443", "GWLB_PROTOCOL_RESTRICTION", id="tcp"),
        pytest.param("web-1 10.0.6.50 icmp", "GWLB_PROTOCOL_RESTRICTION", id="ping"),
        pytest.param("web-1 10.0.6.50 udp 53", "GWLB_DESTINATION_PORT_RESTRICTION", id="udp"),
        pytest.param("web-1 10.0.6.50 udp 6081", "ELBV2_LISTENERS_MISMATCH", id="strangers"),
        pytest.param("wall-1 10.0.6.50 udp 6081", "", id="geneve"),
    ],
)
def test_ep_4_a_node_exchanges_geneve_with_its_targets_and_nothing_else(
    question: str, code: str
) -> None:
    answer = ask(inspected(target()), question, family=4)
    assert codes(answer) == ({code} if code else set())
    assert answer.verdict == ("unreachable" if code else "reachable")


def test_ep_4_whose_geneve_a_node_takes_is_unknown_where_its_targets_are() -> None:
    answer = ask(inspected(None), "web-1 10.0.6.50 udp 6081", family=4)
    assert answer.verdict == "unknown"
    assert "wall" in str(named(answer))


def test_ep_4_acls_of_the_endpoints_subnet_are_asked_besides() -> None:
    closed: Form = {
        "acls": {
            "fw": acl(ingress=("100 deny tcp 443 from 10.0.1.0/24", "101 allow all from 0.0.0.0/0"))
        }
    }
    assert ACL in codes(ask(inspected(target(), base=closed), ASKED, family=4))


def test_ep_4_where_nobody_knows_which_way_geneve_takes_it_is_open_whether_it_carries() -> None:
    """Tables may send it elsewhere on either way: the answers' tables are asked in its worlds."""
    astray: Form = {"prefix-list:missing:pl-0list": "internet-gateway"}
    there = {"fw": {"routes": {"10.1.0.0/16": PEERING} | astray}}
    back = {"public": {"routes": {"10.0.0.0/16": PEERING} | astray}}
    base: Form = {"route_tables": there, "rest": {"vpcs": {"lab": {"route_tables": back}}}}
    found = inspected(
        Target(id=LAB_1, zone="all"), of_group={"target_kind": "ip"}, base=base
    ).snapshot
    assert told(peered(found)) == "unknown"
