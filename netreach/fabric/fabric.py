"""Fabric: the compiled network, elements joined by stages; the registry of elements."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from netreach.fabric.addresses import AddressBook
from netreach.fabric.aws_service import AwsServices
from netreach.fabric.client_vpn import ClientVpns
from netreach.fabric.egress_only_gateway import EgressOnlyGateways
from netreach.fabric.element import Cross, Passage, Watch
from netreach.fabric.endpoint import Endpoints
from netreach.fabric.inspection import Inspections
from netreach.fabric.interface import Interfaces
from netreach.fabric.internet import Internet
from netreach.fabric.internet_gateway import InternetGateways
from netreach.fabric.load_balancer import LoadBalancers
from netreach.fabric.nat_gateway import NatGateways
from netreach.fabric.network_acl import NetworkAcls
from netreach.fabric.peering import Peerings
from netreach.fabric.private_link import PrivateLinks
from netreach.fabric.router import Router
from netreach.fabric.security_group import SecurityGroups
from netreach.fabric.sites import Sites
from netreach.fabric.transit_gateway import TransitGateways
from netreach.fabric.translation import Translation
from netreach.fabric.vocabulary import Stage
from netreach.fabric.vpn_gateway import VpnGateways
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import PacketBatch, distinct
from netreach.packets.pool import ServicePool


class RowNumbers(Struct, frozen=True):
    """Id -> row, for every kind that the fabric numbers."""

    vpcs: Mapping[str, int]
    subnets: Mapping[str, int]
    interfaces: Mapping[str, int]
    nats: Mapping[str, int]
    internet_gateways: Mapping[str, int]
    egress_only: Mapping[str, int]
    peerings: Mapping[str, int]
    transit_gateways: Mapping[str, int]
    transit_attachments: Mapping[str, int]
    transit_tables: Mapping[str, int]
    vpn_gateways: Mapping[str, int]
    client_vpns: Mapping[str, int]
    endpoints: Mapping[str, int]


class Fabric(Struct, frozen=True):
    """A snapshot compiled for walking."""

    snapshot: Snapshot
    pool: ServicePool
    rows: RowNumbers
    book: AddressBook
    acls: NetworkAcls
    groups: SecurityGroups
    router: Router
    interfaces: Interfaces
    internet_gateways: InternetGateways
    egress_only: EgressOnlyGateways
    nats: NatGateways
    internet: Internet
    services: AwsServices
    peerings: Peerings
    transit: TransitGateways
    sites: Sites
    vpn_gateways: VpnGateways
    client_vpns: ClientVpns
    endpoints: Endpoints
    inspections: Inspections
    balancers: LoadBalancers
    private_links: PrivateLinks
    translation: Translation
    #: Who takes a batch at each stage.
    crossings: Mapping[Stage, Cross]

    def carry(self, batch: PacketBatch, passage: Passage, watch: Watch | None = None) -> None:
        """Carry a batch from element to element, until the way of every packet has ended."""
        passage.move(batch)
        while passage.pending:
            moving = PacketBatch.joined(passage.pending)
            passage.pending = []
            if watch is not None:
                watch(moving)
            first = moving.stage[0]
            if (moving.stage == first).all():
                self.crossings[Stage(int(first))](moving, passage)
                continue
            for stage in distinct(moving.stage).tolist():
                self.crossings[Stage(stage)](moving.where(moving.stage == stage), passage)
