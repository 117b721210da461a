"""The random estates are legal, varied, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address, ip_network
from itertools import combinations
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings

from tests.oracle.judge import answer
from tests.oracle.parse import parse
from tests.oracle.verdict import CODES, Leg, Verdict
from tests.property.census import Census, take
from tests.property.estates import Case, cases, random_case
from tests.property.plan import Estate
from tests.property.rivals import HOST as RIVAL
from tests.property.rivals import LIST as RIVAL_LIST

ESTATES: Final = 1500

ELEMENTS: Final = """
1 VPCs|2 VPCs|VPC with 2 IPv4 blocks|VPC with 0 IPv6 blocks|VPC with 2 IPv6 blocks|IPv6-only subnet
route to local|route to igw|route to nat|route to eigw|route to tgw|route to pcx|route to vgw
route to vpce|route to eni|route of pl-0known4|route of pl-0known6|route of pl-0noentries
route of pl-0ghostroute|route active CreateRoute|route blackhole CreateRoute
route filtered CreateRoute|route active EnableVgwRoutePropagation
route blackhole EnableVgwRoutePropagation|rule -1 IpRanges|rule tcp IpRanges|rule udp IpRanges
rule icmp IpRanges|rule icmpv6 Ipv6Ranges|rule 50 IpRanges|rule tcp Ipv6Ranges
rule tcp PrefixListIds|rule tcp UserIdGroupPairs|rule -1 UserIdGroupPairs
interface interface in-use|interface interface available|interface nat_gateway in-use
interface vpc_endpoint in-use|interface network_load_balancer in-use|source/dest check False
interface with Ipv4Prefixes|interface with Ipv6Prefixes|interface with DenyAllIgwTraffic
interface with secondary address|public address on secondary|interface with missing group
NAT public available|NAT private available|NAT public failed|NAT public deleted
NAT with 2 addresses|InternetGateways available|InternetGateways detaching
EgressOnlyInternetGateways attached|EgressOnlyInternetGateways detaching|instance running
instance stopped
3 VPCs|4 VPCs|VpcPeeringConnections|TransitGateways|TransitGatewayPeeringAttachments
peering active|peering pending-acceptance|peering rejected|peering expired|peering failed
peering in Regions|peering across Regions|VPC that is missing
attachment vpc available|attachment vpc pendingAcceptance|attachment vpc modifying
attachment vpc rejected|attachment peering available|attachment peering pendingAcceptance
attachment without a table|attachment to 1 zones|attachment to 2 zones
attachment ApplianceModeSupport enable|attachment Ipv6Support enable|attachment Ipv6Support disable
attachment SecurityGroupReferencingSupport enable|attachment SecurityGroupReferencingSupport disable
2 transit gateways|1 transit tables|2 transit tables|3 transit tables
VpcEndpoints|NetworkFirewalls|FirewallPolicies|FirewallRuleGroups
transit route active|transit route blackhole|table without record|table without static routes
table without propagations|gateway's table
balancer network internal|balancer network internet-facing|balancer application internal
balancer application internet-facing|balancer classic internal|balancer classic internet-facing
balancer active|balancer provisioning|balancer failed|balancer active_impaired
network balancer in 1 zones|network balancer in 2 zones|application balancer in 1 zones
application balancer in 2 zones|network balancer with groups|network balancer without groups
classic balancer with 0 instances or more|classic balancer with 1 instances or more
classic balancer across zones True|classic balancer across zones False|listener TCP|listener TLS
listener UDP|listener TCP_UDP|listener QUIC|listener HTTP|listener HTTPS|listener's action forward
listener's action fixed-response
targets by instance|targets by ip|targets by alb|targets by lambda
LoadBalancer load_balancing.cross_zone.enabled true
LoadBalancer load_balancing.cross_zone.enabled false
TargetGroup load_balancing.cross_zone.enabled true
TargetGroup load_balancing.cross_zone.enabled false
TargetGroup load_balancing.cross_zone.enabled use_load_balancer_configuration
TargetGroup preserve_client_ip.enabled true|TargetGroup preserve_client_ip.enabled false
group with 0 targets or more|target healthy|target unhealthy|target initial|target draining
target unused|target of which nobody says|target's own Port|target's own AvailabilityZone
balancer without listeners' answer
group without targets' answer|node without its balancer|peering deleted
VPN gateway available|VPN gateway deleted|VPN gateway attached|VPN gateway detaching
VPN gateway alone|static VPN to a VPN gateway|BGP VPN to a VPN gateway|VPN available|VPN pending
static VPN to a transit gateway|BGP VPN to a transit gateway|VPN deleting|VPN deleted
VPN with 0 tunnels|VPN with 1 tunnels|VPN with 2 tunnels|VPN without telemetry
Direct Connect with 0 allowed prefixes|Direct Connect with 1 allowed prefixes|Direct Connect vgw
Direct Connect tgw|circuit available|circuit down|circuit with BGP ['up']|circuit with BGP []
circuit with BGP ['down']|lone circuit|client VPN available|client VPN pending-associate
shared transit route|transit route static|transit route propagated|AuthorizationRules|Routes
CustomerGateways|directConnectGateways|TransitGatewayConnects|TransitGatewayConnectPeers
Connect peer available up up|Connect peer available down down|Connect peer available
Associations|policy by SourceCidrBlock|policy by DestinationCidrBlock|policy by Protocol
policy by DestinationPortRange|policy by SourcePortRange|policy by MetaData|policy of AWS's own
policy of one's own|attachment connect available|attachment vpn available
Gateway endpoint available|Gateway endpoint pending|Gateway endpoint for s3
Gateway endpoint for dynamodb|Interface endpoint available|Interface endpoint rejected
Interface endpoint for ec2|Interface endpoint for s3|Interface endpoint for cassandra
Interface endpoint for email-smtp|Interface endpoint for transfer.server
Interface endpoint for vpce-svc-0partner|Resource endpoint available
ServiceNetwork endpoint available|endpoint that its interfaces name|endpoint that nobody described
pl-0s3 listed|pl-0s3 without entries|pl-0dynamo listed
public access off|public access block-ingress|public access block-bidirectional
public access elsewhere|exclusions not asked for|exclusion allow-egress
exclusion allow-bidirectional|exclusion create-complete|exclusion create-in-progress
exclusion delete-complete|exclusion create-failed|exclusion of a vpc|exclusion of a subnet
regional NAT available|regional NAT pending|regional NAT, zones by hand True
regional NAT, zones by hand False|VPC with DNS True|VPC with DNS False|instance metadata enabled
instance metadata disabled|endpoint service Available|endpoint service behind 1 balancers
endpoint service behind 2 balancers|groups for PrivateLink off|groups for PrivateLink on
gateway balancer active|gateway balancer failed|gateway balancer for ipv4
gateway balancer for dualstack|gateway balancer for nobody says what|gateway balancer in 1 zones
gateway balancer in 2 zones|gateway service Available|gateway service Pending
gateway service for ['ipv4']|gateway service for ['ipv4', 'ipv6']
gateway service for nobody says what
threshold of dns_failover, count 1|threshold of dns_failover, count of another size
threshold of dns_failover, count off|threshold of dns_failover, percentage 1
threshold of dns_failover, percentage 50|threshold of dns_failover, percentage 100
threshold of dns_failover, percentage of another size|threshold of dns_failover, percentage off
threshold of unhealthy_state_routing, count 1|threshold of unhealthy_state_routing, percentage 1
threshold of unhealthy_state_routing, count of another size
threshold of unhealthy_state_routing, percentage 50
threshold of unhealthy_state_routing, percentage 100
threshold of unhealthy_state_routing, percentage of another size
threshold of unhealthy_state_routing, percentage off|target unavailable|target unhealthy.draining
"""

#: Types of interfaces that may bear no group.
GROUPLESS: Final = ("nat_gateway", "network_load_balancer", "gateway_load_balancer")

#: What some question must be about, and reach.
FEATURES: Final = """
from eni|from internet|from vpc|NAT64|several NAT addresses|source translated
destination VPC named|eni to public address|eni to IPv4 global|eni to IPv6 global
internet to public address|internet to IPv6 global|protocol 1|protocol 6|protocol 17|protocol 50
protocol 58
by pcx|by tgw|by peered transit gateways|by another zone|by appliance mode|by appliance
by vpce|by interface endpoint|by regional NAT gateway
by appliance that translates|by appliance with two interfaces|by gateway's own table
by net|by app|by classic|by kept client|by balancer behind a balancer|by answer of a balancer
from cgw|from dxgw|from cvpn|by vgw|by vpn from a site|by vpn to a site|by CloudHub|by client VPN
by direct-connect-gateway from a site|by direct-connect-gateway to a site|by equal-cost paths
from tgw|by connect to a site|by connect from a site|by policy table
by firewall|by appliances' endpoint|by PrivateLink|by gateway balancer
by gateway balancer that loses flows|by node of a gateway balancer
by balancer that uses unhealthy targets beside healthy ones
"""


def _names(text: str) -> list[str]:
    return text.strip().replace("\n", "|").split("|")


@pytest.fixture(scope="module")
def census() -> Census:
    return take(ESTATES, seed=1)


def test_one_question_in_six_to_four_in_five_is_reachable(census: Census) -> None:
    share = census.verdicts[Verdict.REACHABLE] / census.verdicts.total()
    print(f"{ESTATES} estates:", dict(census.verdicts))
    assert 1 / 6 < share < 0.8


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_occurs(census: Census, verdict: Verdict) -> None:
    assert census.verdicts[verdict] >= 20


@pytest.mark.parametrize("code", CODES)
def test_every_code_occurs(census: Census, code: str) -> None:
    assert census.codes[f"{Leg.FORWARD} {code}"] >= 3


@pytest.mark.parametrize("element", _names(ELEMENTS))
def test_every_element_occurs(census: Census, element: str) -> None:
    assert census.elements[element] >= 3


@pytest.mark.parametrize("feature", _names(FEATURES))
def test_every_kind_of_question_is_sometimes_answered_yes(census: Census, feature: str) -> None:
    assert census.reachable[feature] >= 3


def test_the_same_seed_is_the_same_case() -> None:
    assert random_case(7) == random_case(7)
    assert random_case(7) != random_case(8)


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_estates_are_legal(seed: int) -> None:
    for number in range(seed, seed + 20):
        _check(random_case(number, 0)[0])


@pytest.mark.parametrize("seed", range(0, 60, 20))
def test_estates_with_rival_ways_are_legal_and_varied(seed: int) -> None:
    """One leads over a host with one interface or two; the lists are known, listed or not even."""
    legs, lists = set[int](), set[bool | None]()
    for number in range(seed, seed + 20):
        estate, _ = random_case(number, rivals=100)
        _check(estate)
        hosts = Counter(
            one["Attachment"]["InstanceId"]
            for one in estate["NetworkInterfaces"]
            if RIVAL in one["NetworkInterfaceId"]
        )
        legs |= set(hosts.values())
        entries = {one["PrefixListId"]: "Entries" in one for one in estate["ManagedPrefixLists"]}
        routes = [route for table in estate["RouteTables"] for route in table["Routes"]]
        named = [route.get("DestinationPrefixListId", "") for route in routes]
        lists |= {entries.get(name) for name in named if name.startswith(RIVAL_LIST)}
    assert (legs, lists) == ({1, 2}, {True, False, None})


def _check(estate: Estate) -> None:
    _check_addresses(estate)
    _check_subnets(estate)
    _check_routes(estate)
    _check_groups(estate)


def _check_addresses(estate: Estate) -> None:
    blocks = {s["SubnetId"]: s.get("CidrBlock") for s in estate["Subnets"]}
    taken: Counter[tuple[str, str]] = Counter()
    public: Counter[str] = Counter()
    for interface in estate["NetworkInterfaces"]:
        block = blocks[interface["SubnetId"]]
        usable = list(ip_network(block))[4:-1] if block else []  # RT-14
        mine = [ip_address(p["PrivateIpAddress"]) for p in interface["PrivateIpAddresses"]]
        for delegated in interface.get("Ipv4Prefixes", ()):
            mine += list(ip_network(delegated["Ipv4Prefix"]))
        assert set(mine) <= set(usable)
        taken.update((interface["VpcId"], str(address)) for address in mine)
        sixes = [six["Ipv6Address"] for six in interface["Ipv6Addresses"]]
        taken.update((interface["VpcId"], six) for six in sixes)
        associations = [p.get("Association", {}) for p in interface["PrivateIpAddresses"]]
        public.update(a["PublicIp"] for a in associations if a)
    assert not [key for key, count in taken.items() if count > 1]
    assert not [key for key, count in public.items() if count > 1]


def _check_subnets(estate: Estate) -> None:
    for vpc in estate["Vpcs"]:
        within = [ip_network(b["CidrBlock"]) for b in vpc["CidrBlockAssociationSet"]]
        mine = [s for s in estate["Subnets"] if s["VpcId"] == vpc["VpcId"]]
        blocks = [ip_network(s["CidrBlock"]) for s in mine if "CidrBlock" in s]
        assert not [pair for pair in combinations(blocks, 2) if pair[0].overlaps(pair[1])]
        assert all(any(block[0] in whole for whole in within) for block in blocks)


def _check_routes(estate: Estate) -> None:
    for table in estate["RouteTables"]:
        static = [
            (r.get("DestinationCidrBlock"), r.get("DestinationIpv6CidrBlock"))
            for r in table["Routes"]
            if r["Origin"] != "EnableVgwRoutePropagation" and "DestinationPrefixListId" not in r
        ]
        assert len(static) == len(set(static))


def _check_groups(estate: Estate) -> None:
    names = {group["GroupId"] for group in estate["SecurityGroups"]}
    for interface in estate["NetworkInterfaces"]:
        groups = [group["GroupId"] for group in interface["Groups"]]
        assert len(groups) == len(set(groups))
        assert groups or interface["InterfaceType"] in GROUPLESS
    assert names


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(count=5))
def test_hypothesis_can_draw_them_too(case: Case) -> None:
    estate, asked = case
    world = parse(estate)
    assert {answer(world, question).verdict for question in asked} <= set(Verdict)
