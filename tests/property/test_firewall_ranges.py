"""A range of ports fares as its ports do one by one, whatever firewalls say of both ports."""

from __future__ import annotations

from typing import Final

import pytest

from netreach.network import Answer, Network
from netreach.packets.services import ServiceSet
from tests.oracle.question import Question
from tests.property.chunks import chunks
from tests.property.plan import Estate
from tests.property.test_engine_agrees import NAMES, network_of, options, selectors
from tests.property.walled import split_case

ESTATES: Final = 40
QUICK: Final = (0, 10, 20, 25)
CHUNK: Final = 5
#: The edges of what the rules of these estates name.
RANGES: Final = ((442, 443), (443, 444), (21, 22), (22, 23), (52, 53), (1023, 1024), (443, 443))

Relation = dict[int, frozenset[str]]


def _ask(network: Network, estate: Estate, asked: Question, low: int, high: int) -> Answer:
    source, destination = selectors(estate, asked)
    said = options(asked)
    said["port"] = f"{low}-{high}" if high > low else str(low)
    return network.path(source, destination, **said)


def _working(answer: Answer, low: int, high: int, protocol: int) -> Relation:
    """Return the client ports from which each port surely works, on some branch."""
    found: Relation = {}
    for port in range(low, high + 1):
        service = ServiceSet.ports(protocol, port, port)
        parts = [part for part in answer.parts if service <= part.services]
        ports = {one for part in parts for one in _spread(part.client_ports)}
        found[port] = frozenset(ports)
    return found


def _spread(ranges: tuple[str, ...]) -> list[str]:
    """Cut ranges at the edges that rules may have, so that they can be compared one by one."""
    edges = (1024, 1025, 2000, 3001, 32768, 40001, 49152, 60999, 61000, 61001, 65535, 65536)
    found = []
    for text in ranges:
        first, _, last = text.partition("-")
        low, high = int(first), int(last or first)
        begins = sorted({low, *(edge for edge in edges if low < edge <= high)})
        found += [
            f"{a}-{b}" for a, b in zip(begins, [*(b - 1 for b in begins[1:]), high], strict=True)
        ]
    return found


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK))
def test_a_range_fares_as_its_ports_do(first: int) -> None:
    for seed in range(first, first + CHUNK):
        estate, questions = split_case(seed)
        network = network_of(estate)
        for number, asked in enumerate(questions):
            if asked.protocol not in (6, 17):
                continue
            low, high = RANGES[(seed + number) % len(RANGES)]
            whole = _ask(network, estate, asked, low, high)
            alone = [_ask(network, estate, asked, port, port) for port in range(low, high + 1)]
            where = f"split {seed}: {asked} on {NAMES[asked.protocol]} {low}-{high}"
            together = [
                _working(one, low + n, low + n, asked.protocol) for n, one in enumerate(alone)
            ]
            expected = {port: ports for one in together for port, ports in one.items()}
            assert _working(whole, low, high, asked.protocol) == expected, where
            assert str(whole.verdict) in _possible([str(one.verdict) for one in alone]), where


def _possible(verdicts: list[str]) -> set[str]:
    """Return what a range may be called whose ports fare so, one by one."""
    distinct = set(verdicts)
    if len(distinct) == 1:
        return distinct
    if distinct & {"reachable", "partial"}:
        return {"partial"}
    # what nobody knows may be whether all client ports work: then it surely works for some
    return {"unknown", "partial"}
