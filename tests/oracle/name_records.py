"""What names are told by: zones, rules, endpoints, balancers, hosts; nothing resolved yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NamedTuple

from tests.oracle.balancer import in_dns
from tests.oracle.managed import Service, services
from tests.oracle.parse import parse
from tests.oracle.profiles import Profile, profiles
from tests.oracle.spelling import Estate, prefix
from tests.oracle.world import Address, Prefix, World

Answer = Mapping[str, Any]


class Record(NamedTuple):
    name: str
    kind: str  # A, AAAA, NS, or NAME for what stands for another name
    values: tuple[str, ...]
    set_id: str = ""  # of those among which Route 53 chooses
    is_last: bool = False  # given only if no other can be
    may_fail: bool = False  # a health check takes it away


@dataclass(frozen=True)
class Zone:
    id: str
    name: str
    is_private: bool
    vpcs: tuple[str, ...]  # none of a private one: nobody says
    records: tuple[Record, ...] | None  # None: nobody says
    nodes: frozenset[str] = frozenset()  # names of records of any type, and all domains above


@dataclass(frozen=True)
class Rule:
    id: str
    domain: str  # "" is all names
    forwards: bool
    vpcs: tuple[str, ...] | None


@dataclass(frozen=True)
class Endpoint:
    id: str
    vpc: str
    is_private: bool  # its service's name means it in its VPC
    private_names: tuple[str, ...]
    stars: tuple[str, ...]  # those of them below which it answers for all names
    own_names: tuple[str, ...]
    interfaces: tuple[str, ...]


@dataclass(frozen=True)
class Balancer:
    name: str
    is_facing: bool
    nodes: tuple[str, ...]
    is_open: bool  # nobody knows to which of them its name leads
    all_nodes: tuple[str, ...]


@dataclass(frozen=True)
class Database:
    name: str
    interface: str


@dataclass(frozen=True)
class Machine:
    """An interface: its first addresses, and its public ones with the private ones behind."""

    id: str
    vpc: str
    zone: str
    instance: str
    device: int
    four: Address | None
    six: Address | None
    publics: Mapping[Address, Address]

    @property
    def public(self) -> Address | None:
        return next((a for a, behind in self.publics.items() if behind == self.four), None)


AnsweredBy = Zone | Rule | Endpoint


class Domain(NamedTuple):
    name: str
    answers: AnsweredBy | None  # None: the resolver itself
    is_lent: bool = False  # by a profile, and not the VPC's own


@dataclass(frozen=True)
class Directory:
    """All that an estate tells of names."""

    has_dns: frozenset[str]  # VPCs with both attributes, or of which nobody says otherwise
    zones: tuple[Zone, ...]
    rules: tuple[Rule, ...]
    endpoints: tuple[Endpoint, ...]
    balancers: tuple[Balancer, ...]
    databases: tuple[Database, ...]
    machines: Mapping[str, Machine]
    shows_private: frozenset[tuple[str, str]]  # a VPC, and a peer that sees its private addresses
    lists: Mapping[str, tuple[Prefix, ...]]
    asks_others: frozenset[str] = frozenset()  # VPCs whose hosts ask other servers than Amazon's
    profiles: tuple[Profile, ...] = ()
    services: tuple[Service, ...] = ()  # managed ones, RDS aside


def lies_in(name: str, domain: str) -> bool:
    return not domain or name == domain or name.endswith("." + domain)


def plain(name: str) -> str:
    return name.lower().rstrip(".").replace("\\052", "*")


# -- reading


def directory(estate: Estate) -> Directory:
    """Read an estate."""
    world = parse(estate)
    return Directory(
        frozenset(vpc["VpcId"] for vpc in estate["Vpcs"] if _has_dns(vpc)),
        tuple(_zone(estate, one) for one in estate["HostedZones"]),
        tuple(_rule(estate, one) for one in estate["ResolverRules"]),
        tuple(_endpoint(estate, one) for one in estate["VpcEndpoints"]),
        tuple(_balancer(world, one) for one in estate["LoadBalancers"] if "DNSName" in one),
        tuple(_databases(estate)),
        {one["NetworkInterfaceId"]: _machine(one) for one in estate["NetworkInterfaces"]},
        frozenset(_shown(estate)),
        {
            one["PrefixListName"]: tuple(map(prefix, one["Cidrs"]))
            for one in estate["PrefixLists"]
            if "Cidrs" in one
        },
        frozenset(vpc["VpcId"] for vpc in estate["Vpcs"] if _asks_others(estate, vpc)),
        tuple(profiles(estate)),
        tuple(services(estate)),
    )


def _asks_others(estate: Estate, vpc: Answer) -> bool:
    """Say whether the VPC's DHCP options name a server that is not Amazon's."""
    for options in estate.get("DhcpOptions", ()):
        for option in options["DhcpConfigurations"]:
            is_ours = options["DhcpOptionsId"] == vpc.get("DhcpOptionsId")
            if is_ours and option["Key"] == "domain-name-servers":
                return [one["Value"] for one in option["Values"]] != ["AmazonProvidedDNS"]
    return False


def _has_dns(vpc: Answer) -> bool:
    keys = ("EnableDnsSupport", "EnableDnsHostnames")
    return all(vpc.get(key, {}).get("Value", True) for key in keys)


def _zone(estate: Estate, record: Answer) -> Zone:
    name = record["Id"].rpartition("/")[2]
    vpcs = [v["VPCId"] for told in estate["ZoneVpcs"] if told["Zone"] == name for v in told["VPCs"]]
    told = [one["ResourceRecordSets"] for one in estate["ZoneRecords"] if one["Zone"] == name]
    sets = [record for some in told for record in some] if told else None
    return Zone(
        name,
        plain(record["Name"]),
        record["Config"]["PrivateZone"],
        tuple(vpcs),
        None if sets is None else tuple(filter(None, map(_record, sets))),
        frozenset(node for one in sets or () for node in above(plain(one["Name"]))),
    )


def above(name: str) -> list[str]:
    """Return a name and all domains that it lies in, the longest first."""
    labels = name.split(".")
    return [".".join(labels[n:]) for n in range(len(labels))]


def _record(record: Answer) -> Record | None:
    if record["Type"] not in ("A", "AAAA", "CNAME", "NS"):
        return None
    kind, values = record["Type"], [one["Value"] for one in record.get("ResourceRecords", ())]
    if "AliasTarget" in record or kind == "CNAME":
        kind = "NAME"
        values = [plain(record["AliasTarget"]["DNSName"])] if "AliasTarget" in record else values
        values = [plain(value) for value in values]
    return Record(
        plain(record["Name"]),
        kind,
        tuple(values),
        record.get("SetIdentifier", ""),
        is_last=record.get("Weight") == 0 or record.get("Failover") == "SECONDARY",
        may_fail="HealthCheckId" in record
        or bool(record.get("AliasTarget", {}).get("EvaluateTargetHealth")),
    )


def _rule(estate: Estate, record: Answer) -> Rule:
    ties = estate["ResolverRuleAssociations"]
    vpcs = [tie["VPCId"] for tie in ties if tie["ResolverRuleId"] == record["Id"]]
    forwards = record["RuleType"] == "FORWARD"
    is_told = bool(ties) or not forwards
    return Rule(
        record["Id"], plain(record["DomainName"]), forwards, tuple(vpcs) if is_told else None
    )


def _endpoint(estate: Estate, record: Answer) -> Endpoint:
    name = record["VpcEndpointId"]
    names = [plain(entry["DnsName"]) for entry in record.get("DnsEntries", ())]
    held = [one["NetworkInterfaceId"] for one in estate["NetworkInterfaces"]]
    private = [one.removeprefix("*.") for one in names if name not in one]
    parts = record.get("ServiceName", "").split(".")
    if not private and len(parts) == 4:  # one of AWS's own services, com.amazonaws.REGION.SERVICE
        private = [f"{parts[3]}.{parts[2]}.amazonaws.com"]
    is_up = record.get("State", "available") == "available"
    is_interface = record["VpcEndpointType"] == "Interface"
    return Endpoint(
        name,
        record["VpcId"],
        bool(record.get("PrivateDnsEnabled")) and is_up and is_interface,
        tuple(dict.fromkeys(private)),
        tuple(one[2:] for one in names if one.startswith("*.") and name not in one),
        tuple(one for one in names if name in one),
        tuple(one for one in record.get("NetworkInterfaceIds", ()) if one in held),
    )


def _balancer(world: World, record: Answer) -> Balancer:
    nodes, is_open = in_dns(world, record["LoadBalancerArn"])
    is_facing = record["Scheme"] == "internet-facing"
    known = tuple(world.balancers.nodes_of(record["LoadBalancerArn"]))
    return Balancer(plain(record["DNSName"]), is_facing, tuple(nodes), is_open, known)


def _databases(estate: Estate) -> Iterator[Database]:
    """Yield databases with the one interface that bears exactly their groups."""
    for record in estate["DBInstances"]:
        groups = {one["VpcSecurityGroupId"] for one in record["VpcSecurityGroups"]}
        for one in estate["NetworkInterfaces"]:
            mine = {group["GroupId"] for group in one["Groups"]}
            if one.get("Description") == "RDSNetworkInterface" and mine == groups:
                yield Database(plain(record["Endpoint"]["Address"]), one["NetworkInterfaceId"])


def _machine(record: Answer) -> Machine:
    attachment = record.get("Attachment", {})
    held = record["PrivateIpAddresses"]
    fours = sorted(held, key=lambda one: not one.get("Primary"))
    sixes = [one["Ipv6Address"] for one in record["Ipv6Addresses"]]
    publics = {
        ip_address(one["Association"]["PublicIp"]): ip_address(one["PrivateIpAddress"])
        for one in held
        if "Association" in one
    }
    return Machine(
        record["NetworkInterfaceId"],
        record["VpcId"],
        record.get("AvailabilityZone", ""),
        attachment.get("InstanceId", ""),
        attachment.get("DeviceIndex", 0),
        ip_address(fours[0]["PrivateIpAddress"]) if fours else None,
        ip_address(sixes[0]) if sixes else None,
        publics,
    )


def _shown(estate: Estate) -> Iterator[tuple[str, str]]:
    """Yield who resolves its public names to private addresses for a peer [PC-5]."""
    for peering in estate["VpcPeeringConnections"]:
        sides = peering["RequesterVpcInfo"], peering["AccepterVpcInfo"]
        for mine, other in (sides, sides[::-1]):
            says = mine.get("PeeringOptions", {}).get("AllowDnsResolutionFromRemoteVpc")
            if peering["Status"]["Code"] == "active" and says:
                yield mine["VpcId"], other["VpcId"]
