"""What is told to change in a firewall helps, and all of it is needed."""

from __future__ import annotations

from functools import reduce

import pytest

from netreach.explain.fixes import apply
from netreach.explain.records import Fix
from netreach.network import Answer, Network
from tests.unit.fabric.estates_by_hand import ask
from tests.unit.fabric.firewalls_by_hand import (
    policy,
    rule,
    stateful,
    stateless,
    strict,
    suricata,
    walled,
)

ASKED = "web-1 db-1 tcp 443"
DROPS = "drop tcp any any -> any 443"


def fixes_of(answer: Answer) -> list[Fix]:
    found = [one.fix for one in answer.explanations if one.fix is not None]
    return list({fix.text: fix for fix in found}.values())


def mended(network: Network, fixes: list[Fix], question: str) -> str:
    changed = reduce(apply, fixes, network.snapshot)
    return str(ask(Network(changed), question, family=4).verdict)


@pytest.mark.parametrize(
    ("network", "question"),
    [
        pytest.param(walled(None, stateful(DROPS)), ASKED, id="stateful-rule"),
        pytest.param(
            walled(None, stateful("pass udp any any -> any any", DROPS), says=strict()),
            ASKED,
            id="in-strict-order",
        ),
        pytest.param(
            walled(
                None,
                stateful("drop udp any any -> any any"),
                stateful("pass tcp any any -> any 22", name="later"),
                says=strict("aws:drop_strict"),
            ),
            ASKED,
            id="default-of-strict-order",
        ),
        pytest.param(walled(says=strict("aws:drop_strict")), ASKED, id="no-stateful-group"),
        pytest.param(walled(None, stateless(rule(10, "drop"))), ASKED, id="stateless-rule"),
        pytest.param(
            walled(None, stateless(rule(10, "drop", sources=["10.0.1.0/24"])), stateful(DROPS)),
            ASKED,
            id="one-engine-behind-the-other",
        ),
        pytest.param(
            walled(
                None,
                stateless(rule(10, "pass", protocols=(17,))),
                says=policy(stateless_default="aws:drop"),
            ),
            ASKED,
            id="stateless-default",
        ),
        pytest.param(
            walled(says=policy(stateless_default="aws:drop")), ASKED, id="no-stateless-group"
        ),
        pytest.param(
            walled(None, stateful("drop icmp any any -> any any")), "web-1 db-1 icmp", id="ping"
        ),
        pytest.param(
            walled(None, stateful("drop ip any any -> any any")),
            "web-1 db-1 tcp 8000-8100",
            id="ports",
        ),
    ],
)
def test_fixes_of_firewalls_suffice_and_are_needed(network: Network, question: str) -> None:
    answer = ask(network, question, family=4)
    fixes = fixes_of(answer)
    assert answer.verdict == "unreachable"
    assert all(one.fix for one in answer.explanations)
    assert mended(network, fixes, question) == "reachable", [fix.text for fix in fixes]
    for left_out in fixes:
        others = [fix for fix in fixes if fix is not left_out]
        assert mended(network, others, question) != "reachable", left_out.text


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(
            walled(
                None,
                stateless(
                    rule(10, "drop", source_ports=((1024, 2047),), protocols=(6,)),
                    rule(20, "drop", source_ports=((4096, 8191),), protocols=(6,)),
                ),
            ),
            id="two-ranges-there",
        ),
        pytest.param(
            walled(
                None,
                stateless(rule(10, "drop", source_ports=((1024, 2047),), protocols=(6,))),
                stateful("drop tcp any 1024:4095 -> any 443"),
            ),
            id="both-engines",
        ),
        pytest.param(
            walled(None, stateful("drop tcp any 4096: -> any 443", "drop tcp any 1024 -> any 443")),
            id="stateful-rules",
        ),
    ],
)
def test_fixes_of_what_drops_some_client_ports_suffice(network: Network) -> None:
    answer = ask(network, ASKED, family=4)
    assert answer.verdict == "partial"
    assert mended(network, fixes_of(answer), ASKED) == "reachable"


def test_a_fix_says_where_the_rule_belongs() -> None:
    network = walled(None, stateful("pass udp any any -> any any", DROPS))
    (fix,) = fixes_of(ask(network, ASKED, family=4))
    assert fix.text == (
        "add `pass tcp 10.0.1.10/32 any -> 10.0.3.10/32 443` to full, before rule 2"
    )
    assert "update-rule-group" in fix.command


def test_nothing_is_told_about_rules_that_nobody_can_read() -> None:
    looking = suricata("drop tcp any any -> any any", undecided="the option content")
    answer = ask(walled(None, stateful(looking)), ASKED, family=4)
    assert answer.verdict == "unknown"
    assert not fixes_of(answer)


def test_no_priority_is_left_before_the_first() -> None:
    answer = ask(walled(None, stateless(rule(1, "drop"))), ASKED, family=4)
    assert (answer.verdict, fixes_of(answer)) == ("unreachable", [])
