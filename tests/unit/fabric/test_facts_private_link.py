"""From an interface endpoint on to the provider's balancer: EP-5, LB-3.

The provider uses the very addresses of its client's network.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from msgspec.structs import replace

from netreach.fabric.endpoint_services import Zone
from netreach.model.records import InterfaceAddress, NetworkInterface, SecurityGroupRule
from netreach.model.services import (
    BalancerKind,
    BalancerZone,
    EndpointService,
    Listener,
    LoadBalancer,
    Target,
    TargetGroup,
)
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Address, Prefix
from tests.unit.fabric.endpoints_by_hand import DOOR, DOOR_A, DOOR_B, REGION, compiled, door
from tests.unit.fabric.estates_by_hand import (
    ACL,
    APP_1,
    DB_1,
    NO_MATCH,
    WEB_1,
    Form,
    acl,
    ask,
    codes,
    legs,
    named,
    sees,
    snapshot,
    verdict,
)

NUMBER: Final = "vpce-svc-0123"
OFFER: Final = f"com.amazonaws.vpce.{REGION}.{NUMBER}"
#: By zone: the nodes' subnets and addresses. Node A's is that of web-2 in the client's network.
NODES: Final = {"a": ("subnet-front-a", "10.0.1.20"), "b": ("subnet-front-b", "10.0.3.50")}
NODE_A, NODE_B = NODES["a"][1], NODES["b"][1]
#: The target in zone a has the very address of the client.
BACK: Final = APP_1
NOT_INSTALLED: Final = "VPCE_SERVICE_NOT_INSTALLED_IN_AZ"
ASK: Final = f"app-1 {DOOR_A} tcp 443"

#: The provider's network.
PROVIDER: Final[Form] = {
    "cidr": "10.0.0.0/16",
    "subnets": {
        "front-a": {"cidr": "10.0.1.0/24", "zone": "a", "acl": "front"},
        "front-b": {"cidr": "10.0.3.0/24", "zone": "b", "acl": "front"},
        "back-a": {"cidr": "10.0.2.0/24", "zone": "a", "route_table": "back", "acl": "back"},
    },
    "route_tables": {"own": {"main": True}, "back": {}},
    "acls": {"front": acl(), "back": acl()},
    "groups": {
        "front": {"ingress": ["all from anywhere"]},
        "back": {"ingress": ["all from anywhere"]},
    },
    "instances": {
        "back-1": {"subnet": "back-a", "address": BACK, "groups": ["back"]},
        "back-2": {"subnet": "front-b", "address": DB_1, "groups": ["back"]},
    },
}


def node(name: str, zone: str, groups: tuple[str, ...], address: str = "") -> NetworkInterface:
    """Return the interface of a provider's balancer in a zone."""
    subnet, own = NODES[zone]
    return NetworkInterface(
        id=f"eni-{name}-{zone}",
        vpc="vpc-offer",
        subnet=subnet,
        interface_type="network_load_balancer",
        description=f"ELB net/{name}/1",
        groups=groups,
        addresses=(InterfaceAddress(private=Address.parse(address or own), is_primary=True),),
        source_dest_check=False,
        is_service_owned=True,
    )


def balancer(name: str = "one", *, port: int = 443, **changes: Any) -> LoadBalancer:  # noqa: ANN401
    """Return a balancer of the provider's, from one port to its targets on 8443."""
    fields: dict[str, Any] = {
        "vpc": "vpc-offer",
        "balancer_name": name,
        "listeners": (Listener(protocol="TCP", port=port, target_groups=("tg-back",)),),
    }
    number = f"arn:aws:elasticloadbalancing:{REGION}:1:loadbalancer/net/{name}/1"
    return LoadBalancer(id=number, kind=BalancerKind.NETWORK, **(fields | changes))


def offered(
    *balancers: LoadBalancer,
    nodes: tuple[NetworkInterface, ...] = (),
    targets: tuple[str, ...] = ("i-back-1",),
    of_group: Form | None = None,
    of_service: Form | None = None,
    provider: Form | None = None,
    **shop: Any,  # noqa: ANN401 - YAML forms
) -> Snapshot:
    """Return an estate with an endpoint to a service behind balancers of another network."""
    changed = {name: PROVIDER[name] | parts for name, parts in (provider or {}).items()}
    form = PROVIDER | changed
    base = door(snapshot(rest={"vpcs": {"offer": form}}, **shop), service=OFFER)
    fields: Form = {"service": OFFER, "balancers": tuple(one.id for one in balancers)}
    service = EndpointService(id=NUMBER, **(fields | (of_service or {})))
    known: Form = {"protocol": "TCP", "port": 8443, "vpc": "vpc-offer"}
    listed = tuple(Target(id=one, health="healthy") for one in targets)
    group = TargetGroup(id="tg-back", targets=listed, **(known | (of_group or {})))
    return replace(
        base,
        endpoint_services={service.id: service},
        load_balancers={one.id: one for one in balancers},
        target_groups={group.id: group},
        interfaces={**base.interfaces, **{one.id: one for one in nodes}},
    )


def linked(
    *,
    groups: tuple[str, ...] = (),
    zones: str = "a",
    of_balancer: Form | None = None,
    **more: Any,  # noqa: ANN401 - YAML forms
) -> Network:
    """Compile an estate whose endpoint leads to one balancer with nodes in some zones."""
    form: Form = {"groups": groups}
    one = balancer(**(form | (of_balancer or {})))
    nodes = tuple(node("one", zone, groups) for zone in zones)
    return compiled(offered(one, nodes=nodes, **more))


# -- there and back


def test_ep_5_what_an_endpoint_takes_goes_on_to_the_provider_s_targets() -> None:
    answer = ask(linked(), ASK)
    assert (answer.verdict, str(answer.services)) == ("reachable", "tcp 443")
    (part,) = answer.parts
    assert part.via[0] == DOOR
    assert part.forward[-1].component.id == "i-back-1" or part.forward[-1].vpc == "vpc-offer"
    assert (part.forward[-1].destination, part.forward[-1].service) == (BACK, "tcp 8443")


def test_ep_5_the_targets_see_the_balancer_s_node() -> None:
    answer = ask(linked(), ASK)
    assert sees(answer) == {NODE_A}


@pytest.mark.parametrize(
    "of_group",
    [
        pytest.param({}, id="instances"),
        pytest.param({"preserves_client": True}, id="switched-on"),
        pytest.param({"protocol": "TCP_UDP"}, id="both-protocols"),
    ],
)
def test_lb_4_by_private_link_no_client_s_address_is_kept(of_group: Form) -> None:
    answer = ask(linked(of_group=of_group), ASK)
    assert (answer.verdict, sees(answer)) == ("reachable", {NODE_A})


def test_ep_5_answers_come_from_the_endpoint() -> None:
    answer = ask(linked(), ASK)
    (part,) = answer.parts
    back = [(hop.source, hop.destination, hop.vpc) for hop in part.returning]
    assert back[0] == (BACK, NODE_A, "vpc-offer")
    assert back[-1] == (DOOR_A, APP_1, "vpc-shop")


def test_ep_5_the_endpoint_is_what_was_asked() -> None:
    for name in (DOOR, "eni-door-a"):
        answer = ask(linked(zones="ab", targets=("i-back-1", "i-back-2")), f"app-1 {name} tcp 443")
        assert answer.verdict == "reachable", name


def test_ep_5_a_client_in_another_zone_is_answered_by_the_endpoint_s_subnet() -> None:
    shut = acl(egress=("90 deny all to 10.0.3.10/32", "100 allow all to 0.0.0.0/0"))
    answer = ask(linked(acls={"app": shut}), f"db-1 {DOOR_A} tcp 443")
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {ACL}, {"return"})
    astray = {"app": {"routes": {"10.0.3.0/24": "nat-gateway:nat"}}}
    answer = ask(linked(route_tables=astray), f"db-1 {DOOR_A} tcp 443")
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


def test_ep_5_the_endpoint_answers_to_its_client_s_own_ports() -> None:
    some = acl(ingress=("90 allow tcp 32768-60999 from 0.0.0.0/0", "100 deny all from 0.0.0.0/0"))
    network = linked(acls={"db": some})
    question = f"db-1 {DOOR_A} tcp 443"
    assert verdict(network, question, client_ports="linux") == "reachable"
    assert verdict(network, question) == "partial"


def test_ep_5_the_node_picks_ports_of_its_own() -> None:
    some = acl(egress=("90 allow tcp 32768-65535 to 0.0.0.0/0", "100 deny all to 0.0.0.0/0"))
    network = linked(provider={"acls": {"back": some}})
    assert verdict(network, ASK, client_ports="linux") == "partial"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param([f"tcp 8443 from {NODE_A}/32"], "reachable", id="the-node"),
        pytest.param([f"tcp 8443 from {APP_1}/32"], "unreachable", id="the-client"),
        pytest.param([f"tcp 443 from {NODE_A}/32"], "unreachable", id="the-listener-s-port"),
        pytest.param(["tcp 8443 from group:front"], "reachable", id="the-balancer-s-group"),
        pytest.param([], "unreachable", id="nothing"),
    ],
)
def test_ep_5_the_targets_groups_let_the_balancer_in(rules: list[str], expected: str) -> None:
    provider: Form = {"groups": {"back": {"ingress": rules}}}
    assert verdict(linked(groups=("sg-front",), provider=provider), ASK) == expected


@pytest.mark.parametrize(
    ("name", "direction", "peer", "leg"),
    [
        pytest.param("front", "egress", BACK, "forward", id="to-the-target"),
        pytest.param("back", "ingress", NODE_A, "forward", id="from-the-node"),
        pytest.param("back", "egress", NODE_A, "return", id="back-to-the-node"),
        pytest.param("front", "ingress", BACK, "return", id="back-from-the-target"),
    ],
)
def test_ep_5_the_provider_s_acls_see_node_and_target(
    name: str, direction: str, peer: str, leg: str
) -> None:
    word = "from" if direction == "ingress" else "to"
    rules = (f"90 deny all {word} {peer}/32", f"100 allow all {word} 0.0.0.0/0")
    network = linked(provider={"acls": {name: acl(**{direction: rules})}})
    answer = ask(network, ASK)
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {ACL}, {leg})


def test_ep_5_between_endpoint_and_node_no_acl_is_asked() -> None:
    shut = acl(
        ingress=("90 deny all from 10.0.2.200/32", "100 allow all from 0.0.0.0/0"),
        egress=("90 deny all to 10.0.2.200/32", "100 allow all to 0.0.0.0/0"),
    )
    assert verdict(linked(provider={"acls": {"front": shut}}), ASK) == "reachable"


def test_ep_5_the_client_is_never_looked_up_in_the_provider_s_network() -> None:
    """The target has the client's own address: it is another host all the same."""
    answer = ask(linked(of_group={"preserves_client": True}), ASK)
    assert (answer.verdict, codes(answer)) == ("reachable", set())
    stopped: Form = {"back-1": PROVIDER["instances"]["back-1"] | {"state": "stopped"}}
    answer = ask(linked(provider={"instances": stopped}), ASK)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})


# -- LB-3


@pytest.mark.parametrize(
    ("rule", "filters", "expected"),
    [
        pytest.param(f"tcp 443 from {APP_1}/32", True, "reachable", id="the-client"),
        pytest.param(f"tcp 443 from {DOOR_A}/32", True, "unreachable", id="the-endpoint"),
        pytest.param(f"tcp 443 from {WEB_1}/32", True, "unreachable", id="another"),
        pytest.param(f"tcp 8443 from {APP_1}/32", True, "unreachable", id="the-target-s-port"),
        pytest.param("all from group:back", True, "unreachable", id="who-has-its-address-there"),
        pytest.param(f"tcp 443 from {WEB_1}/32", False, "reachable", id="switched-off"),
    ],
)
def test_lb_3_the_balancer_s_groups_see_the_client(rule: str, filters: bool, expected: str) -> None:
    network = linked(
        groups=("sg-front",),
        of_balancer={"filters_private_link": filters},
        provider={"groups": {"front": {"ingress": [rule]}}},
    )
    answer = ask(network, ASK)
    assert answer.verdict == expected
    assert codes(answer) == (set() if expected == "reachable" else {NO_MATCH})


def test_lb_3_a_reference_to_the_client_s_own_group_lets_nobody_in() -> None:
    base = offered(balancer(groups=("sg-front",)), nodes=(node("one", "a", ("sg-front",)),))
    for number, expected in (("sg-app", "unreachable"), ("", "reachable")):
        everybody = None if number else Prefix.parse("0.0.0.0/0")
        rules = (SecurityGroupRule(group=number, prefix=everybody),)
        front = replace(base.security_groups["sg-front"], ingress=rules)
        groups = {**base.security_groups, "sg-front": front}
        assert verdict(compiled(replace(base, security_groups=groups)), ASK) == expected


def test_lb_3_switched_off_the_groups_filter_others_still() -> None:
    network = linked(
        groups=("sg-front",),
        of_balancer={"filters_private_link": False},
        provider={"groups": {"front": {"ingress": []}}},
    )
    assert verdict(network, ASK) == "reachable"
    assert verdict(network, "back-1 eni-one-a tcp 443") == "unreachable"


def test_lb_3_what_the_balancer_sends_is_filtered_either_way() -> None:
    network = linked(
        groups=("sg-front",),
        of_balancer={"filters_private_link": False},
        provider={"groups": {"front": {"ingress": [], "egress": ["tcp 443 to anywhere"]}}},
    )
    assert verdict(network, ASK) == "unreachable"


# -- listeners


def test_ep_5_ports_without_a_listener_are_told_by_the_balancer() -> None:
    answer = ask(linked(), f"app-1 {DOOR_A} tcp 80")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ELBV2_LISTENERS_MISMATCH"})
    assert verdict(linked(), f"app-1 {DOOR_A} icmp") == "unreachable"
    assert verdict(linked(), f"app-1 {DOOR_A} tcp 443-444") == "partial"
    anything = ask(linked(), f"app-1 {DOOR_A}")
    assert (anything.verdict, str(anything.services)) == ("reachable", "tcp 443")


def test_ep_5_without_a_target_nobody_answers() -> None:
    answer = ask(linked(targets=()), ASK)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ELBV2_LISTENER_HAS_NO_TG"})


# -- zones


def test_ep_5_each_interface_leads_to_the_node_in_its_zone() -> None:
    network = linked(zones="ab", targets=("i-back-1", "i-back-2"))
    for address, seen in ((DOOR_A, NODE_A), (DOOR_B, NODE_B)):
        answer = ask(network, f"app-1 {address} tcp 443")
        assert (answer.verdict, sees(answer)) == ("reachable", {seen})


def test_lb_6_behind_an_endpoint_a_node_crosses_zones_or_does_not() -> None:
    only_b = linked(zones="ab", targets=("i-back-2",))
    assert codes(ask(only_b, ASK)) == {"ELBV2_NO_TARGETS_IN_AZ"}
    crossing = linked(zones="ab", targets=("i-back-2",), of_balancer={"is_cross_zone": True})
    assert verdict(crossing, ASK) == "reachable"


def test_ep_5_a_zone_without_a_node_gets_nothing() -> None:
    network = linked(of_balancer={"is_cross_zone": True})
    answer = ask(network, f"app-1 {DOOR_B} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {NOT_INSTALLED})
    assert legs(answer) == {"forward"}
    both = ask(network, f"app-1 {DOOR} tcp 443")
    assert (both.verdict, codes(both)) == ("partial", {NOT_INSTALLED})


@pytest.mark.parametrize(
    ("door_there", "is_shut"),
    [
        pytest.param(DOOR_B, False, id="without-a-node"),
        pytest.param(DOOR_A, True, id="that-lets-nobody-in"),
    ],
)
def test_ep_5_what_an_endpoint_does_not_take_on_does_not_matter_where_another_was_asked_for(
    door_there: str, *, is_shut: bool
) -> None:
    """Both networks use its address; the question names the other one."""
    form = {
        "cidr": "10.0.0.0/16",
        "subnets": {"there": {"cidr": "10.0.0.0/20", "zone": "a"}},
        "route_tables": {"own": {"main": True}},
        "groups": {"there": {"ingress": ["all from anywhere"]}},
        "instances": {"away": {"subnet": "there", "address": door_there, "groups": ["there"]}},
    }
    ours, other = linked().snapshot, snapshot(rest={"vpcs": {"other": form}})
    kinds = ("vpcs", "subnets", "route_tables", "security_groups", "interfaces", "instances")
    both = replace(ours, **{kind: getattr(other, kind) | getattr(ours, kind) for kind in kinds})
    if is_shut:
        doors = replace(both.security_groups["sg-doors"], ingress=())
        both = replace(both, security_groups={**both.security_groups, doors.id: doors})
    answer = ask(compiled(both), f"app-1 vpc-other/{door_there} tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"DELIVERED_ELSEWHERE"})


def zoned(base: Snapshot, owner: str, **zones: str) -> Snapshot:
    """Return an estate whose provider is another account, with ids for zones where said."""
    subnets = {
        number: replace(
            one,
            owner=owner if one.vpc == "vpc-offer" else one.owner,
            zone_id=zones.get(number.removeprefix("subnet-").replace("-", "_"), ""),
        )
        for number, one in base.subnets.items()
    }
    return replace(base, subnets=subnets)


def test_ep_5_zones_are_compared_by_their_ids() -> None:
    nodes = tuple(node("one", zone, ()) for zone in "ab")
    base = offered(balancer(), nodes=nodes, targets=("i-back-1", "i-back-2"))
    crossed = {"front_a": "euc1-az2", "front_b": "euc1-az1", "back_a": "euc1-az2"}
    network = compiled(zoned(base, "9", app_a="euc1-az1", db_b="euc1-az2", **crossed))
    answer = ask(network, ASK)
    assert (answer.verdict, sees(answer)) == ("reachable", {NODE_B})
    none = compiled(zoned(base, "9", app_a="euc1-az3", db_b="euc1-az2", **crossed))
    assert codes(ask(none, ASK)) == {NOT_INSTALLED}


def test_ep_5_names_of_zones_say_nothing_between_accounts() -> None:
    base = offered(balancer(), nodes=(node("one", "a", ()),))
    answer = ask(compiled(zoned(base, "9")), ASK)
    assert (answer.verdict, named(answer)) == ("unknown", {DOOR})


def test_ep_5_a_node_that_the_snapshot_lacks_leaves_the_endpoint_s_own_answer() -> None:
    zones = (BalancerZone(subnet="subnet-front-a"), BalancerZone(subnet="subnet-front-b"))
    network = linked(of_balancer={"zones": zones})
    answer = ask(network, f"app-1 {DOOR_B} tcp 443")
    assert (answer.verdict, answer.parts[0].forward[-1].destination) == ("reachable", DOOR_B)


def test_ep_5_across_regions_every_node_will_do() -> None:
    nodes = tuple(node("one", zone, ()) for zone in "ab")
    base = offered(balancer(), nodes=nodes, targets=("i-back-1", "i-back-2"))
    far = {
        number: replace(one, region="us-east-1") if one.vpc == "vpc-offer" else one
        for number, one in base.subnets.items()
    }
    moved = {
        number: replace(one, region="us-east-1") for number, one in base.load_balancers.items()
    }
    answer = ask(compiled(replace(base, subnets=far, load_balancers=moved)), ASK)
    assert (answer.verdict, sees(answer)) == ("reachable", {NODE_A, NODE_B})


def test_ep_5_of_several_balancers_in_a_zone_nobody_knows_which_is_used() -> None:
    one, two = balancer("one"), balancer("two")
    nodes = (node("one", "a", ()), node("two", "a", (), "10.0.1.51"))
    answer = ask(compiled(offered(one, two, nodes=nodes)), ASK)
    assert (answer.verdict, sees(answer)) == ("reachable", {NODE_A, "10.0.1.51"})
    other = balancer("two", port=444)
    network = compiled(offered(one, other, nodes=nodes))
    assert verdict(network, ASK) == "unknown"
    assert verdict(network, f"app-1 {DOOR_A} tcp 445") == "unreachable"


def test_ep_5_an_endpoint_that_is_met_again_has_the_balancer_that_it_had() -> None:
    """The first balancer leads back to the endpoint, on the port that the second listens on."""
    leads_back = Listener(protocol="TCP", port=443, target_groups=("tg-door",))
    one = balancer("one", listeners=(leads_back,))
    nodes = (node("one", "a", ()), node("two", "a", (), "10.0.1.51"))
    shop = {"subnet": "subnet-web-a", "vpc": "vpc-shop"}
    base = offered(
        replace(one, vpc="vpc-shop"),
        balancer("two", port=444),
        nodes=(replace(nodes[0], **shop), nodes[1]),
    )
    again = TargetGroup(
        id="tg-door",
        target_kind="ip",
        protocol="TCP",
        port=444,
        vpc="vpc-shop",
        targets=(Target(id=DOOR_A, health="healthy"),),
    )
    groups = {**base.target_groups, again.id: again}
    network = compiled(replace(base, target_groups=groups))
    answer = ask(network, ASK)
    assert answer.verdict == "unreachable"
    assert codes(answer) == {"ROUTING_LOOP", "ELBV2_LISTENERS_MISMATCH"}
    assert verdict(network, f"app-1 {DOOR_A} tcp 444") == "unknown"


# -- state, and what the snapshot lacks


@pytest.mark.parametrize("state", ["Pending", "Deleting", "Deleted", "Failed"])
def test_ep_5_a_service_that_is_not_available_takes_nothing(state: str) -> None:
    answer = ask(linked(of_service={"state": state}), ASK)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})
    (explanation,) = answer.explanations
    assert explanation.component.id == NUMBER
    assert state in explanation.message
    bare = ask(compiled(offered(of_service={"state": state, "balancers": ()})), ASK)
    assert (bare.verdict, codes(bare)) == ("unreachable", {"BAD_STATE"})


@pytest.mark.parametrize("state", ["pendingAcceptance", "rejected"])
def test_ep_5_an_endpoint_that_is_not_accepted_leads_nowhere(state: str) -> None:
    base = offered(balancer(), nodes=(node("one", "a", ()),))
    waiting = {DOOR: replace(base.endpoints[DOOR], state=state)}
    answer = ask(compiled(replace(base, endpoints=waiting)), ASK)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"doubt": "its descriptions differ in State"}, id="doubt"),
        pytest.param({"listeners": None}, id="listeners"),
    ],
)
def test_ep_5_a_balancer_that_is_not_known_leaves_the_answer_open(change: Form) -> None:
    answer = ask(linked(of_balancer=change), ASK)
    assert (answer.verdict, named(answer)) == ("unknown", {DOOR})


def test_ep_5_a_balancer_behind_that_the_snapshot_lacks_leaves_the_answer_open() -> None:
    one = balancer()
    base = offered(one, nodes=(node("one", "a", ()),))
    service = replace(base.endpoint_services[NUMBER], balancers=(one.id, "arn:gone"))
    network = compiled(replace(base, endpoint_services={NUMBER: service}))
    assert verdict(network, ASK) == "unknown"


def test_ep_5_from_the_target_s_subnet_answers_must_find_the_node() -> None:
    tables: Form = {"back": {"routes": {"10.0.1.0/24": "instance:back-2"}}}
    answer = ask(linked(provider={"route_tables": tables}), ASK)
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})


def test_ep_5_an_endpoint_may_be_the_target_of_another_balancer() -> None:
    """Client, balancer, endpoint, the provider's balancer, target: answers go all the way back."""
    base = offered(balancer(), nodes=(node("one", "a", ()),))
    outer = LoadBalancer(
        id=f"arn:aws:elasticloadbalancing:{REGION}:1:loadbalancer/net/outer/1",
        kind=BalancerKind.NETWORK,
        vpc="vpc-shop",
        listeners=(Listener(protocol="TCP", port=80, target_groups=("tg-door",)),),
    )
    own = NetworkInterface(
        id="eni-outer-a",
        vpc="vpc-shop",
        subnet="subnet-web-a",
        interface_type="network_load_balancer",
        description="ELB net/outer/1",
        addresses=(InterfaceAddress(private=Address.parse("10.0.1.60"), is_primary=True),),
    )
    doors = TargetGroup(
        id="tg-door",
        target_kind="ip",
        protocol="TCP",
        port=443,
        vpc="vpc-shop",
        targets=(Target(id=DOOR_A, health="healthy"),),
    )
    network = compiled(
        replace(
            base,
            load_balancers={**base.load_balancers, outer.id: outer},
            target_groups={**base.target_groups, doors.id: doors},
            interfaces={**base.interfaces, own.id: own},
        )
    )
    answer = ask(network, "app-1 eni-outer-a tcp 80")
    assert (answer.verdict, str(answer.services), sees(answer)) == (
        "reachable",
        "tcp 80",
        {NODE_A},
    )
    assert answer.parts[0].returning[-1].source == "10.0.1.60"


# -- zones and Regions


AZ1: Final = Zone("az1", "a", "1", "eu")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(Zone("az1", "b", "2", "eu"), True, id="same-id"),
        pytest.param(Zone("az2", "a", "1", "eu"), False, id="other-id"),
        pytest.param(Zone("", "a", "1", "eu"), True, id="same-name-in-one-account"),
        pytest.param(Zone("", "b", "1", "eu"), False, id="other-name-in-one-account"),
        pytest.param(Zone("", "a", "2", "eu"), None, id="same-name-in-another-account"),
        pytest.param(Zone("", "", "1", "eu"), None, id="no-name"),
    ],
)
def test_ep_5_two_zones_are_one_by_id_or_by_name_in_one_account(
    other: Zone, *, same: bool | None
) -> None:
    assert AZ1.is_same(other) is same
    assert other.is_same(AZ1) is same


@pytest.mark.parametrize("side", ["provider", "client"])
def test_ep_5_a_region_that_one_side_does_not_say_is_no_other_one(side: str) -> None:
    nodes = tuple(node("one", zone, ()) for zone in "ab")
    base = offered(balancer(), nodes=nodes, targets=("i-back-1", "i-back-2"))
    whose = {"provider": "vpc-offer", "client": "vpc-shop"}[side]
    silent = replace(
        base,
        vpcs={n: replace(v, region="") if n == whose else v for n, v in base.vpcs.items()},
        subnets={
            n: replace(s, region="") if s.vpc == whose else s for n, s in base.subnets.items()
        },
        endpoints={n: replace(e, region="") for n, e in base.endpoints.items()},
    )
    answer = ask(compiled(silent), ASK)
    assert (answer.verdict, sees(answer)) == ("reachable", {NODE_A})


def test_ep_5_the_region_of_a_vpc_is_that_of_its_interfaces() -> None:
    nodes = tuple(node("one", zone, ()) for zone in "ab")
    base = offered(balancer(), nodes=nodes, targets=("i-back-1", "i-back-2"))
    far = replace(
        base,
        vpcs={
            n: replace(v, region="us-east-1") if n == "vpc-offer" else v
            for n, v in base.vpcs.items()
        },
        subnets={n: replace(s, region="") for n, s in base.subnets.items()},
    )
    answer = ask(compiled(far), ASK)
    assert (answer.verdict, sees(answer)) == ("reachable", {NODE_A, NODE_B})


@pytest.mark.parametrize(
    ("state", "expected"), [("Available", "reachable"), ("Failed", "unreachable")]
)
def test_ep_5_a_node_that_the_snapshot_lacks_does_not_mend_the_service(
    state: str, expected: str
) -> None:
    zones = (BalancerZone(subnet="subnet-front-a"), BalancerZone(subnet="subnet-front-b"))
    network = linked(of_balancer={"zones": zones}, of_service={"state": state})
    assert verdict(network, f"app-1 {DOOR_B} tcp 443") == expected


@pytest.mark.parametrize("by", ["zone", "zone_id"])
def test_ep_5_an_enabled_zone_is_its_subnet_s(by: str) -> None:
    """The node in the endpoint's zone is not on record; its subnet says which zone that is."""
    zones = (BalancerZone(subnet="subnet-front-a"), BalancerZone(subnet="subnet-front-b"))
    mine: Form = {"owner": "111122223333"}
    base = offered(balancer(zones=zones, **mine), nodes=(node("one", "a", ()),))
    ids = {"a": "az1", "b": "az2"}
    subnets = {
        n: replace(s, zone_id=ids[s.zone[-1]], zone="") if by == "zone_id" else s
        for n, s in base.subnets.items()
    }
    interfaces = {
        n: replace(i, zone="") if by == "zone_id" else i for n, i in base.interfaces.items()
    }
    network = compiled(replace(base, subnets=subnets, interfaces=interfaces))
    assert verdict(network, f"app-1 {DOOR_B} tcp 443") == "reachable"
    elsewhere = (BalancerZone(subnet="subnet-front-a"),)
    lost = offered(balancer(zones=elsewhere, **mine), nodes=(node("one", "a", ()),))
    again = compiled(replace(lost, subnets=subnets, interfaces=interfaces))
    assert codes(ask(again, f"app-1 {DOOR_B} tcp 443")) == {NOT_INSTALLED}


def test_ep_5_names_of_zones_are_those_of_the_subnet_s_owner() -> None:
    """A shared subnet: the balancer is a participant's, its subnet the client's."""
    zones = (BalancerZone(subnet="subnet-front-a"),)
    base = offered(balancer(owner="9", zones=zones), nodes=(node("one", "a", ()),))
    assert verdict(compiled(base), ASK) == "reachable"
    assert codes(ask(compiled(base), f"app-1 {DOOR_B} tcp 443")) == {NOT_INSTALLED}


@pytest.mark.parametrize(("owner", "expected"), [("8", "reachable"), ("9", "unknown")])
def test_ep_5_where_no_other_record_says_whose_a_zone_is_the_interface_does(
    owner: str, expected: str
) -> None:
    base = offered(balancer(), nodes=(replace(node("one", "a", ()), owner=owner),))
    doors = {
        n: replace(i, owner="8") if n.startswith("eni-door") else i
        for n, i in base.interfaces.items()
    }
    ownerless = replace(
        base,
        interfaces=doors,
        subnets={n: replace(s, owner="") for n, s in base.subnets.items()},
        endpoints={n: replace(e, owner="") for n, e in base.endpoints.items()},
    )
    assert verdict(compiled(ownerless), ASK) == expected


# -- the node


def test_ep_5_a_node_that_is_not_in_service_takes_nothing() -> None:
    base = offered(balancer(), nodes=(replace(node("one", "a", ()), status="pending"),))
    answer = ask(compiled(base), ASK)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})


SIX: Final = "2600:1f14:1:102::200"


def by_ipv6(*held: str) -> Network:
    """Compile an estate whose endpoint has an IPv6 address, and whose node has these."""
    own = tuple(
        InterfaceAddress(private=Address.parse(one), is_primary=row == 0)
        for row, one in enumerate(held)
    )
    base = offered(balancer(), nodes=(replace(node("one", "a", ()), addresses=own),))
    door_a = base.interfaces["eni-door-a"]
    six = InterfaceAddress(private=Address.parse(SIX))
    anywhere = SecurityGroupRule(prefix=Prefix.parse("::/0"))
    group = base.security_groups["sg-doors"]
    return compiled(
        replace(
            base,
            interfaces={
                **base.interfaces,
                "eni-door-a": replace(door_a, addresses=(*door_a.addresses, six)),
            },
            security_groups={
                **base.security_groups,
                "sg-doors": replace(group, ingress=(*group.ingress, anywhere)),
            },
        )
    )


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        pytest.param((NODE_A,), NODE_A, id="ipv4-alone"),
        pytest.param((NODE_A, "2600:1f14:9:101::50"), "2600:1f14:9:101::50", id="both"),
    ],
)
def test_ep_5_a_node_is_asked_in_its_client_s_family_if_it_has_an_address_there(
    held: tuple[str, ...], asked: str
) -> None:
    answer = ask(by_ipv6(*held), f"app-1 {SIX} tcp 443", family=6)
    hops = answer.parts[0].forward
    assert asked in {hop.destination for hop in hops}
    assert answer.verdict == "reachable"
