"""Load balancers in the estate by hand: nodes, listeners and targets, for tests to vary."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from netreach.model.records import InterfaceAddress, NetworkInterface
from netreach.model.services import (
    BalancerKind,
    BalancerZone,
    HealthFloor,
    Listener,
    LoadBalancer,
    Target,
    TargetGroup,
)
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Address
from tests.unit.fabric.estates_by_hand import Form, snapshot

#: The node of each zone: its subnet and address.
NODES: Final = {
    "a": ("subnet-web-a", "10.0.1.50", "2600:1f14:1:101::50"),
    "b": ("subnet-db-b", "10.0.3.50", "2600:1f14:1:103::50"),
}
NODE_A, NODE_B, NODE_A_PUBLIC = "10.0.1.50", "10.0.3.50", "203.0.113.150"
NUMBER: Final = "0123456789abcdef"
GROUP_ID: Final = "tg-front"
#: As AWS has it for a group of which nobody chose anything.
ONE: Final = HealthFloor(count=1)
_WORDS: Final = {BalancerKind.NETWORK: "net", BalancerKind.APPLICATION: "app"}
_TYPES: Final = {BalancerKind.NETWORK: "network_load_balancer"}


def target(
    identifier: str, port: int | None = None, health: str = "healthy", *, zone: str = ""
) -> Target:
    """Return a target."""
    return Target(id=identifier, port=port, health=health, zone=zone)


def listener(
    port: int = 80, protocol: str = "TCP", groups: tuple[str, ...] = (GROUP_ID,)
) -> Listener:
    """Return a listener."""
    return Listener(protocol=protocol, port=port, target_groups=groups)


def group(*targets: Target, name: str = GROUP_ID, **more: object) -> TargetGroup:
    """Return a target group that sends TCP to port 8080."""
    form: Form = {"protocol": "TCP", "port": 8080, "vpc": "vpc-shop"}
    form |= {"routing_floor": ONE, "dns_floor": ONE}
    return TargetGroup(id=name, targets=targets, **(form | more))


#: In zone a, in another subnet than the node; and in zone b, in the node's own subnet there.
APP, DB = target("i-app-1"), target("i-db-1")


def balancer(kind: BalancerKind, name: str = "front", **more: object) -> LoadBalancer:
    """Return a balancer with a listener on TCP 80."""
    form: Form = {"listeners": (listener(),), "vpc": "vpc-shop"}
    return LoadBalancer(id=_identifier(kind, name), kind=kind, balancer_name=name, **(form | more))


def _path(kind: BalancerKind, name: str) -> str:
    return f"{_WORDS[kind]}/{name}/{NUMBER}" if kind in _WORDS else name


def _identifier(kind: BalancerKind, name: str) -> str:
    region = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer"
    return f"{region}/{_path(kind, name)}"


def node(
    kind: BalancerKind,
    zone: str = "a",
    *,
    name: str = "front",
    address: str = "",
    public: str = "",
    groups: tuple[str, ...] = (),
    is_dual: bool = False,
) -> NetworkInterface:
    """Return the interface of a balancer in a zone."""
    subnet, own, six = NODES[zone]
    held = [
        InterfaceAddress(
            private=Address.parse(address or own),
            public=Address.parse(public) if public else None,
            is_primary=True,
        )
    ]
    if is_dual:
        held.append(InterfaceAddress(private=Address.parse(six)))
    return NetworkInterface(
        id=f"eni-{name}-{zone}",
        vpc="vpc-shop",
        subnet=subnet,
        interface_type=_TYPES.get(kind, "interface"),
        description=f"ELB {_path(kind, name)}",
        groups=groups,
        addresses=tuple(held),
        source_dest_check=False,
        is_service_owned=True,
    )


def with_balancers(
    balancers: list[LoadBalancer],
    nodes: list[NetworkInterface],
    groups: list[TargetGroup],
    base: Snapshot,
) -> Snapshot:
    """Return a snapshot with balancers in it."""
    return replace(
        base,
        interfaces={**base.interfaces, **{one.id: one for one in nodes}},
        load_balancers={one.id: one for one in balancers},
        target_groups={one.id: one for one in groups},
    )


def balanced(
    *targets: Target,
    kind: BalancerKind = BalancerKind.NETWORK,
    zones: str = "ab",
    security: tuple[str, ...] = (),
    public: str = "",
    is_dual: bool = False,
    of_group: Form | None = None,
    rest: Form | None = None,
    listeners: tuple[Listener, ...] = (listener(),),
    of_balancer: Form | None = None,
    **shop: object,
) -> Network:
    """Compile the base estate with one balancer, `front`, from TCP 80 to its targets on 8080."""
    if kind is not BalancerKind.NETWORK and not security:
        security = ("sg-web",)
    nodes = [
        node(kind, zone, groups=security, public=public if zone == "a" else "", is_dual=is_dual)
        for zone in zones
    ]
    enabled = tuple(BalancerZone(subnet=NODES[zone][0]) for zone in zones)
    form: Form = {"listeners": listeners, "zones": enabled, "groups": security} | (
        of_balancer or {}
    )
    base = snapshot(rest=rest, **shop)
    front = balancer(kind, **form)
    groups = [group(*targets, **(of_group or {}))]
    return Network(with_balancers([front], nodes, groups, base))
