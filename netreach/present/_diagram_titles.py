"""What the interfaces that AWS makes for its services are called in a drawing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from netreach.model.relations import Relations
from netreach.model.services import EndpointKind

#: Kinds of endpoints in people's words.
ENDPOINT_WORDS: Final[Mapping[EndpointKind, str]] = {
    EndpointKind.GATEWAY: "gateway endpoint",
    EndpointKind.INTERFACE: "interface endpoint",
    EndpointKind.GATEWAY_LOAD_BALANCER: "inspection endpoint",
    EndpointKind.RESOURCE: "resource endpoint",
    EndpointKind.SERVICE_NETWORK: "service network endpoint",
    EndpointKind.UNKNOWN: "VPC endpoint",
}


def interface_titles(relations: Relations) -> dict[str, tuple[str, ...]]:
    """Return, by the id of an interface, what serves there and its name."""
    found: dict[str, tuple[str, ...]] = {}
    balancers = relations.snapshot.load_balancers
    for number, nodes in relations.interfaces_of_balancer.items():
        name = balancers[number].balancer_name if number in balancers else ""
        found.update((one.id, ("balancer node", name)) for one in nodes)
    walled = set(_walled(relations))
    for endpoint in relations.snapshot.endpoints.values():
        word = "firewall endpoint" if endpoint.id in walled else ENDPOINT_WORDS[endpoint.kind]
        lines = (word, endpoint.name, endpoint.id)
        found.update((number, lines) for number in endpoint.interfaces)
    return found


def _walled(relations: Relations) -> Iterator[str]:
    """Yield the endpoints of firewalls."""
    for firewall in relations.snapshot.firewalls.values():
        yield from (one.endpoint for one in firewall.endpoints)
