"""Policy tables, Connect peers and multicast domains of the describe output -> records."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from netreach.model.connections import (
    ConnectPeer,
    MulticastDomain,
    PolicyEntry,
    TransitPolicyTable,
)
from netreach.packets.prefixes import Prefix
from netreach.sources import parts
from netreach.sources import policy_shapes as shapes
from netreach.sources.describe_records import Common
from netreach.sources.gather import Gathered
from netreach.sources.values import Prefixes, address

#: How "any" is written.
_ANY: Final = frozenset({None, "", "*", "-1", "all", "any"})
_PROTOCOLS: Final = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47}
_PORTS: Final = re.compile(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?")
#: All ports, written out.
_WHOLE: Final = (0, 65535)
#: States of a subnet of a multicast domain that is in it no more, or never was.
_ENDED: Final = frozenset({"disassociating", "disassociated", "rejected", "failed"})
_CHANGING: Final = frozenset({"associating", "disassociating"})


def connect_peer(shape: shapes.ConnectPeer, common: Common) -> ConnectPeer:
    """Read a Connect peer; one of its two BGP sessions is enough."""
    told = shape.connect_peer_configuration or shapes.PeerConfiguration()
    sessions = {one.bgp_status for one in told.bgp_configurations or ()}
    is_known = "up" in sessions or sessions == {"down"}
    end = told.peer_address
    return ConnectPeer(
        **common._asdict(),
        attachment=shape.transit_gateway_attachment_id or "",
        state=shape.state or "available",
        address=address(end, "ConnectPeerConfiguration.PeerAddress") if end else None,
        is_up="up" in sessions if is_known else None,
    )


def multicast_domain(
    shape: shapes.MulticastDomain, common: Common, gathered: Gathered
) -> MulticastDomain:
    """Read a multicast domain, with its subnets if a call told them."""
    subnets = gathered.read_parts(parts.MULTICAST_TIES, common.id, _joined)
    return MulticastDomain(
        **common._asdict(),
        gateway=shape.transit_gateway_id or "",
        state=shape.state or "available",
        subnets=None if subnets is None else tuple(dict.fromkeys(subnets)),
    )


def _joined(tie: shapes.MulticastTie) -> str | None:
    """Return the subnet of an association that has not ended."""
    subnet = tie.subnet or shapes.MulticastSubnet()
    return None if subnet.state in _ENDED else subnet.subnet_id


def policy_table(
    shape: shapes.PolicyTable, common: Common, gathered: Gathered, prefixes: Prefixes
) -> TransitPolicyTable:
    """Read a policy table with its entries and who is associated with it."""
    told = gathered.parts.get((parts.POLICY_ASSOCIATIONS, common.id))
    ties = None if told is None else [tie for part in told for _, tie in part.items]
    settled = ties is not None and not any(tie.state in _CHANGING for tie in ties)
    return TransitPolicyTable(
        **common._asdict(),
        gateway=shape.transit_gateway_id or "",
        state=shape.state or "available",
        entries=gathered.read_parts(
            parts.POLICY_ENTRIES, common.id, partial(_entry, prefixes=prefixes)
        ),
        attachments=tuple(
            tie.transit_gateway_attachment_id or ""
            for tie in ties or ()
            if tie.state in (None, "", "associated")
        )
        if settled
        else None,
    )


def _entry(item: shapes.PolicyTableEntry, prefixes: Prefixes) -> PolicyEntry | None:
    """Read an entry; None for one that is deleted."""
    if item.state in ("deleted", "deleting"):
        return None
    rule, number = item.policy_rule or shapes.PolicyRule(), item.policy_rule_number or ""
    protocol, is_known = _protocol(rule.protocol)
    ports, ports_known = _ports(rule.destination_port_range)
    return PolicyEntry(
        number=int(number) if number.isdecimal() else None,
        source=_cidr(rule.source_cidr_block, "SourceCidrBlock", prefixes),
        destination=_cidr(rule.destination_cidr_block, "DestinationCidrBlock", prefixes),
        protocol=protocol,
        ports=ports,
        has_source_ports=_ports(rule.source_port_range) != (None, True),
        is_obscure=not (is_known and ports_known) or bool(rule.meta_data),
        table=item.target_route_table_id or "",
    )


def _cidr(text: str | None, field: str, prefixes: Prefixes) -> Prefix | None:
    return None if text in _ANY else prefixes.read(text or "", f"PolicyRule.{field}")


def _protocol(text: str | None) -> tuple[int | None, bool]:
    """Return a protocol, None for all, and whether it is a known word."""
    if text in _ANY:
        return None, True
    word = (text or "").lower()
    if word.isdecimal():
        return int(word), int(word) < 256
    return _PROTOCOLS.get(word), word in _PROTOCOLS


def _ports(text: str | None) -> tuple[tuple[int, int] | None, bool]:
    """Return a range of ports, None for all, and whether it can be read."""
    if text in _ANY:
        return None, True
    found = _PORTS.fullmatch((text or "").strip())
    if found is None:
        return None, False
    low, high = int(found[1]), int(found[2] or found[1])
    if low > high or high > _WHOLE[1]:
        return None, False
    return (None if (low, high) == _WHOLE else (low, high)), True
