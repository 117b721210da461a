"""PrivateLink: an interface endpoint that leads to a provider's network balancer [EP-5, LB-3].

Written from the PrivateLink guide and the one for Network Load Balancers. Between the endpoint and
the node there is no network: no route, no ACL, and the two may have the same addresses around them.
All that the provider learns of the client is an address, which his balancer's groups are asked
about. Endpoint and service are in one Region here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.oracle import balancer
from tests.oracle import verdict as codes
from tests.oracle.balancer import first_address
from tests.oracle.journey import Arrival, Session
from tests.oracle.verdict import Fork, NotModelledError, StopError
from tests.oracle.world import Interface, Packet, World
from tests.oracle.world_balancers import NETWORK, Balancer

if TYPE_CHECKING:
    from tests.oracle.walk import Walk


@dataclass(frozen=True)
class Offer:
    """What a provider offers: an endpoint service."""

    id: str
    state: str
    balancers: tuple[str, ...]  # by ARN

    @property
    def is_open(self) -> bool:
        return self.state == "Available"


def is_known(world: World, offer: Offer, door: Interface) -> bool:
    """Say whether it is told what becomes of what an endpoint's interface receives.

    It is not if a balancer or what it listens to is not, or if it has a node in the interface's
    zone that is not on record.
    """
    if not offer.balancers or not all(_is_told(world, arn) for arn in offer.balancers):
        return False
    zone, owners = world.subnets[door.subnet].zone, _owners(world, offer)
    return bool(_nearby(world, offer, zone)) or all(zone not in one.zones for one in owners)


def _is_told(world: World, arn: str) -> bool:
    owners = [owner for owner in world.balancers.nodes.values() if owner and owner.id == arn]
    return any(owner.kind == NETWORK and owner.listeners is not None for owner in owners)


def _owners(world: World, offer: Offer) -> list[Balancer]:
    owners = world.balancers.nodes.values()
    return [owner for owner in owners if owner and owner.id in offer.balancers]


def _nearby(world: World, offer: Offer, zone: str) -> list[Interface]:
    """Return the nodes in a zone, which its id tells; accounts have their own names for them."""
    nodes = [world.interfaces[n] for arn in offer.balancers for n in world.balancers.nodes_of(arn)]
    return [node for node in nodes if world.subnets[node.subnet].zone == zone]


def enter(walk: Walk, door: Interface, offer: Offer, packet: Packet) -> Arrival:
    """Bring what an endpoint's interface received to the node in its zone."""
    if not offer.is_open:
        walk.refuse_state(offer.id)
    zone = walk.world.subnets[door.subnet].zone
    if not zone:
        raise NotModelledError(door.id)
    nodes = _nearby(walk.world, offer, zone)
    if not nodes:
        raise StopError(codes.VPCE_ZONE)
    number = 0
    if len(nodes) > 1:  # it uses one of the balancers, picked at random once and for all
        number = walk.suppose(("linked", door.id), Fork.WAYS, len(nodes), door.id)
    return _ask(walk, door, nodes[number], packet)


def _ask(walk: Walk, door: Interface, node: Interface, packet: Packet) -> Arrival:
    """Let the node's groups judge the client by his address alone [LB-3]."""
    six = packet.destination.version
    own = first_address(node, six) or first_address(node, 10 - six)
    owner = walk.world.balancers.nodes[node.id]
    if own is None or owner is None:
        raise NotModelledError(node.id)
    walk.cross("PrivateLink")
    walk.sessions.append(Session(door, door, packet, packet.source, is_nat=False, is_link=True))
    walk.sender = None  # rules that name groups do not know whose address it is
    sent = replace(packet, destination=own)
    walk.at = sent, node.vpc
    if owner.filters_links:
        walk.groups(node, sent, egress=False)
    walk.check_state(node)
    return balancer.take(walk, node, sent)


# -- reading


def offers(estate: Mapping[str, Any]) -> dict[str, Offer]:
    """Read the endpoint services that network balancers stand behind, by name."""
    return {
        record["ServiceName"]: Offer(
            record["ServiceId"],
            record.get("ServiceState", "Available"),
            tuple(record.get("NetworkLoadBalancerArns", ())),
        )
        for record in estate.get("ServiceConfigurations", ())
    }
