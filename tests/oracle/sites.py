"""Networks outside AWS: what they hold, by which link they send, what they keep [HY-1..3]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tests.oracle import announcements, client_vpn, transit, vpn_gateway
from tests.oracle import verdict as codes
from tests.oracle.hybrid_world import CLIENTS, PLATFORM, VPN, Link, as_interface, longest
from tests.oracle.journey import Arrival, is_on_the_internet
from tests.oracle.verdict import Fork, Leg, NotModelledError
from tests.oracle.world import Address, Packet, Prefix, World

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

IN_SERVICE: Final = ("available", "modifying")


# -- what they hold


def held_for_sure(world: World, site: str) -> list[Prefix]:
    """Return the prefixes that nobody but the site can hold, as far as the snapshot shows."""
    found = [block for link in world.hybrid.links_of(site) for block in link.routes]
    found += [block for block, sites in _behind_gateways(world) if sites == {site}]
    return found + [block for block, its in _behind_transit(world) if its == site]


def held_perhaps(world: World, site: str) -> list[Prefix]:
    """Return all prefixes that the site may hold, those for sure too."""
    sent = [block for block, sites in _sent_to_gateways(world) if site in sites]
    return held_for_sure(world, site) + sent


def is_perhaps(world: World, site: str, address: Address) -> bool:
    """Say whether the site may hold the address, and another one may just as well."""
    sure = [block for block in held_for_sure(world, site) if block.prefixlen]
    perhaps = [block for block in held_perhaps(world, site) if block.prefixlen]
    return longest(sure, address) is None and longest(perhaps, address) is not None


def _behind_gateways(world: World) -> Iterator[tuple[Prefix, set[str]]]:
    """Yield what route tables have learned from VPN gateways, and who may have announced it."""
    for block, gateway in announcements.learned(world):
        if block not in announcements.static_at(world, gateway):
            yield block, _speakers(world, gateway)


def _sent_to_gateways(world: World) -> Iterator[tuple[Prefix, set[str]]]:
    """Yield what any route sends to a VPN gateway: somebody behind it should hold it."""
    sent = (route for table in world.tables for route in table.routes if route.kind == "vgw")
    for route in sent:
        static = announcements.static_at(world, route.target)
        if route.state == "active" and route.prefix is not None and route.prefix not in static:
            yield route.prefix, _speakers(world, route.target)


def _speakers(world: World, gateway: str) -> set[str]:
    return {link.site for link in world.hybrid.links_at(gateway) if link.is_bgp}


def _behind_transit(world: World) -> Iterator[tuple[Prefix, str]]:
    for table in world.transit.tables.values():
        for route in transit.known_routes(world, table):
            for name in route.ties if route.state == "active" else ():
                link = world.hybrid.link_of_tie(name)
                if link is not None:
                    yield route.prefix, link.site


def _is_inside(world: World, address: Address) -> bool:
    """Say whether the address is of some VPC, or of some network that AWS knows."""
    if world.vpc_of(address) is not None:
        return True
    held = [b for site in world.hybrid.sites for b in held_for_sure(world, site) if b.prefixlen]
    return longest(held, address) is not None


# -- out of a site


def depart(walk: Walk, site: str, packet: Packet) -> Arrival:
    """Send a packet from a site, by the link that announces its destination best."""
    world, to = walk.world, packet.destination
    if walk.leg is Leg.RETURN and site in world.hybrid.endpoints:  # back by its own door
        return Arrival(packet, as_interface(site))
    if site == PLATFORM and walk.awaiting is not None:
        return Arrival(packet, walk.awaiting.holder)
    walk.at = None if site in world.hybrid.endpoints else (packet, None)
    walk.sender = None
    own = longest(held_for_sure(world, site), to) or 0
    told = [
        (length, link)
        for link in world.hybrid.links_of(site)
        for length in announcements.lengths(world, link, to)
    ]
    mine = [
        length for length, link in told if not announcements.is_a_sites(world, link, to, length)
    ]
    if own and own >= max(mine, default=0):  # it stays there
        raise NotModelledError(site)
    best = max((length for length, _ in told), default=0)
    unshown = announcements.UNSHOWN
    ways = list(dict.fromkeys(link for length, link in told if length in (best, unshown)))
    if not ways:
        ways = _unannounced(walk, site, to)
    choice = 0
    if len(ways) > 1:
        choice = walk.suppose(("link", site, to), Fork.WAYS, len(ways), site)
    return _enter(walk, ways[choice], packet)


def _unannounced(walk: Walk, site: str, to: Address) -> list[Link]:
    """Return the links for what AWS announces nowhere: it stops it, unless it goes elsewhere."""
    is_public = is_on_the_internet(to) and not walk.world.hides(to)
    if is_public or not _is_inside(walk.world, to):  # the site's own affair
        raise NotModelledError(site)
    links = walk.world.hybrid.links_of(site)
    walk.insist((not links, codes.NO_ROUTE))
    return links


def _enter(walk: Walk, link: Link, packet: Packet) -> Arrival:
    """Take a packet over a link into AWS."""
    tie = next((tie for tie in walk.world.transit.ties if link.tie and tie.id == link.tie), None)
    is_carried = announcements.is_carried(walk.world, link, packet.destination)
    walk.insist(
        (not link.is_up, _down(link)),
        (not is_carried, codes.NO_ROUTE),
        (not link.is_for(packet.destination, packet.source), codes.VPN_SELECTORS),
        (tie is not None and tie.state not in IN_SERVICE, codes.BAD_STATE_ATTACHMENT),
        whose=link.id,
    )
    if link.is_transit and tie is None:
        raise NotModelledError(link.id)
    _doubt(walk, link)
    walk.cross(f"{link.kind} from a site")
    if link.kind == CLIENTS:
        return client_vpn.enter(walk, link, packet)
    if tie is not None:
        return transit.enter_from_outside(walk, tie, packet)
    return vpn_gateway.enter(walk, link, packet)


def _down(link: Link) -> str:
    if link.kind != VPN:
        return codes.BAD_STATE
    return codes.TGW_BAD_STATE_VPN if link.is_transit else codes.BAD_STATE_VPN


def _doubt(walk: Walk, link: Link) -> None:
    if link.is_doubted:
        walk.doubt(link.id)


# -- into a site


def arrive(walk: Walk, link: Link, packet: Packet) -> Arrival:
    """Bring a packet over a link to its site."""
    walk.at = packet, None
    tie = next((tie for tie in walk.world.transit.ties if link.tie and tie.id == link.tie), None)
    walk.insist(
        (not link.is_up, _down(link)),
        (tie is not None and tie.state not in IN_SERVICE, codes.BAD_STATE_ATTACHMENT),
        (not link.is_for(packet.source, packet.destination), codes.VPN_SELECTORS),
        whose=link.id,
    )
    _doubt(walk, link)
    walk.sender = None
    walk.cross(f"{link.kind} to a site")
    if _is_sent_back(walk.world, link.site, packet.destination):
        raise NotModelledError(link.site)
    return Arrival(packet, as_interface(link.site))


def _is_sent_back(world: World, site: str, to: Address) -> bool:
    """Say whether the site has heard of a better way for what it gets: by AWS [HY-3]."""
    told = [
        length
        for link in world.hybrid.links_of(site)
        for length in announcements.lengths(world, link, to)
        if not announcements.is_a_sites(world, link, to, length)
    ]
    return max(told, default=0) > (longest(held_for_sure(world, site), to) or 0)
