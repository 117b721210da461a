"""Matrices of the shared snapshots say what single paths say, of all pairs or a sample."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest

import netreach

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
#: Pairs of one snapshot that single paths are asked about.
PAIRS: Final = 120

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared snapshots are not here"),
]


def names() -> list[str]:
    found = (path for pattern in DUMPS for path in SHARED.glob(pattern))
    return sorted(path.relative_to(SHARED).as_posix() for path in found)


@pytest.mark.parametrize("port", [None, 443])
@pytest.mark.parametrize("name", names())
def test_a_matrix_says_what_paths_say(name: str, port: int | None) -> None:
    network = netreach.load(SHARED / name)
    matrix = network.matrix(port=port)
    pairs = [(a, b) for a in matrix.sources for b in matrix.destinations if a != b]
    assert len(matrix) == len(pairs)
    chance = random.Random(1)  # noqa: S311 - pairs are drawn, not keys
    for source, destination in chance.sample(pairs, min(PAIRS, len(pairs))):
        answer = network.path(source, destination, port=port)
        said = matrix.verdict(source, destination), matrix.services(source, destination)
        assert said == (answer.verdict, answer.services), (source, destination)
        assert matrix.client_ports(source, destination) == answer.client_ports
    assert matrix.counts().total() == len(pairs)
