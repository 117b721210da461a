"""Targets of load balancers: where they are, and which of them a node may use [LB-6, LB-7, LAB-6].

A node uses targets in the zones that its balancer enables; without cross-zone balancing those in
its own zone only. Of these it uses the healthy ones, or all of them where fewer are healthy than
the group's threshold says. AWS judges that over the whole balancer where it crosses zones, and for
each zone by itself where it does not, whatever other zones have
(docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health.html, routing failover,
and .../modify-target-group-health-settings.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from netreach.fabric.target_health import DEFAULT_FLOOR, FIT, OUT, breach
from netreach.fabric.vocabulary import Fate
from netreach.model.connections import PeeredVpc, VpcPeering
from netreach.model.records import NetworkInterface
from netreach.model.relations import Relations
from netreach.model.services import (
    BalancerKind,
    HealthFloor,
    LoadBalancer,
    Target,
    TargetGroup,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis
from netreach.packets.batch import NO_ROW
from netreach.packets.prefixes import Address, AddressError, Family, Prefix

#: How AWS describes the interfaces of balancers: kind, name and number, or a classic one's name.
_DESCRIPTION: Final = re.compile(
    r"ELB (?:(?P<kind>net|app)/(?P<name>[^/]+)/[0-9a-f]+|(?P<classic>[^/]+))"
)
_KINDS: Final = {"net": BalancerKind.NETWORK, "app": BalancerKind.APPLICATION}
#: Interface types that only balancers have, whatever their description says.
_OWN_TYPES: Final = frozenset({"network_load_balancer", "load_balancer"})
#: The zone of targets that every node may use: those outside the VPC.
ANYWHERE: Final = ""
#: Interface types that drop what comes with a client's address [LB-4].
_SERVICE_TYPES: Final = frozenset({"network_load_balancer", "vpc_endpoint"})


class Node(NamedTuple):
    """An interface by which a balancer receives and sends."""

    interface: NetworkInterface
    #: None where the snapshot lacks it.
    balancer: LoadBalancer | None
    #: Its id, or what the interface calls it.
    name: str


def balancer_nodes(snapshot: Snapshot) -> dict[str, Node]:
    """Return the nodes of application, network and classic balancers, by interface id."""
    balancers = [
        one for one in snapshot.load_balancers.values() if one.kind is not BalancerKind.GATEWAY
    ]
    by_path = {one.id.partition(":loadbalancer/")[2]: one for one in balancers}
    by_name = {(one.kind, one.balancer_name, one.vpc): one for one in balancers}
    found: dict[str, Node] = {}
    for record in snapshot.interfaces.values():
        said = _DESCRIPTION.fullmatch(record.description)
        if said is None:
            if record.interface_type in _OWN_TYPES:
                found[record.id] = Node(record, None, record.id)
            continue
        path = record.description.removeprefix("ELB ")
        kind = _KINDS.get(said["kind"], BalancerKind.CLASSIC)
        named = by_name.get((kind, said["name"] or said["classic"], record.vpc))
        balancer = by_path.get(path) if said["kind"] else None
        balancer = balancer or named
        # anybody may write "ELB something" on an interface of their own
        if balancer or said["kind"] or record.is_service_owned:
            found[record.id] = Node(record, balancer, balancer.id if balancer else path)
    return found


def balancer_prefixes(snapshot: Snapshot) -> Iterator[Prefix]:
    """Yield the addresses that target groups name, for cutting."""
    for group in snapshot.target_groups.values():
        for target in group.targets or ():
            address = _address(target.id) if group.target_kind == "ip" else None
            if address is not None:
                yield Prefix(address.family, address.number, 32 if address.family == 4 else 128)


def _address(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except AddressError:
        return None


class Place(NamedTuple):
    """Where a target is."""

    #: Its address, NO_ROW where the snapshot has none in the family that it is sent to.
    atom: int
    #: Row of the interface there, NO_ROW for none.
    interface: int
    zone: str
    #: Whether clients' addresses can be kept: it lies in the balancer's VPC, or in a peer [LB-4].
    is_near: bool = True
    #: Whether it belongs to a service that drops what comes with a client's address [LB-4].
    is_service: bool = False


class Candidate(NamedTuple):
    """A target, and where it is; None where the snapshot does not say."""

    target: Target
    place: Place | None
    #: Which of the registered ones it is.
    number: int = 0


class Choice(NamedTuple):
    """The targets that a node may use; without any the fate says why."""

    candidates: tuple[Candidate, ...]
    fate: Fate = Fate.DELIVERED
    #: Those that may get something beside the others, and may not.
    perhaps: tuple[Candidate, ...] = ()
    #: Whether they are so few because AWS's own threshold is assumed.
    is_assumed: bool = False


def in_reach(
    candidates: Iterable[Candidate], zone: str, enabled: frozenset[str], *, crosses: bool
) -> list[Candidate]:
    """Return the targets that a node in a zone may send to, healthy or not [LB-6, LAB-6]."""
    near = [one for one in candidates if _zone(one) in (ANYWHERE, *enabled)]
    return near if crosses else [one for one in near if _zone(one) in (ANYWHERE, zone)]


def choose(
    candidates: Sequence[Candidate],
    zone: str,
    enabled: frozenset[str],
    *,
    crosses: bool,
    is_classic: bool = False,
    floor: HealthFloor | None = DEFAULT_FLOOR,
) -> Choice:
    """Return which targets a node in a zone may use [LB-6, LAB-6]; `floor` None is not said."""
    if not candidates:
        return Choice((), Fate.ELBV2_LISTENER_HAS_NO_TG)
    if not in_reach(candidates, zone, enabled, crosses=True):
        return Choice((), Fate.ELB_INSTALLED_AZ_RESTRICTION)
    own = in_reach(candidates, zone, enabled, crosses=crosses)
    if not own:
        fate = Fate.ELB_NOT_CROSSZONE if is_classic else Fate.ELBV2_NO_TARGETS_IN_AZ
        return Choice((), fate)
    left = tuple(one for one in own if one.target.health not in OUT)
    fit = tuple(one for one in left if one.target.health in FIT)
    if not left:
        return Choice((), Fate.ELBV2_LISTENER_HAS_NO_TG)
    few = breach([one.target for one in own], floor or DEFAULT_FLOOR)
    if few.surely or not fit:
        return Choice(left)
    others = tuple(one for one in left if one not in fit)
    return Choice(fit, perhaps=others if few.maybe else (), is_assumed=bool(others and not floor))


def _zone(candidate: Candidate) -> str:
    return candidate.place.zone if candidate.place else ANYWHERE


@dataclass(frozen=True)
class TargetPlaces:
    """Finds targets in one snapshot."""

    snapshot: Snapshot
    axis: AtomAxis
    nodes: Mapping[str, Node]
    #: Interface id -> row.
    interfaces: Mapping[str, int]

    @cached_property
    def _relations(self) -> Relations:
        return Relations(self.snapshot)

    @cached_property
    def _zone_ids(self) -> dict[str, str]:
        """Zone names as ids, which all accounts share."""
        return {s.zone: s.zone_id for s in self.snapshot.subnets.values() if s.zone and s.zone_id}

    @cached_property
    def _holders(self) -> dict[tuple[str, Address], NetworkInterface]:
        return {
            (record.vpc, held.private): record
            for record in self.snapshot.interfaces.values()
            for held in record.addresses
        }

    def zone(self, name: str) -> str:
        """Return a zone by its id, if that is known."""
        return self._zone_ids.get(name, name)

    def zone_of_subnet(self, subnet: str) -> str:
        """Return the zone of a subnet, "" where nobody knows."""
        record = self.snapshot.subnets.get(subnet)
        return (record.zone_id or self.zone(record.zone)) if record else ""

    def zone_of(self, interface: NetworkInterface) -> str:
        """Return the zone of an interface."""
        return self.zone_of_subnet(interface.subnet) or self.zone(interface.zone)

    def enabled(self, balancer: LoadBalancer) -> frozenset[str]:
        """Return the zones that a balancer enables."""
        said = {
            self.zone_of_subnet(z.subnet) or z.zone_id or self.zone(z.zone) for z in balancer.zones
        }
        nodes = {self.zone_of(node.interface) for node in self._nodes_of.get(balancer.id, ())}
        return frozenset((said | nodes) - {""})

    @cached_property
    def _nodes_of(self) -> dict[str, list[Node]]:
        """Nodes by the id of their balancer."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            found.setdefault(node.name, []).append(node)
        return found

    def of_group(self, group: TargetGroup, vpc: str) -> tuple[Candidate, ...]:
        """Return the targets of a group, as a balancer in a VPC finds them."""
        return tuple(
            Candidate(target, place, number)
            for number, target in enumerate(group.targets or ())
            for place in self._places(group, target, vpc)
        )

    def of_instances(self, balancer: LoadBalancer, vpc: str) -> tuple[Candidate, ...]:
        """Return the instances of a classic balancer as targets."""
        health = balancer.instance_health
        return tuple(
            Candidate(Target(id=one, health=health.get(one, "")), self._of_instance(one, vpc), row)
            for row, one in enumerate(balancer.instances)
        )

    def _places(self, group: TargetGroup, target: Target, vpc: str) -> list[Place | None]:
        if group.target_kind == "instance":
            return [self._of_instance(target.id, vpc, group.family)]
        if group.target_kind == "ip":
            return [self._of_address(target, vpc)]
        if group.target_kind == "alb":
            nodes = self._nodes_of.get(target.id, ())
            return [self._of_interface(one.interface, group.family) for one in nodes] or [None]
        return [None]

    def _of_instance(self, instance: str, vpc: str, family: Family | None = None) -> Place | None:
        """Return the first interface of an instance in the balancer's VPC [LB-7]."""
        records = self._relations.interfaces_of_instance.get(instance, ())
        record = next((one for one in records if one.vpc == vpc), None)
        return self._of_interface(record, family) if record else None

    def _of_interface(self, record: NetworkInterface, family: Family | None) -> Place | None:
        """Return where an interface is sent to: in its group's family, else IPv4 if it has that."""
        families = (family,) if family else (4, 6)
        found = (primary_address(record, one) for one in families)
        address = next((one for one in found if one is not None), None)
        atom = NO_ROW if address is None else self.axis.locate(address)
        row = self.interfaces.get(record.id, NO_ROW)
        return Place(atom, row, self.zone_of(record))

    def _of_address(self, target: Target, vpc: str) -> Place | None:
        address = _address(target.id)
        if address is None:
            return None
        atom = self.axis.locate(address)
        if not _covers(self._blocks(vpc), address):
            is_near = any(_covers(blocks, address) for blocks in self._peers(vpc))
            return Place(atom, NO_ROW, self._named_zone(target), is_near)
        record = self._holders.get((vpc, address))
        subnets = self._relations.subnets_of_vpc.get(vpc, ())
        homes = [s.id for s in subnets if _covers(s.prefixes, address)]
        zone = self.zone_of_subnet(homes[0]) if homes else self._named_zone(target)
        row = self.interfaces.get(record.id, NO_ROW) if record else NO_ROW
        is_service = record is not None and record.interface_type in _SERVICE_TYPES
        return Place(atom, row, zone, is_service=is_service)

    def _named_zone(self, target: Target) -> str:
        return ANYWHERE if target.zone in ("", "all") else self.zone(target.zone)

    def _blocks(self, vpc: str) -> tuple[Prefix, ...]:
        record = self.snapshot.vpcs.get(vpc)
        return record.prefixes if record else ()

    def _peers(self, vpc: str) -> Iterator[tuple[Prefix, ...]]:
        """Yield the blocks of the VPCs that are peered with one, in the same Region."""
        for peering in self.snapshot.peerings.values():
            for one, other in _sides(peering):
                is_regional = self._region(one) == self._region(other)
                if peering.state == "active" and one.vpc == vpc and is_regional:
                    yield self._blocks(other.vpc) or other.prefixes

    def _region(self, side: PeeredVpc) -> str:
        record = self.snapshot.vpcs.get(side.vpc)
        return side.region or (record.region if record else "")


def _sides(peering: VpcPeering) -> tuple[tuple[PeeredVpc, PeeredVpc], ...]:
    sides = (peering.requester, peering.accepter)
    return sides, sides[::-1]


def _covers(prefixes: Iterable[Prefix], address: Address) -> bool:
    return any(prefix.contains(address) for prefix in prefixes)


def primary_address(record: NetworkInterface, family: int) -> Address | None:
    """Return the address that an interface sends from in a family, None if it has none."""
    held = [one for one in record.addresses if one.private.family == family]
    held.sort(key=lambda one: not one.is_primary)
    return held[0].private if held else None
