from __future__ import annotations

import pytest

from netreach.errors import SelectorError
from netreach.model.records import PrefixList, SecurityGroup, Vpc
from netreach.query.subjects import Matches, Subjects
from tests.unit.query.made import estate_relations, made


@pytest.fixture(scope="module")
def estate() -> Subjects:
    return Subjects(estate_relations())


def subjects(**records: object) -> Subjects:
    return Subjects(made(**records))


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


def test_a_name_of_several_resources_is_an_error_that_lists_them() -> None:
    several = subjects(
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


def test_a_name_of_two_is_a_set_in_its_own_form() -> None:
    two = subjects(vpcs=[Vpc(id=f"vpc-{n}", tags={"Name": "shop"}) for n in range(2)])
    subject = two.resolve("name:shop")
    assert isinstance(subject, Matches)
    assert [one.record.id for one in subject.found] == ["vpc-0", "vpc-1"]


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [("s3", ["pl-1", "pl-2"]), ("com.amazonaws.us-east-1.s3", ["pl-2"]), ("global.s3", None)],
)
def test_a_service_means_the_prefix_lists_of_all_its_regions(
    selector: str, numbers: list[str] | None
) -> None:
    names = {"pl-1": "com.amazonaws.eu-west-1.s3", "pl-2": "com.amazonaws.us-east-1.s3"}
    lists = subjects(prefix_lists=[PrefixList(id=n, list_name=name) for n, name in names.items()])
    if numbers is None:
        with pytest.raises(SelectorError):
            lists.resolve(selector)
    else:
        subject = lists.resolve(selector)
        assert isinstance(subject, Matches)
        assert [one.record.id for one in subject.found] == numbers


def test_a_service_without_prefix_lists_has_nothing_to_show(estate: Subjects) -> None:
    with pytest.raises(SelectorError, match=r"^nothing in the snapshot matches 'ec2'; "):
        estate.resolve("ec2")
