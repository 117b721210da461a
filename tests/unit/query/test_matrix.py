"""Every pair at once says what a single path says of each, however it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

import netreach
from netreach.errors import SelectorError, UsageError
from netreach.matrix import Matrix
from netreach.network import Network
from netreach.packets.intervals import IntervalSet
from netreach.packets.services import ServiceSet
from netreach.query.matrix.lane_ways import Branch
from netreach.query.matrix.pair_values import NO_COMMON_FAMILY, Arrived, Fared
from netreach.query.verdict import Verdict
from netreach.sources.yaml_estate import read
from tests.unit.query.matrices_by_hand import (
    MOTLEY,
    Told,
    brute,
    by_rows,
    grouped,
    motley,
    pair_by_pair,
    told,
)

FIXTURES: Final = Path(__file__).parents[3] / "fixtures"
GROUPINGS: Final = ("vpc", "subnet", "security-group", "interface", "tag:Name")
OPTIONS: Final[dict[str, dict[str, object]]] = {
    "open": {},
    "port": {"port": 443},
    "icmp": {"protocol": "icmp"},
    "windows": {"client_ports": "windows"},
    "ipv6": {"family": 6},
    "ipv4": {"family": 4, "protocol": "tcp"},
    "strict": {"strict": True},
}


@cache
def estate() -> Network:
    return motley()


@cache
def whole() -> Matrix:
    return estate().matrix()


def without(**changes: Callable[[dict[str, object]], dict[str, object]]) -> Network:
    """Compile the estate with some records of some kinds missing or changed."""
    snapshot = read(MOTLEY)
    changed = {kind: change(getattr(snapshot, kind)) for kind, change in changes.items()}
    return Network(replace(snapshot, **changed))


# -- single paths


@pytest.mark.parametrize("name", OPTIONS)
def test_a_matrix_says_what_paths_say(name: str) -> None:
    options = OPTIONS[name]
    matrix = estate().matrix(**options)  # type: ignore[arg-type]  # path's own options
    paths = pair_by_pair(estate(), **options)
    assert by_rows(matrix) == paths
    assert len(matrix) == len(paths) == 380


def test_the_estate_has_what_is_hard() -> None:
    verdicts = Counter(verdict for verdict, _, _ in by_rows(whole()).values())
    assert verdicts[Verdict.REACHABLE] > 40
    assert verdicts[Verdict.PARTIAL] > 10
    assert 0 < whole().statistics().share_singly < 1


def test_lookups_rows_and_columns_say_the_same() -> None:
    matrix, rows = whole(), by_rows(whole())
    for (source, destination), said in rows.items():
        alone = (
            str(matrix.verdict(source, destination)),
            str(matrix.services(source, destination)),
            matrix.client_ports(source, destination),
        )
        assert alone == said
    for one in matrix.destinations:
        found = {(pair.source, pair.destination): told(pair) for pair in matrix.column(one)}
        assert found == {ends: said for ends, said in rows.items() if ends[1] == one}


@pytest.mark.parametrize("name", ["web-1", "two-legs", "subnet:subnet-front-a", "vpc:vpc-back"])
def test_a_row_of_several_interfaces_is_all_their_rows(name: str) -> None:
    found = {(pair.source, pair.destination): told(pair) for pair in whole().row(name)}
    sources = {source for source, _ in found}
    rows = by_rows(whole())
    assert found == {ends: said for ends, said in rows.items() if ends[0] in sources}
    assert found


@pytest.mark.parametrize(
    ("source", "destination"),
    [("two-legs", "web-1"), ("web-1", "two-legs"), ("tag:Name=web-2", "vpc:vpc-back")],
)
def test_resources_of_several_interfaces_are_as_paths_say(source: str, destination: str) -> None:
    answer = estate().path(source, destination)
    assert whole().verdict(source, destination) is answer.verdict
    assert whole().services(source, destination) == answer.services
    assert whole().client_ports(source, destination) == answer.client_ports


def test_selections_are_the_same_pairs_and_no_others() -> None:
    part = estate().matrix(["web-1", "subnet:subnet-front-b"], "vpc:vpc-back")
    rows = by_rows(whole())
    ends = {
        (source, destination)
        for source in part.sources
        for destination in part.destinations
        if source != destination
    }
    assert len(part.sources) == 6
    assert by_rows(part) == {pair: rows[pair] for pair in ends}


# -- records that are missing


def drop(*ids: str) -> Callable[[dict[str, object]], dict[str, object]]:
    return lambda records: {key: one for key, one in records.items() if key not in ids}


def moved(records: dict[str, object]) -> dict[str, object]:
    """Say of an interface that it stands where its address does not."""
    other = replace(records["eni-web-2"], subnet="subnet-front-b")  # type: ignore[type-var]
    return {**records, "eni-web-2": other}


INCOMPLETE: Final[dict[str, Callable[[], Network]]] = {
    "a VPC": lambda: without(vpcs=drop("vpc-back")),
    "all VPCs": lambda: without(vpcs=lambda _: {}),
    "a subnet": lambda: without(subnets=drop("subnet-front-b")),
    "all subnets": lambda: without(subnets=lambda _: {}),
    "groups": lambda: without(security_groups=drop("sg-web", "sg-store")),
    "an ACL": lambda: without(network_acls=drop("acl-half")),
    "the route tables": lambda: without(route_tables=lambda _: {}),
    "the peering": lambda: without(peerings=lambda _: {}),
    "the subnet that an address is in": lambda: without(interfaces=moved),
    "the instances": lambda: without(instances=lambda _: {}),
}


@pytest.mark.parametrize("what", INCOMPLETE)
def test_what_a_snapshot_lacks_is_lacking_in_the_matrix(what: str) -> None:
    network = INCOMPLETE[what]()
    for options in ({}, {"port": 443, "strict": True}):
        matrix = network.matrix(**options)  # type: ignore[arg-type]  # path's own options
        assert by_rows(matrix) == pair_by_pair(network, **options)
    assert grouped(network.matrix(), "subnet") == brute(network, network.matrix(), "subnet")


def test_two_interfaces_with_one_address_fare_as_paths_say() -> None:
    def doubled(records: dict[str, object]) -> dict[str, object]:
        twin = records["eni-web-2"]
        return {**records, "eni-twin": replace(twin, id="eni-twin", instance="")}  # type: ignore[type-var]

    network = without(interfaces=doubled)
    matrix = network.matrix()
    assert "eni-twin" in matrix.destinations
    assert by_rows(matrix) == pair_by_pair(network)


# -- counts and groups


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_groups_are_what_their_pairs_add_up_to(grouping: str) -> None:
    assert grouped(whole(), grouping) == brute(estate(), whole(), grouping)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_groups_of_a_selection_are_what_their_pairs_add_up_to(grouping: str) -> None:
    part = estate().matrix(["vpc:vpc-front", "store-1"], ["subnet:subnet-front-a", "vpc:vpc-back"])
    assert grouped(part, grouping) == brute(estate(), part, grouping)


@pytest.mark.parametrize("fixture", ["privatelink", "hub-and-spoke", "overlapping-groups"])
def test_groups_of_fixtures_are_what_their_pairs_add_up_to(fixture: str) -> None:
    network = netreach.load(FIXTURES / fixture)
    matrix = network.matrix()
    for grouping in ("vpc", "security-group"):
        assert grouped(matrix, grouping) == brute(network, matrix, grouping)
    assert matrix.counts() == tallied(by_rows(matrix))


def tallied(said: dict[tuple[str, str], Told]) -> Counter[Verdict]:
    return Counter(Verdict(verdict) for verdict, _, _ in said.values())


def test_counts_are_those_of_the_rows() -> None:
    assert whole().counts() == tallied(by_rows(whole()))
    assert whole().count() == whole().counts()[Verdict.REACHABLE]


@pytest.mark.parametrize("options", [{"port": 443}, {"port": "9000-9100"}, {"protocol": "icmp"}])
def test_counts_on_a_service_are_those_of_a_matrix_of_it(options: dict[str, str]) -> None:
    asked = estate().matrix(**options)  # type: ignore[arg-type]  # path's own options
    assert whole().counts(**options) == asked.counts() == tallied(by_rows(asked))


def test_what_a_matrix_was_not_asked_about_it_does_not_count() -> None:
    with pytest.raises(UsageError, match="was not asked about tcp 80"):
        estate().matrix(port=443).count(port=80)


def test_groups_know_the_totals_as_well() -> None:
    by_groups, at_once = estate().matrix(), estate().matrix()
    by_groups.by("subnet")
    assert by_groups.counts() == at_once.counts()
    by_groups = estate().matrix()
    by_groups.by("security-group")
    assert by_groups.counts() == at_once.counts()


def test_progress_hears_of_every_vpc() -> None:
    heard: list[tuple[int, int]] = []
    matrix = estate().matrix(progress=lambda done, total: heard.append((done, total)))
    matrix.count()
    # one by one where processes may be asked to help, together where this one is alone
    assert heard in ([(done, 5) for done in range(1, 6)], [(5, 5)])


# -- refusals


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: whole().verdict("nobody", "web-1"), "'nobody'"),
        (
            lambda: whole().verdict("web-2", "web-2"),
            "a matrix holds none of an interface with itself",
        ),
        (lambda: whole().by("colour"), "'colour' is no way to group"),
        (lambda: whole().groups("tag:"), "'tag:' is no way to group"),
        (lambda: estate().matrix("tag:Name=nobody"), "Name=nobody"),
    ],
)
def test_what_cannot_be_answered_is_refused(ask: Callable[[], object], says: str) -> None:
    with pytest.raises((SelectorError, UsageError), match=says):
        ask()


def test_an_end_outside_the_selection_is_refused() -> None:
    part = estate().matrix("web-1", "web-2")
    with pytest.raises(SelectorError, match="'web-2' is among no sources of this matrix"):
        part.verdict("web-2", "web-2")
    with pytest.raises(SelectorError, match="'web-1' is among no destinations"):
        part.services("web-1", "web-1")


# -- exact, whatever hashes say


def test_colliding_hashes_change_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, groups = by_rows(whole()), grouped(whole(), "subnet")
    for one in (IntervalSet, ServiceSet, Branch, Arrived, Fared):
        monkeypatch.setattr(one, "__hash__", lambda _: 7)
    assert hash(ServiceSet.everything()) == hash(ServiceSet.empty()) == 7
    network = motley()
    matrix = network.matrix()
    assert by_rows(matrix) == rows
    assert grouped(matrix, "subnet") == groups
    assert matrix.counts() == tallied(rows)


def test_ends_without_a_common_family_are_not_those_that_simply_get_nowhere() -> None:
    values = estate().matrix().plan.values
    nowhere = Fared(Verdict.UNREACHABLE, ServiceSet.empty(), ServiceSet.empty())
    assert nowhere == NO_COMMON_FAMILY
    first, second = values.number_of(nowhere), values.number_of(NO_COMMON_FAMILY)
    assert first != second
    assert values.pairs[first] is nowhere
    assert values.pairs[second] is NO_COMMON_FAMILY
    assert values.number_of(nowhere) == first


#: One end holds IPv4 addresses alone, and several at the other end IPv6 addresses alone.
APART: Final = """
netreach: 1
vpcs:
  v:
    cidrs: [10.0.0.0/16, "2001:db8:1::/56"]
    subnets:
      old: {cidrs: [10.0.1.0/24], zone: a}
      new: {cidrs: ["2001:db8:1:1::/64"], zone: a}
    groups:
      all: {ingress: [all from anywhere]}
      web: {ingress: [tcp 443 from anywhere]}
    instances:
      old-1: {subnet: old, address: 10.0.1.10, groups: [all]}
      new-1: {subnet: new, ipv6: "2001:db8:1:1::10", groups: [all]}
      new-2: {subnet: new, ipv6: "2001:db8:1:1::20", groups: [web]}
"""


def test_ends_of_which_none_share_a_family_are_told_pair_by_pair() -> None:
    network = Network(read(APART))
    matrix = network.matrix(jobs=1)
    assert by_rows(matrix) == pair_by_pair(network)
    assert matrix.counts() == {Verdict.UNREACHABLE: 4, Verdict.REACHABLE: 2}
    apart = network.matrix("subnet-old", "subnet-new", jobs=1)
    assert apart.counts() == {Verdict.UNREACHABLE: 2}
    assert [pair.verdict for pair in apart.rows()] == [Verdict.UNREACHABLE] * 2
