"""Files, folders, pages, wrappers: every way people keep describe output reads the same."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from netreach.errors import InputError
from netreach.sources import describe
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import (
    Json,
    estate,
    group,
    instance,
    interface,
    loaded,
    problem_kinds,
    subnet,
    table,
    vpc,
    written,
)

ESTATE = estate()


def write_file_per_call(folder: Path) -> None:
    for key, items in ESTATE.items():
        written(folder / f"{key}.json", {key: items})


def write_odd_names(folder: Path) -> None:
    for number, (key, items) in enumerate(ESTATE.items()):
        written(folder / f"x{number}.txt", b"\n  " + json.dumps({key: items}).encode())


def write_url_quoted_names_without_suffix(folder: Path) -> None:
    for number, (key, items) in enumerate(ESTATE.items()):
        written(folder / "us-east-1" / f"call-{number}" / "https%3A%2F%2Fx", {key: items})


def write_moto_names(folder: Path) -> None:
    for key, items in ESTATE.items():
        written(folder / f"ec2.describe_{key.lower()}.json", {key: items})


def write_gzip(folder: Path) -> None:
    for key, items in ESTATE.items():
        packed = gzip.compress(json.dumps({key: items}).encode())
        written(folder / f"{key}.json.gz", packed)


def write_gzip_without_suffix(folder: Path) -> None:
    written(folder / "dump", gzip.compress(json.dumps(ESTATE).encode()))


def write_combined(folder: Path) -> None:
    written(folder / "all.json", ESTATE)


def write_pages_list(folder: Path) -> None:
    written(folder / "all.json", [{key: items} for key, items in ESTATE.items()])


def write_pages_object(folder: Path) -> None:
    written(folder / "all.json", {"pages": [{key: items} for key, items in ESTATE.items()]})


def write_one_after_another(folder: Path) -> None:
    texts = [json.dumps({key: items}, indent=2) for key, items in ESTATE.items()]
    written(folder / "all.json", "\n".join(texts).encode())


def write_recorded(folder: Path) -> None:
    for key, items in ESTATE.items():
        body = {key: items, "ResponseMetadata": {"RequestId": "x", "HTTPStatusCode": 200}}
        written(folder / f"{key}.json", {"status_code": 200, "data": body})


def write_keyed_by_call(folder: Path) -> None:
    calls = {f"ec2.describe_{key.lower()}": {key: items} for key, items in ESTATE.items()}
    written(folder / "all.json", calls)


def write_keyed_by_account_and_region(folder: Path) -> None:
    written(folder / "all.json", {"111111111111": {"us-east-1": ESTATE}})


def write_bare_lists(folder: Path) -> None:
    """`--query 'Subnets[]'` leaves the items without their key."""
    for key, items in ESTATE.items():
        written(folder / f"{key}.json", items)


def write_utf16(folder: Path) -> None:
    """PowerShell's `>` writes UTF-16 with a byte order mark."""
    written(folder / "all.json", json.dumps(ESTATE).encode("utf-16"))


def write_byte_order_mark(folder: Path) -> None:
    written(folder / "all.json", b"\xef\xbb\xbf" + json.dumps(ESTATE).encode())


def write_beside_other_files(folder: Path) -> None:
    write_combined(folder)
    written(folder / "README.md", b"# Notes")
    written(folder / "notes.txt", b"[the dump of Tuesday] was taken by hand")
    written(folder / "s3-list-buckets.json", {"Buckets": [{"Name": "b"}], "Owner": {"ID": "1"}})
    written(folder / "topics.json", {"Topics": []})
    written(folder / "null.json", b"null")
    written(folder / "_calls.json", {"ec2.describe_vpcs": ["ok", {"Vpcs": 5}]})
    written(folder / "summary.json", {"counts": {"Vpcs": 5, "Subnets": [1]}})
    written(folder / "kafka.json", {"Brokers": {"SecurityGroups": ["sg-1"]}})
    written(folder / "emr.json", {"Instances": [{"Id": "ci-1"}], "Clusters": ["a", "b"]})
    written(folder / "snowball.json", {"Addresses": [{"AddressId": "ADID1"}], "Functions": 3})
    written(folder / "app.json", {"Firewall": True, "VpcBlockPublicAccessOptions": None})
    written(folder / "picture.png", b"\x89PNG\r\n")
    written(folder / ".hidden.json", b"{ this is broken")
    written(folder / ".git" / "x.json", b"{ this is broken")


@pytest.mark.parametrize(
    "write",
    [
        write_file_per_call,
        write_odd_names,
        write_url_quoted_names_without_suffix,
        write_moto_names,
        write_gzip,
        write_gzip_without_suffix,
        write_combined,
        write_pages_list,
        write_pages_object,
        write_one_after_another,
        write_recorded,
        write_keyed_by_call,
        write_keyed_by_account_and_region,
        write_bare_lists,
        write_utf16,
        write_byte_order_mark,
        write_beside_other_files,
    ],
    ids=lambda write: write.__name__.removeprefix("write_"),
)
def test_every_layout_holds_the_same_estate(write: object, tmp_path: Path) -> None:
    assert callable(write)
    write(tmp_path)
    snapshot = open_snapshot(tmp_path)
    assert snapshot.problems == ()
    assert snapshot.format == "describe"
    assert {
        name: sorted(getattr(snapshot, name))
        for name in ("vpcs", "subnets", "route_tables", "network_acls", "security_groups")
    } == {
        "vpcs": ["vpc-1"],
        "subnets": ["subnet-1"],
        "route_tables": ["rtb-1"],
        "network_acls": ["acl-1"],
        "security_groups": ["sg-1"],
    }
    assert sorted(snapshot.interfaces) == ["eni-1"]


def test_a_file_and_its_folder_hold_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "all.json", ESTATE)
    assert open_snapshot(path) == open_snapshot(tmp_path)
    assert open_snapshot(str(path)) == describe.read(tmp_path)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_standard_input_is_read(
    pack: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(pack)
    data = pack(json.dumps(ESTATE).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    snapshot = open_snapshot("-")
    of_file = open_snapshot(written(tmp_path / "all.json", ESTATE))
    assert snapshot.taken == ""
    assert snapshot.digest == of_file.digest
    assert snapshot.subnets == of_file.subnets


def test_describe_reads_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.dumps(ESTATE).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert sorted(describe.read("-").vpcs) == ["vpc-1"]


def test_several_gzip_members_are_one_file(tmp_path: Path) -> None:
    data = json.dumps(ESTATE).encode()
    packed = gzip.compress(data[:100]) + gzip.compress(data[100:])
    assert sorted(open_snapshot(written(tmp_path / "x.json.gz", packed)).vpcs) == ["vpc-1"]


def test_the_same_call_in_several_files_adds_up(tmp_path: Path) -> None:
    written(tmp_path / "1.json", {"Vpcs": [vpc()], "NextToken": "abc"})
    written(tmp_path / "2.json", {"Vpcs": [vpc("vpc-2", "10.1.0.0/16")]})
    snapshot = open_snapshot(tmp_path)
    assert sorted(snapshot.vpcs) == ["vpc-1", "vpc-2"]
    assert snapshot.problems == ()


@pytest.mark.parametrize("token", [None, ""], ids=["null", "empty"])
def test_a_token_that_says_nothing_is_no_page(token: object, tmp_path: Path) -> None:
    written(tmp_path / "1.json", {"Vpcs": [vpc()], "NextToken": token})
    assert open_snapshot(tmp_path).problems == ()


def test_a_call_without_its_last_page_is_a_warning(tmp_path: Path) -> None:
    written(tmp_path / "1.json", {"Vpcs": [vpc()], "NextToken": "abc"})
    written(tmp_path / "2.json", {"Vpcs": [vpc("vpc-2")], "NextToken": "def"})
    (problem,) = open_snapshot(tmp_path).problems
    assert problem.kind == "more-pages"
    assert problem.message == "more pages of Vpcs exist than the snapshot holds"


def test_pages_of_another_region_do_not_complete_a_call(tmp_path: Path) -> None:
    written(tmp_path / "us-east-1" / "1.json", {"Vpcs": [vpc()], "NextToken": "abc"})
    written(tmp_path / "us-west-2" / "1.json", {"Vpcs": [vpc("vpc-2")]})
    assert problem_kinds(open_snapshot(tmp_path)) == ["more-pages"]


@pytest.mark.parametrize(
    ("key", "doubted"),
    [("RouteTables", True), ("NetworkAcls", True), ("SecurityGroups", False)],
)
def test_a_missing_page_may_hold_what_a_subnet_is_tied_to(
    key: str, doubted: bool, tmp_path: Path
) -> None:
    free = estate(NetworkAcls=[])
    kept = {name: items for name, items in free.items() if name != key}
    written(tmp_path / "rest.json", kept)
    written(tmp_path / "page.json", {key: free[key], "NextToken": "abc"})
    snapshot = open_snapshot(tmp_path)
    assert problem_kinds(snapshot) == ["more-pages"]
    assert bool(snapshot.subnets["subnet-1"].doubt) is doubted


def test_a_tied_subnet_needs_no_missing_page(tmp_path: Path) -> None:
    tied = table(Associations=[{"SubnetId": "subnet-1"}])
    written(tmp_path / "page.json", {"RouteTables": [tied], "NextToken": "abc"})
    rest = {key: items for key, items in ESTATE.items() if key != "RouteTables"}
    written(tmp_path / "rest.json", rest)
    snapshot = open_snapshot(tmp_path)
    assert problem_kinds(snapshot) == ["more-pages"]
    assert snapshot.subnets["subnet-1"].doubt == ""


def test_symbolic_links_in_a_circle_end(tmp_path: Path) -> None:
    write_combined(tmp_path / "a")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to("self")
    (tmp_path / "nothing.json").symlink_to("gone.json")
    snapshot = open_snapshot(tmp_path)
    assert sorted(snapshot.vpcs) == ["vpc-1"]
    assert snapshot.digest == open_snapshot(tmp_path / "a" / "all.json").digest


def test_linked_folders_are_followed(tmp_path: Path) -> None:
    write_combined(tmp_path / "elsewhere")
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump" / "link").symlink_to(tmp_path / "elsewhere")
    assert sorted(open_snapshot(tmp_path / "dump").vpcs) == ["vpc-1"]


@pytest.mark.parametrize(
    ("folder", "account", "region"),
    [
        pytest.param("us-east-1", "", "us-east-1", id="region"),
        pytest.param("222222222222/eu-west-3", "222222222222", "eu-west-3", id="account-region"),
        pytest.param("us-gov-west-1/222222222222", "222222222222", "us-gov-west-1", id="reversed"),
        pytest.param(
            "accounts/222222222222/x/ap-southeast-2/y", "222222222222", "ap-southeast-2", id="deep"
        ),
        pytest.param("eu-west-1/us-east-1", "", "us-east-1", id="the-inner-one"),
        pytest.param("us-east-1-old/111111111111x", "", "", id="longer-names"),
        pytest.param("my-app-1/12345", "", "", id="neither"),
    ],
)
def test_folders_name_account_and_region(
    folder: str, account: str, region: str, tmp_path: Path
) -> None:
    written(tmp_path / "dump" / folder / "x.json", {"Vpcs": [vpc()]})
    found = open_snapshot(tmp_path / "dump").vpcs["vpc-1"]
    assert (found.owner, found.region) == (account, region)


def test_the_named_folder_itself_may_be_a_region(tmp_path: Path) -> None:
    path = written(tmp_path / "eu-central-1" / "x.json", {"Vpcs": [vpc()]})
    assert open_snapshot(path.parent).vpcs["vpc-1"].region == "eu-central-1"
    assert open_snapshot(path).vpcs["vpc-1"].region == "eu-central-1"


def test_what_a_resource_says_of_itself_beats_its_folder(tmp_path: Path) -> None:
    calls = {
        "Vpcs": [vpc(OwnerId="111111111111")],
        "Subnets": [subnet(AvailabilityZone="us-west-2-lax-1a")],
        "SecurityGroups": [
            group(SecurityGroupArn="arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1")
        ],
    }
    written(tmp_path / "222222222222" / "us-east-1" / "x.json", calls)
    snapshot = open_snapshot(tmp_path)
    assert snapshot.vpcs["vpc-1"].owner == "111111111111"
    assert snapshot.subnets["subnet-1"].region == "us-west-2"
    assert snapshot.security_groups["sg-1"].region == "eu-west-1"


def test_a_zone_tells_the_region_of_the_whole_vpc(tmp_path: Path) -> None:
    snapshot = loaded(
        tmp_path,
        Vpcs=[vpc()],
        Subnets=[subnet(AvailabilityZone="us-west-2b")],
        RouteTables=[table()],
    )
    assert snapshot.vpcs["vpc-1"].region == "us-west-2"
    assert snapshot.route_tables["rtb-1"].region == "us-west-2"


def test_a_reservation_names_the_owner_of_its_instances(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, Reservations=[instance("i-1")])
    assert snapshot.instances["i-1"].owner == "111111111111"


def test_the_calls_that_were_seen_are_listed_even_if_empty(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, Vpcs=[], NetworkAcls=[], TransitGateways=[], Buckets=[])
    assert snapshot.calls == {"Vpcs", "NetworkAcls", "TransitGateways"}


def test_null_is_an_absent_list(tmp_path: Path) -> None:
    snapshot = loaded(
        tmp_path, Vpcs=[vpc(Tags=None, Ipv6CidrBlockAssociationSet=None)], Subnets=None
    )
    assert snapshot.calls == {"Vpcs"}


def test_the_newest_file_dates_the_snapshot(tmp_path: Path) -> None:
    for name, moment in (("a.json", 1_700_000_000), ("b.json", 1_600_000_000)):
        os.utime(written(tmp_path / name, {"Vpcs": []}), (moment, moment))
    assert open_snapshot(tmp_path).taken == "2023-11-14T22:13:20Z"


def test_the_digest_depends_on_contents_in_order_of_path(tmp_path: Path) -> None:
    def digest(folder: str, **files: object) -> str:
        for name, content in files.items():
            written(tmp_path / folder / f"{name}.json", content)
        return open_snapshot(tmp_path / folder).digest

    first: Json = {"Vpcs": []}
    second: Json = {"Subnets": []}
    one = digest("one", a=first, b=second)
    assert len(one) == 64
    assert digest("same", c=first, d=second) == one
    assert digest("swapped", a=second, b=first) != one
    assert digest("less", a=first) != one


def test_a_packed_file_has_the_digest_of_its_content(tmp_path: Path) -> None:
    plain = written(tmp_path / "x.json", ESTATE)
    packed = written(tmp_path / "y.json.gz", gzip.compress(plain.read_bytes()))
    assert open_snapshot(plain).digest == open_snapshot(packed).digest


def test_an_empty_file_beside_others_is_a_failed_call(tmp_path: Path) -> None:
    write_combined(tmp_path)
    written(tmp_path / "nat.json", b" \n")
    (problem,) = open_snapshot(tmp_path).problems
    assert (problem.kind, problem.file) == ("empty-file", "nat.json")


def test_another_format_beside_describe_output_is_left_out_with_a_warning(tmp_path: Path) -> None:
    write_combined(tmp_path)
    written(tmp_path / "plan.json", {"format_version": "1.0", "planned_values": {}})
    (problem,) = open_snapshot(tmp_path).problems
    assert problem.kind == "other-format"
    assert problem.message == "plan.json is a Terraform plan; it is not read beside describe output"


def test_an_empty_answer_of_aws_config_is_nobodys_business(tmp_path: Path) -> None:
    write_combined(tmp_path)
    written(tmp_path / "config.json", {"Results": [], "QueryInfo": {"SelectFields": []}})
    assert open_snapshot(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        pytest.param(
            {"format_version": "1.2", "planned_values": {}}, "a Terraform plan", id="plan"
        ),
        pytest.param({"format_version": "1.0", "values": {}}, "a Terraform state", id="state"),
        pytest.param(
            {"version": 4, "terraform_version": "1", "resources": []},
            "a Terraform state",
            id="tfstate",
        ),
        pytest.param(
            {"version": 3, "terraform_version": "0.11", "modules": []},
            "a Terraform state",
            id="tfstate-3",
        ),
        pytest.param({"configurationItems": []}, "an AWS Config export", id="config-snapshot"),
        pytest.param(
            {"status_code": 200, "data": {"Results": ["{}"], "QueryInfo": {}}},
            "an AWS Config export",
            id="config-query",
        ),
    ],
)
def test_formats_that_are_not_read_yet_say_so(content: Json, word: str, tmp_path: Path) -> None:
    path = written(tmp_path / "x.json", content)
    with pytest.raises(InputError) as caught:
        open_snapshot(path)
    assert caught.value.file == "x.json"
    assert caught.value.what == f"this is {word}, a format that is not read yet"
    assert "describe-vpcs" in caught.value.mend


def test_bare_instances_are_told_apart_by_their_fields(tmp_path: Path) -> None:
    """`--query 'Reservations[].Instances[]'` is how many people list instances."""
    bare = instance("i-1", interface())["Instances"]
    snapshot = open_snapshot(written(tmp_path / "x.json", bare))
    assert sorted(snapshot.instances) == ["i-1"]
    assert sorted(snapshot.interfaces) == ["eni-1"]


def test_very_deep_wrappers_are_not_followed(tmp_path: Path) -> None:
    content: object = ESTATE
    for _ in range(20):
        content = {"inner": content}
    with pytest.raises(InputError, match="nothing here is the output"):
        open_snapshot(written(tmp_path / "x.json", content))
