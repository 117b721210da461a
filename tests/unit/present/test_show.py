"""What `netreach show` prints about a whole snapshot, and about each kind of thing in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from netreach.model.connections import TransitPolicyTable
from netreach.model.inventory import take_inventory
from netreach.model.records import (
    Attachment,
    Instance,
    InternetGateway,
    NetworkAcl,
    NetworkAclRule,
    NetworkInterface,
    Resource,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Unmodelled,
    Vpc,
)
from netreach.model.relations import Relations
from netreach.model.snapshot import Problem, Snapshot
from netreach.packets.prefixes import Prefix
from netreach.present.page import TEXT_LIMIT, Page, lines, plain, words
from netreach.present.show_found import page_about
from netreach.present.show_json import render_json, render_page_json
from netreach.present.show_text import age_in_words, render_page, render_text
from netreach.query.subjects import Found, Subjects
from netreach.sources.yaml_estate import read

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOSTILE = "\x1b[31mred\x1b[0m\n<script>\u202e" + "x" * 10_000

#: One selector for each kind of page.
SELECTORS = {
    "vpc": "vpc-shop",
    "subnet-with-its-own": "web-a",
    "subnet-with-defaults": "pods-b",
    "interface": "eni-app-1",
    "instance": "web-1",
    "instance-with-two-interfaces": "router-1",
    "acl": "acl-web",
    "acl-default": "acl-default",
    "group": "sg-web",
    "group-sealed": "sg-sealed",
    "route-table": "rtb-private",
    "internet-gateway": "igw-shop",
    "egress-only-gateway": "eigw-shop",
    "nat-gateway": "nat-a",
    "prefix-list": "offices",
    "prefix-list-unknown": "partners",
    "elastic-ip": "spare",
    "not-modelled": "pcx-peer",
    "address-held": "10.0.1.10",
    "address-public": "198.51.100.7",
    "address-delegated": "100.64.0.17",
    "address-reserved": "vpc-shop/10.0.1.2",
    "address-elsewhere": "8.8.8.8",
    "cidr": "10.0.0.0/21",
    "cidr-inside": "10.0.1.8/29",
    "cidr-elsewhere": "172.16.0.0/12",
    "carriers-of-a-group": "sg:sg-app",
    "tag": "tag:env=prod",
    "internet": "internet",
    "empty-set": "subnet:subnet-six-b",
}


@pytest.fixture(scope="module")
def estate() -> Snapshot:
    path = Path(__file__).parents[2] / "golden/show/estate.yaml"
    return read(path.read_text(encoding="utf-8"))


def page(snapshot: Snapshot, selector: str) -> Page:
    relations = Relations(snapshot)
    return page_about(Subjects(relations).resolve(selector), relations)


def page_of(record: Resource, kind: str, **others: object) -> Page:
    snapshot = Snapshot(**others)  # type: ignore[arg-type]  # fields are names
    return page_about(Found(kind, record), Relations(snapshot))


def test_the_whole_snapshot_reads_well(
    estate: Snapshot, golden: Callable[[str, str], None]
) -> None:
    golden("show/everything.txt", render_text(take_inventory(estate), NOW) + "\n")


def test_the_json_says_the_same(estate: Snapshot, golden: Callable[[str, str], None]) -> None:
    golden("show/everything.json", render_json(take_inventory(estate), NOW) + "\n")


@pytest.mark.parametrize("name", SELECTORS)
def test_each_page_reads_well(
    name: str, estate: Snapshot, golden: Callable[[str, str], None]
) -> None:
    golden(f"show/{name}.txt", render_page(page(estate, SELECTORS[name])) + "\n")


@pytest.mark.parametrize("name", ["subnet-with-defaults", "route-table", "group", "address-held"])
def test_the_json_of_a_page_says_the_same(
    name: str, estate: Snapshot, golden: Callable[[str, str], None]
) -> None:
    golden(f"show/{name}.json", render_page_json(page(estate, SELECTORS[name])) + "\n")


def test_every_resource_has_a_page(estate: Snapshot) -> None:
    relations = Relations(estate)
    for kind, record in relations.everything():
        found = page_about(Found(kind, record), relations)
        assert (found.kind, found.id) == (kind, record.id)
        assert next(lines(found)).startswith(f"{kind}  {record.id}")


# -- what a snapshot lacks, and what is odd about it


@pytest.mark.parametrize("attachments", [None, ("tgw-attach-1",)])
def test_a_vpc_has_a_page_beside_policy_tables(attachments: tuple[str, ...] | None) -> None:
    policy = TransitPolicyTable(id="ptb", gateway="tgw-1", attachments=attachments)
    gateway = InternetGateway(id="igw-1", attachments=(Attachment(vpc="vpc-1"),))
    found = page_of(
        Vpc(id="vpc-1"),
        "vpc",
        transit_policy_tables={"ptb": policy},
        internet_gateways={"igw-1": gateway},
    )
    assert [row[0] for row in found.tables[1].rows] == ["igw-1"]


def test_an_empty_snapshot_says_what_is_missing(golden: Callable[[str, str], None]) -> None:
    golden("show/empty.txt", render_text(take_inventory(Snapshot()), NOW) + "\n")


def test_problems_are_listed_by_kind_at_most_ten_of_each() -> None:
    problems = [
        Problem(kind="reference-to-nothing", resources=(), message=f"sg-{n} is gone")
        for n in range(13)
    ]
    problems.append(Problem(kind="host-bits", resources=(), message="10.0.0.1/8 has host bits"))
    text = render_text(take_inventory(Snapshot(problems=tuple(problems))), NOW)
    assert "reference to nothing (13)\n  sg-0 is gone\n" in text
    assert "  sg-9 is gone\n  ... and 3 more\nhost bits (1)\n  10.0.0.1/8 has host bits\n" in text
    assert "sg-10 is gone" not in text


def test_all_problems_are_in_the_json() -> None:
    problem = Problem(kind="host-bits", resources=("sg-1",), message="odd", file="a.json")
    document = json.loads(render_json(take_inventory(Snapshot(problems=(problem,) * 13)), NOW))
    assert (
        document["problems"]
        == [{"kind": "host-bits", "resources": ["sg-1"], "message": "odd", "file": "a.json"}] * 13
    )


def test_what_is_not_modelled_is_counted_and_named_by_short_arns() -> None:
    head = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app"
    records = {f"{head}/{n}": Unmodelled(id=f"{head}/{n}", kind="load-balancer") for n in range(5)}
    text = render_text(take_inventory(Snapshot(unmodelled=records)), NOW)
    assert "  5  load-balancer (not modelled yet)\n" in text
    listed = ", ".join(f"loadbalancer/app/{n}" for n in range(3))
    assert f"  5  load-balancer  {listed} and 2 more\n" in text


@pytest.mark.parametrize("count", [TEXT_LIMIT, TEXT_LIMIT + 480])
def test_a_long_table_is_cut_in_text_and_whole_in_json(count: int) -> None:
    vpcs = {f"vpc-{n}": Vpc(id=f"vpc-{n}") for n in range(count)}
    inventory = take_inventory(Snapshot(vpcs=vpcs))
    text = render_text(inventory, NOW)
    rows = [line for line in text.splitlines() if line.startswith("  vpc-")]
    assert f"VPCs ({count})" in text
    assert len(rows) == TEXT_LIMIT
    assert ("  ... and 480 more\n" in text) == (count > TEXT_LIMIT)
    assert len(json.loads(render_json(inventory, NOW))["vpcs"]) == count


def test_a_long_table_of_a_page_is_cut_in_text_and_whole_in_json() -> None:
    groups = {f"sg-{n}": SecurityGroup(id=f"sg-{n}", vpc="vpc-1") for n in range(TEXT_LIMIT + 1)}
    found = page_of(Vpc(id="vpc-1"), "vpc", security_groups=groups)
    text = render_page(found)
    assert f"resources ({TEXT_LIMIT + 1})" in text
    assert text.endswith("... and 1 more")
    resources: Any = plain(found)["resources"]
    assert len(resources) == TEXT_LIMIT + 1


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        pytest.param(timedelta(days=3), "3 days old", id="days"),
        pytest.param(timedelta(days=2000), "2,000 days old", id="years"),
        pytest.param(timedelta(days=2), "2 days old", id="two-days"),
        pytest.param(timedelta(days=2, seconds=-1), "47 hours old", id="nearly-two-days"),
        pytest.param(timedelta(hours=2), "2 hours old", id="two-hours"),
        pytest.param(timedelta(hours=2, seconds=-1), "119 minutes old", id="nearly-two-hours"),
        pytest.param(timedelta(minutes=2), "2 minutes old", id="two-minutes"),
        pytest.param(timedelta(seconds=119), "just now", id="seconds"),
        pytest.param(timedelta(0), "just now", id="now"),
        pytest.param(timedelta(seconds=-1), "in the future", id="future"),
    ],
)
def test_the_age_is_said_in_words(passed: timedelta, words: str) -> None:
    assert age_in_words((NOW - passed).isoformat(), NOW) == words


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "-"), (1, "a0"), (4, "a0, a1, a2, a3"), (5, "a0, a1, a2, a3 and 1 more")],
)
def test_a_long_list_is_cut_short(count: int, shown: str) -> None:
    assert words(tuple(f"a{n}" for n in range(count))) == shown


def test_an_unreadable_age_is_unknown() -> None:
    assert age_in_words("yesterday", NOW) == "age unknown"


# -- what is special about single resources


def test_a_subnet_without_table_and_acl_says_what_is_assumed() -> None:
    subnet = Subnet(id="subnet-1", vpc="vpc-1")
    notes = page_of(subnet, "subnet").notes
    assert "the snapshot holds no route table for it: paths that leave it are unknown" in notes
    assert any("AWS's default is assumed" in note for note in notes)
    table = RouteTable(id="rtb-1", vpc="vpc-1", is_main=True)
    acl = NetworkAcl(id="acl-1", vpc="vpc-1", is_default=True)
    tables, acls = {"rtb-1": table}, {"acl-1": acl}
    assert not page_of(subnet, "subnet", route_tables=tables, network_acls=acls).notes


def test_acl_rules_stand_in_order_and_end_in_a_deny() -> None:
    prefix = Prefix.parse("0.0.0.0/0")
    rules = tuple(NetworkAclRule(number=n, allows=True, prefix=prefix) for n in (200, 100))
    acl = NetworkAcl(id="acl-1", vpc="vpc-1", ingress=rules)
    shown: Any = plain(page_of(acl, "network-acl"))
    assert [(rule["rule"], rule["action"]) for rule in shown["ingress"]] == [
        (100, "allow"),
        (200, "allow"),
        ("*", "deny"),
    ]
    assert [rule["rule"] for rule in shown["egress"]] == ["*"]


def test_the_closing_deny_is_not_shown_twice() -> None:
    closing = NetworkAclRule(number=32767, allows=False, prefix=Prefix.parse("0.0.0.0/0"))
    acl = NetworkAcl(id="acl-1", vpc="vpc-1", ingress=(closing,))
    shown: Any = plain(page_of(acl, "network-acl"))
    assert [rule["rule"] for rule in shown["ingress"]] == [32767]


def test_references_to_nothing_say_so() -> None:
    interface = NetworkInterface(
        id="eni-1", vpc="vpc-9", subnet="subnet-9", instance="i-9", groups=("sg-9",)
    )
    text = render_page(page_of(interface, "network-interface"))
    assert "vpc-9 (not in the snapshot)" in text
    assert "i-9 (not in the snapshot)" in text
    assert "  sg-9  not in the snapshot" in text


def test_a_doubt_and_a_problem_are_notes() -> None:
    problem = Problem(kind="duplicate-id", resources=("vpc-1",), message="it is described twice")
    shown = page_of(Vpc(id="vpc-1", doubt="it differs"), "vpc", problems=(problem,))
    assert shown.notes == (
        "answers that depend on it are unknown: it differs",
        "it is described twice",
    )


def test_a_gateway_without_attachment_says_so() -> None:
    assert page_of(InternetGateway(id="igw-1"), "internet-gateway").notes == (
        "it is attached to no VPC",
    )


def test_a_rule_that_names_nothing_says_so() -> None:
    rules = (SecurityGroupRule(group="sg-9"),)
    shown: Any = plain(page_of(SecurityGroup(id="sg-1", ingress=rules), "security-group"))
    assert (shown["ingress"][0]["source"], shown["ingress"][0]["name"]) == (
        "sg-9",
        "not in the snapshot",
    )


@pytest.mark.parametrize(
    ("asked", "relation"),
    [("10.0.1.0/24", "equal"), ("10.0.1.0/25", "contains it"), ("10.0.0.0/23", "inside it")],
)
def test_a_cidr_is_told_how_a_subnet_lies_to_it(
    asked: str, relation: str, estate: Snapshot
) -> None:
    shown: Any = plain(page(estate, asked))
    assert shown["subnets"] == [
        {"id": "subnet-web-a", "name": "web-a", "cidr": "10.0.1.0/24", "relation": relation}
    ]


@pytest.mark.parametrize(
    ("available", "note"),
    [
        ((None, None), "subnets (2, free is usable less used)"),
        ((7, 8), "subnets (2, free as AWS counted it)"),
        ((None, 8), "subnets (2, free as AWS counted it, else usable less used)"),
    ],
)
def test_the_subnets_say_who_counted(available: tuple[int | None, ...], note: str) -> None:
    prefixes = (Prefix.parse("10.0.0.0/24"),)
    subnets = {
        f"subnet-{n}": Subnet(
            id=f"subnet-{n}", vpc="vpc-1", prefixes=prefixes, available_addresses=count
        )
        for n, count in enumerate(available)
    }
    snapshot = Snapshot(subnets=subnets, calls=frozenset({"NetworkInterfaces"}))
    assert f"\n{note}\n" in render_text(take_inventory(snapshot), NOW)


# -- hostile text


@pytest.mark.parametrize("kind", ["vpc", "instance", "security-group", "unknown-kind"])
def test_hostile_names_print_safely_on_pages(kind: str) -> None:
    tags = {"Name": HOSTILE, HOSTILE: HOSTILE}
    records: dict[str, Resource] = {
        "vpc": Vpc(id=HOSTILE, tags=tags),
        "instance": Instance(id=HOSTILE, tags=tags),
        "security-group": SecurityGroup(id=HOSTILE, tags=tags, group_name=HOSTILE),
        "unknown-kind": Unmodelled(id=HOSTILE, tags=tags, kind="unknown-kind"),
    }
    shown = page_of(records[kind], kind)
    assert all(line.isprintable() and len(line) < 1000 for line in lines(shown))
    assert json.loads(render_page_json(shown))["resource"]["name"] == HOSTILE


def test_hostile_names_print_safely_in_the_tables() -> None:
    tags = {"Name": HOSTILE}
    snapshot = Snapshot(
        vpcs={HOSTILE: Vpc(id=HOSTILE, tags=tags, region=HOSTILE, owner=HOSTILE)},
        subnets={HOSTILE: Subnet(id=HOSTILE, tags=tags, vpc=HOSTILE, zone=HOSTILE)},
        unmodelled={HOSTILE: Unmodelled(id=HOSTILE, kind=HOSTILE)},
        problems=(Problem(kind=HOSTILE, resources=(), message=HOSTILE),),
        taken=HOSTILE,
        digest=HOSTILE,
        format=HOSTILE,
    )
    text = render_text(take_inventory(snapshot), NOW)
    assert all(line.isprintable() and len(line) < 1000 for line in text.split("\n"))
    assert json.loads(render_json(take_inventory(snapshot), NOW))["vpcs"][0]["name"] == HOSTILE
