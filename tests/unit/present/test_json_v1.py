from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import jsonschema
import pytest
from msgspec.structs import replace

from netreach.explain.codes import Code
from netreach.explain.records import Action, ComponentType, Evidence, Fix, Report
from netreach.present.json_v1 import render_json, render_json_line, schema
from netreach.query.verdict import Verdict
from tests.unit.present import crowds, failures, reports
from tests.unit.present.hostile import HOSTILE, hostile
from tests.unit.present.samples import SAMPLES

#: A set of pairs that all work has no key that the one with failures lacks.
NAMES: Final = [name for name in SAMPLES if name != "all-of-a-set"]
VALIDATOR: Final = jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_what_the_schema_says(name: str) -> None:
    VALIDATOR.validate(sample(name))


@pytest.mark.parametrize("name", ["three-blockers", "through-nat", "unknown"])
def test_an_answer_is_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"path/{name}.json", render_json(SAMPLES[name]()))


def test_the_schema_is_as_its_golden_file(golden: Callable[[str, str], None]) -> None:
    golden("path/schema.json", json.dumps(schema(), indent=2) + "\n")


def test_the_schema_is_a_schema() -> None:
    VALIDATOR.check_schema(schema())


@pytest.mark.parametrize("name", NAMES)
def test_one_line_says_the_same(name: str) -> None:
    line = render_json_line(SAMPLES[name]())
    assert "\n" not in line
    assert json.loads(line) == sample(name)


# -- the contract: every key, whether there is a value or not

CONTRACT: Final = {
    "": {
        "schema",
        "verdict",
        "query",
        "source",
        "destination",
        "services",
        "forward_services",
        "client_ports",
        "parts",
        "explanations",
        "missing",
        "warnings",
        "snapshot",
    },
    "source": {"id", "type", "name"},
    "destination": {"id", "type", "name"},
    "snapshot": {"taken", "digest"},
    "parts": {
        "source_address",
        "destination_address",
        "via",
        "verdict",
        "services",
        "client_ports",
        "forward",
        "return",
    },
    "parts/forward": {"component", "subnet", "vpc", "action", "because", "packet"},
    "parts/return": {"component", "subnet", "vpc", "action", "because", "packet"},
    "parts/forward/component": {"id", "type", "name"},
    "parts/forward/packet": {"source", "destination", "service"},
    "explanations": {"code", "leg", "direction", "component", "message", "nearest", "fix"},
    "missing": {"component", "why"},
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", CONTRACT, ids=lambda place: place or "top")
def test_no_key_of_the_contract_is_ever_absent(name: str, place: str) -> None:
    for found in objects_at(sample(name), place):
        assert found.keys() >= CONTRACT[place]


@pytest.mark.parametrize("place", CONTRACT, ids=lambda place: place or "top")
def test_the_schema_requires_the_keys_of_the_contract(place: str) -> None:
    document = parsed(failures.three_blockers())
    document["missing"] = parsed(failures.unknown())["missing"]
    for key in CONTRACT[place]:
        broken = json.loads(json.dumps(document))
        del objects_at(broken, place)[0][key]
        assert not VALIDATOR.is_valid(broken), f"{place}/{key}"


def test_the_schema_names_itself() -> None:
    assert parsed(reports.reachable())["schema"] == "netreach/path/1"
    assert not VALIDATOR.is_valid({**parsed(reports.reachable()), "schema": "netreach/path/2"})


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ("Verdict", Verdict),
        ("Action", Action),
        ("ComponentType", ComponentType),
        ("Code", Code),
        ("Leg", ("forward", "return")),
        ("Direction", ("ingress", "egress")),
    ],
)
def test_vocabularies_are_closed(definition: str, words: tuple[str, ...]) -> None:
    assert sorted(schema()["$defs"][definition]["enum"]) == sorted(words)


# -- what the fields say


def test_parts_and_hops_say_what_the_report_says() -> None:
    report = reports.through_nat()
    (part,) = parsed(report)["parts"]
    assert part["via"] == ["nat-0f6f6f6f6f6f6f6f6", "igw-0171717171717171f"]
    assert part["seen_source"] == "198.51.100.7"
    assert part["forward"][6] == {
        "component": {"id": "nat-0f6f6f6f6f6f6f6f6", "type": "nat-gateway", "name": "nat-a"},
        "subnet": "subnet-0a1a1a1a1a1a1a1a1",
        "vpc": "vpc-0aa11bb22cc33dd44",
        "action": "translate",
        "direction": None,
        "because": {"text": "10.0.2.20 becomes 10.0.1.5", "action": "translate"},
        "packet": {"source": "10.0.1.5", "destination": "203.0.113.9", "service": "tcp 443"},
    }
    assert [hop["component"]["id"] for hop in part["return"]] == [
        hop.component.id for hop in report.parts[0].returning
    ]


def test_services_and_client_ports_are_lists_of_phrases() -> None:
    document = parsed(failures.some_client_ports())
    assert document["services"] == document["forward_services"] == ["tcp 8080"]
    assert document["client_ports"] == document["parts"][0]["client_ports"] == ["32768-60999"]
    assert parsed(reports.open_question())["services"] == ["tcp 8080", "icmp 8/0"]
    assert parsed(reports.itself())["services"] == ["all"]
    assert len(parsed(reports.many_services())["services"]) == 300


def test_what_got_there_is_told_apart_from_what_came_back() -> None:
    document = parsed(failures.no_reply())
    for place in (document, document["parts"][0]):
        assert (place["services"], place["forward_services"]) == ([], ["tcp 8080"])


def test_an_explanation_has_its_rule_and_its_fix_by_name() -> None:
    first, _, last = parsed(failures.three_blockers())["explanations"]
    assert first["code"] == "SUBNET_ACL_RESTRICTION"
    assert (first["leg"], first["direction"]) == ("forward", "ingress")
    assert first["nearest"] == {"text": "rule 300 allows tcp 5432 from 10.0.0.0/16", "rule": 300}
    assert first["fix"]["kind"] == "add-acl-rule"
    assert first["fix"]["rule"] == 199
    assert first["fix"]["command"].startswith("aws ec2 create-network-acl-entry ")
    assert (last["leg"], last["direction"]) == ("return", "egress")


def test_what_there_is_none_of_is_null() -> None:
    document = parsed(failures.three_blockers())
    last = document["explanations"][-1]
    assert (last["nearest"], last["fix"]) == (None, None)
    first_hop = document["parts"][0]["forward"][0]
    assert (first_hop["subnet"], first_hop["because"], first_hop["direction"]) == (None,) * 3
    assert document["parts"][0]["seen_source"] is None
    bare = parsed(replace(failures.three_blockers(), taken="", digest=""))
    assert bare["snapshot"] == {"taken": None, "digest": None}


def test_a_fix_without_a_command_says_so() -> None:
    fix = parsed(crowds.five_hundred())["explanations"][0]["fix"]
    assert fix["command"] is None


def test_no_field_of_a_rule_overrides_the_contract() -> None:
    fields: dict[str, str | int | bool] = {"text": "x", "kind": "x", "command": "x", "rule": 1}
    report = failures.no_reply()
    (blocker,) = report.explanations
    tricky = replace(
        blocker, nearest=Evidence("says", fields), fix=Fix("mend", "add-route", fields, "aws")
    )
    (said,) = parsed(replace(report, explanations=(tricky,)))["explanations"]
    assert said["nearest"]["text"] == "says"
    assert said["nearest"]["rule"] == 1
    assert said["fix"] == {"text": "mend", "kind": "add-route", "command": "aws", "rule": 1}


def test_the_kind_of_an_other_component_is_said_where_there_is_one() -> None:
    document = parsed(failures.unasked())
    assert document["destination"] == {
        "id": "tgw-0282828282828282f",
        "type": "other",
        "name": "hub",
        "kind": "transit-gateway",
    }
    assert document["missing"][0]["code"] == "NOT_MODELLED"
    assert "kind" not in document["source"]


# -- hostile names


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_come_back_whole_and_move_no_cursor(name: str) -> None:
    text = render_json(hostile(name))
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    document = json.loads(text)
    VALIDATOR.validate(document)
    assert document["source"]["name"] == name
    assert document["explanations"][0]["fix"]["name"] == name


@cache
def sample(name: str) -> dict[str, Any]:
    """Return a sample's JSON, which nobody may change."""
    return parsed(SAMPLES[name]())


def parsed(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render_json(report))
    return document


def objects_at(document: dict[str, Any], place: str) -> list[dict[str, Any]]:
    """Return all objects under a path of keys, whether a list holds them or not."""
    found = [document]
    for key in filter(None, place.split("/")):
        values = [item[key] for item in found]
        found = [it for value in values for it in (value if isinstance(value, list) else [value])]
    return found
