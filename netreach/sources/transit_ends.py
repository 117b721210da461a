"""Attachments of transit gateways, each once: of a peering, one for either gateway.

Several calls describe one attachment, and a shelf brings them together by id. Both gateways of a
peering list it under the same id, each with a table of its own, so each end is a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from netreach.sources.connection_shapes import (
    TransitAssociation,
    TransitAttachment,
    TransitGatewayEnd,
    TransitTie,
)
from netreach.sources.gather import Found, Gathered
from netreach.sources.merge import merged
from netreach.sources.parts import TRANSIT_ASSOCIATIONS
from netreach.sources.pieces import Piece

FoundAttachment = Found[TransitAttachment]


class Attachments(NamedTuple):
    """All attachments by the ids of their records."""

    found: dict[str, FoundAttachment]
    #: (attachment, gateway) -> id of the record, where a gateway has an end of its own.
    ends: dict[tuple[str, str], str]

    def at(self, attachment: str, gateway: str) -> str:
        """Return the record that an id means where a table of a gateway names it."""
        return self.ends.get((attachment, gateway), attachment)


def attachments_of(gathered: Gathered) -> Attachments:
    """Return every attachment with all that was said of it."""
    by_id: dict[str, list[FoundAttachment]] = {}
    for found in gathered.transit_attachments.values():
        by_id.setdefault(found.shape.transit_gateway_attachment_id, []).append(found)
    attachments = Attachments({}, {})
    for number, descriptions in by_id.items():
        for row, found in enumerate(_ends(descriptions, gathered)):
            gateway = found.shape.transit_gateway_id or ""
            record = f"{number}@{gateway}" if row else number
            attachments.found[record] = found
            attachments.ends[number, gateway] = record
    _associate(attachments, gathered)
    return attachments


def _ends(descriptions: list[FoundAttachment], gathered: Gathered) -> list[FoundAttachment]:
    """Return the ends of an attachment that the snapshot holds, the requester's first."""
    seen = [found for found in descriptions if "@" in found.shape.id]
    plain = next((found for found in descriptions if "@" not in found.shape.id), None)
    if plain is None:
        return seen
    for found in seen:
        _complete(found, plain.shape, plain.piece)
    sides = list(_sides(plain.shape))
    listed = {found.shape.transit_gateway_id for found in seen}
    missed = [side for side in sides if side not in listed]
    held = [side for side in missed if side in gathered.transit_gateways]
    if not (seen or held):
        held = missed[:1]
    ends = [*seen, *(_end(plain, side) for side in dict.fromkeys(held))] or [plain]
    return sorted(ends, key=lambda found: sides[:1] != [found.shape.transit_gateway_id])


def _sides(shape: TransitAttachment) -> Iterator[str]:
    """Yield the gateways of a peering, the requester's first."""
    for side in (shape.requester_tgw_info, shape.accepter_tgw_info):
        if side and side.transit_gateway_id:
            yield side.transit_gateway_id


def _end(plain: FoundAttachment, gateway: str) -> FoundAttachment:
    """Return an end that no gateway listed, as the peering itself describes it."""
    shape = msgspec.structs.replace(
        plain.shape, transit_gateway_id=gateway, resource_type="peering"
    )
    return Found(shape, plain.piece, plain.rows, plain.conflicts, plain.other_file)


def far_end(shape: TransitAttachment) -> TransitGatewayEnd:
    """Return what is known of the other side of a peering."""
    sides = (shape.requester_tgw_info, shape.accepter_tgw_info)
    others = [s for s in sides if s and s.transit_gateway_id != shape.transit_gateway_id]
    return others[0] if others else TransitGatewayEnd(transit_gateway_id=shape.resource_id)


def _associate(attachments: Attachments, gathered: Gathered) -> None:
    """Add what route tables say of the attachments that are associated with them."""
    for (key, table), told in gathered.parts.items():
        if key != TRANSIT_ASSOCIATIONS:
            continue
        found_table = gathered.transit_route_tables.get(table)
        gateway = (found_table and found_table.shape.transit_gateway_id) or ""
        for part in told:
            for _, tie in part.items:
                number = tie.transit_gateway_attachment_id or ""
                found = attachments.found.get(attachments.at(number, gateway))
                if found is not None:
                    _complete(found, _associated(number, table, tie), part.piece)


def _associated(number: str, table: str, tie: TransitTie) -> TransitAttachment:
    association = TransitAssociation(transit_gateway_route_table_id=table, state=tie.state)
    return TransitAttachment(transit_gateway_attachment_id=number, association=association)


def _complete(found: FoundAttachment, shape: TransitAttachment, piece: Piece) -> None:
    """Fill what a description lacks."""
    found.shape, conflicts = merged(found.shape, shape)
    if conflicts:
        found.conflicts = (*found.conflicts, *conflicts)
        found.other_file = piece.document.file
