"""The verdicts agree with what was measured on AWS and with public cases."""

from __future__ import annotations

import pytest

from netreach import Verdict
from tests.fidelity import WANTED, Outcome, ask_all, lines, share
from tests.fidelity_cases import CASES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here"),
]

#: The families, and the least number of cases that each must have in scope.
FAMILIES = {
    "labs/aws_demo": 120,
    "labs/aws_nlb_targets_instance": 50,
    "labs/aws_tgw_multi_az_intra_region": 90,
    "labs/aws_vpc_endpoints": 36,
    "batfish": 20,
    "npguard": 300,
    "reach": 8,
}


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return ask_all()


@pytest.mark.parametrize("family", FAMILIES)
def test_each_set_has_its_cases_in_scope(outcomes: list[Outcome], family: str) -> None:
    here = [one for one in outcomes if one.case.family == family and one.case.in_scope]
    assert len(here) >= FAMILIES[family]


def test_the_cases_in_scope_agree(outcomes: list[Outcome]) -> None:
    scoped = [one for one in outcomes if one.case.in_scope]
    assert share(scoped) >= WANTED, "\n".join(lines(outcomes))


def test_what_is_not_modelled_is_unknown_and_never_wrong(outcomes: list[Outcome]) -> None:
    wrong = [one for one in outcomes if not one.case.in_scope and not one.agrees]
    assert [str(one) for one in wrong if one.said != Verdict.UNKNOWN] == []


def test_the_score_names_every_disagreement(outcomes: list[Outcome]) -> None:
    wrong = Outcome(outcomes[0].case, "nonsense", "unknown", ("NOT_MODELLED tgw-1",))
    said = list(lines([wrong]))
    assert said[-1].endswith("answered nonsense (unknown: NOT_MODELLED tgw-1)")
