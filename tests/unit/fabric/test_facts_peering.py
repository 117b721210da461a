"""What AWS documents about VPC peering: the facts PC-1 to PC-5, SG-7 and SG-8."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach.model.connections import PeeredVpc, VpcPeering
from netreach.model.records import SecurityGroup
from netreach.model.services import BalancerKind, BalancerZone
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.balancers_by_hand import balancer, listener, node, with_balancers
from tests.unit.fabric.connections_by_hand import (
    LAB,
    LAB_1,
    PEERING,
    SHOP,
    TRANSIT,
    attached,
    attachment,
    both_routes,
    peered,
    peering,
    static,
    table,
)
from tests.unit.fabric.estates_by_hand import (
    NAT,
    NO_MATCH,
    WEB_1,
    Form,
    acl,
    ask,
    codes,
    named,
    sees,
    snapshot,
    verdict,
)

ASKED = "web-1 lab-1 tcp 443"


def test_pc_3_an_active_peering_with_routes_on_both_sides_carries() -> None:
    answer = ask(peered(), ASKED)
    assert (answer.verdict, sees(answer)) == ("reachable", {WEB_1})
    assert answer.parts[0].via == ("pcx-1",)
    assert verdict(peered(), "lab-1 web-1 tcp 443", family=4) == "reachable"


@pytest.mark.parametrize(
    ("forth", "back", "leg"), [(False, True, "forward"), (True, False, "return")]
)
def test_pc_3_routes_are_needed_on_both_sides(forth: bool, back: bool, leg: str) -> None:
    base = both_routes(PEERING, forth=forth, back=back)
    # without a route of its own the packet goes to the internet gateway, which drops it
    answer = ask(peered(base), ASKED)
    assert answer.verdict == "unreachable"
    assert codes(answer, leg) == {"IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"}


@pytest.mark.parametrize(
    "state", ["pending-acceptance", "rejected", "expired", "deleted", "failed"]
)
def test_pc_3_only_an_active_peering_carries(state: str) -> None:
    answer = ask(peered(state=state), ASKED)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})
    assert {one.component.id for one in answer.explanations} == {"pcx-1"}


def test_rt_9_a_route_to_a_deleted_peering_is_a_blackhole() -> None:
    """AWS says that routes to a deleted peering become blackholes, whatever the table says yet."""
    gone = replace(peered().snapshot, peerings={}, deleted=frozenset({"pcx-1"}))
    answer = ask(Network(gone), ASKED)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"BAD_STATE_ROUTE"})
    lost = replace(gone, deleted=frozenset())  # of what nobody described, nobody knows
    assert verdict(Network(lost), ASKED) == "unknown"


def test_pc_2_a_peer_s_internet_gateway_cannot_be_used() -> None:
    tables: Form = {"app": {"routes": {"0.0.0.0/0": PEERING}}}
    network = peered(snapshot(route_tables=tables))
    answer = ask(network, "app-1 8.8.8.8 tcp 443")
    assert (answer.verdict, codes(answer)) == (
        "unreachable",
        {"PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"},
    )


def test_pc_1_peering_is_not_transitive() -> None:
    """Shop and lab peer, lab and a third VPC peer: shop does not reach the third one."""
    tables: Form = {name: {"routes": {"10.2.0.0/16": PEERING}} for name in ("web", "main")}
    third: Form = {
        "cidr": "10.2.0.0/16",
        "subnets": {"far-a": {"cidr": "10.2.1.0/24", "zone": "a", "route_table": "far"}},
        "route_tables": {"far": {"routes": {"10.0.0.0/16": "vpc-peering-connection:pcx-2"}}},
        "groups": {"far": {"ingress": ["all from anywhere"]}},
        "instances": {"far-1": {"subnet": "far-a", "address": "10.2.1.10", "groups": ["far"]}},
    }
    base = snapshot(route_tables=tables, rest={"vpcs": {"far": third}})
    other = VpcPeering(id="pcx-2", requester=PeeredVpc(vpc=LAB), accepter=PeeredVpc(vpc="vpc-far"))
    answer = ask(peered(base, other), "web-1 far-1 tcp 443")
    assert (answer.verdict, codes(answer, "forward")) == (
        "unreachable",
        {"PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"},
    )


def test_pc_4_replies_follow_the_responder_s_own_routes() -> None:
    """Two peers with equal blocks: the reply goes where the responder's table sends it."""
    twin: Form = {
        "cidr": "10.0.0.0/16",
        "subnets": {"twin-a": {"cidr": "10.0.1.0/24", "zone": "a"}},
        "route_tables": {
            "twin": {"main": True, "routes": {"10.1.0.0/16": "vpc-peering-connection:pcx-2"}}
        },
        "groups": {"twin": {"ingress": ["all from anywhere"]}},
        "instances": {"twin-1": {"subnet": "twin-a", "address": "10.0.1.66", "groups": ["twin"]}},
    }
    base = both_routes(PEERING)
    with_twin = snapshot(
        route_tables={"web": {"routes": {"10.1.0.0/16": PEERING}}},
        rest={
            "vpcs": {
                "twin": twin,
                "lab": {"route_tables": {"public": {"routes": {"10.0.0.0/16": PEERING}}}},
            }
        },
    )
    other = VpcPeering(id="pcx-2", requester=PeeredVpc(vpc="vpc-twin"), accepter=PeeredVpc(vpc=LAB))
    network = peered(with_twin, other)
    assert verdict(network, ASKED) == "reachable"
    answer = ask(network, "twin-1 lab-1 tcp 443")
    assert (answer.verdict, bool(codes(answer, "return"))) == ("unreachable", True)
    assert verdict(peered(base), ASKED) == "reachable"


@pytest.mark.parametrize(
    ("region", "expected"), [("eu-central-1", "reachable"), ("us-east-1", "unreachable")]
)
def test_sg_8_groups_can_be_named_within_one_region_only(region: str, expected: str) -> None:
    base = both_routes(PEERING)
    groups = base.security_groups
    named_only = _allow_group(base.security_groups["sg-lab"], "sg-web")
    base = replace(base, security_groups={**groups, "sg-lab": named_only})
    answer = ask(peered(base, accepter=PeeredVpc(vpc=LAB, region=region)), ASKED)
    assert answer.verdict == expected
    if expected == "unreachable":
        assert codes(answer) == {"SG_REFERENCES_NOT_PRESERVED"}


@pytest.mark.parametrize("state", ["active", "pending-acceptance"])
def test_sg_7_egress_rules_may_name_a_peer_s_groups(state: str) -> None:
    base = both_routes(PEERING)
    web = base.security_groups["sg-web"]
    rule = replace(web.ingress[0], prefix=None, group="sg-lab")
    base = replace(
        base, security_groups={**base.security_groups, "sg-web": replace(web, egress=(rule,))}
    )
    answer = ask(peered(base, state=state), ASKED)
    if state == "active":
        assert answer.verdict == "reachable"
    else:
        assert codes(answer) >= {NO_MATCH, "BAD_STATE"}


def behind_nat(*, back: bool, **shop: Form) -> Network:
    """Return the peered estate in which app hosts reach the lab through the NAT gateway."""
    tables: Form = {
        "app": {"routes": {"10.1.0.0/16": "nat-gateway:nat"}},
        "nat": {"routes": {"10.1.0.0/16": PEERING}},
    }
    lab: Form = {"public": {"routes": {"10.0.0.0/16": PEERING}}} if back else {}
    rest: Form = {"vpcs": {"lab": {"route_tables": lab}}}
    return peered(snapshot(route_tables=tables, rest=rest, **shop))


@pytest.mark.parametrize("back", [True, False])
def test_nt_3_what_a_nat_gateway_sent_over_a_peering_is_answered_without_a_route(
    back: bool,
) -> None:
    answer = ask(behind_nat(back=back), "app-1 lab-1 tcp 443", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT})


def test_nt_3_its_subnet_s_acl_can_stop_the_answers() -> None:
    closed = acl(ingress=("100 deny all from 10.1.0.0/16", "110 allow all from 0.0.0.0/0"))
    answer = ask(behind_nat(back=False, acls={"nat": closed}), "app-1 lab-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {"SUBNET_ACL_RESTRICTION"})


def test_nt_3_what_a_balancer_answers_itself_comes_back_without_a_route() -> None:
    kind, group = BalancerKind.APPLICATION, ("sg-lab",)
    own = node(kind, address="10.1.1.50", groups=group)
    front = balancer(kind, vpc=LAB, groups=group, listeners=(listener(groups=()),))
    found = with_balancers(
        [replace(front, zones=(BalancerZone(subnet="subnet-lab-a"),))],
        [replace(own, vpc=LAB, subnet="subnet-lab-a")],
        [],
        behind_nat(back=False).snapshot,
    )
    answer = ask(Network(found), "app-1 10.1.1.50 tcp 80", family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {NAT})


def test_nt_2_a_peer_cannot_use_the_nat_gateway() -> None:
    lab: Form = {"public": {"routes": {"0.0.0.0/0": PEERING}}}
    tables: Form = {"web": {"routes": {"10.1.0.0/16": PEERING}}}
    network = peered(snapshot(route_tables=tables, rest={"vpcs": {"lab": {"route_tables": lab}}}))
    answer = ask(network, "lab-1 8.8.8.8 tcp 443")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"})
    assert verdict(network, f"lab-1 {NAT} tcp 443") == "unreachable"


def test_a_peer_that_the_snapshot_lacks_leaves_the_answer_open() -> None:
    base = both_routes(PEERING)
    far = PeeredVpc(vpc="vpc-elsewhere", prefixes=(Prefix.parse("10.9.0.0/16"),))
    tables: Form = {"web": {"routes": {"10.9.0.0/16": PEERING}}}
    network = peered(snapshot(route_tables=tables), accepter=far)
    answer = ask(network, "web-1 10.9.0.5 tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"pcx-1"})
    outside = ask(peered(base, accepter=far), f"web-1 {LAB_1} tcp 443")
    assert outside.verdict == "unreachable"


def test_a_route_to_a_peering_that_the_snapshot_lacks_leaves_the_answer_open() -> None:
    answer = ask(Network(both_routes(PEERING)), ASKED)
    assert (answer.verdict, named(answer)) == ("unknown", {"pcx-1"})


def test_the_peering_of_other_vpcs_carries_nothing() -> None:
    far = PeeredVpc(vpc="vpc-elsewhere")
    answer = ask(peered(requester=PeeredVpc(vpc=LAB), accepter=far), ASKED)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"BAD_STATE_ATTACHMENT"})
    assert peering().requester.vpc == SHOP


def test_rt_10_what_a_peering_carries_is_filtered_where_it_arrives() -> None:
    closed = {
        "acls": {
            "web": {"ingress": ["100 deny all from 10.1.0.0/16", "101 allow all from 0.0.0.0/0"]}
        }
    }
    tables: Form = {name: {"routes": {"10.1.0.0/16": PEERING}} for name in ("web", "main")}
    lab: Form = {"lab": {"route_tables": {"public": {"routes": {"10.0.0.0/16": PEERING}}}}}
    network = peered(snapshot(route_tables=tables, rest={"vpcs": lab}, **closed))
    answer = ask(network, "lab-1 web-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"SUBNET_ACL_RESTRICTION"})


def _allow_group(record: SecurityGroup, group: str) -> SecurityGroup:
    return replace(record, ingress=(replace(record.ingress[0], prefix=None, group=group),))


def test_pc_1_a_vpc_is_no_way_between_two_others() -> None:
    """A host of a third VPC comes in over a transit gateway and is routed on into the peering.

    Both directions have a route: whether AWS carries it, no page says.
    """
    far: Form = {
        "cidr": "10.2.0.0/16",
        "subnets": {"far-a": {"cidr": "10.2.1.0/24", "zone": "a", "route_table": "far"}},
        "route_tables": {"far": {"routes": {"10.1.0.0/16": TRANSIT}}},
        "groups": {"far": {"ingress": ["all from anywhere"]}},
        "instances": {"far-1": {"subnet": "far-a", "address": "10.2.1.10", "groups": ["far"]}},
    }
    lab: Form = {"route_tables": {"public": {"routes": {"10.2.0.0/16": TRANSIT}}}}
    base = snapshot(
        route_tables={"web": {"routes": {"10.1.0.0/16": PEERING}}},
        rest={"vpcs": {"far": far, "lab": lab}},
    )
    third = attachment("tgw-attach-far", "vpc-far", "subnet-far-a")
    routes = table(
        static("10.1.0.0/16", "tgw-attach-shop"),
        propagations=("tgw-attach-far", "tgw-attach-lab"),
    )
    joined = attached(base, tables=(routes,), more=(third,)).snapshot
    answer = ask(peered(joined), "far-1 lab-1 tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"pcx-1"})
    # what the shop itself sends needs no such promise
    assert verdict(peered(), ASKED) == "reachable"
