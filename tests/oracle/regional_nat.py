"""Regional NAT gateways: in no subnet, by a table of their own, with addresses by zone [NT-6]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from tests.oracle.verdict import NGW_ZONE, StopError

if TYPE_CHECKING:
    from tests.oracle.world import Address


@dataclass(frozen=True)
class Regional:
    """What a regional NAT gateway has beyond a zonal one."""

    table: str
    is_manual: bool  # somebody says in which zones it is, or else it follows the hosts
    addresses: tuple[tuple[str, Address], ...]  # zone and public address


def check_zone(nat: Regional, zone: str) -> None:
    """Stop what comes from a zone that somebody has not given it."""
    if nat.is_manual and all(its != zone for its, _ in nat.addresses):
        raise StopError(NGW_ZONE)


def addresses_in(nat: Regional, zone: str) -> list[Address]:
    """Return those of the sender's zone; until it has got there, those of the other zones."""
    own = [address for its, address in nat.addresses if its == zone]
    return own or [address for _, address in nat.addresses]


def regional(record: Mapping[str, Any]) -> Regional | None:
    """Read what is regional about a NAT gateway."""
    if record.get("AvailabilityMode") != "regional":
        return None
    return Regional(
        record["RouteTableId"],
        record.get("AutoProvisionZones") == "disabled",
        tuple(
            (address["AvailabilityZoneId"], ip_address(address["PublicIp"]))
            for address in record["NatGatewayAddresses"]
            if address.get("Status", "succeeded") == "succeeded"
        ),
    )
