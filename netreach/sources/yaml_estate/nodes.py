"""The interfaces that AWS makes in subnets for a service: nodes of balancers, endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netreach.model.records import NetworkInterface
from netreach.packets.prefixes import Address
from netreach.sources.yaml_estate.elastic_ips import ElasticIps
from netreach.sources.yaml_estate.forms import Wire
from netreach.sources.yaml_estate.interfaces import Wired, interface_of
from netreach.sources.yaml_estate.phrases import Reference, parse_reference
from netreach.sources.yaml_estate.scope import Common, Scope
from netreach.sources.yaml_estate.service_forms import NodeForm


def service_interfaces(
    scope: Scope,
    elastic_ips: ElasticIps,
    common: Common,
    place: str,
    *,
    key: str,
    nodes: Mapping[str, Address | NodeForm],
    groups: list[Reference],
    interface_type: str,
    description: str,
    source_dest_check: bool,
) -> Iterator[NetworkInterface]:
    """Yield an interface for each subnet; they belong to the service's owner.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    for subnet, item in nodes.items():
        node = item if isinstance(item, NodeForm) else NodeForm.model_construct(address=item)
        wire = Wire.model_construct(
            subnet=parse_reference(subnet),
            address=node.address,
            ipv6=node.ipv6,
            public=node.public,
            elastic=node.elastic,
            groups=groups,
            source_dest_check=source_dest_check,
            interface_type=interface_type,
            description=description,
            service_owned=True,
        )
        found = scope.id_of("network-interface", f"{key}-{subnet}")
        made = Common(id=found, tags={}, owner=common["owner"], region=common["region"])
        yield interface_of(scope, Wired(wire, made, f"{place}.subnets.{subnet}", ""), elastic_ips)


def subnets_of(scope: Scope, nodes: Mapping[str, object], place: str) -> tuple[str, ...]:
    """Return the ids of the subnets that a service stands in.

    Raises:
        PhraseError: there is no such subnet.
    """
    return tuple(
        scope.resolve("subnet", parse_reference(subnet), f"{place}.subnets.{subnet}")
        for subnet in nodes
    )
