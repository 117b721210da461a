from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach.explain.records import (
    Evidence,
    Fix,
)
from netreach.present.text import render_text
from tests.unit.present import crowds, failures, parts
from tests.unit.present.reading import text_lines
from tests.unit.present.samples import SAMPLES


def test_every_blocker_has_its_code_message_nearest_rule_and_fix() -> None:
    report = failures.three_blockers()
    text = " ".join(render_text(report).split())
    for number, blocker in enumerate(report.explanations, start=1):
        assert f"{number}. {blocker.code} {blocker.component.name} ({blocker.component.id})" in text
        assert blocker.message in text
        assert blocker.nearest is None or f"nearest {blocker.nearest.text}" in text
        assert blocker.fix is None or f"fix {blocker.fix.text}" in text


def test_a_command_can_be_copied() -> None:
    report = failures.three_blockers()
    text = render_text(report).replace(" \\\n", " ")
    commands = [" ".join(line.split()[1:]) for line in text.splitlines() if " $ aws" in line]
    assert commands == [
        blocker.fix.command for blocker in report.explanations if blocker.fix is not None
    ]


def test_a_blocker_of_both_legs_is_told_once() -> None:
    report = failures.no_reply()
    (blocker,) = report.explanations
    both = (replace(blocker, leg="forward"), blocker)
    text = render_text(replace(report, explanations=both))
    assert text.count("SUBNET_ACL_RESTRICTION  app") == 1
    assert "SUBNET_ACL_RESTRICTION  app (acl-0b2b2b2b2b2b2b2b2)  forward and return, egress" in text


def test_both_legs_of_one_pair_are_not_two_pairs() -> None:
    report = failures.two_families()
    (blocker,) = report.explanations
    back = replace(blocker, leg="return", source=blocker.destination, destination=blocker.source)
    text = render_text(replace(report, explanations=(blocker, back)))
    assert "  forward and return, ingress" in text
    assert "more pair" not in text


def test_every_fix_that_pairs_alike_need_is_told() -> None:
    text = render_text(crowds.five_hundred())
    assert "     fix      allow tcp 8080 from 10.0.1.10/32 in sg-0b2b2b2b2b2b2b2b2 (app)\n" in text
    assert "     and      allow tcp 8080 from 10.0.1.11/32 in sg-0b2b2b2b2b2b2b2b2 (app)\n" in text


def test_more_fixes_than_anyone_reads_are_counted() -> None:
    report = crowds.five_hundred()
    (first, _) = report.explanations
    many = tuple(
        replace(first, source=f"10.0.9.{n}", fix=Fix(f"allow 10.0.9.{n}", "add-group-rule"))
        for n in range(10)
    )
    lines = render_text(replace(report, explanations=many)).splitlines()
    assert [line for line in lines if line.startswith("     and ")] == [
        "     and      allow 10.0.9.1",
        "     and      allow 10.0.9.2",
        "     and      allow 10.0.9.3",
        "     and      6 more; --format json lists all",
    ]


def test_pairs_that_fail_the_same_way_share_their_path_and_their_reason() -> None:
    report = crowds.two_sources("10.0.1.1", "10.0.1.10")
    lines = render_text(report).splitlines()
    assert "✗ 10.0.1.1 → 10.0.2.39: unreachable" in lines
    assert "✗ 10.0.1.10 → 10.0.2.39: unreachable, the same way" in lines
    assert len([line for line in lines if line.startswith("  forward")]) == 1
    assert len([line for line in lines if "ENI_SG_RULES_MISMATCH  " in line]) == 1
    told = render_text(report, verbose=True)
    assert told.count("\n  forward") == 2


def test_pairs_whose_reasons_differ_by_more_than_their_addresses_have_one_each() -> None:
    report = crowds.two_sources("10.0.1.1", "10.0.1.10")
    first, second = report.explanations
    other = replace(second, nearest=Evidence("another rule allows it"))
    text = render_text(replace(report, explanations=(first, other)))
    assert text.count("ENI_SG_RULES_MISMATCH  ") == 2


def test_an_address_within_another_is_not_taken_for_the_pairs_own() -> None:
    report = crowds.two_sources("10.0.1.1", "10.0.1.10")
    said = tuple(
        replace(it, message=f"{it.message} It allows 110.0.1.1.") for it in report.explanations
    )
    text = render_text(replace(report, explanations=said))
    assert text.count("ENI_SG_RULES_MISMATCH  ") == 1


def test_pairs_that_other_rules_decide_have_a_path_each() -> None:
    report = crowds.two_sources("10.0.1.1", "10.0.1.10")
    first, second = report.parts
    rule = replace(second.forward[3], because=Evidence("rule 90 allows all"))
    other = replace(second, forward=(*second.forward[:3], rule, *second.forward[4:]))
    text = render_text(replace(report, parts=(first, other)))
    assert text.count("\n  forward") == 2
    assert "the same way" not in text


def test_groups_are_cited_for_the_interface_that_they_guard() -> None:
    report = crowds.two_sources("10.0.1.1", "10.0.1.10")
    at_interface = tuple(replace(it, component=parts.ENI_APP) for it in report.explanations)
    (cited,) = [line for line in text_lines(report, *at_interface) if "[1]" in line]
    assert cited.startswith("    ✗ app     sg-0b2b2b2b2b2b2b2b2   ingress  [1] ")


def test_an_interface_without_groups_on_its_way_is_cited_itself() -> None:
    report = failures.no_reply()
    (blocker,) = report.explanations
    back = replace(blocker, component=parts.ENI_WEB, direction="ingress")
    (cited,) = [line for line in text_lines(report, back) if "[1]" in line]
    assert parts.ENI_WEB.id in cited


def test_pairs_that_one_fix_mends_have_it_told_once() -> None:
    report = failures.two_families()
    (blocker,) = report.explanations
    plain = replace(blocker, message="No group lets it in.")
    again = replace(plain, source="10.0.1.10", destination="10.0.2.20")
    lines = text_lines(report, plain, again)
    assert not [line for line in lines if line.startswith("     and ")]
    assert "     2001:db8:0:1::10 → 2001:db8:0:2::20; 1 more pair fails alike" in lines


def test_two_blockers_of_one_leg_are_never_merged() -> None:
    report = failures.no_reply()
    (blocker,) = report.explanations
    assert "\n  2. SUBNET_ACL_RESTRICTION" in render_text(
        replace(report, explanations=(blocker, blocker))
    )


def test_pairs_that_fail_alike_share_a_reason_and_the_text_says_so() -> None:
    text = render_text(crowds.five_hundred())
    assert text.count("ENI_SG_RULES_MISMATCH  app") == 1
    assert "     10.0.1.10 → 10.0.2.39; 1 more pair fails alike\n" in text


def test_a_nearest_rule_that_the_message_tells_is_not_told_twice() -> None:
    report = failures.no_reply()
    (blocker,) = report.explanations
    assert blocker.nearest is not None
    said = replace(blocker, message=f"it dies; {blocker.nearest.text}")
    assert "nearest" not in render_text(replace(report, explanations=(said,)))


def test_a_message_does_not_repeat_the_component_of_its_line() -> None:
    report = failures.no_reply()
    (blocker,) = report.explanations
    said = replace(blocker, message="acl-0b2b2b2b2b2b2b2b2 (app): no rule matches")
    assert "\n     no rule matches\n" in render_text(replace(report, explanations=(said,)))


@pytest.mark.parametrize(
    ("sample", "hint"),
    [
        ("no-reply", "`netreach explain SUBNET_ACL_RESTRICTION` says more."),
        ("three-blockers", "`netreach explain CODE` says more."),
    ],
    ids=["one-code", "several-codes"],
)
def test_the_reader_is_told_where_the_code_is_explained(sample: str, hint: str) -> None:
    assert f"  {hint}" in render_text(SAMPLES[sample]()).splitlines()
