"""What AWS documents and was measured about transit gateways: the facts TG-1 to TG-9, SG-10."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach.model.connections import AttachmentKind, TransitAttachment, TransitRouteTable
from netreach.model.records import PrefixList
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.connections_by_hand import (
    LAB,
    SHOP,
    TRANSIT,
    attached,
    attachment,
    both_routes,
    static,
    table,
)
from tests.unit.fabric.estates_by_hand import (
    ACL,
    NAT_PUBLIC,
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
NO_TRANSIT_ROUTE = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"


def with_shop_acl(name: str, form: Form) -> Snapshot:
    """Read the joined estate with one ACL of the shop replaced."""
    shop: Form = {each: {"routes": {"10.1.0.0/16": TRANSIT}} for each in ("web", "main")}
    lab: Form = {"route_tables": {"public": {"routes": {"10.0.0.0/16": TRANSIT}}}}
    return snapshot(route_tables=shop, acls={name: form}, rest={"vpcs": {"lab": lab}})


def test_tg_1_attached_vpcs_reach_each_other_by_what_they_propagate() -> None:
    answer = ask(attached(), ASKED)
    assert (answer.verdict, sees(answer)) == ("reachable", {WEB_1})
    assert answer.parts[0].via == ("tgw-attach-shop", "tgw-attach-lab")


def test_tg_1_an_attachment_without_a_table_goes_nowhere() -> None:
    answer = ask(attached(shop={"table": ""}), ASKED)
    assert answer.verdict == "unreachable"
    assert codes(answer, "forward") == {"TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"}


def test_tg_1_each_attachment_is_routed_by_its_own_table() -> None:
    """Only the lab's table knows the way: it has no say in what the shop sends."""
    tables = (
        table(propagations=("tgw-attach-shop",)),
        replace(table(propagations=("tgw-attach-lab",)), id="tgw-rtb-2"),
    )
    network = attached(tables=tables)
    assert codes(ask(network, ASKED), "forward") == {NO_TRANSIT_ROUTE}
    swapped = attached(shop={"table": "tgw-rtb-2"}, tables=tables)
    assert verdict(swapped, ASKED) == "reachable"


def test_tg_1_what_does_not_propagate_is_not_reached() -> None:
    answer = ask(attached(tables=(table(propagations=("tgw-attach-shop",)),)), ASKED)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {NO_TRANSIT_ROUTE})


def test_tg_1_replies_need_a_way_back_through_the_gateway() -> None:
    answer = ask(attached(tables=(table(propagations=("tgw-attach-lab",)),)), ASKED)
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {NO_TRANSIT_ROUTE})


def test_tg_2_the_longest_prefix_wins() -> None:
    routes = (static("10.1.0.0/16", "tgw-attach-shop"), static("10.1.1.0/24", "tgw-attach-lab"))
    assert verdict(attached(tables=(table(*routes),)), ASKED) == "reachable"
    assert verdict(attached(tables=(table(routes[0]),)), ASKED) == "unreachable"


def test_tg_2_static_hides_an_equal_propagated_route() -> None:
    hidden = static("10.1.0.0/16", "tgw-attach-shop")
    answer = ask(attached(tables=(table(hidden),)), ASKED)
    assert answer.verdict == "unreachable"


def test_tg_2_a_prefix_list_yields_to_a_static_route_and_beats_a_propagated_one() -> None:
    base = both_routes(TRANSIT)
    lists = snapshot(rest={"prefix_lists": {"far": {"entries": ["10.1.0.0/16"]}}}).prefix_lists
    base = replace(base, prefix_lists=lists)
    (name,) = lists
    listed = replace(static("10.1.0.0/16", "tgw-attach-shop"), destination=None, prefix_list=name)
    assert verdict(attached(base, tables=(table(listed),)), ASKED) == "unreachable"
    both = table(listed, static("10.1.0.0/16", "tgw-attach-lab"))
    assert verdict(attached(base, tables=(both,)), ASKED) == "reachable"


@pytest.mark.parametrize("state", ["blackhole", "deleting", "pending"])
def test_tg_3_routes_that_are_not_active_drop(state: str) -> None:
    answer = ask(attached(tables=(table(static("10.1.1.0/24", state=state)),)), ASKED)
    assert (answer.verdict, codes(answer, "forward")) == (
        "unreachable",
        {"TGW_RTB_BAD_STATE_ROUTE"},
    )


def test_tg_4_of_equal_vpcs_nobody_knows_whose_routes_are_kept() -> None:
    twin = attachment("tgw-attach-twin", "vpc-twin", "subnet-twin-a")
    tables = (table(propagations=("tgw-attach-shop", "tgw-attach-lab", "tgw-attach-twin")),)
    rest: Form = {
        "vpcs": {
            "lab": {"route_tables": {"public": {"routes": {"10.0.0.0/16": TRANSIT}}}},
            "twin": {
                "cidr": "10.1.0.0/16",
                "subnets": {"twin-a": {"cidr": "10.1.1.0/24", "zone": "a"}},
            },
        }
    }
    base = snapshot(route_tables={"web": {"routes": {"10.1.0.0/16": TRANSIT}}}, rest=rest)
    answer = ask(attached(base, tables=tables, more=(twin,)), "web-1 10.1.1.10 tcp 443")
    assert (answer.verdict, codes(answer)) == ("unknown", {"AMBIGUOUS_ROUTE"})


def test_tg_5_without_a_subnet_in_its_zone_a_host_gets_no_further() -> None:
    answer = ask(attached(shop={"subnets": ("subnet-db-b",)}), ASKED)
    assert (answer.verdict, codes(answer, "forward")) == (
        "unreachable",
        {"TGW_ROUTE_AZ_RESTRICTION"},
    )


@pytest.mark.parametrize("side", ["shop", "lab"])
def test_tg_5_an_attachment_of_which_no_subnet_is_told_is_unknown(side: str) -> None:
    for subnets in ((), None):
        changes: Form = {side: {"subnets": subnets}}
        answer = ask(attached(**changes), ASKED)
        assert (answer.verdict, named(answer)) == ("unknown", {f"tgw-attach-{side}"})


def test_tg_5_answers_need_a_subnet_in_their_zone_too() -> None:
    """The lab's host is in zone a, its attachment in zone b: what comes in is not answered."""
    far: Form = {
        "route_tables": {"public": {"routes": {"10.0.0.0/16": TRANSIT}}},
        "subnets": {"lab-b": {"cidr": "10.1.2.0/24", "zone": "b"}},
    }
    tables: Form = {name: {"routes": {"10.1.0.0/16": TRANSIT}} for name in ("web", "main")}
    base = snapshot(
        route_tables=tables,
        rest={
            "vpcs": {"lab": far | {"route_tables": far["route_tables"] | {"lab": {"main": True}}}}
        },
    )
    answer = ask(attached(base, lab={"subnets": ("subnet-lab-b",)}), ASKED)
    assert (answer.verdict, codes(answer, "return")) == (
        "unreachable",
        {"TGW_ROUTE_AZ_RESTRICTION"},
    )


def test_tg_5_what_comes_in_is_routed_by_the_attachment_s_subnet() -> None:
    """The attachment's subnet sends the shop's own web subnet round in a circle to the lab."""
    lab: Form = {"route_tables": {"public": {"routes": {"10.0.0.0/16": TRANSIT}}}}
    tables: Form = {
        "web": {"routes": {"10.1.0.0/16": TRANSIT}},
        "nat": {"routes": {"10.0.1.0/24": {"target": "nat-gateway:nat", "state": "blackhole"}}},
    }
    base = snapshot(route_tables=tables, rest={"vpcs": {"lab": lab}})
    assert verdict(attached(base), "lab-1 web-1 tcp 443", family=4) == "reachable"
    other = attached(base, shop={"subnets": ("subnet-nat-a",)})
    answer = ask(other, "lab-1 web-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"BAD_STATE_ROUTE"})


DENY_IN = acl(ingress=("100 deny all from 10.0.0.0/8", "110 allow all from 0.0.0.0/0"))
DENY_OUT = acl(egress=("100 deny all to 10.0.0.0/8", "110 allow all to 0.0.0.0/0"))


def test_tg_6_the_attachment_s_subnet_filters_what_hosts_send_in() -> None:
    network = attached(with_shop_acl("nat", DENY_IN), shop={"subnets": ("subnet-nat-a",)})
    answer = ask(network, ASKED)
    assert (answer.verdict, codes(answer)) == ("unreachable", {ACL})


def test_tg_6_the_attachment_s_subnet_filters_what_goes_to_hosts() -> None:
    network = attached(with_shop_acl("nat", DENY_OUT), shop={"subnets": ("subnet-nat-a",)})
    answer = ask(network, "lab-1 web-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {ACL})


def test_tg_6_the_other_two_directions_are_not_asked() -> None:
    # what the gateway sends on is not filtered on the way out of the attachment's subnet,
    # nor what it brings on the way in
    outward = attached(
        with_shop_acl(
            "nat", acl(egress=("100 deny all to 10.1.0.0/16", "110 allow all to 0.0.0.0/0"))
        ),
        shop={"subnets": ("subnet-nat-a",)},
    )
    assert verdict(outward, ASKED) == "reachable"
    inward = attached(
        with_shop_acl(
            "nat", acl(ingress=("100 deny all from 10.1.0.0/16", "110 allow all from 0.0.0.0/0"))
        ),
        shop={"subnets": ("subnet-nat-a",)},
    )
    assert verdict(inward, ASKED) == "reachable"


def test_tg_6_in_the_same_subnet_both_directions_see_what_hosts_send() -> None:
    for closed in (
        acl(egress=("100 deny all to 10.1.0.0/16", "110 allow all to 0.0.0.0/0")),
        acl(ingress=("100 deny all from 10.0.1.0/24", "110 allow all from 0.0.0.0/0")),
    ):
        network = attached(with_shop_acl("web", closed))
        answer = ask(network, ASKED)
        assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {ACL})


def test_tg_6_in_the_same_subnet_nothing_sees_what_the_gateway_brings() -> None:
    for closed in (
        acl(ingress=("100 deny all from 10.1.0.0/16", "110 allow all from 0.0.0.0/0")),
        acl(egress=("100 deny all to 10.0.1.0/24", "110 allow all to 0.0.0.0/0")),
    ):
        network = attached(with_shop_acl("web", closed))
        assert verdict(network, ASKED) == "reachable"


def across_zones(*, appliance: bool) -> Network:
    """Return an estate in which only zone a of the shop's attachment lets the lab's packets in.

    The lab's host stands in zone c, where the shop's attachment has no subnet.
    """
    lab: Form = {
        "subnets": {"lab-c": {"cidr": "10.1.3.0/24", "zone": "c", "route_table": "public"}},
        "route_tables": {"public": {"routes": {"10.0.0.0/16": TRANSIT}}},
        "instances": {"far-1": {"subnet": "lab-c", "address": "10.1.3.10", "groups": ["lab"]}},
    }
    tables: Form = {name: {"routes": {"10.1.0.0/16": TRANSIT}} for name in ("web", "main")}
    base = snapshot(
        route_tables=tables,
        acls={"db": acl(egress=("100 deny all to 10.0.1.0/24", "110 allow all to 0.0.0.0/0"))},
        rest={"vpcs": {"lab": lab}},
    )
    return attached(
        base,
        shop={"is_appliance": appliance},
        lab={"subnets": ("subnet-lab-a", "subnet-lab-c")},
    )


def test_tg_5_without_a_subnet_in_the_origin_s_zone_any_other_may_be_used() -> None:
    network = across_zones(appliance=False)
    answer = ask(network, "far-1 web-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer, "forward")) == ("partial", {ACL})
    # from zone a the attachment's subnet of zone a is used, and no other
    assert verdict(network, "lab-1 web-1 tcp 443", family=4) == "reachable"


def test_tg_7_in_appliance_mode_a_flow_may_use_any_zone() -> None:
    answer = ask(across_zones(appliance=True), "lab-1 web-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer, "forward")) == ("partial", {ACL})


def test_tg_8_vpc_attachments_share_no_route() -> None:
    shared = static("10.1.0.0/16", "tgw-attach-lab", "tgw-attach-shop")
    answer = ask(attached(tables=(table(shared),)), ASKED)
    assert (answer.verdict, codes(answer)) == ("unknown", {"AMBIGUOUS_ROUTE"})


def test_tg_9_ipv6_is_not_propagated_unless_the_attachment_says_so() -> None:
    tables: Form = {name: {"routes": {"::/0": TRANSIT}} for name in ("web", "main")}
    lab: Form = {
        "cidrs": ["10.1.0.0/16", "2600:1f14:1:200::/56"],
        "cidr": None,
        "subnets": {
            "lab-a": {"cidr": None, "cidrs": ["10.1.1.0/24", "2600:1f14:1:201::/64"]},
        },
        "route_tables": {"public": {"routes": {"::/0": TRANSIT}}},
        "instances": {"lab-1": {"ipv6": "2600:1f14:1:201::10"}},
    }
    base = snapshot(route_tables=tables, rest={"vpcs": {"lab": lab}})
    question = "web-1 lab-1 tcp 443"
    on = {"supports_ipv6": True}
    assert verdict(attached(base, shop=on, lab=on), question, family=6) == "reachable"
    off = ask(attached(base, shop=on), question, family=6)
    assert (off.verdict, codes(off, "forward")) == ("unreachable", {NO_TRANSIT_ROUTE})


def centralised(*, back: bool = True) -> Network:
    """Return the estate in which the lab goes out by the shop's NAT gateway."""
    nat: Form = {"routes": {"10.1.0.0/16": TRANSIT}} if back else {}
    lab: Form = {
        "subnets": {"inner-a": {"cidr": "10.1.2.0/24", "zone": "a", "route_table": "inner"}},
        "route_tables": {"inner": {"routes": {"0.0.0.0/0": TRANSIT}}},
        "instances": {"inner-1": {"subnet": "inner-a", "address": "10.1.2.10", "groups": ["lab"]}},
    }
    base = snapshot(route_tables={"nat": nat}, rest={"vpcs": {"lab": lab}})
    routes = table(
        static("0.0.0.0/0", "tgw-attach-shop"),
        propagations=("tgw-attach-shop", "tgw-attach-lab"),
    )
    # the attachment's subnet is routed to the NAT gateway
    return attached(base, shop={"subnets": ("subnet-app-a",)}, tables=(routes,))


@pytest.mark.parametrize(("back", "expected"), [(True, "reachable"), (False, "unreachable")])
def test_nt_2_a_nat_gateway_serves_what_comes_over_a_transit_gateway(
    back: bool, expected: str
) -> None:
    answer = ask(centralised(back=back), "inner-1 8.8.8.8 tcp 443")
    assert answer.verdict == expected
    assert sees(answer) == {NAT_PUBLIC}


def test_ig_3_an_internet_gateway_drops_what_another_vpc_sends_through() -> None:
    lab: Form = {
        "subnets": {"inner-a": {"cidr": "10.1.2.0/24", "zone": "a", "route_table": "inner"}},
        "route_tables": {"inner": {"routes": {"0.0.0.0/0": TRANSIT, "::/0": TRANSIT}}},
        "instances": {"inner-1": {"subnet": "inner-a", "address": "10.1.2.10", "groups": ["lab"]}},
    }
    routes = table(static("0.0.0.0/0", "tgw-attach-shop"))
    network = attached(snapshot(rest={"vpcs": {"lab": lab}}), tables=(routes,))
    answer = ask(network, "inner-1 8.8.8.8 tcp 443")
    assert (answer.verdict, codes(answer, "forward")) == (
        "unreachable",
        {"GATEWAY_REJECTS_SPOOFED_TRAFFIC"},
    )


def by_group(base: Snapshot) -> Snapshot:
    """Let the lab accept only members of the web group."""
    group = base.security_groups["sg-lab"]
    rule = replace(group.ingress[0], prefix=None, group="sg-web")
    return replace(
        base,
        security_groups={**base.security_groups, "sg-lab": replace(group, ingress=(rule,))},
    )


@pytest.mark.parametrize(
    ("gateway", "shop", "lab", "expected"),
    [
        (True, True, True, "reachable"),
        (False, True, True, "unreachable"),
        (True, False, True, "unreachable"),
        (True, True, False, "unreachable"),
    ],
)
def test_sg_10_groups_are_known_where_gateway_and_attachments_let_them(
    gateway: bool, shop: bool, lab: bool, expected: str
) -> None:
    network = attached(
        by_group(both_routes(TRANSIT)),
        gateway={"references_groups": gateway},
        shop={"references_groups": shop},
        lab={"references_groups": lab},
    )
    answer = ask(network, ASKED)
    assert answer.verdict == expected
    if expected == "unreachable":
        assert codes(answer, "forward") == {"SG_REFERENCING_SUPPORT"}


def test_sg_7_egress_rules_cannot_name_groups_across_a_transit_gateway() -> None:
    base = both_routes(TRANSIT)
    web = base.security_groups["sg-web"]
    rule = replace(web.ingress[0], prefix=None, group="sg-lab")
    groups = {**base.security_groups, "sg-web": replace(web, egress=(rule,))}
    network = attached(replace(base, security_groups=groups), gateway={"references_groups": True})
    assert verdict(network, ASKED) == "unreachable"


PEER = (
    TransitAttachment(
        id="tgw-attach-peer",
        gateway="tgw-1",
        kind=AttachmentKind.PEERING,
        table="tgw-rtb-1",
        peer="tgw-2",
    ),
    TransitAttachment(
        id="tgw-attach-peer@tgw-2",
        gateway="tgw-2",
        kind=AttachmentKind.PEERING,
        table="tgw-rtb-2",
        peer="tgw-1",
    ),
)


def peered_gateways(*, static_back: bool = True) -> tuple[TransitRouteTable, TransitRouteTable]:
    """Return the tables of two peered gateways: the shop is on one, the lab on the other."""
    first = table(static("10.1.0.0/16", "tgw-attach-peer"), propagations=("tgw-attach-shop",))
    back = (static("10.0.0.0/16", "tgw-attach-peer@tgw-2"),) if static_back else ()
    return first, replace(
        table(*back, propagations=("tgw-attach-lab",)), id="tgw-rtb-2", gateway="tgw-2"
    )


def on_two_gateways() -> Snapshot:
    """Read the estate with the lab's routes to the second gateway."""
    shop: Form = {name: {"routes": {"10.1.0.0/16": TRANSIT}} for name in ("web", "main")}
    lab: Form = {"route_tables": {"public": {"routes": {"10.0.0.0/16": "transit-gateway:tgw-2"}}}}
    return snapshot(route_tables=shop, rest={"vpcs": {"lab": lab}})


@pytest.mark.parametrize(("static_back", "expected"), [(True, "reachable"), (False, "unreachable")])
def test_tg_1_peered_gateways_know_static_routes_only(static_back: bool, expected: str) -> None:
    network = attached(
        on_two_gateways(),
        lab={"gateway": "tgw-2", "table": "tgw-rtb-2"},
        tables=peered_gateways(static_back=static_back),
        more=PEER,
    )
    answer = ask(network, ASKED)
    assert answer.verdict == expected
    assert static_back or codes(answer, "return") == {NO_TRANSIT_ROUTE}


@pytest.mark.parametrize("end", [0, 1], ids=["near", "far"])
def test_tg_3_both_ends_of_a_peering_between_gateways_must_be_in_service(end: int) -> None:
    ties = [replace(tie, state="deleting") if n == end else tie for n, tie in enumerate(PEER)]
    network = attached(
        on_two_gateways(),
        lab={"gateway": "tgw-2", "table": "tgw-rtb-2"},
        tables=peered_gateways(),
        more=tuple(ties),
    )
    answer = ask(network, ASKED)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"BAD_STATE_ATTACHMENT"})


def test_sg_10_groups_are_not_known_across_peered_gateways() -> None:
    network = attached(
        by_group(on_two_gateways()),
        gateway={"references_groups": True},
        lab={"gateway": "tgw-2", "table": "tgw-rtb-2"},
        tables=peered_gateways(),
        more=PEER,
    )
    hubs = network.snapshot.transit_gateways
    second = replace(hubs["tgw-1"], id="tgw-2")
    both = Network(replace(network.snapshot, transit_gateways={**hubs, second.id: second}))
    answer = ask(both, ASKED)
    assert answer.verdict == "unreachable"
    assert "forward" in {one.leg for one in answer.explanations}


def test_tg_1_of_two_attachments_of_one_vpc_the_one_in_service_is_used() -> None:
    gone = attachment("tgw-attach-0", SHOP, "subnet-web-a", state="deleting")
    network = attached()
    for ties in (
        {gone.id: gone, **network.snapshot.transit_attachments},
        {**network.snapshot.transit_attachments, gone.id: gone},
    ):
        assert verdict(Network(replace(network.snapshot, transit_attachments=ties)), ASKED) == (
            "reachable"
        )


def test_lab_14_one_gateway_for_each_direction_works() -> None:
    ties = (
        attachment("tgw-attach-shop-2", SHOP, "subnet-web-a", gateway="tgw-2", table="tgw-rtb-2"),
        attachment("tgw-attach-lab-2", LAB, "subnet-lab-a", gateway="tgw-2", table="tgw-rtb-2"),
    )
    back = replace(table(propagations=("tgw-attach-shop-2",)), id="tgw-rtb-2", gateway="tgw-2")
    forth = table(propagations=("tgw-attach-lab",))
    network = attached(on_two_gateways(), tables=(forth, back), more=ties)
    assert verdict(network, ASKED) == "reachable"


@pytest.mark.parametrize("state", ["pendingAcceptance", "rejected", "deleting", "failed"])
@pytest.mark.parametrize("side", ["shop", "lab"])
def test_an_attachment_out_of_service_carries_nothing(side: str, state: str) -> None:
    shop, lab = ({"state": state} if side == name else None for name in ("shop", "lab"))
    answer = ask(attached(shop=shop, lab=lab), ASKED)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"BAD_STATE_ATTACHMENT"})
    assert f"tgw-attach-{side}" in {one.component.id for one in answer.explanations}


@pytest.mark.parametrize(
    ("tables", "missing"),
    [
        ((replace(table(), static_routes=None),), "tgw-rtb-1"),
        ((table(propagations=None),), "tgw-rtb-1"),
        ((table(propagations=("tgw-attach-gone",)),), "tgw-rtb-1"),
        ((replace(table(), id="tgw-rtb-9"),), "tgw-attach-shop"),
    ],
    ids=["static", "propagated", "who-propagates", "the-table-itself"],
)
def test_routes_that_the_snapshot_lacks_leave_the_answer_open(
    tables: tuple[TransitRouteTable, ...], missing: str
) -> None:
    answer = ask(attached(tables=tables), ASKED)
    assert (answer.verdict, codes(answer)) == ("unknown", {"TGW_RTB_ROUTES_ARE_UNKNOWN"})
    assert missing in named(answer)


def test_an_attachment_that_the_snapshot_lacks_leaves_the_answer_open() -> None:
    network = Network(replace(attached().snapshot, transit_attachments={}))
    answer = ask(network, ASKED)
    assert (answer.verdict, named(answer)) == ("unknown", {"tgw-1"})


def test_an_attachment_whose_vpc_is_not_in_the_snapshot_leaves_the_answer_open() -> None:
    far = attachment("tgw-attach-far", "vpc-elsewhere", "subnet-elsewhere")
    tables = (table(static("10.1.0.0/16", "tgw-attach-far")),)
    answer = ask(attached(tables=tables, more=(far,)), ASKED)
    assert (answer.verdict, named(answer)) == ("unknown", {"tgw-attach-far"})


def test_a_circle_through_the_gateway_is_found() -> None:
    """Shop sends the lab's addresses to the gateway, which sends them back to the shop."""
    tables = (table(static("10.1.0.0/16", "tgw-attach-shop")),)
    answer = ask(attached(tables=tables), ASKED)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"ROUTING_LOOP"})


@pytest.mark.parametrize("known", [True, False])
def test_tg_2_a_prefix_list_without_entries_may_lead_anywhere(*, known: bool) -> None:
    base = both_routes(TRANSIT)
    entries = (Prefix.parse("10.9.0.0/16"),) if known else None
    lists = {"pl-far": PrefixList(id="pl-far", list_name="far", entries=entries)}
    listed = replace(
        static("10.1.0.0/16", "tgw-attach-shop"), destination=None, prefix_list="pl-far"
    )
    told = replace(table(listed, static("10.0.0.0/16", "tgw-attach-shop")), propagated_routes=())
    answer = ask(attached(replace(base, prefix_lists=lists), tables=(told,)), ASKED)
    assert answer.verdict == ("unreachable" if known else "unknown")
