"""The ways of an estate as a drawing: gateways, and what route tables lead to."""

from __future__ import annotations

from typing import Final, NamedTuple

from netreach.model.records import (
    EgressOnlyInternetGateway,
    InternetGateway,
    Route,
    RouteState,
    Subnet,
    TargetKind,
)
from netreach.present._diagram_places import GATEWAY, INTERNET, Places, names
from netreach.present._drawing import Box, key_of
from netreach.present.page import label, listed

#: How many destinations stand at one arrow.
_SPELT: Final = 3
_ATTACHED: Final = ("available", "attached")

_WORLD: Final = {"shape": "ellipse", "style": "filled", "fillcolor": "#f5f5f5", "fontsize": "12"}
_ELSEWHERE: Final = {"style": "dashed", "color": "#8a8a8a", "fontcolor": "#666666"}
_GONE: Final = {"style": "dashed", "color": "#b04a00", "fontcolor": "#b04a00"}
_WAY: Final = {"color": "#777777", "fontcolor": "#555555"}


def draw_gateways(places: Places) -> None:
    """Draw the gateways at the edges of their VPCs, and the internet behind them."""
    snapshot = places.snapshot
    for gateway in snapshot.internet_gateways.values():
        _gateway(gateway, "internet gateway", "", places)
    for one in snapshot.egress_only_gateways.values():
        _gateway(one, "egress-only internet gateway", "IPv6, outwards only", places)


def _gateway(
    gateway: InternetGateway | EgressOnlyInternetGateway, title: str, remark: str, places: Places
) -> None:
    tie = gateway.attachments[0] if gateway.attachments else None
    is_open = tie is not None and tie.state in _ATTACHED
    state = "" if is_open else f"({tie.state if tie else 'attached to no VPC'})"
    box = places.vpc_box(tie.vpc if tie else "")
    lines = (title, *names(gateway), state)
    style = GATEWAY if is_open else _GONE
    node = places.drawing.node(key_of("id", gateway.id), box, lines, style)
    places.node_by_id[gateway.id] = node
    if is_open:
        places.drawing.edge(node, internet(places), remark, style=_WAY)


def internet(places: Places) -> str:
    """Return the node of the internet, drawn when it is first asked for."""
    return places.drawing.node(INTERNET, places.drawing.root, ["the internet"], _WORLD)


class _Way(NamedTuple):
    """The destinations that a subnet's table sends to one target."""

    subnet: Subnet
    destinations: list[str]


def draw_routes(places: Places) -> set[tuple[str, str]]:
    """Draw where the route tables of subnets lead; local routes go without saying.

    Return which VPCs lead to which nodes.
    """
    reached: set[tuple[str, str]] = set()
    doors = set(places.doors.values())
    abroad: dict[tuple[str, str], list[_Way]] = {}
    for subnet in places.snapshot.subnets.values():
        for target, routes in _ways(subnet, places).items():
            way = _Way(subnet, [_destination(route, places) for route in routes])
            reached.add((subnet.vpc, target))
            if target in places.drawing.root.nodes or target in doors:
                abroad.setdefault((subnet.vpc, target), []).append(way)
            else:
                _draw_way(target, way, places)
    for (_, target), ways in abroad.items():
        if len(ways) == 1:
            _draw_way(target, ways[0], places)
        else:
            _draw_together(target, ways, places)
    return reached


def _draw_way(target: str, way: _Way, places: Places) -> None:
    """Draw an arrow from the frame of a subnet."""
    box = places.subnet_box(way.subnet.id)
    _arrow(target, box, way.subnet, [listed(way.destinations, _SPELT)], places)


def _draw_together(target: str, ways: list[_Way], places: Places) -> None:
    """Draw one arrow for several subnets: to what lies outside, from the frame of the VPC."""
    first = ways[0].subnet
    destinations = list(dict.fromkeys(text for way in ways for text in way.destinations))
    own = len(places.relations.subnets_of_vpc[first.vpc])
    share = "" if len(ways) == own else f"from {len(ways)} of {own} subnets"
    lines = [listed(destinations, _SPELT), share]
    is_outside = target in places.drawing.root.nodes
    box = places.vpc_box(first.vpc) if is_outside else places.subnet_box(first.id)
    _arrow(target, box, first, lines, places)


def _arrow(target: str, box: Box, subnet: Subnet, lines: list[str], places: Places) -> None:
    """Draw an arrow that begins at the frame of a box around a subnet."""
    tail = next(iter(places.subnet_box(subnet.id).nodes))
    is_dashed = places.drawing.nodes[target].style.get("style") == "dashed"
    style = {**_WAY, "style": "dashed"} if is_dashed else _WAY
    places.drawing.edge(tail, target, *lines, style=style, leaves=box.key)


def _ways(subnet: Subnet, places: Places) -> dict[str, list[Route]]:
    """Return the used routes of a subnet's table by the nodes that they lead to."""
    table = places.relations.table_of(subnet).record
    found: dict[str, list[Route]] = {}
    for ranked in places.relations.ranked_routes(table) if table else ():
        if ranked.is_used and ranked.route.target_kind is not TargetKind.LOCAL:
            target = _target(ranked.route, subnet, places)
            found.setdefault(target, []).append(ranked.route)
    return found


def _target(route: Route, subnet: Subnet, places: Places) -> str:
    """Return the node that a route leads to, drawn if it is not there yet."""
    if route.state is RouteState.BLACKHOLE:
        return _blackhole(route, places.vpc_box(subnet.vpc), places)
    door = places.doors.get((subnet.vpc, route.target))
    if door or route.target in places.node_by_id:
        return door or places.node_by_id[route.target]
    found = places.snapshot.find(route.target)
    box = places.vpc_box(subnet.vpc if route.target_kind in _OF_VPC else "")
    lines = [label(route.target_kind)]
    if found is None:
        lines += [route.target, "(not in the snapshot)"]
    else:
        state = getattr(found[1], "state", "")
        lines += [*names(found[1]), f"({state})" if state else ""]
    key = key_of("target", route.target)
    return places.drawing.node(key, box, lines, _ELSEWHERE)


def _blackhole(route: Route, box: Box, places: Places) -> str:
    lines = ("✗ blackhole", route.target or str(route.target_kind))
    return places.drawing.node(key_of(f"{box.key}/blackhole", route.target), box, lines, _GONE)


#: Targets that stand within the VPC whose routes name them; others lie outside.
_OF_VPC: Final = frozenset(
    {
        TargetKind.INTERNET_GATEWAY,
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
        TargetKind.NAT_GATEWAY,
        TargetKind.NETWORK_INTERFACE,
        TargetKind.INSTANCE,
    }
)


def _destination(route: Route, places: Places) -> str:
    if route.destination is not None:
        return str(route.destination)
    record = places.snapshot.prefix_lists.get(route.prefix_list)
    return (record.list_name or record.name if record else "") or route.prefix_list
