"""Score the verdicts against measured and public cases: ``python -m tests.fidelity``.

A case is in scope if one VPC, the internet and NAT are all that it involves. ``unknown`` on a case
that has a verdict counts as a disagreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from netreach import Network, load
from tests.fidelity_cases import CASES, Case, cases

#: At most this share of the cases in scope may be disputed.
WANTED: Final = 0.98


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and what was answered."""

    case: Case
    said: str
    verdict: str
    codes: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the answer says what the case knows."""
        return self.said == self.case.expected.words

    def __str__(self) -> str:
        """Say both, and why."""
        case, codes = self.case, ", ".join(self.codes) or "no code"
        return (
            f"{case.family}: {case.name}: expected {case.expected.words}, "
            f"answered {self.said} ({self.verdict}: {codes})"
        )


@cache
def _network(snapshot: Path) -> Network:
    return load(snapshot)


def ask(case: Case) -> Outcome:
    """Ask one case's question."""
    answer = _network(case.snapshot).path(case.source, case.destination, **case.options)
    said = case.expected.said(answer)
    if said == case.expected.words:
        return Outcome(case, said, str(answer.verdict), ())
    gaps = (f"{missing.code} {missing.component.id}" for missing in answer.missing)
    codes = dict.fromkeys((*(str(e.code) for e in answer.explanations), *gaps))
    return Outcome(case, said, str(answer.verdict), tuple(codes))


def ask_all() -> list[Outcome]:
    """Ask every case of every set."""
    return [ask(case) for case in cases()]


def share(outcomes: Iterable[Outcome]) -> float:
    """Return how many of the outcomes agree, 0 to 1."""
    agreements = [outcome.agrees for outcome in outcomes]
    return sum(agreements) / len(agreements)


def _score(outcomes: list[Outcome]) -> str:
    if not outcomes:
        return f"{'-':>20}"
    agreed = sum(outcome.agrees for outcome in outcomes)
    return f"{f'{agreed} of {len(outcomes)}':>13} {agreed / len(outcomes):6.1%}"


def lines(outcomes: list[Outcome]) -> Iterator[str]:
    """Say the score of each set, and each disagreement in scope."""
    families = list(dict.fromkeys(outcome.case.family for outcome in outcomes))
    yield f"{'set':36}{'in scope':>20}{'all':>22}"
    for name in (*families, "total"):
        here = [one for one in outcomes if name in (one.case.family, "total")]
        scoped = [one for one in here if one.case.in_scope]
        yield f"{name:36}{_score(scoped)}  {_score(here)}"
    wrong = [one for one in outcomes if one.case.in_scope and not one.agrees]
    yield f"\n{len(wrong)} disagreements in scope" + ":" * bool(wrong)
    yield from (f"  {one}" for one in wrong)


def main() -> int:
    """Print the scores; fail if too few agree."""
    if not CASES.is_dir():
        where = "/".join(CASES.parts[-2:])
        print(f"nothing to compare with: there is no {where} beside the repository")
        return 0
    outcomes = ask_all()
    print("\n".join(lines(outcomes)))
    return share(one for one in outcomes if one.case.in_scope) < WANTED


if __name__ == "__main__":
    raise SystemExit(main())
