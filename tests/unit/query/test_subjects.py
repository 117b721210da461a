from __future__ import annotations

from pathlib import Path

import pytest

from netreach.errors import SelectorError
from netreach.model.records import (
    Instance,
    NetworkInterface,
    PrefixList,
    SecurityGroup,
    Unmodelled,
    Vpc,
)
from netreach.model.relations import Relations
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address, Prefix
from netreach.query.subjects import Found, Matches, Place, Subjects
from netreach.sources.yaml_estate import read

ESTATE = Path(__file__).parents[2] / "golden/show/estate.yaml"
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/front/50dc6c"


@pytest.fixture(scope="module")
def estate() -> Subjects:
    return Subjects(Relations(read(ESTATE.read_text(encoding="utf-8"))))


def made(**records: object) -> Subjects:
    held = {
        field: {one.id: one for one in ones}  # type: ignore[attr-defined]  # lists of records
        for field, ones in records.items()
    }
    return Subjects(Relations(Snapshot(**held)))  # type: ignore[arg-type]  # fields are names


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
def test_one_resource_is_found(estate: Subjects, selector: str, kind: str, number: str) -> None:
    subject = estate.resolve(selector)
    assert isinstance(subject, Found)
    assert (subject.kind, subject.record.id) == (kind, number)


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [
        pytest.param("sg:sg-web", ["eni-web-1", "eni-web-2", "eni-router-1-outside"], id="group"),
        pytest.param("subnet:subnet-web-b", ["eni-web-2"], id="subnet"),
        pytest.param("subnet:subnet-six-b", [], id="empty-subnet"),
        pytest.param("tag:env=prod", ["i-app-1"], id="tag"),
        pytest.param("tag:Name=web-1", ["i-web-1"], id="name-tag"),
        pytest.param("service:s3", ["pl-s3"], id="service-form"),
        pytest.param("com.amazonaws.eu-central-1.s3", ["pl-s3"], id="service-whole"),
        pytest.param(
            "internet",
            ["igw-shop", "eigw-shop", "eni-web-1", "eni-web-2", "eni-app-1", "eni-nat-a"],
            id="internet",
        ),
    ],
)
def test_a_set_lists_what_matches(estate: Subjects, selector: str, numbers: list[str]) -> None:
    subject = estate.resolve(selector)
    assert isinstance(subject, Matches)
    found = [one.record.id for one in subject.found]
    assert sorted(found) == sorted(numbers)


def test_a_vpc_form_lists_its_interfaces(estate: Subjects) -> None:
    subject = estate.resolve("vpc:vpc-shop")
    assert isinstance(subject, Matches)
    assert len(subject.found) == 7


@pytest.mark.parametrize(
    ("selector", "subject"),
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
    estate: Subjects, selector: str, subject: Place | Prefix
) -> None:
    assert estate.resolve(selector) == subject


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
    estate: Subjects, selector: str, sentence: str
) -> None:
    with pytest.raises(SelectorError) as error:
        estate.resolve(selector)
    assert str(error.value).startswith(sentence)


def test_a_name_of_several_resources_is_an_error_that_lists_them() -> None:
    several = made(
        vpcs=[Vpc(id="vpc-1", tags={"Name": "shop"})],
        security_groups=[SecurityGroup(id=f"sg-{n}", tags={"Name": "shop"}) for n in range(11)],
    )
    with pytest.raises(SelectorError) as error:
        several.resolve("shop")
    assert str(error.value).startswith(
        "12 resources bear the name 'shop': vpc-1 (vpc), sg-0 (security-group), "
    )
    assert str(error.value).endswith(
        "sg-8 (security-group) and 2 more; ask by id, or all with name:..."
    )
    subject = several.resolve("name:shop")
    assert isinstance(subject, Matches)
    assert len(subject.found) == 12


def test_an_interface_with_the_name_of_its_own_instance_is_the_instance() -> None:
    tags = {"Name": "web"}
    named = made(
        instances=[Instance(id="i-1", tags=tags)],
        interfaces=[NetworkInterface(id="eni-1", vpc="", subnet="", instance="i-1", tags=tags)],
    )
    subject = named.resolve("web")
    assert isinstance(subject, Found)
    assert subject.record.id == "i-1"


def test_a_name_of_two_is_a_set_in_its_own_form() -> None:
    two = made(vpcs=[Vpc(id=f"vpc-{n}", tags={"Name": "shop"}) for n in range(2)])
    subject = two.resolve("name:shop")
    assert isinstance(subject, Matches)
    assert [one.record.id for one in subject.found] == ["vpc-0", "vpc-1"]


@pytest.mark.parametrize("part", ["0dc6c", "nt/50dc6c", "arn:aws:elasticloadbalancing"])
def test_a_part_of_an_arn_is_no_tail(part: str) -> None:
    with pytest.raises(SelectorError):
        made(unmodelled=[Unmodelled(id=BALANCER, kind="load-balancer")]).resolve(part)


@pytest.mark.parametrize(
    "selector", [BALANCER, "loadbalancer/app/front/50dc6c", "front/50dc6c", "50dc6c"]
)
def test_an_arn_is_found_by_its_tail(selector: str) -> None:
    subject = made(unmodelled=[Unmodelled(id=BALANCER, kind="load-balancer")]).resolve(selector)
    assert isinstance(subject, Found)
    assert subject.record.id == BALANCER


def test_a_tail_of_several_arns_is_an_error_that_lists_them() -> None:
    arns = [f"arn:aws:lambda:eu-central-1:{n}:function:job" for n in range(2)]
    several = made(unmodelled=[Unmodelled(id=arn, kind="lambda-function") for arn in arns])
    with pytest.raises(SelectorError, match=r"^2 ARNs end in 'job': arn:aws:lambda:.*; ask by id$"):
        several.resolve("job")


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [("s3", ["pl-1", "pl-2"]), ("com.amazonaws.us-east-1.s3", ["pl-2"]), ("global.s3", None)],
)
def test_a_service_means_the_prefix_lists_of_all_its_regions(
    selector: str, numbers: list[str] | None
) -> None:
    names = {"pl-1": "com.amazonaws.eu-west-1.s3", "pl-2": "com.amazonaws.us-east-1.s3"}
    lists = made(prefix_lists=[PrefixList(id=n, list_name=name) for n, name in names.items()])
    if numbers is None:
        with pytest.raises(SelectorError):
            lists.resolve(selector)
    else:
        subject = lists.resolve(selector)
        assert isinstance(subject, Matches)
        assert [one.record.id for one in subject.found] == numbers
