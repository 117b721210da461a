"""Names whose answers Route 53 chooses, zones that leave them to others, and forwarding rules."""

from __future__ import annotations

from typing import Any, Final

import pytest
from msgspec.structs import replace

from netreach.model.relations import Relations
from netreach.model.services import DnsRecord, HostedZone, ResolverRule
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.query.answers import Answers
from netreach.query.dns import Names
from tests.unit.fabric.endpoints_by_hand import REGION, door
from tests.unit.fabric.estates_by_hand import APP_1, DB_1, WEB_1, Form, ask, codes, snapshot

SHOP, LAB = "vpc-shop", "vpc-lab"
NAME = "db.corp.example"


def record(value: str, set_id: str = "", policy: str = "weighted", **more: object) -> DnsRecord:
    """Return a record of the name; with a set id, one of a policy."""
    plain = DnsRecord(
        name=NAME,
        kind="A",
        values=(value,),
        set_id=set_id,
        policy=policy if set_id else "",
    )
    return replace(plain, **more)


def zone(*records: DnsRecord, **changes: object) -> HostedZone:
    private = HostedZone(
        id="Z1", zone_name="corp.example", is_private=True, vpcs=(SHOP,), records=records
    )
    return replace(private, **changes)


def held(*zones: HostedZone, rules: tuple[ResolverRule, ...] = (), **groups: Any) -> Snapshot:  # noqa: ANN401 - YAML forms
    return replace(
        snapshot(**groups),
        hosted_zones={one.id: one for one in zones},
        resolver_rules={one.id: one for one in rules},
    )


def seen(base: Snapshot, name: str = NAME, vpc: str = SHOP) -> Answers:
    return Names(Relations(base)).seen_from(name, vpc)


def addresses(base: Snapshot, name: str = NAME) -> list[str]:
    return [str(one) for one in seen(base, name).addresses]


CLOSED: Final[Form] = {"db": {"ingress": []}}


# -- routing policies


@pytest.mark.parametrize("policy", ["weighted", "latency", "failover", "multivalue", "location"])
def test_hy_8_what_all_answers_of_a_policy_share_is_the_answer(policy: str) -> None:
    both = zone(record(DB_1, "one", policy, may_fail=True), record(APP_1, "two", policy))
    answer = ask(Network(held(both)), f"web-1 {NAME} tcp 5432")
    assert answer.verdict == "reachable"
    assert {part.destination_address for part in answer.parts} == {DB_1, APP_1}
    assert any(f"by policy ({policy}), with some of 'one', 'two'" in w for w in answer.warnings)


def test_hy_8_answers_of_a_policy_that_differ_leave_it_open() -> None:
    both = zone(record(DB_1, "one"), record(APP_1, "two"))
    answer = ask(Network(held(both, groups=CLOSED)), f"web-1 {NAME} tcp 5432")
    assert (answer.verdict, codes(answer)) == ("unknown", {"SG_HAS_NO_RULES", "AMBIGUOUS_RESOURCE"})


def test_hy_8_an_answer_beyond_the_snapshot_leaves_it_open() -> None:
    both = zone(record(DB_1, "one"), record("x.partner.test", "two", kind="CNAME"))
    assert ask(Network(held(both)), f"web-1 {NAME} tcp 5432").verdict == "unknown"


def test_hy_8_all_values_of_a_name_without_a_policy_are_its_answer() -> None:
    plain = zone(record(DB_1, values=(DB_1, APP_1)))
    answer = ask(Network(held(plain, groups=CLOSED)), f"web-1 {NAME} tcp 5432")
    assert answer.verdict == "partial"


@pytest.mark.parametrize(
    ("may_fail", "expected"), [(False, [DB_1]), (True, [DB_1, APP_1])], ids=["firm", "checked"]
)
def test_hy_8_a_fallback_answers_only_where_a_check_may_fail(
    *, may_fail: bool, expected: list[str]
) -> None:
    primary = record(DB_1, "one", "failover", may_fail=may_fail)
    found = held(zone(primary, record(APP_1, "two", "failover", is_fallback=True)))
    assert addresses(found) == expected
    assert bool(seen(found).choice) is may_fail


def test_hy_8_records_that_all_stand_back_answer_all_the_same() -> None:
    found = held(zone(*(record(one, one, is_fallback=True) for one in (DB_1, APP_1))))
    assert addresses(found) == [DB_1, APP_1]


def test_hy_8_a_policy_with_one_record_leaves_no_choice() -> None:
    assert seen(held(zone(record(DB_1, "one")))).choice == ""


def test_hy_8_each_family_stands_back_by_itself() -> None:
    six = record("2600:1f14:1:103::10", "two", kind="AAAA", is_fallback=True)
    found = held(zone(record(DB_1, "one"), six))
    assert addresses(found) == [DB_1, "2600:1f14:1:103::10"]


# -- zones


def test_hy_8_a_zone_may_leave_names_to_other_servers() -> None:
    cut = DnsRecord(name="sub.corp.example", kind="NS", values=("ns.elsewhere.test",))
    apex = DnsRecord(name="corp.example", kind="NS", values=("ns.aws.test",))
    inside = replace(record(DB_1), name="a.sub.corp.example")
    base = held(zone(record(DB_1), cut, apex, inside))
    assert "leaves 'sub.corp.example'" in seen(base, "a.sub.corp.example").unknown
    assert addresses(base) == [DB_1]
    assert ask(Network(base), "web-1 b.sub.corp.example tcp 443").verdict == "unknown"


def test_hy_8_a_private_zone_of_which_nobody_says_whom_it_serves_may_serve_anybody() -> None:
    public = zone(record(WEB_1), id="Z2", is_private=False, vpcs=())
    base = held(zone(record(DB_1), vpcs=()), public)
    assert "which VPCs Z1" in seen(base).unknown
    assert [str(one) for one in seen(base, vpc="").addresses] == [WEB_1]


def test_hy_8_a_private_zone_serves_vpcs_of_other_accounts_too() -> None:
    theirs = zone(record(DB_1), owner="999999999999", vpcs=("vpc-elsewhere", SHOP))
    assert addresses(held(theirs)) == [DB_1]
    unread = held(zone(records=None, owner="999999999999"))
    assert "lacks the records of Z1" in seen(unread).unknown


# -- rules of the resolver


def rule(domain: str = "corp.example", **changes: object) -> ResolverRule:
    plain = ResolverRule(id="rslvr-rr-1", domain=domain, vpcs=(SHOP,), targets=("192.168.0.53:53",))
    return replace(plain, **changes)


def test_hy_8_what_a_rule_forwards_is_unknown_and_the_rule_is_named() -> None:
    network = Network(held(rules=(rule(),)))
    for name in ("db.corp.example", "corp.example"):
        answer = ask(network, f"web-1 {name} tcp 443")
        assert answer.verdict == "unknown"
        assert "rslvr-rr-1 forwards 'corp.example' of vpc-shop" in answer.missing[0].why
        assert "192.168.0.53:53" in answer.missing[0].why


@pytest.mark.parametrize(
    ("domain", "changes", "is_forwarded"),
    [
        ("corp.example", {}, True),
        ("db.corp.example", {}, True),
        ("example", {}, False),
        ("", {}, False),
        ("b.corp.example", {}, False),
        ("corp.example", {"vpcs": (LAB,)}, False),
        ("corp.example", {"vpcs": ()}, False),
        ("corp.example", {"vpcs": None}, True),
        ("corp.example", {"kind": "SYSTEM"}, False),
        ("corp.example", {"kind": "RECURSIVE"}, False),
    ],
    ids=[
        "same-domain",
        "closer",
        "wider",
        "root",
        "another-name",
        "another-vpc",
        "no-vpc",
        "vpcs-not-said",
        "system",
        "recursive",
    ],
)
def test_hy_8_the_closest_of_zones_and_rules_decides(
    domain: str, changes: dict[str, object], *, is_forwarded: bool
) -> None:
    found = seen(held(zone(record(DB_1)), rules=(rule(domain, **changes),)))
    assert bool(found.unknown) is is_forwarded
    assert [str(one) for one in found.addresses] == ([] if is_forwarded else [DB_1])


def test_hy_8_a_system_rule_below_a_forwarded_domain_leaves_it_to_the_vpc() -> None:
    public = zone(record(DB_1), is_private=False, vpcs=())
    system = rule("db.corp.example", id="rslvr-rr-2", kind="SYSTEM")
    assert addresses(held(public, rules=(rule(), system))) == [DB_1]
    unsure = replace(system, vpcs=None)
    assert seen(held(public, rules=(rule(), unsure))).unknown


@pytest.mark.parametrize(
    ("domain", "name", "is_forwarded"),
    [
        ("", f"ec2.{REGION}.amazonaws.com", False),
        ("amazonaws.com", f"ec2.{REGION}.amazonaws.com", False),
        (f"ec2.{REGION}.amazonaws.com", f"ec2.{REGION}.amazonaws.com", True),
        ("", "ip-10-0-3-10.ec2.internal", False),
        ("ec2.internal", "ip-10-0-3-10.ec2.internal", True),
        ("", "sts.eu-west-1.amazonaws.com", True),
    ],
)
def test_hy_8_what_the_vpc_knows_itself_goes_before_a_wider_rule(
    domain: str, name: str, *, is_forwarded: bool
) -> None:
    base = replace(door(), resolver_rules={"rslvr-rr-1": rule(domain)})
    assert bool(seen(base, name).unknown) is is_forwarded


def test_hy_8_the_internet_asks_no_resolver_of_ours() -> None:
    public = zone(record(WEB_1), is_private=False, vpcs=())
    found = seen(held(public, rules=(rule(),)), vpc="")
    assert [str(one) for one in found.addresses] == [WEB_1]
