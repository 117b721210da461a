"""Engine and judge agree on estates in which nearly every packet meets a firewall."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest

from tests.oracle import verdict as codes
from tests.oracle.judge import answer
from tests.oracle.parse import parse
from tests.oracle.verdict import Leg, Verdict
from tests.property.chunks import chunks, seeds_of
from tests.property.test_engine_agrees import disagreements
from tests.property.walled import split_case, walled_case

ESTATES: Final = 60
CHUNK: Final = 5
#: Chunks that hold all that is counted below, of either sort of estates.
QUICK: Final = (0, 25, 40, 50)
QUICK_SPLIT: Final = (0, 10, 20, 45)


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK))
def test_engine_and_judge_agree_about_firewalls(first: int) -> None:
    for seed in range(first, first + CHUNK):
        found = disagreements(walled_case(seed))
        assert not found, "\n".join(f"walled {seed}: {q}\n    {how}" for q, how in found)


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK_SPLIT))
def test_engine_and_judge_agree_about_client_ports(first: int) -> None:
    for seed in range(first, first + CHUNK):
        found = disagreements(split_case(seed))
        assert not found, "\n".join(f"split {seed}: {q}\n    {how}" for q, how in found)


def test_client_ports_are_told_apart_on_either_way() -> None:
    tally: Counter[str] = Counter()
    for seed in seeds_of(QUICK_SPLIT, CHUNK):
        estate, asked = split_case(seed)
        world = parse(estate)
        for question in asked:
            ruling = answer(world, question)
            if ruling.verdict is Verdict.PARTIAL and ruling.good_client_ports:
                tally[f"{ruling.leg} {ruling.code}"] += 1
                tally["in several ranges"] += len(ruling.good_client_ports) > 1
    expected = (
        "in several ranges",
        f"{Leg.FORWARD} {codes.FIREWALL_RULES}",
        f"{Leg.RETURN} {codes.FIREWALL_RULES}",
    )
    assert all(tally[what] >= 3 for what in expected)


@pytest.fixture(scope="module")
def counted() -> Counter[str]:
    """Count verdicts, codes and what was crossed."""
    tally: Counter[str] = Counter()
    for seed in seeds_of(QUICK, CHUNK):
        estate, asked = walled_case(seed)
        world = parse(estate)
        for question in asked:
            ruling = answer(world, question)
            tally[str(ruling.verdict)] += 1
            tally[f"{ruling.leg} {ruling.code}"] += 1
            tally.update(ruling.crossed)
            tally.update("open rule" for name in ruling.missing if "Rule" in name)
    return tally


@pytest.mark.parametrize(
    "what",
    [
        *map(str, Verdict),
        "firewall",
        "appliances' endpoint",
        "gateway's own table",
        "nat",
        "open rule",
        f"{Leg.FORWARD} {codes.FIREWALL_RULES}",
        f"{Leg.RETURN} {codes.FIREWALL_RULES}",
        f"{Leg.RETURN} {codes.FIREWALL_ASYMMETRIC}",
    ],
)
def test_everything_about_firewalls_occurs(counted: Counter[str], what: str) -> None:
    assert counted[what] >= 3
