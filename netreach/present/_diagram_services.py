"""What answers or passes on, as a drawing: balancers, endpoints, firewalls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.model.records import NetworkInterface
from netreach.model.services import (
    EndpointKind,
    Listener,
    LoadBalancer,
    NetworkFirewall,
    Target,
    TargetGroup,
    VpcEndpoint,
)
from netreach.present._diagram_places import GATEWAY, Places
from netreach.present._diagram_titles import ENDPOINT_WORDS
from netreach.present._drawing import key_of
from netreach.present.page import listed

_SPELT: Final = 3
_GOOD: Final = frozenset({"active", "active_impaired", "available", "ready", ""})
_FIT: Final = frozenset({"healthy", "unavailable", "initial", ""})
_DOWN: Final = {"style": "dashed", "color": "#8a8a8a", "fontcolor": "#666666"}
_STRAY: Final = {"style": "dashed", "color": "#8a8a8a"}
_TIE: Final = {"color": "#333333", "dir": "none"}
_WAY: Final = {"color": "#777777", "fontcolor": "#555555"}
_OFFER: Final = {"color": "#333333", "fontcolor": "#555555", "style": "dashed"}


def draw_services(places: Places) -> None:
    """Draw balancers with their targets, endpoints and firewalls."""
    snapshot = places.snapshot
    for balancer in snapshot.load_balancers.values():
        _draw_balancer(balancer, places)
    for firewall in snapshot.firewalls.values():
        _draw_firewall(firewall, places)
    for endpoint in snapshot.endpoints.values():
        _draw_endpoint(endpoint, places)
    for endpoint in snapshot.endpoints.values():
        _draw_offer(endpoint, places)


def _place(number: str, vpc: str, lines: tuple[str, ...], state: str, places: Places) -> str:
    """Draw a service beside the subnets of its VPC."""
    is_good = state.lower() in _GOOD
    node = places.drawing.node(
        key_of("id", number),
        places.vpc_box(vpc),
        (*lines, "" if is_good else f"({state})"),
        GATEWAY if is_good else _DOWN,
    )
    places.node_by_id[number] = node
    return node


# -- balancers


def _draw_balancer(balancer: LoadBalancer, places: Places) -> None:
    facing = "internet-facing" if balancer.is_internet_facing else "internal"
    listeners = [_heard(one, places) for one in balancer.listeners or ()]
    lines = (
        f"{balancer.kind} load balancer",
        balancer.balancer_name or balancer.name or balancer.id,
        facing,
        *_cut(listeners),
    )
    node = _place(balancer.id, balancer.vpc, lines, balancer.state, places)
    own = places.relations.interfaces_of_balancer.get(balancer.id, ())
    for tail in _nodes(own, places):
        places.drawing.edge(tail, node, style=_TIE)
    for group in _groups(balancer, places):
        places.node_by_id.setdefault(group.id, node)
        _draw_targets(group, node, balancer.vpc, places)
    for instance in balancer.instances:
        target = _target_node(Target(id=instance), balancer.vpc, places)
        places.drawing.edge(node, target, style={**_WAY, "constraint": "false"})


def _heard(listener: Listener, places: Places) -> str:
    """Say what a listener takes and to whom it leads."""
    port = "" if listener.port is None else f" {listener.port}"
    known = places.snapshot.target_groups
    groups = [known[one].group_name if one in known else one for one in listener.target_groups]
    if listener.instance_port is not None:
        groups = [f"port {listener.instance_port}"]
    arrow = f" → {listed(groups, _SPELT)}" if groups else ""
    return f"{listener.protocol.lower()}{port}{arrow}"


def _cut(lines: list[str]) -> Iterator[str]:
    yield from lines[:_SPELT]
    if len(lines) > _SPELT:
        yield f"and {len(lines) - _SPELT:,} more listeners"


def _nodes(interfaces: list[NetworkInterface] | tuple[()], places: Places) -> list[str]:
    """Return the nodes of interfaces, each once: those that are only counted share one."""
    found = (places.node_by_id.get(one.id, "") for one in interfaces)
    return [node for node in dict.fromkeys(found) if node]


def _groups(balancer: LoadBalancer, places: Places) -> list[TargetGroup]:
    numbers = dict.fromkeys(n for one in balancer.listeners or () for n in one.target_groups)
    known = places.snapshot.target_groups
    return [known[number] for number in numbers if number in known]


def _draw_targets(group: TargetGroup, balancer: str, vpc: str, places: Places) -> None:
    """Draw an arrow to each target; to those that get nothing it is dashed and says why."""
    drawn: set[tuple[str, str]] = set()
    for target in group.targets or ():
        port = target.port or group.port
        word = group.protocol.lower() if port is None else f"{group.protocol.lower()} {port}"
        is_fit = target.health in _FIT
        node, text = _target_node(target, vpc, places), word if is_fit else target.health
        if (node, text) not in drawn:
            drawn.add((node, text))
            style = _WAY if is_fit else {**_WAY, "style": "dashed"}
            places.drawing.edge(balancer, node, text, style={**style, "constraint": "false"})


def _target_node(target: Target, vpc: str, places: Places) -> str:
    """Return the node of a target; who is not drawn yet gets one in the balancer's VPC."""
    known = places.node_by_id.get(target.id) or _holder(target.id, vpc, places)
    if known:
        return known
    box = places.vpc_box(vpc)
    return places.drawing.node(key_of(f"{box.key}/target", target.id), box, [target.id], _STRAY)


def _holder(text: str, vpc: str, places: Places) -> str:
    for one in places.relations.interfaces_of_vpc.get(vpc, ()):
        if any(str(held.private) == text for held in one.addresses):
            return places.node_by_id.get(one.id, "")
    return ""


# -- firewalls and endpoints


def _draw_firewall(firewall: NetworkFirewall, places: Places) -> None:
    policy = places.snapshot.firewall_policies.get(firewall.policy)
    name = policy.policy_name if policy else ""
    lines = (
        "network firewall",
        firewall.firewall_name or firewall.name or firewall.id,
        f"policy {name}" if name else "",
    )
    node = _place(firewall.id, firewall.vpc, lines, "ready", places)
    if policy:
        rules = (one.group for one in (*policy.stateless_groups, *policy.stateful_groups))
        places.node_by_id.update(dict.fromkeys((policy.id, *rules), node))
    for one in firewall.endpoints:
        record = places.snapshot.endpoints.get(one.endpoint)
        for number in record.interfaces if record else ():
            if number in places.node_by_id:
                places.drawing.edge(places.node_by_id[number], node, style=_TIE)


def _draw_endpoint(endpoint: VpcEndpoint, places: Places) -> None:
    """Let an endpoint be its interface; one without is drawn beside the subnets."""
    drawn = [places.node_by_id[n] for n in endpoint.interfaces if n in places.node_by_id]
    if drawn:
        places.node_by_id[endpoint.id] = drawn[0]
        return
    service = endpoint.service if endpoint.kind is EndpointKind.GATEWAY else ""
    lines = (ENDPOINT_WORDS[endpoint.kind], endpoint.name, endpoint.id, service)
    _place(endpoint.id, endpoint.vpc, lines, endpoint.state, places)


def _draw_offer(endpoint: VpcEndpoint, places: Places) -> None:
    """Draw the way from an endpoint to the balancers of the service that it leads to."""
    for offer in places.snapshot.endpoint_services.values():
        for balancer in offer.balancers if offer.service == endpoint.service else ():
            if balancer in places.node_by_id:
                places.node_by_id.setdefault(offer.id, places.node_by_id[balancer])
                tail, head = places.node_by_id[endpoint.id], places.node_by_id[balancer]
                places.drawing.edge(tail, head, "PrivateLink", style=_OFFER)
