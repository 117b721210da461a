"""Names in VPCs that Route 53 Profiles are associated with."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.model.relations import Relations
from netreach.model.services import (
    DnsProfile,
    DnsRecord,
    EndpointKind,
    HostedZone,
    ResolverRule,
    VpcEndpoint,
)
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.query.answers import Answers
from netreach.query.dns import Names
from tests.unit.fabric.endpoints_by_hand import REGION
from tests.unit.fabric.estates_by_hand import ask, snapshot

SHOP: Final = "vpc-shop"
NAME: Final = "db.corp.example"


def zone(number: str = "Z1", apex: str = "corp.example", **more: object) -> HostedZone:
    """Return a private zone of another VPC."""
    record = DnsRecord(name=NAME, kind="A", values=("10.0.3.10",))
    found = HostedZone(id=number, zone_name=apex, is_private=True, vpcs=("vpc-hub",))
    return replace(found, records=(record,), **more)


def rule(number: str = "rslvr-rr-1", domain: str = "corp.example", **more: object) -> ResolverRule:
    """Return a rule that is in force in no VPC by itself."""
    found = ResolverRule(id=number, domain=domain, vpcs=(), targets=("192.168.0.53:53",))
    return replace(found, **more)


def profile(*resources: str, number: str = "rp-shared", **more: object) -> DnsProfile:
    """Return a profile of the VPC `shop`."""
    return replace(DnsProfile(id=number, vpcs=(SHOP,), resources=resources), **more)


def with_names(*records: HostedZone | ResolverRule | DnsProfile | VpcEndpoint) -> Snapshot:
    """Return the base estate with zones, rules, endpoints and profiles."""
    kinds = (HostedZone, ResolverRule, DnsProfile, VpcEndpoint)
    zones, rules, profiles, endpoints = (
        {one.id: one for one in records if type(one) is kind} for kind in kinds
    )
    return replace(
        snapshot(),
        hosted_zones=zones,
        resolver_rules=rules,
        dns_profiles=profiles,
        endpoints=endpoints,
    )


def seen(
    *records: HostedZone | ResolverRule | DnsProfile | VpcEndpoint, name: str = NAME
) -> Answers:
    """Return what a name means in the VPC `shop`."""
    return Names(Relations(with_names(*records))).seen_from(name, SHOP)


def test_a_zone_of_a_profile_serves_its_vpcs() -> None:
    found = seen(zone(), profile("Z1"))
    assert (list(map(str, found.addresses)), found.unknown) == (["10.0.3.10"], "")
    # even one of which nobody says whom it serves by itself
    assert list(map(str, seen(zone(vpcs=()), profile("Z1")).addresses)) == ["10.0.3.10"]


@pytest.mark.parametrize("vpcs", [(), ("vpc-lab",)])
def test_a_profile_of_other_vpcs_changes_nothing(vpcs: tuple[str, ...]) -> None:
    assert "does not serve" in seen(zone(), profile("Z1", vpcs=vpcs)).unknown


def test_a_rule_of_a_profile_forwards_what_its_vpcs_ask() -> None:
    found = seen(rule(), profile("rslvr-rr-1"))
    assert found.unknown.startswith("rslvr-rr-1 forwards 'corp.example' of vpc-shop")
    unsaid = seen(rule(vpcs=None), profile("rslvr-rr-1"))
    assert unsaid.unknown == found.unknown


def test_of_one_profile_the_closest_zone_or_rule_decides() -> None:
    wide = rule(domain="example")
    found = seen(zone(), wide, profile("Z1", "rslvr-rr-1"))
    assert list(map(str, found.addresses)) == ["10.0.3.10"]
    near = rule(domain=NAME)
    assert "forwards" in seen(zone(), near, profile("Z1", "rslvr-rr-1")).unknown


def elsewhere(apex: str, number: str = "Z2", **more: object) -> HostedZone:
    """Return a zone in which the name means another address, of the VPC itself."""
    record = DnsRecord(name=NAME, kind="A", values=("10.0.3.99",))
    return replace(zone(number, apex, vpcs=(SHOP,)), records=(record,), **more)


@pytest.mark.parametrize(
    ("own", "expected"),
    [("example", "10.0.3.10"), ("corp.example", "10.0.3.99"), (NAME, "10.0.3.99")],
)
def test_the_most_specific_zone_wins_and_of_one_name_the_vpc_s_own(own: str, expected: str) -> None:
    for zones in ((zone(), elsewhere(own)), (elsewhere(own), zone())):
        found = seen(*zones, profile("Z1"))
        assert (list(map(str, found.addresses)), found.unknown) == ([expected], "")


@pytest.mark.parametrize(
    ("own", "kind", "is_forwarded"),
    [
        ("example", "FORWARD", False),
        ("corp.example", "FORWARD", True),
        (NAME, "FORWARD", True),
        ("corp.example", "SYSTEM", False),
    ],
)
def test_a_rule_of_the_vpc_goes_before_a_profile_s_zone_of_its_name(
    own: str, kind: str, is_forwarded: bool
) -> None:
    found = seen(zone(), profile("Z1"), rule("rslvr-rr-2", own, kind=kind, vpcs=(SHOP,)))
    assert ("rslvr-rr-2 forwards" in found.unknown) == is_forwarded
    assert [str(one) for one in found.addresses] == ([] if is_forwarded else ["10.0.3.10"])


def test_of_two_rules_of_one_name_the_vpc_s_own_counts() -> None:
    own = rule("rslvr-rr-2", kind="SYSTEM", vpcs=(SHOP,))
    found = seen(zone(vpcs=(SHOP,)), rule(), own, profile("rslvr-rr-1"))
    assert list(map(str, found.addresses)) == ["10.0.3.10"]
    lent = seen(
        zone(vpcs=(SHOP,)),
        rule("rslvr-rr-2", vpcs=(SHOP,)),
        rule(kind="SYSTEM"),
        profile("rslvr-rr-1"),
    )
    assert "rslvr-rr-2 forwards" in lent.unknown


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param(zone("Z2", vpcs=()), "which VPCs Z2", id="zone"),
        pytest.param(rule("rslvr-rr-2", vpcs=None), "does not say whether", id="rule"),
    ],
)
def test_what_may_be_the_vpc_s_own_leaves_a_profile_s_name_unknown(
    other: HostedZone | ResolverRule, why: str
) -> None:
    assert why in seen(zone(), profile("Z1"), other).unknown


def test_two_profiles_that_speak_of_a_name_apart_leave_it_unknown() -> None:
    found = seen(zone(), zone("Z2"), profile("Z1"), profile("Z2", number="rp-two"))
    assert "rp-shared and rp-two both speak of 'db.corp.example'" in found.unknown
    alike = seen(zone(), profile("Z1"), profile("Z1", number="rp-two"))
    assert list(map(str, alike.addresses)) == ["10.0.3.10"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(zone("Z2", "other.example", vpcs=(SHOP,)), id="zone-of-another-domain"),
        pytest.param(rule("rslvr-rr-2", "other.example", vpcs=(SHOP,)), id="rule-of-another"),
        pytest.param(rule("rslvr-rr-2", "", kind="RECURSIVE", vpcs=(SHOP,)), id="aws-s-own-rule"),
        pytest.param(zone("Z2", is_private=False, vpcs=()), id="public-zone"),
        pytest.param(profile("Z2", number="rp-two", vpcs=()), id="profile-of-no-vpc"),
        pytest.param(profile(number="rp-two"), id="empty-profile"),
    ],
)
def test_what_does_not_speak_of_the_name_settles_nothing(
    other: HostedZone | ResolverRule | DnsProfile,
) -> None:
    assert list(map(str, seen(zone(), profile("Z1"), other).addresses)) == ["10.0.3.10"]


def test_a_zone_that_serves_a_vpc_twice_is_one_zone() -> None:
    found = seen(zone(vpcs=(SHOP,)), profile("Z1"))
    assert list(map(str, found.addresses)) == ["10.0.3.10"]


def test_a_profile_of_which_nobody_says_what_it_brings_leaves_every_name_unknown() -> None:
    mine = zone(vpcs=(SHOP,))
    found = seen(mine, profile(resources=None))
    assert "rp-shared brings to vpc-shop" in found.unknown
    assert "list-profile-resource-associations" in found.unknown
    network = Network(with_names(profile(resources=None)))
    answer = ask(network, "web-1 nobody.example tcp 80")
    assert answer.verdict == "unknown"
    assert any("rp-shared" in one.why for one in answer.missing)
    with pytest.raises(SelectorError):
        ask(Network(with_names(profile("Z1"), zone())), "web-1 nobody.example tcp 80")


def test_what_a_profile_brings_and_the_snapshot_lacks_is_named() -> None:
    found = seen(zone(), profile("Z1", "Z9"))
    assert found.unknown == "the snapshot lacks Z9, which rp-shared brings to vpc-shop"
    answer = ask(Network(with_names(profile("Z9"))), "web-1 nobody.example tcp 80")
    assert answer.verdict == "unknown"
    # filters and logs answer nothing
    filtered = seen(zone(), profile("Z1", "rslvr-frg-1", "rqlc-1"))
    assert list(map(str, filtered.addresses)) == ["10.0.3.10"]


def test_whether_a_profile_is_associated_matters_where_it_speaks_of_the_name() -> None:
    found = seen(zone(), profile("Z1", vpcs=None))
    assert "list-profile-associations" in found.unknown
    mine = zone("Z2", "other.example", vpcs=(SHOP,))
    other = replace(
        mine, records=(DnsRecord(name="a.other.example", kind="A", values=("10.0.3.9",)),)
    )
    quiet = seen(zone(), other, profile("Z1", vpcs=None), name="a.other.example")
    assert list(map(str, quiet.addresses)) == ["10.0.3.9"]


def test_private_zones_of_profiles_need_the_vpc_s_dns_attributes() -> None:
    base = with_names(zone(), zone("Z2", vpcs=(SHOP,)), profile("Z1"))
    shop = replace(base.vpcs[SHOP], dns_hostnames=False)
    off = replace(base, vpcs={**base.vpcs, SHOP: shop})
    assert "does not serve" in Names(Relations(off)).seen_from(NAME, SHOP).unknown


def test_an_endpoint_of_a_profile_is_not_modelled() -> None:
    service = f"com.amazonaws.{REGION}.sqs"
    host = f"sqs.{REGION}.amazonaws.com"
    far = VpcEndpoint(
        id="vpce-0a",
        vpc="vpc-lab",
        kind=EndpointKind.INTERFACE,
        service=service,
        has_private_dns=True,
        dns_names=(host,),
    )
    assert "endpoints of profiles" in seen(far, profile(far.id), name=host).unknown
    found = Names(Relations(with_names(far, profile(far.id)))).services.seen_from("sqs", SHOP)
    assert "rp-shared may bring an endpoint" in found.unknown
    others = Names(Relations(with_names(far, profile(far.id)))).services
    assert not others.seen_from("kms", SHOP).unknown
    assert not others.seen_from("sqs", "").unknown
    lost = Names(Relations(with_names(profile("vpce-9")))).services.seen_from("sqs", SHOP)
    assert "rp-shared may bring an endpoint" in lost.unknown
    dark = Names(Relations(with_names(profile(resources=None)))).services.seen_from("sqs", SHOP)
    assert "list-profile-resource-associations" in dark.unknown


def test_the_internet_knows_no_profiles() -> None:
    public = zone(is_private=False, vpcs=())
    base = with_names(public, profile(resources=None, vpcs=None))
    found = Names(Relations(base)).seen_from(NAME, "")
    assert list(map(str, found.addresses)) == ["10.0.3.10"]


def test_endpoints_bear_names_only_where_the_dns_attributes_are_on() -> None:
    host = f"sqs.{REGION}.amazonaws.com"
    there = DnsRecord(name=host, kind="A", values=("10.0.3.9",))
    covering = zone("Z2", f"{REGION}.amazonaws.com", is_private=False, vpcs=())
    base = with_names(
        replace(covering, records=(there,)), _door("vpc-lab", host), profile("vpce-0a")
    )
    assert "endpoints of profiles" in Names(Relations(base)).seen_from(host, SHOP).unknown
    off = replace(base.vpcs[SHOP], dns_hostnames=False)
    told = Names(Relations(replace(base, vpcs={**base.vpcs, SHOP: off}))).seen_from(host, SHOP)
    assert "endpoints of profiles" not in told.unknown


@pytest.mark.parametrize(
    ("apex", "is_endpoint"), [("example", True), (NAME, True), (f"a.{NAME}", False)]
)
def test_an_endpoint_of_the_vpc_goes_before_zones_of_its_name(apex: str, is_endpoint: bool) -> None:
    asked = DnsRecord(name=f"a.{NAME}", kind="A", values=("10.0.3.10",))
    lent = replace(zone("Z1", apex), records=(asked,))
    found = seen(lent, profile("Z1"), _door(SHOP, f"*.{NAME}"), name=asked.name)
    assert ("of vpce-0a" in found.unknown) == is_endpoint
    assert bool(found.addresses) != is_endpoint


def test_an_endpoint_of_a_profile_speaks_of_its_names_without_a_list_of_them() -> None:
    service = f"com.amazonaws.{REGION}.sqs"
    far = replace(_door("vpc-lab", ""), dns_names=(), service=service, has_private_dns=False)
    host = f"sqs.{REGION}.amazonaws.com"
    there = DnsRecord(name=host, kind="A", values=("10.0.3.9",))
    mine = replace(zone("Z2", "amazonaws.com", vpcs=(SHOP,)), records=(there,))
    assert "endpoints of profiles" in seen(far, mine, profile(far.id), name=host).unknown


def _door(vpc: str, name: str) -> VpcEndpoint:
    return VpcEndpoint(
        id="vpce-0a",
        vpc=vpc,
        kind=EndpointKind.INTERFACE,
        service=f"com.amazonaws.{REGION}.sqs",
        has_private_dns=True,
        dns_names=(name,),
    )


@pytest.mark.parametrize(
    ("listed", "asked"), [((f"db.{NAME}",), f"x.db.{NAME}"), ((f"*.{NAME}",), NAME)]
)
def test_what_an_endpoint_does_not_list_below_its_names_is_unknown(
    listed: tuple[str, ...], asked: str
) -> None:
    there = DnsRecord(name=asked, kind="A", values=("10.0.3.9",))
    public = replace(zone(is_private=False, vpcs=()), records=(there,))
    found = seen(public, replace(_door(SHOP, NAME), dns_names=listed), name=asked)
    assert f"lists no '{asked}'" in found.unknown
