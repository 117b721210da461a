"""What the fixtures of several VPCs, accounts and sites demonstrate; see fixtures/README.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import netreach
from netreach.cli.app import run
from tests.scenarios.test_fixtures import FIXTURES, Question, network_of
from tests.scenarios.test_fixtures import QUESTIONS as ASKED_ELSEWHERE


@dataclass(frozen=True)
class Way(Question):
    """A question with the way that it takes."""

    #: Ids that the way there goes by, in this order; every part of the answer takes one of them.
    via: tuple[tuple[str, ...], ...] = ()
    #: The source as the destination sees it, one for each part.
    sees: tuple[str, ...] = ()


TCP_443, SSH = {"port": 443}, {"port": 22}
NO_MATCH = "ENI_SG_RULES_MISMATCH"
ACL = "SUBNET_ACL_RESTRICTION"
NO_ROUTE = "NO_ROUTE_TO_DESTINATION"
NO_PUBLIC_IN = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
NO_TRANSIT_ROUTE = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"
TRANSIT_BLACKHOLE = "TGW_RTB_BAD_STATE_ROUTE"
NO_TABLE = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"
FIREWALL = "FIREWALL_RULES_RESTRICTION"
NO_REFERENCES = "SG_REFERENCING_SUPPORT"


def attached(*names: str) -> tuple[str, ...]:
    return tuple(f"tgw-attach-{name}" for name in names)


HUB = "hub-and-spoke"
LDAP = {"port": 389}
HUB_AND_SPOKE = (
    # the table of each environment knows the shared services [TG-3]
    Way(
        HUB,
        "orders-1",
        "directory-1",
        "reachable",
        LDAP,
        "tcp 389",
        via=(attached("prod-link", "shared-link"),),
        sees=("10.1.1.10",),
    ),
    Way(
        HUB,
        "sandbox-1",
        "directory-1",
        "reachable",
        {},
        "tcp 389, udp 53",
        via=(attached("dev-link", "shared-link"),),
    ),
    # and the shared services know both of them
    Way(
        HUB,
        "directory-1",
        "orders-1",
        "reachable",
        TCP_443,
        "tcp 443",
        via=(attached("shared-link", "prod-link"),),
    ),
    Way(HUB, "directory-1", "sandbox-1", "reachable", {}, "all"),
    # production never reaches development: a blackhole there, no route back [TG-3]
    Way(HUB, "orders-1", "sandbox-1", "unreachable", {}, codes=(TRANSIT_BLACKHOLE,)),
    Way(
        HUB,
        "orders-1",
        "sandbox-1",
        "unreachable",
        TCP_443,
        codes=(TRANSIT_BLACKHOLE, NO_TRANSIT_ROUTE),
        via=(attached("prod-link"),),
    ),
    Way(
        HUB,
        "sandbox-1",
        "orders-1",
        "unreachable",
        TCP_443,
        codes=(NO_TRANSIT_ROUTE, TRANSIT_BLACKHOLE),
    ),
    Way(HUB, "sandbox-1", "10.1.0.0/16", "unreachable", {}, codes=(NO_TRANSIT_ROUTE,)),
    # a zone without a subnet of the attachment has no way in [TG-4]
    Way(HUB, "sandbox-2", "directory-1", "unreachable", LDAP, codes=("TGW_ROUTE_AZ_RESTRICTION",)),
    # ... and packets to it do arrive, but no reply gets back
    Way(
        HUB,
        "directory-1",
        "sandbox-2",
        "unreachable",
        SSH,
        codes=("TGW_ROUTE_AZ_RESTRICTION",),
        leg="return",
    ),
    # an attachment propagates without being associated [TG-2]
    Way(HUB, "lab-1", "directory-1", "unreachable", LDAP, codes=(NO_TABLE,)),
    Way(HUB, "directory-1", "lab-1", "unreachable", SSH, codes=(NO_TABLE,), leg="return"),
    Way(HUB, "orders-1", "internet", "unreachable", TCP_443, codes=(NO_ROUTE,)),
)

EGRESS = "central-egress"
OUT = tuple(
    (*attached("web-link", "inspection-link"), f"vpce-wall-wall-{zone}", f"nat-{zone}")
    for zone in "ab"
)
ACROSS = tuple((*out[:3], "tgw-attach-data-link") for out in OUT)
CENTRAL_EGRESS = (
    # appliance mode picks a zone by the connection's hash, and either one works [TG-5]
    Way(
        EGRESS,
        "web-1",
        "internet",
        "reachable",
        TCP_443,
        "tcp 443",
        via=OUT,
        sees=("198.51.100.1", "198.51.100.2"),
    ),
    # all that the firewall lets out of what the group allows
    Way(EGRESS, "web-1", "internet", "reachable", {}, "tcp 443, udp 53"),
    Way(EGRESS, "db-1", "8.8.8.8", "reachable", {"port": 53, "protocol": "udp"}, "udp 53"),
    # a rule drops it, and for the rest the default does [NF-3]
    Way(EGRESS, "web-1", "internet", "unreachable", {"port": 23}, codes=(FIREWALL,)),
    Way(EGRESS, "web-1", "internet", "unreachable", {"port": 80}, codes=(FIREWALL,)),
    # traffic between spokes is inspected too, and not translated
    Way(
        EGRESS,
        "web-1",
        "db-1",
        "reachable",
        {"port": 5432},
        "tcp 5432",
        via=ACROSS,
        sees=("10.1.1.10", "10.1.1.10"),
    ),
    Way(EGRESS, "web-1", "db-1", "unreachable", SSH, codes=(FIREWALL,)),
    # the other way round nothing is passed
    Way(EGRESS, "db-1", "web-1", "unreachable", {"port": 8080}, codes=(FIREWALL,)),
    # inside a spoke nothing is inspected
    Way(EGRESS, "web-1", "web-2", "reachable", {"port": 8080}, "tcp 8080", via=((),)),
    # NAT opens outwards only [NT-1]
    Way(EGRESS, "internet", "web-1", "unreachable", {"port": 8080}, codes=(NO_PUBLIC_IN,)),
)

HYBRID_WAY_IN = ("vpn-branch-vpn", "vgw-branch-gateway")
HYBRID = (
    Way(
        "hybrid",
        "192.168.7.5",
        "prices-1",
        "reachable",
        TCP_443,
        "tcp 443",
        via=(HYBRID_WAY_IN,),
        sees=("192.168.7.5",),
    ),
    Way("hybrid", "192.168.7.5", "prices-1", "reachable", {}, "tcp 443, icmp 8/0"),
    Way(
        "hybrid",
        "prices-1",
        "192.168.7.5",
        "reachable",
        {"port": 9100},
        "tcp 9100",
        via=(HYBRID_WAY_IN[::-1],),
        sees=("10.10.1.10",),
    ),
    # the whole site, as the routes of the VPN show it
    Way("hybrid", "branch", "prices-1", "reachable", TCP_443, "tcp 443"),
    Way("hybrid", "192.168.7.5", "prices-1", "unreachable", SSH, codes=(NO_MATCH,)),
    # the gateway serves the whole VPC; the subnet's table does not know the site [HY-1, RT-3]
    Way(
        "hybrid",
        "192.168.7.5",
        "island-1",
        "unreachable",
        TCP_443,
        codes=(NO_ROUTE,),
        leg="return",
    ),
    # a VPN gateway delivers to its own VPC only [HY-1]
    Way(
        "hybrid",
        "192.168.7.5",
        "ledger-1",
        "unreachable",
        {"port": 1521},
        codes=("VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",),
    ),
    Way(
        "hybrid",
        "172.16.5.5",
        "ledger-1",
        "reachable",
        {"port": 1521},
        "tcp 1521",
        via=(("dxgw-datacentre", *attached("datacentre-link", "core-link")),),
        sees=("172.16.5.5",),
    ),
    Way(
        "hybrid",
        "ledger-1",
        "172.16.5.5",
        "reachable",
        TCP_443,
        "tcp 443",
        via=((*attached("core-link", "datacentre-link"), "dxgw-datacentre"),),
    ),
    # the prefix is not allowed, so the site never hears of it [HY-2]
    Way("hybrid", "172.16.5.5", "vault-1", "unreachable", {"port": 8200}, codes=(NO_ROUTE,)),
    # ... and what gets out to the site finds no way back
    Way("hybrid", "vault-1", "172.16.5.5", "unreachable", TCP_443, codes=(NO_ROUTE,), leg="return"),
    # one site does not reach the other
    Way(
        "hybrid",
        "192.168.7.5",
        "172.16.5.5",
        "unreachable",
        TCP_443,
        codes=("VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",),
    ),
    Way("hybrid", "prices-1", "ledger-1", "unreachable", {"port": 1521}, codes=(NO_ROUTE,)),
    Way("hybrid", "internet", "prices-1", "unreachable", TCP_443, codes=(NO_PUBLIC_IN,)),
)

LINK = "privatelink"
PRIVATELINK = (
    # from the endpoint to the balancer's node in the same zone, by its id, and on to the one
    # healthy target, which sees the balancer [EP-5]
    Way(
        LINK,
        "shop-1",
        "billing-door",
        "reachable",
        TCP_443,
        "tcp 443",
        via=(("vpce-billing-door", "net/billing", "targetgroup/billing-api"),),
        sees=("10.0.2.20",),
    ),
    Way(LINK, "shop-1", "billing-door", "reachable", {}, "tcp 443"),
    # the provider listens to one port
    Way(
        LINK,
        "shop-1",
        "billing-door",
        "unreachable",
        {"port": 80},
        codes=(NO_MATCH, "ELBV2_LISTENERS_MISMATCH"),
    ),
    # groups filter at the endpoint as anywhere [EP-1]
    Way(LINK, "batch-1", "billing-door", "unreachable", TCP_443, codes=(NO_MATCH,)),
    # the address of api-1 is that of shop-1 over here, and there is no other way between the two
    Way(LINK, "batch-1", "api-1", "unreachable", {"port": 8443}, codes=("DELIVERED_ELSEWHERE",)),
    Way(LINK, "shop-1", "api-2", "unreachable", {"port": 8443}, codes=("DISCONNECTED_VPCS",)),
    # the door opens in one direction [EP-1]
    Way(
        LINK,
        "billing-door",
        "shop-1",
        "unreachable",
        {"port": 80},
        codes=("SOURCE_CANNOT_INITIATE",),
    ),
    # whether the balancer gets to its targets, healthy or not
    Way(LINK, "billing", "api-1", "reachable", {"port": 8443}, "tcp 8443"),
    Way(LINK, "billing", "api-1", "unreachable", {"port": 22}, codes=(NO_MATCH,)),
    # a target does not get to itself through a balancer that keeps its address [LB-4]
    Way(
        LINK,
        "api-1",
        "billing",
        "unreachable",
        TCP_443,
        codes=("ELBV2_SOURCE_ADDRESS_PRESERVATION",),
    ),
)

MESH = "dual-stack-mesh"
FOUR, SIX = {"family": 4}, {"family": 6}
DUAL_STACK_MESH = (
    # over the peering groups may be named [SG-7], in both families
    Way(
        MESH,
        "front-1",
        "api-1",
        "reachable",
        {"port": 8080} | FOUR,
        "tcp 8080",
        via=(("pcx-front-api",),),
        sees=("10.51.1.10",),
    ),
    # the other side has a route back for IPv4 only
    Way(
        MESH,
        "front-1",
        "api-1",
        "unreachable",
        {"port": 8080} | SIX,
        codes=(NO_ROUTE,),
        leg="return",
    ),
    Way(MESH, "front-1", "api-1", "partial", {"port": 8080}, codes=(NO_ROUTE,), leg="return"),
    Way(MESH, "api-1", "front-1", "unreachable", TCP_443 | SIX, codes=(NO_ROUTE,)),
    Way(
        MESH,
        "front-1",
        "logs-1",
        "reachable",
        {"port": 514, "protocol": "udp"},
        "udp 514",
        via=(attached("front-link", "logs-link"),) * 2,
        sees=("10.51.1.10", "2001:db8:51:1::10"),
    ),
    # a longer prefix takes IPv6 to the transit gateway [RT-3]
    Way(MESH, "api-1", "logs-1", "reachable", {"protocol": "icmpv6"}, "icmpv6 128/0"),
    # group references end at a transit gateway that does not carry them [SG-10]
    Way(MESH, "front-1", "logs-1", "unreachable", SSH, codes=(NO_REFERENCES,)),
    # without IPv6 an attachment propagates IPv4 only
    Way(MESH, "front-1", "legacy-1", "reachable", {"port": 80} | FOUR, "tcp 80"),
    Way(MESH, "front-1", "legacy-1", "unreachable", {"port": 80} | SIX, codes=(NO_TRANSIT_ROUTE,)),
    Way(MESH, "front-1", "legacy-1", "partial", {"port": 80}, codes=(NO_TRANSIT_ROUTE,)),
)

ACCOUNTS = "multi-account"
MULTI_ACCOUNT = (
    Way(ACCOUNTS, "internet", "proxy-1", "reachable", TCP_443, "tcp 443", via=(("igw-platform",),)),
    # a shared subnet is a subnet: the participant's group names the owner's [HY-7, SG-7]
    Way(ACCOUNTS, "proxy-1", "shop-1", "reachable", TCP_443, "tcp 443"),
    # the group would allow it, the owner's ACL does not
    Way(ACCOUNTS, "proxy-1", "shop-1", "unreachable", SSH, codes=(ACL,)),
    # a group of the other account, over a peering [SG-7]
    Way(
        ACCOUNTS,
        "shop-1",
        "orders-1",
        "reachable",
        {},
        "tcp 5432",
        via=(("pcx-shop-data",),),
        sees=("10.0.2.10",),
    ),
    Way(ACCOUNTS, "shop-1", "orders-1", "unreachable", {"port": 6379}, codes=(ACL,)),
    Way(ACCOUNTS, "orders-1", "shop-1", "unreachable", TCP_443, codes=(ACL, NO_MATCH)),
    # the table of the edge subnet does not know the peering
    Way(
        ACCOUNTS,
        "proxy-1",
        "orders-1",
        "unreachable",
        {"port": 5432},
        codes=("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",),
    ),
    Way(ACCOUNTS, "internet", "shop-1", "unreachable", TCP_443, codes=(NO_PUBLIC_IN,)),
    Way(ACCOUNTS, "internet", "orders-1", "unreachable", {"port": 5432}, codes=(NO_PUBLIC_IN,)),
)

QUESTIONS = (
    *HUB_AND_SPOKE,
    *CENTRAL_EGRESS,
    *HYBRID,
    *PRIVATELINK,
    *DUAL_STACK_MESH,
    *MULTI_ACCOUNT,
)


@pytest.mark.parametrize("way", QUESTIONS, ids=str)
def test_the_fixture_answers_as_its_description_says(way: Way) -> None:
    answer = network_of(way.fixture).path(way.source, way.destination, **way.asked)
    assert answer.verdict == way.verdict
    if way.services:
        assert str(answer.services) == way.services
    first = {str(each.code): each.leg for each in reversed(answer.explanations)}
    assert set(way.codes) <= set(first)
    if way.codes:
        assert first[way.codes[0]] == way.leg
    assert bool(first) == (way.verdict != "reachable")


@pytest.mark.parametrize("way", [way for way in QUESTIONS if way.via or way.sees], ids=str)
def test_the_way_is_the_one_that_the_description_tells(way: Way) -> None:
    answer = network_of(way.fixture).path(way.source, way.destination, **way.asked)
    parts = sorted(answer.parts, key=lambda part: (part.via, part.source_address))
    if way.via:
        assert len(parts) == len(way.via)
        assert all(goes_by(part.via, each) for part, each in zip(parts, way.via, strict=True))
    if way.sees:
        assert tuple(part.seen_source for part in parts) == way.sees


def goes_by(taken: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Tell whether a way goes by what is wanted, first to last; ARNs are known by a part."""
    names = iter(taken)
    return bool(taken) == bool(wanted) and all(
        any(word in name for name in names) for word in wanted
    )


def test_every_folder_of_fixtures_is_asked() -> None:
    folders = {path.parent.name for path in FIXTURES.glob("*/estate.yaml")}
    assert {question.fixture for question in (*QUESTIONS, *ASKED_ELSEWHERE)} == folders


@pytest.mark.parametrize("way", QUESTIONS, ids=str)
def test_the_program_says_it_in_words(way: Way, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"--{name.replace('_', '-')}={value}" for name, value in way.asked.items()]
    status = run(["path", str(FIXTURES / way.fixture), way.source, way.destination, *words])
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.startswith(f"{way.verdict}: ")
    assert {"reachable": 0, "unreachable": 3, "partial": 4}[way.verdict] == status
    assert all(code in told.out for code in way.codes)


# -- what one line changes


@pytest.mark.parametrize(
    ("fixture", "before", "after", "question", "verdict", "code"),
    [
        pytest.param(
            HUB,
            "routes: {10.2.0.0/16: blackhole}\n        propagations: [shared-link]",
            "propagations: [shared-link, dev-link]",
            "orders-1 sandbox-1 443",
            "unreachable",
            NO_TRANSIT_ROUTE,
            id="production-learns-of-development-and-gets-no-answer",
        ),
        pytest.param(
            HUB,
            "subnets: [dev-tgw-a]",
            "subnets: [dev-tgw-a, dev-b]",
            "sandbox-2 directory-1 389",
            "reachable",
            "",
            id="the-second-zone-is-attached",
        ),
        pytest.param(
            EGRESS,
            ", appliance: true",
            "",
            "web-2 db-1 5432",
            "unreachable",
            "FIREWALL_ASYMMETRIC_ROUTING",
            id="without-appliance-mode-the-replies-take-another-zone",
        ),
        pytest.param(
            EGRESS,
            "- drop tcp 23 from anywhere to anywhere\n",
            "- pass tcp 23 from 10.0.0.0/8 to anywhere\n",
            "web-1 internet 23",
            "reachable",
            "",
            id="the-firewall-passes-telnet",
        ),
        pytest.param(
            "hybrid",
            "tunnels_up: 2",
            "tunnels_up: 0",
            "192.168.7.5 prices-1 443",
            "unreachable",
            "BAD_STATE_VPN",
            id="both-tunnels-are-down",
        ),
        pytest.param(
            "hybrid",
            "allowed: [10.20.0.0/16]",
            "allowed: [10.20.0.0/16, 10.30.0.0/16]",
            "172.16.5.5 vault-1 8200",
            "reachable",
            "",
            id="the-prefix-is-allowed",
        ),
        pytest.param(
            LINK,
            "targets: [api-1, api-2 unhealthy]",
            "targets: [api-1 draining]",
            "shop-1 billing-door 443",
            "unreachable",
            "ELBV2_LISTENER_HAS_NO_TG",
            id="the-last-target-is-draining",
        ),
        pytest.param(
            LINK,
            "tcp 8443 from 10.0.2.0/24",
            "tcp 8443 from 10.0.9.0/24",
            "shop-1 billing-door 443",
            "unreachable",
            NO_MATCH,
            id="the-provider-trusts-the-consumers-addresses",
        ),
        pytest.param(
            MESH,
            "legacy-link: {vpc: legacy, subnets: [legacy-a]}",
            "legacy-link: {vpc: legacy, subnets: [legacy-a], ipv6: true}",
            "front-1 legacy-1 80",
            "reachable",
            "",
            id="the-attachment-carries-ipv6",
        ),
        pytest.param(
            ACCOUNTS,
            "accepter: data,",
            "accepter: data, state: pending-acceptance,",
            "shop-1 orders-1 5432",
            "unreachable",
            "BAD_STATE",
            id="nobody-accepted-the-peering",
        ),
    ],
)
def test_one_line_changes_the_answer(
    *,
    tmp_path: Path,
    fixture: str,
    before: str,
    after: str,
    question: str,
    verdict: str,
    code: str,
) -> None:
    text = (FIXTURES / fixture / "estate.yaml").read_text(encoding="utf-8")
    assert text.count(before) == 1, f"the fixture no longer says {before!r} once"
    (tmp_path / "estate.yaml").write_text(text.replace(before, after), encoding="utf-8")
    source, destination, port = question.split()
    untouched = network_of(fixture).path(source, destination, port=int(port))
    edited = netreach.load(tmp_path).path(source, destination, port=int(port))
    assert edited.verdict == verdict
    found = {str(each.code) for each in edited.explanations}
    assert (code in found) if code else not found
    assert found != {str(each.code) for each in untouched.explanations}
