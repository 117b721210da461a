"""What our own YAML refuses: where, why, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netreach.errors import InputError
from netreach.sources.yaml_estate import read

ROOT = Path(__file__).parents[3]


def estate(vpc: str = "", rest: str = "") -> str:
    """Return an estate of one VPC, with two subnets, and more keys in the VPC or outside of it."""
    return f"""
netreach: 1
account: "111122223333"
region: eu-central-1
vpcs:
  shop:
    cidrs: [10.0.0.0/16, "2001:db8:1::/56"]
    subnets:
      web: {{cidr: 10.0.1.0/24, zone: a}}
      app: {{cidrs: [10.0.2.0/24, "2001:db8:1:2::/64"], zone: b}}
{vpc}
{rest}
"""


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
            "interfaces: {x: {subnet: web, address: 10.0.1.5, groups: [web, web]}}",
            f"{WIRE}.groups",
            "twice",
            id="group-twice",
        ),
        pytest.param("instances: {i: {}}", "vpcs.shop.instances.i", "`subnet`", id="no-interface"),
        pytest.param(
            "instances: {i: {subnet: web, interfaces: {a: "
            "{subnet: web, address: 10.0.1.5, groups: []}}}}",
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
            "nat_gateways: {n: {subnet: web, address: 10.0.1.5, public: 198.51.100.1, "
            "connectivity: private}}",
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
    found = read(
        f"{{netreach: 1, vpcs: {{v: {{cidr: {size}, subnets: {{s: {{cidr: {size}}}}}}}}}}}"
    )
    assert [str(prefix) for prefix in found.subnets["subnet-s"].prefixes] == [size]


@pytest.mark.parametrize(
    "public",
    ["10.0.0.9", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.31.0.1", "224.0.0.1", "240.0.0.1"],
)
def test_an_elastic_ip_must_be_a_public_address(public: str) -> None:
    error = refused(f"{{netreach: 1, elastic_ips: {{e: {{public: {public}}}}}}}")
    assert error.place == "elastic_ips.e.public"


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
            "    interfaces:"
            " {x: {subnet: web, address: 10.0.1.5, public: 203.0.113.1, groups: []}}",
            "  other: {cidr: 10.1.0.0/16, subnets: {far: {cidr: 10.1.0.0/24}}, interfaces:"
            " {y: {subnet: far, address: 10.1.0.5, elastic: 203.0.113.1, groups: []}}}",
        )
    )
    assert "vpcs.shop.interfaces.x.address" in error.what


def test_one_private_address_may_occur_in_two_vpcs() -> None:
    one = (
        "{cidr: 10.0.0.0/16, subnets: {KEY: {cidr: 10.0.0.0/24}},"
        " interfaces: {KEY: {subnet: KEY, address: 10.0.0.5, groups: []}}}"
    )
    a, b = one.replace("KEY", "a"), one.replace("KEY", "b")
    found = read(f"{{netreach: 1, vpcs: {{a: {a}, b: {b}}}}}")
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
        outcome = read(damaged, "estate.yaml").format
    except InputError as error:
        outcome = str(error)
    assert outcome.isprintable()
