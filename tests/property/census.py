"""Count what random estates hold and what the judge says about them.

::

    python -m tests.property.census --estates 500 --seed 1
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from time import perf_counter

from tests.oracle.judge import answer
from tests.oracle.parse import parse
from tests.oracle.question import Question
from tests.oracle.verdict import Ruling
from tests.property import (
    endpoints,
    gateway_balancers,
    platform_services,
    private_links,
    public_access,
    regional_nat,
    target_health,
)
from tests.property.estates import random_case
from tests.property.plan import Estate, Record

Tally = Counter[str]


@dataclass
class Census:
    """How often each thing occurred."""

    elements: Tally = field(default_factory=Counter)  # estates that hold it
    questions: Tally = field(default_factory=Counter)
    verdicts: Tally = field(default_factory=Counter)
    reachable: Tally = field(default_factory=Counter)  # of the questions, wholly or in part
    codes: Tally = field(default_factory=Counter)
    missing: Tally = field(default_factory=Counter)
    seconds: float = 0.0

    def count(self, estate: Estate, asked: list[Question], rulings: list[Ruling]) -> None:
        """Add one estate and its answers."""
        self.elements.update(set(elements(estate)))
        for question, ruling in zip(asked, rulings, strict=True):
            special = set(features(estate, question, ruling))
            self.questions.update(special)
            if ruling.verdict in ("reachable", "partial"):
                self.reachable.update(special)
            self.verdicts[ruling.verdict] += 1
            if ruling.code:
                self.codes[f"{ruling.leg} {ruling.code}"] += 1
            self.missing.update({name.split("-")[0].split(" ")[0] for name in ruling.missing})


def take(estates: int, seed: int) -> Census:
    """Draw, judge and count that many estates."""
    census, begin = Census(), perf_counter()
    for number in range(seed, seed + estates):
        estate, asked = random_case(number)
        world = parse(estate)
        census.count(estate, asked, [answer(world, question) for question in asked])
    census.seconds = perf_counter() - begin
    return census


def elements(estate: Estate) -> Iterator[str]:
    """Name what the estate holds."""
    yield from (kind for kind, records in estate.items() if records)
    yield f"{len(estate['Vpcs'])} VPCs"
    for vpc in estate["Vpcs"]:
        yield f"VPC with {len(vpc['CidrBlockAssociationSet'])} IPv4 blocks"
        yield f"VPC with {len(vpc['Ipv6CidrBlockAssociationSet'])} IPv6 blocks"
    if any(subnet["Ipv6Native"] for subnet in estate["Subnets"]):
        yield "IPv6-only subnet"
    for table in estate["RouteTables"]:
        for route in table["Routes"]:
            yield from _route(route)
    for group in estate["SecurityGroups"]:
        for rule in group["IpPermissions"] + group["IpPermissionsEgress"]:
            yield from (f"rule {rule['IpProtocol']} {peer}" for peer in _peers(rule))
    for interface in estate["NetworkInterfaces"]:
        yield from _interface(interface)
    yield from _states(estate)
    yield from _connections(estate)
    yield from endpoints.elements(estate)
    yield from gateway_balancers.elements(estate)
    yield from platform_services.elements(estate)
    yield from private_links.elements(estate)
    yield from regional_nat.elements(estate)
    yield from public_access.elements(estate)
    yield from target_health.elements(estate)
    yield from _balancers(estate)


def _balancers(estate: Estate) -> Iterator[str]:
    for one in estate["LoadBalancers"]:
        if one["Type"] == "gateway":
            continue
        yield f"balancer {one['Type']} {one['Scheme']}"
        yield f"balancer {one['State']['Code']}"
        yield f"{one['Type']} balancer in {len(one['AvailabilityZones'])} zones"
        yield f"{one['Type']} balancer {'with' if one['SecurityGroups'] else 'without'} groups"
    for one in estate["LoadBalancerDescriptions"]:
        yield f"balancer classic {one['Scheme']}"
        yield f"classic balancer with {min(len(one['Instances']), 1)} instances or more"
    for told in estate["LoadBalancerListeners"]:
        for listener in told["Listeners"]:
            yield f"listener {listener.get('Protocol', 'of a gateway balancer')}"
            yield from (f"listener's action {one['Type']}" for one in listener["DefaultActions"])
    yield from (f"targets by {group['TargetType']}" for group in estate["TargetGroups"])
    yield from _settings(estate)
    yield from _targets(estate)
    yield from _lost_of_balancers(estate)


def _settings(estate: Estate) -> Iterator[str]:
    for told in estate["ClassicLoadBalancerAttributes"]:
        cross = told["LoadBalancerAttributes"]["CrossZoneLoadBalancing"]["Enabled"]
        yield f"classic balancer across zones {cross}"
    for kind in ("LoadBalancerAttributes", "TargetGroupAttributes"):
        for told in estate[kind]:
            settings = [a for a in told["Attributes"] if "target_group_health" not in a["Key"]]
            yield from (f"{kind[:-10]} {a['Key']} {a['Value']}" for a in settings)


def _targets(estate: Estate) -> Iterator[str]:
    for told in estate["TargetGroupTargetHealth"]:
        targets = told["TargetHealthDescriptions"]
        yield f"group with {min(len(targets), 1)} targets or more"
        for target in targets:
            yield f"target {target.get('TargetHealth', {}).get('State', 'of which nobody says')}"
            yield from (f"target's own {key}" for key in target["Target"])


def _lost_of_balancers(estate: Estate) -> Iterator[str]:
    """Name what nobody tells of balancers that are there."""
    arns = {one["LoadBalancerArn"] for one in estate["LoadBalancers"]}
    if arns - {told["LoadBalancerArn"] for told in estate["LoadBalancerListeners"]}:
        yield "balancer without listeners' answer"
    groups = {group["TargetGroupArn"] for group in estate["TargetGroups"]}
    if groups - {told["TargetGroupArn"] for told in estate["TargetGroupTargetHealth"]}:
        yield "group without targets' answer"
    said = [str(i.get("Description", "")) for i in estate["NetworkInterfaces"]]
    paths = {arn.partition(":loadbalancer/")[2] for arn in arns}
    paths |= {one["LoadBalancerName"] for one in estate["LoadBalancerDescriptions"]}
    if {one.removeprefix("ELB ") for one in said if one.startswith("ELB ")} - paths:
        yield "node without its balancer"
    yield from _outside(estate)


def _connections(estate: Estate) -> Iterator[str]:
    for peering in estate["VpcPeeringConnections"]:
        yield f"peering {peering['Status']['Code']}"
        sides = [peering[side] for side in ("RequesterVpcInfo", "AccepterVpcInfo")]
        yield f"peering {'in' if sides[0]['Region'] == sides[1]['Region'] else 'across'} Regions"
        yield from ("VPC that is missing" for side in sides if side["VpcId"] == "vpc-0gone")
    for tie in estate["TransitGatewayAttachments"]:
        yield f"attachment {tie['ResourceType']} {tie['State']}"
        if "Association" not in tie:
            yield "attachment without a table"
    for tie in estate["TransitGatewayVpcAttachments"]:
        yield f"attachment to {len(tie['SubnetIds'])} zones"
        yield from (f"attachment {key} {value}" for key, value in tie["Options"].items())
    yield f"{len(estate['TransitGateways'])} transit gateways"
    yield f"{len(estate['TransitGatewayRouteTables'])} transit tables"
    for table in estate["TransitGatewayStaticRoutes"]:
        yield from (f"transit route {route['State']}" for route in table["Routes"])
    yield from (f"table without {kind}" for kind in _untold(estate))
    for table in estate["RouteTables"]:
        yield from ("gateway's table" for a in table["Associations"] if "GatewayId" in a)


def _outside(estate: Estate) -> Iterator[str]:
    """Name what ties networks outside AWS to it."""
    for gateway in estate["VpnGateways"]:
        yield f"VPN gateway {gateway['State']}"
        yield from (
            f"VPN gateway {tie['State']}"
            for tie in gateway["VpcAttachments"] or [{"State": "alone"}]
        )
    for vpn in estate["VpnConnections"]:
        kind = "static" if vpn["Options"]["StaticRoutesOnly"] else "BGP"
        end = "VPN gateway" if "VpnGatewayId" in vpn else "transit gateway"
        yield f"{kind} VPN to a {end}"
        yield f"VPN {vpn['State']}"
        up = [tunnel["Status"] for tunnel in vpn.get("VgwTelemetry", ())].count("UP")
        yield f"VPN with {up} tunnels" if "VgwTelemetry" in vpn else "VPN without telemetry"
    for association in estate["directConnectGatewayAssociations"]:
        allowed = "allowedPrefixesToDirectConnectGateway"
        yield f"Direct Connect with {min(len(association[allowed]), 1)} allowed prefixes"
        yield f"Direct Connect {association['associatedGateway']['id'].split('-')[0]}"
    for circuit in estate["virtualInterfaces"]:
        yield f"circuit {circuit['virtualInterfaceState']}"
        yield f"circuit with BGP {[peer['bgpStatus'] for peer in circuit['bgpPeers']]}"
        yield from ("lone circuit" for key in circuit if key == "virtualGatewayId")
    yield from (f"client VPN {one['Status']['Code']}" for one in estate["ClientVpnEndpoints"])
    yield from _behind_hubs(estate)


def _behind_hubs(estate: Estate) -> Iterator[str]:
    for peer in estate["TransitGatewayConnectPeers"]:
        words = [one["BgpStatus"] for one in peer["ConnectPeerConfiguration"]["BgpConfigurations"]]
        yield f"Connect peer {peer['State']} {' '.join(words)}".strip()
    for entry in estate["TransitGatewayPolicyTableEntries"]:
        yield from (f"policy by {key}" for key in entry["PolicyRule"])
        yield "policy of AWS's own" if entry["PolicyRuleNumber"] == "*" else "policy of one's own"
    for table in estate["TransitGatewayStaticRoutes"]:
        for route in table["Routes"]:
            ties = len(route["TransitGatewayAttachments"])
            yield from ("shared transit route" for _ in range(ties - 1))
            yield f"transit route {route['Type']}"


def _untold(estate: Estate) -> Iterator[str]:
    """Name what is not told of some transit table that something is associated with."""
    used = {t["Association"]["TransitGatewayRouteTableId"] for t in _associated(estate)}
    for key, kind in (
        ("TransitGatewayRouteTables", "record"),
        ("TransitGatewayStaticRoutes", "static routes"),
        ("TransitGatewayPropagations", "propagations"),
    ):
        if used - {table["TransitGatewayRouteTableId"] for table in estate[key]}:
            yield kind


def _associated(estate: Estate) -> list[Record]:
    return [tie for tie in estate["TransitGatewayAttachments"] if "Association" in tie]


def _route(record: Record) -> Iterator[str]:
    for key, value in record.items():
        if key.endswith("Id") and key != "DestinationPrefixListId":
            yield f"route to {value.split('-')[0]}"
    if "DestinationPrefixListId" in record:
        yield f"route of {record['DestinationPrefixListId']}"
    yield f"route {record['State']} {record['Origin']}"


def _peers(rule: Record) -> Iterator[str]:
    for key in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"):
        if rule[key]:
            yield key


def _interface(record: Record) -> Iterator[str]:
    yield f"interface {record['InterfaceType']} {record['Status']}"
    yield f"source/dest check {record['SourceDestCheck']}"
    for key in ("Ipv4Prefixes", "Ipv6Prefixes", "DenyAllIgwTraffic"):
        if record.get(key):
            yield f"interface with {key}"
    private = record["PrivateIpAddresses"]
    if len(private) > 1:
        yield "interface with secondary address"
    if any("Association" in p for p in private[1:]):
        yield "public address on secondary"
    if any(group["GroupId"] == "sg-0ghost" for group in record["Groups"]):
        yield "interface with missing group"


def _states(estate: Estate) -> Iterator[str]:
    for nat in estate["NatGateways"]:
        yield f"NAT {nat['ConnectivityType']} {nat['State']}"
        yield f"NAT with {len(nat['NatGatewayAddresses'])} addresses"
    for kind in ("InternetGateways", "EgressOnlyInternetGateways"):
        for gateway in estate[kind]:
            yield f"{kind} {gateway['Attachments'][0]['State']}"
    for reservation in estate["Reservations"]:
        yield f"instance {reservation['Instances'][0]['State']['Name']}"


def features(estate: Estate, question: Question, ruling: Ruling) -> Iterator[str]:
    """Name what is special about the question."""
    source = question.source.split("-")[0]
    yield f"from {source}"
    yield f"protocol {question.protocol}"
    if len(ruling.sees) > 1:
        yield "several NAT addresses"
    elif ruling.sees and ruling.sees != (question.source_address,):
        yield "source translated"
    yield from (f"by {kind}" for kind in ruling.crossed)
    if question.destination_vpc:
        yield "destination VPC named"
    destination = ip_address(question.destination)
    held = (p for i in estate["NetworkInterfaces"] for p in i["PrivateIpAddresses"])
    public = {p.get("Association", {}).get("PublicIp") for p in held}
    if question.destination in public:
        yield f"{source} to public address"
    elif question.destination.startswith("64:ff9b:"):
        yield "NAT64"
    elif destination.is_global:
        yield f"{source} to IPv{destination.version} global"


def print_table(census: Census, estates: int) -> None:
    """Print what was counted."""
    asked = census.verdicts.total()
    print(
        f"{estates} estates, {asked} questions, {1000 * census.seconds / estates:.1f} ms an estate"
    )
    for title, tally in (
        ("elements (estates that hold it)", census.elements),
        ("questions", census.questions),
        ("of these reachable or partial", census.reachable),
        ("verdicts", census.verdicts),
        ("codes", census.codes),
        ("missing", census.missing),
    ):
        print(f"\n{title}")
        for name, count in sorted(tally.items()):
            print(f"  {count:7d}  {name}")


def main() -> None:
    """Take a census and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--estates", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print_table(take(arguments.estates, arguments.seed), arguments.estates)


if __name__ == "__main__":
    main()
