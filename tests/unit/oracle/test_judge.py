"""The judge by hand: whole flows through gateways, in and out."""

from __future__ import annotations

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Verdict
from tests.unit.oracle.small_estate import (
    APP,
    APP_6,
    DB,
    HOST,
    HOST_6,
    NAT,
    NAT_PUBLIC,
    OTHER_6,
    OTHER_PUBLIC,
    WEB,
    WEB_2,
    WEB_6,
    WEB_PUBLIC,
    ask,
    entry,
    find,
    route,
    rule,
    small_estate,
)

REACHABLE, PARTIAL = Verdict.REACHABLE, Verdict.PARTIAL
UNREACHABLE, UNKNOWN = Verdict.UNREACHABLE, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("source", "destination", "sees"),
    [
        pytest.param(APP, DB, APP, id="inside-a-subnet"),
        pytest.param(WEB, APP, WEB, id="across-subnets"),
        pytest.param(WEB_2, APP, WEB_2, id="from-a-secondary-address"),
        pytest.param(APP_6, WEB_6, APP_6, id="across-subnets-ipv6"),
        pytest.param(WEB, HOST, WEB_PUBLIC, id="out-with-the-public-address"),
        pytest.param(WEB_6, HOST_6, WEB_6, id="out-ipv6-untranslated"),
        pytest.param(HOST, WEB_PUBLIC, HOST, id="in-to-a-public-address"),
        pytest.param(HOST_6, WEB_6, HOST_6, id="in-ipv6"),
        pytest.param(APP, HOST, NAT_PUBLIC, id="out-by-nat"),
        pytest.param(APP, WEB_PUBLIC, NAT_PUBLIC, id="LAB-1-nat-then-hairpin"),
        pytest.param(WEB, WEB_PUBLIC, WEB_PUBLIC, id="LAB-8-own-public-address-is-a-hairpin"),
        pytest.param(WEB, OTHER_PUBLIC, WEB_PUBLIC, id="IG-4-public-address-of-another-vpc"),
        pytest.param(WEB_6, OTHER_6, WEB_6, id="ipv6-of-another-vpc"),
        pytest.param(APP_6, HOST_6, APP_6, id="IG-5-out-by-egress-only"),
        pytest.param(APP_6, OTHER_6, APP_6, id="egress-only-to-another-vpc"),
        pytest.param(APP_6, f"64:ff9b::{HOST}", NAT_PUBLIC, id="NT-5-nat64-to-the-internet"),
        pytest.param(APP_6, f"64:ff9b::{WEB}", NAT, id="NT-5-nat64-into-the-nats-subnet"),
        pytest.param(WEB, WEB, WEB, id="LAB-8-to-itself"),
        pytest.param(WEB, WEB_2, WEB, id="LAB-8-to-its-secondary-address"),
    ],
)
def test_an_open_estate_carries(source: str, destination: str, sees: str) -> None:
    ruling = ask(small_estate(), source, destination)
    assert ruling == codes.Ruling(REACHABLE, ((1024, 65535),), sees=(sees,))


@pytest.mark.parametrize(
    ("source", "destination", "code"),
    [
        pytest.param(HOST, NAT_PUBLIC, codes.NGW_NO_SESSION, id="NT-8-at-its-public"),
        pytest.param(WEB, NAT, codes.NGW_NO_SESSION, id="NT-8-at-its-private"),
        pytest.param(WEB, "10.0.2.99", codes.ADDRESS_NOT_HELD, id="held-by-nobody"),
        pytest.param(WEB, "10.0.1.99", codes.ADDRESS_NOT_HELD, id="nobody-in-the-subnet"),
        pytest.param(WEB_6, "2600:1f14:2:101::99", codes.ADDRESS_NOT_HELD, id="nobody-ipv6"),
        pytest.param(WEB, "10.1.0.1", codes.IGW_TO_RFC1918, id="IG-3-rfc1918"),
        pytest.param(WEB, "172.31.255.255", codes.IGW_TO_RFC1918, id="IG-3-rfc1918-last"),
        pytest.param(WEB, "100.127.255.255", codes.IGW_TO_RFC6598, id="IG-3-rfc6598"),
        pytest.param(WEB, "240.0.0.1", codes.NOT_ON_THE_INTERNET, id="class-e"),
        pytest.param(WEB_6, "fc00::1", codes.NOT_ON_THE_INTERNET, id="unique-local"),
        pytest.param(WEB, "3.0.0.77", codes.IGW_INGRESS, id="elastic-address-of-nobody"),
        pytest.param(HOST, APP, codes.IGW_INGRESS, id="a-private-address-from-the-internet"),
        pytest.param(WEB_2, HOST, codes.IGW_EGRESS, id="IG-1-no-public-address"),
        pytest.param(WEB, "169.254.170.1", codes.UNROUTABLE, id="RT-8-first-half"),
        pytest.param(WEB, "169.254.170.255", codes.UNROUTABLE, id="RT-8-last-address"),
        pytest.param(WEB, "169.254.172.0", codes.NOT_ON_THE_INTERNET, id="just-past-RT-8"),
        pytest.param(WEB_6, "fd00:ec2::1", codes.UNROUTABLE, id="RT-8-ipv6"),
    ],
)
def test_nobody_is_there(source: str, destination: str, code: str) -> None:
    ruling = ask(small_estate(), source, destination)
    assert ruling == codes.Ruling(UNREACHABLE, code=code, leg=Leg.FORWARD)


@pytest.mark.parametrize(
    ("destination", "service", "verdict"),
    [
        pytest.param("10.0.0.2", "udp 53", REACHABLE, id="resolver-at-base-plus-two"),
        pytest.param("10.0.0.2", "tcp 53", REACHABLE, id="resolver-tcp"),
        pytest.param("10.0.0.2", "udp 54", UNREACHABLE, id="resolver-serves-dns-only"),
        pytest.param("10.0.0.3", "udp 53", UNREACHABLE, id="base-plus-three"),
        pytest.param("169.254.169.253", "udp 53", REACHABLE, id="resolver-link-local"),
        pytest.param("169.254.169.254", "tcp 80", REACHABLE, id="metadata"),
        pytest.param("169.254.169.254", "udp 80", UNREACHABLE, id="metadata-is-tcp"),
        pytest.param("169.254.169.123", "udp 123", REACHABLE, id="time"),
        pytest.param("169.254.169.123", "icmp 8/0", UNREACHABLE, id="no-ping"),
    ],
)
def test_sg12_na9_what_no_filter_sees(destination: str, service: str, verdict: Verdict) -> None:
    estate = small_estate()
    for group in estate["SecurityGroups"]:
        group["IpPermissionsEgress"] = []
    for acl in estate["NetworkAcls"]:
        acl["Entries"] = []
    assert ask(estate, APP, destination, service).verdict == verdict


@pytest.mark.parametrize("address", ["fd00:ec2::253", "fd00:ec2::254", "fd00:ec2::123"])
def test_sg12_services_at_ipv6_addresses(address: str) -> None:
    service = {"253": "udp 53", "254": "tcp 80", "123": "udp 123"}[address[-3:]]
    assert ask(small_estate(), APP_6, address, service).verdict == REACHABLE
    assert ask(small_estate(), APP_6, address, "tcp 443").verdict == UNREACHABLE


@pytest.mark.parametrize(
    ("source", "destination", "leg"),
    [
        pytest.param(WEB, WEB_PUBLIC, "IpPermissions", id="own"),
        pytest.param(APP, WEB_PUBLIC, "IpPermissions", id="by-nat"),
        pytest.param(WEB, WEB_PUBLIC, "IpPermissionsEgress", id="egress"),
    ],
)
def test_lab2_references_and_private_cidrs_miss_hairpin_traffic(
    source: str, destination: str, leg: str
) -> None:
    estate = small_estate()
    find(estate, "sg-web")[leg] = [
        rule(group="sg-web"),
        rule(group="sg-app"),
        rule(cidr="10.0.0.0/8"),
    ]
    ruling = ask(estate, source, destination)
    assert (ruling.verdict, ruling.code) == (UNREACHABLE, codes.ENI_SG_RULES_MISMATCH)


def test_lab3_a_nat_gateway_drops_answers_to_what_it_did_not_see() -> None:
    estate = small_estate()
    find(estate, "rtb-public")["Routes"][2] = route("0.0.0.0/0", NatGatewayId="nat-a")
    ruling = ask(estate, HOST, WEB_PUBLIC)
    assert ruling.verdict == UNREACHABLE
    assert (ruling.code, ruling.leg) == (codes.NGW_NO_SESSION, Leg.RETURN)


def test_ig5_an_egress_only_gateway_drops_answers_to_what_came_in_elsewhere() -> None:
    ruling = ask(small_estate(), HOST_6, APP_6)
    assert ruling.verdict == UNREACHABLE
    assert (ruling.code, ruling.leg) == (codes.EIGW_OUTBOUND_ONLY, Leg.RETURN)


def test_ig6_deny_all_igw_traffic_stops_the_internet_gateway_alone() -> None:
    estate = small_estate()
    for name in ("eni-web", "eni-app"):
        find(estate, name)["DenyAllIgwTraffic"] = True
    assert ask(estate, WEB_6, HOST_6).code == codes.ENI_DENIES_IGW
    assert ask(estate, HOST_6, WEB_6).code == codes.ENI_DENIES_IGW
    assert ask(estate, APP_6, WEB_6).verdict == REACHABLE
    assert ask(estate, APP_6, HOST_6).verdict == REACHABLE


@pytest.mark.parametrize(
    ("service", "verdict"),
    [("udp 53", REACHABLE), ("icmp 8/0", REACHABLE), ("50", UNREACHABLE), ("58 1", UNREACHABLE)],
)
def test_nt4_a_nat_gateway_carries_tcp_udp_and_icmp(service: str, verdict: Verdict) -> None:
    ruling = ask(small_estate(), APP, HOST, service)
    assert ruling.verdict == verdict
    assert ruling.code == (codes.PROTOCOL_RESTRICTION if verdict == UNREACHABLE else None)


@pytest.mark.parametrize(("kind", "verdict"), [(128, REACHABLE), (1, UNREACHABLE)])
def test_nt5_nat64_makes_pings_of_icmpv6_pings(kind: int, verdict: Verdict) -> None:
    estate = small_estate()
    find(estate, "sg-web")["IpPermissions"] = [rule("icmp", (8, 0), cidr=f"{NAT}/32")]
    assert ask(estate, APP_6, f"64:ff9b::{WEB}", f"icmpv6 {kind}/0").verdict == verdict


def test_nt4_the_nats_subnet_filters_ports_on_all_four_ways() -> None:
    for egress, cidr, ports in (
        (False, f"{APP}/32", (443, 443)),  # in from the client
        (True, f"{HOST}/32", (443, 443)),  # out to the host
        (False, f"{HOST}/32", (1024, 65535)),  # the host's replies to the gateway's ports
        (True, f"{APP}/32", (1024, 65535)),  # and on to the client's
    ):
        estate = small_estate()
        denial = entry(1, "deny", cidr, "6", egress=egress, ports=ports)
        find(estate, "acl-public")["Entries"].append(denial)
        ruling = ask(estate, APP, HOST)
        assert (ruling.verdict, ruling.code) == (UNREACHABLE, codes.SUBNET_ACL_RESTRICTION)
        assert ask(estate, APP, HOST, "tcp 442").verdict == (
            REACHABLE if ports[0] == 443 else UNREACHABLE
        )


@pytest.mark.parametrize("port", [1024, 40000, 65535])
def test_na11_one_lost_port_of_the_nat_gateway_is_partial(port: int) -> None:
    estate = small_estate()
    denial = entry(1, "deny", f"{HOST}/32", "6", ports=(port, port))
    find(estate, "acl-public")["Entries"].append(denial)
    ruling = ask(estate, APP, HOST)
    assert (ruling.verdict, ruling.leg) == (PARTIAL, Leg.RETURN)
    assert ruling.good_client_ports == ((1024, 65535),)


def test_na11_ports_below_1024_are_not_the_nat_gateways() -> None:
    estate = small_estate()
    denial = entry(1, "deny", f"{HOST}/32", "6", ports=(0, 1023))
    find(estate, "acl-public")["Entries"].append(denial)
    assert ask(estate, APP, HOST).verdict == REACHABLE


def test_nt1_a_private_nat_gateway_is_dropped_by_the_internet_gateway() -> None:
    estate = small_estate()
    find(estate, "nat-a")["NatGatewayAddresses"] = [{"PrivateIp": NAT}]
    assert ask(estate, APP, HOST).code == codes.IGW_EGRESS


@pytest.mark.parametrize(
    ("blocked", "verdict"), [((), REACHABLE), ((50,), PARTIAL), ((50, 51), UNREACHABLE)]
)
def test_every_address_of_a_nat_gateway_is_used(blocked: tuple[int, ...], verdict: Verdict) -> None:
    estate = small_estate()
    second = {"PrivateIp": "10.0.1.51", "PublicIp": "3.0.0.51"}
    find(estate, "nat-a")["NatGatewayAddresses"].append(second)
    for host in blocked:
        denial = entry(host, "deny", f"3.0.0.{host}/32")
        find(estate, "acl-b")["Entries"].append(denial)
    ruling = ask(estate, APP, OTHER_PUBLIC)
    assert ruling.verdict == verdict
    assert len(ruling.sees) == 2 - len(blocked)


def test_rt5_a_route_to_a_subnet_by_nat_hides_the_source() -> None:
    estate = small_estate()
    by_nat = route("10.0.1.0/24", NatGatewayId="nat-a")
    find(estate, "rtb-private")["Routes"].append(by_nat)
    assert ask(estate, APP, WEB).sees == (NAT,)
    find(estate, "sg-web")["IpPermissions"] = [rule(group="sg-app"), rule(cidr="10.0.2.0/24")]
    assert ask(estate, APP, WEB).code == codes.ENI_SG_RULES_MISMATCH
    assert (
        ask(estate, WEB, APP).leg == Leg.RETURN
    )  # the answer would go by a gateway that saw nothing


def test_a_nat_gateway_does_not_send_to_itself_for_ever() -> None:
    estate = small_estate()
    find(estate, "rtb-public")["Routes"].append(route("8.8.8.0/24", NatGatewayId="nat-a"))
    assert ask(estate, APP, HOST).code == codes.ROUTING_LOOP
