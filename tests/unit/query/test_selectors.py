from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.model.records import (
    ElasticIp,
    Instance,
    InterfaceAddress,
    NatGateway,
    NetworkInterface,
    PrefixList,
    SecurityGroup,
    Vpc,
)
from netreach.packets.prefixes import Address, Prefix
from netreach.query.selectors import End, Member, Nature, Selectors
from tests.unit.query.made import estate_relations, made


@pytest.fixture(scope="module")
def estate() -> Selectors:
    return Selectors(estate_relations())


def selectors(**records: object) -> Selectors:
    return Selectors(made(**records))


def interface(number: str, *addresses: str, **fields: object) -> NetworkInterface:
    held = tuple(InterfaceAddress(private=Address.parse(one)) for one in addresses)
    plain = NetworkInterface(id=number, vpc="vpc-1", subnet="", addresses=held)
    return replace(plain, **fields)


def members(end: End) -> list[str]:
    return [member.interface for member in end.members]


# -- one resource


@pytest.mark.parametrize(
    ("selector", "kind", "number", "interfaces"),
    [
        ("i-web-1", "instance", "i-web-1", ["eni-web-1"]),
        ("web-1", "instance", "i-web-1", ["eni-web-1"]),
        ("arn:aws:ec2:eu-central-1::instance/i-web-1", "instance", "i-web-1", ["eni-web-1"]),
        ("eni-web-2", "network-interface", "eni-web-2", ["eni-web-2"]),
        ("nat-a", "nat-gateway", "nat-a", ["eni-nat-a"]),
    ],
    ids=["id", "name", "arn", "interface", "nat-gateway"],
)
def test_a_resource_is_its_interfaces(
    estate: Selectors, selector: str, kind: str, number: str, interfaces: list[str]
) -> None:
    end = estate.resolve(selector)
    assert (end.text, end.nature, end.kind, end.id) == (selector, Nature.RESOURCE, kind, number)
    assert members(end) == interfaces
    assert not end.is_set


def test_a_name_that_is_said_to_be_one_is_called_by_it(estate: Selectors) -> None:
    assert estate.resolve("name:web-1") == estate.resolve("web-1")


def test_an_instance_has_its_interfaces_in_its_own_order_and_what_else_is_attached() -> None:
    attached = [interface(f"eni-{n}", instance="i-1") for n in (1, 2, 3)]
    instance = Instance(id="i-1", interfaces=("eni-3", "eni-1", "eni-9"))
    end = selectors(instances=[instance], interfaces=attached).resolve("i-1")
    assert members(end) == ["eni-3", "eni-1", "eni-2"]


@pytest.mark.parametrize("field", ["instances", "nat_gateways"])
def test_a_resource_without_interfaces_is_bare(field: str) -> None:
    record = {
        "instances": Instance(id="x-1", subnet="subnet-1", tags={"Name": "x"}),
        "nat_gateways": NatGateway(id="x-1", tags={"Name": "x"}, vpc="", subnet=""),
    }[field]
    end = selectors(**{field: [record]}).resolve("x")
    assert (end.nature, end.id, end.name) == (Nature.BARE, "x-1", "x")
    assert end.why == "the snapshot holds no network interface of x-1"


@pytest.mark.parametrize(
    ("selector", "kind", "number"),
    [
        ("pcx-peer", "vpc-peering-connection", "pcx-peer"),
    ],
)
def test_a_kind_that_stands_for_nothing_is_not_modelled(
    estate: Selectors, selector: str, kind: str, number: str
) -> None:
    end = estate.resolve(selector)
    assert (end.nature, end.kind, end.id, end.members) == (Nature.UNMODELLED, kind, number, ())
    assert end.why == f"a {kind} as an end of a path is not modelled yet"


@pytest.mark.parametrize("selector", ["rtb-public", "acl-web"])
def test_what_neither_sends_nor_receives_is_no_end(estate: Selectors, selector: str) -> None:
    with pytest.raises(SelectorError, match="neither sends nor receives; name a host"):
        estate.resolve(selector)


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        ("ec2", "ec2"),
        ("service:ec2", "ec2"),
        ("service:s3", "s3"),
        ("com.amazonaws.eu-west-1.rds", "com.amazonaws.eu-west-1.rds"),
    ],
)
def test_a_service_waits_for_whoever_asks(estate: Selectors, selector: str, name: str) -> None:
    expected = End(name, Nature.NAME, "aws-service", name)
    assert estate.resolve(selector) == expected


# -- sets


@pytest.mark.parametrize(
    ("selector", "kind", "number", "name", "interfaces"),
    [
        (
            "sg:sg-web",
            "security-group",
            "sg-web",
            "web",
            {"eni-web-1", "eni-web-2", "eni-router-1-outside"},
        ),
        ("sg-sealed", "security-group", "sg-sealed", "sealed", {"eni-app-1"}),
        ("subnet:subnet-web-b", "subnet", "subnet-web-b", "web-b", {"eni-web-2"}),
        ("web-b", "subnet", "subnet-web-b", "web-b", {"eni-web-2"}),
        ("subnet-six-b", "subnet", "subnet-six-b", "six-b", set()),
        ("tag:env=prod", "tag", "tag:env=prod", "", {"eni-app-1"}),
        ("tag:Name=web-1", "tag", "tag:Name=web-1", "", {"eni-web-1"}),
    ],
)
def test_a_set_is_the_interfaces_of_all_that_match(
    estate: Selectors, selector: str, kind: str, number: str, name: str, interfaces: set[str]
) -> None:
    end = estate.resolve(selector)
    assert (end.text, end.nature, end.kind, end.id) == (selector, Nature.SET, kind, number)
    assert end.name == name
    assert set(members(end)) == interfaces
    assert end.is_set


def test_a_vpc_leaves_out_what_merely_carries_traffic_for_others(estate: Selectors) -> None:
    inside = members(estate.resolve("vpc:vpc-shop"))
    assert "eni-nat-a" not in inside
    assert len(inside) == len(set(inside)) == 6


def test_an_interface_is_in_a_tagged_set_once() -> None:
    tags = {"env": "prod"}
    both = selectors(
        instances=[Instance(id="i-1", tags=tags, interfaces=("eni-2",))],
        interfaces=[
            interface("eni-1"),
            interface("eni-2", instance="i-1", tags=tags),
            interface("eni-3", tags=tags),
        ],
    )
    assert members(both.resolve("tag:env=prod")) == ["eni-2", "eni-3"]


def test_the_tag_of_a_vpc_is_not_that_of_its_interfaces() -> None:
    tags = {"env": "prod"}
    tagged = selectors(
        vpcs=[Vpc(id="vpc-1", tags=tags)],
        interfaces=[interface("eni-1"), interface("eni-2", tags=tags)],
    )
    assert members(tagged.resolve("tag:env=prod")) == ["eni-2"]


@pytest.mark.parametrize(
    ("selector", "sentence"),
    [
        pytest.param(
            "sg:sg-wob",
            "no security-group 'sg-wob' in the snapshot; nearest: 'sg-web'",
            id="group-form",
        ),
        pytest.param(
            "vpc:vpc-shp", "no vpc 'vpc-shp' in the snapshot; nearest: 'vpc-shop'", id="vpc-form"
        ),
        pytest.param(
            "tag:env=prd",
            "no instance or interface has the tag 'env=prd'; nearest: 'env=prod'",
            id="tag",
        ),
        pytest.param(
            "service:s33", "no AWS service is called 's33'; nearest: 's3'", id="service-form"
        ),
        pytest.param("i-web-9", "nothing in the snapshot matches 'i-web-9'; nearest: ", id="id"),
    ],
)
def test_what_matches_nothing_is_an_error_with_the_nearest(
    estate: Selectors, selector: str, sentence: str
) -> None:
    with pytest.raises(SelectorError) as error:
        estate.resolve(selector)
    assert str(error.value).startswith(sentence)


def test_a_tag_that_only_others_than_hosts_bear_names_the_nearest_of_hosts() -> None:
    tagged = selectors(
        vpcs=[Vpc(id="vpc-1", tags={"env": "prod"}), Vpc(id="vpc-2", tags={"env": "prods"})],
        instances=[Instance(id="i-1", tags={"env": "prd"})],
    )
    with pytest.raises(SelectorError) as error:
        tagged.resolve("tag:env=prod")
    sentence = "no instance or interface has the tag 'env=prod'; nearest: 'env=prd'"
    assert str(error.value) == sentence


@pytest.mark.parametrize("selector", ["shop", "name:shop"])
def test_a_name_of_several_is_an_error_that_lists_them(selector: str) -> None:
    several = selectors(
        security_groups=[SecurityGroup(id=f"sg-{n}", tags={"Name": "shop"}) for n in range(2)]
    )
    with pytest.raises(SelectorError) as error:
        several.resolve(selector)
    assert str(error.value) == (
        "2 resources bear the name 'shop': sg-0 (security-group), sg-1 (security-group); "
        "ask by id, or for all of them with tag:Name=..."
    )


def test_the_name_of_a_list_is_no_service() -> None:
    lists = selectors(prefix_lists=[PrefixList(id="pl-1", list_name="corp", entries=())])
    assert (lists.resolve("corp").kind, lists.resolve("corp").id) == ("prefix-list", "pl-1")


@pytest.mark.parametrize("vpc", ["", "vpc-1"], ids=["alone", "by ClassicLink"])
def test_an_instance_of_ec2_classic_is_refused_in_a_sentence(vpc: str) -> None:
    end = selectors(instances=[Instance(id="i-1", vpc=vpc)]).resolve("i-1")
    assert end.nature is Nature.BARE
    assert "EC2-Classic and ClassicLink, which AWS has retired, are not covered" in end.why


def test_an_instance_that_is_gone_is_not_taken_for_ec2_classic() -> None:
    end = selectors(instances=[Instance(id="i-1", state="terminated")]).resolve("i-1")
    assert end.why == "the snapshot holds no network interface of i-1"


# -- addresses


@pytest.mark.parametrize(
    ("selector", "member"),
    [
        pytest.param("10.0.1.10", Member("eni-web-1", Address.parse("10.0.1.10"), "vpc-shop")),
        pytest.param(
            "203.0.113.10", Member("eni-web-1", Address.parse("203.0.113.10"), "vpc-shop")
        ),
        pytest.param("10.0.1.77", Member("", Address.parse("10.0.1.77"), "vpc-shop")),
        pytest.param("10.0.99.1", Member("", Address.parse("10.0.99.1"), "vpc-shop")),
        pytest.param("8.8.8.8", Member("", Address.parse("8.8.8.8"), "")),
    ],
    ids=["private", "public", "subnet", "vpc", "elsewhere"],
)
def test_an_address_is_whoever_holds_it_or_itself(
    estate: Selectors, selector: str, member: Member
) -> None:
    end = estate.resolve(selector)
    assert (end.nature, end.id, end.vpc) == (Nature.ADDRESS, selector, "")
    assert end.members == (member,)


def test_an_address_in_a_delegated_prefix_is_its_interface() -> None:
    delegated = interface("eni-1", "10.0.0.4", delegated=(Prefix.parse("10.0.7.0/28"),))
    address = Address.parse("10.0.7.9")
    end = selectors(interfaces=[delegated]).resolve("10.0.7.9")
    assert end.members == (Member("eni-1", address, "vpc-1"),)


def test_a_vpc_settles_which_address_is_meant() -> None:
    two = selectors(
        vpcs=[Vpc(id="vpc-1"), Vpc(id="vpc-2")],
        interfaces=[
            interface("eni-1", "10.0.0.4"),
            interface("eni-2", "10.0.0.4", vpc="vpc-2"),
        ],
    )
    assert members(two.resolve("10.0.0.4")) == ["eni-1", "eni-2"]
    end = two.resolve("vpc-2/10.0.0.4")
    assert (members(end), end.vpc) == (["eni-2"], "vpc-2")


def test_an_address_beyond_the_vpc_that_it_is_said_to_be_in_is_an_error(estate: Selectors) -> None:
    with pytest.raises(SelectorError, match=r"^8\.8\.8\.8 lies outside 'vpc-shop'"):
        estate.resolve("vpc-shop/8.8.8.8")


def test_an_elastic_ip_is_its_public_address() -> None:
    address = Address.parse("203.0.113.9")
    one = selectors(elastic_ips=[ElasticIp(id="eipalloc-1", public=address)])
    end = one.resolve("eipalloc-1")
    assert (end.text, end.nature, end.id) == ("eipalloc-1", Nature.ADDRESS, "203.0.113.9")


def test_an_elastic_ip_without_an_address_is_not_modelled() -> None:
    end = selectors(elastic_ips=[ElasticIp(id="eipalloc-1")]).resolve("eipalloc-1")
    assert (end.nature, end.kind) == (Nature.UNMODELLED, "elastic-ip")


@pytest.mark.parametrize(
    ("selector", "interfaces", "outside"),
    [
        ("10.0.2.0/24", ["eni-web-2"], ()),
        ("10.0.99.0/24", [], ()),
        ("203.0.113.0/24", [], (Prefix.parse("203.0.113.0/24"),)),
        ("10.0.0.0/8", None, (Prefix.parse("10.0.0.0/8"),)),
    ],
    ids=["subnet", "empty", "public", "beyond"],
)
def test_a_cidr_is_its_private_holders_and_what_lies_beyond(
    estate: Selectors, selector: str, interfaces: list[str] | None, outside: tuple[Prefix, ...]
) -> None:
    end = estate.resolve(selector)
    assert (end.nature, end.kind, end.outside) == (Nature.SET, "cidr", outside)
    if interfaces is None:
        assert "eni-web-1" in members(end)
        assert "eni-nat-a" not in members(end)
    else:
        assert members(end) == interfaces


def test_the_internet_is_everything_outside(estate: Selectors) -> None:
    end = estate.resolve("internet")
    assert (end.nature, end.id, end.members) == (Nature.INTERNET, "internet", ())
    assert end.outside == (Prefix(4, 0, 0), Prefix(6, 0, 0))
    assert end.is_set
