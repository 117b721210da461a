"""The judge by hand: what is in service, who holds what, several flows."""

from __future__ import annotations

import pytest

from tests.oracle import verdict as codes
from tests.oracle.judge import several
from tests.oracle.verdict import Verdict
from tests.unit.oracle.small_estate import (
    APP,
    APP_6,
    DB,
    HOST,
    HOST_6,
    NAT_PUBLIC,
    OTHER,
    OTHER_PUBLIC,
    WEB,
    WEB_PUBLIC,
    ask,
    entry,
    find,
    rule,
    small_estate,
)

REACHABLE, PARTIAL = Verdict.REACHABLE, Verdict.PARTIAL
UNREACHABLE, UNKNOWN = Verdict.UNREACHABLE, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        pytest.param(("nat-a", "State", "failed"), codes.BAD_STATE, id="nat-gateway"),
        pytest.param(("i-app", "State", {"Name": "stopped"}), codes.BAD_STATE, id="instance"),
        pytest.param(("igw-a", "Attachments", []), codes.BAD_STATE_ATTACHMENT, id="detached"),
    ],
)
def test_what_is_not_in_service_stops_the_flow(edit: tuple[str, str, object], code: str) -> None:
    estate = small_estate()
    name, key, value = edit
    records = [*estate["NatGateways"], *estate["InternetGateways"]]
    records += [i for r in estate["Reservations"] for i in r["Instances"]]
    next(record for record in records if name in record.values())[key] = value
    assert ask(estate, APP, HOST).code == code


def test_a_stopped_destination_is_a_bad_state_even_to_itself() -> None:
    estate = small_estate()
    estate["Reservations"][1]["Instances"][0]["State"]["Name"] = "stopped"
    assert ask(estate, WEB, APP).code == codes.BAD_STATE
    assert ask(estate, APP, APP).code == codes.BAD_STATE


def test_ig3_an_unattached_interface_has_no_public_address_in_effect() -> None:
    estate = small_estate()
    estate["Reservations"] = []
    web = find(estate, "eni-web")
    web["Status"] = "available"
    del web["Attachment"]
    assert ask(estate, HOST, WEB_PUBLIC).code == codes.IGW_INGRESS
    assert ask(estate, WEB, HOST).code == codes.BAD_STATE
    assert ask(estate, APP, WEB).code == codes.BAD_STATE


def test_rt13_a_foreign_source_address_needs_the_check_off() -> None:
    estate = small_estate()
    assert ask(estate, DB, WEB, source_id="eni-app").code == codes.SOURCE_DEST_CHECK
    find(estate, "eni-app")["SourceDestCheck"] = False
    assert ask(estate, DB, WEB, source_id="eni-app").code == codes.DELIVERED_ELSEWHERE
    find(estate, "eni-web")["SourceDestCheck"] = False
    assert ask(estate, "10.0.2.99", HOST, source_id="eni-web").code == codes.IGW_EGRESS


def test_lab8_two_interfaces_of_one_host_need_no_network() -> None:
    estate = small_estate()
    for group in estate["SecurityGroups"]:
        group["IpPermissions"] = []
    assert ask(estate, APP, DB).code == codes.SG_HAS_NO_RULES
    find(estate, "eni-db")["Attachment"]["InstanceId"] = "i-app"
    assert ask(estate, APP, DB).verdict == REACHABLE


def test_lab7_the_answer_leaves_by_the_interface_that_was_asked() -> None:
    estate = small_estate()
    find(estate, "eni-db")["Attachment"]["InstanceId"] = (
        "i-web"  # web answers from the private side
    )
    find(estate, "acl-private")["Entries"].append(entry(1, "deny", f"{HOST}/32", egress=True))
    assert ask(estate, HOST, WEB_PUBLIC).verdict == REACHABLE


def test_overlapping_vpcs_keep_their_own_addresses() -> None:
    estate = small_estate()
    assert ask(estate, APP, OTHER).verdict == REACHABLE  # it is web's address here
    assert ask(estate, APP, OTHER, destination_vpc="vpc-a").verdict == REACHABLE
    assert ask(estate, APP, OTHER, destination_vpc="vpc-b").code == codes.DELIVERED_ELSEWHERE
    find(estate, "sg-web")["IpPermissions"] = []
    assert ask(estate, OTHER, OTHER_PUBLIC, source_id="eni-other").verdict == REACHABLE


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("10.0.2.63", UNREACHABLE),
        ("10.0.2.64", REACHABLE),
        ("10.0.2.79", REACHABLE),
        ("10.0.2.80", UNREACHABLE),
    ],
)
def test_delegated_prefixes_are_own_addresses(address: str, verdict: Verdict) -> None:
    estate = small_estate()
    find(estate, "eni-app")["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.2.64/28"}]
    assert ask(estate, WEB, address).verdict == verdict
    find(estate, "sg-web")["IpPermissions"] = [rule(group="sg-app")]  # and match references
    assert ask(estate, address, WEB, source_id="eni-app").verdict == verdict


def test_an_address_that_nobody_holds_asks_without_groups() -> None:
    estate = small_estate()
    find(estate, "sg-app")["IpPermissionsEgress"] = []
    assert ask(estate, "10.0.2.99", WEB, source_id="vpc-a").verdict == REACHABLE
    assert ask(estate, "10.0.2.99", HOST, source_id="vpc-a").sees == (NAT_PUBLIC,)
    assert ask(estate, "10.0.1.99", HOST, source_id="vpc-a").code == codes.IGW_EGRESS
    find(estate, "sg-web")["IpPermissions"] = [rule(group="sg-app")]
    assert ask(estate, "10.0.2.99", WEB, source_id="vpc-a").verdict == UNREACHABLE


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("10.9.9.9", codes.IGW_FROM_RFC1918),
        ("192.168.0.1", codes.IGW_FROM_RFC1918),
        ("100.64.0.1", codes.IGW_FROM_RFC6598),
        ("100.128.0.1", None),
    ],
)
def test_ig3_private_sources_never_come_from_the_internet(address: str, code: str | None) -> None:
    assert ask(small_estate(), address, WEB_PUBLIC, source_id="internet").code == code


def test_ig5_an_egress_only_gateway_needs_no_internet_gateway() -> None:
    estate = small_estate()
    find(estate, "igw-a")["Attachments"] = []
    assert ask(estate, APP_6, HOST_6).verdict == REACHABLE
    assert ask(estate, HOST, WEB_PUBLIC).code == codes.NO_POSSIBLE_DESTINATION
    assert ask(estate, HOST_6, APP_6).code == codes.EIGW_OUTBOUND_ONLY
    find(estate, "eigw-a")["Attachments"][0]["State"] = "detaching"
    assert ask(estate, APP_6, HOST_6).code == codes.BAD_STATE_ATTACHMENT


def test_a_detaching_interface_is_out_of_service() -> None:
    estate = small_estate()
    find(estate, "eni-web")["Attachment"]["Status"] = "detaching"
    assert ask(estate, APP, WEB).code == codes.BAD_STATE
    assert ask(estate, HOST, WEB_PUBLIC).code == codes.IGW_INGRESS


def test_a_nat_gateway_without_an_address_in_use_is_out_of_service() -> None:
    estate = small_estate()
    find(estate, "nat-a")["NatGatewayAddresses"][0]["Status"] = "failed"
    assert ask(estate, APP, HOST).code == codes.BAD_STATE


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        ((REACHABLE, REACHABLE), REACHABLE),
        ((PARTIAL, UNREACHABLE), PARTIAL),
        ((REACHABLE, UNKNOWN), PARTIAL),
        ((UNREACHABLE, UNKNOWN), UNKNOWN),
        ((UNREACHABLE, UNREACHABLE), UNREACHABLE),
    ],
)
def test_several_flows_together(verdicts: tuple[Verdict, ...], together: Verdict) -> None:
    assert several(list(verdicts)) == several(list(verdicts[::-1])) == together


def test_what_the_nat_gateway_loses_adds_to_what_the_client_loses() -> None:
    estate = small_estate()
    entries = find(estate, "acl-public")["Entries"]
    entries.append(entry(1, "deny", f"{HOST}/32", "6", ports=(5000, 5000)))
    entries.append(entry(1, "deny", f"{APP}/32", "6", egress=True, ports=(1024, 4999)))
    ruling = ask(estate, APP, HOST)
    assert (ruling.verdict, ruling.good_client_ports) == (PARTIAL, ((5000, 65535),))
    assert ask(estate, APP, HOST, client_ports=(1024, 4999)).verdict == UNREACHABLE


def test_a_second_block_belongs_to_the_vpc_once_it_is_associated() -> None:
    estate = small_estate()
    state = {"State": "associated"}
    block = {"CidrBlock": "44.0.0.0/24", "CidrBlockState": state}
    find(estate, "vpc-a")["CidrBlockAssociationSet"].append(block)
    assert ask(estate, HOST, "44.0.0.7").code == codes.IGW_INGRESS
    assert ask(estate, APP, "10.0.0.2", "udp 53").verdict == REACHABLE
    state["State"] = "disassociated"
    assert ask(estate, WEB, "44.0.0.7").verdict == REACHABLE


def test_an_elastic_address_in_use_is_not_an_unused_one() -> None:
    estate = small_estate()
    estate["Addresses"][0]["AssociationId"] = "eipassoc-1"
    assert ask(estate, WEB, "3.0.0.77").verdict == REACHABLE


def test_an_address_that_nobody_holds_is_in_the_subnet_of_its_own_vpc() -> None:
    estate = small_estate()
    estate["RouteTables"] = [t for t in estate["RouteTables"] if t["VpcId"] != "vpc-a"]
    assert ask(estate, "10.0.1.99", HOST, source_id="vpc-b").code == codes.IGW_EGRESS
    assert ask(estate, "10.0.1.99", HOST, source_id="vpc-a").verdict == UNKNOWN


def test_an_ordinary_interface_without_groups_lets_nothing_through() -> None:
    estate = small_estate()
    find(estate, "eni-app")["Groups"] = []
    assert ask(estate, WEB, APP).code == codes.SG_HAS_NO_RULES


def test_a_running_instance_decides_over_the_state_of_its_interface() -> None:
    estate = small_estate()
    find(estate, "eni-app")["Status"] = "available"
    assert ask(estate, WEB, APP).verdict == REACHABLE
    estate["Reservations"] = []
    assert ask(estate, WEB, APP).code == codes.BAD_STATE
