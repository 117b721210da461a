"""What a transit gateway may have that the short YAML has no words for."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from netreach.model.connections import (
    ConnectPeer,
    MulticastDomain,
    PolicyEntry,
    TransitPolicyTable,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address, Prefix

_COMMON: Final[Any] = {"owner": "111122223333", "region": "eu-central-1"}
_SHOP: Final = Prefix.parse("10.0.0.0/16")


def with_policies(snapshot: Snapshot) -> Snapshot:
    """Add policy tables, Connect peers and multicast domains, known well and hardly known."""
    return replace(
        snapshot,
        transit_policy_tables={one.id: one for one in _policies()},
        connect_peers={one.id: one for one in _peers()},
        multicast_domains={one.id: one for one in _domains()},
    )


def _policies() -> tuple[TransitPolicyTable, ...]:
    entries = (
        PolicyEntry(
            number=20, destination=_SHOP, protocol=17, ports=(53, 53), table="tgw-rtb-gone"
        ),
        PolicyEntry(number=10, source=_SHOP, protocol=6, ports=(1, 1023), table="tgw-rtb-spokes"),
        PolicyEntry(number=30, has_source_ports=True, table="tgw-rtb-dark"),
        PolicyEntry(is_obscure=True, protocol=47, table="tgw-rtb-dark"),
    )
    chooser = TransitPolicyTable(
        id="tgw-ptb-chooser",
        tags={"Name": "chooser"},
        gateway="tgw-hub",
        entries=entries,
        attachments=("tgw-attach-branch",),
        **_COMMON,
    )
    return chooser, TransitPolicyTable(id="tgw-ptb-dark", gateway="tgw-elsewhere", **_COMMON)


def _peers() -> tuple[ConnectPeer, ...]:
    routers = ConnectPeer(
        id="tgw-connect-peer-routers",
        tags={"Name": "routers"},
        attachment="tgw-attach-branch",
        address=Address.parse("10.0.9.7"),
        is_up=True,
        **_COMMON,
    )
    return routers, ConnectPeer(id="tgw-connect-peer-dark", attachment="tgw-attach-gone", **_COMMON)


def _domains() -> tuple[MulticastDomain, ...]:
    cameras = MulticastDomain(
        id="tgw-mcast-domain-cameras",
        tags={"Name": "cameras"},
        gateway="tgw-hub",
        subnets=("subnet-hub-a",),
        **_COMMON,
    )
    alone = MulticastDomain(id="tgw-mcast-domain-alone", gateway="tgw-elsewhere", **_COMMON)
    return cameras, alone
