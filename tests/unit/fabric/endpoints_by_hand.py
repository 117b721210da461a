"""VPC endpoints in the estate by hand: gateways that tables lead to, and interface endpoints."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from netreach.model.records import (
    InterfaceAddress,
    NetworkInterface,
    PrefixList,
    Route,
    SecurityGroup,
    SecurityGroupRule,
    TargetKind,
)
from netreach.model.services import EndpointKind, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Address, Prefix
from tests.unit.fabric.estates_by_hand import snapshot

REGION: Final = "eu-central-1"
S3: Final = f"com.amazonaws.{REGION}.s3"
LIST: Final = "pl-s3"
#: Two ranges of S3, and an address in the first.
RANGES: Final = ("52.216.0.0/15", "3.5.0.0/20")
IN_S3: Final = "52.216.1.1"
GATEWAY: Final = "vpce-00000001"
DOOR: Final = "vpce-00000002"
#: The interfaces of the interface endpoint, by zone.
DOOR_A: Final = "10.0.2.200"
DOOR_B: Final = "10.0.3.200"


def s3_list(*ranges: str, entries_known: bool = True) -> PrefixList:
    """Return S3's prefix list."""
    entries = tuple(map(Prefix.parse, ranges or RANGES)) if entries_known else None
    return PrefixList(id=LIST, list_name=S3, entries=entries)


def gateway(**changes: Any) -> VpcEndpoint:  # noqa: ANN401 - the record's own fields
    """Return the gateway endpoint for S3 of the VPC `shop`."""
    fields: dict[str, Any] = {"vpc": "vpc-shop", "kind": EndpointKind.GATEWAY, "service": S3}
    return VpcEndpoint(id=GATEWAY, **(fields | changes))


def routed(
    base: Snapshot | None = None,
    *tables: str,
    endpoint: VpcEndpoint | None = None,
    listed: PrefixList | None = None,
) -> Snapshot:
    """Return an estate whose tables, by default that of `app`, lead S3 to a gateway endpoint."""
    base = snapshot() if base is None else base
    one = gateway() if endpoint is None else endpoint
    route = Route(prefix_list=LIST, target_kind=TargetKind.VPC_ENDPOINT, target=one.id)
    wanted = {f"rtb-{name}" for name in tables or ("app",)}
    changed = {
        number: replace(table, routes=(*table.routes, route)) if number in wanted else table
        for number, table in base.route_tables.items()
    }
    assert wanted <= set(changed), sorted(changed)
    return replace(
        base,
        route_tables=changed,
        endpoints={**base.endpoints, one.id: one},
        prefix_lists={**base.prefix_lists, LIST: listed or s3_list()},
    )


def without_way_out(base: Snapshot, table: str = "rtb-app") -> Snapshot:
    """Return an estate one of whose tables has its local routes and its prefix lists alone."""
    record = base.route_tables[table]
    kept = (TargetKind.LOCAL, TargetKind.VPC_ENDPOINT)
    routes = tuple(route for route in record.routes if route.target_kind in kept)
    return replace(base, route_tables={**base.route_tables, table: replace(record, routes=routes)})


def door(
    base: Snapshot | None = None,
    *,
    groups: tuple[str, ...] = ("sg-doors",),
    **changes: Any,  # noqa: ANN401 - the record's own fields
) -> Snapshot:
    """Return an estate with an interface endpoint in the zones a and b, open to its own VPC."""
    base = snapshot() if base is None else base
    fields: dict[str, Any] = {
        "vpc": "vpc-shop",
        "kind": EndpointKind.INTERFACE,
        "service": f"com.amazonaws.{REGION}.ec2",
        "interfaces": ("eni-door-a", "eni-door-b"),
        "has_private_dns": True,
        "dns_names": (
            f"{DOOR}-abcd.ec2.{REGION}.vpce.amazonaws.com",
            f"{DOOR}-abcd-{REGION}a.ec2.{REGION}.vpce.amazonaws.com",
            f"ec2.{REGION}.amazonaws.com",
        ),
    }
    endpoint = VpcEndpoint(id=DOOR, **(fields | changes))
    places = (("a", "subnet-app-a", DOOR_A), ("b", "subnet-db-b", DOOR_B))
    interfaces = {
        f"eni-door-{zone}": _door(zone, subnet, address, groups) for zone, subnet, address in places
    }
    open_group = SecurityGroup(
        id="sg-doors",
        vpc="vpc-shop",
        ingress=(SecurityGroupRule(prefix=Prefix.parse("0.0.0.0/0")),),
    )
    return replace(
        base,
        endpoints={**base.endpoints, DOOR: endpoint},
        interfaces={**base.interfaces, **interfaces},
        security_groups={**base.security_groups, "sg-doors": open_group},
    )


def _door(zone: str, subnet: str, address: str, groups: tuple[str, ...]) -> NetworkInterface:
    return NetworkInterface(
        id=f"eni-door-{zone}",
        vpc="vpc-shop",
        subnet=subnet,
        zone=f"{REGION}{zone}",
        interface_type="vpc_endpoint",
        description=f"VPC Endpoint Interface {DOOR}",
        groups=groups,
        addresses=(InterfaceAddress(private=Address.parse(address), is_primary=True),),
        is_service_owned=True,
    )


def compiled(base: Snapshot) -> Network:
    """Compile an estate."""
    return Network(base)
