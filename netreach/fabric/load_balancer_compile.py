"""Load balancers as rows: from each node, by each listener, to each target that it may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec import Struct

from netreach.fabric.load_balancer_targets import (
    Candidate,
    Choice,
    Node,
    TargetPlaces,
    choose,
    primary_address,
)
from netreach.fabric.target_health import DEFAULT_FLOOR
from netreach.fabric.vocabulary import Assumed, Fate
from netreach.model.services import (
    BalancerKind,
    HealthFloor,
    Listener,
    LoadBalancer,
    TargetGroup,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis
from netreach.packets.batch import NO_ROW, Column, Mask, by_row, mask_by_row
from netreach.packets.pieces import Lists
from netreach.packets.pool import NOTHING, ServicePool
from netreach.packets.services import ICMP, ICMPV6, TCP, UDP, ServiceSet

#: What listeners take, in the protocols of the network.
_PROTOCOLS: Final[Mapping[str, tuple[int, ...]]] = {
    "TCP": (TCP,),
    "TLS": (TCP,),
    "SSL": (TCP,),
    "HTTP": (TCP,),
    "HTTPS": (TCP,),
    "UDP": (UDP,),
    "QUIC": (UDP,),
    "TCP_UDP": (TCP, UDP),
    "TCP_QUIC": (TCP, UDP),
}
#: Protocols of target groups that always see the client [LB-4].
_ALWAYS_KEPT: Final = frozenset({"UDP", "QUIC", "TCP_UDP", "TCP_QUIC"})
#: What balancers with security groups answer themselves, if those let it in; network ones do not.
PING: Final = ServiceSet.icmp(ICMP, 8, 0) | ServiceSet.icmp(ICMPV6, 128, 0)
_GOOD_STATES: Final = frozenset({"active", "active_impaired", ""})


class Way(NamedTuple):
    """What one listener of a node hands to one target, or how it ends there."""

    #: Ids of the service that clients name, and of the one that the target gets.
    takes: int
    gives: int
    target: int = NO_ROW
    target_interface: int = NO_ROW
    #: The node's own address in the target's family.
    source: int = NO_ROW
    #: Row of the target group, NO_ROW for none.
    group: int = NO_ROW
    #: Which of its balancer's listeners takes it, and which of the registered targets gets it.
    listener: int = NO_ROW
    registered: int = NO_ROW
    fate: int = Fate.DELIVERED
    #: How it ends where the client's address is kept: AWS supports fewer targets then.
    kept_fate: int = Fate.DELIVERED
    #: Bits of Assumed.
    assumed: int = 0
    #: Whether the target sees the client's address.
    keeps: bool = False
    #: Whether the balancer answers itself, or a function does: no packet goes on.
    ends: bool = False
    is_ping: bool = False


#: The fields of a way that are numbers.
_NUMBERS: Final = (
    "takes",
    "gives",
    "target",
    "target_interface",
    "source",
    "group",
    "listener",
    "registered",
    "fate",
    "kept_fate",
    "assumed",
)


class Ways(Struct, frozen=True):
    """The ways of all nodes as columns."""

    takes: Column
    gives: Column
    target: Column
    target_interface: Column
    source: Column
    group: Column
    listener: Column
    registered: Column
    #: The interface of the node that they are of.
    node: Column
    fate: Column
    kept_fate: Column
    assumed: Column
    keeps: Mask
    ends: Mask
    is_ping: Mask
    #: Interface row -> its ways.
    of_node: Lists


class NodeColumns(Struct, frozen=True):
    """What is known of nodes, by interface row."""

    #: How a way ends at once, Fate.DELIVERED where it goes on.
    fate: Column
    #: Id of everything that its listeners take.
    taken: Column
    is_classic: Mask
    is_doubted: Mask
    #: Whether references to its groups match what it sends [LB-5].
    has_groups: Mask


@dataclass(slots=True)
class WayMaker:
    """Makes the ways of one network's nodes."""

    snapshot: Snapshot
    places: TargetPlaces
    pool: ServicePool
    axis: AtomAxis
    #: Target group id -> row.
    groups: Mapping[str, int]
    _choices: dict[tuple[str, str, str, bool], Choice] = field(default_factory=dict)

    def of_node(self, node: Node) -> Iterator[Way]:
        """Yield the ways of a node."""
        balancer = node.balancer
        if balancer is None or fate_of_node(node) != Fate.DELIVERED:
            return
        for number, listener in enumerate(balancer.listeners or ()):
            for protocol in _PROTOCOLS.get(listener.protocol, (TCP, UDP)):
                for way in self._of_listener(node, balancer, listener, protocol):
                    yield way._replace(listener=number)
        if balancer.kind is not BalancerKind.NETWORK:
            ping = self.pool.intern(PING)
            yield self._own(Way(ping, ping, ends=True, is_ping=True), node)

    def _own(self, way: Way, node: Node) -> Way:
        """Return a way that ends at the node itself."""
        address = primary_address(node.interface, 4) or primary_address(node.interface, 6)
        atom = self.axis.locate(address) if address else NO_ROW
        return way._replace(target=atom, source=atom)

    def _of_listener(
        self, node: Node, balancer: LoadBalancer, listener: Listener, protocol: int
    ) -> Iterator[Way]:
        takes = self._services(protocol, listener.port)
        way = Way(takes, takes)
        if listener.protocol not in _PROTOCOLS:
            yield way._replace(fate=Fate.NOT_MODELLED)
        elif balancer.kind is BalancerKind.CLASSIC:
            yield from self._of_classic(node, balancer, listener, way)
        elif listener.target_groups:
            for group in dict.fromkeys(listener.target_groups):
                named = way._replace(group=self.groups[group])
                yield from self._of_group(node, balancer, group, protocol, named)
        elif balancer.kind is BalancerKind.APPLICATION:
            # it redirects, or answers something fixed: there is no other action
            yield self._own(way._replace(ends=True), node)
        else:
            yield way._replace(fate=Fate.ELBV2_LISTENER_HAS_NO_TG)

    def _services(self, protocol: int, port: int | None) -> int:
        if port is None:
            return self.pool.intern(ServiceSet.protocol(protocol))
        return self.pool.intern(ServiceSet.ports(protocol, port, port))

    # -- target groups

    def _of_group(
        self, node: Node, balancer: LoadBalancer, identifier: str, protocol: int, way: Way
    ) -> Iterator[Way]:
        group = self.snapshot.target_groups.get(identifier)
        if group is None or group.targets is None:
            yield way._replace(fate=Fate.UNKNOWN_RESOURCE)
        elif group.target_kind == "lambda":
            ended = way._replace(ends=True)
            none = way._replace(fate=Fate.ELBV2_LISTENER_HAS_NO_TG)
            yield self._own(ended, node) if group.targets else none
        else:
            candidates = self.places.of_group(group, node.interface.vpc)
            crosses = crosses_zones(balancer, group)
            floor = group.routing_floor
            choice = self._choose(node, balancer, identifier, candidates, crosses, floor)
            way = way._replace(keeps=_keeps(balancer, group, protocol))
            if choice.is_assumed:
                way = way._replace(assumed=way.assumed | int(Assumed.THRESHOLD))
            for one in (*choice.candidates, *choice.perhaps):
                doubt = int(Assumed.EITHER | Assumed.PERHAPS) if one in choice.perhaps else 0
                port = one.target.port or group.port
                named = way._replace(assumed=way.assumed | doubt)
                yield self._to(one, port, protocol, named, node)
            if not choice.candidates:
                yield way._replace(fate=choice.fate)

    def _choose(
        self,
        node: Node,
        balancer: LoadBalancer,
        group: str,
        candidates: tuple[Candidate, ...],
        crosses: bool,
        floor: HealthFloor | None = DEFAULT_FLOOR,
    ) -> Choice:
        zone = self.places.zone_of(node.interface)
        key = (balancer.id, group, zone, crosses)
        if key not in self._choices:
            self._choices[key] = choose(
                candidates,
                zone,
                self.places.enabled(balancer),
                crosses=crosses,
                is_classic=balancer.kind is BalancerKind.CLASSIC,
                floor=floor,
            )
        return self._choices[key]

    def _of_classic(
        self, node: Node, balancer: LoadBalancer, listener: Listener, way: Way
    ) -> Iterator[Way]:
        """Yield ways to a classic balancer's instances.

        Where nobody says whether it crosses zones, either may be so: its makers differ [LB-6].
        """
        candidates = self.places.of_instances(balancer, node.interface.vpc)
        said = balancer.is_cross_zone
        found: list[list[Way]] = []
        for crosses in (False, True) if said is None else (said,):
            choice = self._choose(node, balancer, "", candidates, crosses)
            ways = [
                self._to(one, listener.instance_port, TCP, way, node) for one in choice.candidates
            ]
            found.append(ways or [way._replace(fate=choice.fate)])
        sure = set(found[0]).intersection(*found)
        may_be_all = any(sure == set(ways) for ways in found)
        doubt = Assumed.EITHER | (Assumed.PERHAPS if may_be_all else 0)
        for one in dict.fromkeys(one for ways in found for one in ways):
            yield one if one in sure else one._replace(assumed=one.assumed | doubt)

    def _to(
        self, candidate: Candidate, port: int | None, protocol: int, way: Way, node: Node
    ) -> Way:
        """Return the way to one target."""
        target, place = candidate.target, candidate.place
        unsaid = int(Assumed.HEALTH) if not target.health else 0
        way = way._replace(assumed=way.assumed | unsaid)
        if place is None or place.atom == NO_ROW or port is None:
            return way._replace(fate=Fate.UNKNOWN_RESOURCE)
        family = self.axis.family(place.atom)
        own = primary_address(node.interface, family)
        if own is None:
            return way._replace(fate=Fate.UNKNOWN_RESOURCE)
        kept_fate = Fate.DELIVERED
        if not place.is_near:
            kept_fate = Fate.NOT_MODELLED
        elif place.is_service:
            kept_fate = Fate.ELBV2_SOURCE_ADDRESS_PRESERVATION
        return way._replace(
            gives=self._services(protocol, port),
            registered=candidate.number,
            target=place.atom,
            target_interface=place.interface,
            source=self.axis.locate(own),
            kept_fate=kept_fate,
        )


def fate_of_node(node: Node) -> Fate:
    """Return how every way ends at a node, Fate.DELIVERED where it goes on."""
    balancer = node.balancer
    if balancer is None or balancer.listeners is None:
        return Fate.UNKNOWN_RESOURCE
    if balancer.groups and not node.interface.groups:  # its interface's record is incomplete
        return Fate.UNKNOWN_RESOURCE
    return Fate.DELIVERED if balancer.state in _GOOD_STATES else Fate.BAD_STATE


def crosses_zones(balancer: LoadBalancer, group: TargetGroup) -> bool:
    """Tell whether nodes use targets in other zones [LB-6]."""
    if group.is_cross_zone is not None:
        return group.is_cross_zone
    if balancer.kind is BalancerKind.APPLICATION:
        return True
    return bool(balancer.is_cross_zone)


def _keeps(balancer: LoadBalancer, group: TargetGroup, protocol: int) -> bool:
    """Tell whether targets see their client's address [LB-1, LB-4, LB-7]."""
    if balancer.kind is not BalancerKind.NETWORK:
        return False
    if protocol == UDP or group.protocol in _ALWAYS_KEPT:
        return True
    if group.preserves_client is not None:
        return group.preserves_client
    return group.target_kind != "ip"


def group_rows(snapshot: Snapshot) -> dict[str, int]:
    """Number the target groups: those on record, and those that only listeners name."""
    named = (
        group
        for balancer in snapshot.load_balancers.values()
        for listener in balancer.listeners or ()
        for group in listener.target_groups
    )
    return {
        group: row for row, group in enumerate(dict.fromkeys((*snapshot.target_groups, *named)))
    }


def compile_ways(snapshot: Snapshot, maker: WayMaker, nodes: Mapping[str, Node]) -> Ways:
    """Turn the ways of all nodes into columns."""
    found: list[Way] = []
    lists: list[list[int]] = []
    owners: list[int] = []
    for row, identifier in enumerate(snapshot.interfaces):
        node = nodes.get(identifier)
        ways = list(dict.fromkeys(maker.of_node(node))) if node else []
        lists.append(list(range(len(found), len(found) + len(ways))))
        owners += [row] * len(ways)
        found += ways
    return Ways(
        **{name: by_row([getattr(way, name) for way in found]) for name in _NUMBERS},
        node=by_row(owners),
        keeps=mask_by_row([way.keeps for way in found]),
        ends=mask_by_row([way.ends for way in found]),
        is_ping=mask_by_row([way.is_ping for way in found]),
        of_node=Lists.of(lists),
    )


def compile_node_columns(
    snapshot: Snapshot, pool: ServicePool, ways: Ways, nodes: Mapping[str, Node]
) -> NodeColumns:
    """Say what is known of every node."""
    by_interface = [nodes.get(identifier) for identifier in snapshot.interfaces]
    takes = ways.takes.tolist()
    bounds = ways.of_node.first.tolist()
    values = ways.of_node.values.tolist()
    taken = [
        pool.union(takes[way] for way in values[first:end]) if end > first else NOTHING
        for first, end in pairwise(bounds)
    ]
    return NodeColumns(
        fate=by_row([fate_of_node(n) if n else Fate.DELIVERED for n in by_interface]),
        taken=by_row(taken, NOTHING),
        is_classic=mask_by_row([_is_classic(node) for node in by_interface]),
        is_doubted=mask_by_row([_is_doubted(node) for node in by_interface]),
        has_groups=mask_by_row([bool(n and n.interface.groups) for n in by_interface]),
    )


def _is_classic(node: Node | None) -> bool:
    return bool(node and node.balancer and node.balancer.kind is BalancerKind.CLASSIC)


def _is_doubted(node: Node | None) -> bool:
    return bool(node and node.balancer and node.balancer.doubt)
