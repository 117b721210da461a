"""Every pair at once and one pair at a time say the same, always."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

import netreach
from netreach.fabric.lanes import safe_stages
from netreach.fabric.vocabulary import Stage
from netreach.network import Network
from tests.property.estates import random_case
from tests.property.matrix_pairs import block_differences, differences, matrix_of
from tests.property.test_engine_agrees import network_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
ESTATES = 20
CHUNK = 5
#: The long run's first seed and number of estates.
LONG_FIRST = int(os.environ.get("NETREACH_FIRST_ESTATE", "1000"))
LONG_ESTATES = int(os.environ.get("NETREACH_MATRICES", "2000"))
#: In how many percent of its estates there are rival ways over hosts that pass on.
LONG_RIVALS = int(os.environ.get("NETREACH_RIVALS", "12"))


@pytest.mark.parametrize("first", range(0, ESTATES, CHUNK))
def test_matrix_and_paths_agree_on_random_estates(first: int) -> None:
    for seed in range(first, first + CHUNK):
        check(seed)


@pytest.mark.long
def test_matrix_and_paths_agree_for_long() -> None:
    for seed in range(LONG_FIRST, LONG_FIRST + LONG_ESTATES):
        check(seed, rivals=LONG_RIVALS)


def check(seed: int, *, rivals: int = 0) -> None:
    """Compare all pairs of an estate, and the cells of all its blocks."""
    network = network_of(random_case(seed, count=1, rivals=rivals)[0])
    assert list(differences(network)) == [], seed
    assert list(block_differences(matrix_of(network))) == [], seed


@cache
def fixture_network(name: str) -> Network:
    """Load a fixture once for all its questions."""
    return netreach.load(FIXTURES / name)


@pytest.mark.parametrize("port", [None, "443"])
@pytest.mark.parametrize(
    "fixture", sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir())
)
def test_matrix_and_paths_agree_on_every_pair_of_a_fixture(fixture: str, port: str | None) -> None:
    network = fixture_network(fixture)
    assert list(differences(network, port)) == []
    assert list(differences(network, port, strict=True)) == []
    assert list(block_differences(matrix_of(network, port))) == []


def test_lanes_do_not_pass_policy_tables_whose_entries_tell_addresses_apart() -> None:
    networks = (network_of(random_case(seed, count=1)[0]) for seed in range(40))
    ruled = next(one for one in networks if one.fabric.transit.routes.policies.ids)
    plain = netreach.load(FIXTURES / "hub-and-spoke")
    passes = 1 << Stage.TRANSIT_TABLE
    assert not safe_stages(ruled.fabric, is_ipv6=False) & passes
    assert safe_stages(plain.fabric, is_ipv6=False) & passes
