"""Network interfaces of the describe output -> records, with their public addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from netreach.model.records import InterfaceAddress, NetworkInterface
from netreach.packets.prefixes import Prefix
from netreach.sources import shapes
from netreach.sources.describe_records import Common
from netreach.sources.values import ImpossibleValueError, Prefixes, address

#: Interface types that belong to instances; all others are made by a service for itself.
_HOST_TYPES: Final = frozenset({"interface", "branch", "trunk", "efa", "efa-only"})

#: Interface id -> private address as text, "" for the primary one -> public address as text.
PublicTexts = dict[str, dict[str, str]]
#: A sentence names no more subnets than this.
_LISTED_SUBNETS: Final = 3
_NOTHING: Final[Mapping[str, str]] = {}


class Estate:
    """What other calls say about interfaces: public addresses, and which ones are a service's."""

    def __init__(
        self, addresses: Iterable[shapes.ElasticIp], gateways: Iterable[shapes.NatGateway]
    ) -> None:
        """Index Elastic IPs and NAT gateways by interface."""
        self.public: PublicTexts = {}
        self.service_interfaces: set[str] = set()
        for elastic in addresses:
            self._add(elastic.network_interface_id, elastic.private_ip_address, elastic.public_ip)
        for gateway in gateways:
            if gateway.state in ("deleted", "failed"):
                continue
            for part in gateway.nat_gateway_addresses or ():
                self._add(part.network_interface_id, part.private_ip, part.public_ip)
                self.service_interfaces.add(part.network_interface_id or "")

    def _add(self, interface: str | None, private: str | None, public: str | None) -> None:
        if interface and public:
            self.public.setdefault(interface, {})[private or ""] = public


def network_interface(
    shape: shapes.Interface, common: Common, prefixes: Prefixes, estate: Estate
) -> NetworkInterface:
    """Read an interface; `estate` fills in public addresses that its own call left out."""
    attachment = shape.attachment
    doubt = common.doubt or _spread(shape)
    return NetworkInterface(
        **common._replace(doubt=doubt)._asdict(),
        vpc=shape.vpc_id or "",
        subnet=shape.subnet_id or "",
        zone=shape.availability_zone or "",
        status=shape.status or "in-use",
        attachment_status=(attachment and attachment.status) or "",
        interface_type=shape.interface_type or "interface",
        description=shape.description or "",
        instance=(attachment and attachment.instance_id) or "",
        groups=tuple([group.group_id for group in shape.groups or () if group.group_id]),
        addresses=(*_ipv4(shape, estate), *_ipv6(shape)),
        delegated=(*_delegated(shape, prefixes),),
        source_dest_check=shape.source_dest_check is not False,
        denies_internet_gateway=bool(shape.deny_all_igw_traffic),
        is_service_owned=_is_service_owned(shape) or common.id in estate.service_interfaces,
    )


def _spread(shape: shapes.Interface) -> str:
    """Say that an interface is in more than one subnet: AWS does not say what that changes."""
    others = sorted({*(shape.associated_subnets or ())} - {shape.subnet_id})
    more = " and more" if len(others) > _LISTED_SUBNETS else ""
    listed = ", ".join(others[:_LISTED_SUBNETS]) + more
    return f"it is in {listed} too, which is not modelled" if others else ""


def _is_service_owned(shape: shapes.Interface) -> bool:
    """Tell whether a service made the interface; RequesterId alone may just name its creator."""
    owner = (shape.attachment and shape.attachment.instance_owner_id) or ""
    return (
        bool(shape.requester_managed)
        or (shape.interface_type or "interface") not in _HOST_TYPES
        or owner.startswith("amazon-")
        or (shape.requester_id or "").startswith("amazon-")
    )


def _ipv4(shape: shapes.Interface, estate: Estate) -> Iterator[InterfaceAddress]:
    """Yield the private IPv4 addresses, the primary one first."""
    known = estate.public.get(shape.network_interface_id, _NOTHING)
    for part in _parts(shape):
        private = part.private_ip_address
        if not private:
            continue
        is_primary = private == shape.private_ip_address
        public = part.association and part.association.public_ip
        if not public and is_primary:
            public = shape.association and shape.association.public_ip
        public = public or known.get(private)
        if not public and is_primary:
            public = known.get("")
        try:
            yield InterfaceAddress(
                private=address(private, "PrivateIpAddress"),
                public=address(public, "Association.PublicIp") if public else None,
                is_primary=is_primary,
            )
        except ImpossibleValueError as error:
            raise error.below(_place(shape, part)) from None


def _parts(shape: shapes.Interface) -> list[shapes.PrivateAddress]:
    """Return the private addresses, the primary one first; settle which one is primary."""
    parts = shape.private_ip_addresses
    if not parts:
        alone = shape.private_ip_address
        return [shapes.PrivateAddress(private_ip_address=alone)] if alone else []
    if not shape.private_ip_address:
        primary = next((part.private_ip_address for part in parts if part.primary), None)
        shape.private_ip_address = primary
    if len(parts) == 1:
        return parts
    return sorted(parts, key=lambda part: part.private_ip_address != shape.private_ip_address)


def _place(shape: shapes.Interface, part: shapes.PrivateAddress) -> str:
    """Return where a private address stands in its interface."""
    for row, other in enumerate(shape.private_ip_addresses or ()):
        if other is part:
            return f"PrivateIpAddresses[{row}]."
    return ""


def _ipv6(shape: shapes.Interface) -> Iterator[InterfaceAddress]:
    """Yield the IPv6 addresses; without a primary one, the first counts as such."""
    if not shape.ipv6_addresses and not shape.ipv6_address:
        return
    parts = list(enumerate(shape.ipv6_addresses or ()))
    if not parts:
        parts = [(0, shapes.Ipv6Address(ipv6_address=shape.ipv6_address))]
    parts.sort(key=lambda part: not part[1].is_primary_ipv6)
    is_first = True
    for row, part in parts:
        if part.ipv6_address:
            private = address(part.ipv6_address, f"Ipv6Addresses[{row}].Ipv6Address")
            yield InterfaceAddress(private=private, is_primary=is_first)
            is_first = False


def _delegated(shape: shapes.Interface, prefixes: Prefixes) -> Iterator[Prefix]:
    for row, part in enumerate(shape.ipv4_prefixes or ()):
        if part.ipv4_prefix:
            yield prefixes.read(part.ipv4_prefix, f"Ipv4Prefixes[{row}].Ipv4Prefix")
    for row, part in enumerate(shape.ipv6_prefixes or ()):
        if part.ipv6_prefix:
            yield prefixes.read(part.ipv6_prefix, f"Ipv6Prefixes[{row}].Ipv6Prefix")
