"""A rule whose CIDR has host bits may mean the block or the one address: only there is it unknown.

The judge, which reads the dump by itself, is asked the same.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from netreach.model.snapshot import Snapshot
from netreach.network import Answer, Network
from netreach.present.json_v1 import render_json
from netreach.sources.describe import snapshot_of
from netreach.sources.files import Document
from tests.unit.oracle import small_estate as small
from tests.unit.oracle.small_estate import APP, APP_6, DB, HOST, WEB, WEB_6, entry, find, rule

CODE = "CIDR_HAS_HOST_BITS"
#: In the subnets of the private and the public hosts, held by nobody.
JUST_BELOW, JUST_ABOVE = "10.0.2.29", "10.0.2.31"

Estate = small.Estate


def network_of(estate: Estate) -> Network:
    snapshot = snapshot_of([Document("estate.json", json.dumps(estate).encode())])
    assert isinstance(snapshot, Snapshot)
    return Network(snapshot)


def ask(estate: Estate, source: str, destination: str, port: int = 443) -> Answer:
    ends = (end if end.startswith("8.") else f"vpc-a/{end}" for end in (source, destination))
    return network_of(estate).path(*ends, port=port)


def verdict(estate: Estate, source: str, destination: str = WEB) -> str:
    """Return the verdict, on which the judge must agree."""
    said = str(ask(estate, source, destination).verdict)
    home = small.HOME.get(source, "vpc-a")
    assert small.ask(estate, source, destination, source_id=home).verdict == said
    return said


def gaps(answer: Answer) -> set[tuple[str, str]]:
    return {(str(missing.code), missing.component.id) for missing in answer.missing}


def with_group(*cidrs: str, field: str = "IpPermissions", group: str = "sg-web") -> Estate:
    estate = small.small_estate()
    find(estate, group)[field] = [rule("tcp", (443, 443), cidr=cidr) for cidr in cidrs]
    return estate


def with_acl(name: str, *entries: small.Record, egress: bool = False) -> Estate:
    """Replace one direction of an ACL."""
    estate = small.small_estate()
    acl = find(estate, name)
    kept = [one for one in acl["Entries"] if one["Egress"] is not egress]
    acl["Entries"] = [*kept, *({**one, "Egress": egress} for one in entries)]
    return estate


# -- security groups


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(DB, "reachable", id="the-address-as-written"),
        pytest.param(APP, "unknown", id="elsewhere-in-the-block"),
        pytest.param(JUST_BELOW, "unknown", id="just-below"),
        pytest.param(JUST_ABOVE, "unknown", id="just-above"),
    ],
)
def test_a_group_rule_is_sure_of_the_address_only(source: str, expected: str) -> None:
    assert verdict(with_group("10.0.2.30/24"), source) == expected


def test_outside_the_block_a_group_rule_surely_says_nothing() -> None:
    estate = with_group("10.0.2.70/26")  # 10.0.2.64 to 10.0.2.127
    assert verdict(estate, "10.0.2.63") == verdict(estate, "10.0.2.128") == "unreachable"
    assert verdict(estate, "10.0.2.64") == verdict(estate, "10.0.2.127") == "unknown"
    assert verdict(estate, "10.0.2.70") == "reachable"


def test_a_group_rule_on_the_way_out_is_read_alike() -> None:
    estate = with_group("10.0.2.30/24", field="IpPermissionsEgress")
    assert verdict(estate, WEB, DB) == "reachable"
    assert verdict(estate, WEB, APP) == "unknown"


def test_ipv6_rules_are_read_alike() -> None:
    assert verdict(with_group(f"{APP_6}/64"), APP_6, WEB_6) == "reachable"
    assert verdict(with_group(f"{small.SIX}:102::21/64"), APP_6, WEB_6) == "unknown"
    assert verdict(with_group(f"{small.SIX}:101::20/64"), APP_6, WEB_6) == "unreachable"


def test_another_rule_that_surely_allows_decides_and_is_cited() -> None:
    estate = with_group("10.0.2.30/24", "10.0.2.16/28")
    answer = ask(estate, APP, WEB)
    assert (answer.verdict, verdict(estate, APP)) == ("reachable", "reachable")
    cited = {hop.because.text for hop in answer.parts[0].forward if hop.because}
    assert "sg-web allows tcp 443 from 10.0.2.16/28" in cited


def test_only_the_services_of_the_rule_are_in_doubt() -> None:
    estate = with_group("10.0.2.30/24")
    assert ask(estate, APP, WEB, port=443).verdict == "unknown"
    assert ask(estate, APP, WEB, port=444).verdict == "unreachable"


def test_the_group_and_its_cidr_as_written_are_named() -> None:
    estate = with_group("10.0.2.30/24", "172.16.0.1/12", f"{APP}/31")
    find(estate, "sg-web")["IpPermissions"].append(rule("tcp", (22, 22), cidr="10.0.2.9/24"))
    answer = ask(estate, "10.0.2.22", WEB)
    assert gaps(answer) == {(CODE, "sg-web")}
    (why,) = {missing.why for missing in answer.missing}  # of no other rule
    assert why == (
        "sg-web allows tcp 443 from 10.0.2.30/24, which has host bits: "
        "10.0.2.0/24 or 10.0.2.30/32 may be meant"
    )


def test_json_and_text_carry_the_code() -> None:
    answer = ask(with_group("10.0.2.30/24"), APP, WEB)
    said: dict[str, Any] = json.loads(render_json(answer.report))
    assert [(one["code"], one["component"]["id"]) for one in said["missing"]] == [(CODE, "sg-web")]
    assert CODE in answer.explain()
    assert "10.0.2.30/24" in answer.explain()


def test_an_entry_of_a_prefix_list_is_read_alike_and_the_list_named() -> None:
    estate = small.small_estate()
    find(estate, "pl-known")["Entries"] = [{"Cidr": "10.0.2.30/24"}]
    find(estate, "sg-web")["IpPermissions"] = [rule("tcp", (443, 443), prefix_list="pl-known")]
    assert verdict(estate, DB) == "reachable"
    assert verdict(estate, APP) == "unknown"
    answer = ask(estate, APP, WEB)
    assert gaps(answer) == {(CODE, "pl-known")}
    assert answer.missing[0].why.startswith("pl-known lists 10.0.2.30/24, which has host bits")


# -- network ACLs


@pytest.mark.parametrize(
    ("entries", "written", "elsewhere"),
    [
        pytest.param([entry(100, "allow", "10.0.2.30/24")], "reachable", "unknown", id="allow"),
        pytest.param(
            [entry(90, "deny", "10.0.2.30/24"), entry(100, "allow", "0.0.0.0/0")],
            "unreachable",
            "unknown",
            id="deny-before-allow",
        ),
        pytest.param(
            [
                entry(90, "deny", "10.0.2.30/24", "6", ports=(22, 22)),
                entry(100, "allow", "0.0.0.0/0"),
            ],
            "reachable",
            "reachable",
            id="deny-of-another-port",
        ),
        pytest.param(
            [entry(90, "allow", "10.0.2.0/24"), entry(100, "deny", "10.0.2.30/24")],
            "reachable",
            "reachable",
            id="deny-too-late",
        ),
        pytest.param(
            [entry(80, "allow", "10.0.2.30/24"), entry(90, "deny", "10.0.2.0/24")],
            "reachable",
            "unknown",
            id="allow-before-deny",
        ),
        pytest.param(
            [entry(80, "deny", "10.0.2.30/24"), entry(90, "deny", "10.0.2.0/24")],
            "unreachable",
            "unreachable",
            id="deny-before-deny",
        ),
        pytest.param(
            [entry(80, "allow", "10.0.2.30/24"), entry(90, "allow", "10.0.2.0/24")],
            "reachable",
            "reachable",
            id="allow-before-allow",
        ),
        pytest.param(
            [entry(80, "deny", "10.0.2.30/24"), entry(90, "allow", "10.0.2.20/25")],
            "unreachable",
            "unknown",
            id="deny-before-the-address-as-written",
        ),
    ],
)
def test_an_acl_rule_is_sure_of_the_address_only(
    entries: list[small.Record], written: str, elsewhere: str
) -> None:
    estate = with_acl("acl-public", *entries)
    assert (verdict(estate, DB), verdict(estate, APP)) == (written, elsewhere)


def test_the_acl_and_its_rule_are_named() -> None:
    deny, allow = entry(90, "deny", "10.0.2.30/24"), entry(100, "allow", "0.0.0.0/0")
    answer = ask(with_acl("acl-public", deny, allow), APP, WEB)
    assert gaps(answer) == {(CODE, "acl-public")}
    assert answer.missing[0].why == (
        "acl-public denies all by rule 90 from 10.0.2.30/24, which has host bits: "
        "10.0.2.0/24 or 10.0.2.30/32 may be meant"
    )


def test_a_hop_cites_the_rule_that_surely_lets_some_of_a_range_through() -> None:
    deny = entry(90, "deny", "10.0.2.30/24", "6", ports=(22, 22))
    estate = with_acl("acl-public", deny, entry(100, "allow", "0.0.0.0/0"))
    answer = network_of(estate).path(f"vpc-a/{APP}", f"vpc-a/{WEB}", port="20-30")
    assert (answer.verdict, str(answer.services)) == ("partial", "tcp 20-21, tcp 23-30")
    (hop,) = (hop for hop in answer.parts[0].forward if hop.component.id == "acl-public")
    assert hop.because is not None
    assert hop.because.fields["rule"] == 100
    assert gaps(answer) == {(CODE, "acl-public")}


def test_a_definite_blocker_beats_the_doubt() -> None:
    estate = with_acl("acl-public", entry(100, "allow", "10.0.2.30/24"))
    find(estate, "sg-web")["IpPermissions"] = []
    assert verdict(estate, APP) == "unreachable"
    assert {str(one.code) for one in ask(estate, APP, WEB).explanations} == {"SG_HAS_NO_RULES"}


# -- replies


def replies(last: int, cidr: str) -> list[small.Record]:
    """Let replies to the lower client ports in surely, and to the higher ones from a CIDR."""
    return [
        entry(100, "allow", "0.0.0.0/0", "6", ports=(1024, 32767)),
        entry(110, "allow", cidr, "6", ports=(32768, last)),
    ]


@pytest.mark.parametrize(
    ("last", "cidr", "expected"),
    [
        pytest.param(65535, f"{WEB}/24", "reachable", id="the-address-as-written"),
        pytest.param(65535, "10.0.1.11/24", "unknown", id="all-ports-or-some"),
        pytest.param(65534, "10.0.1.11/24", "partial", id="some-ports-either-way"),
        pytest.param(65535, "10.0.3.11/24", "partial", id="outside-the-block"),
    ],
)
def test_replies_to_some_client_ports_may_be_in_doubt(last: int, cidr: str, expected: str) -> None:
    estate = with_acl("acl-private", *replies(last, cidr))
    assert verdict(estate, APP, WEB) == expected
    assert (CODE in ask(estate, APP, WEB).explain()) == (cidr == "10.0.1.11/24")


@pytest.mark.parametrize(
    ("last", "cidr", "expected"),
    [
        pytest.param(65535, f"{HOST}/24", "reachable", id="the-address-as-written"),
        pytest.param(65535, "8.8.8.9/24", "unknown", id="all-ports-or-some"),
        pytest.param(65534, "8.8.8.9/24", "partial", id="some-ports-either-way"),
    ],
)
def test_ports_of_a_nat_gateway_may_be_in_doubt(last: int, cidr: str, expected: str) -> None:
    inside = entry(90, "allow", "10.0.0.0/16")
    estate = with_acl("acl-public", inside, *replies(last, cidr))
    assert verdict(estate, APP, HOST) == expected


# -- what has one reading only


def test_a_route_is_read_as_the_block_that_aws_makes_of_it() -> None:
    estate = small.small_estate()
    routes = find(estate, "rtb-public")["Routes"]
    routes.append(small.route("8.8.8.9/24", "blackhole", TransitGatewayId="tgw-1"))
    assert verdict(estate, WEB, HOST) == "unreachable"
    assert verdict(estate, WEB, "8.8.9.8") == "reachable"
