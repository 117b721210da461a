"""Gateway Load Balancers: which appliances an endpoint's packets are handed to [EP-4, LB-6].

A node wraps what it is sent into GENEVE, UDP to port 6081, for a target of its zone, or of any zone
where it crosses them; what comes back comes to the same port. Appliances that the ACLs or their own
groups keep from it never see a packet. Flows are spread over all targets in use: where some can't
be reached, some flows fail. Without a healthy target all that are registered are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from netreach.fabric.element import Passage
from netreach.fabric.endpoint_services import is_offered, zone_of
from netreach.fabric.load_balancer_compile import crosses_zones
from netreach.fabric.load_balancer_targets import Candidate, TargetPlaces, choose, primary_address
from netreach.fabric.vocabulary import Fate, Kind
from netreach.model.records import NetworkInterface
from netreach.model.services import BalancerKind, EndpointKind, LoadBalancer, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import NO_ROW, Column, Mask, PacketBatch, column, filled, mask_by_row
from netreach.packets.pool import NOTHING, ServicePool
from netreach.packets.services import UDP, ServiceSet

#: What nodes and appliances exchange.
GENEVE: Final = ServiceSet.ports(UDP, 6081, 6081)
NODE_TYPE: Final = "gateway_load_balancer"
_DESCRIPTION: Final = re.compile(r"ELB (gwy/[^/]+/[0-9a-f]+)")
_GOOD_STATES: Final = frozenset({"active", "active_impaired", ""})


class Tunnel(NamedTuple):
    """From a node to one of its targets; both are interfaces and their addresses."""

    node: int
    source: int
    target: int
    target_interface: int
    #: Row of the target group.
    group: int


class Detour(NamedTuple):
    """What becomes of packets at an endpoint: they end, or go on by some appliance."""

    fate: Fate = Fate.DELIVERED
    kind: Kind = Kind.INSPECTION
    row: int = NO_ROW
    tunnels: tuple[Tunnel, ...] = ()


def gateway_nodes(snapshot: Snapshot) -> dict[str, LoadBalancer | None]:
    """Return the balancer of each node of a Gateway Load Balancer, by interface id."""
    balancers = [
        one for one in snapshot.load_balancers.values() if one.kind is BalancerKind.GATEWAY
    ]
    by_path = {one.id.partition(":loadbalancer/")[2]: one for one in balancers}
    by_name = {(one.balancer_name, one.vpc): one for one in balancers}
    found: dict[str, LoadBalancer | None] = {}
    for record in snapshot.interfaces.values():
        said = _DESCRIPTION.fullmatch(record.description)
        path = said[1] if said else ""
        name = path.split("/")[1] if path else ""
        if path or record.interface_type == NODE_TYPE:
            found[record.id] = by_path.get(path) or by_name.get((name, record.vpc))
    return found


class Detours:
    """Finds where endpoints' packets are handed to."""

    def __init__(
        self,
        snapshot: Snapshot,
        places: TargetPlaces,
        *,
        groups: Mapping[str, int],
        services: Mapping[str, int],
        endpoints: Mapping[str, int],
    ) -> None:
        """Prepare to look; the mappings number what the fabric numbers."""
        self._snapshot, self._places = snapshot, places
        self._groups, self._services, self._endpoints = groups, services, endpoints
        self._nodes = gateway_nodes(snapshot)
        self._offers = {
            one.service: one for one in snapshot.endpoint_services.values() if one.service
        }

    def of(self, record: VpcEndpoint | None) -> Detour | None:
        """Return what becomes of packets at an endpoint; None where nobody says."""
        offer = self._offers.get(record.service) if record else None
        if record is None or offer is None or record.kind is not EndpointKind.GATEWAY_LOAD_BALANCER:
            return None
        if not is_offered(offer):
            row = self._services[offer.id]
            return Detour(Fate.BAD_STATE, Kind.ENDPOINT_SERVICE, row)
        balancers = [self._snapshot.load_balancers.get(one) for one in offer.balancers]
        known = [one for one in balancers if one is not None and not one.doubt]
        if len(known) != 1 or len(balancers) != 1 or known[0].listeners is None:
            return None  # of several in a zone nobody knows which one is used
        return self._behind(record, known[0])

    def _behind(self, record: VpcEndpoint, balancer: LoadBalancer) -> Detour | None:
        """Return what the balancer does with packets of an endpoint: in its own zone only."""
        nodes = [
            self._snapshot.interfaces[one]
            for one, whose in self._nodes.items()
            if whose is balancer
        ]
        here = zone_of(self._snapshot, record.subnets[0] if record.subnets else "", record)
        alike = {
            node.id: here.is_same(zone_of(self._snapshot, node.subnet, balancer)) for node in nodes
        }
        own = [node for node in nodes if alike[node.id]]
        if own:
            return self._from(own[0], balancer)
        enabled = [zone_of(self._snapshot, zone.subnet, balancer) for zone in balancer.zones]
        if enabled and all(here.is_same(zone) is False for zone in enabled):
            row = self._endpoints[record.id]
            return Detour(Fate.VPCE_SERVICE_NOT_INSTALLED_IN_AZ, Kind.ENDPOINT, row)
        return None

    def _from(self, node: NetworkInterface, balancer: LoadBalancer) -> Detour | None:
        """Return which targets a node may use."""
        row = self._places.interfaces[node.id]
        if balancer.state not in _GOOD_STATES:
            return Detour(Fate.BAD_STATE, Kind.GATEWAY_BALANCER, row)
        named = [group for one in balancer.listeners or () for group in one.target_groups]
        groups = [self._snapshot.target_groups.get(group) for group in dict.fromkeys(named)]
        if not groups:
            return Detour(Fate.ELBV2_LISTENER_HAS_NO_TG, Kind.GATEWAY_BALANCER, row)
        group = groups[0]
        if group is None or group.targets is None or group.doubt or len(groups) > 1:
            return None
        choice = choose(
            self._places.of_group(group, node.vpc),
            self._places.zone_of(node),
            self._places.enabled(balancer) | {self._places.zone_of(node)},
            crosses=crosses_zones(balancer, group),
        )
        number = self._groups[group.id]
        tunnels = [self._tunnel(node, number, one) for one in choice.candidates]
        if None in tunnels:
            return None
        found = tuple(one for one in tunnels if one is not None)
        return Detour(choice.fate, Kind.APPLIANCES, number, found)

    def _tunnel(self, node: NetworkInterface, group: int, candidate: Candidate) -> Tunnel | None:
        """Return the way from a node to a target, in the family of the target's address."""
        place = candidate.place
        if place is None or place.atom == NO_ROW:
            return None
        atoms = column([place.atom])
        address = primary_address(node, 6 if self._places.axis.is_ipv6(atoms)[0] else 4)
        if address is None:
            return None
        return Tunnel(
            node=self._places.interfaces[node.id],
            source=self._places.axis.locate(address),
            target=place.atom,
            target_interface=place.interface,
            group=group,
        )


def known_targets(snapshot: Snapshot, places: TargetPlaces) -> Iterator[tuple[int, int | None]]:
    """Yield node and address of each target; None for a node of which nobody knows its targets."""
    for identifier, balancer in gateway_nodes(snapshot).items():
        node = snapshot.interfaces[identifier]
        row = places.interfaces[identifier]
        named = balancer.listeners if balancer and not balancer.doubt else None
        if named is None:
            yield row, None
        for group in {group for one in named or () for group in one.target_groups}:
            record = snapshot.target_groups.get(group)
            if record is None or record.targets is None:
                yield row, None
                continue
            for one in places.of_group(record, node.vpc):
                place = one.place
                yield row, place.atom if place and place.atom != NO_ROW else None


class GatewayNodes(Struct, frozen=True):
    """All nodes of Gateway Load Balancers, as somebody asks for them; columns are by interface."""

    is_node: Mask
    #: Whether the snapshot lacks some of its targets.
    is_open: Mask
    #: Which address is a target of which node, as pair_keys numbers them, sorted.
    targets: Column
    #: Ids of GENEVE, and of all of its protocol.
    geneve: int
    udp: int

    def receive(self, batch: PacketBatch, passage: Passage) -> None:
        """Take GENEVE from targets, and nothing else from anybody."""
        nodes, pool = batch.place, passage.pool
        is_target = np.isin(pair_keys(nodes, batch.source), self.targets)
        served = pool.meet(batch.services, filled(len(batch), self.geneve))
        fits = served != NOTHING
        taken = batch.replace(services=np.where(fits, served, batch.services))
        is_open = self.is_open[nodes] & ~is_target
        is_udp = pool.meet(batch.services, filled(len(batch), self.udp)) != NOTHING
        for chosen, fate, kind in (
            (fits & is_target, Fate.DELIVERED, Kind.INTERFACE),
            (fits & is_open, Fate.UNKNOWN_RESOURCE, Kind.LOAD_BALANCER),
            (fits & ~is_target & ~is_open, Fate.ELBV2_LISTENERS_MISMATCH, Kind.LOAD_BALANCER),
            (~fits & is_udp, Fate.GWLB_DESTINATION_PORT_RESTRICTION, Kind.LOAD_BALANCER),
            (~fits & ~is_udp, Fate.GWLB_PROTOCOL_RESTRICTION, Kind.LOAD_BALANCER),
        ):
            passage.stop(fate, kind, nodes[chosen], taken.where(chosen))


def compile_gateway_nodes(
    snapshot: Snapshot, places: TargetPlaces, pool: ServicePool
) -> GatewayNodes:
    """Find the nodes, and whose GENEVE each of them takes."""
    nodes = gateway_nodes(snapshot)
    known = list(known_targets(snapshot, places))
    return GatewayNodes(
        is_node=mask_by_row([one in nodes for one in snapshot.interfaces]),
        is_open=mask_by_row(
            [(places.interfaces[one], None) in known for one in snapshot.interfaces]
        ),
        targets=keys_of([(row, atom) for row, atom in known if atom is not None]),
        geneve=pool.intern(GENEVE),
        udp=pool.intern(ServiceSet.protocol(UDP)),
    )


def pair_keys(rows: Column, atoms: Column) -> Column:
    """Return one number for each pair of a row and an atom."""
    return (rows << 32) | atoms


def keys_of(pairs: list[tuple[int, int]]) -> Column:
    """Return the numbers of pairs, sorted."""
    rows, atoms = (column([pair[side] for pair in pairs]) for side in (0, 1))
    return np.sort(pair_keys(rows, atoms))
