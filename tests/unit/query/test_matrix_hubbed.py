"""Every pair across a transit gateway, and where groups are named, says what a single path says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
import pytest
from msgspec.structs import replace

from netreach.fabric.outlook import Code
from netreach.network import Network
from netreach.query.verdict import Verdict
from netreach.sources.yaml_estate import read
from tests.unit.query.matrices_by_hand import (
    HUBBED,
    by_rows,
    echoed,
    echoed_by_a_peer,
    echoed_in_part,
    hubbed,
    pair_by_pair,
)

OPTIONS: Final[dict[str, dict[str, object]]] = {
    "open": {},
    "port": {"port": 443},
    "database": {"port": 5432},
    "strict": {"strict": True},
}


@cache
def estate(dropped: str = "") -> Network:
    """Compile the estate, without the ACLs of one VPC: AWS's default is assumed there."""
    snapshot = hubbed().snapshot
    acls = {name: one for name, one in snapshot.network_acls.items() if one.vpc != dropped}
    return Network(replace(snapshot, network_acls=acls))


@pytest.mark.parametrize("dropped", ["", "vpc-shop", "vpc-store"])
@pytest.mark.parametrize("name", OPTIONS)
def test_a_matrix_says_what_paths_say(name: str, dropped: str) -> None:
    options = OPTIONS[name]
    network = estate(dropped)
    assert by_rows(network.matrix(**options)) == pair_by_pair(network, **options)  # type: ignore[arg-type]  # path's own options


@pytest.mark.parametrize("vpc", ["vpc-shop", "vpc-store", "vpc-pair", "vpc-other"])
def test_a_matrix_from_or_to_one_vpc_says_the_same(vpc: str) -> None:
    rows = by_rows(estate().matrix())
    interfaces = estate().snapshot.interfaces
    for place, matrix in enumerate(
        (estate().matrix(f"vpc:{vpc}"), estate().matrix((), f"vpc:{vpc}"))
    ):
        part = by_rows(matrix)
        mine = {pair: said for pair, said in rows.items() if interfaces[pair[place]].vpc == vpc}
        assert part == mine


def test_the_estate_has_what_is_hard() -> None:
    verdicts = Counter(verdict for verdict, _, _ in by_rows(estate().matrix()).values())
    assert verdicts[Verdict.REACHABLE] > 60
    assert verdicts[Verdict.UNREACHABLE] > 60
    assert 0 < estate().matrix().statistics().share_singly < 1


@pytest.mark.parametrize("made", [echoed_by_a_peer, echoed_in_part])
@pytest.mark.parametrize("name", OPTIONS)
def test_groups_of_peers_are_meant_where_several_hold_the_same_addresses(
    name: str, made: Callable[[], Network]
) -> None:
    options = OPTIONS[name]
    network = made()
    rows = by_rows(network.matrix(**options))  # type: ignore[arg-type]  # path's own options
    assert rows == pair_by_pair(network, **options)
    named, other = (rows["eni-caller-1", f"eni-echo-{number}"] for number in (1, 2))
    assert (named == other) == (name == "port")


@pytest.mark.parametrize("name", OPTIONS)
def test_a_hub_that_carries_no_references(name: str) -> None:
    options = OPTIONS[name]
    network = Network(read(HUBBED.replace("references_groups: true", "references_groups: false")))
    rows = by_rows(network.matrix(**options))  # type: ignore[arg-type]  # path's own options
    assert rows == pair_by_pair(network, **options)


@pytest.mark.parametrize("name", ["open", "database", "strict"])
def test_a_group_of_a_peer_is_meant_where_another_vpc_gets_the_packet(name: str) -> None:
    options = OPTIONS[name]
    network = echoed()
    assert by_rows(network.matrix(**options)) == pair_by_pair(network, **options)  # type: ignore[arg-type]  # path's own options


def test_lanes_are_classed_alike_in_pieces_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = estate().matrix().plan
    monkeypatch.setattr("netreach.fabric.lanes.CELLS", 1)
    monkeypatch.setattr("netreach.query.matrix.lane_ways.CELLS", 1)
    pieced = estate().matrix().plan
    for mine, theirs in zip(pieced.kinds.lanes, whole.kinds.lanes, strict=True):
        assert mine.classes.tolist() == theirs.classes.tolist()
        assert mine.sizes.tolist() == theirs.sizes.tolist()
    assert pieced.walked == whole.walked
    assert by_rows(estate().matrix()) == pair_by_pair(estate())


def test_codes_of_lanes_are_renumbered_before_they_overflow() -> None:
    code = Code(np.array([[0, 1, 1, 1]]))
    for _ in range(3):  # each tells as many apart as half of an integer holds
        code.tell(np.array([[0, 0, -1, 1 << 30]]))
    code.tell(np.array([[5, 5, 5, 5]]))
    first, second, third, fourth = code.cells[0].tolist()
    assert first < third < second < fourth


def test_interfaces_of_transit_gateways_are_ends_only_where_they_are_named() -> None:
    snapshot = hubbed().snapshot
    of_a_host = next(iter(snapshot.interfaces.values()))
    door = replace(of_a_host, id="eni-door", instance="", interface_type="transit_gateway")
    network = Network(replace(snapshot, interfaces={**snapshot.interfaces, door.id: door}))
    whole = network.matrix()
    assert not {door.id} & {*whole.sources, *whole.destinations}
    named = network.matrix((), door.id)
    assert named.destinations == (door.id,)
    assert Verdict.UNKNOWN in named.counts()


@pytest.mark.parametrize("lost", ["", "vpc-shop"])
def test_an_estate_may_lack_its_vpcs(lost: str) -> None:
    snapshot = hubbed().snapshot
    kept = {name: vpc for name, vpc in snapshot.vpcs.items() if lost and name != lost}
    network = Network(replace(snapshot, vpcs=kept))
    rows = by_rows(network.matrix(port=443))
    assert rows == pair_by_pair(network, port=443)
    assert rows if lost else not any(said[0] == Verdict.REACHABLE for said in rows.values())
