"""Endpoints, what they lead to, Block Public Access and traffic mirrors -> records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from netreach.model.services import (
    EndpointKind,
    EndpointService,
    MirrorSession,
    PublicAccessBlock,
    PublicAccessExclusion,
    VpcEndpoint,
)
from netreach.sources import service_shapes as shapes
from netreach.sources.describe_records import Common
from netreach.sources.files import region_of

KindT = TypeVar("KindT", bound=StrEnum)

_ARN_PARTS: Final = 6
#: What the types of addresses of endpoints, services and balancers mean for IPv6.
_TAKES_IPV6: Final = {"ipv4": False, "ipv6": True, "dualstack": True}


def of_arn(common: Common, arn: str | None) -> Common:
    """Return what an ARN says of owner and region, and the rest as it was.

    >>> of_arn(Common("", {}, "", "", ""), "arn:aws:rds:us-east-1:111111111111:db:x").region
    'us-east-1'
    """
    parts = (arn or "").split(":")
    if len(parts) < _ARN_PARTS:
        return common
    region, account = region_of(parts[3]), parts[4]
    return common._replace(owner=account or common.owner, region=region or common.region)


def texts(values: Iterable[str | None] | None) -> tuple[str, ...]:
    """Return the texts that are there, each once."""
    return tuple(dict.fromkeys(value for value in values or () if value))


def takes_ipv6(word: str | None) -> bool | None:
    """Return whether a type of addresses covers IPv6, if the word is known.

    >>> takes_ipv6("dualstack"), takes_ipv6("ipv4"), takes_ipv6(None)
    (True, False, None)
    """
    return _TAKES_IPV6.get((word or "").lower())


def _any_takes_ipv6(words: Iterable[str] | None) -> bool | None:
    said = [takes_ipv6(word) for word in words or ()]
    if any(said):
        return True
    return None if None in said or not said else False


def vpc_endpoint(shape: shapes.VpcEndpoint, common: Common) -> VpcEndpoint:
    """Read an endpoint."""
    services = (shape.service_name, shape.resource_configuration_arn, shape.service_network_arn)
    state = shape.state or "available"
    return VpcEndpoint(
        **common._asdict(),
        vpc=shape.vpc_id or "",
        kind=_endpoint_kind(shape),
        service=next(filter(None, services), ""),
        # AWS spells states in both ways: Available, available
        state=state[:1].lower() + state[1:],
        route_tables=texts(shape.route_table_ids),
        subnets=texts(shape.subnet_ids),
        interfaces=texts(shape.network_interface_ids),
        groups=texts(group.group_id for group in shape.groups or ()),
        has_private_dns=bool(shape.private_dns_enabled),
        dns_names=texts(entry.dns_name for entry in shape.dns_entries or ()),
        takes_ipv6=takes_ipv6(shape.ip_address_type),
    )


def _endpoint_kind(shape: shapes.VpcEndpoint) -> EndpointKind:
    """Return the type; dumps from before there were several don't say it."""
    if shape.vpc_endpoint_type:
        return known_word(EndpointKind, shape.vpc_endpoint_type, EndpointKind.UNKNOWN)
    if shape.route_table_ids:
        return EndpointKind.GATEWAY
    if shape.subnet_ids or shape.network_interface_ids:
        return EndpointKind.INTERFACE
    return EndpointKind.UNKNOWN


def known_word(kinds: type[KindT], word: str, other: KindT) -> KindT:
    """Return the member that is spelt so, or another one."""
    return kinds(word) if word in {kind.value for kind in kinds} else other


def endpoint_service(shape: shapes.EndpointService, common: Common) -> EndpointService:
    """Read what an account offers by PrivateLink."""
    kinds = texts(kind.service_type for kind in shape.service_type or ())
    lists = (shape.network_load_balancer_arns, shape.gateway_load_balancer_arns)
    word = kinds[0] if kinds else EndpointKind.INTERFACE
    name = shape.service_name or ""
    region = common.region or region_of(name.removeprefix("com.amazonaws.vpce."))
    return EndpointService(
        **common._replace(region=region)._asdict(),
        service=name,
        kind=known_word(EndpointKind, word, EndpointKind.UNKNOWN),
        state=shape.service_state or "Available",
        balancers=texts(number for numbers in lists for number in numbers or ()),
        zones=texts(shape.availability_zones),
        private_dns_name=shape.private_dns_name or "",
        takes_ipv6=_any_takes_ipv6(shape.supported_ip_address_types),
    )


def public_access_block(shape: shapes.BlockOptions, common: Common) -> PublicAccessBlock:
    """Read the Block Public Access of an account in a Region [BP-1]."""
    place = common._replace(
        owner=shape.aws_account_id or common.owner, region=shape.aws_region or common.region
    )
    return PublicAccessBlock(**place._asdict(), mode=shape.internet_gateway_block_mode or "off")


def public_access_exclusion(shape: shapes.BlockExclusion, common: Common) -> PublicAccessExclusion:
    """Read what Block Public Access leaves alone."""
    return PublicAccessExclusion(
        **of_arn(common, shape.resource_arn)._asdict(),
        resource=(shape.resource_arn or "").rpartition("/")[2],
        mode=shape.internet_gateway_exclusion_mode or "allow-bidirectional",
        state=shape.state or "create-complete",
    )


def mirror_session(
    shape: shapes.MirrorSession, common: Common, targets: Mapping[str, shapes.MirrorTarget]
) -> MirrorSession:
    """Read a traffic mirror session, with what its target stands for."""
    number = shape.traffic_mirror_target_id or ""
    target = targets.get(number)
    behind = target and (
        target.network_interface_id
        or target.network_load_balancer_arn
        or target.gateway_load_balancer_endpoint_id
    )
    return MirrorSession(
        **common._asdict(),
        interface=shape.network_interface_id or "",
        target=number,
        target_resource=behind or "",
        virtual_network=shape.virtual_network_id,
    )
