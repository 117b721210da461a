"""Who belongs to whom in a snapshot: the references of its records, followed backwards."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, NamedTuple, TypeVar

from netreach.model.records import (
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    Resource,
    Route,
    RouteOrigin,
    RouteState,
    RouteTable,
    Subnet,
    TargetKind,
)
from netreach.model.services import BalancerKind, LoadBalancer
from netreach.model.snapshot import KINDS, Snapshot
from netreach.packets.prefixes import Address, Prefix

KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")
RecordT = TypeVar("RecordT", bound=Resource)

#: How the descriptions of balancers' interfaces begin.
_BALANCER_MARK: Final = "ELB "
#: Longer than any prefix: where a route stands whose prefixes nobody knows.
_UNKNOWN_LENGTH: Final = 129


@dataclass(frozen=True, slots=True)
class Associated(Generic[RecordT]):
    """The route table or ACL that serves a subnet, and why it does."""

    record: RecordT | None
    #: False where the subnet names none and gets its VPC's main table or default ACL.
    is_explicit: bool = False


class RankedRoute(NamedTuple):
    """A route in its place among the others of its table."""

    route: Route
    #: False if it never carries anything: it is filtered, or another one wins [RT-3, RT-4, RT-9].
    is_used: bool


class Holding(NamedTuple):
    """Somebody who holds an address, and how."""

    holder: Resource
    vpc: str
    subnet: str
    private: Address | None
    public: Address | None
    #: The address lies in a prefix that is delegated to the holder.
    is_delegated: bool = False


class Relations:
    """Finds what belongs to a record; each index is made when it is first needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Index nothing yet."""
        self.snapshot = snapshot

    # -- what stands in a place

    @cached_property
    def interfaces_of_subnet(self) -> dict[str, list[NetworkInterface]]:
        """Interfaces by the subnet that they are in."""
        return _grouped((one.subnet, one) for one in self.snapshot.interfaces.values())

    @cached_property
    def interfaces_of_vpc(self) -> dict[str, list[NetworkInterface]]:
        """Interfaces by the VPC that they are in."""
        return _grouped((one.vpc, one) for one in self.snapshot.interfaces.values())

    @cached_property
    def interfaces_of_group(self) -> dict[str, list[NetworkInterface]]:
        """Interfaces by the security groups that they carry."""
        return _grouped(
            (group, one)
            for one in self.snapshot.interfaces.values()
            for group in dict.fromkeys(one.groups)
        )

    @cached_property
    def interfaces_of_instance(self) -> dict[str, list[NetworkInterface]]:
        """Interfaces by the instance that they are attached to, its own order first."""
        listed = (
            (instance.id, self.snapshot.interfaces[number])
            for instance in self.snapshot.instances.values()
            for number in instance.interfaces
            if number in self.snapshot.interfaces
        )
        attached = ((one.instance, one) for one in self.snapshot.interfaces.values())
        found = _grouped(pair for pairs in (listed, attached) for pair in pairs)
        return {
            number: list({one.id: one for one in interfaces}.values())
            for number, interfaces in found.items()
        }

    @cached_property
    def subnets_of_vpc(self) -> dict[str, list[Subnet]]:
        """Subnets by their VPC."""
        return _grouped((one.vpc, one) for one in self.snapshot.subnets.values())

    @cached_property
    def nat_gateways_of_subnet(self) -> dict[str, list[NatGateway]]:
        """NAT gateways by the subnet that they are in."""
        return _grouped((one.subnet, one) for one in self.snapshot.nat_gateways.values())

    @cached_property
    def nat_gateway_of_interface(self) -> dict[str, NatGateway]:
        """NAT gateways by the interfaces that they work with."""
        return {
            address.interface: nat
            for nat in self.snapshot.nat_gateways.values()
            for address in nat.addresses
            if address.interface
        }

    @cached_property
    def interfaces_of_balancer(self) -> dict[str, list[NetworkInterface]]:
        """Interfaces by the balancer whose nodes they are, which AWS writes on them."""
        balancers = self.snapshot.load_balancers.values()
        named = {(text, one.vpc): one.id for one in balancers for text in _marks(one)}
        return _grouped(
            (named.get((one.description, one.vpc), ""), one)
            for one in self.snapshot.interfaces.values()
            if one.description.startswith(_BALANCER_MARK)
        )

    def everything(self) -> Iterator[tuple[str, Resource]]:
        """Yield every record and its type word, also of what is not modelled yet."""
        for field, kind in KINDS.items():
            for record in getattr(self.snapshot, field).values():
                yield kind, record
        others = (self.snapshot.managed_services, self.snapshot.unmodelled)
        for record in (record for some in others for record in some.values()):
            yield record.kind, record

    # -- who refers to whom

    @cached_property
    def groups_naming(self) -> dict[str, list[Resource]]:
        """Security groups by the groups and prefix lists that their rules name."""
        return _grouped(
            (peer, group)
            for group in self.snapshot.security_groups.values()
            for peer in dict.fromkeys(
                rule.group or rule.prefix_list for rule in (*group.ingress, *group.egress)
            )
        )

    @cached_property
    def tables_leading_to(self) -> dict[str, list[RouteTable]]:
        """Route tables by the targets and prefix lists of their routes."""
        return _grouped(
            (name, table)
            for table in self.snapshot.route_tables.values()
            for name in dict.fromkeys(
                name for route in table.routes for name in (route.target, route.prefix_list)
            )
        )

    def problems_of(self, number: str) -> list[str]:
        """Return what was odd about a record when it was read."""
        return [one.message for one in self.snapshot.problems if number in one.resources]

    # -- which table and which filter serves a subnet

    def table_of(self, subnet: Subnet) -> Associated[RouteTable]:
        """Return the route table of a subnet: its own, else its VPC's main one [RT-1]."""
        table = self._explicit_tables.get(subnet.id)
        if table is not None:
            return Associated(table, is_explicit=True)
        return Associated(self._main_tables.get(subnet.vpc))

    def acl_of(self, subnet: Subnet) -> Associated[NetworkAcl]:
        """Return the ACL of a subnet: its own, else its VPC's default one [NA-1]."""
        acl = self._explicit_acls.get(subnet.id)
        if acl is not None:
            return Associated(acl, is_explicit=not acl.is_default)
        return Associated(self._default_acls.get(subnet.vpc))

    def subnets_served_by(self, record: RouteTable | NetworkAcl) -> list[Subnet]:
        """Return the subnets that a table or an ACL serves, named by it or not."""
        find = self.table_of if isinstance(record, RouteTable) else self.acl_of
        subnets = self.subnets_of_vpc.get(record.vpc, ())
        return [subnet for subnet in subnets if find(subnet).record is record]

    @cached_property
    def _explicit_tables(self) -> dict[str, RouteTable]:
        tables = self.snapshot.route_tables.values()
        return {subnet: table for table in tables for subnet in table.subnets}

    @cached_property
    def _main_tables(self) -> dict[str, RouteTable]:
        tables = self.snapshot.route_tables.values()
        return {table.vpc: table for table in tables if table.is_main}

    @cached_property
    def _explicit_acls(self) -> dict[str, NetworkAcl]:
        acls = self.snapshot.network_acls.values()
        return {subnet: acl for acl in acls for subnet in acl.subnets}

    @cached_property
    def _default_acls(self) -> dict[str, NetworkAcl]:
        acls = self.snapshot.network_acls.values()
        return {acl.vpc: acl for acl in acls if acl.is_default}

    # -- routes and addresses

    def ranked_routes(self, table: RouteTable) -> list[RankedRoute]:
        """Return a table's routes as they compete: longest prefix, then origin [RT-3].

        A prefix list stands where its longest entry does; what carries nothing comes last.
        """
        vpc = self.snapshot.vpcs.get(table.vpc)
        blocks = vpc.prefixes if vpc else ()
        ranked = [
            RankedRoute(route, route.state is not RouteState.FILTERED and not _loses(route, blocks))
            for route in table.routes
        ]
        ranked.sort(key=self._rank)
        best: dict[Prefix, int] = {}
        for route, is_used in ranked:
            if is_used and route.destination is not None:
                best.setdefault(route.destination, _origin_rank(route))
        return [
            one._replace(is_used=one.is_used and not _is_beaten(one.route, best)) for one in ranked
        ]

    def _rank(self, ranked: RankedRoute) -> tuple[bool, int, int, int, int]:
        prefixes = self.destinations(ranked.route)
        best = max(prefixes or (), key=lambda prefix: prefix.length, default=None)
        family, length, first = 4, _UNKNOWN_LENGTH, 0
        if best is not None:
            family, length, first = best.family, best.length, best.first
        return (not ranked.is_used, family, -length, first, _origin_rank(ranked.route))

    def destinations(self, route: Route) -> tuple[Prefix, ...] | None:
        """Return the prefixes of a route; None for a prefix list without known entries."""
        if route.destination is not None:
            return (route.destination,)
        record = self.snapshot.prefix_lists.get(route.prefix_list)
        return record.entries if record else None

    def holders(self, address: Address) -> Iterator[Holding]:
        """Yield who holds an address, private or public."""
        for one in self.snapshot.interfaces.values():
            yield from _holdings(one, address)
        for nat in self.snapshot.nat_gateways.values():
            for part in nat.addresses:
                # its interface, if known, has said so already
                if address in (part.private, part.public) and (
                    part.interface not in self.snapshot.interfaces
                ):
                    yield Holding(nat, nat.vpc, nat.subnet, part.private, part.public)
        for elastic in self.snapshot.elastic_ips.values():
            if address == elastic.public:
                yield Holding(elastic, "", "", elastic.private, elastic.public)


def _marks(balancer: LoadBalancer) -> Iterator[str]:
    """Yield how AWS describes a balancer's interfaces: by the end of its ARN, or by its name."""
    if balancer.kind is BalancerKind.CLASSIC:
        yield f"{_BALANCER_MARK}{balancer.balancer_name}"
    elif path := balancer.id.partition(":loadbalancer/")[2]:
        yield f"{_BALANCER_MARK}{path}"


def _holdings(one: NetworkInterface, address: Address) -> Iterator[Holding]:
    for held in one.addresses:
        if address in (held.private, held.public):
            yield Holding(one, one.vpc, one.subnet, held.private, held.public)
    if any(prefix.contains(address) for prefix in one.delegated):
        yield Holding(one, one.vpc, one.subnet, address, None, is_delegated=True)


def _loses(route: Route, blocks: tuple[Prefix, ...]) -> bool:
    """Tell whether a propagated route lies within the VPC's own blocks [RT-4]."""
    return (
        route.origin is RouteOrigin.PROPAGATED
        and route.target_kind is not TargetKind.LOCAL
        and route.destination is not None
        and any(block.contains(route.destination) for block in blocks)
    )


def _is_beaten(route: Route, best: Mapping[Prefix, int]) -> bool:
    """Tell whether a route of better origin has the same destination [RT-3]."""
    rank = _origin_rank(route)
    return route.destination is not None and best.get(route.destination, rank) < rank


def _origin_rank(route: Route) -> int:
    if route.origin in (RouteOrigin.PROPAGATED, RouteOrigin.ADVERTISEMENT):
        return 2
    return 1 if route.prefix_list else 0


def _grouped(pairs: Iterable[tuple[KeyT, ItemT]]) -> dict[KeyT, list[ItemT]]:
    """Return the items of each key, in order; items of an empty key are nobody's."""
    found: dict[KeyT, list[ItemT]] = {}
    for key, item in pairs:
        if key:
            found.setdefault(key, []).append(item)
    return found
