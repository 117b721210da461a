"""Ranges beyond the estate are told of by addresses that were asked, not by what is alike."""

from __future__ import annotations

from pathlib import Path

import pytest

import netreach

FIXTURES = Path(__file__).parents[3] / "fixtures"


@pytest.mark.parametrize(
    ("fixture", "source", "destination", "shown"),
    [
        ("three-tier", "8.8.8.0/24", "web-1", ("8.8.8.0", "203.0.113.10")),
        ("three-tier", "web-1", "8.8.8.128/25", ("10.0.1.10", "8.8.8.128")),
        ("hybrid", "172.16.5.64/26", "ledger-1", ("172.16.5.64", "10.20.1.10")),
    ],
)
def test_packets_of_a_range_are_shown_with_an_address_in_it(
    fixture: str, source: str, destination: str, shown: tuple[str, str]
) -> None:
    answer = netreach.load(FIXTURES / fixture).path(source, destination, port=443)
    first = answer.parts[0].forward[0]
    assert (first.source, first.destination) == shown


def test_nobody_knows_where_private_packets_come_in_that_no_route_shows() -> None:
    answer = netreach.load(FIXTURES / "hybrid").path("10.99.0.0/24", "ledger-1", port=443)
    (missing,) = answer.missing
    assert answer.verdict == "unknown"
    assert missing.why.startswith("10.99.0.0 is no public address, and no route shows it behind")
