"""Engine and judge agree where many targets are unfit: what nodes use, where DNS leads [LB-6]."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest

from netreach.model.relations import Relations
from netreach.query.dns import Names
from tests.oracle.judge import answer
from tests.oracle.name_records import Directory, directory
from tests.oracle.names import Found, resolve
from tests.oracle.parse import parse
from tests.oracle.verdict import Verdict
from tests.property.chunks import chunks, seeds_of
from tests.property.crowds import crowded_case, crowded_estate
from tests.property.dice import seeded
from tests.property.name_draws import KINDS
from tests.property.plan import Estate
from tests.property.test_engine_agrees import disagreements
from tests.property.test_names_agree import said_by_engine, snapshot_with_names

ESTATES: Final = 350
CHUNK: Final = 25
#: Chunks that hold all that is counted below.
QUICK: Final = (175, 225, 250, 275)
MOST_NAMES: Final = 1000


def named_estate(seed: int) -> tuple[Estate, list[str]]:
    """Return an estate, and the names of its balancers."""
    estate = crowded_estate(seeded(seed))
    for kind in KINDS:
        estate[kind] = []
    return estate, [one["DNSName"] for one in estate["LoadBalancers"] if "DNSName" in one]


def name_disagreements(seed: int) -> Iterator[str]:
    """Yield the balancers' names of which the two differ."""
    estate, known = named_estate(seed)
    vpc = estate["Vpcs"][0]["VpcId"]
    if known:
        names, told = Names(Relations(snapshot_with_names(estate))), directory(estate)
        for name in known:
            theirs, ours = said_by_engine(names, told, name, vpc), resolve(told, name, vpc)
            if theirs != ours:
                yield f"{name}: {theirs}, but the judge: {ours}"


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK))
def test_engine_and_judge_agree_what_nodes_use(first: int) -> None:
    for seed in range(first, first + CHUNK):
        found = disagreements(crowded_case(seed))
        assert not found, "\n".join(f"crowded {seed}: {q}\n    {how}" for q, how in found)


@pytest.mark.parametrize("first", chunks(MOST_NAMES, CHUNK, quick=QUICK))
def test_engine_and_judge_agree_where_names_of_balancers_lead(first: int) -> None:
    for seed in range(first, first + CHUNK):
        assert not list(name_disagreements(seed)), seed


@pytest.fixture(scope="module")
def counted() -> Counter[str]:
    """Count verdicts, what was crossed, what nobody knows, and how names lead."""
    tally: Counter[str] = Counter()
    for seed in seeds_of(QUICK, CHUNK):
        estate, asked = crowded_case(seed)
        world = parse(estate)
        for question in asked:
            ruling = answer(world, question)
            tally[str(ruling.verdict)] += 1
            tally.update(ruling.crossed)
            tally.update(ruling.missing)
        estate, names = named_estate(seed)
        told = directory(estate)
        for name in names:
            tally.update(_kinds(told, name, resolve(told, name, estate["Vpcs"][0]["VpcId"])))
    return tally


def _kinds(told: Directory, name: str, found: Found | None) -> Iterator[str]:
    balancer = next(one for one in told.balancers if one.name == name)
    if found is not None and len(balancer.all_nodes) > 1:
        is_past = len(balancer.nodes) < len(balancer.all_nodes)
        yield "open name" if found.is_open else "name past a node" if is_past else "name to all"


@pytest.mark.parametrize(
    "what",
    [
        *map(str, Verdict),
        "balancer that uses unhealthy targets beside healthy ones",
        "whether targets that are leaving count as registered",
        "open name",
        "name past a node",
        "name to all",
    ],
)
def test_everything_about_health_occurs(counted: Counter[str], what: str) -> None:
    assert counted[what] >= 3
