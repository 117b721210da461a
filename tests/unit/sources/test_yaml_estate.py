"""Our own YAML: what it becomes, what it implies, and what it refuses."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

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
from netreach.sources.load import open_snapshot
from netreach.sources.yaml_estate import is_estate, read, schema_file
from netreach.sources.yaml_estate.forms import schema_text
from tests.unit.sources.yaml_as_describe import as_describe

ROOT = Path(__file__).parents[3]
FIXTURES = sorted((ROOT / "fixtures").glob("*/estate.yaml"))
ACCOUNT, REGION = "111122223333", "eu-central-1"


@cache
def schema() -> jsonschema.Draft202012Validator:
    """Return what checks a file; that the schema is one is checked once, below."""
    return jsonschema.Draft202012Validator(json.loads(schema_file()))


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
        " in: {id: eni-0a1, subnet: app, address: 10.0.2.10, groups: [],"
        " source_dest_check: false}}}}\n"
        "    interfaces: {more: {subnet: app, address: 10.0.2.11, groups: [], instance: fw}}"
    )
    assert found.instances["i-fw"].interfaces == ("eni-fw-out", "eni-0a1", "eni-more")
    assert found.instances["i-fw"].subnet == "subnet-web"
    assert found.interfaces["eni-fw-out"].source_dest_check
    assert not found.interfaces["eni-0a1"].source_dest_check
    assert found.interfaces["eni-more"].instance == "i-fw"


def test_secondary_addresses_follow_the_primary_one_and_ipv6_follows_ipv4() -> None:
    found = snapshot(
        "    interfaces: {x: {subnet: app, address: 10.0.2.10, groups: [],"
        " delegated: [10.0.2.32/28], secondary: ['2001:db8:1:2::a', 10.0.2.11,"
        " {address: 10.0.2.12, elastic: 203.0.113.2}]}}"
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
    assert found.problems == ()


def test_what_a_blackhole_led_to_is_gone_and_not_listed() -> None:
    routes = "{10.9.0.0/16: {target: transit-gateway:tgw-1, state: blackhole}}"
    assert snapshot(f"    route_tables: {{out: {{routes: {routes}}}}}").unmodelled == {}


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
        (
            "tcp 80-80 from group:web",
            [SecurityGroupRule(protocol=6, low=80, high=80, group="sg-web")],
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
    assert found.prefix_lists == {
        "pl-a": PrefixList(
            id="pl-a", tags={"Name": "a"}, list_name="a", entries=(prefix("10.0.0.0/8"),), **COMMON
        ),
        "pl-s3": PrefixList(id="pl-s3", tags={"Name": "s3"}, list_name="aws.s3", **COMMON),
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
    assert referrer in problem.message
    assert found.find(missing) is None
    assert found.find(referrer) is not None


def test_an_interface_in_a_missing_subnet_is_in_doubt() -> None:
    found = snapshot(
        "    interfaces: {x: {subnet: missing:subnet-0a, address: 10.0.9.9, groups: []}}"
    )
    assert "subnet-0a" in found.interfaces["eni-x"].doubt


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


# --- fixtures, documents and schema


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("netreach: 1\n", True),
        ("# a comment\n\nnetreach: 1\n", True),
        ("{netreach: 1}", True),
        ("vpcs: {}\nnetreach: 1", True),
        ("'netreach': 1", True),
        ('{\n  "netreach": 1\n}', True),
        ("services:\n  netreach: {}", False),
        ("netreachable: 1", False),
        ("Resources: {}", False),
        ("", False),
    ],
)
def test_an_estate_is_known_by_its_first_key(text: str, told: bool) -> None:
    assert is_estate(text) is told


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_every_fixture_loads_and_fits_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert is_estate(text)
    assert read(text, str(path)).instances
    schema().validate(yaml.safe_load(text))
    assert len(text.splitlines()) <= 90


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_a_describe_dump_of_the_same_estate_gives_the_same_records(
    path: Path, tmp_path: Path
) -> None:
    written = read(path.read_text(encoding="utf-8"), str(path))
    assert_dumped_alike(written, tmp_path)


def test_a_describe_dump_of_every_form_gives_the_same_records(tmp_path: Path) -> None:
    assert_dumped_alike(snapshot(EVERY_FORM, EVERY_LIST), tmp_path)


EVERY_FORM = """
    internet_gateway: {name: door, state: detached}
    egress_only_gateway: true
    route_tables:
      main:
        main: true
        routes: {0.0.0.0/0: nat-gateway:public, prefix-list:s3: vpc-endpoint:vpce-1}
      other:
        gateways: [internet-gateway]
        routes:
          "::/0": egress-only-internet-gateway
          10.7.0.0/16: {target: nat-gateway:nat-gone, state: blackhole}
          10.8.0.0/16: instance:box
          10.9.0.0/16: [transit-gateway:hub, {target: vpn-gateway:office, origin: propagated}]
          10.6.0.0/16: vpc-peering-connection:partner
    nat_gateways:
      public:
        subnet: web
        address: 10.0.1.5
        public: 198.51.100.1
        secondary: [{address: 10.0.1.6, public: 198.51.100.2}]
      private: {subnet: app, address: 10.0.2.5, connectivity: private}
      broken: {subnet: web, state: failed}
      everywhere: {regional: true, public: 198.51.100.3}
    acls:
      own:
        ingress:
          - 200 deny all from 0.0.0.0/0
          - 100 allow icmp 8/0 from 10.0.0.0/8
          - 90 allow icmp from ::/0
        egress: [100 allow udp 53 to 10.0.0.0/8, 110 allow protocol 50 to 10.0.0.0/8]
    groups:
      one: {ingress: [tcp from anywhere, {rule: icmp 8 from group:two, description: ping}]}
      two:
        id: sg-0a1
        tags: {team: net}
        egress: [all to prefix-list:s3, tcp 1 to group:missing:sg-0b]
    instances:
      box: {subnet: web, address: 10.0.1.10, elastic: 203.0.113.1, groups: [one, two]}
      router:
        state: stopped
        interfaces:
          left: {subnet: web, address: 10.0.1.11, groups: [one], source_dest_check: false}
          right:
            subnet: app
            address: 10.0.2.11
            ipv6: "2001:db8:1:2::b"
            secondary: [10.0.2.12, "2001:db8:1:2::c", {address: 10.0.2.13, public: 203.0.113.2}]
            delegated: [10.0.2.32/28, "2001:db8:1:2:1::/80"]
            groups: []
      gone: {state: terminated}
    interfaces:
      spare: {subnet: app, address: 10.0.2.20, groups: [one], status: available}
      lb: {subnet: web, address: 10.0.1.20, groups: [], interface_type: network_load_balancer,
           service_owned: true, denies_internet_gateway: true}
    endpoints:
      s3-door: {kind: gateway, service: s3, prefix_list: s3, route_tables: [other]}
      ssm: {service: ssm, subnets: {web: 10.0.1.30, app: {address: 10.0.2.30,
            ipv6: "2001:db8:1:2::30"}}, groups: [one], private_dns: true,
            dns_names: [ssm.example.com]}
      mesh:
        kind: gateway-load-balancer
        service: endpoint-service:walls
        subnets: {web: 10.0.1.31}
      gone: {service: endpoint-service:missing:vpce-svc-9, state: rejected}
    load_balancers:
      front:
        kind: application
        scheme: internet-facing
        subnets: {web: {address: 10.0.1.40, public: 203.0.113.40}, app: 10.0.2.60}
        groups: [one, missing:sg-0c]
        listeners: [https 443 -> pages and code, http 80]
      relay:
        subnets: {web: {address: 10.0.1.41, elastic: 203.0.113.41}}
        cross_zone: true
        filters_private_link: false
        dns_name: relay.example.com
        state: provisioning
        listeners: [tcp 443 -> hosts, tcp_udp 53 -> front-itself, udp 514]
      walls: {kind: gateway, subnets: {app: 10.0.2.62}, listeners: [geneve -> boxes]}
      old: {kind: classic, subnets: {web: 10.0.1.43}, groups: [one], instances: [box],
            listeners: [tcp 80 -> port 8080]}
      unheard: {listeners: unknown}
    target_groups:
      pages: {protocol: http, port: 8080, targets: [box, box port 81 unhealthy, router draining]}
      hosts:
        port: 443
        targets: [10.0.1.10, {target: 10.9.0.5 port 444 unsaid, zone: all}]
        preserves_client: false
        cross_zone: false
        health_check: http 8081
        routing_floor: {count: 2, percent: 50}
        dns_floor: {count: null}
      front-itself: {kind: alb, port: 443, targets: [front], health_check: https}
      boxes: {protocol: geneve, port: 6081, targets: unknown}
      code: {kind: lambda, targets: ["arn:aws:lambda:eu-central-1:111122223333:function:f"]}
    firewalls:
      wall: {policy: strict, subnets: {web: 10.0.1.50, app: 10.0.2.70}}
"""
EVERY_LIST = """
direct_connect_gateways:
  11460968-4ac1-4fd3-bdb2-0123456789ac:
    id: 11460968-4ac1-4fd3-bdb2-0123456789ac
    asn: 64512
    associations:
      - {vpn_gateway: office, allowed: [10.0.0.0/16]}
      - {transit_gateway: hub, state: associating}
virtual_interfaces:
  fibre:
    kind: transit
    direct_connect_gateway: 11460968-4ac1-4fd3-bdb2-0123456789ac
    up: true
  cut: {vpn_gateway: office, up: false, state: down}
endpoint_services:
  walls: {kind: gateway-load-balancer, load_balancers: [walls], zones: [a]}
  api: {load_balancers: [relay], private_dns_name: api.example.com, state: Pending}
firewall_policies:
  strict:
    order: strict
    stateless: [20 pass udp 53 from 10.0.0.0/16 port 1024-65535 to anywhere, 10 drop all from
                10.9.0.0/16 to anywhere]
    stateless_default: forward
    stateful:
      - pass tcp 443,8000-8100 from 10.0.0.0/16,$OFFICE to !10.0.0.0/8
      - reject all between 10.1.0.0/16 and 10.2.0.0/16
      - alert tls 443 from $HOME_NET to anywhere
    stateful_default: [drop_established, alert_established]
    home_net: [10.0.0.0/8]
    stream_exception: continue
  loose: {stateful: [drop icmp from anywhere to anywhere], stateless_default: pass}
block_public_access: [{mode: block-ingress}, {mode: "off", region: us-east-1}]
public_access_exclusions:
  shop: {vpc: shop, mode: allow-egress}
  edge: {vpc: shop, subnet: web, state: create-in-progress}
prefix_lists: {s3: {entries: unknown, list_name: aws.s3}, office: {entries: [192.168.0.0/16]}}
elastic_ips: {spare: {public: 203.0.113.9}, named: {public: 203.0.113.1}}
peerings:
  partner:
    requester: shop
    accepter:
      vpc: missing:vpc-partner
      cidrs: [10.6.0.0/16]
      account: "444455556666"
      region: us-east-1
      resolves_remote_names: true
  waiting: {requester: missing:vpc-9, accepter: shop, state: pending-acceptance}
transit_gateways:
  hub:
    references_groups: true
    vpn_ecmp: false
    attachments:
      shop: {vpc: shop, subnets: [web, app], table: spokes, ipv6: true, references_groups: false}
      inspection: {vpc: shop, subnets: unknown, table: unknown, appliance: true, state: pending}
      office: {vpn: tunnel}
      site: {direct_connect: 11460968-4ac1-4fd3-bdb2-0123456789ab, table: none}
      east-west: {peer: east, table: hubs}
    tables:
      spokes:
        routes:
          0.0.0.0/0: office
          10.8.0.0/16: blackhole
          10.7.0.0/16: {attachments: [shop], state: pending}
          "2001:db8:2::/56": [office, site]
          prefix-list:office: shop
        propagations: [shop, office]
      hubs: {default_association: true, default_propagation: true, routes: {10.5.0.0/16: east-west}}
      sites: {propagated: {192.168.0.0/16: office}, propagations: [office]}
  east:
    multicast: true
    tables: {all: {default_association: true, routes: {10.0.0.0/16: east-west}}}
  plain: {attachments: {east-plain: {vpc: shop, subnets: [web]}}}
vpn_gateways:
  office: {vpc: shop, asn: 64512}
  idle: {vpc: shop, attachment: detached}
customer_gateways: {office: {address: 203.0.113.77, asn: 65000}, other: {}}
vpn_connections:
  tunnel: {customer_gateway: office, transit_gateway: hub, tunnels_up: 2}
  static: {customer_gateway: other, vpn_gateway: office, static: true, routes: [192.168.0.0/16]}
"""


def assert_dumped_alike(written: Snapshot, folder: Path) -> None:
    home = next(iter(written.vpcs.values()))
    place = folder / home.owner / home.region
    place.mkdir(parents=True)
    (place / "all.json").write_text(json.dumps(as_describe(written)), encoding="utf-8")
    dumped = open_snapshot(folder)
    for kind in KINDS:
        assert getattr(dumped, kind) == getattr(written, kind)
    assert dumped.problems == written.problems


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
    jsonschema.Draft202012Validator.check_schema(schema().schema)
    with pytest.raises(jsonschema.ValidationError, match="'vpc' was unexpected"):
        schema().validate({"netreach": 1, "vpc": {}})


def test_words_that_yaml_would_twist_stay_text() -> None:
    found = snapshot("    groups: {g: {tags: {a: no, b: on, c: 1:30, d: 0x1F, e: 007, f: 1.50}}}")
    tags = found.security_groups["sg-g"].tags
    assert [tags[key] for key in "abcdef"] == ["no", "on", "1:30", "0x1F", "007", "1.50"]


def test_an_alias_repeats_what_its_anchor_says() -> None:
    found = snapshot("    groups: {a: &rules {ingress: [tcp 22 from group:a]}, b: *rules}")
    groups = found.security_groups
    assert groups["sg-a"].ingress == groups["sg-b"].ingress != ()
