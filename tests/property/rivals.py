"""Random rivals: routes of which nobody knows which one is taken, over hosts that pass packets on.

Drawn last, upon an estate and questions that are there, where packets of these questions come by:
two prefix lists that cover the same, or a list of which nobody knows what it covers. One way at
least leads over a host with one interface or two, so that ways are compared on which hosts do
different things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from tests.oracle.question import Question
from tests.property.dice import Dice
from tests.property.hosts import STATES
from tests.property.plan import Estate, Record

#: How the ids of what is drawn here begin.
LIST: Final = "pl-0rival"
HOST: Final = "rival"
#: Lengths of what rival lists cover, by version; the first one is the address alone.
LENGTHS: Final = {4: (32, 32, 24, 9), 6: (128, 128, 64, 48)}
#: What says where a route leads.
DESTINATIONS: Final = (
    "DestinationCidrBlock",
    "DestinationIpv6CidrBlock",
    "DestinationPrefixListId",
)
#: A table, and an address that something asks it for.
Spot = tuple[Record, str]


def draw_rivals(dice: Dice, estate: Estate, asked: Sequence[Question], percent: int) -> None:
    """Draw rival routes in that many estates, if some question passes a table of theirs."""
    if not dice.chance(percent):
        return
    spots = [spot for question in asked for spot in _spots(estate, question)]
    for number in range(dice.pick((1, 1, 2)) if spots else 0):
        table, address = dice.pick(spots)
        hosts = _draw_host(dice, estate, table["VpcId"], number)
        spots += [(where, address) for where in hosts.values()]  # what goes on from there
        _draw_routes(dice, estate, table, address, number, list(hosts))


# -- where packets come by


def _spots(estate: Estate, question: Question) -> Iterator[Spot]:
    """Yield the tables that see the packet first, and its answer."""
    for held, other in (
        (question.source_address, question.destination),
        (question.destination, question.source_address),
    ):
        for interface in estate["NetworkInterfaces"]:
            table = _table_of(estate, interface)
            if table and held in _addresses(interface) and not _is_local(table, other):
                yield table, other


def _addresses(interface: Record) -> list[str]:
    privates = interface["PrivateIpAddresses"]
    return [
        *(one["PrivateIpAddress"] for one in privates),
        *(one["Association"]["PublicIp"] for one in privates if "Association" in one),
        *(one["Ipv6Address"] for one in interface["Ipv6Addresses"]),
    ]


def _table_of(estate: Estate, interface: Record) -> Record | None:
    """Return the table of an interface's subnet: its own, else the VPC's main one."""
    tables = [one for one in estate["RouteTables"] if one["VpcId"] == interface["VpcId"]]
    subnet = interface.get("SubnetId")
    own = [t for t in tables if any(a.get("SubnetId") == subnet for a in t["Associations"])]
    main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
    return next(iter(own or main), None)


def _is_local(table: Record, address: str) -> bool:
    """Say whether the address is of the table's own VPC: no list leads elsewhere with those."""
    blocks = [
        ip_network(block)
        for route in table["Routes"]
        for block in [route.get(DESTINATIONS[0]) or route.get(DESTINATIONS[1])]
        if block and route.get("GatewayId") == "local"
    ]
    return any(ip_address(address) in block for block in blocks)


# -- the hosts


def _draw_host(dice: Dice, estate: Estate, vpc: str, number: int) -> dict[str, Record]:
    """Draw a host of one interface or two, and return their ids with the tables behind them."""
    subnets = [s for s in estate["Subnets"] if s["VpcId"] == vpc and "CidrBlock" in s]
    found: dict[str, Record] = {}
    instance = f"i-{HOST}{number}"
    for leg in range(dice.pick((1, 2))) if subnets else ():
        subnet = dice.pick(subnets)
        address = free_address(estate, subnet)
        if address is None:
            continue
        record = _interface(dice, estate, subnet, f"eni-{HOST}{number}{leg}", address)
        record["Attachment"] = {
            "Status": "detaching" if dice.chance(5) else "attached",
            "InstanceId": instance,
            "DeviceIndex": leg,
        }
        estate["NetworkInterfaces"].append(record)
        table = _table_of(estate, record)
        if table:
            found[record["NetworkInterfaceId"]] = table
    if not dice.chance(4):
        state = dice.pick(STATES) if dice.chance(4) else "running"
        host = {"InstanceId": instance, "VpcId": vpc, "State": {"Name": state}}
        estate["Reservations"].append({"Instances": [host]})
    return found


def free_address(estate: Estate, subnet: Record) -> IPv4Address | None:
    """Return an address of the subnet behind those of other hosts that nobody holds."""
    taken = {
        address
        for one in estate["NetworkInterfaces"]
        if one["VpcId"] == subnet["VpcId"]
        for address in _addresses(one)
    }
    block = ip_network(subnet["CidrBlock"])
    options = [block[n] for n in range(31, 19, -1) if str(block[n]) not in taken]
    return options[0] if options and isinstance(options[0], IPv4Address) else None


def _interface(
    dice: Dice, estate: Estate, subnet: Record, name: str, address: IPv4Address
) -> Record:
    private: Record = {"Primary": True, "PrivateIpAddress": str(address)}
    record: Record = {
        "NetworkInterfaceId": name,
        "VpcId": subnet["VpcId"],
        "SubnetId": subnet["SubnetId"],
        "AvailabilityZone": subnet.get("AvailabilityZone", "eu-central-1a"),
        "InterfaceType": "interface",
        "SourceDestCheck": dice.chance(10),
        "RequesterManaged": False,
        "Status": "in-use",
        "PrivateIpAddress": str(address),
        "PrivateIpAddresses": [private],
        "Ipv6Addresses": [],
        "Groups": [{"GroupId": g, "GroupName": g} for g in _groups(dice, estate, subnet["VpcId"])],
    }
    for six in subnet["Ipv6CidrBlockAssociationSet"]:
        if dice.chance(80):
            last = int(address) & 63
            block = ip_network(six["Ipv6CidrBlock"])
            record["Ipv6Addresses"].append({"Ipv6Address": str(block[last])})
    if _leads_out(estate, subnet["VpcId"]) and dice.chance(50):
        taken = sum(HOST in one["NetworkInterfaceId"] for one in estate["NetworkInterfaces"])
        public = {"PublicIp": f"3.120.1.{taken + 1}", "IpOwnerId": "amazon"}
        private["Association"] = record["Association"] = public
    return record


def _leads_out(estate: Estate, vpc: str) -> bool:
    ties = [tie for gateway in estate["InternetGateways"] for tie in gateway["Attachments"]]
    return any(tie["VpcId"] == vpc for tie in ties)


def _groups(dice: Dice, estate: Estate, vpc: str) -> list[str]:
    """Return a group that lets all through, which is added, or one that is there."""
    known = [one["GroupId"] for one in estate["SecurityGroups"] if one["VpcId"] == vpc]
    name = f"sg-{HOST}-{vpc[4:]}"
    if known and dice.chance(20):
        return [dice.pick(known)]
    if name not in known:
        everything = {
            "IpProtocol": "-1",
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
            "PrefixListIds": [],
            "UserIdGroupPairs": [],
        }
        record = {"GroupId": name, "GroupName": name, "Description": name, "VpcId": vpc}
        rules = {"IpPermissions": [everything], "IpPermissionsEgress": [everything]}
        estate["SecurityGroups"].append(record | rules)
    return [name]


# -- the routes


def _draw_routes(
    dice: Dice, estate: Estate, table: Record, address: str, number: int, hosts: list[str]
) -> None:
    """Let two lists, or one of which nobody knows anything, lead to a host and elsewhere."""
    if not hosts:
        return
    version = ip_address(address).version
    targets: list[Record] = [{"NetworkInterfaceId": dice.pick(hosts), "State": "active"}]
    others = [_target(route) for route in table["Routes"] if _carries(route, version)]
    others += [
        {"NetworkInterfaceId": one["NetworkInterfaceId"], "State": "active"}
        for one in estate["NetworkInterfaces"]
        if HOST in one["NetworkInterfaceId"] and one["VpcId"] == table["VpcId"]
    ]
    is_known = dice.chance(60)
    if is_known or dice.chance(30):
        targets.append(dice.pick([one for one in others if one not in targets] or targets))
    block = ip_network(f"{address}/{dice.pick(LENGTHS[version])}", strict=False)
    for index, target in enumerate(targets):
        name = f"{LIST}{number}{index}"
        table["Routes"].append({DESTINATIONS[2]: name, "Origin": "CreateRoute", **target})
        if is_known or dice.chance(60):
            _add_list(estate, name, version, [str(block)] if is_known else None)


def _carries(route: Record, version: int) -> bool:
    """Say whether a route to the same target may be for addresses of that version."""
    if "EgressOnlyInternetGatewayId" in route:
        return False  # a list that is on record nowhere may be of IPv4
    return route.get("GatewayId") != "local" and (version == 4 or "NatGatewayId" not in route)


def _target(route: Record) -> Record:
    """Return where a route leads, without what it says of origin and destination."""
    return {key: value for key, value in route.items() if key not in (*DESTINATIONS, "Origin")}


def _add_list(estate: Estate, name: str, version: int, blocks: list[str] | None) -> None:
    """Put a list on record, with its entries or without."""
    record: Record = {
        "PrefixListId": name,
        "PrefixListName": name,
        "AddressFamily": f"IPv{version}",
        "MaxEntries": 1,
        "State": "create-complete",
    }
    if blocks is not None:
        record["Entries"] = [{"Cidr": block} for block in blocks]
    estate["ManagedPrefixLists"].append(record)
