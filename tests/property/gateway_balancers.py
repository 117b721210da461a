"""Random Gateway Load Balancers behind the endpoints that inspect, with their appliances.

Drawn after everything else, questions included, so that no other draw falls otherwise for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Final

from tests.oracle.question import ANY_CLIENT_PORT, Question
from tests.property.balancers import ARN, NUMBER, YES_NO, held, instances_of, sixes
from tests.property.dice import Dice
from tests.property.inspections import MANAGED
from tests.property.plan import Estate, Record

SERVICE: Final = "vpce-svc-0wall"
NAME: Final = f"com.amazonaws.vpce.eu-central-1.{SERVICE}"
BALANCER: Final = f"{ARN}:loadbalancer/gwy/gw/{NUMBER}"
GROUP: Final = f"{ARN}:targetgroup/tg-gw/{NUMBER}"
HEALTH: Final = ("healthy", "healthy", "healthy", "unhealthy", "", "draining", "unused", "initial")
#: What is worth asking of flows that pass appliances, and of nodes.
SERVICES: Final = ((6, 443, 0), (6, 22, 0), (17, 53, 0), (6, 5432, 0))
TO_NODES: Final = ((17, 6081, 0), (17, 6081, 0), (17, 6080, 0), (6, 6081, 0))
OUTSIDE: Final = ("8.8.8.8", "1.1.1.1")


@dataclass(frozen=True)
class Gateway:
    """What was drawn: the endpoints before it and the VPC that it is in."""

    endpoints: list[Record]
    vpc: str
    homes: list[Record]  # the subnets of its nodes


def draw_gateway_balancer(dice: Dice, estate: Estate, asked: list[Question]) -> list[Question]:
    """Put a balancer behind the endpoints of appliances, and ask what goes by them."""
    endpoints = [one for one in estate["VpcEndpoints"] if _is_of_appliances(one)]
    hosts = [vpc for vpc in estate["Vpcs"] if any(True for _ in _homes(estate, vpc["VpcId"]))]
    if not (endpoints and hosts and dice.chance(85)):
        return asked
    near = [vpc for vpc in hosts if vpc["VpcId"] == endpoints[0]["VpcId"]]
    vpc = dice.pick([*near * 4, *hosts])["VpcId"]
    order = list(_homes(estate, vpc))
    by_zone = {home["AvailabilityZone"]: home for home in dice.some(order, len(order), len(order))}
    homes = [by_zone[zone] for zone in sorted(by_zone)]
    if len(homes) > 1 and dice.chance(15):
        homes = dice.some(homes, 1, 1)
    gateway = Gateway(endpoints, vpc, homes)
    _draw_service(dice, estate)
    _draw_balancer(dice, estate, gateway)
    for home in homes:
        if not dice.chance(4):
            _draw_node(estate, gateway, home, is_dual=dice.chance(50))
    _draw_group(dice, estate, gateway)
    return [*asked, *_questions(dice, estate, gateway, min(len(asked), 8))]


def _is_of_appliances(endpoint: Record) -> bool:
    is_inspecting = endpoint["VpcEndpointType"] == "GatewayLoadBalancer"
    return is_inspecting and MANAGED not in endpoint["Tags"]


def _homes(estate: Estate, vpc: str) -> Iterator[Record]:
    for subnet in estate["Subnets"]:
        if subnet["VpcId"] == vpc and "CidrBlock" in subnet:
            yield subnet


# -- records


def _draw_service(dice: Dice, estate: Estate) -> None:
    arns = [BALANCER]
    if dice.chance(3):
        arns.append(BALANCER.replace("/gw/", "/gone/"))
    types = dice.pick((["ipv4", "ipv6"], ["ipv4"], None, ["ipv4", "ipv6"]))
    record: Record = {
        "ServiceId": SERVICE,
        "ServiceName": NAME,
        "ServiceType": [{"ServiceType": "GatewayLoadBalancer"}],
        "ServiceState": dice.pick(("Pending", "Failed")) if dice.chance(5) else "Available",
        "GatewayLoadBalancerArns": arns,
    }
    if types is not None:
        record["SupportedIpAddressTypes"] = types
    estate["ServiceConfigurations"].append(record)


def _draw_balancer(dice: Dice, estate: Estate, gateway: Gateway) -> None:
    record: Record = {
        "LoadBalancerArn": BALANCER,
        "LoadBalancerName": "gw",
        "Type": "gateway",
        "VpcId": gateway.vpc,
        "State": {"Code": dice.pick(("provisioning", "failed")) if dice.chance(10) else "active"},
        "AvailabilityZones": [
            {"ZoneName": home["AvailabilityZone"], "SubnetId": home["SubnetId"]}
            for home in gateway.homes
        ],
    }
    kind = dice.pick(("dualstack", "ipv4", None, "dualstack"))
    if kind is not None:
        record["IpAddressType"] = kind
    if not dice.chance(3):
        estate["LoadBalancers"].append(record)
    said = dice.pick((None, True, False))
    if said is not None:
        estate["LoadBalancerAttributes"].append(
            {"LoadBalancerArn": BALANCER, "Attributes": [_cross_zone(YES_NO[said])]}
        )
    listener: Record = {
        "ListenerArn": BALANCER.replace("loadbalancer", "listener"),
        "LoadBalancerArn": BALANCER,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}],
    }
    if dice.chance(3):
        listener["DefaultActions"] = []
    if not dice.chance(3):
        estate["LoadBalancerListeners"].append(
            {"LoadBalancerArn": BALANCER, "Listeners": [listener]}
        )


def _cross_zone(value: str) -> Record:
    return {"Key": "load_balancing.cross_zone.enabled", "Value": value}


def _draw_node(estate: Estate, gateway: Gateway, home: Record, *, is_dual: bool) -> None:
    address = _free(estate, home)
    blocks = home["Ipv6CidrBlockAssociationSet"] if is_dual else ()
    six = [str(ip_network(block["Ipv6CidrBlock"])[0xF00]) for block in blocks]
    estate["NetworkInterfaces"].append(
        {
            "NetworkInterfaceId": f"eni-gw-{home['SubnetId'][7:]}",
            "VpcId": gateway.vpc,
            "SubnetId": home["SubnetId"],
            "AvailabilityZone": home["AvailabilityZone"],
            "InterfaceType": "gateway_load_balancer",
            "Description": f"ELB gwy/gw/{NUMBER}",
            "SourceDestCheck": False,
            "RequesterManaged": True,
            "Status": "in-use",
            "PrivateIpAddress": address,
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
            "Ipv6Addresses": [{"Ipv6Address": one} for one in six],
            "Groups": [],
            "Attachment": {"Status": "attached", "DeviceIndex": 1},
        }
    )


def _free(estate: Estate, home: Record) -> str:
    """Return the last address of a subnet that nobody holds, and no question is from."""
    block = ip_network(home["CidrBlock"])
    taken = {
        address
        for interface in estate["NetworkInterfaces"]
        if interface["VpcId"] == home["VpcId"]
        for address in held(interface)
    }
    blocks = [
        IPv4Network(one["Ipv4Prefix"])
        for interface in estate["NetworkInterfaces"]
        for one in interface.get("Ipv4Prefixes", ())
    ]
    numbers = range(58, 3, -1)
    free = [block[n] for n in numbers if str(block[n]) not in taken]
    return str(next(a for a in free if not any(a in other for other in blocks)))


def _draw_group(dice: Dice, estate: Estate, gateway: Gateway) -> None:
    kind = dice.pick(("instance", "instance", "ip"))
    record: Record = {
        "TargetGroupArn": GROUP,
        "TargetGroupName": "tg-gw",
        "TargetType": kind,
        "VpcId": gateway.vpc,
        "Protocol": "GENEVE",
        "Port": 6081,
    }
    family = dice.pick((None, "ipv4", None, "ipv6"))
    if kind == "instance" and family is not None:
        record["IpAddressType"] = family
    if dice.chance(3):
        return
    estate["TargetGroups"].append(record)
    crosses = dice.pick((None, "true", "use_load_balancer_configuration", "false"))
    if crosses is not None:
        estate["TargetGroupAttributes"].append(
            {"TargetGroupArn": GROUP, "Attributes": [_cross_zone(crosses)]}
        )
    targets = _targets(dice, estate, gateway, kind)
    if not dice.chance(3):
        estate["TargetGroupTargetHealth"].append(
            {"TargetGroupArn": GROUP, "TargetHealthDescriptions": targets}
        )
    for target in targets:
        if dice.chance(75):
            _open(dice, estate, gateway, target["Target"]["Id"])


def _targets(dice: Dice, estate: Estate, gateway: Gateway, kind: str) -> list[Record]:
    options: list[Record] = [{"Id": one} for one in instances_of(estate, gateway.vpc)]
    if kind == "ip":
        options = list(_addresses(estate, gateway))
    elif dice.chance(3):
        options.append({"Id": "i-0gone"})
    records = []
    for target in dice.some(options, 0 if dice.chance(5) else 1, 3):
        health = dice.pick(HEALTH)
        record: Record = {"Target": {**target, "Port": 6081}}
        records.append(record | ({"TargetHealth": {"State": health}} if health else {}))
    return records


def _addresses(estate: Estate, gateway: Gateway) -> Iterator[Record]:
    """Yield addresses that may be targets: of the VPC, and now and then of another one."""
    for interface in estate["NetworkInterfaces"]:
        if interface["InterfaceType"] != "interface" or interface["RequesterManaged"]:
            continue
        if interface["VpcId"] == gateway.vpc:
            yield from ({"Id": address} for address in held(interface))
        else:
            yield from ({"Id": one, "AvailabilityZone": "all"} for one in held(interface)[:1])


def _open(dice: Dice, estate: Estate, gateway: Gateway, target: str) -> None:
    """Let a balancer's GENEVE in at a target, from wherever or from its own subnets only."""
    blocks = ["0.0.0.0/0"]
    if dice.chance(40):
        blocks = [home["CidrBlock"] for home in dice.some(gateway.homes, 1, len(gateway.homes))]
    rule: Record = {"IpProtocol": "udp", "FromPort": 6081, "ToPort": 6081}
    rule |= {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    rule |= {"IpRanges": [{"CidrIp": block} for block in blocks]}
    rule |= {"PrefixListIds": [], "UserIdGroupPairs": []}
    names = {
        group["GroupId"]
        for interface in estate["NetworkInterfaces"]
        if target in (interface.get("Attachment", {}).get("InstanceId"), *held(interface))
        for group in interface["Groups"][:1]
    }
    for group in estate["SecurityGroups"]:
        if group["GroupId"] in names:
            group["IpPermissions"].append(rule)


# -- what to ask


def _questions(dice: Dice, estate: Estate, gateway: Gateway, count: int) -> list[Question]:
    """Ask from and to hosts of the endpoints' VPC, and of the nodes."""
    hosts = [one for one in estate["NetworkInterfaces"] if one["InterfaceType"] == "interface"]
    inside = [one for one in hosts if one["VpcId"] == gateway.endpoints[0]["VpcId"]]
    if not inside:
        return []
    return [_question(dice, estate, gateway, hosts, inside) for _ in range(count)]


def _question(
    dice: Dice, estate: Estate, gateway: Gateway, hosts: list[Record], inside: list[Record]
) -> Question:
    nodes = [
        n for n in estate["NetworkInterfaces"] if n["InterfaceType"] == "gateway_load_balancer"
    ]
    own = [host for host in hosts if host["VpcId"] == gateway.vpc and held(host)]
    if nodes and own and dice.chance(12):
        source, address = _end(dice, own, 4)
        to = held(dice.pick(nodes))[0]
        return Question(source, address, to, *dice.pick(TO_NODES), ANY_CLIENT_PORT)
    version = 6 if dice.chance(20) else 4
    source, address = _end(dice, inside, version)
    version = 6 if ":" in address else 4
    others = [one for host in inside for one in (*held(host), *sixes(host)) if one != address]
    public = [
        one["Association"]["PublicIp"]
        for host in inside
        for one in host["PrivateIpAddresses"]
        if "Association" in one
    ]
    service = dice.pick(SERVICES)
    if public and version == 4 and dice.chance(25):
        return Question("internet", dice.pick(OUTSIDE), dice.pick(public), *service)
    alike = [one for one in others if (":" in one) == (version == 6)]
    outside = [*OUTSIDE] if version == 4 else ["2606:4700::1111"]
    to = dice.pick(alike if alike and dice.chance(70) else outside)
    return Question(source, address, to, *service)


def _end(dice: Dice, hosts: list[Record], version: int) -> tuple[str, str]:
    host = dice.pick(hosts)
    six = sixes(host)
    address = dice.pick(six) if six and version == 6 else dice.pick(held(host) or six)
    return host["NetworkInterfaceId"], address


def elements(estate: Estate) -> Iterator[str]:
    """Name what of it the estate holds."""
    for balancer in estate["LoadBalancers"]:
        if balancer["Type"] == "gateway":
            yield f"gateway balancer {balancer['State']['Code']}"
            yield f"gateway balancer for {balancer.get('IpAddressType', 'nobody says what')}"
            yield f"gateway balancer in {len(balancer['AvailabilityZones'])} zones"
    for offer in estate["ServiceConfigurations"]:
        if "GatewayLoadBalancerArns" in offer:
            yield f"gateway service {offer['ServiceState']}"
            yield f"gateway service for {offer.get('SupportedIpAddressTypes', 'nobody says what')}"
