"""Rules and routes in AWS's form, from the evidence that an answer gives."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from netreach.explain.records import Evidence
from netreach.model.connections import TransitAttachment
from netreach.model.records import TargetKind
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import AddressError, Prefix
from netreach.present._insights_headers import Phrase, phrases
from netreach.present._insights_shapes import (
    AclRule,
    RouteTableRoute,
    SecurityGroupRule,
    TransitGatewayRouteTableRoute,
)

#: The number of the rule that closes every ACL, of IPv4 and of IPv6.
_CLOSING: Final = {False: 32767, True: 32768}
#: What a route can lead to, and the field that bears its id.
_TARGETS: Final = {
    TargetKind.LOCAL: "gateway_id",
    TargetKind.INTERNET_GATEWAY: "gateway_id",
    TargetKind.VPN_GATEWAY: "gateway_id",
    TargetKind.VPC_ENDPOINT: "gateway_id",
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: "egress_only_internet_gateway_id",
    TargetKind.NAT_GATEWAY: "nat_gateway_id",
    TargetKind.NETWORK_INTERFACE: "network_interface_id",
    TargetKind.INSTANCE: "instance_id",
    TargetKind.VPC_PEERING: "vpc_peering_connection_id",
    TargetKind.TRANSIT_GATEWAY: "transit_gateway_id",
    TargetKind.CARRIER_GATEWAY: "carrier_gateway_id",
    TargetKind.LOCAL_GATEWAY: "local_gateway_id",
    TargetKind.CORE_NETWORK: "core_network_arn",
}


def acl_rule(because: Evidence | None, *, is_ipv6: bool) -> AclRule | None:
    """Return the rule of an ACL that decided; None where AWS's default is assumed."""
    fields = because.fields if because else {}
    if "rule" not in fields:
        return None
    egress, action = fields["direction"] == "egress", str(fields["action"])
    if fields["rule"] == "*":
        cidr = "::/0" if is_ipv6 else "0.0.0.0/0"
        return AclRule(cidr, egress, None, "all", action, _CLOSING[is_ipv6])
    phrase = _phrase(fields)
    ports, protocol = phrase.ports, phrase.protocol
    return AclRule(str(fields["peer"]), egress, ports, protocol, action, int(fields["rule"]))


def group_rule(because: Evidence | None, snapshot: Snapshot) -> SecurityGroupRule | None:
    """Return the rule of a security group that allows; None where there is none."""
    fields = because.fields if because else {}
    if "group" not in fields:
        return None
    phrase, peer = _phrase(fields), str(fields["peer"])
    is_list = peer in snapshot.prefix_lists or peer.startswith("pl-")
    is_cidr = _is_cidr(peer)
    return SecurityGroupRule(
        cidr=peer if is_cidr else None,
        direction=str(fields["direction"]),
        security_group_id=None if is_list or is_cidr else peer,
        port_range=phrase.ports,
        prefix_list_id=peer if is_list else None,
        protocol=phrase.protocol,
    )


def route(because: Evidence | None) -> RouteTableRoute | None:
    """Return the route of a VPC's table that decided."""
    fields = because.fields if because else {}
    if "target_type" not in fields:
        return None
    said: dict[str, str] = {}
    target = _TARGETS.get(TargetKind(str(fields["target_type"])))
    if target:
        said[target] = str(fields["target"])
    said["destination_cidr" if _has_cidr(fields) else "destination_prefix_list_id"] = str(
        fields["destination"]
    )
    return RouteTableRoute(origin=str(fields["origin"]).lower(), state=str(fields["state"]), **said)


def transit_route(
    because: Evidence | None, snapshot: Snapshot, taken: Collection[str]
) -> TransitGatewayRouteTableRoute | None:
    """Return the route of a transit gateway's table that decided.

    Of attachments of equal cost, the one among those that the path has `taken`.
    """
    fields = because.fields if because else {}
    if "target" not in fields:
        return None
    targets = [word for word in str(fields["target"]).split(", ") if word != "nothing"]
    chosen = next((target for target in targets if target in taken), "".join(targets[:1]))
    attachment = snapshot.transit_attachments.get(chosen)
    destination, has_cidr = str(fields["destination"]), _has_cidr(fields)
    return TransitGatewayRouteTableRoute(
        destination_cidr=destination if has_cidr else None,
        state=str(fields["state"]),
        route_origin=str(fields["origin"]),
        prefix_list_id=None if has_cidr else destination,
        attachment_id=chosen or None,
        resource_id=(attachment.resource or None) if attachment else None,
        resource_type=_resource_type(attachment),
    )


def _resource_type(attachment: TransitAttachment | None) -> str | None:
    return str(attachment.kind) if attachment else None


def _phrase(fields: dict[str, str | int | bool]) -> Phrase:
    """Return what a rule covers: one phrase always, for a rule has one protocol."""
    return next(iter(phrases(str(fields["services"]))), Phrase("all"))


def _has_cidr(fields: dict[str, str | int | bool]) -> bool:
    return _is_cidr(str(fields["destination"]))


def _is_cidr(text: str) -> bool:
    try:
        Prefix.parse(text)
    except AddressError:
        return False
    return True
