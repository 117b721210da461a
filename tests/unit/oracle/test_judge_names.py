"""The judge by hand: what names stand for [HY-8, EP-2, PC-5, LB-8]."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest

from tests.oracle.name_records import directory
from tests.oracle.names import UNKNOWN, Found, resolve
from tests.property.name_draws import KINDS
from tests.unit.oracle.small_estate import APP, WEB, WEB_PUBLIC, Estate, find, small_estate

PUBLIC_NAME = f"ec2-{WEB_PUBLIC.replace('.', '-')}.eu-central-1.compute.amazonaws.com"
PRIVATE_NAME = f"ip-{APP.replace('.', '-')}.eu-central-1.compute.internal"
SERVICE = "ec2.eu-central-1.amazonaws.com"


def told(*zones: tuple[str, dict[str, str]], public: tuple[str, ...] = ()) -> Estate:
    """Return the small estate with zones, private ones of vpc-a unless they are said to be public.

    Records are written as ``{"db": "10.0.0.5"}``, or ``{"db": "www.corp.example"}``.
    """
    estate = small_estate()
    others = ("VpcEndpoints", "LoadBalancers", "PrefixLists", "VpcPeeringConnections")
    for kind in (*KINDS, *others):
        estate.setdefault(kind, [])
    for number, (domain, names) in enumerate(zones):
        name, is_private = f"Z{number}", domain not in public
        config = {"PrivateZone": is_private}
        estate["HostedZones"].append({"Id": name, "Name": f"{domain}.", "Config": config})
        estate["ZoneVpcs"].append({"Zone": name, "VPCs": [{"VPCId": "vpc-a"}] * is_private})
        records = [_record(f"{key}.{domain}.", value) for key, value in names.items()]
        estate["ZoneRecords"].append({"Zone": name, "ResourceRecordSets": records})
    return estate


def _record(name: str, value: str) -> dict[str, Any]:
    kind = "A" if value[0].isdigit() else "CNAME"
    return {"Name": name, "Type": kind, "ResourceRecords": [{"Value": value}]}


def means(estate: Estate, name: str, vpc: str = "vpc-a") -> Found | None:
    return resolve(directory(estate), name, vpc)


def at(*addresses: str) -> Found:
    return Found(frozenset(map(ip_address, addresses)))


CORP = ("corp.example", {"db": APP, "far": "db.corp.example", "*.any": WEB})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("db.corp.example", at(APP)),
        ("FAR.Corp.Example.", at(APP)),
        ("x.y.any.corp.example", at(WEB)),
        ("none.corp.example", None),
        ("www.partner.test", None),
    ],
)
def test_hy8_a_private_zone_answers_in_its_vpc(name: str, expected: Found | None) -> None:
    assert means(told(CORP), name) == expected


def test_hy8_a_private_zone_answers_nobody_else() -> None:
    assert means(told(CORP), "db.corp.example", "vpc-b") == UNKNOWN
    assert means(told(CORP), "db.corp.example", "") == UNKNOWN
    both = told(CORP, ("example", {"db.corp": WEB}), public=("example",))
    assert means(both, "db.corp.example") == at(APP)
    assert means(both, "db.corp.example", "vpc-b") == at(WEB)


@pytest.mark.parametrize("attribute", ["EnableDnsSupport", "EnableDnsHostnames"])
def test_hy8_it_needs_both_attributes(attribute: str) -> None:
    estate = told(CORP)
    find(estate, "vpc-a")[attribute] = {"Value": False}
    assert means(estate, "db.corp.example") == UNKNOWN
    assert means(estate, PRIVATE_NAME) == UNKNOWN
    assert means(estate, PUBLIC_NAME) == at(WEB_PUBLIC)


def test_hy8_the_closest_zone_answers_alone() -> None:
    estate = told(CORP, ("db.corp.example", {"a": WEB}))
    assert means(estate, "a.db.corp.example") == at(WEB)
    assert means(estate, "db.corp.example") is None


def test_hy8_hosts_names_mean_private_addresses_inside() -> None:
    estate = told(("internal", {}), ("amazonaws.com", {}))
    assert means(estate, PRIVATE_NAME) == at(APP)
    assert means(estate, PUBLIC_NAME) == at(WEB)
    assert means(estate, PUBLIC_NAME, "vpc-b") == at(WEB_PUBLIC)
    assert means(estate, PUBLIC_NAME, "") == at(WEB_PUBLIC)


def test_pc5_a_peer_sees_private_addresses_where_that_side_shows_them() -> None:
    estate = told()
    sides: dict[str, dict[str, Any]] = {
        "RequesterVpcInfo": {"VpcId": "vpc-a", "Region": "eu-central-1"},
        "AccepterVpcInfo": {"VpcId": "vpc-b", "Region": "eu-central-1"},
    }
    peering = {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}}
    estate["VpcPeeringConnections"] = [{**peering, **sides}]
    shows = {"AllowDnsResolutionFromRemoteVpc": True}
    sides["AccepterVpcInfo"]["PeeringOptions"] = shows
    assert means(estate, PUBLIC_NAME, "vpc-b") == at(WEB_PUBLIC)
    sides["RequesterVpcInfo"]["PeeringOptions"] = shows
    assert means(estate, PUBLIC_NAME, "vpc-b") == at(WEB)
    find(estate, "vpc-a")["EnableDnsHostnames"] = {"Value": False}
    assert means(estate, PUBLIC_NAME, "vpc-b") == at(WEB_PUBLIC)


@pytest.mark.parametrize(
    ("domain", "kind", "expected"),
    [
        ("corp.example", "FORWARD", UNKNOWN),
        ("example", "FORWARD", at(APP)),
        ("db.corp.example", "FORWARD", UNKNOWN),
        ("corp.example", "SYSTEM", at(APP)),
    ],
)
def test_hy8_a_rule_goes_before_zones_of_its_name_and_above(
    domain: str, kind: str, expected: Found
) -> None:
    estate = told(CORP)
    rule = {"Id": "rslvr-rr-1", "DomainName": f"{domain}.", "RuleType": kind}
    estate["ResolverRules"] = [rule]
    tie = {"ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-a"}
    estate["ResolverRuleAssociations"] = [tie]
    assert means(estate, "db.corp.example") == expected


def test_ep2_a_services_name_means_the_endpoint_in_its_vpc() -> None:
    estate = told(("amazonaws.com", {}))
    interface = find(estate, "eni-app")
    endpoint: dict[str, Any] = {"VpcEndpointId": "vpce-a", "VpcEndpointType": "Interface"}
    endpoint |= {"VpcId": "vpc-a", "ServiceName": "com.amazonaws.eu-central-1.ec2"}
    endpoint |= {"NetworkInterfaceIds": [interface["NetworkInterfaceId"]]}
    estate["VpcEndpoints"] = [endpoint]
    assert means(estate, SERVICE) is None  # the zone above it holds no such name
    endpoint["PrivateDnsEnabled"] = True
    found = means(estate, SERVICE)
    assert found is not None
    assert (ip_address(APP), "vpc-a") in found.homes
    assert means(estate, SERVICE, "vpc-b") == Found(is_hidden=True)


def test_hy8_a_policy_leaves_open_which_records_are_given() -> None:
    estate = told(CORP)
    weighted = [
        _record("w.corp.example.", address) | {"SetIdentifier": address, "Weight": weight}
        for address, weight in ((APP, 1), (WEB, 0))
    ]
    estate["ZoneRecords"][0]["ResourceRecordSets"] += weighted
    assert means(estate, "w.corp.example") == at(APP)  # without weight it is never given
    weighted[0]["HealthCheckId"] = "check"
    found = means(estate, "w.corp.example")
    assert found is not None
    assert (found.is_open, len(found.addresses)) == (True, 2)


def lent(estate: Estate, *items: str, vpcs: tuple[str, ...] = ("vpc-b",)) -> Estate:
    """Return an estate in which a profile lends to VPCs."""
    key, number = "ProfileResourceAssociations", "rp-01234567"
    brought = [
        {"ProfileId": number, "ResourceArn": f"x/{one}", "Status": "COMPLETE"} for one in items
    ]
    ties = [{"ProfileId": number, "ResourceId": vpc, "Status": "COMPLETE"} for vpc in vpcs]
    estate["ProfileSummaries"] = [{"Id": number}]
    estate["ProfileContents"] = [{"Profile": number, key: brought}]
    estate["ProfileAssociations"] = ties
    return estate


def test_hy8_a_profile_lends_zones_to_its_vpcs() -> None:
    assert means(lent(told(CORP), "Z0"), "db.corp.example", "vpc-b") == at(APP)
    assert means(lent(told(CORP), "Z0", vpcs=()), "db.corp.example", "vpc-b") == UNKNOWN
    assert means(lent(told(CORP), "Z0", "Z9"), "db.corp.example", "vpc-b") == UNKNOWN


@pytest.mark.parametrize(
    ("domain", "name", "expected"),
    [("example", "db.corp", APP), ("corp.example", "db", WEB), ("db.corp.example", "", WEB)],
)
def test_hy8_of_what_is_lent_and_what_is_its_own_the_closest_wins_and_then_its_own(
    domain: str, name: str, expected: str
) -> None:
    estate = told(CORP, (domain, {}))
    record = _record(f"{name}.{domain}.".lstrip("."), WEB)
    estate["ZoneRecords"][1]["ResourceRecordSets"] = [record]
    estate["ZoneVpcs"][1]["VPCs"] = [{"VPCId": "vpc-b"}]
    assert means(lent(estate, "Z0"), "db.corp.example", "vpc-b") == at(expected)
