"""What can't be read is one error with its file, its place, what is wrong and how to mend it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from netreach.errors import InputError
from netreach.sources import describe
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import (
    Json,
    acl,
    entry,
    estate,
    group,
    interface,
    loaded,
    permission,
    problem_kinds,
    route,
    subnet,
    table,
    vpc,
    written,
)


def refused(path: Path) -> InputError:
    """Return the error of a source, which must have all parts, each fit for one line."""
    with pytest.raises(InputError) as caught:
        open_snapshot(path)
    error = caught.value
    assert error.file
    assert error.what
    assert error.mend
    assert str(error).isprintable()
    assert str(path.parent) not in str(error)
    return error


def test_truncated_json_says_where_it_ends(tmp_path: Path) -> None:
    text = json.dumps(estate()).encode()[:-20]
    error = refused(written(tmp_path / "x.json", text))
    assert error.file == "x.json"
    assert error.what == f"the JSON is truncated at byte {len(text)}"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b'{"Vpcs": [}', "the JSON is malformed at byte 10: invalid character"),
        (b'{"Vpcs" []}', "the JSON is malformed at byte 8: expected ':'"),
        (b'{"Vpcs": []} {"Subnets" 1}', "the JSON is malformed at byte 24: expected ':'"),
        (b'{"Vpcs": []} oops', "something follows the JSON at byte 13"),
        (b"[INFO] a log", "the JSON is malformed at byte 1: invalid character"),
        (b"<html>", "it is neither JSON nor an estate in netreach's own YAML"),
        (b"An error occurred", "it is neither JSON nor an estate in netreach's own YAML"),
        (
            b"Vpcs:\n- VpcId: vpc-1\n",
            "this is the AWS CLI's YAML output, a format that is not read yet",
        ),
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"\xff\x00", "it is not valid UTF-8 at byte 0"),
        (b'{"Vpcs": [{"VpcId": "\xff"}]}', "it is not valid UTF-8 at byte 21"),
        (b'{"Nothing": "\xff", "Vpcs": []}', "it is not valid UTF-8 at byte 13"),
        (b"\xff\xfe{\x00\xd8", "it is not valid UTF-16-LE"),
        (b"{}", "nothing here is the output of an AWS describe call"),
        (b'{"Buckets": []}', "nothing here is the output of an AWS describe call"),
        (b"[]", "nothing here is the output of an AWS describe call"),
        (b'[[[["x"]]], 1, null]', "nothing here is the output of an AWS describe call"),
    ],
)
def test_text_that_is_no_describe_output_says_so(text: bytes, what: str, tmp_path: Path) -> None:
    assert refused(written(tmp_path / "x.json", text)).what == what


@pytest.mark.parametrize("text", [b"<html>", b"An error occurred", b"{", b"[1 2]"])
def test_a_broken_json_file_among_others_stops_the_reading(text: bytes, tmp_path: Path) -> None:
    written(tmp_path / "a.json", estate())
    written(tmp_path / "sub" / "b.json", text)
    assert refused(tmp_path).file == "sub/b.json"


def test_a_broken_dump_of_any_name_stops_the_reading(tmp_path: Path) -> None:
    written(tmp_path / "a.json", estate())
    written(tmp_path / "b", json.dumps({"Subnets": [subnet()]}).encode()[:-2])
    assert refused(tmp_path).file == "b"


@pytest.mark.parametrize(
    "text",
    [b"{" * 100_000, b'{"a":' * 100_000, b"[" * 100_000, b'{"Vpcs":' + b"[" * 100_000],
    ids=["braces", "objects", "lists", "lists-in-call"],
)
def test_nesting_without_measure_is_refused(text: bytes, tmp_path: Path) -> None:
    error = refused(written(tmp_path / "x.json", text))
    assert "nested too deeply" in error.what or "malformed" in error.what


def test_closed_nesting_without_measure_is_refused(tmp_path: Path) -> None:
    text = b'{"Vpcs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    error = refused(written(tmp_path / "x.json", text))
    assert error.what == "its lists or objects are nested too deeply"


def test_deep_nesting_in_a_field_that_nobody_reads_is_no_matter(tmp_path: Path) -> None:
    deep = b"[" * 500 + b"]" * 500
    text = b'{"TransitGateways": [{"TransitGatewayId": "tgw-1", "x": ' + deep + b"}]}"
    assert sorted(open_snapshot(written(tmp_path / "x.json", text)).transit_gateways) == ["tgw-1"]


@pytest.mark.parametrize(
    ("cut", "what"),
    [
        pytest.param(slice(0, -10), "the gzip data is truncated", id="truncated"),
        pytest.param(slice(0, 2), "the gzip data is truncated", id="magic-only"),
    ],
)
def test_truncated_gzip_data_is_refused(cut: slice, what: str, tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps(estate()).encode())
    assert refused(written(tmp_path / "x.json.gz", packed[cut])).what == what


def test_damaged_gzip_data_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(json.dumps(estate()).encode()))
    packed[20] ^= 0xFF
    assert refused(written(tmp_path / "x.json.gz", bytes(packed))).what.startswith("the gzip data")


def test_an_empty_folder_says_what_belongs_in_it(tmp_path: Path) -> None:
    (tmp_path / "dump").mkdir()
    error = refused(tmp_path / "dump")
    assert error.file == "dump"
    assert "describe-security-groups" in error.mend


def test_a_folder_of_other_things_says_what_belongs_in_it(tmp_path: Path) -> None:
    written(tmp_path / "dump" / "s3.json", {"Buckets": []})
    written(tmp_path / "dump" / "README.md", b"# Notes")
    assert refused(tmp_path / "dump").file == "dump"
    with pytest.raises(InputError, match="nothing here is the output"):
        describe.read(tmp_path / "dump")


def test_what_is_not_there_can_not_be_read(tmp_path: Path) -> None:
    error = refused(tmp_path / "gone.json")
    assert (error.file, error.what) == ("gone.json", "No such file or directory")


WRONG_TYPES: list[tuple[Json, str, str]] = [
    (
        {"NetworkInterfaces": [interface(), interface("eni-2", PrivateIpAddress=5)]},
        "$.NetworkInterfaces[1].PrivateIpAddress",
        "expected `str | null`, got `int`",
    ),
    (
        {"Vpcs": [vpc(Tags="none")]},
        "$.Vpcs[0].Tags",
        "expected `array | null`, got `str`",
    ),
    (
        {"Vpcs": [{"CidrBlock": "10.0.0.0/16"}]},
        "$.Vpcs[0]",
        "object missing required field `VpcId`",
    ),
    ({"Vpcs": [None]}, "$.Vpcs[0]", "expected `object`, got `null`"),
    ({"Vpcs": ["vpc-1"]}, "$.Vpcs[0]", "expected `object`, got `str`"),
    ({"Vpcs": {"VpcId": "vpc-1"}}, "$.Vpcs", "Vpcs is not a list"),
    ({"Subnets": 5}, "$.Subnets", "Subnets is not a list"),
    (
        {"Reservations": [{"Instances": [{"InstanceId": "i-1"}, {"InstanceId": 1}]}]},
        "$.Reservations[0].Instances[1].InstanceId",
        "expected `str`, got `int`",
    ),
    (
        {"NetworkAcls": [acl(entry(RuleNumber="100"))]},
        "$.NetworkAcls[0].Entries[0].RuleNumber",
        "expected `int`, got `str`",
    ),
    (
        {"NetworkAcls": [acl(entry(Egress="false"))]},
        "$.NetworkAcls[0].Entries[0].Egress",
        "expected `bool`, got `str`",
    ),
    (
        {"SecurityGroups": [group(IpPermissions=[permission(FromPort="22")])]},
        "$.SecurityGroups[0].IpPermissions[0].FromPort",
        "expected `int | null`, got `str`",
    ),
    (
        {"SecurityGroups": [group(IpPermissions=[permission(FromPort=22.5)])]},
        "$.SecurityGroups[0].IpPermissions[0].FromPort",
        "expected `int | null`, got `float`",
    ),
    (
        {"RouteTables": [table(route(GatewayId=True))]},
        "$.RouteTables[0].Routes[0].GatewayId",
        "expected `str | null`, got `bool`",
    ),
    (
        {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": 5}},
        "$.VpcBlockPublicAccessOptions.InternetGatewayBlockMode",
        "expected `str | null`, got `int`",
    ),
    (
        {"TransitGateways": ["tgw-1"]},
        "$.TransitGateways[0]",
        "expected `object`, got `str`",
    ),
]


@pytest.mark.parametrize(
    ("calls", "place", "what"), WRONG_TYPES, ids=[place for _, place, _ in WRONG_TYPES]
)
def test_a_wrong_type_is_refused_with_its_place(
    calls: Json, place: str, what: str, tmp_path: Path
) -> None:
    error = refused(written(tmp_path / "x.json", calls))
    assert (error.place, error.what) == (place, what)


@pytest.mark.parametrize(
    ("wrap", "place"),
    [
        (lambda call: {"status_code": 200, "data": call}, "$.data.Vpcs[0].VpcId"),
        (lambda call: [{"Vpcs": []}, call], "$[1].Vpcs[0].VpcId"),
        (lambda call: {"pages": [call]}, "$.pages[0].Vpcs[0].VpcId"),
        (lambda call: {"us-east-1": call}, "$.'us-east-1'.Vpcs[0].VpcId"),
        (lambda call: {"\x1b": call}, r"$.'\x1b'.Vpcs[0].VpcId"),
        (lambda call: [vpc("vpc-9"), call["Vpcs"][0]], "$[1].VpcId"),
    ],
    ids=["recorded", "list", "pages", "keyed", "hostile", "bare"],
)
def test_the_place_counts_wrappers(wrap: Any, place: str, tmp_path: Path) -> None:  # noqa: ANN401 - a lambda
    error = refused(written(tmp_path / "x.json", wrap({"Vpcs": [{"VpcId": 1, "CidrBlock": ""}]})))
    assert error.place == place


def test_the_place_counts_documents_that_follow_each_other(tmp_path: Path) -> None:
    text = json.dumps({"Vpcs": []}) + json.dumps({"Vpcs": [{"VpcId": 1}]})
    assert refused(written(tmp_path / "x.json", text.encode())).place == "$[1].Vpcs[0].VpcId"


def test_the_complaint_names_the_file_of_its_item(tmp_path: Path) -> None:
    written(tmp_path / "us-east-1" / "a.json", {"Vpcs": [vpc()]})
    written(tmp_path / "us-west-2" / "b.json", {"Vpcs": [vpc("vpc-2", "10.0.0.0/99")]})
    error = refused(tmp_path)
    assert str(error) == (
        "us-west-2/b.json: $.Vpcs[0].CidrBlock: '10.0.0.0/99' is not a CIDR: "
        "write one such as 10.0.0.0/16"
    )


@pytest.mark.parametrize("name", ["new\nline.json", "\x1b[31mred.json", "right\u202eleft.json"])
def test_hostile_file_names_are_safe_to_print(name: str, tmp_path: Path) -> None:
    refused(written(tmp_path / name, b"{"))
    written(tmp_path / "a.json", estate())
    refused(tmp_path)


def test_long_values_are_cut_in_messages(tmp_path: Path) -> None:
    error = refused(written(tmp_path / "x.json", {"Vpcs": [vpc(CidrBlock="1" * 10_000)]}))
    assert len(str(error)) < 300


def test_an_unreadable_file_is_refused_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "x.json", estate())

    def deny(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", deny)
    assert refused(path).what == "Permission denied"


def test_after_an_error_garbage_is_collected_again(tmp_path: Path) -> None:
    import gc  # noqa: PLC0415 - the module under test must not be what is patched

    refused(written(tmp_path / "x.json", {"Vpcs": [{"VpcId": 1}]}))
    assert gc.isenabled()


def test_an_error_in_one_value_does_not_hide_behind_a_duplicate(tmp_path: Path) -> None:
    twice = [interface(), interface(PrivateIpAddress="10.0.1.11")]
    assert "duplicate-id" in problem_kinds(loaded(tmp_path, NetworkInterfaces=twice))
