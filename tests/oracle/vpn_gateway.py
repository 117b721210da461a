"""Virtual private gateways: the VPC's end of VPN and Direct Connect [HY-1, HY-2, RT-3, RT-11]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle import announcements, internet, sites
from tests.oracle import verdict as codes
from tests.oracle.hybrid_world import VPN, Link
from tests.oracle.journey import Arrival
from tests.oracle.verdict import Fork, NotModelledError
from tests.oracle.world import UNHELD, Address, Packet, World

if TYPE_CHECKING:
    from tests.oracle.walk import Walk


def leave(walk: Walk, name: str, vpc: str, packet: Packet) -> Arrival:
    """Take a packet from the VPC to whichever network knows its destination [HY-1]."""
    gateway = walk.world.hybrid.gateways.get(name)
    if gateway is None:
        raise NotModelledError(name)
    links = _ways(walk.world, name, packet.destination)
    walk.insist(
        (gateway.state != "available", codes.BAD_STATE),
        (gateway.vpc != vpc, codes.BAD_STATE_ATTACHMENT),
        (_is_idle(walk.world, vpc, packet.source), codes.VGW_EGRESS),
        (links == [], codes.NO_ROUTE),
        whose=name,
    )
    return _hand_on(walk, name, links, packet)


def _hand_on(walk: Walk, name: str, links: list[Link] | None, packet: Packet) -> Arrival:
    if links is None:
        raise NotModelledError(name)
    choice = 0
    if len(links) > 1:  # there is no sharing: it takes one, and nobody knows which
        key = ("vgw", name, packet.destination)
        choice = walk.suppose(key, Fork.WAYS, len(links), name)
    return sites.arrive(walk, links[choice], packet)


def _is_idle(world: World, vpc: str, address: Address) -> bool:
    """Say whether no attached interface of the VPC has the address."""
    holder = world.holder(vpc, address)
    return holder is None or holder.id == UNHELD or not holder.is_attached


# -- what it knows


def _ways(world: World, name: str, to: Address) -> list[Link] | None:
    """Return the links by which a packet may leave; none if it has no route, None if unknown.

    The longest prefix wins; of equal ones Direct Connect and static VPN routes win over what VPN
    connections say by BGP [RT-3]. What BGP says shows only where a route table has learned it.
    """
    here = world.hybrid.links_at(name)
    heard = announcements.learned_from(world, name)
    is_hidden = not heard and any(link.is_bgp and link.is_up for link in here)
    found: list[tuple[int, bool, Link | None]] = []
    if not is_hidden:  # or else it may have heard of something better than any static route
        found += [
            (block.prefixlen, True, link)
            for link in here
            for block in link.routes
            if block.version == 4 and to in block
        ]
    static = announcements.static_at(world, name)
    for block in heard:
        if to in block:
            speakers = _speakers(here, to)
            for link in speakers:
                found.append((block.prefixlen, link.kind != VPN or block not in static, link))
            if not speakers and block not in static:
                found.append((block.prefixlen, True, None))
    if not found:
        return _without_routes(here, to)
    best = max(rank[:2] for rank in found)
    ways = [link for length, is_first, link in found if (length, is_first) == best]
    known = [link for link in ways if link is not None]
    return list(dict.fromkeys(known)) or None


def _speakers(links: list[Link], to: Address) -> list[Link]:
    """Return the links that may have said it by BGP; what one that is down said is forgotten."""
    talking = [link for link in links if link.is_bgp and link.carries(to.version)]
    return [link for link in talking if link.is_up] or talking


def _without_routes(here: list[Link], to: Address) -> list[Link] | None:
    """Return what becomes of an address that no shown route covers."""
    able = [link for link in here if link.carries(to.version)]
    if here and not able:
        return []
    working = [link for link in able if link.is_up]
    if able and not working:  # whatever it knew, these say why it does not work
        return able
    return None if not able or any(link.is_bgp for link in working) else []


# -- from a network outside


def enter(walk: Walk, link: Link, packet: Packet) -> Arrival:
    """Take a packet from a site into the VPC, or to another site."""
    world, to, name = walk.world, packet.destination, link.vpn_gateway
    gateway = world.hybrid.gateways.get(name)
    if gateway is None or (gateway.vpc and gateway.vpc not in world.vpcs):
        raise NotModelledError(name)
    vpc = gateway.vpc
    walk.at = packet, vpc or None
    is_ours = bool(vpc) and world.vpcs[vpc].covers(to)
    to_site = not is_ours and _is_heard_elsewhere(world, link, to)
    walk.insist(
        (gateway.state != "available", codes.BAD_STATE),
        (not vpc and not to_site, codes.BAD_STATE_ATTACHMENT),
        (not to_site and not (is_ours and not _is_idle(world, vpc, to)), codes.VGW_INGRESS),
        whose=name,
    )
    if to_site:
        walk.cross("CloudHub")
        return _hand_on(walk, name, _other_sites(world, link, to), packet)
    return internet.enter_by(walk, name, vpc, packet)


def _is_heard_elsewhere(world: World, link: Link, to: Address) -> bool:
    return _other_sites(world, link, to) != []


def _other_sites(world: World, link: Link, to: Address) -> list[Link] | None:
    """Return the links to other sites that have announced the address [HY-2]; None: perhaps.

    A site with the same ASN drops what it hears, unless its routers are told not to.
    """
    others = [one for one in world.hybrid.links_at(link.vpn_gateway) if one.site != link.site]
    speakers = _speakers(others, to)
    lengths = [
        block.prefixlen
        for block in announcements.learned_from(world, link.vpn_gateway)
        if to in block
    ]
    if not (link.is_bgp and speakers and lengths):
        return []
    apart = [one for one in speakers if one.asn is None or one.asn != link.asn]
    return apart or None
