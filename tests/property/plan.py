"""The ground that a random estate stands on: VPCs, subnets, and what their values can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from tests.property.dice import Dice

Record = dict[str, Any]
Estate = dict[str, list[Record]]

#: What calls about one resource answer: each item is one answer, in a file of its own.
ANSWERS: Final = (
    "NetworkFirewalls",
    "FirewallPolicies",
    "FirewallRuleGroups",
    "ClassicLoadBalancerAttributes",
    "ClassicLoadBalancerHealth",
)
KINDS: Final = (
    "Vpcs",
    "Subnets",
    "RouteTables",
    "NetworkAcls",
    "SecurityGroups",
    "NetworkInterfaces",
    "Reservations",
    "InternetGateways",
    "EgressOnlyInternetGateways",
    "NatGateways",
    "ManagedPrefixLists",
    "Addresses",
    "VpcPeeringConnections",
    "TransitGateways",
    "TransitGatewayAttachments",
    "TransitGatewayVpcAttachments",
    "TransitGatewayPeeringAttachments",
    "TransitGatewayRouteTables",
    "TransitGatewayStaticRoutes",
    "TransitGatewayPropagations",
    "LoadBalancers",
    "LoadBalancerAttributes",
    "LoadBalancerListeners",
    "LoadBalancerDescriptions",
    "TargetGroups",
    "TargetGroupAttributes",
    "TargetGroupTargetHealth",
    "VpnGateways",
    "VpnConnections",
    "CustomerGateways",
    "directConnectGateways",
    "directConnectGatewayAssociations",
    "virtualInterfaces",
    "ClientVpnEndpoints",
    "ClientVpnTargetNetworks",
    "AuthorizationRules",
    "TransitGatewayConnects",
    "TransitGatewayConnectPeers",
    "TransitGatewayPolicyTables",
    "TransitGatewayPolicyTableEntries",
    "Associations",  # of policy tables
    "Routes",  # of client VPN endpoints
    "VpcEndpoints",
    "PrefixLists",
    "ServiceConfigurations",
    "VpcBlockPublicAccessOptions",
    "VpcBlockPublicAccessExclusions",
    *ANSWERS,
)
PRIMARY_BLOCKS: Final = (
    "10.0.0.0/16",
    "10.0.0.0/24",
    "172.31.0.0/16",
    "192.168.0.0/20",
    "10.8.0.0/16",
)
#: What AWS allows beside the primary block.
SECONDARY_BLOCK: Final = {"10": "10.1.0.0/16", "172": "100.64.0.0/20", "192": "100.64.0.0/20"}
INTERNET_BLOCKS: Final = ("198.51.100.0/24", "203.0.113.0/24", "203.0.113.128/25", "8.8.8.8/32")
INTERNET_BLOCKS_6: Final = ("2001:db8:1::/48", "2001:db8:1:8000::/49", "2606:4700::1111/128")
KNOWN_LIST, KNOWN_LIST_6, EMPTY_LIST = "pl-0known4", "pl-0known6", "pl-0noentries"
GHOST_LIST, GHOST_ROUTE_LIST = "pl-0ghostrule", "pl-0ghostroute"
GHOST_GROUP: Final = "sg-0ghost"


@dataclass
class SubnetPlan:
    """A subnet and the hosts still free in it."""

    id: str
    vpc: str
    block: IPv4Network | None
    six: IPv6Network | None
    zone: str = "a"
    role: str = ""
    is_home: bool = False  # of a NAT gateway or an appliance: what leads to those goes round there
    next_host: int = 4
    next_prefix: int = 2  # the /28 from .32 on; hosts end before, NAT gateways begin behind


@dataclass
class VpcPlan:
    """A VPC and what stands in it."""

    id: str
    blocks: list[IPv4Network]
    sixes: list[IPv6Network]
    subnets: list[SubnetPlan] = field(default_factory=list)
    gateway: str | None = None
    egress_only: str | None = None
    nats: list[str] = field(default_factory=list)
    dead_nats: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    appliances: list[str] = field(default_factory=list)  # interfaces that routes may lead to
    peers: list[tuple[str, VpcPlan]] = field(default_factory=list)  # with the peerings to them
    hubs: dict[str, list[VpcPlan]] = field(default_factory=dict)  # who else is on each gateway
    is_center: bool = False  # by which the others go out
    vpn_gateway: str | None = None
    #: Ways to networks outside AWS: a route's target, and a block that is there.
    outside: list[tuple[Record, str]] = field(default_factory=list)
    learnable: list[str] = field(default_factory=list)  # what its VPN gateway may announce

    @property
    def joined(self) -> list[VpcPlan]:
        """Return the VPCs that something joins to this one, each once."""
        beyond = [vpc for _, vpc in self.peers] + [vpc for hub in self.hubs.values() for vpc in hub]
        return list({vpc.id: vpc for vpc in beyond}.values())

    def overlaps(self, other: VpcPlan) -> bool:
        """Say whether some of their IPv4 blocks share addresses."""
        return any(one.overlaps(two) for one in self.blocks for two in other.blocks)


@dataclass
class Draft:
    """An estate on its way."""

    dice: Dice
    estate: Estate = field(default_factory=lambda: {kind: [] for kind in KINDS})
    vpcs: list[VpcPlan] = field(default_factory=list)
    public: int = 0  # how many public addresses have been given away

    def new_public(self) -> str:
        """Return the next public address; neighbours, so that rules can cut between them."""
        self.public += 1
        return f"3.120.0.{self.public + 6}"


def draw_ground(draft: Draft) -> None:
    """Draw one to four VPCs with their subnets; their IPv4 blocks may overlap."""
    for number in range(draft.dice.pick((1, 1, 2, 2, 2, 3, 3, 4))):
        vpc = _vpc(draft, number)
        for index in range(draft.dice.integer(1, (4, 3, 2, 2)[number])):
            _subnet(draft, vpc, index)


def _vpc(draft: Draft, number: int) -> VpcPlan:
    dice = draft.dice
    taken = [block for vpc in draft.vpcs for block in vpc.blocks]
    apart = [
        block
        for block in PRIMARY_BLOCKS
        if not any(IPv4Network(block).overlaps(other) for other in taken)
    ]
    primary = dice.pick(PRIMARY_BLOCKS if dice.chance(25) or not apart else apart)
    blocks = [primary]
    if dice.chance(25):
        blocks.append(SECONDARY_BLOCK[primary.split(".")[0]])
    sixes = [f"2600:1f14:{number + 1:x}:{n}00::/56" for n in range(dice.pick((1, 0, 1, 2)))]
    vpc = VpcPlan(
        f"vpc-0{number}", [IPv4Network(block) for block in blocks], [IPv6Network(s) for s in sixes]
    )
    draft.vpcs.append(vpc)
    draft.estate["Vpcs"].append(
        {
            "VpcId": vpc.id,
            "CidrBlock": primary,
            "State": "available",
            "IsDefault": False,
            "CidrBlockAssociationSet": [
                {"CidrBlock": block, "CidrBlockState": {"State": "associated"}} for block in blocks
            ],
            "Ipv6CidrBlockAssociationSet": [
                {"Ipv6CidrBlock": six, "Ipv6CidrBlockState": {"State": "associated"}}
                for six in sixes
            ],
        }
    )
    return vpc


def _subnet(draft: Draft, vpc: VpcPlan, index: int) -> None:
    """Draw a /26 of one of the VPC's blocks, and perhaps a /64; or the /64 alone."""
    dice = draft.dice
    has_six = bool(vpc.sixes) and dice.chance(75)
    native = has_six and index > 0 and dice.chance(12)
    parent = dice.pick(vpc.blocks)
    block = None if native else IPv4Network((int(parent.network_address) + 64 * index, 26))
    six = None
    if has_six:
        base = int(dice.pick(vpc.sixes).network_address)
        six = IPv6Network((base + (index << 64), 64))
    zone = dice.pick(("a", "a", "b"))
    subnet = SubnetPlan(f"subnet-{vpc.id[4:]}{index}", vpc.id, block, six, zone)
    vpc.subnets.append(subnet)
    record: Record = {
        "SubnetId": subnet.id,
        "VpcId": vpc.id,
        "AvailabilityZone": f"eu-central-1{zone}",
        "AvailabilityZoneId": f"euc1-az{'ab'.index(zone) + 1}",
        "State": "available",
        "Ipv6Native": native,
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": str(six), "Ipv6CidrBlockState": {"State": "associated"}}
        ]
        if six
        else [],
    }
    if block:
        record["CidrBlock"] = str(block)
    draft.estate["Subnets"].append(record)


def blocks_of(vpc: VpcPlan, version: int) -> Iterator[str]:
    """Yield the CIDRs that a rule in the VPC may well name, the widest first."""
    yield "0.0.0.0/0" if version == 4 else "::/0"
    for one in (vpc, *vpc.joined):
        yield from map(str, one.blocks if version == 4 else one.sixes)
    for subnet in vpc.subnets:
        block = subnet.block if version == 4 else subnet.six
        if block is not None:
            yield str(block)
            low = int(block.network_address) + 4
            bits = block.max_prefixlen
            yield from (str(ip_network((low + n, bits - k))) for n, k in ((0, 0), (0, 1), (2, 1)))
    if version == 4:
        yield from INTERNET_BLOCKS
        yield from ("3.120.0.8/32", "3.120.0.8/30", "3.120.0.0/24")
    else:
        yield from INTERNET_BLOCKS_6


def draw_block(draft: Draft, vpc: VpcPlan, version: int) -> str:
    """Draw a CIDR for a rule; four times in ten the widest, now and then with host bits."""
    options = list(blocks_of(vpc, version))
    if draft.dice.integer(1, 10) <= 4:
        return options[0]
    block = ip_network(draft.dice.pick(options))
    if block.num_addresses < 2 or not draft.dice.chance(15):
        return str(block)
    offset = draft.dice.pick((4, 5, 10, 1))  # hosts begin at 4; many are asked about
    return f"{block.network_address + min(offset, block.num_addresses - 1)}/{block.prefixlen}"
