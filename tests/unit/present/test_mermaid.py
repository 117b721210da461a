from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from netreach.present.mermaid import render_mermaid
from tests.unit.present import crowds, failures, reports
from tests.unit.present.hostile import HOSTILE, hostile
from tests.unit.present.samples import SAMPLES

NODE = re.compile(r'  (?:n\d+|title)\["((?:[^"#;]|#\d+;)*)"\]:::\w+')
EDGE = re.compile(r'  n\d+ (?:-->|-\.->)\|"(?:[^"#;]|#\d+;)+"\| n\d+')
STYLE = re.compile(r"  classDef \w+ [\w:#,\- ]+")


@pytest.mark.parametrize("name", ["three-blockers", "through-nat", "unknown", "two-families"])
def test_a_flowchart_is_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"path/{name}.mmd", render_mermaid(SAMPLES[name]()))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_flowchart_is_nothing_but_nodes_edges_and_styles(name: str) -> None:
    assert_is_flowchart(render_mermaid(SAMPLES[name]()))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_stay_in_their_labels(name: str) -> None:
    text = render_mermaid(hostile(name))
    harmless = render_mermaid(hostile("web"))
    assert_is_flowchart(text)
    # the hostile name may differ from the harmless one in its labels alone
    assert len(text.splitlines()) == len(harmless.splitlines())
    assert "%%" not in text
    assert "<" not in text.replace("<br/>", "")


def test_a_name_can_be_read_back_from_its_label() -> None:
    text = render_mermaid(hostile('a"b<c>#d'))
    (label,) = re.findall(r'  n0\["(.*)"\]', text)
    first = label.split("<br/>")[0]
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), first) == 'a"b<c>#d'


def test_blockers_and_gaps_are_marked_in_words_and_in_style() -> None:
    text = render_mermaid(failures.three_blockers())
    assert text.count(":::blocked") == 2
    assert text.count("✗ db") == 2
    assert "SUBNET_ACL_RESTRICTION" in text.replace("#95;", "_")
    assert render_mermaid(failures.unknown()).count(":::unknown") == 1
    assert render_mermaid(failures.some_client_ports()).count(":::partly") == 1


def test_the_way_back_is_dotted_and_shares_the_nodes() -> None:
    text = render_mermaid(reports.reachable())
    assert text.count("-->|") == 6
    assert text.count("-.->|") == 4
    assert len(NODE.findall(text)) == 9  # the title, seven stops, the other subnet's routes


def test_the_packet_is_written_where_it_changes() -> None:
    text = render_mermaid(reports.through_nat())
    assert '-->|"1<br/>10.0.2.20 → 203.0.113.9 tcp 443"|' in text
    assert '-->|"9<br/>198.51.100.7 → 203.0.113.9 tcp 443"|' in text
    assert '-->|"2"|' in text


def test_of_many_pairs_one_of_each_fate_is_drawn() -> None:
    text = render_mermaid(crowds.five_hundred())
    assert "2 of 500 paths are drawn" in text
    assert text.count(":::blocked") == 1


def test_without_a_path_both_ends_are_drawn() -> None:
    text = render_mermaid(failures.unasked())
    assert len(NODE.findall(text)) == 3
    assert "-->" not in text


def assert_is_flowchart(text: str) -> None:
    first, *lines = text.splitlines()
    assert first == "flowchart TB"
    for line in lines:
        assert NODE.fullmatch(line) or EDGE.fullmatch(line) or STYLE.fullmatch(line), line
