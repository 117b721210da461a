"""What branches that all happen come to, beside ways of which nobody knows which one is taken."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any, Final

import pytest

from netreach.fabric.vocabulary import Assumed
from netreach.packets.batch import column
from netreach.query.trips import CODES, VERDICTS, Trips, of_branches
from netreach.query.verdict import Verdict, combined

WORDS: Final = {"r": "reachable", "p": "partial", "u": "unreachable", "?": "unknown"}
OF_EITHER, OF_PERHAPS = int(Assumed.EITHER), int(Assumed.EITHER | Assumed.PERHAPS)
Found = frozenset[Verdict]


def written(text: str) -> Found:
    return frozenset(Verdict(WORDS[letter]) for letter in text)


def subsets(found: Found) -> Iterator[Found]:
    for size in range(len(found) + 1):
        yield from map(frozenset, combinations(sorted(found), size))


def by_columns(surely: Found, perhaps: Found, doubt: int) -> Verdict:
    """Ask a flow whose branches these are, among others."""
    rows = [(0, Verdict.REACHABLE, 0), (2, Verdict.UNKNOWN, 0)]
    rows += [(1, verdict, 0) for verdict in surely] + [(1, verdict, doubt) for verdict in perhaps]
    nothing: Any = None
    columns: dict[str, Any] = dict.fromkeys(Trips.__struct_fields__, nothing)
    columns["flow"] = column([flow for flow, _, _ in rows])
    columns["verdict"] = column([CODES[verdict] for _, verdict, _ in rows])
    columns["assumed"] = column([assumed for _, _, assumed in rows])
    found = Trips(**columns).verdict_of_flow(3).tolist()
    assert (found[0], found[2]) == (CODES[Verdict.REACHABLE], CODES[Verdict.UNKNOWN])
    together: Verdict = VERDICTS[found[1]]
    return together


@pytest.mark.parametrize(
    ("surely", "perhaps", "verdict"),
    [
        pytest.param("u", "r", "partial", id="one-never-one-by-either-way"),
        pytest.param("r", "u", "partial", id="one-always-one-by-neither-way"),
        pytest.param("r", "?u", "partial", id="one-always-one-never-or-unknown"),
        pytest.param("ru", "ru", "partial", id="partial-whichever-way"),
        pytest.param("", "ru", "unknown", id="the-way-decides"),
        pytest.param("r", "ru", "unknown", id="the-way-decides-whether-all-work"),
        pytest.param("u", "ru", "unknown", id="the-way-decides-whether-any-works"),
        pytest.param("r", "r", "reachable", id="all"),
        pytest.param("u", "u", "unreachable", id="none"),
    ],
)
def test_the_verdict_holds_whichever_way_is_taken(surely: str, perhaps: str, verdict: str) -> None:
    sure, maybe = written(surely), written(perhaps)
    assert of_branches(sure, maybe, may_be_none=False) == verdict
    assert by_columns(sure, maybe, OF_EITHER) == verdict


def test_what_may_be_taken_besides_or_not_at_all_must_change_nothing() -> None:
    assert of_branches(written("r"), written("u"), may_be_none=True) == "unknown"
    assert by_columns(written("r"), written("u"), OF_PERHAPS) == "unknown"
    assert of_branches(written("ru"), written("r"), may_be_none=True) == "partial"
    assert by_columns(written("ru"), written("r"), OF_PERHAPS) == "partial"


def test_it_is_what_all_choices_have_in_common() -> None:
    every = tuple(subsets(frozenset(Verdict)))
    for surely, perhaps, may_be_none in product(every, every, (False, True)):
        if not surely | perhaps:
            continue
        worlds = {
            combined(surely | taken)
            for taken in subsets(perhaps)
            if surely | taken and (taken or may_be_none or not perhaps)
        }
        common = worlds.pop() if len(worlds) == 1 else Verdict.UNKNOWN
        assert of_branches(surely, perhaps, may_be_none=may_be_none) is common
        assert by_columns(surely, perhaps, OF_PERHAPS if may_be_none else OF_EITHER) is common
