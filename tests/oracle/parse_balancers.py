"""Describe JSON -> load balancers. Reads AWS's spellings and decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tests.oracle.spelling import Estate, Record
from tests.oracle.target_health import has_leaving_share
from tests.oracle.world_balancers import (
    CLASSIC,
    EVERYWHERE,
    GATEWAY,
    Balancer,
    Balancers,
    Floor,
    Listener,
    Target,
    TargetGroup,
)

KINDS: Final = {"network": "net", "application": "app", "gateway": GATEWAY}
CROSS_ZONE: Final = "load_balancing.cross_zone.enabled"
KEEPS: Final = "preserve_client_ip.enabled"
LINKS: Final = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
#: How AWS describes the interfaces of nodes.
V2_NODE: Final = re.compile(r"ELB (?P<path>(?:net|app)/[^/]+/[0-9a-f]+)")
CLASSIC_NODE: Final = re.compile(r"ELB (?P<name>[^/]+)")
GATEWAY_NODE: Final = re.compile(r"ELB (?P<path>gwy/[^/]+/[0-9a-f]+)")
NODE_TYPES: Final = ("network_load_balancer", "load_balancer")


def balancers(estate: Estate) -> Balancers:
    """Read all balancers."""
    subnets = [r for r in estate.get("Subnets", ()) if "AvailabilityZoneId" in r]
    zones = {r["AvailabilityZone"]: r["AvailabilityZoneId"] for r in subnets if _has_name(r)}
    homes = {r["SubnetId"]: r["AvailabilityZoneId"] for r in subnets}
    v2 = {
        record["LoadBalancerArn"].partition(":loadbalancer/")[2]: _balancer(estate, record, zones)
        for record in estate.get("LoadBalancers", ())
        if record["Type"] in KINDS
    }
    classics = {
        (record["VPCId"], record["LoadBalancerName"]): _classic(estate, record, homes)
        for record in estate.get("LoadBalancerDescriptions", ())
    }
    groups = [_group(estate, record, zones) for record in estate.get("TargetGroups", ())]
    return Balancers(
        dict(_nodes(estate, v2, classics)),
        {group.id: group for group in groups},
        {one.id: one for one in v2.values() if one.kind == GATEWAY},
        dict(_gateway_nodes(estate, v2)),
        any(map(has_leaving_share, groups)),
    )


def _has_name(subnet: Record) -> bool:
    return "AvailabilityZone" in subnet


def _nodes(
    estate: Estate, v2: dict[str, Balancer], classics: dict[tuple[str, str], Balancer]
) -> Iterator[tuple[str, Balancer | None]]:
    """Pair interfaces with the balancers that their descriptions name."""
    for record in estate.get("NetworkInterfaces", ()):
        name, said = record["NetworkInterfaceId"], record.get("Description", "")
        if path := V2_NODE.fullmatch(said):
            yield name, v2.get(path["path"])
        elif classic := CLASSIC_NODE.fullmatch(said):
            found = classics.get((record["VpcId"], classic["name"]))
            if found or record.get("RequesterManaged"):
                yield name, found
        elif record.get("InterfaceType") in NODE_TYPES:
            yield name, None


def _gateway_nodes(
    estate: Estate, v2: dict[str, Balancer]
) -> Iterator[tuple[str, Balancer | None]]:
    for record in estate.get("NetworkInterfaces", ()):
        path = GATEWAY_NODE.fullmatch(record.get("Description", ""))
        if path or record.get("InterfaceType") == "gateway_load_balancer":
            yield record["NetworkInterfaceId"], v2.get(path["path"]) if path else None


def _balancer(estate: Estate, record: Record, zones: dict[str, str]) -> Balancer:
    arn = record["LoadBalancerArn"]
    told = [
        answer["Listeners"]
        for answer in estate.get("LoadBalancerListeners", ())
        if answer["LoadBalancerArn"] == arn
    ]
    attributes = _attributes(estate.get("LoadBalancerAttributes", ()), "LoadBalancerArn", arn)
    return Balancer(
        id=arn,
        kind=KINDS[record["Type"]],
        state=record["State"]["Code"],
        zones=frozenset(zones[zone["ZoneName"]] for zone in record["AvailabilityZones"]),
        groups=tuple(record.get("SecurityGroups", ())),
        listeners=tuple(_listener(one) for some in told for one in some) if told else None,
        crosses=attributes.get(CROSS_ZONE),
        filters_links=record.get(LINKS) != "off",
        takes_six={"ipv4": False, "dualstack": True}.get(record.get("IpAddressType", "")),
    )


def _listener(record: Record) -> Listener:
    groups = tuple(dict.fromkeys(_forwarded(record)))  # a gateway balancer's has no port
    return Listener(record.get("Protocol", ""), record.get("Port", 0), groups)


def _forwarded(record: Record) -> Iterator[str]:
    """Yield the target groups of a listener; of several, one of weight 0 gets nothing."""
    for action in record["DefaultActions"]:
        groups = action.get("ForwardConfig", {}).get("TargetGroups", ())
        for group in groups:
            if len(groups) == 1 or group.get("Weight") != 0:
                yield group["TargetGroupArn"]
        if not groups and "TargetGroupArn" in action:
            yield action["TargetGroupArn"]


def _attributes(answers: Iterable[Record], key: str, arn: str) -> dict[str, bool]:
    """Return what attributes say; one that says neither yes nor no leaves it to another."""
    written = _written(answers, key, arn)
    return {name: text == "true" for name, text in written.items() if text in ("true", "false")}


def _written(answers: Iterable[Record], key: str, arn: str) -> dict[str, str]:
    return {
        attribute["Key"]: attribute["Value"]
        for answer in answers
        if answer[key] == arn
        for attribute in answer["Attributes"]
    }


def _floor(written: dict[str, str], action: str) -> Floor:
    """Read a threshold; where nothing is said, one healthy target is enough, whatever the share."""
    place = f"target_group_health.{action}.minimum_healthy_targets"
    texts = written.get(f"{place}.count", "1"), written.get(f"{place}.percentage", "off")
    count, percent = (None if text == "off" else int(text) for text in texts)
    return Floor(count, percent)


def _group(estate: Estate, record: Record, zones: dict[str, str]) -> TargetGroup:
    arn = record["TargetGroupArn"]
    told = [
        answer["TargetHealthDescriptions"]
        for answer in estate.get("TargetGroupTargetHealth", ())
        if answer["TargetGroupArn"] == arn
    ]
    attributes = _attributes(estate.get("TargetGroupAttributes", ()), "TargetGroupArn", arn)
    written = _written(estate.get("TargetGroupAttributes", ()), "TargetGroupArn", arn)
    return TargetGroup(
        id=arn,
        kind=record["TargetType"],
        protocol=record.get("Protocol", ""),
        port=record.get("Port"),
        version={"ipv4": 4, "ipv6": 6}.get(record.get("IpAddressType", "")),
        keeps_client=attributes.get(KEEPS),
        crosses=attributes.get(CROSS_ZONE),
        targets=tuple(_target(one, zones) for some in told for one in some) if told else None,
        routing=_floor(written, "unhealthy_state_routing"),
        naming=_floor(written, "dns_failover"),
    )


def _target(record: Record, zones: dict[str, str]) -> Target:
    target, zone = record["Target"], record["Target"].get("AvailabilityZone", "")
    health = record.get("TargetHealth", {}).get("State", "")
    known = EVERYWHERE if zone in ("", "all") else zones.get(zone, zone)  # it may have no subnet
    return Target(target["Id"], target.get("Port"), known, health)


def _classic(estate: Estate, record: Record, homes: dict[str, str]) -> Balancer:
    name = record["LoadBalancerName"]
    said = estate.get("ClassicLoadBalancerAttributes", ())
    crosses = [
        answer["LoadBalancerAttributes"]["CrossZoneLoadBalancing"]["Enabled"]
        for answer in said
        if answer["LoadBalancerName"] == name
    ]
    return Balancer(
        id=f"{record['VPCId']}/{name}",
        kind=CLASSIC,
        state="active",
        zones=frozenset(homes[subnet] for subnet in record["Subnets"]),
        groups=tuple(record["SecurityGroups"]),
        listeners=tuple(
            Listener(one["Protocol"], one["LoadBalancerPort"], (), one["InstancePort"])
            for one in (each["Listener"] for each in record["ListenerDescriptions"])
        ),
        crosses=crosses[0] if crosses else None,
        instances=tuple(each["InstanceId"] for each in record["Instances"]),
        idle=frozenset(
            one["InstanceId"]
            for answer in estate.get("ClassicLoadBalancerHealth", ())
            for one in answer["InstanceStates"]
            if answer["LoadBalancerName"] == name and one["State"] == "OutOfService"
        ),
    )
