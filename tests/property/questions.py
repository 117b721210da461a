"""Questions about a random estate, their values at the edges of its rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import (
    IPv4Address,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import Final

from tests.oracle.question import ANY_CLIENT_PORT, Question
from tests.property import endpoints, platform_services
from tests.property.balancers_asked import nodes_to_ask, services_at
from tests.property.dice import Dice
from tests.property.plan import Estate, Record
from tests.property.site_questions import MAYBE_OURS, SiteEnd, draw_end, site_ends

Address = IPv4Address | IPv6Address
Service = tuple[int, int, int]  # protocol, port or type, code

NUMBERS: Final = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
USUAL: Final[tuple[Service, ...]] = ((6, 443, 0), (6, 22, 0), (17, 53, 0), (1, 8, 0), (50, 0, 0))
OTHER_ICMP: Final = ((8, 0), (0, 0), (3, 4), (13, 0), (8, 1), (17, 0), (11, 0))
OTHER_ICMPV6: Final = ((128, 0), (129, 0), (1, 0), (128, 1), (135, 0))
HOSTS: Final = ("198.51.100.7", "8.8.8.8", "203.0.113.5", "203.0.113.127", "203.0.113.128")
HOSTS_6: Final = ("2001:db8:1::5", "2606:4700::1111", "2001:db8:1:8000::", "2001:db8:2::")
#: Private, reserved or link-local: nobody on the internet.
NOWHERE: Final = (
    "10.200.0.1",
    "100.65.0.1",
    "172.16.0.1",
    "169.254.168.1",
    "240.0.0.1",
    "127.0.0.1",
)
NOWHERE_6: Final = ("fc00::1", "fd00:ec2::1", "fe80::1", "4000::1")
CLIENT_PORTS: Final = ((32768, 60999), (49152, 65535), (1024, 32767), (1024, 1024), (65535, 65535))
NAT64: Final = int(ip_address("64:ff9b::"))


@dataclass(frozen=True)
class End:
    """An address that something in the estate holds."""

    interface: Record
    address: str

    @property
    def version(self) -> int:
        return 6 if ":" in self.address else 4


@dataclass(frozen=True)
class Scene:
    """What the questions are drawn from, collected once for an estate."""

    dice: Dice
    estate: Estate
    ends: list[End]  # private addresses of ordinary interfaces
    targets: list[End]  # private addresses of all interfaces, NAT gateways' included
    public: list[End]  # public addresses, on their interfaces
    blocks: dict[int, list[str]]  # CIDRs that occur, by version
    rules: dict[str, list[Record]]  # permissions of each group
    entries: list[Record]  # ACL entries with a protocol
    sites: list[SiteEnd]  # addresses of networks outside AWS


def draw_questions(dice: Dice, estate: Estate, count: int) -> list[Question]:
    """Draw questions about the estate."""
    scene = _scene(dice, estate)
    return [_question(scene) for _ in range(count)]


def _scene(dice: Dice, estate: Estate) -> Scene:
    interfaces = estate["NetworkInterfaces"]
    targets = [End(i, address) for i in interfaces for address in _private(i)]
    blocks = set(_blocks(estate)) - {""}
    return Scene(
        dice,
        estate,
        ends=[end for end in targets if end.interface["InterfaceType"] == "interface"],
        targets=targets,
        public=[End(i, address) for i in interfaces for address in _public(i)],
        blocks={
            4: sorted(block for block in blocks if ":" not in block),
            6: sorted(block for block in blocks if ":" in block),
        },
        rules={
            group["GroupId"]: group["IpPermissions"] + group["IpPermissionsEgress"]
            for group in estate["SecurityGroups"]
        },
        entries=[
            entry
            for acl in estate["NetworkAcls"]
            for entry in acl["Entries"]
            if entry["Protocol"] != "-1"
        ],
        sites=site_ends(estate),
    )


def _private(interface: Record) -> Iterator[str]:
    for private in interface["PrivateIpAddresses"]:
        yield private["PrivateIpAddress"]
    for six in interface["Ipv6Addresses"]:
        yield six["Ipv6Address"]
    for key, name in (("Ipv4Prefixes", "Ipv4Prefix"), ("Ipv6Prefixes", "Ipv6Prefix")):
        for delegated in interface.get(key, ()):
            block = ip_network(delegated[name])
            yield str(block[0])
            yield str(block[-1])


def _public(interface: Record) -> Iterator[str]:
    for private in interface["PrivateIpAddresses"]:
        if "Association" in private:
            yield private["Association"]["PublicIp"]


def _blocks(estate: Estate) -> Iterator[str]:
    for group in estate["SecurityGroups"]:
        for rule in group["IpPermissions"] + group["IpPermissionsEgress"]:
            yield from (peer["CidrIp"] for peer in rule["IpRanges"])
            yield from (peer["CidrIpv6"] for peer in rule["Ipv6Ranges"])
    for acl in estate["NetworkAcls"]:
        for entry in acl["Entries"]:
            yield entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
    for table in estate["RouteTables"]:
        for route in table["Routes"]:
            yield route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") or ""
    yield from _transit_blocks(estate)
    for names in estate["ManagedPrefixLists"]:
        yield from (entry["Cidr"] for entry in names.get("Entries", ()))


def _transit_blocks(estate: Estate) -> Iterator[str]:
    for table in estate["TransitGatewayStaticRoutes"]:
        yield from (route["DestinationCidrBlock"] for route in table["Routes"])


# -- one question


def _question(scene: Scene) -> Question:
    if scene.sites and scene.dice.chance(20):
        return _from_site(scene)
    kind = scene.dice.integer(1, 100)
    if scene.ends and kind <= 84:
        return _from_interface(scene)
    if kind <= 94 or not scene.ends:
        return _from_internet(scene)
    return _from_nobody(scene)


def _from_interface(scene: Scene) -> Question:
    doors = [end for end in scene.targets if end.interface["InterfaceType"] == "vpc_endpoint"]
    source = scene.dice.pick(doors if doors and scene.dice.chance(1) else scene.ends)
    name, vpc = source.interface["NetworkInterfaceId"], source.interface["VpcId"]
    question = _towards(scene, name, source.address, vpc)
    if scene.dice.chance(25):
        far = endpoints.by_transit(scene.estate, source.interface["SubnetId"], source.version)
        question = replace(question, destination=far, destination_vpc=None) if far else question
    return _with_service(scene, question, source.interface)


def _from_site(scene: Scene) -> Question:
    source = scene.dice.pick(scene.sites)
    question = _towards(scene, source.site, source.address, "")
    return _with_service(scene, question, None)


def _from_nobody(scene: Scene) -> Question:
    """Ask from an address in a subnet that no interface holds."""
    subnet = scene.dice.pick(scene.estate["Subnets"])
    vpc, address = subnet["VpcId"], _free_address(scene.dice, subnet)
    return _with_service(scene, _towards(scene, vpc, address, vpc), None)


def _free_address(dice: Dice, subnet: Record) -> str:
    """Return the last usable IPv4 address of the subnet, or an IPv6 one: never given away."""
    blocks = [subnet["CidrBlock"]] if "CidrBlock" in subnet else []
    blocks += [block["Ipv6CidrBlock"] for block in subnet["Ipv6CidrBlockAssociationSet"]]
    block = dice.pick(blocks)
    return str(ip_network(block).network_address + (62 if ":" not in block else 0xFFFF))


def _from_internet(scene: Scene) -> Question:
    dice = scene.dice
    sixes = [end for end in scene.targets if end.version == 6]
    kind = dice.integer(1, 100)
    if sixes and kind > 70:
        question = Question("internet", _host(scene, 6), dice.pick(sixes).address, 6)
    elif kind > 92 and scene.targets:
        fours = [end for end in scene.targets if end.version == 4] or scene.targets
        target = dice.pick(fours).address
        question = Question("internet", _host(scene, 6 if ":" in target else 4), target, 6)
    elif kind > 88 or not scene.public:
        question = Question("internet", _host(scene, 4), _address_of_ours(scene), 6)
    else:
        question = Question("internet", _host(scene, 4), dice.pick(scene.public).address, 6)
    return _with_service(scene, question, None)


def _address_of_ours(scene: Scene) -> str:
    """Return any public address of the estate, used or not, or else one that it may once get."""
    options = [record["PublicIp"] for record in scene.estate["Addresses"]]
    return options[-1] if options else "3.120.0.250"


def _towards(scene: Scene, source: str, address: str, vpc: str) -> Question:
    """Draw a destination of the source's family, or an IPv4 one by way of NAT64."""
    dice, version = scene.dice, 6 if ":" in address else 4
    question = Question(source, address, "", 6)
    if version == 6 and dice.chance(14):
        inner = int(ip_address(_destination(scene, "", vpc, 4, odd=False)))
        return replace(question, destination=str(ip_address(NAT64 + inner)))
    site = draw_end(dice, scene.sites, version) if dice.chance(16) else None
    if site is not None and site.address != address:
        named = site.site if dice.chance(50) else None
        return replace(question, destination=site.address, destination_vpc=named)
    destination = _destination(scene, source, vpc, version)
    held_in = _vpc_to_insist_on(scene, destination)
    return replace(question, destination=destination, destination_vpc=held_in)


def _vpc_to_insist_on(scene: Scene, destination: str) -> str | None:
    """Sometimes name the VPC in which the private destination must be."""
    if not scene.dice.chance(25):
        return None
    holders = [end for end in scene.targets if end.address == destination]
    return scene.dice.pick(holders).interface["VpcId"] if holders else None


def _destination(scene: Scene, source: str, vpc: str, version: int, *, odd: bool = True) -> str:
    dice, kind = scene.dice, scene.dice.integer(1, 100)
    near = [
        end.address
        for end in scene.targets
        if end.version == version
        and end.interface["VpcId"] == vpc
        and end.interface["NetworkInterfaceId"] != source
        and end.interface["InterfaceType"] != "nat_gateway"
    ]
    far = [
        end.address
        for end in scene.targets
        if end.version == version
        and end.interface["VpcId"] != vpc
        and end.interface["InterfaceType"] != "nat_gateway"
    ]
    nodes = nodes_to_ask(scene.estate, version)
    if kind <= 50 and nodes and dice.chance(22):
        return dice.pick(nodes)
    if kind <= 50 and far and dice.chance(60):
        return dice.pick(far)
    if kind <= 50 and near:
        return dice.pick(near)
    if kind <= 55:
        anywhere = [end.address for end in scene.targets if end.version == version]
        return dice.pick(anywhere) if anywhere else _host(scene, version)
    if kind <= 70 and version == 4 and scene.public:
        return dice.pick(scene.public).address
    if kind <= 87:
        return _host(scene, version)
    if kind <= 94 or not odd:
        return _edge(scene, version)
    return _odd_destination(scene, vpc, version)


def _odd_destination(scene: Scene, vpc: str, version: int) -> str:
    dice, kind = scene.dice, scene.dice.integer(1, 4)
    if kind == 1:
        return dice.pick(platform_services.FOUR if version == 4 else platform_services.SIX)
    if kind == 2 and version == 4:
        blocks = {record["VpcId"]: record["CidrBlock"] for record in scene.estate["Vpcs"]}
        return str(
            ip_network(blocks.get(vpc) or min(blocks.values())).network_address
            + dice.pick((2, 1, 3))
        )
    if kind == 3 and version == 4:
        return _address_of_ours(scene)
    return dice.pick(NOWHERE if version == 4 else NOWHERE_6)


def _host(scene: Scene, version: int) -> str:
    hosts: tuple[str, ...] = HOSTS if version == 4 else HOSTS_6
    if scene.sites:  # whom routes place behind some gateway is not on the internet
        hosts = tuple(host for host in hosts if not host.startswith(MAYBE_OURS))
    return scene.dice.pick((*hosts, *endpoints.hosts(scene.estate, version)))


def _edge(scene: Scene, version: int) -> str:
    """Draw the address before, at either end of, or behind a CIDR that occurs; or as written."""
    if not scene.blocks[version]:
        return _host(scene, version)
    written = ip_interface(scene.dice.pick(scene.blocks[version]))
    block = written.network
    first, last = int(block.network_address), int(block.broadcast_address)
    numbers = [first, last, first - 1, last + 1]
    if int(written) != first:  # host bits
        numbers += [int(written), int(written) - 1, int(written) + 1]
    number = scene.dice.pick(numbers)
    top = (1 << block.max_prefixlen) - 1
    kind = IPv4Address if version == 4 else IPv6Address
    address = str(kind(min(max(number, 0), top)))
    usable = version == 4 or ip_address(address) in IPv6Network("2000::/3")
    return address if usable else _host(scene, version)


# -- the service


def _with_service(scene: Scene, question: Question, source: Record | None) -> Question:
    """Draw the service from a rule that will have to let it through, or from elsewhere."""
    protocol, port, code = _service(scene, question, source)
    version = 6 if ":" in question.source_address else 4
    if protocol in (1, 58):
        pinged = protocol == (1 if version == 4 else 58)
        protocol = 1 if version == 4 else 58
        if not pinged:
            port, code = (8 if version == 4 else 128), 0
    ports = ANY_CLIENT_PORT if scene.dice.chance(75) else _client_ports(scene)
    return replace(question, protocol=protocol, port=port, code=code, client_ports=ports)


def _client_ports(scene: Scene) -> tuple[int, int]:
    edges = [entry["PortRange"] for entry in scene.entries if "PortRange" in entry]
    if edges and scene.dice.chance(40):
        edge = scene.dice.pick(edges)
        low = min(max(edge["From"] + scene.dice.pick((0, -1, 1)), 1024), 65535)
        return low, max(low, min(edge["To"] + scene.dice.pick((0, 1, -1)), 65535))
    return scene.dice.pick(CLIENT_PORTS)


def _service(scene: Scene, question: Question, source: Record | None) -> Service:
    dice, kind = scene.dice, scene.dice.integer(1, 100)
    rules = _rules_on_the_way(scene, question, source)
    listened = services_at(scene.estate, question.destination)
    if question.destination in platform_services.AT and kind <= 70:
        return platform_services.service(dice, question.destination)
    if listened and kind <= 75:
        return dice.pick(listened)
    if kind <= 75 and endpoints.is_a_service(scene.estate, question.destination):
        return dice.pick(endpoints.TO_A_SERVICE)
    if rules and kind <= 62:
        return _service_of_rule(dice, dice.pick(rules))
    if scene.entries and kind <= 76:
        return _service_of_entry(dice, dice.pick(scene.entries))
    if kind <= 82:
        return (1, *dice.pick(OTHER_ICMP)) if dice.chance(50) else (58, *dice.pick(OTHER_ICMPV6))
    return dice.pick(USUAL)


def _rules_on_the_way(scene: Scene, question: Question, source: Record | None) -> list[Record]:
    """Return the permissions of the two ends' groups, those of the destination first."""
    ends = [
        end.interface
        for end in (*scene.targets, *scene.public)
        if end.address == question.destination
    ][:1]
    return [
        rule
        for interface in (*ends, *([source] if source else ()))
        for group in interface["Groups"]
        for rule in scene.rules.get(group["GroupId"], ())
    ]


def _service_of_rule(dice: Dice, rule: Record) -> Service:
    protocol = rule["IpProtocol"]
    if protocol in ("tcp", "udp"):
        return NUMBERS[protocol], _near(dice, rule["FromPort"], rule["ToPort"]), 0
    if protocol in ("icmp", "icmpv6"):
        return NUMBERS[protocol], *_icmp(dice, protocol, rule["FromPort"], rule["ToPort"])
    return dice.pick(USUAL) if protocol == "-1" else (int(protocol), 0, 0)


def _service_of_entry(dice: Dice, entry: Record) -> Service:
    number = int(entry["Protocol"])
    if "PortRange" in entry:
        return number, _near(dice, entry["PortRange"]["From"], entry["PortRange"]["To"]), 0
    if "IcmpTypeCode" in entry:
        name, kind = ("icmp", "icmpv6")[number == 58], entry["IcmpTypeCode"]
        return number, *_icmp(dice, name, kind["Type"], kind["Code"])
    return number, 0, 0


def _near(dice: Dice, first: int, last: int) -> int:
    """Draw a port at the edge of a range, inside more often than outside."""
    port = dice.pick((first, last, first, last, first - 1, last + 1))
    return min(max(port, 0), 65535)


def _icmp(dice: Dice, name: str, kind: int, code: int) -> tuple[int, int]:
    """Draw a type and a code at the edge of a rule, a ping where the rule names none."""
    ping = 8 if name == "icmp" else 128
    kind = ping if kind == -1 else dice.pick((kind, kind, kind + 1, max(kind - 1, 0), ping))
    return kind, dice.pick((0 if code == -1 else code, 0 if code == -1 else code, max(code, 0) + 1))
