"""What each fixture demonstrates, as fixtures/README.md tells it; the reasons are AWS's rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import netreach

FIXTURES = Path(__file__).parents[2] / "fixtures"


@dataclass(frozen=True)
class Question:
    """One question to a fixture and the answer that AWS's rules give."""

    fixture: str
    source: str
    destination: str
    verdict: str
    asked: dict[str, Any] = field(default_factory=dict)
    #: What makes the round trip; only asked where something does.
    services: str = ""
    #: Codes that the answer must give, and the leg of the first of them.
    codes: tuple[str, ...] = ()
    leg: str = "forward"

    def __str__(self) -> str:
        words = " ".join(str(value) for value in self.asked.values())
        return f"{self.fixture}: {self.source} to {self.destination} {words}".strip()


TCP_443 = {"port": 443}
ACL = "SUBNET_ACL_RESTRICTION"
NO_MATCH = "ENI_SG_RULES_MISMATCH"
NO_PUBLIC_IN = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
NO_ROUTE = "NO_ROUTE_TO_DESTINATION"

THREE_TIER = (
    # an Elastic IP, a route to the gateway, a rule for everybody; stateful group lets replies out
    Question("three-tier", "internet", "web-1", "reachable", TCP_443, "tcp 443"),
    # the gateway delivers to the public address, and no group rule has 8080 [IG-1, SG-1]
    Question("three-tier", "internet", "web-1", "unreachable", {"port": 8080}, codes=(NO_MATCH,)),
    # the app tier has no public address, so nothing on the internet can name it [IG-1]
    Question("three-tier", "internet", "app-1", "unreachable", TCP_443, codes=(NO_PUBLIC_IN,)),
    # a group reference matches the private address of web-1 [SG-6], in either zone
    Question("three-tier", "web-1", "app-1", "reachable", {"port": 8080}, "tcp 8080"),
    Question("three-tier", "web-1", "app-2", "reachable", {"port": 8080}, "tcp 8080"),
    # without a service, the one rule of the group is the whole answer
    Question("three-tier", "web-1", "app-1", "reachable", {}, "tcp 8080"),
    # to the NAT gateway in the public subnet, and from there out with its Elastic IP [NT-1]
    Question("three-tier", "app-1", "internet", "reachable", TCP_443, "tcp 443"),
    Question(
        "three-tier", "app-1", "8.8.8.8", "reachable", {"port": 53, "protocol": "udp"}, "udp 53"
    ),
    # the ACL of the database subnets admits 10.0.11.0/24 and lets ephemeral ports out [NA-2, NA-3]
    Question("three-tier", "app-1", "db-1", "reachable", {"port": 5432}, "tcp 5432"),
    # app-2 has 10.0.12.10: the same group, but no rule of the ACL covers its subnet [NA-5]
    Question("three-tier", "app-2", "db-1", "unreachable", {"port": 5432}, codes=(ACL,)),
    Question("three-tier", "app-2", "db-2", "unreachable", {"port": 5432}, codes=(ACL,)),
    # both filters say no to the web tier, and both are named
    Question("three-tier", "web-1", "db-1", "unreachable", {"port": 5432}, codes=(ACL, NO_MATCH)),
    # db-1's group lets nothing out at all, and its main table has the local route only [SG-1, RT-1]
    Question(
        "three-tier",
        "db-1",
        "internet",
        "unreachable",
        TCP_443,
        codes=("SG_HAS_NO_RULES", ACL, NO_ROUTE),
    ),
)

SSH = {"port": 22}
BASTION = (
    Question("bastion", "internet", "bastion", "reachable", SSH, "tcp 22"),
    Question("bastion", "internet", "bastion", "unreachable", TCP_443, codes=(NO_MATCH,)),
    Question("bastion", "bastion", "billing-1", "reachable", SSH, "tcp 22"),
    Question("bastion", "bastion", "reports-1", "reachable", {}, "tcp 22"),
    # neither group has a rule for ICMP
    Question(
        "bastion", "bastion", "billing-1", "unreachable", {"protocol": "icmp"}, codes=(NO_MATCH,)
    ),
    # the bastion's own group lets it go nowhere else
    Question("bastion", "bastion", "internet", "unreachable", TCP_443, codes=(NO_MATCH,)),
    # a member of `hosts` is no member of `jump` [SG-6]
    Question("bastion", "billing-1", "reports-1", "unreachable", SSH, codes=(NO_MATCH,)),
    Question("bastion", "internet", "billing-1", "unreachable", SSH, codes=(NO_PUBLIC_IN,)),
    # an address that nobody holds has no groups, so no group reference matches it
    Question("bastion", "10.20.10.77", "billing-1", "unreachable", SSH, codes=(NO_MATCH,)),
    Question("bastion", "bastion", "archive-1", "unreachable", SSH, codes=("BAD_STATE",)),
)

EPHEMERAL = (
    # the request gets there; the reply to ports 1024-65535 meets a rule for 443 only [NA-4]
    Question(
        "forgotten-ephemeral",
        "app-1",
        "db-1",
        "unreachable",
        {"port": 5432},
        codes=(ACL,),
        leg="return",
    ),
    # replies get out to 32768-60999 only, and any client may use 1024-65535 [NA-11]
    Question(
        "forgotten-ephemeral",
        "app-1",
        "dwh-1",
        "partial",
        {"port": 5439},
        "tcp 5439",
        codes=(ACL,),
        leg="return",
    ),
    # exactly the range of Linux [NA-11]
    Question(
        "forgotten-ephemeral",
        "app-1",
        "dwh-1",
        "reachable",
        {"port": 5439, "client_ports": "linux"},
        "tcp 5439",
    ),
    # Windows uses 49152-65535, of which the rule covers the first part
    Question(
        "forgotten-ephemeral",
        "app-1",
        "dwh-1",
        "partial",
        {"port": 5439, "client_ports": "windows"},
        "tcp 5439",
        codes=(ACL,),
        leg="return",
    ),
    Question(
        "forgotten-ephemeral",
        "app-1",
        "dwh-1",
        "unreachable",
        {"port": 5439, "client_ports": "61000-65535"},
        codes=(ACL,),
        leg="return",
    ),
    Question("forgotten-ephemeral", "app-1", "cache-1", "reachable", {"port": 6379}, "tcp 6379"),
    # the other way round the database's ACL stops the request itself
    Question("forgotten-ephemeral", "db-1", "app-1", "unreachable", {"port": 8080}, codes=(ACL,)),
)

FOUR, SIX = {"family": 4}, {"family": 6}
DUAL_STACK = (
    Question("dual-stack", "internet", "edge-1", "reachable", TCP_443, "tcp 443"),
    Question("dual-stack", "internet", "edge-1", "reachable", TCP_443 | FOUR, "tcp 443"),
    # no translation in IPv6: the address is public by itself [IG-2]
    Question("dual-stack", "internet", "edge-1", "reachable", TCP_443 | SIX, "tcp 443"),
    # out over IPv6 by the egress-only gateway [IG-5]; 0.0.0.0/0 has no route, ::/0 never covers it
    Question("dual-stack", "app-1", "internet", "reachable", TCP_443 | SIX, "tcp 443"),
    Question("dual-stack", "app-1", "internet", "unreachable", TCP_443 | FOUR, codes=(NO_ROUTE,)),
    Question("dual-stack", "app-1", "internet", "partial", TCP_443, "tcp 443", codes=(NO_ROUTE,)),
    # the internet gateway lets the request in, the reply would leave by the egress-only one [IG-5]
    Question(
        "dual-stack",
        "internet",
        "app-1",
        "unreachable",
        {"port": 8443} | SIX,
        codes=("EIGW_OUTBOUND_ONLY",),
        leg="return",
    ),
    Question(
        "dual-stack",
        "internet",
        "app-1",
        "unreachable",
        {"port": 8443} | FOUR,
        codes=(NO_PUBLIC_IN,),
    ),
    # group references match private addresses of both families [SG-6]
    Question("dual-stack", "edge-1", "app-1", "reachable", {"port": 8080}, "tcp 8080"),
    Question("dual-stack", "sensor-1", "app-1", "reachable", {"port": 8080}, "tcp 8080"),
    Question("dual-stack", "sensor-1", "edge-1", "reachable", TCP_443, "tcp 443"),
    # each CIDR of the VPC has a local route [RT-2]
    Question("dual-stack", "edge-1", "node-1", "reachable", {"port": 9000}, "tcp 9000"),
    Question("dual-stack", "edge-1", "100.64.0.11", "reachable", {"port": 9000}, "tcp 9000"),
    # addresses of a delegated prefix are the interface's own [RT-13]
    Question("dual-stack", "edge-1", "100.64.0.20", "reachable", {"port": 9000}, "tcp 9000"),
    Question(
        "dual-stack", "edge-1", "sensor-1", "reachable", {"protocol": "icmpv6"}, "icmpv6 128/0"
    ),
    Question(
        "dual-stack",
        "sensor-1",
        "node-1",
        "unreachable",
        {"port": 9000},
        codes=("NO_COMMON_ADDRESS_FAMILY",),
    ),
    Question("dual-stack", "node-1", "internet", "unreachable", TCP_443, codes=(NO_ROUTE,)),
)

BROKEN = "broken-default-route"
BROKEN_DEFAULT_ROUTE = (
    Question(BROKEN, "edge-1", "internet", "reachable", TCP_443, "tcp 443"),
    Question(BROKEN, "internet", "edge-1", "reachable", SSH, "tcp 22"),
    # the route is still there, its target is not [RT-9]
    Question(BROKEN, "worker-1", "internet", "unreachable", TCP_443, codes=("BAD_STATE_ROUTE",)),
    Question(
        BROKEN,
        "worker-1",
        "8.8.8.8",
        "unreachable",
        {"port": 53, "protocol": "udp"},
        codes=("BAD_STATE_ROUTE",),
    ),
    Question(BROKEN, "batch-1", "internet", "unreachable", TCP_443, codes=(NO_ROUTE,)),
    # public subnet, private host: the gateway has nothing to translate to [IG-1]
    Question(
        BROKEN,
        "tool-1",
        "internet",
        "unreachable",
        TCP_443,
        codes=("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",),
    ),
    Question(BROKEN, "internet", "tool-1", "unreachable", SSH, codes=(NO_PUBLIC_IN,)),
    # the route is active, its gateway never came to life
    Question(BROKEN, "report-1", "internet", "unreachable", TCP_443, codes=("BAD_STATE",)),
    # inside the VPC the local route does it all
    Question(
        BROKEN, "worker-1", "batch-1", "reachable", {"port": 8125, "protocol": "udp"}, "udp 8125"
    ),
)

GROUPS = "overlapping-groups"
OVERLAPPING_GROUPS = (
    # base gives 22 (prefix list) and ping, api gives 443, metrics nothing [SG-2, SG-5]
    Question(GROUPS, "admin-1", "api-1", "reachable", {}, "tcp 22, tcp 443, icmp 8/0"),
    # no 22; metrics gives 9100-9200 by group and 9150-9250 by CIDR
    Question(GROUPS, "monitor-1", "api-1", "reachable", {}, "tcp 443, tcp 9100-9250, icmp 8/0"),
    Question(GROUPS, "monitor-1", "api-1", "reachable", {"port": "9100-9250"}, "tcp 9100-9250"),
    # one port too many on either side
    Question(
        GROUPS,
        "monitor-1",
        "api-1",
        "partial",
        {"port": "9099-9251"},
        "tcp 9100-9250",
        codes=(NO_MATCH,),
    ),
    # outside of 10.60.1.0/24 and no member of `monitor`
    Question(GROUPS, "node-1", "api-1", "unreachable", {"port": 9100}, codes=(NO_MATCH,)),
    Question(GROUPS, "api-1", "node-1", "reachable", {}, "icmp 8/0"),
    # a group that trusts itself, whatever the protocol
    Question(GROUPS, "node-1", "node-2", "reachable", {}, "all"),
    # nobody is a member of a group that is gone [SG-8]
    Question(GROUPS, "monitor-1", "exporter-1", "unreachable", {"port": 9100}, codes=(NO_MATCH,)),
    Question(GROUPS, "node-1", "vault-1", "unreachable", SSH, codes=("SG_HAS_NO_RULES",)),
    Question(GROUPS, "vault-1", "node-1", "unreachable", SSH, codes=("SG_HAS_NO_RULES", NO_MATCH)),
    # nobody knows what the prefix list holds
    Question(
        GROUPS,
        "admin-1",
        "partner-1",
        "unknown",
        {"port": 8443},
        codes=("PREFIX_LIST_ENTRIES_UNKNOWN",),
    ),
    # ... and what it holds can't matter to another port
    Question(GROUPS, "admin-1", "partner-1", "unreachable", TCP_443, codes=(NO_MATCH,)),
)

QUESTIONS = (
    *THREE_TIER,
    *BASTION,
    *EPHEMERAL,
    *DUAL_STACK,
    *BROKEN_DEFAULT_ROUTE,
    *OVERLAPPING_GROUPS,
)


@cache
def network_of(fixture: str) -> netreach.Network:
    return netreach.load(FIXTURES / fixture)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_fixture_answers_as_its_description_says(question: Question) -> None:
    network = network_of(question.fixture)
    answer = network.path(question.source, question.destination, **question.asked)
    assert answer.verdict == question.verdict
    assert bool(answer) == (question.verdict == "reachable")
    if question.services:
        assert str(answer.services) == question.services
    # what a definite answer explains, an unknown one misses
    first = {str(each.code): each.leg for each in reversed(answer.explanations)}
    assert set(question.codes) <= {*first, *(str(each.code) for each in answer.missing)}
    if question.codes and question.verdict != "unknown":
        assert first[question.codes[0]] == question.leg


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_only_what_is_not_reachable_is_explained(question: Question) -> None:
    network = network_of(question.fixture)
    answer = network.path(question.source, question.destination, **question.asked)
    has_reason = bool(answer.explanations or answer.missing)
    assert has_reason == (question.verdict != "reachable")


Ask = Callable[[str], "netreach.Answer"]


@pytest.fixture
def ask_edited(tmp_path: Path) -> Callable[[str, str], Ask]:
    """Return a function that edits one line of the demo fixture and gives back how to ask it."""

    def edit(before: str, after: str) -> Ask:
        text = (FIXTURES / "three-tier" / "estate.yaml").read_text(encoding="utf-8")
        assert text.count(before) == 1, f"the fixture no longer says {before!r} once"
        (tmp_path / "estate.yaml").write_text(text.replace(before, after), encoding="utf-8")
        network = netreach.load(tmp_path)

        def ask(words: str) -> netreach.Answer:
            source, destination, port = words.split()
            return network.path(source, destination, port=int(port))

        return ask

    return edit


@pytest.mark.parametrize(
    ("before", "after", "question", "verdict", "code"),
    [
        pytest.param(
            "100 allow tcp 5432 from 10.0.11.0/24",
            "100 allow tcp 5432 from 10.0.8.0/21",
            "app-2 db-1 5432",
            "reachable",
            "",
            id="the-acl-learns-of-the-second-zone",
        ),
        pytest.param(
            "100 allow tcp 5432 from 10.0.11.0/24",
            "100 deny tcp 5432 from 10.0.11.0/24",
            "app-1 db-1 5432",
            "unreachable",
            ACL,
            id="the-acl-denies-the-first-zone",
        ),
        pytest.param(
            "100 allow tcp 1024-65535 to 10.0.0.0/16",
            "100 allow tcp 32768-60999 to 10.0.0.0/16",
            "app-1 db-1 5432",
            "partial",
            ACL,
            id="the-acl-forgets-some-client-ports",
        ),
        pytest.param(
            "tcp 8080 from group:web",
            "tcp 8080 from group:app",
            "web-1 app-1 8080",
            "unreachable",
            NO_MATCH,
            id="the-app-group-trusts-itself-only",
        ),
        pytest.param(
            "{0.0.0.0/0: nat-gateway:nat-a}",
            "{}",
            "app-1 internet 443",
            "unreachable",
            NO_ROUTE,
            id="the-app-tier-loses-its-default-route",
        ),
        pytest.param(
            "tcp 443 from 0.0.0.0/0",
            "tcp 444 from 0.0.0.0/0",
            "internet web-1 443",
            "unreachable",
            NO_MATCH,
            id="the-web-group-opens-the-next-port",
        ),
    ],
)
def test_editing_one_rule_of_the_demo_fixture_changes_the_answer(
    *,
    ask_edited: Callable[[str, str], Ask],
    before: str,
    after: str,
    question: str,
    verdict: str,
    code: str,
) -> None:
    untouched = ask_edited(before, before)(question)
    edited = ask_edited(before, after)(question)
    assert untouched.verdict != verdict
    assert edited.verdict == verdict
    assert code in {explanation.code for explanation in edited.explanations} | {""}
