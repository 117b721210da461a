"""The engine and the judge agree on random estates and random packets, always."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, TypedDict

import pytest
from hypothesis import HealthCheck, given, settings

from netreach.errors import NetreachError
from netreach.explain.report import ONCE
from netreach.model.snapshot import Snapshot
from netreach.network import Answer, Network
from netreach.sources.describe import snapshot_of
from netreach.sources.files import Document
from tests.oracle.judge import answer, case_of
from tests.oracle.parse import parse
from tests.oracle.question import Question
from tests.oracle.survey import Blocker, Worlds, blockers_by_way
from tests.oracle.verdict import FIREWALL_RULES, VPCE_PORT, Interval, Leg, Ruling, Verdict
from tests.oracle.world import World
from tests.property.chunks import chunks
from tests.property.estates import Case, cases, random_case
from tests.property.plan import ANSWERS, Estate
from tests.property.public_access import as_described

ESTATES: Final = 500
QUICK: Final = range(200)
CHUNK: Final = 25
#: The long run's first seed and number of estates, e.g. ``NETREACH_ESTATES=50000``.
LONG_FIRST: Final = int(os.environ.get("NETREACH_FIRST_ESTATE", "1000"))
LONG_ESTATES: Final = int(os.environ.get("NETREACH_ESTATES", "50000"))
#: In how many percent of the long run's estates there are rival ways over hosts that pass on.
LONG_RIVALS: Final = int(os.environ.get("NETREACH_RIVALS", "12"))
#: Estates where nobody knows which way is taken, and each of them parts into several.
OPEN_WAYS: Final = (2461, 2649, 101970, 103101, 200141, 202149, 203862)
NAMES: Final = {6: "tcp", 17: "udp", 1: "icmp", 58: "icmpv6"}


@dataclass(frozen=True)
class EngineAnswer:
    """What the engine says, in the judge's words. None: it does not say, so it is not compared."""

    verdict: str
    good_client_ports: tuple[Interval, ...] | None = None
    #: All that it names, but for what only a mended estate would show.
    blockers: frozenset[tuple[str, str]] = frozenset()
    sees: tuple[str, ...] | None = None


def ask_engine(estate: Estate, questions: list[Question]) -> list[EngineAnswer]:
    """Ask the engine all questions about one estate."""
    network = network_of(estate)
    return [_engine_answer(network, estate, question) for question in questions]


def network_of(estate: Estate) -> Network:
    """Compile an estate that was drawn."""
    answers = [each for kind in ANSWERS for each in estate.get(kind, ())]
    lists = as_described({kind: each for kind, each in estate.items() if kind not in ANSWERS})
    snapshot = snapshot_of(
        [
            Document(f"{number}.json", json.dumps(content).encode())
            for number, content in enumerate((lists, *answers))
        ]
    )
    assert isinstance(snapshot, Snapshot)
    return Network(snapshot)


def _engine_answer(network: Network, estate: Estate, question: Question) -> EngineAnswer:
    source, destination = selectors(estate, question)
    answer = network.path(source, destination, **options(question))
    seen = tuple(sorted({part.seen_source for part in answer.parts if part.seen_source}))
    return EngineAnswer(
        verdict=str(answer.verdict),
        good_client_ports=_intervals(answer.client_ports),
        blockers=_blockers(answer),
        sees=seen or None,
    )


def _blockers(answer: Answer) -> frozenset[tuple[str, str]]:
    """Return the blockers that one walk shows.

    What waits behind a mended blocker shows in a mended estate only, and that two VPCs have no
    connection is said besides what stops the packet: neither is the judge's business.
    """
    return frozenset(
        (explanation.leg, _JUDGES_WORD.get(str(explanation.code), str(explanation.code)))
        for explanation in answer.explanations
        if not explanation.message.startswith(ONCE) and explanation.code != "DISCONNECTED_VPCS"
    )


#: The engine's words are the finer ones: why a rule that names a group does not match.
_JUDGES_WORD: Final = {
    "SG_REFERENCES_NOT_PRESERVED": "ENI_SG_RULES_MISMATCH",
    "SG_REFERENCING_SUPPORT": "ENI_SG_RULES_MISMATCH",
}


def _intervals(ports: tuple[str, ...]) -> tuple[Interval, ...] | None:
    pairs = [port.partition("-") for port in ports]
    return tuple((int(a), int(b or a)) for a, _, b in pairs) or None


def selectors(estate: Estate, question: Question) -> tuple[str, str]:
    """Write the two ends as ``netreach path`` takes them."""
    homes = {i["NetworkInterfaceId"]: i["VpcId"] for i in estate["NetworkInterfaces"]}
    vpc = homes.get(question.source, question.source)
    source = question.source_address if vpc == "internet" else f"{vpc}/{question.source_address}"
    if question.destination_vpc:
        return source, f"{question.destination_vpc}/{question.destination}"
    return source, question.destination


class ServiceOptions(TypedDict, total=False):
    """The options of ``netreach path`` that say what is asked."""

    protocol: str
    port: str
    client_ports: str


def options(question: Question) -> ServiceOptions:
    """Write the service and the client ports as ``netreach path`` takes them."""
    name = NAMES.get(question.protocol, str(question.protocol))
    if question.protocol in (1, 58):
        return {"protocol": name, "port": f"{question.port}/{question.code}"}
    if question.protocol not in NAMES:
        return {"protocol": name}
    first, last = question.client_ports
    return {"protocol": name, "port": str(question.port), "client_ports": f"{first}-{last}"}


def disagreement(
    ruling: Ruling, said: EngineAnswer, ways: Sequence[Sequence[frozenset[Blocker]]] = ((),)
) -> str:
    """Say how the two differ, or nothing; `ways` holds what the judge finds in the way."""
    checks = {
        "verdict": said.verdict == ruling.verdict,
        "client ports": _ports_agree(ruling, said),
        "what the destination sees": _sights_agree(ruling, said),
        "blockers": _blockers_agree(ruling, said, ways),
    }
    differing = [name for name, agree in checks.items() if not agree]
    if not differing:
        return ""
    return f"{', '.join(differing)}: {said}, but the judge: {ruling} {_listed(ways)}"


def _listed(ways: Sequence[Sequence[frozenset[Blocker]]]) -> str:
    worlds = [world for worlds in ways for world in worlds]
    return " or ".join(", ".join(f"{leg} {code}" for leg, code in sorted(one)) for one in worlds)


def _works(ruling: Ruling) -> bool:
    return ruling.verdict in (Verdict.REACHABLE, Verdict.PARTIAL)


def _ports_agree(ruling: Ruling, said: EngineAnswer) -> bool:
    ports = ruling.good_client_ports
    return not _works(ruling) or ports is None or said.good_client_ports == ports


def _sights_agree(ruling: Ruling, said: EngineAnswer) -> bool:
    return not _works(ruling) or said.sees is None or sorted(said.sees) == sorted(ruling.sees)


#: Verdicts of which both say the same is in the way; of what nobody knows, worlds may differ.
_EXPLAINED: Final = (Verdict.UNREACHABLE, Verdict.PARTIAL)


def _blockers_agree(
    ruling: Ruling, said: EngineAnswer, ways: Sequence[Sequence[frozenset[Blocker]]]
) -> bool:
    """Compare all blockers of what never works, on both legs.

    Where it is open what appliances do, the engine tells of one thing that they may do. Where
    several worlds are possible, the engine may leave out what only some of them hold, but
    in each it must name something, and nothing that no world holds. If nothing is in the way in
    one of them (of some flow), nothing needs to be named: it is missing then.
    """
    if ruling.verdict not in _EXPLAINED:
        return True
    if any(len(worlds) == 1 and said.blockers == worlds[0] for worlds in ways):
        return True
    known = frozenset[Blocker]().union(*(world for worlds in ways for world in worlds))
    return said.blockers <= known and any(
        len(worlds) > 1 and (frozenset() in worlds or _tells_of_each(said, worlds))
        for worlds in ways
    )


def _tells_of_each(said: EngineAnswer, worlds: Sequence[frozenset[Blocker]]) -> bool:
    """Say whether the engine names something of what is in the way in each possible world."""
    told = [bool(said.blockers & world) for world in worlds]
    missing = _OPEN | (_SERVED - frozenset[Blocker].intersection(*worlds))
    return any(told) and all(
        is_told or world <= missing for is_told, world in zip(told, worlds, strict=True)
    )


#: What a rule may do that nobody can decide: the engine calls it missing, and tells of the rest.
_OPEN: Final = frozenset((leg, FIREWALL_RULES) for leg in Leg)
#: What a service may not take; so it is with that, unless it is sure.
_SERVED: Final = frozenset({(Leg.FORWARD, VPCE_PORT)})


def _ways(world: World, question: Question, ruling: Ruling) -> list[Worlds]:
    is_explained = ruling.verdict in _EXPLAINED
    return blockers_by_way(case_of(world, question)) if is_explained else []


def disagreements(case: Case) -> list[tuple[Question, str]]:
    """Ask both everything and return where they differ."""
    estate, asked = case
    world, said = parse(estate), ask_engine(deepcopy(estate), asked)
    differing = []
    for question, its in zip(asked, said, strict=True):
        ruling = answer(world, question)
        how = disagreement(ruling, its, _ways(world, question, ruling))
        if how:
            differing.append((question, how))
    return differing


def _report(seed: int, found: list[tuple[Question, str]]) -> str:
    return "\n".join(f"estate {seed}: {question}\n    {how}" for question, how in found)


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK))
def test_engine_and_judge_agree(first: int) -> None:
    for seed in range(first, first + CHUNK):
        found = disagreements(random_case(seed))
        assert not found, _report(seed, found)


@pytest.mark.parametrize("seed", [1423, 2227, 3882, 200140, 200756, 201770, 306121, *OPEN_WAYS])
def test_estates_that_once_differed_agree(seed: int) -> None:
    found = disagreements(random_case(seed))
    assert not found, _report(seed, found)


@pytest.mark.parametrize("first", chunks(60, 6, quick=range(6)))
def test_engine_and_judge_agree_on_rival_ways_over_hosts(first: int) -> None:
    for seed in range(first, first + 6):
        found = disagreements(random_case(seed, rivals=100))
        assert not found, _report(seed, found)


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases(count=5))
def test_engine_and_judge_agree_on_what_hypothesis_finds(case: Case) -> None:
    assert not disagreements(case)


@pytest.mark.long
def test_engine_and_judge_agree_for_long() -> None:
    for seed in range(LONG_FIRST, LONG_FIRST + LONG_ESTATES):
        found = disagreements(random_case(seed, rivals=LONG_RIVALS))
        assert not found, _report(seed, found)


# -- by hand: ``python -c "from tests.property.test_engine_agrees import explain; explain(4711)"``


def explain(seed: int) -> None:
    """Print the smallest estate that still shows the first disagreement of a seed."""
    estate, asked = random_case(seed)
    found = disagreements((estate, asked))
    if not found:
        print(f"estate {seed}: no disagreement")
        return
    question, _ = found[0]

    def claims(smaller: Estate) -> tuple[object, ...]:
        said = ask_engine(deepcopy(smaller), [question])[0]
        ruling = answer(parse(smaller), question)
        found = _ways(parse(smaller), question, ruling)
        return said.verdict, said.blockers, ruling.verdict, found

    kept = claims(estate)  # or else it ends on another disagreement than it began with

    def differs(smaller: Estate) -> bool:
        try:
            found = disagreements((smaller, [question]))
            return bool(found) and claims(smaller) == kept
        except (
            LookupError,
            StopIteration,
            ValueError,
            NetreachError,
        ):  # cut too far: no longer an estate that this is about
            return False

    small = minimise(estate, differs)
    print(question)
    for kind, records in small.items():
        for record in records:
            print(kind, record)
    print(disagreements((small, [question])))


def minimise(estate: Estate, differs: Callable[[Estate], bool]) -> Estate:
    """Drop records, rules and routes one by one while the disagreement stays."""
    estate = deepcopy(estate)
    shrinking = True
    while shrinking:
        shrinking = False
        for items in _lists(estate):
            for index in reversed(range(len(items))):
                item = items.pop(index)
                if differs(estate):
                    shrinking = True
                else:
                    items.insert(index, item)
    return estate


def _lists(node: object) -> list[list[Any]]:
    """Return every list in the estate, the outer ones first."""
    if isinstance(node, dict):
        return [found for child in node.values() for found in _lists(child)]
    if isinstance(node, list):
        return [node, *(found for child in node for found in _lists(child))]
    return []


def test_the_minimiser_keeps_what_matters_and_nothing_else() -> None:
    estate, _ = random_case(3)
    wanted = estate["RouteTables"][0]["Routes"][0]

    def differs(smaller: Estate) -> bool:
        return any(wanted in table["Routes"] for table in smaller["RouteTables"])

    small = minimise(estate, differs)
    assert [records for records in small.values() if records] == [small["RouteTables"]]
    assert [table["Routes"] for table in small["RouteTables"]] == [[wanted]]


@pytest.mark.parametrize(
    ("ruling", "said", "differs"),
    [
        (Ruling(Verdict.REACHABLE), EngineAnswer("reachable"), ""),
        (Ruling(Verdict.REACHABLE), EngineAnswer("partial"), "verdict"),
        (Ruling(Verdict.PARTIAL, ((1, 2),)), EngineAnswer("partial", ((1, 3),)), "client ports"),
        (
            Ruling(Verdict.REACHABLE, sees=("a",)),
            EngineAnswer("reachable", sees=("b",)),
            "destination sees",
        ),
    ],
)
def test_disagreements_are_noticed(ruling: Ruling, said: EngineAnswer, differs: str) -> None:
    assert (differs in disagreement(ruling, said)) if differs else not disagreement(ruling, said)


@pytest.mark.parametrize(
    ("named", "worlds", "agrees"),
    [
        pytest.param("fA rB", ("fA rB",), True, id="the-same"),
        pytest.param("fA", ("fA rB",), False, id="one-left-out"),
        pytest.param("fA rB", ("fA",), False, id="one-too-many"),
        pytest.param("fA", ("rA",), False, id="on-the-other-leg"),
        pytest.param("fA", ("fA rB", "fA fC"), True, id="what-all-worlds-hold"),
        pytest.param("fA", ("fA", "rB"), False, id="nothing-of-one-world"),
        pytest.param("fA rB", ("fA", "rB"), True, id="something-of-each-world"),
        pytest.param("fA rC", ("fA", "fA rB"), False, id="of-no-world"),
        pytest.param("", ("fA", ""), True, id="nothing-if-one-world-holds-nothing"),
        pytest.param("rB", ("fA", ""), False, id="of-no-world-though-one-holds-nothing"),
        pytest.param("rB", ("rB fS", "fS"), False, id="what-a-service-surely-does-not-take"),
        pytest.param("rB", ("rB", "fS"), True, id="what-a-service-may-not-take"),
    ],
)
def test_blockers_are_compared(named: str, worlds: tuple[str, ...], *, agrees: bool) -> None:
    said = EngineAnswer("unreachable", blockers=_written(named))
    ruling = Ruling(Verdict.UNREACHABLE, code="A", leg=Leg.FORWARD)
    how = disagreement(ruling, said, [[_written(world) for world in worlds]])
    assert (how == "") is agrees


def _written(text: str) -> frozenset[Blocker]:
    legs = {"f": Leg.FORWARD, "r": Leg.RETURN}
    codes = {"S": VPCE_PORT}
    return frozenset((legs[word[0]], codes.get(word[1], word[1])) for word in text.split())
