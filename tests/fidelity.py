"""Score the verdicts against measured and public cases: ``python -m tests.fidelity``.

``unknown`` on a case that has a verdict counts as a disagreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from netreach import Network, load
from tests.fidelity_cases import CASES, Case, cases

#: At least this share of each set must agree.
WANTED: Final = 0.99


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


def lines(outcomes: list[Outcome]) -> Iterator[str]:
    """Say the score of each set, and each disagreement."""
    families = list(dict.fromkeys(outcome.case.family for outcome in outcomes))
    for name in (*families, "total"):
        here = [one for one in outcomes if name in (one.case.family, "total")]
        agreed = sum(one.agrees for one in here)
        yield f"{name:36}{f'{agreed} of {len(here)}':>14} {agreed / len(here):6.1%}"
    wrong = [one for one in outcomes if not one.agrees]
    yield f"\n{len(wrong)} disagreements" + ":" * bool(wrong)
    yield from (f"  {one}" for one in wrong)


def main() -> int:
    """Print the scores; fail if too few agree."""
    if not CASES.is_dir():
        where = "/".join(CASES.parts[-2:])
        print(f"nothing to compare with: there is no {where} beside the repository")
        return 0
    outcomes = ask_all()
    print("\n".join(lines(outcomes)))
    return share(outcomes) < WANTED


if __name__ == "__main__":
    raise SystemExit(main())
