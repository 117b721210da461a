"""Pods of Kubernetes: at addresses of delegated prefixes, or at branch interfaces of their own."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec.structs import replace

from netreach.model.records import InterfaceAddress, NetworkInterface
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Address, Prefix
from tests.unit.fabric.estates_by_hand import APP_1, DB_1, ask, codes, snapshot, verdict

#: A pod in the prefix that is delegated to the node app-1, and one at a branch interface.
POD, BRANCH_POD = "10.0.2.37", "10.0.2.99"
PODS: Final = "10.0.2.32/28"


def cluster(**groups: object) -> Snapshot:
    """Return the base estate with a node that has pods, and a branch interface for one more."""
    base = snapshot(groups={"pods": {"ingress": ["all from anywhere"]}, **groups})
    node = replace(base.interfaces["eni-app-1"], delegated=(Prefix.parse(PODS),))
    (pods,) = (one.id for one in base.security_groups.values() if one.id.endswith("pods"))
    branch = NetworkInterface(
        id="eni-branch",
        vpc=node.vpc,
        subnet=node.subnet,
        zone=node.zone,
        interface_type="branch",
        description="aws-k8s-branch-eni",
        groups=(pods,),
        addresses=(InterfaceAddress(private=Address.parse(BRANCH_POD), is_primary=True),),
    )
    return replace(base, interfaces={**base.interfaces, node.id: node, branch.id: branch})


def test_rt_13_a_pod_in_a_delegated_prefix_sends_and_receives_by_its_node() -> None:
    network = Network(cluster())
    for question in (f"{POD} db-1 tcp 5432", f"web-1 {POD} tcp 8080"):
        answer = ask(network, question, family=4)
        assert answer.verdict == "reachable"
        crossed = {hop.component.id for part in answer.parts for hop in part.forward}
        assert "eni-app-1" in crossed


def test_rt_13_the_groups_of_the_node_hold_for_its_pods() -> None:
    network = Network(cluster(app={"ingress": ["tcp 8080 from 10.0.1.0/24"]}))
    assert verdict(network, f"web-1 {POD} tcp 8080") == "reachable"
    assert verdict(network, f"web-1 {POD} tcp 9090") == "unreachable"
    only_pods = {"ingress": [f"tcp 5432 from {PODS}"]}
    network = Network(cluster(db=only_pods))
    assert verdict(network, f"{POD} {DB_1} tcp 5432") == "reachable"
    assert verdict(network, f"{APP_1} {DB_1} tcp 5432") == "unreachable"


@pytest.mark.parametrize("address", ["10.0.2.31", "10.0.2.48"])
def test_rt_13_just_outside_the_prefix_nobody_answers(address: str) -> None:
    answer = ask(Network(cluster()), f"web-1 {address} tcp 8080")
    assert (answer.verdict, codes(answer)) == ("unreachable", {"ADDRESS_NOT_HELD"})


def test_a_pod_at_a_branch_interface_has_groups_of_its_own() -> None:
    network = Network(cluster(pods={"ingress": ["tcp 8080 from anywhere"]}))
    assert verdict(network, f"web-1 {BRANCH_POD} tcp 8080") == "reachable"
    assert verdict(network, "web-1 eni-branch tcp 9090") == "unreachable"
    assert verdict(network, f"eni-branch {DB_1} tcp 5432") == "reachable"
