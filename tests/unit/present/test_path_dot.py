from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from netreach.explain.records import Component, ComponentType
from netreach.present.path_dot import render_dot
from tests.unit.present import failures, reports
from tests.unit.present.hostile import HOSTILE, hostile
from tests.unit.present.samples import SAMPLES

DOT = shutil.which("dot")
needs_dot = pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")


@pytest.mark.parametrize("name", ["three-blockers", "through-nat", "unknown"])
def test_the_source_is_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"path/{name}.dot", render_dot(SAMPLES[name]()))


@needs_dot
@pytest.mark.parametrize("name", SAMPLES)
def test_graphviz_reads_what_is_written(name: str) -> None:
    drawn = drawing(render_dot(SAMPLES[name]()))
    assert drawn["directed"]
    assert len(drawn["objects"]) >= 2 or name == "itself"


@needs_dot
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_stay_in_their_labels(name: str) -> None:
    drawn, harmless = (drawing(render_dot(hostile(text))) for text in (name, "web"))
    for part in ("objects", "edges"):
        assert [it.keys() for it in drawn[part]] == [it.keys() for it in harmless[part]]
    assert [it["name"] for it in drawn["objects"]] == [it["name"] for it in harmless["objects"]]


@needs_dot
@pytest.mark.parametrize("name", ["quotes", "script", "html-label", "dot", "backslash", "markdown"])
def test_a_name_is_drawn_as_it_is(name: str) -> None:
    first = drawing(render_dot(hostile(HOSTILE[name])))["objects"][0]
    (line, *_) = [it["text"] for it in first["_ldraw_"] if it["op"] == "T"]
    assert line == HOSTILE[name]


@needs_dot
def test_a_label_that_looks_like_html_is_text() -> None:
    tag = Component("<b>bold</b>", ComponentType.OTHER)
    drawn = drawing(render_dot(replace(failures.unasked(), destination=tag)))
    assert [it["text"] for it in drawn["objects"][1]["_ldraw_"] if it["op"] == "T"] == [tag.id]


@needs_dot
def test_an_entity_is_not_resolved() -> None:
    first = drawing(render_dot(hostile("&lt;b&gt; &amp;")))["objects"][0]
    assert next(it["text"] for it in first["_ldraw_"] if it["op"] == "T") == "&lt;b&gt; &amp;"


def test_what_has_neither_id_nor_name_is_called_what_it_is() -> None:
    report = reports.reachable()
    part = report.parts[0]
    nameless = replace(part.forward[1], component=Component("", ComponentType.ROUTE_TABLE))
    broken = replace(part, forward=(part.forward[0], nameless, *part.forward[2:]))
    assert "route-table" in render_dot(replace(report, parts=(broken,)))


def test_blockers_are_marked_in_words_and_in_colour() -> None:
    source = render_dot(failures.three_blockers())
    assert source.count('label="✗ db') == source.count("penwidth=3") == 2
    assert "SUBNET_ACL_RESTRICTION" in source


def test_the_way_back_is_dashed() -> None:
    source = render_dot(reports.reachable())
    assert source.count("style=dashed") == 4
    assert source.count(" -> ") - source.count("-> local") == 10


def test_the_library_that_draws_is_loaded_only_to_draw() -> None:
    script = "import sys, netreach.present.path_dot; sys.exit('graphviz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def drawing(source: str) -> dict[str, Any]:
    """Return what Graphviz understood, as its own JSON."""
    assert DOT is not None
    done = subprocess.run(
        [DOT, "-Tjson"], input=source.encode(), capture_output=True, check=True, timeout=60
    )
    assert done.stderr == b""
    drawn: dict[str, Any] = json.loads(done.stdout)
    return drawn
