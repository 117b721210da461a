from __future__ import annotations

import re

from msgspec.structs import replace

from netreach.explain.records import (
    Action,
    Evidence,
)
from netreach.present.text import render_text
from tests.unit.present import failures, parts, reports
from tests.unit.present.reading import returning_lines, text_lines


def test_every_hop_names_its_component_and_the_rule_that_decided() -> None:
    text = render_text(reports.reachable(), verbose=True)
    (part,) = reports.reachable().parts
    for hop in (*part.forward, *part.returning):
        assert hop.component.id in text
        assert hop.because is None or hop.because.text in text


def test_the_columns_of_both_legs_are_aligned() -> None:
    lines = render_text(failures.three_blockers()).splitlines()
    found = [re.search(r"(?<=  )(in|e)gress(?=  )", line) for line in lines]
    assert [match.start() for match in found if match] == [37] * 6


def test_wide_characters_keep_the_columns_aligned() -> None:
    report = reports.reachable()
    (part,) = report.parts
    wide = replace(part.forward[2].component, name="東京")
    hops = (*part.forward[:2], replace(part.forward[2], component=wide), *part.forward[3:])
    text = render_text(replace(report, parts=(replace(part, forward=hops),)))
    assert "    ✓ 東京    sg-0a1a1a1a1a1a1a1a1   egress   allows all" in text
    assert "    ✓ public  acl-0a1a1a1a1a1a1a1a1  egress   rule 100" in text


def test_what_the_destination_sees_is_said() -> None:
    text = render_text(reports.through_nat())
    assert "      203.0.113.9 sees it come from 198.51.100.7\n" in text


def test_a_translation_without_evidence_is_told_by_what_it_changed() -> None:
    text = render_text(reports.through_nat(), verbose=True)
    assert "igw-0171717171717171f           destination becomes 10.0.1.5\n" in text


def test_a_translation_that_its_evidence_tells_is_not_told_twice() -> None:
    assert "becomes 198.51.100.7;" not in render_text(reports.through_nat())


def test_services_that_a_filter_lets_through_are_said_where_they_change() -> None:
    report = reports.reachable()
    (part,) = report.parts
    fewer = [replace(hop, service="tcp 8080, icmp 8/0") for hop in part.forward[6:]]
    narrowed = replace(part, forward=(*part.forward[:6], *fewer))
    text = render_text(replace(report, parts=(narrowed,)), width=150)
    assert text.count("; in all: tcp 8080, icmp 8/0") == 1


def test_evidence_does_not_repeat_the_id_of_its_line() -> None:
    report = reports.reachable()
    (part,) = report.parts
    group = part.forward[2]
    said = replace(group, because=Evidence(f"{group.component.id} allows nothing else"))
    hops = (*part.forward[:2], said, *part.forward[3:])
    text = render_text(replace(report, parts=(replace(part, forward=hops),)))
    assert "sg-0a1a1a1a1a1a1a1a1   egress   allows nothing else" in text


def test_an_uneventful_way_back_is_one_line() -> None:
    assert returning_lines(reports.reachable()) == [
        "  return   every reply to client ports 1024-65535 gets back (5 hops)"
    ]


def test_the_way_back_of_a_protocol_without_ports_names_no_ports() -> None:
    report = reports.reachable()
    part = replace(report.parts[0], client_ports=())
    assert returning_lines(replace(report, parts=(part,)))[0] == (
        "  return   every reply gets back (5 hops)"
    )


def test_a_way_back_that_loses_client_ports_is_shown_even_where_no_hop_is_blamed() -> None:
    report = replace(failures.some_client_ports(), explanations=())
    assert len(returning_lines(report)) == 6


def test_a_blocked_way_back_is_shown_with_the_number_of_its_reason() -> None:
    (line,) = [line for line in returning_lines(failures.no_reply()) if "✗" in line]
    assert line.endswith("egress   [1] no rule allows tcp 1024-65535 to 10.0.1.10")


def test_a_reason_found_on_the_packet_of_the_way_back_is_found_at_its_hop() -> None:
    report = failures.no_reply()
    (blocker,) = report.explanations
    swapped = replace(blocker, source=blocker.destination, destination=blocker.source)
    assert render_text(replace(report, explanations=(swapped,))) == render_text(report)


def test_a_reason_of_another_pair_is_not_cited() -> None:
    report = failures.no_reply()
    (blocker,) = report.explanations
    other = replace(blocker, source="192.0.2.1")
    assert "[1]" not in render_text(replace(report, explanations=(other,)))


def test_a_reason_is_cited_on_its_own_leg_alone() -> None:
    report = failures.no_reply()
    (blocker,) = report.explanations
    route = replace(blocker, component=parts.RTB, direction="")
    cited = [line for line in text_lines(report, route) if "[1]" in line]
    assert len(cited) == 1
    assert cited[0] in returning_lines(replace(report, explanations=(route,)))


def test_a_reason_is_cited_in_its_own_direction_alone() -> None:
    report = reports.through_nat()
    (blocker,) = failures.no_reply().explanations
    leaving = replace(blocker, leg="forward", component=parts.ACL_PUBLIC, source="", destination="")
    (cited,) = [line for line in text_lines(report, leaving) if "[1]" in line]
    assert " egress " in cited


def test_a_denial_that_the_path_survives_is_no_cross() -> None:
    report = failures.some_client_ports()
    (part,) = report.parts
    denied = replace(part.returning[1], action=Action.DENY)
    back = (part.returning[0], denied, *part.returning[2:])
    text = render_text(replace(report, parts=(replace(part, returning=back),)))
    assert "✗" not in text
    assert "    ! app     acl-0b2b2b2b2b2b2b2b2" in text


def test_an_interface_with_a_fate_of_its_own_has_a_line_of_its_own() -> None:
    report = reports.reachable()
    (part,) = report.parts
    dropped = replace(part.forward[1], action=Action.DROP)
    checked = replace(part.forward[1], because=Evidence("its check is off"))
    for interface, words in ((dropped, "drops it"), (checked, "its check is off")):
        way = (part.forward[0], interface, *part.forward[2:])
        text = render_text(replace(report, parts=(replace(part, forward=way),)))
        assert "i-0123456789abcdef0             sends it" in text
        assert f"eni-0a1a1a1a1a1a1a1a1           {words}" in text


def test_a_name_that_is_the_id_is_not_told_twice() -> None:
    report = reports.reachable()
    (part,) = report.parts
    named = replace(part.forward[4].component, name=parts.RTB.id)
    way = (*part.forward[:4], replace(part.forward[4], component=named), *part.forward[5:])
    (line, *_) = [
        line
        for line in render_text(replace(report, parts=(replace(part, forward=way),))).splitlines()
        if parts.RTB.id in line
    ]
    assert line.count(parts.RTB.id) == 1


def test_a_hop_that_some_of_it_survives_is_marked_apart_from_a_blocker() -> None:
    marks = {line.split()[0] for line in returning_lines(failures.some_client_ports())[1:]}
    assert marks == {"✓", "!"}


def test_a_filter_crossed_twice_is_blamed_only_where_it_denied() -> None:
    report = failures.no_reply()
    (part,) = report.parts
    again = replace(part.returning[1], action=Action.ALLOW, because=Evidence("rule 1 allows it"))
    crossed = replace(part, returning=(*part.returning[:3], again, *part.returning[3:]))
    lines = returning_lines(replace(report, parts=(crossed,)))
    assert [line.split()[0] for line in lines[1:]] == ["✓", "✗", "✓", "✓", "✓", "✓"]


def test_the_interface_of_an_end_bears_its_instances_name() -> None:
    report = reports.reachable()
    (part,) = report.parts
    bare = replace(part, forward=part.forward[1:-1])
    text = render_text(replace(report, parts=(bare,)))
    assert "✓ web-1   eni-0a1a1a1a1a1a1a1a1           sends it" in text
    assert "✓ app-1   eni-0b2b2b2b2b2b2b2b2           receives it" in text


def test_an_unknown_hop_says_what_is_missing() -> None:
    text = render_text(failures.unknown())
    assert "? hub     tgw-0282828282828282f          transit gateways are not modelled yet" in text


def test_long_lists_of_prefixes_are_cut() -> None:
    report = reports.reachable()
    (part,) = report.parts
    prefixes = ", ".join(f"10.{n}.0.0/16" for n in range(40))
    wide = tuple(replace(hop, source=prefixes) for hop in part.forward)
    text = render_text(replace(report, parts=(replace(part, forward=wide),)))
    assert "  forward  10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16 and 37 more → 10.0.2.20" in text
