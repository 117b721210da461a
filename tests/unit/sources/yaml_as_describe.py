"""A snapshot written out as the JSON that AWS would describe it with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from netreach.model.records import (
    Attachment,
    NetworkAclRule,
    NetworkInterface,
    Route,
    SecurityGroupRule,
    TargetKind,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Prefix
from netreach.packets.services import NAMES
from tests.unit.sources.connections_as_describe import connections_as_describe, described
from tests.unit.sources.services_as_describe import answers, services_as_describe

Json = dict[str, Any]

TARGET_FIELD: Final = {
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: "EgressOnlyInternetGatewayId",
    TargetKind.NAT_GATEWAY: "NatGatewayId",
    TargetKind.NETWORK_INTERFACE: "NetworkInterfaceId",
    TargetKind.INSTANCE: "InstanceId",
    TargetKind.VPC_PEERING: "VpcPeeringConnectionId",
    TargetKind.TRANSIT_GATEWAY: "TransitGatewayId",
}


def as_describe(snapshot: Snapshot) -> Json:
    """Return one combined document with a key for each call."""
    connections = connections_as_describe(snapshot)
    interfaces = {record.id: _interface(record) for record in snapshot.interfaces.values()}
    return {
        "Vpcs": [
            described(v, "VpcId", IsDefault=v.is_default, **_blocks(v.prefixes))
            for v in snapshot.vpcs.values()
        ],
        "Subnets": [
            described(
                s,
                "SubnetId",
                VpcId=s.vpc,
                AvailabilityZone=s.zone,
                AvailabilityZoneId=s.zone_id or None,
                MapPublicIpOnLaunch=s.maps_public_addresses,
                **_blocks(s.prefixes),
            )
            for s in snapshot.subnets.values()
        ],
        "RouteTables": [
            described(
                t,
                "RouteTableId",
                VpcId=t.vpc,
                Routes=[_route(route) for route in t.routes],
                Associations=[{"Main": True}] * t.is_main
                + [{"Main": False, "SubnetId": subnet} for subnet in t.subnets]
                + [{"Main": False, "GatewayId": gateway} for gateway in t.gateways],
            )
            for t in snapshot.route_tables.values()
        ],
        "NetworkAcls": [
            described(
                a,
                "NetworkAclId",
                VpcId=a.vpc,
                IsDefault=a.is_default,
                Associations=[{"SubnetId": subnet} for subnet in a.subnets],
                Entries=[
                    *(_entry(rule, egress=False) for rule in a.ingress),
                    *(_entry(rule, egress=True) for rule in a.egress),
                ],
            )
            for a in snapshot.network_acls.values()
        ],
        "SecurityGroups": [
            described(
                g,
                "GroupId",
                VpcId=g.vpc,
                GroupName=g.group_name,
                IpPermissions=[_permission(rule) for rule in g.ingress],
                IpPermissionsEgress=[_permission(rule) for rule in g.egress],
            )
            for g in snapshot.security_groups.values()
        ],
        "InternetGateways": [
            described(g, "InternetGatewayId", Attachments=_attachments(g.attachments, "available"))
            for g in snapshot.internet_gateways.values()
        ],
        "EgressOnlyInternetGateways": [
            described(
                g,
                "EgressOnlyInternetGatewayId",
                Attachments=_attachments(g.attachments, "attached"),
            )
            for g in snapshot.egress_only_gateways.values()
        ],
        "NatGateways": [
            described(
                n,
                "NatGatewayId",
                VpcId=n.vpc,
                SubnetId=n.subnet or None,
                State=n.state,
                ConnectivityType="public" if n.is_public else "private",
                AvailabilityMode="regional" if n.is_regional else "zonal",
                NatGatewayAddresses=[
                    {
                        "PrivateIp": _text(one.private),
                        "PublicIp": _text(one.public),
                        "NetworkInterfaceId": one.interface or None,
                        "Status": one.status,
                    }
                    for one in n.addresses
                ],
            )
            for n in snapshot.nat_gateways.values()
        ],
        "NetworkInterfaces": [*interfaces.values()],
        "Reservations": [
            {
                "OwnerId": i.owner,
                "Instances": [
                    described(
                        i,
                        "InstanceId",
                        VpcId=i.vpc or None,
                        SubnetId=i.subnet or None,
                        State={"Name": i.state},
                        NetworkInterfaces=[interfaces[each] for each in i.interfaces],
                    )
                ],
            }
            for i in snapshot.instances.values()
        ],
        "ManagedPrefixLists": [
            described(
                p,
                "PrefixListId",
                PrefixListName=p.list_name,
                Entries=None if p.entries is None else [{"Cidr": str(c)} for c in p.entries],
            )
            for p in snapshot.prefix_lists.values()
        ],
        "Addresses": [
            described(
                e,
                "AllocationId",
                PublicIp=_text(e.public),
                PrivateIpAddress=_text(e.private),
                NetworkInterfaceId=e.interface or None,
                InstanceId=e.instance or None,
            )
            for e in snapshot.elastic_ips.values()
        ],
        **services_as_describe(snapshot),
        **connections,
        "pages": [*connections["pages"], *answers(snapshot)],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _of_family(prefixes: Iterable[Prefix], family: int) -> list[str]:
    return [str(prefix) for prefix in prefixes if prefix.family == family]


def _blocks(prefixes: tuple[Prefix, ...]) -> Json:
    four, six = _of_family(prefixes, 4), _of_family(prefixes, 6)
    return {
        "CidrBlock": four[0] if four else None,
        "CidrBlockAssociationSet": [
            {"CidrBlock": cidr, "CidrBlockState": {"State": "associated"}} for cidr in four
        ],
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": cidr, "Ipv6CidrBlockState": {"State": "associated"}} for cidr in six
        ],
    }


def _destination(prefix: Prefix, four: str, six: str) -> Json:
    return {four if prefix.family == 4 else six: str(prefix)}


def _route(route: Route) -> Json:
    covered: Json = {"DestinationPrefixListId": route.prefix_list}
    if route.destination is not None:
        covered = _destination(
            route.destination, "DestinationCidrBlock", "DestinationIpv6CidrBlock"
        )
    field = TARGET_FIELD.get(route.target_kind, "GatewayId")
    return {**covered, field: route.target, "State": route.state, "Origin": route.origin}


def _entry(rule: NetworkAclRule, *, egress: bool) -> Json:
    found: Json = {
        "RuleNumber": rule.number,
        "Egress": egress,
        "RuleAction": "allow" if rule.allows else "deny",
        "Protocol": str(rule.protocol),
        **_destination(rule.prefix, "CidrBlock", "Ipv6CidrBlock"),
    }
    if NAMES.get(rule.protocol, "").startswith("icmp"):
        found["IcmpTypeCode"] = {"Type": _or_all(rule.low), "Code": _or_all(rule.high)}
    elif rule.low is not None:
        found["PortRange"] = {"From": rule.low, "To": rule.high}
    return found


def _or_all(number: int | None) -> int:
    return -1 if number is None else number


def _permission(rule: SecurityGroupRule) -> Json:
    told: Json = {"Description": rule.description} if rule.description else {}
    found: Json = {"IpProtocol": NAMES.get(rule.protocol, str(rule.protocol))}
    if rule.protocol in NAMES:
        found |= {"FromPort": _or_all(rule.low), "ToPort": _or_all(rule.high)}
    if rule.prefix is not None and rule.prefix.family == 4:
        found["IpRanges"] = [{"CidrIp": str(rule.prefix), **told}]
    elif rule.prefix is not None:
        found["Ipv6Ranges"] = [{"CidrIpv6": str(rule.prefix), **told}]
    elif rule.group:
        found["UserIdGroupPairs"] = [{"GroupId": rule.group, **told}]
    else:
        found["PrefixListIds"] = [{"PrefixListId": rule.prefix_list, **told}]
    return found


def _attachments(attachments: Iterable[Attachment], attached: str) -> list[Json]:
    return [
        {"VpcId": tie.vpc, "State": attached if tie.state == "available" else tie.state}
        for tie in attachments
    ]


def _interface(interface: NetworkInterface) -> Json:
    four = [one for one in interface.addresses if one.private.family == 4]
    six = [one for one in interface.addresses if one.private.family == 6]
    attachment = {"Status": interface.attachment_status, "InstanceId": interface.instance or None}
    return {
        "NetworkInterfaceId": interface.id,
        "OwnerId": interface.owner,
        "TagSet": [{"Key": name, "Value": value} for name, value in interface.tags.items()],
        "VpcId": interface.vpc,
        "SubnetId": interface.subnet,
        "AvailabilityZone": interface.zone,
        "Status": interface.status,
        "InterfaceType": interface.interface_type,
        "Description": interface.description,
        "Groups": [{"GroupId": group} for group in interface.groups],
        "SourceDestCheck": interface.source_dest_check,
        "RequesterManaged": interface.is_service_owned,
        "DenyAllIgwTraffic": interface.denies_internet_gateway,
        "PrivateIpAddress": str(four[0].private) if four else None,
        "PrivateIpAddresses": [
            {
                "PrivateIpAddress": str(one.private),
                "Primary": one.is_primary,
                "Association": {"PublicIp": str(one.public)} if one.public else None,
            }
            for one in four
        ],
        "Ipv6Addresses": [{"Ipv6Address": str(one.private)} for one in six],
        "Ipv4Prefixes": [{"Ipv4Prefix": c} for c in _of_family(interface.delegated, 4)],
        "Ipv6Prefixes": [{"Ipv6Prefix": c} for c in _of_family(interface.delegated, 6)],
        "Attachment": attachment if interface.attachment_status else None,
    }
