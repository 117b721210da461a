"""Which networks outside AWS a random estate has, and addresses at the edges of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, Final

from tests.oracle.deleted import without_deleted
from tests.oracle.hybrid_world import CONNECT, Link
from tests.oracle.parse_connections import transit
from tests.oracle.parse_hybrid import links
from tests.property.dice import Dice
from tests.property.hybrid import ABROAD, BLOCKS, CLIENTS, SIX
from tests.property.plan import Estate

#: What a site may hold.
BEHIND: Final = (*BLOCKS, SIX, ABROAD)
#: On the internet, and perhaps of some site too: nobody is asked from there without saying which.
MAYBE_OURS = ("203.0.113.", "198.51.100.")
#: How much more often they are asked whom few estates hold, and few packets find.
OFTEN: Final = 4


@dataclass(frozen=True)
class SiteEnd:
    """An address at a site."""

    site: str
    address: str


def site_ends(estate: Estate) -> list[SiteEnd]:
    """Return addresses that sites may hold, at the edges of their blocks."""
    living, gone = without_deleted(estate)
    found = links(living, transit(living).ties, gone)
    rare = [end for link in found for end in _rare_ends(living, link)]
    return [end for link in found for end in _ends(link)] + rare * OFTEN


def _rare_ends(estate: Mapping[str, Any], link: Link) -> Iterator[SiteEnd]:
    """Yield who is behind a Connect attachment or behind several links, by the routes to them."""
    for table in estate["TransitGatewayStaticRoutes"]:
        for route in table["Routes"]:
            block = route["DestinationCidrBlock"]
            ties = [tie["TransitGatewayAttachmentId"] for tie in route["TransitGatewayAttachments"]]
            is_rare = link.kind == CONNECT or len(ties) > 1
            if is_rare and link.tie in ties and block in BEHIND:
                yield SiteEnd(link.site, str(ip_network(block)[5]))


def _ends(link: Link) -> Iterator[SiteEnd]:
    if link.kind == "client-vpn":
        yield from (SiteEnd(link.site, str(ip_network(CLIENTS)[n])) for n in (7, 1023))
        return
    for block in BEHIND:
        network = ip_network(block)
        for number in (5, network.num_addresses - 1):
            yield SiteEnd(link.site, str(network[number]))


def draw_end(dice: Dice, ends: list[SiteEnd], version: int | None = None) -> SiteEnd | None:
    """Draw an address at some site."""
    able = [end for end in ends if version is None or (":" in end.address) == (version == 6)]
    return dice.pick(able) if able else None
