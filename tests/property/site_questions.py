"""Which networks outside AWS a random estate has, and addresses at the edges of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from tests.oracle.deleted import without_deleted
from tests.oracle.hybrid_world import Link
from tests.oracle.parse_connections import transit
from tests.oracle.parse_hybrid import links
from tests.property.dice import Dice
from tests.property.hybrid import ABROAD, BLOCKS, CLIENTS, SIX
from tests.property.plan import Estate

#: On the internet, and perhaps of some site too: nobody is asked from there without saying which.
MAYBE_OURS = ("203.0.113.", "198.51.100.")


@dataclass(frozen=True)
class SiteEnd:
    """An address at a site."""

    site: str
    address: str


def site_ends(estate: Estate) -> list[SiteEnd]:
    """Return addresses that sites may hold, at the edges of their blocks."""
    living, gone = without_deleted(estate)
    found = links(living, transit(living).ties, gone)
    return [end for link in found for end in _ends(link)]


def _ends(link: Link) -> Iterator[SiteEnd]:
    if link.kind == "client-vpn":
        yield from (SiteEnd(link.site, str(ip_network(CLIENTS)[n])) for n in (7, 1023))
        return
    for block in (*BLOCKS, SIX, ABROAD):
        network = ip_network(block)
        for number in (5, network.num_addresses - 1):
            yield SiteEnd(link.site, str(network[number]))


def draw_end(dice: Dice, ends: list[SiteEnd], version: int | None = None) -> SiteEnd | None:
    """Draw an address at some site."""
    able = [end for end in ends if version is None or (":" in end.address) == (version == 6)]
    return dice.pick(able) if able else None
