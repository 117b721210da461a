"""Random VPC endpoints: gateway ones with their routes, interface ones with their interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.property.dice import Dice
from tests.property.plan import Draft, Estate, Record, SubnetPlan, VpcPlan

REGION: Final = "com.amazonaws.eu-central-1"
#: The lists of services that have gateway endpoints, with what is in them.
LISTS: Final = {
    "s3": ("pl-0s3", ("52.219.0.0/20", "52.219.32.0/22")),
    "dynamodb": ("pl-0dynamo", ("52.94.5.0/24",)),
}
SIX_BLOCK: Final = "2a05:d07a:a000::/40"
#: Addresses in the lists, at their edges and just beside them.
HOSTS: Final = ("52.219.1.7", "52.219.0.0", "52.219.35.255", "52.219.36.0", "52.94.5.9")
HOSTS_6: Final = ("2a05:d07a:a000::1", "2a05:d07a:a100::")
#: More specific than a list.
NARROW: Final = "52.219.1.0/24"
SERVICES: Final = ("ec2", "ec2", "ec2", "s3", "cassandra", "email-smtp", "transfer.server")
PARTNER: Final = "com.amazonaws.vpce.eu-central-1.vpce-svc-0partner"
STATES: Final = ("pending", "pendingAcceptance", "rejected", "failed", "deleting")
TO_A_SERVICE: Final = (
    (6, 443, 0),
    (6, 443, 0),
    (6, 443, 0),
    (6, 80, 0),
    (6, 443, 0),
    (6, 443, 0),
    (1, 8, 0),
    (6, 9142, 0),
    (6, 25, 0),
    (17, 443, 0),
    (1, 13, 0),
)


def draw_endpoints(draft: Draft, vpc: VpcPlan) -> None:
    """Draw the endpoints of a VPC, after its groups and tables."""
    for service, percent in (("s3", 80 if vpc.is_center else 26), ("dynamodb", 7)):
        if draft.dice.chance(percent):
            _gateway(draft, vpc, service)
    homes = [subnet for subnet in vpc.subnets if subnet.block is not None]
    if homes and draft.dice.chance(35):
        _interface(draft, vpc, homes)


def _state(dice: Dice) -> str:
    return dice.pick(STATES) if dice.chance(6) else "available"


# -- gateway endpoints


def _gateway(draft: Draft, vpc: VpcPlan, service: str) -> None:
    dice, name = draft.dice, f"vpce-0{'a' if service == 's3' else 'b'}{vpc.id[4:]}"
    listed = _list(draft, service)
    often = 95 if vpc.is_center else 60
    tables = [table for table in _tables(draft, vpc) if dice.chance(often)]
    for table in tables:
        state = "blackhole" if dice.chance(3) else "active"
        route = {"DestinationPrefixListId": listed, "GatewayId": name}
        table["Routes"].append({**route, "State": state, "Origin": "CreateRoute"})
        if service == "s3" and dice.chance(10):
            _detour(vpc, table)
    if dice.chance(4):
        return
    draft.estate["VpcEndpoints"].append(
        {
            "VpcEndpointId": name,
            "VpcEndpointType": "Gateway",
            "VpcId": vpc.id,
            "ServiceName": f"{REGION}.{service}",
            "State": _state(dice),
            "RouteTableIds": [table["RouteTableId"] for table in tables],
        }
    )
    if dice.chance(40):
        _let_out(draft, vpc, listed)


def _tables(draft: Draft, vpc: VpcPlan) -> Iterator[Record]:
    """Yield the tables of the VPC's subnets."""
    for table in draft.estate["RouteTables"]:
        at_edge = any("GatewayId" in tie for tie in table["Associations"])
        if table["VpcId"] == vpc.id and not at_edge:
            yield table


def _detour(vpc: VpcPlan, table: Record) -> None:
    """Lead a part of the list elsewhere, by a longer prefix [RT-3]."""
    target = {"NatGatewayId": vpc.nats[0]} if vpc.nats else {"GatewayId": vpc.gateway}
    if all(target.values()) and all(
        route.get("DestinationCidrBlock") != NARROW for route in table["Routes"]
    ):
        route = {"DestinationCidrBlock": NARROW, **target}
        table["Routes"].append({**route, "State": "active", "Origin": "CreateRoute"})


def _list(draft: Draft, service: str) -> str:
    """Add the list of a service, once; now and then nobody asked for its entries."""
    name, blocks = LISTS[service]
    if all(record["PrefixListId"] != name for record in draft.estate["PrefixLists"]):
        record: Record = {"PrefixListId": name, "PrefixListName": f"{REGION}.{service}"}
        if not draft.dice.chance(6):
            six = [SIX_BLOCK] * (service == "s3" and draft.dice.chance(40))
            record["Cidrs"] = [*blocks, *six]
        draft.estate["PrefixLists"].append(record)
    return name


def _let_out(draft: Draft, vpc: VpcPlan, listed: str) -> None:
    """Let the members of a group out to the service."""
    name = draft.dice.pick(vpc.groups)
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [{"PrefixListId": listed}],
        "UserIdGroupPairs": [],
    }
    for group in draft.estate["SecurityGroups"]:
        if group["GroupId"] == name:
            group["IpPermissionsEgress"].append(permission)


# -- interface endpoints


def _interface(draft: Draft, vpc: VpcPlan, homes: list[SubnetPlan]) -> None:
    dice, name = draft.dice, f"vpce-0c{vpc.id[4:]}"
    by_zone = {subnet.zone: subnet for subnet in dice.some(homes, 1, 2)}
    doors = [_door(draft, vpc, subnet, name) for subnet in by_zone.values()]
    if dice.chance(5):  # nobody described it; its interfaces name it
        return
    is_plain = not dice.chance(8)
    record: Record = {
        "VpcEndpointId": name,
        "VpcEndpointType": "Interface" if is_plain else dice.pick(("Resource", "ServiceNetwork")),
        "VpcId": vpc.id,
        "State": _state(dice),
        "SubnetIds": [subnet.id for subnet in by_zone.values()],
        "Groups": doors[0]["Groups"],
        "PrivateDnsEnabled": False,
    }
    if is_plain:
        service = f"{REGION}.{dice.pick(SERVICES)}"
        record["ServiceName"] = PARTNER if dice.chance(10) else service
    if dice.chance(85):
        record["NetworkInterfaceIds"] = [door["NetworkInterfaceId"] for door in doors]
    draft.estate["VpcEndpoints"].append(record)


def _door(draft: Draft, vpc: VpcPlan, subnet: SubnetPlan, endpoint: str) -> Record:
    """Add the interface by which an endpoint receives in a subnet."""
    dice = draft.dice
    assert subnet.block is not None
    own = str(subnet.block[subnet.next_host])
    six = [str(subnet.six[subnet.next_host])] if subnet.six and dice.chance(40) else []
    subnet.next_host += 1
    record: Record = {
        "NetworkInterfaceId": f"eni-e{vpc.id[4:]}{subnet.zone}",
        "VpcId": vpc.id,
        "SubnetId": subnet.id,
        "AvailabilityZone": f"eu-central-1{subnet.zone}",
        "InterfaceType": "vpc_endpoint",
        "Description": f"VPC Endpoint Interface {endpoint}",
        "SourceDestCheck": True,
        "RequesterManaged": True,
        "Status": "in-use",
        "PrivateIpAddress": own,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": own}],
        "Ipv6Addresses": [{"Ipv6Address": address} for address in six],
        "DenyAllIgwTraffic": bool(six),
        "Groups": [{"GroupId": g, "GroupName": g} for g in dice.some(vpc.groups, 1, 2)],
        "Attachment": {"Status": "attached", "DeviceIndex": 1},
    }
    draft.estate["NetworkInterfaces"].append(record)
    return record


# -- what to ask


def hosts(estate: Estate, version: int) -> tuple[str, ...]:
    """Return addresses of services that the estate has gateway endpoints for."""
    if not estate["PrefixLists"]:
        return ()
    return HOSTS if version == 4 else HOSTS_6


def by_transit(estate: Estate, subnet: str, version: int) -> str | None:
    """Return an address of a service that a subnet would ask by a transit gateway, if any."""
    if not estate["PrefixLists"] or version != 4:
        return None
    vpc = next(s["VpcId"] for s in estate["Subnets"] if s["SubnetId"] == subnet)
    tables = [table for table in estate["RouteTables"] if table["VpcId"] == vpc]
    own = [t for t in tables if any(tie.get("SubnetId") == subnet for tie in t["Associations"])]
    main = [t for t in tables if any(tie["Main"] for tie in t["Associations"])]
    for table in [*own, *main][:1]:
        routes = {r.get("DestinationCidrBlock"): r for r in table["Routes"]}
        if "TransitGatewayId" in routes.get("0.0.0.0/0", {}):
            return HOSTS[0]
    return None


def is_a_service(estate: Estate, address: str) -> bool:
    """Say whether a service of AWS's, or an endpoint, is at the address."""
    return address in HOSTS + HOSTS_6 or any(
        address == own.get("PrivateIpAddress") or address == own.get("Ipv6Address")
        for record in estate["NetworkInterfaces"]
        if record["InterfaceType"] == "vpc_endpoint"
        for own in (*record["PrivateIpAddresses"], *record["Ipv6Addresses"])
    )


def elements(estate: Estate) -> Iterator[str]:
    """Name what of it the estate holds."""
    for endpoint in estate["VpcEndpoints"]:
        kind, service = endpoint["VpcEndpointType"], endpoint.get("ServiceName", "none")
        yield f"{kind} endpoint {endpoint['State']}"
        yield f"{kind} endpoint for {service.partition('central-1.')[2] or 'none'}"
        if kind == "Interface" and "NetworkInterfaceIds" not in endpoint:
            yield "endpoint that its interfaces name"
    known = {endpoint["VpcEndpointId"] for endpoint in estate["VpcEndpoints"]}
    for record in estate["NetworkInterfaces"]:
        named = record.get("Description", "").rpartition(" ")[2]
        if named.startswith("vpce-") and named not in known:
            yield "endpoint that nobody described"
    for listed in estate["PrefixLists"]:
        yield f"{listed['PrefixListId']} {'listed' if 'Cidrs' in listed else 'without entries'}"
