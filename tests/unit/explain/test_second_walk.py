"""The second walk names what is in the way, and nothing on ways that AWS would not have used."""

from __future__ import annotations

from netreach.explain.report import ONCE
from tests.property.test_engine_agrees import network_of
from tests.unit.oracle.small_estate import (
    APP,
    APP_6,
    DB,
    HOST,
    NAT,
    NAT_PUBLIC,
    OTHER,
    OTHER_PUBLIC,
    WEB_2,
    WEB_PUBLIC,
    Estate,
    entry,
    find,
    interface,
    route,
    small_estate,
)

ACL = "SUBNET_ACL_RESTRICTION"
ELSEWHERE = "DELIVERED_ELSEWHERE"
DETACHED = "BAD_STATE_ATTACHMENT"
#: The public host of the other VPC, as NAT64 writes its address.
OTHER_BEHIND_NAT64 = "64:ff9b::300:63"


def blockers(
    estate: Estate, source: str, destination: str, protocol: str = "tcp", port: str = "443"
) -> set[tuple[str, str]]:
    """Return leg and code of all that an answer shows without mending anything."""
    answer = network_of(estate).path(source, destination, protocol=protocol, port=port)
    assert answer.verdict == "unreachable"
    return {
        (one.leg, str(one.code)) for one in answer.explanations if not one.message.startswith(ONCE)
    }


def detached(gateway: str) -> Estate:
    """Return the small estate with a gateway whose attachment is not in service."""
    estate = small_estate()
    find(estate, gateway)["Attachments"][0]["State"] = "detaching"
    return estate


def test_nobody_is_told_to_open_the_groups_of_whoever_wrongly_receives() -> None:
    estate = small_estate()
    find(estate, "sg-web")["IpPermissions"] = []
    assert blockers(estate, f"vpc-a/{APP}", f"vpc-b/{OTHER}") == {("forward", ELSEWHERE)}


def test_nobody_is_told_to_start_whoever_wrongly_receives() -> None:
    estate = small_estate()
    find(estate, "eni-web")["Attachment"]["Status"] = "detaching"
    assert blockers(estate, f"vpc-a/{APP}", f"vpc-b/{OTHER}") == {("forward", ELSEWHERE)}


def test_filters_before_a_wrong_receiver_are_named() -> None:
    estate = small_estate()
    find(estate, "acl-private")["Entries"].append(entry(1, "deny", "0.0.0.0/0", egress=True))
    found = blockers(estate, f"vpc-a/{APP}", f"vpc-b/{OTHER}")
    assert found == {("forward", ELSEWHERE), ("forward", ACL)}


def test_what_a_host_takes_for_itself_meets_no_filter() -> None:
    estate = small_estate()
    find(estate, "sg-web")["IpPermissionsEgress"] = []
    assert blockers(estate, f"vpc-a/{WEB_2}", f"vpc-b/{OTHER}") == {("forward", ELSEWHERE)}


def test_rt_12_a_way_beside_one_over_an_appliance_is_told_as_that_one_is() -> None:
    """It is open which of two routes is taken; only by one of them an appliance translates."""
    estate = small_estate()
    wall = interface("eni-fw", "subnet-public", "sg-web", {"10.0.1.60": "3.0.0.60"})
    estate["NetworkInterfaces"].append(wall | {"SourceDestCheck": False})
    routes = find(estate, "rtb-private")["Routes"]
    routes[:] = [one for one in routes if one.get("DestinationCidrBlock") != "0.0.0.0/0"]
    routes.append(route("0.0.0.0/0", NetworkInterfaceId="eni-fw"))
    routes.append(route("pl-untold", NatGatewayId="nat-a"))
    find(estate, "sg-other")["IpPermissions"] = []
    assert blockers(estate, f"vpc-a/{APP}", OTHER_PUBLIC) == {("forward", "SG_HAS_NO_RULES")}


def test_the_way_back_shows_beside_a_stop_on_the_way_there() -> None:
    estate = detached("igw-a")
    find(estate, "acl-public")["Entries"].append(entry(1, "deny", "0.0.0.0/0", egress=True))
    found = blockers(estate, HOST, WEB_PUBLIC)
    assert found == {("forward", DETACHED), ("return", ACL), ("return", DETACHED)}


def test_no_way_back_is_walked_where_no_reply_is_awaited() -> None:
    estate = detached("igw-a")
    find(estate, "acl-public")["Entries"].append(entry(1, "deny", "0.0.0.0/0", egress=True))
    assert blockers(estate, HOST, WEB_PUBLIC, "icmp", "11/0") == {("forward", DETACHED)}


def test_no_way_back_is_walked_from_a_nat_gateway() -> None:
    estate = detached("igw-a")
    own = interface("eni-nat", "subnet-public", "sg-web", {NAT: NAT_PUBLIC})
    estate["NetworkInterfaces"].append(own | {"InterfaceType": "nat_gateway", "Groups": []})
    assert blockers(estate, HOST, NAT_PUBLIC) == {("forward", DETACHED)}


def test_no_way_back_is_walked_to_a_sender_that_was_not_translated_yet() -> None:
    estate = small_estate()
    find(estate, "rtb-private")["Routes"].pop(2)
    find(estate, "acl-public")["Entries"].append(entry(1, "deny", f"{DB}/32", egress=True))
    found = blockers(estate, f"vpc-a/{DB}", WEB_PUBLIC)
    assert found == {("forward", "NO_ROUTE_TO_DESTINATION")}


def test_the_way_back_to_nat64_starts_at_the_private_ipv4_address() -> None:
    found = blockers(detached("igw-b"), f"vpc-a/{APP_6}", OTHER_BEHIND_NAT64)
    assert found == {("forward", DETACHED), ("return", DETACHED)}


def test_nt_5_no_way_back_is_walked_of_what_nat64_cannot_carry() -> None:
    estate = small_estate()
    find(estate, "rtb-b")["Routes"].pop(2)
    answer = network_of(estate).path(f"vpc-a/{APP_6}", OTHER_BEHIND_NAT64, protocol="50")
    found = {(one.leg, str(one.code)) for one in answer.explanations}
    assert found == {("forward", "PROTOCOL_RESTRICTION")}
    tcp = blockers(estate, f"vpc-a/{APP_6}", OTHER_BEHIND_NAT64)
    assert tcp == {("return", "NO_ROUTE_TO_DESTINATION")}
