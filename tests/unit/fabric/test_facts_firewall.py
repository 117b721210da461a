"""What AWS documents about inspection: the facts NF-1 to NF-5, EP-4, NA-8 and SG-9 at endpoints."""

from __future__ import annotations

from typing import Any, Final

import pytest
from msgspec.structs import replace

from netreach.model.services import FirewallEndpoint, FirewallRuleGroup, PolicyGroup, VpcEndpoint
from netreach.network import Network
from tests.unit.fabric.connections_by_hand import SHOP, TRANSIT, attached
from tests.unit.fabric.estates_by_hand import (
    ACL,
    DB_1,
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
from tests.unit.fabric.firewalls_by_hand import (
    ASYMMETRIC,
    DROPPED,
    SUBNETS,
    UNDECIDED,
    UNDECIDED_GROUP,
    WALL_A,
    WALL_B,
    behind_balancer,
    central,
    crossing,
    policy,
    rule,
    stateful,
    stateless,
    strict,
    suricata,
    walled,
)

ASKED = "web-1 db-1 tcp 443"
OTHER = "web-1 db-1 tcp 444"
DROPS = "drop tcp any any -> any 443"


def told(network: Network, question: str = ASKED, **options: Any) -> str:  # noqa: ANN401
    """Return the verdict of a question over IPv4."""
    return verdict(network, question, family=4, **options)


def test_inspected_packets_come_out_at_the_endpoint_again() -> None:
    answer = ask(walled(), ASKED, family=4)
    assert (answer.verdict, sees(answer)) == ("reachable", {WEB_1})
    assert answer.parts[0].via == ("vpce-a",)
    for leg in (answer.parts[0].forward, answer.parts[0].returning):
        assert {"vpce-a", "fw-1"} <= {hop.component.id for hop in leg}


# -- the endpoint's subnet


def test_na_8_the_endpoints_subnet_is_entered() -> None:
    closed = crossing(acls={"fw": acl(ingress=("100 deny tcp 443 from 10.0.1.0/24",))})
    assert codes(ask(walled(closed), ASKED, family=4), "forward") == {ACL}


def test_na_8_the_endpoints_subnet_is_left() -> None:
    closed = crossing(
        acls={"fw": acl(egress=("100 deny tcp 443 to 10.0.3.0/24", "101 allow all to 0.0.0.0/0"))}
    )
    assert codes(ask(walled(closed), ASKED, family=4), "forward") == {ACL}


def test_na_8_even_a_sender_in_the_endpoints_own_subnet_enters_it() -> None:
    """Its table then leads in a circle; before that the ACL is asked."""
    ends = (FirewallEndpoint(endpoint="vpce-a", subnet="subnet-web-a"),)
    rules = ("100 deny tcp 443 from 10.0.1.0/24", "101 allow all from 0.0.0.0/0")
    closed = crossing(acls={"web": acl(ingress=rules)})
    answer = ask(walled(closed, endpoints=ends), ASKED, family=4)
    assert ACL in codes(answer, "forward")
    assert codes(ask(walled(endpoints=ends), ASKED, family=4), "forward") == {"ROUTING_LOOP"}


def test_the_endpoints_own_table_leads_on() -> None:
    lost = crossing(route_tables={"fw": {"routes": {"10.0.3.0/24": "internet-gateway"}}})
    codes_there = codes(ask(walled(lost), ASKED, family=4), "forward")
    assert "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS" in codes_there


def test_what_is_for_the_endpoints_own_subnet_needs_no_table() -> None:
    tables: Form = {"web": {"routes": {"10.0.8.0/24": WALL_A}}}
    base = crossing(
        subnets={"fw-a": SUBNETS["fw-a"] | {"route_table": "near"}},
        route_tables=tables | {"near": {"routes": {"10.0.1.0/24": WALL_A}}},
        instances={"near-1": {"subnet": "fw-a", "address": "10.0.8.10", "groups": ["db"]}},
    )
    answer = ask(walled(base), "web-1 near-1 tcp 443", family=4)
    kinds = [hop.component.id for hop in answer.parts[0].forward]
    assert "rtb-near" not in kinds
    assert "vpce-a" in kinds


def test_sg_9_behind_an_endpoint_group_references_do_not_match() -> None:
    base = crossing(groups={"db": {"ingress": ["all from group:web"]}})
    answer = ask(walled(base), ASKED, family=4)
    assert codes(answer, "forward") == {"SG_REFERENCES_NOT_PRESERVED"}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param("READY", "reachable", id="ready"),
        pytest.param("SCALING", "reachable", id="scaling"),
        pytest.param("FAILED", "unreachable", id="failed"),
    ],
)
def test_an_endpoint_that_is_not_ready_carries_nothing(state: str, said: str) -> None:
    ends = (FirewallEndpoint(endpoint="vpce-a", subnet="subnet-fw-a", state=state),)
    answer = ask(walled(endpoints=ends), ASKED, family=4)
    assert answer.verdict == said
    assert ("BAD_STATE" in codes(answer)) == (said == "unreachable")


# -- the stateless engine


def test_nf_1_what_stateless_rules_pass_the_stateful_engine_does_not_see() -> None:
    passing = stateless(rule(10, "pass"))
    assert told(walled(None, stateful(DROPS))) == "unreachable"
    assert told(walled(None, passing, stateful(DROPS))) == "reachable"


def test_nf_1_what_stateless_rules_drop_no_stateful_rule_saves() -> None:
    answer = ask(
        walled(None, stateless(rule(10, "drop")), stateful("pass ip any any -> any any")),
        ASKED,
        family=4,
    )
    assert codes(answer, "forward") == {DROPPED}
    assert "stateless rule 10 of less" in answer.explanations[0].message


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        pytest.param("pass", "drop", "reachable", id="pass-first"),
        pytest.param("drop", "pass", "unreachable", id="drop-first"),
    ],
)
def test_nf_1_the_first_match_by_priority_decides(first: str, second: str, said: str) -> None:
    rules = (rule(20, second), rule(10, first))
    assert told(walled(None, stateless(*rules))) == said
    groups = (stateless(rule(20, first)), stateless(rule(10, second), name="later"))
    assert told(walled(None, *groups)) == said


def test_nf_1_the_stateless_default_takes_what_no_rule_matches() -> None:
    dropping = policy(stateless_default="aws:drop")
    answer = ask(walled(says=dropping), ASKED, family=4)
    assert codes(answer, "forward") == {DROPPED}
    assert "aws:drop" in answer.explanations[0].message
    assert told(walled(says=policy(stateless_default="aws:pass"))) == "reachable"


def test_nf_1_rules_match_addresses_protocols_and_ports() -> None:
    dropping = policy(stateless_default="aws:drop")
    both = (
        rule(10, "pass", sources=[f"{WEB_1}/32"], protocols=(6,), destination_ports=((443, 443),)),
        rule(20, "pass", destinations=[f"{WEB_1}/32"], protocols=(6,), source_ports=((443, 443),)),
    )
    network = walled(None, stateless(*both), says=dropping)
    assert told(network) == "reachable"
    assert told(network, OTHER) == "unreachable"
    assert told(network, "web-2 db-1 tcp 443") == "unreachable"
    assert told(network, "web-1 db-1 udp 443") == "unreachable"


def test_nf_1_stateless_rules_see_replies_as_packets_of_their_own() -> None:
    there = rule(10, "pass", sources=["10.0.1.0/24"])
    network = walled(None, stateless(there), says=policy(stateless_default="aws:drop"))
    assert codes(ask(network, ASKED, family=4), "return") == {DROPPED}


def test_nf_1_a_service_is_named_exactly_where_every_service_was_asked() -> None:
    both = (
        rule(10, "pass", protocols=(6,), destination_ports=((443, 443),)),
        rule(20, "pass", protocols=(6,), source_ports=((443, 443),)),
    )
    network = walled(None, stateless(*both), says=policy(stateless_default="aws:drop"))
    answer = ask(network, "web-1 db-1", family=4)
    assert (answer.verdict, str(answer.services)) == ("reachable", "tcp 443")


@pytest.mark.parametrize(
    ("ports", "said"),
    [
        pytest.param((0, 65535), "unreachable", id="any"),
        pytest.param((1024, 65535), "unreachable", id="all-client-ports"),
        pytest.param((0, 1023), "reachable", id="none-of-them"),
        pytest.param((1024, 40000), "partial", id="some-of-them"),
    ],
)
def test_nf_1_source_ports_of_the_way_there_are_the_clients(
    ports: tuple[int, int], said: str
) -> None:
    dropping = rule(10, "drop", source_ports=(ports,), destination_ports=((443, 443),))
    answer = ask(walled(None, stateless(dropping)), ASKED, family=4)
    assert answer.verdict == said
    assert codes(answer) == (set() if said == "reachable" else {DROPPED})


def test_nf_1_tcp_flags_leave_open_whether_a_rule_matches() -> None:
    flags = rule(10, "drop", undecided="TCP flags SYN")
    answer = ask(walled(None, stateless(flags)), ASKED, family=4)
    assert (answer.verdict, codes(answer), named(answer)) == ("unknown", {UNDECIDED}, {"less"})
    before = stateless(rule(5, "pass"), flags)
    assert told(walled(None, before)) == "reachable"


# -- the stateful engine


def test_nf_2_in_action_order_passing_rules_come_first() -> None:
    rules = (DROPS, "pass tcp any any -> any 443")
    assert told(walled(None, stateful(*rules))) == "reachable"
    assert told(walled(None, stateful(*rules), says=strict())) == "unreachable"
    assert told(walled(None, stateful(*reversed(rules)), says=strict())) == "reachable"


def test_nf_2_in_action_order_a_passing_rule_beats_what_nobody_can_read() -> None:
    text = FirewallRuleGroup(id="text", is_stateful=True, undecided="free Suricata text")
    passing = stateful("pass tcp any any -> any any")
    assert told(walled(None, text, passing)) == "reachable"
    assert told(walled(None, text, passing, says=strict())) == "unknown"
    assert told(walled(None, text, passing), "web-1 db-1 udp 53") == "unknown"


def test_nf_2_in_strict_order_groups_are_taken_by_priority() -> None:
    passing, dropping = stateful("pass ip any any -> any any"), stateful(DROPS, name="closed")
    assert told(walled(None, passing, dropping, says=strict())) == "reachable"
    assert told(walled(None, dropping, passing, says=strict())) == "unreachable"


@pytest.mark.parametrize(
    ("action", "said"),
    [
        pytest.param("drop", "unreachable", id="drop"),
        pytest.param("reject", "unreachable", id="reject"),
        pytest.param("alert", "reachable", id="alert"),
        pytest.param("pass", "reachable", id="pass"),
    ],
)
def test_nf_2_what_rules_do(action: str, said: str) -> None:
    network = walled(None, stateful(f"{action} tcp any any -> any 443"))
    assert (told(network), told(network, OTHER)) == (said, "reachable")


def test_nf_2_without_a_match_action_order_passes() -> None:
    assert told(walled(says=policy(stateful_defaults=("aws:drop_strict",)))) == "reachable"
    assert told(walled(says=strict())) == "reachable"


@pytest.mark.parametrize("default", ["aws:drop_strict", "aws:drop_established"])
def test_nf_3_dropping_by_default_lets_only_what_is_passed(default: str) -> None:
    says = strict("aws:alert_established", default)
    network = walled(None, stateful("pass tcp any any -> any 443"), says=says)
    assert told(network) == "reachable"
    answer = ask(network, OTHER, family=4)
    assert codes(answer, "forward") == {DROPPED}
    assert default in answer.explanations[0].message
    assert told(network, "web-1 db-1 udp 53") == "unreachable"


def test_nf_2_who_names_ports_means_what_has_them() -> None:
    for words in ("any 1024: -> any any", "any any -> any 443"):
        network = walled(None, stateful(f"drop ip {words}"))
        said = [told(network, f"web-1 db-1 {service}") for service in ("tcp 443", "udp 443")]
        assert said == ["unreachable", "unreachable"]
        assert told(network, "web-1 db-1 icmp") == "reachable"


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(replace(stateless(), undecided="custom actions"), id="undecided"),
        pytest.param(replace(stateless(), doubt="two versions"), id="doubted"),
    ],
)
def test_nf_1_a_stateless_group_that_nobody_can_read_may_do_anything(
    group: FirewallRuleGroup,
) -> None:
    answer = ask(walled(None, group), ASKED, family=4)
    assert answer.verdict == "unknown"
    assert "less" in named(answer)
    assert told(walled(None, stateless(rule(1, "drop"), name="first"), group)) == "unreachable"


def test_nf_1_an_action_that_nobody_knows_leaves_its_part_open() -> None:
    answer = ask(walled(None, stateless(rule(10, "strange"))), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {UNDECIDED, ASYMMETRIC})
    assert any("the action aws:strange" in one.why for one in answer.missing)
    surely = stateless(rule(10, "strange"), rule(20, "drop"))
    assert told(walled(None, surely)) == "unknown"


def test_nf_2_a_stateful_action_that_nobody_knows_leaves_its_part_open() -> None:
    group = stateful("strange tcp any any -> any 443")
    for says in (policy(), strict()):  # by what rules do, and by their place
        network = walled(None, group, says=says)
        answer = ask(network, ASKED, family=4)
        assert (answer.verdict, told(network, OTHER)) == ("unknown", "reachable")
        assert any("the action STRANGE" in one.why for one in answer.missing)


def test_nf_1_a_group_of_the_other_engine_may_do_anything_and_says_why() -> None:
    for says in (
        policy(stateless_groups=(PolicyGroup(group="full", priority=9),)),
        policy(stateful_groups=(PolicyGroup(group="less", priority=9),)),
    ):
        used = (*says.stateless_groups, *says.stateful_groups)[0].group
        groups = {"full": stateful(), "less": stateless(rule(1, "pass"))}
        network = walled(says=says)
        network = Network(replace(network.snapshot, firewall_rule_groups=groups))
        answer = ask(network, ASKED, family=4)
        assert answer.verdict == "unknown"
        why = {one.component.id: one.why for one in answer.missing}
        assert "other engine" in why[used]


def test_nf_2_direction_matters_unless_it_is_any() -> None:
    says = strict("aws:drop_strict")
    ends = "10.0.3.0/24 any {} 10.0.1.0/24 any"
    one_way = stateful(f"pass tcp {ends.format('->')}")
    both = stateful(f"pass tcp {ends.format('<>')}")
    assert told(walled(None, one_way, says=says)) == "unreachable"
    assert told(walled(None, both, says=says)) == "reachable"


def test_nf_2_a_rule_that_passes_a_connection_passes_its_replies() -> None:
    rules = ("pass tcp 10.0.1.0/24 any -> any 443", "drop ip 10.0.3.0/24 any -> any any")
    assert told(walled(None, stateful(*rules))) == "reachable"


def test_nf_2_of_what_passes_by_default_nobody_knows_whether_replies_are_dropped() -> None:
    dropping = stateful("drop ip 10.0.3.0/24 any -> any any")
    answer = ask(walled(None, dropping), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {UNDECIDED})
    assert "10.0.3.0/24" in answer.missing[0].why


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param("any any -> any [80,443]", "unreachable", id="list"),
        pytest.param("any any -> any [443,80]", "unreachable", id="list-that-begins-so"),
        pytest.param("any any -> any [80,!443]", "reachable", id="list-without"),
        pytest.param("any any -> any [443,!443]", "reachable", id="list-of-nothing"),
        pytest.param("any !any -> any 443", "reachable", id="from-no-port"),
        pytest.param("10.0.1.0/24 any -> any !443", "reachable", id="negated"),
        pytest.param("any any -> any ![80,81]", "unreachable", id="negated-list"),
        pytest.param("any any -> any 400:500", "unreachable", id="range"),
        pytest.param("any any -> any :442", "reachable", id="open-range"),
        pytest.param("any any -> any $WEB", "unreachable", id="port-variable"),
        pytest.param("$HOME_NET any -> $HOME_NET 443", "unreachable", id="home"),
        pytest.param("$EXTERNAL_NET any -> any 443", "reachable", id="external"),
        pytest.param("!$HOME_NET any -> any 443", "reachable", id="not-home"),
        pytest.param("$CLIENTS any -> any 443", "unreachable", id="address-variable"),
        pytest.param("[10.0.0.0/8,!10.0.1.0/24] any -> any 443", "reachable", id="list-but"),
        pytest.param("10.0.1.10 any -> 10.0.3.0/24 443", "unreachable", id="addresses"),
        pytest.param("10.0.1.11 any -> 10.0.3.0/24 443", "reachable", id="another-address"),
        pytest.param("any 0:1023 -> any 443", "reachable", id="no-client-port"),
        pytest.param("any 2000 -> any 443", "partial", id="some-client-port"),
        pytest.param("$NOWHERE any -> any 443", "unknown", id="unknown-variable"),
        pytest.param("$ROUND any -> any 443", "unknown", id="variables-in-a-circle"),
        pytest.param("any any -> any @ports", "unknown", id="unknown-word"),
        pytest.param("any any -> any 000443", "unknown", id="too-many-digits"),
    ],
)
def test_nf_2_words_of_rules(words: str, said: str) -> None:
    group = stateful(
        f"drop tcp {words}",
        address_sets={"$CLIENTS": ("10.0.1.0/24",), "ROUND": ("!$BACK",), "BACK": ("$ROUND",)},
        port_sets={"$WEB": ("443", "[8443]")},
    )
    assert told(walled(None, group)) == said


def test_nf_4_home_is_what_the_policy_says_it_is() -> None:
    group = stateful("drop tcp $HOME_NET any -> any 443")
    assert told(walled(None, group, says=policy(home_net=("10.7.0.0/16",)))) == "reachable"
    own = replace(group, address_sets={"HOME_NET": ("10.0.1.0/24",)})
    assert told(walled(None, own, says=policy(home_net=("10.7.0.0/16",)))) == "unreachable"


@pytest.mark.parametrize(
    ("protocol", "service", "said"),
    [
        pytest.param("ip", "tcp 443", "unreachable", id="ip"),
        pytest.param("ip", "icmp", "unreachable", id="ip-ping"),
        pytest.param("icmp", "icmp", "unreachable", id="ping"),
        pytest.param("icmp", "tcp 443", "reachable", id="ping-only"),
        pytest.param("udp", "tcp 443", "reachable", id="udp-only"),
        pytest.param("tls", "tcp 443", "unknown", id="inside-tcp"),
        pytest.param("tls", "udp 443", "reachable", id="tls-is-no-udp"),
        pytest.param("dns", "udp 53", "unknown", id="inside-udp"),
        pytest.param("quic", "udp 443", "unknown", id="over-udp-only"),
        pytest.param("quic", "tcp 443", "reachable", id="quic-is-no-tcp"),
        pytest.param("strange", "tcp 443", "unknown", id="unknown-protocol"),
    ],
)
def test_nf_2_protocols_of_rules(protocol: str, service: str, said: str) -> None:
    network = walled(None, stateful(f"drop {protocol} any any -> any any"))
    assert told(network, f"web-1 db-1 {service}") == said


# -- what nobody can decide


def test_nf_4_options_leave_open_whether_a_rule_matches() -> None:
    looking = suricata(DROPS, undecided="the option content", sid="7")
    answer = ask(walled(None, stateful(looking)), ASKED, family=4)
    assert (answer.verdict, codes(answer), named(answer)) == ("unknown", {UNDECIDED}, {"full"})
    assert "sid 7" in answer.missing[0].why
    assert "content" in answer.missing[0].why
    assert told(walled(None, stateful(looking)), OTHER) == "reachable"
    surely = stateful(looking, "pass tcp any any -> any any")
    assert told(walled(None, surely)) == "reachable"


def test_nf_4_domain_lists_look_into_tcp_from_home_only() -> None:
    listed = FirewallRuleGroup(id="list", is_stateful=True, undecided="a domain list")
    answer = ask(walled(None, listed), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {UNDECIDED_GROUP})
    assert named(answer) == {"list"}
    assert told(walled(None, listed), "web-1 db-1 udp 53") == "reachable"
    elsewhere = policy(home_net=("10.7.0.0/16",))
    assert told(walled(None, listed, says=elsewhere)) == "reachable"


def test_nf_4_free_text_of_rules_may_do_anything() -> None:
    text = FirewallRuleGroup(id="text", is_stateful=True, undecided="free Suricata text")
    answer = ask(walled(None, text), "web-1 db-1 udp 53", family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {UNDECIDED_GROUP})


def test_a_group_that_the_snapshot_lacks_is_named() -> None:
    says = policy(stateful_groups=(PolicyGroup(group="gone", priority=9),))
    answer = ask(walled(says=says), ASKED, family=4)
    assert (answer.verdict, codes(answer), named(answer)) == (
        "unknown",
        {"UNKNOWN_RESOURCE"},
        {"gone"},
    )
    assert "lacks gone" in answer.missing[0].why
    # what comes before it decides surely
    assert told(walled(None, stateless(rule(1, "drop")), says=says)) == "unreachable"


def test_a_policy_that_the_snapshot_lacks_is_named() -> None:
    answer = ask(walled(says=policy(policy_name="missing")), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {"UNKNOWN_RESOURCE"})
    assert "policy" in answer.missing[0].why


# -- both directions


def test_nf_5_replies_by_another_endpoint_of_the_same_firewall_are_dropped() -> None:
    answer = ask(walled(crossing(back=WALL_B)), ASKED, family=4)
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {ASYMMETRIC})
    assert "vpce-b" in answer.explanations[0].message


def test_nf_5_of_a_way_there_past_the_firewall_replies_are_dropped() -> None:
    answer = ask(walled(crossing(there="")), ASKED, family=4)
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {ASYMMETRIC})


def test_nf_5_of_replies_past_the_firewall_nobody_knows() -> None:
    answer = ask(walled(crossing(back="")), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {ASYMMETRIC})
    assert named(answer) == {"vpce-a"}


def test_nf_5_each_endpoint_on_the_way_must_see_the_replies() -> None:
    near: Form = {"subnets": SUBNETS | {"fw-a": SUBNETS["fw-a"] | {"route_table": "on"}}}
    tables: Form = {"on": {"routes": {"10.0.3.0/24": WALL_B}}}
    tables |= {"web": {"routes": {"10.0.3.0/24": WALL_A}}, "fw": {}}
    back: Form = {"main": {"routes": {"10.0.1.0/24": WALL_B}}}
    answer = ask(walled(crossing(**near, route_tables=tables | back)), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {ASYMMETRIC})
    assert named(answer) == {"vpce-a"}


def test_nf_5_without_connections_to_follow_nobody_knows_either() -> None:
    answer = ask(walled(crossing(there="")), "web-1 db-1 udp 53", family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {ASYMMETRIC})


def test_nf_5_a_policy_may_go_on_with_connections_that_it_did_not_see_begin() -> None:
    says = policy(stream_exception="CONTINUE")
    answer = ask(walled(crossing(there=""), says=says), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {ASYMMETRIC})


def test_nf_5_what_only_stateless_rules_see_may_come_back_any_way() -> None:
    passing = stateless(rule(10, "pass"))
    for base in (crossing(back=WALL_B), crossing(there=""), crossing(back="")):
        assert told(walled(base, passing)) == "reachable"


def test_nf_5_stateless_rules_know_replies_by_the_service_that_was_asked() -> None:
    both = (
        rule(10, "pass", protocols=(6,), destination_ports=((443, 443),)),
        rule(20, "pass", protocols=(6,), source_ports=((443, 443),)),
    )
    says = policy(stateless_default="aws:drop")
    network = walled(crossing(back=WALL_B), stateless(*both), says=says)
    assert (told(network), told(network, OTHER)) == ("reachable", "unreachable")


def test_nf_5_stateless_rules_for_one_direction_only_are_asymmetric_too() -> None:
    there = stateless(rule(10, "pass", sources=["10.0.1.0/24"]))
    answer = ask(walled(None, there), ASKED, family=4)
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {ASYMMETRIC})
    back = stateless(rule(10, "pass", sources=["10.0.3.0/24"]))
    answer = ask(walled(None, back), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {ASYMMETRIC})


def test_nf_5_replies_are_of_what_can_have_come_through() -> None:
    """Either the first rule has passed it, past the stateful engine, or that one has dropped it."""
    maybe = stateless(rule(10, "pass", sources=[f"{WEB_1}/32"], undecided="TCP flags SYN"))
    dropping = stateful("drop tcp any any -> any 443")
    answer = ask(walled(None, maybe, dropping), ASKED, family=4)
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {ASYMMETRIC})
    assert told(walled(None, maybe)) == "unknown"


def test_nf_5_a_drop_on_the_way_there_beats_doubts_about_the_way_back() -> None:
    answer = ask(walled(crossing(back=""), stateful(DROPS)), ASKED, family=4)
    assert answer.verdict == "unreachable"


def test_nf_5_tg_7_appliance_mode_keeps_both_directions_at_one_endpoint() -> None:
    """The shop's db is in zone b and the lab in zone a: each side prefers its own zone."""
    question = "db-1 lab-1 tcp 443"
    answer = ask(central(appliance=True), question, family=4)
    assert answer.verdict == "reachable"
    assert {end for part in answer.parts for end in part.via if end.startswith("vpce")} == {
        "vpce-a",
        "vpce-b",
    }
    off = ask(central(appliance=False), question, family=4)
    assert (off.verdict, codes(off, "return")) == ("unreachable", {ASYMMETRIC})
    recommended = "TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED"
    said = [any(recommended in text for text in one.warnings) for one in (answer, off)]
    assert said == [False, True]
    # within one zone both directions use the same endpoint even so
    assert told(central(appliance=False), "app-1 lab-1 tcp 443") == told(
        central(appliance=True), "app-1 lab-1 tcp 443"
    )


# -- towards the internet

WEB_SIX: Final = "2600:1f14:1:101::/64"
EDGE: Form = {"gateways": ["internet-gateway"], "routes": {"10.0.1.0/24": WALL_A}}


def public(*groups: FirewallRuleGroup, edge: bool = True) -> Network:
    """Return the estate whose public subnet is inspected on its way out, and in by the gateway."""
    tables: Form = {
        "web": {"routes": {"0.0.0.0/0": WALL_A}},
        "fw": {"routes": {"0.0.0.0/0": "internet-gateway"}},
    }
    if edge:
        tables["edge"] = EDGE
    base = snapshot(subnets=SUBNETS, route_tables=tables, acls={"fw": acl()})
    return walled(base, *groups)


def test_nf_5_egress_and_ingress_are_inspected_at_one_endpoint() -> None:
    network = public(stateful("drop tcp any any -> any 22"))
    for question in ("web-1 8.8.8.8 tcp {}", "internet web-1 tcp {}"):
        assert told(network, question.format(443)) == "reachable"
        answer = ask(network, question.format(22), family=4)
        assert codes(answer, "forward") == {DROPPED}


def test_nf_2_a_rule_tells_addresses_outside_apart() -> None:
    network = public(
        stateful("drop ip any any -> 9.9.9.9 any", "drop ip any any -> 8.8.8.0/30 any")
    )
    for address, said in (
        ("9.9.9.9", "unreachable"),
        ("9.9.9.8", "reachable"),
        ("8.8.8.3", "unreachable"),
        ("8.8.8.4", "reachable"),
    ):
        assert told(network, f"web-1 {address} tcp 443") == said


@pytest.mark.parametrize(
    ("takes_ipv6", "said"),
    [
        pytest.param(True, "reachable", id="dualstack"),
        pytest.param(None, "reachable", id="no-type"),
        pytest.param(False, "unknown", id="ipv4"),
    ],
)
def test_nf_1_nobody_says_what_ipv6_comes_to_at_endpoints_of_the_ipv4_type(
    takes_ipv6: bool | None, said: str
) -> None:
    tables: Form = {
        "web": {"routes": {"0.0.0.0/0": WALL_A, "::/0": WALL_A}},
        "fw": {"routes": {"0.0.0.0/0": "internet-gateway", "::/0": "internet-gateway"}},
        "edge": {"gateways": ["internet-gateway"], "routes": EDGE["routes"] | {WEB_SIX: WALL_A}},
    }
    base = snapshot(subnets=SUBNETS, route_tables=tables, acls={"fw": acl()})
    end = VpcEndpoint(id="vpce-a", vpc=SHOP, subnets=("subnet-fw-a",), takes_ipv6=takes_ipv6)
    network = walled(replace(base, endpoints={**base.endpoints, "vpce-a": end}))
    assert verdict(network, "web-1 2001:4860:4860::8888 tcp 443") == said
    assert told(network, "web-1 8.8.8.8 tcp 443") == "reachable"


def test_nf_5_answers_from_the_internet_must_come_by_the_endpoint() -> None:
    answer = ask(public(edge=False), "web-1 8.8.8.8 tcp 443", family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {ASYMMETRIC})
    inwards = ask(public(edge=False), "internet web-1 tcp 443", family=4)
    assert (inwards.verdict, codes(inwards, "return")) == ("unreachable", {ASYMMETRIC})


@pytest.mark.parametrize(
    ("back", "said"),
    [pytest.param(True, "reachable", id="both"), pytest.param(False, "unknown", id="one-way")],
)
def test_nf_5_a_firewall_between_host_and_nat_gateway_sees_private_addresses(
    back: bool, said: str
) -> None:
    tables: Form = {
        "app": {"routes": {"0.0.0.0/0": WALL_A}},
        "fw": {"routes": {"0.0.0.0/0": "nat-gateway:nat"}},
        "nat": {"routes": {"10.0.2.0/24": WALL_A} if back else {}},
    }
    base = snapshot(subnets=SUBNETS, route_tables=tables, acls={"fw": acl()})
    network = walled(base, stateful("drop tcp 10.0.2.0/24 any -> any 22"))
    assert told(network, "app-1 8.8.8.8 tcp 443") == said
    assert told(network, "app-1 8.8.8.8 tcp 22") == "unreachable"


def test_nf_5_a_firewall_knows_connections_by_the_addresses_that_it_saw() -> None:
    """The way out crosses it before the NAT gateway, the answer before it is translated back."""
    tables: Form = {
        "app": {"routes": {"10.1.0.0/16": WALL_A}},
        "fw": {"routes": {"10.1.0.0/16": "nat-gateway:nat"}},
        "nat": {"routes": {"10.1.0.0/16": TRANSIT}},
        "web": {"routes": {"10.0.0.0/24": WALL_A}},
    }
    lab: Form = {"route_tables": {"public": {"routes": {"10.0.0.0/16": TRANSIT}}}}
    base = snapshot(
        subnets=SUBNETS, route_tables=tables, acls={"fw": acl()}, rest={"vpcs": {"lab": lab}}
    )
    answer = ask(walled(attached(base).snapshot), "app-1 lab-1 tcp 443", family=4)
    assert (answer.verdict, codes(answer, "return")) == ("unreachable", {ASYMMETRIC})


def test_nf_5_a_firewall_behind_a_nat_gateway_sees_the_gateways_address() -> None:
    tables: Form = {
        "nat": {"routes": {"0.0.0.0/0": WALL_A}},
        "fw": {"routes": {"0.0.0.0/0": "internet-gateway"}},
        "edge": {"gateways": ["internet-gateway"], "routes": {"10.0.0.0/24": WALL_A}},
    }
    base = snapshot(subnets=SUBNETS, route_tables=tables, acls={"fw": acl()})
    for source, said in (("10.0.0.0/24", "unreachable"), ("10.0.2.0/24", "reachable")):
        network = walled(base, stateful(f"drop tcp {source} any -> any 443"))
        assert told(network, "app-1 8.8.8.8 tcp 443") == said


# -- Gateway Load Balancers


def test_ep_4_appliances_are_assumed_to_pass_on_what_they_are_sent() -> None:
    answer = ask(behind_balancer(), ASKED, family=4)
    assert (answer.verdict, sees(answer), answer.parts[0].via) == (
        "reachable",
        {WEB_1},
        ("vpce-a",),
    )
    assert "PATH_THROUGH_GWLB_NOT_CHECKED" in answer.warnings[0]
    assert told(behind_balancer(), strict=True) == "unknown"


def test_ep_4_one_direction_past_the_appliances_is_a_warning() -> None:
    both = ask(behind_balancer(), ASKED, family=4)
    one = ask(behind_balancer(crossing(back="")), ASKED, family=4)
    assert (one.verdict, len(both.warnings), len(one.warnings)) == ("reachable", 1, 2)
    assert "one direction only" in one.warnings[1]


def test_ep_4_an_endpoint_out_of_service_carries_nothing() -> None:
    answer = ask(behind_balancer(state="failed"), ASKED, family=4)
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {"BAD_STATE"})


def test_ep_4_an_endpoint_of_a_firewall_that_the_snapshot_lacks_is_not_taken_for_granted() -> None:
    tagged = behind_balancer(tags={"AWSNetworkFirewallManaged": "true"})
    answer = ask(tagged, ASKED, family=4)
    assert (answer.verdict, codes(answer), named(answer)) == (
        "unknown",
        {"UNKNOWN_RESOURCE"},
        {"vpce-a"},
    )


def test_an_endpoint_serves_its_own_vpc_only() -> None:
    ends = (FirewallEndpoint(endpoint="vpce-a", subnet="subnet-lab-a"),)
    answer = ask(walled(endpoints=ends), ASKED, family=4)
    assert codes(answer, "forward") == {"BAD_STATE_ATTACHMENT"}
    assert DB_1 in answer.explanations[0].destination
