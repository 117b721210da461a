"""Firewalls' rules in AWS's form."""

from __future__ import annotations

from typing import Any

import pytest

from netreach.model.services import FirewallRuleGroup
from netreach.network import Network
from netreach.present.insights import render_insights
from tests.unit.fabric.estates_by_hand import ask
from tests.unit.fabric.firewalls_by_hand import (
    policy,
    rule,
    stateful,
    stateless,
    strict,
    walled,
)
from tests.unit.present.analyses import analysis, by_id, complaints

ASKED = "web-1 db-1 tcp 443"
HOME = ["10.0.1.0/24"]


def told(network: Network) -> dict[str, Any]:
    """Return the analysis, which botocore's own model must know."""
    answer = ask(network, ASKED, family=4)
    assert complaints(render_insights(answer.report, network.snapshot)) == ""
    return analysis(answer, network)


def blocked(network: Network) -> dict[str, Any]:
    explanation = told(network)["Explanations"][0]
    assert isinstance(explanation, dict)
    return explanation


def test_a_stateless_rule_that_drops_is_told_in_full() -> None:
    dropping = rule(
        20,
        "drop",
        sources=HOME,
        destinations=["10.0.3.0/24"],
        protocols=(6,),
        source_ports=((1024, 65535),),
        destination_ports=((443, 443),),
    )
    said = blocked(walled(None, stateless(rule(10, "pass", protocols=(17,)), dropping)))
    assert said["FirewallStatelessRule"] == {
        "RuleGroupArn": "less",
        "Sources": HOME,
        "Destinations": ["10.0.3.0/24"],
        "SourcePorts": [{"From": 1024, "To": 65535}],
        "DestinationPorts": [{"From": 443, "To": 443}],
        "Protocols": [6],
        "RuleAction": "drop",
        "Priority": 20,
    }
    assert "FirewallStatefulRule" not in said


def test_a_stateful_rule_that_drops_is_told_in_full() -> None:
    group = stateful(
        "pass udp any any -> any any",
        "reject tcp [$CLIENTS,!10.0.1.7] any -> any [$WEB,8000:8100]",
        address_sets={"$CLIENTS": ("10.0.1.0/24",)},
        port_sets={"$WEB": ("443",)},
    )
    assert blocked(walled(None, group))["FirewallStatefulRule"] == {
        "RuleGroupArn": "full",
        "Sources": ["10.0.1.0/24", "!10.0.1.7"],
        "DestinationPorts": [{"From": 443, "To": 443}, {"From": 8000, "To": 8100}],
        "Protocol": "tcp",
        "RuleAction": "drop",
        "Direction": "FORWARD",
    }


@pytest.mark.parametrize(
    ("network", "field", "said"),
    [
        pytest.param(
            walled(says=policy(stateless_default="aws:drop")),
            "FirewallStatelessRule",
            {"RuleAction": "drop", "Priority": -1},
            id="stateless",
        ),
        pytest.param(
            walled(says=strict("aws:drop_strict")),
            "FirewallStatefulRule",
            {"RuleAction": "drop"},
            id="stateful",
        ),
    ],
)
def test_a_default_action_is_a_rule_without_a_group(
    network: Network, field: str, said: dict[str, Any]
) -> None:
    assert blocked(network)[field] == said


def test_the_firewall_on_a_way_says_which_rule_passes() -> None:
    ways: tuple[tuple[FirewallRuleGroup, str, dict[str, Any]], ...] = (
        (
            stateful("pass tcp any any <> any 443"),
            "FirewallStatefulRule",
            {"RuleAction": "pass", "Direction": "ANY"},
        ),
        (
            stateless(rule(10, "pass", sources=HOME)),
            "FirewallStatelessRule",
            {"RuleAction": "pass", "Priority": 10, "Sources": HOME},
        ),
    )
    for group, field, part in ways:
        firewall = by_id(told(walled(None, group))["ForwardPathComponents"], "fw-1")
        assert part.items() <= firewall[field].items()
