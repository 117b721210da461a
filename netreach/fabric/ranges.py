"""Address ranges that AWS or the internet treat in their own way."""

from __future__ import annotations

from typing import Final

from netreach.packets.prefixes import Prefix


def _prefixes(*texts: str) -> tuple[Prefix, ...]:
    return tuple(Prefix.parse(text) for text in texts)


RFC1918: Final = _prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
RFC6598: Final = _prefixes("100.64.0.0/10")

#: IPv4 that no host on the internet has. Documentation ranges are left in: people sketch with
#: them, and a gateway treats them as any other address (docs/decisions/0004-internet.md).
NEVER_ON_INTERNET: Final = (
    *RFC1918,
    *RFC6598,
    *_prefixes("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"),
)
#: All of the IPv6 internet.
GLOBAL_IPV6: Final = Prefix.parse("2000::/3")
#: Destinations that a VPC router never forwards, whatever the routes say [RT-8].
UNROUTABLE: Final = _prefixes("169.254.168.0/22", "fd00:ec2::/32")
#: Where VPC Lattice answers, on a plane of its own beside the routers [HY-4, RT-8].
LATTICE: Final = Prefix.parse("169.254.171.0/24")
#: The well-known prefix behind which NAT64 hides IPv4 [NT-5].
NAT64: Final = Prefix.parse("64:ff9b::/96")

SPECIAL: Final = (*NEVER_ON_INTERNET, GLOBAL_IPV6, *UNROUTABLE, LATTICE, NAT64)
