"""Zones of Route 53 with routing policies, zones of other accounts, rules of the resolver."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from netreach.model.services import DnsRecord
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import Json, estate, loaded, written

ZONE: Final[Json] = {
    "HostedZone": {"Id": "/hostedzone/Z1", "Name": "corp.example."},
    "VPCs": [{"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}],
}
RULE: Final[Json] = {
    "Id": "rslvr-rr-1",
    "Arn": "arn:aws:route53resolver:eu-west-1:111111111111:resolver-rule/rslvr-rr-1",
    "DomainName": "corp.example.",
    "RuleType": "FORWARD",
    "Name": "to-the-office",
    "TargetIps": [{"Ip": "192.168.0.53", "Port": 53}, {"Ipv6": "fd00::53", "Port": 53}],
}


def record(folder: Path, **fields: object) -> DnsRecord:
    """Read one record set of the zone."""
    shown = {"Name": "db.corp.example.", "Type": "A", **fields}
    if "AliasTarget" not in fields:
        shown["ResourceRecords"] = [{"Value": "10.0.1.10"}]
    written(folder / "zone.json", ZONE)
    written(folder / "vpcs.json", estate())
    written(folder / "Z1.json", {"ResourceRecordSets": [shown]})
    (found,) = open_snapshot(folder).hosted_zones["Z1"].records or ()
    return found


@pytest.mark.parametrize(
    ("fields", "policy"),
    [
        ({}, ""),
        ({"SetIdentifier": "a", "Weight": 10}, "weighted"),
        ({"SetIdentifier": "a", "Region": "eu-west-1"}, "latency"),
        ({"SetIdentifier": "a", "Failover": "PRIMARY"}, "failover"),
        ({"SetIdentifier": "a", "MultiValueAnswer": True}, "multivalue"),
        ({"SetIdentifier": "a", "GeoLocation": {"CountryCode": "*"}}, "location"),
        ({"SetIdentifier": "a", "CidrRoutingConfig": {"LocationName": "*"}}, "location"),
    ],
)
def test_the_policy_of_a_record_is_read(fields: Json, policy: str, tmp_path: Path) -> None:
    found = record(tmp_path, **fields)
    assert (found.policy, found.set_id) == (policy, fields.get("SetIdentifier", ""))


@pytest.mark.parametrize(
    ("fields", "is_fallback"),
    [
        ({"SetIdentifier": "a", "Weight": 0}, True),
        ({"SetIdentifier": "a", "Weight": 1}, False),
        ({"SetIdentifier": "a", "Failover": "SECONDARY"}, True),
        ({"SetIdentifier": "a", "Failover": "PRIMARY"}, False),
    ],
)
def test_what_stands_back_is_a_fallback(fields: Json, tmp_path: Path, *, is_fallback: bool) -> None:
    assert record(tmp_path, **fields).is_fallback is is_fallback


@pytest.mark.parametrize(
    ("fields", "may_fail"),
    [
        ({}, False),
        ({"HealthCheckId": "h"}, True),
        ({"AliasTarget": {"DNSName": "x.example.", "EvaluateTargetHealth": True}}, True),
        ({"AliasTarget": {"DNSName": "x.example.", "EvaluateTargetHealth": False}}, False),
        ({"AliasTarget": {"DNSName": "x.example."}, "HealthCheckId": "h"}, True),
    ],
)
def test_a_health_check_may_take_a_record_away(
    fields: Json, tmp_path: Path, *, may_fail: bool
) -> None:
    assert record(tmp_path, **fields).may_fail is may_fail


def test_name_servers_of_a_domain_below_are_read(tmp_path: Path) -> None:
    assert record(tmp_path, Type="NS").kind == "NS"


@pytest.mark.parametrize("where", ["file", "key"])
def test_zones_of_other_accounts_are_told_for_the_vpc_that_the_file_names(
    where: str, tmp_path: Path
) -> None:
    summaries: Json = {
        "HostedZoneSummaries": [
            {"HostedZoneId": "Z9", "Name": "far.example.", "Owner": {"OwningAccount": "9" * 12}},
            {"HostedZoneId": "Z1", "Name": "corp.example."},
        ]
    }
    name = "list-hosted-zones-by-vpc-vpc-2.json" if where == "file" else "zones.json"
    written(tmp_path / name, summaries if where == "file" else {"vpc-2": summaries})
    written(tmp_path / "zone.json", ZONE)
    written(tmp_path / "vpcs.json", estate())
    zones = open_snapshot(tmp_path).hosted_zones
    assert (zones["Z9"].vpcs, zones["Z9"].records, zones["Z9"].is_private) == (
        ("vpc-2",),
        None,
        True,
    )
    assert zones["Z1"].vpcs == ("vpc-1", "vpc-2")


def tie(**more: object) -> Json:
    return {"Id": "rslvr-rrassoc-1", "ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-1", **more}


@pytest.mark.parametrize(
    ("ties", "vpcs"),
    [
        ([tie()], ("vpc-1",)),
        ([tie(Status="COMPLETE")], ("vpc-1",)),
        ([tie(Status="DELETING")], ()),
        ([tie(Status="OVERRIDDEN")], ()),
        ([tie(ResolverRuleId="rslvr-rr-2")], ()),
        ([], None),
    ],
    ids=["no-status", "complete", "deleting", "overridden", "of-another-rule", "none-told"],
)
def test_a_rule_is_in_force_in_the_vpcs_that_its_associations_say(
    ties: list[Json], vpcs: tuple[str, ...] | None, tmp_path: Path
) -> None:
    snapshot = loaded(tmp_path, ResolverRules=[RULE], ResolverRuleAssociations=ties)
    found = snapshot.resolver_rules["rslvr-rr-1"]
    assert (found.vpcs, found.domain, found.kind) == (vpcs, "corp.example", "FORWARD")
    assert found.targets == ("192.168.0.53:53", "[fd00::53]:53")
    assert (found.name, found.owner) == ("to-the-office", "111111111111")


def test_the_rule_for_everything_has_the_root_as_its_domain(tmp_path: Path) -> None:
    rules = [{**RULE, "DomainName": ".", "RuleType": "RECURSIVE", "TargetIps": None}]
    found = loaded(tmp_path, ResolverRules=rules).resolver_rules["rslvr-rr-1"]
    assert (found.domain, found.kind, found.targets) == ("", "RECURSIVE", ())


PROFILE: Final = "rp-4987774726example"


def of_profile(arn: str = "arn:aws:route53:::hostedzone/Z1", **more: object) -> Json:
    return {"Id": "rpr-1", "ProfileId": PROFILE, "ResourceArn": arn, **more}


def for_vpc(vpc: str = "vpc-1", **more: object) -> Json:
    return {"Id": "rpassoc-1", "ProfileId": PROFILE, "ResourceId": vpc, **more}


@pytest.mark.parametrize(
    ("ties", "vpcs"),
    [
        pytest.param([for_vpc()], ("vpc-1",), id="by-id"),
        pytest.param(
            [for_vpc("arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1")], ("vpc-1",), id="by-arn"
        ),
        pytest.param([for_vpc(Status="COMPLETE")], ("vpc-1",), id="complete"),
        pytest.param([for_vpc(Status="UPDATING")], ("vpc-1",), id="updating"),
        pytest.param([for_vpc(Status="DELETING")], (), id="deleting"),
        pytest.param([for_vpc(ProfileId="rp-another00000")], (), id="of-another-profile"),
        pytest.param([], (), id="none"),
    ],
)
def test_a_profile_is_for_the_vpcs_of_its_associations(
    ties: list[Json], vpcs: tuple[str, ...], tmp_path: Path
) -> None:
    summary = {"Id": PROFILE, "Name": "shared", "Arn": "arn:aws:route53profiles:::profile/x"}
    snapshot = loaded(tmp_path, ProfileSummaries=[summary], ProfileAssociations=ties)
    found = snapshot.dns_profiles[PROFILE]
    assert (found.vpcs, found.resources, found.name) == (vpcs, None, "shared")


@pytest.mark.parametrize(
    ("arn", "number"),
    [
        ("arn:aws:route53:::hostedzone/Z1", "Z1"),
        ("arn:aws:route53resolver:eu-west-1:1:resolver-rule/rslvr-rr-1", "rslvr-rr-1"),
        ("arn:aws:ec2:eu-west-1:1:vpc-endpoint/vpce-1", "vpce-1"),
    ],
)
def test_a_profile_brings_what_its_resource_associations_say(
    arn: str, number: str, tmp_path: Path
) -> None:
    items = [of_profile(arn), of_profile("arn:aws:route53:::hostedzone/Z2", Status="DELETED")]
    found = loaded(tmp_path, ProfileResourceAssociations=items).dns_profiles[PROFILE]
    assert (found.vpcs, found.resources) == (None, (number,))


def test_of_a_profile_that_brings_nothing_the_file_says_which_it_is(tmp_path: Path) -> None:
    written(tmp_path / "vpcs.json", estate())
    written(tmp_path / "ties.json", {"ProfileAssociations": [for_vpc()]})
    written(tmp_path / f"{PROFILE}-brings.json", {"ProfileResourceAssociations": []})
    written(tmp_path / "corp-zones.json", {"ProfileResourceAssociations": []})
    (found,) = open_snapshot(tmp_path).dns_profiles.values()
    assert (found.id, found.vpcs, found.resources) == (PROFILE, ("vpc-1",), ())
