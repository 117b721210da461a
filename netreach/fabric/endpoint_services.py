"""Endpoint services: which nodes of which balancers stand behind an interface endpoint [EP-5].

An endpoint's interface leads to the balancer's node in its own zone, told by the zone's id: the
same name means different zones in different accounts. Across Regions every node will do. Of several
balancers in a zone AWS uses one, and does not say which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from netreach.fabric.load_balancer_targets import Node, balancer_nodes
from netreach.fabric.vocabulary import Fate
from netreach.model.records import NetworkInterface, Subnet
from netreach.model.services import (
    BalancerKind,
    EndpointKind,
    EndpointService,
    LoadBalancer,
    VpcEndpoint,
)
from netreach.model.snapshot import Snapshot

_KINDS: Final = (EndpointKind.INTERFACE, EndpointKind.UNKNOWN)


class Leg(NamedTuple):
    """Where one interface of an endpoint leads."""

    #: Id of the endpoint service.
    service: str
    #: Interfaces of the balancers' nodes; none where the snapshot lacks them.
    nodes: tuple[str, ...] = ()
    #: How every way ends there, Fate.DELIVERED where it goes on.
    fate: Fate = Fate.DELIVERED


class Zone(NamedTuple):
    """A zone as one account sees it."""

    id: str
    name: str
    owner: str
    region: str

    def is_same(self, other: Zone) -> bool | None:
        """Tell whether two are one zone; None where nobody can."""
        if self.id and other.id:
            return self.id == other.id
        if not (self.name and other.name) or self.owner != other.owner:
            return None
        return self.name == other.name


def legs_of(snapshot: Snapshot, endpoints: Mapping[str, str]) -> dict[str, Leg]:
    """Return where interfaces of endpoints lead, of those whose provider the snapshot holds.

    `endpoints` has the endpoint of each interface, as far as anybody says.
    """
    offers = {one.service: one for one in snapshot.endpoint_services.values() if one.service}
    if not offers:
        return {}
    nodes = balancer_nodes(snapshot)
    found: dict[str, Leg] = {}
    for interface, number in endpoints.items():
        endpoint = snapshot.endpoints.get(number)
        offer = offers.get(endpoint.service) if endpoint else None
        if endpoint is None or offer is None or endpoint.kind not in _KINDS:
            continue
        leg = _leg(snapshot, snapshot.interfaces[interface], endpoint, offer, nodes.values())
        if leg is not None:
            found[interface] = leg
    return found


def is_offered(record: EndpointService) -> bool:
    """Tell whether a service takes anything."""
    return record.state.lower() in ("available", "")


def _leg(
    snapshot: Snapshot,
    record: NetworkInterface,
    endpoint: VpcEndpoint,
    offer: EndpointService,
    nodes: Iterable[Node],
) -> Leg | None:
    balancers = [snapshot.load_balancers.get(number) for number in offer.balancers]
    known = [one for one in balancers if one is not None and _is_known(one)]
    own = [node for node in nodes if node.balancer in known]
    if not known or len(known) < len(balancers) or not own:
        return None if is_offered(offer) else Leg(offer.id)
    here = _zone_of(snapshot, record, endpoint)
    there = {node.interface.id: _zone_of(snapshot, node.interface, node.balancer) for node in own}
    if any(here.region and zone.region not in ("", here.region) for zone in there.values()):
        return Leg(offer.id, tuple(there))
    alike = {number: here.is_same(zone) for number, zone in there.items()}
    chosen = tuple(number for number, same in alike.items() if same is not False)
    if any(same for same in alike.values()):
        return Leg(offer.id, chosen)
    if chosen:
        return Leg(offer.id, fate=Fate.UNKNOWN_RESOURCE)
    if any(here.is_same(zone) is not False for zone in _enabled(snapshot, known)):
        return None if is_offered(offer) else Leg(offer.id)  # its node there is not on record
    return Leg(offer.id, fate=Fate.VPCE_SERVICE_NOT_INSTALLED_IN_AZ)


def _is_known(balancer: LoadBalancer) -> bool:
    """Tell whether a balancer's record says what becomes of packets there."""
    is_network = balancer.kind is BalancerKind.NETWORK
    return is_network and balancer.listeners is not None and not balancer.doubt


def _enabled(snapshot: Snapshot, balancers: Iterable[LoadBalancer]) -> Iterator[Zone]:
    """Yield the zones that balancers enable, whether or not their nodes are on record."""
    for balancer in balancers:
        for zone in balancer.zones:
            subnet = snapshot.subnets.get(zone.subnet)
            number = zone.zone_id or (subnet.zone_id if subnet else "")
            name = zone.zone or (subnet.zone if subnet else "")
            # a shared subnet's names for zones are those of its owner
            owner = (subnet.owner if subnet and not zone.zone else "") or balancer.owner
            yield Zone(number, name, owner, balancer.region)


def zone_of(snapshot: Snapshot, subnet: str, whole: VpcEndpoint | LoadBalancer) -> Zone:
    """Return the zone of a subnet of an endpoint or balancer."""
    found = snapshot.subnets.get(subnet)
    owner = next((one.owner for one in (found, whole) if one and one.owner), "")
    region = next((one.region for one in (whole, found) if one and one.region), "")
    name, number = (found.zone, found.zone_id) if found else ("", "")
    return Zone(number, name, owner, region)


def _zone_of(
    snapshot: Snapshot, record: NetworkInterface, whole: VpcEndpoint | LoadBalancer | None
) -> Zone:
    """Return the zone of an interface of an endpoint or balancer."""
    subnet = snapshot.subnets.get(record.subnet)
    vpc = snapshot.vpcs.get(record.vpc)
    name = (subnet.zone if subnet else "") or record.zone
    owner = _owner(subnet, record, whole)
    region = next((one.region for one in (whole, subnet, vpc) if one and one.region), "")
    return Zone(subnet.zone_id if subnet else "", name, owner, region)


def _owner(
    subnet: Subnet | None, record: NetworkInterface, whole: VpcEndpoint | LoadBalancer | None
) -> str:
    """Return the account whose names for zones an interface's records use."""
    return next((one.owner for one in (subnet, whole, record) if one and one.owner), "")
