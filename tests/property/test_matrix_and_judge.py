# ruff: noqa: S311 - pairs are drawn, not keys
"""Every pair at once and the judge, who knows only the documents, say the same."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Final

import pytest

from netreach.matrix import Matrix
from netreach.network import Network
from tests.oracle.judge import answer
from tests.oracle.parse import parse
from tests.oracle.question import Question
from tests.oracle.world import World
from tests.property.estates import random_case
from tests.property.test_engine_agrees import network_of, options

ESTATES: Final = 40
CHUNK: Final = 10
#: Pairs of one estate that the judge is asked about.
PAIRS: Final = 12
LONG_FIRST: Final = int(os.environ.get("NETREACH_FIRST_ESTATE", "1000"))
LONG_ESTATES: Final = int(os.environ.get("NETREACH_MATRICES", "2000"))


def differences(seed: int, most: int = PAIRS) -> Iterator[str]:
    """Yield the pairs of an estate of which matrix and judge say different things.

    Asked are pairs with one IPv4 address at both ends and the first service with ports of the case.
    """
    estate, questions = random_case(seed)
    asked = next((one for one in questions if one.protocol in (6, 17)), None)
    if asked is None:
        return
    network, world = network_of(estate), parse(estate)
    matrix = network.matrix(family=4, **options(asked))
    for source, destination in _sampled(matrix, network, random.Random(seed), most):
        said, ruling = (
            matrix.verdict(source, destination),
            _judged(network, world, asked, source, destination),
        )
        if str(said) != ruling:
            yield f"estate {seed}: {source} to {destination}: {said}, but the judge: {ruling}"


def _sampled(
    matrix: Matrix, network: Network, chance: random.Random, most: int
) -> list[tuple[str, str]]:
    """Draw pairs of different hosts that hold one address each."""
    records = network.snapshot.interfaces
    plain = {
        one.id
        for one in records.values()
        if [address.private.family for address in one.addresses] == [4] and one.vpc
    }
    pairs = [
        (source, destination)
        for source in matrix.sources
        for destination in matrix.destinations
        if {source, destination} <= plain
        and (records[source].instance or source) != (records[destination].instance or destination)
    ]
    return chance.sample(pairs, min(most, len(pairs)))


def _judged(network: Network, world: World, asked: Question, source: str, destination: str) -> str:
    records = network.snapshot.interfaces
    sender, receiver = records[source], records[destination]
    question = Question(
        source=source,
        source_address=str(sender.addresses[0].private),
        destination=str(receiver.addresses[0].private),
        protocol=asked.protocol,
        port=asked.port,
        client_ports=asked.client_ports,
        destination_vpc=receiver.vpc,
    )
    return str(answer(world, question).verdict)


@pytest.mark.parametrize("first", range(0, ESTATES, CHUNK))
def test_matrix_and_judge_agree(first: int) -> None:
    for seed in range(first, first + CHUNK):
        assert list(differences(seed)) == []


@pytest.mark.long
def test_matrix_and_judge_agree_for_long() -> None:
    for seed in range(LONG_FIRST, LONG_FIRST + LONG_ESTATES):
        assert list(differences(seed, 60)) == []
