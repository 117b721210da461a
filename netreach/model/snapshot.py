"""Snapshot: every record of an estate by id, and what was odd about the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from netreach.model.records import (
    EgressOnlyInternetGateway,
    ElasticIp,
    Instance,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    PrefixList,
    Resource,
    RouteTable,
    SecurityGroup,
    Subnet,
    Unmodelled,
    Vpc,
)

#: The kinds of resources, in the order people think of them: field of Snapshot -> type word.
KINDS: Final[Mapping[str, str]] = {
    "vpcs": "vpc",
    "subnets": "subnet",
    "route_tables": "route-table",
    "network_acls": "network-acl",
    "security_groups": "security-group",
    "interfaces": "network-interface",
    "instances": "instance",
    "internet_gateways": "internet-gateway",
    "egress_only_gateways": "egress-only-internet-gateway",
    "nat_gateways": "nat-gateway",
    "prefix_lists": "prefix-list",
    "elastic_ips": "elastic-ip",
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd that did not stop the reading: one warning."""

    #: reference-to-nothing, duplicate-id, address-outside-subnet, host-bits
    kind: str
    #: The resources it is about; an answer that depends on one says so.
    resources: tuple[str, ...]
    message: str
    file: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """An estate at one moment."""

    vpcs: Mapping[str, Vpc] = {}
    subnets: Mapping[str, Subnet] = {}
    route_tables: Mapping[str, RouteTable] = {}
    network_acls: Mapping[str, NetworkAcl] = {}
    security_groups: Mapping[str, SecurityGroup] = {}
    interfaces: Mapping[str, NetworkInterface] = {}
    instances: Mapping[str, Instance] = {}
    internet_gateways: Mapping[str, InternetGateway] = {}
    egress_only_gateways: Mapping[str, EgressOnlyInternetGateway] = {}
    nat_gateways: Mapping[str, NatGateway] = {}
    prefix_lists: Mapping[str, PrefixList] = {}
    elastic_ips: Mapping[str, ElasticIp] = {}
    #: What the input holds and the model does not cover yet, by id.
    unmodelled: Mapping[str, Unmodelled] = {}
    problems: tuple[Problem, ...] = ()
    #: Describe calls (top-level keys such as "NetworkAcls") that the input held.
    calls: frozenset[str] = frozenset()
    #: When the newest file was written or the dump says it was taken, ISO 8601; "" if unknown.
    taken: str = ""
    #: SHA-256 of the input.
    digest: str = ""
    #: What the input was: "describe" or "yaml".
    format: str = ""

    def find(self, resource_id: str) -> tuple[str, Resource] | None:
        """Return the type word and the record of an id, or None."""
        for field, kind in KINDS.items():
            record = getattr(self, field).get(resource_id)
            if record is not None:
                return kind, record
        record = self.unmodelled.get(resource_id)
        return None if record is None else (record.kind, record)
