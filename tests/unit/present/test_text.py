from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from netreach.explain.codes import Code
from netreach.explain.records import (
    Action,
    ComponentType,
    Explanation,
)
from netreach.packets.services import ServiceSet
from netreach.present.text import render_text
from netreach.query.verdict import Verdict
from tests.unit.present import crowds, failures, parts, reports
from tests.unit.present.hostile import HOSTILE, hostile
from tests.unit.present.reading import first_line
from tests.unit.present.samples import SAMPLES

ANSI = re.compile(r"\x1b\[\d+m")


@pytest.mark.parametrize("name", SAMPLES)
def test_an_answer_reads_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"path/{name}.txt", render_text(SAMPLES[name]()))


@pytest.mark.parametrize("name", ["three-blockers", "five-hundred-pairs"])
def test_ascii_alone_reads_as_its_golden_file(
    name: str, golden: Callable[[str, str], None]
) -> None:
    text = render_text(SAMPLES[name](), width=80, unicode=False)
    assert text.isascii()
    golden(f"path/{name}.ascii.txt", text)


def test_verbose_shows_the_way_back_in_full(golden: Callable[[str, str], None]) -> None:
    golden("path/reachable.verbose.txt", render_text(reports.reachable(), verbose=True))


# -- the first line


@pytest.mark.parametrize(
    ("sample", "sentence"),
    [
        ("reachable", "reachable: web-1 reaches app-1 on tcp 8080"),
        ("open-question", "reachable: web-1 reaches app-1 on tcp 8080, icmp 8/0"),
        ("itself", "reachable: web-1 reaches itself on every service"),
        ("from-internet", "reachable: the internet reaches web-1 on tcp 443, udp 443"),
        ("three-blockers", "unreachable: web-1 cannot reach db-1 on tcp 5432"),
        ("no-reply", "unreachable: web-1 gets to app-1 on tcp 8080, but no reply gets back"),
        (
            "some-client-ports",
            "partial: web-1 reaches app-1 on tcp 8080, but only for client ports 32768-60999",
        ),
        ("some-ports", "partial: web-1 reaches app-1 on tcp 8000-8049, but not on tcp 8050-8100"),
        (
            "two-families",
            "partial: web-1 reaches app-1 on tcp 8080, but only for 1 of 2 address pairs",
        ),
        (
            "five-hundred-pairs",
            (
                "partial: tag:role=web reaches tag:role=app on tcp 8080, "
                "but only for 498 of 500 address pairs"
            ),
        ),
        (
            "all-of-a-set",
            "reachable: tag:role=web reaches tag:role=app on tcp 8080 (all 498 address pairs)",
        ),
        (
            "unknown",
            (
                "unknown: the snapshot does not say whether web-1 reaches 172.16.0.9 on tcp 22: "
                "it depends on hub (tgw-0282828282828282f)"
            ),
        ),
    ],
)
def test_the_first_line_is_a_sentence_that_says_it_all(sample: str, sentence: str) -> None:
    assert render_text(SAMPLES[sample](), width=200).splitlines()[0] == sentence


@pytest.mark.parametrize(
    ("protocol", "port", "words"),
    [
        ("", "", "any service"),
        ("all", "", "any service"),
        ("tcp", "", "any tcp port"),
        ("udp", "53", "udp 53"),
        ("", "22", "tcp 22"),
        ("icmp", "", "icmp 8/0"),
        ("icmp", "3/4", "icmp 3/4"),
        ("50", "", "protocol 50"),
        ("nonsense", "", "any service"),
    ],
)
def test_what_was_asked_is_said_as_a_service(protocol: str, port: str, words: str) -> None:
    query = parts.asked("web-1", "db-1", protocol, port)
    report = replace(failures.three_blockers(), query=query)
    assert first_line(report) == f"unreachable: web-1 cannot reach db-1 on {words}"


def test_several_limits_are_all_in_the_first_line() -> None:
    report = replace(failures.some_ports(), client_ports=("1024-2000",))
    assert first_line(report) == (
        "partial: web-1 reaches app-1 on tcp 8000-8049, "
        "but not on tcp 8050-8100 and only for client ports 1024-2000"
    )


def test_a_partial_answer_without_a_limit_in_numbers_is_said_to_fail_at_times() -> None:
    report = replace(reports.reachable(), verdict=Verdict.PARTIAL)
    assert first_line(report).endswith("on tcp 8080, but not always")


@pytest.mark.parametrize("client_ports", ["any", "1024-65535"], ids=["by-name", "by-number"])
def test_all_client_ports_that_were_asked_for_are_no_limit(client_ports: str) -> None:
    report = failures.two_families()
    query = {**report.query, "client_ports": client_ports}
    assert "client ports" not in first_line(replace(report, query=query))


def test_two_ends_of_one_name_are_told_apart_by_their_ids() -> None:
    report = reports.reachable()
    same = replace(report, destination=replace(report.destination, name="web-1"))
    assert first_line(same) == (
        "reachable: web-1 (i-0123456789abcdef0) reaches web-1 (i-0fedcba9876543210) on tcp 8080"
    )


def test_branches_of_one_pair_are_counted_as_paths() -> None:
    report = failures.no_reply()
    whole = reports.reachable().parts[0]
    both = replace(report, parts=(*report.parts, whole))
    assert first_line(both).endswith("but no reply gets back (none of 2 paths)")


def test_a_pair_with_several_branches_is_counted_once() -> None:
    report = failures.two_families()
    working, failing = report.parts
    answer = replace(report, parts=(working, working, failing))
    assert first_line(answer).endswith("but only for 1 of 2 address pairs")


def test_an_open_question_is_not_limited_by_what_does_not_work() -> None:
    report = failures.some_client_ports()
    answer = replace(report, query=parts.asked("web-1", "app-1"))
    assert first_line(answer).endswith("on tcp 8080, but only for client ports 32768-60999")


def test_both_pairs_are_said_to_be_both() -> None:
    report = failures.two_families()
    parts = tuple(replace(part, verdict=Verdict.REACHABLE) for part in report.parts)
    answer = replace(report, verdict=Verdict.REACHABLE, parts=parts, explanations=())
    assert first_line(answer).endswith("on tcp 8080 (both address pairs)")


# -- many pairs


def test_five_hundred_pairs_take_about_twenty_lines() -> None:
    assert len(render_text(crowds.five_hundred()).splitlines()) <= 25


def test_pairs_that_fare_alike_are_one_line_and_failures_come_first() -> None:
    lines = render_text(crowds.five_hundred()).splitlines()
    assert lines[2:4] == [
        "  ✗   2 pairs  unreachable  10.0.1.10, 10.0.1.11 → 10.0.2.39",
        "  ✓ 498 pairs  reachable    10.0.1.10 → 10.0.2.20, 10.0.1.10 → 10.0.2.21 and 496 more",
    ]


def test_verbose_tells_every_pair() -> None:
    report = crowds.five_hundred()
    text = render_text(report, verbose=True)
    for part in report.parts:
        assert f"{part.source_address} → {part.destination_address}: {part.verdict}" in text


def test_groups_of_pairs_differ_in_services_and_client_ports() -> None:
    report = crowds.five_hundred()
    partial = replace(
        report.parts[0],
        verdict=Verdict.PARTIAL,
        services=parts.tcp(8081),
        client_ports=("1024-2000",),
    )
    text = render_text(replace(report, parts=(partial, *report.parts[1:])))
    assert (
        "  !   1 pair   partial      10.0.1.10 → 10.0.2.20, on tcp 8081, client ports 1024-2000\n"
    ) not in text
    assert "10.0.1.10 → 10.0.2.20, on tcp 8081, client ports 1024-2000" in text


def test_more_groups_than_anyone_reads_are_counted() -> None:
    report = crowds.five_hundred()
    served = tuple(
        replace(part, services=parts.tcp(port)) for port, part in enumerate(report.parts[:20])
    )
    lines = render_text(replace(report, parts=served)).splitlines()
    assert "    and 12 more pairs, with other services; --format json lists all" in lines


def test_more_reasons_than_anyone_reads_are_counted_in_a_crowd_alone() -> None:
    report = crowds.five_hundred()
    (first, _) = report.explanations
    many = tuple(
        replace(first, component=replace(first.component, id=f"sg-{n}")) for n in range(12)
    )
    crowd = render_text(replace(report, explanations=many))
    assert "  and 4 more blockers; --format json lists all" in crowd.splitlines()
    few = render_text(replace(report, parts=report.parts[:1], explanations=many))
    assert "\n  12. ENI_SG_RULES_MISMATCH" in few


# -- ink


@pytest.mark.parametrize("name", SAMPLES)
def test_colour_adds_nothing_but_colour(name: str) -> None:
    report = SAMPLES[name]()
    plain, coloured = render_text(report), render_text(report, color=True)
    assert "\x1b" not in plain
    assert ANSI.sub("", coloured) == plain
    assert coloured != plain


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("name", SAMPLES)
def test_prose_keeps_to_the_width(name: str, width: int) -> None:
    text = render_text(SAMPLES[name](), width=width)
    # a table and a command have a least width of their own
    prose = [line for line in text.splitlines() if not line.startswith(("    ", "  ✗", "  ✓"))]
    prose = [line for line in prose if not line.startswith("  forward")]
    assert max(map(len, prose)) <= max(width, 76)


@pytest.mark.parametrize("verbose", [False, True], ids=["short", "verbose"])
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_stay_in_their_lines(name: str, verbose: bool) -> None:
    text = render_text(hostile(name), verbose=verbose)
    assert all(line.isprintable() for line in text.splitlines())
    assert text.replace("\n", "").isprintable()
    harmless = render_text(hostile("web"), verbose=verbose)
    # a long name may wrap its own message, and nothing else
    assert 0 <= len(text.splitlines()) - len(harmless.splitlines()) <= 60
    assert max(map(len, text.splitlines())) < 4100


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_ascii_where_ascii_is_wanted(name: str) -> None:
    assert render_text(hostile(name), unicode=False).isascii()


@pytest.mark.parametrize("action", Action)
def test_every_action_has_words_of_its_own(action: Action) -> None:
    report = reports.reachable()
    (part,) = report.parts
    hop = replace(part.forward[3], action=action, because=None)
    crossed = replace(part, forward=(*part.forward[:3], hop, *part.forward[4:]))
    text = render_text(replace(report, parts=(crossed,)))
    (line,) = [line for line in text.splitlines() if "acl-0a1a1a1a1a1a1a1a1" in line]
    assert len(line.split("egress")[1].split()) >= 2


def test_an_answer_without_parts_still_says_why() -> None:
    blocker = Explanation(
        Code.NO_COMMON_ADDRESS_FAMILY,
        "forward",
        parts.DB,
        "The two ends have no address family in common.",
    )
    report = replace(
        failures.three_blockers(), parts=(), explanations=(blocker,), services=ServiceSet.empty()
    )
    assert render_text(report).splitlines()[2:5] == [
        "Why",
        "  1. NO_COMMON_ADDRESS_FAMILY  db-1 (i-0d0d0d0d0d0d0d0d0)  forward",
        "     The two ends have no address family in common.",
    ]


def test_a_set_is_seen_at_the_address_of_its_member() -> None:
    report = crowds.all_of_a_set()
    assert report.destination.type is ComponentType.SET
    assert "      10.0.2.20 sees it come from 10.0.1.10" in render_text(report).splitlines()
