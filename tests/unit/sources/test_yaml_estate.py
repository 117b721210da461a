"""Our own YAML: what it becomes, what it implies, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from netreach.errors import InputError
from netreach.model.records import (
    Attachment,
    ElasticIp,
    Instance,
    InterfaceAddress,
    NatAddress,
    NatGateway,
    NetworkAclRule,
    NetworkInterface,
    PrefixList,
    Resource,
    Route,
    RouteOrigin,
    RouteState,
    SecurityGroupRule,
    Subnet,
    TargetKind,
    Unmodelled,
    Vpc,
)
from netreach.model.snapshot import KINDS, Snapshot
from netreach.packets.prefixes import Address, Prefix
from netreach.sources.yaml_estate import is_estate, read, schema_file
from netreach.sources.yaml_estate.forms import schema_text

ROOT = Path(__file__).parents[3]
FIXTURES = sorted((ROOT / "fixtures").glob("*/estate.yaml"))
ACCOUNT, REGION = "111122223333", "eu-central-1"


def estate(vpc: str = "", rest: str = "") -> str:
    """Return an estate of one VPC, with two subnets, and more keys in the VPC or outside of it."""
    return f"""
netreach: 1
account: "{ACCOUNT}"
region: {REGION}
vpcs:
  shop:
    cidrs: [10.0.0.0/16, "2001:db8:1::/56"]
    subnets:
      web: {{cidr: 10.0.1.0/24, zone: a}}
      app: {{cidrs: [10.0.2.0/24, "2001:db8:1:2::/64"], zone: b}}
{vpc}
{rest}
"""


def snapshot(vpc: str = "", rest: str = "") -> Snapshot:
    return read(estate(vpc, rest), "estate.yaml")


def prefix(text: str) -> Prefix:
    return Prefix.parse(text)


def address(text: str) -> Address:
    return Address.parse(text)


COMMON: dict[str, Any] = {"owner": ACCOUNT, "region": REGION}
LOCAL_ROUTES = tuple(
    Route(
        destination=prefix(cidr),
        target_kind=TargetKind.LOCAL,
        target="local",
        origin=RouteOrigin.CREATE_ROUTE_TABLE,
    )
    for cidr in ("10.0.0.0/16", "2001:db8:1::/56")
)


def test_a_vpc_and_its_subnets_become_records() -> None:
    found = snapshot()
    assert found.vpcs == {
        "vpc-shop": Vpc(
            id="vpc-shop",
            tags={"Name": "shop"},
            prefixes=(prefix("10.0.0.0/16"), prefix("2001:db8:1::/56")),
            **COMMON,
        )
    }
    assert found.subnets["subnet-app"] == Subnet(
        id="subnet-app",
        tags={"Name": "app"},
        vpc="vpc-shop",
        prefixes=(prefix("10.0.2.0/24"), prefix("2001:db8:1:2::/64")),
        zone="eu-central-1b",
        **COMMON,
    )


def test_a_snapshot_says_that_nothing_is_missing_from_it() -> None:
    found = snapshot(rest="taken: 2026-01-31")
    assert found.format == "yaml"
    assert found.taken == "2026-01-31"
    assert re.fullmatch("[0-9a-f]{64}", found.digest)
    assert {"Vpcs", "NetworkAcls", "Reservations", "ManagedPrefixLists"} <= found.calls
    assert found.problems == ()


def test_another_text_has_another_digest() -> None:
    assert snapshot().digest != snapshot(rest="description: other").digest


def test_the_ipv4_block_comes_first_however_it_is_written() -> None:
    found = read('{netreach: 1, vpcs: {v: {cidrs: ["2001:db8::/56", 10.0.0.0/16]}}}')
    assert found.vpcs["vpc-v"].prefixes == (prefix("10.0.0.0/16"), prefix("2001:db8::/56"))


# --- what is implied


def test_a_vpc_without_a_main_table_gets_the_one_that_aws_makes() -> None:
    table = snapshot().route_tables["rtb-shop-main"]
    assert table.is_main
    assert table.routes == LOCAL_ROUTES
    assert table.subnets == ()  # the API names no subnet for the main table [RT-1]


def test_a_vpc_with_a_main_table_gets_no_other() -> None:
    found = snapshot("    route_tables: {own: {main: true}}")
    assert [table.id for table in found.route_tables.values() if table.is_main] == ["rtb-own"]


def test_subnets_without_an_acl_get_the_default_one_that_allows_everything() -> None:
    acl = snapshot().network_acls["acl-shop-default"]
    everywhere = (prefix("0.0.0.0/0"), prefix("::/0"))
    rules = (
        NetworkAclRule(number=100, allows=True, prefix=everywhere[0]),
        NetworkAclRule(number=101, allows=True, prefix=everywhere[1]),
        NetworkAclRule(number=32767, allows=False, prefix=everywhere[0]),
        NetworkAclRule(number=32768, allows=False, prefix=everywhere[1]),
    )
    assert acl.is_default
    assert acl.subnets == ("subnet-web", "subnet-app")
    assert acl.ingress == acl.egress == rules


def test_an_ipv4_vpc_has_no_ipv6_rules() -> None:
    found = read("{netreach: 1, vpcs: {v: {cidr: 10.0.0.0/16, groups: {g: {}}}}}")
    families = {rule.prefix.family for rule in found.network_acls["acl-v-default"].ingress}
    peers = [rule.prefix for rule in found.security_groups["sg-g"].egress]
    assert families == {4}
    assert peers == [prefix("0.0.0.0/0")]


def test_a_written_default_acl_serves_the_subnets_without_one() -> None:
    acls = "    acls: {mine: {default: true}, other: {}}"
    found = read(estate(acls).replace("zone: a}", "zone: a, acl: other}"))
    assert found.network_acls["acl-mine"].subnets == ("subnet-app",)
    assert found.network_acls["acl-other"].subnets == ("subnet-web",)
    assert set(found.network_acls) == {"acl-mine", "acl-other"}


def test_a_subnet_whose_acl_is_missing_has_none() -> None:
    found = read(estate().replace("zone: a}", "zone: a, acl: missing}"))
    assert found.network_acls["acl-shop-default"].subnets == ("subnet-app",)


def test_a_group_without_a_word_on_egress_lets_everything_out() -> None:
    groups = snapshot("    groups: {open: {}, shut: {egress: []}}").security_groups
    assert groups["sg-open"].egress == (
        SecurityGroupRule(prefix=prefix("0.0.0.0/0")),
        SecurityGroupRule(prefix=prefix("::/0")),
    )
    assert groups["sg-shut"].egress == groups["sg-open"].ingress == ()


def test_a_nat_gateway_brings_its_interface_and_its_elastic_ip() -> None:
    gateways = "    nat_gateways: {out: {subnet: web, address: 10.0.1.5, public: 198.51.100.7}}"
    found = snapshot(gateways)
    private, public = address("10.0.1.5"), address("198.51.100.7")
    assert found.nat_gateways["nat-out"] == NatGateway(
        id="nat-out",
        tags={"Name": "out"},
        vpc="vpc-shop",
        subnet="subnet-web",
        addresses=(NatAddress(private=private, public=public, interface="eni-out"),),
        **COMMON,
    )
    assert found.interfaces["eni-out"] == NetworkInterface(
        id="eni-out",
        vpc="vpc-shop",
        subnet="subnet-web",
        zone="eu-central-1a",
        attachment_status="attached",
        interface_type="nat_gateway",
        description="Interface for NAT Gateway nat-out",
        addresses=(InterfaceAddress(private=private, public=public, is_primary=True),),
        source_dest_check=False,
        is_service_owned=True,
        **COMMON,
    )
    assert found.elastic_ips["eipalloc-out"] == ElasticIp(
        id="eipalloc-out", public=public, private=private, interface="eni-out", **COMMON
    )


# --- instances and interfaces


def test_an_instance_with_one_interface() -> None:
    found = snapshot(
        "    groups: {g: {}}\n"
        "    instances: {one: {subnet: app, address: 10.0.2.10, ipv6: '2001:db8:1:2::a',"
        " public: 203.0.113.1, groups: [g], metadata: false}}"
    )
    assert found.instances["i-one"] == Instance(
        id="i-one",
        tags={"Name": "one"},
        vpc="vpc-shop",
        subnet="subnet-app",
        interfaces=("eni-one",),
        metadata_enabled=False,
        **COMMON,
    )
    assert found.interfaces["eni-one"] == NetworkInterface(
        id="eni-one",
        vpc="vpc-shop",
        subnet="subnet-app",
        zone="eu-central-1b",
        attachment_status="attached",
        instance="i-one",
        groups=("sg-g",),
        addresses=(
            InterfaceAddress(
                private=address("10.0.2.10"), public=address("203.0.113.1"), is_primary=True
            ),
            InterfaceAddress(private=address("2001:db8:1:2::a"), is_primary=True),
        ),
        **COMMON,
    )
    assert found.elastic_ips == {}


def test_an_instance_with_several_interfaces_in_their_order() -> None:
    found = snapshot(
        "    instances: {fw: {interfaces: {out: {subnet: web, address: 10.0.1.10, groups: []},"
        " in: {id: eni-0a1, subnet: app, address: 10.0.2.10, groups: [], source_dest_check: false}}}}\n"
        "    interfaces: {more: {subnet: app, address: 10.0.2.11, groups: [], instance: fw}}"
    )
    assert found.instances["i-fw"].interfaces == ("eni-fw-out", "eni-0a1", "eni-more")
    assert found.instances["i-fw"].subnet == "subnet-web"
    assert found.interfaces["eni-fw-out"].source_dest_check
    assert not found.interfaces["eni-0a1"].source_dest_check
    assert found.interfaces["eni-more"].instance == "i-fw"


def test_secondary_addresses_follow_the_primary_one_and_ipv6_follows_ipv4() -> None:
    found = snapshot(
        "    interfaces: {x: {subnet: app, address: 10.0.2.10, groups: [], delegated: [10.0.2.32/28],"
        " secondary: ['2001:db8:1:2::a', 10.0.2.11, {address: 10.0.2.12, elastic: 203.0.113.2}]}}"
    )
    wire = found.interfaces["eni-x"]
    told = [(str(one.private), str(one.public), one.is_primary) for one in wire.addresses]
    assert told == [
        ("10.0.2.10", "None", True),
        ("10.0.2.11", "None", False),
        ("10.0.2.12", "203.0.113.2", False),
        ("2001:db8:1:2::a", "None", True),
    ]
    assert wire.delegated == (prefix("10.0.2.32/28"),)
    assert found.elastic_ips["eipalloc-x"].private == address("10.0.2.12")


def test_an_interface_that_is_not_in_use_is_not_attached() -> None:
    found = snapshot(
        "    interfaces:\n"
        "      idle: {subnet: web, address: 10.0.1.10, groups: [], status: available}\n"
        "      odd: {subnet: web, address: 10.0.1.11, groups: [], attachment: detaching}"
    )
    assert found.interfaces["eni-idle"].attachment_status == ""
    assert found.interfaces["eni-odd"].attachment_status == "detaching"


def test_a_terminated_instance_needs_no_interface() -> None:
    found = snapshot("    instances: {gone: {state: terminated}}")
    assert found.instances["i-gone"].interfaces == ()
    assert found.instances["i-gone"].vpc == ""


def test_an_elastic_ip_that_is_written_down_is_tied_to_who_names_its_address() -> None:
    found = snapshot(
        "    interfaces: {x: {subnet: web, address: 10.0.1.10, elastic: 203.0.113.1, groups: []}}",
        "elastic_ips: {front: {public: 203.0.113.1}, spare: {public: 203.0.113.2}}",
    )
    assert found.elastic_ips["eipalloc-front"].interface == "eni-x"
    assert found.elastic_ips["eipalloc-spare"].interface == ""
    assert set(found.elastic_ips) == {"eipalloc-front", "eipalloc-spare"}


def test_the_interface_of_an_instance_does_not_share_its_name() -> None:
    found = snapshot("    instances: {one: {subnet: web, address: 10.0.1.10, groups: []}}")
    assert [record.id for record in every_record(found) if record.name == "one"] == ["i-one"]


def every_record(found: Snapshot) -> list[Resource]:
    return [record for kind in KINDS for record in getattr(found, kind).values()]


# --- gateways and routes


@pytest.mark.parametrize(
    ("written", "attachments"),
    [
        ("true", (Attachment(vpc="vpc-shop"),)),
        ("{name: door}", (Attachment(vpc="vpc-shop"),)),
        ("{state: detaching}", (Attachment(vpc="vpc-shop", state="detaching"),)),
        ("{state: detached}", ()),
    ],
)
def test_a_gateway_is_attached_as_it_says(
    written: str, attachments: tuple[Attachment, ...]
) -> None:
    found = snapshot(f"    internet_gateway: {written}\n    egress_only_gateway: {written}")
    assert found.internet_gateways["igw-shop"].attachments == attachments
    assert found.egress_only_gateways["eigw-shop"].attachments == attachments


@pytest.mark.parametrize(
    ("written", "route"),
    [
        pytest.param(
            "0.0.0.0/0: internet-gateway",
            Route(
                destination=prefix("0.0.0.0/0"),
                target_kind=TargetKind.INTERNET_GATEWAY,
                target="igw-shop",
            ),
            id="the-gateway-of-the-vpc",
        ),
        pytest.param(
            '"::/0": egress-only-internet-gateway',
            Route(
                destination=prefix("::/0"),
                target_kind=TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
                target="eigw-shop",
            ),
            id="the-egress-only-gateway",
        ),
        pytest.param(
            "0.0.0.0/0: {target: nat-gateway:nat-gone, state: blackhole}",
            Route(
                destination=prefix("0.0.0.0/0"),
                target_kind=TargetKind.NAT_GATEWAY,
                target="nat-gone",
                state=RouteState.BLACKHOLE,
            ),
            id="a-blackhole-to-what-is-gone",
        ),
        pytest.param(
            "prefix-list:office: instance:box",
            Route(prefix_list="pl-office", target_kind=TargetKind.INSTANCE, target="i-box"),
            id="a-prefix-list-and-an-instance",
        ),
        pytest.param(
            "10.9.0.0/16: {target: vpn-gateway:vgw-1, origin: propagated}",
            Route(
                destination=prefix("10.9.0.0/16"),
                target_kind=TargetKind.VPN_GATEWAY,
                target="vgw-1",
                origin=RouteOrigin.PROPAGATED,
            ),
            id="a-propagated-route",
        ),
        pytest.param(
            "10.9.0.0/16: core-network:arn:aws:networkmanager::1:core-network/core-network-1",
            Route(
                destination=prefix("10.9.0.0/16"),
                target_kind=TargetKind.CORE_NETWORK,
                target="arn:aws:networkmanager::1:core-network/core-network-1",
            ),
            id="an-arn",
        ),
    ],
)
def test_a_route_leads_where_it_says(written: str, route: Route) -> None:
    found = snapshot(
        "    internet_gateway: true\n"
        "    egress_only_gateway: true\n"
        "    instances: {box: {subnet: web, address: 10.0.1.10, groups: []}}\n"
        f"    route_tables: {{out: {{routes: {{{written}}}}}}}",
        "prefix_lists: {office: {entries: [192.168.0.0/16]}}",
    )
    assert found.route_tables["rtb-out"].routes == (*LOCAL_ROUTES, route)


def test_one_destination_may_have_a_static_and_a_propagated_route() -> None:
    found = snapshot(
        "    route_tables: {out: {routes: {10.9.0.0/16: [transit-gateway:tgw-1,"
        " {target: vpn-gateway:vgw-1, origin: propagated}]}}}"
    )
    assert [route.target for route in found.route_tables["rtb-out"].routes[2:]] == [
        "tgw-1",
        "vgw-1",
    ]


def test_a_written_local_route_replaces_the_implied_one() -> None:
    found = snapshot(
        "    interfaces: {fw: {subnet: web, address: 10.0.1.10, groups: []}}\n"
        "    route_tables: {out: {routes: {10.0.0.0/16: network-interface:fw}}}"
    )
    targets = [route.target for route in found.route_tables["rtb-out"].routes]
    assert targets == ["local", "eni-fw"]  # the IPv6 block keeps its own


def test_a_table_serves_the_subnets_and_gateways_that_are_tied_to_it() -> None:
    tables = "    internet_gateway: true\n    route_tables: {t: {gateways: [internet-gateway]}}"
    found = read(estate(tables).replace("zone: a}", "zone: a, route_table: rtb-t}"))
    assert found.route_tables["rtb-t"].subnets == ("subnet-web",)
    assert found.route_tables["rtb-t"].gateways == ("igw-shop",)


def test_what_a_route_leads_to_and_nobody_models_is_listed() -> None:
    routes = "{10.9.0.0/16: transit-gateway:tgw-1, 10.8.0.0/16: vpc-peering-connection:pcx-1}"
    found = snapshot(
        f"    route_tables: {{out: {{routes: {routes}}}}}",
        "unmodelled: {tgw-1: {kind: transit-gateway, name: hub}, fn: {kind: lambda, vpc: shop}}",
    )
    assert found.unmodelled == {
        "tgw-1": Unmodelled(id="tgw-1", tags={"Name": "hub"}, kind="transit-gateway", **COMMON),
        "fn": Unmodelled(id="fn", tags={"Name": "fn"}, kind="lambda", vpc="vpc-shop", **COMMON),
        "pcx-1": Unmodelled(id="pcx-1", kind="vpc-peering-connection", **COMMON),
    }


# --- rules


@pytest.mark.parametrize(
    ("phrase", "rules"),
    [
        ("all from 10.0.0.0/8", [SecurityGroupRule(prefix=prefix("10.0.0.0/8"))]),
        (
            "tcp from ::/0",
            [SecurityGroupRule(protocol=6, low=0, high=65535, prefix=prefix("::/0"))],
        ),
        (
            "tcp 0 from 10.0.0.5/32",
            [SecurityGroupRule(protocol=6, low=0, high=0, prefix=prefix("10.0.0.5/32"))],
        ),
        (
            "udp 8000-8100 from group:web",
            [SecurityGroupRule(protocol=17, low=8000, high=8100, group="sg-web")],
        ),
        ("icmp from group:sg-web", [SecurityGroupRule(protocol=1, group="sg-web")]),
        ("icmp 8 from group:web", [SecurityGroupRule(protocol=1, low=8, group="sg-web")]),
        (
            "icmp 8/0 from prefix-list:office",
            [SecurityGroupRule(protocol=1, low=8, high=0, prefix_list="pl-office")],
        ),
        ("icmpv6 from ::/0", [SecurityGroupRule(protocol=58, prefix=prefix("::/0"))]),
        ("protocol 50 from ::/0", [SecurityGroupRule(protocol=50, prefix=prefix("::/0"))]),
        (
            "tcp 443 from anywhere",
            [
                SecurityGroupRule(protocol=6, low=443, high=443, prefix=prefix("0.0.0.0/0")),
                SecurityGroupRule(protocol=6, low=443, high=443, prefix=prefix("::/0")),
            ],
        ),
        (
            "{rule: all from group:web, description: hi}",
            [SecurityGroupRule(group="sg-web", description="hi")],
        ),
    ],
)
def test_a_group_rule_means_what_it_says(phrase: str, rules: list[SecurityGroupRule]) -> None:
    for side, preposition in (("ingress", "from"), ("egress", "to")):
        written = phrase.replace(" from ", f" {preposition} ")
        found = snapshot(
            f"    groups: {{web: {{{side}: [{written if written[0] == '{' else repr(written)}]}}}}",
            "prefix_lists: {office: {entries: unknown}}",
        )
        assert list(getattr(found.security_groups["sg-web"], side)) == rules


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        (
            "1 allow all from 10.0.0.0/8",
            NetworkAclRule(number=1, allows=True, prefix=prefix("10.0.0.0/8")),
        ),
        (
            "32766 deny tcp 65535 from ::/0",
            NetworkAclRule(
                number=32766, allows=False, prefix=prefix("::/0"), protocol=6, low=65535, high=65535
            ),
        ),
        (
            "100 allow icmp 3 from 0.0.0.0/0",
            NetworkAclRule(number=100, allows=True, prefix=prefix("0.0.0.0/0"), protocol=1, low=3),
        ),
        (
            "100 allow udp from 0.0.0.0/0",
            NetworkAclRule(
                number=100, allows=True, prefix=prefix("0.0.0.0/0"), protocol=17, low=0, high=65535
            ),
        ),
    ],
)
def test_an_acl_rule_means_what_it_says(phrase: str, rule: NetworkAclRule) -> None:
    for side, preposition in (("ingress", "from"), ("egress", "to")):
        written = phrase.replace(" from ", f" {preposition} ")
        found = snapshot(f"    acls: {{web: {{{side}: ['{written}']}}}}")
        assert getattr(found.network_acls["acl-web"], side)[0] == rule


def test_acl_rules_ascend_whatever_their_order_and_end_in_the_closing_denies() -> None:
    rules = "[200 deny all from 0.0.0.0/0, 100 allow all from 10.0.0.0/8]"
    found = snapshot(f"    acls: {{web: {{ingress: {rules}}}}}").network_acls["acl-web"]
    assert [rule.number for rule in found.ingress] == [100, 200, 32767, 32768]
    assert [rule.number for rule in found.egress] == [32767, 32768]
    assert not any(rule.allows for rule in found.egress)


def test_prefix_lists_have_entries_or_unknown_ones() -> None:
    found = snapshot(
        rest="prefix_lists: {a: {entries: [10.0.0.0/8]}, s3: {entries: unknown, list_name: aws.s3}}"
    )
    common = {"owner": ACCOUNT, "region": REGION}
    assert found.prefix_lists == {
        "pl-a": PrefixList(
            id="pl-a", tags={"Name": "a"}, list_name="a", entries=(prefix("10.0.0.0/8"),), **common
        ),
        "pl-s3": PrefixList(id="pl-s3", tags={"Name": "s3"}, list_name="aws.s3", **common),
    }


# --- names, and what is missing on purpose


def test_a_resource_may_choose_id_name_tags_and_owner() -> None:
    found = snapshot(
        "    groups: {g: {id: sg-0a1, name: <script>, tags: {team: web}, account: '999988887777'},"
        " quiet: {name: ''}, sg-own: {}}"
    )
    chosen = found.security_groups["sg-0a1"]
    assert chosen.tags == {"Name": "<script>", "team": "web"}
    assert chosen.owner == "999988887777"
    assert chosen.group_name == "g"
    assert found.security_groups["sg-quiet"].tags == {}
    assert found.security_groups["sg-own"].name == "sg-own"


def test_a_vpc_may_have_its_own_account_and_region() -> None:
    found = snapshot(
        rest="  other: {cidr: 10.1.0.0/16, region: us-east-1, account: '999988887777',"
        " subnets: {s: {cidr: 10.1.0.0/24, zone: c}}}"
    )
    subnet = found.subnets["subnet-s"]
    assert (subnet.owner, subnet.region, subnet.zone) == ("999988887777", "us-east-1", "us-east-1c")


def test_a_group_of_another_vpc_is_named_by_its_id() -> None:
    found = snapshot(
        "    groups: {g: {ingress: [all from group:sg-h]}}",
        "  other: {cidr: 10.1.0.0/16, groups: {h: {}}}",
    )
    assert found.security_groups["sg-g"].ingress[0].group == "sg-h"


@pytest.mark.parametrize(
    ("vpc", "referrer", "missing"),
    [
        ("groups: {g: {ingress: [all from group:missing:sg-0a]}}", "sg-g", "sg-0a"),
        ("groups: {g: {ingress: [all from prefix-list:missing:pl-0a]}}", "sg-g", "pl-0a"),
        ("route_tables: {t: {routes: {0.0.0.0/0: nat-gateway:missing:nat-0a}}}", "rtb-t", "nat-0a"),
        (
            "route_tables: {t: {routes: {0.0.0.0/0: internet-gateway:missing:igw-0a}}}",
            "rtb-t",
            "igw-0a",
        ),
        (
            "interfaces: {x: {subnet: missing:subnet-0a, address: 10.0.9.9, groups: []}}",
            "eni-x",
            "subnet-0a",
        ),
        (
            "interfaces: {x: {subnet: web, address: 10.0.1.9, groups: [missing:sg-0a]}}",
            "eni-x",
            "sg-0a",
        ),
        (
            "interfaces: {x: {subnet: web, address: 10.0.1.9, groups: [], instance: missing:i-0a}}",
            "eni-x",
            "i-0a",
        ),
    ],
)
def test_what_is_missing_on_purpose_is_one_problem_and_no_record(
    vpc: str, referrer: str, missing: str
) -> None:
    found = snapshot(f"    {vpc}")
    (problem,) = found.problems
    assert problem.kind == "reference-to-nothing"
    assert problem.resources == (referrer,)
    assert missing in problem.message
    assert found.find(missing) is None
    assert found.find(referrer) is not None


@pytest.mark.parametrize(
    ("call", "field"),
    [("NetworkAcls", "network_acls"), ("Reservations", "instances"), ("Addresses", "elastic_ips")],
)
def test_a_call_that_was_not_made_leaves_its_records_out(call: str, field: str) -> None:
    instance = (
        "    instances: {i: {subnet: web, address: 10.0.1.9, elastic: 203.0.113.1, groups: []}}"
    )
    whole, holey = snapshot(instance), snapshot(instance, f"missing: [{call}]")
    assert getattr(whole, field)
    assert not getattr(holey, field)
    assert whole.calls - holey.calls == {call}
    assert holey.interfaces == whole.interfaces


# --- errors


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read(text, "estate.yaml")
    error = caught.value
    assert error.file == "estate.yaml"
    assert error.what
    assert error.mend
    assert str(error).isprintable()
    return error


SUBNETS = "vpcs.shop.subnets."
GROUP = "groups: {{g: {{ingress: ['{}']}}}}"
ACL = "acls: {{a: {{ingress: [{}]}}}}"
HOST = "interfaces: {{x: {{subnet: web, groups: [], {}}}}}"
ROUTES = "route_tables: {{t: {{routes: {{{}}}}}}}"
RULE = "vpcs.shop.groups.g.ingress.0"
ENTRY = "vpcs.shop.acls.a.ingress.0"
WIRE = "vpcs.shop.interfaces.x"
ROUTE = "vpcs.shop.route_tables.t.routes"


@pytest.mark.parametrize(
    ("vpc", "place", "what"),
    [
        pytest.param("subnet: {}", "vpcs.shop", "'subnet'", id="unknown-key"),
        pytest.param("internet_gateway: 'yes'", "vpcs.shop.internet_gateway", "'yes'", id="type"),
        pytest.param("internet_gateway: []", "vpcs.shop.internet_gateway", "[]", id="shape"),
        pytest.param(
            "internet_gateway: {state: x}", "vpcs.shop.internet_gateway.state", "'x'", id="word"
        ),
        pytest.param("region: Mars", "vpcs.shop.region", "'Mars'", id="pattern"),
        pytest.param("groups: {g: {tags: {n: 1}}}", "vpcs.shop.groups.g.tags.n", "1", id="number"),
        pytest.param("groups: {'a b': {}}", "vpcs.shop.groups.'a b'", "'a b'", id="key-with-space"),
        pytest.param(
            "groups: {missing: {}}", "vpcs.shop.groups.missing", "missing", id="key-taken"
        ),
        pytest.param("acls: {a: {id: nacl-1}}", "vpcs.shop.acls.a.id", "nacl-1", id="wrong-prefix"),
        pytest.param(
            "groups: {g: {}, sg-g: {}}", "vpcs.shop.groups.sg-g", "groups.g", id="same-id"
        ),
        pytest.param(
            "groups: {g: {tags: {Name: x}}}", "vpcs.shop.groups.g", "`Name`", id="two-names"
        ),
        # rules
        pytest.param(GROUP.format("tcp 65536 from ::/0"), RULE, "port 65536", id="port-too-high"),
        pytest.param(GROUP.format("tcp 70000 from ::/0"), RULE, "70000", id="port-70000"),
        pytest.param(GROUP.format("tcp 81-80 from ::/0"), RULE, "reversed", id="ports-reversed"),
        pytest.param(GROUP.format("tcp x from ::/0"), RULE, "'x' is no port", id="port-word"),
        pytest.param(GROUP.format("icmp 256 from ::/0"), RULE, "type 256", id="icmp-type"),
        pytest.param(GROUP.format("icmp 8/256 from ::/0"), RULE, "code 256", id="icmp-code"),
        pytest.param(GROUP.format("protocol 256 from ::/0"), RULE, "256", id="protocol-too-high"),
        pytest.param(GROUP.format("protocol 17 from ::/0"), RULE, "`udp`", id="protocol-has-name"),
        pytest.param(GROUP.format("tcp 1 to ::/0"), RULE, "`from`", id="wrong-preposition"),
        pytest.param(GROUP.format("from ::/0"), RULE, "`from`", id="no-service"),
        pytest.param(GROUP.format("smtp from ::/0"), RULE, "'smtp'", id="no-such-service"),
        pytest.param(GROUP.format("all from you"), RULE, "'you'", id="no-such-peer"),
        pytest.param(GROUP.format("all from 10.0.0.1/8"), RULE, "host bits", id="rule-host-bits"),
        pytest.param(GROUP.format("all from 10.0.0.1"), RULE, "not a CIDR", id="rule-address"),
        pytest.param(GROUP.format("all from 10.0.0.0/33"), RULE, "not a CIDR", id="rule-length"),
        pytest.param(GROUP.format("all from group:h"), RULE, "'h'", id="no-such-group"),
        pytest.param(GROUP.format("all from group:a:b"), RULE, "'a:b'", id="no-reference"),
        pytest.param(
            GROUP.format("all from group:missing:sg-g"), RULE, "not missing", id="not-missing"
        ),
        pytest.param(GROUP.format("all from prefix-list:p"), RULE, "'p'", id="no-such-list"),
        pytest.param(ACL.format("0 allow all from ::/0"), ENTRY, "number 0", id="number-0"),
        pytest.param(ACL.format("32767 allow all from ::/0"), ENTRY, "32767", id="number-32767"),
        pytest.param(ACL.format("1 permit all from ::/0"), ENTRY, "'permit'", id="no-action"),
        pytest.param(ACL.format("allow all from ::/0"), ENTRY, "'allow'", id="no-number"),
        pytest.param(ACL.format("1 from ::/0"), ENTRY, "''", id="number-alone"),
        pytest.param(ACL.format("1 allow all from group:g"), ENTRY, "group:g", id="acl-of-group"),
        pytest.param(
            ACL.format("7 allow all from ::/0, 7 deny all from ::/0"),
            "vpcs.shop.acls.a.ingress.1",
            "7 repeats",
            id="number-repeats",
        ),
        pytest.param(
            "acls: {a: {default: true}, b: {default: true}}",
            "vpcs.shop.acls.b.default",
            "a is",
            id="two-default-acls",
        ),
        # routes
        pytest.param(
            ROUTES.format("10.9.0.1/16: local"),
            f"{ROUTE}.10.9.0.1/16",
            "host bits",
            id="route-host-bits",
        ),
        pytest.param(
            ROUTES.format("10.9.0.0/16: tgw-1"), f"{ROUTE}.10.9.0.0/16", "'tgw-1'", id="no-kind"
        ),
        pytest.param(
            ROUTES.format("10.9.0.0/16: nat-gateway"),
            f"{ROUTE}.10.9.0.0/16",
            "which",
            id="which-nat",
        ),
        pytest.param(
            ROUTES.format("10.9.0.0/16: nat-gateway:n"),
            f"{ROUTE}.10.9.0.0/16",
            "'n'",
            id="no-such-nat",
        ),
        pytest.param(
            ROUTES.format("10.9.0.0/16: internet-gateway"),
            f"{ROUTE}.10.9.0.0/16",
            "no internet-gateway",
            id="no-gateway",
        ),
        pytest.param(ROUTES.format("x: local"), f"{ROUTE}.x", "'x'", id="no-destination"),
        pytest.param(
            ROUTES.format("prefix-list:p: local"),
            f"{ROUTE}.prefix-list:p",
            "'p'",
            id="route-to-no-list",
        ),
        pytest.param(
            ROUTES.format("10.9.0.0/16: [transit-gateway:a, transit-gateway:b]"),
            ROUTE,
            "two static routes",
            id="two-static-routes",
        ),
        pytest.param(
            ROUTES.format("10.9.0.0/16: {target: transit-gateway:a, stat: active}"),
            f"{ROUTE}.10.9.0.0/16",
            "'stat'",
            id="unknown-key-of-a-route",
        ),
        pytest.param(
            "route_tables: {a: {main: true}, b: {main: true}}",
            "vpcs.shop.route_tables.b.main",
            "a is",
            id="two-main-tables",
        ),
        # interfaces
        pytest.param(HOST.format("address: 10.0.2.9"), f"{WIRE}.address", "outside", id="outside"),
        pytest.param(
            HOST.format("address: 10.0.1.3"), f"{WIRE}.address", "reserved", id="reserved"
        ),
        pytest.param(HOST.format("address: 10.0.1.255"), f"{WIRE}.address", "reserved", id="last"),
        pytest.param(
            HOST.format("address: 10.0.1"), f"{WIRE}.address", "'10.0.1'", id="no-address"
        ),
        pytest.param(HOST.format("address: '2001:db8::5'"), f"{WIRE}.address", "IPv4", id="family"),
        pytest.param(HOST.format("ipv6: 10.0.1.5"), f"{WIRE}.ipv6", "IPv6", id="other-family"),
        pytest.param(HOST.format("public: 203.0.113.1"), WIRE, "no address", id="no-private"),
        pytest.param(
            HOST.format("address: 10.0.1.5, secondary: [10.0.1.5]"),
            f"{WIRE}.secondary.0",
            "also that of",
            id="same-address",
        ),
        pytest.param(
            HOST.format("address: 10.0.1.5, public: 192.168.0.1"),
            f"{WIRE}.address (public)",
            "no public",
            id="private-public-address",
        ),
        pytest.param(
            HOST.format("address: 10.0.1.5, public: 203.0.113.1, elastic: 203.0.113.2"),
            f"{WIRE}.address",
            "`elastic`",
            id="public-and-elastic",
        ),
        pytest.param(
            HOST.format("address: 10.0.1.5, delegated: [10.0.1.0/28]"),
            f"{WIRE}.delegated.0",
            "reserve",
            id="delegated-reserved",
        ),
        pytest.param(
            HOST.format("address: 10.0.1.20, delegated: [10.0.1.16/28]"),
            f"{WIRE}.delegated.0",
            "overlaps",
            id="delegated-taken",
        ),
        pytest.param(
            HOST.format("address: 10.0.1.5, delegated: [10.0.1.32/27]"),
            f"{WIRE}.delegated.0",
            "10.0.1.32/27",
            id="delegated-size",
        ),
        pytest.param(
            "interfaces: {x: {subnet: web, address: 10.0.1.5}}", WIRE, "`groups`", id="no-groups"
        ),
        pytest.param(
            "interfaces: {x: {address: 10.0.1.5, groups: []}}", WIRE, "`subnet`", id="no-subnet"
        ),
        pytest.param(
            "interfaces: {x: {subnet: wep, address: 10.0.1.5, groups: []}}",
            f"{WIRE}.subnet",
            "'wep'",
            id="no-such-subnet",
        ),
        pytest.param(
            "interfaces: {x: {subnet: web, address: 10.0.1.5, groups: [missing:sg-1, missing:sg-1]}}",
            f"{WIRE}.groups",
            "twice",
            id="group-twice",
        ),
        pytest.param("instances: {i: {}}", "vpcs.shop.instances.i", "`subnet`", id="no-interface"),
        pytest.param(
            "instances: {i: {subnet: web, interfaces: {a: {subnet: web, address: 10.0.1.5, groups: []}}}}",
            "vpcs.shop.instances.i",
            "`interfaces`",
            id="two-ways-of-interfaces",
        ),
        # NAT gateways
        pytest.param(
            "nat_gateways: {n: {subnet: web, address: 10.0.1.5}}",
            "vpcs.shop.nat_gateways.n",
            "`public`",
            id="nat-without-public",
        ),
        pytest.param(
            "nat_gateways: {n: {public: 198.51.100.1, subnet: web}}",
            "vpcs.shop.nat_gateways.n",
            "`address`",
            id="nat-without-address",
        ),
        pytest.param(
            "nat_gateways: {n: {subnet: web, address: 10.0.1.5, public: 198.51.100.1, connectivity: private}}",
            "vpcs.shop.nat_gateways.n",
            "private gateway",
            id="private-nat-with-public",
        ),
        pytest.param(
            "nat_gateways: {n: {subnet: web, regional: true, public: 198.51.100.1}}",
            "vpcs.shop.nat_gateways.n",
            "regional",
            id="regional-nat-in-a-subnet",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(vpc: str, place: str, what: str) -> None:
    error = refused(estate(f"    {vpc}"))
    assert error.place == place
    assert what in error.what


@pytest.mark.parametrize(
    ("subnets", "place", "what"),
    [
        ("s: {cidr: 10.1.0.0/24}", "vpcs.v.subnets.s.cidr", "outside of its VPC"),
        ("s: {cidr: 10.0.0.1/24}", "vpcs.v.subnets.s.cidr", "host bits"),
        ("s: {cidr: 10.0.0.0/29}", "vpcs.v.subnets.s.cidr", "no 10.0.0.0/29"),
        ("s: {cidr: 10.0.0.0/24}, t: {cidr: 10.0.0.128/25}", "vpcs.v.subnets.t.cidr", "overlaps"),
        ("s: {cidr: 10.0.0.0/24, cidrs: [10.0.1.0/24]}", "vpcs.v.subnets.s", "`cidrs: [...]`"),
        ("s: {zone: a}", "vpcs.v.subnets.s", "`cidrs: [...]`"),
        ("s: {cidr: 10.0.0.0/24, zone: A}", "vpcs.v.subnets.s.zone", "'A'"),
        ("s: {cidr: 10.0.0.0/24, acl: a}", "vpcs.v.subnets.s.acl", "'a'"),
        ("s: {cidr: 10.0.0.0/24, route_table: r}", "vpcs.v.subnets.s.route_table", "'r'"),
        (
            "s: {cidr: 10.0.0.0/24, available_addresses: -1}",
            "vpcs.v.subnets.s.available_addresses",
            "-1",
        ),
    ],
)
def test_a_subnet_that_cannot_be_is_refused(subnets: str, place: str, what: str) -> None:
    error = refused(f"{{netreach: 1, vpcs: {{v: {{cidr: 10.0.0.0/16, subnets: {{{subnets}}}}}}}}}")
    assert error.place == place
    assert what in error.what


@pytest.mark.parametrize(
    ("blocks", "what"),
    [
        ("[10.0.0.0/15]", "no 10.0.0.0/15"),
        ("[10.0.0.0/29]", "no 10.0.0.0/29"),
        ("['2001:db8::/57']", "no 2001:db8::/57"),
        ("[10.0.0.0/16, 10.0.1.0/24]", "overlaps"),
    ],
)
def test_blocks_that_aws_would_refuse_are_refused(blocks: str, what: str) -> None:
    error = refused(f"{{netreach: 1, vpcs: {{v: {{cidrs: {blocks}}}}}}}")
    assert error.place == "vpcs.v.cidr"
    assert what in error.what


@pytest.mark.parametrize("size", ["10.0.0.0/16", "10.0.0.0/28"])
def test_the_largest_and_the_smallest_block_are_taken(size: str) -> None:
    assert read(f"{{netreach: 1, vpcs: {{v: {{cidr: {size}, subnets: {{s: {{cidr: {size}}}}}}}}}}}")


def test_a_reference_does_not_reach_into_another_vpc() -> None:
    error = refused(
        estate(
            "    interfaces: {x: {subnet: subnet-far, address: 10.0.1.5, groups: []}}",
            "  other: {cidr: 10.1.0.0/16, subnets: {far: {cidr: 10.1.0.0/24}}}",
        )
    )
    assert error.place == f"{WIRE}.subnet"


def test_one_public_address_belongs_to_one_interface_of_the_estate() -> None:
    error = refused(
        estate(
            "    interfaces: {x: {subnet: web, address: 10.0.1.5, public: 203.0.113.1, groups: []}}",
            "  other: {cidr: 10.1.0.0/16, subnets: {far: {cidr: 10.1.0.0/24}}, interfaces:"
            " {y: {subnet: far, address: 10.1.0.5, elastic: 203.0.113.1, groups: []}}}",
        )
    )
    assert "vpcs.shop.interfaces.x.address" in error.what


def test_one_private_address_may_occur_in_two_vpcs() -> None:
    one = "{cidr: 10.0.0.0/16, subnets: {%s: {cidr: 10.0.0.0/24}}, interfaces: {%s: {subnet: %s, address: 10.0.0.5, groups: []}}}"
    found = read(f"{{netreach: 1, vpcs: {{a: {one % (('a',) * 3)}, b: {one % (('b',) * 3)}}}}}")
    assert set(found.interfaces) == {"eni-a", "eni-b"}


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        (estate("    instancs: {}"), "did you mean instances"),
        (estate("    zzz: 1"), "the keys are account,"),
        (
            estate("    " + GROUP.format("tcp 443 from group:wbe") + "\n").replace(
                "{g:", "{web: {}, g:"
            ),
            "did you mean web",
        ),
        (estate("    " + GROUP.format("tcp 1")), "write `tcp 443 from 10.0.0.0/16`"),
        (estate("    " + ACL.format("x")), "`200 deny all from 0.0.0.0/0`"),
        (estate("    " + ROUTES.format("0.0.0.0/0: x")), "nat-gateway:NAME"),
        ("{netreach: 1, account: 123456789012}", "quotes"),
        ('{netreach: 1, account: "1234"}', "twelve digits"),
        ("{netreach: 1, taken: today}", "2026-01-31"),
        ("{netreach: 1, missing: [Acls]}", "'NetworkAcls'"),
    ],
)
def test_an_error_says_how_to_mend_it(text: str, mend: str) -> None:
    assert mend in refused(text).mend


# --- YAML itself


BOMB = "\n".join(
    ["netreach: 1", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        pytest.param("", "", "nothing", id="empty"),
        pytest.param("# only a comment\n", "", "nothing", id="comment"),
        pytest.param("- netreach: 1\n", "line 1", "not a mapping", id="list"),
        pytest.param("vpcs: {}", "", "`netreach` is missing", id="no-version"),
        pytest.param("netreach: 2", "netreach", "version 2", id="other-version"),
        pytest.param("netreach: true", "netreach", "version True", id="version-true"),
        pytest.param("netreach: 1\nvpcs: {", "line 2", "not YAML", id="syntax"),
        pytest.param("netreach: 1\n\tx: 1", "line 2", "'\\t'", id="tab"),
        pytest.param("netreach: 1\nx: *y", "line 2", "undefined alias", id="no-anchor"),
        pytest.param("netreach: 1\nnetreach: 1", "line 2", "'netreach' repeats", id="key-repeats"),
        pytest.param("a: {b: 1,\n b: 2}", "line 2", "'b' repeats", id="inner-key-repeats"),
        pytest.param("netreach: 1\n---\nnetreach: 1", "line 2", "several", id="two-documents"),
        pytest.param("x: !!python/object/apply:os.system [ls]", "line 1", "tag", id="python-tag"),
        pytest.param("netreach: 1\nx: !!timestamp 2026-01-01", "line 2", "tag", id="other-tag"),
        pytest.param("netreach: 1\n? [a]\n: 1", "line 2", "a key", id="list-as-key"),
        pytest.param("netreach: 1\nx: &x [*x]", "line 2", "too deep", id="endless"),
        pytest.param("[" * 5000, "", "too deep", id="deep"),
        pytest.param(BOMB, "line 2", "too large", id="bomb"),
        pytest.param("netreach: 1\nx: \x07", "line 2", "'\\x07'", id="control-character"),
        pytest.param("netreach: 1\nx: \udcff", "line 2", "'\\udcff'", id="not-utf-8"),
    ],
)
def test_yaml_that_nobody_can_have_meant_is_refused(text: str, place: str, what: str) -> None:
    error = refused(text)
    assert error.place == place
    assert what in error.what


def test_words_that_yaml_would_twist_stay_text() -> None:
    found = snapshot("    groups: {g: {tags: {a: no, b: on, c: 1:30, d: 0x1F, e: 007, f: 1.50}}}")
    tags = found.security_groups["sg-g"].tags
    assert [tags[key] for key in "abcdef"] == ["no", "on", "1:30", "0x1F", "007", "1.50"]


def test_an_alias_repeats_what_its_anchor_says() -> None:
    found = snapshot("    groups: {a: &rules {ingress: [tcp 22 from group:a]}, b: *rules}")
    groups = found.security_groups
    assert groups["sg-a"].ingress == groups["sg-b"].ingress != ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("netreach: 1\n", True),
        ("# a comment\n\nnetreach: 1\n", True),
        ("{netreach: 1}", True),
        ("vpcs: {}\nnetreach: 1", True),
        ("  netreach: 1", False),
        ("netreachable: 1", False),
        ("Resources: {}", False),
        ("", False),
    ],
)
def test_an_estate_is_known_by_its_first_key(text: str, told: bool) -> None:
    assert is_estate(text) is told


# --- fixtures, documents and schema


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_every_fixture_loads_and_fits_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert is_estate(text)
    assert read(text, str(path)).instances
    jsonschema.validate(yaml.safe_load(text), json.loads(schema_file()))
    assert len(text.splitlines()) <= 60


def test_every_fixture_has_its_line_in_the_readme() -> None:
    readme = (ROOT / "fixtures" / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"^\| \[[\w-]+\]\(([\w-]+)/estate\.yaml\)", readme, re.MULTILINE)
    assert linked
    assert sorted(linked) == [path.parent.name for path in FIXTURES]


DOCUMENT = (ROOT / "docs" / "yaml.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL))
def test_every_example_of_the_documentation_loads(text: str) -> None:
    assert read(text, "yaml.md").vpcs


def test_every_key_is_documented() -> None:
    schema = json.loads(schema_file())
    forms = [schema, *schema["$defs"].values()]
    keys = {key for form in forms for key in form.get("properties", ())}
    written = set(re.findall(r"[\w]+", DOCUMENT))
    assert keys
    assert keys <= written


def test_the_shipped_schema_is_up_to_date() -> None:
    assert schema_file() == schema_text(), (
        "run: python -m netreach.sources.yaml_estate.forms > netreach/sources/estate.schema.json"
    )


def test_the_schema_is_a_schema_and_is_closed() -> None:
    schema = json.loads(schema_file())
    jsonschema.Draft202012Validator.check_schema(schema)
    with pytest.raises(jsonschema.ValidationError, match="'vpc' was unexpected"):
        jsonschema.validate({"netreach": 1, "vpc": {}}, schema)


DEMO = (ROOT / "fixtures" / "three-tier" / "estate.yaml").read_text(encoding="utf-8")


@settings(max_examples=150, deadline=None)
@given(
    start=st.integers(0, len(DEMO)),
    length=st.integers(0, 40),
    inserted=st.text(st.sampled_from("[]{}:,-&*!|>'\"#% \n\t0aé\x00"), max_size=6),
)
def test_a_damaged_estate_loads_or_is_refused_in_one_line(
    start: int, length: int, inserted: str
) -> None:
    damaged = DEMO[:start] + inserted + DEMO[start + length :]
    try:
        found = read(damaged, "estate.yaml")
    except InputError as error:
        assert str(error).isprintable()
    else:
        assert found.format == "yaml"
