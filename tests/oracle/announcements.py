"""What AWS tells the networks outside that it can reach, link by link [HY-1..3]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.oracle import transit
from tests.oracle.hybrid_world import CLIENTS, DIRECT, VPN, Link, longest
from tests.oracle.world import Address, Prefix, World

#: The length of what a link may announce though the snapshot does not show it.
UNSHOWN: Final = -1


def learned(world: World) -> Iterator[tuple[Prefix, str]]:
    """Yield what the route tables of VPCs have learned, and from which VPN gateway."""
    heard = (route for table in world.tables for route in table.routes if route.propagated)
    for route in heard:
        if route.kind == "vgw" and route.state == "active" and route.prefix is not None:
            yield route.prefix, route.target


def learned_from(world: World, gateway: str) -> list[Prefix]:
    """Return what route tables have learned from one VPN gateway, each once."""
    return list(dict.fromkeys(block for block, whose in learned(world) if whose == gateway))


def static_at(world: World, gateway: str) -> set[Prefix]:
    """Return the static routes of all VPN connections of a gateway."""
    return {block for link in world.hybrid.links_at(gateway) for block in link.routes}


def lengths(world: World, link: Link, to: Address) -> list[int]:
    """Return the lengths of what a link announces that covers an address."""
    if link.version not in (None, to.version):
        return []
    if link.kind == CLIENTS:  # all that clients send goes into the tunnel
        return [0]
    if not link.is_up:
        return []
    if link.is_transit:
        return _of_transit(world, link, to)
    found = (longest(blocks(world, link), to), longest(of_sites(world, link), to))
    return [length for length in found if length is not None]


def is_a_sites(world: World, link: Link, to: Address, length: int) -> bool:
    """Say whether an announcement of that length is about another site, not about AWS [HY-2]."""
    return (
        bool(link.vpn_gateway)
        and longest(blocks(world, link), to) != length
        and longest(of_sites(world, link), to) == length
    )


def blocks(world: World, link: Link) -> list[Prefix]:
    """Return the blocks of the VPC that a link to a VPN gateway leads to [HY-1, HY-3]."""
    gateway = world.hybrid.gateways.get(link.vpn_gateway)
    vpc = world.vpcs.get(gateway.vpc) if gateway and gateway.state == "available" else None
    return [
        block
        for block in (vpc.prefixes if vpc else ())
        if link.carries(block.version) and _is_allowed(link, block)
    ]


def _is_allowed(link: Link, block: Prefix) -> bool:
    """Say whether a Direct Connect gateway lets a block of the VPC through, whole [HY-3]."""
    return link.allowed is None or any(
        one.version == block.version and one.supernet_of(block)  # type: ignore[arg-type]
        for one in link.allowed
    )


def of_sites(world: World, link: Link) -> list[Prefix]:
    """Return what other sites have announced to the gateway of a link, if they may meet [HY-2]."""
    others = [
        other
        for other in world.hybrid.links_at(link.vpn_gateway)
        if other.site != link.site and other.is_bgp and other.is_up
    ]
    return learned_from(world, link.vpn_gateway) if others and link.is_bgp else []


def _of_transit(world: World, link: Link, to: Address) -> list[int]:
    """Return the lengths of what a transit gateway announces: what it would route [TG-1]."""
    tie = next((tie for tie in world.transit.ties if link.tie and tie.id == link.tie), None)
    if tie is None or tie.state not in transit.IN_SERVICE:
        return []
    if link.allowed is not None:
        length = longest(list(link.allowed), to)
        return [] if length is None else [length]
    table = world.transit.tables.get(tie.table or "")
    is_told = table is not None and not transit.is_open(world, table)
    # behind a policy table nothing is announced [TG-10]
    is_told = is_told or tie.table == "" or bool(tie.policy)
    # a Direct Connect gateway announces what it is told to, and that is not known here
    found = [] if is_told and link.kind != DIRECT else [UNSHOWN]
    routes = transit.known_routes(world, table) if table else ()
    others = (one for one in routes if one.state == "active" and link.tie not in one.ties)
    return [*found, *(route.prefix.prefixlen for route in others if to in route.prefix)]


def is_carried(world: World, link: Link, to: Address) -> bool:
    """Say whether a link takes packets for an address into AWS, announced or not."""
    if link.kind == VPN and not link.is_transit:
        return to.version == 4
    if link.allowed is None:
        return True
    if link.is_transit:
        return longest(list(link.allowed), to) is not None
    known = blocks(world, link) + learned_from(world, link.vpn_gateway)
    return longest(known, to) is not None
