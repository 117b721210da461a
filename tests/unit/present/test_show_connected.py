"""What `netreach show` prints about what connects, balances, filters and answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import pytest

from netreach.model.connections import TransitAttachment, TransitPolicyTable
from netreach.model.records import Resource
from netreach.model.relations import Relations
from netreach.model.services import HealthFloor, HostedZone, LoadBalancer, TargetGroup
from netreach.model.snapshot import KINDS, Snapshot
from netreach.present.page import Page, lines
from netreach.present.show_balancers import group_page
from netreach.present.show_found import page_about
from netreach.present.show_json import render_page_json
from netreach.present.show_text import render_page
from netreach.query.subjects import Found, Subjects
from netreach.sources.yaml_estate import read
from tests.unit.present.hubs import with_policies

HOSTILE = "\x1b[31mred\x1b[0m\n<script>\u202e" + "x" * 10_000
_ARN = "arn:aws:{}:eu-central-1:111122223333:{}"

#: One selector for each kind of page, and for what is not told.
SELECTORS = {
    "peering": "shop-lab",
    "peering-pending": "partner",
    "transit-gateway": "hub",
    "transit-attachment": "shop-hub",
    "transit-attachment-alone": "lab-hub",
    "transit-attachment-unsaid": "tgw-attach-home",
    "transit-table": "spokes",
    "transit-table-unsaid": "tgw-rtb-dark",
    "transit-attachment-connect": "branch",
    "policy-table": "chooser",
    "policy-table-unsaid": "tgw-ptb-dark",
    "connect-peer": "routers",
    "connect-peer-unsaid": "tgw-connect-peer-dark",
    "multicast-domain": "cameras",
    "multicast-domain-alone": "tgw-mcast-domain-alone",
    "vpn-gateway": "office",
    "vpn-gateway-loose": "vgw-loose",
    "customer-gateway": "site",
    "vpn-connection": "site-link",
    "vpn-connection-unsaid": "dark-link",
    "direct-connect": "datacentre",
    "direct-connect-unsaid": "dxgw-dark",
    "virtual-interface": "fibre",
    "client-vpn": "staff",
    "endpoint": "queues",
    "endpoint-service": "billing",
    "balancer": "front",
    "balancer-idle": "idle",
    "target-group": "service-targets",
    "target-group-unsaid": "unsaid-targets",
    "firewall": "wall",
    "firewall-policy": "walls",
    "firewall-stateless": _ARN.format("network-firewall", "stateless-rulegroup/walls"),
    "firewall-stateful": _ARN.format("network-firewall", "stateful-rulegroup/walls"),
    "public-access": "block-public-access/111122223333/eu-central-1",
    "public-access-exclusion": "edge",
    "managed": "orders",
    "managed-candidates": "sessions",
    "zone": "corp",
    "zone-unsaid": "dark.zone",
    "resolver-rule": "to-site",
    "resolver-rule-unsaid": "rslvr-rr-unsaid",
    "profile": "shared",
    "profile-unsaid": "rp-dark",
    "mirror-session": "tap",
}


@pytest.fixture(scope="module")
def estate() -> Snapshot:
    path = Path(__file__).parents[2] / "golden/show/connected.yaml"
    return with_policies(read(path.read_text(encoding="utf-8")))


def page(snapshot: Snapshot, selector: str) -> Page:
    relations = Relations(snapshot)
    return page_about(Subjects(relations).resolve(selector), relations)


@pytest.mark.parametrize("name", SELECTORS)
def test_each_page_reads_well(
    name: str, estate: Snapshot, golden: Callable[[str, str], None]
) -> None:
    golden(f"show/{name}.txt", render_page(page(estate, SELECTORS[name])) + "\n")


@pytest.mark.parametrize("name", ["transit-table", "policy-table", "target-group", "client-vpn"])
def test_the_json_of_a_page_says_the_same(
    name: str, estate: Snapshot, golden: Callable[[str, str], None]
) -> None:
    golden(f"show/{name}.json", render_page_json(page(estate, SELECTORS[name])) + "\n")


def test_every_kind_has_a_page_of_its_own(estate: Snapshot) -> None:
    plain = read((Path(__file__).parents[2] / "golden/show/estate.yaml").read_text())
    shown = set()
    for snapshot in (estate, plain):
        relations = Relations(snapshot)
        for kind, record in relations.everything():
            found = page_about(Found(kind, record), relations)
            if len(found.facts) + len(found.tables) > 4:  # an outline has the VPC and common facts
                shown.add(kind)
    assert set(KINDS.values()) - shown <= {"prefix-list"}


def hostile(record: Resource) -> Resource:
    """Return a record whose every text is hostile."""
    texts = {
        name: HOSTILE
        for name in record.__struct_fields__
        if isinstance(value := getattr(record, name), str) and not isinstance(value, Enum)
    }
    lists = {
        name: (HOSTILE,) * 3
        for name in record.__struct_fields__
        if isinstance(value := getattr(record, name), tuple)
        and value
        and all(isinstance(one, str) for one in value)
    }
    tags = {"Name": HOSTILE, HOSTILE: HOSTILE}
    return msgspec.structs.replace(record, **texts, **lists, tags=tags)


def test_hostile_texts_print_safely_on_every_page(estate: Snapshot) -> None:
    relations = Relations(estate)
    for kind, record in relations.everything():
        found = page_about(Found(kind, hostile(record)), relations)
        for line in lines(found):
            assert line.isprintable(), kind
            assert len(line) < 2000, kind
        assert json.loads(render_page_json(found))["resource"]["id"] == HOSTILE


def test_hostile_texts_of_parts_print_safely() -> None:
    yaml = (Path(__file__).parents[2] / "golden/show/connected.yaml").read_text(encoding="utf-8")
    snapshot = with_policies(read(yaml))
    for kind, record in Relations(snapshot).everything():
        raw = msgspec.to_builtins(record)
        for field in (
            "targets",
            "listeners",
            "zones",
            "records",
            "stateful",
            "authorizations",
            "entries",
        ):
            parts = getattr(record, field, None)
            if not parts or isinstance(parts[0], str):
                continue
            worse = tuple(
                msgspec.structs.replace(
                    part,
                    **{
                        name: HOSTILE
                        for name in part.__struct_fields__
                        if isinstance(getattr(part, name), str)
                    },
                )
                for part in parts
            )
            found = page_about(
                Found(kind, msgspec.structs.replace(record, **{field: worse})), Relations(snapshot)
            )
            assert all(line.isprintable() and len(line) < 2000 for line in lines(found)), raw


def shown(record: Resource, kind: str) -> tuple[str, ...]:
    return page_about(Found(kind, record), Relations(Snapshot())).notes


def test_what_nobody_tells_is_a_note() -> None:
    balancer = LoadBalancer(id="lb", kind="network")  # type: ignore[arg-type]  # its word
    assert any("which listeners" in one for one in shown(balancer, "load-balancer"))
    assert any("no network interface" in one for one in shown(balancer, "load-balancer"))
    assert shown(TargetGroup(id="tg", targets=()), "target-group") == ("it has no targets",)
    public = HostedZone(id="Z", zone_name="example", records=())
    assert shown(public, "hosted-zone") == ()


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        pytest.param(None, "it is associated with no route table", id="none"),
        pytest.param({"attachments": ("tie",)}, "", id="a-policy-table"),
        pytest.param({}, "with which policy table", id="perhaps-a-policy-table"),
        pytest.param({"attachments": ("other",)}, "with no route table", id="another's"),
        pytest.param({"gateway": "tgw-2"}, "with no route table", id="another-gateway's"),
    ],
)
def test_an_attachment_says_what_routes_its_packets(
    policy: dict[str, Any] | None, says: str
) -> None:
    tie = TransitAttachment(id="tie", gateway="tgw-1", table="")
    fields = {"id": "ptb", "gateway": "tgw-1"} | (policy or {})
    tables = {} if policy is None else {"ptb": TransitPolicyTable(**fields)}
    found = page_about(
        Found("transit-gateway-attachment", tie), Relations(Snapshot(transit_policy_tables=tables))
    )
    assert (says in found.notes[0]) if says else not found.notes


@pytest.mark.parametrize(
    ("floor", "said"),
    [
        pytest.param(None, None, id="unsaid"),
        pytest.param(HealthFloor(count=1), None, id="as-aws-has-it"),
        pytest.param(HealthFloor(count=2), "2 healthy", id="count"),
        pytest.param(HealthFloor(percent=50), "50%", id="share"),
        pytest.param(HealthFloor(count=2, percent=50), "2 healthy or 50%", id="both"),
        pytest.param(HealthFloor(), "off", id="off"),
    ],
)
def test_a_target_group_says_its_thresholds(floor: HealthFloor | None, said: str | None) -> None:
    for field, fact in (("routing_floor", "fails_open_below"), ("dns_floor", "leaves_dns_below")):
        record = TargetGroup(id="tg", targets=(), **{field: floor})  # type: ignore[arg-type]  # either one
        facts = {one.key: one.value for one in group_page(record, Relations(Snapshot())).facts}
        assert facts[fact] == said
