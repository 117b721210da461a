"""The places of an estate as a drawing: VPCs, zones, subnets and what stands in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from math import ceil, sqrt
from typing import Final

from netreach.model.records import (
    Instance,
    NatGateway,
    NetworkInterface,
    Resource,
    RouteState,
    Subnet,
    TargetKind,
)
from netreach.model.relations import Relations
from netreach.packets.prefixes import Address, Prefix
from netreach.present._diagram_titles import interface_titles
from netreach.present._drawing import Box, Drawing, Style, key_of
from netreach.present._headline import count_of
from netreach.present.page import listed
from netreach.present.show_parts import interface_name

#: With more interfaces than this, those of a subnet are drawn as one node.
COLLAPSE_ABOVE: Final = 150
#: The node of the internet.
INTERNET: Final = key_of("world", "internet")

#: How many CIDRs or addresses are spelt out.
_SPELT: Final = 3
#: So many nodes stand in one row in any case.
_ROW: Final = 4
#: So many subnets of a zone stand in one column in any case.
_COLUMN: Final = 5
#: The type of interfaces that lead to firewalls and appliances.
_INSPECTING: Final = "gateway_load_balancer_endpoint"
#: States of NAT gateways that are listed a while after they are gone.
_GONE: Final = frozenset({"deleted", "deleting"})
_DEFAULT_ROUTES: Final = frozenset({Prefix(4, 0, 0), Prefix(6, 0, 0)})

# Colours that colour-blind people tell apart; nothing is said by colour alone.
_VPC: Final = {"style": "rounded", "color": "#333333", "penwidth": "1.5", "fontsize": "12"}
_ZONE: Final = {"style": "dashed", "color": "#8a8a8a", "fontcolor": "#555555", "fontsize": "11"}
_SUBNET: Final = {"style": "filled,rounded", "fontcolor": "#333333", "fontsize": "10"}
_PUBLIC: Final = {**_SUBNET, "color": "#c9a227", "fillcolor": "#fdf6e3"}
_PRIVATE: Final = {**_SUBNET, "color": "#6c8ebf", "fillcolor": "#eef4fb"}
_HOST: Final = {"style": "filled,rounded", "color": "#555555", "fillcolor": "white"}
_DOWN: Final = {"style": "filled,rounded,dashed", "color": "#8a8a8a", "fillcolor": "#f2f2f2"}
GATEWAY: Final = {"style": "filled,bold", "color": "#333333", "fillcolor": "#e4e4ee"}


class Places:
    """Draws the boxes of one estate and what stands in them, each once."""

    def __init__(self, relations: Relations, shown: Collection[str] = ()) -> None:
        """Draw nothing yet; interfaces of `shown` are drawn even where others are counted."""
        self.relations = relations
        self.snapshot = relations.snapshot
        self.drawing = Drawing()
        #: Id of whatever is drawn -> its node.
        self.node_by_id: dict[str, str] = {}
        #: VPC and transit gateway -> the node of the attachment by which routes lead there.
        self.doors: dict[tuple[str, str], str] = {}
        self._shown = frozenset(shown)
        self._is_collapsed = len(self.snapshot.interfaces) > COLLAPSE_ABOVE

    def draw(self) -> None:
        """Draw every VPC, subnet, interface and NAT gateway."""
        for vpc in self.snapshot.vpcs:
            self.vpc_box(vpc)
        for subnet in self.snapshot.subnets.values():
            self._subnet(subnet)
        self._stack_subnets()
        self._strays()

    # -- boxes

    def vpc_box(self, number: str) -> Box:
        """Return the box of a VPC; one that the snapshot lacks gets a box as well."""
        root = self.drawing.root
        if not number:
            return root
        vpc = self.snapshot.vpcs.get(number)
        lines = [f"VPC {number} (not in the snapshot)"]
        if vpc is not None:
            cidrs = listed([str(one) for one in vpc.prefixes], _SPELT)
            lines = [f"VPC {vpc.name} ({vpc.id})" if vpc.name else f"VPC {vpc.id}", cidrs]
        return self.drawing.box(key_of("vpc", number), root, lines, _VPC)

    def subnet_box(self, number: str, vpc: str = "") -> Box:
        """Return the box of a subnet, or that of the VPC where the snapshot lacks the subnet."""
        subnet = self.snapshot.subnets.get(number)
        if subnet is None:
            return self.vpc_box(vpc)
        is_public = self._is_public(subnet)
        cidrs = listed([str(one) for one in subnet.prefixes], _SPELT)
        lines = (subnet.name or subnet.id, f"{cidrs}, {'public' if is_public else 'private'}")
        style = _PUBLIC if is_public else _PRIVATE
        return self.drawing.box(key_of("subnet", number), self._zone_box(subnet), lines, style)

    def _zone_box(self, subnet: Subnet) -> Box:
        vpc, zone = self.vpc_box(subnet.vpc), subnet.zone or subnet.zone_id
        if not zone:
            return vpc
        return self.drawing.box(key_of(f"{vpc.key}/zone", zone), vpc, [zone], _ZONE)

    def _is_public(self, subnet: Subnet) -> bool:
        """Tell whether a default route leads to an internet gateway."""
        table = self.relations.table_of(subnet).record
        return table is not None and any(
            route.target_kind is TargetKind.INTERNET_GATEWAY
            and route.destination in _DEFAULT_ROUTES
            and route.state is RouteState.ACTIVE
            for route in table.routes
        )

    def anchor(self, box: Box) -> str:
        """Return any node within a box, for arrows that begin at its frame."""
        for inner in (box, *box.boxes.values()):
            found = next(iter(inner.nodes), "") if inner is box else self.anchor(inner)
            if found:
                return found
        blank = {"shape": "plain", "fontcolor": "#777777"}
        return self.drawing.node(key_of("unknown", box.key), box, ["nothing known"], blank)

    # -- what stands in them

    def _subnet(self, subnet: Subnet) -> None:
        box = self.subnet_box(subnet.id)
        for nat in self._nat_gateways(subnet):
            self._nat_gateway(nat, box)
        self._interfaces(self.relations.interfaces_of_subnet.get(subnet.id, ()), box)
        for instance in self._bare_instances.get(subnet.id, ()):
            lines = (*names(instance), "no interface known")
            self._put(instance.id, box, lines, _state_style(instance))
        box.columns = max(_ROW, ceil(sqrt(len(box.nodes))))
        if not box.nodes:
            empty = {"shape": "plain", "fontcolor": "#777777"}
            self.drawing.node(key_of("empty", subnet.id), box, ["no interfaces"], empty)

    def _nat_gateways(self, subnet: Subnet) -> list[NatGateway]:
        nats = self.relations.nat_gateways_of_subnet.get(subnet.id, ())
        return [nat for nat in nats if nat.state not in _GONE]

    def _stack_subnets(self) -> None:
        """Make each zone a column of its subnets, as packets go out: public ones on top."""
        zones: dict[str, list[Subnet]] = {}
        for subnet in self.snapshot.subnets.values():
            zones.setdefault(self._zone_box(subnet).key, []).append(subnet)
        for subnets in zones.values():
            subnets.sort(key=self._height)
            width = ceil(len(subnets) / _COLUMN)
            for above, below in zip(subnets, subnets[width:], strict=False):
                upper, lower = self.subnet_box(above.id), self.subnet_box(below.id)
                last_row = list(upper.nodes)[:: upper.columns][-1]
                self.drawing.edge(next(iter(lower.nodes)), last_row, style={"style": "invis"})

    def _height(self, subnet: Subnet) -> tuple[bool, bool, bool]:
        """Return what puts a subnet above others: it is public, has a NAT gateway, inspects."""
        inside = self.relations.interfaces_of_subnet.get(subnet.id, ())
        inspects = any(one.interface_type == _INSPECTING for one in inside)
        return not self._is_public(subnet), not self._nat_gateways(subnet), not inspects

    def _nat_gateway(self, nat: NatGateway, box: Box) -> None:
        addresses = [_pair(part.private, part.public) for part in nat.addresses]
        state = "" if nat.state == "available" else f"({nat.state})"
        style = _DOWN if state else GATEWAY
        self._put(nat.id, box, ("NAT gateway", *names(nat), *_spelt(addresses), state), style)
        for part in nat.addresses:
            if part.interface:
                self.node_by_id[part.interface] = self.node_by_id[nat.id]

    def _interfaces(self, interfaces: Iterable[NetworkInterface], box: Box) -> None:
        # the interface of a NAT gateway is drawn already
        own = [one for one in interfaces if one.id not in self.node_by_id]
        spelt = [one for one in own if self._is_spelt(one)]
        for one in spelt:
            self._interface(one, box)
        counted = [one for one in own if not self._is_spelt(one)]
        if counted:
            noun = "other interface" if spelt else "interface"
            key = key_of("rest", box.key)
            node = self.drawing.node(key, box, [count_of(len(counted), noun)], _HOST)
            self.node_by_id.update((one.id, node) for one in counted)

    def _is_spelt(self, one: NetworkInterface) -> bool:
        """Tell whether an interface is a node of its own, and not only counted."""
        return not self._is_collapsed or bool(self._shown & {one.id, one.instance})

    def _interface(self, one: NetworkInterface, box: Box) -> None:
        """Draw an interface; an instance with one interface is one node with it."""
        instance = self.snapshot.instances.get(one.instance)
        title = self._titles.get(one.id, ())
        lines = [*(title or [interface_name(one, self.relations) or one.description])]
        lines += [one.instance] if one.instance else []
        if instance is None or len(self.relations.interfaces_of_instance[instance.id]) > 1:
            lines.append(one.id)
        lines += _spelt([_pair(held.private, held.public) for held in one.addresses])
        lines += _spelt([f"{prefix} delegated" for prefix in one.delegated])
        if instance is not None and instance.state != "running":
            lines.append(f"({instance.state})")
        style = _HOST if instance is None else _state_style(instance)
        self._put(one.id, box, lines, style)
        if one.instance:
            self.node_by_id.setdefault(one.instance, self.node_by_id[one.id])

    def _put(self, number: str, box: Box, lines: Iterable[str], style: Style) -> None:
        node = self.drawing.node(key_of("id", number), box, lines, style)
        self.node_by_id.setdefault(number, node)

    def _strays(self) -> None:
        """Draw interfaces and NAT gateways whose subnets the snapshot lacks."""
        subnets = self.snapshot.subnets
        for nat in self.snapshot.nat_gateways.values():
            if nat.subnet not in subnets and nat.state not in _GONE:
                self._nat_gateway(nat, self.vpc_box(nat.vpc))
        lost: dict[str, list[NetworkInterface]] = {}
        for one in self.snapshot.interfaces.values():
            if one.subnet not in subnets:
                lost.setdefault(one.vpc, []).append(one)
        for vpc, interfaces in lost.items():
            self._interfaces(interfaces, self.vpc_box(vpc))

    @cached_property
    def _titles(self) -> dict[str, tuple[str, ...]]:
        return interface_titles(self.relations)

    @cached_property
    def _bare_instances(self) -> dict[str, list[Instance]]:
        """Instances without an interface in the snapshot, by subnet; not those that are gone."""
        found: dict[str, list[Instance]] = {}
        for instance in self.snapshot.instances.values():
            if instance.state != "terminated" and (
                instance.id not in self.relations.interfaces_of_instance
            ):
                found.setdefault(instance.subnet, []).append(instance)
        return found


def names(record: Resource) -> Iterator[str]:
    """Yield the name of a resource, if it has one, and its id."""
    if record.name and record.name != record.id:
        yield record.name
    yield record.id


def _state_style(instance: Instance) -> Style:
    return _HOST if instance.state == "running" else _DOWN


def _pair(private: Address | None, public: Address | None) -> str:
    return " ↔ ".join(str(address) for address in (private, public) if address is not None)


def _spelt(words: list[str]) -> list[str]:
    """Return the first of some lines, and how many more there are."""
    rest = len(words) - _SPELT
    return words[:_SPELT] + ([f"and {rest:,} more"] if rest > 0 else [])
