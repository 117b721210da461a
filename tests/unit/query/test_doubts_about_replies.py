"""One flow of which some things are sure and others are not: `judge`, without a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netreach.packets.pool import Bounds
from netreach.packets.services import ICMP, TCP, UDP, ServiceSet
from netreach.query.coupled import judge_coupled
from netreach.query.verdict import Question, judge

HTTPS, NOTHING = ServiceSet.ports(TCP, 443, 443), ServiceSet.empty()
ASKED = Question(HTTPS, (1024, 65535))
ALL, LOW = ServiceSet.ports(TCP, 1024, 65535), ServiceSet.ports(TCP, 1024, 32767)
SURE = Bounds(HTTPS, HTTPS)
NEVER = Bounds(NOTHING, NOTHING)
RANDOM = ServiceSet.protocol(TCP)


@pytest.mark.parametrize(
    ("sure", "maybe", "verdict"),
    [
        pytest.param(ALL, ALL, "reachable", id="all"),
        pytest.param(LOW, ALL, "unknown", id="some-or-all"),
        pytest.param(LOW, LOW, "partial", id="some"),
        pytest.param(ServiceSet.ports(TCP, 1024, 1024), LOW, "partial", id="one-or-some"),
        pytest.param(NOTHING, ALL, "unknown", id="none-or-all"),
        pytest.param(NOTHING, LOW, "unknown", id="none-or-some"),
        pytest.param(NOTHING, NOTHING, "unreachable", id="none"),
    ],
)
def test_replies(sure: ServiceSet, maybe: ServiceSet, verdict: str) -> None:
    assert judge(ASKED, SURE, Bounds(sure, maybe), NEVER).verdict == verdict


@pytest.mark.parametrize(
    ("random", "verdict"),
    [
        pytest.param(NEVER, "reachable", id="never"),
        pytest.param(Bounds(NOTHING, RANDOM), "unknown", id="maybe"),
        pytest.param(Bounds(RANDOM, RANDOM), "partial", id="surely"),
    ],
)
def test_failures_at_random(random: Bounds, verdict: str) -> None:
    assert judge(ASKED, SURE, Bounds(ALL, ALL), random).verdict == verdict


def test_a_service_that_may_pass_leaves_a_range_partial() -> None:
    both = ServiceSet.ports(TCP, 443, 444)
    question = Question(both, (1024, 65535))
    assert judge(question, Bounds(HTTPS, both), Bounds(ALL, ALL), NEVER).verdict == "partial"


def test_if_open_one_protocol_that_surely_works_is_enough() -> None:
    dns = ServiceSet.ports(UDP, 53, 53)
    question = Question(HTTPS | dns, (1024, 65535), is_open=True)
    forward = Bounds(HTTPS | dns, HTTPS | dns)
    back = ServiceSet.ports(UDP, 1024, 65535)
    assert judge(question, forward, Bounds(LOW | back, ALL | back), NEVER).verdict == "reachable"
    assert judge(question, SURE, Bounds(LOW, ALL), NEVER).verdict == "unknown"
    assert judge(question, SURE, Bounds(LOW, LOW), NEVER).verdict == "partial"


def test_a_range_of_which_all_may_work_and_nothing_surely_does_wholly_is_unknown() -> None:
    both = ServiceSet.ports(TCP, 443, 444)
    question = Question(both, (1024, 65535))
    some, every = Bounds(LOW, ALL), Bounds(ALL, ALL)
    assert judge(question, Bounds(HTTPS, both), some, NEVER).verdict == "unknown"
    assert judge(question, Bounds(HTTPS, HTTPS), some, NEVER).verdict == "partial"
    assert judge(question, Bounds(HTTPS, both), every, NEVER).verdict == "partial"


_TCP = st.lists(st.sampled_from([(22, 22), (443, 443), (80, 90)]), max_size=3)
_PORTS = st.lists(st.sampled_from([(1024, 2000), (2001, 65534), (65535, 65535)]), max_size=3)


@given(_TCP, _TCP, _PORTS, _PORTS, st.integers(0, 3), st.booleans(), st.booleans())
def test_without_a_coupling_both_ways_to_judge_agree(
    sure: list[tuple[int, int]],
    maybe: list[tuple[int, int]],
    back: list[tuple[int, int]],
    maybe_back: list[tuple[int, int]],
    flaw: int,
    is_open: bool,
    has_ping: bool,
) -> None:
    ping, pong = ServiceSet.icmp(ICMP, 8, 0), ServiceSet.icmp(ICMP, 0, 0)
    asked = ServiceSet.of([(22, 22), (443, 443), (80, 90)]) | ping
    forward = _bounds(sure, maybe, ping if has_ping else NOTHING)
    replies = _bounds(back, maybe_back, pong if has_ping else NOTHING)
    random = Bounds(RANDOM if flaw > 2 else NOTHING, RANDOM if flaw > 1 else NOTHING)
    question = Question(asked, (1024, 65535), is_open=is_open)
    assert judge_coupled(question, forward, replies, random, ()) == judge(
        question, forward, replies, random
    )


def _bounds(
    sure: list[tuple[int, int]], more: list[tuple[int, int]], besides: ServiceSet
) -> Bounds:
    known = ServiceSet.of(sure) | besides
    return Bounds(known, known | ServiceSet.of(more))
