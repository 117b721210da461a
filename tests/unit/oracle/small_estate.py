"""One small estate in describe JSON, which the checks of the judge edit and ask about."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from tests.oracle.judge import answer
from tests.oracle.parse import parse
from tests.oracle.question import ANY_CLIENT_PORT, Question
from tests.oracle.verdict import Ruling

Record = dict[str, Any]
Estate = dict[str, list[Record]]

PROTOCOLS: Final = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
SIX: Final = "2600:1f14:1"
WEB, WEB_2, WEB_PUBLIC, WEB_6 = "10.0.1.10", "10.0.1.11", "3.0.0.10", f"{SIX}:101::10"
APP, APP_6, DB, NAT, NAT_PUBLIC = (
    "10.0.2.20",
    f"{SIX}:102::20",
    "10.0.2.30",
    "10.0.1.50",
    "3.0.0.50",
)
OTHER, OTHER_PUBLIC, OTHER_6 = "10.0.1.10", "3.0.0.99", "2600:1f14:2:101::10"
HOST, HOST_6 = "8.8.8.8", "2606:4700::1111"
HOME: Final = {WEB: "eni-web", WEB_2: "eni-web", WEB_6: "eni-web", DB: "eni-db"} | {
    APP: "eni-app",
    APP_6: "eni-app",
    HOST: "internet",
    HOST_6: "internet",
    OTHER_6: "eni-other",
}


def rule(protocol: str = "-1", ports: tuple[int, int] | None = None, **peers: str) -> Record:
    """Write a group's permission; peers are ``cidr``, ``group`` and ``prefix_list``."""
    cidr = peers.get("cidr", "")
    record: Record = {
        "IpProtocol": protocol,
        "IpRanges": [{"CidrIp": cidr}] if "." in cidr else [],
        "Ipv6Ranges": [{"CidrIpv6": cidr}] if ":" in cidr else [],
        "PrefixListIds": [{"PrefixListId": p} for k, p in peers.items() if k == "prefix_list"],
        "UserIdGroupPairs": [{"GroupId": g} for k, g in peers.items() if k == "group"],
    }
    return record | ({"FromPort": ports[0], "ToPort": ports[1]} if ports else {})


def entry(
    number: int,
    action: str,
    cidr: str,
    protocol: str = "-1",
    *,
    egress: bool = False,
    ports: tuple[int, int] | None = None,
    icmp: tuple[int, int] | None = None,
) -> Record:
    """Write an ACL's entry."""
    record: Record = {
        "RuleNumber": number,
        "RuleAction": action,
        "Protocol": protocol,
        "Egress": egress,
        "Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr,
    }
    if ports:
        record["PortRange"] = {"From": ports[0], "To": ports[1]}
    if icmp:
        record["IcmpTypeCode"] = {"Type": icmp[0], "Code": icmp[1]}
    return record


def route(destination: str, state: str = "active", **target: str) -> Record:
    """Write a static route, or a propagated one if its target is a virtual private gateway."""
    key = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    key = "DestinationPrefixListId" if destination.startswith("pl-") else key
    is_propagated = target.get("GatewayId", "").startswith("vgw-")
    origin = "EnableVgwRoutePropagation" if is_propagated else "CreateRoute"
    return {key: destination, **target, "State": state, "Origin": origin}


def interface(name: str, subnet: str, group: str, addresses: dict[str, str | None]) -> Record:
    """Write an interface; addresses map to their public ones."""
    private: list[Record] = [
        {"PrivateIpAddress": address, "Primary": index == 0}
        | ({"Association": {"PublicIp": public}} if public else {})
        for index, (address, public) in enumerate(addresses.items())
        if ":" not in address
    ]
    return {
        "NetworkInterfaceId": name,
        "VpcId": "vpc-b" if subnet == "subnet-b" else "vpc-a",
        "SubnetId": subnet,
        "InterfaceType": "interface",
        "Status": "in-use",
        "SourceDestCheck": True,
        "PrivateIpAddress": private[0]["PrivateIpAddress"],
        "PrivateIpAddresses": private,
        "Ipv6Addresses": [{"Ipv6Address": a} for a in addresses if ":" in a],
        "Groups": [{"GroupId": group}],
        "Attachment": {"InstanceId": f"i-{name[4:]}", "Status": "attached"},
    }


def _vpc(letter: str, six: str) -> Record:
    return {
        "VpcId": f"vpc-{letter}",
        "CidrBlock": "10.0.0.0/16",
        "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16"}],
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": f"{six}:100::/56"}],
    }


def _subnet(name: str, vpc: str, number: int, six: str) -> Record:
    return {
        "SubnetId": name,
        "VpcId": vpc,
        "CidrBlock": f"10.0.{number}.0/24",
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": f"{six}:10{number}::/64"}],
    }


def _table(name: str, vpc: str, six: str, routes: list[Record], **association: object) -> Record:
    local = [route("10.0.0.0/16", GatewayId="local"), route(f"{six}:100::/56", GatewayId="local")]
    return {
        "RouteTableId": name,
        "VpcId": vpc,
        "Associations": [association],
        "Routes": [{**r, "Origin": "CreateRouteTable"} for r in local] + routes,
    }


def _acl(name: str, subnet: str) -> Record:
    entries = [
        entry(number, "allow", cidr, egress=egress)
        for egress in (False, True)
        for number, cidr in ((100, "0.0.0.0/0"), (101, "::/0"))
    ]
    return {"NetworkAclId": name, "Associations": [{"SubnetId": subnet}], "Entries": entries}


def _group(name: str) -> Record:
    both = [rule(cidr="0.0.0.0/0"), rule(cidr="::/0")]
    return {"GroupId": name, "IpPermissions": both, "IpPermissionsEgress": deepcopy(both)}


def small_estate() -> Estate:
    """Return two VPCs with the same IPv4 block, in which everything is allowed."""
    six_b = "2600:1f14:2"
    to_a, to_b = {"GatewayId": "igw-a"}, {"GatewayId": "igw-b"}
    public = [route("0.0.0.0/0", **to_a), route("::/0", **to_a)]
    private = [
        route("0.0.0.0/0", NatGatewayId="nat-a"),
        route("64:ff9b::/96", NatGatewayId="nat-a"),
        route("::/0", EgressOnlyInternetGatewayId="eigw-a"),
    ]
    attached = {"State": "available", "VpcId": "vpc-a"}
    names = ("web", "app", "db", "other")
    return {
        "Vpcs": [_vpc("a", SIX), _vpc("b", six_b)],
        "Subnets": [
            _subnet("subnet-public", "vpc-a", 1, SIX),
            _subnet("subnet-private", "vpc-a", 2, SIX),
            _subnet("subnet-b", "vpc-b", 1, six_b),
        ],
        "RouteTables": [
            _table("rtb-public", "vpc-a", SIX, public, SubnetId="subnet-public"),
            _table("rtb-private", "vpc-a", SIX, private, Main=True),
            _table(
                "rtb-b",
                "vpc-b",
                six_b,
                [route("0.0.0.0/0", **to_b), route("::/0", **to_b)],
                Main=True,
            ),
        ],
        "NetworkAcls": [_acl(f"acl-{n}", f"subnet-{n}") for n in ("public", "private", "b")],
        "SecurityGroups": [_group("sg-web"), _group("sg-app"), _group("sg-other")],
        "NetworkInterfaces": [
            interface(
                "eni-web", "subnet-public", "sg-web", {WEB: WEB_PUBLIC, WEB_2: None, WEB_6: None}
            ),
            interface("eni-app", "subnet-private", "sg-app", {APP: None, APP_6: None}),
            interface("eni-db", "subnet-private", "sg-app", {DB: None}),
            interface("eni-other", "subnet-b", "sg-other", {OTHER: OTHER_PUBLIC, OTHER_6: None}),
        ],
        "Reservations": [
            {"Instances": [{"InstanceId": f"i-{name}", "State": {"Name": "running"}}]}
            for name in names
        ],
        "InternetGateways": [
            {"InternetGatewayId": "igw-a", "Attachments": [attached]},
            {"InternetGatewayId": "igw-b", "Attachments": [{**attached, "VpcId": "vpc-b"}]},
        ],
        "EgressOnlyInternetGateways": [
            {
                "EgressOnlyInternetGatewayId": "eigw-a",
                "Attachments": [{"State": "attached", "VpcId": "vpc-a"}],
            }
        ],
        "NatGateways": [
            {
                "NatGatewayId": "nat-a",
                "VpcId": "vpc-a",
                "SubnetId": "subnet-public",
                "State": "available",
                "ConnectivityType": "public",
                "NatGatewayAddresses": [{"PrivateIp": NAT, "PublicIp": NAT_PUBLIC}],
            }
        ],
        "ManagedPrefixLists": [
            {
                "PrefixListId": "pl-known",
                "Entries": [{"Cidr": "8.8.8.0/24"}, {"Cidr": "10.0.2.0/24"}],
            },
            {"PrefixListId": "pl-untold", "AddressFamily": "IPv4"},
        ],
        "Addresses": [{"PublicIp": "3.0.0.77", "AllocationId": "eipalloc-unused"}],
    }


def find(estate: Estate, name: str) -> Record:
    """Return the record with that id, to be edited."""
    for records in estate.values():
        for record in records:
            own = [
                v for k, v in record.items() if k.endswith(("Id", "Cidr")) and isinstance(v, str)
            ]
            if own and own[0] == name:
                return record
    raise AssertionError(f"no {name} in the estate")


def ask(
    estate: Estate,
    source: str,
    destination: str,
    service: str = "tcp 443",
    client_ports: tuple[int, int] = ANY_CLIENT_PORT,
    *,
    source_id: str | None = None,
    destination_vpc: str | None = None,
) -> Ruling:
    """Ask the judge; the service is written as people write it, ``icmp 8/0``, ``50``."""
    name, _, point = service.partition(" ")
    port, _, code = point.partition("/")
    number = PROTOCOLS[name] if name in PROTOCOLS else int(name)
    question = Question(
        source_id or HOME[source],
        source,
        destination,
        number,
        int(port or 0),
        int(code or 0),
        client_ports,
        destination_vpc,
    )
    return answer(parse(estate), question)
