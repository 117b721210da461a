"""Answers that list parts of one resource: a transit table's routes, a VPN endpoint's rules.

Whose parts they are stands in the items, in a field beside the list, or only in the name of the
file or of a key above; the list alone may have a word for a key that other calls use too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from netreach.sources import connection_shapes as shapes
from netreach.sources.policy_shapes import MulticastTie, PolicyTableEntry, PolicyTie
from netreach.sources.shapes import Shape

TRANSIT_ROUTES: Final = "TransitGatewayRoutes"
TRANSIT_PROPAGATIONS: Final = "TransitGatewayRouteTablePropagations"
TRANSIT_ASSOCIATIONS: Final = "TransitGatewayRouteTableAssociations"
TRANSIT_PREFIX_LISTS: Final = "TransitGatewayPrefixListReferences"
POLICY_ENTRIES: Final = "TransitGatewayPolicyTableEntries"
POLICY_ASSOCIATIONS: Final = "TransitGatewayPolicyTableAssociations"
CLIENT_VPN_NETWORKS: Final = "ClientVpnTargetNetworks"
CLIENT_VPN_RULES: Final = "ClientVpnAuthorizationRules"
CLIENT_VPN_ROUTES: Final = "ClientVpnRoutes"
MULTICAST_TIES: Final = "MulticastDomainAssociations"
DIRECT_CONNECT_TIES: Final = "directConnectGatewayAssociations"

_TABLE: Final = re.compile(r"tgw-rtb-[0-9A-Za-z]+")
_POLICY: Final = re.compile(r"tgw-ptb-[0-9A-Za-z]+")
_DOMAIN: Final = re.compile(r"tgw-mcast-domain-[0-9A-Za-z]+")
_ENDPOINT: Final = re.compile(r"cvpn-endpoint-[0-9A-Za-z]+")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class PartKind(NamedTuple):
    """One call whose answer lists parts of a resource."""

    #: How its pieces are called.
    key: str
    #: Top-level key of the list.
    word: str
    #: Type of an item.
    shape: type[Shape]
    #: Fields that every item has.
    marks: frozenset[str]
    #: Field that names the resource, in the items or beside the list.
    owner: str
    #: How the resource's id looks in the name of a file or of a key.
    pattern: re.Pattern[str]
    #: Field of Snapshot that holds the resource.
    field: str
    #: A field that the items of another call have.
    unlike: str = ""


def _of_table(key: str, word: str, shape: type[Shape], marks: str, unlike: str = "") -> PartKind:
    marked, field = frozenset(marks.split()), "transit_route_tables"
    owner = "TransitGatewayRouteTableId"
    return PartKind(key, word, shape, marked, owner, _TABLE, field, unlike)


def _of_policy(key: str, word: str, shape: type[Shape], marks: str) -> PartKind:
    owner = "TransitGatewayPolicyTableId"
    return PartKind(key, word, shape, frozenset({marks}), owner, _POLICY, "transit_policy_tables")


def _of_endpoint(key: str, word: str, shape: type[Shape]) -> PartKind:
    owner = "ClientVpnEndpointId"
    return PartKind(key, word, shape, frozenset({owner}), owner, _ENDPOINT, "client_vpn_endpoints")


#: All of them.
KINDS: Final[tuple[PartKind, ...]] = (
    _of_table(
        TRANSIT_ROUTES, "Routes", shapes.TransitRoute, "Type State", "LocalGatewayRouteTableId"
    ),
    _of_table(
        TRANSIT_PROPAGATIONS,
        TRANSIT_PROPAGATIONS,
        shapes.TransitTie,
        "TransitGatewayAttachmentId",
    ),
    _of_table(
        TRANSIT_ASSOCIATIONS,
        "Associations",
        shapes.TransitTie,
        "TransitGatewayAttachmentId",
        "TransitGatewayPolicyTableId",
    ),
    _of_table(
        TRANSIT_PREFIX_LISTS, TRANSIT_PREFIX_LISTS, shapes.PrefixListReference, "PrefixListId"
    ),
    _of_policy(POLICY_ENTRIES, POLICY_ENTRIES, PolicyTableEntry, "TargetRouteTableId"),
    _of_policy(POLICY_ASSOCIATIONS, "Associations", PolicyTie, "TransitGatewayPolicyTableId"),
    _of_endpoint(CLIENT_VPN_NETWORKS, CLIENT_VPN_NETWORKS, shapes.ClientVpnNetwork),
    _of_endpoint(CLIENT_VPN_RULES, "AuthorizationRules", shapes.ClientVpnRule),
    _of_endpoint(CLIENT_VPN_ROUTES, "Routes", shapes.ClientVpnRoute),
    PartKind(
        MULTICAST_TIES,
        MULTICAST_TIES,
        MulticastTie,
        frozenset({"TransitGatewayAttachmentId", "Subnet"}),
        "TransitGatewayMulticastDomainId",
        _DOMAIN,
        "multicast_domains",
    ),
    PartKind(
        DIRECT_CONNECT_TIES,
        DIRECT_CONNECT_TIES,
        shapes.DirectConnectAssociation,
        frozenset({"directConnectGatewayId"}),
        "directConnectGatewayId",
        _UUID,
        "direct_connect_gateways",
    ),
)
KIND_BY_KEY: Final[Mapping[str, PartKind]] = {kind.key: kind for kind in KINDS}
#: Top-level keys of the lists, each once.
WORDS: Final[tuple[str, ...]] = tuple(dict.fromkeys(kind.word for kind in KINDS))

#: Says that a search for transit routes found more than it shows.
MORE_ROUTES: Final = "AdditionalRoutesAvailable"


def kind_of_items(word: str, fields: frozenset[str]) -> PartKind | None:
    """Return which call lists items with these fields under this key."""
    for kind in KINDS:
        if kind.word == word and kind.marks <= fields and kind.unlike not in fields:
            return kind
    return None


def kind_of_none(word: str, beside: frozenset[str], names: str) -> PartKind | None:
    """Return which call's answer an empty list is, by the fields beside it and the names above."""
    for kind in KINDS:
        is_named = kind.owner in beside or kind.pattern.search(names)
        if kind.word == word and (
            is_named or (kind.key == TRANSIT_ROUTES and MORE_ROUTES in beside)
        ):
            return kind
    return None


def named(kind: PartKind, *names: str) -> str:
    """Return the resource that a path or a file's name speaks of, or nothing; the last one."""
    for name in names:
        if found := kind.pattern.findall(name):
            return str(found[-1])
    return ""


def owner_of(kind: PartKind, item: Shape) -> str:
    """Return the resource that an item says it is a part of, or nothing."""
    spellings = zip(item.__struct_encode_fields__, item.__struct_fields__, strict=True)
    name = dict(spellings).get(kind.owner)
    return (name and getattr(item, name)) or ""
