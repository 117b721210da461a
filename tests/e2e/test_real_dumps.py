"""Every describe dump of the shared snapshots loads; formats not read yet give one clear error."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from netreach.errors import InputError
from netreach.model.snapshot import KINDS
from netreach.sources.load import open_snapshot

SHARED: Final = Path(__file__).parents[2].parent / "shared" / "snapshots"

DUMPS: Final = (
    "labs/*",
    "batfish/*",
    "npguard/*.json",
    "reach/*/describe",
    "terraform/*/describe",
    "describe/*",
    "cloudmapper-demo",
    "moto",
)
OTHERS: Final = (
    "terraform_plan/*",
    "terraform_state/*",
    "aws_config/*",
    "reach/*/*.json",
    "reach/*/*.tfstate",
    "terraform/*/*.json",
)

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared snapshots are not here")


def names(patterns: tuple[str, ...]) -> list[str]:
    found = (path for pattern in patterns for path in SHARED.glob(pattern))
    return sorted(path.relative_to(SHARED).as_posix() for path in found)


@pytest.mark.parametrize("name", names(DUMPS))
def test_every_describe_dump_loads(name: str) -> None:
    snapshot = open_snapshot(SHARED / name)
    assert snapshot.format == "describe"
    assert len(snapshot.digest) == 64
    assert any(getattr(snapshot, field) for field in KINDS)
    assert all(problem.message.isprintable() for problem in snapshot.problems)


@pytest.mark.parametrize("name", names(OTHERS))
def test_formats_that_are_not_read_yet_give_one_error(name: str) -> None:
    with pytest.raises(InputError) as caught:
        open_snapshot(SHARED / name)
    assert caught.value.what.endswith("a format that is not read yet")
    assert str(caught.value).isprintable()


COUNTS: Final = [
    ("labs/aws_demo", {"vpcs": 4, "interfaces": 22, "instances": 26, "nat_gateways": 4}),
    ("npguard/aws_acl_1.json", {"vpcs": 2, "subnets": 7, "internet_gateways": 2}),
    ("moto", {"vpcs": 5, "egress_only_gateways": 1, "prefix_lists": 7, "elastic_ips": 3}),
    ("cloudmapper-demo", {"vpcs": 1, "subnets": 4, "security_groups": 8, "instances": 3}),
]


@pytest.mark.parametrize(("name", "counts"), COUNTS, ids=[name for name, _ in COUNTS])
def test_dumps_hold_what_their_files_list(name: str, counts: dict[str, int]) -> None:
    snapshot = open_snapshot(SHARED / name)
    assert {field: len(getattr(snapshot, field)) for field in counts} == counts


@pytest.mark.parametrize("name", names(("labs/*", "npguard/*.json", "reach/*/describe")))
def test_estates_that_really_existed_have_no_warning(name: str) -> None:
    assert open_snapshot(SHARED / name).problems == ()


def test_anonymised_gateways_are_recognised() -> None:
    snapshot = open_snapshot(SHARED / "npguard" / "aws_acl_1.json")
    kinds = {
        route.target_kind for table in snapshot.route_tables.values() for route in table.routes
    }
    assert kinds == {"local", "internet-gateway"}


def test_the_dirty_demo_has_every_kind_of_dirt() -> None:
    snapshot = open_snapshot(SHARED / "cloudmapper-demo")
    assert sorted(problem.kind for problem in snapshot.problems) == [
        "address-outside-subnet",
        "duplicate-id",
        "host-bits",
        "reference-to-nothing",
    ]
    assert snapshot.interfaces["eni-00000000"].doubt
    assert snapshot.interfaces["eni-00000001"].doubt


def test_entries_of_prefix_lists_are_tied_to_their_lists() -> None:
    snapshot = open_snapshot(SHARED / "moto")
    entries = snapshot.prefix_lists["pl-3a1f1b9ef36b607d4"].entries
    assert list(map(str, entries or ())) == ["192.0.2.0/24", "198.51.100.0/25"]


def test_dns_attributes_are_tied_to_their_vpcs() -> None:
    snapshot = open_snapshot(SHARED / "moto")
    assert {vpc.dns_support for vpc in snapshot.vpcs.values()} == {True}
    assert {vpc.dns_hostnames for vpc in snapshot.vpcs.values()} == {True, False}
