"""Firewall rules that tell client ports apart: NF-1, NF-2, NF-5 and what NA-11 says of replies."""

from __future__ import annotations

import pytest

from netreach.model.services import BalancerKind, FirewallRuleGroup, StatelessRule
from netreach.network import Network
from tests.unit.fabric.balancers_by_hand import APP, balanced, target
from tests.unit.fabric.connections_by_hand import TRANSIT, attached
from tests.unit.fabric.estates_by_hand import ACL, Form, acl, ask, codes, named, snapshot
from tests.unit.fabric.firewalls_by_hand import (
    ASYMMETRIC,
    DROPPED,
    SUBNETS,
    UNDECIDED,
    WALL_A,
    WALL_B,
    crossing,
    policy,
    rule,
    stateful,
    stateless,
    strict,
    walled,
)

ASKED = "web-1 db-1 tcp 443"
LOW, HIGH = (1024, 32767), (32768, 65535)
ALL_PORTS = ("1024-65535",)
FORWARD = "forward_to_sfe"
LOW_PORTS, HIGH_PORTS = ("1024-32767",), ("32768-65535",)
HTTPS = ((443, 443),)

Said = tuple[str, tuple[str, ...]]


def fares(network: Network, question: str = ASKED, clients: str = "any") -> Said:
    """Return the verdict of a question over IPv4, and the client ports that work."""
    answer = ask(network, question, family=4, client_ports=clients)
    return str(answer.verdict), answer.client_ports


def to_server(
    action: str,
    clients: tuple[int, int],
    priority: int = 10,
    services: tuple[tuple[int, int], ...] = (),
    undecided: str = "",
) -> StatelessRule:
    """Return a rule about TCP from client ports, to all services or to some."""
    return rule(
        priority,
        action,
        protocols=(6,),
        source_ports=(clients,),
        destination_ports=services,
        undecided=undecided,
    )


# -- on the way there


def test_nf_1_a_stateless_rule_drops_some_client_ports_and_the_answer_lists_the_others() -> None:
    network = walled(None, stateless(to_server("drop", LOW, services=HTTPS)))
    assert fares(network) == ("partial", HIGH_PORTS)
    assert fares(network, "web-1 db-1 tcp 444") == ("reachable", ALL_PORTS)
    assert fares(network, "web-1 db-1 udp 443") == ("reachable", ALL_PORTS)
    answer = ask(network, ASKED, family=4)
    assert (codes(answer, "forward"), codes(answer, "return")) == ({DROPPED}, set())
    assert "from client ports 1024-32767: stateless rule 10 of less" in (
        answer.explanations[0].message
    )


@pytest.mark.parametrize(
    ("clients", "said"),
    [
        pytest.param("32768-65535", ("reachable", HIGH_PORTS), id="none-of-them"),
        pytest.param("1024-32767", ("unreachable", ()), id="all-of-them"),
        pytest.param("32767", ("unreachable", ()), id="last-one"),
        pytest.param("32768", ("reachable", ("32768",)), id="one-past"),
        pytest.param("32767-32768", ("partial", ("32768",)), id="across"),
        pytest.param("500-600", ("reachable", ("500-600",)), id="below-the-usual"),
    ],
)
def test_nf_1_the_client_ports_are_those_that_are_asked_for(clients: str, said: Said) -> None:
    network = walled(None, stateless(to_server("drop", LOW)))
    assert fares(network, clients=clients) == said


def test_nf_1_what_is_dropped_from_every_asked_port_ends_at_the_firewall() -> None:
    network = walled(None, stateless(to_server("drop", LOW)))
    answer = ask(network, ASKED, family=4, client_ports="1024-2000")
    assert answer.parts[0].forward[-1].component.id == "fw-1"
    assert (str(answer.forward_services), answer.parts[0].returning) == ("none", ())
    assert codes(answer) == {DROPPED}


def test_nf_1_each_rule_that_drops_some_client_ports_is_named() -> None:
    first, second = to_server("drop", (1024, 2047)), to_server("drop", (4096, 8191), 20)
    answer = ask(walled(None, stateless(first, second)), ASKED, family=4)
    assert answer.client_ports == ("2048-4095", "8192-65535")
    texts = [one.message for one in answer.explanations]
    assert [("rule 10" in text, "rule 20" in text) for text in texts] == [
        (True, False),
        (False, True),
    ]


def test_nf_1_ranges_of_client_ports_match_at_their_edges() -> None:
    passing = rule(10, FORWARD, source_ports=((1025, 1025), (60999, 61000), (65535, 65535)))
    network = walled(None, stateless(passing), says=policy(stateless_default="aws:drop"))
    there = ask(network, ASKED, family=4)
    assert str(there.forward_services) == "tcp 443"
    both = stateless(passing, rule(20, FORWARD, source_ports=HTTPS))
    network = walled(None, both, says=policy(stateless_default="aws:drop"))
    assert fares(network) == ("partial", ("1025", "60999-61000", "65535"))


def test_nf_1_tcp_and_udp_are_told_apart_by_client_port_too() -> None:
    network = walled(None, stateless(to_server("drop", LOW)))
    answer = ask(network, "web-1 db-1", family=4)
    assert answer.verdict == "reachable"
    assert answer.client_ports == ("tcp 32768-65535", "udp 1024-65535")


def test_nf_2_stateful_rules_tell_client_ports_apart() -> None:
    network = walled(None, stateful("drop tcp any 1024:32767 -> any 443"))
    assert fares(network) == ("partial", HIGH_PORTS)
    passing = stateful("pass tcp any [1024:40000,!2000:3000] -> any 443")
    assert fares(walled(None, passing, says=strict("aws:drop_strict"))) == (
        "partial",
        ("1024-1999", "3001-40000"),
    )


def test_nf_1_what_one_engine_passes_the_other_may_drop_by_client_port() -> None:
    """The stateless rule passes the lower ports by itself; of the others a stateful one drops."""
    passing = stateless(to_server("pass", LOW), rule(20, "pass", source_ports=HTTPS))
    dropping = stateful("drop tcp any any -> any 443")
    network = walled(None, passing, dropping)
    assert fares(network) == ("partial", LOW_PORTS)


def test_nf_1_two_firewalls_rules_meet_by_client_port() -> None:
    """Each leaves half, of another half: together nothing is left of any port."""
    near: Form = {"subnets": SUBNETS | {"fw-a": SUBNETS["fw-a"] | {"route_table": "on"}}}
    tables: Form = {
        "on": {"routes": {"10.0.3.0/24": WALL_B}},
        "web": {"routes": {"10.0.3.0/24": WALL_A}},
        "fw": {"routes": {"10.0.1.0/24": WALL_A}},
        "main": {"routes": {"10.0.1.0/24": WALL_B}},
    }
    base = crossing(**near, route_tables=tables)
    network = walled(base, stateless(to_server("drop", LOW)))
    assert fares(network) == ("partial", HIGH_PORTS)


# -- on the way back


def test_nf_1_replies_are_looked_up_from_the_service_to_the_client_port() -> None:
    dropping = rule(10, "drop", protocols=(6,), source_ports=HTTPS, destination_ports=(LOW,))
    network = walled(None, stateless(dropping))
    answer = ask(network, ASKED, family=4)
    assert (answer.verdict, answer.client_ports) == ("partial", HIGH_PORTS)
    assert (codes(answer, "forward"), codes(answer, "return")) == (set(), {DROPPED})
    assert fares(network, "web-1 db-1 tcp 444") == ("reachable", ALL_PORTS)
    # a request to those ports is no reply
    assert fares(network, "web-1 db-1 tcp 1024") == ("reachable", ALL_PORTS)


def test_nf_1_the_rule_that_drops_replies_is_told_by_the_service_asked() -> None:
    others = rule(5, "drop", protocols=(6,), source_ports=((22, 22),))
    dropping = rule(10, "drop", protocols=(6,), source_ports=HTTPS, destination_ports=(LOW,))
    answer = ask(walled(None, stateless(others, dropping)), ASKED, family=4)
    assert "stateless rule 10 of less" in answer.explanations[0].message


def test_nf_1_what_the_way_there_leaves_and_what_the_way_back_leaves_meet() -> None:
    there = to_server("drop", (1024, 2047), services=HTTPS)
    back = rule(20, "drop", protocols=(6,), source_ports=HTTPS, destination_ports=((3000, 65535),))
    network = walled(None, stateless(there, back))
    assert fares(network) == ("partial", ("2048-2999",))
    assert codes(ask(network, ASKED, family=4)) == {DROPPED}


def test_nf_1_if_no_port_that_gets_there_comes_back_it_is_unreachable() -> None:
    there = to_server("drop", LOW, services=HTTPS)
    back = rule(20, "drop", protocols=(6,), source_ports=HTTPS, destination_ports=(HIGH,))
    answer = ask(walled(None, stateless(there, back)), ASKED, family=4)
    assert (answer.verdict, answer.client_ports) == ("unreachable", ())
    assert [codes(answer, leg) for leg in ("forward", "return")] == [{DROPPED}, {DROPPED}]


def test_nf_1_an_acl_and_a_firewall_meet_by_client_port() -> None:
    acls: Form = {
        "db": acl(egress=("100 deny tcp 32768-65535 to 0.0.0.0/0", "200 allow all to 0.0.0.0/0"))
    }
    network = walled(crossing(acls=acls), stateless(to_server("drop", LOW)))
    answer = ask(network, ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {DROPPED, ACL})


# -- several services at once


def _both_ports() -> FirewallRuleGroup:
    return stateless(
        to_server("drop", LOW, services=((22, 22),)),
        to_server("drop", HIGH, 20, services=HTTPS),
    )


def test_nf_1_a_range_has_a_part_for_each_set_of_client_ports() -> None:
    network = walled(None, _both_ports())
    answer = network.path("web-1", "db-1", protocol="tcp", port="22-443", family=4)
    assert (str(answer.verdict), answer.client_ports) == ("partial", ALL_PORTS)
    parts = {part.client_ports: str(part.services) for part in answer.parts}
    assert parts == {LOW_PORTS: "tcp 23-443", HIGH_PORTS: "tcp 22-442"}


def test_nf_1_if_everything_is_asked_what_works_from_every_port_is_enough() -> None:
    network = walled(None, _both_ports())
    assert ask(network, "web-1 db-1 tcp", family=4).verdict == "partial"
    assert ask(network, "web-1 db-1", family=4).verdict == "reachable"
    # one service, from some ports
    only = policy(stateless_default="aws:drop")
    back = rule(20, "pass", protocols=(6,), source_ports=HTTPS, destination_ports=(LOW,))
    passing = stateless(to_server("pass", LOW, services=HTTPS), back)
    answer = ask(walled(None, passing, says=only), "web-1 db-1", family=4)
    assert (answer.verdict, answer.client_ports) == ("partial", LOW_PORTS)


# -- what the stateful engine sees


def test_nf_5_only_client_ports_that_it_has_seen_are_in_doubt_past_a_firewall() -> None:
    """The stateless engine passes the lower ports by itself: their replies may go around."""
    passing = stateless(to_server("pass", LOW))
    answer = ask(walled(crossing(back=""), passing), ASKED, family=4)
    assert (answer.verdict, codes(answer), named(answer)) == ("unknown", {ASYMMETRIC}, {"vpce-a"})
    assert answer.client_ports == LOW_PORTS
    assert fares(walled(crossing(back=""), passing), clients="1024-2000") == (
        "reachable",
        ("1024-2000",),
    )
    assert fares(walled(crossing(back=""), passing), clients="40000-50000") == ("unknown", ())


def test_nf_5_replies_to_client_ports_that_it_did_not_see_begin_are_dropped() -> None:
    """Requests go around the endpoint; replies to the lower ports pass without the engine."""
    passing = stateless(rule(10, "pass", protocols=(6,), destination_ports=(LOW,)))
    answer = ask(walled(crossing(there=""), passing), ASKED, family=4)
    assert (answer.verdict, answer.client_ports) == ("partial", LOW_PORTS)
    assert codes(answer, "return") == {ASYMMETRIC}


def test_nf_5_a_rule_for_one_direction_breaks_the_client_ports_that_it_names() -> None:
    """What one engine passes there and the other would follow back never comes back."""
    answer = ask(walled(None, stateless(to_server("pass", LOW))), ASKED, family=4)
    assert (answer.verdict, answer.client_ports) == ("partial", HIGH_PORTS)
    assert codes(answer, "return") == {ASYMMETRIC}


def test_nf_1_a_rule_that_nobody_can_read_leaves_its_client_ports_open() -> None:
    maybe = stateless(to_server("drop", LOW, undecided="TCP flags SYN"))
    answer = ask(walled(None, maybe), ASKED, family=4)
    assert (answer.verdict, codes(answer), named(answer)) == ("unknown", {UNDECIDED}, {"less"})
    assert answer.client_ports == HIGH_PORTS
    surely = stateless(
        to_server("drop", LOW, undecided="TCP flags SYN"), to_server("drop", (60000, 65535), 20)
    )
    assert fares(walled(None, surely)) == ("partial", ("32768-59999",))


@pytest.mark.parametrize("protocol", [6, 17])
def test_nf_5_of_a_range_only_what_one_engine_saw_there_and_the_other_back_is_lost(
    protocol: int,
) -> None:
    name = {6: "tcp", 17: "udp"}[protocol]
    passing = rule(10, "pass", protocols=(protocol,), destination_ports=((53, 53),))
    answer = ask(walled(None, stateless(passing)), f"web-1 db-1 {name} 52-53", family=4)
    assert (str(answer.verdict), str(answer.services)) == ("partial", f"{name} 52")


def test_nf_5_what_a_rule_drops_if_it_matches_and_the_engine_if_not_is_dropped() -> None:
    """Requests went around the endpoint: what is forwarded of replies is dropped as well."""
    maybe = rule(10, FORWARD, protocols=(6,), undecided="TCP flags SYN")
    answer = ask(walled(crossing(there=""), stateless(maybe, rule(20, "drop"))), ASKED, family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {ASYMMETRIC})


# -- behind what picks ports of its own


def behind_nat(*groups: FirewallRuleGroup) -> Network:
    """Return the estate with a firewall between its NAT gateway and the internet."""
    tables: Form = {
        "nat": {"routes": {"0.0.0.0/0": WALL_A}},
        "fw": {"routes": {"0.0.0.0/0": "internet-gateway"}},
        "edge": {"gateways": ["internet-gateway"], "routes": {"10.0.0.0/24": WALL_A}},
    }
    base = snapshot(subnets=SUBNETS, route_tables=tables, acls={"fw": acl()})
    return walled(base, *groups)


OUT = "app-1 8.8.8.8 tcp 443"


def test_na_11_nf_1_a_gateways_ports_of_which_some_are_dropped_fail_at_random() -> None:
    network = behind_nat(stateless(to_server("drop", LOW)))
    answer = ask(network, OUT, family=4)
    # any client port may get any port of the gateway's
    assert (answer.verdict, answer.client_ports) == ("partial", ALL_PORTS)
    assert codes(answer, "forward") == {DROPPED}
    assert fares(network, OUT, clients="40000") == ("partial", ("40000",))
    assert fares(behind_nat(stateless(to_server("drop", (0, 1023), services=HTTPS))), OUT) == (
        "reachable",
        ALL_PORTS,
    )
    assert fares(behind_nat(stateless(to_server("drop", (1024, 65535)))), OUT)[0] == "unreachable"


def test_na_11_nf_1_both_ways_together_must_leave_some_port_of_a_gateways() -> None:
    there = to_server("drop", LOW, services=HTTPS)
    back = rule(20, "drop", protocols=(6,), source_ports=HTTPS, destination_ports=(HIGH,))
    assert fares(behind_nat(stateless(there, back)), OUT) == ("unreachable", ())


def test_na_11_nf_1_of_a_range_each_service_has_the_gateways_ports_to_itself() -> None:
    network = behind_nat(stateless(to_server("drop", LOW, services=HTTPS)))
    assert fares(network, "app-1 8.8.8.8 tcp 442")[0] == "reachable"
    assert ask(network, "app-1 8.8.8.8 tcp 442-443", family=4).verdict == "partial"
    assert ask(network, "app-1 8.8.8.8", family=4).verdict == "reachable"
    gone = behind_nat(
        stateless(
            to_server("drop", LOW, services=HTTPS),
            rule(20, "drop", source_ports=HTTPS, destination_ports=(HIGH,)),
        )
    )
    answer = ask(gone, "app-1 8.8.8.8 tcp 442-443", family=4)
    assert (str(answer.verdict), str(answer.services)) == ("partial", "tcp 442")


def test_na_11_nf_5_of_a_gateways_ports_nobody_knows_past_a_firewall_that_saw_some() -> None:
    tables: Form = {
        "nat": {"routes": {"0.0.0.0/0": WALL_A}},
        "fw": {"routes": {"0.0.0.0/0": "internet-gateway"}},
    }
    base = snapshot(subnets=SUBNETS, route_tables=tables, acls={"fw": acl()})
    network = walled(base, stateless(to_server("pass", LOW)))
    answer = ask(network, OUT, family=4)
    assert (answer.verdict, codes(answer)) == ("unknown", {ASYMMETRIC})


def before_nat(*groups: FirewallRuleGroup) -> Network:
    """Return the estate with a firewall between its hosts and the NAT gateway."""
    tables: Form = {
        "app": {"routes": {"0.0.0.0/0": WALL_A}},
        "fw": {"routes": {"0.0.0.0/0": "nat-gateway:nat"}},
        "nat": {"routes": {"10.0.2.0/24": WALL_A}},
    }
    return walled(snapshot(subnets=SUBNETS, route_tables=tables, acls={"fw": acl()}), *groups)


def test_nf_1_before_a_nat_gateway_rules_see_the_clients_own_ports() -> None:
    network = before_nat(stateless(to_server("drop", LOW)))
    assert fares(network, OUT) == ("partial", HIGH_PORTS)
    assert fares(network, OUT, clients="40000") == ("reachable", ("40000",))
    back = rule(10, "drop", protocols=(6,), source_ports=HTTPS, destination_ports=(HIGH,))
    assert fares(before_nat(stateless(back)), OUT) == ("partial", LOW_PORTS)
    there = to_server("drop", LOW)
    assert fares(before_nat(stateless(there, back)), OUT) == ("unreachable", ())


def test_nf_1_before_and_behind_a_nat_gateway_ports_are_others() -> None:
    """The client's lower ports are dropped, none of the gateway's are."""
    tables: Form = {
        "app": {"routes": {"10.1.0.0/16": WALL_A}},
        "fw": {"routes": {"10.1.0.0/16": "nat-gateway:nat"}},
        "nat": {"routes": {"10.1.0.0/16": TRANSIT, "10.0.2.0/24": WALL_A}},
    }
    lab: Form = {"route_tables": {"public": {"routes": {"10.0.0.0/16": TRANSIT}}}}
    base = snapshot(
        subnets=SUBNETS, route_tables=tables, acls={"fw": acl()}, rest={"vpcs": {"lab": lab}}
    )
    network = walled(attached(base).snapshot, stateless(to_server("drop", LOW)))
    assert fares(network, "app-1 lab-1 tcp 443") == ("partial", HIGH_PORTS)


# -- load balancers

FRONT = "web-2 front tcp 80"


def beside_balancer(
    *rules: StatelessRule, kind: BalancerKind, there: bool = True, default: str = "pass"
) -> Network:
    """Return a balancer whose target answers by a firewall, and is asked by it as well or not."""
    tables: Form = {"app": {"routes": {"10.0.1.0/24": WALL_A}}, "fw": {}}
    tables["web"] = {"routes": {"10.0.2.0/24": WALL_A} if there else {}}
    base = balanced(
        APP,
        kind=kind,
        zones="a",
        of_group={"preserves_client": False},
        subnets=SUBNETS,
        route_tables=tables,
        acls={"fw": acl()},
    ).snapshot
    return walled(base, stateless(*rules), says=policy(stateless_default=f"aws:{default}"))


@pytest.mark.parametrize("kind", [BalancerKind.APPLICATION, BalancerKind.NETWORK])
def test_lb_1_nf_1_behind_a_balancer_ports_are_its_own_and_the_targets(kind: BalancerKind) -> None:
    network = beside_balancer(to_server("drop", LOW, services=((8080, 8080),)), kind=kind)
    # any client port may get any port of the node's
    assert fares(network, FRONT) == ("partial", ALL_PORTS)
    assert fares(network, FRONT, clients="40000") == ("partial", ("40000",))
    aimed = [rule(10, "drop", protocols=(6,), destination_ports=((n, n),)) for n in (80, 8080)]
    assert fares(beside_balancer(aimed[0], kind=kind), FRONT) == ("reachable", ALL_PORTS)
    assert fares(beside_balancer(aimed[1], kind=kind), FRONT)[0] == "unreachable"


@pytest.mark.parametrize(
    ("port", "said"),
    [pytest.param(8080, "reachable", id="target"), pytest.param(80, "unreachable", id="listener")],
)
def test_lb_1_nf_5_a_target_answers_from_its_own_port(port: int, said: str) -> None:
    passing = rule(10, "pass", protocols=(6,), source_ports=((port, port),))
    network = beside_balancer(passing, kind=BalancerKind.APPLICATION, there=False, default="drop")
    assert fares(network, FRONT)[0] == said


@pytest.mark.parametrize("kind", [BalancerKind.APPLICATION, BalancerKind.NETWORK])
def test_lb_1_nf_1_before_a_balancer_ports_are_the_clients_and_the_listeners(
    kind: BalancerKind,
) -> None:
    tables: Form = {
        "app": {"routes": {"10.0.1.0/24": WALL_A}},
        "web": {"routes": {"10.0.2.0/24": WALL_A}},
        "fw": {},
    }
    base = balanced(
        target("i-web-2"),
        kind=kind,
        zones="a",
        subnets=SUBNETS,
        route_tables=tables,
        acls={"fw": acl()},
    ).snapshot
    there = rule(10, "drop", protocols=(6,), source_ports=(LOW,), destination_ports=((80, 80),))
    back = rule(20, "drop", source_ports=((80, 80),), destination_ports=((61000, 65535),))
    beyond = rule(30, "drop", source_ports=((8080, 8080),))
    network = walled(base, stateless(there, back, beyond))
    assert fares(network, "app-1 front tcp 80") == ("partial", ("32768-60999",))
    assert fares(network, "app-1 front tcp 80", clients="1024-32767") == ("unreachable", ())
