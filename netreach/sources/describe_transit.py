"""Transit gateways of the describe output -> records: gateways, attachments, route tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from netreach.model.connections import (
    AttachmentKind,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitRouteTable,
)
from netreach.sources import connection_shapes as shapes
from netreach.sources import parts
from netreach.sources.describe_records import Common
from netreach.sources.gather import Found, Gathered, Part
from netreach.sources.transit_ends import attachments_of, far_end
from netreach.sources.values import ImpossibleValueError, Prefixes, echo

_KINDS: Final = frozenset(AttachmentKind)
_ROUTE_TYPES: Final = frozenset({None, "", "static", "propagated"})
#: Names of keys and files that say that a search asked for routes of one type only.
_STATIC: Final = re.compile(r"static", re.IGNORECASE)
_PROPAGATED: Final = re.compile(r"propagated", re.IGNORECASE)
#: Kinds of parts that tables have.
_TABLE_PARTS: Final = frozenset(
    kind.key for kind in parts.KINDS if kind.field == "transit_route_tables"
)


def transit_gateway(shape: shapes.TransitGateway, common: Common) -> TransitGateway:
    """Read a transit gateway; group references are off unless it says so [SG-10]."""
    options = shape.options or shapes.TransitGatewayOptions()
    return TransitGateway(
        **common._asdict(),
        state=shape.state or "available",
        vpn_ecmp=options.vpn_ecmp_support != "disable",
        references_groups=options.security_group_referencing_support == "enable",
        is_multicast=options.multicast_support == "enable",
    )


def transit_attachment(shape: shapes.TransitAttachment, common: Common) -> TransitAttachment:
    """Read an attachment."""
    options = shape.options or shapes.AttachmentOptions()
    kind = _kind(shape)
    far = far_end(shape) if kind is AttachmentKind.PEERING else shapes.TransitGatewayEnd()
    return TransitAttachment(
        **common._asdict(),
        gateway=shape.transit_gateway_id or "",
        kind=kind,
        resource=shape.resource_id or shape.vpc_id or far.transit_gateway_id or "",
        resource_owner=shape.resource_owner_id or shape.vpc_owner_id or far.owner_id or "",
        state=shape.state or "available",
        table=_table(shape.association),
        subnets=None if shape.subnet_ids is None else tuple(shape.subnet_ids),
        is_appliance=options.appliance_mode_support == "enable",
        supports_ipv6=options.ipv6_support == "enable",
        references_groups=options.security_group_referencing_support != "disable",
        peer=far.transit_gateway_id or "",
        peer_region=far.region or "",
        transport=shape.transport_transit_gateway_attachment_id or "",
    )


def _kind(shape: shapes.TransitAttachment) -> AttachmentKind:
    """Return what is attached: what the attachment says, else what the call was about."""
    if shape.resource_type:
        is_known = shape.resource_type in _KINDS
        return AttachmentKind(shape.resource_type) if is_known else AttachmentKind.UNKNOWN
    if shape.vpc_id:
        return AttachmentKind.VPC
    if shape.transport_transit_gateway_attachment_id:
        return AttachmentKind.CONNECT
    return AttachmentKind.UNKNOWN


def _table(association: shapes.TransitAssociation | None) -> str | None:
    """Return the table that routes what comes from an attachment, "" for none, None if unknown."""
    if association is None or association.state not in _SETTLED:
        return None
    is_gone = association.state == "disassociated"
    return "" if is_gone else association.transit_gateway_route_table_id or ""


_SETTLED: Final = frozenset({None, "", "associated", "disassociated"})


class Listing(NamedTuple):
    """Routes of one table; None where the snapshot does not say."""

    static: tuple[TransitRoute, ...] | None
    propagated: tuple[TransitRoute, ...] | None


class Transit:
    """What all calls together say of the attachments and tables of transit gateways."""

    def __init__(self, gathered: Gathered, prefixes: Prefixes) -> None:
        """Bring attachments and tables together; parts of tables are read with their tables."""
        self._gathered, self._prefixes = gathered, prefixes
        self._names = attachments_of(gathered)
        self.attachments: Mapping[str, Found[shapes.TransitAttachment]] = self._names.found
        self.tables = {**gathered.transit_route_tables, **self._tables_of_parts()}
        options = [found.shape.options for found in gathered.transit_gateways.values()]
        defaults = [each for each in options if each]
        self._associating = {each.association_default_route_table_id for each in defaults}
        self._propagating = {each.propagation_default_route_table_id for each in defaults}

    def _tables_of_parts(self) -> dict[str, Found[shapes.TransitRouteTable]]:
        """Return the tables that only their routes, propagations or attachments tell of."""
        gateways = {
            found.shape.association.transit_gateway_route_table_id: found.shape.transit_gateway_id
            for found in self.attachments.values()
            if found.shape.association
        }
        return {
            number: Found(
                shapes.TransitRouteTable(
                    transit_gateway_route_table_id=number, transit_gateway_id=gateways.get(number)
                ),
                told[0].piece,
                (),
            )
            for (key, number), told in self._gathered.parts.items()
            if key in _TABLE_PARTS and number not in self._gathered.transit_route_tables
        }

    def table(self, shape: shapes.TransitRouteTable, common: Common) -> TransitRouteTable:
        """Read a route table with its routes and who propagates into it.

        Raises:
            InputError: a value of a route can't be.
        """
        gateway = shape.transit_gateway_id or ""
        told = self._gathered.parts.get((parts.TRANSIT_PROPAGATIONS, common.id))
        propagations = None if told is None else tuple(self._propagations(told, gateway))
        listing = self._listing(common.id, gateway, has_propagations=bool(propagations))
        common = common._replace(doubt=common.doubt or self._doubt(common.id))
        return TransitRouteTable(
            **common._asdict(),
            gateway=gateway,
            state=shape.state or "available",
            static_routes=listing.static,
            propagated_routes=listing.propagated,
            propagations=propagations,
            is_default_association=bool(shape.default_association_route_table)
            or common.id in self._associating,
            is_default_propagation=bool(shape.default_propagation_route_table)
            or common.id in self._propagating,
        )

    def _propagations(self, told: list[Part], gateway: str) -> Iterator[str]:
        for tie in _items(told):
            if tie.transit_gateway_attachment_id and tie.state in (None, "enabled"):
                yield self._names.at(tie.transit_gateway_attachment_id, gateway)

    def _doubt(self, number: str) -> str:
        """Return why the routes of a table can't be trusted, or nothing."""
        told = self._gathered.parts
        for tie in _items(told.get((parts.TRANSIT_PROPAGATIONS, number), [])):
            if tie.state in ("enabling", "disabling"):
                return f"a propagation is {tie.state}"
        for route in _items(told.get((parts.TRANSIT_ROUTES, number), [])):
            if route.type not in _ROUTE_TYPES:
                return f"a route is of the type {echo(route.type)}, which is not known"
        return ""

    def _listing(self, number: str, gateway: str, *, has_propagations: bool) -> Listing:
        """Return the routes that searches found, and say which types they were complete for."""
        told = self._gathered.parts.get((parts.TRANSIT_ROUTES, number), [])
        routes: dict[TransitRoute, None] = {}
        has_static = has_propagated = False
        for part in told:
            found = list(part.read(lambda item: self._route(item, gateway)))
            routes.update(dict.fromkeys(found))
            names = f"{part.piece.document.file} {part.piece.path}"
            asks_static = bool(_STATIC.search(names)) and not _PROPAGATED.search(names)
            asks_propagated = bool(_PROPAGATED.search(names)) and not _STATIC.search(names)
            has_static |= not asks_propagated or any(route.is_static for route in found)
            has_propagated |= not asks_static or any(not route.is_static for route in found)
        static = tuple(route for route in routes if route.is_static)
        propagated = tuple(route for route in routes if not route.is_static)
        # a search that shows none though attachments propagate was for static routes only
        has_propagated &= bool(propagated) or not has_propagations
        return Listing(
            (*static, *self._by_list(number, gateway, static)) if has_static else None,
            propagated if has_propagated else None,
        )

    def _route(self, item: shapes.TransitRoute, gateway: str) -> TransitRoute:
        text, ties = item.destination_cidr_block, item.transit_gateway_attachments or ()
        if not (text or item.prefix_list_id):
            what = "the route has no destination"
            raise ImpossibleValueError("DestinationCidrBlock", what, "write a CIDR")
        return TransitRoute(
            destination=self._prefixes.read(text, "DestinationCidrBlock") if text else None,
            prefix_list=item.prefix_list_id or "",
            state=item.state or "active",
            is_static=item.type != "propagated",
            attachments=self._attachments(ties, gateway),
        )

    def _attachments(
        self, ties: list[shapes.AttachmentId] | tuple[()], gateway: str
    ) -> tuple[str, ...]:
        numbers = (tie.transit_gateway_attachment_id for tie in ties)
        return tuple(self._names.at(number, gateway) for number in numbers if number)

    def _by_list(
        self, number: str, gateway: str, listed: tuple[TransitRoute, ...]
    ) -> Iterator[TransitRoute]:
        """Yield routes by prefix lists; a search lists them too, prefix by prefix."""
        known = {route.prefix_list for route in listed}
        for item in _items(self._gathered.parts.get((parts.TRANSIT_PREFIX_LISTS, number), [])):
            if item.prefix_list_id and item.prefix_list_id not in known:
                tie = item.transit_gateway_attachment
                yield TransitRoute(
                    prefix_list=item.prefix_list_id,
                    state=_reference_state(item),
                    attachments=self._attachments([tie] if tie else (), gateway),
                )


def _reference_state(item: shapes.PrefixListReference) -> str:
    if item.blackhole:
        return "blackhole"
    return "active" if item.state in (None, "available", "modifying") else item.state


def _items(told: list[Part]) -> Iterator[Any]:
    return (item for part in told for _, item in part.items)
