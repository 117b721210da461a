from __future__ import annotations

import pytest

from netreach.errors import SelectorError
from netreach.model.records import Instance, NetworkInterface, PrefixList, Unmodelled, Vpc
from netreach.model.snapshot import KINDS
from netreach.packets.prefixes import Address, Prefix
from netreach.query.referents import (
    Found,
    Group,
    Internet,
    Namesakes,
    Place,
    Referent,
    Service,
)
from netreach.query.resolver import (
    FORMS,
    Resolver,
)
from netreach.query.standings import STANDINGS
from tests.unit.query.made import estate_relations, made

BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/front/50dc6c"


@pytest.fixture(scope="module")
def estate() -> Resolver:
    return Resolver(estate_relations())


def resolver(**records: object) -> Resolver:
    return Resolver(made(**records))


@pytest.mark.parametrize(
    ("selector", "kind", "number"),
    [
        pytest.param("subnet-web-a", "subnet", "subnet-web-a", id="id"),
        pytest.param("pcx-peer", "vpc-peering-connection", "pcx-peer", id="id-not-modelled"),
        pytest.param(
            "arn:aws:ec2:eu-central-1::instance/i-web-1",
            "instance",
            "i-web-1",
            id="arn",
        ),
        pytest.param("web-1", "instance", "i-web-1", id="name"),
        pytest.param("name:web-1", "instance", "i-web-1", id="name-form"),
        pytest.param("s3", "prefix-list", "pl-s3", id="name-before-service"),
        pytest.param("peer", "vpc-peering-connection", "pcx-peer", id="name-not-modelled"),
    ],
)
def test_one_resource_is_found(estate: Resolver, selector: str, kind: str, number: str) -> None:
    referent = estate.resolve(selector)
    assert isinstance(referent, Found)
    assert (referent.kind, referent.record.id) == (kind, number)


@pytest.mark.parametrize(
    ("selector", "referent"),
    [
        ("10.0.1.10", Place(Address.parse("10.0.1.10"))),
        ("2001:db8::1", Place(Address.parse("2001:db8::1"))),
        ("vpc-shop/10.0.1.10", Place(Address.parse("10.0.1.10"), "vpc-shop")),
        ("10.0.0.0/20", Prefix.parse("10.0.0.0/20")),
        ("10.0.0.9/20", Prefix.parse("10.0.0.0/20")),
        ("2001:db8::/32", Prefix.parse("2001:db8::/32")),
    ],
)
def test_addresses_and_cidrs_are_always_valid(
    estate: Resolver, selector: str, referent: Place | Prefix
) -> None:
    assert estate.resolve(selector) == referent


@pytest.mark.parametrize(
    ("selector", "sentence"),
    [
        pytest.param(
            "web-9",
            "nothing in the snapshot matches 'web-9'; nearest: 'web-b', 'web-a', 'web-2'",
            id="near-names",
        ),
        pytest.param(
            "zzzzzzzz",
            "nothing in the snapshot matches 'zzzzzzzz'; "
            "`netreach show SNAPSHOT` lists what is there",
            id="nothing-near",
        ),
        pytest.param(
            "name:web-11",
            "nothing in the snapshot matches 'web-11'; nearest: 'web-1'",
            id="name-form",
        ),
        pytest.param(
            "i-0123456789abcdef0",
            "nothing in the snapshot matches 'i-0123456789abcdef0'; "
            "`netreach show SNAPSHOT` lists what is there",
            id="unknown-id",
        ),
        pytest.param(
            "sg:sg-wob",
            "nothing in the snapshot matches 'sg-wob'; nearest: 'sg-web'",
            id="group-form",
        ),
        pytest.param(
            "subnet:sg-web",
            "nothing in the snapshot matches 'sg-web'; nearest: 'subnet-web-b', 'subnet-web-a'",
            id="form-of-another-kind",
        ),
        pytest.param(
            "vpc-shp/10.0.0.1",
            "nothing in the snapshot matches 'vpc-shp'; nearest: 'vpc-shop'",
            id="vpc-of-an-address",
        ),
        pytest.param(
            "tag:env=prd",
            "nothing in the snapshot matches 'env=prd'; nearest: 'env=prod'",
            id="tag",
        ),
        pytest.param(
            "tag:env", "'tag:env' is no tag selector: write tag:Key=Value", id="tag-without-value"
        ),
        pytest.param("10.0.0.300", "'10.0.0.300' is not an IP address", id="address"),
        pytest.param(
            "cafe.de",
            "nothing in the snapshot matches 'cafe.de'; "
            "`netreach show SNAPSHOT` lists what is there",
            id="domain-of-hexadecimal-letters",
        ),
        pytest.param(
            "10.0.0.0/40", "'10.0.0.0/40' is not a CIDR: the length must be 0 to 32", id="cidr"
        ),
        pytest.param(
            "a\x1b[31m",
            "nothing in the snapshot matches 'a\\x1b[31m'; "
            "`netreach show SNAPSHOT` lists what is there",
            id="hostile",
        ),
    ],
)
def test_what_matches_nothing_is_an_error_with_the_nearest(
    estate: Resolver, selector: str, sentence: str
) -> None:
    with pytest.raises(SelectorError) as error:
        estate.resolve(selector)
    assert str(error.value).startswith(sentence)


def test_an_interface_with_the_name_of_its_own_instance_is_the_instance() -> None:
    tags = {"Name": "web"}
    named = resolver(
        instances=[Instance(id="i-1", tags=tags)],
        interfaces=[NetworkInterface(id="eni-1", vpc="", subnet="", instance="i-1", tags=tags)],
    )
    referent = named.resolve("web")
    assert isinstance(referent, Found)
    assert referent.record.id == "i-1"


@pytest.mark.parametrize("part", ["0dc6c", "nt/50dc6c", "arn:aws:elasticloadbalancing"])
def test_a_part_of_an_arn_is_no_tail(part: str) -> None:
    with pytest.raises(SelectorError):
        resolver(unmodelled=[Unmodelled(id=BALANCER, kind="load-balancer")]).resolve(part)


@pytest.mark.parametrize(
    "selector", [BALANCER, "loadbalancer/app/front/50dc6c", "front/50dc6c", "50dc6c"]
)
def test_an_arn_is_found_by_its_tail(selector: str) -> None:
    referent = resolver(unmodelled=[Unmodelled(id=BALANCER, kind="load-balancer")]).resolve(
        selector
    )
    assert isinstance(referent, Found)
    assert referent.record.id == BALANCER


def test_a_tail_of_several_arns_is_an_error_that_lists_them() -> None:
    arns = [f"arn:aws:lambda:eu-central-1:{n}:function:job" for n in range(2)]
    several = resolver(unmodelled=[Unmodelled(id=arn, kind="lambda-function") for arn in arns])
    with pytest.raises(SelectorError, match=r"^2 ARNs end in 'job': arn:aws:lambda:.*; ask by id$"):
        several.resolve("job")


@pytest.mark.parametrize(
    ("selector", "referent"),
    [
        pytest.param("internet", Internet(), id="keyword"),
        pytest.param("ec2", Service("ec2", True, ()), id="service"),
        pytest.param("service:ec2", Service("ec2", True, ()), id="service-form"),
        pytest.param(
            "com.amazonaws.eu-west-1.rds",
            Service("com.amazonaws.eu-west-1.rds", True, ()),
            id="service-whole",
        ),
    ],
)
def test_what_no_record_has_to_stand_for_is_named_as_well(
    estate: Resolver, selector: str, referent: Referent
) -> None:
    assert estate.resolve(selector) == referent


def test_a_list_without_an_aws_name_is_no_known_service() -> None:
    lists = resolver(prefix_lists=[PrefixList(id="pl-1", list_name="corp")])
    referent = lists.resolve("corp")
    assert isinstance(referent, Service)
    assert (referent.is_known, len(referent.prefix_lists)) == (False, 1)


def test_a_service_is_found_in_no_other_list() -> None:
    name = "com.amazonaws.eu-west-1.s3-outposts"
    lists = resolver(prefix_lists=[PrefixList(id="pl-1", list_name=name)])
    assert lists.resolve("s3") == Service("s3", is_known=True, prefix_lists=())


NAMED = {"Name": "x-1"}
LAMBDA = "arn:aws:lambda:eu-central-1:111122223333:function:x-1"


@pytest.mark.parametrize(
    ("selector", "number"),
    [
        pytest.param("x-1", "x-1", id="id-before-name"),
        pytest.param("name:x-1", "vpc-1", id="form-before-id"),
        pytest.param("tag:Name=x-1", None, id="form-before-name"),
    ],
)
def test_the_first_form_that_fits_counts(selector: str, number: str | None) -> None:
    both = resolver(vpcs=[Vpc(id="vpc-1", tags=NAMED), Vpc(id="x-1")])
    referent = both.resolve(selector)
    found = referent.record.id if isinstance(referent, Found) else None
    assert found == number


def test_a_whole_name_comes_before_the_tail_of_an_arn() -> None:
    both = resolver(
        vpcs=[Vpc(id="vpc-1", tags=NAMED)],
        unmodelled=[Unmodelled(id=LAMBDA, kind="lambda-function")],
    )
    referent = both.resolve("x-1")
    assert isinstance(referent, Found)
    assert referent.record.id == "vpc-1"


def test_what_looks_like_an_id_is_no_name() -> None:
    number = "i-0123456789abcdef0"
    with pytest.raises(SelectorError):
        resolver(vpcs=[Vpc(id="vpc-1", tags={"Name": number})]).resolve(number)


def test_a_name_comes_before_a_service_and_a_keyword_before_a_name() -> None:
    named = resolver(
        vpcs=[Vpc(id="vpc-1", tags={"Name": "s3"}), Vpc(id="vpc-2", tags={"Name": "internet"})]
    )
    assert isinstance(named.resolve("s3"), Found)
    assert isinstance(named.resolve("internet"), Internet)


@pytest.mark.parametrize("is_set", [False, True], ids=["bare", "form"])
def test_a_name_of_several_names_them_all(is_set: bool) -> None:
    two = resolver(vpcs=[Vpc(id=f"vpc-{n}", tags=NAMED) for n in range(2)])
    referent = two.resolve("name:x-1" if is_set else "x-1")
    assert isinstance(referent, Namesakes)
    assert [one.record.id for one in referent.found] == ["vpc-0", "vpc-1"]
    assert referent.is_set is is_set


def test_a_name_means_the_living() -> None:
    reborn = resolver(
        instances=[
            Instance(id="i-1", tags=NAMED, state="terminated"),
            Instance(id="i-2", tags=NAMED),
        ]
    )
    referent = reborn.resolve("x-1")
    assert isinstance(referent, Found)
    assert referent.record.id == "i-2"


def test_where_nobody_lives_a_name_means_the_dead() -> None:
    gone = resolver(instances=[Instance(id="i-1", tags=NAMED, state="terminated")])
    referent = gone.resolve("x-1")
    assert isinstance(referent, Found)
    assert referent.record.id == "i-1"


@pytest.mark.parametrize("vpc", ["vpc-1", "main"])
def test_an_address_may_be_said_to_be_in_any_vpc(vpc: str) -> None:
    referent = resolver(vpcs=[Vpc(id=vpc)]).resolve(f"{vpc}/10.0.0.1")
    assert referent == Place(Address.parse("10.0.0.1"), vpc)


def test_a_group_says_whose_interfaces_it_holds(estate: Resolver) -> None:
    group = estate.resolve("sg:sg-web")
    assert isinstance(group, Group)
    assert (group.kind, group.id, group.name, group.what) == (
        "security-group",
        "sg-web",
        "web",
        "carries sg-web",
    )


@pytest.mark.parametrize("sought", ["tag", "service", "subnet"])
def test_a_miss_is_told_in_the_words_of_whoever_asks(sought: str) -> None:
    selector = {"tag": "tag:a=b", "service": "service:b", "subnet": "subnet:b"}[sought]
    asking = Resolver(made(), {sought: "there is no {} here"})
    with pytest.raises(SelectorError, match=r"^there is no '(a=)?b' here; "):
        asking.resolve(selector)


def test_every_kind_that_stands_for_something_is_a_kind() -> None:
    assert set(STANDINGS) <= set(KINDS.values())


def test_no_form_hides_another() -> None:
    prefixes = [form.prefix for form in FORMS]
    bare = prefixes.index("")
    assert not any(prefixes[bare:])
    assert len(set(prefixes[:bare])) == bare
