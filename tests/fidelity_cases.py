"""The shared cases as questions with the answer that they expect.

Each set says what it knows in its own way: a measured probe, a verdict on one direction, exact
sets. A case turns that into a question and a check of the answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any, Final, TypedDict

from netreach import Answer, ServiceSet, Verdict
from netreach.packets.prefixes import Address
from netreach.packets.services import ICMP, TCP, UDP
from netreach.sources.load import open_snapshot
from tests.fidelity_places import Place, Places

SHARED: Final = Path(__file__).parents[1].parent / "shared"
CASES: Final = SHARED / "cases"
SNAPSHOTS: Final = SHARED / "snapshots"
EVERY_PORT: Final = "1-65535"

Json = dict[str, Any]


class Options(TypedDict, total=False):
    """What of `Network.path` a case uses."""

    protocol: str
    port: str
    client_ports: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case knows, and how an answer says the same thing."""

    words: str
    said: Callable[[Answer], str]


@dataclass(frozen=True, slots=True)
class Case:
    """A question about a snapshot whose answer is known."""

    family: str
    name: str
    snapshot: Path
    source: str
    destination: str
    expected: Expected
    options: Options = field(default_factory=Options)


@cache
def places_of(snapshot: Path) -> Places:
    """Return the places of a snapshot, read once."""
    return Places(open_snapshot(snapshot))


def cases() -> Iterator[Case]:
    """Yield every comparable case of every set."""
    yield from _labs()
    yield from _batfish()
    yield from _npguard()
    yield from _reach()


def _verdict(answer: Answer) -> str:
    return str(answer.verdict)


def _forward_verdict(answer: Answer) -> str:
    """Return what became of the way there alone."""
    if answer.forward_services:
        return str(Verdict.REACHABLE)
    return str(answer.verdict)


def _word(is_reachable: bool) -> str:
    return str(Verdict.REACHABLE if is_reachable else Verdict.UNREACHABLE)


def _written(place: Place) -> str:
    """Write an end: with its VPC where it is a private address of one."""
    return (
        f"{place.vpc}/{place.address}" if place.vpc and not place.is_public else str(place.address)
    )


# -- labs: measured probes


def _labs() -> Iterator[Case]:
    lines = (CASES / "labs.jsonl").read_text(encoding="utf-8").splitlines()
    for probe in map(json.loads, lines):
        if _is_comparable(probe):
            yield _lab_case(probe)


def _is_comparable(probe: Json) -> bool:
    itself = probe["src_eni"] is not None and probe["src_eni"] == probe["dst_eni"]
    known = probe["dst_match"] in ("private", "public") or probe["dst_ip"] == "8.8.8.8"
    return known and not itself and probe["src_ip"] != probe["dst_ip"]


def _lab_case(probe: Json) -> Case:
    snapshot = SNAPSHOTS / "labs" / probe["lab"]
    places = places_of(snapshot)
    source = places.place(probe["src_ip"], probe["src_eni"] or "")
    destination = places.place(probe["dst_ip"], probe["dst_eni"] or "")
    options = Options(protocol=probe["protocol"])
    if probe["dst_port"] is not None:
        options["port"] = str(probe["dst_port"])
    return Case(
        f"labs/{probe['lab']}",
        f"{probe['src_ip']} to {probe['dst_ip']} {' '.join(map(str, options.values()))}",
        snapshot,
        _written(source),
        _written(destination),
        Expected(_word(probe["reachable"]), _verdict),
        options,
    )


# -- batfish: verdicts, some of them on the way there only


def _batfish() -> Iterator[Case]:
    for known in json.loads((CASES / "batfish.json").read_text(encoding="utf-8"))["cases"]:
        snapshot = SNAPSHOTS / "batfish" / known["snapshot"]
        options = Options() if known["protocol"] == "all" else Options(protocol=known["protocol"])
        if known["port"] is not None:
            options["port"] = str(known["port"])
        yield Case(
            "batfish",
            f"{known['id']} {known['source']} to {known['destination']}",
            snapshot,
            known["source"],
            known["destination"],
            Expected(
                known["expect"], _verdict if known["direction"] == "both" else _forward_verdict
            ),
            options,
        )


# -- np-guard: exact sets for every ordered pair


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two ends of a report, and what it lists between them."""

    report: Json
    names: str
    source: str
    destination: str
    allowed: tuple[Json, ...]
    blocked: tuple[Json, ...]  # gets there, and the TCP response is dropped


def _npguard() -> Iterator[Case]:
    for report in json.loads((CASES / "npguard.json").read_text(encoding="utf-8"))["reports"]:
        for pair in (*_inner_pairs(report), *_internet_pairs(report)):
            yield from _pair_cases(pair)


def _inner_pairs(report: Json) -> Iterator[_Pair]:
    for source, destination in permutations(report["endpoints"], 2):
        listed = _listed(report, source["name"], destination["name"])
        if listed or report["complete"]:
            yield _pair(report, source["eni"], destination["eni"], listed)


def _internet_pairs(report: Json) -> Iterator[_Pair]:
    """Ask from and to each public range that is listed, its neighbours, and one far away."""
    outside = {
        c[end]["internet"]
        for c in report["connections"]
        for end in ("src", "dst")
        if "internet" in c[end]
    }
    for host in report["endpoints"]:
        for address in _samples(outside):
            inwards = _listed(report, address, host["name"])
            outwards = _listed(report, host["name"], address)
            yield _pair(report, address, host["public_ip"] or host["eni"], inwards)
            yield _pair(report, host["eni"], address, outwards)


def _samples(ranges: set[str]) -> list[str]:
    found = {"8.8.8.8"}
    for text in sorted(ranges - {"all-public-ranges"}):
        number = Address.parse(text.partition("/")[0]).number
        found |= {str(Address(4, number + step)) for step in (-1, 0, 1)}
    return sorted(found)


def _listed(report: Json, source: str, destination: str) -> list[Json]:
    return [
        connection
        for connection in report["connections"]
        if _is_named(connection["src"], source) and _is_named(connection["dst"], destination)
    ]


def _is_named(end: Json, name: str) -> bool:
    outside: str = end.get("internet", "")
    if not outside or not name[0].isdigit():
        return bool(end.get("name") == name)
    return outside in ("all-public-ranges", f"{name}/32")


def _pair(report: Json, source: str, destination: str, listed: list[Json]) -> _Pair:
    return _Pair(
        report,
        f"{source} to {destination}",
        source,
        destination,
        tuple(entry for connection in listed for entry in connection["allowed"]),
        tuple(entry for connection in listed for entry in connection["response_blocked"]),
    )


def _pair_cases(pair: _Pair) -> Iterator[Case]:
    """Compare the TCP round trip, and what gets there by UDP and ICMP."""
    yield _pair_case(pair, "tcp", Expected(_round_trips(pair), _said_round_trips))
    for protocol, number in (("udp", UDP), ("icmp", ICMP)):
        sent = [entry for entry in pair.allowed if entry["protocol"] == protocol]
        expected = Expected(_ports_words(_ports(sent, number)), _said_forward(number))
        yield _pair_case(pair, "", expected, protocol)
    sent = [entry for entry in (*pair.allowed, *pair.blocked) if entry["protocol"] == "tcp"]
    expected = Expected(_ports_words(_ports(sent, TCP)), _said_forward(TCP))
    yield _pair_case(pair, "", expected, "tcp there")


def _pair_case(pair: _Pair, protocol: str, expected: Expected, what: str = "") -> Case:
    options = Options(client_ports=EVERY_PORT)
    if protocol:
        options["protocol"] = protocol
    return Case(
        "npguard",
        f"{pair.report['id']} {pair.names} {what or protocol}",
        SHARED / pair.report["input"],
        pair.source,
        pair.destination,
        expected,
        options,
    )


def _ports(entries: list[Json], protocol: int) -> ServiceSet:
    """Return the union of the destination ports; without any, everything of the protocol."""
    found = ServiceSet.empty()
    for entry in entries:
        for low, high in entry.get("dst_ports", [[0, 65535]]):
            found |= ServiceSet.ports(protocol, low, high)
    return found


def _ports_words(services: ServiceSet) -> str:
    """Say a set without port 0, which the reports leave out."""
    return str(services - ServiceSet.ports(TCP, 0, 0) - ServiceSet.ports(UDP, 0, 0))


def _round_trips(pair: _Pair) -> str:
    entries = [entry for entry in pair.allowed if entry["protocol"] == "tcp"]
    ports = {
        f"{low}-{high}" if low != high else str(low)
        for e in entries
        for low, high in e["src_ports"]
    }
    return f"{_ports_words(_ports(entries, TCP))} from {', '.join(sorted(ports)) or 'none'}"


def _said_round_trips(answer: Answer) -> str:
    if answer.verdict is Verdict.UNKNOWN:
        return _verdict(answer)
    services = _ports_words(answer.services)
    return f"{services} from {', '.join(answer.client_ports if answer.services else ()) or 'none'}"


def _said_forward(protocol: int) -> Callable[[Answer], str]:
    def said(answer: Answer) -> str:
        if answer.verdict is Verdict.UNKNOWN:
            return _verdict(answer)
        return _ports_words(answer.forward_services.of_protocol(protocol))

    return said


# -- reach: the sets of both directions and the verdict


def _reach() -> Iterator[Case]:
    for known in json.loads((CASES / "reach.json").read_text(encoding="utf-8"))["cases"]:
        for words, said in (
            (known["expected_verdict"], _verdict),
            (_reach_services(known["expected_forward"]), _said_services),
        ):
            yield Case(
                "reach",
                known["id"],
                SHARED / known["artifacts"] / "describe",
                "aat_source",
                "aat_destination",
                Expected(words, said),
                Options(client_ports="0-65535"),
            )


def _said_services(answer: Answer) -> str:
    if answer.verdict is Verdict.UNKNOWN:
        return _verdict(answer)
    return str(answer.forward_services)


def _reach_services(expected: str | list[Json]) -> str:
    if expected == "all":
        return str(ServiceSet.everything())
    numbers = {"tcp": TCP, "udp": UDP}
    found = ServiceSet.empty()
    for entry in expected:
        assert isinstance(entry, dict)
        found |= _ports([entry], numbers[entry["protocol"]])
    return str(found)
