"""The judge's own list of blockers: complete, by leg, one for each possible world."""

from __future__ import annotations

from tests.oracle.judge import case_of
from tests.oracle.parse import parse
from tests.oracle.question import ANY_CLIENT_PORT, Question
from tests.oracle.survey import blockers_by_way
from tests.unit.oracle.small_estate import (
    APP,
    HOME,
    HOST,
    WEB,
    WEB_PUBLIC,
    Estate,
    entry,
    find,
    rule,
    small_estate,
)

ACL, NO_RULES = "SUBNET_ACL_RESTRICTION", "SG_HAS_NO_RULES"


def survey(estate: Estate, source: str, destination: str, protocol: int = 6) -> list[set[str]]:
    """Return what is in the way in each world, as ``leg code``."""
    question = Question(HOME[source], source, destination, protocol, 8, 0, ANY_CLIENT_PORT)
    [worlds] = blockers_by_way(case_of(parse(estate), question))
    return [{f"{leg} {code}" for leg, code in world} for world in worlds]


def test_nothing_is_in_the_way_of_what_works() -> None:
    assert survey(small_estate(), APP, WEB) == [set()]


def test_filters_and_states_on_both_legs_are_all_listed() -> None:
    estate = small_estate()
    find(estate, "sg-app")["IpPermissionsEgress"] = []
    find(estate, "acl-public")["Entries"].append(entry(1, "deny", "10.0.2.0/24", egress=True))
    find(estate, "eni-web")["Attachment"]["Status"] = "detaching"
    found = survey(estate, APP, WEB)
    assert found == [{f"forward {NO_RULES}", "forward BAD_STATE", f"return {ACL}"}]


def test_all_that_a_gateway_objects_to_is_listed() -> None:
    estate = small_estate()
    find(estate, "igw-a")["Attachments"][0]["State"] = "detaching"
    find(estate, "eni-web")["Attachment"]["Status"] = "detaching"
    forward = {one for [found] in [survey(estate, HOST, WEB_PUBLIC)] for one in found}
    assert {
        "forward BAD_STATE_ATTACHMENT",
        "forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
    } <= forward


def test_a_stop_on_the_way_there_does_not_hide_the_way_back() -> None:
    estate = small_estate()
    find(estate, "igw-a")["Attachments"][0]["State"] = "detaching"
    find(estate, "acl-public")["Entries"].append(entry(1, "deny", f"{HOST}/32", egress=True))
    [found] = survey(estate, HOST, WEB_PUBLIC)
    detached = {"forward BAD_STATE_ATTACHMENT", "return BAD_STATE_ATTACHMENT"}
    assert found == {f"return {ACL}"} | detached


def test_each_possible_world_has_its_own_list() -> None:
    estate = small_estate()
    find(estate, "sg-web")["IpPermissions"] = [rule(prefix_list="pl-untold")]
    find(estate, "acl-public")["Entries"].append(entry(1, "deny", APP + "/32", egress=True))
    found = survey(estate, APP, WEB)
    assert {f"return {ACL}"} in found
    assert {f"return {ACL}", "forward ENI_SG_RULES_MISMATCH"} in found
    assert len(found) == 2
