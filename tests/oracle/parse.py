"""Describe JSON -> world. Reads AWS's spellings and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_interface
from typing import Any, Final

from tests.oracle.deleted import without_deleted
from tests.oracle.endpoints import endpoints, endpoints_by_interface
from tests.oracle.gateway_balancer import gateway_offers
from tests.oracle.parse_balancers import balancers
from tests.oracle.parse_connections import peerings, transit
from tests.oracle.parse_hybrid import hybrid
from tests.oracle.parse_inspection import inspection
from tests.oracle.private_link import offers
from tests.oracle.public_access import guard
from tests.oracle.regional_nat import regional
from tests.oracle.spelling import Estate, Record, prefix
from tests.oracle.world import (
    ALL,
    AclEntry,
    Address,
    Group,
    GroupRule,
    Interface,
    NatGateway,
    Prefix,
    PrefixList,
    Route,
    RouteTable,
    Subnet,
    Vpc,
    World,
)

PROTOCOLS: Final = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
#: Types of interfaces behind which there is a host.
ORDINARY: Final = ("interface", "efa", "lambda", "trunk", "branch")
#: What a route leads to, by the key that names it.
TARGETS: Final = {
    "NatGatewayId": "nat",
    "EgressOnlyInternetGatewayId": "eigw",
    "VpcPeeringConnectionId": "pcx",
    "TransitGatewayId": "tgw",
    "NetworkInterfaceId": "eni",
}
#: A NAT gateway in these states has given its addresses back.
GONE: Final = ("deleted", "failed")


def parse(estate: Mapping[str, Any]) -> World:
    """Read one combined describe document."""
    estate, gone = without_deleted(estate)
    tables = tuple(_table(record) for record in estate.get("RouteTables", ()))
    nats = {nat.id: nat for nat in map(_nat, estate.get("NatGateways", ()))}
    interfaces, hubs = _interfaces(estate, nats), transit(estate)
    return World(
        vpcs={r["VpcId"]: _vpc(r) for r in estate.get("Vpcs", ())},
        subnets={r["SubnetId"]: _subnet(r) for r in estate.get("Subnets", ())},
        table_of_subnet=_tables_of_subnets(estate, {table.id: table for table in tables}),
        tables=tables,
        acl_of_subnet=dict(_acls_of_subnets(estate)),
        groups={r["GroupId"]: _group(r) for r in estate.get("SecurityGroups", ())},
        prefix_lists={r["PrefixListId"]: _prefix_list(r) for r in _prefix_list_records(estate)},
        interfaces=interfaces,
        instances={i["InstanceId"]: i["State"]["Name"] for i in _instances(estate)},
        internet_gateways=_attachments(estate, "InternetGateways", "InternetGatewayId"),
        egress_only_gateways=_attachments(
            estate, "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"
        ),
        nat_gateways=nats,
        unused_public=frozenset(
            ip_address(r["PublicIp"])
            for r in estate.get("Addresses", ())
            if not r.get("AssociationId") and not r.get("NetworkInterfaceId")
        ),
        peerings=peerings(estate),
        balancers=balancers(estate),
        transit=hubs,
        hybrid=hybrid(estate, hubs.ties, interfaces, gone),
        gone=gone,
        inspection=inspection(estate),
        guard=guard(estate),
        without_metadata=_hiding(estate, "HttpEndpoint"),
        without_metadata_6=_hiding(estate, "HttpProtocolIpv6"),
        endpoints=endpoints(estate),
        offers=offers(estate),
        gateway_offers=gateway_offers(estate),
    )


def _is_associated(block: Record, key: str) -> bool:
    return bool(block.get(key, {}).get("State", "associated") == "associated")


def _blocks(record: Record) -> Iterator[Prefix]:
    if "CidrBlock" in record:
        yield prefix(record["CidrBlock"])
    for block in record.get("CidrBlockAssociationSet", ()):
        if _is_associated(block, "CidrBlockState") and block["CidrBlock"] != record["CidrBlock"]:
            yield prefix(block["CidrBlock"])
    for block in record.get("Ipv6CidrBlockAssociationSet", ()):
        if _is_associated(block, "Ipv6CidrBlockState"):
            yield prefix(block["Ipv6CidrBlock"])


def _hiding(estate: Estate, switch: str) -> frozenset[str]:
    """Return the instances that have switched their metadata service off, or a part of it."""
    return frozenset(
        one["InstanceId"]
        for one in _instances(estate)
        if one.get("MetadataOptions", {}).get(switch) == "disabled"
    )


def _vpc(record: Record) -> Vpc:
    has_dns = record.get("EnableDnsSupport", {}).get("Value", True)
    private = tuple(
        prefix(one["Ipv6CidrBlock"])
        for one in record.get("Ipv6CidrBlockAssociationSet", ())
        if one.get("Ipv6AddressAttribute") == "private"
    )
    return Vpc(record["VpcId"], tuple(_blocks(record)), has_dns, private)


def _subnet(record: Record) -> Subnet:
    zone = record.get("AvailabilityZoneId", "")
    return Subnet(record["SubnetId"], record["VpcId"], tuple(_blocks(record)), zone)


def _route(record: Record) -> Route:
    text = record.get("DestinationCidrBlock") or record.get("DestinationIpv6CidrBlock")
    kind, target = _target(record)
    return Route(
        prefix=prefix(text) if text else None,
        prefix_list=record.get("DestinationPrefixListId"),
        kind=kind,
        target=target,
        propagated=record.get("Origin") == "EnableVgwRoutePropagation",
        state=record.get("State", "active"),
    )


def _target(record: Record) -> tuple[str, str]:
    gateway = record.get("GatewayId", "")
    if gateway == "local":
        return "local", gateway
    for kind in ("igw", "vgw", "vpce"):
        if gateway.startswith(f"{kind}-"):
            return kind, gateway
    for key, kind in TARGETS.items():
        if record.get(key):
            return kind, record[key]
    others = (v for k, v in record.items() if k.endswith(("Id", "Arn")) and "PrefixList" not in k)
    return "other", next(others, "")


def _table(record: Record) -> RouteTable:
    routes = tuple(_route(route) for route in record.get("Routes", ()))
    gateways = [a["GatewayId"] for a in record.get("Associations", ()) if a.get("GatewayId")]
    return RouteTable(record["RouteTableId"], record["VpcId"], routes, tuple(gateways))


def _tables_of_subnets(
    estate: Mapping[str, Any], tables: Mapping[str, RouteTable]
) -> dict[str, RouteTable]:
    """Pair each subnet with its explicit table, else with its VPC's main table [RT-1]."""
    main, explicit = {}, {}
    for record in estate.get("RouteTables", ()):
        for association in record.get("Associations", ()):
            if association.get("SubnetId"):
                explicit[association["SubnetId"]] = tables[record["RouteTableId"]]
            elif association.get("Main"):
                main[record["VpcId"]] = tables[record["RouteTableId"]]
    found = {}
    for subnet in estate.get("Subnets", ()):
        table = explicit.get(subnet["SubnetId"]) or main.get(subnet["VpcId"])
        if table:
            found[subnet["SubnetId"]] = table
    return found


def _protocol(text: str) -> int:
    return PROTOCOLS[text] if text in PROTOCOLS else int(text)


def _acl_entry(record: Record) -> AclEntry:
    ports, icmp = record.get("PortRange"), record.get("IcmpTypeCode", {})
    return AclEntry(
        number=record["RuleNumber"],
        egress=record["Egress"],
        allow=record["RuleAction"] == "allow",
        prefix=ip_interface(record.get("CidrBlock") or record["Ipv6CidrBlock"]),
        protocol=_protocol(record["Protocol"]),
        ports=(ports["From"], ports["To"]) if ports else None,
        icmp=(icmp.get("Type", ALL), icmp.get("Code", ALL)),
    )


def _acls_of_subnets(estate: Mapping[str, Any]) -> Iterator[tuple[str, tuple[AclEntry, ...]]]:
    for record in estate.get("NetworkAcls", ()):
        entries = sorted(map(_acl_entry, record["Entries"]), key=lambda entry: entry.number)
        for association in record.get("Associations", ()):
            yield association["SubnetId"], tuple(entries)


def _group_rule(record: Record) -> GroupRule:
    cidrs = [r["CidrIp"] for r in record.get("IpRanges", ())]
    cidrs += [r["CidrIpv6"] for r in record.get("Ipv6Ranges", ())]
    return GroupRule(
        protocol=_protocol(record["IpProtocol"]),
        first=record.get("FromPort"),
        last=record.get("ToPort"),
        prefixes=tuple(map(ip_interface, cidrs)),
        prefix_lists=tuple(r["PrefixListId"] for r in record.get("PrefixListIds", ())),
        groups=tuple(r["GroupId"] for r in record.get("UserIdGroupPairs", ())),
    )


def _group(record: Record) -> Group:
    return Group(
        record["GroupId"],
        tuple(map(_group_rule, record.get("IpPermissions", ()))),
        tuple(map(_group_rule, record.get("IpPermissionsEgress", ()))),
    )


def _prefix_list_records(estate: Mapping[str, Any]) -> Iterable[Record]:
    return [*estate.get("PrefixLists", ()), *estate.get("ManagedPrefixLists", ())]


def _prefix_list(record: Record) -> PrefixList:
    family = {"IPv4": 4, "IPv6": 6}.get(record.get("AddressFamily", ""))
    cidrs = record.get("Cidrs")
    if "Entries" in record:
        cidrs = [entry["Cidr"] for entry in record["Entries"]]
    return PrefixList(None if cidrs is None else tuple(map(ip_interface, cidrs)), family)


def _instances(estate: Mapping[str, Any]) -> Iterator[Record]:
    for reservation in estate.get("Reservations", ()):
        yield from reservation["Instances"]


def _attachments(estate: Mapping[str, Any], kind: str, key: str) -> dict[str, dict[str, str]]:
    return {
        record[key]: {a["VpcId"]: a["State"] for a in record.get("Attachments", ())}
        for record in estate.get(kind, ())
    }


def _nat(record: Record) -> NatGateway:
    addresses = tuple(
        (ip_address(a["PrivateIp"]), ip_address(a["PublicIp"]) if a.get("PublicIp") else None)
        for a in record.get("NatGatewayAddresses", ())
        if a.get("Status", "succeeded") == "succeeded" and a.get("PrivateIp")
    )
    own = regional(record)
    return NatGateway(
        record["NatGatewayId"],
        record["VpcId"],
        record.get("SubnetId", ""),
        record["State"],
        tuple((public, public) for _, public in own.addresses) if own else addresses,
        own,
    )


def _interfaces(estate: Mapping[str, Any], nats: Mapping[str, NatGateway]) -> dict[str, Interface]:
    """Read the interfaces; a NAT gateway's record stands for its own ones."""
    of_nats = {
        address.get("NetworkInterfaceId")
        for record in estate.get("NatGateways", ())
        for address in record.get("NatGatewayAddresses", ())
    }
    records, doors = estate.get("NetworkInterfaces", ()), endpoints_by_interface(estate)
    found = {
        record["NetworkInterfaceId"]: _interface(record, doors)
        for record in records
        if record["NetworkInterfaceId"] not in of_nats
    }
    living = {nat.id: nat.as_interface() for nat in nats.values() if nat.state not in GONE}
    return {**found, **living}


def _interface(record: Record, doors: Mapping[str, str]) -> Interface:
    attachment = record.get("Attachment", {})
    kind, groups = record.get("InterfaceType", "interface"), record.get("Groups", ())
    return Interface(
        id=record["NetworkInterfaceId"],
        vpc=record["VpcId"],
        subnet=record["SubnetId"],
        addresses=tuple(_addresses(record)),
        delegated=tuple(_delegated(record)),
        public=_public(record),
        groups=tuple(group["GroupId"] for group in groups),
        has_groups=kind in ORDINARY or bool(groups),
        is_nat=kind == "nat_gateway",
        is_modelled=kind in ORDINARY,
        check=record.get("SourceDestCheck", True),
        deny_igw=record.get("DenyAllIgwTraffic", False),
        status=record.get("Status", "in-use"),
        attachment=attachment.get("Status"),
        instance=attachment.get("InstanceId"),
        device=attachment.get("DeviceIndex", 0),
        kind=kind,
        endpoint=doors.get(record["NetworkInterfaceId"], ""),
    )


def _addresses(record: Record) -> Iterator[Address]:
    if record.get("PrivateIpAddress"):
        yield ip_address(record["PrivateIpAddress"])
    for private in record.get("PrivateIpAddresses", ()):
        if private["PrivateIpAddress"] != record.get("PrivateIpAddress"):
            yield ip_address(private["PrivateIpAddress"])
    for six in record.get("Ipv6Addresses", ()):
        yield ip_address(six["Ipv6Address"])


def _delegated(record: Record) -> Iterator[Prefix]:
    for four in record.get("Ipv4Prefixes", ()):
        yield prefix(four["Ipv4Prefix"])
    for six in record.get("Ipv6Prefixes", ()):
        yield prefix(six["Ipv6Prefix"])


def _public(record: Record) -> dict[Address, Address]:
    found: dict[Address, Address] = {}
    primary = record.get("PrivateIpAddress")
    for private in [
        {"PrivateIpAddress": primary, "Association": record.get("Association", {})},
        *record.get("PrivateIpAddresses", ()),
    ]:
        public = private.get("Association", {}).get("PublicIp")
        if public and private["PrivateIpAddress"]:
            found[ip_address(private["PrivateIpAddress"])] = ip_address(public)
    return found
