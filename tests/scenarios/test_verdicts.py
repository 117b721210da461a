"""The rules of verdicts, as docs/guide.md gives them, each on a small estate."""

from __future__ import annotations

from typing import Final

import pytest

from netreach.errors import NetreachError, SelectorError, UsageError
from netreach.network import Answer, Network
from tests.unit.fabric.estates_by_hand import (
    HOST,
    HOST_SIX,
    NO_ROUTE,
    WEB_1,
    WEB_1_PUBLIC,
    WEB_1_SIX,
    Form,
    acl,
    ask,
    codes,
    estate,
    legs,
    named,
    verdict,
)

ASKED: Final = "web-1 db-1 tcp 5432"


def guarded(*ingress: str, **rest: Form) -> Network:
    """Return the estate in which the group of db-1 has these ingress rules."""
    return estate(groups={"db": {"ingress": list(ingress)}}, **rest)


def pairs(answer: Answer) -> dict[tuple[str, str], str]:
    """Return the verdict of every address pair."""
    return {(p.source_address, p.destination_address): str(p.verdict) for p in answer.parts}


# -- one flow


def test_every_reply_that_gets_back_makes_it_reachable() -> None:
    answer = ask(estate(), ASKED)
    assert answer
    assert (answer.verdict, answer.client_ports) == ("reachable", ("1024-65535",))
    assert not answer.explanations
    assert not answer.missing


def test_some_client_ports_make_it_partial_and_are_listed() -> None:
    rules = ("100 allow tcp 2000-3000 to 0.0.0.0/0", "110 allow tcp 4000 to 0.0.0.0/0")
    answer = ask(estate(acls={"db": acl(egress=rules)}), ASKED, family=4)
    assert not answer
    assert (answer.verdict, answer.client_ports) == ("partial", ("2000-3000", "4000"))
    assert str(answer.services) == "tcp 5432"


@pytest.mark.parametrize("service", ["tcp 5432", "udp 53", "icmp"])
def test_no_reply_at_all_makes_it_unreachable_on_the_way_back(service: str) -> None:
    network = estate(acls={"db": acl(egress=("100 deny all to 0.0.0.0/0",))})
    answer = ask(network, f"web-1 db-1 {service}", family=4)
    assert (answer.verdict, legs(answer)) == ("unreachable", {"return"})
    assert not answer.services
    assert answer.forward_services
    assert answer.parts[0].forward[-1].action == "deliver"


def test_a_blocker_beats_unknown() -> None:
    lists = {"prefix_lists": {"partners": {"entries": "unknown"}}}
    by_list = guarded("tcp 5432 from prefix-list:partners", rest=lists)
    assert verdict(by_list, ASKED) == "unknown"
    assert verdict(by_list, "web-1 db-1 tcp 5433") == "unreachable"
    both = guarded(
        "tcp 5432 from prefix-list:partners",
        rest=lists,
        acls={"db": {"ingress": [], "egress": []}},
    )
    assert verdict(both, ASKED) == "unreachable"


def test_a_blocker_on_the_way_back_beats_unknown() -> None:
    network = guarded(
        "tcp 5432 from prefix-list:partners",
        rest={"prefix_lists": {"partners": {"entries": "unknown"}}},
        acls={"web": acl(ingress=("100 deny all from 0.0.0.0/0",))},
    )
    assert verdict(network, ASKED, family=4) == "unreachable"


def test_unknown_beats_reachable_and_names_what_is_missing() -> None:
    network = estate(route_tables={"web": {"routes": {"8.8.8.0/24": "transit-gateway:tgw-hub"}}})
    answer = ask(network, f"web-1 {HOST} tcp 443")
    assert (answer.verdict, named(answer)) == ("unknown", {"tgw-hub"})
    assert verdict(network, "web-1 9.9.9.9 tcp 443") == "reachable"


def test_a_group_that_the_snapshot_lacks_makes_it_unknown() -> None:
    network = estate(instances={"db-1": {"groups": ["missing:sg-0a1b2c3d4e5f60718"]}})
    answer = ask(network, ASKED)
    assert (answer.verdict, named(answer)) == ("unknown", {"sg-0a1b2c3d4e5f60718"})
    # its other group lets this in, whatever the missing one says
    with_both = estate(instances={"db-1": {"groups": ["db", "missing:sg-0a1b2c3d4e5f60718"]}})
    assert verdict(with_both, ASKED) == "reachable"


# -- services


def test_a_range_is_reachable_only_if_all_of_it_is() -> None:
    network = guarded("tcp 8000-8100 from 0.0.0.0/0")
    for ports in ("8000-8100", "8000", "8100", "8050-8051"):
        assert verdict(network, f"web-1 db-1 tcp {ports}", family=4) == "reachable"
    for ports in ("7999-8100", "8000-8101", "0-65535", "7999-8000"):
        assert verdict(network, f"web-1 db-1 tcp {ports}", family=4) == "partial"
    assert str(ask(network, "web-1 db-1 tcp 7999-8000", family=4).services) == "tcp 8000"
    for ports in ("7999", "8101", "0-7999", "8101-65535"):
        assert verdict(network, f"web-1 db-1 tcp {ports}", family=4) == "unreachable"


def test_without_a_service_the_answer_is_the_exact_set() -> None:
    network = guarded("tcp 443 from 0.0.0.0/0", "udp 53 from 0.0.0.0/0", "icmp 8/0 from 0.0.0.0/0")
    answer = ask(network, "web-1 db-1", family=4)
    assert (answer.verdict, str(answer.services)) == ("reachable", "tcp 443, udp 53, icmp 8/0")
    assert verdict(guarded(), "web-1 db-1") == "unreachable"
    assert str(ask(estate(), "web-1 db-1").services) == "all"


def test_a_port_alone_means_tcp() -> None:
    network = guarded("tcp 443 from anywhere")
    assert network.path("web-1", "db-1", port=443)
    assert not network.path("web-1", "db-1", port=443, protocol="udp")
    assert str(network.path("web-1", "db-1", port="443").services) == "tcp 443"


@pytest.mark.parametrize(
    ("number", "name", "family"),
    [(6, "tcp", 4), (17, "udp", 4), (1, "icmp", 4), (58, "icmpv6", 6)],
    ids=["tcp", "udp", "icmp", "icmpv6"],
)
def test_the_numbers_of_protocols_equal_their_names(number: int, name: str, family: int) -> None:
    rules = [f"{name} from 0.0.0.0/0", f"{name} from ::/0"]
    for network in (guarded(*rules), guarded("protocol 50 from anywhere"), guarded()):
        by_name = network.path("web-1", "db-1", protocol=name, family=family)
        by_number = network.path("web-1", "db-1", protocol=number, family=family)
        by_text = network.path("web-1", "db-1", protocol=str(number), family=family)
        assert by_name.verdict == by_number.verdict == by_text.verdict
        assert by_name.services == by_number.services == by_text.services
    assert guarded(*rules).path("web-1", "db-1", protocol=number)


def test_ping_is_echo_and_needs_the_echo_reply() -> None:
    assert verdict(guarded("icmp 8/0 from 0.0.0.0/0"), "web-1 db-1 icmp") == "reachable"
    assert verdict(guarded("icmp 0/0 from 0.0.0.0/0"), "web-1 db-1 icmp") == "unreachable"
    replies = estate(acls={"db": acl(egress=("100 allow icmp 0/0 to 0.0.0.0/0",))})
    assert verdict(replies, "web-1 db-1 icmp") == "reachable"
    echoes = estate(acls={"db": acl(egress=("100 allow icmp 8/0 to 0.0.0.0/0",))})
    assert verdict(echoes, "web-1 db-1 icmp") == "unreachable"


def test_icmp_types_without_a_reply_need_the_way_there_only() -> None:
    mute = estate(acls={"db": acl(egress=("100 deny all to 0.0.0.0/0", "110 deny all to ::/0"))})
    assert verdict(mute, "web-1 db-1 icmp 3/4") == "reachable"
    assert verdict(mute, "web-1 db-1 icmp 5") == "reachable"
    assert verdict(mute, "web-1 db-1 icmp 8") == "unreachable"
    assert verdict(mute, "web-1 db-1 icmp 13") == "unreachable"
    assert verdict(mute, "web-1 db-1 icmpv6 1") == "reachable"
    assert verdict(mute, "web-1 db-1 icmpv6") == "unreachable"


def test_port_zero_is_a_port() -> None:
    network = guarded("tcp 0 from 0.0.0.0/0")
    assert verdict(network, "web-1 db-1 tcp 0", family=4) == "reachable"
    assert verdict(network, "web-1 db-1 tcp 1", family=4) == "unreachable"


def test_protocols_without_ports_have_no_client_ports() -> None:
    for service in ("icmp", "50"):
        answer = ask(estate(), f"web-1 db-1 {service}", family=4)
        assert (answer.verdict, answer.client_ports) == ("reachable", ())


# -- resources with several addresses

SECOND: Final = "10.0.1.77"
SEVERAL: Final[Form] = {"web-1": {"secondary": [SECOND], "ipv6": None}}


def test_primary_addresses_that_all_work_are_enough() -> None:
    network = guarded("tcp 5432 from 10.0.1.10/32", instances=SEVERAL)
    answer = ask(network, ASKED)
    assert answer.verdict == "reachable"
    assert pairs(answer) == {(WEB_1, "10.0.3.10"): "reachable"}
    assert verdict(network, f"{SECOND} db-1 tcp 5432") == "unreachable"


def test_a_secondary_address_that_works_makes_it_partial() -> None:
    network = guarded(f"tcp 5432 from {SECOND}/32", instances=SEVERAL)
    answer = ask(network, ASKED)
    assert answer.verdict == "partial"
    assert pairs(answer) == {
        (WEB_1, "10.0.3.10"): "unreachable",
        (SECOND, "10.0.3.10"): "reachable",
    }
    assert verdict(network, f"{SECOND} db-1 tcp 5432") == "reachable"
    assert verdict(network, f"{WEB_1} db-1 tcp 5432") == "unreachable"


def test_no_pair_of_any_addresses_makes_it_unreachable() -> None:
    network = guarded("tcp 5432 from 10.0.1.78/32", instances=SEVERAL)
    answer = ask(network, ASKED)
    assert (answer.verdict, len(pairs(answer))) == ("unreachable", 2)


def test_secondary_addresses_of_the_destination_count_too() -> None:
    second = {"db-1": {"secondary": ["10.0.3.77"]}}
    rules = ("90 deny all to 10.0.3.10/32", "100 allow all to 10.0.3.77/32", "110 deny all to ::/0")
    network = estate(instances=second, acls={"web": acl(egress=rules)})
    assert verdict(network, ASKED) == "partial"
    assert verdict(network, "web-1 10.0.3.77 tcp 5432") == "reachable"


TWO_FACES: Final[Form] = {
    "interfaces": {
        "outside": {"subnet": "web-a", "address": "10.0.1.50", "groups": ["web"]},
        "inside": {"subnet": "app-a", "address": "10.0.2.50", "groups": ["app"]},
    }
}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"web": "10.0.3.0/24", "app": "10.0.3.0/24"}, "reachable"),
        ({"web": "10.0.3.0/24", "app": "10.0.4.0/24"}, "partial"),
        ({"web": "10.0.4.0/24", "app": "10.0.4.0/24"}, "unreachable"),
    ],
    ids=["both-work", "one-works", "none-works"],
)
def test_every_interface_of_a_host_counts(rules: dict[str, str], expected: str) -> None:
    groups = {name: {"ingress": [f"all from {peer}"]} for name, peer in rules.items()}
    network = estate(groups=groups, instances={"both": TWO_FACES})
    assert verdict(network, "db-1 both tcp 22") == expected


def test_an_interface_id_narrows() -> None:
    groups = {"web": {"ingress": ["all from 10.0.3.0/24"]}, "app": {"ingress": []}}
    network = estate(groups=groups, instances={"both": TWO_FACES})
    assert verdict(network, "db-1 both tcp 22") == "partial"
    assert verdict(network, "db-1 eni-both-outside tcp 22") == "reachable"
    assert verdict(network, "db-1 eni-both-inside tcp 22") == "unreachable"


# -- families


def test_each_family_that_both_ends_have_is_asked() -> None:
    network = guarded("tcp 5432 from 0.0.0.0/0")
    answer = ask(network, ASKED)
    assert answer.verdict == "partial"
    assert pairs(answer)[(WEB_1, "10.0.3.10")] == "reachable"
    assert pairs(answer)[(WEB_1_SIX, "2600:1f14:1:103::10")] == "unreachable"
    assert verdict(network, ASKED, family=4) == verdict(network, ASKED, family="4") == "reachable"
    assert verdict(network, ASKED, family=6) == "unreachable"
    alone = guarded("tcp 5432 from 0.0.0.0/0", instances={"db-1": {"ipv6": None}})
    assert verdict(alone, ASKED) == "reachable"


def test_ends_without_a_common_family_are_unreachable() -> None:
    apart = {"web-1": {"ipv6": None}, "db-1": {"address": None}}
    answer = ask(estate(instances=apart), ASKED)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"NO_COMMON_ADDRESS_FAMILY"})
    answer = ask(estate(instances={"web-1": {"ipv6": None}}), ASKED, family=6)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"NO_COMMON_ADDRESS_FAMILY"})


def test_icmp_is_ipv4_s_and_icmpv6_is_ipv6_s() -> None:
    network = estate()
    for protocol, source in (("icmp", WEB_1), ("icmpv6", WEB_1_SIX)):
        answer = ask(network, f"web-1 db-1 {protocol}")
        assert [part.source_address for part in answer.parts] == [source]


# -- the internet, public addresses, literal addresses


def test_from_the_internet_a_resource_is_asked_at_its_public_address() -> None:
    answer = ask(estate(), "internet web-1 tcp 443")
    assert answer.verdict == "reachable"
    assert {part.destination_address for part in answer.parts} == {WEB_1_PUBLIC, WEB_1_SIX}
    inside = ask(estate(), "app-1 web-1 tcp 443")
    assert {part.destination_address for part in inside.parts} == {WEB_1, WEB_1_SIX}


def test_the_internet_is_partial_where_only_some_of_it_is_let_in() -> None:
    groups = {"web": {"ingress": ["tcp 443 from 8.0.0.0/8"]}}
    network = estate(groups=groups)
    assert verdict(network, "internet web-1 tcp 443", family=4) == "partial"
    assert verdict(network, "8.255.255.255 web-1 tcp 443", family=4) == "reachable"
    assert verdict(network, "9.0.0.0 web-1 tcp 443", family=4) == "unreachable"
    assert verdict(network, "internet web-1 tcp 444", family=4) == "unreachable"


def test_the_internet_holds_no_address_of_the_estate() -> None:
    # 203.0.113.20 is web-2's, and it alone is let in: the rest of the internet is not
    groups = {"web": {"ingress": ["tcp 443 from 203.0.113.20/32"]}}
    network = estate(groups=groups)
    assert verdict(network, "internet web-1 tcp 443", family=4) == "unreachable"
    assert verdict(network, f"web-2 {WEB_1_PUBLIC} tcp 443") == "reachable"


def test_a_public_address_that_nobody_holds_is_that_host_on_the_internet() -> None:
    network = estate(groups={"web": {"egress": ["tcp 443 to 8.8.8.8/32"]}})
    assert verdict(network, f"web-1 {HOST} tcp 443") == "reachable"
    assert verdict(network, "web-1 8.8.8.9 tcp 443") == "unreachable"
    assert verdict(network, "web-1 internet tcp 443", family=4) == "partial"


def test_an_address_is_asked_as_it_is_written() -> None:
    network = estate(groups={"web": {"ingress": ["all from group:app", "all from group:web"]}})
    assert verdict(network, "app-1 web-1 tcp 22") == "reachable"
    assert verdict(network, f"app-1 {WEB_1} tcp 22") == "reachable"
    # the public address is never replaced by the private one, and no group goes along
    assert verdict(network, f"app-1 {WEB_1_PUBLIC} tcp 22") == "unreachable"


def test_an_address_that_nobody_holds_is_no_destination() -> None:
    for unheld in ("10.0.3.99", "10.0.99.99", "2600:1f14:1:103::99"):
        answer = ask(estate(), f"web-1 {unheld} tcp 443")
        assert (answer.verdict, codes(answer)) == ("unreachable", {"ADDRESS_NOT_HELD"})


def test_a_source_that_nobody_holds_is_judged_without_groups_and_with_a_warning() -> None:
    network = estate(groups={"web": {"egress": []}})
    answer = ask(network, "10.0.1.99 10.0.3.10 tcp 443")
    assert answer.verdict == "reachable"
    assert "10.0.1.99" in " ".join(answer.warnings)
    assert verdict(network, f"{WEB_1} 10.0.3.10 tcp 443") == "unreachable"


def test_a_source_in_no_subnet_is_no_source() -> None:
    answer = ask(estate(), "10.0.99.99 10.0.3.10 tcp 443")
    assert answer.verdict == "unreachable"
    assert "NO_SOURCE_OR_DESTINATION" in codes(answer)


# -- equal CIDRs

TWIN: Final[Form] = {
    "cidr": "10.0.0.0/16",
    "subnets": {"twin-a": {"cidr": "10.0.1.0/24", "zone": "a"}},
    "groups": {"twin": {"ingress": ["all from anywhere"]}},
    "instances": {
        "twin-1": {"subnet": "twin-a", "address": WEB_1, "groups": ["twin"]},
        "twin-2": {"subnet": "twin-a", "address": "10.0.1.66", "groups": ["twin"]},
    },
}


def twins() -> Network:
    """Return the estate with a second VPC of the same CIDR."""
    return estate(rest={"vpcs": {"twin": TWIN}})


def test_a_source_address_of_several_vpcs_is_ambiguous() -> None:
    with pytest.raises(SelectorError) as error:
        ask(twins(), f"{WEB_1} 10.0.3.10 tcp 22")
    assert "vpc-shop/10.0.1.10" in str(error.value)
    assert "vpc-twin/10.0.1.10" in str(error.value)


def test_the_vpc_settles_it() -> None:
    assert verdict(twins(), f"vpc-shop/{WEB_1} 10.0.3.10 tcp 22") == "reachable"
    assert verdict(twins(), f"vpc-twin/{WEB_1} 10.0.3.10 tcp 22") == "unreachable"
    assert verdict(twins(), f"vpc-twin/{WEB_1} 10.0.1.66 tcp 22") == "reachable"
    assert verdict(twins(), f"vpc-shop/{WEB_1} 10.0.1.66 tcp 22") == "unreachable"


def test_a_destination_address_is_whoever_the_source_s_routes_lead_to() -> None:
    assert verdict(twins(), f"db-1 {WEB_1} tcp 22") == "reachable"
    assert verdict(twins(), f"twin-2 {WEB_1} tcp 22") == "reachable"


@pytest.mark.parametrize("destination", ["twin-1", "eni-twin-1", f"vpc-twin/{WEB_1}"])
def test_what_arrives_at_somebody_else_is_unreachable_and_says_who(destination: str) -> None:
    answer = ask(twins(), f"db-1 {destination} tcp 22", family=4)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"DELIVERED_ELSEWHERE"})
    told = answer.explanations[0]
    assert "web-1" in f"{told.component.id} {told.message}"


def test_an_id_is_asked_at_its_private_address_wherever_it_is() -> None:
    answer = ask(estate(), "web-1 lab-1 tcp 443")
    assert {part.destination_address for part in answer.parts} == {"10.1.1.10"}
    assert answer.verdict == "unreachable"


# -- a host and itself


def test_a_host_reaches_itself_without_a_hop() -> None:
    answer = ask(estate(groups={"web": {"ingress": [], "egress": []}}), "web-1 web-1 tcp 22")
    assert answer.verdict == "reachable"
    assert not any(part.forward or part.returning for part in answer.parts)


def test_a_stopped_host_does_not_reach_itself() -> None:
    network = estate(instances={"web-1": {"state": "stopped"}})
    answer = ask(network, "web-1 web-1 tcp 22")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})


# -- state


@pytest.mark.parametrize("state", ["pending", "stopping", "stopped", "shutting-down"])
@pytest.mark.parametrize("end", ["web-1", "db-1"])
def test_an_instance_that_does_not_run_is_unreachable_at_either_end(end: str, state: str) -> None:
    answer = ask(estate(instances={end: {"state": state}}), ASKED)
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})


@pytest.mark.parametrize("end", ["web-1", "db-1"])
def test_what_else_would_stop_a_stopped_instance_is_named_too(end: str) -> None:
    network = guarded(
        "tcp 22 from anywhere",
        instances={end: {"state": "stopped"}},
        acls={"web": acl(ingress=("100 deny all from 0.0.0.0/0",))},
    )
    answer = ask(network, ASKED, family=4)
    assert answer.verdict == "unreachable"
    assert codes(answer) == {"BAD_STATE", "ENI_SG_RULES_MISMATCH", "SUBNET_ACL_RESTRICTION"}
    assert legs(answer) == {"forward", "return"}


def test_without_an_instance_the_interface_s_own_status_decides() -> None:
    form = {"subnet": "db-b", "address": "10.0.3.30", "groups": ["db"]}
    used, spare = ({"task": form | {"status": status}} for status in ("in-use", "available"))
    assert verdict(estate(interfaces=used), "web-1 10.0.3.30 tcp 22") == "reachable"
    answer = ask(estate(interfaces=spare), "web-1 10.0.3.30 tcp 22")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"BAD_STATE"})


# -- assumptions


def test_a_missing_acl_is_assumed_to_be_aws_s_default() -> None:
    network = estate(subnets={"db-b": {"acl": "missing"}})
    answer = ask(network, ASKED)
    assert answer.verdict == "reachable"
    assert "subnet-db-b" in " ".join(answer.warnings)
    assert not ask(network, "web-1 web-2 tcp 22").warnings


def test_strict_turns_an_assumed_acl_into_unknown() -> None:
    network = estate(subnets={"db-b": {"acl": "missing"}})
    answer = ask(network, ASKED, strict=True)
    assert answer.verdict == "unknown"
    assert {str(missing.code) for missing in answer.missing} == {"ASSUMED_DEFAULT_ACL"}
    # inside a subnet no ACL is asked, and a blocker needs no assumption
    assert verdict(network, "web-1 web-2 tcp 22", strict=True) == "reachable"
    shut = estate(subnets={"db-b": {"acl": "missing"}}, groups={"db": {"ingress": []}})
    assert verdict(shut, ASKED, strict=True) == "unreachable"


def test_a_gateway_that_a_route_names_is_assumed_to_exist() -> None:
    network = estate(rest={"missing": ["InternetGateways"]})
    answer = ask(network, f"web-1 {HOST} tcp 443")
    assert answer.verdict == "reachable"
    assert "igw-shop" in " ".join(answer.warnings)
    strict = ask(network, f"web-1 {HOST} tcp 443", strict=True)
    assert strict.verdict == "unknown"
    assert {str(missing.code) for missing in strict.missing} == {"ASSUMED_GATEWAY"}


@pytest.mark.parametrize("call", ["RouteTables", "SecurityGroups"])
def test_route_tables_and_groups_are_never_assumed(call: str) -> None:
    answer = ask(estate(rest={"missing": [call]}), ASKED)
    assert answer.verdict == "unknown"
    assert answer.missing


# -- several flows


def test_a_set_is_reachable_if_all_its_members_are() -> None:
    assert verdict(estate(), "sg:sg-web db-1 tcp 5432") == "reachable"
    assert verdict(estate(), "subnet:subnet-web-a db-1 tcp 5432") == "reachable"


def test_a_set_is_partial_if_some_of_its_members_are() -> None:
    network = guarded("tcp 5432 from 10.0.1.10/32", "tcp 5432 from 2600:1f14:1:101::10/128")
    for source in ("sg:sg-web", "subnet:subnet-web-a", "10.0.1.0/24"):
        answer = ask(network, f"{source} db-1 tcp 5432", family=4)
        assert answer.verdict == "partial"
        assert pairs(answer) == {
            (WEB_1, "10.0.3.10"): "reachable",
            ("10.0.1.20", "10.0.3.10"): "unreachable",
        }
    assert verdict(network, "tag:Name=web-1 db-1 tcp 5432") == "reachable"
    assert verdict(network, "tag:Name=web-2 db-1 tcp 5432") == "unreachable"


UNKNOWN_LIST: Final[Form] = {"prefix_lists": {"partners": {"entries": "unknown"}}}


def test_reachable_and_unknown_members_make_a_set_partial_and_the_unknown_are_listed() -> None:
    # RT: web-2 alone is asked through a list that nobody knows
    network = guarded(
        "tcp 5432 from 10.0.1.10/32",
        "tcp 5432 from prefix-list:partners",
        rest=UNKNOWN_LIST,
    )
    answer = ask(network, "sg:sg-web db-1 tcp 5432", family=4)
    assert answer.verdict == "partial"
    assert sorted(pairs(answer).values()) == ["reachable", "unknown"]
    assert "pl-partners" in named(answer)


def test_unreachable_and_unknown_members_make_a_set_unknown() -> None:
    network = guarded(
        "tcp 5432 from prefix-list:partners",
        rest=UNKNOWN_LIST,
        instances={"web-2": {"state": "stopped"}},
    )
    answer = ask(network, "sg:sg-web db-1 tcp 5432", family=4)
    assert answer.verdict == "unknown"
    assert sorted(pairs(answer).values()) == ["unknown", "unreachable"]


def test_a_host_is_no_pair_of_its_own_in_a_set() -> None:
    answer = ask(estate(), "sg:sg-web sg:sg-web tcp 22", family=4)
    assert set(pairs(answer)) == {(WEB_1, "10.0.1.20"), ("10.0.1.20", WEB_1)}


# -- what cannot be asked


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"port": 65536}, id="port-too-high"),
        pytest.param({"port": -1}, id="port-below-zero"),
        pytest.param({"port": "http"}, id="port-in-words"),
        pytest.param({"port": "8100-8000"}, id="reversed-range"),
        pytest.param({"port": "80-"}, id="half-a-range"),
        pytest.param({"protocol": "tpc"}, id="no-such-protocol"),
        pytest.param({"protocol": 256}, id="protocol-too-high"),
        pytest.param({"protocol": "all", "port": 443}, id="all-has-no-ports"),
        pytest.param({"protocol": 50, "port": 443}, id="esp-has-no-ports"),
        pytest.param({"protocol": "icmp", "port": "256"}, id="icmp-type-too-high"),
        pytest.param({"protocol": "icmp", "port": "8/256"}, id="icmp-code-too-high"),
        pytest.param({"protocol": "icmp", "port": "8-9"}, id="icmp-range"),
        pytest.param({"port": 443, "client_ports": "amiga"}, id="no-such-client"),
        pytest.param({"port": 443, "client_ports": "2000-1000"}, id="reversed-client-ports"),
        pytest.param({"port": 443, "client_ports": "1-65536"}, id="client-port-too-high"),
        pytest.param({"port": 443, "family": 5}, id="no-such-family"),
        pytest.param({"protocol": "icmp", "family": 6}, id="icmp-over-ipv6"),
        pytest.param({"protocol": "icmpv6", "family": 4}, id="icmpv6-over-ipv4"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: Form) -> None:
    with pytest.raises(UsageError):
        estate().path("web-1", "db-1", **options)


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(f"{WEB_1} {HOST_SIX}", id="ipv4-to-ipv6"),
        pytest.param(f"{WEB_1_SIX} {HOST}", id="ipv6-to-ipv4"),
    ],
)
def test_two_literal_addresses_of_different_families_are_refused(ends: str) -> None:
    with pytest.raises(UsageError):
        ask(estate(), f"{ends} tcp 443")


@pytest.mark.parametrize(
    ("selector", "nearest"),
    [
        pytest.param("web-3", "web-1", id="name"),
        pytest.param("sg:sg-wbe", "sg-web", id="group"),
        pytest.param("tag:Name=web-11", "web-1", id="tag"),
        pytest.param("vpc-shp/10.0.1.10", "vpc-shop", id="vpc-of-an-address"),
    ],
)
def test_what_matches_nothing_is_refused_with_the_nearest(selector: str, nearest: str) -> None:
    with pytest.raises(NetreachError, match=nearest):
        ask(estate(), f"{selector} db-1 tcp 22")


def test_a_name_that_several_resources_bear_is_refused_with_all_of_them() -> None:
    network = estate(instances={"web-2": {"name": "web-1"}})
    with pytest.raises(SelectorError) as error:
        ask(network, "web-1 db-1 tcp 22")
    assert "i-web-1" in str(error.value)
    assert "i-web-2" in str(error.value)
    assert verdict(network, "i-web-2 db-1 tcp 22") == "reachable"


def test_a_failed_reply_route_is_no_reason_to_call_it_unknown() -> None:
    answer = ask(estate(route_tables={"web": {"routes": None}}), "internet web-1 tcp 443")
    assert (answer.verdict, codes(answer), legs(answer)) == ("unreachable", {NO_ROUTE}, {"return"})
