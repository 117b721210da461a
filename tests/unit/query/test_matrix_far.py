"""Far receivers whose rules tell senders apart: senders are sorted by cells, else kind by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Final

import numpy as np
import pytest

from netreach.network import Network
from netreach.query.matrix import far_tiles, posts, sparse_tiles, tile_rows
from netreach.query.verdict import Verdict
from netreach.sources.yaml_estate import read
from tests.property.matrix_pairs import cells_of, matrix_of, told
from tests.unit.query.matrices_by_hand import Told, by_rows, hubbed, motley, pair_by_pair

GROUPS: Final = ("web", "api", "job", "ops", "log")


def _instances() -> str:
    """Return senders of five groups in each of three stretches of addresses, some of IPv6 too."""
    lines = []
    for number, first in enumerate((10, 100, 200)):
        for place, group in enumerate(GROUPS):
            six = f', ipv6: "2001:db8:1:1::{number + 1}{place}"' if place < 3 else ""
            lines.append(
                f"      {group}-{number}: {{subnet: shop-a, address: 10.1.1.{first + place}{six}, "
                f"groups: [{group}]}}"
            )
    return "\n".join(lines)


ESTATE: Final = f"""
netreach: 1
account: "111122223333"
region: eu-central-1

vpcs:
  shop:
    cidrs: [10.1.0.0/16, "2001:db8:1::/56"]
    subnets:
      shop-a: {{cidrs: [10.1.1.0/24, "2001:db8:1:1::/64"], zone: a}}
      shop-b: {{cidr: 10.1.2.0/24, zone: b, acl: shop-half}}
    route_tables:
      shop-main:
        main: true
        routes:
          10.2.0.0/16: vpc-peering-connection:shop-store
          "2001:db8:2::/56": vpc-peering-connection:shop-store
          10.3.0.0/16: vpc-peering-connection:shop-bank
    acls:
      shop-half:
        ingress: [100 allow all from 0.0.0.0/0]
        egress: [100 allow tcp 0-500 to 0.0.0.0/0]
    groups:
      web: {{}}
      api: {{egress: [tcp 443 to 10.0.0.0/8, udp 53 to 10.2.0.0/16]}}
      job: {{egress: [all to 10.3.0.0/16, "all to ::/0"]}}
      ops: {{ingress: [tcp 22 from 10.0.0.0/8]}}
      log: {{egress: [tcp 80-90 to 10.2.0.0/16]}}
    instances:
{_instances()}
      lone: {{subnet: shop-b, address: 10.1.2.10, groups: [web]}}
      twofold: {{subnet: shop-a, address: 10.1.1.50, groups: [web], secondary: [10.1.1.150]}}

  store:
    cidrs: [10.2.0.0/16, "2001:db8:2::/56"]
    subnets:
      store-a: {{cidrs: [10.2.1.0/24, "2001:db8:2:1::/64"], zone: a}}
      store-b: {{cidr: 10.2.2.0/24, zone: b}}
    route_tables:
      store-main:
        main: true
        routes:
          10.1.0.0/16: vpc-peering-connection:shop-store
          "2001:db8:1::/56": vpc-peering-connection:shop-store
    groups:
      low: {{ingress: [tcp 443 from 10.1.1.0/26, tcp 80 from 10.1.0.0/16]}}
      high: {{ingress: [tcp 443 from 10.1.1.192/26, udp 53 from 10.1.1.64/26]}}
      six: {{ingress: ["tcp 443 from 2001:db8:1:1::10/127", tcp 85 from 10.1.1.64/26]}}
      all: {{ingress: [tcp 0-65535 from 10.0.0.0/8, "all from ::/0"]}}
    instances:
      low-1: {{subnet: store-a, address: 10.2.1.10, groups: [low]}}
      low-2: {{subnet: store-b, address: 10.2.2.10, groups: [low]}}
      high-1: {{subnet: store-a, address: 10.2.1.11, ipv6: "2001:db8:2:1::11", groups: [high]}}
      six-1: {{subnet: store-a, address: 10.2.1.12, ipv6: "2001:db8:2:1::12", groups: [six]}}
      all-1: {{subnet: store-a, address: 10.2.1.13, ipv6: "2001:db8:2:1::13", groups: [all]}}

  bank:
    cidr: 10.3.0.0/16
    subnets: {{bank-a: {{cidr: 10.3.1.0/24, zone: a}}}}
    route_tables:
      bank-main: {{main: true, routes: {{10.1.0.0/16: vpc-peering-connection:shop-bank}}}}
    groups:
      safe: {{ingress: [tcp 1-100 from 10.1.1.0/25, tcp 443 from 10.1.0.0/16]}}
      till: {{ingress: [tcp 443 from 10.1.0.0/16]}}
    instances:
      safe-1: {{subnet: bank-a, address: 10.3.1.10, groups: [safe]}}
      till-1: {{subnet: bank-a, address: 10.3.1.11, groups: [till]}}

  six:
    cidrs: [10.4.0.0/16, "2001:db8:4::/56"]
    subnets: {{six-a: {{cidr: "2001:db8:4:1::/64", zone: a}}}}
    route_tables: {{six-main: {{main: true}}}}
    groups:
      ask: {{ingress: ["icmpv6 128/0 from ::/0"]}}
      tell: {{ingress: ["tcp 443 from group:sg-ask"]}}
    instances:
      asker: {{subnet: six-a, ipv6: "2001:db8:4:1::10", groups: [ask]}}
      teller: {{subnet: six-a, ipv6: "2001:db8:4:1::11", groups: [tell]}}

peerings:
  shop-store: {{requester: shop, accepter: store}}
  shop-bank: {{requester: shop, accepter: bank}}
"""


@cache
def estate() -> Network:
    """Compile the estate."""
    return Network(read(ESTATE))


@cache
def asked() -> dict[tuple[str, str], Told]:
    """Ask a single path for every pair."""
    return pair_by_pair(estate())


def by_blocks(network: Network) -> dict[tuple[str, str], Told]:
    """Return what the blocks of a matrix say of every pair, of which each is in one block."""
    plan, ids = matrix_of(network), list(network.snapshot.interfaces)
    found = {}
    for row in plan.rows():
        for source, destination, number in cells_of(row):
            ends = (plan.kinds.members[kind].tolist() for kind in (source, destination))
            for left, right in product(*ends):
                if left != right:
                    assert (ids[left], ids[right]) not in found
                    found[ids[left], ids[right]] = told(plan.fared(number))
    return found


@pytest.mark.parametrize(
    ("together", "per_cell", "few"), [(1, 4, 8), (32, 1, 1000), (2, 1000, 8), (32, 4, 1)]
)
def test_far_receivers_are_told_what_paths_say(
    together: int, per_cell: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tile_rows, "CHUNK", together)
    monkeypatch.setattr(far_tiles, "PER_CELL", per_cell)
    monkeypatch.setattr(posts, "FEW", few)
    assert by_blocks(estate()) == asked()


@pytest.mark.parametrize("network", [motley, hubbed])
def test_every_pair_is_in_one_block(network: Callable[[], Network]) -> None:
    ends = network().matrix()
    pairs = product(ends.sources, ends.destinations)
    assert set(by_blocks(network())) == {(one, other) for one, other in pairs if one != other}


def test_senders_that_rules_tell_apart_are_sorted_by_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for per_cell in (1, 1000):
        monkeypatch.setattr(far_tiles, "PER_CELL", per_cell)
        plan = matrix_of(estate())
        vpc = estate().fabric.rows.vpcs["vpc-shop"]
        blocks = plan.row(vpc).blocks
        cells = sum(block.numbers.size for block in blocks)
        found[per_cell] = cells
        for block in blocks:
            for ends in (block.sources, block.destinations):
                assert (np.diff(ends) > 0).all()  # each kind once, in order
    assert found[1] < found[1000]


HOSTS: Final = """
netreach: 1
account: "111122223333"
region: eu-central-1
vpcs:
  home:
    cidr: 10.1.0.0/16
    subnets: {home-a: {cidr: 10.1.1.0/24, zone: a}}
    route_tables: {home-main: {main: true}}
    groups:
      open: {ingress: [tcp 443 from 10.1.1.0/24]}
      picky: {ingress: [tcp 22 from 10.1.1.21/32, tcp 80 from 10.1.1.30/32]}
      narrow: {egress: [tcp 22 to 10.1.1.31/32]}
    instances:
      legs:
        interfaces:
          leg-a: {subnet: home-a, address: 10.1.1.20, secondary: [10.1.1.21], groups: [open]}
          leg-b: {subnet: home-a, address: 10.1.1.30, secondary: [10.1.1.31], groups: [picky]}
          leg-c: {subnet: home-a, address: 10.1.1.40, groups: [open]}
      other: {subnet: home-a, address: 10.1.1.50, groups: [narrow]}
      lone: {subnet: home-a, address: 10.1.1.60, groups: [open]}
"""


@pytest.mark.parametrize("from_cells", [0, 1 << 22])
def test_pairs_of_one_host_are_counted_and_told_once(
    from_cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether rules tell their addresses apart, and whether groups are gone through by rule."""
    monkeypatch.setattr(sparse_tiles, "FROM_CELLS", from_cells)
    monkeypatch.setattr(sparse_tiles, "FILL", 1)
    network = Network(read(HOSTS))
    singly = pair_by_pair(network)
    assert by_blocks(network) == singly
    assert by_rows(network.matrix()) == singly
    counts = network.matrix().counts()
    assert dict(counts) == dict(Counter(Verdict(verdict) for verdict, *_ in singly.values()))
