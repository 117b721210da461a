"""The verdicts agree with what was measured on AWS and with public cases."""

from __future__ import annotations

import pytest

from tests.fidelity import WANTED, Outcome, ask_all, lines, share
from tests.fidelity_cases import CASES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here"),
]

#: The families, and the least number of cases that each must have.
FAMILIES = {
    "labs/aws_demo": 550,
    "labs/aws_nlb_targets_instance": 160,
    "labs/aws_tgw_multi_az_intra_region": 170,
    "labs/aws_vpc_endpoints": 40,
    "batfish": 45,
    "npguard": 300,
    "reach": 8,
}


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return ask_all()


@pytest.mark.parametrize("family", FAMILIES)
def test_each_set_agrees(outcomes: list[Outcome], family: str) -> None:
    here = [one for one in outcomes if one.case.family == family]
    assert len(here) >= FAMILIES[family]
    assert share(here) >= WANTED, "\n".join(lines(here))


def test_the_score_names_every_disagreement(outcomes: list[Outcome]) -> None:
    wrong = Outcome(outcomes[0].case, "nonsense", "unknown", ("NOT_MODELLED tgw-1",))
    said = list(lines([wrong]))
    assert said[-1].endswith("answered nonsense (unknown: NOT_MODELLED tgw-1)")
