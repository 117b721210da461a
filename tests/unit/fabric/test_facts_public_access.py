"""What AWS documents about VPC Block Public Access: the facts BP-1 to BP-4."""

from __future__ import annotations

from typing import Any, Final

import pytest
from msgspec.structs import replace

from netreach.model.services import PublicAccessBlock, PublicAccessExclusion
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from tests.unit.fabric.connections_by_hand import PEERING, TRANSIT, attached, both_routes, peered
from tests.unit.fabric.estates_by_hand import (
    HOST,
    HOST_SIX,
    NAT_PUBLIC,
    acl,
    ask,
    codes,
    legs,
    named,
    snapshot,
    verdict,
)
from tests.unit.fabric.firewalls_by_hand import SUBNETS, WALL_A, walled
from tests.unit.fabric.test_facts_nat import regional

BLOCKED: Final = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
REGION: Final = "eu-central-1"
INWARDS, OUTWARDS = "internet web-1 tcp 443", f"web-1 {HOST} tcp 443"
BY_NAT, BY_EGRESS_ONLY = f"app-1 {HOST} tcp 443", f"app-1 {HOST_SIX} tcp 443"
EVERYWHERE: Final = (INWARDS, OUTWARDS, BY_NAT, BY_EGRESS_ONLY)


def exclusion(
    resource: str,
    mode: str = "allow-bidirectional",
    **fields: Any,  # noqa: ANN401 - the record's own fields
) -> PublicAccessExclusion:
    """Return an exclusion of a VPC or subnet."""
    return PublicAccessExclusion(id=f"ex-{resource}", resource=resource, mode=mode, **fields)


def guarded(
    mode: str,
    *exclusions: PublicAccessExclusion,
    base: Snapshot | None = None,
    **block: Any,  # noqa: ANN401
) -> Network:
    """Compile an estate with Block Public Access in a mode."""
    fields: dict[str, Any] = {"region": REGION, "owner": "111122223333"}
    guard = PublicAccessBlock(id="block", mode=mode, **(fields | block))
    return Network(
        replace(
            snapshot() if base is None else base,
            public_access_blocks={"block": guard},
            public_access_exclusions={one.id: one for one in exclusions},
        )
    )


def told(network: Network, question: str) -> str:
    """Return the verdict of a question, over the family that it is about."""
    return verdict(network, question, family=6 if HOST_SIX in question else 4)


def test_bp_1_off_blocks_nothing() -> None:
    assert {told(guarded("off"), question) for question in EVERYWHERE} == {"reachable"}


@pytest.mark.parametrize("question", EVERYWHERE)
def test_bp_2_bidirectional_blocks_all_that_crosses_gateways(question: str) -> None:
    answer = ask(guarded("block-bidirectional"), question, family=6 if HOST_SIX in question else 4)
    assert answer.verdict == "unreachable"
    assert codes(answer, "forward") == {BLOCKED}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param(INWARDS, "unreachable", id="inwards"),
        pytest.param(OUTWARDS, "unreachable", id="outwards-by-a-public-address"),
        pytest.param(BY_NAT, "reachable", id="outwards-by-a-nat-gateway"),
        pytest.param(BY_EGRESS_ONLY, "reachable", id="outwards-by-an-egress-only-gateway"),
        pytest.param(f"internet {NAT_PUBLIC} tcp 443", "unreachable", id="inwards-to-nat"),
    ],
)
def test_bp_2_block_ingress_lets_nat_and_egress_only_gateways_through(
    question: str, said: str
) -> None:
    assert told(guarded("block-ingress"), question) == said


def test_bp_2_ipv6_of_public_subnets_is_blocked_as_well() -> None:
    network = guarded("block-ingress")
    for question in ("internet web-1 tcp 443", f"web-1 {HOST_SIX} tcp 443"):
        answer = ask(network, question, family=6)
        assert codes(answer, "forward") == {BLOCKED}


@pytest.mark.parametrize("mode", ["block-bidirectional", "block-ingress"])
@pytest.mark.parametrize("resource", ["vpc-shop", "subnet-web-a"])
def test_bp_1_an_exclusion_opens_its_subnets_both_ways(mode: str, resource: str) -> None:
    network = guarded(mode, exclusion(resource))
    assert (told(network, INWARDS), told(network, OUTWARDS)) == ("reachable", "reachable")
    assert codes(ask(network, "internet lab-1 tcp 443"), "forward") == {BLOCKED}


def test_bp_1_another_subnets_exclusion_opens_nothing() -> None:
    network = guarded("block-bidirectional", exclusion("subnet-app-a"))
    assert told(network, INWARDS) == "unreachable"


def test_bp_1_an_egress_exclusion_lets_gateways_begin() -> None:
    """A NAT gateway's own subnet counts, an egress-only gateway carries the host's address."""
    network = guarded(
        "block-bidirectional",
        exclusion("subnet-nat-a", "allow-egress"),
        exclusion("subnet-app-a", "allow-egress"),
    )
    assert (told(network, BY_NAT), told(network, BY_EGRESS_ONLY)) == ("reachable", "reachable")


def test_bp_1_an_egress_exclusion_lets_nothing_in() -> None:
    answer = ask(
        guarded("block-bidirectional", exclusion("subnet-web-a", "allow-egress")), INWARDS, family=4
    )
    assert (answer.verdict, codes(answer, "forward")) == ("unreachable", {BLOCKED})


def test_bp_1_of_answers_to_a_public_address_that_may_only_begin_nobody_knows() -> None:
    answer = ask(
        guarded("block-bidirectional", exclusion("subnet-web-a", "allow-egress")), OUTWARDS
    )
    assert (answer.verdict, codes(answer), named(answer)) == (
        "unknown",
        {BLOCKED},
        {"subnet-web-a"},
    )


def test_bp_1_an_egress_exclusion_means_nothing_where_egress_is_not_blocked() -> None:
    network = guarded("block-ingress", exclusion("subnet-web-a", "allow-egress"))
    assert told(network, OUTWARDS) == "unreachable"


def test_bp_1_an_egress_exclusion_on_its_way_means_nothing_there_either() -> None:
    on_its_way = exclusion("subnet-web-a", "allow-egress", state="create-in-progress")
    network = guarded("block-ingress", on_its_way)
    assert (told(network, OUTWARDS), told(network, BY_NAT)) == ("unreachable", "reachable")


def test_bp_1_answers_to_an_address_that_nobody_holds_meet_its_subnets_exclusion() -> None:
    free = "2600:1f14:1:101::99"
    network = guarded("block-bidirectional", exclusion("subnet-web-a"))
    assert told(network, f"vpc-shop/{free} {HOST_SIX} tcp 443") == "reachable"
    closed = guarded("block-bidirectional", exclusion("subnet-app-a"))
    assert told(closed, f"vpc-shop/{free} {HOST_SIX} tcp 443") == "unreachable"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param("create-complete", "reachable", id="made"),
        pytest.param("update-complete", "reachable", id="changed"),
        pytest.param("", "reachable", id="state-not-said"),
        pytest.param("disable-complete", "unreachable", id="disabled"),
        pytest.param("delete-complete", "unreachable", id="deleted"),
        pytest.param("create-failed", "unreachable", id="failed"),
        pytest.param("create-in-progress", "unknown", id="on-its-way"),
    ],
)
def test_bp_1_exclusions_hold_once_they_are_made(state: str, said: str) -> None:
    network = guarded("block-bidirectional", exclusion("vpc-shop", state=state))
    assert told(network, INWARDS) == said


def test_bp_1_an_exclusion_on_its_way_opens_no_more_than_it_would_once_made() -> None:
    on_its_way = exclusion("vpc-shop", "allow-egress", state="create-in-progress")
    network = guarded("block-bidirectional", on_its_way)
    assert (told(network, INWARDS), told(network, BY_NAT)) == ("unreachable", "unknown")


def test_bp_1_an_exclusion_on_its_way_takes_nothing_from_one_that_is_made() -> None:
    network = guarded(
        "block-bidirectional",
        exclusion("vpc-shop", state="create-in-progress"),
        exclusion("subnet-nat-a", "allow-egress"),
        exclusion("subnet-web-a", "allow-egress"),
    )
    assert (told(network, INWARDS), told(network, BY_NAT)) == ("unknown", "reachable")


def test_bp_1_of_two_accounts_modes_nobody_knows_which_one_holds() -> None:
    ownerless = {name: replace(one, owner="") for name, one in snapshot().vpcs.items()}
    subnets = {name: replace(one, owner="") for name, one in snapshot().subnets.items()}
    base = replace(snapshot(), vpcs=ownerless, subnets=subnets)
    modes = {"one": "off", "two": "block-bidirectional"}
    blocks = {
        owner: PublicAccessBlock(id=owner, owner=owner, mode=mode) for owner, mode in modes.items()
    }
    network = Network(replace(base, public_access_blocks=blocks))
    assert told(network, INWARDS) == "unknown"


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        pytest.param({"Vpcs"}, "unknown", id="without"),
        pytest.param({"Vpcs", "VpcBlockPublicAccessExclusions"}, "unreachable", id="with"),
    ],
)
def test_bp_1_without_the_exclusions_nobody_knows(calls: set[str], said: str) -> None:
    base = replace(snapshot(), calls=frozenset(calls), format="describe")
    answer = ask(guarded("block-bidirectional", base=base), INWARDS, family=4)
    assert (answer.verdict, codes(answer)) == (said, {BLOCKED})


def test_bp_1_a_mode_that_nobody_knows_leaves_answers_open() -> None:
    assert told(guarded("block-mondays"), INWARDS) == "unknown"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param({"region": "us-east-1"}, "reachable", id="another-region"),
        pytest.param({"owner": "444455556666"}, "reachable", id="another-account"),
        pytest.param({"region": "", "owner": ""}, "unreachable", id="not-said"),
    ],
)
def test_bp_1_the_mode_is_an_accounts_in_a_region(place: dict[str, Any], said: str) -> None:
    assert told(guarded("block-bidirectional", **place), INWARDS) == said


def test_bp_3_what_crosses_no_gateway_is_not_concerned() -> None:
    network = guarded("block-bidirectional")
    assert told(network, "web-1 db-1 tcp 443") == "reachable"
    for joined, base in (
        (peered, both_routes(PEERING)),
        (attached, both_routes(TRANSIT)),
    ):
        guard = PublicAccessBlock(id="block", mode="block-bidirectional")
        network = joined(replace(base, public_access_blocks={"block": guard}))
        assert told(network, "web-1 lab-1 tcp 443") == "reachable"


def test_bp_4_behind_an_ingress_route_the_workloads_subnet_counts() -> None:
    tables = {
        "web": {"routes": {"0.0.0.0/0": WALL_A}},
        "fw": {"routes": {"0.0.0.0/0": "internet-gateway"}},
        "edge": {"gateways": ["internet-gateway"], "routes": {"10.0.1.0/24": WALL_A}},
    }
    base = walled(snapshot(subnets=SUBNETS, route_tables=tables, acls={"fw": acl()})).snapshot
    for resource, said in (("subnet-web-a", "reachable"), ("subnet-fw-a", "unreachable")):
        network = guarded("block-bidirectional", exclusion(resource), base=base)
        assert (told(network, INWARDS), told(network, OUTWARDS)) == (said, said)


def test_bp_4_the_owners_mode_binds_participants_of_shared_subnets() -> None:
    base = snapshot()
    interfaces = {
        name: replace(record, owner="444455556666") for name, record in base.interfaces.items()
    }
    shared = replace(base, interfaces=interfaces)
    assert told(guarded("block-bidirectional", base=shared), INWARDS) == "unreachable"
    assert told(guarded("block-bidirectional", base=shared, owner="444455556666"), INWARDS) == (
        "reachable"
    )


def test_a_blocked_answer_says_so_on_the_leg_where_it_is_blocked() -> None:
    answer = ask(guarded("block-ingress"), OUTWARDS, family=4)
    assert legs(answer) == {"forward"}
    assert "Block Public Access" in answer.explanations[0].message


@pytest.mark.parametrize(("mode", "said"), [("block-bidirectional", False), ("off", True)])
def test_bp_2_a_regional_nat_gateway_stands_in_its_vpc(mode: str, *, said: bool) -> None:
    answer = ask(guarded(mode, base=regional().snapshot), BY_NAT)
    assert (str(answer.verdict) == "reachable") is said
    assert codes(answer) == (set() if said else {BLOCKED})


def test_bp_2_an_exclusion_of_the_vpc_is_a_regional_nat_gateway_s() -> None:
    base = regional().snapshot
    opened = guarded("block-bidirectional", exclusion("vpc-shop"), base=base)
    assert told(opened, BY_NAT) == "reachable"
    subnet = guarded("block-bidirectional", exclusion("subnet-app-a"), base=base)
    assert told(subnet, BY_NAT) == "unreachable"


def test_bp_1_what_leaves_and_awaits_no_answer_is_in_doubt_too() -> None:
    base = snapshot()
    on_its_way = exclusion("subnet-web-a", state="create-in-progress")
    network = guarded("block-bidirectional", on_its_way, base=base)
    # an ICMP message that nothing answers: only the way out counts
    assert told(network, f"web-1 {HOST} icmp 3/1") == "unknown"
    assert told(Network(base), f"web-1 {HOST} icmp 3/1") == "reachable"


def test_bp_1_a_mode_or_an_exclusion_in_doubt_leaves_answers_open() -> None:
    doubt = "its descriptions differ"
    assert told(guarded("off", doubt=doubt), INWARDS) == "unknown"
    assert told(guarded("block-bidirectional", doubt=doubt), INWARDS) == "unknown"
    for mode in ("allow-bidirectional", "allow-egress"):
        network = guarded("block-bidirectional", exclusion("vpc-shop", mode, doubt=doubt))
        assert told(network, INWARDS) == "unknown"


@pytest.mark.parametrize("field", ["owner", "region"])
def test_bp_1_a_subnet_that_does_not_say_where_it_is_is_where_its_vpc_is(field: str) -> None:
    subnets = {name: replace(one, **{field: ""}) for name, one in snapshot().subnets.items()}
    base = replace(snapshot(), subnets=subnets)
    elsewhere = {"owner": "444455556666", "region": "us-east-1"}[field]
    assert told(guarded("block-bidirectional", base=base), INWARDS) == "unreachable"
    apart = guarded("block-bidirectional", base=base, **{field: elsewhere})
    assert told(apart, INWARDS) == "reachable"


def test_bp_1_an_estate_that_leaves_the_exclusions_out_does_not_know_them() -> None:
    missing = {"missing": ["VpcBlockPublicAccessExclusions"]}
    base = snapshot(rest=missing)
    assert told(guarded("block-bidirectional", base=base), INWARDS) == "unknown"
    assert told(guarded("off", base=base), INWARDS) == "reachable"


def test_bp_1_what_awaits_no_answer_may_pass_where_nobody_knows_what_is_blocked() -> None:
    """An echo reply is answered by nothing, so that there is nothing to doubt on the way back."""
    network = guarded("block-bidirectional", exclusion("vpc-shop", state="create-in-progress"))
    assert told(network, "web-1 internet icmp 0/0") == "unknown"
