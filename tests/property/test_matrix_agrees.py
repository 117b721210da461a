"""Every pair at once and one pair at a time say the same, always."""

from __future__ import annotations

from pathlib import Path

import pytest

import netreach
from tests.property.estates import random_case
from tests.property.matrix_pairs import block_differences, differences, matrix_of
from tests.property.test_engine_agrees import network_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
ESTATES = 60
CHUNK = 10


@pytest.mark.parametrize("first", range(0, ESTATES, CHUNK))
def test_matrix_and_paths_agree_on_random_estates(first: int) -> None:
    for seed in range(first, first + CHUNK):
        network = network_of(random_case(seed, count=1)[0])
        assert list(differences(network)) == [], seed
        assert list(block_differences(matrix_of(network))) == [], seed


@pytest.mark.parametrize("port", [None, "443"])
@pytest.mark.parametrize(
    "fixture", sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir())
)
def test_matrix_and_paths_agree_on_every_pair_of_a_fixture(fixture: str, port: str | None) -> None:
    network = netreach.load(FIXTURES / fixture)
    assert list(differences(network, port)) == []
    assert list(differences(network, port, strict=True)) == []
    assert list(block_differences(matrix_of(network, port))) == []
