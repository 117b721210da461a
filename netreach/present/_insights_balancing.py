"""Listeners, target groups and targets in AWS's form, from the evidence that an answer gives."""

from __future__ import annotations

from netreach.explain.records import Evidence
from netreach.present._insights_components import Resources
from netreach.present._insights_shapes import Fields, LoadBalancerListener, LoadBalancerTarget


def balancing(because: Evidence | None, resources: Resources) -> Fields:
    """Return the fields about a load balancer's listener and its targets, as far as known."""
    said = because.fields if because else {}
    port, instance_port = said.get("listener_port"), said.get("instance_port")
    listener = resources.of(str(said.get("listener_id", "")))
    groups = [resources.of(one) for one in str(said.get("target_groups", "")).split(", ")]
    fields: Fields = {
        "elastic_load_balancer_listener": listener,
        "load_balancer_target_groups": [one for one in groups if one is not None] or None,
        "load_balancer_target": _target(said, resources),
        "load_balancer_target_port": said.get("target_port"),
    }
    if instance_port is not None:
        ports = LoadBalancerListener(_number(port), _number(instance_port))
        return fields | {"classic_load_balancer_listener": ports}
    return fields | {"load_balancer_listener_port": port}


def _target(said: dict[str, str | int | bool], resources: Resources) -> LoadBalancerTarget | None:
    if "target" not in said:
        return None
    return LoadBalancerTarget(
        address=_word(said.get("target_address")),
        availability_zone=_word(said.get("target_zone")),
        availability_zone_id=_word(said.get("target_zone_id")),
        instance=resources.of(str(said.get("target_instance", ""))),
        port=_number(said.get("target_port")),
    )


def _word(value: str | int | bool | None) -> str | None:
    return None if value is None else str(value)


def _number(value: str | int | bool | None) -> int | None:
    return None if value is None else int(value)
