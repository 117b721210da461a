"""An estate of what tells interfaces apart, and matrices beside single paths, pair by pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any, Final, NamedTuple

from netreach.matrix import Matrix
from netreach.network import Network
from netreach.packets.services import ServiceSet
from netreach.query.verdict import Verdict
from netreach.sources.yaml_estate import read

#: Two peered VPCs whose groups name each other's, one with the addresses of the second, and one
#: that is peered with the first without any such names.
MOTLEY: Final = """
netreach: 1
account: "111122223333"
region: eu-central-1

vpcs:
  front:
    cidrs: [10.1.0.0/16, "2001:db8:1::/56"]
    subnets:
      front-a: {cidrs: [10.1.1.0/24, "2001:db8:1:1::/64"], zone: a}
      front-b: {cidrs: [10.1.2.0/24, "2001:db8:1:2::/64"], zone: b, acl: half}
    route_tables:
      front-main:
        main: true
        routes:
          10.2.0.0/16: vpc-peering-connection:front-back
          "2001:db8:2::/56": vpc-peering-connection:front-back
          10.8.0.0/16: vpc-peering-connection:front-far
    acls:
      half:
        ingress: [100 allow tcp 0-40000 from 0.0.0.0/0, "101 allow all from ::/0"]
        egress: [100 allow all to 0.0.0.0/0, "101 allow all to ::/0"]
    groups:
      web: {ingress: [tcp 443 from anywhere, icmp 8/0 from 10.0.0.0/8]}
      picky:
        ingress:
          - tcp 22 from 10.1.1.10/32
          - tcp 80 from 10.1.1.11/32
          - tcp 81 from 10.1.1.22/32
          - udp 53 from group:sg-web
      quiet: {ingress: [all from group:sg-web], egress: [tcp 0-65535 to 10.2.0.0/16]}
    instances:
      web-1:
        subnet: front-a
        address: 10.1.1.10
        secondary: [10.1.1.11]
        ipv6: "2001:db8:1:1::10"
        groups: [web]
      web-2: {subnet: front-a, address: 10.1.1.20, groups: [web]}
      web-3: {subnet: front-a, address: 10.1.1.21, groups: [web], secondary: [10.1.1.22]}
      web-4: {subnet: front-b, address: 10.1.2.20, ipv6: "2001:db8:1:2::20", groups: [web]}
      picky-1: {subnet: front-b, address: 10.1.2.30, groups: [picky]}
      picky-2: {subnet: front-b, address: 10.1.2.31, groups: [picky, quiet]}
      down-1: {subnet: front-a, address: 10.1.1.40, groups: [web], state: stopped}
      two-legs:
        interfaces:
          leg-a: {subnet: front-a, address: 10.1.1.50, groups: [web]}
          leg-b: {subnet: front-b, address: 10.1.2.50, groups: [quiet]}
      stopped-legs:
        state: stopped
        interfaces:
          still-a: {subnet: front-a, address: 10.1.1.60, groups: [web]}
          still-b: {subnet: front-b, address: 10.1.2.60, groups: [web]}

  back:
    cidrs: [10.2.0.0/16, "2001:db8:2::/56"]
    subnets:
      back-a: {cidrs: [10.2.1.0/24, "2001:db8:2:1::/64"], zone: a}
    route_tables:
      back-main:
        main: true
        routes:
          10.1.0.0/16: vpc-peering-connection:front-back
          "2001:db8:1::/56": vpc-peering-connection:front-back
    groups:
      store: {ingress: [tcp 5432 from group:sg-web, tcp 9000-9100 from 10.1.1.0/28]}
    instances:
      store-1: {subnet: back-a, address: 10.2.1.10, ipv6: "2001:db8:2:1::10", groups: [store]}
      store-2: {subnet: back-a, address: 10.2.1.11, groups: [store]}

  double:
    cidrs: [10.2.0.0/16]
    subnets:
      double-a: {cidr: 10.2.1.0/24, zone: a}
    route_tables: {double-main: {main: true}}
    groups:
      double: {ingress: [all from anywhere]}
    instances:
      double-1: {subnet: double-a, address: 10.2.1.10, groups: [double]}
      double-2: {subnet: double-a, address: 10.2.1.99, groups: [double]}

  six:
    cidrs: [10.9.0.0/16, "2001:db8:9::/56"]
    subnets:
      six-a: {cidrs: [10.9.1.0/24, "2001:db8:9:1::/64"], zone: a}
    route_tables: {six-main: {main: true}}
    groups:
      six: {ingress: [tcp 443 from ::/0, udp 1 from 10.9.1.9/32]}
    instances:
      six-1: {subnet: six-a, address: 10.9.1.8, ipv6: "2001:db8:9:1::8", groups: [six]}
      six-2: {subnet: six-a, address: 10.9.1.9, groups: [six]}

  far:
    cidrs: [10.8.0.0/16]
    subnets:
      far-a: {cidr: 10.8.1.0/24, zone: a}
    route_tables:
      far-main: {main: true, routes: {10.1.0.0/16: vpc-peering-connection:front-far}}
    groups:
      some: {ingress: [tcp 80 from 10.1.1.0/28, udp 53 from 10.1.0.0/16]}
      shut: {ingress: [tcp 81 from 10.1.0.0/16], egress: [tcp 443 to 10.1.1.0/27]}
      wide: {ingress: [tcp 82 from 10.0.0.0/8], egress: [all to 10.0.0.0/8]}
    instances:
      far-1: {subnet: far-a, address: 10.8.1.10, groups: [some]}
      far-2: {subnet: far-a, address: 10.8.1.11, groups: [shut]}
      far-3: {subnet: far-a, address: 10.8.1.12, groups: [wide]}

peerings:
  front-back: {requester: front, accepter: back}
  front-far: {requester: front, accepter: far}
"""

#: What a question about one pair comes to.
Told = tuple[str, str, tuple[str, ...]]


class Brute(NamedTuple):
    """What all pairs of two groups come to, counted one by one."""

    pairs: dict[Verdict, int]
    services: str
    everywhere: str


def motley() -> Network:
    """Compile the estate."""
    return Network(read(MOTLEY))


def pair_by_pair(network: Network, **options: Any) -> dict[tuple[str, str], Told]:  # noqa: ANN401 - path's own
    """Ask a single path for every pair of a matrix of all interfaces."""
    ends = network.matrix()
    found = {}
    for source, destination in product(ends.sources, ends.destinations):
        if source != destination:
            answer = network.path(source, destination, **options)
            found[source, destination] = told(answer)
    return found


def told(answer: Any) -> Told:  # noqa: ANN401 - answers and pairs
    """Return what an answer or a pair says."""
    return str(answer.verdict), str(answer.services), tuple(answer.client_ports)


def by_rows(matrix: Matrix) -> dict[tuple[str, str], Told]:
    """Return what the rows of a matrix say."""
    return {(pair.source, pair.destination): told(pair) for pair in matrix.rows()}


def brute(network: Network, matrix: Matrix, grouping: str) -> dict[tuple[str, str], Brute]:
    """Group the pairs of a matrix one by one."""
    groups: dict[tuple[str, str], list[tuple[Verdict, ServiceSet]]] = {}
    for pair in matrix.rows():
        lefts = set(groups_of(network, pair.source, grouping))
        for ends in product(lefts, set(groups_of(network, pair.destination, grouping))):
            groups.setdefault(ends, []).append((pair.verdict, pair.services))
    return {ends: _summed(pairs) for ends, pairs in groups.items()}


def _summed(pairs: list[tuple[Verdict, ServiceSet]]) -> Brute:
    some, every = pairs[0][1], pairs[0][1]
    for _, services in pairs:
        some, every = some | services, every & services
    return Brute(dict(Counter(verdict for verdict, _ in pairs)), str(some), str(every))


def groups_of(network: Network, interface: str, grouping: str) -> Iterator[str]:
    """Yield the groups that an interface is in, straight from its record."""
    record = network.snapshot.interfaces[interface]
    match grouping:
        case "vpc":
            yield record.vpc
        case "subnet":
            yield record.subnet
        case "security-group":
            yield from record.groups or ("",)
        case "interface":
            yield interface
        case _:
            key, instance = grouping.removeprefix("tag:"), record.instance
            tags = network.snapshot.instances[instance].tags if instance else {}
            yield record.tags.get(key, tags.get(key, ""))


def grouped(matrix: Matrix, grouping: str) -> dict[tuple[str, str], Brute]:
    """Return what a matrix says of groups."""
    return {
        (one.source, one.destination): Brute(
            dict(one.pairs), str(one.services), str(one.everywhere)
        )
        for one in matrix.by(grouping)
    }


#: VPCs behind a transit gateway whose attachments leave out zones, with tables and ACLs of their
#: own where they stand; a peer whose groups an egress rule names, and another one with the peer's
#: very addresses; groups that name each other across the transit gateway.
HUBBED: Final = """
netreach: 1
account: "111122223333"
region: eu-central-1

vpcs:
  shop:
    cidr: 10.1.0.0/16
    subnets:
      shop-a: {cidr: 10.1.1.0/24, zone: a}
      shop-b: {cidr: 10.1.2.0/24, zone: b, acl: half}
      shop-c: {cidr: 10.1.3.0/24, zone: c}
      shop-near: {cidr: 10.1.4.0/24, zone: a, route_table: near}
      shop-hub-a: {cidr: 10.1.9.0/28, zone: a}
      shop-hub-b: {cidr: 10.1.9.16/28, zone: b, acl: hub, route_table: near}
    route_tables:
      shop-main:
        main: true
        routes:
          10.0.0.0/8: transit-gateway:hub
          10.5.0.0/16: vpc-peering-connection:shop-pair
          10.6.1.0/24: vpc-peering-connection:shop-other
      near:
        routes:
          10.2.1.0/25: transit-gateway:hub
          10.5.0.0/16: vpc-peering-connection:shop-pair
    acls:
      half:
        ingress: [100 allow tcp 0-40000 from 0.0.0.0/0]
        egress: [100 allow all to 0.0.0.0/0]
      hub:
        ingress: [90 deny tcp 22 from 10.1.0.0/16, 100 allow all from 0.0.0.0/0]
        egress: [90 deny all to 10.1.2.0/28, 100 allow all to 0.0.0.0/0]
    groups:
      web: {ingress: [tcp 443 from anywhere, icmp 8/0 from 10.0.0.0/8]}
      caller:
        ingress: [tcp 80 from 10.2.0.0/16, udp 53 from group:sg-store]
        egress: [tcp 5432 to group:sg-pair, tcp 443 to 10.0.0.0/8, icmp 8/0 to group:sg-store]
    instances:
      web-a: {subnet: shop-a, address: 10.1.1.10, groups: [web]}
      web-b: {subnet: shop-b, address: 10.1.2.10, groups: [web]}
      web-far-b: {subnet: shop-b, address: 10.1.2.200, groups: [web]}
      web-c: {subnet: shop-c, address: 10.1.3.10, groups: [web]}
      web-near: {subnet: shop-near, address: 10.1.4.10, groups: [web]}
      caller-a: {subnet: shop-a, address: 10.1.1.20, groups: [caller]}
      caller-b: {subnet: shop-b, address: 10.1.2.20, groups: [caller], secondary: [10.1.2.21]}
      in-the-door: {subnet: shop-hub-b, address: 10.1.9.20, groups: [web]}

  store:
    cidr: 10.2.0.0/16
    subnets:
      store-a: {cidr: 10.2.1.0/24, zone: a}
      store-b: {cidr: 10.2.2.0/24, zone: b}
    route_tables:
      store-main:
        main: true
        routes: {10.1.0.0/16: transit-gateway:hub, 10.6.0.0/16: transit-gateway:hub}
    groups:
      store:
        ingress: [tcp 5432 from group:sg-web, tcp 443 from 10.0.0.0/8, icmp 8/0 from 10.1.1.0/24]
    instances:
      store-low: {subnet: store-a, address: 10.2.1.10, groups: [store]}
      store-high: {subnet: store-a, address: 10.2.1.200, groups: [store]}
      store-b: {subnet: store-b, address: 10.2.2.10, groups: [store]}

  pair:
    cidr: 10.5.0.0/16
    subnets: {pair-a: {cidr: 10.5.1.0/24, zone: a}}
    route_tables:
      pair-main: {main: true, routes: {10.1.0.0/16: vpc-peering-connection:shop-pair}}
    groups:
      pair: {ingress: [tcp 5432 from group:sg-caller, tcp 443 from 10.1.1.0/28]}
    instances:
      pair-1: {subnet: pair-a, address: 10.5.1.10, groups: [pair]}
      pair-2: {subnet: pair-a, address: 10.5.1.11, groups: [pair]}

  other:
    cidr: 10.6.0.0/16
    subnets: {other-a: {cidr: 10.6.1.0/24, zone: a}, other-b: {cidr: 10.6.2.0/24, zone: b}}
    route_tables:
      other-main:
        main: true
        routes: {10.1.0.0/16: vpc-peering-connection:shop-other, 10.2.0.0/16: transit-gateway:hub}
    groups:
      other: {ingress: [all from 10.0.0.0/8]}
    instances:
      other-1: {subnet: other-a, address: 10.6.1.10, groups: [other]}
      other-2: {subnet: other-b, address: 10.6.2.10, groups: [other]}

  twin:
    cidrs: [10.5.0.0/16, 10.7.0.0/16]
    subnets: {twin-a: {cidr: 10.5.1.0/24, zone: a}, twin-b: {cidr: 10.7.1.0/24, zone: b}}
    route_tables:
      twin-main: {main: true, routes: {10.6.0.0/16: vpc-peering-connection:other-twin}}
    groups:
      twin: {ingress: [tcp 443 from anywhere]}
    instances:
      twin-1: {subnet: twin-a, address: 10.5.1.10, groups: [twin]}
      twin-2: {subnet: twin-a, address: 10.5.1.77, groups: [twin]}
      twin-3: {subnet: twin-b, address: 10.7.1.10, groups: [twin]}

peerings:
  shop-pair: {requester: shop, accepter: pair}
  shop-other: {requester: shop, accepter: other}
  other-twin: {requester: other, accepter: twin}

transit_gateways:
  hub:
    references_groups: true
    attachments:
      shop: {vpc: shop, subnets: [shop-hub-a, shop-hub-b]}
      store: {vpc: store, subnets: [store-a]}
      other: {vpc: other, subnets: [other-a, other-b]}
"""


def hubbed() -> Network:
    """Compile the estate with the transit gateway."""
    return Network(read(HUBBED))


#: A VPC behind a transit gateway that uses addresses of a peer: an egress rule that names the
#: peer's group matches what is sent to such an address, whoever gets it.
ECHOED: Final = """
netreach: 1
account: "111122223333"
region: eu-central-1

vpcs:
  shop:
    cidr: 10.1.0.0/16
    subnets: {shop-a: {cidr: 10.1.1.0/24, zone: a}}
    route_tables:
      shop-main:
        main: true
        routes:
          10.5.0.0/16: vpc-peering-connection:shop-pair
          10.5.1.64/26: transit-gateway:hub
    groups:
      caller: {egress: [tcp 5432 to group:sg-pair]}
    instances:
      caller-1: {subnet: shop-a, address: 10.1.1.20, groups: [caller]}
      caller-2: {subnet: shop-a, address: 10.1.1.21, groups: [caller]}

  pair:
    cidr: 10.5.0.0/16
    subnets: {pair-a: {cidr: 10.5.1.0/24, zone: a}}
    route_tables:
      pair-main: {main: true, routes: {10.1.0.0/16: vpc-peering-connection:shop-pair}}
    groups:
      pair: {ingress: [all from anywhere]}
    instances:
      pair-1: {subnet: pair-a, address: 10.5.1.10, groups: [pair]}
      pair-2: {subnet: pair-a, address: 10.5.1.70, groups: [pair]}

  echo:
    cidr: 10.5.1.64/26
    subnets: {echo-a: {cidr: 10.5.1.64/26, zone: a}}
    route_tables:
      echo-main: {main: true, routes: {10.1.0.0/16: transit-gateway:hub}}
    groups:
      echo: {ingress: [all from anywhere]}
    instances:
      echo-1: {subnet: echo-a, address: 10.5.1.70, groups: [echo]}
      echo-2: {subnet: echo-a, address: 10.5.1.71, groups: [echo]}

peerings:
  shop-pair: {requester: shop, accepter: pair}

transit_gateways:
  hub:
    attachments:
      shop: {vpc: shop, subnets: [shop-a]}
      echo: {vpc: echo, subnets: [echo-a]}
"""


def echoed() -> Network:
    """Compile the estate in which addresses of a peer are another VPC's too."""
    return Network(read(ECHOED))


def echoed_by_a_peer() -> Network:
    """Compile it with two peers that hold the same addresses, and a route to one of them."""
    text = ECHOED.partition("\ntransit_gateways:")[0]
    text = text.replace("transit-gateway:hub", "vpc-peering-connection:shop-echo")
    return Network(read(f"{text}\n  shop-echo: {{requester: shop, accepter: echo}}\n"))


def echoed_in_part() -> Network:
    """Compile it with other addresses, below the peer's, that the other VPC holds alone."""
    more = "10.4.0.0/24"
    text = ECHOED.replace("    cidr: 10.5.1.64/26\n", f"    cidrs: [10.5.1.64/26, {more}]\n")
    text = text.replace(
        "echo-a: {cidr: 10.5.1.64/26, zone: a}",
        f"echo-a: {{cidr: 10.5.1.64/26, zone: a}}, echo-b: {{cidr: {more}, zone: b}}",
    )
    low = "      echo-0: {subnet: echo-b, address: 10.4.0.10, groups: [echo]}\n"
    text = text.replace("      echo-1:", f"{low}      echo-1:")
    return Network(
        read(
            text.replace(
                "10.5.0.0/16: vpc", f"{more}: transit-gateway:hub\n          10.5.0.0/16: vpc"
            )
        )
    )
