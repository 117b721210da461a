"""The parts of which matrices are made, one by one."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

import netreach
from netreach.errors import UsageError
from netreach.fabric.cells import Cells, group_cells, travel_cells
from netreach.model.records import Instance, NetworkInterface, SecurityGroup, Subnet
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import column
from netreach.packets.pieces import PieceTable
from netreach.packets.services import TCP, ServiceSet
from netreach.query.matrix.blocks import Numbered, tabulated
from netreach.query.matrix.group_names import name_of_group, shown_groups
from netreach.query.matrix.labels import labels_of
from netreach.query.matrix.peers import Faring, Peers, peers_of, widest_first
from netreach.query.matrix.sheet import check_lines, readable
from netreach.query.verdict import Verdict
from tests.unit.query.matrices_by_hand import by_rows, motley

FIXTURES = Path(__file__).parents[3] / "fixtures"

# -- cells of blocks


@pytest.mark.parametrize("spread", [3, 1 << 40])
def test_combinations_that_occur_are_numbered_once(spread: int) -> None:
    chance = random.Random(5)  # noqa: S311 - numbers are drawn, not keys
    shape = (17, 13)
    parts = [
        np.array([[chance.randrange(4) * spread for _ in range(13)] for _ in range(17)])
        for _ in range(3)
    ]
    cells, columns = tabulated([Numbered.of(part) for part in parts])
    assert cells.shape == shape
    combinations = list(zip(*(one.tolist() for one in columns), strict=True))
    assert len(set(combinations)) == len(combinations)
    for place in np.ndindex(shape):
        assert combinations[cells[place]] == tuple(int(part[place]) for part in parts)
    assert set(cells.ravel().tolist()) == set(range(len(combinations)))


def test_combinations_of_very_many_values_are_numbered_as_well() -> None:
    parts = [np.arange(300).reshape(1, 300) * step for step in (1, 7, 11)]
    cells, columns = tabulated([Numbered.of(part) for part in parts])
    assert len(columns[0]) == 300
    for part, one in zip(parts, columns, strict=True):
        assert one[cells].tolist() == part.tolist()


def test_cells_are_broadcast() -> None:
    rows, heads = Numbered.of(np.array([[4], [9]])), Numbered.of(np.array([[1, 2, 1]]))
    cells, (left, right) = tabulated([rows, heads])
    assert left[cells].tolist() == [[4, 4, 4], [9, 9, 9]]
    assert right[cells].tolist() == [[1, 2, 1], [1, 2, 1]]


def test_cells_are_taken_by_their_places() -> None:
    found = Numbered.of(np.array([[8, 6], [6, 8]])).take(np.array([[1], [0]]), np.array([[0, 0]]))
    assert found.values[found.code].tolist() == [[6, 6], [8, 8]]


# -- stretches of addresses


def test_an_address_at_a_cut_is_in_the_cell_that_begins_there() -> None:
    cells = Cells.of([PieceTable.of([[(0, 1), (10, 2)]]), PieceTable.of([[(0, 1), (15, 2)]])])
    assert cells.at(column([0, 9, 10, 14, 15, 99])).tolist() == [0, 0, 1, 1, 2, 2]


def test_what_groups_say_does_not_cut_what_travels() -> None:
    fabric = motley().fabric
    groups, travel = group_cells(fabric), travel_cells(fabric)
    assert len(groups.cuts)
    assert len(travel.cuts)
    assert set(groups.cuts.tolist()) - set(travel.cuts.tolist())


# -- groups of interfaces


def interface(number: int, **changes: object) -> NetworkInterface:
    known: dict[str, object] = {"vpc": "", "subnet": "", **changes}
    return NetworkInterface(id=f"eni-{number}", **known)  # type: ignore[arg-type]  # its fields


SNAPSHOT = Snapshot(
    instances={"i-1": Instance(id="i-1", tags={"Name": "one", "team": "blue"})},
    subnets={"subnet-a": Subnet(id="subnet-a", vpc="vpc-a", tags={"Name": "left"})},
    security_groups={"sg-a": SecurityGroup(id="sg-a", group_name="default")},
    interfaces={
        one.id: one
        for one in (
            interface(1, vpc="vpc-a", subnet="subnet-a", groups=("sg-a", "sg-b", "sg-a")),
            interface(2, instance="i-1", tags={"team": "red"}),
            interface(3, instance="i-1", vpc="vpc-a", groups=("sg-b",)),
            interface(4, tags={"team": ""}),
        )
    },
)


def grouped(by: str) -> dict[str, list[int]]:
    labels = labels_of(SNAPSHOT, column([0, 1, 2, 3]), by)
    found: dict[str, list[int]] = {}
    for row, label in zip(labels.interface.tolist(), labels.label.tolist(), strict=True):
        found.setdefault(labels.names[label], []).append(row + 1)
    return found


def test_interfaces_are_grouped_by_what_they_are_in() -> None:
    assert grouped("vpc") == {"vpc-a": [1, 3], "": [2, 4]}
    assert grouped("subnet") == {"subnet-a": [1], "": [2, 3, 4]}
    assert grouped("security-group") == {"sg-a": [1], "sg-b": [1, 3], "": [2, 4]}
    assert grouped("interface") == {f"eni-{n}": [n] for n in (1, 2, 3, 4)}


def test_a_tag_is_the_interfaces_own_or_else_its_instances() -> None:
    assert grouped("tag:team") == {"": [1, 4], "red": [2], "blue": [3]}


def test_groups_are_called_by_names() -> None:
    assert name_of_group(SNAPSHOT, "subnet", "subnet-a") == "left"
    assert name_of_group(SNAPSHOT, "security-group", "sg-a") == "default"
    assert name_of_group(SNAPSHOT, "interface", "eni-2") == "one"
    assert name_of_group(SNAPSHOT, "vpc", "vpc-a") == ""
    assert name_of_group(SNAPSHOT, "tag:Name", "subnet-a") == ""


def test_names_that_several_bear_are_not_shown() -> None:
    shown = shown_groups(SNAPSHOT, "interface", ["eni-1", "eni-2", "eni-3"])
    assert shown == {"eni-1": "eni-1", "eni-2": "eni-2", "eni-3": "eni-3"}
    assert shown_groups(SNAPSHOT, "interface", ["eni-2", ""]) == {
        "eni-2": "one",
        "": "(no interface)",
    }


def test_a_name_that_is_anothers_id_is_not_shown() -> None:
    subnets = {
        "subnet-a": Subnet(id="subnet-a", vpc="", tags={"Name": "subnet-b"}),
        "subnet-b": Subnet(id="subnet-b", vpc=""),
    }
    shown = shown_groups(Snapshot(subnets=subnets), "subnet", subnets)
    assert shown == {"subnet-a": "subnet-a", "subnet-b": "subnet-b"}


# -- what is printed


def test_the_finest_grouping_that_can_be_read_is_taken() -> None:
    sizes = {"interface": (13, 2), "subnet": (12, 12), "vpc": (1, 1)}
    assert readable(sizes) == "subnet"
    assert readable({**sizes, "interface": (12, 3)}) == "interface"
    assert readable({"interface": (99, 99), "vpc": (70, 3)}) == "vpc"


def test_as_many_lines_as_the_limit_are_written() -> None:
    check_lines(7, 7, "vpc", is_narrowed=False)
    with pytest.raises(UsageError, match=r"up to 10,000,000,000 lines, more than 7.* --by subnet,"):
        check_lines(10**10, 7, "vpc", is_narrowed=False)


# -- peers


@pytest.mark.parametrize("is_source", [True, False])
def test_peers_are_what_the_rows_say_of_each(is_source: bool) -> None:
    network = motley()
    matrix = network.matrix() if is_source else network.matrix("web-1")
    matrix = network.matrix(destinations="store-1") if is_source else matrix
    place = 0 if is_source else 1
    rows = {ends[place]: said for ends, said in by_rows(matrix).items()}
    found = {
        one: (
            str(peers.faring.verdict),
            str(peers.faring.services),
            peers.faring.client_ports,
        )
        for peers in peers_of(matrix.plan, matrix.places, is_source=is_source)
        for one in peers.ids
    }
    assert found == rows


def test_peers_of_several_are_as_paths_to_the_resource_say() -> None:
    network = motley()
    matrix = network.matrix("vpc:vpc-front", "two-legs")
    for peers in peers_of(matrix.plan, matrix.places, is_source=True):
        for one in peers.ids:
            answer = network.path(one, "two-legs")
            if network.snapshot.interfaces[one].instance == "i-two-legs":
                continue
            assert peers.faring.verdict is answer.verdict, one
            assert peers.faring.services == answer.services
            assert peers.faring.asked == 2
            assert peers.faring.everywhere <= peers.faring.services


@pytest.mark.parametrize("is_source", [True, False])
@pytest.mark.parametrize("place", ["internet", "172.16.0.0/12"])
def test_peers_of_places_are_as_paths_say(place: str, *, is_source: bool) -> None:
    network = netreach.load(FIXTURES / "hybrid")
    matrix = network.matrix(*(((), place) if is_source else (place, ())), outside="internet")
    found = peers_of(matrix.plan, matrix.places, is_source=is_source)
    assert sum(len(peers.ids) for peers in found) == 4
    for peers in found:
        for one in peers.ids:
            answer = network.path(*((one, place) if is_source else (place, one)))
            said = peers.faring.verdict, peers.faring.services, peers.faring.client_ports
            assert said == (answer.verdict, answer.services, answer.client_ports)


def test_those_that_reach_the_most_come_first_but_places_outside_before_all() -> None:
    narrow, wide = ServiceSet.ports(TCP, 1, 1), ServiceSet.ports(TCP, 1, 9)

    def peers(verdict: Verdict, services: ServiceSet, *ids: str) -> Peers:
        return Peers(Faring(verdict, services, services, (), 1, 1), ids)

    outside = peers(Verdict.UNREACHABLE, ServiceSet.empty(), "internet")._replace(is_outside=True)
    ordered = [
        outside,
        peers(Verdict.REACHABLE, wide, "a"),
        peers(Verdict.REACHABLE, narrow, "b", "c"),
        peers(Verdict.REACHABLE, narrow, "d"),
        peers(Verdict.REACHABLE, narrow, "e"),
        peers(Verdict.PARTIAL, wide, "f"),
        peers(Verdict.UNKNOWN, ServiceSet.empty(), "g"),
        peers(Verdict.UNREACHABLE, ServiceSet.empty(), "h"),
    ]
    assert widest_first(ordered[::-1]) == ordered
