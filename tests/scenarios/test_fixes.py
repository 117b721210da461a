"""Each printed fix is applied to the model and the question asked again.

All of an answer's fixes together make it reachable, and without any one of them it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Final

import pytest

from netreach.explain.fixes import apply
from netreach.explain.records import Fix
from netreach.explain.report import REOPENING, PathReport
from netreach.model.snapshot import Snapshot
from netreach.network import Answer, Network
from netreach.sources.yaml_estate import read
from tests.property.chunks import chunks
from tests.property.estates import random_case
from tests.property.test_engine_agrees import ServiceOptions, network_of, options, selectors
from tests.unit.fabric.estates_by_hand import HOST, HOST_SIX, Form, acl, ask, snapshot

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
SEEDS: Final = 60
QUICK: Final = range(25)


@dataclass(frozen=True)
class Broken:
    """A question that does not work, and where."""

    name: str
    question: str
    #: A fixture and what to replace in it, or the parts of the base estate that are otherwise.
    fixture: str = ""
    edits: tuple[tuple[str, str], ...] = ()
    parts: Form | None = None
    family: int | None = None

    def snapshot(self) -> Snapshot:
        """Read the estate."""
        if not self.fixture:
            return snapshot(**(self.parts or {}))
        text = (FIXTURES / self.fixture / "estate.yaml").read_text(encoding="utf-8")
        for before, after in self.edits:
            assert text.count(before) == 1, f"{self.fixture} no longer says {before!r} once"
            text = text.replace(before, after)
        return read(text)

    def ask(self, estate: Snapshot) -> Answer:
        """Ask the question of an estate."""
        return ask(Network(estate), self.question, family=self.family)


def closed(subnet: str, *directions: str) -> Form:
    """Close the ACL of a subnet in these directions."""
    words = {"ingress": "from", "egress": "to"}
    rules = {one: (f"100 allow udp 1 {words[one]} 0.0.0.0/0",) for one in directions}
    return {subnet: acl(**rules)}


EDITED: Final = (("100 allow tcp 5432 from 10.0.11.0/24", "90 deny tcp 5432 from 10.0.0.0/16"),)
NO_WAY_BACK: Final = (
    ("100 allow tcp 1024-65535 to 10.0.0.0/16", "100 allow udp 1 to 10.0.0.0/16"),
)
SHUT_WEB: Final[Form] = {"web": {"ingress": [], "egress": []}, "db": {"ingress": []}}

BROKEN: Final = (
    # fixtures as they are
    Broken("group", "internet web-1 tcp 8080", "three-tier"),
    Broken("acl-of-the-other-zone", "app-2 db-1 tcp 5432", "three-tier"),
    Broken("acl-and-group", "web-1 db-1 tcp 5432", "three-tier"),
    Broken("acl-on-the-way-back", "app-1 db-1 tcp 5432", "forgotten-ephemeral"),
    Broken("acl-for-some-clients", "app-1 dwh-1 tcp 5439", "forgotten-ephemeral"),
    Broken("acl-both-ways", "db-1 app-1 tcp 8080", "forgotten-ephemeral"),
    Broken("ping", "bastion billing-1 icmp", "bastion"),
    Broken("group-at-both-ends", "bastion reports-1 tcp 443", "bastion"),
    Broken("group-of-the-sender", "bastion internet tcp 443", "bastion"),
    Broken("reference", "billing-1 reports-1 tcp 22", "bastion"),
    Broken("stopped", "bastion archive-1 tcp 22", "bastion"),
    Broken("stopped-and-group", "bastion archive-1 tcp 443", "bastion"),
    Broken("blackhole", "worker-1 internet tcp 443", "broken-default-route"),
    Broken("no-route", "batch-1 internet tcp 443", "broken-default-route"),
    Broken("no-route-to-one-host", "batch-1 8.8.8.8 udp 53", "broken-default-route"),
    Broken("no-public-address", "tool-1 internet tcp 443", "broken-default-route"),
    Broken("no-public-address-inbound", "internet tool-1 tcp 22", "broken-default-route"),
    Broken("range", "monitor-1 api-1 tcp 9099-9251", "overlapping-groups"),
    Broken("sealed", "node-1 vault-1 tcp 22", "overlapping-groups"),
    Broken("sealed-sender", "vault-1 node-1 tcp 22", "overlapping-groups"),
    Broken("egress-only", "internet app-1 tcp 8443", "dual-stack", family=6),
    Broken("sealed-and-no-route", "db-1 internet tcp 443", "three-tier"),
    # fixtures with a line or two otherwise
    Broken("acl-deny", "app-1 db-1 tcp 5432", "three-tier", EDITED),
    Broken("acl-deny-and-no-way-back", "app-1 db-1 tcp 5432", "three-tier", EDITED + NO_WAY_BACK),
    Broken(
        "no-route-and-closed-group",
        "app-1 internet tcp 443",
        "three-tier",
        (
            ("{0.0.0.0/0: nat-gateway:nat-a}", "{}"),
            ("- tcp 8080 from group:web", "- tcp 8080 from group:web\n        egress: []"),
        ),
    ),
    Broken(
        "detached-gateway",
        "internet web-1 tcp 443",
        "three-tier",
        (("internet_gateway: true", "internet_gateway: {state: detached}"),),
    ),
    Broken(
        "detached-gateway-and-group",
        "internet web-1 tcp 8080",
        "three-tier",
        (("internet_gateway: true", "internet_gateway: {state: detached}"),),
    ),
    # edits of the base estate: one blocker each ...
    Broken("no-ingress-rules", "web-1 db-1 tcp 22", parts={"groups": {"db": {"ingress": []}}}),
    Broken("no-egress-rules", "web-1 db-1 tcp 22", parts={"groups": {"web": {"egress": []}}}),
    Broken(
        "one-family", "web-1 db-1 tcp 22", parts={"groups": {"db": {"ingress": ["all from ::/0"]}}}
    ),
    Broken(
        "no-reply-from-the-internet",
        f"app-1 {HOST} tcp 443",
        parts={"acls": closed("nat", "ingress")},
    ),
    Broken(
        "nat-gateway-s-ports",
        f"app-1 {HOST} tcp 443",
        parts={
            "acls": {
                "nat": acl(
                    ingress=(
                        "100 allow all from 10.0.2.0/24",
                        "110 allow tcp 32768-60999 from 0.0.0.0/0",
                    )
                )
            }
        },
    ),
    Broken(
        "acl-around-nat-gateway",
        f"app-1 {HOST} udp 53",
        parts={"acls": {"nat": {"ingress": [], "egress": []}}},
    ),
    Broken("ipv6-replies", f"app-1 {HOST_SIX} tcp 443", parts={"acls": closed("app", "ingress")}),
    Broken(
        "no-route-back",
        "internet web-1 tcp 443",
        parts={"route_tables": {"web": {"routes": {"0.0.0.0/0": None}}}},
        family=4,
    ),
    Broken(
        "answers-by-nat-gateway",
        "internet app-1 tcp 443",
        parts={"instances": {"app-1": {"public": "203.0.113.40"}}},
        family=4,
    ),
    Broken(
        "range-of-the-internet",
        "8.8.8.0/24 web-1 tcp 443",
        parts={"groups": {"web": {"ingress": []}}, "acls": closed("web", "ingress")},
    ),
    Broken(
        "to-a-range-of-the-internet",
        "web-1 8.8.8.0/24 tcp 443",
        parts={"groups": {"web": {"egress": []}}, "acls": closed("web", "egress")},
    ),
    # ... and several at once
    Broken(
        "all-four-crossings",
        "web-1 db-1 tcp 5432",
        parts={"acls": closed("web", "ingress", "egress") | closed("db", "ingress", "egress")},
        family=4,
    ),
    Broken(
        "all-four-crossings-both-families",
        "web-1 db-1 tcp 5432",
        parts={"acls": closed("web", "ingress", "egress") | closed("db", "ingress", "egress")},
    ),
    Broken(
        "everything-inside",
        "web-1 db-1 tcp 5432",
        parts={
            "acls": closed("web", "ingress", "egress") | closed("db", "ingress", "egress"),
            "groups": SHUT_WEB,
            "instances": {"web-1": {"state": "stopped"}, "db-1": {"state": "stopped"}},
        },
        family=4,
    ),
    Broken(
        "no-route-hides-acls",
        f"app-1 {HOST} tcp 443",
        parts={
            "route_tables": {"app": {"routes": {"0.0.0.0/0": None}}},
            "acls": {"nat": {"ingress": [], "egress": []}},
        },
    ),
    Broken(
        "no-public-address-hides-the-way-back",
        f"tool {HOST} tcp 443",
        parts={
            "instances": {"tool": {"subnet": "web-a", "address": "10.0.1.30", "groups": ["web"]}},
            "acls": closed("web", "ingress"),
        },
    ),
    Broken(
        "detached-gateway-hides-groups-and-acls",
        "internet web-1 tcp 443",
        parts={
            "internet_gateway": {"state": "detached"},
            "groups": {"web": {"ingress": []}},
            "acls": closed("web", "ingress", "egress"),
        },
        family=4,
    ),
    Broken(
        "set-of-hosts",
        "sg:sg-web db-1 tcp 5432",
        parts={"groups": {"db": {"ingress": []}}, "acls": closed("db", "egress")},
        family=4,
    ),
    Broken(
        "unheld-source",
        "vpc-shop/10.0.1.99 10.0.3.10 tcp 5432",
        parts={"acls": closed("web", "ingress"), "groups": {"db": {"ingress": []}}},
    ),
    Broken(
        "itself-stopped",
        "web-1 web-1 tcp 22",
        parts={
            "instances": {"web-1": {"state": "stopped"}},
            "groups": {"web": {"ingress": [], "egress": []}},
        },
        family=4,
    ),
    Broken(
        "hairpin",
        "web-1 203.0.113.20 tcp 22",
        parts={"groups": {"web": {"ingress": ["all from group:web"]}}},
    ),
    Broken(
        "second-stopped-and-acl-number-taken",
        "web-1 db-1 tcp 5432",
        parts={
            "acls": {
                "db": acl(
                    ingress=("1 allow udp from 0.0.0.0/0", "3 deny tcp 5000-6000 from 0.0.0.0/0")
                )
            },
            "instances": {"db-1": {"state": "stopped"}},
        },
        family=4,
    ),
)


Question = Callable[[Snapshot], Answer]


def fixes_of(answer: Answer) -> tuple[Fix, ...]:
    """Return what an answer says to do, each thing once."""
    found = (one.fix for one in answer.explanations if one.fix is not None)
    return tuple({(fix.kind, *sorted(fix.fields.items())): fix for fix in found}.values())


def repaired(estate: Snapshot, fixes: Iterable[Fix]) -> Snapshot:
    """Return the estate with all the fixes made."""
    return reduce(apply, fixes, estate)


def verdict_with(estate: Snapshot, question: Question, fixes: Iterable[Fix]) -> str:
    """Return the verdict once the fixes are made."""
    return str(question(repaired(estate, fixes)).verdict)


def needless(estate: Snapshot, question: Question, fixes: tuple[Fix, ...]) -> list[str]:
    """Return the fixes without which it is reachable all the same.

    Each mends its own blocker; that the reply's ports cover the service is a coincidence. And they
    are told of one thing that appliances may do: another one may need fewer [decision 6].
    """
    told = _sources(question(estate))
    found = []
    for left_out in fixes:
        others = [fix for fix in fixes if fix is not left_out]
        if any(_covers(fix, left_out) for fix in others):
            continue
        after = question(repaired(estate, others))
        if after.verdict == "reachable" and told <= _sources(after):
            found.append(left_out.text)
    return found


def _sources(answer: Answer) -> set[str]:
    """Return all that the packets have as their source on the way there.

    What appliances do shows here: whether they send packets on as their own.
    """
    return {hop.source for part in answer.parts for hop in part.forward}


def _covers(fix: Fix, other: Fix) -> bool:
    """Tell whether a fix allows all that another one allows, at the same place."""
    ranges = ("number", "low", "high")
    one, two = (
        {name: value for name, value in each.fields.items() if name not in ranges}
        for each in (fix, other)
    )
    low, high = fix.fields.get("low"), fix.fields.get("high")
    inner = other.fields.get("low"), other.fields.get("high")
    if fix.kind != other.kind or one != two or None in (low, high, *inner):
        return False
    return int(low or 0) <= int(inner[0] or 0) and int(inner[1] or 0) <= int(high or 0)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_the_printed_fixes_together_make_it_reachable(broken: Broken) -> None:
    estate = broken.snapshot()
    answer = broken.ask(estate)
    assert answer.verdict in ("unreachable", "partial")
    fixes = fixes_of(answer)
    assert fixes
    told = [fix.text for fix in fixes]
    assert verdict_with(estate, broken.ask, fixes) == "reachable", told


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_each_printed_fix_is_needed(broken: Broken) -> None:
    estate = broken.snapshot()
    assert needless(estate, broken.ask, fixes_of(broken.ask(estate))) == []


def test_no_two_cases_bear_one_name() -> None:
    assert len({broken.name for broken in BROKEN}) == len(BROKEN)


def test_no_elastic_ip_is_offered_to_an_address_that_can_have_none() -> None:
    # AWS associates Elastic IPs with addresses, not with those of a delegated prefix
    parts = {"instances": {"tool": DELEGATE}}
    answer = ask(Network(snapshot(**parts)), f"10.0.1.113 {HOST} tcp 443")
    assert answer.verdict == "unreachable"
    assert not [fix.text for fix in fixes_of(answer) if fix.kind == "associate-address"]


def test_replies_are_led_back_by_the_gateway_that_requests_came_in_by_or_by_none() -> None:
    network = Network(snapshot())
    # its replies leave by the NAT gateway, where its route leads already: no route alone helps
    answer = ask(network, "internet app-1 tcp 443", family=4)
    assert "NGW_NO_SESSION" in {str(one.code) for one in answer.explanations}
    assert not [fix.text for fix in fixes_of(answer) if fix.kind == "add-route"]
    (route,) = (
        fix.fields["target"]
        for fix in fixes_of(ask(network, "internet app-1 tcp 443", family=6))
        if fix.kind == "add-route"
    )
    assert route == "igw-shop"


DELEGATE: Final[Form] = {
    "subnet": "web-a",
    "address": "10.0.1.30",
    "groups": ["web"],
    "delegated": ["10.0.1.112/28"],
}


def asking(ends: tuple[str, str], service: ServiceOptions) -> Question:
    """Return the function that asks one question of an estate."""

    def ask_again(changed: Snapshot) -> Answer:
        return Network(changed).path(*ends, **service)

    return ask_again


def random_questions(seed: int) -> list[tuple[Snapshot, Question, str]]:
    """Return the questions of a random estate that nothing but mendable blockers stops."""
    estate, asked = random_case(seed)
    network = network_of(estate)
    found = []
    for question in asked:
        ends, service = selectors(estate, question), options(question)
        answer = network.path(*ends, **service)
        blockers = answer.explanations
        if answer.verdict == "unreachable" and blockers and all(one.fix for one in blockers):
            found.append((network.snapshot, asking(ends, service), str(question)))
    return found


def possible_verdicts(answer: Answer) -> set[str]:
    """Return what fixes can make of an answer.

    They mend nothing that nobody knows: neither what the answer has seen on its way nor what it
    could not see yet, because the way ended before. Of several branches some may be of that kind.
    """
    assert isinstance(answer._report, PathReport)
    _, gaps = answer._report._why
    ends = [fix for fix in fixes_of(answer) if fix.kind in REOPENING]
    return {"reachable", "unknown", "partial"} if gaps or ends else {"reachable"}


@pytest.mark.parametrize("seed", chunks(SEEDS, 1, quick=QUICK))
def test_fixes_of_random_estates_suffice_and_are_needed(seed: int) -> None:
    failures = []
    for estate, question, said in random_questions(seed):
        fixes = fixes_of(question(estate))
        after = verdict_with(estate, question, fixes)
        extra = needless(estate, question, fixes)
        if after not in possible_verdicts(question(estate)) or extra:
            failures.append((said, after, [fix.text for fix in fixes], extra))
    assert not failures


def test_random_estates_have_questions_that_can_be_mended() -> None:
    assert sum(len(random_questions(seed)) for seed in range(5)) >= 10
