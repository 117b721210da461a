"""The base estate with networks outside AWS: an office behind a VPN, a data centre behind a link.

The VPC `shop` has the VPN gateway `vgw-1`; the office is `cgw-1`, its network 192.168.0.0/16.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from netreach.model.connections import (
    AttachmentKind,
    ClientVpnAuthorization,
    ClientVpnEndpoint,
    ClientVpnRoute,
    CustomerGateway,
    DirectConnectAssociation,
    DirectConnectGateway,
    TransitAttachment,
    VpnConnection,
    VpnGateway,
)
from netreach.model.records import Attachment
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.connections_by_hand import SHOP
from tests.unit.fabric.estates_by_hand import Form, snapshot

VGW: Final = "vpn-gateway:vgw-1"
OFFICE, PLANT = "192.168.5.7", "172.20.1.9"
#: Route tables that send the office's network to the VPN gateway, by hand and as learned.
BY_HAND: Final[Form] = {"192.168.0.0/16": VGW}
LEARNED: Final[Form] = {"192.168.0.0/16": {"target": VGW, "origin": "propagated"}}


def prefixes(*texts: str) -> tuple[Prefix, ...]:
    """Read CIDRs."""
    return tuple(Prefix.parse(text) for text in texts)


def routed(routes: Form | None = None, **shop: Any) -> Snapshot:  # noqa: ANN401 - YAML forms
    """Read the base estate with routes in the tables of web and db."""
    tables = {name: {"routes": BY_HAND if routes is None else routes} for name in ("web", "main")}
    return snapshot(route_tables=tables, **shop)


def gateway(name: str = "vgw-1", vpc: str = SHOP, **changes: Any) -> VpnGateway:  # noqa: ANN401
    """Return a VPN gateway, attached to a VPC."""
    fields: dict[str, Any] = {"attachments": (Attachment(vpc=vpc, state="attached"),)}
    return VpnGateway(id=name, **(fields | changes))


def static_vpn(*routes: str, **changes: Any) -> VpnConnection:  # noqa: ANN401
    """Return a VPN connection of the office with static routes only."""
    fields: dict[str, Any] = {
        "id": "vpn-1",
        "customer_gateway": "cgw-1",
        "vpn_gateway": "vgw-1",
        "is_static": True,
        "routes": prefixes(*(routes or ("192.168.0.0/16",))),
    }
    return VpnConnection(**(fields | changes))


def bgp_vpn(name: str = "vpn-1", site: str = "cgw-1", **changes: Any) -> VpnConnection:  # noqa: ANN401
    """Return a VPN connection that speaks BGP."""
    fields: dict[str, Any] = {"is_static": False, "routes": ()}
    return static_vpn(id=name, customer_gateway=site, **(fields | changes))


def direct(*gateways: str, name: str = "dxgw-1", allowed: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """Return a Direct Connect gateway that is associated with gateways."""
    associations = tuple(
        DirectConnectAssociation(gateway=one, allowed=prefixes(*allowed)) for one in gateways
    )
    return DirectConnectGateway(id=name, associations=associations)


def joined(
    *records: Any,  # noqa: ANN401 - records of several kinds
    base: Snapshot | None = None,
    gateways: tuple[VpnGateway, ...] | None = None,
    asns: dict[str, int] | None = None,
) -> Network:
    """Compile an estate with VPN connections and Direct Connect gateways."""
    base = routed() if base is None else base
    vpns = {one.id: one for one in records if isinstance(one, VpnConnection)}
    directs = {one.id: one for one in records if isinstance(one, DirectConnectGateway)}
    clients = {one.id: one for one in records if isinstance(one, ClientVpnEndpoint)}
    sites = dict.fromkeys(one.customer_gateway for one in vpns.values())
    asns = asns or {}
    return Network(
        replace(
            base,
            vpn_gateways={one.id: one for one in gateways or (gateway(),)},
            vpn_connections=vpns,
            direct_connect_gateways=directs,
            client_vpn_endpoints=clients,
            customer_gateways={
                site: CustomerGateway(id=site, asn=asns.get(site)) for site in sites if site
            },
        )
    )


def transit_tie(
    name: str,
    resource: str,
    kind: AttachmentKind,
    **changes: Any,  # noqa: ANN401
) -> TransitAttachment:
    """Return the attachment of a VPN connection or a Direct Connect gateway."""
    fields: dict[str, Any] = {"gateway": "tgw-1", "kind": kind, "table": "tgw-rtb-1"}
    return TransitAttachment(id=name, resource=resource, **(fields | changes))


def clients(**changes: Any) -> ClientVpnEndpoint:  # noqa: ANN401
    """Return a client VPN endpoint in the subnet of web-1 that lets everybody into the VPC."""
    whole = Prefix.parse("10.0.0.0/16")
    fields: dict[str, Any] = {
        "vpc": SHOP,
        "clients": Prefix.parse("172.31.0.0/22"),
        "subnets": ("subnet-web-a",),
        "authorizations": (ClientVpnAuthorization(prefix=whole),),
        "routes": (ClientVpnRoute(prefix=whole, subnet="subnet-web-a"),),
    }
    return ClientVpnEndpoint(id="cvpn-endpoint-1", **(fields | changes))


def with_door(base: Snapshot, name: str = "eni-door") -> Snapshot:
    """Mark an interface as the one by which VPN clients come in."""
    door = replace(base.interfaces[name], description="ClientVPN Endpoint resource")
    return replace(base, interfaces={**base.interfaces, name: door})
