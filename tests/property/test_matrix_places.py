"""What a matrix says of places outside is what single paths say of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import netreach
from netreach.errors import SelectorError

FIXTURES = Path(__file__).parents[2] / "fixtures"
PLACES = ("internet", "8.8.8.8", "192.168.0.0/16", "s3")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "fixture", sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir())
)
def test_places_fare_as_single_paths_say(fixture: str, place: str) -> None:
    network = netreach.load(FIXTURES / fixture)
    matrix = network.matrix(outside=place)
    asked = [(place, one) for one in matrix.destinations if matrix.places.sources]
    asked += [(one, place) for one in matrix.sources if matrix.places.destinations]
    for source, destination in asked:
        try:
            answer = network.path(source, destination)
        except SelectorError:
            continue  # no address pair of one family: a path refuses to ask
        told = (
            matrix.verdict(source, destination),
            matrix.services(source, destination),
            matrix.client_ports(source, destination),
        )
        assert told == (answer.verdict, answer.services, answer.client_ports), (source, destination)


def test_pairs_with_places_count_and_are_listed_as_others() -> None:
    matrix = netreach.load(FIXTURES / "three-tier").matrix(outside="internet")
    assert len(matrix) == 36 + 7 + 6
    assert sum(matrix.counts().values()) == len(matrix)
    assert len(list(matrix.rows())) == len(matrix)
    assert {pair.destination for pair in matrix.row("internet")} == set(matrix.destinations)
    assert {pair.source for pair in matrix.column("web-1")} == {
        "internet",
        *set(matrix.sources) - {"eni-web-1"},
    }
    assert matrix.by("vpc")[0].source == "internet"
    # the internet reaches two web servers, and all but the databases reach it
    inside = netreach.load(FIXTURES / "three-tier").matrix()
    assert matrix.count(port=80) - inside.count(port=80) == 2 + 4


def test_places_are_asked_at_the_ends_that_are_left_open() -> None:
    network = netreach.load(FIXTURES / "three-tier")
    assert network.matrix((), "web-1", outside="internet").places.destinations == ()
    assert network.matrix("web-1", (), outside="internet").places.sources == ()
    both = network.matrix("app-1", "web-1", outside="internet").places
    assert (both.sources, both.destinations) == (("internet",), ("internet",))
