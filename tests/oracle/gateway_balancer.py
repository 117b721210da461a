"""Gateway Load Balancers: who gets what an endpoint of theirs is sent [EP-4, LB-6].

Written from the guides of PrivateLink and of Gateway Load Balancers. An endpoint leads to the node
in its own zone, without a network between. The node wraps each packet into GENEVE, UDP to port 6081
with addresses of its own, picks one of its targets for both directions of a flow, and is sent the
packet back in GENEVE, to the same port. What a target's software does with it, nobody can know: it
is taken to send all of it back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from tests.oracle import inspection
from tests.oracle import verdict as codes
from tests.oracle.balancer import IN_SERVICE, Spot, crosses_zones, first_address, spots_of, usable
from tests.oracle.filters import UDP
from tests.oracle.journey import Arrival
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError, UndecidedError
from tests.oracle.walls import Wall
from tests.oracle.world import Address, Interface, Packet, World
from tests.oracle.world_balancers import Balancer, TargetGroup

if TYPE_CHECKING:
    from tests.oracle.walk import Walk

GENEVE: Final = 6081


@dataclass(frozen=True)
class GatewayOffer:
    """An endpoint service that Gateway Load Balancers stand behind."""

    id: str
    state: str
    balancers: tuple[str, ...]  # by ARN
    takes_six: bool | None  # None: nobody says

    @property
    def is_open(self) -> bool:
        return self.state == "Available"


class Tunnel(Enum):
    """Whether GENEVE gets from a node to a target and back."""

    CARRIES = "carries"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fate:
    """What becomes of a flow behind an endpoint: it goes on, it ends, or nobody knows."""

    stop: str = ""
    unknown: str = ""
    out_of_service: str = ""  # what is not in service, by id


def takes_six(world: World, wall: Wall) -> bool | None:
    """Say whether IPv6 passes the endpoint, its service and the balancers; None: nobody knows."""
    if wall.takes_six is False:
        return False
    offer = world.gateway_offers.get(wall.service)
    if offer is None:
        return wall.takes_six
    types = {_takes_six(world, arn) for arn in offer.balancers}
    if offer.takes_six is False or types == {False}:
        return False
    return None if False in types else wall.takes_six


def _takes_six(world: World, arn: str) -> bool | None:
    balancer = world.balancers.gateways.get(arn)
    return balancer.takes_six if balancer else None


def hand_over(walk: Walk, wall: Wall, packet: Packet) -> None:
    """Let an appliance have the packet, and send it back to the endpoint."""
    if walk.is_geneve:  # nobody says what becomes of it if a route leads it to appliances itself
        raise NotModelledError(wall.id)
    flow = wall.id, frozenset((packet.source, packet.destination))
    if walk.leg is Leg.RETURN and flow in walk.handed_over:  # to the same one as on the way there
        return
    fates = list(dict.fromkeys(_fates(walk, wall)))
    if not fates:  # the snapshot lacks some link on the way to the appliances
        return
    if walk.leg is Leg.FORWARD:
        walk.handed_over.add(flow)
    number = 0
    if len(fates) > 1:
        number = walk.suppose(("appliance", flow), Fork.EVERY, len(fates), wall.id)
    walk.cross("gateway balancer")
    if len(fates) > 1:
        walk.cross("gateway balancer that loses flows")
    _suffer(walk, fates[number])


def _suffer(walk: Walk, fate: Fate) -> None:
    if fate.unknown:
        raise NotModelledError(fate.unknown)
    if fate.out_of_service:
        walk.refuse_state(fate.out_of_service)
        raise StopError(codes.BAD_STATE)
    if fate.stop:
        raise StopError(fate.stop)


def _fates(walk: Walk, wall: Wall) -> Iterator[Fate]:
    """Yield what may become of flows; nothing where the snapshot lacks what decides it."""
    world, offer = walk.world, walk.world.gateway_offers.get(wall.service)
    if offer is None:
        return
    if not offer.is_open:
        yield Fate(out_of_service=offer.id)
        return
    # of several in a zone an endpoint uses one, and nobody says which
    balancers = [world.balancers.gateways.get(arn) for arn in offer.balancers]
    known = balancers[0] if len(balancers) == 1 else None
    if known is None or known.listeners is None:
        return
    zone = world.subnets[wall.subnet].zone
    node = _node_in(world, known, zone)
    if node is not None:
        yield from _from_node(walk, node, known)
    elif zone not in known.zones:
        yield Fate(stop=codes.VPCE_ZONE)


def _node_in(world: World, balancer: Balancer, zone: str) -> Interface | None:
    names = (n for n, owner in world.balancers.gateway_nodes.items() if owner == balancer)
    nodes = (world.interfaces[name] for name in names)
    return next((node for node in nodes if world.subnets[node.subnet].zone == zone), None)


def _from_node(walk: Walk, node: Interface, balancer: Balancer) -> Iterator[Fate]:
    if balancer.state not in IN_SERVICE:
        yield Fate(out_of_service=node.id)
        return
    named = [group for one in balancer.listeners or () for group in one.groups]
    if not named:
        yield Fate(stop=codes.NO_TARGETS)
        return
    group = walk.world.balancers.groups.get(named[0])
    if group is None or group.targets is None:
        return
    spots = [spot for one in group.targets for spot in spots_of(walk.world, node, group, one)]
    zones = balancer.zones | {walk.world.subnets[node.subnet].zone}
    enabled = replace(balancer, zones=zones)
    found = usable(walk, node, enabled, spots, crosses=crosses_zones(balancer, group))
    if isinstance(found, str):
        yield Fate(stop=found)
    elif all(_own_address(node, spot) is not None for spot in found):
        for spot in found:
            yield _fate(walk, node, group, spot)


def _fate(walk: Walk, node: Interface, group: TargetGroup, spot: Spot) -> Fate:
    how = _tunnel(walk, node, spot, {})
    if how is Tunnel.UNKNOWN:
        return Fate(unknown=group.id)
    return Fate() if how is Tunnel.CARRIES else Fate(stop=codes.TARGETS_REFUSE)


# -- GENEVE


def _tunnel(walk: Walk, node: Interface, spot: Spot, assumed: Mapping[Hashable, int]) -> Tunnel:
    """Send GENEVE to a target and back, in every world that the snapshot leaves open."""
    try:
        fresh = walk.afresh(assumed)
        fresh.is_geneve = True
        return _carry(fresh, node, spot)
    except StopError:
        return Tunnel.FAILS
    except NotModelledError:
        return Tunnel.UNKNOWN
    except UndecidedError as fork:
        options = [{**assumed, fork.key: number} for number in range(fork.count)]
        found = {_tunnel(walk, node, spot, option) for option in options}
        return found.pop() if len(found) == 1 else Tunnel.UNKNOWN


def _own_address(node: Interface, spot: Spot) -> Address | None:
    """Return what a node sends from to a target: GENEVE is of the target's family."""
    return first_address(node, spot.address.version) if spot.address else None


def _carry(walk: Walk, node: Interface, spot: Spot) -> Tunnel:
    own = _own_address(node, spot)
    if own is None or spot.address is None:
        return Tunnel.UNKNOWN
    walk.check_state(node)
    there = walk.leave(node, Packet(own, spot.address, UDP, GENEVE))
    target = there.holder
    if target is None or walk.receive(there).holder != target:
        return Tunnel.FAILS
    walk.leg = Leg.RETURN
    back = walk.leave(target, Packet(spot.address, own, UDP, GENEVE))
    inspection.check_both_ways(walk)
    return Tunnel.CARRIES if back.holder == node else Tunnel.FAILS


# -- nodes as ends


def receive(walk: Walk, node: Interface, packet: Packet) -> Arrival:
    """Let a node take GENEVE from its targets, and nothing else."""
    if packet.protocol != UDP:
        raise StopError(codes.GWLB_PROTOCOL)
    if packet.port != GENEVE:
        raise StopError(codes.GWLB_PORT)
    walk.cross("node of a gateway balancer")
    balancer = walk.world.balancers.gateway_nodes[node.id]
    addresses = list(_told(walk.world, node, balancer))
    if packet.source in addresses:
        return Arrival(packet, node)
    if None in addresses:
        raise NotModelledError(node.id)
    raise StopError(codes.NO_LISTENER)


def _told(world: World, node: Interface, balancer: Balancer | None) -> Iterator[object]:
    """Yield the addresses of all registered targets, and None for those that nobody tells."""
    if balancer is None or balancer.listeners is None:
        yield None
        return
    for name in {group for one in balancer.listeners for group in one.groups}:
        group = world.balancers.groups.get(name)
        if group is None or group.targets is None:
            yield None
            continue
        for target in group.targets:
            yield from (spot.address for spot in spots_of(world, node, group, target))


# -- reading


def gateway_offers(estate: Mapping[str, Any]) -> dict[str, GatewayOffer]:
    """Read the endpoint services that Gateway Load Balancers stand behind, by name."""
    found = {}
    for record in estate.get("ServiceConfigurations", ()):
        if "GatewayLoadBalancerArns" in record:
            types = record.get("SupportedIpAddressTypes")
            found[record["ServiceName"]] = GatewayOffer(
                record["ServiceId"],
                record.get("ServiceState", "Available"),
                tuple(record["GatewayLoadBalancerArns"]),
                None if types is None else "ipv6" in types,
            )
    return found
