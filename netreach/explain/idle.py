"""Why something carries nothing, in words: its state, or what it consists of is down."""

from __future__ import annotations

from netreach.fabric.links import has_circuit, is_carried, peers_of
from netreach.model.connections import (
    AttachmentKind,
    DirectConnectGateway,
    TransitAttachment,
    VirtualInterface,
    VpnConnection,
)
from netreach.model.snapshot import Snapshot
from netreach.query.words import safe


def idle_because(snapshot: Snapshot, record: object) -> str:
    """Say why a record is not in service; its own state may be good nevertheless."""
    state = getattr(record, "state", "")
    if state == "available":
        found = _of_parts(snapshot, record)
        if found:
            return found
    return f"its state is {safe(state)}" if state else "its state is not `available`"


def _of_parts(snapshot: Snapshot, record: object) -> str:
    match record:
        case VpnConnection():
            return _of_vpn(snapshot, record)
        case VirtualInterface(is_up=False):
            return "none of its BGP sessions is up"
        case DirectConnectGateway():
            if not has_circuit(snapshot, record):
                return "none of its virtual interfaces is up"
            return "it is not associated with the gateway"
        case TransitAttachment(kind=AttachmentKind.CONNECT):
            peers = peers_of(snapshot, record)
            if peers and all(one.state != "available" or one.is_up is False for one in peers):
                return "none of its Connect peers is up"
            return f"{safe(record.transport)}, which carries it, is not in service"
    return ""


def _of_vpn(snapshot: Snapshot, record: VpnConnection) -> str:
    if record.tunnels_up == 0:
        return "none of its tunnels is up"
    if record.vpn_gateway in snapshot.deleted:
        return f"{safe(record.vpn_gateway)} is deleted"
    if not is_carried(snapshot, record.transport):
        return f"{safe(record.transport)}, which carries it, is not in service"
    return ""
