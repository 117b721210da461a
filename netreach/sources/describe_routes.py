"""Route tables of the describe output -> records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from typing import Final

import msgspec

from netreach.model.records import Route, RouteOrigin, RouteState, RouteTable, TargetKind
from netreach.packets.prefixes import Prefix
from netreach.sources import shapes
from netreach.sources.describe_records import Common
from netreach.sources.values import ImpossibleValueError, Prefixes

#: Field of a route -> what it leads to; an instance's interface says more than the instance.
_FIELDS: Final[tuple[tuple[str, TargetKind], ...]] = (
    ("network_interface_id", TargetKind.NETWORK_INTERFACE),
    ("instance_id", TargetKind.INSTANCE),
    ("nat_gateway_id", TargetKind.NAT_GATEWAY),
    ("transit_gateway_id", TargetKind.TRANSIT_GATEWAY),
    ("vpc_peering_connection_id", TargetKind.VPC_PEERING),
    ("egress_only_internet_gateway_id", TargetKind.EGRESS_ONLY_INTERNET_GATEWAY),
    ("carrier_gateway_id", TargetKind.CARRIER_GATEWAY),
    ("local_gateway_id", TargetKind.LOCAL_GATEWAY),
    ("core_network_arn", TargetKind.CORE_NETWORK),
    ("vpc_endpoint_id", TargetKind.VPC_ENDPOINT),
    ("odb_network_arn", TargetKind.UNKNOWN),
)
#: Beginnings of the ids that GatewayId holds.
_PREFIXES: Final[Mapping[str, TargetKind]] = {
    "igw-": TargetKind.INTERNET_GATEWAY,
    "vgw-": TargetKind.VPN_GATEWAY,
    "vpce-": TargetKind.VPC_ENDPOINT,
    "nat-": TargetKind.NAT_GATEWAY,
    "eigw-": TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
    "cagw-": TargetKind.CARRIER_GATEWAY,
    "lgw-": TargetKind.LOCAL_GATEWAY,
    "tgw-": TargetKind.TRANSIT_GATEWAY,
}
_STATES: Final = frozenset(RouteState)
_ORIGINS: Final = frozenset(RouteOrigin)

#: Kind of target -> the ids of that kind that the snapshot holds.
Gateways = Mapping[TargetKind, Container[str]]


def route_table(
    shape: shapes.RouteTable, common: Common, prefixes: Prefixes, gateways: Gateways
) -> RouteTable:
    """Read a route table."""
    ties = [tie for tie in shape.associations or () if _is_associated(tie)]
    return RouteTable(
        **common._asdict(),
        vpc=shape.vpc_id or "",
        routes=_routes(shape.routes or [], prefixes, gateways),
        is_main=any(tie.main for tie in ties),
        subnets=tuple(tie.subnet_id for tie in ties if tie.subnet_id),
        gateways=tuple(tie.gateway_id for tie in ties if tie.gateway_id),
        public_pools=tuple(tie.public_ipv4_pool for tie in ties if tie.public_ipv4_pool),
    )


def unknown_words(shape: shapes.RouteTable) -> tuple[str, ...]:
    """Return the states and origins that the model has no meaning for, each once."""
    states = {route.state for route in shape.routes or () if route.state} - _STATES
    origins = {route.origin for route in shape.routes or () if route.origin} - _ORIGINS
    return (*sorted(states), *sorted(origins))


def _is_associated(tie: shapes.TableAssociation) -> bool:
    return tie.association_state is None or tie.association_state.state in (None, "associated")


def _routes(
    routes: list[shapes.Route], prefixes: Prefixes, gateways: Gateways
) -> tuple[Route, ...]:
    rivals = Counter(_destination(route) for route in routes)
    read: list[Route] = []
    for row, route in enumerate(routes):
        try:
            record = _route(route, prefixes, gateways)
        except ImpossibleValueError as error:
            raise error.below(f"Routes[{row}].") from None
        if not _is_understood(route, has_rival=rivals[_destination(route)] > 1):
            # what its packets meet is then unknown, and nothing is guessed
            record = msgspec.structs.replace(record, target_kind=TargetKind.UNKNOWN)
        read.append(record)
    return tuple(read)


def _is_understood(route: shapes.Route, *, has_rival: bool) -> bool:
    """Tell whether state and origin have a meaning; an origin only ranks equal destinations."""
    if route.state and route.state not in _STATES:
        return False
    return not (has_rival and route.origin and route.origin not in _ORIGINS)


def _route(route: shapes.Route, prefixes: Prefixes, gateways: Gateways) -> Route:
    kind, target = _target(route, gateways)
    return Route(
        destination=_prefix(route, prefixes),
        prefix_list=route.destination_prefix_list_id or "",
        target_kind=kind,
        target=target,
        state=RouteState(route.state) if route.state in _STATES else RouteState.ACTIVE,
        origin=RouteOrigin(route.origin) if route.origin in _ORIGINS else RouteOrigin.CREATE_ROUTE,
    )


def _destination(route: shapes.Route) -> str:
    return (
        route.destination_cidr_block
        or route.destination_ipv6_cidr_block
        or route.destination_prefix_list_id
        or ""
    )


def _prefix(route: shapes.Route, prefixes: Prefixes) -> Prefix | None:
    if route.destination_cidr_block:
        return prefixes.read(route.destination_cidr_block, "DestinationCidrBlock")
    if route.destination_ipv6_cidr_block:
        return prefixes.read(route.destination_ipv6_cidr_block, "DestinationIpv6CidrBlock")
    if not route.destination_prefix_list_id:
        what = "the route has no destination"
        raise ImpossibleValueError("DestinationCidrBlock", what, "write a CIDR")
    return None


def _target(route: shapes.Route, gateways: Gateways) -> tuple[TargetKind, str]:
    if route.igw_firewall is not None:
        # it stands before the gateway, and may translate the sources of who has no public address
        return TargetKind.UNKNOWN, route.igw_firewall.firewall_arn or ""
    for field, kind in _FIELDS:
        if target := getattr(route, field):
            return kind, target
    if route.gateway_id:
        return _gateway_kind(route.gateway_id, gateways), route.gateway_id
    return TargetKind.UNKNOWN, ""


def _gateway_kind(target: str, gateways: Gateways) -> TargetKind:
    """Return what a GatewayId names: what the snapshot holds under it, else what its id says."""
    if target == "local":
        return TargetKind.LOCAL
    for kind, ids in gateways.items():
        if target in ids:
            return kind
    beginning, dash, _ = target.partition("-")
    return _PREFIXES.get(beginning + dash, TargetKind.UNKNOWN)
