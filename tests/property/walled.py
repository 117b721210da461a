"""Random estates in which nearly every packet meets a firewall, or appliances.

One VPC of two subnets with hosts, one with a NAT gateway, and one or two for the endpoints. Routes
lead by an endpoint both ways, but for a few that do not.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from tests.oracle.question import ANY_CLIENT_PORT, Question
from tests.property.dice import Dice, seeded
from tests.property.estates import Case
from tests.property.filters import draw_acls, draw_prefix_lists
from tests.property.firewall_clients import open_but_for_clients, single_out_clients
from tests.property.firewall_rules import drop_replies
from tests.property.hosts import draw_interface
from tests.property.inspections import add_endpoint, add_firewall
from tests.property.plan import Draft, Estate, Record, SubnetPlan, VpcPlan
from tests.property.questions import CLIENT_PORTS, HOSTS, HOSTS_6

VPC: Final = "vpc-00"
BLOCK, SIX = IPv4Network("10.0.0.0/16"), IPv6Network("2600:1f14:1:100::/56")
PLACES: Final = ("web", "db", "nat", "wall1", "wall2")
WALLS: Final = ("vpce-001", "vpce-002")
GATEWAY, EGRESS_ONLY, NAT = "igw-00", "eigw-00", "nat-000"
#: What is asked for: protocol, port or type, code.
SERVICES: Final = (
    (6, 443, 0),
    (6, 22, 0),
    (6, 80, 0),
    (6, 444, 0),
    (6, 53, 0),
    (6, 8443, 0),
    (6, 1023, 0),
    (6, 1024, 0),
    (17, 53, 0),
    (17, 443, 0),
    (1, 8, 0),
    (1, 3, 4),
    (50, 0, 0),
)


def walled_case(seed: int, count: int = 20) -> Case:
    """Return the case of that number, always the same."""
    draft = Draft(seeded(seed))
    vpc = _ground(draft)
    draw_prefix_lists(draft)
    _group(draft, vpc)
    draw_acls(draft, replace(vpc, subnets=vpc.subnets if draft.dice.chance(25) else []))
    _nat(draft, vpc)
    for number in range(4):
        subnet = vpc.subnets[number % 2]
        record = draw_interface(draft, vpc, subnet, f"eni-0{number}")
        record |= {"InterfaceType": "interface", "SourceDestCheck": True, "Status": "in-use"}
        record["Groups"] = [{"GroupId": "sg-all"}]
    _inspect(draft, vpc)
    _tables(draft, vpc)
    estate = draft.estate
    asked = [_question(draft.dice, estate) for _ in range(count)]
    if estate["FirewallPolicies"] and draft.dice.chance(20):
        drop_replies(draft, vpc)
    if draft.dice.chance(60):
        single_out_clients(draft.dice, estate)
    return estate, asked


def split_case(seed: int, count: int = 20) -> Case:
    """Return a case in which rules that tell client ports apart are most of what is in the way."""
    estate, asked = walled_case(seed, count)
    open_but_for_clients(seeded(-1 - seed), estate)
    return estate, asked


def _ground(draft: Draft) -> VpcPlan:
    vpc = VpcPlan(VPC, [BLOCK], [SIX], gateway=GATEWAY, groups=["sg-all"])
    for number, name in enumerate(PLACES):
        block = IPv4Network((int(BLOCK[0]) + 64 * number, 26))
        six = IPv6Network((int(SIX[0]) + (number << 64), 64))
        subnet = SubnetPlan(f"subnet-00{number}", VPC, block, six, "b" if name == "wall2" else "a")
        subnet.role = "public"
        vpc.subnets.append(subnet)
        draft.estate["Subnets"].append(
            {
                "SubnetId": subnet.id,
                "VpcId": VPC,
                "AvailabilityZone": f"eu-central-1{subnet.zone}",
                "AvailabilityZoneId": f"euc1-az{'ab'.index(subnet.zone) + 1}",
                "State": "available",
                "CidrBlock": str(block),
                "Ipv6Native": False,
                "Ipv6CidrBlockAssociationSet": [_block("Ipv6CidrBlock", six)],
            }
        )
    draft.vpcs.append(vpc)
    draft.estate["Vpcs"].append(
        {
            "VpcId": VPC,
            "CidrBlock": str(BLOCK),
            "State": "available",
            "CidrBlockAssociationSet": [_block("CidrBlock", BLOCK)],
            "Ipv6CidrBlockAssociationSet": [_block("Ipv6CidrBlock", SIX)],
        }
    )
    draft.estate["InternetGateways"].append(
        {"InternetGatewayId": GATEWAY, "Attachments": [{"State": "available", "VpcId": VPC}]}
    )
    draft.estate["EgressOnlyInternetGateways"].append(
        {
            "EgressOnlyInternetGatewayId": EGRESS_ONLY,
            "Attachments": [{"State": "attached", "VpcId": VPC}],
        }
    )
    return vpc


def _block(key: str, block: IPv4Network | IPv6Network) -> Record:
    return {key: str(block), f"{key}State": {"State": "associated"}}


def _group(draft: Draft, vpc: VpcPlan) -> None:
    everything = {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
    draft.estate["SecurityGroups"].append(
        {
            "GroupId": "sg-all",
            "GroupName": "all",
            "VpcId": vpc.id,
            "IpPermissions": [everything],
            "IpPermissionsEgress": [everything],
        }
    )


def _nat(draft: Draft, vpc: VpcPlan) -> None:
    home = vpc.subnets[2]
    address: Record = {
        "NetworkInterfaceId": "eni-nat",
        "PrivateIp": str((home.block or BLOCK)[50]),
        "PublicIp": draft.new_public(),
        "AllocationId": "eipalloc-nat",
        "IsPrimary": True,
        "Status": "succeeded",
    }
    draft.estate["NatGateways"].append(
        {
            "NatGatewayId": NAT,
            "VpcId": vpc.id,
            "SubnetId": home.id,
            "State": "available",
            "ConnectivityType": "public",
            "NatGatewayAddresses": [address],
        }
    )


def _inspect(draft: Draft, vpc: VpcPlan) -> None:
    homes = dict(zip(WALLS, vpc.subnets[3:], strict=True))
    is_firewall = draft.dice.chance(85)
    if is_firewall:
        add_firewall(draft, vpc, homes)
    for name, home in homes.items():
        add_endpoint(draft, home, name, is_firewall=is_firewall)


# -- routes


def _tables(draft: Draft, vpc: VpcPlan) -> None:
    """Lead hosts by the endpoints, these out by either gateway, and what comes in back."""
    dice = draft.dice
    web, db, nat = ([s.block, s.six] for s in vpc.subnets[:3])
    out = dice.pick(({"GatewayId": GATEWAY}, {"GatewayId": GATEWAY}, {"NatGatewayId": NAT}))
    inner = dict.fromkeys(map(str, web + db), "wall")
    hosts = {**inner, "0.0.0.0/0": "wall", "::/0": "wall"}
    # what the NAT gateway sends goes by the endpoint after it, or has come by it before
    is_behind = "NatGatewayId" in out or dice.chance(50)
    if dice.chance(25):
        hosts["0.0.0.0/0"] = "nat"
    beyond = {"0.0.0.0/0": GATEWAY, "::/0": GATEWAY, **(inner if is_behind else {})}
    if not is_behind:
        beyond |= {"0.0.0.0/0": "wall"}
    walls = {"0.0.0.0/0": "out", "::/0": "egress only" if dice.chance(20) else GATEWAY}
    for number, routes in enumerate((hosts, hosts, beyond, walls, walls)):
        _table(draft, vpc, routes, out, {"SubnetId": vpc.subnets[number].id})
    edge = dict.fromkeys(map(str, web + db + nat), "wall")
    if "NatGatewayId" in out:
        edge = dict.fromkeys(map(str, web[1:] + db[1:]), "wall")
    _table(draft, vpc, edge, out, {"GatewayId": GATEWAY})


def _table(draft: Draft, vpc: VpcPlan, routes: dict[str, str], out: Record, tie: Record) -> None:
    dice, name = draft.dice, f"rtb-{len(draft.estate['RouteTables'])}"
    found: list[Record] = [
        _route(str(block), {"GatewayId": "local"}) | {"Origin": "CreateRouteTable"}
        for block in (*vpc.blocks, *vpc.sixes)
    ]
    for block, way in routes.items():
        wall = {"GatewayId": WALLS[1] if dice.chance(6) else WALLS[0]}
        target = {
            "wall": wall,
            "out": out,
            "nat": {"NatGatewayId": NAT},
            "egress only": {"EgressOnlyInternetGatewayId": EGRESS_ONLY},
        }.get(way, {"GatewayId": GATEWAY})
        if not dice.chance(5):
            found.append(_route(block, target))
    draft.estate["RouteTables"].append(
        {
            "RouteTableId": name,
            "VpcId": vpc.id,
            "Routes": found,
            "Associations": [
                {"Main": False, "RouteTableId": name, "AssociationState": {"State": "associated"}}
                | tie
            ],
        }
    )


def _route(block: str, target: Record) -> Record:
    key = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
    return {key: block, **target, "State": "active", "Origin": "CreateRoute"}


# -- questions


def _question(dice: Dice, estate: Estate) -> Question:
    hosts = [i for i in estate["NetworkInterfaces"] if i["NetworkInterfaceId"].startswith("eni-0")]
    source = dice.pick(hosts)
    kind = dice.integer(1, 100)
    version = 6 if dice.chance(25) else 4
    others = [i for i in hosts if i["SubnetId"] != source["SubnetId"]]
    destination = dice.pick(others)
    ends = [_address(source, version), _address(destination, version)]
    name = source["NetworkInterfaceId"]
    if kind > 80:
        public = [
            p["Association"]["PublicIp"]
            for i in hosts
            for p in i["PrivateIpAddresses"]
            if "Association" in p
        ]
        name, ends = "internet", [_host(dice, version), ends[1]]
        if version == 4 and public:
            ends[1] = dice.pick(public)
    elif kind > 45:
        ends[1] = _host(dice, version)
    version = 6 if ":" in ends[0] else 4
    if (":" in ends[1]) != (version == 6):
        ends[1] = _host(dice, version)
    protocol, port, code = dice.pick(SERVICES)
    if protocol == 1 and version == 6:
        protocol, port, code = 58, 128, 0
    ports = ANY_CLIENT_PORT if dice.chance(60) else dice.pick(CLIENT_PORTS)
    return Question(name, ends[0], ends[1], protocol, port, code, ports)


def _address(interface: Record, version: int) -> str:
    if version == 6 and interface["Ipv6Addresses"]:
        return str(interface["Ipv6Addresses"][0]["Ipv6Address"])
    return str(interface["PrivateIpAddress"])


def _host(dice: Dice, version: int) -> str:
    return dice.pick(HOSTS if version == 4 else HOSTS_6)
