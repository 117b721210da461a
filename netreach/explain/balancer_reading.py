"""Listeners and targets in words: what a load balancer did with a packet, read from its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netreach.explain.records import Evidence
from netreach.fabric.origins import BalancerWay, Origins
from netreach.model.services import BalancerKind, Listener, LoadBalancer, Target
from netreach.packets.services import TCP, UDP, ServiceSet

_Fields = Mapping[str, str | int | bool]


class BalancerReading:
    """Reads the listeners and the targets of one network's balancers."""

    def __init__(self, origins: Origins) -> None:
        """Read what these rows came from."""
        self._origins = origins

    def taken(self, number: int) -> Evidence:
        """Say which listener takes a packet, what it becomes, and whose it is then."""
        way = self._origins.balancer_way(number)
        takes, gives = str(way.takes), str(way.gives)
        said = f"listener {takes}" if way.listener else takes
        text = f"{said} takes it" if takes == gives else f"{said} sends it on as {gives}"
        fields: dict[str, str | int | bool] = {"listener": takes, "target_service": gives}
        if way.listener and way.balancer:
            fields |= _listener_fields(way.balancer, way.listener)
        return Evidence(text, fields | dict(self._target_fields(way)))

    def nearest(self, node: int, services: ServiceSet) -> Evidence | None:
        """Say which listener of a node's balancer fails by least to take a packet."""
        balancer = self._origins.balancer(node)
        ported = [one for one in (balancer.listeners or ()) if one.port] if balancer else []
        if balancer is None or not ported:
            return None
        asked = [low for protocol in (TCP, UDP) for low, _ in services.port_ranges(protocol)]
        port = asked[0] if asked else 0
        near = min(ported, key=lambda one: abs((one.port or 0) - port))
        said = f"{near.protocol} {near.port}"
        return Evidence(f"its listeners take {said}", _listener_fields(balancer, near))

    def _target_fields(self, way: BalancerWay) -> Iterator[tuple[str, str | int]]:
        """Yield what is known of the target; where none gets it, of the first registered one."""
        target = way.target
        if target is None:
            return
        yield "target", target.id
        port = way.port or target.port or (way.group.port if way.group else None)
        if port is not None:
            yield "target_port", port
        record = way.interface
        named = target.id if way.group and way.group.target_kind == "ip" else ""
        if way.address or named:
            yield "target_address", way.address or named
        subnet = self._origins.fabric.snapshot.subnets.get(record.subnet) if record else None
        zone, zone_id = (subnet.zone, subnet.zone_id) if subnet else (target.zone, "")
        yield from ((key, value) for key, value in _zone_fields(zone, zone_id) if value)
        if record and record.instance:
            yield "target_instance", record.instance
        elif _is_instance(target):
            yield "target_instance", target.id


def _zone_fields(zone: str, zone_id: str) -> Iterator[tuple[str, str]]:
    yield "target_zone", zone if zone != "all" else ""
    yield "target_zone_id", zone_id


def _is_instance(target: Target) -> bool:
    return target.id.startswith("i-")


def _listener_fields(balancer: LoadBalancer, listener: Listener) -> dict[str, str | int | bool]:
    fields: dict[str, str | int | bool] = {}
    if listener.port is not None:
        fields["listener_port"] = listener.port
    if balancer.kind is BalancerKind.CLASSIC and listener.instance_port is not None:
        fields["instance_port"] = listener.instance_port
    if listener.id:
        fields["listener_id"] = listener.id
    if listener.target_groups:
        fields["target_groups"] = ", ".join(dict.fromkeys(listener.target_groups))
    return fields
