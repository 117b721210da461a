"""What branches that all happen come to, beside ways of which nobody knows which one is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any, Final, cast

import numpy as np
import pytest

from netreach.fabric.vocabulary import Assumed
from netreach.fabric.worlds import Supposed, World, WorldLog, renumbered, world_numbers
from netreach.packets.batch import PacketBatch, column, filled
from netreach.packets.services import TCP, ServiceSet
from netreach.query.path import PathFinder
from netreach.query.trips import CODES, VERDICTS, Trips
from netreach.query.verdict import Question, Verdict, combined
from netreach.query.worlds import verdict_in_all
from tests.unit.fabric.sites_by_hand import OFFICE, joined, static_vpn

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
    return asked(surely, [[frozenset({verdict})] for verdict in perhaps], doubt)


def asked(surely: Found, options: Sequence[Sequence[Found]], doubt: int = OF_EITHER) -> Verdict:
    """Ask a flow of a choice; by each option further choices, or branches that all happen."""
    log, nothing = WorldLog(), cast("Any", None)
    rows = [(0, Verdict.REACHABLE), (2, Verdict.UNKNOWN), *((1, one) for one in sorted(surely))]
    batch = PacketBatch.of(len(rows), row=column([flow for flow, _ in rows]))
    parts, verdicts = [batch], [verdict for _, verdict in rows]
    width = len(options)
    first = PacketBatch.of(width, row=1)
    doubts, which = filled(width, doubt), np.arange(width)
    first = log.suppose(first, filled(width, 0), which, np.ones(width, bool), bits=doubts)
    for number, nested in enumerate(options):
        inner = [(way, one) for way, found in enumerate(nested) for one in sorted(found)]
        ways = column([way for way, _ in inner])
        alike = filled(len(inner), 0)
        several = np.full(len(inner), len(nested) > 1)
        parts.append(log.suppose(first.at(alike + number), alike, ways, several))
        verdicts += [verdict for _, verdict in inner]
    joined = PacketBatch.joined(parts)
    columns: dict[str, Any] = dict.fromkeys(Trips.__struct_fields__, nothing)
    columns |= {"flow": joined.row, "assumed": joined.assumed, "worlds": log}
    columns["verdict"] = column([CODES[verdict] for verdict in verdicts])
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
    assert by_columns(sure, maybe, OF_EITHER) == verdict


def test_what_may_be_taken_besides_or_not_at_all_must_change_nothing() -> None:
    assert by_columns(written("r"), written("u"), OF_PERHAPS) == "unknown"
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
        assert by_columns(surely, perhaps, OF_PERHAPS if may_be_none else OF_EITHER) is common


@pytest.mark.parametrize(
    ("surely", "options", "verdict"),
    [
        pytest.param("", ["ru", "ru"], "partial", id="each-way-parts-into-one-that-works"),
        pytest.param("", ["ru", "p"], "partial", id="partial-for-different-reasons"),
        pytest.param("", ["ru", "u"], "unknown", id="by-one-way-none-works"),
        pytest.param("", ["ru", "r"], "unknown", id="by-one-way-all-work"),
        pytest.param("r", ["u", "ru"], "partial", id="one-always-works"),
        pytest.param("", ["r?", "ru"], "partial", id="of-some-nobody-knows"),
        pytest.param("", ["u?", "ru"], "unknown", id="by-one-way-nobody-knows"),
        pytest.param("", ["r|u", "ru"], "unknown", id="a-choice-behind-a-choice-decides"),
        pytest.param("u", ["r|p", "ru"], "partial", id="a-choice-behind-a-choice-does-not"),
    ],
)
def test_what_parts_behind_a_choice_happens_together(
    surely: str, options: list[str], verdict: str
) -> None:
    nested = [[written(way) for way in option.split("|")] for option in options]
    assert asked(written(surely), nested) == verdict


def test_two_choices_are_each_others_sure_company() -> None:
    def option(choice: int, number: int) -> World:
        return (Supposed(choice, number),)

    works, fails = Verdict.REACHABLE, Verdict.UNREACHABLE
    apart = [(works, option(0, 0)), (works, option(0, 1)), (fails, option(1, 0))]
    assert verdict_in_all([*apart, (fails, option(1, 1))]) is Verdict.PARTIAL
    assert verdict_in_all([*apart, (works, option(1, 1))]) is Verdict.UNKNOWN
    assert verdict_in_all([]) is Verdict.UNREACHABLE


def test_worlds_are_numbered_as_they_occur() -> None:
    worlds: list[World] = [(Supposed(7, 5), Supposed(3, 5, True)), (Supposed(7, 2),), ()]
    assert renumbered(worlds) == [
        (Supposed(0, 0), Supposed(1, 1, True)),
        (Supposed(0, 2),),
        (),
    ]


def test_replies_go_on_in_the_world_that_the_way_there_was_in() -> None:
    network = joined(static_vpn(), static_vpn(id="vpn-2"))
    finder = PathFinder(network.fabric)
    question = Question(ServiceSet.ports(TCP, 443, 443), (1024, 65535))
    found = finder.find(f"cgw-1/{OFFICE}", "web-1", question, (4,)).rounds[0].trips
    assert found is not None
    worlds = {found.worlds[number] for number in world_numbers(found.assumed).tolist()}
    there = {world[0] for world in worlds}
    assert {len(world) for world in worlds} == {2}
    assert {one.choice for one in there} == {0}
    assert {len({world[1].choice for world in worlds if world[0] == one}) for one in there} == {1}
    assert len({world[1].choice for world in worlds}) == len(there) == 2
