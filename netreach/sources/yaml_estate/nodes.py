"""The interfaces that AWS makes in subnets for a service: nodes of balancers, endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from netreach.model.records import NetworkInterface
from netreach.packets.prefixes import Address
from netreach.sources.yaml_estate.elastic_ips import ElasticIps
from netreach.sources.yaml_estate.forms import Wire
from netreach.sources.yaml_estate.interfaces import Wired, interface_of
from netreach.sources.yaml_estate.phrases import Reference, parse_reference
from netreach.sources.yaml_estate.scope import Common, Scope
from netreach.sources.yaml_estate.service_forms import NodeForm


class Served(NamedTuple):
    """What the interfaces of a service have in common."""

    #: Its key, and its place in the file.
    key: str
    place: str
    nodes: Mapping[str, Address | NodeForm]
    interface_type: str
    description: str
    source_dest_check: bool
    groups: Sequence[Reference] = ()


def service_interfaces(
    scope: Scope, elastic_ips: ElasticIps, common: Common, service: Served
) -> Iterator[NetworkInterface]:
    """Yield an interface for each subnet; they belong to the service's owner.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    for subnet, item in service.nodes.items():
        node = item if isinstance(item, NodeForm) else NodeForm.model_construct(address=item)
        wire = Wire.model_construct(
            subnet=parse_reference(subnet),
            address=node.address,
            ipv6=node.ipv6,
            public=node.public,
            elastic=node.elastic,
            groups=list(service.groups),
            source_dest_check=service.source_dest_check,
            interface_type=service.interface_type,
            description=service.description,
            service_owned=True,
        )
        found = scope.id_of("network-interface", f"{service.key}-{subnet}")
        made = Common(id=found, tags={}, owner=common["owner"], region=common["region"])
        place = f"{service.place}.subnets.{subnet}"
        yield interface_of(scope, Wired(wire, made, place, ""), elastic_ips)


def subnets_of(scope: Scope, nodes: Mapping[str, object], place: str) -> tuple[str, ...]:
    """Return the ids of the subnets that a service stands in.

    Raises:
        PhraseError: there is no such subnet.
    """
    return tuple(
        scope.resolve("subnet", parse_reference(subnet), f"{place}.subnets.{subnet}")
        for subnet in nodes
    )
