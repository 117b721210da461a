"""The judge by hand: hosts that pass packets on, and route tables of gateways."""

from __future__ import annotations

import pytest

from tests.oracle import verdict as codes
from tests.oracle.verdict import Leg, Verdict
from tests.unit.oracle.joined_estate import (
    FIREWALL,
    FIREWALLED,
    another_interface,
    firewalled_estate,
)
from tests.unit.oracle.small_estate import (
    APP,
    HOST,
    WEB,
    WEB_PUBLIC,
    Estate,
    ask,
    find,
    route,
    rule,
)

REACHABLE, UNKNOWN = Verdict.REACHABLE, Verdict.UNKNOWN
INNER = "10.0.2.99"


def detour(estate: Estate) -> Estate:
    """Send what leaves the private subnet by the firewall."""
    routes = find(estate, "rtb-private")["Routes"]
    find(estate, "rtb-private")["Routes"] = [
        one for one in routes if one.get("DestinationCidrBlock") != "0.0.0.0/0"
    ] + [route("0.0.0.0/0", **FIREWALLED)]
    return estate


def test_nt7_a_nat_instance_sends_as_its_own() -> None:
    estate = detour(firewalled_estate())
    ruling = ask(estate, APP, HOST)
    assert (ruling.verdict, ruling.sees) == (REACHABLE, ("3.0.0.60",))


def test_rt13_the_check_drops_what_is_for_others() -> None:
    estate = detour(firewalled_estate())
    find(estate, "eni-fw")["SourceDestCheck"] = True
    assert ask(estate, APP, HOST).code == codes.SOURCE_DEST_CHECK


def test_a_stopped_appliance_passes_nothing_on() -> None:
    estate = detour(firewalled_estate())
    find(estate, "eni-fw")["Attachment"]["Status"] = "detached"
    assert ask(estate, APP, HOST).code == codes.BAD_STATE


def test_its_groups_are_asked_on_the_way_in_and_out() -> None:
    for side in ("IpPermissions", "IpPermissionsEgress"):
        estate = detour(firewalled_estate())
        find(estate, "sg-other")[side] = [rule("tcp", (22, 22), cidr="0.0.0.0/0")]
        assert ask(estate, APP, HOST).code == codes.ENI_SG_RULES_MISMATCH
        assert ask(estate, APP, HOST, "tcp 22").verdict == REACHABLE


def test_of_three_interfaces_nobody_knows_the_one_by_which_it_sends() -> None:
    estate = detour(firewalled_estate())
    another_interface(estate, "eni-fw-2", INNER, check=False)
    assert ask(estate, APP, HOST).verdict == REACHABLE
    another_interface(estate, "eni-fw-3", "10.0.2.98", check=False)
    assert ask(estate, APP, HOST).missing == ("eni-fw",)


@pytest.mark.parametrize(("check", "expected"), [(False, REACHABLE), (True, REACHABLE)])
def test_of_two_interfaces_it_may_use_the_other(*, check: bool, expected: Verdict) -> None:
    """In by the inner interface, out by the outer one, with its address: the check lets that by."""
    estate = firewalled_estate()
    another_interface(estate, "eni-inner", INNER, check=False)
    find(estate, "eni-fw")["SourceDestCheck"] = check
    detour(estate)
    find(estate, "rtb-private")["Routes"][-1] = route("0.0.0.0/0", NetworkInterfaceId="eni-inner")
    ruling = ask(estate, APP, HOST)
    assert (ruling.verdict, ruling.sees) == (expected, ("3.0.0.60",))


def between_subnets(estate: Estate) -> Estate:
    """Lead from the private subnet to the public one by an appliance in a subnet of its own."""
    estate["Subnets"].append(
        {
            "SubnetId": "subnet-fw",
            "VpcId": "vpc-a",
            "CidrBlock": "10.0.9.0/24",
            "AvailabilityZoneId": "az1",
        }
    )
    estate["RouteTables"].append(
        {
            "RouteTableId": "rtb-fw",
            "VpcId": "vpc-a",
            "Associations": [{"SubnetId": "subnet-fw"}],
            "Routes": [route("10.0.0.0/16", GatewayId="local")],
        }
    )
    firewall = find(estate, "eni-fw")
    firewall["SubnetId"], firewall["PrivateIpAddress"] = "subnet-fw", "10.0.9.9"
    firewall["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.0.9.9"}]
    find(estate, "rtb-private")["Routes"].append(route("10.0.1.0/24", **FIREWALLED))
    return estate


def test_sg9_a_middlebox_hides_the_sender_s_groups_but_not_its_own() -> None:
    estate = between_subnets(firewalled_estate())
    ruling = ask(estate, APP, WEB)
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (APP,))
    find(estate, "sg-web")["IpPermissions"] = [rule(group="sg-app")]
    assert ask(estate, APP, WEB).code == codes.ENI_SG_RULES_MISMATCH
    find(estate, "sg-web")["IpPermissions"] = [rule(group="sg-other")]
    assert ask(estate, APP, WEB).sees == ("10.0.9.9",)


def edge(estate: Estate, block: str = "10.0.2.0/24", **target: str) -> Estate:
    """Give the internet gateway a table of its own, and the private host a public address."""
    estate["RouteTables"].append(
        {
            "RouteTableId": "rtb-edge",
            "VpcId": "vpc-a",
            "Associations": [{"GatewayId": "igw-a"}],
            "Routes": [
                route("10.0.0.0/16", GatewayId="local"),
                route(block, **(target or FIREWALLED)),
            ],
        }
    )
    app = find(estate, "eni-app")
    app["PrivateIpAddresses"][0]["Association"] = {"PublicIp": "3.0.0.20"}
    return estate


def test_rt11_a_gateway_table_leads_by_the_appliance_both_ways() -> None:
    estate = edge(detour(firewalled_estate()))
    ruling = ask(estate, HOST, "3.0.0.20")
    assert (ruling.verdict, ruling.sees) == (REACHABLE, (HOST,))
    assert ask(estate, HOST, WEB_PUBLIC).verdict == REACHABLE
    find(estate, "rtb-private")["Routes"][-1] = route("0.0.0.0/0", GatewayId="igw-a")
    ruling = ask(estate, HOST, "3.0.0.20")
    assert (ruling.code, ruling.leg) == (codes.INGRESS_REDIRECTION, Leg.RETURN)


def test_rt11_the_appliance_needs_a_public_address() -> None:
    estate = edge(detour(firewalled_estate(public=None)))
    assert ask(estate, HOST, "3.0.0.20").code == codes.INGRESS_NO_PUBLIC_IP


def test_rt11_an_appliance_is_not_redirected_to_itself() -> None:
    estate = edge(firewalled_estate(), "10.0.1.0/24")
    assert ask(estate, FIREWALL, HOST, source_id="eni-fw").verdict == REACHABLE
    assert ask(estate, WEB, HOST).code == codes.INGRESS_REDIRECTION


def test_a_gateway_table_to_an_unknown_interface_is_unknown() -> None:
    estate = edge(firewalled_estate(), NetworkInterfaceId="eni-gone")
    assert ask(estate, HOST, "3.0.0.20").missing == ("eni-gone",)


def test_two_appliances_that_send_to_each_other_are_a_loop() -> None:
    estate = detour(firewalled_estate())
    find(estate, "rtb-public")["Routes"].insert(0, route("9.9.9.0/24", **FIREWALLED))
    assert ask(estate, WEB, "9.9.9.9").code == codes.ROUTING_LOOP
