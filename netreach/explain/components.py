"""Components of a trace as records: rows turned into ids, types and names."""

from __future__ import annotations

from typing import Final

from netreach.explain.records import Component, ComponentType
from netreach.fabric.origins import Origins
from netreach.fabric.vocabulary import Kind
from netreach.model.records import Resource, SecurityGroup
from netreach.model.services import LoadBalancer, TargetGroup
from netreach.query.selectors import End, Nature

_TYPES: Final = {str(kind): kind for kind in ComponentType}


def component(kind: str, identifier: str, record: Resource | None = None) -> Component:
    """Return a component of a type word; words that the schema does not list are OTHER."""
    name = ""
    if record is not None:
        name = record.name
        if not name and isinstance(record, SecurityGroup | TargetGroup):
            name = record.group_name
        if not name and isinstance(record, LoadBalancer):
            name = record.balancer_name
    known = _TYPES.get(kind)
    if known is None:
        return Component(identifier, ComponentType.OTHER, name, kind)
    return Component(identifier, known, name)


def of_row(origins: Origins, kind: Kind, row: int) -> Component:
    """Return the component behind a kind and row of a trace."""
    origin = origins.origin(kind, row)
    if kind is Kind.NETWORK_ACL and origin.record is None:
        subnet = origins.subnet_id(row)
        return Component("", ComponentType.NETWORK_ACL, f"AWS's default ACL (assumed for {subnet})")
    if kind is Kind.ROUTE_TABLE and origin.record is None:
        subnet = origins.subnet_id(row)
        return Component("", ComponentType.ROUTE_TABLE, f"the route table of {subnet}")
    return component(origin.kind, origin.id, origin.record)


def of_end(end: End) -> Component:
    """Return the component that an end of a question is."""
    if end.nature is Nature.SET:
        kind = end.kind if end.kind in _TYPES else "set"
        return Component(end.id or end.text, _TYPES[kind], end.name)
    if end.kind in _TYPES:
        return Component(end.id, _TYPES[end.kind], end.name)
    return Component(end.id, ComponentType.OTHER, end.name, end.kind)
