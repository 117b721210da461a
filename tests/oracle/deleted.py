"""What AWS lists for a while after its end: no longer there, and routes to it are blackholes."""

from __future__ import annotations

from typing import Final

from tests.oracle.spelling import Estate, Record

#: Lists of things that say so, and what names one of them.
LISTS: Final = {
    "VpcPeeringConnections": "VpcPeeringConnectionId",
    "TransitGateways": "TransitGatewayId",
    "TransitGatewayAttachments": "TransitGatewayAttachmentId",
    "VpnGateways": "VpnGatewayId",
    "VpnConnections": "VpnConnectionId",
    "directConnectGateways": "directConnectGatewayId",
}
STATES: Final = ("State", "directConnectGatewayState")


def without_deleted(estate: Estate) -> tuple[Estate, frozenset[str]]:
    """Return the estate without what is deleted, and the ids of that."""
    gone = {
        record[name]
        for key, name in LISTS.items()
        for record in estate.get(key, ())
        if _is_deleted(record)
    }
    kept = {
        key: [record for record in estate.get(key, ()) if record[name] not in gone]
        for key, name in LISTS.items()
    }
    return {**estate, **kept}, frozenset(gone)


def _is_deleted(record: Record) -> bool:
    states = [record.get(key) for key in STATES]
    return "deleted" in [*states, record.get("Status", {}).get("Code")]
