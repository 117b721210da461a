"""What a VPC itself serves, on addresses that no route leads to [SG-12, NA-9, HY-8]."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from tests.oracle.filters import TCP, UDP
from tests.oracle.verdict import METADATA_OFF, NO_DNS
from tests.oracle.world import Address, World

Services = tuple[tuple[int, int], ...]

DNS: Final = ((TCP, 53), (UDP, 53))
METADATA: Final = ((TCP, 80),)
TIME: Final = ((UDP, 123),)
ACTIVATION: Final = ((TCP, 1688),)
#: What neither filter sees, in every VPC, on exactly these services [SG-12, NA-9].
VPC_SERVICES: Final = {
    ip_address("169.254.169.253"): DNS,
    ip_address("fd00:ec2::253"): DNS,
    ip_address("169.254.169.254"): METADATA,
    ip_address("fd00:ec2::254"): METADATA,
    ip_address("169.254.169.123"): TIME,
    ip_address("fd00:ec2::123"): TIME,
    ip_address("169.254.170.2"): METADATA,  # of ECS tasks
    ip_address("169.254.169.250"): ACTIVATION,  # of Windows
    ip_address("169.254.169.251"): ACTIVATION,
}
INSTANCE_METADATA: Final = (ip_address("169.254.169.254"), ip_address("fd00:ec2::254"))


def services_at(world: World, vpc: str, address: Address) -> Services | None:
    """Return what the VPC itself serves at the address; base+2 is its resolver [HY-8]."""
    if address == world.vpcs[vpc].prefixes[0].network_address + 2:
        return DNS
    return VPC_SERVICES.get(address)


def switched_off(world: World, vpc: str, instance: str | None, address: Address) -> str | None:
    """Return the code of what has been switched off: the VPC's resolver, a host's metadata."""
    if services_at(world, vpc, address) == DNS and not world.vpcs[vpc].has_dns:
        return NO_DNS
    if address in INSTANCE_METADATA and instance in world.without_metadata:
        return METADATA_OFF
    if address == INSTANCE_METADATA[1] and instance in world.without_metadata_6:
        return METADATA_OFF
    return None
